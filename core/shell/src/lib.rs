//! The shell and the everyday commands: a Bash for the learner's machine, BusyBox's ash and
//! applets for containers.
//!
//! Knows nothing of Docker or Kubernetes. [`install`] makes the programs known; executable files
//! made by [`machine::Programs::executable`] then run them.

pub mod arithmetic;
mod brace;
mod builtins;
pub mod commands;
mod condition;
pub mod escape;
mod expand;
mod interpreter;
pub mod limits;
mod lines;
pub mod parser;
pub mod pattern;
mod program;
mod prompt;
mod state;
pub mod syntax;

use machine::{Content, FileSystem, Programs};
use std::rc::Rc;

pub use builtins::names as builtin_names;
pub use program::{DrivenShell, Order, ShellProgram};
pub use state::Flavour;

/// Makes the shells, every command (by its own name, in GNU's words) and `busybox` known.
pub fn install(programs: &Programs) {
    programs.add(
        "bash",
        Rc::new(ShellProgram {
            flavour: Flavour::Bash,
        }),
    );
    programs.add(
        "ash",
        Rc::new(ShellProgram {
            flavour: Flavour::Ash,
        }),
    );
    programs.add("busybox", Rc::new(commands::Busybox));
    for command in commands::ALL {
        programs.add(command.name, Rc::new(commands::Standalone(command)));
    }
}

/// Puts the executables of a learner's machine into its `/bin`, and the devices into `/dev`.
pub fn install_files(files: &FileSystem) -> Result<(), machine::Errno> {
    machine::file::create_devices(files)?;
    files.create_directories("/usr/bin", 0o755)?;
    files.create_directories("/bin", 0o755)?;
    for name in ["bash", "sh"]
        .into_iter()
        .chain(commands::ALL.iter().map(|command| command.name))
    {
        let program = if name == "sh" { "bash" } else { name };
        let content = Content::sparse(Programs::executable(program), 64 * 1024);
        files.write(&format!("/bin/{name}"), content, 0o755)?;
    }
    Ok(())
}

/// The names of all commands that are programs of their own, in order.
pub fn commands() -> impl Iterator<Item = &'static str> {
    commands::ALL.iter().map(|command| command.name)
}

/// A word as it would have to be typed.
pub fn quote(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "_-./:=,+@%^".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
