//! Filters over lines: `sort`, `uniq`, `cut`, `tr`, `rev`, `seq`, `yes`.

use super::Context;
use machine::ExitStatus;
use std::cmp::Ordering;

pub(super) async fn sort(context: Context) -> ExitStatus {
    let long = [
        ("reverse", 'r'),
        ("numeric-sort", 'n'),
        ("unique", 'u'),
        ("key", 'k'),
        ("field-separator", 't'),
        ("ignore-case", 'f'),
        ("human-numeric-sort", 'h'),
        ("version-sort", 'V'),
    ];
    let options = match context.options("rnufhVbsk:t:", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (bytes, complete) = context.inputs(&options.operands).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines: Vec<&str> = text.lines().collect();
    let key = options.value('k').map(str::to_string);
    let separator = options.value('t').and_then(|text| text.chars().next());
    let key_numeric = key.as_ref().is_some_and(|key| key.contains('n'));
    let key_reverse = key.as_ref().is_some_and(|key| key.contains('r'));
    let field = key.as_ref().and_then(|key| {
        key.split([',', '.', 'n', 'r'])
            .next()?
            .parse::<usize>()
            .ok()
    });
    let part = |line: &str| -> String {
        match (field, separator) {
            (None, _) => line.to_string(),
            (Some(field), Some(separator)) => line
                .split(separator)
                .nth(field.saturating_sub(1))
                .unwrap_or("")
                .to_string(),
            (Some(field), None) => line
                .split_whitespace()
                .nth(field.saturating_sub(1))
                .unwrap_or("")
                .to_string(),
        }
    };
    let numeric = options.has('n') || options.has('h') || key_numeric;
    let folds = options.has('f');
    let compare = |left: &&str, right: &&str| {
        let (a, b) = (part(left), part(right));
        let by_key = if numeric {
            leading_number(&a)
                .partial_cmp(&leading_number(&b))
                .unwrap_or(Ordering::Equal)
        } else if folds {
            a.to_lowercase().cmp(&b.to_lowercase())
        } else {
            a.cmp(&b)
        };
        let ordered = if by_key == Ordering::Equal && !options.has('s') && !options.has('u') {
            left.cmp(right)
        } else {
            by_key
        };
        if options.has('r') || key_reverse {
            ordered.reverse()
        } else {
            ordered
        }
    };
    lines.sort_by(compare);
    if options.has('u') {
        lines.dedup_by(|left, right| part(left) == part(right));
    }
    let output: String = lines.iter().map(|line| format!("{line}\n")).collect();
    context.process.print(output).await;
    ExitStatus::Exited(if complete { 0 } else { 2 })
}

fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(index, character)| {
            !(character.is_ascii_digit() || *character == '.' || (*index == 0 && *character == '-'))
        })
        .map_or(text.len(), |(index, _)| index);
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let factor = match rest.chars().next() {
        Some('K' | 'k') => 1e3,
        Some('M') => 1e6,
        Some('G') => 1e9,
        _ => 1.0,
    };
    digits.parse::<f64>().unwrap_or(0.0) * factor
}

pub(super) async fn unique(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "cdui",
            &[("count", 'c'), ("repeated", 'd'), ("unique", 'u')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (bytes, complete) = context
        .inputs(options.operands.get(..1).unwrap_or_default())
        .await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut runs: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match runs.last_mut() {
            Some((count, same)) if *same == line => *count += 1,
            _ => runs.push((1, line)),
        }
    }
    let wanted = runs.into_iter().filter(|(count, _)| {
        (!options.has('d') || *count > 1) && (!options.has('u') || *count == 1)
    });
    let output: String = wanted
        .map(|(count, line)| {
            if options.has('c') {
                format!("{count:>7} {line}\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    context.process.print(output).await;
    ExitStatus::Exited(u8::from(!complete))
}

/// Ranges of positions from 1: `1,3-5,7-`.
fn ranges(text: &str) -> Option<Vec<(usize, usize)>> {
    text.split(',')
        .map(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let from = if from.is_empty() {
                1
            } else {
                from.parse().ok()?
            };
            let to = if to.is_empty() {
                usize::MAX
            } else {
                to.parse().ok()?
            };
            (from > 0 && from <= to).then_some((from, to))
        })
        .collect()
}

pub(super) async fn cut(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "d:f:c:b:s",
            &[("delimiter", 'd'), ("fields", 'f'), ("characters", 'c')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let by_field = options.value('f').is_some();
    let Some(list) = options
        .value('f')
        .or(options.value('c'))
        .or(options.value('b'))
    else {
        context.complain("you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.").await;
        return ExitStatus::FAILURE;
    };
    let Some(ranges) = ranges(list) else {
        context
            .complain(format!(
                "invalid field value '{list}'\nTry 'cut --help' for more information."
            ))
            .await;
        return ExitStatus::FAILURE;
    };
    let chosen = |position: usize| {
        ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&position))
    };
    let delimiter = options.value('d').unwrap_or("\t").to_string();
    let (bytes, complete) = context.inputs(&options.operands).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut output = String::new();
    for line in text.lines() {
        if !by_field {
            output.extend(
                line.chars()
                    .zip(1..)
                    .filter(|(_, position)| chosen(*position))
                    .map(|(character, _)| character),
            );
        } else if !line.contains(&delimiter) {
            if options.has('s') {
                continue;
            }
            output.push_str(line);
        } else {
            let fields: Vec<&str> = line
                .split(&delimiter)
                .zip(1..)
                .filter(|(_, position)| chosen(*position))
                .map(|(field, _)| field)
                .collect();
            output.push_str(&fields.join(&delimiter));
        }
        output.push('\n');
    }
    context.process.print(output).await;
    ExitStatus::Exited(u8::from(!complete))
}

/// The characters of a `tr` set: ranges, classes, escapes.
fn set(text: &str) -> Vec<char> {
    let (expanded, _) = crate::escape::expand(text);
    let characters: Vec<char> = expanded.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while let Some(character) = characters.get(at).copied() {
        let class: Option<String> = characters
            .get(at..)
            .filter(|rest| rest.starts_with(&['[', ':']))
            .map(|rest| {
                rest.iter()
                    .skip(2)
                    .take_while(|next| **next != ':')
                    .collect()
            });
        if let Some(name) = class {
            set.extend(
                (0..128u8)
                    .map(char::from)
                    .filter(|character| crate::pattern::named_class(&name, *character)),
            );
            at += name.chars().count() + 4;
        } else if let (Some('-'), Some(last)) = (characters.get(at + 1), characters.get(at + 2)) {
            set.extend(character..=*last);
            at += 3;
        } else {
            set.push(character);
            at += 1;
        }
    }
    set
}

pub(super) async fn translate(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "dscCt",
            &[
                ("delete", 'd'),
                ("squeeze-repeats", 's'),
                ("complement", 'c'),
            ],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some(first) = options.operands.first() else {
        return context.missing_operand().await;
    };
    let from = set(first);
    let complement = options.has('c') || options.has('C');
    let to = options
        .operands
        .get(1)
        .map(|text| set(text))
        .unwrap_or_default();
    let in_from = |character: char| from.contains(&character) != complement;
    let squeezed = if to.is_empty() {
        from.clone()
    } else {
        to.clone()
    };
    let (bytes, _) = context.inputs(&[]).await;
    let mut output = String::new();
    for character in String::from_utf8_lossy(&bytes).chars() {
        if options.has('d') && in_from(character) {
            continue;
        }
        let mapped = if to.is_empty() || !in_from(character) {
            character
        } else {
            let index = if complement {
                to.len()
            } else {
                from.iter()
                    .position(|known| *known == character)
                    .unwrap_or(0)
            };
            to.get(index).or(to.last()).copied().unwrap_or(character)
        };
        let repeated = options.has('s')
            && output.ends_with(mapped)
            && (squeezed.contains(&mapped) != (complement && to.is_empty()));
        if !repeated {
            output.push(mapped);
        }
    }
    context.process.print(output).await;
    ExitStatus::SUCCESS
}

pub(super) async fn reverse(context: Context) -> ExitStatus {
    let (bytes, complete) = context
        .inputs(context.arguments.get(1..).unwrap_or_default())
        .await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let output: String = text
        .lines()
        .map(|line| line.chars().rev().chain(['\n']).collect::<String>())
        .collect();
    context.process.print(output).await;
    ExitStatus::Exited(u8::from(!complete))
}

pub(super) async fn sequence(context: Context) -> ExitStatus {
    let mut words = context.arguments.get(1..).unwrap_or_default().to_vec();
    let mut separator = "\n".to_string();
    let mut wide = false;
    while let Some(word) = words.first() {
        match word.strip_prefix("-s").filter(|text| !text.is_empty()) {
            Some(text) => separator = text.to_string(),
            None if word == "-w" => wide = true,
            None => break,
        }
        words.remove(0);
    }
    if words.first().is_some_and(|word| word == "-s") && words.len() > 1 {
        separator = words.remove(1);
        words.remove(0);
    }
    let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1.0, 1.0, *last),
        Some([first, last]) => (*first, 1.0, *last),
        Some([first, step, last]) => (*first, *step, *last),
        Some(_) => return context.missing_operand().await,
        None => {
            let wrong = words
                .iter()
                .find(|word| word.parse::<f64>().is_err())
                .cloned()
                .unwrap_or_default();
            context.complain(format!("invalid floating point argument: '{wrong}'\nTry 'seq --help' for more information.")).await;
            return ExitStatus::FAILURE;
        }
    };
    let decimals = words
        .iter()
        .map(|word| word.split_once('.').map_or(0, |(_, digits)| digits.len()))
        .max()
        .unwrap_or(0);
    if step == 0.0 {
        return ExitStatus::FAILURE;
    }
    let count = ((last - first) / step + 1e-9).floor();
    let ends = [first, last].map(|end| format!("{end:.decimals$}").len());
    let width = ends.into_iter().max().filter(|_| wide).unwrap_or(0);
    let mut index = 0.0;
    let mut started = false;
    while index <= count {
        let gap = if started { separator.as_str() } else { "" };
        context
            .process
            .print(format!("{gap}{:0width$.decimals$}", first + index * step))
            .await;
        context.process.work(100).await;
        started = true;
        index += 1.0;
    }
    if started {
        context.process.print("\n").await;
    }
    ExitStatus::SUCCESS
}

/// Lines that `yes` writes at once.
const YES_LINES: usize = 512;

pub(super) async fn yes(context: Context) -> ExitStatus {
    let words = context.arguments.get(1..).unwrap_or_default().join(" ");
    let line = if words.is_empty() {
        "y\n".to_string()
    } else {
        words + "\n"
    };
    let block = line.repeat(YES_LINES);
    while context.process.write(1, block.as_bytes()).await.is_ok() {
        context.process.work(20_000).await;
    }
    ExitStatus::FAILURE
}
