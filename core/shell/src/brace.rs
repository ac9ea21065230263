//! Brace expansion: `{a,b}` and `{1..5}`, before everything else.

use crate::limits;
use crate::syntax::{Part, Word};

/// The words that a word's braces make; itself when it has none.
pub fn expand(word: &Word) -> Vec<Word> {
    let mut done = vec![Word::default()];
    for part in &word.parts {
        let texts = match part {
            Part::Text {
                text,
                quoted: false,
            } if text.contains('{') => expand_text(text, 0),
            other => {
                done.iter_mut()
                    .for_each(|word| word.parts.push(other.clone()));
                continue;
            }
        };
        let combined = done.iter().flat_map(|word| {
            texts.iter().map(|text| {
                let mut word = word.clone();
                word.parts.push(Part::Text {
                    text: text.clone(),
                    quoted: false,
                });
                word
            })
        });
        done = combined.take(limits::WORDS).collect();
    }
    done
}

fn expand_text(text: &str, depth: usize) -> Vec<String> {
    let unchanged = || vec![text.to_string()];
    if depth > limits::NESTING {
        return unchanged();
    }
    let Some((before, choices, after)) = first_braces(text) else {
        return unchanged();
    };
    let tails = expand_text(after, depth + 1);
    let choices = choices
        .into_iter()
        .flat_map(|choice| expand_text(&choice, depth + 1));
    let combined = choices.flat_map(|choice| {
        tails
            .iter()
            .map(move |tail| format!("{before}{choice}{tail}"))
    });
    combined.take(limits::WORDS).collect()
}

/// The text before the first real braces, what they offer, and the text after them.
fn first_braces(text: &str) -> Option<(&str, Vec<String>, &str)> {
    for (open, _) in text.match_indices('{') {
        let (before, inside) = text.split_at_checked(open)?;
        let inside = inside.strip_prefix('{')?;
        let (mut depth, mut start, mut choices) = (0usize, 0, Vec::new());
        for (index, character) in inside.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' if depth == 0 => {
                    choices.push(inside.get(start..index)?.to_string());
                    start = index + 1;
                }
                '}' => {
                    let last = inside.get(start..index)?;
                    let after = inside.get(index + 1..)?;
                    if !choices.is_empty() {
                        choices.push(last.to_string());
                        return Some((before, choices, after));
                    }
                    if let Some(range) = range(last) {
                        return Some((before, range, after));
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    None
}

fn range(text: &str) -> Option<Vec<String>> {
    let mut ends = text.split("..");
    let (from, to, step) = (ends.next()?, ends.next()?, ends.next());
    if ends.next().is_some() {
        return None;
    }
    let step = step
        .map_or(Some(1), |step| step.parse::<i64>().ok())?
        .unsigned_abs()
        .max(1);
    if let (Ok(first), Ok(last)) = (from.parse::<i64>(), to.parse::<i64>()) {
        let width = if [from, to]
            .iter()
            .any(|end| end.trim_start_matches('-').starts_with('0') && end.len() > 1)
        {
            from.len().max(to.len())
        } else {
            0
        };
        return Some(
            steps(first, last, step)
                .map(|number| format!("{number:0width$}"))
                .collect(),
        );
    }
    let (mut first, mut last) = (from.chars(), to.chars());
    let (first, last) = match (first.next(), first.next(), last.next(), last.next()) {
        (Some(first), None, Some(last), None)
            if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() =>
        {
            (first, last)
        }
        _ => return None,
    };
    let numbers = steps(
        i64::from(u32::from(first)),
        i64::from(u32::from(last)),
        step,
    );
    Some(
        numbers
            .filter_map(|number| char::from_u32(number as u32).map(String::from))
            .collect(),
    )
}

fn steps(first: i64, last: i64, step: u64) -> impl Iterator<Item = i64> {
    let count = first.abs_diff(last) / step;
    let sign = if first <= last { 1i64 } else { -1 };
    (0..=count)
        .take(limits::WORDS)
        .map(move |index| first.wrapping_add(sign.wrapping_mul((index * step) as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces() {
        for (text, expected) in [
            ("a{b,c}d", "abd acd"),
            ("{1..3}{x,y}", "1x 1y 2x 2y 3x 3y"),
            ("{a,b{1,2}}", "a b1 b2"),
            ("{01..03}", "01 02 03"),
            ("{c..a}", "c b a"),
            ("{one}", "{one}"),
            ("{}", "{}"),
        ] {
            assert_eq!(expand_text(text, 0).join(" "), expected);
        }
    }
}
