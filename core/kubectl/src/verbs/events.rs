//! `kubectl events`: what happened, oldest first.
//!
//! Models kubectl `pkg/cmd/events`.

use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation};
use crate::describe::event_age;
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::columns::Columns;
use crate::printing::output::{ObjectPrinter, Output, list_of};
use crate::session::{Session, items};
use kubernetes_api::object::get_str;
use kubernetes_api::time::parse_rfc3339;
use serde_json::Value;

static FLAGS: &[Flag] = &[
    Flag::text("chunk-size", "Objects in one answer of the server.").default("500"),
    Flag::text("for", "Only events about this object, TYPE/NAME."),
    Flag::switch("no-headers", "No line of headers."),
    Flag::list("types", "Only events of these types: Normal, Warning."),
    Flag::switch("watch", "Go on printing what happens.").short('w'),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "events",
    usage: "[(-o|--output=)json|yaml|…] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]",
    short: "List events",
    flags: &[FLAGS, global::OUTPUT, global::ALL_NAMESPACES],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let output = Output::of_verb(flags, &session.invocation.process)?;
    let all_namespaces = flags.is("all-namespaces");
    let mut fields = String::new();
    if !flags.text("for").is_empty() {
        if !flags.text("for").contains('/') {
            return Err(Failure::message("--for must be in resource/name form"));
        }
        let named = arguments::type_and_name(&session.mapper, flags.text("for")).await;
        let named = named.map_err(|failure| match failure {
            Failure::Message(text) if text.contains("resource type") => Failure::Plain(text),
            other => other,
        })?;
        fields = format!(
            "involvedObject.kind={},involvedObject.name={}",
            named.resource.kind,
            named.name.unwrap_or_default()
        );
    }
    let path = if all_namespaces {
        "/api/v1/events".to_owned()
    } else {
        format!("/api/v1/namespaces/{}/events", session.namespace())
    };
    let call = || Call::get(path.as_str()).query("fieldSelector", fields.as_str());
    let list = session.client.list(call).await?;
    let types = flags.list("types");
    let known =
        |one: &String| one.eq_ignore_ascii_case("Normal") || one.eq_ignore_ascii_case("Warning");
    if !types.iter().all(known) {
        return Err(Failure::message("valid --types are Normal or Warning"));
    }
    let wanted = |event: &Value| {
        types.is_empty()
            || types
                .iter()
                .any(|one| one.eq_ignore_ascii_case(get_str(event, &["type"])))
    };
    let resource = session.mapper.resource("events").await?;
    let mut events = items(&list, &resource);
    events.retain(wanted);
    let watching = flags.is("watch");
    if events.is_empty() && !watching {
        let text = if all_namespaces {
            "No events found.\n".to_owned()
        } else {
            format!("No events found in {} namespace.\n", session.namespace())
        };
        session.print_error(text).await;
        return Ok(());
    }
    if !watching {
        events.sort_by_key(last_seen);
    }
    if let Some(output) = output {
        let mut printer = ObjectPrinter::new(output, flags)?;
        session.print(printer.print(&list_of(events))?).await;
        return Ok(());
    }
    let mut columns = Columns::table();
    let mut lines = String::new();
    if !flags.is("no-headers") {
        lines.push_str(if all_namespaces { "NAMESPACE\t" } else { "" });
        lines.push_str("LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
    }
    for event in &events {
        lines.push_str(&line(&session, event));
    }
    session.print(columns.align(&lines)).await;
    if !watching {
        return Ok(());
    }
    let version = get_str(&list, &["metadata", "resourceVersion"]);
    let mut watch = session
        .client
        .watch(call().query("resourceVersion", version))
        .await?;
    while let Some(event) = watch.next().await {
        if matches!(event.kind, "ADDED" | "MODIFIED") && wanted(&event.object) {
            let text = columns.align(&line(&session, &event.object));
            session.print(text).await;
        }
    }
    Ok(())
}

/// When an event was seen last, in nanoseconds.
fn last_seen(event: &Value) -> i64 {
    let times = [
        get_str(event, &["series", "lastObservedTime"]),
        get_str(event, &["lastTimestamp"]),
        get_str(event, &["eventTime"]),
    ];
    times
        .into_iter()
        .find_map(parse_rfc3339)
        .unwrap_or_default()
}

fn line(session: &Session, event: &Value) -> String {
    let text = |path: &[&str]| get_str(event, path).to_owned();
    let namespace = if session.flags().is("all-namespaces") {
        text(&["metadata", "namespace"]) + "\t"
    } else {
        String::new()
    };
    format!(
        "{namespace}{}\t{}\t{}\t{}/{}\t{}\n",
        event_age(event, session.now()),
        text(&["type"]),
        text(&["reason"]),
        text(&["involvedObject", "kind"]),
        text(&["involvedObject", "name"]),
        text(&["message"]).trim().replace(['\n', '\t'], " ")
    )
}
