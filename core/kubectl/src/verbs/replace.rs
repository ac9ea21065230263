//! `kubectl replace`: puts whole objects in the place of others.
//!
//! Models kubectl `pkg/cmd/replace`.

use super::delete;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::global;
use crate::session::Session;
use crate::writing::{DryRun, Report, Writing, annotate_last_applied, check_document};
use kubernetes_api::object::{get_str, resource_version, set};
use kubernetes_api::resources::Resource;
use serde_json::Value;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("cascade", "What --force does with dependents.")
        .default("background")
        .bare("background"),
    Flag::switch("force", "Delete and make anew."),
    Flag::new(
        "grace-period",
        Kind::Int,
        "Seconds that deleted objects have to end.",
    )
    .default("-1"),
    Flag::text("raw", "Path to PUT to."),
    Flag::switch("save-config", "Keep the configuration for a later apply."),
    Flag::text("subresource", "Subresource to replace."),
    Flag::new("timeout", Kind::Duration, "Time to wait for deletions."),
    Flag::switch("wait", "Wait until deleted objects are gone."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "replace",
    usage: "-f FILENAME [options]",
    short: "Replace a resource by file name or stdin",
    flags: &[
        FLAGS,
        global::FILES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

struct Item {
    source: String,
    resource: Rc<Resource>,
    namespace: String,
    object: Value,
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !session.has_files() {
        return Err(Failure::message("must specify one of -f and -k"));
    }
    if flags.is("force") && flags.text("dry-run") != "none" {
        return Err(Failure::message(
            "--dry-run can not be used when --force is set",
        ));
    }
    let writing = Writing::of(flags, "kubectl-replace")?;
    let mut report = Report::new(&session, writing.suffix())?;
    let (documents, mut failures) = files::documents(&session.invocation.process, flags).await?;
    if documents.is_empty() && failures.is_empty() {
        return Err(Failure::message("no objects passed to replace"));
    }
    let mut items = Vec::new();
    for document in documents {
        match item(&session, document, &writing).await {
            Ok(item) => items.push(item),
            Err(failure) => failures.push(failure),
        }
    }
    if flags.is("force") && writing.dry_run() == DryRun::None {
        Failure::all(failures)?;
        return make_anew(&session, &writing, &mut report, items).await;
    }
    for item in items {
        match replace(&session, &writing, &item).await {
            Ok(object) => report.say_now(&session, &object, "replaced").await?,
            Err(failure) => failures.push(failure.in_source("replacing", &item.source)),
        }
    }
    Failure::all(failures)
}

async fn item(
    session: &Session,
    document: files::Document,
    writing: &Writing,
) -> Result<Item, Failure> {
    check_document(&document, writing.validates())?;
    let resource = session.resource_of(&document).await?;
    let mut object = document.value;
    let mut namespace = String::new();
    if resource.namespaced {
        namespace = session.namespace_of(&object)?;
        set(&mut object, &["metadata", "namespace"], namespace.as_str());
    }
    if session.flags().is("save-config") {
        annotate_last_applied(&mut object);
    }
    Ok(Item {
        source: document.source,
        resource,
        namespace,
        object,
    })
}

async fn replace(session: &Session, writing: &Writing, item: &Item) -> Result<Value, Failure> {
    if writing.dry_run() == DryRun::Client {
        return Ok(item.object.clone());
    }
    let mut object = item.object.clone();
    if resource_version(&object).is_empty() {
        // Without a version the newest one is replaced.
        let name = get_str(&object, &["metadata", "name"]);
        let current = session
            .get_in(&item.resource, &item.namespace, name)
            .await?;
        let version = resource_version(&current).to_owned();
        set(&mut object, &["metadata", "resourceVersion"], version);
    }
    let replaced = writing
        .replace(session, &item.resource, &item.namespace, &object)
        .await?;
    Ok((*replaced).clone())
}

async fn make_anew(
    session: &Session,
    writing: &Writing,
    report: &mut Report,
    items: Vec<Item>,
) -> Outcome {
    let flags = session.flags();
    let how = delete::How {
        grace_period_seconds: flags.int("grace-period"),
        propagation: "Background",
        dry_run: false,
    };
    let mut gone = Vec::new();
    for item in &items {
        let target = delete::Target {
            resource: item.resource.clone(),
            namespace: item.namespace.clone(),
            name: get_str(&item.object, &["metadata", "name"]).to_owned(),
            source: item.source.clone(),
        };
        match delete::delete(session, &target, &how).await {
            Ok(uid) => {
                delete::say_deleted(session, &target, &how).await;
                gone.push((target, uid));
            }
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure.in_source("deleting", &item.source)),
        }
    }
    for (target, uid) in &gone {
        delete::wait_until_gone(session, target, uid, flags.duration("timeout")).await?;
    }
    for mut item in items {
        kubernetes_api::object::remove(&mut item.object, &["metadata", "resourceVersion"]);
        kubernetes_api::object::remove(&mut item.object, &["metadata", "uid"]);
        let created = writing
            .create(session, &item.resource, &item.namespace, &item.object)
            .await;
        let created = created.map_err(|failure| failure.in_source("creating", &item.source))?;
        report.say_now(session, &created, "replaced").await?;
    }
    Ok(())
}
