//! The native command `drydock`: the same computer as in the page, in a terminal.
//!
//! `drydock sh`, `drydock replay`, `drydock go run`, `drydock serve`. Only this crate touches the
//! real clock, files and sockets.

mod clock;
mod go;

mod output;
mod replay;
mod serve;
mod sh;

use std::process::ExitCode;

const USAGE: &str = "\
Usage:
  drydock sh [FILE]                    a shell on a learner's computer, or the commands of a file
  drydock replay [OPTIONS] FILE...     replay transcripts in virtual time
      --print          print the transcript that was produced, and nothing else
      --hub            with the usual base images, not the stand-ins of the recordings
      --images DIR     build the images that DIR/images.txt names before the first command
  drydock go run FILE [ARGS]           a Go program (.go or .txtar) on our Go alone
  drydock serve [OPTIONS]              the page, and the cluster for real clients
      --page DIR       the page's files (dist)
      --address ADDR   where the page is served (127.0.0.1:8080)
      --listen ADDR    serve the Kubernetes API there, in real time
      --kubeconfig F   write a kubeconfig for it
      --nodes N        nodes of the cluster (1)
      --legacy-apis    serve extensions/v1beta1 too
";

fn main() -> ExitCode {
    let mut words = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned());
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let result = match command.as_str() {
        "sh" => sh::run(&rest),
        "go" => go::run(&rest),
        "replay" => replay::run(&rest),
        "serve" => serve::run(&rest),
        "" | "help" | "--help" | "-h" => {
            output::print(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        other => Err(format!("unknown command {other:?}\n{USAGE}")),
    };
    result.unwrap_or_else(|message| {
        output::print_error(&format!("drydock: {message}\n"));
        ExitCode::from(2)
    })
}
