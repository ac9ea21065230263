//! What a pod asks for as a whole.
//!
//! Models k8s.io/component-helpers resource `PodRequests` and `PodLimits`.

use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use serde_json::{Map, Value};

/// The sum over the pod's containers of what they name under `requests` or `limits`; an init
/// container counts when it alone asks for more.
pub(crate) fn of_pod(pod: &Value, field: &str) -> Map<String, Value> {
    let mut total: Map<String, Value> = Map::new();
    let of = |container: &Value| {
        object::get_map(container, &["resources", field])
            .cloned()
            .unwrap_or_default()
    };
    for container in object::get_list(pod, &["spec", "containers"]) {
        add(&mut total, &of(container));
    }
    let mut sidecars: Map<String, Value> = Map::new();
    for container in object::get_list(pod, &["spec", "initContainers"]) {
        if object::get_str(container, &["restartPolicy"]) == "Always" {
            add(&mut total, &of(container));
            add(&mut sidecars, &of(container));
            continue;
        }
        let mut alone = of(container);
        add(&mut alone, &sidecars);
        for (name, amount) in alone {
            let more = total
                .get(&name)
                .is_none_or(|have| milli(have) < milli(&amount));
            if more {
                total.insert(name, amount);
            }
        }
    }
    total
}

/// Adds amounts to amounts, name by name.
pub(crate) fn add(total: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (name, amount) in more {
        let Ok(amount) = Quantity::from_value(amount) else {
            continue;
        };
        let have = total
            .get(name)
            .and_then(|have| Quantity::from_value(have).ok());
        let sum = have.map_or(amount, |have| have.plus(amount));
        total.insert(name.clone(), sum.to_string().into());
    }
}

/// Thousandths of an amount; what is no amount is nothing.
pub(crate) fn milli(value: &Value) -> i64 {
    Quantity::from_value(value).map_or(0, |quantity| quantity.milli_value())
}
