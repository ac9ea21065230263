//! The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of others.

use crate::failure::Failure;
use crate::pods;
use crate::session::Session;
use kubernetes_api::object::{
    annotation, controller_reference, get, get_i64, get_str, namespace, remove, uid,
};
use kubernetes_api::resources::Resource;
use serde_json::Value;

/// The annotation with a ReplicaSet's revision.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation with why a revision was made.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// One revision.
pub struct Revision {
    /// Its number.
    pub number: i64,
    /// Why it was made; empty when nobody said.
    pub cause: String,
    /// The object that keeps it.
    pub object: Value,
}

impl Revision {
    /// The pod template as the workload would have it.
    pub fn template(&self) -> Value {
        let kept = get(&self.object, &["spec", "template"]);
        kept.or_else(|| get(&self.object, &["data", "spec", "template"]))
            .cloned()
            .unwrap_or_default()
    }

    /// The same without the label that tells ReplicaSets apart.
    pub fn clean_template(&self) -> Value {
        let mut template = self.template();
        remove(&mut template, &["metadata", "labels", "pod-template-hash"]);
        template
    }
}

/// All revisions of an object, oldest first.
pub async fn of(
    session: &Session,
    resource: &Resource,
    object: &Value,
) -> Result<Vec<Revision>, Failure> {
    let word = match resource.kind.as_str() {
        "Deployment" => "replicasets.apps",
        "DaemonSet" | "StatefulSet" => "controllerrevisions.apps",
        _ => {
            return Err(Failure::message(format!(
                "no history viewer has been implemented for \"{}\"",
                super::group_kind(resource)
            )));
        }
    };
    let kept = session.mapper.resource(word).await?;
    let selector = pods::selector(resource, object)?;
    let all = session
        .list(&kept, Some(namespace(object)), &selector)
        .await?;
    let owned = all.into_iter().filter(|one| {
        controller_reference(one).is_some_and(|owner| get_str(owner, &["uid"]) == uid(object))
    });
    let mut revisions: Vec<Revision> = owned
        .map(|one| {
            let number = match annotation(&one, REVISION) {
                Some(text) => text.parse().unwrap_or_default(),
                None => get_i64(&one, &["revision"]).unwrap_or_default(),
            };
            Revision {
                number,
                cause: annotation(&one, CHANGE_CAUSE)
                    .unwrap_or_default()
                    .to_owned(),
                object: one,
            }
        })
        .collect();
    revisions.sort_by_key(|revision| revision.number);
    Ok(revisions)
}
