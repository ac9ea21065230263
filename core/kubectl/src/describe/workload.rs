//! The pages of what runs pods: Deployment, ReplicaSet, DaemonSet, StatefulSet, Job, CronJob.

use super::Subject;
use super::page::{Page, date, number, number_or, or, plain, selector, texts, title_bool};
use super::template::template;
use kubernetes_api::duration;
use kubernetes_api::object::{
    controller_reference, get, get_bool, get_list, get_map, get_str, name, remove, uid,
};
use kubernetes_api::time::parse_rfc3339;
use serde_json::Value;

const HASH: &str = "pod-template-hash";

/// Writes the page of a Deployment.
pub async fn deployment(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.field(
        0,
        "CreationTimestamp",
        date(get_str(object, &["metadata", "creationTimestamp"])),
    );
    page.metadata(object);
    page.field(0, "Selector", selector(object, &["spec", "selector"]));
    let status = |key: &str| number(object, &["status", key]);
    page.field(
        0,
        "Replicas",
        format!(
            "{} desired | {} updated | {} total | {} available | {} unavailable",
            number(object, &["spec", "replicas"]),
            status("updatedReplicas"),
            status("replicas"),
            status("availableReplicas"),
            status("unavailableReplicas")
        ),
    );
    page.field(
        0,
        "StrategyType",
        get_str(object, &["spec", "strategy", "type"]),
    );
    page.field(
        0,
        "MinReadySeconds",
        number(object, &["spec", "minReadySeconds"]),
    );
    if let Some(rolling) = get(object, &["spec", "strategy", "rollingUpdate"]) {
        let value = |key: &str| get(rolling, &[key]).map(plain).unwrap_or_default();
        page.field(
            0,
            "RollingUpdateStrategy",
            format!(
                "{} max unavailable, {} max surge",
                value("maxUnavailable"),
                value("maxSurge")
            ),
        );
    }
    template(page, get(object, &["spec", "template"]));
    conditions(object, page);
    let text = selector(object, &["spec", "selector"]);
    let mut sets = subject.others("replicasets.apps", &text).await;
    sets.retain(|set| {
        controller_reference(set).is_some_and(|owner| get_str(owner, &["uid"]) == uid(object))
    });
    sets.sort_by_key(|set| get_str(set, &["metadata", "creationTimestamp"]).to_owned());
    let newest = newest_set(object, &sets).map(name).map(str::to_owned);
    let listed = |of_new: bool| {
        let all: Vec<String> = sets
            .iter()
            .filter(|set| (Some(name(set)) == newest.as_deref()) == of_new)
            .map(|set| {
                let (have, want) = (
                    number(set, &["status", "replicas"]),
                    number(set, &["spec", "replicas"]),
                );
                format!("{} ({have}/{want} replicas created)", name(set))
            })
            .collect();
        or(&all.join(", "), "<none>").to_owned()
    };
    page.field(0, "OldReplicaSets", listed(false));
    page.field(0, "NewReplicaSet", listed(true));
}

/// The ReplicaSet with the Deployment's template; of several the oldest.
///
/// Models kubectl `pkg/util/deployment` FindNewReplicaSet.
pub fn newest_set<'a>(deployment: &Value, sets: &'a [Value]) -> Option<&'a Value> {
    let wanted = get(deployment, &["spec", "template"])?;
    let same = |set: &&Value| {
        let mut template = get(set, &["spec", "template"]).cloned().unwrap_or_default();
        remove(&mut template, &["metadata", "labels", HASH]);
        template == *wanted
    };
    sets.iter()
        .filter(same)
        .min_by_key(|set| get_str(set, &["metadata", "creationTimestamp"]))
}

fn conditions(object: &Value, page: &mut Page) {
    let all = get_list(object, &["status", "conditions"]);
    if all.is_empty() {
        return;
    }
    page.line(0, "Conditions:\n  Type\tStatus\tReason");
    page.line(1, "----\t------\t------");
    for one in all {
        let text = |key: &str| get_str(one, &[key]);
        page.line(
            1,
            format!("{} \t{}\t{}", text("type"), text("status"), text("reason")),
        );
    }
}

/// `2 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that the object controls.
async fn pods_status(subject: &Subject<'_>) -> String {
    let text = if subject.resource.group.is_empty() {
        super::page::pairs_on_a_line(get_map(subject.object, &["spec", "selector"]))
    } else {
        selector(subject.object, &["spec", "selector"])
    };
    let pods = subject.others("pods", &text).await;
    let count = |phase: &str| {
        pods.iter()
            .filter(|pod| {
                controller_reference(pod)
                    .is_some_and(|owner| get_str(owner, &["uid"]) == uid(subject.object))
                    && get_str(pod, &["status", "phase"]) == phase
            })
            .count()
    };
    format!(
        "{} Running / {} Waiting / {} Succeeded / {} Failed",
        count("Running"),
        count("Pending"),
        count("Succeeded"),
        count("Failed")
    )
}

/// Writes the page of a ReplicaSet or ReplicationController.
pub async fn replica_set(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    let text = if subject.resource.group.is_empty() {
        super::page::pairs_on_a_line(get_map(object, &["spec", "selector"]))
    } else {
        selector(object, &["spec", "selector"])
    };
    page.field(0, "Selector", text);
    page.metadata(object);
    page.controller(object);
    let (have, want) = (
        number(object, &["status", "replicas"]),
        number(object, &["spec", "replicas"]),
    );
    page.field(0, "Replicas", format!("{have} current / {want} desired"));
    page.field(0, "Pods Status", pods_status(subject).await);
    template(page, get(object, &["spec", "template"]));
    conditions(object, page);
}

/// Writes the page of a DaemonSet.
pub async fn daemon_set(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.field(0, "Selector", selector(object, &["spec", "selector"]));
    let nodes = get_map(object, &["spec", "template", "spec", "nodeSelector"]);
    page.field(0, "Node-Selector", super::page::pairs_on_a_line(nodes));
    page.metadata(object);
    for (title, key) in [
        (
            "Desired Number of Nodes Scheduled",
            "desiredNumberScheduled",
        ),
        (
            "Current Number of Nodes Scheduled",
            "currentNumberScheduled",
        ),
        (
            "Number of Nodes Scheduled with Up-to-date Pods",
            "updatedNumberScheduled",
        ),
        (
            "Number of Nodes Scheduled with Available Pods",
            "numberAvailable",
        ),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ] {
        page.line(0, format!("{title}: {}", number(object, &["status", key])));
    }
    page.field(0, "Pods Status", pods_status(subject).await);
    template(page, get(object, &["spec", "template"]));
}

/// Writes the page of a StatefulSet.
pub async fn stateful_set(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.field(
        0,
        "CreationTimestamp",
        date(get_str(object, &["metadata", "creationTimestamp"])),
    );
    page.field(0, "Selector", selector(object, &["spec", "selector"]));
    page.metadata(object);
    let (want, have) = (
        number(object, &["spec", "replicas"]),
        number(object, &["status", "replicas"]),
    );
    page.field(0, "Replicas", format!("{want} desired | {have} total"));
    page.field(
        0,
        "Update Strategy",
        get_str(object, &["spec", "updateStrategy", "type"]),
    );
    if let Some(rolling) = get(object, &["spec", "updateStrategy", "rollingUpdate"]) {
        if get(rolling, &["partition"]).is_some() {
            page.field(1, "Partition", number(rolling, &["partition"]));
        }
        if let Some(most) = get(rolling, &["maxUnavailable"]) {
            page.field(1, "MaxUnavailable", plain(most));
        }
    }
    page.field(0, "Pods Status", pods_status(subject).await);
    template(page, get(object, &["spec", "template"]));
    let claims = get_list(object, &["spec", "volumeClaimTemplates"]);
    if claims.is_empty() {
        return page.field(0, "Volume Claims", "<none>");
    }
    page.line(0, "Volume Claims:");
    for claim in claims {
        page.field(1, "Name", name(claim));
        page.field(
            1,
            "StorageClass",
            get_str(claim, &["spec", "storageClassName"]),
        );
        page.pairs("  Labels", get_map(claim, &["metadata", "labels"]));
        page.annotations(
            "  Annotations",
            get_map(claim, &["metadata", "annotations"]),
        );
        let size = get(claim, &["spec", "resources", "requests", "storage"]);
        page.field(1, "Capacity", size.map_or("<default>".to_owned(), plain));
        let modes = texts(claim, &["spec", "accessModes"]).join(" ");
        page.field(1, "Access Modes", format!("[{modes}]"));
    }
}

/// Writes the page of a Job.
pub fn job(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.field(0, "Selector", selector(object, &["spec", "selector"]));
    page.metadata(object);
    page.controller(object);
    page.field(
        0,
        "Parallelism",
        number_or(object, &["spec", "parallelism"], "<unset>"),
    );
    page.field(
        0,
        "Completions",
        number_or(object, &["spec", "completions"], "<unset>"),
    );
    for (title, key) in [
        ("Completion Mode", "completionMode"),
        ("Suspend", "suspend"),
        ("Backoff Limit", "backoffLimit"),
    ] {
        if let Some(value) = get(object, &["spec", key]) {
            page.field(0, title, plain(value));
        }
    }
    if let Some(seconds) = get(object, &["spec", "ttlSecondsAfterFinished"]) {
        page.line(
            0,
            format!("TTL Seconds After Finished: \t{}", plain(seconds)),
        );
    }
    let start = get_str(object, &["status", "startTime"]);
    let end = get_str(object, &["status", "completionTime"]);
    if !start.is_empty() {
        page.field(0, "Start Time", date(start));
    }
    if !end.is_empty() {
        page.field(0, "Completed At", date(end));
    }
    if let (Some(start), Some(end)) = (parse_rfc3339(start), parse_rfc3339(end)) {
        page.field(0, "Duration", duration::human(end.saturating_sub(start)));
    }
    if let Some(seconds) = get(object, &["spec", "activeDeadlineSeconds"]) {
        page.field(0, "Active Deadline Seconds", format!("{}s", plain(seconds)));
    }
    let count = |key: &str| number(object, &["status", key]);
    page.field(
        0,
        "Pods Statuses",
        format!(
            "{} Active ({} Ready) / {} Succeeded / {} Failed",
            count("active"),
            count("ready"),
            count("succeeded"),
            count("failed")
        ),
    );
    if get_str(object, &["spec", "completionMode"]) == "Indexed" {
        let indexes = get_str(object, &["status", "completedIndexes"]);
        page.field(0, "Completed Indexes", or(indexes, "<none>"));
    }
    template(page, get(object, &["spec", "template"]));
}

/// Writes the page of a CronJob.
pub fn cron_job(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    let spec = get(object, &["spec"]).unwrap_or(&Value::Null);
    page.identity(object);
    page.metadata(object);
    page.field(0, "Schedule", get_str(spec, &["schedule"]));
    page.field(
        0,
        "Concurrency Policy",
        get_str(spec, &["concurrencyPolicy"]),
    );
    page.field(0, "Suspend", title_bool(get_bool(spec, &["suspend"])));
    page.field(0, "Time Zone", or(get_str(spec, &["timeZone"]), "<unset>"));
    page.field(
        0,
        "Successful Job History Limit",
        number_or(spec, &["successfulJobsHistoryLimit"], "<unset>"),
    );
    page.field(
        0,
        "Failed Job History Limit",
        number_or(spec, &["failedJobsHistoryLimit"], "<unset>"),
    );
    let deadline = kubernetes_api::object::get_i64(spec, &["startingDeadlineSeconds"]);
    let deadline = deadline.map_or("<unset>".to_owned(), |seconds| format!("{seconds}s"));
    page.field(0, "Starting Deadline Seconds", deadline);
    let job = get(spec, &["jobTemplate", "spec"]).unwrap_or(&Value::Null);
    page.field(0, "Selector", selector(job, &["selector"]));
    page.field(
        0,
        "Parallelism",
        number_or(job, &["parallelism"], "<unset>"),
    );
    page.field(
        0,
        "Completions",
        number_or(job, &["completions"], "<unset>"),
    );
    template(page, get(job, &["template"]));
    let last = get_str(object, &["status", "lastScheduleTime"]);
    let last = if last.is_empty() {
        "<unset>".to_owned()
    } else {
        date(last)
    };
    page.field(0, "Last Schedule Time", last);
    let active: Vec<String> = get_list(object, &["status", "active"])
        .iter()
        .map(|job| get_str(job, &["name"]).to_owned())
        .collect();
    page.field(0, "Active Jobs", or(&active.join(", "), "<none>"));
}
