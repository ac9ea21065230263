//! Commands in containers: `exec` over the engine.
//!
//! The streams of a command do not fit into one request and one response, so `kubectl` of the
//! simulated machine passes its open files along as the request's body ([`Streams`]); the answer
//! comes when the command has ended.

use std::cell::RefCell;
use std::rc::Rc;

use docker::ExecConfig;
use kubernetes_api::object;
use kubernetes_api::status::{Cause, Details, Status};
use kubernetes_api::streams::Streams;
use machine::http::{Body, Request, Response};
use serde_json::{Value, json};

use super::worker::Worker;

/// Letters of the id by which the runtime knows a command.
const EXEC_ID: usize = 64;

/// Runs a command; the answer is a Status as the `error` channel of the real API carries it.
pub(super) async fn answer(worker: &Rc<Worker>, request: &Request) -> Result<Response, Status> {
    let pod = worker.pod();
    let name = container(&pod, request);
    let running = worker.inspect(&name).filter(|info| info.state.is_running());
    let Some(info) = running else {
        return Err(not_running(&pod, request));
    };
    let command: Vec<String> = request
        .parameters()
        .into_iter()
        .filter(|(key, _)| key == "command")
        .map(|(_, word)| word)
        .collect();
    let tty = request.parameter("tty").is_some_and(|tty| tty == "true");
    let output = Rc::new(RefCell::new(Vec::new()));
    let mut config = ExecConfig {
        command,
        tty,
        ..ExecConfig::default()
    };
    match streams(&request.body) {
        Some(streams) => {
            config.stdin = streams.stdin.clone();
            config.stdout = streams.stdout.clone();
            config.stderr = streams.stderr.clone();
        }
        None => {
            let sink = || {
                let output = output.clone();
                machine::file::sink(move |bytes| output.borrow_mut().extend_from_slice(bytes))
            };
            config.stdout = Some(sink());
            config.stderr = Some(sink());
        }
    }
    let given = streams(&request.body).is_some();
    let handle = worker
        .kubelet
        .engine
        .exec(&info.id, config)
        .map_err(|error| {
            let id = worker.kubelet.api.random().text("0123456789abcdef", EXEC_ID);
            Status::internal_error(&format!(
                "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"{id}\": {}",
                error.message
            ))
        })?;
    let code = handle.wait().await;
    if !given {
        let output = output.borrow().clone();
        let mut response = Response::new(200, "text/plain", Body::Bytes(output));
        response.headers.set("X-Exit-Code", code.to_string());
        return Ok(response);
    }
    Ok(crate::server::json_response(200, outcome(code)))
}

/// The files that a client passed along.
pub(super) fn streams(body: &Body) -> Option<&Streams> {
    match body {
        Body::Object(object) => object.as_any().downcast_ref(),
        _ => None,
    }
}

fn outcome(code: i32) -> Value {
    if code == 0 {
        return json!({"metadata": {}, "status": "Success"});
    }
    let message = format!("command terminated with non-zero exit code: exit status {code}");
    let details = Details {
        causes: vec![Cause {
            reason: "ExitCode".into(),
            message: code.to_string(),
            field: String::new(),
        }],
        ..Details::default()
    };
    Status::failure(500, "NonZeroExitCode", message, Some(details)).to_value()
}

pub(super) fn container(pod: &Value, request: &Request) -> String {
    let wanted = request.parameter("container").unwrap_or_default();
    if !wanted.is_empty() {
        return wanted;
    }
    object::get_list(pod, &["spec", "containers"])
        .first()
        .map(|container| object::get_str(container, &["name"]).to_owned())
        .unwrap_or_default()
}

/// The refusal for a container that does not run.
pub(super) fn not_running(pod: &Value, request: &Request) -> Status {
    Status::internal_error(&format!(
        "container not found (\"{}\")",
        container(pod, request)
    ))
}
