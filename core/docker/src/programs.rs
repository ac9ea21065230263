//! The programs that Docker brings to a machine: the `docker` command, and what holds a pod's
//! sandbox.

use crate::Registry;
use machine::{Builtin, Disposition, ExitStatus, Process, Programs, Signal};
use std::rc::Rc;

/// Makes the programs known. `docker` talks to the engine of the machine that it runs on.
pub fn install(programs: &Programs, registry: &Registry) {
    let registry = registry.clone();
    let docker = move |process: Process| crate::command::main(registry.clone(), process);
    programs.add("docker", Rc::new(Builtin(docker)));
    programs.add("pause", Rc::new(Builtin(pause)));
}

/// Waits for the end: the first process of a pod's sandbox.
async fn pause(process: Process) -> ExitStatus {
    for signal in [Signal::INT, Signal::TERM] {
        process.signals().set(signal, Disposition::Handle);
    }
    process.signals().next().await;
    ExitStatus::SUCCESS
}
