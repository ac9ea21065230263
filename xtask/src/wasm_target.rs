//! One place that makes the target wasm32-unknown-unknown available.
//!
//! The page's standard library is built from its source, for size: sorting and formatting in their
//! small forms, and panics that trap at once, without text or place. The source comes, in this
//! order, from rustup's component `rust-src` or from Debian's package of the compiler. Where
//! neither can be had, the ready-made library of the target does; the page is then heavier. When
//! nothing works, the error says what to install.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::steps::{self, Result, command, on_path, run, say, write};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages: a compiler with the source of its own standard library, and a linker.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-22"];

/// What makes the page smaller, in the library and in our own crates alike.
const SMALL: &str = "-Zunstable-options -Cpanic=immediate-abort -Zpanic_abort_tests \
    -Zlocation-detail=none";

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
    for origin in [Origin::Rustup, Origin::Debian] {
        if origin.wrapper().exists() {
            return Ok(origin.target());
        }
    }
    say("the target wasm32-unknown-unknown");
    let mut errors = String::new();
    for origin in [Origin::Rustup, Origin::Debian] {
        match origin
            .compiler()
            .and_then(|rustc| build_sysroot(origin, &rustc))
        {
            Ok(()) => return Ok(origin.target()),
            Err(error) => {
                println!("{error}");
                errors += &error;
                errors.push('\n');
            }
        }
    }
    let rustup = on_path("rustup").is_some();
    if has_std(Path::new("rustc"))
        || rustup && run(command("rustup").args(["target", "add", TARGET])).is_ok()
    {
        println!("without the library's source the page will be heavier");
        return Ok(WasmTarget {
            environment: Vec::new(),
        });
    }
    Err(format!(
        "{errors}\nThe target {TARGET} is not there and could not be made. Install it with `rustup \
         component add rust-src`, or on Debian 12 the packages {}",
        DEBIAN_PACKAGES.join(" ")
    ))
}

/// Where a compiler with the source of its standard library comes from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Rustup,
    Debian,
}

impl Origin {
    fn folder(self) -> PathBuf {
        steps::toolchain_folder().join(match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        })
    }

    /// A command that runs the compiler with our own build of the library.
    fn wrapper(self) -> PathBuf {
        self.folder().join("rustc")
    }

    fn target(self) -> WasmTarget {
        let mut environment = vec![
            ("RUSTC", self.wrapper()),
            ("RUSTC_BOOTSTRAP", "1".into()),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                SMALL.into(),
            ),
        ];
        if self == Self::Debian {
            environment.push((
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                "wasm-ld-22".into(),
            ));
        }
        WasmTarget { environment }
    }

    /// The compiler itself, installed with its library's source when it was not there.
    fn compiler(self) -> Result<PathBuf> {
        match self {
            Self::Rustup => rustup_rustc(),
            Self::Debian => {
                if on_path("wasm-ld-22").is_none() || debian_rustc().is_err() {
                    packages::install(&DEBIAN_PACKAGES)?;
                }
                debian_rustc()
            }
        }
    }
}

/// The compiler that rustup has chosen, with the component `rust-src`.
fn rustup_rustc() -> Result<PathBuf> {
    let sysroot = steps::output(command("rustc").args(["--print", "sysroot"]))?;
    let sysroot = Path::new(sysroot.trim());
    let source = sysroot.join("lib/rustlib/src/rust/library/std");
    if !source.exists() {
        if on_path("rustup").is_none() {
            return Err("there is no rustup".to_owned());
        }
        run(command("rustup").args(["component", "add", "rust-src"]))?;
    }
    Ok(sysroot.join("bin/rustc"))
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
fn build_sysroot(origin: Origin, rustc: &Path) -> Result {
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
        .args(["-Z", "build-std-features=optimize_for_size"])
        .args(["--release", "--target", TARGET])
        .env("RUSTC", rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("-Cembed-bitcode=yes {SMALL}"))
        .env("CARGO_TARGET_DIR", work.join("target")))?;

    let sysroot = origin.folder().join("sysroot");
    steps::remove_folder(&sysroot)?;
    let rustlib = sysroot.join("lib/rustlib");
    let libraries = rustlib.join(TARGET).join("lib");
    steps::make_folder(&libraries)?;
    let built = work.join("target").join(TARGET).join("release/deps");
    for file in steps::files_below(&built)? {
        if is_rlib(&file, "lib") && !is_rlib(&file, "libempty-") {
            let name = file.file_name().unwrap_or_default();
            fs::copy(&file, libraries.join(name)).map_err(|error| error.to_string())?;
        }
    }
    let own = steps::output(command(rustc).args(["--print", "sysroot"]))?;
    let host = host(rustc)?;
    let host_libraries = Path::new(own.trim()).join("lib/rustlib").join(&host);
    symlink(host_libraries, rustlib.join(&host)).map_err(|error| error.to_string())?;
    steps::remove_folder(&work)?;
    // Cargo does not notice that a library below it is another one.
    steps::remove_folder(&steps::wasm_target_folder())?;
    let wrapper = origin.wrapper();
    write(
        &wrapper,
        format!(
            "#!/bin/sh\nexec {} --sysroot {} \"$@\"\n",
            rustc.display(),
            sysroot.display()
        ),
    )?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())
}

/// The target that a compiler itself runs on, for which it builds macros and build scripts.
fn host(rustc: &Path) -> Result<String> {
    let version = steps::output(command(rustc).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| format!("{} does not say its host", rustc.display()))?;
    Ok(host.to_owned())
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
