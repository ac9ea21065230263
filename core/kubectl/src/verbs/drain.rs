//! `kubectl drain`: empties a node.
//!
//! Models kubectl `pkg/drain` and `pkg/cmd/drain`.

use super::delete;
use super::node::{nodes, set_schedulable};
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Session, segment};
use crate::writing::{DryRun, Writing};
use kubernetes_api::object::{
    annotation, controller_reference, get, get_list, get_str, name, namespace, uid,
};
use serde_json::{Value, json};
use simulation::{LocalFuture, join_all, timeout};

static FLAGS: &[Flag] = &[
    Flag::switch(
        "delete-emptydir-data",
        "Also pods whose emptyDir is lost with them.",
    ),
    Flag::switch(
        "disable-eviction",
        "Delete pods, whatever disruption budgets say.",
    ),
    Flag::switch("force", "Also pods without a controller."),
    Flag::new("grace-period", Kind::Int, "Seconds that pods have to end.").default("-1"),
    Flag::switch("ignore-daemonsets", "Leave pods of DaemonSets alone."),
    Flag::text(
        "pod-selector",
        "Only pods whose labels this selector matches.",
    ),
    Flag::new(
        "skip-wait-for-delete-timeout",
        Kind::Int,
        "Do not wait for pods deleted longer ago than these seconds.",
    ),
    Flag::new(
        "timeout",
        Kind::Duration,
        "Time to wait; 0 is without limit.",
    ),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "drain",
    usage: "NODE [options]",
    short: "Drain node in preparation for maintenance",
    flags: &[FLAGS, global::SELECTOR, global::DRY_RUN],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// Seconds between two tries of an eviction that a budget does not allow now.
const RETRY_SECONDS: u64 = 5;

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let writing = Writing::of(session.flags(), "kubectl-drain")?;
    let found = nodes(&session).await?;
    for node in &found {
        set_schedulable(&session, &writing, node, true).await?;
    }
    let mut failures = Vec::new();
    let mut pending = Vec::new();
    for (_, node) in &found {
        let node = name(node);
        match drain(&session, node, &writing).await {
            Ok(()) => {
                session
                    .print(format!("node/{node} drained{}\n", writing.suffix()))
                    .await
            }
            Err(all) => {
                let words: Vec<&str> = all.iter().map(String::as_str).collect();
                let words = match words.as_slice() {
                    [only] => (*only).to_owned(),
                    several => format!("[{}]", several.join(", ")),
                };
                session
                    .print_error(format!("error: unable to drain node \"{node}\" due to error: {words}, continuing command...\n"))
                    .await;
                pending.push(node);
                failures.extend(all.into_iter().map(Failure::Plain));
            }
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    let mut text = "There are pending nodes to be drained:\n".to_owned();
    for node in pending {
        text.push_str(&format!(" {node}\n"));
    }
    session.print_error(text).await;
    Err(Failure::Many(failures))
}

/// What is done with the pods of a node.
#[derive(Default)]
struct Sorted {
    evict: Vec<Value>,
    refused: Vec<(&'static str, Vec<String>)>,
    warned: Vec<(&'static str, Vec<String>)>,
}

fn note(list: &mut Vec<(&'static str, Vec<String>)>, words: &'static str, pod: &Value) {
    let what = format!("{}/{}", namespace(pod), name(pod));
    match list.iter_mut().find(|(have, _)| *have == words) {
        Some((_, all)) => all.push(what),
        None => list.push((words, vec![what])),
    }
}

fn sort(session: &Session, pods: &[Value]) -> Sorted {
    let flags = session.flags();
    let mut sorted = Sorted::default();
    for pod in pods {
        if annotation(pod, "kubernetes.io/config.mirror").is_some() {
            continue;
        }
        let finished = crate::pods::is_finished(pod);
        let owner = controller_reference(pod).map(|owner| get_str(owner, &["kind"]));
        if owner == Some("DaemonSet") && !finished {
            if flags.is("ignore-daemonsets") {
                note(&mut sorted.warned, "ignoring DaemonSet-managed Pods", pod);
            } else {
                note(
                    &mut sorted.refused,
                    "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
                    pod,
                );
            }
            continue;
        }
        let local = get_list(pod, &["spec", "volumes"])
            .iter()
            .any(|volume| get(volume, &["emptyDir"]).is_some());
        if local && !finished && !flags.is("delete-emptydir-data") {
            note(
                &mut sorted.refused,
                "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
                pod,
            );
            continue;
        }
        if owner.is_none() && !finished {
            if !flags.is("force") {
                note(
                    &mut sorted.refused,
                    "cannot delete Pods that declare no controller (use --force to override)",
                    pod,
                );
                continue;
            }
            note(
                &mut sorted.warned,
                "deleting Pods that declare no controller",
                pod,
            );
        }
        sorted.evict.push(pod.clone());
    }
    // The words come in the order of the alphabet, not of the pods.
    sorted.refused.sort();
    sorted.warned.sort();
    sorted
}

async fn drain(session: &Session, node: &str, writing: &Writing) -> Result<(), Vec<String>> {
    let fields = format!("spec.nodeName={node}");
    let selector = session.flags().text("pod-selector").to_owned();
    let call = || {
        Call::get("/api/v1/pods")
            .query("fieldSelector", fields.as_str())
            .query("labelSelector", selector.as_str())
    };
    let list = session
        .client
        .list(call)
        .await
        .map_err(|failure| vec![failure.sentence()])?;
    let sorted = sort(session, get_list(&list, &["items"]));
    if !sorted.refused.is_empty() {
        return Err(sorted
            .refused
            .into_iter()
            .map(|(words, pods)| format!("{words}: {}", pods.join(", ")))
            .collect());
    }
    if !sorted.warned.is_empty() {
        let all: Vec<String> = sorted
            .warned
            .iter()
            .map(|(words, pods)| format!("{words}: {}", pods.join(", ")))
            .collect();
        session
            .print_error(format!("Warning: {}\n", all.join("; ")))
            .await;
    }
    if writing.dry_run() == DryRun::Client {
        for pod in &sorted.evict {
            let (namespace, name) = (namespace(pod), name(pod));
            let text = format!("evicting pod {namespace}/{name} (dry run)\n");
            session.print(text).await;
        }
        return Ok(());
    }
    let mut evictions: Vec<LocalFuture<Result<(), String>>> = Vec::new();
    for pod in &sorted.evict {
        let (session, pod) = (session.clone(), pod.clone());
        evictions.push(Box::pin(async move { within_limit(&session, &pod).await }));
    }
    let failures: Vec<String> = join_all(evictions)
        .await
        .into_iter()
        .filter_map(Result::err)
        .collect();
    if failures.is_empty() {
        return Ok(());
    }
    let words = match failures.as_slice() {
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let mut text =
        format!("There are pending pods in node \"{node}\" when an error occurred: {words}\n");
    for pod in &sorted.evict {
        text.push_str(&format!("pod/{}\n", name(pod)));
    }
    session.print_error(text).await;
    Err(failures)
}

async fn within_limit(session: &Session, pod: &Value) -> Result<(), String> {
    let nanoseconds = session.flags().duration("timeout");
    let limit = u64::try_from(nanoseconds).unwrap_or_default();
    if limit == 0 {
        return evict(session, pod).await;
    }
    let clock = session.invocation.process.simulation();
    let limit = machine::Duration::from_nanos(limit);
    timeout(clock, limit, evict(session, pod))
        .await
        .unwrap_or_else(|| {
            Err(format!(
                "error when evicting pods/\"{}\" -n \"{}\": global timeout reached: {}",
                name(pod),
                namespace(pod),
                kubernetes_api::duration::go_string(nanoseconds)
            ))
        })
}

async fn evict(session: &Session, pod: &Value) -> Result<(), String> {
    let (pod_name, place) = (name(pod), namespace(pod));
    let wrong = |failure: &Failure| {
        format!(
            "error when evicting pods/\"{pod_name}\" -n \"{place}\": {}",
            failure.sentence()
        )
    };
    let path = format!(
        "/api/v1/namespaces/{place}/pods/{}/eviction",
        segment(pod_name)
    );
    let mut body = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod_name, "namespace": place}});
    let grace = session.flags().int("grace-period");
    if grace >= 0 {
        kubernetes_api::object::set(
            &mut body,
            &["deleteOptions"],
            json!({"gracePeriodSeconds": grace}),
        );
    }
    loop {
        session
            .print_error(format!("evicting pod {place}/{pod_name}\n"))
            .await;
        match session
            .client
            .call(Call::new("POST", path.as_str()).object(body.clone()))
            .await
        {
            Ok(_) => break,
            Err(failure) if failure.is_not_found() => return Ok(()),
            Err(Failure::Api(status)) if status.code == 429 => {
                let text = format!(
                    "error when evicting pods/\"{pod_name}\" -n \"{place}\" (will retry after {RETRY_SECONDS}s): {}\n",
                    status.message
                );
                session.print_error(text).await;
                session
                    .invocation
                    .process
                    .sleep(machine::Duration::from_secs(RETRY_SECONDS))
                    .await;
            }
            Err(failure) => return Err(wrong(&failure)),
        }
    }
    let resource = session
        .mapper
        .resource("pods")
        .await
        .map_err(|failure| wrong(&failure))?;
    let target = delete::Target {
        resource,
        namespace: place.to_owned(),
        name: pod_name.to_owned(),
        source: String::new(),
    };
    delete::wait_until_gone(session, &target, uid(pod), 0)
        .await
        .map_err(|failure| wrong(&failure))?;
    session.print(format!("pod/{pod_name} evicted\n")).await;
    Ok(())
}
