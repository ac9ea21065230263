//! Watches: the changes of a resource as they come.
//!
//! Models k8s.io/apiserver's watch cache: a watch that starts too far in the past is told so, an
//! object that comes to match a selector is added and one that ceases to is deleted.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kubernetes_api::body::WatchEvent;
use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use machine::http::{Body, Chunk};
use serde_json::{Value, json};
use simulation::{Duration, Sender, channel};

use super::query::Query;
use super::read::shown;
use super::{Api, storage};
use crate::limits;
use crate::store::{Change, Event};

struct Watch {
    api: Api,
    resource: Rc<Resource>,
    namespace: Option<String>,
    query: Query,
    sender: RefCell<Option<Sender<Chunk>>>,
    header: Cell<bool>,
}

impl Api {
    /// A watch as a streamed body.
    pub(super) fn watch(
        &self,
        resource: &Rc<Resource>,
        namespace: Option<&str>,
        query: Query,
    ) -> Body {
        let (sender, receiver) = channel();
        let seconds = query.timeout_seconds.unwrap_or(limits::WATCH_SECONDS);
        let watch = Rc::new(Watch {
            api: self.clone(),
            resource: resource.clone(),
            namespace: namespace.map(str::to_owned),
            query,
            sender: RefCell::new(Some(sender)),
            header: Cell::new(true),
        });
        if watch.start() {
            let key = storage(resource);
            let weak = Rc::downgrade(&watch);
            // The timer below keeps the watch; the store only looks whether it is still there.
            self.store().listen(
                &key,
                Rc::new(move |event| weak.upgrade().is_some_and(|watch| watch.hear(event))),
            );
            let clock = self.simulation().clone();
            self.simulation().spawn(async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                watch.finish();
            });
        }
        Body::Stream(receiver)
    }
}

impl Watch {
    /// Sends what comes before the first new change; false when that is all there will be.
    fn start(&self) -> bool {
        let store = self.api.store();
        let asked: u64 = self.query.version.parse().unwrap_or(0);
        if asked == 0 || self.query.initial_events {
            for object in store.list(&storage(&self.resource), self.namespace.as_deref()) {
                if self.query.matches(&object) {
                    self.send("ADDED", object);
                }
            }
            if self.query.initial_events {
                self.bookmark(true);
            }
            return true;
        }
        match store.since(&storage(&self.resource), asked) {
            Ok(events) => {
                for event in events {
                    self.hear(&event);
                }
                true
            }
            Err(old) => {
                let message = format!("too old resource version: {asked} ({})", old.oldest);
                let status = Rc::new(Status::expired(message).to_value());
                self.push("ERROR", status);
                false
            }
        }
    }

    fn hear(&self, event: &Event) -> bool {
        let waiting = match &*self.sender.borrow() {
            Some(sender) if !sender.is_closed() => sender.len(),
            _ => return false,
        };
        if waiting > limits::WATCH_QUEUE {
            // Who reads this slowly has to list again, as with the real watch cache.
            self.end();
            return false;
        }
        let inside = self
            .namespace
            .as_deref()
            .is_none_or(|namespace| namespace == object::namespace(&event.object));
        if !inside {
            return true;
        }
        let matches = event.change != Change::Deleted && self.query.matches(&event.object);
        let matched = event
            .previous
            .as_ref()
            .is_some_and(|previous| self.query.matches(previous));
        match (matched, matches) {
            (false, true) => self.send("ADDED", event.object.clone()),
            (true, true) => self.send("MODIFIED", event.object.clone()),
            (true, false) => self.send("DELETED", event.object.clone()),
            (false, false) => {}
        }
        true
    }

    fn send(&self, kind: &'static str, object: Rc<Value>) {
        let object = shown(&self.resource, object);
        let header = self.header.replace(false);
        let presented = self
            .api
            .present(&self.resource, object, self.query.format, header);
        self.push(kind, presented);
    }

    fn push(&self, kind: &'static str, object: Rc<Value>) {
        let event = Chunk::Object(Rc::new(WatchEvent { kind, object }));
        // A reader that is gone is noticed by the next `hear`.
        if let Some(sender) = &*self.sender.borrow() {
            let _ = sender.send(event);
        }
    }

    fn bookmark(&self, initial: bool) {
        let mut object = json!({
            "kind": self.resource.kind,
            "apiVersion": self.resource.api_version(),
            "metadata": {
                "resourceVersion": self.api.store().version().to_string(),
                "creationTimestamp": null,
            },
        });
        if initial {
            object::set(
                &mut object,
                &["metadata", "annotations", "k8s.io/initial-events-end"],
                "true",
            );
        }
        self.push("BOOKMARK", Rc::new(object));
    }

    fn finish(&self) {
        if self.query.bookmarks {
            self.bookmark(false);
        }
        self.end();
    }

    fn end(&self) {
        let sender = self.sender.borrow_mut().take();
        drop(sender);
    }
}
