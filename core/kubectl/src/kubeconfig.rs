//! The kubeconfig: which cluster, as whom, in which namespace.
//!
//! Models k8s.io/client-go `tools/clientcmd`: the file of `--kubeconfig`, else of `KUBECONFIG`, else
//! `~/.kube/config`; flags override what the context says.

use crate::command_line::{Flags, Invocation};
use crate::failure::Failure;
use kubernetes_api::object::get_str;
use machine::Process;
use serde_json::{Value, json};

/// A kubeconfig with the path that it came from.
#[derive(Clone, Debug)]
pub struct Kubeconfig {
    /// Where it is, or would be, on the machine.
    pub path: String,
    /// The document.
    pub document: Value,
}

/// What a command needs to know of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `https://127.0.0.1:6443`.
    pub server: String,
    /// The namespace of the flag or of the context, `default` without any.
    pub namespace: String,
    /// Whether the namespace was given by a flag.
    pub namespace_given: bool,
    /// Headers that say who asks.
    pub headers: Vec<(String, String)>,
    /// Nanoseconds after which a request is given up; 0 for never.
    pub request_timeout: i64,
    /// How much is logged.
    pub verbosity: i64,
}

impl Kubeconfig {
    /// The document of a machine without a kubeconfig.
    pub fn empty() -> Value {
        json!({"apiVersion": "v1", "kind": "Config", "clusters": null, "contexts": null,
            "current-context": "", "users": null})
    }

    /// Where the kubeconfig of a process is.
    pub fn locate(process: &Process, flags: &Flags) -> String {
        let given = flags.text("kubeconfig");
        if !given.is_empty() {
            return process.path(given);
        }
        if let Some(first) = process.variable("KUBECONFIG").and_then(|paths| {
            paths
                .split(':')
                .find(|path| !path.is_empty())
                .map(str::to_owned)
        }) {
            return process.path(&first);
        }
        let home = process.variable("HOME").unwrap_or_else(|| "/root".into());
        process.path(&format!("{home}/.kube/config"))
    }

    /// Reads it; a file that is not there is an empty one, unless the flag names it.
    pub fn load(process: &Process, flags: &Flags) -> Result<Kubeconfig, Failure> {
        let path = Kubeconfig::locate(process, flags);
        let content = match process.files().read(&path) {
            Ok(content) => content,
            Err(error) if flags.given("kubeconfig") => {
                let why = crate::files::go_error(error);
                let given = flags.text("kubeconfig");
                return Err(Failure::message(format!("stat {given}: {why}")));
            }
            Err(_) => {
                return Ok(Kubeconfig {
                    path,
                    document: Kubeconfig::empty(),
                });
            }
        };
        let text = content.text();
        let document = crate::files::parse_yaml(&text).map_err(|why| {
            Failure::message(format!("error loading config file \"{path}\": {why}"))
        })?;
        let document = if document.is_object() {
            document
        } else {
            Kubeconfig::empty()
        };
        Ok(Kubeconfig { path, document })
    }

    /// An entry of `clusters`, `contexts` or `users`.
    pub fn entry(&self, list: &str, name: &str) -> Option<&Value> {
        self.document
            .get(list)?
            .as_array()?
            .iter()
            .find(|entry| get_str(entry, &["name"]) == name)
    }

    /// The name of the context in use.
    pub fn context_name<'a>(&'a self, flags: &'a Flags) -> &'a str {
        match flags.text("context") {
            "" => get_str(&self.document, &["current-context"]),
            given => given,
        }
    }

    /// What the context in use and the flags say together.
    pub fn connection(&self, flags: &Flags) -> Result<Connection, Failure> {
        let name = self.context_name(flags);
        let context = self.entry("contexts", name);
        if context.is_none() && flags.given("context") {
            return Err(Failure::Configuration(format!(
                "context was not found for specified context: {name}"
            )));
        }
        let of_context = |key: &str| {
            context
                .map(|entry| get_str(entry, &["context", key]))
                .unwrap_or_default()
        };
        let or = |given: &str, other: &str| {
            if given.is_empty() {
                other.to_owned()
            } else {
                given.to_owned()
            }
        };
        let cluster_name = or(flags.text("cluster"), of_context("cluster"));
        let cluster = self.entry("clusters", &cluster_name);
        if cluster.is_none() && !cluster_name.is_empty() && flags.given("cluster") {
            return Err(Failure::message(format!(
                "no server found for cluster \"{cluster_name}\""
            )));
        }
        let server = cluster
            .map(|entry| get_str(entry, &["cluster", "server"]))
            .unwrap_or_default();
        // A command's own `--user` names a subject, not an entry of the file.
        let given_user = if flags.is_global("user") {
            flags.text("user")
        } else {
            ""
        };
        let user_name = or(given_user, of_context("user"));
        let user = self.entry("users", &user_name);
        if user.is_none() && !given_user.is_empty() {
            return Err(Failure::message(format!(
                "auth info \"{user_name}\" does not exist"
            )));
        }
        if flags.text("as").is_empty() && (flags.given("as-group") || flags.given("as-uid")) {
            return Err(Failure::message(format!(
                "requesting uid, groups or user-extra for {user_name} without impersonating a user"
            )));
        }
        let server = or(&or(flags.text("server"), server), "http://localhost:8080");
        let namespace = or(
            &or(flags.text("namespace"), of_context("namespace")),
            "default",
        );
        Ok(Connection {
            server,
            namespace,
            namespace_given: !flags.text("namespace").is_empty(),
            headers: headers(flags, user),
            request_timeout: request_timeout(flags.text("request-timeout"))?,
            verbosity: flags.int("v"),
        })
    }
}

/// The headers that say who asks: the user's token, and whom it speaks for.
fn headers(flags: &Flags, user: Option<&Value>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let mut token = flags.text("token");
    if token.is_empty() {
        token = user
            .map(|entry| get_str(entry, &["user", "token"]))
            .unwrap_or_default();
    }
    if !token.is_empty() {
        headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    for (flag, header) in [("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid")] {
        if !flags.text(flag).is_empty() {
            headers.push((header.to_owned(), flags.text(flag).to_owned()));
        }
    }
    for group in flags.list("as-group") {
        headers.push(("Impersonate-Group".to_owned(), group));
    }
    headers
}

/// A number of seconds or a duration.
fn request_timeout(text: &str) -> Result<i64, Failure> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds.saturating_mul(kubernetes_api::duration::SECOND));
    }
    kubernetes_api::duration::parse_go(text).map_err(|_| {
        Failure::message("Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)")
    })
}

/// The connection of a command line.
pub fn connection(invocation: &Invocation) -> Result<Connection, Failure> {
    Kubeconfig::load(&invocation.process, &invocation.flags)?.connection(&invocation.flags)
}
