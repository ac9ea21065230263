//! `--volume`, `--mount`, `--tmpfs` and `--volumes-from`: what is mounted into the container.

use super::super::Context;
use super::Refusal;
use crate::{EngineError, MountSource, MountSpec};
use machine::path;
use ordered::OrderedMap;

pub(super) fn mounts(context: &Context) -> Result<Vec<MountSpec>, Refusal> {
    let flags = &context.flags;
    let mut all = Vec::new();
    for text in flags.list("volume") {
        all.push(volume(context, text)?);
    }
    for text in flags.list("mount") {
        all.push(mount(text)?);
    }
    for text in flags.list("tmpfs") {
        let target = text
            .split_once(':')
            .map_or(text.as_str(), |(target, _)| target);
        all.push(MountSpec {
            target: target.to_string(),
            source: MountSource::Tmpfs,
            read_only: false,
        });
    }
    for other in flags.list("volumes-from") {
        let name = other
            .split_once(':')
            .map_or(other.as_str(), |(name, _)| name);
        all.extend(context.engine.inspect(name)?.config.mounts.clone());
    }
    Ok(all)
}

/// `[SOURCE:]TARGET[:OPTIONS]`.
fn volume(context: &Context, text: &str) -> Result<MountSpec, Refusal> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Refusal(format!(
            "invalid spec: {text}: empty section between colons"
        )));
    }
    let (source, target, options) = match parts.as_slice() {
        [target] => ("", *target, ""),
        [source, target] => (*source, *target, ""),
        [source, target, options] => (*source, *target, *options),
        _ => return Err(Refusal(format!("invalid spec: {text}: too many colons"))),
    };
    if !target.starts_with('/') {
        return Err(EngineError::invalid(format!(
            "invalid volume specification: '{text}': invalid mount config for type \"volume\": invalid mount path: '{target}' mount path must be absolute"
        ))
        .into());
    }
    let source = if source.is_empty() {
        let volume = context.engine.create_volume(None, OrderedMap::new())?;
        MountSource::Volume(volume.name)
    } else if source.starts_with('/') {
        MountSource::Host(path::clean(source))
    } else if source.starts_with('.') || source.starts_with('~') {
        MountSource::Host(context.process.path(source))
    } else {
        let volume = context
            .engine
            .create_volume(Some(source), OrderedMap::new())?;
        MountSource::Volume(volume.name)
    };
    Ok(MountSpec {
        target: target.to_string(),
        source,
        read_only: options.split(',').any(|option| option == "ro"),
    })
}

/// `type=bind,source=…,target=…[,readonly]`.
fn mount(text: &str) -> Result<MountSpec, Refusal> {
    let mut kind = "volume";
    let (mut source, mut target, mut read_only) = ("", "", false);
    for field in text.split(',') {
        let (name, value) = field.split_once('=').unwrap_or((field, "true"));
        match name {
            "type" => kind = value,
            "source" | "src" => source = value,
            "target" | "dst" | "destination" => target = value,
            "readonly" | "ro" => read_only = value != "false",
            _ => {}
        }
    }
    if target.is_empty() {
        return Err(Refusal("target is required".into()));
    }
    let source = match kind {
        "bind" => MountSource::Host(source.to_string()),
        "tmpfs" => MountSource::Tmpfs,
        "volume" => MountSource::Volume(source.to_string()),
        other => {
            return Err(EngineError::invalid(format!(
                "invalid mount config: mount type unknown: {other:?}"
            ))
            .into());
        }
    };
    Ok(MountSpec {
        target: target.to_string(),
        source,
        read_only,
    })
}
