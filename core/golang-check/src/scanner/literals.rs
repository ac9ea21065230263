//! Numbers, runes and strings.

use super::{EOF, Scanner, is_decimal, unicode};
use crate::{ast::LitKind, token::Token};

/// Which characters a run of digits had.
#[derive(Clone, Copy, Default)]
struct Digits {
    any: bool,
    separators: bool,
    /// Offset of the first digit that the base does not have.
    invalid: Option<usize>,
}

fn lower(ch: i32) -> u8 {
    u8::try_from(ch).unwrap_or(0) | 0x20
}

fn is_hex(ch: i32) -> bool {
    is_decimal(ch) || (ch >= 0x41 && matches!(lower(ch), b'a'..=b'f'))
}

fn base_name(base: u32) -> &'static str {
    match base {
        2 => "binary",
        8 => "octal",
        10 => "decimal",
        _ => "hexadecimal",
    }
}

/// A character in single quotes as `%q` shows it.
fn quoted(ch: i32) -> String {
    match u32::try_from(ch).ok().and_then(char::from_u32) {
        Some('\'') => "'\\''".into(),
        Some('\\') => "'\\\\'".into(),
        Some('\n') => "'\\n'".into(),
        Some('\t') => "'\\t'".into(),
        Some('\r') => "'\\r'".into(),
        Some(c) if (c as u32) < 0x20 || c as u32 == 0x7f => format!("'\\x{:02x}'", c as u32),
        Some(c) => format!("'{c}'"),
        None => "'�'".into(),
    }
}

impl Scanner<'_> {
    fn set_literal(&mut self, kind: LitKind, ok: bool) -> bool {
        self.semicolon_at_newline = true;
        self.token = Token::Literal;
        self.end = self.at;
        self.kind = kind;
        self.bad = !ok;
        true
    }

    fn digits(&mut self, base: u32, seen: &mut Digits) {
        loop {
            if self.is(b'_') {
                seen.separators = true;
            } else if is_decimal(self.ch) || (base > 10 && is_hex(self.ch)) {
                seen.any = true;
                if base <= 10 && self.ch >= 0x30 + base as i32 && seen.invalid.is_none() {
                    seen.invalid = Some(self.at);
                }
            } else {
                return;
            }
            self.next_char();
        }
    }

    /// A number; with `point` the dot before its first digit is consumed already.
    pub(super) fn number(&mut self, point: bool) -> bool {
        let mut ok = true;
        let mut kind = LitKind::Int;
        let (mut base, mut prefix) = (10, 0);
        let mut seen = Digits::default();
        let mut point = point;
        if !point {
            if self.accept(b'0') {
                (base, prefix) = match lower(self.ch) {
                    b'x' => (16, b'x'),
                    b'o' => (8, b'o'),
                    b'b' => (2, b'b'),
                    _ => (8, b'0'),
                };
                if prefix == b'0' {
                    seen.any = true;
                } else {
                    self.next_char();
                }
            }
            self.digits(base, &mut seen);
            if self.is(b'.') {
                if matches!(prefix, b'o' | b'b') {
                    self.error(format!(
                        "invalid radix point in {} literal",
                        base_name(base)
                    ));
                    ok = false;
                }
                self.next_char();
                point = true;
            }
        }
        if point {
            kind = LitKind::Float;
            self.digits(base, &mut seen);
        }
        if !seen.any && ok {
            self.error(format!("{} literal has no digits", base_name(base)));
            ok = false;
        }
        self.exponent(prefix, &mut kind, &mut seen, &mut ok);
        if self.accept(b'i') {
            kind = LitKind::Imaginary;
        }
        self.set_literal(kind, ok);
        self.check_digits(kind, base, seen);
        true
    }

    fn exponent(&mut self, prefix: u8, kind: &mut LitKind, seen: &mut Digits, ok: &mut bool) {
        let mark = if self.ch >= 0x41 { lower(self.ch) } else { 0 };
        if matches!(mark, b'e' | b'p') {
            if *ok && mark == b'e' && !matches!(prefix, 0 | b'0') {
                self.error(format!(
                    "{} exponent requires decimal mantissa",
                    quoted(self.ch)
                ));
                *ok = false;
            } else if *ok && mark == b'p' && prefix != b'x' {
                self.error(format!(
                    "{} exponent requires hexadecimal mantissa",
                    quoted(self.ch)
                ));
                *ok = false;
            }
            self.next_char();
            *kind = LitKind::Float;
            if self.is(b'+') || self.is(b'-') {
                self.next_char();
            }
            seen.any = false;
            let invalid = seen.invalid;
            self.digits(10, seen);
            seen.invalid = invalid;
            if !seen.any && *ok {
                self.error("exponent has no digits");
                *ok = false;
            }
        } else if prefix == b'x' && *kind == LitKind::Float && *ok {
            self.error("hexadecimal mantissa requires a 'p' exponent");
            *ok = false;
        }
    }

    fn check_digits(&mut self, kind: LitKind, base: u32, seen: Digits) {
        if kind == LitKind::Int
            && let Some(at) = seen.invalid
            && !self.bad
        {
            let digit = self.source.get(at).map_or(0, |byte| i32::from(*byte));
            self.error_at(
                at,
                format!(
                    "invalid digit {} in {} literal",
                    quoted(digit),
                    base_name(base)
                ),
            );
            self.bad = true;
        }
        if seen.separators
            && !self.bad
            && let Some(index) = misplaced_separator(self.segment())
        {
            self.error_at(self.start + index, "'_' must separate successive digits");
            self.bad = true;
        }
    }

    pub(super) fn rune(&mut self) -> bool {
        let mut ok = true;
        self.next_char();
        let mut count = 0u32;
        loop {
            if self.is(b'\'') {
                if ok && count == 0 {
                    self.error("empty rune literal or unescaped '");
                    ok = false;
                } else if ok && count != 1 {
                    self.error_at(self.start, "more than one character in rune literal");
                    ok = false;
                }
                self.next_char();
                break;
            }
            if self.accept(b'\\') {
                ok &= self.escape(b'\'');
                count += 1;
                continue;
            }
            if self.is(b'\n') {
                if ok {
                    self.error("newline in rune literal");
                    ok = false;
                }
                break;
            }
            if self.ch == EOF {
                if ok {
                    self.error_at(self.start, "rune literal not terminated");
                    ok = false;
                }
                break;
            }
            self.next_char();
            count += 1;
        }
        self.set_literal(LitKind::Rune, ok)
    }

    pub(super) fn string(&mut self) -> bool {
        let mut ok = true;
        self.next_char();
        loop {
            if self.accept(b'"') {
                break;
            }
            if self.accept(b'\\') {
                ok &= self.escape(b'"');
                continue;
            }
            if self.is(b'\n') {
                self.error("newline in string");
                ok = false;
                break;
            }
            if self.ch == EOF {
                self.error_at(self.start, "string not terminated");
                ok = false;
                break;
            }
            self.next_char();
        }
        self.set_literal(LitKind::String, ok)
    }

    pub(super) fn raw_string(&mut self) -> bool {
        let mut ok = true;
        self.next_char();
        loop {
            if self.accept(b'`') {
                break;
            }
            if self.ch == EOF {
                self.error_at(self.start, "string not terminated");
                ok = false;
                break;
            }
            self.next_char();
        }
        self.set_literal(LitKind::String, ok)
    }

    /// What follows a backslash; whether it is right.
    fn escape(&mut self, quote: u8) -> bool {
        let (digits, base, largest) = match u8::try_from(self.ch).unwrap_or(0) {
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => {
                self.next_char();
                return true;
            }
            byte if byte == quote && self.ch != EOF => {
                self.next_char();
                return true;
            }
            b'0'..=b'7' => (3, 8, 255),
            b'x' => (2, 16, 255),
            b'u' => (4, 16, 0x10_ffff),
            b'U' => (8, 16, 0x10_ffff),
            _ if self.ch == EOF => return true,
            _ => {
                self.error("unknown escape");
                return false;
            }
        };
        if base == 16 {
            self.next_char();
        }
        let mut value: u32 = 0;
        for _ in 0..digits {
            if self.ch == EOF {
                return true;
            }
            let digit = u32::try_from(self.ch)
                .ok()
                .and_then(char::from_u32)
                .and_then(|c| c.to_digit(base));
            let Some(digit) = digit else {
                let shown = quoted(self.ch);
                self.error(format!(
                    "invalid character {shown} in {} escape",
                    base_name(base)
                ));
                return false;
            };
            value = value.wrapping_mul(base).wrapping_add(digit);
            self.next_char();
        }
        if value > largest && base == 8 {
            self.error(format!("octal escape value {value} > 255"));
            return false;
        }
        if value > largest || (0xd800..0xe000).contains(&value) {
            let shown = if value > largest {
                format!("U+{value:04X}")
            } else {
                unicode(value as i32)
            };
            self.error(format!("escape is invalid Unicode code point {shown}"));
            return false;
        }
        true
    }
}

/// The index of the first `_` that is not between digits.
fn misplaced_separator(literal: &[u8]) -> Option<usize> {
    let prefix = match literal {
        [b'0', mark @ (b'x' | b'X' | b'o' | b'O' | b'b' | b'B'), ..] => mark | 0x20,
        _ => 0,
    };
    // A prefix counts as a digit.
    let mut previous = if prefix == 0 { b'.' } else { b'0' };
    let skipped = if prefix == 0 { 0 } else { 2 };
    for (index, byte) in literal.iter().enumerate().skip(skipped) {
        let class = match byte {
            b'_' => b'_',
            byte if byte.is_ascii_digit() || (prefix == b'x' && byte.is_ascii_hexdigit()) => b'0',
            _ => b'.',
        };
        if class == b'_' && previous != b'0' {
            return Some(index);
        }
        if class == b'.' && previous == b'_' {
            return Some(index - 1);
        }
        previous = class;
    }
    (previous == b'_').then(|| literal.len() - 1)
}
