//! Users and groups by the names that `/etc/passwd` and `/etc/group` give them.

use super::Context;
use machine::{ExitStatus, FileSystem};

/// The lines of `/etc/passwd` or `/etc/group`, in their fields.
fn entries(files: &FileSystem, file: &str) -> Vec<Vec<String>> {
    let text = files.read(file).map(|content| content.text());
    text.unwrap_or_default()
        .lines()
        .map(|line| line.split(':').map(str::to_owned).collect())
        .collect()
}

/// The name of a number, which is the third field of its entry.
fn name(files: &FileSystem, file: &str, number: u32) -> Option<String> {
    let wanted = number.to_string();
    let found = entries(files, file)
        .into_iter()
        .find(|entry| entry.get(2) == Some(&wanted));
    match found {
        Some(entry) => entry.into_iter().next(),
        // A machine without such a file has the one user that every machine has.
        None => (number == 0).then(|| "root".to_owned()),
    }
}

/// The number of a user or a group with a name.
pub(super) fn number(files: &FileSystem, file: &str, name: &str) -> Option<u32> {
    let all = entries(files, file);
    let found = all
        .iter()
        .find(|entry| entry.first().is_some_and(|first| first == name));
    match found {
        Some(entry) => entry.get(2).and_then(|number| number.parse().ok()),
        None => (name == "root").then_some(0),
    }
}

/// A user's name, or the number of one who has none.
pub(crate) fn user(files: &FileSystem, number: u32) -> String {
    name(files, "/etc/passwd", number).unwrap_or_else(|| number.to_string())
}

/// A group's name, or the number of one that has none.
pub(super) fn group(files: &FileSystem, number: u32) -> String {
    name(files, "/etc/group", number).unwrap_or_else(|| number.to_string())
}

/// The groups of the process's user: its own, then those that name it as a member.
fn groups(context: &Context) -> Vec<u32> {
    let files = context.process.files();
    let (number, own) = context.process.user();
    let user = user(files, number);
    let mut groups = vec![own];
    for entry in entries(files, "/etc/group") {
        let (Some(number), Some(members)) = (entry.get(2), entry.get(3)) else {
            continue;
        };
        if let Ok(number) = number.parse()
            && !groups.contains(&number)
            && members.split(',').any(|member| member == user)
        {
            groups.push(number);
        }
    }
    groups
}

pub(super) async fn who_am_i(context: Context) -> ExitStatus {
    let (number, _) = context.process.user();
    let files = context.process.files();
    let Some(name) = name(files, "/etc/passwd", number) else {
        let text = match context.is_busybox() {
            true => format!("unknown uid {number}"),
            false => format!("cannot find name for user ID {number}: No such file or directory"),
        };
        context.complain(text).await;
        return ExitStatus::FAILURE;
    };
    context.process.print(format!("{name}\n")).await;
    ExitStatus::SUCCESS
}

pub(super) async fn list_groups(context: Context) -> ExitStatus {
    let files = context.process.files();
    let names: Vec<String> = groups(&context)
        .into_iter()
        .map(|number| group(files, number))
        .collect();
    let text = names.join(" ") + "\n";
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn id(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "ugGnr",
            &[
                ("user", 'u'),
                ("group", 'g'),
                ("groups", 'G'),
                ("name", 'n'),
            ],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let files = context.process.files();
    let (number, own) = context.process.user();
    let both = |number: u32, name: Option<String>| match name {
        Some(name) => format!("{number}({name})"),
        None => number.to_string(),
    };
    let shown = |number: u32, name: String| match options.has('n') {
        true => name,
        false => number.to_string(),
    };
    let text = if options.has('u') {
        shown(number, user(files, number))
    } else if options.has('g') {
        shown(own, group(files, own))
    } else if options.has('G') {
        let all = groups(&context).into_iter();
        let all: Vec<String> = all.map(|one| shown(one, group(files, one))).collect();
        all.join(" ")
    } else {
        let all = groups(&context).into_iter();
        let all: Vec<String> = all
            .map(|one| both(one, name(files, "/etc/group", one)))
            .collect();
        format!(
            "uid={} gid={} groups={}",
            both(number, name(files, "/etc/passwd", number)),
            both(own, name(files, "/etc/group", own)),
            all.join(",")
        )
    };
    context.process.print(text + "\n").await;
    ExitStatus::SUCCESS
}
