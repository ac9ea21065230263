//! `pods/eviction`: a deletion that disruption budgets may refuse.
//!
//! Models kubernetes pkg/registry/core/pod/storage `EvictionREST`.

use std::rc::Rc;

use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::{Cause, Details, Status};
use kubernetes_api::{body, object};
use machine::http::Response;
use serde_json::{Value, json};

use crate::server::http::{Asked, success};
use crate::server::{Api, DeleteOptions};

pub(super) async fn answer(api: &Api, mut asked: Asked) -> Result<Response, Status> {
    let eviction = body::read(std::mem::take(&mut asked.request.body))
        .await
        .map_err(Status::bad_request)?;
    let given = eviction.get("deleteOptions").cloned().unwrap_or_default();
    let mut options = DeleteOptions::of(&given, |_| None);
    options.dry_run |= asked.options().dry_run;
    let pod = api.get(&asked.resource, asked.namespace(), &asked.path.name)?;
    let running = object::get_str(&pod, &["status", "phase"]) == "Running";
    if running && !object::is_terminating(&pod) && !options.dry_run {
        spend_budget(api, &pod)?;
    }
    api.delete(
        &asked.resource,
        asked.namespace(),
        &asked.path.name,
        &options,
    )?;
    let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(success(201, Rc::new(done)))
}

fn spend_budget(api: &Api, pod: &Value) -> Result<(), Status> {
    let namespace = object::namespace(pod);
    for budget in api
        .store()
        .list("poddisruptionbudgets.policy", Some(namespace))
    {
        let selector = budget
            .pointer("/spec/selector")
            .cloned()
            .unwrap_or_default();
        let matches = LabelSelector::from_value(&selector)
            .is_ok_and(|selector| selector.matches(object::labels(pod)));
        if !matches {
            continue;
        }
        let allowed = object::get_i64(&budget, &["status", "disruptionsAllowed"]).unwrap_or(0);
        if allowed <= 0 {
            return Err(refusal(&budget));
        }
        let mut spent = (*budget).clone();
        object::set(&mut spent, &["status", "disruptionsAllowed"], allowed - 1);
        api.store().put("poddisruptionbudgets.policy", spent);
    }
    Ok(())
}

fn refusal(budget: &Value) -> Status {
    let name = object::name(budget);
    let healthy = object::get_i64(budget, &["status", "currentHealthy"]).unwrap_or(0);
    let desired = object::get_i64(budget, &["status", "desiredHealthy"]).unwrap_or(0);
    let mut status = Status::too_many_requests(
        "Cannot evict pod as it would violate the pod's disruption budget.",
        0,
    );
    let cause = Cause {
        reason: "DisruptionBudget".into(),
        message: format!(
            "The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"
        ),
        field: String::new(),
    };
    status
        .details
        .get_or_insert_with(Details::default)
        .causes
        .push(cause);
    status
}
