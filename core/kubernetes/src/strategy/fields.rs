//! The fields that a field selector may name, by kind.

use kubernetes_api::object;
use serde_json::Value;

/// Whether a kind's objects can be selected by a field.
#[must_use]
pub fn selectable(key: &str, group: &str, field: &str) -> bool {
    if field == "metadata.name" || field == "metadata.namespace" {
        return true;
    }
    let fields: &[&str] = match key {
        "events" if group == "events.k8s.io" => &[
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
        ],
        "pods" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "namespaces" => &["status.phase"],
        "nodes" => &["spec.unschedulable"],
        "secrets" => &["type"],
        "services" => &["spec.clusterIP", "spec.type"],
        "replicasets.apps" | "replicationcontrollers" => &["status.replicas"],
        "jobs.batch" => &["status.successful"],
        _ => &[],
    };
    fields.contains(&field)
}

/// The text of a field.
#[must_use]
pub fn field(key: &str, object: &Value, field: &str) -> String {
    if key == "events" && field == "source" {
        let source = object::get_str(object, &["source", "component"]);
        let source = if source.is_empty() {
            object::get_str(object, &["reportingComponent"])
        } else {
            source
        };
        return source.to_owned();
    }
    // What `events.k8s.io` calls otherwise.
    let stored = match field.strip_prefix("regarding.") {
        Some(part) => format!("involvedObject.{part}"),
        None if field == "reportingController" => "reportingComponent".to_owned(),
        None => field.to_owned(),
    };
    let path: Vec<&str> = stored.split('.').collect();
    match object::get(object, &path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(truth)) => truth.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        // Booleans that are not there are false.
        _ if matches!(field, "spec.unschedulable" | "spec.hostNetwork") => "false".to_owned(),
        _ => String::new(),
    }
}
