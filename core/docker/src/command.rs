//! The `docker` command: finds the subcommand, parses its flags by their table, and runs it.

mod archive;
mod build;
mod container;
mod containers;
mod context;
mod copy;
mod disk;
mod events;
mod exec;
mod flags;
pub(crate) mod format;
mod image;
mod inspect;
mod lifecycle;
mod logs;
mod network;
mod prune;
mod pull;
mod run;
mod system;
mod table;
mod tree;
mod values;

pub(crate) use format::{go_duration, human_size, parse_duration};

use crate::{Engine, EngineError, Registry};
use flags::Parsed;
use machine::{ExitStatus, LocalFuture, Process};

/// How many arguments a command takes.
#[derive(Clone, Copy)]
pub(crate) enum Arguments {
    /// None at all.
    None,
    /// Exactly so many.
    Exactly(usize),
    /// At least so many.
    AtLeast(usize),
    /// At most so many.
    AtMost(usize),
    /// Between the two.
    Between(usize, usize),
    /// Any number; the command looks itself.
    Any,
}

/// One subcommand: its words, flags and what it does.
pub(crate) struct Command {
    /// Its places in the tree: `stop`, `container stop`.
    pub(crate) names: &'static [&'static str],
    /// What follows the name in its usage.
    pub(crate) usage: &'static str,
    /// One line for lists; after a `|`, another one for its own help.
    pub(crate) about: &'static str,
    /// How many arguments it takes.
    pub(crate) arguments: Arguments,
    /// Its flags, as [`flags::Flag`] reads them.
    pub(crate) flags: &'static str,
    /// Whether flags end at the first argument (`run`, `exec`).
    pub(crate) flags_first: bool,
    /// What it does.
    pub(crate) run: fn(Context) -> LocalFuture<u8>,
}

/// A subcommand.
pub(crate) const fn command(
    names: &'static [&'static str],
    usage: &'static str,
    about: &'static str,
    arguments: Arguments,
    flags: &'static str,
    run: fn(Context) -> LocalFuture<u8>,
) -> Command {
    Command {
        names,
        usage,
        about,
        arguments,
        flags,
        flags_first: false,
        run,
    }
}

impl Command {
    /// The same, whose flags end at the first argument.
    pub(crate) const fn flags_first(mut self) -> Command {
        self.flags_first = true;
        self
    }
}

/// What a running subcommand has.
pub(crate) struct Context {
    pub(crate) engine: Engine,
    pub(crate) process: Process,
    /// As it was called: `docker container stop`.
    pub(crate) path: String,
    pub(crate) flags: Parsed,
    pub(crate) arguments: Vec<String>,
}

impl Context {
    /// Writes a line to standard output.
    pub(crate) async fn line(&self, text: impl AsRef<str>) {
        self.process.print(format!("{}\n", text.as_ref())).await;
    }

    /// Writes a line to standard error.
    pub(crate) async fn error_line(&self, text: impl AsRef<str>) {
        self.process
            .print_error(format!("{}\n", text.as_ref()))
            .await;
    }

    /// Writes the daemon's words, as the client does; gives status 1.
    pub(crate) async fn daemon_error(&self, error: &EngineError) -> u8 {
        self.error_line(format!("Error response from daemon: {error}"))
            .await;
        1
    }

    /// Writes a text of the client; gives status 1.
    pub(crate) async fn fail(&self, text: impl AsRef<str>) -> u8 {
        self.error_line(text).await;
        1
    }

    /// The first argument.
    pub(crate) fn first(&self) -> &str {
        self.argument(0)
    }

    /// An argument, empty when it is not there.
    pub(crate) fn argument(&self, at: usize) -> &str {
        self.arguments.get(at).map_or("", String::as_str)
    }
}

const GLOBAL: &str = "\
--config string|Location of client config files (default \"/root/.docker\")
-c --context string|Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with \"docker context use\")
-D --debug|Enable debug mode
-H --host list|Daemon socket to connect to
-l --log-level string|Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\") (default \"info\")
--tls|Use TLS; implied by --tlsverify
--tlscacert string|Trust certs signed only by this CA (default \"/root/.docker/ca.pem\")
--tlscert string|Path to TLS certificate file (default \"/root/.docker/cert.pem\")
--tlskey string|Path to TLS key file (default \"/root/.docker/key.pem\")
--tlsverify|Use TLS and verify the remote
-v --version|Print version information and quit
!--help|Print usage";

/// The version that the command says it has.
pub(crate) const CLIENT_VERSION: &str = "28.2.2";
/// The version that the engine says it has.
pub(crate) const SERVER_VERSION: &str = "29.0.0";

/// Runs the command line of a process.
pub(crate) async fn main(registry: Registry, process: Process) -> ExitStatus {
    ExitStatus::Exited(dispatch(&registry, &process).await)
}

async fn dispatch(registry: &Registry, process: &Process) -> u8 {
    let words: Vec<String> = process.arguments().iter().skip(1).cloned().collect();
    let global = match flags::parse(GLOBAL, &words, true) {
        Ok(parsed) => parsed,
        Err(error) => {
            let usage = usage_error(&error, "docker", "[OPTIONS] COMMAND [ARG...]");
            process.print_error(usage).await;
            return 125;
        }
    };
    let (global, rest) = global;
    if let Some(level) = global.text("log-level")
        && !matches!(
            level,
            "debug" | "info" | "warn" | "error" | "fatal" | "trace" | "panic" | "warning"
        )
    {
        let text = format!("Unable to parse logging level: {level}\n");
        process.print_error(text).await;
        return 1;
    }
    if global.is_set("version") {
        let text = format!("Docker version {CLIENT_VERSION}, build e6534b4\n");
        process.print(text).await;
        return 0;
    }
    let asks_help = rest.first().is_some_and(|word| word == "help");
    let rest = match asks_help {
        true => rest.into_iter().skip(1).collect(),
        false => rest,
    };
    let Some((command, path, rest)) = find(&rest) else {
        let help = global.is_set("help") || asks_help;
        return not_found(process, &rest, help, asks_help).await;
    };
    let is_help = rest
        .iter()
        .take_while(|word| word.starts_with('-') && *word != "--")
        .any(|word| word == "--help" || word == "-h" && !command.flags.contains("-h --"));
    if is_help
        || asks_help
        || global.is_set("help")
        || (!command.flags_first && rest.iter().any(|word| word == "--help"))
    {
        if rest.iter().any(|word| word == "-h") && !command.flags_first {
            let text = "Flag shorthand -h has been deprecated, use --help\n";
            process.print_error(text).await;
        }
        process.print(tree::help(command, &path)).await;
        return 0;
    }
    let (flags, arguments) = match flags::parse(command.flags, &rest, command.flags_first) {
        Ok(parsed) => parsed,
        Err(error) => {
            let classic = build::is_classic(process);
            let is_build = build::COMMANDS
                .iter()
                .any(|build| build.names == command.names);
            if is_build && classic {
                process.print_error(build::DEPRECATED).await;
            }
            let path = match is_build && !classic {
                true => "docker buildx build",
                false => &path,
            };
            let usage = usage_error(&error, path, command.usage);
            process.print_error(usage).await;
            return 125;
        }
    };
    if flags.has("time") {
        let text = "Flag --time has been deprecated, use --timeout instead\n";
        process.print_error(text).await;
    }
    if let Some(problem) = wrong_count(command.arguments, arguments.len()) {
        let text = count_error(problem, &path, command);
        process.print_error(text).await;
        return 1;
    }
    let engine = match connect(registry, process, &global) {
        Ok(engine) => engine,
        Err(text) => {
            process.print_error(text).await;
            return 1;
        }
    };
    let context = Context {
        engine,
        process: process.clone(),
        path,
        flags,
        arguments,
    };
    (command.run)(context).await
}

/// The engine that the flags and the environment name.
fn connect(registry: &Registry, process: &Process, global: &Parsed) -> Result<Engine, String> {
    if let Some(name) = global.text("context")
        && name != "default"
    {
        let reason = context::not_found(name);
        return Err(format!(
            "Failed to initialize: unable to resolve docker endpoint: {reason}\n"
        ));
    }
    let host = global
        .text("host")
        .map(str::to_string)
        .or_else(|| process.variable("DOCKER_HOST"))
        .filter(|host| !host.is_empty());
    let socket = "unix:///var/run/docker.sock";
    let host = host.unwrap_or_else(|| socket.to_string());
    let engine = registry.engine_of(process.kernel());
    engine.filter(|_| host == socket).ok_or_else(|| {
        format!("Cannot connect to the Docker daemon at {host}. Is the docker daemon running?\n")
    })
}

/// The command that words begin with, its full name, and the words after it.
fn find(words: &[String]) -> Option<(&'static Command, String, Vec<String>)> {
    for count in [2, 1] {
        let Some((name, rest)) = words.split_at_checked(count) else {
            continue;
        };
        let name = name.join(" ");
        let found = tree::COMMANDS
            .iter()
            .flat_map(|group| group.iter())
            .find(|command| command.names.contains(&name.as_str()));
        if let Some(command) = found {
            return Some((command, format!("docker {name}"), rest.to_vec()));
        }
    }
    None
}

/// What begins with no command: a mistake in flags, an unknown topic, or a group of commands.
async fn not_found(process: &Process, rest: &[String], help: bool, topic: bool) -> u8 {
    if let Some(word) = rest.first().filter(|word| topic && !tree::is_group(word)) {
        let text = format!("unknown help topic: {word}\n");
        process.print_error(text).await;
        return 1;
    }
    // Flags of a command that is not there are taken for flags of `docker` itself.
    let group = rest
        .first()
        .is_some_and(|word| word == "buildx" || tree::is_group(word));
    let wrong = flags::parse(GLOBAL, rest, false).err();
    if let Some(error) = wrong.filter(|_| !help && !group) {
        let usage = usage_error(&error, "docker", "[OPTIONS] COMMAND [ARG...]");
        process.print_error(usage).await;
        return 125;
    }
    unknown(process, rest, help).await
}

async fn unknown(process: &Process, words: &[String], help: bool) -> u8 {
    let bare: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let asked = help || words.iter().any(|word| word == "--help" || word == "-h");
    match bare.as_slice() {
        // The classic builder stands for a machine without BuildKit's client.
        ["buildx", rest @ ..] if !build::is_classic(process) => {
            let wrong = rest.first().filter(|_| !asked);
            process.print(tree::BUILDX).await;
            if let Some(word) = wrong {
                let text = format!("ERROR: unknown command: {word:?}\n");
                process.print_error(text).await;
            }
            u8::from(wrong.is_some())
        }
        [] => {
            process.print(tree::overview()).await;
            0
        }
        [group, rest @ ..] if tree::is_group(group) => match rest.first() {
            Some(word) if !asked => {
                let error = format!("docker: unknown command: docker {group} {word}");
                process.print_error(group_error(&error, group)).await;
                1
            }
            None if !asked && words.len() > 1 => {
                let flags = words.get(1..).unwrap_or_default();
                let error = flags::parse("", flags, true).err().unwrap_or_default();
                process.print_error(group_error(&error, group)).await;
                125
            }
            _ => {
                process.print(tree::group_help(group)).await;
                0
            }
        },
        _ if asked => {
            process.print(tree::overview()).await;
            0
        }
        [word, ..] => {
            let text = format!(
                "docker: unknown command: docker {word}\n\nRun 'docker --help' for more information\n"
            );
            process.print_error(text).await;
            1
        }
    }
}

fn group_error(error: &str, group: &str) -> String {
    let usage = if group == "volume" { "COMMAND" } else { "" };
    usage_error(error, &format!("docker {group}"), usage)
}

fn usage_error(error: &str, path: &str, usage: &str) -> String {
    let usage = format!("{path} {usage}");
    let usage = usage.trim_end();
    format!("{error}\n\nUsage:  {usage}\n\nRun '{path} --help' for more information\n")
}

/// What is wrong with the number of arguments, and the word before `'… --help'`.
fn wrong_count(wanted: Arguments, count: usize) -> Option<(String, &'static str)> {
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    match wanted {
        Arguments::None if count > 0 => Some(("accepts no arguments".into(), "Run")),
        Arguments::Exactly(wanted) if count != wanted => {
            Some((format!("requires {wanted} {}", plural(wanted)), "Run"))
        }
        Arguments::AtLeast(wanted) if count < wanted => Some((
            format!("requires at least {wanted} {}", plural(wanted)),
            "See",
        )),
        Arguments::AtMost(wanted) if count > wanted => Some((
            format!("requires at most {wanted} {}", plural(wanted)),
            // The client's own slip of the keyboard.
            "SRun",
        )),
        Arguments::Between(least, most) if count < least || count > most => Some((
            format!(
                "requires at least {least} and at most {most} {}",
                plural(most)
            ),
            "Run",
        )),
        _ => None,
    }
}

fn count_error((problem, word): (String, &str), path: &str, command: &Command) -> String {
    let usage = format!("{path} {}", command.usage);
    let usage = usage.trim_end();
    format!(
        "docker: '{path}' {problem}\n\nUsage:  {usage}\n\n{word} '{path} --help' for more information\n"
    )
}
