//! The status that a kubelet reports of a pod.
//!
//! Models `generateAPIPodStatus` of kubernetes pkg/kubelet and pkg/kubelet/status.

use docker::{ContainerInfo, ContainerStatus, LogOptions, Reference};
use kubernetes_api::{object, time};
use machine::EntryKind;
use serde_json::{Map, Value, json};
use simulation::Time;

use super::worker::{Worker, policy_of, restarts};
use crate::admission::requests;

/// Bytes of a termination message.
const LAST_WORD_MAX: usize = 4096;
/// Lines and bytes of a log that stand in for it.
const LOG_LINES: usize = 80;
const LOG_BYTES: usize = 2048;
/// The exit code of a container of which nothing is known any more.
const UNKNOWN_EXIT: i64 = 137;

impl Worker {
    /// Reports the pod's status, if it differs from the one reported before. `quiet` leaves the
    /// address out while no container was started yet.
    pub(crate) fn report(&self, quiet: bool) {
        let pod = self.pod();
        let store = self.kubelet.api.store();
        let Some(current) = store.get("pods", object::namespace(&pod), object::name(&pod)) else {
            return;
        };
        if object::uid(&current) != self.uid {
            return;
        }
        let status = self.status(&current, quiet);
        let mut next = (*current).clone();
        object::set(&mut next, &["status"], status);
        self.kubelet.api.replace("pods", next);
        // Only a round asks for the readiness that it misses.
        for run in self.state.borrow().runs.values() {
            if quiet && run.started && !run.ready {
                run.trigger.notify();
            }
        }
    }

    fn status(&self, pod: &Value, quiet: bool) -> Value {
        let list = |field: &str| object::get_list(pod, &["spec", field]);
        let main: Vec<Value> = list("containers")
            .iter()
            .map(|spec| self.container_status(pod, spec))
            .collect();
        let init: Vec<Value> = list("initContainers")
            .iter()
            .map(|spec| self.container_status(pod, spec))
            .collect();
        let phase = self.phase(pod, &main, &init);
        let mut status = object::get_map(pod, &["status"])
            .cloned()
            .unwrap_or_default();
        let mut put = |field: &str, value: Value| status.insert(field.to_owned(), value);
        put("phase", phase.into());
        put("observedGeneration", object::generation(pod).into());
        put(
            "conditions",
            self.conditions(pod, phase, &main, &init).into(),
        );
        put("containerStatuses", main.into());
        if !init.is_empty() {
            put("initContainerStatuses", init.into());
        }
        let ephemeral = list("ephemeralContainers").iter();
        let ephemeral: Vec<Value> = ephemeral
            .map(|spec| {
                let mut status = self.container_status(pod, spec);
                object::set(&mut status, &["ready"], false);
                object::remove(&mut status, &["started"]);
                status
            })
            .collect();
        if !ephemeral.is_empty() {
            put("ephemeralContainerStatuses", ephemeral.into());
        }
        put("hostIP", self.kubelet.address.to_string().into());
        put("hostIPs", json!([{"ip": self.kubelet.address.to_string()}]));
        put("resources", json!({}));
        let state = self.state.borrow();
        put("startTime", state.start_time.as_str().into());
        for (field, text) in [("reason", &state.reason), ("message", &state.message)] {
            if !text.is_empty() {
                put(field, text.as_str().into());
            }
        }
        let known = state.address_known || !quiet;
        drop(state);
        let requests = requests::of_pod(pod, "requests");
        if !requests.is_empty() {
            put("allocatedResources", Value::Object(requests.clone()));
            put("resources", json!({"requests": requests}));
        }
        let limits = requests::of_pod(pod, "limits");
        if !limits.is_empty()
            && let Some(resources) = status.get_mut("resources")
        {
            object::set(resources, &["limits"], Value::Object(limits));
        }
        let mut put = |field: &str, value: Value| status.insert(field.to_owned(), value);
        if known && let Some(address) = self.address() {
            put("podIP", address.to_string().into());
            put("podIPs", json!([{"ip": address.to_string()}]));
        }
        Value::Object(status)
    }

    /// Writes the status once more as it is, as the kubelet does after the clean-up.
    pub(crate) fn rewrite_status(&self) {
        let pod = self.pod();
        let store = self.kubelet.api.store();
        let current = store.get("pods", object::namespace(&pod), object::name(&pod));
        if let Some(current) = current.filter(|current| object::uid(current) == self.uid) {
            store.put("pods", (*current).clone());
        }
    }

    /// What an ended container left to say: its termination message, or the end of its log when
    /// that is asked for and it failed.
    pub(crate) fn last_word(&self, spec: &Value, info: &ContainerInfo) -> String {
        let name = object::get_str(spec, &["name"]);
        let state = self.state.borrow();
        let tree = state.runs.get(name).and_then(|run| run.last_word.as_ref());
        let said = tree
            .and_then(|tree| tree.get("/word"))
            .map(|entry| match &entry.kind {
                EntryKind::File(content) => content.borrow().read_at(0, LAST_WORD_MAX),
                _ => Vec::new(),
            });
        let said = said.unwrap_or_default();
        let falls_back =
            object::get_str(spec, &["terminationMessagePolicy"]) == "FallbackToLogsOnError";
        if !said.is_empty() || info.state.exit_code == 0 || !falls_back {
            return String::from_utf8_lossy(&said).into_owned();
        }
        let options = LogOptions {
            tail: Some(LOG_LINES),
            ..LogOptions::default()
        };
        let Ok(mut reader) = self.kubelet.engine.logs(&info.id, &options) else {
            return String::new();
        };
        let mut text = Vec::new();
        while let Some(line) = reader.try_next() {
            text.extend_from_slice(&line.bytes);
        }
        let surplus = text.len().saturating_sub(LOG_BYTES);
        text.drain(..surplus);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn phase(&self, pod: &Value, main: &[Value], init: &[Value]) -> &'static str {
        let current = object::get_str(pod, &["status", "phase"]);
        match current {
            "Failed" => return "Failed",
            "Succeeded" => return "Succeeded",
            _ => {}
        }
        let state = |status: &Value, name: &str| object::get(status, &["state", name]).is_some();
        let exit = |status: &Value| object::get_i64(status, &["state", "terminated", "exitCode"]);
        let stopped = self.state.borrow().stopped;
        if !self.state.borrow().reason.is_empty() && stopped {
            return "Failed";
        }
        let failed_init = init
            .iter()
            .zip(object::get_list(pod, &["spec", "initContainers"]))
            .any(|(status, spec)| {
                exit(status).is_some_and(|code| code != 0) && !restarts(policy_of(pod, spec), 1)
            });
        if failed_init {
            return "Failed";
        }
        let done = !main.is_empty() && main.iter().all(|status| state(status, "terminated"));
        let policy = object::get_str(pod, &["spec", "restartPolicy"]);
        let will_restart = main
            .iter()
            .filter_map(&exit)
            .any(|code| restarts(policy, i32::try_from(code).unwrap_or(1)));
        if done && (stopped || !will_restart) {
            let bad = main.iter().filter_map(exit).any(|code| code != 0);
            return if bad { "Failed" } else { "Succeeded" };
        }
        if stopped {
            return "Failed";
        }
        let began = main.iter().any(|status| {
            state(status, "running")
                || state(status, "terminated")
                || object::get(status, &["lastState", "terminated"]).is_some()
        });
        let all_began = main.iter().all(|status| {
            state(status, "running")
                || state(status, "terminated")
                || object::get(status, &["lastState", "terminated"]).is_some()
        });
        if began && (all_began || current == "Running") {
            "Running"
        } else {
            "Pending"
        }
    }

    fn conditions(&self, pod: &Value, phase: &str, main: &[Value], init: &[Value]) -> Vec<Value> {
        let sandbox_ready = !self.state.borrow().stopped
            && self.state.borrow().sandbox.as_ref().is_some_and(|sandbox| {
                self.kubelet
                    .engine
                    .inspect(&sandbox.id)
                    .is_ok_and(|info| info.state.is_running())
            });
        let names = |statuses: &[Value], good: &dyn Fn(&Value) -> bool| -> Vec<String> {
            statuses
                .iter()
                .filter(|status| !good(status))
                .map(|status| object::get_str(status, &["name"]).to_owned())
                .collect()
        };
        let unready = names(main, &|status| object::get_bool(status, &["ready"]));
        let specs = object::get_list(pod, &["spec", "initContainers"]);
        let incomplete: Vec<String> = init
            .iter()
            .zip(specs)
            .filter(|(status, spec)| {
                let sidecar = object::get_str(spec, &["restartPolicy"]) == "Always";
                if sidecar {
                    !object::get_bool(status, &["started"])
                } else {
                    object::get_i64(status, &["state", "terminated", "exitCode"]) != Some(0)
                }
            })
            .map(|(status, _)| object::get_str(status, &["name"]).to_owned())
            .collect();
        let began = main
            .iter()
            .any(|status| object::get(status, &["state", "waiting"]).is_none());
        let initialized = match (incomplete.is_empty() || began, phase) {
            (true, "Succeeded") if !init.is_empty() => (true, "PodCompleted", String::new()),
            (true, _) => (true, "", String::new()),
            (false, _) => (
                false,
                "ContainersNotInitialized",
                format!(
                    "containers with incomplete status: [{}]",
                    incomplete.join(" ")
                ),
            ),
        };
        let ready = match phase {
            "Succeeded" => (false, "PodCompleted", String::new()),
            "Failed" => (false, "PodFailed", String::new()),
            _ if unready.is_empty() => (true, "", String::new()),
            _ => (
                false,
                "ContainersNotReady",
                format!("containers with unready status: [{}]", unready.join(" ")),
            ),
        };
        let mut conditions = Vec::new();
        for (kind, (holds, reason, message)) in [
            (
                "PodReadyToStartContainers",
                (sandbox_ready, "", String::new()),
            ),
            ("Initialized", initialized),
            ("Ready", ready.clone()),
            ("ContainersReady", ready),
        ] {
            conditions.push(self.condition(pod, kind, holds, reason, &message));
        }
        for other in object::get_list(pod, &["status", "conditions"]) {
            let kind = object::get_str(other, &["type"]);
            let own = [
                "PodReadyToStartContainers",
                "Initialized",
                "Ready",
                "ContainersReady",
            ];
            if !own.contains(&kind) {
                let mut kept = other.clone();
                object::set(&mut kept, &["observedGeneration"], object::generation(pod));
                conditions.push(kept);
            }
        }
        conditions
    }

    fn condition(
        &self,
        pod: &Value,
        kind: &str,
        holds: bool,
        reason: &str,
        message: &str,
    ) -> Value {
        let status = if holds { "True" } else { "False" };
        let before = object::condition(pod, kind);
        let since = before
            .filter(|before| object::get_str(before, &["status"]) == status)
            .map(|before| object::get_str(before, &["lastTransitionTime"]).to_owned())
            .unwrap_or_else(|| self.kubelet.api.timestamp());
        let mut condition = json!({
            "type": kind,
            "status": status,
            "observedGeneration": object::generation(pod),
            "lastProbeTime": null,
            "lastTransitionTime": since,
        });
        for (field, text) in [("reason", reason), ("message", message)] {
            if !text.is_empty() {
                object::set(&mut condition, &[field], text);
            }
        }
        condition
    }

    fn container_status(&self, pod: &Value, spec: &Value) -> Value {
        let name = object::get_str(spec, &["name"]);
        let info = self.inspect(name);
        let state = self.state.borrow();
        let run = state.runs.get(name);
        let waiting = run.and_then(|run| run.waiting.clone());
        let mut last = run.and_then(|run| run.last.clone());
        let mut status = json!({
            "name": name,
            "image": object::get_str(spec, &["image"]),
            "imageID": "",
            "restartCount": run.map_or(0, |run| (run.attempts - 1).max(0)),
            "ready": false,
            "started": false,
        });
        let word = info
            .as_ref()
            .filter(|info| info.state.status == ContainerStatus::Exited)
            .map_or_else(String::new, |info| self.last_word(spec, info));
        let shown = match (&info, &waiting) {
            (Some(info), _) if info.state.is_running() => {
                let ready = run.is_some_and(|run| run.ready && run.started);
                let started = run.is_some_and(|run| run.started);
                object::set(&mut status, &["ready"], ready);
                object::set(&mut status, &["started"], started);
                json!({"running": {"startedAt": stamp(info.state.started)}})
            }
            (Some(info), Some((reason, message)))
                if info.state.status == ContainerStatus::Exited =>
            {
                last = Some(ended(info, &word));
                json!({"waiting": {"reason": reason, "message": message}})
            }
            (Some(info), None) if info.state.status == ContainerStatus::Exited => {
                let done = info.state.exit_code == 0;
                let init = object::get_list(pod, &["spec", "initContainers"]).contains(spec);
                object::set(&mut status, &["ready"], init && done);
                json!({"terminated": ended(info, &word)})
            }
            (None, _) if state.stopped => {
                json!({"terminated": lost(run.and_then(|run| run.id.as_deref()))})
            }
            (Some(info), Some((_, message)))
                if self.exit_code(name, info).is_some() && !restarts(policy_of(pod, spec), 1) =>
            {
                json!({"terminated": not_started(info, message)})
            }
            (Some(info), Some((reason, message))) => {
                // It could not be started.
                last = Some(not_started(info, message));
                json!({"waiting": {"reason": reason, "message": message}})
            }
            (None, Some((reason, message))) => {
                json!({"waiting": {"reason": reason, "message": message}})
            }
            (_, None) => {
                let any_init = !object::get_list(pod, &["spec", "initContainers"]).is_empty();
                let reason = if any_init {
                    "PodInitializing"
                } else {
                    "ContainerCreating"
                };
                json!({"waiting": {"reason": reason}})
            }
        };
        object::set(&mut status, &["state"], shown);
        let last = last.map_or_else(|| json!({}), |last| json!({"terminated": last}));
        object::set(&mut status, &["lastState"], last);
        if let Some(info) = &info {
            object::set(
                &mut status,
                &["containerID"],
                format!("docker://{}", info.id),
            );
            object::set(&mut status, &["imageID"], info.image_id.as_str());
            let image = Reference::parse(object::get_str(spec, &["image"]))
                .map(|reference| reference.with_default_tag().canonical());
            if let Ok(image) = image {
                object::set(&mut status, &["image"], image);
            }
            put_resources(&mut status, spec);
            object::set(
                &mut status,
                &["user", "linux"],
                json!({"uid": 0, "gid": 0, "supplementalGroups": [0]}),
            );
        }
        let mounts = mounts(spec);
        if !mounts.is_empty() {
            object::set(&mut status, &["volumeMounts"], mounts);
        }
        status
    }
}

fn put_resources(status: &mut Value, spec: &Value) {
    let resources = spec.get("resources").cloned().unwrap_or_else(|| json!({}));
    if let Some(requests) = resources.get("requests") {
        object::set(status, &["allocatedResources"], requests.clone());
    }
    object::set(status, &["resources"], resources);
}

fn mounts(spec: &Value) -> Vec<Value> {
    object::get_list(spec, &["volumeMounts"])
        .iter()
        .map(|mount| {
            let mut shown = Map::new();
            for field in ["name", "mountPath", "subPath"] {
                if let Some(value) = mount.get(field) {
                    shown.insert(field.to_owned(), value.clone());
                }
            }
            if object::get_bool(mount, &["readOnly"]) {
                shown.insert("readOnly".to_owned(), true.into());
                shown.insert("recursiveReadOnly".to_owned(), "Disabled".into());
            }
            Value::Object(shown)
        })
        .collect()
}

fn stamp(time: Option<Time>) -> String {
    let nanos = time.map_or(0, Time::as_nanos);
    time::rfc3339(i64::try_from(nanos).unwrap_or(0))
}

/// How a container ended, with what it left to say.
pub(crate) fn ended(info: &ContainerInfo, word: &str) -> Value {
    let code = info.state.exit_code;
    let reason = if info.state.oom_killed {
        "OOMKilled"
    } else if code == 0 {
        "Completed"
    } else {
        "Error"
    };
    let mut ended = json!({
        "exitCode": code,
        "reason": reason,
        "startedAt": stamp(info.state.started),
        "finishedAt": stamp(info.state.finished),
        "containerID": format!("docker://{}", info.id),
    });
    if !word.is_empty() {
        object::set(&mut ended, &["message"], word);
    }
    ended
}

/// A container that never ran.
fn not_started(info: &ContainerInfo, message: &str) -> Value {
    json!({
        "exitCode": 128,
        "reason": "StartError",
        "message": message,
        "startedAt": stamp(None),
        "finishedAt": stamp(Some(info.created)),
        "containerID": format!("docker://{}", info.id),
    })
}

/// A container that was removed behind the kubelet's back.
fn lost(id: Option<&str>) -> Value {
    json!({
        "exitCode": UNKNOWN_EXIT,
        "reason": "ContainerStatusUnknown",
        "message": "The container could not be located when the pod was terminated",
        "startedAt": null,
        "finishedAt": null,
        "containerID": id.map_or_else(String::new, |id| format!("docker://{id}")),
    })
}
