//! `grep`.

use super::Context;
use machine::{ExitStatus, path};
use regex_lite::{Regex, RegexBuilder};

/// Nothing matched.
const NO_MATCH: ExitStatus = ExitStatus::Exited(1);
/// Something was wrong.
const TROUBLE: ExitStatus = ExitStatus::Exited(2);

struct Search {
    expressions: Vec<Regex>,
    inverted: bool,
    count: bool,
    names_only: bool,
    /// The names of files without a match.
    without: bool,
    numbers: bool,
    quiet: bool,
    only_matching: bool,
    before: usize,
    after: usize,
    most: usize,
    with_names: bool,
}

pub(super) async fn grep(context: Context) -> ExitStatus {
    let long = [
        ("ignore-case", 'i'),
        ("invert-match", 'v'),
        ("count", 'c'),
        ("line-number", 'n'),
        ("quiet", 'q'),
        ("recursive", 'r'),
        ("extended-regexp", 'E'),
        ("fixed-strings", 'F'),
        ("only-matching", 'o'),
        ("word-regexp", 'w'),
        ("files-with-matches", 'l'),
        ("after-context", 'A'),
        ("before-context", 'B'),
        ("context", 'C'),
        ("max-count", 'm'),
        ("color", 'Z'),
        ("colour", 'Z'),
        ("no-filename", 'h'),
    ];
    let mut options = match context
        .options("ivcnqrREFPowlLxhHse:A:B:C:m:Z", &long)
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    // The older names are grep with a flag.
    match context.name.as_str() {
        "egrep" => drop(options.flags.insert('E', Vec::new())),
        "fgrep" => drop(options.flags.insert('F', Vec::new())),
        _ => {}
    }
    let mut patterns = options.values('e').to_vec();
    if patterns.is_empty() {
        if options.operands.is_empty() {
            context.process.print_error("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n").await;
            return TROUBLE;
        }
        patterns.push(options.operands.remove(0));
    }
    let expressions = match compile(&patterns, &options) {
        Ok(expressions) => expressions,
        Err(message) => {
            context.complain(message).await;
            return TROUBLE;
        }
    };
    let number = |letter: char| options.value(letter).and_then(|text| text.parse().ok());
    let around = number('C');
    let recursive = options.has('r') || options.has('R');
    let search = Search {
        expressions,
        inverted: options.has('v'),
        count: options.has('c'),
        names_only: options.has('l') || options.has('L'),
        without: options.has('L'),
        numbers: options.has('n'),
        quiet: options.has('q'),
        only_matching: options.has('o'),
        before: number('B').or(around).unwrap_or(0),
        after: number('A').or(around).unwrap_or(0),
        most: number('m').unwrap_or(usize::MAX),
        with_names: options.has('H')
            || (!options.has('h') && (options.operands.len() > 1 || recursive)),
    };
    let operands = match (options.operands.is_empty(), recursive) {
        (true, true) => vec![".".to_string()],
        (true, false) => vec!["-".to_string()],
        _ => options.operands.clone(),
    };
    run(&context, &search, operands, recursive).await
}

async fn run(
    context: &Context,
    search: &Search,
    operands: Vec<String>,
    recursive: bool,
) -> ExitStatus {
    let mut status = NO_MATCH;
    let mut waiting: Vec<String> = operands.into_iter().rev().collect();
    while let Some(operand) = waiting.pop() {
        let absolute = context.process.path(&operand);
        if operand != "-" && context.process.files().is_directory(&absolute) {
            if recursive {
                let entries = context
                    .process
                    .files()
                    .read_directory(&absolute)
                    .unwrap_or_default();
                waiting.extend(
                    entries
                        .into_iter()
                        .rev()
                        .map(|(name, _)| path::join(&operand, &name)),
                );
            } else {
                context.complain(format!("{operand}: Is a directory")).await;
            }
            continue;
        }
        if operand == "-"
            && !search.count
            && !search.names_only
            && search.before == 0
            && search.after == 0
            && !search.only_matching
        {
            if stream(context, search).await {
                status = ExitStatus::SUCCESS;
            }
            continue;
        }
        let Some(bytes) = context.input(&operand).await else {
            status = TROUBLE;
            continue;
        };
        let name = if operand == "-" {
            "(standard input)".to_string()
        } else {
            operand
        };
        let (output, found) = in_text(search, &name, &String::from_utf8_lossy(&bytes));
        if !search.quiet {
            context.process.print(output).await;
        }
        if found && status != TROUBLE {
            status = ExitStatus::SUCCESS;
        }
    }
    status
}

/// Matches lines as they come, so that `… -w | grep x` shows them at once.
async fn stream(context: &Context, search: &Search) -> bool {
    let (mut ahead, mut found, mut number) = (Vec::new(), 0, 0);
    loop {
        let bytes = context.process.read(0, 64 * 1024).await.unwrap_or_default();
        let ended = bytes.is_empty();
        ahead.extend(bytes);
        let complete = if ended {
            ahead.len()
        } else {
            ahead
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1)
        };
        let rest = ahead.split_off(complete);
        let text = String::from_utf8_lossy(&std::mem::replace(&mut ahead, rest)).into_owned();
        let mut output = String::new();
        for line in text.lines() {
            number += 1;
            if search.matches(line) && found < search.most {
                found += 1;
                output.push_str(&search.shown("(standard input)", number, ':', line));
            }
        }
        if !search.quiet {
            context.process.print(&output).await;
        }
        if ended || found >= search.most || (search.quiet && found > 0) {
            return found > 0;
        }
    }
}

impl Search {
    fn matches(&self, line: &str) -> bool {
        self.expressions
            .iter()
            .any(|expression| expression.is_match(line))
            != self.inverted
    }

    fn shown(&self, name: &str, number: usize, mark: char, line: &str) -> String {
        let name = if self.with_names {
            format!("{name}{mark}")
        } else {
            String::new()
        };
        let number = if self.numbers {
            format!("{number}{mark}")
        } else {
            String::new()
        };
        format!("{name}{number}{line}\n")
    }
}

fn in_text(search: &Search, name: &str, text: &str) -> (String, bool) {
    let lines: Vec<&str> = text.lines().collect();
    let hits: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| search.matches(line))
        .map(|(index, _)| index)
        .take(search.most)
        .collect();
    if search.names_only {
        return (
            if hits.is_empty() != search.without {
                String::new()
            } else {
                format!("{name}\n")
            },
            !hits.is_empty(),
        );
    }
    if search.count {
        let prefix = if search.with_names {
            format!("{name}:")
        } else {
            String::new()
        };
        return (format!("{prefix}{}\n", hits.len()), !hits.is_empty());
    }
    let mut output = String::new();
    let mut shown_until = 0;
    for hit in &hits {
        let from = hit.saturating_sub(search.before).max(shown_until);
        let to = (hit + search.after + 1).min(lines.len());
        let context_wanted = search.before + search.after > 0;
        if context_wanted && from > shown_until && shown_until > 0 {
            output.push_str("--\n");
        }
        for index in from..to {
            let is_hit = hits.binary_search(&index).is_ok();
            let Some(line) = lines.get(index) else {
                continue;
            };
            if search.only_matching && is_hit {
                for found in search
                    .expressions
                    .iter()
                    .flat_map(|expression| expression.find_iter(line))
                {
                    output.push_str(&search.shown(name, index + 1, ':', found.as_str()));
                }
            } else {
                output.push_str(&search.shown(
                    name,
                    index + 1,
                    if is_hit { ':' } else { '-' },
                    line,
                ));
            }
        }
        shown_until = to;
    }
    (output, !hits.is_empty())
}

fn compile(patterns: &[String], options: &super::Options) -> Result<Vec<Regex>, String> {
    let alternatives = patterns.iter().flat_map(|pattern| pattern.split('\n'));
    alternatives
        .map(|pattern| {
            let mut text = if options.has('F') {
                regex_lite::escape(pattern)
            } else if options.has('E') || options.has('P') {
                pattern.to_string()
            } else {
                basic_to_extended(pattern)
            };
            if options.has('w') {
                text = format!(r"\b(?:{text})\b");
            }
            if options.has('x') {
                text = format!("^(?:{text})$");
            }
            RegexBuilder::new(&text)
                .case_insensitive(options.has('i'))
                .build()
                .map_err(|_| "Invalid regular expression".to_string())
        })
        .collect()
}

/// A basic regular expression (`\(`, `\|`, `\+` are special, `(`, `|`, `+` are not) as an
/// extended one.
pub(super) fn basic_to_extended(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = rest.next() {
        match character {
            '[' if !in_class => {
                in_class = true;
                text.push('[');
                if let Some(next) = rest.next_if_eq(&'^') {
                    text.push(next);
                }
                if rest.next_if_eq(&']').is_some() {
                    text.push_str("\\]");
                }
            }
            ']' if in_class => {
                in_class = false;
                text.push(']');
            }
            _ if in_class => {
                if character == '[' && rest.peek() != Some(&':') {
                    text.push('\\');
                }
                text.push(character);
            }
            '\\' => match rest.next() {
                Some(next) if "(){}|+?".contains(next) => text.push(next),
                Some('<' | '>') => text.push_str("\\b"),
                Some(next) => {
                    text.push('\\');
                    text.push(next);
                }
                None => text.push_str("\\\\"),
            },
            '(' | ')' | '{' | '}' | '|' | '+' | '?' => {
                text.push('\\');
                text.push(character);
            }
            '*' if text.is_empty() || text.ends_with("^") => text.push_str("\\*"),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_expressions() {
        for (basic, extended) in [
            ("a(b)", r"a\(b\)"),
            (r"\(a\|b\)\+", "(a|b)+"),
            ("*x", r"\*x"),
            ("[^]a]", r"[^\]a]"),
        ] {
            assert_eq!(basic_to_extended(basic), extended);
        }
    }
}
