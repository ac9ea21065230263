//! Dockerfile builds: parsing, the context, and the two builders, BuildKit and the classic one.

mod buildkit;
mod cache;
mod classic;
mod context;
mod copy;
mod dockerfile;
mod excerpt;
mod execute;
mod expand;
mod stage;

pub(crate) use buildkit::{Event, EventKind};
pub(crate) use cache::{BuildCache, Usage};
pub use context::BuildContext;
pub use dockerfile::Dockerfile;
pub(crate) use excerpt::excerpt;

use crate::{Engine, EngineError, Reference};
use machine::Duration;

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
    /// `--secret`s: ids and contents.
    pub secrets: Vec<(String, String)>,
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

impl Engine {
    /// What the build cache holds, and whether images hold it too.
    pub(crate) fn cache_usage(&self) -> Vec<Usage> {
        let images = self.images();
        let images = images.iter().map(|(image, _)| image.as_ref());
        self.inner.build_cache.usage(images)
    }

    /// Removes what the build cache holds for nothing.
    pub(crate) fn prune_cache(&self, all: bool, unused: Duration) -> Vec<Usage> {
        let usage = self.cache_usage();
        let cache = &self.inner.build_cache;
        cache.prune(all, unused, self.now(), usage)
    }
}

/// Applies the instructions of `commit --change` and `import --change` to a configuration.
pub(crate) fn change(
    config: crate::ImageConfig,
    changes: &[String],
) -> Result<crate::ImageConfig, EngineError> {
    const ALLOWED: &[&str] = &[
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "ONBUILD",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    let mut state = stage::State {
        config,
        ..stage::State::default()
    };
    for text in changes {
        let word = text.split_whitespace().next().unwrap_or_default();
        let keyword = word.to_uppercase();
        let instructions = Dockerfile::trigger(text);
        for instruction in instructions.map_err(|error| EngineError::invalid(error.message))? {
            if !ALLOWED.contains(&keyword.as_str()) {
                let text = format!("{keyword} is not a valid change command");
                return Err(EngineError::invalid(text));
            }
            let wrong = |error: BuildError| EngineError::invalid(error.message);
            if let dockerfile::Kind::WorkingDir(place) = &instruction.kind {
                state.config.working_dir = state.working_dir(place).map_err(wrong)?;
                continue;
            }
            let options = BuildOptions::default();
            state
                .configure(&instruction, &options, &[])
                .map_err(wrong)?;
        }
    }
    Ok(state.config)
}
