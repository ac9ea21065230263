//! Removing images, by name or because nobody uses them. Models moby daemon/images
//! image_delete.go and image_prune.go.

use super::Engine;
use crate::{EngineError, Image, Reference, image};
use machine::Time;
use ordered::OrderedMap;
use std::rc::Rc;

/// What removing an image did, in the order in which `docker rmi` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovedImage {
    /// A name was taken away.
    Untagged(String),
    /// An image or a layer is gone.
    Deleted(String),
}

impl RemovedImage {
    /// Its line under `Deleted Images:`.
    pub(crate) fn pruned_line(&self) -> String {
        match self {
            RemovedImage::Untagged(name) => format!("untagged: {name}"),
            RemovedImage::Deleted(id) => format!("deleted: {id}"),
        }
    }
}

/// Which images to prune.
pub(crate) struct PruneImages<'a> {
    /// Also those with a name.
    pub(crate) all: bool,
    /// Only those made before.
    pub(crate) until: Option<Time>,
    /// Whether the labels are the wanted ones.
    pub(crate) labelled: &'a dyn Fn(&OrderedMap<String, String>) -> bool,
}

/// How a removal may go.
#[derive(Clone, Copy)]
struct Manner {
    /// Names and stopped containers don't hinder.
    force: bool,
    /// Parents without a name go too.
    prune: bool,
    /// What hinders is no error.
    quiet: bool,
}

/// What hinders a removal.
struct Conflict {
    text: String,
    /// Whether a container is what hinders.
    used: bool,
}

impl Engine {
    /// Takes a name away, and the image when it was its last one; by id, the image with all
    /// names. `prune` removes the parents without a name too.
    pub fn remove_image(
        &self,
        name: &str,
        force: bool,
        prune: bool,
    ) -> Result<Vec<RemovedImage>, EngineError> {
        let image = self.image(name)?;
        let mut references = self.inner.images.references(&image.id);
        let mut removed = Vec::new();
        let mut quiet = false;
        if self.inner.images.by_id(name).is_none() {
            if !force
                && is_single(&references)
                && let Some((container, _)) = self.user_of_image(&image.id)
            {
                return Err(EngineError::conflict(format!(
                    "conflict: unable to remove repository reference {name:?} (must force) - container {container} is using its referenced image {}",
                    image.short_id()
                )));
            }
            let reference = Reference::parse(name).map_err(EngineError::invalid)?;
            self.remove_name(reference.with_default_tag(), &image, &mut removed);
            references = self.inner.images.references(&image.id);
            if !references.is_empty() {
                return Ok(removed);
            }
            quiet = true;
        } else if is_single(&references) {
            self.conflict(&image, force, true)
                .map_or(Ok(()), |conflict| Err(EngineError::conflict(conflict.text)))?;
            self.untag_all(&references, &mut removed);
        }
        let manner = Manner {
            force,
            prune,
            quiet,
        };
        self.delete_image(&image, manner, &mut removed)?;
        Ok(removed)
    }

    /// Takes one name away, and the digests of its repository with the last name of it.
    fn remove_name(&self, name: Reference, image: &Image, removed: &mut Vec<RemovedImage>) {
        self.untag(&name, removed);
        if name.digest.is_some() {
            return;
        }
        let left = self.inner.images.references(&image.id);
        let (digests, names): (Vec<_>, Vec<_>) = left
            .into_iter()
            .filter(|other| other.domain == name.domain && other.path == name.path)
            .partition(|other| other.digest.is_some());
        if names.is_empty() {
            self.untag_all(&digests, removed);
        }
    }

    fn untag_all(&self, references: &[Reference], removed: &mut Vec<RemovedImage>) {
        for reference in references {
            self.untag(reference, removed);
        }
    }

    fn untag(&self, reference: &Reference, removed: &mut Vec<RemovedImage>) {
        let key = match &reference.digest {
            Some(digest) => reference.with_digest(digest),
            None => reference.clone(),
        };
        let gone = self.inner.images.tags.borrow_mut().remove(&key);
        if let Some((id, _)) = gone {
            self.inner.registry.withdraw(&key);
            self.event("image", "untag", &id, &[("name", &id)]);
        }
        removed.push(RemovedImage::Untagged(key.familiar()));
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
        let users = containers
            .values()
            .filter(|container| container.image.id == id);
        let users = users.map(|container| {
            let short = image::short(&container.id).to_string();
            (short, container.is_running())
        });
        users.max_by_key(|(_, running)| *running)
    }

    /// What hinders the removal of an image; `names` are no hindrance where they are taken away.
    fn conflict(&self, image: &Image, force: bool, names: bool) -> Option<Conflict> {
        let user = self.user_of_image(&image.id);
        let (how, why, used) = match &user {
            _ if self.has_children(&image.id) => (
                "cannot be forced",
                "image has dependent child images".to_string(),
                false,
            ),
            Some((container, true)) => (
                "cannot be forced",
                format!("image is being used by running container {container}"),
                true,
            ),
            _ if !force && !names && !self.inner.images.references(&image.id).is_empty() => (
                "must be forced",
                "image is referenced in multiple repositories".to_string(),
                false,
            ),
            Some((container, false)) if !force => (
                "must be forced",
                format!("image is being used by stopped container {container}"),
                true,
            ),
            _ => return None,
        };
        let text = format!(
            "conflict: unable to delete {} ({how}) - {why}",
            image.short_id()
        );
        Some(Conflict { text, used })
    }

    /// Deletes an image, its layers that no other image has, and its nameless parents.
    fn delete_image(
        &self,
        image: &Rc<Image>,
        manner: Manner,
        removed: &mut Vec<RemovedImage>,
    ) -> Result<(), EngineError> {
        let references = self.inner.images.references(&image.id);
        if let Some(conflict) = self.conflict(image, manner.force, false) {
            let dangling = references.is_empty() && !self.has_children(&image.id);
            return match manner.quiet && (!dangling || conflict.used) {
                true => Ok(()),
                false => Err(EngineError::conflict(conflict.text)),
            };
        }
        self.untag_all(&references, removed);
        self.inner.images.images.borrow_mut().remove(&image.id);
        self.event("image", "delete", &image.id, &[("name", &image.id)]);
        removed.push(RemovedImage::Deleted(image.id.clone()));
        self.release_layers(image, removed);
        let parent = image.parent.as_ref();
        let parent = parent.and_then(|id| self.inner.images.images.borrow().get(id).cloned());
        match parent.filter(|_| manner.prune) {
            Some(parent) => {
                let manner = Manner {
                    force: false,
                    prune: true,
                    quiet: true,
                };
                self.delete_image(&parent, manner, removed)
            }
            None => Ok(()),
        }
    }

    /// Lists the layers that no image and no build record has any more, the highest first.
    fn release_layers(&self, image: &Image, removed: &mut Vec<RemovedImage>) {
        let images = self.inner.images.images.borrow();
        for layer in image.layers.iter().rev() {
            let of_image = images
                .values()
                .any(|other| other.layers.iter().any(|own| own.digest == layer.digest));
            if !of_image && !self.inner.build_cache.holds(layer) {
                removed.push(RemovedImage::Deleted(layer.digest.clone()));
            }
        }
    }

    /// Removes images that no container uses; gives what is gone and the bytes of its layers.
    pub(crate) fn prune_images(&self, wanted: &PruneImages) -> (Vec<RemovedImage>, u64) {
        let all = self.images();
        let sizes: OrderedMap<String, u64> = all
            .iter()
            .flat_map(|(image, _)| image.layers.iter())
            .map(|layer| (layer.digest.clone(), layer.size))
            .collect();
        let mut removed = Vec::new();
        for (image, names) in all {
            let young = wanted.until.is_some_and(|until| image.created > until);
            let references = self.inner.images.references(&image.id);
            if young
                || (references.is_empty() || !wanted.all) && self.has_children(&image.id)
                || !(wanted.labelled)(&image.config.labels)
            {
                continue;
            }
            // What is in use stays, without a word.
            if references.is_empty() {
                let gone = self.remove_image(&image.id, false, true);
                removed.extend(gone.unwrap_or_default());
            } else if wanted.all || names.is_empty() {
                for reference in &references {
                    let gone = self.remove_image(&reference.familiar(), false, true);
                    removed.extend(gone.unwrap_or_default());
                }
            }
        }
        let bytes = removed.iter().filter_map(|item| match item {
            RemovedImage::Deleted(digest) => sizes.get(digest),
            RemovedImage::Untagged(_) => None,
        });
        let bytes = bytes.sum::<u64>();
        self.event("image", "prune", "", &[("reclaimed", &bytes.to_string())]);
        (removed, bytes)
    }
}

/// Whether all references are of one repository, with one tag at the most.
fn is_single(references: &[Reference]) -> bool {
    let names = references
        .iter()
        .filter(|reference| reference.digest.is_none());
    let Some(first) = references.first() else {
        return false;
    };
    names.count() <= 1
        && references
            .iter()
            .all(|other| other.domain == first.domain && other.path == first.path)
}
