//! `docker run` and `docker create`.

mod flags;
mod mounts;
mod ports;

use super::format::{parse_bytes, parse_duration};
use super::{Arguments, Command, Context, command};
use crate::{
    AttachStreams, ContainerConfig, EngineError, Healthcheck, NetworkMode, Reference, RestartPolicy,
};
use machine::{Disposition, Errno, Signal};
use ordered::OrderedMap;
use simulation::Either;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["run", "container run"],
        "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Create and run a new container from an image",
        Arguments::AtLeast(1),
        flags::RUN,
        |context| Box::pin(run(context)),
    )
    .flags_first(),
    command(
        &["create", "container create"],
        "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Create a new container",
        Arguments::AtLeast(1),
        flags::CREATE,
        |context| Box::pin(create(context)),
    )
    .flags_first(),
];

/// A failure before the container runs: the client's text, or the daemon's with `Error response`.
struct Refusal(String);

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Refusal {
        Refusal(format!("Error response from daemon: {error}"))
    }
}

impl From<String> for Refusal {
    fn from(text: String) -> Refusal {
        Refusal(text)
    }
}

async fn create(context: Context) -> u8 {
    let config = match configuration(&context) {
        Ok(config) => config,
        Err(Refusal(text)) => return context.fail(text).await,
    };
    match make(&context, config).await {
        Ok(id) => {
            context.line(id).await;
            0
        }
        Err(Refusal(text)) => context.fail(text).await,
    }
}

/// `docker run`'s way of failing.
async fn refuse(context: &Context, text: &str, status: u8) -> u8 {
    let text = format!("docker: {text}\n\nRun 'docker run --help' for more information");
    context.error_line(text).await;
    status
}

async fn run(context: Context) -> u8 {
    let flags = &context.flags;
    let detach = flags.is_set("detach");
    if detach && flags.has("attach") {
        return context
            .fail("conflicting options: cannot specify both --attach and --detach")
            .await;
    }
    let config = match configuration(&context) {
        Ok(config) => config,
        Err(Refusal(text)) => return refuse(&context, &text, 125).await,
    };
    let (tty, stdin) = (config.tty, config.stdin_open);
    if tty && stdin && !detach && !context.process.is_terminal(0) {
        return context.fail("the input device is not a TTY").await;
    }
    let id = match make(&context, config).await {
        Ok(id) => id,
        Err(Refusal(text)) => return refuse(&context, &text, 125).await,
    };
    if detach {
        let started = context.engine.start(&id).await;
        return match started {
            Ok(()) => {
                context.line(&id).await;
                0
            }
            Err(error) => {
                let runtime = error.message.contains("OCI runtime");
                if !runtime || !flags.is_set("rm") {
                    context.line(&id).await;
                }
                let status = start_status(&error);
                refuse(
                    &context,
                    &format!("Error response from daemon: {error}"),
                    status,
                )
                .await
            }
        };
    }
    let wanted = flags.list("attach");
    let want =
        |name: &str| wanted.is_empty() || wanted.iter().any(|own| own.eq_ignore_ascii_case(name));
    let streams = AttachStreams {
        stdin: context
            .process
            .descriptor(0)
            .ok()
            .filter(|_| stdin && want("stdin")),
        stdout: context
            .process
            .descriptor(1)
            .ok()
            .filter(|_| want("stdout")),
        stderr: context
            .process
            .descriptor(2)
            .ok()
            .filter(|_| want("stderr")),
    };
    match run_attached(&context, &id, streams, Some(125)).await {
        Ok(status) => status,
        Err((error, status)) => {
            let text = format!("Error response from daemon: {error}");
            refuse(&context, &text, status).await
        }
    }
}

/// The client's exit status for a start that failed.
fn start_status(error: &EngineError) -> u8 {
    let text = &error.message;
    if !text.contains("OCI runtime") {
        125
    } else if text.contains("executable file not found")
        || text.contains("no such file or directory")
    {
        127
    } else if text.contains("permission denied") || text.contains("is a directory") {
        126
    } else {
        125
    }
}

/// Attaches, starts, passes signals on, and waits for the end. `Err` when it did not start: for
/// `docker run` the error is given back, for others it is already said.
pub(super) async fn run_attached(
    context: &Context,
    id: &str,
    streams: AttachStreams,
    failure: Option<u8>,
) -> Result<u8, (EngineError, u8)> {
    let engine = &context.engine;
    let attached = engine.attach(id, streams);
    let container = engine.container(id);
    let started = match (attached, container) {
        (Ok(handle), Ok(container)) => engine.start(id).await.map(|()| (handle, container)),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    let (handle, container) = match started {
        Ok(started) => started,
        Err(error) => {
            if failure.is_none() {
                context.daemon_error(&error).await;
                let text = format!("Error: failed to start containers: {id}");
                context.error_line(text).await;
            }
            let status = if failure.is_some() {
                start_status(&error)
            } else {
                1
            };
            return Err((error, status));
        }
    };
    let code = follow(context, &container).await;
    drop(handle);
    Ok(code)
}

/// Waits for a container's end while signals of the client go to it.
pub(super) async fn follow(context: &Context, container: &crate::engine::Container) -> u8 {
    let signals = context.process.signals().clone();
    let passed = [
        Signal::INT,
        Signal::TERM,
        Signal::HUP,
        Signal::QUIT,
        Signal::USR1,
        Signal::USR2,
    ];
    for signal in passed {
        signals.set(signal, Disposition::Handle);
    }
    let tty = container.config().tty;
    loop {
        let ended = async {
            loop {
                let changed = container.changed.listen();
                let state = container.state.borrow().clone();
                let waits = state.status == crate::ContainerStatus::Restarting;
                if !state.is_running() && !waits && state.started.is_some() {
                    return state.exit_code;
                }
                changed.await;
            }
        };
        match simulation::race(ended, signals.next()).await {
            Either::Left(code) => return code as u8,
            Either::Right(signal) => {
                let handle = container.process.borrow().clone();
                let Some(handle) = handle else { continue };
                if tty && signal == Signal::INT {
                    // The container's terminal interrupts what runs in its foreground.
                    for process in handle.process().namespace().processes() {
                        process.handle().signal(signal);
                    }
                } else {
                    handle.signal(signal);
                }
            }
        }
    }
}

/// Makes the container; pulls its image first when it is not there.
async fn make(context: &Context, config: ContainerConfig) -> Result<String, Refusal> {
    let engine = &context.engine;
    let pull = context.flags.text("pull").unwrap_or("missing");
    let name = config.image.clone();
    let there = engine.image(&name);
    let missing = there.as_ref().is_err_and(|error| error.status == 404);
    if pull == "always" || (missing && pull == "missing") {
        let reference = Reference::parse(&name)?.with_default_tag();
        if pull != "always" {
            let text = format!("Unable to find image '{}' locally", reference.familiar());
            context.error_line(text).await;
        }
        let quiet = context.flags.is_set("quiet");
        super::pull::pull_shown(context, &reference, 2, quiet).await?;
    }
    let id = engine.create_container(config)?;
    if let Some(file) = context.flags.text("cidfile") {
        let path = context.process.path(file);
        let content = machine::Content::new(id.as_str());
        context.process.files().write(&path, content, 0o644).ok();
    }
    Ok(id)
}

fn configuration(context: &Context) -> Result<ContainerConfig, Refusal> {
    let flags = &context.flags;
    let image = context.first().to_string();
    if crate::engine::is_reference(&image) {
        Reference::parse(&image)?;
    }
    contradictions(context)?;
    let command: Vec<String> = context.arguments.iter().skip(1).cloned().collect();
    let restart = match flags.text("restart") {
        Some(text) => restart_policy(text)?,
        None => RestartPolicy::No,
    };
    let auto_remove = flags.is_set("rm");
    if auto_remove && restart != RestartPolicy::No {
        return Err(Refusal(
            "conflicting options: cannot specify both --restart and --rm".into(),
        ));
    }
    let entrypoint = flags.text("entrypoint").map(|text| {
        if text.is_empty() {
            Vec::new()
        } else {
            vec![text.to_string()]
        }
    });
    let mut published = Vec::new();
    for text in flags.list("publish") {
        published.extend(ports::parse_port(text)?);
    }
    let mut exposed = ordered::OrderedSet::new();
    for text in flags.list("expose") {
        exposed.extend(ports::exposed(text)?);
    }
    let network = flags.text("network").or(flags.text("net"));
    let cpus = flags.text("cpus").and_then(|text| text.parse::<f64>().ok());
    Ok(ContainerConfig {
        name: flags.text("name").map(str::to_string),
        image,
        entrypoint,
        command: (!command.is_empty()).then_some(command),
        env: environment(context)?,
        working_dir: flags.text("workdir").map(str::to_string),
        user: flags.text("user").map(str::to_string),
        hostname: flags.text("hostname").map(str::to_string),
        labels: labels(context, flags.list("label"))?,
        network: network_mode(network),
        network_aliases: flags.list("network-alias").to_vec(),
        mounts: mounts::mounts(context)?,
        ports: published,
        publish_all: flags.is_set("publish-all"),
        exposed_ports: exposed,
        memory_bytes: flags
            .text("memory")
            .and_then(parse_bytes)
            .filter(|bytes| *bytes > 0),
        cpu_millis: cpus
            .map(|cpus| (cpus * 1000.0) as u64)
            .filter(|millis| *millis > 0),
        tty: flags.is_set("tty"),
        stdin_open: flags.is_set("interactive"),
        attached: !flags.is_set("detach"),
        stop_signal: flags.text("stop-signal").map(str::to_string),
        stop_timeout: flags.int("stop-timeout"),
        restart,
        auto_remove,
        read_only: flags.is_set("read-only"),
        privileged: flags.is_set("privileged"),
        init: flags.is_set("init"),
        extra_hosts: extra_hosts(flags.list("add-host"))?,
        dns: flags.list("dns").to_vec(),
        healthcheck: healthcheck(context),
        ..ContainerConfig::default()
    })
}

/// What the client refuses of flags that are right one by one.
fn contradictions(context: &Context) -> Result<(), String> {
    let flags = &context.flags;
    let spans = ["interval", "timeout", "start-period", "start-interval"];
    let names = spans.iter().chain(&["cmd", "retries"]);
    let mut given = names.map(|name| format!("health-{name}"));
    if flags.is_set("no-healthcheck") && given.any(|name| flags.has(&name)) {
        return Err("--no-healthcheck conflicts with --health-* options".into());
    }
    for name in spans.iter().chain(&["retries"]) {
        let value = flags.text(&format!("health-{name}")).unwrap_or_default();
        if value.starts_with('-') {
            return Err(format!("--health-{name} cannot be negative"));
        }
    }
    let modes: [(&str, &[&str], &str); 4] = [
        ("pid", &["host"], "PID"),
        ("uts", &["host"], "UTS"),
        ("userns", &["host"], "USER"),
        ("cgroupns", &["host", "private"], "CGROUP"),
    ];
    for (name, known, shown) in modes {
        let value = flags.text(name).unwrap_or_default();
        let container = name == "pid"
            && value
                .strip_prefix("container:")
                .is_some_and(|id| !id.is_empty());
        if !value.is_empty() && !known.contains(&value) && !container {
            return Err(format!("--{name}: invalid {shown} mode"));
        }
    }
    let policy = flags.text("restart").unwrap_or_default();
    if let Some((_, count)) = policy.split_once(':')
        && count.parse::<u32>().is_err()
    {
        let text = "invalid restart policy format: maximum retry count must be an integer";
        return Err(text.into());
    }
    let pull = flags.text("pull").unwrap_or("missing");
    if !matches!(pull, "always" | "missing" | "never" | "") {
        return Err(format!(
            "invalid pull option: '{pull}': must be one of \"always\", \"missing\" or \"never\""
        ));
    }
    if flags
        .list("storage-opt")
        .iter()
        .any(|text| !text.contains('='))
    {
        return Err("invalid storage option".into());
    }
    Ok(())
}

fn network_mode(name: Option<&str>) -> NetworkMode {
    match name {
        None | Some("bridge" | "default") => NetworkMode::Bridge,
        Some("host") => NetworkMode::Host,
        Some("none") => NetworkMode::None,
        Some(name) => match name.strip_prefix("container:") {
            Some(other) => NetworkMode::Container(other.to_string()),
            None => NetworkMode::Named(name.to_string()),
        },
    }
}

fn healthcheck(context: &Context) -> Option<Healthcheck> {
    let flags = &context.flags;
    if flags.is_set("no-healthcheck") {
        return Some(Healthcheck {
            test: vec!["NONE".into()],
            ..Healthcheck::default()
        });
    }
    let command = flags.text("health-cmd")?;
    let span = |name: &str| {
        flags
            .text(name)
            .and_then(parse_duration)
            .unwrap_or_default()
    };
    Some(Healthcheck {
        test: vec!["CMD-SHELL".into(), command.to_string()],
        interval: span("health-interval"),
        timeout: span("health-timeout"),
        start_period: span("health-start-period"),
        retries: flags.int("health-retries").unwrap_or(0).clamp(0, 1000) as u32,
    })
}

fn extra_hosts(given: &[String]) -> Result<Vec<(String, String)>, String> {
    let pairs = given.iter().map(|text| {
        text.split_once([':', '='])
            .map(|(name, address)| (name.to_string(), address.to_string()))
            .ok_or_else(|| format!("bad format for add-host: {text:?}"))
    });
    pairs.collect()
}

/// Lines of files that flags name.
fn lines_of(context: &Context, file: &str) -> Result<Vec<String>, String> {
    let content = context.process.files().read(&context.process.path(file));
    let content = content.map_err(|errno| {
        let reason = match errno {
            Errno::ENOENT => "no such file or directory".to_string(),
            other => other.message().to_lowercase(),
        };
        format!("open {file}: {reason}")
    })?;
    let text = content.text();
    let lines = text
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_string).collect())
}

fn labels(context: &Context, given: &[String]) -> Result<OrderedMap<String, String>, String> {
    let mut all = Vec::new();
    for file in context.flags.list("label-file") {
        all.extend(lines_of(context, file)?);
    }
    all.extend(given.iter().cloned());
    let pairs = all.iter().map(|text| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_string(), value.to_string())
    });
    Ok(pairs.collect())
}

/// The variables of `--env-file` and `--env`; a name without a value takes the client's own.
pub(super) fn environment(context: &Context) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for file in context.flags.list("env-file") {
        all.extend(lines_of(context, file)?);
    }
    all.extend(context.flags.list("env").iter().cloned());
    let pairs = all.iter().filter_map(|text| match text.split_once('=') {
        Some((name, value)) => Some((name.to_string(), value.to_string())),
        None => Some((text.clone(), context.process.variable(text)?)),
    });
    Ok(pairs.collect())
}

/// `no`, `always`, `unless-stopped`, `on-failure[:N]`.
pub(super) fn restart_policy(text: &str) -> Result<RestartPolicy, EngineError> {
    let (name, count) = text.split_once(':').unwrap_or((text, ""));
    match name {
        "no" | "" => Ok(RestartPolicy::No),
        "always" => Ok(RestartPolicy::Always),
        "unless-stopped" => Ok(RestartPolicy::UnlessStopped),
        "on-failure" => Ok(RestartPolicy::OnFailure(count.parse().unwrap_or(0))),
        other => Err(EngineError::invalid(format!(
            "invalid restart policy: unknown policy '{other}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        ))),
    }
}
