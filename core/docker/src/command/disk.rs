//! `docker system df`: what takes room. Models docker/cli formatter/disk_usage.go.

use super::format::{human_duration, human_size};
use super::table::{Column, Listing, align};
use super::{Arguments, Command, Context, command};
use crate::build::Usage;
use crate::{ContainerInfo, Image, MountSource, Reference, Volume};
use ordered::OrderedMap;
use serde_json::{Value, json};
use std::rc::Rc;

pub(super) const COMMANDS: &[Command] = &[command(
    &["system df"],
    "[OPTIONS]",
    "Show docker disk usage",
    Arguments::None,
    "\
--format string|{format}
-v --verbose|Show detailed information on space usage",
    |context| Box::pin(df(context)),
)];

/// What is there, when the command looks.
struct Disk {
    images: Vec<ImageUse>,
    containers: Vec<ContainerInfo>,
    /// Bytes that each container wrote.
    written: Vec<u64>,
    volumes: Vec<Volume>,
    /// How many containers have each volume.
    links: Vec<usize>,
    cache: Vec<Usage>,
}

struct ImageUse {
    image: Rc<Image>,
    name: Option<Reference>,
    /// Bytes in layers that other images have too.
    shared: u64,
    containers: usize,
}

impl Disk {
    fn look(context: &Context) -> Disk {
        let engine = &context.engine;
        let containers = engine.list(&crate::Filters {
            all: true,
            ..crate::Filters::default()
        });
        let all = engine.images();
        // Layers are the same only where all below them are.
        let mut holders: OrderedMap<Vec<&str>, usize> = OrderedMap::new();
        let chain = |image: &'_ Image, count: usize| -> Vec<String> {
            let layers = image.layers.iter().take(count);
            layers.map(|layer| layer.digest.clone()).collect()
        };
        for (image, _) in &all {
            for count in 1..=image.layers.len() {
                let layers = image.layers.iter().take(count);
                let key = layers.map(|layer| layer.digest.as_str()).collect();
                *holders.entry(key).or_insert(0) += 1;
            }
        }
        let shared = |image: &Image| -> u64 {
            let layers = image.layers.iter().enumerate();
            let held = layers.filter(|(at, _)| {
                let key = chain(image, at + 1);
                let key: Vec<&str> = key.iter().map(String::as_str).collect();
                holders.get(&key).is_some_and(|count| *count > 1)
            });
            held.map(|(_, layer)| layer.size).sum()
        };
        let images = all
            .iter()
            .filter(|(image, names)| !names.is_empty() || !engine.has_children(&image.id))
            .map(|(image, names)| ImageUse {
                image: image.clone(),
                name: names.first().cloned(),
                shared: shared(image),
                containers: containers
                    .iter()
                    .filter(|info| info.image_id == image.id)
                    .count(),
            })
            .collect();
        let volumes = engine.volumes();
        Disk {
            images,
            written: containers
                .iter()
                .map(|info| engine.container_size(&info.id).unwrap_or_default().0)
                .collect(),
            containers,
            links: volumes
                .iter()
                .map(|volume| engine.users_of_volume(&volume.name).len())
                .collect(),
            volumes,
            cache: engine.cache_usage(),
        }
    }

    fn cache_bytes(&self) -> u64 {
        let own = self.cache.iter().filter(|usage| !usage.shared);
        own.map(|usage| usage.record.bytes.get()).sum()
    }

    /// Bytes of all layers, each once.
    fn image_bytes(&self, context: &Context) -> u64 {
        let images = context.engine.images();
        let layers = images.iter().flat_map(|(image, _)| image.layers.iter());
        let sizes: OrderedMap<&str, u64> = layers
            .map(|layer| (layer.digest.as_str(), layer.size))
            .collect();
        sizes.values().sum()
    }

    /// The rows without `-v`.
    fn summary(&self, context: &Context) -> Vec<Value> {
        let bytes = self.image_bytes(context);
        let in_use = self.images.iter().filter(|image| image.containers > 0);
        let held: u64 = in_use
            .clone()
            .map(|image| image.image.size.saturating_sub(image.shared))
            .sum();
        let running = self.containers.iter().map(|info| info.state.is_running());
        let written: u64 = self.written.iter().sum();
        let active: u64 = running
            .clone()
            .zip(&self.written)
            .filter(|(running, _)| *running)
            .map(|(_, bytes)| *bytes)
            .sum();
        let sizes: Vec<u64> = self.volumes.iter().map(volume_bytes).collect();
        let linked: u64 = sizes
            .iter()
            .zip(&self.links)
            .filter(|(_, links)| **links > 0)
            .map(|(bytes, _)| *bytes)
            .sum();
        let volumes: u64 = sizes.iter().sum();
        let cache = self.cache_bytes();
        vec![
            row(
                "Images",
                self.images.len(),
                in_use.count(),
                bytes,
                bytes.saturating_sub(held),
                true,
            ),
            row(
                "Containers",
                self.containers.len(),
                running.filter(|running| *running).count(),
                written,
                written - active,
                true,
            ),
            row(
                "Local Volumes",
                self.volumes.len(),
                self.links.iter().filter(|links| **links > 0).count(),
                volumes,
                volumes - linked,
                true,
            ),
            row("Build Cache", self.cache.len(), 0, cache, cache, false),
        ]
    }
}

fn volume_bytes(volume: &Volume) -> u64 {
    volume.tree.changes().size()
}

fn row(kind: &str, total: usize, active: usize, size: u64, free: u64, share: bool) -> Value {
    let percent = match size {
        0 => String::new(),
        size if share => format!(" ({}%)", free * 100 / size),
        _ => String::new(),
    };
    json!({
        "Active": active.to_string(),
        "Reclaimable": format!("{}{percent}", human_size(free, 4)),
        "Size": human_size(size, 4),
        "TotalCount": total.to_string(),
        "Type": kind,
    })
}

async fn df(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Type", "TYPE"),
        ("TotalCount", "TOTAL"),
        ("Active", "ACTIVE"),
        ("Size", "SIZE"),
        ("Reclaimable", "RECLAIMABLE"),
    ];
    let disk = Disk::look(&context);
    if context.flags.is_set("verbose") && !context.flags.has("format") {
        return verbose(&context, &disk).await;
    }
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.diskUsageContext",
        rows: disk.summary(&context),
    };
    context.show(listing).await
}

/// The four tables of `-v`.
async fn verbose(context: &Context, disk: &Disk) -> u8 {
    let now = context.engine.now();
    let ago = |time| format!("{} ago", human_duration(now.since(time)));
    let images = disk.images.iter().map(|usage| {
        let none = || "<none>".to_string();
        let (image, name) = (&usage.image, usage.name.as_ref());
        vec![
            name.map_or_else(none, Reference::familiar_name),
            name.map_or_else(none, |name| name.tag_or_latest().to_string()),
            image.short_id().to_string(),
            ago(image.created),
            human_size(image.size, 3),
            human_size(usage.shared, 4),
            human_size(image.size.saturating_sub(usage.shared), 4),
            usage.containers.to_string(),
        ]
    });
    let containers = disk
        .containers
        .iter()
        .zip(&disk.written)
        .map(|(info, bytes)| {
            let mounts = info.config.mounts.iter();
            let volumes = mounts.filter(|mount| matches!(mount.source, MountSource::Volume(_)));
            vec![
                crate::image::short(&info.id).to_string(),
                super::containers::shown_image(context, info, false),
                super::containers::shown_command(info, false),
                volumes.count().to_string(),
                human_size(*bytes, 3),
                ago(info.created),
                super::containers::status_text(info, now),
                info.name.clone(),
            ]
        });
    let volumes = disk.volumes.iter().zip(&disk.links).map(|(volume, links)| {
        let bytes = human_size(volume_bytes(volume), 3);
        vec![volume.name.clone(), links.to_string(), bytes]
    });
    let cache = disk.cache.iter().map(|usage| {
        let record = &usage.record;
        vec![
            record.id.chars().take(12).collect(),
            record.kind.to_string(),
            human_size(record.bytes.get(), 3),
            ago(record.created),
            ago(record.used.get()),
            record.uses.get().to_string(),
            usage.shared.to_string(),
        ]
    });
    let tables = [
        (
            "Images space usage:".to_string(),
            "REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\tSHARED SIZE\tUNIQUE SIZE\tCONTAINERS",
            images.collect::<Vec<Vec<String>>>(),
        ),
        (
            "\nContainers space usage:".to_string(),
            "CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES",
            containers.collect(),
        ),
        (
            "\nLocal Volumes space usage:".to_string(),
            "VOLUME NAME\tLINKS\tSIZE",
            volumes.collect(),
        ),
        (
            format!("\nBuild cache usage: {}", human_size(disk.cache_bytes(), 4)),
            "CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED",
            cache.collect(),
        ),
    ];
    let mut text = String::new();
    for (title, header, rows) in tables {
        let mut all = vec![header.split('\t').map(str::to_string).collect::<Vec<_>>()];
        all.extend(rows);
        text.push_str(&format!("{title}\n\n{}", align(&all)));
    }
    context.process.print(text).await;
    0
}
