//! What is particular about single kinds when their objects are written: first states, rules of
//! change, checks, allocated addresses.
//!
//! Models kubernetes pkg/registry/*/*/strategy.go. Rules that look beyond the object are in
//! [`crate::admission`].

mod defaults;
mod fields;
pub mod pod;
mod service;
mod status;
mod validate;

use std::rc::Rc;

use kubernetes_api::field::FieldError;
use kubernetes_api::resources::Resource;
use kubernetes_api::{base64, names, object};
use serde_json::{Value, json};

use crate::custom;
use crate::server::Api;

pub use fields::{field, selectable};
pub(crate) use validate::metadata::{
    errors as metadata_errors, update_errors as metadata_update_errors,
};

/// Shows a stored object in the group and version of a resource.
pub fn convert(resource: &Resource, object: &mut Value) {
    object::set(object, &["apiVersion"], resource.api_version());
    if resource.group == "events.k8s.io" {
        for (from, to) in EVENT_FIELDS {
            if let Some(value) = object::remove(object, &[from]) {
                object::set(object, &[to], value);
            }
        }
    }
}

/// Fields of core events and what `events.k8s.io` calls them.
const EVENT_FIELDS: [(&str, &str); 7] = [
    ("message", "note"),
    ("involvedObject", "regarding"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// Gives the fields of an event of `events.k8s.io` the names that they have in the core group.
pub fn core_event(event: &mut Value) {
    for (from, to) in EVENT_FIELDS {
        if let Some(value) = object::remove(event, &[to]) {
            object::set(event, &[from], value);
        }
    }
    object::set(event, &["apiVersion"], "v1");
}

/// Brings an object to the version in which its kind is stored.
pub fn normalise(resource: &Resource, object: &mut Value) {
    if resource.custom {
        return;
    }
    match (resource.group.as_str(), resource.plural.as_str()) {
        ("events.k8s.io", "events") => {
            core_event(object);
        }
        ("", "secrets") => {
            if let Some(Value::Object(texts)) = object::remove(object, &["stringData"]) {
                for (key, text) in texts {
                    let text = base64::encode(text.as_str().unwrap_or_default().as_bytes());
                    object::set(object, &["data", &key], text);
                }
            }
            object::set(object, &["apiVersion"], "v1");
        }
        ("extensions", "deployments") => {
            object::set(object, &["apiVersion"], "apps/v1");
            // The old group took the template's labels when no selector was given.
            if object::get(object, &["spec", "selector"]).is_none()
                && let Some(labels) =
                    object::get(object, &["spec", "template", "metadata", "labels"])
            {
                let labels = labels.clone();
                object::set(object, &["spec", "selector", "matchLabels"], labels);
            }
        }
        ("autoscaling", "horizontalpodautoscalers") => {
            if resource.version == "v1" {
                defaults::autoscaler_from_v1(object);
            }
            object::set(object, &["apiVersion"], "autoscaling/v2");
        }
        _ => object::set(object, &["apiVersion"], resource.api_version()),
    }
}

/// Fills in what the kind's defaults are.
pub fn default_object(api: &Api, resource: &Resource, object: &mut Value) {
    if let Some(schema) = custom::schema(api, resource) {
        custom::fill(&schema, object);
    } else {
        kubernetes_api::defaults::apply(object);
    }
    if resource.plural == "customresourcedefinitions" {
        custom::complete(object);
    }
}

/// The first state of a new object.
pub fn prepare_create(api: &Api, resource: &Resource, key: &str, object: &mut Value) {
    if has_status(key, resource) {
        object::remove(object, &["status"]);
    }
    status::first(key, object);
    match key {
        "pods" => pod::prepare_create(object),
        "services" => service::prepare_create(object),
        "namespaces" => {
            object::set(object, &["spec", "finalizers"], json!(["kubernetes"]));
            let name = object::name(object).to_owned();
            object::set(
                object,
                &["metadata", "labels", "kubernetes.io/metadata.name"],
                name,
            );
        }
        "jobs.batch" => status::prepare_job(api, object),
        "daemonsets.apps" => object::set(object, &TEMPLATE_GENERATION, "1"),
        _ => {}
    }
    if has_generation(key, resource) {
        object::set(object, &["metadata", "generation"], 1);
    } else {
        object::remove(object, &["metadata", "generation"]);
    }
}

/// What may not change by an update stays as it was.
pub fn prepare_update(_api: &Api, key: &str, old: &Rc<Value>, object: &mut Value) {
    match key {
        "services" => service::prepare_update(old, object),
        "daemonsets.apps" => {
            let before = object::get_str(old, &TEMPLATE_GENERATION)
                .parse()
                .unwrap_or(1_i64);
            let template = |set: &Value| object::get(set, &["spec", "template"]).cloned();
            let changed = template(old) != template(object);
            let generation = before + i64::from(changed);
            object::set(object, &TEMPLATE_GENERATION, generation.to_string());
        }
        "namespaces" => {
            if let Some(spec) = old.get("spec") {
                object::set(object, &["spec"], spec.clone());
            }
        }
        _ => {}
    }
}

/// Checks a new object.
pub fn validate_create(
    api: &Api,
    resource: &Resource,
    key: &str,
    object: &Value,
) -> Vec<FieldError> {
    if resource.custom {
        return custom::errors(api, resource, object);
    }
    validate::create(key, object)
}

/// Checks a changed object.
pub fn validate_update(
    api: &Api,
    resource: &Resource,
    key: &str,
    old: &Value,
    object: &Value,
) -> Vec<FieldError> {
    if resource.custom {
        return custom::errors(api, resource, object);
    }
    validate::update(key, old, object)
}

/// Takes addresses and ports that the object asks for.
pub fn allocate(api: &Api, key: &str, object: &mut Value, dry_run: bool) -> Option<FieldError> {
    match key {
        "services" => service::allocate(api, object, dry_run),
        _ => None,
    }
}

/// Where a DaemonSet counts the changes of its template.
const TEMPLATE_GENERATION: [&str; 3] = [
    "metadata",
    "annotations",
    "deprecated.daemonset.template.generation",
];

const STATUS: [&str; 15] = [
    "pods",
    "nodes",
    "namespaces",
    "services",
    "persistentvolumes",
    "persistentvolumeclaims",
    "resourcequotas",
    "replicationcontrollers",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "poddisruptionbudgets.policy",
];

const GENERATED: [&str; 16] = [
    "pods",
    "replicationcontrollers",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "poddisruptionbudgets.policy",
    "ingresses.networking.k8s.io",
    "networkpolicies.networking.k8s.io",
    "endpointslices.discovery.k8s.io",
    "priorityclasses.scheduling.k8s.io",
    "ingressclasses.networking.k8s.io",
    "customresourcedefinitions.apiextensions.k8s.io",
    "flowschemas.flowcontrol.apiserver.k8s.io",
];

/// Whether only the `status` subresource writes the status.
#[must_use]
pub fn has_status(key: &str, resource: &Resource) -> bool {
    if resource.custom {
        return resource.subresource("status").is_some();
    }
    STATUS.contains(&key)
        || matches!(
            key,
            "horizontalpodautoscalers.autoscaling"
                | "ingresses.networking.k8s.io"
                | "customresourcedefinitions.apiextensions.k8s.io"
        )
}

fn has_generation_key(key: &str) -> bool {
    GENERATED.contains(&key)
}

/// Whether changes of the spec are counted.
#[must_use]
pub fn has_generation(key: &str, resource: &Resource) -> bool {
    has_generation_key(key) || resource.custom
}

/// Whether a deleted object may go: a namespace only when its spec has no finalizers left.
#[must_use]
pub fn may_vanish(key: &str, object: &Value) -> bool {
    key != "namespaces" || object::get_list(object, &["spec", "finalizers"]).is_empty()
}

/// Whether a deletion without a wish leaves dependents alone.
#[must_use]
pub fn default_orphans(key: &str) -> bool {
    matches!(key, "replicationcontrollers" | "jobs.batch")
}

/// Characters of a CronJob's name: its Jobs' names are longer, and their pods' names longer still.
const CRON_JOB_NAME: usize = 52;

/// What is wrong with an object's name.
#[must_use]
pub fn name_errors(key: &str, _resource: &Resource, name: &str) -> Vec<String> {
    match key {
        "namespaces" => names::dns1123_label(name),
        "services" => names::dns1123_label(name),
        "cronjobs.batch" if name.len() > CRON_JOB_NAME => {
            vec![format!("must be no more than {CRON_JOB_NAME} characters")]
        }
        _ if key.ends_with("rbac.authorization.k8s.io") => Vec::new(),
        _ => names::dns1123_subdomain(name),
    }
}
