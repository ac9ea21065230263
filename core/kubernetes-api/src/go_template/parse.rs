//! Tokens to nodes.

use super::execute::Data;
use super::functions;
use super::lex::{self, Piece, Spanned, Token};
use super::{Argument, Command, Node, Operand, Pipe, Place};
use crate::limits::DEPTH_MAX;

/// Parses a template; an error comes with its line.
pub(super) fn template(text: &str) -> Result<Vec<Node>, (usize, String)> {
    let line_of = |offset: usize| {
        text.bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1
    };
    let pieces = lex::pieces(text).map_err(|(offset, error)| (line_of(offset), error))?;
    let mut parser = Parser {
        template: text,
        pieces: pieces.into_iter(),
        variables: vec!["$".to_owned()],
        depth: 0,
        ranges: 0,
        at: 0,
    };
    let fail = |parser: &Parser<'_>, error: String| (line_of(parser.at), error);
    match parser.list() {
        Ok((nodes, Ended::Eof)) => Ok(nodes),
        Ok((_, Ended::End)) => Err(fail(&parser, "unexpected {{end}}".to_owned())),
        Ok((_, Ended::Else(_))) => Err(fail(&parser, "unexpected {{else}}".to_owned())),
        Err(error) => Err(fail(&parser, error)),
    }
}

/// What ended a list of nodes.
enum Ended {
    Eof,
    End,
    /// With the tokens behind `else`.
    Else(Vec<Spanned>),
}

struct Parser<'a> {
    template: &'a str,
    pieces: std::vec::IntoIter<Piece>,
    variables: Vec<String>,
    depth: usize,
    ranges: usize,
    /// Where the action begins that is being parsed.
    at: usize,
}

impl Parser<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.template.get(..offset).unwrap_or(self.template);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: offset - line_start,
        }
    }

    fn list(&mut self) -> Result<(Vec<Node>, Ended), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("exceeded max depth of control structures".to_owned());
        }
        let mut nodes = Vec::new();
        loop {
            let Some(piece) = self.pieces.next() else {
                self.depth -= 1;
                self.at = self.template.len();
                return Ok((nodes, Ended::Eof));
            };
            let (tokens, start) = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action { tokens, start } => (tokens, start),
            };
            self.at = start;
            let mut tokens: Vec<Spanned> = tokens;
            while tokens
                .first()
                .is_some_and(|first| first.token == Token::Space)
            {
                tokens.remove(0);
            }
            let keyword = match tokens.first().map(|first| &first.token) {
                Some(Token::Word(word)) => word.clone(),
                _ => String::new(),
            };
            match keyword.as_str() {
                "end" => {
                    self.depth -= 1;
                    return Ok((nodes, Ended::End));
                }
                "else" => {
                    self.depth -= 1;
                    return Ok((nodes, Ended::Else(tokens.split_off(1))));
                }
                "if" | "with" | "range" => {
                    nodes.push(self.control(&keyword, tokens.get(1..).unwrap_or_default())?)
                }
                "break" | "continue" if self.ranges == 0 => {
                    return Err(format!("{{{{{keyword}}}}} outside {{{{range}}}}"));
                }
                "break" => nodes.push(Node::Break),
                "continue" => nodes.push(Node::Continue),
                "define" | "template" | "block" => {
                    return Err(format!("unexpected {{{{{keyword}}}}}"));
                }
                _ => nodes.push(Node::Action(self.whole_pipe(&tokens, "command")?)),
            }
        }
    }

    fn control(&mut self, keyword: &str, tokens: &[Spanned]) -> Result<Node, String> {
        let scope = self.variables.len();
        let pipe = self.whole_pipe(tokens, keyword)?;
        self.ranges += usize::from(keyword == "range");
        let (then, ended) = self.list()?;
        self.ranges -= usize::from(keyword == "range");
        let otherwise = match ended {
            Ended::End => Vec::new(),
            Ended::Eof => return Err("unexpected EOF".to_owned()),
            Ended::Else(tokens) => {
                let tokens: Vec<Spanned> = tokens
                    .into_iter()
                    .skip_while(|token| token.token == Token::Space)
                    .collect();
                match tokens.first().map(|first| &first.token) {
                    Some(Token::Word(again)) if again == keyword && keyword != "range" => {
                        vec![self.control(keyword, tokens.get(1..).unwrap_or_default())?]
                    }
                    Some(_) => return Err("expected end; found else".to_owned()),
                    None => match self.list()? {
                        (nodes, Ended::End) => nodes,
                        (_, Ended::Eof) => return Err("unexpected EOF".to_owned()),
                        (_, Ended::Else(_)) => {
                            return Err("expected end; found {{else}}".to_owned());
                        }
                    },
                }
            }
        };
        self.variables.truncate(scope);
        Ok(match keyword {
            "if" => Node::If {
                pipe,
                then,
                otherwise,
            },
            "with" => Node::With {
                pipe,
                then,
                otherwise,
            },
            _ => Node::Range {
                pipe,
                body: then,
                otherwise,
            },
        })
    }

    fn whole_pipe(&mut self, tokens: &[Spanned], context: &str) -> Result<Pipe, String> {
        let mut cursor = Cursor { tokens, next: 0 };
        let pipe = self.pipe(&mut cursor, context, 0)?;
        match cursor.peek() {
            Token::End => Ok(pipe),
            Token::Close => Err("unexpected right paren".to_owned()),
            other => Err(format!("unexpected {} in {context}", describe(&other))),
        }
    }

    fn pipe(
        &mut self,
        cursor: &mut Cursor<'_>,
        context: &str,
        depth: usize,
    ) -> Result<Pipe, String> {
        if depth > DEPTH_MAX {
            return Err("max expression depth exceeded".to_owned());
        }
        cursor.skip_space();
        let place = self.place(cursor.offset(self.at));
        let (variables, assigns) = self.declarations(cursor)?;
        let mut commands = Vec::new();
        loop {
            let command = self.command(cursor, depth)?;
            if command.arguments.is_empty() {
                if commands.is_empty() {
                    return Err(format!("missing value for {context}"));
                }
                break;
            }
            commands.push(command);
            if cursor.peek() != Token::Pipe {
                break;
            }
            cursor.next += 1;
        }
        if !assigns {
            self.variables.extend(variables.iter().cloned());
        } else if let Some(unknown) = variables.iter().find(|name| !self.variables.contains(name)) {
            return Err(format!("undefined variable \"{unknown}\""));
        }
        Ok(Pipe {
            variables,
            assigns,
            commands,
            place,
        })
    }

    /// `$x :=`, `$x =`, `$i, $x :=`.
    fn declarations(&mut self, cursor: &mut Cursor<'_>) -> Result<(Vec<String>, bool), String> {
        let start = cursor.next;
        let mut variables = Vec::new();
        loop {
            cursor.skip_space();
            let Token::Variable(name) = cursor.peek() else {
                break;
            };
            cursor.next += 1;
            variables.push(name);
            cursor.skip_space();
            match cursor.peek() {
                Token::Comma => cursor.next += 1,
                found @ (Token::Declare | Token::Assign) => {
                    cursor.next += 1;
                    return Ok((variables, found == Token::Assign));
                }
                _ => break,
            }
        }
        cursor.next = start;
        Ok((Vec::new(), false))
    }

    fn command(&mut self, cursor: &mut Cursor<'_>, depth: usize) -> Result<Command, String> {
        let mut arguments = Vec::new();
        loop {
            cursor.skip_space();
            match cursor.peek() {
                Token::End | Token::Pipe | Token::Close => return Ok(Command { arguments }),
                _ => arguments.push(self.argument(cursor, depth)?),
            }
        }
    }

    fn argument(&mut self, cursor: &mut Cursor<'_>, depth: usize) -> Result<Argument, String> {
        let start = cursor.offset(self.at);
        let token = cursor.peek();
        cursor.next += 1;
        let mut fields = Vec::new();
        let operand =
            match token {
                Token::Dot => Operand::Dot,
                Token::Field(name) => {
                    fields.push(name);
                    Operand::Dot
                }
                Token::Variable(name) if self.variables.contains(&name) => Operand::Variable(name),
                Token::Variable(name) => return Err(format!("undefined variable \"{name}\"")),
                Token::Word(word) if word == "nil" => Operand::Nil,
                Token::Word(word) if functions::exists(&word) => Operand::Function(word),
                Token::Word(word) => return Err(format!("function \"{word}\" not defined")),
                Token::Text(text) => Operand::Literal(Data::text(text)),
                Token::Char(c) => Operand::Literal(Data::Int(u32::from(c).into())),
                Token::Bool(truth) => Operand::Literal(Data::bool(truth)),
                Token::Number(text) => Operand::Literal(number(&text).ok_or_else(|| {
                    format!("bad number syntax: {}", crate::json::quote_go(&text))
                })?),
                Token::Open => {
                    let pipe = self.pipe(cursor, "parenthesized pipeline", depth + 1)?;
                    if cursor.peek() != Token::Close {
                        return Err("unclosed left paren".to_owned());
                    }
                    cursor.next += 1;
                    Operand::Pipe(pipe)
                }
                other => return Err(format!("unexpected {} in operand", describe(&other))),
            };
        // Go points at the second part of a chain, when it has one.
        let mut at = start;
        while let Token::Field(name) = cursor.peek() {
            if at == start {
                at = cursor.offset(start);
            }
            fields.push(name);
            cursor.next += 1;
        }
        let end = cursor.end_of_last(start);
        let text = self.template.get(start..end).unwrap_or_default().to_owned();
        let place = self.place(at);
        Ok(Argument {
            operand,
            fields,
            place,
            text,
        })
    }
}

struct Cursor<'a> {
    tokens: &'a [Spanned],
    next: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Token {
        self.tokens
            .get(self.next)
            .map_or(Token::End, |token| token.token.clone())
    }

    fn skip_space(&mut self) {
        while self.peek() == Token::Space {
            self.next += 1;
        }
    }

    fn offset(&self, otherwise: usize) -> usize {
        self.tokens
            .get(self.next)
            .map_or(otherwise, |token| token.start)
    }

    fn end_of_last(&self, otherwise: usize) -> usize {
        self.next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(otherwise, |token| token.end)
    }
}

fn number(text: &str) -> Option<Data> {
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let lower = digits.to_ascii_lowercase();
    let based = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, base)));
    let (digits, base) = match based {
        Some(found) => found,
        None if lower.len() > 1 && lower.bytes().all(|b| b.is_ascii_digit()) => lower
            .strip_prefix('0')
            .map_or((lower.as_str(), 10), |digits| (digits, 8)),
        None => (lower.as_str(), 10),
    };
    if let Ok(number) = i64::from_str_radix(&format!("{sign}{digits}"), base) {
        return Some(Data::Int(number));
    }
    let float: f64 = plain.parse().ok().filter(|float: &f64| float.is_finite())?;
    // A float constant that is whole is an int too.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the guard keeps the value in range"
    )]
    Some(
        if float.fract() == 0.0 && float.abs() < 1e15 && !text.contains('.') {
            Data::Int(float as i64)
        } else {
            Data::float(float)
        },
    )
}

fn describe(token: &Token) -> String {
    match token {
        Token::Field(name) => format!("<.{name}>"),
        Token::Variable(name) | Token::Word(name) => format!("<{name}>"),
        Token::Text(text) => crate::json::quote_go(text),
        Token::Char(c) => format!("'{c}'"),
        Token::Number(text) => format!("\"{text}\""),
        Token::Bool(truth) => format!("\"{truth}\""),
        Token::Dot => "<.>".to_owned(),
        Token::Open => "\"(\"".to_owned(),
        Token::Close => "\")\"".to_owned(),
        Token::Pipe => "\"|\"".to_owned(),
        Token::Declare => "\":=\"".to_owned(),
        Token::Assign => "\"=\"".to_owned(),
        Token::Comma => "\",\"".to_owned(),
        Token::Space => "\" \"".to_owned(),
        Token::End => "EOF".to_owned(),
    }
}
