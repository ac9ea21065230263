//! `docker export save load import`: containers and images as tar archives.

use super::format::rfc3339;
use super::{Arguments, Command, Context, command};
use crate::{EngineError, HistoryEntry, Image, ImageConfig, ImageLayer, Reference};
use machine::{Content, Entry, EntryKind, Layer};
use ordered::OrderedMap;
use serde_json::{Value, json};
use std::rc::Rc;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["export", "container export"],
        "[OPTIONS] CONTAINER",
        "Export a container's filesystem as a tar archive",
        Arguments::Exactly(1),
        "\
-o --output string|Write to a file, instead of STDOUT",
        |context| Box::pin(export(context)),
    ),
    command(
        &["save", "image save"],
        "[OPTIONS] IMAGE [IMAGE...]",
        "Save one or more images to a tar archive (streamed to STDOUT by default)",
        Arguments::AtLeast(1),
        "\
-o --output string|Write to a file, instead of STDOUT
--platform string|Save only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")",
        |context| Box::pin(save(context)),
    ),
    command(
        &["load", "image load"],
        "[OPTIONS]",
        "Load an image from a tar archive or STDIN",
        Arguments::None,
        "\
-i --input string|Read from tar archive file, instead of STDIN
--platform string|Load only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")
-q --quiet|Suppress the load output",
        |context| Box::pin(load(context)),
    ),
    command(
        &["import", "image import"],
        "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        "Import the contents from a tarball to create a filesystem image",
        Arguments::AtLeast(1),
        "\
-c --change list|Apply Dockerfile instruction to the created image
-m --message string|Set commit message for imported image
--platform string|Set platform if server is multi-platform capable",
        |context| Box::pin(import(context)),
    ),
];

const COWARDLY: &str = "cowardly refusing to save to a terminal. Use the -o flag or redirect";

async fn write(context: &Context, bytes: Vec<u8>) -> u8 {
    match context.flags.text("output") {
        Some(file) => {
            let place = context.process.path(file);
            let written = context
                .process
                .files()
                .write(&place, Content::new(bytes), 0o600);
            match written {
                Ok(()) => 0,
                Err(error) => {
                    let text = format!("open {file}: {}", error.message().to_lowercase());
                    context.fail(text).await
                }
            }
        }
        None => {
            context.process.write(1, &bytes).await.ok();
            0
        }
    }
}

async fn export(context: Context) -> u8 {
    if context.flags.text("output").is_none() && context.process.is_terminal(1) {
        return context.fail(COWARDLY).await;
    }
    match context.engine.files(context.first()) {
        Ok(files) => write(&context, machine::archive::pack(&files, "/")).await,
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn save(context: Context) -> u8 {
    if context.flags.text("output").is_none() && context.process.is_terminal(1) {
        return context.fail(COWARDLY).await;
    }
    let mut images = Vec::new();
    for name in &context.arguments {
        match context.engine.image(name) {
            Ok(image) => images.push((name, image)),
            Err(error) => {
                let error = EngineError {
                    message: error.message.trim_end_matches(":latest").to_string(),
                    ..error
                };
                return context.daemon_error(&error).await;
            }
        }
    }
    write(&context, saved(&context, &images)).await
}

/// The archive of images: a manifest, their configurations and layers by digest.
fn saved(context: &Context, images: &[(&String, Rc<Image>)]) -> Vec<u8> {
    let now = context.engine.now();
    let blob = |digest: &str| format!("blobs/sha256/{}", digest.trim_start_matches("sha256:"));
    let file = |content: Vec<u8>| Entry::file(Content::new(content), 0o644, now);
    let mut files: OrderedMap<String, Entry> = OrderedMap::new();
    let mut manifest: Vec<Value> = Vec::new();
    for (name, image) in images {
        context.engine.registry().keep_saved(image);
        let layers: Vec<String> = image
            .layers
            .iter()
            .map(|layer| blob(&layer.digest))
            .collect();
        for (layer, place) in image.layers.iter().zip(&layers) {
            let packed = file(machine::archive::pack_layer(&layer.layer));
            files.insert(place.clone(), packed);
        }
        let config = json!({
            "architecture": "amd64",
            "config": image.config.to_json(),
            "created": rfc3339(image.created),
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": image.layers.iter().map(|layer| layer.digest.as_str()).collect::<Vec<_>>()},
        });
        files.insert(blob(&image.id), file(config.to_string().into_bytes()));
        let reference = Reference::parse(name).ok().map(Reference::with_default_tag);
        let tag = reference.filter(|_| context.engine.is_named(name));
        let tags: Vec<String> = tag.iter().map(Reference::familiar).collect();
        let known = manifest
            .iter_mut()
            .find(|known| known.get("Config") == Some(&json!(blob(&image.id))));
        match known.and_then(|known| known.get_mut("RepoTags")?.as_array_mut()) {
            Some(all) => all.extend(tags.into_iter().map(Value::from)),
            None => manifest.push(json!({
                "Config": blob(&image.id),
                "RepoTags": tags,
                "Layers": layers,
            })),
        }
    }
    let text = Value::Array(manifest).to_string();
    files.insert("manifest.json".into(), file(text.into_bytes()));
    let layout = json!({"imageLayoutVersion": "1.0.0"}).to_string();
    files.insert("oci-layout".into(), file(layout.into_bytes()));
    machine::archive::pack_entries(files.iter().map(|(name, entry)| (name.clone(), entry)))
}

/// The archive that a command reads: of a file, or of standard input.
async fn read(context: &Context, file: Option<&str>) -> Result<Vec<u8>, String> {
    match file {
        None | Some("-") => Ok(context.process.read_to_end(0).await.unwrap_or_default()),
        Some(file) => {
            let place = context.process.path(file);
            let read = context.process.files().read(&place);
            let content = read.map_err(|_| format!("open {file}: no such file or directory"))?;
            Ok(content.bytes().to_vec())
        }
    }
}

async fn load(context: Context) -> u8 {
    let input = context.flags.text("input");
    if input.is_none() && context.process.is_terminal(0) {
        let text = "requested load from stdin, but stdin is empty";
        return context.fail(text).await;
    }
    let bytes = match read(&context, input).await {
        Ok(bytes) => bytes,
        Err(text) => return context.fail(text).await,
    };
    let files: OrderedMap<String, Entry> = machine::archive::read(&bytes).into_iter().collect();
    let manifest = files.get("manifest.json").map(|entry| match &entry.kind {
        EntryKind::File(content) => content.borrow().text(),
        _ => String::new(),
    });
    let manifest: Option<Value> = manifest.and_then(|text| serde_json::from_str(&text).ok());
    let Some(Value::Array(images)) = manifest else {
        return context
            .fail("invalid archive: does not contain a manifest.json")
            .await;
    };
    let mut status = 0;
    for described in images {
        let config = described.get("Config").and_then(Value::as_str);
        let id = config.map(|config| format!("sha256:{}", machine::path::file_name(config)));
        let Some(image) = id.and_then(|id| context.engine.registry().saved(&id)) else {
            let error =
                EngineError::invalid("invalid manifest, layers length mismatch: expected 0, got 1");
            status = context.daemon_error(&error).await;
            continue;
        };
        context.engine.add_image(image.clone());
        let tags = described.get("RepoTags").and_then(Value::as_array);
        let tags: Vec<&str> = tags
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if tags.is_empty() {
            context.line(format!("Loaded image ID: {}", image.id)).await;
        }
        for tag in tags {
            if let Ok(reference) = Reference::parse(tag) {
                context.engine.tag_image(&image, &reference);
                context.line(format!("Loaded image: {tag}")).await;
            }
        }
        context
            .engine
            .event("image", "load", &image.id, &[("name", &image.id)]);
    }
    status
}

async fn import(context: Context) -> u8 {
    let target = match context.arguments.get(1).map(|name| Reference::parse(name)) {
        Some(Err(error)) => return context.fail(error).await,
        Some(Ok(reference)) => Some(reference),
        None => None,
    };
    let bytes = match read(&context, Some(context.first())).await {
        Ok(bytes) => bytes,
        Err(text) => return context.fail(text).await,
    };
    let mut layer = Layer::default();
    for (name, entry) in machine::archive::read(&bytes) {
        let place = machine::path::clean(&format!("/{name}"));
        if place != "/" {
            layer.entries.insert(place, Some(entry));
        }
    }
    let config = match crate::build::change(ImageConfig::default(), context.flags.list("change")) {
        Ok(config) => config,
        Err(error) => return context.daemon_error(&error).await,
    };
    let (now, layer) = (context.engine.now(), ImageLayer::new(layer));
    let message = context.flags.text("message").unwrap_or_default();
    let comment = match (message, context.first()) {
        ("", "-") => "Imported from -".to_string(),
        ("", file) => format!("Imported from {file}"),
        (message, _) => message.to_string(),
    };
    let history = HistoryEntry {
        created: now,
        created_by: String::new(),
        size: Some(layer.size),
        comment: comment.clone(),
    };
    let mut image = Image::new(config, vec![layer], vec![history], now);
    image.comment = comment;
    let image = Rc::new(image);
    context.engine.add_image(image.clone());
    if let Some(target) = target {
        context.engine.tag_image(&image, &target);
    }
    context
        .engine
        .event("image", "import", &image.id, &[("name", &image.id)]);
    context.line(&image.id).await;
    0
}
