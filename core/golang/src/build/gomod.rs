//! `go.mod`: what a build needs to know of it, and what the `go` command says when it is wrong.
//! Models `golang.org/x/mod/modfile`.

/// The directives of a `go.mod` that a build looks at.
#[derive(Default, Debug)]
pub(crate) struct GoMod {
    /// The module's path.
    pub module: Option<String>,
    /// The language version, `1.26`.
    pub go: Option<String>,
    /// Required modules with their versions.
    pub require: Vec<(String, String)>,
    /// Modules that stand elsewhere: path and target.
    pub replace: Vec<(String, String)>,
}

/// Directives that may stand in a `go.mod`.
const KNOWN: &str = " module go toolchain godebug require exclude replace retract tool ignore ";

/// Reads a `go.mod`. `place` is its absolute path.
pub(crate) fn parse(text: &[u8], place: &str) -> (GoMod, Vec<String>) {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut found = GoMod::default();
    let mut errors = Vec::new();
    let mut block: Option<(String, usize)> = None;
    let mut lines = 0;
    for (at, line) in text.lines().enumerate() {
        lines = at + 1;
        let line = line.split("//").next().unwrap_or("").trim();
        let mut words: Vec<String> = line
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '`']).to_string())
            .collect();
        if words.is_empty() {
            continue;
        }
        if let Some((verb, _)) = &block {
            if line == ")" {
                block = None;
                continue;
            }
            words.insert(0, verb.clone());
        } else if words.get(1).is_some_and(|word| word == "(") {
            let verb = words.swap_remove(0);
            if !KNOWN.contains(&format!(" {verb} ")) {
                errors.push(format!("go.mod:{}: unknown block type: {verb}\n", at + 1));
            }
            block = Some((verb, at + 1));
            continue;
        }
        if let Some(error) = found.directive(&words) {
            errors.push(format!("go.mod:{}: {error}\n", at + 1));
        }
    }
    if let Some((_, start)) = block {
        let line = lines + 1;
        errors = vec![format!(
            "go.mod:{line}: syntax error (unterminated block started at {place}:{start}:1)\n"
        )];
    }
    (found, errors)
}

impl GoMod {
    /// Takes one directive; what is wrong with it.
    fn directive(&mut self, words: &[String]) -> Option<String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["module", path] if self.module.is_none() => self.module = Some((*path).to_string()),
            ["module", _] => return Some("repeated module statement".into()),
            ["module", ..] => return Some("usage: module module/path".into()),
            ["go", version] => {
                if !is_version(version) {
                    return Some(format!(
                        "invalid go version '{version}': must match format 1.23.0"
                    ));
                }
                self.go = Some((*version).to_string());
            }
            ["go", ..] => return Some("go directive expects exactly one argument".into()),
            ["require", path, version] => {
                self.require.push(((*path).into(), (*version).into()));
            }
            ["require", ..] => return Some("usage: require module/path v1.2.3".into()),
            ["replace", path, "=>", target, ..] | ["replace", path, _, "=>", target, ..] => {
                self.replace.push(((*path).into(), (*target).into()));
            }
            ["replace", ..] => {
                return Some("usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory".into());
            }
            [verb, ..] if !KNOWN.contains(&format!(" {verb} ")) => {
                return Some(format!("unknown directive: {verb}"));
            }
            _ => {}
        }
        None
    }

    /// Why nothing can be built: the file is wrong, or made for a later Go than `running`.
    pub(crate) fn refusal(text: &[u8], place: &str, running: &str) -> Option<String> {
        let (found, errors) = parse(text, place);
        if !errors.is_empty() {
            return Some(format!("go: errors parsing go.mod:\n{}", errors.concat()));
        }
        if found.module.is_none() {
            return Some("go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod\n".into());
        }
        let wanted = found.go?;
        let too_new = numbers(running) >= [1, 21, 0] && numbers(&wanted) > numbers(running);
        too_new.then(|| {
            format!(
                "go: go.mod requires go >= {wanted} (running go {running}; GOTOOLCHAIN=local)\n"
            )
        })
    }

    /// The directives of a text.
    pub(crate) fn parsed(text: &[u8]) -> GoMod {
        parse(text, "").0
    }

    /// Whether the language is that of a version or later.
    pub(super) fn is_at_least(&self, version: [u32; 3]) -> bool {
        self.go.as_ref().is_none_or(|own| numbers(own) >= version)
    }

    /// The required module that would provide a package: path and version.
    pub(crate) fn provider(&self, import: &str) -> Option<&(String, String)> {
        self.require
            .iter()
            .filter(|(path, _)| below(import, path).is_some())
            .max_by_key(|(path, _)| path.len())
    }
}

/// What follows a module's path in an import path.
pub(super) fn below<'a>(import: &'a str, module: &str) -> Option<&'a str> {
    let rest = import.strip_prefix(module)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None => rest.is_empty().then_some(""),
    }
}

fn is_version(text: &str) -> bool {
    let end = text.find("rc").or_else(|| text.find("beta"));
    let (plain, after) = text
        .split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let after = after.trim_start_matches("rc").trim_start_matches("beta");
    let parts: Vec<&str> = plain.split('.').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| is_number(part))
        && (after.is_empty() || is_number(after))
}

/// The three numbers of a version.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| {
        let digits = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..digits)
            .and_then(|part| part.parse().ok())
            .unwrap_or(0)
    });
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told() {
        let said =
            |text: &str| GoMod::refusal(text.as_bytes(), "/m/go.mod", "1.26.6").unwrap_or_default();
        assert_eq!(
            said("module m\n\ngo 1.26\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\n"),
            ""
        );
        assert_eq!(
            said("module m\ngo 1.26\nfoo bar\nrequire x\n"),
            "go: errors parsing go.mod:\ngo.mod:3: unknown directive: foo\ngo.mod:4: usage: require module/path v1.2.3\n"
        );
        assert_eq!(
            said("module m\ngo 1.26.x\n"),
            "go: errors parsing go.mod:\ngo.mod:2: invalid go version '1.26.x': must match format 1.23.0\n"
        );
        assert_eq!(
            said("module m\ngo 1.26.7\n"),
            "go: go.mod requires go >= 1.26.7 (running go 1.26.6; GOTOOLCHAIN=local)\n"
        );
        assert_eq!(
            said("module m\n\nrequire (\n\ta.b/c v1\n"),
            "go: errors parsing go.mod:\ngo.mod:5: syntax error (unterminated block started at /m/go.mod:3:1)\n"
        );
        assert!(
            said("go 1.26\n").starts_with("go: error reading go.mod: missing module declaration.")
        );
    }
}
