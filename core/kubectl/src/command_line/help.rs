//! `--help`: the texts of a command, laid out as kubectl does.

use super::{Command, Flag, Kind};

/// The help of a command.
pub fn help(command: &Command, path: &str) -> String {
    let mut text = String::new();
    let long = if command.long.is_empty() {
        command.short
    } else {
        command.long
    };
    text.push_str(long);
    text.push_str("\n\n");
    if !command.examples.is_empty() {
        text.push_str("Examples:\n");
        for line in command.examples.lines() {
            text.push_str(&format!("  {line}\n"));
        }
        text.push('\n');
    }
    if !command.children.is_empty() {
        text.push_str("Available Commands:\n");
        let width = command.children.iter().map(|child| child.name.len()).max();
        let width = width.unwrap_or_default();
        for child in command.children {
            text.push_str(&format!("  {:width$}   {}\n", child.name, child.short));
        }
        text.push('\n');
    }
    let mut flags: Vec<&Flag> = command.flags.iter().copied().flatten().collect();
    flags.sort_by_key(|flag| flag.name);
    if !flags.is_empty() {
        text.push_str("Options:\n");
        for flag in flags {
            text.push_str(&option(flag));
        }
        text.push('\n');
    }
    text.push_str("Usage:\n");
    let usage = match (command.children.is_empty(), command.usage) {
        (false, "") => "[flags] [options]",
        (_, usage) => usage,
    };
    text.push_str(&format!("  {path} {usage}\n\n"));
    if !command.children.is_empty() {
        text.push_str(&format!(
            "Use \"{path} <command> --help\" for more information about a given command.\n"
        ));
    }
    text.push_str(
        "Use \"kubectl options\" for a list of global command-line options (applies to all commands).\n",
    );
    text
}

/// One flag with its default and its sentence.
pub fn option(flag: &Flag) -> String {
    let letter = match flag.short {
        Some(short) => format!("-{short}, "),
        None => "    ".to_owned(),
    };
    let default = match flag.kind {
        Kind::Text => format!("'{}'", flag.default),
        Kind::List | Kind::Array => format!("[{}]", flag.default),
        _ => flag.default.to_owned(),
    };
    format!(
        "    {letter}--{}={default}:\n\t{}\n\n",
        flag.name, flag.help
    )
}
