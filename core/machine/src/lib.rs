//! The machine: files, processes, pipes, signals, a simulated IP network and HTTP messages, all
//! in memory and on the simulation's virtual clock.
//!
//! Knows nothing of Go, Docker or Kubernetes. One [`Kernel`] is one computer (a cluster's node);
//! several share one [`network::Network`]. A container is a process with its own root file
//! system, host name, network namespace and process namespace; nothing else here makes it one.

pub mod archive;
pub mod datagram;
mod errno;
pub mod executable;
pub mod file;
pub mod filesystem;
pub mod http;
mod kernel;
pub mod limits;
pub mod network;
pub mod path;
mod pipe;
mod process;
mod program;
mod signal;
mod terminal;
mod tree;

pub use errno::Errno;
pub use file::{File, FileKind, OpenOptions};
pub use filesystem::{FileSystem, Mount};
pub use kernel::{Kernel, Spawn};
pub use pipe::pipe;
pub use process::{
    ControlGroup, ExitStatus, PidNamespace, Process, ProcessHandle, ProcessInfo, ProcessState,
};
pub use program::{Builtin, LoadError, Loader, Program, Programs};
pub use signal::{Disposition, Signal, Signals};
pub use simulation::{Duration, LocalFuture, Simulation, Time};
pub use terminal::Terminal;
pub use tree::{Content, Entry, EntryKind, Layer, Metadata, Tree};
