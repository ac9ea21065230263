//! A Go program as a program of the machine: its binary's content, and the task that runs it.

use crate::compile::GoImage;
use crate::limits;
use crate::natives::signals::{self, Modes};
use crate::vm::{Turn, Vm, World};
use golang_check::{Importer, Options, SourceText};
use machine::{
    Disposition, ExitStatus, LoadError, Loader, LocalFuture, Process, Program, Signal, Time,
};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};

/// The name of the loader of Go binaries.
pub const LOADER: &str = "go";

const HEADER: &[u8] = b"go program 1\n";

/// Files of a package: names and texts.
pub type Texts = Vec<(String, Vec<u8>)>;

/// Everything that a binary is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binary {
    /// Which Go built it, `1.26`.
    pub version: (u32, u32),
    /// The packages of the module, each before those that import it, main last: import path and
    /// files.
    pub packages: Vec<(String, Texts)>,
}

impl Binary {
    /// The payload of the executable file.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        let (major, minor) = self.version;
        out.extend_from_slice(format!("{major} {minor}\n").as_bytes());
        for (path, files) in &self.packages {
            out.extend_from_slice(format!("package {path}\n").as_bytes());
            for (name, text) in files {
                out.extend_from_slice(format!("file {} {name}\n", text.len()).as_bytes());
                out.extend_from_slice(text);
            }
        }
        out
    }

    /// Reads a payload.
    pub fn decode(payload: &[u8]) -> Option<Binary> {
        let mut rest = payload.strip_prefix(HEADER)?;
        let mut binary = Binary::default();
        let (major, minor) = take_line(&mut rest)?.split_once(' ')?;
        binary.version = (major.parse().ok()?, minor.parse().ok()?);
        while !rest.is_empty() {
            let line = take_line(&mut rest)?;
            if let Some(path) = line.strip_prefix("package ") {
                binary.packages.push((path.to_string(), Vec::new()));
                continue;
            }
            let (length, name) = line.strip_prefix("file ")?.split_once(' ')?;
            let name = name.to_string();
            let (text, after) = rest.split_at_checked(length.parse().ok()?)?;
            binary.packages.last_mut()?.1.push((name, text.to_vec()));
            rest = after;
        }
        Some(binary)
    }

    /// Checks the packages; the program and the number of main.
    pub(crate) fn check(&self) -> (golang_check::Program, Vec<golang_check::PackageId>) {
        let mut program = golang_check::Program::new(Box::new(Library));
        let mut ids = Vec::new();
        for (path, files) in &self.packages {
            let files = files.iter().map(|(name, text)| SourceText {
                name: name.clone(),
                text: Rc::from(text.as_slice()),
            });
            ids.push(program.check(path, files.collect(), &Options::default()));
        }
        (program, ids)
    }
}

fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    std::str::from_utf8(line).ok()
}

/// Gives the checker the standard packages.
pub(crate) struct Library;

impl Importer for Library {
    fn sources(&self, path: &str) -> Option<Vec<SourceText>> {
        crate::std::sources(path)
    }
}

/// Loads Go binaries. Programs are kept, so that all processes of one binary share its code.
#[derive(Default)]
pub(crate) struct GoLoader {
    known: RefCell<OrderedMap<Vec<u8>, Rc<GoProgram>>>,
}

impl Loader for GoLoader {
    fn load(&self, payload: &[u8]) -> Result<Rc<dyn Program>, LoadError> {
        if let Some(known) = self.known.borrow().get(payload) {
            return Ok(Rc::clone(known) as Rc<dyn Program>);
        }
        let bad = |message: &str| LoadError {
            message: message.to_string(),
        };
        let binary = Binary::decode(payload).ok_or_else(|| bad("exec format error"))?;
        let (program, ids) = binary.check();
        let main = ids.last().copied().ok_or_else(|| bad("no main package"))?;
        let image = Rc::new(GoImage::new(program, main, binary.version));
        let loaded = Rc::new(GoProgram { image });
        let mut known = self.known.borrow_mut();
        if known.len() >= limits::PROGRAMS_KEPT {
            known.pop_first();
        }
        known.insert(payload.to_vec(), Rc::clone(&loaded));
        Ok(loaded)
    }
}

/// A program ready to run.
pub(crate) struct GoProgram {
    image: Rc<GoImage>,
}

impl Program for GoProgram {
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        let image = Rc::clone(&self.image);
        Box::pin(run(image, process))
    }
}

/// Signals that the runtime leaves to the kernel.
fn is_kernels(signal: Signal) -> bool {
    signal.ignored_by_default()
        || signal.stops_by_default()
        || matches!(signal, Signal::KILL | Signal::PIPE)
}

async fn run(image: Rc<GoImage>, process: Process) -> ExitStatus {
    for signal in Signal::ALL {
        if !is_kernels(*signal) && process.signals().get(*signal) == Disposition::Default {
            process.signals().set(*signal, Disposition::Handle);
        }
    }
    let waker = std::future::poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let mut vm = Vm::new(image, World::new(process.clone(), waker.clone()));
    let mut turn = vm.start();
    let mut accounted = 0;
    loop {
        let memory = vm.memory();
        if memory != accounted {
            accounted = memory;
            if process.set_memory(memory).is_err() {
                // The process is dead already; its task ends here.
                std::future::pending::<()>().await;
            }
        }
        match turn {
            Turn::Exit(status) => {
                let words = std::mem::take(&mut vm.last_words);
                if !words.is_empty() {
                    process.print_error(words).await;
                }
                return vm
                    .world
                    .kept::<Modes>()
                    .death
                    .unwrap_or(ExitStatus::Exited(status as u8));
            }
            Turn::Ran(units) => process.work(units).await,
            Turn::Idle(until) => idle(&mut vm, &process, until).await,
        }
        turn = match step(&mut vm, &process, &waker) {
            Some(turn) => turn,
            None => vm.turn(),
        };
    }
}

/// Signals and finished futures before the next turn.
fn step(vm: &mut Vm, process: &Process, waker: &std::task::Waker) -> Option<Turn> {
    while let Some(signal) = process.signals().try_next() {
        if let Some(turn) = signals::signal(vm, signal) {
            return Some(turn);
        }
    }
    let mut context = Context::from_waker(waker);
    vm.poll_futures(&mut context).err().map(Turn::Exit)
}

/// Waits until a time, for a signal, or for a future of a native.
async fn idle(vm: &mut Vm, process: &Process, until: Option<u64>) {
    let mut sleep =
        until.map(|nanos| Box::pin(process.simulation().sleep_until(Time::from_nanos(nanos))));
    let signals = process.signals().clone();
    let mut arrived = Box::pin(async move { signals.arrival().await });
    std::future::poll_fn(move |context| {
        if arrived.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        if let Some(sleep) = &mut sleep
            && sleep.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(());
        }
        match vm.poll_futures(context) {
            Ok(false) => Poll::Pending,
            Ok(true) => Poll::Ready(()),
            Err(status) => {
                vm.exit_at_once = Some(status);
                Poll::Ready(())
            }
        }
    })
    .await;
}
