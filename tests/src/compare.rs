//! When two outputs of a command are the same: volatile tokens (ages, addresses, random names)
//! compare by class, everything else byte for byte.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// The letters and digits of Kubernetes' random names.
const SAFE: &str = "bcdfghjklmnpqrstvwxz2456789";

/// How a match is replaced.
enum Replacement {
    Text(&'static str),
    /// By what is left of the match; `None` keeps it.
    Function(fn(&Captures<'_>, &str) -> Option<String>),
}

static CLASSES: LazyLock<Vec<(Regex, Replacement)>> = LazyLock::new(classes);

fn classes() -> Vec<(Regex, Replacement)> {
    use Replacement::{Function, Text};
    let table: Vec<(String, Replacement)> = vec![
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)".into(), Text("<time>")),
        (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}".into(), Text("<time>")),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+".into(), Text("<time>")),
        (r"\b[EIWF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ ".into(), Text("<klog> ")),
        (r"(?m)^(#\d+ )?\d+\.\d{3} ".into(), Text("$1<t> ")),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".into(), Text("<uid>")),
        (r"(?:containerd|docker)://((?:sha256:)?[0-9a-f]{12})".into(), Text("$1")),
        (r"\bcontainerd://\S+|\bdocker://\S+".into(), Text("<runtime>")),
        (r"(?:sha256:)?\b[0-9a-f]{64}\b".into(), Text("<id>")),
        (r"(?:sha256:)?\b([0-9a-f]{12})\b".into(), Function(short_id)),
        (r#"(Failed to pull image "[^"]*": )[^\n]*"#.into(), Text("${1}<pull error>")),
        (
            r#"(?m)(ErrImagePull: |Error response from daemon: |^)(?:Get "https://registry-1[^\n]*|failed to (?:pull|resolve)[^\n]*|pull access denied[^\n]*|manifest for [^\n]*|docker\.io/\S+: not found[^\n]*)"#.into(),
            Text("${1}<pull error>"),
        ),
        (r"\b(?:\d{1,3}\.){3}\d{1,3}\b".into(), Text("<ip>")),
        (r"\b\d+(?:\.\d+)?(?:B|kB|KB|MB|GB|KiB|MiB|GiB)\b".into(), Text("<size>")),
        (r"\b[a-z]+_[a-z]+\b".into(), Text("<name>")),
        (r#"(resourceVersion["']?: ?["']?)\d+"#.into(), Text("${1}<rv>")),
        (r#"(node[Pp]ort["']?: ?["']?|:)3[0-2]\d{3}\b"#.into(), Text("${1}<nodeport>")),
        (format!(r"-[{SAFE}]{{7,10}}-[{SAFE}]{{5}}\b"), Text("-<hash>-<rand>")),
        (format!(r"-([{SAFE}]{{8,10}})\b"), Function(hash)),
        (format!(r"(pod-template-hash[=:] ?)[{SAFE}]+"), Text("${1}<hash>")),
        (format!(r"-([{SAFE}]{{5}})\b"), Text("-<rand>")),
        (
            r"\b(?:Less than a second|About an? \w+|\d+ (?:second|minute|hour|day)s?)( ago\b|\s|$)".into(),
            Text("<dur>$1"),
        ),
        (r"\b\d+(?:\.\d+)?(?:ns|us|µs|ms)\b".into(), Text("<dur>")),
        (
            r"(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:s|m|h|d|y)".into(),
            Function(duration),
        ),
        (r"<unknown>(\s|$)".into(), Text("<dur>$1")),
    ];
    let compiled = table
        .into_iter()
        .filter_map(|(pattern, replacement)| Some((Regex::new(&pattern).ok()?, replacement)));
    compiled.collect()
}

fn short_id(captures: &Captures<'_>, _text: &str) -> Option<String> {
    let digits = captures.get(1)?.as_str();
    let mixed = digits.contains(|character: char| character.is_ascii_digit())
        && digits.contains(|character: char| character.is_ascii_lowercase());
    mixed.then(|| "<id>".to_string())
}

fn hash(captures: &Captures<'_>, _text: &str) -> Option<String> {
    let letters = captures.get(1)?.as_str();
    letters
        .contains(|character: char| character.is_ascii_digit())
        .then(|| "-<hash>".to_string())
}

/// A duration that stands alone: nothing of a word, path, port or version around it.
fn duration(captures: &Captures<'_>, text: &str) -> Option<String> {
    let found = captures.get(0)?;
    let before = text.get(..found.start())?.chars().next_back();
    let after = text.get(found.end()..)?.chars().next();
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let joined_before =
        before.is_some_and(|character| is_word(character) || ".:/-".contains(character));
    let joined_after =
        after.is_some_and(|character| is_word(character) || ":/".contains(character));
    (!joined_before && !joined_after).then(|| "<dur>".to_string())
}

/// The text with volatile tokens replaced by their class, and the padding and the order that
/// depend on them made plain.
pub fn mask(text: &str) -> String {
    let mut masked = text.to_string();
    for (pattern, replacement) in CLASSES.iter() {
        masked = match replacement {
            Replacement::Text(text) => pattern.replace_all(&masked, *text).into_owned(),
            Replacement::Function(function) => {
                let whole = masked.clone();
                let replace = |captures: &Captures<'_>| {
                    let kept = captures
                        .get(0)
                        .map_or("", |found| found.as_str())
                        .to_string();
                    function(captures, &whole).unwrap_or(kept)
                };
                pattern.replace_all(&masked, replace).into_owned()
            }
        };
    }
    let volatile = masked != text;
    let lines = masked.trim_end_matches('\n').split('\n');
    let lines: Vec<String> = lines
        .map(|line| {
            if volatile {
                narrow(line)
            } else {
                line.trim_end().to_string()
            }
        })
        .collect();
    sort_runs_of_chance(lines).join("\n")
}

/// Runs of blanks inside of a line become two.
fn narrow(line: &str) -> String {
    let mut narrowed = String::new();
    let mut blanks = 0;
    for character in line.trim_end().chars() {
        if matches!(character, ' ' | '\t') {
            blanks += 1;
            narrowed.push(character);
            continue;
        }
        if blanks > 1 && !narrowed.trim_end_matches([' ', '\t']).is_empty() {
            narrowed.truncate(narrowed.trim_end_matches([' ', '\t']).len());
            narrowed.push_str("  ");
        }
        blanks = 0;
        narrowed.push(character);
    }
    narrowed
}

/// Lines whose order is a matter of chance (random names, causes of an error) are sorted.
fn sort_runs_of_chance(lines: Vec<String>) -> Vec<String> {
    let by_chance = |line: &String| line.contains("<rand>") || line.starts_with("* ");
    let mut sorted: Vec<String> = Vec::new();
    let mut run: Vec<String> = Vec::new();
    for line in lines {
        if by_chance(&line) {
            run.push(line);
        } else {
            run.sort();
            sorted.append(&mut run);
            sorted.push(line);
        }
    }
    run.sort();
    sorted.append(&mut run);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_the_rest() {
        for (text, masked) in [
            (
                "hello-5d77dd784d-8q4pr   1/1     Running   0          1s",
                "hello-<hash>-<rand>  1/1  Running  0  <dur>",
            ),
            ("kube-api-access-ldjmq (ro)", "kube-api-access-<rand> (ro)"),
            (
                "hello-pod   1/1     Running   1 (2s ago)   8s",
                "hello-pod  1/1  Running  1 (<dur> ago)  <dur>",
            ),
            ("pod/hello-pod created", "pod/hello-pod created"),
            (
                "Container ID:   containerd://3ab81d450841d062463f441a8b30d629d2e73be8d3f6af4f92b454f5a8e1ee14",
                "Container ID:  <id>",
            ),
            ("NAME   READY\na      1/1", "NAME   READY\na      1/1"),
            ("#8 0.494 hello", "#8 <t> hello"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
