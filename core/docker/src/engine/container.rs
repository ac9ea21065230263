//! A container: what it was created with, its files, its streams and its state.

use super::config::{ContainerConfig, ContainerInfo, ContainerState, ContainerStatus, PortBinding};
use super::log::Log;
use super::stdio::Stdio;
use crate::Image;
use machine::network::NetworkNamespace;
use machine::{ControlGroup, FileSystem, ProcessHandle, Signal, Time, Tree};
use ordered::OrderedMap;
use simulation::Notify;
use std::cell::{Cell, RefCell};
use std::net::Ipv4Addr;
use std::rc::Rc;

pub(crate) struct Container {
    pub(crate) id: String,
    /// Counts up with every container, so that they can be shown in the order of creation.
    pub(crate) sequence: u64,
    pub(crate) name: RefCell<String>,
    pub(crate) image: Rc<Image>,
    pub(crate) image_config: Rc<crate::ImageConfig>,
    pub(crate) config: RefCell<Rc<ContainerConfig>>,
    pub(crate) labels: Rc<OrderedMap<String, String>>,
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    pub(crate) created: Time,
    pub(crate) hostname: RefCell<Rc<RefCell<String>>>,
    pub(crate) state: RefCell<ContainerState>,
    pub(crate) restart_count: Cell<u32>,
    /// Stopped by hand, so that no restart policy starts it.
    pub(crate) stopped_by_hand: Cell<bool>,
    /// The root file system's tree.
    pub(crate) tree: Tree,
    /// Names of the volumes that were made for it and go with it.
    pub(crate) anonymous_volumes: RefCell<Vec<String>>,
    pub(crate) files: RefCell<Option<FileSystem>>,
    pub(crate) log: Log,
    pub(crate) stdio: Stdio,
    pub(crate) control: RefCell<ControlGroup>,
    pub(crate) process: RefCell<Option<ProcessHandle>>,
    pub(crate) network: RefCell<Option<NetworkNamespace>>,
    pub(crate) ports: RefCell<Vec<PortBinding>>,
    /// Rings at every change of state.
    pub(crate) changed: Notify,
}

impl Container {
    pub(crate) fn status(&self) -> ContainerStatus {
        self.state.borrow().status
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state.borrow().is_running()
    }

    pub(crate) fn config(&self) -> Rc<ContainerConfig> {
        self.config.borrow().clone()
    }

    /// The variables that were asked for, the last one first, then the image's: as `docker
    /// inspect` shows them.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let config = self.config.borrow();
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in config.env.iter().rev().chain(&self.image.config.env) {
            if !all.iter().any(|(key, _)| key == name) {
                all.push((name.clone(), value.clone()));
            }
        }
        all
    }

    /// The signal that `docker stop` sends.
    pub(crate) fn stop_signal(&self) -> Signal {
        let config = self.config.borrow();
        let text = config
            .stop_signal
            .as_deref()
            .unwrap_or(&self.image.config.stop_signal);
        Signal::parse(text).unwrap_or(Signal::TERM)
    }

    pub(crate) fn info(&self, address: Option<Ipv4Addr>) -> ContainerInfo {
        ContainerInfo {
            id: self.id.clone(),
            name: self.name.borrow().clone(),
            image: self.config.borrow().image.clone(),
            image_id: self.image.id.clone(),
            created: self.created,
            labels: self.labels.clone(),
            state: self.state.borrow().clone(),
            restart_count: self.restart_count.get(),
            address,
            config: self.config(),
            image_config: self.image_config.clone(),
            command: self.command.clone(),
            ports: self.ports.borrow().clone(),
        }
    }
}
