//! CustomResourceDefinitions: their kinds become resources of the server, and go with them.
//!
//! Models the naming, establishing and finalizing controllers of k8s.io/apiextensions-apiserver.

use ordered::OrderedSet;
use std::cell::RefCell;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, garbage, split_key, watch_own, work};
use crate::custom::{self, DEFINITIONS};
use crate::server::{Api, DeleteOptions, storage};
use crate::store::Change;

/// The finalizer of a definition whose objects have to go first.
const CLEAN_UP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// Starts the controller; `garbage` is the garbage collector's queue, which is to hear of the new
/// resources too.
pub(super) fn start(api: &Api, garbage: &Queue) {
    let queue = Queue::new(api.simulation());
    watch_own(api, DEFINITIONS, &queue);
    let gone = api.clone();
    api.store().listen(
        DEFINITIONS,
        Rc::new(move |event| {
            if event.change == Change::Deleted {
                for resource in custom::resources(&event.object) {
                    gone.remove_resource(&resource.group, &resource.plural);
                }
            }
            true
        }),
    );
    let (controller, garbage) = (api.clone(), garbage.clone());
    let collected = Rc::new(RefCell::new(OrderedSet::new()));
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let (api, garbage, collected) =
                (controller.clone(), garbage.clone(), collected.clone());
            Box::pin(async move {
                sync(&api, &key, &|resource| {
                    if collected.borrow_mut().insert(resource.to_owned()) {
                        garbage::watch(&api, resource, &garbage);
                    }
                })
            })
        }),
    );
}

fn sync(api: &Api, key: &str, collect: &dyn Fn(&str)) -> Result<(), Status> {
    let (_, name) = split_key(key);
    let Some(definition) = api.store().get(DEFINITIONS, "", name) else {
        return Ok(());
    };
    if object::is_terminating(&definition) {
        return clean_up(api, &definition);
    }
    for resource in custom::resources(&definition) {
        collect(&storage(&resource));
        api.add_resource(resource);
    }
    let now = api.timestamp();
    let mut next = (*definition).clone();
    let names = object::get(&definition, &["spec", "names"])
        .cloned()
        .unwrap_or_default();
    object::set(&mut next, &["status", "acceptedNames"], names);
    let stored: Vec<Value> = object::get_list(&definition, &["spec", "versions"])
        .iter()
        .filter(|version| object::get_bool(version, &["storage"]))
        .filter_map(|version| version.get("name").cloned())
        .collect();
    object::set(&mut next, &["status", "storedVersions"], stored);
    if object::condition(&definition, "Established").is_none() {
        let condition = |kind: &str, reason: &str, message: &str| {
            json!({
                "type": kind,
                "status": "True",
                "reason": reason,
                "message": message,
                "lastTransitionTime": now,
            })
        };
        let conditions = vec![
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition(
                "Established",
                "InitialNamesAccepted",
                "the initial names have been accepted",
            ),
        ];
        object::set(&mut next, &["status", "conditions"], conditions);
        if object::finalizers(&next).all(|one| one != CLEAN_UP) {
            let mut finalizers: Vec<String> =
                object::finalizers(&next).map(str::to_owned).collect();
            finalizers.push(CLEAN_UP.to_owned());
            object::set(&mut next, &["metadata", "finalizers"], finalizers);
        }
    }
    api.replace(DEFINITIONS, next);
    Ok(())
}

/// Deletes the objects of a definition that is being deleted, then lets it go.
fn clean_up(api: &Api, definition: &Value) -> Result<(), Status> {
    let Some(resource) = custom::resources(definition).into_iter().next() else {
        return drop_finalizer(api, definition);
    };
    let key = storage(&resource);
    for one in api.store().list(&key, None) {
        if !object::is_terminating(&one) {
            let options = DeleteOptions::default();
            let place = (object::namespace(&one), object::name(&one));
            api.delete(&resource, place.0, place.1, &options)?;
        }
    }
    if api.store().list(&key, None).is_empty() {
        return drop_finalizer(api, definition);
    }
    Err(Status::internal_error("custom resources are left"))
}

fn drop_finalizer(api: &Api, definition: &Value) -> Result<(), Status> {
    let mut freed = definition.clone();
    let left: Vec<String> = object::finalizers(definition)
        .filter(|one| *one != CLEAN_UP)
        .map(str::to_owned)
        .collect();
    if left.is_empty() {
        object::remove(&mut freed, &["metadata", "finalizers"]);
    } else {
        object::set(&mut freed, &["metadata", "finalizers"], left);
    }
    api.replace(DEFINITIONS, freed);
    Ok(())
}
