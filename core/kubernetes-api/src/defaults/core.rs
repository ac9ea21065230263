//! Defaults of services, volumes, policies and the other kinds.

use serde_json::{Map, Value, json};

use super::{Fields, inside, put, put_below, text};

pub(super) fn service_spec(spec: &mut Fields) {
    put(spec, "sessionAffinity", "None");
    match text(spec, "sessionAffinity") {
        "None" => {
            spec.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            if let Some(config) = inside(spec, "sessionAffinityConfig") {
                put_below(config, "clientIP", "timeoutSeconds", 10_800);
            }
        }
        _ => {}
    }
    put(spec, "type", "ClusterIP");
    for port in spec
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        put(port, "protocol", "TCP");
        let unset = port
            .get("targetPort")
            .is_none_or(|target| target.as_i64() == Some(0) || target.as_str() == Some(""));
        if unset {
            let number = port.get("port").cloned().unwrap_or_else(|| 0.into());
            port.insert("targetPort".to_owned(), number);
        }
    }
    let kind = text(spec, "type").to_owned();
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        put(spec, "externalTrafficPolicy", "Cluster");
    }
    if matches!(kind.as_str(), "ClusterIP" | "NodePort" | "LoadBalancer") {
        put(spec, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        put(spec, "allocateLoadBalancerNodePorts", true);
    }
}

pub(super) fn persistent_volume(fields: &mut Fields) {
    put_below(fields, "status", "phase", "Pending");
    put_below(fields, "spec", "persistentVolumeReclaimPolicy", "Retain");
    put_below(fields, "spec", "volumeMode", "Filesystem");
}

pub(super) fn persistent_volume_claim(fields: &mut Fields) {
    put_below(fields, "status", "phase", "Pending");
}

pub(super) fn namespace(fields: &mut Fields) {
    put_below(fields, "status", "phase", "Active");
    let name = fields
        .get("metadata")
        .and_then(|metadata| metadata.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if !name.is_empty()
        && let Some(labels) =
            inside(fields, "metadata").and_then(|metadata| inside(metadata, "labels"))
    {
        labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
    }
}

pub(super) fn node_status(status: &mut Fields) {
    if let Some(capacity) = status.get("capacity").cloned() {
        put(status, "allocatable", capacity);
    }
}

/// Of a container's limits, the maximum is the default, and the default is the default request.
pub(super) fn limit_range_item(item: &mut Fields) {
    if text(item, "type") != "Container" {
        return;
    }
    let copy = |item: &mut Fields, from: &str, to: &str| {
        let source = item
            .get(from)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        if source.is_empty() {
            return;
        }
        if let Some(target) = inside(item, to) {
            for (name, amount) in source {
                target.entry(name).or_insert(amount);
            }
        }
    };
    copy(item, "max", "default");
    copy(item, "default", "defaultRequest");
    copy(item, "min", "defaultRequest");
}

pub(super) fn network_policy_spec(spec: &mut Fields) {
    let filled = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
    if !spec.get("policyTypes").is_some_and(filled) {
        let egress = spec.get("egress").is_some_and(filled);
        spec.insert(
            "policyTypes".to_owned(),
            if egress {
                json!(["Ingress", "Egress"])
            } else {
                json!(["Ingress"])
            },
        );
    }
    put(spec, "podSelector", Map::new());
}

pub(super) fn rbac_subject(subject: &mut Fields) {
    if matches!(text(subject, "kind"), "User" | "Group") {
        put(subject, "apiGroup", "rbac.authorization.k8s.io");
    }
}
