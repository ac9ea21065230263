//! What a cluster looks like: nodes with their pods, pods with their containers, Services.
//!
//! Everything is seen through the Kubernetes API, so the same picture can be drawn of a real
//! cluster. How it is drawn is not here.

mod draw;
mod objects;
mod watcher;

pub use draw::{Container, Node, Picture, Pod, Service};
pub use watcher::Watcher;
