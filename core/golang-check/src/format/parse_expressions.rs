//! The tree that is formatted: expressions.

use super::parse::{Parser, STATEMENT_START};
use super::tree::{Class, K, Node, precedence};

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
        let outer = std::mem::replace(&mut self.is_value, false);
        let x = self.binary(1);
        self.is_value = outer;
        x
    }

    pub(super) fn binary(&mut self, least: u8) -> Node<'a> {
        let mut x = self.nested(Self::unary);
        loop {
            let piece = self.piece();
            let is_assigned = self.is_value && self.is("=");
            let own = precedence(if is_assigned { "==" } else { piece.text });
            if is_assigned && own >= least {
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

    pub(super) fn unary(&mut self) -> Node<'a> {
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

    pub(super) fn operand(&mut self) -> Node<'a> {
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
                let ty = self.function_type(piece.at);
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
                    self.advance(STATEMENT_START);
                    Node::none()
                }
            },
        }
    }

    pub(super) fn primary(&mut self) -> Node<'a> {
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
                        if !self.is("}") {
                            self.take();
                        }
                        self.node(K::Selector, at, vec![x, Node::none()])
                    }
                }
                "[" => self.index(x),
                "(" => self.call(x),
                "{" => {
                    let bare = x.bare();
                    let opens = match bare.k {
                        K::None | K::Name | K::Selector | K::Index => self.level >= 0,
                        K::Array | K::Struct | K::Map => true,
                        _ => false,
                    };
                    if !opens {
                        return x;
                    }
                    if x.k == K::Paren {
                        let (at, message) =
                            (bare.at, "cannot parenthesize type in composite literal");
                        self.mistake(at, message);
                    }
                    self.composite(x)
                }
                _ => return x,
            };
        }
    }

    pub(super) fn index(&mut self, x: Node<'a>) -> Node<'a> {
        let (at, mid) = (x.at, self.at());
        self.take();
        self.level += 1;
        let mut parts = [Node::none(), Node::none(), Node::none()];
        let (mut colons, mut more, mut places) = (0, Vec::new(), [0; 3]);
        if self.is("]") {
            self.fail("operand");
        } else if !self.is(":") {
            let first = self.expression();
            while self.got(",") {
                if self.is("]") || self.is_end() {
                    break;
                }
                more.push(self.type_());
            }
            parts[0] = first;
        }
        while self.is(":") && colons < 2 && more.is_empty() {
            let colon = self.take().at;
            colons += 1;
            if let Some(place) = places.get_mut(colons) {
                *place = colon;
            }
            if !self.is(":") && !self.is("]") && !self.is_end() {
                let bound = self.expression();
                if let Some(slot) = parts.get_mut(colons) {
                    *slot = bound;
                }
            }
        }
        self.level -= 1;
        self.want("]");
        let [low, high, max] = parts;
        if colons == 2 && !high.is_some() {
            self.mistake(places[1], "middle index required in 3-index slice");
        } else if colons == 2 && !max.is_some() {
            self.mistake(places[2], "final index required in 3-index slice");
        }
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

    pub(super) fn call(&mut self, x: Node<'a>) -> Node<'a> {
        let (at, mid) = (x.at, self.at());
        self.take();
        self.level += 1;
        let (mut kids, mut n) = (vec![x], 0);
        while !self.is(")") && !self.is_end() && n == 0 {
            kids.push(self.expression());
            if self.is("...") {
                n = self.at();
                self.take();
            }
            if !self.at_comma("argument list", ")") {
                break;
            }
            self.take();
        }
        self.level -= 1;
        self.want_close(")", "argument list");
        Node {
            mid,
            n,
            ..self.node(K::Call, at, kids)
        }
    }

    pub(super) fn composite(&mut self, ty: Node<'a>) -> Node<'a> {
        let mid = self.at();
        let at = if ty.is_some() { ty.at } else { mid };
        self.want("{");
        self.level += 1;
        let mut kids = vec![ty];
        while !self.is("}") && !self.is_end() {
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
            if !self.at_comma("composite literal", "}") {
                break;
            }
            self.take();
        }
        self.level -= 1;
        self.want_close("}", "composite literal");
        Node {
            mid,
            ..self.node(K::Composite, at, kids)
        }
    }

    pub(super) fn element(&mut self) -> Node<'a> {
        if self.is("{") {
            self.nested(|parser| parser.composite(Node::none()))
        } else {
            self.binary(1)
        }
    }
}
