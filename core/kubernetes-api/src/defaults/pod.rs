//! Defaults of pods, their containers and volumes.

use serde_json::{Map, Value};

use super::{Fields, inside, put, put_number, text};

pub(super) fn pod(fields: &mut Fields) {
    let Some(spec) = inside(fields, "spec") else {
        return;
    };
    for list in ["containers", "initContainers"] {
        for container in spec
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            requests_from_limits(container);
        }
    }
    put(spec, "enableServiceLinks", true);
}

/// A limit without a request is a request too.
fn requests_from_limits(container: &mut Value) {
    let Some(resources) = container
        .get_mut("resources")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let Some(limits) = resources.get("limits").and_then(Value::as_object).cloned() else {
        return;
    };
    if let Some(requests) = inside(resources, "requests") {
        for (name, limit) in limits {
            requests.entry(name).or_insert(limit);
        }
    }
}

pub(super) fn pod_spec(spec: &mut Fields) {
    put(spec, "dnsPolicy", "ClusterFirst");
    put(spec, "restartPolicy", "Always");
    put(spec, "securityContext", Map::new());
    put(spec, "terminationGracePeriodSeconds", 30);
    put(spec, "schedulerName", "default-scheduler");
    if spec
        .get("hostNetwork")
        .and_then(Value::as_bool)
        .unwrap_or_default()
    {
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            let containers = spec
                .get_mut(list)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten();
            let ports = containers
                .filter_map(|container| container.get_mut("ports")?.as_array_mut())
                .flatten();
            for port in ports.filter_map(Value::as_object_mut) {
                let number = port
                    .get("containerPort")
                    .and_then(Value::as_i64)
                    .unwrap_or_default();
                put_number(port, "hostPort", number);
            }
        }
    }
}

pub(super) fn container(container: &mut Fields) {
    if text(container, "imagePullPolicy").is_empty() {
        let policy = if is_latest(text(container, "image")) {
            "Always"
        } else {
            "IfNotPresent"
        };
        put(container, "imagePullPolicy", policy);
    }
    put(container, "terminationMessagePath", "/dev/termination-log");
    put(container, "terminationMessagePolicy", "File");
}

/// Whether an image's tag is `latest`, said or left out. A digest or a malformed name is not.
fn is_latest(image: &str) -> bool {
    let malformed = |c: char| c.is_whitespace() || c.is_ascii_uppercase();
    let (name, tag) = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    };
    // The domain may have capitals; the path may not.
    let path = name.split_once('/').map_or(name, |(_, path)| path);
    !image.contains('@') && !name.is_empty() && !path.contains(malformed) && tag == "latest"
}

pub(super) fn probe(probe: &mut Fields) {
    put_number(probe, "timeoutSeconds", 1);
    put_number(probe, "periodSeconds", 10);
    put_number(probe, "successThreshold", 1);
    put_number(probe, "failureThreshold", 3);
}

pub(super) fn http_get(action: &mut Fields) {
    put(action, "path", "/");
    put(action, "scheme", "HTTP");
}

pub(super) fn volume(volume: &mut Fields) {
    let has_source = volume
        .iter()
        .any(|(key, source)| key != "name" && !source.is_null());
    if !has_source {
        volume.insert("emptyDir".to_owned(), Value::Object(Map::new()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pull_policies() {
        for (image, latest) in [
            ("hello", true),
            ("hello:latest", true),
            ("hello:v2", false),
            ("localhost:5000/hello", true),
            ("a/b@sha256:12", false),
            ("hello :latest", false),
            ("", false),
        ] {
            assert_eq!(is_latest(image), latest, "{image:?}");
        }
    }
}
