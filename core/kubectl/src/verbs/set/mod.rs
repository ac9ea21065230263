//! `kubectl set`: changes one thing of a workload's pod template.
//!
//! Models kubectl `pkg/cmd/set`.

mod env;
mod subject;
mod template;

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::writing::{Report, Writing};
use kubernetes_api::object::{entry, get_list, get_str};
use serde_json::Value;

/// The command.
pub static COMMAND: Command = Command {
    name: "set",
    usage: "SUBCOMMAND [options]",
    short: "Set specific features on objects",
    children: &[
        &env::COMMAND,
        &template::IMAGE,
        &template::RESOURCES,
        &template::SELECTOR,
        &template::SERVICE_ACCOUNT,
        &subject::COMMAND,
    ],
    ..Command::EMPTY
};

static LOCAL: &[Flag] = &[Flag::switch(
    "local",
    "Change what the file says, without the server.",
)];

/// Where the pod spec of a kind is.
fn pod_spec_path(object: &Value) -> Result<Vec<&'static str>, Failure> {
    match get_str(object, &["kind"]) {
        "Pod" => Ok(vec!["spec"]),
        "CronJob" => Ok(vec!["spec", "jobTemplate", "spec", "template", "spec"]),
        "Deployment"
        | "ReplicaSet"
        | "DaemonSet"
        | "StatefulSet"
        | "Job"
        | "ReplicationController" => Ok(vec!["spec", "template", "spec"]),
        kind => Err(Failure::message(format!(
            "the object is not a pod or does not have a pod template: {kind}"
        ))),
    }
}

/// Whether a container's name fits a pattern with `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        }
        None => pattern == name,
    }
}

/// Changes containers of a pod spec; gives how many there were.
fn each_container(
    object: &mut Value,
    path: &[&str],
    pattern: &str,
    mut change: impl FnMut(&mut Value),
) -> usize {
    let mut count = 0;
    for list in ["containers", "initContainers"] {
        let mut full = path.to_vec();
        full.push(list);
        if get_list(object, &full).is_empty() {
            continue;
        }
        if let Value::Array(containers) = entry(object, &full) {
            for container in containers {
                if fits(pattern, get_str(container, &["name"])) {
                    change(container);
                    count += 1;
                }
            }
        }
    }
    count
}

/// Splits `KEY=VALUE`, `KEY-` out of the arguments.
fn take_pairs(invocation: &mut Invocation) -> Vec<String> {
    let is_pair = |word: &String| word.contains('=') || word.ends_with('-') && word.len() > 1;
    let words = std::mem::take(&mut invocation.arguments);
    let (pairs, rest): (Vec<String>, Vec<String>) = words.into_iter().partition(is_pair);
    invocation.arguments = rest;
    pairs
}

/// Applies a change to every object of the command line, and says what was done. `failed` is what a
/// refusal says could not be patched.
async fn change_all(
    session: &Session,
    done: &str,
    failed: &str,
    change: impl Fn(&mut Value) -> Outcome,
) -> Outcome {
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let writing = Writing::of(session.flags(), "kubectl-set")?;
    let mut report = Report::new(session, writing.suffix())?;
    let mut failures = Vec::new();
    for (resource, object) in crate::targets::objects(session).await? {
        let mut after = object.clone();
        if let Err(failure) = change(&mut after) {
            failures.push(failure);
            continue;
        }
        let whole = session.flags().given("output");
        if after == object && !whole {
            continue;
        }
        match writing.change(session, &resource, &object, &after).await {
            Ok((object, _)) => report.say_now(session, &object, done).await?,
            Err(failure) => failures.push(if failed.is_empty() {
                failure
            } else {
                Failure::message(format!("failed to patch {failed}: {}", failure.sentence()))
            }),
        }
    }
    Failure::all(failures)
}

/// The flags that all of these share.
static COMMON: &[&[Flag]] = &[
    LOCAL,
    global::FILES,
    global::SELECTOR,
    global::ALL,
    global::DRY_RUN,
    global::OUTPUT,
    global::MANAGER,
];
