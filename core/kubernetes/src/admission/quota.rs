//! ResourceQuotas: how much a namespace uses, and whether a new object still fits.
//!
//! Models kubernetes pkg/quota/v1 and plugin/pkg/admission/resourcequota. The usage is counted
//! from the objects themselves, so it is never behind.

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Map, Value};

use super::requests::{self, add, milli};
use crate::controller::is_over;
use crate::server::{Api, storage};

/// What a container has to ask for when its quota counts it.
const COMPUTE: [&str; 6] = [
    "cpu",
    "limits.cpu",
    "limits.memory",
    "memory",
    "requests.cpu",
    "requests.memory",
];
/// Kinds that are counted under their plain names too.
const COUNTED: [&str; 7] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
];

/// Refuses an object for which a quota of its namespace has no room.
pub(super) fn check(api: &Api, resource: &Resource, object: &Value) -> Result<(), Status> {
    if !resource.namespaced {
        return Ok(());
    }
    let key = storage(resource);
    let quotas = api
        .store()
        .list("resourcequotas", Some(object::namespace(object)));
    for quota in &quotas {
        let Some(hard) = object::get_map(quota, &["spec", "hard"]) else {
            continue;
        };
        if !in_scope(quota, &key, object) {
            continue;
        }
        let refuse = |why: &str| {
            Status::forbidden(&resource.group, &resource.plural, object::name(object), why)
        };
        if key == "pods"
            && let Some(missing) = missing(hard, object)
        {
            let why = format!(
                "failed quota: {}: must specify {missing}",
                object::name(quota)
            );
            return Err(refuse(&why));
        }
        let asked = usage(&key, resource, object);
        let used = used(api, quota);
        let exceeded: Vec<&String> = hard
            .iter()
            .filter(|(name, limit)| {
                let have = used.get(*name).map_or(0, milli);
                asked
                    .get(*name)
                    .is_some_and(|more| milli(more) > 0 && have + milli(more) > milli(limit))
            })
            .map(|(name, _)| name)
            .collect();
        if !exceeded.is_empty() {
            let list = |of: &Map<String, Value>| -> String {
                let amounts: Vec<String> = exceeded
                    .iter()
                    .map(|name| {
                        let amount = of.get(*name).and_then(Value::as_str).unwrap_or("0");
                        format!("{name}={amount}")
                    })
                    .collect();
                amounts.join(",")
            };
            return Err(refuse(&format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                object::name(quota),
                list(&asked),
                list(&used),
                list(hard)
            )));
        }
    }
    Ok(())
}

/// The compute resources that a quota counts and containers of a pod do not name.
fn missing(hard: &Map<String, Value>, pod: &Value) -> Option<String> {
    let mut found = Vec::new();
    for name in COMPUTE {
        if !hard.contains_key(name) {
            continue;
        }
        let (field, resource) = match name.split_once('.') {
            Some((field, resource)) => (field, resource),
            None => ("requests", name),
        };
        let mut without: Vec<&str> = object::get_list(pod, &["spec", "containers"])
            .iter()
            .chain(object::get_list(pod, &["spec", "initContainers"]))
            .filter(|container| object::get(container, &["resources", field, resource]).is_none())
            .map(|container| object::get_str(container, &["name"]))
            .collect();
        without.sort_unstable();
        if !without.is_empty() {
            found.push(format!("{name} for: {}", without.join(",")));
        }
    }
    (!found.is_empty()).then(|| found.join("; "))
}

/// What the namespace uses of the things that a quota counts.
pub(crate) fn used(api: &Api, quota: &Value) -> Map<String, Value> {
    let namespace = object::namespace(quota);
    let mut total = Map::new();
    for key in api.store().resources_in(namespace) {
        let Some(resource) = api.resource(&key) else {
            continue;
        };
        for one in api.store().list(&key, Some(namespace)) {
            if in_scope(quota, &key, &one) {
                add(&mut total, &usage(&key, &resource, &one));
            }
        }
    }
    let mut used = Map::new();
    for name in object::get_map(quota, &["spec", "hard"])
        .into_iter()
        .flatten()
    {
        let amount = total.get(name.0).cloned().unwrap_or_else(|| "0".into());
        used.insert(name.0.clone(), amount);
    }
    used
}

/// What one object uses.
fn usage(key: &str, resource: &Resource, object: &Value) -> Map<String, Value> {
    let mut usage = Map::new();
    let mut put = |name: &str, amount: Value| {
        usage.insert(name.to_owned(), amount);
    };
    if key == "pods" && is_over(object) {
        put("count/pods", "1".into());
        return usage;
    }
    put(&format!("count/{}", resource.group_resource()), "1".into());
    if COUNTED.contains(&key) {
        put(key, "1".into());
    }
    match key {
        "pods" => {
            for (field, plain) in [("requests", true), ("limits", false)] {
                for (name, amount) in requests::of_pod(object, field) {
                    put(&format!("{field}.{name}"), amount.clone());
                    if plain {
                        put(&name, amount);
                    }
                }
            }
        }
        "services" => {
            let ports = object::get_list(object, &["spec", "ports"])
                .len()
                .to_string();
            match object::get_str(object, &["spec", "type"]) {
                "NodePort" => put("services.nodeports", ports.into()),
                "LoadBalancer" => {
                    put("services.nodeports", ports.into());
                    put("services.loadbalancers", "1".into());
                }
                _ => {}
            }
        }
        "persistentvolumeclaims" => {
            let class = object::get_str(object, &["spec", "storageClassName"]).to_owned();
            if let Some(amount) = object::get(object, &["spec", "resources", "requests", "storage"])
            {
                put("requests.storage", amount.clone());
                if !class.is_empty() {
                    put(
                        &format!("{class}.storageclass.storage.k8s.io/requests.storage"),
                        amount.clone(),
                    );
                }
            }
        }
        _ => {}
    }
    usage
}

/// Whether a quota's scopes take an object in; only pods are told apart.
fn in_scope(quota: &Value, key: &str, object: &Value) -> bool {
    let scopes = object::get_list(quota, &["spec", "scopes"]);
    if scopes.is_empty() {
        return true;
    }
    if key != "pods" {
        return false;
    }
    let ends = object::get_i64(object, &["spec", "activeDeadlineSeconds"]).is_some();
    let best_effort = crate::strategy::pod::quality_of_service(object) == "BestEffort";
    scopes
        .iter()
        .filter_map(Value::as_str)
        .all(|scope| match scope {
            "BestEffort" => best_effort,
            "NotBestEffort" => !best_effort,
            "Terminating" => ends,
            "NotTerminating" => !ends,
            _ => true,
        })
}
