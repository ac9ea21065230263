//! `find`: walks folders, tests what is there, and prints, deletes or passes it on.
//!
//! Models GNU findutils: tests joined by "and", which binds closer than `-o`; `!` turns one around.

use super::Context;
use super::process::{child, run_and_wait};
use crate::{limits, pattern};
use machine::{Entry, EntryKind, ExitStatus, path};

/// Tests that take a word.
const WITH_WORD: &str =
    " -name -iname -path -type -maxdepth -mindepth -size -newer -mtime -mmin -perm -user ";

pub(super) async fn find(context: Context) -> ExitStatus {
    let words = context.arguments.get(1..).unwrap_or_default();
    let begins = |word: &String| word.starts_with('-') || matches!(word.as_str(), "!" | "(");
    let split = words.iter().position(begins).unwrap_or(words.len());
    let (starts, tests) = words.split_at_checked(split).unwrap_or((words, &[]));
    let value = |name: &str| {
        let at = tests.iter().position(|word| word == name)?;
        tests.get(at + 1)
    };
    let depth = |name: &str| value(name).and_then(|text| text.parse::<usize>().ok());
    let deepest = depth("-maxdepth").unwrap_or(usize::MAX);
    let least = depth("-mindepth").unwrap_or(0);
    let here = [".".to_string()];
    let starts = if starts.is_empty() { &here[..] } else { starts };
    let mut found = Found {
        status: ExitStatus::SUCCESS,
        output: String::new(),
        collected: Vec::new(),
    };
    let mut waiting: Vec<(String, usize)> = starts
        .iter()
        .rev()
        .map(|start| (start.clone(), 0))
        .collect();
    let mut delete = Vec::new();
    while let Some((current, level)) = waiting.pop() {
        let absolute = context.process.path(&current);
        let entry = match context.process.files().link_entry(&absolute) {
            Ok(entry) => entry,
            Err(error) => {
                let shown = match context.is_busybox() {
                    true => current.clone(),
                    false => format!("'{current}'"),
                };
                context.complain(format!("{shown}: {error}")).await;
                found.status = ExitStatus::FAILURE;
                continue;
            }
        };
        if level >= least {
            match found.test(&context, tests, &current, &entry).await {
                Ok(true) => delete.push(absolute.clone()),
                Ok(false) => {}
                Err(wrong) => {
                    context.complain(wrong).await;
                    return ExitStatus::FAILURE;
                }
            }
        }
        if entry.is_directory() && level < deepest {
            let below = context.process.files().read_directory(&absolute);
            let below = below.unwrap_or_default();
            let names = below.into_iter().rev().map(|(name, _)| name);
            waiting.extend(names.map(|name| (path::join(&current, &name), level + 1)));
        }
    }
    // What is in a folder goes before the folder.
    for absolute in delete.into_iter().rev() {
        let files = context.process.files();
        let removed = match files.is_directory(&absolute) {
            true => files.remove_directory(&absolute),
            false => files.remove_file(&absolute),
        };
        if let Err(error) = removed {
            context
                .complain(format!("cannot delete '{absolute}': {error}"))
                .await;
            found.status = ExitStatus::FAILURE;
        }
    }
    context
        .process
        .print(std::mem::take(&mut found.output))
        .await;
    if let [_, ..] = found.collected.as_slice() {
        let at = tests.iter().position(|word| word == "-exec").unwrap_or(0);
        let command = tests.iter().skip(at + 1);
        let command = command.take_while(|word| !matches!(word.as_str(), "{}" | "+"));
        let words = command.chain(&found.collected).cloned().collect();
        run(&context, words).await;
    }
    found.status
}

/// What was found so far.
struct Found {
    status: ExitStatus,
    output: String,
    /// The paths for `-exec … {} +`.
    collected: Vec<String>,
}

impl Found {
    /// Tests one path and acts on it; true when it is to be deleted.
    async fn test(
        &mut self,
        context: &Context,
        tests: &[String],
        current: &str,
        entry: &Entry,
    ) -> Result<bool, String> {
        let mut words = tests.iter();
        let (mut holds, mut inverted) = (true, false);
        let (mut acts, mut delete) = (false, false);
        while let Some(word) = words.next() {
            let name = word.as_str();
            if matches!(name, "!" | "-not") {
                inverted = !inverted;
                continue;
            }
            if matches!(name, "-o" | "-or") {
                if holds {
                    break;
                }
                holds = true;
                continue;
            }
            let takes = WITH_WORD.contains(&format!(" {name} "));
            let argument = match takes {
                true => words
                    .next()
                    .ok_or(format!("missing argument to `{name}'"))?,
                false => "",
            };
            let result = match name {
                "-print" | "-print0" if holds => {
                    acts = true;
                    let end = if name == "-print" { '\n' } else { '\0' };
                    self.output.push_str(current);
                    self.output.push(end);
                    true
                }
                "-delete" if holds => {
                    acts = true;
                    delete = true;
                    true
                }
                "-exec" | "-ok" => {
                    let command: Vec<String> = words
                        .by_ref()
                        .take_while(|word| !matches!(word.as_str(), ";" | "+"))
                        .cloned()
                        .collect();
                    acts = true;
                    let many = tests.last().is_some_and(|last| last == "+");
                    match (holds, many) {
                        (false, _) => false,
                        (true, true) => {
                            self.collected.push(current.to_string());
                            self.collected.len() < limits::WORDS
                        }
                        (true, false) => {
                            let filled = command.iter().map(|word| word.replace("{}", current));
                            context
                                .process
                                .print(std::mem::take(&mut self.output))
                                .await;
                            run(context, filled.collect()).await
                        }
                    }
                }
                _ => matches(context, name, argument, current, entry)?,
            };
            holds &= result != inverted;
            inverted = false;
        }
        if holds
            && !acts
            && !tests
                .iter()
                .any(|word| matches!(word.as_str(), "-delete" | "-exec"))
        {
            self.output.push_str(current);
            self.output.push('\n');
        }
        Ok(delete)
    }
}

/// Runs a command; whether it was content.
async fn run(context: &Context, words: Vec<String>) -> bool {
    let spawn = child(context, &words);
    run_and_wait(context, spawn).await == ExitStatus::SUCCESS
}

/// Whether a test holds for a path.
fn matches(
    context: &Context,
    name: &str,
    argument: &str,
    current: &str,
    entry: &Entry,
) -> Result<bool, String> {
    let last = path::file_name(current);
    Ok(match name {
        "-name" => pattern::matches(argument, last),
        "-iname" => pattern::matches(&argument.to_lowercase(), &last.to_lowercase()),
        "-path" => pattern::matches(argument, current),
        "-type" => {
            argument
                == match entry.kind {
                    EntryKind::Directory => "d",
                    EntryKind::Symlink(_) => "l",
                    _ => "f",
                }
        }
        "-empty" => match entry.is_directory() {
            true => {
                let below = context.process.files();
                let below = below.read_directory(&context.process.path(current));
                below.is_ok_and(|below| below.is_empty())
            }
            false => entry.size() == 0,
        },
        "-size" => {
            let digits = argument.trim_start_matches(['+', '-']);
            let plain = digits.trim_end_matches(['k', 'M', 'G', 'c', 'b']);
            let unit = digits.strip_prefix(plain).unwrap_or_default();
            let unit = match unit {
                "c" => 1,
                "k" => 1 << 10,
                "M" => 1 << 20,
                "G" => 1 << 30,
                _ => 512,
            };
            let wanted = plain.parse::<u64>().unwrap_or(0);
            let size = entry.size().div_ceil(unit);
            match argument.chars().next() {
                Some('+') => size > wanted,
                Some('-') => size < wanted,
                _ => size == wanted,
            }
        }
        "-newer" => {
            let other = context
                .process
                .files()
                .entry(&context.process.path(argument));
            other.is_ok_and(|other| entry.metadata.modified > other.metadata.modified)
        }
        "-print" | "-print0" | "-delete" | "(" | ")" | "-a" | "-and" | "-maxdepth"
        | "-mindepth" | "-mtime" | "-mmin" | "-perm" | "-user" | "-xdev" | "-depth" | "-prune" => {
            true
        }
        _ => return Err(format!("unknown predicate `{name}'")),
    })
}
