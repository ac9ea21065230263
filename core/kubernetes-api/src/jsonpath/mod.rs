//! kubectl's dialect of JSONPath: `{range .items[*]}{.metadata.name}{"\n"}{end}`.
//!
//! Models k8s.io/client-go `util/jsonpath`, errors included. Where upstream walks a map in random
//! order (`*` and `..`), keys come sorted here.

mod execute;
mod parse;

use std::borrow::Cow;

use serde_json::Value;

use crate::json;

/// A parsed template.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPath {
    root: Vec<Node>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// An action in braces: its nodes one behind the other.
    List(Vec<Node>),
    Text(String),
    Field(String),
    /// `[from:to:step]`; the second is derived from the first for a single index.
    Array {
        from: Option<i64>,
        to: Option<i64>,
        derived: bool,
        step: Option<i64>,
    },
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    Int(i64),
    Float(f64),
    Bool(bool),
    Wildcard,
    Recursive,
    Union(Vec<Vec<Node>>),
    Identifier(String),
}

impl JsonPath {
    /// Reads a template.
    ///
    /// # Errors
    /// Upstream's words: `unterminated array`, `unclosed action`, …
    pub fn parse(template: &str) -> Result<Self, String> {
        parse::template(template).map(|root| Self { root })
    }

    /// What the template finds, one list for each of its parts.
    ///
    /// # Errors
    /// Upstream's words: `nothing is not found` (unless missing keys are allowed), `array index out
    /// of bounds: index 5, length 1`.
    pub fn find<'v>(
        &self,
        value: &'v Value,
        allow_missing_keys: bool,
    ) -> Result<Vec<Vec<Cow<'v, Value>>>, String> {
        execute::find(&self.root, value, allow_missing_keys)
    }

    /// The text that the template prints.
    ///
    /// # Errors
    /// As [`JsonPath::find`].
    pub fn execute(&self, value: &Value, allow_missing_keys: bool) -> Result<String, String> {
        let mut text = String::new();
        for results in self.find(value, allow_missing_keys)? {
            for (index, result) in results.iter().enumerate() {
                if index > 0 {
                    text.push(' ');
                }
                text.push_str(&printed(result));
            }
        }
        Ok(text)
    }

    /// What the template finds as indented JSON lists, as `-o jsonpath-as-json` prints it.
    ///
    /// # Errors
    /// As [`JsonPath::find`].
    pub fn execute_as_json(
        &self,
        value: &Value,
        allow_missing_keys: bool,
    ) -> Result<String, String> {
        let mut text = String::new();
        for results in self.find(value, allow_missing_keys)? {
            let list = Value::Array(results.into_iter().map(Cow::into_owned).collect());
            text.push_str(&json::print(&list));
        }
        Ok(text)
    }
}

/// One result as text: maps and lists as compact JSON, everything else plainly.
#[must_use]
pub fn printed(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => json::compact(value),
        Value::Null => "null".to_owned(),
        other => json::go_print(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(template: &str, expected: &str) {
        let pods = json!({"items": [
            {"metadata": {"name": "a", "labels": {"tier": "front", "a.b/c": "x"}}, "spec": {"containers": [{"name": "c1", "image": "i1", "n": 1}, {"name": "c2", "image": "i2", "n": 2}]}},
            {"metadata": {"name": "b", "labels": {"tier": "back"}}, "spec": {"containers": [{"name": "c3", "image": "i1", "n": 3}]}, "x": null},
        ]});
        let got = JsonPath::parse(template)
            .map_err(|error| format!("parse: {error}"))
            .and_then(|path| path.execute(&pods, true))
            .unwrap_or_else(|error| error);
        assert_eq!(got, expected, "{template}");
    }

    #[test]
    fn templates() {
        for (template, expected) in [
            ("{.items[*].metadata.name}", "a b"),
            (
                "{range .items[*]}{.metadata.name}{\"\\t\"}{.spec.containers[*].name}{'\\n'}{end}!",
                "a\tc1 c2\nb\tc3\n!",
            ),
            (
                "{range .items[*]}{range .spec.containers[*]}{.name}{','}{end}{';'}{end}",
                "c1,c2,;c3,;",
            ),
            (
                "{.items[?(@.metadata.labels.tier==\"front\")].spec.containers[*].name}",
                "c1 c2",
            ),
            ("{.items[0].spec.containers[?(@.image!='i1')].name}", "c2"),
            ("{.items[*].spec.containers[?(@.n>=2)].name}", "c2 c3"),
            ("{.items[?(@.metadata.labels.a\\.b/c)].metadata.name}", "a"),
            (
                "{.items[0].metadata.labels}",
                "{\"a.b/c\":\"x\",\"tier\":\"front\"}",
            ),
            ("{.items[0].metadata.labels['a.b/c']}", ""),
            ("{.items[0].metadata.labels['a\\.b/c']}", "x"),
            ("{.items[0].metadata.labels.a\\.b/c}", "x"),
            (
                "{.items[-1:].metadata.name} {.items[0:2].metadata.name}",
                "b a b",
            ),
            ("{.items[-1].metadata.name}", "b"),
            (
                "{.items[0]['metadata.name', 'x']}{.items[0,1].metadata.name}",
                "aa b",
            ),
            ("{..image}", "i1 i2 i1"),
            ("{.items[*].spec.containers[*].n}", "1 2 3"),
            ("{.items[1].x}|{.nothing.at.all}|", "null||"),
            (
                "{$.items[0].metadata.name} {@.items[1].metadata.name}",
                "a b",
            ),
            ("text {'q'} {5} {1.5} {true}", "text q 5 1.5 true"),
            ("{.items[1].metadata.*}", "{\"tier\":\"back\"} b"),
        ] {
            check(template, expected);
        }
    }

    #[test]
    fn errors() {
        for (template, expected) in [
            ("{.items[*", "parse: unterminated array"),
            ("{.items", "parse: unclosed action"),
            ("{.items[?(@.a", "parse: unterminated filter"),
            ("{.items[?(@.a)", "parse: unclosed array expect ]"),
            ("{.items[a]}", "parse: invalid array index a"),
            ("{'x}", "parse: unterminated quoted string"),
            (
                "{.a #}",
                "parse: unrecognized character in action: U+0023 '#'",
            ),
            ("{....a}", "parse: invalid multiple recursive descent"),
            (
                "{.items[5].metadata.name}",
                "array index out of bounds: index 5, length 2",
            ),
            (
                "{.items[0].metadata[0]}",
                "map[string]interface {} is not array or slice",
            ),
            ("{end}", "not in range, nothing to end"),
            ("{foo}", "unrecognized identifier foo"),
            (
                "{.items[0].spec.containers[?(@.name>1)]}",
                "incompatible types for comparison",
            ),
            (
                "{.items[0].spec.containers[?(@.name=~'a')]}",
                "parse: unrecognized character in action: U+007E '~'",
            ),
            (
                "{.items[0].spec.containers[?(@.name<>'a')]}",
                "unrecognized filter operator <>",
            ),
            (
                "{.items[2:1]}",
                "array index out of bounds: index 2, length 2",
            ),
        ] {
            check(template, expected);
        }
        let path = JsonPath::parse("{.a.b}").unwrap();
        assert_eq!(
            path.execute(&json!({}), false),
            Err("a is not found".to_owned())
        );
        assert_eq!(
            JsonPath::parse("{.a}")
                .unwrap()
                .execute_as_json(&json!({"a": 2}), true),
            Ok("[\n    2\n]\n".to_owned())
        );
        let _ = JsonPath::parse(&"{.a[?(".repeat(10_000));
        let _ = JsonPath::parse(&format!(
            "{}1{}",
            "{.a[?(@.b==".repeat(500),
            ")]}".repeat(500)
        ));
    }
}
