//! Steps: other programs, run with their command line printed first.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a step ends with; an error is a sentence for the person at the terminal.
pub type Result<T = ()> = std::result::Result<T, String>;

/// The top folder of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where tools that we fetch or build for ourselves are kept (ignored by git).
pub fn toolchain_folder() -> PathBuf {
    root().join(".toolchain")
}

/// The target folder of wasm builds. It is never the native one: the two may have different
/// compilers, and cargo would build everything anew at each change of sides.
pub fn wasm_target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(native) => {
            let mut folder = native;
            folder.push("-wasm");
            folder.into()
        }
        None => root().join("target-wasm"),
    }
}

/// The target folder of native builds.
pub fn native_target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Says what comes next.
pub fn say(what: &str) {
    println!("\n=== {what}");
}

/// A command that starts in the top folder.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a command to its end; its output goes where ours goes.
pub fn run(command: &mut Command) -> Result {
    println!("$ {}", shown(command));
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", shown(command)))
    }
}

/// Runs a command, passes each line of its standard output on and hands it to `each`.
/// Says whether the command succeeded.
pub fn run_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    println!("$ {}", shown(command));
    read_lines(command, |line| {
        println!("{line}");
        each(line);
    })
}

/// Runs a command and hands each line of its standard output to `each`; prints nothing itself.
/// Says whether the command succeeded.
pub fn read_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let wrong = |error: std::io::Error| error.to_string();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", shown(command)))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(wrong)?;
            each(&String::from_utf8_lossy(&line));
        }
    }
    Ok(child.wait().map_err(wrong)?.success())
}

/// The standard output of a command that is expected to succeed; nothing is printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", shown(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "{} ended with {}\n{said}",
            shown(command),
            output.status
        ))
    }
}

/// Reads a file, with its name in the error.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads a text file, with its name in the error.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file and the folders above it, with its name in the error.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result {
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Removes a folder with all in it, if it is there.
pub fn remove_folder(path: &Path) -> Result {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// All files below a folder, sorted by name.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The folder in PATH that has this program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            line += &format!("{}={} ", name.display(), value.display());
        }
    }
    line += &command.get_program().to_string_lossy();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        if argument.contains([' ', '*', '$', '"']) || argument.is_empty() {
            line += &format!(" '{argument}'");
        } else {
            line += &format!(" {argument}");
        }
    }
    line
}
