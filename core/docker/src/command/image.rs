//! `docker images rmi tag history pull push`: the images of the machine.

use super::format::{ellipsis, go_time, human_duration, human_size, rfc3339};
use super::table::{Column, Listing};
use super::{Arguments, Command, Context, command};
use crate::{EngineError, Image, Reference, RemovedImage};
use serde_json::{Value, json};
use std::rc::Rc;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["images", "image ls", "image list"],
        "[OPTIONS] [REPOSITORY[:TAG]]",
        "List images",
        Arguments::AtMost(1),
        "\
-a --all|Show all images (default hides intermediate images)
--digests|Show digests
-f --filter filter|Filter output based on conditions provided
--format string|{format}
--no-trunc|Don't truncate output
-q --quiet|Only show image IDs
--tree|List multi-platform images as a tree (EXPERIMENTAL)",
        |context| Box::pin(images(context)),
    ),
    command(
        &["rmi", "image rm", "image remove"],
        "[OPTIONS] IMAGE [IMAGE...]",
        "Remove one or more images",
        Arguments::AtLeast(1),
        "\
-f --force|Force removal of the image
--no-prune|Do not delete untagged parents
--platform strings|Remove only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")",
        |context| Box::pin(rmi(context)),
    ),
    command(
        &["tag", "image tag"],
        "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        Arguments::Exactly(2),
        "",
        |context| Box::pin(tag(context)),
    ),
    command(
        &["history", "image history"],
        "[OPTIONS] IMAGE",
        "Show the history of an image",
        Arguments::Exactly(1),
        "\
--format string|{format}
-H --human|Print sizes and dates in human readable format (default true)
--no-trunc|Don't truncate output
--platform string|Show history for the given platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")
-q --quiet|Only show image IDs",
        |context| Box::pin(history(context)),
    ),
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
        for row in &rows {
            let id = row.get("ID").and_then(Value::as_str).unwrap_or_default();
            context.line(id).await;
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
    let digests = flags.is_set("digests")
        || flags
            .text("format")
            .is_some_and(|format| format.contains(".Digest"));
    let mut rows = Vec::new();
    for (image, names) in context.engine.images() {
        if names.is_empty() && !flags.is_set("all") && context.engine.has_children(&image.id) {
            continue;
        }
        for (name, digest) in shown_names(&names, &context.engine.digests(&image.id), digests) {
            if let Some(pattern) = pattern
                && !name.as_ref().is_some_and(|name| matches(pattern, name))
            {
                continue;
            }
            if passes(context, &image, name.as_ref(), flags.list("filter"))? {
                rows.push(image_row(context, &image, name.as_ref(), &digest));
            }
        }
    }
    Ok(rows)
}

/// The rows of an image: each name with its digests where these are asked for, then the digests
/// of repositories in which it has no name. Models docker/cli formatter/image.go.
fn shown_names(
    names: &[Reference],
    digests: &[Reference],
    wanted: bool,
) -> Vec<(Option<Reference>, String)> {
    let none = || "<none>".to_string();
    let of = |reference: &Reference, name: &Reference| {
        reference.domain == name.domain && reference.path == name.path
    };
    let mut rows = Vec::new();
    for name in names {
        let before = rows.len();
        for digest in digests.iter().filter(|digest| wanted && of(digest, name)) {
            rows.push((
                Some(name.clone()),
                digest.digest.clone().unwrap_or_default(),
            ));
        }
        if rows.len() == before {
            rows.push((Some(name.clone()), none()));
        }
    }
    for digest in digests {
        if !names.iter().any(|name| of(digest, name)) {
            rows.push((
                Some(digest.clone()),
                digest.digest.clone().unwrap_or_default(),
            ));
        }
    }
    if rows.is_empty() {
        rows.push((None, none()));
    }
    rows
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
            "until" => super::format::parse_time(value, context.engine.now())
                .is_some_and(|until| image.created < until),
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

fn image_row(context: &Context, image: &Image, name: Option<&Reference>, digest: &str) -> Value {
    let none = || "<none>".to_string();
    let now = context.engine.now();
    let full = context.flags.is_set("no-trunc");
    json!({
        "Containers": "N/A",
        "CreatedAt": go_time(image.created),
        "CreatedSince": format!("{} ago", human_duration(now.since(image.created))),
        "Digest": digest,
        "ID": if full { image.id.as_str() } else { image.short_id() },
        "Repository": name.map_or_else(none, Reference::familiar_name),
        "SharedSize": "N/A",
        "Size": human_size(image.size, 3),
        "Tag": name.and_then(|name| name.tag.clone()).unwrap_or_else(none),
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
