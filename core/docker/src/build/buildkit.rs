//! BuildKit's way of building: the Dockerfile becomes a graph of steps, of which only those are
//! done that the target needs and that are not in the cache. What happens is told as events of
//! numbered steps. Models moby/buildkit frontend/dockerfile and solver, one step at a time.

mod export;
mod mounts;
mod plan;

use super::copy::{CopyError, context_tree};
use super::dockerfile::Words;
use super::execute::{self, Ran};
use super::stage::State;
use super::{BuildContext, BuildError, BuildOptions, Dockerfile};
use crate::registry::Lookup;
use crate::{Engine, HistoryEntry, Image, ImageLayer, Reference, digest};
use machine::{Content, Duration, Entry, Time, Tree};
use ordered::OrderedMap;
use plan::{Plan, Step, StepKind};
use simulation::Sender;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Virtual time of small steps.
const STEP_TIME: Duration = Duration::from_millis(10);

/// Something that happened to a numbered step.
pub(crate) struct Event {
    pub(crate) time: Time,
    /// The step's number, from 1.
    pub(crate) step: usize,
    pub(crate) kind: EventKind,
}

/// What happened to a step.
pub(crate) enum EventKind {
    /// So many steps are known to come.
    Planned(usize),
    /// It was started, with its name.
    Start(String),
    /// How far it is: `transferring context: 2B done`.
    Status(String),
    /// A line of its command.
    Log(String),
    /// It is done.
    Done,
    /// It was in the cache.
    Cached,
    /// It failed.
    Failed(String),
}

/// A build while it runs.
pub(super) struct Solver<'a> {
    engine: &'a Engine,
    options: &'a BuildOptions,
    events: &'a Sender<Event>,
    next: Cell<usize>,
    context: Tree,
    /// What the client has, by path.
    files: OrderedMap<String, Entry>,
    context_loaded: Cell<bool>,
    /// The id of the record that holds the sent context.
    context_record: RefCell<Option<String>>,
    /// The names of all stages, empty for none.
    stage_names: Vec<String>,
    /// Finished stages, by index.
    stages: OrderedMap<usize, State>,
}

impl Engine {
    /// Builds an image as BuildKit does, and gives it its names.
    pub(crate) async fn build(
        &self,
        context: BuildContext,
        options: &BuildOptions,
        events: &Sender<Event>,
    ) -> Result<(Rc<Image>, Vec<String>), (BuildError, Vec<String>)> {
        let mut solver = Solver {
            engine: self,
            options,
            events,
            next: Cell::new(1),
            context: context_tree(&context),
            files: context.entries.clone(),
            context_loaded: Cell::new(false),
            context_record: RefCell::default(),
            stage_names: Vec::new(),
            stages: OrderedMap::new(),
        };
        let (file, warnings) = solver.definition().await;
        let file = file.map_err(|error| (error, warnings.clone()))?;
        let built = solver.solve(&file, &context).await;
        match built {
            Ok(image) => Ok((image, warnings)),
            Err(error) => Err((error, warnings)),
        }
    }
}

impl Solver<'_> {
    fn tell(&self, step: usize, kind: EventKind) {
        let time = self.engine.now();
        self.events.send(Event { time, step, kind }).ok();
    }

    fn start(&self, name: impl Into<String>) -> usize {
        let step = self.next.get();
        self.next.set(step + 1);
        self.tell(step, EventKind::Start(name.into()));
        step
    }

    fn one_file(&self, name: &str, text: &str) -> OrderedMap<String, Entry> {
        let entry = Entry::file(Content::new(text), 0o644, self.engine.now());
        [(name.to_string(), entry)].into()
    }

    /// Takes files that the client sends and tells how much was sent; gives the record's id.
    fn receive(&self, step: usize, what: &str, files: &OrderedMap<String, Entry>) -> String {
        let engine = self.engine;
        let cache = &engine.inner.build_cache;
        let (record, sent) = cache.receive(what, files, engine.now(), &engine.inner.random);
        let what = what.split(' ').next().unwrap_or(what);
        let status = format!("transferring {what}: {} done", super::size(sent));
        self.tell(step, EventKind::Status(status));
        record.id.clone()
    }

    async fn pass(&self, span: Duration) {
        self.engine.simulation().sleep(span).await;
    }

    /// Loads and parses the Dockerfile; gives it with the checker's remarks.
    async fn definition(&self) -> (Result<Dockerfile, BuildError>, Vec<String>) {
        let name = &self.options.dockerfile_name;
        let step = self.start(format!("[internal] load build definition from {name}"));
        self.pass(STEP_TIME).await;
        if self.options.missing {
            let status = "transferring dockerfile: 2B done";
            self.tell(step, EventKind::Status(status.into()));
            self.tell(step, EventKind::Done);
            let text = format!("failed to read dockerfile: open {name}: no such file or directory");
            return (Err(BuildError::new(text)), Vec::new());
        }
        self.receive(
            step,
            "dockerfile",
            &self.one_file(name, &self.options.dockerfile),
        );
        let parsed = Dockerfile::parse(&self.options.dockerfile);
        let mut warnings = Vec::new();
        if let Ok(file) = &parsed {
            for stage in &file.stages {
                let base = &stage.base;
                if !base.contains('$') && Reference::parse(base).is_err() {
                    warnings.push(format!(
                        "InvalidDefaultArgInFrom: Default value for ARG {base} results in empty or invalid base image name (line {})",
                        stage.from.lines.0
                    ));
                }
            }
            for warning in &file.warnings {
                warnings.push(format!(
                    "{}: {} (line {})",
                    warning.rule, warning.message, warning.line
                ));
            }
        }
        for warning in &warnings {
            self.tell(step, EventKind::Status(format!("WARN: {warning}")));
        }
        self.tell(step, EventKind::Done);
        let parsed = parsed.map_err(|error| {
            let mut failed = BuildError::new(error.message);
            failed.lines = error.lines;
            failed
        });
        (parsed, warnings)
    }

    async fn solve(
        &mut self,
        file: &Dockerfile,
        context: &BuildContext,
    ) -> Result<Rc<Image>, BuildError> {
        let plan = Plan::new(file, self.options)?;
        let names = file.stages.iter().map(|stage| stage.name.clone());
        self.stage_names = names.map(Option::unwrap_or_default).collect();
        let mut images = OrderedMap::new();
        for (reference, given, lines) in plan.images() {
            let image = self.metadata(&reference, &given, file).await;
            images.insert(reference, image.map_err(|error| error.at(lines))?);
        }
        let step = self.start("[internal] load .dockerignore");
        self.pass(STEP_TIME).await;
        let ignore = context.ignore.as_deref();
        let ignore = ignore.map(|text| self.one_file(".dockerignore", text));
        self.receive(step, "context .dockerignore", &ignore.unwrap_or_default());
        self.tell(step, EventKind::Done);
        let stages = plan.convert(file, self.options, &images)?;
        let steps = stages.iter().flat_map(|(_, steps)| steps);
        let named = steps.clone().filter(|step| !step.name.is_empty()).count();
        let reads_context = steps.clone().any(Step::reads_context);
        self.tell(0, EventKind::Planned(named + usize::from(reads_context)));
        for (at, steps) in stages {
            let state = self.stage(&steps, &images).await?;
            self.stages.insert(at, state);
        }
        let state = self.stages.remove(&plan.target).unwrap_or_default();
        Ok(self.export(state).await)
    }

    async fn metadata(
        &self,
        reference: &Reference,
        given: &str,
        file: &Dockerfile,
    ) -> Result<Rc<Image>, BuildError> {
        let canonical = reference.canonical();
        let step = self.start(format!("[internal] load metadata for {canonical}"));
        self.pass(STEP_TIME).await;
        if !self.options.pull
            && let Ok(image) = self.engine.image(&reference.familiar())
        {
            self.tell(step, EventKind::Done);
            return Ok(image);
        }
        let registry = &self.engine.inner.registry;
        let reason = match registry.look_up(reference, self.engine.now()) {
            Lookup::Found(image) => {
                self.tell(step, EventKind::Done);
                return Ok(image);
            }
            Lookup::UnknownTag => format!("{canonical}: not found"),
            Lookup::Unreachable(why) => why,
            Lookup::Denied => "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed".into(),
        };
        self.tell(step, EventKind::Failed(reason.clone()));
        let names: Vec<&str> = file
            .stages
            .iter()
            .filter_map(|stage| stage.name.as_deref())
            .collect();
        let hint = super::dockerfile::closest(given, &names)
            .map(|name| format!(" (did you mean {name}?)"))
            .unwrap_or_default();
        Err(BuildError::new(format!(
            "{given}: failed to resolve source metadata for {canonical}: {reason}{hint}"
        )))
    }

    /// Does the steps of one stage.
    async fn stage(
        &mut self,
        steps: &[Step],
        images: &OrderedMap<Reference, Rc<Image>>,
    ) -> Result<State, BuildError> {
        let mut state = State::default();
        for (at, step) in steps.iter().enumerate() {
            let next = steps.iter().skip(at + 1).find(|step| step.makes_layer());
            let done = self.step(step, next, &mut state, images).await;
            done.map_err(|error| error.at(step.lines))?;
        }
        Ok(state)
    }

    async fn step(
        &mut self,
        step: &Step,
        next: Option<&Step>,
        state: &mut State,
        images: &OrderedMap<Reference, Rc<Image>>,
    ) -> Result<(), BuildError> {
        match &step.kind {
            StepKind::Scratch => *state = State::over(None),
            StepKind::Stage(other) => {
                let other = self.stages.get(other).cloned().unwrap_or_default();
                *state = State::over_stage(&other);
            }
            StepKind::Image(reference) => {
                let image = images.get(reference).cloned();
                *state = State::over(image.as_deref());
                if let Some(image) = image {
                    self.base(step, next, state, &image).await;
                }
            }
            StepKind::Configure(configured, text) => {
                let layers = std::mem::take(&mut state.layers);
                let (history, key) = (std::mem::take(&mut state.history), state.key.clone());
                let (created, record) = (state.created, state.record.take());
                *state = State {
                    layers,
                    history,
                    key,
                    created,
                    record,
                    ..(**configured).clone()
                };
                if !text.is_empty() {
                    // The exporter dates it by the layers around it.
                    state.history.push(HistoryEntry {
                        created: Time::default(),
                        created_by: text.clone(),
                        size: None,
                        comment: "buildkit.dockerfile.v0".into(),
                    });
                }
            }
            StepKind::WorkingDir(place) => self.working_dir(step, state, place).await,
            StepKind::Copy { .. } => self.copy(step, state, images).await?,
            StepKind::Run { .. } => self.run(step, state).await?,
        }
        Ok(())
    }

    /// Shows a stage's base. One that nothing needs, because what follows is in the cache, is
    /// only looked up.
    async fn base(&self, step: &Step, next: Option<&Step>, state: &mut State, image: &Rc<Image>) {
        let fresh = self
            .engine
            .inner
            .build_cache
            .bases
            .borrow_mut()
            .insert(image.id.clone());
        let wants_context =
            step.first_context && !self.options.no_cache && !self.nothing_to_send(step);
        if fresh && wants_context {
            self.load_context().await;
        }
        let local = self.engine.image(&image.id).is_ok();
        let name = if local {
            step.name.clone()
        } else {
            format!("{}@{}", step.name, image.manifest_digest())
        };
        let number = self.start(name);
        if local {
            self.pass(STEP_TIME).await;
        } else {
            let millis = image.size.saturating_mul(1000) / 400_000_000;
            self.pass(Duration::from_millis(50 + millis)).await;
        }
        let next_cached = next.is_some_and(|next| match self.key(next, state) {
            Some(key) => {
                let bypass = self.options.no_cache && !matches!(next.kind, StepKind::WorkingDir(_));
                !bypass && self.engine.inner.build_cache.contains(&key)
            }
            None => false,
        });
        self.tell(
            number,
            match fresh || next_cached {
                true => EventKind::Done,
                false => EventKind::Cached,
            },
        );
        let (cache, random) = (&self.engine.inner.build_cache, &self.engine.inner.random);
        state.record = cache.base(image, self.engine.now(), random);
        if wants_context && !fresh {
            self.load_context().await;
        }
    }

    /// Whether the first step that reads the context finds none of its files there.
    fn nothing_to_send(&self, step: &Step) -> bool {
        step.wanted.iter().all(|source| {
            !source.contains(['*', '?', '['])
                && self.context.get(&machine::path::clean(source)).is_none()
        })
    }

    async fn load_context(&self) {
        if self.context_loaded.replace(true) {
            return;
        }
        let step = self.start("[internal] load build context");
        self.pass(STEP_TIME).await;
        let id = self.receive(step, "context", &self.files);
        *self.context_record.borrow_mut() = Some(id);
        self.tell(step, EventKind::Done);
    }

    /// What a step is found by in the cache; `None` when its files are missing.
    fn key(&self, step: &Step, state: &State) -> Option<String> {
        let detail = match &step.kind {
            StepKind::WorkingDir(place) => format!("workdir {place}"),
            StepKind::Run {
                command,
                variables,
                input,
                ..
            } => {
                format!(
                    "run {command:?} {variables:?} {input:?} {} {:?}",
                    state.config.user, state.config.env
                )
            }
            StepKind::Copy { copy, from, .. } => {
                let tree = self.source(from.as_ref(), &OrderedMap::new())?;
                let fingerprint = copy.fingerprint(&tree).ok()?;
                format!("copy {copy:?} {fingerprint}")
            }
            _ => return None,
        };
        let text = format!("{}\n{}\n{detail}", state.key, state.config.working_dir);
        Some(digest::hex(text.as_bytes()))
    }

    async fn working_dir(&self, step: &Step, state: &mut State, place: &str) {
        let key = self.key(step, state).unwrap_or_default();
        let number = self.start(&step.name);
        let found = self.engine.inner.build_cache.find(&key, self.engine.now());
        let record = match found {
            Some(record) => {
                self.tell(number, EventKind::Cached);
                record
            }
            None => {
                self.pass(STEP_TIME).await;
                let layer = execute::directory_layer(self.engine, &state.layers, place);
                // Even where the directory is there, the step has a layer of its own.
                let layer = ImageLayer::new(layer.unwrap_or_default());
                let record = self.keep(key.clone(), layer, state);
                self.tell(number, EventKind::Done);
                record
            }
        };
        state.config.working_dir = place.to_string();
        self.add(state, step, key, &record);
    }

    /// Keeps what a step made over a stage.
    fn keep(&self, key: String, layer: ImageLayer, state: &State) -> Rc<super::cache::Record> {
        let engine = self.engine;
        let cache = &engine.inner.build_cache;
        let (now, random) = (engine.now(), &engine.inner.random);
        cache.keep(key, layer, &state.layers, state.record.clone(), now, random)
    }

    fn add(&self, state: &mut State, step: &Step, key: String, record: &super::cache::Record) {
        state.key = key;
        state.created = record.created;
        state.history.push(HistoryEntry {
            created: record.created,
            created_by: step.history.clone(),
            size: Some(record.layer.as_ref().map_or(0, |layer| layer.size)),
            comment: "buildkit.dockerfile.v0".into(),
        });
        state.layers.extend(record.layer.clone());
        state.record = Some(record.id.clone());
    }

    /// The tree that a COPY reads: the context's, a stage's or an image's.
    fn source(
        &self,
        from: Option<&plan::From>,
        images: &OrderedMap<Reference, Rc<Image>>,
    ) -> Option<Tree> {
        let layers = match from {
            None => return Some(self.context.clone()),
            Some(plan::From::Stage(at)) => {
                return Some(self.stages.get(at)?.tree());
            }
            Some(plan::From::Image(reference)) => images.get(reference)?.tree_layers(),
        };
        Some(Tree::new(layers))
    }

    async fn copy(
        &self,
        step: &Step,
        state: &mut State,
        images: &OrderedMap<Reference, Rc<Image>>,
    ) -> Result<(), BuildError> {
        let StepKind::Copy { copy, from, inline } = &step.kind else {
            return Ok(());
        };
        if from.is_none() && inline.is_none() {
            self.load_context().await;
        }
        let tree = match inline {
            Some(tree) => tree.clone(),
            None => self
                .source(from.as_ref(), images)
                .unwrap_or_else(|| Tree::new(Vec::new())),
        };
        let number = self.start(&step.name);
        let fingerprint = copy
            .fingerprint(&tree)
            .map_err(|error| self.missing(number, from.as_ref(), &error))?;
        let text = format!(
            "{}\n{}\ncopy {:?} {fingerprint}",
            state.key,
            state.config.working_dir,
            step.copy_text()
        );
        let key = digest::hex(text.as_bytes());
        let found = self.engine.inner.build_cache.find(&key, self.engine.now());
        let record = match found.filter(|_| !self.options.no_cache) {
            Some(record) => {
                self.tell(number, EventKind::Cached);
                record
            }
            None => {
                self.pass(STEP_TIME).await;
                let below = state.tree();
                let now = self.engine.now();
                let layer = copy
                    .layer(&tree, &below, now)
                    .map_err(|error| self.missing(number, from.as_ref(), &error))?;
                let record = self.keep(key.clone(), ImageLayer::new(layer), state);
                self.tell(number, EventKind::Done);
                record
            }
        };
        self.add(state, step, key, &record);
        Ok(())
    }

    /// A source that is not there: told with the name of the record that was searched.
    fn missing(&self, number: usize, from: Option<&plan::From>, error: &CopyError) -> BuildError {
        let place = match error {
            CopyError::Missing(place) => place,
            CopyError::Other(reason) => {
                self.tell(number, EventKind::Failed(reason.clone()));
                return BuildError::new(reason.as_str());
            }
        };
        let inner = &self.engine.inner;
        let id = match from {
            None => self.context_record.borrow().clone(),
            Some(plan::From::Stage(at)) => {
                let stage = self.stages.get(at);
                stage.and_then(|stage| stage.record.clone())
            }
            Some(plan::From::Image(_)) => None,
        };
        let id = id.unwrap_or_else(|| super::cache::identity(&inner.random));
        let reason = format!(
            "failed to calculate checksum of ref {}::{id}: {place:?}: not found",
            inner.id
        );
        self.tell(number, EventKind::Failed(reason.clone()));
        BuildError::new(format!("failed to compute cache key: {reason}"))
    }

    async fn run(&self, step: &Step, state: &mut State) -> Result<(), BuildError> {
        let StepKind::Run {
            command,
            input,
            mounts,
            ..
        } = &step.kind
        else {
            return Ok(());
        };
        let key = self.key(step, state).unwrap_or_default();
        let number = self.start(&step.name);
        let found = self.engine.inner.build_cache.find(&key, self.engine.now());
        if let Some(record) = found.filter(|_| !self.options.no_cache) {
            self.tell(number, EventKind::Cached);
            self.add(state, step, key, &record);
            return Ok(());
        }
        let words = match command {
            Words::Exec(words) => words.clone(),
            Words::Shell(_) => state.command(command),
        };
        let shown = words.join(" ");
        let (lines, mut received) = simulation::channel();
        let snapshot = state.clone();
        let mounts = self.mounts(mounts)?;
        let running = execute::run(self.engine, &snapshot, words, input.clone(), mounts, &lines);
        let mut running = std::pin::pin!(running);
        let ran = loop {
            match simulation::race(received.recv(), running.as_mut()).await {
                simulation::Either::Left(Some((_, line))) => {
                    self.tell(number, EventKind::Log(line));
                }
                simulation::Either::Left(None) => {}
                simulation::Either::Right(ran) => break ran,
            }
        };
        while let Some((_, line)) = received.try_recv() {
            self.tell(number, EventKind::Log(line));
        }
        let code = match ran {
            Ran::Ended(0, layer) => {
                let record = self.keep(key.clone(), ImageLayer::new(layer), state);
                self.tell(number, EventKind::Done);
                self.add(state, step, key, &record);
                return Ok(());
            }
            Ran::Ended(code, _) => code,
            Ran::Refused(reason) => {
                let text = format!(
                    "runc run failed: unable to start container process: error during container init: {reason}"
                );
                self.tell(number, EventKind::Log(text));
                1
            }
        };
        let message =
            format!("process \"{shown}\" did not complete successfully: exit code: {code}");
        self.tell(number, EventKind::Failed(message.clone()));
        let mut error = BuildError::new(message);
        error.exit_code = Some(code);
        Err(error)
    }
}
