//! `get` and `list`: objects, lists, tables.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::{Cause, Details, Status};
use serde_json::{Value, json};

use super::query::{Format, Include, Query};
use super::{Api, storage};
use crate::{ownership, strategy, table};

impl Api {
    /// An object.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Rc<Value>, Status> {
        self.inner
            .store
            .get(&storage(resource), namespace, name)
            .map(|object| shown(resource, object))
            .ok_or_else(|| Status::not_found(&resource.group, &resource.plural, name))
    }

    pub(super) fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        query: &Query,
    ) -> Result<Value, Status> {
        let version = self.inner.store.version();
        self.check_version(query, version)?;
        let start = match query.start.as_str() {
            "" => None,
            token => Some(continue_from(token)?),
        };
        let mut matching: Vec<Rc<Value>> = self
            .inner
            .store
            .list(&storage(resource), namespace)
            .into_iter()
            .filter(|object| query.matches(object))
            .filter(|object| {
                start
                    .as_deref()
                    .is_none_or(|start| key(object).as_str() > start)
            })
            .collect();
        let mut metadata = json!({"resourceVersion": version.to_string()});
        if query.limit > 0 && matching.len() > query.limit {
            let remaining = matching.len() - query.limit;
            matching.truncate(query.limit);
            let last = matching.last().map(|last| key(last)).unwrap_or_default();
            object::set(&mut metadata, &["continue"], continue_token(version, &last));
            if query.labels.is_empty() && query.fields.is_empty() {
                object::set(&mut metadata, &["remainingItemCount"], remaining);
            }
        }
        let matching: Vec<Rc<Value>> = matching
            .into_iter()
            .map(|object| shown(resource, object))
            .collect();
        Ok(match query.format {
            Format::Table(include) => self.table(resource, &matching, include, true, metadata),
            Format::Metadata => json!({
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": matching.iter().map(|object| partial(object)).collect::<Vec<_>>(),
            }),
            Format::Objects => json!({
                "kind": resource.list_kind(),
                "apiVersion": resource.api_version(),
                "metadata": metadata,
                "items": matching.into_iter().map(|object| item(resource, &ownership::with_system(resource, object))).collect::<Vec<_>>(),
            }),
        })
    }

    /// One object as it was asked for.
    pub(super) fn present(
        &self,
        resource: &Resource,
        object: Rc<Value>,
        format: Format,
        header: bool,
    ) -> Rc<Value> {
        match format {
            Format::Objects => object,
            Format::Metadata => Rc::new(partial(&object)),
            Format::Table(include) => {
                let metadata = json!({"resourceVersion": object::resource_version(&object)});
                Rc::new(self.table(resource, &[object], include, header, metadata))
            }
        }
    }

    fn table(
        &self,
        resource: &Resource,
        objects: &[Rc<Value>],
        include: Include,
        header: bool,
        metadata: Value,
    ) -> Value {
        let table = table::of(self, resource);
        let row = |object: &Rc<Value>| {
            let mut row = json!({"cells": (table.cells)(object, self.now())});
            match include {
                Include::None => {}
                Include::Metadata => object::set(&mut row, &["object"], partial(object)),
                Include::Object => object::set(&mut row, &["object"], (**object).clone()),
            }
            if let Some(conditions) = table::row_conditions(resource, object) {
                object::set(&mut row, &["conditions"], conditions);
            }
            row
        };
        let rows: Vec<Value> = objects.iter().map(row).collect();
        let columns = if header {
            table.definitions()
        } else {
            json!([])
        };
        json!({
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "columnDefinitions": columns,
            "rows": rows,
        })
    }

    fn check_version(&self, query: &Query, current: u64) -> Result<(), Status> {
        let asked: u64 = query.version.parse().unwrap_or(0);
        if asked <= current {
            return Ok(());
        }
        let mut status = Status::timeout(
            &format!("Too large resource version: {asked}, current: {current}"),
            1,
        );
        let cause = Cause {
            reason: "ResourceVersionTooLarge".into(),
            message: "Too large resource version".into(),
            field: String::new(),
        };
        status
            .details
            .get_or_insert_with(Details::default)
            .causes
            .push(cause);
        Err(status)
    }
}

/// The object in the group and version of the resource that it is asked through.
pub(super) fn shown(resource: &Resource, object: Rc<Value>) -> Rc<Value> {
    if resource.custom || object::api_version(&object) == resource.api_version() {
        return object;
    }
    let mut converted = (*object).clone();
    strategy::convert(resource, &mut converted);
    Rc::new(converted)
}

/// Only the metadata of an object.
fn partial(object: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": object.get("metadata"),
    })
}

fn item(resource: &Resource, object: &Value) -> Value {
    let mut item = object.clone();
    if !resource.custom
        && let Some(fields) = item.as_object_mut()
    {
        fields.remove("apiVersion");
        fields.remove("kind");
    }
    item
}

fn key(object: &Value) -> String {
    format!("{}/{}", object::namespace(object), object::name(object))
}

fn continue_token(version: u64, last: &str) -> String {
    let hex: String = last.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{version:x}.{hex}")
}

fn continue_from(token: &str) -> Result<String, Status> {
    let wrong = || {
        Status::bad_request(
            "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
        )
    };
    let (_, hex) = token.split_once('.').ok_or_else(wrong)?;
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    String::from_utf8(bytes).map_err(|_| wrong())
}
