//! The revision's number and the sizes, kept as annotations of the ReplicaSets.

use kubernetes_api::object;
use serde_json::Value;

use super::{replicas, rolling};

/// The annotation with the number of the revision.
pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MAXIMUM: &str = "deployment.kubernetes.io/max-replicas";
/// Annotations of the Deployment that its ReplicaSets don't get.
const OWN: [&str; 5] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAXIMUM,
];
/// The longest list of former revisions.
const HISTORY_BYTES: usize = 2_000;

/// The revision's number, 0 for none.
pub(super) fn of(set: &Value) -> i64 {
    object::annotation(set, REVISION)
        .and_then(|revision| revision.parse().ok())
        .unwrap_or(0)
}

/// The size that the Deployment wanted when it last scaled the set.
pub(super) fn desired(set: &Value) -> Option<i64> {
    object::annotation(set, DESIRED)?.parse().ok()
}

/// The largest size that the Deployment had when it last scaled the set.
pub(super) fn maximum(set: &Value) -> Option<i64> {
    object::annotation(set, MAXIMUM)?.parse().ok()
}

/// Copies the Deployment's annotations, and numbers the revision.
pub(super) fn annotate(deployment: &Value, set: &mut Value, newest: i64, exists: bool) {
    let copied: Vec<(String, Value)> = object::annotations(deployment)
        .into_iter()
        .flatten()
        .filter(|(key, _)| !OWN.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (key, value) in copied {
        object::set(set, &["metadata", "annotations", &key], value);
    }
    let old = of(set);
    if old < newest {
        object::set(
            set,
            &["metadata", "annotations", REVISION],
            newest.to_string(),
        );
        if old > 0 {
            add_history(set, old);
        }
    }
    if !exists {
        annotate_size(deployment, set);
    }
}

fn add_history(set: &mut Value, old: i64) {
    let history = object::annotation(set, HISTORY).unwrap_or_default();
    let mut all: Vec<&str> = history.split(',').filter(|one| !one.is_empty()).collect();
    let text = old.to_string();
    all.push(&text);
    let joined = all.join(",");
    if joined.len() <= HISTORY_BYTES {
        object::set(set, &["metadata", "annotations", HISTORY], joined);
    }
}

/// Notes the sizes that the Deployment has now.
pub(super) fn annotate_size(deployment: &Value, set: &mut Value) {
    let desired = replicas(deployment);
    let maximum = desired + rolling::max_surge(deployment);
    for (key, value) in [(DESIRED, desired), (MAXIMUM, maximum)] {
        object::set(set, &["metadata", "annotations", key], value.to_string());
    }
}

/// Puts the current revision's number on the Deployment; true when that changed it.
pub(super) fn set_on_deployment(deployment: &mut Value, revision: &str) -> bool {
    if object::annotation(deployment, REVISION) == Some(revision) {
        return false;
    }
    object::set(deployment, &["metadata", "annotations", REVISION], revision);
    true
}
