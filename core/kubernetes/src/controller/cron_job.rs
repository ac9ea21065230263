//! CronJobs: a Job each time that the schedule says.
//!
//! Models kubernetes pkg/controller/cronjob/cronjob_controllerv2.go. Schedules are in UTC.

use std::rc::Rc;

use kubernetes_api::status::Status;
use kubernetes_api::{object, time};
use serde_json::{Value, json};
use simulation::Duration;

use super::{Queue, is_controlled_by, split_key, watch_controlled, watch_own, work};
use crate::events::{Recorder, reference};
use crate::schedule::Schedule;
use crate::server::{Api, DeleteOptions, Propagation, WriteOptions};

const CRON_JOBS: &str = "cronjobs.batch";
const JOBS: &str = "jobs.batch";
const SECOND: i64 = 1_000_000_000;
/// How much later than planned the controller looks, so that the time has surely come.
const DELTA: i64 = 100_000_000;
/// More missed times than this are not looked through one by one.
const MISSED_MAX: usize = 100;

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, CRON_JOBS, &queue);
    watch_controlled(api, JOBS, "CronJob", &queue);
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "cronjob-controller", ""),
        queue: queue.clone(),
    });
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let controller = controller.clone();
            Box::pin(async move { controller.sync(&key) })
        }),
    );
}

struct Controller {
    api: Api,
    recorder: Recorder,
    queue: Queue,
}

/// How a finished Job ended: `Complete` or `Failed`.
fn outcome(job: &Value) -> Option<&'static str> {
    ["Complete", "Failed"].into_iter().find(|kind| {
        object::condition(job, kind)
            .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
    })
}

impl Controller {
    fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let Some(stored) = self.api.store().get(CRON_JOBS, namespace, name) else {
            return Ok(());
        };
        let uid = object::uid(&stored);
        let mut jobs = self.api.store().list(JOBS, Some(namespace));
        jobs.retain(|job| is_controlled_by(job, uid));
        let mut next = (*stored).clone();
        self.note_jobs(&mut next, &jobs);
        self.clean_up(&next, &jobs);
        let planned = self.run(&mut next);
        self.api.replace(CRON_JOBS, next);
        if let Some(at) = planned? {
            let wait = (at + DELTA - self.api.now()).max(0);
            let wait = Duration::from_nanos(u64::try_from(wait).unwrap_or(0));
            self.queue.add_after(key, wait);
        }
        Ok(())
    }

    /// Brings the list of active Jobs up to date, with events about what became of them.
    fn note_jobs(&self, cron: &mut Value, jobs: &[Rc<Value>]) {
        let mut active = object::get_list(cron, &["status", "active"]).to_vec();
        for job in jobs {
            let listed = active
                .iter()
                .position(|one| object::get_str(one, &["uid"]) == object::uid(job));
            match (listed, outcome(job)) {
                (None, None) => {
                    let message = format!(
                        "Saw a job that the controller did not create or forgot: {}",
                        object::name(job)
                    );
                    self.recorder.warning(cron, "UnexpectedJob", &message);
                }
                (Some(at), Some(outcome)) => {
                    active.remove(at);
                    let message = format!(
                        "Saw completed job: {}, condition: {outcome}",
                        object::name(job)
                    );
                    self.recorder.normal(cron, "SawCompletedJob", &message);
                }
                _ => {}
            }
            let done = object::get_str(job, &["status", "completionTime"]);
            let last = object::get_str(cron, &["status", "lastSuccessfulTime"]);
            if outcome(job) == Some("Complete") && done > last {
                object::set(cron, &["status", "lastSuccessfulTime"], done);
            }
        }
        active.retain(|one| {
            let there = jobs
                .iter()
                .any(|job| object::uid(job) == object::get_str(one, &["uid"]));
            if !there {
                let message = format!(
                    "Active job went missing: {}",
                    object::get_str(one, &["name"])
                );
                self.recorder.normal(cron, "MissingJob", &message);
            }
            there
        });
        put_active(cron, active);
    }

    /// Deletes finished Jobs that are more than are to be kept.
    fn clean_up(&self, cron: &Value, jobs: &[Rc<Value>]) {
        for (field, kind) in [
            ("successfulJobsHistoryLimit", "Complete"),
            ("failedJobsHistoryLimit", "Failed"),
        ] {
            let Some(limit) = object::get_i64(cron, &["spec", field]) else {
                continue;
            };
            let mut ended: Vec<&Rc<Value>> = jobs
                .iter()
                .filter(|job| outcome(job) == Some(kind))
                .collect();
            ended.sort_by_key(|job| object::get_str(job, &["status", "startTime"]).to_owned());
            let surplus = ended
                .len()
                .saturating_sub(usize::try_from(limit).unwrap_or(0));
            for job in ended.into_iter().take(surplus) {
                self.delete(cron, job);
            }
        }
    }

    fn delete(&self, cron: &Value, job: &Value) {
        let Some(resource) = self.api.resource(JOBS) else {
            return;
        };
        let options = DeleteOptions {
            propagation: Some(Propagation::Background),
            ..DeleteOptions::default()
        };
        let name = object::name(job);
        match self
            .api
            .delete(&resource, object::namespace(job), name, &options)
        {
            Ok(_) => {
                let message = format!("Deleted job {name}");
                self.recorder.normal(cron, "SuccessfulDelete", &message);
            }
            Err(why) => {
                let message = format!("Deleted job: {why}");
                self.recorder.warning(cron, "FailedDelete", &message);
            }
        }
    }

    /// Starts the Job that is due; gives the time to look again.
    fn run(&self, cron: &mut Value) -> Result<Option<i64>, Status> {
        if object::is_terminating(cron) || object::get_bool(cron, &["spec", "suspend"]) {
            return Ok(None);
        }
        let text = object::get_str(cron, &["spec", "schedule"]);
        let schedule = match Schedule::parse(text) {
            Ok(schedule) => schedule,
            Err(why) => {
                let message = format!("unparseable schedule: {text:?} : {why}");
                self.recorder.warning(cron, "UnparseableSchedule", &message);
                return Ok(None);
            }
        };
        let now = self.api.now();
        let following = schedule.next(now);
        let Some(due) = self.due(cron, &schedule, now) else {
            return Ok(following);
        };
        let deadline = object::get_i64(cron, &["spec", "startingDeadlineSeconds"]);
        if deadline.is_some_and(|seconds| due + seconds * SECOND < now) {
            let message = format!(
                "Missed scheduled time to start a job: {}",
                time::rfc1123z(due)
            );
            self.recorder.warning(cron, "MissSchedule", &message);
            return Ok(following);
        }
        let active = object::get_list(cron, &["status", "active"]).to_vec();
        match object::get_str(cron, &["spec", "concurrencyPolicy"]) {
            "Forbid" if !active.is_empty() => {
                let message = "Not starting job because prior execution is running and concurrency policy is Forbid";
                self.recorder.normal(cron, "JobAlreadyActive", message);
                return Ok(following);
            }
            "Replace" => {
                let namespace = object::namespace(cron).to_owned();
                for one in &active {
                    let name = object::get_str(one, &["name"]);
                    if let Some(job) = self.api.store().get(JOBS, &namespace, name) {
                        self.delete(cron, &job);
                    }
                }
                put_active(cron, Vec::new());
            }
            _ => {}
        }
        self.create(cron, due)?;
        Ok(following)
    }

    /// The latest time that has come since the last Job.
    fn due(&self, cron: &Value, schedule: &Schedule, now: i64) -> Option<i64> {
        let last = object::get_str(cron, &["status", "lastScheduleTime"]);
        let mut earliest = time::parse_rfc3339(last).or_else(|| object::created(cron))?;
        if let Some(seconds) = object::get_i64(cron, &["spec", "startingDeadlineSeconds"]) {
            earliest = earliest.max(now - seconds * SECOND);
        }
        let mut due = None;
        for _ in 0..MISSED_MAX {
            match schedule.next(due.unwrap_or(earliest)) {
                Some(next) if next <= now => due = Some(next),
                _ => break,
            }
        }
        due
    }

    fn create(&self, cron: &mut Value, due: i64) -> Result<(), Status> {
        let Some(resource) = self.api.resource(JOBS) else {
            return Ok(());
        };
        let namespace = object::namespace(cron).to_owned();
        let name = format!("{}-{}", object::name(cron), due / (60 * SECOND));
        let options = WriteOptions::default();
        match self
            .api
            .create(&resource, &namespace, job(cron, &name, due), &options)
        {
            Ok(job) => {
                let message = format!("Created job {name}");
                self.recorder.normal(cron, "SuccessfulCreate", &message);
                let mut active = object::get_list(cron, &["status", "active"]).to_vec();
                active.push(reference(&job, ""));
                put_active(cron, active);
            }
            Err(status) if status.is_already_exists() => {}
            Err(status) => {
                let message = format!("Error creating job: {status}");
                self.recorder.warning(cron, "FailedCreate", &message);
                return Err(status);
            }
        }
        object::set(cron, &["status", "lastScheduleTime"], time::rfc3339(due));
        Ok(())
    }
}

fn put_active(cron: &mut Value, active: Vec<Value>) {
    if active.is_empty() {
        object::remove(cron, &["status", "active"]);
    } else {
        object::set(cron, &["status", "active"], active);
    }
}

/// The Job of a time.
fn job(cron: &Value, name: &str, due: i64) -> Value {
    let template = object::get(cron, &["spec", "jobTemplate"])
        .cloned()
        .unwrap_or_default();
    let mut metadata = json!({
        "name": name,
        "ownerReferences": [object::make_controller_reference(cron)],
    });
    for field in ["labels", "annotations"] {
        if let Some(value) = object::get(&template, &["metadata", field]) {
            object::set(&mut metadata, &[field], value.clone());
        }
    }
    object::set(
        &mut metadata,
        &[
            "annotations",
            "batch.kubernetes.io/cronjob-scheduled-timestamp",
        ],
        time::rfc3339(due),
    );
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": template.get("spec"),
    })
}
