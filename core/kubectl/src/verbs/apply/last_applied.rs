//! `kubectl apply view-last-applied`: what was applied last.

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::Outcome;
use crate::global;
use crate::session::Session;
use crate::writing::LAST_APPLIED;
use kubernetes_api::object::annotation;
use serde_json::Value;

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
