//! Commands that show what is in directories: `ls`, `find`, `tree`.

use super::{Context, account};
use machine::{Entry, EntryKind, ExitStatus, FileSystem, Time, path};

/// A calendar date and time of day, UTC.
pub(super) struct Calendar {
    pub(super) year: i64,
    pub(super) month: usize,
    pub(super) day: u64,
    pub(super) hour: u64,
    pub(super) minute: u64,
    pub(super) second: u64,
    pub(super) weekday: usize,
    pub(super) day_of_year: u64,
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

impl Calendar {
    /// The date of a virtual time.
    pub(super) fn of(time: Time) -> Calendar {
        let seconds = time.as_secs();
        let days = (seconds / 86_400) as i64;
        // Days to civil date by eras of 400 years that begin in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_index + 2) / 5 + 1) as u64;
        let month = if month_index < 10 {
            month_index + 3
        } else {
            month_index - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
            .get(month as usize - 1)
            .copied()
            .unwrap_or(0);
        Calendar {
            year,
            month: month as usize,
            day,
            hour: seconds / 3600 % 24,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            weekday: (days + 4).rem_euclid(7) as usize,
            day_of_year: before + day + u64::from(leap && month > 2),
        }
    }

    pub(super) fn month_short(&self) -> &'static str {
        MONTHS
            .get(self.month - 1)
            .and_then(|name| name.get(..3))
            .unwrap_or("")
    }

    pub(super) fn day_short(&self) -> &'static str {
        DAYS.get(self.weekday)
            .and_then(|name| name.get(..3))
            .unwrap_or("")
    }
}

pub(super) fn mode_text(entry: &Entry) -> String {
    let kind = match entry.kind {
        EntryKind::Directory => 'd',
        EntryKind::Symlink(_) => 'l',
        EntryKind::Device(_) => 'c',
        EntryKind::Socket => 's',
        EntryKind::File(_) => '-',
    };
    let mut text = String::from(kind);
    for shift in [6, 3, 0] {
        let bits = entry.metadata.mode >> shift & 7;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(if bits & 1 != 0 { 'x' } else { '-' });
    }
    text
}

pub(super) fn size_text(bytes: u64, human: bool) -> String {
    if !human || bytes < 1024 {
        return bytes.to_string();
    }
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit < 4 {
        value /= 1024.0;
        unit += 1;
    }
    let letter = ["", "K", "M", "G", "T"].get(unit).copied().unwrap_or("");
    if value < 10.0 {
        format!("{:.1}{letter}", (value * 10.0).ceil() / 10.0)
    } else {
        format!("{}{letter}", value.ceil())
    }
}

struct Listing {
    all: bool,
    almost_all: bool,
    long: bool,
    one_per_line: bool,
    human: bool,
    by_time: bool,
    by_size: bool,
    reverse: bool,
    marks: bool,
    columns: Option<usize>,
    now: Time,
    busybox: bool,
    /// Where the names of users and groups are.
    files: FileSystem,
}

impl Listing {
    fn order(&self, entries: &mut [(String, Entry)]) {
        if self.by_time {
            entries.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.metadata.modified));
        } else if self.by_size {
            entries.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.size()));
        } else if self.busybox {
            entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        } else {
            // As a UTF-8 locale sorts: letters before case, punctuation aside.
            let key = |name: &str| {
                name.chars()
                    .filter(|character| character.is_alphanumeric())
                    .flat_map(char::to_lowercase)
                    .collect::<String>()
            };
            entries.sort_by(|(left, _), (right, _)| {
                key(left).cmp(&key(right)).then_with(|| right.cmp(left))
            });
        }
        if self.reverse {
            entries.reverse();
        }
    }

    fn name(&self, name: &str, entry: &Entry) -> String {
        let mark = match (&entry.kind, self.marks) {
            (EntryKind::Directory, true) => "/",
            (EntryKind::Symlink(_), true) if !self.long => "@",
            (EntryKind::File(_), true) if entry.metadata.mode & 0o111 != 0 => "*",
            _ => "",
        };
        let quoted = if self.columns.is_some() {
            crate::quote(name)
        } else {
            name.to_string()
        };
        format!("{quoted}{mark}")
    }

    fn render(&self, entries: &[(String, Entry)]) -> String {
        if self.long {
            return self.render_long(entries);
        }
        let names: Vec<String> = entries
            .iter()
            .map(|(name, entry)| self.name(name, entry))
            .collect();
        match self.columns.filter(|_| !self.one_per_line) {
            Some(width) => columns(&names, width),
            None => names.iter().map(|name| format!("{name}\n")).collect(),
        }
    }

    fn render_long(&self, entries: &[(String, Entry)]) -> String {
        let sizes: Vec<String> = entries
            .iter()
            .map(|(_, entry)| size_text(entry.size(), self.human))
            .collect();
        let width = sizes.iter().map(String::len).max().unwrap_or(0);
        let mut text = String::new();
        for ((name, entry), size) in entries.iter().zip(sizes) {
            let date = Calendar::of(entry.metadata.modified);
            let recent = self.now.since(entry.metadata.modified).as_secs() < 15_778_476;
            let when = if recent {
                format!("{:02}:{:02}", date.hour, date.minute)
            } else {
                format!(" {}", date.year)
            };
            let links = if entry.is_directory() { 2 } else { 1 };
            let target = match &entry.kind {
                EntryKind::Symlink(target) => format!(" -> {target}"),
                _ => String::new(),
            };
            if self.busybox {
                text.push_str(&format!(
                    "{} {links:>4} {:<8} {:<8} {size:>9} {} {:>2} {when} {}{target}\n",
                    mode_text(entry),
                    account::user(&self.files, entry.metadata.user),
                    account::group(&self.files, entry.metadata.group),
                    date.month_short(),
                    date.day,
                    self.name(name, entry)
                ));
                continue;
            }
            text.push_str(&format!(
                "{} {links} {} {} {size:>width$} {} {:>2} {when} {}{target}\n",
                mode_text(entry),
                account::user(&self.files, entry.metadata.user),
                account::group(&self.files, entry.metadata.group),
                date.month_short(),
                date.day,
                self.name(name, entry)
            ));
        }
        text
    }
}

/// Names in columns, filled top to bottom, as `ls` does on a terminal.
fn columns(names: &[String], width: usize) -> String {
    if names.is_empty() {
        return String::new();
    }
    for rows in 1..=names.len() {
        let widths: Vec<usize> = names
            .chunks(rows)
            .map(|column| {
                column
                    .iter()
                    .map(|name| name.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let total: usize = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
        if total > width && rows < names.len() {
            continue;
        }
        let mut text = String::new();
        for row in 0..rows {
            let cells: Vec<(&String, usize)> = names
                .chunks(rows)
                .zip(&widths)
                .filter_map(|(column, width)| column.get(row).map(|name| (name, *width)))
                .collect();
            for (index, (name, width)) in cells.iter().enumerate() {
                let padding = if index + 1 < cells.len() {
                    width + 2 - name.chars().count()
                } else {
                    0
                };
                text.push_str(name);
                text.push_str(&" ".repeat(padding));
            }
            text.push('\n');
        }
        return text;
    }
    String::new()
}

pub(super) async fn ls(context: Context) -> ExitStatus {
    let long = [
        ("all", 'a'),
        ("almost-all", 'A'),
        ("human-readable", 'h'),
        ("reverse", 'r'),
        ("recursive", 'R'),
        ("classify", 'F'),
        ("color", 'G'),
    ];
    let options = match context.options("aAlhrRtSF1dCGinop", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let terminal = context.process.descriptor(1).ok().and_then(|file| {
        file.terminal()
            .map(|terminal| usize::from(terminal.size().0))
    });
    let listing = Listing {
        all: options.has('a'),
        almost_all: options.has('A'),
        long: options.has('l'),
        one_per_line: options.has('1'),
        human: options.has('h'),
        by_time: options.has('t'),
        by_size: options.has('S'),
        reverse: options.has('r'),
        marks: options.has('F') || options.has('p'),
        columns: terminal,
        now: context.process.simulation().now(),
        busybox: context.is_busybox(),
        files: context.process.files().clone(),
    };
    let operands = if options.operands.is_empty() {
        vec![".".to_string()]
    } else {
        options.operands.clone()
    };
    let (mut plain, mut directories) = (Vec::new(), Vec::new());
    let mut status = ExitStatus::SUCCESS;
    for operand in operands {
        let absolute = context.process.path(&operand);
        let entry = if listing.long {
            context.process.files().link_entry(&absolute)
        } else {
            context.process.files().entry(&absolute)
        };
        match entry {
            Ok(entry) if entry.is_directory() && !options.has('d') => directories.push(operand),
            Ok(entry) => plain.push((operand, entry)),
            Err(error) => {
                let message = if context.is_busybox() {
                    format!("{operand}: {error}")
                } else {
                    format!("cannot access '{operand}': {error}")
                };
                context.complain(message).await;
                status = ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
            }
        }
    }
    listing.order(&mut plain);
    let headings = options.has('R')
        || plain.len() + directories.len() > 1
        || (!status.success() && !directories.is_empty());
    let mut output = listing.render(&plain);
    directories.sort();
    directories.reverse();
    while let Some(directory) = directories.pop() {
        if headings {
            let gap = if output.is_empty() { "" } else { "\n" };
            output.push_str(&format!("{gap}{directory}:\n"));
        }
        let entries = directory_entries(&context, &listing, &directory);
        if listing.long {
            output.push_str(&format!(
                "total {}\n",
                entries
                    .iter()
                    .filter(|(_, entry)| !matches!(entry.kind, EntryKind::Symlink(_)))
                    .map(|(_, entry)| entry.size().div_ceil(4096) * 4)
                    .sum::<u64>()
            ));
        }
        output.push_str(&listing.render(&entries));
        if options.has('R') {
            let below = entries.iter().filter(|(name, entry)| {
                entry.is_directory() && !matches!(name.as_str(), "." | "..")
            });
            directories.extend(below.map(|(name, _)| path::join(&directory, name)).rev());
        }
    }
    context.process.print(output).await;
    status
}

fn directory_entries(
    context: &Context,
    listing: &Listing,
    directory: &str,
) -> Vec<(String, Entry)> {
    let absolute = context.process.path(directory);
    let mut entries = context
        .process
        .files()
        .read_directory(&absolute)
        .unwrap_or_default();
    entries.retain(|(name, _)| listing.all || listing.almost_all || !name.starts_with('.'));
    listing.order(&mut entries);
    if listing.all {
        for (index, name) in [".", ".."].into_iter().enumerate() {
            if let Ok(entry) = context.process.files().entry(&path::join(&absolute, name)) {
                entries.insert(index, (name.to_string(), entry));
            }
        }
    }
    entries
}

pub(super) async fn tree(context: Context) -> ExitStatus {
    let start = context
        .arguments
        .iter()
        .skip(1)
        .find(|word| !word.starts_with('-'))
        .cloned()
        .unwrap_or_else(|| ".".into());
    let mut output = format!("{start}\n");
    let (mut directories, mut files) = (0, 0);
    branch(
        &context,
        &context.process.path(&start),
        "",
        &mut output,
        &mut directories,
        &mut files,
    );
    let plural = |count: usize, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    output.push_str(&format!(
        "\n{}, {}\n",
        plural(directories, "directory", "directories"),
        plural(files, "file", "files")
    ));
    context.process.print(output).await;
    ExitStatus::SUCCESS
}

fn branch(
    context: &Context,
    directory: &str,
    indent: &str,
    output: &mut String,
    directories: &mut usize,
    files: &mut usize,
) {
    if indent.len() > crate::limits::NESTING {
        return;
    }
    let entries = context
        .process
        .files()
        .read_directory(directory)
        .unwrap_or_default();
    let visible: Vec<_> = entries
        .into_iter()
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    let count = visible.len();
    for (index, (name, entry)) in visible.into_iter().enumerate() {
        let last = index + 1 == count;
        output.push_str(&format!(
            "{indent}{} {name}\n",
            if last { "└──" } else { "├──" }
        ));
        if entry.is_directory() {
            *directories += 1;
            let deeper = format!("{indent}{}", if last { "    " } else { "│   " });
            branch(
                context,
                &path::join(directory, &name),
                &deeper,
                output,
                directories,
                files,
            );
        } else {
            *files += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let date = Calendar::of(Time::from_secs(1_795_291_429));
        assert_eq!(
            (
                date.year,
                date.month,
                date.day,
                date.hour,
                date.minute,
                date.second
            ),
            (2026, 11, 21, 20, 3, 49)
        );
        assert_eq!((date.day_short(), date.day_of_year), ("Sat", 325));
    }

    #[test]
    fn names_fill_columns_downwards() {
        let names: Vec<String> = [
            "Dockerfile",
            "deployment.yaml",
            "hello.go",
            "pod.yaml",
            "service.yaml",
        ]
        .map(String::from)
        .into();
        assert_eq!(
            columns(&names, 80),
            "Dockerfile  deployment.yaml  hello.go  pod.yaml  service.yaml\n"
        );
        assert_eq!(
            columns(&names, 40),
            "Dockerfile       hello.go  service.yaml\ndeployment.yaml  pod.yaml\n"
        );
    }
}
