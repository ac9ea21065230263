//! From text to tree: commands. Words are in `word.rs`.

mod redirection;
mod script;
mod word;

use crate::limits;
use crate::syntax::{
    AssignedValue, Assignment, CaseBranch, Command, CommandKind, Item, List, Part, Pipeline,
    Redirection, RedirectionKind, Word,
};
use std::rc::Rc;

pub(crate) use script::Script;

/// Why a text is not a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// The text ends inside of something: more lines may complete it.
    Incomplete {
        /// The line it ends on, from 1.
        line: usize,
        /// What is missing, in bash's words.
        message: String,
    },
    /// It can never be a script.
    Unexpected {
        /// The line, from 1.
        line: usize,
        /// Bash's words without the line.
        message: String,
    },
}

/// Parses a whole text.
pub fn parse(text: &str) -> Result<List, SyntaxError> {
    let mut parser = Parser::new(text);
    let list = parser.list(&[])?;
    parser.skip_newlines()?;
    match parser.peek() {
        None => Ok(list),
        Some(_) => Err(parser.unexpected()),
    }
}

const RESERVED: [&str; 13] = [
    "then", "else", "elif", "fi", "do", "done", "esac", "}", "in", "if", "while", "until", "for",
];

/// Built-ins whose words may be assignments.
pub(crate) const DECLARATIONS: [&str; 5] = ["declare", "export", "local", "readonly", "typeset"];

pub(crate) struct Parser {
    chars: Rc<[char]>,
    position: usize,
    depth: usize,
    pending_documents: Vec<PendingDocument>,
    finished_documents: Vec<Word>,
}

/// A here-document whose text comes after the line's end.
struct PendingDocument {
    delimiter: String,
    quoted: bool,
    strip_tabs: bool,
}

type Parsed<T> = Result<T, SyntaxError>;

impl Parser {
    pub(crate) fn new(text: &str) -> Parser {
        Parser {
            chars: text.chars().take(limits::TEXT_BYTES).collect(),
            position: 0,
            depth: 0,
            pending_documents: Vec::new(),
            finished_documents: Vec::new(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.position).copied()
    }

    fn peek_at(&self, offset: usize) -> Option<char> {
        self.chars.get(self.position + offset).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(offset, wanted)| self.peek_at(offset) == Some(wanted))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            self.position += text.chars().count();
        }
        found
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.position += usize::from(next.is_some());
        next
    }

    fn line(&self) -> usize {
        1 + self
            .chars
            .iter()
            .take(self.position)
            .filter(|character| **character == '\n')
            .count()
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.chars
            .iter()
            .skip(from)
            .take(to.saturating_sub(from))
            .collect()
    }

    fn incomplete(&self, message: &str) -> SyntaxError {
        SyntaxError::Incomplete {
            line: self.line(),
            message: message.to_string(),
        }
    }

    /// The error for whatever stands here.
    fn unexpected(&mut self) -> SyntaxError {
        self.skip_blanks();
        let line = self.line();
        let token = match self.peek() {
            None => return self.incomplete("syntax error: unexpected end of file"),
            Some('\n') => "newline".to_string(),
            Some(_) => {
                let operators = [
                    "&&", "||", ";;", "<<", ">>", "(", ")", ";", "&", "|", "<", ">",
                ];
                match operators.iter().find(|operator| self.starts_with(operator)) {
                    Some(operator) => (*operator).to_string(),
                    None => self.bare_word(),
                }
            }
        };
        SyntaxError::Unexpected {
            line,
            message: format!("syntax error near unexpected token `{token}'"),
        }
    }

    fn bare_word(&mut self) -> String {
        let start = self.position;
        while self.peek().is_some_and(|character| !is_meta(character)) {
            self.position += 1;
        }
        self.text(start, self.position)
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Parser) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= limits::NESTING {
            let message = "syntax error: commands nest too deep".to_string();
            return Err(SyntaxError::Unexpected {
                line: self.line(),
                message,
            });
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.position += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.position += 2,
                Some('#') if self.at_comment() => {
                    while self.peek().is_some_and(|character| character != '\n') {
                        self.position += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn at_comment(&self) -> bool {
        self.position == 0
            || self
                .chars
                .get(self.position - 1)
                .is_none_or(|before| is_meta(*before))
    }

    fn skip_newlines(&mut self) -> Parsed<()> {
        loop {
            self.skip_blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }

    /// Passes a newline and reads the here-documents that begin after it.
    fn newline(&mut self) -> Parsed<()> {
        self.position += 1;
        for document in std::mem::take(&mut self.pending_documents) {
            let text = self.document(&document)?;
            self.finished_documents.push(text);
        }
        Ok(())
    }

    fn document(&mut self, document: &PendingDocument) -> Parsed<Word> {
        let mut text = String::new();
        loop {
            let start = self.position;
            while self.peek().is_some_and(|character| character != '\n') {
                self.position += 1;
            }
            let line = self.text(start, self.position);
            let line = if document.strip_tabs {
                line.trim_start_matches('\t')
            } else {
                &line
            };
            let at_end = self.peek().is_none();
            if line == document.delimiter {
                self.position += usize::from(!at_end);
                break;
            }
            if at_end {
                // Bash warns and takes what is there; an interactive shell asks for more.
                return Err(self.incomplete("syntax error: unexpected end of file"));
            }
            self.position += 1;
            text.push_str(line);
            text.push('\n');
        }
        if document.quoted {
            return Ok(Word {
                parts: vec![Part::Text { text, quoted: true }],
            });
        }
        Parser::new(&text).document_word()
    }

    /// A list up to one of the closing words or characters (which is left to the caller).
    fn list(&mut self, closing: &[&str]) -> Parsed<List> {
        self.deeper(|parser| {
            let mut list = List::default();
            loop {
                parser.skip_newlines()?;
                if parser.peek().is_none() || parser.at_closing(closing) {
                    break;
                }
                let item = parser.item()?;
                list.items.push(item);
                parser.skip_blanks();
                match parser.peek() {
                    Some(';')
                        if parser.peek_at(1) != Some(';') && parser.peek_at(1) != Some('&') =>
                    {
                        parser.position += 1
                    }
                    Some('\n') => {}
                    _ if list.items.last().is_some_and(|item| item.background) => {}
                    _ => break,
                }
            }
            parser.attach_documents(&mut list);
            Ok(list)
        })
    }

    /// The commands up to the end of a line, with the texts of their here-documents.
    fn line_of_items(&mut self) -> Parsed<List> {
        let mut list = List::default();
        loop {
            list.items.push(self.item()?);
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some('\n') => {
                    self.newline()?;
                    break;
                }
                Some(';') if self.peek_at(1) != Some(';') && self.peek_at(1) != Some('&') => {
                    self.position += 1;
                    self.skip_blanks();
                    if self.peek() == Some('\n') {
                        self.newline()?;
                        break;
                    }
                    if self.peek().is_none() {
                        break;
                    }
                }
                Some(_) if list.items.last().is_some_and(|item| item.background) => {}
                Some(_) => return Err(self.unexpected()),
            }
        }
        self.attach_documents(&mut list);
        Ok(list)
    }

    fn at_closing(&self, closing: &[&str]) -> bool {
        closing.iter().any(|word| {
            let symbol = word.starts_with([')', ';']);
            let after = self.peek_at(word.chars().count());
            self.starts_with(word) && (symbol || after.is_none_or(is_meta))
        })
    }

    /// Gives the texts of here-documents, read after their lines, to their redirections.
    fn attach_documents(&mut self, list: &mut List) {
        if self.finished_documents.is_empty() {
            return;
        }
        let mut texts = std::mem::take(&mut self.finished_documents).into_iter();
        let pipelines = list.items.iter_mut().flat_map(|item| {
            std::iter::once(&mut item.first)
                .chain(item.rest.iter_mut().map(|(_, pipeline)| pipeline))
        });
        for command in pipelines.flat_map(|pipeline| pipeline.commands.iter_mut()) {
            for redirection in &mut command.redirections {
                if redirection.kind == RedirectionKind::HereDocument
                    && redirection.target.parts.is_empty()
                    && let Some(text) = texts.next()
                {
                    redirection.target = text;
                }
            }
        }
        self.finished_documents = texts.collect();
    }

    fn item(&mut self) -> Parsed<Item> {
        let start = self.position;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let and = if self.eat("&&") {
                true
            } else if self.eat("||") {
                false
            } else {
                break;
            };
            self.skip_newlines()?;
            if self.peek().is_none() {
                return Err(self.incomplete("syntax error: unexpected end of file"));
            }
            rest.push((and, self.pipeline()?));
        }
        let text = self.text(start, self.position).trim().to_string();
        let background = self.peek() == Some('&') && self.peek_at(1) != Some('>');
        self.position += usize::from(background);
        Ok(Item {
            first,
            rest,
            background,
            text,
        })
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        self.skip_blanks();
        let mut pipeline = Pipeline {
            negated: false,
            timed: false,
            commands: Vec::new(),
        };
        loop {
            if self.eat_word("time") {
                pipeline.timed = true;
                self.skip_blanks();
                self.eat_word("-p");
            } else if self.eat_word("!") {
                pipeline.negated = !pipeline.negated;
            } else {
                break;
            }
            self.skip_blanks();
        }
        loop {
            let mut command = self.command()?;
            self.skip_blanks();
            let both = self.starts_with("|&");
            let piped = both || (self.peek() == Some('|') && self.peek_at(1) != Some('|'));
            if both {
                let target = Word {
                    parts: vec![Part::Text {
                        text: "1".into(),
                        quoted: false,
                    }],
                };
                command.redirections.push(Redirection {
                    descriptor: Some(2),
                    kind: RedirectionKind::DuplicateOutput,
                    target,
                });
            }
            pipeline.commands.push(command);
            if !piped {
                return Ok(pipeline);
            }
            self.position += if both { 2 } else { 1 };
            self.skip_newlines()?;
            if self.peek().is_none() {
                return Err(self.incomplete("syntax error: unexpected end of file"));
            }
        }
    }

    /// Passes a reserved word when it stands here as a whole word.
    fn eat_word(&mut self, word: &str) -> bool {
        let after = self.peek_at(word.chars().count());
        self.starts_with(word) && after.is_none_or(is_meta) && self.eat(word)
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        self.skip_newlines()?;
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        let line = self.line();
        let kind = self.deeper(Parser::compound)?;
        let (kind, mut redirections) = match kind {
            Some(kind) => (kind, Vec::new()),
            None => self.simple()?,
        };
        while let Some(redirection) = self.redirection()? {
            redirections.push(redirection);
        }
        Ok(Command {
            kind,
            redirections,
            line,
        })
    }

    fn compound(&mut self) -> Parsed<Option<CommandKind>> {
        let kind = if self.starts_with("((") {
            self.position += 2;
            let expression = self.arithmetic_until("))")?;
            CommandKind::Arithmetic(expression)
        } else if self.eat("(") {
            let list = self.list(&[")"])?;
            self.close(")", &list)?;
            CommandKind::Subshell(Rc::new(list))
        } else if self.eat_word("{") {
            let list = self.list(&["}"])?;
            self.close("}", &list)?;
            CommandKind::Group(Rc::new(list))
        } else if self.eat_word("[[") {
            CommandKind::Condition(self.condition_words()?)
        } else if self.eat_word("if") {
            self.if_command()?
        } else if self.eat_word("while") {
            self.loop_command(true)?
        } else if self.eat_word("until") {
            self.loop_command(false)?
        } else if self.eat_word("for") {
            self.for_command()?
        } else if self.eat_word("case") {
            self.case_command()?
        } else if self.eat_word("function") {
            self.skip_blanks();
            let name = self.bare_word();
            self.skip_blanks();
            self.eat("()");
            self.function_body(name)?
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    fn close(&mut self, closing: &str, list: &List) -> Parsed<()> {
        self.skip_newlines()?;
        if self.peek().is_none() {
            return Err(self.incomplete("syntax error: unexpected end of file"));
        }
        if list.items.is_empty() || !self.at_closing(&[closing]) {
            return Err(self.unexpected());
        }
        self.position += closing.chars().count();
        Ok(())
    }

    /// A list that must not be empty.
    fn body(&mut self, closing: &[&str]) -> Parsed<List> {
        let list = self.list(closing)?;
        if list.items.is_empty() {
            Err(self.unexpected())
        } else {
            Ok(list)
        }
    }

    fn if_command(&mut self) -> Parsed<CommandKind> {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.body(&["then"])?;
            self.expect_word("then")?;
            let body = self.body(&["elif", "else", "fi"])?;
            branches.push((condition, body));
            self.skip_newlines()?;
            if self.eat_word("elif") {
                continue;
            }
            if self.eat_word("else") {
                otherwise = Some(self.body(&["fi"])?);
            }
            self.expect_word("fi")?;
            return Ok(CommandKind::If {
                branches,
                otherwise,
            });
        }
    }

    fn loop_command(&mut self, while_true: bool) -> Parsed<CommandKind> {
        let condition = self.body(&["do"])?;
        let body = self.do_group()?;
        Ok(CommandKind::Loop(while_true, Rc::new(condition), body))
    }

    fn do_group(&mut self) -> Parsed<Rc<List>> {
        self.expect_word("do")?;
        let body = self.body(&["done"])?;
        self.expect_word("done")?;
        Ok(Rc::new(body))
    }

    fn for_command(&mut self) -> Parsed<CommandKind> {
        self.skip_blanks();
        if self.eat("((") {
            let first = self.arithmetic_until(";")?;
            let second = self.arithmetic_until(";")?;
            let third = self.arithmetic_until("))")?;
            self.skip_blanks();
            self.eat(";");
            let body = self.do_group()?;
            return Ok(CommandKind::CountingFor(
                Rc::new([first, second, third]),
                body,
            ));
        }
        let name = self.bare_word();
        if !is_name(&name) {
            let line = self.line();
            return Err(SyntaxError::Unexpected {
                line,
                message: format!("`{name}': not a valid identifier"),
            });
        }
        self.skip_newlines()?;
        let mut words = None;
        if self.eat_word("in") {
            let mut list = Vec::new();
            self.skip_blanks();
            while let Some(word) = self.word()? {
                list.push(word);
                self.skip_blanks();
            }
            words = Some(list);
        }
        self.skip_blanks();
        self.eat(";");
        Ok(CommandKind::For(name, words, self.do_group()?))
    }

    fn case_command(&mut self) -> Parsed<CommandKind> {
        self.skip_blanks();
        let Some(subject) = self.word()? else {
            return Err(self.unexpected());
        };
        self.expect_word("in")?;
        let mut branches = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.eat_word("esac") {
                return Ok(CommandKind::Case(subject, branches));
            }
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                let Some(pattern) = self.word()? else {
                    return Err(self.unexpected());
                };
                patterns.push(pattern);
                self.skip_blanks();
                if !self.eat("|") {
                    break;
                }
            }
            if !self.eat(")") {
                return Err(self.unexpected());
            }
            let body = self.list(&["esac", ";;", ";&"])?;
            self.skip_newlines()?;
            let falls_through = self.eat(";&");
            let ended = falls_through || self.eat(";;");
            branches.push(CaseBranch {
                patterns,
                body,
                falls_through,
            });
            self.skip_newlines()?;
            if !ended && !self.at_closing(&["esac"]) {
                return Err(self.unexpected());
            }
        }
    }

    fn function_body(&mut self, name: String) -> Parsed<CommandKind> {
        self.skip_newlines()?;
        let body = self.command()?;
        Ok(CommandKind::Function(name, Rc::new(body)))
    }

    fn condition_words(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.eat_word("]]") {
                return Ok(words);
            }
            if self.peek().is_none() {
                return Err(self.incomplete("unexpected end of file, expected `]]'"));
            }
            let operators = ["&&", "||", "(", ")", "<", ">"];
            if let Some(operator) = operators.iter().find(|operator| self.starts_with(operator)) {
                self.position += operator.len();
                words.push(Word {
                    parts: vec![Part::Text {
                        text: (*operator).into(),
                        quoted: false,
                    }],
                });
                continue;
            }
            let after_match = words.last().is_some_and(|word| matches!(word.parts.as_slice(), [Part::Text { text, quoted: false }] if text == "=~"));
            let word = if after_match {
                Some(self.pattern_word()?)
            } else {
                self.word()?
            };
            match word {
                Some(word) => words.push(word),
                None => return Err(self.unexpected()),
            }
        }
    }

    fn simple(&mut self) -> Parsed<(CommandKind, Vec<Redirection>)> {
        let (mut assignments, mut words, mut redirections) = (Vec::new(), Vec::new(), Vec::new());
        let start = self.position;
        let mut declares = false;
        loop {
            self.skip_blanks();
            if let Some(redirection) = self.redirection()? {
                redirections.push(redirection);
                continue;
            }
            let at = self.position;
            if let Some(assignment) = match words.is_empty() || declares {
                true => self.assignment()?,
                false => None,
            } {
                // `declare a=(1 2)` declares `a` and then assigns; `declare a=1` is a word.
                let list = matches!(assignment.value, AssignedValue::Array(_));
                if words.is_empty() || list {
                    if !words.is_empty() {
                        let name = assignment.name.clone();
                        words.push(Word::text(name));
                    }
                    assignments.push(assignment);
                    continue;
                }
                self.position = at;
            }
            let from = self.position;
            if words.is_empty() && RESERVED.iter().any(|word| self.at_closing(&[word])) {
                return Err(self.unexpected());
            }
            let Some(word) = self.word()? else { break };
            words.push(word);
            let name = self.text(from, self.position);
            declares |= words.len() == 1 && DECLARATIONS.contains(&name.as_str());
            self.skip_blanks();
            if words.len() == 1
                && assignments.is_empty()
                && self.peek() == Some('(')
                && !name.contains(['$', '"', '\''])
            {
                self.position += 1;
                self.skip_blanks();
                if !self.eat(")") {
                    return Err(self.unexpected());
                }
                return Ok((self.function_body(name)?, redirections));
            }
        }
        if self.position == start
            || (words.is_empty() && assignments.is_empty() && redirections.is_empty())
        {
            return Err(self.unexpected());
        }
        Ok((CommandKind::Simple { assignments, words }, redirections))
    }

    fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        let start = self.position;
        while self
            .peek()
            .is_some_and(|character| character.is_ascii_alphanumeric() || character == '_')
        {
            self.position += 1;
        }
        let name = self.text(start, self.position);
        let mut subscript = None;
        if is_name(&name) && self.peek() == Some('[') {
            self.position += 1;
            subscript = Some(self.word_until(']')?);
        }
        let append = is_name(&name) && self.eat("+=");
        if !is_name(&name) || !(append || self.eat("=")) {
            self.position = start;
            return Ok(None);
        }
        if self.eat("(") {
            let mut values = Vec::new();
            loop {
                self.skip_newlines()?;
                if self.eat(")") {
                    return Ok(Some(Assignment {
                        name,
                        subscript,
                        append,
                        value: AssignedValue::Array(values),
                    }));
                }
                match self.word()? {
                    Some(word) => values.push(word),
                    None => return Err(self.unexpected()),
                }
            }
        }
        let value = self.word()?.unwrap_or_default();
        Ok(Some(Assignment {
            name,
            subscript,
            append,
            value: AssignedValue::Scalar(value),
        }))
    }
}

/// Whether a character ends a word.
fn is_meta(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')'
    )
}

/// Whether a text is a variable's or function's name.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
}
