//! Commands that compare files: `diff`, `cmp`.

use super::Context;
use super::list::Calendar;
use crate::lines::{self, Change};
use machine::{EntryKind, ExitStatus, Time, path};

/// How `diff` shows what it finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Normal,
    Unified(usize),
    Brief,
}

struct Diff {
    context: Context,
    format: Format,
    recursive: bool,
    new_file: bool,
    ignore_case: bool,
    ignore_blanks: bool,
    report_same: bool,
    /// The flags as they were given, for the line above each file of two folders.
    flags: String,
    output: String,
    status: u8,
}

/// One side of a comparison.
struct Side {
    shown: String,
    bytes: Option<Vec<u8>>,
    modified: Time,
}

pub(super) async fn diff(context: Context) -> ExitStatus {
    let long = [
        ("unified", 'u'),
        ("brief", 'q'),
        ("recursive", 'r'),
        ("new-file", 'N'),
        ("ignore-case", 'i'),
        ("ignore-all-space", 'w'),
        ("ignore-space-change", 'b'),
        ("text", 'a'),
        ("report-identical-files", 's'),
        ("color", 'G'),
    ];
    let options = match context.options("uU:qrNiwbaBsG", &long).await {
        Ok(options) => options,
        Err(_) => return ExitStatus::Exited(2),
    };
    let [old, new] = options.operands.as_slice() else {
        let message = match options.operands.as_slice() {
            [] => "missing operand after 'diff'".to_string(),
            [.., last] if options.operands.len() == 1 => format!("missing operand after '{last}'"),
            operands => {
                let extra = operands.get(2).map(String::as_str).unwrap_or_default();
                format!("extra operand '{extra}'")
            }
        };
        context.complain(message).await;
        context
            .complain("Try 'diff --help' for more information.")
            .await;
        return ExitStatus::Exited(2);
    };
    let lines = options.value('U').and_then(|lines| lines.parse().ok());
    let format = if options.has('q') {
        Format::Brief
    } else if options.has('u') || options.has('U') || context.is_busybox() {
        Format::Unified(lines.unwrap_or(3))
    } else {
        Format::Normal
    };
    let given = context.arguments.iter().skip(1);
    let flags: String = given
        .filter(|word| word.starts_with('-') && word.len() > 1)
        .map(|word| format!(" {word}"))
        .collect();
    let mut diff = Diff {
        format,
        recursive: options.has('r'),
        new_file: options.has('N'),
        ignore_case: options.has('i'),
        ignore_blanks: options.has('w') || options.has('b'),
        report_same: options.has('s'),
        flags,
        output: String::new(),
        status: 0,
        context,
    };
    diff.paths(old, new).await;
    diff.context.process.print(&diff.output).await;
    ExitStatus::Exited(diff.status)
}

impl Diff {
    fn is_directory(&self, shown: &str) -> bool {
        let process = &self.context.process;
        process.files().is_directory(&process.path(shown))
    }

    async fn paths(&mut self, old: &str, new: &str) {
        match (self.is_directory(old), self.is_directory(new)) {
            (true, true) => self.directories(old, new).await,
            (true, false) => {
                let inner = path::join(old, path::file_name(new));
                self.files(&inner, new, false).await;
            }
            (false, true) => {
                let inner = path::join(new, path::file_name(old));
                self.files(old, &inner, false).await;
            }
            (false, false) => self.files(old, new, false).await,
        }
    }

    /// Compares folders, and with `-r` those below; folders wait in a list of their own.
    async fn directories(&mut self, old: &str, new: &str) {
        let mut waiting = vec![(old.to_string(), new.to_string())];
        while let Some((old, new)) = waiting.pop() {
            let process = &self.context.process;
            let names = |shown: &str| -> Vec<String> {
                let entries = process.files().read_directory(&process.path(shown));
                let entries = entries.unwrap_or_default();
                entries.into_iter().map(|(name, _)| name).collect()
            };
            let (left, right) = (names(&old), names(&new));
            let mut all: Vec<&String> = left.iter().chain(&right).collect();
            all.sort();
            all.dedup();
            let mut below = Vec::new();
            for name in all {
                let (a, b) = (path::join(&old, name), path::join(&new, name));
                match (left.contains(name), right.contains(name)) {
                    (true, false) if !self.new_file => {
                        self.output.push_str(&format!("Only in {old}: {name}\n"));
                        self.status = self.status.max(1);
                    }
                    (false, true) if !self.new_file => {
                        self.output.push_str(&format!("Only in {new}: {name}\n"));
                        self.status = self.status.max(1);
                    }
                    _ if self.is_directory(&a) || self.is_directory(&b) => {
                        if self.recursive {
                            below.push((a, b));
                        } else {
                            self.output
                                .push_str(&format!("Common subdirectories: {a} and {b}\n"));
                        }
                    }
                    _ => self.files(&a, &b, true).await,
                }
            }
            below.reverse();
            waiting.append(&mut below);
        }
    }

    async fn side(&mut self, shown: &str) -> Option<Side> {
        let process = self.context.process.clone();
        let place = process.path(shown);
        let entry = process.files().entry(&place);
        if shown != "-" && entry.is_err() && self.new_file {
            return Some(Side {
                shown: shown.to_string(),
                bytes: None,
                modified: Time::default(),
            });
        }
        let bytes = self.context.input(shown).await;
        if bytes.is_none() {
            self.status = 2;
        }
        Some(Side {
            shown: shown.to_string(),
            bytes: Some(bytes?),
            modified: match entry {
                Ok(entry) if matches!(entry.kind, EntryKind::File(_)) => entry.metadata.modified,
                _ => process.simulation().now(),
            },
        })
    }

    async fn files(&mut self, old: &str, new: &str, in_folders: bool) {
        let (Some(old), Some(new)) = (self.side(old).await, self.side(new).await) else {
            return;
        };
        if old.bytes.is_none() && new.bytes.is_none() {
            return;
        }
        let (left, right) = (
            old.bytes.clone().unwrap_or_default(),
            new.bytes.clone().unwrap_or_default(),
        );
        if left == right {
            if self.report_same {
                let text = format!("Files {} and {} are identical\n", old.shown, new.shown);
                self.output.push_str(&text);
            }
            return;
        }
        if left.contains(&0) || right.contains(&0) {
            let text = format!("Binary files {} and {} differ\n", old.shown, new.shown);
            self.output.push_str(&text);
            self.status = self
                .status
                .max(if self.format == Format::Brief { 1 } else { 2 });
            return;
        }
        let (left, right) = (
            String::from_utf8_lossy(&left).into_owned(),
            String::from_utf8_lossy(&right).into_owned(),
        );
        let (a, b) = (split(&left), split(&right));
        let keys =
            |lines: &[&str]| -> Vec<String> { lines.iter().map(|line| self.key(line)).collect() };
        let (keys_a, keys_b) = (keys(&a), keys(&b));
        let changes = lines::changes(
            &keys_a.iter().map(String::as_str).collect::<Vec<_>>(),
            &keys_b.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        if changes.is_empty() {
            return;
        }
        self.status = self.status.max(1);
        if self.format == Format::Brief {
            let text = format!("Files {} and {} differ\n", old.shown, new.shown);
            self.output.push_str(&text);
            return;
        }
        if in_folders && !self.context.is_busybox() {
            let text = format!("diff{} {} {}\n", self.flags, old.shown, new.shown);
            self.output.push_str(&text);
        }
        match self.format {
            Format::Unified(around) => {
                for (mark, side) in [("---", &old), ("+++", &new)] {
                    let time = if self.context.is_busybox() {
                        String::new()
                    } else {
                        format!("\t{}", moment(side.modified))
                    };
                    self.output
                        .push_str(&format!("{mark} {}{time}\n", side.shown));
                }
                unified(&mut self.output, &a, &b, &changes, around);
            }
            _ => normal(&mut self.output, &a, &b, &changes),
        }
    }

    /// What a line is compared by.
    fn key(&self, line: &str) -> String {
        let mut key = line.to_string();
        if self.ignore_blanks {
            key = key.split_whitespace().collect();
        }
        if self.ignore_case {
            key = key.to_lowercase();
        }
        key
    }
}

/// A time as `diff` shows it: `2026-11-21 20:06:16.880209856 +0000`.
fn moment(time: Time) -> String {
    let date = Calendar::of(time);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09} +0000",
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        time.as_nanos() % 1_000_000_000
    )
}

/// Lines with their newlines: a last line without one differs from one with it.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn put(output: &mut String, mark: &str, line: &str) {
    output.push_str(mark);
    output.push_str(line);
    if !line.ends_with('\n') {
        output.push_str("\n\\ No newline at end of file\n");
    }
}

/// `3`, `3,5` in the normal format: from 1, both ends.
fn range(start: usize, count: usize) -> String {
    match count {
        0 => start.to_string(),
        1 => (start + 1).to_string(),
        _ => format!("{},{}", start + 1, start + count),
    }
}

fn normal(output: &mut String, old: &[&str], new: &[&str], changes: &[Change]) {
    for change in changes {
        let letter = match (change.removed, change.added) {
            (0, _) => 'a',
            (_, 0) => 'd',
            _ => 'c',
        };
        output.push_str(&format!(
            "{}{letter}{}\n",
            range(change.old, change.removed),
            range(change.new, change.added)
        ));
        for line in old.iter().skip(change.old).take(change.removed) {
            put(output, "< ", line);
        }
        if letter == 'c' {
            output.push_str("---\n");
        }
        for line in new.iter().skip(change.new).take(change.added) {
            put(output, "> ", line);
        }
    }
}

/// `-3,4` in the unified format: from 1, start and count.
fn hunk_range(start: usize, count: usize) -> String {
    match count {
        0 => format!("{start},0"),
        1 => (start + 1).to_string(),
        _ => format!("{},{count}", start + 1),
    }
}

fn unified(output: &mut String, old: &[&str], new: &[&str], changes: &[Change], around: usize) {
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let mut count = 1;
        let mut last = first;
        while let Some(next) = rest.get(count) {
            if next.old - (last.old + last.removed) > 2 * around {
                break;
            }
            last = next;
            count += 1;
        }
        let (hunk, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let before = around.min(first.old);
        let start = (first.old - before, first.new - before);
        let behind = around.min(old.len() - (last.old + last.removed));
        let end = (
            last.old + last.removed + behind,
            last.new + last.added + behind,
        );
        output.push_str(&format!(
            "@@ -{} +{} @@\n",
            hunk_range(start.0, end.0 - start.0),
            hunk_range(start.1, end.1 - start.1)
        ));
        let mut at = start.0;
        for change in hunk {
            for line in old.iter().skip(at).take(change.old - at) {
                put(output, " ", line);
            }
            for line in old.iter().skip(change.old).take(change.removed) {
                put(output, "-", line);
            }
            for line in new.iter().skip(change.new).take(change.added) {
                put(output, "+", line);
            }
            at = change.old + change.removed;
        }
        for line in old.iter().skip(at).take(end.0 - at) {
            put(output, " ", line);
        }
        rest = after;
    }
}

pub(super) async fn cmp(context: Context) -> ExitStatus {
    let long = [("silent", 's'), ("quiet", 's')];
    let options = match context.options("sl", &long).await {
        Ok(options) => options,
        Err(_) => return ExitStatus::Exited(2),
    };
    let [left, right] = options.operands.as_slice() else {
        context.missing_operand().await;
        return ExitStatus::Exited(2);
    };
    let (Some(a), Some(b)) = (context.input(left).await, context.input(right).await) else {
        return ExitStatus::Exited(2);
    };
    if a == b {
        return ExitStatus::SUCCESS;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let line = 1 + a.iter().take(same).filter(|byte| **byte == b'\n').count();
    if !options.has('s') {
        if same == a.len() || same == b.len() {
            let shorter = if same == a.len() { left } else { right };
            context
                .complain(format!(
                    "EOF on {shorter} after byte {same}, in line {line}"
                ))
                .await;
        } else {
            let text = format!("{left} {right} differ: byte {}, line {line}\n", same + 1);
            context.process.print(text).await;
        }
    }
    ExitStatus::FAILURE
}
