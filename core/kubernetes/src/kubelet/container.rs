//! Starting a container: what its spec means for the engine.
//!
//! Models `startContainer` of kubernetes pkg/kubelet/kuberuntime.

use ordered::OrderedMap;
use std::rc::Rc;

use docker::{ContainerConfig, Image, MountSource, MountSpec, NetworkMode};
use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use machine::{Content, Entry, Tree};
use serde_json::Value;
use simulation::Duration;

use super::worker::Worker;
use super::{UID_LABEL, environment, image, probe, status};

/// Virtual time between the image's check and the container.
const CREATING: Duration = Duration::from_millis(10);
/// The engine's least memory limit.
const MEMORY_MIN: i64 = 6 * 1024 * 1024;

/// Creates and starts a container; false when that failed, with the reason noted.
pub(crate) async fn start(worker: &Rc<Worker>, pod: &Value, spec: &Value, image: &Image) -> bool {
    let clock = worker.kubelet.api.simulation().clone();
    clock.sleep(CREATING).await;
    let id = match create(worker, pod, spec, image) {
        Ok(id) => id,
        Err(why) => {
            // The event has the cause, not the reason.
            image::wait(worker, spec, "CreateContainerConfigError", &why);
            return false;
        }
    };
    worker.event(pod, spec, "Normal", "Created", "Container created");
    let name = object::get_str(spec, &["name"]).to_owned();
    match worker.kubelet.engine.start(&id).await {
        Ok(()) => {
            {
                let mut state = worker.state.borrow_mut();
                let run = state.runs.entry(name.clone()).or_default();
                run.waiting = None;
                run.restart = None;
                run.ready = spec.get("readinessProbe").is_none();
                run.started = spec.get("startupProbe").is_none();
                if !run.started {
                    run.ready = false;
                }
                state.address_known = true;
            }
            worker.event(pod, spec, "Normal", "Started", "Container started");
            post_start(worker, pod, spec, &id).await
        }
        Err(error) => {
            let why = format!(
                "failed to start container \"{name}\": Error response from daemon: {}",
                error.message
            );
            worker.event(pod, spec, "Warning", "Failed", &format!("Error: {why}"));
            let mut state = worker.state.borrow_mut();
            let run = state.runs.entry(name).or_default();
            run.waiting = Some(("RunContainerError".to_owned(), why));
            false
        }
    }
}

fn create(worker: &Rc<Worker>, pod: &Value, spec: &Value, image: &Image) -> Result<String, String> {
    let name = object::get_str(spec, &["name"]);
    let environment = not_root(worker, pod, spec, image)
        .and_then(|()| environment::of(worker, pod, spec))
        .map_err(|why| {
            worker.event(pod, spec, "Warning", "Failed", &format!("Error: {why}"));
            why
        })?;
    let (attempt, sandbox) = {
        let state = worker.state.borrow();
        let attempt = state.runs.get(name).map_or(0, |run| run.attempts);
        let sandbox = state.sandbox.as_ref().map(|sandbox| sandbox.id.clone());
        (attempt, sandbox.ok_or("the pod's sandbox is gone")?)
    };
    let expand = |field: &str| -> Option<Vec<String>> {
        let words = object::get_list(spec, &[field]);
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| environment::expanded(word, &environment))
            .collect();
        (!words.is_empty()).then_some(words)
    };
    let limit = |resource: &str| {
        object::get(spec, &["resources", "limits", resource])
            .and_then(|value| Quantity::from_value(value).ok())
    };
    let mut labels = labels(pod, name);
    labels.insert("io.kubernetes.docker.type".into(), "container".into());
    labels.insert(UID_LABEL.into(), worker.uid.clone());
    labels.insert(
        "io.kubernetes.container.image".into(),
        object::get_str(spec, &["image"]).to_owned(),
    );
    let (mounts, word) = mounts(worker, spec)?;
    let config = ContainerConfig {
        name: Some(format!(
            "k8s_{name}_{}_{}_{}_{attempt}",
            object::name(pod),
            object::namespace(pod),
            worker.uid
        )),
        image: image.id.clone(),
        entrypoint: expand("command"),
        command: expand("args"),
        env: environment.clone(),
        working_dir: non_empty(object::get_str(spec, &["workingDir"])),
        user: user(pod, spec),
        labels,
        network: NetworkMode::Container(sandbox),
        mounts,
        memory_bytes: limit("memory")
            .and_then(|limit| u64::try_from(limit.value().max(MEMORY_MIN)).ok()),
        cpu_millis: limit("cpu").and_then(|limit| u64::try_from(limit.milli_value()).ok()),
        tty: object::get_bool(spec, &["tty"]),
        stdin_open: object::get_bool(spec, &["stdin"]),
        read_only: object::get_bool(spec, &["securityContext", "readOnlyRootFilesystem"]),
        privileged: object::get_bool(spec, &["securityContext", "privileged"]),
        resolv_conf: environment::resolv_conf(pod),
        hosts_file: environment::hosts_file(worker, pod),
        ..ContainerConfig::default()
    };
    let id = worker
        .kubelet
        .engine
        .create_container(config)
        .map_err(|error| error.message)?;
    replace_run(worker, spec, id.clone(), word);
    Ok(id)
}

/// The volumes that a container mounts, and the file for its last word.
fn mounts(worker: &Rc<Worker>, spec: &Value) -> Result<(Vec<MountSpec>, Tree), String> {
    let mut mounts = super::volume::mounts(worker, spec)?;
    let now = worker.kubelet.api.simulation().now();
    let word = Tree::new(Vec::new());
    word.put("/", Entry::directory(now));
    word.put("/word", Entry::file(Content::new(""), 0o666, now));
    let target = object::get_str(spec, &["terminationMessagePath"]);
    if !target.is_empty() {
        mounts.push(MountSpec {
            target: target.to_owned(),
            source: MountSource::Tree(word.clone(), "/word".to_owned()),
            read_only: false,
        });
    }
    Ok((mounts, word))
}

/// Makes a new container the present one; the former one becomes the one whose log is kept.
fn replace_run(worker: &Rc<Worker>, spec: &Value, id: String, word: Tree) {
    let name = object::get_str(spec, &["name"]);
    let former = worker.inspect(name);
    let last_word = former
        .as_ref()
        .map_or_else(String::new, |former| worker.last_word(spec, former));
    let surplus = {
        let mut state = worker.state.borrow_mut();
        let run = state.runs.entry(name.to_owned()).or_default();
        let surplus = former.as_ref().and_then(|_| run.last_id.take());
        if let Some(former) = &former {
            run.last = Some(status::ended(former, &last_word));
            run.last_id = Some(former.id.clone());
        }
        run.id = Some(id);
        run.last_word = Some(word);
        run.attempts += 1;
        surplus
    };
    if let Some(surplus) = surplus {
        let engine = worker.kubelet.engine.clone();
        worker.kubelet.api.simulation().spawn(async move {
            // One that is gone already is as good.
            let _ = engine.remove(&surplus, true, false).await;
        });
    }
}

async fn post_start(worker: &Rc<Worker>, pod: &Value, spec: &Value, id: &str) -> bool {
    let Some(hook) = object::get(spec, &["lifecycle", "postStart"]) else {
        return true;
    };
    let outcome = probe::handle(worker, pod, spec, id, hook, Duration::from_secs(3600)).await;
    let Err(why) = outcome else {
        return true;
    };
    // The events leave the cause out: it might tell a secret.
    worker.event(
        pod,
        spec,
        "Warning",
        "FailedPostStartHook",
        "PostStartHook failed",
    );
    worker.event(pod, spec, "Normal", "Killing", "FailedPostStartHook");
    let name = object::get_str(spec, &["name"]);
    let whose = format!(
        "{}_{}({})",
        object::name(pod),
        object::namespace(pod),
        worker.uid
    );
    let message =
        format!("PostStart hook for Container \"{name}\" in Pod \"{whose}\" failed - error: {why}");
    // One that ended meanwhile is as good.
    let _ = worker.kubelet.engine.stop(id, Some(0)).await;
    if let Some(run) = worker.state.borrow_mut().runs.get_mut(name) {
        run.waiting = Some(("PostStartHookError".to_owned(), message));
    }
    true
}

/// The labels by which a pod's containers are known.
pub(crate) fn labels(pod: &Value, container: &str) -> OrderedMap<String, String> {
    let mut labels = OrderedMap::new();
    for (label, value) in [
        ("io.kubernetes.container.name", container),
        ("io.kubernetes.pod.name", object::name(pod)),
        ("io.kubernetes.pod.namespace", object::namespace(pod)),
    ] {
        labels.insert(label.to_owned(), value.to_owned());
    }
    labels
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A field of a container's security context, or of its pod's.
fn security<'a>(pod: &'a Value, spec: &'a Value, field: &str) -> Option<&'a Value> {
    object::get(spec, &["securityContext", field])
        .or_else(|| object::get(pod, &["spec", "securityContext", field]))
}

/// Refuses a container that must not run as root and would.
///
/// Models `verifyRunAsNonRoot` of kubernetes pkg/kubelet/kuberuntime.
fn not_root(worker: &Worker, pod: &Value, spec: &Value, image: &Image) -> Result<(), String> {
    if security(pod, spec, "runAsNonRoot").and_then(Value::as_bool) != Some(true) {
        return Ok(());
    }
    let named = image.config.user.split(':').next().unwrap_or_default();
    let asked = security(pod, spec, "runAsUser").and_then(Value::as_i64);
    let why = match (asked, named, named.parse::<i64>()) {
        (Some(0), ..) => "container's runAsUser breaks non-root policy".to_owned(),
        (Some(_), ..) => return Ok(()),
        (None, "", _) | (None, _, Ok(0)) => {
            "container has runAsNonRoot and image will run as root".to_owned()
        }
        (None, _, Ok(_)) => return Ok(()),
        (None, ..) => format!(
            "container has runAsNonRoot and image has non-numeric user ({named}), cannot verify user is non-root"
        ),
    };
    Err(format!(
        "{why} (pod: \"{}_{}({})\", container: {})",
        object::name(pod),
        object::namespace(pod),
        worker.uid,
        object::get_str(spec, &["name"])
    ))
}

fn user(pod: &Value, spec: &Value) -> Option<String> {
    let of = |field: &str| security(pod, spec, field).and_then(Value::as_i64);
    let user = of("runAsUser")?;
    Some(match of("runAsGroup") {
        Some(group) => format!("{user}:{group}"),
        None => user.to_string(),
    })
}
