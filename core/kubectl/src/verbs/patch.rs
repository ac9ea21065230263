//! `kubectl patch`: changes fields of an object.
//!
//! Models kubectl `pkg/cmd/patch`.

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{DryRun, JSON_PATCH, MERGE, Place, Report, STRATEGIC, Writing};

static FLAGS: &[Flag] = &[
    Flag::switch("local", "Patch what the file says, without the server."),
    Flag::text("patch", "The patch, in JSON or YAML.").short('p'),
    Flag::text("patch-file", "File with the patch."),
    Flag::text("subresource", "Subresource to patch."),
    Flag::text("type", "\"strategic\", \"merge\" or \"json\".").default("strategic"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "patch",
    usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
    short: "Update fields of a resource",
    examples: "# Cordon a node\nkubectl patch node kind-control-plane -p '{\"spec\":{\"unschedulable\":true}}'",
    flags: &[
        FLAGS,
        global::FILES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::RECORD,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if flags.given("patch") == flags.given("patch-file") {
        return Err(Failure::message(if flags.given("patch") {
            "cannot specify --patch and --patch-file together"
        } else {
            "must specify --patch or --patch-file containing the contents of the patch"
        }));
    }
    let content_type = match flags.text("type").to_lowercase().as_str() {
        "strategic" => STRATEGIC,
        "merge" => MERGE,
        "json" => JSON_PATCH,
        _ => {
            return Err(Failure::message(format!(
                "--type must be one of [json merge strategic], not {}",
                kubernetes_api::json::quote_go(flags.text("type"))
            )));
        }
    };
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let text = if flags.given("patch-file") {
        let path = flags.text("patch-file");
        let content = session
            .invocation
            .process
            .files()
            .read(&session.invocation.process.path(path));
        content
            .map_err(|error| {
                let why = crate::files::go_error(error);
                Failure::message(format!("unable to read patch file: open {path}: {why}"))
            })?
            .text()
    } else {
        flags.text("patch").to_owned()
    };
    let bytes = patch_bytes(&text)?;
    let writing = Writing::of(flags, "kubectl-patch")?;
    let mut report = Report::new(&session, writing.suffix())?;
    for (resource, object) in targets::objects(&session).await? {
        let known = kubernetes_api::patch::Place::of_kind(&resource.api_version(), &resource.kind)
            .is_known();
        let place = Place {
            subresource: Some(session.flags().text("subresource")).filter(|name| !name.is_empty()),
            ..Place::of(&resource, &object)
        };
        if writing.dry_run() == DryRun::Client {
            report.say_now(&session, &object, "patched").await?;
            continue;
        }
        let patched = writing
            .patch(&session, &place, content_type, bytes.clone())
            .await;
        let patched = patched.map_err(|failure| match failure {
            Failure::Api(status) if status.code == 415 && !known => Failure::message(format!(
                "{content_type} is not supported by {}, Kind={}: {}",
                resource.api_version(),
                resource.kind,
                status.message
            )),
            other => other,
        })?;
        let same = *patched == object;
        let done = if same {
            "patched (no change)"
        } else {
            "patched"
        };
        report.say_now(&session, &patched, done).await?;
    }
    Ok(())
}

/// The patch as JSON. Text that begins as JSON goes to the server as it is, mistakes included.
fn patch_bytes(text: &str) -> Result<Vec<u8>, Failure> {
    if text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde_json::Value>(text).is_err()
    {
        return Ok(text.as_bytes().to_vec());
    }
    let value = crate::files::parse_yaml(text).map_err(|why| {
        Failure::message(format!(
            "unable to parse {}: {why}",
            kubernetes_api::json::quote_go(text)
        ))
    })?;
    Ok(kubernetes_api::json::compact(&value).into_bytes())
}
