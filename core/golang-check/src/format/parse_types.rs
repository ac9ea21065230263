//! The tree that is formatted: types, parameters, fields.

use super::parse::Parser;
use super::tree::{Class, K, Node};

/// Whether a constraint with the name before it could be read as an expression.
pub(super) fn combines_with_name(x: &Node) -> bool {
    match x.k {
        K::Star | K::Paren => !is_type_element(x.kid(0)),
        K::Binary => combines_with_name(x.kid(0)) && !is_type_element(x.kid(1)),
        _ => false,
    }
}

fn is_type_element(x: &Node) -> bool {
    match x.k {
        K::Array | K::Struct | K::Func | K::Interface | K::Map | K::Chan => true,
        K::Unary => x.text == "~",
        K::Binary => x.kids.iter().any(is_type_element),
        K::Paren => is_type_element(x.kid(0)),
        _ => false,
    }
}

impl<'a> Parser<'a> {
    pub fn type_(&mut self) -> Node<'a> {
        match self.try_type() {
            Some(ty) => ty,
            None => {
                self.fail("type");
                Node::none()
            }
        }
    }

    pub fn try_type(&mut self) -> Option<Node<'a>> {
        let mut found = true;
        let node = self.nested(|parser| match parser.type_or_none() {
            Some(ty) => ty,
            None => {
                found = false;
                Node::none()
            }
        });
        found.then_some(node)
    }

    fn type_or_none(&mut self) -> Option<Node<'a>> {
        let piece = self.piece();
        let at = piece.at;
        if piece.class == Class::Name {
            let mut x = self.name();
            if self.is(".") {
                self.take();
                let name = self.name();
                x = self.node(K::Selector, at, vec![x, name]);
            }
            if self.is("[") {
                x = self.index(x);
            }
            return Some(x);
        }
        if piece.class != Class::Word {
            return None;
        }
        Some(match piece.text {
            "*" => {
                self.take();
                let base = self.type_();
                self.node(K::Star, at, vec![base])
            }
            "(" => {
                self.take();
                let inner = self.type_();
                self.want(")");
                self.node(K::Paren, at, vec![inner])
            }
            "[" => {
                self.take();
                self.array(at)
            }
            "func" => {
                self.take();
                self.signature(at, Node::none())
            }
            "map" => {
                self.take();
                self.want("[");
                let key = self.type_();
                self.want("]");
                let value = self.type_();
                self.node(K::Map, at, vec![key, value])
            }
            "chan" | "<-" => {
                self.take();
                let mut text = "chan";
                if piece.text == "<-" {
                    self.want("chan");
                    text = "<-chan";
                } else if self.got("<-") {
                    text = "chan<-";
                }
                let element = self.type_();
                Node {
                    text,
                    ..self.node(K::Chan, at, vec![element])
                }
            }
            "struct" => {
                self.take();
                let fields = self.fields(true);
                self.node(K::Struct, at, vec![fields])
            }
            "interface" => {
                self.take();
                let fields = self.fields(false);
                self.node(K::Interface, at, vec![fields])
            }
            _ => return None,
        })
    }

    /// After `[`.
    fn array(&mut self, at: usize) -> Node<'a> {
        let mut length = Node::none();
        if self.is("...") {
            let start = self.at();
            self.take();
            length = self.node(K::Ellipsis, start, Vec::new());
        } else if !self.is("]") {
            self.level += 1;
            length = self.expression();
            self.level -= 1;
        }
        self.want("]");
        let element = self.type_();
        self.node(K::Array, at, vec![length, element])
    }

    /// Parameters and results.
    pub fn signature(&mut self, at: usize, generic: Node<'a>) -> Node<'a> {
        let parameters = self.parameters("(", ")");
        let mut results = Node::none();
        if self.is("(") {
            results = self.parameters("(", ")");
        } else if let Some(ty) = self.try_type() {
            let field = Node::new(K::Field, ty.at, ty.end, vec![ty]);
            results = Node::new(K::Fields, field.at, field.end, vec![field]);
        }
        self.node(K::Func, at, vec![generic, parameters, results])
    }

    /// A parameter before it is clear whether its name is one: a name, a type, or both.
    fn parameter(&mut self) -> (Option<Node<'a>>, Option<Node<'a>>) {
        let at = self.at();
        let mut name = None;
        if self.is_name() && self.ahead() != "." {
            let own = self.name();
            if self.is("[") {
                let x = self.named_bracket(own);
                return match x.k {
                    K::Field => {
                        let mut kids = x.kids.into_iter();
                        let name = kids.next();
                        (name, kids.next().map(|ty| self.union(ty)))
                    }
                    _ => (None, Some(self.union(x))),
                };
            }
            if self.is("|") {
                return (None, Some(self.union(own)));
            }
            name = Some(own);
        }
        if self.is("...") {
            let dots = self.at();
            self.take();
            let element = self.type_();
            return (name, Some(self.node(K::Ellipsis, dots, vec![element])));
        }
        let ty = if self.is("~") {
            self.take();
            let base = self.type_();
            Some(Node {
                text: "~",
                ..self.node(K::Unary, at.max(base.at - 1), vec![base])
            })
        } else {
            self.try_type()
        };
        let ty = ty.map(|ty| self.union(ty));
        if name.is_none() && ty.is_none() {
            self.fail("')'");
        }
        (name, ty)
    }

    /// `name [n]E` gives a field, `name[T]` an instance.
    fn named_bracket(&mut self, name: Node<'a>) -> Node<'a> {
        let start = self.at();
        if self.ahead() == "]" || self.ahead() == "..." {
            self.take();
            let ty = self.array(start);
            return self.node(K::Field, name.at, vec![name, ty]);
        }
        let mut instance = self.index(name);
        if instance.kids.len() == 2
            && instance.k == K::Index
            && let Some(element) = self.try_type()
        {
            let length = instance.kids.pop().unwrap_or_else(Node::none);
            let name = instance.kids.pop().unwrap_or_else(Node::none);
            let array = self.node(K::Array, start, vec![length, element]);
            return self.node(K::Field, name.at, vec![name, array]);
        }
        instance
    }

    /// `| term` after the first term of a union.
    fn union(&mut self, mut x: Node<'a>) -> Node<'a> {
        while self.is("|") {
            let mid = self.at();
            self.take();
            let y = self.term();
            x = Node {
                mid,
                text: "|",
                ..self.node(K::Binary, x.at, vec![x, y])
            };
        }
        x
    }

    fn term(&mut self) -> Node<'a> {
        let at = self.at();
        if self.got("~") {
            let base = self.type_();
            return Node {
                text: "~",
                ..self.node(K::Unary, at, vec![base])
            };
        }
        self.type_()
    }

    /// A parameter list with its marks.
    pub fn parameters(&mut self, open: &str, close: &str) -> Node<'a> {
        let at = self.at();
        self.want(open);
        let mut list = Vec::new();
        while !self.is(close) && self.piece().class != Class::Eof {
            list.push(self.parameter());
            if !self.got(",") {
                break;
            }
        }
        self.want_close(
            close,
            if open == "(" {
                "parameter list"
            } else {
                "type parameter list"
            },
        );
        let is_named = list.iter().any(|(name, ty)| name.is_some() && ty.is_some());
        let mut fields: Vec<Node> = Vec::new();
        let mut names: Vec<Node> = Vec::new();
        for (name, ty) in list {
            match (name, ty) {
                (Some(name), None) if !is_named => {
                    fields.push(Node::new(K::Field, name.at, name.end, vec![name]));
                }
                (Some(name), None) => names.push(name),
                (name, Some(ty)) => {
                    names.extend(name);
                    let n = names.len();
                    let start = names.first().map_or(ty.at, |name| name.at);
                    let end = ty.end;
                    names.push(ty);
                    fields.push(Node {
                        n,
                        ..Node::new(K::Field, start, end, std::mem::take(&mut names))
                    });
                }
                (None, None) => {}
            }
        }
        if !names.is_empty() {
            let message = "mixed named and unnamed parameters".to_string();
            self.error
                .get_or_insert((self.last.saturating_sub(1), message));
        }
        self.node(K::Fields, at, fields)
    }

    /// The fields of a struct, or the methods and types of an interface.
    fn fields(&mut self, is_struct: bool) -> Node<'a> {
        let at = self.at();
        self.want("{");
        let mut fields = Vec::new();
        while !self.is("}") && self.piece().class != Class::Eof {
            let field = if is_struct {
                self.field()
            } else {
                self.method()
            };
            fields.push(field);
            if self.piece().class == Class::Newline {
                self.take();
            } else if !self.got(";") && !self.is("}") {
                self.fail("';'");
            }
        }
        self.want("}");
        self.node(K::Fields, at, fields)
    }

    fn field(&mut self) -> Node<'a> {
        let at = self.at();
        let mut names = Vec::new();
        let mut ty = None;
        let is_embedded = !self.is_name()
            || [".", "}", ";", ""].contains(&self.ahead())
            || self.ahead().starts_with(['"', '`', '\n']);
        if !is_embedded {
            names.push(self.name());
            if self.is("[")
                && let Some(name) = names.pop()
            {
                let x = self.named_bracket(name);
                if x.k == K::Field {
                    let mut kids = x.kids.into_iter();
                    names.extend(kids.next());
                    ty = kids.next();
                } else {
                    ty = Some(x);
                }
            }
            while !names.is_empty() && ty.is_none() && self.got(",") {
                names.push(self.name());
            }
        }
        let ty = match ty {
            Some(ty) => ty,
            None => self.type_(),
        };
        let n = names.len();
        names.push(ty);
        if self.piece().class == Class::String {
            names.push(self.literal());
        }
        Node {
            n,
            ..self.node(K::Field, at, names)
        }
    }

    fn method(&mut self) -> Node<'a> {
        let at = self.at();
        if self.is_name() && self.ahead() == "(" {
            let name = self.name();
            let ty = self.signature(self.at(), Node::none());
            return Node {
                n: 1,
                ..self.node(K::Field, at, vec![name, ty])
            };
        }
        let first = self.term();
        let ty = self.union(first);
        self.node(K::Field, at, vec![ty])
    }
}
