//! ConfigMaps and Secrets.
//!
//! Models `ValidateConfigMap`, `ValidateSecret` and their updates in kubernetes
//! pkg/apis/core/validation.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::{base64, names, object};
use serde_json::Value;

/// Bytes of all values together.
const BYTES_MAX: usize = 1024 * 1024;
const FROZEN: &str = "field is immutable when `immutable` is set";

/// Checks a new ConfigMap or Secret.
pub(super) fn create(key: &str, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut bytes = 0;
    for field in ["data", "binaryData"] {
        let path = Path::new(field);
        for (name, value) in object::get_map(object, &[field]).into_iter().flatten() {
            for wrong in names::config_map_key(name) {
                errors.push(FieldError::invalid(path.key(name), name.as_str(), wrong));
            }
            if field == "data" && object::get(object, &["binaryData", name]).is_some() {
                let why = "duplicate of key present in binaryData";
                errors.push(FieldError::invalid(path.key(name), name.as_str(), why));
            }
            let text = value.as_str().unwrap_or_default();
            bytes += if key == "secrets" || field == "binaryData" {
                base64::decode(text).map_or(text.len(), |bytes| bytes.len())
            } else {
                text.len()
            };
        }
    }
    if bytes > BYTES_MAX {
        let path = if key == "secrets" { "data" } else { "" };
        errors.push(FieldError::too_long(path, BYTES_MAX));
    }
    if key == "secrets" {
        required_keys(object, &mut errors);
    }
    errors
}

/// The keys without which a Secret of a type is none.
fn required_keys(secret: &Value, errors: &mut Vec<FieldError>) {
    let wanted: &[&str] = match object::get_str(secret, &["type"]) {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/basic-auth" => {
            let has = |key: &str| object::get(secret, &["data", key]).is_some();
            if has("username") || has("password") {
                &[]
            } else {
                &["username", "password"]
            }
        }
        _ => &[],
    };
    for key in wanted {
        if object::get(secret, &["data", key]).is_none() {
            errors.push(FieldError::required(Path::new("data").key(key), ""));
        }
    }
}

/// Checks a changed ConfigMap or Secret.
pub(super) fn update(key: &str, old: &Value, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if key == "secrets" && old.get("type") != object.get("type") {
        let value = object.get("type").cloned().unwrap_or_default();
        errors.push(FieldError::invalid("type", value, "field is immutable"));
    }
    if object::get_bool(old, &["immutable"]) {
        if !object::get_bool(object, &["immutable"]) {
            errors.push(FieldError::forbidden("immutable", FROZEN));
        }
        for field in ["data", "binaryData"] {
            if old.get(field) != object.get(field) {
                errors.push(FieldError::forbidden(field, FROZEN));
            }
        }
    }
    errors.extend(create(key, object));
    errors
}
