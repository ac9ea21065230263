//! File name patterns: `*`, `?`, `[…]` and backslash.

/// Whether the whole text matches the pattern. A backslash takes the next character literally.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    match_from(&pattern, &text)
}

/// Whether a pattern has any special character that is not quoted.
pub fn is_pattern(pattern: &str) -> bool {
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => {
                rest.next();
            }
            '*' | '?' => return true,
            '[' if rest.clone().any(|next| next == ']') => return true,
            _ => {}
        }
    }
    false
}

/// The pattern without its backslashes: what it means when it is no pattern.
pub fn unquote(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character == '\\' {
            text.extend(rest.next());
        } else {
            text.push(character);
        }
    }
    text
}

/// Matches with one point to come back to: the newest star. That is enough for `*`, and keeps
/// the time to the product of the lengths.
fn match_from(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
                continue;
            }
            None if position == text.len() => return true,
            None => None,
            Some(_) => text
                .get(position)
                .and_then(|character| match_one(pattern.get(at..).unwrap_or(&[]), *character)),
        };
        match (step, star) {
            (Some(used), _) => {
                at += used;
                position += 1;
            }
            (None, Some((star_at, star_position))) if star_position < text.len() => {
                star = Some((star_at, star_position + 1));
                at = star_at + 1;
                position = star_position + 1;
            }
            _ => return false,
        }
    }
}

/// Matches one character with the start of a pattern: how many pattern characters were used.
fn match_one(pattern: &[char], character: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['\\', quoted, ..] => (*quoted == character).then_some(2),
        ['[', rest @ ..] => match class(rest, character) {
            Some((matched, used)) => matched.then_some(used + 1),
            None => (character == '[').then_some(1),
        },
        [literal, ..] => (*literal == character).then_some(1),
        [] => None,
    }
}

/// A bracket expression after its `[`: whether it matches, and its length; `None` when unclosed.
fn class(pattern: &[char], character: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    let mut at = usize::from(negated);
    let mut matched = false;
    let first = at;
    loop {
        let current = *pattern.get(at)?;
        if current == ']' && at > first {
            return Some((matched != negated, at + 1));
        }
        if current == '[' && pattern.get(at + 1) == Some(&':') {
            let name: String = pattern
                .get(at + 2..)?
                .iter()
                .take_while(|next| **next != ':')
                .collect();
            at += name.chars().count() + 4;
            matched |= named_class(&name, character);
            continue;
        }
        let (low, used) = if current == '\\' {
            (*pattern.get(at + 1)?, 2)
        } else {
            (current, 1)
        };
        at += used;
        if pattern.get(at) == Some(&'-') && pattern.get(at + 1).is_some_and(|next| *next != ']') {
            let high = *pattern.get(at + 1)?;
            at += 2;
            matched |= (low..=high).contains(&character);
        } else {
            matched |= low == character;
        }
    }
}

/// POSIX's named character classes, for ASCII.
pub(crate) fn named_class(name: &str, character: char) -> bool {
    match name {
        "alpha" => character.is_alphabetic(),
        "digit" => character.is_ascii_digit(),
        "alnum" => character.is_alphanumeric(),
        "upper" => character.is_uppercase(),
        "lower" => character.is_lowercase(),
        "space" => character.is_whitespace(),
        "blank" => matches!(character, ' ' | '\t'),
        "punct" => character.is_ascii_punctuation(),
        "xdigit" => character.is_ascii_hexdigit(),
        "cntrl" => character.is_control(),
        "print" => !character.is_control(),
        "graph" => !character.is_control() && character != ' ',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*.yaml", "pod.yaml", true),
            ("*.yaml", "pod.yml", false),
            ("h?llo", "hello", true),
            ("[a-c]*[!0-9]", "bx9y", true),
            ("[a-c]*[!0-9]", "bx9", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            ("[[:digit:]]x", "5x", true),
            ("a[", "a[", true),
            (
                "*a*a*a*a*a*b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                false,
            ),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
