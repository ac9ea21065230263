//! `kubectl apply view-last-applied` and `set-last-applied`: what was applied last.

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::writing::{DryRun, LAST_APPLIED, MERGE, Place, Report, Writing, annotate_last_applied};
use kubernetes_api::object::annotation;
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[Flag::text("output", "\"yaml\" or \"json\".")
    .short('o')
    .default("yaml")];

/// The command.
pub static VIEW: Command = Command {
    name: "view-last-applied",
    usage: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]",
    short: "View the latest last-applied-configuration annotations of a resource/object",
    flags: &[FLAGS, global::FILES, global::SELECTOR, global::ALL],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let format = session.flags().text("output").to_owned();
    if !matches!(format.as_str(), "yaml" | "json") {
        return Err(session.invocation.usage_error(format!(
            "Unexpected -o output mode: {format}, the flag 'output' must be one of yaml|json"
        )));
    }
    for (_, object) in crate::targets::objects(&session).await? {
        let Some(text) = annotation(&object, LAST_APPLIED) else {
            // kubectl says nothing of what was never applied.
            continue;
        };
        let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let shown = if format == "json" {
            kubernetes_api::json::indented(&value, "  ") + "\n"
        } else {
            kubernetes_api::yaml::print(&value)
        };
        session.print(shown).await;
    }
    Ok(())
}

static SET_FLAGS: &[Flag] = &[Flag::switch(
    "create-annotation",
    "Also where nothing was applied yet.",
)];

/// `kubectl apply set-last-applied`.
pub static SET: Command = Command {
    name: "set-last-applied",
    usage: "-f FILENAME [options]",
    short: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
    flags: &[SET_FLAGS, global::FILES, global::DRY_RUN, global::OUTPUT],
    run: Some(|invocation| Box::pin(set_last(invocation))),
    ..Command::EMPTY
};

async fn set_last(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let writing = Writing::of(flags, "kubectl-set-last-applied")?;
    let mut report = Report::new(&session, writing.suffix())?;
    let (documents, failures) = crate::files::documents(&session.invocation.process, flags).await?;
    Failure::all(failures)?;
    for document in documents {
        let resource = session.resource_of(&document).await?;
        let mut wanted = document.value;
        let namespace = session.namespace_of(&wanted)?;
        let name = kubernetes_api::object::name(&wanted).to_owned();
        if resource.namespaced {
            kubernetes_api::object::set(
                &mut wanted,
                &["metadata", "namespace"],
                namespace.as_str(),
            );
        }
        annotate_last_applied(&mut wanted);
        let live = session.get_in(&resource, &namespace, &name).await?;
        let (now, before) = (
            annotation(&wanted, LAST_APPLIED),
            annotation(&live, LAST_APPLIED),
        );
        if before.is_none() && !flags.is("create-annotation") {
            return Err(Failure::message(format!(
                "no last-applied-configuration annotation found on resource: {name}, to create the annotation, run the command with --create-annotation"
            )));
        }
        if now == before {
            let text = format!("set-last-applied {name}: no changes required.\n");
            session.print(text).await;
            continue;
        }
        let mut object = live.clone();
        if writing.dry_run() != DryRun::Client {
            let patch = json!({"metadata": {"annotations": {LAST_APPLIED: now}}});
            let place = Place::of(&resource, &live);
            let bytes = kubernetes_api::json::compact(&patch).into_bytes();
            object = writing.patch(&session, &place, MERGE, bytes).await?;
        }
        report.say_now(&session, &object, "configured").await?;
    }
    Ok(())
}
