//! `docker start stop restart kill pause unpause wait rm rename`: one container after the other.

use super::flags::{Flag, Kind, flag, int, of, text};
use super::{Arguments, Command, Context};
use crate::{AttachStreams, EngineError};
use machine::Signal;

const STOP: &[Flag] = &[
    text("signal", Some('s'), "Signal to send to the container"),
    int(
        "timeout",
        Some('t'),
        "Seconds to wait before killing the container",
    ),
    int(
        "time",
        None,
        "Seconds to wait before killing the container (deprecated: use --timeout)",
    ),
];

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["start", "container start"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Start one or more stopped containers",
        arguments: Arguments::AtLeast(1),
        flags: &[
            flag(
                "attach",
                Some('a'),
                "Attach STDOUT/STDERR and forward signals",
            ),
            flag("interactive", Some('i'), "Attach container's STDIN"),
        ],
        flags_first: false,
        run: |context| Box::pin(start(context)),
    },
    Command {
        names: &["stop", "container stop"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Stop one or more running containers",
        arguments: Arguments::AtLeast(1),
        flags: STOP,
        flags_first: false,
        run: |context| Box::pin(stop(context, false)),
    },
    Command {
        names: &["restart", "container restart"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Restart one or more containers",
        arguments: Arguments::AtLeast(1),
        flags: STOP,
        flags_first: false,
        run: |context| Box::pin(stop(context, true)),
    },
    Command {
        names: &["kill", "container kill"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Kill one or more running containers",
        arguments: Arguments::AtLeast(1),
        flags: &[text("signal", Some('s'), "Signal to send to the container")],
        flags_first: false,
        run: |context| Box::pin(kill(context)),
    },
    Command {
        names: &["pause", "container pause"],
        usage: "CONTAINER [CONTAINER...]",
        about: "Pause all processes within one or more containers",
        arguments: Arguments::AtLeast(1),
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(pause(context, true)),
    },
    Command {
        names: &["unpause", "container unpause"],
        usage: "CONTAINER [CONTAINER...]",
        about: "Unpause all processes within one or more containers",
        arguments: Arguments::AtLeast(1),
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(pause(context, false)),
    },
    Command {
        names: &["wait", "container wait"],
        usage: "CONTAINER [CONTAINER...]",
        about: "Block until one or more containers stop, then print their exit codes",
        arguments: Arguments::AtLeast(1),
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(wait(context)),
    },
    Command {
        names: &["rm", "container rm", "container remove"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Remove one or more containers",
        arguments: Arguments::AtLeast(1),
        flags: &[
            flag(
                "force",
                Some('f'),
                "Force the removal of a running container (uses SIGKILL)",
            ),
            flag("link", Some('l'), "Remove the specified link"),
            flag(
                "volumes",
                Some('v'),
                "Remove anonymous volumes associated with the container",
            ),
        ],
        flags_first: false,
        run: |context| Box::pin(rm(context)),
    },
    Command {
        names: &["rename", "container rename"],
        usage: "CONTAINER NEW_NAME",
        about: "Rename a container",
        arguments: Arguments::Exactly(2),
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(rename(context)),
    },
    Command {
        names: &["update", "container update"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        about: "Update configuration of one or more containers",
        arguments: Arguments::AtLeast(1),
        flags: &[
            of(Kind::Cpus, "cpus", None, "Number of CPUs"),
            of(Kind::Bytes, "memory", Some('m'), "Memory limit"),
            of(Kind::Bytes, "memory-swap", None, "Memory and swap limit"),
            text(
                "restart",
                None,
                "Restart policy to apply when a container exits",
            ),
        ],
        flags_first: false,
        run: |context| Box::pin(update(context)),
    },
];

impl Context {
    /// Says what became of one container: its name, or the error last, after all the others.
    async fn each(&self, id: &str, result: Result<(), EngineError>, errors: &mut Vec<EngineError>) {
        match result {
            Ok(()) => self.line(id).await,
            Err(error) => errors.push(error),
        }
    }

    async fn finish(&self, errors: Vec<EngineError>) -> u8 {
        for error in &errors {
            self.daemon_error(error).await;
        }
        u8::from(!errors.is_empty())
    }
}

async fn start(context: Context) -> u8 {
    if context.flags.is_set("attach") || context.flags.is_set("interactive") {
        return start_attached(context).await;
    }
    let mut failed = Vec::new();
    for id in &context.arguments {
        match context.engine.start(id).await {
            Ok(()) => context.line(id).await,
            Err(error) => {
                context.daemon_error(&error).await;
                failed.push(id.as_str());
            }
        }
    }
    if failed.is_empty() {
        return 0;
    }
    let text = format!("Error: failed to start containers: {}", failed.join(", "));
    context.fail(text).await
}

async fn start_attached(context: Context) -> u8 {
    if context.arguments.len() > 1 {
        return context
            .fail("you cannot start and attach multiple containers at once")
            .await;
    }
    let id = context.first().to_string();
    let info = match context.engine.inspect(&id) {
        Ok(info) => info,
        Err(error) => return context.daemon_error(&error).await,
    };
    let stdin = context.flags.is_set("interactive") && info.config.stdin_open;
    let streams = AttachStreams {
        stdin: context.process.descriptor(0).ok().filter(|_| stdin),
        stdout: context.process.descriptor(1).ok(),
        stderr: context.process.descriptor(2).ok(),
    };
    super::run::run_attached(&context, &info.id, streams, None)
        .await
        .unwrap_or_else(|(_, status)| status)
}

async fn stop(context: Context, restart: bool) -> u8 {
    if context.flags.has("time") {
        context
            .error_line("Flag --time has been deprecated, use --timeout instead")
            .await;
    }
    let timeout = context.flags.int("timeout").or(context.flags.int("time"));
    let mut errors = Vec::new();
    let mut waiting: Vec<machine::LocalFuture<Result<(), EngineError>>> = Vec::new();
    for id in &context.arguments {
        let (engine, id) = (context.engine.clone(), id.clone());
        waiting.push(Box::pin(async move {
            if id.is_empty() {
                return Err(EngineError::invalid(""));
            }
            if restart {
                engine.restart(&id, timeout).await
            } else {
                engine.stop(&id, timeout).await
            }
        }));
    }
    let results = simulation::join_all(waiting).await;
    for (id, result) in context.arguments.iter().zip(results) {
        if id.is_empty() {
            return context
                .fail("invalid container name or ID: value is empty")
                .await;
        }
        context.each(id, result, &mut errors).await;
    }
    context.finish(errors).await
}

async fn kill(context: Context) -> u8 {
    let text = context.flags.text("signal").unwrap_or("KILL");
    let mut errors = Vec::new();
    for id in &context.arguments {
        let result = match Signal::parse(text) {
            Some(signal) => context.engine.kill(id, signal),
            None => Err(EngineError::invalid(format!(
                "cannot kill container: {id}: invalid signal: {text}"
            ))),
        };
        if result.is_ok() && Signal::parse(text) == Some(Signal::KILL) {
            context.engine.wait(id).await.ok();
        }
        context.each(id, result, &mut errors).await;
    }
    context.finish(errors).await
}

async fn pause(context: Context, freeze: bool) -> u8 {
    let mut errors = Vec::new();
    for id in &context.arguments {
        let result = if freeze {
            context.engine.pause(id)
        } else {
            context.engine.unpause(id)
        };
        context.each(id, result, &mut errors).await;
    }
    context.finish(errors).await
}

async fn wait(context: Context) -> u8 {
    let mut errors = Vec::new();
    for id in &context.arguments {
        match context.engine.wait(id).await {
            Ok(code) => context.line(code.to_string()).await,
            Err(error) => errors.push(error),
        }
    }
    context.finish(errors).await
}

async fn rm(context: Context) -> u8 {
    let force = context.flags.is_set("force");
    let volumes = context.flags.is_set("volumes");
    let mut errors = Vec::new();
    for id in &context.arguments {
        if id.is_empty() {
            return context.fail("container name cannot be empty").await;
        }
        let result = context.engine.remove(id, force, volumes).await;
        context.each(id, result, &mut errors).await;
    }
    let missing = errors.iter().all(|error| error.status == 404);
    let status = context.finish(errors).await;
    if force && missing { 0 } else { status }
}

async fn rename(context: Context) -> u8 {
    let (old, new) = (context.argument(0).trim(), context.argument(1).trim());
    if old.is_empty() || new.is_empty() {
        return context
            .fail("Error: Neither old nor new names may be empty")
            .await;
    }
    match context.engine.rename(old, new) {
        Ok(()) => 0,
        Err(error) => {
            context.daemon_error(&error).await;
            let text = format!("Error: failed to rename container named {old}");
            context.fail(text).await
        }
    }
}

async fn update(context: Context) -> u8 {
    let flags = &context.flags;
    let names = ["cpus", "memory", "memory-swap", "restart"];
    if !names.iter().any(|name| flags.has(name)) {
        return context
            .fail("you must provide one or more flags when using this command")
            .await;
    }
    let mut errors = Vec::new();
    for id in &context.arguments {
        let result = context.engine.update(id, |config| {
            if let Some(text) = flags.text("restart") {
                config.restart = super::run::restart_policy(text)?;
            }
            if let Some(bytes) = flags.text("memory").and_then(super::format::parse_bytes) {
                config.memory_bytes = Some(bytes);
            }
            if let Some(cpus) = flags.text("cpus").and_then(|text| text.parse::<f64>().ok()) {
                config.cpu_millis = Some((cpus * 1000.0) as u64);
            }
            Ok(())
        });
        context.each(id, result, &mut errors).await;
    }
    context.finish(errors).await
}
