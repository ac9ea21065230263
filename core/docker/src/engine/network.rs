//! Docker's networks: the default bridge, `host`, `none` and those that users make; addresses,
//! published ports and names of containers.

use super::config::{NetworkMode, PortBinding};
use super::container::Container;
use super::{Engine, Inner};
use crate::EngineError;
use machine::network::{NetworkNamespace, Redirect, Resolver};
use machine::{Errno, Time};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::{Rc, Weak};

/// A network.
#[derive(Clone, Debug)]
pub struct DockerNetwork {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// `bridge`, `host` or `null`.
    pub driver: String,
    /// The first address and the length of its prefix.
    pub subnet: Option<(Ipv4Addr, u8)>,
    /// When it was made.
    pub created: Time,
    /// Labels.
    pub labels: OrderedMap<String, String>,
    /// Whether it has no way out.
    pub internal: bool,
    /// Its containers' ends, by container id.
    pub endpoints: OrderedMap<String, Endpoint>,
}

/// A container's end in a network.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The address.
    pub address: Ipv4Addr,
    /// The hardware address.
    pub mac: String,
    /// Other names that it has there.
    pub aliases: Vec<String>,
}

impl DockerNetwork {
    /// The first host's address: the machine's end.
    pub fn gateway(&self) -> Option<Ipv4Addr> {
        let (base, _) = self.subnet?;
        Some(Ipv4Addr::from(u32::from(base) + 1))
    }

    /// Whether Docker itself made it.
    pub fn is_predefined(&self) -> bool {
        matches!(self.name.as_str(), "bridge" | "host" | "none")
    }
}

#[derive(Default)]
pub(crate) struct Networks {
    pub(crate) all: RefCell<Vec<DockerNetwork>>,
    /// Published ports by machine port, with the namespace that answers.
    published: RefCell<OrderedMap<(u16, String), Published>>,
    next_port: std::cell::Cell<u16>,
}

#[derive(Clone)]
struct Published {
    container: String,
    host_address: Option<Ipv4Addr>,
    target: SocketAddrV4,
}

impl Engine {
    pub(super) fn make_default_networks(&self) {
        let bridge = Some((Ipv4Addr::new(172, 17, 0, 0), 16));
        for (name, driver, subnet) in [
            ("bridge", "bridge", bridge),
            ("host", "host", None),
            ("none", "null", None),
        ] {
            let network = self.network_of(name, driver, subnet);
            self.inner.networks.all.borrow_mut().push(network);
        }
        let wiring = Rc::new(Wiring {
            engine: Rc::downgrade(&self.inner),
        });
        self.inner.networks.next_port.set(32768);
        let machine = self.inner.kernel.network();
        machine.add_redirect(wiring.clone());
        machine.add_resolver(wiring);
    }

    fn network_of(
        &self,
        name: &str,
        driver: &str,
        subnet: Option<(Ipv4Addr, u8)>,
    ) -> DockerNetwork {
        DockerNetwork {
            id: self.inner.random.hex(64),
            name: name.into(),
            driver: driver.into(),
            subnet,
            created: self.now(),
            labels: OrderedMap::new(),
            internal: false,
            endpoints: OrderedMap::new(),
        }
    }

    /// The networks, in the order they were made.
    pub fn networks(&self) -> Vec<DockerNetwork> {
        self.inner.networks.all.borrow().clone()
    }

    /// The network of a name or an id's prefix.
    pub fn network(&self, name: &str) -> Result<DockerNetwork, EngineError> {
        let networks = self.inner.networks.all.borrow();
        let by_name = networks.iter().find(|network| network.name == name);
        let found = by_name.or_else(|| {
            let mut by_id = networks
                .iter()
                .filter(|network| network.id.starts_with(name));
            by_id.next().filter(|_| !name.is_empty())
        });
        found
            .cloned()
            .ok_or_else(|| EngineError::not_found(format!("network {name} not found")))
    }

    /// Makes a network; gives its id.
    pub fn create_network(
        &self,
        name: &str,
        driver: &str,
        subnet: Option<(Ipv4Addr, u8)>,
        labels: OrderedMap<String, String>,
        internal: bool,
    ) -> Result<String, EngineError> {
        if self.networks().iter().any(|network| network.name == name) {
            return Err(EngineError::conflict(format!(
                "network with name {name} already exists"
            )));
        }
        let subnet = subnet.or_else(|| self.free_subnet());
        let mut network = self.network_of(name, driver, subnet);
        network.labels = labels;
        network.internal = internal;
        let id = network.id.clone();
        self.inner.networks.all.borrow_mut().push(network);
        self.event(
            "network",
            "create",
            &id,
            &[("name", name), ("type", driver)],
        );
        Ok(id)
    }

    fn free_subnet(&self) -> Option<(Ipv4Addr, u8)> {
        let networks = self.inner.networks.all.borrow();
        let taken = |base: Ipv4Addr| {
            networks
                .iter()
                .any(|network| network.subnet.is_some_and(|(other, _)| other == base))
        };
        (18..32)
            .map(|second| Ipv4Addr::new(172, second, 0, 0))
            .find(|base| !taken(*base))
            .map(|base| (base, 16))
    }

    /// Removes a network that no container is in; gives its name.
    pub fn remove_network(&self, name: &str) -> Result<String, EngineError> {
        let network = self.network(name)?;
        if network.is_predefined() {
            return Err(EngineError {
                status: 403,
                message: format!(
                    "{} is a pre-defined network and cannot be removed",
                    network.name
                ),
            });
        }
        if !network.endpoints.is_empty() {
            let users: Vec<String> = network
                .endpoints
                .iter()
                .map(|(id, endpoint)| {
                    let name = self.inspect(id).map(|info| info.name).unwrap_or_default();
                    format!("name:{name:?} id:{:?}", crate::image::short(&endpoint.id))
                })
                .collect();
            return Err(EngineError {
                status: 403,
                message: format!(
                    "error while removing network: network {} has active endpoints ({})",
                    network.name,
                    users.join(", ")
                ),
            });
        }
        self.inner
            .networks
            .all
            .borrow_mut()
            .retain(|other| other.id != network.id);
        let attributes = [("name", network.name.as_str()), ("type", &network.driver)];
        self.event("network", "destroy", &network.id, &attributes);
        Ok(network.name)
    }

    /// Gives a container an end in a network.
    pub(super) fn join_network(
        &self,
        container: &Container,
        namespace: &NetworkNamespace,
        name: &str,
        aliases: Vec<String>,
    ) -> Result<(), EngineError> {
        let network = self.network(name)?;
        let address = free_address(&network, namespace).ok_or_else(|| {
            EngineError::failed("could not find an available, non-overlapping IPv4 address")
        })?;
        let octets = address.octets();
        let random = self.inner.random.next_u64();
        let mac = format!(
            "{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}",
            random as u8 & 0xfc | 2,
            (random >> 8) as u8,
            octets[0],
            octets[1],
            octets[2],
            octets[3]
        );
        namespace.describe(
            address,
            network.subnet.map_or(16, |(_, prefix)| prefix),
            &mac,
        );
        let endpoint = Endpoint {
            id: self.inner.random.hex(64),
            address,
            mac,
            aliases,
        };
        let mut networks = self.inner.networks.all.borrow_mut();
        if let Some(network) = networks.iter_mut().find(|other| other.id == network.id) {
            network.endpoints.insert(container.id.clone(), endpoint);
        }
        drop(networks);
        self.network_event("connect", &network, &container.id);
        Ok(())
    }

    /// Takes a container's ends in all networks, or in one, away.
    pub(super) fn leave_networks(&self, container: &str, only: Option<&str>) {
        let mut left = Vec::new();
        for network in self.inner.networks.all.borrow_mut().iter_mut() {
            if only.is_none_or(|only| network.name == only || network.id == only)
                && let Some(endpoint) = network.endpoints.remove(container)
            {
                left.push((network.clone(), endpoint));
            }
        }
        for (network, endpoint) in left {
            if let Some(namespace) = self.inner.kernel.network().host(endpoint.address) {
                namespace.remove_address(endpoint.address);
            }
            self.network_event("disconnect", &network, container);
        }
        if only.is_none() {
            let mut published = self.inner.networks.published.borrow_mut();
            published.retain(|_, port| port.container != container);
        }
    }

    fn network_event(&self, action: &str, network: &DockerNetwork, container: &str) {
        let attributes = [
            ("container", container),
            ("name", network.name.as_str()),
            ("type", network.driver.as_str()),
        ];
        self.event("network", action, &network.id, &attributes);
    }

    /// The ends of a container, with the networks' names.
    pub(crate) fn endpoints(&self, container: &str) -> Vec<(DockerNetwork, Endpoint)> {
        let networks = self.inner.networks.all.borrow();
        let found = networks.iter().filter_map(|network| {
            let endpoint = network.endpoints.get(container)?;
            Some((network.clone(), endpoint.clone()))
        });
        found.collect()
    }

    /// The first address of a container.
    pub(super) fn address_of(&self, container: &str) -> Option<Ipv4Addr> {
        let networks = self.inner.networks.all.borrow();
        networks
            .iter()
            .find_map(|network| network.endpoints.get(container))
            .map(|endpoint| endpoint.address)
    }

    /// Publishes ports; gives them with the machine's ports filled in.
    pub(super) fn publish(
        &self,
        container: &Container,
        name: &str,
        wanted: &[PortBinding],
        address: Ipv4Addr,
    ) -> Result<Vec<PortBinding>, EngineError> {
        let mut bound = Vec::new();
        for binding in wanted {
            let mut binding = binding.clone();
            let udp = binding.protocol != "tcp";
            let taken = |port: u16| {
                let published = self.inner.networks.published.borrow();
                let other = published.get(&(port, binding.protocol.clone()));
                let listening = self.inner.kernel.host_network().listening();
                other.is_some() || (!udp && listening.iter().any(|socket| socket.port() == port))
            };
            if binding.host_port == 0 {
                while taken(self.inner.networks.next_port.get()) {
                    self.bump_port();
                }
                binding.host_port = self.inner.networks.next_port.get();
                self.bump_port();
            } else if taken(binding.host_port) {
                let host = binding.host_address.unwrap_or(Ipv4Addr::UNSPECIFIED);
                let endpoint = self.endpoints(&container.id);
                let endpoint = endpoint.first().map_or("", |(_, end)| end.id.as_str());
                return Err(EngineError::failed(format!(
                    "failed to set up container networking: driver failed programming external connectivity on endpoint {name} ({endpoint}): Bind for {host}:{} failed: port is already allocated",
                    binding.host_port
                )));
            }
            let published = Published {
                container: container.id.clone(),
                host_address: binding.host_address,
                target: SocketAddrV4::new(address, binding.container_port),
            };
            self.inner
                .networks
                .published
                .borrow_mut()
                .insert((binding.host_port, binding.protocol.clone()), published);
            bound.push(binding);
        }
        Ok(bound)
    }

    fn bump_port(&self) {
        let port = self.inner.networks.next_port.get();
        let next = if port >= 60999 { 32768 } else { port + 1 };
        self.inner.networks.next_port.set(next);
    }

    /// The name of a network mode's network, when it has ends.
    pub(super) fn network_name(mode: &NetworkMode) -> Option<&str> {
        match mode {
            NetworkMode::Bridge => Some("bridge"),
            NetworkMode::Named(name) => Some(name),
            _ => None,
        }
    }
}

/// The lowest free address of a network, given to the namespace.
fn free_address(network: &DockerNetwork, namespace: &NetworkNamespace) -> Option<Ipv4Addr> {
    let (base, prefix) = network.subnet?;
    let size = 1u32 << (32 - u32::from(prefix.clamp(8, 30)));
    let taken = |address: &Ipv4Addr| {
        network
            .endpoints
            .values()
            .any(|endpoint| endpoint.address == *address)
    };
    (2..size.saturating_sub(1))
        .map(|host| Ipv4Addr::from(u32::from(base) + host))
        .find(|address| !taken(address) && namespace.add_address(*address).is_ok())
}

/// What an engine adds to the machines' network: published ports and containers' names.
struct Wiring {
    engine: Weak<Inner>,
}

impl Redirect for Wiring {
    fn redirect(
        &self,
        from: &NetworkNamespace,
        to: SocketAddrV4,
    ) -> Option<Result<SocketAddrV4, Errno>> {
        let engine = self.engine.upgrade()?;
        let published = engine.networks.published.borrow();
        let port = published.get(&(to.port(), "tcp".to_string()))?;
        let host = engine.kernel.host_network();
        let own = (to.ip().is_loopback() && from.is(host)) || host.addresses().contains(to.ip());
        let asked = port
            .host_address
            .is_none_or(|address| address == *to.ip() || address.is_unspecified());
        (own && asked).then_some(Ok(port.target))
    }
}

impl Resolver for Wiring {
    fn resolve(&self, from: &NetworkNamespace, name: &str) -> Option<Vec<Ipv4Addr>> {
        let inner = self.engine.upgrade()?;
        let engine = Engine { inner };
        let networks = engine.inner.networks.all.borrow();
        let own = from.addresses();
        for network in networks.iter().filter(|network| !network.is_predefined()) {
            let ends = &network.endpoints;
            if !ends
                .values()
                .any(|endpoint| own.contains(&endpoint.address))
            {
                continue;
            }
            let found: Vec<Ipv4Addr> = ends
                .iter()
                .filter(|(id, endpoint)| {
                    let container = engine.inner.containers.borrow().get(*id).cloned();
                    container.is_some_and(|container| {
                        *container.name.borrow() == name || id.get(..12) == Some(name)
                    }) || endpoint.aliases.iter().any(|alias| alias == name)
                })
                .map(|(_, endpoint)| endpoint.address)
                .collect();
            if !found.is_empty() {
                return Some(found);
            }
        }
        None
    }
}

impl Engine {
    /// Puts a running container into one more network.
    pub fn connect_network(
        &self,
        network: &str,
        container: &str,
        aliases: Vec<String>,
    ) -> Result<(), EngineError> {
        let found = self.network(network)?;
        let container = self.container(container)?;
        if found.endpoints.contains_key(&container.id) {
            return Err(EngineError {
                status: 403,
                message: format!(
                    "endpoint with name {} already exists in network {}",
                    container.name.borrow(),
                    found.name
                ),
            });
        }
        let namespace = container.network.borrow().clone();
        match namespace {
            Some(namespace) => self.join_network(&container, &namespace, &found.name, aliases),
            None => Ok(()),
        }
    }

    /// Takes a container out of a network.
    pub fn disconnect_network(&self, network: &str, container: &str) -> Result<(), EngineError> {
        let found = self.network(network)?;
        let container = self.container(container)?;
        if !found.endpoints.contains_key(&container.id) {
            return Err(EngineError {
                status: 403,
                message: format!(
                    "container {} is not connected to network {}",
                    container.id, found.name
                ),
            });
        }
        self.leave_networks(&container.id, Some(&found.id));
        Ok(())
    }
}
