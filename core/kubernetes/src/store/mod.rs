//! The object store: immutable revisions of objects, one version counter for all of them, and who
//! wants to hear of changes.
//!
//! Models etcd with the watch cache in front of it. It knows nothing of kinds: what may be stored
//! is the API server's business.

mod history;

use ordered::OrderedMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kubernetes_api::object;
use serde_json::Value;

pub use history::TooOld;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It has a new revision.
    Modified,
    /// It is gone; the event carries its last state.
    Deleted,
}

/// One change of one object.
#[derive(Clone, Debug)]
pub struct Event {
    /// The store's version after the change.
    pub version: u64,
    /// What happened.
    pub change: Change,
    /// Which resource, `pods` or `deployments.apps`.
    pub resource: Rc<str>,
    /// The object after the change.
    pub object: Rc<Value>,
    /// The object before the change.
    pub previous: Option<Rc<Value>>,
}

/// Hears of changes; gives back whether it wants to hear more.
pub type Listener = Rc<dyn Fn(&Event) -> bool>;

type Names = OrderedMap<String, Rc<Value>>;

/// All objects of a cluster. Clones are the same store.
#[derive(Clone, Default)]
pub struct Store {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    version: Cell<u64>,
    count: Cell<usize>,
    resources: RefCell<OrderedMap<Rc<str>, OrderedMap<String, Names>>>,
    owned: RefCell<OrderedMap<String, OrderedMap<String, Place>>>,
    history: RefCell<history::History>,
    listeners: RefCell<OrderedMap<Rc<str>, Vec<Listener>>>,
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which resource.
    pub resource: Rc<str>,
    /// The namespace, empty for none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Store {
    /// An empty store, whose versions start after the given one.
    pub fn new(version: u64) -> Store {
        let store = Store::default();
        store.inner.version.set(version);
        store
    }

    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.inner.version.get()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.inner.count.get()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The latest revision of an object.
    pub fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Rc<Value>> {
        let resources = self.inner.resources.borrow();
        resources.get(resource)?.get(namespace)?.get(name).cloned()
    }

    /// The objects of a resource by namespace and name, of one namespace or of all.
    pub fn list(&self, resource: &str, namespace: Option<&str>) -> Vec<Rc<Value>> {
        let resources = self.inner.resources.borrow();
        let Some(namespaces) = resources.get(resource) else {
            return Vec::new();
        };
        match namespace {
            Some(namespace) => namespaces
                .get(namespace)
                .map(|names| names.values().cloned().collect())
                .unwrap_or_default(),
            None => namespaces
                .values()
                .flat_map(OrderedMap::values)
                .cloned()
                .collect(),
        }
    }

    /// The resources that have objects in a namespace.
    pub fn resources_in(&self, namespace: &str) -> Vec<Rc<str>> {
        let resources = self.inner.resources.borrow();
        let has = |names: &OrderedMap<String, Names>| {
            names.get(namespace).is_some_and(|names| !names.is_empty())
        };
        resources
            .iter()
            .filter(|(_, namespaces)| has(namespaces))
            .map(|(resource, _)| resource.clone())
            .collect()
    }

    /// The objects that name this UID among their owners.
    pub fn owned_by(&self, uid: &str) -> Vec<Place> {
        let owned = self.inner.owned.borrow();
        owned
            .get(uid)
            .map(|places| places.values().cloned().collect())
            .unwrap_or_default()
    }

    /// Stores a new revision and tells the listeners.
    pub fn put(&self, resource: &str, mut object: Value) -> Rc<Value> {
        let version = self.next_version(&mut object);
        let object = Rc::new(object);
        let resource: Rc<str> = self.shared_name(resource);
        let previous = {
            let mut resources = self.inner.resources.borrow_mut();
            resources
                .entry(resource.clone())
                .or_default()
                .entry(object::namespace(&object).to_owned())
                .or_default()
                .insert(object::name(&object).to_owned(), object.clone())
        };
        if previous.is_none() {
            self.inner.count.set(self.inner.count.get() + 1);
        }
        self.index_owners(&resource, previous.as_deref(), Some(&object));
        let change = if previous.is_some() {
            Change::Modified
        } else {
            Change::Added
        };
        self.tell(Event {
            version,
            change,
            resource,
            object: object.clone(),
            previous,
        });
        object
    }

    /// Removes an object and tells the listeners; gives back its last state, with a version of
    /// its own.
    pub fn remove(&self, resource: &str, namespace: &str, name: &str) -> Option<Rc<Value>> {
        let previous = {
            let mut resources = self.inner.resources.borrow_mut();
            let namespaces = resources.get_mut(resource)?;
            let names = namespaces.get_mut(namespace)?;
            let previous = names.remove(name)?;
            if names.is_empty() {
                namespaces.remove(namespace);
            }
            previous
        };
        self.inner
            .count
            .set(self.inner.count.get().saturating_sub(1));
        let mut last = (*previous).clone();
        let version = self.next_version(&mut last);
        let last = Rc::new(last);
        let resource = self.shared_name(resource);
        self.index_owners(&resource, Some(&previous), None);
        self.tell(Event {
            version,
            change: Change::Deleted,
            resource,
            object: last.clone(),
            previous: Some(previous),
        });
        Some(last)
    }

    /// Calls the listener for every later change of a resource, until it declines.
    pub fn listen(&self, resource: &str, listener: Listener) {
        let resource = self.shared_name(resource);
        self.inner
            .listeners
            .borrow_mut()
            .entry(resource)
            .or_default()
            .push(listener);
    }

    /// The changes of a resource after a version.
    ///
    /// # Errors
    /// When the store no longer knows all of them.
    pub fn since(&self, resource: &str, version: u64) -> Result<Vec<Event>, TooOld> {
        self.inner.history.borrow().since(resource, version)
    }

    fn next_version(&self, object: &mut Value) -> u64 {
        let version = self.inner.version.get() + 1;
        self.inner.version.set(version);
        object::set(
            object,
            &["metadata", "resourceVersion"],
            version.to_string(),
        );
        version
    }

    fn shared_name(&self, resource: &str) -> Rc<str> {
        let resources = self.inner.resources.borrow();
        resources
            .get_key_value(resource)
            .map_or_else(|| Rc::from(resource), |(name, _)| name.clone())
    }

    fn index_owners(&self, resource: &Rc<str>, before: Option<&Value>, after: Option<&Value>) {
        let owners = |object: Option<&Value>| -> Vec<String> {
            object
                .map(object::owner_references)
                .unwrap_or_default()
                .iter()
                .map(|owner| object::get_str(owner, &["uid"]).to_owned())
                .collect()
        };
        let (old, new) = (owners(before), owners(after));
        if old == new {
            return;
        }
        let Some(object) = after.or(before) else {
            return;
        };
        let uid = object::uid(object);
        let mut owned = self.inner.owned.borrow_mut();
        for owner in old {
            if let Some(places) = owned.get_mut(&owner) {
                places.remove(uid);
                if places.is_empty() {
                    owned.remove(&owner);
                }
            }
        }
        for owner in new {
            let place = Place {
                resource: resource.clone(),
                namespace: object::namespace(object).to_owned(),
                name: object::name(object).to_owned(),
            };
            owned
                .entry(owner)
                .or_default()
                .insert(uid.to_owned(), place);
        }
    }

    fn tell(&self, event: Event) {
        let listeners = self
            .inner
            .listeners
            .borrow()
            .get(&event.resource)
            .cloned()
            .unwrap_or_default();
        self.inner.history.borrow_mut().push(event.clone());
        let mut declined: Vec<Listener> = Vec::new();
        for listener in listeners {
            if !listener(&event) {
                declined.push(listener);
            }
        }
        if declined.is_empty() {
            return;
        }
        if let Some(all) = self.inner.listeners.borrow_mut().get_mut(&event.resource) {
            all.retain(|one| !declined.iter().any(|gone| Rc::ptr_eq(one, gone)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(name: &str, owner: &str) -> Value {
        json!({"metadata": {"name": name, "namespace": "default", "uid": name,
            "ownerReferences": [{"uid": owner}]}})
    }

    #[test]
    fn listeners_hear_changes_in_order_with_the_state_before() {
        let store = Store::new(10);
        let heard = Rc::new(RefCell::new(Vec::new()));
        let log = heard.clone();
        store.listen(
            "pods",
            Rc::new(move |event| {
                log.borrow_mut()
                    .push((event.change, event.version, event.previous.is_some()));
                event.version < 12
            }),
        );
        store.put("pods", pod("a", "x"));
        store.put("pods", pod("a", "x"));
        store.remove("pods", "default", "a");
        assert_eq!(
            *heard.borrow(),
            [(Change::Added, 11, false), (Change::Modified, 12, true)]
        );
        assert_eq!(store.version(), 13);
        assert!(store.is_empty());
    }

    #[test]
    fn owners_are_indexed() {
        let store = Store::new(0);
        store.put("pods", pod("a", "x"));
        store.put("pods", pod("b", "x"));
        store.put("pods", pod("b", "y"));
        let names: Vec<String> = store.owned_by("x").into_iter().map(|p| p.name).collect();
        assert_eq!(names, ["a"]);
        store.remove("pods", "default", "b");
        assert_eq!(store.owned_by("y"), []);
    }
}
