//! `kubectl rollout history`: the revisions of a workload.

use super::revisions;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::describe::template_text;
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::columns::Columns;
use crate::printing::output::{ObjectPrinter, Output, type_and_name};
use crate::session::Session;
use kubernetes_api::object::set;

static FLAGS: &[Flag] = &[Flag::new(
    "revision",
    Kind::Int,
    "Show the pod template of this revision.",
)];

/// The command.
pub static COMMAND: Command = Command {
    name: "history",
    usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
    short: "View rollout history",
    flags: &[FLAGS, global::FILES, global::SELECTOR, global::OUTPUT],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let wanted = session.flags().int("revision");
    if wanted < 0 {
        return Err(Failure::message("revision must be a positive integer: -1").prefixed(""));
    }
    let mut printer = match Output::of_verb(session.flags(), &session.invocation.process)? {
        Some(output) => Some(ObjectPrinter::new(output, session.flags())?.typed()),
        None => None,
    };
    for (resource, object) in super::targets(&session).await? {
        let all = revisions::of(&session, &resource, &object).await?;
        if let Some(printer) = &mut printer {
            let shown = all.iter().filter(|one| wanted == 0 || one.number == wanted);
            let mut text = String::new();
            for revision in shown {
                text.push_str(&printer.print(&revision.object)?);
            }
            if text.is_empty() && wanted > 0 {
                return Err(Failure::message("unable to find the specified revision"));
            }
            session.print(text).await;
            continue;
        }
        let what = type_and_name(&object);
        if wanted > 0 {
            let Some(revision) = all.iter().find(|one| one.number == wanted) else {
                return Err(Failure::message("unable to find the specified revision"));
            };
            let mut template = revision.template();
            if !revision.cause.is_empty() {
                set(
                    &mut template,
                    &["metadata", "annotations", revisions::CHANGE_CAUSE],
                    revision.cause.as_str(),
                );
            }
            let text = template_text(&template, session.now());
            session
                .print(format!("{what} with revision #{wanted}\n{text}\n"))
                .await;
            continue;
        }
        if all.is_empty() {
            session
                .print(format!("{what} \nNo rollout history found.\n"))
                .await;
            continue;
        }
        let mut lines = "REVISION\tCHANGE-CAUSE\n".to_owned();
        for revision in &all {
            let cause = if revision.cause.is_empty() {
                "<none>"
            } else {
                &revision.cause
            };
            lines.push_str(&format!("{}\t{cause}\n", revision.number));
        }
        let table = Columns::describe().align(&lines);
        session.print(format!("{what} \n{table}\n")).await;
    }
    Ok(())
}
