//! What is wrong with the types of a patched object, in the words of the server's converter.
//!
//! After a patch the server converts a map to the Go type with k8s.io/apimachinery
//! `pkg/runtime/converter.go`, whose sentences differ from those of the JSON decoder.

use serde_json::{Map, Value};

use super::{Schema, Shape, Struct, Type};
use crate::limits::DEPTH_MAX;
use crate::quantity::Quantity;

/// The first error of the conversion, in the order of the Go fields: `cannot restore slice from
/// map`, `unrecognized type: int32`, `cannot convert int64 to string`.
#[must_use]
pub fn conversion_error(schema: &Schema, kind: &Struct, value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields_error(schema, kind, fields, 0),
        other => Some(format!("cannot restore struct from: {}", kind_name(other))),
    }
}

fn fields_error(
    schema: &Schema,
    kind: &Struct,
    fields: &Map<String, Value>,
    depth: usize,
) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    schema
        .fields(kind)
        .into_iter()
        .find_map(|field| value_error(schema, &field.kind, fields.get(field.json)?, depth + 1))
}

fn value_error(schema: &Schema, kind: &Type, value: &Value, depth: usize) -> Option<String> {
    if value.is_null() {
        return None;
    }
    match (schema.shape(kind), value) {
        (Shape::Struct(inner), Value::Object(fields)) => fields_error(schema, inner, fields, depth),
        (Shape::Struct(_), other) => {
            Some(format!("cannot restore struct from: {}", kind_name(other)))
        }
        (Shape::List(item), Value::Array(items)) => items
            .iter()
            .find_map(|value| value_error(schema, item, value, depth)),
        (Shape::List(_), other) => Some(format!("cannot restore slice from {}", kind_name(other))),
        (Shape::Map(item), Value::Object(entries)) => entries
            .values()
            .find_map(|value| value_error(schema, item, value, depth)),
        (Shape::Map(_), other) => Some(format!("cannot restore map from {}", kind_name(other))),
        (Shape::Scalar(letter), value) => scalar_error(schema, kind, letter, value),
    }
}

fn scalar_error(schema: &Schema, kind: &Type, letter: char, value: &Value) -> Option<String> {
    let unrecognized = |kind: &str| Some(format!("unrecognized type: {kind}"));
    match (letter, value) {
        ('r', _)
        | ('s' | 'y' | 't' | 'T' | 'd', Value::String(_))
        | ('b', Value::Bool(_))
        | ('o', Value::String(_) | Value::Number(_)) => None,
        ('q', value) => Quantity::from_value(value).err().map(str::to_owned),
        ('y', other) => Some(format!("cannot restore slice from {}", kind_name(other))),
        ('o' | 't' | 'T' | 'd', other) => {
            let wanted = if letter == 'o' { "int32" } else { "string" };
            let what = match other {
                Value::Bool(_) => "bool",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
                _ => "number",
            };
            Some(format!(
                "json: cannot unmarshal {what} into Go value of type {wanted}"
            ))
        }
        ('s', Value::Number(number)) if !number.is_f64() => Some(format!(
            "cannot convert int64 to {}",
            schema.go_type(bare(kind))
        )),
        ('s', _) => unrecognized("string"),
        ('b', _) => unrecognized("bool"),
        (_, Value::Number(number)) => {
            let whole = number.as_f64().is_some_and(|float| float.fract() == 0.0);
            (!whole && letter != 'f' && letter != 'F')
                .then(|| format!("cannot convert float64 to {}", schema.go_type(bare(kind))))
        }
        (_, _) => unrecognized(&schema.go_type(schema.underlying(bare(kind)))),
    }
}

fn bare(kind: &Type) -> &Type {
    match kind {
        Type::Pointer(inner) => inner,
        other => other,
    }
}

fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use super::super::builtin;
    use super::*;
    use serde_json::json;

    #[test]
    fn sentences() {
        let schema = builtin();
        let pod = schema.of_api_version("v1", "Pod").unwrap();
        let of = |spec: Value| conversion_error(schema, pod, &json!({"spec": spec}));
        let container = |fields: Value| of(json!({"containers": [fields]}));
        assert_eq!(
            container(json!({"env": [{"name": "A", "value": true}]})).as_deref(),
            Some("unrecognized type: string")
        );
        assert_eq!(
            container(json!({"env": [{"name": "A", "value": 3}]})).as_deref(),
            Some("cannot convert int64 to string")
        );
        assert_eq!(
            container(json!({"ports": [{"containerPort": "eighty"}]})).as_deref(),
            Some("unrecognized type: int32")
        );
        assert_eq!(
            of(json!({"containers": {"name": "x"}})).as_deref(),
            Some("cannot restore slice from map")
        );
        assert_eq!(
            of(json!({"nodeSelector": []})).as_deref(),
            Some("cannot restore map from slice")
        );
        assert_eq!(
            of(json!({"securityContext": "x"})).as_deref(),
            Some("cannot restore struct from: string")
        );
        assert_eq!(
            of(json!({"terminationGracePeriodSeconds": 1.5})).as_deref(),
            Some("cannot convert float64 to int64")
        );
        assert_eq!(
            container(json!({"name": "a", "resources": {"limits": {"cpu": 1}}})),
            None
        );
    }
}
