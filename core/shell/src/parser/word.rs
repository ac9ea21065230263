//! From text to tree: words with their quotes and expansions.

use super::{Parsed, Parser, SyntaxError, is_meta};
use crate::syntax::{List, Operation, Parameter, Part, Word};
use std::rc::Rc;

/// Which characters end a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Blanks and operators.
    Meta,
    /// One character, quotes respected.
    Character(char),
    /// The end of the text: a here-document's body.
    Text,
    /// Blanks only, for the pattern of `=~`.
    Blank,
}

impl Parser {
    /// The next word, if one stands here.
    pub(super) fn word(&mut self) -> Parsed<Option<Word>> {
        let start = self.position;
        let word = self.deeper(|parser| parser.parts(End::Meta))?;
        Ok((self.position > start).then_some(word))
    }

    pub(super) fn pattern_word(&mut self) -> Parsed<Word> {
        self.deeper(|parser| parser.parts(End::Blank))
    }

    /// A word up to a character, which is passed.
    pub(super) fn word_until(&mut self, end: char) -> Parsed<Word> {
        let word = self.deeper(|parser| parser.parts(End::Character(end)))?;
        match self.next() {
            Some(_) => Ok(word),
            None => Err(self.incomplete(&format!(
                "unexpected EOF while looking for matching `{end}'"
            ))),
        }
    }

    /// The body of a here-document: parameters and substitutions, no quotes.
    pub(super) fn document_word(&mut self) -> Parsed<Word> {
        let mut parts = Vec::new();
        self.quoted_parts(&mut parts, End::Text)?;
        Ok(Word { parts })
    }

    fn parts(&mut self, end: End) -> Parsed<Word> {
        let mut parts: Vec<Part> = Vec::new();
        while let Some(character) = self.peek() {
            if end == End::Meta && self.eat("<(") {
                parts.push(Part::Process(self.substitution()?));
                continue;
            }
            let ends = match end {
                End::Meta => is_meta(character),
                End::Character(wanted) => character == wanted,
                End::Blank => matches!(character, ' ' | '\t' | '\n'),
                End::Text => false,
            };
            if ends {
                break;
            }
            self.position += 1;
            match character {
                '\'' => {
                    let text = self.until_quote('\'')?;
                    parts.push(Part::Text { text, quoted: true });
                }
                '"' => {
                    parts.push(Part::Text {
                        text: String::new(),
                        quoted: true,
                    });
                    self.quoted_parts(&mut parts, End::Character('"'))?;
                    self.position += 1;
                }
                '\\' => match self.next() {
                    Some('\n') => {}
                    Some(escaped) => parts.push(Part::Text {
                        text: escaped.to_string(),
                        quoted: true,
                    }),
                    None => push_text(&mut parts, '\\', false),
                },
                '$' if self.peek() == Some('\'') => {
                    self.position += 1;
                    let text = self.until_quote_escaped()?;
                    parts.push(Part::Text { text, quoted: true });
                }
                '$' | '`' => self.expansion(&mut parts, character, false)?,
                _ => push_text(&mut parts, character, false),
            }
        }
        Ok(Word { parts })
    }

    /// Text inside of double quotes, up to but not including the closing one.
    fn quoted_parts(&mut self, parts: &mut Vec<Part>, end: End) -> Parsed<()> {
        let line = self.line();
        loop {
            let Some(character) = self.peek() else {
                if end == End::Text {
                    return Ok(());
                }
                return Err(SyntaxError::Incomplete {
                    line,
                    message: "unexpected EOF while looking for matching `\"'".into(),
                });
            };
            if end == End::Character(character) {
                return Ok(());
            }
            self.position += 1;
            match character {
                '\\' => match self.peek() {
                    Some('\n') => self.position += 1,
                    Some(escaped)
                        if "$`\\".contains(escaped) || (escaped == '"' && end != End::Text) =>
                    {
                        self.position += 1;
                        push_text(parts, escaped, true);
                    }
                    _ => push_text(parts, '\\', true),
                },
                '$' | '`' => self.expansion(parts, character, true)?,
                _ => push_text(parts, character, true),
            }
        }
    }

    fn until_quote(&mut self, quote: char) -> Parsed<String> {
        let start = self.position;
        let line = self.line();
        while let Some(character) = self.next() {
            if character == quote {
                return Ok(self.text(start, self.position - 1));
            }
        }
        Err(SyntaxError::Incomplete {
            line,
            message: format!("unexpected EOF while looking for matching `{quote}'"),
        })
    }

    /// `$'…'`: C's escapes.
    fn until_quote_escaped(&mut self) -> Parsed<String> {
        let mut raw = String::new();
        while let Some(character) = self.next() {
            match character {
                '\'' => return Ok(crate::escape::expand(&raw).0),
                '\\' => {
                    raw.push('\\');
                    match self.next() {
                        Some('\'') => {
                            raw.pop();
                            raw.push('\'');
                        }
                        Some(escaped) => raw.push(escaped),
                        None => break,
                    }
                }
                _ => raw.push(character),
            }
        }
        Err(self.incomplete("unexpected EOF while looking for matching `''"))
    }

    /// What follows a dollar sign or a backquote.
    fn expansion(&mut self, parts: &mut Vec<Part>, introducer: char, quoted: bool) -> Parsed<()> {
        if introducer == '`' {
            let text = self.backquoted()?;
            let list = super::parse(&text)?;
            parts.push(Part::Substitution {
                list: Rc::new(list),
                quoted,
            });
            return Ok(());
        }
        match self.peek() {
            Some('(') if self.peek_at(1) == Some('(') && self.is_arithmetic() => {
                self.position += 2;
                let expression = self.arithmetic_until("))")?;
                parts.push(Part::Arithmetic {
                    expression: Rc::new(expression),
                    quoted,
                });
            }
            Some('(') => {
                self.position += 1;
                let list = self.substitution()?;
                parts.push(Part::Substitution { list, quoted });
            }
            Some('{') => {
                self.position += 1;
                let parameter = self.deeper(Parser::braced_parameter)?;
                parts.push(Part::Parameter {
                    parameter: Rc::new(parameter),
                    quoted,
                });
            }
            Some(character)
                if character.is_ascii_alphanumeric() || "_@*#?-$!".contains(character) =>
            {
                let start = self.position;
                self.position += 1;
                if character.is_ascii_alphabetic() || character == '_' {
                    while self
                        .peek()
                        .is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
                    {
                        self.position += 1;
                    }
                }
                let name = self.text(start, self.position);
                let parameter = Parameter {
                    name,
                    subscript: None,
                    indirect: false,
                    operation: Operation::Value,
                };
                parts.push(Part::Parameter {
                    parameter: Rc::new(parameter),
                    quoted,
                });
            }
            _ => push_text(parts, '$', quoted),
        }
        Ok(())
    }

    /// The commands up to the closing parenthesis.
    fn substitution(&mut self) -> Parsed<Rc<List>> {
        let list = self.list(&[")"])?;
        self.skip_newlines()?;
        if self.peek().is_none() {
            return Err(self.incomplete("unexpected EOF while looking for matching `)'"));
        }
        if !self.eat(")") {
            return Err(self.unexpected());
        }
        Ok(Rc::new(list))
    }

    /// Whether `$((` here closes with `))`: otherwise it is a substitution of a subshell.
    fn is_arithmetic(&self) -> bool {
        let (mut depth, mut offset) = (0usize, 0);
        while let Some(character) = self.peek_at(offset) {
            match character {
                '(' => depth += 1,
                ')' if depth == 1 => return false,
                ')' if depth == 2 => return self.peek_at(offset + 1) == Some(')'),
                ')' => depth -= 1,
                _ => {}
            }
            offset += 1;
        }
        true
    }

    fn backquoted(&mut self) -> Parsed<String> {
        let mut text = String::new();
        while let Some(character) = self.next() {
            match character {
                '`' => return Ok(text),
                '\\' if self.peek().is_some_and(|next| "`\\$".contains(next)) => {
                    text.extend(self.next())
                }
                _ => text.push(character),
            }
        }
        Err(self.incomplete("unexpected EOF while looking for matching ``'"))
    }

    /// An arithmetic expression up to its end outside of parentheses, which is passed.
    pub(super) fn arithmetic_until(&mut self, end: &str) -> Parsed<Word> {
        let mut parts = Vec::new();
        let mut depth = 0usize;
        loop {
            if depth == 0 && self.eat(end) {
                return Ok(Word { parts });
            }
            let Some(character) = self.next() else {
                return Err(self.incomplete(&format!(
                    "unexpected EOF while looking for matching `{}'",
                    end.chars().next().unwrap_or(')')
                )));
            };
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                '$' | '`' => {
                    self.expansion(&mut parts, character, true)?;
                    continue;
                }
                '"' | '\'' => continue,
                _ => {}
            }
            push_text(&mut parts, character, true);
        }
    }

    /// After `${`.
    fn braced_parameter(&mut self) -> Parsed<Parameter> {
        let start = self.position;
        let length = self.peek() == Some('#')
            && self
                .peek_at(1)
                .is_some_and(|next| next != '}' && !":-+=?%/#".contains(next));
        let indirect = self.peek() == Some('!')
            && self
                .peek_at(1)
                .is_some_and(|next| next.is_ascii_alphabetic() || next == '_');
        self.position += usize::from(length || indirect);
        let name = self.parameter_name();
        if name.is_empty() {
            return Err(self.bad_substitution(start));
        }
        let mut subscript = None;
        if self.peek() == Some('[') {
            self.position += 1;
            subscript = Some(self.word_until(']')?);
        }
        let names = indirect
            && subscript.is_none()
            && matches!(self.peek(), Some('*' | '@'))
            && self.peek_at(1) == Some('}');
        let operation = if length {
            Operation::Length
        } else if names {
            Operation::Names(self.next() == Some('*'))
        } else {
            self.operation(start)?
        };
        if self.next() != Some('}') {
            return Err(if self.peek().is_none() {
                self.incomplete("unexpected EOF while looking for matching `}'")
            } else {
                self.bad_substitution(start)
            });
        }
        Ok(Parameter {
            name,
            subscript,
            indirect,
            operation,
        })
    }

    fn parameter_name(&mut self) -> String {
        let start = self.position;
        match self.peek() {
            Some(first) if first.is_ascii_digit() => {
                while self.peek().is_some_and(|next| next.is_ascii_digit()) {
                    self.position += 1;
                }
            }
            Some(first) if "@*#?-$!".contains(first) => self.position += 1,
            _ => {
                while self
                    .peek()
                    .is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
                {
                    self.position += 1;
                }
            }
        }
        self.text(start, self.position)
    }

    fn bad_substitution(&mut self, start: usize) -> SyntaxError {
        while self
            .peek()
            .is_some_and(|character| character != '}' && character != '\n')
        {
            self.position += 1;
        }
        let message = format!("${{{}}}: bad substitution", self.text(start, self.position));
        SyntaxError::Unexpected {
            line: self.line(),
            message,
        }
    }

    fn operation(&mut self, start: usize) -> Parsed<Operation> {
        let Some(character) = self.peek() else {
            return Ok(Operation::Value);
        };
        if character == '}' {
            return Ok(Operation::Value);
        }
        self.position += 1;
        let twice = |parser: &mut Parser| parser.eat(&character.to_string());
        match character {
            ':' if self.peek().is_some_and(|next| "-=?+".contains(next)) => {
                let operator = self.next().unwrap_or('-');
                Ok(Operation::Alternative(
                    operator,
                    true,
                    self.until_brace("}")?,
                ))
            }
            '-' | '=' | '?' | '+' => Ok(Operation::Alternative(
                character,
                false,
                self.until_brace("}")?,
            )),
            '#' | '%' => {
                let longest = twice(self);
                Ok(Operation::Remove(
                    character,
                    longest,
                    self.until_brace("}")?,
                ))
            }
            '^' | ',' => {
                let all = twice(self);
                self.until_brace("}")?;
                Ok(Operation::Case(character, all))
            }
            '/' => {
                let mode = self.peek().filter(|next| "/#%".contains(*next));
                self.position += usize::from(mode.is_some());
                let pattern = self.until_brace("/}")?;
                let replacement = if self.eat("/") {
                    self.until_brace("}")?
                } else {
                    Word::default()
                };
                Ok(Operation::Replace(pattern, replacement, mode))
            }
            ':' => {
                let offset = self.until_brace(":}")?;
                let length = if self.eat(":") {
                    Some(self.until_brace("}")?)
                } else {
                    None
                };
                Ok(Operation::Substring(offset, length))
            }
            _ => Err(self.bad_substitution(start)),
        }
    }

    /// A word up to one of some characters, which is left.
    fn until_brace(&mut self, ends: &str) -> Parsed<Word> {
        let mut parts = Vec::new();
        while let Some(character) = self.peek() {
            if ends.contains(character) {
                break;
            }
            let word = self.deeper(|parser| {
                // One part at a time, so that any of several characters can end the word.
                let mut single = Vec::new();
                match character {
                    '\'' | '"' | '\\' | '$' | '`' => parser.one_part(&mut single)?,
                    _ => {
                        parser.position += 1;
                        push_text(&mut single, character, false);
                    }
                }
                Ok(single)
            })?;
            parts.extend(word);
        }
        Ok(Word { parts })
    }

    fn one_part(&mut self, parts: &mut Vec<Part>) -> Parsed<()> {
        match self.next() {
            Some('\'') => {
                let text = self.until_quote('\'')?;
                parts.push(Part::Text { text, quoted: true });
            }
            Some('"') => {
                parts.push(Part::Text {
                    text: String::new(),
                    quoted: true,
                });
                self.quoted_parts(parts, End::Character('"'))?;
                self.position += 1;
            }
            Some('\\') => {
                if let Some(escaped) = self.next() {
                    parts.push(Part::Text {
                        text: escaped.to_string(),
                        quoted: true,
                    });
                }
            }
            Some(introducer) => self.expansion(parts, introducer, false)?,
            None => {}
        }
        Ok(())
    }
}

/// Appends a character, to the part before when that is of the same kind.
fn push_text(parts: &mut Vec<Part>, character: char, quoted: bool) {
    if let Some(Part::Text {
        text,
        quoted: before,
    }) = parts.last_mut()
        && *before == quoted
    {
        text.push(character);
        return;
    }
    parts.push(Part::Text {
        text: character.to_string(),
        quoted,
    });
}
