//! Jobs and CronJobs.

use kubernetes_api::{duration, object, time};
use serde_json::Value;

use super::{Printer, age, containers, count, name, selector, since};

pub(super) const JOB: Printer = (
    "Name|Status|Completions|Duration|Age|Containers+|Images+|Selector+",
    |job, now| {
        let spec = job
            .pointer("/spec/template/spec")
            .cloned()
            .unwrap_or_default();
        let (names, images) = containers(&spec);
        vec![
            name(job),
            status(job).into(),
            completions(job).into(),
            duration(job, now).into(),
            age(job, now),
            names,
            images,
            selector(job),
        ]
    },
);

pub(super) const CRON_JOB: Printer = (
    "Name|Schedule|Timezone|?Suspend|#Active|Last Schedule|Age|Containers+|Images+|Selector+",
    |job, now| {
        let spec = job
            .pointer("/spec/jobTemplate/spec/template/spec")
            .cloned()
            .unwrap_or_default();
        let (names, images) = containers(&spec);
        let last = object::get_str(job, &["status", "lastScheduleTime"]);
        let last = if last.is_empty() {
            "<none>".to_owned()
        } else {
            since(last, now)
        };
        let suspended = object::get_bool(job, &["spec", "suspend"]);
        vec![
            name(job),
            object::get_str(job, &["spec", "schedule"]).into(),
            super::or_none(object::get_str(job, &["spec", "timeZone"])),
            if suspended { "True" } else { "False" }.into(),
            object::get_list(job, &["status", "active"]).len().into(),
            last.into(),
            age(job, now),
            names,
            images,
            "<none>".into(),
        ]
    },
);

fn status(job: &Value) -> &'static str {
    let holds = |kind: &str| {
        object::condition(job, kind)
            .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
    };
    if holds("Complete") {
        "Complete"
    } else if holds("Failed") {
        "Failed"
    } else if object::is_terminating(job) {
        "Terminating"
    } else if holds("Suspended") {
        "Suspended"
    } else if holds("FailureTarget") {
        "FailureTarget"
    } else if holds("SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

fn completions(job: &Value) -> String {
    let done = count(job, &["status", "succeeded"]);
    match object::get_i64(job, &["spec", "completions"]) {
        Some(wanted) => format!("{done}/{wanted}"),
        None => match count(job, &["spec", "parallelism"]) {
            parallel if parallel > 1 => format!("{done}/1 of {parallel}"),
            _ => format!("{done}/1"),
        },
    }
}

fn duration(job: &Value, now: i64) -> String {
    let at = |field: &str| time::parse_rfc3339(object::get_str(job, &["status", field]));
    match (at("startTime"), at("completionTime")) {
        (None, _) => String::new(),
        (Some(start), None) => duration::human(now - start),
        (Some(start), Some(end)) => duration::human(end - start),
    }
}
