//! The virtual computer's heartbeat: a virtual clock, a deterministic single-threaded async
//! executor, timers, seeded random numbers and the small synchronisation primitives that tasks
//! wait on.
//!
//! Knows nothing of any domain. Nothing here reads a real clock: time moves only in
//! [`Simulation::advance`], and only when every ready task has run.

mod channel;
mod combinators;
mod executor;
mod notify;
mod random;
mod time;

pub use channel::{Receiver, SendError, Sender, channel};
pub use combinators::{Either, join_all, race, timeout};
pub use executor::{Advance, Simulation, Sleep, Task, YieldNow};
pub use notify::{Listener, Notify};
pub use random::Random;
pub use time::Time;

/// A future of a task on the single thread, on the heap.
pub type LocalFuture<T> = std::pin::Pin<Box<dyn Future<Output = T>>>;

pub use std::time::Duration;
