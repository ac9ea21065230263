//! The words of an awk program.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    Name(String),
    /// A name directly before a parenthesis.
    Call(String),
    /// Operators and punctuation.
    Symbol(&'static str),
    Newline,
}

const SYMBOLS: [&str; 37] = [
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~", "+",
    "-", "*", "/", "%", "^", "!", "~", "<", ">", "=", "?", ":", ",", ";", "(", ")", "{", "}", "[",
    "]", "$",
];

/// Takes a program's text apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\\\n") {
            rest = after;
            continue;
        }
        if first == '\n' {
            found.push(Token::Newline);
        }
        if first.is_whitespace() {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        if first == '#' {
            rest = rest
                .find('\n')
                .and_then(|at| rest.get(at..))
                .unwrap_or_default();
            continue;
        }
        if first == '"' || (first == '/' && regex_may_follow(found.last())) {
            let (token, after) = quoted(rest, first)?;
            found.push(token);
            rest = after;
            continue;
        }
        let run = |fits: fn(char) -> bool| -> (&str, &str) {
            let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
            rest.split_at_checked(end).unwrap_or((rest, ""))
        };
        if first.is_ascii_digit() || first == '.' {
            let (mut word, mut after) = run(|c| c.is_ascii_digit() || c == '.');
            // `1e6`, but not `1else`.
            let power = after.strip_prefix(['e', 'E']).unwrap_or_default();
            let digits = power.trim_start_matches(['+', '-']);
            let end = digits.find(|c: char| !c.is_ascii_digit());
            let length = rest.len() - digits.len() + end.unwrap_or(digits.len());
            if !digits.is_empty() && end != Some(0) {
                (word, after) = rest.split_at_checked(length).unwrap_or((word, after));
            }
            let number = word
                .parse()
                .map_err(|_| format!("syntax error at {word}"))?;
            found.push(Token::Number(number));
            rest = after;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let (word, after) = run(|c| c.is_ascii_alphanumeric() || c == '_');
            found.push(if after.starts_with('(') {
                Token::Call(word.to_owned())
            } else {
                Token::Name(word.to_owned())
            });
            rest = after;
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let symbol = symbol.ok_or_else(|| format!("syntax error at or near {first}"))?;
            found.push(Token::Symbol(symbol));
            rest = rest.get(symbol.len()..).unwrap_or_default();
        }
    }
    Ok(found)
}

/// Whether a slash begins a regular expression and is no division.
fn regex_may_follow(before: Option<&Token>) -> bool {
    !matches!(
        before,
        Some(Token::Number(_) | Token::Text(_) | Token::Name(_) | Token::Symbol(")" | "]"))
    )
}

fn quoted(text: &str, quote: char) -> Result<(Token, &str), String> {
    let mut inner = String::new();
    let mut chars = text.chars();
    chars.next();
    while let Some(c) = chars.next() {
        if c == quote {
            let token = if quote == '"' {
                Token::Text(crate::escape::expand(&inner).0)
            } else {
                Token::Regex(inner)
            };
            return Ok((token, chars.as_str()));
        }
        if c == '\n' {
            break;
        }
        if c == '\\' {
            match chars.next() {
                Some(escaped) if escaped == quote => inner.push(escaped),
                Some(escaped) => {
                    inner.push('\\');
                    inner.push(escaped);
                }
                None => break,
            }
            continue;
        }
        inner.push(c);
    }
    Err(if quote == '"' {
        "unterminated string".into()
    } else {
        "unterminated regexp".into()
    })
}
