//! The parts of the scanner that read text: scalars of all styles, tags and directives.

use super::Mark;
use super::scanner::{
    Problem, Scanner, Spanned, Token, is_blank, is_blank_or_end, is_break, is_break_or_end,
};

/// Line breaks and blanks between two lines of a scalar, while it is not clear yet what they become.
#[derive(Default)]
struct Fold {
    blanks: String,
    first_break: Option<char>,
    more_breaks: String,
}

impl Fold {
    fn at_line_start(&self) -> bool {
        self.first_break.is_some()
    }

    /// Takes blanks and breaks up to the next text. A tab that stands where indentation should
    /// be is refused by plain scalars.
    fn take(
        &mut self,
        scanner: &mut Scanner,
        mut leading: bool,
        refuse_tab: impl Fn(&Scanner) -> Result<(), Problem>,
    ) -> Result<bool, Problem> {
        loop {
            let c = scanner.current();
            if is_blank(c) {
                if leading {
                    if c == '\t' {
                        refuse_tab(scanner)?;
                    }
                } else {
                    self.blanks.push(c);
                }
                scanner.skip();
            } else if let Some(line_break) = scanner.skip_line() {
                if leading {
                    self.more_breaks.push(line_break);
                } else {
                    self.blanks.clear();
                    self.first_break = Some(line_break);
                    leading = true;
                }
            } else {
                return Ok(leading);
            }
        }
    }

    /// What stands between two pieces of text: one break is a blank, more breaks are kept.
    fn join(&mut self, text: &mut String, leading: bool) {
        if leading {
            match self.first_break {
                Some('\n') if self.more_breaks.is_empty() => text.push(' '),
                Some('\n') => text.push_str(&self.more_breaks),
                first => {
                    text.extend(first);
                    text.push_str(&self.more_breaks);
                }
            }
        } else {
            text.push_str(&self.blanks);
        }
        *self = Self::default();
    }
}

impl Scanner {
    /// A scalar without quotes.
    pub(super) fn scan_plain(&mut self) -> Result<Spanned, Problem> {
        let start = self.mark;
        let mut end = start;
        let indent = usize::try_from(self.indent + 1).unwrap_or_default();
        let mut value = String::new();
        let mut fold = Fold::default();
        let mut leading = false;
        while !self.at_document_indicator() && self.current() != '#' {
            while !is_blank_or_end(self.current()) {
                let c = self.current();
                if (c == ':' && is_blank_or_end(self.char_at(1)))
                    || (self.flow_level > 0 && ",?[]{}".contains(c))
                {
                    break;
                }
                fold.join(&mut value, leading);
                leading = false;
                value.push(c);
                self.skip();
                end = self.mark;
            }
            if !(is_blank(self.current()) || is_break(self.current())) {
                break;
            }
            leading = fold.take(self, leading || fold.at_line_start(), |scanner| {
                if scanner.mark.column < indent {
                    Err(scanner.error_at(start, "found a tab character that violates indentation"))
                } else {
                    Ok(())
                }
            })?;
            if self.flow_level == 0 && self.mark.column < indent {
                break;
            }
        }
        if leading {
            self.simple_key_allowed = true;
        }
        Ok(Spanned {
            token: Token::Scalar { value, plain: true },
            start,
            end,
        })
    }

    /// A scalar in single or double quotes.
    pub(super) fn scan_quoted(&mut self, quote: char) -> Result<Spanned, Problem> {
        let start = self.mark;
        self.skip();
        let mut value = String::new();
        loop {
            if self.at_document_indicator() {
                return Err(self.error_at(start, "found unexpected document indicator"));
            }
            if self.current() == '\0' {
                return Err(self.error_at(start, "found unexpected end of stream"));
            }
            let leading = self.quoted_text(quote, start, &mut value)?;
            if self.current() == quote {
                break;
            }
            let mut fold = Fold::default();
            let leading = fold.take(self, leading, |_| Ok(()))?;
            fold.join(&mut value, leading);
        }
        self.skip();
        Ok(Spanned {
            token: Token::Scalar {
                value,
                plain: false,
            },
            start,
            end: self.mark,
        })
    }

    /// Text up to a blank, a line break or the closing quote; tells whether it ended with an
    /// escaped line break.
    fn quoted_text(
        &mut self,
        quote: char,
        start: Mark,
        value: &mut String,
    ) -> Result<bool, Problem> {
        while !is_blank_or_end(self.current()) {
            let (c, next) = (self.current(), self.char_at(1));
            if quote == '\'' && c == '\'' && next == '\'' {
                value.push('\'');
                self.skip();
                self.skip();
            } else if c == quote {
                break;
            } else if quote == '"' && c == '\\' && is_break(next) {
                self.skip();
                self.skip_line();
                return Ok(true);
            } else if quote == '"' && c == '\\' {
                value.push(self.escape(start)?);
            } else {
                value.push(c);
                self.skip();
            }
        }
        Ok(false)
    }

    fn escape(&mut self, start: Mark) -> Result<char, Problem> {
        let code_length = match self.char_at(1) {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c => {
                let meant = match c {
                    '0' => '\0',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    't' | '\t' => '\t',
                    'n' => '\n',
                    'v' => '\u{b}',
                    'f' => '\u{c}',
                    'r' => '\r',
                    'e' => '\u{1b}',
                    ' ' | '"' | '\'' | '\\' => c,
                    'N' => '\u{85}',
                    '_' => '\u{a0}',
                    'L' => '\u{2028}',
                    'P' => '\u{2029}',
                    _ => return Err(self.error_at(start, "found unknown escape character")),
                };
                self.skip();
                self.skip();
                return Ok(meant);
            }
        };
        self.skip();
        self.skip();
        let mut code: u32 = 0;
        for ahead in 0..code_length {
            let Some(digit) = self.char_at(ahead).to_digit(16) else {
                return Err(self.error_at(start, "did not find expected hexdecimal number"));
            };
            code = code.wrapping_mul(16).wrapping_add(digit);
        }
        let Some(c) = char::from_u32(code) else {
            return Err(self.error_at(start, "found invalid Unicode character escape code"));
        };
        for _ in 0..code_length {
            self.skip();
        }
        Ok(c)
    }

    /// A literal (`|`) or folded (`>`) scalar.
    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<Spanned, Problem> {
        let start = self.mark;
        self.skip();
        let (keep, increment) = self.block_header(start)?;
        let mut end = self.mark;
        let base = usize::try_from(self.indent).unwrap_or_default();
        let mut indent = if increment > 0 { base + increment } else { 0 };
        let (mut value, mut first_break, mut more_breaks) =
            (String::new(), String::new(), String::new());
        self.block_breaks(&mut indent, &mut more_breaks, start, &mut end)?;
        let mut leading_blank = false;
        while self.mark.column == indent && self.current() != '\0' {
            let blank = is_blank(self.current());
            if !literal && !leading_blank && !blank && first_break.starts_with('\n') {
                if more_breaks.is_empty() {
                    value.push(' ');
                }
            } else {
                value.push_str(&first_break);
            }
            value.push_str(&more_breaks);
            more_breaks.clear();
            leading_blank = blank;
            while !is_break_or_end(self.current()) {
                value.push(self.current());
                self.skip();
            }
            first_break = self.skip_line().into_iter().collect();
            self.block_breaks(&mut indent, &mut more_breaks, start, &mut end)?;
        }
        if keep != Some(false) {
            value.push_str(&first_break);
        }
        if keep == Some(true) {
            value.push_str(&more_breaks);
        }
        Ok(Spanned {
            token: Token::Scalar {
                value,
                plain: false,
            },
            start,
            end,
        })
    }

    /// Chomping (`+` keeps, `-` strips) and indentation indicator, up to the end of the line.
    fn block_header(&mut self, start: Mark) -> Result<(Option<bool>, usize), Problem> {
        let (mut keep, mut increment) = (None, 0);
        for _ in 0..2 {
            match self.current() {
                c @ ('+' | '-') if keep.is_none() => keep = Some(c == '+'),
                '0' if increment == 0 => {
                    return Err(self.error_at(start, "found an indentation indicator equal to 0"));
                }
                c if increment == 0 && c.is_ascii_digit() => {
                    increment = c
                        .to_digit(10)
                        .and_then(|digit| usize::try_from(digit).ok())
                        .unwrap_or_default()
                }
                _ => break,
            }
            self.skip();
        }
        while is_blank(self.current()) {
            self.skip();
        }
        if self.current() == '#' {
            while !is_break_or_end(self.current()) {
                self.skip();
            }
        }
        if !is_break_or_end(self.current()) {
            return Err(self.error_at(start, "did not find expected comment or line break"));
        }
        self.skip_line();
        Ok((keep, increment))
    }

    /// Indentation and empty lines; finds out the indentation when it is not known (0) yet.
    fn block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut String,
        start: Mark,
        end: &mut Mark,
    ) -> Result<(), Problem> {
        *end = self.mark;
        let mut deepest = 0;
        loop {
            let in_indentation =
                |scanner: &Self, indent: usize| indent == 0 || scanner.mark.column < indent;
            while in_indentation(self, *indent) && self.current() == ' ' {
                self.skip();
            }
            deepest = deepest.max(self.mark.column);
            if in_indentation(self, *indent) && self.current() == '\t' {
                return Err(self.error_at(
                    start,
                    "found a tab character where an indentation space is expected",
                ));
            }
            let Some(line_break) = self.skip_line() else {
                break;
            };
            breaks.push(line_break);
            *end = self.mark;
        }
        if *indent == 0 {
            *indent = deepest
                .max(usize::try_from(self.indent + 1).unwrap_or_default())
                .max(1);
        }
        Ok(())
    }

    /// `%YAML 1.1` or `%TAG ! prefix`.
    pub(super) fn scan_directive(&mut self) -> Result<Spanned, Problem> {
        let start = self.mark;
        self.skip();
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() {
            return Err(self.error_at(start, "could not find expected directive name"));
        }
        if !is_blank_or_end(self.current()) {
            return Err(self.error_at(start, "found unexpected non-alphabetical character"));
        }
        let token = match name.as_str() {
            "YAML" => {
                self.take_while(is_blank);
                let version = self.take_while(|c| c.is_ascii_digit() || c == '.');
                if !version.contains('.') {
                    return Err(self.error_at(
                        start,
                        if version.is_empty() {
                            "did not find expected version number"
                        } else {
                            "did not find expected digit or '.' character"
                        },
                    ));
                }
                if version != "1.1" && version != "1.2" {
                    let mut problem = self.error_at(start, "found incompatible YAML document");
                    problem.scanner = false;
                    return Err(problem);
                }
                Token::VersionDirective
            }
            "TAG" => {
                self.take_while(is_blank);
                let handle = self.take_while(|c| !is_blank_or_end(c));
                if !is_blank(self.current()) {
                    return Err(self.error_at(start, "did not find expected whitespace"));
                }
                self.take_while(is_blank);
                let prefix = self.take_while(|c| !is_blank_or_end(c));
                Token::TagDirective { handle, prefix }
            }
            _ => return Err(self.error_at(start, "found unknown directive name")),
        };
        let end = self.mark;
        self.take_while(is_blank);
        if self.current() == '#' {
            self.take_while(|c| !is_break_or_end(c));
        }
        if !is_break_or_end(self.current()) {
            return Err(self.error_at(start, "did not find expected comment or line break"));
        }
        self.skip_line();
        Ok(Spanned { token, start, end })
    }

    /// `!<uri>`, `!suffix`, `!!suffix` or `!handle!suffix`.
    pub(super) fn scan_tag(&mut self) -> Result<Spanned, Problem> {
        let start = self.mark;
        let (handle, suffix) = if self.char_at(1) == '<' {
            self.skip();
            self.skip();
            let suffix = self.tag_uri(start)?;
            if suffix.is_empty() {
                return Err(self.error_at(start, "did not find expected tag URI"));
            }
            if self.current() != '>' {
                return Err(self.error_at(start, "did not find the expected '>'"));
            }
            self.skip();
            (String::new(), suffix)
        } else {
            self.skip();
            let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if self.current() == '!' {
                self.skip();
                let suffix = self.tag_uri(start)?;
                if suffix.is_empty() {
                    return Err(self.error_at(start, "did not find expected tag URI"));
                }
                (format!("!{name}!"), suffix)
            } else {
                let rest = self.tag_uri(start)?;
                let suffix = name + &rest;
                // A lone `!` is the tag itself, without a handle.
                if suffix.is_empty() {
                    (String::new(), "!".to_owned())
                } else {
                    ("!".to_owned(), suffix)
                }
            }
        };
        if !is_blank_or_end(self.current()) {
            return Err(self.error_at(start, "did not find expected whitespace or line break"));
        }
        Ok(Spanned {
            token: Token::Tag { handle, suffix },
            start,
            end: self.mark,
        })
    }

    /// The characters of a tag, with `%41` decoded.
    fn tag_uri(&mut self, start: Mark) -> Result<String, Problem> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_;/?:@&=+$,.!~*'()[]".contains(c);
        let mut uri = self.take_while(fits);
        while self.current() == '%' {
            let digit = |ahead| self.char_at(ahead).to_digit(16);
            let code = digit(1)
                .zip(digit(2))
                .and_then(|(high, low)| char::from_u32(high * 16 + low));
            let Some(c) = code.filter(char::is_ascii) else {
                return Err(self.error_at(start, "did not find URI escaped octet"));
            };
            uri.push(c);
            (0..3).for_each(|_| self.skip());
            uri.push_str(&self.take_while(fits));
        }
        Ok(uri)
    }
}
