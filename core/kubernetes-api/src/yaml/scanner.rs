//! YAML text to tokens, with the errors of the scanner that go-yaml v2 carries.
//!
//! The scanner keeps an indentation stack, from which block collections begin and end, and for each
//! flow level a possible simple key: a token that becomes a key when a `:` follows. Scalars are in
//! [`super::scalar`].

use super::Mark;
use crate::limits::DEPTH_MAX;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    StreamEnd,
    VersionDirective,
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar { value: String, plain: bool },
}

/// A token with its place.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub token: Token,
    pub start: Mark,
    pub end: Mark,
}

/// What is wrong, and where the scanner or parser stood.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub text: String,
    pub mark: Mark,
    /// Where the construct began.
    pub context: Mark,
    /// Scanner errors count lines from one, parser errors from zero.
    pub scanner: bool,
}

#[derive(Clone, Copy)]
struct SimpleKey {
    possible: bool,
    /// Whether the token is still held back until it is clear whether it is a key. Upstream's
    /// index forgets a key that begins with a flow collection as soon as that is closed.
    indexed: bool,
    required: bool,
    token_number: usize,
    mark: Mark,
}

/// The scanner over one document's text.
pub(super) struct Scanner {
    text: Vec<char>,
    pub(super) mark: Mark,
    pub(super) flow_level: usize,
    pub(super) simple_key_allowed: bool,
    pub(super) indent: isize,
    tokens: std::collections::VecDeque<Spanned>,
    tokens_parsed: usize,
    indents: Vec<isize>,
    simple_keys: Vec<SimpleKey>,
    ended: bool,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        let none = SimpleKey {
            possible: false,
            indexed: false,
            required: false,
            token_number: 0,
            mark: Mark::default(),
        };
        Self {
            text: text.chars().collect(),
            mark: Mark::default(),
            flow_level: 0,
            simple_key_allowed: true,
            indent: -1,
            tokens: std::collections::VecDeque::new(),
            tokens_parsed: 0,
            indents: Vec::new(),
            simple_keys: vec![none],
            ended: false,
        }
    }

    /// The next token without taking it.
    pub(super) fn peek(&mut self) -> Result<&Spanned, Problem> {
        while self.more_needed()? && !self.ended {
            self.fetch()?;
        }
        let mark = self.mark;
        if self.tokens.is_empty() {
            self.tokens.push_back(Spanned {
                token: Token::StreamEnd,
                start: mark,
                end: mark,
            });
        }
        let end = || self.error_at(mark, "unexpected end of tokens");
        self.tokens.front().ok_or_else(end)
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Spanned, Problem> {
        let token = self.peek()?.clone();
        self.tokens.pop_front();
        self.tokens_parsed += 1;
        Ok(token)
    }

    /// Whether the first token may still turn out to be a key.
    fn more_needed(&mut self) -> Result<bool, Problem> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let head = self.tokens_parsed;
        let Some(index) = self
            .simple_keys
            .iter()
            .position(|key| key.possible && key.indexed && key.token_number == head)
        else {
            return Ok(false);
        };
        self.simple_key_is_valid(index)
    }

    /// The character `ahead` places further; NUL after the end.
    pub(super) fn char_at(&self, ahead: usize) -> char {
        self.text
            .get(self.mark.index + ahead)
            .copied()
            .unwrap_or('\0')
    }

    pub(super) fn current(&self) -> char {
        self.char_at(0)
    }

    /// Steps over a character that is no line break.
    pub(super) fn skip(&mut self) {
        self.mark.index += 1;
        self.mark.column += 1;
    }

    /// Steps over a line break and gives it as it counts in a scalar.
    pub(super) fn skip_line(&mut self) -> Option<char> {
        let c = self.current();
        if !is_break(c) {
            return None;
        }
        self.mark.index += if c == '\r' && self.char_at(1) == '\n' {
            2
        } else {
            1
        };
        self.mark.column = 0;
        self.mark.line += 1;
        Some(if matches!(c, '\u{2028}' | '\u{2029}') {
            c
        } else {
            '\n'
        })
    }

    pub(super) fn error_at(&self, context: Mark, text: &str) -> Problem {
        Problem {
            text: text.to_owned(),
            mark: self.mark,
            context,
            scanner: true,
        }
    }

    fn column(&self) -> isize {
        isize::try_from(self.mark.column).unwrap_or(isize::MAX)
    }

    /// Whether `---` or `...` stands here at the beginning of a line.
    pub(super) fn at_document_indicator(&self) -> bool {
        let three = |c: char| (0..3).all(|ahead| self.char_at(ahead) == c);
        self.mark.column == 0 && (three('-') || three('.')) && is_blank_or_end(self.char_at(3))
    }

    fn fetch(&mut self) -> Result<(), Problem> {
        self.skip_to_token();
        self.unroll_indent(self.column());
        let c = self.current();
        let (flow, blank_next) = (self.flow_level > 0, is_blank_or_end(self.char_at(1)));
        if c == '\0' {
            return self.fetch_stream_end();
        }
        if self.mark.column == 0 && c == '%' {
            return self.fetch_directive();
        }
        if self.at_document_indicator() {
            return self.fetch_document_indicator(c);
        }
        match c {
            '[' => self.fetch_flow_start(Token::FlowSequenceStart),
            '{' => self.fetch_flow_start(Token::FlowMappingStart),
            ']' => self.fetch_flow_end(Token::FlowSequenceEnd),
            '}' => self.fetch_flow_end(Token::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if blank_next => self.fetch_block_entry(),
            '?' if flow || blank_next => self.fetch_key(),
            ':' if flow || blank_next => self.fetch_value(),
            '*' | '&' => self.fetch_anchor(c == '*'),
            '!' => self.fetch_tag(),
            '|' | '>' if !flow => self.fetch_block_scalar(c == '|'),
            '\'' | '"' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let token = self.scan_quoted(c)?;
                self.push(token);
                Ok(())
            }
            _ if can_start_plain(c, self.char_at(1), flow) => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let token = self.scan_plain()?;
                self.push(token);
                Ok(())
            }
            _ => Err(self.error_at(self.mark, "found character that cannot start any token")),
        }
    }

    fn push(&mut self, token: Spanned) {
        self.tokens.push_back(token);
    }

    /// Pushes a token of `length` characters from here on.
    fn push_here(&mut self, token: Token, length: usize) {
        let start = self.mark;
        for _ in 0..length {
            self.skip();
        }
        let end = self.mark;
        self.push(Spanned { token, start, end });
    }

    fn skip_to_token(&mut self) {
        loop {
            if self.mark.column == 0 && self.current() == '\u{feff}' {
                self.skip();
            }
            while self.current() == ' '
                || (self.current() == '\t' && (self.flow_level > 0 || !self.simple_key_allowed))
            {
                self.skip();
            }
            if self.current() == '#' {
                while !is_break_or_end(self.current()) {
                    self.skip();
                }
            }
            if self.skip_line().is_none() {
                return;
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn simple_key_is_valid(&mut self, index: usize) -> Result<bool, Problem> {
        let mark = self.mark;
        let Some(key) = self.simple_keys.get_mut(index).filter(|key| key.possible) else {
            return Ok(false);
        };
        if key.mark.line == mark.line && key.mark.index + 1024 >= mark.index {
            return Ok(true);
        }
        let (required, context) = (key.required, key.mark);
        key.possible = false;
        if required {
            Err(self.error_at(context, "could not find expected ':'"))
        } else {
            Ok(false)
        }
    }

    fn save_simple_key(&mut self) -> Result<(), Problem> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        self.remove_simple_key()?;
        let key = SimpleKey {
            possible: true,
            indexed: true,
            required: self.flow_level == 0 && self.indent == self.column(),
            token_number: self.tokens_parsed + self.tokens.len(),
            mark: self.mark,
        };
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<(), Problem> {
        let Some(key) = self.simple_keys.last_mut() else {
            return Ok(());
        };
        let (wanted, context) = (key.possible && key.required, key.mark);
        key.possible = false;
        if wanted {
            Err(self.error_at(context, "could not find expected ':'"))
        } else {
            Ok(())
        }
    }

    /// Begins a block collection when the column is deeper than the indentation. `number` is the
    /// token before which it begins; `None` is the end of the queue.
    fn roll_indent(
        &mut self,
        column: isize,
        number: Option<usize>,
        token: Token,
        mark: Mark,
    ) -> Result<(), Problem> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > DEPTH_MAX {
            return Err(self.error_at(mark, &format!("exceeded max depth of {DEPTH_MAX}")));
        }
        self.insert(
            number,
            Spanned {
                token,
                start: mark,
                end: mark,
            },
        );
        Ok(())
    }

    fn insert(&mut self, number: Option<usize>, token: Spanned) {
        let at = number.and_then(|number| number.checked_sub(self.tokens_parsed));
        let at = at.unwrap_or(self.tokens.len()).min(self.tokens.len());
        self.tokens.insert(at, token);
    }

    fn unroll_indent(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push_here(Token::BlockEnd, 0);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Problem> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_here(Token::StreamEnd, 0);
        self.ended = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Problem> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_directive()?;
        self.push(token);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, c: char) -> Result<(), Problem> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_here(
            if c == '-' {
                Token::DocumentStart
            } else {
                Token::DocumentEnd
            },
            3,
        );
        Ok(())
    }

    fn fetch_flow_start(&mut self, token: Token) -> Result<(), Problem> {
        self.save_simple_key()?;
        let number = self.tokens_parsed + self.tokens.len();
        self.simple_keys.push(SimpleKey {
            possible: false,
            indexed: false,
            required: false,
            token_number: number,
            mark: self.mark,
        });
        self.flow_level += 1;
        if self.flow_level > DEPTH_MAX {
            return Err(self.error_at(self.mark, &format!("exceeded max depth of {DEPTH_MAX}")));
        }
        self.simple_key_allowed = true;
        self.push_here(token, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, token: Token) -> Result<(), Problem> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            let number = self.simple_keys.pop().map(|key| key.token_number);
            for key in self
                .simple_keys
                .iter_mut()
                .filter(|key| Some(key.token_number) == number)
            {
                key.indexed = false;
            }
        }
        self.simple_key_allowed = false;
        self.push_here(token, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Problem> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_here(Token::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Problem> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error_at(
                    self.mark,
                    "block sequence entries are not allowed in this context",
                ));
            }
            self.roll_indent(self.column(), None, Token::BlockSequenceStart, self.mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_here(Token::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Problem> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(
                    self.error_at(self.mark, "mapping keys are not allowed in this context")
                );
            }
            self.roll_indent(self.column(), None, Token::BlockMappingStart, self.mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_here(Token::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Problem> {
        let last = self.simple_keys.len().saturating_sub(1);
        let key = if self.simple_key_is_valid(last)? {
            self.simple_keys.last().copied()
        } else {
            None
        };
        if let Some(key) = key {
            self.insert(
                Some(key.token_number),
                Spanned {
                    token: Token::Key,
                    start: key.mark,
                    end: key.mark,
                },
            );
            let column = isize::try_from(key.mark.column).unwrap_or(isize::MAX);
            self.roll_indent(
                column,
                Some(key.token_number),
                Token::BlockMappingStart,
                key.mark,
            )?;
            if let Some(key) = self.simple_keys.last_mut() {
                key.possible = false;
            }
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(
                        self.error_at(self.mark, "mapping values are not allowed in this context")
                    );
                }
                self.roll_indent(self.column(), None, Token::BlockMappingStart, self.mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_here(Token::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, alias: bool) -> Result<(), Problem> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        self.skip();
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let next = self.current();
        if name.is_empty() || !(is_blank_or_end(next) || "?:,]}%@`".contains(next)) {
            return Err(self.error_at(
                start,
                "did not find expected alphabetic or numeric character",
            ));
        }
        let token = if alias {
            Token::Alias(name)
        } else {
            Token::Anchor(name)
        };
        self.push(Spanned {
            token,
            start,
            end: self.mark,
        });
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<(), Problem> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_tag()?;
        self.push(token);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, literal: bool) -> Result<(), Problem> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let token = self.scan_block_scalar(literal)?;
        self.push(token);
        Ok(())
    }

    /// Takes characters as long as they fit.
    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while self.current() != '\0' && fits(self.current()) {
            taken.push(self.current());
            self.skip();
        }
        taken
    }
}

fn can_start_plain(c: char, next: char, flow: bool) -> bool {
    let indicator = is_blank_or_end(c) || "-?:,[]{}#&*!|>'\"%@`".contains(c);
    !indicator
        || (c == '-' && !is_blank(next))
        || (!flow && matches!(c, '?' | ':') && !is_blank_or_end(next))
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_break_or_end(c: char) -> bool {
    c == '\0' || is_break(c)
}

pub(super) fn is_blank_or_end(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}
