//! Preemption: pods of lower priority that have to go so that a pod fits.
//!
//! Models kubernetes pkg/scheduler/framework/plugins/defaultpreemption.

use ordered::OrderedMap;
use std::rc::Rc;

use kubernetes_api::object;
use serde_json::Value;

use super::filter;
use super::node::{NodeInfo, Request};
use crate::server::Api;

/// Which pods shall go from which node.
pub(super) struct Plan {
    /// The node.
    pub(super) node: String,
    /// The pods that go.
    pub(super) victims: Vec<Rc<Value>>,
}

fn priority(pod: &Value) -> i64 {
    object::get_i64(pod, &["spec", "priority"]).unwrap_or(0)
}

/// Whether pods that were told to go still leave the node that a pod was promised.
pub(super) fn is_under_way(pod: &Value, nodes: &OrderedMap<String, NodeInfo>) -> bool {
    let nominated = object::get_str(pod, &["status", "nominatedNodeName"]);
    nodes.get(nominated).is_some_and(|node| {
        node.pods().any(|placed| {
            object::is_terminating(&placed.pod) && priority(&placed.pod) < priority(pod)
        })
    })
}

/// The plan that hurts least: the lowest priorities, then the fewest pods.
pub(super) fn plan(
    api: &Api,
    pod: &Value,
    request: &Request,
    nodes: &OrderedMap<String, NodeInfo>,
) -> Option<Plan> {
    if object::get_str(pod, &["spec", "preemptionPolicy"]) == "Never" {
        return None;
    }
    let plans = nodes.iter().filter(|(_, node)| node.exists());
    plans
        .filter_map(|(name, node)| {
            let victims = victims(api, pod, request, node, nodes)?;
            let node = name.clone();
            Some(Plan { node, victims })
        })
        .min_by_key(|plan| {
            let of = plan.victims.iter().map(|victim| priority(victim));
            let highest = of.clone().max();
            (highest, of.sum::<i64>(), plan.victims.len())
        })
}

/// Who would have to leave a node; `None` when it would not help.
fn victims(
    api: &Api,
    pod: &Value,
    request: &Request,
    node: &NodeInfo,
    nodes: &OrderedMap<String, NodeInfo>,
) -> Option<Vec<Rc<Value>>> {
    let mut lower: Vec<Rc<Value>> = node
        .pods()
        .filter(|placed| priority(&placed.pod) < priority(pod))
        .map(|placed| placed.pod.clone())
        .collect();
    if lower.is_empty() {
        return None;
    }
    let mut trial = node.clone();
    for one in &lower {
        trial.remove(object::uid(one));
    }
    let fits = |trial: &NodeInfo| filter::check(api, pod, request, trial, nodes).is_empty();
    if !fits(&trial) {
        return None;
    }
    // As many as possible stay, the most important and the oldest first.
    lower.sort_by_cached_key(|one| {
        let since = object::get_str(one, &["status", "startTime"]).to_owned();
        (-priority(one), since)
    });
    lower.retain(|one| {
        trial.add(one);
        let goes = !fits(&trial);
        if goes {
            trial.remove(object::uid(one));
        }
        goes
    });
    Some(lower)
}
