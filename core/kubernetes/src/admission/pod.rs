//! What a new pod gets: its service account with the token's volume, tolerations, priority.
//!
//! Models the plugins `ServiceAccount`, `DefaultTolerationSeconds` and `Priority`.

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use crate::server::Api;

/// Where the token is mounted.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Letters of the volume's name.
const NAME_LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";

/// Completes and checks a new pod.
pub(super) fn create(api: &Api, resource: &Resource, pod: &mut Value) -> Result<(), Status> {
    service_account(api, resource, pod)?;
    tolerations(pod);
    priority(api, resource, pod)
}

/// Completes a changed pod: what it does not say of its priority stays.
pub(super) fn update(old: &Value, pod: &mut Value) {
    tolerations(pod);
    for field in ["priority", "preemptionPolicy"] {
        if let (Some(value), None) = (
            object::get(old, &["spec", field]).cloned(),
            object::get(pod, &["spec", field]),
        ) {
            object::set(pod, &["spec", field], value);
        }
    }
}

fn service_account(api: &Api, resource: &Resource, pod: &mut Value) -> Result<(), Status> {
    if object::annotation(pod, "kubernetes.io/config.mirror").is_some() {
        return Ok(());
    }
    let mut account = object::get_str(pod, &["spec", "serviceAccountName"]).to_owned();
    if account.is_empty() {
        account = object::get_str(pod, &["spec", "serviceAccount"]).to_owned();
    }
    if account.is_empty() {
        account = "default".to_owned();
    }
    object::set(pod, &["spec", "serviceAccountName"], account.as_str());
    object::set(pod, &["spec", "serviceAccount"], account.as_str());
    let namespace = object::namespace(pod).to_owned();
    let Some(found) = api.store().get("serviceaccounts", &namespace, &account) else {
        let name = object::name(pod).to_owned();
        let why = format!(
            "error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found"
        );
        return Err(Status::forbidden(
            &resource.group,
            &resource.plural,
            &name,
            &why,
        ));
    };
    let wanted = |object: &Value, path: &[&str]| object::get(object, path).and_then(Value::as_bool);
    let mounts = wanted(pod, &["spec", "automountServiceAccountToken"])
        .or_else(|| wanted(&found, &["automountServiceAccountToken"]))
        .unwrap_or(true);
    if mounts {
        mount_token(api, pod);
    }
    Ok(())
}

fn mount_token(api: &Api, pod: &mut Value) {
    let existing = object::get_list(pod, &["spec", "volumes"])
        .iter()
        .map(|volume| object::get_str(volume, &["name"]))
        .find(|name| name.starts_with("kube-api-access-"))
        .map(str::to_owned);
    let volume = existing
        .clone()
        .unwrap_or_else(|| format!("kube-api-access-{}", api.random().text(NAME_LETTERS, 5)));
    let mut used = false;
    for list in ["initContainers", "containers"] {
        let Some(containers) = object::entry(pod, &["spec"])
            .get_mut(list)
            .and_then(Value::as_array_mut)
        else {
            continue;
        };
        for container in containers
            .iter_mut()
            .filter(|container| container.is_object())
        {
            let mut mounts = object::get_list(container, &["volumeMounts"]).to_vec();
            if mounts
                .iter()
                .any(|mount| object::get_str(mount, &["mountPath"]) == TOKEN_PATH)
            {
                continue;
            }
            mounts.push(json!({"name": volume, "readOnly": true, "mountPath": TOKEN_PATH}));
            object::set(container, &["volumeMounts"], mounts);
            used = true;
        }
    }
    if !used || existing.is_some() {
        return;
    }
    let mut volumes = object::get_list(pod, &["spec", "volumes"]).to_vec();
    volumes.push(json!({
        "name": volume,
        "projected": {
            "defaultMode": 420,
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {
                    "name": "kube-root-ca.crt",
                    "items": [{"key": "ca.crt", "path": "ca.crt"}],
                }},
                {"downwardAPI": {"items": [{
                    "path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                }]}},
            ],
        },
    }));
    object::set(pod, &["spec", "volumes"], volumes);
}

fn tolerations(pod: &mut Value) {
    let mut tolerations = object::get_list(pod, &["spec", "tolerations"]).to_vec();
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let tolerated = tolerations.iter().any(|toleration| {
            let (own, effect) = (
                object::get_str(toleration, &["key"]),
                object::get_str(toleration, &["effect"]),
            );
            (own == key || own.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        });
        if !tolerated {
            tolerations.push(json!({
                "key": key,
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }));
        }
    }
    object::set(pod, &["spec", "tolerations"], tolerations);
}

fn priority(api: &Api, resource: &Resource, pod: &mut Value) -> Result<(), Status> {
    let class = object::get_str(pod, &["spec", "priorityClassName"]).to_owned();
    let classes = api.store().list("priorityclasses.scheduling.k8s.io", None);
    let found = classes.iter().find(|candidate| {
        if class.is_empty() {
            object::get_bool(candidate, &["globalDefault"])
        } else {
            object::name(candidate) == class
        }
    });
    if found.is_none() && !class.is_empty() {
        let name = object::name(pod).to_owned();
        let why = format!("no PriorityClass with name {class} was found");
        return Err(Status::forbidden(
            &resource.group,
            &resource.plural,
            &name,
            &why,
        ));
    }
    let value = found.and_then(|class| object::get_i64(class, &["value"]));
    if let Some(found) = found {
        object::set(pod, &["spec", "priorityClassName"], object::name(found));
    }
    let preempts = found
        .map(|class| object::get_str(class, &["preemptionPolicy"]))
        .filter(|policy| !policy.is_empty())
        .unwrap_or("PreemptLowerPriority");
    object::set(pod, &["spec", "preemptionPolicy"], preempts);
    object::set(pod, &["spec", "priority"], value.unwrap_or(0));
    Ok(())
}
