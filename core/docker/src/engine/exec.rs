//! Commands that run in a container beside its first process.

use super::Engine;
use super::config::{ContainerStatus, ExecConfig};
use super::container::Container;
use super::start::find_user;
use crate::EngineError;
use machine::{ExitStatus, ProcessHandle, Signal, file, path};

/// A command that runs in a container.
pub struct ExecHandle {
    process: ProcessHandle,
}

impl ExecHandle {
    /// Waits for the end; gives the exit code.
    pub async fn wait(&self) -> i32 {
        self.process.wait().await.code()
    }

    /// Sends a signal to it.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// How it ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        self.process.status()
    }

    /// The process as the machine sees it.
    pub fn process(&self) -> &ProcessHandle {
        &self.process
    }
}

impl Engine {
    /// Starts a command in a running container.
    ///
    /// Errors: 404, 409 (not running, paused), and the OCI runtime's words when there is no such
    /// program (`executable file not found`, the client shows 127) or it may not be executed
    /// (126).
    pub fn exec(&self, id: &str, config: ExecConfig) -> Result<ExecHandle, EngineError> {
        let container = self.container(id)?;
        refuse_exec(id, &container)?;
        let main = container.process.borrow().clone();
        let files = container.files.borrow().clone();
        let (Some(main), Some(files)) = (main, files) else {
            return Err(EngineError::conflict(format!(
                "container {} is not running",
                container.id
            )));
        };
        let line = config.command.join(" ");
        self.container_event(&container, &format!("exec_create: {line} "), &[]);
        let mut spawn = self.spawn_in(&container, &files, config.command)?;
        spawn.namespace = main.process().namespace().clone();
        if let Some(user) = &config.user {
            let user = find_user(&files, user)?;
            (spawn.user, spawn.user_group) = (user.number, user.group);
            for (name, value) in &mut spawn.environment {
                if name == "HOME" {
                    value.clone_from(&user.home);
                }
            }
        }
        for (name, value) in config.env {
            match spawn.environment.iter_mut().find(|(key, _)| *key == name) {
                Some(pair) => pair.1 = value,
                None => spawn.environment.push((name, value)),
            }
        }
        self.container_event(&container, &format!("exec_start: {line} "), &[]);
        if let Some(directory) = &config.working_dir {
            spawn.directory = path::clean(directory);
            if !files.is_directory(&spawn.directory) {
                return Err(EngineError::invalid(format!(
                    "OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ({directory:?}) set in config.json failed: no such file or directory"
                )));
            }
        }
        spawn.descriptors = [
            (0, config.stdin.unwrap_or_else(file::null)),
            (1, config.stdout.unwrap_or_else(file::null)),
            (2, config.stderr.unwrap_or_else(file::null)),
        ]
        .into();
        let process = self.kernel().spawn(spawn.clone()).map_err(|errno| {
            let name = spawn.arguments.first().map_or("", String::as_str);
            let reason = self
                .exec_failure(&spawn, errno)
                .unwrap_or_else(|| format!("exec {name}: {errno}"));
            EngineError::invalid(format!(
                "OCI runtime exec failed: exec failed: unable to start container process: {reason}"
            ))
        })?;
        let (engine, watched, handle) = (self.clone(), container, process.clone());
        self.simulation().spawn(async move {
            let code = handle.wait().await.code().to_string();
            engine.container_event(&watched, "exec_die", &[("exitCode", &code)]);
        });
        Ok(ExecHandle { process })
    }
}

/// Only a running container takes commands.
fn refuse_exec(id: &str, container: &Container) -> Result<(), EngineError> {
    let full = &container.id;
    Err(EngineError::conflict(match container.status() {
        ContainerStatus::Running => return Ok(()),
        ContainerStatus::Paused => {
            format!("Container {id} is paused, unpause the container before exec")
        }
        ContainerStatus::Restarting => {
            format!("Container {full} is restarting, wait until the container is running")
        }
        _ => format!("container {full} is not running"),
    }))
}
