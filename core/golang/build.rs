//! Makes one table of the sources of Go's standard packages under `std/`, without comments and
//! blanks: they are part of the page and of every compilation.

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
        let text = std::fs::read_to_string(root.join(package).join(name))?;
        let mut text = minified(&text);
        if text.contains("\rfunc init()") {
            text.insert_str(0, "\r\r");
        }
        table.push_str(&format!("    ({package:?}, {name:?}, {text:?}),\n"));
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

/// Where the token ends that a text begins with.
fn token(text: &str) -> usize {
    let bytes = text.as_bytes();
    let from = |start: usize, goes_on: &dyn Fn(u8) -> bool| {
        start
            + bytes
                .iter()
                .skip(start)
                .take_while(|b| goes_on(**b))
                .count()
    };
    match bytes {
        [b'/', b'/', ..] => from(0, &|byte| byte != b'\n'),
        [b'`', ..] => from(1, &|byte| byte != b'`') + 1,
        [quote @ (b'"' | b'\''), ..] => {
            let mut at = 1;
            while let Some(byte) = bytes.get(at)
                && byte != quote
            {
                at += if *byte == b'\\' { 2 } else { 1 };
            }
            at + 1
        }
        [b' ' | b'\t' | b'\r', ..] => from(0, &|byte| matches!(byte, b' ' | b'\t' | b'\r')),
        [first, ..] if is_word(*first) => from(0, &is_word),
        _ => 1,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether a blank between two characters has a meaning.
fn needs_blank(before: u8, after: u8) -> bool {
    let operator = |byte: u8| b"+-*/%&|^<>=!:.".contains(&byte);
    let dotted = |byte: u8| is_word(byte) || byte == b'.';
    dotted(before) && dotted(after) || operator(before) && operator(after)
}

/// A Go file without comments, empty lines and blanks that only people need. Line ends stay,
/// since they end statements. A carriage return before each declaration lets the checker find it.
fn minified(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut depth = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(token(rest).min(rest.len()));
        rest = tail;
        let last = out.bytes().last().unwrap_or(b'\n');
        match head.as_bytes() {
            [b'/', b'/', ..] => continue,
            [b' ' | b'\t' | b'\r', ..] => {
                blank = true;
                continue;
            }
            [b'\n'] if last == b'\n' => {}
            [first, ..] => {
                match first {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth -= 1,
                    _ => {}
                }
                let declares = matches!(head, "import" | "const" | "type" | "var" | "func");
                if declares && depth == 0 && last == b'\n' {
                    out.push('\r');
                }
                if blank && *first != b'\n' && needs_blank(last, *first) {
                    out.push(' ');
                }
                out.push_str(head);
            }
            [] => {}
        }
        blank = false;
    }
    out
}
