//! JSON text as Go's `encoding/json` writes it, and Go's quoted strings.

use std::fmt::Write as _;

use serde_json::Value;

/// Compact JSON as `json.Marshal`: sorted keys, `<`, `>`, `&` escaped.
#[must_use]
pub fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, None, 0);
    out
}

/// Indented JSON with four spaces and a final newline, as `kubectl get -o json` prints it.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut out = indented(value, "    ");
    out.push('\n');
    out
}

/// Indented JSON as `json.MarshalIndent`, without a final newline.
#[must_use]
pub fn indented(value: &Value, indent: &str) -> String {
    let mut out = String::new();
    write_value(&mut out, value, Some(indent), 0);
    out
}

fn write_value(out: &mut String, value: &Value, indent: Option<&str>, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => write_string(out, text),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index, indent, depth + 1);
                write_value(out, item, indent, depth + 1);
            }
            close(out, indent, depth, ']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, field)) in fields.iter().enumerate() {
                separate(out, index, indent, depth + 1);
                write_string(out, key);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write_value(out, field, indent, depth + 1);
            }
            close(out, indent, depth, '}');
        }
    }
}

fn separate(out: &mut String, index: usize, indent: Option<&str>, depth: usize) {
    if index > 0 {
        out.push(',');
    }
    new_line(out, indent, depth);
}

fn close(out: &mut String, indent: Option<&str>, depth: usize, bracket: char) {
    new_line(out, indent, depth);
    out.push(bracket);
}

fn new_line(out: &mut String, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent {
        out.push('\n');
        for _ in 0..depth {
            out.push_str(indent);
        }
    }
}

/// A number as Go prints an int64 or a float64 in JSON.
#[must_use]
pub fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float_text(float),
        _ => number.to_string(),
    }
}

/// A float64 as `encoding/json`: shortest digits; an exponent below 1e-6 and from 1e21 on.
#[must_use]
pub fn float_text(float: f64) -> String {
    let magnitude = float.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{float:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                format!("{digits}e+{exponent}")
            }
            _ => text,
        };
    }
    format!("{float}")
}

/// A JSON string with Go's HTML-safe escapes.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Go's `%v` of a decoded JSON value: `map[a:1 b:[x y]]`, `<nil>`.
#[must_use]
pub fn go_print(value: &Value) -> String {
    let mut out = String::new();
    write_go(&mut out, value);
    out
}

fn write_go(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { " " } else { "" });
                write_go(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push_str("map[");
            for (index, (key, field)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { " " } else { "" });
                out.push_str(key);
                out.push(':');
                write_go(out, field);
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // %v has an exponent below -4 and from 21 on.
            Some(float) if float != 0.0 && !(1e-4..1e21).contains(&float.abs()) => {
                let text = format!("{float:e}");
                let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, exponent) = exponent
                    .strip_prefix('-')
                    .map_or(('+', exponent), |exponent| ('-', exponent));
                let _ = write!(out, "{digits}e{sign}{exponent:0>2}");
            }
            Some(float) => {
                let _ = write!(out, "{float}");
            }
            None => {
                let _ = write!(out, "{number}");
            }
        },
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// Go's `%#v` of a decoded JSON object: `map[string]interface {}{"a":[]interface {}{1, "x"}}`.
#[must_use]
pub fn go_syntax(value: &Value) -> String {
    let mut out = String::new();
    write_go_syntax(&mut out, value);
    out
}

fn write_go_syntax(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("interface {}(nil)"),
        Value::String(text) => out.push_str(&quote_go(text)),
        Value::Array(items) => {
            out.push_str("[]interface {}{");
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_go_syntax(out, item);
            }
            out.push('}');
        }
        Value::Object(fields) => {
            out.push_str("map[string]interface {}{");
            for (index, (key, field)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&quote_go(key));
                out.push(':');
                write_go_syntax(out, field);
            }
            out.push('}');
        }
        other => write_go(out, other),
    }
}

/// Go's `%q` of a string: double quotes, Go escapes, printable Unicode as it is.
#[must_use]
pub fn quote_go(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            '\u{80}'..='\u{a0}'
            | '\u{ad}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn like_go() {
        let value = json!({"b": [1, 2.5, "a<b>&\n\u{1}\u{7f}é"], "a": {}, "c": [], "d": null, "e": [{}], "f": 1e21, "g": 1.0, "h": 1e-7});
        assert_eq!(
            compact(&value),
            "{\"a\":{},\"b\":[1,2.5,\"a\\u003cb\\u003e\\u0026\\n\\u0001\u{7f}é\"],\"c\":[],\"d\":null,\"e\":[{}],\"f\":1e+21,\"g\":1,\"h\":1e-7}"
        );
        assert_eq!(
            print(&json!({"b": [1, {}], "a": {"x": "y"}})),
            "{\n    \"a\": {\n        \"x\": \"y\"\n    },\n    \"b\": [\n        1,\n        {}\n    ]\n}\n"
        );
        assert_eq!(quote_go("a\"\\\n\u{1}é\u{200b}"), r#""a\"\\\n\x01é\u200b""#);
    }
}
