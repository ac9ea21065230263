//! The registry that the engines of one world share: the catalog of base images, and a mirror
//! that holds what learners build, so that every node can pull it.

mod catalog;
mod userland;

use crate::{Image, Reference};
use machine::Time;
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

pub use catalog::CATALOG;

/// The shared registry. Clones are the same one.
#[derive(Clone, Default)]
pub struct Registry {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By canonical reference with tag.
    images: RefCell<OrderedMap<String, Rc<Image>>>,
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
}

impl Registry {
    /// A registry with the catalog's base images, which are made when they are first asked for.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// The image of a reference, from the mirror or the catalog. `now` dates catalog images.
    pub(crate) fn look_up(&self, reference: &Reference, now: Time) -> Lookup {
        let reference = reference.clone().with_default_tag();
        let name = reference.canonical();
        if let Some(image) = self.inner.images.borrow().get(&name) {
            return Lookup::Found(image.clone());
        }
        if let Some(image) = catalog::make(&reference.familiar(), now) {
            let image = Rc::new(image);
            self.inner.images.borrow_mut().insert(name, image.clone());
            return Lookup::Found(image);
        }
        let repository = reference.familiar_name();
        let prefix = format!("{}/{}:", reference.domain, reference.path);
        let known = CATALOG.iter().any(|known| {
            known
                .rsplit_once(':')
                .is_some_and(|(name, _)| name == repository)
        }) || self
            .inner
            .images
            .borrow()
            .keys()
            .any(|key| key.starts_with(&prefix));
        if known {
            Lookup::UnknownTag
        } else {
            Lookup::Denied
        }
    }

    /// Makes an image available to every engine under a name.
    pub fn publish(&self, reference: &Reference, image: &Rc<Image>) {
        let name = reference.clone().with_default_tag().canonical();
        self.inner.images.borrow_mut().insert(name, image.clone());
    }

    /// Takes a name away again.
    pub fn withdraw(&self, reference: &Reference) {
        let name = reference.clone().with_default_tag().canonical();
        self.inner.images.borrow_mut().remove(&name);
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
