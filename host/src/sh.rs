//! `drydock sh`: a shell on a learner's computer, in real time at a terminal, as fast as possible
//! for a file.

use crate::clock::{TICK, TICK_BUDGET, real_now};
use crate::output;
use playground::{Options, Playground, Session};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::io::AsyncReadExt;

/// Runs the shell.
pub fn run(words: &[String]) -> Result<ExitCode, String> {
    let start = real_now();
    let playground = Playground::new(Options {
        start,
        ..Options::default()
    })
    .map_err(|error| error.to_string())?;
    copy_folder_in(&playground)?;
    match words.first() {
        Some(file) => run_lines(&playground, &read(file)?),
        None if std::io::stdin().is_terminal() => interact(&playground),
        None => {
            let text =
                std::io::read_to_string(std::io::stdin()).map_err(|error| error.to_string())?;
            run_lines(&playground, &text)
        }
    }
}

fn read(file: &str) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "the host reads real files")]
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}

/// Files of the real working folder that are copied into the workspace: small texts only.
const LARGEST_FILE_BYTES: u64 = 256 * 1024;

fn copy_folder_in(playground: &Playground) -> Result<(), String> {
    let Ok(entries) = std::fs::read_dir(".") else {
        return Ok(());
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| is_lesson_file(path)) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if let Ok(text) = read(&path.to_string_lossy()) {
            playground
                .write(&name, &text)
                .map_err(|error| format!("{name}: {error}"))?;
        }
    }
    Ok(())
}

fn is_lesson_file(path: &Path) -> bool {
    let known = path.extension().is_some_and(|extension| {
        ["go", "yaml", "yml", "json", "sh", "mod"]
            .iter()
            .any(|known| extension == *known)
    });
    let dockerfile = path.file_name().is_some_and(|name| name == "Dockerfile");
    (known || dockerfile)
        && path
            .metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST_FILE_BYTES)
}

fn run_lines(playground: &Playground, text: &str) -> Result<ExitCode, String> {
    let session = Session::new(playground, &[]).map_err(|error| error.to_string())?;
    let (printed, status) = session.run(text);
    // The end of the text is the end of the shell, whose `EXIT` trap may have something to say.
    let (last, _) = session.run("exit");
    output::print(printed + &last);
    Ok(ExitCode::from((status & 0xff) as u8))
}

fn interact(playground: &Playground) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(follow_keys(playground))
}

async fn follow_keys(playground: &Playground) -> Result<ExitCode, String> {
    let terminal = playground
        .open_terminal()
        .map_err(|error| error.to_string())?;
    // The real terminal echoes lines itself.
    terminal.set_echo(false);
    let mut input = tokio::io::stdin();
    let mut keys = [0u8; 1024];
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                playground.simulation().advance(real_now(), TICK_BUDGET);
                output::print(terminal.take_output());
                if playground.terminal_is_closed(&terminal) {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            read = input.read(&mut keys) => match read {
                Ok(0) | Err(_) => terminal.input(&[4]),
                Ok(count) => terminal.input(keys.get(..count).unwrap_or(&[])),
            },
            _ = tokio::signal::ctrl_c() => terminal.input(&[3]),
        }
    }
}
