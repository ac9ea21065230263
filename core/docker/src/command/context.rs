//! `docker context`, `login` and `logout`: which engine and which registries the client talks to.

use super::table::{Column, Listing};
use super::{Arguments, Command, Context, command};
use serde_json::json;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["context ls", "context list"],
        "[OPTIONS]",
        "List contexts",
        Arguments::None,
        "\
--format string|{format}
-q --quiet|Only show context names",
        |context| Box::pin(list(context)),
    ),
    command(
        &["context show"],
        "",
        "Print the name of the current context",
        Arguments::None,
        "",
        |context| {
            Box::pin(async move {
                context.line("default").await;
                0
            })
        },
    ),
    command(
        &["context use"],
        "CONTEXT",
        "Set the current docker context",
        Arguments::Exactly(1),
        "",
        |context| Box::pin(select(context)),
    ),
    command(
        &["context inspect"],
        "[OPTIONS] [CONTEXT] [CONTEXT...]",
        "Display detailed information on one or more contexts",
        Arguments::Any,
        "-f --format string|{inspect}",
        |context| Box::pin(inspect(context)),
    ),
    command(
        &["context rm", "context remove"],
        "CONTEXT [CONTEXT...]",
        "Remove one or more contexts",
        Arguments::AtLeast(1),
        "-f --force|Force the removal of a context in use",
        |context| Box::pin(remove(context)),
    ),
    command(
        &["login"],
        "[OPTIONS] [SERVER]",
        "Authenticate to a registry|Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
        Arguments::AtMost(1),
        "\
-p --password string|Password or Personal Access Token (PAT)
--password-stdin|Take the Password or Personal Access Token (PAT) from stdin
-u --username string|Username",
        |context| Box::pin(login(context)),
    ),
    command(
        &["logout"],
        "[SERVER]",
        "Log out from a registry|Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
        Arguments::AtMost(1),
        "",
        |context| Box::pin(logout(context)),
    ),
];

/// What the client says of a context that it does not have.
pub(super) fn not_found(name: &str) -> String {
    let hash = crate::digest::hex(name.as_bytes());
    format!(
        "context {name:?}: context not found: open /root/.docker/contexts/meta/{hash}/meta.json: no such file or directory"
    )
}

async fn list(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Name", "NAME"),
        ("Description", "DESCRIPTION"),
        ("DockerEndpoint", "DOCKER ENDPOINT"),
        ("Error", "ERROR"),
    ];
    if context.flags.is_set("quiet") {
        context.line("default").await;
        return 0;
    }
    // The table marks the current one; templates have a field for that.
    let table = context
        .flags
        .text("format")
        .is_none_or(|format| format.starts_with("table"));
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.clientContextContext",
        rows: vec![json!({
            "Current": true,
            "Name": if table { "default *" } else { "default" },
            "Description": "Current DOCKER_HOST based configuration",
            "DockerEndpoint": "unix:///var/run/docker.sock",
            "Error": "",
        })],
    };
    context.show(listing).await
}

async fn select(context: Context) -> u8 {
    match context.first() {
        "default" => {
            context.line("default").await;
            context
                .error_line("Current context is now \"default\"")
                .await;
            0
        }
        name => context.fail(not_found(name)).await,
    }
}

async fn inspect(context: Context) -> u8 {
    let unknown = context.arguments.iter().find(|name| *name != "default");
    if let Some(name) = unknown {
        context.line("[]").await;
        return context.fail(not_found(name)).await;
    }
    if context.flags.has("format") {
        let value = json!({
            "Name": "default",
            "Metadata": {},
            "Endpoints": {"docker": {"Host": "unix:///var/run/docker.sock", "SkipTLSVerify": false}},
            "TLSMaterial": {},
            "Storage": {"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"},
        });
        return context.show_values(&[value]).await;
    }
    // The fields in the order of the client's structure.
    let text = "[\n    {\n        \"Name\": \"default\",\n        \"Metadata\": {},\n        \"Endpoints\": {\n            \"docker\": {\n                \"Host\": \"unix:///var/run/docker.sock\",\n                \"SkipTLSVerify\": false\n            }\n        },\n        \"TLSMaterial\": {},\n        \"Storage\": {\n            \"MetadataPath\": \"\\u003cIN MEMORY\\u003e\",\n            \"TLSPath\": \"\\u003cIN MEMORY\\u003e\"\n        }\n    }\n]";
    context.line(text).await;
    0
}

async fn remove(context: Context) -> u8 {
    let mut status = 0;
    for name in &context.arguments {
        let text = match name.as_str() {
            "default" => "context \"default\" cannot be removed".to_string(),
            name => format!("context {name:?} does not exist"),
        };
        status = context.fail(text).await;
    }
    status
}

async fn login(context: Context) -> u8 {
    let flags = &context.flags;
    let (user, password) = (flags.text("username"), flags.text("password"));
    let from_input = flags.is_set("password-stdin");
    if password.is_some() {
        let text = "WARNING! Using --password via the CLI is insecure. Use --password-stdin.";
        if from_input {
            let text = "conflicting options: cannot specify both --password and --password-stdin";
            return context.fail(text).await;
        }
        context.error_line(text).await;
    }
    let mut secret = password.unwrap_or_default().to_string();
    if from_input {
        if user.is_none() {
            let text = "the --password-stdin option requires --username to be set";
            return context.fail(text).await;
        }
        let input = context.process.read_to_end(0).await.unwrap_or_default();
        secret = String::from_utf8_lossy(&input).trim_end().to_string();
    }
    if (user.is_none() || secret.is_empty()) && !context.process.is_terminal(0) {
        let text = "Error: Cannot perform an interactive login from a non TTY device";
        return context.fail(text).await;
    }
    if user.is_none() || secret.is_empty() {
        for question in ["Username: ", "Password: "] {
            context.process.print(question).await;
            super::containers::read_line(&context).await;
        }
    }
    // The simulated registry takes everybody.
    context.line("Login Succeeded").await;
    0
}

async fn logout(context: Context) -> u8 {
    let server = match context.first() {
        "" | "docker.io" | "index.docker.io" => "https://index.docker.io/v1/",
        server => server,
    };
    let text = format!("Removing login credentials for {server}");
    context.line(text).await;
    0
}
