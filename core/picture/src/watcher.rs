//! A look at a cluster that goes on: watches of what the picture shows.

use std::cell::Cell;
use std::net::SocketAddrV4;
use std::rc::Rc;

use machine::network::NetworkNamespace;
use simulation::Simulation;

use crate::draw::{self, Picture};
use crate::objects::Objects;

/// Watches a cluster. Clones are the same one.
#[derive(Clone)]
pub struct Watcher {
    revision: Rc<Cell<u64>>,
    nodes: Rc<Objects>,
    pods: Rc<Objects>,
    services: Rc<Objects>,
    slices: Rc<Objects>,
}

impl Watcher {
    /// Begins to watch the cluster whose API server listens at this address.
    pub fn start(
        simulation: &Simulation,
        network: &NetworkNamespace,
        server: SocketAddrV4,
    ) -> Self {
        let revision = Rc::new(Cell::new(0));
        let follow = |path| {
            let objects = Objects::new(path, &revision);
            let followed = Rc::clone(&objects);
            simulation.spawn(followed.follow(simulation.clone(), network.clone(), server));
            objects
        };
        Self {
            nodes: follow("/api/v1/nodes"),
            pods: follow("/api/v1/pods"),
            services: follow("/api/v1/services"),
            slices: follow("/apis/discovery.k8s.io/v1/endpointslices"),
            revision: Rc::clone(&revision),
        }
    }

    /// Grows with every change that the picture may show.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.get()
    }

    /// What the cluster looks like now.
    #[must_use]
    pub fn picture(&self) -> Picture {
        draw::picture(
            &self.nodes.all(),
            &self.pods.all(),
            &self.services.all(),
            &self.slices.all(),
        )
    }
}
