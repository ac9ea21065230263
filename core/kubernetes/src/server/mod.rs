//! The API server: what `core/kubernetes`' own parts call directly, and what everyone else calls
//! over HTTP.
//!
//! [`Api`] has the operations on objects, each in one step without waiting. [`http`] turns
//! requests into them. Rules of single kinds are in [`crate::strategy`] and [`crate::admission`].

mod authorize;
mod delete;
mod discovery;
mod http;
mod openapi;
mod patch;
mod query;
mod read;
mod review;
mod subresource;
mod watch;
mod write;

use ordered::OrderedMap;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use kubernetes_api::resources::{Resource, ResourceTable};
use kubernetes_api::status::Status;
use kubernetes_api::time;
use serde_json::Value;
use simulation::{Random, Simulation};

use crate::store::Store;

pub use delete::{DeleteOptions, Deleted, Propagation};
pub use patch::PatchKind;
pub use write::WriteOptions;

/// What reaches a container through its node: logs and commands. A kubelet implements it.
pub trait NodeApi {
    /// Answers a request about a pod of the node: `log`, `exec`, `attach`, `portforward`.
    fn call(
        &self,
        pod: Rc<Value>,
        subresource: &str,
        request: machine::http::Request,
    ) -> simulation::LocalFuture<Result<machine::http::Response, Status>>;
}

/// The API server's operations. Clones are the same server.
#[derive(Clone)]
pub struct Api {
    inner: Rc<Inner>,
}

struct Inner {
    simulation: Simulation,
    random: Random,
    store: Store,
    resources: RefCell<ResourceTable>,
    by_storage: RefCell<OrderedMap<String, Rc<Resource>>>,
    nodes: RefCell<OrderedMap<String, Weak<dyn NodeApi>>>,
    legacy: Cell<bool>,
}

impl Api {
    /// A server with an empty store.
    pub fn new(simulation: &Simulation, random: Random) -> Api {
        let inner = Inner {
            simulation: simulation.clone(),
            random,
            store: Store::new(1),
            resources: RefCell::new(ResourceTable::builtin()),
            by_storage: RefCell::default(),
            nodes: RefCell::default(),
            legacy: Cell::new(false),
        };
        let api = Api {
            inner: Rc::new(inner),
        };
        api.index_resources();
        api
    }

    /// Serves the groups of long ago too (`extensions/v1beta1` Deployments), or no longer.
    pub fn set_legacy(&self, legacy: bool) {
        self.inner.legacy.set(legacy);
        {
            let mut table = self.inner.resources.borrow_mut();
            table.remove("extensions", "deployments");
            if legacy && let Some(modern) = table.by_plural("apps", "v1", "deployments") {
                table.add(Resource {
                    group: "extensions".into(),
                    version: "v1beta1".into(),
                    ..(*modern).clone()
                });
            }
        }
        self.index_resources();
    }

    /// The virtual clock and executor.
    pub fn simulation(&self) -> &Simulation {
        &self.inner.simulation
    }

    /// Chance, for names and choices.
    pub fn random(&self) -> &Random {
        &self.inner.random
    }

    /// The objects.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The virtual time in nanoseconds since the epoch.
    pub fn now(&self) -> i64 {
        i64::try_from(self.inner.simulation.now().as_nanos()).unwrap_or(i64::MAX)
    }

    /// The virtual time as objects carry it.
    pub fn timestamp(&self) -> String {
        time::rfc3339(self.now())
    }

    /// The resource that is stored under a name such as `pods` or `deployments.apps`.
    pub fn resource(&self, storage: &str) -> Option<Rc<Resource>> {
        self.inner.by_storage.borrow().get(storage).cloned()
    }

    /// The resource of an `apiVersion` and `kind`.
    pub fn resource_of_kind(&self, api_version: &str, kind: &str) -> Option<Rc<Resource>> {
        self.inner
            .resources
            .borrow()
            .by_api_version(api_version, kind)
    }

    /// Looks into the table of resources.
    pub fn with_resources<T>(&self, look: impl FnOnce(&ResourceTable) -> T) -> T {
        look(&self.inner.resources.borrow())
    }

    /// Adds a resource (of a CustomResourceDefinition).
    pub fn add_resource(&self, resource: Resource) {
        self.inner.resources.borrow_mut().add(resource);
        self.index_resources();
    }

    /// Removes a resource.
    pub fn remove_resource(&self, group: &str, plural: &str) {
        self.inner.resources.borrow_mut().remove(group, plural);
        self.index_resources();
    }

    /// Makes a node's kubelet reachable for logs and commands.
    pub fn add_node(&self, name: &str, node: Weak<dyn NodeApi>) {
        self.inner.nodes.borrow_mut().insert(name.to_owned(), node);
    }

    fn node(&self, name: &str) -> Option<Rc<dyn NodeApi>> {
        self.inner.nodes.borrow().get(name)?.upgrade()
    }

    fn index_resources(&self) {
        let table = self.inner.resources.borrow();
        let mut index = OrderedMap::new();
        for resource in table.iter() {
            index
                .entry(storage(resource))
                .or_insert_with(|| resource.clone());
        }
        *self.inner.by_storage.borrow_mut() = index;
    }
}

/// The name under which a resource's objects are stored: several groups may show the same ones.
#[must_use]
pub fn storage(resource: &Resource) -> String {
    match (resource.group.as_str(), resource.plural.as_str()) {
        ("events.k8s.io", "events") => "events".to_owned(),
        ("extensions", "deployments") => "deployments.apps".to_owned(),
        _ => resource.group_resource(),
    }
}

/// A JSON answer.
pub(crate) fn json_response(code: u16, value: Value) -> machine::http::Response {
    http::success(code, Rc::new(value))
}
