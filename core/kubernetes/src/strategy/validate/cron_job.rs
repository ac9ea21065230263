//! CronJobs.
//!
//! Models `validateCronJobSpec` of kubernetes pkg/apis/batch/validation.

use kubernetes_api::field::{FieldError, Path};
use kubernetes_api::object;
use serde_json::Value;

use super::workload;
use crate::schedule::Schedule;

/// Checks a new or changed CronJob.
pub(super) fn check(job: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let path = Path::new("spec");
    let schedule = object::get_str(job, &["spec", "schedule"]);
    if schedule.is_empty() {
        errors.push(FieldError::required(path.child("schedule"), ""));
    } else {
        if let Err(why) = Schedule::parse(schedule) {
            errors.push(FieldError::invalid(path.child("schedule"), schedule, why));
        }
        if schedule.contains("TZ") {
            let why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            errors.push(FieldError::invalid(path.child("schedule"), schedule, why));
        }
    }
    let numbers = [
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ];
    for field in numbers {
        if let Some(number) = object::get_i64(job, &["spec", field])
            && number < 0
        {
            let why = "must be greater than or equal to 0";
            errors.push(FieldError::invalid(path.child(field), number, why));
        }
    }
    let policies = ["Allow", "Forbid", "Replace"];
    let policy = object::get_str(job, &["spec", "concurrencyPolicy"]);
    if policy.is_empty() {
        errors.push(FieldError::required(path.child("concurrencyPolicy"), ""));
    } else if !policies.contains(&policy) {
        let path = path.child("concurrencyPolicy");
        errors.push(FieldError::not_supported(path, policy, &policies));
    }
    let template = object::get(job, &["spec", "jobTemplate", "spec"]).cloned();
    let path = path.child("jobTemplate").child("spec");
    workload::job_template(&template.unwrap_or_default(), &path, &mut errors);
    errors
}
