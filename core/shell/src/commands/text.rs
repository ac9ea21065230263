//! Commands that print texts or parts of them: `cat`, `echo`, `head`, `tail`, `tee`, `wc`.

use super::Context;
use crate::escape;
use machine::{Duration, ExitStatus, OpenOptions};

/// What `echo` prints for its arguments.
pub fn echo_text(words: &[String]) -> String {
    let (mut newline, mut escapes) = (true, false);
    let mut rest = words;
    while let [flag, after @ ..] = rest {
        match flag.strip_prefix('-') {
            Some(letters)
                if !letters.is_empty() && letters.chars().all(|letter| "neE".contains(letter)) =>
            {
                for letter in letters.chars() {
                    match letter {
                        'n' => newline = false,
                        'e' => escapes = true,
                        _ => escapes = false,
                    }
                }
            }
            _ => break,
        }
        rest = after;
    }
    let mut text = rest.join(" ");
    if escapes {
        let (expanded, stopped) = escape::expand(&text);
        text = expanded;
        newline &= !stopped;
    }
    if newline { text + "\n" } else { text }
}

pub(super) async fn echo(context: Context) -> ExitStatus {
    let text = echo_text(context.arguments.get(1..).unwrap_or_default());
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn clear(context: Context) -> ExitStatus {
    context.process.print("\x1b[H\x1b[2J\x1b[3J").await;
    ExitStatus::SUCCESS
}

pub(super) async fn cat(context: Context) -> ExitStatus {
    let options = match context.options("nbsAETuv", &[("number", 'n')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let standard = ["-".to_string()];
    let operands = if options.operands.is_empty() {
        &standard[..]
    } else {
        &options.operands
    };
    let mut status = ExitStatus::SUCCESS;
    let mut line_number = 0;
    for operand in operands {
        if operand == "-" && !options.has('n') {
            if !copy_input(&context).await {
                return ExitStatus::FAILURE;
            }
            continue;
        }
        let Some(bytes) = context.input(operand).await else {
            status = ExitStatus::FAILURE;
            continue;
        };
        let shown = if options.has('n') {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let lines = text.split_inclusive('\n').map(|line| {
                line_number += 1;
                format!("{line_number:>6}\t{line}")
            });
            lines.collect::<String>().into_bytes()
        } else {
            bytes
        };
        context.process.write(1, &shown).await.ok();
    }
    status
}

/// Copies standard input to standard output as it comes.
async fn copy_input(context: &Context) -> bool {
    loop {
        match context.process.read(0, 64 * 1024).await {
            Ok(bytes) if bytes.is_empty() => return true,
            Ok(bytes) => {
                if context.process.write(1, &bytes).await.is_err() {
                    return false;
                }
            }
            Err(_) => return false,
        }
    }
}

/// `-5` as an old way to write `-n 5`.
fn with_old_count(context: &mut Context) {
    // Only the first word: `-n -1` has a count of its own.
    for word in context.arguments.iter_mut().skip(1).take(1) {
        if let Some(count) = word.strip_prefix('-')
            && !count.is_empty()
            && count.chars().all(|character| character.is_ascii_digit())
        {
            *word = format!("-n{count}");
        }
    }
}

/// A count with its sign and an optional `K` or `M`.
fn count_of(text: &str) -> Option<(char, usize)> {
    let sign = text
        .chars()
        .next()
        .filter(|sign| "+-".contains(*sign))
        .unwrap_or(' ');
    let digits = text.trim_start_matches(['+', '-']);
    let (digits, factor) = match digits.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1024),
        None => (digits, 1),
    };
    Some((sign, digits.parse::<usize>().ok()? * factor))
}

pub(super) async fn head(mut context: Context) -> ExitStatus {
    with_old_count(&mut context);
    let options = match context
        .options("n:c:qv", &[("lines", 'n'), ("bytes", 'c')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let bytes_wanted = options.value('c').is_some();
    let text = options
        .value('c')
        .or(options.value('n'))
        .unwrap_or("10")
        .to_string();
    let Some((sign, count)) = count_of(&text) else {
        context
            .complain(format!("invalid number of lines: '{text}'"))
            .await;
        return ExitStatus::FAILURE;
    };
    let several = options.operands.len() > 1;
    let operands = if options.operands.is_empty() {
        vec!["-".to_string()]
    } else {
        options.operands.clone()
    };
    let mut status = ExitStatus::SUCCESS;
    for (index, operand) in operands.iter().enumerate() {
        if operand == "-" && sign == ' ' && !bytes_wanted {
            head_of_input(&context, count).await;
            continue;
        }
        let endless = operand == "-" || operand.starts_with("/dev/");
        if endless && sign == ' ' && bytes_wanted {
            let file = match operand.as_str() {
                "-" => context.process.descriptor(0),
                _ => context.process.open(operand, OpenOptions::read()),
            };
            let mut rest = count;
            while let Ok(file) = &file
                && rest > 0
                && let Ok(bytes) = file.read(rest.min(64 * 1024)).await
                && !bytes.is_empty()
            {
                rest = rest.saturating_sub(bytes.len());
                context.process.work(bytes.len() as u64).await;
                context.process.write(1, &bytes).await.ok();
            }
            continue;
        }
        let Some(bytes) = context.input(operand).await else {
            status = ExitStatus::FAILURE;
            continue;
        };
        if several {
            let gap = if index > 0 { "\n" } else { "" };
            context
                .process
                .print(format!("{gap}==> {operand} <==\n"))
                .await;
        }
        let shown: Vec<u8> = if bytes_wanted {
            let count = if sign == '-' {
                bytes.len().saturating_sub(count)
            } else {
                count
            };
            bytes.into_iter().take(count).collect()
        } else {
            let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let count = if sign == '-' {
                lines.len().saturating_sub(count)
            } else {
                count
            };
            lines.into_iter().take(count).collect::<Vec<_>>().concat()
        };
        context.process.write(1, &shown).await.ok();
    }
    status
}

/// Stops reading after the wanted lines, so that a program that prints without end gets its
/// broken pipe.
async fn head_of_input(context: &Context, count: usize) {
    let mut rest = count;
    while rest > 0 {
        let bytes = match context.process.read(0, 64 * 1024).await {
            Ok(bytes) if !bytes.is_empty() => bytes,
            _ => return,
        };
        let mut shown = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if rest == 0 {
                break;
            }
            shown.extend_from_slice(line);
            rest -= usize::from(line.ends_with(b"\n"));
        }
        context.process.write(1, &shown).await.ok();
    }
}

pub(super) async fn tail(mut context: Context) -> ExitStatus {
    with_old_count(&mut context);
    let options = match context
        .options(
            "n:c:fFqv",
            &[("lines", 'n'), ("bytes", 'c'), ("follow", 'f')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let text = options
        .value('c')
        .or(options.value('n'))
        .unwrap_or("10")
        .to_string();
    let Some((sign, count)) = count_of(&text) else {
        context
            .complain(format!("invalid number of lines: '{text}'"))
            .await;
        return ExitStatus::FAILURE;
    };
    let several = options.operands.len() > 1;
    let operands = if options.operands.is_empty() {
        vec!["-".to_string()]
    } else {
        options.operands.clone()
    };
    let mut status = ExitStatus::SUCCESS;
    let mut length = 0;
    for (index, operand) in operands.iter().enumerate() {
        let Some(bytes) = context.input(operand).await else {
            status = ExitStatus::FAILURE;
            continue;
        };
        if several {
            let gap = if index > 0 { "\n" } else { "" };
            context
                .process
                .print(format!("{gap}==> {operand} <==\n"))
                .await;
        }
        length = bytes.len();
        let by_bytes = options.has('c');
        let pieces: Vec<&[u8]> = if by_bytes {
            bytes.chunks(1).collect()
        } else {
            bytes.split_inclusive(|byte| *byte == b'\n').collect()
        };
        let skip = if sign == '+' {
            count.saturating_sub(1)
        } else {
            pieces.len().saturating_sub(count)
        };
        let shown = pieces.into_iter().skip(skip).collect::<Vec<_>>().concat();
        context.process.write(1, &shown).await.ok();
    }
    if (options.has('f') || options.has('F'))
        && let Some(operand) = operands.last().filter(|operand| *operand != "-")
    {
        follow(&context, operand, length).await;
    }
    status
}

/// Prints what is added to a file, until the process is killed.
async fn follow(context: &Context, operand: &str, mut length: usize) {
    let path = context.process.path(operand);
    loop {
        context.process.sleep(Duration::from_secs(1)).await;
        let Ok(content) = context.process.files().read(&path) else {
            continue;
        };
        let bytes = content.bytes();
        if bytes.len() < length {
            length = 0;
        }
        if let Some(added) = bytes.get(length..)
            && !added.is_empty()
        {
            context.process.write(1, added).await.ok();
            length = bytes.len();
        }
    }
}

pub(super) async fn tee(context: Context) -> ExitStatus {
    let options = match context.options("ai", &[("append", 'a')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut files = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let how = if options.has('a') {
            OpenOptions::append()
        } else {
            OpenOptions::overwrite()
        };
        match context.process.open(operand, how) {
            Ok(file) => files.push(file),
            Err(error) => {
                context.complain(format!("{operand}: {error}")).await;
                status = ExitStatus::FAILURE;
            }
        }
    }
    while let Ok(bytes) = context.process.read(0, 64 * 1024).await {
        if bytes.is_empty() {
            break;
        }
        context.process.write(1, &bytes).await.ok();
        for file in &files {
            file.write(&bytes).await.ok();
        }
    }
    status
}

pub(super) async fn count(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "lwcmL",
            &[
                ("lines", 'l'),
                ("words", 'w'),
                ("bytes", 'c'),
                ("chars", 'm'),
            ],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let chosen: Vec<char> = "lwmc"
        .chars()
        .filter(|letter| options.has(*letter))
        .collect();
    let chosen = if chosen.is_empty() {
        vec!['l', 'w', 'c']
    } else {
        chosen
    };
    let operands = if options.operands.is_empty() {
        vec!["-".to_string()]
    } else {
        options.operands.clone()
    };
    let mut rows: Vec<(Vec<u64>, String)> = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    for operand in &operands {
        let Some(bytes) = context.input(operand).await else {
            status = ExitStatus::FAILURE;
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        let length = if operand == "-" {
            bytes.len() as u64
        } else {
            context
                .process
                .files()
                .entry(&context.process.path(operand))
                .map_or(0, |entry| entry.size())
        };
        let counts = chosen.iter().map(|letter| match letter {
            'l' => bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
            'w' => text.split_whitespace().count() as u64,
            'm' => text.chars().count() as u64,
            _ => length,
        });
        rows.push((counts.collect(), operand.clone()));
    }
    if operands.len() > 1 {
        let total = (0..chosen.len())
            .map(|column| {
                rows.iter()
                    .filter_map(|(counts, _)| counts.get(column))
                    .sum()
            })
            .collect();
        rows.push((total, "total".into()));
    }
    let from_input = options.operands.is_empty();
    let largest = rows
        .iter()
        .flat_map(|(counts, _)| counts)
        .max()
        .copied()
        .unwrap_or(0);
    let width = match (context.is_busybox(), chosen.len() == 1, from_input) {
        (_, true, _) if rows.len() == 1 => 0,
        (true, _, _) => 9,
        (false, _, true) => 7,
        _ => largest.to_string().len(),
    };
    for (counts, name) in rows {
        let cells: Vec<String> = counts
            .iter()
            .map(|count| format!("{count:>width$}"))
            .collect();
        let name = if from_input {
            String::new()
        } else {
            format!(" {name}")
        };
        context
            .process
            .print(format!("{}{name}\n", cells.join(" ")))
            .await;
    }
    status
}
