//! What natives see of the outside: the process, its clock and randomness.

use machine::Process;
use simulation::Random;

/// The outside of a virtual machine.
pub struct World {
    /// The process that it runs as.
    pub process: Process,
    /// Wakes the process's task.
    pub(crate) waker: std::task::Waker,
    random: Random,
    started: u64,
    /// Open network connections and listeners by descriptor number, and other state of natives.
    pub sockets: super::network::Sockets,
    /// What happens with signals.
    pub signals: super::signals::Modes,
}

impl World {
    /// The world of a process.
    pub fn new(process: Process, waker: std::task::Waker) -> World {
        let random = process.simulation().random().fork();
        let started = process.simulation().now().as_nanos();
        World {
            process,
            waker,
            random,
            started,
            sockets: super::network::Sockets::default(),
            signals: super::signals::Modes::default(),
        }
    }

    /// Nanoseconds since 1970.
    pub fn now(&self) -> u64 {
        self.process.simulation().now().as_nanos()
    }

    /// Nanoseconds since 1970 at the start of the program.
    pub fn started(&self) -> u64 {
        self.started
    }

    /// The process's randomness.
    pub fn random(&self) -> &Random {
        &self.random
    }
}
