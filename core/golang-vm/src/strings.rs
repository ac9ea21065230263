//! Strings: joining, and conversions from and to bytes and runes.

use super::{Trap, Vm};

/// The rune at the start of bytes and how many bytes it takes; U+FFFD and 1 for bad UTF-8.
pub fn decode_rune(bytes: &[u8]) -> (u32, usize) {
    let Some(&first) = bytes.first() else {
        return (0xfffd, 1);
    };
    if first < 0x80 {
        return (u32::from(first), 1);
    }
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (0xfffd, 1),
    };
    let decoded = bytes
        .get(..length)
        .and_then(|part| std::str::from_utf8(part).ok())
        .and_then(|text| text.chars().next());
    decoded.map_or((0xfffd, 1), |rune| (u32::from(rune), length))
}

/// Appends a rune as UTF-8; what is no code point becomes U+FFFD.
pub fn encode_rune(rune: i64, to: &mut Vec<u8>) {
    let rune = u32::try_from(rune)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut buffer = [0; 4];
    to.extend_from_slice(rune.encode_utf8(&mut buffer).as_bytes());
}

/// Exponents from which floats are shown with one, as strconv's shortest `g` does.
const PLAIN_EXPONENT_END: i32 = 6;

/// A float as `print` and panics show it: the shortest digits that mean it, `1e+06`, before Go
/// 1.26 always `+1.500000e+000`.
pub fn runtime_float(value: f64, is_short: bool, version: (u32, u32)) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let is_old = version < (1, 26);
    let text = match (is_old, is_short) {
        (true, _) => format!("{value:+.6e}"),
        (false, true) => format!("{:e}", value as f32),
        (false, false) => format!("{value:e}"),
    };
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let number: i32 = exponent.parse().unwrap_or(0);
    let sign = if number < 0 { '-' } else { '+' };
    if is_old {
        return format!("{digits}e{sign}{:03}", number.abs());
    }
    if (-4..PLAIN_EXPONENT_END).contains(&number) {
        return if is_short {
            (value as f32).to_string()
        } else {
            value.to_string()
        };
    }
    format!("{digits}e{sign}{:02}", number.abs())
}

/// A complex number as `print` shows it.
pub fn runtime_complex(re: f64, im: f64, is_short: bool, version: (u32, u32)) -> String {
    let re = runtime_float(re, is_short, version);
    let im = runtime_float(im, is_short, version);
    let plus = if im.starts_with(['+', '-']) || im == "NaN" && version < (1, 26) {
        ""
    } else {
        "+"
    };
    format!("({re}{plus}{im}i)")
}

impl Vm {
    /// One string of several.
    pub(crate) fn concat(&mut self, parts: &[(u64, u64)]) -> Result<(u64, u64), Trap> {
        let mut filled = parts.iter().filter(|part| part.1 > 0);
        if let (Some(only), None) = (filled.next(), filled.next()) {
            return Ok(*only);
        }
        let length = parts.iter().map(|part| part.1).sum();
        let address = self.heap.alloc(length, true)?;
        let mut at = address;
        for part in parts {
            self.heap.copy(at, part.0, part.1);
            at += part.1;
        }
        Ok((address, length))
    }

    pub(crate) fn compare_strings(&self, x: (u64, u64), y: (u64, u64)) -> std::cmp::Ordering {
        self.heap.bytes(x.0, x.1).cmp(&self.heap.bytes(y.0, y.1))
    }

    /// `string(runes)`.
    pub fn runes_to_string(&mut self, address: u64, length: u64) -> Result<(u64, u64), Trap> {
        let mut text = Vec::new();
        for at in 0..length {
            let rune = self
                .heap
                .load_bytes::<4>(address + at * 4)
                .map_or(0, i32::from_le_bytes);
            encode_rune(i64::from(rune), &mut text);
        }
        Ok((self.heap.new_bytes(&text)?, text.len() as u64))
    }

    /// `[]rune(text)`.
    pub fn string_to_runes(&mut self, text: (u64, u64)) -> Result<[u64; 3], Trap> {
        let bytes = self.heap.bytes(text.0, text.1).unwrap_or(&[]);
        let mut runes = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (rune, length) = decode_rune(rest);
            runes.extend_from_slice(&rune.to_le_bytes());
            rest = rest.get(length..).unwrap_or(&[]);
        }
        let count = runes.len() as u64 / 4;
        Ok([self.heap.new_bytes(&runes)?, count, count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_utf8_is_one_byte_at_a_time() {
        assert_eq!(decode_rune("ä".as_bytes()), (0xe4, 2));
        assert_eq!(decode_rune(b"\xc3("), (0xfffd, 1));
        assert_eq!(decode_rune(b"\xed\xa0\x80"), (0xfffd, 1));
        let floats = [0.1, 100.0, 123456.789e3, 1e6, 1e5, -0.0, 5e-324, 1e-4, 1e-5];
        let texts = floats.map(|float| runtime_float(float, false, (1, 26)));
        assert_eq!(
            texts.join(" "),
            "0.1 100 1.23456789e+08 1e+06 100000 -0 5e-324 0.0001 1e-05"
        );
        assert_eq!(runtime_float(1234.5, false, (1, 12)), "+1.234500e+003");
        assert_eq!(runtime_complex(0.1, -2.0, true, (1, 26)), "(0.1-2i)");
    }
}
