//! What a container finds when it starts: variables, host name, `/etc/hosts`, `/etc/resolv.conf`.
//!
//! Models `makeEnvironmentVariables` of kubernetes pkg/kubelet.

use std::rc::Rc;

use kubernetes_api::quantity::Quantity;
use kubernetes_api::{base64, object};
use serde_json::Value;

use super::worker::Worker;

/// The address of the cluster's name server.
const DNS: &str = "10.96.0.10";
/// The cluster's domain.
pub(crate) const DOMAIN: &str = "cluster.local";
/// The longest host name.
const HOSTNAME_MAX: usize = 63;

type Variables = Vec<(String, String)>;

/// The variables of a container.
///
/// # Errors
/// Why a reference leads nowhere, in the kubelet's words.
pub(crate) fn of(worker: &Rc<Worker>, pod: &Value, spec: &Value) -> Result<Variables, String> {
    let mut variables = Variables::new();
    for source in object::get_list(spec, &["envFrom"]) {
        from_source(worker, pod, source, &mut variables)?;
    }
    for variable in object::get_list(spec, &["env"]) {
        let name = object::get_str(variable, &["name"]);
        let value = match variable.get("valueFrom") {
            Some(from) => from_reference(worker, pod, spec, from)?,
            None => Some(expanded(object::get_str(variable, &["value"]), &variables)),
        };
        if let Some(value) = value {
            set(&mut variables, name, value);
        }
    }
    let mut services = service_variables(worker, pod);
    // The kubelet walks over a Go map: in its order, but from anywhere on. The runtime gives the
    // program the last one first.
    services.reverse();
    if !services.is_empty() {
        services.rotate_left(1);
    }
    for (name, value) in services {
        if !variables.iter().any(|(have, _)| *have == name) {
            variables.push((name, value));
        }
    }
    Ok(variables)
}

fn set(variables: &mut Variables, name: &str, value: String) {
    match variables.iter_mut().find(|(have, _)| have == name) {
        Some(pair) => pair.1 = value,
        None => variables.push((name.to_owned(), value)),
    }
}

fn from_source(
    worker: &Rc<Worker>,
    pod: &Value,
    source: &Value,
    variables: &mut Variables,
) -> Result<(), String> {
    let prefix = object::get_str(source, &["prefix"]);
    for (field, resource, kind) in [
        ("configMapRef", "configmaps", "configmap"),
        ("secretRef", "secrets", "secret"),
    ] {
        let Some(reference) = source.get(field) else {
            continue;
        };
        let name = object::get_str(reference, &["name"]);
        let store = worker.kubelet.api.store();
        let Some(found) = store.get(resource, object::namespace(pod), name) else {
            if object::get_bool(reference, &["optional"]) {
                continue;
            }
            return Err(format!("{kind} \"{name}\" not found"));
        };
        for (key, value) in object::get_map(&found, &["data"]).into_iter().flatten() {
            let value = data_text(kind, value);
            set(variables, &format!("{prefix}{key}"), value);
        }
    }
    Ok(())
}

fn data_text(kind: &str, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    if kind == "secret" {
        let bytes = base64::decode(text).unwrap_or_default();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    text.to_owned()
}

fn from_reference(
    worker: &Rc<Worker>,
    pod: &Value,
    spec: &Value,
    from: &Value,
) -> Result<Option<String>, String> {
    if let Some(field) = from.get("fieldRef") {
        let path = object::get_str(field, &["fieldPath"]);
        return Ok(Some(pod_field(worker, pod, path)));
    }
    if let Some(field) = from.get("resourceFieldRef") {
        return Ok(Some(resource_field(worker, spec, field)));
    }
    for (field, resource, kind, noun) in [
        ("configMapKeyRef", "configmaps", "configmap", "ConfigMap"),
        ("secretKeyRef", "secrets", "secret", "Secret"),
    ] {
        let Some(reference) = from.get(field) else {
            continue;
        };
        let optional = object::get_bool(reference, &["optional"]);
        let name = object::get_str(reference, &["name"]);
        let key = object::get_str(reference, &["key"]);
        let namespace = object::namespace(pod);
        let Some(found) = worker.kubelet.api.store().get(resource, namespace, name) else {
            return if optional {
                Ok(None)
            } else {
                Err(format!("{kind} \"{name}\" not found"))
            };
        };
        return match object::get(&found, &["data", key]) {
            Some(value) => Ok(Some(data_text(kind, value))),
            None if optional => Ok(None),
            None => Err(format!(
                "couldn't find key {key} in {noun} {namespace}/{name}"
            )),
        };
    }
    Ok(None)
}

/// A field of a pod, as the downward API gives it.
pub(crate) fn pod_field(worker: &Rc<Worker>, pod: &Value, path: &str) -> String {
    let node = &worker.kubelet;
    let address = || {
        worker
            .address()
            .map(|ip| ip.to_string())
            .unwrap_or_default()
    };
    let listed = |map: Option<&serde_json::Map<String, Value>>| -> String {
        let lines: Vec<String> = map
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={:?}", value.as_str().unwrap_or_default()))
            .collect();
        lines.join("\n")
    };
    match path {
        "status.podIP" | "status.podIPs" => address(),
        "status.hostIP" | "status.hostIPs" => node.address.to_string(),
        "spec.nodeName" => node.node.clone(),
        "metadata.labels" => listed(object::labels(pod)),
        "metadata.annotations" => listed(object::annotations(pod)),
        _ => {
            if let Some((map, key)) = path.split_once("['") {
                let key = key.trim_end_matches("']");
                let map: Vec<&str> = map.split('.').chain([key]).collect();
                return object::get_str(pod, &map).to_owned();
            }
            let parts: Vec<&str> = path.split('.').collect();
            object::get_str(pod, &parts).to_owned()
        }
    }
}

/// A container's request or limit as a number, rounded up by its divisor.
pub(crate) fn resource_field(worker: &Rc<Worker>, spec: &Value, field: &Value) -> String {
    let path = object::get_str(field, &["resource"]);
    let parts: Vec<&str> = std::iter::once("resources")
        .chain(path.split('.'))
        .collect();
    let quantity = object::get(spec, &parts)
        .and_then(|value| Quantity::from_value(value).ok())
        .unwrap_or_else(|| node_capacity(worker, path));
    let divisor = field
        .get("divisor")
        .and_then(|value| Quantity::from_value(value).ok())
        .map_or(0, |divisor| divisor.milli_value());
    let divisor = if divisor > 0 { divisor } else { 1_000 };
    let milli = i128::from(quantity.value()) * 1_000;
    let milli = if path.ends_with("cpu") {
        i128::from(quantity.milli_value())
    } else {
        milli
    };
    let divisor = i128::from(divisor);
    ((milli + divisor - 1) / divisor).to_string()
}

/// Limits that are not given are the node's.
fn node_capacity(worker: &Rc<Worker>, path: &str) -> Quantity {
    let name = path.rsplit('.').next().unwrap_or_default();
    let node = worker
        .kubelet
        .api
        .store()
        .get("nodes", "", &worker.kubelet.node);
    let limit = path.starts_with("limits");
    node.filter(|_| limit)
        .and_then(|node| {
            let value = object::get(&node, &["status", "allocatable", name])?;
            Quantity::from_value(value).ok()
        })
        .unwrap_or(Quantity::ZERO)
}

/// `$(NAME)` replaced by variables; `$$` is a dollar, unknown names stay.
pub(crate) fn expanded(text: &str, variables: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = after
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'))
        {
            match variables.iter().find(|(have, _)| have == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The variables that name the Services: always the API server's, and by `enableServiceLinks` those
/// of the pod's namespace.
fn service_variables(worker: &Rc<Worker>, pod: &Value) -> Variables {
    let store = worker.kubelet.api.store();
    let mut services = store.list("services", Some("default"));
    services.retain(|service| object::name(service) == "kubernetes");
    let links = object::get(pod, &["spec", "enableServiceLinks"]).and_then(Value::as_bool);
    if links.unwrap_or(true) {
        let own = store.list("services", Some(object::namespace(pod)));
        services.extend(own.into_iter().filter(|service| {
            object::name(service) != "kubernetes" || object::namespace(service) != "default"
        }));
    }
    let mut variables = Variables::new();
    for service in services {
        let address = object::get_str(&service, &["spec", "clusterIP"]);
        if address.is_empty() || address == "None" {
            continue;
        }
        links_of(&service, address, &mut variables);
    }
    variables
}

fn links_of(service: &Value, address: &str, variables: &mut Variables) {
    let name = object::name(service).to_uppercase().replace('-', "_");
    let ports = object::get_list(service, &["spec", "ports"]);
    let number = |port: &Value| object::get_i64(port, &["port"]).unwrap_or(0);
    let mut add = |key: String, value: String| variables.push((key, value));
    add(format!("{name}_SERVICE_HOST"), address.to_owned());
    if let Some(first) = ports.first() {
        add(format!("{name}_SERVICE_PORT"), number(first).to_string());
    }
    for port in ports {
        let port_name = object::get_str(port, &["name"]);
        if !port_name.is_empty() {
            let port_name = port_name.to_uppercase().replace('-', "_");
            add(
                format!("{name}_SERVICE_PORT_{port_name}"),
                number(port).to_string(),
            );
        }
    }
    for (index, port) in ports.iter().enumerate() {
        let protocol = object::get_str(port, &["protocol"]);
        let lower = protocol.to_lowercase();
        let url = format!("{lower}://{address}:{}", number(port));
        if index == 0 {
            add(format!("{name}_PORT"), url.clone());
        }
        let prefix = format!("{name}_PORT_{}_{protocol}", number(port));
        add(prefix.clone(), url);
        add(format!("{prefix}_PROTO"), lower);
        add(format!("{prefix}_PORT"), number(port).to_string());
        add(format!("{prefix}_ADDR"), address.to_owned());
    }
}

/// The pod's host name.
pub(crate) fn hostname(pod: &Value) -> String {
    let given = object::get_str(pod, &["spec", "hostname"]);
    let name = if given.is_empty() {
        object::name(pod)
    } else {
        given
    };
    let short: String = name.chars().take(HOSTNAME_MAX).collect();
    short.trim_end_matches(['-', '.']).to_owned()
}

/// `/etc/resolv.conf` of a pod that asks the cluster's name server.
pub(crate) fn resolv_conf(pod: &Value) -> Option<String> {
    match object::get_str(pod, &["spec", "dnsPolicy"]) {
        "Default" | "None" => return None,
        "ClusterFirst" if object::get_bool(pod, &["spec", "hostNetwork"]) => return None,
        _ => {}
    }
    let namespace = object::namespace(pod);
    Some(format!(
        "search {namespace}.svc.{DOMAIN} svc.{DOMAIN} {DOMAIN}\nnameserver {DNS}\noptions ndots:5\n"
    ))
}

/// `/etc/hosts` of a pod with a network of its own.
pub(crate) fn hosts_file(worker: &Rc<Worker>, pod: &Value) -> Option<String> {
    if object::get_bool(pod, &["spec", "hostNetwork"]) {
        return None;
    }
    let address = worker.address()?;
    let host = hostname(pod);
    let domain = object::get_str(pod, &["spec", "subdomain"]);
    let own = if domain.is_empty() {
        format!("{address}\t{host}\n")
    } else {
        let full = format!("{host}.{domain}.{}.svc.{DOMAIN}", object::namespace(pod));
        format!("{address}\t{full}\t{host}\n")
    };
    let mut text = format!(
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{own}"
    );
    let aliases = object::get_list(pod, &["spec", "hostAliases"]);
    if !aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in aliases {
        let names: Vec<&str> = object::get_list(alias, &["hostnames"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let line = format!(
            "{}\t{}\n",
            object::get_str(alias, &["ip"]),
            names.join("\t")
        );
        text.push_str(&line);
    }
    Some(text)
}
