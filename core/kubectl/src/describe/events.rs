//! The events below a description.

use super::Subject;
use super::page::{Page, number, or};
use crate::client::Call;
use kubernetes_api::object::{get, get_list, get_str, uid};
use serde_json::Value;

/// Writes the events of the object, oldest first.
pub async fn describe(subject: &Subject<'_>, page: &mut Page) {
    let mut events = find(subject).await;
    if events.is_empty() {
        page.line(0, "Events:\t<none>");
        return;
    }
    page.flush();
    // Events of the newer form have no such time and come first.
    events.sort_by(|left, right| last_seen(left).cmp(last_seen(right)));
    page.line(0, "Events:");
    page.line(1, "Type\tReason\tAge\tFrom\tMessage");
    page.line(1, "----\t------\t----\t----\t-------");
    for event in &events {
        let age = age(page, event);
        let from = or(
            get_str(event, &["source", "component"]),
            get_str(event, &["reportingComponent"]),
        );
        let place = get_str(event, &["involvedObject", "fieldPath"]);
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("{place}: ")
        };
        page.line(
            1,
            format!(
                "{}\t{}\t{age}\t{from}\t{place}{}",
                get_str(event, &["type"]),
                get_str(event, &["reason"]),
                get_str(event, &["message"]).trim()
            ),
        );
    }
}

async fn find(subject: &Subject<'_>) -> Vec<Value> {
    let object = subject.object;
    let kind = subject.resource.kind.as_str();
    // The events of a node name the node in the place of the UID.
    let of_uid = if kind == "Node" {
        subject.name()
    } else {
        uid(object)
    };
    let namespace = subject.namespace();
    let mut fields = format!("involvedObject.name={}", subject.name());
    if !namespace.is_empty() {
        fields.push_str(&format!(",involvedObject.namespace={namespace}"));
    }
    fields.push_str(&format!(",involvedObject.kind={kind}"));
    if !of_uid.is_empty() {
        fields.push_str(&format!(",involvedObject.uid={of_uid}"));
    }
    let path = if namespace.is_empty() {
        "/api/v1/events".to_owned()
    } else {
        format!("/api/v1/namespaces/{namespace}/events")
    };
    let listed = subject
        .session
        .client
        .list(|| Call::get(path.as_str()).query("fieldSelector", fields.as_str()))
        .await;
    let listed = listed.map(|list| get_list(&list, &["items"]).to_vec());
    listed.unwrap_or_default()
}

/// When an event was seen last, in a form that sorts.
fn last_seen(event: &Value) -> &str {
    get_str(event, &["lastTimestamp"])
}

/// `5s`, or `3s (x2 over 9s)`.
pub fn age(page: &Page, event: &Value) -> String {
    let first = or(
        get_str(event, &["eventTime"]),
        get_str(event, &["firstTimestamp"]),
    );
    let first = page.since(first);
    if get(event, &["series"]).is_some_and(|series| !series.is_null()) {
        return format!(
            "{} (x{} over {first})",
            page.since(get_str(event, &["series", "lastObservedTime"])),
            number(event, &["series", "count"])
        );
    }
    if number(event, &["count"]) > 1 {
        return format!(
            "{} (x{} over {first})",
            page.since(get_str(event, &["lastTimestamp"])),
            number(event, &["count"])
        );
    }
    first
}
