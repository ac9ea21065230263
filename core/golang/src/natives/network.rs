//! The natives of `internal/native` about the network, and about child processes.

use super::native::errno;
use super::{Call, Completion, Flow, Native, Outcome};
use machine::datagram::DatagramSocket;
use machine::network::{Connection, Listener};
use machine::{Errno, ExitStatus, FileKind, LocalFuture, Process, ProcessHandle, Time};
use ordered::OrderedMap;
use simulation::{Either, Notify};
use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.Dial", dial),
    ("internal/native.Listen", listen),
    ("internal/native.Accept", accept),
    ("internal/native.SockAddr", sock_addr),
    ("internal/native.SetDeadline", set_deadline),
    ("internal/native.CloseWrite", close_write),
    ("internal/native.SendTo", send_to),
    ("internal/native.RecvFrom", receive_from),
    ("internal/native.Resolve", resolve),
    ("internal/native.Interfaces", interfaces),
    ("internal/native.Spawn", spawn),
    ("internal/native.Wait", wait),
];

/// What is known about open descriptors besides the files themselves.
#[derive(Default)]
pub struct Sockets {
    paths: OrderedMap<i32, String>,
    connections: OrderedMap<i32, Rc<Connection>>,
    listeners: OrderedMap<i32, Rc<Listener>>,
    datagrams: OrderedMap<i32, Rc<DatagramSocket>>,
    limits: OrderedMap<i32, Rc<Limits>>,
    children: OrderedMap<u32, ProcessHandle>,
}

impl Sockets {
    pub(super) fn opened(&mut self, fd: i32, path: String) {
        self.paths.insert(fd, path);
    }

    pub(super) fn path(&self, fd: i32) -> Option<String> {
        self.paths.get(&fd).cloned()
    }

    pub(super) fn limits(&mut self, fd: i32) -> Rc<Limits> {
        Rc::clone(self.limits.entry(fd).or_default())
    }

    pub(super) fn forget(&mut self, fd: i32) {
        self.paths.remove(&fd);
        if let Some(limits) = self.limits.remove(&fd) {
            limits.closed.set(true);
            limits.changed.notify();
        }
        if let Some(listener) = self.listeners.remove(&fd) {
            listener.close();
        }
        if let Some(socket) = self.datagrams.remove(&fd) {
            socket.close();
        }
        if let Some(connection) = self.connections.remove(&fd) {
            connection.close();
        }
    }
}

/// How long reading and writing on a descriptor may take. Changes count for those under way.
#[derive(Default)]
pub(super) struct Limits {
    /// For reading and for writing; on the program's own clock, 0 for none.
    by: Cell<(u64, u64)>,
    closed: Cell<bool>,
    changed: Notify,
}

/// Waits for a result until the limits of its descriptor end it.
pub(super) async fn until<T>(
    process: &Process,
    started: u64,
    limits: &Limits,
    write: bool,
    future: impl Future<Output = Result<T, Errno>>,
) -> Result<T, Errno> {
    let mut future = std::pin::pin!(future);
    loop {
        if limits.closed.get() {
            return Err(Errno::EBADF);
        }
        let (read_by, write_by) = limits.by.get();
        let changed = limits.changed.listen();
        let deadline = match if write { write_by } else { read_by } {
            0 => match simulation::race(future.as_mut(), changed).await {
                Either::Left(result) => return result,
                Either::Right(()) => continue,
            },
            deadline => Time::from_nanos(started.saturating_add(deadline)),
        };
        if process.simulation().now() >= deadline {
            return Err(Errno::ETIMEDOUT);
        }
        let end = simulation::race(changed, process.simulation().sleep_until(deadline));
        match simulation::race(future.as_mut(), end).await {
            Either::Left(result) => return result,
            Either::Right(_) => continue,
        }
    }
}

/// A connection as an open file.
struct Socket(Rc<Connection>);

impl FileKind for Socket {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        self.0.read(count)
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        self.0.write(bytes)
    }
}

/// A listener's place among the descriptors.
struct Listening;

impl FileKind for Listening {}

fn address(text: &str) -> Option<SocketAddrV4> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let ip = match host {
        "" | "::" => Ipv4Addr::UNSPECIFIED,
        "::1" => Ipv4Addr::LOCALHOST,
        other => other.parse().ok()?,
    };
    Some(SocketAddrV4::new(ip, port))
}

fn add_connection(call: &mut Call<'_>, connection: Connection) -> Result<i32, Errno> {
    let connection = Rc::new(connection);
    let file = Rc::new(Socket(Rc::clone(&connection)));
    let fd = call.vm.world.process.add_descriptor(file)?;
    call.vm
        .world
        .kept::<Sockets>()
        .connections
        .insert(fd, connection);
    Ok(fd)
}

fn give_fd(call: &mut Call<'_>, result: &Result<i32, Errno>) {
    call.give_int(result.map_or(-1, i64::from));
    call.give(errno(result));
}

fn dial(call: &mut Call<'_>) -> Outcome {
    let (network, target, deadline) = (call.owned(), call.owned(), call.word());
    if network.starts_with("udp") {
        let result = bind_datagrams(call, &target, true);
        give_fd(call, &result);
        return Ok(Flow::Done);
    }
    let process = call.vm.world.process.clone();
    let started = call.vm.world.started();
    let future = Box::pin(async move {
        let result = match address(&target) {
            Some(target) => {
                let connecting = process.network().connect(target);
                let limits = Limits::default();
                limits.by.set((deadline, 0));
                until(&process, started, &limits, false, connecting).await
            }
            None => Err(Errno::EINVAL),
        };
        Box::new(move |call: &mut Call<'_>| {
            let result = result.and_then(|connection| add_connection(call, connection));
            give_fd(call, &result);
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}

fn listen(call: &mut Call<'_>) -> Outcome {
    let (network, target) = (call.owned(), call.owned());
    if network.starts_with("udp") {
        let result = bind_datagrams(call, &target, false);
        give_fd(call, &result);
        return Ok(Flow::Done);
    }
    let process = call.vm.world.process.clone();
    let result = address(&target).ok_or(Errno::EINVAL).and_then(|target| {
        let listener = process.network().listen(*target.ip(), target.port())?;
        let fd = process.add_descriptor(Rc::new(Listening))?;
        let listeners = &mut call.vm.world.kept::<Sockets>().listeners;
        listeners.insert(fd, Rc::new(listener));
        Ok(fd)
    });
    give_fd(call, &result);
    Ok(Flow::Done)
}

fn accept(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let Some(listener) = call.vm.world.kept::<Sockets>().listeners.get(&fd).cloned() else {
        give_fd(call, &Err(Errno::EBADF));
        return Ok(Flow::Done);
    };
    let process = call.vm.world.process.clone();
    let (started, limits) = (
        call.vm.world.started(),
        call.vm.world.kept::<Sockets>().limits(fd),
    );
    let future = Box::pin(async move {
        let result = until(&process, started, &limits, false, listener.accept()).await;
        Box::new(move |call: &mut Call<'_>| {
            let result = result.and_then(|connection| add_connection(call, connection));
            give_fd(call, &result);
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}

fn sock_addr(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let sockets = &call.vm.world.kept::<Sockets>();
    let (local, remote) = if let Some(connection) = sockets.connections.get(&fd) {
        (
            connection.local().to_string(),
            connection.peer().to_string(),
        )
    } else if let Some(listener) = sockets.listeners.get(&fd) {
        (bound_text(listener.address()), String::new())
    } else if let Some(socket) = sockets.datagrams.get(&fd) {
        let peer = socket.peer().map(|peer| peer.to_string());
        (bound_text(socket.local()), peer.unwrap_or_default())
    } else {
        (String::new(), String::new())
    };
    call.give_string(local.as_bytes())?;
    call.give_string(remote.as_bytes())?;
    Ok(Flow::Done)
}

fn bound_text(address: SocketAddrV4) -> String {
    if address.ip().is_unspecified() {
        format!("[::]:{}", address.port())
    } else {
        address.to_string()
    }
}

fn set_deadline(call: &mut Call<'_>) -> Outcome {
    let (fd, write, when) = (call.int() as i32, call.bool(), call.word());
    let limits = call.vm.world.kept::<Sockets>().limits(fd);
    let (read_by, write_by) = limits.by.get();
    limits.by.set(if write {
        (read_by, when)
    } else {
        (when, write_by)
    });
    limits.changed.notify();
    Ok(Flow::Done)
}

fn close_write(call: &mut Call<'_>) -> Outcome {
    let fd = call.int() as i32;
    let result = match call.vm.world.kept::<Sockets>().connections.get(&fd) {
        Some(connection) => {
            connection.close_write();
            Ok(())
        }
        None => Err(Errno::EBADF),
    };
    call.give(errno(&result));
    Ok(Flow::Done)
}

fn send_to(call: &mut Call<'_>) -> Outcome {
    let (fd, bytes, to) = (call.int() as i32, call.slice(), call.owned());
    let text = call.vm.heap.bytes(bytes.address, bytes.length);
    let text = text.unwrap_or_default().to_vec();
    let result = match (
        call.vm.world.kept::<Sockets>().datagrams.get(&fd),
        address(&to),
    ) {
        (None, _) => Err(Errno::EBADF),
        (_, None) => Err(Errno::EINVAL),
        (Some(socket), Some(to)) => socket.send(to, text),
    };
    call.give(if result.is_ok() { bytes.length } else { 0 });
    call.give(errno(&result));
    Ok(Flow::Done)
}

fn receive_from(call: &mut Call<'_>) -> Outcome {
    let (fd, buffer) = (call.int() as i32, call.slice());
    let sockets = &mut call.vm.world.kept::<Sockets>();
    let (socket, limits) = (sockets.datagrams.get(&fd).cloned(), sockets.limits(fd));
    let process = call.vm.world.process.clone();
    let started = call.vm.world.started();
    let future = Box::pin(async move {
        let result = match &socket {
            Some(socket) => until(&process, started, &limits, false, socket.receive()).await,
            None => Err(Errno::EBADF),
        };
        Box::new(move |call: &mut Call<'_>| {
            let code = errno(&result);
            let (from, mut bytes) = match result {
                Ok((from, bytes)) => (from.to_string(), bytes),
                Err(_) => (String::new(), Vec::new()),
            };
            bytes.truncate(buffer.length as usize);
            if let Some(place) = call.vm.heap.bytes_mut(buffer.address, bytes.len() as u64) {
                place.copy_from_slice(&bytes);
            }
            call.give(bytes.len() as u64);
            call.give_string(from.as_bytes())?;
            call.give(code);
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}

/// A socket for datagrams that talks with one address, as an open file.
struct Datagrams(Rc<DatagramSocket>);

impl FileKind for Datagrams {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        let socket = Rc::clone(&self.0);
        Box::pin(async move {
            let (_, mut bytes) = socket.receive().await?;
            bytes.truncate(count);
            Ok(bytes)
        })
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let sent = match self.0.peer() {
            Some(to) => self.0.send(to, bytes.to_vec()),
            None => Err(Errno::EINVAL),
        };
        Box::pin(std::future::ready(sent))
    }
}

/// Binds a socket for datagrams, to an address or for a peer.
fn bind_datagrams(call: &mut Call<'_>, target: &str, connects: bool) -> Result<i32, Errno> {
    let target = address(target).ok_or(Errno::EINVAL)?;
    let process = call.vm.world.process.clone();
    let network = process.network();
    let socket = Rc::new(if connects {
        network.bind_datagrams(Ipv4Addr::UNSPECIFIED, 0, Some(target))?
    } else {
        network.bind_datagrams(*target.ip(), target.port(), None)?
    });
    let fd = process.add_descriptor(Rc::new(Datagrams(Rc::clone(&socket))))?;
    call.vm.world.kept::<Sockets>().datagrams.insert(fd, socket);
    Ok(fd)
}

fn resolve(call: &mut Call<'_>) -> Outcome {
    let host = call.owned();
    let process = call.vm.world.process.clone();
    let addresses = process.network().resolve(process.files(), &host);
    let texts: Vec<String> = addresses
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    let settings = process.files().read("/etc/resolv.conf");
    let settings = settings.map(|content| content.text()).unwrap_or_default();
    let server = settings
        .lines()
        .find_map(|line| line.strip_prefix("nameserver "))
        .map_or("127.0.0.1:53".to_string(), |server| {
            format!("{}:53", server.trim())
        });
    call.give_strings(&texts)?;
    call.give_string(server.as_bytes())?;
    call.give(u64::from(texts.is_empty()));
    Ok(Flow::Done)
}

fn interfaces(call: &mut Call<'_>) -> Outcome {
    let own = call.vm.world.process.network().addresses();
    let mut names = vec!["lo".to_string()];
    let mut addresses = vec!["127.0.0.1/8".to_string()];
    for (at, address) in own.iter().enumerate() {
        names.push(format!("eth{at}"));
        addresses.push(format!("{address}/16"));
    }
    call.give_strings(&names)?;
    call.give_strings(&addresses)?;
    Ok(Flow::Done)
}

fn spawn(call: &mut Call<'_>) -> Outcome {
    let path = call.owned();
    let strings = |call: &mut Call<'_>| -> Vec<String> {
        let slice = call.slice();
        let texts = call.texts(slice);
        texts
            .into_iter()
            .map(|text| String::from_utf8_lossy(call.bytes(text)).into_owned())
            .collect()
    };
    let arguments = strings(call);
    let environment = strings(call);
    let directory = call.owned();
    let descriptors = call.slice();
    let process = call.vm.world.process.clone();
    let mut spawn = process.child(arguments.clone());
    spawn.environment = environment
        .iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    if !directory.is_empty() {
        spawn.directory = process.path(&directory);
    }
    spawn.descriptors.clear();
    for at in 0..descriptors.length {
        let fd = call.vm.heap.load(descriptors.address + at * 8);
        let fd = fd.unwrap_or(u64::MAX) as i64 as i32;
        let file = process.descriptor(fd);
        let file = file.unwrap_or_else(|_| machine::file::null());
        spawn.descriptors.insert(at as i32, file);
    }
    // The program is found by its path; the arguments may begin with another name.
    let shown = std::mem::replace(&mut spawn.arguments, vec![path]);
    let result = process.kernel().find_executable(&spawn).and_then(|file| {
        let content = spawn.files.read(&file)?;
        let program = process.kernel().programs().load(content.bytes());
        if let Ok(program) = program {
            spawn.program = Some(program);
            spawn.arguments = shown;
        }
        process.kernel().spawn(spawn)
    });
    let pid = match &result {
        Ok(handle) => {
            let pid = handle.process().pid();
            let children = &mut call.vm.world.kept::<Sockets>().children;
            children.insert(pid, handle.clone());
            i64::from(pid)
        }
        Err(_) => -1,
    };
    call.give_int(pid);
    call.give(errno(&result));
    Ok(Flow::Done)
}

fn wait(call: &mut Call<'_>) -> Outcome {
    let pid = call.int() as u32;
    let Some(child) = call.vm.world.kept::<Sockets>().children.remove(&pid) else {
        call.give_int(-1);
        call.give(0);
        call.give(Errno::ECHILD.number() as u64);
        return Ok(Flow::Done);
    };
    let future = Box::pin(async move {
        let status = child.wait().await;
        Box::new(move |call: &mut Call<'_>| {
            call.give_int(i64::from(status.code()));
            call.give_bool(matches!(status, ExitStatus::Signaled(_)));
            call.give(0);
            Ok(())
        }) as Completion
    });
    Ok(Flow::Wait(future, "syscall"))
}
