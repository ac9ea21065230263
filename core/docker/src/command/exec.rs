//! `docker exec`: a command in a running container.

use super::{Arguments, Command, Context, command};
use crate::{EngineError, ExecConfig};
use machine::{Disposition, Signal};
use simulation::Either;

pub(super) const COMMANDS: &[Command] = &[command(
    &["exec", "container exec"],
    "[OPTIONS] CONTAINER COMMAND [ARG...]",
    "Execute a command in a running container",
    Arguments::AtLeast(2),
    "\
-d --detach|Detached mode: run command in the background
--detach-keys string|Override the key sequence for detaching a container
-e --env list|Set environment variables
--env-file list|Read in a file of environment variables
-i --interactive|Keep STDIN open even if not attached
--privileged|Give extended privileges to the command
-t --tty|Allocate a pseudo-TTY
-u --user string|Username or UID (format: \"<name|uid>[:<group|gid>]\")
-w --workdir string|Working directory inside the container",
    |context| Box::pin(exec(context)),
)
.flags_first()];

async fn exec(context: Context) -> u8 {
    let flags = &context.flags;
    let env = match super::run::environment(&context) {
        Ok(env) => env,
        Err(error) => return context.fail(error).await,
    };
    let detach = flags.is_set("detach");
    let interactive = flags.is_set("interactive");
    let tty = flags.is_set("tty");
    if let Err(error) = context.engine.inspect(context.first()) {
        return context.daemon_error(&error).await;
    }
    if tty && interactive && !detach && !context.process.is_terminal(0) {
        return context.fail("the input device is not a TTY").await;
    }
    let open = |number: i32| context.process.descriptor(number).ok().filter(|_| !detach);
    let config = ExecConfig {
        command: context.arguments.iter().skip(1).cloned().collect(),
        env,
        working_dir: flags.text("workdir").map(str::to_string),
        user: flags.text("user").map(str::to_string),
        tty,
        stdin: open(0).filter(|_| interactive),
        stdout: open(1),
        stderr: open(2),
    };
    let handle = match context.engine.exec(context.first(), config) {
        Ok(handle) => handle,
        Err(error) => return refused(&context, &error).await,
    };
    if detach {
        return 0;
    }
    let signals = context.process.signals().clone();
    for signal in [Signal::INT, Signal::QUIT] {
        if tty {
            signals.set(signal, Disposition::Handle);
        }
    }
    loop {
        match simulation::race(handle.wait(), signals.next()).await {
            Either::Left(code) => return code as u8,
            Either::Right(signal) => handle.signal(signal),
        }
    }
}

async fn refused(context: &Context, error: &EngineError) -> u8 {
    if !error.message.starts_with("OCI runtime") {
        return context.daemon_error(error).await;
    }
    context.error_line(&error.message).await;
    if error.message.contains("permission denied") {
        126
    } else {
        127
    }
}
