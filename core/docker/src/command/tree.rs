//! The tree of commands, and the help texts, set as spf13/pflag sets them.

use super::flags::{self, Flag};
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
    pull::COMMANDS,
    network::COMMANDS,
    events::COMMANDS,
    system::COMMANDS,
    context::COMMANDS,
    disk::COMMANDS,
    prune::COMMANDS,
    copy::COMMANDS,
    archive::COMMANDS,
];

const GROUPS: &[(&str, &str)] = &[
    ("builder", "Manage builds"),
    ("container", "Manage containers"),
    ("context", "Manage contexts"),
    ("image", "Manage images"),
    (
        "manifest",
        "Manage Docker image manifests and manifest lists",
    ),
    ("network", "Manage networks"),
    ("plugin", "Manage plugins"),
    ("system", "Manage Docker"),
    ("trust", "Manage trust on Docker images"),
    ("volume", "Manage volumes"),
];
/// What BuildKit's own client says of itself.
pub(super) const BUILDX: &str = "Usage:  docker buildx [OPTIONS] COMMAND

Extended build capabilities with BuildKit

Options:
      --builder string   Override the configured builder instance
  -D, --debug            Enable debug logging

Management Commands:
  dap         Start debug adapter protocol compatible debugger
  history     Commands to work on build records
  imagetools  Commands to work on images in registry
  policy      Commands for working with build policies

Commands:
  bake        Build from a file
  build       Start a build
  create      Create a new builder instance
  dial-stdio  Proxy current stdio streams to builder instance
  du          Disk usage
  inspect     Inspect current builder instance
  ls          List builder instances
  prune       Remove build cache
  rm          Remove one or more builder instances
  stop        Stop builder instance
  use         Set the current builder instance
  version     Show buildx version information

Run 'docker buildx COMMAND --help' for more information on a command.

Experimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.
";
const SWARM: &str = "swarm";
/// The commands that come first in the overview, in that order.
const COMMON: &[&str] = &[
    "run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version",
    "info",
];

/// Columns of what is not a terminal, less one.
const COLUMNS: usize = 79;
/// The help of `--format` where rows are shown, and where single objects are.
const FORMAT: &str = "Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";
const INSPECT: &str = "Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

pub(super) fn is_group(name: &str) -> bool {
    name == SWARM || GROUPS.iter().any(|(group, _)| *group == name)
}

/// The help of one command.
pub(super) fn help(command: &Command, path: &str) -> String {
    let about = command.about.split('|').next_back().unwrap_or_default();
    let usage = format!("Usage:  {path} {}", command.usage);
    let mut text = format!("{}\n\n{about}\n", usage.trim_end());
    // The builder's commands are BuildKit's own, not other names.
    let names = command.names.iter();
    let (inner, outer): (Vec<&str>, Vec<&str>) = names
        .filter(|name| !name.starts_with("buildx "))
        .partition(|name| name.contains(' '));
    if inner.len() + outer.len() > 1 {
        let names = inner.iter().chain(&outer);
        let names: Vec<String> = names.map(|name| format!("docker {name}")).collect();
        let _ = write!(text, "\nAliases:\n  {}\n", names.join(", "));
    }
    let table = flags_help(command.flags);
    if !table.is_empty() {
        let _ = write!(text, "\nOptions:\n{table}");
    }
    text
}

/// A table of flags, as wide as what is not a terminal.
fn flags_help(table: &'static str) -> String {
    let flags: Vec<Flag> = flags::read(table);
    let shown = flags.iter().filter(|flag| !flag.hidden);
    let left: Vec<(String, &Flag)> = shown.map(|flag| (flag_words(flag), flag)).collect();
    let width = left.iter().map(|(words, _)| words.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (words, flag) in left {
        let help = match flag.help {
            "{format}" => FORMAT,
            "{inspect}" => INSPECT,
            help => help,
        };
        let _ = writeln!(text, "{words:width$}   {}", wrapped(width + 3, help));
    }
    text
}

fn flag_words(flag: &Flag) -> String {
    let short = match flag.short {
        Some(short) => format!("-{short}, "),
        None => "    ".into(),
    };
    let space = if flag.word.is_empty() { "" } else { " " };
    format!("  {short}--{}{space}{}", flag.name, flag.word)
}

/// Breaks a help text into lines that begin at a column.
fn wrapped(indent: usize, text: &str) -> String {
    const SLOP: usize = 5;
    let (mut indent, mut lines) = (indent, String::new());
    if COLUMNS.saturating_sub(indent) < 24 {
        indent = 16;
        lines = format!("\n{}", " ".repeat(indent));
    }
    let margin = format!("\n{}", " ".repeat(indent));
    let room = COLUMNS.saturating_sub(indent + SLOP);
    let mut rest = text;
    loop {
        let (line, left) = break_line(room, SLOP, rest);
        lines.push_str(&line.replace('\n', &margin));
        if left.is_empty() {
            return lines;
        }
        lines.push_str(&margin);
        rest = left;
    }
}

/// The text up to its last blank before `room`, and the rest.
fn break_line(room: usize, slop: usize, text: &str) -> (&str, &str) {
    if room + slop > text.len() {
        return (text, "");
    }
    let head = text.get(..room).unwrap_or(text);
    let blank = head.rfind([' ', '\t', '\n']).unwrap_or(0);
    let newline = head.rfind('\n').unwrap_or(0);
    let end = if newline > 0 { newline } else { blank };
    match (end, text.get(..end), text.get(end + 1..)) {
        (1.., Some(line), Some(rest)) => (line, rest),
        _ => (text, ""),
    }
}

fn listed(names: &[(String, &str)], width: usize) -> String {
    let mut text = String::new();
    for (name, about) in names {
        let _ = writeln!(text, "  {name:width$} {about}");
    }
    text
}

/// The commands whose names a function accepts, sorted, with their lines.
fn commands(wanted: impl Fn(&'static str) -> Option<&'static str>) -> Vec<(String, &'static str)> {
    let all = COMMANDS.iter().flat_map(|commands| commands.iter());
    let mut names: Vec<(String, &str)> = all
        .filter_map(|command| {
            let name = command.names.iter().find_map(|name| wanted(name))?;
            let about = command.about.split('|').next().unwrap_or_default();
            Some((name.to_string(), about))
        })
        .collect();
    names.sort();
    names
}

/// The help of a group of commands.
pub(super) fn group_help(group: &str) -> String {
    let about = GROUPS.iter().find(|(name, _)| *name == group);
    let names = commands(|name| {
        let (first, rest) = name.split_once(' ')?;
        (first == group).then_some(rest)
    });
    let width = names.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    format!(
        "Usage:  docker {group} COMMAND\n\n{}\n\nCommands:\n{}\nRun 'docker {group} COMMAND --help' for more information on a command.\n",
        about.map_or("Manage Swarm", |(_, about)| about),
        listed(&names, width.max(11))
    )
}

/// The help of `docker` itself.
pub(super) fn overview() -> String {
    let (common, mut others): (Vec<_>, Vec<_>) =
        commands(|name| (!name.contains(' ')).then_some(name))
            .into_iter()
            .partition(|(name, _)| COMMON.contains(&name.as_str()));
    let place = |wanted: &str| COMMON.iter().position(|name| *name == wanted);
    let mut common = common;
    common.sort_by_key(|(name, _)| place(name));
    others.retain(|(name, _)| !is_group(name));
    let groups: Vec<(String, &str)> = GROUPS
        .iter()
        .map(|(name, about)| (name.to_string(), *about))
        .collect();
    let swarm = [(SWARM.to_string(), "Manage Swarm")];
    format!(
        "Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n\nCommon Commands:\n{}\nManagement Commands:\n{}\nSwarm Commands:\n{}\nCommands:\n{}\nGlobal Options:\n{}\nRun 'docker COMMAND --help' for more information on a command.\n\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
        listed(&common, 11),
        listed(&groups, 11),
        listed(&swarm, 11),
        listed(&others, 11),
        flags_help(GLOBAL)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn shown(name: &str) -> String {
        let mut all = COMMANDS.iter().flat_map(|commands| commands.iter());
        let command = all.find(|command| command.names.contains(&name)).unwrap();
        help(command, &format!("docker {name}"))
    }

    #[test]
    fn help_is_set_as_by_the_real_client() {
        expect![[r#"
            Usage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]

            Stop one or more running containers

            Aliases:
              docker container stop, docker stop

            Options:
              -s, --signal string   Signal to send to the container
              -t, --timeout int     Seconds to wait before killing the container
        "#]]
        .assert_eq(&shown("stop"));
        expect![[r#"
            Usage:  docker inspect [OPTIONS] NAME|ID [NAME|ID...]

            Return low-level information on Docker objects

            Options:
              -f, --format string   Format output using a custom template:
                                    'json':             Print in JSON format
                                    'TEMPLATE':         Print output using the given
                                    Go template.
                                    Refer to https://docs.docker.com/go/formatting/
                                    for more information about formatting output with
                                    templates
              -s, --size            Display total file sizes if the type is container
                  --type string     Only inspect objects of the given type
        "#]]
        .assert_eq(&shown("inspect"));
    }
}
