//! PodDisruptionBudgets: how many of their pods may go now.
//!
//! Models kubernetes pkg/controller/disruption.

use std::rc::Rc;

use kubernetes_api::intstr::{Round, scaled};
use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, key_of, pods, split_key, watch_own, work};
use crate::server::Api;

const BUDGETS: &str = "poddisruptionbudgets.policy";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, BUDGETS, &queue);
    let (store, own) = (api.store().clone(), queue.clone());
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            for budget in store.list(BUDGETS, Some(object::namespace(&event.object))) {
                own.add(&key_of(&budget));
            }
            true
        }),
    );
    let controller = api.clone();
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let api = controller.clone();
            Box::pin(async move { sync(&api, &key) })
        }),
    );
}

fn sync(api: &Api, key: &str) -> Result<(), Status> {
    let (namespace, name) = split_key(key);
    let Some(budget) = api.store().get(BUDGETS, namespace, name) else {
        return Ok(());
    };
    let selector = object::get(&budget, &["spec", "selector"]).cloned();
    let Ok(selector) = LabelSelector::from_value(&selector.unwrap_or_default()) else {
        return Ok(());
    };
    let own: Vec<Rc<Value>> = api
        .store()
        .list("pods", Some(namespace))
        .into_iter()
        .filter(|pod| selector.matches(object::labels(pod)) && pods::is_active(pod))
        .collect();
    // A plain number is compared with the pods that there are, a share with those that should be.
    let counted = object::get_i64(&budget, &["spec", "minAvailable"]).is_some();
    let expected = if counted {
        i64::try_from(own.len()).unwrap_or(0)
    } else {
        expected(api, &own)
    };
    let healthy = own.iter().filter(|pod| pods::is_ready(pod)).count();
    let healthy = i64::try_from(healthy).unwrap_or(0);
    let bound = |field: &str| {
        object::get(&budget, &["spec", field])
            .and_then(|value| scaled(value, expected, Round::Up).ok())
    };
    let desired = match (bound("minAvailable"), bound("maxUnavailable")) {
        (Some(least), _) => least,
        (None, Some(most)) => (expected - most).max(0),
        (None, None) => 0,
    };
    let allowed = if expected > 0 {
        (healthy - desired).max(0)
    } else {
        0
    };
    let (status, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let since = object::condition(&budget, "DisruptionAllowed")
        .filter(|before| object::get_str(before, &["status"]) == status)
        .map(|before| object::get_str(before, &["lastTransitionTime"]).to_owned())
        .unwrap_or_else(|| api.timestamp());
    let mut next = (*budget).clone();
    object::set(
        &mut next,
        &["status"],
        json!({
            "conditions": [{
                "type": "DisruptionAllowed",
                "status": status,
                "reason": reason,
                "message": "",
                "lastTransitionTime": since,
                "observedGeneration": object::generation(&budget),
            }],
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "disruptionsAllowed": allowed,
            "expectedPods": expected,
            "observedGeneration": object::generation(&budget),
        }),
    );
    api.replace(BUDGETS, next);
    Ok(())
}

/// How many pods there should be: what their controllers want, and the ones without.
fn expected(api: &Api, own: &[Rc<Value>]) -> i64 {
    let mut counted = ordered::OrderedSet::new();
    let mut total = 0;
    for pod in own {
        let Some(owner) = object::controller_reference(pod) else {
            total += 1;
            continue;
        };
        if !counted.insert(object::get_str(owner, &["uid"]).to_owned()) {
            continue;
        }
        let wanted = api
            .resource_of_kind(object::api_version(owner), object::kind(owner))
            .and_then(|resource| {
                let key = crate::server::storage(&resource);
                let name = object::get_str(owner, &["name"]);
                let found = api.store().get(&key, object::namespace(pod), name)?;
                object::get_i64(&found, &["spec", "replicas"])
            });
        total += wanted.unwrap_or(1);
    }
    total
}
