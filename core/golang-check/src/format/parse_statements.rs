//! The tree that is formatted: statements.

use super::parse::Parser;
use super::tree::{Class, K, Node};

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
        self.want("}");
        self.node(K::Block, at, kids)
    }

    pub(super) fn statements(&mut self) -> Vec<Node<'a>> {
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

    pub(super) fn statement(&mut self) -> Node<'a> {
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
    pub(super) fn simple(&mut self, labels: bool, ranges: bool) -> Node<'a> {
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

    pub(super) fn if_(&mut self) -> Node<'a> {
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

    pub(super) fn switch(&mut self) -> Node<'a> {
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
