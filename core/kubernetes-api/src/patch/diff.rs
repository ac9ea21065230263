//! Making strategic merge patches, of two objects or of three as `kubectl apply` does.
//!
//! Models k8s.io/apimachinery `pkg/util/strategicpatch` CreateTwoWayMergePatch and
//! CreateThreeWayMergePatch.

use serde_json::{Map, Value};

use super::metadata::Place;
use super::strategic::{self, DELETE_PREFIX, DIRECTIVE, Merging, ORDER_PREFIX, RETAIN_KEYS};
use crate::json;

type Fields = Map<String, Value>;

/// Which differences are wanted.
#[derive(Clone, Copy)]
struct Wanted {
    deletions: bool,
    changes: bool,
    order: bool,
    retain_keys: bool,
}

/// The patch that makes `modified` of `original`.
///
/// # Errors
/// As [`strategic::apply`].
pub fn two_way(place: Place<'_>, original: &Value, modified: &Value) -> Result<Value, String> {
    let wanted = Wanted {
        deletions: true,
        changes: true,
        order: true,
        retain_keys: false,
    };
    maps(&fields(original), &fields(modified), place, wanted).map(Value::Object)
}

/// The patch of `kubectl apply`: what differs from `current` to `modified` without deletions, and
/// deletions of what `original` (the last applied configuration) had and `modified` has no more.
///
/// # Errors
/// As [`strategic::apply`].
pub fn three_way(
    place: Place<'_>,
    original: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value, String> {
    let modified = fields(modified);
    let delta = Wanted {
        deletions: false,
        changes: true,
        order: true,
        retain_keys: false,
    };
    let mut delta = maps(&fields(current), &modified, place, delta)?;
    let deletions = Wanted {
        deletions: true,
        changes: false,
        order: true,
        retain_keys: false,
    };
    let deletions = maps(&fields(original), &modified, place, deletions)?;
    let merging = Merging {
        parallel_lists: false,
        ignore_unmatched_nulls: false,
    };
    merging.map(deletions, &mut delta, place).map(Value::Object)
}

fn fields(value: &Value) -> Fields {
    value.as_object().cloned().unwrap_or_default()
}

fn maps(
    original: &Fields,
    modified: &Fields,
    place: Place<'_>,
    wanted: Wanted,
) -> Result<Fields, String> {
    let mut patch = Fields::new();
    for (key, after) in modified {
        let Some(before) = original.get(key) else {
            if wanted.changes {
                patch.insert(key.clone(), after.clone());
            }
            continue;
        };
        if key == DIRECTIVE {
            if !before.is_string() || !after.is_string() {
                return Err(format!("invalid value for special key: {DIRECTIVE}"));
            }
            if before != after {
                patch.insert(key.clone(), after.clone());
            }
            continue;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                map_field(&mut patch, key, before, after, place, wanted)?
            }
            (Value::Array(before), Value::Array(after)) => {
                list_field(&mut patch, key, before, after, place, wanted)?
            }
            (before, after) => {
                if wanted.changes && before != after {
                    patch.insert(key.clone(), after.clone());
                }
            }
        }
    }
    if wanted.deletions {
        for key in original.keys().filter(|key| !modified.contains_key(*key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    if wanted.retain_keys {
        let retained: Vec<Value> = modified
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| Value::from(key.as_str()))
            .collect();
        let gone = original
            .iter()
            .any(|(key, value)| !value.is_null() && !modified.contains_key(key));
        if !retained.is_empty() && (!patch.is_empty() || gone) {
            patch.insert(RETAIN_KEYS.to_owned(), Value::Array(retained));
        }
    }
    Ok(patch)
}

fn map_field(
    patch: &mut Fields,
    key: &str,
    before: &Fields,
    after: &Fields,
    place: Place<'_>,
    wanted: Wanted,
) -> Result<(), String> {
    let (below, strategy) = match place.field(key) {
        Ok(found) => found,
        Err(_) if before == after => return Ok(()),
        Err(error) => return Err(error),
    };
    if strategy.replace {
        if wanted.changes {
            patch.insert(key.to_owned(), Value::Object(after.clone()));
        }
        return Ok(());
    }
    let inner = maps(
        before,
        after,
        below,
        Wanted {
            retain_keys: strategy.retain_keys,
            ..wanted
        },
    )?;
    if !inner.is_empty() {
        patch.insert(key.to_owned(), Value::Object(inner));
    }
    Ok(())
}

fn list_field(
    patch: &mut Fields,
    key: &str,
    before: &[Value],
    after: &[Value],
    place: Place<'_>,
    wanted: Wanted,
) -> Result<(), String> {
    let (below, strategy) = match place.field(key) {
        Ok(found) => found,
        Err(_) if before == after => return Ok(()),
        Err(error) => return Err(error),
    };
    if !strategy.merge {
        if wanted.changes && before != after {
            patch.insert(key.to_owned(), Value::Array(after.to_vec()));
        }
        return Ok(());
    }
    let wanted = Wanted {
        retain_keys: strategy.retain_keys,
        ..wanted
    };
    let Lists {
        additions,
        deletions,
        order,
    } = lists(before, after, below, strategy.merge_key, wanted)?;
    for (key, list) in [
        (key.to_owned(), additions),
        (format!("{DELETE_PREFIX}{key}"), deletions),
        (format!("{ORDER_PREFIX}{key}"), order),
    ] {
        if !list.is_empty() {
            patch.insert(key, Value::Array(list));
        }
    }
    Ok(())
}

/// The three lists that a merging list becomes in a patch.
#[derive(Default)]
struct Lists {
    additions: Vec<Value>,
    deletions: Vec<Value>,
    order: Vec<Value>,
}

fn lists(
    before: &[Value],
    after: &[Value],
    below: Place<'_>,
    key: &str,
    wanted: Wanted,
) -> Result<Lists, String> {
    if before.is_empty() {
        let additions = if wanted.changes {
            after.to_vec()
        } else {
            Vec::new()
        };
        return Ok(Lists {
            additions,
            ..Lists::default()
        });
    }
    if !strategic::holds_maps(before, after)? {
        return scalars(before, after, wanted);
    }
    let (changed, deletions) = items(before, after, below, key, wanted)?;
    let mut additions = strategic::sorted_by(changed, after, key)?;
    let same_order = before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|(before, after)| before.get(key) == after.get(key));
    additions.extend(deletions);
    let reordered = wanted.changes && (!additions.is_empty() || !same_order);
    let mut order = Vec::new();
    if wanted.order && (reordered || (wanted.deletions && !additions.is_empty())) {
        for item in after {
            let fields = item.as_object().ok_or_else(|| strategic::bad_type(item))?;
            order.push(Value::Object(
                [(key.to_owned(), strategic::merge_value(fields, key)?.clone())]
                    .into_iter()
                    .collect(),
            ));
        }
    }
    Ok(Lists {
        additions,
        deletions: Vec::new(),
        order,
    })
}

fn scalars(before: &[Value], after: &[Value], wanted: Wanted) -> Result<Lists, String> {
    let sorted = |list: &[Value]| {
        let mut sorted: Vec<(String, Value)> = list
            .iter()
            .map(|value| (json::go_print(value), value.clone()))
            .collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        sorted
    };
    let (left, right) = (sorted(before), sorted(after));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut found = Lists::default();
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(left), Some(right)) => left.0.cmp(&right.0),
        };
        let (gone, new) = match order {
            std::cmp::Ordering::Equal => {
                left.next();
                right.next();
                continue;
            }
            std::cmp::Ordering::Less => (left.next(), None),
            std::cmp::Ordering::Greater => (None, right.next()),
        };
        found
            .deletions
            .extend(gone.filter(|_| wanted.deletions).map(|(_, value)| value));
        found
            .additions
            .extend(new.filter(|_| wanted.changes).map(|(_, value)| value));
    }
    found.deletions.dedup();
    found.additions = strategic::sorted_by(found.additions, after, "")?;
    if wanted.order
        && ((wanted.deletions && !found.deletions.is_empty())
            || (wanted.changes && before != after))
    {
        found.order = after.to_vec();
    }
    Ok(found)
}

/// Changed and added items, and directives to delete the others.
fn items(
    before: &[Value],
    after: &[Value],
    below: Place<'_>,
    key: &str,
    wanted: Wanted,
) -> Result<(Vec<Value>, Vec<Value>), String> {
    let sorted = |list: &[Value]| -> Result<Vec<(String, Value, Fields)>, String> {
        let mut sorted = Vec::with_capacity(list.len());
        for item in list {
            let fields = item.as_object().ok_or_else(|| strategic::bad_type(item))?;
            let value = strategic::merge_value(fields, key)?;
            sorted.push((json::go_print(value), value.clone(), fields.clone()));
        }
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(sorted)
    };
    let (left, right) = (sorted(before)?, sorted(after)?);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return Ok((changed, deleted)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(left), Some(right)) => left.0.cmp(&right.0),
        };
        match order {
            std::cmp::Ordering::Equal => {
                if let (Some((_, _, left)), Some((_, value, right))) = (left.next(), right.next()) {
                    let mut inner = maps(&left, &right, below, wanted)?;
                    if !inner.is_empty() {
                        inner.insert(key.to_owned(), value);
                        changed.push(Value::Object(inner));
                    }
                }
            }
            std::cmp::Ordering::Less => {
                let gone = left.next().filter(|_| wanted.deletions);
                deleted.extend(
                    gone.map(
                        |(_, value, _)| serde_json::json!({ key: value, DIRECTIVE: "delete" }),
                    ),
                );
            }
            std::cmp::Ordering::Greater => {
                let new = right.next().filter(|_| wanted.changes);
                changed.extend(new.map(|(_, _, fields)| Value::Object(fields)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment() -> Place<'static> {
        Place::of_kind("apps/v1", "Deployment")
    }

    #[test]
    fn of_two() {
        let before = json!({"spec": {"replicas": 1, "paused": true, "template": {"spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b"}]}}}});
        let after = json!({"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "a", "image": "2"}]}}}});
        let patch = two_way(deployment(), &before, &after).unwrap();
        assert_eq!(
            patch,
            json!({"spec": {"replicas": 2, "paused": null, "template": {"spec": {
                "$setElementOrder/containers": [{"name": "a"}],
                "containers": [{"name": "a", "image": "2"}, {"$patch": "delete", "name": "b"}],
            }}}})
        );
        assert_eq!(
            strategic::apply(deployment(), &before, &mut patch.clone()),
            Ok(after)
        );
    }

    #[test]
    fn of_three() {
        let original = json!({"metadata": {"labels": {"old": "1"}}, "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "a", "image": "1", "env": [{"name": "X", "value": "1"}]}]}}}});
        let modified = json!({"metadata": {"labels": {"new": "1"}}, "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "2"}]}}}});
        let current = json!({"metadata": {"labels": {"old": "1"}, "uid": "u"}, "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "a", "image": "1", "imagePullPolicy": "Always", "env": [{"name": "X", "value": "1"}]}]}}}});
        let patch = three_way(deployment(), &original, &modified, &current).unwrap();
        assert_eq!(
            patch,
            json!({
                "metadata": {"labels": {"new": "1", "old": null}},
                "spec": {"replicas": null, "template": {"spec": {
                    "$setElementOrder/containers": [{"name": "a"}],
                    "containers": [{"name": "a", "image": "2", "env": null}],
                }}},
            })
        );
    }

    #[test]
    fn strategies_with_retained_keys() {
        let before = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}});
        let after = json!({"spec": {"strategy": {"type": "Recreate"}}});
        assert_eq!(
            two_way(deployment(), &before, &after),
            Ok(
                json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate", "rollingUpdate": null}}})
            )
        );
    }
}
