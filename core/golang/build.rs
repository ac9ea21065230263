//! Makes one table of the sources of Go's standard packages under `std/`.

use std::path::Path;

#[allow(
    clippy::disallowed_methods,
    reason = "a build script runs on the real machine"
)]
fn main() -> std::io::Result<()> {
    let root = std::env::current_dir()?.join("std");
    println!("cargo::rerun-if-changed=std");
    let mut files = Vec::new();
    collect(&root, "", &mut files)?;
    files.sort();
    let mut table = String::from("const FILES: &[(&str, &str, &str)] = &[\n");
    for (package, name) in &files {
        let path = root.join(package).join(name);
        table.push_str(&format!(
            "    ({package:?}, {name:?}, include_str!({:?})),\n",
            path.display().to_string()
        ));
    }
    table.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    std::fs::write(Path::new(&out).join("std_table.rs"), table)
}

/// The Go files below a folder, each with the import path of its package.
fn collect(folder: &Path, package: &str, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let inner = if package.is_empty() {
                name
            } else {
                format!("{package}/{name}")
            };
            collect(&entry.path(), &inner, files)?;
        } else if name.ends_with(".go") {
            files.push((package.to_string(), name));
        }
    }
    Ok(())
}
