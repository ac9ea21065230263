//! Constants as messages show them. Models `go/constant`'s `String` methods.

use super::{Value, float::BigFloat};
use std::fmt;

/// Characters of a string constant that a message shows.
const STRING_CHARACTERS_MAX: usize = 72;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unknown => f.write_str("unknown"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Rational(value) => {
                f.write_str(&real(&BigFloat::from_rational(value), value.is_integer()))
            }
            Value::Float(value) => f.write_str(&real(value, value.exponent_is_whole())),
            Value::Complex(parts) => write!(f, "({} + {}i)", parts.0, parts.1),
            Value::String(value) => f.write_str(&shortened(&quote(value))),
        }
    }
}

impl BigFloat {
    fn exponent_is_whole(&self) -> bool {
        self.to_int().is_some()
    }
}

fn shortened(quoted: &str) -> String {
    if quoted.chars().count() <= STRING_CHARACTERS_MAX {
        return quoted.to_string();
    }
    quoted
        .chars()
        .take(STRING_CHARACTERS_MAX - 3)
        .chain("...".chars())
        .collect()
}

fn real(value: &BigFloat, is_integer: bool) -> String {
    let double = value.to_f64();
    if double.is_finite() && (double == 0.0) == value.is_zero() {
        let short = general(double, Some(6));
        if !is_integer && !short.contains('.') {
            return general(double, None);
        }
        return short;
    }
    let decimal = value.binary_exponent() as f64 * std::f64::consts::LOG10_2;
    let mut exponent = decimal as i64;
    let mut mantissa = value.fraction() * 10f64.powf(decimal - exponent as f64);
    if mantissa.abs() < 1.0 - 0.5e-6 {
        mantissa *= 10.0;
        exponent -= 1;
    } else if mantissa.abs() >= 10.0 {
        mantissa /= 10.0;
        exponent += 1;
    }
    format!("{}e{exponent:+}", general(mantissa, Some(6)))
}

/// `%.6g`, or the shortest `%g` without a precision.
pub(super) fn general(value: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        Some(digits) => format!("{value:.*e}", digits.saturating_sub(1)),
        None => format!("{value:e}"),
    };
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    let limit = precision.map_or(21, |digits| digits as i32);
    if exponent < -4 || exponent >= limit {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim(mantissa), exponent.abs());
    }
    match precision {
        Some(digits) => trim(&format!(
            "{value:.*}",
            (digits as i32 - 1 - exponent).max(0) as usize
        )),
        None => format!("{value}"),
    }
}

/// A string in Go's double quotes. Models `strconv.Quote`.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\u{7}' => out.push_str("\\a"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{b}' => out.push_str("\\v"),
                c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                    out.push_str(&format!("\\x{:02x}", c as u32))
                }
                c if c.is_control() || c == '\u{feff}' => {
                    out.push_str(&format!("\\u{:04x}", c as u32))
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use crate::{ast::LitKind, constant::literal};

    #[test]
    fn constants_print_as_in_messages() {
        let show = |text: &str| literal(LitKind::Float, text).to_string();
        let shown: Vec<String> = [
            "1e40",
            "3.5",
            "0.1",
            "1e-7",
            "1e400",
            "1.0",
            "1e-400",
            "123456789.5",
            "1e5000",
        ]
        .iter()
        .map(|text| show(text))
        .collect();
        assert_eq!(
            shown,
            [
                "1e+40",
                "3.5",
                "0.1",
                "1e-07",
                "1e+400",
                "1",
                "1e-400",
                "1.23457e+08",
                "1e+5000"
            ]
        );
    }
}
