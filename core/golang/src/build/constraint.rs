//! Which files of a folder belong to a build: names with `_linux`, `_test`, and `//go:build` lines.

/// Whether a file of this name and text is built for linux on amd64, outside of tests.
pub fn is_built(name: &str, text: &[u8]) -> bool {
    !name.ends_with("_test.go") && fits(name, text)
}

/// Whether a test file is built for linux on amd64.
pub fn is_built_for_tests(name: &str, text: &[u8]) -> bool {
    name.ends_with("_test.go") && fits(name, text)
}

fn fits(name: &str, text: &[u8]) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    if base.starts_with(['_', '.']) || !base.ends_with(".go") {
        return false;
    }
    let stem = base.trim_end_matches(".go").trim_end_matches("_test");
    let words: Vec<&str> = stem.split('_').skip(1).collect();
    let fits = |word: &str| match word {
        "linux" | "amd64" | "unix" => true,
        "windows" | "darwin" | "freebsd" | "js" | "wasm" | "arm64" | "arm" | "386" | "android"
        | "ios" | "plan9" | "openbsd" | "netbsd" | "solaris" | "wasip1" => false,
        _ => true,
    };
    if words.iter().rev().take(2).any(|word| !fits(word)) {
        return false;
    }
    let text =
        String::from_utf8_lossy(text.get(..4096.min(text.len())).unwrap_or(&[])).into_owned();
    for line in text.lines() {
        let line = line.trim();
        if let Some(expression) = line.strip_prefix("//go:build ") {
            return evaluate(expression);
        }
        if !line.is_empty() && !line.starts_with("//") {
            break;
        }
    }
    true
}

fn evaluate(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('!', " ! ")
        .replace("&&", " && ")
        .replace("||", " || ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, 0)
}

fn any(words: &[&str], at: &mut usize, depth: u32) -> bool {
    let mut value = all(words, at, depth);
    while words.get(*at) == Some(&"||") {
        *at += 1;
        value |= all(words, at, depth);
    }
    value
}

fn all(words: &[&str], at: &mut usize, depth: u32) -> bool {
    let mut value = one(words, at, depth);
    while words.get(*at) == Some(&"&&") {
        *at += 1;
        value &= one(words, at, depth);
    }
    value
}

fn one(words: &[&str], at: &mut usize, depth: u32) -> bool {
    let Some(word) = words.get(*at).filter(|_| depth < 50) else {
        return false;
    };
    *at += 1;
    match *word {
        "!" => !one(words, at, depth + 1),
        "(" => {
            let value = any(words, at, depth + 1);
            *at += 1;
            value
        }
        "linux" | "amd64" | "unix" | "gc" => true,
        other => {
            let minor = other
                .strip_prefix("go1.")
                .and_then(|n| n.parse::<u32>().ok());
            minor.is_some_and(|minor| minor <= 26)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_evaluated() {
        assert!(is_built("a.go", b"package a"));
        assert!(!is_built("a_windows.go", b"package a"));
        assert!(!is_built("a_test.go", b"package a"));
        assert!(!is_built("a.go", b"// c\n\n//go:build ignore\n\npackage a"));
        assert!(is_built("a.go", b"//go:build !windows && (linux || x)\n"));
    }
}
