//! Events.

use kubernetes_api::object;
use serde_json::Value;

use super::{Printer, name, since};

pub(super) const PRINTER: Printer = (
    "Last Seen|Type|Reason|Object|Subobject+|Source+|Message|First Seen+|Count+|Name+",
    cells,
);

fn cells(event: &Value, now: i64) -> Vec<Value> {
    // `events.k8s.io` shows the same events with other names of the fields.
    let mut core;
    let mut event = event;
    if event.get("regarding").is_some() {
        core = event.clone();
        crate::strategy::core_event(&mut core);
        event = &core;
    }
    let at = |field: &str| object::get_str(event, &[field]);
    let seen_first = match at("firstTimestamp") {
        "" => at("eventTime"),
        time => time,
    };
    let seen_last = match at("lastTimestamp") {
        "" => at("eventTime"),
        time => time,
    };
    let seen_last = match object::get_str(event, &["series", "lastObservedTime"]) {
        "" => seen_last,
        time => time,
    };
    let object_name = object::get_str(event, &["involvedObject", "name"]);
    let kind = object::get_str(event, &["involvedObject", "kind"]).to_lowercase();
    let target = if object_name.is_empty() {
        kind
    } else {
        format!("{kind}/{object_name}")
    };
    let count = object::get_i64(event, &["series", "count"])
        .or_else(|| object::get_i64(event, &["count"]))
        .unwrap_or(1);
    vec![
        since(seen_last, now).into(),
        at("type").into(),
        at("reason").into(),
        target.into(),
        object::get_str(event, &["involvedObject", "fieldPath"]).into(),
        source(event).into(),
        at("message").trim().into(),
        since(seen_first, now).into(),
        count.into(),
        name(event),
    ]
}

fn source(event: &Value) -> String {
    let text = |path: &[&str]| object::get_str(event, path).to_owned();
    let (mut component, mut host) = (text(&["source", "component"]), text(&["source", "host"]));
    if component.is_empty() {
        component = text(&["reportingComponent"]);
        host = text(&["reportingInstance"]);
    }
    if host.is_empty() {
        component
    } else {
        format!("{component}, {host}")
    }
}
