//! Events: what components tell people about objects, counted when they repeat.
//!
//! Models client-go tools/record with its correlator: the same event again raises the count of the
//! first one; too many of one object are dropped.

use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

use kubernetes_api::{object, time};
use serde_json::{Value, json};

use crate::server::Api;

/// Events of one object, source and type that may come at once.
const BURST: f64 = 25.0;
/// How many of them come back each second.
const REFILL_PER_SECOND: f64 = 1.0 / 300.0;
/// Similar events within the window before they are combined.
const SIMILAR_MAX: usize = 10;
/// Nanoseconds in which similar events are counted together.
const SIMILAR_WINDOW: i64 = 600_000_000_000;

/// Tells events of one component. Clones are the same recorder.
#[derive(Clone)]
pub struct Recorder {
    inner: Rc<Inner>,
}

struct Inner {
    api: Api,
    component: String,
    host: String,
    seen: RefCell<OrderedMap<String, Seen>>,
    similar: RefCell<OrderedMap<String, Similar>>,
    tokens: RefCell<OrderedMap<String, (f64, i64)>>,
}

struct Seen {
    namespace: String,
    name: String,
}

#[derive(Default)]
struct Similar {
    messages: ordered::OrderedSet<String>,
    last: i64,
}

impl Recorder {
    /// A recorder of a component, on a host or (empty) none.
    #[must_use]
    pub fn new(api: &Api, component: &str, host: &str) -> Recorder {
        Recorder {
            inner: Rc::new(Inner {
                api: api.clone(),
                component: component.to_owned(),
                host: host.to_owned(),
                seen: RefCell::default(),
                similar: RefCell::default(),
                tokens: RefCell::default(),
            }),
        }
    }

    /// An event of type Normal.
    pub fn normal(&self, about: &Value, reason: &str, message: &str) {
        self.event(about, "", "Normal", reason, message);
    }

    /// An event of type Warning.
    pub fn warning(&self, about: &Value, reason: &str, message: &str) {
        self.event(about, "", "Warning", reason, message);
    }

    /// An event about a part of an object, such as `spec.containers{hello}`.
    pub fn event(&self, about: &Value, part: &str, kind: &str, reason: &str, message: &str) {
        let now = self.inner.api.now();
        if !self.take_token(&format!("{}|{kind}", object::uid(about)), now) {
            return;
        }
        let group = format!("{}|{kind}|{reason}", object::uid(about));
        let (key, message) = self.combined(&group, part, message, now);
        let seen = self.inner.seen.borrow();
        let again = seen.get(&key).and_then(|seen| {
            let store = self.inner.api.store();
            store.get("events", &seen.namespace, &seen.name)
        });
        drop(seen);
        match again {
            Some(event) => self.count(&event),
            None => self.first(about, part, kind, reason, &message, key),
        }
    }

    fn first(
        &self,
        about: &Value,
        part: &str,
        kind: &str,
        reason: &str,
        message: &str,
        key: String,
    ) {
        let api = &self.inner.api;
        let now = api.now();
        let namespace = match object::namespace(about) {
            "" => "default",
            namespace => namespace,
        };
        let name = format!("{}.{:x}", object::name(about), now + self.unique());
        let stamp = time::rfc3339(now);
        let mut source = json!({"component": self.inner.component});
        if !self.inner.host.is_empty() {
            object::set(&mut source, &["host"], self.inner.host.as_str());
        }
        let event = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": api.random().uuid(),
                "creationTimestamp": stamp,
            },
            "involvedObject": reference(about, part),
            "reason": reason,
            "message": message,
            "source": source,
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": 1,
            "type": kind,
            "eventTime": null,
            "reportingComponent": self.inner.component,
            "reportingInstance": self.inner.host,
        });
        if api.store().get("namespaces", "", namespace).is_none() {
            return;
        }
        api.store().put("events", event);
        let namespace = namespace.to_owned();
        self.inner
            .seen
            .borrow_mut()
            .insert(key, Seen { namespace, name });
    }

    fn count(&self, event: &Value) {
        let mut counted = event.clone();
        let count = object::get_i64(event, &["count"]).unwrap_or(1) + 1;
        object::set(&mut counted, &["count"], count);
        object::set(&mut counted, &["lastTimestamp"], self.inner.api.timestamp());
        self.inner.api.store().put("events", counted);
    }

    /// The key under which an event is counted, and its message: many different messages of the
    /// same kind are combined.
    fn combined(&self, group: &str, part: &str, message: &str, now: i64) -> (String, String) {
        let mut similar = self.inner.similar.borrow_mut();
        let entry = similar.entry(group.to_owned()).or_default();
        if now - entry.last > SIMILAR_WINDOW {
            entry.messages.clear();
        }
        entry.last = now;
        let known = entry.messages.contains(message);
        if !known && entry.messages.len() + 1 >= SIMILAR_MAX {
            let message = format!("(combined from similar events): {message}");
            return (group.to_owned(), message);
        }
        if !known {
            entry.messages.insert(message.to_owned());
        }
        (format!("{group}|{part}|{message}"), message.to_owned())
    }

    /// Whether an object may have one more event of a type now.
    fn take_token(&self, whose: &str, now: i64) -> bool {
        let mut tokens = self.inner.tokens.borrow_mut();
        let (left, last) = tokens.entry(whose.to_owned()).or_insert((BURST, now));
        let passed = (now - *last) as f64 / 1e9;
        *left = (*left + passed * REFILL_PER_SECOND).min(BURST);
        *last = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }

    /// Nanoseconds that keep the names of events of the same instant apart.
    fn unique(&self) -> i64 {
        i64::try_from(self.inner.api.random().below(1_000_000)).unwrap_or(0)
    }
}

/// An object reference to a part of an object.
#[must_use]
pub fn reference(about: &Value, part: &str) -> Value {
    let mut reference = json!({
        "kind": object::kind(about),
        "name": object::name(about),
        "uid": object::uid(about),
        "apiVersion": object::api_version(about),
        "resourceVersion": object::resource_version(about),
    });
    let namespace = object::namespace(about);
    if !namespace.is_empty() {
        object::set(&mut reference, &["namespace"], namespace);
    }
    if !part.is_empty() {
        object::set(&mut reference, &["fieldPath"], part);
    }
    reference
}
