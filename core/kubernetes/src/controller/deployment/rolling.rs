//! The rolling update: new pods come as far as the surge allows, old ones go as far as enough
//! others are available.
//!
//! Models kubernetes pkg/controller/deployment/rolling.go and util.

use kubernetes_api::intstr::{Round as Rounding, scaled};
use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::Value;

use super::{Controller, Round, replicas};

/// Whether the strategy is the rolling one.
pub(super) fn is_rolling(deployment: &Value) -> bool {
    object::get_str(deployment, &["spec", "strategy", "type"]) == "RollingUpdate"
}

/// Surge and unavailability in pods.
fn bounds(deployment: &Value) -> (i64, i64) {
    let of = |field: &str, rounding| {
        object::get(deployment, &["spec", "strategy", "rollingUpdate", field])
            .and_then(|value| scaled(value, replicas(deployment), rounding).ok())
            .unwrap_or(0)
    };
    let surge = of("maxSurge", Rounding::Up);
    match of("maxUnavailable", Rounding::Down) {
        // Both zero would never move.
        0 if surge == 0 => (0, 1),
        unavailable => (surge, unavailable),
    }
}

/// Pods above the wanted count.
pub(super) fn max_surge(deployment: &Value) -> i64 {
    if is_rolling(deployment) {
        bounds(deployment).0
    } else {
        0
    }
}

/// Pods that may be missing.
pub(super) fn max_unavailable(deployment: &Value) -> i64 {
    if !is_rolling(deployment) || replicas(deployment) == 0 {
        return 0;
    }
    bounds(deployment).1.min(replicas(deployment))
}

/// How many replicas the new ReplicaSet may have, when all together want `currently` pods and it
/// has `own`.
pub(super) fn new_replicas(deployment: &Value, currently: i64, own: i64) -> i64 {
    let wanted = replicas(deployment);
    if !is_rolling(deployment) {
        return wanted;
    }
    let most = wanted + max_surge(deployment);
    if currently >= most {
        return own;
    }
    own + (most - currently).min(wanted - own)
}

fn available(set: &Value) -> i64 {
    object::get_i64(set, &["status", "availableReplicas"]).unwrap_or(0)
}

impl Controller {
    pub(super) async fn roll(&self, round: &mut Round) -> Result<(), Status> {
        self.ensure_new(round)?;
        if self.grow_new(round) {
            self.pause().await;
            return self.write_progress(round);
        }
        if self.shrink_old(round) {
            self.pause().await;
            return self.write_progress(round);
        }
        self.clean_up(round);
        self.write_progress(round)
    }

    fn grow_new(&self, round: &mut Round) -> bool {
        let currently: i64 = round.all().map(replicas).sum();
        let wanted = round.replicas();
        let Some(new) = &mut round.new else {
            return false;
        };
        let own = replicas(new);
        let count = if own > wanted {
            wanted
        } else {
            new_replicas(&round.deployment, currently, own)
        };
        self.scale_set(&round.deployment, new, count)
    }

    fn shrink_old(&self, round: &mut Round) -> bool {
        let old: i64 = round.old.iter().map(replicas).sum();
        if old == 0 {
            return false;
        }
        let all: i64 = round.all().map(replicas).sum();
        let least = round.replicas() - max_unavailable(&round.deployment);
        let missing = round
            .new
            .as_ref()
            .map_or(0, |new| replicas(new) - available(new));
        let most = all - least - missing;
        if most <= 0 {
            return false;
        }
        let unhealthy = self.shrink_unhealthy(round, most);
        let healthy = self.shrink_healthy(round, least);
        unhealthy + healthy > 0
    }

    /// Pods that are not available go first: nobody misses them.
    fn shrink_unhealthy(&self, round: &mut Round, most: i64) -> i64 {
        let mut total = 0;
        let deployment = round.deployment.clone();
        for set in &mut round.old {
            let size = replicas(set);
            if total >= most {
                break;
            }
            if size == 0 || size == available(set) {
                continue;
            }
            let count = (most - total).min(size - available(set));
            if count > 0 {
                self.scale_set(&deployment, set, size - count);
                total += count;
            }
        }
        total
    }

    fn shrink_healthy(&self, round: &mut Round, least: i64) -> i64 {
        let there: i64 = round.all().map(available).sum();
        if there <= least {
            return 0;
        }
        let most = there - least;
        let mut total = 0;
        let deployment = round.deployment.clone();
        for set in &mut round.old {
            let size = replicas(set);
            if total >= most {
                break;
            }
            if size == 0 {
                continue;
            }
            let count = size.min(most - total);
            self.scale_set(&deployment, set, size - count);
            total += count;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment(count: i64, surge: Value, unavailable: Value) -> Value {
        json!({"spec": {"replicas": count, "strategy": {"type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}})
    }

    #[test]
    fn the_default_lets_one_of_two_surge_and_none_be_missing() {
        let deployment = deployment(2, json!("25%"), json!("25%"));
        assert_eq!(max_surge(&deployment), 1);
        assert_eq!(max_unavailable(&deployment), 0);
        assert_eq!(new_replicas(&deployment, 2, 0), 1);
        assert_eq!(new_replicas(&deployment, 3, 1), 1);
    }

    #[test]
    fn two_zeros_let_one_be_missing() {
        let deployment = deployment(3, json!(0), json!("10%"));
        assert_eq!(
            (max_surge(&deployment), max_unavailable(&deployment)),
            (0, 1)
        );
    }
}
