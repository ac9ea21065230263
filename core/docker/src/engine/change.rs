//! Changes of a container beside its life: `docker update`, `commit`, `diff`, sizes.

use super::Engine;
use super::config::{ContainerConfig, RestartPolicy};
use super::container::Container;
use crate::{EngineError, HistoryEntry, Image, ImageLayer};
use machine::{EntryKind, Layer};
use std::rc::Rc;

/// What became of a path in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It, or something in it, was changed.
    Changed,
    /// It is gone.
    Deleted,
}

impl Engine {
    /// Changes a container's limits and restart policy.
    pub(crate) fn update(
        &self,
        id: &str,
        change: impl FnOnce(&mut ContainerConfig) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let container = self.container(id)?;
        let mut config = (*container.config()).clone();
        change(&mut config)?;
        if config.auto_remove && config.restart != RestartPolicy::No {
            return Err(EngineError::conflict(
                "Restart policy cannot be updated because AutoRemove is enabled for the container",
            ));
        }
        let control = container.control.borrow().clone();
        control.set_memory_limit(config.memory_bytes);
        control.set_cpu_millis(config.cpu_millis);
        *container.config.borrow_mut() = Rc::new(config);
        self.container_event(&container, "update", &[]);
        Ok(())
    }

    /// Bytes that a container wrote, and those with its image.
    pub(crate) fn container_size(&self, id: &str) -> Result<(u64, u64), EngineError> {
        let container = self.container(id)?;
        let own = container.tree.changes().size();
        Ok((own, own + container.image.size))
    }

    /// What a container changed in its file system, by path.
    pub fn diff(&self, id: &str) -> Result<Vec<(String, Change)>, EngineError> {
        let container = self.container(id)?;
        Ok(changes(&container))
    }

    /// Makes an image of a container's file system. `changes` are instructions of a Dockerfile
    /// that only configure.
    pub fn commit(
        &self,
        id: &str,
        changes: &[String],
        author: &str,
        comment: &str,
    ) -> Result<Rc<Image>, EngineError> {
        let container = self.container(id)?;
        let mut changed = container.image.config.clone();
        let own = container.config();
        for (name, value) in &own.env {
            changed.set_variable(name, value);
        }
        if let Some(entrypoint) = &own.entrypoint {
            changed.entrypoint = Some(entrypoint.clone());
        }
        if let Some(command) = &own.command {
            changed.command = Some(command.clone());
        }
        changed.labels.extend(own.labels.clone());
        let changed = crate::build::change(changed, changes)?;
        let layer = ImageLayer::new(container.tree.changes());
        let mut history = container.image.history.clone();
        history.push(HistoryEntry {
            created: self.now(),
            created_by: container.command.join(" "),
            size: Some(layer.size),
            comment: comment.to_string(),
        });
        let mut layers = container.image.layers.clone();
        layers.push(layer);
        let mut image = Image::new(changed, layers, history, self.now());
        image.parent = Some(container.image.id.clone());
        image.author = author.to_string();
        image.comment = comment.to_string();
        let image = Rc::new(image);
        self.add_image(image.clone());
        self.container_event(&container, "commit", &[("imageID", &image.id)]);
        Ok(image)
    }
}

fn changes(container: &Container) -> Vec<(String, Change)> {
    let upper: Layer = container.tree.changes();
    let below = machine::Tree::new(container.tree.lower().to_vec());
    let mut found: ordered::OrderedMap<String, Change> = Default::default();
    for (path, entry) in &upper.entries {
        let was = below.get(path);
        let change = match (entry, was) {
            (None, None) => continue,
            (None, Some(_)) => {
                let parent = machine::path::parent(path);
                if upper.entries.get(parent).is_some_and(Option::is_none) {
                    continue;
                }
                Change::Deleted
            }
            (Some(_), None) => Change::Added,
            (Some(entry), Some(was)) => {
                if matches!(entry.kind, EntryKind::Directory) && was.metadata == entry.metadata {
                    continue;
                }
                Change::Changed
            }
        };
        found.insert(path.clone(), change);
        let mut parent = machine::path::parent(path);
        while parent != "/" {
            found.entry(parent.to_string()).or_insert(Change::Changed);
            parent = machine::path::parent(parent);
        }
    }
    found.into_iter().collect()
}
