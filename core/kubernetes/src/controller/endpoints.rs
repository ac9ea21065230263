//! Endpoints: the older form of what EndpointSlices say, one object for each Service.
//!
//! Models kubernetes pkg/controller/endpoint.

use ordered::OrderedMap;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, endpoint_slice, pods, split_key, watch_own, work};
use crate::server::{Api, WriteOptions};

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, "services", &queue);
    endpoint_slice::watch_pods(api, &queue);
    let controller = api.clone();
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let api = controller.clone();
            Box::pin(async move { sync(&api, &key) })
        }),
    );
}

fn sync(api: &Api, key: &str) -> Result<(), Status> {
    let (namespace, name) = split_key(key);
    let Some(resource) = api.resource("endpoints") else {
        return Ok(());
    };
    let Some(service) = api.store().get("services", namespace, name) else {
        // The garbage collector is not concerned: endpoints have no owner.
        if api.store().get("endpoints", namespace, name).is_some() {
            api.delete(&resource, namespace, name, &Default::default())?;
        }
        return Ok(());
    };
    let Some(selector) = endpoint_slice::selector(&service) else {
        return Ok(());
    };
    if object::get_str(&service, &["spec", "type"]) == "ExternalName" {
        return Ok(());
    }
    let mut subsets: OrderedMap<String, Subset> = OrderedMap::new();
    let publish = object::get_bool(&service, &["spec", "publishNotReadyAddresses"]);
    for pod in api.store().list("pods", Some(namespace)) {
        let address = object::get_str(&pod, &["status", "podIP"]);
        let counts = selector.matches(object::labels(&pod))
            && !address.is_empty()
            && !pods::is_over(&pod)
            && !object::is_terminating(&pod);
        if !counts {
            continue;
        }
        let ports = endpoint_slice::ports(&service, &pod);
        let subset = subsets.entry(ports.to_string()).or_insert_with(|| Subset {
            ports,
            ready: Vec::new(),
            waiting: Vec::new(),
        });
        let described = described(&pod, address);
        if publish || pods::is_ready(&pod) {
            subset.ready.push(described);
        } else {
            subset.waiting.push(described);
        }
    }
    let subsets: Vec<Value> = subsets.into_values().map(Subset::into_value).collect();
    write(api, &service, subsets)
}

struct Subset {
    ports: Value,
    ready: Vec<Value>,
    waiting: Vec<Value>,
}

impl Subset {
    fn into_value(mut self) -> Value {
        let by_address = |address: &Value| object::get_str(address, &["ip"]).to_owned();
        self.ready.sort_by_key(by_address);
        self.waiting.sort_by_key(by_address);
        let mut subset = json!({});
        if !self.ready.is_empty() {
            object::set(&mut subset, &["addresses"], self.ready);
        }
        if !self.waiting.is_empty() {
            object::set(&mut subset, &["notReadyAddresses"], self.waiting);
        }
        if let Value::Array(ports) = &mut self.ports {
            for port in ports.iter_mut() {
                if object::get_str(port, &["name"]).is_empty() {
                    object::remove(port, &["name"]);
                }
            }
            object::set(&mut subset, &["ports"], self.ports);
        }
        subset
    }
}

fn described(pod: &Value, address: &str) -> Value {
    json!({
        "ip": address,
        "nodeName": object::get_str(pod, &["spec", "nodeName"]),
        "targetRef": {
            "kind": "Pod",
            "namespace": object::namespace(pod),
            "name": object::name(pod),
            "uid": object::uid(pod),
        },
    })
}

fn write(api: &Api, service: &Value, subsets: Vec<Value>) -> Result<(), Status> {
    let (namespace, name) = (object::namespace(service), object::name(service));
    let mut labels = object::labels(service).cloned().unwrap_or_default();
    labels.insert(
        "endpoints.kubernetes.io/managed-by".to_owned(),
        "endpoint-controller".into(),
    );
    if object::get_str(service, &["spec", "clusterIP"]) == "None" {
        labels.insert("service.kubernetes.io/headless".to_owned(), "".into());
    }
    let Some(current) = api.store().get("endpoints", namespace, name) else {
        let Some(resource) = api.resource("endpoints") else {
            return Ok(());
        };
        let mut endpoints = json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": {"name": name, "labels": labels},
        });
        if !subsets.is_empty() {
            object::set(&mut endpoints, &["subsets"], subsets);
        }
        api.create(&resource, namespace, endpoints, &WriteOptions::default())?;
        return Ok(());
    };
    let mut next = (*current).clone();
    object::set(&mut next, &["metadata", "labels"], Value::Object(labels));
    if subsets.is_empty() {
        object::remove(&mut next, &["subsets"]);
    } else {
        object::set(&mut next, &["subsets"], subsets);
    }
    if next != *current {
        let trigger = "endpoints.kubernetes.io/last-change-trigger-time";
        object::set(
            &mut next,
            &["metadata", "annotations", trigger],
            api.timestamp(),
        );
        api.replace("endpoints", next);
    }
    Ok(())
}
