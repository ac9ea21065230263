//! `/openapi/v3`: as much of it as clients ask before they leave the checking of fields to the
//! server, namely that patches take `fieldValidation`. The schemas themselves are not told.

use std::rc::Rc;

use kubernetes_api::resources::{Resource, api_version};
use machine::http::{Request, Response};
use serde_json::{Map, Value, json};

use super::Api;
use super::http::success;

/// The answer, when the path is one of OpenAPI.
pub(super) fn answer(api: &Api, request: &Request) -> Option<Response> {
    let path = request.path.strip_prefix("/openapi/v3")?;
    let value = match path.trim_matches('/') {
        "" => index(api),
        one => document(api, one)?,
    };
    Some(success(200, Rc::new(value)))
}

fn place(resource: &Resource) -> String {
    let root = if resource.group.is_empty() {
        "api"
    } else {
        "apis"
    };
    format!("{root}/{}", api_version(&resource.group, &resource.version))
}

fn index(api: &Api) -> Value {
    let mut paths = Map::new();
    api.with_resources(|table| {
        for resource in table.iter() {
            let place = place(resource);
            let url = format!("/openapi/v3/{place}?hash={}", crate::VERSION);
            paths.insert(place, json!({"serverRelativeURL": url}));
        }
    });
    json!({"paths": paths})
}

fn document(api: &Api, wanted: &str) -> Option<Value> {
    let mut paths = Map::new();
    api.with_resources(|table| {
        for resource in table.iter().filter(|resource| place(resource) == wanted) {
            if resource.has_verb("patch") {
                let namespace = resource.namespaced.then_some("{namespace}");
                paths.insert(
                    resource.path(namespace, Some("{name}"), None),
                    patch(resource),
                );
            }
        }
    });
    (!paths.is_empty()).then(|| {
        json!({
            "openapi": "3.0.0",
            "info": {"title": "Kubernetes", "version": crate::VERSION},
            "paths": paths,
            "components": {},
        })
    })
}

fn patch(resource: &Resource) -> Value {
    let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    json!({"patch": {
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {
            "group": resource.group,
            "version": resource.version,
            "kind": resource.kind,
        },
        "parameters": [parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation")],
        "responses": {"200": {"description": "OK"}},
    }})
}
