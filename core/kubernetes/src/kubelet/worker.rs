//! One pod's worker: a loop that reports the status, starts what should run, and waits.
//!
//! Models `SyncPod` of kubernetes pkg/kubelet and kuberuntime: the status is reported as it was
//! before the round's actions, so what an action found out shows in the next round.

use ordered::OrderedMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use docker::{ContainerInfo, ContainerStatus};
use kubernetes_api::object;
use machine::Tree;
use serde_json::Value;
use simulation::{Duration, Either, Notify, Task, Time, race};

use super::backoff::Backoff;
use super::sandbox::Sandbox;
use super::volume::Volumes;
use super::{Inner, container, image};
use crate::controller::is_over;

/// The wait after a failure that is not a crash, before its random part.
const RETRY: Duration = Duration::from_secs(10);
/// A wait is longer by at least this factor; upstream's is between 1 and 1.5, and the middle of
/// that is what one most often sees.
const JITTER_MIN: f64 = 1.2;
/// How much more than that it may be longer.
const JITTER: f64 = 0.2;
/// Nobody waits longer than this for a back-off before looking again.
const BACKOFF_CHECK: Duration = Duration::from_secs(60);
/// Virtual time from the end of a pod's containers to the reports of its sandbox's end.
const SANDBOX_END: Duration = Duration::from_millis(450);
/// The exit code of a container that could not be started.
const START_ERROR: i32 = 128;
/// Virtual time between a pod's arrival and its first report.
const ARRIVAL: Duration = Duration::from_millis(4);

/// A pod's worker.
pub(crate) struct Worker {
    pub(crate) kubelet: Rc<Inner>,
    pub(crate) uid: String,
    pod: RefCell<Rc<Value>>,
    pub(crate) state: RefCell<State>,
    pub(crate) bell: Notify,
    pub(crate) ending: Notify,
    pub(crate) deleted: Cell<bool>,
}

/// What the worker knows of its pod.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) start_time: String,
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) sandboxes: u32,
    pub(crate) runs: OrderedMap<String, Run>,
    pub(crate) volumes: Option<Volumes>,
    pub(crate) address_known: bool,
    pub(crate) stopped: bool,
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// A container through all its runs.
#[derive(Default)]
pub(crate) struct Run {
    /// The present or latest container's id.
    pub(crate) id: Option<String>,
    /// How often it was created.
    pub(crate) attempts: i64,
    /// The former run's end.
    pub(crate) last: Option<Value>,
    /// The former run's id, whose log is kept.
    pub(crate) last_id: Option<String>,
    /// Why it waits: reason and message.
    pub(crate) waiting: Option<(String, String)>,
    pub(crate) backoff: Backoff,
    pub(crate) pull_backoff: Backoff,
    /// What the readiness probe says; true without one.
    pub(crate) ready: bool,
    /// What the startup probe says; true without one.
    pub(crate) started: bool,
    /// Whether it failed before it was ever created.
    pub(crate) failed: bool,
    /// Why it is to be stopped and started again, as the event says it, and the grace it gets.
    pub(crate) restart: Option<(String, i64)>,
    /// The file that the program may leave a last word in.
    pub(crate) last_word: Option<Tree>,
    pub(crate) probes: Vec<Task>,
    /// Rings when the readiness is wanted at once.
    pub(crate) trigger: Notify,
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop_probes();
    }
}

impl Run {
    pub(crate) fn stop_probes(&mut self) {
        for probe in self.probes.drain(..) {
            probe.cancel();
        }
    }
}

/// What a round wants next.
#[derive(Default)]
pub(crate) struct Next {
    /// Look again after this.
    pub(crate) after: Option<Duration>,
    /// Something was started: look at the next relist.
    pub(crate) relist: bool,
}

impl Next {
    pub(crate) fn at_most(&mut self, wait: Duration) {
        self.after = Some(self.after.map_or(wait, |after| after.min(wait)));
    }
}

impl Worker {
    pub(crate) fn new(kubelet: &Rc<Inner>, pod: Rc<Value>) -> Rc<Worker> {
        Rc::new(Worker {
            kubelet: kubelet.clone(),
            uid: object::uid(&pod).to_owned(),
            pod: RefCell::new(pod),
            state: RefCell::default(),
            bell: Notify::new(),
            ending: Notify::new(),
            deleted: Cell::new(false),
        })
    }

    /// The pod's latest state.
    pub(crate) fn pod(&self) -> Rc<Value> {
        self.pod.borrow().clone()
    }

    /// Takes the pod's latest state from the API server.
    pub(crate) fn pod_changed(&self, pod: &Rc<Value>, deleted: bool) {
        let before = self.pod.replace(pod.clone());
        let ends = object::is_terminating(pod) || deleted;
        let graces =
            |pod: &Value| object::get(pod, &["metadata", "deletionGracePeriodSeconds"]).cloned();
        if deleted {
            self.deleted.set(true);
        }
        if ends && (!object::is_terminating(&before) || graces(&before) != graces(pod) || deleted) {
            self.ending.notify();
            self.bell.notify();
        } else if before.get("spec") != pod.get("spec") {
            self.bell.notify();
        }
    }

    /// Wakes the worker at a time.
    pub(crate) fn wake_at(self: &Rc<Self>, time: Time) {
        let worker = self.clone();
        let clock = self.kubelet.api.simulation().clone();
        self.kubelet.api.simulation().spawn(async move {
            clock.sleep_until(time).await;
            worker.bell.notify();
        });
    }

    fn must_end(&self) -> bool {
        self.deleted.get() || object::is_terminating(&self.pod())
    }

    /// The worker's task.
    pub(crate) async fn run(self: Rc<Self>) {
        let clock = self.kubelet.api.simulation().clone();
        clock.sleep(ARRIVAL).await;
        if is_over(&self.pod()) && !self.must_end() {
            // It ended before this kubelet knew of it.
            self.wait_for_end().await;
        }
        self.state.borrow_mut().start_time = self.kubelet.api.timestamp();
        super::probe::start(&self);
        while !self.must_end() {
            let (bell, ending) = (self.bell.listen(), self.ending.listen());
            let round = race(ending, self.round());
            let Either::Right(next) = round.await else {
                break;
            };
            if is_over(&self.pod()) {
                self.wait_for_end().await;
                break;
            }
            if next.relist {
                self.wake_at(self.kubelet.next_relist());
            }
            match next.after {
                Some(after) => {
                    race(bell, clock.sleep(after)).await;
                }
                None => bell.await,
            }
        }
        self.terminate().await;
    }

    /// A pod that has ended stays as it is until it is deleted; its sidecars and its sandbox go.
    async fn wait_for_end(self: &Rc<Self>) {
        let ending = self.ending.listen();
        if let Either::Left(()) = race(ending, self.stop_containers(None)).await {
            return;
        }
        let had_sandbox = self.state.borrow().sandbox.is_some();
        self.release_sandbox().await;
        if had_sandbox {
            self.kubelet.api.simulation().sleep(SANDBOX_END).await;
            self.report(false);
            self.kubelet.api.simulation().sleep(SANDBOX_END).await;
            self.rewrite_status();
        }
        while !self.must_end() {
            self.ending.listen().await;
        }
    }

    /// One round: report, then start what should run.
    async fn round(self: &Rc<Self>) -> Next {
        let mut next = Next::default();
        self.note_ends();
        {
            // The runtime tells the sandbox's address when it is next asked.
            let mut state = self.state.borrow_mut();
            state.address_known |= state.sandbox.is_some();
        }
        self.report(true);
        if is_over(&self.pod()) {
            return next;
        }
        if let Some(left) = self.deadline_left() {
            if left == Duration::ZERO {
                self.exceed_deadline().await;
                return next;
            }
            next.at_most(left);
        }
        if self.has_finished() {
            return next;
        }
        if !self.ensure_volumes(&mut next) {
            return next;
        }
        if !self.ensure_sandbox(&mut next).await {
            next.at_most(self.jittered(RETRY));
            return next;
        }
        let pod = self.pod();
        for container in object::get_list(&pod, &["spec", "ephemeralContainers"]) {
            // These are started once.
            if self
                .inspect(object::get_str(container, &["name"]))
                .is_none()
            {
                self.ensure_container(&pod, container, &mut next).await;
            }
        }
        if !self.run_init_containers(&pod, &mut next).await {
            return next;
        }
        for container in object::get_list(&pod, &["spec", "containers"]) {
            self.ensure_container(&pod, container, &mut next).await;
        }
        next
    }

    /// Looks which containers ended: they are neither started nor ready any more.
    fn note_ends(&self) {
        let mut state = self.state.borrow_mut();
        for run in state.runs.values_mut() {
            let running = run
                .id
                .as_ref()
                .and_then(|id| self.kubelet.engine.inspect(id).ok())
                .is_some_and(|info| info.state.is_running());
            if !running {
                run.ready = false;
                run.started = false;
            }
        }
    }

    /// The present or latest container of a name.
    pub(crate) fn inspect(&self, name: &str) -> Option<ContainerInfo> {
        let id = self.state.borrow().runs.get(name)?.id.clone()?;
        self.kubelet.engine.inspect(&id).ok()
    }

    /// How a container ended: by itself, or because it could not be started.
    pub(crate) fn exit_code(&self, name: &str, info: &ContainerInfo) -> Option<i32> {
        let state = self.state.borrow();
        let refused = state
            .runs
            .get(name)
            .is_some_and(|run| run.waiting.is_some());
        match info.state.status {
            ContainerStatus::Exited => Some(info.state.exit_code),
            ContainerStatus::Created if refused => Some(START_ERROR),
            _ => None,
        }
    }

    /// Whether the engine has lost one of the present containers.
    pub(crate) fn has_lost(&self) -> bool {
        let state = self.state.borrow();
        let mut present = state.runs.values().filter_map(|run| run.id.as_ref());
        present.any(|id| self.kubelet.engine.inspect(id).is_err())
            || state
                .sandbox
                .as_ref()
                .is_some_and(|sandbox| self.kubelet.engine.inspect(&sandbox.id).is_err())
    }

    /// Whether no container will ever run again.
    fn has_finished(&self) -> bool {
        let pod = self.pod();
        let policy = object::get_str(&pod, &["spec", "restartPolicy"]);
        object::get_list(&pod, &["spec", "containers"])
            .iter()
            .all(|container| {
                let name = object::get_str(container, &["name"]);
                self.inspect(name)
                    .and_then(|info| self.exit_code(name, &info))
                    .is_some_and(|code| !restarts(policy, code))
            })
    }

    /// Runs the init containers one after the other; true when the others may start.
    async fn run_init_containers(self: &Rc<Self>, pod: &Value, next: &mut Next) -> bool {
        let main_began = object::get_list(pod, &["spec", "containers"])
            .iter()
            .any(|container| {
                self.inspect(object::get_str(container, &["name"]))
                    .is_some()
            });
        for container in object::get_list(pod, &["spec", "initContainers"]) {
            let name = object::get_str(container, &["name"]);
            let sidecar = object::get_str(container, &["restartPolicy"]) == "Always";
            if main_began && !sidecar {
                continue;
            }
            let info = self.inspect(name);
            if sidecar {
                self.ensure_container(pod, container, next).await;
                let up = self
                    .state
                    .borrow()
                    .runs
                    .get(name)
                    .is_some_and(|run| run.started);
                if !up && !main_began {
                    return false;
                }
                continue;
            }
            match info {
                Some(info)
                    if info.state.status == ContainerStatus::Exited
                        && info.state.exit_code == 0 => {}
                Some(info)
                    if info.state.status == ContainerStatus::Exited
                        && object::get_str(pod, &["spec", "restartPolicy"]) == "Never" =>
                {
                    return false;
                }
                _ => {
                    self.ensure_container(pod, container, next).await;
                    return false;
                }
            }
        }
        true
    }

    /// Starts a container unless it runs, is done, or has to wait.
    async fn ensure_container(self: &Rc<Self>, pod: &Value, spec: &Value, next: &mut Next) {
        let name = object::get_str(spec, &["name"]);
        let info = self.inspect(name);
        if let Some(info) = &info {
            let restarted = info.state.is_running();
            if restarted && !self.stop_for_restart(pod, spec, info).await {
                return;
            }
            if self
                .exit_code(name, info)
                .is_some_and(|code| !restarts(policy_of(pod, spec), code))
            {
                return;
            }
            let backoff = if restarted {
                None
            } else {
                self.crash_backoff(pod, spec, info)
            };
            if let Some(left) = backoff {
                let left = left.min(BACKOFF_CHECK);
                next.at_most(self.jittered(left));
                return;
            }
        }
        let Some(image) = image::ensure(self, pod, spec).await else {
            next.relist |= info.is_none() && self.first_failure(name);
            next.at_most(self.jittered(RETRY));
            return;
        };
        if container::start(self, pod, spec, &image).await {
            self.report(false);
            // The next relist sees that it runs, which makes the status anew.
            next.relist |= spec.get("readinessProbe").is_some();
        } else {
            // One that was made but could not be started counts as ended.
            let made = self.inspect(name).is_some();
            next.relist |= self.first_failure(name) || made;
            next.at_most(self.jittered(RETRY));
        }
    }

    /// Whether a container has not failed before: then the next relist brings its report.
    fn first_failure(&self, name: &str) -> bool {
        let mut state = self.state.borrow_mut();
        let run = state.runs.entry(name.to_owned()).or_default();
        let first = !run.failed && run.id.is_none();
        run.failed = true;
        first
    }

    /// What is left of a crashed container's back-off, with the event that says so.
    fn crash_backoff(&self, pod: &Value, spec: &Value, info: &ContainerInfo) -> Option<Duration> {
        let name = object::get_str(spec, &["name"]);
        let now = self.kubelet.api.now();
        let ended = info.state.finished.unwrap_or(info.created);
        let ended = i64::try_from(ended.as_nanos()).unwrap_or(i64::MAX);
        let mut state = self.state.borrow_mut();
        let run = state.runs.entry(name.to_owned()).or_default();
        let Some(left) = run.backoff.left_since(ended, now) else {
            run.backoff.next(ended, now);
            return None;
        };
        let delay = kubernetes_api::duration::go_string(run.backoff.delay());
        let whose = format!(
            "{}_{}({})",
            object::name(pod),
            object::namespace(pod),
            object::uid(pod)
        );
        run.waiting = Some((
            "CrashLoopBackOff".to_owned(),
            format!("back-off {delay} restarting failed container={name} pod={whose}"),
        ));
        drop(state);
        let message = format!("Back-off restarting failed container {name} in pod {whose}");
        self.event(pod, spec, "Warning", "BackOff", &message);
        Some(Duration::from_nanos(u64::try_from(left).unwrap_or(0)))
    }

    /// Stops a container that is to be started again at once: its image was changed, or a probe
    /// gave it up. False when it may go on.
    async fn stop_for_restart(&self, pod: &Value, spec: &Value, info: &ContainerInfo) -> bool {
        let name = object::get_str(spec, &["name"]);
        let label = info.labels.get("io.kubernetes.container.image");
        let wanted = object::get_str(spec, &["image"]);
        let asked = {
            let mut state = self.state.borrow_mut();
            state.runs.get_mut(name).and_then(|run| run.restart.take())
        };
        let (message, grace) = match asked {
            Some(asked) => asked,
            None if label.is_some_and(|image| image != wanted) => {
                let message = format!("Container {name} definition changed, will be restarted");
                let grace = object::get_i64(pod, &["spec", "terminationGracePeriodSeconds"]);
                (message, grace.unwrap_or(30))
            }
            None => return false,
        };
        self.event(pod, spec, "Normal", "Killing", &message);
        // One that ended meanwhile is as good.
        let _ = self.kubelet.engine.stop(&info.id, Some(grace)).await;
        if restarts(policy_of(pod, spec), 1) {
            return true;
        }
        self.note_ends();
        self.report(false);
        self.bell.notify();
        false
    }

    /// An event about one of the pod's containers.
    pub(crate) fn event(&self, pod: &Value, spec: &Value, kind: &str, reason: &str, message: &str) {
        let name = object::get_str(spec, &["name"]);
        let has = |list: &&str| {
            let mut all = object::get_list(pod, &["spec", list]).iter();
            all.any(|container| object::get_str(container, &["name"]) == name)
        };
        let lists = ["initContainers", "ephemeralContainers"];
        let list = lists.into_iter().find(has).unwrap_or("containers");
        let part = format!("spec.{list}{{{name}}}");
        self.kubelet
            .recorder
            .event(pod, &part, kind, reason, message);
    }

    /// A wait that is up to half as long again.
    pub(crate) fn jittered(&self, wait: Duration) -> Duration {
        wait.mul_f64(JITTER_MIN + JITTER * self.kubelet.api.random().unit())
    }

    fn deadline_left(&self) -> Option<Duration> {
        let pod = self.pod();
        let seconds = object::get_i64(&pod, &["spec", "activeDeadlineSeconds"])?;
        let start = kubernetes_api::time::parse_rfc3339(&self.state.borrow().start_time)?;
        let left = start + seconds * 1_000_000_000 - self.kubelet.api.now();
        Some(Duration::from_nanos(
            u64::try_from(left.max(0)).unwrap_or(0),
        ))
    }

    async fn exceed_deadline(self: &Rc<Self>) {
        let pod = self.pod();
        let message = "Pod was active on the node longer than the specified deadline";
        // Each making of the status asks for the deadline: when the kubelet finds out and begins to
        // end the pod, and again when its containers and when it is at its end.
        let tell = || {
            for _ in 0..2 {
                let recorder = &self.kubelet.recorder;
                recorder.event(&pod, "", "Normal", "DeadlineExceeded", message);
            }
        };
        tell();
        self.rewrite_status();
        {
            let mut state = self.state.borrow_mut();
            state.reason = "DeadlineExceeded".to_owned();
            state.message = message.to_owned();
        }
        self.stop_containers(None).await;
        self.state.borrow_mut().stopped = true;
        tell();
        self.report(false);
    }
}

/// Whether a container that ended like this is started again.
pub(crate) fn restarts(policy: &str, exit_code: i32) -> bool {
    match policy {
        "Never" => false,
        "OnFailure" => exit_code != 0,
        _ => true,
    }
}

/// The restart policy of a container: a sidecar has its own.
pub(crate) fn policy_of<'a>(pod: &'a Value, spec: &'a Value) -> &'a str {
    let own = object::get_str(spec, &["restartPolicy"]);
    if own.is_empty() {
        let policy = object::get_str(pod, &["spec", "restartPolicy"]);
        let name = object::get_str(spec, &["name"]);
        let init = object::get_list(pod, &["spec", "initContainers"])
            .iter()
            .any(|container| object::get_str(container, &["name"]) == name);
        // An init container has to succeed.
        return if init && policy == "Always" {
            "OnFailure"
        } else {
            policy
        };
    }
    own
}
