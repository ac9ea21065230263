//! `docker events`: what happens in the engine, past and to come.

use super::format::{parse_time, rfc3339_fixed};
use super::{Arguments, Command, Context, command};
use crate::Event;
use crate::template::Template;
use machine::Time;
use serde_json::{Map, Value, json};
use simulation::Either;

pub(super) const COMMANDS: &[Command] = &[command(
    &["events", "system events"],
    "[OPTIONS]",
    "Get real time events from the server",
    Arguments::None,
    "\
-f --filter filter|Filter output based on conditions provided
--format string|{inspect}
--since string|Show all events created since timestamp
--until string|Stream events until this timestamp",
    |context| Box::pin(events(context)),
)];

async fn events(context: Context) -> u8 {
    let now = context.engine.now();
    let bound = |name: &str| {
        context
            .flags
            .text(name)
            .and_then(|text| parse_time(text, now))
    };
    let (since, until) = (bound("since"), bound("until"));
    let template = match context.flags.text("format") {
        None | Some("") => None,
        Some(_) if is_json(&context) => None,
        Some(format) => match Template::parse(format) {
            Ok(template) => Some(template),
            Err(error) => {
                context
                    .error_line(format!("Error parsing format: {error}"))
                    .await;
                return 64;
            }
        },
    };
    let mut coming = context.engine.events();
    if let Some(since) = since {
        for event in context.engine.past_events() {
            let wanted = event.time >= since && until.is_none_or(|until| event.time <= until);
            if wanted && !show(&context, template.as_ref(), &event).await {
                return 1;
            }
        }
    }
    let simulation = context.process.simulation().clone();
    let end = simulation.sleep_until(until.unwrap_or(Time::MAX));
    let mut end = std::pin::pin!(end);
    if until.is_some_and(|until| until <= now) {
        return 0;
    }
    loop {
        match simulation::race(coming.recv(), end.as_mut()).await {
            Either::Left(Some(event)) => {
                if !show(&context, template.as_ref(), &event).await {
                    return 1;
                }
            }
            _ => return 0,
        }
    }
}

fn passes(context: &Context, event: &Event) -> bool {
    let filters = context.flags.list("filter");
    let names = [
        "event",
        "container",
        "image",
        "type",
        "label",
        "network",
        "volume",
    ];
    names.iter().all(|name| {
        let prefix = format!("{name}=");
        let mut wanted = filters
            .iter()
            .filter_map(|filter| filter.strip_prefix(&prefix))
            .peekable();
        if wanted.peek().is_none() {
            return true;
        }
        wanted.any(|value| match *name {
            "event" => event.action == value || event.action.starts_with(&format!("{value}:")),
            "type" => event.kind == value,
            "label" => {
                let (key, text) = value.split_once('=').unwrap_or((value, ""));
                event
                    .attribute(key)
                    .is_some_and(|own| text.is_empty() || own == text)
            }
            "image" => {
                event.attribute("image").is_some_and(|image| image == value)
                    || (event.kind == "image" && event.attribute("name") == Some(value))
            }
            kind => {
                event.kind == kind
                    && (event.id.starts_with(value) || event.attribute("name") == Some(value))
            }
        })
    })
}

async fn show(context: &Context, template: Option<&Template>, event: &Event) -> bool {
    if !passes(context, event) {
        return true;
    }
    let text = match template {
        None if is_json(context) => in_order(event),
        None => plain(event),
        Some(template) => match template.execute_loosely(&value(event)) {
            Ok(text) => text,
            Err(error) => {
                context.error_line(error).await;
                return false;
            }
        },
    };
    context.line(text).await;
    true
}

/// Whether whole events are asked for as JSON.
fn is_json(context: &Context) -> bool {
    let format = context.flags.text("format").unwrap_or_default();
    matches!(format.replace(' ', "").as_str(), "json" | "{{json.}}")
}

/// An event as JSON, its fields in the order of the API's structure.
fn in_order(event: &Event) -> String {
    let value = value(event);
    let fields = [
        "status", "id", "from", "Type", "Action", "Actor", "scope", "time", "timeNano",
    ];
    let fields = fields.iter().filter_map(|name| {
        let value = value.get(*name)?;
        Some(format!("{name:?}:{}", crate::json::go(value)))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn plain(event: &Event) -> String {
    let mut attributes: Vec<String> = Vec::new();
    for (key, value) in &event.attributes {
        attributes.push(format!("{key}={value}"));
    }
    format!(
        "{} {} {} {} ({})",
        rfc3339_fixed(event.time),
        event.kind,
        event.action,
        event.id,
        attributes.join(", ")
    )
}

fn value(event: &Event) -> Value {
    let attributes: Map<String, Value> = event
        .attributes
        .iter()
        .map(|(key, value)| (key.clone(), json!(value)))
        .collect();
    let mut value = json!({
        "Type": event.kind,
        "Action": event.action,
        "Actor": {"ID": event.id, "Attributes": attributes},
        "scope": "local",
        "time": event.time.as_secs(),
        "timeNano": event.time.as_nanos(),
    });
    if let ("container" | "image", Value::Object(object)) = (event.kind, &mut value) {
        object.insert("status".into(), json!(event.action));
        object.insert("id".into(), json!(event.id));
        if let Some(image) = event.attribute("image") {
            object.insert("from".into(), json!(image));
        }
        // Go templates name the structure's fields.
        object.insert("Status".into(), json!(event.action));
    }
    value
}
