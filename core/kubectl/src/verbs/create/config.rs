//! `kubectl create configmap` and `kubectl create secret`.

use super::{SAVE_CONFIG, name_argument, submit};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::files::go_error;
use crate::global;
use crate::session::Session;
use kubernetes_api::object::set;
use kubernetes_api::{base64, json as text_of, names};
use machine::Process;
use serde_json::{Map, Value, json};

static SOURCES: &[Flag] = &[
    Flag::switch("append-hash", "Add a hash of the content to the name."),
    Flag::new("from-env-file", Kind::List, "File with lines KEY=VALUE."),
    Flag::new("from-file", Kind::List, "File or folder, or KEY=FILE."),
    Flag::new("from-literal", Kind::Array, "KEY=VALUE."),
];

/// `kubectl create configmap`.
pub static CONFIG_MAP: Command = Command {
    name: "configmap",
    aliases: &["cm"],
    usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
    short: "Create a config map from a local file, directory or literal value",
    flags: &[
        SOURCES,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(config_map(invocation))),
    ..Command::EMPTY
};

async fn config_map(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let mut data = Map::new();
    let mut binary = Map::new();
    for (key, bytes) in pairs(
        &session,
        &format!(" for ConfigMap {}", text_of::quote_go(&name)),
    )? {
        match String::from_utf8(bytes) {
            Ok(text) => data.insert(key, text.into()),
            Err(error) => binary.insert(key, base64::encode(error.as_bytes()).into()),
        };
    }
    let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}});
    for (key, map) in [("data", data), ("binaryData", binary)] {
        if !map.is_empty() {
            set(&mut object, &[key], Value::Object(map));
        }
    }
    submit(&session, object, "failed to create configmap: ").await
}

/// The keys and contents that the flags name; `place` tells messages the ConfigMap they go to, and is
/// empty for a Secret.
fn pairs(session: &Session, place: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let flags = session.flags();
    let process = &session.invocation.process;
    if flags.given("from-env-file") && (flags.given("from-file") || flags.given("from-literal")) {
        return Err(Failure::message(
            "from-env-file cannot be combined with from-file or from-literal",
        ));
    }
    let mut pairs: Vec<(String, Vec<u8>)> = Vec::new();
    for source in flags.list("from-file") {
        from_file(process, &source, place, &mut pairs)?;
    }
    for literal in flags.list("from-literal") {
        let Some((key, value)) = literal.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::message(format!(
                "invalid literal source {literal}, expected key=value"
            )));
        };
        let value = value.trim_matches(|c| c == '"' || c == '\'');
        add(&mut pairs, place, key, value.as_bytes().to_vec())?;
    }
    for path in flags.list("from-env-file") {
        let text = read(process, &path)?;
        for line in String::from_utf8_lossy(&text).lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = match line.split_once('=') {
                Some((key, value)) => (key, value.to_owned()),
                // A key alone takes its value from the environment.
                None => (line, process.variable(line).unwrap_or_default()),
            };
            add(&mut pairs, place, key, value.into_bytes())?;
        }
    }
    Ok(pairs)
}

fn add(pairs: &mut Vec<(String, Vec<u8>)>, place: &str, key: &str, content: Vec<u8>) -> Outcome {
    let wrong = names::config_map_key(key);
    if !wrong.is_empty() && place.is_empty() {
        return Err(Failure::message(format!(
            "{} is not valid key name for a Secret {}",
            text_of::quote_go(key),
            wrong.join(";")
        )));
    }
    if !wrong.is_empty() {
        return Err(Failure::message(format!(
            "{} is not a valid key name for a ConfigMap: {}",
            text_of::quote_go(key),
            wrong.join(",")
        )));
    }
    if pairs.iter().any(|(have, _)| have == key) && place.is_empty() {
        return Err(Failure::message(format!(
            "cannot add key {key}, another key by that name already exists"
        )));
    }
    if pairs.iter().any(|(have, _)| have == key) {
        return Err(Failure::message(format!(
            "cannot add key {}, another key by that name already exists in Data{place}",
            text_of::quote_go(key)
        )));
    }
    pairs.push((key.to_owned(), content));
    Ok(())
}

fn read(process: &Process, path: &str) -> Result<Vec<u8>, Failure> {
    let content = process.files().read(&process.path(path));
    content
        .map(|content| content.bytes().to_vec())
        .map_err(|error| Failure::message(format!("error reading {path}: {}", go_error(error))))
}

fn from_file(
    process: &Process,
    source: &str,
    place: &str,
    pairs: &mut Vec<(String, Vec<u8>)>,
) -> Outcome {
    let (key, path) = match source.split_once('=') {
        Some((key, path)) if !key.is_empty() && !path.is_empty() => (Some(key), path),
        Some(_) => {
            return Err(Failure::message(format!(
                "key name for file path {} missing",
                source.trim_start_matches('=')
            )));
        }
        None => (None, source),
    };
    let absolute = process.path(path);
    if process.files().is_directory(&absolute) {
        if key.is_some() {
            return Err(Failure::message(
                "cannot give a key name for a directory path",
            ));
        }
        let entries = process
            .files()
            .read_directory(&absolute)
            .unwrap_or_default();
        for (name, entry) in entries {
            if !entry.is_directory() {
                let bytes = read(process, &format!("{}/{name}", path.trim_end_matches('/')))?;
                add(pairs, place, &name, bytes)?;
            }
        }
        return Ok(());
    }
    let bytes = read(process, path)?;
    let name = path.rsplit('/').next().unwrap_or(path);
    add(pairs, place, key.unwrap_or(name), bytes)
}

/// `kubectl create secret`.
pub static SECRET: Command = Command {
    name: "secret",
    usage: "(docker-registry | generic | tls) [options]",
    short: "Create a secret using a specified subcommand",
    children: &[&DOCKER_REGISTRY, &GENERIC, &TLS],
    ..Command::EMPTY
};

static GENERIC_FLAGS: &[Flag] = &[Flag::text("type", "Type of the secret.")];

static GENERIC: Command = Command {
    name: "generic",
    usage: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
    short: "Create a secret from a local file, directory, or literal value",
    flags: &[
        GENERIC_FLAGS,
        SOURCES,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(generic(invocation))),
    ..Command::EMPTY
};

fn secret(name: &str, kind: &str, pairs: Vec<(String, Vec<u8>)>) -> Value {
    let mut object = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}});
    let data: Map<String, Value> = pairs
        .into_iter()
        .map(|(key, bytes)| (key, base64::encode(&bytes).into()))
        .collect();
    if !data.is_empty() {
        set(&mut object, &["data"], Value::Object(data));
    }
    if !kind.is_empty() {
        set(&mut object, &["type"], kind);
    }
    object
}

async fn generic(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let pairs = pairs(&session, "")?;
    let object = secret(&name, session.flags().text("type"), pairs);
    submit(&session, object, "failed to create secret ").await
}

static TLS_FLAGS: &[Flag] = &[
    Flag::switch("append-hash", "Add a hash of the content to the name."),
    Flag::text("cert", "File with the certificate."),
    Flag::text("key", "File with the private key."),
];

static TLS: Command = Command {
    name: "tls",
    usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]",
    short: "Create a TLS secret",
    flags: &[
        TLS_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(tls(invocation))),
    ..Command::EMPTY
};

async fn tls(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let process = &session.invocation.process;
    let mut pairs = Vec::new();
    if ["cert", "key"]
        .map(|flag| session.flags().text(flag))
        .contains(&"")
    {
        return Err(Failure::message("key and cert must be specified"));
    }
    for (flag, key) in [("cert", "tls.crt"), ("key", "tls.key")] {
        let path = session.flags().text(flag);
        let content = process.files().read(&process.path(path)).map_err(|error| {
            Failure::message(format!(
                "Cannot read file {path}, open {path}: {}",
                go_error(error)
            ))
        })?;
        pairs.push((key.to_owned(), content.bytes().to_vec()));
    }
    let object = secret(&name, "kubernetes.io/tls", pairs);
    submit(&session, object, "failed to create secret ").await
}

static REGISTRY_FLAGS: &[Flag] = &[
    Flag::switch("append-hash", "Add a hash of the content to the name."),
    Flag::text("docker-email", "Mail address at the registry."),
    Flag::text("docker-password", "Password at the registry."),
    Flag::text("docker-server", "The registry.").default("https://index.docker.io/v1/"),
    Flag::text("docker-username", "User at the registry."),
    Flag::list("from-file", "File with the configuration of docker."),
];

static DOCKER_REGISTRY: Command = Command {
    name: "docker-registry",
    usage: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [options]",
    short: "Create a secret for use with a Docker registry",
    flags: &[
        REGISTRY_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(docker_registry(invocation))),
    ..Command::EMPTY
};

async fn docker_registry(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let (user, password) = (flags.text("docker-username"), flags.text("docker-password"));
    if user.is_empty() || password.is_empty() {
        return Err(Failure::message(
            "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
        ));
    }
    // In the order in which docker's own configuration has them.
    let auth = base64::encode(format!("{user}:{password}").as_bytes());
    let entry: Vec<String> = [
        ("username", user),
        ("password", password),
        ("email", flags.text("docker-email")),
        ("auth", auth.as_str()),
    ]
    .iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| format!("\"{key}\":{}", text_of::compact(&json!(value))))
    .collect();
    let server = text_of::compact(&json!(flags.text("docker-server")));
    let bytes = format!("{{\"auths\":{{{server}:{{{}}}}}}}", entry.join(",")).into_bytes();
    let object = secret(
        &name,
        "kubernetes.io/dockerconfigjson",
        vec![(".dockerconfigjson".into(), bytes)],
    );
    submit(&session, object, "failed to create secret ").await
}
