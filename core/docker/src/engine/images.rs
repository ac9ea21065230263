//! The images of one machine: names, pulling, tagging, removing.

use super::Engine;
use crate::registry::Lookup;
use crate::{EngineError, Image, Reference, image};
use machine::{Duration, Time};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes that a pull transfers in a virtual second.
const PULL_BYTES_PER_SECOND: u64 = 200_000_000;
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
        if let Some(digest) = &reference.digest {
            return self.images.borrow().get(digest).cloned();
        }
        let tags = self.tags.borrow();
        let (id, _) = tags.get(reference)?;
        self.images.borrow().get(id).cloned()
    }

    /// The names of an image.
    pub(crate) fn names(&self, id: &str) -> Vec<Reference> {
        let tags = self.tags.borrow();
        let own = tags.iter().filter(|(_, (other, _))| other == id);
        own.map(|(reference, _)| reference.clone()).collect()
    }
}

/// What removing an image did, in the order in which `docker rmi` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovedImage {
    /// A name was taken away.
    Untagged(String),
    /// An image or a layer is gone.
    Deleted(String),
}

impl Engine {
    /// All images with their names, the newest first; those without a name included.
    pub fn images(&self) -> Vec<(Rc<Image>, Vec<Reference>)> {
        let images = self.inner.images.images.borrow();
        let mut all: Vec<_> = images
            .values()
            .map(|image| (image.clone(), self.inner.images.names(&image.id)))
            .collect();
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
        self.simulation().sleep(REQUEST_TIME).await;
        let image = self.ask_registry(reference)?;
        if !self.inner.images.images.borrow().contains_key(&image.id) {
            let millis = image.size.saturating_mul(1000) / PULL_BYTES_PER_SECOND;
            self.simulation().sleep(Duration::from_millis(millis)).await;
            self.add_image(image.clone());
        }
        self.name_image(reference, &image.id);
        let name = reference.familiar();
        self.event(
            "image",
            "pull",
            &name,
            &[("name", &reference.familiar_name())],
        );
        Ok(image)
    }

    /// What the registry has under a name, without pulling it.
    pub(crate) fn ask_registry(&self, reference: &Reference) -> Result<Rc<Image>, EngineError> {
        match self.inner.registry.look_up(reference, self.now()) {
            Lookup::Found(image) => Ok(image),
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

    /// Takes a name away, and the image when it was its last one; by id, the image with all
    /// names. `prune` removes the parents without a name too.
    pub fn remove_image(
        &self,
        name: &str,
        force: bool,
        prune: bool,
    ) -> Result<Vec<RemovedImage>, EngineError> {
        let image = self.image(name)?;
        let by_id = self.inner.images.by_id(name).is_some();
        let names = self.inner.images.names(&image.id);
        let user = self.user_of_image(&image.id);
        let mut removed = Vec::new();
        if !by_id {
            let reference = Reference::parse(name).map_err(EngineError::invalid)?;
            let reference = reference.with_default_tag();
            if names.len() > 1 {
                self.untag(&reference, &mut removed);
                return Ok(removed);
            }
            if let Some((container, _)) = &user
                && !force
            {
                return Err(EngineError::conflict(format!(
                    "conflict: unable to remove repository reference \"{}\" (must force) - container {container} is using its referenced image {}",
                    reference_as_given(name),
                    image.short_id()
                )));
            }
            self.untag(&reference, &mut removed);
            if user.is_some() {
                return Ok(removed);
            }
        } else {
            self.refuse_by_id(&image, &names, user.as_ref(), force)?;
            for reference in &names {
                self.untag(reference, &mut removed);
            }
        }
        self.delete_image(&image, prune, &mut removed);
        Ok(removed)
    }

    fn refuse_by_id(
        &self,
        image: &Image,
        names: &[Reference],
        user: Option<&(String, bool)>,
        force: bool,
    ) -> Result<(), EngineError> {
        let short = image.short_id();
        let text = match user {
            Some((container, true)) => {
                format!("(cannot be forced) - image is being used by running container {container}")
            }
            Some((container, false)) if !force => {
                format!("(must be forced) - image is being used by stopped container {container}")
            }
            _ if self.has_children(&image.id) => {
                "(cannot be forced) - image has dependent child images".to_string()
            }
            _ if names.len() > 1 && !force => {
                "(must be forced) - image is referenced in multiple repositories".to_string()
            }
            _ => return Ok(()),
        };
        Err(EngineError::conflict(format!(
            "conflict: unable to delete {short} {text}"
        )))
    }

    pub(crate) fn has_children(&self, id: &str) -> bool {
        let images = self.inner.images.images.borrow();
        images
            .values()
            .any(|image| image.parent.as_deref() == Some(id))
    }

    /// A container of an image: its short id, and whether it runs. Running ones come first.
    fn user_of_image(&self, id: &str) -> Option<(String, bool)> {
        let containers = self.inner.containers.borrow();
        let mut users: Vec<_> = containers
            .values()
            .filter(|container| container.image.id == id)
            .map(|container| {
                (
                    image::short(&container.id).to_string(),
                    container.is_running(),
                )
            })
            .collect();
        users.sort_by_key(|(_, running)| !running);
        users.into_iter().next()
    }

    fn untag(&self, reference: &Reference, removed: &mut Vec<RemovedImage>) {
        let gone = self.inner.images.tags.borrow_mut().remove(reference);
        if let Some((id, _)) = gone {
            self.inner.registry.withdraw(reference);
            self.event("image", "untag", &id, &[("name", &id)]);
            removed.push(RemovedImage::Untagged(reference.familiar()));
        }
    }

    /// Deletes an image, its layers that no other image has, and its nameless parents.
    pub(crate) fn delete_image(
        &self,
        image: &Rc<Image>,
        prune: bool,
        removed: &mut Vec<RemovedImage>,
    ) {
        if self.has_children(&image.id) {
            return;
        }
        self.inner.images.images.borrow_mut().remove(&image.id);
        self.event("image", "delete", &image.id, &[("name", &image.id)]);
        removed.push(RemovedImage::Deleted(image.id.clone()));
        self.release_layers(image, removed);
        let parent = image
            .parent
            .as_ref()
            .and_then(|id| self.inner.images.images.borrow().get(id).cloned());
        if let Some(parent) = parent
            && prune
            && self.inner.images.names(&parent.id).is_empty()
            && self.user_of_image(&parent.id).is_none()
        {
            self.delete_image(&parent, prune, removed);
        }
    }

    /// Lists the layers that no image and no build record has any more, the highest first.
    fn release_layers(&self, image: &Image, removed: &mut Vec<RemovedImage>) {
        let images = self.inner.images.images.borrow();
        let records = self.inner.build_cache.records.borrow();
        for layer in image.layers.iter().rev() {
            let held = |layers: &[crate::ImageLayer]| {
                layers.iter().any(|other| other.digest == layer.digest)
            };
            let of_image = images.values().any(|other| held(&other.layers));
            let of_record = records.values().any(|record| held(record.layer.as_slice()));
            if !of_image && !of_record {
                removed.push(RemovedImage::Deleted(layer.digest.clone()));
            }
        }
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

fn reference_as_given(name: &str) -> &str {
    name
}

fn pull_denied(reference: &Reference) -> EngineError {
    EngineError::not_found(format!(
        "pull access denied for {}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        reference.familiar_name()
    ))
}

impl Engine {
    /// Removes the images that no container uses: those without a name, or all.
    pub(crate) fn prune_images(&self, all: bool) -> Vec<RemovedImage> {
        let mut removed = Vec::new();
        for (image, names) in self.images() {
            if self.user_of_image(&image.id).is_some() || (!names.is_empty() && !all) {
                continue;
            }
            if names.is_empty() && self.has_children(&image.id) {
                continue;
            }
            for name in &names {
                self.untag(name, &mut removed);
            }
            self.delete_image(&image, true, &mut removed);
        }
        removed
    }
}

/// Whether a text can only be a reference, not an image's id.
pub(crate) fn is_reference(text: &str) -> bool {
    let bare = text.strip_prefix("sha256:").unwrap_or(text);
    bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_hexdigit())
}
