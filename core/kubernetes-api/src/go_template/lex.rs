//! Words of a template: text outside of braces, and tokens inside.

/// A token of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `.name`; the dot alone is [`Token::Dot`].
    Field(String),
    Dot,
    /// `$` or `$name`.
    Variable(String),
    /// A keyword or function.
    Word(String),
    Text(String),
    Char(char),
    Number(String),
    Bool(bool),
    Open,
    Close,
    Pipe,
    Declare,
    Assign,
    Comma,
    Space,
    End,
}

/// A token with its place: byte offset in the whole template.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub token: Token,
    pub start: usize,
    pub end: usize,
}

/// Text or an action with its tokens.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Action { tokens: Vec<Spanned>, start: usize },
}

/// An error and the byte offset where it is.
pub(super) type Error = (usize, String);

/// Splits a template.
pub(super) fn pieces(template: &str) -> Result<Vec<Piece>, Error> {
    let mut pieces = Vec::new();
    let mut position = 0;
    let mut trim_left = false;
    loop {
        let rest = template.get(position..).unwrap_or_default();
        let (text, found) = match rest.find("{{") {
            Some(at) => (rest.get(..at).unwrap_or_default(), true),
            None => (rest, false),
        };
        let mut start = position + text.len() + 2;
        let after = template.get(start..).unwrap_or_default();
        let trims = after
            .strip_prefix('-')
            .is_some_and(|after| after.starts_with(is_space));
        let mut shown = if trim_left {
            text.trim_start_matches(is_space)
        } else {
            text
        };
        if found && trims {
            shown = shown.trim_end_matches(is_space);
            start += 1;
        }
        if !shown.is_empty() {
            pieces.push(Piece::Text(shown.to_owned()));
        }
        if !found {
            return Ok(pieces);
        }
        let inner = template.get(start..).unwrap_or_default();
        let blank = inner.len() - inner.trim_start_matches(is_space).len();
        if inner
            .get(blank..)
            .is_some_and(|inner| inner.starts_with("/*"))
        {
            let Some(end) = inner.find("*/") else {
                return Err((start, "unclosed comment".to_owned()));
            };
            let after = inner.get(end + 2..).unwrap_or_default();
            let closing = after.trim_start_matches(is_space);
            trim_left = closing.starts_with("-}}") && closing.len() < after.len();
            let length = if trim_left { 3 } else { 2 };
            if !trim_left && !after.starts_with("}}") {
                return Err((start, "comment ends before closing delimiter".to_owned()));
            }
            position = template.len()
                - if trim_left {
                    closing.len()
                } else {
                    after.len()
                }
                + length;
            continue;
        }
        let (tokens, end, trims) = action(template, start)?;
        pieces.push(Piece::Action { tokens, start });
        position = end;
        trim_left = trims;
    }
}

/// The tokens up to `}}`, the place behind it, and whether it trims the text that follows.
fn action(template: &str, start: usize) -> Result<(Vec<Spanned>, usize, bool), Error> {
    let mut tokens: Vec<Spanned> = Vec::new();
    let mut position = start;
    loop {
        let rest = template.get(position..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches(is_space).len();
        if blanks > 0 {
            let after = rest.get(blanks..).unwrap_or_default();
            if after.starts_with("-}}") {
                return Ok((tokens, position + blanks + 3, true));
            }
            tokens.push(Spanned {
                token: Token::Space,
                start: position,
                end: position + blanks,
            });
            position += blanks;
            continue;
        }
        if rest.starts_with("}}") {
            return Ok((tokens, position + 2, false));
        }
        let (token, length) = token(rest).map_err(|error| (position, error))?;
        let next = rest.get(length..).and_then(|after| after.chars().next());
        if matches!(
            token,
            Token::Field(_) | Token::Variable(_) | Token::Word(_) | Token::Bool(_)
        ) && let Some(c) = next.filter(|c| !is_space(*c) && !".,|:()=}".contains(*c))
        {
            return Err((
                position,
                format!("bad character U+{:04X} '{c}'", u32::from(c)),
            ));
        }
        tokens.push(Spanned {
            token,
            start: position,
            end: position + length,
        });
        position += length;
    }
}

fn token(rest: &str) -> Result<(Token, usize), String> {
    let word = |text: &str| {
        text.find(|c: char| c != '_' && !c.is_alphanumeric())
            .unwrap_or(text.len())
    };
    let Some(first) = rest.chars().next() else {
        return Err("unclosed action".to_owned());
    };
    let after = rest.get(first.len_utf8()..).unwrap_or_default();
    let symbol = |token| Ok((token, first.len_utf8()));
    match first {
        '(' => symbol(Token::Open),
        ')' => symbol(Token::Close),
        '|' => symbol(Token::Pipe),
        ',' => symbol(Token::Comma),
        ':' if after.starts_with('=') => Ok((Token::Declare, 2)),
        ':' => Err("expected :=".to_owned()),
        '=' => symbol(Token::Assign),
        '"' => text(rest, '"').ok_or("unterminated quoted string".to_owned()),
        '`' => match after.split_once('`') {
            Some((raw, _)) => Ok((Token::Text(raw.to_owned()), raw.len() + 2)),
            None => Err("unterminated raw quoted string".to_owned()),
        },
        '\'' => match text(rest, '\'') {
            Some((Token::Text(text), length)) => Ok((
                text.chars()
                    .next()
                    .map_or(Token::Text(String::new()), Token::Char),
                length,
            )),
            _ => Err("unterminated character constant".to_owned()),
        },
        '.' if !after.starts_with(|c: char| c.is_ascii_digit()) => {
            let length = word(after);
            let name = after.get(..length).unwrap_or_default();
            Ok((
                if name.is_empty() {
                    Token::Dot
                } else {
                    Token::Field(name.to_owned())
                },
                length + 1,
            ))
        }
        '$' => {
            let length = word(after);
            Ok((
                Token::Variable(rest.get(..=length).unwrap_or("$").to_owned()),
                length + 1,
            ))
        }
        c if c.is_ascii_digit() || "+-.".contains(c) => {
            let length = rest
                .char_indices()
                .skip(1)
                .find(|(at, c)| {
                    !(c.is_ascii_alphanumeric()
                        || "._".contains(*c)
                        || ("+-".contains(*c)
                            && rest.get(..*at).is_some_and(|before| {
                                before.ends_with(['e', 'E']) && !before.contains('x')
                            })))
                })
                .map_or(rest.len(), |(at, _)| at);
            Ok((
                Token::Number(rest.get(..length).unwrap_or_default().to_owned()),
                length,
            ))
        }
        c if c == '_' || c.is_alphabetic() => {
            let length = word(rest);
            let name = rest.get(..length).unwrap_or_default();
            let token = match name {
                "true" => Token::Bool(true),
                "false" => Token::Bool(false),
                _ => Token::Word(name.to_owned()),
            };
            Ok((token, length))
        }
        c => Err(format!(
            "unrecognized character in action: U+{:04X} '{c}'",
            u32::from(c)
        )),
    }
}

/// A quoted text with Go's escapes, and its length.
fn text(rest: &str, quote: char) -> Option<(Token, usize)> {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => return None,
            c if c == quote => return Some((Token::Text(out), at + 1)),
            '\\' => {
                let (_, escaped) = chars.next()?;
                let digits = match escaped {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if digits > 0 {
                    let code: String = chars
                        .by_ref()
                        .take(digits)
                        .map(|(_, digit)| digit)
                        .collect();
                    out.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                    continue;
                }
                out.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'v' => '\u{b}',
                    '0' => '\0',
                    other => other,
                });
            }
            c => out.push(c),
        }
    }
    None
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
