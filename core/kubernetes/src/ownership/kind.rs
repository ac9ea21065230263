//! How a value is taken apart into fields: as its type in the schema says, or, without a schema,
//! objects by their fields and lists as a whole.

use kubernetes_api::json;
use kubernetes_api::schema::{self, ListType, Schema, Shape, Struct, Type};
use serde_json::{Map, Value};

use super::set::{ITSELF, Set, is_item, leaf};

/// Values in values, no deeper than this.
const DEPTH_MAX: usize = 64;

/// The names of those structs.
const WHOLE: [&str; 13] = [
    "ConfigMapKeySelector",
    "EndpointAddress",
    "LabelSelector",
    "LocalObjectReference",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ObjectReference",
    "ResourceFieldSelector",
    "RoleRef",
    "SecretKeySelector",
    "SecretReference",
    "TypedLocalObjectReference",
];

/// What a value is for ownership.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// One thing.
    Whole,
    /// An object with known fields.
    Struct(&'a Struct),
    /// An object whose fields are of this type.
    Map(&'a Type),
    /// A list whose items are told apart by keys.
    Items(&'a Type, &'a [&'static str]),
    /// A list of different scalars.
    Values,
    /// Nothing is known.
    Unknown,
}

impl<'a> Kind<'a> {
    /// The kind of an object.
    pub(super) fn of_object(object: &Value) -> Kind<'static> {
        let api_version = kubernetes_api::object::api_version(object);
        let kind = kubernetes_api::object::kind(object);
        schema::builtin()
            .of_api_version(api_version, kind)
            .map_or(Kind::Unknown, Kind::Struct)
    }

    fn of_type(kind: &'a Type, list_type: ListType, keys: &'a [&'static str]) -> Kind<'a> {
        if list_type == ListType::Atomic {
            return Kind::Whole;
        }
        match table().shape(kind) {
            Shape::Struct(of) if is_whole(of) => Kind::Whole,
            Shape::Struct(of) => Kind::Struct(of),
            Shape::Map(inner) => Kind::Map(inner),
            Shape::List(inner) => match list_type {
                ListType::Map => Kind::Items(inner, keys),
                ListType::Set => Kind::Values,
                _ => Kind::Whole,
            },
            Shape::Scalar('r') => Kind::Unknown,
            Shape::Scalar(_) => Kind::Whole,
        }
    }

    /// The kind of a field, and whether Go writes the field even when it is empty. Nothing for a
    /// field that the struct does not have.
    fn field(self, name: &str) -> Option<(Kind<'a>, bool)> {
        match self {
            Kind::Struct(of) => table().field(of, name).map(|field| {
                let kind = Kind::of_type(&field.kind, field.list_type, &field.list_keys);
                let plain = !matches!(field.kind, Type::Pointer(_));
                (
                    kind,
                    field.always || (plain && matches!(kind, Kind::Struct(_))),
                )
            }),
            Kind::Map(inner) => Some((Kind::of_type(inner, ListType::Unsaid, &[]), false)),
            Kind::Unknown => Some((Kind::Unknown, false)),
            _ => Some((Kind::Whole, false)),
        }
    }

    fn item(self) -> Kind<'a> {
        match self {
            Kind::Items(inner, _) => Kind::of_type(inner, ListType::Unsaid, &[]),
            _ => Kind::Whole,
        }
    }

    fn has_parts(self, value: &Value) -> bool {
        match self {
            Kind::Struct(_) | Kind::Map(_) | Kind::Unknown => value.is_object(),
            Kind::Items(..) | Kind::Values => value.is_array(),
            Kind::Whole => false,
        }
    }

    /// `k:{…}` or `v:…` of an item.
    fn item_name(self, item: &Value) -> String {
        let Kind::Items(inner, keys) = self else {
            return format!("v:{}", json::compact(item));
        };
        let mut named = Map::new();
        for key in keys {
            let default = || match table().shape(inner) {
                Shape::Struct(of) => table()
                    .field(of, key)
                    .and_then(|field| serde_json::from_str(field.default?).ok()),
                _ => None,
            };
            if let Some(value) = item.get(*key).cloned().or_else(default) {
                named.insert((*key).to_owned(), value);
            }
        }
        format!("k:{}", json::compact(&Value::Object(named)))
    }
}

/// Structs that are set as a whole (`x-kubernetes-map-type: atomic`).
fn is_whole(of: &Struct) -> bool {
    let name = of.name.rsplit('.').next().unwrap_or_default();
    WHOLE.contains(&name)
}

fn table() -> &'static Schema {
    schema::builtin()
}

/// The fields of a value that somebody applied.
///
/// # Errors
/// The path of a field that the schema does not have.
pub(super) fn applied(
    kind: Kind,
    value: &Value,
    path: &str,
    depth: usize,
) -> Result<Value, String> {
    let mut set = Set::new();
    if depth > DEPTH_MAX || !kind.has_parts(value) {
        return Ok(leaf());
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        let Some((kind, _)) = kind.field(name) else {
            return Err(path);
        };
        set.insert(format!("f:{name}"), applied(kind, inner, &path, depth + 1)?);
    }
    for item in value.as_array().into_iter().flatten() {
        let name = kind.item_name(item);
        let mut inner = applied(kind.item(), item, path, depth + 1)?;
        if let Some(below) = inner.as_object_mut().filter(|below| !below.is_empty()) {
            below.insert(ITSELF.to_owned(), leaf());
        }
        set.insert(name, inner);
    }
    Ok(Value::Object(set))
}

/// The fields that are new or other than they were.
pub(super) fn changed(kind: Kind, old: Option<&Value>, new: &Value, depth: usize) -> Option<Value> {
    if old == Some(new) {
        return None;
    }
    if depth > DEPTH_MAX || !kind.has_parts(new) {
        return Some(leaf());
    }
    let mut set = Set::new();
    for (name, inner) in new.as_object().into_iter().flatten() {
        let (kind, always) = kind.field(name).unwrap_or((Kind::Whole, false));
        // What Go always has was there already, only empty.
        let nothing = (always && old.is_some()).then_some(&Value::Null);
        let before = old
            .and_then(|old| old.get(name))
            .filter(|before| !before.is_null())
            .or(nothing);
        if let Some(mut inner_set) = changed(kind, before, inner, depth + 1) {
            add_itself(&mut inner_set, before.is_some());
            set.insert(format!("f:{name}"), inner_set);
        }
    }
    for item in new.as_array().into_iter().flatten() {
        let name = kind.item_name(item);
        let before = old.and_then(Value::as_array);
        let before = before.and_then(|items| items.iter().find(|item| is_item(&name, item)));
        if let Some(mut inner_set) = changed(kind.item(), before, item, depth + 1) {
            add_itself(&mut inner_set, before.is_some());
            set.insert(name, inner_set);
        }
    }
    match set.is_empty() {
        // Something was taken away, or an empty thing is new.
        true if old.is_some() => None,
        _ => Some(Value::Object(set)),
    }
}

fn add_itself(set: &mut Value, was_there: bool) {
    if let Some(below) = set
        .as_object_mut()
        .filter(|below| !was_there && !below.is_empty())
    {
        below.insert(ITSELF.to_owned(), leaf());
    }
}

/// The fields of a set that the value still has.
pub(super) fn existing(set: &Set, value: &Value) -> Set {
    let mut left = Set::new();
    for (name, inner) in set {
        if name == ITSELF {
            left.insert(name.clone(), inner.clone());
            continue;
        }
        let found = match name.strip_prefix("f:") {
            Some(field) => value.get(field),
            None => value
                .as_array()
                .and_then(|items| items.iter().find(|item| is_item(name, item))),
        };
        let Some(found) = found else {
            continue;
        };
        match inner.as_object().filter(|inner| !inner.is_empty()) {
            Some(inner) => {
                let rest = existing(inner, found);
                if !rest.is_empty() {
                    left.insert(name.clone(), Value::Object(rest));
                }
            }
            None => {
                left.insert(name.clone(), leaf());
            }
        }
    }
    left
}

/// The live value with the applied one laid over it.
pub(super) fn merged(kind: Kind, live: &Value, applied: &Value, depth: usize) -> Value {
    if depth > DEPTH_MAX || !kind.has_parts(applied) || !kind.has_parts(live) {
        return applied.clone();
    }
    let mut merged = live.clone();
    if let (Some(into), Some(from)) = (merged.as_object_mut(), applied.as_object()) {
        for (name, inner) in from {
            let (kind, _) = kind.field(name).unwrap_or((Kind::Whole, false));
            let next = match into.get(name) {
                Some(live) => self::merged(kind, live, inner, depth + 1),
                None => inner.clone(),
            };
            into.insert(name.clone(), next);
        }
    }
    if let (Some(into), Some(from)) = (merged.as_array_mut(), applied.as_array()) {
        for item in from {
            let name = kind.item_name(item);
            match into.iter_mut().find(|live| is_item(&name, live)) {
                Some(live) => *live = self::merged(kind.item(), live, item, depth + 1),
                None => into.push(item.clone()),
            }
        }
    }
    merged
}

/// Takes the fields of a set out of a value.
pub(super) fn without(value: &mut Value, set: &Set) {
    for (name, inner) in set {
        let below = inner.as_object().filter(|below| !below.is_empty());
        let all = below.is_none_or(|below| below.contains_key(ITSELF) && below.len() == 1);
        match (name.strip_prefix("f:"), &mut *value) {
            (Some(field), Value::Object(fields)) => {
                if all {
                    fields.remove(field);
                } else if let (Some(inner), Some(below)) = (fields.get_mut(field), below) {
                    without(inner, below);
                }
            }
            (None, Value::Array(items)) if name != ITSELF => {
                let gone = below.is_none_or(|below| below.contains_key(ITSELF));
                if gone {
                    items.retain(|item| !is_item(name, item));
                } else if let (Some(item), Some(below)) =
                    (items.iter_mut().find(|item| is_item(name, item)), below)
                {
                    without(item, below);
                }
            }
            _ => {}
        }
    }
}
