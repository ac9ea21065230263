//! PersistentVolumes and claims: each claim gets a volume that is large enough.
//!
//! Models kubernetes pkg/controller/volume/persistentvolume and the protection of volumes in use.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, pods, work};
use crate::events::Recorder;
use crate::server::Api;

const CLAIMS: &str = "persistentvolumeclaims";
const VOLUMES: &str = "persistentvolumes";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    for resource in [CLAIMS, VOLUMES] {
        let queue = queue.clone();
        api.store().listen(
            resource,
            Rc::new(move |_| {
                queue.add("all");
                true
            }),
        );
    }
    let (store, ends) = (api.store().clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            // Only the end of a pod can free a claim, and only where there are claims.
            let over =
                event.change == crate::store::Change::Deleted || pods::is_over(&event.object);
            if over
                && !store
                    .list(CLAIMS, Some(object::namespace(&event.object)))
                    .is_empty()
            {
                ends.add("all");
            }
            true
        }),
    );
    let controller = api.clone();
    let recorder = Recorder::new(api, "persistentvolume-controller", "");
    work(
        api,
        &queue,
        Rc::new(move |_| {
            let (api, recorder) = (controller.clone(), recorder.clone());
            Box::pin(async move {
                sync(&api, &recorder);
                Ok::<(), Status>(())
            })
        }),
    );
}

fn sync(api: &Api, recorder: &Recorder) {
    for volume in api.store().list(VOLUMES, None) {
        settle_volume(api, &volume);
    }
    for claim in api.store().list(CLAIMS, None) {
        if object::is_terminating(&claim) {
            free_claim(api, &claim);
        } else if object::get_str(&claim, &["status", "phase"]) != "Bound" {
            bind(api, recorder, &claim);
        }
    }
}

/// A volume is available, bound, or released when its claim is gone.
fn settle_volume(api: &Api, volume: &Value) {
    let reference = |field: &str| object::get_str(volume, &["spec", "claimRef", field]);
    let uid = reference("uid");
    let phase = if uid.is_empty() {
        "Available"
    } else {
        match api
            .store()
            .get(CLAIMS, reference("namespace"), reference("name"))
        {
            Some(claim) if object::uid(&claim) == uid => "Bound",
            _ => "Released",
        }
    };
    let mut next = volume.clone();
    object::set(&mut next, &["status", "phase"], phase);
    if object::is_terminating(volume) {
        if phase != "Bound" {
            drop_finalizer(&mut next, "kubernetes.io/pv-protection");
        }
    } else {
        add_finalizer(&mut next, "kubernetes.io/pv-protection");
    }
    api.replace(VOLUMES, next);
}

fn bind(api: &Api, recorder: &Recorder, claim: &Value) {
    let mut best: Option<(i64, Rc<Value>)> = None;
    for volume in api.store().list(VOLUMES, None) {
        if let Some(size) = fits(claim, &volume)
            && best.as_ref().is_none_or(|(least, _)| size < *least)
        {
            best = Some((size, volume));
        }
    }
    let mut next = claim.clone();
    add_finalizer(&mut next, "kubernetes.io/pvc-protection");
    let Some((_, volume)) = best else {
        let class = object::get_str(claim, &["spec", "storageClassName"]);
        let message = if class.is_empty() {
            "no persistent volumes available for this claim and no storage class is set".to_owned()
        } else {
            format!("storageclass.storage.k8s.io \"{class}\" not found")
        };
        let known = api
            .store()
            .get(CLAIMS, object::namespace(claim), object::name(claim))
            .is_some_and(|stored| *stored == next);
        api.replace(CLAIMS, next);
        if !known {
            let (kind, reason) = if class.is_empty() {
                ("Normal", "FailedBinding")
            } else {
                ("Warning", "ProvisioningFailed")
            };
            recorder.event(claim, "", kind, reason, &message);
        }
        return;
    };
    let mut bound = (*volume).clone();
    object::set(
        &mut bound,
        &["spec", "claimRef"],
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "name": object::name(claim),
            "namespace": object::namespace(claim),
            "uid": object::uid(claim),
            "resourceVersion": object::resource_version(claim),
        }),
    );
    object::set(&mut bound, &["status", "phase"], "Bound");
    let mark = [
        "metadata",
        "annotations",
        "pv.kubernetes.io/bound-by-controller",
    ];
    object::set(&mut bound, &mark, "yes");
    api.replace(VOLUMES, bound);
    object::set(&mut next, &mark, "yes");
    object::set(
        &mut next,
        &["metadata", "annotations", "pv.kubernetes.io/bind-completed"],
        "yes",
    );
    object::set(&mut next, &["spec", "volumeName"], object::name(&volume));
    let of = |field: &str| {
        object::get(&volume, &["spec", field])
            .cloned()
            .unwrap_or_default()
    };
    object::set(
        &mut next,
        &["status"],
        json!({
            "phase": "Bound",
            "accessModes": of("accessModes"),
            "capacity": of("capacity"),
        }),
    );
    api.replace(CLAIMS, next);
}

/// The volume's size when it can take the claim.
fn fits(claim: &Value, volume: &Value) -> Option<i64> {
    let text = |object: &Value, field: &str| object::get_str(object, &["spec", field]).to_owned();
    let reference = |field: &str| object::get_str(volume, &["spec", "claimRef", field]);
    let kept = !reference("name").is_empty();
    let mine = reference("name") == object::name(claim)
        && reference("namespace") == object::namespace(claim)
        && matches!(reference("uid"), "" | "same");
    let named = text(claim, "volumeName");
    let usable = (!kept || mine)
        && !object::is_terminating(volume)
        && (named.is_empty() || named == object::name(volume))
        && text(claim, "storageClassName") == text(volume, "storageClassName");
    let modes = object::get_list(volume, &["spec", "accessModes"]);
    let allowed = object::get_list(claim, &["spec", "accessModes"])
        .iter()
        .all(|mode| modes.contains(mode));
    let amount = |object: &Value, path: &[&str]| {
        object::get(object, path)
            .and_then(|value| Quantity::from_value(value).ok())
            .map_or(0, |quantity| quantity.value())
    };
    let size = amount(volume, &["spec", "capacity", "storage"]);
    let wanted = amount(claim, &["spec", "resources", "requests", "storage"]);
    (usable && allowed && size >= wanted).then_some(size)
}

/// A claim that no pod uses any more may go.
fn free_claim(api: &Api, claim: &Value) {
    let used = api
        .store()
        .list("pods", Some(object::namespace(claim)))
        .iter()
        .filter(|pod| !pods::is_over(pod))
        .flat_map(|pod| object::get_list(pod, &["spec", "volumes"]).to_vec())
        .any(|volume| {
            object::get_str(&volume, &["persistentVolumeClaim", "claimName"]) == object::name(claim)
        });
    if !used {
        let mut next = claim.clone();
        drop_finalizer(&mut next, "kubernetes.io/pvc-protection");
        api.replace(CLAIMS, next);
    }
}

fn add_finalizer(object: &mut Value, finalizer: &str) {
    let mut all: Vec<String> = object::finalizers(object).map(str::to_owned).collect();
    if !all.iter().any(|one| one == finalizer) {
        all.push(finalizer.to_owned());
        object::set(object, &["metadata", "finalizers"], all);
    }
}

fn drop_finalizer(object: &mut Value, finalizer: &str) {
    let all: Vec<String> = object::finalizers(object)
        .filter(|one| *one != finalizer)
        .map(str::to_owned)
        .collect();
    if all.is_empty() {
        object::remove(object, &["metadata", "finalizers"]);
    } else {
        object::set(object, &["metadata", "finalizers"], all);
    }
}
