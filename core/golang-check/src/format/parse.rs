//! From tokens to the tree that is formatted: its parser and declarations. The first mistake ends
//! it, in the words of `go/parser`, which this models.

use super::parse_types::Split;
use super::tree::{Class, Cut, K, Node, Piece};
use crate::limits::{NESTING_LEVELS_MAX, REREAD_TOKENS_MAX, TREE_LEVELS_MAX};

pub(super) struct Parser<'a> {
    pieces: Vec<Piece<'a>>,
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
    pub error: Option<(usize, String)>,
}

/// The tree of a file, or the first mistake with its offset.
pub(super) fn parse<'a>(cut: &Cut<'a>) -> Result<Node<'a>, (usize, String)> {
    let mut parser = Parser {
        pieces: cut.pieces.clone(),
        next: 0,
        last: 0,
        level: 0,
        is_value: false,
        depth: 0,
        reread: 0,
        error: None,
    };
    let file = parser.file();
    let errors = [cut.error.clone(), parser.error];
    match errors.into_iter().flatten().min_by_key(|(at, _)| *at) {
        Some(error) => Err(error),
        None => Ok(file),
    }
}

impl<'a> Parser<'a> {
    pub fn piece(&self) -> Piece<'a> {
        let end = Piece {
            class: Class::Eof,
            text: "",
            at: self.last,
        };
        if self.error.is_some() {
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
        }
        piece
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

    /// Notes a mistake, if it is the first.
    pub fn mistake(&mut self, at: usize, message: &str) {
        if self.error.is_none() {
            self.error = Some((at, message.to_string()));
        }
    }

    pub fn want(&mut self, text: &str) {
        if !self.got(text) {
            self.fail(&format!("'{text}'"));
        }
    }

    /// A token that closes a list; any other there means that a comma was forgotten.
    pub fn want_close(&mut self, text: &str, context: &str) {
        let piece = self.piece();
        let newline = match piece.class {
            Class::Newline => " before newline",
            _ => "",
        };
        if !self.is(text) {
            self.mistake(piece.at, &format!("missing ','{newline} in {context}"));
        }
        self.want(text);
    }

    pub fn node(&mut self, k: K, at: usize, kids: Vec<Node<'a>>) -> Node<'a> {
        let node = Node::new(k, at, self.last, kids);
        if node.height > TREE_LEVELS_MAX {
            self.mistake(at, "exceeded max nesting depth");
        }
        node
    }

    /// Enters a level of nesting and leaves it again.
    pub fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Node<'a>) -> Node<'a> {
        self.depth += 1;
        if self.depth > NESTING_LEVELS_MAX {
            let at = self.at();
            self.mistake(at, "exceeded max nesting depth");
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
        }
    }

    fn file(&mut self) -> Node<'a> {
        let at = self.at();
        self.want("package");
        let mut kids = vec![self.name()];
        self.semicolon();
        while self.is("import") {
            kids.push(self.declaration());
        }
        while !self.is_end() {
            if self.is("import") {
                let at = self.at();
                self.mistake(at, "imports must appear before other declarations");
            }
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
            self.node(K::Empty, at, Vec::new())
        };
        if !self.is_end() {
            self.semicolon();
        }
        node
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
                let is_literal = matches!(
                    self.piece().class,
                    Class::Name | Class::Number | Class::Rune
                );
                if self.piece().class != Class::String {
                    let at = self.at();
                    self.mistake(
                        at,
                        match is_literal {
                            true => "import path must be a string",
                            false => "missing import path",
                        },
                    );
                }
                let path = self.literal();
                self.node(K::ImportSpec, at, vec![name, path])
            }
            "type" => self.type_spec(at),
            _ => {
                let mut kids = self.names();
                let n = kids.len();
                let is_bare = keyword == "const" && (self.is_semicolon() || self.is(")"));
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
        let (next, last) = (self.next, self.last);
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
        (self.next, self.last) = (next, last);
        if self.reread > REREAD_TOKENS_MAX {
            let at = self.at();
            self.mistake(at, "exceeded max nesting depth");
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
