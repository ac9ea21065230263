//! Deployments: a ReplicaSet for each revision of the template, scaled up and down step by step.
//!
//! Models kubernetes pkg/controller/deployment.

mod progress;
mod recreate;
mod replica_sets;
mod revision;
mod rolling;
mod scale;
mod status;

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::Value;

use super::{Queue, WRITE, pods, split_key, watch_controlled, watch_own, work};
use crate::events::Recorder;
use crate::server::Api;

const DEPLOYMENTS: &str = "deployments.apps";
const REPLICA_SETS: &str = "replicasets.apps";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, DEPLOYMENTS, &queue);
    watch_controlled(api, REPLICA_SETS, "Deployment", &queue);
    watch_last_pods(api, &queue);
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "deployment-controller", ""),
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

/// A Deployment that recreates waits for its last pod to go.
fn watch_last_pods(api: &Api, queue: &Queue) {
    let (api_of_listener, queue) = (api.clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            if event.change != crate::store::Change::Deleted {
                return true;
            }
            let namespace = object::namespace(&event.object);
            let set = object::controller_reference(&event.object)
                .map(|owner| object::get_str(owner, &["name"]))
                .and_then(|name| api_of_listener.store().get(REPLICA_SETS, namespace, name));
            if let Some(owner) = set.as_deref().and_then(object::controller_reference)
                && object::kind(owner) == "Deployment"
            {
                queue.add(&format!(
                    "{namespace}/{}",
                    object::get_str(owner, &["name"])
                ));
            }
            true
        }),
    );
}

struct Controller {
    api: Api,
    recorder: Recorder,
    queue: Queue,
}

/// A Deployment on its way through one round, with its ReplicaSets.
struct Round {
    deployment: Value,
    /// The ReplicaSet of the current template.
    new: Option<Value>,
    /// The others.
    old: Vec<Value>,
}

impl Round {
    fn all(&self) -> impl Iterator<Item = &Value> {
        self.old.iter().chain(self.new.iter())
    }

    fn replicas(&self) -> i64 {
        replicas(&self.deployment)
    }
}

/// The round ended early because the Deployment was written; a new one begins.
struct Written;

impl From<Written> for Status {
    fn from(_: Written) -> Status {
        Status::modified("apps", "deployments", "")
    }
}

/// `spec.replicas`.
fn replicas(object: &Value) -> i64 {
    object::get_i64(object, &["spec", "replicas"]).unwrap_or(0)
}

impl Controller {
    async fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let Some(deployment) = self.api.store().get(DEPLOYMENTS, namespace, name) else {
            return Ok(());
        };
        let selector = object::get(&deployment, &["spec", "selector"]).cloned();
        let Ok(selector) = LabelSelector::from_value(&selector.unwrap_or_default()) else {
            return Ok(());
        };
        let sets: Vec<Value> = pods::claim(&self.api, REPLICA_SETS, &deployment, &selector)
            .into_iter()
            .map(Rc::unwrap_or_clone)
            .collect();
        let mut round = Round {
            deployment: (*deployment).clone(),
            new: None,
            old: sets,
        };
        if object::is_terminating(&deployment) {
            round.split();
            self.write_status(&round);
            return Ok(());
        }
        self.note_pause(&mut round)?;
        if object::get_bool(&round.deployment, &["spec", "paused"]) {
            return self.scale_only(&mut round);
        }
        round.split();
        if round.is_scaling() {
            return self.scale_only(&mut round);
        }
        if object::get_str(&round.deployment, &["spec", "strategy", "type"]) == "Recreate" {
            self.recreate(&mut round).await
        } else {
            self.roll(&mut round).await
        }
    }

    /// Lets the virtual time of a write pass.
    async fn pause(&self) {
        self.api.simulation().sleep(WRITE).await;
    }
}
