//! The tree of commands, and help texts in our own words.

use super::flags::Kind;
use super::*;
use std::fmt::Write;

/// All commands, by the file that holds them.
pub(super) const COMMANDS: &[&[Command]] = &[
    run::COMMANDS,
    build::COMMANDS,
    lifecycle::COMMANDS,
    containers::COMMANDS,
    container::COMMANDS,
    logs::COMMANDS,
    exec::COMMANDS,
    inspect::COMMANDS,
    image::COMMANDS,
    network::COMMANDS,
    events::COMMANDS,
    system::COMMANDS,
    copy::COMMANDS,
    archive::COMMANDS,
];

const GROUPS: &[(&str, &str)] = &[
    ("builder", "Manage builds"),
    ("container", "Manage containers"),
    ("context", "Manage contexts"),
    ("image", "Manage images"),
    ("network", "Manage networks"),
    ("system", "Manage Docker"),
    ("volume", "Manage volumes"),
];

pub(super) fn is_group(name: &str) -> bool {
    GROUPS.iter().any(|(group, _)| *group == name)
}

/// The help of one command.
pub(super) fn help(command: &Command, path: &str) -> String {
    let mut text = format!("Usage:  {path} {}\n\n{}\n", command.usage, command.about);
    if command.names.len() > 1 {
        let names: Vec<String> = command
            .names
            .iter()
            .map(|name| format!("docker {name}"))
            .collect();
        let _ = write!(text, "\nAliases:\n  {}\n", names.join(", "));
    }
    if !command.flags.is_empty() {
        text.push_str("\nOptions:\n");
        let left: Vec<String> = command.flags.iter().map(flag_words).collect();
        let width = left.iter().map(String::len).max().unwrap_or(0);
        for (words, flag) in left.iter().zip(command.flags) {
            let _ = writeln!(text, "{words:width$}   {}", flag.help);
        }
    }
    text
}

fn flag_words(flag: &Flag) -> String {
    let short = match flag.short {
        Some(short) => format!("-{short}, "),
        None => "    ".into(),
    };
    let kind = match flag.kind {
        Kind::Bool => "",
        Kind::Text => " string",
        Kind::List | Kind::Env => " list",
        Kind::Int => " int",
        Kind::Filter => " filter",
        Kind::Bytes => " bytes",
        Kind::Cpus => " decimal",
    };
    format!("  {short}--{}{kind}", flag.name)
}

fn listed(names: impl Iterator<Item = (String, &'static str)>) -> String {
    let mut names: Vec<(String, &str)> = names.collect();
    names.sort();
    let width = names.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, about) in names {
        let _ = writeln!(text, "  {name:width$}   {about}");
    }
    text
}

/// The help of a group of commands.
pub(super) fn group_help(group: &str) -> String {
    let about = GROUPS.iter().find(|(name, _)| *name == group);
    let prefix = format!("{group} ");
    let commands = COMMANDS.iter().flat_map(|commands| commands.iter());
    let names = commands.filter_map(|command| {
        let name = command
            .names
            .iter()
            .find_map(|name| name.strip_prefix(&prefix))?;
        Some((name.to_string(), command.about))
    });
    format!(
        "Usage:  docker {group} COMMAND\n\n{}\n\nCommands:\n{}\nRun 'docker {group} COMMAND --help' for more information on a command.\n",
        about.map_or("", |(_, about)| about),
        listed(names)
    )
}

/// The help of `docker` itself.
pub(super) fn overview() -> String {
    let groups = GROUPS
        .iter()
        .map(|(name, about)| (name.to_string(), *about));
    let commands = COMMANDS.iter().flat_map(|commands| commands.iter());
    let names = commands.filter_map(|command| {
        let name = command.names.iter().find(|name| !name.contains(' '))?;
        Some((name.to_string(), command.about))
    });
    format!(
        "Usage:  docker [OPTIONS] COMMAND\n\nBuilds images and runs containers\n\nManagement Commands:\n{}\nCommands:\n{}\nRun 'docker COMMAND --help' for more information on a command.\n",
        listed(groups),
        listed(names)
    )
}
