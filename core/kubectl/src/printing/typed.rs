//! JSON of objects whose Go types kubectl itself knows: fields in the order in which the types
//! declare them, where other objects have theirs in the order of the alphabet.
//!
//! Models `encoding/json` of k8s.io/api's types.

use kubernetes_api::json::compact;
use serde_json::Value;

/// Field names in an order that agrees with the declarations of all types that verbs make. Names
/// that are not here come behind, in the order of the alphabet.
const ORDER: &[&str] = &[
    "kind",
    "apiVersion",
    "metadata",
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
    "immutable",
    "data",
    "stringData",
    "binaryData",
    "type",
    "spec",
    "status",
    "rules",
    "subjects",
    "roleRef",
    "scaleTargetRef",
    "minReplicas",
    "maxReplicas",
    "metrics",
    "schedule",
    "concurrencyPolicy",
    "suspend",
    "jobTemplate",
    "minAvailable",
    "hard",
    "replicas",
    "selector",
    "template",
    "strategy",
    "volumes",
    "initContainers",
    "containers",
    "image",
    "command",
    "args",
    "workingDir",
    "ports",
    "hostPort",
    "containerPort",
    "protocol",
    "port",
    "targetPort",
    "nodePort",
    "envFrom",
    "env",
    "value",
    "valueFrom",
    "resources",
    "limits",
    "requests",
    "volumeMounts",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "imagePullPolicy",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "activeDeadlineSeconds",
    "dnsPolicy",
    "nodeSelector",
    "serviceAccountName",
    "serviceAccount",
    "nodeName",
    "securityContext",
    "privileged",
    "stdin",
    "stdinOnce",
    "tty",
    "affinity",
    "schedulerName",
    "tolerations",
    "clusterIP",
    "clusterIPs",
    "externalName",
    "loadBalancer",
    "conditions",
];

/// The object with a final newline.
pub fn print(value: &Value) -> String {
    print_in(ORDER, value)
}

/// The same with fields in an order of one's own.
pub fn print_in(order: &[&str], value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, order, value, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, order: &[&str], value: &Value, level: usize) {
    let line = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("    ", level));
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| {
                let known = order.iter().position(|known| known == key);
                known.unwrap_or(order.len())
            });
            out.push('{');
            for (index, (key, field)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                out.push_str(&compact(&Value::String(key.clone())));
                out.push_str(": ");
                write(out, order, field, level + 1);
            }
            line(out, level);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                write(out, order, item, level + 1);
            }
            line(out, level);
            out.push(']');
        }
        other => out.push_str(&compact(other)),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn fields_in_the_order_of_their_types() {
        let object = json!({"apiVersion": "v1", "data": {"b": "2", "a": "1"}, "kind": "ConfigMap", "metadata": {"name": "c", "labels": {}}});
        expect![[r#"
            {
                "kind": "ConfigMap",
                "apiVersion": "v1",
                "metadata": {
                    "name": "c",
                    "labels": {}
                },
                "data": {
                    "a": "1",
                    "b": "2"
                }
            }
        "#]]
        .assert_eq(&super::print(&object));
    }
}
