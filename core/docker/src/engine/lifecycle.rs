//! A container's life after its creation: start, stop, kill, pause, restart, wait, rename, remove,
//! and what happens when its process ends.

use super::Engine;
use super::config::{ContainerStatus, NetworkMode, RestartPolicy, STOP_TIMEOUT};
use super::container::Container;
use super::create::check_name;
use crate::EngineError;
use machine::{Duration, ExitStatus, Signal};
use std::rc::Rc;

/// Virtual time that starting a container takes.
const START_TIME: Duration = Duration::from_millis(100);
/// Virtual time that a new process runs before its start is reported.
const SETTLE_TIME: Duration = Duration::from_millis(10);
/// Virtual time from a process's end until the engine has taken its container down.
const END_TIME: Duration = Duration::from_millis(20);
/// The first wait before a restart; it doubles up to a minute.
const RESTART_DELAY: Duration = Duration::from_millis(100);
const RESTART_DELAY_MAX: Duration = Duration::from_secs(60);
/// A container that ran so long is started again without a long wait.
const RESTART_RESET: Duration = Duration::from_secs(10);

impl Engine {
    /// Starts a container that was created or has ended. Starting a running one does nothing.
    ///
    /// Errors: 404, 409 (paused), 500 with the OCI runtime's words; then the container keeps the
    /// error and the exit code 126 or 127 in its state.
    pub async fn start(&self, id: &str) -> Result<(), EngineError> {
        let container = self.container(id)?;
        match container.status() {
            ContainerStatus::Running | ContainerStatus::Restarting => return Ok(()),
            ContainerStatus::Paused => {
                return Err(EngineError::conflict(
                    "cannot start a paused container, try unpause instead",
                ));
            }
            ContainerStatus::Removing | ContainerStatus::Dead => {
                return Err(EngineError::conflict(
                    "container is marked for removal and cannot be started",
                ));
            }
            ContainerStatus::Created | ContainerStatus::Exited => {}
        }
        container.stopped_by_hand.set(false);
        container.restart_count.set(0);
        self.simulation().sleep(START_TIME).await;
        self.launch(&container)?;
        // The program gets going before the client hears of the start.
        self.simulation().sleep(SETTLE_TIME).await;
        Ok(())
    }

    /// Starts the process now and watches for its end.
    pub(super) fn launch(&self, container: &Rc<Container>) -> Result<(), EngineError> {
        if container.is_running() {
            return Ok(());
        }
        let started = self.connect(container).and_then(|()| {
            let handle = self.spawn_container(container)?;
            Ok(handle)
        });
        let handle = match started {
            Ok(handle) => handle,
            Err(error) => {
                self.disconnect(container);
                let mut state = container.state.borrow_mut();
                state.exit_code = exit_code_of(&error.message);
                state.error = error.message.clone();
                drop(state);
                container.log.close(self.now());
                container.stdio.end();
                container.changed.notify();
                self.remove_if_automatic(container);
                return Err(error);
            }
        };
        {
            let mut state = container.state.borrow_mut();
            state.status = ContainerStatus::Running;
            state.pid = handle.pid();
            state.exit_code = 0;
            state.error.clear();
            state.oom_killed = false;
            state.started = Some(self.now());
        }
        *container.process.borrow_mut() = Some(handle.clone());
        self.container_event(container, "start", &[]);
        container.changed.notify();
        self.watch_health(container);
        let (engine, container) = (self.clone(), container.clone());
        self.simulation().spawn(async move {
            let status = handle.wait().await;
            engine.ended(&container, status).await;
        });
        Ok(())
    }

    async fn ended(&self, container: &Rc<Container>, status: ExitStatus) {
        if !matches!(container.config.borrow().network, NetworkMode::Ready(_)) {
            // A pod's containers go down at once: the kubelet sees the end when it happened.
            self.simulation().sleep(END_TIME).await;
        }
        let now = self.now();
        let oom_killed = container.control.borrow().oom_killed();
        *container.process.borrow_mut() = None;
        container.log.close(now);
        self.disconnect(container);
        let mut state = container.state.borrow_mut();
        state.status = ContainerStatus::Exited;
        state.pid = 0;
        state.exit_code = status.code();
        state.oom_killed = oom_killed;
        state.finished = Some(now);
        state.health = None;
        let ran = now.since(state.started.unwrap_or(now));
        drop(state);
        if container.stopped_by_hand.get() {
            self.container_event(container, "stop", &[]);
        }
        if oom_killed {
            self.container_event(container, "oom", &[]);
        }
        let code = status.code().to_string();
        let seconds = ran.as_secs().to_string();
        let details = [("execDuration", seconds.as_str()), ("exitCode", &code)];
        self.container_event(container, "die", &details);
        if self.wants_restart(container, status) {
            container.state.borrow_mut().status = ContainerStatus::Restarting;
            container.changed.notify();
            self.restart_later(container, ran);
            return;
        }
        container.stdio.end();
        container.changed.notify();
        self.remove_if_automatic(container);
    }

    fn remove_if_automatic(&self, container: &Rc<Container>) {
        if container.config.borrow().auto_remove {
            self.destroy(container, true);
        }
    }

    fn wants_restart(&self, container: &Container, status: ExitStatus) -> bool {
        let by_hand = container.stopped_by_hand.get();
        match container.config.borrow().restart {
            RestartPolicy::No => false,
            RestartPolicy::Always | RestartPolicy::UnlessStopped => !by_hand,
            RestartPolicy::OnFailure(limit) => {
                !by_hand
                    && !status.success()
                    && (limit == 0 || container.restart_count.get() < limit)
            }
        }
    }

    fn restart_later(&self, container: &Rc<Container>, ran: Duration) {
        let count = container.restart_count.get();
        container.restart_count.set(count + 1);
        let delay = if ran >= RESTART_RESET {
            RESTART_DELAY
        } else {
            RESTART_DELAY
                .saturating_mul(1 << count.min(16))
                .min(RESTART_DELAY_MAX)
        };
        let (engine, container) = (self.clone(), container.clone());
        self.simulation().spawn(async move {
            engine.simulation().sleep(delay).await;
            if container.status() == ContainerStatus::Restarting {
                container.state.borrow_mut().status = ContainerStatus::Exited;
                engine.launch(&container).ok();
            }
        });
    }

    /// Sends the stop signal, and `SIGKILL` when the container still runs `timeout` seconds later
    /// (its own timeout or 10 when `None`; negative: never). A stopped one stays as it is.
    pub async fn stop(&self, id: &str, timeout: Option<i64>) -> Result<(), EngineError> {
        let container = self.container(id)?;
        container.stopped_by_hand.set(true);
        if container.status() == ContainerStatus::Restarting {
            container.state.borrow_mut().status = ContainerStatus::Exited;
            container.changed.notify();
            return Ok(());
        }
        if !container.is_running() {
            return Ok(());
        }
        self.thaw(&container);
        let signal = container.stop_signal();
        self.signal(&container, signal);
        let seconds = timeout.or(container.config.borrow().stop_timeout);
        let limit = match seconds {
            None => Some(STOP_TIMEOUT),
            Some(seconds) => u64::try_from(seconds).ok().map(Duration::from_secs),
        };
        let ended = self.wait_not_running(&container);
        match limit {
            None => ended.await,
            Some(limit) => {
                if simulation::timeout(self.simulation(), limit, ended)
                    .await
                    .is_none()
                {
                    self.signal(&container, Signal::KILL);
                    self.wait_not_running(&container).await;
                }
            }
        }
        Ok(())
    }

    async fn wait_not_running(&self, container: &Rc<Container>) {
        loop {
            let changed = container.changed.listen();
            if !container.is_running() {
                return;
            }
            changed.await;
        }
    }

    fn signal(&self, container: &Container, signal: Signal) {
        let handle = container.process.borrow().clone();
        if let Some(handle) = handle {
            let number = signal.number().to_string();
            self.container_event(container, "kill", &[("signal", &number)]);
            handle.signal(signal);
        }
    }

    /// Sends a signal to the container's first process, from outside of the container.
    pub fn kill(&self, id: &str, signal: Signal) -> Result<(), EngineError> {
        let container = self.container(id).map_err(|error| EngineError {
            message: format!("cannot kill container: {id}: {}", error.message),
            ..error
        })?;
        if !container.is_running() {
            return Err(EngineError::conflict(format!(
                "cannot kill container: {id}: container {} is not running",
                container.id
            )));
        }
        if signal == Signal::KILL {
            self.thaw(&container);
        }
        self.signal(&container, signal);
        Ok(())
    }

    /// Stops it if it runs, and starts it.
    pub async fn restart(&self, id: &str, timeout: Option<i64>) -> Result<(), EngineError> {
        let container = self.container(id)?;
        let auto_remove = container.config.borrow().auto_remove;
        self.stop(&container.id, timeout).await?;
        if auto_remove && self.container(&container.id).is_err() {
            return Ok(());
        }
        self.start(&container.id).await?;
        self.container_event(&container, "restart", &[]);
        Ok(())
    }

    /// Freezes all processes of a container.
    pub fn pause(&self, id: &str) -> Result<(), EngineError> {
        let container = self.container(id)?;
        if container.status() == ContainerStatus::Paused {
            return Err(EngineError::conflict(format!(
                "container {} is already paused",
                container.id
            )));
        }
        if !container.is_running() {
            return Err(EngineError::conflict(format!(
                "container {} is not running",
                container.id
            )));
        }
        self.freeze(&container, true);
        container.state.borrow_mut().status = ContainerStatus::Paused;
        self.container_event(&container, "pause", &[]);
        container.changed.notify();
        Ok(())
    }

    /// Lets a frozen container go on.
    pub fn unpause(&self, id: &str) -> Result<(), EngineError> {
        let container = self.container(id)?;
        if container.status() != ContainerStatus::Paused {
            return Err(EngineError::conflict(format!(
                "Container {} is not paused",
                container.id
            )));
        }
        self.thaw(&container);
        self.container_event(&container, "unpause", &[]);
        Ok(())
    }

    fn freeze(&self, container: &Container, frozen: bool) {
        let handle = container.process.borrow().clone();
        if let Some(handle) = handle {
            for process in handle.process().namespace().processes() {
                process.set_frozen(frozen);
            }
        }
    }

    fn thaw(&self, container: &Container) {
        if container.status() == ContainerStatus::Paused {
            self.freeze(container, false);
            container.state.borrow_mut().status = ContainerStatus::Running;
            container.changed.notify();
        }
    }

    /// Waits until a container does not run; gives its exit code.
    pub async fn wait(&self, id: &str) -> Result<i32, EngineError> {
        let container = self.container(id)?;
        loop {
            let changed = container.changed.listen();
            let state = container.state.borrow().clone();
            if !state.is_running() && state.status != ContainerStatus::Restarting {
                return Ok(state.exit_code);
            }
            changed.await;
        }
    }

    /// Gives a container another name.
    pub fn rename(&self, id: &str, name: &str) -> Result<(), EngineError> {
        let container = self.container(id)?;
        if name.is_empty() {
            return Err(EngineError::invalid(
                "Neither old nor new names may be empty",
            ));
        }
        let bare = name.strip_prefix('/').unwrap_or(name);
        let old = container.name.borrow().clone();
        if bare == old {
            return Err(EngineError::invalid(
                "Renaming a container with the same name as its current name",
            ));
        }
        let reserved = check_name(bare, &format!("/{bare}"))
            .and_then(|()| self.reserve_name(bare, &container.id));
        reserved.map_err(|error| EngineError {
            message: format!("Error when allocating new name: {}", error.message),
            ..error
        })?;
        self.inner.names.borrow_mut().remove(&old);
        *container.name.borrow_mut() = bare.to_string();
        let shown = format!("/{old}");
        self.container_event(&container, "rename", &[("oldName", &shown)]);
        Ok(())
    }

    /// Removes a container; with `force` a running one is killed first. `volumes` removes the
    /// volumes that were made for it.
    pub async fn remove(&self, id: &str, force: bool, volumes: bool) -> Result<(), EngineError> {
        let container = self.container(id)?;
        if container.is_running() {
            if !force {
                let what = if container.status() == ContainerStatus::Paused {
                    "paused: unpause the container before stopping or force remove"
                } else {
                    "running: stop the container before removing or force remove"
                };
                return Err(EngineError::conflict(format!(
                    "cannot remove container \"{id}\": container is {what}"
                )));
            }
            container.stopped_by_hand.set(false);
            let automatic = container.config.borrow().auto_remove;
            self.forbid_restart(&container);
            self.kill(&container.id, Signal::KILL)?;
            self.wait_not_running(&container).await;
            if automatic {
                return Ok(());
            }
        } else if container.status() == ContainerStatus::Restarting && !force {
            return Err(EngineError::conflict(format!(
                "cannot remove container \"{id}\": container is restarting: stop the container before removing or force remove"
            )));
        }
        self.destroy(&container, volumes);
        Ok(())
    }

    fn forbid_restart(&self, container: &Container) {
        let mut config = container.config.borrow_mut();
        Rc::make_mut(&mut config).restart = RestartPolicy::No;
    }

    /// Takes the container out of all tables.
    pub(super) fn destroy(&self, container: &Rc<Container>, volumes: bool) {
        let gone = self.inner.containers.borrow_mut().remove(&container.id);
        if gone.is_none() {
            return;
        }
        self.inner
            .names
            .borrow_mut()
            .remove(&*container.name.borrow());
        container.state.borrow_mut().status = ContainerStatus::Removing;
        self.leave_networks(&container.id, None);
        *container.files.borrow_mut() = None;
        if volumes {
            for volume in container.anonymous_volumes.take() {
                self.remove_volume(&volume, true).ok();
            }
        }
        self.container_event(container, "destroy", &[]);
        container.log.close(self.now());
        container.changed.notify();
    }
}

/// The exit code of a start that failed, as the client shows it.
fn exit_code_of(message: &str) -> i32 {
    let missing = message.contains("executable file not found")
        || message.contains("no such file or directory")
        || message.contains("system cannot find the file specified");
    let refused = message.contains("permission denied")
        || message.contains("not a directory")
        || message.contains("is a directory");
    match (missing, refused) {
        (true, _) => 127,
        (_, true) => 126,
        _ => 128,
    }
}
