//! The few packages of npm: the editor, the bundler, wasm-opt, the driver of the browser tests.

use std::path::PathBuf;

use crate::packages;
use crate::steps::{Result, command, read, root, run, say, write};

/// Installs what `package-lock.json` names, unless that is done already.
pub fn install() -> Result {
    packages::node()?;
    let lock = read(&root().join("package-lock.json"))?;
    // A copy of the lock file that was installed tells whether anything has changed since.
    let mark = root().join("node_modules/.installed-lock.json");
    if read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("npm packages");
    run(command("npm").args(["ci", "--no-audit", "--no-fund"]))?;
    write(&mark, lock)
}

/// The path of a program that one of the packages brings.
pub fn program(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}
