//! From tokens to the tree that is formatted: its parser and declarations. Mistakes are told in the
//! words of `go/parser`, which this models, and reading goes on after them where it would.

use super::parse_types::Split;
use super::tree::{Class, Cut, K, Node, Piece, line_in};
use crate::limits::{NESTING_LEVELS_MAX, REREAD_TOKENS_MAX, TREE_LEVELS_MAX};

/// Mistakes after which a parser gives up.
const MISTAKES_MAX: usize = 10;

/// Mistakes at one token after which it gives up, too.
const MISTAKES_AT_TOKEN_MAX: usize = 100;

/// Where reading goes on after a mistake.
pub(super) const EXPRESSION_END: &str = " , : ; ) ] } ";
pub(super) const STATEMENT_START: &str =
    " break const continue defer fallthrough for go goto if return select switch type var ";
const DECLARATION_START: &str = " import const type var ";

pub(super) struct Parser<'a> {
    pieces: Vec<Piece<'a>>,
    lines: Vec<usize>,
    /// Mistakes in tokens that were not read yet.
    lexical: std::iter::Peekable<std::vec::IntoIter<(usize, usize, String)>>,
    next: usize,
    /// The end of the last token that was taken.
    pub last: usize,
    /// Negative in the header of a statement, where `{` opens its block.
    pub level: i32,
    /// What is parsed is a value, not the left side of an assignment.
    pub is_value: bool,
    depth: u32,
    /// Tokens that were read a second time.
    reread: usize,
    is_head: bool,
    /// Nothing more is read.
    has_stopped: bool,
    /// The semicolon behind a statement was read, or it is too broken to need one.
    pub is_complete: bool,
    /// Where reading went on last after a mistake, and how often it did there.
    sync: (usize, u32),
    /// The token of the last mistake, and how many there were.
    stuck: (usize, usize),
    errors: Vec<(usize, String)>,
}

/// The tree of a file, or its mistakes with their offsets. With `is_head` only the package
/// clause and the imports are read, and what follows them on their line is no mistake.
pub(super) fn parse<'a>(cut: &Cut<'a>, is_head: bool) -> Result<Node<'a>, Vec<(usize, String)>> {
    let mut parser = Parser {
        pieces: cut.pieces.clone(),
        lines: cut.lines.clone(),
        lexical: cut.errors.clone().into_iter().peekable(),
        next: 0,
        last: 0,
        level: 0,
        is_value: false,
        depth: 0,
        reread: 0,
        is_head,
        has_stopped: false,
        is_complete: false,
        sync: (0, 0),
        stuck: (0, 0),
        errors: Vec::new(),
    };
    parser.tell_lexical();
    let file = parser.file();
    if parser.errors.is_empty() {
        return Ok(file);
    }
    parser.errors.sort();
    Err(parser.errors)
}

impl<'a> Parser<'a> {
    pub fn piece(&self) -> Piece<'a> {
        let end = Piece {
            class: Class::Eof,
            text: "",
            at: self.last,
        };
        if self.has_stopped {
            return end;
        }
        self.pieces.get(self.next).copied().unwrap_or(end)
    }

    /// The token so many after the current one.
    pub fn piece_at(&self, more: usize) -> Piece<'a> {
        let piece = self.pieces.get(self.next + more).copied();
        piece.unwrap_or_else(|| self.piece())
    }

    /// The token after the current one.
    pub fn ahead(&self) -> &'a str {
        self.pieces
            .get(self.next + 1)
            .map_or("", |piece| piece.text)
    }

    pub fn at(&self) -> usize {
        self.piece().at
    }

    pub fn is(&self, text: &str) -> bool {
        let piece = self.piece();
        piece.class == Class::Word && piece.text == text
    }

    /// A semicolon, written or not.
    pub fn is_semicolon(&self) -> bool {
        self.is(";") || self.piece().class == Class::Newline
    }

    pub fn is_name(&self) -> bool {
        self.piece().class == Class::Name
    }

    pub fn is_end(&self) -> bool {
        self.piece().class == Class::Eof
    }

    pub fn take(&mut self) -> Piece<'a> {
        let piece = self.piece();
        if !matches!(piece.class, Class::Newline | Class::Eof) {
            self.last = piece.at + piece.text.len();
        }
        if piece.class != Class::Eof {
            self.next += 1;
            self.tell_lexical();
        }
        piece
    }

    /// Mistakes in tokens up to the current one are told when it is read.
    fn tell_lexical(&mut self) {
        let at = self.at();
        while let Some((_, place, message)) = self.lexical.next_if(|(token, ..)| *token <= at) {
            if !self.has_stopped {
                self.errors.push((place, message));
            }
        }
    }

    pub fn got(&mut self, text: &str) -> bool {
        let found = self.is(text);
        if found {
            self.take();
        }
        found
    }

    pub fn fail(&mut self, what: &str) {
        let piece = self.piece();
        let found = match piece.class {
            Class::Newline => "newline".to_string(),
            Class::Eof => "'EOF'".to_string(),
            Class::Word => format!("'{}'", piece.text),
            _ => piece.text.to_string(),
        };
        self.mistake(piece.at, &format!("expected {what}, found {found}"));
    }

    /// What should stand at a place that was already read.
    pub fn expected_at(&mut self, at: usize, what: &str) {
        self.mistake(at, &format!("expected {what}"));
    }

    /// Notes a mistake. A second one on a line is taken for a consequence of the first.
    pub fn mistake(&mut self, at: usize, message: &str) {
        if self.has_stopped {
            return;
        }
        self.stuck = match self.stuck {
            (token, times) if token == self.next => (token, times + 1),
            _ => (self.next, 0),
        };
        // The end of the file belongs to its last line.
        let end = self.pieces.last().map_or(0, |end| end.at);
        let line = |at: usize| line_in(&self.lines, at - usize::from(at == end && at > 0));
        let last = self.errors.last();
        if last.is_none_or(|(last, _)| line(*last) != line(at)) {
            match self.errors.len() {
                0..=MISTAKES_MAX => self.errors.push((at, message.to_string())),
                _ => self.has_stopped = true,
            }
        }
        self.has_stopped |= self.stuck.1 > MISTAKES_AT_TOKEN_MAX;
    }

    /// Gives up: the tree is too deep.
    fn too_deep(&mut self, at: usize) {
        self.mistake(at, "exceeded max nesting depth");
        self.has_stopped = true;
    }

    /// Goes on after a mistake at one of some tokens, but not for ever at the same.
    pub fn advance(&mut self, to: &str) {
        while !self.is_end() {
            let piece = self.piece();
            let text = match piece.class {
                Class::Newline => ";",
                Class::Word => piece.text,
                _ => "",
            };
            let at = piece.at + 1;
            if !text.is_empty() && to.contains(&format!(" {text} ")) {
                if at == self.sync.0 && self.sync.1 < 10 {
                    self.sync.1 += 1;
                    return;
                }
                if at > self.sync.0 {
                    self.sync = (at, 0);
                    return;
                }
            }
            self.take();
        }
    }

    /// Takes a token, the right one or not.
    pub fn want(&mut self, text: &str) {
        if !self.is(text) {
            self.fail(&format!("'{text}'"));
        }
        self.take();
    }

    /// Whether a list goes on: at a comma, and where one was forgotten.
    pub fn at_comma(&mut self, context: &str, close: &str) -> bool {
        if self.is(",") || self.is(close) {
            return self.is(",");
        }
        let piece = self.piece();
        let newline = match piece.class {
            Class::Newline => " before newline",
            _ => "",
        };
        self.mistake(piece.at, &format!("missing ','{newline} in {context}"));
        true
    }

    /// A token that closes a list.
    pub fn want_close(&mut self, text: &str, context: &str) {
        let piece = self.piece();
        if piece.class == Class::Newline {
            let message = format!("missing ',' before newline in {context}");
            self.mistake(piece.at, &message);
            self.take();
        }
        self.want(text);
    }

    pub fn node(&mut self, k: K, at: usize, kids: Vec<Node<'a>>) -> Node<'a> {
        let node = Node::new(k, at, self.last, kids);
        if node.height > TREE_LEVELS_MAX {
            self.too_deep(at);
        }
        node
    }

    /// Enters a level of nesting and leaves it again.
    pub fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Node<'a>) -> Node<'a> {
        self.depth += 1;
        if self.depth > NESTING_LEVELS_MAX {
            self.too_deep(self.at());
        }
        let node = parse(self);
        self.depth -= 1;
        node
    }

    pub fn name(&mut self) -> Node<'a> {
        let at = self.at();
        if !self.is_name() {
            self.fail("'IDENT'");
        }
        let text = self.take().text;
        Node {
            text,
            ..self.node(K::Name, at, Vec::new())
        }
    }

    fn names(&mut self) -> Vec<Node<'a>> {
        let mut names = vec![self.name()];
        while self.got(",") {
            names.push(self.name());
        }
        names
    }

    pub fn semicolon(&mut self) {
        if self.is_semicolon() {
            self.take();
        } else if !self.is(")") && !self.is("}") {
            self.fail("';'");
            match self.is(",") {
                true => drop(self.take()),
                false => self.advance(STATEMENT_START),
            }
        }
    }

    fn file(&mut self) -> Node<'a> {
        let at = self.at();
        self.has_stopped |= !self.errors.is_empty();
        self.want("package");
        let mut kids = vec![self.name()];
        self.end_of_declaration();
        // What does not begin like a Go file is not read on.
        self.has_stopped |= !self.errors.is_empty();
        while self.is("import") {
            kids.push(self.declaration());
        }
        let mut was_import = true;
        while !self.is_head && !self.is_end() {
            let is_import = self.is("import");
            if is_import && !was_import {
                let at = self.at();
                self.mistake(at, "imports must appear before other declarations");
            }
            was_import = is_import;
            kids.push(self.declaration());
        }
        self.node(K::File, at, kids)
    }

    fn declaration(&mut self) -> Node<'a> {
        let at = self.at();
        let node = if self.is("func") {
            self.function()
        } else if ["import", "const", "var", "type"]
            .iter()
            .any(|word| self.is(word))
        {
            self.group()
        } else {
            self.fail("declaration");
            self.advance(DECLARATION_START);
            return self.node(K::Empty, at, Vec::new());
        };
        self.end_of_declaration();
        node
    }

    /// In a head, only what could be one more import must stand on its own line.
    fn end_of_declaration(&mut self) {
        if !self.is_head || self.is_semicolon() || self.piece().text.starts_with('i') {
            self.semicolon();
        }
    }

    fn function(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let mut kids = vec![Node::none()];
        if self.is("(") {
            kids = vec![self.parameters("(", ")", true)];
        }
        kids.push(self.name());
        let start = self.at();
        let mut generic = Node::none();
        if self.is("[") {
            generic = self.type_parameters();
            if kids.first().is_some_and(Node::is_some) {
                self.mistake(start, "method must have no type parameters");
            }
        }
        kids.push(self.signature(start, generic));
        let mut body = Node::none();
        if self.is("{") {
            body = self.body();
        } else if self.is_semicolon() && self.ahead() == "{" {
            self.take();
            let at = self.at();
            self.mistake(at, "unexpected semicolon or newline before {");
            body = self.body();
        }
        kids.push(body);
        self.node(K::FuncDecl, at, kids)
    }

    /// The body of a function.
    pub fn body(&mut self) -> Node<'a> {
        let level = std::mem::take(&mut self.level);
        let body = self.block();
        self.level = level;
        body
    }

    /// `import`, `const`, `var`, `type`
    pub fn group(&mut self) -> Node<'a> {
        let at = self.at();
        let text = self.take().text;
        let mut kids = Vec::new();
        let mut mid = 0;
        if self.is("(") {
            mid = self.at();
            self.take();
            while !self.is(")") && !self.is_end() {
                kids.push(self.spec(text));
                self.semicolon();
            }
            self.want(")");
        } else {
            kids.push(self.spec(text));
        }
        Node {
            text,
            mid,
            ..self.node(K::Group, at, kids)
        }
    }

    fn spec(&mut self, keyword: &str) -> Node<'a> {
        let at = self.at();
        match keyword {
            "import" => {
                let mut name = Node::none();
                if self.is_name() || self.is(".") {
                    let text = self.take().text;
                    name = Node {
                        text,
                        ..self.node(K::Name, at, Vec::new())
                    };
                }
                let piece = self.piece();
                let mut path = Node::none();
                match piece.class {
                    Class::String => path = self.literal(),
                    Class::Name | Class::Number | Class::Rune => {
                        self.mistake(piece.at, "import path must be a string");
                        self.take();
                    }
                    _ => {
                        self.mistake(piece.at, "missing import path");
                        self.advance(EXPRESSION_END);
                    }
                }
                self.node(K::ImportSpec, at, vec![name, path])
            }
            "type" => self.type_spec(at),
            _ => {
                let mut kids = self.names();
                let n = kids.len();
                let is_bare =
                    keyword == "const" && (self.is_semicolon() || self.is(")") || self.is_end());
                let ty = if self.is("=") || is_bare {
                    None
                } else if keyword == "var" {
                    Some(self.type_())
                } else {
                    self.try_type()
                };
                kids.push(ty.unwrap_or_else(Node::none));
                if !is_bare && self.got("=") {
                    self.list(&mut kids);
                }
                Node {
                    n,
                    ..self.node(K::ValueSpec, at, kids)
                }
            }
        }
    }

    fn type_spec(&mut self, at: usize) -> Node<'a> {
        let name = self.name();
        let mut generic = Node::none();
        if self.is("[") && self.ahead() != "]" {
            generic = self.maybe_type_parameters();
        }
        let n = usize::from(self.got("="));
        let ty = self.type_();
        Node {
            n,
            ..self.node(K::TypeSpec, at, vec![name, generic, ty])
        }
    }

    /// Type parameters after a type's name, unless what stands there is an array's length: an
    /// expression is read first, and then again as parameters.
    fn maybe_type_parameters(&mut self) -> Node<'a> {
        let (next, last, sync) = (self.next, self.last, self.sync);
        let told = self.errors.len();
        self.take();
        let mut split = Split::None;
        if self.is_name() {
            split = Split::Both;
            if self.ahead() != "[" {
                self.level += 1;
                let x = self.binary(1);
                self.level -= 1;
                split = super::parse_types::split(&x, self.is(","));
            }
        }
        let is_list = match split {
            Split::None => false,
            Split::Name => !self.is("]"),
            Split::Both => true,
        };
        self.reread += self.next - next;
        (self.next, self.last, self.sync) = (next, last, sync);
        self.errors.truncate(told);
        if self.reread > REREAD_TOKENS_MAX {
            self.too_deep(self.at());
        }
        match is_list {
            true => self.parameters("[", "]", false),
            false => Node::none(),
        }
    }

    /// Expressions separated by commas.
    pub fn list(&mut self, into: &mut Vec<Node<'a>>) {
        into.push(self.expression());
        while self.got(",") {
            into.push(self.expression());
        }
    }
}
