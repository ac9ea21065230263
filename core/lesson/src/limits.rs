//! The limits of a lesson: a wrong file is cut short, never a stall.

/// Files in one lesson's folder.
pub const FILES_MAX: usize = 200;

/// Bytes of one lesson's archive.
pub const ARCHIVE_BYTES_MAX: usize = 2_000_000;

/// How deep emphasis and links may stand within each other.
pub const NESTING_MAX: usize = 8;
