//! References by name, which follow when an object gets another name.
//!
//! Models the name references of sigs.k8s.io/kustomize `api/konfig/builtinpluginconsts`, found by
//! the fields that hold them wherever they are.

use super::Item;
use kubernetes_api::object::{get_str, kind, name};
use serde_json::Value;

/// Fields whose value is a name, or an object with a `name`, and the kind that is meant.
const FIELDS: &[(&str, &str)] = &[
    ("claimName", "PersistentVolumeClaim"),
    ("configMap", "ConfigMap"),
    ("configMapKeyRef", "ConfigMap"),
    ("configMapRef", "ConfigMap"),
    ("imagePullSecrets", "Secret"),
    ("priorityClassName", "PriorityClass"),
    ("secret", "Secret"),
    ("secretKeyRef", "Secret"),
    ("secretName", "Secret"),
    ("secretRef", "Secret"),
    ("secrets", "Secret"),
    ("service", "Service"),
    ("serviceAccountName", "ServiceAccount"),
    ("serviceName", "Service"),
    ("storageClassName", "StorageClass"),
    ("volumeName", "PersistentVolume"),
];

/// Objects that say themselves of which kind the one they name is.
const TYPED: [&str; 3] = ["roleRef", "scaleTargetRef", "subjects"];

/// Brings all references up to date.
pub(super) fn update(items: &mut [Item]) {
    let names: Vec<(String, String, String)> = items
        .iter()
        .flat_map(|item| {
            item.former.iter().map(|before| {
                let (kind, now) = (kind(&item.object), name(&item.object));
                (kind.to_owned(), before.clone(), now.to_owned())
            })
        })
        .collect();
    if names.is_empty() {
        return;
    }
    for item in items {
        if let Value::Object(fields) = &mut item.object {
            for (key, value) in fields {
                if key != "metadata" {
                    visit(key, value, &names);
                }
            }
        }
    }
}

fn visit(key: &str, value: &mut Value, names: &[(String, String, String)]) {
    let of = FIELDS.iter().find(|(field, _)| *field == key);
    let of = of.map(|(_, kind)| (*kind).to_owned());
    match value {
        Value::String(name) => {
            if let Some(now) = of.and_then(|kind| renamed(&kind, name, names)) {
                *name = now;
            }
        }
        Value::Array(all) => {
            for one in all {
                // The entries of a list are what the list's field says.
                if !one.is_string() {
                    visit(key, one, names);
                }
            }
        }
        Value::Object(_) => {
            let of = match of {
                None if TYPED.contains(&key) => Some(get_str(value, &["kind"]).to_owned()),
                of => of,
            };
            let now = of.and_then(|kind| renamed(&kind, get_str(value, &["name"]), names));
            if let Some(now) = now {
                kubernetes_api::object::set(value, &["name"], now);
            }
            if let Value::Object(fields) = value {
                for (key, value) in fields {
                    visit(key, value, names);
                }
            }
        }
        _ => {}
    }
}

fn renamed(kind: &str, name: &str, names: &[(String, String, String)]) -> Option<String> {
    names
        .iter()
        .find(|(of, before, _)| of == kind && before == name)
        .map(|(_, _, now)| now.clone())
}
