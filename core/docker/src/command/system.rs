//! `docker version info system builder login search`: the engine as a whole.

use super::flags::{Flag, Kind, flag, list, of, text};
use super::format::{bytes_size, human_size};
use super::table::{Column, Listing};
use super::{Arguments, CLIENT_VERSION, Command, Context, SERVER_VERSION};
use crate::template::Template;
use crate::{ContainerStatus, EngineError, Filters};
use serde_json::{Value, json};

const PRUNE: &[Flag] = &[
    flag(
        "all",
        Some('a'),
        "Remove all unused images not just dangling ones",
    ),
    of(
        Kind::Filter,
        "filter",
        None,
        "Provide filter values (e.g. \"label=<key>=<value>\")",
    ),
    flag("force", Some('f'), "Do not prompt for confirmation"),
    flag("volumes", None, "Prune anonymous volumes"),
];

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["version"],
        usage: "[OPTIONS]",
        about: "Show the Docker version information",
        arguments: Arguments::None,
        flags: &[text(
            "format",
            Some('f'),
            "Format output using a custom template",
        )],
        flags_first: false,
        run: |context| Box::pin(version(context)),
    },
    Command {
        names: &["info", "system info"],
        usage: "[OPTIONS]",
        about: "Display system-wide information",
        arguments: Arguments::None,
        flags: &[text(
            "format",
            Some('f'),
            "Format output using a custom template",
        )],
        flags_first: false,
        run: |context| Box::pin(info(context)),
    },
    Command {
        names: &["system df"],
        usage: "[OPTIONS]",
        about: "Show docker disk usage",
        arguments: Arguments::None,
        flags: &[
            text("format", None, "Format output using a custom template"),
            flag(
                "verbose",
                Some('v'),
                "Show detailed information on space usage",
            ),
        ],
        flags_first: false,
        run: |context| Box::pin(df(context)),
    },
    Command {
        names: &["system prune"],
        usage: "[OPTIONS]",
        about: "Remove unused data",
        arguments: Arguments::None,
        flags: PRUNE,
        flags_first: false,
        run: |context| Box::pin(prune(context)),
    },
    Command {
        names: &["builder prune", "buildx prune"],
        usage: "",
        about: "Remove build cache",
        arguments: Arguments::None,
        flags: PRUNE,
        flags_first: false,
        run: |context| Box::pin(prune_builder(context)),
    },
    Command {
        names: &["login"],
        usage: "[OPTIONS] [SERVER]",
        about: "Authenticate to a registry",
        arguments: Arguments::AtMost(1),
        flags: &[
            text(
                "password",
                Some('p'),
                "Password or Personal Access Token (PAT)",
            ),
            flag(
                "password-stdin",
                None,
                "Take the Password or Personal Access Token (PAT) from stdin",
            ),
            text("username", Some('u'), "Username"),
        ],
        flags_first: false,
        run: |context| Box::pin(login(context)),
    },
    Command {
        names: &["search"],
        usage: "[OPTIONS] TERM",
        about: "Search Docker Hub for images",
        arguments: Arguments::Exactly(1),
        flags: &[
            of(
                Kind::Filter,
                "filter",
                Some('f'),
                "Filter output based on conditions provided",
            ),
            text("format", None, "Pretty-print search using a Go template"),
            list("limit", None, "Max number of search results"),
            flag("no-trunc", None, "Don't truncate output"),
        ],
        flags_first: false,
        run: |context| Box::pin(search(context)),
    },
    Command {
        names: &["context ls", "context list"],
        usage: "[OPTIONS]",
        about: "List contexts",
        arguments: Arguments::None,
        flags: &[
            text("format", None, "Format output using a custom template"),
            flag("quiet", Some('q'), "Only show context names"),
        ],
        flags_first: false,
        run: |context| Box::pin(contexts(context)),
    },
    Command {
        names: &[
            "service ls",
            "service list",
            "node ls",
            "node list",
            "stack ls",
            "secret ls",
            "config ls",
        ],
        usage: "[OPTIONS]",
        about: "List what a swarm has",
        arguments: Arguments::None,
        flags: &[],
        flags_first: false,
        run: |context| Box::pin(swarm(context)),
    },
];

async fn version(context: Context) -> u8 {
    let data = json!({
        "Client": {
            "Platform": {"Name": ""},
            "Version": CLIENT_VERSION, "ApiVersion": "1.50", "DefaultAPIVersion": "1.50",
            "GitCommit": "e6534b4", "GoVersion": "go1.24.3", "Os": "linux", "Arch": "amd64",
            "BuildTime": "Fri May 30 12:07:14 2025", "Context": "default",
        },
        "Server": {
            "Platform": {"Name": ""},
            "Version": SERVER_VERSION, "ApiVersion": "1.56", "MinAPIVersion": "1.40",
            "GitCommit": "library-import", "GoVersion": "go1.26.6", "Os": "linux",
            "Arch": "amd64", "BuildTime": "library-import",
        },
    });
    if let Some(format) = context.flags.text("format") {
        return templated(&context, format, &data).await;
    }
    let text = format!(
        "Client:\n Version:           {CLIENT_VERSION}\n API version:       1.50\n Go version:        go1.24.3\n Git commit:        e6534b4\n Built:             Fri May 30 12:07:14 2025\n OS/Arch:           linux/amd64\n Context:           default\n\nServer:\n Engine:\n  Version:          {SERVER_VERSION}\n  API version:      1.56 (minimum version 1.40)\n  Go version:       go1.26.6\n  Git commit:       library-import\n  Built:            library-import\n  OS/Arch:          linux/amd64\n  Experimental:     false\n containerd:\n  Version:          2.4.0-beta+unknown\n  GitCommit:        \n runc:\n  Version:          1.5.0-rc.1+dev\n  GitCommit:        \n docker-init:\n  Version:          0.19.0\n  GitCommit:        \n"
    );
    context.process.print(text).await;
    0
}

async fn templated(context: &Context, format: &str, data: &Value) -> u8 {
    let format = if format == "json" {
        "{{json .}}"
    } else {
        format
    };
    let shown = Template::parse(format).and_then(|template| template.execute(data));
    match shown {
        Ok(text) => {
            context.line(text).await;
            0
        }
        Err(error) => context.fail(error).await,
    }
}

fn counts(context: &Context) -> (usize, usize, usize) {
    let filters = Filters {
        all: true,
        ..Filters::default()
    };
    let all = context.engine.list(&filters);
    let of = |status: ContainerStatus| {
        all.iter()
            .filter(|info| info.state.status == status)
            .count()
    };
    (
        all.len(),
        of(ContainerStatus::Running),
        of(ContainerStatus::Paused),
    )
}

async fn info(context: Context) -> u8 {
    let (all, running, paused) = counts(&context);
    let stopped = all - running - paused;
    let options = &context.engine.inner.options;
    let images = context.engine.images().len();
    let hostname = context.engine.kernel().hostname();
    let id = &context.engine.inner.id;
    if let Some(format) = context.flags.text("format") {
        let data = json!({
            "ID": id,
            "Containers": all, "ContainersRunning": running, "ContainersPaused": paused,
            "ContainersStopped": stopped, "Images": images, "Driver": "overlay2",
            "LoggingDriver": "json-file", "CgroupDriver": "cgroupfs", "CgroupVersion": "1",
            "OperatingSystem": "Debian GNU/Linux 12 (bookworm)", "OSType": "linux",
            "Architecture": "x86_64", "NCPU": options.cpus, "MemTotal": options.memory_bytes,
            "Name": hostname, "ServerVersion": SERVER_VERSION, "KernelVersion": "6.18.44",
            "DockerRootDir": "/var/lib/docker", "DefaultRuntime": "runc",
            "ClientInfo": {"Version": CLIENT_VERSION, "Context": "default"},
        });
        return templated(&context, format, &data).await;
    }
    let memory = bytes_size(options.memory_bytes);
    let cpus = options.cpus;
    let head = format!(
        "Client:\n Version:    {CLIENT_VERSION}\n Context:    default\n Debug Mode: false\n\nServer:\n Containers: {all}\n  Running: {running}\n  Paused: {paused}\n  Stopped: {stopped}\n Images: {images}\n Server Version: {SERVER_VERSION}\n Storage Driver: overlay2\n  Backing Filesystem: extfs\n  Supports d_type: true\n  Using metacopy: false\n  Native Overlay Diff: true\n  userxattr: false\n Logging Driver: json-file\n Cgroup Driver: cgroupfs\n Cgroup Version: 1\n"
    );
    let middle = " Plugins:\n  Volume: local\n  Network: bridge host ipvlan macvlan null overlay\n  Log: awslogs fluentd gcplogs gelf journald json-file local splunk syslog\n CDI spec directories:\n  /etc/cdi\n  /var/run/cdi\n Swarm: inactive\n Runtimes: runc io.containerd.runc.v2\n Default Runtime: runc\n Init Binary: docker-init\n containerd version: \n runc version: \n init version: \n Security Options:\n  seccomp\n   Profile: builtin\n Kernel Version: 6.18.44\n Operating System: Debian GNU/Linux 12 (bookworm)\n OSType: linux\n Architecture: x86_64\n";
    let tail = format!(
        " CPUs: {cpus}\n Total Memory: {memory}\n Name: {hostname}\n ID: {id}\n Docker Root Dir: /var/lib/docker\n Debug Mode: false\n Experimental: false\n Insecure Registries:\n  ::1/128\n  127.0.0.0/8\n Live Restore Enabled: false\n\n"
    );
    context.process.print(head + middle + &tail).await;
    0
}

async fn df(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Type", "TYPE"),
        ("TotalCount", "TOTAL"),
        ("Active", "ACTIVE"),
        ("Size", "SIZE"),
        ("Reclaimable", "RECLAIMABLE"),
    ];
    let rows = usage(&context);
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.diskUsageContext",
        rows,
    };
    context.show(listing).await
}

/// The rows of `docker system df`.
fn usage(context: &Context) -> Vec<Value> {
    let engine = &context.engine;
    let filters = Filters {
        all: true,
        ..Filters::default()
    };
    let containers = engine.list(&filters);
    let images = engine.images();
    let (used, image_bytes, held) = image_usage(&images, &containers);
    let written =
        |info: &&crate::ContainerInfo| engine.container_size(&info.id).unwrap_or_default().0;
    let container_bytes: u64 = containers.iter().map(|info| written(&info)).sum();
    let stopped: u64 = containers
        .iter()
        .filter(|info| !info.state.is_running())
        .map(|info| written(&info))
        .sum();
    let running = containers
        .iter()
        .filter(|info| info.state.is_running())
        .count();
    let volumes = engine.volumes();
    let volume_users = volumes
        .iter()
        .filter(|volume| !engine.users_of_volume(&volume.name).is_empty())
        .count();
    let records = engine.inner.build_cache.records.borrow();
    let cache: u64 = records
        .values()
        .filter_map(|record| record.layer.as_ref())
        .map(|layer| layer.size)
        .sum();
    let count = records.len();
    drop(records);
    let row = |kind: &str, total: usize, active: usize, size: u64, free: u64, share: bool| {
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
    };
    vec![
        row(
            "Images",
            images.len(),
            used,
            image_bytes,
            image_bytes.saturating_sub(held),
            true,
        ),
        row(
            "Containers",
            containers.len(),
            running,
            container_bytes,
            stopped,
            true,
        ),
        row("Local Volumes", volumes.len(), volume_users, 0, 0, true),
        row("Build Cache", count, 0, cache, cache, false),
    ]
}

/// How many images are in use, and the bytes of all and of those.
fn image_usage(
    images: &[(std::rc::Rc<crate::Image>, Vec<crate::Reference>)],
    containers: &[crate::ContainerInfo],
) -> (usize, u64, u64) {
    let mut layers = ordered::OrderedMap::new();
    let mut used = ordered::OrderedSet::new();
    for (image, _) in images {
        for layer in &image.layers {
            layers.insert(layer.digest.clone(), layer.size);
        }
        if containers.iter().any(|info| info.image_id == image.id) {
            used.insert(image.id.clone());
        }
    }
    let image_bytes: u64 = layers.values().sum();
    let held: u64 = images
        .iter()
        .filter(|(image, _)| used.contains(&image.id))
        .flat_map(|(image, _)| {
            image
                .layers
                .iter()
                .map(|layer| (layer.digest.clone(), layer.size))
        })
        .collect::<ordered::OrderedMap<_, _>>()
        .values()
        .sum();
    (used.len(), image_bytes, held)
}

async fn prune(context: Context) -> u8 {
    let flags = &context.flags;
    let (all, volumes) = (flags.is_set("all"), flags.is_set("volumes"));
    let until = flags
        .list("filter")
        .iter()
        .any(|filter| filter.starts_with("until="));
    if volumes && until {
        return context
            .fail("ERROR: The \"until\" filter is not supported with \"--volumes\"")
            .await;
    }
    if !flags.is_set("force") {
        let mut lines = vec![
            "all stopped containers",
            "all networks not used by at least one container",
        ];
        if volumes {
            lines.push("all anonymous volumes not used by at least one container");
        }
        if all {
            lines.extend([
                "all images without at least one container associated to them",
                "all build cache",
            ]);
        } else {
            lines.extend(["all dangling images", "unused build cache"]);
        }
        let lines: Vec<String> = lines.iter().map(|line| format!("  - {line}\n")).collect();
        let question = format!(
            "WARNING! This will remove:\n{}\nAre you sure you want to continue? [y/N] ",
            lines.concat()
        );
        if !super::containers::confirmed(&context, &question).await {
            return 0;
        }
    }
    let containers = super::container::prune_containers(&context).await;
    section(&context, "Deleted Containers:", &containers).await;
    section(
        &context,
        "Deleted Networks:",
        &super::network::unused_networks(&context),
    )
    .await;
    if volumes {
        let removed = super::network::unused_volumes(&context, false);
        section(&context, "Deleted Volumes:", &removed).await;
    }
    let images: Vec<String> = if until {
        Vec::new()
    } else {
        let removed = context.engine.prune_images(all).into_iter();
        removed
            .map(|item| match item {
                crate::RemovedImage::Untagged(name) => format!("untagged: {name}"),
                crate::RemovedImage::Deleted(id) => format!("deleted: {id}"),
            })
            .collect()
    };
    section(&context, "Deleted Images:", &images).await;
    context.line("Total reclaimed space: 0B").await;
    0
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

async fn prune_builder(context: Context) -> u8 {
    let variable = context.process.variable("DOCKER_BUILDKIT");
    let classic = variable.is_some_and(|value| value == "0");
    if classic {
        context.process.print_error(super::build::DEPRECATED).await;
    }
    if !context.flags.is_set("force") {
        let question = "WARNING! This will remove all dangling build cache. Are you sure you want to continue? [y/N] ";
        if !super::containers::confirmed(&context, question).await {
            return 0;
        }
    }
    let cache = &context.engine.inner.build_cache;
    let records = std::mem::take(&mut *cache.records.borrow_mut());
    cache.images.borrow_mut().clear();
    let total: u64 = records
        .values()
        .filter_map(|record| record.layer.as_ref())
        .map(|layer| layer.size)
        .sum();
    if classic {
        let text = format!("Total reclaimed space: {}", human_size(total, 4));
        context.line(text).await;
        return 0;
    }
    if !records.is_empty() {
        context
            .line("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED")
            .await;
    }
    let now = context.engine.now();
    for record in records.values() {
        let size = record.layer.as_ref().map_or(0, |layer| layer.size);
        let age = super::format::human_duration(now.since(record.used.get()));
        let text = format!(
            "{:<40}\ttrue \t\t{:<10}\t{age} ago",
            record.id,
            human_size(size, 4)
        );
        context.line(text).await;
    }
    context
        .line(format!("Total:\t{}", human_size(total, 4)))
        .await;
    0
}

async fn login(context: Context) -> u8 {
    if !context.process.is_terminal(0) && context.flags.text("password").is_none() {
        let input = context.process.read_to_end(0).await.unwrap_or_default();
        if input.is_empty() {
            return context
                .fail("Error: Cannot perform an interactive login from a non TTY device")
                .await;
        }
    }
    // The simulated registry takes everybody.
    context.line("Login Succeeded").await;
    0
}

async fn search(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Name", "NAME"),
        ("Description", "DESCRIPTION"),
        ("StarCount", "STARS"),
        ("IsOfficial", "OFFICIAL"),
    ];
    let term = context.first();
    let mut names: Vec<&str> = crate::CATALOG
        .iter()
        .filter_map(|name| name.rsplit_once(':').map(|(name, _)| name))
        .filter(|name| name.contains(term) && !name.contains('/'))
        .collect();
    names.sort_unstable();
    names.dedup();
    let rows = names.iter().map(|name| {
        json!({
            "Description": "An image of the playground's registry",
            "IsOfficial": "[OK]",
            "Name": name,
            "StarCount": "1000",
        })
    });
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.SearchContext",
        rows: rows.collect(),
    };
    context.show(listing).await
}

async fn contexts(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Name", "NAME"),
        ("Description", "DESCRIPTION"),
        ("DockerEndpoint", "DOCKER ENDPOINT"),
        ("Error", "ERROR"),
    ];
    if context.flags.is_set("quiet") {
        context.line("default").await;
        return 0;
    }
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.clientContextContext",
        rows: vec![json!({
            "Name": "default *",
            "Description": "Current DOCKER_HOST based configuration",
            "DockerEndpoint": "unix:///var/run/docker.sock",
            "Error": "",
        })],
    };
    context.show(listing).await
}

async fn swarm(context: Context) -> u8 {
    let error = EngineError {
        status: 503,
        message: "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.".into(),
    };
    context.daemon_error(&error).await
}
