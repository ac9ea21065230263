//! Volumes: named trees that outlive containers.

use super::Engine;
use super::container::Container;
use super::start::empty_directory;
use crate::EngineError;
use machine::{FileSystem, Mount, Time, Tree, path};
use ordered::OrderedMap;

/// A volume.
#[derive(Clone)]
pub struct Volume {
    /// The name; 64 hexadecimal digits when nobody gave one.
    pub name: String,
    /// When it was made.
    pub created: Time,
    /// Labels.
    pub labels: OrderedMap<String, String>,
    /// Whether it was made for one container.
    pub anonymous: bool,
    /// The files.
    pub tree: Tree,
}

impl Engine {
    /// The volumes, by name.
    pub fn volumes(&self) -> Vec<Volume> {
        self.inner.volumes.borrow().values().cloned().collect()
    }

    /// The volume of a name.
    pub fn volume(&self, name: &str) -> Result<Volume, EngineError> {
        let found = self.inner.volumes.borrow().get(name).cloned();
        found.ok_or_else(|| EngineError::not_found(format!("get {name}: no such volume")))
    }

    /// Makes a volume, or gives the one that is there.
    pub fn create_volume(
        &self,
        name: Option<&str>,
        labels: OrderedMap<String, String>,
    ) -> Result<Volume, EngineError> {
        let made_up = name.is_none();
        let name = match name {
            Some(name) => name.to_string(),
            None => self.inner.random.hex(64),
        };
        if let Ok(volume) = self.volume(&name) {
            return Ok(volume);
        }
        if name.len() == 1 {
            return Err(EngineError::invalid(format!(
                "create {name}: volume name is too short, names should be at least two alphanumeric characters"
            )));
        }
        let word = |letter: char| letter.is_ascii_alphanumeric();
        let fine = name.len() >= 2
            && name.chars().next().is_some_and(word)
            && name
                .chars()
                .all(|letter| word(letter) || matches!(letter, '_' | '.' | '-'));
        if !fine {
            return Err(EngineError::invalid(format!(
                "create {name}: {name:?} includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
            )));
        }
        let volume = Volume {
            name: name.clone(),
            created: self.now(),
            labels,
            anonymous: made_up,
            tree: empty_directory(self.now()),
        };
        self.inner
            .volumes
            .borrow_mut()
            .insert(name.clone(), volume.clone());
        self.event("volume", "create", &name, &[("driver", "local")]);
        Ok(volume)
    }

    /// Removes a volume that no container uses.
    pub fn remove_volume(&self, name: &str, force: bool) -> Result<(), EngineError> {
        if self.volume(name).is_err() && force {
            return Ok(());
        }
        self.volume(name)?;
        let users = self.users_of_volume(name);
        if !users.is_empty() {
            return Err(EngineError::conflict(format!(
                "remove {name}: volume is in use - [{}]",
                users.join(", ")
            )));
        }
        self.inner.volumes.borrow_mut().remove(name);
        self.event("volume", "destroy", name, &[("driver", "local")]);
        Ok(())
    }

    /// Ids of the containers that mount a volume.
    pub fn users_of_volume(&self, name: &str) -> Vec<String> {
        let containers = self.inner.containers.borrow();
        let users = containers.values().filter(|container| {
            let named = container.config().mounts.iter().any(
                |mount| matches!(&mount.source, super::MountSource::Volume(own) if own == name),
            );
            let anonymous = container.anonymous_volumes.borrow();
            named || anonymous.iter().any(|own| own == name)
        });
        users.map(|container| container.id.clone()).collect()
    }

    pub(super) fn volume_tree(&self, name: &str) -> Result<Tree, EngineError> {
        Ok(self.create_volume(Some(name), OrderedMap::new())?.tree)
    }

    /// Mounts a volume of its own at each `VOLUME` of the image where nothing is mounted.
    pub(super) fn anonymous_volumes(
        &self,
        container: &Container,
        files: &FileSystem,
    ) -> Result<(), EngineError> {
        let config = container.config();
        let mut made = container.anonymous_volumes.borrow().clone().into_iter();
        for target in &container.image.config.volumes {
            let target = path::clean(target);
            if config
                .mounts
                .iter()
                .any(|mount| path::clean(&mount.target) == target)
            {
                continue;
            }
            let volume = match made.next() {
                Some(name) => self.volume(&name)?,
                None => {
                    let volume = self.create_volume(None, OrderedMap::new())?;
                    copy_directory(&container.tree, &target, &volume.tree);
                    let mut names = container.anonymous_volumes.borrow_mut();
                    names.push(volume.name.clone());
                    volume
                }
            };
            files.mount(Mount {
                path: target,
                tree: volume.tree,
                source: "/".into(),
                read_only: false,
            });
        }
        Ok(())
    }
}

/// A new volume starts with what the image has at its place.
fn copy_directory(from: &Tree, directory: &str, to: &Tree) {
    let mut pending = vec![String::new()];
    while let Some(inner) = pending.pop() {
        let place = path::clean(&format!("{directory}/{inner}"));
        for name in from.names(&place) {
            let Some(entry) = from.get(&path::join(&place, &name)) else {
                continue;
            };
            let below = format!("{inner}/{name}");
            if entry.is_directory() {
                pending.push(below.clone());
            }
            to.put(&path::clean(&below), entry.detached());
        }
    }
}
