//! `scale`: the count of replicas alone, for every kind that has one.

use std::rc::Rc;

use kubernetes_api::field::FieldError;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use kubernetes_api::{body, object};
use machine::http::Response;
use serde_json::{Value, json};

use crate::schema;
use crate::server::http::{Asked, success};
use crate::server::{Api, PatchKind};

pub(super) async fn answer(api: &Api, mut asked: Asked) -> Result<Response, Status> {
    let object = api.get(&asked.resource, asked.namespace(), &asked.path.name)?;
    let scale = scale_of(&object);
    let changed = match asked.request.method.as_str() {
        "GET" => return Ok(success(200, Rc::new(scale))),
        "PUT" => (*read(&mut asked).await?).clone(),
        "PATCH" => {
            let force = false;
            let kind = asked
                .request
                .headers
                .get("Content-Type")
                .and_then(|media| PatchKind::of(media, force))
                .ok_or_else(Status::unsupported_media_type)?;
            let patch = read(&mut asked).await?;
            schema::patched(api, &asked.resource, &scale, kind, &patch)?
        }
        _ => return Err(Status::method_not_allowed()),
    };
    let replicas = object::get_i64(&changed, &["spec", "replicas"]).unwrap_or(0);
    if replicas < 0 {
        let error = FieldError::invalid(
            "spec.replicas",
            replicas,
            "must be greater than or equal to 0",
        );
        return Err(Status::invalid(
            "autoscaling",
            "Scale",
            &asked.path.name,
            &[error],
        ));
    }
    let given = object::resource_version(&changed);
    if !given.is_empty() && given != object::resource_version(&object) {
        return Err(Status::modified(
            &asked.resource.group,
            &asked.resource.plural,
            &asked.path.name,
        ));
    }
    let mut scaled = (*object).clone();
    object::set(&mut scaled, &["spec", "replicas"], replicas);
    let options = asked.options();
    let place = (asked.namespace(), asked.path.name.as_str());
    let stored = api.update(&asked.resource, place.0, place.1, scaled, &options)?;
    Ok(success(200, Rc::new(scale_of(&stored))))
}

async fn read(asked: &mut Asked) -> Result<Rc<Value>, Status> {
    body::read(std::mem::take(&mut asked.request.body))
        .await
        .map_err(Status::bad_request)
}

fn scale_of(object: &Value) -> Value {
    let mut metadata = json!({});
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        if let Some(value) = object::get(object, &["metadata", field]) {
            object::set(&mut metadata, &[field], value.clone());
        }
    }
    let mut spec = json!({});
    let replicas = object::get_i64(object, &["spec", "replicas"]).unwrap_or(0);
    if replicas != 0 {
        object::set(&mut spec, &["replicas"], replicas);
    }
    let mut status = json!({
        "replicas": object::get_i64(object, &["status", "replicas"]).unwrap_or(0),
    });
    let selector = object::get(object, &["spec", "selector"])
        .cloned()
        .unwrap_or_default();
    if let Ok(selector) = LabelSelector::from_value(&selector) {
        object::set(&mut status, &["selector"], selector.to_string());
    }
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    })
}
