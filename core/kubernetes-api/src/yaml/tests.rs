//! Tests of reading: values, errors, documents, places.

use super::*;
use crate::json::compact;
use serde_json::json;

fn check(text: &str, expected: &str) {
    let got = parse(text).map_or_else(|error| error.message, |value| compact(&value));
    assert_eq!(got, expected, "{text:?}");
}

#[test]
fn scalars() {
    for (text, json) in [
        ("yes", "true"),
        (
            "[on, Off, n, Y, True, NO]",
            "[true,false,false,true,true,false]",
        ),
        ("[~, null, '', \"null\", ]", "[null,null,\"\",\"null\"]"),
        (
            "[0644, 0o17, 0x1F, 0b11, -012, 08, 1_000, +5]",
            "[420,15,31,3,-10,8,1000,5]",
        ),
        (
            "[1.5, 1e3, .5, 1., -2.50, 1e400, 1e-7, 18446744073709551615, 18446744073709551616]",
            "[1.5,1000,0.5,1,-2.5,\"1e400\",1e-7,18446744073709551615,18446744073709552000]",
        ),
        (
            "[2001-01-01, 2001-12-14t21:59:43.10-05:00, 1:30, 1.2.3, 0x, '5', -, +, .]",
            "[\"2001-01-01\",\"2001-12-14t21:59:43.10-05:00\",\"1:30\",\"1.2.3\",\"0x\",\"5\",\"-\",\"+\",\".\"]",
        ),
        (
            "[!!str 5, !!int \"5\", !!float 5, !foo bar, ! x, !!binary aGk=]",
            "[\"5\",5,5,\"bar\",\"x\",\"hi\"]",
        ),
        (
            "!!int abc",
            "error converting YAML to JSON: yaml: cannot decode !!str `abc` as a !!int",
        ),
        (
            ".inf",
            "error converting YAML to JSON: json: unsupported value: +Inf",
        ),
        ("'it''s'", "\"it's\""),
        ("\"a\\tb\\u00e9\\x41\\\n  c\"", "\"a\\tbéAc\""),
        ("a\n  b\n\n  c", "\"a b\\nc\""),
        ("", "null"),
        ("# nothing", "null"),
    ] {
        check(text, json);
    }
}

#[test]
fn collections() {
    for (text, json) in [
        (
            "a: 1\nb:\n- x\n- w: 2\n  z: 3\nc: {d: e, f}\n",
            "{\"a\":1,\"b\":[\"x\",{\"w\":2,\"z\":3}],\"c\":{\"d\":\"e\",\"f\":null}}",
        ),
        ("a: 1\na: 2", "{\"a\":2}"),
        (
            "1: a\ntrue: b\n1.5: c",
            "{\"1\":\"a\",\"1.5\":\"c\",\"true\":\"b\"}",
        ),
        (
            "base: &b {x: 1, w: 2}\nuse:\n  <<: *b\n  w: 3\n",
            "{\"base\":{\"w\":2,\"x\":1},\"use\":{\"w\":3,\"x\":1}}",
        ),
        (
            "a: |\n  one\n   two\n\n  three\nb: >-\n  x\n  y\n\n  z\nc: |+\n  k\n\n",
            "{\"a\":\"one\\n two\\n\\nthree\\n\",\"b\":\"x y\\nz\",\"c\":\"k\\n\\n\"}",
        ),
        ("- - a\n  - b\n-\n  - c", "[[\"a\",\"b\"],[\"c\"]]"),
        ("? a\n: b\n? c", "{\"a\":\"b\",\"c\":null}"),
        ("a:\nb:\n  - \n  -\n", "{\"a\":null,\"b\":[null,null]}"),
        ("[a: 1, {b: 2}, [c]]", "[{\"a\":1},{\"b\":2},[\"c\"]]"),
        ("{\"a\":\"b\",\"c\": [1,2,],}", "{\"a\":\"b\",\"c\":[1,2]}"),
        (
            "url: http://x:80/y#z # comment",
            "{\"url\":\"http://x:80/y#z\"}",
        ),
        ("%YAML 1.1\n---\na: b\n...\n", "{\"a\":\"b\"}"),
        (
            "{{ x }}",
            "error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{\"x\":interface {}(nil)}",
        ),
        (
            "~: a",
            "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: \"a\"",
        ),
        (
            "a: &a [*a]",
            "error converting YAML to JSON: yaml: anchor 'a' value contains itself",
        ),
        (
            "a: *b",
            "error converting YAML to JSON: yaml: unknown anchor 'b' referenced",
        ),
        (
            "<<: 3",
            "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value",
        ),
    ] {
        check(text, json);
    }
}

#[test]
fn errors() {
    for (text, error) in [
        (
            "metadata:\n\tname: x\n",
            "line 2: found character that cannot start any token",
        ),
        (
            "a: b\nmetadata:\n  name: hello\n labels:\n    app: x\n",
            "line 3: did not find expected key",
        ),
        (
            "spec:\n  containers:\n  - name: hello\n   image: x\n",
            "line 3: did not find expected key",
        ),
        (
            "a: b\nmetadata\n  name: hello\n",
            "line 3: could not find expected ':'",
        ),
        (
            "metadata:\n  name: \"hello\n",
            "line 3: found unexpected end of stream",
        ),
        ("a: b: c", "mapping values are not allowed in this context"),
        (
            "x: 1\na: b: c",
            "line 2: mapping values are not allowed in this context",
        ),
        (
            "a: - b",
            "block sequence entries are not allowed in this context",
        ),
        ("a:\n- b\nc", "line 4: could not find expected ':'"),
        ("a: [b, c", "line 1: did not find expected ',' or ']'"),
        ("a: {b: c\n", "line 1: did not find expected ',' or '}'"),
        ("a: @b", "found character that cannot start any token"),
        ("a: `b`", "found character that cannot start any token"),
        ("a: %b", "found character that cannot start any token"),
        ("a: \"\\q\"", "found unknown escape character"),
        (
            "a: |\n\tb",
            "line 2: found a tab character where an indentation space is expected",
        ),
        ("a: 'b", "found unexpected end of stream"),
        ("a: b\n- c\n", "line 1: did not find expected key"),
        ("- a\nb: c\n", "line 1: did not find expected '-' indicator"),
        ("a: ]", "did not find expected node content"),
        ("a: !x!y z", "found undefined tag handle"),
        ("a: \u{1}", "control characters are not allowed"),
    ] {
        check(
            text,
            &format!("error converting YAML to JSON: yaml: {error}"),
        );
    }
}

#[test]
fn deep_nesting_is_refused() {
    check(
        &"[".repeat(100_000),
        "error converting YAML to JSON: yaml: exceeded max depth of 256",
    );
    check(
        &"- ".repeat(100_000),
        "error converting YAML to JSON: yaml: exceeded max depth of 256",
    );
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &["b", "c", "d", "e", "f", "g", "h"]
            .iter()
            .zip(["a", "b", "c", "d", "e", "f", "g"])
            .map(|(name, of)| {
                format!("{name}: &{name} [*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of}]\n")
            })
            .collect::<String>();
    check(
        &bomb,
        "error converting YAML to JSON: yaml: document contains excessive aliasing",
    );
}

#[test]
fn files_of_documents() {
    let show = |text: &str| {
        let all = documents(text);
        all.iter()
            .map(|one| {
                one.as_ref().map_or_else(
                    |error| format!("{}:{} {error}", error.mark.line, error.mark.column),
                    |document| compact(&document.value),
                )
            })
            .collect::<Vec<_>>()
            .join(" | ")
    };
    assert_eq!(
        show("a: 1\n---\n# only a comment\n---   # second\nb: 2\n---\n"),
        "{\"a\":1} | {\"b\":2}"
    );
    assert_eq!(
        show("a: 1\n--- x\nb: 2"),
        "{\"a\":1} | 1:0 invalid Yaml document separator: x".replace("{\"a\":1} | ", "")
    );
    assert_eq!(
        show("a: 1\n---\nb: c: d\n---\nc: 1"),
        "{\"a\":1} | 2:4 error converting YAML to JSON: yaml: mapping values are not allowed in this context"
    );
    assert_eq!(show("{\"a\":1}\n{\"b\":2}"), "{\"a\":1} | {\"b\":2}");
    assert_eq!(show("{\"a\":1,}"), "{\"a\":1}");
    assert_eq!(show(""), "");
}

#[test]
fn places_of_fields() {
    let text = "a: 1\n---\nspec:\n  containers:\n  - name: x\n    image: y\n";
    let all = documents(text);
    let document = all[1].as_ref().unwrap();
    let place = |field: &str| {
        document
            .locate(field)
            .map(|(start, end)| (start.line, start.column, end.column))
    };
    assert_eq!(place("spec.containers[0].image"), Some((5, 4, 9)));
    assert_eq!(
        place("spec.containers[0].nope"),
        Some((4, 4, 12)).map(|(line, column, _)| (line, column, 12))
    );
    assert_eq!(place("spec.containers[7]"), Some((3, 2, 12)));
}

#[test]
fn printed_styles() {
    let long = "word ".repeat(30);
    let value = json!({
        "a": ["x", {"y": 1, "z": []}, ["n", ["m"]], {}],
        "text": ["", "yes", "1", "1.5", "0x1f", "null", "~", "a: b", "a:b", "# c", "a #b", "- x", "-x", "it's", "'q'", "*", "@x", "2001-01-01", "1:30", "a\tb", "tr ", " le", "é", "\u{1}", "%", "!t", "x,y", "[", "a]", "<<", "-", "y", "0644", "1e3", "true"],
        "lines": ["one\ntwo\n", "one\ntwo", "  one\ntwo\n\n", "x \ny", "\n"],
        "long": long.trim_end(),
        "quoted": format!("a: {}", long.trim_end()),
        "num": [1, -2, 1.5, 0.0001, null, true],
        "key: x": 1,
        "a10": 1, "a2": 1, "b-1": 1, "b1": 1, "B": 1, "yes": 1, "1": 2,
    });
    assert_eq!(print(&value), include_str!("print_styles.yaml"));
    assert_eq!(parse(&print(&value)), Ok(value));
    assert_eq!(
        (print(&json!("x")), print(&json!([])), print(&json!({}))),
        ("x\n".to_owned(), "[]\n".to_owned(), "{}\n".to_owned())
    );
}
