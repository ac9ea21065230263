//! ReplicaSets: as many pods as wanted.
//!
//! Models kubernetes pkg/controller/replicaset: pods are created in batches that double, so that
//! an error that hits all of them hits few.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::{Map, Value, json};
use simulation::Duration;

use super::{Queue, WRITE, pods, split_key, watch_controlled, watch_own, work};
use crate::events::Recorder;
use crate::limits;
use crate::server::Api;

const SETS: &str = "replicasets.apps";
/// Virtual time that looking at one pod takes.
const COUNTING: Duration = Duration::from_micros(60);
/// More pods than this take no longer.
const SIZE_MAX: u32 = 5_000;

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, SETS, &queue);
    watch_controlled(api, "pods", "ReplicaSet", &queue);
    watch_orphans(api, &queue);
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "replicaset-controller", ""),
        queue: queue.clone(),
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

/// A pod without a controller may be one that a ReplicaSet's selector matches.
fn watch_orphans(api: &Api, queue: &Queue) {
    let (api_of_listener, queue) = (api.clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            let pod = &event.object;
            if object::controller_reference(pod).is_some() || object::labels(pod).is_none() {
                return true;
            }
            let same = event.previous.as_ref().is_some_and(|previous| {
                object::labels(previous) == object::labels(pod)
                    && object::controller_reference(previous).is_none()
            });
            if same {
                return true;
            }
            let namespace = object::namespace(pod);
            for set in api_of_listener.store().list(SETS, Some(namespace)) {
                if selector(&set).is_some_and(|selector| selector.matches(object::labels(pod))) {
                    queue.add(&format!("{namespace}/{}", object::name(&set)));
                }
            }
            true
        }),
    );
}

fn selector(set: &Value) -> Option<LabelSelector> {
    let value = object::get(set, &["spec", "selector"])?;
    LabelSelector::from_value(value).ok()
}

struct Controller {
    api: Api,
    recorder: Recorder,
    queue: Queue,
}

impl Controller {
    async fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let Some(set) = self.api.store().get(SETS, namespace, name) else {
            return Ok(());
        };
        let Some(selector) = selector(&set) else {
            return Ok(());
        };
        // What happens meanwhile is looked at together, so that a large set is not counted anew
        // for each of its pods.
        let size = object::get_i64(&set, &["spec", "replicas"]).unwrap_or(0);
        let size = u32::try_from(size).unwrap_or(0);
        self.api
            .simulation()
            .sleep(COUNTING * size.min(SIZE_MAX))
            .await;
        let Some(set) = self.api.store().get(SETS, namespace, name) else {
            return Ok(());
        };
        let claimed = pods::claim(&self.api, "pods", &set, &selector);
        let active: Vec<Rc<Value>> = claimed
            .iter()
            .filter(|pod| pods::is_active(pod))
            .cloned()
            .collect();
        let ending = claimed
            .iter()
            .filter(|pod| object::is_terminating(pod) && !pods::is_over(pod))
            .count();
        let outcome = if object::is_terminating(&set) {
            Ok(())
        } else {
            self.manage(&set, &active).await
        };
        self.write_status(&set, &active, ending, outcome.as_ref().err());
        outcome
    }

    async fn manage(&self, set: &Value, active: &[Rc<Value>]) -> Result<(), Status> {
        let wanted = object::get_i64(set, &["spec", "replicas"]).unwrap_or(0);
        let wanted = usize::try_from(wanted).unwrap_or(0);
        if active.len() < wanted {
            let missing = (wanted - active.len()).min(limits::BURST_REPLICAS);
            return self.create(set, missing).await;
        }
        if active.len() > wanted {
            let surplus = (active.len() - wanted).min(limits::BURST_REPLICAS);
            return self.delete(set, active, surplus).await;
        }
        Ok(())
    }

    async fn create(&self, set: &Value, missing: usize) -> Result<(), Status> {
        let template = object::get(set, &["spec", "template"])
            .cloned()
            .unwrap_or_default();
        let (mut done, mut batch) = (0, 1);
        while done < missing {
            let size = batch.min(missing - done);
            for _ in 0..size {
                let pod = pods::from_template(&template, set, None);
                pods::create(&self.api, &self.recorder, set, pod)?;
            }
            done += size;
            batch *= 2;
            self.api.simulation().sleep(WRITE).await;
        }
        Ok(())
    }

    async fn delete(
        &self,
        set: &Value,
        active: &[Rc<Value>],
        surplus: usize,
    ) -> Result<(), Status> {
        let mut ranked = active.to_vec();
        pods::sort_for_deletion(&mut ranked, self.api.now());
        self.api.simulation().sleep(WRITE).await;
        for pod in ranked.iter().take(surplus) {
            pods::delete(&self.api, &self.recorder, set, pod)?;
        }
        Ok(())
    }

    fn write_status(
        &self,
        set: &Value,
        active: &[Rc<Value>],
        ending: usize,
        failure: Option<&Status>,
    ) {
        let store = self.api.store();
        let Some(current) = store.get(SETS, object::namespace(set), object::name(set)) else {
            return;
        };
        if object::uid(&current) != object::uid(set) {
            return;
        }
        let labels = object::get_map(set, &["spec", "template", "metadata", "labels"]);
        let min_ready = object::get_i64(set, &["spec", "minReadySeconds"]).unwrap_or(0);
        let now = self.api.now();
        // A large set writes its status often: its pods are looked at once.
        let (mut labelled, mut ready, mut available) = (0, 0, 0);
        for pod in active {
            let mut wanted = labels.into_iter().flatten();
            if wanted.all(|(key, value)| object::label(pod, key) == value.as_str()) {
                labelled += 1;
            }
            if pods::is_ready(pod) {
                ready += 1;
                if min_ready == 0 || pods::is_available(pod, min_ready, now) {
                    available += 1;
                }
            }
        }
        let mut status = Map::new();
        for (field, value) in [
            ("fullyLabeledReplicas", labelled),
            ("readyReplicas", ready),
            ("availableReplicas", available),
        ] {
            if value > 0_usize {
                status.insert(field.to_owned(), value.into());
            }
        }
        status.insert("replicas".to_owned(), active.len().into());
        status.insert("terminatingReplicas".to_owned(), ending.into());
        status.insert(
            "observedGeneration".to_owned(),
            object::generation(set).into(),
        );
        let conditions = self.conditions(set, active.len(), failure);
        if !conditions.is_empty() {
            status.insert("conditions".to_owned(), conditions.into());
        }
        let mut next = (*current).clone();
        object::set(&mut next, &["status"], Value::Object(status));
        self.api.replace(SETS, next);
        if min_ready > 0 && ready != available {
            let seconds = u64::try_from(min_ready).unwrap_or(0);
            self.queue
                .add_after(&super::key_of(set), Duration::from_secs(seconds));
        }
    }

    fn conditions(&self, set: &Value, have: usize, failure: Option<&Status>) -> Vec<Value> {
        let mut conditions = object::get_list(set, &["status", "conditions"]).to_vec();
        let Some(failure) = failure else {
            conditions.retain(|one| object::get_str(one, &["type"]) != "ReplicaFailure");
            return conditions;
        };
        if object::condition(set, "ReplicaFailure").is_none() {
            let wanted = object::get_i64(set, &["spec", "replicas"]).unwrap_or(0);
            let few = i64::try_from(have).unwrap_or(i64::MAX) < wanted;
            conditions.push(json!({
                "type": "ReplicaFailure",
                "status": "True",
                "reason": if few { "FailedCreate" } else { "FailedDelete" },
                "message": failure.message,
                "lastTransitionTime": self.api.timestamp(),
            }));
        }
        conditions
    }
}
