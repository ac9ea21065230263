//! The pages of the network: Service, EndpointSlice, Endpoints, Ingress, NetworkPolicy.

use super::Subject;
use super::page::{Page, number, number_or, or, pairs_on_a_line, plain, texts};
use kubernetes_api::object::{get, get_bool, get_i64, get_list, get_map, get_str};
use serde_json::Value;

/// Endpoints that a line shows before it says how many more there are.
const ENDPOINTS_MAX: usize = 3;

/// Writes the page of a Service.
pub async fn service(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    let spec = get(object, &["spec"]).unwrap_or(&Value::Null);
    page.identity(object);
    page.metadata(object);
    page.field(0, "Selector", pairs_on_a_line(get_map(spec, &["selector"])));
    page.field(0, "Type", get_str(spec, &["type"]));
    let policy = get_str(spec, &["ipFamilyPolicy"]);
    if !policy.is_empty() {
        page.field(0, "IP Family Policy", policy);
    }
    let families = texts(spec, &["ipFamilies"]).join(",");
    page.field(0, "IP Families", or(&families, "<none>"));
    page.field(0, "IP", get_str(spec, &["clusterIP"]));
    page.field(
        0,
        "IPs",
        or(&texts(spec, &["clusterIPs"]).join(","), "<none>"),
    );
    let external = texts(spec, &["externalIPs"]).join(",");
    for (title, text) in [
        ("External IPs", external.as_str()),
        (
            "Desired LoadBalancer IP",
            get_str(spec, &["loadBalancerIP"]),
        ),
        ("External Name", get_str(spec, &["externalName"])),
    ] {
        if !text.is_empty() {
            page.field(0, title, text);
        }
    }
    let ingress: Vec<String> = get_list(object, &["status", "loadBalancer", "ingress"])
        .iter()
        .map(|one| or(get_str(one, &["ip"]), get_str(one, &["hostname"])).to_owned())
        .collect();
    if !ingress.is_empty() {
        page.field(0, "LoadBalancer Ingress", ingress.join(", "));
    }
    let slices = format!("kubernetes.io/service-name={}", subject.name());
    let slices = subject
        .others("endpointslices.discovery.k8s.io", &slices)
        .await;
    for port in get_list(spec, &["ports"]) {
        let name = get_str(port, &["name"]);
        let shown = or(name, "<unset>");
        let protocol = get_str(port, &["protocol"]);
        page.field(
            0,
            "Port",
            format!("{shown}\t{}/{protocol}", number(port, &["port"])),
        );
        let target = get(port, &["targetPort"]).map(plain).unwrap_or_default();
        page.field(0, "TargetPort", format!("{target}/{protocol}"));
        let node_port = number(port, &["nodePort"]);
        if node_port != 0 {
            page.field(0, "NodePort", format!("{shown}\t{node_port}/{protocol}"));
        }
        page.field(0, "Endpoints", ready_endpoints(&slices, name));
    }
    page.field(0, "Session Affinity", get_str(spec, &["sessionAffinity"]));
    for (title, key) in [
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("Traffic Distribution", "trafficDistribution"),
    ] {
        let text = get_str(spec, &[key]);
        if !text.is_empty() {
            page.field(0, title, text);
        }
    }
    if let Some(port) = get_i64(spec, &["healthCheckNodePort"]).filter(|port| *port != 0) {
        page.field(0, "HealthCheck NodePort", port);
    }
    let ranges = texts(spec, &["loadBalancerSourceRanges"]).join(",");
    if !ranges.is_empty() {
        page.field(0, "LoadBalancer Source Ranges", ranges);
    }
}

/// The ready addresses of a port of a Service.
fn ready_endpoints(slices: &[Value], port_name: &str) -> String {
    if slices.is_empty() {
        return "<none>".to_owned();
    }
    let mut all = Vec::new();
    for slice in slices {
        for port in get_list(slice, &["ports"]) {
            if get_str(port, &["name"]) != port_name {
                continue;
            }
            for endpoint in get_list(slice, &["endpoints"]) {
                let ready = get(endpoint, &["conditions", "ready"]);
                if ready.is_some_and(|ready| ready == &Value::Bool(false)) {
                    continue;
                }
                for address in texts(endpoint, &["addresses"]) {
                    all.push(format!("{address}:{}", number(port, &["port"])));
                }
            }
        }
    }
    let shown: Vec<&str> = all.iter().take(ENDPOINTS_MAX).map(String::as_str).collect();
    let shown = shown.join(",");
    match all.len().checked_sub(ENDPOINTS_MAX) {
        Some(more) if more > 0 => format!("{shown} + {more} more..."),
        _ => shown,
    }
}

/// Writes the page of an EndpointSlice.
pub fn endpoint_slice(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    page.field(0, "AddressType", get_str(object, &["addressType"]));
    let ports = get_list(object, &["ports"]);
    if ports.is_empty() {
        page.field(0, "Ports", "<unset>");
    } else {
        page.line(0, "Ports:");
        page.line(1, "Name\tPort\tProtocol");
        page.line(1, "----\t----\t--------");
        for port in ports {
            let name = or(get_str(port, &["name"]), "<unset>");
            let number = number_or(port, &["port"], "<unset>");
            page.line(
                1,
                format!("{name}\t{number}\t{}", get_str(port, &["protocol"])),
            );
        }
    }
    let endpoints = get_list(object, &["endpoints"]);
    if endpoints.is_empty() {
        return page.field(0, "Endpoints", "<none>");
    }
    page.line(0, "Endpoints:");
    for endpoint in endpoints {
        let addresses = texts(endpoint, &["addresses"]).join(", ");
        page.line(1, format!("- Addresses:\t{}", or(&addresses, "<none>")));
        page.line(2, "Conditions:");
        let ready = get(endpoint, &["conditions", "ready"]).map(plain);
        page.field(3, "Ready", ready.as_deref().unwrap_or("<unset>"));
        page.field(
            2,
            "Hostname",
            or(get_str(endpoint, &["hostname"]), "<unset>"),
        );
        if let Some(target) = get(endpoint, &["targetRef"]) {
            let text = format!(
                "{}/{}",
                get_str(target, &["kind"]),
                get_str(target, &["name"])
            );
            page.field(2, "TargetRef", text);
        }
        page.field(
            2,
            "NodeName",
            or(get_str(endpoint, &["nodeName"]), "<unset>"),
        );
        page.field(2, "Zone", or(get_str(endpoint, &["zone"]), "<unset>"));
    }
}

/// Writes the page of an Endpoints.
pub fn endpoints(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    page.line(0, "Subsets:");
    for subset in get_list(object, &["subsets"]) {
        let addresses = |key: &str| {
            let all: Vec<&str> = get_list(subset, &[key])
                .iter()
                .map(|address| get_str(address, &["ip"]))
                .collect();
            or(&all.join(","), "<none>").to_owned()
        };
        page.field(1, "Addresses", addresses("addresses"));
        page.field(1, "NotReadyAddresses", addresses("notReadyAddresses"));
        let ports = get_list(subset, &["ports"]);
        if !ports.is_empty() {
            page.line(1, "Ports:");
            page.line(2, "Name\tPort\tProtocol");
            page.line(2, "----\t----\t--------");
            for port in ports {
                let name = or(get_str(port, &["name"]), "<unset>");
                let text = format!(
                    "{name}\t{}\t{}",
                    number(port, &["port"]),
                    get_str(port, &["protocol"])
                );
                page.line(2, text);
            }
        }
        page.line(0, "");
    }
}

/// Writes the page of an Ingress.
pub async fn ingress(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.pairs("Labels", kubernetes_api::object::labels(object));
    page.field(0, "Namespace", subject.namespace());
    let addresses: Vec<&str> = get_list(object, &["status", "loadBalancer", "ingress"])
        .iter()
        .map(|one| or(get_str(one, &["ip"]), get_str(one, &["hostname"])))
        .collect();
    page.field(0, "Address", addresses.join(","));
    page.field(
        0,
        "Ingress Class",
        or(get_str(object, &["spec", "ingressClassName"]), "<none>"),
    );
    let default = match get(object, &["spec", "defaultBackend"]) {
        Some(backend) => backend_text(subject, backend).await,
        None => "<default>".to_owned(),
    };
    page.field(0, "Default backend", &default);
    let tls = get_list(object, &["spec", "tls"]);
    if !tls.is_empty() {
        page.line(0, "TLS:");
        for one in tls {
            let hosts = texts(one, &["hosts"]).join(",");
            match get_str(one, &["secretName"]) {
                "" => page.line(1, format!("SNI routes {hosts}")),
                secret => page.line(1, format!("{secret} terminates {hosts}")),
            }
        }
    }
    page.line(0, "Rules:\n  Host\tPath\tBackends");
    page.line(1, "----\t----\t--------");
    let mut count = 0;
    for rule in get_list(object, &["spec", "rules"]) {
        let host = or(get_str(rule, &["host"]), "*");
        page.line(1, format!("{host}\t"));
        for path in get_list(rule, &["http", "paths"]) {
            let backend = get(path, &["backend"]).unwrap_or(&Value::Null);
            let text = backend_text(subject, backend).await;
            page.line(1, format!("  \t{} \t{text}", get_str(path, &["path"])));
            count += 1;
        }
    }
    if count == 0 {
        page.line(1, format!("*\t*\t{default}"));
    }
    page.annotations("Annotations", kubernetes_api::object::annotations(object));
}

async fn backend_text(subject: &Subject<'_>, backend: &Value) -> String {
    let Some(service) = get(backend, &["service"]) else {
        let (kind, name) = (
            get_str(backend, &["resource", "kind"]),
            get_str(backend, &["resource", "name"]),
        );
        return format!(
            "APIGroup: {}, Kind: {kind}, Name: {name}",
            get_str(backend, &["resource", "apiGroup"])
        );
    };
    let name = get_str(service, &["name"]);
    let port = match get_str(service, &["port", "name"]) {
        "" => number(service, &["port", "number"]).to_string(),
        name => name.to_owned(),
    };
    let Ok(services) = subject.session.mapper.resource("services").await else {
        return format!("{name}:{port}");
    };
    let found = subject
        .session
        .get_in(&services, subject.namespace(), name)
        .await;
    let endpoints = match found {
        Err(failure) => format!("<error: {}>", failure.sentence()),
        Ok(service) => {
            let slices = format!("kubernetes.io/service-name={name}");
            let slices = subject
                .others("endpointslices.discovery.k8s.io", &slices)
                .await;
            let port_name = get_list(&service, &["spec", "ports"])
                .iter()
                .find(|one| {
                    get_str(one, &["name"]) == port || number(one, &["port"]).to_string() == port
                })
                .map(|one| get_str(one, &["name"]).to_owned())
                .unwrap_or_default();
            ready_endpoints(&slices, &port_name)
        }
    };
    format!("{name}:{port} ({endpoints})")
}

/// Writes the page of a NetworkPolicy.
pub fn network_policy(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    let created = get_str(object, &["metadata", "creationTimestamp"]);
    let created = created.replace('T', " ").replace('Z', " +0000 UTC");
    page.field(0, "Created on", created);
    page.metadata(object);
    page.line(0, "Spec:");
    let selector = super::page::selector(object, &["spec", "podSelector"]);
    let meaning = if selector == "<none>" {
        "<none> (Allowing the specific traffic to all pods in this namespace)".to_owned()
    } else {
        selector
    };
    page.line(1, format!("PodSelector:     {meaning}"));
    let types = texts(object, &["spec", "policyTypes"]);
    for (kind, key, peers, words) in [
        ("Ingress", "ingress", "from", "From"),
        ("Egress", "egress", "to", "To"),
    ] {
        let word = kind.to_lowercase();
        if !types.iter().any(|one| one == kind) {
            page.line(1, format!("Not affecting {word} traffic"));
            continue;
        }
        page.line(1, format!("Allowing {word} traffic:"));
        let rules = get_list(object, &["spec", key]);
        if rules.is_empty() {
            let pods = "<none> (Selected pods are isolated for";
            page.line(2, format!("{pods} {word} connectivity)"));
        }
        for rule in rules {
            policy_rule(page, rule, peers, words);
        }
    }
    page.line(1, format!("Policy Types: {}", types.join(", ")));
}

fn policy_rule(page: &mut Page, rule: &Value, peers: &str, words: &str) {
    let ports = get_list(rule, &["ports"]);
    if ports.is_empty() {
        page.line(2, "To Port: <any> (traffic allowed to all ports)");
    }
    for port in ports {
        let number = get(port, &["port"]).map(plain).unwrap_or_default();
        let protocol = or(get_str(port, &["protocol"]), "TCP");
        page.line(2, format!("To Port: {number}/{protocol}"));
    }
    let all = get_list(rule, &[peers]);
    if all.is_empty() {
        page.line(
            2,
            format!(
                "{words}: <any> (traffic not restricted by {})",
                if peers == "from" {
                    "source"
                } else {
                    "destination"
                }
            ),
        );
    }
    for peer in all {
        page.line(2, format!("{words}:"));
        for (title, key) in [
            ("NamespaceSelector", "namespaceSelector"),
            ("PodSelector", "podSelector"),
        ] {
            if get(peer, &[key]).is_some() {
                page.line(
                    3,
                    format!("{title}: {}", super::page::selector(peer, &[key])),
                );
            }
        }
        if get_bool(peer, &["ipBlock"]) || get(peer, &["ipBlock"]).is_some() {
            page.line(3, "IPBlock:");
            page.line(4, format!("CIDR: {}", get_str(peer, &["ipBlock", "cidr"])));
            page.line(
                4,
                format!("Except: {}", texts(peer, &["ipBlock", "except"]).join(", ")),
            );
        }
    }
}
