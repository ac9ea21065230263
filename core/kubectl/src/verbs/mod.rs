//! The commands: one file each, with its flags and what it does.

mod delete;
mod describe;
mod get;
mod logs;
mod scale;

use crate::command_line::{Command, Flags};

/// `kubectl` itself, with its commands in the order of its help.
pub static ROOT: Command = Command {
    name: "kubectl",
    short: "kubectl controls the Kubernetes cluster manager.",
    long: "kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/",
    children: &[
        &get::COMMAND,
        &delete::COMMAND,
        &scale::COMMAND,
        &describe::COMMAND,
        &logs::COMMAND,
    ],
    ..Command::EMPTY
};

/// What follows a line of words when nothing was really done.
pub fn dry_run_suffix(flags: &Flags) -> &'static str {
    match flags.text("dry-run") {
        "client" => " (dry run)",
        "server" => " (server dry run)",
        _ => "",
    }
}
