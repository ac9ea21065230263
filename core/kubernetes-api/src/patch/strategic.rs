//! Applying a strategic merge patch.
//!
//! Models k8s.io/apimachinery `pkg/util/strategicpatch`: maps merge, lists merge by their key where
//! the schema says so, and directives (`$patch`, `$retainKeys`, `$setElementOrder/…`,
//! `$deleteFromPrimitiveList/…`) say the rest.

use serde_json::{Map, Value};

use super::metadata::{Place, Strategy};
use crate::json;

pub(super) const DIRECTIVE: &str = "$patch";
pub(super) const RETAIN_KEYS: &str = "$retainKeys";
pub(super) const ORDER_PREFIX: &str = "$setElementOrder/";
pub(super) const DELETE_PREFIX: &str = "$deleteFromPrimitiveList/";

const BAD_RETAIN_KEYS: &str = "invalid patch format of retainKeys";
const BAD_ORDER_LIST: &str = "invalid patch format of setElementOrder list";
const NO_LISTS_OF_LISTS: &str = "lists of lists are not supported";

type Fields = Map<String, Value>;

/// Applies a patch to an object. The patch is changed as upstream changes it (directives and merged
/// lists are taken out), because error messages show what is left of it.
///
/// # Errors
/// Upstream's texts, such as `map: map[image:x] does not contain declared merge key: name`.
pub fn apply(place: Place<'_>, object: &Value, patch: &mut Value) -> Result<Value, String> {
    let (Value::Object(original), Value::Object(patch)) = (object, patch) else {
        return Err("invalid JSON document".to_owned());
    };
    let merging = Merging {
        parallel_lists: true,
        ignore_unmatched_nulls: true,
    };
    merging
        .map(original.clone(), patch, place)
        .map(Value::Object)
}

/// How patches are merged: into an object, or with each other.
#[derive(Clone, Copy)]
pub(super) struct Merging {
    /// Parallel lists (order, deletions) are carried out rather than kept.
    pub parallel_lists: bool,
    /// Nulls for what is not there are dropped rather than kept.
    pub ignore_unmatched_nulls: bool,
}

impl Merging {
    pub(super) fn map(
        self,
        mut original: Fields,
        patch: &mut Fields,
        place: Place<'_>,
    ) -> Result<Fields, String> {
        match patch.get(DIRECTIVE) {
            Some(Value::String(directive)) if directive == "replace" => {
                patch.remove(DIRECTIVE);
                return Ok(patch.clone());
            }
            Some(Value::String(directive)) if directive == "delete" => return Ok(Fields::new()),
            Some(directive) => return Err(bad_patch_type(directive, patch)),
            None => {}
        }
        self.retain_keys(&mut original, patch)?;
        self.ordered_lists(&mut original, patch, place)?;
        let keys: Vec<String> = patch.keys().cloned().collect();
        for key in keys {
            let Some(value) = patch.get_mut(&key) else {
                continue;
            };
            let list_to_delete_from = key.strip_prefix(DELETE_PREFIX);
            if list_to_delete_from.is_some() && !self.parallel_lists {
                original.insert(key, value.clone());
                continue;
            }
            self.field(
                &mut original,
                list_to_delete_from.unwrap_or(&key),
                value,
                list_to_delete_from.is_some(),
                place,
            )?;
        }
        Ok(original)
    }

    fn field(
        self,
        original: &mut Fields,
        key: &str,
        value: &mut Value,
        deletes: bool,
        place: Place<'_>,
    ) -> Result<(), String> {
        if value.is_null() {
            original.remove(key);
            if self.ignore_unmatched_nulls {
                return Ok(());
            }
        }
        let before = original.get(key);
        let merged = match (before, &mut *value) {
            (Some(Value::Object(before)), Value::Object(patch)) => {
                let (below, strategy) = place.field(key)?;
                if strategy.replace {
                    Value::Object(patch.clone())
                } else {
                    Value::Object(self.map(before.clone(), patch, below)?)
                }
            }
            (Some(Value::Array(before)), Value::Array(patch)) => {
                let (below, strategy) = place.field(key)?;
                Value::Array(self.list(before.clone(), patch, below, strategy, deletes)?)
            }
            _ if deletes => return Ok(()),
            (before, value) => {
                let same_scalar = before.is_some_and(|before| {
                    std::mem::discriminant(before) == std::mem::discriminant(&*value)
                });
                if self.ignore_unmatched_nulls && !same_scalar {
                    discard_nulls(value);
                }
                match without_directives(value) {
                    Some(value) => value,
                    None => {
                        original.remove(key);
                        return Ok(());
                    }
                }
            }
        };
        original.insert(key.to_owned(), merged);
        Ok(())
    }

    fn retain_keys(self, original: &mut Fields, patch: &mut Fields) -> Result<(), String> {
        let Some(retained) = patch.remove(RETAIN_KEYS) else {
            return Ok(());
        };
        if !self.parallel_lists {
            match original.get(RETAIN_KEYS) {
                Some(before) if *before != retained => {
                    return Err(format!(
                        "{} and {} are not deep equal: this may happen when calculating the 3-way diff patch",
                        json::go_print(before),
                        json::go_print(&retained)
                    ));
                }
                Some(_) => {}
                None => {
                    original.insert(RETAIN_KEYS.to_owned(), retained);
                }
            }
            return Ok(());
        }
        let keys = retained.as_array().ok_or(BAD_RETAIN_KEYS)?;
        let listed = |key: &str| keys.iter().any(|listed| listed == key);
        let parallel = |key: &str| key.starts_with(DELETE_PREFIX) || key.starts_with(ORDER_PREFIX);
        if patch
            .iter()
            .any(|(key, value)| !value.is_null() && !parallel(key) && !listed(key))
        {
            return Err(BAD_RETAIN_KEYS.to_owned());
        }
        original.retain(|key, _| listed(key));
        Ok(())
    }

    /// Lists whose order the patch gives.
    fn ordered_lists(
        self,
        original: &mut Fields,
        patch: &mut Fields,
        place: Place<'_>,
    ) -> Result<(), String> {
        let keys: Vec<String> = patch
            .keys()
            .filter(|key| key.starts_with(ORDER_PREFIX))
            .cloned()
            .collect();
        for key in keys {
            let Some(order) = patch.remove(&key) else {
                continue;
            };
            if !self.parallel_lists {
                match original.get(&key) {
                    Some(before) if *before != order => return Err(BAD_ORDER_LIST.to_owned()),
                    Some(_) => {}
                    None => {
                        original.insert(key.clone(), order.clone());
                    }
                }
            }
            let name = key.strip_prefix(ORDER_PREFIX).unwrap_or_default();
            let order = list_of(&order)?;
            let before = original.get(name).map(list_of).transpose()?;
            let changes = patch.get(name).map(list_of).transpose()?;
            let (below, strategy) = place.field(name)?;
            check_order(
                changes.as_deref().unwrap_or_default(),
                &order,
                strategy.merge_key,
            )?;
            let merged = match (&before, &changes) {
                (Some(before), None) => before.clone(),
                (None, Some(changes)) => changes.iter().filter_map(without_directives).collect(),
                (Some(before), Some(changes)) => {
                    self.list(before.clone(), &mut changes.clone(), below, strategy, false)?
                }
                (None, None) => continue,
            };
            let server_order = before.unwrap_or_default();
            let (patched, server_only) = partition(merged, &order, strategy.merge_key)?;
            let sorted = in_order(
                patched,
                server_only,
                &order,
                &server_order,
                strategy.merge_key,
            )?;
            original.insert(name.to_owned(), Value::Array(sorted));
            patch.remove(name);
        }
        Ok(())
    }

    fn list(
        self,
        original: Vec<Value>,
        patch: &mut [Value],
        below: Place<'_>,
        strategy: Strategy<'_>,
        deletes: bool,
    ) -> Result<Vec<Value>, String> {
        if !strategy.merge && !deletes {
            return Ok(patch.to_vec());
        }
        if original.is_empty() && patch.is_empty() {
            return Ok(original);
        }
        let key = strategy.merge_key;
        if holds_maps(&original, patch)? {
            if key.is_empty() {
                return Err("cannot merge lists without merge key for type".to_owned());
            }
            let (original, mut patch) = special_items(original, patch, key)?;
            let merged = self.items(original.clone(), &mut patch, below, key)?;
            let (patched, server_only) = partition(merged, &patch, key)?;
            return in_order(patched, server_only, &patch, &original, key);
        }
        if self.parallel_lists && deletes {
            return Ok(original
                .into_iter()
                .filter(|item| !patch.contains(item))
                .collect());
        }
        let merged = deduplicated(original.iter().chain(patch.iter()).cloned().collect());
        let (patched, server_only) = partition(merged, patch, key)?;
        in_order(patched, server_only, patch, &original, key)
    }

    fn items(
        self,
        mut original: Vec<Value>,
        patch: &mut [Value],
        below: Place<'_>,
        key: &str,
    ) -> Result<Vec<Value>, String> {
        for item in patch {
            let Value::Object(fields) = item else {
                continue;
            };
            let wanted = merge_value(fields, key)?.clone();
            match find(&original, key, &wanted)? {
                Some(index) => {
                    if let Some(Value::Object(before)) = original.get_mut(index) {
                        *before = self.map(std::mem::take(before), fields, below)?;
                    }
                }
                None => original.push(Value::Object(fields.clone())),
            }
        }
        Ok(original)
    }
}

/// Carries out `$patch` items of a list: the list without what they delete, and the other items.
fn special_items(
    mut original: Vec<Value>,
    patch: &[Value],
    key: &str,
) -> Result<(Vec<Value>, Vec<Value>), String> {
    let mut others = Vec::new();
    let mut replace = false;
    for item in patch {
        let fields = item.as_object().ok_or_else(|| bad_type(item))?;
        match fields.get(DIRECTIVE) {
            None => others.push(item.clone()),
            Some(Value::String(directive)) if directive == "delete" => {
                let value = merge_value(fields, key)?;
                while let Some(index) = find(&original, key, value)? {
                    original.remove(index);
                }
            }
            Some(Value::String(directive)) if directive == "replace" => replace = true,
            Some(Value::String(directive)) if directive == "merge" => {
                return Err("merging lists cannot yet be specified in the patch".to_owned());
            }
            Some(directive) => return Err(bad_patch_type(directive, fields)),
        }
    }
    Ok(if replace {
        (others, Vec::new())
    } else {
        (original, others)
    })
}

/// The items that the list names, and the others.
fn partition(
    items: Vec<Value>,
    by: &[Value],
    key: &str,
) -> Result<(Vec<Value>, Vec<Value>), String> {
    let mut parts = (Vec::new(), Vec::new());
    for item in items {
        let named = if key.is_empty() {
            by.contains(&item)
        } else {
            let fields = item.as_object().ok_or_else(|| bad_type(&item))?;
            find(by, key, merge_value(fields, key)?)?.is_some()
        };
        if named {
            parts.0.push(item)
        } else {
            parts.1.push(item)
        }
    }
    Ok(parts)
}

/// Patched items in the order of the patch, between the others in the order of the server.
fn in_order(
    patched: Vec<Value>,
    server_only: Vec<Value>,
    order: &[Value],
    server_order: &[Value],
    key: &str,
) -> Result<Vec<Value>, String> {
    let right = sorted_by(patched, order, key)?;
    let left = sorted_by(server_only, server_order, key)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let take_left = match (left.peek(), right.peek()) {
            (None, None) => return Ok(merged),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(left), Some(right)) => {
                matches!((position(server_order, left, key), position(server_order, right, key)), (Some(l), Some(r)) if l < r)
            }
        };
        merged.extend(if take_left { left.next() } else { right.next() });
    }
}

/// Sorted as the items of `order`; items to delete come last.
pub(super) fn sorted_by(
    items: Vec<Value>,
    order: &[Value],
    key: &str,
) -> Result<Vec<Value>, String> {
    let mut deletions = Vec::new();
    let mut kept = items;
    if !key.is_empty() {
        for item in kept.iter().chain(order) {
            merge_value(item.as_object().ok_or_else(|| bad_type(item))?, key)?;
        }
        (deletions, kept) = kept.into_iter().partition(|item| {
            item.get(DIRECTIVE)
                .is_some_and(|directive| directive == "delete")
        });
    }
    kept.sort_by_key(|item| position(order, item, key).unwrap_or(usize::MAX));
    kept.append(&mut deletions);
    Ok(kept)
}

fn position(list: &[Value], item: &Value, key: &str) -> Option<usize> {
    if key.is_empty() {
        list.iter().position(|one| one == item)
    } else {
        list.iter().position(|one| one.get(key) == item.get(key))
    }
}

fn check_order(patch: &[Value], order: &[Value], key: &str) -> Result<(), String> {
    if order.is_empty() || patch.is_empty() {
        return Ok(());
    }
    let mut order_left = order.iter();
    for item in patch.iter().filter(|item| item.get(DIRECTIVE).is_none()) {
        let mut equal = false;
        for ordered in order_left.by_ref() {
            equal = if key.is_empty() {
                ordered == item
            } else {
                let value = |item: &Value| {
                    merge_value(item.as_object().ok_or_else(|| bad_type(item))?, key).cloned()
                };
                value(item)? == value(ordered)?
            };
            if equal {
                break;
            }
        }
        if !equal {
            let (patch, order) = (Value::from(patch.to_vec()), Value::from(order.to_vec()));
            return Err(format!(
                "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                json::go_print(&patch),
                json::go_print(&order)
            ));
        }
    }
    Ok(())
}

/// Whether the lists hold maps; all items must be of one type.
pub(super) fn holds_maps(left: &[Value], right: &[Value]) -> Result<bool, String> {
    let mut all = left.iter().chain(right);
    let Some(first) = all.next() else {
        return Err("no elements in any of the given slices".to_owned());
    };
    if first.is_array() {
        return Err(NO_LISTS_OF_LISTS.to_owned());
    }
    if all.any(|item| type_name(item) != type_name(first)) {
        let lists = Value::from(vec![
            Value::from(left.to_vec()),
            Value::from(right.to_vec()),
        ]);
        return Err(format!(
            "list element types are not identical: {}",
            json::go_print(&lists)
        ));
    }
    Ok(first.is_object())
}

/// The first of equal scalars stays; upstream fills the gap of a double with the last one.
fn deduplicated(mut items: Vec<Value>) -> Vec<Value> {
    let mut index = 0;
    while index < items.len() {
        let mut other = index + 1;
        while other < items.len() {
            if items.get(index) == items.get(other) {
                items.swap_remove(other);
            } else {
                other += 1;
            }
        }
        index += 1;
    }
    items
}

fn find(list: &[Value], key: &str, value: &Value) -> Result<Option<usize>, String> {
    for (index, item) in list.iter().enumerate() {
        let fields = item
            .as_object()
            .ok_or_else(|| format!("value for key {index} is not a map"))?;
        if fields.get(key) == Some(value) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// The value of the merge key of an item.
pub(super) fn merge_value<'a>(fields: &'a Fields, key: &str) -> Result<&'a Value, String> {
    fields.get(key).ok_or_else(|| {
        format!(
            "map: {} does not contain declared merge key: {key}",
            json::go_print(&Value::Object(fields.clone()))
        )
    })
}

fn list_of(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items.clone()),
        other => Err(format!(
            "expected a []interface {{}}, but received a {}",
            type_name(other)
        )),
    }
}

pub(super) fn bad_type(value: &Value) -> String {
    format!(
        "expected a map[string]interface {{}}, but received a {}",
        type_name(value)
    )
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn bad_patch_type(directive: &Value, patch: &Fields) -> String {
    format!(
        "unknown patch type: {} in map: {}",
        json::go_print(directive),
        json::go_print(&Value::Object(patch.clone()))
    )
}

fn discard_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(discard_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(discard_nulls),
        _ => {}
    }
}

/// A new value without the parts that are directives.
fn without_directives(value: &Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key(DIRECTIVE) => None,
        Value::Object(fields) => Some(Value::Object(
            fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), without_directives(value)?)))
                .collect(),
        )),
        Value::Array(items) => Some(items.iter().filter_map(without_directives).collect()),
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(object: Value, mut patch: Value, expected: Value) {
        let place = Place::of_kind("v1", "Pod");
        let got = apply(place, &object, &mut patch).unwrap_or_else(Value::String);
        assert_eq!(got, expected);
    }

    #[test]
    fn lists_merge_by_key() {
        check(
            json!({"spec": {"containers": [{"name": "a", "image": "1", "args": ["x"]}, {"name": "b"}]}}),
            json!({"spec": {"containers": [{"name": "a", "image": "2"}, {"name": "c"}]}}),
            json!({"spec": {"containers": [{"name": "a", "image": "2", "args": ["x"]}, {"name": "c"}, {"name": "b"}]}}),
        );
        check(
            json!({"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}),
            json!({"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}], "containers": [{"name": "c"}, {"$patch": "delete", "name": "b"}]}}),
            json!({"spec": {"containers": [{"name": "c"}, {"name": "a"}]}}),
        );
        check(
            json!({"spec": {"containers": [{"name": "a"}]}}),
            json!({"spec": {"containers": [{"image": "x"}]}}),
            json!("map: map[image:x] does not contain declared merge key: name"),
        );
        check(
            json!({"spec": {"containers": [{"name": "a"}]}}),
            json!({"spec": {"containers": [{"$patch": "replace"}, {"name": "z"}]}}),
            json!({"spec": {"containers": [{"name": "z"}]}}),
        );
    }

    #[test]
    fn other_fields() {
        check(
            json!({"metadata": {"labels": {"a": "1", "b": "2"}, "finalizers": ["x", "y"]}, "spec": {"tolerations": [{"key": "a"}]}}),
            json!({"metadata": {"labels": {"a": null, "c": "3", "d": null}, "$deleteFromPrimitiveList/finalizers": ["x"]}, "spec": {"tolerations": [{"key": "b"}]}}),
            json!({"metadata": {"labels": {"b": "2", "c": "3"}, "finalizers": ["y"]}, "spec": {"tolerations": [{"key": "b"}]}}),
        );
        check(
            json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
            json!({"spec": {"volumes": [{"$retainKeys": ["name", "configMap"], "name": "v", "configMap": {"name": "c"}}]}}),
            json!({"spec": {"volumes": [{"name": "v", "configMap": {"name": "c"}}]}}),
        );
        check(
            json!({"spec": {"nodeSelector": {"a": "b"}}}),
            json!({"spec": {"nodeSelector": {"$patch": "replace", "c": "d"}}}),
            json!({"spec": {"nodeSelector": {"c": "d"}}}),
        );
        check(
            json!({}),
            json!({"$patch": "nope"}),
            json!("unknown patch type: nope in map: map[$patch:nope]"),
        );
    }

    #[test]
    fn the_patch_is_used_up() {
        let mut patch = json!({"spec": {"$setElementOrder/containers": [{"name": "hello"}], "containers": [{"name": "hello", "env": [{"name": "A", "value": true}]}]}});
        let place = Place::of_kind("v1", "Pod");
        apply(
            place,
            &json!({"spec": {"containers": [{"name": "hello"}]}}),
            &mut patch,
        )
        .unwrap();
        assert_eq!(json::go_print(&patch), "map[spec:map[]]");
    }
}
