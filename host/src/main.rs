//! The native command `drydock`: the same computer as in the page, in a terminal.
//!
//! `drydock sh`, `drydock replay`, `drydock go run`, `drydock serve`. Only this crate touches the
//! real clock, files and sockets.

mod output;
mod replay;
mod sh;

use std::process::ExitCode;

const USAGE: &str = "\
Usage:
  drydock sh [FILE]                    a shell on a learner's computer, or the commands of a file
  drydock replay [OPTIONS] FILE...     replay transcripts in virtual time
      --print          print the transcript that was produced, and nothing else
      --images DIR     build the images that DIR/images.txt names before the first command
";

fn main() -> ExitCode {
    let mut words = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned());
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let result = match command.as_str() {
        "sh" => sh::run(&rest),
        "replay" => replay::run(&rest),
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
