//! A text read line by line, each when the ones before have run.

use super::{List, Parser, SyntaxError};

/// A script that is parsed as it runs: bash knows nothing of a line before those above it have run.
pub(crate) struct Script {
    parser: Parser,
}

impl Script {
    pub(crate) fn new(text: &str) -> Script {
        Script {
            parser: Parser::new(text),
        }
    }

    /// The next complete commands, up to the end of their line; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Result<List, SyntaxError>> {
        let parser = &mut self.parser;
        if let Err(error) = parser.skip_newlines() {
            return Some(Err(error));
        }
        parser.peek()?;
        Some(parser.line_of_items())
    }

    /// Whether nothing comes any more.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.parser.skip_newlines().is_ok() && self.parser.peek().is_none()
    }
}
