//! Strings of JSON.

use std::borrow::Cow;

const HEX: [u8; 16] = *b"0123456789abcdef";

fn hex(digit: u8) -> u8 {
    HEX.get(usize::from(digit & 15)).copied().unwrap_or(b'0')
}

/// Appends a string in quotes, with `html` one that may stand in a page.
pub(super) fn quote(out: &mut Vec<u8>, text: &[u8], html: bool) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid().as_bytes();
        while let Some(at) = rest.iter().position(|byte| special(*byte, html)) {
            let (before, found) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            out.extend_from_slice(before);
            let (head, tail) = found.split_at_checked(1).unwrap_or((found, &[]));
            rest = tail;
            if let ([0xe2], [0x80, last @ (0xa8 | 0xa9), tail @ ..]) = (head, tail) {
                out.extend_from_slice(b"\\u202");
                out.push(hex(*last));
                rest = tail;
                continue;
            }
            for byte in head {
                escape(out, *byte);
            }
        }
        out.extend_from_slice(rest);
        for _ in chunk.invalid() {
            out.extend_from_slice(b"\\ufffd");
        }
    }
    out.push(b'"');
}

fn special(byte: u8, html: bool) -> bool {
    match byte {
        b'"' | b'\\' | 0..b' ' | 0xe2 => true,
        b'<' | b'>' | b'&' => html,
        _ => false,
    }
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        0xe2 => return out.push(byte),
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        8 => b'b',
        12 => b'f',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(hex(byte >> 4));
            return out.push(hex(byte));
        }
    };
    out.push(b'\\');
    out.push(letter);
}

/// The text between the quotes of a checked string.
pub(super) fn unquote(quoted: &[u8]) -> Cow<'_, [u8]> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1));
    let mut rest = inner.unwrap_or_default();
    if !rest.contains(&b'\\') && str::from_utf8(rest).is_ok() {
        return Cow::Borrowed(rest);
    }
    let mut out = Vec::with_capacity(rest.len());
    loop {
        let end = rest.iter().position(|byte| *byte == b'\\');
        let end = end.unwrap_or(rest.len());
        let (before, escaped) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        for chunk in before.utf8_chunks() {
            out.extend_from_slice(chunk.valid().as_bytes());
            for _ in chunk.invalid() {
                push(&mut out, char::REPLACEMENT_CHARACTER);
            }
        }
        let [_, letter, tail @ ..] = escaped else {
            return Cow::Owned(out);
        };
        rest = tail;
        out.push(match letter {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                rest = unicode(&mut out, tail);
                continue;
            }
            other => *other,
        });
    }
}

fn push(out: &mut Vec<u8>, char: char) {
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The character of the digits after `\u`, and of a second half after a first; the text after it.
fn unicode<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> &'a [u8] {
    let (mut code, mut rest) = digits(text);
    if let (0xd800..0xdc00, [b'\\', b'u', tail @ ..]) = (code, rest)
        && let (low @ 0xdc00..0xe000, tail) = digits(tail)
    {
        code = ((code - 0xd800) << 10 | (low - 0xdc00)) + 0x1_0000;
        rest = tail;
    }
    push(
        out,
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    );
    rest
}

fn digits(text: &[u8]) -> (u32, &[u8]) {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, &[]));
    let value = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0);
    (
        digits
            .iter()
            .fold(0, |code, digit| code << 4 | value(digit)),
        rest,
    )
}
