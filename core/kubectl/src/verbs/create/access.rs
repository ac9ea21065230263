//! `kubectl create serviceaccount`, `token`, `role`, `rolebinding` and their cluster-wide forms.

use super::{SAVE_CONFIG, name_argument, submit};
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Session, segment};
use kubernetes_api::object::{get_str, set};
use serde_json::{Value, json};

/// `kubectl create serviceaccount`.
pub static SERVICE_ACCOUNT: Command = Command {
    name: "serviceaccount",
    aliases: &["sa"],
    usage: "NAME [--dry-run=server|client|none] [options]",
    short: "Create a service account with the specified name",
    flags: &[
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(service_account(invocation))),
    ..Command::EMPTY
};

async fn service_account(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let object = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
    submit(&session, object, "failed to create serviceaccount: ").await
}

static TOKEN_FLAGS: &[Flag] = &[
    Flag::new("audience", Kind::Array, "Who the token is for."),
    Flag::new("duration", Kind::Duration, "How long it is good."),
    Flag::text("output", "Format of the output.").short('o'),
];

/// `kubectl create token`.
pub static TOKEN: Command = Command {
    name: "token",
    usage: "SERVICE_ACCOUNT_NAME [options]",
    short: "Request a service account token",
    flags: &[TOKEN_FLAGS],
    run: Some(|invocation| Box::pin(token(invocation))),
    ..Command::EMPTY
};

async fn token(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let path = format!(
        "/api/v1/namespaces/{}/serviceaccounts/{}/token",
        session.namespace(),
        segment(&name)
    );
    let mut spec = json!({});
    let audiences = session.flags().list("audience");
    if !audiences.is_empty() {
        set(&mut spec, &["audiences"], json!(audiences));
    }
    let seconds = session.flags().duration("duration") / kubernetes_api::duration::SECOND;
    if seconds > 0 {
        set(&mut spec, &["expirationSeconds"], seconds);
    }
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {}, "spec": spec, "status": {"token": "", "expirationTimestamp": null}});
    let answer = session
        .client
        .call(Call::new("POST", path).object(request))
        .await;
    let answer = answer.map_err(|failure| {
        Failure::message(format!("failed to create token: {}", failure.sentence()))
    })?;
    let token = get_str(&answer, &["status", "token"]);
    // Only a terminal wants a line.
    let end = if session.invocation.process.is_terminal(1) {
        "\n"
    } else {
        ""
    };
    session.print(format!("{token}{end}")).await;
    Ok(())
}

static RULE_FLAGS: &[Flag] = &[
    Flag::list("resource", "Types, RESOURCE[.GROUP][/SUBRESOURCE]."),
    Flag::new("resource-name", Kind::Array, "Names of objects."),
    Flag::list("verb", "What may be done."),
    Flag::list("non-resource-url", "Paths that are no resources."),
];

/// `kubectl create role`.
pub static ROLE: Command = Command {
    name: "role",
    usage: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
    short: "Create a role with single rule",
    flags: &[
        RULE_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(role(invocation, "Role"))),
    ..Command::EMPTY
};

static AGGREGATION_FLAGS: &[Flag] = &[Flag::text(
    "aggregation-rule",
    "Labels of the cluster roles whose rules it takes, KEY=VALUE.",
)];

/// `kubectl create clusterrole`.
pub static CLUSTER_ROLE: Command = Command {
    name: "clusterrole",
    usage: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
    short: "Create a cluster role",
    flags: &[
        RULE_FLAGS,
        AGGREGATION_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(role(invocation, "ClusterRole"))),
    ..Command::EMPTY
};

/// The verbs that resources know; others are warned of.
const VERBS: [&str; 15] = [
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "redirect",
    "use",
    "bind",
    "impersonate",
    "escalate",
    "deletecollection",
    "*",
];

/// A cluster role that collects the rules of others.
async fn aggregated(session: &Session, name: &str) -> Outcome {
    let mut labels = json!({});
    for pair in session.flags().text("aggregation-rule").split(',') {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::message(format!(
                "unexpected aggregation rule: {pair}"
            )));
        };
        set(&mut labels, &[key], value);
    }
    let object = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": labels}]}, "rules": null});
    submit(session, object, "").await
}

async fn role(invocation: Invocation, kind: &str) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !flags.text("aggregation-rule").is_empty() {
        return aggregated(&session, &name).await;
    }
    let mut verbs = flags.list("verb");
    if verbs.is_empty() {
        return Err(Failure::message("at least one verb must be specified"));
    }
    if verbs.iter().any(|verb| verb == "*") {
        verbs = vec!["*".to_owned()];
    }
    for verb in verbs.iter().filter(|verb| !VERBS.contains(&verb.as_str())) {
        let text = format!("Warning: '{verb}' is not a standard resource verb\n");
        session.print_error(text).await;
    }
    let words = flags.list("resource");
    if words.is_empty() && flags.list("non-resource-url").is_empty() {
        return Err(Failure::message("at least one resource must be specified"));
    }
    // One rule for each group, with the resources in the order in which they were given.
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for word in &words {
        let (word, below) = word
            .split_once('/')
            .map_or((word.as_str(), ""), |(word, below)| (word, below));
        let (group, plural) = if word == "*" {
            (String::new(), "*".to_owned())
        } else {
            let resource = session.mapper.resource(word).await;
            let resource = resource.map_err(|failure| Failure::Plain(failure.sentence()))?;
            (resource.group.clone(), resource.plural.clone())
        };
        let full = if below.is_empty() {
            plural
        } else {
            format!("{plural}/{below}")
        };
        match groups.iter_mut().find(|(have, _)| *have == group) {
            Some((_, all)) => all.push(full),
            None => groups.push((group, vec![full])),
        }
    }
    let names = flags.list("resource-name");
    let mut rules: Vec<Value> = groups
        .into_iter()
        .map(|(group, resources)| {
            let mut rule = json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
            if !names.is_empty() {
                set(&mut rule, &["resourceNames"], json!(names));
            }
            rule
        })
        .collect();
    let urls = flags.list("non-resource-url");
    if !urls.is_empty() {
        rules.push(json!({"nonResourceURLs": urls, "verbs": verbs}));
    }
    let object = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "rules": rules});
    submit(&session, object, "").await
}

static BINDING_FLAGS: &[Flag] = &[
    Flag::text("clusterrole", "The cluster role."),
    Flag::new("group", Kind::Array, "Groups."),
    Flag::text("role", "The role."),
    Flag::new(
        "serviceaccount",
        Kind::Array,
        "Service accounts, NAMESPACE:NAME.",
    ),
    Flag::new("user", Kind::Array, "Users."),
];

/// `kubectl create rolebinding`.
pub static ROLE_BINDING: Command = Command {
    name: "rolebinding",
    usage: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
    short: "Create a role binding for a particular role or cluster role",
    flags: &[
        BINDING_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(binding(invocation, "RoleBinding"))),
    ..Command::EMPTY
};

/// `kubectl create clusterrolebinding`.
pub static CLUSTER_ROLE_BINDING: Command = Command {
    name: "clusterrolebinding",
    usage: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
    short: "Create a cluster role binding for a particular cluster role",
    flags: &[
        BINDING_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(binding(invocation, "ClusterRoleBinding"))),
    ..Command::EMPTY
};

async fn binding(invocation: Invocation, kind: &str) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let (role, cluster_role) = (flags.text("role"), flags.text("clusterrole"));
    if role.is_empty() == cluster_role.is_empty() {
        return Err(Failure::message(
            "exactly one of clusterrole or role must be specified",
        ));
    }
    let group = "rbac.authorization.k8s.io";
    let reference = if role.is_empty() {
        json!({"apiGroup": group, "kind": "ClusterRole", "name": cluster_role})
    } else {
        json!({"apiGroup": group, "kind": "Role", "name": role})
    };
    let mut subjects = Vec::new();
    for (flag, subject) in [("user", "User"), ("group", "Group")] {
        for name in flags.list(flag) {
            subjects.push(json!({"apiGroup": group, "kind": subject, "name": name}));
        }
    }
    for account in flags.list("serviceaccount") {
        let Some((namespace, name)) = account
            .split_once(':')
            .filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty())
        else {
            return Err(Failure::message(
                "serviceaccount must be <namespace>:<name>",
            ));
        };
        subjects.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
    }
    let mut object = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "roleRef": reference});
    if !subjects.is_empty() {
        set(&mut object, &["subjects"], Value::Array(subjects));
    }
    let failed = format!("failed to create {}: ", kind.to_lowercase());
    submit(&session, object, &failed).await
}
