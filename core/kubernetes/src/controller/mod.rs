//! The controllers: each looks at one kind of object and makes the world like its spec.
//!
//! A controller is a queue of keys (`namespace/name`), watches that fill it, and a function that
//! brings one object up to date. The objects themselves are read from the API server's store,
//! which is always current, so there are no caches to wait for.

mod autoscaler;
mod cron_job;
mod custom_resource;
mod daemon_set;
mod deployment;
mod disruption;
mod endpoint_slice;
mod endpoints;
mod garbage;
mod job;
mod namespace;
mod node;
mod pod_garbage;
mod pods;
mod queue;
mod replica_set;
mod resource_quota;
mod revisions;
mod stateful_set;
mod volume;

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::Value;
use simulation::{Duration, LocalFuture};

use crate::server::Api;

pub(crate) use pods::is_over;
pub use queue::Queue;

/// Virtual time between an event and the controller's look at it.
const REACTION: Duration = Duration::from_millis(5);
/// Virtual time that one write to the API server takes.
pub const WRITE: Duration = Duration::from_millis(4);

/// Starts all controllers.
pub fn start(api: &Api) {
    deployment::start(api);
    replica_set::start(api);
    stateful_set::start(api);
    daemon_set::start(api);
    job::start(api);
    node::start(api);
    pod_garbage::start(api);
    volume::start(api);
    resource_quota::start(api);
    cron_job::start(api);
    autoscaler::start(api);
    disruption::start(api);
    endpoint_slice::start(api);
    endpoints::start(api);
    let garbage = garbage::start(api);
    custom_resource::start(api, &garbage);
    namespace::start(api);
}

/// Brings one object up to date.
type Sync = Rc<dyn Fn(String) -> LocalFuture<Result<(), Status>>>;

/// Works the queue: what fails is tried again later, and later each time.
fn work(api: &Api, queue: &Queue, sync: Sync) {
    let (clock, queue) = (api.simulation().clone(), queue.clone());
    api.simulation().spawn(async move {
        loop {
            let key = queue.next().await;
            clock.sleep(REACTION).await;
            queue.begin(&key);
            match sync(key.clone()).await {
                Ok(()) => queue.forget(&key),
                Err(_) => queue.add_rate_limited(&key),
            }
        }
    });
}

/// `namespace/name` of an object.
#[must_use]
pub fn key_of(object: &Value) -> String {
    format!("{}/{}", object::namespace(object), object::name(object))
}

/// Namespace and name of a key.
#[must_use]
pub fn split_key(key: &str) -> (&str, &str) {
    key.split_once('/').unwrap_or(("", key))
}

/// Queues an object whenever it changes.
fn watch_own(api: &Api, resource: &str, queue: &Queue) {
    let queue = queue.clone();
    api.store().listen(
        resource,
        Rc::new(move |event| {
            queue.add(&key_of(&event.object));
            true
        }),
    );
}

/// Queues the controller of a kind whenever something that it controls changes hands or state.
fn watch_controlled(api: &Api, resource: &str, kind: &'static str, queue: &Queue) {
    let queue = queue.clone();
    api.store().listen(
        resource,
        Rc::new(move |event| {
            let owner = controller_name(&event.object, kind);
            let before = event
                .previous
                .as_ref()
                .and_then(|previous| controller_name(previous, kind));
            let namespace = object::namespace(&event.object);
            for name in owner
                .iter()
                .chain(before.iter().filter(|before| Some(**before) != owner))
            {
                queue.add(&format!("{namespace}/{name}"));
            }
            true
        }),
    );
}

fn controller_name<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    let owner = object::controller_reference(object)?;
    (object::kind(owner) == kind).then(|| object::get_str(owner, &["name"]))
}

/// Whether an object is controlled by the one with this UID.
#[must_use]
pub fn is_controlled_by(object: &Value, uid: &str) -> bool {
    object::controller_reference(object)
        .is_some_and(|owner| object::get_str(owner, &["uid"]) == uid)
}
