//! `drydock go run FILE.go|FILE.txtar [ARGS]`: a program on our Go alone, on a bare machine, as
//! fast as possible. Its output is the program's, and its exit status too.

use crate::clock::real_now;
use crate::output;
use machine::network::Network;
use machine::{Content, ExitStatus, Kernel, Programs, Simulation, Time, Tree, executable, file};
use ordered::OrderedMap;
use std::io::{IsTerminal, Read};
use std::process::ExitCode;

/// The folder that the program is in, on the bare machine.
const FOLDER: &str = "/home/user/go";

/// Runs `go run …`.
pub fn run(words: &[String]) -> Result<ExitCode, String> {
    let [verb, name, arguments @ ..] = words else {
        return Err("go run needs a FILE.go or FILE.txtar".into());
    };
    if verb != "run" {
        return Err(format!("go {verb}: only `go run` is known here"));
    }
    #[expect(clippy::disallowed_methods, reason = "the host reads real files")]
    let text = std::fs::read(name).map_err(|error| format!("{name}: {error}"))?;
    match golang::build(name, &text, FOLDER) {
        Ok(binary) => start(binary, arguments).map_err(|error| format!("{name}: {error}")),
        Err(message) => {
            output::print_error(&message);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn start(binary: Vec<u8>, arguments: &[String]) -> Result<ExitCode, machine::Errno> {
    let now = real_now();
    let simulation = Simulation::new(now.as_nanos(), now);
    let programs = Programs::default();
    golang::install(&programs);
    let network = Network::new(&simulation);
    let kernel = Kernel::new(
        &simulation,
        &programs,
        &network,
        "localhost",
        Tree::new(Vec::new()),
    );
    for directory in [FOLDER, "/tmp", "/etc", "/root"] {
        kernel.files().create_directories(directory, 0o755)?;
    }
    file::create_devices(kernel.files())?;
    let program = format!("{FOLDER}/prog");
    let content = Content::new(executable::encode(golang::LOADER, &binary));
    kernel.files().write(&program, content, 0o755)?;
    let mut spawn = kernel.spawn_on_host(vec!["./prog".into()]);
    spawn.arguments.extend(arguments.iter().cloned());
    spawn.directory = FOLDER.into();
    spawn.environment = std::env::vars().collect();
    spawn.descriptors = OrderedMap::from([
        (0, file::from_bytes(input())),
        (1, file::sink(|bytes| output::print(bytes))),
        (
            2,
            file::sink(|bytes| output::print_error(&String::from_utf8_lossy(bytes))),
        ),
    ]);
    let handle = kernel.spawn(spawn)?;
    let status = simulation.run(Time::MAX, async move { handle.wait().await });
    let code = status.unwrap_or(ExitStatus::FAILURE).code();
    Ok(ExitCode::from((code & 0xff) as u8))
}

/// The real standard input, when it is not a person's.
fn input() -> Vec<u8> {
    let mut bytes = Vec::new();
    if !std::io::stdin().is_terminal() {
        // What could be read before an error is the input.
        std::io::stdin().read_to_end(&mut bytes).ok();
    }
    bytes
}
