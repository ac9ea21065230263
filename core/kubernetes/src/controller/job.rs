//! Jobs: pods that have to succeed.
//!
//! Models kubernetes pkg/controller/job: failed pods are followed by others after a growing wait,
//! until enough succeeded or too many failed.

mod policy;

use ordered::OrderedSet;
use std::rc::Rc;

use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use kubernetes_api::{object, time};
use serde_json::{Map, Value, json};
use simulation::Duration;

use super::{Queue, WRITE, key_of, pods, split_key, watch_controlled, watch_own, work};
use crate::events::Recorder;
use crate::limits;
use crate::server::{Api, DeleteOptions, Propagation};

const JOBS: &str = "jobs.batch";
const SECOND: i64 = 1_000_000_000;
/// The wait after the first failed pod.
const BACKOFF: i64 = 10 * SECOND;
/// The longest wait after failed pods.
const BACKOFF_MAX: i64 = 600 * SECOND;
/// Pod events are looked at together after this, as upstream batches them.
const BATCH: Duration = Duration::from_secs(1);
const NAME: &str = "batch.kubernetes.io/job-name";
const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, JOBS, &queue);
    let batched = Queue::new(api.simulation());
    watch_controlled(api, "pods", "Job", &batched);
    let (from, to) = (batched.clone(), queue.clone());
    api.simulation().spawn(async move {
        loop {
            let key = from.next().await;
            from.begin(&key);
            to.add_after(&key, BATCH);
        }
    });
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "job-controller", ""),
        queue: queue.clone(),
    });
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let controller = controller.clone();
            Box::pin(async move { controller.sync(&key).await })
        }),
    );
}

struct Controller {
    api: Api,
    recorder: Recorder,
    queue: Queue,
}

/// The finalizer of a pod that has not been counted yet.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// The pods of a job by what became of them.
struct Pods {
    active: Vec<Rc<Value>>,
    succeeded: Vec<Rc<Value>>,
    failed: Vec<Rc<Value>>,
    all: Vec<Rc<Value>>,
    ending: usize,
    /// How many have succeeded and failed so far, also of those that are gone.
    counted: (i64, i64),
}

impl Pods {
    fn of(all: Vec<Rc<Value>>) -> Pods {
        let in_phase = |phase: &str| -> Vec<Rc<Value>> {
            all.iter()
                .filter(|pod| object::get_str(pod, &["status", "phase"]) == phase)
                .cloned()
                .collect()
        };
        Pods {
            succeeded: in_phase("Succeeded"),
            failed: in_phase("Failed"),
            ending: all
                .iter()
                .filter(|pod| object::is_terminating(pod) && !pods::is_over(pod))
                .count(),
            counted: (0, 0),
            active: all
                .iter()
                .filter(|pod| pods::is_active(pod))
                .cloned()
                .collect(),
            all,
        }
    }
}

fn number(job: &Value, field: &str) -> Option<i64> {
    object::get_i64(job, &["spec", field])
}

fn count(list: &[Rc<Value>]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

fn is_indexed(job: &Value) -> bool {
    object::get_str(job, &["spec", "completionMode"]) == "Indexed"
}

fn holds(job: &Value, kind: &str) -> bool {
    object::condition(job, kind)
        .is_some_and(|condition| object::get_str(condition, &["status"]) == "True")
}

impl Controller {
    async fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let stored = self.api.store().get(JOBS, namespace, name);
        let Some(stored) = stored.filter(|job| !object::is_terminating(job)) else {
            // Nobody counts the pods of a job that goes.
            for pod in self.api.store().list("pods", Some(namespace)) {
                if object::label(&pod, NAME) == Some(name) {
                    self.release(&pod);
                }
            }
            return Ok(());
        };
        let ended = ["Complete", "Failed"]
            .into_iter()
            .find(|kind| holds(&stored, kind));
        if let Some(ended) = ended {
            return self.expire(&stored, ended, key);
        }
        let selector = object::get(&stored, &["spec", "selector"]).cloned();
        let Ok(selector) = LabelSelector::from_value(&selector.unwrap_or_default()) else {
            return Ok(());
        };
        let own = pods::claim(&self.api, "pods", &stored, &selector);
        let mut own = Pods::of(own);
        let mut job = (*stored).clone();
        own.counted = self.count_ended(&job, &own);
        let suspended = object::get_bool(&job, &["spec", "suspend"]);
        if object::get(&job, &["status", "startTime"]).is_none() && !suspended {
            object::set(&mut job, &["status", "startTime"], self.api.timestamp());
        }
        if suspended != holds(&job, "Suspended") {
            self.tell_suspension(&mut job, suspended);
        }
        let mut active = count(&own.active);
        if let Some((reason, message)) = self.failure(&job, &own) {
            active = self.fail(&mut job, &own, &reason, &message)?;
        } else if holds(&job, "SuccessCriteriaMet") || self.is_complete(&job, &own) {
            active = self.complete(&mut job, &own)?;
        } else if suspended {
            for pod in &own.active {
                self.withdraw(&job, pod)?;
            }
            active = 0;
        } else {
            active += self.manage(&job, &own, key).await?;
        }
        if let Some(left) = self.deadline_left(&job).filter(|left| *left > 0) {
            let left = u64::try_from(left).unwrap_or(0);
            self.queue.add_after(key, Duration::from_nanos(left));
        }
        self.write_status(job, &own, active);
        Ok(())
    }

    /// Deletes a finished job when its time is over.
    ///
    /// Models kubernetes pkg/controller/ttlafterfinished.
    fn expire(&self, job: &Value, ended: &str, key: &str) -> Result<(), Status> {
        let Some(seconds) = number(job, "ttlSecondsAfterFinished") else {
            return Ok(());
        };
        let since = object::condition(job, ended)
            .map(|condition| object::get_str(condition, &["lastTransitionTime"]))
            .and_then(time::parse_rfc3339);
        let due = since
            .unwrap_or(0)
            .saturating_add(seconds.saturating_mul(SECOND));
        let left = u64::try_from(due - self.api.now()).unwrap_or(0);
        if left > 0 {
            self.queue.add_after(key, Duration::from_nanos(left));
            return Ok(());
        }
        let Some(resource) = self.api.resource(JOBS) else {
            return Ok(());
        };
        let options = DeleteOptions {
            propagation: Some(Propagation::Background),
            ..DeleteOptions::default()
        };
        self.api.delete(
            &resource,
            object::namespace(job),
            object::name(job),
            &options,
        )?;
        Ok(())
    }

    /// Nanoseconds until the job's deadline.
    fn deadline_left(&self, job: &Value) -> Option<i64> {
        let start = time::parse_rfc3339(object::get_str(job, &["status", "startTime"]))?;
        let deadline = number(job, "activeDeadlineSeconds")?;
        Some(start + deadline.saturating_mul(SECOND) - self.api.now())
    }

    /// Why the job has failed; once it has, that stays.
    fn failure(&self, job: &Value, own: &Pods) -> Option<(String, String)> {
        if holds(job, "FailureTarget") {
            let target = object::condition(job, "FailureTarget")?;
            let text = |field: &str| object::get_str(target, &[field]).to_owned();
            return Some((text("reason"), text("message")));
        }
        let (reason, message) = self.new_failure(job, own)?;
        Some((reason.to_owned(), message))
    }

    fn new_failure(&self, job: &Value, own: &Pods) -> Option<(&'static str, String)> {
        let refused = own.failed.iter().find_map(|pod| {
            let (action, message) = policy::matching(job, pod)?;
            (action == "FailJob").then_some(message)
        });
        if let Some(message) = refused {
            return Some(("PodFailurePolicy", message));
        }
        let limit = number(job, "backoffLimit").unwrap_or(6);
        let restarts: i64 = own.active.iter().map(|pod| restarts(pod)).sum();
        let on_failure =
            object::get_str(job, &["spec", "template", "spec", "restartPolicy"]) == "OnFailure";
        if own.counted.1 > limit || (on_failure && restarts > 0 && restarts >= limit) {
            return Some((
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit".to_owned(),
            ));
        }
        (self.deadline_left(job)? <= 0).then_some((
            "DeadlineExceeded",
            "Job was active longer than specified deadline".to_owned(),
        ))
    }

    /// Counts the pods that have ended, each once: it carries a finalizer until then. One that is
    /// being deleted before it could succeed has failed.
    fn count_ended(&self, job: &Value, own: &Pods) -> (i64, i64) {
        let so_far = |field: &str| object::get_i64(job, &["status", field]).unwrap_or(0);
        let mut counted = (so_far("succeeded"), so_far("failed"));
        for pod in &own.all {
            if pods::is_active(pod) || !self.release(pod) {
                continue;
            }
            if object::get_str(pod, &["status", "phase"]) == "Succeeded" {
                counted.0 += 1;
            } else if policy::matching(job, pod).is_none_or(|(action, _)| action != "Ignore") {
                counted.1 += 1;
            }
        }
        counted
    }

    /// Takes the finalizer off a pod; false when it has none.
    fn release(&self, pod: &Value) -> bool {
        let all = || object::finalizers(pod);
        if !all().any(|one| one == TRACKING) {
            return false;
        }
        let kept: Vec<Value> = all()
            .filter(|one| *one != TRACKING)
            .map(Value::from)
            .collect();
        let mut released = pod.clone();
        if kept.is_empty() {
            object::remove(&mut released, &["metadata", "finalizers"]);
        } else {
            object::set(&mut released, &["metadata", "finalizers"], kept);
        }
        self.api.replace("pods", released);
        true
    }

    /// Deletes a pod that is one too many: it does not count as failed.
    fn withdraw(&self, job: &Value, pod: &Value) -> Result<(), Status> {
        self.release(pod);
        pods::delete(&self.api, &self.recorder, job, pod)
    }

    fn is_complete(&self, job: &Value, own: &Pods) -> bool {
        match number(job, "completions") {
            Some(wanted) if is_indexed(job) => indexes(&own.succeeded).len() as i64 >= wanted,
            Some(wanted) => own.counted.0 >= wanted,
            None => own.counted.0 > 0 && own.active.is_empty(),
        }
    }

    fn condition(&self, job: &mut Value, kind: &str, reason: &str, message: &str) {
        if holds(job, kind) {
            return;
        }
        let now = self.api.timestamp();
        let mut all = object::get_list(job, &["status", "conditions"]).to_vec();
        all.push(json!({
            "type": kind,
            "status": "True",
            "reason": reason,
            "message": message,
            "lastProbeTime": now,
            "lastTransitionTime": now,
        }));
        object::set(job, &["status", "conditions"], all);
    }

    /// Says in the status and in an event that a job was suspended or goes on.
    fn tell_suspension(&self, job: &mut Value, suspended: bool) {
        let (word, reason, status) = if suspended {
            ("suspended", "JobSuspended", "True")
        } else {
            ("resumed", "JobResumed", "False")
        };
        let mut all = object::get_list(job, &["status", "conditions"]).to_vec();
        all.retain(|condition| object::get_str(condition, &["type"]) != "Suspended");
        let now = self.api.timestamp();
        all.push(json!({
            "type": "Suspended",
            "status": status,
            "reason": reason,
            "message": format!("Job {word}"),
            "lastProbeTime": now,
            "lastTransitionTime": now,
        }));
        object::set(job, &["status", "conditions"], all);
        if suspended {
            object::remove(job, &["status", "startTime"]);
        } else {
            object::set(job, &["status", "startTime"], now);
        }
        let reason = reason.trim_start_matches("Job");
        self.recorder.normal(job, reason, &format!("Job {word}"));
    }

    fn fail(
        &self,
        job: &mut Value,
        own: &Pods,
        reason: &str,
        message: &str,
    ) -> Result<i64, Status> {
        for pod in &own.active {
            pods::delete(&self.api, &self.recorder, job, pod)?;
        }
        self.condition(job, "FailureTarget", reason, message);
        if own.active.is_empty() && own.ending == 0 {
            self.condition(job, "Failed", reason, message);
            self.recorder.warning(job, reason, message);
        }
        Ok(0)
    }

    fn complete(&self, job: &mut Value, own: &Pods) -> Result<i64, Status> {
        for pod in &own.active {
            pods::delete(&self.api, &self.recorder, job, pod)?;
        }
        let (reason, message) = (
            "CompletionsReached",
            "Reached expected number of succeeded pods",
        );
        self.condition(job, "SuccessCriteriaMet", reason, message);
        if own.active.is_empty() && own.ending == 0 {
            self.condition(job, "Complete", reason, message);
            object::set(job, &["status", "completionTime"], self.api.timestamp());
            self.recorder.normal(job, "Completed", "Job completed");
        }
        Ok(0)
    }

    /// Creates or deletes pods; gives by how many the active ones changed.
    async fn manage(&self, job: &Value, own: &Pods, key: &str) -> Result<i64, Status> {
        let parallelism = number(job, "parallelism").unwrap_or(1);
        let have = count(&own.active);
        let wanted = match number(job, "completions") {
            Some(all) => parallelism.min(all - own.counted.0),
            None if own.counted.0 == 0 => parallelism,
            None => have,
        }
        .max(0);
        if have > wanted {
            let surplus = usize::try_from(have - wanted).unwrap_or(0);
            for pod in own.active.iter().take(surplus) {
                self.withdraw(job, pod)?;
            }
            return Ok(wanted - have);
        }
        if have == wanted {
            return Ok(0);
        }
        if let Some(left) = self.backoff_left(own) {
            self.queue.add_after(key, left);
            return Ok(0);
        }
        let missing = usize::try_from(wanted - have)
            .unwrap_or(0)
            .min(limits::BURST_REPLICAS);
        self.api.simulation().sleep(WRITE).await;
        let taken: OrderedSet<i64> = indexes(&own.succeeded)
            .into_iter()
            .chain(indexes(&own.active))
            .collect();
        let all = number(job, "completions").unwrap_or(0);
        let mut free = (0..all).filter(|index| !taken.contains(index));
        let mut created = 0;
        for _ in 0..missing {
            let mut pod = if is_indexed(job) {
                match free.next() {
                    Some(index) => indexed_pod(job, index),
                    None => break,
                }
            } else {
                let template = object::get(job, &["spec", "template"]).cloned();
                pods::from_template(&template.unwrap_or_default(), job, None)
            };
            object::set(&mut pod, &["metadata", "finalizers"], vec![TRACKING]);
            pods::create(&self.api, &self.recorder, job, pod)?;
            created += 1;
        }
        Ok(created)
    }

    fn backoff_left(&self, own: &Pods) -> Option<Duration> {
        let last = own.failed.iter().filter_map(|pod| ended(pod)).max()?;
        let succeeded_since = own
            .succeeded
            .iter()
            .filter_map(|pod| ended(pod))
            .any(|end| end > last);
        if succeeded_since {
            return None;
        }
        let doublings = u32::try_from(own.failed.len().saturating_sub(1)).unwrap_or(0);
        let wait = (BACKOFF << doublings.min(10)).min(BACKOFF_MAX);
        let left = last + wait - self.api.now();
        (left > 0).then(|| Duration::from_nanos(u64::try_from(left).unwrap_or(0)))
    }

    fn write_status(&self, mut job: Value, own: &Pods, active: i64) {
        let mut status = object::get_map(&job, &["status"])
            .cloned()
            .unwrap_or_default();
        let ready = own.active.iter().filter(|pod| pods::is_ready(pod)).count();
        put(&mut status, "active", active);
        put(&mut status, "succeeded", own.counted.0);
        put(&mut status, "failed", own.counted.1);
        status.insert("ready".to_owned(), ready.into());
        status.insert("terminating".to_owned(), own.ending.into());
        status.insert("uncountedTerminatedPods".to_owned(), json!({}));
        if is_indexed(&job) && !own.succeeded.is_empty() {
            let done = ranges(&indexes(&own.succeeded));
            status.insert("completedIndexes".to_owned(), done.into());
        }
        object::set(&mut job, &["status"], Value::Object(status));
        if holds(&job, "SuccessCriteriaMet") != holds(&job, "Complete")
            || holds(&job, "FailureTarget") != holds(&job, "Failed")
        {
            self.queue.add_after(&key_of(&job), BATCH);
        }
        self.api.replace(JOBS, job);
    }
}

fn put(status: &mut Map<String, Value>, field: &str, value: i64) {
    if value == 0 {
        status.remove(field);
    } else {
        status.insert(field.to_owned(), value.into());
    }
}

fn restarts(pod: &Value) -> i64 {
    object::get_list(pod, &["status", "containerStatuses"])
        .iter()
        .filter_map(|status| object::get_i64(status, &["restartCount"]))
        .sum()
}

/// When a pod's last container ended.
fn ended(pod: &Value) -> Option<i64> {
    object::get_list(pod, &["status", "containerStatuses"])
        .iter()
        .filter_map(|status| {
            time::parse_rfc3339(object::get_str(
                status,
                &["state", "terminated", "finishedAt"],
            ))
        })
        .max()
}

fn indexes(pods: &[Rc<Value>]) -> OrderedSet<i64> {
    pods.iter()
        .filter_map(|pod| object::annotation(pod, INDEX)?.parse().ok())
        .collect()
}

/// `0-2,4`.
fn ranges(indexes: &OrderedSet<i64>) -> String {
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for index in indexes {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *index => *last = *index,
            _ => parts.push((*index, *index)),
        }
    }
    let texts: Vec<String> = parts
        .iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        })
        .collect();
    texts.join(",")
}

fn indexed_pod(job: &Value, index: i64) -> Value {
    let mut template = object::get(job, &["spec", "template"])
        .cloned()
        .unwrap_or_default();
    for map in ["annotations", "labels"] {
        object::set(&mut template, &["metadata", map, INDEX], index.to_string());
    }
    let host = format!("{}-{index}", object::name(job));
    object::set(&mut template, &["spec", "hostname"], host.as_str());
    for list in ["initContainers", "containers"] {
        if let Some(containers) = object::entry(&mut template, &["spec"])
            .get_mut(list)
            .and_then(Value::as_array_mut)
        {
            for container in containers {
                let mut variables = object::get_list(container, &["env"]).to_vec();
                variables.push(json!({
                    "name": "JOB_COMPLETION_INDEX",
                    "valueFrom": {"fieldRef": {
                        "apiVersion": "v1",
                        "fieldPath": format!("metadata.labels['{INDEX}']"),
                    }},
                }));
                object::set(container, &["env"], variables);
            }
        }
    }
    let mut pod = pods::from_template(&template, job, None);
    object::set(&mut pod, &["metadata", "generateName"], format!("{host}-"));
    pod
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_written_as_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 4].into()), "0-2,4");
        assert_eq!(ranges(&[3].into()), "3");
    }
}
