//! `kubectl exec` and `kubectl attach`, and what `kubectl run -i` does with its new pod.
//!
//! Models kubectl `pkg/cmd/exec`, `pkg/cmd/attach`.

use super::delete;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::pods;
use crate::session::{Session, segment};
use kubernetes_api::object::{get_i64, get_list, get_str, name, namespace};
use kubernetes_api::status::Status;
use kubernetes_api::streams::Streams;
use machine::http::Body;
use machine::{File, Process};
use serde_json::Value;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("container", "The container.").short('c'),
    Flag::new(
        "pod-running-timeout",
        Kind::Duration,
        "Time to wait for a pod that runs.",
    )
    .default("1m0s"),
    Flag::switch("quiet", "Only the command's own output.").short('q'),
    Flag::switch("stdin", "Pass the input on.").short('i'),
    Flag::switch("tty", "Give the command a terminal.").short('t'),
];

/// `kubectl exec`.
pub static EXEC: Command = Command {
    name: "exec",
    usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
    short: "Execute a command in a container",
    examples: "# One command\nkubectl exec web-0 -- date\n\n# A shell\nkubectl exec -it web-0 -- sh",
    flags: &[FLAGS, global::FILES],
    run: Some(|invocation| Box::pin(exec(invocation))),
    ..Command::EMPTY
};

async fn exec(invocation: Invocation) -> Outcome {
    let dash = invocation.dash;
    let Some(word) = invocation
        .arguments
        .first()
        .cloned()
        .filter(|_| dash != Some(0))
    else {
        return Err(Failure::message(
            "pod, type/name or --filename must be specified",
        ));
    };
    let command: Vec<String> = invocation.arguments.iter().skip(1).cloned().collect();
    if dash.is_none() && !command.is_empty() {
        return Err(invocation.usage_error(
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
        ));
    }
    if command.is_empty() {
        return Err(Failure::message(
            "you must specify at least one command for the container",
        ));
    }
    let session = Session::open(invocation)?;
    let limit = session.flags().duration("pod-running-timeout");
    let pod = pods::attachable(&session, &word, limit).await?;
    if pods::is_finished(&pod) {
        return Err(Failure::message(format!(
            "cannot exec into a container in a completed pod; current phase is {}",
            get_str(&pod, &["status", "phase"])
        )));
    }
    let container = pods::container(&session, &pod, session.flags().text("container")).await?;
    let process = &session.invocation.process;
    let mut tty = session.flags().is("tty");
    if tty && !process.is_terminal(0) {
        session
            .print_error(
                "Unable to use a TTY - input is not a terminal or the right kind of file\n",
            )
            .await;
        tty = false;
    }
    let mut ends = Ends::of(process);
    if session.flags().is("stdin") {
        ends.stdin = process.descriptor(0).ok();
    }
    ends.tty = tty;
    execute(&session, &pod, &container, &command, ends).await
}

/// The files that a command in a container reads and writes.
#[derive(Default)]
pub struct Ends {
    /// What it reads; nothing without.
    pub stdin: Option<File>,
    /// Where its output goes.
    pub stdout: Option<File>,
    /// Where its errors go.
    pub stderr: Option<File>,
    /// Whether it gets a terminal.
    pub tty: bool,
}

impl Ends {
    /// The outputs of a process, and no input.
    pub fn of(process: &Process) -> Ends {
        Ends {
            stdout: process.descriptor(1).ok(),
            stderr: process.descriptor(2).ok(),
            ..Ends::default()
        }
    }
}

/// Runs a command in a container and waits for its end.
pub async fn execute(
    session: &Session,
    pod: &Value,
    container: &str,
    command: &[String],
    ends: Ends,
) -> Outcome {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/exec",
        namespace(pod),
        segment(name(pod))
    );
    let truth = |truth: bool| if truth { "true" } else { "" };
    let mut call = Call::new("POST", path);
    for word in command {
        call = call.query("command", word.as_str());
    }
    let streams = Streams {
        stdin: ends.stdin,
        stdout: ends.stdout,
        stderr: ends.stderr,
    };
    let call = call
        .query("container", container)
        .query("stdin", truth(streams.stdin.is_some()))
        .query("stdout", "true")
        .query("stderr", truth(!ends.tty))
        .query("tty", truth(ends.tty))
        .body(Body::Object(Rc::new(streams)));
    let answer = session
        .client
        .call(call)
        .await
        .map_err(|failure| match failure {
            // Refused before there were streams, so the client says what it could not do.
            Failure::Api(status) if status.code == 400 => {
                Failure::message(format!("unable to upgrade connection: {}", status.message))
            }
            // The error comes through the stream, so it is not a refusal of the server's.
            Failure::Api(status) if status.reason != "Forbidden" => {
                Failure::message(status.message)
            }
            other => other,
        })?;
    ended(&answer)
}

/// How the command ended.
fn ended(answer: &Value) -> Outcome {
    if get_str(answer, &["status"]) == "Success" {
        return Ok(());
    }
    let causes = get_list(answer, &["details", "causes"]);
    let code = causes
        .iter()
        .find(|cause| get_str(cause, &["reason"]) == "ExitCode");
    match code.and_then(|cause| get_str(cause, &["message"]).parse::<u8>().ok()) {
        Some(code) => Err(Failure::PlainExit(
            format!("command terminated with exit code {code}"),
            code,
        )),
        None => match Status::from_value(answer) {
            Some(status) => Err(Failure::message(status.message)),
            None => Ok(()),
        },
    }
}

/// `kubectl attach`.
pub static ATTACH: Command = Command {
    name: "attach",
    usage: "(POD | TYPE/NAME) -c CONTAINER [options]",
    short: "Attach to a running container",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(attach(invocation))),
    ..Command::EMPTY
};

async fn attach(invocation: Invocation) -> Outcome {
    let Some(word) = invocation.arguments.first().cloned() else {
        return Err(Failure::message(
            "at least 1 argument is required for attach",
        ));
    };
    let session = Session::open(invocation)?;
    let limit = session.flags().duration("pod-running-timeout");
    let pod = pods::attachable(&session, &word, limit).await?;
    if pods::is_finished(&pod) {
        return Err(Failure::message(format!(
            "cannot attach a container in a completed pod; current phase is {}",
            get_str(&pod, &["status", "phase"])
        )));
    }
    let container = pods::container(&session, &pod, session.flags().text("container")).await?;
    session
        .print_error("If you don't see a command prompt, try pressing enter.\n")
        .await;
    let call = attach_call(&session, &pod, &container);
    session.client.call(call).await?;
    Ok(())
}

/// The request that attaches the process's files to a container: its input only for `-i`.
fn attach_call(session: &Session, pod: &Value, container: &str) -> Call {
    let process = &session.invocation.process;
    let ends = Ends::of(process);
    let stdin = process.descriptor(0).ok();
    let streams = Streams {
        stdin: stdin.filter(|_| session.flags().is("stdin")),
        stdout: ends.stdout,
        stderr: ends.stderr,
    };
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/attach",
        namespace(pod),
        segment(name(pod))
    );
    Call::new("POST", path)
        .query("container", container)
        .body(Body::Object(Rc::new(streams)))
}

/// Prints what a container wrote so far and attaches to it; false when it does not run.
async fn attach_running(session: &Session, pod: &Value, container: &str) -> Result<bool, Failure> {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/log",
        namespace(pod),
        segment(name(pod))
    );
    let log = Call::get(path).query("container", container);
    let written = session.client.response(log).await?.body.into_bytes().await;
    let call = attach_call(session, pod, container);
    // One that does not run any more has all its words in its log, which is shown instead.
    let shown = session.invocation.process.write(1, &written);
    shown.await.ok();
    let answer = session.client.call(call).await;
    Ok(answer.is_ok() || !written.is_empty())
}

/// Prints what a container writes until it ends.
async fn follow_log(session: &Session, pod: &Value, container: &str) -> Outcome {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/log",
        namespace(pod),
        segment(name(pod))
    );
    let call = Call::get(path)
        .query("container", container)
        .query("follow", "true");
    let response = session.client.response(call).await?;
    let process = &session.invocation.process;
    match response.body {
        Body::Stream(mut chunks) => {
            while let Some(chunk) = chunks.recv().await {
                process.write(1, &chunk.to_bytes()).await.ok();
            }
        }
        body => {
            process.write(1, &body.into_bytes().await).await.ok();
        }
    }
    Ok(())
}

/// What `kubectl run -i` does: waits for the pod, prints what it writes, tells how it ended, and
/// with `--rm` deletes it.
pub async fn attach_to_new_pod(session: &Session, pod: &Value) -> Outcome {
    let flags = session.flags();
    if !flags.is("quiet") && flags.is("stdin") {
        session
            .print_error("All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n")
            .await;
    }
    let outcome = attached(session, pod).await;
    if flags.is("rm") {
        remove(session, pod).await?;
    }
    outcome
}

async fn attached(session: &Session, pod: &Value) -> Outcome {
    let started = wait_for(session, pod, &|pod| {
        get_str(pod, &["status", "phase"]) != "Pending"
    })
    .await?;
    let container = get_str(pod, &["spec", "containers"]).to_owned();
    let container = if container.is_empty() {
        name(pod)
    } else {
        &container
    };
    let typed = session.flags().is("stdin") && get_str(&started, &["status", "phase"]) == "Running";
    if !typed || !attach_running(session, &started, container).await? {
        follow_log(session, &started, container).await?;
    }
    if session.flags().text("restart") == "Always" {
        return Ok(());
    }
    let ended = wait_for(session, pod, &pods::is_finished).await?;
    let status = get_list(&ended, &["status", "containerStatuses"]).first();
    let code = status.and_then(|status| get_i64(status, &["state", "terminated", "exitCode"]));
    match code
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or_default()
    {
        0 => Ok(()),
        code => Err(Failure::PlainExit(
            format!("pod {}/{} terminated (Error)", namespace(pod), name(pod)),
            code,
        )),
    }
}

/// Waits until a container of a pod has begun, and prints what it writes.
pub async fn attach_to(session: &Session, pod: &Value, container: &str) -> Outcome {
    let began = |pod: &Value| {
        ["containerStatuses", "ephemeralContainerStatuses"]
            .iter()
            .flat_map(|list| get_list(pod, &["status", list]))
            .any(|one| {
                get_str(one, &["name"]) == container && one.pointer("/state/waiting").is_none()
            })
    };
    wait_for(session, pod, &began).await?;
    follow_log(session, pod, container).await
}

async fn wait_for(
    session: &Session,
    pod: &Value,
    done: &dyn Fn(&Value) -> bool,
) -> Result<Value, Failure> {
    let fields = format!("metadata.name={}", name(pod));
    let path = format!("/api/v1/namespaces/{}/pods", namespace(pod));
    let call = || Call::get(path.as_str()).query("fieldSelector", fields.as_str());
    let list = session.client.call(call()).await?;
    if let Some(found) = get_list(&list, &["items"]).iter().find(|pod| done(pod)) {
        return Ok(found.clone());
    }
    let version = get_str(&list, &["metadata", "resourceVersion"]);
    let mut watch = session
        .client
        .watch(call().query("resourceVersion", version))
        .await?;
    while let Some(event) = watch.next().await {
        if event.kind == "DELETED" {
            return Err(Failure::message(format!("pod {} was deleted", name(pod))));
        }
        if done(&event.object) {
            return Ok((*event.object).clone());
        }
    }
    Err(Failure::message("timed out waiting for the condition"))
}

async fn remove(session: &Session, pod: &Value) -> Outcome {
    let target = delete::Target {
        resource: session.mapper.resource("pods").await?,
        namespace: namespace(pod).to_owned(),
        name: name(pod).to_owned(),
        source: String::new(),
    };
    let how = delete::How {
        grace_period_seconds: -1,
        propagation: "Background",
        dry_run: false,
    };
    let uid = delete::delete(session, &target, &how).await?;
    let text = format!(
        "pod \"{}\" deleted from {} namespace\n",
        name(pod),
        namespace(pod)
    );
    session.print(text).await;
    delete::wait_until_gone(session, &target, &uid, 0).await
}
