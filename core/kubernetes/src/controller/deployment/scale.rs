//! Changes of the wanted count while several ReplicaSets have pods, and paused Deployments.
//!
//! Models kubernetes pkg/controller/deployment/sync.go `scale`.

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::Value;

use super::{Controller, Round, Written, progress, replicas, revision, rolling};

impl Round {
    /// Whether the wanted count changed since the ReplicaSets were last scaled.
    pub(super) fn is_scaling(&self) -> bool {
        self.all()
            .filter(|set| replicas(set) > 0)
            .any(|set| revision::desired(set).is_some_and(|desired| desired != self.replicas()))
    }
}

impl Controller {
    /// Scales what there is, without rolling on.
    pub(super) fn scale_only(&self, round: &mut Round) -> Result<(), Status> {
        round.split();
        if round.new.is_some() {
            // Also of a paused Deployment the revision is that of its template.
            self.ensure_new(round)?;
        }
        self.scale(round);
        if object::get_bool(&round.deployment, &["spec", "paused"]) {
            self.clean_up(round);
        }
        self.write_status(round);
        Ok(())
    }

    fn scale(&self, round: &mut Round) {
        let deployment = round.deployment.clone();
        let wanted = round.replicas();
        let active = round.all().filter(|set| replicas(set) > 0).count();
        if active <= 1 {
            let none = active == 0;
            let target = match &mut round.new {
                Some(new) if none || replicas(new) > 0 => Some(new),
                _ if none => round.old.last_mut(),
                _ => round.old.iter_mut().find(|set| replicas(set) > 0),
            };
            if let Some(set) = target
                && replicas(set) != wanted
            {
                self.resize_set(&deployment, set, wanted);
            }
            return;
        }
        if is_saturated(round) {
            for set in round.old.iter_mut().filter(|set| replicas(set) > 0) {
                self.scale_set(&deployment, set, 0);
            }
            return;
        }
        if rolling::is_rolling(&deployment) {
            self.scale_in_proportion(round);
        }
    }

    fn scale_in_proportion(&self, round: &mut Round) {
        let deployment = round.deployment.clone();
        let wanted = round.replicas();
        let mut sets: Vec<&mut Value> = round
            .old
            .iter_mut()
            .chain(round.new.iter_mut())
            .filter(|set| replicas(set) > 0)
            .collect();
        let all: i64 = sets.iter().map(|set| replicas(set)).sum();
        let allowed = if wanted > 0 {
            wanted + rolling::max_surge(&deployment)
        } else {
            0
        };
        let add = allowed - all;
        // The largest first; of equal ones the newest when growing, the oldest when shrinking.
        sets.sort_by(|a, b| {
            let by_size = replicas(b).cmp(&replicas(a));
            let by_age = object::created(a).cmp(&object::created(b));
            by_size.then(if add > 0 { by_age.reverse() } else { by_age })
        });
        let mut added = 0;
        let mut sizes: Vec<i64> = Vec::new();
        for set in &sets {
            let size = replicas(set);
            let part = if add == 0 {
                0
            } else {
                proportion(set, &deployment, add, added)
            };
            added += part;
            sizes.push((size + part).max(0));
        }
        if let Some(first) = sizes.first_mut() {
            *first = (*first + add - added).max(0);
        }
        for (set, size) in sets.into_iter().zip(sizes) {
            self.resize_set(&deployment, set, size);
        }
    }

    /// Notes in the conditions that the Deployment was paused or resumed.
    pub(super) fn note_pause(&self, round: &mut Round) -> Result<(), Status> {
        if !progress::has_deadline(&round.deployment) {
            return Ok(());
        }
        let reason = object::condition(&round.deployment, "Progressing")
            .map(|condition| object::get_str(condition, &["reason"]))
            .unwrap_or_default();
        if reason == progress::TIMED_OUT {
            return Ok(());
        }
        let paused = object::get_bool(&round.deployment, &["spec", "paused"]);
        let noted = reason == "DeploymentPaused";
        let (reason, message) = match (paused, noted) {
            (true, false) => ("DeploymentPaused", "Deployment is paused"),
            (false, true) => ("DeploymentResumed", "Deployment is resumed"),
            _ => return Ok(()),
        };
        let condition = progress::condition(self, "Progressing", "Unknown", reason, message);
        progress::set(&mut round.deployment, condition);
        self.write_deployment(round);
        Err(Written.into())
    }

    /// Deletes the oldest ReplicaSets beyond the history that is kept.
    pub(super) fn clean_up(&self, round: &Round) {
        if !progress::is_complete(&round.deployment, &round.deployment)
            && !object::get_bool(&round.deployment, &["spec", "paused"])
        {
            return;
        }
        let Some(limit) = object::get_i64(&round.deployment, &["spec", "revisionHistoryLimit"])
            .and_then(|limit| usize::try_from(limit).ok())
        else {
            return;
        };
        let mut old: Vec<&Value> = round
            .old
            .iter()
            .filter(|set| !object::is_terminating(set))
            .collect();
        let Some(surplus) = old.len().checked_sub(limit) else {
            return;
        };
        old.sort_by_key(|set| revision::of(set));
        for set in old.into_iter().take(surplus) {
            let status = |field: &str| object::get_i64(set, &["status", field]).unwrap_or(0);
            let busy = status("replicas") != 0
                || replicas(set) != 0
                || object::generation(set) > status("observedGeneration");
            if busy {
                continue;
            }
            if let Some(resource) = self.api.resource(super::REPLICA_SETS) {
                let place = (object::namespace(set), object::name(set));
                // One that is gone already is as good.
                let _ = self
                    .api
                    .delete(&resource, place.0, place.1, &Default::default());
            }
        }
    }
}

/// Whether the new ReplicaSet has all that is wanted.
fn is_saturated(round: &Round) -> bool {
    let Some(new) = &round.new else {
        return false;
    };
    let wanted = round.replicas();
    replicas(new) == wanted
        && revision::desired(new) == Some(wanted)
        && object::get_i64(new, &["status", "availableReplicas"]).unwrap_or(0) == wanted
}

/// A ReplicaSet's share of the pods that are added or taken away.
fn proportion(set: &Value, deployment: &Value, add: i64, added: i64) -> i64 {
    let size = replicas(set);
    let most = replicas(deployment) + rolling::max_surge(deployment);
    let before = revision::maximum(set)
        .filter(|before| *before > 0)
        .unwrap_or(most);
    if size == 0 || before == 0 {
        return 0;
    }
    // Rounded to the nearest, as upstream does with floats.
    let share = ((size * most * 2 + before) as f64 / (2 * before) as f64).floor() as i64 - size;
    let left = add - added;
    if add > 0 {
        share.min(left)
    } else {
        share.max(left)
    }
}
