//! Expressions and types of the tree that is formatted.

use super::parse::Parser;
use super::tree::{Class, K, Node};

/// Precedence of a binary operator, 0 for none.
pub(super) fn precedence(operator: &str) -> u8 {
    match operator {
        "||" => 1,
        "&&" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 3,
        "+" | "-" | "|" | "^" => 4,
        "*" | "/" | "%" | "<<" | ">>" | "&" | "&^" => 5,
        _ => 0,
    }
}

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
    pub fn literal(&mut self) -> Node<'a> {
        let piece = self.take();
        let k = match piece.class {
            Class::Number => K::Number,
            _ => K::Literal,
        };
        Node {
            text: piece.text,
            ..self.node(k, piece.at, Vec::new())
        }
    }

    /// An expression where `=` can only be meant as `==`.
    pub fn expression(&mut self) -> Node<'a> {
        let outer = std::mem::replace(&mut self.is_value, true);
        let x = self.binary(1);
        self.is_value = outer;
        x
    }

    /// An expression that may be assigned to.
    pub fn left_side(&mut self) -> Node<'a> {
        self.is_value = false;
        self.binary(1)
    }

    fn binary(&mut self, least: u8) -> Node<'a> {
        let mut x = self.nested(Self::unary);
        loop {
            let piece = self.piece();
            let own = precedence(piece.text);
            if self.is_value && self.is("=") {
                self.fail("'=='");
            }
            if piece.class != Class::Word || own < least || own == 0 {
                return x;
            }
            self.take();
            let y = self.binary(own + 1);
            x = Node {
                mid: piece.at,
                text: piece.text,
                ..self.node(K::Binary, x.at, vec![x, y])
            };
        }
    }

    fn unary(&mut self) -> Node<'a> {
        let piece = self.piece();
        let is_word = piece.class == Class::Word;
        match piece.text {
            "+" | "-" | "!" | "^" | "&" | "~" | "<-" if is_word => {
                if piece.text == "<-" && self.ahead() == "chan" {
                    return self.primary();
                }
                self.take();
                let x = self.nested(Self::unary);
                Node {
                    text: piece.text,
                    ..self.node(K::Unary, piece.at, vec![x])
                }
            }
            "*" if is_word => {
                self.take();
                let x = self.nested(Self::unary);
                self.node(K::Star, piece.at, vec![x])
            }
            _ => self.primary(),
        }
    }

    fn operand(&mut self) -> Node<'a> {
        let piece = self.piece();
        match piece.class {
            Class::Name => self.name(),
            Class::Number | Class::String | Class::Rune => self.literal(),
            Class::Word if piece.text == "(" => {
                self.take();
                self.level += 1;
                let x = self.expression();
                self.level -= 1;
                self.want(")");
                self.node(K::Paren, piece.at, vec![x])
            }
            Class::Word if piece.text == "func" => {
                self.take();
                let ty = self.signature(piece.at, Node::none());
                if !self.is("{") {
                    return ty;
                }
                self.level += 1;
                let body = self.body();
                self.level -= 1;
                self.node(K::FuncLit, piece.at, vec![ty, body])
            }
            _ => match self.try_type() {
                Some(ty) => ty,
                None => {
                    self.fail("operand");
                    Node::none()
                }
            },
        }
    }

    fn primary(&mut self) -> Node<'a> {
        let mut x = self.operand();
        loop {
            let piece = self.piece();
            if piece.class != Class::Word {
                return x;
            }
            let at = x.at;
            x = match piece.text {
                "." => {
                    self.take();
                    if self.is("(") {
                        let mid = self.at();
                        self.take();
                        let ty = if self.got("type") {
                            Node::none()
                        } else {
                            self.type_()
                        };
                        self.want(")");
                        Node {
                            mid,
                            ..self.node(K::Assert, at, vec![x, ty])
                        }
                    } else if self.is_name() {
                        let name = self.name();
                        self.node(K::Selector, at, vec![x, name])
                    } else {
                        self.fail("selector or type assertion");
                        return x;
                    }
                }
                "[" => self.index(x),
                "(" => self.call(x),
                "{" => {
                    let bare = x.bare();
                    let opens = match bare.k {
                        K::Name | K::Selector | K::Index => self.level >= 0,
                        K::Array | K::Struct | K::Map => true,
                        _ => false,
                    };
                    if !opens {
                        return x;
                    }
                    if x.k == K::Paren {
                        let message = "cannot parenthesize type in composite literal";
                        self.mistake(at, message);
                    }
                    self.composite(x)
                }
                _ => return x,
            };
        }
    }

    fn index(&mut self, x: Node<'a>) -> Node<'a> {
        let (at, mid) = (x.at, self.at());
        self.take();
        self.level += 1;
        let mut parts = [Node::none(), Node::none(), Node::none()];
        let (mut colons, mut more) = (0, Vec::new());
        if self.is("]") {
            self.fail("operand");
        }
        if !self.is(":") {
            let first = self.expression();
            while self.got(",") {
                if self.is("]") {
                    break;
                }
                more.push(self.type_());
            }
            parts[0] = first;
        }
        while self.is(":") && colons < 2 && more.is_empty() {
            self.take();
            colons += 1;
            if !self.is(":") && !self.is("]") {
                let bound = self.expression();
                if let Some(slot) = parts.get_mut(colons) {
                    *slot = bound;
                }
            }
        }
        self.level -= 1;
        self.want_close("]", "type argument list");
        let [low, high, max] = parts;
        if colons > 0 {
            return Node {
                mid,
                n: colons + 1,
                ..self.node(K::Slice, at, vec![x, low, high, max])
            };
        }
        let mut kids = vec![x, low];
        kids.append(&mut more);
        Node {
            mid,
            ..self.node(K::Index, at, kids)
        }
    }

    fn call(&mut self, x: Node<'a>) -> Node<'a> {
        let (at, mid) = (x.at, self.at());
        self.take();
        self.level += 1;
        let (mut kids, mut n) = (vec![x], 0);
        while !self.is(")") && self.piece().class != Class::Eof {
            kids.push(self.expression());
            if self.is("...") {
                n = self.at();
                self.take();
            }
            if !self.got(",") {
                break;
            }
        }
        self.level -= 1;
        self.want_close(")", "argument list");
        Node {
            mid,
            n,
            ..self.node(K::Call, at, kids)
        }
    }

    fn composite(&mut self, ty: Node<'a>) -> Node<'a> {
        let mid = self.at();
        let at = if ty.is_some() { ty.at } else { mid };
        self.want("{");
        self.level += 1;
        let mut kids = vec![ty];
        while !self.is("}") && self.piece().class != Class::Eof {
            let key = self.element();
            if self.is(":") {
                let colon = self.at();
                self.take();
                let value = self.element();
                kids.push(Node {
                    mid: colon,
                    ..self.node(K::KeyValue, key.at, vec![key, value])
                });
            } else {
                kids.push(key);
            }
            if !self.got(",") {
                break;
            }
        }
        self.level -= 1;
        self.want_close("}", "composite literal");
        Node {
            mid,
            ..self.node(K::Composite, at, kids)
        }
    }

    fn element(&mut self) -> Node<'a> {
        if self.is("{") {
            self.nested(|parser| parser.composite(Node::none()))
        } else {
            self.expression()
        }
    }

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
