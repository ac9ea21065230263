//! The engine: one machine's Docker daemon, with its images, containers, networks and volumes.

mod change;
mod config;
mod container;
mod create;
mod events;
mod exec;
mod health;
mod images;
mod lifecycle;
mod list;
mod log;
mod names;
mod network;
mod remove;
mod start;
mod stdio;
#[cfg(test)]
mod tests;
mod transfer;
mod volumes;

pub use change::Change;
pub use config::{
    ContainerConfig, ContainerInfo, ContainerState, ContainerStatus, ExecConfig, Filters, Health,
    MountSource, MountSpec, NetworkMode, PortBinding, RestartPolicy,
};
pub(crate) use container::Container;
pub use events::Event;
pub use exec::ExecHandle;
pub(crate) use images::is_reference;
pub use log::{LogLine, LogOptions, LogReader, LogStream};
pub use network::{DockerNetwork, Endpoint};
pub(crate) use remove::PruneImages;
pub use remove::RemovedImage;
pub(crate) use start::find_user;
pub use stdio::{AttachHandle, AttachStreams};
pub(crate) use transfer::{Message, packed, pulling, pushing};
pub use volumes::Volume;

use crate::{EngineError, ImageConfig, Registry};
use events::Events;
use images::ImageStore;
use machine::{Entry, EntryKind, Kernel, Metadata, Simulation, Time, Tree};
use network::Networks;
use ordered::OrderedMap;
use simulation::{Random, Receiver};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What an engine is made with.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// CPUs of the machine, the most that `--cpus` takes.
    pub cpus: u32,
    /// Bytes of memory of the machine.
    pub memory_bytes: u64,
    /// Images of the registry that are on the machine from the start.
    pub images: Vec<String>,
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions {
            cpus: 2,
            memory_bytes: 8 * 1024 * 1024 * 1024,
            images: Vec::new(),
        }
    }
}

/// One machine's Docker daemon. Clones are the same one.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) kernel: Kernel,
    pub(crate) registry: Registry,
    pub(crate) options: EngineOptions,
    pub(crate) id: String,
    pub(crate) images: ImageStore,
    pub(crate) shared_configs: RefCell<OrderedMap<String, Rc<ImageConfig>>>,
    pub(crate) containers: RefCell<OrderedMap<String, Rc<Container>>>,
    /// Ids by name.
    pub(crate) names: RefCell<OrderedMap<String, String>>,
    pub(crate) networks: Networks,
    pub(crate) volumes: RefCell<OrderedMap<String, Volume>>,
    pub(crate) events: Events,
    pub(crate) random: Random,
    pub(crate) build_cache: crate::build::BuildCache,
    /// `/dev`, `/proc` and `/sys`, which all containers share.
    pub(crate) pseudo: Tree,
    pub(crate) sequence: Cell<u64>,
}

impl Engine {
    /// The engine of a machine. It takes part in the registry, through which the `docker` command
    /// of that machine finds it.
    pub fn new(kernel: &Kernel, registry: &Registry, options: EngineOptions) -> Engine {
        let random = kernel.simulation().random().fork();
        let inner = Inner {
            kernel: kernel.clone(),
            registry: registry.clone(),
            id: random.uuid(),
            images: ImageStore::default(),
            shared_configs: RefCell::default(),
            containers: RefCell::default(),
            names: RefCell::default(),
            networks: Networks::default(),
            volumes: RefCell::default(),
            events: Events::default(),
            pseudo: pseudo(kernel.simulation().now()),
            random,
            sequence: Cell::new(0),
            build_cache: Default::default(),
            options: options.clone(),
        };
        let engine = Engine {
            inner: Rc::new(inner),
        };
        engine.make_default_networks();
        for name in &options.images {
            // A name that the registry does not have is simply not there.
            engine.preload(name).ok();
        }
        registry.join(&engine);
        engine
    }

    /// The machine.
    pub fn kernel(&self) -> &Kernel {
        &self.inner.kernel
    }

    /// The registry that it pulls from.
    pub fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    pub(crate) fn simulation(&self) -> &Simulation {
        self.inner.kernel.simulation()
    }

    pub(crate) fn now(&self) -> Time {
        self.simulation().now()
    }

    /// The container of an id, a name, or an unambiguous prefix of an id.
    pub(crate) fn container(&self, id: &str) -> Result<Rc<Container>, EngineError> {
        let containers = self.inner.containers.borrow();
        let bare = id.strip_prefix('/').unwrap_or(id);
        if let Some(container) = containers.get(bare) {
            return Ok(container.clone());
        }
        let named = self.inner.names.borrow().get(bare).cloned();
        if let Some(container) = named.and_then(|id| containers.get(&id).cloned()) {
            return Ok(container);
        }
        let mut matching = containers
            .range(bare.to_string()..)
            .take_while(|(other, _)| other.starts_with(bare) && !bare.is_empty());
        match (matching.next(), matching.next()) {
            (Some((_, container)), None) => Ok(container.clone()),
            (Some(_), Some(_)) => Err(EngineError::invalid(format!(
                "Multiple IDs found with provided prefix: {id}"
            ))),
            _ => Err(EngineError::not_found(format!("No such container: {id}"))),
        }
    }

    /// A snapshot of a container.
    pub fn inspect(&self, id: &str) -> Result<ContainerInfo, EngineError> {
        let container = self.container(id)?;
        Ok(self.info(&container))
    }

    pub(crate) fn info(&self, container: &Container) -> ContainerInfo {
        let address = self.address_of(&container.id).or_else(|| {
            let network = container.network.borrow();
            let addresses = network.as_ref().map(|network| network.addresses());
            addresses.and_then(|addresses| addresses.first().copied())
        });
        container.info(address)
    }

    /// A reader of a container's log.
    pub fn logs(&self, id: &str, options: &LogOptions) -> Result<LogReader, EngineError> {
        Ok(self.container(id)?.log.read(options))
    }

    /// Attaches to a container until the handle is dropped or the container ends.
    pub fn attach(&self, id: &str, streams: AttachStreams) -> Result<AttachHandle, EngineError> {
        let container = self.container(id)?;
        self.container_event(&container, "attach", &[]);
        Ok(container.stdio.attach(streams))
    }

    /// A container's files as it sees them; of a stopped one too.
    pub fn files(&self, id: &str) -> Result<machine::FileSystem, EngineError> {
        let container = self.container(id)?;
        let files = container.files.borrow().clone();
        match files {
            Some(files) => Ok(files),
            None => self.file_system(&container),
        }
    }

    /// The events from now on: a container's `start`, `die`, `destroy` and the rest.
    pub fn events(&self) -> Receiver<Rc<Event>> {
        self.inner.events.watch()
    }

    /// The last events, the oldest first.
    pub fn past_events(&self) -> Vec<Rc<Event>> {
        self.inner.events.kept()
    }

    pub(crate) fn container_event(
        &self,
        container: &Container,
        action: &str,
        details: &[(&str, &str)],
    ) {
        let name = container.name.borrow().clone();
        let config = container.config();
        let mut attributes = vec![("image", config.image.as_str()), ("name", name.as_str())];
        let labels = container.labels.iter();
        attributes.extend(labels.map(|(key, value)| (key.as_str(), value.as_str())));
        attributes.extend(details);
        self.event("container", action, &container.id, &attributes);
    }

    pub(crate) fn event(
        &self,
        kind: &'static str,
        action: &str,
        id: &str,
        attributes: &[(&str, &str)],
    ) {
        let mut attributes: Vec<(String, String)> = attributes
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect();
        attributes.sort();
        self.inner.events.push(Event {
            time: self.now(),
            kind,
            action: action.to_string(),
            id: id.to_string(),
            attributes,
        });
    }
}

/// The devices and the mount points of kernel file systems.
fn pseudo(now: Time) -> Tree {
    let tree = Tree::new(Vec::new());
    for path in ["/dev", "/dev/pts", "/dev/shm", "/proc", "/sys"] {
        tree.put(path, Entry::directory(now));
    }
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
        let kind = if name == "random" { "urandom" } else { name };
        let entry = Entry {
            kind: EntryKind::Device(kind.into()),
            metadata: Metadata {
                mode: 0o666,
                user: 0,
                group: 0,
                modified: now,
            },
        };
        tree.put(&format!("/dev/{name}"), entry);
    }
    for (name, target) in [
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("fd", "/proc/self/fd"),
    ] {
        tree.put(&format!("/dev/{name}"), Entry::symlink(target, now));
    }
    tree
}
