//! `configMapGenerator` and `secretGenerator`, and the hash of what they made.
//!
//! Models sigs.k8s.io/kustomize `api/internal/generators` and `api/hasher`.

use super::{Item, read};
use kubernetes_api::base64;
use kubernetes_api::object::{get, get_bool, get_list, get_map, get_str, kind, name, set};
use machine::{Process, path};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Letters of a hash.
const HASH: usize = 10;

/// Makes what a kustomization wants to have generated.
pub(super) fn run(
    process: &Process,
    folder: &str,
    file: &Value,
    items: &mut Vec<Item>,
) -> Result<(), String> {
    for (field, kind) in [
        ("configMapGenerator", "ConfigMap"),
        ("secretGenerator", "Secret"),
    ] {
        for arguments in get_list(file, &[field]) {
            let made = made(process, folder, kind, arguments)
                .map_err(|why| format!("loading KV pairs: {why}"))?;
            place(file, arguments, made, items)?;
        }
    }
    Ok(())
}

/// A generated object without a namespace's or an option's changes.
fn made(process: &Process, folder: &str, kind: &str, arguments: &Value) -> Result<Value, String> {
    let mut object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": get_str(arguments, &["name"])}});
    let namespace = get_str(arguments, &["namespace"]);
    if !namespace.is_empty() {
        set(&mut object, &["metadata", "namespace"], namespace);
    }
    let mut add = |key: &str, value: &str| {
        let text = if kind == "Secret" {
            base64::encode(value.as_bytes())
        } else {
            value.to_owned()
        };
        set(&mut object, &["data", key], text);
    };
    let words = |field: &str| {
        let words = get_list(arguments, &[field]).iter();
        words.filter_map(Value::as_str).collect::<Vec<&str>>()
    };
    let mut sets = words("envs");
    sets.extend(get(arguments, &["env"]).and_then(Value::as_str));
    for one in sets {
        let text = read(process, folder, &path::absolute(folder, one))
            .map_err(|why| format!("env source files: [{one}]: {why}"))?;
        for line in text.lines().map(str::trim_start) {
            if !line.is_empty() && !line.starts_with('#') {
                let (key, value) = line.split_once('=').unwrap_or((line, ""));
                add(key, value);
            }
        }
    }
    for literal in words("literals") {
        let Some((key, value)) = literal.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(format!(
                "literal sources: [{literal}]: invalid literal source {literal}, expected key=value"
            ));
        };
        add(key, value.trim_matches(['"', '\'']));
    }
    for one in words("files") {
        let (key, file) = one.split_once('=').unwrap_or_else(|| {
            let last = one.rsplit('/').next().unwrap_or(one);
            (last, one)
        });
        let text = read(process, folder, &path::absolute(folder, file))
            .map_err(|why| format!("file sources: [{one}]: {why}"))?;
        add(key, &text);
    }
    if kind == "Secret" {
        let of = get_str(arguments, &["type"]);
        set(
            &mut object,
            &["type"],
            if of.is_empty() { "Opaque" } else { of },
        );
    }
    Ok(object)
}

/// Adds what was made, or changes what is there by it.
fn place(
    file: &Value,
    arguments: &Value,
    mut made: Value,
    items: &mut Vec<Item>,
) -> Result<(), String> {
    for options in [
        get(file, &["generatorOptions"]),
        get(arguments, &["options"]),
    ] {
        for field in ["labels", "annotations"] {
            let pairs = options.and_then(|options| get_map(options, &[field]));
            for (key, value) in pairs.into_iter().flatten() {
                set(&mut made, &["metadata", field, key], value.clone());
            }
        }
        if options.is_some_and(|options| get_bool(options, &["immutable"])) {
            set(&mut made, &["immutable"], true);
        }
    }
    let plain = |at: &Value| get_bool(at, &["disableNameSuffixHash"]);
    let hashed = !get(file, &["generatorOptions"]).is_some_and(plain)
        && !get(arguments, &["options"]).is_some_and(plain);
    let id = super::id(&made);
    let have = items
        .iter_mut()
        .find(|item| kind(&item.object) == kind(&made) && item.is_called(name(&made)));
    match (get_str(arguments, &["behavior"]), have) {
        ("merge" | "replace", None) => {
            return Err(format!(
                "merging from generator {{}}: id resid.ResId{{{id}}} does not exist; cannot merge or replace"
            ));
        }
        (behavior @ ("merge" | "replace"), Some(item)) => {
            let mut data = if behavior == "merge" {
                get_map(&item.object, &["data"])
                    .cloned()
                    .unwrap_or_default()
            } else {
                Map::new()
            };
            data.extend(get_map(&made, &["data"]).cloned().unwrap_or_default());
            set(&mut item.object, &["data"], Value::Object(data));
        }
        (_, Some(_)) => {
            return Err(format!(
                "merging from generator: id '{id}' exists; behavior must be merge or replace"
            ));
        }
        (_, None) => items.push(Item {
            hashed,
            ..Item::new(made)
        }),
    }
    Ok(())
}

/// The hash of a ConfigMap's or a Secret's content.
pub(super) fn hash(object: &Value) -> String {
    let mut content = json!({"kind": kind(object), "name": name(object),
        "data": get(object, &["data"]).cloned().unwrap_or_else(|| "".into())});
    if kind(object) == "Secret" {
        set(&mut content, &["type"], get_str(object, &["type"]));
    }
    let text = kubernetes_api::json::compact(&content);
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.chars()
        .take(HASH)
        .map(|letter| match letter {
            '0' => 'g',
            '1' => 'h',
            '3' => 'k',
            'a' => 'm',
            'e' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_kustomizes() {
        let of =
            |kind: &str, data: Value| hash(&json!({"kind": kind, "type": "my-type", "data": data}));
        let three = || json!({"one": "", "three": "Mw==", "two": "Mg=="});
        assert_eq!(of("ConfigMap", json!({"one": ""})), "9g67k2htb6");
        assert_eq!(
            of("ConfigMap", json!({"one": "", "two": "2", "three": "3"})),
            "f5h7t85m9b"
        );
        assert_eq!(of("Secret", json!({"one": ""})), "74bd68bm66");
        assert_eq!(of("Secret", three()), "dgcb6h9tmk");
    }
}
