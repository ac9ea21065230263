//! What a container's first process starts with: its network, root file system, environment,
//! user, and the OCI runtime's words when it cannot be started.

use super::Engine;
use super::config::{MountSource, NetworkMode, PortBinding};
use super::container::Container;
use super::log::LogStream;
use crate::EngineError;
use machine::network::NetworkNamespace;
use machine::{
    Builtin, ControlGroup, Entry, Errno, ExitStatus, File, FileSystem, Mount, PidNamespace,
    Process, ProcessHandle, Signals, Spawn, Tree, file, path,
};
use ordered::OrderedMap;
use std::rc::Rc;

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const CREATE_FAILED: &str = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";

impl Engine {
    /// Gives a container its network namespace, address and published ports.
    pub(super) fn connect(&self, container: &Rc<Container>) -> Result<(), EngineError> {
        let config = container.config();
        let machine = self.inner.kernel.network();
        let namespace = match &config.network {
            NetworkMode::Host => self.inner.kernel.host_network().clone(),
            NetworkMode::Ready(namespace) => namespace.clone(),
            NetworkMode::Container(other) => self.join_container(container, other)?,
            NetworkMode::None | NetworkMode::Bridge | NetworkMode::Named(_) => machine.namespace(),
        };
        *container.network.borrow_mut() = Some(namespace.clone());
        let Some(name) = Engine::network_name(&config.network) else {
            return Ok(());
        };
        let aliases = config.network_aliases.clone();
        self.join_network(container, &namespace, name, aliases)
            .map_err(|error| EngineError {
                message: format!("failed to set up container networking: {}", error.message),
                ..error
            })?;
        let mut wanted = config.ports.clone();
        if config.publish_all {
            wanted.extend(self.exposed(container));
        }
        if !wanted.is_empty() {
            let own = container.name.borrow().clone();
            let bound = self.publish(container, &own, &wanted, namespace.address())?;
            *container.ports.borrow_mut() = bound;
        }
        Ok(())
    }

    fn join_container(
        &self,
        container: &Container,
        other: &str,
    ) -> Result<NetworkNamespace, EngineError> {
        let other = self.container(other)?;
        let namespace = other.network.borrow().clone();
        let namespace = namespace.filter(|_| other.is_running()).ok_or_else(|| {
            EngineError::conflict(format!(
                "cannot join network of a non running container: {}",
                other.id
            ))
        })?;
        *container.hostname.borrow_mut() = other.hostname.borrow().clone();
        Ok(namespace)
    }

    fn exposed(&self, container: &Container) -> Vec<PortBinding> {
        let config = container.config();
        let exposed = container
            .image
            .config
            .exposed_ports
            .iter()
            .chain(&config.exposed_ports);
        let bindings = exposed.filter_map(|port| {
            let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
            Some(PortBinding {
                container_port: number.parse().ok()?,
                protocol: protocol.into(),
                host_address: None,
                host_port: 0,
            })
        });
        bindings.collect()
    }

    /// Takes the network away again after the container's end.
    pub(super) fn disconnect(&self, container: &Container) {
        let namespace = container.network.borrow_mut().take();
        container.ports.borrow_mut().clear();
        if Engine::network_name(&container.config.borrow().network).is_some() {
            self.leave_networks(&container.id, None);
            if let Some(namespace) = namespace {
                namespace.close();
            }
        }
    }

    /// Starts the container's first process.
    pub(super) fn spawn_container(
        &self,
        container: &Rc<Container>,
    ) -> Result<ProcessHandle, EngineError> {
        let config = container.config();
        let files = self.file_system(container)?;
        *container.files.borrow_mut() = Some(files.clone());
        let control = ControlGroup::default();
        control.set_memory_limit(config.memory_bytes);
        control.set_cpu_millis(config.cpu_millis);
        *container.control.borrow_mut() = control;
        container.log.open();
        let mut spawn = self.spawn_in(container, &files, container.command.clone())?;
        spawn.descriptors = self.descriptors(container);
        let directory = spawn.directory.clone();
        if !files.is_directory(&directory) {
            files.create_directories(&directory, 0o755).ok();
        }
        let program = spawn.arguments.first().cloned().unwrap_or_default();
        match self.inner.kernel.spawn(spawn.clone()) {
            Ok(handle) => Ok(handle),
            Err(errno) => match self.exec_failure(&spawn, errno) {
                Some(text) => Err(EngineError::invalid(format!(
                    "{CREATE_FAILED}error during container init: {text}"
                ))),
                None => self.spawn_broken(spawn, &program, errno),
            },
        }
    }

    /// A file that is found but not understood fails only when the runtime executes it: the
    /// container starts and ends with status 255.
    fn spawn_broken(
        &self,
        mut spawn: Spawn,
        program: &str,
        errno: Errno,
    ) -> Result<ProcessHandle, EngineError> {
        let path = self.inner.kernel.find_executable(&spawn);
        let path = path.unwrap_or_else(|_| program.to_string());
        let words = errno.message();
        let mut letters = words.chars();
        let words = match letters.next() {
            Some(first) => format!("{}{}", first.to_ascii_lowercase(), letters.as_str()),
            None => String::new(),
        };
        let text = format!("exec {path}: {words}\n");
        spawn.program = Some(Rc::new(Builtin(move |process: Process| {
            let text = text.clone();
            async move {
                process.print_error(text).await;
                ExitStatus::Exited(255)
            }
        })));
        let failed = |errno: Errno| EngineError::failed(format!("{CREATE_FAILED}{errno}"));
        self.inner.kernel.spawn(spawn).map_err(failed)
    }

    /// The OCI runtime's words for a program that cannot be executed; `None` when it can be but
    /// is not understood.
    pub(crate) fn exec_failure(&self, spawn: &Spawn, errno: Errno) -> Option<String> {
        let name = spawn.arguments.first().map_or("", String::as_str);
        if self.inner.kernel.find_executable(spawn).is_ok() {
            return None;
        }
        if !name.contains('/') && errno != Errno::EACCES {
            return Some(format!(
                "exec: {name:?}: executable file not found in $PATH"
            ));
        }
        let absolute = path::absolute(&spawn.directory, name);
        Some(match spawn.files.entry(&absolute) {
            Ok(entry) if entry.is_directory() => {
                format!("exec: {name:?}: is a directory: permission denied")
            }
            Err(Errno::ENOTDIR) => format!("exec: {name:?}: stat {name}: not a directory"),
            Err(_) if name.contains('/') => {
                format!("exec: {name:?}: stat {name}: no such file or directory")
            }
            _ => format!("exec: {name:?}: permission denied"),
        })
    }

    /// Everything but the open files of a process in a container.
    pub(super) fn spawn_in(
        &self,
        container: &Container,
        files: &FileSystem,
        arguments: Vec<String>,
    ) -> Result<Spawn, EngineError> {
        let config = container.config();
        let image = &container.image.config;
        let user = config.user.as_deref().unwrap_or(&image.user);
        let user = find_user(files, user)?;
        let network = container.network.borrow().clone();
        let hostname = container.hostname.borrow().clone();
        let directory = config.working_dir.as_deref().unwrap_or(&image.working_dir);
        let environment = environment(container, &hostname.borrow(), &user);
        Ok(Spawn {
            arguments,
            program: None,
            environment,
            directory: if directory.is_empty() {
                "/".into()
            } else {
                path::clean(directory)
            },
            files: files.clone(),
            descriptors: OrderedMap::new(),
            hostname,
            network: network.unwrap_or_else(|| self.inner.kernel.network().namespace()),
            namespace: PidNamespace::container(),
            user: user.number,
            user_group: user.group,
            signals: Signals::default(),
            control: container.control.borrow().clone(),
            parent: 0,
            group: None,
        })
    }

    fn descriptors(&self, container: &Container) -> OrderedMap<i32, File> {
        let config = container.config();
        let stdio = &container.stdio;
        if config.tty {
            let tty = stdio.tty();
            return [(0, tty.clone()), (1, tty.clone()), (2, tty)].into();
        }
        let input = if config.stdin_open {
            stdio.input()
        } else {
            file::null()
        };
        let output = stdio.output(LogStream::Stdout);
        let errors = stdio.output(LogStream::Stderr);
        [(0, input), (1, output), (2, errors)].into()
    }

    /// The file system: the image's layers and the container's own on top, devices, the three
    /// files that Docker writes, and the mounts.
    pub(crate) fn file_system(&self, container: &Container) -> Result<FileSystem, EngineError> {
        let config = container.config();
        let files = FileSystem::new(self.simulation(), container.tree.clone());
        let mount = |path: &str, tree: &Tree, source: &str, read_only: bool| {
            files.mount(Mount {
                path: path.into(),
                tree: tree.clone(),
                source: source.into(),
                read_only,
            });
        };
        for name in ["/dev", "/proc", "/sys"] {
            mount(name, &self.inner.pseudo, name, true);
        }
        let settings = self.settings(container);
        for name in ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"] {
            let source = format!("/{}", path::file_name(name));
            mount(name, &settings, &source, false);
        }
        for spec in &config.mounts {
            let (tree, source) = self.mount_source(&spec.source)?;
            mount(&path::clean(&spec.target), &tree, &source, spec.read_only);
        }
        self.anonymous_volumes(container, &files)?;
        if config.read_only {
            let root = Mount {
                path: "/".into(),
                tree: container.tree.clone(),
                source: "/".into(),
                read_only: true,
            };
            files.mount(root);
        }
        Ok(files)
    }

    fn settings(&self, container: &Container) -> Tree {
        let config = container.config();
        let hostname = container.hostname.borrow().borrow().clone();
        let tree = Tree::new(Vec::new());
        let now = self.now();
        let hosts = config.hosts_file.clone().unwrap_or_else(|| {
            let mut text = String::from(
                "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n",
            );
            for (name, address) in &config.extra_hosts {
                text.push_str(&format!("{address}\t{name}\n"));
            }
            let network = container.network.borrow();
            for address in network.iter().flat_map(|network| network.addresses()) {
                text.push_str(&format!("{address}\t{hostname}\n"));
            }
            text
        });
        let resolver = config.resolv_conf.clone().unwrap_or_else(|| {
            if config.dns.is_empty() {
                "nameserver 127.0.0.11\noptions ndots:0\n".into()
            } else {
                let lines = config
                    .dns
                    .iter()
                    .map(|server| format!("nameserver {server}\n"));
                lines.collect()
            }
        });
        for (name, text) in [
            ("hosts", hosts),
            ("hostname", format!("{hostname}\n")),
            ("resolv.conf", resolver),
        ] {
            tree.put(
                &format!("/{name}"),
                Entry::file(machine::Content::new(text), 0o644, now),
            );
        }
        tree
    }

    /// The tree and the path in it of a mount's source.
    pub(crate) fn mount_source(&self, source: &MountSource) -> Result<(Tree, String), EngineError> {
        match source {
            MountSource::Tree(tree, path) => Ok((tree.clone(), path.clone())),
            MountSource::Tmpfs => Ok((empty_directory(self.now()), "/".into())),
            MountSource::Volume(name) => Ok((self.volume_tree(name)?, "/".into())),
            MountSource::Host(host) => {
                let files = self.inner.kernel.files();
                let failed = |errno: Errno| {
                    EngineError::failed(format!(
                        "error while creating mount source path '{host}': mkdir {host}: {errno}"
                    ))
                };
                if !files.exists(host) {
                    files.create_directories(host, 0o755).map_err(failed)?;
                }
                let resolved = files.resolve(host, true).map_err(failed)?;
                let mounts = files.mounts();
                let best = mounts
                    .iter()
                    .filter_map(|mount| Some((mount, path::below(&resolved, &mount.path)?)))
                    .max_by_key(|(mount, _)| mount.path.len());
                let (mount, rest) = best.ok_or_else(|| failed(Errno::ENOENT))?;
                let inner = if rest.is_empty() {
                    mount.source.clone()
                } else {
                    path::join(&mount.source, rest)
                };
                Ok((mount.tree.clone(), inner))
            }
        }
    }
}

/// A tree whose root is an empty directory.
pub(super) fn empty_directory(now: machine::Time) -> Tree {
    let tree = Tree::new(Vec::new());
    tree.put("/", Entry::directory(now));
    tree
}

/// A user as a process has it.
pub(crate) struct User {
    pub(crate) number: u32,
    pub(crate) group: u32,
    pub(crate) home: String,
}

/// Resolves `user[:group]` with the container's `/etc/passwd` and `/etc/group`.
pub(crate) fn find_user(files: &FileSystem, text: &str) -> Result<User, EngineError> {
    let (name, group) = match text.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (text, None),
    };
    let name = if name.is_empty() { "0" } else { name };
    let read = |path: &str| {
        files
            .read(path)
            .map(|content| content.text())
            .unwrap_or_default()
    };
    let field = |line: &str, at: usize| line.split(':').nth(at).unwrap_or_default().to_string();
    let passwd = read("/etc/passwd");
    let number: Option<u32> = name.parse().ok();
    let line = passwd.lines().find(|line| {
        field(line, 0) == name || number.is_some_and(|number| field(line, 2) == number.to_string())
    });
    let mut user = match (line, number) {
        (Some(line), _) => User {
            number: field(line, 2).parse().unwrap_or(0),
            group: field(line, 3).parse().unwrap_or(0),
            home: field(line, 5),
        },
        (None, Some(number)) => User {
            number,
            group: 0,
            home: if number == 0 {
                "/root".into()
            } else {
                "/".into()
            },
        },
        (None, None) => {
            return Err(EngineError::invalid(format!(
                "unable to find user {name}: no matching entries in passwd file"
            )));
        }
    };
    if let Some(group) = group {
        let groups = read("/etc/group");
        let listed = groups.lines().find(|line| field(line, 0) == group);
        user.group = match (listed, group.parse()) {
            (Some(line), _) => field(line, 2).parse().unwrap_or(0),
            (None, Ok(number)) => number,
            (None, Err(_)) => {
                return Err(EngineError::invalid(format!(
                    "unable to find group {group}: no matching entries in group file"
                )));
            }
        };
    }
    Ok(user)
}

/// The environment: Docker's defaults, the image's and the container's variables, and `HOME`.
fn environment(container: &Container, hostname: &str, user: &User) -> Vec<(String, String)> {
    let config = container.config();
    let mut all = vec![
        ("PATH".to_string(), DEFAULT_PATH.to_string()),
        ("HOSTNAME".to_string(), hostname.to_string()),
    ];
    if config.tty {
        all.push(("TERM".into(), "xterm".into()));
    }
    for (name, value) in container.env() {
        match all.iter_mut().find(|(key, _)| *key == name) {
            Some(pair) => pair.1 = value,
            None => all.push((name, value)),
        }
    }
    if !all.iter().any(|(name, _)| name == "HOME") {
        all.push(("HOME".into(), user.home.clone()));
    }
    all
}
