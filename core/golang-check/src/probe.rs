//! The stages of the front end one by one, for tests and fuzzing: what they say is thrown away.

use crate::{parser, scanner::Scanner, source::Sources, symbol::Symbols, token::Token};
use std::rc::Rc;

/// Cuts a source into tokens and counts them.
pub fn scan(text: &[u8]) -> usize {
    let mut scanner = Scanner::new(text, 0);
    let mut count = 0;
    loop {
        scanner.next();
        count += 1;
        if scanner.token == Token::Eof {
            return count;
        }
    }
}

/// Parses a source and counts the syntax errors.
pub fn parse(text: &[u8]) -> usize {
    let file = Sources::default().add("x.go", Rc::from(text));
    parser::parse_file(&file, &mut Symbols::default(), 0, false)
        .diagnostics
        .len()
}
