//! Commands: their tree, and how a command line finds its way in it.

use super::flag::{Flag, FlagError, Flags};
use super::suggest::suggestions;
use crate::failure::{Failure, Outcome};
use machine::{LocalFuture, Process};

/// What a command does.
pub type Run = fn(Invocation) -> LocalFuture<Outcome>;

/// One command with its flags, its help and what it does.
pub struct Command {
    /// The word that names it.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What follows the name in the usage line.
    pub usage: &'static str,
    /// What it does, in one line.
    pub short: &'static str,
    /// More, for `--help`; may be empty.
    pub long: &'static str,
    /// Lines of examples for `--help`; may be empty.
    pub examples: &'static str,
    /// Its flags, besides the global ones.
    pub flags: &'static [&'static [Flag]],
    /// Flags that must be given.
    pub required: &'static [&'static str],
    /// Its subcommands.
    pub children: &'static [&'static Command],
    /// What it does; `None` prints the help.
    pub run: Option<Run>,
}

impl Command {
    /// A command of which everything but the name is still to be said.
    pub const EMPTY: Command = Command {
        name: "",
        aliases: &[],
        usage: "",
        short: "",
        long: "",
        examples: "",
        flags: &[],
        required: &[],
        children: &[],
        run: None,
    };

    fn child(&self, word: &str) -> Option<&'static Command> {
        self.children
            .iter()
            .copied()
            .find(|child| child.name == word || child.aliases.contains(&word))
    }
}

/// A command with what a command line gave it.
#[derive(Clone)]
pub struct Invocation {
    /// The process that kubectl runs as.
    pub process: Process,
    /// The command.
    pub command: &'static Command,
    /// `kubectl create deployment`.
    pub path: String,
    /// The flags given.
    pub flags: Flags,
    /// The arguments.
    pub arguments: Vec<String>,
    /// How many arguments stood before `--`.
    pub dash: Option<usize>,
}

impl Invocation {
    /// The failure of a wrong use: the sentence, and where to read more.
    pub fn usage_error(&self, sentence: impl AsRef<str>) -> Failure {
        Failure::Message(format!(
            "{}\nSee '{} -h' for help and examples",
            sentence.as_ref(),
            self.path
        ))
    }

    /// The failure of a flag's wrong value as the flag reader words it.
    pub fn argument(&self, index: usize) -> Option<&str> {
        self.arguments.get(index).map(String::as_str)
    }
}

/// What a command line asks for.
pub enum Found {
    /// To run a command.
    Run(Box<Invocation>),
    /// To print the help of a command.
    Help(&'static Command, String),
    /// A group of commands without one of them.
    Group(&'static Command, String),
}

/// Finds the command of a command line and reads its flags.
///
/// Models cobra's `Find` and kubectl's texts for what is not found.
pub fn find(
    root: &'static Command,
    global: &'static [Flag],
    process: &Process,
    words: &[String],
) -> Result<Found, Failure> {
    let mut command = root;
    let mut path = root.name.to_owned();
    let mut words: Vec<String> = words.to_vec();
    loop {
        let tables = tables(command, global);
        let Some(at) = first_argument(&words, &Flags::new(&tables)) else {
            break;
        };
        let Some(word) = words.get(at) else { break };
        if let Some(child) = command.child(word) {
            command = child;
            path = format!("{path} {}", child.name);
            words.remove(at);
            continue;
        }
        if path == root.name {
            return Err(unknown_command(root, word));
        }
        break;
    }
    let mut flags = Flags::new(&tables(command, global));
    let (arguments, dash) = match flags.parse(&words) {
        Ok(read) => read,
        Err(FlagError::Help) => return Ok(Found::Help(command, path)),
        Err(FlagError::Wrong(why)) => {
            return Err(Failure::Message(format!(
                "{why}\nSee '{path} --help' for usage."
            )));
        }
    };
    if command.run.is_none() {
        if let Some(unknown) = arguments.first().filter(|_| !command.children.is_empty()) {
            return Err(Failure::Message(format!(
                "unknown command {}\nSee '{path} -h' for help and examples",
                kubernetes_api::json::quote_go(unknown)
            )));
        }
        return Ok(if path == root.name {
            Found::Help(command, path)
        } else {
            Found::Group(command, path)
        });
    }
    let missing: Vec<String> = command
        .required
        .iter()
        .filter(|name| !flags.given(name))
        .map(|name| format!("\"{name}\""))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::Message(format!(
            "required flag(s) {} not set",
            missing.join(", ")
        )));
    }
    Ok(Found::Run(Box::new(Invocation {
        process: process.clone(),
        command,
        path,
        flags,
        arguments,
        dash,
    })))
}

fn tables(command: &'static Command, global: &'static [Flag]) -> Vec<&'static [Flag]> {
    let mut tables = command.flags.to_vec();
    tables.push(global);
    tables
}

/// The place of the first word that is neither a flag nor a flag's value.
fn first_argument(words: &[String], flags: &Flags) -> Option<usize> {
    let mut skip = false;
    for (at, word) in words.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        if word == "--" {
            return None;
        }
        if let Some(long) = word.strip_prefix("--") {
            skip = !long.contains('=') && flags.long(long).is_some_and(|flag| flag.bare.is_none());
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            let mut letters = letters.chars();
            let takes = |letter| flags.letter(letter).is_some_and(|flag| flag.bare.is_none());
            skip = letters.next().is_some_and(takes) && letters.next().is_none();
        } else {
            return Some(at);
        }
    }
    None
}

fn unknown_command(root: &Command, word: &str) -> Failure {
    let mut text = format!(
        "unknown command {} for {}",
        kubernetes_api::json::quote_go(word),
        kubernetes_api::json::quote_go(root.name)
    );
    let near = suggestions(word, root.children.iter().map(|child| child.name));
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        for name in near {
            text.push_str(&format!("\t{name}\n"));
        }
    }
    Failure::Message(text)
}
