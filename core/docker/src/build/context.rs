//! A build's context: the files that the client sends, without those that `.dockerignore` names.

use crate::limits;
use machine::{Entry, EntryKind, FileSystem, path};
use ordered::OrderedMap;

/// The files of a context by their path relative to it.
#[derive(Clone, Debug, Default)]
pub struct BuildContext {
    /// Directories too; the root itself is not listed.
    pub entries: OrderedMap<String, Entry>,
    /// Whether a `.dockerignore` was there, and its bytes.
    pub ignore: Option<String>,
}

impl BuildContext {
    /// Reads a directory.
    pub fn read(files: &FileSystem, directory: &str) -> Result<BuildContext, String> {
        let ignore = files
            .read(&path::join(directory, ".dockerignore"))
            .ok()
            .map(|content| content.text());
        let rules = Rules::new(ignore.as_deref().unwrap_or(""));
        let mut context = BuildContext {
            ignore,
            ..BuildContext::default()
        };
        let mut pending = vec![String::new()];
        let mut bytes = 0;
        while let Some(inner) = pending.pop() {
            let place = path::clean(&format!("{directory}/{inner}"));
            let Ok(children) = files.read_directory(&place) else {
                continue;
            };
            for (name, entry) in children {
                let own = match inner.as_str() {
                    "" => name,
                    inner => format!("{inner}/{name}"),
                };
                let ignored = rules.ignore(&own);
                if entry.is_directory() {
                    if !ignored || rules.has_exceptions {
                        pending.push(own.clone());
                    }
                } else {
                    bytes += entry.size();
                }
                if bytes > limits::CONTEXT_BYTES {
                    return Err("the build context is too large".into());
                }
                if !ignored {
                    context.entries.insert(own, entry.detached());
                }
            }
        }
        Ok(context)
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        let files = self
            .entries
            .values()
            .filter(|entry| matches!(entry.kind, EntryKind::File(_)));
        files.map(Entry::size).sum()
    }
}

/// The patterns of a `.dockerignore`, in order; the last one that matches counts.
struct Rules {
    rules: Vec<(bool, String)>,
    has_exceptions: bool,
}

impl Rules {
    fn new(text: &str) -> Rules {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rules: Vec<(bool, String)> = lines
            .map(|line| {
                let (exception, pattern) = match line.strip_prefix('!') {
                    Some(pattern) => (true, pattern.trim()),
                    None => (false, line),
                };
                let clean = path::clean(pattern);
                let clean = clean.strip_prefix('/').unwrap_or(&clean).to_string();
                (exception, clean)
            })
            .collect();
        Rules {
            has_exceptions: rules.iter().any(|(exception, _)| *exception),
            rules,
        }
    }

    fn ignore(&self, name: &str) -> bool {
        let mut ignored = false;
        for (exception, pattern) in &self.rules {
            if *exception != ignored {
                continue;
            }
            let mut at = name;
            loop {
                if matches(pattern, at) {
                    ignored = !exception;
                    break;
                }
                match at.rsplit_once('/') {
                    Some((parent, _)) => at = parent,
                    None => break,
                }
            }
        }
        ignored
    }
}

/// Go's file patterns with `**` for any number of directories.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let name: Vec<&str> = name.split('/').collect();
    parts_match(&pattern, &name)
}

fn parts_match(pattern: &[&str], name: &[&str]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            (rest.is_empty() && !name.is_empty())
                || parts_match(rest, name)
                || name
                    .split_first()
                    .is_some_and(|(_, tail)| parts_match(pattern, tail))
        }
        (Some((first, rest)), Some((part, tail))) => {
            part_matches(first, part) && parts_match(rest, tail)
        }
        _ => false,
    }
}

/// `*`, `?`, `[a-z]` and escapes within one part of a path.
fn part_matches(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    let Some(first) = letters.next() else {
        return text.is_empty();
    };
    let mut rest = text.chars();
    match first {
        '*' => {
            let mut tail = text;
            loop {
                if part_matches(letters.as_str(), tail) {
                    return true;
                }
                let mut next = tail.chars();
                if next.next().is_none() {
                    return false;
                }
                tail = next.as_str();
            }
        }
        '?' => rest.next().is_some() && part_matches(letters.as_str(), rest.as_str()),
        '[' => {
            let Some((class, after)) = letters.as_str().split_once(']') else {
                return false;
            };
            let (negated, class) = match class.strip_prefix('^') {
                Some(class) => (true, class),
                None => (false, class),
            };
            let Some(letter) = rest.next() else {
                return false;
            };
            let class: Vec<char> = class.chars().collect();
            let ranges = class.windows(3).any(
                |window| matches!(window, [low, '-', high] if *low <= letter && letter <= *high),
            );
            (class.contains(&letter) || ranges) != negated && part_matches(after, rest.as_str())
        }
        '\\' => {
            let wanted = letters.next();
            wanted.is_some()
                && wanted == rest.next()
                && part_matches(letters.as_str(), rest.as_str())
        }
        wanted => rest.next() == Some(wanted) && part_matches(letters.as_str(), rest.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_rules() {
        let rules = Rules::new("*.md\n# remark\n**/tmp\n!README.md\nsub/inner.txt\n");
        let cases = [
            ("notes.md", true),
            ("README.md", false),
            ("a/b/tmp", true),
            ("a/tmp/x", true),
            ("sub/inner.txt", true),
            ("sub/notes.md", false),
            ("hello.go", false),
        ];
        for (name, expected) in cases {
            assert_eq!(rules.ignore(name), expected, "{name}");
        }
    }
}
