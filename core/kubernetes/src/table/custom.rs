//! Custom resources: the columns that their definition names.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use serde_json::Value;

use super::{Column, Table, age, name, since};
use crate::server::Api;

/// One further column.
struct Printed {
    path: Vec<String>,
    date: bool,
}

/// The table of a custom resource.
pub(super) fn table(api: &Api, resource: &Resource) -> Table {
    let definition = api.store().get(
        "customresourcedefinitions.apiextensions.k8s.io",
        "",
        &resource.group_resource(),
    );
    let mut columns = vec![super::column("Name")];
    let mut printed = Vec::new();
    for (column, path) in definition.iter().flat_map(|one| declared(one, resource)) {
        printed.push(Printed {
            path,
            date: column.kind == "date",
        });
        columns.push(column);
    }
    let plain = printed.is_empty();
    if plain {
        columns.push(super::column("Age"));
    }
    let cells = move |one: &Value, now: i64| {
        let mut cells = vec![name(one)];
        cells.extend(printed.iter().map(|column| cell(one, column, now)));
        if plain {
            cells.push(age(one, now));
        }
        cells
    };
    Table {
        columns,
        cells: Rc::new(cells),
    }
}

fn declared(definition: &Value, resource: &Resource) -> Vec<(Column, Vec<String>)> {
    let versions = object::get_list(definition, &["spec", "versions"]);
    let version = versions
        .iter()
        .find(|version| object::get_str(version, &["name"]) == resource.version);
    let columns = version
        .map(|version| object::get_list(version, &["additionalPrinterColumns"]))
        .unwrap_or_default();
    columns
        .iter()
        .map(|column| {
            let text = |field: &str| object::get_str(column, &[field]).to_owned();
            let kind = match text("type").as_str() {
                "integer" => "integer",
                "number" => "number",
                "boolean" => "boolean",
                "date" => "date",
                _ => "string",
            };
            let priority = object::get_i64(column, &["priority"]).unwrap_or(0);
            let path = text("jsonPath");
            let path = path
                .split('.')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect();
            let column = Column {
                name: text("name"),
                kind,
                format: text("format"),
                description: text("description"),
                priority: u8::try_from(priority).unwrap_or(1),
            };
            (column, path)
        })
        .collect()
}

fn cell(object: &Value, column: &Printed, now: i64) -> Value {
    let path: Vec<&str> = column.path.iter().map(String::as_str).collect();
    match object::get(object, &path) {
        Some(Value::String(text)) if column.date => since(text, now).into(),
        Some(value @ (Value::Object(_) | Value::Array(_))) => {
            kubernetes_api::json::compact(value).into()
        }
        Some(value) => value.clone(),
        None => Value::Null,
    }
}
