//! The seam to the playground: the one place in the page that calls it.

use crate::bridge::Mark;
use crate::picture::Picture;

/// Nanoseconds of virtual time since the computer was switched on.
pub type Nanoseconds = u64;

/// The learner's computer.
pub struct Computer {
    files: std::collections::BTreeMap<String, String>,
    output: Vec<u8>,
    line: Vec<u8>,
    now: Nanoseconds,
}

impl Computer {
    /// Switches the computer on, with these files in its workspace.
    pub fn new(files: &[(String, String)], _legacy_apis: bool) -> Self {
        Self {
            files: files.iter().cloned().collect(),
            output: b"learner@drydock:~/hello$ ".to_vec(),
            line: Vec::new(),
            now: 0,
        }
    }

    /// Runs what is due until that time, for so much work at most; whether it got there.
    pub fn advance(&mut self, until: Nanoseconds, _budget: u64) -> bool {
        self.now = self.now.max(until);
        true
    }

    /// Virtual time since the start.
    pub fn now(&self) -> Nanoseconds {
        self.now
    }

    /// When something will happen next.
    pub fn next_event(&self) -> Option<Nanoseconds> {
        None
    }

    /// Keys for the terminal.
    pub fn input(&mut self, keys: &[u8]) {
        for key in keys {
            match key {
                3 => {
                    self.line.clear();
                    self.output.extend(b"^C\nlearner@drydock:~/hello$ ");
                }
                b'\n' => {
                    self.output.push(b'\n');
                    let line = std::mem::take(&mut self.line);
                    if !line.is_empty() {
                        self.output.extend(b"\x1b[34mbash: ");
                        self.output.extend(&line);
                        self.output.extend(b": command not found\x1b[0m\n");
                    }
                    self.output.extend(b"learner@drydock:~/hello$ ");
                }
                key => {
                    self.line.push(*key);
                    self.output.push(*key);
                }
            }
        }
    }

    /// What the terminal shows since the last call.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Whether the shell waits for a command.
    pub fn at_prompt(&self) -> bool {
        true
    }

    /// The terminal's size.
    pub fn resize(&mut self, _columns: u16, _rows: u16) {}

    /// Grows whenever the picture may have changed.
    pub fn picture_revision(&self) -> u64 {
        0
    }

    /// What the cluster looks like.
    pub fn picture(&self) -> Picture {
        Picture::default()
    }

    /// Grows whenever a file of the workspace may have changed.
    pub fn files_revision(&self) -> u64 {
        0
    }

    /// The names of the workspace's text files.
    pub fn file_names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// A file's text.
    pub fn read(&self, name: &str) -> Option<String> {
        self.files.get(name).cloned()
    }

    /// Writes a file.
    pub fn write(&mut self, name: &str, text: &str) {
        self.files.insert(name.to_owned(), text.to_owned());
    }

    /// What is wrong with a file.
    pub fn marks(&self, _name: &str) -> Vec<Mark> {
        Vec::new()
    }
}
