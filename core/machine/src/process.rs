//! Processes: what a program sees of itself, and what others see of it.

use crate::file::File;
use crate::network::NetworkNamespace;
use crate::{
    Disposition, Errno, FileSystem, Kernel, OpenOptions, Program, Signal, Signals, Spawn, limits,
    path,
};
use ordered::OrderedMap;
use simulation::{Duration, Notify, Simulation, Task, Time};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// Virtual time that one unit of work (about one instruction of the Go machine) takes.
pub const WORK_NANOS: u64 = 20;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It returned or called exit.
    Exited(u8),
    /// A signal killed it.
    Signaled(Signal),
}

impl ExitStatus {
    /// Status 0.
    pub const SUCCESS: ExitStatus = ExitStatus::Exited(0);
    /// Status 1.
    pub const FAILURE: ExitStatus = ExitStatus::Exited(1);

    /// The number that a shell's `$?` and Docker show: 128 and the signal's number for a killed
    /// process.
    pub fn code(self) -> i32 {
        match self {
            ExitStatus::Exited(code) => i32::from(code),
            ExitStatus::Signaled(signal) => 128 + signal.number(),
        }
    }

    /// Whether the status is 0.
    pub fn success(self) -> bool {
        self.code() == 0
    }
}

/// A running process's view of itself and of the machine. Clones are the same process.
#[derive(Clone)]
pub struct Process {
    inner: Rc<Inner>,
}

struct Inner {
    kernel: Kernel,
    host_pid: u32,
    parent: u32,
    group: u32,
    namespace: PidNamespace,
    local_pid: u32,
    arguments: RefCell<Rc<[String]>>,
    environment: RefCell<Vec<(String, String)>>,
    directory: RefCell<String>,
    files: FileSystem,
    descriptors: RefCell<OrderedMap<i32, File>>,
    hostname: Rc<RefCell<String>>,
    network: NetworkNamespace,
    user: u32,
    user_group: u32,
    signals: Signals,
    control: ControlGroup,
    started: Time,
    worked: Cell<u64>,
    memory: Cell<u64>,
    status: Cell<Option<ExitStatus>>,
    changed: Notify,
    task: RefCell<Option<Task>>,
    frozen: Cell<bool>,
}

/// What `ps` shows of a process's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// It runs or waits.
    Running,
    /// It is stopped by a signal or frozen.
    Stopped,
    /// It has ended.
    Ended(ExitStatus),
}

/// A row of the process table.
#[derive(Clone, Debug)]
pub struct ProcessInfo {
    /// The machine-wide number.
    pub pid: u32,
    /// The number inside of its own process namespace.
    pub local_pid: u32,
    /// The parent's machine-wide number; 0 for none.
    pub parent: u32,
    /// The user's number.
    pub user: u32,
    /// The command line.
    pub arguments: Vec<String>,
    /// When it started.
    pub started: Time,
    /// CPU time used.
    pub cpu: Duration,
    /// Bytes of memory in use.
    pub memory: u64,
    /// Running, stopped or ended.
    pub state: ProcessState,
}

impl Process {
    pub(crate) fn new(kernel: Kernel, spawn: Spawn, pid: u32) -> Process {
        let local_pid = spawn.namespace.next.get();
        spawn.namespace.next.set(local_pid + 1);
        let inner = Inner {
            parent: spawn.parent,
            group: spawn.group.unwrap_or(pid),
            local_pid,
            environment: RefCell::new(spawn.environment),
            directory: RefCell::new(spawn.directory),
            descriptors: RefCell::new(spawn.descriptors),
            arguments: RefCell::new(spawn.arguments.into()),
            files: spawn.files,
            hostname: spawn.hostname,
            network: spawn.network,
            user: spawn.user,
            user_group: spawn.user_group,
            signals: spawn.signals.inherit(),
            control: spawn.control,
            started: kernel.simulation().now(),
            worked: Cell::new(0),
            memory: Cell::new(0),
            status: Cell::new(None),
            changed: Notify::new(),
            task: RefCell::new(None),
            frozen: Cell::new(false),
            namespace: spawn.namespace,
            kernel,
            host_pid: pid,
        };
        let process = Process {
            inner: Rc::new(inner),
        };
        process
            .inner
            .namespace
            .members
            .borrow_mut()
            .insert(local_pid, Rc::downgrade(&process.inner));
        process
    }

    /// Starts a program as this process; one that ran before is cancelled at its next await.
    pub(crate) fn run(&self, program: Rc<dyn Program>) {
        let running = self.clone();
        let task = self.simulation().spawn(async move {
            let future = program.run(running.clone());
            let status = running.while_thawed(future).await;
            running.end(status);
        });
        if let Some(former) = self.inner.task.borrow_mut().replace(task) {
            former.cancel();
        }
    }

    /// Puts another program in the place of this one, as `execve` does: number, directory, ignored
    /// signals and what others know of the process stay; arguments, environment and descriptors are
    /// those given. The caller, when it belongs to the former program, only has to await something.
    ///
    /// Errors are those of [`Kernel::spawn`], and leave everything as it was.
    pub fn replace(&self, mut spawn: Spawn) -> Result<(), Errno> {
        let program = self.inner.kernel.program(&mut spawn)?;
        let inner = &self.inner;
        *inner.arguments.borrow_mut() = spawn.arguments.into();
        *inner.environment.borrow_mut() = spawn.environment;
        let descriptors = inner.descriptors.replace(spawn.descriptors);
        inner.signals.reset();
        let memory = inner.memory.replace(0);
        inner.control.change_memory(memory, 0);
        self.run(program);
        // A closed file's destructor may look at the process.
        drop(descriptors);
        Ok(())
    }

    /// The machine that it runs on.
    pub fn kernel(&self) -> &Kernel {
        &self.inner.kernel
    }

    /// The virtual clock and executor.
    pub fn simulation(&self) -> &Simulation {
        self.inner.kernel.simulation()
    }

    /// The process's number in its own namespace: 1 for a container's first process.
    pub fn pid(&self) -> u32 {
        self.inner.local_pid
    }

    /// The machine-wide number.
    pub fn host_pid(&self) -> u32 {
        self.inner.host_pid
    }

    /// The parent's machine-wide number; 0 for none.
    pub fn parent(&self) -> u32 {
        self.inner.parent
    }

    /// The machine-wide number of the process group's leader.
    pub fn group(&self) -> u32 {
        self.inner.group
    }

    /// The arguments; the first one is the program's name.
    pub fn arguments(&self) -> Rc<[String]> {
        self.inner.arguments.borrow().clone()
    }

    /// The environment, in its order.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.inner.environment.borrow().clone()
    }

    /// A variable of the environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.inner
            .environment
            .borrow()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }

    /// Sets a variable, or removes it with `None`.
    pub fn set_variable(&self, name: &str, value: Option<&str>) {
        let mut environment = self.inner.environment.borrow_mut();
        let at = environment.iter().position(|(key, _)| key == name);
        match (at, value) {
            (Some(at), Some(value)) => {
                if let Some(slot) = environment.get_mut(at) {
                    slot.1 = value.to_string();
                }
            }
            (Some(at), None) => {
                environment.remove(at);
            }
            (None, Some(value)) => environment.push((name.to_string(), value.to_string())),
            (None, None) => {}
        }
    }

    /// The working directory.
    pub fn directory(&self) -> String {
        self.inner.directory.borrow().clone()
    }

    /// Changes the working directory.
    pub fn change_directory(&self, to: &str) -> Result<(), Errno> {
        let target = self.path(to);
        if !self.inner.files.entry(&target)?.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        *self.inner.directory.borrow_mut() = target;
        Ok(())
    }

    /// The absolute path of one that may be relative to the working directory. A trailing slash
    /// is kept, since it asks for a directory.
    pub fn path(&self, relative: &str) -> String {
        let absolute = path::absolute(&self.inner.directory.borrow(), relative);
        if relative.ends_with('/') && absolute != "/" {
            absolute + "/"
        } else {
            absolute
        }
    }

    /// The files, by absolute paths (see [`Process::path`]).
    pub fn files(&self) -> &FileSystem {
        &self.inner.files
    }

    /// Opens a file by a path that may be relative.
    pub fn open(&self, relative: &str, options: OpenOptions) -> Result<File, Errno> {
        let absolute = self.path(relative);
        if absolute == "/dev/tty" {
            let descriptors = self.inner.descriptors.borrow();
            let terminal = descriptors.values().find(|file| file.terminal().is_some());
            return terminal.cloned().ok_or(Errno::EIO);
        }
        self.inner.files.open(&absolute, options)
    }

    /// The open file of a descriptor (0, 1 and 2 are input, output and errors).
    pub fn descriptor(&self, number: i32) -> Result<File, Errno> {
        self.inner
            .descriptors
            .borrow()
            .get(&number)
            .cloned()
            .ok_or(Errno::EBADF)
    }

    /// All open descriptors, for a child that inherits them.
    pub fn descriptors(&self) -> OrderedMap<i32, File> {
        self.inner.descriptors.borrow().clone()
    }

    /// Puts an open file at the lowest free descriptor.
    pub fn add_descriptor(&self, file: File) -> Result<i32, Errno> {
        let mut descriptors = self.inner.descriptors.borrow_mut();
        if descriptors.len() >= limits::OPEN_FILES {
            return Err(Errno::EMFILE);
        }
        let number = (0..)
            .find(|number| !descriptors.contains_key(number))
            .ok_or(Errno::EMFILE)?;
        descriptors.insert(number, file);
        Ok(number)
    }

    /// Puts an open file at a descriptor, or closes it with `None`.
    pub fn set_descriptor(&self, number: i32, file: Option<File>) -> Result<(), Errno> {
        // A closed file's destructor may look at the process, so it runs after the borrow.
        let old = match file {
            Some(file) => self.inner.descriptors.borrow_mut().insert(number, file),
            None => Some(
                self.inner
                    .descriptors
                    .borrow_mut()
                    .remove(&number)
                    .ok_or(Errno::EBADF)?,
            ),
        };
        drop(old);
        Ok(())
    }

    /// Reads at most `count` bytes of a descriptor; empty at the end.
    pub async fn read(&self, number: i32, count: usize) -> Result<Vec<u8>, Errno> {
        let file = self.descriptor(number)?;
        file.read(count).await
    }

    /// Reads a descriptor to its end.
    pub async fn read_to_end(&self, number: i32) -> Result<Vec<u8>, Errno> {
        let file = self.descriptor(number)?;
        let mut all = Vec::new();
        loop {
            let bytes = file.read(limits::PIPE_BYTES).await?;
            if bytes.is_empty() {
                return Ok(all);
            }
            all.extend_from_slice(&bytes);
            if all.len() > limits::HTTP_BODY_BYTES {
                return Err(Errno::EFBIG);
            }
        }
    }

    /// Writes to a descriptor. A broken pipe kills the process with `SIGPIPE`, unless that is
    /// handled or ignored.
    pub async fn write(&self, number: i32, bytes: &[u8]) -> Result<(), Errno> {
        let file = self.descriptor(number)?;
        let written = file.write(bytes).await;
        if written == Err(Errno::EPIPE)
            && self.inner.signals.get(Signal::PIPE) == Disposition::Default
        {
            self.end(ExitStatus::Signaled(Signal::PIPE));
            // The process is gone; its task is dropped at this await.
            std::future::pending::<()>().await;
        }
        written
    }

    /// Writes text to standard output; errors (a closed output) are let go.
    pub async fn print(&self, text: impl AsRef<str>) {
        self.write(1, text.as_ref().as_bytes()).await.ok();
    }

    /// Writes text to standard error; errors (a closed output) are let go.
    pub async fn print_error(&self, text: impl AsRef<str>) {
        self.write(2, text.as_ref().as_bytes()).await.ok();
    }

    /// Whether a descriptor is a terminal.
    pub fn is_terminal(&self, number: i32) -> bool {
        self.descriptor(number)
            .is_ok_and(|file| file.terminal().is_some())
    }

    /// The host name that it sees.
    pub fn hostname(&self) -> String {
        self.inner.hostname.borrow().clone()
    }

    /// The shared cell of the host name, for a child of the same container.
    pub fn hostname_cell(&self) -> Rc<RefCell<String>> {
        self.inner.hostname.clone()
    }

    /// The network that it sees.
    pub fn network(&self) -> &NetworkNamespace {
        &self.inner.network
    }

    /// The process namespace that it is in.
    pub fn namespace(&self) -> &PidNamespace {
        &self.inner.namespace
    }

    /// The user's and the group's number.
    pub fn user(&self) -> (u32, u32) {
        (self.inner.user, self.inner.user_group)
    }

    /// Its signals: dispositions, and the queue of handled ones.
    pub fn signals(&self) -> &Signals {
        &self.inner.signals
    }

    /// The limits that it shares with the other processes of its container.
    pub fn control(&self) -> &ControlGroup {
        &self.inner.control
    }

    /// When it started.
    pub fn started(&self) -> Time {
        self.inner.started
    }

    /// Waits for a span of virtual time.
    pub async fn sleep(&self, duration: Duration) {
        self.simulation().sleep(duration).await;
    }

    /// Does `units` of work: charges the simulation's budget and lets the virtual time pass that
    /// the work takes. Every program that computes calls this between its turns, which is what
    /// keeps an endless loop from freezing anything.
    pub async fn work(&self, units: u64) {
        self.simulation().charge(units);
        self.inner
            .worked
            .set(self.inner.worked.get().saturating_add(units));
        let slowed = self.inner.control.slowed(units.saturating_mul(WORK_NANOS));
        self.simulation().sleep(Duration::from_nanos(slowed)).await;
    }

    /// Changes the memory that the process accounts for, in bytes. Over the container's limit
    /// the kernel kills it, as the OOM killer does: the error is `ENOMEM` and the process is
    /// already ended.
    pub fn set_memory(&self, bytes: u64) -> Result<(), Errno> {
        let old = self.inner.memory.replace(bytes);
        if self.inner.control.change_memory(old, bytes) {
            return Ok(());
        }
        self.end(ExitStatus::Signaled(Signal::KILL));
        Err(Errno::ENOMEM)
    }

    /// A child's [`Spawn`] with everything inherited: files, directory, environment, descriptors,
    /// process group, namespaces and limits.
    pub fn child(&self, arguments: Vec<String>) -> Spawn {
        Spawn {
            arguments,
            program: None,
            environment: self.environment(),
            directory: self.directory(),
            files: self.inner.files.clone(),
            descriptors: self.descriptors(),
            hostname: self.inner.hostname.clone(),
            network: self.inner.network.clone(),
            namespace: self.inner.namespace.clone(),
            user: self.inner.user,
            user_group: self.inner.user_group,
            signals: self.inner.signals.clone(),
            control: self.inner.control.clone(),
            parent: self.inner.host_pid,
            group: Some(self.inner.group),
        }
    }

    /// Sends a signal to a process by its number in this process's namespace.
    pub fn kill(&self, local_pid: u32, signal: Signal) -> Result<(), Errno> {
        let target = self.inner.namespace.find(local_pid).ok_or(Errno::ESRCH)?;
        target.deliver(signal, true);
        Ok(())
    }

    /// Ends the process now; its task is dropped at its next await.
    pub fn exit(&self, status: ExitStatus) {
        self.end(status);
    }

    /// Delivers a signal; `inside` when the sender is in the same process namespace.
    pub(crate) fn deliver(&self, signal: Signal, inside: bool) {
        if self.inner.status.get().is_some() {
            return;
        }
        let init = self.inner.local_pid == 1 && self.inner.namespace.is_container();
        match signal {
            // The kernel protects a namespace's first process from its own children.
            Signal::KILL | Signal::STOP if init && inside => return,
            Signal::KILL => return self.end(ExitStatus::Signaled(Signal::KILL)),
            Signal::STOP => return self.set_frozen(true),
            Signal::CONT => self.set_frozen(false),
            _ => {}
        }
        match self.inner.signals.get(signal) {
            Disposition::Handle => self.inner.signals.push(signal),
            Disposition::Ignore => {}
            Disposition::Default if init || signal.ignored_by_default() => {}
            Disposition::Default if signal.stops_by_default() => self.set_frozen(true),
            Disposition::Default => self.end(ExitStatus::Signaled(signal)),
        }
    }

    /// Stops or continues the process's execution, as the freezer does for `docker pause`.
    pub fn set_frozen(&self, frozen: bool) {
        self.inner.frozen.set(frozen);
        self.inner.changed.notify();
    }

    pub(crate) async fn while_thawed(&self, future: crate::LocalFuture<ExitStatus>) -> ExitStatus {
        let mut future = future;
        std::future::poll_fn(|context| {
            if self.inner.frozen.get() {
                // Woken by every change; the listener only leaves its waker behind.
                let mut changed = self.inner.changed.listen();
                return std::pin::Pin::new(&mut changed)
                    .poll(context)
                    .map(|()| ExitStatus::SUCCESS);
            }
            future.as_mut().poll(context)
        })
        .await
    }

    /// Ends the process: the first status given counts.
    pub(crate) fn end(&self, status: ExitStatus) {
        if self.inner.status.get().is_some() {
            return;
        }
        self.inner.status.set(Some(status));
        self.inner.kernel.forget(self.inner.host_pid);
        self.inner
            .namespace
            .members
            .borrow_mut()
            .remove(&self.inner.local_pid);
        if let Some(task) = self.inner.task.borrow_mut().take() {
            task.cancel();
        }
        let memory = self.inner.memory.replace(0);
        self.inner.control.change_memory(memory, 0);
        let descriptors = std::mem::take(&mut *self.inner.descriptors.borrow_mut());
        drop(descriptors);
        if self.inner.local_pid == 1 && self.inner.namespace.is_container() {
            self.inner.namespace.kill_all();
        }
        self.inner.changed.notify();
    }

    /// What `ps` shows.
    pub fn info(&self) -> ProcessInfo {
        let state = match self.inner.status.get() {
            Some(status) => ProcessState::Ended(status),
            None if self.inner.frozen.get() => ProcessState::Stopped,
            None => ProcessState::Running,
        };
        ProcessInfo {
            pid: self.inner.host_pid,
            local_pid: self.inner.local_pid,
            parent: self.inner.parent,
            user: self.inner.user,
            arguments: self.arguments().to_vec(),
            started: self.inner.started,
            cpu: Duration::from_nanos(self.inner.worked.get().saturating_mul(WORK_NANOS)),
            memory: self.inner.memory.get(),
            state,
        }
    }

    /// A handle for who started it.
    pub fn handle(&self) -> ProcessHandle {
        ProcessHandle {
            process: self.clone(),
        }
    }
}

/// A process as its parent sees it.
#[derive(Clone)]
pub struct ProcessHandle {
    process: Process,
}

impl ProcessHandle {
    /// The machine-wide number.
    pub fn pid(&self) -> u32 {
        self.process.host_pid()
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Waits for the end.
    pub async fn wait(&self) -> ExitStatus {
        loop {
            let changed = self.process.inner.changed.listen();
            if let Some(status) = self.process.inner.status.get() {
                return status;
            }
            changed.await;
        }
    }

    /// How it ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        self.process.inner.status.get()
    }

    /// Sends a signal from outside of the process's namespace.
    pub fn signal(&self, signal: Signal) {
        self.process.deliver(signal, false);
    }
}

/// A process namespace: the numbers that processes in a container see. Clones share it.
#[derive(Clone)]
pub struct PidNamespace {
    next: Rc<Cell<u32>>,
    members: Rc<RefCell<OrderedMap<u32, Weak<Inner>>>>,
    container: bool,
}

impl PidNamespace {
    /// A container's own namespace, whose first process gets number 1 and, as on Linux, is not
    /// killed by signals that it neither handles nor ignores.
    pub fn container() -> PidNamespace {
        PidNamespace {
            next: Rc::new(Cell::new(1)),
            members: Rc::default(),
            container: true,
        }
    }

    /// A machine's own namespace.
    pub fn machine() -> PidNamespace {
        PidNamespace {
            next: Rc::new(Cell::new(300)),
            members: Rc::default(),
            container: false,
        }
    }

    /// Whether it is a container's.
    pub fn is_container(&self) -> bool {
        self.container
    }

    /// The live processes, by their number here.
    pub fn processes(&self) -> Vec<Process> {
        self.members
            .borrow()
            .values()
            .filter_map(Weak::upgrade)
            .map(|inner| Process { inner })
            .collect()
    }

    fn find(&self, local_pid: u32) -> Option<Process> {
        self.members
            .borrow()
            .get(&local_pid)
            .and_then(Weak::upgrade)
            .map(|inner| Process { inner })
    }

    fn kill_all(&self) {
        for process in self.processes() {
            process.end(ExitStatus::Signaled(Signal::KILL));
        }
    }
}

/// Limits and use of a group of processes: a container's. Clones share it.
#[derive(Clone, Default)]
pub struct ControlGroup {
    inner: Rc<ControlInner>,
}

#[derive(Default)]
struct ControlInner {
    memory_limit: Cell<Option<u64>>,
    memory: Cell<u64>,
    oom_killed: Cell<bool>,
    cpu_millis: Cell<Option<u64>>,
}

impl ControlGroup {
    /// Sets the memory limit in bytes, or takes it away.
    pub fn set_memory_limit(&self, bytes: Option<u64>) {
        self.inner.memory_limit.set(bytes);
    }

    /// The memory limit in bytes.
    pub fn memory_limit(&self) -> Option<u64> {
        self.inner.memory_limit.get()
    }

    /// Sets the share of a CPU, in thousandths, or takes the limit away.
    pub fn set_cpu_millis(&self, millis: Option<u64>) {
        self.inner.cpu_millis.set(millis);
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> u64 {
        self.inner.memory.get()
    }

    /// Whether the OOM killer struck here.
    pub fn oom_killed(&self) -> bool {
        self.inner.oom_killed.get()
    }

    /// False when the change would pass the limit.
    fn change_memory(&self, old: u64, new: u64) -> bool {
        let memory = self
            .inner
            .memory
            .get()
            .saturating_sub(old)
            .saturating_add(new);
        self.inner.memory.set(memory);
        let within = self
            .inner
            .memory_limit
            .get()
            .is_none_or(|limit| memory <= limit);
        if !within && new > old {
            self.inner.oom_killed.set(true);
            return false;
        }
        true
    }

    fn slowed(&self, nanos: u64) -> u64 {
        match self.inner.cpu_millis.get() {
            Some(millis) if millis > 0 && millis < 1000 => nanos.saturating_mul(1000) / millis,
            _ => nanos,
        }
    }
}
