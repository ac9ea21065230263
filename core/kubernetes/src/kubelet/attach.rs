//! The streams of containers that run already: `attach` over the engine.

use std::rc::Rc;

use docker::AttachStreams;
use kubernetes_api::status::Status;
use machine::http::{Request, Response};
use serde_json::json;

use super::exec::{container, not_running, streams};
use super::worker::Worker;

/// Copies between a client and a container until the container ends.
pub(super) async fn answer(worker: &Rc<Worker>, request: &Request) -> Result<Response, Status> {
    let pod = worker.pod();
    let running = worker.inspect(&container(&pod, request));
    let Some(info) = running.filter(|info| info.state.is_running()) else {
        return Err(not_running(&pod, request));
    };
    let given = streams(&request.body).cloned().unwrap_or_default();
    let streams = AttachStreams {
        stdin: given.stdin.filter(|_| info.config.stdin_open),
        stdout: given.stdout,
        stderr: given.stderr,
    };
    let engine = &worker.kubelet.engine;
    let failed = |error: docker::EngineError| Status::internal_error(&error.message);
    let attached = engine.attach(&info.id, streams).map_err(failed)?;
    engine.wait(&info.id).await.ok();
    drop(attached);
    let success = json!({"metadata": {}, "status": "Success"});
    Ok(crate::server::json_response(200, success))
}
