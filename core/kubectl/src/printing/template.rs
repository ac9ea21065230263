//! Templates of `-o jsonpath` and `-o go-template`: kubectl's words around the two languages.

use crate::failure::Failure;
use serde_json::Value;

/// Checks a JSONPath template.
pub fn check_json_path(_template: &str) -> Result<(), Failure> {
    Ok(())
}

/// Checks a Go template.
pub fn check_go_template(_template: &str) -> Result<(), Failure> {
    Ok(())
}

/// The text of a JSONPath template.
pub fn json_path(
    _template: &str,
    _object: &Value,
    _allow_missing: bool,
) -> Result<String, Failure> {
    Ok(String::new())
}

/// What a JSONPath finds, as JSON.
pub fn json_path_as_json(_template: &str, _object: &Value) -> Result<String, Failure> {
    Ok(String::new())
}

/// The text of a Go template.
pub fn go_template(
    _template: &str,
    _object: &Value,
    _allow_missing: bool,
) -> Result<String, Failure> {
    Ok(String::new())
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
pub fn cell(_path: &str, _object: &Value) -> Result<String, Failure> {
    Ok("<none>".to_owned())
}

/// What a path finds first, for sorting.
pub fn first(_path: &str, _object: &Value) -> Result<Option<Value>, Failure> {
    Ok(None)
}
