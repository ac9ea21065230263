//! The pages of PodDisruptionBudget, HorizontalPodAutoscaler and PriorityClass.

use super::Subject;
use super::page::{Page, date, number, number_or, plain, selector};
use kubernetes_api::object::{annotations, get, get_bool, get_i64, get_list, get_str};
use serde_json::Value;

/// Writes the page of a PodDisruptionBudget.
pub fn disruption_budget(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    for (title, key) in [
        ("Min available", "minAvailable"),
        ("Max unavailable", "maxUnavailable"),
    ] {
        if let Some(value) = get(object, &["spec", key]) {
            page.field(0, title, plain(value));
        }
    }
    page.field(0, "Selector", selector(object, &["spec", "selector"]));
    page.line(0, "Status:");
    for (title, key) in [
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ] {
        page.field(2, title, number(object, &["status", key]));
    }
}

/// Writes the page of a HorizontalPodAutoscaler.
pub fn autoscaler(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    page.field(
        0,
        "CreationTimestamp",
        date(get_str(object, &["metadata", "creationTimestamp"])),
    );
    let kind = get_str(object, &["spec", "scaleTargetRef", "kind"]);
    let target = get_str(object, &["spec", "scaleTargetRef", "name"]);
    page.field(0, "Reference", format!("{kind}/{target}"));
    page.field(0, "Metrics", "( current / target )");
    let metrics = get_list(object, &["spec", "metrics"]);
    let current = get_list(object, &["status", "currentMetrics"]);
    for (index, metric) in metrics.iter().enumerate() {
        metric_line(page, metric, current.get(index));
    }
    page.field(
        0,
        "Min replicas",
        number_or(object, &["spec", "minReplicas"], "<unset>"),
    );
    page.field(0, "Max replicas", number(object, &["spec", "maxReplicas"]));
    let (have, want) = (
        number(object, &["status", "currentReplicas"]),
        number(object, &["status", "desiredReplicas"]),
    );
    page.field(
        0,
        &format!("{kind} pods"),
        format!("{have} current / {want} desired"),
    );
    let conditions = get_list(object, &["status", "conditions"]);
    if !conditions.is_empty() {
        page.line(0, "Conditions:\n  Type\tStatus\tReason\tMessage");
        page.line(1, "----\t------\t------\t-------");
        for one in conditions {
            let text = |key: &str| get_str(one, &[key]);
            page.line(
                1,
                format!(
                    "{}\t{}\t{}\t{}",
                    text("type"),
                    text("status"),
                    text("reason"),
                    text("message")
                ),
            );
        }
    }
}

fn metric_line(page: &mut Page, metric: &Value, current: Option<&Value>) {
    let none = Value::Null;
    let current = current.unwrap_or(&none);
    match get(metric, &["resource"]) {
        Some(resource) => {
            let name = get_str(resource, &["name"]);
            if let Some(percent) = get_i64(resource, &["target", "averageUtilization"]) {
                let have = get_i64(current, &["resource", "current", "averageUtilization"]);
                let have = have.map_or("<unknown>".to_owned(), |have| {
                    let value = get(current, &["resource", "current", "averageValue"]);
                    format!("{have}% ({})", value.map(plain).unwrap_or_default())
                });
                let title = format!("resource {name} on pods  (as a percentage of request)");
                page.field(1, &title, format!("{have} / {percent}%"));
            } else {
                let have = get(current, &["resource", "current", "averageValue"]);
                let have = have.map_or("<unknown>".to_owned(), plain);
                let want = get(resource, &["target", "averageValue"])
                    .map(plain)
                    .unwrap_or_default();
                page.field(
                    1,
                    &format!("resource {name} on pods"),
                    format!("{have} / {want}"),
                );
            }
        }
        None => page.line(
            1,
            format!(
                "<unknown metric type {}>",
                kubernetes_api::json::quote_go(get_str(metric, &["type"]))
            ),
        ),
    }
}

/// Writes the page of a PriorityClass.
pub fn priority_class(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.field(0, "Value", number(object, &["value"]));
    page.field(0, "GlobalDefault", get_bool(object, &["globalDefault"]));
    page.field(
        0,
        "PreemptionPolicy",
        get_str(object, &["preemptionPolicy"]),
    );
    page.field(0, "Description", get_str(object, &["description"]));
    page.field(
        0,
        "Annotations",
        super::page::pairs_on_a_line(annotations(object)),
    );
}
