//! Pipes: bounded byte queues with a reading and a writing end.

use crate::{Errno, File, FileKind, LocalFuture, limits};
use simulation::Notify;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A new pipe: its reading and its writing end. The reader sees the end once every writer let
/// go; a writer gets `EPIPE` once every reader let go.
pub fn pipe() -> (File, File) {
    let queue = ByteQueue::new();
    (
        Rc::new(Reader {
            queue: queue.clone(),
        }),
        Rc::new(Writer { queue }),
    )
}

/// The bytes on their way, used by pipes and connections. Clones share it.
#[derive(Clone)]
pub(crate) struct ByteQueue {
    inner: Rc<Inner>,
}

struct Inner {
    bytes: RefCell<VecDeque<u8>>,
    write_closed: Cell<bool>,
    read_closed: Cell<bool>,
    /// The connection was broken off: who reads or writes gets `ECONNRESET`.
    reset: Cell<bool>,
    changed: Notify,
}

impl ByteQueue {
    pub(crate) fn new() -> ByteQueue {
        let inner = Inner {
            bytes: RefCell::default(),
            write_closed: Cell::new(false),
            read_closed: Cell::new(false),
            reset: Cell::new(false),
            changed: Notify::new(),
        };
        ByteQueue {
            inner: Rc::new(inner),
        }
    }

    pub(crate) fn close_write(&self) {
        self.inner.write_closed.set(true);
        self.inner.changed.notify();
    }

    pub(crate) fn close_read(&self) {
        self.inner.read_closed.set(true);
        self.inner.changed.notify();
    }

    /// Whether bytes can still pass.
    pub(crate) fn is_open(&self) -> bool {
        !self.inner.write_closed.get() && !self.inner.read_closed.get() && !self.inner.reset.get()
    }

    pub(crate) fn reset(&self) {
        self.inner.reset.set(true);
        self.inner.changed.notify();
    }

    pub(crate) async fn read(self, count: usize) -> Result<Vec<u8>, Errno> {
        loop {
            let changed = self.inner.changed.listen();
            if self.inner.reset.get() {
                return Err(Errno::ECONNRESET);
            }
            let read: Vec<u8> = {
                let mut bytes = self.inner.bytes.borrow_mut();
                let count = count.min(bytes.len());
                bytes.drain(..count).collect()
            };
            if !read.is_empty() || count == 0 {
                self.inner.changed.notify();
                return Ok(read);
            }
            if self.inner.write_closed.get() {
                return Ok(Vec::new());
            }
            changed.await;
        }
    }

    pub(crate) async fn write(self, data: Vec<u8>) -> Result<(), Errno> {
        let mut rest: &[u8] = &data;
        loop {
            let changed = self.inner.changed.listen();
            if self.inner.reset.get() {
                return Err(Errno::ECONNRESET);
            }
            if self.inner.read_closed.get() || self.inner.write_closed.get() {
                return Err(Errno::EPIPE);
            }
            let room = limits::PIPE_BYTES.saturating_sub(self.inner.bytes.borrow().len());
            let (now, later) = rest.split_at(room.min(rest.len()));
            if !now.is_empty() {
                self.inner.bytes.borrow_mut().extend(now);
                self.inner.changed.notify();
            }
            rest = later;
            if rest.is_empty() {
                return Ok(());
            }
            if now.is_empty() {
                changed.await;
            }
        }
    }
}

struct Reader {
    queue: ByteQueue,
}

impl FileKind for Reader {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(self.queue.clone().read(count))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.queue.close_read();
    }
}

struct Writer {
    queue: ByteQueue,
}

impl FileKind for Writer {
    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        Box::pin(self.queue.clone().write(bytes.to_vec()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close_write();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, Time};

    #[test]
    fn a_full_pipe_makes_the_writer_wait_and_ends_with_it() {
        let simulation = Simulation::new(0, Time::default());
        let (reader, writer) = pipe();
        let size = limits::PIPE_BYTES * 2 + 10;
        simulation.spawn(async move {
            writer.write(&vec![7; size]).await.unwrap();
        });
        let read = simulation.run(Time::default(), async move {
            let mut count = 0;
            loop {
                let bytes = reader.read(1000).await.unwrap();
                if bytes.is_empty() {
                    return count;
                }
                count += bytes.len();
            }
        });
        assert_eq!(read, Some(size));
    }

    #[test]
    fn writing_without_a_reader_breaks_the_pipe() {
        let simulation = Simulation::new(0, Time::default());
        let (reader, writer) = pipe();
        drop(reader);
        let written = simulation.run(Time::default(), async move { writer.write(b"x").await });
        assert_eq!(written, Some(Err(Errno::EPIPE)));
    }
}
