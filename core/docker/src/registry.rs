//! The registry that the engines of one world share: the catalog of base images, and a mirror
//! that holds what learners build, so that every node can pull it.

mod bases;
mod catalog;
mod images;
mod recipe;
mod userland;

use crate::{Image, Reference};
use machine::Time;
use ordered::{OrderedMap, OrderedSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The shared registry. Clones are the same one.
#[derive(Clone, Default)]
pub struct Registry {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By canonical reference with tag.
    images: RefCell<OrderedMap<String, Rc<Image>>>,
    /// Canonical references that were pushed: they stay when the machine's own name goes.
    pushed: RefCell<OrderedSet<String>>,
    /// Images by id that were saved into archives, which name them.
    saved: RefCell<OrderedMap<String, Rc<Image>>>,
    /// The catalog has small stand-ins for some images.
    has_stand_ins: bool,
    /// When the catalog's images were first asked for, by which they are dated.
    since: Cell<Option<Time>>,
    /// The engines that take part, so that the `docker` command finds its machine's.
    pub(crate) engines: RefCell<Vec<crate::Engine>>,
}

/// What a registry says about a name.
pub(crate) enum Lookup {
    /// It has it.
    Found(Rc<Image>),
    /// The repository is known, the tag is not.
    UnknownTag,
    /// The repository is unknown, or private: registries don't tell.
    Denied,
    /// There is no such registry: Go's words.
    Unreachable(String),
}

/// Registries that everybody can reach, which want a login for what they don't have.
const PUBLIC: &[&str] = &[
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "quay.io",
    "registry.k8s.io",
];
/// The registry of the machine itself, which takes what is pushed.
const LOCAL: &str = "localhost:5000";

impl Registry {
    /// A registry with the catalog's base images, which are made when they are first asked for.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// A registry that has, in place of the usual base images, the small young ones of the machine
    /// that the recordings were made on.
    pub fn with_stand_ins() -> Registry {
        let inner = Inner {
            has_stand_ins: true,
            ..Inner::default()
        };
        Registry {
            inner: Rc::new(inner),
        }
    }

    /// The repositories of the catalog, each once, in order.
    pub(crate) fn repositories(&self) -> Vec<&'static str> {
        catalog::repositories(self.inner.has_stand_ins)
    }

    /// The image of a reference, from the mirror or the catalog. `now` dates catalog images.
    pub(crate) fn look_up(&self, reference: &Reference, now: Time) -> Lookup {
        let reference = reference.clone().with_default_tag();
        let (domain, name) = (reference.domain.as_str(), reference.canonical());
        if let Some(image) = self.inner.images.borrow().get(&name) {
            return Lookup::Found(image.clone());
        }
        let since = self.inner.since.get().unwrap_or(now);
        self.inner.since.set(Some(since));
        if let Some(image) = catalog::make(&reference.familiar(), self.inner.has_stand_ins, since) {
            let image = Rc::new(image);
            self.inner.images.borrow_mut().insert(name, image.clone());
            return Lookup::Found(image);
        }
        let tags = self.tags(&reference);
        if let Some(digest) = &reference.digest {
            let found = tags.iter().find_map(|tag| {
                let tagged = Reference {
                    tag: Some(tag.clone()),
                    digest: None,
                    ..reference.clone()
                };
                match self.look_up(&tagged, now) {
                    Lookup::Found(image) if image.manifest_digest() == *digest => Some(image),
                    _ => None,
                }
            });
            if let Some(image) = found {
                return Lookup::Found(image);
            }
        }
        match () {
            () if !tags.is_empty() || domain == LOCAL => Lookup::UnknownTag,
            () if PUBLIC.contains(&domain) => Lookup::Denied,
            () => Lookup::Unreachable(unreachable(domain)),
        }
    }

    /// Why a registry cannot be pushed to: `None` where it takes what it is given.
    pub(crate) fn refusal(&self, reference: &Reference) -> Option<String> {
        match reference.domain.as_str() {
            LOCAL => None,
            domain if PUBLIC.contains(&domain) => {
                Some("denied: requested access to the resource is denied".into())
            }
            domain => Some(unreachable(domain)),
        }
    }

    /// The tags of a repository, in their order.
    pub(crate) fn tags(&self, reference: &Reference) -> Vec<String> {
        let prefix = format!("{}/{}:", reference.domain, reference.path);
        let images = self.inner.images.borrow();
        let known = images.keys().filter_map(|name| name.strip_prefix(&prefix));
        let catalog = catalog::tags(&reference.familiar_name(), self.inner.has_stand_ins);
        let tags: OrderedSet<String> = known.map(str::to_string).chain(catalog).collect();
        tags.into_iter().collect()
    }

    /// Whether something with this layer was pushed into the repository's registry.
    pub(crate) fn has_layer(&self, reference: &Reference, layer: &str) -> bool {
        let prefix = format!("{}/", reference.domain);
        let images = self.inner.images.borrow();
        let pushed = self.inner.pushed.borrow();
        pushed
            .iter()
            .filter(|name| name.starts_with(&prefix))
            .filter_map(|name| images.get(name))
            .any(|image| image.layers.iter().any(|own| own.digest == layer))
    }

    /// Keeps an image that an archive names by its id, until that archive is loaded.
    pub(crate) fn keep_saved(&self, image: &Rc<Image>) {
        let mut saved = self.inner.saved.borrow_mut();
        saved.insert(image.id.clone(), image.clone());
    }

    pub(crate) fn saved(&self, id: &str) -> Option<Rc<Image>> {
        self.inner.saved.borrow().get(id).cloned()
    }

    /// Makes an image available to every engine under a name.
    pub fn publish(&self, reference: &Reference, image: &Rc<Image>) {
        let name = reference.clone().with_default_tag().canonical();
        self.inner.images.borrow_mut().insert(name, image.clone());
    }

    /// Takes an image that was pushed: its name stays until it is pushed again.
    pub(crate) fn push(&self, reference: &Reference, image: &Rc<Image>) {
        self.publish(reference, image);
        let name = reference.clone().with_default_tag().canonical();
        self.inner.pushed.borrow_mut().insert(name);
    }

    /// Takes a name away again, unless it was pushed.
    pub fn withdraw(&self, reference: &Reference) {
        let name = reference.clone().with_default_tag().canonical();
        if !self.inner.pushed.borrow().contains(&name) {
            self.inner.images.borrow_mut().remove(&name);
        }
    }

    pub(crate) fn join(&self, engine: &crate::Engine) {
        self.inner.engines.borrow_mut().push(engine.clone());
    }

    /// The engine of the machine that a process runs on.
    pub fn engine_of(&self, kernel: &machine::Kernel) -> Option<crate::Engine> {
        let engines = self.inner.engines.borrow();
        let found = engines
            .iter()
            .find(|engine| engine.kernel().host_network().is(kernel.host_network()));
        found.cloned()
    }
}

/// What Go's HTTP client says of a registry that is not there.
fn unreachable(domain: &str) -> String {
    let (host, port) = domain.split_once(':').unwrap_or((domain, "443"));
    if host == "localhost" || host == "127.0.0.1" {
        return format!(
            "Get \"http://{domain}/v2/\": dial tcp 127.0.0.1:{port}: connect: connection refused"
        );
    }
    format!("Get \"https://{domain}/v2/\": dial tcp: lookup {host} on 127.0.0.53:53: no such host")
}
