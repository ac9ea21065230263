//! The page of a pod.

use super::Subject;
use super::page::{Page, date, number, or};
use super::template::{containers, tolerations};
use super::volume;
use kubernetes_api::object::{condition, get, get_i64, get_list, get_map, get_str, is_terminating};
use serde_json::Value;

/// Writes the page without its events.
pub fn describe(subject: &Subject<'_>, page: &mut Page) {
    let pod = subject.object;
    let spec = get(pod, &["spec"]).unwrap_or(&Value::Null);
    page.identity(pod);
    if let Some(priority) = get_i64(spec, &["priority"]) {
        page.field(0, "Priority", priority);
    }
    for (title, key) in [
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ] {
        let text = get_str(spec, &[key]);
        if !text.is_empty() {
            page.field(0, title, text);
        }
    }
    match get_str(spec, &["nodeName"]) {
        "" => page.field(0, "Node", "<none>"),
        node => page.field(
            0,
            "Node",
            format!("{node}/{}", get_str(pod, &["status", "hostIP"])),
        ),
    }
    let start = get_str(pod, &["status", "startTime"]);
    if !start.is_empty() {
        page.field(0, "Start Time", date(start));
    }
    page.metadata(pod);
    status(pod, page);
    page.controller(pod);
    let nominated = get_str(pod, &["status", "nominatedNodeName"]);
    if !nominated.is_empty() {
        page.field(0, "NominatedNodeName", nominated);
    }
    if !get_list(spec, &["initContainers"]).is_empty() {
        let statuses = Some((pod, "initContainerStatuses"));
        containers(
            page,
            "Init Containers",
            spec,
            "initContainers",
            statuses,
            "",
        );
    }
    let statuses = Some((pod, "containerStatuses"));
    containers(page, "Containers", spec, "containers", statuses, "");
    if !get_list(spec, &["ephemeralContainers"]).is_empty() {
        let statuses = Some((pod, "ephemeralContainerStatuses"));
        containers(
            page,
            "Ephemeral Containers",
            spec,
            "ephemeralContainers",
            statuses,
            "",
        );
    }
    conditions(pod, page);
    volume::volumes(page, get_list(spec, &["volumes"]), "");
    page.field(0, "QoS Class", get_str(pod, &["status", "qosClass"]));
    page.pairs("Node-Selectors", get_map(spec, &["nodeSelector"]));
    tolerations(page, "Tolerations", spec);
}

fn status(pod: &Value, page: &mut Page) {
    let phase = get_str(pod, &["status", "phase"]);
    if is_terminating(pod) && !matches!(phase, "Failed" | "Succeeded") {
        let since = page.since(get_str(pod, &["metadata", "deletionTimestamp"]));
        page.field(0, "Status", format!("Terminating (lasts {since})"));
        let seconds = number(pod, &["metadata", "deletionGracePeriodSeconds"]);
        page.field(0, "Termination Grace Period", format!("{seconds}s"));
    } else {
        page.field(0, "Status", phase);
    }
    for (title, key) in [("Reason", "reason"), ("Message", "message")] {
        let text = get_str(pod, &["status", key]);
        if !text.is_empty() {
            page.field(0, title, text);
        }
    }
    page.field(0, "IP", get_str(pod, &["status", "podIP"]));
    let addresses = get_list(pod, &["status", "podIPs"]);
    if addresses.is_empty() {
        return page.field(0, "IPs", "<none>");
    }
    page.line(0, "IPs:");
    for address in addresses {
        page.field(1, "IP", get_str(address, &["ip"]));
    }
}

fn conditions(pod: &Value, page: &mut Page) {
    let gates = get_list(pod, &["spec", "readinessGates"]);
    if !gates.is_empty() {
        page.line(0, "Readiness Gates:\n  Type\tStatus");
        for gate in gates {
            let kind = get_str(gate, &["conditionType"]);
            let status = condition(pod, kind).map(|condition| get_str(condition, &["status"]));
            page.line(
                1,
                format!("{kind} \t{} ", or(status.unwrap_or_default(), "<none>")),
            );
        }
    }
    let all = get_list(pod, &["status", "conditions"]);
    if !all.is_empty() {
        page.line(0, "Conditions:\n  Type\tStatus");
        for one in all {
            let (kind, status) = (get_str(one, &["type"]), get_str(one, &["status"]));
            page.line(1, format!("{kind} \t{status} "));
        }
    }
}
