//! `docker create`: checks what is asked for and makes the container, not yet its process.

use super::Engine;
use super::config::{ContainerConfig, NetworkMode};
use super::container::Container;
use super::log::Log;
use super::names;
use super::stdio::Stdio;
use crate::{EngineError, Image, Reference, limits};
use machine::{Signal, Tree};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The least memory limit, as in Docker.
const MEMORY_BYTES_MIN: u64 = 6 * 1024 * 1024;

impl Engine {
    /// Makes a container; gives its id. The image must be there already (see [`Engine::pull`]).
    /// Errors: 404 for the image or a joined container, 409 for a name in use, 400 for values.
    pub fn create_container(&self, config: ContainerConfig) -> Result<String, EngineError> {
        let image = self.image(&config.image)?;
        self.check(&config)?;
        if self.inner.containers.borrow().len() >= limits::CONTAINERS {
            return Err(EngineError::failed("too many containers"));
        }
        let id = self.inner.random.hex(64);
        let name = match &config.name {
            Some(name) => {
                self.reserve_name(name, &id)?;
                name.clone()
            }
            None => self.made_up_name(&id),
        };
        let command = match command(&config, &image) {
            Ok(command) => command,
            Err(error) => {
                self.inner.names.borrow_mut().remove(&name);
                return Err(error);
            }
        };
        let container = Rc::new(self.make(config, image, id.clone(), &name, command));
        self.inner
            .containers
            .borrow_mut()
            .insert(id.clone(), container.clone());
        self.container_event(&container, "create", &[]);
        Ok(id)
    }

    fn make(
        &self,
        config: ContainerConfig,
        image: Rc<Image>,
        id: String,
        name: &str,
        command: Vec<String>,
    ) -> Container {
        let mut labels = image.config.labels.clone();
        labels.extend(config.labels.iter().map(|(k, v)| (k.clone(), v.clone())));
        let short = id.get(..12).unwrap_or_default();
        let hostname = match (&config.hostname, &config.network) {
            (Some(name), _) => name.clone(),
            (None, NetworkMode::Host) => self.inner.kernel.hostname(),
            (None, _) => short.to_string(),
        };
        let log = Log::default();
        let sequence = self.inner.sequence.get();
        self.inner.sequence.set(sequence + 1);
        Container {
            id,
            sequence,
            name: RefCell::new(name.to_string()),
            image_config: self.shared_config(&image),
            tree: Tree::new(image.tree_layers()),
            image,
            config: RefCell::new(Rc::new(config)),
            labels: Rc::new(labels),
            command,
            created: self.now(),
            hostname: RefCell::new(Rc::new(RefCell::new(hostname))),
            state: RefCell::default(),
            restart_count: Cell::new(0),
            stopped_by_hand: Cell::new(false),
            anonymous_volumes: RefCell::default(),
            files: RefCell::default(),
            stdio: Stdio::new(self.inner.kernel.simulation(), log.clone()),
            log,
            control: RefCell::default(),
            process: RefCell::default(),
            network: RefCell::default(),
            ports: RefCell::default(),
            changed: Default::default(),
        }
    }

    fn check(&self, config: &ContainerConfig) -> Result<(), EngineError> {
        if let Some(name) = &config.name {
            check_name(name, name)?;
        }
        if let Some(bytes) = config.memory_bytes
            && bytes < MEMORY_BYTES_MIN
        {
            return Err(EngineError::invalid("Minimum memory limit allowed is 6MB"));
        }
        let cpus = self.inner.options.cpus;
        if let Some(millis) = config.cpu_millis
            && (millis < 10 || millis > u64::from(cpus) * 1000)
        {
            return Err(EngineError::invalid(format!(
                "range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available"
            )));
        }
        if let Some(directory) = &config.working_dir
            && !directory.starts_with('/')
        {
            return Err(EngineError::invalid(format!(
                "the working directory '{directory}' is invalid, it needs to be an absolute path"
            )));
        }
        if let Some(signal) = &config.stop_signal
            && Signal::parse(signal).is_none()
        {
            return Err(EngineError::invalid(format!("invalid signal: {signal}")));
        }
        if let NetworkMode::Container(other) = &config.network {
            self.container(other)?;
        }
        Ok(())
    }

    /// Takes a name for a container.
    pub(super) fn reserve_name(&self, name: &str, id: &str) -> Result<(), EngineError> {
        let mut names = self.inner.names.borrow_mut();
        if let Some(other) = names.get(name) {
            return Err(EngineError::conflict(format!(
                "Conflict. The container name \"/{name}\" is already in use by container \"{other}\". You have to remove (or rename) that container to be able to reuse that name."
            )));
        }
        names.insert(name.to_string(), id.to_string());
        Ok(())
    }

    fn made_up_name(&self, id: &str) -> String {
        loop {
            let name = names::make(&self.inner.random);
            if self.reserve_name(&name, id).is_ok() {
                return name;
            }
        }
    }
}

/// Refuses names that Docker refuses; `shown` is how the message writes it.
pub(super) fn check_name(name: &str, shown: &str) -> Result<(), EngineError> {
    let first = |letter: char| letter.is_ascii_alphanumeric();
    let rest = |letter: char| first(letter) || matches!(letter, '_' | '.' | '-');
    if name.len() >= 2 && name.chars().next().is_some_and(first) && name.chars().all(rest) {
        return Ok(());
    }
    Err(EngineError::invalid(format!(
        "Invalid container name ({shown}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    )))
}

/// The program and its arguments: the entry point, then the command.
fn command(config: &ContainerConfig, image: &Image) -> Result<Vec<String>, EngineError> {
    let entrypoint = config
        .entrypoint
        .as_ref()
        .or(image.config.entrypoint.as_ref());
    let entrypoint = entrypoint.cloned().unwrap_or_default();
    let command = match (&config.command, &config.entrypoint) {
        (Some(command), _) => command.clone(),
        (None, Some(_)) => Vec::new(),
        (None, None) => image.config.command.clone().unwrap_or_default(),
    };
    let all = [entrypoint, command].concat();
    if all.is_empty() {
        return Err(EngineError::invalid("no command specified"));
    }
    Ok(all)
}

impl Engine {
    /// The image of a name or an id that is on this machine. The error is Docker's `No such image`.
    pub fn image(&self, name: &str) -> Result<Rc<Image>, EngineError> {
        if let Some(image) = self.inner.images.by_id(name) {
            return Ok(image);
        }
        let reference = Reference::parse(name).map_err(EngineError::invalid)?;
        let reference = reference.with_default_tag();
        self.inner.images.by_reference(&reference).ok_or_else(|| {
            EngineError::not_found(format!("No such image: {}", reference.familiar()))
        })
    }
}
