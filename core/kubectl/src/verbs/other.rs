//! Commands around kubectl itself: `completion`, `plugin`, `alpha`.

use crate::command_line::{Command, Invocation};
use crate::failure::{Failure, Outcome};

/// `kubectl completion`.
pub static COMPLETION: Command = Command {
    name: "completion",
    usage: "SHELL",
    short: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
    run: Some(|invocation| Box::pin(completion(invocation))),
    ..Command::EMPTY
};

async fn completion(invocation: Invocation) -> Outcome {
    let shell = match invocation.arguments.as_slice() {
        [] => return Err(invocation.usage_error("Shell not specified.")),
        [shell] => shell,
        _ => {
            return Err(invocation.usage_error("Too many arguments. Expected only the shell type."));
        }
    };
    if !matches!(shell.as_str(), "bash" | "zsh" | "fish" | "powershell") {
        return Err(invocation.usage_error(format!(
            "Unsupported shell type {}.",
            kubernetes_api::json::quote_go(shell)
        )));
    }
    // The terminal here completes words by itself; what is sourced does nothing.
    let text = format!("# {shell} completion for kubectl: this terminal needs none\n");
    invocation.process.print(text).await;
    Ok(())
}

/// `kubectl plugin`.
pub static PLUGIN: Command = Command {
    name: "plugin",
    usage: "[flags] [options]",
    short: "Provides utilities for interacting with plugins",
    children: &[&PLUGIN_LIST],
    ..Command::EMPTY
};

static PLUGIN_LIST: Command = Command {
    name: "list",
    usage: "[flags] [options]",
    short: "List all visible plugin executables on a user's PATH",
    run: Some(|_| {
        Box::pin(async {
            Err(Failure::message(
                "unable to find any kubectl plugins in your PATH",
            ))
        })
    }),
    ..Command::EMPTY
};

/// `kubectl alpha`.
pub static ALPHA: Command = Command {
    name: "alpha",
    short: "Commands for features in alpha",
    run: Some(|invocation| {
        Box::pin(async move {
            let text = "No alpha commands are available in this version of kubectl\n";
            invocation.process.print(text).await;
            Ok(())
        })
    }),
    ..Command::EMPTY
};
