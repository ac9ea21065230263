//! Claims and volumes, Ingresses, RoleBindings, budgets and autoscalers.
//!
//! Models the parts of kubernetes pkg/apis/{core,networking,rbac,policy,autoscaling}/validation that
//! meet everyday mistakes.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::quantity::Quantity;
use kubernetes_api::{names, object};
use serde_json::{Value, json};

const ACCESS_MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];
const PATH_TYPES: [&str; 3] = ["Exact", "ImplementationSpecific", "Prefix"];
/// What a path may not have in it.
const PATH_WRONG: [&str; 5] = ["//", "/./", "/../", "%2f", "%2F"];

/// Checks a new or changed object of one of these kinds.
pub(super) fn check(key: &str, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let spec = Path::new("spec");
    match key {
        "persistentvolumeclaims" => {
            let why = "at least 1 access mode is required";
            access_modes(object, why, &mut errors);
            let path = spec.child("resources").key("storage");
            amount(
                object,
                &["spec", "resources", "requests", "storage"],
                path,
                &mut errors,
            );
        }
        "persistentvolumes" => {
            access_modes(object, "", &mut errors);
            let path = spec.child("capacity");
            if object::get(object, &["spec", "capacity"]).is_none() {
                errors.push(FieldError::required(path, ""));
            } else {
                amount(
                    object,
                    &["spec", "capacity", "storage"],
                    path.key("storage"),
                    &mut errors,
                );
            }
        }
        "ingresses.networking.k8s.io" => ingress(object, &mut errors),
        "rolebindings.rbac.authorization.k8s.io"
        | "clusterrolebindings.rbac.authorization.k8s.io" => binding(key, object, &mut errors),
        "poddisruptionbudgets.policy" => budget(object, &mut errors),
        "horizontalpodautoscalers.autoscaling" => {
            let number = |field: &str| object::get_i64(object, &["spec", field]).unwrap_or(1);
            let (least, most) = (number("minReplicas"), number("maxReplicas"));
            if least < 1 {
                let why = "must be greater than or equal to 1";
                errors.push(FieldError::invalid(spec.child("minReplicas"), least, why));
            }
            let path = spec.child("maxReplicas");
            if most < 1 {
                errors.push(FieldError::invalid(path, most, "must be greater than 0"));
            } else if most < least {
                let why = "must be greater than or equal to `minReplicas`";
                errors.push(FieldError::invalid(path, most, why));
            }
        }
        _ => {}
    }
    errors
}

/// Checks a change to an object of one of these kinds.
pub(super) fn update(key: &str, old: &Value, object: &Value) -> Vec<FieldError> {
    let mut errors = check(key, object);
    if key == "persistentvolumeclaims" {
        claim_update(old, object, &mut errors);
    }
    if key.ends_with("bindings.rbac.authorization.k8s.io")
        && old.get("roleRef") != object.get("roleRef")
    {
        let text = |field: &str| object::get_str(object, &["roleRef", field]);
        let value =
            json!({"APIGroup": text("apiGroup"), "Kind": text("kind"), "Name": text("name")});
        errors.push(FieldError::invalid(
            "roleRef",
            value,
            "cannot change roleRef",
        ));
    }
    errors
}

/// Of a claim only the size may grow, once it is bound; a volume's name is the controller's to set.
fn claim_update(old: &Value, object: &Value, errors: &mut Vec<FieldError>) {
    const STORAGE: [&str; 4] = ["spec", "resources", "requests", "storage"];
    let bound = object::get_str(old, &["status", "phase"]) == "Bound";
    let mut before = old.get("spec").cloned().unwrap_or_default();
    let after = object.get("spec").cloned().unwrap_or_default();
    let mut free = vec!["volumeAttributesClassName"];
    if object::get_str(&before, &["volumeName"]).is_empty() {
        free.push("volumeName");
    }
    if bound {
        free.push("resources");
    }
    for field in free {
        match after.get(field) {
            Some(value) => object::set(&mut before, &[field], value.clone()),
            None => {
                object::remove(&mut before, &[field]);
            }
        }
    }
    if before != after {
        let text = |spec: &Value| super::internal::indented("PersistentVolumeClaimSpec", spec);
        let difference = super::difference::of(&text(&before), &text(&after));
        let why = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        errors.push(FieldError::forbidden(
            "spec",
            format!("{why}\n{difference}"),
        ));
    }
    let amount = |claim: &Value, path: &[&str]| {
        object::get(claim, path).and_then(|value| Quantity::from_value(value).ok())
    };
    if bound
        && let (Some(asked), Some(before)) = (amount(object, &STORAGE), amount(old, &STORAGE))
        && asked.value() < before.value()
    {
        let path = Path::new("spec").child("resources").child("requests");
        let why = "field can not be less than status.capacity";
        errors.push(FieldError::forbidden(path.child("storage"), why));
    }
}

fn access_modes(object: &Value, missing: &str, errors: &mut Vec<FieldError>) {
    let path = Path::new("spec").child("accessModes");
    let modes = object::get_list(object, &["spec", "accessModes"]);
    if modes.is_empty() {
        errors.push(FieldError::required(path, missing));
        return;
    }
    for (index, mode) in modes.iter().enumerate() {
        let mode = mode.as_str().unwrap_or_default();
        if !ACCESS_MODES.contains(&mode) {
            errors.push(FieldError::not_supported(
                path.index(index),
                mode,
                &ACCESS_MODES,
            ));
        }
    }
}

/// An amount of storage, which must be there and more than nothing.
fn amount(object: &Value, place: &[&str], path: Path, errors: &mut Vec<FieldError>) {
    let Some(value) = object::get(object, place) else {
        errors.push(FieldError::required(path, ""));
        return;
    };
    if Quantity::from_value(value).is_ok_and(|amount| amount.value() <= 0) {
        errors.push(FieldError::invalid(
            path,
            value.clone(),
            "must be greater than zero",
        ));
    }
}

fn ingress(object: &Value, errors: &mut Vec<FieldError>) {
    let spec = Path::new("spec");
    let rules = object::get_list(object, &["spec", "rules"]);
    let default = object::get(object, &["spec", "defaultBackend"]);
    if rules.is_empty() && default.is_none() {
        let why = "either `defaultBackend` or `rules` must be specified";
        errors.push(FieldError::invalid(spec.clone(), Value::Null, why));
    }
    if let Some(backend) = default {
        ingress_backend(backend, &spec.child("defaultBackend"), errors);
    }
    for (index, rule) in rules.iter().enumerate() {
        let path = spec.child("rules").index(index);
        let host = object::get_str(rule, &["host"]);
        let label = host.strip_prefix("*.").unwrap_or(host);
        if !host.is_empty() {
            for wrong in names::dns1123_subdomain(label) {
                errors.push(FieldError::invalid(path.child("host"), host, wrong));
            }
        }
        let paths = object::get_list(rule, &["http", "paths"]);
        if rule.get("http").is_some() && paths.is_empty() {
            errors.push(FieldError::required(path.child("http").child("paths"), ""));
        }
        for (index, one) in paths.iter().enumerate() {
            ingress_path(one, &path.child("http").child("paths").index(index), errors);
        }
    }
}

fn ingress_path(one: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let kind = object::get_str(one, &["pathType"]);
    let text = object::get_str(one, &["path"]);
    let at = path.child("path");
    match kind {
        "" => {
            let why = "pathType must be specified";
            errors.push(FieldError::required(path.child("pathType"), why));
            return;
        }
        "Exact" | "Prefix" => {
            if !text.starts_with('/') {
                errors.push(FieldError::invalid(
                    at.clone(),
                    text,
                    "must be an absolute path",
                ));
            }
            for wrong in PATH_WRONG.iter().filter(|wrong| text.contains(**wrong)) {
                let why = format!("must not contain '{wrong}'");
                errors.push(FieldError::invalid(at.clone(), text, why));
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !text.starts_with('/') {
                errors.push(FieldError::invalid(at, text, "must be an absolute path"));
            }
        }
        _ => errors.push(FieldError::not_supported(
            path.child("pathType"),
            kind,
            &PATH_TYPES,
        )),
    }
    let backend = one.get("backend").unwrap_or(&Value::Null);
    ingress_backend(backend, &path.child("backend"), errors);
}

fn ingress_backend(backend: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    if backend.get("resource").is_some() {
        return;
    }
    let name = object::get_str(backend, &["service", "name"]);
    if name.is_empty() {
        let at = path.child("service").child("name");
        errors.push(FieldError::required(at, ""));
        return;
    }
    for wrong in names::dns1035_label(name) {
        let at = path.child("service").child("name");
        errors.push(FieldError::invalid(at, name, wrong));
    }
    let has = |field: &str| object::get(backend, &["service", "port", field]).is_some();
    if has("name") && has("number") {
        let why = "cannot set both port name & port number";
        errors.push(FieldError::invalid(path.clone(), "", why));
    } else if !has("name") && !has("number") {
        let why = "port name or number is required";
        errors.push(FieldError::required(path.clone(), why));
    }
}

fn binding(key: &str, object: &Value, errors: &mut Vec<FieldError>) {
    let path = Path::new("roleRef");
    let roles: &[&str] = if key.starts_with("cluster") {
        &["ClusterRole"]
    } else {
        &["Role", "ClusterRole"]
    };
    let kind = object::get_str(object, &["roleRef", "kind"]);
    if !roles.contains(&kind) {
        errors.push(FieldError::not_supported(path.child("kind"), kind, roles));
    }
    if object::get_str(object, &["roleRef", "name"]).is_empty() {
        errors.push(FieldError::required(path.child("name"), ""));
    }
    for (index, subject) in object::get_list(object, &["subjects"]).iter().enumerate() {
        let path = Path::new("subjects").index(index);
        if object::get_str(subject, &["name"]).is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
        }
        match object::get_str(subject, &["kind"]) {
            "ServiceAccount" => {
                if object::get_str(subject, &["namespace"]).is_empty() {
                    errors.push(FieldError::required(path.child("namespace"), ""));
                }
            }
            "User" | "Group" => {}
            kind => {
                let known = ["ServiceAccount", "User", "Group"];
                errors.push(FieldError::not_supported(path.child("kind"), kind, &known));
            }
        }
    }
}

fn budget(object: &Value, errors: &mut Vec<FieldError>) {
    let field = |name: &str| object::get(object, &["spec", name]);
    if field("minAvailable").is_some() && field("maxUnavailable").is_some() {
        // The value is shown with the names of Go's fields.
        let shown: Vec<String> = [
            "minAvailable",
            "selector",
            "maxUnavailable",
            "unhealthyPodEvictionPolicy",
        ]
        .iter()
        .map(|name| {
            let mut go = (*name).to_owned();
            if let Some(first) = go.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            format!("\"{go}\":{}", field(name).unwrap_or(&Value::Null))
        })
        .collect();
        let why = "minAvailable and maxUnavailable cannot be both set";
        let error = FieldError::invalid("spec", Value::Null, why);
        errors.push(error.showing(format!("{{{}}}", shown.join(","))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn told(key: &str, object: &Value) -> String {
        let errors = check(key, object);
        let lines: Vec<String> = errors.iter().map(|one| format!("{one}\n")).collect();
        lines.concat()
    }

    #[test]
    fn everyday_mistakes() {
        let claim = json!({"spec": {"accessModes": ["ReadWriteTwice"], "resources": {"requests": {"storage": "-1Gi"}}}});
        let rule = json!({"host": "foo_bar", "http": {"paths": [{"path": "bar", "pathType": "Prefix", "backend": {"service": {"name": "x"}}}]}});
        let ingress = json!({"spec": {"rules": [rule]}});
        let binding = json!({"roleRef": {"kind": "Rule", "name": "x"}, "subjects": [{"kind": "Foo", "name": "bob"}]});
        let budget = json!({"spec": {"minAvailable": 1, "maxUnavailable": 1}});
        let scaler = json!({"spec": {"minReplicas": 5, "maxReplicas": 2}});
        let all = [
            ("persistentvolumeclaims", claim),
            ("ingresses.networking.k8s.io", ingress),
            ("rolebindings.rbac.authorization.k8s.io", binding),
            ("poddisruptionbudgets.policy", budget),
            ("horizontalpodautoscalers.autoscaling", scaler),
        ];
        let text: String = all.iter().map(|(key, object)| told(key, object)).collect();
        expect![[r#"
            spec.accessModes[0]: Unsupported value: "ReadWriteTwice": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"
            spec.resources[storage]: Invalid value: "-1Gi": must be greater than zero
            spec.rules[0].host: Invalid value: "foo_bar": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            spec.rules[0].http.paths[0].path: Invalid value: "bar": must be an absolute path
            spec.rules[0].http.paths[0].backend: Required value: port name or number is required
            roleRef.kind: Unsupported value: "Rule": supported values: "Role", "ClusterRole"
            subjects[0].kind: Unsupported value: "Foo": supported values: "ServiceAccount", "User", "Group"
            spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set
            spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`
        "#]]
        .assert_eq(&text);
    }
}
