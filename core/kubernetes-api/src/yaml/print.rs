//! Values to YAML, byte for byte as `kubectl get -o yaml` prints them.
//!
//! Models sigs.k8s.io/yaml over go-yaml v2's emitter: keys in its natural order, lists not indented
//! below their key, `|` for text of several lines, quotes only where needed, folding after column 80.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::Value;

use super::resolve::{self, Scalar};

const WIDTH: usize = 80;
/// Longer keys are written behind `? `.
const SIMPLE_KEY_MAX: usize = 128;

/// Prints a value as one YAML document, with a final newline.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut printer = Printer {
        out: String::new(),
        column: 0,
        whitespace: true,
        indention: true,
    };
    printer.node(value, None, false);
    printer.indent(0);
    printer.out
}

/// Where a scalar may stand in the text, and so in which style.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

struct Printer {
    out: String,
    column: usize,
    /// Whether the last character is a blank, or an indicator that needs none behind it.
    whitespace: bool,
    /// Whether the line holds only indentation and `-` so far.
    indention: bool,
}

impl Printer {
    /// `indent` is that of the surrounding collection, `None` at the root.
    fn node(&mut self, value: &Value, indent: Option<usize>, in_mapping: bool) {
        match value {
            Value::Array(items) if items.is_empty() => self.empty("[", "]"),
            Value::Object(fields) if fields.is_empty() => self.empty("{", "}"),
            Value::Array(items) => {
                let flush = in_mapping && !self.indention;
                let inner = indent.map_or(0, |indent| if flush { indent } else { indent + 2 });
                for item in items {
                    self.indent(inner);
                    self.indicator("-", true, false, true);
                    self.node(item, Some(inner), false);
                }
            }
            Value::Object(fields) => {
                let inner = indent.map_or(0, |indent| indent + 2);
                let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
                fields.sort_by(|(a, _), (b, _)| natural_order(a, b));
                for (key, field) in fields {
                    self.indent(inner);
                    self.entry(key, field, inner);
                }
            }
            scalar => self.scalar(scalar, indent.map_or(2, |indent| indent + 2)),
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        let simple = key.len() <= SIMPLE_KEY_MAX && !key.contains(is_break);
        if simple {
            self.text(key, indent + 2, true);
            self.indicator(":", false, false, false);
        } else {
            self.indicator("?", true, false, true);
            self.text(key, indent + 2, false);
            self.indent(indent);
            self.indicator(":", true, false, true);
        }
        self.node(value, Some(indent), true);
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.indicator(open, true, true, false);
        self.indicator(close, false, false, false);
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::String(text) => self.text(text, indent, false),
            Value::Number(number) => {
                let text = match number.as_f64().filter(|_| number.is_f64()) {
                    Some(float) => general_float(&format!("{float:e}"), &float.to_string()),
                    None => number.to_string(),
                };
                self.plain(&text, indent, false);
            }
            other => self.plain(&other.to_string(), indent, false),
        }
    }

    fn text(&mut self, text: &str, indent: usize, key: bool) {
        match style(text, key) {
            Style::Plain => self.plain(text, indent, !key),
            Style::Single => self.single(text, indent, !key),
            Style::Double => self.double(text, indent, !key),
            Style::Literal => self.literal(text, indent),
        }
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn line_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
    }

    fn indent(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, is_blank: bool, is_indention: bool) {
        if needs_blank && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.whitespace = is_blank;
        self.indention = self.indention && is_indention;
    }

    fn plain(&mut self, text: &str, indent: usize, fold: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        self.folded(text, indent, fold, false, |printer, c| printer.put(c));
        self.whitespace = false;
        self.indention = false;
    }

    fn single(&mut self, text: &str, indent: usize, fold: bool) {
        self.indicator("'", true, false, false);
        self.folded(text, indent, fold, true, |printer, c| {
            if c == '\'' {
                printer.put('\'');
            }
            printer.put(c);
        });
        self.indicator("'", false, false, false);
    }

    /// Writes text whose blanks become line breaks behind the width, and whose breaks are doubled.
    fn folded(
        &mut self,
        text: &str,
        indent: usize,
        fold: bool,
        quoted: bool,
        put: impl Fn(&mut Self, char),
    ) {
        let (mut spaces, mut breaks) = (false, false);
        let mut rest = text.chars();
        let mut first = true;
        while let Some(c) = rest.next() {
            let next = rest.clone().next();
            if c == ' ' {
                let inside = !quoted || (!first && next.is_some());
                if fold && !spaces && self.column > WIDTH && next != Some(' ') && inside {
                    self.indent(indent);
                } else {
                    self.put(' ');
                }
                spaces = true;
            } else if is_break(c) {
                if !breaks && c == '\n' {
                    self.line_break('\n');
                }
                self.line_break(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                put(self, c);
                self.indention = false;
                spaces = false;
                breaks = false;
            }
            first = false;
        }
    }

    fn double(&mut self, text: &str, indent: usize, fold: bool) {
        self.indicator("\"", true, false, false);
        let mut spaces = false;
        let mut rest = text.chars();
        let mut first = true;
        while let Some(c) = rest.next() {
            let next = rest.clone().next();
            if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\' | '\u{feff}') {
                self.escape(c);
                spaces = false;
            } else if c == ' ' {
                if fold && !spaces && self.column > WIDTH && !first && next.is_some() {
                    self.indent(indent);
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
            first = false;
        }
        self.indicator("\"", false, false, false);
    }

    fn escape(&mut self, c: char) {
        let mut escaped = String::from("\\");
        match c {
            '\0' => escaped.push('0'),
            '\u{7}' => escaped.push('a'),
            '\u{8}' => escaped.push('b'),
            '\t' => escaped.push('t'),
            '\n' => escaped.push('n'),
            '\u{b}' => escaped.push('v'),
            '\u{c}' => escaped.push('f'),
            '\r' => escaped.push('r'),
            '\u{1b}' => escaped.push('e'),
            '"' | '\\' => escaped.push(c),
            '\u{85}' => escaped.push('N'),
            '\u{a0}' => escaped.push('_'),
            '\u{2028}' => escaped.push('L'),
            '\u{2029}' => escaped.push('P'),
            _ => {
                let _ = match u32::from(c) {
                    code @ ..=0xff => write!(escaped, "x{code:02X}"),
                    code @ 0x100..=0xffff => write!(escaped, "u{code:04X}"),
                    code => write!(escaped, "U{code:08X}"),
                };
            }
        }
        escaped.chars().for_each(|c| self.put(c));
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", true, false, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", false, false, false);
        }
        let mut backwards = text.chars().rev();
        match (backwards.next().is_some_and(is_break), backwards.next()) {
            (false, _) => self.indicator("-", false, false, false),
            (true, before) if before.is_none_or(is_break) => {
                self.indicator("+", false, false, false)
            }
            _ => {}
        }
        self.line_break('\n');
        self.indention = true;
        self.whitespace = true;
        let mut breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.line_break(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                self.put(c);
                self.indention = false;
                breaks = false;
            }
        }
    }
}

/// In which style text is written: as plain as it can be.
fn style(text: &str, key: bool) -> Style {
    let shape = Shape::of(text);
    let wanted = if text.contains('\n') {
        Style::Literal
    } else if resolves_to_text(text) {
        Style::Plain
    } else {
        Style::Double
    };
    match wanted {
        _ if key && shape.multiline => Style::Double,
        Style::Literal if shape.block_allowed && !key => Style::Literal,
        Style::Plain if shape.plain_allowed => Style::Plain,
        Style::Plain if shape.single_allowed => Style::Single,
        _ => Style::Double,
    }
}

fn resolves_to_text(text: &str) -> bool {
    matches!(resolve::plain(text, false), Scalar::Text(_))
        && !resolve::is_timestamp(text)
        && !is_base60(text)
}

/// What the characters of a text allow.
struct Shape {
    multiline: bool,
    plain_allowed: bool,
    single_allowed: bool,
    block_allowed: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut block_indicators = text.starts_with("---") || text.starts_with("...");
        let (mut breaks, mut special, mut break_space, mut space_break) =
            (false, false, false, false);
        let (mut previous_space, mut previous_break, mut preceded_by_blank) = (false, false, true);
        let mut rest = text.chars();
        let mut first = true;
        while let Some(c) = rest.next() {
            let followed_by_blank = rest
                .clone()
                .next()
                .is_none_or(|next| matches!(next, ' ' | '\t'));
            block_indicators |= match c {
                '#' => first || preceded_by_blank,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                | '@' | '`' => first,
                '?' | '-' => first && followed_by_blank,
                ':' => followed_by_blank,
                _ => false,
            };
            special |= !is_printable(c);
            if c == ' ' {
                break_space |= previous_break;
            } else if is_break(c) {
                breaks = true;
                space_break |= previous_space;
            }
            previous_space = c == ' ';
            previous_break = is_break(c);
            preceded_by_blank = matches!(c, ' ' | '\t') || is_break(c);
            first = false;
        }
        let space_or_break = |c: char| c == ' ' || is_break(c);
        let framed = text.starts_with(space_or_break) || text.ends_with(space_or_break);
        Self {
            multiline: breaks,
            plain_allowed: !(framed
                || break_space
                || space_break
                || special
                || breaks
                || block_indicators),
            single_allowed: !(break_space || space_break || special),
            block_allowed: !(text.is_empty() || text.ends_with(' ') || space_break || special),
        }
    }
}

fn is_break(c: char) -> bool {
    super::scanner::is_break(c)
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

/// YAML 1.1's base 60 numbers (`1:30`) are quoted for the sake of other parsers.
fn is_base60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return false;
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    let sixty = |part: &str| match part.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
        _ => false,
    };
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && middle.iter().all(|part| sixty(part))
        && sixty(last)
        && digits(fraction)
}

/// Go's shortest `%g` from the two notations: with an exponent where that is below -4 or from 6 on.
pub(super) fn general_float(scientific: &str, plain: &str) -> String {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return plain.to_owned();
    }
    format!(
        "{digits}e{}{:02}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

/// go-yaml's order of keys: letters behind everything else, numbers in text by their value.
fn natural_order(a: &str, b: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some((at, x, y)) = left
        .iter()
        .zip(&right)
        .enumerate()
        .find(|(_, (x, y))| x != y)
        .map(|(at, (x, y))| (at, *x, *y))
    else {
        return left.len().cmp(&right.len());
    };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let before = left.iter().take(at).rev().take_while(|c| c.is_numeric());
    let padded = (x == '0' || y == '0') && before.into_iter().any(|c| *c != '0');
    let number = |text: &[char]| {
        let digits = text.iter().skip(at).take_while(|c| c.is_numeric());
        let value = |value: i64, digit: &char| {
            value
                .wrapping_mul(10)
                .wrapping_add(i64::from(u32::from(*digit)) - i64::from(u32::from('0')))
        };
        (
            digits.clone().fold(i64::from(padded), value),
            digits.count(),
        )
    };
    let ((left_number, left_count), (right_number, right_count)) = (number(&left), number(&right));
    left_number
        .cmp(&right_number)
        .then(left_count.cmp(&right_count))
        .then(x.cmp(&y))
}
