//! A whole cluster: its nodes with their machines and engines, and everything that runs on them.

use std::net::Ipv4Addr;
use std::rc::Rc;

use docker::{Engine, EngineOptions, Registry};
use machine::network::Network;
use machine::{Kernel, Programs, Tree};
use simulation::Simulation;

use crate::kubelet::{Kubelet, NodeOptions};
use crate::server::Api;
use crate::{bootstrap, controller, proxy, scheduler};

/// The port of the API server on the control plane's node.
pub const API_PORT: u16 = 6443;
/// The name of the first node.
pub const CONTROL_PLANE: &str = "kind-control-plane";
/// Nodes that one cluster may have.
pub const NODES_MAX: u8 = 64;

/// What a cluster is made with.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// How many nodes; the first one is the control plane's, which takes pods too.
    pub nodes: u8,
    /// Serves the API groups of the time before Kubernetes 1.16 too.
    pub legacy_apis: bool,
    /// Images that are on every node from the start.
    pub images: Vec<String>,
}

impl Default for ClusterOptions {
    fn default() -> ClusterOptions {
        ClusterOptions {
            nodes: 1,
            legacy_apis: false,
            images: Vec::new(),
        }
    }
}

/// A cluster. Clones are the same one.
#[derive(Clone)]
pub struct Cluster {
    api: Api,
    nodes: Vec<Kubelet>,
}

impl Cluster {
    /// Starts a cluster with machines of its own.
    #[must_use]
    pub fn new(
        simulation: &Simulation,
        programs: &Programs,
        network: &Network,
        registry: &Registry,
        options: &ClusterOptions,
    ) -> Cluster {
        let engines = (0..options.nodes.clamp(1, NODES_MAX))
            .map(|number| {
                let name = node_name(number);
                let kernel =
                    Kernel::new(simulation, programs, network, &name, Tree::new(Vec::new()));
                let mut images = options.images.clone();
                images.push("registry.k8s.io/pause:3.10".to_owned());
                let engine_options = EngineOptions {
                    images,
                    ..EngineOptions::default()
                };
                Engine::new(&kernel, registry, engine_options)
            })
            .collect();
        Cluster::with_engines(simulation, network, engines, options)
    }

    /// Starts a cluster on machines that are there already, one node for each engine.
    #[must_use]
    pub fn with_engines(
        simulation: &Simulation,
        network: &Network,
        engines: Vec<Engine>,
        options: &ClusterOptions,
    ) -> Cluster {
        let api = Api::new(simulation, simulation.random().fork());
        api.set_legacy(options.legacy_apis);
        bootstrap::objects(&api);
        proxy::start(&api, network);
        controller::start(&api);
        scheduler::start(&api, CONTROL_PLANE);
        let mut nodes = Vec::new();
        for (number, engine) in (0..NODES_MAX).zip(&engines) {
            let address = node_address(number);
            let host = engine.kernel().host_network();
            if !host.addresses().contains(&address) {
                // An address that another machine has would be a mistake of the caller; the node
                // then has none.
                let _ = host.add_address(address);
            }
            let options = NodeOptions {
                name: node_name(number),
                address,
                number,
                control_plane: number == 0,
            };
            nodes.push(Kubelet::start(&api, engine, &options));
        }
        if let Some(first) = nodes.first() {
            let host = first.engine().kernel().host_network();
            // A port in use would be a mistake of the caller: the API is then reached by `api` only.
            let _ = host.serve(first.address(), API_PORT, Rc::new(api.clone()));
        }
        Cluster { api, nodes }
    }

    /// The API server.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The API server as a service for clients.
    #[must_use]
    pub fn service(&self) -> Rc<dyn machine::http::Service> {
        Rc::new(self.api.clone())
    }

    /// The nodes, the control plane's first.
    #[must_use]
    pub fn nodes(&self) -> &[Kubelet] {
        &self.nodes
    }
}

/// The name of a node by its number.
#[must_use]
pub fn node_name(number: u8) -> String {
    match number {
        0 => CONTROL_PLANE.to_owned(),
        1 => "kind-worker".to_owned(),
        other => format!("kind-worker{other}"),
    }
}

/// The address of a node by its number.
#[must_use]
pub fn node_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, 2 + number)
}
