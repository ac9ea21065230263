//! Checking a value against a structural schema, with the words of the OpenAPI validator.
//!
//! Models k8s.io/kube-openapi pkg/validation and how k8s.io/apiextensions-apiserver turns its
//! findings into field errors.

use kubernetes_api::field::FieldError;
use kubernetes_api::{json, object};
use serde_json::Value;

use super::properties;

/// Values in values, no deeper than this.
const DEPTH_MAX: usize = 64;
/// The longest pattern that is tried.
const PATTERN_MAX: usize = 1_000;

/// Adds what is wrong with an object.
pub(super) fn check(schema: &Value, object: &Value, errors: &mut Vec<FieldError>) {
    value(schema, object, "", errors, 0);
}

fn value(schema: &Value, given: &Value, path: &str, errors: &mut Vec<FieldError>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    if given.is_null() && object::get_bool(schema, &["nullable"]) {
        return;
    }
    let mut invalid = |shown: Value, what: &str| {
        errors.push(FieldError::invalid(
            path,
            shown,
            format!("{path} in body {what}"),
        ));
    };
    let found = type_of(given);
    if !has_type(schema, given) {
        let wanted = if object::get_bool(schema, &["x-kubernetes-int-or-string"]) {
            "integer,string"
        } else {
            object::get_str(schema, &["type"])
        };
        invalid(
            found.into(),
            &format!("must be of type {wanted}: \"{found}\""),
        );
        return;
    }
    let number = |field: &str| schema.get(field).and_then(Value::as_f64);
    let count = |field: &str| {
        object::get_i64(schema, &[field]).and_then(|count| usize::try_from(count).ok())
    };
    match given {
        Value::Number(_) => {
            let exact = given.as_f64().unwrap_or(0.0);
            let text = |bound: f64| json::float_text(bound);
            let (low, high) = (number("minimum"), number("maximum"));
            let open = |field: &str| object::get_bool(schema, &[field]);
            if let Some(low) = low {
                let exclusive = open("exclusiveMinimum");
                if exact < low || (exclusive && exact == low) {
                    let words = if exclusive {
                        "greater than"
                    } else {
                        "greater than or equal to"
                    };
                    invalid(given.clone(), &format!("should be {words} {}", text(low)));
                }
            }
            if let Some(high) = high {
                let exclusive = open("exclusiveMaximum");
                if exact > high || (exclusive && exact == high) {
                    let words = if exclusive {
                        "less than"
                    } else {
                        "less than or equal to"
                    };
                    invalid(given.clone(), &format!("should be {words} {}", text(high)));
                }
            }
            if let Some(step) = number("multipleOf").filter(|step| *step > 0.0)
                && (exact / step).fract() != 0.0
            {
                invalid(
                    given.clone(),
                    &format!("should be a multiple of {}", text(step)),
                );
            }
        }
        Value::String(text) => {
            let letters = text.chars().count();
            if let Some(least) = count("minLength").filter(|least| letters < *least) {
                invalid(
                    given.clone(),
                    &format!("should be at least {least} chars long"),
                );
            }
            if count("maxLength").is_some_and(|most| letters > most) {
                errors.push(FieldError::too_long(path, count("maxLength").unwrap_or(0)));
            }
            string_rules(schema, text, path, errors);
        }
        Value::Array(items) => {
            if let Some(least) = count("minItems").filter(|least| items.len() < *least) {
                invalid(
                    items.len().into(),
                    &format!("should have at least {least} items"),
                );
            }
            if let Some(most) = count("maxItems").filter(|most| items.len() > *most) {
                errors.push(FieldError::too_many(path, items.len(), most));
            }
            if let Some(inner) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    value(inner, item, &format!("{path}[{index}]"), errors, depth + 1);
                }
            }
        }
        Value::Object(_) => fields(schema, given, path, errors, depth),
        _ => {}
    }
    alternatives(schema, given, path, errors, depth);
}

fn string_rules(schema: &Value, text: &str, path: &str, errors: &mut Vec<FieldError>) {
    let pattern = object::get_str(schema, &["pattern"]);
    let matches = pattern.is_empty()
        || pattern.len() > PATTERN_MAX
        || regex_lite::Regex::new(pattern).map_or(true, |pattern| pattern.is_match(text));
    if !matches {
        let why = format!("{path} in body should match '{pattern}'");
        errors.push(FieldError::invalid(path, text, why));
    }
    let format = object::get_str(schema, &["format"]);
    let right = match format {
        "date-time" => kubernetes_api::time::parse_rfc3339(text).is_some(),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    };
    if !right {
        let why = format!(
            "{path} in body must be of type {format}: {}",
            json::quote_go(text)
        );
        errors.push(FieldError::invalid(path, text, why));
    }
    let allowed: Vec<&str> = object::get_list(schema, &["enum"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if !allowed.is_empty() && !allowed.contains(&text) {
        errors.push(FieldError::not_supported(path, text, &allowed));
    }
}

fn fields(schema: &Value, given: &Value, path: &str, errors: &mut Vec<FieldError>, depth: usize) {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for name in object::get_list(schema, &["required"])
        .iter()
        .filter_map(Value::as_str)
    {
        if given.get(name).is_none() {
            errors.push(FieldError::required(below(name), ""));
        }
    }
    let others = schema
        .get("additionalProperties")
        .filter(|others| others.is_object());
    for (name, inner) in given.as_object().into_iter().flatten() {
        if path.is_empty() && matches!(name.as_str(), "metadata" | "apiVersion" | "kind") {
            continue;
        }
        let known = properties(schema)
            .and_then(|known| known.get(name))
            .or(others);
        if let Some(known) = known {
            value(known, inner, &below(name), errors, depth + 1);
        }
    }
}

/// `allOf`, `anyOf`, `oneOf` and `not`.
fn alternatives(
    schema: &Value,
    given: &Value,
    path: &str,
    errors: &mut Vec<FieldError>,
    depth: usize,
) {
    let holds = |inner: &Value| {
        let mut wrong = Vec::new();
        value(inner, given, path, &mut wrong, depth + 1);
        wrong.is_empty()
    };
    let all = |field: &str| object::get_list(schema, &[field]);
    let count = |field: &str| all(field).iter().filter(|inner| holds(inner)).count();
    let mut says = |which: &str| {
        let why = format!("{path} in body must validate {which}");
        errors.push(FieldError::invalid(path, "", why));
    };
    if !all("anyOf").is_empty() && count("anyOf") == 0 {
        says("at least one schema (anyOf)");
    }
    if !all("oneOf").is_empty() && count("oneOf") != 1 {
        says("one and only one schema (oneOf)");
    }
    if count("allOf") != all("allOf").len() {
        says("all the schemas (allOf)");
    }
    if schema.get("not").is_some_and(holds) {
        let why = format!("{path} in body must not validate the schema (not)");
        errors.push(FieldError::invalid(path, "", why));
    }
}

/// What JSON Schema calls the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let found = type_of(value);
    if object::get_bool(schema, &["x-kubernetes-int-or-string"]) {
        return matches!(found, "integer" | "string");
    }
    match object::get_str(schema, &["type"]) {
        "" => true,
        "number" => matches!(found, "integer" | "number"),
        wanted => wanted == found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn findings_have_the_validators_words() {
        let schema = json!({
            "type": "object",
            "required": ["spec"],
            "properties": {"spec": {
                "type": "object",
                "required": ["crew", "name"],
                "properties": {
                    "crew": {"type": "integer", "minimum": 1},
                    "colour": {"type": "string", "enum": ["red", "blue"]},
                    "code": {"type": "string", "pattern": "^[a-z]+$", "minLength": 3},
                    "masts": {"type": "array", "maxItems": 1, "items": {"type": "number", "maximum": 2.5}},
                    "port": {"x-kubernetes-int-or-string": true},
                },
            }},
        });
        let boat = json!({"spec": {
            "crew": "many", "colour": "green", "code": "A", "masts": [1, 3], "port": true,
        }});
        let mut errors = Vec::new();
        check(&schema, &boat, &mut errors);
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        expect![[r#"
            spec.name: Required value
            spec.code: Invalid value: "A": spec.code in body should be at least 3 chars long
            spec.code: Invalid value: "A": spec.code in body should match '^[a-z]+$'
            spec.colour: Unsupported value: "green": supported values: "red", "blue"
            spec.crew: Invalid value: "string": spec.crew in body must be of type integer: "string"
            spec.masts: Too many: 2: must have at most 1 item
            spec.masts[1]: Invalid value: 3: spec.masts[1] in body should be less than or equal to 2.5
            spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean""#]]
        .assert_eq(&said.join("\n"));
    }
}
