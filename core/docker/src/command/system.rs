//! `docker version info system builder login search`: the engine as a whole.

use super::format::bytes_size;
use super::table::{Column, Listing};
use super::{Arguments, CLIENT_VERSION, Command, Context, SERVER_VERSION, command};
use crate::template::Template;
use crate::{ContainerStatus, EngineError, Filters};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["version"],
        "[OPTIONS]",
        "Show the Docker version information",
        Arguments::None,
        "\
-f --format string|{inspect}",
        |context| Box::pin(version(context)),
    ),
    command(
        &["info", "system info"],
        "[OPTIONS]",
        "Display system-wide information",
        Arguments::None,
        "\
-f --format string|{inspect}",
        |context| Box::pin(info(context)),
    ),
    command(
        &["search"],
        "[OPTIONS] TERM",
        "Search Docker Hub for images",
        Arguments::Exactly(1),
        "\
-f --filter filter|Filter output based on conditions provided
--format string|Pretty-print search using a Go template
--limit int|Max number of search results
--no-trunc|Don't truncate output",
        |context| Box::pin(search(context)),
    ),
    command(
        &[
            "service ls",
            "service list",
            "node ls",
            "node list",
            "stack ls",
            "secret ls",
            "config ls",
        ],
        "[OPTIONS]",
        "List what a swarm has",
        Arguments::None,
        "",
        |context| Box::pin(swarm(context)),
    ),
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

async fn search(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("Name", "NAME"),
        ("Description", "DESCRIPTION"),
        ("StarCount", "STARS"),
        ("IsOfficial", "OFFICIAL"),
    ];
    let term = context.first();
    let mut names = context.engine.registry().repositories();
    names.retain(|name| name.contains(term) && !name.contains("io/"));
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

async fn swarm(context: Context) -> u8 {
    let error = EngineError {
        status: 503,
        message: "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.".into(),
    };
    context.daemon_error(&error).await
}
