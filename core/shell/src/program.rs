//! The shell as a program: `bash`, `sh`, `-c TEXT`, a script file, an interactive terminal.

use crate::builtins;
use crate::interpreter::{Flow, Shell, exit_status};
use crate::limits;
use crate::parser::{self, SyntaxError};
use crate::prompt::prompt;
use crate::state::{Flavour, State};
use machine::{Disposition, ExitStatus, LocalFuture, Process, Program, Signal};
use simulation::{Either, Receiver, Sender, race};
use std::cell::RefCell;
use std::rc::Rc;

/// bash, or BusyBox's ash.
pub struct ShellProgram {
    /// Whose words it speaks.
    pub flavour: Flavour,
}

impl Program for ShellProgram {
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        Box::pin(run(self.flavour, process))
    }
}

async fn run(flavour: Flavour, process: Process) -> ExitStatus {
    let arguments = process.arguments().to_vec();
    let name = arguments
        .first()
        .map_or("sh", |name| name.trim_start_matches('-'))
        .to_string();
    let mut state = State::new(flavour, &name, process.environment());
    state.process_id = process.pid();
    let mut shell = Shell::new(process, state);
    let mut words = arguments.into_iter().skip(1).peekable();
    let (mut text_follows, mut interactive) = (false, false);
    while let Some(word) = words.next_if(|word| word.starts_with(['-', '+']) && word.len() > 1) {
        if word == "--" {
            break;
        }
        if word.starts_with("--") {
            continue;
        }
        for letter in word.chars().skip(1) {
            match letter {
                'c' => text_follows = true,
                'i' => interactive = true,
                'l' | 's' => {}
                'o' => {
                    if words.next().as_deref() == Some("pipefail") {
                        shell.state.options.pipe_fail = true;
                    }
                }
                letter => {
                    if !builtins::set_letter(&mut shell, letter, word.starts_with('-')) {
                        shell.complain(&format!("-{letter}: invalid option")).await;
                        return ExitStatus::Exited(2);
                    }
                }
            }
        }
    }
    if text_follows {
        return run_command_text(shell, words).await;
    }
    if let Some(file) = words.next() {
        return run_file(shell, file, words.collect()).await;
    }
    if interactive || shell.process.is_terminal(0) {
        return interact(shell).await;
    }
    run_input(shell).await
}

async fn run_command_text(mut shell: Shell, mut words: impl Iterator<Item = String>) -> ExitStatus {
    let Some(text) = words.next() else {
        shell.complain("-c: option requires an argument").await;
        return ExitStatus::Exited(2);
    };
    if let Some(name) = words.next() {
        shell.state.name = name;
    }
    shell.state.arguments = words.collect();
    shell.state.names_lines = shell.state.flavour == Flavour::Bash;
    shell.is_last = true;
    let flow = shell.run_text(&text).await;
    shell.finish(flow).await
}

async fn run_file(mut shell: Shell, file: String, arguments: Vec<String>) -> ExitStatus {
    let content = shell.process.files().read(&shell.process.path(&file));
    let content = match content {
        Ok(content) => content,
        Err(error) => {
            let message = match shell.state.flavour {
                Flavour::Bash => format!("{file}: {error}"),
                Flavour::Ash => format!("can't open '{file}': {error}"),
            };
            shell.complain(&message).await;
            return ExitStatus::Exited(if shell.state.flavour == Flavour::Bash {
                127
            } else {
                2
            });
        }
    };
    shell.state.name = file;
    shell.state.arguments = arguments;
    shell.state.names_lines = true;
    let flow = shell.run_text(&content.text()).await;
    shell.finish(flow).await
}

async fn run_input(mut shell: Shell) -> ExitStatus {
    let bytes = shell.process.read_to_end(0).await.unwrap_or_default();
    shell.state.names_lines = shell.state.flavour == Flavour::Bash;
    let flow = shell.run_text(&String::from_utf8_lossy(&bytes)).await;
    shell.finish(flow).await
}

/// Reads lines from a terminal until `exit` or the end of the input.
async fn interact(mut shell: Shell) -> ExitStatus {
    shell.state.interactive = true;
    if shell.state.flavour == Flavour::Bash {
        shell.state.name = "bash".into();
    }
    shell
        .process
        .signals()
        .set(Signal::INT, Disposition::Handle);
    shell
        .process
        .signals()
        .set(Signal::QUIT, Disposition::Ignore);
    shell
        .process
        .signals()
        .set(Signal::TERM, Disposition::Ignore);
    shell
        .process
        .signals()
        .set(Signal::TSTP, Disposition::Ignore);
    if let Ok(input) = shell.process.descriptor(0)
        && let Some(terminal) = input.terminal()
    {
        terminal.set_foreground(shell.process.kernel(), shell.process.group());
    }
    if shell.state.flavour == Flavour::Bash
        && let Some(flow) = read_startup_files(&mut shell).await
    {
        return shell.finish(flow).await;
    }
    let mut text = String::new();
    loop {
        shell.report_jobs().await;
        let shown = prompt(&shell, !text.is_empty());
        shell.process.print_error(shown).await;
        let Some(line) = read_terminal_line(&mut shell).await else {
            shell.process.print_error("\n").await;
            text.clear();
            shell.state.status = 130;
            continue;
        };
        if line.is_empty() {
            let farewell = match shell.state.flavour {
                Flavour::Bash => "exit\n",
                Flavour::Ash => "\n",
            };
            shell.process.print_error(farewell).await;
            let status = shell.state.status;
            return shell.finish(Flow::Exit(status)).await;
        }
        text.push_str(&line);
        let Some(flow) = run_typed(&mut shell, &mut text).await else {
            continue;
        };
        match flow {
            Flow::Exit(status) => return shell.finish(Flow::Exit(status)).await,
            Flow::Interrupted => {
                shell.state.status = 130;
                shell.process.print_error("\n").await;
            }
            Flow::Next(status) | Flow::Return(status) => shell.state.status = status,
            Flow::Break(_) | Flow::Continue(_) => shell.state.status = 0,
        }
    }
}

/// What an interactive bash runs first, as Debian builds it. An `exit` in there is final.
async fn read_startup_files(shell: &mut Shell) -> Option<Flow> {
    let home = shell.state.get("HOME").unwrap_or_default();
    for file in ["/etc/bash.bashrc".to_string(), format!("{home}/.bashrc")] {
        if let Ok(content) = shell.process.files().read(&file)
            && let flow @ Flow::Exit(_) = shell.run_text(&content.text()).await
        {
            return Some(flow);
        }
    }
    None
}

/// A line with its newline; empty at the end of the input, `None` after Ctrl-C.
async fn read_terminal_line(shell: &mut Shell) -> Option<String> {
    let file = shell.process.descriptor(0).ok()?;
    let mut line = Vec::new();
    loop {
        let signals = shell.process.signals().clone();
        match race(file.read(machine::limits::PIPE_BYTES), signals.next()).await {
            Either::Left(Ok(bytes)) => {
                let ended = bytes.is_empty() || bytes.ends_with(b"\n");
                line.extend(bytes);
                if ended {
                    return Some(String::from_utf8_lossy(&line).into_owned());
                }
            }
            Either::Left(Err(_)) => return Some(String::new()),
            Either::Right(Signal::INT) => return None,
            Either::Right(signal) => {
                shell.on_signal(signal).await;
            }
        }
    }
}

/// Runs what was typed so far, unless it needs more lines.
async fn run_typed(shell: &mut Shell, text: &mut String) -> Option<Flow> {
    let list = match parser::parse(text) {
        Ok(list) => list,
        Err(SyntaxError::Incomplete { .. }) => return None,
        Err(SyntaxError::Unexpected { message, .. }) => {
            shell.complain(&message).await;
            text.clear();
            return Some(Flow::Next(2));
        }
    };
    let typed = std::mem::take(text);
    let typed = typed.trim_end();
    if !typed.is_empty() {
        shell.state.history.push(typed.to_string());
        let excess = shell.state.history.len().saturating_sub(limits::HISTORY);
        shell.state.history.drain(..excess);
    }
    let status = shell.state.status;
    let flow = shell.run_list(&list).await;
    Some(if list.items.is_empty() {
        Flow::Next(status)
    } else {
        flow
    })
}

/// A command line with where its status is wanted.
pub type Order = (String, Sender<i32>);

/// A shell that runs the commands it is sent, one at a time, and answers with their status: one
/// session of a transcript.
pub struct DrivenShell {
    commands: RefCell<Option<Receiver<Order>>>,
}

impl DrivenShell {
    /// A shell for the commands of a queue.
    pub fn new(commands: Receiver<Order>) -> DrivenShell {
        DrivenShell {
            commands: RefCell::new(Some(commands)),
        }
    }
}

impl Program for DrivenShell {
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        Box::pin(async move {
            let Some(mut commands) = self.commands.borrow_mut().take() else {
                return ExitStatus::FAILURE;
            };
            let mut state = State::new(Flavour::Bash, "bash", process.environment());
            state.process_id = process.pid();
            state.names_lines = true;
            state.is_driven = true;
            let mut shell = Shell::new(process, state);
            while let Some((text, answer)) = commands.recv().await {
                let flow = shell.run_text(&text).await;
                if let Flow::Next(status) | Flow::Return(status) | Flow::Exit(status) = flow {
                    shell.state.status = status;
                }
                if let Flow::Exit(_) = flow {
                    let status = shell.finish(flow).await;
                    answer.send(status.code()).ok();
                    return status;
                }
                // Nobody waits for the answer any more when the session is being dropped.
                answer.send(shell.state.status).ok();
            }
            exit_status(shell.state.status)
        })
    }
}
