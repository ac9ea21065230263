//! Images: whether they are there, when they are pulled, and the back-off when that fails.
//!
//! Models kubernetes pkg/kubelet/images/image_manager.go.

use std::rc::Rc;

use docker::Image;
use kubernetes_api::object;
use serde_json::Value;

use super::worker::Worker;

/// Makes sure that a container's image is there; `None` when it is not, with the reason noted.
pub(crate) async fn ensure(worker: &Rc<Worker>, pod: &Value, spec: &Value) -> Option<Rc<Image>> {
    let name = object::get_str(spec, &["image"]);
    let policy = object::get_str(spec, &["imagePullPolicy"]);
    if let Err(why) = docker::Reference::parse(name) {
        let message = format!(
            "Failed to apply default image tag \"{name}\": couldn't parse image name \"{name}\": {why}"
        );
        worker.event(pod, spec, "Warning", "InspectFailed", &message);
        fail(worker, pod, spec, "InvalidImageName", &message);
        return None;
    }
    let engine = &worker.kubelet.engine;
    let present = engine.image(name).ok();
    if let Some(image) = &present
        && policy != "Always"
    {
        let message = format!(
            "Container image \"{name}\" already present on machine and can be accessed by the pod"
        );
        worker.event(pod, spec, "Normal", "Pulled", &message);
        return Some(image.clone());
    }
    if policy == "Never" {
        let message =
            format!("Container image \"{name}\" is not present with pull policy of Never");
        worker.event(pod, spec, "Warning", "ErrImageNeverPull", &message);
        fail(worker, pod, spec, "ErrImageNeverPull", &message);
        return None;
    }
    let container = object::get_str(spec, &["name"]);
    let now = worker.kubelet.api.now();
    let waits = {
        let mut state = worker.state.borrow_mut();
        let run = state.runs.entry(container.to_owned()).or_default();
        run.pull_backoff.left(now).is_some()
    };
    if waits {
        let message = format!("Back-off pulling image \"{name}\"");
        worker.event(pod, spec, "Normal", "BackOff", &message);
        let last = last_error(worker, container);
        let detail = if last.is_empty() {
            message
        } else {
            format!("{message}: {last}")
        };
        fail(worker, pod, spec, "ImagePullBackOff", &detail);
        return None;
    }
    pull(worker, pod, spec, name).await
}

async fn pull(worker: &Rc<Worker>, pod: &Value, spec: &Value, name: &str) -> Option<Rc<Image>> {
    let began = worker.kubelet.api.now();
    worker.event(
        pod,
        spec,
        "Normal",
        "Pulling",
        &format!("Pulling image \"{name}\""),
    );
    match worker.kubelet.engine.pull(name).await {
        Ok(image) => {
            let took = (worker.kubelet.api.now() - began) / 1_000_000 * 1_000_000;
            let took = kubernetes_api::duration::go_string(took);
            let message = format!(
                "Successfully pulled image \"{name}\" in {took} ({took} including waiting). Image size: {} bytes.",
                image.size
            );
            worker.event(pod, spec, "Normal", "Pulled", &message);
            Some(image)
        }
        Err(error) => {
            let why = format!("Error response from daemon: {}", error.message);
            let message = format!("Failed to pull image \"{name}\": {why}");
            worker.event(pod, spec, "Warning", "Failed", &message);
            let now = worker.kubelet.api.now();
            let container = object::get_str(spec, &["name"]).to_owned();
            {
                let mut state = worker.state.borrow_mut();
                let run = state.runs.entry(container).or_default();
                run.pull_backoff.next(now, now);
            }
            fail(worker, pod, spec, "ErrImagePull", &why);
            None
        }
    }
}

fn last_error(worker: &Worker, container: &str) -> String {
    let state = worker.state.borrow();
    let waiting = state
        .runs
        .get(container)
        .and_then(|run| run.waiting.clone());
    match waiting {
        Some((reason, message)) if reason == "ErrImagePull" => {
            format!("ErrImagePull: {message}")
        }
        Some((_, message)) => message
            .split_once(": ")
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default(),
        None => String::new(),
    }
}

/// Notes why a container waits, with the event that says so.
fn fail(worker: &Worker, pod: &Value, spec: &Value, reason: &str, message: &str) {
    worker.event(pod, spec, "Warning", "Failed", &format!("Error: {reason}"));
    wait(worker, spec, reason, message);
}

/// Notes why a container waits.
pub(crate) fn wait(worker: &Worker, spec: &Value, reason: &str, message: &str) {
    let name = object::get_str(spec, &["name"]).to_owned();
    let mut state = worker.state.borrow_mut();
    let run = state.runs.entry(name).or_default();
    run.waiting = Some((reason.to_owned(), message.to_owned()));
}
