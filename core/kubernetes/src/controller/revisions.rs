//! Revisions of a StatefulSet's or DaemonSet's template, kept as ControllerRevisions.
//!
//! Models kubernetes pkg/controller/history.

use std::rc::Rc;

use kubernetes_api::{json, object, template_hash};
use serde_json::{Value, json};

use super::is_controlled_by;
use crate::server::{Api, WriteOptions};

const REVISIONS: &str = "controllerrevisions.apps";
/// The label with a revision's hash.
pub(super) const HASH_LABEL: &str = "controller-revision-hash";

/// The revision of an owner's present template, made when it is new. Gives the hash.
pub(super) fn current(api: &Api, owner: &Value) -> String {
    let mut template = object::get(owner, &["spec", "template"])
        .cloned()
        .unwrap_or_default();
    object::set(&mut template, &["$patch"], "replace");
    let data = json!({"spec": {"template": template}});
    let own = all(api, owner);
    if let Some(same) = own
        .iter()
        .find(|revision| revision.get("data") == Some(&data))
    {
        let newest = own
            .iter()
            .map(|revision| number(revision))
            .max()
            .unwrap_or(0);
        if number(same) < newest {
            let mut raised = (**same).clone();
            object::set(&mut raised, &["revision"], newest + 1);
            api.replace(REVISIONS, raised);
        }
        return object::label(same, HASH_LABEL)
            .unwrap_or_default()
            .to_owned();
    }
    // A StatefulSet's revision is named by its text and the collisions so far (none), a
    // DaemonSet's like the ReplicaSet of a Deployment.
    let hash = if object::kind(owner) == "StatefulSet" {
        template_hash::text_hash(&(json::compact(&data) + "0"))
    } else {
        let template = object::get(owner, &["spec", "template"]);
        template_hash::pod_template_hash(template.unwrap_or(&Value::Null), None)
    };
    let newest = own
        .iter()
        .map(|revision| number(revision))
        .max()
        .unwrap_or(0);
    let mut labels = object::get(owner, &["spec", "template", "metadata", "labels"])
        .cloned()
        .unwrap_or_else(|| json!({}));
    object::set(&mut labels, &[HASH_LABEL], hash.as_str());
    let revision = json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": format!("{}-{hash}", object::name(owner)),
            "labels": labels,
            "ownerReferences": [object::make_controller_reference(owner)],
        },
        "data": data,
        "revision": newest + 1,
    });
    if let Some(resource) = api.resource(REVISIONS) {
        // One of the same name says the same.
        let _ = api.create(
            &resource,
            object::namespace(owner),
            revision,
            &WriteOptions::default(),
        );
    }
    hash
}

fn number(revision: &Value) -> i64 {
    object::get_i64(revision, &["revision"]).unwrap_or(0)
}

fn all(api: &Api, owner: &Value) -> Vec<Rc<Value>> {
    let mut own = api.store().list(REVISIONS, Some(object::namespace(owner)));
    own.retain(|revision| is_controlled_by(revision, object::uid(owner)));
    own
}

/// The template of a revision by its hash, when it is still kept.
pub(super) fn template(api: &Api, owner: &Value, hash: &str) -> Option<Value> {
    let own = all(api, owner);
    let found = own
        .iter()
        .find(|revision| object::label(revision, HASH_LABEL) == Some(hash))?;
    let mut template = object::get(found, &["data", "spec", "template"])?.clone();
    object::remove(&mut template, &["$patch"]);
    Some(template)
}
