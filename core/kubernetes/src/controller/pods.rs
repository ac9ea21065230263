//! What controllers ask about pods, and how they claim the ones that are theirs.
//!
//! Models kubernetes pkg/controller/controller_utils.go and controller_ref_manager.go.

use ordered::OrderedMap;
use std::cmp::Ordering;
use std::rc::Rc;

use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use kubernetes_api::{object, time};
use serde_json::{Value, json};

use crate::events::Recorder;
use crate::server::{Api, WriteOptions};

/// Whether a pod has ended.
pub(crate) fn is_over(pod: &Value) -> bool {
    matches!(
        object::get_str(pod, &["status", "phase"]),
        "Succeeded" | "Failed"
    )
}

/// Whether a pod counts: it has neither ended nor is it being deleted.
pub(crate) fn is_active(pod: &Value) -> bool {
    !is_over(pod) && !object::is_terminating(pod)
}

/// Whether the pod's condition `Ready` holds.
pub(crate) fn is_ready(pod: &Value) -> bool {
    object::condition(pod, "Ready")
        .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
}

/// When the pod became ready, in nanoseconds.
pub(crate) fn ready_since(pod: &Value) -> Option<i64> {
    let condition = object::condition(pod, "Ready")?;
    if object::get_str(condition, &["status"]) != "True" {
        return None;
    }
    time::parse_rfc3339(object::get_str(condition, &["lastTransitionTime"]))
}

/// Whether a pod has been ready for long enough.
pub(crate) fn is_available(pod: &Value, min_ready_seconds: i64, now: i64) -> bool {
    is_ready(pod)
        && (min_ready_seconds == 0
            || ready_since(pod)
                .is_some_and(|since| since + min_ready_seconds * 1_000_000_000 <= now))
}

/// The objects of a resource that belong to an owner: those that it controls and that match its
/// selector. Matching ones without a controller are adopted, controlled ones that no longer match
/// are let go.
pub(crate) fn claim(
    api: &Api,
    resource: &str,
    owner: &Value,
    selector: &LabelSelector,
) -> Vec<Rc<Value>> {
    let namespace = object::namespace(owner);
    let uid = object::uid(owner);
    let mut claimed = Vec::new();
    for candidate in api.store().list(resource, Some(namespace)) {
        let matches = selector.matches(object::labels(&candidate));
        match object::controller_reference(&candidate) {
            Some(controller) if object::get_str(controller, &["uid"]) == uid => {
                if matches {
                    claimed.push(candidate);
                } else if !object::is_terminating(owner) {
                    release(api, resource, &candidate, uid);
                }
            }
            None if matches
                && !object::is_terminating(owner)
                && !object::is_terminating(&candidate) =>
            {
                claimed.push(adopt(api, resource, &candidate, owner));
            }
            _ => {}
        }
    }
    claimed
}

fn adopt(api: &Api, resource: &str, orphan: &Value, owner: &Value) -> Rc<Value> {
    let mut adopted = orphan.clone();
    let mut owners = object::owner_references(orphan).to_vec();
    owners.push(object::make_controller_reference(owner));
    object::set(&mut adopted, &["metadata", "ownerReferences"], owners);
    api.replace(resource, adopted)
}

fn release(api: &Api, resource: &str, child: &Value, uid: &str) {
    let mut released = child.clone();
    let mut owners = object::owner_references(child).to_vec();
    owners.retain(|owner| object::get_str(owner, &["uid"]) != uid);
    if owners.is_empty() {
        object::remove(&mut released, &["metadata", "ownerReferences"]);
    } else {
        object::set(&mut released, &["metadata", "ownerReferences"], owners);
    }
    api.replace(resource, released);
}

/// A pod made from a template for its controller.
pub(crate) fn from_template(template: &Value, owner: &Value, name: Option<&str>) -> Value {
    let mut metadata = json!({
        "ownerReferences": [object::make_controller_reference(owner)],
    });
    for field in ["labels", "annotations", "finalizers"] {
        if let Some(value) = object::get(template, &["metadata", field]) {
            object::set(&mut metadata, &[field], value.clone());
        }
    }
    match name {
        Some(name) => object::set(&mut metadata, &["name"], name),
        None => object::set(
            &mut metadata,
            &["generateName"],
            format!("{}-", object::name(owner)),
        ),
    }
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": template.get("spec"),
    })
}

/// Creates a pod for its controller, with the event that says so.
pub(crate) fn create(
    api: &Api,
    recorder: &Recorder,
    owner: &Value,
    pod: Value,
) -> Result<Rc<Value>, Status> {
    let Some(resource) = api.resource("pods") else {
        return Err(Status::resource_not_found());
    };
    let options = WriteOptions::default();
    match api.create(&resource, object::namespace(owner), pod, &options) {
        Ok(pod) => {
            let message = format!("Created pod: {}", object::name(&pod));
            recorder.normal(owner, "SuccessfulCreate", &message);
            Ok(pod)
        }
        Err(status) => {
            let terminating = status.details.as_ref().is_some_and(|details| {
                details
                    .causes
                    .iter()
                    .any(|cause| cause.reason == "NamespaceTerminating")
            });
            if !terminating {
                let message = format!("Error creating: {status}");
                recorder.warning(owner, "FailedCreate", &message);
            }
            Err(status)
        }
    }
}

/// Deletes a pod for its controller, with the event that says so.
pub(crate) fn delete(
    api: &Api,
    recorder: &Recorder,
    owner: &Value,
    pod: &Value,
) -> Result<(), Status> {
    let Some(resource) = api.resource("pods") else {
        return Ok(());
    };
    let (namespace, name) = (object::namespace(pod), object::name(pod));
    match api.delete(
        &resource,
        namespace,
        name,
        &crate::server::DeleteOptions::default(),
    ) {
        Ok(_) => {
            recorder.normal(owner, "SuccessfulDelete", &format!("Deleted pod: {name}"));
            Ok(())
        }
        Err(status) if status.is_not_found() => Ok(()),
        Err(status) => {
            recorder.warning(owner, "FailedDelete", &format!("Error deleting: {status}"));
            Err(status)
        }
    }
}

/// Puts the pods that are best deleted first.
///
/// Models `ActivePodsWithRanks`: without a node, not running, not ready, cheap to delete, on a
/// node with many of the same, ready only since recently, often restarted, young.
pub(crate) fn sort_for_deletion(pods: &mut [Rc<Value>], now: i64) {
    let mut on_node: OrderedMap<String, usize> = OrderedMap::new();
    for pod in pods.iter().filter(|pod| is_active(pod)) {
        let node = object::get_str(pod, &["spec", "nodeName"]).to_owned();
        *on_node.entry(node).or_default() += 1;
    }
    let rank = |pod: &Value| {
        on_node
            .get(object::get_str(pod, &["spec", "nodeName"]))
            .copied()
            .unwrap_or(0)
    };
    pods.sort_by(|a, b| {
        let assigned = |pod: &Value| !object::get_str(pod, &["spec", "nodeName"]).is_empty();
        assigned(a)
            .cmp(&assigned(b))
            .then_with(|| phase_rank(a).cmp(&phase_rank(b)))
            .then_with(|| is_ready(a).cmp(&is_ready(b)))
            .then_with(|| deletion_cost(a).cmp(&deletion_cost(b)))
            .then_with(|| rank(b).cmp(&rank(a)))
            .then_with(|| by_age(ready_since(a), ready_since(b), now))
            .then_with(|| restarts(b).cmp(&restarts(a)))
            .then_with(|| by_age(object::created(a), object::created(b), now))
            .then_with(|| object::uid(a).cmp(object::uid(b)))
    });
}

fn phase_rank(pod: &Value) -> u8 {
    match object::get_str(pod, &["status", "phase"]) {
        "Pending" => 0,
        "Unknown" => 1,
        _ => 2,
    }
}

fn deletion_cost(pod: &Value) -> i64 {
    object::annotation(pod, "controller.kubernetes.io/pod-deletion-cost")
        .and_then(|cost| cost.parse().ok())
        .unwrap_or(0)
}

fn restarts(pod: &Value) -> i64 {
    object::get_list(pod, &["status", "containerStatuses"])
        .iter()
        .filter_map(|status| object::get_i64(status, &["restartCount"]))
        .max()
        .unwrap_or(0)
}

/// Younger first, by the logarithm of the age: small differences don't count.
fn by_age(a: Option<i64>, b: Option<i64>, now: i64) -> Ordering {
    let rank = |time: Option<i64>| time.map_or(0, |time| (now - time).max(1).ilog2());
    match (a, b) {
        (Some(a), Some(b)) if a == b => Ordering::Equal,
        _ => rank(a).cmp(&rank(b)),
    }
}
