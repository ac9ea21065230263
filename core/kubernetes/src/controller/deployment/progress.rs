//! Conditions: whether a rollout goes on, is complete, or takes too long.

use kubernetes_api::{object, time};
use serde_json::{Value, json};

use super::{Controller, Round, replicas};

/// The reason of a rollout past its deadline.
pub(super) const TIMED_OUT: &str = "ProgressDeadlineExceeded";
/// The reason of a complete rollout.
pub(super) const COMPLETE: &str = "NewReplicaSetAvailable";
/// A deadline that is none.
const NO_DEADLINE: i64 = i32::MAX as i64;

/// Whether the rollout has a deadline.
pub(super) fn has_deadline(deployment: &Value) -> bool {
    deadline(deployment).is_some_and(|seconds| seconds != NO_DEADLINE)
}

fn deadline(deployment: &Value) -> Option<i64> {
    object::get_i64(deployment, &["spec", "progressDeadlineSeconds"])
}

/// A condition of now.
pub(super) fn condition(
    controller: &Controller,
    kind: &str,
    status: &str,
    reason: &str,
    message: &str,
) -> Value {
    let now = controller.api.timestamp();
    json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": now,
        "lastTransitionTime": now,
    })
}

/// Sets a condition; one with the same status and reason stays as it is.
pub(super) fn set(object: &mut Value, mut condition: Value) {
    let kind = object::get_str(&condition, &["type"]).to_owned();
    let mut all = object::get_list(object, &["status", "conditions"]).to_vec();
    if let Some(current) = all
        .iter()
        .find(|current| object::get_str(current, &["type"]) == kind)
    {
        let same = |field: &str| current.get(field) == condition.get(field);
        if same("status") && same("reason") {
            return;
        }
        if same("status")
            && let Some(since) = current.get("lastTransitionTime")
        {
            let since = since.clone();
            object::set(&mut condition, &["lastTransitionTime"], since);
        }
    }
    all.retain(|current| object::get_str(current, &["type"]) != kind);
    all.push(condition);
    object::set(object, &["status", "conditions"], all);
}

/// Takes a condition away.
pub(super) fn remove(object: &mut Value, kind: &str) {
    let mut all = object::get_list(object, &["status", "conditions"]).to_vec();
    all.retain(|current| object::get_str(current, &["type"]) != kind);
    if object::get(object, &["status", "conditions"]).is_some() {
        object::set(object, &["status", "conditions"], all);
    }
}

fn count(object: &Value, field: &str) -> i64 {
    object::get_i64(object, &["status", field]).unwrap_or(0)
}

/// Whether all pods are new and available; the status is that of `with_status`.
pub(super) fn is_complete(deployment: &Value, with_status: &Value) -> bool {
    let wanted = replicas(deployment);
    count(with_status, "updatedReplicas") == wanted
        && count(with_status, "replicas") == wanted
        && count(with_status, "availableReplicas") == wanted
        && count(with_status, "observedGeneration") >= object::generation(deployment)
}

/// Whether the new status is a step further than the old one.
fn is_progressing(old: &Value, new: &Value) -> bool {
    let left = |object: &Value| count(object, "replicas") - count(object, "updatedReplicas");
    let grew = |field: &str| count(new, field) > count(old, field);
    grew("updatedReplicas")
        || left(new) < left(old)
        || grew("readyReplicas")
        || grew("availableReplicas")
}

/// Whether the rollout made no step for longer than its deadline.
fn is_timed_out(controller: &Controller, deployment: &Value, with_status: &Value) -> bool {
    let Some(condition) = object::condition(with_status, "Progressing") else {
        return false;
    };
    match object::get_str(condition, &["reason"]) {
        COMPLETE => return false,
        TIMED_OUT => return true,
        _ => {}
    }
    let since = time::parse_rfc3339(object::get_str(condition, &["lastUpdateTime"]));
    let seconds = deadline(deployment).unwrap_or(NO_DEADLINE);
    since.is_some_and(|since| since + seconds * 1_000_000_000 < controller.api.now())
}

/// Sets the condition `Progressing` of a new status.
pub(super) fn update(controller: &Controller, round: &Round, next: &mut Value) {
    let deployment = &round.deployment;
    if !has_deadline(deployment) {
        remove(next, "Progressing");
        return;
    }
    let current = object::condition(deployment, "Progressing").cloned();
    let reason = current
        .as_ref()
        .map(|current| object::get_str(current, &["reason"]))
        .unwrap_or_default();
    let done = count(next, "replicas") == count(next, "updatedReplicas") && reason == COMPLETE;
    if done {
        return;
    }
    let subject = match &round.new {
        Some(new) => format!("ReplicaSet \"{}\"", object::name(new)),
        None => format!("Deployment \"{}\"", object::name(deployment)),
    };
    let make = |status: &str, reason: &str, words: &str| {
        condition(
            controller,
            "Progressing",
            status,
            reason,
            &format!("{subject} {words}"),
        )
    };
    if is_complete(deployment, next) {
        set(next, make("True", COMPLETE, "has successfully progressed."));
    } else if is_progressing(deployment, next) {
        let mut condition = make("True", "ReplicaSetUpdated", "is progressing.");
        if let Some(current) = current {
            if object::get_str(&current, &["status"]) == "True"
                && let Some(since) = current.get("lastTransitionTime")
            {
                object::set(&mut condition, &["lastTransitionTime"], since.clone());
            }
            // Taken away first, so that the time of the update is always new.
            remove(next, "Progressing");
        }
        set(next, condition);
    } else if is_timed_out(controller, deployment, next) {
        set(next, make("False", TIMED_OUT, "has timed out progressing."));
    }
}

/// Nanoseconds until the deadline is to be looked at again.
pub(super) fn check_after(
    controller: &Controller,
    deployment: &Value,
    next: &Value,
) -> Option<i64> {
    if !has_deadline(deployment) || is_complete(deployment, next) {
        return None;
    }
    let condition = object::condition(next, "Progressing")?;
    if matches!(
        object::get_str(condition, &["reason"]),
        COMPLETE | TIMED_OUT
    ) {
        return None;
    }
    let since = time::parse_rfc3339(object::get_str(condition, &["lastUpdateTime"]))?;
    let due = since + deadline(deployment)? * 1_000_000_000;
    Some((due - controller.api.now()).max(0) + 1_000_000_000)
}
