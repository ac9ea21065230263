//! kubectl's named limits.

/// Objects that one list request asks for, as `--chunk-size`'s default.
pub const CHUNK_SIZE: u32 = 500;
/// Pages of one list that are followed.
pub const LIST_PAGES: usize = 1000;
/// Bytes of a line that a watch may have without its end.
pub const WATCH_LINE_BYTES: usize = 16 * 1024 * 1024;
/// Folders below one another that `-R` walks into.
pub const FOLDER_DEPTH: usize = 32;
/// Columns of one aligned line; the rest is left as it is.
pub const COLUMNS: usize = 256;
/// Times that a command tries again when somebody else changed the object meanwhile.
pub const CONFLICT_RETRIES: usize = 5;
/// Pods whose logs are followed at once, as `--max-log-requests`'s default.
pub const LOG_REQUESTS: usize = 5;
