//! Reviews: objects that are never stored, but answered at once. Who am I, and what may I do?
//!
//! Models kubernetes pkg/registry/authorization and pkg/registry/authentication.

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use machine::http::Request;
use serde_json::{Value, json};

use super::Api;
use super::authorize::{User, Wish};

/// The answered review, when the resource is one.
///
/// # Errors
/// `BadRequest` or `Invalid` when the review asks for nothing.
pub(super) fn answer(
    api: &Api,
    request: &Request,
    resource: &Resource,
    review: &Value,
) -> Option<Result<Value, Status>> {
    let user = User::of(request);
    let mut answered = review.clone();
    match resource.kind.as_str() {
        "SelfSubjectReview" => {
            object::set(&mut answered, &["status", "userInfo"], info(&user));
        }
        "SelfSubjectAccessReview" => decide(api, &user, &mut answered),
        "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            let groups = object::get_list(review, &["spec", "groups"]);
            let user = User {
                name: object::get_str(review, &["spec", "user"]).to_owned(),
                uid: object::get_str(review, &["spec", "uid"]).to_owned(),
                groups: groups
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            };
            decide(api, &user, &mut answered);
        }
        "SelfSubjectRulesReview" => {
            let namespace = object::get_str(review, &["spec", "namespace"]);
            if namespace.is_empty() {
                return Some(Err(Status::bad_request("no namespace on request")));
            }
            let (paths, resources): (Vec<Value>, Vec<Value>) = api
                .rules_of(&user, namespace)
                .into_iter()
                .partition(|rule| rule.get("nonResourceURLs").is_some());
            object::set(
                &mut answered,
                &["status"],
                json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false}),
            );
        }
        "TokenReview" => {
            object::set(
                &mut answered,
                &["status"],
                json!({"user": {}, "error": "invalid bearer token"}),
            );
        }
        _ => return None,
    }
    object::set(
        &mut answered,
        &["metadata", "creationTimestamp"],
        Value::Null,
    );
    Some(Ok(answered))
}

fn info(user: &User) -> Value {
    let mut info = json!({"username": user.name, "groups": user.groups});
    if !user.uid.is_empty() {
        object::set(&mut info, &["uid"], user.uid.as_str());
    }
    info
}

fn decide(api: &Api, user: &User, review: &mut Value) {
    let at = |path: &[&str]| object::get_str(review, path).to_owned();
    let of = |field: &str| at(&["spec", "resourceAttributes", field]);
    let (verb, path) = (of("verb"), at(&["spec", "nonResourceAttributes", "path"]));
    let path_verb = at(&["spec", "nonResourceAttributes", "verb"]);
    let (group, resource, subresource) = (of("group"), of("resource"), of("subresource"));
    let (name, namespace) = (of("name"), of("namespace"));
    let wish = Wish {
        verb: if path.is_empty() { &verb } else { &path_verb },
        group: &group,
        resource: &resource,
        subresource: &subresource,
        name: &name,
        namespace: &namespace,
        path: &path,
    };
    let why = api.allows(user, wish);
    let mut status = json!({"allowed": why.is_some()});
    if let Some(why) = why.filter(|why| !why.is_empty()) {
        object::set(&mut status, &["reason"], why);
    }
    object::set(review, &["status"], status);
}
