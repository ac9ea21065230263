//! What hangs below one object: status, scale, binding, eviction, and what the node answers.

mod binding;
mod eviction;
mod node;
mod scale;
mod token;

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use machine::http::Response;

use super::Api;
use super::http::{Asked, success};

/// Answers a request to a subresource.
pub(super) async fn answer(api: &Api, mut asked: Asked) -> Result<Response, Status> {
    if asked
        .resource
        .subresource(&asked.path.subresource)
        .is_none()
    {
        return Err(Status::resource_not_found());
    }
    let method = asked.request.method.clone();
    match (asked.path.subresource.as_str(), method.as_str()) {
        ("scale", _) => scale::answer(api, asked).await,
        ("binding", "POST") => binding::answer(api, asked).await,
        ("eviction", "POST") => eviction::answer(api, asked).await,
        ("token", "POST") => token::answer(api, asked).await,
        ("log" | "exec" | "attach" | "portforward", "GET" | "POST") => {
            node::answer(api, asked).await
        }
        ("finalize", "PUT") => {
            let resource = asked.resource.clone();
            let (object, _) = api.body_object(&mut asked, &resource).await?;
            let finalized = api.finalize_namespace(&asked.path.name, &object)?;
            Ok(success(200, finalized))
        }
        (_, "GET") => {
            let object = api.get(&asked.resource, asked.namespace(), &asked.path.name)?;
            Ok(success(200, object))
        }
        (_, "PUT") => {
            let resource = asked.resource.clone();
            let (object, _) = api.body_object(&mut asked, &resource).await?;
            let place = (asked.namespace(), asked.path.name.as_str());
            let updated = api.update(&resource, place.0, place.1, object, &asked.options())?;
            Ok(success(200, updated))
        }
        (_, "PATCH") => api.patch_request(&mut asked).await,
        _ => Err(Status::method_not_allowed()),
    }
}

impl Api {
    /// Takes the finalizers of a namespace's spec away; the last one takes the namespace along.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn finalize_namespace(
        &self,
        name: &str,
        given: &serde_json::Value,
    ) -> Result<Rc<serde_json::Value>, Status> {
        let Some(old) = self.store().get("namespaces", "", name) else {
            return Err(Status::not_found("", "namespaces", name));
        };
        let mut namespace = (*old).clone();
        match object::get(given, &["spec", "finalizers"]) {
            Some(finalizers) => {
                object::set(&mut namespace, &["spec", "finalizers"], finalizers.clone());
            }
            None => {
                object::remove(&mut namespace, &["spec", "finalizers"]);
            }
        }
        let over = object::is_terminating(&namespace)
            && object::get_list(&namespace, &["spec", "finalizers"]).is_empty()
            && object::finalizers(&namespace).next().is_none();
        if over {
            let gone = self.store().remove("namespaces", "", name);
            return Ok(gone.unwrap_or(old));
        }
        Ok(self.store().put("namespaces", namespace))
    }
}
