//! The classic builder: one image for each instruction, each over the one before. Models moby
//! builder/dockerfile.

use super::copy::{CopyError, context_tree};
use super::dockerfile::{Instruction, Kind, Words};
use super::execute::{self, Ran};
use super::stage::State;
use super::{BuildContext, BuildError, BuildOptions, Dockerfile};
use crate::engine::{packed, pulling};
use crate::{Engine, EngineError, HistoryEntry, Image, ImageLayer, LogStream, Reference, digest};
use machine::{Layer, Tree};
use simulation::{Receiver, Sender};
use std::rc::Rc;

/// A build while it runs.
struct Classic<'a> {
    engine: &'a Engine,
    options: &'a BuildOptions,
    output: &'a Sender<(LogStream, String)>,
    context: Tree,
    total: usize,
    step: usize,
    /// Finished stages.
    stages: Vec<State>,
    global: Vec<(String, Option<String>)>,
}

impl Engine {
    /// Builds an image as the classic builder does; its output goes to `output` as it is.
    pub(crate) async fn build_classic(
        &self,
        context: BuildContext,
        options: &BuildOptions,
        output: &Sender<(LogStream, String)>,
    ) -> Result<Rc<Image>, BuildError> {
        let name = &options.dockerfile_name;
        let daemon = |text: String| BuildError::new(format!("Error response from daemon: {text}"));
        let file = Dockerfile::parse(&options.dockerfile).map_err(|error| {
            daemon(match (error.of_file, error.message.as_str()) {
                (_, "the Dockerfile cannot be empty") => {
                    format!("the Dockerfile ({name}) cannot be empty")
                }
                (true, message) => format!("failed to parse {name}: {message}"),
                (false, message) => message.to_string(),
            })
        })?;
        let last = match &options.target {
            None => file.stages.len().saturating_sub(1),
            Some(target) => file
                .stage(target)
                .ok_or_else(|| daemon(format!("target stage {target:?} could not be found")))?,
        };
        let used: usize = file
            .stages
            .iter()
            .take(last + 1)
            .map(|stage| 1 + stage.instructions.len())
            .sum();
        let mut build = Classic {
            engine: self,
            options,
            output,
            context: context_tree(&context),
            total: used + file.arguments.len() + usize::from(!options.labels.is_empty()),
            step: 0,
            stages: Vec::new(),
            global: Vec::new(),
        };
        build.warn(&file);
        build.run(&file, last).await
    }
}

impl Classic<'_> {
    fn say(&self, text: impl Into<String>) {
        self.output.send((LogStream::Stdout, text.into())).ok();
    }

    fn warn(&self, file: &Dockerfile) {
        let empty = file
            .warnings
            .iter()
            .filter(|warning| warning.rule == "NoEmptyContinuation");
        let mut any = false;
        for warning in empty {
            any = true;
            let text = &warning.instruction;
            self.say(format!(
                "\u{1b}[91m[WARNING]: Empty continuation line found in: {text}\n\u{1b}[0m"
            ));
        }
        if any {
            self.say("\u{1b}[91m[WARNING]: Empty continuation lines will become errors in a future release.\n\u{1b}[0m");
        }
    }

    fn announce(&mut self, source: &str) {
        self.step += 1;
        self.say(format!("Step {}/{} : {source}\n", self.step, self.total));
    }

    async fn run(&mut self, file: &Dockerfile, last: usize) -> Result<Rc<Image>, BuildError> {
        let mut global = State::default();
        for (name, default) in &file.arguments {
            let value = match default {
                Some(value) => format!("{name}={value}"),
                None => name.clone(),
            };
            self.announce(&format!("ARG {value}"));
            global.global(&(name.clone(), default.clone()), self.options)?;
        }
        self.global = global.arguments.clone();
        let mut image = None;
        for (at, stage) in file.stages.iter().enumerate().take(last + 1) {
            self.announce(&stage.from.source);
            let base = global.word(&stage.base)?;
            let (mut state, mut current) = self.base(file, at, &base).await?;
            for trigger in std::mem::take(&mut state.config.on_build) {
                self.say(format!("# Executing {trigger}\n"));
                let parsed = Dockerfile::trigger(&trigger);
                for instruction in parsed.map_err(|error| BuildError::new(error.message))? {
                    let next = self
                        .instruction(&instruction, file, &mut state, current)
                        .await?;
                    current = Some(next);
                }
            }
            for instruction in &stage.instructions {
                self.announce(&instruction.source);
                let next = self
                    .instruction(instruction, file, &mut state, current)
                    .await?;
                current = Some(next);
            }
            image = current;
            self.stages.push(state);
        }
        let image = image
            .ok_or_else(|| BuildError::new("No image was generated. Is your Dockerfile empty?"))?;
        let image = self.label(image);
        self.unconsumed(file);
        self.say(format!("Successfully built {}\n", image.short_id()));
        for tag in &self.options.tags {
            self.engine.tag_image(&image, tag);
            let name = tag.clone().with_default_tag();
            self.say(format!("Successfully tagged {}\n", name.familiar()));
        }
        Ok(image)
    }

    /// `--label`s are one more image.
    fn label(&mut self, image: Rc<Image>) -> Rc<Image> {
        if self.options.labels.is_empty() {
            return image;
        }
        let mut state = State::over(Some(&image));
        let before = state.clone();
        for (name, value) in &self.options.labels {
            state.config.labels.insert(name.clone(), value.clone());
        }
        let shown: Vec<String> = self
            .options
            .labels
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let shown = shown.join(" ");
        self.announce(&format!("LABEL {shown}"));
        let by = format!("/bin/sh -c #(nop)  LABEL {shown}");
        if let Some(cached) = self.cached(&before, &by) {
            return self.take(&mut state, cached);
        }
        let id = self.running();
        let labelled = self.commit(&mut state, Some(&image), by, None);
        self.removed(&id, &labelled);
        labelled
    }

    /// Names the `--build-arg`s that no `ARG` asked for.
    fn unconsumed(&self, file: &Dockerfile) {
        let mut asked: Vec<&str> = file
            .arguments
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        for instruction in file.stages.iter().flat_map(|stage| &stage.instructions) {
            if let Kind::Arg(arguments) = &instruction.kind {
                asked.extend(arguments.iter().map(|(name, _)| name.as_str()));
            }
        }
        let given = self.options.arguments.iter().map(|(name, _)| name.as_str());
        let unused: Vec<&str> = given.filter(|name| !asked.contains(name)).collect();
        if !unused.is_empty() {
            self.say(format!(
                "[Warning] One or more build-args [{}] were not consumed\n",
                unused.join(" ")
            ));
        }
    }

    async fn base(
        &self,
        file: &Dockerfile,
        at: usize,
        base: &str,
    ) -> Result<(State, Option<Rc<Image>>), BuildError> {
        if base == "scratch" {
            self.say(" ---> \n");
            return Ok((State::over(None), None));
        }
        if let Some(stage) = file
            .stage(base)
            .filter(|other| *other < at && base.parse::<usize>().is_err())
            && let Some(state) = self.stages.get(stage)
        {
            let image = self.engine.image(&state.key).ok();
            let id = image.as_ref().map_or("", |image| image.short_id());
            self.say(format!(" ---> {id}\n"));
            return Ok((State::over_stage(state), image));
        }
        let reference = Reference::parse(base).map_err(BuildError::new)?;
        let image = self.image(&reference.with_default_tag()).await?;
        self.say(format!(" ---> {}\n", image.short_id()));
        Ok((State::over(Some(&image)), Some(image)))
    }

    async fn image(&self, reference: &Reference) -> Result<Rc<Image>, EngineError> {
        let local = self.engine.image(&reference.familiar());
        if !self.options.pull
            && let Ok(image) = local
        {
            return Ok(image);
        }
        let engine = self.engine;
        let image = engine.find_in_registry(reference).await?;
        self.say(format!(
            "{}: Pulling from {}\n",
            reference.tag_or_latest(),
            reference.path
        ));
        let known = engine.image(&image.id).is_ok();
        if !known {
            self.fetch(&image).await;
        }
        engine.take_pulled(reference, &image);
        let digest = image.manifest_digest();
        let what = if known {
            "Image is up to date"
        } else {
            "Downloaded newer image"
        };
        self.say(format!(
            "Digest: {digest}\nStatus: {what} for {}\n",
            reference.familiar()
        ));
        Ok(image)
    }

    /// Fetches the layers of a base image and tells how that goes.
    async fn fetch(&self, image: &Image) {
        let (old, new) = self.engine.layers_to_fetch(image);
        let short = |layer: &ImageLayer| crate::image::short(&layer.digest).to_string();
        for layer in old {
            self.say(format!("{}: Already exists\n", short(layer)));
        }
        let sizes: Vec<u64> = new.iter().map(|layer| packed(layer)).collect();
        let mut messages = pulling(&sizes);
        messages.sort_by_key(|message| message.at);
        let started = self.engine.now();
        for message in messages {
            let simulation = self.engine.simulation();
            simulation.sleep_until(started + message.at).await;
            if let (Some(layer), None) = (new.get(message.layer), message.progress) {
                self.say(format!("{}: {}\n", short(layer), message.status));
            }
        }
    }

    async fn instruction(
        &mut self,
        instruction: &Instruction,
        file: &Dockerfile,
        state: &mut State,
        current: Option<Rc<Image>>,
    ) -> Result<Rc<Image>, BuildError> {
        let before = state.clone();
        let configured = state.configure(instruction, self.options, &self.global);
        if let Some(shown) = configured? {
            let shown = state.shown(instruction, shown, false);
            let by = format!("/bin/sh -c #(nop)  {} {shown}", instruction.keyword);
            if let Some(image) = self.cached(&before, &by) {
                return Ok(self.take(state, image));
            }
            let id = self.running();
            let image = self.commit(state, current.as_ref(), by, None);
            self.removed(&id, &image);
            return Ok(image);
        }
        match &instruction.kind {
            Kind::WorkingDir(text) => {
                let place = state.working_dir(text)?;
                state.config.working_dir.clone_from(&place);
                let by = format!("/bin/sh -c #(nop) WORKDIR {place}");
                if let Some(image) = self.cached(&before, &by) {
                    return Ok(self.take(state, image));
                }
                let id = self.running();
                let layer = execute::directory_layer(self.engine, &state.layers, &place);
                let image = self.commit(state, current.as_ref(), by, layer);
                self.removed(&id, &image);
                Ok(image)
            }
            Kind::Run(command) => self.command(instruction, command, state, current).await,
            _ => self.copy(instruction, file, state, current).await,
        }
    }

    fn running(&self) -> String {
        let id = self.engine.inner.random.hex(12);
        self.say(format!(" ---> Running in {id}\n"));
        id
    }

    fn removed(&self, id: &str, image: &Image) {
        self.say(format!(
            " ---> Removed intermediate container {id}\n ---> {}\n",
            image.short_id()
        ));
    }

    fn key(state: &State, by: &str) -> String {
        digest::hex(format!("classic {} {by}", state.key).as_bytes())
    }

    /// The image that the same instruction over the same image made before.
    fn cached(&self, before: &State, by: &str) -> Option<Rc<Image>> {
        if self.options.no_cache {
            return None;
        }
        let images = self.engine.inner.build_cache.images.borrow();
        let id = images.get(&Classic::key(before, by))?;
        self.engine.inner.images.images.borrow().get(id).cloned()
    }

    fn take(&self, state: &mut State, image: Rc<Image>) -> Rc<Image> {
        self.say(format!(" ---> Using cache\n ---> {}\n", image.short_id()));
        let arguments = std::mem::take(&mut state.arguments);
        let next = State::over(Some(&image));
        *state = State {
            arguments,
            config: image.config.clone(),
            layers: next.layers,
            history: next.history,
            key: next.key,
            created: next.created,
            ..state.clone()
        };
        image
    }

    /// Makes the image of a step.
    fn commit(
        &self,
        state: &mut State,
        parent: Option<&Rc<Image>>,
        by: String,
        layer: Option<Layer>,
    ) -> Rc<Image> {
        let engine = self.engine;
        let before = Classic::key(state, &by);
        let layer = layer.map(ImageLayer::new);
        state.created = engine.now();
        state.history.push(HistoryEntry {
            created: engine.now(),
            created_by: by,
            size: layer.as_ref().map(|layer| layer.size),
            comment: String::new(),
        });
        state.layers.extend(layer);
        let mut image = Image::new(
            state.config.clone(),
            state.layers.clone(),
            state.history.clone(),
            state.created,
        );
        image.parent = parent.map(|parent| parent.id.clone());
        let image = Rc::new(image);
        state.key.clone_from(&image.id);
        engine.add_image(image.clone());
        let cache = &engine.inner.build_cache;
        cache.images.borrow_mut().insert(before, image.id.clone());
        image
    }

    async fn command(
        &self,
        instruction: &Instruction,
        command: &Words,
        state: &mut State,
        current: Option<Rc<Image>>,
    ) -> Result<Rc<Image>, BuildError> {
        if current.is_none() {
            return Err(BuildError::new(
                "No image was generated. Is your Dockerfile empty?",
            ));
        }
        let words = match (command, instruction.heredocs.first()) {
            (_, Some(_)) => {
                return Err(BuildError::new(
                    "the classic builder does not support heredoc syntax",
                ));
            }
            (Words::Shell(text), None) if text.is_empty() => state.shell(),
            (command, None) => state.command(command),
        };
        let line = words.join(" ");
        let by = state.with_variables(&line);
        if let Some(image) = self.cached(state, &by) {
            return Ok(self.take(state, image));
        }
        let id = self.running();
        let (lines, mut received) = simulation::channel();
        let snapshot = state.clone();
        let running = execute::run(self.engine, &snapshot, words, None, Vec::new(), &lines);
        let mut running = std::pin::pin!(running);
        let ran = loop {
            match simulation::race(received.recv(), running.as_mut()).await {
                simulation::Either::Left(Some(line)) => self.show(line, &mut received),
                simulation::Either::Left(None) => {}
                simulation::Either::Right(ran) => break ran,
            }
        };
        while let Some(line) = received.try_recv() {
            self.show(line, &mut received);
        }
        match ran {
            Ran::Ended(0, layer) => {
                let image = self.commit(state, current.as_ref(), by, Some(layer));
                self.removed(&id, &image);
                Ok(image)
            }
            Ran::Ended(code, _) => {
                let mut error = BuildError::new(format!(
                    "The command '{line}' returned a non-zero code: {code}"
                ));
                error.exit_code = Some(code);
                Err(error)
            }
            Ran::Refused(reason) => Err(BuildError::new(format!(
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: {reason}"
            ))),
        }
    }

    /// Errors are red, whether the output is a terminal or not.
    fn show(&self, line: (LogStream, String), rest: &mut Receiver<(LogStream, String)>) {
        let mut next = Some(line);
        let mut red = String::new();
        while let Some((stream, line)) = next.take() {
            match stream {
                LogStream::Stderr => {
                    red.push_str(&line);
                    red.push('\n');
                    next = rest.try_recv();
                }
                LogStream::Stdout => {
                    self.say_red(&mut red);
                    self.say(format!("{line}\n"));
                }
            }
        }
        self.say_red(&mut red);
    }

    /// What was written at once is red as a whole.
    fn say_red(&self, red: &mut String) {
        if !red.is_empty() {
            self.say(format!("\u{1b}[91m{red}\u{1b}[0m"));
            red.clear();
        }
    }

    async fn copy(
        &self,
        instruction: &Instruction,
        file: &Dockerfile,
        state: &mut State,
        current: Option<Rc<Image>>,
    ) -> Result<Rc<Image>, BuildError> {
        let keyword = &instruction.keyword;
        let copy = state.copy(instruction)?;
        let (words, target) = (&copy.sources, &copy.target);
        let from = instruction.flags.get("from");
        let tree = match from {
            None => self.context.clone(),
            Some(name) => self.source_tree(name, file).await?,
        };
        let missing = |error: CopyError| {
            let place = match error {
                CopyError::Missing(place) => place,
                CopyError::Other(reason) => return BuildError::new(reason),
            };
            let name = place.trim_start_matches('/').to_string();
            let outside = words.iter().find(|word| is_outside(word));
            BuildError::new(match from {
                None if outside.is_some() => format!(
                    "{keyword} failed: forbidden path outside the build context: {} ()",
                    outside.map_or("", String::as_str)
                ),
                None => format!(
                    "{keyword} failed: file not found in build context or excluded by .dockerignore: stat {name}: file does not exist"
                ),
                Some(_) => format!("{keyword} failed: stat {name}: file does not exist"),
            })
        };
        let found = copy.found(&tree).map_err(missing)?;
        if found.is_empty() {
            return Err(BuildError::new(format!(
                "{keyword} failed: no source files were specified"
            )));
        }
        if found.len() > 1 && !target.ends_with('/') && target != "." {
            return Err(BuildError::new(format!(
                "When using {keyword} with more than one source file, the destination must be a directory and end with a /"
            )));
        }
        let fingerprint = copy.fingerprint(&tree).map_err(missing)?;
        let hash = fingerprint.strip_prefix("sha256:").unwrap_or(&fingerprint);
        let directory = found.len() == 1
            && found
                .first()
                .and_then(|place| tree.get(place))
                .is_some_and(|entry| entry.is_directory());
        let kind = match (found.len(), directory) {
            (1, true) => "dir",
            (1, false) => "file",
            _ => "multi",
        };
        let by = format!("/bin/sh -c #(nop) {keyword} {kind}:{hash} in {target} ");
        if let Some(image) = self.cached(state, &by) {
            return Ok(self.take(state, image));
        }
        let below = state.tree();
        let layer = copy
            .layer(&tree, &below, self.engine.now())
            .map_err(missing)?;
        let image = self.commit(state, current.as_ref(), by, Some(layer));
        self.say(format!(" ---> {}\n", image.short_id()));
        Ok(image)
    }

    async fn source_tree(&self, name: &str, file: &Dockerfile) -> Result<Tree, BuildError> {
        let wrong =
            |reason: String| BuildError::new(format!("invalid from flag value {name}: {reason}"));
        let layers = match file.stage(name) {
            Some(at) if at == self.stages.len() => {
                return Err(wrong("refers to current build stage".into()));
            }
            Some(at) if self.stages.get(at).is_some() => {
                let stage = self.stages.get(at);
                return Ok(stage.map_or_else(|| Tree::new(Vec::new()), State::tree));
            }
            _ => {
                let reference = Reference::parse(name).map_err(wrong)?;
                let image = self.image(&reference.with_default_tag()).await;
                image.map_err(|error| wrong(error.message))?.tree_layers()
            }
        };
        Ok(Tree::new(layers))
    }
}

/// Whether a path leads out of the directory that it is relative to.
fn is_outside(path: &str) -> bool {
    let mut depth = 0_i32;
    path.split('/').any(|part| {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        depth < 0
    })
}
