//! `docker pull` and `docker push`: images from and to registries, with what is shown meanwhile.
//! Models moby distribution/xfer and pkg/jsonmessage.

use super::format::human_size;
use super::{Arguments, Command, Context, command};
use crate::engine::{Message, packed, pulling, pushing};
use crate::{EngineError, Image, ImageLayer, Reference};
use std::rc::Rc;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["pull", "image pull"],
        "[OPTIONS] NAME[:TAG|@DIGEST]",
        "Download an image from a registry",
        Arguments::Exactly(1),
        "\
-a --all-tags|Download all tagged images in the repository
--disable-content-trust|Skip image verification (default true)
--platform string|Set platform if server is multi-platform capable
-q --quiet|Suppress verbose output",
        |context| Box::pin(pull(context)),
    ),
    command(
        &["push", "image push"],
        "[OPTIONS] NAME[:TAG]",
        "Upload an image to a registry",
        Arguments::Exactly(1),
        "\
-a --all-tags|Push all tags of an image to the repository
--disable-content-trust|Skip image signing (default true)
--platform string|Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)
-q --quiet|Suppress verbose output",
        |context| Box::pin(push(context)),
    ),
];

/// Shows messages: each on a line of its own, or on a terminal in the line of its layer.
struct Board<'a> {
    context: &'a Context,
    descriptor: i32,
    /// Columns of the terminal; `None` where there is none.
    columns: Option<usize>,
    ids: Vec<String>,
}

impl<'a> Board<'a> {
    fn new(context: &'a Context, descriptor: i32) -> Board<'a> {
        let file = context.process.descriptor(descriptor).ok();
        let terminal = file.and_then(|file| file.terminal().map(|terminal| terminal.size()));
        Board {
            context,
            descriptor,
            columns: terminal.map(|(columns, _)| usize::from(columns)),
            ids: Vec::new(),
        }
    }

    async fn write(&self, text: &str) {
        let written = self.context.process.write(self.descriptor, text.as_bytes());
        written.await.ok();
    }

    async fn line(&self, text: &str) {
        self.write(&format!("{text}\n")).await;
    }

    /// One message. What is not a terminal gets no news of how far a transfer is.
    async fn tell(&mut self, id: &str, status: &str, progress: Option<(u64, u64)>) {
        let Some(columns) = self.columns else {
            if progress.is_none() {
                self.line(&format!("{id}: {status}")).await;
            }
            return;
        };
        let mut text = String::new();
        let at = match self.ids.iter().position(|known| known == id) {
            Some(at) => at,
            None => {
                self.ids.push(id.to_string());
                text.push('\n');
                self.ids.len() - 1
            }
        };
        let up = self.ids.len() - at;
        let shown = progress.map_or_else(String::new, |(done, all)| bar(done, all, columns));
        text.push_str(&format!(
            "\u{1b}[{up}A\u{1b}[2K\r{id}: {status} {shown}\r\u{1b}[{up}B"
        ));
        self.write(&text).await;
    }

    /// Tells what happens to layers, each message at its time.
    async fn play(&mut self, ids: &[String], mut messages: Vec<Message>) {
        messages.sort_by_key(|message| message.at);
        let simulation = self.context.engine.simulation().clone();
        let started = simulation.now();
        for message in messages {
            simulation.sleep_until(started + message.at).await;
            if let Some(id) = ids.get(message.layer) {
                self.tell(id, message.status, message.progress).await;
            }
        }
    }
}

/// How far a transfer is: `[=====>     ]  32.77kB/1.069MB`, without the bar where it is narrow.
fn bar(done: u64, all: u64, columns: usize) -> String {
    let numbers = format!("{:>8}/{}", human_size(done, 4), human_size(all, 4));
    if columns <= 110 {
        return numbers;
    }
    let filled = usize::try_from(done.saturating_mul(50) / all.max(1)).unwrap_or(50);
    let (filled, empty) = (filled.min(50), 50 - filled.min(50));
    format!("[{}>{}] {numbers}", "=".repeat(filled), " ".repeat(empty))
}

async fn pull(context: Context) -> u8 {
    let reference = match Reference::parse(context.first()) {
        Ok(reference) => reference,
        Err(error) => return context.fail(error).await,
    };
    let quiet = context.flags.is_set("quiet");
    let bare = reference.tag.is_none() && reference.digest.is_none();
    let pulled = if context.flags.is_set("all-tags") {
        if !bare {
            let text = "tag can't be used with --all-tags/-a";
            return context.fail(text).await;
        }
        pull_all(&context, &reference, quiet).await
    } else {
        if bare && !quiet {
            context.line("Using default tag: latest").await;
        }
        let reference = reference.clone().with_default_tag();
        pull_shown(&context, &reference, 1, quiet).await
    };
    match pulled {
        Ok(()) if context.flags.is_set("all-tags") => {
            context.line(reference.canonical()).await;
            0
        }
        Ok(()) => {
            context.line(reference.with_default_tag().canonical()).await;
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn pull_all(
    context: &Context,
    reference: &Reference,
    quiet: bool,
) -> Result<(), EngineError> {
    let tags = context.engine.registry().tags(reference);
    if tags.is_empty() {
        context
            .engine
            .find_in_registry(&reference.clone().with_default_tag())
            .await?;
    }
    for tag in tags {
        let tagged = Reference {
            tag: Some(tag),
            ..reference.clone()
        };
        let image = context.engine.find_in_registry(&tagged).await?;
        fetch(context, &tagged, &image, 1, quiet).await;
        context.engine.take_pulled(&tagged, &image);
    }
    if !quiet {
        let name = reference.familiar_name();
        context
            .line(format!("Status: Downloaded newer image for {name}"))
            .await;
    }
    Ok(())
}

/// Pulls an image and shows how, on a descriptor.
pub(crate) async fn pull_shown(
    context: &Context,
    reference: &Reference,
    descriptor: i32,
    quiet: bool,
) -> Result<(), EngineError> {
    let engine = &context.engine;
    let image = engine.find_in_registry(reference).await?;
    let current = match reference.digest {
        Some(_) => engine.image(&reference.familiar()),
        None => engine.image(&reference.familiar()),
    };
    let what = match current.is_ok_and(|current| current.id == image.id) {
        true => "Image is up to date for",
        false => "Downloaded newer image for",
    };
    fetch(context, reference, &image, descriptor, quiet).await;
    engine.take_pulled(reference, &image);
    if !quiet {
        let board = Board::new(context, descriptor);
        board
            .line(&format!("Status: {what} {}", reference.familiar()))
            .await;
    }
    Ok(())
}

/// Transfers the layers that are not here yet, and shows that.
async fn fetch(
    context: &Context,
    reference: &Reference,
    image: &Rc<Image>,
    descriptor: i32,
    quiet: bool,
) {
    let engine = &context.engine;
    let mut board = Board::new(context, descriptor);
    let known = engine.image(&image.id).is_ok();
    if !quiet {
        let tag = reference.tag.as_deref().or(reference.digest.as_deref());
        let (tag, path) = (tag.unwrap_or("latest"), &reference.path);
        board.line(&format!("{tag}: Pulling from {path}")).await;
    }
    if !known {
        let short = |layer: &ImageLayer| crate::image::short(&layer.digest).to_string();
        let (old, new) = engine.layers_to_fetch(image);
        let sizes: Vec<u64> = new.iter().map(|layer| packed(layer)).collect();
        let messages = pulling(&sizes);
        if quiet {
            let end = messages.iter().map(|message| message.at).max();
            engine.simulation().sleep(end.unwrap_or_default()).await;
            return;
        }
        for layer in old {
            board.tell(&short(layer), "Already exists", None).await;
        }
        let ids: Vec<String> = new.into_iter().map(short).collect();
        board.play(&ids, messages).await;
    }
    if !quiet {
        board
            .line(&format!("Digest: {}", image.manifest_digest()))
            .await;
    }
}

async fn push(context: Context) -> u8 {
    let reference = match Reference::parse(context.first()) {
        Ok(reference) => reference,
        Err(error) => return context.fail(error).await,
    };
    let (quiet, all) = (
        context.flags.is_set("quiet"),
        context.flags.is_set("all-tags"),
    );
    if all && reference.tag.is_some() {
        return context.fail("tag can't be used with --all-tags/-a").await;
    }
    if reference.tag.is_none() && !quiet && !all {
        context.line("Using default tag: latest").await;
    }
    let repository = Reference {
        tag: None,
        digest: None,
        ..reference.clone()
    };
    if !quiet {
        let text = format!("The push refers to repository [{}]", repository.canonical());
        context.line(text).await;
    }
    let images = context.engine.images();
    let mut names: Vec<(Reference, Rc<Image>)> = images
        .into_iter()
        .flat_map(|(image, names)| names.into_iter().map(move |name| (name, image.clone())))
        .filter(|(name, _)| name.domain == reference.domain && name.path == reference.path)
        .collect();
    names.sort_by(|one, other| one.0.cmp(&other.0));
    if names.is_empty() {
        let text = "An image does not exist locally with the tag";
        return context
            .fail(format!("{text}: {}", reference.familiar_name()))
            .await;
    }
    let wanted = reference.with_default_tag();
    if !all {
        names.retain(|(name, _)| *name == wanted);
    }
    if names.is_empty() {
        return context
            .fail(format!("tag does not exist: {}", wanted.familiar()))
            .await;
    }
    for (name, image) in names {
        if let Some(why) = context.engine.registry().refusal(&name) {
            return context.fail(why).await;
        }
        send(&context, &name, &image, quiet).await;
    }
    if quiet {
        let shown = if all {
            repository.familiar()
        } else {
            wanted.familiar()
        };
        context.line(shown).await;
    }
    0
}

/// Pushes one image under one name.
async fn send(context: &Context, name: &Reference, image: &Rc<Image>, quiet: bool) {
    let registry = context.engine.registry();
    let mut board = Board::new(context, 1);
    let layers = image.layers.iter().rev();
    let ids: Vec<String> = layers
        .clone()
        .map(|layer| crate::image::short(&layer.digest).to_string())
        .collect();
    let sizes: Vec<Option<u64>> = layers
        .map(|layer| (!registry.has_layer(name, &layer.digest)).then_some(layer.size))
        .collect();
    if !quiet {
        board.play(&ids, pushing(&sizes)).await;
        let size = 528 + 211 * image.layers.len().saturating_sub(1);
        let (tag, digest) = (name.tag_or_latest(), image.manifest_digest());
        board
            .line(&format!("{tag}: digest: {digest} size: {size}"))
            .await;
    }
    registry.push(name, image);
    context.engine.name_by_digest(name, image);
    context.engine.event(
        "image",
        "push",
        &name.familiar(),
        &[("name", &name.familiar_name())],
    );
}
