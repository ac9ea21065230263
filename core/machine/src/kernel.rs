//! One machine: its process table, and how programs are found and started.

use crate::file::File;
use crate::network::{Network, NetworkNamespace};
use crate::{
    ControlGroup, EntryKind, Errno, FileSystem, PidNamespace, Process, ProcessHandle, ProcessInfo,
    Program, Programs, Signal, Signals, Tree, executable, limits, path,
};
use ordered::OrderedMap;
use simulation::{Simulation, Time};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where programs are looked for when the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// One computer. Clones are the same one.
#[derive(Clone)]
pub struct Kernel {
    inner: Rc<Inner>,
}

struct Inner {
    simulation: Simulation,
    programs: Programs,
    network: Network,
    hostname: Rc<RefCell<String>>,
    files: FileSystem,
    namespace: PidNamespace,
    host_network: NetworkNamespace,
    processes: RefCell<OrderedMap<u32, Process>>,
    next_pid: Cell<u32>,
    started: Time,
}

/// Everything that a new process starts with.
#[derive(Clone)]
pub struct Spawn {
    /// The arguments; the first one names the program.
    pub arguments: Vec<String>,
    /// The program itself, when it is not to be looked up by the first argument.
    pub program: Option<Rc<dyn Program>>,
    /// The environment, in its order.
    pub environment: Vec<(String, String)>,
    /// The working directory.
    pub directory: String,
    /// What it sees as files.
    pub files: FileSystem,
    /// Its open files; 0, 1 and 2 are input, output and errors.
    pub descriptors: OrderedMap<i32, File>,
    /// The host name that it sees.
    pub hostname: Rc<RefCell<String>>,
    /// The network that it sees.
    pub network: NetworkNamespace,
    /// The process namespace it is in.
    pub namespace: PidNamespace,
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub user_group: u32,
    /// The parent's signals, of which ignored ones stay ignored.
    pub signals: Signals,
    /// The limits it shares with others.
    pub control: ControlGroup,
    /// The parent's machine-wide number; 0 for none.
    pub parent: u32,
    /// The process group; `None` makes it the leader of a new one.
    pub group: Option<u32>,
}

impl Kernel {
    /// A machine with an address on the network and the given root file system.
    pub fn new(
        simulation: &Simulation,
        programs: &Programs,
        network: &Network,
        hostname: &str,
        root: Tree,
    ) -> Kernel {
        let inner = Inner {
            simulation: simulation.clone(),
            programs: programs.clone(),
            network: network.clone(),
            hostname: Rc::new(RefCell::new(hostname.to_string())),
            files: FileSystem::new(simulation, root),
            namespace: PidNamespace::machine(),
            host_network: network.namespace(),
            processes: RefCell::default(),
            next_pid: Cell::new(1000),
            started: simulation.now(),
        };
        Kernel {
            inner: Rc::new(inner),
        }
    }

    /// The virtual clock and executor.
    pub fn simulation(&self) -> &Simulation {
        &self.inner.simulation
    }

    /// When it was switched on.
    pub fn started(&self) -> Time {
        self.inner.started
    }

    /// The programs that its executables refer to.
    pub fn programs(&self) -> &Programs {
        &self.inner.programs
    }

    /// The network that connects all machines.
    pub fn network(&self) -> &Network {
        &self.inner.network
    }

    /// The machine's own network namespace.
    pub fn host_network(&self) -> &NetworkNamespace {
        &self.inner.host_network
    }

    /// The machine's own files.
    pub fn files(&self) -> &FileSystem {
        &self.inner.files
    }

    /// The machine's name.
    pub fn hostname(&self) -> String {
        self.inner.hostname.borrow().clone()
    }

    /// A [`Spawn`] of the machine itself (not of a container): its files, network and names, with
    /// no open files and an empty environment.
    pub fn spawn_on_host(&self, arguments: Vec<String>) -> Spawn {
        Spawn {
            arguments,
            program: None,
            environment: Vec::new(),
            directory: "/".into(),
            files: self.inner.files.clone(),
            descriptors: OrderedMap::new(),
            hostname: self.inner.hostname.clone(),
            network: self.inner.host_network.clone(),
            namespace: self.inner.namespace.clone(),
            user: 0,
            user_group: 0,
            signals: Signals::default(),
            control: ControlGroup::default(),
            parent: 0,
            group: None,
        }
    }

    /// Starts a process.
    ///
    /// Errors are those of `execve`: `ENOENT` (no such program, or a script's interpreter is
    /// missing), `EACCES` (not executable, or a directory), `ENOEXEC` (not a program of this
    /// machine).
    pub fn spawn(&self, mut spawn: Spawn) -> Result<ProcessHandle, Errno> {
        if self.inner.processes.borrow().len() >= limits::PROCESSES {
            return Err(Errno::EAGAIN);
        }
        let program = self.program(&mut spawn)?;
        let pid = self.inner.next_pid.get();
        self.inner.next_pid.set(pid + 1);
        let process = Process::new(self.clone(), spawn, pid);
        self.inner
            .processes
            .borrow_mut()
            .insert(pid, process.clone());
        process.run(program);
        Ok(process.handle())
    }

    /// The program that is to run: one of ours, or what the arguments name.
    pub(crate) fn program(&self, spawn: &mut Spawn) -> Result<Rc<dyn Program>, Errno> {
        match spawn.program.take() {
            Some(program) => Ok(program),
            None => self.find_program(spawn),
        }
    }

    /// The absolute path of the program that a name means, by `PATH` unless it has a slash.
    pub fn find_executable(&self, spawn: &Spawn) -> Result<String, Errno> {
        let name = spawn.arguments.first().map_or("", String::as_str);
        if name.is_empty() {
            return Err(Errno::ENOENT);
        }
        if name.contains('/') {
            let absolute = path::absolute(&spawn.directory, name);
            return executable_at(&spawn.files, &absolute).map(|()| absolute);
        }
        let search = spawn
            .environment
            .iter()
            .find(|(key, _)| key == "PATH")
            .map_or(DEFAULT_PATH, |(_, value)| value);
        let mut denied = false;
        for directory in search.split(':') {
            let candidate = path::join(&path::absolute(&spawn.directory, directory), name);
            match executable_at(&spawn.files, &candidate) {
                Ok(()) => return Ok(candidate),
                Err(Errno::EACCES) => denied = true,
                Err(_) => {}
            }
        }
        Err(if denied { Errno::EACCES } else { Errno::ENOENT })
    }

    fn find_program(&self, spawn: &mut Spawn) -> Result<Rc<dyn Program>, Errno> {
        let mut file = self.find_executable(spawn)?;
        let mut content = spawn.files.read(&file)?;
        if let Some((interpreter, argument)) = executable::script(content.bytes()) {
            let rest = spawn.arguments.iter().skip(1).cloned();
            let script = file.clone();
            let arguments = std::iter::once(interpreter.clone())
                .chain(argument)
                .chain([script])
                .chain(rest);
            spawn.arguments = arguments.collect();
            file = path::absolute("/", &interpreter);
            executable_at(&spawn.files, &file)?;
            content = spawn.files.read(&file)?;
        }
        self.inner
            .programs
            .load(content.bytes())
            .map_err(|_| Errno::ENOEXEC)
    }

    /// The process with a machine-wide number.
    pub fn process(&self, pid: u32) -> Option<Process> {
        self.inner.processes.borrow().get(&pid).cloned()
    }

    /// All live processes, by number.
    pub fn processes(&self) -> Vec<ProcessInfo> {
        self.inner
            .processes
            .borrow()
            .values()
            .map(Process::info)
            .collect()
    }

    /// Whether a process group has a live process.
    pub fn has_group(&self, group: u32) -> bool {
        self.inner
            .processes
            .borrow()
            .values()
            .any(|process| process.group() == group)
    }

    /// Sends a signal to every process of a group.
    pub fn signal_group(&self, group: u32, signal: Signal) {
        let members: Vec<Process> = self
            .inner
            .processes
            .borrow()
            .values()
            .filter(|process| process.group() == group)
            .cloned()
            .collect();
        for process in members {
            process.deliver(signal, false);
        }
    }

    pub(crate) fn forget(&self, pid: u32) {
        let process = self.inner.processes.borrow_mut().remove(&pid);
        drop(process);
    }
}

fn executable_at(files: &FileSystem, path: &str) -> Result<(), Errno> {
    let entry = files.entry(path)?;
    match entry.kind {
        EntryKind::File(_) if entry.metadata.mode & 0o111 != 0 => Ok(()),
        _ => Err(Errno::EACCES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builtin, Content, Disposition, Duration, ExitStatus, Time, file, pipe};

    fn machine() -> Kernel {
        let simulation = Simulation::new(0, Time::default());
        let programs = Programs::default();
        let network = Network::new(&simulation);
        programs.add(
            "greet",
            Rc::new(Builtin(|process: Process| async move {
                process
                    .print(format!(
                        "hello, {} on {}\n",
                        process.arguments().join(" "),
                        process.hostname()
                    ))
                    .await;
                ExitStatus::Exited(3)
            })),
        );
        programs.add(
            "stubborn",
            Rc::new(Builtin(|process: Process| async move {
                process.signals().set(Signal::TERM, Disposition::Handle);
                process.signals().next().await;
                process.print("caught\n").await;
                process.sleep(Duration::from_secs(3600)).await;
                ExitStatus::SUCCESS
            })),
        );
        let kernel = Kernel::new(
            &simulation,
            &programs,
            &network,
            "box",
            Tree::new(Vec::new()),
        );
        kernel.files().create_directories("/bin", 0o755).unwrap();
        for name in ["greet", "stubborn"] {
            let content = Content::new(Programs::executable(name));
            kernel
                .files()
                .write(&format!("/bin/{name}"), content, 0o755)
                .unwrap();
        }
        kernel
    }

    fn output(
        kernel: &Kernel,
        mut spawn: Spawn,
        then: impl Fn(&ProcessHandle),
    ) -> (ExitStatus, String) {
        let (reader, writer) = pipe();
        spawn.descriptors = [(0, file::null()), (1, writer)].into();
        let handle = kernel.spawn(spawn).unwrap();
        kernel.simulation().advance(Time::from_secs(1), u64::MAX);
        then(&handle);
        kernel.simulation().advance(Time::from_secs(2), u64::MAX);
        then(&handle);
        let status = kernel
            .simulation()
            .run(Time::from_secs(3), async move { handle.wait().await })
            .unwrap();
        let bytes = kernel
            .simulation()
            .run(Time::from_secs(3), async move { reader.read(1000).await })
            .unwrap();
        (status, String::from_utf8(bytes.unwrap()).unwrap())
    }

    #[test]
    fn a_program_is_found_by_path_and_runs() {
        let kernel = machine();
        let spawn = kernel.spawn_on_host(vec!["greet".into(), "you".into()]);
        assert_eq!(
            output(&kernel, spawn, |_| {}),
            (ExitStatus::Exited(3), "hello, greet you on box\n".into())
        );
        let missing = kernel.spawn(kernel.spawn_on_host(vec!["nope".into()]));
        assert_eq!(missing.err(), Some(Errno::ENOENT));
        assert!(kernel.processes().is_empty());
    }

    #[test]
    fn signals_are_handled_and_kill_is_not() {
        let kernel = machine();
        let mut spawn = kernel.spawn_on_host(vec!["stubborn".into()]);
        spawn.namespace = PidNamespace::container();
        let signals = Cell::new(vec![Signal::KILL, Signal::TERM]);
        let ended = output(&kernel, spawn, |handle| {
            let mut rest = signals.take();
            handle.signal(rest.pop().unwrap());
            signals.set(rest);
        });
        assert_eq!(
            ended,
            (ExitStatus::Signaled(Signal::KILL), "caught\n".into())
        );
    }
}
