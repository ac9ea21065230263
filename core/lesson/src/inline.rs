//! Text within a paragraph: emphasis, code, links, and code that a click runs.

use crate::block::Action;
use crate::limits::NESTING_MAX;

/// A piece of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// `` `code` ``, and what a click on it does.
    Code(String, Option<Action>),
    /// `*words*`.
    Emphasis(Vec<Inline>),
    /// `**words**`.
    Strong(Vec<Inline>),
    /// `[words](address)`.
    Link(Vec<Inline>, String),
}

/// Reads the text of a paragraph. What is not closed is plain text.
pub(crate) fn parse(text: &str) -> Vec<Inline> {
    parse_nested(text, 0)
}

fn parse_nested(text: &str, depth: usize) -> Vec<Inline> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let found = match character {
            '`' => code(rest),
            '*' | '[' if depth < NESTING_MAX => emphasis_or_link(rest, depth),
            '\\' => escaped(rest),
            _ => None,
        };
        if let Some((piece, after)) = found {
            if let Inline::Text(text) = piece {
                plain.push_str(&text);
            } else {
                push_text(&mut pieces, &mut plain);
                pieces.push(piece);
            }
            rest = after;
        } else {
            plain.push(character);
            rest = rest.get(character.len_utf8()..).unwrap_or("");
        }
    }
    push_text(&mut pieces, &mut plain);
    pieces
}

fn push_text(pieces: &mut Vec<Inline>, plain: &mut String) {
    if !plain.is_empty() {
        pieces.push(Inline::Text(std::mem::take(plain)));
    }
}

fn escaped(text: &str) -> Option<(Inline, &str)> {
    let after = text.strip_prefix('\\')?;
    let character = after.chars().next()?;
    let after = after.get(character.len_utf8()..)?;
    character
        .is_ascii_punctuation()
        .then(|| (Inline::Text(character.to_string()), after))
}

/// `` `code` `` with a mark such as `{run}` after it.
fn code(text: &str) -> Option<(Inline, &str)> {
    let (code, after) = text.strip_prefix('`')?.split_once('`')?;
    if code.is_empty() {
        return None;
    }
    let marked = after
        .strip_prefix('{')
        .and_then(|mark| mark.split_once('}'))
        .and_then(|(mark, after)| Some((Action::parse(mark, code)?, after)));
    Some(match marked {
        Some((action, after)) => (Inline::Code(code.to_owned(), Some(action)), after),
        None => (Inline::Code(code.to_owned(), None), after),
    })
}

fn emphasis_or_link(text: &str, depth: usize) -> Option<(Inline, &str)> {
    if let Some(inner) = text.strip_prefix("**") {
        let (inner, after) = inner.split_once("**")?;
        let inner = (!inner.is_empty()).then(|| parse_nested(inner, depth + 1))?;
        Some((Inline::Strong(inner), after))
    } else if let Some(inner) = text.strip_prefix('*') {
        let (inner, after) = inner.split_once('*')?;
        let closed = !inner.is_empty() && !inner.starts_with(' ') && !inner.ends_with(' ');
        let inner = closed.then(|| parse_nested(inner, depth + 1))?;
        Some((Inline::Emphasis(inner), after))
    } else {
        let (words, after) = text.strip_prefix('[')?.split_once("](")?;
        let (address, after) = after.split_once(')')?;
        let safe = address.starts_with("https://") || address.starts_with('#');
        let words = safe.then(|| parse_nested(words, depth + 1))?;
        Some((Inline::Link(words, address.to_owned()), after))
    }
}
