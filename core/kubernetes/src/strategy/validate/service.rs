//! Services.
//!
//! Models `ValidateService` of kubernetes pkg/apis/core/validation.

use ordered::OrderedSet;

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::{names, object};
use serde_json::{Value, json};

/// Checks a new service.
pub(super) fn create(service: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let spec = Path::new("spec");
    let kind = object::get_str(service, &["spec", "type"]);
    let ports = object::get_list(service, &["spec", "ports"]);
    let headless = object::get_str(service, &["spec", "clusterIP"]) == "None";
    if ports.is_empty() && !headless && kind != "ExternalName" {
        errors.push(FieldError::required(spec.child("ports"), ""));
    }
    if kind == "ExternalName" && object::get_str(service, &["spec", "externalName"]).is_empty() {
        errors.push(FieldError::required(spec.child("externalName"), ""));
    }
    let mut known = OrderedSet::new();
    for (index, port) in ports.iter().enumerate() {
        let path = spec.child("ports").index(index);
        self::port(port, ports.len() > 1, &path, &mut errors);
        let name = object::get_str(port, &["name"]);
        if !name.is_empty() && !known.insert(name) {
            errors.push(FieldError::duplicate(path.child("name"), name));
        }
    }
    if let Some(labels) = object::get_map(service, &["spec", "selector"]) {
        for (key, value) in labels {
            for wrong in names::label_key(key) {
                errors.push(FieldError::invalid("spec.selector", key.as_str(), wrong));
            }
            let value = value.as_str().unwrap_or_default();
            for wrong in names::label_value(value) {
                errors.push(FieldError::invalid("spec.selector", value, wrong));
            }
        }
    }
    let kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    if !kinds.contains(&kind) {
        errors.push(FieldError::not_supported("spec.type", kind, &kinds));
    }
    errors
}

/// Checks a changed service.
pub(super) fn update(old: &Value, service: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let address = |service: &Value| object::get_str(service, &["spec", "clusterIP"]).to_owned();
    let (before, after) = (address(old), address(service));
    if !before.is_empty() && !after.is_empty() && before != after {
        errors.push(FieldError::invalid(
            "spec.clusterIPs[0]",
            json!([after]),
            "may not change once set",
        ));
    }
    errors.extend(create(service));
    errors
}

fn port(port: &Value, named: bool, path: &Path, errors: &mut Vec<FieldError>) {
    let name = object::get_str(port, &["name"]);
    if name.is_empty() && named {
        errors.push(FieldError::required(path.child("name"), ""));
    } else if !name.is_empty() {
        for wrong in names::dns1123_label(name) {
            errors.push(FieldError::invalid(path.child("name"), name, wrong));
        }
    }
    let number = object::get_i64(port, &["port"]).unwrap_or(0);
    for wrong in names::port_number(number) {
        errors.push(FieldError::invalid(path.child("port"), number, wrong));
    }
    let protocol = object::get_str(port, &["protocol"]);
    let protocols = ["SCTP", "TCP", "UDP"];
    if protocol.is_empty() {
        errors.push(FieldError::required(path.child("protocol"), ""));
    } else if !protocols.contains(&protocol) {
        errors.push(FieldError::not_supported(
            path.child("protocol"),
            protocol,
            &protocols,
        ));
    }
    match port.get("targetPort") {
        Some(Value::String(text)) => {
            for wrong in names::port_name(text) {
                errors.push(FieldError::invalid(
                    path.child("targetPort"),
                    text.as_str(),
                    wrong,
                ));
            }
        }
        Some(Value::Number(target)) => {
            for wrong in names::port_number(target.as_i64().unwrap_or(0)) {
                errors.push(FieldError::invalid(
                    path.child("targetPort"),
                    Value::Number(target.clone()),
                    wrong,
                ));
            }
        }
        _ => {}
    }
}
