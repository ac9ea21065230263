//! `serviceaccounts/token`: what `kubectl create token` asks for.

use std::rc::Rc;

use kubernetes_api::status::Status;
use kubernetes_api::{body, object, time};
use machine::http::Response;
use serde_json::json;

use crate::server::Api;
use crate::server::http::{Asked, success};

/// Characters of a token, which nothing here checks.
const TOKEN_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) async fn answer(api: &Api, mut asked: Asked) -> Result<Response, Status> {
    api.get(&asked.resource, asked.namespace(), &asked.path.name)?;
    let request = body::read(std::mem::take(&mut asked.request.body))
        .await
        .map_err(Status::bad_request)?;
    let seconds = object::get_i64(&request, &["spec", "expirationSeconds"]).unwrap_or(3600);
    let expires = api
        .now()
        .saturating_add(seconds.saturating_mul(1_000_000_000));
    let part = |length| api.random().text(TOKEN_LETTERS, length);
    let token = format!(
        "eyJhbGciOiJSUzI1NiIs{}.{}.{}",
        part(44),
        part(300),
        part(342)
    );
    let answer = json!({
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {
            "name": asked.path.name,
            "namespace": asked.namespace(),
            "creationTimestamp": api.timestamp(),
        },
        "spec": {
            "audiences": ["https://kubernetes.default.svc.cluster.local"],
            "expirationSeconds": seconds,
            "boundObjectRef": null,
        },
        "status": {"token": token, "expirationTimestamp": time::rfc3339(expires)},
    });
    Ok(success(201, Rc::new(answer)))
}
