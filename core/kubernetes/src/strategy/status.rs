//! The status with which an object of a kind begins.

use kubernetes_api::object;
use serde_json::{Value, json};

use crate::server::Api;

/// Sets the first status of a kind.
pub(super) fn first(key: &str, object: &mut Value) {
    let status = match key {
        "pods" => json!({"phase": "Pending"}),
        "services" => json!({"loadBalancer": {}}),
        "namespaces" => json!({"phase": "Active"}),
        "persistentvolumes" | "persistentvolumeclaims" => json!({"phase": "Pending"}),
        "replicasets.apps" | "replicationcontrollers" => json!({"replicas": 0}),
        "statefulsets.apps" => json!({"replicas": 0, "availableReplicas": 0}),
        "daemonsets.apps" => json!({
            "currentNumberScheduled": 0,
            "numberMisscheduled": 0,
            "desiredNumberScheduled": 0,
            "numberReady": 0,
        }),
        "deployments.apps" | "jobs.batch" | "cronjobs.batch" | "resourcequotas" => json!({}),
        "ingresses.networking.k8s.io" => json!({"loadBalancer": {}}),
        "poddisruptionbudgets.policy" => json!({
            "disruptionsAllowed": 0,
            "currentHealthy": 0,
            "desiredHealthy": 0,
            "expectedPods": 0,
        }),
        "horizontalpodautoscalers.autoscaling" => {
            json!({"desiredReplicas": 0, "currentMetrics": null})
        }
        _ => return,
    };
    object::set(object, &["status"], status);
}

/// A Job selects its pods by its own UID.
///
/// Models kubernetes pkg/registry/batch/job/strategy.go `generateSelector`.
pub(super) fn prepare_job(_api: &Api, job: &mut Value) {
    if object::get_bool(job, &["spec", "manualSelector"]) {
        return;
    }
    let uid = object::uid(job).to_owned();
    let name = object::name(job).to_owned();
    for (label, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ] {
        object::set(
            job,
            &["spec", "template", "metadata", "labels", label],
            value.as_str(),
        );
    }
    if object::labels(job).is_none()
        && let Some(labels) = object::get(job, &["spec", "template", "metadata", "labels"])
    {
        let labels = labels.clone();
        object::set(job, &["metadata", "labels"], labels);
    }
    if object::get(job, &["spec", "selector"]).is_none() {
        object::set(
            job,
            &[
                "spec",
                "selector",
                "matchLabels",
                "batch.kubernetes.io/controller-uid",
            ],
            uid,
        );
    }
}
