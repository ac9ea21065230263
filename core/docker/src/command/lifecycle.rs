//! `docker start stop restart kill pause unpause wait rm rename`: one container after the other.

use super::{Arguments, Command, Context, command};
use crate::{AttachStreams, EngineError};
use machine::Signal;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["start", "container start"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Start one or more stopped containers",
        Arguments::AtLeast(1),
        "\
-a --attach|Attach STDOUT/STDERR and forward signals
!--checkpoint string|Restore from this checkpoint
!--checkpoint-dir string|Use a custom checkpoint storage directory
--detach-keys string|Override the key sequence for detaching a container
-i --interactive|Attach container's STDIN",
        |context| Box::pin(start(context)),
    ),
    command(
        &["stop", "container stop"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Stop one or more running containers",
        Arguments::AtLeast(1),
        "\
-s --signal string|Signal to send to the container
-t --timeout int|Seconds to wait before killing the container
!--time int|Seconds to wait before killing the container (deprecated: use --timeout)",
        |context| Box::pin(stop(context, false)),
    ),
    command(
        &["restart", "container restart"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Restart one or more containers",
        Arguments::AtLeast(1),
        "\
-s --signal string|Signal to send to the container
-t --timeout int|Seconds to wait before killing the container
!--time int|Seconds to wait before killing the container (deprecated: use --timeout)",
        |context| Box::pin(stop(context, true)),
    ),
    command(
        &["kill", "container kill"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Kill one or more running containers",
        Arguments::AtLeast(1),
        "\
-s --signal string|Signal to send to the container",
        |context| Box::pin(kill(context)),
    ),
    command(
        &["pause", "container pause"],
        "CONTAINER [CONTAINER...]",
        "Pause all processes within one or more containers",
        Arguments::AtLeast(1),
        "",
        |context| Box::pin(pause(context, true)),
    ),
    command(
        &["unpause", "container unpause"],
        "CONTAINER [CONTAINER...]",
        "Unpause all processes within one or more containers",
        Arguments::AtLeast(1),
        "",
        |context| Box::pin(pause(context, false)),
    ),
    command(
        &["wait", "container wait"],
        "CONTAINER [CONTAINER...]",
        "Block until one or more containers stop, then print their exit codes",
        Arguments::AtLeast(1),
        "",
        |context| Box::pin(wait(context)),
    ),
    command(
        &["rm", "container rm", "container remove"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Remove one or more containers",
        Arguments::AtLeast(1),
        "\
-f --force|Force the removal of a running container (uses SIGKILL)
-l --link|Remove the specified link
-v --volumes|Remove anonymous volumes associated with the container",
        |context| Box::pin(rm(context)),
    ),
    command(
        &["rename", "container rename"],
        "CONTAINER NEW_NAME",
        "Rename a container",
        Arguments::Exactly(2),
        "",
        |context| Box::pin(rename(context)),
    ),
    command(
        &["update", "container update"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Update configuration of one or more containers",
        Arguments::AtLeast(1),
        "\
--blkio-weight uint16|Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)
--cpu-period int|Limit CPU CFS (Completely Fair Scheduler) period
--cpu-quota int|Limit CPU CFS (Completely Fair Scheduler) quota
--cpu-rt-period int|Limit the CPU real-time period in microseconds
--cpu-rt-runtime int|Limit the CPU real-time runtime in microseconds
-c --cpu-shares int|CPU shares (relative weight)
--cpus decimal|Number of CPUs
--cpuset-cpus string|CPUs in which to allow execution (0-3, 0,1)
--cpuset-mems string|MEMs in which to allow execution (0-3, 0,1)
-m --memory bytes|Memory limit
--memory-reservation bytes|Memory soft limit
--memory-swap bytes|Swap limit equal to memory plus swap: -1 to enable unlimited swap
--pids-limit int|Tune container pids limit (set -1 for unlimited)
--restart string|Restart policy to apply when a container exits",
        |context| Box::pin(update(context)),
    ),
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
