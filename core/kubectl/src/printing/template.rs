//! Templates of `-o jsonpath` and `-o go-template`: kubectl's words around the two languages.

use crate::failure::Failure;
use kubernetes_api::go_template::GoTemplate;
use kubernetes_api::json::quote_go;
use kubernetes_api::jsonpath::{JsonPath, printed};
use serde_json::Value;

fn parse(template: &str) -> Result<JsonPath, Failure> {
    JsonPath::parse(template)
        .map_err(|why| Failure::message(format!("error parsing jsonpath {template}, {why}")))
}

/// Checks a JSONPath template.
pub fn check_json_path(template: &str) -> Result<(), Failure> {
    parse(template).map(|_| ())
}

/// The text of a JSONPath template.
pub fn json_path(template: &str, object: &Value, allow_missing: bool) -> Result<String, Failure> {
    parse(template)?
        .execute(object, allow_missing)
        .map_err(|why| failed(template, object, &why))
}

/// Checks a Go template.
pub fn check_go_template(template: &str) -> Result<(), Failure> {
    parse_go(template).map(|_| ())
}

fn parse_go(template: &str) -> Result<GoTemplate, Failure> {
    GoTemplate::parse("output", template)
        .map_err(|why| Failure::message(format!("error parsing template {template}, {why}")))
}

/// The text of a Go template.
pub fn go_template(template: &str, object: &Value, allow_missing: bool) -> Result<String, Failure> {
    let parsed = parse_go(template)?;
    parsed
        .execute("output", object, allow_missing)
        .map_err(|why| {
            Failure::message(format!(
                "error executing template {}: {why}",
                quote_go(template)
            ))
        })
}

/// What a JSONPath finds, as JSON.
pub fn json_path_as_json(template: &str, object: &Value) -> Result<String, Failure> {
    parse(template)?
        .execute_as_json(object, true)
        .map_err(|why| failed(template, object, &why))
}

fn failed(template: &str, object: &Value, why: &str) -> Failure {
    let mut value = String::new();
    go_syntax(&mut value, object);
    Failure::message(format!(
        "error executing jsonpath {}: Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{template}\n\tobject given to jsonpath engine was:\n\t\t{value}\n\n\n",
        quote_go(template)
    ))
}

/// A value as Go's `%#v` shows it.
fn go_syntax(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("interface {}(nil)"),
        Value::String(text) => out.push_str(&quote_go(text)),
        Value::Bool(truth) => out.push_str(&truth.to_string()),
        Value::Number(number) => out.push_str(&kubernetes_api::json::number_text(number)),
        Value::Array(items) => {
            out.push_str("[]interface {}{");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                go_syntax(out, item);
            }
            out.push('}');
        }
        Value::Object(fields) => {
            out.push_str("map[string]interface {}{");
            for (index, (key, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&quote_go(key));
                out.push(':');
                go_syntax(out, field);
            }
            out.push('}');
        }
    }
}

/// The path of a custom column or of `--sort-by`, with the braces and the dot that may be left out.
///
/// Models `RelaxedJSONPathExpression`.
pub fn relaxed(path: &str) -> Result<String, Failure> {
    if path.is_empty() {
        return Ok(String::new());
    }
    let inner = match (path.strip_prefix('{'), path.ends_with('}')) {
        (Some(rest), true) => rest.strip_suffix('}').unwrap_or(rest),
        (None, false) => path,
        _ => {
            return Err(Failure::message(
                "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
            ));
        }
    };
    let inner = inner.strip_prefix('.').unwrap_or(inner);
    Ok(format!("{{.{inner}}}"))
}

/// The text of one cell, `<none>` where the path finds nothing.
pub fn cell(path: &str, object: &Value) -> Result<String, Failure> {
    let found = parse(path)?;
    let found = found.find(object, true).unwrap_or_default();
    let texts: Vec<String> = found
        .iter()
        .flatten()
        .map(|value| match value.as_ref() {
            Value::Null => "<nil>".to_owned(),
            Value::Array(_) | Value::Object(_) => crate::describe::plain(value),
            other => printed(other),
        })
        .collect();
    Ok(if texts.is_empty() {
        "<none>".to_owned()
    } else {
        texts.join(",")
    })
}

/// What a path finds first, for sorting.
pub fn first(path: &str, object: &Value) -> Result<Option<Value>, Failure> {
    let found = parse(path)?;
    let found = found.find(object, true).unwrap_or_default();
    Ok(found
        .into_iter()
        .flatten()
        .next()
        .map(std::borrow::Cow::into_owned))
}
