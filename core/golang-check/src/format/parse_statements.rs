//! The tree that is formatted: statements.

use super::parse::{Parser, STATEMENT_START};
use super::tree::{Class, K, Node};

/// Where a simple statement stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Simple {
    Plain,
    /// Labels are allowed.
    Label,
    /// `x := range y` is allowed.
    Range,
    /// A case of `select`: only sending and receiving.
    Comm,
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

impl<'a> Parser<'a> {
    pub(super) fn block(&mut self) -> Node<'a> {
        let at = self.at();
        self.want("{");
        let kids = self.statements();
        let is_closed = self.is("}");
        self.want("}");
        let mut block = self.node(K::Block, at, kids);
        if !is_closed {
            block.end = block.kids.last().map_or(at + 1, |last| last.end);
        }
        block
    }

    /// Reads the semicolon behind a statement before the last mistakes in it are told.
    fn complete(&mut self) {
        self.semicolon();
        self.is_complete = true;
    }

    pub(super) fn statements(&mut self) -> Vec<Node<'a>> {
        let mut list = Vec::new();
        while !self.is_end() && !["}", "case", "default"].iter().any(|word| self.is(word)) {
            list.push(self.nested(Self::statement));
            if !std::mem::take(&mut self.is_complete) {
                self.semicolon();
            }
        }
        list
    }

    pub(super) fn statement(&mut self) -> Node<'a> {
        let piece = self.piece();
        let at = piece.at;
        if piece.class != Class::Word {
            return match piece.class {
                Class::Newline => self.node(K::Empty, at, Vec::new()),
                _ => self.simple(Simple::Label),
            };
        }
        match piece.text {
            "const" | "type" | "var" => {
                let group = self.group();
                self.node(K::Decl, at, vec![group])
            }
            "{" => self.block(),
            "}" => {
                self.is_complete = true;
                self.node(K::Empty, at, Vec::new())
            }
            ";" => Node::new(K::Empty, at, at + 1, Vec::new()),
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
                }
                if call.is_some() && call.bare().k != K::Call {
                    let message = format!("expression in {text} must be function call");
                    let end = match call.k {
                        K::FuncLit => call.kid(1).end,
                        _ => call.end,
                    };
                    self.mistake(end, &message);
                }
                Node {
                    text,
                    ..self.node(K::Go, at, vec![call])
                }
            }
            "return" => {
                self.take();
                let mut kids = Vec::new();
                if !self.is_semicolon() && !self.is("}") {
                    self.list(&mut kids);
                }
                self.node(K::Return, at, kids)
            }
            "break" | "continue" | "goto" | "fallthrough" => {
                let text = self.take().text;
                let mut label = Node::none();
                if text == "goto" || self.is_name() && text != "fallthrough" {
                    label = self.name();
                }
                Node {
                    text,
                    ..self.node(K::Branch, at, vec![label])
                }
            }
            "func" | "(" | "[" | "struct" | "map" | "chan" | "interface" | "+" | "-" | "*"
            | "&" | "^" | "<-" | "!" => self.simple(Simple::Label),
            _ => {
                self.fail("statement");
                self.advance(STATEMENT_START);
                self.is_complete = true;
                self.node(K::Empty, at, Vec::new())
            }
        }
    }

    /// An expression, assignment, send, and what else the place allows.
    pub(super) fn simple(&mut self, place: Simple) -> Node<'a> {
        let at = self.at();
        let mut kids = vec![self.left_side()];
        while self.got(",") {
            kids.push(self.left_side());
        }
        let piece = self.piece();
        let (mid, text) = (piece.at, piece.text);
        let is_word = piece.class == Class::Word;
        let is_plain = text == ":=" || text == "=";
        if is_word && (is_plain || place != Simple::Comm && is_assignment(text)) {
            self.take();
            let n = kids.len();
            if place == Simple::Range && self.is("range") && (text == ":=" || text == "=") {
                let range = self.at();
                self.take();
                let x = self.expression();
                let unary = Node {
                    text: "range",
                    ..self.node(K::Unary, range, vec![x])
                };
                kids.push(unary);
            } else if place == Simple::Comm {
                if n > 2 {
                    self.expected_at(at, "1 or 2 expressions");
                }
                kids.push(self.expression());
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
            self.expected_at(at, "1 expression");
        }
        match text {
            ":" if is_word && place != Simple::Comm => {
                self.take();
                if place != Simple::Label || kids.first().is_none_or(|x| x.k != K::Name) {
                    self.mistake(mid, "illegal label declaration");
                    return self.node(K::Empty, at, Vec::new());
                }
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
            "++" | "--" if is_word && place != Simple::Comm => {
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

    /// The expression that a statement is; anything else is a mistake.
    fn only(&mut self, statement: Node<'a>, wanted: &str) -> Node<'a> {
        let found = match statement.k {
            K::Expr | K::None => return unwrapped(statement),
            K::Assign => "assignment",
            _ => "simple statement",
        };
        let message = format!(
            "expected {wanted}, found {found} (missing parentheses around composite literal?)"
        );
        self.mistake(statement.at, &message);
        statement
    }

    /// The statement and the condition of an `if`.
    fn if_header(&mut self) -> (Node<'a>, Node<'a>) {
        if self.is("{") {
            let at = self.at();
            self.mistake(at, "missing condition in if statement");
            return (Node::none(), Node::none());
        }
        let (mut init, mut condition) = (Node::none(), Node::none());
        if !self.is_semicolon() {
            if self.got("var") {
                let at = self.at();
                self.mistake(at, "var declaration not allowed in if initializer");
            }
            condition = self.simple(Simple::Plain);
        }
        if !self.is("{") {
            let end = self.piece();
            let is_semicolon = self.is_semicolon();
            match is_semicolon {
                true => drop(self.take()),
                false => self.want(";"),
            }
            init = std::mem::replace(&mut condition, Node::none());
            if !self.is("{") {
                condition = self.simple(Simple::Plain);
            } else if end.class == Class::Newline {
                self.mistake(end.at, "unexpected newline, expecting { after if clause");
            } else if is_semicolon {
                self.mistake(end.at, "missing condition in if statement");
            }
        }
        (init, self.only(condition, "boolean expression"))
    }

    pub(super) fn if_(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let level = std::mem::replace(&mut self.level, -1);
        let (init, condition) = self.if_header();
        self.level = level;
        let mut kids = vec![init, condition, self.block()];
        if self.got("else") {
            if self.is("if") {
                kids.push(self.nested(Self::if_));
            } else if self.is("{") {
                kids.push(self.block());
            } else {
                self.fail("if statement or block");
                self.is_complete = true;
            }
        } else {
            kids.push(Node::none());
        }
        self.node(K::If, at, kids)
    }

    pub(super) fn for_(&mut self) -> Node<'a> {
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
            if !self.is_semicolon() {
                condition = self.simple(Simple::Range);
            }
            let ranges =
                matches!(condition.kids.last(), Some(x) if x.text == "range" && x.k == K::Unary);
            if condition.k == K::Assign && ranges {
                self.level = level;
                return self.range(at, condition);
            }
            if self.is_semicolon() {
                self.take();
                init = std::mem::replace(&mut condition, none());
                if !self.is_semicolon() {
                    condition = self.simple(Simple::Plain);
                }
                self.semicolon();
                if !self.is("{") {
                    post = self.simple(Simple::Plain);
                }
            }
        }
        self.level = level;
        let block = self.block();
        self.complete();
        let condition = self.only(condition, "boolean or range expression");
        let kids = vec![init, condition, post, block];
        self.node(K::For, at, kids)
    }

    pub(super) fn range(&mut self, at: usize, clause: Node<'a>) -> Node<'a> {
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
            self.block();
            self.complete();
            self.expected_at(last.unwrap_or(mid), "at most 2 expressions");
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

    pub(super) fn switch(&mut self) -> Node<'a> {
        let at = self.at();
        self.take();
        let level = std::mem::replace(&mut self.level, -1);
        let (mut init, mut tag) = (Node::none(), Node::none());
        if !self.is("{") {
            if !self.is_semicolon() {
                tag = self.simple(Simple::Plain);
            }
            if self.is_semicolon() {
                self.take();
                init = std::mem::replace(&mut tag, Node::none());
                if !self.is("{") {
                    tag = self.simple(Simple::Plain);
                }
            }
        }
        self.level = level;
        let is_guard = |x: &Node| x.k == K::Assert && !x.kid(1).is_some();
        let is_type = match tag.k {
            K::Expr => is_guard(tag.kid(0)),
            K::Assign => {
                tag.n == 1
                    && tag.kids.len() == 2
                    && is_guard(tag.kid(1))
                    && [":=", "="].contains(&tag.text)
            }
            _ => false,
        };
        if is_type && tag.text == "=" {
            self.mistake(tag.mid, "expected ':=', found '='");
        }
        let body = self.clauses(true);
        if is_type {
            return self.node(K::TypeSwitch, at, vec![init, tag, body]);
        }
        self.complete();
        let tag = self.only(tag, "switch expression");
        self.node(K::Switch, at, vec![init, tag, body])
    }

    pub(super) fn clauses(&mut self, is_switch: bool) -> Node<'a> {
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
                    self.simple(Simple::Comm)
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

#[cfg(test)]
mod tests {
    /// What stands after the package clause, and what is said about it.
    const MISTAKES: &[(&str, &str)] = &[
        ("func f(~", "2:8: expected ')', found '~'"),
        ("func f[T ~", "2:11: expected type, found 'EOF'"),
        ("var x\n", "2:6: expected type, found newline"),
        ("import fmt\n", "2:11: missing import path"),
        ("import (\n\tos.\n)\n", "3:4: missing import path"),
        ("func f(a int, b) {}\n", "2:16: missing parameter type"),
        (
            "func f(a ...int, b int) {}\n",
            "2:10: can only use ... with final parameter",
        ),
        ("func f[]() {}\n", "2:8: empty type parameter list"),
        (
            "func (t T) m[P any]() {}\n",
            "2:13: method must have no type parameters",
        ),
        ("type T[P any, Q] int\n", "2:16: missing type constraint"),
        (
            "type T struct {\n\ta int\n\t[b] int\n}\n",
            "4:2: expected '}', found '['",
        ),
        (
            "type T struct {\n\t(E)\n}\n",
            "3:2: cannot parenthesize embedded type",
        ),
        (
            "type I interface {\n\tm[T any](x T)\n}\n",
            "3:3: interface method must have no type parameters",
        ),
        (
            "var x List[int\n",
            "2:15: missing ',' before newline in type argument list",
        ),
        (
            "var x = a[1:2:]\n",
            "2:14: final index required in 3-index slice",
        ),
        ("func f() {\n\ta, b\n}\n", "3:2: expected 1 expression"),
        (
            "func f() {\n\tx.y: z()\n}\n",
            "3:5: illegal label declaration",
        ),
        (
            "func f() {\n\tif x\n\t{\n\t}\n}\n",
            "3:6: unexpected newline, expecting { after if clause",
        ),
        (
            "func f() {\n\tif x := 1; {\n\t}\n}\n",
            "3:11: missing condition in if statement",
        ),
        (
            "func f() {\n\tif var x = 1; x > 0 {\n\t}\n}\n",
            "3:9: var declaration not allowed in if initializer",
        ),
        (
            "func f() {\n\tif x = 1 {\n\t}\n}\n",
            "3:5: expected boolean expression, found assignment (missing parentheses around composite literal?)",
        ),
        (
            "func f() {\n\tfor x := 1 {\n\t}\n}\n",
            "3:6: expected boolean or range expression, found assignment (missing parentheses around composite literal?)",
        ),
        (
            "func f() {\n\tswitch x = y.(type) {\n\t}\n}\n",
            "3:11: expected ':=', found '='",
        ),
        (
            "func f() {\n\tgo (g())\n}\n",
            "3:5: expression in go must not be parenthesized",
        ),
        (
            "func f() {\n\tdefer g\n}\n",
            "3:9: expression in defer must be function call",
        ),
        (
            "func f() {\n\tgoto\n}\n",
            "4:1: expected 'IDENT', found '}'",
        ),
        (
            "func f() {\n\tselect {\n\tcase a, b, c := <-d:\n\t}\n}\n",
            "4:7: expected 1 or 2 expressions",
        ),
        (
            "func f() {\n\tx := “hi”\n}\n",
            "3:7: curly quotation mark '“' (use neutral '\"')",
        ),
        (
            "var x = (T){1}\n",
            "2:10: cannot parenthesize type in composite literal",
        ),
        (
            "var f = func[T any](x T) {}\n",
            "2:13: function type must have no type parameters",
        ),
    ];

    #[test]
    fn mistakes_are_those_of_the_real_parser() {
        for (text, wanted) in MISTAKES {
            let text = format!("package p\n{text}");
            let mistake = super::super::source(&text, false).unwrap_err();
            let (line, column) = (mistake.line, mistake.column);
            let said = format!("{line}:{column}: {}", mistake.message);
            assert_eq!(said, *wanted, "{text}");
        }
    }
}
