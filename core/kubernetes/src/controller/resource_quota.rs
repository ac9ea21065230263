//! ResourceQuotas: their status says how much of them is used.
//!
//! Models kubernetes pkg/controller/resourcequota.

use ordered::OrderedSet;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;

use super::{Queue, is_over, key_of, split_key, watch_own, work};
use crate::admission::quota;
use crate::server::{Api, storage};
use crate::store::Change;

const QUOTAS: &str = "resourcequotas";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, QUOTAS, &queue);
    let counted: OrderedSet<String> = api.with_resources(|table| {
        let namespaced = table.iter().filter(|resource| resource.namespaced);
        namespaced.map(|resource| storage(resource)).collect()
    });
    for resource in counted.iter().filter(|resource| *resource != QUOTAS) {
        let (store, queue) = (api.store().clone(), queue.clone());
        api.store().listen(
            resource,
            Rc::new(move |event| {
                let ended = event.change == Change::Modified
                    && is_over(&event.object)
                    && event
                        .previous
                        .as_ref()
                        .is_some_and(|previous| !is_over(previous));
                if event.change != Change::Modified || ended {
                    for quota in store.list(QUOTAS, Some(object::namespace(&event.object))) {
                        queue.add(&key_of(&quota));
                    }
                }
                true
            }),
        );
    }
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
    let Some(found) = api.store().get(QUOTAS, namespace, name) else {
        return Ok(());
    };
    let mut next = (*found).clone();
    let hard = object::get(&found, &["spec", "hard"])
        .cloned()
        .unwrap_or_default();
    object::set(&mut next, &["status", "hard"], hard);
    object::set(&mut next, &["status", "used"], quota::used(api, &found));
    api.replace(QUOTAS, next);
    Ok(())
}
