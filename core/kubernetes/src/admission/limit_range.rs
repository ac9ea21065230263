//! LimitRanges: what containers get that ask for nothing, and how much one object may ask for.
//!
//! Models kubernetes plugin/pkg/admission/limitranger.

use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Map, Value};

use super::requests;
use crate::server::Api;

const ANNOTATION: &str = "kubernetes.io/limit-ranger";

/// The items of a type in the LimitRanges of a namespace.
fn items(api: &Api, namespace: &str, kind: &str) -> Vec<Value> {
    api.store()
        .list("limitranges", Some(namespace))
        .iter()
        .flat_map(|range| object::get_list(range, &["spec", "limits"]).to_vec())
        .filter(|item| object::get_str(item, &["type"]) == kind)
        .collect()
}

/// Fills in the requests and limits that a pod's containers do not name.
pub(super) fn complete(api: &Api, pod: &mut Value) {
    let items = items(api, object::namespace(pod), "Container");
    if items.is_empty() {
        return;
    }
    let mut notes = Vec::new();
    for (list, noun) in [
        ("containers", "container"),
        ("initContainers", "init container"),
    ] {
        let containers = pod
            .pointer_mut(&format!("/spec/{list}"))
            .and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            let name = object::get_str(container, &["name"]).to_owned();
            let set = |container: &mut Value, field: &str, default: &str| -> Vec<String> {
                let mut set = Vec::new();
                for item in &items {
                    for (resource, amount) in
                        object::get_map(item, &[default]).into_iter().flatten()
                    {
                        if object::get(container, &["resources", field, resource]).is_none() {
                            object::set(container, &["resources", field, resource], amount.clone());
                            set.push(resource.clone());
                        }
                    }
                }
                set
            };
            let requests = set(container, "requests", "defaultRequest");
            let limits = set(container, "limits", "default");
            for (set, what) in [(requests, "request"), (limits, "limit")] {
                if !set.is_empty() {
                    notes.push(format!("{} {what} for {noun} {name}", set.join(", ")));
                }
            }
        }
    }
    if !notes.is_empty() {
        let note = format!("LimitRanger plugin set: {}", notes.join("; "));
        object::set(pod, &["metadata", "annotations", ANNOTATION], note);
    }
}

/// Refuses what asks for more or less than is allowed.
pub(super) fn check(api: &Api, resource: &Resource, object: &Value) -> Result<(), Status> {
    let namespace = object::namespace(object);
    let mut wrong = Vec::new();
    if resource.plural == "pods" {
        for item in items(api, namespace, "Container") {
            let containers = object::get_list(object, &["spec", "containers"])
                .iter()
                .chain(object::get_list(object, &["spec", "initContainers"]));
            for container in containers {
                let of = |field: &str| {
                    object::get_map(container, &["resources", field])
                        .cloned()
                        .unwrap_or_default()
                };
                constraints(
                    &item,
                    "Container",
                    &of("requests"),
                    &of("limits"),
                    &mut wrong,
                );
            }
        }
        for item in items(api, namespace, "Pod") {
            let of = |field: &str| requests::of_pod(object, field);
            constraints(&item, "Pod", &of("requests"), &of("limits"), &mut wrong);
        }
    } else {
        for item in items(api, namespace, "PersistentVolumeClaim") {
            let of = object::get_map(object, &["spec", "resources", "requests"]);
            let asked = of.cloned().unwrap_or_default();
            let kind = "PersistentVolumeClaim";
            constraints(&item, kind, &asked, &Map::new(), &mut wrong);
        }
    }
    let why = match wrong.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(Status::forbidden(
        &resource.group,
        &resource.plural,
        object::name(object),
        &why,
    ))
}

fn constraints(
    item: &Value,
    kind: &str,
    requests: &Map<String, Value>,
    limits: &Map<String, Value>,
    wrong: &mut Vec<String>,
) {
    let milli = |value: &Value| Quantity::from_value(value).map(|one| one.milli_value());
    let bound = |field: &str| object::get_map(item, &[field]).into_iter().flatten();
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    for (resource, least) in bound("min") {
        let says = |what: &str| wrong_text("minimum", resource, kind, &text(least), what);
        let Ok(enforced) = milli(least) else { continue };
        match (requests.get(resource), limits.get(resource)) {
            (None, _) => wrong.push(says(".  No request is specified")),
            (Some(asked), _) if milli(asked).is_ok_and(|asked| asked < enforced) => {
                wrong.push(says(&format!(", but request is {}", text(asked))));
            }
            (_, Some(limit)) if milli(limit).is_ok_and(|limit| limit < enforced) => {
                wrong.push(says(&format!(", but limit is {}", text(limit))));
            }
            _ => {}
        }
    }
    for (resource, most) in bound("max") {
        let says = |what: &str| wrong_text("maximum", resource, kind, &text(most), what);
        let Ok(enforced) = milli(most) else { continue };
        match (requests.get(resource), limits.get(resource)) {
            (asked, None) if kind == "PersistentVolumeClaim" => {
                if let Some(asked) =
                    asked.filter(|asked| milli(asked).is_ok_and(|asked| asked > enforced))
                {
                    wrong.push(says(&format!(", but request is {}", text(asked))));
                }
            }
            (_, None) => wrong.push(says(".  No limit is specified")),
            (_, Some(limit)) if milli(limit).is_ok_and(|limit| limit > enforced) => {
                wrong.push(says(&format!(", but limit is {}", text(limit))));
            }
            (Some(asked), _) if milli(asked).is_ok_and(|asked| asked > enforced) => {
                wrong.push(says(&format!(", but request is {}", text(asked))));
            }
            _ => {}
        }
    }
    for (resource, most) in bound("maxLimitRequestRatio") {
        let says = |what: &str| {
            format!(
                "{resource} max limit to request ratio per {kind} is {}, but {what}",
                text(most)
            )
        };
        let Ok(enforced) = milli(most) else { continue };
        let of = |map: &Map<String, Value>| {
            map.get(resource)
                .and_then(|value| milli(value).ok())
                .filter(|value| *value != 0)
        };
        match (of(requests), of(limits)) {
            (None, _) => wrong.push(says("no request is specified or request is 0")),
            (_, None) => wrong.push(says("no limit is specified or limit is 0")),
            (Some(asked), Some(limit)) => {
                let ratio = limit as f64 / asked as f64;
                if ratio * 1000.0 > enforced as f64 {
                    wrong.push(says(&format!("provided ratio is {ratio:.6}")));
                }
            }
        }
    }
}

fn wrong_text(which: &str, resource: &str, kind: &str, bound: &str, what: &str) -> String {
    format!("{which} {resource} usage per {kind} is {bound}{what}")
}
