//! Built-ins that read input or take arguments apart.

use crate::interpreter::{Flow, Shell, ShellFuture};
use crate::state::Value;
use machine::{Duration, Signal};
use simulation::{Either, race};

/// Flags of `read`.
#[derive(Default)]
struct ReadFlags {
    prompt: String,
    raw: bool,
    silent: bool,
    array: Option<String>,
    delimiter: Option<u8>,
    count: Option<usize>,
    seconds: Option<f64>,
    names: Vec<String>,
}

fn read_flags(arguments: &[String]) -> Result<ReadFlags, String> {
    let mut flags = ReadFlags::default();
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            flags.names.push(word.clone());
            continue;
        };
        let mut letters = letters.chars();
        while let Some(letter) = letters.next() {
            let mut value = || {
                let rest: String = letters.by_ref().collect();
                if rest.is_empty() {
                    words.next().cloned()
                } else {
                    Some(rest)
                }
            };
            let missing = || format!("read: -{letter}: option requires an argument");
            match letter {
                'r' => flags.raw = true,
                's' => flags.silent = true,
                'e' => {}
                'p' => flags.prompt = value().ok_or_else(missing)?,
                'a' => flags.array = Some(value().ok_or_else(missing)?),
                'd' => {
                    flags.delimiter = Some(value().ok_or_else(missing)?.bytes().next().unwrap_or(0))
                }
                'n' | 'N' => flags.count = value().ok_or_else(missing)?.parse().ok(),
                't' => flags.seconds = value().ok_or_else(missing)?.parse().ok(),
                'u' => {
                    value().ok_or_else(missing)?;
                }
                _ => return Err(format!("read: -{letter}: invalid option")),
            }
        }
    }
    Ok(flags)
}

pub(super) fn read(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let flags = match read_flags(&arguments) {
            Ok(flags) => flags,
            Err(message) => {
                shell.complain(&message).await;
                return Flow::Next(2);
            }
        };
        if shell.process.is_terminal(0) {
            shell.process.print_error(&flags.prompt).await;
        }
        let line = match read_line(shell, &flags).await {
            Read::Line(line, complete) => {
                store(shell, &flags, &line);
                return Flow::Next(i32::from(!complete));
            }
            other => other,
        };
        match line {
            Read::Interrupted if shell.state.interactive => Flow::Interrupted,
            Read::TimedOut => Flow::Next(142),
            _ => Flow::Next(130),
        }
    })
}

enum Read {
    /// A line, and whether its end was seen.
    Line(String, bool),
    Interrupted,
    TimedOut,
}

async fn read_line(shell: &mut Shell, flags: &ReadFlags) -> Read {
    let Ok(file) = shell.process.descriptor(0) else {
        return Read::Line(String::new(), false);
    };
    let delimiter = flags.delimiter.unwrap_or(b'\n');
    let mut line: Vec<u8> = Vec::new();
    let deadline = flags.seconds.map(|seconds| {
        shell.process.simulation().now() + Duration::from_secs_f64(seconds.clamp(0.0, 1e9))
    });
    loop {
        // Byte by byte, so that what comes after the line stays for the next reader; a terminal
        // gives whole lines anyway.
        let terminal = file.terminal().is_some();
        let signals = shell.process.signals().clone();
        let limit = deadline.unwrap_or(machine::Time::MAX);
        let waiting = race(
            signals.next(),
            shell.process.simulation().sleep_until(limit),
        );
        let bytes = match race(file.read(if terminal { usize::MAX } else { 1 }), waiting).await {
            Either::Left(bytes) => bytes.unwrap_or_default(),
            Either::Right(Either::Left(Signal::INT)) => return Read::Interrupted,
            Either::Right(Either::Left(_)) => continue,
            Either::Right(Either::Right(())) => return Read::TimedOut,
        };
        if bytes.is_empty() {
            return Read::Line(String::from_utf8_lossy(&line).into_owned(), false);
        }
        for byte in bytes {
            let escaped = !flags.raw && line.ends_with(b"\\");
            if byte == delimiter && escaped {
                line.pop();
            } else if byte == delimiter {
                return Read::Line(String::from_utf8_lossy(&line).into_owned(), true);
            } else {
                line.push(byte);
            }
            if flags.count.is_some_and(|count| line.len() >= count)
                || line.len() > crate::limits::TEXT_BYTES
            {
                return Read::Line(String::from_utf8_lossy(&line).into_owned(), true);
            }
        }
    }
}

fn store(shell: &mut Shell, flags: &ReadFlags, line: &str) {
    let unescaped = if flags.raw {
        line.to_string()
    } else {
        unescape(line)
    };
    let separator = shell.state.get("IFS").unwrap_or_else(|| " \t\n".into());
    let is_separator = |character: char| separator.contains(character);
    let blank = |character: char| is_separator(character) && character.is_whitespace();
    let trimmed = unescaped.trim_matches(blank);
    if let Some(array) = &flags.array {
        let fields = trimmed
            .split(is_separator)
            .filter(|field| !field.is_empty())
            .map(str::to_string);
        shell
            .state
            .set_value(array, Value::Array((0..).zip(fields).collect()));
        return;
    }
    let Some((last, first)) = flags.names.split_last() else {
        shell.state.set("REPLY", unescaped);
        return;
    };
    let mut rest = trimmed;
    for name in first {
        let (field, after) = rest.split_once(is_separator).unwrap_or((rest, ""));
        shell.state.set(name, field);
        rest = after.trim_start_matches(blank);
    }
    shell.state.set(last, rest);
}

fn unescape(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        if character == '\\' {
            text.extend(rest.next())
        } else {
            text.push(character)
        }
    }
    text
}

/// `mapfile [-t] NAME`
pub(super) fn lines(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let trims = arguments.iter().any(|word| word == "-t");
        let name = arguments
            .iter()
            .skip(1)
            .find(|word| !word.starts_with('-'))
            .cloned()
            .unwrap_or_else(|| "MAPFILE".into());
        let bytes = shell.process.read_to_end(0).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text.split_inclusive('\n').map(|line| {
            if trims {
                line.trim_end_matches('\n')
            } else {
                line
            }
            .to_string()
        });
        shell
            .state
            .set_value(&name, Value::Array((0..).zip(lines).collect()));
        Flow::Next(0)
    })
}

/// `getopts LETTERS NAME`
pub(super) fn options(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let (Some(letters), Some(name)) = (arguments.get(1).cloned(), arguments.get(2).cloned())
        else {
            shell
                .process
                .print_error("getopts: usage: getopts optstring name [arg ...]\n")
                .await;
            return Flow::Next(2);
        };
        let index: usize = shell
            .state
            .get("OPTIND")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1);
        let offset: usize = shell
            .state
            .get("__getopts_offset")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1);
        let word = shell
            .state
            .arguments
            .get(index.saturating_sub(1))
            .cloned()
            .unwrap_or_default();
        let letter = word
            .chars()
            .nth(offset)
            .filter(|_| word.starts_with('-') && word != "--");
        let Some(letter) = letter else {
            shell.state.set(&name, "?");
            return Flow::Next(1);
        };
        let at_end = word.chars().count() <= offset + 1;
        let (mut next_index, mut next_offset) = if at_end {
            (index + 1, 1)
        } else {
            (index, offset + 1)
        };
        let known = letters.find(letter).filter(|_| letter != ':');
        let takes_value = known.is_some_and(|position| {
            letters
                .get(position + 1..)
                .is_some_and(|rest| rest.starts_with(':'))
        });
        let mut missing = false;
        if takes_value {
            let rest: String = word.chars().skip(offset + 1).collect();
            let value = if rest.is_empty() {
                shell.state.arguments.get(index).cloned()
            } else {
                Some(rest.clone())
            };
            next_index = if rest.is_empty() {
                index + 2
            } else {
                index + 1
            };
            next_offset = 1;
            missing = value.is_none();
            shell.state.set("OPTARG", value.unwrap_or_default());
        } else {
            shell.state.variables.remove("OPTARG");
        }
        let quiet = letters.starts_with(':');
        let wrong = known.is_none() || missing;
        if wrong && quiet {
            shell.state.set("OPTARG", letter.to_string());
        } else if wrong {
            let why = match missing {
                true => "option requires an argument",
                false => "illegal option",
            };
            let text = format!("{}: {why} -- {letter}\n", shell.state.name);
            shell.process.print_error(text).await;
        }
        let found = match (wrong, missing && quiet) {
            (false, _) => letter,
            (true, true) => ':',
            (true, false) => '?',
        };
        shell.state.set(&name, found.to_string());
        shell.state.set("OPTIND", next_index.to_string());
        shell.state.set("__getopts_offset", next_offset.to_string());
        Flow::Next(0)
    })
}
