//! HorizontalPodAutoscalers: without a metrics server they keep their targets between the smallest
//! and the largest size, and say what they miss.
//!
//! Models kubernetes pkg/controller/podautoscaler.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Value, json};
use simulation::Duration;

use super::{Queue, key_of, split_key, work};
use crate::events::Recorder;
use crate::server::{Api, storage};
use crate::store::Change;

const AUTOSCALERS: &str = "horizontalpodautoscalers.autoscaling";
/// How often each is looked at; a new one waits as long for the first time.
const PERIOD: Duration = Duration::from_secs(15);
/// What the API server answers when it is asked for metrics.
const MISSING: &str = "unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    let added = queue.clone();
    api.store().listen(
        AUTOSCALERS,
        Rc::new(move |event| {
            if event.change == Change::Added {
                added.add_after(&key_of(&event.object), PERIOD);
            }
            true
        }),
    );
    let recorder = Recorder::new(api, "horizontal-pod-autoscaler", "");
    let (controller, again) = (api.clone(), queue.clone());
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let (namespace, name) = split_key(&key);
            if let Some(found) = controller.store().get(AUTOSCALERS, namespace, name) {
                sync(&controller, &recorder, (*found).clone());
                again.add_after(&key, PERIOD);
            }
            Box::pin(async { Ok::<(), Status>(()) })
        }),
    );
}

fn sync(api: &Api, recorder: &Recorder, mut autoscaler: Value) {
    let about = autoscaler.clone();
    let spec = |path: &[&str]| {
        let path: Vec<&str> = ["spec"].into_iter().chain(path.iter().copied()).collect();
        object::get_str(&about, &path).to_owned()
    };
    let (version, kind) = (
        spec(&["scaleTargetRef", "apiVersion"]),
        spec(&["scaleTargetRef", "kind"]),
    );
    let name = spec(&["scaleTargetRef", "name"]);
    let namespace = object::namespace(&about);
    let resource = api.with_resources(|table| table.by_api_version(&version, &kind));
    let target = resource
        .as_ref()
        .and_then(|resource| api.store().get(&storage(resource), namespace, &name));
    let mut tell = |condition: &str, status: &str, reason: &str, message: &str| {
        note(api, &mut autoscaler, condition, [status, reason, message]);
    };
    let (Some(resource), Some(target)) = (resource, target) else {
        let group = version.split('/').next().unwrap_or_default();
        let why = format!("{}s.{group} \"{name}\" not found", kind.to_lowercase());
        recorder.warning(&about, "FailedGetScale", &why);
        let message =
            format!("the HPA controller was unable to get the target's current scale: {why}");
        tell("AbleToScale", "False", "FailedGetScale", &message);
        api.replace(AUTOSCALERS, autoscaler);
        return;
    };
    let message = "the HPA controller was able to get the target's current scale";
    tell("AbleToScale", "True", "SucceededGetScale", message);
    let number = |field: &str| object::get_i64(&about, &["spec", field]).unwrap_or(1);
    let current = object::get_i64(&target, &["spec", "replicas"]).unwrap_or(0);
    let (least, most) = (number("minReplicas"), number("maxReplicas"));
    let mut desired = 0;
    let bound = match current {
        0 => {
            let message = "scaling is disabled since the replica count of the target is zero";
            tell("ScalingActive", "False", "ScalingDisabled", message);
            None
        }
        _ if current > most => Some(("above Spec.MaxReplicas", most)),
        _ if current < least => Some(("below Spec.MinReplicas", least)),
        _ => {
            let metric = object::get_list(&about, &["spec", "metrics"]).first();
            let metric = metric.map_or("cpu", |metric| {
                object::get_str(metric, &["resource", "name"])
            });
            let why = format!(
                "failed to get {metric} utilization: unable to get metrics for resource {metric}: {MISSING}"
            );
            recorder.warning(&about, "FailedGetResourceMetric", &why);
            let invalid = format!(
                "invalid metrics (1 invalid out of 1), first error is: failed to get {metric} resource metric value: {why}"
            );
            recorder.warning(&about, "FailedComputeMetricsReplicas", &invalid);
            let message = format!("the HPA was unable to compute the replica count: {why}");
            tell(
                "ScalingActive",
                "False",
                "FailedGetResourceMetric",
                &message,
            );
            None
        }
    };
    if let Some((side, size)) = bound {
        desired = size;
        let mut scaled = (*target).clone();
        object::set(&mut scaled, &["spec", "replicas"], size);
        api.replace(&storage(&resource), scaled);
        let message = format!("New size: {size}; reason: Current number of replicas {side}");
        recorder.normal(&about, "SuccessfulRescale", &message);
        let message = format!("the HPA controller was able to update the target scale to {size}");
        tell("AbleToScale", "True", "SucceededRescale", &message);
    }
    object::set(&mut autoscaler, &["status", "currentReplicas"], current);
    object::set(&mut autoscaler, &["status", "desiredReplicas"], desired);
    api.replace(AUTOSCALERS, autoscaler);
}

/// Sets a condition, which keeps its time while its status stays.
fn note(api: &Api, object: &mut Value, kind: &str, [status, reason, message]: [&str; 3]) {
    let before = object::condition(object, kind)
        .filter(|before| object::get_str(before, &["status"]) == status)
        .map(|before| object::get_str(before, &["lastTransitionTime"]).to_owned());
    let condition = json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": before.unwrap_or_else(|| api.timestamp()),
    });
    let mut all = object::get_list(object, &["status", "conditions"]).to_vec();
    match all
        .iter_mut()
        .find(|one| object::get_str(one, &["type"]) == kind)
    {
        Some(one) => *one = condition,
        None => all.push(condition),
    }
    object::set(object, &["status", "conditions"], all);
}
