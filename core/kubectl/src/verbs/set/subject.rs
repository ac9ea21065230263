//! `kubectl set subject`: users, groups and service accounts of role bindings.
//!
//! Models kubectl `pkg/cmd/set/set_subject.go`.

use super::change_all;
use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use kubernetes_api::object::{entry, kind};
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[
    Flag::list("group", "Groups to add."),
    Flag::list("serviceaccount", "Service accounts to add, NAMESPACE:NAME."),
    Flag::list("user", "Users to add."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "subject",
    usage: "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
    short: "Update the user, group, or service account in a role binding or cluster role binding",
    flags: &[
        FLAGS,
        super::LOCAL,
        crate::global::FILES,
        crate::global::SELECTOR,
        crate::global::ALL,
        crate::global::DRY_RUN,
        crate::global::OUTPUT,
        crate::global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let subject = |kind: &str, name: &str| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name});
    let mut subjects: Vec<Value> = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        subjects.extend(flags.list(flag).iter().map(|name| subject(kind, name)));
    }
    for account in flags.list("serviceaccount") {
        match account.split(':').collect::<Vec<_>>().as_slice() {
            [namespace, name] if !namespace.is_empty() && !name.is_empty() => subjects
                .push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace})),
            _ => {
                return Err(Failure::message(
                    "serviceaccount must be <namespace>:<name>",
                ));
            }
        }
    }
    if subjects.is_empty() {
        return Err(Failure::message(
            "you must specify at least one value of user, group or serviceaccount",
        ));
    }
    change_all(
        &session,
        "subjects updated",
        "subjects to rolebinding",
        |object| {
            if !kind(object).ends_with("RoleBinding") {
                return Err(Failure::message(
                    "setting subjects is only supported for RoleBinding/ClusterRoleBinding",
                ));
            }
            let place = entry(object, &["subjects"]);
            if !place.is_array() {
                *place = json!([]);
            }
            if let Value::Array(all) = place {
                for subject in &subjects {
                    if !all.contains(subject) {
                        all.push(subject.clone());
                    }
                }
            }
            Ok(())
        },
    )
    .await
}
