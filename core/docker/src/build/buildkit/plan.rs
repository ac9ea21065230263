//! The graph: which stages the target needs, their bases, and the steps with their names.

use super::super::copy::Copy;
use super::super::dockerfile::{Heredoc, Instruction, Kind, Stage, Words};
use super::super::stage::State;
use super::super::{BuildError, BuildOptions, Dockerfile};
use crate::{Image, Reference};
use machine::{Content, Entry, Time, Tree};
use ordered::{OrderedMap, OrderedSet};
use std::rc::Rc;

/// What the target needs.
pub(super) struct Plan {
    /// The index of the stage that becomes the image.
    pub(super) target: usize,
    /// The stages that it needs, itself included.
    needed: OrderedSet<usize>,
    /// Their bases.
    bases: OrderedMap<usize, Base>,
    /// The lines of their `FROM`s.
    from_lines: OrderedMap<usize, (usize, usize)>,
    /// Images that COPY reads, with the words as given and the lines.
    copied: Vec<(Reference, String, (usize, usize))>,
    /// The `ARG`s before the first stage, with their values.
    global: Vec<(String, Option<String>)>,
}

enum Base {
    Scratch,
    Stage(usize),
    Image(Reference, String),
}

/// Where a COPY reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum From {
    Stage(usize),
    Image(Reference),
}

/// One step of a stage.
pub(super) struct Step {
    /// As it is shown.
    pub(super) name: String,
    /// As `docker history` shows it.
    pub(super) history: String,
    pub(super) lines: (usize, usize),
    pub(super) kind: StepKind,
    /// On a base: whether a later step of its stage reads the context first in the whole build.
    pub(super) first_context: bool,
    /// On a base: what that step reads.
    pub(super) wanted: Vec<String>,
}

pub(super) enum StepKind {
    Scratch,
    Stage(usize),
    Image(Reference),
    /// Only the configuration changes: the state after it, and its history.
    Configure(Box<State>, String),
    WorkingDir(String),
    Copy {
        copy: Copy,
        from: Option<From>,
        /// Files that stand in the Dockerfile itself.
        inline: Option<Tree>,
    },
    Run {
        command: Words,
        variables: Vec<(String, String)>,
        input: Option<String>,
        /// `--mount`s as they were written.
        mounts: Vec<String>,
    },
}

impl Step {
    pub(super) fn makes_layer(&self) -> bool {
        matches!(
            self.kind,
            StepKind::WorkingDir(_) | StepKind::Copy { .. } | StepKind::Run { .. }
        )
    }

    /// Whether it copies files of the context.
    pub(super) fn reads_context(&self) -> bool {
        matches!(
            self.kind,
            StepKind::Copy {
                from: None,
                inline: None,
                ..
            }
        )
    }

    /// A copy's words, for the cache.
    pub(super) fn copy_text(&self) -> String {
        match &self.kind {
            StepKind::Copy { copy, .. } => format!("{copy:?}"),
            _ => String::new(),
        }
    }
}

impl Plan {
    pub(super) fn new(file: &Dockerfile, options: &BuildOptions) -> Result<Plan, BuildError> {
        let target = match &options.target {
            None => file.stages.len().saturating_sub(1),
            Some(name) => file.stage(name).ok_or_else(|| {
                BuildError::new(format!("target stage {name:?} could not be found"))
            })?,
        };
        let mut global = State::default();
        for argument in &file.arguments {
            global.global(argument, options)?;
        }
        let mut plan = Plan {
            target,
            needed: OrderedSet::new(),
            bases: OrderedMap::new(),
            from_lines: OrderedMap::new(),
            copied: Vec::new(),
            global: global.arguments.clone(),
        };
        for (at, stage) in file.stages.iter().enumerate() {
            let base = plan.base(file, at, stage, &global);
            plan.from_lines.insert(at, stage.from.lines);
            plan.bases
                .insert(at, base.map_err(|error| error.at(stage.from.lines))?);
        }
        plan.need(file, target, &global)?;
        Ok(plan)
    }

    fn base(
        &self,
        file: &Dockerfile,
        at: usize,
        stage: &Stage,
        global: &State,
    ) -> Result<Base, BuildError> {
        let name = global.word(&stage.base)?;
        if name.is_empty() {
            return Err(BuildError::new(format!(
                "base name ({}) should not be blank",
                stage.base
            )));
        }
        if name == "scratch" {
            return Ok(Base::Scratch);
        }
        if let Some(other) = file.stage(&name).filter(|other| *other < at)
            && name.parse::<usize>().is_err()
        {
            return Ok(Base::Stage(other));
        }
        let reference = Reference::parse(&name).map_err(|reason| {
            BuildError::new(format!("failed to parse stage name {name:?}: {reason}"))
        })?;
        Ok(Base::Image(reference.with_default_tag(), name))
    }

    /// Marks a stage and what it needs.
    fn need(&mut self, file: &Dockerfile, at: usize, global: &State) -> Result<(), BuildError> {
        let mut pending = vec![at];
        while let Some(at) = pending.pop() {
            if !self.needed.insert(at) {
                continue;
            }
            if let Some(Base::Stage(other)) = self.bases.get(&at) {
                pending.push(*other);
            }
            let Some(stage) = file.stages.get(at) else {
                continue;
            };
            for instruction in &stage.instructions {
                let Some(name) = instruction.flags.get("from") else {
                    continue;
                };
                let name = global.word(name)?;
                match file.stage(&name).filter(|other| *other < at) {
                    Some(other) => pending.push(other),
                    None if name.parse::<usize>().is_ok() => {
                        return Err(BuildError::new(format!("invalid stage index {name}"))
                            .at(instruction.lines));
                    }
                    None => {
                        let reference = Reference::parse(&name).map_err(|reason| {
                            BuildError::new(format!(
                                "failed to parse stage name {name:?}: {reason}"
                            ))
                            .at(instruction.lines)
                        })?;
                        let image = (reference.with_default_tag(), name, instruction.lines);
                        self.copied.push(image);
                    }
                }
            }
        }
        Ok(())
    }

    /// The images whose metadata is needed, the target's first, each once.
    pub(super) fn images(&self) -> Vec<(Reference, String, (usize, usize))> {
        let mut all: Vec<(Reference, String, (usize, usize))> = self.copied.clone();
        for at in self.needed.iter().rev() {
            if let Some(Base::Image(reference, given)) = self.bases.get(at) {
                let lines = self.from_lines.get(at).copied().unwrap_or((1, 1));
                all.push((reference.clone(), given.clone(), lines));
            }
        }
        let mut seen = OrderedSet::new();
        all.retain(|(reference, ..)| seen.insert(reference.clone()));
        all
    }

    /// The steps of each needed stage.
    pub(super) fn convert(
        &self,
        file: &Dockerfile,
        options: &BuildOptions,
        images: &OrderedMap<Reference, Rc<Image>>,
    ) -> Result<Vec<(usize, Vec<Step>)>, BuildError> {
        let mut stages = Vec::new();
        let mut states: OrderedMap<usize, State> = OrderedMap::new();
        let mut context_taken = false;
        for at in &self.needed {
            let Some(stage) = file.stages.get(*at) else {
                continue;
            };
            let mut conversion = Conversion::new(self, file, options, *at, stage);
            let state = match self.bases.get(at) {
                Some(Base::Stage(other)) => {
                    State::over_stage(states.get(other).unwrap_or(&State::default()))
                }
                Some(Base::Image(reference, _)) => {
                    State::over(images.get(reference).map(Rc::as_ref))
                }
                _ => State::over(None),
            };
            let state = conversion.stage(stage, state)?;
            let reads = conversion.reads_context();
            if let (Some(wanted), false, Some(first)) =
                (reads, context_taken, conversion.steps.first_mut())
            {
                context_taken = true;
                first.first_context = true;
                first.wanted = wanted;
            }
            states.insert(*at, state);
            stages.push((*at, conversion.steps));
        }
        Ok(stages)
    }
}

/// How many of the instructions make layers.
fn layers_of(instructions: &[Instruction]) -> usize {
    let layers = instructions.iter().filter(|instruction| {
        matches!(
            instruction.kind,
            Kind::Run(_) | Kind::Copy { .. } | Kind::WorkingDir(_)
        )
    });
    layers.count()
}

struct Conversion<'a> {
    plan: &'a Plan,
    file: &'a Dockerfile,
    options: &'a BuildOptions,
    at: usize,
    label: String,
    total: usize,
    index: usize,
    /// Whether the base image's triggers are converted.
    triggered: bool,
    steps: Vec<Step>,
}

impl<'a> Conversion<'a> {
    fn new(
        plan: &'a Plan,
        file: &'a Dockerfile,
        options: &'a BuildOptions,
        at: usize,
        stage: &Stage,
    ) -> Conversion<'a> {
        let label = match &stage.name {
            Some(name) => format!("{name} "),
            None if file.stages.len() > 1 => format!("stage-{at} "),
            None => String::new(),
        };
        let from = matches!(plan.bases.get(&at), Some(Base::Image(..)));
        Conversion {
            plan,
            file,
            options,
            at,
            label,
            total: layers_of(&stage.instructions) + usize::from(from),
            index: 0,
            triggered: false,
            steps: Vec::new(),
        }
    }

    fn name(&mut self, text: &str) -> String {
        self.index += 1;
        let width = self.total.to_string().len();
        format!(
            "[{}{:width$}/{}] {}{text}",
            self.label,
            self.index,
            self.total,
            if self.triggered { "ONBUILD " } else { "" }
        )
    }

    fn push(&mut self, instruction: &Instruction, name: String, history: String, kind: StepKind) {
        self.steps.push(Step {
            name,
            history,
            lines: instruction.lines,
            kind,
            first_context: false,
            wanted: Vec::new(),
        });
    }

    /// What the first step that reads the context wants of it.
    fn reads_context(&self) -> Option<Vec<String>> {
        self.steps.iter().find_map(|step| match &step.kind {
            StepKind::Copy {
                copy,
                from: None,
                inline: None,
            } => Some(copy.sources.clone()),
            _ => None,
        })
    }

    fn stage(&mut self, stage: &Stage, state: State) -> Result<State, BuildError> {
        let mut state = state;
        let kind = match self.plan.bases.get(&self.at) {
            Some(Base::Stage(other)) => StepKind::Stage(*other),
            Some(Base::Image(reference, _)) => StepKind::Image(reference.clone()),
            _ => StepKind::Scratch,
        };
        let mut triggers = Vec::new();
        for trigger in std::mem::take(&mut state.config.on_build) {
            let parsed = Dockerfile::trigger(&trigger);
            triggers.extend(parsed.map_err(|error| BuildError::new(error.message))?);
        }
        self.total += layers_of(&triggers);
        let name = match &kind {
            StepKind::Image(reference) => {
                let text = format!("FROM {}", reference.canonical());
                self.name(&text)
            }
            _ => String::new(),
        };
        self.push(&stage.from, name, String::new(), kind);
        self.triggered = true;
        for instruction in &triggers {
            self.instruction(instruction, &mut state)?;
        }
        self.triggered = false;
        for instruction in &stage.instructions {
            let done = self.instruction(instruction, &mut state);
            done.map_err(|error| error.at(instruction.lines))?;
        }
        Ok(state)
    }

    fn instruction(
        &mut self,
        instruction: &Instruction,
        state: &mut State,
    ) -> Result<(), BuildError> {
        let shown = state.configure(instruction, self.options, &self.plan.global)?;
        if let Some(shown) = shown {
            let shown = state.shown(instruction, shown, true);
            // What is kept for later builds leaves no trace in this one's history.
            let history = match &instruction.kind {
                Kind::OnBuild(_) => String::new(),
                _ => format!("{} {shown}", instruction.keyword),
            };
            let after = State {
                layers: Vec::new(),
                history: Vec::new(),
                ..state.clone()
            };
            let kind = StepKind::Configure(Box::new(after), history);
            self.push(instruction, String::new(), String::new(), kind);
            return Ok(());
        }
        match &instruction.kind {
            Kind::WorkingDir(text) => {
                let place = state.working_dir(text)?;
                let shown = format!("WORKDIR {}", state.word(text)?);
                state.config.working_dir.clone_from(&place);
                let name = self.name(&shown);
                self.push(
                    instruction,
                    name,
                    format!("WORKDIR {place}"),
                    StepKind::WorkingDir(place),
                );
            }
            Kind::Run(command) => self.run(instruction, command, state),
            Kind::Copy { .. } => self.copy(instruction, state)?,
            _ => {}
        }
        Ok(())
    }

    fn run(&mut self, instruction: &Instruction, command: &Words, state: &State) {
        let variables = state.build_variables();
        let (command, input) = with_heredoc(command, &instruction.heredocs);
        let text = match &command {
            Words::Shell(_) => state.raw(&instruction.rest),
            Words::Exec(_) => instruction.rest.clone(),
        };
        let flags: String = instruction
            .flags
            .iter()
            .flat_map(|(name, values)| {
                let values = values.lines();
                values.map(move |value| format!("--{name}={value} "))
            })
            .collect();
        let summary = match (&command, instruction.heredocs.as_slice()) {
            (Words::Shell(_), [script]) if input.is_none() => {
                let mut lines = script.content.trim().lines();
                let first = lines.next().unwrap_or_default();
                let more = if lines.next().is_some() { "..." } else { "" };
                format!(" ({first}{more})")
            }
            _ => String::new(),
        };
        let name = self.name(&format!("RUN {flags}{text}{summary}"));
        let line = state.with_variables(&state.command(&command).join(" "));
        let history = format!("RUN {line} # buildkit");
        let mounts = instruction.flags.get("mount").map(|all| state.raw(all));
        let kind = StepKind::Run {
            command,
            variables,
            input,
            mounts: mounts
                .iter()
                .flat_map(|all| all.lines().map(str::to_string))
                .collect(),
        };
        self.push(instruction, name, history, kind);
    }

    fn copy(&mut self, instruction: &Instruction, state: &State) -> Result<(), BuildError> {
        let copy = state.copy(instruction)?;
        let from = match instruction.flags.get("from") {
            None => None,
            Some(name) => {
                let name = state.word(name)?;
                Some(
                    match self.file.stage(&name).filter(|other| *other < self.at) {
                        Some(other) => From::Stage(other),
                        None => From::Image(
                            Reference::parse(&name)
                                .map_err(BuildError::new)?
                                .with_default_tag(),
                        ),
                    },
                )
            }
        };
        let inline = inline_tree(instruction, state)?;
        let keyword = &instruction.keyword;
        let name = self.name(&state.raw(&instruction.source).replacen(
            instruction.source.split_whitespace().next().unwrap_or(""),
            keyword,
            1,
        ));
        let owner = copy.owner.as_ref();
        let flags = owner.map_or_else(String::new, |owner| format!("--chown={owner} "));
        let mode = instruction.flags.get("chmod");
        let flags = flags + &mode.map_or_else(String::new, |mode| format!("--chmod={mode} "));
        let history = format!(
            "{keyword} {flags}{} {} # buildkit",
            copy.sources.join(" "),
            copy.target
        );
        self.push(
            instruction,
            name,
            history,
            StepKind::Copy { copy, from, inline },
        );
        Ok(())
    }
}

/// A RUN whose command is a heredoc: the text is the shell's script, or the input of a command.
fn with_heredoc(command: &Words, heredocs: &[Heredoc]) -> (Words, Option<String>) {
    match (command, heredocs.first()) {
        (Words::Shell(text), Some(heredoc)) => {
            let before = text.split("<<").next().unwrap_or("").trim();
            if before.is_empty() {
                (Words::Shell(heredoc.content.clone()), None)
            } else {
                (
                    Words::Shell(before.to_string()),
                    Some(heredoc.content.clone()),
                )
            }
        }
        (other, _) => (other.clone(), None),
    }
}

/// The files that stand in a COPY itself.
fn inline_tree(instruction: &Instruction, state: &State) -> Result<Option<Tree>, BuildError> {
    if instruction.heredocs.is_empty() {
        return Ok(None);
    }
    let tree = Tree::new(Vec::new());
    for heredoc in &instruction.heredocs {
        let text = match heredoc.expands {
            true => state.raw(&heredoc.content),
            false => heredoc.content.clone(),
        };
        let entry = Entry::file(Content::new(text), 0o644, Time::default());
        for word in instruction.rest.split_whitespace() {
            if word.starts_with("<<") {
                tree.put(&machine::path::clean(word), entry.clone());
            }
        }
    }
    Ok(Some(tree))
}
