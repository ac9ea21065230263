//! From tokens to the tree that is formatted: declarations and statements. The first mistake ends
//! it, in the words of `go/parser`, which this models.

use super::tree::{Class, Cut, K, Node, Piece};
use crate::limits::NESTING_LEVELS_MAX;

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

    pub fn is_name(&self) -> bool {
        self.piece().class == Class::Name
    }

    fn is_end(&self) -> bool {
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

    pub fn node(&self, k: K, at: usize, kids: Vec<Node<'a>>) -> Node<'a> {
        Node::new(k, at, self.last, kids)
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

    fn semicolon(&mut self, context: &str) {
        let piece = self.piece();
        match piece.class {
            Class::Newline => {
                self.take();
            }
            _ if self.is(")") || self.is("}") => {}
            _ if self.got(";") => {}
            Class::Word if piece.text == "," => self.fail("';'"),
            _ if context.is_empty() => self.fail("';'"),
            _ => {
                self.fail(context);
            }
        }
    }

    fn file(&mut self) -> Node<'a> {
        let at = self.at();
        self.want("package");
        let mut kids = vec![self.name()];
        self.semicolon("");
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
            self.semicolon("");
        }
        node
    }

    fn function(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let mut kids = vec![Node::none()];
        if self.is("(") {
            kids = vec![self.parameters("(", ")")];
        }
        kids.push(self.name());
        let start = self.at();
        let mut generic = Node::none();
        if self.is("[") {
            generic = self.parameters("[", "]");
        }
        kids.push(self.signature(start, generic));
        let mut body = Node::none();
        if self.is("{") {
            body = self.body();
        } else if self.piece().class == Class::Newline && self.ahead() == "{" {
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
    fn group(&mut self) -> Node<'a> {
        let at = self.at();
        let text = self.take().text;
        let mut kids = Vec::new();
        let mut mid = 0;
        if self.is("(") {
            mid = self.at();
            self.take();
            while !self.is(")") && !self.is_end() {
                kids.push(self.spec(text));
                self.semicolon("");
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
                if self.piece().class != Class::String {
                    let at = self.at();
                    self.mistake(at, "missing import path; require quoted string");
                }
                let path = self.literal();
                self.node(K::ImportSpec, at, vec![name, path])
            }
            "type" => self.type_spec(at),
            _ => {
                let mut kids = self.names();
                let n = kids.len();
                let ty = if self.is("=") { None } else { self.try_type() };
                kids.push(ty.unwrap_or_else(Node::none));
                if self.got("=") {
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

    /// Type parameters after a type's name, unless what stands there is an array's length.
    fn maybe_type_parameters(&mut self) -> Node<'a> {
        let (next, last, depth) = (self.next, self.last, self.depth);
        let list = self.parameters("[", "]");
        let closing = self
            .pieces
            .get(self.next.wrapping_sub(2))
            .map_or("", |piece| piece.text);
        let is_length = list.kids.iter().any(|field| field.n == 0)
            || matches!(list.kids.as_slice(), [only] if closing != "," && only.n == 1
                && super::types::combines_with_name(only.kid(1)));
        if self.error.is_none() && !is_length {
            return list;
        }
        self.error = None;
        (self.next, self.last, self.depth) = (next, last, depth);
        Node::none()
    }

    /// Expressions separated by commas.
    pub fn list(&mut self, into: &mut Vec<Node<'a>>) {
        into.push(self.expression());
        while self.got(",") {
            into.push(self.expression());
        }
    }

    fn block(&mut self) -> Node<'a> {
        let at = self.at();
        self.want("{");
        let kids = self.statements();
        self.want("}");
        self.node(K::Block, at, kids)
    }

    fn statements(&mut self) -> Vec<Node<'a>> {
        let mut list = Vec::new();
        while !self.is_end() && !["}", "case", "default"].iter().any(|word| self.is(word)) {
            list.push(self.nested(Self::statement));
            let ends = ["}", "case", "default"].iter().any(|word| self.is(word));
            if !ends {
                self.semicolon("");
            }
        }
        list
    }

    fn statement(&mut self) -> Node<'a> {
        let piece = self.piece();
        let at = piece.at;
        if piece.class != Class::Word {
            return match piece.class {
                Class::Newline => self.node(K::Empty, at, Vec::new()),
                _ => self.simple(true, false),
            };
        }
        match piece.text {
            "const" | "type" | "var" => {
                let group = self.group();
                self.node(K::Decl, at, vec![group])
            }
            "{" => self.block(),
            ";" | "}" => Node::new(K::Empty, at, at + 1, Vec::new()),
            "if" => self.if_(),
            "for" => self.for_(),
            "switch" => self.switch(),
            "select" => {
                self.take();
                let body = self.clauses(false);
                self.node(K::Select, at, vec![body])
            }
            "go" | "defer" => {
                let text = self.take().text;
                let call = self.expression();
                if call.k == K::Paren {
                    let message = format!("expression in {text} must not be parenthesized");
                    self.mistake(call.at, &message);
                } else if call.k != K::Call {
                    let message = format!("expression in {text} must be function call");
                    self.mistake(call.end, &message);
                }
                Node {
                    text,
                    ..self.node(K::Go, at, vec![call])
                }
            }
            "return" => {
                self.take();
                let mut kids = Vec::new();
                if !self.is(";") && !self.is("}") && self.piece().class != Class::Newline {
                    self.list(&mut kids);
                }
                self.node(K::Return, at, kids)
            }
            "break" | "continue" | "goto" | "fallthrough" => {
                let text = self.take().text;
                let mut label = Node::none();
                if self.is_name() && text != "fallthrough" {
                    label = self.name();
                }
                Node {
                    text,
                    ..self.node(K::Branch, at, vec![label])
                }
            }
            "func" | "(" | "[" | "struct" | "map" | "chan" | "interface" | "+" | "-" | "*"
            | "&" | "^" | "<-" | "!" | "~" => self.simple(true, false),
            _ => {
                self.fail("statement");
                self.node(K::Empty, at, Vec::new())
            }
        }
    }

    /// An expression, assignment, send or label; with `ranges` also `x := range y`.
    fn simple(&mut self, labels: bool, ranges: bool) -> Node<'a> {
        let at = self.at();
        let mut kids = vec![self.left_side()];
        while self.got(",") {
            kids.push(self.left_side());
        }
        let piece = self.piece();
        let (mid, text) = (piece.at, piece.text);
        let is_word = piece.class == Class::Word;
        if is_word && (text == ":=" || text == "=" || is_assignment(text)) {
            self.take();
            let n = kids.len();
            if ranges && self.is("range") && (text == ":=" || text == "=") {
                let range = self.at();
                self.take();
                let x = self.expression();
                let unary = Node {
                    text: "range",
                    ..self.node(K::Unary, range, vec![x])
                };
                kids.push(unary);
            } else {
                self.list(&mut kids);
            }
            return Node {
                mid,
                n,
                text,
                ..self.node(K::Assign, at, kids)
            };
        }
        if kids.len() > 1 {
            self.fail("1 expression");
            return self.node(K::Expr, at, kids);
        }
        match text {
            ":" if labels && is_word && kids.first().is_some_and(|x| x.k == K::Name) => {
                self.take();
                let statement = if self.is("}") {
                    Node::new(K::Empty, self.at(), self.at(), Vec::new())
                } else {
                    self.nested(Self::statement)
                };
                kids.push(statement);
                Node {
                    mid,
                    ..self.node(K::Labeled, at, kids)
                }
            }
            "<-" if is_word => {
                self.take();
                kids.push(self.expression());
                Node {
                    mid,
                    ..self.node(K::Send, at, kids)
                }
            }
            "++" | "--" if is_word => {
                self.take();
                Node {
                    mid,
                    text,
                    ..self.node(K::IncDec, at, kids)
                }
            }
            _ => self.node(K::Expr, at, kids),
        }
    }

    fn if_(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let level = std::mem::replace(&mut self.level, -1);
        if self.is("{") {
            let at = self.at();
            self.mistake(at, "missing condition in if statement");
        }
        let (mut init, mut condition) = (Node::none(), Node::none());
        if !self.is(";") {
            condition = self.simple(false, false);
        }
        let semicolon = self.at();
        if !self.is("{") {
            if self.piece().class == Class::Newline {
                self.mistake(semicolon, "unexpected newline, expected { after if clause");
            }
            self.semicolon("'{'");
            init = std::mem::replace(&mut condition, Node::none());
            if !self.is("{") {
                condition = self.simple(false, false);
            }
        }
        match condition.k {
            K::Expr => {}
            K::None => self.mistake(semicolon, "missing condition in if statement"),
            K::Assign => self.mistake(condition.at, "expected boolean expression, found assignment (missing parentheses around composite literal?)"),
            _ => self.mistake(condition.at, "expected boolean expression, found simple statement (missing parentheses around composite literal?)"),
        }
        self.level = level;
        let mut kids = vec![init, unwrapped(condition), self.block()];
        if self.got("else") {
            if self.is("if") {
                kids.push(self.nested(Self::if_));
            } else if self.is("{") {
                kids.push(self.block());
            } else {
                self.fail("if statement or block");
            }
        } else {
            kids.push(Node::none());
        }
        self.node(K::If, at, kids)
    }

    fn for_(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let level = std::mem::replace(&mut self.level, -1);
        let none = Node::none;
        let (mut init, mut condition, mut post) = (none(), none(), none());
        if self.is("range") {
            self.take();
            let x = self.expression();
            self.level = level;
            let kids = vec![none(), none(), x, self.block()];
            return self.node(K::Range, at, kids);
        }
        if !self.is("{") {
            if !self.is(";") {
                condition = self.simple(false, true);
            }
            let ranges =
                matches!(condition.kids.last(), Some(x) if x.text == "range" && x.k == K::Unary);
            if condition.k == K::Assign && ranges {
                self.level = level;
                return self.range(at, condition);
            }
            if self.is(";") {
                self.take();
                init = std::mem::replace(&mut condition, none());
                if !self.is(";") {
                    if self.is("{") {
                        self.fail("for loop condition");
                    }
                    condition = self.simple(false, false);
                }
                self.semicolon("';'");
                if !self.is("{") {
                    post = self.simple(false, false);
                }
            }
        }
        self.level = level;
        let kids = vec![init, unwrapped(condition), post, self.block()];
        self.node(K::For, at, kids)
    }

    fn range(&mut self, at: usize, clause: Node<'a>) -> Node<'a> {
        let (mid, text) = (clause.mid, clause.text);
        let last = clause.n.checked_sub(1).map(|index| clause.kid(index).at);
        let mut parts = clause.kids.into_iter();
        let (n, mut kids) = (clause.n, Vec::new());
        for index in 0..2 {
            kids.push(if index < n {
                parts.next().unwrap_or_else(Node::none)
            } else {
                Node::none()
            });
        }
        if n > 2 {
            let at = last.unwrap_or(mid);
            self.mistake(at, "expected at most 2 expressions");
            return Node::none();
        }
        let x = parts.next().and_then(|mut range| range.kids.pop());
        kids.push(x.unwrap_or_else(Node::none));
        kids.push(self.block());
        Node {
            mid,
            text,
            ..self.node(K::Range, at, kids)
        }
    }

    fn switch(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let level = std::mem::replace(&mut self.level, -1);
        let (mut init, mut tag) = (Node::none(), Node::none());
        if !self.is("{") {
            if !self.is(";") {
                tag = self.simple(false, false);
            }
            if self.is(";") {
                self.take();
                init = std::mem::replace(&mut tag, Node::none());
                if !self.is("{") {
                    tag = self.simple(false, false);
                }
            }
        }
        self.level = level;
        let guard = tag.kids.last();
        let is_type = guard.is_some_and(|x| x.k == K::Assert && !x.kid(1).is_some());
        let body = self.clauses(true);
        if is_type {
            return self.node(K::TypeSwitch, at, vec![init, tag, body]);
        }
        self.node(K::Switch, at, vec![init, unwrapped(tag), body])
    }

    fn clauses(&mut self, is_switch: bool) -> Node<'a> {
        let at = self.at();
        self.want("{");
        let mut kids = Vec::new();
        while self.is("case") || self.is("default") {
            let start = self.at();
            let mut parts = Vec::new();
            let is_case = self.take().text == "case";
            if is_case && is_switch {
                self.list(&mut parts);
            } else if !is_switch {
                parts.push(if is_case {
                    self.simple(false, false)
                } else {
                    Node::none()
                });
            }
            let (n, mid) = (parts.len(), self.at());
            self.want(":");
            parts.extend(self.statements());
            let k = if is_switch { K::Case } else { K::Comm };
            kids.push(Node {
                n,
                mid,
                ..self.node(k, start, parts)
            });
        }
        self.want("}");
        self.node(K::Block, at, kids)
    }
}

/// The expression of a statement that is one.
fn unwrapped(mut statement: Node) -> Node {
    if statement.k == K::Expr
        && let Some(inner) = statement.kids.pop()
    {
        return inner;
    }
    statement
}

fn is_assignment(text: &str) -> bool {
    text.len() > 1 && text.ends_with('=') && !matches!(text, "==" | "!=" | "<=" | ">=")
}
