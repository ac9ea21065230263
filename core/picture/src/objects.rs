//! The objects of one collection, kept up to date by a watch.

use ordered::OrderedMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kubernetes_api::body::{self, WatchEvent};
use kubernetes_api::object;
use machine::http::{self, Body, Request};
use machine::network::NetworkNamespace;
use serde_json::Value;
use simulation::{Duration, Simulation};
use std::net::SocketAddrV4;

/// Virtual time before a watch that has ended is asked for again.
const AGAIN: Duration = Duration::from_millis(500);

/// A collection: what was there at first, and every change since.
pub(crate) struct Objects {
    path: &'static str,
    by_key: RefCell<OrderedMap<String, Rc<Value>>>,
    revision: Rc<Cell<u64>>,
}

impl Objects {
    /// An empty collection; changes raise the revision.
    pub(crate) fn new(path: &'static str, revision: &Rc<Cell<u64>>) -> Rc<Self> {
        Rc::new(Self {
            path,
            by_key: RefCell::default(),
            revision: Rc::clone(revision),
        })
    }

    /// The objects, by namespace and name.
    pub(crate) fn all(&self) -> Vec<Rc<Value>> {
        self.by_key.borrow().values().cloned().collect()
    }

    /// Follows the collection on a server, as long as the simulation runs.
    pub(crate) async fn follow(
        self: Rc<Self>,
        simulation: Simulation,
        network: NetworkNamespace,
        server: SocketAddrV4,
    ) {
        loop {
            let query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
            let request = Request::new("GET", &format!("{}?{query}", self.path));
            let answer = http::send(&network, server, request).await;
            if let Ok(response) = answer
                && let Body::Stream(mut stream) = response.body
            {
                // What is there already comes first, up to a bookmark, and replaces what was known.
                let mut first = Some(OrderedMap::new());
                while let Some(chunk) = stream.recv().await {
                    if let Some(event) = body::event(&chunk) {
                        self.hear(event, &mut first);
                    } else if let Some(event) = WatchEvent::parse(&chunk.to_bytes()) {
                        self.hear(&event, &mut first);
                    }
                }
            }
            simulation.sleep(AGAIN).await;
        }
    }

    fn hear(&self, event: &WatchEvent, first: &mut Option<OrderedMap<String, Rc<Value>>>) {
        let name = object::name(&event.object);
        let key = format!("{}/{name}", object::namespace(&event.object));
        match (event.kind, first.as_mut()) {
            ("ADDED" | "MODIFIED", Some(first)) => {
                first.insert(key, Rc::clone(&event.object));
            }
            ("BOOKMARK", Some(_)) => {
                *self.by_key.borrow_mut() = first.take().unwrap_or_default();
            }
            ("ADDED" | "MODIFIED", None) => {
                self.by_key
                    .borrow_mut()
                    .insert(key, Rc::clone(&event.object));
            }
            ("DELETED", Some(first)) => {
                first.remove(&key);
            }
            ("DELETED", None) => {
                self.by_key.borrow_mut().remove(&key);
            }
            _ => return,
        }
        self.revision.set(self.revision.get() + 1);
    }
}
