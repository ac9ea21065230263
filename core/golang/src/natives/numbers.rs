//! The natives of `strconv`: exact conversions between numbers and text.

use super::{Call, Flow, Native, Outcome};

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("strconv.FormatInt", format_int),
    ("strconv.FormatUint", format_uint),
    ("strconv.FormatFloat", format_float),
    ("strconv.parseInt", parse_int),
    ("strconv.parseUint", parse_uint),
    ("strconv.parseFloat", parse_float),
    ("strconv.IsPrint", is_print),
    ("unicode.IsPrint", is_print),
];

fn format_int(call: &mut Call<'_>) -> Outcome {
    let (value, base) = (call.int(), call.int());
    let text = digits(value.unsigned_abs(), base as u64, value < 0);
    call.give_string(&text)?;
    Ok(Flow::Done)
}

fn format_uint(call: &mut Call<'_>) -> Outcome {
    let (value, base) = (call.word(), call.int());
    call.give_string(&digits(value, base as u64, false))?;
    Ok(Flow::Done)
}

/// A number's digits in a base from 2 to 36.
fn digits(mut value: u64, base: u64, negative: bool) -> Vec<u8> {
    let base = base.clamp(2, 36);
    let mut text = Vec::with_capacity(20);
    loop {
        let digit = (value % base) as u8;
        text.push(if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        });
        value /= base;
        if value == 0 {
            break;
        }
    }
    if negative {
        text.push(b'-');
    }
    text.reverse();
    text
}

fn format_float(call: &mut Call<'_>) -> Outcome {
    let (value, verb, precision, bits) = (call.float(), call.int(), call.int(), call.int());
    let text = float_text(value, verb as u8, precision, bits);
    call.give_string(text.as_bytes())?;
    Ok(Flow::Done)
}

/// The largest precision that is printed; digits beyond a float's exact value are zeros anyway.
const PRECISION_MAX: usize = 1_000_000;

/// Models `strconv.FormatFloat`.
pub(crate) fn float_text(value: f64, verb: u8, precision: i64, bits: i64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{}Inf", if sign.is_empty() { "+" } else { sign });
    }
    let value = value.abs();
    let wanted = usize::try_from(precision)
        .ok()
        .map(|digits| digits.min(PRECISION_MAX));
    let body = match verb {
        b'f' => match (wanted, bits) {
            (Some(digits), _) => format!("{value:.digits$}"),
            (None, 32) => format!("{}", value as f32),
            (None, _) => format!("{value}"),
        },
        b'e' | b'E' => exponent_form(&scientific(value, wanted, bits), verb),
        b'g' | b'G' => general(value, wanted, bits, verb),
        b'x' | b'X' => hexadecimal(value, wanted, verb),
        b'b' if bits == 32 => {
            let raw = (value as f32).to_bits();
            let exponent = (raw >> 23) as i32;
            let mantissa = raw & 0x7f_ffff | if exponent == 0 { 0 } else { 1 << 23 };
            format!("{mantissa}p{:+}", exponent.max(1) - 150)
        }
        b'b' => {
            let raw = value.to_bits();
            let exponent = (raw >> 52) as i32;
            let mantissa = raw & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
            format!("{mantissa}p{:+}", exponent.max(1) - 1075)
        }
        _ => return format!("%{}", char::from(verb)),
    };
    format!("{sign}{body}")
}

/// Digits without a point, and the exponent of the first of them.
struct Decimal {
    digits: String,
    exponent: i32,
}

/// A number's digits: as many as asked for after the first one, or the fewest that identify it.
fn scientific(value: f64, after_first: Option<usize>, bits: i64) -> Decimal {
    let text = match (after_first, bits) {
        (Some(count), _) => format!("{value:.count$e}"),
        (None, 32) => format!("{:e}", value as f32),
        (None, _) => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    Decimal {
        digits: mantissa.chars().filter(char::is_ascii_digit).collect(),
        exponent: exponent.parse().unwrap_or(0),
    }
}

fn exponent_form(decimal: &Decimal, verb: u8) -> String {
    let (first, rest) = decimal.digits.split_at_checked(1).unwrap_or(("0", ""));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if decimal.exponent < 0 { '-' } else { '+' };
    format!(
        "{first}{point}{rest}{}{sign}{:02}",
        char::from(verb),
        decimal.exponent.unsigned_abs()
    )
}

fn general(value: f64, wanted: Option<usize>, bits: i64, verb: u8) -> String {
    let count = wanted.map(|digits| digits.max(1));
    let mut decimal = scientific(value, count.map(|digits| digits - 1), bits);
    while decimal.digits.len() > 1 && decimal.digits.ends_with('0') {
        decimal.digits.pop();
    }
    let length = decimal.digits.len() as i32;
    let mut limit = count.map_or(6, |digits| digits as i32);
    if limit > length && length > decimal.exponent {
        limit = length;
    }
    if count.is_none() {
        limit = 6;
    }
    if decimal.exponent < -4 || decimal.exponent >= limit {
        return exponent_form(&decimal, if verb == b'G' { b'E' } else { b'e' });
    }
    let point = decimal.exponent + 1;
    if point <= 0 {
        return format!(
            "0.{}{}",
            "0".repeat(point.unsigned_abs() as usize),
            decimal.digits
        );
    }
    match decimal.digits.split_at_checked(point as usize) {
        Some((whole, "")) => whole.to_string(),
        Some((whole, part)) => format!("{whole}.{part}"),
        None => decimal.digits.clone() + &"0".repeat((point - length) as usize),
    }
}

fn hexadecimal(value: f64, wanted: Option<usize>, verb: u8) -> String {
    let raw = value.to_bits();
    let mut exponent = (raw >> 52) as i32 - 1023;
    let mut mantissa = (raw & ((1 << 52) - 1)) | 1 << 52;
    if value == 0.0 {
        (mantissa, exponent) = (0, 0);
    } else if raw >> 52 == 0 {
        mantissa = raw & ((1 << 52) - 1);
        exponent = -1022;
        while mantissa >> 52 == 0 {
            mantissa <<= 1;
            exponent -= 1;
        }
    }
    let mut text = match wanted {
        Some(count) if count < 13 => {
            let cut = 52 - 4 * count as u32;
            let (half, rest) = (1u64 << (cut - 1), mantissa & ((1 << cut) - 1));
            let mut kept = mantissa >> cut;
            if rest > half || rest == half && kept & 1 == 1 {
                kept += 1;
            }
            if kept >> (4 * count) > 1 {
                kept >>= 1;
                exponent += 1;
            }
            format!("{kept:0width$x}", width = count + 1)
        }
        _ => format!("{mantissa:014x}"),
    };
    if wanted.is_none() {
        while text.len() > 1 && text.ends_with('0') {
            text.pop();
        }
    }
    while wanted.is_some_and(|count| text.len() < count + 1) {
        text.push('0');
    }
    if text.len() > 1 {
        text.insert(1, '.');
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("0x{text}p{sign}{:02}", exponent.unsigned_abs());
    if verb == b'X' {
        text.to_ascii_uppercase()
    } else {
        text
    }
}

/// Why a text is no number, as `strconv.go` numbers it.
const SYNTAX: i64 = 1;
const RANGE: i64 = 2;
const BASE: i64 = 3;
const BITS: i64 = 4;

fn parse_uint(call: &mut Call<'_>) -> Outcome {
    let (text, base, bits) = (call.string(), call.int(), call.int());
    let (value, code) = unsigned(call.bytes(text), base, bits);
    call.give(value);
    call.give_int(code);
    Ok(Flow::Done)
}

fn parse_int(call: &mut Call<'_>) -> Outcome {
    let (text, base, bits) = (call.string(), call.int(), call.int());
    let (negative, rest) = match call.bytes(text) {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (value, code) = unsigned(rest, base, bits);
    let width = if bits == 0 { 64 } else { bits };
    let limit = if (1..=64).contains(&width) {
        1u64 << (width - 1)
    } else {
        0
    };
    let (value, code) = match (value, code) {
        (_, SYNTAX | BASE | BITS) => (0, code),
        (value, _) if !negative && value >= limit => ((limit - 1) as i64, RANGE),
        (value, _) if negative && value > limit => ((limit as i64).wrapping_neg(), RANGE),
        (value, _) if negative => ((value as i64).wrapping_neg(), 0),
        (value, _) => (value as i64, 0),
    };
    call.give_int(value);
    call.give_int(code);
    Ok(Flow::Done)
}

fn unsigned(text: &[u8], base: i64, bits: i64) -> (u64, i64) {
    if text.is_empty() {
        return (0, SYNTAX);
    }
    let (radix, rest) = match (base, text) {
        (2..=36, _) => (base as u64, text),
        (0, [b'0', b'x' | b'X', rest @ ..]) => (16, rest),
        (0, [b'0', b'o' | b'O', rest @ ..]) => (8, rest),
        (0, [b'0', b'b' | b'B', rest @ ..]) => (2, rest),
        (0, [b'0', _, ..]) => (8, text),
        (0, _) => (10, text),
        _ => return (0, BASE),
    };
    if !(0..=64).contains(&bits) {
        return (0, BITS);
    }
    let most = match bits {
        0 | 64 => u64::MAX,
        bits => (1 << bits) - 1,
    };
    let (mut value, mut over, mut any) = (0u64, false, false);
    for byte in rest {
        let Some(digit) = char::from(*byte).to_digit(36) else {
            if *byte == b'_' && base == 0 {
                continue;
            }
            return (0, SYNTAX);
        };
        if u64::from(digit) >= radix {
            return (0, SYNTAX);
        }
        any = true;
        let next = value
            .checked_mul(radix)
            .and_then(|v| v.checked_add(u64::from(digit)));
        match next {
            Some(next) if next <= most => value = next,
            _ => over = true,
        }
    }
    if !any || base == 0 && !underscores_stand_well(text) {
        return (0, SYNTAX);
    }
    if over { (most, RANGE) } else { (value, 0) }
}

/// An underscore stands only between digits, or after a base's prefix.
fn underscores_stand_well(text: &[u8]) -> bool {
    let mut before = match text {
        [b'0', b'b' | b'B' | b'o' | b'O' | b'x' | b'X', ..] => b'0',
        _ => b' ',
    };
    let rest = if before == b'0' {
        text.get(2..).unwrap_or(&[])
    } else {
        text
    };
    for byte in rest {
        let now = match byte {
            b'_' if before != b'0' => return false,
            b'_' => b'_',
            byte if byte.is_ascii_alphanumeric() => b'0',
            _ if before == b'_' => return false,
            _ => b'!',
        };
        before = now;
    }
    before != b'_'
}

fn parse_float(call: &mut Call<'_>) -> Outcome {
    let (text, bits) = (call.string(), call.int());
    let (value, code) = float(call.bytes(text), bits);
    call.give_float(value);
    call.give_int(code);
    Ok(Flow::Done)
}

fn float(text: &[u8], bits: i64) -> (f64, i64) {
    let bad = (0.0, SYNTAX);
    let Ok(text) = str::from_utf8(text) else {
        return bad;
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return (sign * f64::INFINITY, 0),
        "nan" if unsigned == text => return (f64::NAN, 0),
        _ => {}
    }
    if unsigned.contains('_') && !underscores_stand_well(unsigned.as_bytes()) {
        return bad;
    }
    let plain = unsigned.replace('_', "");
    let value = match plain.strip_prefix("0x").or(plain.strip_prefix("0X")) {
        Some(hex) => match hex_float(hex, bits) {
            Some(value) => value,
            None => return bad,
        },
        None => {
            let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
            if plain.starts_with(['+', '-']) || !plain.chars().all(known) {
                return bad;
            }
            let parsed = if bits == 32 {
                plain.parse::<f32>().map(f64::from)
            } else {
                plain.parse::<f64>()
            };
            match parsed {
                Ok(value) => value,
                Err(_) => return bad,
            }
        }
    };
    let code = if value.is_infinite() { RANGE } else { 0 };
    (sign * value, code)
}

fn hex_float(text: &str, bits: i64) -> Option<f64> {
    let (digits, exponent) = text.split_once(['p', 'P'])?;
    let mut exponent = exponent.parse::<i32>().ok()?.clamp(-100_000, 100_000);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut mantissa = 0u64;
    let mut sticky = false;
    for (at, c) in whole.chars().chain(part.chars()).enumerate() {
        let digit = u64::from(c.to_digit(16)?);
        if mantissa >> 58 == 0 {
            mantissa = mantissa << 4 | digit;
            if at >= whole.len() {
                exponent -= 4;
            }
        } else {
            sticky |= digit != 0;
            if at < whole.len() {
                exponent += 4;
            }
        }
    }
    mantissa |= u64::from(sticky);
    if mantissa == 0 {
        return Some(0.0);
    }
    // Round to the bits that the result has room for, then scale exactly.
    let (room, least) = if bits == 32 { (24, -149) } else { (53, -1074) };
    let top = 64 - mantissa.leading_zeros() as i32;
    let cut = (top - room).max(least - exponent);
    if cut > 0 {
        if cut > 63 {
            return Some(0.0);
        }
        let (half, rest) = (1u64 << (cut - 1), mantissa & ((1 << cut) - 1));
        mantissa >>= cut;
        if rest > half || rest == half && mantissa & 1 == 1 {
            mantissa += 1;
        }
        exponent += cut;
    }
    let mut value = mantissa as f64;
    while exponent > 0 && value.is_finite() {
        let step = exponent.min(1000);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    while exponent < 0 && value != 0.0 {
        let step = exponent.max(-500);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    if bits == 32 && value > f64::from(f32::MAX) {
        return Some(f64::INFINITY);
    }
    Some(value)
}

fn is_print(call: &mut Call<'_>) -> Outcome {
    let rune = u32::try_from(call.int()).ok().and_then(char::from_u32);
    call.give_bool(rune.is_some_and(printable));
    Ok(Flow::Done)
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space: what `escape_debug` leaves
/// as it is (behind another letter, so that marks are not escaped).
fn printable(rune: char) -> bool {
    match rune {
        ' '..='~' => true,
        '\0'..='\u{a0}' => false,
        _ => !format!("a{rune}").escape_debug().any(|c| c == '\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, verb: u8, precision: i64, bits: i64, want: &str) {
        assert_eq!(float_text(value, verb, precision, bits), want);
    }

    #[test]
    fn floats_are_printed_as_go_prints_them() {
        check(100000.0, b'g', -1, 64, "100000");
        check(1e6, b'g', -1, 64, "1e+06");
        check(123456789.0, b'g', -1, 64, "1.23456789e+08");
        check(1e21, b'g', -1, 64, "1e+21");
        check(0.000012, b'g', -1, 64, "1.2e-05");
        check(1e21, b'G', -1, 64, "1E+21");
        check(3.0, b'g', 3, 64, "3");
        check(1234.5, b'g', 3, 64, "1.23e+03");
        check(0.1f32.into(), b'g', -1, 32, "0.1");
        check(-2.5, b'f', 0, 64, "-2");
        check(1.5, b'x', -1, 64, "0x1.8p+00");
        check(1.999, b'x', 2, 64, "0x1.00p+01");
        check(1e-320, b'x', -1, 64, "0x1.fap-1064");
        check(3.0, b'X', 0, 64, "0X1P+02");
        check(1.5, b'b', -1, 32, "12582912p-23");
        check(0.0, b'e', 2, 64, "0.00e+00");
    }

    #[test]
    fn texts_are_read_as_go_reads_them() {
        assert_eq!(unsigned(b"0x_1f", 0, 64), (31, 0));
        assert_eq!(unsigned(b"1_", 0, 64), (0, SYNTAX));
        assert_eq!(unsigned(b"300", 10, 8), (255, RANGE));
        assert_eq!(unsigned(b"0x", 0, 64), (0, SYNTAX));
        assert_eq!(float(b"0x.8p1", 64), (1.0, 0));
        assert_eq!(float(b"0x1.8", 64), (0.0, SYNTAX));
        assert_eq!(float(b"1e400", 64), (f64::INFINITY, RANGE));
        assert_eq!(float(b"1_000.5", 64), (1000.5, 0));
        assert_eq!(float(b"+nan", 64).1, SYNTAX);
    }
}
