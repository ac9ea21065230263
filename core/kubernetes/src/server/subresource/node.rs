//! Logs and commands: the API server asks the kubelet of the pod's node.

use kubernetes_api::object;
use kubernetes_api::status::Status;
use machine::http::Response;
use serde_json::Value;

use crate::server::Api;
use crate::server::http::Asked;

pub(super) async fn answer(api: &Api, asked: Asked) -> Result<Response, Status> {
    let pod = api.get(&asked.resource, asked.namespace(), &asked.path.name)?;
    check_container(&pod, &asked)?;
    let node = object::get_str(&pod, &["spec", "nodeName"]).to_owned();
    let name = object::name(&pod).to_owned();
    if node.is_empty() {
        // Nothing runs yet, so there is nothing to read.
        return if asked.path.subresource == "log" {
            Ok(Response::text(200, ""))
        } else {
            Err(Status::bad_request(format!(
                "pod {name} does not have a host assigned"
            )))
        };
    }
    let kubelet = api
        .node(&node)
        .ok_or_else(|| Status::internal_error(&format!("dial tcp: lookup {node}: no such host")))?;
    let subresource = asked.path.subresource.clone();
    kubelet.call(pod, &subresource, asked.request).await
}

/// Refuses containers that the pod has not, and asks which one when there are several.
fn check_container(pod: &Value, asked: &Asked) -> Result<(), Status> {
    if asked.path.subresource == "portforward" {
        return Ok(());
    }
    let name = object::name(pod);
    let names = |field: &str| -> Vec<&str> {
        object::get_list(pod, &["spec", field])
            .iter()
            .map(|container| object::get_str(container, &["name"]))
            .collect()
    };
    let (containers, init) = (names("containers"), names("initContainers"));
    let wanted = asked.request.parameter("container").unwrap_or_default();
    if wanted.is_empty() {
        if containers.len() == 1 {
            return Ok(());
        }
        let mut message = format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            containers.join(" ")
        );
        if !init.is_empty() {
            message.push_str(&format!(
                " or one of the init containers: [{}]",
                init.join(" ")
            ));
        }
        return Err(Status::bad_request(message));
    }
    let ephemeral = names("ephemeralContainers");
    let all = containers.iter().chain(&init).chain(&ephemeral);
    if all.into_iter().any(|name| *name == wanted) {
        return Ok(());
    }
    Err(Status::bad_request(format!(
        "container {wanted} is not valid for pod {name}"
    )))
}
