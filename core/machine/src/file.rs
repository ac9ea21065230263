//! Open files: what a file descriptor stands for.

use crate::{Content, Errno, FileSystem, LocalFuture, Tree};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// An open file, pipe end, terminal or connection. Descriptors and child processes share it;
/// when the last one lets go, it is closed.
pub type File = Rc<dyn FileKind>;

/// What can be done with an open file. The defaults refuse.
pub trait FileKind {
    /// Reads at most `count` bytes, waiting for the first one; empty at the end.
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        let _ = count;
        Box::pin(async { Err(Errno::EBADF) })
    }

    /// Writes all of the bytes, waiting for room.
    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let _ = bytes;
        Box::pin(async { Err(Errno::EBADF) })
    }

    /// Moves the position; gives the new one.
    fn seek(&self, position: Seek) -> Result<u64, Errno> {
        let _ = position;
        Err(Errno::ESPIPE)
    }

    /// Cuts or extends a regular file.
    fn truncate(&self, length: u64) -> Result<(), Errno> {
        let _ = length;
        Err(Errno::EINVAL)
    }

    /// The terminal that this is, if it is one.
    fn terminal(&self) -> Option<&crate::Terminal> {
        None
    }
}

/// Where to move the position of an open file.
#[derive(Clone, Copy, Debug)]
pub enum Seek {
    /// From the start.
    Start(u64),
    /// From the current position.
    Current(i64),
    /// From the end.
    End(i64),
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// Every write goes to the end.
    pub append: bool,
    /// Cut to nothing first.
    pub truncate: bool,
    /// Make it, with these permission bits, when it is not there.
    pub create: Option<u32>,
    /// Fail when it is there.
    pub exclusive: bool,
}

impl OpenOptions {
    /// For reading.
    pub fn read() -> OpenOptions {
        OpenOptions {
            read: true,
            ..OpenOptions::default()
        }
    }

    /// As the shell's `>` does.
    pub fn overwrite() -> OpenOptions {
        OpenOptions {
            write: true,
            truncate: true,
            create: Some(0o644),
            ..OpenOptions::default()
        }
    }

    /// As the shell's `>>` does.
    pub fn append() -> OpenOptions {
        OpenOptions {
            write: true,
            append: true,
            create: Some(0o644),
            ..OpenOptions::default()
        }
    }
}

impl FileSystem {
    /// Opens a regular file or a device by its absolute path.
    pub fn open(&self, path: &str, options: OpenOptions) -> Result<File, Errno> {
        if let Ok(entry) = self.entry(path) {
            if options.exclusive && options.create.is_some() {
                return Err(Errno::EEXIST);
            }
            match &entry.kind {
                crate::EntryKind::Directory if options.write => return Err(Errno::EISDIR),
                crate::EntryKind::Directory => return Ok(Rc::new(OpenDirectory)),
                crate::EntryKind::Device(name) => return Ok(device(name, self)),
                crate::EntryKind::Socket => return Err(Errno::ECONNREFUSED),
                _ => {}
            }
        }
        let (content, tree) = self.content_cell(path, options.write, options.create)?;
        if options.truncate && options.write {
            content.borrow_mut().truncate(0);
        }
        Ok(Rc::new(RegularFile {
            content,
            tree,
            options,
            position: Cell::new(0),
        }))
    }
}

/// The names of the character devices that every machine and container has in `/dev`.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Fills `/dev` with the usual devices.
pub fn create_devices(files: &FileSystem) -> Result<(), Errno> {
    files.create_directories("/dev", 0o755)?;
    for name in DEVICES {
        let metadata = crate::Metadata {
            mode: 0o666,
            user: 0,
            group: 0,
            modified: files.simulation().now(),
        };
        files.put(
            &format!("/dev/{name}"),
            crate::Entry {
                kind: crate::EntryKind::Device(name.into()),
                metadata,
            },
        )?;
    }
    Ok(())
}

struct OpenDirectory;

impl FileKind for OpenDirectory {
    fn read(&self, _count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        Box::pin(async { Err(Errno::EISDIR) })
    }
}

struct RegularFile {
    content: Rc<RefCell<Content>>,
    tree: Tree,
    options: OpenOptions,
    position: Cell<u64>,
}

impl RegularFile {
    fn read_now(&self, count: usize) -> Result<Vec<u8>, Errno> {
        if !self.options.read {
            return Err(Errno::EBADF);
        }
        let bytes = self.content.borrow().read_at(self.position.get(), count);
        self.position.set(self.position.get() + bytes.len() as u64);
        Ok(bytes)
    }

    fn write_now(&self, bytes: &[u8]) -> Result<(), Errno> {
        if !self.options.write {
            return Err(Errno::EBADF);
        }
        self.tree.charge(bytes.len() as u64)?;
        let mut content = self.content.borrow_mut();
        let position = if self.options.append {
            content.len()
        } else {
            self.position.get()
        };
        content.write_at(position, bytes)?;
        self.position.set(position + bytes.len() as u64);
        Ok(())
    }
}

impl FileKind for RegularFile {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        let read = self.read_now(count);
        Box::pin(async move { read })
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let written = self.write_now(bytes);
        Box::pin(async move { written })
    }

    fn seek(&self, position: Seek) -> Result<u64, Errno> {
        let length = self.content.borrow().len();
        let target = match position {
            Seek::Start(offset) => Some(offset),
            Seek::Current(offset) => self.position.get().checked_add_signed(offset),
            Seek::End(offset) => length.checked_add_signed(offset),
        };
        let target = target.ok_or(Errno::EINVAL)?;
        self.position.set(target);
        Ok(target)
    }

    fn truncate(&self, length: u64) -> Result<(), Errno> {
        self.content.borrow_mut().truncate(length);
        Ok(())
    }
}

/// The open file of a character device.
fn device(name: &str, files: &FileSystem) -> File {
    let random = files.simulation().random().clone();
    let kind: Box<dyn Fn(usize) -> Vec<u8>> = match name {
        "zero" => Box::new(|count| vec![0; count.min(crate::limits::PIPE_BYTES)]),
        "urandom" | "random" => Box::new(move |count| {
            (0..count.min(crate::limits::PIPE_BYTES))
                .map(|_| random.next_u64() as u8)
                .collect()
        }),
        _ => Box::new(|_| Vec::new()),
    };
    Rc::new(Device {
        kind,
        full: name == "full",
    })
}

struct Device {
    kind: Box<dyn Fn(usize) -> Vec<u8>>,
    full: bool,
}

impl FileKind for Device {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        let bytes = (self.kind)(count);
        Box::pin(async move { Ok(bytes) })
    }

    fn write(&self, _bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let result = if self.full {
            Err(Errno::ENOSPC)
        } else {
            Ok(())
        };
        Box::pin(async move { result })
    }
}

/// `/dev/null`, for processes that are started without an input or output.
pub fn null() -> File {
    Rc::new(Device {
        kind: Box::new(|_| Vec::new()),
        full: false,
    })
}

/// An open file whose reads give fixed bytes and then end.
pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> File {
    Rc::new(Bytes {
        rest: RefCell::new(bytes.into().into()),
    })
}

struct Bytes {
    rest: RefCell<std::collections::VecDeque<u8>>,
}

impl FileKind for Bytes {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        let mut rest = self.rest.borrow_mut();
        let count = count.min(rest.len());
        let bytes: Vec<u8> = rest.drain(..count).collect();
        Box::pin(async move { Ok(bytes) })
    }
}

/// An open file that hands every write to a function, and is never full: a container's log.
pub fn sink(write: impl Fn(&[u8]) + 'static) -> File {
    Rc::new(Sink { write })
}

struct Sink<F> {
    write: F,
}

impl<F: Fn(&[u8])> FileKind for Sink<F> {
    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        (self.write)(bytes);
        Box::pin(async { Ok(()) })
    }
}
