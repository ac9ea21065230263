//! Services, endpoints, ingresses and network policies.

use kubernetes_api::object;
use serde_json::Value;

use super::{Printer, age, name, or_none};

/// Endpoints that a cell shows.
const ENDPOINTS_SHOWN: usize = 3;
/// Addresses of a slice that a cell shows.
const SLICE_SHOWN: usize = 3;

pub(super) const SERVICE: Printer = (
    "Name|Type|Cluster-IP|External-IP|Port(s)|Age|Selector+",
    |service, now| {
        let spec = |field: &str| object::get_str(service, &["spec", field]);
        vec![
            name(service),
            spec("type").into(),
            or_none(spec("clusterIP")),
            external(service).into(),
            or_none(&ports(service)),
            age(service, now),
            labels(service, &["spec", "selector"]),
        ]
    },
);

pub(super) const ENDPOINTS: Printer = ("Name|Endpoints|Age", |endpoints, now| {
    vec![
        name(endpoints),
        addresses(endpoints).into(),
        age(endpoints, now),
    ]
});

pub(super) const ENDPOINT_SLICE: Printer =
    ("Name|AddressType|Ports|Endpoints|Age", |slice, now| {
        vec![
            name(slice),
            object::get_str(slice, &["addressType"]).into(),
            slice_ports(slice).into(),
            slice_addresses(slice).into(),
            age(slice, now),
        ]
    });

pub(super) const INGRESS: Printer = ("Name|Class|Hosts|Address|Ports|Age", |ingress, now| {
    let hosts: Vec<&str> = object::get_list(ingress, &["spec", "rules"])
        .iter()
        .map(|rule| object::get_str(rule, &["host"]))
        .filter(|host| !host.is_empty())
        .collect();
    let hosts = if hosts.is_empty() {
        "*".to_owned()
    } else {
        hosts.join(",")
    };
    let secure = !object::get_list(ingress, &["spec", "tls"]).is_empty();
    vec![
        name(ingress),
        or_none(object::get_str(ingress, &["spec", "ingressClassName"])),
        hosts.into(),
        "".into(),
        if secure { "80, 443" } else { "80" }.into(),
        age(ingress, now),
    ]
});

pub(super) const INGRESS_CLASS: Printer = ("Name|Controller|Parameters|Age", |class, now| {
    vec![
        name(class),
        object::get_str(class, &["spec", "controller"]).into(),
        or_none(object::get_str(class, &["spec", "parameters", "name"])),
        age(class, now),
    ]
});

pub(super) const POLICY: Printer = ("Name|Pod-Selector|Age", |policy, now| {
    let selector = object::get(policy, &["spec", "podSelector"])
        .cloned()
        .unwrap_or_default();
    let text = kubernetes_api::selector::LabelSelector::from_value(&selector)
        .map(|selector| selector.to_string())
        .unwrap_or_default();
    vec![name(policy), or_none(&text), age(policy, now)]
});

fn labels(object: &Value, path: &[&str]) -> Value {
    let labels: Vec<String> = object::get_map(object, path)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    or_none(&labels.join(","))
}

fn external(service: &Value) -> String {
    let given: Vec<&str> = object::get_list(service, &["spec", "externalIPs"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    match object::get_str(service, &["spec", "type"]) {
        "ExternalName" => object::get_str(service, &["spec", "externalName"]).to_owned(),
        "LoadBalancer" if given.is_empty() => "<pending>".to_owned(),
        _ if given.is_empty() => "<none>".to_owned(),
        _ => given.join(","),
    }
}

fn ports(service: &Value) -> String {
    let text = |port: &Value| {
        let number = object::get_i64(port, &["port"]).unwrap_or(0);
        let protocol = object::get_str(port, &["protocol"]);
        match object::get_i64(port, &["nodePort"]) {
            Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    };
    let all: Vec<String> = object::get_list(service, &["spec", "ports"])
        .iter()
        .map(text)
        .collect();
    all.join(",")
}

fn addresses(endpoints: &Value) -> String {
    // Subsets without a ready address leave the cell empty.
    if object::get_list(endpoints, &["subsets"]).is_empty() {
        return "<none>".to_owned();
    }
    let mut all = Vec::new();
    for subset in object::get_list(endpoints, &["subsets"]) {
        let ports = object::get_list(subset, &["ports"]);
        for address in object::get_list(subset, &["addresses"]) {
            let ip = object::get_str(address, &["ip"]);
            if ports.is_empty() {
                all.push(ip.to_owned());
            }
            for port in ports {
                all.push(format!(
                    "{ip}:{}",
                    object::get_i64(port, &["port"]).unwrap_or(0)
                ));
            }
        }
    }
    shortened(&all, ENDPOINTS_SHOWN)
}

fn shortened(all: &[String], shown: usize) -> String {
    let first: Vec<&str> = all.iter().take(shown).map(String::as_str).collect();
    let mut text = first.join(",");
    if all.len() > shown {
        text.push_str(&format!(" + {} more...", all.len() - shown));
    }
    text
}

fn slice_ports(slice: &Value) -> String {
    let ports = object::get_list(slice, &["ports"]);
    if ports.is_empty() {
        return "<unset>".to_owned();
    }
    let all: Vec<String> = ports
        .iter()
        .map(|port| {
            object::get_i64(port, &["port"]).map_or_else(|| "*".to_owned(), |port| port.to_string())
        })
        .collect();
    shortened(&all, SLICE_SHOWN)
}

fn slice_addresses(slice: &Value) -> String {
    let endpoints = object::get_list(slice, &["endpoints"]);
    if endpoints.is_empty() {
        return "<unset>".to_owned();
    }
    let all: Vec<String> = endpoints
        .iter()
        .flat_map(|endpoint| object::get_list(endpoint, &["addresses"]))
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    shortened(&all, SLICE_SHOWN)
}
