//! Commands that the shell runs itself: those that change it.

mod directories;
mod input;
mod jobs;
mod variables;

pub(crate) use variables::set_letter;

use crate::interpreter::{Flow, Shell, ShellFuture};
use crate::limits;
use crate::state::Flavour;
use machine::path;

/// A built-in command.
pub(crate) type BuiltinCommand = for<'a> fn(&'a mut Shell, Vec<String>) -> ShellFuture<'a>;

/// Names and functions; sorted by name.
const BUILTINS: &[(&str, BuiltinCommand)] = &[
    (".", source),
    (":", nothing),
    ("[", crate::condition::test),
    ("alias", variables::alias),
    ("bg", jobs::foreground),
    ("break", leave),
    ("builtin", command),
    ("cd", change_directory),
    ("clear", clear),
    ("command", command),
    ("continue", leave),
    ("declare", variables::declare),
    ("dirs", directories::stack),
    ("echo", echo),
    ("eval", evaluate),
    ("exec", execute),
    ("exit", exit),
    ("export", variables::export),
    ("false", failure),
    ("fg", jobs::foreground),
    ("getopts", input::options),
    ("hash", nothing),
    ("help", help),
    ("history", history),
    ("jobs", jobs::list),
    ("kill", jobs::kill),
    ("let", arithmetic),
    ("local", variables::local),
    ("logout", exit),
    ("mapfile", input::lines),
    ("popd", directories::stack),
    ("printf", print_formatted),
    ("pushd", directories::stack),
    ("pwd", print_directory),
    ("read", input::read),
    ("readarray", input::lines),
    ("readonly", variables::read_only),
    ("return", leave),
    ("set", variables::set),
    ("shift", shift),
    ("shopt", nothing),
    ("source", source),
    ("test", crate::condition::test),
    ("times", nothing),
    ("trap", jobs::trap),
    ("true", nothing),
    ("type", kind),
    ("typeset", variables::declare),
    ("ulimit", nothing),
    ("umask", mask),
    ("unalias", variables::unalias),
    ("unset", variables::unset),
    ("wait", jobs::wait),
];

/// Names that only bash knows.
const BASH_ONLY: [&str; 12] = [
    "dirs",
    "popd",
    "pushd",
    "builtin",
    "declare",
    "help",
    "logout",
    "mapfile",
    "readarray",
    "shopt",
    "typeset",
    "clear",
];

/// The built-in of a name.
pub(crate) fn find(name: &str, flavour: Flavour) -> Option<BuiltinCommand> {
    if flavour == Flavour::Ash && BASH_ONLY.contains(&name) {
        return None;
    }
    BUILTINS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, builtin)| *builtin)
}

/// All names, for completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILTINS.iter().map(|(name, _)| *name)
}

fn nothing(_shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async { Flow::Next(0) })
}

fn failure(_shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async { Flow::Next(1) })
}

fn clear(shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        shell.process.print("\x1b[H\x1b[2J\x1b[3J").await;
        Flow::Next(0)
    })
}

fn echo(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let text = crate::commands::text::echo_text(arguments.get(1..).unwrap_or_default());
        match shell.process.write(1, text.as_bytes()).await {
            Ok(()) => Flow::Next(0),
            Err(error) => {
                shell.complain(&format!("echo: write error: {error}")).await;
                Flow::Next(1)
            }
        }
    })
}

fn print_formatted(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let mut words = arguments.get(1..).unwrap_or_default();
        let mut variable = None;
        if let [flag, name, rest @ ..] = words
            && flag == "-v"
        {
            variable = Some(name.clone());
            words = rest;
        }
        let Some((format, values)) = words.split_first() else {
            shell
                .process
                .print_error("printf: usage: printf [-v var] format [arguments]\n")
                .await;
            return Flow::Next(2);
        };
        let (text, errors) = crate::commands::printf::format(format, values);
        for error in &errors {
            shell.complain(&format!("printf: {error}")).await;
        }
        match variable {
            Some(name) => {
                shell
                    .state
                    .set(&name, String::from_utf8_lossy(&text).into_owned());
            }
            None => {
                shell.process.write(1, &text).await.ok();
            }
        }
        Flow::Next(i32::from(!errors.is_empty()))
    })
}

fn change_directory(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let operands: Vec<&String> = arguments
            .iter()
            .skip(1)
            .filter(|word| !matches!(word.as_str(), "-P" | "-L" | "--"))
            .collect();
        if operands.len() > 1 {
            shell.complain("cd: too many arguments").await;
            return Flow::Next(1);
        }
        let before = shell.process.directory();
        let (target, show) = match operands.first().map(|word| word.as_str()) {
            None => match shell.state.get("HOME") {
                Some(home) => (home, false),
                None => {
                    shell.complain("cd: HOME not set").await;
                    return Flow::Next(1);
                }
            },
            Some("-") => match shell.state.get("OLDPWD") {
                Some(old) => (old, true),
                None => {
                    shell.complain("cd: OLDPWD not set").await;
                    return Flow::Next(1);
                }
            },
            Some(target) => (target.to_string(), false),
        };
        let verb = arguments.first().map_or("cd", String::as_str);
        if let Err(error) = shell.process.change_directory(&target) {
            let message = match shell.state.flavour {
                Flavour::Bash => format!("{verb}: {target}: {error}"),
                Flavour::Ash => format!("cd: can't cd to {target}: {error}"),
            };
            shell.complain(&message).await;
            return Flow::Next(if shell.state.flavour == Flavour::Ash {
                2
            } else {
                1
            });
        }
        let now = path::clean(&shell.process.directory());
        shell.state.set("OLDPWD", before);
        shell.state.set("PWD", now.clone());
        if show {
            shell.process.print(format!("{now}\n")).await;
        }
        Flow::Next(0)
    })
}

fn print_directory(shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        shell
            .process
            .print(format!("{}\n", path::clean(&shell.process.directory())))
            .await;
        Flow::Next(0)
    })
}

/// The number that is a built-in's first argument, or the message for what is none.
async fn number_argument(
    shell: &mut Shell,
    arguments: &[String],
    otherwise: i64,
) -> Result<i64, Flow> {
    let Some(text) = arguments.get(1) else {
        return Ok(otherwise);
    };
    match text.parse() {
        Ok(number) => Ok(number),
        Err(_) => {
            let name = arguments.first().map_or("", String::as_str);
            shell
                .complain(&format!("{name}: {text}: numeric argument required"))
                .await;
            Err(Flow::Next(2))
        }
    }
}

fn exit(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if shell.state.interactive && shell.state.flavour == Flavour::Bash {
            shell.process.print_error("exit\n").await;
        }
        match number_argument(shell, &arguments, i64::from(shell.state.status)).await {
            Ok(status) => Flow::Exit((status & 0xff) as i32),
            Err(_) => Flow::Exit(2),
        }
    })
}

/// `break`, `continue` and `return`.
fn leave(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let name = arguments.first().cloned().unwrap_or_default();
        if name == "return" {
            return match number_argument(shell, &arguments, i64::from(shell.state.status)).await {
                Ok(status) => Flow::Return((status & 0xff) as i32),
                Err(_) => Flow::Return(2),
            };
        }
        let levels = match number_argument(shell, &arguments, 1).await {
            Ok(levels) if levels < 1 => {
                shell
                    .complain(&format!("{name}: {levels}: loop count out of range"))
                    .await;
                1
            }
            Ok(levels) => levels as usize,
            Err(flow) => return flow,
        };
        if name == "break" {
            Flow::Break(levels)
        } else {
            Flow::Continue(levels)
        }
    })
}

fn shift(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let count = match number_argument(shell, &arguments, 1).await {
            Ok(count) => usize::try_from(count).unwrap_or(usize::MAX),
            Err(flow) => return flow,
        };
        if count > shell.state.arguments.len() {
            return Flow::Next(1);
        }
        shell.state.arguments.drain(..count);
        Flow::Next(0)
    })
}

fn evaluate(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if shell.state.depth >= limits::RECURSION {
            return shell
                .fail("eval: maximum eval nesting level exceeded", 1)
                .await;
        }
        shell.state.depth += 1;
        let text = arguments.get(1..).unwrap_or_default().join(" ");
        let flow = shell.run_text(&text).await;
        shell.state.depth -= 1;
        flow
    })
}

fn execute(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let words = arguments.get(1..).unwrap_or_default().to_vec();
        if words.is_empty() {
            return Flow::Next(0);
        }
        shell.exec(words).await
    })
}

fn source(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let name = arguments.first().cloned().unwrap_or_default();
        let Some(file) = arguments.get(1) else {
            shell
                .complain(&format!("{name}: filename argument required"))
                .await;
            return Flow::Next(2);
        };
        let content = match shell.process.files().read(&shell.process.path(file)) {
            Ok(content) => content,
            Err(error) => {
                shell.complain(&format!("{file}: {error}")).await;
                return Flow::Next(1);
            }
        };
        if shell.state.depth >= limits::RECURSION {
            return shell
                .fail(&format!("{name}: maximum source nesting level exceeded"), 1)
                .await;
        }
        shell.state.depth += 1;
        let flow = shell.run_text(&content.text()).await;
        shell.state.depth -= 1;
        match flow {
            Flow::Return(status) => Flow::Next(status),
            other => other,
        }
    })
}

fn arithmetic(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let mut value = 0;
        for expression in arguments.iter().skip(1) {
            match crate::arithmetic::evaluate(expression, &mut shell.state) {
                Ok(number) => value = number,
                Err(message) => {
                    shell.complain(&format!("let: {message}")).await;
                    return Flow::Next(1);
                }
            }
        }
        Flow::Next(i32::from(value == 0))
    })
}

/// `command NAME …` and `builtin NAME …`: no functions; `command -v NAME` tells what it is.
fn command(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let words = arguments.get(1..).unwrap_or_default().to_vec();
        match words.split_first() {
            None => Flow::Next(0),
            Some((flag, names)) if flag == "-v" || flag == "-V" => {
                let mut status = 1;
                for name in names {
                    if let Some(found) = describe(shell, name) {
                        let shown = if flag == "-v" {
                            found.short
                        } else {
                            found.long
                        };
                        shell.process.print(format!("{shown}\n")).await;
                        status = 0;
                    }
                }
                Flow::Next(status)
            }
            Some((name, _)) => match find(name, shell.state.flavour) {
                Some(builtin) => builtin(shell, words).await,
                None => shell.run_program(words).await,
            },
        }
    })
}

/// What a command's name means.
struct Description {
    short: String,
    long: String,
    word: &'static str,
}

fn describe(shell: &Shell, name: &str) -> Option<Description> {
    let simple = |long: String, word| Description {
        short: name.to_string(),
        long,
        word,
    };
    if let Some(text) = shell.state.aliases.get(name) {
        return Some(Description {
            short: format!("alias {name}='{text}'"),
            long: format!("{name} is aliased to `{text}'"),
            word: "alias",
        });
    }
    if [
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
        "in", "function", "time", "{", "}", "!", "[[",
    ]
    .contains(&name)
    {
        return Some(simple(format!("{name} is a shell keyword"), "keyword"));
    }
    if shell.state.functions.contains_key(name) {
        return Some(simple(format!("{name} is a function"), "function"));
    }
    if find(name, shell.state.flavour).is_some() {
        return Some(simple(format!("{name} is a shell builtin"), "builtin"));
    }
    let mut spawn = shell.process.child(vec![name.to_string()]);
    spawn.environment = shell.state.environment();
    let path = shell.process.kernel().find_executable(&spawn).ok()?;
    Some(Description {
        long: format!("{name} is {path}"),
        short: path,
        word: "file",
    })
}

fn kind(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let (flags, names): (Vec<&String>, Vec<&String>) = arguments
            .iter()
            .skip(1)
            .partition(|word| word.starts_with('-'));
        let mut status = 0;
        for name in names {
            match describe(shell, name) {
                Some(found) if flags.iter().any(|flag| *flag == "-t") => {
                    shell.process.print(format!("{}\n", found.word)).await
                }
                Some(found) => shell.process.print(format!("{}\n", found.long)).await,
                None => {
                    status = 1;
                    shell.complain(&format!("type: {name}: not found")).await;
                }
            }
        }
        Flow::Next(status)
    })
}

fn mask(shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        shell.process.print("0022\n").await;
        Flow::Next(0)
    })
}

fn history(shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let lines: Vec<String> = shell
            .state
            .history
            .iter()
            .zip(1..)
            .map(|(line, number)| format!("{number:>5}  {line}\n"))
            .collect();
        shell.process.print(lines.concat()).await;
        Flow::Next(0)
    })
}

fn help(shell: &mut Shell, _arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let names: Vec<&str> = names().filter(|name| name.len() > 1).collect();
        let text = format!(
            "These commands are part of the shell:\n  {}\nOther commands are programs: look for them with `ls /bin`.\n",
            names.join(" ")
        );
        shell.process.print(text).await;
        Flow::Next(0)
    })
}
