//! The natives of `internal/native` about the network.

/// Open sockets.
#[derive(Default)]
pub struct Sockets {}
