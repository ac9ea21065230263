//! What makes an object invalid, kind by kind.
//!
//! Models kubernetes pkg/apis/*/validation; the order of the errors is upstream's.

mod difference;
mod pod;
mod service;
mod workload;

use kubernetes_api::field::FieldError;
use serde_json::Value;

/// Checks a new object.
pub(super) fn create(key: &str, object: &Value) -> Vec<FieldError> {
    match key {
        "pods" => pod::create(object),
        "services" => service::create(object),
        "deployments.apps" | "replicasets.apps" | "statefulsets.apps" | "daemonsets.apps"
        | "jobs.batch" => workload::create(key, object),
        _ => Vec::new(),
    }
}

/// Checks a changed object.
pub(super) fn update(key: &str, old: &Value, object: &Value) -> Vec<FieldError> {
    match key {
        "pods" => pod::update(old, object),
        "services" => service::update(old, object),
        "deployments.apps" | "replicasets.apps" | "statefulsets.apps" | "daemonsets.apps"
        | "jobs.batch" => workload::update(key, old, object),
        _ => Vec::new(),
    }
}
