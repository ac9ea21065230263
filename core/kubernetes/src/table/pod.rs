//! Pods: the STATUS column says what matters most about the containers.

use kubernetes_api::{duration, object, time};
use serde_json::Value;

use super::{Printer, age, containers, name, or_none};

pub(super) const PRINTER: Printer = (
    "Name|Ready|Status|Restarts|Age|IP+|Node+|Nominated Node+|Readiness Gates+",
    cells,
);

pub(super) const TEMPLATE: Printer = ("Name|Containers|Images|Pod Labels", template);

/// What STATUS says of a pod and how often its containers were restarted, for who draws pods.
pub fn pod_status(pod: &Value) -> (String, i64) {
    let summary = Summary::of(pod);
    (summary.reason, summary.restarts)
}

fn cells(pod: &Value, now: i64) -> Vec<Value> {
    let summary = Summary::of(pod);
    let address = object::get_list(pod, &["status", "podIPs"])
        .first()
        .map(|ip| object::get_str(ip, &["ip"]))
        .unwrap_or_default();
    vec![
        name(pod),
        format!("{}/{}", summary.ready, summary.total).into(),
        summary.reason.clone().into(),
        summary.restarts_text(now).into(),
        age(pod, now),
        or_none(address),
        or_none(object::get_str(pod, &["spec", "nodeName"])),
        or_none(object::get_str(pod, &["status", "nominatedNodeName"])),
        gates(pod),
    ]
}

fn gates(pod: &Value) -> Value {
    let gates = object::get_list(pod, &["spec", "readinessGates"]);
    if gates.is_empty() {
        return "<none>".into();
    }
    let passed = gates.iter().filter(|gate| {
        object::condition(pod, object::get_str(gate, &["conditionType"]))
            .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
    });
    format!("{}/{}", passed.count(), gates.len()).into()
}

fn template(template: &Value, _now: i64) -> Vec<Value> {
    let spec = template
        .pointer("/template/spec")
        .cloned()
        .unwrap_or_default();
    let (names, images) = containers(&spec);
    let labels = object::get_map(template, &["template", "metadata", "labels"]);
    let labels: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    vec![name(template), names, images, or_none(&labels.join(","))]
}

struct Summary {
    reason: String,
    ready: usize,
    total: usize,
    restarts: i64,
    last_restart: Option<i64>,
}

impl Summary {
    fn of(pod: &Value) -> Summary {
        let phase = object::get_str(pod, &["status", "phase"]);
        let reason = object::get_str(pod, &["status", "reason"]);
        let mut summary = Summary {
            reason: if reason.is_empty() { phase } else { reason }.to_owned(),
            ready: 0,
            total: object::get_list(pod, &["spec", "containers"]).len(),
            restarts: 0,
            last_restart: None,
        };
        if let Some(condition) = object::condition(pod, "PodScheduled")
            && object::get_str(condition, &["reason"]) == "SchedulingGated"
        {
            summary.reason = "SchedulingGated".to_owned();
        }
        let sidecars = sidecars(pod);
        summary.total += sidecars.len();
        let initializing = summary.init_containers(pod, &sidecars);
        if !initializing || initialized(pod) {
            summary.containers(pod);
        }
        summary.deletion(pod, phase);
        summary
    }

    /// Goes through the init containers; true while one has not done its part.
    fn init_containers(&mut self, pod: &Value, sidecars: &[&str]) -> bool {
        let specs = object::get_list(pod, &["spec", "initContainers"]).len();
        for (index, status) in object::get_list(pod, &["status", "initContainerStatuses"])
            .iter()
            .enumerate()
        {
            self.count_restart(status);
            let sidecar = sidecars.contains(&object::get_str(status, &["name"]));
            let terminated = object::get(status, &["state", "terminated"]);
            let waiting = object::get_str(status, &["state", "waiting", "reason"]);
            if terminated.is_some_and(|end| object::get_i64(end, &["exitCode"]) == Some(0)) {
                continue;
            }
            if sidecar && object::get_bool(status, &["started"]) {
                if object::get_bool(status, &["ready"]) {
                    self.ready += 1;
                }
                continue;
            }
            self.reason = match terminated {
                Some(end) => format!("Init:{}", end_reason(end)),
                None if !waiting.is_empty() && waiting != "PodInitializing" => {
                    format!("Init:{waiting}")
                }
                None => format!("Init:{index}/{specs}"),
            };
            return true;
        }
        false
    }

    fn containers(&mut self, pod: &Value) {
        // Sidecars keep their restarts; those of finished init containers no longer count.
        let sidecars = sidecars(pod);
        self.restarts = 0;
        self.last_restart = None;
        for status in object::get_list(pod, &["status", "initContainerStatuses"]) {
            if sidecars.contains(&object::get_str(status, &["name"])) {
                self.count_restart(status);
            }
        }
        let mut running = false;
        for status in object::get_list(pod, &["status", "containerStatuses"])
            .iter()
            .rev()
        {
            self.count_restart(status);
            let waiting = object::get_str(status, &["state", "waiting", "reason"]);
            if !waiting.is_empty() {
                self.reason = waiting.to_owned();
            } else if let Some(end) = object::get(status, &["state", "terminated"]) {
                self.reason = end_reason(end);
            } else if object::get_bool(status, &["ready"])
                && object::get(status, &["state", "running"]).is_some()
            {
                running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" && running {
            let ready = object::condition(pod, "Ready")
                .is_some_and(|condition| object::get_str(condition, &["status"]) == "True");
            self.reason = if ready { "Running" } else { "NotReady" }.to_owned();
        }
    }

    fn deletion(&mut self, pod: &Value, phase: &str) {
        if !object::is_terminating(pod) {
            return;
        }
        if object::get_str(pod, &["status", "reason"]) == "NodeLost" {
            self.reason = "Unknown".to_owned();
        } else if !matches!(phase, "Failed" | "Succeeded") {
            self.reason = "Terminating".to_owned();
        }
    }

    fn count_restart(&mut self, status: &Value) {
        self.restarts += object::get_i64(status, &["restartCount"]).unwrap_or(0);
        let ended = object::get_str(status, &["lastState", "terminated", "finishedAt"]);
        if let Some(ended) = time::parse_rfc3339(ended) {
            self.last_restart = Some(self.last_restart.map_or(ended, |last| last.max(ended)));
        }
    }

    fn restarts_text(&self, now: i64) -> String {
        match self.last_restart {
            Some(last) if self.restarts > 0 => {
                format!("{} ({} ago)", self.restarts, duration::human(now - last))
            }
            _ => self.restarts.to_string(),
        }
    }
}

/// Init containers that go on running beside the others.
fn sidecars(pod: &Value) -> Vec<&str> {
    object::get_list(pod, &["spec", "initContainers"])
        .iter()
        .filter(|container| object::get_str(container, &["restartPolicy"]) == "Always")
        .map(|container| object::get_str(container, &["name"]))
        .collect()
}

fn initialized(pod: &Value) -> bool {
    object::condition(pod, "Initialized")
        .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
}

fn end_reason(end: &Value) -> String {
    let reason = object::get_str(end, &["reason"]);
    if !reason.is_empty() {
        return reason.to_owned();
    }
    match object::get_i64(end, &["signal"]).unwrap_or(0) {
        0 => format!(
            "ExitCode:{}",
            object::get_i64(end, &["exitCode"]).unwrap_or(0)
        ),
        signal => format!("Signal:{signal}"),
    }
}
