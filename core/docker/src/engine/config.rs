//! What a container is created with, and what its state is.

use crate::{Healthcheck, ImageConfig};
use machine::network::NetworkNamespace;
use machine::{Duration, Time, Tree};
use ordered::{OrderedMap, OrderedSet};
use std::net::Ipv4Addr;

/// What a container is created with. Fields that are `None` or empty come from the image.
#[derive(Clone, Default)]
pub struct ContainerConfig {
    /// The name, without slash; `None` makes one up.
    pub name: Option<String>,
    /// The image: a reference, or an id.
    pub image: String,
    /// Replaces the image's `ENTRYPOINT` (and drops its `CMD`).
    pub entrypoint: Option<Vec<String>>,
    /// Replaces the image's `CMD`.
    pub command: Option<Vec<String>>,
    /// Added to the image's environment.
    pub env: Vec<(String, String)>,
    /// Replaces the image's `WORKDIR`.
    pub working_dir: Option<String>,
    /// Replaces the image's `USER`: `user[:group]`, names or numbers.
    pub user: Option<String>,
    /// The host name; the short id by default, or the joined container's.
    pub hostname: Option<String>,
    /// Added to the image's labels.
    pub labels: OrderedMap<String, String>,
    /// The network.
    pub network: NetworkMode,
    /// Names by which it is found on a network of one's own (`--network-alias`).
    pub network_aliases: Vec<String>,
    /// What is mounted into its file system.
    pub mounts: Vec<MountSpec>,
    /// Published ports.
    pub ports: Vec<PortBinding>,
    /// Publishes all exposed ports at free ones.
    pub publish_all: bool,
    /// Exposed besides the image's: `80/tcp`.
    pub exposed_ports: OrderedSet<String>,
    /// The memory limit in bytes; at least 6 MB.
    pub memory_bytes: Option<u64>,
    /// The share of CPUs, in thousandths of one.
    pub cpu_millis: Option<u64>,
    /// Whether it has a terminal.
    pub tty: bool,
    /// Whether its input stays open while nobody is attached.
    pub stdin_open: bool,
    /// Which streams the client attaches: output, errors (shown by `docker inspect`).
    pub attached: bool,
    /// Replaces the image's `STOPSIGNAL`.
    pub stop_signal: Option<String>,
    /// Seconds from the stop signal to `SIGKILL`; 10 by default.
    pub stop_timeout: Option<i64>,
    /// When it is started again.
    pub restart: RestartPolicy,
    /// Removed when it ends.
    pub auto_remove: bool,
    /// The root file system cannot be written.
    pub read_only: bool,
    /// Whether it may do everything.
    pub privileged: bool,
    /// A first process that reaps the others (`--init`).
    pub init: bool,
    /// Lines added to `/etc/hosts`: name and address.
    pub extra_hosts: Vec<(String, String)>,
    /// Replaces `/etc/resolv.conf`'s content: a pod's.
    pub resolv_conf: Option<String>,
    /// Name servers (`--dns`).
    pub dns: Vec<String>,
    /// Replaces `/etc/hosts`' content: a pod's.
    pub hosts_file: Option<String>,
    /// Replaces the image's `HEALTHCHECK`.
    pub healthcheck: Option<Healthcheck>,
}

/// When a container is started again after its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Never.
    #[default]
    No,
    /// Always, unless it was stopped by hand.
    Always,
    /// Like always, but not after the engine's own restart.
    UnlessStopped,
    /// When its exit code is not 0, at most so many times (0: without limit).
    OnFailure(u32),
}

impl RestartPolicy {
    /// The API's name.
    pub fn name(self) -> &'static str {
        match self {
            RestartPolicy::No => "no",
            RestartPolicy::Always => "always",
            RestartPolicy::UnlessStopped => "unless-stopped",
            RestartPolicy::OnFailure(_) => "on-failure",
        }
    }
}

/// The network that a container is in.
#[derive(Clone, Default)]
pub enum NetworkMode {
    /// Docker's default network, 172.17.0.0/16.
    #[default]
    Bridge,
    /// The machine's own.
    Host,
    /// Only loopback.
    None,
    /// Another container's, by id or name: its addresses, ports and host name.
    Container(String),
    /// A network made with `docker network create`.
    Named(String),
    /// One that the caller made and closes: a pod's.
    Ready(NetworkNamespace),
}

impl NetworkMode {
    /// As `docker inspect` shows it.
    pub fn name(&self) -> String {
        match self {
            NetworkMode::Bridge => "bridge".into(),
            NetworkMode::Host => "host".into(),
            NetworkMode::None | NetworkMode::Ready(_) => "none".into(),
            NetworkMode::Container(id) => format!("container:{id}"),
            NetworkMode::Named(name) => name.clone(),
        }
    }
}

/// One mount.
#[derive(Clone)]
pub struct MountSpec {
    /// Where it appears in the container.
    pub target: String,
    /// What appears there.
    pub source: MountSource,
    /// Writing fails.
    pub read_only: bool,
}

/// What is mounted.
#[derive(Clone)]
pub enum MountSource {
    /// A tree (or the file or directory at a path of it): a pod's volume.
    Tree(Tree, String),
    /// A path of the machine; made as a directory when it is not there.
    Host(String),
    /// A named volume; made when it is not there.
    Volume(String),
    /// A file system in memory of its own.
    Tmpfs,
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortBinding {
    /// The port in the container.
    pub container_port: u16,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The machine's address; `None` for all.
    pub host_address: Option<Ipv4Addr>,
    /// The machine's port; 0 for any free one.
    pub host_port: u16,
}

/// The phase of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerStatus {
    /// Never started.
    #[default]
    Created,
    /// It runs.
    Running,
    /// Its processes are frozen.
    Paused,
    /// It ended and waits to be started again.
    Restarting,
    /// It is being removed.
    Removing,
    /// It ended.
    Exited,
    /// Its removal failed.
    Dead,
}

impl ContainerStatus {
    /// The API's word.
    pub fn name(self) -> &'static str {
        match self {
            ContainerStatus::Created => "created",
            ContainerStatus::Running => "running",
            ContainerStatus::Paused => "paused",
            ContainerStatus::Restarting => "restarting",
            ContainerStatus::Removing => "removing",
            ContainerStatus::Exited => "exited",
            ContainerStatus::Dead => "dead",
        }
    }
}

/// The state of a container.
#[derive(Clone, Debug, Default)]
pub struct ContainerState {
    /// The phase.
    pub status: ContainerStatus,
    /// The machine-wide number of its first process; 0 when it does not run.
    pub pid: u32,
    /// How it ended: 128 and the signal's number when a signal killed it.
    pub exit_code: i32,
    /// Why it could not be started.
    pub error: String,
    /// Whether it ended because it passed its memory limit.
    pub oom_killed: bool,
    /// When it was last started.
    pub started: Option<Time>,
    /// When it last ended.
    pub finished: Option<Time>,
    /// The health, when it is checked.
    pub health: Option<Health>,
}

impl ContainerState {
    /// Whether its first process is there, frozen or not.
    pub fn is_running(&self) -> bool {
        matches!(
            self.status,
            ContainerStatus::Running | ContainerStatus::Paused
        )
    }
}

/// The health of a container with a `HEALTHCHECK`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// `starting`, `healthy` or `unhealthy`.
    pub status: String,
    /// Failures in a row.
    pub failing_streak: u32,
}

/// A snapshot of a container.
#[derive(Clone)]
pub struct ContainerInfo {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The name, without slash.
    pub name: String,
    /// The image as it was given.
    pub image: String,
    /// The image's id.
    pub image_id: String,
    /// When it was created.
    pub created: Time,
    /// The labels, the image's included.
    pub labels: std::rc::Rc<OrderedMap<String, String>>,
    /// The state.
    pub state: ContainerState,
    /// How often the restart policy started it.
    pub restart_count: u32,
    /// Its address, when it is in a network.
    pub address: Option<Ipv4Addr>,
    /// What it was created with.
    pub config: std::rc::Rc<ContainerConfig>,
    /// The image's configuration.
    pub image_config: std::rc::Rc<ImageConfig>,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The ports that are published now.
    pub ports: Vec<PortBinding>,
}

/// Which containers [`crate::Engine::list`] gives; empty lists don't restrict.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Also those that don't run.
    pub all: bool,
    /// Regular expressions, one of which the name matches.
    pub names: Vec<String>,
    /// Labels it must have, all of them; with a value or not.
    pub labels: Vec<(String, Option<String>)>,
    /// Phases, one of which it is in (implies `all`).
    pub statuses: Vec<ContainerStatus>,
    /// Prefixes of ids.
    pub ids: Vec<String>,
    /// Exit codes (implies `all`).
    pub exited: Vec<i32>,
    /// Images it was made from, directly or not.
    pub ancestors: Vec<String>,
    /// Networks it is in.
    pub networks: Vec<String>,
    /// Volumes or mount points it has.
    pub volumes: Vec<String>,
    /// Ports it publishes, such as `80` or `80/tcp`.
    pub publishes: Vec<String>,
    /// Created before this container (id or name).
    pub before: Option<String>,
    /// Created after this container (id or name).
    pub since: Option<String>,
    /// `healthy`, `unhealthy`, `starting`, `none`.
    pub health: Vec<String>,
}

/// A command to run in a running container.
#[derive(Clone, Default)]
pub struct ExecConfig {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Added to the container's environment.
    pub env: Vec<(String, String)>,
    /// Replaces the container's working directory.
    pub working_dir: Option<String>,
    /// Replaces the container's user.
    pub user: Option<String>,
    /// Whether it has a terminal.
    pub tty: bool,
    /// Its input; `None` is `/dev/null`.
    pub stdin: Option<machine::File>,
    /// Its output; `None` is `/dev/null`.
    pub stdout: Option<machine::File>,
    /// Its errors; `None` is `/dev/null`.
    pub stderr: Option<machine::File>,
}

/// Time from a container's stop signal to `SIGKILL` when nothing else is said.
pub(crate) const STOP_TIMEOUT: Duration = Duration::from_secs(10);
