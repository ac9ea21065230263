//! The node's own object: registered at the start, kept alive by a lease and a heartbeat.
//!
//! Models kubernetes pkg/kubelet/nodestatus and nodelease.

use std::rc::{Rc, Weak};

use kubernetes_api::{object, time};
use serde_json::{Value, json};
use simulation::Duration;

use super::{Inner, NodeOptions};
use crate::bootstrap;

/// How often the lease is renewed.
/// The first node's machine id; a node in a container has it as its system id too.
const MACHINE: &str = "4d1f6c2e8b7a4c3f9e0d5a6b7c8d9e0f";
const LEASE: Duration = Duration::from_secs(10);
/// Leases between two heartbeats in the node's status.
const LEASES_PER_HEARTBEAT: u32 = 30;
/// Pods that a node takes.
const PODS: u32 = 110;

/// Creates the node's object and its lease.
pub(super) fn register(kubelet: &Inner, options: &NodeOptions) {
    let api = &kubelet.api;
    let name = options.name.as_str();
    let mut labels = json!({
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    });
    if options.control_plane {
        object::set(&mut labels, &["node-role.kubernetes.io/control-plane"], "");
    }
    let cidr = format!("10.244.{}.0/24", options.number);
    bootstrap::put(
        api,
        "nodes",
        "v1",
        "Node",
        "",
        json!({
            "metadata": {
                "name": name,
                "labels": labels,
                "annotations": {
                    "node.alpha.kubernetes.io/ttl": "0",
                    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                },
            },
            "spec": {"podCIDR": cidr, "podCIDRs": [cidr]},
            "status": status(kubelet, options),
        }),
    );
    bootstrap::put(
        api,
        "leases.coordination.k8s.io",
        "coordination.k8s.io/v1",
        "Lease",
        "kube-node-lease",
        json!({
            "metadata": {"name": name},
            "spec": {
                "holderIdentity": name,
                "leaseDurationSeconds": 40,
                "renewTime": time::rfc3339_micro(api.now()),
            },
        }),
    );
}

fn status(kubelet: &Inner, options: &NodeOptions) -> Value {
    let api = &kubelet.api;
    let now = api.timestamp();
    let machine = if options.number == 0 {
        MACHINE.to_owned()
    } else {
        api.random().uuid().replace('-', "")
    };
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
        })
    };
    let capacity = |memory: &str, storage: &str| {
        json!({
            "cpu": "2",
            "ephemeral-storage": storage,
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
            "memory": memory,
            "pods": PODS.to_string(),
        })
    };
    json!({
        "addresses": [
            {"type": "InternalIP", "address": options.address.to_string()},
            {"type": "Hostname", "address": options.name},
        ],
        "capacity": capacity("24684096Ki", "264212084Ki"),
        "allocatable": capacity("24581696Ki", "267847642337"),
        "conditions": [
            condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": api.random().uuid(),
            "containerRuntimeVersion": "docker://28.2.2",
            "kernelVersion": "6.18.44-generic",
            "kubeProxyVersion": "",
            "kubeletVersion": crate::VERSION,
            "machineID": machine,
            "operatingSystem": "linux",
            "osImage": "Debian GNU/Linux 12 (bookworm)",
            "systemUUID": machine,
        },
    })
}

/// Renews the lease and now and then the node's status.
pub(super) fn start_heartbeat(kubelet: &Rc<Inner>) {
    let weak: Weak<Inner> = Rc::downgrade(kubelet);
    let clock = kubelet.api.simulation().clone();
    kubelet.api.simulation().spawn(async move {
        let mut renewals = 0_u32;
        let mut cordoned = false;
        loop {
            clock.sleep(LEASE).await;
            let Some(kubelet) = weak.upgrade() else {
                return;
            };
            renew(&kubelet);
            note_cordon(&kubelet, &mut cordoned);
            renewals += 1;
            if renewals.is_multiple_of(LEASES_PER_HEARTBEAT) {
                beat(&kubelet);
            }
        }
    });
}

/// Tells when the node was cordoned or is free again.
fn note_cordon(kubelet: &Inner, cordoned: &mut bool) {
    let Some(node) = kubelet.api.store().get("nodes", "", &kubelet.node) else {
        return;
    };
    let now = object::get_bool(&node, &["spec", "unschedulable"]);
    if std::mem::replace(cordoned, now) == now {
        return;
    }
    let reason = if now {
        "NodeNotSchedulable"
    } else {
        "NodeSchedulable"
    };
    let message = format!("Node {} status is now: {reason}", kubelet.node);
    kubelet.recorder.normal(&node, reason, &message);
}

fn renew(kubelet: &Inner) {
    let api = &kubelet.api;
    let key = "leases.coordination.k8s.io";
    let Some(lease) = api.store().get(key, "kube-node-lease", &kubelet.node) else {
        return;
    };
    let mut renewed = (*lease).clone();
    object::set(
        &mut renewed,
        &["spec", "renewTime"],
        time::rfc3339_micro(api.now()),
    );
    api.replace(key, renewed);
}

fn beat(kubelet: &Inner) {
    let api = &kubelet.api;
    let Some(node) = api.store().get("nodes", "", &kubelet.node) else {
        return;
    };
    let mut conditions = object::get_list(&node, &["status", "conditions"]).to_vec();
    for condition in &mut conditions {
        object::set(condition, &["lastHeartbeatTime"], api.timestamp());
    }
    let mut beating = (*node).clone();
    object::set(&mut beating, &["status", "conditions"], conditions);
    let mut images: Vec<Value> = kubelet
        .engine
        .images()
        .into_iter()
        .map(|(image, names)| {
            let names: Vec<String> = names.iter().map(|name| name.canonical()).collect();
            json!({"names": names, "sizeBytes": image.size})
        })
        .collect();
    images.sort_by_key(|image| std::cmp::Reverse(object::get_i64(image, &["sizeBytes"])));
    object::set(&mut beating, &["status", "images"], images);
    api.replace("nodes", beating);
}
