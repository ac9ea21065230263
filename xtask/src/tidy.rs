//! `cargo xtask tidy`: what no compiler and no formatter checks.

use std::path::{Path, PathBuf};

use crate::steps::{self, Result, command, read_text, root, say};
use crate::{licences, tools};

/// Lines that a source file may have; most have far fewer.
const FILE_LINES_MAX: usize = 800;

/// Words that may not stay in the tree, in two halves so that this file does not contain them.
const UNFINISHED: [(&str, &str); 3] = [("TO", "DO"), ("FIX", "ME"), ("XX", "X:")];

/// Paths of one machine, in two halves likewise.
const FOREIGN_PATHS: [(&str, &str); 2] = [("/wo", "rk/"), ("/tmp/ba", "sh_jobs")];

/// Runs all checks and names everything that is wrong.
pub fn run() -> Result {
    say("tidy");
    let mut wrong = Vec::new();
    let files = tracked_files()?;
    for file in &files {
        check_file(file, &mut wrong)?;
    }
    check_modules(&files, &mut wrong)?;
    check_pins(&mut wrong)?;
    wrong.extend(licences::wrong()?);
    if wrong.is_empty() {
        println!("{} files are tidy", files.len());
        return Ok(());
    }
    Err(format!(
        "{}\n{} things are not tidy",
        wrong.join("\n"),
        wrong.len()
    ))
}

/// The files that git has or would add, relative to the top folder.
fn tracked_files() -> Result<Vec<PathBuf>> {
    let listed = steps::output(command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let files = listed.lines().map(PathBuf::from);
    Ok(files.filter(|file| root().join(file).is_file()).collect())
}

fn has_end(file: &Path, ends: &[&str]) -> bool {
    file.extension()
        .is_some_and(|end| ends.iter().any(|wanted| end == *wanted))
}

fn check_file(file: &Path, wrong: &mut Vec<String>) -> Result {
    let ends = [
        "rs", "mjs", "js", "css", "html", "md", "toml", "py", "go", "yaml",
    ];
    if !has_end(file, &ends) {
        return Ok(());
    }
    let name = file.display();
    let text = read_text(&root().join(file))?;
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        // `context.TO`+`DO` is a name of Go's library.
        for (first, second) in UNFINISHED.iter().filter(|_| !has_end(file, &["go"])) {
            if line.contains(&format!("{first}{second}")) {
                wrong.push(format!("{name}:{number}: something is left open"));
            }
        }
        for (first, second) in FOREIGN_PATHS {
            if line.contains(&format!("{first}{second}")) {
                wrong.push(format!("{name}:{number}: a path of one machine"));
            }
        }
    }
    if !has_end(file, &["rs"]) {
        return Ok(());
    }
    let generated = text.lines().take(5).any(|line| line.contains("@generated"));
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX && !generated {
        wrong.push(format!(
            "{name}: {lines} lines; {FILE_LINES_MAX} is the limit"
        ));
    }
    if !text.starts_with("//!") {
        wrong.push(format!("{name}: does not begin by saying what lives in it"));
    }
    Ok(())
}

/// A file that no `mod` line names is never compiled.
fn check_modules(files: &[PathBuf], wrong: &mut Vec<String>) -> Result {
    for file in files.iter().filter(|file| has_end(file, &["rs"])) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let folder = file.parent().unwrap_or(Path::new(""));
        let in_src = file.components().any(|part| part.as_os_str() == "src");
        if !in_src || matches!(stem.as_ref(), "main" | "lib") || folder.ends_with("bin") {
            continue;
        }
        // `a/mod.rs` is named in the folder above as `mod a`.
        let (module, folder) = match stem.as_ref() {
            "mod" => (
                folder.file_name().unwrap_or_default().to_string_lossy(),
                folder.parent().unwrap_or(Path::new("")),
            ),
            _ => (stem, folder),
        };
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
        let beside = folder.with_extension("rs");
        let named = parents.into_iter().chain([beside]).any(|parent| {
            read_text(&root().join(parent))
                .is_ok_and(|text| text.contains(&format!("mod {module};")))
        });
        if !named {
            wrong.push(format!("{}: no `mod` line names it", file.display()));
        }
    }
    Ok(())
}

/// The crate and the command of wasm-bindgen speak one exact version of their own format.
fn check_pins(wrong: &mut Vec<String>) -> Result {
    let pin = format!("wasm-bindgen = \"={}\"", tools::WASM_BINDGEN_VERSION);
    if !read_text(&root().join("app/Cargo.toml"))?.contains(&pin) {
        wrong.push(format!("app/Cargo.toml: expected {pin}"));
    }
    let lock = read_text(&root().join("package-lock.json"))?;
    if lock.contains("\"resolved\"") {
        wrong.push("package-lock.json: names the host of a registry".to_owned());
    }
    Ok(())
}
