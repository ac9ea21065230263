//! Go's text/template, as far as `-o go-template` is used: fields, pipelines, variables, `if`,
//! `range`, `with`, and the built-in functions.
//!
//! Models Go's `text/template` over decoded JSON, and kubectl's additions `exists` and
//! `base64decode`. Numbers are floats, as kubectl decodes them. There is no `define`.

mod execute;
mod functions;
mod lex;
mod parse;

use serde_json::Value;

/// A parsed template.
#[derive(Clone, Debug)]
pub struct GoTemplate {
    nodes: Vec<Node>,
}

/// A part of a template.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Action(Pipe),
    If {
        pipe: Pipe,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    With {
        pipe: Pipe,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Range {
        pipe: Pipe,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Break,
    Continue,
}

/// Commands, each of which gets the result of the one before as its last argument.
#[derive(Clone, Debug)]
struct Pipe {
    /// Variables that are declared or assigned.
    variables: Vec<String>,
    /// Whether they are assigned (`=`) rather than declared (`:=`).
    assigns: bool,
    commands: Vec<Command>,
    place: Place,
}

/// A function or value with its arguments.
#[derive(Clone, Debug)]
struct Command {
    arguments: Vec<Argument>,
}

/// An argument with its place and text, which errors show.
#[derive(Clone, Debug)]
struct Argument {
    operand: Operand,
    /// `.a.b` behind the operand.
    fields: Vec<String>,
    place: Place,
    text: String,
}

#[derive(Clone, Debug)]
enum Operand {
    Dot,
    Nil,
    Literal(execute::Data),
    Variable(String),
    Function(String),
    Pipe(Pipe),
}

/// Where something stands: a line from 1 and bytes before it in the line.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    line: usize,
    column: usize,
}

impl GoTemplate {
    /// Reads a template. `name` stands in error messages (kubectl says `output`).
    ///
    /// # Errors
    /// Go's words: `template: output:1: unclosed action`.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        parse::template(text)
            .map(|nodes| Self { nodes })
            .map_err(|(line, error)| format!("template: {name}:{line}: {error}"))
    }

    /// The text that the template prints; missing keys are `<no value>` or, when they are not
    /// allowed, an error.
    ///
    /// # Errors
    /// Go's words: `template: output:1:2: executing "output" at <.a.b>: …`.
    pub fn execute(
        &self,
        name: &str,
        value: &Value,
        allow_missing_keys: bool,
    ) -> Result<String, String> {
        execute::run(name, &self.nodes, value, allow_missing_keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(template: &str, expected: &str) {
        let value = json!({
            "kind": "List", "n": 2, "f": 1.5, "t": true, "z": 0, "e": "", "b64": "aGk=",
            "items": [{"metadata": {"name": "a", "labels": {"x": "1", "y": "<2>"}}}, {"metadata": {"name": "b"}}], "none": [],
        });
        let got = GoTemplate::parse("output", template)
            .and_then(|parsed| parsed.execute("output", &value, true))
            .unwrap_or_else(|error| error);
        assert_eq!(got, expected, "{template}");
    }

    #[test]
    fn templates() {
        for (template, expected) in [
            ("plain", "plain"),
            (
                "{{.kind}} {{.nope}} {{.n}} {{.f}} {{.t}}",
                "List <no value> 2 1.5 true",
            ),
            (
                "{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}",
                "a\nb\n",
            ),
            (
                "{{range $i, $item := .items}}{{$i}}={{$item.metadata.name}} {{end}}",
                "0=a 1=b ",
            ),
            (
                "{{range $k, $v := (index .items 0).metadata.labels}}{{$k}}:{{$v}},{{end}}",
                "x:1,y:<2>,",
            ),
            ("{{range .none}}x{{else}}nothing{{end}}", "nothing"),
            (
                "{{len .items}} {{len .kind}} {{index .items 1}}",
                "2 4 map[metadata:map[name:b]]",
            ),
            (
                "{{if .t}}yes{{else}}no{{end}}{{if .z}}yes{{else if .e}}e{{else}}no{{end}}",
                "yesno",
            ),
            (
                "{{with .kind}}{{.}} {{$.n}}{{end}}{{with .e}}x{{end}}",
                "List 2",
            ),
            (
                "{{printf \"%s-%v %q %5s|%-5s|%05d %.2f %t %x\" .kind .n .kind \"a\" \"b\" 42 .f .t 255}}",
                "List-2 \"List\"     a|b    |00042 1.50 true ff",
            ),
            ("{{.kind | printf \"%s!\" | len}}", "5"),
            ("{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}", "12"),
            (
                "{{eq .kind \"List\"}} {{ne .kind \"x\" }} {{lt 1 2}} {{and .t .kind}} {{or .e \"d\"}} {{not .t}} {{eq 1 2 1}}",
                "true true true List d false true",
            ),
            ("a  {{- /* c */ -}}  b {{- 1 -}} c", "ab1c"),
            ("{{.b64 | base64decode}}", "hi"),
            (
                "{{exists . \"items\" 0 \"metadata\" \"labels\"}}{{exists . \"nope\" \"x\"}}",
                "truefalse",
            ),
            (
                "{{range .items}}{{if eq .metadata.name \"a\"}}{{continue}}{{end}}{{.metadata.name}}{{break}}{{end}}",
                "b",
            ),
            (
                "{{print 1 2 \"a\" \"b\" 3}}|{{println .kind 1}}",
                "1 2ab3|List 1\n",
            ),
            ("{{'a'}} {{1e3}} {{0x10}} {{print nil}}", "97 1000 16 <nil>"),
            (
                "{{html .items}}",
                "[map[metadata:map[labels:map[x:1 y:&lt;2&gt;] name:a]] map[metadata:map[name:b]]]",
            ),
            (
                "{{slice .kind 1 3}}{{(index .items 0).metadata.name}}",
                "isa",
            ),
        ] {
            check(template, expected);
        }
    }

    #[test]
    fn errors() {
        for (template, expected) in [
            ("{{.items", "template: output:1: unclosed action"),
            ("{{if .t}}", "template: output:1: unexpected EOF"),
            ("{{end}}", "template: output:1: unexpected {{end}}"),
            (
                "{{foo .kind}}",
                "template: output:1: function \"foo\" not defined",
            ),
            ("{{$x}}", "template: output:1: undefined variable \"$x\""),
            ("{{\"a}}", "template: output:1: unterminated quoted string"),
            ("{{}}", "template: output:1: missing value for command"),
            (
                "{{.items.foo}}",
                "template: output:1:8: executing \"output\" at <.items.foo>: can't evaluate field foo in type interface {}",
            ),
            (
                "\n{{index .items 9}}",
                "template: output:2:2: executing \"output\" at <index .items 9>: error calling index: index out of range: 9",
            ),
            (
                "{{eq .n 2}}",
                "template: output:1:2: executing \"output\" at <eq .n 2>: error calling eq: incompatible types for comparison: float64 and int",
            ),
            (
                "{{len .n}}",
                "template: output:1:2: executing \"output\" at <len .n>: error calling len: len of type float64",
            ),
            (
                "{{range .n}}{{end}}",
                "template: output:1:8: executing \"output\" at <.n>: range can't iterate over 2",
            ),
            (
                "{{.kind.x}}",
                "template: output:1:7: executing \"output\" at <.kind.x>: can't evaluate field x in type interface {}",
            ),
            (
                "{{.kind .n}}",
                "template: output:1:2: executing \"output\" at <.kind>: kind is not a method but has arguments",
            ),
            ("{{.kind#}}", "template: output:1: bad character U+0023 '#'"),
            (
                "{{nil}}",
                "template: output:1:2: executing \"output\" at <nil>: nil is not a command",
            ),
            (
                "{{.kind.x.y.z}}",
                "template: output:1:7: executing \"output\" at <.kind.x.y.z>: can't evaluate field x in type interface {}",
            ),
        ] {
            check(template, expected);
        }
        let strict =
            GoTemplate::parse("output", "{{.nope}}")
                .unwrap()
                .execute("output", &json!({}), false);
        assert_eq!(strict, Err("template: output:1:2: executing \"output\" at <.nope>: map has no entry for key \"nope\"".to_owned()));
        let _ = GoTemplate::parse("output", &"{{(".repeat(10_000));
        let _ = GoTemplate::parse("output", &format!("{{{{{}", "(".repeat(100_000)));
        let _ = GoTemplate::parse("output", &"{{if 1}}".repeat(100_000));
    }
}
