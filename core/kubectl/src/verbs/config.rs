//! `kubectl config`: shows and changes the kubeconfig; no cluster is asked.
//!
//! Models kubectl `pkg/cmd/config`.

use crate::command_line::{Command, Flag, Flags, Invocation};
use crate::failure::{Failure, Outcome};
use crate::kubeconfig::Kubeconfig;
use crate::printing::columns::Columns;
use crate::printing::template;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{entry, get_list, get_str, remove, set};
use machine::Content;
use serde_json::{Value, json};

/// The command.
pub static COMMAND: Command = Command {
    name: "config",
    usage: "SUBCOMMAND [options]",
    short: "Modify kubeconfig files",
    children: &[
        &CURRENT_CONTEXT,
        &DELETE_CLUSTER,
        &DELETE_CONTEXT,
        &DELETE_USER,
        &GET_CLUSTERS,
        &GET_CONTEXTS,
        &GET_USERS,
        &RENAME_CONTEXT,
        &SET,
        &SET_CLUSTER,
        &SET_CONTEXT,
        &SET_CREDENTIALS,
        &UNSET,
        &USE_CONTEXT,
        &VIEW,
    ],
    ..Command::EMPTY
};

fn load(invocation: &Invocation) -> Result<Kubeconfig, Failure> {
    Kubeconfig::load(&invocation.process, &invocation.flags)
}

fn save(invocation: &Invocation, config: &Kubeconfig) -> Outcome {
    let mut document = config.document.clone();
    for (key, value) in [("apiVersion", "v1"), ("kind", "Config")] {
        if get_str(&document, &[key]).is_empty() {
            set(&mut document, &[key], value);
        }
    }
    let files = invocation.process.files();
    if let Some((folder, _)) = config.path.rsplit_once('/') {
        files.create_directories(folder, 0o755).ok();
    }
    let content = Content::new(kubernetes_api::yaml::print(&document).into_bytes());
    files.write(&config.path, content, 0o600).map_err(|error| {
        Failure::message(format!(
            "open {}: {}",
            config.path,
            crate::files::go_error(error)
        ))
    })
}

fn one_argument(invocation: &Invocation) -> Result<String, Failure> {
    match invocation.arguments.as_slice() {
        [only] => Ok(only.clone()),
        all => Err(invocation.usage_error(format!("Unexpected args: [{}]", all.join(" ")))),
    }
}

/// Whether a list has an entry; it is made when it is not there.
fn ensure(document: &mut Value, list: &str, name: &str) -> bool {
    let mut all = get_list(document, &[list]).to_vec();
    let known = all.iter().any(|one| get_str(one, &["name"]) == name);
    if !known {
        let kind = list.trim_end_matches('s');
        all.push(json!({"name": name, kind: {}}));
        all.sort_by(|left, right| get_str(left, &["name"]).cmp(get_str(right, &["name"])));
        set(document, &[list], Value::Array(all));
    }
    known
}

/// Changes the entry of a list, made when it is not there; gives whether it was there.
fn change_entry(
    document: &mut Value,
    list: &str,
    name: &str,
    change: impl FnOnce(&mut Value),
) -> bool {
    let known = ensure(document, list, name);
    if let Value::Array(all) = entry(document, &[list])
        && let Some(found) = all.iter_mut().find(|one| get_str(one, &["name"]) == name)
    {
        change(found);
    }
    known
}

static CURRENT_CONTEXT: Command = Command {
    name: "current-context",
    usage: "[options]",
    short: "Display the current-context",
    run: Some(|invocation| Box::pin(current_context(invocation))),
    ..Command::EMPTY
};

async fn current_context(invocation: Invocation) -> Outcome {
    let config = load(&invocation)?;
    let name = get_str(&config.document, &["current-context"]);
    if name.is_empty() {
        return Err(Failure::message("current-context is not set"));
    }
    invocation.process.print(format!("{name}\n")).await;
    Ok(())
}

static USE_CONTEXT: Command = Command {
    name: "use-context",
    aliases: &["use"],
    usage: "CONTEXT_NAME [options]",
    short: "Set the current-context in a kubeconfig file",
    run: Some(|invocation| Box::pin(use_context(invocation))),
    ..Command::EMPTY
};

async fn use_context(invocation: Invocation) -> Outcome {
    let name = one_argument(&invocation)?;
    let mut config = load(&invocation)?;
    if config.entry("contexts", &name).is_none() {
        return Err(Failure::message(format!(
            "no context exists with the name: {}",
            quote_go(&name)
        )));
    }
    set(&mut config.document, &["current-context"], name.as_str());
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("Switched to context {}.\n", quote_go(&name)))
        .await;
    Ok(())
}

static GET_CONTEXTS_FLAGS: &[Flag] = &[
    Flag::switch("no-headers", "No line of headers."),
    Flag::text("output", "\"name\" prints names only.").short('o'),
];

static GET_CONTEXTS: Command = Command {
    name: "get-contexts",
    usage: "[(-o|--output=)name] [options]",
    short: "Describe one or many contexts",
    flags: &[GET_CONTEXTS_FLAGS],
    run: Some(|invocation| Box::pin(get_contexts(invocation))),
    ..Command::EMPTY
};

async fn get_contexts(invocation: Invocation) -> Outcome {
    let config = load(&invocation)?;
    let mut contexts: Vec<&Value> = get_list(&config.document, &["contexts"]).iter().collect();
    contexts.sort_by_key(|context| get_str(context, &["name"]));
    if !invocation.arguments.is_empty() {
        for name in &invocation.arguments {
            if config.entry("contexts", name).is_none() {
                return Err(Failure::message(format!("context {name} not found")));
            }
        }
        contexts.retain(|context| {
            let name = get_str(context, &["name"]);
            invocation.arguments.iter().any(|wanted| wanted == name)
        });
    }
    let names_only = invocation.flags.text("output") == "name";
    let mut lines = if names_only || invocation.flags.is("no-headers") {
        String::new()
    } else {
        "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n".to_owned()
    };
    let current = get_str(&config.document, &["current-context"]);
    for context in contexts {
        let name = get_str(context, &["name"]);
        if names_only {
            lines.push_str(&format!("{name}\n"));
            continue;
        }
        let mark = if name == current { "*" } else { "" };
        let of = |key: &str| get_str(context, &["context", key]);
        lines.push_str(&format!(
            "{mark}\t{name}\t{}\t{}\t{}\n",
            of("cluster"),
            of("user"),
            of("namespace")
        ));
    }
    invocation
        .process
        .print(Columns::table().align(&lines))
        .await;
    Ok(())
}

static GET_CLUSTERS: Command = Command {
    name: "get-clusters",
    usage: "[options]",
    short: "Display clusters defined in the kubeconfig",
    run: Some(|invocation| Box::pin(names(invocation, "clusters"))),
    ..Command::EMPTY
};

static GET_USERS: Command = Command {
    name: "get-users",
    usage: "[options]",
    short: "Display users defined in the kubeconfig",
    run: Some(|invocation| Box::pin(names(invocation, "users"))),
    ..Command::EMPTY
};

async fn names(invocation: Invocation, list: &str) -> Outcome {
    let config = load(&invocation)?;
    let mut names: Vec<&str> = get_list(&config.document, &[list])
        .iter()
        .map(|one| get_str(one, &["name"]))
        .collect();
    names.sort_unstable();
    let text: String = std::iter::once("NAME")
        .chain(names)
        .map(|name| format!("{name}\n"))
        .collect();
    invocation.process.print(text).await;
    Ok(())
}

static RENAME_CONTEXT: Command = Command {
    name: "rename-context",
    usage: "CONTEXT_NAME NEW_NAME [options]",
    short: "Rename a context from the kubeconfig file",
    run: Some(|invocation| Box::pin(rename_context(invocation))),
    ..Command::EMPTY
};

async fn rename_context(invocation: Invocation) -> Outcome {
    let [old, new] = invocation.arguments.as_slice() else {
        let words = invocation.arguments.join(" ");
        return Err(invocation.usage_error(format!("Unexpected args: [{words}]")));
    };
    let mut config = load(&invocation)?;
    if config.entry("contexts", old).is_none() {
        return Err(Failure::message(format!(
            "cannot rename the context {}, it's not in {}",
            quote_go(old),
            config.path
        )));
    }
    if config.entry("contexts", new).is_some() {
        return Err(Failure::message(format!(
            "cannot rename the context {}, the context {} already exists in {}",
            quote_go(old),
            quote_go(new),
            config.path
        )));
    }
    change_entry(&mut config.document, "contexts", old, |context| {
        set(context, &["name"], new.as_str());
    });
    if get_str(&config.document, &["current-context"]) == old {
        set(&mut config.document, &["current-context"], new.as_str());
    }
    save(&invocation, &config)?;
    let text = format!("Context {} renamed to {}.\n", quote_go(old), quote_go(new));
    invocation.process.print(text).await;
    Ok(())
}

static DELETE_CONTEXT: Command = Command {
    name: "delete-context",
    usage: "NAME [options]",
    short: "Delete the specified context from the kubeconfig",
    run: Some(|invocation| Box::pin(delete(invocation, "contexts", "context"))),
    ..Command::EMPTY
};

static DELETE_CLUSTER: Command = Command {
    name: "delete-cluster",
    usage: "NAME [options]",
    short: "Delete the specified cluster from the kubeconfig",
    run: Some(|invocation| Box::pin(delete(invocation, "clusters", "cluster"))),
    ..Command::EMPTY
};

static DELETE_USER: Command = Command {
    name: "delete-user",
    usage: "NAME [options]",
    short: "Delete the specified user from the kubeconfig",
    run: Some(|invocation| Box::pin(delete(invocation, "users", "user"))),
    ..Command::EMPTY
};

async fn delete(invocation: Invocation, list: &str, kind: &str) -> Outcome {
    let name = one_argument(&invocation)?;
    let mut config = load(&invocation)?;
    if config.entry(list, &name).is_none() {
        return Err(Failure::message(format!(
            "cannot delete {kind} {name}, not in {}",
            config.path
        )));
    }
    if kind == "context" && get_str(&config.document, &["current-context"]) == name {
        invocation
            .process
            .print_error("warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n")
            .await;
    }
    if let Some(Value::Array(all)) = config.document.get_mut(list) {
        all.retain(|one| get_str(one, &["name"]) != name);
    }
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("deleted {kind} {name} from {}\n", config.path))
        .await;
    Ok(())
}

static SET_CONTEXT_FLAGS: &[Flag] = &[Flag::switch("current", "Change the current context.")];

static SET_CONTEXT: Command = Command {
    name: "set-context",
    usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
    short: "Set a context entry in kubeconfig",
    flags: &[SET_CONTEXT_FLAGS],
    run: Some(|invocation| Box::pin(set_context(invocation))),
    ..Command::EMPTY
};

async fn set_context(invocation: Invocation) -> Outcome {
    let mut config = load(&invocation)?;
    let flags = &invocation.flags;
    let name = if flags.is("current") {
        let current = get_str(&config.document, &["current-context"]).to_owned();
        if current.is_empty() {
            return Err(Failure::message("no current context is set"));
        }
        if !invocation.arguments.is_empty() {
            return Err(Failure::message(
                "you cannot specify both a context name and --current",
            ));
        }
        current
    } else if invocation.arguments.is_empty() {
        return Err(Failure::message(
            "you must specify a non-empty context name or --current",
        ));
    } else {
        one_argument(&invocation)?
    };
    let known = change_entry(&mut config.document, "contexts", &name, |context| {
        let fields = ["cluster", "user", "namespace"].map(|field| (field, field));
        set_flags(flags, context, "context", &fields);
    });
    save(&invocation, &config)?;
    let done = if known { "modified" } else { "created" };
    invocation
        .process
        .print(format!("Context {} {done}.\n", quote_go(&name)))
        .await;
    Ok(())
}

fn set_flags(flags: &Flags, object: &mut Value, kind: &str, fields: &[(&str, &str)]) {
    for (flag, field) in fields {
        if flags.given(flag) {
            if flags.text(flag).is_empty() {
                remove(object, &[kind, field]);
            } else {
                set(object, &[kind, field], flags.text(flag));
            }
        }
    }
}

static EMBED: &[Flag] = &[Flag::switch(
    "embed-certs",
    "Put the certificates into the file.",
)];

static SET_CLUSTER: Command = Command {
    name: "set-cluster",
    usage: "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [options]",
    short: "Set a cluster entry in kubeconfig",
    flags: &[EMBED],
    run: Some(|invocation| Box::pin(set_cluster(invocation))),
    ..Command::EMPTY
};

async fn set_cluster(invocation: Invocation) -> Outcome {
    let name = one_argument(&invocation)?;
    let mut config = load(&invocation)?;
    change_entry(&mut config.document, "clusters", &name, |cluster| {
        let fields =
            ["server", "certificate-authority", "tls-server-name"].map(|field| (field, field));
        set_flags(&invocation.flags, cluster, "cluster", &fields);
        if invocation.flags.is("insecure-skip-tls-verify") {
            set(cluster, &["cluster", "insecure-skip-tls-verify"], true);
        }
    });
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("Cluster {} set.\n", quote_go(&name)))
        .await;
    Ok(())
}

static SET_CREDENTIALS: Command = Command {
    name: "set-credentials",
    usage: "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [options]",
    short: "Set a user entry in kubeconfig",
    flags: &[EMBED],
    run: Some(|invocation| Box::pin(set_credentials(invocation))),
    ..Command::EMPTY
};

async fn set_credentials(invocation: Invocation) -> Outcome {
    let name = one_argument(&invocation)?;
    let flags = &invocation.flags;
    if flags.given("token") && (flags.given("username") || flags.given("password")) {
        return Err(Failure::message(
            "you cannot specify more than one authentication method at the same time: --token, --username/--password",
        ));
    }
    let mut config = load(&invocation)?;
    change_entry(&mut config.document, "users", &name, |user| {
        let fields = [
            "client-certificate",
            "client-key",
            "token",
            "username",
            "password",
        ]
        .map(|field| (field, field));
        set_flags(&invocation.flags, user, "user", &fields);
    });
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("User {} set.\n", quote_go(&name)))
        .await;
    Ok(())
}

static SET: Command = Command {
    name: "set",
    usage: "PROPERTY_NAME PROPERTY_VALUE [options]",
    short: "Set an individual value in a kubeconfig file",
    run: Some(|invocation| Box::pin(set_property(invocation))),
    ..Command::EMPTY
};

/// Changes what `contexts.NAME.namespace` means: the object that has it, and the path in there.
fn change_property(document: &mut Value, property: &str, change: impl FnOnce(&mut Value, &[&str])) {
    let parts: Vec<&str> = property.split('.').collect();
    match parts.as_slice() {
        [list @ ("contexts" | "clusters" | "users"), name, rest @ ..] => {
            let mut path = vec![list.trim_end_matches('s')];
            path.extend_from_slice(rest);
            change_entry(document, list, name, |object| change(object, &path));
        }
        parts => change(document, parts),
    }
}

/// Refuses properties that a kubeconfig has not.
fn check_property(property: &str) -> Outcome {
    let first = property.split('.').next().unwrap_or(property);
    let known = [
        "contexts",
        "clusters",
        "users",
        "current-context",
        "preferences",
        "kind",
        "apiVersion",
    ];
    if known.contains(&first) {
        return Ok(());
    }
    Err(Failure::message(format!(
        "unable to parse {property} after [] at api.Config"
    )))
}

async fn set_property(invocation: Invocation) -> Outcome {
    let [name, value] = invocation.arguments.as_slice() else {
        let words = invocation.arguments.join(" ");
        return Err(invocation.usage_error(format!("Unexpected args: [{words}]")));
    };
    let mut config = load(&invocation)?;
    check_property(name)?;
    change_property(&mut config.document, name, |object, path| {
        set(object, path, value.as_str())
    });
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("Property {} set.\n", quote_go(name)))
        .await;
    Ok(())
}

static UNSET: Command = Command {
    name: "unset",
    usage: "PROPERTY_NAME [options]",
    short: "Unset an individual value in a kubeconfig file",
    run: Some(|invocation| Box::pin(unset_property(invocation))),
    ..Command::EMPTY
};

async fn unset_property(invocation: Invocation) -> Outcome {
    let name = one_argument(&invocation)?;
    let mut config = load(&invocation)?;
    check_property(&name)?;
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [list @ ("contexts" | "clusters" | "users"), entry, rest @ ..] => {
            let all = config.document.get_mut(*list).and_then(Value::as_array_mut);
            let mut known = false;
            if let Some(all) = all {
                known = all.iter().any(|one| get_str(one, &["name"]) == *entry);
                if rest.is_empty() {
                    all.retain(|one| get_str(one, &["name"]) != *entry);
                }
            }
            if !rest.is_empty() {
                if !known {
                    let text = format!("current map key `{entry}` is invalid");
                    return Err(Failure::message(text));
                }
                change_property(&mut config.document, &name, |object, path| {
                    remove(object, path);
                });
            }
        }
        parts => {
            remove(&mut config.document, parts);
        }
    }
    save(&invocation, &config)?;
    invocation
        .process
        .print(format!("Property {} unset.\n", quote_go(&name)))
        .await;
    Ok(())
}

static VIEW_FLAGS: &[Flag] = &[
    Flag::switch("flatten", "Put files into the output."),
    Flag::switch("merge", "Merge all kubeconfig files.").default("true"),
    Flag::switch("minify", "Only what the current context uses."),
    Flag::text("output", "Format of the output.")
        .short('o')
        .default("yaml"),
    Flag::switch("raw", "Show certificates and keys too."),
    Flag::text("template", "Text of the template."),
    Flag::switch(
        "allow-missing-template-keys",
        "Ignore missing fields in templates.",
    )
    .default("true"),
];

static VIEW: Command = Command {
    name: "view",
    usage: "[flags] [options]",
    short: "Display merged kubeconfig settings or a specified kubeconfig file",
    flags: &[VIEW_FLAGS],
    run: Some(|invocation| Box::pin(view(invocation))),
    ..Command::EMPTY
};

async fn view(invocation: Invocation) -> Outcome {
    let config = load(&invocation)?;
    let mut shown = Kubeconfig::empty();
    for (key, value) in config.document.as_object().into_iter().flatten() {
        set(&mut shown, &[key], value.clone());
    }
    remove(&mut shown, &["preferences"]);
    if invocation.flags.is("minify") {
        minify(&invocation, &config, &mut shown)?;
    }
    if !invocation.flags.is("raw") {
        hide(&mut shown);
    }
    let format = invocation.flags.text("output");
    let text = match format.split_once('=').unwrap_or((format, "")) {
        ("yaml", _) => kubernetes_api::yaml::print(&shown),
        ("json", _) => crate::printing::typed::print_in(&ORDER, &shown),
        ("jsonpath", path) => template::json_path(path, &shown, true)?,
        _ => {
            return Err(Failure::message(format!(
                "unable to match a printer suitable for the output format {}, allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml",
                quote_go(format)
            )));
        }
    };
    invocation.process.print(text).await;
    Ok(())
}

fn minify(invocation: &Invocation, config: &Kubeconfig, shown: &mut Value) -> Outcome {
    let name = config.context_name(&invocation.flags);
    let Some(context) = config.entry("contexts", name) else {
        return Err(Failure::message(
            "current-context must exist in order to minify",
        ));
    };
    let keep = [
        ("contexts", name),
        ("clusters", get_str(context, &["context", "cluster"])),
        ("users", get_str(context, &["context", "user"])),
    ];
    for (list, name) in keep {
        let kept: Vec<Value> = config.entry(list, name).cloned().into_iter().collect();
        set(shown, &[list], Value::Array(kept));
    }
    set(shown, &["current-context"], name);
    Ok(())
}

/// Certificates and keys are nobody's business.
fn hide(shown: &mut Value) {
    let hidden = [
        (
            "clusters",
            "cluster",
            "certificate-authority-data",
            "DATA+OMITTED",
        ),
        ("users", "user", "client-certificate-data", "DATA+OMITTED"),
        ("users", "user", "client-key-data", "DATA+OMITTED"),
        ("users", "user", "token", "REDACTED"),
        ("users", "user", "password", "REDACTED"),
    ];
    for (list, kind, field, words) in hidden {
        if let Some(Value::Array(all)) = shown.get_mut(list) {
            for one in all {
                if !get_str(one, &[kind, field]).is_empty() {
                    set(one, &[kind, field], words);
                }
            }
        }
    }
}

/// The order of fields in the JSON form, which is that of Go's structs.
const ORDER: [&str; 22] = [
    "kind",
    "apiVersion",
    "clusters",
    "users",
    "contexts",
    "current-context",
    "name",
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority",
    "certificate-authority-data",
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "username",
    "password",
    "cluster",
    "user",
    "namespace",
];
