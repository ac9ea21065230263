//! `docker port top stats diff commit attach`, `docker container prune`.

use super::format::{bytes_size, clock};
use super::table::{Column, Listing};
use super::{Arguments, Command, Context, command};
use crate::{AttachStreams, Change, ContainerStatus, EngineError, Filters, Reference};
use machine::{Duration, ProcessInfo};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["port", "container port"],
        "CONTAINER [PRIVATE_PORT[/PROTO]]",
        "List port mappings or a specific mapping for the container",
        Arguments::Between(1, 2),
        "",
        |context| Box::pin(port(context)),
    ),
    command(
        &["top", "container top"],
        "CONTAINER [ps OPTIONS]",
        "Display the running processes of a container",
        Arguments::AtLeast(1),
        "",
        |context| Box::pin(top(context)),
    )
    .flags_first(),
    command(
        &["stats", "container stats"],
        "[OPTIONS] [CONTAINER...]",
        "Display a live stream of container(s) resource usage statistics",
        Arguments::Any,
        "\
-a --all|Show all containers (default shows just running)
--format string|{format}
--no-stream|Disable streaming stats and only pull the first result
--no-trunc|Do not truncate output",
        |context| Box::pin(stats(context)),
    ),
    command(
        &["diff", "container diff"],
        "CONTAINER",
        "Inspect changes to files or directories on a container's filesystem",
        Arguments::Exactly(1),
        "",
        |context| Box::pin(diff(context)),
    ),
    command(
        &["commit", "container commit"],
        "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        "Create a new image from a container's changes",
        Arguments::Between(1, 2),
        "\
-a --author string|Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")
-c --change list|Apply Dockerfile instruction to the created image
-m --message string|Commit message
-p --pause|Pause container during commit (default true)",
        |context| Box::pin(commit(context)),
    ),
    command(
        &["attach", "container attach"],
        "[OPTIONS] CONTAINER",
        "Attach local standard input, output, and error streams to a running container",
        Arguments::Exactly(1),
        "\
--detach-keys string|Override the key sequence for detaching a container
--no-stdin|Do not attach STDIN
--sig-proxy|Proxy all received signals to the process (default true)",
        |context| Box::pin(attach(context)),
    ),
];

async fn port(context: Context) -> u8 {
    let info = match context.engine.inspect(context.first()) {
        Ok(info) => info,
        Err(error) => return context.daemon_error(&error).await,
    };
    let mut ports = super::containers::port_list(&info);
    ports.retain(|(host, ..)| !host.is_empty());
    ports.sort_by(|one, other| (one.2, &one.0).cmp(&(other.2, &other.0)));
    let shown = |host: &str, port: u16| match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    };
    let Some(wanted) = context.arguments.get(1) else {
        for (host, outer, inner, protocol) in &ports {
            let text = format!("{inner}/{protocol} -> {}", shown(host, *outer));
            context.line(text).await;
        }
        return 0;
    };
    let (number, protocol) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
    let mut found = false;
    for (host, outer, inner, own) in &ports {
        if inner.to_string() == number && own == protocol {
            found = true;
            context.line(shown(host, *outer)).await;
        }
    }
    if found {
        return 0;
    }
    let text = format!(
        "Error: No public port '{wanted}' published for {}",
        context.first()
    );
    context.fail(text).await
}

fn processes(context: &Context, id: &str) -> Result<Vec<ProcessInfo>, EngineError> {
    let container = context.engine.container(id)?;
    let handle = container.process.borrow().clone();
    let handle = handle.ok_or_else(|| {
        EngineError::conflict(format!("container {} is not running", container.id))
    })?;
    let all = handle.process().namespace().processes();
    Ok(all.iter().map(|process| process.info()).collect())
}

async fn top(context: Context) -> u8 {
    let processes = match processes(&context, context.first()) {
        Ok(processes) => processes,
        Err(error) => return context.daemon_error(&error).await,
    };
    let options = context.arguments.get(1..).unwrap_or_default().join(" ");
    let columns: Vec<String> = match options.split_once("-o") {
        Some((_, names)) => names
            .trim()
            .split(',')
            .map(|name| name.trim().to_string())
            .collect(),
        None => "uid pid ppid c stime tty time cmd"
            .split(' ')
            .map(str::to_string)
            .collect(),
    };
    let titled = |name: &String| match name.as_str() {
        "comm" => "COMMAND".to_string(),
        "args" | "command" => "COMMAND".to_string(),
        other => other.to_uppercase(),
    };
    let mut rows = vec![columns.iter().map(titled).collect::<Vec<_>>()];
    for process in &processes {
        rows.push(
            columns
                .iter()
                .map(|name| process_field(process, name))
                .collect(),
        );
    }
    // The client pads every cell to twenty.
    for row in &rows {
        let last = row.len().saturating_sub(1);
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            line.push_str(cell);
            if at < last {
                let missing = 20usize.saturating_sub(cell.chars().count()).max(1);
                line.push_str(&" ".repeat(missing));
            }
        }
        context.line(line).await;
    }
    0
}

fn process_field(process: &ProcessInfo, name: &str) -> String {
    let seconds = process.cpu.as_secs();
    match name.to_lowercase().as_str() {
        "uid" | "user" => match process.user {
            0 => "root".into(),
            number => number.to_string(),
        },
        "pid" => process.pid.to_string(),
        "ppid" => match process.parent {
            0 => process.pid.saturating_sub(21).to_string(),
            parent => parent.to_string(),
        },
        "c" => "0".into(),
        "stime" | "start" => clock(process.started),
        "tty" => "?".into(),
        "time" => format!(
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ),
        "comm" => {
            let program = process.arguments.first().map_or("", String::as_str);
            machine::path::file_name(program).to_string()
        }
        _ => process.arguments.join(" "),
    }
}

const STATS: &[Column] = &[
    ("ID", "CONTAINER ID"),
    ("Name", "NAME"),
    ("CPUPerc", "CPU %"),
    ("MemUsage", "MEM USAGE / LIMIT"),
    ("MemPerc", "MEM %"),
    ("NetIO", "NET I/O"),
    ("BlockIO", "BLOCK I/O"),
    ("PIDs", "PIDS"),
];

async fn stats(context: Context) -> u8 {
    let once = context.flags.is_set("no-stream");
    loop {
        context.process.sleep(Duration::from_secs(1)).await;
        let rows = match stats_rows(&context) {
            Ok(rows) => rows,
            Err(error) => return context.daemon_error(&error).await,
        };
        let listing = Listing {
            columns: STATS.to_vec(),
            headers: STATS,
            type_name: "*container.statsContext",
            rows,
        };
        if !once {
            context.process.print("\x1b[H\x1b[J").await;
        }
        let status = context.show(listing).await;
        if once || status != 0 {
            return status;
        }
    }
}

fn stats_rows(context: &Context) -> Result<Vec<Value>, EngineError> {
    let filters = Filters {
        all: context.flags.is_set("all"),
        ..Filters::default()
    };
    let containers = if context.arguments.is_empty() {
        context.engine.select(&filters)
    } else {
        let found = context
            .arguments
            .iter()
            .map(|id| context.engine.container(id));
        found.collect::<Result<Vec<_>, _>>()?
    };
    let total = context.engine.inner.options.memory_bytes;
    let rows = containers.iter().map(|container| {
        let processes = processes(context, &container.id).unwrap_or_default();
        let used: u64 = processes.iter().map(|process| process.memory).sum();
        let own = processes.iter();
        let threads: usize = own
            .map(|process| threads(context, &container.id, process))
            .sum();
        let running = container.is_running();
        let used = used + 400 * 1024 * processes.len() as u64;
        let limit = container.config().memory_bytes.unwrap_or(total);
        let (used, limit) = if running { (used, limit) } else { (0, 0) };
        let share = if limit == 0 {
            0.0
        } else {
            used as f64 * 100.0 / limit as f64
        };
        let alive = context
            .engine
            .now()
            .since(container.created)
            .as_secs_f64()
            .max(1.0);
        let cpu: f64 = processes
            .iter()
            .map(|process| process.cpu.as_secs_f64())
            .sum();
        json!({
            "BlockIO": "0B / 0B",
            "CPUPerc": format!("{:.2}%", (cpu * 100.0 / alive).abs()),
            "Container": container.id,
            "ID": crate::image::short(&container.id),
            "MemPerc": format!("{share:.2}%"),
            "MemUsage": format!("{} / {}", bytes_size(used), bytes_size(limit)),
            "Name": *container.name.borrow(),
            "NetIO": if running { "752B / 126B" } else { "0B / 0B" },
            "PIDs": threads.to_string(),
        })
    });
    Ok(rows.collect())
}

/// The tasks that the kernel counts for a process: Go's runtime starts some at once, for
/// collecting garbage, for timers and for blocking calls.
fn threads(context: &Context, container: &str, process: &ProcessInfo) -> usize {
    const OF_GO: usize = 5;
    let program = process.arguments.first().map_or("", String::as_str);
    let file = context.engine.files(container).ok();
    let content = file.and_then(|files| files.read(program).ok());
    let is_go = content.is_some_and(|content| {
        machine::executable::decode(content.bytes()).is_some_and(|(loader, _)| loader == "go")
    });
    if is_go { OF_GO } else { 1 }
}

async fn diff(context: Context) -> u8 {
    match context.engine.diff(context.first()) {
        Ok(changes) => {
            for (path, change) in changes {
                let letter = match change {
                    Change::Added => 'A',
                    Change::Changed => 'C',
                    Change::Deleted => 'D',
                };
                context.line(format!("{letter} {path}")).await;
            }
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn commit(context: Context) -> u8 {
    let target = match context.arguments.get(1).map(|name| Reference::parse(name)) {
        Some(Err(error)) => return context.fail(error).await,
        Some(Ok(reference)) => Some(reference),
        None => None,
    };
    let author = context.flags.text("author").unwrap_or("").to_string();
    let message = context.flags.text("message").unwrap_or("").to_string();
    let changes = context.flags.list("change");
    match context
        .engine
        .commit(context.first(), changes, &author, &message)
    {
        Ok(image) => {
            if let Some(target) = target {
                context.engine.tag_image(&image, &target);
            }
            context.line(&image.id).await;
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn attach(context: Context) -> u8 {
    let container = match context.engine.container(context.first()) {
        Ok(container) => container,
        Err(error) => return context.daemon_error(&error).await,
    };
    match container.status() {
        ContainerStatus::Running => {}
        ContainerStatus::Paused => {
            return context
                .fail("You cannot attach to a paused container, unpause it first")
                .await;
        }
        ContainerStatus::Restarting => {
            return context
                .fail("You cannot attach to a restarting container, wait until it is running")
                .await;
        }
        _ => {
            return context
                .fail("You cannot attach to a stopped container, start it first")
                .await;
        }
    }
    let stdin = container.config().stdin_open && !context.flags.is_set("no-stdin");
    let streams = AttachStreams {
        stdin: context.process.descriptor(0).ok().filter(|_| stdin),
        stdout: context.process.descriptor(1).ok(),
        stderr: context.process.descriptor(2).ok(),
    };
    match context.engine.attach(&container.id, streams) {
        Ok(_handle) => super::run::follow(&context, &container).await,
        Err(error) => context.daemon_error(&error).await,
    }
}
