//! One learner's computer: the machine with its Docker engine, the cluster on it, the workspace's
//! files, terminals, and replay of transcripts.
//!
//! What the page, the terminal host and the tests drive. Knows nothing of the browser.

mod computer;
mod generated;
pub mod mistakes;
pub mod replay;
mod session;
pub mod transcript;

pub use computer::{HOME, Options, Playground, WORKSPACE};
pub use session::Session;
