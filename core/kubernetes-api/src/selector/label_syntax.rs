//! The text syntax of label selectors: words and the grammar over them.

use super::{Operator, Requirement};
use crate::field::FieldError;
use crate::names;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Error,
    End,
    Close,
    Comma,
    Not,
    DoubleEquals,
    Equals,
    Greater,
    Identifier,
    In,
    Less,
    NotEquals,
    NotIn,
    Open,
}

struct Token {
    kind: Kind,
    text: String,
}

impl Token {
    fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Identifier | Kind::In | Kind::NotIn)
    }
}

/// Parses a whole selector, in the order of the text.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser {
        tokens: scan(text),
        position: 0,
    };
    let mut requirements = Vec::new();
    loop {
        let token = parser.peek();
        if token.kind == Kind::End {
            return Ok(requirements);
        }
        if !token.is_word() && token.kind != Kind::Not {
            return Err(format!(
                "found '{}', expected: !, identifier, or 'end of string'",
                token.text
            ));
        }
        let requirement = parser
            .requirement()
            .map_err(|error| format!("unable to parse requirement: {error}"))?;
        requirements.push(requirement);
        let token = parser.next();
        match token.kind {
            Kind::End => return Ok(requirements),
            Kind::Comma => {
                let next = parser.peek();
                if !next.is_word() && next.kind != Kind::Not {
                    return Err(format!(
                        "found '{}', expected: identifier after ','",
                        next.text
                    ));
                }
            }
            _ => {
                return Err(format!(
                    "found '{}', expected: ',' or 'end of string'",
                    token.text
                ));
            }
        }
    }
}

fn scan(text: &str) -> Vec<Token> {
    let special = |c: char| "=!(),><".contains(c);
    let blank = |c: char| " \t\r\n".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    while !rest.is_empty() && !rest.starts_with('\0') {
        let (length, kind) = if rest.starts_with(special) {
            symbol(rest)
        } else {
            let length = rest
                .find(|c: char| special(c) || blank(c) || c == '\0')
                .unwrap_or(rest.len());
            let kind = match rest.split_at_checked(length) {
                Some(("in", _)) => Kind::In,
                Some(("notin", _)) => Kind::NotIn,
                _ => Kind::Identifier,
            };
            (length, kind)
        };
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token {
            kind,
            text: word.to_owned(),
        });
        rest = after.trim_start_matches(blank);
    }
    tokens.push(Token {
        kind: Kind::End,
        text: String::new(),
    });
    tokens
}

/// The longest symbol at the beginning.
fn symbol(text: &str) -> (usize, Kind) {
    let symbols = [
        ("==", Kind::DoubleEquals),
        ("!=", Kind::NotEquals),
        ("=", Kind::Equals),
        ("!", Kind::Not),
        (")", Kind::Close),
        (",", Kind::Comma),
        (">", Kind::Greater),
        ("<", Kind::Less),
        ("(", Kind::Open),
    ];
    let found = symbols
        .into_iter()
        .find(|(symbol, _)| text.starts_with(symbol));
    found.map_or((1, Kind::Error), |(symbol, kind)| (symbol.len(), kind))
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
}

static END: Token = Token {
    kind: Kind::End,
    text: String::new(),
};

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.position).unwrap_or(&END)
    }

    fn next(&mut self) -> &Token {
        self.position += 1;
        self.tokens.get(self.position - 1).unwrap_or(&END)
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.peek().kind == Kind::Not;
        if negated {
            self.next();
        }
        let token = self.next();
        if !token.is_word() {
            return Err(format!("found '{}', expected: identifier", token.text));
        }
        let key = token.text.clone();
        let wrong = names::label_key(&key);
        if !wrong.is_empty() {
            return Err(FieldError::invalid("<nil>", key.as_str(), wrong.join("; ")).to_string());
        }
        if negated {
            return Requirement::new(&key, Operator::DoesNotExist, Vec::new());
        }
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Requirement::new(&key, Operator::Exists, Vec::new());
        }
        let token = self.next();
        let operator = match token.kind {
            Kind::In => Operator::In,
            Kind::NotIn => Operator::NotIn,
            Kind::Equals => Operator::Equals,
            Kind::DoubleEquals => Operator::DoubleEquals,
            Kind::NotEquals => Operator::NotEquals,
            Kind::Greater => Operator::GreaterThan,
            Kind::Less => Operator::LessThan,
            _ => {
                return Err(format!(
                    "found '{}', expected: in, notin, =, ==, !=, gt, lt",
                    token.text
                ));
            }
        };
        let values = match operator {
            Operator::In | Operator::NotIn => self.values()?,
            _ => vec![self.exact_value()?],
        };
        Requirement::new(&key, operator, values)
    }

    fn exact_value(&mut self) -> Result<String, String> {
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Ok(String::new());
        }
        let token = self.next();
        if token.is_word() {
            Ok(token.text.clone())
        } else {
            Err(format!("found '{}', expected: identifier", token.text))
        }
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        let token = self.next();
        if token.kind != Kind::Open {
            return Err(format!("found '{}' expected: '('", token.text));
        }
        let first = self.peek();
        if first.kind == Kind::Close {
            self.next();
            return Ok(vec![String::new()]);
        }
        if !first.is_word() && first.kind != Kind::Comma {
            return Err(format!(
                "found '{}', expected: ',', ')' or identifier",
                first.text
            ));
        }
        let mut values: Vec<String> = Vec::new();
        loop {
            let token = self.next();
            if token.is_word() {
                values.push(token.text.clone());
                match self.peek().kind {
                    Kind::Comma => {}
                    Kind::Close => break,
                    _ => {
                        return Err(format!(
                            "found '{}', expected: ',' or ')'",
                            self.peek().text
                        ));
                    }
                }
            } else if token.kind == Kind::Comma {
                // An empty place between commas or brackets is the empty value.
                let next = self.peek().kind;
                if values.is_empty() || matches!(next, Kind::Close | Kind::Comma) {
                    values.push(String::new());
                }
                if next == Kind::Close {
                    break;
                }
            } else {
                return Err(format!(
                    "found '{}', expected: ',', or identifier",
                    token.text
                ));
            }
        }
        self.next();
        Ok(values)
    }
}
