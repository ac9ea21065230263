//! The virtual machine of one process.
pub mod collect;
pub(crate) mod goroutine;
pub mod heap;
pub mod instruction;
pub mod rtype;
mod trap;

pub use goroutine::Goroutine;
pub use heap::Heap;
pub use trap::{Bounds, Trap};

/// The virtual machine of one process.
pub struct Vm {
    /// Its heap.
    pub heap: Heap,
}
