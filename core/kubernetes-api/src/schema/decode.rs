//! Decoding an object into its Go type, as far as one can see it: unknown fields, wrong types, and
//! the normal form in which the server gives the object back.
//!
//! Models sigs.k8s.io/json over the types of k8s.io/api. Default values and the validity of values
//! are not checked here.

use serde_json::{Map, Value};

use super::{Field, Schema, Shape, Struct, Type};
use crate::limits::DEPTH_MAX;
use crate::{base64, json, quantity::Quantity, time};

/// A decoded object.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The object as its Go type would be encoded again: without unknown fields, nulls and empty
    /// optional fields, with quantities in canonical form and structs that are always written.
    pub value: Value,
    /// Paths of unknown fields in the order of the object, `spec.containers[0].foo`.
    pub unknown: Vec<String>,
}

impl Decoded {
    /// The error of a strict decode, `strict decoding error: unknown field "a", unknown field "b"`.
    #[must_use]
    pub fn strict_error(&self) -> Option<String> {
        if self.unknown.is_empty() {
            return None;
        }
        Some(format!(
            "strict decoding error: {}",
            self.warnings().join(", ")
        ))
    }

    /// The warnings of a decode that only warns, `unknown field "a"`.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.unknown
            .iter()
            .map(|path| format!("unknown field {}", json::quote_go(path)))
            .collect()
    }
}

/// Decodes a value into a struct.
///
/// # Errors
/// The first wrong type in the words of Go's decoder: `json: cannot unmarshal string into Go struct
/// field ContainerPort.spec.containers.ports.containerPort of type int32`.
pub fn decode(schema: &Schema, kind: &Struct, value: &Value) -> Result<Decoded, String> {
    let mut decoder = Decoder {
        schema,
        unknown: Vec::new(),
        error: None,
        names: Vec::new(),
        depth: 0,
    };
    let Value::Object(fields) = value else {
        return Err(format!(
            "json: cannot unmarshal {} into Go value of type {}",
            kind_of(value),
            kind.go_name
        ));
    };
    let decoded = decoder.fields(kind, fields, "");
    match decoder.error {
        Some(error) => Err(error),
        None => Ok(Decoded {
            value: Value::Object(decoded),
            unknown: decoder.unknown,
        }),
    }
}

/// The normal form of an object of a known kind, as the Go type would be encoded; other objects as
/// they are.
#[must_use]
pub fn normalized(schema: &Schema, object: &Value) -> Value {
    let kind = schema.of_api_version(
        crate::object::api_version(object),
        crate::object::kind(object),
    );
    kind.and_then(|kind| decode(schema, kind, object).ok())
        .map_or_else(|| object.clone(), |decoded| decoded.value)
}

struct Decoder<'a> {
    schema: &'a Schema,
    unknown: Vec<String>,
    error: Option<String>,
    /// Names of the fields on the way, without indices.
    names: Vec<&'a str>,
    depth: usize,
}

impl<'a> Decoder<'a> {
    fn fields(
        &mut self,
        of: &'a Struct,
        fields: &Map<String, Value>,
        path: &str,
    ) -> Map<String, Value> {
        let mut decoded = Map::new();
        for (key, value) in fields {
            let inner = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let Some(field) = self.schema.field(of, key) else {
                self.unknown.push(inner);
                continue;
            };
            self.names.push(field.json);
            if let Some(value) = self.value(of, &field.kind, value, &inner)
                && !self.is_omitted(field, &value)
            {
                decoded.insert(key.clone(), value);
            }
            self.names.pop();
        }
        for field in self.schema.fields(of) {
            if !decoded.contains_key(field.json)
                && let Some(zero) = self.zero(field)
            {
                decoded.insert(field.json.to_owned(), zero);
            }
        }
        decoded
    }

    /// Whether `omitempty` leaves the value out.
    fn is_omitted(&self, field: &Field, value: &Value) -> bool {
        if field.always || matches!(field.kind, Type::Pointer(_)) {
            return false;
        }
        match (self.schema.shape(&field.kind), value) {
            (Shape::Struct(_), _) => false,
            (Shape::Scalar('q' | 'o' | 'r' | 'd'), _) => false,
            (_, Value::String(text)) => text.is_empty(),
            (_, Value::Array(items)) => items.is_empty(),
            (_, Value::Object(entries)) => entries.is_empty(),
            (_, Value::Bool(truth)) => !truth,
            (_, Value::Number(number)) => number.as_f64() == Some(0.0),
            (_, Value::Null) => true,
        }
    }

    /// What is written for a field that is not there.
    fn zero(&self, field: &Field) -> Option<Value> {
        if matches!(field.kind, Type::Pointer(_)) {
            return field.always.then_some(Value::Null);
        }
        match self.schema.shape(&field.kind) {
            Shape::Struct(inner) if !field.omit_zero => {
                let zero = self
                    .schema
                    .fields(inner)
                    .into_iter()
                    .filter_map(|field| Some((field.json.to_owned(), self.zero(field)?)));
                Some(Value::Object(zero.collect()))
            }
            Shape::Struct(_) => None,
            Shape::List(_) | Shape::Map(_) => field.always.then_some(Value::Null),
            // Time is a struct for Go, so omitempty does not leave it out.
            Shape::Scalar('t' | 'T') => (!field.omit_zero).then_some(Value::Null),
            Shape::Scalar('q' | 'd' | 'o') if !field.always => None,
            Shape::Scalar('q') => Some("0".into()),
            Shape::Scalar('d') => Some("0s".into()),
            Shape::Scalar('o') => Some(0.into()),
            _ if !field.always => None,
            Shape::Scalar('s' | 'y') => Some("".into()),
            Shape::Scalar('b') => Some(false.into()),
            Shape::Scalar('r') => Some(Value::Null),
            Shape::Scalar(_) => Some(0.into()),
        }
    }

    /// A value of a type; null is nothing.
    fn value(
        &mut self,
        of: &'a Struct,
        kind: &'a Type,
        value: &Value,
        path: &str,
    ) -> Option<Value> {
        if value.is_null() {
            return None;
        }
        if self.depth > DEPTH_MAX {
            self.fail("json: exceeded max depth".to_owned());
            return None;
        }
        self.depth += 1;
        let decoded = match (self.schema.shape(kind), value) {
            (Shape::Struct(inner), Value::Object(fields)) => {
                Some(Value::Object(self.fields(inner, fields, path)))
            }
            (Shape::List(item), Value::Array(items)) => {
                let decoded = items.iter().enumerate().map(|(index, value)| {
                    let inner = format!("{path}[{index}]");
                    self.value(of, item, value, &inner)
                        .unwrap_or_else(|| self.zero_item(item))
                });
                Some(Value::Array(decoded.collect()))
            }
            (Shape::Map(item), Value::Object(entries)) => {
                let mut decoded = Map::new();
                for (key, value) in entries {
                    let inner = format!("{path}.{key}");
                    let value = self
                        .value(of, item, value, &inner)
                        .unwrap_or_else(|| self.zero_item(item));
                    decoded.insert(key.clone(), value);
                }
                Some(Value::Object(decoded))
            }
            (Shape::Scalar(letter), value) => self.scalar(of, kind, letter, value),
            (_, value) => {
                self.wrong_type(of, kind, &kind_of(value));
                None
            }
        };
        self.depth -= 1;
        decoded
    }

    fn zero_item(&self, item: &Type) -> Value {
        match self.schema.shape(item) {
            Shape::Scalar('s') => "".into(),
            Shape::Scalar('q') => "0".into(),
            Shape::Struct(_) => Value::Object(Map::new()),
            _ => Value::Null,
        }
    }

    fn scalar(
        &mut self,
        of: &'a Struct,
        kind: &'a Type,
        letter: char,
        value: &Value,
    ) -> Option<Value> {
        match (letter, value) {
            ('r', _)
            | ('s', Value::String(_))
            | ('b', Value::Bool(_))
            | ('f' | 'F', Value::Number(_))
            | ('o', Value::String(_)) => Some(value.clone()),
            ('o', Value::Number(number))
                if number
                    .as_i64()
                    .is_some_and(|number| i32::try_from(number).is_ok()) =>
            {
                Some(value.clone())
            }
            ('o', value) => self.fail(format!(
                "json: cannot unmarshal {} into Go value of type int32",
                kind_of(value)
            )),
            ('q', value) => match Quantity::from_value(value) {
                Ok(quantity) => Some(quantity.to_string().into()),
                Err(error) => self.fail(error.to_owned()),
            },
            ('t' | 'T', Value::String(text)) => self.timestamp(letter, text),
            ('d', Value::String(text)) => match crate::duration::parse_go(text) {
                Ok(nanoseconds) => Some(crate::duration::go_string(nanoseconds).into()),
                Err(error) => self.fail(error),
            },
            ('t' | 'T' | 'd', value) => self.fail(format!(
                "json: cannot unmarshal {} into Go value of type string",
                kind_of(value)
            )),
            ('y', Value::String(text)) => {
                if base64::decode(text).is_some() {
                    return Some(value.clone());
                }
                let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
                let at = text
                    .bytes()
                    .position(|b| !fine(b))
                    .unwrap_or(text.len() / 4 * 4);
                self.fail(format!("illegal base64 data at input byte {at}"))
            }
            (_, Value::Number(number)) if letter != 's' && letter != 'b' && letter != 'y' => {
                if number.as_i64().is_some_and(|number| fits(letter, number)) {
                    return Some(value.clone());
                }
                self.wrong_type(of, kind, &format!("number {}", json::number_text(number)))
            }
            (_, value) => self.wrong_type(of, kind, &kind_of(value)),
        }
    }

    fn timestamp(&mut self, letter: char, text: &str) -> Option<Value> {
        if text.is_empty() {
            return None;
        }
        if let Some(at) = time::parse_rfc3339(text) {
            let normal = if letter == 't' {
                time::rfc3339(at)
            } else {
                time::rfc3339_micro(at)
            };
            return Some(normal.into());
        }
        let fraction = if letter == 't' { "" } else { ".000000" };
        let quoted = json::quote_go(text);
        self.fail(format!(
            "parsing time {quoted} as \"2006-01-02T15:04:05{fraction}Z07:00\": cannot parse {quoted} as \"2006\""
        ))
    }

    /// The first error counts.
    fn fail(&mut self, error: String) -> Option<Value> {
        self.error.get_or_insert(error);
        None
    }

    fn wrong_type(&mut self, of: &'a Struct, kind: &'a Type, what: &str) -> Option<Value> {
        let kind = match kind {
            Type::Pointer(inner) => inner,
            other => other,
        };
        let short = of.go_name.rsplit('.').next().unwrap_or_default();
        let error = format!(
            "json: cannot unmarshal {what} into Go struct field {short}.{} of type {}",
            self.names.join("."),
            self.schema.go_type(kind)
        );
        self.fail(error)
    }
}

fn fits(letter: char, number: i64) -> bool {
    match letter {
        'i' => i32::try_from(number).is_ok(),
        'c' => u8::try_from(number).is_ok(),
        'g' => i8::try_from(number).is_ok(),
        'h' => i16::try_from(number).is_ok(),
        'w' => u16::try_from(number).is_ok(),
        'u' => u32::try_from(number).is_ok(),
        'U' => number >= 0,
        _ => true,
    }
}

/// What Go's decoder calls the value.
fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::builtin;
    use super::*;
    use serde_json::json;

    fn check(kind: &str, value: Value, expected: &str) {
        let schema = builtin();
        let of = schema
            .kind(if kind == "Deployment" { "apps" } else { "" }, "v1", kind)
            .unwrap();
        let got = match decode(schema, of, &value) {
            Err(error) => error,
            Ok(decoded) => decoded
                .strict_error()
                .unwrap_or_else(|| json::compact(&decoded.value)),
        };
        assert_eq!(got, expected);
    }

    fn container(fields: &Value) -> Value {
        json!({"spec": {"containers": [fields]}})
    }

    #[test]
    fn wrong_types() {
        check(
            "Pod",
            container(&json!({"env": [{"name": "A", "value": true}]})),
            "json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string",
        );
        check(
            "Pod",
            container(&json!({"ports": [{"containerPort": "eighty"}]})),
            "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
        );
        check(
            "Pod",
            json!({"spec": {"containers": {"name": "x"}}}),
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
        );
        check(
            "ConfigMap",
            json!({"data": {"a": 5}}),
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        );
        check(
            "Pod",
            json!({"metadata": {"labels": {"a": true}}}),
            "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string",
        );
        check(
            "Pod",
            container(&json!({"resources": {"requests": {"cpu": "two"}}})),
            crate::quantity::FORMAT_WRONG,
        );
        check(
            "Deployment",
            json!({"spec": {"replicas": "two"}}),
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        );
        check(
            "Deployment",
            json!({"spec": {"replicas": 1.5}}),
            "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
        );
        check(
            "Pod",
            json!({"spec": {"restartPolicy": 1}}),
            "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy",
        );
        check(
            "Pod",
            json!([]),
            "json: cannot unmarshal array into Go value of type v1.Pod",
        );
    }

    #[test]
    fn unknown_fields() {
        check(
            "Pod",
            json!({"spec": {"container": [], "containers": [{"imagee": "x", "name": "a"}]}}),
            "strict decoding error: unknown field \"spec.container\", unknown field \"spec.containers[0].imagee\"",
        );
    }

    #[test]
    fn custom_resource_definitions() {
        let schema = builtin();
        let of = schema
            .kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
            .unwrap();
        let crd = json!({"metadata": {"name": "x"}, "spec": {"names": {"kind": "X"}, "versions": [{"name": "v1", "schema": {"openAPIV3Schema": {
            "type": "object", "properties": {"spec": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1, "default": 1}}}},
        }}}]}});
        assert_eq!(
            decode(schema, of, &crd).map(|decoded| (decoded.value, decoded.unknown)),
            Ok((crd, Vec::new()))
        );
    }

    #[test]
    fn normal_form() {
        check(
            "Pod",
            json!({
                "metadata": {"labels": {}, "creationTimestamp": null, "name": "x"},
                "spec": {"hostNetwork": false, "nodeName": "", "volumes": [{"name": "v", "emptyDir": {}}],
                    "containers": [{"name": "a", "args": [], "resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}}}]},
            }),
            r#"{"metadata":{"name":"x"},"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":"500m","memory":"1Gi"}}}],"volumes":[{"emptyDir":{},"name":"v"}]},"status":{}}"#,
        );
        check(
            "Deployment",
            json!({"spec": {"template": {}}}),
            r#"{"metadata":{},"spec":{"selector":null,"strategy":{},"template":{"metadata":{},"spec":{"containers":null}}},"status":{}}"#,
        );
        check(
            "Pod",
            json!({"status": {"conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "a"}]}}),
            r#"{"metadata":{},"spec":{"containers":null},"status":{"conditions":[{"lastProbeTime":null,"lastTransitionTime":null,"status":"True","type":"Ready"}],"containerStatuses":[{"image":"","imageID":"","lastState":{},"name":"a","ready":false,"restartCount":0,"state":{}}]}}"#,
        );
    }
}
