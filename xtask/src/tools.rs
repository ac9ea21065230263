//! Programs that cargo installs for us: wasm-bindgen's command and its test runner, and the runner
//! of instruction counts.

use std::path::{Path, PathBuf};

use crate::steps::{self, Result, command, on_path, run, say};

/// The version of the command and of the crate; they must be equal, so `app/Cargo.toml` pins it too.
pub const WASM_BINDGEN_VERSION: &str = "0.2.130";

/// The path of `wasm-bindgen`, installed first where it is missing or of another version.
pub fn wasm_bindgen() -> Result<PathBuf> {
    installed("wasm-bindgen")
}

/// The path of `wasm-bindgen-test-runner`, which is in the same package.
pub fn wasm_bindgen_test_runner() -> Result<PathBuf> {
    installed("wasm-bindgen-test-runner")
}

/// The version of the runner of instruction counts; `host/Cargo.toml` pins the crate to it.
const GUNGRAUN_VERSION: &str = "0.20.0";

/// The path of `gungraun-runner`, installed first where it is missing.
pub fn gungraun_runner() -> Result<PathBuf> {
    let folder = steps::toolchain_folder().join(format!("gungraun-{GUNGRAUN_VERSION}"));
    let runner = folder.join("bin/gungraun-runner");
    if !runner.exists() {
        say(&format!("gungraun-runner {GUNGRAUN_VERSION}"));
        install("gungraun-runner", GUNGRAUN_VERSION, &folder)?;
    }
    Ok(runner)
}

fn installed(program: &str) -> Result<PathBuf> {
    let folder = steps::toolchain_folder().join("cargo");
    let ours = folder.join("bin").join(program);
    let fits = |path: &PathBuf| {
        steps::output(command(path).arg("--version"))
            .is_ok_and(|said| said.trim().ends_with(WASM_BINDGEN_VERSION))
    };
    if let Some(path) = on_path(program).filter(fits) {
        return Ok(path);
    }
    if !fits(&ours) {
        say(&format!("wasm-bindgen {WASM_BINDGEN_VERSION}"));
        install("wasm-bindgen-cli", WASM_BINDGEN_VERSION, &folder)?;
    }
    Ok(ours)
}

fn install(package: &str, version: &str, folder: &Path) -> Result {
    let target = folder.join("target");
    // Without --locked: a lock file names versions that a registry may not have yet.
    run(command("cargo")
        .args(["install", package, "--version", version, "--root"])
        .arg(folder)
        .env("CARGO_TARGET_DIR", &target))?;
    steps::remove_folder(&target)
}
