//! RUN: a command in a container of its own over the stage's layers.

use super::stage::State;
use crate::engine::find_user;
use crate::{Engine, ImageLayer, LogStream, limits};
use machine::{
    Content, ControlGroup, Duration, Entry, File, FileSystem, Layer, Mount, PidNamespace, Signals,
    Spawn, Tree, file,
};
use simulation::{Either, Sender, channel};
use std::cell::RefCell;
use std::rc::Rc;

/// Virtual time that setting up a container for one command takes.
const SETUP_TIME: Duration = Duration::from_millis(130);

/// How a command ended.
pub(super) enum Ran {
    /// It ran: exit code and what it changed.
    Ended(i32, Layer),
    /// The OCI runtime could not start it: its words.
    Refused(String),
}

/// A layer of one directory that is made where it is missing.
pub(super) fn directory_layer(
    engine: &Engine,
    layers: &[ImageLayer],
    place: &str,
) -> Option<Layer> {
    let below = Tree::new(layers.iter().map(|layer| layer.layer.clone()).collect());
    if place == "/" || below.get(place).is_some() {
        return None;
    }
    let mut layer = Layer::default();
    let entry = Entry::directory(engine.now());
    layer.entries.insert(place.to_string(), Some(entry));
    super::copy::add_parents(&mut layer, &below, engine.now());
    Some(layer)
}

/// Runs a command; its output goes to `output` line by line as it comes.
pub(super) async fn run(
    engine: &Engine,
    state: &State,
    command: Vec<String>,
    input: Option<String>,
    mounted: Vec<Mount>,
    output: &Sender<(LogStream, String)>,
) -> Ran {
    engine.simulation().sleep(SETUP_TIME).await;
    let tree = state.tree();
    let files = FileSystem::new(engine.simulation(), tree.clone());
    mounts(engine, &files);
    for mount in mounted {
        files.mount(mount);
    }
    let user = match find_user(&files, &state.config.user) {
        Ok(user) => user,
        Err(error) => return Ran::Refused(error.message),
    };
    let mut environment = state.config.env.clone();
    for (name, value) in state.build_variables() {
        environment.push((name, value));
    }
    if !environment.iter().any(|(name, _)| name == "HOME") {
        environment.push(("HOME".into(), user.home.clone()));
    }
    let (lines, mut received) = channel();
    let stdin = input.map_or_else(file::null, |text| file::from_bytes(text));
    let directory = state.directory();
    let spawn = Spawn {
        arguments: command,
        program: None,
        environment,
        directory: directory.to_string(),
        files,
        descriptors: [
            (0, stdin),
            (1, lines_of(LogStream::Stdout, lines.clone())),
            (2, lines_of(LogStream::Stderr, lines)),
        ]
        .into(),
        hostname: Rc::new(RefCell::new("buildkitsandbox".into())),
        network: engine.kernel().network().namespace(),
        namespace: PidNamespace::container(),
        user: user.number,
        user_group: user.group,
        signals: Signals::default(),
        control: ControlGroup::default(),
        parent: 0,
        group: None,
    };
    let handle = match engine.kernel().spawn(spawn.clone()) {
        Ok(handle) => handle,
        Err(errno) => {
            let reason = engine.exec_failure(&spawn, errno).unwrap_or_else(|| {
                let name = spawn.arguments.first().map_or("", String::as_str);
                format!("exec {name}: {}", errno.message().to_lowercase())
            });
            return Ran::Refused(reason);
        }
    };
    drop(spawn);
    let limit = engine.now() + Duration::from_secs(limits::RUN_SECONDS);
    let code = loop {
        let waiting = async {
            match simulation::race(received.recv(), handle.wait()).await {
                Either::Left(line) => line.map(Ok),
                Either::Right(status) => Some(Err(status)),
            }
        };
        let overdue = engine.simulation().sleep_until(limit);
        match simulation::race(waiting, overdue).await {
            Either::Left(Some(Ok(line))) => {
                output.send(line).ok();
            }
            Either::Left(Some(Err(status))) => break status.code(),
            // Both outputs are closed: only the end is left.
            Either::Left(None) => break handle.wait().await.code(),
            Either::Right(()) => {
                handle.signal(machine::Signal::KILL);
                break 137;
            }
        }
    };
    while let Some(line) = received.try_recv() {
        output.send(line).ok();
    }
    Ran::Ended(code, tree.changes())
}

/// An output that is cut into lines; what has no newline at the end comes when it is closed.
fn lines_of(stream: LogStream, lines: Sender<(LogStream, String)>) -> File {
    let rest = Rest {
        stream,
        lines,
        partial: RefCell::default(),
    };
    file::sink(move |bytes| rest.take(bytes))
}

struct Rest {
    stream: LogStream,
    lines: Sender<(LogStream, String)>,
    partial: RefCell<Vec<u8>>,
}

impl Rest {
    fn take(&self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let mut partial = self.partial.borrow_mut();
            partial.extend_from_slice(piece);
            if partial.ends_with(b"\n") || partial.len() >= limits::LOG_LINE_BYTES {
                let line = std::mem::take(&mut *partial);
                self.send(line);
            }
        }
    }

    fn send(&self, line: Vec<u8>) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']).to_string();
        self.lines.send((self.stream, text)).ok();
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        let rest = self.partial.take();
        if !rest.is_empty() {
            self.send(rest);
        }
    }
}

fn mounts(engine: &Engine, files: &FileSystem) {
    for name in ["/dev", "/proc", "/sys"] {
        files.mount(Mount {
            path: name.into(),
            tree: engine.inner.pseudo.clone(),
            source: name.into(),
            read_only: true,
        });
    }
    let settings = Tree::new(Vec::new());
    for (name, text) in [
        ("hosts", "127.0.0.1\tlocalhost buildkitsandbox\n"),
        ("resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n"),
    ] {
        let entry = Entry::file(Content::new(text), 0o644, engine.now());
        settings.put(&format!("/{name}"), entry);
        files.mount(Mount {
            path: format!("/etc/{name}"),
            tree: settings.clone(),
            source: format!("/{name}"),
            read_only: false,
        });
    }
}
