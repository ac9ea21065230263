//! `podFailurePolicy`: what a failed pod means for its job.
//!
//! Models `matchPodFailurePolicy` of kubernetes pkg/controller/job/pod_failure_policy.go.

use kubernetes_api::object;
use serde_json::Value;

/// The action of the first rule that a failed pod matches, and the words for it.
pub(super) fn matching<'a>(job: &'a Value, pod: &Value) -> Option<(&'a str, String)> {
    let rules = object::get_list(job, &["spec", "podFailurePolicy", "rules"]);
    let whose = format!("{}/{}", object::namespace(pod), object::name(pod));
    rules.iter().enumerate().find_map(|(index, rule)| {
        let action = object::get_str(rule, &["action"]);
        let tail = format!("matching {action} rule at index {index}");
        if let Some(wanted) = rule.get("onExitCodes") {
            let (container, code) = ended_with(pod, wanted)?;
            let text = format!(
                "Container {container} for pod {whose} failed with exit code {code} {tail}"
            );
            return Some((action, text));
        }
        let patterns = object::get_list(rule, &["onPodConditions"]).iter();
        let kind = patterns
            .filter(|pattern| {
                let kind = object::get_str(pattern, &["type"]);
                let status = object::condition(pod, kind).and_then(|found| found.get("status"));
                status.is_some() && status == pattern.get("status")
            })
            .map(|pattern| object::get_str(pattern, &["type"]))
            .next()?;
        Some((action, format!("Pod {whose} has condition {kind} {tail}")))
    })
}

/// The first container whose exit code is among those that are wanted.
fn ended_with<'a>(pod: &'a Value, wanted: &Value) -> Option<(&'a str, i64)> {
    let only = object::get_str(wanted, &["containerName"]);
    let values = object::get_list(wanted, &["values"]);
    let listed = object::get_str(wanted, &["operator"]) == "In";
    ["containerStatuses", "initContainerStatuses"]
        .into_iter()
        .flat_map(|list| object::get_list(pod, &["status", list]))
        .filter_map(|status| {
            let code = object::get_i64(status, &["state", "terminated", "exitCode"])?;
            Some((object::get_str(status, &["name"]), code))
        })
        .filter(|(name, code)| *code != 0 && (only.is_empty() || only == *name))
        .find(|(_, code)| values.contains(&Value::from(*code)) == listed)
}
