//! `kubectl rollout undo`: back to an earlier revision.

use super::revisions::{self, Revision};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets::Found;
use crate::writing::{JSON_PATCH, LAST_APPLIED, Place, Report, STRATEGIC, Writing};
use kubernetes_api::json::{compact, quote_go};
use kubernetes_api::object::{annotation, annotations, get, get_bool, name};
use serde_json::{Map, Value, json};

static FLAGS: &[Flag] = &[Flag::new(
    "to-revision",
    Kind::Int,
    "The revision to go back to; 0 is the one before.",
)];

/// The command.
pub static COMMAND: Command = Command {
    name: "undo",
    usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
    short: "Undo a previous rollout",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::OUTPUT,
        global::DRY_RUN,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// Annotations that belong to a ReplicaSet alone, not to the template that it keeps.
const OWN_ANNOTATIONS: [&str; 7] = [
    LAST_APPLIED,
    revisions::REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
    "deprecated.daemonset.template.generation",
];

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let writing = Writing::of(session.flags(), "kubectl-rollout")?;
    let mut report = Report::new(&session, writing.suffix())?;
    for (resource, object) in super::targets(&session).await? {
        if annotation(&object, LAST_APPLIED).is_some() {
            let what = format!("{}/{}", resource.plural, name(&object));
            session
                .print_error(format!("Warning: resource {what} was previously managed with 'kubectl apply'. Rolling back will not update the {LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n"))
                .await;
        }
        let done = roll_back(&session, &writing, &(resource, object.clone())).await?;
        report.say_now(&session, &object, &done).await?;
    }
    Ok(())
}

async fn roll_back(
    session: &Session,
    writing: &Writing,
    (resource, object): &Found,
) -> Result<String, Failure> {
    if !matches!(
        resource.kind.as_str(),
        "Deployment" | "DaemonSet" | "StatefulSet"
    ) {
        return Err(Failure::message(format!(
            "no rollbacker has been implemented for {}",
            quote_go(&super::group_kind(resource))
        )));
    }
    let wanted = session.flags().int("to-revision");
    if get_bool(object, &["spec", "paused"]) {
        return Err(Failure::message(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
        ));
    }
    let all = revisions::of(session, resource, object).await?;
    let revision = find(&all, wanted, object)?;
    let template = revision.clean_template();
    if get(object, &["spec", "template"]) == Some(&template) {
        return Ok(format!(
            "skipped rollback (current template already matches revision {})",
            revision.number
        ));
    }
    let place = Place::of(resource, object);
    if resource.kind != "Deployment" {
        let data = get(&revision.object, &["data"])
            .cloned()
            .unwrap_or_default();
        let bytes = compact(&data).into_bytes();
        writing.patch(session, &place, STRATEGIC, bytes).await?;
        return Ok("rolled back".to_owned());
    }
    let mut kept: Map<String, Value> = Map::new();
    let own = |key: &str| OWN_ANNOTATIONS.contains(&key);
    for (key, value) in annotations(object)
        .into_iter()
        .flatten()
        .filter(|(key, _)| own(key))
    {
        kept.insert(key.clone(), value.clone());
    }
    for (key, value) in annotations(&revision.object)
        .into_iter()
        .flatten()
        .filter(|(key, _)| !own(key))
    {
        kept.insert(key.clone(), value.clone());
    }
    let patch = json!([
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "replace", "path": "/metadata/annotations", "value": kept},
    ]);
    let bytes = compact(&patch).into_bytes();
    writing.patch(session, &place, JSON_PATCH, bytes).await?;
    Ok("rolled back".to_owned())
}

/// The revision of a number, or the one before the newest for 0.
fn find<'a>(all: &'a [Revision], wanted: i64, object: &Value) -> Result<&'a Revision, Failure> {
    if wanted > 0 {
        return all.iter().find(|one| one.number == wanted).ok_or_else(|| {
            Failure::message(format!(
                "unable to find specified revision {wanted} in history"
            ))
        });
    }
    all.iter().rev().nth(1).ok_or_else(|| {
        Failure::message(format!(
            "no rollout history found for deployment {}",
            quote_go(name(object))
        ))
    })
}
