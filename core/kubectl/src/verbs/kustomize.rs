//! `kubectl kustomize`: prints what a kustomization makes.

use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::kustomize;
use machine::Content;

static FLAGS: &[Flag] = &[
    Flag::switch("enable-helm", "Use charts."),
    Flag::text("load-restrictor", "Which files may be read.").default("LoadRestrictionsRootOnly"),
    Flag::text("output", "File to write to.").short('o'),
    Flag::text("reorder", "\"legacy\" or \"none\".").default("legacy"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "kustomize",
    usage: "DIR [flags] [options]",
    short: "Build a kustomization target from a directory or URL",
    examples: "# What the kustomization of this folder makes\nkubectl kustomize .",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let folder = match invocation.arguments.as_slice() {
        [] => ".",
        [folder] => folder,
        _ => {
            return Err(Failure::message("specify one path to kustomization.yaml"));
        }
    };
    let process = &invocation.process;
    let (objects, warnings) = kustomize::build(process, folder)?;
    process.print_error(warnings).await;
    let text = kustomize::print(&objects);
    let path = invocation.flags.text("output");
    if path.is_empty() {
        process.print(text).await;
        return Ok(());
    }
    let written = process
        .files()
        .write(&process.path(path), Content::new(text), 0o666);
    written.map_err(|error| {
        let why = crate::files::go_error(error);
        Failure::message(format!("open {path}: {why}"))
    })
}
