//! Names, labels, annotations, finalizers and owners of any object.
//!
//! Models k8s.io/apimachinery pkg/api/validation/objectmeta.go.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::resources::Resource;
use kubernetes_api::{names, object};
use serde_json::Value;

use crate::strategy;

/// Bytes of all annotations of an object.
const ANNOTATION_BYTES: usize = 256 * 1024;
/// Finalizers without a domain that everyone knows.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// What is wrong with the metadata of an object.
pub(crate) fn errors(key: &str, resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = object::name(object);
    if name.is_empty() {
        errors.push(FieldError::required(
            "metadata.name",
            "name or generateName is required",
        ));
    } else {
        for wrong in strategy::name_errors(key, resource, name) {
            errors.push(FieldError::invalid("metadata.name", name, wrong));
        }
    }
    labels(
        object::get(object, &["metadata", "labels"]),
        &Path::new("metadata").child("labels"),
        &mut errors,
    );
    annotations(object, &mut errors);
    owners(object, &mut errors);
    for (index, finalizer) in object::finalizers(object).enumerate() {
        let path = Path::new("metadata").child("finalizers").index(index);
        for wrong in names::label_key(finalizer) {
            errors.push(FieldError::invalid(&path, finalizer, wrong));
        }
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer) {
            let why = "name is neither a standard finalizer name nor is it fully qualified";
            errors.push(FieldError::invalid(&path, finalizer, why));
        }
    }
    errors
}

/// What is wrong with a map of labels below a path.
pub(super) fn labels(labels: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    for (label, value) in labels.and_then(Value::as_object).into_iter().flatten() {
        for wrong in names::label_key(label) {
            errors.push(FieldError::invalid(path, label.as_str(), wrong));
        }
        let value = value.as_str().unwrap_or_default();
        for wrong in names::label_value(value) {
            errors.push(FieldError::invalid(path, value, wrong));
        }
    }
}

fn annotations(object: &Value, errors: &mut Vec<FieldError>) {
    let mut bytes = 0;
    for (key, value) in object::annotations(object).into_iter().flatten() {
        for wrong in names::label_key(&key.to_lowercase()) {
            errors.push(FieldError::invalid(
                "metadata.annotations",
                key.as_str(),
                wrong,
            ));
        }
        bytes += key.len() + value.as_str().map_or(0, str::len);
    }
    if bytes > ANNOTATION_BYTES {
        errors.push(FieldError::too_long(
            "metadata.annotations",
            ANNOTATION_BYTES,
        ));
    }
}

fn owners(object: &Value, errors: &mut Vec<FieldError>) {
    let mut controller: Option<&Value> = None;
    for owner in object::owner_references(object) {
        let path = Path::new("metadata").child("ownerReferences");
        for (field, missing) in [
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ] {
            if object::get_str(owner, &[field]).is_empty() {
                errors.push(FieldError::invalid(path.child(field), "", missing));
            }
        }
        if !object::get_bool(owner, &["controller"]) {
            continue;
        }
        let Some(first) = controller else {
            controller = Some(owner);
            continue;
        };
        let why = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
            object::kind(first),
            object::get_str(first, &["name"]),
            object::kind(owner),
            object::get_str(owner, &["name"])
        );
        let all = object::get(object, &["metadata", "ownerReferences"]).cloned();
        errors.push(FieldError::invalid(&path, all.unwrap_or_default(), why));
    }
}

/// What may not change in an object's metadata.
pub(crate) fn update_errors(old: &Value, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if object::is_terminating(old) {
        let before: Vec<&str> = object::finalizers(old).collect();
        let new: Vec<&str> = object::finalizers(object)
            .filter(|one| !before.contains(one))
            .collect();
        if !new.is_empty() {
            let why = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                new.iter()
                    .map(|one| kubernetes_api::json::quote_go(one))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            errors.push(FieldError::forbidden("metadata.finalizers", why));
        }
    }
    errors
}
