//! `kubectl rollout pause`, `resume` and `restart`.

use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets::Found;
use crate::writing::{Report, Writing};
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_bool, name, remove, set};

static FLAGS: &[Flag] = &[];

/// `kubectl rollout pause`.
pub static PAUSE: Command = Command {
    name: "pause",
    usage: "RESOURCE [options]",
    short: "Mark the provided resource as paused",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::OUTPUT,
        global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(run(invocation, Change::Pause))),
    ..Command::EMPTY
};

/// `kubectl rollout resume`.
pub static RESUME: Command = Command {
    name: "resume",
    usage: "RESOURCE [options]",
    short: "Resume a paused resource",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::OUTPUT,
        global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(run(invocation, Change::Resume))),
    ..Command::EMPTY
};

/// `kubectl rollout restart`.
pub static RESTART: Command = Command {
    name: "restart",
    usage: "RESOURCE [options]",
    short: "Restart a resource",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::OUTPUT,
        global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(run(invocation, Change::Restart))),
    ..Command::EMPTY
};

#[derive(Clone, Copy)]
enum Change {
    Pause,
    Resume,
    Restart,
}

async fn run(invocation: Invocation, change: Change) -> Outcome {
    let session = Session::open(invocation)?;
    let writing = Writing::of(session.flags(), "kubectl-rollout")?;
    let mut report = Report::new(&session, writing.suffix())?;
    let mut failures = Vec::new();
    for found in super::targets(&session).await? {
        match one(&session, &writing, &mut report, found, change).await {
            Ok(()) => {}
            Err(failure) => failures.push(failure),
        }
    }
    Failure::all(failures)
}

async fn one(
    session: &Session,
    writing: &Writing,
    report: &mut Report,
    (resource, object): Found,
    change: Change,
) -> Outcome {
    let what = format!("{} {}", resource.group_resource(), quote_go(name(&object)));
    let paused = get_bool(&object, &["spec", "paused"]);
    let kind = resource.kind.as_str();
    let mut after = object.clone();
    let done = match change {
        Change::Pause | Change::Resume if kind != "Deployment" => {
            let word = if matches!(change, Change::Pause) {
                "pausing"
            } else {
                "resuming"
            };
            return Err(Failure::message(format!("{what} {word} is not supported")));
        }
        Change::Pause if paused => {
            return Err(Failure::message(format!("{what} is already paused")));
        }
        Change::Resume if !paused => return Err(Failure::message(format!("{what} is not paused"))),
        Change::Pause => {
            set(&mut after, &["spec", "paused"], true);
            "paused"
        }
        Change::Resume => {
            remove(&mut after, &["spec", "paused"]);
            "resumed"
        }
        Change::Restart => {
            if !matches!(kind, "Deployment" | "DaemonSet" | "StatefulSet") {
                return Err(Failure::message(format!(
                    "{what} restarting is not supported"
                )));
            }
            if paused {
                return Err(Failure::message(format!(
                    "{what} can't restart paused deployment (run rollout resume first)"
                )));
            }
            let now = kubernetes_api::time::rfc3339(session.now());
            set(
                &mut after,
                &[
                    "spec",
                    "template",
                    "metadata",
                    "annotations",
                    "kubectl.kubernetes.io/restartedAt",
                ],
                now,
            );
            "restarted"
        }
    };
    let (object, _) = writing.change(session, &resource, &object, &after).await?;
    report.say_now(session, &object, done).await
}
