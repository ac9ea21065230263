//! `kubectl scale`: how many replicas there should be.
//!
//! Models kubectl `pkg/cmd/scale` and `pkg/scale`.

use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Selection, Session, segment};
use kubernetes_api::object::{get_i64, get_str};
use kubernetes_api::resources::Resource;
use serde_json::json;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::new(
        "current-replicas",
        Kind::Int,
        "Scale only when there are so many now.",
    )
    .default("-1"),
    Flag::new("replicas", Kind::Int, "How many there should be."),
    Flag::text("resource-version", "Scale only this version of the object."),
    Flag::new(
        "timeout",
        Kind::Duration,
        "Time to wait until so many are there; 0 does not wait.",
    ),
    Flag::text("output", "Format of the output.").short('o'),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "scale",
    usage: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
    short: "Set a new size for a deployment, replica set, or replication controller",
    examples: "# Three replicas\nkubectl scale --replicas=3 deployment/web",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::ALL,
        global::DRY_RUN,
    ],
    required: &["replicas"],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let replicas = flags.int("replicas");
    if replicas < 0 {
        return Err(Failure::message(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let mut failures = Vec::new();
    for (resource, namespace, name) in targets(&session).await? {
        match scale(&session, &resource, &namespace, &name).await {
            Ok(()) => {
                let what = resource.singular_with_group();
                let text = if session.flags().text("output") == "name" {
                    format!("{what}/{name}\n")
                } else {
                    let suffix = super::dry_run_suffix(session.flags());
                    format!("{what}/{name} scaled{suffix}\n")
                };
                session.print(text).await;
            }
            Err(failure) => failures.push(failure),
        }
    }
    Failure::all(failures)
}

/// The objects to scale: type, namespace, name.
async fn targets(session: &Session) -> Result<Vec<(Rc<Resource>, String, String)>, Failure> {
    let selection = Selection::of(session.flags());
    let everything = session.flags().is("all") || !selection.labels.is_empty();
    let mut targets = Vec::new();
    for one in session.named().await? {
        let namespace = if one.namespace.is_empty() {
            session.namespace().to_owned()
        } else {
            one.namespace.clone()
        };
        match one.name {
            Some(name) => targets.push((one.resource, namespace, name)),
            None if everything => {
                let all = session
                    .list(&one.resource, Some(&namespace), &selection.labels)
                    .await?;
                for object in all {
                    let name = kubernetes_api::object::name(&object).to_owned();
                    targets.push((one.resource.clone(), namespace.clone(), name));
                }
            }
            None => return Err(arguments::no_name()),
        }
    }
    Ok(targets)
}

async fn scale(session: &Session, resource: &Resource, namespace: &str, name: &str) -> Outcome {
    let flags = session.flags();
    let path = resource.path(Some(namespace), Some(&segment(name)), Some("scale"));
    let current = flags.int("current-replicas");
    let version = flags.text("resource-version");
    let replicas = flags.int("replicas");
    if flags.text("dry-run") == "client" {
        session.get_in(resource, namespace, name).await?;
        return Ok(());
    }
    if current >= 0 || !version.is_empty() {
        let scale = session.client.call(Call::get(path.clone())).await?;
        let have = get_i64(&scale, &["spec", "replicas"]).unwrap_or_default();
        if current >= 0 && have != current {
            return Err(Failure::message(format!(
                "Expected replicas to be {current}, was {have}"
            )));
        }
        let have = get_str(&scale, &["metadata", "resourceVersion"]);
        if !version.is_empty() && have != version {
            return Err(Failure::message(format!(
                "Expected resource version to be {version}, was {have}"
            )));
        }
    }
    let patch = json!({"spec": {"replicas": replicas}})
        .to_string()
        .into_bytes();
    let mut call = Call::new("PATCH", path).patch("application/merge-patch+json", patch);
    if flags.text("dry-run") == "server" {
        call = call.query("dryRun", "All");
    }
    session.client.call(call).await?;
    Ok(())
}
