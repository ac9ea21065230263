//! A Dockerfile's logical lines: continuations joined, comments left out, heredocs attached.

use super::{ParseError, Warning};

/// A heredoc that belongs to an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word after `<<`.
    pub name: String,
    /// The lines up to it.
    pub content: String,
    /// Whether variables are replaced in it.
    pub expands: bool,
}

/// An instruction's text on one line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) heredocs: Vec<Heredoc>,
}

pub(super) fn read(text: &str) -> Result<(Vec<Line>, Vec<Warning>), ParseError> {
    let mut escape = '\\';
    let mut directives = true;
    let mut lines = Vec::new();
    let mut warnings = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut source = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    while let Some((number, line)) = source.next() {
        let trimmed = line.trim();
        if let Some(comment) = trimmed.strip_prefix('#') {
            if directives && let Some((name, value)) = comment.split_once('=') {
                match name.trim().to_lowercase().as_str() {
                    "escape" => escape = value.trim().chars().next().unwrap_or('\\'),
                    "syntax" | "check" => {}
                    _ => directives = false,
                }
            } else {
                directives = false;
            }
            continue;
        }
        directives = false;
        if trimmed.is_empty() {
            continue;
        }
        let mut logical = Line {
            first: number,
            last: number,
            ..Line::default()
        };
        let mut empty_at = None;
        let mut current = line.trim_start();
        loop {
            match continued(current, escape) {
                None => {
                    logical.text.push_str(current);
                    break;
                }
                Some(part) => logical.text.push_str(part),
            }
            let next = next_part(&mut source, &mut logical, &mut empty_at);
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        logical.text = logical.text.trim_end().to_string();
        if let Some(line) = empty_at {
            warnings.push(Warning {
                rule: "NoEmptyContinuation",
                message: "Empty continuation line".into(),
                line,
                instruction: logical.text.clone(),
            });
        }
        for (name, strips, expands) in heredoc_words(&logical.text) {
            let content = heredoc(&mut source, &mut logical, &name, strips)?;
            logical.heredocs.push(Heredoc {
                name,
                content,
                expands,
            });
        }
        lines.push(logical);
    }
    Ok((lines, warnings))
}

/// The part before the escape at the end of a line that goes on.
fn continued(line: &str, escape: char) -> Option<&str> {
    line.trim_end().strip_suffix(escape)
}

/// The next line of a continued instruction; comments and empty lines between are skipped.
fn next_part<'a>(
    source: &mut impl Iterator<Item = (usize, &'a str)>,
    logical: &mut Line,
    empty_at: &mut Option<usize>,
) -> Option<&'a str> {
    for (number, line) in source {
        logical.last = number;
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            continue;
        }
        if trimmed.is_empty() {
            // The warning names the line where the instruction goes on or ends.
            *empty_at = Some(number + 1);
            continue;
        }
        return Some(line);
    }
    None
}

/// The words after `<<` of RUN, COPY and ADD: name, whether tabs are stripped, whether variables
/// are replaced.
fn heredoc_words(text: &str) -> Vec<(String, bool, bool)> {
    let keyword = text.split_whitespace().next().unwrap_or("").to_uppercase();
    if !matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let words = super::super::expand::split(text);
    let found = words.iter().filter_map(|word| {
        let at = word.find("<<")?;
        let (before, rest) = word.split_at_checked(at)?;
        if !before.chars().all(|letter| letter.is_ascii_digit()) || rest.starts_with("<<<") {
            return None;
        }
        let rest = rest.strip_prefix("<<")?;
        let (strips, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let bare = rest.trim_matches(['"', '\'']);
        let fine = !bare.is_empty()
            && bare
                .chars()
                .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-'));
        fine.then(|| (bare.to_string(), strips, bare.len() == rest.len()))
    });
    found.collect()
}

fn heredoc<'a>(
    source: &mut impl Iterator<Item = (usize, &'a str)>,
    logical: &mut Line,
    name: &str,
    strips: bool,
) -> Result<String, ParseError> {
    let mut content = String::new();
    for (number, line) in source {
        logical.last = number;
        let line = if strips {
            line.trim_start_matches('\t')
        } else {
            line
        };
        if line == name {
            return Ok(content);
        }
        content.push_str(line);
        content.push('\n');
    }
    Err(ParseError {
        message: "unterminated heredoc".into(),
        lines: Some((logical.first, logical.last)),
        of_file: true,
    })
}
