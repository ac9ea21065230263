//! The computer: kernels, engines and the cluster, wired together.

use docker::{Engine, EngineOptions, Registry};
use kubernetes::cluster::{self, API_PORT, Cluster, ClusterOptions};
use machine::http::Service;
use machine::network::Network;
use machine::{Content, EntryKind, Errno, FileKind, Kernel, Programs, Spawn, Terminal, Tree, path};
use simulation::{Simulation, Time};
use std::rc::Rc;

/// The learner's home directory.
pub const HOME: &str = "/root";
/// The workspace: the folder that the editor shows and the terminals start in.
pub const WORKSPACE: &str = "/root/hello";

/// The image of every pod's sandbox.
const PAUSE_IMAGE: &str = "registry.k8s.io/pause:3.10";

/// What a computer is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where all chance comes from: the same seed and inputs give the same screens.
    pub seed: u64,
    /// The time that the clock shows at first.
    pub start: Time,
    /// How many nodes the cluster has; the learner sits at the first one.
    pub nodes: u8,
    /// Serve `extensions/v1beta1` as old clusters did.
    pub legacy_apis: bool,
    /// Run a cluster; without one the machine has Docker alone.
    pub cluster: bool,
    /// Images of the catalog that every node's Docker has from the start.
    pub images: Vec<String>,
    /// The registry has the small stand-ins of the recordings' machine.
    pub stand_ins: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: 1,
            // 2026-11-21 20:00:00 UTC
            start: Time::from_secs(1_795_291_200),
            nodes: 1,
            legacy_apis: false,
            cluster: true,
            images: Vec::new(),
            stand_ins: false,
        }
    }
}

/// One learner's computer.
pub struct Playground {
    simulation: Simulation,
    kernel: Kernel,
    engines: Vec<Engine>,
    cluster: Option<Cluster>,
    started: Time,
}

impl Playground {
    /// Switches a computer on. Its cluster boots in the first virtual seconds.
    pub fn new(options: Options) -> Result<Playground, Errno> {
        let simulation = Simulation::new(options.seed, options.start);
        let programs = Programs::default();
        let network = Network::new(&simulation);
        let registry = match options.stand_ins {
            true => Registry::with_stand_ins(),
            false => Registry::new(),
        };
        shell::install(&programs);
        docker::install(&programs, &registry);
        kubectl::install(&programs);
        golang::install(&programs);
        let mut engines = Vec::new();
        for number in 0..options.nodes.clamp(1, cluster::NODES_MAX) {
            let name = cluster::node_name(number);
            let kernel = Kernel::new(
                &simulation,
                &programs,
                &network,
                &name,
                Tree::new(Vec::new()),
            );
            kernel
                .host_network()
                .add_address(cluster::node_address(number))?;
            shell::install_files(kernel.files())?;
            let pause = options.cluster.then(|| PAUSE_IMAGE.to_string());
            let images = options.images.iter().cloned().chain(pause).collect();
            engines.push(Engine::new(
                &kernel,
                &registry,
                EngineOptions {
                    images,
                    ..EngineOptions::default()
                },
            ));
        }
        let kernel = engines
            .first()
            .map(|engine| engine.kernel().clone())
            .ok_or(Errno::EINVAL)?;
        let cluster_options = ClusterOptions {
            nodes: options.nodes,
            legacy_apis: options.legacy_apis,
            images: Vec::new(),
        };
        let cluster = options.cluster.then(|| {
            Cluster::with_engines(&simulation, &network, engines.clone(), &cluster_options)
        });
        let playground = Playground {
            simulation,
            kernel,
            engines,
            cluster,
            started: options.start,
        };
        playground.prepare_home()?;
        Ok(playground)
    }

    fn prepare_home(&self) -> Result<(), Errno> {
        let files = self.kernel.files();
        files.create_directories(WORKSPACE, 0o755)?;
        files.create_directories("/tmp", 0o777)?;
        files.create_directories("/etc", 0o755)?;
        files.write(
            "/etc/hostname",
            Content::new(format!("{}\n", self.kernel.hostname())),
            0o644,
        )?;
        files.create_directories("/root/.kube", 0o755)?;
        files.write("/root/.kube/config", Content::new(kubeconfig()), 0o600)?;
        for program in ["docker", "kubectl"] {
            let content = Content::sparse(Programs::executable(program), 50 * 1024 * 1024);
            files.write(&format!("/bin/{program}"), content, 0o755)?;
        }
        Ok(())
    }

    /// The virtual clock and executor.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// The machine that the learner sits at: the first node.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The nodes' Docker engines; the first one is what the learner's `docker` talks to.
    pub fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// The Kubernetes API, when there is a cluster.
    pub fn api(&self) -> Option<Rc<dyn Service>> {
        self.cluster.as_ref().map(Cluster::service)
    }

    /// A process of the learner: in the workspace, with the usual environment, no open files.
    pub(crate) fn shell_process(&self) -> Spawn {
        let mut spawn = self.kernel.spawn_on_host(vec!["bash".into()]);
        let environment = [
            ("HOME", HOME),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("USER", "root"),
            ("TERM", "xterm-256color"),
            ("PWD", WORKSPACE),
            ("SHELL", "/bin/bash"),
        ];
        spawn.environment = environment
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .into();
        spawn.directory = WORKSPACE.into();
        spawn
    }

    /// Opens a terminal with an interactive shell in the workspace.
    pub fn open_terminal(&self) -> Result<Terminal, Errno> {
        let terminal = Terminal::new();
        let mut spawn = self.shell_process();
        let file: Rc<dyn FileKind> = Rc::new(terminal.clone());
        spawn.descriptors = (0..3).map(|number| (number, file.clone())).collect();
        self.kernel.spawn(spawn)?;
        Ok(terminal)
    }

    /// Whether a terminal's shell has ended.
    pub fn terminal_is_closed(&self, terminal: &Terminal) -> bool {
        self.simulation.now() > self.started && terminal.foreground().is_none()
    }

    /// The workspace's regular files with their paths below it, sorted.
    pub fn file_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut waiting = vec![String::new()];
        while let Some(directory) = waiting.pop() {
            let full = path::join(WORKSPACE, &directory);
            for (name, entry) in self
                .kernel
                .files()
                .read_directory(&full)
                .unwrap_or_default()
            {
                let below = if directory.is_empty() {
                    name
                } else {
                    path::join(&directory, &name)
                };
                match entry.kind {
                    EntryKind::Directory => waiting.push(below),
                    EntryKind::File(_) => names.push(below),
                    _ => {}
                }
            }
        }
        names.sort();
        names
    }

    /// The text of a workspace file.
    pub fn read(&self, name: &str) -> Option<String> {
        self.kernel
            .files()
            .read(&path::join(WORKSPACE, name))
            .ok()
            .map(|content| content.text())
    }

    /// Writes a workspace file, with the directories that it needs.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Errno> {
        let full = path::absolute(WORKSPACE, name);
        let files = self.kernel.files();
        files.create_directories(path::parent(&full), 0o755)?;
        files.write(&full, Content::new(text), 0o644)
    }
}

/// The kubeconfig that kind would have written.
fn kubeconfig() -> String {
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://127.0.0.1:{API_PORT}\n  name: kind-kind\ncontexts:\n- context:\n    cluster: kind-kind\n    user: kind-kind\n  name: kind-kind\ncurrent-context: kind-kind\nkind: Config\npreferences: {{}}\nusers:\n- name: kind-kind\n  user: {{}}\n"
    )
}
