//! `docker ps`: the list of containers.

use super::format::{ellipsis, go_time, human_duration, human_size};
use super::table::{Column, Listing};
use super::{Arguments, Command, Context, command};
use crate::{ContainerInfo, ContainerStatus, EngineError, Filters, MountSource};
use machine::Time;
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[command(
    &["ps", "container ls", "container list", "container ps"],
    "[OPTIONS]",
    "List containers",
    Arguments::None,
    "\
-a --all|Show all containers (default shows just running)
-f --filter filter|Filter output based on conditions provided
--format string|{format}
-n --last int|Show n last created containers (includes all states) (default -1)
-l --latest|Show the latest created container (includes all states)
--no-trunc|Don't truncate output
-q --quiet|Only display container IDs
-s --size|Display total file sizes",
    |context| Box::pin(ps(context)),
)];

const HEADERS: &[Column] = &[
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("Command", "COMMAND"),
    ("CreatedAt", "CREATED AT"),
    ("RunningFor", "CREATED"),
    ("Status", "STATUS"),
    ("State", "STATE"),
    ("Ports", "PORTS"),
    ("Names", "NAMES"),
    ("Size", "SIZE"),
    ("Labels", "LABELS"),
    ("Mounts", "MOUNTS"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Networks", "NETWORKS"),
];

async fn ps(context: Context) -> u8 {
    let flags = &context.flags;
    let mut filters = match filters(flags.list("filter")) {
        Ok(filters) => filters,
        Err(error) => return context.daemon_error(&error).await,
    };
    let last = if flags.is_set("latest") {
        Some(1)
    } else {
        flags
            .int("last")
            .and_then(|last| usize::try_from(last).ok())
    };
    filters.all |= flags.is_set("all") || last.is_some();
    let mut containers = context.engine.list(&filters);
    if let Some(last) = last {
        containers.truncate(last);
    }
    let full = flags.is_set("no-trunc");
    if flags.is_set("quiet") && !flags.has("format") {
        for container in &containers {
            let id = if full {
                container.id.as_str()
            } else {
                crate::image::short(&container.id)
            };
            context.line(id).await;
        }
        return 0;
    }
    let format = flags.text("format").unwrap_or("");
    let size = flags.is_set("size") || format.contains(".Size") || format.contains("json .");
    let rows = containers
        .iter()
        .map(|info| row(&context, info, full, size));
    let mut columns: Vec<Column> = vec![
        ("ID", "CONTAINER ID"),
        ("Image", "IMAGE"),
        ("Command", "COMMAND"),
        ("RunningFor", "CREATED"),
        ("Status", "STATUS"),
        ("Ports", "PORTS"),
        ("Names", "NAMES"),
    ];
    if size {
        columns.push(("Size", "SIZE"));
    }
    let listing = Listing {
        columns,
        headers: HEADERS,
        type_name: "*formatter.ContainerContext",
        rows: rows.collect(),
    };
    context.show(listing).await
}

/// The filters of `--filter`, with the daemon's refusals.
pub(super) fn filters(given: &[String]) -> Result<Filters, EngineError> {
    let mut filters = Filters::default();
    for filter in given {
        let (name, value) = filter.split_once('=').unwrap_or((filter, ""));
        let value = value.trim().to_string();
        let wrong = |text: String| EngineError::invalid(format!("invalid filter '{text}'"));
        match name.trim().to_lowercase().as_str() {
            "name" => filters.names.push(value),
            "id" => filters.ids.push(value),
            "label" => filters.labels.push(match value.split_once('=') {
                Some((key, value)) => (key.to_string(), Some(value.to_string())),
                None => (value, None),
            }),
            "status" => filters.statuses.push(status(&value).ok_or_else(|| {
                wrong(format!("status={value}")).with_detail(&format!(
                    "invalid value for state ({value}): must be one of created, running, paused, restarting, removing, exited, dead"
                ))
            })?),
            "exited" => filters
                .exited
                .push(value.parse().map_err(|_| wrong(format!("exited={value}")))?),
            "ancestor" => filters.ancestors.push(value),
            "network" => filters.networks.push(value),
            "volume" => filters.volumes.push(value),
            "publish" | "expose" => filters.publishes.push(value),
            "before" => filters.before = Some(value),
            "since" => filters.since = Some(value),
            "health" => filters.health.push(value),
            "is-task" | "isolation" => {}
            other => return Err(wrong(other.to_string())),
        }
    }
    Ok(filters)
}

fn status(word: &str) -> Option<ContainerStatus> {
    let all = [
        ContainerStatus::Created,
        ContainerStatus::Running,
        ContainerStatus::Paused,
        ContainerStatus::Restarting,
        ContainerStatus::Removing,
        ContainerStatus::Exited,
        ContainerStatus::Dead,
    ];
    all.into_iter().find(|status| status.name() == word)
}

fn row(context: &Context, info: &ContainerInfo, full: bool, size: bool) -> Value {
    let now = context.engine.now();
    let labels: Vec<String> = info
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mounts: Vec<String> = info
        .config
        .mounts
        .iter()
        .filter_map(|mount| match &mount.source {
            MountSource::Volume(name) => Some(name.clone()),
            MountSource::Host(path) => Some(path.clone()),
            _ => None,
        })
        .map(|name| if full { name } else { ellipsis(&name, 15) })
        .collect();
    let volumes = info
        .config
        .mounts
        .iter()
        .filter(|mount| matches!(mount.source, MountSource::Volume(_)));
    let written = if size {
        let (own, all) = context.engine.container_size(&info.id).unwrap_or_default();
        format!("{} (virtual {})", human_size(own, 3), human_size(all, 3))
    } else {
        "0B".into()
    };
    let networks = context.engine.endpoints(&info.id);
    let mut networks: Vec<String> = networks
        .into_iter()
        .map(|(network, _)| network.name)
        .collect();
    if networks.is_empty() {
        networks.push(info.config.network.name());
    }
    json!({
        "Command": shown_command(info, full),
        "CreatedAt": go_time(info.created),
        "ID": if full { info.id.as_str() } else { crate::image::short(&info.id) },
        "Image": shown_image(context, info, full),
        "Labels": labels.join(","),
        "LocalVolumes": volumes.count().to_string(),
        "Mounts": mounts.join(","),
        "Names": info.name,
        "Networks": networks.join(","),
        "Platform": null,
        "Ports": ports(info),
        "RunningFor": format!("{} ago", human_duration(now.since(info.created))),
        "Size": written,
        "State": info.state.status.name(),
        "Status": status_text(info, now),
    })
}

/// The image as it was given; its id when that name means another image by now.
pub(super) fn shown_image(context: &Context, info: &ContainerInfo, full: bool) -> String {
    let current = context.engine.image(&info.image);
    if current.is_ok_and(|image| image.id == info.image_id) && !info.image.starts_with("sha256:") {
        return info.image.clone();
    }
    if full {
        info.image_id.clone()
    } else {
        crate::image::short(&info.image_id).to_string()
    }
}

/// The `COMMAND` column.
pub(super) fn shown_command(info: &ContainerInfo, full: bool) -> String {
    let command = command_line(&info.command);
    quote(&if full {
        command
    } else {
        ellipsis(&command, 20)
    })
}

/// The command line as the daemon joins it: arguments with blanks in quotes.
fn command_line(words: &[String]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| {
            if word.is_empty() || word.contains(|letter: char| letter.is_whitespace()) {
                format!("'{word}'")
            } else {
                word.clone()
            }
        })
        .collect();
    words.join(" ")
}

/// As Go's `%q` writes a line, without escaping what is not ASCII.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// `Up 3 seconds (Paused)`, `Exited (137) 2 seconds ago`, …
pub(super) fn status_text(info: &ContainerInfo, now: Time) -> String {
    let state = &info.state;
    let since = |time: Option<Time>| human_duration(now.since(time.unwrap_or(now)));
    let health = match &state.health {
        Some(health) if health.status == "starting" => " (health: starting)".to_string(),
        Some(health) => format!(" ({})", health.status),
        None => String::new(),
    };
    match state.status {
        ContainerStatus::Created => "Created".into(),
        ContainerStatus::Running => format!("Up {}{health}", since(state.started)),
        ContainerStatus::Paused => format!("Up {} (Paused)", since(state.started)),
        ContainerStatus::Restarting => {
            format!(
                "Restarting ({}) {} ago",
                state.exit_code,
                since(state.finished)
            )
        }
        ContainerStatus::Removing => "Removal In Progress".into(),
        ContainerStatus::Exited => {
            format!("Exited ({}) {} ago", state.exit_code, since(state.finished))
        }
        ContainerStatus::Dead => "Dead".into(),
    }
}

/// One published or exposed port: address (empty for exposed), machine's port, port, protocol.
pub(super) type ShownPort = (String, u16, u16, String);

/// The ports of a running container, as the API lists them.
pub(super) fn port_list(info: &ContainerInfo) -> Vec<ShownPort> {
    let mut all: Vec<ShownPort> = Vec::new();
    if !info.state.is_running() {
        return all;
    }
    for port in &info.ports {
        let hosts = match port.host_address {
            Some(address) if !address.is_unspecified() => vec![address.to_string()],
            Some(address) => vec![address.to_string()],
            None => vec!["0.0.0.0".into(), "::".into()],
        };
        for host in hosts {
            all.push((
                host,
                port.host_port,
                port.container_port,
                port.protocol.clone(),
            ));
        }
    }
    let exposed = info
        .image_config
        .exposed_ports
        .iter()
        .chain(&info.config.exposed_ports);
    for port in exposed {
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let number: u16 = number.parse().unwrap_or(0);
        let known = all
            .iter()
            .any(|(_, _, inner, other)| *inner == number && other == protocol);
        let joined = !matches!(
            info.config.network,
            crate::NetworkMode::Bridge | crate::NetworkMode::Named(_)
        );
        if !known && !joined {
            all.push((String::new(), 0, number, protocol.to_string()));
        }
    }
    all
}

/// The `PORTS` column: runs of ports that map to themselves first, then single mappings.
fn ports(info: &ContainerInfo) -> String {
    let mut all = port_list(info);
    all.sort_by(|one, other| {
        (one.2, &one.0, one.1, &one.3).cmp(&(other.2, &other.0, other.1, &other.3))
    });
    let mut shown: Vec<String> = Vec::new();
    let mut mappings: Vec<String> = Vec::new();
    let mut groups: Vec<(String, String, u16, u16)> = Vec::new();
    for (host, outer, inner, protocol) in all {
        let joined = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        if !host.is_empty() && outer != inner {
            mappings.push(format!("{joined}:{outer}->{inner}/{protocol}"));
            continue;
        }
        let key = (joined, protocol);
        let group = groups
            .iter_mut()
            .find(|group| (&group.0, &group.1) == (&key.0, &key.1));
        match group {
            None => groups.push((key.0, key.1, inner, inner)),
            Some(group) if inner == group.3 + 1 => group.3 = inner,
            Some(group) => {
                shown.push(range(group));
                (group.2, group.3) = (inner, inner);
            }
        }
    }
    shown.extend(groups.iter().map(range));
    shown.extend(mappings);
    shown.join(", ")
}

fn range(group: &(String, String, u16, u16)) -> String {
    let (host, protocol, first, last) = group;
    let ports = if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    };
    if host.is_empty() {
        format!("{ports}/{protocol}")
    } else {
        format!("{host}:{ports}->{ports}/{protocol}")
    }
}

/// Asks on standard output; only `y` and `yes` go on.
pub(super) async fn confirmed(context: &Context, question: &str) -> bool {
    context.process.print(question).await;
    let answer = read_line(context).await.to_lowercase();
    answer == "y" || answer == "yes"
}

/// A line of standard input, without blanks around it.
pub(super) async fn read_line(context: &Context) -> String {
    let mut line = Vec::new();
    while let Ok(bytes) = context.process.read(0, 1).await {
        match bytes.first() {
            None | Some(b'\n') => break,
            Some(byte) => line.push(*byte),
        }
    }
    String::from_utf8_lossy(&line).trim().to_string()
}
