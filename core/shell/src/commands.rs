//! The everyday commands: a table of them, and what they share.

mod account;
mod awk;
mod compare;
mod console;
mod date;
mod digest;
mod disk;
mod encode;
mod fetch;
mod files;
mod filter;
mod find;
mod grep;
mod interfaces;
mod lines;
mod list;
pub mod printf;
mod process;
mod sed;
mod table;
mod tape;
pub mod text;
mod view;

use crate::program::ShellProgram;
use crate::state::Flavour;
use machine::{ExitStatus, File, LocalFuture, OpenOptions, Process, Program, path};
use ordered::OrderedMap;
use std::rc::Rc;

/// One command.
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Whether BusyBox has it too.
    pub in_busybox: bool,
    run: fn(Context) -> LocalFuture<ExitStatus>,
}

/// What a command runs with.
pub(crate) struct Context {
    pub(crate) process: Process,
    pub(crate) flavour: Flavour,
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
}

macro_rules! commands {
    ($($name:literal $busybox:literal $run:path;)*) => {
        /// Every command, sorted by name.
        pub static ALL: &[Command] = &[
            $(Command { name: $name, in_busybox: $busybox, run: |context| Box::pin($run(context)) },)*
        ];
    };
}

commands! {
    "awk" true awk::awk;
    "base64" true encode::base64;
    "basename" true files::basename;
    "cat" true text::cat;
    "chgrp" true disk::chown;
    "chmod" true files::chmod;
    "chown" true disk::chown;
    "clear" true text::clear;
    "cmp" true compare::cmp;
    "column" false lines::column;
    "comm" true lines::common;
    "cp" true files::copy;
    "curl" false fetch::curl;
    "cut" true filter::cut;
    "date" true date::date;
    "dd" true disk::dd;
    "df" true disk::df;
    "diff" true compare::diff;
    "dirname" true files::dirname;
    "du" true disk::du;
    "echo" true text::echo;
    "egrep" true grep::grep;
    "env" true process::env;
    "expr" true process::expression;
    "false" true process::failure;
    "fgrep" true grep::grep;
    "find" true find::find;
    "fold" true lines::fold;
    "free" true process::free;
    "getent" false fetch::getent;
    "grep" true grep::grep;
    "groups" true account::list_groups;
    "head" true text::head;
    "hexdump" true lines::hexdump;
    "hostname" true process::hostname;
    "id" true account::id;
    "ifconfig" true interfaces::ifconfig;
    "ip" true interfaces::ip;
    "ipaddr" true interfaces::ip;
    "iplink" true interfaces::ip;
    "iproute" true interfaces::ip;
    "kill" true process::kill;
    "killall" true table::kill_all;
    "less" true view::page;
    "ln" true files::link;
    "ls" true list::ls;
    "md5sum" true digest::print;
    "mkdir" true files::make_directory;
    "mktemp" true disk::mktemp;
    "more" true view::page;
    "mount" true disk::mount;
    "mv" true files::rename;
    "nano" false view::editor;
    "nc" true interfaces::nc;
    "netstat" true interfaces::sockets;
    "nl" true view::number_lines;
    "nohup" true process::nohup;
    "nproc" true table::processors;
    "nslookup" true fetch::nslookup;
    "od" true encode::octal_dump;
    "paste" true lines::paste;
    "pgrep" true table::find;
    "pidof" true table::pid_of;
    "ping" true view::ping;
    "pkill" true table::find;
    "printenv" true process::printenv;
    "printf" true printf::run;
    "ps" true table::ps;
    "pwd" true files::print_directory;
    "readlink" true files::read_link;
    "realpath" true files::real_path;
    "rev" true filter::reverse;
    "rm" true files::remove;
    "rmdir" true files::remove_directory;
    "route" true interfaces::route;
    "script" true console::script;
    "sed" true sed::sed;
    "seq" true filter::sequence;
    "sha1sum" true digest::print;
    "sha256sum" true digest::print;
    "sha512sum" true digest::print;
    "shuf" true lines::shuffle;
    "sleep" true process::sleep;
    "sort" true filter::sort;
    "ss" false interfaces::sockets;
    "stat" true disk::stat;
    "strings" true lines::strings;
    "stty" true console::stty;
    "sudo" false process::sudo;
    "sync" true process::success;
    "tac" true view::reverse_lines;
    "tail" true text::tail;
    "tar" true tape::tar;
    "tee" true text::tee;
    "test" true process::test;
    "timeout" true process::timeout;
    "top" true table::top;
    "touch" true files::touch;
    "tr" true filter::translate;
    "tree" true list::tree;
    "true" true process::success;
    "truncate" true disk::truncate;
    "tty" true console::terminal_name;
    "uname" true process::uname;
    "uniq" true filter::unique;
    "uptime" true table::uptime;
    "vi" true view::editor;
    "vim" false view::editor;
    "watch" true process::watch;
    "wc" true text::count;
    "wget" true fetch::wget;
    "which" true process::which;
    "whoami" true account::who_am_i;
    "xargs" true process::xargs;
    "xxd" true lines::hexdump;
    "yes" true filter::yes;
}

pub(crate) use account::user as user_name;

/// A command as a program of its own.
pub(crate) struct Standalone(pub(crate) &'static Command);

impl Program for Standalone {
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        let arguments = process.arguments().to_vec();
        let name = self.0.name.to_string();
        (self.0.run)(Context {
            process,
            flavour: Flavour::Bash,
            name,
            arguments,
        })
    }
}

/// BusyBox: the applet that its own name, or its first argument, says.
pub(crate) struct Busybox;

impl Program for Busybox {
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        let mut arguments = process.arguments().to_vec();
        if arguments
            .first()
            .is_some_and(|name| path::file_name(name) == "busybox")
        {
            arguments.remove(0);
        }
        let name = arguments
            .first()
            .map_or("", |name| path::file_name(name))
            .trim_start_matches('-')
            .to_string();
        if matches!(name.as_str(), "sh" | "ash") {
            return Rc::new(ShellProgram {
                flavour: Flavour::Ash,
            })
            .run(process);
        }
        match ALL
            .iter()
            .find(|command| command.name == name && command.in_busybox)
        {
            Some(command) => (command.run)(Context {
                process,
                flavour: Flavour::Ash,
                name,
                arguments,
            }),
            None => Box::pin(async move {
                if name.is_empty() {
                    let names: Vec<&str> = ALL
                        .iter()
                        .filter(|command| command.in_busybox)
                        .map(|command| command.name)
                        .collect();
                    process.print(format!("BusyBox v1.36.1 multi-call binary.\n\nCurrently defined functions:\n\t{}\n", names.join(", "))).await;
                    return ExitStatus::SUCCESS;
                }
                process
                    .print_error(format!("{name}: applet not found\n"))
                    .await;
                ExitStatus::Exited(127)
            }),
        }
    }
}

/// Flags and operands of a command line.
pub(crate) struct Options {
    flags: OrderedMap<char, Vec<String>>,
    pub(crate) operands: Vec<String>,
}

impl Options {
    pub(crate) fn has(&self, flag: char) -> bool {
        self.flags.contains_key(&flag)
    }

    /// The last value of a flag.
    pub(crate) fn value(&self, flag: char) -> Option<&str> {
        self.flags
            .get(&flag)
            .and_then(|values| values.last())
            .map(String::as_str)
    }

    /// All values of a flag.
    pub(crate) fn values(&self, flag: char) -> &[String] {
        self.flags.get(&flag).map_or(&[], Vec::as_slice)
    }
}

impl Context {
    pub(crate) fn is_busybox(&self) -> bool {
        self.flavour == Flavour::Ash
    }

    /// Reads flags: `letters` as for `getopt` (a colon after a letter: it takes a value), and long
    /// names for letters. The error is printed already.
    pub(crate) async fn options(
        &self,
        letters: &str,
        long: &[(&str, char)],
    ) -> Result<Options, ExitStatus> {
        match parse(self.arguments.get(1..).unwrap_or_default(), letters, long) {
            Ok(options) => Ok(options),
            Err(message) => {
                let hint = if self.is_busybox() {
                    String::new()
                } else {
                    format!("Try '{} --help' for more information.\n", self.name)
                };
                self.process
                    .print_error(format!("{}: {message}\n{hint}", self.name))
                    .await;
                Err(ExitStatus::Exited(
                    if matches!(self.name.as_str(), "ls" | "grep" | "sort") {
                        2
                    } else {
                        1
                    },
                ))
            }
        }
    }

    /// Prints `NAME: message` to standard error.
    pub(crate) async fn complain(&self, message: impl AsRef<str>) {
        self.process
            .print_error(format!("{}: {}\n", self.name, message.as_ref()))
            .await;
    }

    /// An operand is missing.
    pub(crate) async fn missing_operand(&self) -> ExitStatus {
        if self.is_busybox() {
            self.process
                .print_error(format!(
                    "BusyBox v1.36.1 multi-call binary.\n\nUsage: {} ...\n",
                    self.name
                ))
                .await;
        } else {
            self.complain(format!(
                "missing operand\nTry '{} --help' for more information.",
                self.name
            ))
            .await;
        }
        ExitStatus::FAILURE
    }

    /// The bytes of a file, or of standard input for `-`; the error is printed already.
    pub(crate) async fn input(&self, operand: &str) -> Option<Vec<u8>> {
        let path = self.process.path(operand);
        let read = if operand == "-" {
            self.process.read_to_end(0).await
        } else if path.starts_with("/dev/") {
            match self.process.open(operand, OpenOptions::read()) {
                Ok(file) => Ok(self.read_device(&file).await),
                Err(error) => Err(error),
            }
        } else {
            self.process
                .files()
                .read(&path)
                .map(|content| content.bytes().to_vec())
        };
        match read {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let message = if self.is_busybox() {
                    format!("can't open '{operand}': {error}")
                } else {
                    format!("{operand}: {error}")
                };
                self.complain(message).await;
                None
            }
        }
    }

    /// Everything that a device has to say. Of one that never ends the process's memory becomes
    /// full, which ends the process.
    async fn read_device(&self, file: &File) -> Vec<u8> {
        let mut all = Vec::new();
        while let Ok(bytes) = file.read(64 * 1024).await {
            if bytes.is_empty() {
                return all;
            }
            all.extend(bytes);
            self.process.work(64 * 1024).await;
            let full = all.len() > crate::limits::TEXT_BYTES;
            let held = if full { 1 << 40 } else { all.len() as u64 };
            if self.process.set_memory(held).is_err() {
                break;
            }
            if full {
                let killed = ExitStatus::Signaled(machine::Signal::KILL);
                self.process.exit(killed);
                break;
            }
        }
        // A process that was ended gets no further than its next wait.
        std::future::pending().await
    }

    /// The texts of the operands, or of standard input when there are none, one after the other;
    /// and whether all could be read.
    pub(crate) async fn inputs(&self, operands: &[String]) -> (Vec<u8>, bool) {
        let standard = ["-".to_string()];
        let operands = if operands.is_empty() {
            &standard[..]
        } else {
            operands
        };
        let (mut all, mut complete) = (Vec::new(), true);
        for operand in operands {
            match self.input(operand).await {
                Some(bytes) => all.extend(bytes),
                None => complete = false,
            }
        }
        (all, complete)
    }
}

fn parse(words: &[String], letters: &str, long: &[(&str, char)]) -> Result<Options, String> {
    let mut options = Options {
        flags: OrderedMap::new(),
        operands: Vec::new(),
    };
    let takes_value = |letter: char| {
        letters
            .find(letter)
            .and_then(|at| letters.get(at + letter.len_utf8()..))
            .is_some_and(|rest| rest.starts_with(':'))
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            options.operands.extend(words.by_ref().cloned());
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| {
                (name, Some(value.to_string()))
            });
            let Some((_, letter)) = long.iter().find(|(known, _)| *known == name) else {
                return Err(format!("unrecognized option '--{name}'"));
            };
            let value = match (takes_value(*letter), value) {
                (true, Some(value)) => value,
                (true, None) => words
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("option '--{name}' requires an argument"))?,
                (false, value) => value.unwrap_or_default(),
            };
            options.flags.entry(*letter).or_default().push(value);
        } else if let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.is_empty()) {
            let mut flags = flags.chars();
            while let Some(letter) = flags.next() {
                if letter == ':' || !letters.contains(letter) {
                    return Err(format!("invalid option -- '{letter}'"));
                }
                let mut value = String::new();
                if takes_value(letter) {
                    value = flags.by_ref().collect();
                    if value.is_empty() {
                        value = words
                            .next()
                            .cloned()
                            .ok_or_else(|| format!("option requires an argument -- '{letter}'"))?;
                    }
                }
                options.flags.entry(letter).or_default().push(value);
            }
        } else {
            options.operands.push(word.clone());
        }
    }
    Ok(options)
}

/// A duration as `sleep` and `timeout` write it: seconds, or with `s`, `m`, `h`, `d`.
pub(crate) fn duration(text: &str) -> Option<machine::Duration> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((index, unit)) if "smhd".contains(unit) => (text.get(..index)?, unit),
        _ => (text, 's'),
    };
    let factor = match unit {
        'm' => 60.0,
        'h' => 3600.0,
        'd' => 86400.0,
        _ => 1.0,
    };
    let seconds: f64 = if number == "infinity" {
        1e9
    } else {
        number.parse().ok()?
    };
    (seconds >= 0.0).then(|| machine::Duration::from_secs_f64((seconds * factor).min(1e10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_values_and_operands() {
        let words: Vec<String> = ["-abn5", "x", "--name=y", "-", "--", "-z"]
            .map(String::from)
            .into();
        let options = parse(&words, "abn:", &[("name", 'n')]).ok().unwrap();
        assert!(options.has('a') && options.has('b'));
        assert_eq!(options.values('n'), ["5", "y"]);
        assert_eq!(options.operands, ["x", "-", "-z"]);
        assert_eq!(
            parse(&["-q".into()], "a", &[]).err().unwrap(),
            "invalid option -- 'q'"
        );
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(ALL.is_sorted_by_key(|command| command.name));
    }
}
