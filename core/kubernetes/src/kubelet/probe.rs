//! Probes and hooks: asking a container how it is, and telling it what to do.
//!
//! Models kubernetes pkg/kubelet/prober and pkg/probe.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

use docker::ExecConfig;
use kubernetes_api::object;
use machine::http::{self, Request};
use serde_json::Value;
use simulation::{Duration, Either, Notify, Time, race, timeout};

use super::worker::Worker;

/// The longest answer of a probe that is shown.
const OUTPUT_MAX: usize = 10 * 1024;
/// Virtual time between the making of a status and the readiness probe that it asks for.
const PROMPT: Duration = Duration::from_millis(8);

/// Starts the probes of a pod's containers. Each keeps its own beat from now on, through all the
/// containers that follow one another; besides, the readiness of a container that runs is asked for
/// at once whenever a status has to be made without it.
///
/// Models kubernetes pkg/kubelet/prober/worker.go.
pub(crate) fn start(worker: &Rc<Worker>) {
    let pod = worker.pod();
    let all = ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| object::get_list(&pod, &["spec", list]));
    for spec in all {
        for kind in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let Some(settings) = spec.get(kind) else {
                continue;
            };
            let name = object::get_str(spec, &["name"]).to_owned();
            let trigger = {
                let mut state = worker.state.borrow_mut();
                state.runs.entry(name.clone()).or_default().trigger.clone()
            };
            let probe = Probe {
                worker: worker.clone(),
                pod: (*pod).clone(),
                spec: spec.clone(),
                name: name.clone(),
                kind,
                settings: settings.clone(),
                trigger,
            };
            let simulation = worker.kubelet.api.simulation();
            let task = simulation.spawn(async move { probe.run().await });
            let mut state = worker.state.borrow_mut();
            state.runs.entry(name).or_default().probes.push(task);
        }
    }
}

struct Probe {
    worker: Rc<Worker>,
    pod: Value,
    spec: Value,
    name: String,
    kind: &'static str,
    settings: Value,
    /// Asks for a run out of turn.
    trigger: Notify,
}

/// What a probe knows of the container that it asks.
#[derive(Default)]
struct Course {
    /// The container's id.
    id: String,
    /// Whether nothing is asked until there is another container.
    on_hold: bool,
    /// Answers of the same kind in a row: good ones are positive.
    row: i64,
}

impl Probe {
    fn seconds(&self, field: &str, default: u64) -> Duration {
        let given = object::get_i64(&self.settings, &[field])
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0 || field == "initialDelaySeconds");
        Duration::from_secs(given.unwrap_or(default))
    }

    fn threshold(&self, field: &str, default: i64) -> i64 {
        object::get_i64(&self.settings, &[field])
            .filter(|count| *count > 0)
            .unwrap_or(default)
    }

    async fn run(&self) {
        let clock = self.worker.kubelet.api.simulation().clone();
        let period = self.seconds("periodSeconds", 10);
        let mut next = clock.now() + period;
        let mut course = Course::default();
        loop {
            let trigger = self.trigger.listen();
            self.ask(&mut course).await;
            let turn = clock.sleep_until(next);
            let asked = if self.kind == "readinessProbe" {
                matches!(race(trigger, turn).await, Either::Left(()))
            } else {
                turn.await;
                false
            };
            if asked {
                // The status is on its way when the kubelet asks.
                clock.sleep(PROMPT).await;
            }
            if asked {
                continue;
            }
            // Of several turns that passed meanwhile one is left.
            let passed = clock.now().as_nanos().saturating_sub(next.as_nanos());
            let turns = u32::try_from(passed / period.as_nanos() as u64 + 1);
            next += period * turns.unwrap_or(1);
        }
    }

    /// Asks the container once, if it is time for it.
    async fn ask(&self, course: &mut Course) {
        let Some(info) = self.worker.inspect(&self.name) else {
            return;
        };
        if info.id != course.id {
            info.id.clone_into(&mut course.id);
            course.on_hold = false;
        }
        if course.on_hold || !info.state.is_running() {
            return;
        }
        let now = self.worker.kubelet.api.simulation().now();
        let age = now.as_nanos()
            - info
                .state
                .started
                .map_or(0, Time::as_nanos)
                .min(now.as_nanos());
        let delay = self.seconds("initialDelaySeconds", 0).as_nanos() as u64;
        // Either the startup probe is at work, or the others are.
        if age < delay || self.flag(|run| run.started) == (self.kind == "startupProbe") {
            return;
        }
        let limit = self.seconds("timeoutSeconds", 1);
        let (worker, id) = (&self.worker, &info.id);
        let outcome = handle(worker, &self.pod, &self.spec, id, &self.settings, limit).await;
        match outcome {
            Ok(()) => {
                course.row = course.row.max(0) + 1;
                if course.row >= self.threshold("successThreshold", 1) {
                    self.succeeded();
                }
            }
            Err(why) => {
                course.row = course.row.min(0) - 1;
                let kind = self.kind.trim_end_matches("Probe");
                let mut title = kind.to_owned();
                if let Some(first) = title.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                let message = format!("{title} probe failed: {why}");
                worker.event(&self.pod, &self.spec, "Warning", "Unhealthy", &message);
                if -course.row >= self.threshold("failureThreshold", 3) && self.failed(kind) {
                    course.on_hold = true;
                    course.row = 0;
                }
            }
        }
    }

    fn flag(&self, look: impl Fn(&super::worker::Run) -> bool) -> bool {
        let state = self.worker.state.borrow();
        state.runs.get(&self.name).is_some_and(look)
    }

    /// Notes a success.
    fn succeeded(&self) {
        let readiness = self.spec.get("readinessProbe").is_some();
        let changed = {
            let mut state = self.worker.state.borrow_mut();
            let Some(run) = state.runs.get_mut(&self.name) else {
                return;
            };
            match self.kind {
                "startupProbe" => {
                    let changed = !run.started;
                    run.started = true;
                    run.ready |= !readiness;
                    changed
                }
                "readinessProbe" => {
                    let changed = !run.ready;
                    run.ready = true;
                    changed
                }
                _ => false,
            }
        };
        if changed {
            self.worker.report(false);
            self.worker.bell.notify();
        }
    }

    /// Does what a failure means; true when the container is gone.
    fn failed(&self, kind: &str) -> bool {
        if self.kind == "readinessProbe" {
            let changed = {
                let mut state = self.worker.state.borrow_mut();
                state
                    .runs
                    .get_mut(&self.name)
                    .is_some_and(|run| std::mem::replace(&mut run.ready, false))
            };
            if changed {
                self.worker.report(false);
            }
            return false;
        }
        let message = format!(
            "Container {} failed {kind} probe, will be restarted",
            self.name
        );
        let grace = object::get_i64(&self.settings, &["terminationGracePeriodSeconds"])
            .or_else(|| object::get_i64(&self.pod, &["spec", "terminationGracePeriodSeconds"]))
            .unwrap_or(30);
        // The worker stops the container and starts it again in one go.
        if let Some(run) = self.worker.state.borrow_mut().runs.get_mut(&self.name) {
            run.restart = Some((message, grace));
        }
        self.worker.bell.notify();
        true
    }
}

/// Carries out a probe's or hook's action within a time.
///
/// # Errors
/// Why it failed, in the kubelet's words.
pub(crate) async fn handle(
    worker: &Rc<Worker>,
    pod: &Value,
    spec: &Value,
    id: &str,
    action: &Value,
    limit: Duration,
) -> Result<(), String> {
    let clock = worker.kubelet.api.simulation().clone();
    if let Some(exec) = action.get("exec") {
        let command: Vec<String> = object::get_list(exec, &["command"])
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let line = command.join(" ");
        return match timeout(&clock, limit, run(worker, id, command)).await {
            Some(outcome) => outcome,
            None => Err(format!(
                "command timed out: \"{line}\" timed out after {}",
                kubernetes_api::duration::go_string(limit.as_nanos() as i64)
            )),
        };
    }
    if let Some(get) = action.get("httpGet") {
        return http_get(worker, pod, spec, get, limit).await;
    }
    if let Some(socket) = action.get("tcpSocket") {
        let to = address(worker, pod, spec, socket)?;
        let from = worker.kubelet.engine.kernel().host_network().clone();
        return match race(from.connect(to), clock.sleep(limit)).await {
            Either::Left(Ok(_)) => Ok(()),
            Either::Left(Err(errno)) => Err(format!(
                "dial tcp {to}: connect: {}",
                lower(&errno.to_string())
            )),
            Either::Right(()) => Err(format!("dial tcp {to}: i/o timeout")),
        };
    }
    if let Some(service) = action.get("grpc") {
        // No program here speaks gRPC: nobody answers in time.
        let to = address(worker, pod, spec, service)?;
        clock.sleep(limit).await;
        return Err(format!(
            "timeout: failed to connect service \"{to}\" within {}: context deadline exceeded",
            kubernetes_api::duration::go_string(limit.as_nanos() as i64)
        ));
    }
    if let Some(sleep) = action.get("sleep") {
        let seconds = object::get_i64(sleep, &["seconds"]).unwrap_or(0);
        let wait = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        clock.sleep(wait.min(limit)).await;
    }
    Ok(())
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

async fn run(worker: &Rc<Worker>, id: &str, command: Vec<String>) -> Result<(), String> {
    let output = Rc::new(std::cell::RefCell::new(Vec::new()));
    let sink = || {
        let output = output.clone();
        machine::file::sink(move |bytes| {
            let mut output = output.borrow_mut();
            let room = OUTPUT_MAX.saturating_sub(output.len());
            output.extend(bytes.iter().take(room));
        })
    };
    let config = ExecConfig {
        command,
        stdout: Some(sink()),
        stderr: Some(sink()),
        ..ExecConfig::default()
    };
    let handle = worker
        .kubelet
        .engine
        .exec(id, config)
        .map_err(|error| error.message)?;
    if handle.wait().await == 0 {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.borrow()).into_owned())
}

/// Address and port that an action names; named ports are looked up in the container.
fn address(
    worker: &Rc<Worker>,
    _pod: &Value,
    spec: &Value,
    action: &Value,
) -> Result<SocketAddrV4, String> {
    let host = object::get_str(action, &["host"]);
    let host = match host.parse::<Ipv4Addr>() {
        Ok(host) => host,
        Err(_) => worker.address().ok_or("the pod has no address")?,
    };
    let port = match action.get("port") {
        Some(Value::String(name)) => object::get_list(spec, &["ports"])
            .iter()
            .find(|port| object::get_str(port, &["name"]) == name)
            .and_then(|port| object::get_i64(port, &["containerPort"]))
            .or_else(|| name.parse().ok()),
        Some(number) => number.as_i64(),
        None => None,
    };
    let port = port
        .and_then(|port| u16::try_from(port).ok())
        .ok_or("invalid port number")?;
    Ok(SocketAddrV4::new(host, port))
}

async fn http_get(
    worker: &Rc<Worker>,
    pod: &Value,
    spec: &Value,
    get: &Value,
    limit: Duration,
) -> Result<(), String> {
    let to = address(worker, pod, spec, get)?;
    let path = match object::get_str(get, &["path"]) {
        "" => "/",
        path => path,
    };
    let path = format!("/{}", path.trim_start_matches('/'));
    let url = format!("http://{to}{path}");
    let mut request = Request::new("GET", &path)
        .header("Host", &to.to_string())
        .header("User-Agent", "kube-probe/1.36")
        .header("Accept", "*/*");
    for header in object::get_list(get, &["httpHeaders"]) {
        let text = |field: &str| object::get_str(header, &[field]);
        request = request.header(text("name"), text("value"));
    }
    let from = worker.kubelet.engine.kernel().host_network().clone();
    let clock = worker.kubelet.api.simulation().clone();
    match race(http::send(&from, to, request), clock.sleep(limit)).await {
        Either::Left(Ok(response)) if (200..400).contains(&response.status) => Ok(()),
        Either::Left(Ok(response)) => Err(format!(
            "HTTP probe failed with statuscode: {}",
            response.status
        )),
        Either::Left(Err(errno)) => Err(format!(
            "Get \"{url}\": dial tcp {to}: connect: {}",
            lower(&errno.to_string())
        )),
        Either::Right(()) => Err(format!(
            "Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        )),
    }
}
