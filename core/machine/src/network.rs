//! The simulated IP network: namespaces with addresses, listeners, byte-stream connections,
//! redirection (for service proxies and published ports) and names.

use crate::pipe::ByteQueue;
use crate::{Errno, FileKind, FileSystem, LocalFuture, http, limits};
use ordered::OrderedMap;
use simulation::{Duration, Notify, Simulation};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::{Rc, Weak};

/// Virtual time that a connection takes to be made.
const CONNECT_TIME: Duration = Duration::from_micros(200);
/// Virtual time after which a missing host is noticed, as ARP does it.
const UNREACHABLE_TIME: Duration = Duration::from_secs(3);
/// The first and one past the last port that is given to who asks for any.
const EPHEMERAL_PORTS: std::ops::Range<u16> = 32768..60999;

/// The network that connects machines and containers. Clones are the same network.
#[derive(Clone)]
pub struct Network {
    inner: Rc<NetworkInner>,
}

struct NetworkInner {
    simulation: Simulation,
    hosts: RefCell<OrderedMap<Ipv4Addr, Weak<NamespaceInner>>>,
    redirects: RefCell<Vec<Rc<dyn Redirect>>>,
    resolvers: RefCell<Vec<Rc<dyn Resolver>>>,
}

/// Rewrites where a connection goes, as iptables does for service addresses.
pub trait Redirect {
    /// The address that answers instead of `to`: `None` when this redirection does not concern
    /// it, an error when the connection is refused.
    fn redirect(
        &self,
        from: &NetworkNamespace,
        to: SocketAddrV4,
    ) -> Option<Result<SocketAddrV4, Errno>>;
}

/// Knows names: a cluster's DNS, a Docker network's.
pub trait Resolver {
    /// The addresses of a fully qualified name (without the final dot) for who asks from a
    /// namespace; `None` when the name is not of this resolver.
    fn resolve(&self, from: &NetworkNamespace, name: &str) -> Option<Vec<Ipv4Addr>>;
}

impl Network {
    /// A network without any host.
    pub fn new(simulation: &Simulation) -> Network {
        let inner = NetworkInner {
            simulation: simulation.clone(),
            hosts: RefCell::default(),
            redirects: RefCell::default(),
            resolvers: RefCell::default(),
        };
        Network {
            inner: Rc::new(inner),
        }
    }

    /// The virtual clock and executor.
    pub fn simulation(&self) -> &Simulation {
        &self.inner.simulation
    }

    /// A new namespace that has only the loopback address.
    pub fn namespace(&self) -> NetworkNamespace {
        let inner = NamespaceInner {
            network: self.clone(),
            interfaces: RefCell::default(),
            listeners: RefCell::default(),
            next_port: Cell::new(EPHEMERAL_PORTS.start),
            connections: RefCell::default(),
            mailboxes: RefCell::default(),
        };
        NetworkNamespace {
            inner: Rc::new(inner),
        }
    }

    /// Adds a redirection; earlier ones are asked first.
    pub fn add_redirect(&self, redirect: Rc<dyn Redirect>) {
        self.inner.redirects.borrow_mut().push(redirect);
    }

    /// Adds a resolver; earlier ones are asked first.
    pub fn add_resolver(&self, resolver: Rc<dyn Resolver>) {
        self.inner.resolvers.borrow_mut().push(resolver);
    }

    /// The namespace that has an address.
    pub fn host(&self, address: Ipv4Addr) -> Option<NetworkNamespace> {
        let inner = self.inner.hosts.borrow().get(&address)?.upgrade()?;
        Some(NetworkNamespace { inner })
    }

    fn redirect(&self, from: &NetworkNamespace, to: SocketAddrV4) -> Result<SocketAddrV4, Errno> {
        let redirects = self.inner.redirects.borrow().clone();
        redirects
            .iter()
            .find_map(|redirect| redirect.redirect(from, to))
            .unwrap_or(Ok(to))
    }
}

/// How a namespace is attached to a network.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its address.
    pub address: Ipv4Addr,
    /// How many bits of the address name the network.
    pub prefix: u8,
    /// The hardware address, as six pairs of digits.
    pub hardware: String,
}

/// One network stack: a machine's or a container's (a pod's containers share one). Clones are the
/// same one.
#[derive(Clone)]
pub struct NetworkNamespace {
    inner: Rc<NamespaceInner>,
}

struct NamespaceInner {
    network: Network,
    interfaces: RefCell<Vec<Interface>>,
    listeners: RefCell<OrderedMap<u16, Vec<Rc<Backlog>>>>,
    next_port: Cell<u16>,
    connections: RefCell<Vec<ByteQueue>>,
    mailboxes: crate::datagram::Mailboxes,
}

impl NetworkNamespace {
    /// Gives the namespace an interface with an address. `EADDRINUSE` when another one has it.
    pub fn add_address(&self, address: Ipv4Addr) -> Result<(), Errno> {
        let mut hosts = self.inner.network.inner.hosts.borrow_mut();
        if hosts
            .get(&address)
            .is_some_and(|host| host.strong_count() > 0)
        {
            return Err(Errno::EADDRINUSE);
        }
        hosts.insert(address, Rc::downgrade(&self.inner));
        let [a, b, c, d] = address.octets();
        self.inner.interfaces.borrow_mut().push(Interface {
            address,
            prefix: 24,
            hardware: format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}"),
        });
        Ok(())
    }

    /// Says more of the interface with an address: the length of its network's prefix, and its
    /// hardware address.
    pub fn describe(&self, address: Ipv4Addr, prefix: u8, hardware: &str) {
        let mut interfaces = self.inner.interfaces.borrow_mut();
        let found = interfaces.iter_mut().find(|one| one.address == address);
        if let Some(interface) = found {
            interface.prefix = prefix;
            interface.hardware = hardware.to_owned();
        }
    }

    /// The interfaces, without loopback, in the order of their addresses' giving.
    pub fn interfaces(&self) -> Vec<Interface> {
        self.inner.interfaces.borrow().clone()
    }

    /// Takes an address away.
    pub fn remove_address(&self, address: Ipv4Addr) {
        let mut interfaces = self.inner.interfaces.borrow_mut();
        if let Some(at) = interfaces.iter().position(|own| own.address == address) {
            interfaces.remove(at);
            self.inner.network.inner.hosts.borrow_mut().remove(&address);
        }
    }

    /// The addresses, without loopback, in the order they were given.
    pub fn addresses(&self) -> Vec<Ipv4Addr> {
        let interfaces = self.inner.interfaces.borrow();
        interfaces.iter().map(|one| one.address).collect()
    }

    /// The first address, or loopback.
    pub fn address(&self) -> Ipv4Addr {
        let interfaces = self.inner.interfaces.borrow();
        let first = interfaces.first().map(|one| one.address);
        first.unwrap_or(Ipv4Addr::LOCALHOST)
    }

    /// The network that it is part of.
    pub fn network(&self) -> &Network {
        &self.inner.network
    }

    /// Whether two handles are the same namespace.
    pub fn is(&self, other: &NetworkNamespace) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }

    /// Gives up all addresses and listeners, and breaks off all connections: the container ended.
    pub fn close(&self) {
        let interfaces = std::mem::take(&mut *self.inner.interfaces.borrow_mut());
        for Interface { address, .. } in interfaces {
            self.inner.network.inner.hosts.borrow_mut().remove(&address);
        }
        let listeners = std::mem::take(&mut *self.inner.listeners.borrow_mut());
        for backlog in listeners.into_values().flatten() {
            backlog.closed.set(true);
            backlog.changed.notify();
        }
        for queue in std::mem::take(&mut *self.inner.connections.borrow_mut()) {
            queue.reset();
        }
    }

    /// Listens on a port of an address (`0.0.0.0` for all), or on any free port for 0.
    pub fn listen(&self, address: Ipv4Addr, port: u16) -> Result<Listener, Errno> {
        self.bind(address, port, None)
    }

    /// Serves HTTP on a port. A client that speaks through [`http::send`] reaches the service
    /// without any bytes in between; any other client gets HTTP/1.1.
    pub fn serve(
        &self,
        address: Ipv4Addr,
        port: u16,
        service: Rc<dyn http::Service>,
    ) -> Result<(), Errno> {
        let listener = self.bind(address, port, Some(service.clone()))?;
        let simulation = self.inner.network.inner.simulation.clone();
        let spawner = simulation.clone();
        simulation.spawn(async move {
            while let Ok(connection) = listener.accept().await {
                let service = service.clone();
                spawner.spawn(async move { http::serve(Rc::new(connection), service).await });
            }
        });
        Ok(())
    }

    fn bind(
        &self,
        address: Ipv4Addr,
        port: u16,
        service: Option<Rc<dyn http::Service>>,
    ) -> Result<Listener, Errno> {
        let own = address.is_unspecified()
            || address.is_loopback()
            || self.addresses().contains(&address);
        if !own {
            return Err(Errno::EADDRNOTAVAIL);
        }
        let port = if port == 0 { self.free_port()? } else { port };
        let mut listeners = self.inner.listeners.borrow_mut();
        let taken = listeners.entry(port).or_default();
        if taken.iter().any(|other| {
            other.address == address || other.address.is_unspecified() || address.is_unspecified()
        }) {
            return Err(Errno::EADDRINUSE);
        }
        let backlog = Rc::new(Backlog {
            address,
            port,
            service,
            waiting: RefCell::default(),
            changed: Notify::new(),
            closed: Cell::new(false),
        });
        taken.push(backlog.clone());
        Ok(Listener {
            namespace: self.clone(),
            backlog,
        })
    }

    pub(crate) fn mailboxes(&self) -> &crate::datagram::Mailboxes {
        &self.inner.mailboxes
    }

    pub(crate) fn free_port(&self) -> Result<u16, Errno> {
        for _ in EPHEMERAL_PORTS {
            let port = self.inner.next_port.get();
            let next = if port + 1 >= EPHEMERAL_PORTS.end {
                EPHEMERAL_PORTS.start
            } else {
                port + 1
            };
            self.inner.next_port.set(next);
            if !self.inner.listeners.borrow().contains_key(&port)
                && !self.inner.mailboxes.borrow().contains_key(&port)
            {
                return Ok(port);
            }
        }
        Err(Errno::EADDRINUSE)
    }

    fn backlog(&self, to: SocketAddrV4) -> Option<Rc<Backlog>> {
        let listeners = self.inner.listeners.borrow();
        let at_port = listeners.get(&to.port())?;
        at_port
            .iter()
            .find(|backlog| backlog.address.is_unspecified() || backlog.address == *to.ip())
            .cloned()
    }

    /// The listening ports with their addresses, sorted: what `netstat -l` shows.
    pub fn listening(&self) -> Vec<SocketAddrV4> {
        let listeners = self.inner.listeners.borrow();
        listeners
            .values()
            .flatten()
            .map(|backlog| SocketAddrV4::new(backlog.address, backlog.port))
            .collect()
    }

    /// Where a connection to `to` ends up: the namespace and the address there.
    pub(crate) fn route(
        &self,
        to: SocketAddrV4,
    ) -> Result<(NetworkNamespace, SocketAddrV4), Errno> {
        let to = if to.ip().is_unspecified() {
            SocketAddrV4::new(Ipv4Addr::LOCALHOST, to.port())
        } else {
            to
        };
        if to.ip().is_loopback() {
            // A redirection (a published port) counts only where nobody listens.
            if self.backlog(to).is_some() {
                return Ok((self.clone(), to));
            }
        }
        let to = self.inner.network.redirect(self, to)?;
        if to.ip().is_loopback() {
            return Ok((self.clone(), to));
        }
        self.inner
            .network
            .host(*to.ip())
            .map(|host| (host, to))
            .ok_or(Errno::EHOSTUNREACH)
    }

    /// The HTTP service that answers at an address without any bytes in between, if there is one.
    pub(crate) fn service_at(
        &self,
        to: SocketAddrV4,
    ) -> Result<Option<Rc<dyn http::Service>>, Errno> {
        let (host, to) = self.route(to)?;
        Ok(host.backlog(to).and_then(|backlog| backlog.service.clone()))
    }

    /// Connects to an address. Errors: `ECONNREFUSED` when nobody listens, `EHOSTUNREACH` after
    /// three seconds when no host has the address.
    pub async fn connect(&self, to: SocketAddrV4) -> Result<Connection, Errno> {
        let simulation = self.inner.network.inner.simulation.clone();
        let (host, target) = match self.route(to) {
            Ok(found) => found,
            Err(Errno::EHOSTUNREACH) => {
                simulation.sleep(UNREACHABLE_TIME).await;
                return Err(Errno::EHOSTUNREACH);
            }
            Err(error) => return Err(error),
        };
        simulation.sleep(CONNECT_TIME).await;
        let backlog = host.backlog(target).ok_or(Errno::ECONNREFUSED)?;
        if backlog.waiting.borrow().len() >= limits::LISTEN_BACKLOG {
            return Err(Errno::ETIMEDOUT);
        }
        let own = if target.ip().is_loopback() {
            Ipv4Addr::LOCALHOST
        } else {
            self.address()
        };
        let local = SocketAddrV4::new(own, self.free_port()?);
        let (there, back) = (ByteQueue::new(), ByteQueue::new());
        for namespace in [self, &host] {
            namespace.remember(&there);
            namespace.remember(&back);
        }
        let server = Connection {
            read: there.clone(),
            write: back.clone(),
            local: target,
            peer: local,
        };
        backlog.waiting.borrow_mut().push_back(server);
        backlog.changed.notify();
        Ok(Connection {
            read: back,
            write: there,
            local,
            peer: to,
        })
    }

    fn remember(&self, queue: &ByteQueue) {
        let mut connections = self.inner.connections.borrow_mut();
        if connections.len() >= 64 {
            connections.retain(ByteQueue::is_open);
        }
        connections.push(queue.clone());
    }

    /// Looks a name up as the C library does: a dotted address as it is, then `/etc/hosts` of
    /// `files`, then the network's names with the search domains of `/etc/resolv.conf`.
    pub fn resolve(&self, files: &FileSystem, name: &str) -> Option<Vec<Ipv4Addr>> {
        if let Ok(address) = name.parse() {
            return Some(vec![address]);
        }
        if name == "localhost" {
            return Some(vec![Ipv4Addr::LOCALHOST]);
        }
        let hosts = files
            .read("/etc/hosts")
            .map(|content| content.text())
            .unwrap_or_default();
        let listed: Vec<Ipv4Addr> = hosts
            .lines()
            .filter_map(|line| {
                let mut words = line.split('#').next()?.split_whitespace();
                let address = words.next()?.parse().ok()?;
                words
                    .any(|word| word.eq_ignore_ascii_case(name))
                    .then_some(address)
            })
            .collect();
        if !listed.is_empty() {
            return Some(listed);
        }
        let settings = files
            .read("/etc/resolv.conf")
            .map(|content| content.text())
            .unwrap_or_default();
        let bare = name.trim_end_matches('.').to_ascii_lowercase();
        let search = settings
            .lines()
            .filter_map(|line| line.strip_prefix("search "))
            .flat_map(str::split_whitespace);
        let candidates = search
            .filter(|_| !name.ends_with('.'))
            .map(|domain| format!("{bare}.{domain}"));
        let mut candidates: Vec<String> = candidates.collect();
        candidates.push(bare);
        let resolvers = self.inner.network.inner.resolvers.borrow().clone();
        candidates.iter().find_map(|candidate| {
            resolvers
                .iter()
                .find_map(|resolver| resolver.resolve(self, candidate))
        })
    }
}

struct Backlog {
    address: Ipv4Addr,
    port: u16,
    service: Option<Rc<dyn http::Service>>,
    waiting: RefCell<VecDeque<Connection>>,
    changed: Notify,
    closed: Cell<bool>,
}

/// A listening port; dropping it stops listening.
pub struct Listener {
    namespace: NetworkNamespace,
    backlog: Rc<Backlog>,
}

impl Listener {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(self.backlog.address, self.backlog.port)
    }

    /// Waits for the next connection; `EBADF` after [`Listener::close`] or when the namespace
    /// was closed.
    pub async fn accept(&self) -> Result<Connection, Errno> {
        loop {
            let changed = self.backlog.changed.listen();
            if let Some(connection) = self.backlog.waiting.borrow_mut().pop_front() {
                return Ok(connection);
            }
            if self.backlog.closed.get() {
                return Err(Errno::EBADF);
            }
            changed.await;
        }
    }

    /// Stops listening; who waits in [`Listener::accept`] gets `EBADF`.
    pub fn close(&self) {
        self.backlog.closed.set(true);
        self.backlog.changed.notify();
        let mut listeners = self.namespace.inner.listeners.borrow_mut();
        if let Some(at_port) = listeners.get_mut(&self.backlog.port) {
            at_port.retain(|backlog| !Rc::ptr_eq(backlog, &self.backlog));
            if at_port.is_empty() {
                listeners.remove(&self.backlog.port);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.close();
    }
}

/// One end of a byte-stream connection; also an open file. Dropping it closes both directions.
pub struct Connection {
    read: ByteQueue,
    write: ByteQueue,
    local: SocketAddrV4,
    peer: SocketAddrV4,
}

impl Connection {
    /// This end's address.
    pub fn local(&self) -> SocketAddrV4 {
        self.local
    }

    /// The other end's address (before redirection, for who connected).
    pub fn peer(&self) -> SocketAddrV4 {
        self.peer
    }

    /// Sends the end of the stream; reading goes on.
    pub fn close_write(&self) {
        self.write.close_write();
    }

    /// Closes both directions while others may still hold the connection.
    pub fn close(&self) {
        self.write.close_write();
        self.read.close_read();
    }
}

impl FileKind for Connection {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(self.read.clone().read(count))
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        Box::pin(self.write.clone().write(bytes.to_vec()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const SERVICE: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 1);

    struct ToServer;

    impl Redirect for ToServer {
        fn redirect(
            &self,
            _from: &NetworkNamespace,
            to: SocketAddrV4,
        ) -> Option<Result<SocketAddrV4, Errno>> {
            (*to.ip() == SERVICE).then(|| Ok(SocketAddrV4::new(SERVER, 8080)))
        }
    }

    #[test]
    fn a_redirected_connection_reaches_the_listener() {
        let simulation = Simulation::new(0, Time::default());
        let network = Network::new(&simulation);
        network.add_redirect(Rc::new(ToServer));
        let (server, client) = (network.namespace(), network.namespace());
        server.add_address(SERVER).unwrap();
        let listener = server.listen(Ipv4Addr::UNSPECIFIED, 8080).unwrap();
        assert_eq!(server.listen(SERVER, 8080).err(), Some(Errno::EADDRINUSE));
        simulation.spawn(async move {
            let connection = listener.accept().await.unwrap();
            let question = connection.read(100).await.unwrap();
            connection
                .write(&[b"re: ", question.as_slice()].concat())
                .await
                .unwrap();
        });
        let answer = simulation.run(Time::from_secs(9), async move {
            let connection = client
                .connect(SocketAddrV4::new(SERVICE, 80))
                .await
                .unwrap();
            connection.write(b"hi").await.unwrap();
            let first = connection.read(100).await;
            (
                first,
                connection.read(100).await,
                client.connect(SocketAddrV4::new(SERVER, 81)).await.err(),
            )
        });
        assert_eq!(
            answer,
            Some((
                Ok(b"re: hi".to_vec()),
                Ok(Vec::new()),
                Some(Errno::ECONNREFUSED)
            ))
        );
    }

    #[test]
    fn a_closed_namespace_breaks_its_connections() {
        let simulation = Simulation::new(0, Time::default());
        let network = Network::new(&simulation);
        let (server, client) = (network.namespace(), network.namespace());
        server.add_address(SERVER).unwrap();
        let listener = server.listen(SERVER, 80).unwrap();
        let answer = simulation.run(Time::from_secs(9), async move {
            let connection = client.connect(SocketAddrV4::new(SERVER, 80)).await.unwrap();
            let _held = listener.accept().await.unwrap();
            server.close();
            (
                connection.read(1).await,
                client.connect(SocketAddrV4::new(SERVER, 80)).await.err(),
            )
        });
        assert_eq!(
            answer,
            Some((Err(Errno::ECONNRESET), Some(Errno::EHOSTUNREACH)))
        );
    }
}
