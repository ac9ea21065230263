//! The service proxy and the cluster's names: connections to cluster addresses and node ports go
//! to a ready endpoint, and `hello.default.svc.cluster.local` is the Service's address.
//!
//! Models kube-proxy in iptables mode and CoreDNS with its `kubernetes` plugin.

mod names;

use ordered::OrderedMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

use kubernetes_api::object;
use machine::Errno;
use machine::network::{Network, NetworkNamespace, Redirect};
use serde_json::Value;
use std::cell::RefCell;

use crate::server::Api;

pub(crate) const SLICES: &str = "endpointslices.discovery.k8s.io";

/// Starts proxy and names on a network.
pub fn start(api: &Api, network: &Network) {
    let table = Rc::new(Table {
        api: api.clone(),
        routes: RefCell::default(),
        stale: std::cell::Cell::new(true),
    });
    for resource in ["services", SLICES, "nodes"] {
        let table = table.clone();
        api.store().listen(
            resource,
            Rc::new(move |_| {
                table.stale.set(true);
                true
            }),
        );
    }
    network.add_redirect(table);
    network.add_resolver(Rc::new(names::Names { api: api.clone() }));
}

/// Where connections go. Made anew when a connection is made after a change.
struct Table {
    api: Api,
    routes: RefCell<OrderedMap<SocketAddrV4, Vec<SocketAddrV4>>>,
    stale: std::cell::Cell<bool>,
}

impl Redirect for Table {
    fn redirect(
        &self,
        _from: &NetworkNamespace,
        to: SocketAddrV4,
    ) -> Option<Result<SocketAddrV4, Errno>> {
        if self.stale.replace(false) {
            *self.routes.borrow_mut() = routes(&self.api);
        }
        let routes = self.routes.borrow();
        let endpoints = routes.get(&to)?;
        if endpoints.is_empty() {
            return Some(Err(Errno::ECONNREFUSED));
        }
        let pick = self.api.random().below(endpoints.len() as u64);
        let pick = usize::try_from(pick).unwrap_or(0);
        Some(endpoints.get(pick).copied().ok_or(Errno::ECONNREFUSED))
    }
}

fn routes(api: &Api) -> OrderedMap<SocketAddrV4, Vec<SocketAddrV4>> {
    let mut routes = OrderedMap::new();
    let nodes: Vec<Ipv4Addr> = api
        .store()
        .list("nodes", None)
        .iter()
        .flat_map(|node| object::get_list(node, &["status", "addresses"]).to_vec())
        .filter(|address| object::get_str(address, &["type"]) == "InternalIP")
        .filter_map(|address| object::get_str(&address, &["address"]).parse().ok())
        .collect();
    for service in api.store().list("services", None) {
        let Ok(address) = object::get_str(&service, &["spec", "clusterIP"]).parse::<Ipv4Addr>()
        else {
            continue;
        };
        for port in object::get_list(&service, &["spec", "ports"]) {
            let endpoints = endpoints(api, &service, object::get_str(port, &["name"]));
            let number = |field: &str| {
                object::get_i64(port, &[field]).and_then(|port| u16::try_from(port).ok())
            };
            if let Some(port) = number("port") {
                routes.insert(SocketAddrV4::new(address, port), endpoints.clone());
            }
            if let Some(port) = number("nodePort").filter(|port| *port > 0) {
                for node in nodes.iter().copied().chain([Ipv4Addr::LOCALHOST]) {
                    routes.insert(SocketAddrV4::new(node, port), endpoints.clone());
                }
            }
        }
    }
    routes
}

/// The ready endpoints of a Service's port.
fn endpoints(api: &Api, service: &Value, port_name: &str) -> Vec<SocketAddrV4> {
    let mut all = Vec::new();
    for slice in api.store().list(SLICES, Some(object::namespace(service))) {
        if object::label(&slice, "kubernetes.io/service-name") != Some(object::name(service)) {
            continue;
        }
        let port = object::get_list(&slice, &["ports"])
            .iter()
            .find(|port| object::get_str(port, &["name"]) == port_name)
            .and_then(|port| object::get_i64(port, &["port"]))
            .and_then(|port| u16::try_from(port).ok());
        let Some(port) = port else {
            continue;
        };
        for endpoint in object::get_list(&slice, &["endpoints"]) {
            if object::get_bool(endpoint, &["conditions", "ready"]) {
                all.extend(
                    object::get_list(endpoint, &["addresses"])
                        .iter()
                        .filter_map(|address| address.as_str()?.parse().ok())
                        .map(|address| SocketAddrV4::new(address, port)),
                );
            }
        }
    }
    all
}
