//! Taking out what a structural schema does not know, and filling in its defaults.
//!
//! Models k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning and defaulting.

use serde_json::{Map, Value};

use super::{keeps_unknown, properties};

/// Values in values, no deeper than this.
const DEPTH_MAX: usize = 64;
/// Fields of every object that no schema has to name.
const COMMON: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Takes the unknown fields out of an object; gives their paths.
pub(crate) fn prune(schema: &Value, object: &mut Value) -> Vec<String> {
    let mut unknown = Vec::new();
    walk(schema, object, "", true, &mut unknown, 0);
    unknown
}

fn walk(
    schema: &Value,
    value: &mut Value,
    path: &str,
    embedded: bool,
    unknown: &mut Vec<String>,
    depth: usize,
) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else {
                return;
            };
            for (index, item) in items.iter_mut().enumerate() {
                let embedded = is_embedded(schema);
                walk(
                    schema,
                    item,
                    &format!("{path}[{index}]"),
                    embedded,
                    unknown,
                    depth + 1,
                );
            }
        }
        Value::Object(fields) => {
            let empty = Map::new();
            let known = properties(schema).unwrap_or(&empty);
            let others = schema.get("additionalProperties");
            let open = keeps_unknown(schema) || others == Some(&Value::Bool(true));
            let mut gone = Vec::new();
            for (name, inner) in fields.iter_mut() {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let below = known
                    .get(name)
                    .or(others.filter(|others| others.is_object()));
                match below {
                    _ if embedded && COMMON.contains(&name.as_str()) => {}
                    Some(below) => {
                        walk(below, inner, &path, is_embedded(below), unknown, depth + 1)
                    }
                    None if open => {}
                    None => {
                        unknown.push(path);
                        gone.push(name.clone());
                    }
                }
            }
            fields.retain(|name, _| !gone.contains(name));
        }
        _ => {}
    }
}

fn is_embedded(schema: &Value) -> bool {
    kubernetes_api::object::get_bool(schema, &["x-kubernetes-embedded-resource"])
}

/// Fills in the defaults of a schema.
pub(crate) fn fill(schema: &Value, value: &mut Value) {
    fill_below(schema, value, 0);
}

fn fill_below(schema: &Value, value: &mut Value, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Object(fields) => {
            let known = properties(schema).into_iter().flatten();
            for (name, inner) in known {
                let nullable = kubernetes_api::object::get_bool(inner, &["nullable"]);
                if let Some(default) = inner.get("default") {
                    let missing = fields
                        .get(name)
                        .is_none_or(|have| have.is_null() && !nullable);
                    if missing {
                        fields.insert(name.clone(), default.clone());
                    }
                }
            }
            let others = schema
                .get("additionalProperties")
                .filter(|others| others.is_object());
            for (name, inner) in fields.iter_mut() {
                let below = properties(schema)
                    .and_then(|known| known.get(name))
                    .or(others);
                if let Some(below) = below {
                    fill_below(below, inner, depth + 1);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                fill_below(schema.get("items").unwrap_or(&Value::Null), item, depth + 1);
            }
        }
        _ => {}
    }
}
