//! Sets of fields in the form of `fieldsV1`: `f:name` for a field, `k:{…}` for an item with keys,
//! `v:…` for a value of a set, `.` for the thing itself, nothing below for a leaf.
//!
//! Models sigs.k8s.io/structured-merge-diff fieldpath.

use kubernetes_api::json;
use serde_json::{Map, Value};

/// Fields by their name in the set.
pub(super) type Set = Map<String, Value>;

/// The name of the thing itself.
pub(super) const ITSELF: &str = ".";

/// A leaf of a set.
pub(super) fn leaf() -> Value {
    Value::Object(Map::new())
}

fn below(value: &Value) -> Option<&Set> {
    value.as_object().filter(|below| !below.is_empty())
}

/// What is in one of them or in both.
pub(super) fn union(set: &mut Set, other: &Set) {
    for (name, theirs) in other {
        match (
            set.get_mut(name).and_then(Value::as_object_mut),
            below(theirs),
        ) {
            (Some(ours), Some(theirs)) => {
                if ours.is_empty() {
                    ours.insert(ITSELF.to_owned(), leaf());
                }
                union(ours, theirs);
            }
            (Some(ours), None) if !ours.is_empty() => {
                ours.insert(ITSELF.to_owned(), leaf());
            }
            (Some(_), None) => {}
            (None, _) => {
                set.insert(name.clone(), theirs.clone());
            }
        }
    }
}

/// What is in the first but not in the other.
pub(super) fn difference(set: &Set, other: &Set) -> Set {
    let mut left = Set::new();
    for (name, ours) in set {
        let Some(theirs) = other.get(name) else {
            left.insert(name.clone(), ours.clone());
            continue;
        };
        match (below(ours), below(theirs)) {
            (None, None) => {}
            (None, Some(theirs)) => {
                if !theirs.contains_key(ITSELF) {
                    left.insert(name.clone(), leaf());
                }
            }
            (Some(ours), theirs) => {
                let mut itself = Set::new();
                itself.insert(ITSELF.to_owned(), leaf());
                let rest = difference(ours, theirs.unwrap_or(&itself));
                if !rest.is_empty() {
                    left.insert(name.clone(), Value::Object(rest));
                }
            }
        }
    }
    left
}

/// What is in both.
pub(super) fn intersection(set: &Set, other: &Set) -> Set {
    difference(set, &difference(set, other))
}

/// The paths of the leaves.
pub(super) fn leaves(set: &Set) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(set, &mut Vec::new(), &mut found);
    found
}

fn collect(set: &Set, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    for (name, inner) in set {
        if name == ITSELF {
            continue;
        }
        path.push(name.clone());
        match below(inner) {
            Some(inner) => collect(inner, path, found),
            None => found.push(path.clone()),
        }
        path.pop();
    }
}

/// Whether an item of a list is the one that a `k:` or `v:` names.
pub(super) fn is_item(name: &str, item: &Value) -> bool {
    if let Some(keys) = name.strip_prefix("k:") {
        let keys: Option<Map<String, Value>> = serde_json::from_str(keys).ok();
        return keys
            .is_some_and(|keys| keys.iter().all(|(key, value)| item.get(key) == Some(value)));
    }
    name.strip_prefix("v:")
        .is_some_and(|value| value == json::compact(item))
}

/// The value at a path of a set.
pub(super) fn value_at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter()
        .try_fold(value, |value, name| match name.strip_prefix("f:") {
            Some(field) => value.get(field),
            None => value.as_array()?.iter().find(|item| is_item(name, item)),
        })
}

/// A path as conflicts name it: `.spec.containers[name="web"].image`.
pub(super) fn shown(path: &[String]) -> String {
    let mut text = String::new();
    for name in path {
        if let Some(field) = name.strip_prefix("f:") {
            text.push('.');
            text.push_str(field);
        } else if let Some(value) = name.strip_prefix("v:") {
            text.push_str(&format!("[={value}]"));
        } else if let Some(keys) = name.strip_prefix("k:") {
            let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
            let pairs: Vec<String> = keys
                .iter()
                .map(|(key, value)| format!("{key}={}", json::compact(value)))
                .collect();
            text.push_str(&format!("[{}]", pairs.join(",")));
        }
    }
    text
}
