//! Instructions: their words, flags and values.

use super::super::expand::split;
use super::ParseError;
use super::lines::{Heredoc, Line};
use crate::Healthcheck;
use crate::command::parse_duration;
use ordered::OrderedMap;

const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// A command in its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// A line for the shell.
    Shell(String),
    /// A JSON list: program and arguments.
    Exec(Vec<String>),
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// The keyword in capitals.
    pub keyword: String,
    /// The text on one line, as it was written.
    pub source: String,
    /// What follows the keyword and the flags.
    pub rest: String,
    /// `--from=0` and the like; what was given more than once stands on lines of its own.
    pub flags: OrderedMap<String, String>,
    /// Heredocs.
    pub heredocs: Vec<Heredoc>,
    /// The first and the last line, from 1.
    pub lines: (usize, usize),
    /// What it says.
    pub kind: Kind,
}

/// What an instruction says; variables are not yet replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    From {
        image: String,
        name: Option<String>,
    },
    Run(Words),
    Copy {
        sources: Vec<String>,
        target: String,
        adds: bool,
    },
    WorkingDir(String),
    Env(Vec<(String, String)>),
    Arg(Vec<(String, Option<String>)>),
    Label(Vec<(String, String)>),
    Expose(Vec<String>),
    User(String),
    Volume(Vec<String>),
    Command(Words),
    Entrypoint(Words),
    StopSignal(String),
    Shell(Vec<String>),
    Healthcheck(Healthcheck),
    OnBuild(String),
    Maintainer(String),
}

impl Instruction {
    /// One that stands in no file.
    pub(crate) fn of(kind: Kind) -> Instruction {
        Instruction {
            keyword: String::new(),
            source: String::new(),
            rest: String::new(),
            flags: OrderedMap::new(),
            heredocs: Vec::new(),
            lines: (0, 0),
            kind,
        }
    }
}

type Result<T> = std::result::Result<T, ParseError>;

struct Source<'a> {
    line: &'a Line,
}

impl Source<'_> {
    fn wrong(&self, reason: impl AsRef<str>) -> ParseError {
        ParseError {
            message: format!(
                "dockerfile parse error on line {}: {}",
                self.line.first,
                reason.as_ref()
            ),
            lines: Some((self.line.first, self.line.last)),
            of_file: false,
        }
    }

    /// A mistake that the line parser itself finds: without the line in its words.
    fn broken(&self, reason: impl Into<String>) -> ParseError {
        ParseError {
            message: reason.into(),
            lines: Some((self.line.first, self.line.last)),
            of_file: true,
        }
    }
}

pub(super) fn parse(line: &Line) -> Result<Instruction> {
    let source = Source { line };
    let (word, rest) = line
        .text
        .split_once(char::is_whitespace)
        .unwrap_or((&line.text, ""));
    let keyword = word.to_uppercase();
    if !KEYWORDS.contains(&keyword.as_str()) {
        let hint = closest(&keyword, KEYWORDS).map(|word| format!(" (did you mean {word}?)"));
        let text = format!("unknown instruction: {word}{}", hint.unwrap_or_default());
        return Err(source.wrong(text));
    }
    let (flags, rest) = flags(&keyword, rest.trim_start(), &source)?;
    let kind = kind(&keyword, &rest, &flags, &source)?;
    Ok(Instruction {
        keyword,
        source: line.text.clone(),
        rest,
        flags,
        heredocs: line.heredocs.clone(),
        lines: (line.first, line.last),
        kind,
    })
}

fn known_flags(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "FROM" => &["platform"],
        "RUN" => &["mount", "network", "security"],
        "COPY" => &["from", "chown", "chmod", "link", "parents", "exclude"],
        "ADD" => &[
            "chown",
            "chmod",
            "link",
            "keep-git-dir",
            "checksum",
            "exclude",
        ],
        "HEALTHCHECK" => &[
            "interval",
            "timeout",
            "start-period",
            "start-interval",
            "retries",
        ],
        _ => &[],
    }
}

fn flags(
    keyword: &str,
    rest: &str,
    source: &Source<'_>,
) -> Result<(OrderedMap<String, String>, String)> {
    let known = known_flags(keyword);
    let mut flags = OrderedMap::new();
    let mut rest = rest;
    if matches!(
        keyword,
        "ENV" | "LABEL" | "CMD" | "ENTRYPOINT" | "ARG" | "ONBUILD" | "SHELL"
    ) {
        return Ok((flags, rest.to_string()));
    }
    while let Some(flag) = rest.strip_prefix("--") {
        let (word, after) = flag.split_once(char::is_whitespace).unwrap_or((flag, ""));
        let (name, value) = word.split_once('=').unwrap_or((word, "true"));
        if name.is_empty() {
            return Ok((flags, after.trim_start().to_string()));
        }
        if !known.contains(&name) {
            let hint = closest(name, known).map(|word| format!(" (did you mean {word}?)"));
            let text = format!("unknown flag: --{name}{}", hint.unwrap_or_default());
            return Err(source.wrong(text));
        }
        let value = value.trim_matches('"');
        let all = flags.entry(name.to_string()).or_insert_with(String::new);
        if !all.is_empty() {
            all.push('\n');
        }
        all.push_str(value);
        rest = after.trim_start();
    }
    Ok((flags, rest.to_string()))
}

/// A JSON list of texts, or `None` when the rest is something else.
fn json_list(rest: &str) -> Option<Vec<String>> {
    if !rest.trim_start().starts_with('[') {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(rest.trim()).ok()?;
    let items = value.as_array()?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_string))
        .collect()
}

fn command(rest: &str) -> Words {
    json_list(rest).map_or_else(|| Words::Shell(rest.to_string()), Words::Exec)
}

/// Words, as a JSON list or separated by blanks.
fn listed(rest: &str) -> Vec<String> {
    json_list(rest).unwrap_or_else(|| rest.split_whitespace().map(str::to_string).collect())
}

fn one(keyword: &str, rest: &str, source: &Source<'_>) -> Result<String> {
    if rest.is_empty() {
        return Err(source.wrong(format!("{keyword} requires exactly one argument")));
    }
    Ok(rest.to_string())
}

fn at_least_one(keyword: &str, words: Vec<String>, source: &Source<'_>) -> Result<Vec<String>> {
    if words.is_empty() {
        return Err(source.wrong(format!("{keyword} requires at least one argument")));
    }
    Ok(words)
}

fn kind(
    keyword: &str,
    rest: &str,
    flags: &OrderedMap<String, String>,
    source: &Source<'_>,
) -> Result<Kind> {
    Ok(match keyword {
        "FROM" => from(rest, source)?,
        "RUN" => Kind::Run(command(rest)),
        "COPY" | "ADD" => copy(keyword, rest, source)?,
        "WORKDIR" => Kind::WorkingDir(one(keyword, rest, source)?),
        "ENV" => Kind::Env(pairs(keyword, rest, source)?),
        "LABEL" => Kind::Label(pairs(keyword, rest, source)?),
        "ARG" => {
            let words = at_least_one(keyword, split(rest), source)?;
            let arguments = words.iter().map(|word| match word.split_once('=') {
                Some((name, value)) => (name.to_string(), Some(value.to_string())),
                None => (word.clone(), None),
            });
            Kind::Arg(arguments.collect())
        }
        "EXPOSE" => Kind::Expose(at_least_one(keyword, split(rest), source)?),
        "USER" => Kind::User(one(keyword, rest, source)?),
        "VOLUME" => Kind::Volume(at_least_one(keyword, listed(rest), source)?),
        "CMD" => Kind::Command(command(rest)),
        "ENTRYPOINT" => Kind::Entrypoint(command(rest)),
        "STOPSIGNAL" => Kind::StopSignal(one(keyword, rest, source)?),
        "SHELL" => match json_list(rest) {
            Some(words) if !words.is_empty() => Kind::Shell(words),
            Some(_) => return Err(source.wrong("SHELL requires at least one argument")),
            None => {
                let text = "SHELL requires the arguments to be in JSON form";
                return Err(source.wrong(text));
            }
        },
        "HEALTHCHECK" => healthcheck(rest, flags, source)?,
        "ONBUILD" => on_build(rest, source)?,
        _ => Kind::Maintainer(one(keyword, rest, source)?),
    })
}

fn from(rest: &str, source: &Source<'_>) -> Result<Kind> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    match words.as_slice() {
        [image] => Ok(Kind::From {
            image: image.to_string(),
            name: None,
        }),
        [image, word, name] if word.eq_ignore_ascii_case("as") => {
            let mut letters = name.chars();
            let fine = letters
                .next()
                .is_some_and(|letter| letter.is_ascii_alphabetic())
                && letters.all(|letter| {
                    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
                });
            if !fine {
                let text = format!(
                    "invalid name for build stage: {name:?}, name can't start with a number or contain symbols"
                );
                return Err(source.wrong(text));
            }
            Ok(Kind::From {
                image: image.to_string(),
                name: Some(name.to_lowercase()),
            })
        }
        _ => Err(source.wrong("FROM requires either one or three arguments")),
    }
}

fn copy(keyword: &str, rest: &str, source: &Source<'_>) -> Result<Kind> {
    let mut words = match json_list(rest) {
        Some(words) => words,
        None => split(rest),
    };
    let target = words.pop();
    match target {
        Some(target) if !words.is_empty() => Ok(Kind::Copy {
            sources: words,
            target,
            adds: keyword == "ADD",
        }),
        Some(_) => Err(source.wrong(format!(
            "{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"
        ))),
        None => Err(source.wrong(format!("{keyword} requires at least two arguments"))),
    }
}

/// `NAME=value …`, or the old `NAME the rest`.
fn pairs(keyword: &str, rest: &str, source: &Source<'_>) -> Result<Vec<(String, String)>> {
    if rest.is_empty() {
        return Err(source.wrong(format!("{keyword} requires at least one argument")));
    }
    let words = split(rest);
    let first = words.first().map_or("", String::as_str);
    if !first.contains('=') {
        return match rest.split_once(char::is_whitespace) {
            Some((name, value)) => Ok(vec![(name.to_string(), value.trim_start().to_string())]),
            None => Err(source.broken(format!("{keyword} must have two arguments"))),
        };
    }
    let mut pairs = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => pairs.push((name.to_string(), value.to_string())),
            None => {
                return Err(source.broken(format!(
                    "Syntax error - can't find = in {word:?}. Must be of the form: name=value"
                )));
            }
        }
    }
    Ok(pairs)
}

fn healthcheck(
    rest: &str,
    flags: &OrderedMap<String, String>,
    source: &Source<'_>,
) -> Result<Kind> {
    let (word, command_text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let mut check = Healthcheck::default();
    match word.to_uppercase().as_str() {
        "" => return Err(source.wrong("HEALTHCHECK requires at least one argument")),
        "NONE" => check.test = vec!["NONE".into()],
        "CMD" => match command(command_text.trim_start()) {
            Words::Exec(words) => {
                check.test = std::iter::once("CMD".to_string()).chain(words).collect();
            }
            Words::Shell(text) if text.is_empty() => {
                return Err(source.wrong("missing command after HEALTHCHECK CMD"));
            }
            Words::Shell(text) => check.test = vec!["CMD-SHELL".into(), text],
        },
        _ => {
            let word = word.to_uppercase();
            let text = format!("Unknown type {word:?} in HEALTHCHECK (try CMD)");
            return Err(source.wrong(text));
        }
    }
    let span = |name: &str| match flags.get(name) {
        Some(text) => parse_duration(text)
            .ok_or_else(|| source.wrong(format!("time: invalid duration {text:?}"))),
        None => Ok(machine::Duration::ZERO),
    };
    check.interval = span("interval")?;
    check.timeout = span("timeout")?;
    check.start_period = span("start-period")?;
    if let Some(text) = flags.get("retries") {
        check.retries = text.parse().map_err(|_| {
            source.wrong(format!(
                "strconv.ParseInt: parsing {text:?}: invalid syntax"
            ))
        })?;
    }
    Ok(Kind::Healthcheck(check))
}

fn on_build(rest: &str, source: &Source<'_>) -> Result<Kind> {
    let trigger = rest.split_whitespace().next().unwrap_or("").to_uppercase();
    match trigger.as_str() {
        "" => Err(source.wrong("ONBUILD requires at least one argument")),
        "ONBUILD" => Err(source.wrong("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")),
        "FROM" | "MAINTAINER" => {
            Err(source.wrong(format!("{trigger} isn't allowed as an ONBUILD trigger")))
        }
        _ => Ok(Kind::OnBuild(rest.to_string())),
    }
}

/// The closest of some words, when it is close enough to be meant.
pub(in crate::build) fn closest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let scored = words
        .iter()
        .map(|other| (distance(&word, &other.to_lowercase()), *other));
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance > 0 && distance < 3).then_some(best)
}

/// Levenshtein's distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (above, wanted) in row.iter().skip(1).zip(&other) {
            let cost = usize::from(letter != *wanted);
            left = (left + 1).min(above + 1).min(diagonal + cost);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
