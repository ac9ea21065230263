//! Terminals: a line discipline between the keys of a person and the processes that read them.

use crate::{Errno, FileKind, Kernel, LocalFuture, Signal, limits};
use simulation::Notify;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A terminal. Clones are the same one; as an open file it is a process's input and output.
#[derive(Clone)]
pub struct Terminal {
    inner: Rc<Inner>,
}

struct Inner {
    /// Lines that are complete, waiting to be read.
    ready: RefCell<VecDeque<u8>>,
    /// The line that is being typed.
    line: RefCell<Vec<u8>>,
    end_of_input: Cell<bool>,
    echo: Cell<bool>,
    changed: Notify,
    output: RefCell<VecDeque<u8>>,
    dropped: Cell<u64>,
    foreground: RefCell<Option<(Kernel, u32)>>,
    size: Cell<(u16, u16)>,
    /// Reads that wait for a line.
    readers: Cell<usize>,
}

/// A read that waits; dropped with it.
struct Reader(Rc<Inner>);

impl Reader {
    fn new(inner: &Rc<Inner>) -> Reader {
        inner.readers.set(inner.readers.get() + 1);
        Reader(inner.clone())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.readers.set(self.0.readers.get().saturating_sub(1));
    }
}

impl Terminal {
    /// A terminal of 80 columns and 24 rows that echoes what is typed.
    pub fn new() -> Terminal {
        let inner = Inner {
            ready: RefCell::default(),
            line: RefCell::default(),
            end_of_input: Cell::new(false),
            echo: Cell::new(true),
            changed: Notify::new(),
            output: RefCell::default(),
            dropped: Cell::new(0),
            foreground: RefCell::new(None),
            size: Cell::new((80, 24)),
            readers: Cell::new(0),
        };
        Terminal {
            inner: Rc::new(inner),
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.inner.size.get()
    }

    /// Changes columns and rows, and tells the foreground processes with `SIGWINCH`.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.inner.size.set((columns, rows));
        self.signal(Signal::WINCH);
    }

    /// Whether typed characters are shown.
    pub fn set_echo(&self, echo: bool) {
        self.inner.echo.set(echo);
    }

    /// The process group that Ctrl-C interrupts.
    pub fn set_foreground(&self, kernel: &Kernel, group: u32) {
        *self.inner.foreground.borrow_mut() = Some((kernel.clone(), group));
    }

    /// The process group that Ctrl-C interrupts, if it still has a process.
    pub fn foreground(&self) -> Option<u32> {
        let foreground = self.inner.foreground.borrow();
        let (kernel, group) = foreground.as_ref()?;
        kernel.has_group(*group).then_some(*group)
    }

    /// Takes keys as the line discipline does: a line becomes readable with its newline, erase
    /// (DEL) and Ctrl-U edit it, Ctrl-C and Ctrl-\ signal the foreground group, Ctrl-D ends it.
    pub fn input(&self, keys: &[u8]) {
        for key in keys {
            match key {
                0x03 => self.interrupt(Signal::INT, b"^C"),
                0x1c => self.interrupt(Signal::QUIT, b"^\\"),
                0x1a => self.interrupt(Signal::TSTP, b"^Z"),
                0x04 => self.end_line_without_newline(),
                0x7f | 0x08 => self.erase(),
                0x15 => {
                    while !self.inner.line.borrow().is_empty() {
                        self.erase()
                    }
                }
                b'\r' | b'\n' => self.end_line(),
                _ => {
                    self.inner.line.borrow_mut().push(*key);
                    self.echo(&[*key]);
                }
            }
        }
    }

    fn interrupt(&self, signal: Signal, shown: &[u8]) {
        self.inner.line.borrow_mut().clear();
        self.inner.ready.borrow_mut().clear();
        self.echo(shown);
        self.signal(signal);
    }

    fn signal(&self, signal: Signal) {
        let foreground = self.inner.foreground.borrow().clone();
        if let Some((kernel, group)) = foreground {
            kernel.signal_group(group, signal);
        }
    }

    fn end_line(&self) {
        self.inner.line.borrow_mut().push(b'\n');
        self.echo(b"\n");
        self.deliver();
    }

    fn end_line_without_newline(&self) {
        if self.inner.line.borrow().is_empty() {
            self.inner.end_of_input.set(true);
            self.inner.changed.notify();
        } else {
            self.deliver();
        }
    }

    fn deliver(&self) {
        let line = std::mem::take(&mut *self.inner.line.borrow_mut());
        self.inner.ready.borrow_mut().extend(line);
        self.inner.changed.notify();
    }

    fn erase(&self) {
        let mut line = self.inner.line.borrow_mut();
        // A character of several bytes is erased as a whole.
        while line.last().is_some_and(|byte| byte & 0xc0 == 0x80) {
            line.pop();
        }
        if line.pop().is_some() {
            drop(line);
            self.echo(b"\x08 \x08");
        }
    }

    fn echo(&self, bytes: &[u8]) {
        if self.inner.echo.get() {
            self.show(bytes);
        }
    }

    fn show(&self, bytes: &[u8]) {
        let mut output = self.inner.output.borrow_mut();
        output.extend(bytes);
        self.inner.changed.notify();
        let excess = output.len().saturating_sub(limits::TERMINAL_BYTES);
        if excess > 0 {
            // Nobody is looking: as with a scrolled-away screen, the oldest lines are lost.
            output.drain(..excess);
            self.inner
                .dropped
                .set(self.inner.dropped.get() + excess as u64);
        }
    }

    /// Takes what was written to the terminal since the last call.
    pub fn take_output(&self) -> Vec<u8> {
        let taken: Vec<u8> = self.inner.output.borrow_mut().drain(..).collect();
        self.inner.changed.notify();
        taken
    }

    /// Whether somebody waits for a line and none is there yet.
    pub fn is_awaited(&self) -> bool {
        self.inner.readers.get() > 0 && self.inner.ready.borrow().is_empty()
    }

    /// Waits until output waits to be shown.
    pub async fn wait_output(&self) {
        while !self.has_output() {
            self.inner.changed.listen().await;
        }
    }

    /// Whether output waits to be shown.
    pub fn has_output(&self) -> bool {
        !self.inner.output.borrow().is_empty()
    }

    /// Bytes of output that were dropped because nobody took them.
    pub fn dropped(&self) -> u64 {
        self.inner.dropped.get()
    }

    async fn read_line(self, count: usize) -> Result<Vec<u8>, Errno> {
        loop {
            let changed = self.inner.changed.listen();
            {
                let mut ready = self.inner.ready.borrow_mut();
                if !ready.is_empty() {
                    let line = ready
                        .iter()
                        .position(|byte| *byte == b'\n')
                        .map_or(ready.len(), |at| at + 1);
                    return Ok(ready.drain(..line.min(count)).collect());
                }
            }
            if self.inner.end_of_input.replace(false) {
                return Ok(Vec::new());
            }
            let _reader = Reader::new(&self.inner);
            changed.await;
        }
    }

    /// Writes piece by piece and waits while too much is unread, so that a program that prints
    /// without end runs at the speed of its reader.
    async fn write_all(self, bytes: Vec<u8>) -> Result<(), Errno> {
        for piece in bytes.chunks(limits::TERMINAL_UNREAD_BYTES) {
            while self.inner.output.borrow().len() >= limits::TERMINAL_UNREAD_BYTES {
                self.inner.changed.listen().await;
            }
            self.show(piece);
        }
        Ok(())
    }
}

impl Default for Terminal {
    fn default() -> Terminal {
        Terminal::new()
    }
}

impl FileKind for Terminal {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(self.clone().read_line(count))
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        Box::pin(self.clone().write_all(bytes.to_vec()))
    }

    fn terminal(&self) -> Option<&Terminal> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, Time};

    #[test]
    fn a_line_is_edited_echoed_and_read() {
        let terminal = Terminal::new();
        terminal.input(b"lx\x7fs\nrest");
        let simulation = Simulation::new(0, Time::default());
        let line = simulation.run(Time::default(), FileKind::read(&terminal, 100));
        assert_eq!(line, Some(Ok(b"ls\n".to_vec())));
        assert_eq!(terminal.take_output(), b"lx\x08 \x08s\nrest");
    }
}
