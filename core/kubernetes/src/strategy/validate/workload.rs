//! Deployments, ReplicaSets, StatefulSets, DaemonSets and Jobs.
//!
//! Models kubernetes pkg/apis/apps/validation and pkg/apis/batch/validation.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use serde_json::Value;

use super::{internal, pod};

/// Checks a new workload.
pub(super) fn create(key: &str, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let spec = object.get("spec").cloned().unwrap_or_default();
    let path = Path::new("spec");
    numbers(&spec, &path, &mut errors);
    selector(key, &spec, &mut errors);
    template(key, &spec, &path, &mut errors);
    match key {
        "deployments.apps" => deployment(&spec, &mut errors),
        "daemonsets.apps" => update_strategy(key, &spec, &mut errors),
        "statefulsets.apps" => update_strategy(key, &spec, &mut errors),
        "jobs.batch" => job(&spec, &path, &mut errors),
        _ => {}
    }
    errors
}

/// Checks the Jobs that a CronJob makes.
pub(super) fn job_template(spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    numbers(spec, path, errors);
    job(spec, path, errors);
    template("jobs.batch", spec, path, errors);
}

fn numbers(spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for field in [
        "replicas",
        "minReadySeconds",
        "revisionHistoryLimit",
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    ] {
        if let Some(number) = object::get_i64(spec, &[field])
            && number < 0
        {
            let why = "must be greater than or equal to 0";
            errors.push(FieldError::invalid(path.child(field), number, why));
        }
    }
}

fn template(key: &str, spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let path = path.child("template");
    let Some(template) = spec.get("template") else {
        errors.push(FieldError::required(
            path.child("spec").child("containers"),
            "",
        ));
        return;
    };
    let labels = object::get(template, &["metadata", "labels"]);
    super::metadata::labels(labels, &path.child("labels"), errors);
    let path = path.child("spec");
    let template_spec = template.get("spec").cloned().unwrap_or_default();
    // The claims of a StatefulSet are volumes too, so upstream leaves its pods to their creation.
    if key != "statefulsets.apps" {
        errors.extend(pod::spec(&template_spec, &path));
    }
    restart_policy(key, &template_spec, &path, errors);
}

fn job(spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let mode = object::get_str(spec, &["completionMode"]);
    let modes = ["NonIndexed", "Indexed"];
    if !mode.is_empty() && !modes.contains(&mode) {
        let path = path.child("completionMode");
        errors.push(FieldError::not_supported(
            path,
            mode,
            &["Indexed", "NonIndexed"],
        ));
    }
    if mode == "Indexed" && object::get(spec, &["completions"]).is_none() {
        let why = "when completion mode is Indexed";
        errors.push(FieldError::required(path.child("completions"), why));
    }
}

fn update_strategy(key: &str, spec: &Value, errors: &mut Vec<FieldError>) {
    let kind = object::get_str(spec, &["updateStrategy", "type"]);
    if matches!(kind, "RollingUpdate" | "OnDelete") {
        return;
    }
    if key == "statefulsets.apps" {
        let strategy = internal::compact("StatefulSetUpdateStrategy", spec.get("updateStrategy"));
        let why = "must be 'RollingUpdate' or 'OnDelete'";
        let error = FieldError::invalid("spec.updateStrategy", Value::Null, why);
        errors.push(error.showing(strategy));
        return;
    }
    let strategy = internal::compact("DaemonSetUpdateStrategy", spec.get("updateStrategy"));
    let known = ["OnDelete", "RollingUpdate"];
    let error = FieldError::not_supported("spec.updateStrategy", Value::Null, &known);
    errors.push(error.showing(strategy));
}

/// Checks a changed workload.
pub(super) fn update(key: &str, old: &Value, object: &Value) -> Vec<FieldError> {
    let mut errors = create(key, object);
    let (before, after) = (
        object::get(old, &["spec", "selector"]),
        object::get(object, &["spec", "selector"]),
    );
    if before != after {
        errors.push(FieldError::invalid(
            "spec.selector",
            after.cloned().unwrap_or_default(),
            "field is immutable",
        ));
    }
    if key == "jobs.batch" {
        for field in ["completions", "template", "completionMode"] {
            let (before, after) = (
                object::get(old, &["spec", field]),
                object::get(object, &["spec", field]),
            );
            let indexed = field == "completions"
                && object::get_str(object, &["spec", "completionMode"]) == "Indexed";
            if before == after || indexed && after == object::get(object, &["spec", "parallelism"])
            {
                continue;
            }
            let value = after.cloned().unwrap_or_default();
            let path = Path::new("spec").child(field);
            let why = if indexed {
                "can only be modified in tandem with spec.parallelism"
            } else {
                "field is immutable"
            };
            let error = FieldError::invalid(path, value, why);
            errors.push(match field {
                "template" => error.showing(internal::compact("PodTemplateSpec", after)),
                _ => error,
            });
        }
    }
    if key == "statefulsets.apps" && frozen(old) != frozen(object) {
        errors.push(FieldError::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ));
    }
    errors
}

/// The part of a StatefulSet's spec that may not change.
fn frozen(object: &Value) -> Value {
    let mut spec = object.get("spec").cloned().unwrap_or_default();
    for field in [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
        "selector",
    ] {
        object::remove(&mut spec, &[field]);
    }
    spec
}

fn selector(key: &str, spec: &Value, errors: &mut Vec<FieldError>) {
    let labels = object::get_map(spec, &["template", "metadata", "labels"]);
    let Some(value) = spec.get("selector").filter(|value| value.is_object()) else {
        errors.push(FieldError::required("spec.selector", ""));
        if key != "jobs.batch" {
            errors.push(mismatch(labels.cloned().map(Value::Object)));
        }
        return;
    };
    match LabelSelector::from_value(value) {
        Ok(selector) if selector.is_empty() && key != "jobs.batch" => {
            errors.push(FieldError::invalid(
                "spec.selector",
                value.clone(),
                format!("empty selector is invalid for {}", noun(key)),
            ));
        }
        Ok(selector) if !selector.matches(labels) => {
            errors.push(mismatch(labels.cloned().map(Value::Object)));
        }
        Ok(_) => {}
        Err(why) => errors.push(FieldError::invalid("spec.selector", value.clone(), why)),
    }
}

fn mismatch(labels: Option<Value>) -> FieldError {
    FieldError::invalid(
        "spec.template.metadata.labels",
        labels.unwrap_or_default(),
        "`selector` does not match template `labels`",
    )
}

fn noun(key: &str) -> &'static str {
    match key {
        "deployments.apps" => "deployment",
        "statefulsets.apps" => "statefulset",
        "daemonsets.apps" => "daemonset",
        _ => "replicaset",
    }
}

fn restart_policy(key: &str, spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let policy = object::get_str(spec, &["restartPolicy"]);
    let known = ["Always", "OnFailure", "Never"].contains(&policy);
    if key == "jobs.batch" {
        if policy == "Always" || policy.is_empty() {
            errors.push(FieldError::required(
                path.child("restartPolicy"),
                "valid values: \"OnFailure\", \"Never\"",
            ));
        }
    } else if known && policy != "Always" {
        errors.push(FieldError::not_supported(
            path.child("restartPolicy"),
            policy,
            &["Always"],
        ));
    }
}

fn deployment(spec: &Value, errors: &mut Vec<FieldError>) {
    let kind = object::get_str(spec, &["strategy", "type"]);
    let rolling = object::get(spec, &["strategy", "rollingUpdate"]);
    match kind {
        "RollingUpdate" => {
            let zero = |field: &str| {
                rolling
                    .and_then(|rolling| rolling.get(field))
                    .is_some_and(|value| {
                        matches!(kubernetes_api::intstr::text(value).as_str(), "0" | "0%")
                    })
            };
            if zero("maxUnavailable") && zero("maxSurge") {
                let value = rolling
                    .and_then(|rolling| rolling.get("maxUnavailable"))
                    .cloned()
                    .unwrap_or_default();
                errors.push(FieldError::invalid(
                    "spec.strategy.rollingUpdate.maxUnavailable",
                    value,
                    "may not be 0 when `maxSurge` is 0",
                ));
            }
        }
        "Recreate" => {
            if rolling.is_some() {
                errors.push(FieldError::forbidden(
                    "spec.strategy.rollingUpdate",
                    "may not be specified when strategy `type` is 'Recreate'",
                ));
            }
        }
        _ => {
            let strategy = internal::compact("DeploymentStrategy", spec.get("strategy"));
            let known = ["Recreate", "RollingUpdate"];
            let error = FieldError::not_supported("spec.strategy", Value::Null, &known);
            errors.push(error.showing(strategy));
        }
    }
    let deadline = object::get_i64(spec, &["progressDeadlineSeconds"]);
    let ready = object::get_i64(spec, &["minReadySeconds"]).unwrap_or(0);
    if let Some(deadline) = deadline
        && deadline <= ready
    {
        errors.push(FieldError::invalid(
            "spec.progressDeadlineSeconds",
            deadline,
            "must be greater than minReadySeconds",
        ));
    }
}
