//! Pods: their quality of service.

use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use serde_json::{Map, Value, json};

/// A new pod's status has its quality of service.
pub(super) fn prepare_create(pod: &mut Value) {
    let class = quality_of_service(pod);
    object::set(pod, &["status", "qosClass"], class);
    if !object::get_list(pod, &["spec", "schedulingGates"]).is_empty() {
        let gated = json!({
            "type": "PodScheduled",
            "status": "False",
            "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
            "lastProbeTime": null,
            "lastTransitionTime": null,
        });
        object::set(pod, &["status", "conditions"], vec![gated]);
    }
}

/// `Guaranteed`, `Burstable` or `BestEffort`.
///
/// Models kubernetes pkg/apis/core/helper/qos.
#[must_use]
pub fn quality_of_service(pod: &Value) -> &'static str {
    let containers = object::get_list(pod, &["spec", "containers"])
        .iter()
        .chain(object::get_list(pod, &["spec", "initContainers"]));
    let (mut any, mut guaranteed) = (false, true);
    for container in containers {
        let of = |field: &str| object::get_map(container, &["resources", field]);
        let (requests, limits) = (of("requests"), of("limits"));
        for name in ["cpu", "memory"] {
            let request = amount(requests, name);
            let limit = amount(limits, name);
            any |= request.is_some() || limit.is_some();
            guaranteed &= limit.is_some() && (request.is_none() || request == limit);
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

fn amount(of: Option<&Map<String, Value>>, name: &str) -> Option<i64> {
    let quantity = Quantity::from_value(of?.get(name)?).ok()?;
    let milli = quantity.milli_value();
    (milli != 0).then_some(milli)
}
