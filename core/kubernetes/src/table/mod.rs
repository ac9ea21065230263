//! Tables for people, printed by the server: which columns a kind has and what its cells say.
//!
//! Models kubernetes pkg/printers/internalversion.

mod batch;
mod cluster;
mod custom;
mod event;
mod network;
mod pod;
mod workload;

use std::rc::Rc;

use kubernetes_api::resources::Resource;
use kubernetes_api::{duration, object, time};
use serde_json::{Value, json};

use crate::server::{Api, storage};

pub use pod::pod_status;

/// The columns of a kind, and how an object's cells are made.
pub struct Table {
    columns: Vec<Column>,
    /// The cells of an object at a time in nanoseconds.
    pub cells: Cells,
}

/// Makes the cells of an object at a time in nanoseconds.
pub type Cells = Rc<dyn Fn(&Value, i64) -> Vec<Value>>;

pub(crate) struct Column {
    name: String,
    kind: &'static str,
    format: String,
    description: String,
    priority: u8,
}

impl Table {
    /// `columnDefinitions`.
    #[must_use]
    pub fn definitions(&self) -> Value {
        let definition = |column: &Column| {
            json!({
                "name": column.name,
                "type": column.kind,
                "format": column.format,
                "description": column.description,
                "priority": column.priority,
            })
        };
        Value::Array(self.columns.iter().map(definition).collect())
    }
}

/// A kind's printer: its columns (separated by `|`; `#` is a number, `?` a truth, `@` a date, and a
/// final `+` is for wide tables only) and its cells.
type Printer = (&'static str, fn(&Value, i64) -> Vec<Value>);

/// The table of a resource.
#[must_use]
pub fn of(api: &Api, resource: &Resource) -> Table {
    if resource.custom {
        return custom::table(api, resource);
    }
    let (columns, cells) = printer(&storage(resource));
    Table {
        columns: columns.split('|').map(column).collect(),
        cells: Rc::new(cells),
    }
}

/// `conditions` of a row: a finished pod's says so.
#[must_use]
pub fn row_conditions(resource: &Resource, object: &Value) -> Option<Value> {
    if resource.kind != "Pod" {
        return None;
    }
    let (reason, message) = match object::get_str(object, &["status", "phase"]) {
        "Succeeded" => ("Succeeded", "The pod has completed successfully."),
        "Failed" => ("Failed", "The pod failed."),
        _ => return None,
    };
    Some(json!([
        {"type": "Completed", "status": "True", "reason": reason, "message": message}
    ]))
}

fn printer(key: &str) -> Printer {
    match key {
        "pods" => pod::PRINTER,
        "podtemplates" => pod::TEMPLATE,
        "deployments.apps" => workload::DEPLOYMENT,
        "replicasets.apps" | "replicationcontrollers" => workload::REPLICA_SET,
        "statefulsets.apps" => workload::STATEFUL_SET,
        "daemonsets.apps" => workload::DAEMON_SET,
        "controllerrevisions.apps" => workload::REVISION,
        "horizontalpodautoscalers.autoscaling" => workload::AUTOSCALER,
        "poddisruptionbudgets.policy" => workload::BUDGET,
        "jobs.batch" => batch::JOB,
        "cronjobs.batch" => batch::CRON_JOB,
        "services" => network::SERVICE,
        "endpoints" => network::ENDPOINTS,
        "endpointslices.discovery.k8s.io" => network::ENDPOINT_SLICE,
        "ingresses.networking.k8s.io" => network::INGRESS,
        "ingressclasses.networking.k8s.io" => network::INGRESS_CLASS,
        "networkpolicies.networking.k8s.io" => network::POLICY,
        "events" => event::PRINTER,
        other => cluster::printer(other),
    }
}

fn column(text: &str) -> Column {
    let (text, priority) = match text.strip_suffix('+') {
        Some(rest) => (rest, 1),
        None => (text, 0),
    };
    let mut rest = text.chars();
    let (kind, name) = match rest.next() {
        Some('#') => ("integer", rest.as_str()),
        Some('?') => ("boolean", rest.as_str()),
        Some('@') => ("date", rest.as_str()),
        _ => ("string", text),
    };
    let format = if name == "Name" { "name" } else { "" };
    Column {
        name: name.to_owned(),
        kind,
        format: format.to_owned(),
        description: String::new(),
        priority,
    }
}

/// How long ago a time of an object was: `5s`, or `<unknown>`.
pub(crate) fn since(text: &str, now: i64) -> String {
    match time::parse_rfc3339(text) {
        Some(then) => duration::human(now - then),
        None => "<unknown>".to_owned(),
    }
}

/// An object's age.
pub(crate) fn age(object: &Value, now: i64) -> Value {
    since(
        object::get_str(object, &["metadata", "creationTimestamp"]),
        now,
    )
    .into()
}

pub(crate) fn name(object: &Value) -> Value {
    object::name(object).into()
}

/// A text, or `<none>`.
pub(crate) fn or_none(text: &str) -> Value {
    if text.is_empty() { "<none>" } else { text }.into()
}

/// A number that may be missing, as 0.
pub(crate) fn count(object: &Value, path: &[&str]) -> i64 {
    object::get_i64(object, path).unwrap_or(0)
}

/// Names and images of a pod template's containers.
pub(crate) fn containers(spec: &Value) -> (Value, Value) {
    let join = |field: &str| {
        let all: Vec<&str> = object::get_list(spec, &["containers"])
            .iter()
            .map(|container| object::get_str(container, &[field]))
            .collect();
        Value::from(all.join(","))
    };
    (join("name"), join("image"))
}

/// A label selector, or `<none>`.
pub(crate) fn selector(object: &Value) -> Value {
    let value = object::get(object, &["spec", "selector"])
        .cloned()
        .unwrap_or_default();
    let text = kubernetes_api::selector::LabelSelector::from_value(&value)
        .map(|selector| selector.to_string())
        .unwrap_or_default();
    or_none(&text)
}
