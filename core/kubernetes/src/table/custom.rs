//! Custom resources: the columns that their definition names.

use std::rc::Rc;

use kubernetes_api::jsonpath::JsonPath;
use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use serde_json::Value;

use super::{Column, Table, age, name, since};
use crate::server::Api;

/// One further column.
struct Printed {
    path: Option<JsonPath>,
    kind: &'static str,
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
            path: JsonPath::parse(&format!("{{{path}}}")).ok(),
            kind: column.kind,
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

fn declared(definition: &Value, resource: &Resource) -> Vec<(Column, String)> {
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
            let column = Column {
                name: text("name"),
                kind,
                format: text("format"),
                description: match text("description") {
                    none if none.is_empty() => {
                        format!("Custom resource definition column (in JSONPath format): {path}")
                    }
                    description => description,
                },
                priority: u8::try_from(priority).unwrap_or(1),
            };
            (column, path)
        })
        .collect()
}

fn cell(object: &Value, column: &Printed, now: i64) -> Value {
    let found = column
        .path
        .as_ref()
        .and_then(|path| path.find(object, true).ok())
        .unwrap_or_default();
    let Some(first) = found.first().and_then(|results| results.first()) else {
        return Value::Null;
    };
    match (column.kind, first.as_ref()) {
        ("date", Value::String(text)) => since(text, now).into(),
        ("string", Value::String(text)) => text.as_str().into(),
        ("string", value) => kubernetes_api::jsonpath::printed(value).into(),
        (_, Value::Object(_) | Value::Array(_)) => Value::Null,
        (_, value) => value.clone(),
    }
}
