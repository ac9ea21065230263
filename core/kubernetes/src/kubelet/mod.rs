//! The kubelet: makes the pods of its node real, through the node's Docker engine alone.
//!
//! Each pod has a worker, which is a task: it looks at its containers when something happened and
//! starts what should run. Models kubernetes pkg/kubelet with its defaults.

mod attach;
mod backoff;
mod container;
mod environment;
pub mod exec;
mod forward;
mod image;
mod logs;
mod node;
mod probe;
mod sandbox;
mod status;
mod termination;
mod volume;
mod worker;

use ordered::{OrderedMap, OrderedSet};
use std::cell::{Cell, RefCell};
use std::net::Ipv4Addr;
use std::rc::{Rc, Weak};

use docker::Engine;
use kubernetes_api::object;
use kubernetes_api::status::Status;
use machine::http::{Request, Response};
use serde_json::Value;
use simulation::{Duration, LocalFuture, Time};

use crate::events::Recorder;
use crate::server::{Api, NodeApi};
use crate::store::{Change, Event};
use worker::Worker;

/// How often the kubelet compares the containers with what it knows.
const RELIST: Duration = Duration::from_secs(1);
/// The label by which a container names its pod.
const UID_LABEL: &str = "io.kubernetes.pod.uid";

/// One node's kubelet. Clones are the same one.
#[derive(Clone)]
pub struct Kubelet {
    inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) api: Api,
    pub(crate) engine: Engine,
    pub(crate) node: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) recorder: Recorder,
    /// The third byte of the addresses of the node's pods.
    network: u8,
    addresses: RefCell<OrderedSet<Ipv4Addr>>,
    next_address: Cell<u8>,
    workers: RefCell<OrderedMap<String, Rc<Worker>>>,
    /// Sandboxes that are being made: the more, the longer each takes.
    pub(crate) starting: Cell<u32>,
    relist_offset: Duration,
}

/// What a node is made of.
pub struct NodeOptions {
    /// The node's name.
    pub name: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// Its number, from 0 on: the third byte of its pods' addresses.
    pub number: u8,
    /// Whether the control plane runs on it.
    pub control_plane: bool,
}

impl Kubelet {
    /// Starts a kubelet: registers its node and takes care of the pods that are bound to it.
    #[must_use]
    pub fn start(api: &Api, engine: &Engine, options: &NodeOptions) -> Kubelet {
        let offset = api.random().below(RELIST.as_millis() as u64);
        let inner = Rc::new(Inner {
            api: api.clone(),
            engine: engine.clone(),
            node: options.name.clone(),
            address: options.address,
            recorder: Recorder::new(api, "kubelet", &options.name),
            network: options.number,
            addresses: RefCell::default(),
            next_address: Cell::new(2),
            workers: RefCell::default(),
            starting: Cell::new(0),
            relist_offset: Duration::from_millis(offset),
        });
        node::register(&inner, options);
        let weak: Weak<Inner> = Rc::downgrade(&inner);
        api.add_node(&options.name, weak.clone());
        let listener = weak.clone();
        api.store().listen(
            "pods",
            Rc::new(move |event| {
                let Some(kubelet) = listener.upgrade() else {
                    return false;
                };
                kubelet.pod_changed(event);
                true
            }),
        );
        watch_data(&inner);
        node::start_heartbeat(&inner);
        watch_engine(&inner);
        Kubelet { inner }
    }

    /// The node's engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The node's name.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// The node's address.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.inner.address
    }
}

/// Tells the workers of ConfigMaps and Secrets that change.
fn watch_data(inner: &Rc<Inner>) {
    for resource in ["configmaps", "secrets"] {
        let kubelet = Rc::downgrade(inner);
        inner.api.store().listen(
            resource,
            Rc::new(move |event| {
                let Some(kubelet) = kubelet.upgrade() else {
                    return false;
                };
                if event.change == Change::Modified {
                    let workers: Vec<Rc<Worker>> =
                        kubelet.workers.borrow().values().cloned().collect();
                    let (namespace, name) = (
                        object::namespace(&event.object),
                        object::name(&event.object),
                    );
                    for worker in workers {
                        worker.data_changed(resource, namespace, name);
                    }
                }
                true
            }),
        );
    }
}

/// Wakes the worker of a pod when one of its containers ended, at the next relist.
fn watch_engine(inner: &Rc<Inner>) {
    let mut events = inner.engine.events();
    let kubelet = inner.clone();
    inner.api.simulation().spawn(async move {
        while let Some(event) = events.recv().await {
            let ended =
                event.kind == "container" && matches!(event.action.as_str(), "die" | "destroy");
            let Some(uid) = event.attribute(UID_LABEL).filter(|_| ended) else {
                continue;
            };
            let worker = kubelet.worker(uid);
            // The removal of a former container changes nothing.
            if let Some(worker) = worker.filter(|one| event.action == "die" || one.has_lost()) {
                worker.wake_at(kubelet.next_relist());
            }
        }
    });
}

impl Inner {
    fn worker(&self, uid: &str) -> Option<Rc<Worker>> {
        self.workers.borrow().get(uid).cloned()
    }

    pub(crate) fn forget(&self, uid: &str) {
        let worker = self.workers.borrow_mut().remove(uid);
        drop(worker);
    }

    /// When the containers are next compared.
    pub(crate) fn next_relist(&self) -> Time {
        let now = self.api.simulation().now().as_nanos();
        let period = RELIST.as_nanos() as u64;
        let offset = self.relist_offset.as_nanos() as u64;
        let passed = now.saturating_sub(offset) % period;
        Time::from_nanos(now + period - passed)
    }

    /// A free address for a pod.
    pub(crate) fn take_address(&self) -> Option<Ipv4Addr> {
        let mut taken = self.addresses.borrow_mut();
        for _ in 0..=u8::MAX {
            let host = self.next_address.get();
            self.next_address
                .set(if host >= 254 { 2 } else { host + 1 });
            let address = Ipv4Addr::new(10, 244, self.network, host);
            if taken.insert(address) {
                return Some(address);
            }
        }
        None
    }

    pub(crate) fn free_address(&self, address: Ipv4Addr) {
        self.addresses.borrow_mut().remove(&address);
    }

    fn pod_changed(self: &Rc<Self>, event: &Event) {
        let pod = &event.object;
        if object::get_str(pod, &["spec", "nodeName"]) != self.node {
            return;
        }
        let uid = object::uid(pod);
        if let Some(worker) = self.worker(uid) {
            worker.pod_changed(pod, event.change == Change::Deleted);
            return;
        }
        if event.change == Change::Deleted {
            return;
        }
        let worker = Worker::new(self, pod.clone());
        self.workers
            .borrow_mut()
            .insert(uid.to_owned(), worker.clone());
        self.api
            .simulation()
            .spawn(async move { worker.run().await });
    }
}

impl NodeApi for Inner {
    fn call(
        &self,
        pod: Rc<Value>,
        subresource: &str,
        request: Request,
    ) -> LocalFuture<Result<Response, Status>> {
        let worker = self.worker(object::uid(&pod));
        let subresource = subresource.to_owned();
        Box::pin(async move {
            match (subresource.as_str(), worker) {
                ("log", worker) => logs::answer(worker.as_deref(), &pod, &request),
                ("attach", Some(worker)) => attach::answer(&worker, &request).await,
                ("exec", Some(worker)) => exec::answer(&worker, &request).await,
                ("exec", None) => Err(exec::not_running(&pod, &request)),
                ("portforward", Some(worker)) => forward::answer(&worker, &pod, &request).await,
                _ => Err(Status::bad_request(format!(
                    "{subresource} is not supported by this node"
                ))),
            }
        })
    }
}
