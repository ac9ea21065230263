//! `kubectl auth can-i` and `kubectl auth whoami`.
//!
//! Models kubectl `pkg/cmd/auth`.

use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation};
use crate::describe::config::rule_lines;
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::columns::Columns;
use crate::session::Session;
use crate::writing::Report;
use kubernetes_api::object::{get_bool, get_list, get_str, set};
use serde_json::{Value, json};

/// The command.
pub static COMMAND: Command = Command {
    name: "auth",
    usage: "[flags] [options]",
    short: "Inspect authorization",
    children: &[&CAN_I, &WHO_AM_I],
    ..Command::EMPTY
};

static CAN_I_FLAGS: &[Flag] = &[
    Flag::switch("list", "All that may be done."),
    Flag::switch("no-headers", "No line of headers."),
    Flag::switch("quiet", "Only the exit status.").short('q'),
    Flag::text("subresource", "The subresource."),
];

static CAN_I: Command = Command {
    name: "can-i",
    usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
    short: "Check whether an action is allowed",
    flags: &[CAN_I_FLAGS, global::ALL_NAMESPACES],
    run: Some(|invocation| Box::pin(can_i(invocation))),
    ..Command::EMPTY
};

async fn can_i(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    if session.flags().is("list") {
        return list(&session).await;
    }
    let [verb, what] = session.arguments() else {
        return Err(Failure::message(
            "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
        ));
    };
    let mut spec = json!({});
    if what.starts_with('/') {
        set(
            &mut spec,
            &["nonResourceAttributes"],
            json!({"verb": verb, "path": what}),
        );
    } else {
        let (word, name) = what.split_once('/').unwrap_or((what, ""));
        let all = session.flags().is("all-namespaces");
        let namespace = if all { "" } else { session.namespace() };
        let mut attributes = json!({"verb": verb});
        if !namespace.is_empty() {
            set(&mut attributes, &["namespace"], namespace);
        }
        match session.mapper.resource(word).await {
            // Everything is no type that the server could know.
            _ if word == "*" => set(&mut attributes, &["resource"], word),
            Ok(resource) => {
                if !resource.namespaced && !all {
                    let text = format!(
                        "Warning: resource '{}' is not namespace scoped",
                        resource.plural
                    );
                    let group = &resource.group;
                    let group = if group.is_empty() {
                        String::new()
                    } else {
                        format!(" in group '{group}'")
                    };
                    session.print_error(format!("{text}{group}\n\n")).await;
                }
                set(&mut attributes, &["resource"], resource.plural.as_str());
                if !resource.group.is_empty() {
                    set(&mut attributes, &["group"], resource.group.as_str());
                }
            }
            Err(_) => {
                session
                    .print_error(format!(
                        "Warning: the server doesn't have a resource type '{word}'\n\n"
                    ))
                    .await;
                set(&mut attributes, &["resource"], word);
            }
        }
        for (key, value) in [
            ("name", name),
            ("subresource", session.flags().text("subresource")),
        ] {
            if !value.is_empty() {
                set(&mut attributes, &[key], value);
            }
        }
        set(&mut spec, &["resourceAttributes"], attributes);
    }
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": spec, "status": {"allowed": false}});
    let call = Call::new(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    )
    .object(review);
    let answer = session.client.call(call).await?;
    let allowed = get_bool(&answer, &["status", "allowed"]);
    if !session.flags().is("quiet") {
        let mut text = if allowed { "yes" } else { "no" }.to_owned();
        for (key, before) in [("reason", " - "), ("evaluationError", " - ")] {
            let why = get_str(&answer, &["status", key]);
            if !why.is_empty() && !allowed {
                text.push_str(&format!("{before}{why}"));
            }
        }
        session.print(text + "\n").await;
    }
    if allowed {
        Ok(())
    } else {
        Err(Failure::Exit(1))
    }
}

/// All that may be done, a line for each rule.
async fn list(session: &Session) -> Outcome {
    if !session.arguments().is_empty() {
        return Err(Failure::message(
            "list option must be specified with no arguments",
        ));
    }
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "metadata": {}, "spec": {"namespace": session.namespace()}, "status": {}});
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let call = Call::new("POST", path).object(review);
    let answer = session.client.call(call).await?;
    let status = answer.get("status").unwrap_or(&Value::Null);
    let rules: Vec<Value> = ["resourceRules", "nonResourceRules"]
        .iter()
        .flat_map(|list| get_list(status, &[list]))
        .cloned()
        .collect();
    let mut lines = String::new();
    if !session.flags().is("no-headers") {
        lines.push_str("Resources\tNon-Resource URLs\tResource Names\tVerbs\n");
    }
    for rule in rule_lines(&rules) {
        lines.push_str(&rule);
        lines.push('\n');
    }
    session.print(Columns::table().align(&lines)).await;
    Ok(())
}

static WHO_AM_I_FLAGS: &[&[Flag]] = &[global::OUTPUT];

static WHO_AM_I: Command = Command {
    name: "whoami",
    usage: "[options]",
    short: "Experimental: Check self subject attributes",
    flags: WHO_AM_I_FLAGS,
    run: Some(|invocation| Box::pin(who_am_i(invocation))),
    ..Command::EMPTY
};

async fn who_am_i(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    session.client.without_discovery();
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}, "status": {"userInfo": {}}});
    let call =
        Call::new("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews").object(review);
    let answer = session.client.call(call).await?;
    if session.flags().given("output") {
        let mut report = Report::new(&session, "")?;
        return report.say_now(&session, &answer, "").await;
    }
    let info = answer.pointer("/status/userInfo").unwrap_or(&Value::Null);
    let mut lines = "ATTRIBUTE\tVALUE\n".to_owned();
    for (title, key) in [("Username", "username"), ("UID", "uid")] {
        let text = get_str(info, &[key]);
        if !text.is_empty() {
            lines.push_str(&format!("{title}\t{text}\n"));
        }
    }
    let groups: Vec<&str> = get_list(info, &["groups"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if !groups.is_empty() {
        lines.push_str(&format!("Groups\t[{}]\n", groups.join(" ")));
    }
    session.print(Columns::table().align(&lines)).await;
    Ok(())
}
