//! One place that makes the target wasm32-unknown-unknown available.
//!
//! In this order: the toolchain's own standard library; what `rustup` can download; Debian's
//! compiler with a standard library that is built from its source. When none works, the error
//! says what to install.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::steps::{self, Result, command, on_path, run, say, write};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages: a compiler with the source of its own standard library, and a linker.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-22"];

/// How cargo builds for wasm here: the environment that it needs.
pub struct WasmTarget {
    environment: Vec<(&'static str, PathBuf)>,
}

impl WasmTarget {
    /// `cargo SUBCOMMAND --target wasm32-unknown-unknown`, with its own target folder.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = command("cargo");
        cargo.arg(subcommand).args(["--target", TARGET]);
        cargo.env("CARGO_TARGET_DIR", steps::wasm_target_folder());
        // What the cargo that started us has set belongs to the native build.
        cargo.env_remove("RUSTC").env_remove("RUSTFLAGS");
        for (name, value) in &self.environment {
            cargo.env(name, value);
        }
        cargo
    }
}

/// Makes the target available.
pub fn ensure() -> Result<WasmTarget> {
    if has_std(Path::new("rustc")) {
        return Ok(WasmTarget {
            environment: Vec::new(),
        });
    }
    let sysroot = steps::toolchain_folder().join("sysroot");
    let wrapper = steps::toolchain_folder().join("rustc-wasm");
    if !wrapper.exists() {
        say("the target wasm32-unknown-unknown");
        let rustup = on_path("rustup").is_some();
        if rustup && run(command("rustup").args(["target", "add", TARGET])).is_ok() {
            return Ok(WasmTarget {
                environment: Vec::new(),
            });
        }
        println!("rustup cannot bring it: Debian's compiler and the source of its library will do");
        build_sysroot(&sysroot, &wrapper).map_err(|error| {
            format!(
                "{error}\n\nThe target {TARGET} is not there and could not be made. Install it \
                 with `rustup target add {TARGET}`, or on Debian 12 the packages {}",
                DEBIAN_PACKAGES.join(" ")
            )
        })?;
    }
    Ok(WasmTarget {
        environment: vec![
            ("RUSTC", wrapper),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                "wasm-ld-22".into(),
            ),
        ],
    })
}

/// Whether this compiler finds a standard library for the target.
fn has_std(rustc: &Path) -> bool {
    let query = ["--print", "target-libdir", "--target", TARGET];
    let Ok(folder) = steps::output(command(rustc).args(query)) else {
        return false;
    };
    fs::read_dir(folder.trim()).is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| is_rlib(&file.path(), "libstd-")))
    })
}

fn is_rlib(path: &Path, prefix: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(prefix) && name.ends_with(".rlib")
}

/// Builds the standard library from source, with the compiler that it belongs to, into a sysroot
/// of our own, and writes a compiler command that uses it.
fn build_sysroot(sysroot: &Path, wrapper: &Path) -> Result {
    let there = on_path("wasm-ld-22").is_some() && debian_rustc().is_ok();
    if !there {
        packages::install(&DEBIAN_PACKAGES)?;
    }
    let rustc = debian_rustc()?;
    let work = steps::toolchain_folder().join("std");
    steps::remove_folder(&work)?;
    write(
        &work.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\n\n[workspace]\n",
    )?;
    write(&work.join("src/lib.rs"), "")?;
    // Without the bitcode a later `lto = true` fails.
    run(command("cargo")
        .current_dir(&work)
        .args(["build", "-Z", "build-std=std,panic_abort,proc_macro,test"])
        .args(["--release", "--target", TARGET])
        .env("RUSTC", &rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", work.join("target")))?;

    steps::remove_folder(sysroot)?;
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    steps::make_folder(&libraries)?;
    let built = work.join("target").join(TARGET).join("release/deps");
    for file in steps::files_below(&built)? {
        if is_rlib(&file, "lib") && !is_rlib(&file, "libempty-") {
            let name = file.file_name().unwrap_or_default();
            fs::copy(&file, libraries.join(name)).map_err(|error| error.to_string())?;
        }
    }
    let host = "x86_64-unknown-linux-gnu";
    let host_libraries = Path::new("/usr/lib/rustlib").join(host);
    symlink(host_libraries, sysroot.join("lib/rustlib").join(host))
        .map_err(|error| error.to_string())?;
    steps::remove_folder(&work)?;
    // Cargo does not notice that a library below it is another one.
    steps::remove_folder(&steps::wasm_target_folder())?;
    write(
        wrapper,
        format!(
            "#!/bin/sh\nexec {} --sysroot {} \"$@\"\n",
            rustc.display(),
            sysroot.display()
        ),
    )?;
    fs::set_permissions(wrapper, fs::Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())
}

/// The compiler of the package `rustc-web`, if its library's source is there too.
fn debian_rustc() -> Result<PathBuf> {
    let files = steps::output(command("dpkg").args(["-L", "rustc-web"]))?;
    let rustc = files
        .lines()
        .find(|line| line.ends_with("/bin/rustc"))
        .ok_or("the package rustc-web has no rustc")?;
    if Path::new("/usr/lib/rustlib/src/rust/library").exists() {
        Ok(rustc.into())
    } else {
        Err("the package rust-web-src is not installed".to_owned())
    }
}
