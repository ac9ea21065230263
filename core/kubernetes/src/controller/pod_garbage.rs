//! Pods of nodes that are not there are deleted.
//!
//! Models kubernetes pkg/controller/podgc.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use simulation::Duration;

use super::{Queue, key_of, split_key, work};
use crate::server::{Api, DeleteOptions};
use crate::store::Change;

/// How long a node may be missing before its pods go.
const QUARANTINE: Duration = Duration::from_secs(40);

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    let (store, later) = (api.store().clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            let node = object::get_str(&event.object, &["spec", "nodeName"]);
            let lost = event.change != Change::Deleted
                && !node.is_empty()
                && store.get("nodes", "", node).is_none();
            if lost {
                later.add_after(&key_of(&event.object), QUARANTINE);
            }
            true
        }),
    );
    let (store, later) = (api.store().clone(), queue.clone());
    api.store().listen(
        "nodes",
        Rc::new(move |event| {
            if event.change == Change::Deleted {
                let name = object::name(&event.object);
                for pod in store.list("pods", None) {
                    if object::get_str(&pod, &["spec", "nodeName"]) == name {
                        later.add_after(&key_of(&pod), QUARANTINE);
                    }
                }
            }
            true
        }),
    );
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
    let (namespace, name) = split_key(key);
    let Some(pod) = api.store().get("pods", namespace, name) else {
        return Ok(());
    };
    let node = object::get_str(&pod, &["spec", "nodeName"]);
    if api.store().get("nodes", "", node).is_some() {
        return Ok(());
    }
    let Some(resource) = api.resource("pods") else {
        return Ok(());
    };
    let options = DeleteOptions {
        grace_period_seconds: Some(0),
        ..DeleteOptions::default()
    };
    api.delete(&resource, namespace, name, &options)?;
    Ok(())
}
