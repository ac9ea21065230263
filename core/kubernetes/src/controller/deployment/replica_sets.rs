//! Which ReplicaSet is the current one, and how one is made and written.

use kubernetes_api::object;
use kubernetes_api::status::Status;
use kubernetes_api::template_hash;
use serde_json::{Value, json};

use super::{Controller, REPLICA_SETS, Round, Written, progress, replicas, revision, rolling};
use crate::server::WriteOptions;

/// The label by which the pods of a revision are told from those of others.
const HASH_LABEL: &str = "pod-template-hash";

impl Round {
    /// Finds the ReplicaSet of the current template among all.
    pub(super) fn split(&mut self) {
        self.old.sort_by(|a, b| {
            (object::created(a), object::name(a)).cmp(&(object::created(b), object::name(b)))
        });
        if self.new.is_some() {
            return;
        }
        let template = comparable(&self.deployment);
        let at = self.old.iter().position(|set| comparable(set) == template);
        self.new = at.map(|at| self.old.remove(at));
    }
}

/// A pod template without the label of its hash.
fn comparable(object: &Value) -> Value {
    let mut template = object::get(object, &["spec", "template"])
        .cloned()
        .unwrap_or_default();
    object::remove(&mut template, &["metadata", "labels", HASH_LABEL]);
    object::remove(&mut template, &["metadata", "creationTimestamp"]);
    let empty =
        object::get_map(&template, &["metadata", "labels"]).is_some_and(|labels| labels.is_empty());
    if empty {
        object::remove(&mut template, &["metadata", "labels"]);
    }
    template
}

impl Controller {
    /// Makes sure that there is a ReplicaSet of the current template, with the right revision.
    pub(super) fn ensure_new(&self, round: &mut Round) -> Result<(), Status> {
        round.split();
        let newest = round.old.iter().map(revision::of).max().unwrap_or(0) + 1;
        let Some(set) = round.new.take() else {
            return self.create_new(round, newest);
        };
        let mut updated = set.clone();
        revision::annotate(&round.deployment, &mut updated, newest, true);
        let ready = object::get(&round.deployment, &["spec", "minReadySeconds"]).cloned();
        match ready {
            Some(seconds) => object::set(&mut updated, &["spec", "minReadySeconds"], seconds),
            None => {
                object::remove(&mut updated, &["spec", "minReadySeconds"]);
            }
        }
        if updated != set {
            round.new = Some(self.write_set(updated));
            // The next round sees the written ReplicaSet and goes on from there.
            return Err(Written.into());
        }
        let revision = revision::of(&set).to_string();
        let mut changed = revision::set_on_deployment(&mut round.deployment, &revision);
        if progress::has_deadline(&round.deployment)
            && object::condition(&round.deployment, "Progressing").is_none()
        {
            let message = format!("Found new replica set \"{}\"", object::name(&set));
            let condition =
                progress::condition(self, "Progressing", "True", "FoundNewReplicaSet", &message);
            progress::set(&mut round.deployment, condition);
            changed = true;
        }
        round.new = Some(set);
        if changed {
            self.write_deployment(round);
            return Err(Written.into());
        }
        Ok(())
    }

    fn create_new(&self, round: &mut Round, newest: i64) -> Result<(), Status> {
        let deployment = &round.deployment;
        let template = object::get(deployment, &["spec", "template"])
            .cloned()
            .unwrap_or_default();
        let collisions = object::get_i64(deployment, &["status", "collisionCount"])
            .and_then(|count| u32::try_from(count).ok());
        let hash = template_hash::pod_template_hash(&template, collisions);
        let mut set = new_set(deployment, template, &hash);
        revision::annotate(deployment, &mut set, newest, false);
        let currently: i64 = round.old.iter().map(replicas).sum();
        let count = rolling::new_replicas(deployment, currently, 0);
        object::set(&mut set, &["spec", "replicas"], count);
        let Some(resource) = self.api.resource(REPLICA_SETS) else {
            return Ok(());
        };
        let namespace = object::namespace(deployment).to_owned();
        let created = match self
            .api
            .create(&resource, &namespace, set, &WriteOptions::default())
        {
            Ok(created) => created,
            Err(status) if status.is_already_exists() => {
                let count = i64::from(collisions.unwrap_or(0)) + 1;
                object::set(&mut round.deployment, &["status", "collisionCount"], count);
                self.write_deployment(round);
                return Err(status);
            }
            Err(status) => return self.creation_failed(round, status),
        };
        if count > 0 {
            let message = format!(
                "Scaled up replica set {} from 0 to {count}",
                object::name(&created)
            );
            self.recorder
                .normal(&round.deployment, "ScalingReplicaSet", &message);
        }
        revision::set_on_deployment(&mut round.deployment, &newest.to_string());
        if progress::has_deadline(&round.deployment) {
            let message = format!("Created new replica set \"{}\"", object::name(&created));
            let condition = progress::condition(
                self,
                "Progressing",
                "True",
                "NewReplicaSetCreated",
                &message,
            );
            progress::set(&mut round.deployment, condition);
        }
        self.write_deployment(round);
        // As upstream, the status of this round would be written over a newer revision: the next
        // round does it.
        Err(Written.into())
    }

    fn creation_failed(&self, round: &mut Round, status: Status) -> Result<(), Status> {
        let message = format!("Failed to create new replica set: {status}");
        if progress::has_deadline(&round.deployment) {
            let condition = progress::condition(
                self,
                "Progressing",
                "False",
                "ReplicaSetCreateError",
                &message,
            );
            progress::set(&mut round.deployment, condition);
            self.write_deployment(round);
        }
        self.recorder
            .warning(&round.deployment, "ReplicaSetCreateError", &message);
        Err(status)
    }

    /// Scales a ReplicaSet; true when that changed it. The event names the Deployment.
    pub(super) fn scale_set(&self, deployment: &Value, set: &mut Value, count: i64) -> bool {
        let before = replicas(set);
        if before == count {
            return false;
        }
        self.resize_set(deployment, set, count)
    }

    /// As [`Self::scale_set`], also when only the annotations about the size are to change.
    pub(super) fn resize_set(&self, deployment: &Value, set: &mut Value, count: i64) -> bool {
        let before = replicas(set);
        let mut scaled = set.clone();
        object::set(&mut scaled, &["spec", "replicas"], count);
        revision::annotate_size(deployment, &mut scaled);
        if scaled == *set {
            return false;
        }
        *set = self.write_set(scaled);
        if before == count {
            return false;
        }
        let direction = if before < count { "up" } else { "down" };
        let message = format!(
            "Scaled {direction} replica set {} from {before} to {count}",
            object::name(set)
        );
        self.recorder
            .normal(deployment, "ScalingReplicaSet", &message);
        true
    }

    pub(super) fn write_set(&self, set: Value) -> Value {
        (*self.api.replace(REPLICA_SETS, set)).clone()
    }

    pub(super) fn write_deployment(&self, round: &Round) {
        self.api
            .replace(super::DEPLOYMENTS, round.deployment.clone());
    }
}

fn new_set(deployment: &Value, mut template: Value, hash: &str) -> Value {
    object::set(&mut template, &["metadata", "labels", HASH_LABEL], hash);
    let mut selector = object::get(deployment, &["spec", "selector"])
        .cloned()
        .unwrap_or_default();
    object::set(&mut selector, &["matchLabels", HASH_LABEL], hash);
    let mut set = json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-{hash}", object::name(deployment)),
            "namespace": object::namespace(deployment),
            "labels": object::get(&template, &["metadata", "labels"]),
            "ownerReferences": [object::make_controller_reference(deployment)],
        },
        "spec": {"selector": selector, "template": template},
    });
    if let Some(seconds) = object::get(deployment, &["spec", "minReadySeconds"]) {
        object::set(&mut set, &["spec", "minReadySeconds"], seconds.clone());
    }
    set
}
