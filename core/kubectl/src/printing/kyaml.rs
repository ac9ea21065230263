//! `-o kyaml`: YAML in flow style, with every string quoted.
//!
//! Models sigs.k8s.io/yaml `kyaml`.

use serde_json::Value;

/// A document with its `---` line.
pub fn print(value: &Value) -> String {
    let mut out = String::from("---\n");
    write(&mut out, value, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Object(fields) => {
            out.push_str("{\n");
            for (key, field) in fields {
                indent(out, depth + 1);
                out.push_str(&key_text(key));
                out.push_str(": ");
                write(out, field, depth + 1);
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            let cuddled = items.iter().all(|item| item.is_object() || item.is_array());
            if cuddled {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    write(out, item, depth);
                }
            } else {
                out.push('\n');
                for item in items {
                    indent(out, depth + 1);
                    write(out, item, depth + 1);
                    out.push_str(",\n");
                }
                indent(out, depth);
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&string(text)),
        Value::Number(number) => out.push_str(&kubernetes_api::json::number_text(number)),
        other => out.push_str(&other.to_string()),
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Keys are quoted only where YAML would read them as something else.
fn key_text(key: &str) -> String {
    let plain = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && key.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && !matches!(
            key.to_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if plain { key.to_owned() } else { string(key) }
}

fn string(text: &str) -> String {
    kubernetes_api::json::quote_go(text)
}
