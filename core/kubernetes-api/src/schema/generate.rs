//! The generator of the table: the layout of the Go types and the OpenAPI documents, merged.
//! Only tools and tests call it.

use ordered::{OrderedMap, OrderedSet};

use serde_json::Value;

/// Merges the layout with the schemas of OpenAPI documents into the table's text.
#[must_use]
pub fn generate(layout: &str, schemas: &OrderedMap<String, Value>) -> String {
    let mut table = String::new();
    let mut package = String::new();
    let mut seen = OrderedSet::new();
    let enums = enums(layout, schemas);
    for line in layout.lines() {
        let mut words = line.split(' ');
        let head = words.next().unwrap_or_default();
        if let Some(id) = head.strip_prefix('@') {
            package = id.to_owned();
            table.push_str(line);
        } else if let Some(alias) = head.strip_prefix('=') {
            table.push_str(line);
            for value in enums
                .get(&format!("{package}.{alias}"))
                .into_iter()
                .flatten()
            {
                table.push('|');
                table.push_str(value);
            }
        } else {
            let name = open_api_name(&package, head);
            let schema = schemas.get(&name);
            seen.insert(name);
            table.push_str(head);
            for field in words {
                table.push(' ');
                table.push_str(&with_attributes(field, schema));
            }
        }
        table.push('\n');
    }
    foreign_types(&mut table, schemas, &seen);
    table
}

fn open_api_name(package: &str, name: &str) -> String {
    let (group, version) = package
        .strip_suffix('2')
        .map_or((package, "v1"), |group| (group, "v2"));
    match group {
        "meta" => format!("io.k8s.apimachinery.pkg.apis.meta.v1.{name}"),
        _ => format!("io.k8s.api.{group}.{version}.{name}"),
    }
}

/// The enumerated values of named string types, found at the fields that have the type.
fn enums(layout: &str, schemas: &OrderedMap<String, Value>) -> OrderedMap<String, Vec<String>> {
    let mut enums = OrderedMap::new();
    let mut package = "";
    for line in layout.lines() {
        let mut words = line.split(' ');
        let head = words.next().unwrap_or_default();
        if let Some(id) = head.strip_prefix('@') {
            package = id;
            continue;
        }
        let Some(schema) = schemas.get(&open_api_name(package, head)) else {
            continue;
        };
        for field in words {
            let Some((json, kind)) = field
                .split_once(':')
                .map(|(name, rest)| (name.split('/').next().unwrap_or(name), rest))
            else {
                continue;
            };
            let kind = kind
                .trim_start_matches(['*', '['])
                .split(['\'', '`', '^'])
                .next()
                .unwrap_or_default();
            let property = schema.get("properties").and_then(|all| all.get(json));
            let values = property
                .and_then(|property| {
                    property
                        .get("enum")
                        .or_else(|| property.get("items")?.get("enum"))
                })
                .and_then(Value::as_array);
            if let Some(values) = values
                && kind.starts_with(|c: char| c.is_ascii_uppercase())
            {
                let values = values
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                enums.insert(format!("{package}.{kind}"), values);
            }
        }
    }
    enums
}

/// `name:type'^m=key` with required, list type and default put in.
fn with_attributes(field: &str, schema: Option<&Value>) -> String {
    let json = field.split([':', '/']).next().unwrap_or_default();
    let property = schema.and_then(|schema| schema.get("properties")?.get(json));
    let (Some(schema), Some(property)) = (schema, property) else {
        return field.to_owned();
    };
    let end = field.find('^').unwrap_or(field.len());
    let (kind, patch) = field.split_at_checked(end).unwrap_or((field, ""));
    let mut out = kind.to_owned();
    let required = schema.get("required").and_then(Value::as_array);
    if required.is_some_and(|required| required.iter().any(|name| name == json)) {
        out.push('!');
    }
    let merge_key = property
        .get("x-kubernetes-patch-merge-key")
        .and_then(Value::as_str);
    match property
        .get("x-kubernetes-list-type")
        .or_else(|| property.get("x-kubernetes-map-type"))
        .and_then(Value::as_str)
    {
        Some("atomic") => out.push_str("~a"),
        Some("set") => out.push_str("~s"),
        Some("map") => {
            out.push_str("~m");
            let keys: Vec<&str> = property
                .get("x-kubernetes-list-map-keys")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if keys.first().copied() != merge_key || keys.len() != 1 {
                out.push_str(&keys.join(","));
            }
        }
        _ => {}
    }
    out.push_str(patch);
    match property.get("default") {
        Some(Value::String(text)) if !text.is_empty() => out.push_str(&format!("<\"{text}\"")),
        Some(Value::Number(number)) if number.as_i64() != Some(0) => {
            out.push_str(&format!("<{number}"))
        }
        _ => {}
    }
    out
}

/// Types that only the documents have (custom resource definitions), with fields in name order.
fn foreign_types(
    table: &mut String,
    schemas: &OrderedMap<String, Value>,
    seen: &OrderedSet<String>,
) {
    const PREFIX: &str = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    table.push_str("@apiextensions apiextensions.k8s.io v1\n");
    for (name, schema) in schemas.iter().filter(|(name, _)| !seen.contains(*name)) {
        let Some(short) = name.strip_prefix(PREFIX) else {
            continue;
        };
        table.push_str(short);
        for (json, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let field = format!("{json}:{}", foreign_kind(property));
            table.push(' ');
            table.push_str(&with_attributes(&field, Some(schema)));
        }
        table.push('\n');
    }
}

fn foreign_kind(property: &Value) -> String {
    let reference = property
        .get("$ref")
        .or_else(|| property.pointer("/allOf/0/$ref"))
        .and_then(Value::as_str);
    if let Some(reference) = reference {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let short = name.rsplit('.').next().unwrap_or_default();
        return match short {
            "Time" => "t".to_owned(),
            "JSON"
            | "JSONSchemaPropsOrArray"
            | "JSONSchemaPropsOrBool"
            | "JSONSchemaPropsOrStringArray"
            | "FieldsV1" => "r".to_owned(),
            // Which structs are pointers is not said; a pointer is never made up where none is given.
            "ObjectMeta" | "ListMeta" => format!("meta.{short}"),
            _ if name.contains(".meta.v1.") => format!("*meta.{short}"),
            _ => format!("*{short}"),
        };
    }
    let text = |key: &str| {
        property
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match (text("type"), text("format")) {
        ("string", "byte") => "y".to_owned(),
        ("string", _) => "s".to_owned(),
        ("boolean", _) => "b".to_owned(),
        ("integer", "int32") => "i".to_owned(),
        ("integer", _) => "l".to_owned(),
        ("number", _) => "f".to_owned(),
        ("array", _) => format!(
            "[{}",
            property.get("items").map_or("r".to_owned(), foreign_kind)
        ),
        ("object", _) => match property.get("additionalProperties") {
            Some(values) => format!("{{}}{}", foreign_kind(values)),
            None => "r".to_owned(),
        },
        _ => "r".to_owned(),
    }
}
