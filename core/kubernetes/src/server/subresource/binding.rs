//! `pods/binding`: a pod gets its node.
//!
//! Models kubernetes pkg/registry/core/pod/storage `BindingREST`.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use machine::http::Response;
use serde_json::json;

use crate::server::Api;
use crate::server::http::{Asked, success};

pub(super) async fn answer(api: &Api, mut asked: Asked) -> Result<Response, Status> {
    let value = kubernetes_api::body::read(std::mem::take(&mut asked.request.body))
        .await
        .map_err(Status::bad_request)?;
    let node = object::get_str(&value, &["target", "name"]);
    api.bind(asked.namespace(), &asked.path.name, node)?;
    let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(success(201, Rc::new(done)))
}

impl Api {
    /// Gives a pod its node and the condition that says so.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when it has a node or is being deleted.
    pub fn bind(&self, namespace: &str, name: &str, node: &str) -> Result<(), Status> {
        let Some(old) = self.store().get("pods", namespace, name) else {
            return Err(Status::not_found("", "pods", name));
        };
        if object::is_terminating(&old) {
            let why = format!("pod {name} is being deleted, cannot be assigned to a host");
            return Err(Status::conflict("", "pods/binding", name, &why));
        }
        let current = object::get_str(&old, &["spec", "nodeName"]);
        if !current.is_empty() {
            let why = format!("pod {name} is already assigned to node {current:?}");
            return Err(Status::conflict("", "pods/binding", name, &why));
        }
        let mut pod = (*old).clone();
        object::set(&mut pod, &["spec", "nodeName"], node);
        object::remove(&mut pod, &["status", "nominatedNodeName"]);
        let mut conditions: Vec<serde_json::Value> =
            object::get_list(&pod, &["status", "conditions"]).to_vec();
        conditions.retain(|condition| object::get_str(condition, &["type"]) != "PodScheduled");
        conditions.push(json!({
            "type": "PodScheduled",
            "status": "True",
            "lastProbeTime": null,
            "lastTransitionTime": self.timestamp(),
        }));
        object::set(&mut pod, &["status", "conditions"], conditions);
        self.store().put("pods", pod);
        Ok(())
    }
}
