//! `kubectl set image`, `resources`, `selector`, `serviceaccount`.

use super::{COMMON, change_all, each_container, pod_spec_path, take_pairs};
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use crate::verbs::amounts;
use kubernetes_api::object::{get_map, set};
use serde_json::{Map, Value};

/// `kubectl set image`.
pub static IMAGE: Command = Command {
    name: "image",
    usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
    short: "Update the image of a pod template",
    flags: COMMON,
    run: Some(|invocation| Box::pin(image(invocation))),
    ..Command::EMPTY
};

async fn image(mut invocation: Invocation) -> Outcome {
    let pairs = take_pairs(&mut invocation);
    let session = Session::open(invocation)?;
    if pairs.is_empty() && (!session.arguments().is_empty() || session.has_files()) {
        // What does not exist is told before what was forgotten.
        crate::targets::objects(&session).await?;
        return Err(Failure::message("at least one image update is required"));
    }
    change_all(
        &session,
        "image updated",
        "image update to pod template",
        |object| {
            let path = pod_spec_path(object)?;
            for pair in &pairs {
                let (name, image) = pair.split_once('=').unwrap_or((pair, ""));
                let pattern = if name == "*" { "*" } else { name };
                let count = each_container(object, &path, pattern, |container| {
                    set(container, &["image"], image)
                });
                if count == 0 {
                    return Err(Failure::message(format!(
                        "unable to find container named \"{name}\""
                    )));
                }
            }
            Ok(())
        },
    )
    .await
}

static RESOURCES_FLAGS: &[Flag] = &[
    Flag::text("containers", "Containers to change; * fits anything.")
        .short('c')
        .default("*"),
    Flag::text("limits", "Limits, such as cpu=1,memory=64Mi."),
    Flag::text("requests", "Requests, such as cpu=100m."),
];

/// `kubectl set resources`.
pub static RESOURCES: Command = Command {
    name: "resources",
    usage: "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
    short: "Update resource requests/limits on objects with pod templates",
    flags: &[
        RESOURCES_FLAGS,
        super::LOCAL,
        crate::global::FILES,
        crate::global::SELECTOR,
        crate::global::ALL,
        crate::global::DRY_RUN,
        crate::global::OUTPUT,
        crate::global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(resources(invocation))),
    ..Command::EMPTY
};

async fn resources(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let limits = amounts(flags.text("limits"))?;
    let requests = amounts(flags.text("requests"))?;
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::message(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let pattern = flags.text("containers").to_owned();
    change_all(
        &session,
        "resource requirements updated",
        "resources update to pod template",
        |object| {
            let path = pod_spec_path(object)?;
            let count = each_container(object, &path, &pattern, |container| {
                for (key, wanted) in [("limits", &limits), ("requests", &requests)] {
                    if wanted.is_empty() {
                        continue;
                    }
                    let mut all: Map<String, Value> = get_map(container, &["resources", key])
                        .cloned()
                        .unwrap_or_default();
                    for (name, amount) in wanted {
                        if amount == "0" {
                            all.remove(name);
                        } else {
                            all.insert(name.clone(), amount.clone());
                        }
                    }
                    set(container, &["resources", key], Value::Object(all));
                }
            });
            if count == 0 {
                return Err(Failure::message(format!(
                    "unable to find container named {pattern}"
                )));
            }
            Ok(())
        },
    )
    .await
}

/// `kubectl set serviceaccount`.
pub static SERVICE_ACCOUNT: Command = Command {
    name: "serviceaccount",
    aliases: &["sa"],
    usage: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]",
    short: "Update the service account of a resource",
    flags: COMMON,
    run: Some(|invocation| Box::pin(service_account(invocation))),
    ..Command::EMPTY
};

async fn service_account(mut invocation: Invocation) -> Outcome {
    let Some(account) = invocation.arguments.pop() else {
        return Err(Failure::message("serviceaccount is required"));
    };
    let session = Session::open(invocation)?;
    change_all(
        &session,
        "serviceaccount updated",
        "ServiceAccountName",
        |object| {
            let mut path = pod_spec_path(object)?;
            path.push("serviceAccountName");
            set(object, &path, account.as_str());
            Ok(())
        },
    )
    .await
}

/// `kubectl set selector`.
pub static SELECTOR: Command = Command {
    name: "selector",
    usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]",
    short: "Set the selector on a resource",
    flags: COMMON,
    run: Some(|invocation| Box::pin(selector(invocation))),
    ..Command::EMPTY
};

async fn selector(mut invocation: Invocation) -> Outcome {
    let pairs = take_pairs(&mut invocation);
    let session = Session::open(invocation)?;
    let mut labels = Map::new();
    for pair in pairs.iter().flat_map(|pair| pair.split(',')) {
        if let Some((key, value)) = pair.split_once('=') {
            labels.insert(key.to_owned(), value.into());
        }
    }
    change_all(&session, "selector updated", "", |object| {
        if kubernetes_api::object::kind(object) != "Service" {
            return Err(Failure::message(
                "setting a selector is only supported for Services",
            ));
        }
        set(object, &["spec", "selector"], Value::Object(labels.clone()));
        Ok(())
    })
    .await
}
