//! Services: their cluster addresses and node ports.
//!
//! Models kubernetes pkg/registry/core/service. Addresses come from 10.96.0.0/16, node ports from
//! 30000-32767, both chosen by chance.

use ordered::OrderedSet;
use std::net::Ipv4Addr;

use kubernetes_api::field::FieldError;
use kubernetes_api::object;
use serde_json::{Value, json};

use crate::server::Api;

/// The first two bytes of cluster addresses.
const RANGE: [u8; 2] = [10, 96];
/// The first node port.
const NODE_PORT_FIRST: u64 = 30_000;
/// How many node ports there are.
const NODE_PORTS: u64 = 2_768;
/// Addresses below this are kept for those who ask for one by name.
const KEPT_ADDRESSES: u64 = 256;
/// Tries to hit a free address or port.
const ATTEMPTS: usize = 4_096;

/// Fields that follow from the type.
pub(super) fn prepare_create(service: &mut Value) {
    if kind(service) == "ExternalName" {
        return;
    }
    for (field, value) in [
        ("ipFamilies", json!(["IPv4"])),
        ("ipFamilyPolicy", json!("SingleStack")),
    ] {
        if object::get(service, &["spec", field]).is_none() {
            object::set(service, &["spec", field], value);
        }
    }
}

/// An update without an address keeps the one that there is.
pub(super) fn prepare_update(old: &Value, service: &mut Value) {
    if kind(service) == "ExternalName" {
        return;
    }
    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let given = object::get(service, &["spec", field]).is_some_and(|value| value != "");
        if !given && let Some(value) = object::get(old, &["spec", field]) {
            let value = value.clone();
            object::set(service, &["spec", field], value);
        }
    }
    let old_ports = object::get_list(old, &["spec", "ports"]);
    let exposes = matches!(kind(service), "NodePort" | "LoadBalancer");
    let mut ports = object::get_list(service, &["spec", "ports"]).to_vec();
    for port in &mut ports {
        if !exposes {
            object::remove(port, &["nodePort"]);
            continue;
        }
        let before = old_ports.iter().find(|before| {
            before.get("port") == port.get("port") && before.get("protocol") == port.get("protocol")
        });
        if object::get(port, &["nodePort"]).is_none()
            && let Some(node_port) = before.and_then(|before| before.get("nodePort"))
        {
            object::set(port, &["nodePort"], node_port.clone());
        }
    }
    if !ports.is_empty() {
        object::set(service, &["spec", "ports"], ports);
    }
}

/// Gives a service its address and ports; an error when it asks for one that is taken.
pub(super) fn allocate(api: &Api, service: &mut Value, _dry_run: bool) -> Option<FieldError> {
    if kind(service) == "ExternalName" {
        return None;
    }
    let others = api.store().list("services", None);
    let others: Vec<&Value> = others
        .iter()
        .map(|other| &**other)
        .filter(|other| object::uid(other) != object::uid(service))
        .collect();
    match object::get_str(service, &["spec", "clusterIP"]) {
        "None" => object::set(service, &["spec", "clusterIPs"], json!(["None"])),
        "" => {
            let taken: OrderedSet<&str> = others.iter().map(|other| address(other)).collect();
            let free = free_address(api, &taken)?;
            object::set(service, &["spec", "clusterIP"], free.as_str());
            object::set(service, &["spec", "clusterIPs"], json!([free]));
        }
        given => {
            let given = given.to_owned();
            if let Some(error) = address_error(&given, &others) {
                return Some(error);
            }
            object::set(service, &["spec", "clusterIPs"], json!([given]));
        }
    }
    if matches!(kind(service), "NodePort" | "LoadBalancer") {
        return allocate_ports(api, service, &others);
    }
    None
}

fn kind(service: &Value) -> &str {
    object::get_str(service, &["spec", "type"])
}

fn address(service: &Value) -> &str {
    object::get_str(service, &["spec", "clusterIP"])
}

fn free_address(api: &Api, taken: &OrderedSet<&str>) -> Option<String> {
    for _ in 0..ATTEMPTS {
        let number = KEPT_ADDRESSES + api.random().below(65_535 - KEPT_ADDRESSES);
        let bytes = u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
        let [first, second] = RANGE;
        let [third, fourth] = bytes;
        let address = Ipv4Addr::new(first, second, third, fourth).to_string();
        if !taken.contains(address.as_str()) {
            return Some(address);
        }
    }
    None
}

fn address_error(given: &str, others: &[&Value]) -> Option<FieldError> {
    let field = "spec.clusterIPs";
    let Ok(parsed) = given.parse::<Ipv4Addr>() else {
        return None;
    };
    if parsed.octets().get(..2) != Some(&RANGE) {
        return Some(FieldError::invalid(
            field,
            json!([given]),
            format!(
                "failed to allocate IP {given}: the provided IP ({given}) is not in the valid range. The range of valid IPs is 10.96.0.0/16"
            ),
        ));
    }
    others.iter().any(|other| address(other) == given).then(|| {
        FieldError::invalid(
            field,
            json!([given]),
            format!("failed to allocate IP {given}: provided IP is already allocated"),
        )
    })
}

fn allocate_ports(api: &Api, service: &mut Value, others: &[&Value]) -> Option<FieldError> {
    let mut taken: OrderedSet<i64> = others
        .iter()
        .flat_map(|other| object::get_list(other, &["spec", "ports"]))
        .filter_map(|port| object::get_i64(port, &["nodePort"]))
        .collect();
    let mut ports = object::get_list(service, &["spec", "ports"]).to_vec();
    for (index, port) in ports.iter_mut().enumerate() {
        let field = || format!("spec.ports[{index}].nodePort");
        match object::get_i64(port, &["nodePort"]).filter(|port| *port != 0) {
            Some(given) => {
                let offset = u64::try_from(given)
                    .unwrap_or(0)
                    .checked_sub(NODE_PORT_FIRST);
                if offset.is_none_or(|offset| offset >= NODE_PORTS) {
                    return Some(FieldError::invalid(
                        field(),
                        given,
                        "provided port is not in the valid range. The range of valid ports is 30000-32767",
                    ));
                }
                if !taken.insert(given) {
                    return Some(FieldError::invalid(
                        field(),
                        given,
                        "provided port is already allocated",
                    ));
                }
            }
            None => {
                let free = (0..ATTEMPTS)
                    .filter_map(|_| {
                        i64::try_from(NODE_PORT_FIRST + api.random().below(NODE_PORTS)).ok()
                    })
                    .find(|port| !taken.contains(port))?;
                taken.insert(free);
                object::set(port, &["nodePort"], free);
            }
        }
    }
    object::set(service, &["spec", "ports"], ports);
    None
}
