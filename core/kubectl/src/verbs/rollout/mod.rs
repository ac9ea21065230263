//! `kubectl rollout`: how a change of a workload goes on, and its history.
//!
//! Models kubectl `pkg/cmd/rollout` and `pkg/polymorphichelpers`.

mod change;
mod history;
mod revisions;
mod status;
mod undo;

use crate::command_line::Command;
use crate::failure::Failure;
use crate::session::Session;
use crate::targets::{Found, objects_of_types};
use kubernetes_api::resources::Resource;

/// The command.
pub static COMMAND: Command = Command {
    name: "rollout",
    usage: "SUBCOMMAND [options]",
    short: "Manage the rollout of a resource",
    long: "Manage the rollout of one or many resources: deployments, daemonsets and statefulsets.",
    children: &[
        &history::COMMAND,
        &change::PAUSE,
        &change::RESTART,
        &change::RESUME,
        &status::COMMAND,
        &undo::COMMAND,
    ],
    ..Command::EMPTY
};

/// A kind with its group, as Go prints a `GroupKind`: `ReplicaSet.apps`, `Pod`.
fn group_kind(resource: &Resource) -> String {
    kubernetes_api::resources::qualified(&resource.kind, &resource.group)
}

/// The objects of the command line.
async fn targets(session: &Session) -> Result<Vec<Found>, Failure> {
    if session.arguments().is_empty() && !session.has_files() {
        return Err(Failure::message("required resource not specified"));
    }
    objects_of_types(session).await
}
