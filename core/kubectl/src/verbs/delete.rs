//! `kubectl delete`: deletes objects and waits until they are gone.
//!
//! Models kubectl `pkg/cmd/delete` and `pkg/cmd/wait` (`IsDeleted`).

use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Selection, Session, segment};
use kubernetes_api::object::{get_list, get_str};
use kubernetes_api::resources::Resource;
use serde_json::{Value, json};
use simulation::timeout;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text(
        "cascade",
        "What happens with dependents: \"background\", \"foreground\" or \"orphan\".",
    )
    .default("background")
    .bare("background"),
    Flag::switch(
        "force",
        "Forget the object at once, without waiting for it to end.",
    ),
    Flag::new(
        "grace-period",
        Kind::Int,
        "Seconds that it has to end; -1 leaves that to the object.",
    )
    .default("-1"),
    Flag::switch(
        "ignore-not-found",
        "Say nothing of objects that do not exist.",
    ),
    Flag::switch("interactive", "Ask before deleting.").short('i'),
    Flag::switch("now", "One second to end, as --grace-period=1."),
    Flag::text("output", "\"name\" prints names only.").short('o'),
    Flag::text("raw", "Path to send DELETE to."),
    Flag::new(
        "timeout",
        Kind::Duration,
        "Time to wait for the end; 0 is without limit.",
    ),
    Flag::switch("wait", "Wait until the objects are gone.").default("true"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "delete",
    usage: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]",
    short: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    examples: "# One pod\nkubectl delete pod web-0\n\n# What a file describes\nkubectl delete -f pod.yaml\n\n# All pods of the namespace\nkubectl delete pods --all",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::FIELD_SELECTOR,
        global::ALL,
        global::ALL_NAMESPACES,
        global::DRY_RUN,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// One object to delete.
pub struct Target {
    /// Its type.
    pub resource: Rc<Resource>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The file that names it; may be empty.
    pub source: String,
}

/// How to delete.
#[derive(Clone, Debug)]
pub struct How {
    /// Seconds to end, or -1.
    pub grace_period_seconds: i64,
    /// `Background`, `Foreground`, `Orphan`.
    pub propagation: &'static str,
    /// Whether only the server's checks are made.
    pub dry_run: bool,
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let how = how(&session)?;
    if session.flags().is("all") && !session.flags().text("selector").is_empty() {
        return Err(Failure::message(
            "setting 'all' parameter but found a non empty selector. ",
        ));
    }
    if !matches!(session.flags().text("output"), "" | "name") {
        return Err(Failure::message(format!(
            "unexpected -o output mode: {}. We only support '-o name'",
            session.flags().text("output")
        )));
    }
    if !session.flags().text("raw").is_empty() {
        let call = Call::new("DELETE", session.flags().text("raw"));
        let text = session.client.text(call).await?;
        session.print(text).await;
        return Ok(());
    }
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let (targets, mut failures) = targets(&session).await?;
    if how.grace_period_seconds == 0 {
        session
            .print_error("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n")
            .await;
    }
    let mut found = 0;
    let mut gone = Vec::new();
    let ignoring = session.flags().is("ignore-not-found");
    for target in targets {
        found += 1;
        if !target.resource.namespaced && session.client.connection.namespace_given {
            session
                .print_error("Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n")
                .await;
        }
        let deleted = if session.flags().text("dry-run") == "client" {
            Ok(String::new())
        } else {
            delete(&session, &target, &how).await
        };
        match deleted {
            Ok(uid) => {
                say_deleted(&session, &target, &how).await;
                gone.push((target, uid));
            }
            Err(failure) if ignoring && failure.is_not_found() => {}
            Err(failure) => failures.push(failure.in_source("deleting", &target.source)),
        }
    }
    if found == 0 && failures.is_empty() {
        session.print("No resources found\n").await;
        return Ok(());
    }
    if session.flags().is("wait") && session.flags().text("dry-run") == "none" {
        for (target, uid) in &gone {
            wait_until_gone(&session, target, uid, session.flags().duration("timeout")).await?;
        }
    }
    Failure::all(failures)
}

fn how(session: &Session) -> Result<How, Failure> {
    let flags = session.flags();
    let (now, force) = (flags.is("now"), flags.is("force"));
    let mut grace = flags.int("grace-period");
    if now && grace != -1 {
        return Err(Failure::message(
            "--now and --grace-period cannot be specified together",
        ));
    }
    if now {
        grace = 1;
    }
    if force && grace > 0 {
        return Err(Failure::message(
            "--force and --grace-period greater than 0 cannot be specified together",
        ));
    }
    if force && grace < 0 {
        grace = 0;
    } else if grace == 0 && !force {
        // Only --force may forget an object whose containers still run.
        grace = 1;
    }
    let propagation = match flags.text("cascade") {
        "background" | "true" => "Background",
        "foreground" => "Foreground",
        "orphan" | "false" => "Orphan",
        other => {
            return Err(Failure::message(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            )));
        }
    };
    Ok(How {
        grace_period_seconds: grace,
        propagation,
        dry_run: flags.text("dry-run") == "server",
    })
}

async fn targets(session: &Session) -> Result<(Vec<Target>, Vec<Failure>), Failure> {
    let selection = Selection::of(session.flags());
    let all = session.flags().is("all");
    let mut targets = Vec::new();
    let mut failures = Vec::new();
    let all_namespaces = session.flags().is("all-namespaces");
    for one in session.named().await? {
        let namespace = if one.namespace.is_empty() {
            session.namespace().to_owned()
        } else {
            one.namespace.clone()
        };
        if let Some(name) = one.name {
            if one.source.is_empty() && (all || !selection.is_empty()) {
                return Err(Failure::message(
                    "name cannot be provided when a selector is specified",
                ));
            }
            targets.push(Target {
                resource: one.resource,
                namespace,
                name,
                source: one.source,
            });
            continue;
        }
        if !all && selection.is_empty() {
            return Err(arguments::no_name());
        }
        let within = (!all_namespaces).then_some(namespace.as_str());
        let listed = selection
            .list(&session.client, &one.resource, within, crate::client::JSON)
            .await;
        match listed {
            Ok(list) => targets.extend(get_list(&list, &["items"]).iter().map(|item| Target {
                resource: one.resource.clone(),
                namespace: kubernetes_api::object::namespace(item).to_owned(),
                name: kubernetes_api::object::name(item).to_owned(),
                source: String::new(),
            })),
            Err(failure) => failures.push(failure),
        }
    }
    Ok((targets, failures))
}

/// Deletes one object; gives its UID.
pub async fn delete(session: &Session, target: &Target, how: &How) -> Result<String, Failure> {
    let path = target
        .resource
        .path(Some(&target.namespace), Some(&segment(&target.name)), None);
    let mut options =
        json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": how.propagation});
    if how.grace_period_seconds >= 0 {
        kubernetes_api::object::set(
            &mut options,
            &["gracePeriodSeconds"],
            how.grace_period_seconds,
        );
    }
    if how.dry_run {
        kubernetes_api::object::set(&mut options, &["dryRun"], json!(["All"]));
    }
    let answer = session
        .client
        .call(Call::new("DELETE", path).object(options))
        .await?;
    let uid = match get_str(&answer, &["details", "uid"]) {
        "" => get_str(&answer, &["metadata", "uid"]),
        uid => uid,
    };
    Ok(uid.to_owned())
}

/// Says that an object was deleted.
pub async fn say_deleted(session: &Session, target: &Target, how: &How) {
    let kind = target.resource.singular_with_group();
    if session.flags().text("output") == "name" {
        session.print(format!("{kind}/{}\n", target.name)).await;
        return;
    }
    let done = if how.grace_period_seconds == 0 {
        "force deleted"
    } else {
        "deleted"
    };
    let place = if target.resource.namespaced {
        format!(" from {} namespace", target.namespace)
    } else {
        String::new()
    };
    let suffix = super::dry_run_suffix(session.flags());
    let text = format!("{kind} \"{}\" {done}{place}{suffix}\n", target.name);
    session.print(text).await;
}

/// Waits until the object of this UID does not exist any more; `limit` in nanoseconds, 0 for none.
pub async fn wait_until_gone(session: &Session, target: &Target, uid: &str, limit: i64) -> Outcome {
    let limit = u64::try_from(limit).unwrap_or_default();
    if limit == 0 {
        return gone(session, target, uid).await;
    }
    let clock = session.invocation.process.simulation();
    let limit = machine::Duration::from_nanos(limit);
    match timeout(clock, limit, gone(session, target, uid)).await {
        Some(outcome) => outcome,
        None => Err(Failure::message(format!(
            "timed out waiting for the condition on {}/{}",
            target.resource.plural, target.name
        ))),
    }
}

async fn gone(session: &Session, target: &Target, uid: &str) -> Outcome {
    let same = |object: &Value| uid.is_empty() || kubernetes_api::object::uid(object) == uid;
    let fields = format!("metadata.name={}", target.name);
    let collection = target.resource.path(Some(&target.namespace), None, None);
    loop {
        let call = Call::get(collection.as_str()).query("fieldSelector", fields.as_str());
        let list = session.client.call(call).await?;
        if !get_list(&list, &["items"]).iter().any(same) {
            return Ok(());
        }
        let version = get_str(&list, &["metadata", "resourceVersion"]);
        let call = Call::get(collection.as_str())
            .query("fieldSelector", fields.as_str())
            .query("resourceVersion", version);
        let mut watch = session.client.watch(call).await?;
        while let Some(event) = watch.next().await {
            if event.kind == "DELETED" && same(&event.object) {
                return Ok(());
            }
            if event.kind == "ERROR" {
                break;
            }
        }
        // A server that ends watches at once must not make this a busy loop.
        session
            .invocation
            .process
            .sleep(machine::Duration::from_millis(500))
            .await;
    }
}
