//! StatefulSets: pods with fixed names, started and ended in order.
//!
//! Models kubernetes pkg/controller/statefulset.

use ordered::OrderedMap;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, WRITE, pods, revisions, split_key, watch_controlled, watch_own, work};
use crate::events::Recorder;
use crate::server::{Api, WriteOptions};

const SETS: &str = "statefulsets.apps";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, SETS, &queue);
    watch_controlled(api, "pods", "StatefulSet", &queue);
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "statefulset-controller", ""),
    });
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let controller = controller.clone();
            Box::pin(async move { controller.sync(&key).await })
        }),
    );
}

struct Controller {
    api: Api,
    recorder: Recorder,
}

type Members = OrderedMap<i64, Rc<Value>>;

impl Controller {
    async fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let Some(set) = self.api.store().get(SETS, namespace, name) else {
            return Ok(());
        };
        let selector = object::get(&set, &["spec", "selector"]).cloned();
        let Ok(selector) = LabelSelector::from_value(&selector.unwrap_or_default()) else {
            return Ok(());
        };
        if object::is_terminating(&set) {
            return Ok(());
        }
        let newest = revisions::current(&self.api, &set);
        self.api.simulation().sleep(WRITE).await;
        let members: Members = pods::claim(&self.api, "pods", &set, &selector)
            .into_iter()
            .filter_map(|pod| Some((ordinal(&set, &pod)?, pod)))
            .collect();
        let outcome = self.manage(&set, &members, &newest);
        // The status tells what was there before: a pod that was just made counts from the next
        // look on.
        self.write_status(&set, &members, &newest);
        outcome
    }

    fn manage(&self, set: &Value, members: &Members, newest: &str) -> Result<(), Status> {
        let wanted = object::get_i64(set, &["spec", "replicas"]).unwrap_or(1);
        let ordered = object::get_str(set, &["spec", "podManagementPolicy"]) != "Parallel";
        for index in 0..wanted {
            match members.get(&index) {
                None => {
                    self.create(set, index, newest)?;
                    if ordered {
                        return Ok(());
                    }
                }
                Some(pod) if pods::is_over(pod) && !object::is_terminating(pod) => {
                    return self.delete(set, pod);
                }
                Some(pod) if ordered && (object::is_terminating(pod) || !pods::is_ready(pod)) => {
                    return Ok(());
                }
                Some(_) => {}
            }
        }
        for (_, pod) in members.iter().rev().filter(|(index, _)| **index >= wanted) {
            if !object::is_terminating(pod) {
                self.delete(set, pod)?;
            }
            if ordered {
                return Ok(());
            }
        }
        self.update(set, members, newest)
    }

    /// Replaces pods of older templates from the last one on, one at a time.
    fn update(&self, set: &Value, members: &Members, newest: &str) -> Result<(), Status> {
        if object::get_str(set, &["spec", "updateStrategy", "type"]) == "OnDelete" {
            return Ok(());
        }
        let partition = object::get_i64(
            set,
            &["spec", "updateStrategy", "rollingUpdate", "partition"],
        )
        .unwrap_or(0);
        for (_, pod) in members
            .iter()
            .rev()
            .filter(|(index, _)| **index >= partition)
        {
            if object::is_terminating(pod) {
                return Ok(());
            }
            if object::label(pod, revisions::HASH_LABEL) != Some(&revision_name(set, newest)) {
                return self.delete(set, pod);
            }
            if !pods::is_ready(pod) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn create(&self, set: &Value, index: i64, newest: &str) -> Result<(), Status> {
        let current = object::get_str(set, &["status", "currentRevision"]);
        let partition = object::get_i64(
            set,
            &["spec", "updateStrategy", "rollingUpdate", "partition"],
        )
        .unwrap_or(0);
        let old = (index < partition)
            .then(|| current.strip_prefix(&format!("{}-", object::name(set))))
            .flatten()
            .and_then(|hash| Some((hash, revisions::template(&self.api, set, hash)?)));
        let (hash, template) = old.unwrap_or_else(|| {
            let template = object::get(set, &["spec", "template"]).cloned();
            (newest, template.unwrap_or_default())
        });
        let name = format!("{}-{index}", object::name(set));
        let mut pod = pods::from_template(&template, set, Some(&name));
        for (label, value) in [
            ("statefulset.kubernetes.io/pod-name", name.clone()),
            ("apps.kubernetes.io/pod-index", index.to_string()),
            (revisions::HASH_LABEL, revision_name(set, hash)),
        ] {
            object::set(&mut pod, &["metadata", "labels", label], value);
        }
        object::set(&mut pod, &["spec", "hostname"], name.as_str());
        let service = object::get_str(set, &["spec", "serviceName"]);
        if !service.is_empty() {
            object::set(&mut pod, &["spec", "subdomain"], service);
        }
        self.claims(set, &name, &mut pod);
        let Some(resource) = self.api.resource("pods") else {
            return Ok(());
        };
        let namespace = object::namespace(set);
        match self
            .api
            .create(&resource, namespace, pod, &WriteOptions::default())
        {
            Ok(_) => {
                let message = format!(
                    "Create Pod {name} in StatefulSet {} successful",
                    object::name(set)
                );
                self.recorder.normal(set, "SuccessfulCreate", &message);
                Ok(())
            }
            Err(status) => {
                let message = format!(
                    "Create Pod {name} in StatefulSet {} failed error: {status}",
                    object::name(set)
                );
                self.recorder.warning(set, "FailedCreate", &message);
                Err(status)
            }
        }
    }

    /// The claims of a member's own volumes, made when they are new.
    fn claims(&self, set: &Value, pod_name: &str, pod: &mut Value) {
        let mut volumes = object::get_list(pod, &["spec", "volumes"]).to_vec();
        for template in object::get_list(set, &["spec", "volumeClaimTemplates"]) {
            let volume = object::name(template);
            let name = format!("{volume}-{pod_name}");
            volumes.retain(|one| object::get_str(one, &["name"]) != volume);
            volumes.push(json!({
                "name": volume,
                "persistentVolumeClaim": {"claimName": name},
            }));
            let mut claim = template.clone();
            object::remove(&mut claim, &["status"]);
            object::set(&mut claim, &["metadata", "name"], name);
            object::set(&mut claim, &["apiVersion"], "v1");
            object::set(&mut claim, &["kind"], "PersistentVolumeClaim");
            let labels = object::get(set, &["spec", "selector", "matchLabels"]).cloned();
            if let Some(labels) = labels {
                object::set(&mut claim, &["metadata", "labels"], labels);
            }
            if let Some(resource) = self.api.resource("persistentvolumeclaims") {
                let options = WriteOptions::default();
                let created = self
                    .api
                    .create(&resource, object::namespace(set), claim, &options);
                // One that is there is used again.
                if let Ok(claim) = created {
                    let message = format!(
                        "Create Claim {} Pod {pod_name} in StatefulSet {} success",
                        object::name(&claim),
                        object::name(set)
                    );
                    self.recorder.normal(set, "SuccessfulCreate", &message);
                }
            }
        }
        if !volumes.is_empty() {
            object::set(pod, &["spec", "volumes"], volumes);
        }
    }

    fn delete(&self, set: &Value, pod: &Value) -> Result<(), Status> {
        let Some(resource) = self.api.resource("pods") else {
            return Ok(());
        };
        let (namespace, name) = (object::namespace(pod), object::name(pod));
        match self
            .api
            .delete(&resource, namespace, name, &Default::default())
        {
            Err(status) if !status.is_not_found() => Err(status),
            _ => {
                let message = format!(
                    "Delete Pod {name} in StatefulSet {} successful",
                    object::name(set)
                );
                self.recorder.normal(set, "SuccessfulDelete", &message);
                Ok(())
            }
        }
    }

    fn write_status(&self, set: &Value, members: &Members, newest: &str) {
        let place = (object::namespace(set), object::name(set));
        let Some(current) = self.api.store().get(SETS, place.0, place.1) else {
            return;
        };
        let update = revision_name(set, newest);
        let before = object::get_str(&current, &["status", "currentRevision"]);
        let of = |revision: &str| {
            members
                .values()
                .filter(|pod| {
                    let now = self.api.store().get("pods", place.0, object::name(pod));
                    now.is_none_or(|now| !object::is_terminating(&now))
                        && object::label(pod, revisions::HASH_LABEL) == Some(revision)
                })
                .count()
        };
        let ready = members.values().filter(|pod| pods::is_ready(pod)).count();
        let wanted = object::get_i64(set, &["spec", "replicas"]).unwrap_or(1);
        let updated = of(&update);
        let complete = i64::try_from(updated).unwrap_or(0) == wanted
            && i64::try_from(ready).unwrap_or(0) == wanted;
        let present = if before.is_empty() || complete {
            update.clone()
        } else {
            before.to_owned()
        };
        let replicas = members.len();
        let mut status = json!({
            "observedGeneration": object::generation(set),
            "replicas": replicas,
            "availableReplicas": ready,
            "currentRevision": present,
            "updateRevision": update,
            "collisionCount": 0,
        });
        for (field, value) in [
            ("readyReplicas", ready),
            ("currentReplicas", of(&present)),
            ("updatedReplicas", updated),
        ] {
            if value > 0 {
                object::set(&mut status, &[field], value);
            }
        }
        let mut next = (*current).clone();
        object::set(&mut next, &["status"], status);
        self.api.replace(SETS, next);
    }
}

fn revision_name(set: &Value, hash: &str) -> String {
    format!("{}-{hash}", object::name(set))
}

/// The number in a member's name.
fn ordinal(set: &Value, pod: &Value) -> Option<i64> {
    object::name(pod)
        .strip_prefix(object::name(set))?
        .strip_prefix('-')?
        .parse()
        .ok()
}
