//! `kubectl label` and `kubectl annotate`.
//!
//! Models kubectl `pkg/cmd/label` and `pkg/cmd/annotate`.

use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{DryRun, MERGE, Place, Report, Writing};
use kubernetes_api::json::{compact, quote_go};
use kubernetes_api::names;
use kubernetes_api::object::{get_map, set};
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[
    Flag::switch("list", "Show what there is."),
    Flag::switch("local", "Change what the file says, without the server."),
    Flag::switch("overwrite", "Change values that are there."),
    Flag::text(
        "resource-version",
        "Change only this version of the object.",
    ),
];

/// `kubectl label`.
pub static LABEL: Command = Command {
    name: "label",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]",
    short: "Update the labels on a resource",
    examples: "# A label\nkubectl label pod web tier=front\n\n# Without it again\nkubectl label pod web tier-",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::FIELD_SELECTOR,
        global::ALL,
        global::ALL_NAMESPACES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::RECORD,
    ],
    run: Some(|invocation| Box::pin(run(invocation, &LABELS))),
    ..Command::EMPTY
};

/// `kubectl annotate`.
pub static ANNOTATE: Command = Command {
    name: "annotate",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]",
    short: "Update the annotations on a resource",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::FIELD_SELECTOR,
        global::ALL,
        global::ALL_NAMESPACES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::RECORD,
    ],
    run: Some(|invocation| Box::pin(run(invocation, &ANNOTATIONS))),
    ..Command::EMPTY
};

/// What the two commands differ in.
struct Words {
    field: &'static str,
    one: &'static str,
    manager: &'static str,
}

static LABELS: Words = Words {
    field: "labels",
    one: "label",
    manager: "kubectl-label",
};
static ANNOTATIONS: Words = Words {
    field: "annotations",
    one: "annotation",
    manager: "kubectl-annotate",
};

/// What is to be changed.
#[derive(Default)]
struct Changes {
    set: Vec<(String, String)>,
    remove: Vec<String>,
}

async fn run(invocation: Invocation, words: &'static Words) -> Outcome {
    let mut session = Session::open(invocation)?;
    let changes = take_changes(&mut session, words)?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(Failure::message(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    let listing = session.flags().is("list");
    if changes.set.is_empty() && changes.remove.is_empty() && !listing {
        return Err(Failure::message(format!(
            "at least one {} update is required",
            words.one
        )));
    }
    let several = match session.arguments() {
        [first, rest @ ..] => rest.len() > usize::from(!first.contains('/')),
        [] => false,
    };
    let many = several || session.flags().is("all") || !session.flags().text("selector").is_empty();
    if many && !session.flags().text("resource-version").is_empty() {
        return Err(Failure::message(
            "--resource-version may only be used with a single resource",
        ));
    }
    let writing = Writing::of(session.flags(), words.manager)?;
    let mut report = Report::new(&session, writing.suffix())?;
    let (found, mut failures) = targets::objects_and_failures(&session).await?;
    for (resource, object) in found {
        if listing {
            let lines: String = get_map(&object, &["metadata", words.field])
                .into_iter()
                .flatten()
                .map(|(key, value)| format!("{key}={}\n", value.as_str().unwrap_or_default()))
                .collect();
            session.print(lines).await;
            continue;
        }
        let changed = change(
            &session,
            words,
            &changes,
            &writing,
            &mut report,
            &(resource, object),
        )
        .await;
        failures.extend(changed.err());
    }
    Failure::all(failures)
}

/// Takes `KEY=VALUE` and `KEY-` out of the arguments; what is left names objects.
fn take_changes(session: &mut Session, words: &Words) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    let mut rest = Vec::new();
    let mut seen_change = false;
    for word in std::mem::take(&mut session.invocation.arguments) {
        let is_change =
            word.contains('=') && !word.starts_with('=') || word.ends_with('-') && word.len() > 1;
        if is_change {
            seen_change = true;
            match word.split_once('=') {
                Some((key, value)) => changes.set.push((key.to_owned(), value.to_owned())),
                None => changes.remove.push(word.trim_end_matches('-').to_owned()),
            }
        } else if seen_change {
            return Err(Failure::message(format!(
                "all resources must be specified before {} changes: {word}",
                words.one
            )));
        } else {
            rest.push(word);
        }
    }
    for key in &changes.remove {
        if changes.set.iter().any(|(have, _)| have == key) {
            return Err(Failure::message(format!(
                "can not both modify and remove {} {} in the same command",
                if words.one == "label" { "a" } else { "an" },
                words.one
            )));
        }
    }
    if words.one == "label" {
        for (key, value) in &changes.set {
            let wrong = names::label_value(value);
            if !wrong.is_empty() {
                return Err(Failure::message(format!(
                    "invalid label value: {}: {}",
                    quote_go(&format!("{key}={value}")),
                    wrong.join(";")
                )));
            }
        }
    }
    session.invocation.arguments = rest;
    Ok(changes)
}

async fn change(
    session: &Session,
    words: &Words,
    changes: &Changes,
    writing: &Writing,
    report: &mut Report,
    (resource, object): &targets::Found,
) -> Outcome {
    let have = |key: &str| {
        get_map(object, &["metadata", words.field])
            .and_then(|map| map.get(key))
            .and_then(Value::as_str)
    };
    if !session.flags().is("overwrite") {
        let taken: Vec<String> = changes
            .set
            .iter()
            .filter_map(|(key, value)| {
                let before = have(key).filter(|before| before != value)?;
                Some(format!("'{key}' already has a value ({before})"))
            })
            .collect();
        if let Some(first) = taken.first() {
            return Err(Failure::message(if words.one == "label" {
                format!("{first}, and --overwrite is false")
            } else {
                format!(
                    "--overwrite is false but found the following declared annotation(s): {}",
                    taken.join(", ")
                )
            }));
        }
    }
    let mut patch = json!({});
    let (mut added, mut removed) = (false, false);
    for (key, value) in &changes.set {
        added |= have(key) != Some(value.as_str());
        set(&mut patch, &["metadata", words.field, key], value.as_str());
    }
    for key in &changes.remove {
        if have(key).is_some() {
            removed = true;
        } else if words.one == "label" && writing.dry_run() != DryRun::Client {
            session.print(format!("label \"{key}\" not found.\n")).await;
        }
        set(&mut patch, &["metadata", words.field, key], Value::Null);
    }
    let same = !added && !removed;
    let version = session.flags().text("resource-version");
    if !version.is_empty() {
        set(&mut patch, &["metadata", "resourceVersion"], version);
    }
    let done = match (words.one, added, removed) {
        ("label", false, false) => "not labeled",
        ("label", false, true) => "unlabeled",
        ("label", true, false) => "labeled",
        ("label", true, true) => "modified",
        _ => "annotated",
    };
    if same && words.one == "label" || writing.dry_run() == DryRun::Client {
        let mut shown = object.clone();
        kubernetes_api::patch::merge::apply(&mut shown, &patch);
        return report.say_now(session, &shown, done).await;
    }
    let place = Place::of(resource, object);
    let bytes = compact(&patch).into_bytes();
    let object = writing.patch(session, &place, MERGE, bytes).await?;
    report.say_now(session, &object, done).await
}
