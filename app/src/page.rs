//! The page's state and what a learner can do to it.

use std::collections::VecDeque;

use leptos::prelude::*;
use lesson::{Action, Lesson};
use picture::Picture;

use crate::bridge::{self, Editor};
use crate::computer::{Computer, Nanoseconds};
use crate::storage;
use crate::views::TerminalView;

/// How virtual time follows the real one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// Time stands still.
    Paused,
    /// A second is a second.
    #[default]
    Real,
    /// Ten times as fast.
    Ten,
    /// As fast as this machine can.
    Fast,
}

impl Speed {
    const NAMES: [(Self, &str); 4] = [
        (Self::Paused, "paused"),
        (Self::Real, "real"),
        (Self::Ten, "ten"),
        (Self::Fast, "fast"),
    ];

    /// The name in the page.
    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(speed, _)| *speed == self);
        found.map_or("real", |(_, name)| name)
    }

    /// The speed of a name in the page.
    pub fn named(name: &str) -> Self {
        let found = Self::NAMES.iter().find(|(_, other)| *other == name);
        found.map_or(Self::Real, |(speed, _)| *speed)
    }
}

/// The parts of the page, of which a narrow screen shows one beside the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The files.
    Files,
    /// The terminal.
    Terminal,
    /// The picture of the cluster.
    Cluster,
}

impl Panel {
    /// The name in the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Terminal => "terminal",
            Self::Cluster => "cluster",
        }
    }

    /// The part of a name in the page.
    pub fn named(name: &str) -> Self {
        match name {
            "files" => Self::Files,
            "cluster" => Self::Cluster,
            _ => Self::Terminal,
        }
    }
}

/// Handles to all state; copying it copies no state.
#[derive(Clone, Copy)]
pub struct Page {
    /// The computer.
    pub computer: StoredValue<Computer, LocalStorage>,
    /// The terminal's view, once it is there.
    pub terminal: StoredValue<Option<TerminalView>, LocalStorage>,
    /// The editor, once it is there.
    pub editor: StoredValue<Option<Editor>, LocalStorage>,
    /// The lesson.
    pub lesson: StoredValue<Lesson>,
    /// The step that is shown, from 0.
    pub step: RwSignal<usize>,
    /// The file that the editor shows.
    pub file: RwSignal<String>,
    /// The files of the workspace.
    pub files: RwSignal<Vec<String>>,
    /// How many mistakes are marked in the file that is shown.
    pub mistakes: RwSignal<usize>,
    /// How time passes.
    pub speed: RwSignal<Speed>,
    /// Virtual seconds since the start.
    pub clock_seconds: RwSignal<u64>,
    /// What the cluster looks like.
    pub picture: RwSignal<Picture>,
    /// Whether the shell waits for a command.
    pub at_prompt: RwSignal<bool>,
    /// Commands that wait for the running one to end.
    pub waiting: RwSignal<VecDeque<String>>,
    /// The part that a narrow screen shows.
    pub panel: RwSignal<Panel>,
    /// Whether the cluster serves the APIs of old lessons too.
    pub legacy_apis: bool,
}

impl Page {
    /// Switches the computer on, with the files as the learner left them.
    ///
    /// # Errors
    /// Why there is no computer.
    pub fn new(lesson: Lesson) -> Result<Self, String> {
        let legacy_apis = storage::get("legacy").is_some();
        let files = kept_files(&lesson);
        bridge::mark_time("drydock:boot-begins");
        let computer = Computer::new(&files, legacy_apis, nodes())?;
        bridge::measure_time("drydock:boot", "drydock:boot-begins");
        let step = storage::get("step").and_then(|step| step.parse().ok());
        let step = step.unwrap_or(0).min(lesson.steps.len().saturating_sub(1));
        let first = lesson.files.first().map(|(name, _)| name.clone());
        let page = Self {
            computer: StoredValue::new_local(computer),
            terminal: StoredValue::new_local(None),
            editor: StoredValue::new_local(None),
            lesson: StoredValue::new(lesson),
            step: RwSignal::new(step),
            file: RwSignal::new(first.unwrap_or_default()),
            files: RwSignal::new(Vec::new()),
            mistakes: RwSignal::new(0),
            speed: RwSignal::new(Speed::default()),
            clock_seconds: RwSignal::new(0),
            picture: RwSignal::new(Picture::default()),
            at_prompt: RwSignal::new(true),
            waiting: RwSignal::new(VecDeque::new()),
            panel: RwSignal::new(Panel::Terminal),
            legacy_apis,
        };
        page.list_files();
        Ok(page)
    }

    /// Does what a click on a piece of the lesson does.
    pub fn act(self, action: &Action) {
        match action {
            Action::Run(command) => self.run(command),
            Action::Interrupt => self.interrupt(),
            Action::Open(file) => self.open(file),
            Action::Write { file, text } => {
                self.save(file, text);
                self.open(file);
                let replaced = |editor: &Option<Editor>| {
                    if let Some(editor) = editor {
                        editor.replace(file, text);
                    }
                };
                self.editor.with_value(replaced);
                self.mark_mistakes();
            }
        }
    }

    /// Types a command into the terminal, or lets it wait until the running one has ended.
    pub fn run(self, command: &str) {
        self.panel.set(Panel::Terminal);
        if self.at_prompt.get_untracked() && self.waiting.with_untracked(VecDeque::is_empty) {
            self.type_line(command);
        } else {
            self.waiting
                .update(|waiting| waiting.push_back(command.to_owned()));
        }
    }

    /// Types the next waiting command, once the shell can take it.
    pub fn run_waiting(self) {
        if !self.waiting.with_untracked(VecDeque::is_empty) {
            let next = self.waiting.try_update(VecDeque::pop_front).flatten();
            if let Some(command) = next {
                self.type_line(&command);
            }
        }
    }

    /// A line for whatever reads from the terminal.
    pub fn type_line(self, line: &str) {
        let keys = format!("{line}\n");
        self.computer
            .update_value(|computer| computer.input(keys.as_bytes()));
        self.at_prompt.set(false);
        self.with_terminal(|terminal| terminal.typed(line));
    }

    /// Ctrl-C.
    pub fn interrupt(self) {
        self.panel.set(Panel::Terminal);
        self.waiting.update(VecDeque::clear);
        let keys = self
            .with_terminal(TerminalView::take_typed)
            .unwrap_or_default()
            + "\x03";
        self.computer
            .update_value(|computer| computer.input(keys.as_bytes()));
        self.with_terminal(|terminal| terminal.scroll_to_end());
    }

    /// Ctrl-C, but the commands that wait go on waiting: they run next.
    pub fn interrupt_for_waiting(self) {
        self.computer
            .update_value(|computer| computer.input(b"\x03"));
    }

    /// Shows a file in the editor.
    pub fn open(self, name: &str) {
        let text = self.computer.with_value(|computer| computer.read(name));
        self.panel.set(Panel::Files);
        self.file.set(name.to_owned());
        self.editor.with_value(|editor| {
            if let Some(editor) = editor {
                editor.open(name, &text.unwrap_or_default());
            }
        });
        self.mark_mistakes();
    }

    /// Writes a file into the workspace and keeps it over a reload.
    pub fn save(self, name: &str, text: &str) {
        self.computer
            .update_value(|computer| computer.write(name, text));
        storage::set(&format!("file:{name}"), text);
        self.list_files();
    }

    /// The learner has changed a file in the editor.
    pub fn edited(self, name: &str, text: &str) {
        self.save(name, text);
        self.mark_mistakes();
    }

    /// Takes over what programs have done to the files of the workspace.
    pub fn follow_files(self) {
        self.list_files();
        for name in self.files.get_untracked() {
            let text = self.computer.with_value(|computer| computer.read(&name));
            let key = format!("file:{name}");
            if let Some(text) = text
                && storage::get(&key).as_ref() != Some(&text)
            {
                storage::set(&key, &text);
                self.editor.with_value(|editor| {
                    if let Some(editor) = editor {
                        editor.replace(&name, &text);
                    }
                });
            }
        }
        let names = self.files.get_untracked();
        for name in storage::keys("file:") {
            if !names.contains(&name) {
                storage::remove(&format!("file:{name}"));
            }
        }
        self.mark_mistakes();
    }

    /// Marks in the editor what is wrong with the file that it shows.
    pub fn mark_mistakes(self) {
        let file = self.file.get_untracked();
        let marks = self.computer.with_value(|computer| computer.marks(&file));
        self.mistakes.set(marks.len());
        self.editor.with_value(|editor| {
            if let Some(editor) = editor {
                editor.show_marks(&marks);
            }
        });
    }

    /// Shows the next step of the lesson, or the one before.
    pub fn turn(self, way: &str) {
        let last = self
            .lesson
            .with_value(|lesson| lesson.steps.len())
            .saturating_sub(1);
        let step = self.step.get_untracked();
        let step = match way {
            "next" => (step + 1).min(last),
            _ => step.saturating_sub(1),
        };
        storage::set("step", &step.to_string());
        self.step.set(step);
    }

    /// Gives the learner the lesson's own files and a new computer.
    pub fn start_over(self) {
        for name in storage::keys("file:") {
            storage::remove(&format!("file:{name}"));
        }
        storage::remove("step");
        self.reload();
    }

    /// Switches the APIs of old lessons on or off; the cluster starts anew.
    pub fn change_legacy_apis(self) {
        if self.legacy_apis {
            storage::remove("legacy");
        } else {
            storage::set("legacy", "on");
        }
        self.reload();
    }

    /// The computer's state is gone with the page; files and choices stay.
    fn reload(self) {
        let _ = window().location().reload();
    }

    /// One step while time stands still: up to the next thing that happens.
    pub fn step_time(self) {
        const SECOND: Nanoseconds = 1_000_000_000;
        const BUDGET: u64 = 200_000;
        self.computer.update_value(|computer| {
            let second = computer.now() + SECOND;
            let next = computer
                .next_event()
                .map_or(second, |next| next.min(second));
            computer.advance(next, BUDGET);
        });
    }

    /// Tells the terminal's view that its size may be another one.
    pub fn measure_terminal(self) {
        if let Some(ruler) = document().get_element_by_id("ruler") {
            self.with_terminal(|terminal| terminal.measure(&ruler));
        }
    }

    /// Something with the terminal's view, if it is there.
    pub fn with_terminal<T>(self, act: impl FnOnce(&mut TerminalView) -> T) -> Option<T> {
        self.terminal
            .try_update_value(|terminal| terminal.as_mut().map(act))
            .flatten()
    }

    fn list_files(self) {
        let mut names = self.computer.with_value(Computer::file_names);
        // The lesson's files come first, in its order.
        let place = |name: &String| {
            self.lesson.with_value(|lesson| {
                let mut files = lesson.files.iter();
                files
                    .position(|(file, _)| file == name)
                    .unwrap_or(usize::MAX)
            })
        };
        names.sort_by_key(|name| (place(name), name.clone()));
        if self.files.with_untracked(|files| *files != names) {
            self.files.set(names);
        }
    }
}

fn kept_files(lesson: &Lesson) -> Vec<(String, String)> {
    let kept = storage::keys("file:");
    let mut files = Vec::new();
    for (name, text) in &lesson.files {
        if !kept.contains(name) {
            files.push((name.clone(), text.clone()));
        }
    }
    for name in kept {
        if let Some(text) = storage::get(&format!("file:{name}")) {
            files.push((name, text));
        }
    }
    files
}

/// How many nodes the page's address asks for (`?nodes=3`): one, unless it says so.
fn nodes() -> u8 {
    let query = window().location().search().unwrap_or_default();
    let mut parameters = query.trim_start_matches('?').split('&');
    let nodes = parameters.find_map(|parameter| parameter.strip_prefix("nodes="));
    nodes.and_then(|nodes| nodes.parse().ok()).unwrap_or(1)
}
