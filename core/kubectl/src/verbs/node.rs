//! `kubectl cordon`, `uncordon` and `taint`.
//!
//! Models kubectl `pkg/cmd/drain` and `pkg/cmd/taint`.

use crate::arguments::Named;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{DryRun, MERGE, Place, Report, STRATEGIC, Writing};
use kubernetes_api::json::compact;
use kubernetes_api::object::{get_bool, get_list, get_str, name};
use serde_json::{Value, json};

/// `kubectl cordon`.
pub static CORDON: Command = Command {
    name: "cordon",
    usage: "NODE [options]",
    short: "Mark node as unschedulable",
    flags: &[global::SELECTOR, global::DRY_RUN],
    run: Some(|invocation| Box::pin(cordon(invocation, true))),
    ..Command::EMPTY
};

/// `kubectl uncordon`.
pub static UNCORDON: Command = Command {
    name: "uncordon",
    usage: "NODE [options]",
    short: "Mark node as schedulable",
    flags: &[global::SELECTOR, global::DRY_RUN],
    run: Some(|invocation| Box::pin(cordon(invocation, false))),
    ..Command::EMPTY
};

/// The nodes of the arguments.
pub async fn nodes(session: &Session) -> Result<Vec<targets::Found>, Failure> {
    let selected = !session.flags().text("selector").is_empty();
    if session.arguments().is_empty() && !selected {
        let usage = session.invocation.command.usage;
        return Err(session.invocation.usage_error(format!(
            "USAGE: {} {}",
            session.invocation.command.name,
            usage.replace("options", "flags")
        )));
    }
    let resource = session.mapper.resource("nodes").await?;
    let named = |name: Option<String>| Named {
        resource: resource.clone(),
        name: name.map(|name| name.trim_start_matches("node/").to_owned()),
        namespace: String::new(),
        source: String::new(),
    };
    let all: Vec<Named> = if session.arguments().is_empty() {
        vec![named(None)]
    } else {
        session
            .arguments()
            .iter()
            .map(|name| named(Some(name.clone())))
            .collect()
    };
    let (found, failures) = targets::of_named(session, all).await?;
    Failure::all(failures)?;
    Ok(found)
}

async fn cordon(invocation: Invocation, wanted: bool) -> Outcome {
    let session = Session::open(invocation)?;
    let writing = Writing::of(session.flags(), "kubectl-cordon")?;
    for found in nodes(&session).await? {
        set_schedulable(&session, &writing, &found, wanted).await?;
    }
    Ok(())
}

/// Marks a node, and says so.
pub async fn set_schedulable(
    session: &Session,
    writing: &Writing,
    (resource, node): &targets::Found,
    unschedulable: bool,
) -> Outcome {
    let done = if unschedulable {
        "cordoned"
    } else {
        "uncordoned"
    };
    let name = name(node);
    if get_bool(node, &["spec", "unschedulable"]) == unschedulable {
        session
            .print(format!("node/{name} already {done}{}\n", writing.suffix()))
            .await;
        return Ok(());
    }
    if writing.dry_run() != DryRun::Client {
        let value = if unschedulable {
            Value::Bool(true)
        } else {
            Value::Null
        };
        let patch = json!({"spec": {"unschedulable": value}});
        let bytes = compact(&patch).into_bytes();
        writing
            .patch(session, &Place::of(resource, node), STRATEGIC, bytes)
            .await?;
    }
    session
        .print(format!("node/{name} {done}{}\n", writing.suffix()))
        .await;
    Ok(())
}

static TAINT_FLAGS: &[Flag] = &[Flag::switch("overwrite", "Change taints that are there.")];

/// `kubectl taint`.
pub static TAINT: Command = Command {
    name: "taint",
    aliases: &["taints"],
    usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
    short: "Update the taints on one or more nodes",
    flags: &[
        TAINT_FLAGS,
        global::SELECTOR,
        global::ALL,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(taint(invocation))),
    ..Command::EMPTY
};

/// What is to be changed: taints to set, and key with effect to remove (an empty effect is any).
#[derive(Default)]
struct Changes {
    set: Vec<Value>,
    remove: Vec<(String, String)>,
}

fn parse(words: &[String]) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    let effect_of = |effect: &str| match effect {
        "NoSchedule" | "PreferNoSchedule" | "NoExecute" => Ok(effect.to_owned()),
        _ => Err(Failure::message(format!(
            "invalid taint effect: {effect}, unsupported taint effect"
        ))),
    };
    for word in words {
        if let Some(removed) = word.strip_suffix('-') {
            let (key, effect) = removed.split_once(':').unwrap_or((removed, ""));
            let effect = if effect.is_empty() {
                String::new()
            } else {
                effect_of(effect)?
            };
            let key = key.split('=').next().unwrap_or(key);
            changes.remove.push((key.to_owned(), effect));
            continue;
        }
        let Some((pair, effect)) = word.rsplit_once(':') else {
            return Err(Failure::message(format!(
                "invalid taint spec: {word}, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )));
        };
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let mut taint = json!({"key": key, "effect": effect_of(effect)?});
        if !value.is_empty() {
            kubernetes_api::object::set(&mut taint, &["value"], value);
        }
        changes.set.push(taint);
    }
    Ok(changes)
}

async fn taint(invocation: Invocation) -> Outcome {
    let mut session = Session::open(invocation)?;
    let is_change = |word: &String| word.contains(['=', ':']) || word.ends_with('-');
    let words = std::mem::take(&mut session.invocation.arguments);
    let at = words.iter().position(is_change).unwrap_or(words.len());
    let (named, changes) = words.split_at_checked(at).unwrap_or((&words, &[]));
    session.invocation.arguments = named.to_vec();
    if session.arguments().is_empty() {
        return Err(Failure::message(
            "one or more resources must be specified as <resource> <name>",
        ));
    }
    if changes.is_empty() {
        return Err(Failure::message("at least one taint update is required"));
    }
    let changes =
        parse(changes).map_err(|failure| session.invocation.usage_error(failure.sentence()))?;
    let first = session.arguments().first().cloned().unwrap_or_default();
    let word = first.split('/').next().unwrap_or(&first).to_owned();
    if session.mapper.resource(&word).await?.plural != "nodes" {
        return Err(Failure::message(format!(
            "invalid resource type {word}, only node types are supported"
        )));
    }
    let writing = Writing::of(session.flags(), "kubectl-taint")?;
    let mut report = Report::new(&session, writing.suffix())?;
    for (resource, node) in targets::objects(&session).await? {
        let done = one(&session, &writing, &changes, &resource, &node).await?;
        report.say_now(&session, &node, done).await?;
    }
    Ok(())
}

async fn one(
    session: &Session,
    writing: &Writing,
    changes: &Changes,
    resource: &kubernetes_api::resources::Resource,
    node: &Value,
) -> Result<&'static str, Failure> {
    let mut taints = get_list(node, &["spec", "taints"]).to_vec();
    let same = |left: &Value, right: &Value| {
        get_str(left, &["key"]) == get_str(right, &["key"])
            && get_str(left, &["effect"]) == get_str(right, &["effect"])
    };
    if !session.flags().is("overwrite") {
        let taken: Vec<&str> = changes
            .set
            .iter()
            .filter(|new| taints.iter().any(|have| same(have, new)))
            .map(|new| get_str(new, &["key"]))
            .collect();
        if !taken.is_empty() {
            return Err(Failure::message(format!(
                "node {} already has {} taint(s) with same effect(s) and --overwrite is false",
                name(node),
                taken.join(",")
            )));
        }
    }
    let replaced = changes
        .set
        .iter()
        .any(|new| taints.iter().any(|have| same(have, new)));
    for new in &changes.set {
        taints.retain(|have| !same(have, new));
        taints.push(new.clone());
    }
    for (key, effect) in &changes.remove {
        let before = taints.len();
        taints.retain(|have| {
            get_str(have, &["key"]) != key
                || !effect.is_empty() && get_str(have, &["effect"]) != effect
        });
        if taints.len() == before {
            let shown = if effect.is_empty() {
                key.clone()
            } else {
                format!("{key}:{effect}")
            };
            return Err(Failure::message(format!("taint \"{shown}\" not found")));
        }
    }
    let patch = json!({"spec": {"taints": taints}});
    if writing.dry_run() != DryRun::Client {
        let bytes = compact(&patch).into_bytes();
        writing
            .patch(session, &Place::of(resource, node), MERGE, bytes)
            .await?;
    }
    Ok(match (changes.set.is_empty(), changes.remove.is_empty()) {
        (false, true) if replaced => "modified",
        (false, true) => "tainted",
        (true, _) => "untainted",
        (false, false) => "modified",
    })
}
