//! Pods and the pod templates of workloads.
//!
//! Models `ValidatePodSpec` and `ValidatePodUpdate` of kubernetes pkg/apis/core/validation.

use ordered::OrderedSet;

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::quantity::Quantity;
use kubernetes_api::{names, object};
use serde_json::{Value, json};

use super::{internal, pod_rules};

/// Checks a new pod.
pub(super) fn create(pod: &Value) -> Vec<FieldError> {
    let spec = pod.get("spec").cloned().unwrap_or_default();
    self::spec(&spec, &Path::new("spec"))
}

/// Checks a changed pod: little of its spec may change.
pub(super) fn update(old: &Value, pod: &Value) -> Vec<FieldError> {
    let mut errors = create(pod);
    let (before, after) = (
        old.get("spec").cloned().unwrap_or_default(),
        pod.get("spec").cloned().unwrap_or_default(),
    );
    for list in ["containers", "initContainers"] {
        let count = |spec: &Value| object::get_list(spec, &[list]).len();
        if count(&before) != count(&after) {
            errors.push(FieldError::forbidden(
                Path::new("spec").child(list),
                "pod updates may not add or remove containers",
            ));
            return errors;
        }
    }
    if let Some(error) = deadline(&before, &after) {
        errors.push(error);
        return errors;
    }
    let tolerations = |spec: &Value| object::get_list(spec, &["tolerations"]).to_vec();
    let without_seconds = |mut toleration: Value| {
        object::remove(&mut toleration, &["tolerationSeconds"]);
        toleration
    };
    let kept: Vec<Value> = tolerations(&after)
        .into_iter()
        .map(without_seconds)
        .collect();
    let modified = tolerations(&before)
        .into_iter()
        .any(|toleration| !kept.contains(&without_seconds(toleration)));
    if modified {
        errors.push(FieldError::forbidden(
            "spec.tolerations",
            "existing toleration can not be modified except its tolerationSeconds",
        ));
    }
    let after = with_changeable_of(&before, after);
    if before == after {
        return errors;
    }
    let words = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
    let text = |spec: &Value| internal::indented("PodSpec", spec);
    let difference = super::difference::of(&text(&before), &text(&after));
    errors.push(FieldError::forbidden(
        "spec",
        format!("{words}\n{difference}"),
    ));
    errors
}

/// The deadline of a running pod may only come nearer.
fn deadline(before: &Value, after: &Value) -> Option<FieldError> {
    let of = |spec: &Value| object::get_i64(spec, &["activeDeadlineSeconds"]);
    let why = match (of(before), of(after)) {
        (Some(old), Some(new)) if old < new => "must be less than or equal to previous value",
        (Some(_), None) => "must not update from a positive integer to nil value",
        _ => return None,
    };
    let value = of(after).map_or(Value::Null, Value::from);
    Some(FieldError::invalid(
        "spec.activeDeadlineSeconds",
        value,
        why,
    ))
}

/// The new spec with the old one's values where a change is allowed.
fn with_changeable_of(before: &Value, mut after: Value) -> Value {
    for list in ["containers", "initContainers"] {
        let old = object::get_list(before, &[list]);
        let new = after.get_mut(list).and_then(Value::as_array_mut);
        for (container, old) in new.into_iter().flatten().zip(old) {
            object::set(container, &["image"], object::get_str(old, &["image"]));
        }
    }
    // Gates may only be taken away.
    let gates = |spec: &Value| object::get_list(spec, &["schedulingGates"]).to_vec();
    let (old, new) = (gates(before), gates(&after));
    let fewer = new.iter().all(|gate| old.contains(gate));
    let gates = if fewer {
        "schedulingGates"
    } else {
        "tolerations"
    };
    for field in ["activeDeadlineSeconds", "tolerations", gates] {
        match before.get(field) {
            Some(value) => object::set(&mut after, &[field], value.clone()),
            None => {
                object::remove(&mut after, &[field]);
            }
        }
    }
    after
}

/// Checks a pod's spec below a path.
pub(super) fn spec(spec: &Value, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let volumes = volumes(spec, path, &mut errors);
    containers(spec, "containers", path, &volumes, &mut errors);
    containers(spec, "initContainers", path, &volumes, &mut errors);
    one_of(
        spec,
        "restartPolicy",
        &["Always", "OnFailure", "Never"],
        path,
        &mut errors,
    );
    one_of(
        spec,
        "dnsPolicy",
        &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        path,
        &mut errors,
    );
    pod_rules::pod(spec, path, &mut errors);
    if let Some(seconds) = object::get_i64(spec, &["activeDeadlineSeconds"])
        && seconds < 1
    {
        errors.push(FieldError::invalid(
            path.child("activeDeadlineSeconds"),
            seconds,
            "must be between 1 and 2147483647, inclusive",
        ));
    }
    if let Some(seconds) = object::get_i64(spec, &["terminationGracePeriodSeconds"])
        && seconds < 0
    {
        errors.push(FieldError::invalid(
            path.child("terminationGracePeriodSeconds"),
            seconds,
            "must be greater than or equal to 0",
        ));
    }
    errors
}

fn one_of(
    value: &Value,
    field: &str,
    supported: &[&str],
    path: &Path,
    errors: &mut Vec<FieldError>,
) {
    let given = object::get_str(value, &[field]);
    if !given.is_empty() && !supported.contains(&given) {
        errors.push(FieldError::not_supported(
            path.child(field),
            given,
            supported,
        ));
    }
}

fn volumes<'a>(spec: &'a Value, path: &Path, errors: &mut Vec<FieldError>) -> OrderedSet<&'a str> {
    let mut known = OrderedSet::new();
    for (index, volume) in object::get_list(spec, &["volumes"]).iter().enumerate() {
        let path = path.child("volumes").index(index);
        let name = object::get_str(volume, &["name"]);
        if name.is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
            continue;
        }
        for wrong in names::dns1123_label(name) {
            errors.push(FieldError::invalid(path.child("name"), name, wrong));
        }
        let sources = volume.as_object().map_or(0, |fields| fields.len());
        if sources == 1 {
            errors.push(FieldError::required(&path, "must specify a volume type"));
        } else if sources > 2 {
            let second = volume
                .as_object()
                .into_iter()
                .flat_map(|fields| fields.keys())
                .filter(|key| *key != "name")
                .nth(1);
            errors.push(FieldError::forbidden(
                path.child(second.map_or("", String::as_str)),
                "may not specify more than 1 volume type",
            ));
        }
        pod_rules::volume(volume, &path, errors);
        if !known.insert(name) {
            errors.push(FieldError::duplicate(path.child("name"), name));
        }
    }
    known
}

fn containers(
    spec: &Value,
    list: &str,
    path: &Path,
    volumes: &OrderedSet<&str>,
    errors: &mut Vec<FieldError>,
) {
    let path = path.child(list);
    let all = object::get_list(spec, &[list]);
    if all.is_empty() && list == "containers" {
        errors.push(FieldError::required(&path, ""));
    }
    let mut known = OrderedSet::new();
    for (index, container) in all.iter().enumerate() {
        let path = path.index(index);
        let name = object::get_str(container, &["name"]);
        if name.is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
        }
        for wrong in names::dns1123_label(name) {
            if !name.is_empty() {
                errors.push(FieldError::invalid(path.child("name"), name, wrong));
            }
        }
        self::container(container, &path, volumes, errors);
        if !name.is_empty() && !known.insert(name) {
            errors.push(FieldError::duplicate(path.child("name"), name));
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            if let Some(value) = container.get(probe) {
                self::probe(value, probe, &path.child(probe), errors);
            }
        }
    }
}

fn container(
    container: &Value,
    path: &Path,
    volumes: &OrderedSet<&str>,
    errors: &mut Vec<FieldError>,
) {
    let image = object::get_str(container, &["image"]);
    if image.is_empty() {
        errors.push(FieldError::required(path.child("image"), ""));
    } else if image.trim() != image {
        errors.push(FieldError::invalid(
            path.child("image"),
            image,
            "must not have leading or trailing whitespace",
        ));
    }
    ports(container, path, errors);
    environment(container, path, errors);
    mounts(container, path, volumes, errors);
    one_of(
        container,
        "imagePullPolicy",
        &["Always", "IfNotPresent", "Never"],
        path,
        errors,
    );
    resources(container, path, errors);
    pod_rules::security(container, path, errors);
}

fn ports(container: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let mut known = OrderedSet::new();
    for (index, port) in object::get_list(container, &["ports"]).iter().enumerate() {
        let path = path.child("ports").index(index);
        let name = object::get_str(port, &["name"]);
        if !name.is_empty() {
            let wrong = names::port_name(name);
            for wrong in &wrong {
                errors.push(FieldError::invalid(
                    path.child("name"),
                    name,
                    wrong.as_str(),
                ));
            }
            if wrong.is_empty() && !known.insert(name) {
                errors.push(FieldError::duplicate(path.child("name"), name));
            }
        }
        match object::get_i64(port, &["containerPort"]) {
            None | Some(0) => errors.push(FieldError::required(path.child("containerPort"), "")),
            Some(number) => {
                for wrong in names::port_number(number) {
                    errors.push(FieldError::invalid(
                        path.child("containerPort"),
                        number,
                        wrong,
                    ));
                }
            }
        }
        if let Some(number) = object::get_i64(port, &["hostPort"]).filter(|port| *port != 0) {
            for wrong in names::port_number(number) {
                errors.push(FieldError::invalid(path.child("hostPort"), number, wrong));
            }
        }
        one_of(port, "protocol", &["SCTP", "TCP", "UDP"], &path, errors);
    }
}

fn environment(container: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    for (index, variable) in object::get_list(container, &["env"]).iter().enumerate() {
        let path = path.child("env").index(index);
        let name = object::get_str(variable, &["name"]);
        if name.is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
        } else {
            for wrong in names::environment_variable(name) {
                errors.push(FieldError::invalid(path.child("name"), name, wrong));
            }
        }
        let value = object::get_str(variable, &["value"]);
        if let Some(source) = variable.get("valueFrom") {
            pod_rules::value_from(source, &path.child("valueFrom"), errors);
            if !value.is_empty() {
                errors.push(FieldError::invalid(
                    path.child("valueFrom"),
                    "",
                    "may not be specified when `value` is not empty",
                ));
            } else if source.as_object().is_none_or(|source| source.is_empty()) {
                errors.push(FieldError::invalid(
                    path.child("valueFrom"),
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
                ));
            }
        }
    }
}

fn mounts(
    container: &Value,
    path: &Path,
    volumes: &OrderedSet<&str>,
    errors: &mut Vec<FieldError>,
) {
    let mut known = OrderedSet::new();
    for (index, mount) in object::get_list(container, &["volumeMounts"])
        .iter()
        .enumerate()
    {
        let path = path.child("volumeMounts").index(index);
        let name = object::get_str(mount, &["name"]);
        if name.is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
        } else if !volumes.contains(name) {
            errors.push(FieldError::not_found(path.child("name"), name));
        }
        let place = object::get_str(mount, &["mountPath"]);
        if place.is_empty() {
            errors.push(FieldError::required(path.child("mountPath"), ""));
        } else if !known.insert(place) {
            errors.push(FieldError::invalid(
                path.child("mountPath"),
                place,
                "must be unique",
            ));
        }
    }
}

fn resources(container: &Value, path: &Path, errors: &mut Vec<FieldError>) {
    let path = path.child("resources");
    let of = |field: &str| object::get_map(container, &["resources", field]);
    for field in ["limits", "requests"] {
        for (name, value) in of(field).into_iter().flatten() {
            let path = path.child(field).key(name);
            pod_rules::resource_name(name, &path, errors);
            if let Ok(quantity) = Quantity::from_value(value)
                && quantity.milli_value() < 0
            {
                errors.push(FieldError::invalid(
                    path,
                    value.clone(),
                    "must be greater than or equal to 0",
                ));
            }
        }
    }
    for (name, value) in of("requests").into_iter().flatten() {
        let Some(limit) = of("limits").and_then(|limits| limits.get(name)) else {
            continue;
        };
        let (Ok(request), Ok(most)) = (Quantity::from_value(value), Quantity::from_value(limit))
        else {
            continue;
        };
        if request.milli_value() > most.milli_value() {
            let limit = limit
                .as_str()
                .map_or_else(|| limit.to_string(), str::to_owned);
            errors.push(FieldError::invalid(
                path.child("requests"),
                value.clone(),
                format!("must be less than or equal to {name} limit of {limit}"),
            ));
        }
    }
}

fn probe(probe: &Value, kind: &str, path: &Path, errors: &mut Vec<FieldError>) {
    let handlers = ["exec", "httpGet", "tcpSocket", "grpc"];
    let mut given = handlers
        .iter()
        .filter(|handler| probe.get(**handler).is_some());
    match (given.next(), given.next()) {
        (None, _) => errors.push(FieldError::required(path, "must specify a handler type")),
        (_, Some(second)) => errors.push(FieldError::forbidden(
            path.child(second),
            "may not specify more than 1 handler type",
        )),
        _ => pod_rules::handler(probe, path, errors),
    }
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        if let Some(number) = object::get_i64(probe, &[field])
            && number < 0
        {
            errors.push(FieldError::invalid(
                path.child(field),
                number,
                "must be greater than or equal to 0",
            ));
        }
    }
    let successes = object::get_i64(probe, &["successThreshold"]).unwrap_or(1);
    if kind != "readinessProbe" && successes != 1 {
        errors.push(FieldError::invalid(
            path.child("successThreshold"),
            json!(successes),
            "must be 1",
        ));
    }
}
