//! The engine's errors: an HTTP status and the daemon's own words.

use std::fmt;

/// Why the engine refused. `Display` gives the daemon's words, without the client's
/// `Error response from daemon: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    /// The HTTP status of the Engine API: 400 bad parameter, 404 not there, 409 conflict, 500.
    pub status: u16,
    /// The daemon's words.
    pub message: String,
}

impl EngineError {
    /// Something is not there (404).
    pub fn not_found(message: impl Into<String>) -> EngineError {
        EngineError {
            status: 404,
            message: message.into(),
        }
    }

    /// The state of things forbids it (409).
    pub fn conflict(message: impl Into<String>) -> EngineError {
        EngineError {
            status: 409,
            message: message.into(),
        }
    }

    /// A parameter is wrong (400).
    pub fn invalid(message: impl Into<String>) -> EngineError {
        EngineError {
            status: 400,
            message: message.into(),
        }
    }

    /// Anything else (500).
    pub fn failed(message: impl Into<String>) -> EngineError {
        EngineError {
            status: 500,
            message: message.into(),
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for EngineError {}

impl EngineError {
    /// The same with a colon and a detail after it.
    pub(crate) fn with_detail(mut self, detail: &str) -> EngineError {
        self.message = format!("{}: {detail}", self.message);
        self
    }
}
