//! `docker run` and `docker create`.

use super::flags::{Flag, Kind, flag, int, list, of, text};
use super::format::{parse_bytes, parse_duration};
use super::{Arguments, Command, Context};
use crate::{
    AttachStreams, ContainerConfig, EngineError, Healthcheck, MountSource, MountSpec, NetworkMode,
    PortBinding, Reference, RestartPolicy,
};
use machine::{Disposition, Errno, Signal, path};
use ordered::OrderedMap;
use simulation::Either;

const FLAGS: &[Flag] = &[
    list(
        "add-host",
        None,
        "Add a custom host-to-IP mapping (host:ip)",
    ),
    list("attach", Some('a'), "Attach to STDIN, STDOUT or STDERR"),
    list("cap-add", None, "Add Linux capabilities"),
    list("cap-drop", None, "Drop Linux capabilities"),
    text("cidfile", None, "Write the container ID to the file"),
    int("cpu-shares", Some('c'), "CPU shares (relative weight)"),
    of(Kind::Cpus, "cpus", None, "Number of CPUs"),
    flag(
        "detach",
        Some('d'),
        "Run container in background and print container ID",
    ),
    text(
        "detach-keys",
        None,
        "Override the key sequence for detaching a container",
    ),
    list("device", None, "Add a host device to the container"),
    list("dns", None, "Set custom DNS servers"),
    list("dns-search", None, "Set custom DNS search domains"),
    text(
        "entrypoint",
        None,
        "Overwrite the default ENTRYPOINT of the image",
    ),
    of(Kind::Env, "env", Some('e'), "Set environment variables"),
    list("env-file", None, "Read in a file of environment variables"),
    list("expose", None, "Expose a port or a range of ports"),
    list("group-add", None, "Add additional groups to join"),
    text("health-cmd", None, "Command to run to check health"),
    text(
        "health-interval",
        None,
        "Time between running the check (ms|s|m|h)",
    ),
    int(
        "health-retries",
        None,
        "Consecutive failures needed to report unhealthy",
    ),
    text(
        "health-start-period",
        None,
        "Start period for the container to initialize (ms|s|m|h)",
    ),
    text(
        "health-timeout",
        None,
        "Maximum time to allow one check to run (ms|s|m|h)",
    ),
    text("hostname", Some('h'), "Container host name"),
    flag(
        "init",
        None,
        "Run an init inside the container that forwards signals and reaps processes",
    ),
    flag(
        "interactive",
        Some('i'),
        "Keep STDIN open even if not attached",
    ),
    text("ip", None, "IPv4 address (e.g., 172.30.100.104)"),
    text("ipc", None, "IPC mode to use"),
    list("label", Some('l'), "Set meta data on a container"),
    list(
        "label-file",
        None,
        "Read in a line delimited file of labels",
    ),
    list("link", None, "Add link to another container"),
    text("log-driver", None, "Logging driver for the container"),
    list("log-opt", None, "Log driver options"),
    of(Kind::Bytes, "memory", Some('m'), "Memory limit"),
    of(Kind::Bytes, "memory-reservation", None, "Memory soft limit"),
    of(
        Kind::Bytes,
        "memory-swap",
        None,
        "Swap limit equal to memory plus swap",
    ),
    list("mount", None, "Attach a filesystem mount to the container"),
    text("name", None, "Assign a name to the container"),
    text("network", None, "Connect a container to a network"),
    text("net", None, "Connect a container to a network"),
    list(
        "network-alias",
        None,
        "Add network-scoped alias for the container",
    ),
    flag(
        "no-healthcheck",
        None,
        "Disable any container-specified HEALTHCHECK",
    ),
    text("pid", None, "PID namespace to use"),
    int("pids-limit", None, "Tune container pids limit"),
    text(
        "platform",
        None,
        "Set platform if server is multi-platform capable",
    ),
    flag(
        "privileged",
        None,
        "Give extended privileges to this container",
    ),
    list(
        "publish",
        Some('p'),
        "Publish a container's port(s) to the host",
    ),
    flag(
        "publish-all",
        Some('P'),
        "Publish all exposed ports to random ports",
    ),
    text(
        "pull",
        None,
        "Pull image before running (\"always\", \"missing\", \"never\")",
    ),
    flag("quiet", Some('q'), "Suppress the pull output"),
    flag(
        "read-only",
        None,
        "Mount the container's root filesystem as read only",
    ),
    text(
        "restart",
        None,
        "Restart policy to apply when a container exits",
    ),
    flag(
        "rm",
        None,
        "Automatically remove the container and its associated anonymous volumes when it exits",
    ),
    list("security-opt", None, "Security Options"),
    of(Kind::Bytes, "shm-size", None, "Size of /dev/shm"),
    flag("sig-proxy", None, "Proxy received signals to the process"),
    text("stop-signal", None, "Signal to stop the container"),
    int(
        "stop-timeout",
        None,
        "Timeout (in seconds) to stop a container",
    ),
    list("sysctl", None, "Sysctl options"),
    list("tmpfs", None, "Mount a tmpfs directory"),
    flag("tty", Some('t'), "Allocate a pseudo-TTY"),
    list("ulimit", None, "Ulimit options"),
    text(
        "user",
        Some('u'),
        "Username or UID (format: <name|uid>[:<group|gid>])",
    ),
    list("volume", Some('v'), "Bind mount a volume"),
    list(
        "volumes-from",
        None,
        "Mount volumes from the specified container(s)",
    ),
    text(
        "workdir",
        Some('w'),
        "Working directory inside the container",
    ),
];

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["run", "container run"],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        about: "Create and run a new container from an image",
        arguments: Arguments::AtLeast(1),
        flags: FLAGS,
        flags_first: true,
        run: |context| Box::pin(run(context)),
    },
    Command {
        names: &["create", "container create"],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        about: "Create a new container",
        arguments: Arguments::AtLeast(1),
        flags: FLAGS,
        flags_first: true,
        run: |context| Box::pin(create(context)),
    },
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
        super::image::pull_shown(context, &reference, 2, quiet).await?;
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
    let mut ports = Vec::new();
    for text in flags.list("publish") {
        ports.extend(parse_port(text)?);
    }
    let mut exposed = ordered::OrderedSet::new();
    for text in flags.list("expose") {
        let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        exposed.insert(format!("{number}/{protocol}"));
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
        mounts: mounts(context)?,
        ports,
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

/// `[[ADDRESS:]PORT:]PORT[/PROTOCOL]`, with ranges. Models docker/go-connections nat.
fn parse_port(text: &str) -> Result<Vec<PortBinding>, String> {
    let (rest, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let mut parts: Vec<&str> = rest.rsplitn(3, ':').collect();
    parts.resize(3, "");
    let mut parts = parts.into_iter();
    let container = parts.next().unwrap_or_default();
    let host = parts.next().unwrap_or_default();
    let address = parts.next().unwrap_or_default();
    if container.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    if !matches!(protocol, "tcp" | "udp" | "sctp") {
        return Err(format!("invalid proto: {protocol}"));
    }
    let address = match address.trim_matches(['[', ']']) {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| format!("invalid IP address: {text}"))?,
        ),
    };
    let inner =
        port_range(container).ok_or_else(|| format!("invalid containerPort: {container}"))?;
    let outer = match host {
        "" => None,
        host => Some(port_range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?),
    };
    let count = inner.1 - inner.0;
    if let Some(outer) = outer
        && outer.1 - outer.0 != count
        && count != 0
    {
        return Err(format!(
            "invalid ranges specified for container and host Ports: {container} and {host}"
        ));
    }
    let bindings = (0..=count).map(|offset| PortBinding {
        container_port: inner.0 + offset,
        protocol: protocol.to_string(),
        host_address: address,
        host_port: outer.map_or(0, |outer| outer.0 + offset),
    });
    Ok(bindings.collect())
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

fn mounts(context: &Context) -> Result<Vec<MountSpec>, Refusal> {
    let flags = &context.flags;
    let mut all = Vec::new();
    for text in flags.list("volume") {
        all.push(volume(context, text)?);
    }
    for text in flags.list("mount") {
        all.push(mount(text)?);
    }
    for text in flags.list("tmpfs") {
        let target = text
            .split_once(':')
            .map_or(text.as_str(), |(target, _)| target);
        all.push(MountSpec {
            target: target.to_string(),
            source: MountSource::Tmpfs,
            read_only: false,
        });
    }
    for other in flags.list("volumes-from") {
        let name = other
            .split_once(':')
            .map_or(other.as_str(), |(name, _)| name);
        all.extend(context.engine.inspect(name)?.config.mounts.clone());
    }
    Ok(all)
}

/// `[SOURCE:]TARGET[:OPTIONS]`.
fn volume(context: &Context, text: &str) -> Result<MountSpec, Refusal> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Refusal(format!(
            "invalid spec: {text}: empty section between colons"
        )));
    }
    let (source, target, options) = match parts.as_slice() {
        [target] => ("", *target, ""),
        [source, target] => (*source, *target, ""),
        [source, target, options] => (*source, *target, *options),
        _ => return Err(Refusal(format!("invalid spec: {text}: too many colons"))),
    };
    if !target.starts_with('/') {
        return Err(EngineError::invalid(format!(
            "invalid volume specification: '{text}': invalid mount config for type \"volume\": invalid mount path: '{target}' mount path must be absolute"
        ))
        .into());
    }
    let source = if source.is_empty() {
        let volume = context.engine.create_volume(None, OrderedMap::new())?;
        MountSource::Volume(volume.name)
    } else if source.starts_with('/') {
        MountSource::Host(path::clean(source))
    } else if source.starts_with('.') || source.starts_with('~') {
        MountSource::Host(context.process.path(source))
    } else {
        let volume = context
            .engine
            .create_volume(Some(source), OrderedMap::new())?;
        MountSource::Volume(volume.name)
    };
    Ok(MountSpec {
        target: target.to_string(),
        source,
        read_only: options.split(',').any(|option| option == "ro"),
    })
}

/// `type=bind,source=…,target=…[,readonly]`.
fn mount(text: &str) -> Result<MountSpec, Refusal> {
    let mut kind = "volume";
    let (mut source, mut target, mut read_only) = ("", "", false);
    for field in text.split(',') {
        let (name, value) = field.split_once('=').unwrap_or((field, "true"));
        match name {
            "type" => kind = value,
            "source" | "src" => source = value,
            "target" | "dst" | "destination" => target = value,
            "readonly" | "ro" => read_only = value != "false",
            _ => {}
        }
    }
    if target.is_empty() {
        return Err(Refusal("target is required".into()));
    }
    let source = match kind {
        "bind" => MountSource::Host(source.to_string()),
        "tmpfs" => MountSource::Tmpfs,
        "volume" => MountSource::Volume(source.to_string()),
        other => {
            return Err(EngineError::invalid(format!(
                "invalid mount config: mount type unknown: {other:?}"
            ))
            .into());
        }
    };
    Ok(MountSpec {
        target: target.to_string(),
        source,
        read_only,
    })
}
