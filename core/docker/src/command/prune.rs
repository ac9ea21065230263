//! The `prune` commands: what nobody uses any more is removed.

use super::format::{human_size, parse_duration, parse_time};
use super::{Arguments, Command, Context, command};
use crate::engine::PruneImages;
use crate::{EngineError, Filters, RemovedImage};
use machine::{Duration, Time};
use ordered::OrderedMap;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["container prune"],
        "[OPTIONS]",
        "Remove all stopped containers",
        Arguments::None,
        "\
--filter filter|Provide filter values (e.g. \"until=<timestamp>\")
-f --force|Do not prompt for confirmation",
        |context| Box::pin(prune(context, CONTAINERS)),
    ),
    command(
        &["image prune"],
        "[OPTIONS]",
        "Remove unused images",
        Arguments::None,
        "\
-a --all|Remove all unused images, not just dangling ones
--filter filter|Provide filter values (e.g. \"until=<timestamp>\")
-f --force|Do not prompt for confirmation",
        |context| Box::pin(prune(context, IMAGES)),
    ),
    command(
        &["network prune"],
        "[OPTIONS]",
        "Remove all unused networks",
        Arguments::None,
        "\
--filter filter|Provide filter values (e.g. \"until=<timestamp>\")
-f --force|Do not prompt for confirmation",
        |context| Box::pin(prune(context, NETWORKS)),
    ),
    command(
        &["volume prune"],
        "[OPTIONS]",
        "Remove unused local volumes",
        Arguments::None,
        "\
-a --all|Remove all unused volumes, not just anonymous ones
--filter filter|Provide filter values (e.g. \"label=<label>\")
-f --force|Do not prompt for confirmation",
        |context| Box::pin(prune(context, VOLUMES)),
    ),
    command(
        &["system prune"],
        "[OPTIONS]",
        "Remove unused data",
        Arguments::None,
        "\
-a --all|Remove all unused images not just dangling ones
--filter filter|Provide filter values (e.g. \"label=<key>=<value>\")
-f --force|Do not prompt for confirmation
--volumes|Prune anonymous volumes",
        |context| Box::pin(prune_system(context)),
    ),
    command(
        &["builder prune", "buildx prune"],
        "",
        "Remove build cache",
        Arguments::None,
        "\
-a --all|Remove all unused build cache, not just dangling ones
--filter filter|Provide filter values (e.g. \"until=24h\")
-f --force|Do not prompt for confirmation
--keep-storage bytes|Amount of disk space to keep for cache
!--max-used-space bytes|Maximum amount of disk space allowed to keep for cache
!--min-free-space bytes|Target amount of free disk space after pruning
!--reserved-space bytes|Amount of disk space always allowed to keep for cache
!--verbose|Provide a more verbose output",
        |context| Box::pin(prune_builder(context)),
    ),
];

/// What one kind of thing is called, and which filters it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    title: &'static str,
    /// What will be removed, and what with `--all`.
    what: &'static str,
    what_all: &'static str,
    filters: &'static [&'static str],
    /// Whether bytes are told.
    has_size: bool,
}

const CONTAINERS: Kind = Kind {
    title: "Deleted Containers:",
    what: "all stopped containers",
    what_all: "all stopped containers",
    filters: &["label", "label!", "until"],
    has_size: true,
};
const IMAGES: Kind = Kind {
    title: "Deleted Images:",
    what: "all dangling images",
    what_all: "all images without at least one container associated to them",
    filters: &["dangling", "label", "label!", "until"],
    has_size: true,
};
const NETWORKS: Kind = Kind {
    title: "Deleted Networks:",
    what: "all custom networks not used by at least one container",
    what_all: "all custom networks not used by at least one container",
    filters: &["label", "label!", "until"],
    has_size: false,
};
const VOLUMES: Kind = Kind {
    title: "Deleted Volumes:",
    what: "anonymous local volumes not used by at least one container",
    what_all: "all local volumes not used by at least one container",
    filters: &["label", "label!", "all"],
    has_size: true,
};

/// The filters of a prune.
#[derive(Default)]
struct Wanted {
    until: Option<Time>,
    labels: Vec<(String, Option<String>)>,
    /// Labels that it must not have.
    not_labels: Vec<(String, Option<String>)>,
    /// `dangling=false` of images, `all=true` of volumes.
    all: bool,
}

impl Wanted {
    fn read(context: &Context, known: &[&str]) -> Result<Wanted, EngineError> {
        let mut wanted = Wanted {
            all: context.flags.is_set("all"),
            ..Wanted::default()
        };
        for filter in context.flags.list("filter") {
            let (name, value) = filter.split_once('=').unwrap_or((filter, ""));
            if !known.contains(&name) {
                return Err(EngineError::invalid(format!("invalid filter '{name}'")));
            }
            let label = || match value.split_once('=') {
                Some((key, value)) => (key.to_string(), Some(value.to_string())),
                None => (value.to_string(), None),
            };
            match name {
                "label" => wanted.labels.push(label()),
                "label!" => wanted.not_labels.push(label()),
                "dangling" => wanted.all = matches!(value, "false" | "0"),
                "all" => wanted.all |= matches!(value, "true" | "1"),
                _ => {
                    let until = parse_time(value, context.engine.now());
                    wanted.until = Some(until.ok_or_else(|| {
                        EngineError::invalid(format!("invalid value for 'until' filter: failed to parse value as time or duration: {value:?}"))
                    })?);
                }
            }
        }
        Ok(wanted)
    }

    fn takes_labels(&self, own: &OrderedMap<String, String>) -> bool {
        let has = |(key, value): &(String, Option<String>)| {
            own.get(key)
                .is_some_and(|own| value.as_ref().is_none_or(|value| value == own))
        };
        self.labels.iter().all(has) && !self.not_labels.iter().any(has)
    }

    fn takes(&self, created: Time, labels: &OrderedMap<String, String>) -> bool {
        self.until.is_none_or(|until| created <= until) && self.takes_labels(labels)
    }
}

/// Removes what is not used; gives the lines that name it, and its bytes.
async fn remove(context: &Context, kind: Kind, wanted: &Wanted) -> (Vec<String>, u64) {
    let engine = &context.engine;
    if kind == IMAGES {
        let (removed, bytes) = engine.prune_images(&PruneImages {
            all: wanted.all,
            until: wanted.until,
            labelled: &|labels| wanted.takes_labels(labels),
        });
        let lines = removed.iter().map(RemovedImage::pruned_line).collect();
        return (lines, bytes);
    }
    let (mut lines, mut bytes) = (Vec::new(), 0);
    if kind == CONTAINERS {
        let filters = Filters {
            all: true,
            ..Filters::default()
        };
        for info in engine.list(&filters) {
            let size = engine.container_size(&info.id).unwrap_or_default().0;
            if !info.state.is_running()
                && wanted.takes(info.created, &info.labels)
                && engine.remove(&info.id, false, false).await.is_ok()
            {
                bytes += size;
                lines.push(info.id);
            }
        }
    } else if kind == NETWORKS {
        for network in engine.networks() {
            if !network.is_predefined()
                && network.endpoints.is_empty()
                && wanted.takes(network.created, &network.labels)
            {
                lines.extend(engine.remove_network(&network.id).ok());
            }
        }
    } else {
        for volume in engine.volumes() {
            let size = volume.tree.changes().size();
            if (wanted.all || volume.anonymous)
                && wanted.takes(volume.created, &volume.labels)
                && engine.remove_volume(&volume.name, false).is_ok()
            {
                bytes += size;
                lines.push(volume.name);
            }
        }
    }
    (lines, bytes)
}

async fn prune(context: Context, kind: Kind) -> u8 {
    let wanted = match Wanted::read(&context, kind.filters) {
        Ok(wanted) => wanted,
        Err(error) => return context.daemon_error(&error).await,
    };
    let what = if wanted.all { kind.what_all } else { kind.what };
    if !agreed(&context, &format!("This will remove {what}.")).await {
        return 0;
    }
    let (lines, bytes) = remove(&context, kind, &wanted).await;
    section(&context, kind.title, &lines).await;
    if kind.has_size {
        total(&context, bytes).await;
    }
    0
}

/// Whether `--force` was given, or the question is answered with yes.
async fn agreed(context: &Context, what: &str) -> bool {
    context.flags.is_set("force")
        || super::containers::confirmed(
            context,
            &format!("WARNING! {what}\nAre you sure you want to continue? [y/N] "),
        )
        .await
}

async fn total(context: &Context, bytes: u64) {
    let text = format!("Total reclaimed space: {}", human_size(bytes, 4));
    context.line(text).await;
}

async fn section(context: &Context, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    context.line(title).await;
    for line in lines {
        context.line(line).await;
    }
    context.line("").await;
}

async fn prune_system(context: Context) -> u8 {
    let volumes = context.flags.is_set("volumes");
    let filters = context.flags.list("filter");
    if volumes && filters.iter().any(|filter| filter.starts_with("until=")) {
        return context
            .fail("ERROR: The \"until\" filter is not supported with \"--volumes\"")
            .await;
    }
    let wanted = match Wanted::read(&context, &["label", "label!", "until"]) {
        Ok(wanted) => wanted,
        Err(error) => return context.daemon_error(&error).await,
    };
    let kinds: &[Kind] = match volumes {
        true => &[CONTAINERS, NETWORKS, VOLUMES, IMAGES],
        false => &[CONTAINERS, NETWORKS, IMAGES],
    };
    let mut what = String::from("This will remove:\n");
    for kind in kinds {
        let line = match *kind {
            NETWORKS => "all networks not used by at least one container",
            VOLUMES => "all anonymous volumes not used by at least one container",
            IMAGES if wanted.all => kind.what_all,
            kind => kind.what,
        };
        what.push_str(&format!("  - {line}\n"));
    }
    what.push_str(match wanted.all {
        true => "  - all build cache\n",
        false => "  - unused build cache\n",
    });
    if !filters.is_empty() {
        what.push_str("\n  Items to be pruned will be filtered with:\n");
        let mut filters: Vec<&String> = filters.iter().collect();
        filters.sort();
        for filter in filters {
            what.push_str(&format!("  - {filter}\n"));
        }
    }
    if !agreed(&context, &what).await {
        return 0;
    }
    let mut sum = 0;
    for kind in kinds {
        // `--all` is about images; named volumes stay.
        let all = wanted.all && *kind == IMAGES;
        let of_kind = Wanted {
            until: wanted.until,
            labels: wanted.labels.clone(),
            not_labels: wanted.not_labels.clone(),
            all,
        };
        let (lines, bytes) = remove(&context, *kind, &of_kind).await;
        section(&context, kind.title, &lines).await;
        sum += bytes;
    }
    let unused = wanted.until.map(|until| context.engine.now().since(until));
    let gone = context
        .engine
        .prune_cache(wanted.all, unused.unwrap_or_default());
    let ids: Vec<String> = gone.iter().map(|usage| usage.record.id.clone()).collect();
    section(&context, "Deleted build cache objects:", &ids).await;
    sum += gone
        .iter()
        .map(|usage| usage.record.bytes.get())
        .sum::<u64>();
    total(&context, sum).await;
    0
}

async fn prune_builder(context: Context) -> u8 {
    let classic = super::build::is_classic(&context.process);
    if classic {
        context.process.print_error(super::build::DEPRECATED).await;
    }
    let all = context.flags.is_set("all");
    let mut unused = Duration::ZERO;
    for filter in context.flags.list("filter") {
        if let Some((name @ ("until" | "unused-for"), value)) = filter.split_once('=') {
            match parse_duration(value) {
                Some(span) => unused = span,
                None => {
                    let text = format!(
                        "ERROR: {name:?} filter expects a duration (e.g., '24h'): time: invalid duration {value:?}"
                    );
                    return context.fail(text).await;
                }
            }
        }
    }
    if !context.flags.is_set("force") {
        let which = if all {
            "all build"
        } else {
            "all dangling build"
        };
        let question = format!(
            "WARNING! This will remove {which} cache. Are you sure you want to continue? [y/N] "
        );
        if !super::containers::confirmed(&context, &question).await {
            return 0;
        }
    }
    let gone = context.engine.prune_cache(all, unused);
    let bytes: u64 = gone.iter().map(|usage| usage.record.bytes.get()).sum();
    if classic {
        let ids: Vec<String> = gone.iter().map(|usage| usage.record.id.clone()).collect();
        section(&context, "Deleted build cache objects:", &ids).await;
        total(&context, bytes).await;
        return 0;
    }
    if !gone.is_empty() {
        context
            .line("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED")
            .await;
    }
    let now = context.engine.now();
    for usage in gone {
        let record = &usage.record;
        let star = if record.mutable.get() { "*" } else { "" };
        let shared = if usage.shared { "*" } else { "" };
        let age = super::format::human_duration(now.since(record.used.get()));
        let text = format!(
            "{:<40}\ttrue \t\t{:<10}\t{age} ago",
            format!("{}{star}", record.id),
            format!("{}{shared}", human_size(record.bytes.get(), 4)),
        );
        context.line(text).await;
    }
    context
        .line(format!("Total:\t{}", human_size(bytes, 4)))
        .await;
    0
}
