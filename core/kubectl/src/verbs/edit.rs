//! `kubectl edit` and `kubectl diff`: programs of the machine look at objects as files.
//!
//! Models kubectl `pkg/cmd/util/editor` and `pkg/cmd/diff`.

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{
    APPLY, LAST_APPLIED, MERGE, Place, Report, STRATEGIC, Writing, annotate_last_applied,
    check_document,
};
use kubernetes_api::json::compact;
use kubernetes_api::object::{annotation, get_str, name, remove, set};
use kubernetes_api::patch;
use machine::{Content, ExitStatus, Process};
use serde_json::{Map, Value};

static EDIT_FLAGS: &[Flag] = &[
    Flag::switch("output-patch", "Print the patch."),
    Flag::switch("save-config", "Keep the configuration for a later apply."),
    Flag::text("subresource", "Subresource to edit."),
    Flag::switch("windows-line-endings", "Line endings of Windows."),
];

/// `kubectl edit`.
pub static EDIT: Command = Command {
    name: "edit",
    usage: "(RESOURCE/NAME | -f FILENAME) [options]",
    short: "Edit a resource on the server",
    flags: &[
        EDIT_FLAGS,
        global::FILES,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(edit(invocation))),
    ..Command::EMPTY
};

const HEAD: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

async fn edit(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let writing = Writing::of(session.flags(), "kubectl-edit")?;
    let mut report = Report::new(&session, writing.suffix())?;
    for (resource, object) in targets::objects(&session).await? {
        let mut shown = object.clone();
        remove(&mut shown, &["metadata", "managedFields"]);
        let before = format!("{HEAD}{}", kubernetes_api::yaml::print(&shown));
        let after = through_editor(&session.invocation.process, &before).await?;
        let value = files::parse_yaml(&after).map_err(Failure::message)?;
        if value == shown || value.is_null() {
            session
                .print_error("Edit cancelled, no changes made.\n")
                .await;
            continue;
        }
        if name(&value) != name(&object) {
            return Err(Failure::message(
                "the edited file failed validation: metadata.name may not change",
            ));
        }
        let (object, _) = writing.change(&session, &resource, &shown, &value).await?;
        report.say_now(&session, &object, "edited").await?;
    }
    Ok(())
}

/// The text after the learner's editor has seen it.
async fn through_editor(process: &Process, text: &str) -> Result<String, Failure> {
    let editor = ["KUBE_EDITOR", "EDITOR"]
        .iter()
        .find_map(|key| process.variable(key).filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "vi".to_owned());
    let number = process.simulation().random().next_u64() % 10_000_000_000;
    let path = format!("/tmp/kubectl-edit-{number}.yaml");
    write(process, &path, text)?;
    let status = run_command(process, &format!("{editor} {path}")).await;
    let edited = process.files().read(&path).map(|content| content.text());
    process.files().remove_file(&path).ok();
    match status {
        Some(ExitStatus::Exited(0)) => {}
        Some(_) => {
            return Err(Failure::message(format!(
                "there was a problem with the editor \"{editor}\""
            )));
        }
        None => {
            return Err(Failure::message(format!(
                "unable to launch the editor \"{editor}\""
            )));
        }
    }
    edited.map_err(|error| Failure::message(files::go_error(error)))
}

fn write(process: &Process, path: &str, text: &str) -> Outcome {
    if let Some((folder, _)) = path.rsplit_once('/') {
        process.files().create_directories(folder, 0o755).ok();
    }
    let written = process
        .files()
        .write(path, Content::new(text.as_bytes()), 0o600);
    written.map_err(|error| Failure::message(format!("open {path}: {}", files::go_error(error))))
}

/// Runs a line in a shell with this process's files; `None` when there is no shell.
async fn run_command(process: &Process, line: &str) -> Option<ExitStatus> {
    for shell in ["/bin/sh", "/bin/bash", "/usr/bin/bash"] {
        let words = [shell, "-c", line].map(str::to_owned).to_vec();
        if let Ok(handle) = process.kernel().spawn(process.child(words)) {
            return Some(handle.wait().await);
        }
    }
    None
}

static DIFF_FLAGS: &[Flag] = &[
    Flag::text("concurrency", "Objects to compare at once.").default("1"),
    Flag::switch(
        "force-conflicts",
        "With --server-side: take fields from other managers.",
    ),
    Flag::switch("prune", "Also objects that would be pruned."),
    Flag::switch("server-side", "Let the server merge."),
    Flag::switch("show-managed-fields", "Keep managedFields."),
];

/// `kubectl diff`.
pub static DIFF: Command = Command {
    name: "diff",
    usage: "-f FILENAME [options]",
    short: "Diff the live version against a would-be applied version",
    flags: &[DIFF_FLAGS, global::FILES, global::SELECTOR, global::MANAGER],
    run: Some(|invocation| Box::pin(diff(invocation))),
    ..Command::EMPTY
};

/// Compares; what fails ends with status 2, since 1 means that there are differences.
async fn diff(invocation: Invocation) -> Outcome {
    differences(invocation)
        .await
        .map_err(|failure| match failure {
            Failure::Exit(_) | Failure::PlainExit(..) => failure,
            other => Failure::PlainExit(other.report().0, 2),
        })
}

async fn differences(invocation: Invocation) -> Outcome {
    let mut session = Session::open(invocation)?;
    if !session.has_files() {
        return Err(Failure::message("must specify one of -f and -k"));
    }
    if !session.arguments().is_empty() {
        return Err(session.invocation.usage_error(format!(
            "Unexpected args: [{}]",
            session.arguments().join(" ")
        )));
    }
    let (documents, failures) =
        files::documents(&session.invocation.process, session.flags()).await?;
    Failure::all(failures)?;
    // What would be applied is asked of the server, which keeps nothing.
    session.invocation.flags.force("dry-run", "server");
    let manager = if session.flags().is("server-side") {
        "kubectl"
    } else {
        "kubectl-client-side-apply"
    };
    let writing = Writing::of(session.flags(), manager)?;
    let process = session.invocation.process.clone();
    let number = || process.simulation().random().next_u64() % 10_000_000_000;
    let (live, merged) = (
        format!("/tmp/LIVE-{}", number()),
        format!("/tmp/MERGED-{}", number()),
    );
    for folder in [&live, &merged] {
        process.files().create_directories(folder, 0o700).ok();
    }
    let mut outcome = Ok(());
    for document in documents {
        if let Err(failure) = write_both(&session, &writing, document, &live, &merged).await {
            outcome = Err(failure);
            break;
        }
    }
    let status = match &outcome {
        Ok(()) => run_command(&process, &format!("diff -u -N {live} {merged}")).await,
        Err(_) => None,
    };
    for folder in [&live, &merged] {
        process.files().remove_all(folder).ok();
    }
    outcome?;
    match status {
        Some(ExitStatus::Exited(0)) => Ok(()),
        Some(ExitStatus::Exited(1)) => Err(Failure::Exit(1)),
        Some(status) => Err(Failure::PlainExit(
            format!("error: exit status {}", status.code()),
            1,
        )),
        None => Err(Failure::message("executable file not found in $PATH")),
    }
}

async fn write_both(
    session: &Session,
    writing: &Writing,
    document: files::Document,
    live: &str,
    merged: &str,
) -> Outcome {
    check_document(&document, true)?;
    let resource = session.resource_of(&document).await?;
    let mut object = document.value;
    let mut namespace = String::new();
    if resource.namespaced {
        namespace = session.namespace_of(&object)?;
        set(&mut object, &["metadata", "namespace"], namespace.as_str());
    }
    let wanted = get_str(&object, &["metadata", "name"]).to_owned();
    let current = match session.get_in(&resource, &namespace, &wanted).await {
        Ok(current) => Some(current),
        Err(failure) if failure.is_not_found() => None,
        Err(failure) => return Err(failure),
    };
    let applied = match &current {
        None => {
            writing
                .create(session, &resource, &namespace, &object)
                .await?
        }
        Some(_) if session.flags().is("server-side") => {
            let place = Place {
                resource: &resource,
                namespace: &namespace,
                name: &wanted,
                subresource: None,
                force: session.flags().is("force-conflicts"),
            };
            writing
                .patch(session, &place, APPLY, compact(&object).into_bytes())
                .await?
        }
        Some(current) => {
            annotate_last_applied(&mut object);
            let original = annotation(current, LAST_APPLIED).unwrap_or_default();
            let original: Value = serde_json::from_str(original).unwrap_or(Value::Null);
            let at = patch::Place::of_kind(&resource.api_version(), &resource.kind);
            let (content_type, made) = if at.is_known() {
                (
                    STRATEGIC,
                    patch::diff::three_way(at, &original, &object, current)
                        .map_err(Failure::message)?,
                )
            } else {
                (MERGE, patch::merge::three_way(&original, &object, current))
            };
            if made.as_object().is_none_or(Map::is_empty) {
                current.clone()
            } else {
                let place = Place::of(&resource, current);
                writing
                    .patch(session, &place, content_type, compact(&made).into_bytes())
                    .await?
            }
        }
    };
    let version = resource.version.as_str();
    let group = if resource.group.is_empty() {
        String::new()
    } else {
        format!("{}.", resource.group)
    };
    let file = format!("{group}{version}.{}.{namespace}.{wanted}", resource.kind);
    let process = &session.invocation.process;
    for (folder, object) in [(live, current.as_deref()), (merged, Some(&*applied))] {
        let Some(object) = object else { continue };
        let mut shown = object.clone();
        if !session.flags().is("show-managed-fields") {
            remove(&mut shown, &["metadata", "managedFields"]);
        }
        if folder == merged && current.is_some() {
            // The annotation of apply would only repeat the difference.
            let kept = current
                .as_deref()
                .and_then(|current| annotation(current, LAST_APPLIED));
            if let Some(kept) = kept {
                set(&mut shown, &["metadata", "annotations", LAST_APPLIED], kept);
            }
        }
        write(
            process,
            &format!("{folder}/{file}"),
            &kubernetes_api::yaml::print(&shown),
        )?;
    }
    Ok(())
}
