//! The natives of `internal/native` about signals.

/// What happens with signals.
#[derive(Default)]
pub struct Modes {}
