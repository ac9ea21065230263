//! Rules about writes that look beyond the object itself: its namespace, service account,
//! priority, limits, quotas.
//!
//! Models kubernetes plugin/pkg/admission.

mod limit_range;
mod pod;
pub(crate) mod quota;
pub(crate) mod requests;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::{Cause, Details, Status};
use serde_json::Value;

use crate::server::{Api, storage};

/// Namespaces that may not be deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Refuses objects for a namespace that is not there or going away.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn namespace(
    api: &Api,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Result<(), Status> {
    if !resource.namespaced {
        return Ok(());
    }
    let Some(found) = api.store().get("namespaces", "", namespace) else {
        return Err(Status::not_found("", "namespaces", namespace));
    };
    if !object::is_terminating(&found) {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {namespace} because it is being terminated"
    );
    let mut status = Status::forbidden(&resource.group, &resource.plural, name, &why);
    let cause = Cause {
        reason: "NamespaceTerminating".into(),
        message: format!("namespace {namespace} is being terminated"),
        field: "metadata.namespace".into(),
    };
    status
        .details
        .get_or_insert_with(Details::default)
        .causes
        .push(cause);
    Err(status)
}

/// Completes a new object, before it is validated.
///
/// # Errors
/// `Forbidden`.
pub fn create(api: &Api, resource: &Resource, object: &mut Value) -> Result<(), Status> {
    if storage(resource) == "pods" {
        pod::create(api, resource, object)?;
        limit_range::complete(api, object);
    }
    Ok(())
}

/// Completes a changed object, before it is validated.
pub fn update(resource: &Resource, old: &Value, object: &mut Value) {
    if storage(resource) == "pods" {
        pod::update(old, object);
    }
}

/// Checks a new object that is valid in itself.
///
/// # Errors
/// `Forbidden`.
pub fn check(api: &Api, resource: &Resource, object: &Value) -> Result<(), Status> {
    if matches!(
        storage(resource).as_str(),
        "pods" | "persistentvolumeclaims"
    ) {
        limit_range::check(api, resource, object)?;
    }
    quota::check(api, resource, object)
}

/// Checks a deletion.
///
/// # Errors
/// `Forbidden`.
pub fn delete(_api: &Api, resource: &Resource, object: &Value) -> Result<(), Status> {
    let name = object::name(object);
    if resource.kind == "Namespace" && IMMORTAL.contains(&name) {
        let why = "this namespace may not be deleted";
        return Err(Status::forbidden("", "namespaces", name, why));
    }
    Ok(())
}
