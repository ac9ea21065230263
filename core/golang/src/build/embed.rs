//! `//go:embed`: the files that a variable holds are written into the source as its value, so that
//! the compiler needs to know nothing of them.

use super::module::Files;

/// Gives the variables of a file below `//go:embed` lines their contents. `name` is the file's path
/// in the module.
pub(super) fn filled(name: &str, text: &[u8], files: &Files) -> Result<Vec<u8>, String> {
    let source = String::from_utf8_lossy(text);
    if !source.contains("//go:embed ") {
        return Ok(text.to_vec());
    }
    let folder = match name.rfind('/') {
        Some(slash) => name.get(..=slash).unwrap_or(""),
        None => "",
    };
    let mut out = String::with_capacity(source.len());
    let mut wanted: Vec<String> = Vec::new();
    for (at, line) in source.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if let Some(patterns) = bare.strip_prefix("//go:embed ") {
            for pattern in words(patterns) {
                let found = matching(folder, &pattern, files);
                if found.is_empty() {
                    let column = bare.find(&pattern).unwrap_or(0) + 1;
                    let line = at + 1;
                    return Err(format!(
                        "{name}:{line}:{column}: pattern {pattern}: no matching files found\n"
                    ));
                }
                wanted.extend(found);
            }
        } else if !wanted.is_empty() && !bare.starts_with("//") && !bare.is_empty() {
            let code = bare.split("//").next().unwrap_or(bare).trim_end();
            out.push_str(code);
            out.push_str(&value(code, folder, &wanted, files));
            out.push('\n');
            wanted.clear();
            continue;
        }
        out.push_str(line);
    }
    Ok(out.into_bytes())
}

/// The patterns of a line, some of them quoted.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(['"', '`']).to_string())
        .collect()
}

/// The files below a folder that a pattern names: itself, what a `*` stands for, all of a folder.
fn matching(folder: &str, pattern: &str, files: &Files) -> Vec<String> {
    let (pattern, all) = match pattern.strip_prefix("all:") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let parts: Vec<&str> = pattern.split('/').collect();
    let names = files.keys().filter_map(|path| path.strip_prefix(folder));
    let fits = |name: &&str| {
        let own: Vec<&str> = name.split('/').collect();
        let Some(rest) = own.get(parts.len()..) else {
            return false;
        };
        let whole = pattern == "." || parts.iter().zip(&own).all(|(p, n)| like(p, n));
        let hidden = |part: &&str| part.starts_with(['.', '_']);
        let inside = if pattern == "." { own.as_slice() } else { rest };
        whole && (all || !inside.iter().any(hidden))
    };
    names.filter(fits).map(str::to_string).collect()
}

/// Whether a name is like a pattern with `*` and `?`.
fn like(pattern: &str, name: &str) -> bool {
    let (mut wanted, mut given) = (pattern.chars(), name.chars());
    // What follows the last star, and the name where that star's part may end.
    let mut star: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let (mut next, mut rest) = (wanted.clone(), given.clone());
        match (next.next(), rest.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((next.clone(), given.clone()));
                wanted = next;
            }
            (Some(pattern), Some(letter)) if pattern == '?' || pattern == letter => {
                (wanted, given) = (next, rest);
            }
            _ => {
                // The star takes one letter more.
                let Some((after, mut from)) = star.take() else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                (wanted, given) = (after.clone(), from.clone());
                star = Some((after, from));
            }
        }
    }
}

/// ` = …` for a variable's declaration: by its type a string, bytes or a file system.
fn value(declaration: &str, folder: &str, wanted: &[String], files: &Files) -> String {
    let ty = declaration.split_whitespace().last().unwrap_or("");
    let content = |name: &String| {
        let bytes = files.get(&format!("{folder}{name}"));
        quoted(bytes.map_or(&[][..], Vec::as_slice))
    };
    let first = wanted.first().map_or_else(|| quoted(&[]), content);
    if let Some(package) = ty.strip_suffix(".FS") {
        let pairs: Vec<String> = wanted
            .iter()
            .map(|name| format!("{}, {}", quoted(name.as_bytes()), content(name)))
            .collect();
        format!(" = {package}.Embedded({})", pairs.join(", "))
    } else if ty == "[]byte" {
        format!(" = []byte({first})")
    } else {
        format!(" = {first}")
    }
}

/// A Go string literal of any bytes.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => text.push_str(&format!("\\x{other:02x}")),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        let entry = |name: &str, text: &str| (name.to_string(), text.as_bytes().to_vec());
        Files::from([
            entry("main.go", ""),
            entry("hello.txt", "hi \"you\"\n"),
            entry("static/a.css", "a"),
            entry("static/.hidden", "h"),
            entry("static/img/b.png", "b"),
        ])
    }

    #[test]
    fn variables_hold_files() {
        let text = b"package main\n//go:embed hello.txt\nvar s string\n\n//go:embed static *.txt\nvar f embed.FS // files\n";
        let got = filled("main.go", text, &files()).unwrap();
        assert_eq!(
            String::from_utf8(got).unwrap(),
            "package main\n//go:embed hello.txt\nvar s string = \"hi \\\"you\\\"\\x0a\"\n\n//go:embed static *.txt\nvar f embed.FS = embed.Embedded(\"static/a.css\", \"a\", \"static/img/b.png\", \"b\", \"hello.txt\", \"hi \\\"you\\\"\\x0a\")\n"
        );
    }

    #[test]
    fn stars_stand_for_letters() {
        assert!(like("*.css", "a.css") && like("a*b*c", "aXbYbZc") && like("*", ""));
        assert!(!like("*.css", "a.cs") && !like("a?", "a") && !like("", "x"));
    }

    #[test]
    fn a_pattern_without_files_is_an_error() {
        let text = b"package main\n//go:embed nope.*\nvar s string\n";
        assert_eq!(
            filled("main.go", text, &files()).unwrap_err(),
            "main.go:2:12: pattern nope.*: no matching files found\n"
        );
    }
}
