//! A container's input and outputs as open files: they feed the log and whoever is attached.

use super::log::{Log, LogStream};
use machine::{Errno, File, FileKind, LocalFuture, Simulation, Terminal};
use simulation::{Either, Notify, race};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What one client is attached to a container with.
#[derive(Clone, Default)]
pub struct AttachStreams {
    /// Read by the container.
    pub stdin: Option<File>,
    /// Gets the container's output.
    pub stdout: Option<File>,
    /// Gets the container's errors.
    pub stderr: Option<File>,
}

/// The streams of one container. Clones are the same ones.
#[derive(Clone)]
pub(crate) struct Stdio {
    inner: Rc<Inner>,
}

struct Inner {
    simulation: Simulation,
    log: Log,
    attached: RefCell<Vec<(u64, AttachStreams)>>,
    next: Cell<u64>,
    input: RefCell<Option<File>>,
    input_ended: Cell<bool>,
    changed: Notify,
    terminal: RefCell<Option<Terminal>>,
}

/// Keeps a client attached; dropping it detaches.
pub struct AttachHandle {
    stdio: Stdio,
    number: u64,
}

impl Drop for AttachHandle {
    fn drop(&mut self) {
        let gone = {
            let mut attached = self.stdio.inner.attached.borrow_mut();
            let at = attached
                .iter()
                .position(|(number, _)| *number == self.number);
            at.map(|at| attached.remove(at).1)
        };
        let inner = &self.stdio.inner;
        let own = gone.and_then(|gone| gone.stdin);
        let current = inner.input.borrow().clone();
        if let (Some(own), Some(current)) = (own, current)
            && Rc::ptr_eq(&own, &current)
        {
            // Nobody types for the container any more; it must not take what is typed elsewhere.
            *inner.input.borrow_mut() = None;
            inner.changed.notify();
        }
    }
}

impl Stdio {
    pub(crate) fn new(simulation: &Simulation, log: Log) -> Stdio {
        let inner = Inner {
            simulation: simulation.clone(),
            log,
            attached: RefCell::default(),
            next: Cell::new(0),
            input: RefCell::default(),
            input_ended: Cell::new(false),
            changed: Notify::new(),
            terminal: RefCell::default(),
        };
        Stdio {
            inner: Rc::new(inner),
        }
    }

    /// Attaches a client until the handle is dropped.
    pub(crate) fn attach(&self, streams: AttachStreams) -> AttachHandle {
        let number = self.inner.next.get();
        self.inner.next.set(number + 1);
        if let Some(input) = &streams.stdin {
            if let Some(terminal) = input.terminal() {
                *self.inner.terminal.borrow_mut() = Some(terminal.clone());
            }
            *self.inner.input.borrow_mut() = Some(input.clone());
            self.inner.input_ended.set(false);
            self.inner.changed.notify();
        }
        self.inner.attached.borrow_mut().push((number, streams));
        AttachHandle {
            stdio: self.clone(),
            number,
        }
    }

    /// Lets go of all clients: the container ended.
    pub(crate) fn end(&self) {
        let attached = std::mem::take(&mut *self.inner.attached.borrow_mut());
        drop(attached);
        *self.inner.input.borrow_mut() = None;
    }

    /// The input that a container with an open standard input reads.
    pub(crate) fn input(&self) -> File {
        Rc::new(Input {
            stdio: self.clone(),
        })
    }

    /// The output or error file.
    pub(crate) fn output(&self, stream: LogStream) -> File {
        Rc::new(Output {
            stdio: self.clone(),
            stream,
        })
    }

    /// The terminal of a container that has one: input and output in one file.
    pub(crate) fn tty(&self) -> File {
        let terminal = self.inner.terminal.borrow().clone();
        Rc::new(Tty {
            client: terminal.is_some(),
            stdio: self.clone(),
            terminal: terminal.unwrap_or_default(),
        })
    }

    async fn read(self, count: usize) -> Result<Vec<u8>, Errno> {
        loop {
            let changed = self.inner.changed.listen();
            if self.inner.input_ended.get() {
                return Ok(Vec::new());
            }
            let input = self.inner.input.borrow().clone();
            if let Some(input) = input {
                let Either::Left(bytes) = race(input.read(count), changed).await else {
                    continue;
                };
                if bytes.as_ref().map_or(true, Vec::is_empty) {
                    self.inner.input_ended.set(true);
                    return Ok(Vec::new());
                }
                return bytes;
            }
            changed.await;
        }
    }

    async fn write(self, stream: LogStream, bytes: Vec<u8>) -> Result<(), Errno> {
        let now = self.inner.simulation.now();
        self.inner.log.write(stream, &bytes, now);
        let files: Vec<File> = {
            let attached = self.inner.attached.borrow();
            let of_stream = attached.iter().filter_map(|(_, streams)| match stream {
                LogStream::Stdout => streams.stdout.clone(),
                LogStream::Stderr => streams.stderr.clone(),
            });
            of_stream.collect()
        };
        for file in files {
            // A client that went away does not concern the container.
            file.write(&bytes).await.ok();
        }
        Ok(())
    }
}

struct Input {
    stdio: Stdio,
}

impl FileKind for Input {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(self.stdio.clone().read(count))
    }
}

struct Output {
    stdio: Stdio,
    stream: LogStream,
}

impl FileKind for Output {
    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        Box::pin(self.stdio.clone().write(self.stream, bytes.to_vec()))
    }
}

struct Tty {
    stdio: Stdio,
    terminal: Terminal,
    /// Whether the terminal is the client's own, which shows newlines by itself.
    client: bool,
}

impl FileKind for Tty {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(self.stdio.clone().read(count))
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let bytes = if self.client {
            bytes.to_vec()
        } else {
            carriage_returns(bytes)
        };
        Box::pin(self.stdio.clone().write(LogStream::Stdout, bytes))
    }

    fn terminal(&self) -> Option<&Terminal> {
        Some(&self.terminal)
    }
}

/// Newlines as a terminal's output has them.
fn carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len() + 8);
    for byte in bytes {
        if *byte == b'\n' && shown.last() != Some(&b'\r') {
            shown.push(b'\r');
        }
        shown.push(*byte);
    }
    shown
}
