//! What makes an object invalid, kind by kind.
//!
//! Models kubernetes pkg/apis/*/validation; the order of the errors is upstream's.

mod config;
mod cron_job;
mod difference;
mod internal;
pub(crate) mod metadata;
mod other;
mod pod;
mod pod_rules;
mod service;
mod workload;

use kubernetes_api::field::FieldError;
use serde_json::Value;

use crate::custom::{self, DEFINITIONS};

/// Checks a new object.
pub(super) fn create(key: &str, object: &Value) -> Vec<FieldError> {
    match key {
        "pods" => pod::create(object),
        "services" => service::create(object),
        "configmaps" | "secrets" => config::create(key, object),
        "cronjobs.batch" => cron_job::check(object),
        DEFINITIONS => custom::definition_errors(object),
        "deployments.apps" | "replicasets.apps" | "statefulsets.apps" | "daemonsets.apps"
        | "jobs.batch" => workload::create(key, object),
        _ => other::check(key, object),
    }
}

/// Checks a changed object.
pub(super) fn update(key: &str, old: &Value, object: &Value) -> Vec<FieldError> {
    match key {
        "pods" => pod::update(old, object),
        "services" => service::update(old, object),
        "configmaps" | "secrets" => config::update(key, old, object),
        "cronjobs.batch" => cron_job::check(object),
        DEFINITIONS => custom::definition_errors(object),
        "deployments.apps" | "replicasets.apps" | "statefulsets.apps" | "daemonsets.apps"
        | "jobs.batch" => workload::update(key, old, object),
        _ => other::update(key, old, object),
    }
}
