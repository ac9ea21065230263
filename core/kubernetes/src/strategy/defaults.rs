//! What is filled in where a manifest says nothing.
//!
//! Models kubernetes pkg/apis/*/v1/defaults.go.

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use serde_json::{Value, json};

/// Fills in a kind's defaults.
pub(super) fn apply(resource: &Resource, object: &mut Value) {
    match resource.kind.as_str() {
        "Pod" => {
            pod_spec(object, &["spec"]);
            default(object, &["spec", "enableServiceLinks"], json!(true));
        }
        "Deployment" => {
            default(object, &["spec", "replicas"], json!(1));
            default(object, &["spec", "revisionHistoryLimit"], json!(10));
            default(object, &["spec", "progressDeadlineSeconds"], json!(600));
            default(
                object,
                &["spec", "strategy", "type"],
                json!("RollingUpdate"),
            );
            if object::get_str(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
                for field in ["maxSurge", "maxUnavailable"] {
                    default(
                        object,
                        &["spec", "strategy", "rollingUpdate", field],
                        json!("25%"),
                    );
                }
            }
            pod_spec(object, &["spec", "template", "spec"]);
        }
        "ReplicaSet" => {
            default(object, &["spec", "replicas"], json!(1));
            pod_spec(object, &["spec", "template", "spec"]);
        }
        "Service" => service(object),
        _ => {}
    }
}

fn default(object: &mut Value, path: &[&str], value: Value) {
    let place = object::entry(object, path);
    if place.is_null() {
        *place = value;
    }
}

fn pod_spec(object: &mut Value, path: &[&str]) {
    let spec = object::entry(object, path);
    if !spec.is_object() {
        return;
    }
    default(spec, &["restartPolicy"], json!("Always"));
    default(spec, &["dnsPolicy"], json!("ClusterFirst"));
    default(spec, &["schedulerName"], json!("default-scheduler"));
    default(spec, &["securityContext"], json!({}));
    default(spec, &["terminationGracePeriodSeconds"], json!(30));
    for list in ["containers", "initContainers"] {
        if let Some(containers) = spec.get_mut(list).and_then(Value::as_array_mut) {
            containers.iter_mut().for_each(container);
        }
    }
}

fn container(container: &mut Value) {
    let image = object::get_str(container, &["image"]);
    let tagged = image.rsplit('/').next().unwrap_or_default().split_once(':');
    let policy = match tagged {
        Some((_, "latest")) | None if !image.contains('@') => "Always",
        _ => "IfNotPresent",
    };
    default(container, &["imagePullPolicy"], json!(policy));
    default(container, &["resources"], json!({}));
    default(
        container,
        &["terminationMessagePath"],
        json!("/dev/termination-log"),
    );
    default(container, &["terminationMessagePolicy"], json!("File"));
    if let Some(ports) = container.get_mut("ports").and_then(Value::as_array_mut) {
        for port in ports {
            default(port, &["protocol"], json!("TCP"));
        }
    }
}

fn service(service: &mut Value) {
    default(service, &["spec", "sessionAffinity"], json!("None"));
    default(service, &["spec", "type"], json!("ClusterIP"));
    default(
        service,
        &["spec", "internalTrafficPolicy"],
        json!("Cluster"),
    );
    if matches!(
        object::get_str(service, &["spec", "type"]),
        "NodePort" | "LoadBalancer"
    ) {
        default(
            service,
            &["spec", "externalTrafficPolicy"],
            json!("Cluster"),
        );
    }
    if let Some(ports) = object::entry(service, &["spec", "ports"]).as_array_mut() {
        for port in ports {
            default(port, &["protocol"], json!("TCP"));
            let same = port.get("port").cloned().unwrap_or_default();
            default(port, &["targetPort"], same);
        }
    } else {
        object::remove(service, &["spec", "ports"]);
    }
}

/// `autoscaling/v1` knows only the CPU's utilisation.
pub(super) fn autoscaler_from_v1(object: &mut Value) {
    if let Some(percent) = object::remove(object, &["spec", "targetCPUUtilizationPercentage"]) {
        object::set(
            object,
            &["spec", "metrics"],
            json!([{
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": percent},
                },
            }]),
        );
    }
}
