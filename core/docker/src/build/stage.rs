//! A stage while it is built: its configuration, layers, history and variables, and the
//! instructions that only change those.

use super::copy::Copy;
use super::dockerfile::{Instruction, Kind, Words};
use super::expand::{self, word, words};
use super::{BuildError, BuildOptions};
use crate::{HistoryEntry, Image, ImageConfig, ImageLayer};
use machine::{Signal, Time, Tree, path};

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A stage while it is built.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) config: ImageConfig,
    pub(super) layers: Vec<ImageLayer>,
    pub(super) history: Vec<HistoryEntry>,
    /// The `ARG`s that count from here on, in order.
    pub(super) arguments: Vec<(String, Option<String>)>,
    /// What went into it so far.
    pub(super) key: String,
    pub(super) created: Time,
    /// The id of the build cache's record of the highest layer.
    pub(super) record: Option<String>,
    /// Whether this Dockerfile has set `CMD`.
    pub(super) command_set: bool,
}

impl State {
    /// A stage over an image, or over nothing.
    pub(super) fn over(image: Option<&Image>) -> State {
        let mut state = State::default();
        if let Some(image) = image {
            state.config = image.config.clone();
            state.layers = image.layers.clone();
            state.history = image.history.clone();
            state.created = image.created;
            state.key = image.id.clone();
        }
        if state.config.variable("PATH").is_none() {
            state.config.set_variable("PATH", DEFAULT_PATH);
        }
        state
    }

    /// A stage over an earlier one.
    pub(super) fn over_stage(other: &State) -> State {
        State {
            arguments: Vec::new(),
            command_set: false,
            ..other.clone()
        }
    }

    /// Applies one of the `ARG`s before the first stage.
    pub(super) fn global(
        &mut self,
        argument: &(String, Option<String>),
        options: &BuildOptions,
    ) -> Result<(), BuildError> {
        let instruction = Instruction::of(Kind::Arg(vec![argument.clone()]));
        self.configure(&instruction, options, &[]).map(|_| ())
    }

    /// The files of its layers.
    pub(super) fn tree(&self) -> Tree {
        let layers = self.layers.iter().map(|layer| layer.layer.clone());
        Tree::new(layers.collect())
    }

    /// The working directory, `/` where none was set.
    pub(super) fn directory(&self) -> &str {
        match self.config.working_dir.as_str() {
            "" => "/",
            directory => directory,
        }
    }

    /// What a COPY or ADD copies where.
    pub(super) fn copy(&self, instruction: &Instruction) -> Result<Copy, BuildError> {
        let (sources, target, adds) = match &instruction.kind {
            Kind::Copy {
                sources,
                target,
                adds,
            } => (sources, target, *adds),
            _ => return Err(BuildError::new("unknown instruction")),
        };
        let sources = sources.iter().map(|source| self.word(source));
        let flag = |name: &str| instruction.flags.get(name);
        let mode = flag("chmod").map(|mode| {
            u32::from_str_radix(mode, 8)
                .map_err(|_| BuildError::new(format!("invalid chmod parameter: '{mode}'. it should be octal string and between 0 and 07777")))
        });
        Ok(Copy {
            sources: sources.collect::<Result<_, _>>()?,
            target: self.word(target)?,
            working_dir: self.directory().to_string(),
            owner: flag("chown").map(|owner| self.word(owner)).transpose()?,
            mode: mode.transpose()?,
            unpacks: adds,
        })
    }

    /// An instruction's words after its configuration, as history shows them: with Go's verbs for
    /// lists and structures. `text` is what `configure` gave.
    pub(super) fn shown(&self, instruction: &Instruction, text: String, buildkit: bool) -> String {
        let config = &self.config;
        match &instruction.kind {
            Kind::Command(_) => quoted(config.command.as_deref().unwrap_or_default()),
            Kind::Entrypoint(_) => quoted(config.entrypoint.as_deref().unwrap_or_default()),
            Kind::Shell(words) => format!("[{}]", words.join(" ")),
            Kind::Healthcheck(check) => {
                let span = |span| crate::command::go_duration(span);
                let pointer = if buildkit { "" } else { "&" };
                format!(
                    "{pointer}{{Test:[{}] Interval:{} Timeout:{} StartPeriod:{} StartInterval:0s Retries:{}}}",
                    check.test.join(" "),
                    span(check.interval),
                    span(check.timeout),
                    span(check.start_period),
                    check.retries
                )
            }
            Kind::Expose(_) if buildkit => {
                let ports = text.split(' ').map(|port| match port.contains('/') {
                    true => port.to_string(),
                    false => format!("{port}/tcp"),
                });
                format!("[{}]", ports.collect::<Vec<_>>().join(" "))
            }
            Kind::Arg(arguments) if buildkit => {
                let shown = arguments.iter().map(|(name, _)| {
                    let own = self.arguments.iter().rev();
                    let own = own.clone().find(|(own, _)| own == name);
                    match own.and_then(|(_, value)| value.as_ref()) {
                        Some(value) => format!("{name}={value}"),
                        None => name.clone(),
                    }
                });
                shown.collect::<Vec<_>>().join(" ")
            }
            _ => text,
        }
    }

    /// A RUN's command as history shows it, with the variables that it sees: `|1 NAME=value …`.
    pub(super) fn with_variables(&self, command: &str) -> String {
        let variables = self.build_variables();
        let pairs: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        match pairs.len() {
            0 => command.to_string(),
            count => format!("|{count} {} {command}", pairs.join(" ")),
        }
    }

    /// A variable of the stage: `ENV` before `ARG`.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        if let Some(value) = self.config.variable(name) {
            return Some(value.to_string());
        }
        let found = self.arguments.iter().rev().find(|(key, _)| key == name);
        found.and_then(|(_, value)| value.clone())
    }

    /// The `ARG`s with values that `ENV` does not hide: what RUN sees besides.
    pub(super) fn build_variables(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.arguments {
            if let Some(value) = value
                && self.config.variable(name).is_none()
            {
                all.retain(|(other, _)| other != name);
                all.push((name.clone(), value.clone()));
            }
        }
        all.sort();
        all
    }

    /// The shell that runs commands in shell form.
    pub(super) fn shell(&self) -> Vec<String> {
        let default = || vec!["/bin/sh".to_string(), "-c".to_string()];
        self.config.shell.clone().unwrap_or_else(default)
    }

    /// A command as it is executed.
    pub(super) fn command(&self, command: &Words) -> Vec<String> {
        match command {
            Words::Exec(words) => words.clone(),
            Words::Shell(text) => {
                let mut words = self.shell();
                words.push(text.clone());
                words
            }
        }
    }

    /// The working directory after `WORKDIR text`.
    pub(super) fn working_dir(&self, text: &str) -> Result<String, BuildError> {
        let expanded = self.word(text)?;
        Ok(path::absolute(self.directory(), &expanded))
    }

    pub(super) fn word(&self, text: &str) -> Result<String, BuildError> {
        word(text, &|name| self.variable(name)).map_err(BuildError::new)
    }

    /// A command line with the variables that have values replaced, for display.
    pub(super) fn raw(&self, text: &str) -> String {
        expand::raw(text, &|name| self.variable(name))
    }

    fn words(&self, text: &str) -> Result<Vec<String>, BuildError> {
        words(text, &|name| self.variable(name)).map_err(BuildError::new)
    }

    /// Applies an instruction that changes only the configuration. Gives its text with variables
    /// replaced, as `docker history` shows it after the keyword; `None` for those that make
    /// layers.
    pub(super) fn configure(
        &mut self,
        instruction: &Instruction,
        options: &BuildOptions,
        global: &[(String, Option<String>)],
    ) -> Result<Option<String>, BuildError> {
        let shown = match &instruction.kind {
            Kind::From { .. } | Kind::Run(_) | Kind::Copy { .. } | Kind::WorkingDir(_) => {
                return Ok(None);
            }
            Kind::Env(pairs) => self.environment(pairs)?,
            Kind::Arg(arguments) => self.argument(arguments, options, global)?,
            Kind::Label(pairs) => {
                let mut shown = Vec::new();
                for (name, value) in pairs {
                    let (name, value) = (self.word(name)?, self.word(value)?);
                    shown.push(format!("{name}={value}"));
                    self.config.labels.insert(name, value);
                }
                shown.join(" ")
            }
            Kind::Expose(ports) => self.expose(&ports.join(" "))?,
            Kind::User(user) => {
                self.config.user = self.word(user)?;
                self.config.user.clone()
            }
            Kind::Volume(volumes) => {
                let mut shown = Vec::new();
                for volume in volumes {
                    let volume = self.word(volume)?;
                    if volume.trim().is_empty() {
                        return Err(BuildError::new(
                            "VOLUME specified can not be an empty string",
                        ));
                    }
                    self.config.volumes.insert(volume.clone());
                    shown.push(volume);
                }
                format!("[{}]", shown.join(" "))
            }
            Kind::Command(command) => {
                let words = self.command_or_none(command);
                self.config.command.clone_from(&words);
                self.command_set = true;
                quoted(&words.unwrap_or_default())
            }
            Kind::Entrypoint(command) => {
                let words = self.command_or_none(command);
                self.config.entrypoint.clone_from(&words);
                if !self.command_set {
                    self.config.command = None;
                }
                quoted(&words.unwrap_or_default())
            }
            Kind::StopSignal(text) => {
                let text = self.word(text)?;
                if Signal::parse(&text).is_none() {
                    return Err(BuildError::new(format!("invalid signal: {text}")));
                }
                self.config.stop_signal.clone_from(&text);
                text
            }
            Kind::Shell(words) => {
                self.config.shell = Some(words.clone());
                quoted(words)
            }
            Kind::Healthcheck(check) => {
                self.config.healthcheck = Some(check.clone());
                instruction.rest.clone()
            }
            Kind::OnBuild(text) => {
                self.config.on_build.push(text.clone());
                text.clone()
            }
            Kind::Maintainer(name) => name.clone(),
        };
        Ok(Some(shown))
    }

    fn command_or_none(&self, command: &Words) -> Option<Vec<String>> {
        match command {
            Words::Shell(text) if text.is_empty() => None,
            Words::Exec(words) if words.is_empty() => None,
            other => Some(self.command(other)),
        }
    }

    fn environment(&mut self, pairs: &[(String, String)]) -> Result<String, BuildError> {
        // All values see the variables as they were before the instruction.
        let mut set = Vec::new();
        for (name, value) in pairs {
            set.push((self.word(name)?, self.word(value)?));
        }
        let mut shown = Vec::new();
        for (name, value) in set {
            if name.is_empty() {
                return Err(BuildError::new("ENV names can not be blank"));
            }
            shown.push(format!("{name}={value}"));
            self.config.set_variable(&name, &value);
        }
        Ok(shown.join(" "))
    }

    fn argument(
        &mut self,
        arguments: &[(String, Option<String>)],
        options: &BuildOptions,
        global: &[(String, Option<String>)],
    ) -> Result<String, BuildError> {
        let mut shown = Vec::new();
        for (name, default) in arguments {
            let given = options.arguments.iter().rev().find(|(key, _)| key == name);
            let inherited = global.iter().find(|(key, _)| key == name);
            let value = match (given, default, inherited) {
                (Some((_, value)), _, _) => Some(value.clone()),
                (None, Some(default), _) => Some(self.word(default)?),
                (None, None, Some((_, value))) => value.clone(),
                (None, None, None) => None,
            };
            // As it was written: another value is the same step.
            shown.push(match default {
                Some(default) => format!("{name}={default}"),
                None => name.clone(),
            });
            self.arguments.push((name.clone(), value));
        }
        Ok(shown.join(" "))
    }

    fn expose(&mut self, text: &str) -> Result<String, BuildError> {
        let ports = self.words(text)?;
        for port in &ports {
            let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
            let (first, last) = number.split_once('-').unwrap_or((number, number));
            let range = first.parse::<u16>().ok().zip(last.parse::<u16>().ok());
            let Some((first, last)) = range else {
                return Err(BuildError::new(format!("invalid containerPort: {number}")));
            };
            if !matches!(protocol.to_lowercase().as_str(), "tcp" | "udp" | "sctp") {
                return Err(BuildError::new(format!("invalid proto: {protocol}")));
            }
            for number in first..=last {
                self.config
                    .exposed_ports
                    .insert(format!("{number}/{}", protocol.to_lowercase()));
            }
        }
        Ok(ports.join(" "))
    }
}

/// A list as Go's `%q` writes it: `["a" "b"]`.
pub(super) fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(" "))
}
