//! Merge patches (RFC 7386): applying them and making them for `kubectl apply` of custom resources.

use serde_json::{Map, Value};

/// Applies a merge patch.
pub fn apply(object: &mut Value, patch: &Value) {
    json_patch::merge(object, patch);
}

/// The merge patch that makes `modified` of `original`.
#[must_use]
pub fn diff(original: &Value, modified: &Value) -> Value {
    let (Value::Object(original), Value::Object(modified)) = (original, modified) else {
        return modified.clone();
    };
    let mut patch = Map::new();
    for (key, value) in modified {
        match original.get(key) {
            None => {
                patch.insert(key.clone(), value.clone());
            }
            Some(before) if before == value => {}
            Some(before @ Value::Object(_)) if value.is_object() => {
                patch.insert(key.clone(), diff(before, value));
            }
            Some(_) => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    for key in original.keys().filter(|key| !modified.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Value::Object(patch)
}

/// What `kubectl apply` sends for kinds without strategic merge: what changed from `current` to
/// `modified`, and what `original` (last applied) had and `modified` has no more.
///
/// Models k8s.io/apimachinery `pkg/util/jsonmergepatch` CreateThreeWayJSONMergePatch.
#[must_use]
pub fn three_way(original: &Value, modified: &Value, current: &Value) -> Value {
    let mut patch = keep(&diff(current, modified), false).unwrap_or_default();
    let deletions = keep(&diff(original, modified), true).unwrap_or_default();
    add_all(&mut patch, &deletions);
    if patch.is_null() {
        Value::Object(Map::new())
    } else {
        patch
    }
}

/// Only the nulls of a patch, or everything but them.
fn keep(patch: &Value, nulls: bool) -> Option<Value> {
    match patch {
        Value::Null => nulls.then_some(Value::Null),
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), keep(value, nulls)?)))
                .collect();
            // An empty object that is itself the change stays.
            (!kept.is_empty() || (fields.is_empty() && !nulls)).then_some(Value::Object(kept))
        }
        other => (!nulls).then(|| other.clone()),
    }
}

fn add_all(target: &mut Value, more: &Value) {
    match (target, more) {
        (Value::Object(target), Value::Object(more)) => {
            for (key, value) in more {
                add_all(
                    target.entry(key.clone()).or_insert_with(|| {
                        if value.is_object() {
                            Value::Object(Map::new())
                        } else {
                            Value::Null
                        }
                    }),
                    value,
                );
            }
        }
        (target, more) => {
            if target.is_null() {
                *target = more.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patches() {
        assert_eq!(
            diff(
                &json!({"a": 1, "b": {"c": 1, "d": 2}, "l": [1]}),
                &json!({"b": {"c": 3}, "l": [2], "n": {}})
            ),
            json!({"a": null, "b": {"c": 3, "d": null}, "l": [2], "n": {}})
        );
        assert_eq!(
            three_way(
                &json!({"a": 1, "gone": 1}),
                &json!({"a": 2}),
                &json!({"a": 1, "gone": 1, "server": 1, "x": {"y": 1}})
            ),
            json!({"a": 2, "gone": null})
        );
        assert_eq!(
            three_way(&json!({"a": 1}), &json!({"a": 1}), &json!({"a": 1, "s": 2})),
            json!({})
        );
    }
}
