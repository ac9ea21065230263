//! `kubectl rollout status`: waits until a rollout is done, a line for each change.

use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Session, items};
use kubernetes_api::object::{condition, generation, get, get_i64, get_str, name};
use kubernetes_api::resources::Resource;
use serde_json::Value;
use simulation::timeout;

static FLAGS: &[Flag] = &[
    Flag::new("revision", Kind::Int, "Wait for this revision only."),
    Flag::new(
        "timeout",
        Kind::Duration,
        "Time to wait; 0 is without limit.",
    ),
    Flag::switch("watch", "Wait until the rollout is done.")
        .short('w')
        .default("true"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "status",
    usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
    short: "Show the status of the rollout",
    flags: &[FLAGS, global::FILES, global::SELECTOR],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    for (resource, object) in super::targets(&session).await? {
        // Kinds without a rollout are told before anything is watched.
        line(&session, &resource, &object)?;
        let limit = u64::try_from(session.flags().duration("timeout")).unwrap_or_default();
        let following = follow(&session, &resource, &object);
        if limit == 0 {
            following.await?;
            continue;
        }
        let limit = machine::Duration::from_nanos(limit);
        let clock = session.invocation.process.simulation();
        match timeout(clock, limit, following).await {
            Some(outcome) => outcome?,
            None => return Err(Failure::message("timed out waiting for the condition")),
        }
    }
    Ok(())
}

async fn follow(session: &Session, resource: &Resource, object: &Value) -> Outcome {
    let namespace = kubernetes_api::object::namespace(object);
    let fields = format!("metadata.name={}", name(object));
    let call = || {
        Call::get(resource.path(Some(namespace), None, None))
            .query("fieldSelector", fields.as_str())
    };
    let watching = session.flags().is("watch");
    let list = session.client.call(call()).await?;
    for object in items(&list, resource) {
        if say(session, resource, &object).await? || !watching {
            return Ok(());
        }
    }
    let version = get_str(&list, &["metadata", "resourceVersion"]);
    let mut watch = session
        .client
        .watch(call().query("resourceVersion", version))
        .await?;
    while let Some(event) = watch.next().await {
        match event.kind {
            "ADDED" | "MODIFIED" if say(session, resource, &event.object).await? => return Ok(()),
            "DELETED" => return Err(Failure::message("object has been deleted")),
            _ => {}
        }
    }
    Ok(())
}

async fn say(session: &Session, resource: &Resource, object: &Value) -> Result<bool, Failure> {
    let (text, done) = line(session, resource, object)?;
    session.print(text).await;
    Ok(done)
}

/// The line that says how far an object is, and whether it is done.
fn line(session: &Session, resource: &Resource, object: &Value) -> Result<(String, bool), Failure> {
    match resource.kind.as_str() {
        "Deployment" => deployment(session, object),
        "DaemonSet" => daemon_set(object),
        "StatefulSet" => stateful_set(object),
        _ => Err(Failure::message(format!(
            "no status viewer has been implemented for {}",
            super::group_kind(resource)
        ))),
    }
}

fn number(object: &Value, path: &[&str]) -> i64 {
    get_i64(object, path).unwrap_or_default()
}

fn is_observed(object: &Value) -> bool {
    generation(object) <= number(object, &["status", "observedGeneration"])
}

fn deployment(session: &Session, object: &Value) -> Result<(String, bool), Failure> {
    let name = name(object);
    let wanted = session.flags().int("revision");
    if wanted > 0 {
        let have = kubernetes_api::object::annotation(object, super::revisions::REVISION);
        let have = have.unwrap_or_default();
        if have != wanted.to_string() {
            return Err(Failure::message(format!(
                "desired revision ({wanted}) is different from the running revision ({have})"
            )));
        }
    }
    if !is_observed(object) {
        return Ok((
            "Waiting for deployment spec update to be observed...\n".into(),
            false,
        ));
    }
    if condition(object, "Progressing")
        .is_some_and(|one| get_str(one, &["reason"]) == "ProgressDeadlineExceeded")
    {
        return Err(Failure::message(format!(
            "deployment \"{name}\" exceeded its progress deadline"
        )));
    }
    let status = |key: &str| number(object, &["status", key]);
    let replicas = number(object, &["spec", "replicas"]);
    let (updated, all, available) = (
        status("updatedReplicas"),
        status("replicas"),
        status("availableReplicas"),
    );
    let waiting = format!("Waiting for deployment \"{name}\" rollout to finish:");
    Ok(if updated < replicas {
        (
            format!("{waiting} {updated} out of {replicas} new replicas have been updated...\n"),
            false,
        )
    } else if all > updated {
        (
            format!(
                "{waiting} {} old replicas are pending termination...\n",
                all - updated
            ),
            false,
        )
    } else if available < updated {
        (
            format!("{waiting} {available} of {updated} updated replicas are available...\n"),
            false,
        )
    } else {
        (
            format!("deployment \"{name}\" successfully rolled out\n"),
            true,
        )
    })
}

fn daemon_set(object: &Value) -> Result<(String, bool), Failure> {
    let name = name(object);
    if get_str(object, &["spec", "updateStrategy", "type"]) != "RollingUpdate" {
        return Err(Failure::message(
            "rollout status is only available for RollingUpdate strategy type",
        ));
    }
    if !is_observed(object) {
        return Ok((
            "Waiting for daemon set spec update to be observed...\n".into(),
            false,
        ));
    }
    let status = |key: &str| number(object, &["status", key]);
    let wanted = status("desiredNumberScheduled");
    let waiting = format!("Waiting for daemon set \"{name}\" rollout to finish:");
    Ok(if status("updatedNumberScheduled") < wanted {
        let updated = status("updatedNumberScheduled");
        (
            format!("{waiting} {updated} out of {wanted} new pods have been updated...\n"),
            false,
        )
    } else if status("numberAvailable") < wanted {
        let available = status("numberAvailable");
        (
            format!("{waiting} {available} of {wanted} updated pods are available...\n"),
            false,
        )
    } else {
        (
            format!("daemon set \"{name}\" successfully rolled out\n"),
            true,
        )
    })
}

fn stateful_set(object: &Value) -> Result<(String, bool), Failure> {
    if get_str(object, &["spec", "updateStrategy", "type"]) != "RollingUpdate" {
        return Err(Failure::message(
            "rollout status is only available for RollingUpdate strategy type",
        ));
    }
    if number(object, &["status", "observedGeneration"]) == 0 || !is_observed(object) {
        return Ok((
            "Waiting for statefulset spec update to be observed...\n".into(),
            false,
        ));
    }
    let status = |key: &str| number(object, &["status", key]);
    let replicas = number(object, &["spec", "replicas"]);
    let (ready, updated) = (status("readyReplicas"), status("updatedReplicas"));
    if ready < replicas {
        return Ok((
            format!("Waiting for {} pods to be ready...\n", replicas - ready),
            false,
        ));
    }
    if let Some(rolling) = get(object, &["spec", "updateStrategy", "rollingUpdate"]) {
        if let Some(partition) = get_i64(rolling, &["partition"])
            && updated < replicas - partition
        {
            let wanted = replicas - partition;
            return Ok((
                format!(
                    "Waiting for partitioned roll out to finish: {updated} out of {wanted} new pods have been updated...\n"
                ),
                false,
            ));
        }
        return Ok((
            format!("partitioned roll out complete: {updated} new pods have been updated...\n"),
            true,
        ));
    }
    let current = get_str(object, &["status", "currentRevision"]);
    let update = get_str(object, &["status", "updateRevision"]);
    let all = status("currentReplicas");
    Ok(if current == update {
        (
            format!("statefulset rolling update complete {all} pods at revision {current}...\n"),
            true,
        )
    } else {
        (
            format!(
                "waiting for statefulset rolling update to complete {updated} pods at revision {update}...\n"
            ),
            false,
        )
    })
}
