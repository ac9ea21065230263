//! Cuts a source into tokens. Models `cmd/compile/internal/syntax/scanner.go`.

mod literals;

use crate::{
    ast::{LitKind, Op},
    token::Token,
};

/// Precedences of binary operators; 0 is none.
const PRECEDENCE_OR_OR: u8 = 1;
const PRECEDENCE_AND_AND: u8 = 2;
const PRECEDENCE_COMPARE: u8 = 3;
const PRECEDENCE_ADD: u8 = 4;
const PRECEDENCE_MULTIPLY: u8 = 5;

/// The character after the last.
pub(crate) const EOF: i32 = -1;

/// The scanner with its current token.
pub(crate) struct Scanner<'a> {
    source: &'a [u8],
    /// Offset of `ch`, and the offset after it.
    at: usize,
    next_at: usize,
    /// The current character or [`EOF`].
    ch: i32,
    semicolon_at_newline: bool,
    /// The current token.
    pub token: Token,
    /// Its first byte.
    pub start: usize,
    /// For `Semi`: "semicolon", "newline" or "EOF".
    pub semi: &'static str,
    /// For `Literal`.
    pub kind: LitKind,
    /// For `Literal`: it has errors.
    pub bad: bool,
    /// Its end, for `Name` and `Literal`.
    pub end: usize,
    /// For operators.
    pub op: Op,
    /// For operators.
    pub precedence: u8,
    /// Errors with their offsets.
    pub errors: Vec<(usize, String)>,
    /// `//go:` comments: offset of the text after the slashes, and the text.
    pub directives: Vec<(usize, String)>,
}

impl<'a> Scanner<'a> {
    pub fn new(source: &'a [u8], at: usize) -> Self {
        let mut scanner = Scanner {
            source,
            at,
            next_at: at,
            ch: i32::from(b' '),
            semicolon_at_newline: false,
            token: Token::Eof,
            start: at,
            semi: "",
            kind: LitKind::Int,
            bad: false,
            end: at,
            op: Op::Add,
            precedence: 0,
            errors: Vec::new(),
            directives: Vec::new(),
        };
        scanner.next_char();
        scanner
    }

    /// The bytes of the current name or literal.
    pub fn segment(&self) -> &'a [u8] {
        self.source.get(self.start..self.end).unwrap_or_default()
    }

    /// The offset after the current token.
    pub fn after(&self) -> usize {
        self.at
    }

    /// Stops: what follows is the end of the file.
    pub fn stop(&mut self) {
        self.at = self.source.len();
        self.next_at = self.at;
        self.ch = EOF;
        self.start = self.at;
        self.token = Token::Eof;
    }

    fn next_char(&mut self) {
        loop {
            self.at = self.next_at;
            match self.source.get(self.at) {
                None => {
                    self.ch = EOF;
                    return;
                }
                Some(0) => {
                    self.next_at += 1;
                    self.error("invalid NUL character");
                }
                Some(byte) if *byte < 0x80 => {
                    self.next_at += 1;
                    self.ch = i32::from(*byte);
                    return;
                }
                Some(_) => {
                    if self.wide_char() {
                        return;
                    }
                }
            }
        }
    }

    /// Reads a character of several bytes; false if it is to be skipped.
    fn wide_char(&mut self) -> bool {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let window = rest.get(..rest.len().min(4)).unwrap_or_default();
        let text = window
            .utf8_chunks()
            .next()
            .map_or("", |chunk| chunk.valid());
        let Some(c) = text.chars().next() else {
            self.next_at += 1;
            self.error("invalid UTF-8 encoding");
            return false;
        };
        self.next_at += c.len_utf8();
        self.ch = c as i32;
        if c == '\u{feff}' {
            if self.at > 0 {
                self.error("invalid BOM in the middle of the file");
            }
            return false;
        }
        true
    }

    fn error(&mut self, message: impl Into<String>) {
        self.errors.push((self.at, message.into()));
    }

    fn error_at(&mut self, offset: usize, message: impl Into<String>) {
        self.errors.push((offset, message.into()));
    }

    fn is(&self, byte: u8) -> bool {
        self.ch == i32::from(byte)
    }

    /// Consumes the character if it is this.
    fn accept(&mut self, byte: u8) -> bool {
        let found = self.is(byte);
        if found {
            self.next_char();
        }
        found
    }

    /// Moves to the next token.
    pub fn next(&mut self) {
        let at_newline = std::mem::take(&mut self.semicolon_at_newline);
        loop {
            while matches!(self.ch, 0x20 | 0x09 | 0x0d) || (self.ch == 0x0a && !at_newline) {
                self.next_char();
            }
            self.start = self.at;
            if is_letter(self.ch) || (self.ch >= 0x80 && self.is_identifier_char(true)) {
                self.next_char();
                self.identifier();
                return;
            }
            if self.punctuation(at_newline) {
                return;
            }
        }
    }

    fn identifier(&mut self) {
        while is_letter(self.ch) || is_decimal(self.ch) {
            self.next_char();
        }
        if self.ch >= 0x80 {
            while is_letter(self.ch)
                || is_decimal(self.ch)
                || (self.ch >= 0x80 && self.is_identifier_char(false))
            {
                self.next_char();
            }
        }
        self.end = self.at;
        if let Some(token) = Token::keyword(self.segment()) {
            self.semicolon_at_newline = matches!(
                token,
                Token::Break | Token::Continue | Token::Fallthrough | Token::Return
            );
            self.token = token;
            return;
        }
        self.semicolon_at_newline = true;
        self.token = Token::Name;
    }

    fn is_identifier_char(&mut self, first: bool) -> bool {
        let Some(c) = u32::try_from(self.ch).ok().and_then(char::from_u32) else {
            return false;
        };
        if c.is_alphabetic() && !c.is_numeric() || c == '_' {
            return true;
        }
        if c.is_numeric() {
            if first {
                self.error(format!(
                    "identifier cannot begin with digit {}",
                    unicode(self.ch)
                ));
            }
            return true;
        }
        self.error(format!(
            "invalid character {} in identifier",
            unicode(self.ch)
        ));
        true
    }

    fn simple(&mut self, token: Token) -> bool {
        self.next_char();
        self.token = token;
        true
    }

    fn closing(&mut self, token: Token) -> bool {
        self.semicolon_at_newline = true;
        self.simple(token)
    }

    fn operator(&mut self, op: Op, precedence: u8) -> bool {
        self.op = op;
        self.precedence = precedence;
        self.token = Token::Operator;
        true
    }

    fn operator_or_assignment(&mut self, op: Op, precedence: u8) -> bool {
        self.operator(op, precedence);
        if self.accept(b'=') {
            self.token = Token::AssignOp;
        }
        true
    }

    /// A token that does not start with a letter; false if there was only a comment or nonsense.
    fn punctuation(&mut self, at_newline: bool) -> bool {
        let byte = u8::try_from(self.ch).unwrap_or(0);
        match byte {
            _ if self.ch == EOF => {
                if at_newline {
                    self.semi = "EOF";
                    self.token = Token::Semi;
                } else {
                    self.token = Token::Eof;
                }
                true
            }
            b'\n' => {
                self.semi = "newline";
                self.simple(Token::Semi)
            }
            b';' => {
                self.semi = "semicolon";
                self.simple(Token::Semi)
            }
            b'0'..=b'9' => self.number(false),
            b'"' => self.string(),
            b'`' => self.raw_string(),
            b'\'' => self.rune(),
            b'(' => self.simple(Token::Lparen),
            b'[' => self.simple(Token::Lbrack),
            b'{' => self.simple(Token::Lbrace),
            b',' => self.simple(Token::Comma),
            b')' => self.closing(Token::Rparen),
            b']' => self.closing(Token::Rbrack),
            b'}' => self.closing(Token::Rbrace),
            b'/' => self.slash(at_newline),
            b'.' => self.dot(),
            _ if self.ch < 0x80 => {
                let found = self.operator_token(byte);
                if !found {
                    self.invalid_character();
                }
                found
            }
            _ => {
                self.invalid_character();
                false
            }
        }
    }

    fn invalid_character(&mut self) {
        self.error(format!("invalid character {}", unicode(self.ch)));
        self.next_char();
    }

    fn dot(&mut self) -> bool {
        self.next_char();
        if is_decimal(self.ch) {
            return self.number(true);
        }
        self.token = Token::Dot;
        if self.is(b'.') && self.source.get(self.next_at) == Some(&b'.') {
            self.next_char();
            self.next_char();
            self.token = Token::DotDotDot;
        }
        true
    }

    fn slash(&mut self, at_newline: bool) -> bool {
        self.next_char();
        if self.is(b'/') {
            self.line_comment();
            return false;
        }
        if self.accept(b'*') {
            let spans_lines = self.full_comment();
            if spans_lines && at_newline {
                self.semi = "newline";
                self.token = Token::Semi;
                return true;
            }
            return false;
        }
        self.operator_or_assignment(Op::Div, PRECEDENCE_MULTIPLY)
    }

    fn line_comment(&mut self) {
        let text_at = self.next_at;
        let rest = self.source.get(text_at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        if text.starts_with(b"go:") {
            let text = String::from_utf8_lossy(text)
                .trim_end_matches('\r')
                .to_string();
            self.directives.push((text_at, text));
        }
        if text.iter().all(|byte| *byte < 0x80 && *byte != 0) {
            self.next_at = text_at + length;
            self.next_char();
        } else {
            while self.ch != EOF && self.ch != 0x0a {
                self.next_char();
            }
        }
    }

    /// Skips to after `*/`; whether it spans lines.
    fn full_comment(&mut self) -> bool {
        let mut spans_lines = false;
        loop {
            if self.ch == EOF {
                self.error_at(self.start, "comment not terminated");
                return spans_lines;
            }
            spans_lines |= self.ch == 0x0a;
            let was_star = self.is(b'*');
            self.next_char();
            if was_star && self.accept(b'/') {
                return spans_lines;
            }
        }
    }

    fn operator_token(&mut self, byte: u8) -> bool {
        if !b":+-*%&|^<>=!~".contains(&byte) {
            return false;
        }
        self.next_char();
        match byte {
            b':' => {
                self.token = if self.accept(b'=') {
                    Token::Define
                } else {
                    Token::Colon
                };
                true
            }
            b'+' | b'-' => {
                let op = if byte == b'+' { Op::Add } else { Op::Sub };
                if self.accept(byte) {
                    self.op = op;
                    self.precedence = PRECEDENCE_ADD;
                    self.semicolon_at_newline = true;
                    self.token = Token::IncOp;
                    return true;
                }
                self.operator_or_assignment(op, PRECEDENCE_ADD)
            }
            b'*' => {
                self.operator_or_assignment(Op::Mul, PRECEDENCE_MULTIPLY);
                if self.token == Token::Operator {
                    self.token = Token::Star;
                }
                true
            }
            b'%' => self.operator_or_assignment(Op::Rem, PRECEDENCE_MULTIPLY),
            b'&' if self.accept(b'&') => self.operator(Op::AndAnd, PRECEDENCE_AND_AND),
            b'&' if self.accept(b'^') => {
                self.operator_or_assignment(Op::AndNot, PRECEDENCE_MULTIPLY)
            }
            b'&' => self.operator_or_assignment(Op::And, PRECEDENCE_MULTIPLY),
            b'|' if self.accept(b'|') => self.operator(Op::OrOr, PRECEDENCE_OR_OR),
            b'|' => self.operator_or_assignment(Op::Or, PRECEDENCE_ADD),
            b'^' => self.operator_or_assignment(Op::Xor, PRECEDENCE_ADD),
            b'<' if self.accept(b'=') => self.operator(Op::LessEqual, PRECEDENCE_COMPARE),
            b'<' if self.accept(b'<') => self.operator_or_assignment(Op::Shl, PRECEDENCE_MULTIPLY),
            b'<' if self.accept(b'-') => {
                self.token = Token::Arrow;
                true
            }
            b'<' => self.operator(Op::Less, PRECEDENCE_COMPARE),
            b'>' if self.accept(b'=') => self.operator(Op::GreaterEqual, PRECEDENCE_COMPARE),
            b'>' if self.accept(b'>') => self.operator_or_assignment(Op::Shr, PRECEDENCE_MULTIPLY),
            b'>' => self.operator(Op::Greater, PRECEDENCE_COMPARE),
            b'=' if self.accept(b'=') => self.operator(Op::Equal, PRECEDENCE_COMPARE),
            b'=' => {
                self.token = Token::Assign;
                true
            }
            b'!' if self.accept(b'=') => self.operator(Op::NotEqual, PRECEDENCE_COMPARE),
            b'!' => self.operator(Op::Not, 0),
            _ => self.operator(Op::Tilde, 0),
        }
    }

    /// With the current token `{`: skips to after the matching `}` without cutting tokens, for
    /// bodies that are parsed only when they are needed. The current token is what follows.
    /// Returns the offset after the brace.
    pub fn skip_block(&mut self) -> usize {
        let mut depth = 1u32;
        let mut at = self.start + 1;
        while depth > 0 {
            let rest = self.source.get(at..).unwrap_or_default();
            let Some(found) = rest
                .iter()
                .position(|byte| matches!(byte, b'{' | b'}' | b'"' | b'`' | b'\'' | b'/'))
            else {
                at = self.source.len();
                break;
            };
            let byte = rest.get(found).copied().unwrap_or(0);
            at += found + 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'/' => at = self.after_comment(at),
                quote => at = self.after_quote(at, quote),
            }
        }
        self.next_at = at;
        self.next_char();
        self.semicolon_at_newline = true;
        self.next();
        at
    }

    fn after_comment(&self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b'/') => {
                at + rest
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .unwrap_or(rest.len())
            }
            Some(b'*') => {
                at + rest
                    .windows(2)
                    .skip(1)
                    .position(|pair| pair == b"*/")
                    .map_or(rest.len(), |n| n + 3)
            }
            _ => at,
        }
    }

    fn after_quote(&self, mut at: usize, quote: u8) -> usize {
        loop {
            match self.source.get(at) {
                None => return at,
                Some(b'\\') if quote != b'`' => at += 2,
                Some(byte) if *byte == quote => return at + 1,
                Some(_) => at += 1,
            }
        }
    }
}

fn is_letter(ch: i32) -> bool {
    matches!(ch, 0x61..=0x7a | 0x41..=0x5a | 0x5f)
}

fn is_decimal(ch: i32) -> bool {
    matches!(ch, 0x30..=0x39)
}

/// A character as `%#U` shows it.
fn unicode(ch: i32) -> String {
    match u32::try_from(ch).ok().and_then(char::from_u32) {
        Some(c) if !c.is_control() && c != '\u{fffe}' => format!("U+{ch:04X} '{c}'"),
        _ => format!("U+{ch:04X}"),
    }
}
