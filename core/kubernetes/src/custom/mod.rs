//! Custom resources: what a CustomResourceDefinition says of the objects of its kind.
//!
//! Models k8s.io/apiextensions-apiserver. The definition itself is an ordinary object; its
//! controller ([`crate::controller`]) makes its kind a resource of the server.

mod prune;
mod validate;

use std::rc::Rc;

use kubernetes_api::field::FieldError;
use kubernetes_api::object;
use kubernetes_api::resources::{Resource, Subresource, VERBS};
use serde_json::{Map, Value};

use crate::server::Api;

pub(crate) use prune::{fill, prune};

/// The resource under which definitions are stored.
pub(crate) const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

/// The definition of a custom resource.
fn definition(api: &Api, resource: &Resource) -> Option<Rc<Value>> {
    api.store().get(DEFINITIONS, "", &resource.group_resource())
}

/// The structural schema of a custom resource's version.
pub(crate) fn schema(api: &Api, resource: &Resource) -> Option<Value> {
    if !resource.custom {
        return None;
    }
    let definition = definition(api, resource)?;
    object::get_list(&definition, &["spec", "versions"])
        .iter()
        .find(|version| object::get_str(version, &["name"]) == resource.version)
        .and_then(|version| object::get(version, &["schema", "openAPIV3Schema"]))
        .cloned()
}

/// What is wrong with an object of a custom resource.
pub(crate) fn errors(api: &Api, resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(schema) = schema(api, resource) {
        validate::check(&schema, object, &mut errors);
    }
    errors
}

/// The resources that a definition serves, the version that is stored first.
pub(crate) fn resources(definition: &Value) -> Vec<Resource> {
    let text = |path: &[&str]| object::get_str(definition, path).to_owned();
    let list = |field: &str| -> Vec<String> {
        object::get_list(definition, &["spec", "names", field])
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let kind = text(&["spec", "names", "kind"]);
    let mut versions: Vec<&Value> = object::get_list(definition, &["spec", "versions"])
        .iter()
        .filter(|version| object::get_bool(version, &["served"]))
        .collect();
    versions.sort_by_key(|version| !object::get_bool(version, &["storage"]));
    versions
        .into_iter()
        .map(|version| Resource {
            group: text(&["spec", "group"]),
            version: object::get_str(version, &["name"]).to_owned(),
            kind: kind.clone(),
            plural: text(&["spec", "names", "plural"]),
            singular: match text(&["spec", "names", "singular"]) {
                singular if singular.is_empty() => kind.to_lowercase(),
                singular => singular,
            },
            short_names: list("shortNames"),
            namespaced: text(&["spec", "scope"]) == "Namespaced",
            verbs: VERBS.iter().map(|verb| (*verb).to_owned()).collect(),
            categories: list("categories"),
            subresources: subresources(version, &kind),
            custom: true,
        })
        .collect()
}

fn subresources(version: &Value, kind: &str) -> Vec<Subresource> {
    let declared = |name: &str| object::get(version, &["subresources", name]).is_some();
    let verbs = || ["get", "patch", "update"].map(str::to_owned).to_vec();
    let mut found = Vec::new();
    if declared("status") {
        found.push(Subresource {
            name: "status".to_owned(),
            group: String::new(),
            version: String::new(),
            kind: kind.to_owned(),
            verbs: verbs(),
        });
    }
    if declared("scale") {
        found.push(Subresource {
            name: "scale".to_owned(),
            group: "autoscaling".to_owned(),
            version: "v1".to_owned(),
            kind: "Scale".to_owned(),
            verbs: verbs(),
        });
    }
    found
}

/// What the server fills in of a definition.
pub(crate) fn complete(definition: &mut Value) {
    let kind = object::get_str(definition, &["spec", "names", "kind"]).to_owned();
    let missing = |definition: &Value, field: &str| {
        object::get_str(definition, &["spec", "names", field]).is_empty()
    };
    if missing(definition, "singular") {
        object::set(
            definition,
            &["spec", "names", "singular"],
            kind.to_lowercase(),
        );
    }
    if missing(definition, "listKind") {
        object::set(
            definition,
            &["spec", "names", "listKind"],
            format!("{kind}List"),
        );
    }
    if object::get(definition, &["spec", "conversion"]).is_none() {
        object::set(definition, &["spec", "conversion", "strategy"], "None");
    }
}

/// What is wrong with a definition.
pub(crate) fn definition_errors(definition: &Value) -> Vec<FieldError> {
    let text = |path: &[&str]| object::get_str(definition, path);
    let mut errors = Vec::new();
    let (plural, group) = (text(&["spec", "names", "plural"]), text(&["spec", "group"]));
    if object::name(definition) != format!("{plural}.{group}") {
        errors.push(FieldError::invalid(
            "metadata.name",
            object::name(definition),
            "must be spec.names.plural+\".\"+spec.group",
        ));
    }
    if group.is_empty() {
        errors.push(FieldError::required("spec.group", ""));
    } else if !group.contains('.') {
        let why = "should be a domain with at least one dot";
        errors.push(FieldError::invalid("spec.group", group, why));
    }
    let scopes = ["Cluster", "Namespaced"];
    match text(&["spec", "scope"]) {
        "" => errors.push(FieldError::required("spec.scope", "")),
        scope if !scopes.contains(&scope) => {
            errors.push(FieldError::not_supported("spec.scope", scope, &scopes));
        }
        _ => {}
    }
    let versions = object::get_list(definition, &["spec", "versions"]);
    let stored = versions
        .iter()
        .filter(|version| object::get_bool(version, &["storage"]))
        .count();
    if stored != 1 {
        let value = object::get(definition, &["spec", "versions"]).cloned();
        let why = "must have exactly one version marked as storage version";
        errors.push(FieldError::invalid(
            "spec.versions",
            value.unwrap_or_default(),
            why,
        ));
    }
    for (index, version) in versions.iter().enumerate() {
        let path = format!("spec.versions[{index}].schema.openAPIV3Schema");
        match object::get(version, &["schema", "openAPIV3Schema"]) {
            None => errors.push(FieldError::required(path, "schemas are required")),
            Some(schema) => structural(schema, &path, true, &mut errors),
        }
    }
    for field in ["plural", "kind"] {
        if text(&["spec", "names", field]).is_empty() {
            errors.push(FieldError::required(format!("spec.names.{field}"), ""));
        }
    }
    errors
}

/// Every part of a schema has to say its type, so that what is unknown can be taken out.
fn structural(schema: &Value, path: &str, root: bool, errors: &mut Vec<FieldError>) {
    let kind = object::get_str(schema, &["type"]);
    let free = [
        "x-kubernetes-int-or-string",
        "x-kubernetes-preserve-unknown-fields",
    ]
    .iter()
    .any(|mark| object::get_bool(schema, &[mark]));
    if kind.is_empty() && (root || !free) {
        let why = if root {
            "must not be empty at the root"
        } else {
            "must not be empty for specified object fields"
        };
        errors.push(FieldError::required(format!("{path}.type"), why));
    } else if root && kind != "object" {
        let why = "must be object at the root";
        errors.push(FieldError::invalid(format!("{path}.type"), kind, why));
    }
    for (name, inner) in object::get_map(schema, &["properties"])
        .into_iter()
        .flatten()
    {
        if root && matches!(name.as_str(), "metadata" | "apiVersion" | "kind") {
            continue;
        }
        structural(inner, &format!("{path}.properties[{name}]"), false, errors);
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        structural(items, &format!("{path}.items"), false, errors);
    }
    if let Some(values) = schema
        .get("additionalProperties")
        .filter(|values| values.is_object())
    {
        structural(
            values,
            &format!("{path}.additionalProperties"),
            false,
            errors,
        );
    }
}

/// The schemas of the fields of an object.
fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    object::get_map(schema, &["properties"])
}

/// Whether a value may have fields that its schema does not name.
fn keeps_unknown(schema: &Value) -> bool {
    object::get_bool(schema, &["x-kubernetes-preserve-unknown-fields"])
}
