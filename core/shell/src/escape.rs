//! Backslash escapes, as `echo -e`, `printf` and `$'…'` know them.

/// The text with its escapes replaced, and whether `\c` asked to stop.
pub fn expand(text: &str) -> (String, bool) {
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\\' {
            push(&mut bytes, character);
            continue;
        }
        let Some(escape) = rest.next() else {
            bytes.push(b'\\');
            break;
        };
        let simple = match escape {
            'a' => Some(7),
            'b' => Some(8),
            'e' | 'E' => Some(27),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            '\\' => Some(b'\\'),
            _ => None,
        };
        match (simple, escape) {
            (Some(byte), _) => bytes.push(byte),
            (None, 'c') => return (String::from_utf8_lossy(&bytes).into_owned(), true),
            (None, 'x') => match number(&mut rest, 16, 2) {
                Some(value) => bytes.push(value as u8),
                None => bytes.extend(b"\\x"),
            },
            (None, 'u' | 'U') => match number(&mut rest, 16, if escape == 'u' { 4 } else { 8 })
                .and_then(char::from_u32)
            {
                Some(character) => push(&mut bytes, character),
                None => bytes.extend(b"\\u"),
            },
            (None, '0'..='7') => {
                let first = escape.to_digit(8).unwrap_or(0);
                let digits = if escape == '0' { 3 } else { 2 };
                let (more, count) = digits_of(&mut rest, 8, digits);
                bytes.push((first * 8u32.pow(count) + more) as u8);
            }
            (None, other) => {
                bytes.push(b'\\');
                push(&mut bytes, other);
            }
        }
    }
    (String::from_utf8_lossy(&bytes).into_owned(), false)
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn digits_of(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    radix: u32,
    most: u32,
) -> (u32, u32) {
    let (mut value, mut count) = (0u32, 0);
    while count < most
        && let Some(digit) = rest.peek().and_then(|character| character.to_digit(radix))
    {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        count += 1;
        rest.next();
    }
    (value, count)
}

fn number(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    radix: u32,
    most: u32,
) -> Option<u32> {
    let (value, count) = digits_of(rest, radix, most);
    (count > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(
            expand(r"a\tb\n\x41\101\u00fc\q"),
            ("a\tb\nAA\u{fc}\\q".into(), false)
        );
        assert_eq!(expand(r"stop\chere"), ("stop".into(), true));
    }
}
