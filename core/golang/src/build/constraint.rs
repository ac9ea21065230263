//! Which files of a folder belong to a build: names with `_linux`, `_test`, and `//go:build` lines.

/// The tags that hold when nobody says otherwise.
pub const TAGS: &str = " linux amd64 unix gc ";

/// Systems and processors that a file's name may end with.
const SYSTEMS: &str = " linux amd64 unix windows darwin freebsd js wasm arm64 arm 386 android ios plan9 openbsd netbsd solaris wasip1 riscv64 s390x ppc64le ";

/// Whether a file of this name and text is built where these tags hold, outside of tests.
pub fn is_built(tags: &str, name: &str, text: &[u8]) -> bool {
    !name.ends_with("_test.go") && fits(tags, name, text)
}

/// Whether a test file is built where these tags hold.
pub fn is_built_for_tests(tags: &str, name: &str, text: &[u8]) -> bool {
    name.ends_with("_test.go") && fits(tags, name, text)
}

fn holds(tags: &str, tag: &str) -> bool {
    tags.contains(&format!(" {tag} "))
}

fn fits(tags: &str, name: &str, text: &[u8]) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    if base.starts_with(['_', '.']) || !base.ends_with(".go") {
        return false;
    }
    let stem = base.trim_end_matches(".go").trim_end_matches("_test");
    let words: Vec<&str> = stem.split('_').skip(1).collect();
    let fits = |word: &str| !holds(SYSTEMS, word) || holds(tags, word);
    if words.iter().rev().take(2).any(|word| !fits(word)) {
        return false;
    }
    let text =
        String::from_utf8_lossy(text.get(..4096.min(text.len())).unwrap_or(&[])).into_owned();
    for line in text.lines() {
        let line = line.trim();
        if let Some(expression) = line.strip_prefix("//go:build ") {
            return evaluate(tags, expression);
        }
        if !line.is_empty() && !line.starts_with("//") {
            break;
        }
    }
    true
}

fn evaluate(tags: &str, expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('!', " ! ")
        .replace("&&", " && ")
        .replace("||", " || ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(tags, &words, &mut at, 0)
}

fn any(tags: &str, words: &[&str], at: &mut usize, depth: u32) -> bool {
    let mut value = all(tags, words, at, depth);
    while words.get(*at) == Some(&"||") {
        *at += 1;
        value |= all(tags, words, at, depth);
    }
    value
}

fn all(tags: &str, words: &[&str], at: &mut usize, depth: u32) -> bool {
    let mut value = one(tags, words, at, depth);
    while words.get(*at) == Some(&"&&") {
        *at += 1;
        value &= one(tags, words, at, depth);
    }
    value
}

fn one(tags: &str, words: &[&str], at: &mut usize, depth: u32) -> bool {
    let Some(word) = words.get(*at).filter(|_| depth < 50) else {
        return false;
    };
    *at += 1;
    match *word {
        "!" => !one(tags, words, at, depth + 1),
        "(" => {
            let value = any(tags, words, at, depth + 1);
            *at += 1;
            value
        }
        known if holds(tags, known) => true,
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
        assert!(is_built(TAGS, "a.go", b"package a"));
        assert!(!is_built(TAGS, "a_windows.go", b"package a"));
        assert!(!is_built(TAGS, "a_test.go", b"package a"));
        assert!(!is_built(
            TAGS,
            "a.go",
            b"// c\n\n//go:build ignore\n\npackage a"
        ));
        assert!(is_built(
            TAGS,
            "a.go",
            b"//go:build !windows && (linux || x)\n"
        ));
    }
}
