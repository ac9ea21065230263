//! Older versions of kinds become the one that is stored.

use kubernetes_api::object;
use serde_json::{Value, json};

/// `autoscaling/v1` knows only the CPU's utilisation.
pub(super) fn autoscaler_from_v1(object: &mut Value) {
    if let Some(percent) = object::remove(object, &["spec", "targetCPUUtilizationPercentage"]) {
        object::set(
            object,
            &["spec", "metrics"],
            json!([{
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": percent},
                },
            }]),
        );
    }
}
