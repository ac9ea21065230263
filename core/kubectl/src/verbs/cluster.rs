//! `kubectl version`, `cluster-info`, `api-versions`, `api-resources`, `options`.

use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, option};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::columns::Columns;
use crate::session::Session;
use kubernetes_api::object::{get_list, get_str, name};
use kubernetes_api::resources::Resource;
use serde_json::{Value, json};
use std::rc::Rc;

/// The version of kubectl that this one is like.
pub const VERSION: &str = "v1.36.2";
const KUSTOMIZE_VERSION: &str = "v5.8.1";
/// What stands for the commit that it was built from.
const COMMIT: &str = "0000000000000000000000000000000000000000";

static VERSION_FLAGS: &[Flag] = &[
    Flag::switch("client", "The client's version only."),
    Flag::text("output", "\"yaml\" or \"json\".").short('o'),
];

/// `kubectl version`.
pub static VERSION_COMMAND: Command = Command {
    name: "version",
    usage: "[flags] [options]",
    short: "Print the client and server version information",
    flags: &[VERSION_FLAGS],
    run: Some(|invocation| Box::pin(version(invocation))),
    ..Command::EMPTY
};

async fn version(invocation: Invocation) -> Outcome {
    if !invocation.arguments.is_empty() {
        return Err(Failure::message(format!(
            "extra arguments: [{}]",
            invocation.arguments.join(" ")
        )));
    }
    let session = Session::open(invocation)?;
    let flags = session.flags();
    session.client.without_discovery();
    let mut failure = None;
    let mut server = None;
    if !flags.is("client") {
        match session.client.call(Call::get("/version")).await {
            Ok(answer) => server = Some(answer),
            Err(why) => failure = Some(why),
        }
    }
    let client = json!({"major": "1", "minor": "36", "gitVersion": VERSION,
        "gitCommit": COMMIT, "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "go1.26.6", "compiler": "gc", "platform": "linux/amd64"});
    let mut whole = json!({"clientVersion": client, "kustomizeVersion": KUSTOMIZE_VERSION});
    if let Some(server) = &server {
        kubernetes_api::object::set(&mut whole, &["serverVersion"], (**server).clone());
    }
    let text = match flags.text("output") {
        "" => {
            let mut text =
                format!("Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE_VERSION}\n");
            if let Some(server) = &server {
                text.push_str(&format!(
                    "Server Version: {}\n",
                    get_str(server, &["gitVersion"])
                ));
            }
            text
        }
        // The commit stands for a hash with letters, which YAML writes without quotes.
        "yaml" => {
            let text = kubernetes_api::yaml::print(&whole) + "\n";
            text.replace(&format!("\"{COMMIT}\""), COMMIT)
        }
        "json" => kubernetes_api::json::indented(&whole, "  ") + "\n",
        _ => return Err(Failure::message("--output must be 'yaml' or 'json'")),
    };
    session.print(text).await;
    failure.map_or(Ok(()), Err)
}

/// `kubectl cluster-info`.
pub static CLUSTER_INFO: Command = Command {
    name: "cluster-info",
    usage: "[flags] [options]",
    short: "Display cluster information",
    children: &[&DUMP],
    run: Some(|invocation| Box::pin(cluster_info(invocation))),
    ..Command::EMPTY
};

async fn cluster_info(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let services = session.mapper.resource("services").await?;
    let found = session
        .list(
            &services,
            Some("kube-system"),
            "kubernetes.io/cluster-service=true",
        )
        .await?;
    let server = session.client.connection.server.clone();
    let mut text = format!("Kubernetes control plane is running at {server}\n");
    for service in &found {
        let name = name(service);
        let shown = match kubernetes_api::object::label(service, "kubernetes.io/name") {
            Some(label) => label,
            None => name,
        };
        let port = service
            .pointer("/spec/ports/0/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let port = if port.is_empty() {
            String::new()
        } else {
            format!(":{port}")
        };
        text.push_str(&format!("{shown} is running at {server}/api/v1/namespaces/kube-system/services/{name}{port}/proxy\n"));
    }
    text.push_str(
        "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    );
    session.print(text).await;
    Ok(())
}

static DUMP_FLAGS: &[Flag] = &[
    Flag::list("namespaces", "The namespaces that are dumped."),
    Flag::text("output", "\"json\" or \"yaml\".")
        .short('o')
        .default("json"),
];

/// `kubectl cluster-info dump`, to standard output.
static DUMP: Command = Command {
    name: "dump",
    usage: "[flags] [options]",
    short: "Dump relevant information for debugging and diagnosis",
    flags: &[DUMP_FLAGS, global::ALL_NAMESPACES],
    run: Some(|invocation| Box::pin(dump(invocation))),
    ..Command::EMPTY
};

async fn dump(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    show_list(&session, "/api/v1/nodes").await?;
    let mut namespaces = session.flags().list("namespaces");
    if session.flags().is("all-namespaces") {
        let all = session.client.call(Call::get("/api/v1/namespaces")).await?;
        let all = get_list(&all, &["items"]);
        namespaces = all.iter().map(|one| name(one).to_owned()).collect();
    } else if namespaces.is_empty() {
        namespaces = vec!["kube-system".to_owned(), session.namespace().to_owned()];
    }
    for namespace in namespaces {
        let mut pods = Rc::new(Value::Null);
        for kind in "api/v1 events,api/v1 replicationcontrollers,api/v1 services,apis/apps/v1 daemonsets,apis/apps/v1 deployments,apis/apps/v1 replicasets,api/v1 pods".split(',') {
            let (group, plural) = kind.split_once(' ').unwrap_or_default();
            let path = format!("/{group}/namespaces/{namespace}/{plural}");
            pods = show_list(&session, &path).await?;
        }
        for pod in get_list(&pods, &["items"]) {
            for container in crate::pods::container_names(pod) {
                show_log(&session, &namespace, name(pod), &container).await;
            }
        }
    }
    Ok(())
}

async fn show_list(session: &Session, path: &str) -> Result<Rc<Value>, Failure> {
    let list = session.client.call(Call::get(path)).await?;
    let text = match session.flags().text("output") {
        "yaml" => kubernetes_api::yaml::print(&list),
        _ => crate::printing::typed::print(&list) + "\n",
    };
    session.print(text).await;
    Ok(list)
}

async fn show_log(session: &Session, namespace: &str, pod: &str, container: &str) {
    let of = format!("logs for container {container} of pod {namespace}/{pod} ====\n");
    let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}/log");
    let call = Call::get(path).query("container", container);
    let log = match session.client.response(call).await {
        Ok(response) => String::from_utf8_lossy(&response.body.into_bytes().await).into_owned(),
        Err(failure) => format!("Request log error: {}\n", failure.sentence()),
    };
    let text = format!("==== START {of}{log}==== END {of}");
    session.print(text).await;
}

/// `kubectl api-versions`.
pub static API_VERSIONS: Command = Command {
    name: "api-versions",
    usage: "[options]",
    short: "Print the supported API versions on the server, in the form of \"group/version\"",
    run: Some(|invocation| Box::pin(api_versions(invocation))),
    ..Command::EMPTY
};

/// The failure of words behind a command that takes none.
fn without_arguments(invocation: &Invocation) -> Outcome {
    if invocation.arguments.is_empty() {
        return Ok(());
    }
    let words = invocation.arguments.join(" ");
    Err(invocation.usage_error(format!("unexpected arguments: [{words}]")))
}

async fn api_versions(invocation: Invocation) -> Outcome {
    without_arguments(&invocation)?;
    let session = Session::open(invocation)?;
    let table = session.mapper.discovered().await?;
    let mut versions: Vec<String> = table
        .iter()
        .map(|resource| resource.api_version())
        .collect();
    versions.sort();
    versions.dedup();
    session.print(versions.join("\n") + "\n").await;
    Ok(())
}

static RESOURCES_FLAGS: &[Flag] = &[
    Flag::text("api-group", "Only this group."),
    Flag::switch("cached", "Use what was found before."),
    Flag::list("categories", "Only resources of these categories."),
    Flag::switch(
        "namespaced",
        "Only resources in namespaces, or only others.",
    )
    .default("true"),
    Flag::switch("no-headers", "No line of headers."),
    Flag::text("output", "\"wide\" or \"name\".").short('o'),
    Flag::text("sort-by", "\"name\" or \"kind\"."),
    Flag::list("verbs", "Only resources with these verbs."),
];

/// `kubectl api-resources`.
pub static API_RESOURCES: Command = Command {
    name: "api-resources",
    usage: "[flags] [options]",
    short: "Print the supported API resources on the server",
    flags: &[RESOURCES_FLAGS],
    run: Some(|invocation| Box::pin(api_resources(invocation))),
    ..Command::EMPTY
};

async fn api_resources(invocation: Invocation) -> Outcome {
    without_arguments(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !matches!(flags.text("output"), "" | "wide" | "name") {
        return Err(Failure::message(format!(
            "--output {} is not available",
            flags.text("output")
        )));
    }
    if !matches!(flags.text("sort-by"), "" | "name" | "kind") {
        return Err(Failure::message("--sort-by accepts only name or kind"));
    }
    let table = session.mapper.discovered().await?;
    let mut shown: Vec<Rc<Resource>> = Vec::new();
    for resource in table.iter() {
        // Of several versions of a group the first one is preferred.
        let known =
            |have: &Rc<Resource>| have.group == resource.group && have.plural == resource.plural;
        if !shown.iter().any(known) && wanted(&session, resource) {
            shown.push(resource.clone());
        }
    }
    shown.sort_by(|left, right| {
        left.group
            .cmp(&right.group)
            .then_with(|| left.plural.cmp(&right.plural))
    });
    match flags.text("sort-by") {
        "name" => shown.sort_by(|left, right| left.plural.cmp(&right.plural)),
        "kind" => shown.sort_by(|left, right| left.kind.cmp(&right.kind)),
        _ => {}
    }
    let text = if flags.text("output") == "name" {
        shown
            .iter()
            .map(|resource| resource.group_resource() + "\n")
            .collect()
    } else {
        resource_table(&session, &shown)
    };
    session.print(text).await;
    Ok(())
}

fn wanted(session: &Session, resource: &Resource) -> bool {
    let flags = session.flags();
    let all = |flag: &str, have: &[String]| flags.list(flag).iter().all(|one| have.contains(one));
    !resource.verbs.is_empty()
        && (!flags.given("api-group") || resource.group == flags.text("api-group"))
        && (!flags.given("namespaced") || resource.namespaced == flags.is("namespaced"))
        && all("verbs", &resource.verbs)
        && all("categories", &resource.categories)
}

fn resource_table(session: &Session, shown: &[Rc<Resource>]) -> String {
    let wide = session.flags().text("output") == "wide";
    let mut lines = String::new();
    if !session.flags().is("no-headers") {
        lines.push_str("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND");
        lines.push_str(if wide { "\tVERBS\tCATEGORIES\n" } else { "\n" });
    }
    for resource in shown {
        lines.push_str(&format!(
            "{}\t{}\t{}\t{}\t{}",
            resource.plural,
            resource.short_names.join(","),
            resource.api_version(),
            resource.namespaced,
            resource.kind
        ));
        if wide {
            lines.push_str(&format!(
                "\t{}\t{}",
                resource.verbs.join(","),
                resource.categories.join(",")
            ));
        }
        lines.push('\n');
    }
    Columns::table().align(&lines)
}

/// `kubectl options`.
pub static OPTIONS: Command = Command {
    name: "options",
    short: "Print the list of flags inherited by all commands",
    run: Some(|invocation| Box::pin(options(invocation))),
    ..Command::EMPTY
};

async fn options(invocation: Invocation) -> Outcome {
    let all: String = global::FLAGS.iter().map(option).collect();
    let text = format!("The following options can be passed to any command:\n\n{all}");
    invocation.process.print(text).await;
    Ok(())
}
