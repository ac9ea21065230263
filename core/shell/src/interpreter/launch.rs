//! Starting processes: programs, subshells, pipelines, background jobs, substitutions.

use super::{Flow, Job, NOT_EXECUTABLE, NOT_FOUND, ProgramFuture, Shell};
use crate::limits;
use crate::state::{Flavour, State, Value};
use crate::syntax::{Command, Item, List};
use machine::{
    Disposition, Errno, ExitStatus, File, Process, ProcessHandle, Program, Signal, Spawn, file,
    pipe,
};
use std::cell::RefCell;
use std::rc::Rc;

/// A copy of a shell that runs something in a process of its own.
struct Subshell {
    state: RefCell<Option<State>>,
    work: Work,
}

enum Work {
    List(Rc<List>),
    Command(Command),
    Item(Item),
}

impl Program for Subshell {
    fn run(self: Rc<Self>, process: Process) -> ProgramFuture {
        Box::pin(async move {
            let Some(mut state) = self.state.borrow_mut().take() else {
                return ExitStatus::FAILURE;
            };
            state.interactive = false;
            state.traps.clear();
            state.is_driven = false;
            let mut shell = Shell::new(process, state);
            shell.is_last = true;
            let flow = match &self.work {
                Work::List(list) => shell.run_list(list).await,
                Work::Command(command) => shell.run_command(command).await,
                Work::Item(item) => shell.run_item(item).await,
            };
            shell.finish(flow).await
        })
    }
}

impl Shell {
    fn subshell(&self, work: Work) -> Spawn {
        let state = RefCell::new(Some(self.state.clone()));
        let mut spawn = self.process.child(self.process.arguments().to_vec());
        spawn.program = Some(Rc::new(Subshell { state, work }));
        spawn
    }

    /// A job-control shell gives every foreground pipeline a process group of its own, which
    /// the terminal's Ctrl-C then reaches.
    fn has_job_control(&self) -> bool {
        self.state.interactive && self.process.is_terminal(0)
    }

    fn set_foreground(&self, group: u32) {
        if self.has_job_control()
            && let Ok(input) = self.process.descriptor(0)
            && let Some(terminal) = input.terminal()
        {
            terminal.set_foreground(self.process.kernel(), group);
        }
    }

    /// Waits for foreground processes; Ctrl-C's victims end the whole line.
    async fn wait_foreground(&mut self, handles: Vec<ProcessHandle>) -> Flow {
        if let Some(first) = handles.first() {
            self.set_foreground(first.pid());
        }
        let mut statuses = Vec::new();
        let mut interrupted = false;
        for handle in &handles {
            let status = handle.wait().await;
            interrupted |= status == ExitStatus::Signaled(Signal::INT);
            statuses.push(status);
        }
        self.set_foreground(self.process.group());
        let codes = statuses.iter().map(|status| status.code().to_string());
        self.state
            .set_value("PIPESTATUS", Value::Array((0..).zip(codes).collect()));
        let last = statuses.last().copied().unwrap_or(ExitStatus::SUCCESS);
        if interrupted && self.state.interactive {
            self.state.status = 130;
            return Flow::Interrupted;
        }
        self.report_signal(last).await;
        let failed = statuses.iter().rev().find(|status| !status.success());
        let status = if self.state.options.pipe_fail {
            failed.copied().unwrap_or(ExitStatus::SUCCESS)
        } else {
            last
        };
        Flow::Next(status.code())
    }

    /// Bash names the signal that ended a foreground process.
    async fn report_signal(&self, status: ExitStatus) {
        let ExitStatus::Signaled(signal) = status else {
            return;
        };
        let words = match signal {
            Signal::KILL => "Killed",
            Signal::TERM => "Terminated",
            Signal::SEGV => "Segmentation fault",
            Signal::ABRT => "Aborted",
            Signal::HUP => "Hangup",
            Signal::QUIT => "Quit",
            _ => return,
        };
        if self.state.interactive || self.state.flavour == Flavour::Ash {
            self.process.print_error(format!("{words}\n")).await;
        }
    }

    /// Runs a program in the foreground.
    pub(crate) async fn run_program(&mut self, arguments: Vec<String>) -> Flow {
        let name = arguments.first().cloned().unwrap_or_default();
        let mut spawn = self.process.child(arguments);
        spawn.environment = self.state.environment();
        if self.has_job_control() {
            spawn.group = None;
        }
        match self.process.kernel().spawn(spawn.clone()) {
            Ok(handle) => self.wait_foreground(vec![handle]).await,
            Err(Errno::ENOEXEC) => self.run_as_script(spawn).await,
            Err(error) => self.not_started(&name, error).await,
        }
    }

    /// An executable text without `#!` is run by the shell itself.
    async fn run_as_script(&mut self, spawn: Spawn) -> Flow {
        let found = self.process.kernel().find_executable(&spawn);
        let content = found.and_then(|path| self.process.files().read(&path));
        let name = spawn.arguments.first().cloned().unwrap_or_default();
        let Ok(content) = content else {
            return Flow::Next(NOT_EXECUTABLE);
        };
        if content.bytes().iter().take(80).any(|byte| *byte == 0)
            || content.bytes().starts_with(b"\x7fELF")
        {
            self.complain(&format!(
                "{name}: cannot execute binary file: Exec format error"
            ))
            .await;
            return Flow::Next(NOT_EXECUTABLE);
        }
        match crate::parser::parse(&content.text()) {
            Ok(list) => {
                let mut spawn = self.subshell(Work::List(Rc::new(list)));
                if self.has_job_control() {
                    spawn.group = None;
                }
                self.wait_spawned(spawn).await
            }
            Err(_) => {
                self.complain(&format!("{name}: syntax error")).await;
                Flow::Next(2)
            }
        }
    }

    async fn not_started(&mut self, name: &str, error: Errno) -> Flow {
        let has_slash = name.contains('/');
        let is_directory = has_slash && self.process.files().is_directory(&self.process.path(name));
        let missing = error == Errno::ENOENT;
        let message = match (self.state.flavour, missing) {
            (Flavour::Bash, true)
                if has_slash && !self.process.files().exists(&self.process.path(name)) =>
            {
                format!("{name}: {error}")
            }
            (Flavour::Bash, true) if has_slash => {
                format!("{name}: cannot execute: required file not found")
            }
            (Flavour::Bash, true) => format!("{name}: command not found"),
            (Flavour::Bash, false) if is_directory => format!("{name}: Is a directory"),
            (Flavour::Ash, true) => format!("{name}: not found"),
            (_, _) => format!("{name}: {error}"),
        };
        self.complain(&message).await;
        Flow::Next(if missing { NOT_FOUND } else { NOT_EXECUTABLE })
    }

    async fn wait_spawned(&mut self, spawn: Spawn) -> Flow {
        match self.process.kernel().spawn(spawn) {
            Ok(handle) => self.wait_foreground(vec![handle]).await,
            Err(error) => {
                self.complain(&format!("fork: {error}")).await;
                Flow::Next(254)
            }
        }
    }

    /// Waits for a job that `fg` brought to the front.
    pub(crate) async fn wait_in_foreground(&mut self, handle: ProcessHandle) -> Flow {
        self.wait_foreground(vec![handle]).await
    }

    /// `( … )`
    pub(super) async fn run_subshell(&mut self, list: Rc<List>) -> Flow {
        let mut spawn = self.subshell(Work::List(list));
        if self.has_job_control() {
            spawn.group = None;
        }
        self.wait_spawned(spawn).await
    }

    /// `a | b | c`
    pub(super) async fn run_piped(&mut self, commands: &[Command]) -> Flow {
        let mut handles: Vec<ProcessHandle> = Vec::new();
        let mut input: Option<File> = None;
        let count = commands.len();
        for (index, command) in commands.iter().enumerate() {
            let mut spawn = self.subshell(Work::Command(command.clone()));
            if self.has_job_control() {
                spawn.group = handles.first().map(ProcessHandle::pid);
            }
            if let Some(reader) = input.take() {
                spawn.descriptors.insert(0, reader);
            }
            if index + 1 < count {
                let (reader, writer) = pipe();
                spawn.descriptors.insert(1, writer);
                input = Some(reader);
            }
            match self.process.kernel().spawn(spawn) {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    self.complain(&format!("fork: {error}")).await;
                    return Flow::Next(254);
                }
            }
        }
        self.wait_foreground(handles).await
    }

    /// `… &`
    pub(super) async fn run_in_background(&mut self, item: &Item) -> Flow {
        let mut item = item.clone();
        item.background = false;
        let text = item.text.clone();
        let mut spawn = self.subshell(Work::Item(item));
        if self.state.interactive {
            spawn.group = None;
        } else {
            spawn.descriptors.insert(0, file::null());
            let signals = machine::Signals::default();
            signals.set(Signal::INT, Disposition::Ignore);
            spawn.signals = signals;
        }
        let handle = match self.process.kernel().spawn(spawn) {
            Ok(handle) => handle,
            Err(error) => {
                self.complain(&format!("fork: {error}")).await;
                return Flow::Next(254);
            }
        };
        let pid = handle.process().pid();
        let number = self.jobs.iter().map(|job| job.number).max().unwrap_or(0) + 1;
        if self.state.interactive {
            self.process
                .print_error(format!("[{number}] {pid}\n"))
                .await;
        }
        self.state.last_background = Some(pid);
        self.jobs.push(Job {
            number,
            handle,
            text,
        });
        Flow::Next(0)
    }

    /// Runs a list in a subshell and collects its output: its bytes and its status.
    pub(crate) async fn capture(&mut self, list: Rc<List>) -> (Vec<u8>, i32) {
        if self.state.depth >= limits::RECURSION {
            self.complain("maximum substitution nesting level exceeded")
                .await;
            return (Vec::new(), 1);
        }
        let (reader, writer) = pipe();
        self.state.depth += 1;
        let mut spawn = self.subshell(Work::List(list));
        self.state.depth -= 1;
        spawn.descriptors.insert(1, writer);
        let handle = match self.process.kernel().spawn(spawn) {
            Ok(handle) => handle,
            Err(error) => {
                self.complain(&format!("fork: {error}")).await;
                return (Vec::new(), 254);
            }
        };
        let mut output = Vec::new();
        while let Ok(bytes) = reader.read(machine::limits::PIPE_BYTES).await {
            if bytes.is_empty() {
                break;
            }
            output.extend(bytes);
            if output.len() > limits::TEXT_BYTES {
                handle.signal(Signal::KILL);
                break;
            }
        }
        (output, handle.wait().await.code())
    }

    /// `exec COMMAND`: the program takes the shell's place. A shell that others drive ends with it.
    pub(crate) async fn exec(&mut self, arguments: Vec<String>) -> Flow {
        let name = arguments.first().cloned().unwrap_or_default();
        let mut spawn = self.process.child(arguments.clone());
        spawn.environment = self.state.environment();
        let replaced = match self.state.is_driven {
            true => self.process.kernel().find_executable(&spawn).map(|_| false),
            false => self.process.replace(spawn).map(|()| true),
        };
        match replaced {
            Ok(true) => return std::future::pending().await,
            // A text without `#!` is left to the shell.
            Ok(false) | Err(Errno::ENOEXEC) => {}
            Err(error) => return self.not_replaced(&name, error).await,
        }
        match self.run_program(arguments).await {
            Flow::Next(status) => Flow::Exit(status),
            other => other,
        }
    }

    /// `exec` of something that can't be run ends a shell that nobody types into.
    async fn not_replaced(&mut self, name: &str, error: Errno) -> Flow {
        let (missing, status) = match error {
            Errno::ENOENT => (true, NOT_FOUND),
            _ => (false, NOT_EXECUTABLE),
        };
        let message = match (self.state.flavour, missing && !name.contains('/')) {
            (Flavour::Bash, true) => format!("exec: {name}: not found"),
            (Flavour::Bash, false) => format!("exec: {name}: cannot execute: {error}"),
            (Flavour::Ash, _) => {
                let line = match self.state.interactive {
                    true => String::new(),
                    false => format!("line {}: ", self.state.line),
                };
                let why = if missing {
                    "not found".into()
                } else {
                    error.to_string()
                };
                format!("exec: {line}{name}: {why}")
            }
        };
        self.fail(&message, status).await
    }

    /// Tells of background jobs that ended, as an interactive shell does before its prompt.
    pub(crate) async fn report_jobs(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        let newest = jobs.iter().map(|job| job.number).max().unwrap_or(0);
        for job in jobs {
            let Some(status) = job.handle.status() else {
                self.jobs.push(job);
                continue;
            };
            let words = match status {
                ExitStatus::Exited(0) => "Done".to_string(),
                ExitStatus::Exited(code) => format!("Exit {code}"),
                ExitStatus::Signaled(Signal::KILL) => "Killed".to_string(),
                ExitStatus::Signaled(Signal::TERM) => "Terminated".to_string(),
                ExitStatus::Signaled(Signal::INT) => "Interrupt".to_string(),
                ExitStatus::Signaled(signal) => signal.name().to_string(),
            };
            let mark = if job.number == newest { '+' } else { '-' };
            self.process
                .print_error(format!(
                    "[{}]{mark}  {words:<23} {}\n",
                    job.number, job.text
                ))
                .await;
        }
    }
}
