//! A container's log: lines with stream and time, of limited size, which readers can follow.
//! Models the json-file driver.

use crate::limits;
use machine::Time;
use simulation::Notify;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of a log.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// When it was written.
    pub time: Time,
    /// Where.
    pub stream: LogStream,
    /// The bytes, with the newline if it ended with one.
    pub bytes: Rc<[u8]>,
}

/// What to read of a log.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// Wait for more until the container ends.
    pub follow: bool,
    /// Only so many of the last lines; `None` for all.
    pub tail: Option<usize>,
    /// Not older than this.
    pub since: Option<Time>,
    /// Not younger than this.
    pub until: Option<Time>,
}

/// The log. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Log {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    lines: RefCell<VecDeque<LogLine>>,
    /// The number of the first line that is kept.
    first: Cell<u64>,
    bytes: Cell<usize>,
    /// What was written since the last newline, of output and of errors.
    partial: RefCell<[Vec<u8>; 2]>,
    /// Whether the container runs, so that more may come.
    open: Cell<bool>,
    /// Counts the starts and removals, so that a follower ends with the run it followed.
    changed: Notify,
}

impl Log {
    /// Splits what was written into lines and keeps them.
    pub(crate) fn write(&self, stream: LogStream, bytes: &[u8], time: Time) {
        let mut complete = false;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = {
                let mut partial = self.inner.partial.borrow_mut();
                let [output, errors] = &mut *partial;
                let buffer = match stream {
                    LogStream::Stdout => output,
                    LogStream::Stderr => errors,
                };
                buffer.extend_from_slice(piece);
                let ended = buffer.ends_with(b"\n") || buffer.len() >= limits::LOG_LINE_BYTES;
                ended.then(|| std::mem::take(buffer))
            };
            if let Some(line) = line {
                self.push(stream, &line, time);
                complete = true;
            }
        }
        if complete {
            self.inner.changed.notify();
        }
    }

    fn push(&self, stream: LogStream, line: &[u8], time: Time) {
        for chunk in line.chunks(limits::LOG_LINE_BYTES) {
            let line = LogLine {
                time,
                stream,
                bytes: chunk.into(),
            };
            self.inner.bytes.set(self.inner.bytes.get() + chunk.len());
            self.inner.lines.borrow_mut().push_back(line);
        }
        let mut lines = self.inner.lines.borrow_mut();
        while self.inner.bytes.get() > limits::LOG_BYTES {
            let Some(line) = lines.pop_front() else { break };
            self.inner
                .bytes
                .set(self.inner.bytes.get().saturating_sub(line.bytes.len()));
            self.inner.first.set(self.inner.first.get() + 1);
        }
    }

    /// The container was started: more will come.
    pub(crate) fn open(&self) {
        self.inner.open.set(true);
    }

    /// The container ended: what has no newline becomes a line, and followers end.
    pub(crate) fn close(&self, time: Time) {
        let [output, errors] = std::mem::take(&mut *self.inner.partial.borrow_mut());
        for (stream, rest) in [(LogStream::Stdout, output), (LogStream::Stderr, errors)] {
            if !rest.is_empty() {
                self.push(stream, &rest, time);
            }
        }
        self.inner.open.set(false);
        self.inner.changed.notify();
    }

    /// A reader of the kept lines, and of those to come when it follows.
    pub(crate) fn read(&self, options: &LogOptions) -> LogReader {
        let lines = self.inner.lines.borrow();
        let first = self.inner.first.get();
        let count = lines.len();
        let skip = match options.tail {
            Some(tail) => {
                let wanted = lines
                    .iter()
                    .rev()
                    .take_while(|line| options.since.is_none_or(|since| line.time >= since))
                    .take(tail)
                    .count();
                count - wanted
            }
            None => 0,
        };
        LogReader {
            log: self.clone(),
            next: first + skip as u64,
            options: options.clone(),
            end: (!options.follow).then_some(first + count as u64),
        }
    }

    /// Bytes that are kept.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.inner.bytes.get()
    }
}

/// Reads a log line by line.
pub struct LogReader {
    log: Log,
    next: u64,
    options: LogOptions,
    end: Option<u64>,
}

impl LogReader {
    /// The next line; `None` at the end: of what was there, or, following, of the container.
    pub async fn next(&mut self) -> Option<LogLine> {
        loop {
            let changed = self.log.inner.changed.listen();
            if let Some(line) = self.try_next() {
                return Some(line);
            }
            if !self.options.follow || !self.log.inner.open.get() {
                return None;
            }
            changed.await;
        }
    }

    /// The next line if one is there.
    pub fn try_next(&mut self) -> Option<LogLine> {
        let inner = &self.log.inner;
        let lines = inner.lines.borrow();
        loop {
            if self.end.is_some_and(|end| self.next >= end) {
                return None;
            }
            let first = inner.first.get();
            self.next = self.next.max(first);
            let line = lines.get((self.next - first) as usize)?;
            self.next += 1;
            let wanted = self.options.since.is_none_or(|since| line.time >= since)
                && self.options.until.is_none_or(|until| line.time <= until);
            if wanted {
                return Some(line.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(reader: &mut LogReader) -> String {
        let mut all = String::new();
        while let Some(line) = reader.try_next() {
            all.push_str(&String::from_utf8_lossy(&line.bytes));
        }
        all
    }

    #[test]
    fn lines_are_kept_joined_and_tailed() {
        let log = Log::default();
        log.open();
        let at = Time::from_secs;
        log.write(LogStream::Stdout, b"one\ntw", at(1));
        log.write(LogStream::Stderr, b"error\n", at(2));
        log.write(LogStream::Stdout, b"o\nrest", at(3));
        let all = LogOptions::default();
        assert_eq!(text(&mut log.read(&all)), "one\nerror\ntwo\n");
        log.close(at(4));
        let tail = LogOptions {
            tail: Some(2),
            ..LogOptions::default()
        };
        assert_eq!(text(&mut log.read(&tail)), "two\nrest");
        let since = LogOptions {
            since: Some(at(2)),
            ..LogOptions::default()
        };
        assert_eq!(text(&mut log.read(&since)), "error\ntwo\nrest");
    }

    #[test]
    fn the_oldest_lines_are_dropped_at_the_limit() {
        let log = Log::default();
        let line = [vec![b'x'; 99], vec![b'\n']].concat();
        for _ in 0..limits::LOG_BYTES / 50 {
            log.write(LogStream::Stdout, &line, Time::default());
        }
        assert!(log.bytes() <= limits::LOG_BYTES);
        let mut reader = log.read(&LogOptions::default());
        assert_eq!(text(&mut reader).len(), log.bytes());
    }
}
