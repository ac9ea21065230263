//! The images of one machine: names, pulling, tagging, removing.

use super::Engine;
use crate::registry::Lookup;
use crate::{EngineError, Image, Reference};
use machine::{Duration, Time};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Virtual time that asking the registry takes.
const REQUEST_TIME: Duration = Duration::from_millis(80);

/// The images and their names.
#[derive(Default)]
pub(crate) struct ImageStore {
    pub(crate) images: RefCell<OrderedMap<String, Rc<Image>>>,
    /// Ids by reference with tag, and when the name was last given.
    pub(crate) tags: RefCell<OrderedMap<Reference, (String, Time)>>,
}

impl ImageStore {
    /// By id, with or without `sha256:`, or an unambiguous prefix of it.
    pub(crate) fn by_id(&self, text: &str) -> Option<Rc<Image>> {
        let bare = text.strip_prefix("sha256:").unwrap_or(text);
        if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let prefix = format!("sha256:{bare}");
        let images = self.images.borrow();
        let mut found = images
            .range(prefix.clone()..)
            .take_while(|(id, _)| id.starts_with(&prefix));
        let first = found.next()?;
        // A name such as `cafe` may also be the beginning of an id: names come first there.
        let named = Reference::parse(text).ok().map(Reference::with_default_tag);
        if named.is_some_and(|named| self.tags.borrow().contains_key(&named)) {
            return None;
        }
        found.next().is_none().then(|| first.1.clone())
    }

    pub(crate) fn by_reference(&self, reference: &Reference) -> Option<Rc<Image>> {
        let wanted = match &reference.digest {
            Some(digest) => reference.with_digest(digest),
            None => reference.clone(),
        };
        let tags = self.tags.borrow();
        let (id, _) = tags.get(&wanted)?;
        self.images.borrow().get(id).cloned()
    }

    /// All references to an image: names with a tag, and those with a manifest's digest.
    pub(crate) fn references(&self, id: &str) -> Vec<Reference> {
        let tags = self.tags.borrow();
        let own = tags.iter().filter(|(_, (other, _))| other == id);
        own.map(|(reference, _)| reference.clone()).collect()
    }

    /// The names of an image.
    pub(crate) fn names(&self, id: &str) -> Vec<Reference> {
        let mut names = self.references(id);
        names.retain(|reference| reference.digest.is_none());
        names
    }

    /// What an image is in registries: `name@sha256:…`.
    pub(crate) fn digests(&self, id: &str) -> Vec<Reference> {
        let mut names = self.references(id);
        names.retain(|reference| reference.digest.is_some());
        names
    }
}

impl Engine {
    /// All images with their names, the newest first; those without a name included.
    pub fn images(&self) -> Vec<(Rc<Image>, Vec<Reference>)> {
        let images = self.inner.images.images.borrow();
        let mut all: Vec<_> = images
            .values()
            .map(|image| (image.clone(), self.inner.images.names(&image.id)))
            .collect();
        // Names decide between images of the same age, where Docker leaves it to chance.
        all.sort_by(|(one, names), (other, others)| {
            (other.created.cmp(&one.created)).then_with(|| names.cmp(others))
        });
        all
    }

    /// Puts an image of the registry onto this machine at once, as if it had always been there.
    pub fn preload(&self, name: &str) -> Result<Rc<Image>, EngineError> {
        let reference = Reference::parse(name).map_err(EngineError::invalid)?;
        let reference = reference.with_default_tag();
        match self.inner.registry.look_up(&reference, self.now()) {
            Lookup::Found(image) => {
                self.add_image(image.clone());
                self.name_image(&reference, &image.id);
                Ok(image)
            }
            _ => Err(pull_denied(&reference)),
        }
    }

    /// Whether a text names an image, rather than being its id.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        self.inner.images.by_id(text).is_none()
    }

    /// What an image is in registries, by its manifest's digest.
    pub(crate) fn digests(&self, id: &str) -> Vec<Reference> {
        self.inner.images.digests(id)
    }

    /// Pulls an image: takes virtual time by its size when it is not here yet. Errors are the
    /// registry's: `pull access denied`, `manifest unknown`.
    pub async fn pull(&self, name: &str) -> Result<Rc<Image>, EngineError> {
        let reference = Reference::parse(name).map_err(EngineError::invalid)?;
        self.pull_reference(&reference.with_default_tag()).await
    }

    pub(crate) async fn pull_reference(
        &self,
        reference: &Reference,
    ) -> Result<Rc<Image>, EngineError> {
        let image = self.find_in_registry(reference).await?;
        if !self.inner.images.images.borrow().contains_key(&image.id) {
            let millis =
                image.size.saturating_mul(1000) / super::transfer::TRANSFER_BYTES_PER_SECOND;
            self.simulation().sleep(Duration::from_millis(millis)).await;
        }
        self.take_pulled(reference, &image);
        Ok(image)
    }

    /// Asks the registry for an image; takes the time of a request.
    pub(crate) async fn find_in_registry(
        &self,
        reference: &Reference,
    ) -> Result<Rc<Image>, EngineError> {
        self.simulation().sleep(REQUEST_TIME).await;
        self.ask_registry(reference)
    }

    /// Keeps an image that was pulled, under the name that was asked for and by its digest.
    pub(crate) fn take_pulled(&self, reference: &Reference, image: &Rc<Image>) {
        self.add_image(image.clone());
        if reference.digest.is_none() {
            self.name_image(reference, &image.id);
        }
        self.name_by_digest(reference, image);
        let (name, short) = (reference.familiar(), reference.familiar_name());
        self.event("image", "pull", &name, &[("name", &short)]);
    }

    /// The registry knows this image: it can be named by its manifest's digest.
    pub(crate) fn name_by_digest(&self, reference: &Reference, image: &Image) {
        let reference = reference.with_digest(&image.manifest_digest());
        self.name_image(&reference, &image.id);
    }

    /// What the registry has under a name, without pulling it.
    pub(crate) fn ask_registry(&self, reference: &Reference) -> Result<Rc<Image>, EngineError> {
        match self.inner.registry.look_up(reference, self.now()) {
            Lookup::Found(image) => Ok(image),
            Lookup::Unreachable(why) => Err(EngineError::failed(why)),
            Lookup::UnknownTag => Err(EngineError::not_found(format!(
                "manifest for {} not found: manifest unknown: manifest unknown",
                reference.familiar()
            ))),
            Lookup::Denied => Err(pull_denied(reference)),
        }
    }

    /// Keeps an image.
    pub(crate) fn add_image(&self, image: Rc<Image>) {
        let mut images = self.inner.images.images.borrow_mut();
        images.insert(image.id.clone(), image);
    }

    fn name_image(&self, reference: &Reference, id: &str) {
        let entry = (id.to_string(), self.now());
        let mut tags = self.inner.images.tags.borrow_mut();
        tags.insert(reference.clone(), entry);
    }

    /// Gives an image a name, here and in the mirror.
    pub fn tag(&self, source: &str, target: &Reference) -> Result<(), EngineError> {
        let image = self.image(source)?;
        self.tag_image(&image, target);
        Ok(())
    }

    pub(crate) fn tag_image(&self, image: &Rc<Image>, target: &Reference) {
        let target = target.clone().with_default_tag();
        self.name_image(&target, &image.id);
        self.inner.registry.publish(&target, image);
        let name = target.familiar();
        self.event("image", "tag", &image.id, &[("name", &name)]);
    }

    /// The image's configuration, shared by all of its containers.
    pub(crate) fn shared_config(&self, image: &Rc<Image>) -> Rc<crate::ImageConfig> {
        let mut shared = self.inner.shared_configs.borrow_mut();
        shared
            .entry(image.id.clone())
            .or_insert_with(|| Rc::new(image.config.clone()))
            .clone()
    }
}

fn pull_denied(reference: &Reference) -> EngineError {
    EngineError::not_found(format!(
        "pull access denied for {}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        reference.familiar_name()
    ))
}

/// Whether a text can only be a reference, not an image's id.
pub(crate) fn is_reference(text: &str) -> bool {
    let bare = text.strip_prefix("sha256:").unwrap_or(text);
    bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_hexdigit())
}
