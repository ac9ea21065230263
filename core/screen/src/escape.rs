//! Takes a stream of bytes apart: characters, control characters, escape sequences.
//!
//! Models ECMA-48 as xterm reads it. A sequence may be cut at any byte; what is not understood is
//! swallowed whole, so that no part of it shows as text.

use crate::limits::{PARAMETER_VALUE_MAX, PARAMETERS_MAX};

/// What the bytes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A character to show.
    Character(char),
    /// A control character below blank.
    Control(u8),
    /// `ESC [ … LETTER`.
    Sequence { parameters: Vec<u16>, letter: u8 },
    /// `ESC LETTER`.
    Escape(u8),
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Text,
    /// Within a character of several bytes.
    Character(Vec<u8>),
    AfterEscape,
    /// Within `ESC [`.
    Sequence(Parameters),
    /// Within `ESC ]`, which sets titles and the like; `true` after an ESC that may end it.
    Command(bool),
    /// After `ESC (` and the like: one more byte.
    Designation,
}

#[derive(Debug, Default)]
struct Parameters {
    values: Vec<u16>,
    /// Whether a `?` or another mark of private sequences was seen.
    private: bool,
}

/// The state between two pieces of the stream.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    state: State,
}

impl Parser {
    /// Reads one byte; most bytes complete a token.
    pub(crate) fn read(&mut self, byte: u8, tokens: &mut Vec<Token>) {
        self.state = match std::mem::take(&mut self.state) {
            State::Text => begin(byte, tokens),
            State::Character(bytes) => character(bytes, byte, tokens),
            State::AfterEscape => after_escape(byte, tokens),
            State::Sequence(parameters) => sequence(parameters, byte, tokens),
            State::Command(_) if byte == 0x07 => State::Text,
            State::Command(true) if byte == b'\\' => State::Text,
            State::Command(_) => State::Command(byte == 0x1b),
            State::Designation => State::Text,
        };
    }
}

fn begin(byte: u8, tokens: &mut Vec<Token>) -> State {
    match byte {
        0x1b => return State::AfterEscape,
        0x00..=0x1f | 0x7f => tokens.push(Token::Control(byte)),
        0x20..=0x7e => tokens.push(Token::Character(char::from(byte))),
        0xc2..=0xf4 => return State::Character(vec![byte]),
        _ => tokens.push(Token::Character(char::REPLACEMENT_CHARACTER)),
    }
    State::Text
}

fn character(mut bytes: Vec<u8>, byte: u8, tokens: &mut Vec<Token>) -> State {
    if !(0x80..=0xbf).contains(&byte) {
        tokens.push(Token::Character(char::REPLACEMENT_CHARACTER));
        return begin(byte, tokens);
    }
    bytes.push(byte);
    match std::str::from_utf8(&bytes) {
        Ok(text) => tokens.extend(text.chars().map(Token::Character)),
        // Only an unfinished character has no length of error.
        Err(error) if error.error_len().is_none() => return State::Character(bytes),
        Err(_) => tokens.push(Token::Character(char::REPLACEMENT_CHARACTER)),
    }
    State::Text
}

fn after_escape(byte: u8, tokens: &mut Vec<Token>) -> State {
    match byte {
        b'[' => State::Sequence(Parameters::default()),
        b']' | b'P' | b'_' | b'^' | b'X' => State::Command(false),
        b'(' | b')' | b'*' | b'+' | b'#' | b' ' => State::Designation,
        0x1b => State::AfterEscape,
        _ => {
            tokens.push(Token::Escape(byte));
            State::Text
        }
    }
}

fn sequence(mut parameters: Parameters, byte: u8, tokens: &mut Vec<Token>) -> State {
    match byte {
        b'0'..=b'9' => {
            if parameters.values.is_empty() {
                parameters.values.push(0);
            }
            if let Some(last) = parameters.values.last_mut() {
                let digit = u16::from(byte - b'0');
                let value = last.saturating_mul(10).saturating_add(digit);
                *last = value.min(PARAMETER_VALUE_MAX);
            }
        }
        b';' | b':' => {
            if parameters.values.is_empty() {
                parameters.values.push(0);
            }
            if parameters.values.len() < PARAMETERS_MAX {
                parameters.values.push(0);
            }
        }
        b'<'..=b'?' => parameters.private = true,
        0x20..=0x2f => {}
        0x40..=0x7e => {
            if !parameters.private {
                tokens.push(Token::Sequence {
                    parameters: parameters.values,
                    letter: byte,
                });
            }
            return State::Text;
        }
        0x1b => return State::AfterEscape,
        // Control characters work within a sequence.
        0x00..=0x1f => tokens.push(Token::Control(byte)),
        _ => return State::Text,
    }
    State::Sequence(parameters)
}
