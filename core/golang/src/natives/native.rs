//! The natives of `internal/native`.

use super::Native;

/// The table.
pub const TABLE: &[(&str, Native)] = &[];
