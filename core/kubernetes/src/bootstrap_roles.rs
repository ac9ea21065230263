//! The cluster roles that people bind, and what everyone who is known may do.
//!
//! Models kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy, without the roles of the
//! control plane's own parts: those do not ask here.

use serde_json::{Value, json};

use crate::Api;
use crate::bootstrap::put;

const API_VERSION: &str = "rbac.authorization.k8s.io/v1";

const READ: &str = "get,list,watch";
const WRITE: &str = "create,delete,deletecollection,patch,update";
const ALL: &str = "create,delete,deletecollection,get,list,patch,update,watch";

/// What a namespace's objects are, by API group; secrets are apart because not everyone sees them.
const NAMESPACED: [(&str, &str); 7] = [
    (
        "",
        "configmaps,endpoints,events,persistentvolumeclaims,pods,pods/log,pods/status,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services",
    ),
    (
        "apps",
        "controllerrevisions,daemonsets,deployments,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale",
    ),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs,jobs"),
    ("discovery.k8s.io", "endpointslices"),
    ("networking.k8s.io", "ingresses,networkpolicies"),
    ("policy", "poddisruptionbudgets"),
];

/// Creates the roles and their bindings.
pub(crate) fn objects(api: &Api) {
    let view = rules(READ);
    let mut edit = rules(ALL);
    edit.push(rule("", "secrets", ALL));
    edit.push(rule(
        "",
        "pods/attach,pods/exec,pods/portforward,pods/proxy,services/proxy",
        "get,list,watch,create,delete,deletecollection,patch,update",
    ));
    edit.push(rule("", "pods/eviction", "create"));
    edit.push(rule("", "serviceaccounts/token", "create"));
    let mut admin = edit.clone();
    admin.push(rule("rbac.authorization.k8s.io", "rolebindings,roles", ALL));
    admin.push(rule(
        "authorization.k8s.io",
        "localsubjectaccessreviews",
        "create",
    ));
    let cluster_admin = vec![
        rule("*", "*", "*"),
        json!({"verbs": ["*"], "nonResourceURLs": ["*"]}),
    ];
    let basic = vec![
        rule(
            "authorization.k8s.io",
            "selfsubjectaccessreviews,selfsubjectrulesreviews",
            "create",
        ),
        rule("authentication.k8s.io", "selfsubjectreviews", "create"),
    ];
    let discovery = paths(&[
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
    ]);
    let public = paths(&["/healthz", "/livez", "/readyz", "/version", "/version/"]);
    for (name, rules) in [
        ("cluster-admin", cluster_admin),
        ("admin", admin),
        ("edit", edit),
        ("view", view),
        ("system:basic-user", basic),
        ("system:discovery", discovery),
        ("system:public-info-viewer", public),
    ] {
        role(api, name, rules);
    }
    for (name, groups) in [
        ("cluster-admin", &["system:masters"][..]),
        ("system:basic-user", &["system:authenticated"]),
        ("system:discovery", &["system:authenticated"]),
        (
            "system:public-info-viewer",
            &["system:authenticated", "system:unauthenticated"],
        ),
    ] {
        binding(api, name, groups);
    }
}

fn rules(verbs: &str) -> Vec<Value> {
    let mut rules: Vec<Value> = NAMESPACED
        .iter()
        .map(|(group, resources)| rule(group, resources, verbs))
        .collect();
    rules.push(rule(
        "",
        "bindings,limitranges,namespaces,namespaces/status,resourcequotas,resourcequotas/status",
        READ,
    ));
    if verbs != READ {
        rules.push(rule("apps", "deployments/rollback", WRITE));
    }
    rules
}

fn rule(group: &str, resources: &str, verbs: &str) -> Value {
    let list = |text: &str| -> Vec<String> { text.split(',').map(str::to_owned).collect() };
    json!({"verbs": list(verbs), "apiGroups": [group], "resources": list(resources)})
}

fn paths(paths: &[&str]) -> Vec<Value> {
    vec![json!({"verbs": ["get"], "nonResourceURLs": paths})]
}

fn metadata(name: &str) -> Value {
    json!({
        "name": name,
        "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"},
        "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
    })
}

fn role(api: &Api, name: &str, rules: Vec<Value>) {
    let role = json!({"metadata": metadata(name), "rules": rules});
    put(
        api,
        "clusterroles.rbac.authorization.k8s.io",
        API_VERSION,
        "ClusterRole",
        "",
        role,
    );
}

fn binding(api: &Api, name: &str, groups: &[&str]) {
    let subjects: Vec<Value> = groups
        .iter()
        .map(|group| json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": group}))
        .collect();
    let binding = json!({
        "metadata": metadata(name),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": subjects,
    });
    put(
        api,
        "clusterrolebindings.rbac.authorization.k8s.io",
        API_VERSION,
        "ClusterRoleBinding",
        "",
        binding,
    );
}
