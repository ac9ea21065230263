//! What natives see of the outside: the process, its clock and randomness; and what they keep.

use machine::Process;
use simulation::Random;
use std::any::Any;

/// The outside of a virtual machine.
pub struct World {
    /// The process that it runs as.
    pub process: Process,
    /// Wakes the process's task.
    pub(crate) waker: std::task::Waker,
    random: Random,
    started: u64,
    /// What the natives of a package keep between calls, one value of a type.
    kept: Vec<Box<dyn Any>>,
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
            kept: Vec::new(),
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

    /// What natives keep in a type of theirs; its default at first.
    #[expect(
        clippy::expect_used,
        reason = "the value that is looked up was found, or just put there, by its type"
    )]
    pub fn kept<T: Default + 'static>(&mut self) -> &mut T {
        let known = self.kept.iter().position(|value| value.is::<T>());
        let at = known.unwrap_or_else(|| {
            self.kept.push(Box::<T>::default());
            self.kept.len() - 1
        });
        self.kept
            .get_mut(at)
            .and_then(|value| value.downcast_mut())
            .expect("a value of this type")
    }
}
