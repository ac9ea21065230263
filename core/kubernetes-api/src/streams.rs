//! The open files of a client that runs a command in a container: how the streams of `exec` and
//! `attach` travel between our own parts.
//!
//! A command's streams do not fit into one request and one response, so our client passes its files
//! along as the request's body; the answer, a Status, comes when the command has ended.

use machine::File;
use machine::http::Object;
use std::any::Any;

/// The body of an `exec` or `attach` request.
#[derive(Clone, Default)]
pub struct Streams {
    /// What the command reads.
    pub stdin: Option<File>,
    /// Where its output goes.
    pub stdout: Option<File>,
    /// Where its errors go.
    pub stderr: Option<File>,
}

impl Object for Streams {
    fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
