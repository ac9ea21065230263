//! Nodes: a cordoned one carries the taint that says so.
//!
//! Models the part of kubernetes pkg/controller/nodelifecycle that does not need lost nodes.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, split_key, watch_own, work};
use crate::server::Api;

const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, "nodes", &queue);
    let controller = api.clone();
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let api = controller.clone();
            Box::pin(async move { sync(&api, &key) })
        }),
    );
}

fn sync(api: &Api, key: &str) -> Result<(), Status> {
    let (_, name) = split_key(key);
    let Some(node) = api.store().get("nodes", "", name) else {
        return Ok(());
    };
    let cordoned = object::get_bool(&node, &["spec", "unschedulable"]);
    let mut taints: Vec<Value> = object::get_list(&node, &["spec", "taints"]).to_vec();
    let tainted = taints
        .iter()
        .any(|taint| object::get_str(taint, &["key"]) == UNSCHEDULABLE);
    if cordoned == tainted {
        return Ok(());
    }
    if cordoned {
        taints.push(json!({
            "key": UNSCHEDULABLE,
            "effect": "NoSchedule",
            "timeAdded": api.timestamp(),
        }));
    } else {
        taints.retain(|taint| object::get_str(taint, &["key"]) != UNSCHEDULABLE);
    }
    let mut changed = (*node).clone();
    if taints.is_empty() {
        object::remove(&mut changed, &["spec", "taints"]);
    } else {
        object::set(&mut changed, &["spec", "taints"], taints);
    }
    api.replace("nodes", changed);
    Ok(())
}
