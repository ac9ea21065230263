//! The objects that exist when a cluster starts, as kubeadm and the control plane leave them.

use kubernetes_api::object;
use serde_json::{Value, json};

use crate::Api;

/// The address of the control plane's node.
pub const CONTROL_PLANE_ADDRESS: &str = "192.0.2.2";
/// The cluster's certificate, which nothing here checks.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIDrydockDrydockwDQYJKoZIhvcNAQELBQAwFTETMBEG\n-----END CERTIFICATE-----\n";

/// Creates them.
pub fn objects(api: &Api) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        put(
            api,
            "namespaces",
            "v1",
            "Namespace",
            "",
            json!({
                "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }),
        );
        namespace_content(api, name);
    }
    for (name, value, description) in [
        (
            "system-cluster-critical",
            2_000_000_000_i64,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
        ),
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node.",
        ),
    ] {
        put(
            api,
            "priorityclasses.scheduling.k8s.io",
            "scheduling.k8s.io/v1",
            "PriorityClass",
            "",
            json!({
                "metadata": {"name": name, "generation": 1},
                "value": value,
                "description": description,
                "preemptionPolicy": "PreemptLowerPriority",
            }),
        );
    }
    crate::bootstrap_roles::objects(api);
    for name in ["controller-manager", "etcd-0", "scheduler"] {
        let status = json!({
            "apiVersion": "v1",
            "kind": "ComponentStatus",
            "metadata": {"name": name},
            "conditions": [{"type": "Healthy", "status": "True", "message": "ok"}],
        });
        api.store().put("componentstatuses", status);
    }
    kubernetes_service(api);
}

/// The service account and the root certificate that every namespace has.
pub fn namespace_content(api: &Api, namespace: &str) {
    if api
        .store()
        .get("serviceaccounts", namespace, "default")
        .is_none()
    {
        put(
            api,
            "serviceaccounts",
            "v1",
            "ServiceAccount",
            namespace,
            json!({
                "metadata": {"name": "default"},
            }),
        );
    }
    if api
        .store()
        .get("configmaps", namespace, "kube-root-ca.crt")
        .is_none()
    {
        put(
            api,
            "configmaps",
            "v1",
            "ConfigMap",
            namespace,
            json!({
                "metadata": {
                    "name": "kube-root-ca.crt",
                    "annotations": {
                        "kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
                    },
                },
                "data": {"ca.crt": CERTIFICATE},
            }),
        );
    }
}

fn kubernetes_service(api: &Api) {
    let labels = json!({"component": "apiserver", "provider": "kubernetes"});
    put(
        api,
        "services",
        "v1",
        "Service",
        "default",
        json!({
            "metadata": {"name": "kubernetes", "labels": labels},
            "spec": {
                "clusterIP": "10.96.0.1",
                "clusterIPs": ["10.96.0.1"],
                "internalTrafficPolicy": "Cluster",
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
                "sessionAffinity": "None",
                "type": "ClusterIP",
            },
            "status": {"loadBalancer": {}},
        }),
    );
    put(
        api,
        "endpoints",
        "v1",
        "Endpoints",
        "default",
        json!({
            "metadata": {
                "name": "kubernetes",
                "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
            },
            "subsets": [{
                "addresses": [{"ip": CONTROL_PLANE_ADDRESS}],
                "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
            }],
        }),
    );
    put(
        api,
        "endpointslices.discovery.k8s.io",
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "default",
        json!({
            "metadata": {
                "name": "kubernetes",
                "generation": 1,
                "labels": {"kubernetes.io/service-name": "kubernetes"},
            },
            "addressType": "IPv4",
            "endpoints": [{
                "addresses": [CONTROL_PLANE_ADDRESS],
                "conditions": {"ready": true},
            }],
            "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
        }),
    );
}

/// Stores an object of the system as it is, past the rules for those who ask from outside.
pub(crate) fn put(
    api: &Api,
    key: &str,
    api_version: &str,
    kind: &str,
    namespace: &str,
    mut object: Value,
) {
    object::set(&mut object, &["apiVersion"], api_version);
    object::set(&mut object, &["kind"], kind);
    if !namespace.is_empty() {
        object::set(&mut object, &["metadata", "namespace"], namespace);
    }
    object::set(&mut object, &["metadata", "uid"], api.random().uuid());
    object::set(
        &mut object,
        &["metadata", "creationTimestamp"],
        api.timestamp(),
    );
    api.store().put(key, object);
}
