//! Logs: what a container wrote, by the options of the `log` subresource.
//!
//! Models kubernetes pkg/kubelet `GetKubeletContainerLogs` and `validateContainerLogStatus`.

use docker::{LogOptions, LogReader};
use kubernetes_api::status::Status;
use kubernetes_api::{object, time};
use machine::http::{Body, Chunk, Request, Response};
use serde_json::Value;
use simulation::{Duration, Time, channel};

use super::worker::Worker;

/// Answers a request for a log.
pub(super) fn answer(
    worker: Option<&Worker>,
    pod: &Value,
    request: &Request,
) -> Result<Response, Status> {
    let wanted = request.parameter("container").unwrap_or_default();
    let name = if wanted.is_empty() {
        object::get_list(pod, &["spec", "containers"])
            .first()
            .map(|container| object::get_str(container, &["name"]))
            .unwrap_or_default()
    } else {
        &wanted
    };
    let truth = |name: &str| {
        request
            .parameter(name)
            .is_some_and(|value| matches!(value.as_str(), "true" | "1"))
    };
    let previous = truth("previous");
    let id = container_id(worker, pod, name, previous)?;
    let Some(worker) = worker else {
        return Ok(Response::text(200, ""));
    };
    let engine = &worker.kubelet.engine;
    let now = engine.kernel().simulation().now();
    let tail = request
        .parameter("tailLines")
        .and_then(|lines| lines.parse().ok());
    let options = LogOptions {
        follow: truth("follow"),
        tail,
        since: since(request, now),
        until: None,
    };
    let reader = engine
        .logs(&id, &options)
        .map_err(|error| Status::internal_error(&error.message))?;
    let limit = request
        .parameter("limitBytes")
        .and_then(|bytes| bytes.parse().ok());
    let printer = Printer {
        reader,
        timestamps: truth("timestamps"),
        left: limit,
    };
    let body = if options.follow {
        printer.follow(worker)
    } else {
        printer.all()
    };
    Ok(Response::new(200, "text/plain", body))
}

fn since(request: &Request, now: Time) -> Option<Time> {
    if let Some(seconds) = request.parameter("sinceSeconds") {
        return Some(now - Duration::from_secs(seconds.parse().ok()?));
    }
    let nanos = time::parse_rfc3339(&request.parameter("sinceTime")?)?;
    Some(Time::from_nanos(u64::try_from(nanos).ok()?))
}

/// The container whose log is asked for, or why there is none.
fn container_id(
    worker: Option<&Worker>,
    pod: &Value,
    name: &str,
    previous: bool,
) -> Result<String, Status> {
    let state = worker.map(|worker| worker.state.borrow());
    let run = state.as_ref().and_then(|state| state.runs.get(name));
    if previous {
        let kept = run.and_then(|run| match (&run.last_id, &run.waiting) {
            // While it waits to be started again, the run before is the present one.
            (_, Some(_)) => run.id.clone(),
            (last, None) => last.clone(),
        });
        return kept.ok_or_else(|| {
            Status::bad_request(format!(
                "previous terminated container \"{name}\" in pod \"{}\" not found",
                object::name(pod)
            ))
        });
    }
    if let Some(id) = run.and_then(|run| run.id.clone()) {
        return Ok(id);
    }
    let reason = ["containerStatuses", "initContainerStatuses"]
        .iter()
        .flat_map(|list| object::get_list(pod, &["status", list]))
        .find(|status| object::get_str(status, &["name"]) == name)
        .map(|status| object::get_str(status, &["state", "waiting", "reason"]).to_owned())
        .unwrap_or_default();
    let message = if reason.is_empty() {
        format!(
            "container \"{name}\" in pod \"{}\" is not available",
            object::name(pod)
        )
    } else {
        let reason = match reason.as_str() {
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            other => other,
        };
        format!(
            "container \"{name}\" in pod \"{}\" is waiting to start: {reason}",
            object::name(pod)
        )
    };
    Err(Status::bad_request(message))
}

struct Printer {
    reader: LogReader,
    timestamps: bool,
    left: Option<usize>,
}

impl Printer {
    fn all(mut self) -> Body {
        let mut text = Vec::new();
        while let Some(line) = self.reader.try_next() {
            match self.printed(&line) {
                Some(bytes) => text.extend(bytes),
                None => break,
            }
        }
        Body::Bytes(text)
    }

    fn follow(mut self, worker: &Worker) -> Body {
        let (sender, receiver) = channel();
        worker.kubelet.api.simulation().spawn(async move {
            while let Some(line) = self.reader.next().await {
                let Some(bytes) = self.printed(&line) else {
                    break;
                };
                if sender.send(Chunk::Bytes(bytes)).is_err() {
                    break;
                }
            }
        });
        Body::Stream(receiver)
    }

    /// A line as it is sent; `None` when the limit is reached.
    fn printed(&mut self, line: &docker::LogLine) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.timestamps {
            let nanos = i64::try_from(line.time.as_nanos()).unwrap_or(0);
            bytes.extend(time::rfc3339_nano(nanos).into_bytes());
            bytes.push(b' ');
        }
        bytes.extend_from_slice(&line.bytes);
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return None;
            }
            bytes.truncate(*left);
            *left -= bytes.len();
        }
        Some(bytes)
    }
}
