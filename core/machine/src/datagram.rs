//! Datagrams (UDP) between namespaces: sockets bound to ports, and a mailbox for each.

use crate::network::NetworkNamespace;
use crate::{Errno, limits};
use ordered::OrderedMap;
use simulation::Notify;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

/// The bound sockets of a namespace by their ports.
pub(crate) type Mailboxes = RefCell<OrderedMap<u16, Rc<Mailbox>>>;

pub(crate) struct Mailbox {
    address: Ipv4Addr,
    waiting: RefCell<VecDeque<(SocketAddrV4, Vec<u8>)>>,
    /// Nobody was where the last datagram went.
    refused: Cell<bool>,
    closed: Cell<bool>,
    changed: Notify,
}

/// A socket for datagrams; dropping it frees its port.
pub struct DatagramSocket {
    namespace: NetworkNamespace,
    port: u16,
    mailbox: Rc<Mailbox>,
    /// The only address that it talks with.
    peer: Option<SocketAddrV4>,
}

impl NetworkNamespace {
    /// Binds a socket to a port of an address (`0.0.0.0` for all), or to any free port for 0;
    /// with a peer it talks with nobody else.
    pub fn bind_datagrams(
        &self,
        address: Ipv4Addr,
        port: u16,
        peer: Option<SocketAddrV4>,
    ) -> Result<DatagramSocket, Errno> {
        let own = address.is_unspecified()
            || address.is_loopback()
            || self.addresses().contains(&address);
        if !own {
            return Err(Errno::EADDRNOTAVAIL);
        }
        let port = if port == 0 { self.free_port()? } else { port };
        let mut mailboxes = self.mailboxes().borrow_mut();
        if mailboxes.contains_key(&port) {
            return Err(Errno::EADDRINUSE);
        }
        let mailbox = Rc::new(Mailbox {
            address,
            waiting: RefCell::default(),
            refused: Cell::new(false),
            closed: Cell::new(false),
            changed: Notify::new(),
        });
        mailboxes.insert(port, Rc::clone(&mailbox));
        Ok(DatagramSocket {
            namespace: self.clone(),
            port,
            mailbox,
            peer,
        })
    }
}

impl DatagramSocket {
    /// The address that it is bound to; of a socket with a peer, the one that the peer sees.
    pub fn local(&self) -> SocketAddrV4 {
        let address = match self.peer {
            Some(peer) => self.seen_by(*peer.ip()),
            None => self.mailbox.address,
        };
        SocketAddrV4::new(address, self.port)
    }

    /// The only address that it talks with.
    pub fn peer(&self) -> Option<SocketAddrV4> {
        self.peer
    }

    fn seen_by(&self, other: Ipv4Addr) -> Ipv4Addr {
        if !self.mailbox.address.is_unspecified() {
            self.mailbox.address
        } else if other.is_loopback() || other.is_unspecified() {
            Ipv4Addr::LOCALHOST
        } else {
            self.namespace.address()
        }
    }

    /// Sends a datagram; where nobody listens it is lost.
    pub fn send(&self, to: SocketAddrV4, bytes: Vec<u8>) -> Result<(), Errno> {
        if bytes.len() > limits::DATAGRAM_BYTES {
            return Err(Errno::EMSGSIZE);
        }
        let Ok((host, target)) = self.namespace.route(to) else {
            return Ok(());
        };
        let mailbox = host.mailboxes().borrow().get(&target.port()).cloned();
        let mailbox = mailbox
            .filter(|mailbox| mailbox.address.is_unspecified() || mailbox.address == *target.ip());
        let Some(mailbox) = mailbox else {
            self.mailbox.refused.set(self.peer.is_some());
            self.mailbox.changed.notify();
            return Ok(());
        };
        let mut waiting = mailbox.waiting.borrow_mut();
        if waiting.len() < limits::DATAGRAMS_WAITING {
            let from = SocketAddrV4::new(self.seen_by(*target.ip()), self.port);
            waiting.push_back((from, bytes));
            mailbox.changed.notify();
        }
        Ok(())
    }

    /// Waits for a datagram: who sent it, and its bytes. `EBADF` after [`DatagramSocket::close`].
    pub async fn receive(&self) -> Result<(SocketAddrV4, Vec<u8>), Errno> {
        loop {
            let changed = self.mailbox.changed.listen();
            while let Some((from, bytes)) = self.mailbox.waiting.borrow_mut().pop_front() {
                if self.peer.is_none_or(|peer| peer == from) {
                    return Ok((from, bytes));
                }
            }
            if self.mailbox.closed.get() {
                return Err(Errno::EBADF);
            }
            if self.mailbox.refused.take() {
                return Err(Errno::ECONNREFUSED);
            }
            changed.await;
        }
    }

    /// Frees the port; who waits in [`DatagramSocket::receive`] gets `EBADF`.
    pub fn close(&self) {
        if !self.mailbox.closed.replace(true) {
            self.namespace.mailboxes().borrow_mut().remove(&self.port);
            self.mailbox.changed.notify();
        }
    }
}

impl Drop for DatagramSocket {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::{Simulation, Time};

    #[test]
    fn datagrams_reach_who_is_bound_and_answers_come_back() {
        let simulation = Simulation::new(0, Time::default());
        let network = Network::new(&simulation);
        let (server, client) = (network.namespace(), network.namespace());
        let address = Ipv4Addr::new(10, 0, 0, 1);
        server.add_address(address).unwrap();
        client.add_address(Ipv4Addr::new(10, 0, 0, 2)).unwrap();
        let to = SocketAddrV4::new(address, 53);
        let bound = server.bind_datagrams(Ipv4Addr::UNSPECIFIED, 53, None);
        let bound = bound.unwrap();
        let again = server.bind_datagrams(address, 53, None);
        assert_eq!(again.err(), Some(Errno::EADDRINUSE));
        let asking = client.bind_datagrams(Ipv4Addr::UNSPECIFIED, 0, Some(to));
        let asking = asking.unwrap();
        let got = simulation.run(Time::from_secs(9), async move {
            asking.send(to, b"hi".to_vec()).unwrap();
            let (from, question) = bound.receive().await.unwrap();
            bound.send(from, b"re".to_vec()).unwrap();
            let answer = asking.receive().await;
            drop(bound);
            asking.send(to, b"lost".to_vec()).unwrap();
            (question, answer, asking.receive().await)
        });
        let want = (
            b"hi".to_vec(),
            Ok((to, b"re".to_vec())),
            Err(Errno::ECONNREFUSED),
        );
        assert_eq!(got, Some(want));
    }
}
