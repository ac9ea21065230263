//! Nodes, namespaces, configuration, storage, roles: kinds whose rows are simple.

use kubernetes_api::object;
use serde_json::{Value, json};

use super::{Printer, age, count, name, or_none};

/// The printer of a kind; names and ages for unknown ones.
pub(super) fn printer(key: &str) -> Printer {
    match key {
        "nodes" => NODE,
        "namespaces" => ("Name|Status|Age", |one, now| {
            vec![name(one), text(one, &["status", "phase"]), age(one, now)]
        }),
        "configmaps" => ("Name|Data|Age", |one, now| {
            let count = |field: &str| object::get_map(one, &[field]).map_or(0, |data| data.len());
            vec![
                name(one),
                (count("data") + count("binaryData")).into(),
                age(one, now),
            ]
        }),
        "secrets" => ("Name|Type|Data|Age", |one, now| {
            let data = object::get_map(one, &["data"]).map_or(0, |data| data.len());
            vec![name(one), text(one, &["type"]), data.into(), age(one, now)]
        }),
        "limitranges"
        | "roles.rbac.authorization.k8s.io"
        | "clusterroles.rbac.authorization.k8s.io"
        | "customresourcedefinitions.apiextensions.k8s.io" => ("Name|@Created At", |one, _| {
            vec![name(one), text(one, &["metadata", "creationTimestamp"])]
        }),
        "rolebindings.rbac.authorization.k8s.io"
        | "clusterrolebindings.rbac.authorization.k8s.io" => {
            ("Name|Role|Age|Users+|Groups+|ServiceAccounts+", binding)
        }
        "resourcequotas" => ("Name|Request|Limit|Age", quota),
        "leases.coordination.k8s.io" => ("Name|Holder|Age", |one, now| {
            vec![
                name(one),
                text(one, &["spec", "holderIdentity"]),
                age(one, now),
            ]
        }),
        "priorityclasses.scheduling.k8s.io" => (
            "Name|#Value|?Global-Default|Age|PreemptionPolicy",
            |one, now| {
                vec![
                    name(one),
                    count(one, &["value"]).into(),
                    object::get_bool(one, &["globalDefault"]).into(),
                    age(one, now),
                    text(one, &["preemptionPolicy"]),
                ]
            },
        ),
        "componentstatuses" => ("Name|Status|Message|Error", |one, _| {
            vec![name(one), json!("Healthy"), json!("ok"), json!("")]
        }),
        "persistentvolumes" => VOLUME,
        "persistentvolumeclaims" => CLAIM,
        "storageclasses.storage.k8s.io" => STORAGE_CLASS,
        _ => ("Name|Age", |one, now| vec![name(one), age(one, now)]),
    }
}

const NODE: Printer = (
    "Name|Status|Roles|Age|Version|Internal-IP+|External-IP+|OS-Image+|Kernel-Version+|Container-Runtime+",
    |node, now| {
        let info = |field: &str| match object::get_str(node, &["status", "nodeInfo", field]) {
            "" => "<unknown>",
            text => text,
        };
        let address = |kind: &str| {
            object::get_list(node, &["status", "addresses"])
                .iter()
                .find(|address| object::get_str(address, &["type"]) == kind)
                .map(|address| object::get_str(address, &["address"]))
                .unwrap_or_default()
        };
        vec![
            name(node),
            node_status(node).into(),
            roles(node),
            age(node, now),
            object::get_str(node, &["status", "nodeInfo", "kubeletVersion"]).into(),
            or_none(address("InternalIP")),
            or_none(address("ExternalIP")),
            info("osImage").into(),
            format!("{} ({})", info("kernelVersion"), info("architecture")).into(),
            info("containerRuntimeVersion").into(),
        ]
    },
);

fn node_status(node: &Value) -> String {
    let ready = object::condition(node, "Ready");
    let mut text = match ready.map(|condition| object::get_str(condition, &["status"])) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if object::get_bool(node, &["spec", "unschedulable"]) {
        text.push_str(",SchedulingDisabled");
    }
    text
}

fn roles(node: &Value) -> Value {
    let mut roles: Vec<&str> = object::labels(node)
        .into_iter()
        .flatten()
        .filter_map(
            |(label, value)| match label.strip_prefix("node-role.kubernetes.io/") {
                Some(role) if !role.is_empty() => Some(role),
                _ if label == "kubernetes.io/role" => value.as_str(),
                _ => None,
            },
        )
        .collect();
    roles.sort_unstable();
    or_none(&roles.join(","))
}

const VOLUME: Printer = (
    "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age|VolumeMode+",
    |volume, now| {
        let claim = |field: &str| object::get_str(volume, &["spec", "claimRef", field]);
        let claim = match claim("name") {
            "" => String::new(),
            name => format!("{}/{name}", claim("namespace")),
        };
        vec![
            name(volume),
            text(volume, &["spec", "capacity", "storage"]),
            modes(volume, &["spec", "accessModes"]),
            text(volume, &["spec", "persistentVolumeReclaimPolicy"]),
            phase(volume),
            claim.into(),
            text(volume, &["spec", "storageClassName"]),
            "<unset>".into(),
            text(volume, &["status", "reason"]),
            age(volume, now),
            mode(volume),
        ]
    },
);

const CLAIM: Printer = (
    "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|VolumeMode+",
    |claim, now| {
        let bound = !object::get_str(claim, &["spec", "volumeName"]).is_empty();
        let (capacity, access) = if bound {
            (
                text(claim, &["status", "capacity", "storage"]),
                modes(claim, &["status", "accessModes"]),
            )
        } else {
            (json!(""), json!(""))
        };
        vec![
            name(claim),
            phase(claim),
            text(claim, &["spec", "volumeName"]),
            capacity,
            access,
            text(claim, &["spec", "storageClassName"]),
            "<unset>".into(),
            age(claim, now),
            mode(claim),
        ]
    },
);

const STORAGE_CLASS: Printer = (
    "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age",
    |class, now| {
        let default = object::annotation(class, "storageclass.kubernetes.io/is-default-class");
        let shown = if default == Some("true") {
            format!("{} (default)", object::name(class))
        } else {
            object::name(class).to_owned()
        };
        let or = |field: &str, default: &str| match object::get_str(class, &[field]) {
            "" => Value::from(default),
            text => text.into(),
        };
        vec![
            shown.into(),
            text(class, &["provisioner"]),
            or("reclaimPolicy", "Delete"),
            or("volumeBindingMode", "Immediate"),
            object::get_bool(class, &["allowVolumeExpansion"]).into(),
            age(class, now),
        ]
    },
);

fn text(object: &Value, path: &[&str]) -> Value {
    object::get_str(object, path).into()
}

fn phase(object: &Value) -> Value {
    if object::is_terminating(object) {
        return "Terminating".into();
    }
    text(object, &["status", "phase"])
}

fn mode(object: &Value) -> Value {
    match object::get_str(object, &["spec", "volumeMode"]) {
        "" => "<unset>".into(),
        mode => mode.into(),
    }
}

fn modes(object: &Value, path: &[&str]) -> Value {
    let short: Vec<&str> = object::get_list(object, path)
        .iter()
        .filter_map(Value::as_str)
        .map(|mode| match mode {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            _ => "RWOP",
        })
        .collect();
    short.join(",").into()
}

fn binding(binding: &Value, now: i64) -> Vec<Value> {
    let of = |kind: &str| -> Value {
        let names: Vec<String> = object::get_list(binding, &["subjects"])
            .iter()
            .filter(|subject| object::kind(subject) == kind)
            .map(|subject| {
                let name = object::get_str(subject, &["name"]);
                if kind == "ServiceAccount" {
                    format!("{}/{name}", object::get_str(subject, &["namespace"]))
                } else {
                    name.to_owned()
                }
            })
            .collect();
        names.join(", ").into()
    };
    let role = |field: &str| object::get_str(binding, &["roleRef", field]);
    vec![
        name(binding),
        format!("{}/{}", role("kind"), role("name")).into(),
        age(binding, now),
        of("User"),
        of("Group"),
        of("ServiceAccount"),
    ]
}

fn quota(quota: &Value, now: i64) -> Vec<Value> {
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (resource, hard) in object::get_map(quota, &["status", "hard"])
        .into_iter()
        .flatten()
    {
        let used = object::get(quota, &["status", "used", resource]);
        let text = |value: Option<&Value>| {
            value
                .map(kubernetes_api::intstr::text)
                .unwrap_or_else(|| "0".to_owned())
        };
        let cell = format!("{resource}: {}/{}", text(used), text(Some(hard)));
        if resource.starts_with("limits") {
            limits.push(cell);
        } else {
            requests.push(cell);
        }
    }
    vec![
        name(quota),
        requests.join(", ").into(),
        limits.join(", ").into(),
        age(quota, now),
    ]
}
