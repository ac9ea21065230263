//! Dockerfile builds: parsing, the context, and the two builders, BuildKit and the classic one.

mod buildkit;
mod cache;
mod classic;
mod context;
mod copy;
mod dockerfile;
mod execute;
mod expand;
mod stage;

pub(crate) use buildkit::{Event, EventKind, excerpt};
pub(crate) use cache::BuildCache;
pub use context::BuildContext;
pub use dockerfile::Dockerfile;

use crate::{EngineError, Reference};

/// What to build, and as what.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// The Dockerfile's name, as messages show it.
    pub dockerfile_name: String,
    /// Its text.
    pub dockerfile: String,
    /// Whether there is no such file: the build then fails at its first step.
    pub missing: bool,
    /// Names that the image gets.
    pub tags: Vec<Reference>,
    /// `--build-arg`: values for `ARG`s.
    pub arguments: Vec<(String, String)>,
    /// `--target`: the stage to build; the last one by default.
    pub target: Option<String>,
    /// `--label`s.
    pub labels: Vec<(String, String)>,
    /// Does every step again.
    pub no_cache: bool,
    /// Asks the registry for newer base images.
    pub pull: bool,
}

/// Why a build failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The builder's words.
    pub message: String,
    /// The lines of the Dockerfile that it is about, the first and the last one.
    pub lines: Option<(usize, usize)>,
    /// The exit code of the command that failed.
    pub exit_code: Option<i32>,
}

impl BuildError {
    pub(crate) fn new(message: impl Into<String>) -> BuildError {
        BuildError {
            message: message.into(),
            lines: None,
            exit_code: None,
        }
    }

    pub(crate) fn at(mut self, lines: (usize, usize)) -> BuildError {
        self.lines = self.lines.or(Some(lines));
        self
    }
}

impl From<EngineError> for BuildError {
    fn from(error: EngineError) -> BuildError {
        BuildError::new(error.message)
    }
}

/// A size as the builders show it.
fn size(bytes: u64) -> String {
    crate::command::human_size(bytes, 4)
}
