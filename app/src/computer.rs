//! The seam to the playground: the one place in the page that calls it.

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

use docker::{Event, Filters};
use machine::Terminal;
use picture::{Container, Picture, Watcher};
use playground::mistakes::{self, Severity};
use playground::{Options, Playground};
use simulation::{Duration, Receiver, Time};

use crate::bridge::Mark;

/// Nanoseconds of virtual time since the computer was switched on.
pub type Nanoseconds = u64;

/// What the shell shows when it waits for a command.
const PROMPT: &[u8] = b"$ ";

/// The label that the kubelet gives to the containers of pods.
const POD_LABEL: &str = "io.kubernetes.pod.name";

/// The learner's computer.
pub struct Computer {
    playground: Playground,
    terminal: Terminal,
    watcher: Watcher,
    engine_events: RefCell<Option<Receiver<Rc<Event>>>>,
    engine_revision: std::cell::Cell<u64>,
    started: Time,
    /// The last bytes that were shown: whether they are the prompt.
    tail: Vec<u8>,
}

impl Computer {
    /// Switches the computer on, with these files in its workspace and so many nodes in its cluster.
    ///
    /// # Errors
    /// Why there is none.
    pub fn new(files: &[(String, String)], legacy_apis: bool, nodes: u8) -> Result<Self, String> {
        let options = Options {
            legacy_apis,
            nodes,
            start: Time::from_secs(js_sys::Date::now() as u64 / 1000),
            ..Options::default()
        };
        let started = options.start;
        let wrong = |error: machine::Errno| error.to_string();
        let playground = Playground::new(options).map_err(wrong)?;
        for (name, text) in files {
            playground.write(name, text).map_err(wrong)?;
        }
        let terminal = playground.open_terminal().map_err(wrong)?;
        let server = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 6443);
        let network = playground.kernel().host_network();
        let watcher = Watcher::start(playground.simulation(), network, server);
        let events = playground.engines().first().map(docker::Engine::events);
        Ok(Self {
            playground,
            terminal,
            watcher,
            engine_events: RefCell::new(events),
            engine_revision: std::cell::Cell::new(0),
            started,
            tail: Vec::new(),
        })
    }

    /// Runs what is due until that time, for so much work at most; whether it got there.
    pub fn advance(&mut self, until: Nanoseconds, budget: u64) -> bool {
        let until = self.started + Duration::from_nanos(until);
        self.playground.simulation().advance(until, budget).reached
    }

    /// Virtual time since the start.
    pub fn now(&self) -> Nanoseconds {
        self.since_start(self.playground.simulation().now())
    }

    /// When something will happen next.
    pub fn next_event(&self) -> Option<Nanoseconds> {
        let next = self.playground.simulation().next_timer();
        next.map(|next| self.since_start(next))
    }

    fn since_start(&self, time: Time) -> Nanoseconds {
        u64::try_from(time.since(self.started).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Keys for the terminal.
    pub fn input(&mut self, keys: &[u8]) {
        self.terminal.input(keys);
    }

    /// What the terminal shows since the last call.
    pub fn take_output(&mut self) -> Vec<u8> {
        let output = self.terminal.take_output();
        self.tail
            .extend(output.iter().rev().take(PROMPT.len()).rev());
        let excess = self.tail.len().saturating_sub(PROMPT.len());
        self.tail.drain(..excess);
        output
    }

    /// Whether the terminal has something to show.
    pub fn has_output(&self) -> bool {
        self.terminal.has_output()
    }

    /// Whether the shell waits for a command.
    pub fn at_prompt(&self) -> bool {
        self.terminal.is_awaited() && self.tail == PROMPT
    }

    /// The terminal's size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.resize(columns, rows);
    }

    /// Grows whenever the picture may have changed.
    pub fn picture_revision(&self) -> u64 {
        if let Some(events) = self.engine_events.borrow_mut().as_mut() {
            while events.try_recv().is_some() {
                self.engine_revision.set(self.engine_revision.get() + 1);
            }
        }
        self.watcher.revision() + self.engine_revision.get()
    }

    /// What the cluster looks like, with what the learner runs beside it.
    pub fn picture(&self) -> Picture {
        let mut picture = self.watcher.picture();
        let engine = self.playground.engines().first();
        let containers = engine.map(|engine| engine.list(&Filters::default()));
        picture.containers = containers
            .unwrap_or_default()
            .into_iter()
            .filter(|container| !container.labels.contains_key(POD_LABEL))
            .map(|container| Container {
                id: container.id.chars().take(12).collect(),
                running: container.state.is_running(),
                state: "Running".to_owned(),
                name: container.name,
                image: container.image,
            })
            .collect();
        picture
    }

    /// Another number whenever a file of the workspace may have changed.
    pub fn files_revision(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for name in self.playground.file_names() {
            let path = machine::path::join(playground::WORKSPACE, &name);
            let entry = self.playground.kernel().files().entry(&path);
            if let Ok(entry) = entry {
                (name, entry.size(), entry.metadata.modified.as_nanos()).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The names of the workspace's text files.
    pub fn file_names(&self) -> Vec<String> {
        self.playground.file_names()
    }

    /// A file's text.
    pub fn read(&self, name: &str) -> Option<String> {
        self.playground.read(name)
    }

    /// Writes a file.
    pub fn write(&mut self, name: &str, text: &str) {
        // A name that cannot be a file's is not written: the workspace then lacks it visibly.
        let _ = self.playground.write(name, text);
    }

    /// What is wrong with a file.
    pub fn marks(&self, name: &str) -> Vec<Mark> {
        let text = self.playground.read(name).unwrap_or_default();
        let mistakes = mistakes::of_file(name, &text).into_iter();
        mistakes
            .map(|mistake| Mark {
                line: u32::try_from(mistake.line).unwrap_or(u32::MAX),
                column: u32::try_from(mistake.column).unwrap_or(u32::MAX),
                severity: match mistake.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                message: mistake.message,
            })
            .collect()
    }
}
