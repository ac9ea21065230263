//! What an interactive shell shows before a line: `PS1`, `PS2` and their escapes.

use crate::commands;
use crate::interpreter::Shell;
use crate::state::Flavour;
use machine::path;

/// The prompt for a command, or for the rest of one that was begun.
pub(crate) fn prompt(shell: &Shell, begun: bool) -> String {
    let (variable, otherwise) = match (begun, shell.state.flavour) {
        (true, _) => ("PS2", "> "),
        (false, Flavour::Bash) => ("PS1", "$ "),
        (false, Flavour::Ash) => ("PS1", "\\w \\$ "),
    };
    let template = shell.state.get(variable);
    decode(shell, template.as_deref().unwrap_or(otherwise))
}

fn decode(shell: &Shell, template: &str) -> String {
    let process = &shell.process;
    let (user, _) = process.user();
    let mut text = String::new();
    let mut rest = template.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match rest.next() {
            Some('w') => text.push_str(&from_home(shell)),
            Some('W') => match from_home(shell).as_str() {
                whole @ ("~" | "/") => text.push_str(whole),
                directory => text.push_str(path::file_name(directory)),
            },
            Some('h') => {
                let host = process.hostname();
                text.push_str(host.split('.').next().unwrap_or_default());
            }
            Some('H') => text.push_str(&process.hostname()),
            Some('u') => text.push_str(&commands::user_name(process.files(), user)),
            Some('s') => text.push_str(path::file_name(&shell.state.name)),
            Some('$') => text.push(if user == 0 { '#' } else { '$' }),
            Some('n') => text.push('\n'),
            Some('e') => text.push('\x1b'),
            Some('[' | ']') => {}
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

/// The working directory, with `~` for the home directory.
fn from_home(shell: &Shell) -> String {
    let directory = shell.process.directory();
    let home = shell.state.get("HOME").unwrap_or_default();
    match directory.strip_prefix(&home) {
        Some(below) if home.len() > 1 && (below.is_empty() || below.starts_with('/')) => {
            format!("~{below}")
        }
        _ => directory,
    }
}
