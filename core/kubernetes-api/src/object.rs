//! Narrow views of an object: the parts of a value that almost everything asks for.

use serde_json::{Map, Value};

fn text<'a>(object: &'a Value, path: &[&str]) -> &'a str {
    get(object, path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The value at a path of field names.
#[must_use]
pub fn get<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, key| value.get(*key))
}

/// The text at a path; empty when it is missing or no text.
#[must_use]
pub fn get_str<'a>(object: &'a Value, path: &[&str]) -> &'a str {
    text(object, path)
}

/// The whole number at a path.
#[must_use]
pub fn get_i64(object: &Value, path: &[&str]) -> Option<i64> {
    get(object, path)?.as_i64()
}

/// The truth at a path; false when it is missing.
#[must_use]
pub fn get_bool(object: &Value, path: &[&str]) -> bool {
    get(object, path)
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

/// The list at a path; empty when it is missing.
#[must_use]
pub fn get_list<'a>(object: &'a Value, path: &[&str]) -> &'a [Value] {
    get(object, path)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The map at a path.
#[must_use]
pub fn get_map<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Map<String, Value>> {
    get(object, path)?.as_object()
}

/// Sets the value at a path; maps on the way are made where they are missing, and anything else on
/// the way is replaced by a map.
pub fn set(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    *entry(object, path) = value.into();
}

/// The place at a path, made (as null) where it is missing.
pub fn entry<'a>(object: &'a mut Value, path: &[&str]) -> &'a mut Value {
    let mut place = object;
    for key in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        // An object by the lines above; `Index` would make it so too.
        place = match place {
            Value::Object(fields) => fields.entry((*key).to_owned()).or_insert(Value::Null),
            other => other,
        };
    }
    place
}

/// Removes the value at a path and gives it back.
pub fn remove(object: &mut Value, path: &[&str]) -> Option<Value> {
    let (last, parents) = path.split_last()?;
    let parent = parents
        .iter()
        .try_fold(object, |value, key| value.get_mut(*key))?;
    parent.as_object_mut()?.remove(*last)
}

/// `apiVersion`.
#[must_use]
pub fn api_version(object: &Value) -> &str {
    text(object, &["apiVersion"])
}

/// `kind`.
#[must_use]
pub fn kind(object: &Value) -> &str {
    text(object, &["kind"])
}

/// `metadata.name`.
#[must_use]
pub fn name(object: &Value) -> &str {
    text(object, &["metadata", "name"])
}

/// `metadata.namespace`; empty for cluster-scoped objects.
#[must_use]
pub fn namespace(object: &Value) -> &str {
    text(object, &["metadata", "namespace"])
}

/// `metadata.uid`.
#[must_use]
pub fn uid(object: &Value) -> &str {
    text(object, &["metadata", "uid"])
}

/// `metadata.resourceVersion`.
#[must_use]
pub fn resource_version(object: &Value) -> &str {
    text(object, &["metadata", "resourceVersion"])
}

/// `metadata.generation`, 0 when it is missing.
#[must_use]
pub fn generation(object: &Value) -> i64 {
    get_i64(object, &["metadata", "generation"]).unwrap_or_default()
}

/// Nanoseconds of `metadata.creationTimestamp`.
#[must_use]
pub fn created(object: &Value) -> Option<i64> {
    crate::time::parse_rfc3339(text(object, &["metadata", "creationTimestamp"]))
}

/// Whether the object is being deleted.
#[must_use]
pub fn is_terminating(object: &Value) -> bool {
    get(object, &["metadata", "deletionTimestamp"]).is_some_and(|time| !time.is_null())
}

/// `metadata.labels`.
#[must_use]
pub fn labels(object: &Value) -> Option<&Map<String, Value>> {
    get_map(object, &["metadata", "labels"])
}

/// One label.
#[must_use]
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    labels(object)?.get(key)?.as_str()
}

/// `metadata.annotations`.
#[must_use]
pub fn annotations(object: &Value) -> Option<&Map<String, Value>> {
    get_map(object, &["metadata", "annotations"])
}

/// One annotation.
#[must_use]
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    annotations(object)?.get(key)?.as_str()
}

/// `metadata.ownerReferences`.
#[must_use]
pub fn owner_references(object: &Value) -> &[Value] {
    get_list(object, &["metadata", "ownerReferences"])
}

/// The owner reference that says `controller: true`.
#[must_use]
pub fn controller_reference(object: &Value) -> Option<&Value> {
    owner_references(object)
        .iter()
        .find(|owner| get_bool(owner, &["controller"]))
}

/// An owner reference to `owner` as a controller makes it.
#[must_use]
pub fn make_controller_reference(owner: &Value) -> Value {
    serde_json::json!({
        "apiVersion": api_version(owner),
        "kind": kind(owner),
        "name": name(owner),
        "uid": uid(owner),
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// `metadata.finalizers`.
pub fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    get_list(object, &["metadata", "finalizers"])
        .iter()
        .filter_map(Value::as_str)
}

/// The condition of this type in `status.conditions`.
#[must_use]
pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    get_list(object, &["status", "conditions"])
        .iter()
        .find(|condition| text(condition, &["type"]) == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths() {
        let mut pod = json!({"metadata": {"name": "a", "labels": {"app": "x"}}});
        set(&mut pod, &["status", "phase"], "Running");
        set(&mut pod, &["metadata", "name", "odd"], 1);
        assert_eq!(
            pod,
            json!({"metadata": {"name": {"odd": 1}, "labels": {"app": "x"}}, "status": {"phase": "Running"}})
        );
        assert_eq!(
            remove(&mut pod, &["metadata", "name", "odd"]),
            Some(json!(1))
        );
        assert_eq!(
            (
                label(&pod, "app"),
                name(&pod),
                get_list(&pod, &["spec", "containers"]).len()
            ),
            (Some("x"), "", 0)
        );
    }
}
