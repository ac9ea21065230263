//! Encodings: `base64`, `od`.

use super::Context;
use machine::ExitStatus;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0u32, |group, (index, byte)| {
            group | u32::from(*byte) << (16 - 8 * index)
        });
        for index in 0..4 {
            let letter = ALPHABET
                .get((group >> (18 - 6 * index) & 63) as usize)
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

/// The bytes of a base64 text; `None` when it is none.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut group, mut count) = (0u32, 0);
    for character in text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
    {
        let value = ALPHABET.iter().position(|letter| *letter == character)? as u32;
        group = group << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((group >> count) as u8);
        }
    }
    Some(bytes)
}

pub(super) async fn base64(context: Context) -> ExitStatus {
    let options = match context
        .options("dDw:i", &[("decode", 'd'), ("wrap", 'w')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (bytes, complete) = context.inputs(&options.operands).await;
    if !complete {
        return ExitStatus::FAILURE;
    }
    if options.has('d') || options.has('D') {
        return match from_base64(&String::from_utf8_lossy(&bytes)) {
            Some(decoded) => {
                context.process.write(1, &decoded).await.ok();
                ExitStatus::SUCCESS
            }
            None => {
                context.complain("invalid input").await;
                ExitStatus::FAILURE
            }
        };
    }
    let text = to_base64(&bytes);
    let width: usize = options
        .value('w')
        .and_then(|width| width.parse().ok())
        .unwrap_or(76);
    let output = if width == 0 {
        text
    } else {
        text.as_bytes()
            .chunks(width)
            .map(|line| format!("{}\n", String::from_utf8_lossy(line)))
            .collect()
    };
    context.process.print(output).await;
    ExitStatus::SUCCESS
}

/// `od -c`: characters and escapes, sixteen a line.
pub(super) async fn octal_dump(context: Context) -> ExitStatus {
    let options = match context.options("cbxdoA:t:v", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (bytes, complete) = context.inputs(&options.operands).await;
    let mut output = String::new();
    for (index, row) in bytes.chunks(16).enumerate() {
        let cells: String = if options.has('c') {
            row.iter()
                .map(|byte| format!("{:>4}", character_cell(*byte)))
                .collect()
        } else {
            row.chunks(2)
                .map(|pair| {
                    let word = pair
                        .iter()
                        .enumerate()
                        .fold(0u16, |word, (position, byte)| {
                            word | u16::from(*byte) << (8 * position)
                        });
                    format!(" {word:06o}")
                })
                .collect()
        };
        output.push_str(&format!("{:07o}{cells}\n", index * 16));
    }
    output.push_str(&format!("{:07o}\n", bytes.len()));
    context.process.print(output).await;
    ExitStatus::Exited(u8::from(!complete))
}

fn character_cell(byte: u8) -> String {
    match byte {
        0 => "\\0".into(),
        7 => "\\a".into(),
        8 => "\\b".into(),
        9 => "\\t".into(),
        10 => "\\n".into(),
        11 => "\\v".into(),
        12 => "\\f".into(),
        13 => "\\r".into(),
        32..=126 => char::from(byte).to_string(),
        _ => format!("{byte:03o}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_round_trips() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("s3cr3t!", "czNjcjN0IQ=="),
        ] {
            assert_eq!(to_base64(plain.as_bytes()), encoded);
            assert_eq!(from_base64(encoded).unwrap(), plain.as_bytes());
        }
    }
}
