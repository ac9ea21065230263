//! The machine's named limits. Running into one is an ordinary, explained outcome.

/// Bytes that a pipe or a connection holds before the writer waits, as on Linux.
pub const PIPE_BYTES: usize = 64 * 1024;
/// Open files of one process (`ulimit -n`).
pub const OPEN_FILES: usize = 1024;
/// Processes of one machine.
pub const PROCESSES: usize = 32 * 1024;
/// Bytes that one writable file system holds.
pub const FILE_SYSTEM_BYTES: u64 = 256 * 1024 * 1024;
/// Symbolic links followed in one path, as on Linux.
pub const SYMLINKS: usize = 40;
/// Bytes of one path.
pub const PATH_BYTES: usize = 4096;
/// Bytes of an HTTP message's head.
pub const HTTP_HEAD_BYTES: usize = 64 * 1024;
/// Bytes of an HTTP body that is read as a whole.
pub const HTTP_BODY_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of output that a terminal keeps for whoever shows it.
pub const TERMINAL_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a terminal's output that may be unread before who writes waits: what a page can show
/// in one frame.
pub const TERMINAL_UNREAD_BYTES: usize = 4 * 1024;
/// Bytes of one datagram, as IPv4 allows.
pub const DATAGRAM_BYTES: usize = 65_507;
/// Datagrams that wait to be received by a socket; more are lost.
pub const DATAGRAMS_WAITING: usize = 256;
/// Connections that wait to be accepted by a listener.
pub const LISTEN_BACKLOG: usize = 4096;
