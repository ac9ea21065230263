//! The status of a Deployment, summed up from its ReplicaSets.

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Map, Value};
use simulation::Duration;

use super::{Controller, Round, progress, replicas, rolling};
use crate::controller::key_of;

impl Controller {
    /// Writes the status with the progress of the rollout.
    pub(super) fn write_progress(&self, round: &Round) -> Result<(), Status> {
        let mut next = self.with_status(round);
        progress::update(self, round, &mut next);
        self.note_failures(round, &mut next);
        if next == round.deployment {
            if let Some(after) = progress::check_after(self, &round.deployment, &next) {
                let after = Duration::from_nanos(u64::try_from(after).unwrap_or(0));
                self.queue.add_after(&key_of(&round.deployment), after);
            }
            return Ok(());
        }
        self.api.replace(super::DEPLOYMENTS, next);
        Ok(())
    }

    /// Writes the status alone.
    pub(super) fn write_status(&self, round: &Round) {
        let next = self.with_status(round);
        self.api.replace(super::DEPLOYMENTS, next);
    }

    fn with_status(&self, round: &Round) -> Value {
        let deployment = &round.deployment;
        let sum = |field: &str| -> i64 {
            round
                .all()
                .filter_map(|set| object::get_i64(set, &["status", field]))
                .sum()
        };
        let available = sum("availableReplicas");
        let wanted_by_sets: i64 = round.all().map(replicas).sum();
        let updated = round
            .new
            .as_ref()
            .and_then(|new| object::get_i64(new, &["status", "replicas"]))
            .unwrap_or(0);
        let mut status = Map::new();
        for (field, value) in [
            ("observedGeneration", object::generation(deployment)),
            ("replicas", sum("replicas")),
            ("updatedReplicas", updated),
            ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", available),
            ("unavailableReplicas", (wanted_by_sets - available).max(0)),
        ] {
            if value != 0 {
                status.insert(field.to_owned(), value.into());
            }
        }
        let counted = round
            .all()
            .all(|set| object::get(set, &["status", "terminatingReplicas"]).is_some());
        if counted && round.all().next().is_some() {
            status.insert(
                "terminatingReplicas".to_owned(),
                sum("terminatingReplicas").into(),
            );
        }
        for field in ["collisionCount", "conditions"] {
            if let Some(value) = object::get(deployment, &["status", field]) {
                status.insert(field.to_owned(), value.clone());
            }
        }
        let mut next = deployment.clone();
        object::set(&mut next, &["status"], Value::Object(status));
        let enough = available >= round.replicas() - rolling::max_unavailable(deployment);
        let (status, reason, words) = if enough {
            ("True", "MinimumReplicasAvailable", "has")
        } else {
            ("False", "MinimumReplicasUnavailable", "does not have")
        };
        let message = format!("Deployment {words} minimum availability.");
        let condition = progress::condition(self, "Available", status, reason, &message);
        progress::set(&mut next, condition);
        next
    }

    /// Passes on that pods cannot be created.
    fn note_failures(&self, round: &Round, next: &mut Value) {
        let failure = round
            .new
            .iter()
            .chain(round.old.iter())
            .find_map(|set| object::condition(set, "ReplicaFailure"));
        match failure {
            Some(failure) => {
                let text = |field: &str| object::get_str(failure, &[field]).to_owned();
                let mut condition = progress::condition(
                    self,
                    "ReplicaFailure",
                    &text("status"),
                    &text("reason"),
                    &text("message"),
                );
                if let Some(since) = failure.get("lastTransitionTime") {
                    object::set(&mut condition, &["lastTransitionTime"], since.clone());
                    object::set(&mut condition, &["lastUpdateTime"], since.clone());
                }
                progress::set(next, condition);
            }
            None => progress::remove(next, "ReplicaFailure"),
        }
    }
}
