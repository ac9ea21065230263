//! The cluster's names.
//!
//! Models CoreDNS' `kubernetes` plugin: Services by cluster address, headless ones by their ready
//! endpoints, pods with a host name of a headless Service, and pods by dashed address.

use std::net::Ipv4Addr;

use kubernetes_api::object;
use machine::network::{NetworkNamespace, Resolver};
use serde_json::Value;

use crate::server::Api;

/// What all names of the cluster end with.
const DOMAIN: &str = ".cluster.local";

pub(super) struct Names {
    pub(super) api: Api,
}

impl Resolver for Names {
    fn resolve(&self, _from: &NetworkNamespace, name: &str) -> Option<Vec<Ipv4Addr>> {
        let name = name.trim_end_matches('.').to_lowercase();
        let inner = name.strip_suffix(DOMAIN)?;
        let parts: Vec<&str> = inner.split('.').collect();
        let found = match parts.as_slice() {
            [service, namespace, "svc"] => self.service(namespace, service),
            [host, service, namespace, "svc"] => self.host(namespace, service, host),
            [address, _, "pod"] => address
                .replace('-', ".")
                .parse()
                .map(|address| vec![address])
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        Some(found).filter(|found| !found.is_empty())
    }
}

impl Names {
    fn service(&self, namespace: &str, name: &str) -> Vec<Ipv4Addr> {
        let Some(service) = self.api.store().get("services", namespace, name) else {
            return Vec::new();
        };
        let address = object::get_str(&service, &["spec", "clusterIP"]);
        if let Ok(address) = address.parse() {
            return vec![address];
        }
        self.endpoints(namespace, name, |_| true)
    }

    fn host(&self, namespace: &str, service: &str, host: &str) -> Vec<Ipv4Addr> {
        self.endpoints(namespace, service, |endpoint| {
            object::get_str(endpoint, &["hostname"]) == host
        })
    }

    fn endpoints(
        &self,
        namespace: &str,
        service: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Vec<Ipv4Addr> {
        let mut all = Vec::new();
        for slice in self.api.store().list(super::SLICES, Some(namespace)) {
            if object::label(&slice, "kubernetes.io/service-name") != Some(service) {
                continue;
            }
            for endpoint in object::get_list(&slice, &["endpoints"]) {
                if object::get_bool(endpoint, &["conditions", "ready"]) && wanted(endpoint) {
                    all.extend(
                        object::get_list(endpoint, &["addresses"])
                            .iter()
                            .filter_map(|address| address.as_str()?.parse::<Ipv4Addr>().ok()),
                    );
                }
            }
        }
        all
    }
}
