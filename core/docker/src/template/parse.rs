//! The template language's parser.

use super::TemplateError;
use super::functions;
use serde_json::Value;

pub(super) enum Node {
    Text(String),
    Action(Pipeline),
    If(Pipeline, Vec<Node>, Vec<Node>),
    With(Pipeline, Vec<Node>, Vec<Node>),
    Range(Pipeline, Vec<Node>, Vec<Node>),
}

/// Commands through which a value flows, with the variables that get the result.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipeline {
    pub(super) variables: Vec<String>,
    pub(super) assigns: bool,
    pub(super) commands: Vec<Vec<Operand>>,
}

impl Pipeline {
    /// The last names of the fields in it.
    pub(super) fn fields(&self) -> Vec<String> {
        let operands = self.commands.iter().flatten();
        let names = operands.filter_map(|operand| match operand {
            Operand::Field(names, _) => names.last().cloned(),
            _ => None,
        });
        names.collect()
    }
}

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Dot,
    Literal(Value),
    /// `.A.B`, with the column of the last name's dot.
    Field(Vec<String>, usize),
    Variable(String, Vec<String>, usize),
    Group(Box<Pipeline>, Vec<String>, usize),
    Function(String, usize),
}

impl Operand {
    /// As it was written.
    pub(super) fn source(&self) -> String {
        let dotted =
            |names: &[String]| -> String { names.iter().map(|name| format!(".{name}")).collect() };
        match self {
            Operand::Dot => ".".into(),
            Operand::Literal(value) => value.to_string(),
            Operand::Field(names, _) => dotted(names),
            Operand::Variable(name, names, _) => format!("{name}{}", dotted(names)),
            Operand::Group(_, names, _) => format!("(...){}", dotted(names)),
            Operand::Function(name, _) => name.clone(),
        }
    }
}

enum Token {
    Word(String, usize),
    /// A field chain follows directly on what was before (`(…).A`, `$x.A`).
    Field(Vec<String>, usize, bool),
    Text(String),
    Open,
    Close,
    Pipe,
    Comma,
    Declare,
    Assign,
    Dot,
}

fn error(text: impl AsRef<str>) -> TemplateError {
    format!("template: :1: {}", text.as_ref())
}

pub(super) fn parse(text: &str) -> Result<Vec<Node>, TemplateError> {
    let mut parser = Parser {
        actions: split(text)?.into_iter(),
        depth: 0,
    };
    let (nodes, end) = parser.block()?;
    match end {
        End::Eof => Ok(nodes),
        End::Closed => Err(error("unexpected {{end}}")),
        End::Else(_) => Err(error("unexpected {{else}}")),
    }
}

enum Piece {
    Text(String),
    /// An action's inside and the column at which it starts.
    Action(String, usize),
}

/// Cuts into text and actions; `{{-` and `-}}` trim the text beside them.
fn split(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut trim = false;
    while let Some((before, after)) = rest.split_once("{{") {
        let mut before = if trim { before.trim_start() } else { before };
        let end = action_end(after).ok_or_else(|| error("unclosed action"))?;
        let (mut inside, tail) = after.split_at_checked(end).unwrap_or((after, ""));
        let column = text.len() - after.len();
        if let Some(shorter) = inside.strip_prefix("- ") {
            before = before.trim_end();
            inside = shorter;
        }
        trim = inside.ends_with(" -");
        if trim {
            inside = inside.strip_suffix(" -").unwrap_or(inside);
        }
        pieces.push(Piece::Text(before.to_string()));
        let bare = inside.trim();
        if !(bare.starts_with("/*") && bare.ends_with("*/")) {
            pieces.push(Piece::Action(inside.to_string(), column));
        }
        rest = tail.strip_prefix("}}").unwrap_or(tail);
    }
    let rest = if trim { rest.trim_start() } else { rest };
    pieces.push(Piece::Text(rest.to_string()));
    Ok(pieces)
}

/// Where the closing braces are, outside of quotes.
fn action_end(text: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut last = ' ';
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) => {
                if letter == open && !escaped {
                    quote = None;
                }
                escaped = letter == '\\' && open == '"' && !escaped;
            }
            None if matches!(letter, '"' | '`') => quote = Some(letter),
            None if letter == '}' && last == '}' => return at.checked_sub(1),
            None => {}
        }
        last = if quote.is_some() { ' ' } else { letter };
    }
    None
}

struct Parser {
    actions: std::vec::IntoIter<Piece>,
    depth: usize,
}

enum End {
    Eof,
    Closed,
    /// With the rest of the action: `if …` of an `else if`.
    Else(Option<(String, usize)>),
}

impl Parser {
    fn block(&mut self) -> Result<(Vec<Node>, End), TemplateError> {
        self.depth += 1;
        if self.depth > crate::limits::TEMPLATE_DEPTH {
            return Err(error("exceeded maximum template depth"));
        }
        let mut nodes = Vec::new();
        while let Some(piece) = self.actions.next() {
            let (action, column) = match piece {
                Piece::Text(text) => {
                    if !text.is_empty() {
                        nodes.push(Node::Text(text));
                    }
                    continue;
                }
                Piece::Action(action, column) => (action, column),
            };
            let bare = action.trim();
            let (word, rest) = bare.split_once(char::is_whitespace).unwrap_or((bare, ""));
            match word {
                "end" => {
                    self.depth -= 1;
                    return Ok((nodes, End::Closed));
                }
                "else" => {
                    self.depth -= 1;
                    let rest = rest.trim();
                    let next = (!rest.is_empty()).then(|| (rest.to_string(), column));
                    return Ok((nodes, End::Else(next)));
                }
                _ => nodes.push(self.action(&action, column)?),
            }
        }
        self.depth -= 1;
        Ok((nodes, End::Eof))
    }

    fn action(&mut self, action: &str, column: usize) -> Result<Node, TemplateError> {
        let bare = action.trim_start();
        let (word, rest) = bare.split_once(char::is_whitespace).unwrap_or((bare, ""));
        if !matches!(word, "if" | "with" | "range") {
            return Ok(Node::Action(pipeline(action, column)?));
        }
        let column = column + (action.len() - rest.len());
        if rest.trim().is_empty() {
            return Err(error(format!("missing value for {word}")));
        }
        let condition = pipeline(rest, column)?;
        let (then, end) = self.block()?;
        let otherwise = match end {
            End::Eof => return Err(error("unexpected EOF")),
            End::Closed => Vec::new(),
            End::Else(None) => {
                let (otherwise, end) = self.block()?;
                if !matches!(end, End::Closed) {
                    return Err(error("unexpected EOF"));
                }
                otherwise
            }
            End::Else(Some((next, column))) => vec![self.action(&next, column)?],
        };
        Ok(match word {
            "if" => Node::If(condition, then, otherwise),
            "with" => Node::With(condition, then, otherwise),
            _ => Node::Range(condition, then, otherwise),
        })
    }
}

fn pipeline(text: &str, column: usize) -> Result<Pipeline, TemplateError> {
    let mut tokens = tokens(text, column)?.into_iter().peekable();
    let parsed = commands(&mut tokens, 0)?;
    if tokens.next().is_some() {
        return Err(error("unexpected right paren"));
    }
    if parsed.commands.iter().any(Vec::is_empty) {
        return Err(error("missing value for command"));
    }
    Ok(parsed)
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<Token>>;

fn commands(tokens: &mut Tokens, depth: usize) -> Result<Pipeline, TemplateError> {
    if depth > crate::limits::TEMPLATE_DEPTH {
        return Err(error("max expression depth exceeded"));
    }
    let mut parsed = Pipeline::default();
    let mut command: Vec<Operand> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Close if depth > 0 => {
                parsed.commands.push(command);
                return Ok(parsed);
            }
            Token::Close => return Err(error("unexpected right paren")),
            Token::Pipe => parsed.commands.push(std::mem::take(&mut command)),
            Token::Comma => {}
            Token::Declare | Token::Assign => {
                parsed.assigns = matches!(token, Token::Assign);
                let names = command.drain(..).filter_map(|operand| match operand {
                    Operand::Variable(name, _, _) => Some(name),
                    _ => None,
                });
                parsed.variables = names.collect();
            }
            Token::Dot => command.push(Operand::Dot),
            Token::Text(text) => command.push(Operand::Literal(Value::String(text))),
            Token::Open => {
                let inner = commands(tokens, depth + 1)?;
                command.push(Operand::Group(Box::new(inner), Vec::new(), 0));
            }
            Token::Field(names, at, joined) => match command.last_mut() {
                Some(Operand::Group(_, fields, place) | Operand::Variable(_, fields, place))
                    if joined =>
                {
                    *fields = names;
                    *place = at;
                }
                _ => command.push(Operand::Field(names, at)),
            },
            Token::Word(word, at) => command.push(word_operand(word, at)?),
        }
    }
    if depth > 0 {
        return Err(error("unclosed left paren"));
    }
    parsed.commands.push(command);
    Ok(parsed)
}

fn word_operand(word: String, at: usize) -> Result<Operand, TemplateError> {
    if word.starts_with('$') {
        return Ok(Operand::Variable(word, Vec::new(), at));
    }
    match word.as_str() {
        "true" => return Ok(Operand::Literal(Value::Bool(true))),
        "false" => return Ok(Operand::Literal(Value::Bool(false))),
        "nil" => return Ok(Operand::Literal(Value::Null)),
        _ => {}
    }
    if let Ok(number) = word.parse::<i64>() {
        return Ok(Operand::Literal(Value::from(number)));
    }
    if let Ok(number) = word.parse::<f64>() {
        return Ok(Operand::Literal(Value::from(number)));
    }
    if functions::NAMES.contains(&word.as_str()) {
        return Ok(Operand::Function(word, at));
    }
    Err(error(format!("function {word:?} not defined")))
}

fn tokens(text: &str, column: usize) -> Result<Vec<Token>, TemplateError> {
    let mut tokens = Vec::new();
    let mut letters = text.char_indices().peekable();
    let mut joined = false;
    while let Some((at, letter)) = letters.next() {
        let was_joined = std::mem::replace(&mut joined, true);
        match letter {
            ' ' | '\t' | '\n' | '\r' => joined = false,
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '|' => tokens.push(Token::Pipe),
            ',' => tokens.push(Token::Comma),
            '=' => tokens.push(Token::Assign),
            ':' => {
                letters.next_if(|(_, next)| *next == '=');
                tokens.push(Token::Declare);
            }
            '"' | '`' => {
                let mut inside = String::new();
                let mut closed = false;
                while let Some((_, next)) = letters.next() {
                    if next == letter {
                        closed = true;
                        break;
                    }
                    if next == '\\' && letter == '"' {
                        match letters.next().map(|(_, escaped)| escaped) {
                            Some('n') => inside.push('\n'),
                            Some('t') => inside.push('\t'),
                            Some('r') => inside.push('\r'),
                            Some(other) => inside.push(other),
                            None => {}
                        }
                        continue;
                    }
                    inside.push(next);
                }
                if !closed {
                    return Err(error("unterminated quoted string"));
                }
                tokens.push(Token::Text(inside));
            }
            '.' => {
                let mut names: Vec<String> = vec![String::new()];
                let mut last = at;
                while let Some((place, next)) =
                    letters.next_if(|(_, next)| next.is_alphanumeric() || matches!(next, '_' | '.'))
                {
                    if next == '.' {
                        names.push(String::new());
                        last = place;
                    } else if let Some(name) = names.last_mut() {
                        name.push(next);
                    }
                }
                if names.first().is_some_and(String::is_empty) {
                    tokens.push(Token::Dot);
                } else {
                    tokens.push(Token::Field(names, column + last, was_joined));
                }
            }
            _ if letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-' | '+') => {
                let mut word = String::from(letter);
                let number = letter.is_ascii_digit() || matches!(letter, '-' | '+');
                while let Some((_, next)) = letters.next_if(|(_, next)| {
                    next.is_alphanumeric() || *next == '_' || (number && *next == '.')
                }) {
                    word.push(next);
                }
                tokens.push(Token::Word(word, column + at));
            }
            other => return Err(error(format!("unexpected {other:?} in command"))),
        }
    }
    Ok(tokens)
}
