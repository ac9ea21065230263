//! The `go` command of the golang images: `build`, `install`, `get`, `run`, `version`, `env`,
//! `mod`, `vet`, `fmt`, `test`. One verb, one function; how packages are found and built is in
//! [`crate::build`].

mod environment;
mod verbs;

use environment::Environment;
use machine::{ExitStatus, Process};

/// Runs the command as a process.
pub(crate) async fn run(process: Process) -> ExitStatus {
    let environment = Environment::of(&process);
    let arguments: Vec<String> = process.arguments().iter().skip(1).cloned().collect();
    let Some((verb, rest)) = arguments.split_first() else {
        process.print_error(USAGE).await;
        return ExitStatus::Exited(2);
    };
    match verb.as_str() {
        "build" => verbs::build(&process, &environment, rest).await,
        "install" => verbs::install(&process, &environment, rest).await,
        "get" => verbs::get(&process, &environment, rest).await,
        "run" => verbs::run(&process, &environment, rest).await,
        "version" => {
            let text = format!("go version go{} linux/amd64\n", environment.version_text);
            process.print(text).await;
            ExitStatus::SUCCESS
        }
        "env" => verbs::env(&process, &environment, rest).await,
        "mod" => verbs::modules(&process, &environment, rest).await,
        "vet" => verbs::vet(&process, &environment, rest).await,
        "fmt" | "clean" | "generate" => ExitStatus::SUCCESS,
        "test" => verbs::test(&process, &environment, rest).await,
        "help" => {
            process.print(USAGE).await;
            ExitStatus::SUCCESS
        }
        other => {
            let text = format!("go {other}: unknown command\nRun 'go help' for usage.\n");
            process.print_error(text).await;
            ExitStatus::Exited(2)
        }
    }
}

const USAGE: &str = "Go is a tool for managing Go source code.

Usage:

\tgo <command> [arguments]

The commands are:

\tbuild       compile packages and dependencies
\tenv         print Go environment information
\tfmt         gofmt (reformat) package sources
\tget         add dependencies to current module and install them
\tinstall     compile and install packages and dependencies
\tmod         module maintenance
\trun         compile and run Go program
\ttest        test packages
\tversion     print Go version
\tvet         report likely mistakes in packages

Use \"go help <command>\" for more information about a command.
";
