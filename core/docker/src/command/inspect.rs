//! `docker inspect`: containers, images, networks and volumes as JSON or through a template.

mod container;

use super::format::rfc3339;
use super::{Arguments, Command, Context, command};
use crate::{DockerNetwork, EngineError, Image, Volume};
use serde_json::{Map, Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["inspect"],
        "[OPTIONS] NAME|ID [NAME|ID...]",
        "Return low-level information on Docker objects",
        Arguments::AtLeast(1),
        "\
-f --format string|{inspect}
-s --size|Display total file sizes if the type is container
--type string|Only inspect objects of the given type",
        |context| Box::pin(inspect(context, None)),
    ),
    command(
        &["container inspect"],
        "[OPTIONS] CONTAINER [CONTAINER...]",
        "Display detailed information on one or more containers",
        Arguments::AtLeast(1),
        "\
-f --format string|{inspect}
-s --size|Display total file sizes",
        |context| Box::pin(inspect(context, Some("container"))),
    ),
    command(
        &["image inspect"],
        "[OPTIONS] IMAGE [IMAGE...]",
        "Display detailed information on one or more images",
        Arguments::AtLeast(1),
        "\
-f --format string|{inspect}
--platform string|Inspect a specific platform of the multi-platform image.
If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)",
        |context| Box::pin(inspect(context, Some("image"))),
    ),
    command(
        &["network inspect"],
        "[OPTIONS] NETWORK [NETWORK...]",
        "Display detailed information on one or more networks",
        Arguments::AtLeast(1),
        "\
-f --format string|{inspect}
-v --verbose|Verbose output for diagnostics",
        |context| Box::pin(inspect(context, Some("network"))),
    ),
    command(
        &["volume inspect"],
        "[OPTIONS] VOLUME [VOLUME...]",
        "Display detailed information on one or more volumes",
        Arguments::AtLeast(1),
        "-f --format string|{inspect}",
        |context| Box::pin(inspect(context, Some("volume"))),
    ),
];

const TYPES: &[&str] = &[
    "config",
    "container",
    "image",
    "network",
    "node",
    "plugin",
    "secret",
    "service",
    "task",
    "volume",
];

async fn inspect(context: Context, fixed: Option<&'static str>) -> u8 {
    let asked = context.flags.text("type").filter(|kind| !kind.is_empty());
    if let Some(kind) = asked
        && !TYPES.contains(&kind)
    {
        let all: Vec<String> = TYPES.iter().map(|kind| format!("{kind:?}")).collect();
        let text = format!("unknown type: {kind:?}: must be one of {}", all.join(", "));
        return context.fail(text).await;
    }
    let kind = fixed.or(asked);
    let mut values = Vec::new();
    let mut errors = Vec::new();
    for name in &context.arguments {
        match value_of(&context, name, kind) {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    let templated = context
        .flags
        .text("format")
        .is_some_and(|format| !format.is_empty());
    let mut status = 0;
    if values.is_empty() && !templated {
        context.line("[]").await;
    } else if !values.is_empty() || errors.is_empty() {
        status = context.show_values(&values).await;
    }
    for error in &errors {
        context.error_line(error).await;
        status = 1;
    }
    status
}

fn value_of(context: &Context, name: &str, kind: Option<&str>) -> Result<Value, String> {
    let engine = &context.engine;
    let daemon = |error: EngineError| format!("Error response from daemon: {error}");
    let container = || {
        let container = engine.container(name)?;
        let size = context.flags.is_set("size");
        Ok(container::to_json(engine, &container, size))
    };
    let image = || engine.image(name).map(|image| image_json(context, &image));
    let network = || {
        engine
            .network(name)
            .map(|network| network_json(context, &network))
    };
    let volume = || engine.volume(name).map(|volume| volume_json(&volume));
    match kind {
        Some("container") => container().map_err(daemon),
        Some("image") => image().map_err(daemon),
        Some("network") => network().map_err(daemon),
        Some("volume") => volume().map_err(daemon),
        Some(_) => Err(format!("Error: No such object: {name}")),
        None => container()
            .or_else(|_: EngineError| image())
            .or_else(|_| network())
            .or_else(|_| volume())
            .map_err(|_| format!("Error: No such object: {name}")),
    }
}

/// An image as `docker image inspect` shows it.
pub(super) fn image_json(context: &Context, image: &Image) -> Value {
    let engine = &context.engine;
    let names = engine.inner.images.names(&image.id);
    let tags: Vec<String> = names.iter().map(ToString::to_string).collect();
    let digests = engine.inner.images.digests(&image.id);
    let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
    let tagged = engine.inner.images.tags.borrow();
    let last = names
        .iter()
        .filter_map(|name| tagged.get(name))
        .map(|(_, time)| *time)
        .max();
    let directory = |name: &str| {
        let id = image.id.strip_prefix("sha256:").unwrap_or_default();
        format!("/var/lib/docker/overlay2/{id}/{name}")
    };
    let layers: Vec<&str> = image
        .layers
        .iter()
        .map(|layer| layer.digest.as_str())
        .collect();
    json!({
        "Architecture": "amd64",
        "Author": image.author,
        "Comment": image.comment,
        "Config": image.config.to_json(),
        "Created": rfc3339(image.created),
        "DockerVersion": "",
        "GraphDriver": {
            "Data": {
                "MergedDir": directory("merged"),
                "UpperDir": directory("diff"),
                "WorkDir": directory("work"),
            },
            "Name": "overlay2",
        },
        "Id": image.id,
        "Metadata": {
            "LastTagTime": last.map_or_else(|| "0001-01-01T00:00:00Z".into(), rfc3339),
        },
        "Os": "linux",
        "Parent": image.parent.clone().unwrap_or_default(),
        "RepoDigests": digests,
        "RepoTags": tags,
        "RootFS": {"Layers": layers, "Type": "layers"},
        "Size": image.size,
    })
}

fn network_json(context: &Context, network: &DockerNetwork) -> Value {
    let mut containers = Map::new();
    for (id, endpoint) in &network.endpoints {
        let name = context
            .engine
            .inspect(id)
            .map(|info| info.name)
            .unwrap_or_default();
        let prefix = network.subnet.map_or(16, |(_, prefix)| prefix);
        containers.insert(
            id.clone(),
            json!({
                "Name": name,
                "EndpointID": endpoint.id,
                "MacAddress": endpoint.mac,
                "IPv4Address": format!("{}/{prefix}", endpoint.address),
                "IPv6Address": "",
            }),
        );
    }
    let pools: Vec<Value> = network
        .subnet
        .iter()
        .map(|(base, prefix)| {
            let gateway = network.gateway().map(|gateway| gateway.to_string());
            json!({"Subnet": format!("{base}/{prefix}"), "Gateway": gateway})
        })
        .collect();
    json!({
        "Name": network.name,
        "Id": network.id,
        "Created": rfc3339(network.created),
        "Scope": "local",
        "Driver": network.driver,
        "EnableIPv4": true,
        "EnableIPv6": false,
        "IPAM": {"Driver": "default", "Options": {}, "Config": pools},
        "Internal": network.internal,
        "Attachable": false,
        "Ingress": false,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": false,
        "Containers": containers,
        "Options": {},
        "Labels": network.labels,
    })
}

fn volume_json(volume: &Volume) -> Value {
    json!({
        "CreatedAt": rfc3339(volume.created),
        "Driver": "local",
        "Labels": if volume.labels.is_empty() { Value::Null } else { json!(volume.labels) },
        "Mountpoint": format!("/var/lib/docker/volumes/{}/_data", volume.name),
        "Name": volume.name,
        "Options": null,
        "Scope": "local",
    })
}
