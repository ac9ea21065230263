//! Values of literals as they are written.

use super::{
    BigRational, Value,
    float::BigFloat,
    operations::{big_float, rational},
};
use crate::ast::LitKind;
use num_bigint::BigInt;
use num_traits::{One, Zero};
use std::rc::Rc;

/// Digits of a decimal exponent's magnitude up to which a fraction is exact.
const EXACT_EXPONENT_MAX: i64 = 1_200;

/// The value of a literal without syntax errors.
pub fn literal(kind: LitKind, text: &str) -> Value {
    match kind {
        LitKind::Int => integer(text),
        LitKind::Float => real(text),
        LitKind::Imaginary => {
            let digits = text.strip_suffix('i').unwrap_or(text);
            let is_decimal = digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_');
            let value = if is_decimal {
                decimal(digits)
            } else {
                real_or_integer(digits)
            };
            Value::complex(Value::int(0), value)
        }
        LitKind::Rune => match unquote(text).map(|bytes| rune_value(text, &bytes)) {
            Some(value) => Value::int(value),
            None => Value::Unknown,
        },
        LitKind::String => {
            unquote(text).map_or(Value::Unknown, |bytes| Value::String(Rc::from(bytes)))
        }
    }
}

fn rune_value(text: &str, bytes: &[u8]) -> i64 {
    // '\xff' and '\377' are numbers, not characters.
    match (text.as_bytes().get(1..3), bytes) {
        (Some([b'\\', b'x' | b'0'..=b'7']), [byte]) => i64::from(*byte),
        _ => std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| text.chars().next())
            .map_or(0xfffd, |c| i64::from(u32::from(c))),
    }
}

fn real_or_integer(text: &str) -> Value {
    match integer(text) {
        Value::Unknown => real(text),
        value => value,
    }
}

fn integer(text: &str) -> Value {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'_').collect();
    let (radix, digits) = match digits.as_slice() {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        all => (10, all),
    };
    BigInt::parse_bytes(digits, radix).map_or(Value::Unknown, Value::Int)
}

fn decimal(text: &str) -> Value {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'_').collect();
    BigInt::parse_bytes(&digits, 10).map_or(Value::Unknown, Value::Int)
}

fn real(text: &str) -> Value {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let lower = text.to_ascii_lowercase();
    let (radix, body, mark) = match lower.strip_prefix("0x") {
        Some(rest) => (16u32, rest, 'p'),
        None => (10, lower.as_str(), 'e'),
    };
    let (mantissa, exponent) = body.split_once(mark).unwrap_or((body, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let Some(number) = BigInt::parse_bytes(digits.as_bytes(), radix) else {
        return Value::Unknown;
    };
    if number.is_zero() {
        return Value::Rational(Rc::new(BigRational::zero()));
    }
    let Ok(exponent) = exponent.parse::<i64>() else {
        return Value::Unknown;
    };
    let places = fraction.len() as i64;
    if radix == 16 {
        return scale_binary(number, exponent.saturating_sub(places * 4));
    }
    let power = exponent.saturating_sub(places);
    if power.abs() <= EXACT_EXPONENT_MAX && digits.len() < 1_300 {
        let ten = num_traits::pow(BigInt::from(10), power.unsigned_abs() as usize);
        return rational(if power >= 0 {
            BigRational::from_integer(number * ten)
        } else {
            BigRational::new(number, ten)
        });
    }
    if power > 700_000_000 {
        return Value::Unknown;
    }
    if power < -1_400_000_000 {
        return Value::Rational(Rc::new(BigRational::zero()));
    }
    big_float(BigFloat::from_int(number).multiply(&BigFloat::power_of_ten(power)))
}

fn scale_binary(number: BigInt, power: i64) -> Value {
    if power.unsigned_abs() > 4_000 {
        return big_float(BigFloat::new(number, power));
    }
    rational(if power >= 0 {
        BigRational::from_integer(number << power.unsigned_abs())
    } else {
        BigRational::new(number, BigInt::one() << power.unsigned_abs())
    })
}

/// The bytes that a string or rune literal stands for, `None` if it is malformed.
pub fn unquote(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let (first, rest) = bytes.split_first()?;
    let (last, inner) = rest.split_last()?;
    if first != last {
        return None;
    }
    if *first == b'`' {
        return Some(
            inner
                .iter()
                .copied()
                .filter(|byte| *byte != b'\r')
                .collect(),
        );
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut at = inner.iter().copied();
    while let Some(byte) = at.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let kind = at.next()?;
        let simple = match kind {
            b'a' => Some(7),
            b'b' => Some(8),
            b'f' => Some(12),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'v' => Some(11),
            b'\\' | b'\'' | b'"' => Some(kind),
            _ => None,
        };
        if let Some(byte) = simple {
            out.push(byte);
            continue;
        }
        let (mut value, more, radix) = match kind {
            b'x' => (0u32, 2, 16),
            b'u' => (0, 4, 16),
            b'U' => (0, 8, 16),
            b'0'..=b'7' => (u32::from(kind - b'0'), 2, 8),
            _ => return None,
        };
        for _ in 0..more {
            let digit = char::from(at.next()?).to_digit(radix)?;
            value = value.checked_mul(radix)?.checked_add(digit)?;
        }
        if matches!(kind, b'u' | b'U') {
            let mut buffer = [0; 4];
            out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut buffer).as_bytes());
        } else {
            out.push(u8::try_from(value).ok()?);
        }
    }
    Some(out)
}
