//! What can be run: the one trait that the Go machine, the shell, the everyday commands, `docker`
//! and `kubectl` implement, and the table through which executable files find it.

use crate::{ExitStatus, LocalFuture, Process};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A program: it gets its process and gives back an exit status. Killing the process drops the
/// future.
pub trait Program {
    /// Runs the program as the given process.
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus>;
}

/// Why an executable file could not be made into a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What is wrong, in plain words.
    pub message: String,
}

/// Makes programs from the payload of executable files ([`crate::executable`]).
pub trait Loader {
    /// The program of a payload. Called at every start: what is costly to make should be kept.
    fn load(&self, payload: &[u8]) -> Result<Rc<dyn Program>, LoadError>;
}

/// A program that is an async function.
pub struct Builtin<F>(pub F);

impl<F, R> Program for Builtin<F>
where
    F: Fn(Process) -> R,
    R: Future<Output = ExitStatus> + 'static,
{
    fn run(self: Rc<Self>, process: Process) -> LocalFuture<ExitStatus> {
        Box::pin((self.0)(process))
    }
}

/// The loaders that the machines of one world know, by name, and the built-in programs, whose
/// executables have the loader `builtin` and the program's name as payload. Clones share them.
#[derive(Clone, Default)]
pub struct Programs {
    loaders: Rc<RefCell<OrderedMap<String, Rc<dyn Loader>>>>,
    builtins: Rc<RefCell<OrderedMap<String, Rc<dyn Program>>>>,
}

impl Programs {
    /// The loader name of built-in programs.
    pub const BUILTIN: &str = "builtin";

    /// Makes a loader known.
    pub fn add_loader(&self, name: &str, loader: Rc<dyn Loader>) {
        self.loaders.borrow_mut().insert(name.to_string(), loader);
    }

    /// Makes a built-in program known.
    pub fn add(&self, name: &str, program: Rc<dyn Program>) {
        self.builtins.borrow_mut().insert(name.to_string(), program);
    }

    /// The executable file of a built-in program.
    pub fn executable(name: &str) -> Vec<u8> {
        crate::executable::encode(Programs::BUILTIN, name.as_bytes())
    }

    /// The program of an executable file's bytes.
    pub fn load(&self, bytes: &[u8]) -> Result<Rc<dyn Program>, LoadError> {
        let unknown = || LoadError {
            message: "exec format error".into(),
        };
        let (loader, payload) = crate::executable::decode(bytes).ok_or_else(unknown)?;
        if loader == Programs::BUILTIN {
            let name = std::str::from_utf8(payload).map_err(|_| unknown())?;
            return self
                .builtins
                .borrow()
                .get(name)
                .cloned()
                .ok_or_else(unknown);
        }
        let loader = self
            .loaders
            .borrow()
            .get(loader)
            .cloned()
            .ok_or_else(unknown)?;
        loader.load(payload)
    }
}
