//! What a shell remembers: variables, functions, options. A subshell starts with a copy.

use crate::syntax::Command;
use ordered::OrderedMap;
use std::rc::Rc;

/// Whose words the shell speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// GNU bash, on the learner's machine.
    Bash,
    /// BusyBox's ash, in containers.
    Ash,
}

/// A variable's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Scalar(String),
    /// An indexed array.
    Array(OrderedMap<i64, String>),
    /// An associative array: values by key, in bash's order.
    Map(OrderedMap<Key, String>),
}

/// A key of an associative array, ordered as bash keeps them: by its hash's bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    bucket: u32,
    /// The text.
    pub text: String,
}

impl Key {
    /// The key of a text.
    ///
    /// Models bash's `hash_string` (FNV-1) over the 1024 buckets of an associative array.
    pub fn new(text: &str) -> Key {
        let hash = text.bytes().fold(2_166_136_261_u32, |hash, byte| {
            hash.wrapping_mul(16_777_619) ^ u32::from(byte)
        });
        Key {
            bucket: hash & 1023,
            text: text.to_string(),
        }
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its value.
    pub value: Value,
    /// Passed to commands.
    pub exported: bool,
    /// Cannot be changed.
    pub read_only: bool,
}

/// Options that `set` changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `-e`
    pub exit_on_error: bool,
    /// `-u`
    pub unset_is_error: bool,
    /// `-x`
    pub trace: bool,
    /// `-f`
    pub no_patterns: bool,
    /// `-n`
    pub no_execute: bool,
    /// `-o pipefail`
    pub pipe_fail: bool,
    /// `-v`
    pub verbose: bool,
    /// What runs is a condition, whose failure is no error.
    pub in_condition: bool,
}

/// A shell's memory.
#[derive(Clone)]
pub struct State {
    /// Bash or ash.
    pub flavour: Flavour,
    /// `$0`
    pub name: String,
    /// `$1`, `$2`, …
    pub arguments: Vec<String>,
    /// Variables by name.
    pub variables: OrderedMap<String, Variable>,
    /// Functions by name.
    pub functions: OrderedMap<String, Rc<Command>>,
    /// Aliases by name.
    pub aliases: OrderedMap<String, String>,
    /// `trap` actions by signal name or `EXIT`.
    pub traps: OrderedMap<String, String>,
    /// Options of `set`.
    pub options: Options,
    /// `$?`
    pub status: i32,
    /// `$!`
    pub last_background: Option<u32>,
    /// `$$`: the main shell's process number, also in subshells.
    pub process_id: u32,
    /// Reads commands from a person.
    pub interactive: bool,
    /// Runs a script file or `-c` text, so that errors name lines.
    pub names_lines: bool,
    /// Somebody sends the commands one by one and waits for their statuses.
    pub is_driven: bool,
    /// The line that runs.
    pub line: usize,
    /// Nesting of functions, `source`, `eval` and substitutions.
    pub depth: usize,
    /// For each running function, the variables that `local` hides, with their old values.
    pub locals: Vec<OrderedMap<String, Option<Variable>>>,
    /// Lines typed so far.
    pub history: Vec<String>,
}

impl State {
    /// An empty memory with the variables of an environment.
    pub fn new(flavour: Flavour, name: &str, environment: Vec<(String, String)>) -> State {
        let exported = |value| Variable {
            value: Value::Scalar(value),
            exported: true,
            read_only: false,
        };
        State {
            flavour,
            name: name.to_string(),
            arguments: Vec::new(),
            variables: environment
                .into_iter()
                .map(|(name, value)| (name, exported(value)))
                .collect(),
            functions: OrderedMap::new(),
            aliases: OrderedMap::new(),
            traps: OrderedMap::new(),
            options: Options::default(),
            status: 0,
            last_background: None,
            process_id: 0,
            interactive: false,
            names_lines: false,
            is_driven: false,
            line: 1,
            depth: 0,
            locals: Vec::new(),
            history: Vec::new(),
        }
    }

    /// A variable's text: of an array, its first element.
    pub fn get(&self, name: &str) -> Option<String> {
        match &self.variables.get(name)?.value {
            Value::Scalar(text) => Some(text.clone()),
            Value::Array(items) => items.get(&0).cloned(),
            Value::Map(items) => items.get(&Key::new("0")).cloned(),
        }
    }

    /// Sets a variable's text. False when it is read-only.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> bool {
        self.set_value(name, Value::Scalar(value.into()))
    }

    /// Sets a variable's value. False when it is read-only.
    pub fn set_value(&mut self, name: &str, value: Value) -> bool {
        match self.variables.get_mut(name) {
            Some(variable) if variable.read_only => return false,
            Some(variable) => match (&mut variable.value, value) {
                (Value::Array(items), Value::Scalar(text)) => {
                    items.insert(0, text);
                }
                (Value::Map(items), Value::Scalar(text)) => {
                    items.insert(Key::new("0"), text);
                }
                (slot, value) => *slot = value,
            },
            None => {
                self.variables.insert(
                    name.to_string(),
                    Variable {
                        value,
                        exported: false,
                        read_only: false,
                    },
                );
            }
        }
        true
    }

    /// Whether a variable is an associative array.
    pub fn is_map(&self, name: &str) -> bool {
        let variable = self.variables.get(name);
        variable.is_some_and(|variable| matches!(variable.value, Value::Map(_)))
    }

    /// The environment of a command: exported variables.
    pub fn environment(&self) -> Vec<(String, String)> {
        let exported = self
            .variables
            .iter()
            .filter(|(_, variable)| variable.exported);
        exported
            .filter_map(|(name, variable)| match &variable.value {
                Value::Scalar(text) => Some((name.clone(), text.clone())),
                Value::Array(_) | Value::Map(_) => None,
            })
            .collect()
    }
}

impl crate::arithmetic::Variables for State {
    fn get(&self, name: &str) -> Option<String> {
        State::get(self, name)
    }

    fn set(&mut self, name: &str, value: i64) {
        State::set(self, name, value.to_string());
    }
}
