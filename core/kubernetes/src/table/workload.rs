//! Deployments, ReplicaSets, StatefulSets, DaemonSets and what stands around them.

use kubernetes_api::intstr;
use kubernetes_api::object;
use serde_json::{Value, json};

use super::{Printer, age, containers, count, name, or_none, selector};

pub(super) const DEPLOYMENT: Printer = (
    "Name|Ready|Up-to-date|Available|Age|Containers+|Images+|Selector+",
    |deployment, now| {
        let (names, images) = template(deployment);
        let ready = count(deployment, &["status", "readyReplicas"]);
        vec![
            name(deployment),
            format!("{ready}/{}", count(deployment, &["spec", "replicas"])).into(),
            count(deployment, &["status", "updatedReplicas"]).into(),
            count(deployment, &["status", "availableReplicas"]).into(),
            age(deployment, now),
            names,
            images,
            selector(deployment),
        ]
    },
);

pub(super) const REPLICA_SET: Printer = (
    "Name|#Desired|#Current|#Ready|Age|Containers+|Images+|Selector+",
    |set, now| {
        let (names, images) = template(set);
        vec![
            name(set),
            count(set, &["spec", "replicas"]).into(),
            count(set, &["status", "replicas"]).into(),
            count(set, &["status", "readyReplicas"]).into(),
            age(set, now),
            names,
            images,
            selector(set),
        ]
    },
);

pub(super) const STATEFUL_SET: Printer = ("Name|Ready|Age|Containers+|Images+", |set, now| {
    let (names, images) = template(set);
    let ready = count(set, &["status", "readyReplicas"]);
    vec![
        name(set),
        format!("{ready}/{}", count(set, &["spec", "replicas"])).into(),
        age(set, now),
        names,
        images,
    ]
});

pub(super) const DAEMON_SET: Printer = (
    "Name|#Desired|#Current|#Ready|#Up-to-date|#Available|Node Selector|Age|Containers+|Images+|Selector+",
    |set, now| {
        let (names, images) = template(set);
        let status = |field: &str| Value::from(count(set, &["status", field]));
        vec![
            name(set),
            status("desiredNumberScheduled"),
            status("currentNumberScheduled"),
            status("numberReady"),
            status("updatedNumberScheduled"),
            status("numberAvailable"),
            node_selector(set),
            age(set, now),
            names,
            images,
            selector(set),
        ]
    },
);

pub(super) const REVISION: Printer = ("Name|Controller|Revision|Age", |revision, now| {
    let controller = object::controller_reference(revision).map_or_else(
        || "<none>".to_owned(),
        |owner| {
            let (group, _) =
                kubernetes_api::resources::split_api_version(object::api_version(owner));
            let kind = object::kind(owner).to_lowercase();
            format!(
                "{}/{}",
                kubernetes_api::resources::qualified(&kind, group),
                object::get_str(owner, &["name"])
            )
        },
    );
    vec![
        name(revision),
        controller.into(),
        count(revision, &["revision"]).into(),
        age(revision, now),
    ]
});

pub(super) const AUTOSCALER: Printer = (
    "Name|Reference|Targets|MinPods|#MaxPods|#Replicas|Age",
    |scaler, now| {
        let target = |field: &str| object::get_str(scaler, &["spec", "scaleTargetRef", field]);
        let targets: Vec<String> = object::get_list(scaler, &["spec", "metrics"])
            .iter()
            .map(metric)
            .collect();
        let least = object::get_i64(scaler, &["spec", "minReplicas"])
            .map_or_else(|| "<unset>".to_owned(), |least| least.to_string());
        vec![
            name(scaler),
            format!("{}/{}", target("kind"), target("name")).into(),
            or_none(&targets.join(", ")),
            least.into(),
            count(scaler, &["spec", "maxReplicas"]).into(),
            count(scaler, &["status", "currentReplicas"]).into(),
            age(scaler, now),
        ]
    },
);

pub(super) const BUDGET: Printer = (
    "Name|Min Available|Max Unavailable|#Allowed Disruptions|Age",
    |budget, now| {
        let bound = |field: &str| {
            object::get(budget, &["spec", field])
                .map_or_else(|| json!("N/A"), |value| intstr::text(value).into())
        };
        vec![
            name(budget),
            bound("minAvailable"),
            bound("maxUnavailable"),
            count(budget, &["status", "disruptionsAllowed"]).into(),
            age(budget, now),
        ]
    },
);

fn template(object: &Value) -> (Value, Value) {
    let spec = object
        .pointer("/spec/template/spec")
        .cloned()
        .unwrap_or_default();
    containers(&spec)
}

fn node_selector(set: &Value) -> Value {
    let labels: Vec<String> = object::get_map(set, &["spec", "template", "spec", "nodeSelector"])
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    or_none(&labels.join(","))
}

fn metric(metric: &Value) -> String {
    let resource = object::get_str(metric, &["resource", "name"]);
    let percent = object::get_i64(metric, &["resource", "target", "averageUtilization"]);
    match percent {
        Some(percent) => format!("{resource}: <unknown>/{percent}%"),
        None => format!(
            "{resource}: <unknown>/{}",
            object::get_str(metric, &["resource", "target", "averageValue"])
        ),
    }
}
