//! `kubectl port-forward` and `kubectl cp`: so far only what they check before they connect.

use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::pods;
use crate::session::Session;

static FORWARD_FLAGS: &[Flag] = &[
    Flag::list("address", "Addresses to listen on.").default("localhost"),
    Flag::new(
        "pod-running-timeout",
        Kind::Duration,
        "Time to wait for a pod that runs.",
    )
    .default("1m0s"),
];

/// `kubectl port-forward`.
pub static PORT_FORWARD: Command = Command {
    name: "port-forward",
    usage: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    short: "Forward one or more local ports to a pod",
    flags: &[FORWARD_FLAGS],
    run: Some(|invocation| Box::pin(port_forward(invocation))),
    ..Command::EMPTY
};

async fn port_forward(invocation: Invocation) -> Outcome {
    let [word, _, ..] = invocation.arguments.as_slice() else {
        return Err(
            invocation.usage_error("TYPE/NAME and list of ports are required for port-forward")
        );
    };
    let word = word.clone();
    let session = Session::open(invocation)?;
    let limit = session.flags().duration("pod-running-timeout");
    pods::first_of(&session, &word, limit).await?;
    Err(Failure::message(
        "port-forward is not supported by this cluster yet",
    ))
}

static COPY_FLAGS: &[Flag] = &[
    Flag::text("container", "The container.").short('c'),
    Flag::switch("no-preserve", "Do not keep owners and permissions."),
    Flag::new(
        "retries",
        Kind::Int,
        "How often to try again; below 0 is for ever.",
    ),
];

/// `kubectl cp`.
pub static CP: Command = Command {
    name: "cp",
    usage: "<file-spec-src> <file-spec-dest> [options]",
    short: "Copy files and directories to and from containers",
    flags: &[COPY_FLAGS],
    run: Some(|invocation| Box::pin(copy(invocation))),
    ..Command::EMPTY
};

async fn copy(invocation: Invocation) -> Outcome {
    let [from, to] = invocation.arguments.as_slice() else {
        return Err(invocation.usage_error("source and destination are required"));
    };
    let remote = [from, to].into_iter().find_map(|word| word.split_once(':'));
    let Some((place, _)) = remote else {
        return Err(Failure::message(
            "one of src or dest must be a remote file specification",
        ));
    };
    let (namespace, pod) = match place.split_once('/') {
        Some((namespace, pod)) => (Some(namespace.to_owned()), pod.to_owned()),
        None => (None, place.to_owned()),
    };
    let session = Session::open(invocation)?;
    let resource = session.mapper.resource("pods").await?;
    let namespace = namespace.unwrap_or_else(|| session.namespace().to_owned());
    session.get_in(&resource, &namespace, &pod).await?;
    Err(Failure::message("cp is not supported by this cluster yet"))
}
