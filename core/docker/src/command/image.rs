//! `docker images rmi tag history pull push`: the images of the machine.

use super::flags::{Flag, Kind, flag, of, text};
use super::format::{ellipsis, go_time, human_duration, human_size, rfc3339};
use super::table::{Column, Listing};
use super::{Arguments, Command, Context};
use crate::{EngineError, Image, Reference, RemovedImage};
use serde_json::{Value, json};
use std::rc::Rc;

const LIST: &[Flag] = &[
    flag(
        "all",
        Some('a'),
        "Show all images (default hides intermediate images)",
    ),
    flag("digests", None, "Show digests"),
    of(
        Kind::Filter,
        "filter",
        Some('f'),
        "Filter output based on conditions provided",
    ),
    text("format", None, "Format output using a custom template"),
    flag("no-trunc", None, "Don't truncate output"),
    flag("quiet", Some('q'), "Only show image IDs"),
    flag("tree", None, "List multi-platform images as a tree"),
];

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["images", "image ls", "image list"],
        usage: "[OPTIONS] [REPOSITORY[:TAG]]",
        about: "List images",
        arguments: Arguments::AtMost(1),
        flags: LIST,
        flags_first: false,
        run: |context| Box::pin(images(context)),
    },
    Command {
        names: &["rmi", "image rm", "image remove"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        about: "Remove one or more images",
        arguments: Arguments::AtLeast(1),
        flags: &[
            flag("force", Some('f'), "Force removal of the image"),
            flag("no-prune", None, "Do not delete untagged parents"),
        ],
        flags_first: false,
        run: |context| Box::pin(rmi(context)),
    },
    Command {
        names: &["tag", "image tag"],
        usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        about: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        arguments: Arguments::Exactly(2),
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(tag(context)),
    },
    Command {
        names: &["history", "image history"],
        usage: "[OPTIONS] IMAGE",
        about: "Show the history of an image",
        arguments: Arguments::Exactly(1),
        flags: &[
            text("format", None, "Format output using a custom template"),
            flag(
                "human",
                Some('H'),
                "Print sizes and dates in human readable format",
            ),
            flag("no-trunc", None, "Don't truncate output"),
            flag("quiet", Some('q'), "Only show image IDs"),
        ],
        flags_first: false,
        run: |context| Box::pin(history(context)),
    },
    Command {
        names: &["pull", "image pull"],
        usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
        about: "Download an image from a registry",
        arguments: Arguments::Exactly(1),
        flags: &[
            flag(
                "all-tags",
                Some('a'),
                "Download all tagged images in the repository",
            ),
            text(
                "platform",
                None,
                "Set platform if server is multi-platform capable",
            ),
            flag("quiet", Some('q'), "Suppress verbose output"),
        ],
        flags_first: false,
        run: |context| Box::pin(pull(context)),
    },
    Command {
        names: &["push", "image push"],
        usage: "[OPTIONS] NAME[:TAG]",
        about: "Upload an image to a registry",
        arguments: Arguments::Exactly(1),
        flags: &[
            flag(
                "all-tags",
                Some('a'),
                "Push all tags of an image to the repository",
            ),
            flag("quiet", Some('q'), "Suppress verbose output"),
        ],
        flags_first: false,
        run: |context| Box::pin(push(context)),
    },
    Command {
        names: &["image prune"],
        usage: "[OPTIONS]",
        about: "Remove unused images",
        arguments: Arguments::None,
        flags: &[
            flag(
                "all",
                Some('a'),
                "Remove all unused images, not just dangling ones",
            ),
            of(
                Kind::Filter,
                "filter",
                None,
                "Provide filter values (e.g. \"until=<timestamp>\")",
            ),
            flag("force", Some('f'), "Do not prompt for confirmation"),
        ],
        flags_first: false,
        run: |context| Box::pin(prune(context)),
    },
];

const HEADERS: &[Column] = &[
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("Digest", "DIGEST"),
    ("ID", "IMAGE ID"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("Size", "SIZE"),
];

async fn images(context: Context) -> u8 {
    let flags = &context.flags;
    let rows = match image_rows(&context) {
        Ok(rows) => rows,
        Err(error) => return context.daemon_error(&error).await,
    };
    if flags.is_set("quiet") && !flags.has("format") {
        let mut last = String::new();
        for row in &rows {
            let id = row.get("ID").and_then(Value::as_str).unwrap_or_default();
            if id != last {
                context.line(id).await;
            }
            last = id.to_string();
        }
        return 0;
    }
    let mut columns: Vec<Column> = vec![("Repository", "REPOSITORY"), ("Tag", "TAG")];
    if flags.is_set("digests") {
        columns.push(("Digest", "DIGEST"));
    }
    columns.extend([
        ("ID", "IMAGE ID"),
        ("CreatedSince", "CREATED"),
        ("Size", "SIZE"),
    ]);
    let listing = Listing {
        columns,
        headers: HEADERS,
        type_name: "*formatter.imageContext",
        rows,
    };
    context.show(listing).await
}

fn image_rows(context: &Context) -> Result<Vec<Value>, EngineError> {
    let flags = &context.flags;
    let pattern = context.arguments.first().map(String::as_str);
    let mut rows = Vec::new();
    for (image, names) in context.engine.images() {
        if names.is_empty() && !flags.is_set("all") && context.engine.has_children(&image.id) {
            continue;
        }
        let mut shown: Vec<Option<Reference>> = names.into_iter().map(Some).collect();
        if shown.is_empty() {
            shown.push(None);
        }
        for name in shown {
            if let Some(pattern) = pattern
                && !name.as_ref().is_some_and(|name| matches(pattern, name))
            {
                continue;
            }
            if passes(context, &image, name.as_ref(), flags.list("filter"))? {
                rows.push(image_row(context, &image, name.as_ref()));
            }
        }
    }
    Ok(rows)
}

fn passes(
    context: &Context,
    image: &Image,
    name: Option<&Reference>,
    filters: &[String],
) -> Result<bool, EngineError> {
    for filter in filters {
        let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
        let created_of = |name: &str| context.engine.image(name).map(|image| image.created);
        let passes = match key {
            "dangling" => (value == "true" || value == "1") == name.is_none(),
            "reference" => name.is_some_and(|name| matches(value, name)),
            "label" => {
                let (label, wanted) = match value.split_once('=') {
                    Some((label, wanted)) => (label, Some(wanted)),
                    None => (value, None),
                };
                let own = image.config.labels.get(label);
                own.is_some_and(|own| wanted.is_none_or(|wanted| wanted == own))
            }
            "before" => image.created < created_of(value)?,
            "since" => image.created > created_of(value)?,
            "until" => true,
            other => return Err(EngineError::invalid(format!("invalid filter '{other}'"))),
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a pattern such as `hello`, `hello:v1` or `*:1.*` is that name.
fn matches(pattern: &str, name: &Reference) -> bool {
    let repository = name.familiar_name();
    let whole = name.familiar();
    if pattern.contains(['*', '?']) {
        return glob(pattern, &whole) || glob(pattern, &repository);
    }
    pattern == whole || pattern == repository
}

/// Shell patterns, of which `*` does not cross a slash.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let mut tail = text;
            loop {
                if glob(rest.as_str(), tail) {
                    return true;
                }
                let mut letters = tail.chars();
                match letters.next() {
                    Some(letter) if letter != '/' => tail = letters.as_str(),
                    _ => return false,
                }
            }
        }
        Some(wanted) => {
            let mut letters = text.chars();
            match letters.next() {
                Some(letter) if letter == wanted || (wanted == '?' && letter != '/') => {
                    glob(rest.as_str(), letters.as_str())
                }
                _ => false,
            }
        }
    }
}

fn image_row(context: &Context, image: &Image, name: Option<&Reference>) -> Value {
    let none = || "<none>".to_string();
    let now = context.engine.now();
    let full = context.flags.is_set("no-trunc");
    json!({
        "Containers": "N/A",
        "CreatedAt": go_time(image.created),
        "CreatedSince": format!("{} ago", human_duration(now.since(image.created))),
        "Digest": "<none>",
        "ID": if full { image.id.as_str() } else { image.short_id() },
        "Repository": name.map_or_else(none, Reference::familiar_name),
        "SharedSize": "N/A",
        "Size": human_size(image.size, 3),
        "Tag": name.map_or_else(none, |name| name.tag_or_latest().to_string()),
        "UniqueSize": "N/A",
        "VirtualSize": human_size(image.size, 4),
    })
}

/// The lines of `docker rmi`.
pub(super) async fn show_removed(context: &Context, removed: &[RemovedImage]) {
    for item in removed {
        let text = match item {
            RemovedImage::Untagged(name) => format!("Untagged: {name}"),
            RemovedImage::Deleted(id) => format!("Deleted: {id}"),
        };
        context.line(text).await;
    }
}

async fn rmi(context: Context) -> u8 {
    let force = context.flags.is_set("force");
    let prune = !context.flags.is_set("no-prune");
    let mut errors = Vec::new();
    for name in &context.arguments {
        match context.engine.remove_image(name, force, prune) {
            Ok(removed) => show_removed(&context, &removed).await,
            Err(error) => errors.push(error),
        }
    }
    let missing = errors.iter().all(|error| error.status == 404);
    for error in &errors {
        context.daemon_error(error).await;
    }
    let forgiven = force && missing;
    u8::from(!errors.is_empty() && !forgiven)
}

async fn tag(context: Context) -> u8 {
    let target = context.argument(1);
    let reference = match Reference::parse(target) {
        Ok(reference) => reference,
        Err(reason) => {
            let text = format!(
                "Error parsing reference: {target:?} is not a valid repository/tag: {reason}"
            );
            return context.fail(text).await;
        }
    };
    match context.engine.tag(context.first(), &reference) {
        Ok(()) => 0,
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn history(context: Context) -> u8 {
    let flags = &context.flags;
    let image = match context.engine.image(context.first()) {
        Ok(image) => image,
        Err(error) => return context.daemon_error(&error).await,
    };
    let full = flags.is_set("no-trunc");
    let human = flags.text("human") != Some("false");
    let now = context.engine.now();
    let mut ids = chain(&context, &image).into_iter();
    let rows: Vec<Value> = image
        .history
        .iter()
        .rev()
        .map(|entry| {
            let id = ids.next().unwrap_or_else(|| "<missing>".into());
            let bytes = entry.size.unwrap_or(0);
            let by = if full {
                entry.created_by.clone()
            } else {
                ellipsis(&entry.created_by.replace('\t', " "), 45)
            };
            let id = match full {
                true => id,
                false => crate::image::short(&id).to_string(),
            };
            json!({
                "Comment": entry.comment,
                "CreatedAt": rfc3339(entry.created),
                "CreatedBy": by,
                "CreatedSince": if human {
                    format!("{} ago", human_duration(now.since(entry.created)))
                } else {
                    rfc3339(entry.created)
                },
                "ID": id,
                "Size": if human { human_size(bytes, 3) } else { bytes.to_string() },
            })
        })
        .collect();
    if flags.is_set("quiet") {
        for row in &rows {
            context
                .line(row.get("ID").and_then(Value::as_str).unwrap_or_default())
                .await;
        }
        return 0;
    }
    const COLUMNS: &[Column] = &[
        ("ID", "IMAGE"),
        ("CreatedSince", "CREATED"),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ];
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.historyContext",
        rows,
    };
    context.show(listing).await
}

/// The ids of an image and of the images it was made from, one instruction each.
fn chain(context: &Context, image: &Rc<Image>) -> Vec<String> {
    let mut ids = vec![image.id.clone()];
    let mut parent = image.parent.clone();
    while let Some(id) = parent {
        match context.engine.image(&id) {
            Ok(image) if ids.len() < crate::limits::DOCKERFILE_STEPS => {
                parent = image.parent.clone();
                ids.push(id);
            }
            _ => break,
        }
    }
    ids
}

async fn pull(context: Context) -> u8 {
    let reference = match Reference::parse(context.first()) {
        Ok(reference) => reference,
        Err(error) => return context.fail(error).await,
    };
    let quiet = context.flags.is_set("quiet");
    if reference.tag.is_none() && reference.digest.is_none() && !quiet {
        context.line("Using default tag: latest").await;
    }
    let reference = reference.with_default_tag();
    match pull_shown(&context, &reference, 1, quiet).await {
        Ok(()) => {
            context.line(reference.canonical()).await;
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

/// Pulls an image and shows how, on a descriptor.
pub(super) async fn pull_shown(
    context: &Context,
    reference: &Reference,
    descriptor: i32,
    quiet: bool,
) -> Result<(), EngineError> {
    let say = async |text: String| {
        if !quiet {
            let line = format!("{text}\n");
            context
                .process
                .write(descriptor, line.as_bytes())
                .await
                .ok();
        }
    };
    let engine = &context.engine;
    let found = engine.ask_registry(reference)?;
    let known = engine.image(&found.id).is_ok();
    let current = engine
        .image(&reference.familiar())
        .is_ok_and(|image| image.id == found.id);
    say(format!(
        "{}: Pulling from {}",
        reference.tag_or_latest(),
        reference.path
    ))
    .await;
    let layers: Vec<&str> = found
        .layers
        .iter()
        .map(|layer| crate::image::short(&layer.digest))
        .collect();
    let have: ordered::OrderedSet<String> = engine
        .images()
        .iter()
        .flat_map(|(image, _)| image.layers.iter().map(|layer| layer.digest.clone()))
        .collect();
    let new: Vec<&str> = found
        .layers
        .iter()
        .filter(|layer| !have.contains(&layer.digest))
        .map(|layer| crate::image::short(&layer.digest))
        .collect();
    if !known {
        for layer in &layers {
            let state = if new.contains(layer) {
                "Pulling fs layer"
            } else {
                "Already exists"
            };
            say(format!("{layer}: {state}")).await;
        }
    }
    engine.pull_reference(reference).await?;
    if !known {
        for layer in &new {
            say(format!("{layer}: Download complete")).await;
        }
        for layer in &new {
            say(format!("{layer}: Pull complete")).await;
        }
    }
    say(format!("Digest: {}", manifest_digest(&found))).await;
    let what = if current {
        "Image is up to date for"
    } else {
        "Downloaded newer image for"
    };
    say(format!("Status: {what} {}", reference.familiar())).await;
    Ok(())
}

/// The digest of the manifest that a registry would have for an image.
pub(crate) fn manifest_digest(image: &Image) -> String {
    let text = format!("manifest of {}", image.id);
    format!("sha256:{}", crate::digest::hex(text.as_bytes()))
}

async fn push(context: Context) -> u8 {
    let reference = match Reference::parse(context.first()) {
        Ok(reference) => reference,
        Err(error) => return context.fail(error).await,
    };
    let quiet = context.flags.is_set("quiet");
    if reference.tag.is_none() && !quiet && !context.flags.is_set("all-tags") {
        context.line("Using default tag: latest").await;
    }
    let reference = reference.with_default_tag();
    let repository = format!("{}/{}", reference.domain, reference.path);
    if !quiet {
        context
            .line(format!("The push refers to repository [{repository}]"))
            .await;
    }
    let name = reference.familiar();
    let Ok(image) = context.engine.image(&name) else {
        let known = context.engine.images().iter().any(|(_, names)| {
            names
                .iter()
                .any(|other| other.familiar_name() == reference.familiar_name())
        });
        return context
            .fail(if known {
                format!("tag does not exist: {name}")
            } else {
                format!(
                    "An image does not exist locally with the tag: {}",
                    reference.familiar_name()
                )
            })
            .await;
    };
    if reference.domain == "docker.io" && reference.path.starts_with("library/") {
        return context
            .fail("denied: requested access to the resource is denied")
            .await;
    }
    context.engine.registry().publish(&reference, &image);
    if quiet {
        context.line(name).await;
        return 0;
    }
    let layers: Vec<&str> = image
        .layers
        .iter()
        .map(|layer| crate::image::short(&layer.digest))
        .collect();
    for layer in &layers {
        context.line(format!("{layer}: Preparing")).await;
    }
    for layer in &layers {
        context.line(format!("{layer}: Pushed")).await;
    }
    let text = format!(
        "{}: digest: {} size: {}",
        reference.tag_or_latest(),
        manifest_digest(&image),
        528 + 211 * layers.len().saturating_sub(1)
    );
    context.line(text).await;
    0
}

async fn prune(context: Context) -> u8 {
    let all = context.flags.is_set("all");
    if !context.flags.is_set("force") {
        let what = if all {
            "all images without at least one container associated to them"
        } else {
            "all dangling images"
        };
        let text =
            format!("WARNING! This will remove {what}.\nAre you sure you want to continue? [y/N] ");
        if !super::containers::confirmed(&context, &text).await {
            return 0;
        }
    }
    let removed = context.engine.prune_images(all);
    if !removed.is_empty() {
        context.line("Deleted Images:").await;
        for item in &removed {
            let text = match item {
                RemovedImage::Untagged(name) => format!("untagged: {name}"),
                RemovedImage::Deleted(id) => format!("deleted: {id}"),
            };
            context.line(text).await;
        }
        context.line("").await;
    }
    context.line("Total reclaimed space: 0B").await;
    0
}
