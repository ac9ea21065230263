//! The garbage collector: what an object owned goes with it, before it or not at all.
//!
//! Models kubernetes pkg/controller/garbagecollector. The store knows who names which owner, so
//! the graph is never behind.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::Value;

use super::{Queue, WRITE, work};
use crate::server::{Api, DeleteOptions, Propagation};
use crate::store::{Change, Event, Place};

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Starts the controller; gives its queue.
pub(super) fn start(api: &Api) -> Queue {
    let queue = Queue::new(api.simulation());
    let resources: Vec<String> = api.with_resources(|table| {
        table
            .iter()
            .map(|resource| crate::server::storage(resource))
            .collect()
    });
    let mut watched = Vec::new();
    for resource in resources {
        if resource != "events" && !watched.contains(&resource) {
            watch(api, &resource, &queue);
            watched.push(resource);
        }
    }
    let controller = api.clone();
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let api = controller.clone();
            Box::pin(async move { sync(&api, &key).await })
        }),
    );
    queue
}

/// Looks at a resource's objects that are deleted, being deleted, or left behind by their owners.
pub(crate) fn watch(api: &Api, resource: &str, queue: &Queue) {
    let (store, queue) = (api.store().clone(), queue.clone());
    api.store().listen(
        resource,
        Rc::new(move |event| {
            let place = key(&event.resource, &event.object);
            match event.change {
                Change::Deleted => {
                    if !store.owned_by(object::uid(&event.object)).is_empty() {
                        queue.add(&format!("gone|{}", object::uid(&event.object)));
                    }
                    // An owner may wait for its last dependent.
                    for owner in object::owner_references(&event.object) {
                        let namespace = object::namespace(&event.object);
                        queue.add(&format!(
                            "owner|{namespace}|{}|{}|{}",
                            object::api_version(owner),
                            object::kind(owner),
                            object::get_str(owner, &["name"])
                        ));
                    }
                }
                Change::Added if !object::owner_references(&event.object).is_empty() => {
                    queue.add(&place);
                }
                Change::Modified if has_new_owners(event) => queue.add(&place),
                _ if object::is_terminating(&event.object)
                    && object::finalizers(&event.object)
                        .any(|one| one == ORPHAN || one == FOREGROUND) =>
                {
                    queue.add(&place);
                }
                _ => {}
            }
            true
        }),
    );
}

fn has_new_owners(event: &Event) -> bool {
    let before = event.previous.as_ref();
    let before = before.map_or(&[][..], |previous| object::owner_references(previous));
    object::owner_references(&event.object) != before
}

fn key(resource: &str, object: &Value) -> String {
    format!(
        "object|{resource}|{}|{}",
        object::namespace(object),
        object::name(object)
    )
}

async fn sync(api: &Api, key: &str) -> Result<(), Status> {
    let parts: Vec<&str> = key.split('|').collect();
    match parts.as_slice() {
        ["gone", uid] => {
            for place in api.store().owned_by(uid) {
                api.simulation().sleep(WRITE / 4).await;
                collect(api, &place)?;
            }
            Ok(())
        }
        ["object", resource, namespace, name] => {
            let place = Place {
                resource: (*resource).into(),
                namespace: (*namespace).to_owned(),
                name: (*name).to_owned(),
            };
            visit(api, &place)
        }
        ["owner", namespace, api_version, kind, name] => {
            let Some(resource) = api.resource_of_kind(api_version, kind) else {
                return Ok(());
            };
            let namespace = if resource.namespaced { namespace } else { &"" };
            let place = Place {
                resource: crate::server::storage(&resource).into(),
                namespace: (*namespace).to_owned(),
                name: (*name).to_owned(),
            };
            visit(api, &place)
        }
        _ => Ok(()),
    }
}

fn visit(api: &Api, place: &Place) -> Result<(), Status> {
    let store = api.store();
    let Some(found) = store.get(&place.resource, &place.namespace, &place.name) else {
        return Ok(());
    };
    if object::is_terminating(&found) {
        let has = |finalizer: &str| object::finalizers(&found).any(|one| one == finalizer);
        if has(ORPHAN) {
            orphan(api, &found);
            drop_finalizer(api, place, ORPHAN);
        } else if has(FOREGROUND) {
            return foreground(api, place, &found);
        }
        return Ok(());
    }
    collect(api, place)
}

/// Deletes an object all of whose owners are gone; takes only the gone ones out otherwise.
fn collect(api: &Api, place: &Place) -> Result<(), Status> {
    let store = api.store();
    let Some(found) = store.get(&place.resource, &place.namespace, &place.name) else {
        return Ok(());
    };
    let owners = object::owner_references(&found);
    if owners.is_empty() {
        return Ok(());
    }
    let (living, gone): (Vec<&Value>, Vec<&Value>) = owners
        .iter()
        .partition(|owner| owner_of(api, &place.namespace, owner).is_some());
    if gone.is_empty() {
        return Ok(());
    }
    if !living.is_empty() {
        let living: Vec<Value> = living.into_iter().cloned().collect();
        let mut kept = (*found).clone();
        object::set(&mut kept, &["metadata", "ownerReferences"], living);
        api.replace(&place.resource, kept);
        return Ok(());
    }
    let has = |finalizer: &str| object::finalizers(&found).any(|one| one == finalizer);
    let propagation = if has(ORPHAN) {
        Propagation::Orphan
    } else if has(FOREGROUND) {
        Propagation::Foreground
    } else {
        Propagation::Background
    };
    delete(api, place, object::uid(&found), propagation)
}

fn owner_of(api: &Api, namespace: &str, owner: &Value) -> Option<Rc<Value>> {
    let resource = api.resource_of_kind(object::api_version(owner), object::kind(owner))?;
    let namespace = if resource.namespaced { namespace } else { "" };
    let name = object::get_str(owner, &["name"]);
    let found = api
        .store()
        .get(&crate::server::storage(&resource), namespace, name)?;
    (object::uid(&found) == object::get_str(owner, &["uid"])).then_some(found)
}

fn delete(api: &Api, place: &Place, uid: &str, propagation: Propagation) -> Result<(), Status> {
    let Some(resource) = api.resource(&place.resource) else {
        return Ok(());
    };
    let options = DeleteOptions {
        propagation: Some(propagation),
        uid: uid.to_owned(),
        ..DeleteOptions::default()
    };
    match api.delete(&resource, &place.namespace, &place.name, &options) {
        Err(status) if !status.is_not_found() && !status.is_conflict() => Err(status),
        _ => Ok(()),
    }
}

fn orphan(api: &Api, owner: &Value) {
    let uid = object::uid(owner);
    for place in api.store().owned_by(uid) {
        let Some(child) = api
            .store()
            .get(&place.resource, &place.namespace, &place.name)
        else {
            continue;
        };
        let mut owners = object::owner_references(&child).to_vec();
        owners.retain(|owner| object::get_str(owner, &["uid"]) != uid);
        let mut freed = (*child).clone();
        if owners.is_empty() {
            object::remove(&mut freed, &["metadata", "ownerReferences"]);
        } else {
            object::set(&mut freed, &["metadata", "ownerReferences"], owners);
        }
        api.replace(&place.resource, freed);
    }
}

/// Deletes the dependents; when none is left that blocks, the object itself may go.
fn foreground(api: &Api, place: &Place, owner: &Value) -> Result<(), Status> {
    let uid = object::uid(owner);
    let mut blocked = false;
    for dependent in api.store().owned_by(uid) {
        let Some(child) =
            api.store()
                .get(&dependent.resource, &dependent.namespace, &dependent.name)
        else {
            continue;
        };
        let reference = object::owner_references(&child)
            .iter()
            .find(|owner| object::get_str(owner, &["uid"]) == uid);
        let blocks =
            reference.is_some_and(|owner| object::get_bool(owner, &["blockOwnerDeletion"]));
        blocked |= blocks;
        if !object::is_terminating(&child) {
            delete(
                api,
                &dependent,
                object::uid(&child),
                Propagation::Foreground,
            )?;
        }
    }
    // Those that went at once no longer block.
    blocked &= !api.store().owned_by(uid).is_empty();
    if !blocked {
        drop_finalizer(api, place, FOREGROUND);
    }
    Ok(())
}

fn drop_finalizer(api: &Api, place: &Place, finalizer: &str) {
    let Some(found) = api
        .store()
        .get(&place.resource, &place.namespace, &place.name)
    else {
        return;
    };
    let left: Vec<String> = object::finalizers(&found)
        .filter(|one| *one != finalizer)
        .map(str::to_owned)
        .collect();
    let mut freed = (*found).clone();
    if left.is_empty() {
        object::remove(&mut freed, &["metadata", "finalizers"]);
    } else {
        object::set(&mut freed, &["metadata", "finalizers"], left);
    }
    api.replace(&place.resource, freed);
}
