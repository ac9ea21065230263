//! The rarer rules of a pod's spec: where values come from, names of resources, security, volumes'
//! sources, tolerations.
//!
//! Models the corresponding functions of kubernetes pkg/apis/core/validation.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::{names, object};
use serde_json::Value;

use super::internal;

/// What a variable may take from the pod.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Fields of a pod that are known, but not to variables.
const OTHER_FIELDS: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
];
/// Fields of volumes' sources without which they are none.
const SOURCES: [(&str, &str); 5] = [
    ("configMap", "name"),
    ("hostPath", "path"),
    ("persistentVolumeClaim", "claimName"),
    ("secret", "secretName"),
    ("nfs", "server"),
];
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Checks where a variable's value comes from.
pub(super) fn value_from(source: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for (field, required) in [
        ("configMapKeyRef", "key"),
        ("secretKeyRef", "key"),
        ("resourceFieldRef", "resource"),
    ] {
        if let Some(reference) = source.get(field)
            && object::get_str(reference, &[required]).is_empty()
        {
            let path = path.child(field).child(required);
            errors.push(FieldError::required(path, ""));
        }
    }
    let Some(reference) = source.get("fieldRef") else {
        return;
    };
    let path = path.child("fieldRef").child("fieldPath");
    let field = object::get_str(reference, &["fieldPath"]);
    let subscripted = ["metadata.labels['", "metadata.annotations['"]
        .iter()
        .any(|start| field.starts_with(start) && field.ends_with("']"));
    if field.is_empty() {
        errors.push(FieldError::required(path, ""));
    } else if OTHER_FIELDS.contains(&field) {
        errors.push(FieldError::not_supported(path, field, &FIELDS));
    } else if !subscripted && !FIELDS.contains(&field) {
        let why = format!("error converting fieldPath: field label not supported: {field}");
        errors.push(FieldError::invalid(path, field, why));
    }
}

/// Checks the name of a resource that a container asks for.
pub(super) fn resource_name(name: &str, path: &Path, errors: &mut Vec<FieldError>) {
    let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if standard || name.starts_with("hugepages-") || name.contains('/') {
        return;
    }
    for why in [
        "must be a standard resource type or fully qualified",
        "must be a standard resource for containers",
    ] {
        errors.push(FieldError::invalid(path.clone(), name, why));
    }
}

/// Checks a container's security context.
pub(super) fn security(container: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let Some(context) = container.get("securityContext") else {
        return;
    };
    let path = path.child("securityContext");
    users(context, &path, errors);
    let flag = |field: &str| context.get(field).and_then(Value::as_bool);
    if flag("allowPrivilegeEscalation") == Some(false) && flag("privileged") == Some(true) {
        let shown = internal::compact("SecurityContext", Some(context));
        let why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        errors.push(FieldError::invalid(path, Value::Null, why).showing(shown));
    }
}

fn users(context: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for field in ["runAsUser", "runAsGroup", "fsGroup"] {
        if let Some(number) = object::get_i64(context, &[field])
            && i32::try_from(number).map_or(true, |number| number < 0)
        {
            let why = "must be between 0 and 2147483647, inclusive";
            errors.push(FieldError::invalid(path.child(field), number, why));
        }
    }
}

/// Checks the source of a volume.
pub(super) fn volume(volume: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for (source, field) in SOURCES {
        if let Some(given) = volume.get(source)
            && object::get_str(given, &[field]).is_empty()
        {
            let path = path.child(source).child(field);
            errors.push(FieldError::required(path, ""));
        }
    }
}

/// Checks the port that a probe or hook asks.
pub(super) fn handler(handler: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for kind in ["httpGet", "tcpSocket"] {
        let Some(port) = handler.get(kind).map(|action| action.get("port")) else {
            continue;
        };
        let path = path.child(kind).child("port");
        let wrong = match port {
            Some(Value::String(name)) => names::port_name(name),
            Some(Value::Number(number)) => names::port_number(number.as_i64().unwrap_or(0)),
            _ => names::port_number(0),
        };
        for wrong in wrong {
            let value = port.cloned().unwrap_or_else(|| 0.into());
            errors.push(FieldError::invalid(path.clone(), value, wrong));
        }
        return;
    }
    let command = handler
        .get("exec")
        .map(|exec| object::get_list(exec, &["command"]));
    if command.is_some_and(<[Value]>::is_empty) {
        let path = path.child("exec").child("command");
        errors.push(FieldError::required(path, ""));
    }
}

/// Checks what holds for the pod as a whole: its node's labels, its user, its tolerations.
pub(super) fn pod(spec: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    super::metadata::labels(
        spec.get("nodeSelector"),
        &path.child("nodeSelector"),
        errors,
    );
    if let Some(context) = spec.get("securityContext") {
        users(context, &path.child("securityContext"), errors);
    }
    for (index, one) in object::get_list(spec, &["tolerations"]).iter().enumerate() {
        toleration(one, &path.child("tolerations").index(index), errors);
    }
}

fn toleration(one: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let text = |field: &str| object::get_str(one, &[field]);
    if text("key").is_empty() && text("operator") != "Exists" {
        let why = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        let operator = text("operator");
        errors.push(FieldError::invalid(path.child("operator"), operator, why));
    }
    if one.get("tolerationSeconds").is_some() && text("effect") != "NoExecute" {
        let why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
        let effect = text("effect");
        errors.push(FieldError::invalid(path.child("effect"), effect, why));
    }
    match text("operator") {
        "" | "Equal" => {}
        "Exists" => {
            if !text("value").is_empty() {
                let why = "value must be empty when `operator` is 'Exists'";
                let shown = internal::compact("Toleration", Some(one));
                let error = FieldError::invalid(path.child("operator"), Value::Null, why);
                errors.push(error.showing(shown));
            }
        }
        other => errors.push(FieldError::not_supported(
            path.child("operator"),
            other,
            &["Equal", "Exists"],
        )),
    }
    let effect = text("effect");
    if !effect.is_empty() && !EFFECTS.contains(&effect) {
        errors.push(FieldError::not_supported(
            path.child("effect"),
            effect,
            &EFFECTS,
        ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn rarer_mistakes() {
        let spec = json!({
            "containers": [{
                "name": "c", "image": "x", "terminationMessagePolicy": "File",
                "env": [
                    {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.foo"}}},
                    {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}},
                    {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "x"}}},
                ],
                "resources": {"limits": {"foo": "1"}},
                "livenessProbe": {"httpGet": {"path": "/", "port": 0}},
                "securityContext": {"privileged": true, "allowPrivilegeEscalation": false, "runAsUser": -1},
            }],
            "volumes": [{"name": "v", "hostPath": {}}],
            "nodeSelector": {"a": "b c"},
            "tolerations": [{"operator": "Equal"}, {"key": "a", "operator": "Exists", "value": "x", "effect": "Foo"}],
        });
        let path = kubernetes_api::field::Path::new("spec");
        let errors = super::super::pod::spec(&spec, &path);
        let text: String = errors.iter().map(|one| format!("{one}\n")).collect();
        expect![[r#"
            spec.volumes[0].hostPath.path: Required value
            spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.foo": error converting fieldPath: field label not supported: metadata.foo
            spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"
            spec.containers[0].env[2].valueFrom.configMapKeyRef.key: Required value
            spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified
            spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers
            spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive
            spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":-1,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true
            spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive
            spec.nodeSelector: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"
            spec.tolerations[1].operator: Invalid value: {"Key":"a","Operator":"Exists","Value":"x","Effect":"Foo","TolerationSeconds":null}: value must be empty when `operator` is 'Exists'
            spec.tolerations[1].effect: Unsupported value: "Foo": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
        "#]].assert_eq(&text);
    }
}
