//! EndpointSlices: the addresses behind each Service that has a selector.
//!
//! Models kubernetes pkg/controller/endpointslice and staging endpointslice reconciler: endpoints
//! that are there stay where they are, new ones are added behind them, and a slice holds so many.

use ordered::{OrderedMap, OrderedSet};
use std::cell::RefCell;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, WRITE, pods, split_key, watch_own, work};
use crate::limits;
use crate::server::{Api, WriteOptions};

const SLICES: &str = "endpointslices.discovery.k8s.io";
const SERVICE_LABEL: &str = "kubernetes.io/service-name";
const MANAGER_LABEL: &str = "endpointslice.kubernetes.io/managed-by";
const MANAGER: &str = "endpointslice-controller.k8s.io";
const TRIGGER: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// What may have triggered changes of each Service's endpoints so far: the Service itself and its
/// pods, each with the time of its last turn.
type Seen = Rc<RefCell<OrderedMap<String, OrderedSet<String>>>>;

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, "services", &queue);
    watch_pods(api, &queue);
    let (controller, seen) = (api.clone(), Seen::default());
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let (api, seen) = (controller.clone(), seen.clone());
            Box::pin(async move { sync(&api, &seen, &key).await })
        }),
    );
}

/// Queues the Services that select a pod whose endpoint may have changed.
pub(super) fn watch_pods(api: &Api, queue: &Queue) {
    let (api_of_listener, queue) = (api.clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            let pod = &event.object;
            let before = event.previous.as_deref();
            let gone = event.change == crate::store::Change::Deleted;
            let moved = before.is_none_or(|before| object::labels(before) != object::labels(pod));
            let changed = before.is_none_or(|before| endpoint(before) != endpoint(pod));
            if !moved && !changed && !gone {
                return true;
            }
            let namespace = object::namespace(pod);
            for service in api_of_listener.store().list("services", Some(namespace)) {
                let Some(selector) = selector(&service) else {
                    continue;
                };
                if selector.matches(object::labels(pod))
                    || before.is_some_and(|before| selector.matches(object::labels(before)))
                {
                    queue.add(&format!("{namespace}/{}", object::name(&service)));
                }
            }
            true
        }),
    );
}

/// The pods that a Service means; `None` when it means none by itself.
pub(super) fn selector(service: &Value) -> Option<LabelSelector> {
    let labels = object::get_map(service, &["spec", "selector"])?;
    (!labels.is_empty()).then(|| LabelSelector::from_set(labels))
}

/// Address and conditions of a pod as an endpoint, or `None` while it is none.
fn endpoint(pod: &Value) -> Option<(String, bool, bool)> {
    let address = object::get_str(pod, &["status", "podIP"]);
    if address.is_empty() || pods::is_over(pod) {
        return None;
    }
    Some((
        address.to_owned(),
        pods::is_ready(pod),
        object::is_terminating(pod),
    ))
}

async fn sync(api: &Api, seen: &Seen, key: &str) -> Result<(), Status> {
    let (namespace, name) = split_key(key);
    let Some(service) = api.store().get("services", namespace, name) else {
        seen.borrow_mut().remove(key);
        return Ok(());
    };
    if object::is_terminating(&service)
        || object::get_str(&service, &["spec", "type"]) == "ExternalName"
    {
        return Ok(());
    }
    let Some(selector) = selector(&service) else {
        return Ok(());
    };
    let matching: Vec<Rc<Value>> = api
        .store()
        .list("pods", Some(namespace))
        .into_iter()
        .filter(|pod| selector.matches(object::labels(pod)))
        .collect();
    let trigger = trigger(seen, key, &service, &matching);
    // Pods whose named ports differ need slices of their own.
    let mut by_ports: OrderedMap<String, (Value, Vec<Value>)> = OrderedMap::new();
    let publish = object::get_bool(&service, &["spec", "publishNotReadyAddresses"]);
    for pod in &matching {
        if let Some((address, ready, terminating)) = endpoint(pod) {
            let ports = ports(&service, pod);
            let entry = by_ports
                .entry(ports.to_string())
                .or_insert_with(|| (ports, Vec::new()));
            entry
                .1
                .push(described(pod, &address, ready, terminating, publish));
        }
    }
    if by_ports.is_empty() {
        by_ports.insert(String::new(), (Value::Null, Vec::new()));
    }
    reconcile(api, &service, &trigger, by_ports.into_values().collect()).await
}

/// The earliest of the times that are new since the last look: what the endpoints change for.
/// Empty when they change for something without a time, such as a pod that is gone.
///
/// Models kubernetes pkg/controller/util/endpoint/trigger_time_tracker.go.
fn trigger(seen: &Seen, key: &str, service: &Value, pods: &[Rc<Value>]) -> String {
    let turned = pods.iter().filter_map(|pod| {
        let ready = object::condition(pod, "Ready")?;
        let time = object::get_str(ready, &["lastTransitionTime"]);
        Some(format!("{time} {}", object::name(pod)))
    });
    let created = object::get_str(service, &["metadata", "creationTimestamp"]);
    let now: OrderedSet<String> = turned.chain([created.to_owned()]).collect();
    let mut seen = seen.borrow_mut();
    let before = seen.entry(key.to_owned()).or_default();
    let first = now.iter().find(|time| !before.contains(time.as_str()));
    let first = first.and_then(|time| time.split(' ').next());
    let first = first.unwrap_or_default().to_owned();
    *before = now;
    first
}

fn described(pod: &Value, address: &str, ready: bool, terminating: bool, publish: bool) -> Value {
    let mut endpoint = json!({
        "addresses": [address],
        "conditions": {
            "ready": publish || (ready && !terminating),
            "serving": ready,
            "terminating": terminating,
        },
        "targetRef": {
            "kind": "Pod",
            "namespace": object::namespace(pod),
            "name": object::name(pod),
            "uid": object::uid(pod),
        },
        "nodeName": object::get_str(pod, &["spec", "nodeName"]),
    });
    let host = object::get_str(pod, &["spec", "hostname"]);
    if !host.is_empty() && !object::get_str(pod, &["spec", "subdomain"]).is_empty() {
        object::set(&mut endpoint, &["hostname"], host);
    }
    endpoint
}

/// The ports of a Service as a pod has them: named target ports are looked up in its containers.
pub(super) fn ports(service: &Value, pod: &Value) -> Value {
    let all = object::get_list(service, &["spec", "ports"]).iter();
    let ports: Vec<Value> = all
        .filter_map(|port| {
            let mut described = json!({
                "name": object::get_str(port, &["name"]),
                "protocol": object::get_str(port, &["protocol"]),
                "port": target(port, pod)?,
            });
            let application = object::get_str(port, &["appProtocol"]);
            if !application.is_empty() {
                object::set(&mut described, &["appProtocol"], application);
            }
            Some(described)
        })
        .collect();
    Value::Array(ports)
}

fn target(port: &Value, pod: &Value) -> Option<i64> {
    match port.get("targetPort") {
        Some(Value::String(name)) => {
            let containers = object::get_list(pod, &["spec", "containers"]).iter();
            containers
                .flat_map(|container| object::get_list(container, &["ports"]))
                .find(|candidate| object::get_str(candidate, &["name"]) == name)
                .and_then(|found| object::get_i64(found, &["containerPort"]))
        }
        Some(number) if number.as_i64().is_some_and(|number| number != 0) => number.as_i64(),
        _ => object::get_i64(port, &["port"]),
    }
}

async fn reconcile(
    api: &Api,
    service: &Value,
    trigger: &str,
    wanted: Vec<(Value, Vec<Value>)>,
) -> Result<(), Status> {
    let mut existing: Vec<Rc<Value>> = api
        .store()
        .list(SLICES, Some(object::namespace(service)))
        .into_iter()
        .filter(|slice| {
            object::label(slice, SERVICE_LABEL) == Some(object::name(service))
                && object::label(slice, MANAGER_LABEL) == Some(MANAGER)
                && !object::is_terminating(slice)
        })
        .collect();
    existing.sort_by_key(|slice| object::created(slice));
    let mut left: Vec<Rc<Value>> = existing;
    for (ports, endpoints) in wanted {
        // The slices of these ports, or empty ones that can take them.
        let (mine, others): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|slice| slice.get("ports") == Some(&ports) || is_empty(slice));
        left = others;
        place(api, (service, trigger), &ports, endpoints, mine).await?;
    }
    for slice in left {
        remove(api, &slice);
    }
    Ok(())
}

fn is_empty(slice: &Value) -> bool {
    object::get_list(slice, &["endpoints"]).is_empty()
}

/// Puts endpoints into slices: those that are there stay in their place.
async fn place(
    api: &Api,
    what: (&Value, &str),
    ports: &Value,
    endpoints: Vec<Value>,
    slices: Vec<Rc<Value>>,
) -> Result<(), Status> {
    let uid = |endpoint: &Value| object::get_str(endpoint, &["targetRef", "uid"]).to_owned();
    let mut missing: OrderedMap<String, Value> = OrderedMap::new();
    let mut order = Vec::new();
    for endpoint in endpoints {
        order.push(uid(&endpoint));
        missing.insert(uid(&endpoint), endpoint);
    }
    let mut filled: Vec<(Rc<Value>, Vec<Value>)> = Vec::new();
    for slice in slices {
        let kept = object::get_list(&slice, &["endpoints"])
            .iter()
            .filter_map(|endpoint| missing.remove(&uid(endpoint)))
            .collect();
        filled.push((slice, kept));
    }
    let mut rest: Vec<Value> = order.iter().filter_map(|uid| missing.remove(uid)).collect();
    for (_, kept) in &mut filled {
        let room = limits::ENDPOINTS_PER_SLICE.saturating_sub(kept.len());
        kept.extend(rest.drain(..room.min(rest.len())));
    }
    let many = filled.len() > 1;
    let nothing = filled.is_empty() && rest.is_empty();
    for (slice, kept) in filled {
        if kept.is_empty() && many {
            remove(api, &slice);
        } else {
            update(api, what, &slice, ports, kept);
        }
    }
    while !rest.is_empty() || nothing {
        let size = limits::ENDPOINTS_PER_SLICE.min(rest.len());
        let part: Vec<Value> = rest.drain(..size).collect();
        api.simulation().sleep(WRITE).await;
        create(api, what, ports, part)?;
        if nothing {
            break;
        }
    }
    Ok(())
}

fn labels(service: &Value) -> Value {
    let mut labels = json!({});
    for (key, value) in object::labels(service).into_iter().flatten() {
        object::set(&mut labels, &[key], value.clone());
    }
    object::set(&mut labels, &[MANAGER_LABEL], MANAGER);
    object::set(&mut labels, &[SERVICE_LABEL], object::name(service));
    if object::get_str(service, &["spec", "clusterIP"]) == "None" {
        object::set(&mut labels, &["service.kubernetes.io/headless"], "");
    }
    labels
}

fn or_null(list: Vec<Value>) -> Value {
    if list.is_empty() {
        Value::Null
    } else {
        Value::Array(list)
    }
}

fn create(
    api: &Api,
    (service, trigger): (&Value, &str),
    ports: &Value,
    endpoints: Vec<Value>,
) -> Result<(), Status> {
    let Some(resource) = api.resource(SLICES) else {
        return Ok(());
    };
    let mut slice = json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": format!("{}-", object::name(service)),
            "labels": labels(service),
            "ownerReferences": [object::make_controller_reference(service)],
        },
        "addressType": "IPv4",
        "ports": if endpoints.is_empty() { Value::Null } else { ports.clone() },
        "endpoints": or_null(endpoints),
    });
    annotate(&mut slice, trigger);
    let namespace = object::namespace(service);
    api.create(&resource, namespace, slice, &WriteOptions::default())?;
    Ok(())
}

fn update(
    api: &Api,
    (service, trigger): (&Value, &str),
    slice: &Value,
    ports: &Value,
    endpoints: Vec<Value>,
) {
    let mut next = slice.clone();
    let ports = if endpoints.is_empty() {
        Value::Null
    } else {
        ports.clone()
    };
    object::set(&mut next, &["ports"], ports);
    object::set(&mut next, &["endpoints"], or_null(endpoints));
    object::set(&mut next, &["metadata", "labels"], labels(service));
    if next == *slice {
        return;
    }
    annotate(&mut next, trigger);
    api.replace(SLICES, next);
}

/// Notes what a slice changed for.
fn annotate(slice: &mut Value, trigger: &str) {
    object::remove(slice, &["metadata", "annotations"]);
    if !trigger.is_empty() {
        object::set(slice, &["metadata", "annotations", TRIGGER], trigger);
    }
}

fn remove(api: &Api, slice: &Value) {
    if let Some(resource) = api.resource(SLICES) {
        let place = (object::namespace(slice), object::name(slice));
        // One that is gone already is as good.
        let _ = api.delete(&resource, place.0, place.1, &Default::default());
    }
}
