//! Defaults of the kinds that run pods.

use serde_json::{Map, Value, json};

use super::{Fields, inside, put, put_below, text};

/// The labels of a template become the owner's where it has none.
fn labels_from_template(fields: &mut Fields) {
    let labels = fields
        .get("spec")
        .and_then(|spec| spec.pointer("/template/metadata/labels"))
        .cloned();
    let Some(labels) =
        labels.filter(|labels| labels.as_object().is_some_and(|labels| !labels.is_empty()))
    else {
        return;
    };
    if let Some(metadata) = inside(fields, "metadata") {
        let empty = metadata
            .get("labels")
            .and_then(Value::as_object)
            .is_none_or(Map::is_empty);
        if empty {
            metadata.insert("labels".to_owned(), labels);
        }
    }
}

pub(super) fn replication_controller(fields: &mut Fields) {
    labels_from_template(fields);
    let labels = fields
        .get("spec")
        .and_then(|spec| spec.pointer("/template/metadata/labels"))
        .cloned();
    if let (Some(spec), Some(labels)) = (inside(fields, "spec"), labels) {
        put(spec, "selector", labels);
    }
    put_below(fields, "spec", "replicas", 1);
}

pub(super) fn deployment(fields: &mut Fields) {
    let Some(spec) = inside(fields, "spec") else {
        return;
    };
    put(spec, "replicas", 1);
    put(spec, "revisionHistoryLimit", 10);
    put(spec, "progressDeadlineSeconds", 600);
    let Some(strategy) = inside(spec, "strategy") else {
        return;
    };
    put(strategy, "type", "RollingUpdate");
    if text(strategy, "type") == "RollingUpdate"
        && let Some(rolling) = inside(strategy, "rollingUpdate")
    {
        put(rolling, "maxUnavailable", "25%");
        put(rolling, "maxSurge", "25%");
    }
}

pub(super) fn daemon_set(fields: &mut Fields) {
    let Some(spec) = inside(fields, "spec") else {
        return;
    };
    put(spec, "revisionHistoryLimit", 10);
    let Some(strategy) = inside(spec, "updateStrategy") else {
        return;
    };
    put(strategy, "type", "RollingUpdate");
    if text(strategy, "type") == "RollingUpdate"
        && let Some(rolling) = inside(strategy, "rollingUpdate")
    {
        put(rolling, "maxUnavailable", 1);
        put(rolling, "maxSurge", 0);
    }
}

pub(super) fn stateful_set(fields: &mut Fields) {
    let Some(spec) = inside(fields, "spec") else {
        return;
    };
    put(spec, "podManagementPolicy", "OrderedReady");
    put(spec, "replicas", 1);
    put(spec, "revisionHistoryLimit", 10);
    put(spec, "persistentVolumeClaimRetentionPolicy", Map::new());
    if let Some(policy) = inside(spec, "persistentVolumeClaimRetentionPolicy") {
        put(policy, "whenDeleted", "Retain");
        put(policy, "whenScaled", "Retain");
    }
    let Some(strategy) = inside(spec, "updateStrategy") else {
        return;
    };
    put(strategy, "type", "RollingUpdate");
    if text(strategy, "type") == "RollingUpdate" {
        put_below(strategy, "rollingUpdate", "partition", 0);
    }
}

pub(super) fn job(fields: &mut Fields) {
    labels_from_template(fields);
    let Some(spec) = inside(fields, "spec") else {
        return;
    };
    if !spec.contains_key("parallelism") {
        put(spec, "completions", 1);
    }
    put(spec, "parallelism", 1);
    let per_index = spec.contains_key("backoffLimitPerIndex");
    put(spec, "backoffLimit", if per_index { i32::MAX } else { 6 });
    put(spec, "completionMode", "NonIndexed");
    put(spec, "suspend", false);
    put(spec, "manualSelector", false);
    let policy = if spec.contains_key("podFailurePolicy") {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    put(spec, "podReplacementPolicy", policy);
}

pub(super) fn cron_job_spec(spec: &mut Fields) {
    put(spec, "concurrencyPolicy", "Allow");
    put(spec, "suspend", false);
    put(spec, "successfulJobsHistoryLimit", 3);
    put(spec, "failedJobsHistoryLimit", 1);
}

pub(super) fn autoscaler_spec(name: &str, spec: &mut Fields) {
    put(spec, "minReplicas", 1);
    let has_metrics = spec
        .get("metrics")
        .and_then(Value::as_array)
        .is_some_and(|metrics| !metrics.is_empty());
    if name.starts_with("autoscaling2.") && !has_metrics {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        spec.insert(
            "metrics".to_owned(),
            json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]),
        );
    }
}
