//! Hostile sources end in errors: no panic, no stall, no overflow of the stack.

use golang_check::{Importer, Options, Program, SourceText};
use std::rc::Rc;

struct Nothing;

impl Importer for Nothing {
    fn sources(&self, _path: &str) -> Option<Vec<SourceText>> {
        None
    }
}

/// The first error of a program, or nothing.
fn first_error(text: &[u8]) -> String {
    let mut program = Program::new(Box::new(Nothing));
    let file = SourceText {
        name: "./x.go".into(),
        text: Rc::from(text),
    };
    let package = program.check("main", vec![file], &Options::default());
    program
        .report_text(package)
        .lines()
        .next()
        .unwrap_or("")
        .to_string()
}

fn in_main(body: &str) -> String {
    first_error(format!("package main\n\nfunc main() {{\n{body}\n}}\n").as_bytes())
}

#[test]
fn deep_nesting_is_refused() {
    let count = 10_000;
    let deep = [
        in_main(&format!("_ = {}1{}", "(".repeat(count), ")".repeat(count))),
        in_main(&format!("{}{}", "{".repeat(count), "}".repeat(count))),
        in_main(&format!("f{}", "()".repeat(count))),
        in_main(&format!("var x {}int", "[]".repeat(count))),
        in_main(&format!("_ = \"a\"{}", " + \"a\"".repeat(count))),
        in_main(&format!("if true {{}}{}", " else if true {}".repeat(count))),
        in_main(&"a: ".repeat(count)),
    ];
    for error in deep {
        assert!(
            error.ends_with("syntax error: nesting is too deep"),
            "{error}"
        );
    }
}

#[test]
fn what_people_write_is_not_deep() {
    assert_eq!(
        in_main(&format!("_ = {}1{}", "(".repeat(200), ")".repeat(200))),
        ""
    );
    assert_eq!(in_main(&format!("_ = \"a\"{}", " + \"a\"".repeat(900))), "");
    assert_eq!(
        in_main(&format!("{}{}", "{".repeat(200), "}".repeat(200))),
        ""
    );
}

#[test]
fn huge_constants_have_an_end() {
    let cases = [
        (
            "_ = 1 << 100000",
            "./x.go:4:10: invalid operation: invalid shift count 100000 (untyped int constant)",
        ),
        ("_ = 1 << 1000", "./x.go:4:7: constant shift overflow"),
        (
            "const c = 1<<500 * 1<<500",
            "./x.go:4:21: constant shift overflow",
        ),
        (
            "var _ float64 = 1e99999",
            "./x.go:4:17: cannot use 1e99999 (untyped float constant 1e+99999) as float64 value in variable declaration (overflows)",
        ),
    ];
    for (body, error) in cases {
        assert_eq!(in_main(body), error);
    }
}

#[test]
fn endless_types_are_errors() {
    let error =
        first_error(b"package main\n\ntype T[P any] struct{ f *T[[]P] }\n\nfunc main() {}\n");
    assert_eq!(error, "./x.go:3:8: instantiation cycle:");
    let mut structs = String::from("package main\n");
    for n in 0..60 {
        structs.push_str(&format!(
            "type S{n} struct {{ S{}; a S{} }}\n",
            n + 1,
            n + 1
        ));
    }
    structs.push_str("type S60 struct{ x int }\nvar x S0\nfunc main() { _ = x == x }\n");
    assert_eq!(first_error(structs.as_bytes()), "");
}

#[test]
fn bytes_that_are_no_text_are_errors() {
    assert_eq!(
        first_error(b"package main\n\nvar x = \"\xff\"\n"),
        "./x.go:3:10: invalid UTF-8 encoding"
    );
    assert_eq!(
        first_error(b"package main\n\x00\n"),
        "./x.go:2:1: invalid NUL character"
    );
    assert_eq!(in_main("@"), "./x.go:4:1: invalid character U+0040 '@'");
    assert_eq!(
        first_error(b""),
        "./x.go:1:1: syntax error: package statement must be first"
    );
}

#[test]
fn the_formatter_refuses_what_is_deep() {
    let count = 10_000;
    let deep = [
        format!("var x = {}1{}", "(".repeat(count), ")".repeat(count)),
        format!("func f() {}{}", "{".repeat(count), "}".repeat(count)),
        format!("var x {}int", "[]".repeat(count)),
        format!("var x = {}1", "!".repeat(count)),
        format!("var x = a{}", " + a".repeat(25 * count)),
        format!("var x = a{}", ".a".repeat(count)),
        format!("var x = a{}", "()".repeat(count)),
        format!("type T interface {{ a{} }}", "|a".repeat(count)),
        format!("var x = []T{}{}", "{".repeat(count), "}".repeat(count)),
        format!(
            "func f() {{ {} }}",
            "if a {} else ".repeat(count) + "{ b() }"
        ),
    ];
    for text in deep {
        let text = format!("package p\n\n{text}\n");
        let mistake = golang_check::format::source(&text, true).unwrap_err();
        assert_eq!(mistake.message, "exceeded max nesting depth");
    }
}

#[test]
fn the_formatter_takes_what_is_long() {
    let text = format!("package p\n\n{}", "var x = f(1, 2)\n\n".repeat(60_000));
    assert_eq!(
        golang_check::format::source(&text, false),
        Ok(text.trim_end().to_string() + "\n")
    );
}
