//! The kubectl command as a program of the machine.
//!
//! It sees the cluster only through the Kubernetes API: HTTP requests to the server that its
//! kubeconfig names. So the same program works on the simulated cluster and, behind a bridge, on a
//! real one. Models kubectl 1.36.

mod arguments;
mod client;
mod command_line;
mod describe;
mod failure;
mod files;
mod global;
mod kubeconfig;
mod kustomize;
pub mod limits;
mod mapper;
mod pods;
mod printing;
mod session;
mod targets;
#[cfg(test)]
mod testing;
mod verbs;
mod writing;

use command_line::{Found, Invocation};
use failure::{Failure, Outcome};
use machine::{Builtin, ExitStatus, Process, Programs};
use std::rc::Rc;

/// The name under which the program is known.
pub const NAME: &str = "kubectl";

/// Makes the builtin program `kubectl` known.
pub fn install(programs: &Programs) {
    programs.add(NAME, Rc::new(Builtin(run)));
}

/// Runs kubectl as a process.
pub async fn run(process: Process) -> ExitStatus {
    let words: Vec<String> = process.arguments().iter().skip(1).cloned().collect();
    let outcome = match command_line::find(&verbs::ROOT, global::FLAGS, &process, &words) {
        Ok(Found::Help(command, path)) => {
            process.print(command_line::help(command, &path)).await;
            Ok(())
        }
        Ok(Found::Group(command, path)) => {
            // A group of commands without one of them is not a use that succeeds.
            process
                .print_error(command_line::help(command, &path))
                .await;
            Err(Failure::Exit(1))
        }
        Ok(Found::Run(invocation)) => execute(*invocation).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => ExitStatus::SUCCESS,
        Err(failure) => {
            let (text, status) = failure.report();
            process.print_error(text).await;
            ExitStatus::Exited(status)
        }
    }
}

async fn execute(invocation: Invocation) -> Outcome {
    let given = invocation.flags.long("dry-run").is_some();
    let (line, bare, instead) = match invocation.flags.text("dry-run") {
        _ if !given => (0, "", ""),
        "unchanged" => (719, "", "client"),
        text @ ("1" | "t" | "T" | "true" | "True" | "TRUE") => (733, text, "client"),
        text @ ("0" | "f" | "F" | "false" | "False" | "FALSE") => (736, text, "none"),
        _ => (0, "", ""),
    };
    if line > 0 {
        let head = client::klog_head(&invocation.process, 'W');
        let old = if bare.is_empty() {
            "--dry-run is deprecated".to_owned()
        } else {
            format!("--dry-run={bare} is deprecated (boolean value)")
        };
        let text = format!(
            "{head}helpers.go:{line}] {old} and can be replaced with --dry-run={instead}.\n"
        );
        invocation.process.print_error(text).await;
    }
    match invocation.command.run {
        Some(run) => run(invocation).await,
        None => Err(Failure::Exit(1)),
    }
}
