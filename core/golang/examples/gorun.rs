//! Runs one Go program on a bare machine, in virtual time and as fast as possible: its output,
//! its exit status. With `-n` it is only built.
//!
//! `cargo run -p drydock-golang --example gorun -- [-n] FILE.go|FILE.txtar [ARGUMENTS]`
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "an example runs on the real machine"
)]

mod fresh;

use machine::{ControlGroup, ExitStatus, Time, file};
use ordered::OrderedMap;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::SystemTime;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut first = arguments.next();
    let only_builds = first.as_deref() == Some("-n");
    if only_builds {
        first = arguments.next();
    }
    let Some(name) = first else {
        eprintln!("usage: gorun [-n] FILE.go|FILE.txtar [ARGUMENTS]");
        return ExitCode::from(2);
    };
    let text = match std::fs::read(&name) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{name}: {error}");
            return ExitCode::from(2);
        }
    };
    let folder = "/home/user/go";
    let binary = match golang::build(&name, &text, folder) {
        Ok(binary) => binary,
        Err(message) => {
            eprint!("{message}");
            return ExitCode::from(1);
        }
    };
    if only_builds {
        return ExitCode::SUCCESS;
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_nanos() as u64);
    let folders = ["/tmp", folder, "/etc", "/dev", "/root"];
    let (simulation, kernel) = match fresh::machine(now, Time::from_nanos(now), &folders) {
        Ok(machine) => machine,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let program = machine::Content::new(machine::executable::encode(golang::LOADER, &binary));
    kernel
        .files()
        .write("/home/user/go/prog", program, 0o755)
        .ok();
    let mut spawn = kernel.spawn_on_host(vec!["./prog".to_string()]);
    spawn.arguments.extend(arguments);
    spawn.directory = folder.to_string();
    spawn.environment = std::env::vars().collect();
    spawn.control = ControlGroup::default();
    let mut input = Vec::new();
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        std::io::stdin().read_to_end(&mut input).ok();
    }
    let out = |bytes: &[u8]| {
        std::io::stdout().write_all(bytes).ok();
        std::io::stdout().flush().ok();
    };
    let errors = |bytes: &[u8]| {
        std::io::stdout().flush().ok();
        std::io::stderr().write_all(bytes).ok();
    };
    spawn.descriptors = OrderedMap::from([
        (0, file::from_bytes(input)),
        (1, file::sink(out)),
        (2, file::sink(errors)),
    ]);
    let handle = match kernel.spawn(spawn) {
        Ok(handle) => handle,
        Err(error) => {
            eprintln!("{name}: {error}");
            return ExitCode::from(1);
        }
    };
    let status = simulation.run(Time::MAX, async move { handle.wait().await });
    match status {
        Some(ExitStatus::Exited(code)) => ExitCode::from(code),
        Some(status) => ExitCode::from(status.code() as u8),
        None => {
            eprintln!("the program waits for something that never comes");
            ExitCode::from(1)
        }
    }
}
