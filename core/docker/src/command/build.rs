//! `docker build`: reads the context, drives the builder that was asked for, shows what happens.

mod plain;
mod terminal;

use super::{Arguments, Command, Context, command};
use crate::build::{BuildContext, BuildError, BuildOptions, excerpt};
use crate::{LogStream, Reference};
use machine::path;
use simulation::Either;

pub(super) const COMMANDS: &[Command] = &[command(
    &["build", "image build", "builder build", "buildx build"],
    "[OPTIONS] PATH | URL | -",
    "Build an image from a Dockerfile",
    Arguments::Any,
    "\
--add-host list|Add a custom host-to-IP mapping (format: \"host:ip\")
--build-arg list|Set build-time variables
--builder string|Override the configured builder instance
--cache-from list|External cache sources (e.g., \"user/app:cache\")
-f --file string|Name of the Dockerfile (default: \"PATH/Dockerfile\")
--force-rm|Always remove intermediate containers
--iidfile string|Write the image ID to a file
--label list|Set metadata for an image
--load|Load the image into the engine
--network string|Set the networking mode for the \"RUN\" instructions during build
--no-cache|Do not use cache when building the image
-o --output list|Output destination (format: \"type=local,dest=path\")
--platform string|Set target platform for build
--progress string|Set type of progress output (\"auto\", \"plain\", \"tty\", \"quiet\", \"rawjson\")
--pull|Always attempt to pull all referenced images
--push|Push the image to its registry
-q --quiet|Suppress the build output and print image ID on success
--rm|Remove intermediate containers after a successful build
--secret list|Secret to expose to the build
-t --tag list|Image identifier (format: \"[registry/]repository[:tag]\")
--target string|Set the target build stage to build
-m --memory bytes|Memory limit",
    |context| Box::pin(build(context)),
)];

pub(super) const DEPRECATED: &str = "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0\n            environment-variable.\n\n";

/// Whether the environment asks for the classic builder.
pub(super) fn is_classic(process: &machine::Process) -> bool {
    let variable = process.variable("DOCKER_BUILDKIT");
    variable.is_some_and(|value| matches!(value.as_str(), "0" | "false" | "False"))
}

async fn build(context: Context) -> u8 {
    let classic = is_classic(&context.process);
    let path = if classic {
        context.path.clone()
    } else {
        "docker buildx build".into()
    };
    if classic {
        context.process.print_error(DEPRECATED).await;
    }
    if context.arguments.len() != 1 {
        let prefix = if classic { "docker" } else { "ERROR: docker" };
        let text = format!(
            "{prefix}: '{path}' requires 1 argument\n\nUsage:  {path} [OPTIONS] PATH | URL | -\n\nRun '{path} --help' for more information"
        );
        return context.fail(text).await;
    }
    let failed = |text: String| match classic {
        true => text,
        false => format!("ERROR: failed to build: {text}"),
    };
    let (files, options) = match prepare(&context, classic).await {
        Ok(prepared) => prepared,
        Err(text) if classic && text.starts_with("invalid argument") => {
            let text = format!(
                "{text}\n\nUsage:  {path} [OPTIONS] PATH | URL | -\n\nRun '{path} --help' for more information"
            );
            context.fail(text).await;
            return 125;
        }
        Err(text) => return context.fail(failed(text)).await,
    };
    if classic {
        build_classic(&context, files, &options).await
    } else {
        build_buildkit(&context, files, options).await
    }
}

/// The context's files and the options.
async fn prepare(context: &Context, classic: bool) -> Result<(BuildContext, BuildOptions), String> {
    let flags = &context.flags;
    let mut tags = Vec::new();
    for tag in flags.list("tag") {
        let reference = Reference::parse(tag).map_err(|reason| {
            let short = match reason.contains("must be lowercase") {
                true => "repository name must be lowercase".to_string(),
                false => reason.clone(),
            };
            match classic {
                true => format!("invalid argument {tag:?} for \"-t, --tag\" flag: {reason}"),
                false => format!("invalid tag {tag:?}: {short}"),
            }
        })?;
        tags.push(reference);
    }
    let pairs = |name: &str| -> Vec<(String, String)> {
        let given = flags
            .list(name)
            .iter()
            .filter_map(|text| match text.split_once('=') {
                Some((name, value)) => Some((name.to_string(), value.to_string())),
                None => Some((text.clone(), context.process.variable(text)?)),
            });
        given.collect()
    };
    let mut options = BuildOptions {
        dockerfile_name: "Dockerfile".into(),
        tags,
        arguments: pairs("build-arg"),
        labels: pairs("label"),
        target: flags.text("target").map(str::to_string),
        no_cache: flags.is_set("no-cache"),
        pull: flags.is_set("pull"),
        ..BuildOptions::default()
    };
    for secret in flags.list("secret") {
        options.secrets.push(read_secret(context, secret)?);
    }
    let place = context.first();
    let file = flags.text("file");
    if place == "-" || file == Some("-") {
        let input = context.process.read_to_end(0).await.unwrap_or_default();
        options.dockerfile = String::from_utf8_lossy(&input).into_owned();
        if place == "-" {
            let mut only = BuildContext::default();
            if classic {
                // The classic client sends the Dockerfile as the context's only file.
                let content = machine::Content::new(options.dockerfile.as_str());
                let entry = machine::Entry::file(content, 0o644, context.engine.now());
                only.entries.insert("Dockerfile".into(), entry);
            }
            return Ok((only, options));
        }
    }
    let files = context.process.files();
    let directory = context.process.path(place);
    if !files.is_directory(&directory) {
        return Err(match classic {
            true if files.exists(&directory) => {
                format!("unable to prepare context: context must be a directory: {directory}")
            }
            _ => format!("unable to prepare context: path {place:?} not found"),
        });
    }
    if file != Some("-") {
        let place = match file {
            Some(file) => context.process.path(file),
            None => path::join(&directory, "Dockerfile"),
        };
        options.dockerfile_name = match file {
            Some(_) => path::file_name(&place).to_string(),
            None => "Dockerfile".into(),
        };
        match files.read(&place) {
            Ok(content) => options.dockerfile = content.text(),
            Err(_) if classic => {
                return Err(format!(
                    "unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {place}: no such file or directory"
                ));
            }
            Err(_) => options.missing = true,
        }
    }
    let read = BuildContext::read(files, &path::clean(&directory))?;
    Ok((read, options))
}

/// A `--secret id=NAME,src=FILE` or `id=NAME,env=VARIABLE`, with its content.
fn read_secret(context: &Context, text: &str) -> Result<(String, String), String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    let pairs: ordered::OrderedMap<&str, &str> = pairs.collect();
    let id = pairs.get("id").copied().unwrap_or_default();
    if let Some(variable) = pairs.get("env") {
        let value = context.process.variable(variable).unwrap_or_default();
        return Ok((id.to_string(), value));
    }
    let place = pairs
        .get("src")
        .or(pairs.get("source"))
        .copied()
        .unwrap_or(id);
    let file = context.process.path(place);
    let content =
        context.process.files().read(&file).map_err(|_| {
            format!("failed to stat {place}: stat {place}: no such file or directory")
        })?;
    Ok((id.to_string(), content.text()))
}

async fn build_classic(context: &Context, files: BuildContext, options: &BuildOptions) -> u8 {
    let quiet = context.flags.is_set("quiet");
    if !quiet {
        // A tar archive: a block of head for each file, in blocks of 512 bytes.
        let blocks: u64 = files
            .entries
            .values()
            .map(|entry| 512 + entry.size().div_ceil(512) * 512)
            .sum();
        let size = super::human_size(blocks + 1024, 4);
        let text = format!("Sending build context to Docker daemon  {size}\r\r\n");
        context.process.print(text).await;
    }
    let (output, mut received) = simulation::channel();
    let running = context.engine.build_classic(files, options, &output);
    let mut running = std::pin::pin!(running);
    let built = loop {
        match simulation::race(received.recv(), running.as_mut()).await {
            Either::Left(Some(line)) => show(context, quiet, line).await,
            Either::Left(None) => {}
            Either::Right(built) => break built,
        }
    };
    while let Some(line) = received.try_recv() {
        show(context, quiet, line).await;
    }
    match built {
        Ok(image) => {
            if quiet {
                context.line(&image.id).await;
            }
            0
        }
        Err(error) => {
            context.error_line(&error.message).await;
            error.exit_code.map_or(1, |code| code as u8)
        }
    }
}

async fn show(context: &Context, quiet: bool, (stream, text): (LogStream, String)) {
    match stream {
        _ if quiet => {}
        LogStream::Stdout => context.process.print(text).await,
        LogStream::Stderr => context.process.print_error(text).await,
    }
}

async fn build_buildkit(context: &Context, files: BuildContext, options: BuildOptions) -> u8 {
    let progress = context.flags.text("progress").unwrap_or("auto");
    let quiet = context.flags.is_set("quiet") || progress == "quiet";
    let display = match progress {
        _ if quiet => Display::Quiet,
        "plain" => Display::Plain(plain::Plain::new(true)),
        "tty" => Display::Terminal(terminal::Screen::new(context)),
        _ if context.process.is_terminal(2) => Display::Terminal(terminal::Screen::new(context)),
        _ => Display::Plain(plain::Plain::new(false)),
    };
    let mut display = display;
    display.begin(context).await;
    let (events, mut received) = simulation::channel();
    let running = context.engine.build(files, &options, &events);
    let mut running = std::pin::pin!(running);
    let built = loop {
        let tick = display.tick(context);
        let next = simulation::race(received.recv(), running.as_mut());
        match simulation::race(next, tick).await {
            Either::Left(Either::Left(Some(event))) => display.event(context, event).await,
            Either::Left(Either::Left(None)) => {}
            Either::Left(Either::Right(built)) => break built,
            Either::Right(()) => display.redraw(context).await,
        }
    };
    while let Some(event) = received.try_recv() {
        display.event(context, event).await;
    }
    let warnings = match &built {
        Ok((_, warnings)) | Err((_, warnings)) => warnings.clone(),
    };
    display
        .end(context, built.as_ref().err().map(|(error, _)| error))
        .await;
    if !quiet && !warnings.is_empty() {
        context.process.print_error(remarks(&warnings)).await;
    }
    match built {
        Ok((image, _)) => {
            if quiet {
                context.line(&image.id).await;
            }
            if let Some(file) = context.flags.text("iidfile") {
                let place = context.process.path(file);
                let content = machine::Content::new(image.id.as_str());
                context.process.files().write(&place, content, 0o644).ok();
            }
            0
        }
        Err((error, _)) => fail(context, &options, &error).await,
    }
}

/// The checker's remarks, yellow wherever they are written to.
fn remarks(warnings: &[String]) -> String {
    let count = warnings.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!(
        "\n \u{1b}[33m{count} warning{plural} found (use docker --debug to expand):\n\u{1b}[0m"
    );
    for warning in warnings {
        text.push_str(&format!(" - {warning}\n"));
    }
    text
}

async fn fail(context: &Context, options: &BuildOptions, error: &BuildError) -> u8 {
    if let Some(lines) = error.lines {
        let text = excerpt(&options.dockerfile_name, &options.dockerfile, lines);
        context.process.print_error(text).await;
    }
    let text = format!("ERROR: failed to build: failed to solve: {}", error.message);
    context.fail(text).await
}

/// How a build is shown.
enum Display {
    Quiet,
    Plain(plain::Plain),
    Terminal(terminal::Screen),
}

impl Display {
    async fn begin(&mut self, context: &Context) {
        match self {
            Display::Quiet => {}
            Display::Plain(_) => {
                let text = "#0 building with \"default\" instance using docker driver\n";
                context.process.print_error(text).await;
            }
            Display::Terminal(_) => self.redraw(context).await,
        }
    }

    async fn event(&mut self, context: &Context, event: crate::build::Event) {
        match self {
            Display::Quiet => {}
            Display::Plain(plain) => {
                let text = plain.event(event);
                context.process.print_error(text).await;
            }
            Display::Terminal(screen) => screen.event(event),
        }
    }

    /// Ends when the display wants to be drawn again; never for those that only append.
    fn tick(&self, context: &Context) -> machine::LocalFuture<()> {
        match self {
            Display::Terminal(_) => {
                let simulation = context.process.simulation().clone();
                Box::pin(async move { simulation.sleep(terminal::REDRAW_TIME).await })
            }
            _ => Box::pin(std::future::pending()),
        }
    }

    async fn redraw(&mut self, context: &Context) {
        if let Display::Terminal(screen) = self {
            let text = screen.draw(context.engine.now(), false);
            context.process.print_error(text).await;
        }
    }

    async fn end(&mut self, context: &Context, error: Option<&BuildError>) {
        let text = match self {
            Display::Quiet => String::new(),
            Display::Plain(plain) => plain.end(error.is_some()),
            Display::Terminal(screen) => {
                screen.draw(context.engine.now(), true) + &screen.end(error.is_some())
            }
        };
        context.process.print_error(text).await;
    }
}
