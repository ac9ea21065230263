//! Standard base64, as Secrets, `binaryData` and `!!binary` use it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group: u32 = 0;
        for index in 0..3 {
            group = group << 8 | u32::from(chunk.get(index).copied().unwrap_or_default());
        }
        for index in 0..4 {
            let six = (group >> (18 - 6 * index)) & 63;
            let letter = usize::try_from(six)
                .ok()
                .and_then(|six| ALPHABET.get(six))
                .copied()
                .unwrap_or(b'=');
            text.push(if index <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

/// Decodes padded base64; line breaks are skipped. `None` for anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut count, mut padding) = (0u32, 0, 0);
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        let six = match byte {
            b'=' => {
                padding += 1;
                0
            }
            _ if padding > 0 => return None,
            _ => ALPHABET.iter().position(|letter| *letter == byte)?,
        };
        group = group << 6 | u32::try_from(six).ok()?;
        count += 1;
        if count == 4 {
            let three = group.to_be_bytes();
            bytes.extend(
                three
                    .iter()
                    .skip(1)
                    .take(3usize.checked_sub(padding).filter(|kept| *kept > 0)?),
            );
            (group, count) = (0, 0);
        }
    }
    (count == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (plain, encoded) in [
            ("", ""),
            ("a", "YQ=="),
            ("ab", "YWI="),
            ("abc", "YWJj"),
            ("hello\n", "aGVsbG8K"),
        ] {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
        for wrong in ["a", "YQ=", "Y===", "====", "YQ==YQ==", "Y Q="] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
