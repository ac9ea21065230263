//! What a kustomization changes in its objects: patches, namespace, names, labels, annotations,
//! counts and images.
//!
//! Models the built-in transformers of sigs.k8s.io/kustomize `api/internal/builtins`.

use super::{Item, group_version, id, read};
use crate::files::parse_yaml;
use kubernetes_api::object::{
    annotations, api_version, get, get_bool, get_i64, get_list, get_map, get_str, kind, labels,
    name, namespace, set,
};
use kubernetes_api::patch;
use kubernetes_api::selector::LabelSelector;
use machine::{Process, path};
use serde_json::{Map, Value};

/// Kinds that are in no namespace.
const CLUSTER_WIDE: &str = " Namespace Node PersistentVolume ClusterRole ClusterRoleBinding StorageClass CustomResourceDefinition PriorityClass IngressClass RuntimeClass APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration CSIDriver ";
/// Kinds that keep their names.
const KEEP_NAME: [&str; 3] = ["CustomResourceDefinition", "APIService", "Namespace"];
/// Kinds with a pod template in their spec.
const TEMPLATES: [&str; 6] = [
    "Deployment",
    "ReplicaSet",
    "DaemonSet",
    "StatefulSet",
    "Job",
    "ReplicationController",
];
const JOB: [&str; 5] = ["spec", "jobTemplate", "spec", "template", "metadata"];

/// Changes all objects, in kustomize's order.
pub(super) fn run(
    process: &Process,
    folder: &str,
    file: &Value,
    items: &mut Vec<Item>,
) -> Result<(), String> {
    patches(process, folder, file, items)?;
    let text = |field: &str| get_str(file, &[field]);
    for item in items.iter_mut() {
        if !text("namespace").is_empty() {
            move_to(&mut item.object, text("namespace"));
        }
        if !KEEP_NAME.contains(&kind(&item.object)) {
            let name = name(&item.object);
            let name = format!("{}{name}{}", text("namePrefix"), text("nameSuffix"));
            item.rename(name);
        }
        let object = &mut item.object;
        if let Some(pairs) = get_map(file, &["commonLabels"]) {
            label(object, pairs, true, true);
        }
        for one in get_list(file, &["labels"]) {
            let selectors = get_bool(one, &["includeSelectors"]);
            let templates = get_bool(one, &["includeTemplates"]);
            if let Some(pairs) = get_map(one, &["pairs"]) {
                label(object, pairs, selectors, selectors || templates);
            }
        }
        if let Some(pairs) = get_map(file, &["commonAnnotations"]) {
            put(object, &["metadata"], "annotations", pairs);
            in_templates(object, "annotations", pairs);
        }
        for one in get_list(file, &["images"]) {
            image(object, one);
        }
    }
    for one in get_list(file, &["replicas"]) {
        replicas(one, items)?;
    }
    Ok(())
}

fn move_to(object: &mut Value, to: &str) {
    if kind(object) == "Namespace" {
        set(object, &["metadata", "name"], to);
    }
    if !CLUSTER_WIDE.contains(&format!(" {} ", kind(object))) {
        set(object, &["metadata", "namespace"], to);
    }
    if let Some(Value::Array(subjects)) = object.get_mut("subjects") {
        for subject in subjects {
            if kind(subject) == "ServiceAccount" {
                let named = get_str(subject, &["name"]);
                if named == "default" || !get_str(subject, &["namespace"]).is_empty() {
                    set(subject, &["namespace"], to);
                }
            }
        }
    }
}

fn put(object: &mut Value, place: &[&str], field: &str, pairs: &Map<String, Value>) {
    for (key, value) in pairs {
        let mut path = place.to_vec();
        path.extend([field, key.as_str()]);
        set(object, &path, value.clone());
    }
}

fn in_templates(object: &mut Value, field: &str, pairs: &Map<String, Value>) {
    if TEMPLATES.contains(&kind(object)) {
        put(object, &["spec", "template", "metadata"], field, pairs);
    } else if kind(object) == "CronJob" {
        put(object, &["spec", "jobTemplate", "metadata"], field, pairs);
        put(object, &JOB, field, pairs);
    }
}

fn label(object: &mut Value, pairs: &Map<String, Value>, selectors: bool, templates: bool) {
    put(object, &["metadata"], "labels", pairs);
    if templates {
        in_templates(object, "labels", pairs);
    }
    if !selectors {
        return;
    }
    match kind(object) {
        "Service" | "ReplicationController" => put(object, &["spec"], "selector", pairs),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => {
            put(object, &["spec", "selector"], "matchLabels", pairs);
        }
        // These get the labels only into a selector that is there.
        "Job" | "PodDisruptionBudget" | "PersistentVolumeClaim"
            if get(object, &["spec", "selector", "matchLabels"]).is_some() =>
        {
            put(object, &["spec", "selector"], "matchLabels", pairs);
        }
        "NetworkPolicy" if get(object, &["spec", "podSelector", "matchLabels"]).is_some() => {
            put(object, &["spec", "podSelector"], "matchLabels", pairs);
        }
        _ => {}
    }
}

/// Gives containers of an image another one, wherever they are.
fn image(value: &mut Value, change: &Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| image(one, change)),
        Value::Object(fields) => {
            for (key, value) in fields {
                if matches!(
                    key.as_str(),
                    "containers" | "initContainers" | "ephemeralContainers"
                ) && let Value::Array(containers) = value
                {
                    for container in containers {
                        if let Some(changed) = changed_image(get_str(container, &["image"]), change)
                        {
                            set(container, &["image"], changed);
                        }
                    }
                } else {
                    image(value, change);
                }
            }
        }
        _ => {}
    }
}

fn changed_image(image: &str, change: &Value) -> Option<String> {
    let (rest, digest) = image.split_once('@').unwrap_or((image, ""));
    let (named, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (rest, ""),
    };
    let of = |field: &str| match get(change, &[field]) {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    if named != of("name") {
        return None;
    }
    let (new_name, new_tag, new_digest) = (of("newName"), of("newTag"), of("digest"));
    let (tag, digest) = match (new_tag.is_empty(), new_digest.is_empty()) {
        (true, true) => (tag, digest),
        (false, true) => (new_tag.as_str(), ""),
        (true, false) => ("", new_digest.as_str()),
        (false, false) => (new_tag.as_str(), new_digest.as_str()),
    };
    let mut text = if new_name.is_empty() {
        named
    } else {
        &new_name
    }
    .to_owned();
    for (mark, part) in [(':', tag), ('@', digest)] {
        if !part.is_empty() {
            text.push(mark);
            text.push_str(part);
        }
    }
    Some(text)
}

fn replicas(one: &Value, items: &mut [Item]) -> Result<(), String> {
    let wanted = get_str(one, &["name"]);
    let count = get_i64(one, &["count"]).unwrap_or(0);
    let mut found = false;
    for item in items {
        let scales = [
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
            "ReplicationController",
        ];
        if scales.contains(&kind(&item.object)) && item.is_called(wanted) {
            set(&mut item.object, &["spec", "replicas"], count);
            found = true;
        }
    }
    if found {
        return Ok(());
    }
    Err(format!(
        "resource with name {wanted} does not match a config with the following GVK [Deployment.[noVer].[noGrp] ReplicationController.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] StatefulSet.[noVer].[noGrp]]"
    ))
}

fn patches(
    process: &Process,
    folder: &str,
    file: &Value,
    items: &mut Vec<Item>,
) -> Result<(), String> {
    for one in get_list(file, &["patchesStrategicMerge"])
        .iter()
        .filter_map(Value::as_str)
    {
        let path = path::absolute(folder, one);
        let inline = one.contains('\n') || !process.files().exists(&path);
        let text = if inline {
            one.to_owned()
        } else {
            read(process, folder, &path)?
        };
        strategic(&text, None, items)?;
    }
    for list in ["patches", "patchesJson6902"] {
        for one in get_list(file, &[list]) {
            let text = match get_str(one, &["path"]) {
                "" => get_str(one, &["patch"]).to_owned(),
                path => read(process, folder, &path::absolute(folder, path)).map_err(|why| {
                    format!("failed to get the patch file from path({path}): {why}")
                })?,
            };
            let target = get(one, &["target"]);
            if matches!(parse_yaml(&text), Ok(Value::Array(_))) {
                by_operations(&text, target, items)?;
            } else {
                strategic(&text, target, items)?;
            }
        }
    }
    Ok(())
}

/// Applies a JSON patch to what a target selects.
fn by_operations(text: &str, target: Option<&Value>, items: &mut [Item]) -> Result<(), String> {
    let Some(target) = target else {
        return Err("must specify a target for JSON patch".to_owned());
    };
    let operations = parse_yaml(text)?;
    for item in items.iter_mut().filter(|item| selected(target, item)) {
        patch::apply_json_patch(&mut item.object, &operations).map_err(|why| match why {
            patch::JsonPatchError::Malformed => "unable to parse patch".to_owned(),
            patch::JsonPatchError::Refused(why) => why,
        })?;
    }
    Ok(())
}

/// Applies strategic merge patches to the objects that they name, or to those of a target.
fn strategic(text: &str, target: Option<&Value>, items: &mut Vec<Item>) -> Result<(), String> {
    for change in super::objects(text)
        .map_err(|why| format!("unable to parse SM or JSON patch from [{text}]: {why}"))?
    {
        let meant: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| match target {
                Some(target) => selected(target, item),
                None => {
                    kind(&item.object) == kind(&change)
                        && group_version(&item.object).0 == group_version(&change).0
                        && item.is_called(name(&change))
                }
            })
            .map(|(at, _)| at)
            .collect();
        if meant.is_empty() && target.is_none() {
            let id = id(&change);
            return Err(format!(
                "no resource matches strategic merge patch \"{id}\": no matches for Id {id}; failed to find unique target for patch {id}"
            ));
        }
        for at in meant.into_iter().rev() {
            if get_str(&change, &["$patch"]) == "delete" {
                items.remove(at);
            } else if let Some(item) = items.get_mut(at) {
                item.object = merged(&item.object, &change)?;
            }
        }
    }
    Ok(())
}

/// An object with a patch, which changes neither kind nor name.
fn merged(object: &Value, change: &Value) -> Result<Value, String> {
    let place = patch::Place::of_kind(api_version(object), kind(object));
    let mut change = change.clone();
    for field in ["apiVersion", "kind"] {
        set(&mut change, &[field], get_str(object, &[field]));
    }
    for field in ["name", "namespace"] {
        kubernetes_api::object::remove(&mut change, &["metadata", field]);
    }
    if place.is_known() {
        return patch::strategic::apply(place, object, &mut change);
    }
    let mut object = object.clone();
    patch::merge::apply(&mut object, &change);
    Ok(object)
}

/// Whether a target means an object. Its texts are whole regular expressions upstream; here they
/// may end with `.*`.
fn selected(target: &Value, item: &Item) -> bool {
    let object = &item.object;
    let fits = |field: &str, have: &str| {
        let wanted = get_str(target, &[field]);
        match wanted.strip_suffix(".*") {
            Some(start) => have.starts_with(start),
            None => wanted.is_empty() || wanted == have,
        }
    };
    let matches = |field: &str, have: Option<&Map<String, Value>>| {
        let text = get_str(target, &[field]);
        text.is_empty() || LabelSelector::parse(text).is_ok_and(|selector| selector.matches(have))
    };
    let (group, version) = group_version(object);
    fits("kind", kind(object))
        && fits("group", group)
        && fits("version", version)
        && fits("namespace", namespace(object))
        && (fits("name", name(object)) || item.former.iter().any(|one| fits("name", one)))
        && matches("labelSelector", labels(object))
        && matches("annotationSelector", annotations(object))
}
