//! The scores: which of the fitting nodes is best.
//!
//! Models the plugins NodeResourcesFit (least allocated), NodeResourcesBalancedAllocation,
//! PodTopologySpread's default for workloads, and TaintToleration.

use kubernetes_api::object;
use serde_json::Value;

use super::filter;
use super::node::{NodeInfo, Request};
use crate::server::Api;

/// What pods without a request are counted as.
const CPU_DEFAULT: i64 = 100;
/// What pods without a request are counted as, in bytes.
const MEMORY_DEFAULT: i64 = 200 * 1024 * 1024;

/// The score of a node for a pod: higher is better.
pub(super) fn of(_api: &Api, pod: &Value, request: &Request, node: &NodeInfo) -> i64 {
    let pods = i64::try_from(node.pods().count()).unwrap_or(i64::MAX);
    let free = |name: &str, default: i64| {
        let (left, all) = node.left(name);
        let wanted = request.amounts.get(name).copied().unwrap_or(default);
        // Pods that ask for nothing weigh something all the same, so that they spread.
        let left = left - wanted - pods * default / 8;
        if all > 0 {
            (left * 1_000 / all).clamp(0, 1_000)
        } else {
            0
        }
    };
    let room = (free("cpu", CPU_DEFAULT) + free("memory", MEMORY_DEFAULT)) / 2;
    let spread = spread(pod, node);
    let preferred = object::get_list(node.node(), &["spec", "taints"])
        .iter()
        .filter(|taint| {
            let text = |field: &str| object::get_str(taint, &[field]);
            text("effect") == "PreferNoSchedule"
                && !filter::tolerates(pod, text("key"), text("value"), text("effect"))
        })
        .count();
    let preferred = i64::try_from(preferred).unwrap_or(0);
    room + spread * 2 - preferred * 1_000
}

/// Fewer pods of the same controller on a node are better.
fn spread(pod: &Value, node: &NodeInfo) -> i64 {
    let Some(owner) = object::controller_reference(pod) else {
        return 0;
    };
    -node.controlled_by(object::get_str(owner, &["uid"])) * 100
}
