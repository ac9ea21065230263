//! The natives of `internal/native` about files and pipes.

use super::native::errno;
use super::network::Sockets;
use super::{Call, Completion, Flow, Native, Outcome};
use machine::file::Seek;
use machine::{Entry, EntryKind, Errno, OpenOptions, Process};

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.Open", open),
    ("internal/native.Read", read),
    ("internal/native.Write", write),
    ("internal/native.Close", |call| {
        let fd = call.int() as i32;
        call.vm.world.kept::<Sockets>().forget(fd);
        let result = call.vm.world.process.set_descriptor(fd, None);
        done(call, &result)
    }),
    ("internal/native.Seek", seek),
    ("internal/native.Stat", stat),
    ("internal/native.Fstat", fstat),
    ("internal/native.ReadDir", read_dir),
    ("internal/native.Mkdir", |call| {
        let (path, mode) = (path(call), call.int());
        let result = call
            .vm
            .world
            .process
            .files()
            .create_directory(&path, mode as u32 & 0o7777);
        done(call, &result)
    }),
    ("internal/native.Unlink", unlink),
    ("internal/native.Rmdir", |call| {
        let path = path(call);
        let result = call.vm.world.process.files().remove_directory(&path);
        done(call, &result)
    }),
    ("internal/native.Rename", |call| {
        let (from, to) = (path(call), path(call));
        let result = call.vm.world.process.files().rename(&from, &to);
        done(call, &result)
    }),
    ("internal/native.Symlink", |call| {
        let (target, path) = (call.owned(), path(call));
        let result = call.vm.world.process.files().symlink(&target, &path);
        done(call, &result)
    }),
    ("internal/native.Readlink", readlink),
    ("internal/native.Chmod", |call| {
        let (path, mode) = (path(call), call.int());
        let files = call.vm.world.process.files().clone();
        let result = files.set_metadata(&path, |metadata| metadata.mode = mode as u32 & 0o7777);
        done(call, &result)
    }),
    ("internal/native.Chown", |call| {
        let path = path(call);
        let result = call.vm.world.process.files().entry(&path);
        done(call, &result)
    }),
    ("internal/native.Chtimes", |call| {
        let path = path(call);
        let when = call.int().max(0) as u64;
        let files = call.vm.world.process.files().clone();
        let modified = machine::Time::from_nanos(when);
        let result = files.set_metadata(&path, |metadata| metadata.modified = modified);
        done(call, &result)
    }),
    ("internal/native.Link", |call| {
        let (from, to) = (path(call), path(call));
        let files = call.vm.world.process.files().clone();
        let result = files.entry(&from).and_then(|entry| files.put(&to, entry));
        done(call, &result)
    }),
    ("internal/native.Truncate", truncate),
    ("internal/native.Chdir", |call| {
        let path = call.owned();
        let result = call.vm.world.process.change_directory(&path);
        done(call, &result)
    }),
    ("internal/native.Getwd", |call| {
        let directory = call.vm.world.process.directory();
        call.give_string(directory.as_bytes())?;
        call.give(0);
        Ok(Flow::Done)
    }),
    ("internal/native.Isatty", |call| {
        let fd = call.int() as i32;
        let answer = call.vm.world.process.is_terminal(fd);
        call.give_bool(answer);
        Ok(Flow::Done)
    }),
    ("internal/native.Pipe", pipe),
];

/// Gives the error's number as the only result.
fn done<T>(call: &mut Call<'_>, result: &Result<T, Errno>) -> Outcome {
    call.give(errno(result));
    Ok(Flow::Done)
}

fn path(call: &mut Call<'_>) -> String {
    let relative = call.owned();
    if relative.is_empty() {
        return relative;
    }
    call.vm.world.process.path(&relative)
}

const O_WRONLY: i64 = 1;
const O_RDWR: i64 = 2;
const O_CREAT: i64 = 0o100;
const O_EXCL: i64 = 0o200;
const O_TRUNC: i64 = 0o1000;
const O_APPEND: i64 = 0o2000;

fn open(call: &mut Call<'_>) -> Outcome {
    let path = call.owned();
    let (flags, mode) = (call.int(), call.int());
    let options = OpenOptions {
        read: flags & O_WRONLY == 0,
        write: flags & (O_WRONLY | O_RDWR) != 0,
        append: flags & O_APPEND != 0,
        truncate: flags & O_TRUNC != 0,
        create: (flags & O_CREAT != 0).then_some(mode as u32 & 0o7777),
        exclusive: flags & O_EXCL != 0,
    };
    let process = call.vm.world.process.clone();
    let absolute = process.path(&path);
    let result = if path.is_empty() {
        Err(Errno::ENOENT)
    } else {
        process
            .open(&path, options)
            .and_then(|file| process.add_descriptor(file))
    };
    if let Ok(fd) = result {
        call.vm.world.kept::<Sockets>().opened(fd, absolute);
    }
    call.give_int(result.map_or(-1, i64::from));
    done(call, &result)
}

/// The longest single read.
const READ_BYTES_MAX: u64 = 1 << 20;

fn read(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let buffer = call.slice();
    let count = buffer.length.min(READ_BYTES_MAX) as usize;
    if count == 0 {
        call.give(0);
        call.give(0);
        return Ok(Flow::Done);
    }
    let process = call.vm.world.process.clone();
    let limits = call.vm.world.kept::<Sockets>().limits(fd);
    let started = call.vm.world.started();
    let future = Box::pin(async move {
        let reading = process.read(fd, count);
        let result = super::network::until(&process, started, &limits, false, reading).await;
        Box::new(move |call: &mut Call<'_>| {
            let bytes = result.as_deref().unwrap_or(&[]);
            if let Some(place) = call.vm.heap.bytes_mut(buffer.address, bytes.len() as u64) {
                place.copy_from_slice(bytes);
            }
            call.give(bytes.len() as u64);
            call.give(errno(&result));
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}

fn write(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let buffer = call.slice();
    let bytes = call
        .vm
        .heap
        .bytes(buffer.address, buffer.length)
        .unwrap_or(&[])
        .to_vec();
    let process = call.vm.world.process.clone();
    let limits = call.vm.world.kept::<Sockets>().limits(fd);
    let started = call.vm.world.started();
    let future = Box::pin(async move {
        let result = write_all(&process, started, &limits, fd, &bytes).await;
        Box::new(move |call: &mut Call<'_>| {
            let written = if result.is_ok() { buffer.length } else { 0 };
            call.give(written);
            call.give(errno(&result));
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}

async fn write_all(
    process: &Process,
    started: u64,
    limits: &super::network::Limits,
    fd: i32,
    bytes: &[u8],
) -> Result<(), Errno> {
    if fd == 1 || fd == 2 {
        // A broken pipe kills the program here.
        return process.write(fd, bytes).await;
    }
    let file = process.descriptor(fd)?;
    let writing = file.write(bytes);
    super::network::until(process, started, limits, true, writing).await
}

fn seek(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let (offset, whence) = (call.int(), call.int());
    let target = match whence {
        0 => u64::try_from(offset).map(Seek::Start).ok(),
        1 => Some(Seek::Current(offset)),
        2 => Some(Seek::End(offset)),
        _ => None,
    };
    let file = call.vm.world.process.descriptor(fd);
    let result = match (file, target) {
        (Ok(file), Some(target)) => file.seek(target),
        (Err(error), _) => Err(error),
        _ => Err(Errno::EINVAL),
    };
    call.give(*result.as_ref().unwrap_or(&0));
    done(call, &result)
}

/// Linux's type bits of a file's mode.
fn type_bits(kind: &EntryKind) -> u32 {
    match kind {
        EntryKind::Directory => 0o040_000,
        EntryKind::Symlink(_) => 0o120_000,
        EntryKind::Device(_) => 0o020_000,
        EntryKind::Socket => 0o140_000,
        _ => 0o100_000,
    }
}

fn size_of(kind: &EntryKind) -> u64 {
    match kind {
        EntryKind::File(content) => content.borrow().len(),
        EntryKind::Directory => 4096,
        EntryKind::Symlink(target) => target.len() as u64,
        _ => 0,
    }
}

fn give_entry(call: &mut Call<'_>, path: &str, entry: &Result<Entry, Errno>) -> Outcome {
    match entry {
        Ok(entry) => {
            call.give(u64::from(type_bits(&entry.kind) | entry.metadata.mode));
            call.give(size_of(&entry.kind));
            call.give(entry.metadata.modified.as_nanos());
            let inode = path.bytes().fold(7u64, |hash, byte| {
                hash.wrapping_mul(31).wrapping_add(u64::from(byte))
            });
            call.give(inode & 0xff_ffff);
        }
        Err(_) => {
            for _ in 0..4 {
                call.give(0);
            }
        }
    }
    done(call, entry)
}

fn stat(call: &mut Call<'_>) -> Outcome {
    let path = path(call);
    let follow = call.bool();
    let files = call.vm.world.process.files().clone();
    let entry = match (path.is_empty(), follow) {
        (true, _) => Err(Errno::ENOENT),
        (_, true) => files.entry(&path),
        (_, false) => files.link_entry(&path),
    };
    give_entry(call, &path, &entry)
}

fn fstat(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let Some(path) = call.vm.world.kept::<Sockets>().path(fd) else {
        let known = call.vm.world.process.descriptor(fd);
        let terminal = call.vm.world.process.is_terminal(fd);
        let mode = if terminal { 0o020_620 } else { 0o010_600 };
        call.give(mode);
        for _ in 0..3 {
            call.give(0);
        }
        return done(call, &known);
    };
    let entry = call.vm.world.process.files().entry(&path);
    give_entry(call, &path, &entry)
}

fn read_dir(call: &mut Call<'_>) -> Outcome {
    let path = path(call);
    let result = call.vm.world.process.files().read_directory(&path);
    let names: Vec<String> = match &result {
        Ok(entries) => entries.iter().map(|(name, _)| name.clone()).collect(),
        Err(_) => Vec::new(),
    };
    call.give_strings(&names)?;
    done(call, &result)
}

fn unlink(call: &mut Call<'_>) -> Outcome {
    let path = path(call);
    let result = call.vm.world.process.files().remove_file(&path);
    done(call, &result)
}

fn readlink(call: &mut Call<'_>) -> Outcome {
    let path = path(call);
    let result = call.vm.world.process.files().read_link(&path);
    let target = result.clone().unwrap_or_default();
    call.give_string(target.as_bytes())?;
    done(call, &result)
}

fn truncate(call: &mut Call<'_>) -> Outcome {
    let path = call.owned();
    let size = call.int();
    let options = OpenOptions {
        write: true,
        ..OpenOptions::default()
    };
    let result = call
        .vm
        .world
        .process
        .open(&path, options)
        .and_then(|file| file.truncate(size.max(0) as u64));
    done(call, &result)
}

fn pipe(call: &mut Call<'_>) -> Outcome {
    let (reader, writer) = machine::pipe();
    let process = call.vm.world.process.clone();
    let result = process
        .add_descriptor(reader)
        .and_then(|r| Ok((r, process.add_descriptor(writer)?)));
    let (reader, writer) = *result.as_ref().unwrap_or(&(-1, -1));
    call.give_int(i64::from(reader));
    call.give_int(i64::from(writer));
    done(call, &result)
}
