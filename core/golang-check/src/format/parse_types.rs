//! The tree that is formatted: types, parameters, fields.

use super::parse::{EXPRESSION_END, Parser};
use super::tree::{Class, K, Node};

/// A parameter's name, its type, or both.
type Parameter<'a> = (Option<Node<'a>>, Option<Node<'a>>);

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

/// What an expression after `type T [` can be split into, were it type parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// It is a length.
    None,
    /// It is a name alone.
    Name,
    /// A name and a constraint.
    Both,
}

/// Splits an expression; with `force` what could be a constraint is one.
pub(super) fn split(x: &Node, force: bool) -> Split {
    let is_name = x.kid(0).k == K::Name;
    let found = match x.k {
        K::Name => return Split::Name,
        K::Binary if x.text == "*" => is_name && (force || is_type_element(x.kid(1))),
        K::Binary if x.text == "|" => {
            split(x.kid(0), force || is_type_element(x.kid(1))) == Split::Both
        }
        K::Call if x.kids.len() == 2 && x.n == 0 => is_name && (force || is_type_element(x.kid(1))),
        _ => false,
    };
    if found { Split::Both } else { Split::None }
}

impl<'a> Parser<'a> {
    pub fn type_(&mut self) -> Node<'a> {
        match self.try_type() {
            Some(ty) => ty,
            None => {
                self.fail("type");
                self.advance(EXPRESSION_END);
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
                x = self.instance(x);
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
                self.function_type(at)
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
        if self.is(",") {
            let at = self.at();
            self.mistake(at, "unexpected comma; expecting ]");
            self.take();
        }
        self.want("]");
        let element = self.type_();
        self.node(K::Array, at, vec![length, element])
    }

    /// A generic type's arguments.
    fn instance(&mut self, x: Node<'a>) -> Node<'a> {
        let (at, mid) = (x.at, self.at());
        self.take();
        let mut kids = vec![x];
        while !self.is("]") && !self.is_end() {
            kids.push(self.type_());
            if !self.at_comma("type argument list", "]") {
                break;
            }
            self.take();
        }
        let close = self.at();
        self.want_close("]", "type argument list");
        if kids.len() == 1 {
            self.expected_at(close, "type argument list");
        }
        Node {
            mid,
            ..self.node(K::Index, at, kids)
        }
    }

    /// After `func` of a type or a literal.
    pub fn function_type(&mut self, at: usize) -> Node<'a> {
        if self.is("[") {
            let at = self.at();
            if !self.type_parameters().kids.is_empty() {
                self.mistake(at, "function type must have no type parameters");
            }
        }
        self.signature(at, Node::none())
    }

    /// The type parameters of a function.
    pub fn type_parameters(&mut self) -> Node<'a> {
        let list = self.parameters("[", "]", false);
        if list.kids.is_empty() {
            self.mistake(list.end.saturating_sub(1), "empty type parameter list");
        }
        list
    }

    /// Parameters and results.
    pub fn signature(&mut self, at: usize, generic: Node<'a>) -> Node<'a> {
        let parameters = self.parameters("(", ")", true);
        let mut results = Node::none();
        if self.is("(") {
            results = self.parameters("(", ")", false);
        } else if let Some(ty) = self.try_type() {
            let field = Node::new(K::Field, ty.at, ty.end, vec![ty]);
            results = Node::new(K::Fields, field.at, field.end, vec![field]);
        }
        self.node(K::Func, at, vec![generic, parameters, results])
    }

    /// A parameter before it is clear whether its name is one: a name, a type, or both. With `sets`
    /// types may be unions and have `~`.
    fn parameter(&mut self, sets: bool) -> Parameter<'a> {
        let union = |parser: &mut Self, ty| if sets { parser.union(ty) } else { ty };
        let mut name = None;
        if self.is_name() && self.ahead() != "." {
            let own = self.name();
            if self.is("[") {
                let x = self.named_bracket(own);
                return match x.k {
                    K::Field => {
                        let mut kids = x.kids.into_iter();
                        let name = kids.next();
                        (name, kids.next().map(|ty| union(self, ty)))
                    }
                    _ => (None, Some(union(self, x))),
                };
            }
            if sets && self.is("|") {
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
        let ty = if sets && self.is("~") {
            Some(self.term())
        } else {
            self.try_type()
        };
        let ty = ty.map(|ty| union(self, ty));
        if name.is_none() && ty.is_none() {
            self.fail("')'");
            self.advance(EXPRESSION_END);
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
        match self.try_type() {
            Some(ty) => ty,
            None => {
                self.fail("~ term or type");
                self.advance(EXPRESSION_END);
                Node::none()
            }
        }
    }

    /// A parameter list with its marks.
    pub fn parameters(&mut self, open: &str, close: &str, dots: bool) -> Node<'a> {
        let at = self.at();
        self.want(open);
        let mut list = Vec::new();
        while !self.is(close) && !self.is_end() {
            let parameter = self.parameter(open == "[");
            if parameter.0.is_some() || parameter.1.is_some() {
                list.push(parameter);
            }
            if !self.at_comma("parameter list", close) {
                break;
            }
            self.take();
        }
        self.check_parameters(&list, open == "[", dots);
        self.want(close);
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
        self.node(K::Fields, at, fields)
    }

    /// Whether all parameters have a name or none has one, and where `...` stands.
    fn check_parameters(&mut self, list: &[Parameter<'a>], is_types: bool, dots: bool) {
        let named = list
            .iter()
            .filter(|(name, ty)| name.is_some() && ty.is_some());
        let (named, typed) = (
            named.count(),
            list.iter().filter(|(_, ty)| ty.is_some()).count(),
        );
        let place = |(name, ty): &Parameter| name.as_ref().or(ty.as_ref()).map_or(0, |x| x.at);
        let is_untyped = list.last().is_some_and(|(_, ty)| ty.is_none());
        let nameless = list.iter().find(|(name, _)| name.is_none());
        let wrong = if named == 0 {
            list.first().filter(|_| is_types).map(place)
        } else if let Some(nameless) = nameless {
            Some(place(nameless))
        } else {
            is_untyped.then_some(0)
        };
        if let Some(at) = wrong {
            let at = if named == typed { self.at() } else { at };
            let message = match (is_types, named == typed) {
                (true, true) => "missing type constraint",
                (true, false) if list.len() == 1 => {
                    "missing type parameter name or invalid array length"
                }
                (true, false) => "missing type parameter name",
                (false, true) => "missing parameter type",
                (false, false) => "missing parameter name",
            };
            self.mistake(at, message);
        }
        for (index, (_, ty)) in list.iter().enumerate() {
            // Names before it have its type.
            let rest = list.get(index..).unwrap_or(&[]);
            let next = || rest.iter().find_map(|(_, ty)| ty.as_ref());
            let ty = if named > 0 { next() } else { ty.as_ref() };
            if let Some(ty) = ty.filter(|ty| ty.k == K::Ellipsis)
                && (!dots || index + 1 < list.len())
            {
                let message = match dots {
                    true => "can only use ... with final parameter",
                    false => "invalid use of ...",
                };
                self.mistake(ty.at, message);
                return;
            }
        }
    }

    /// The fields of a struct, or the methods and types of an interface.
    fn fields(&mut self, is_struct: bool) -> Node<'a> {
        let at = self.at();
        self.want("{");
        let mut fields = Vec::new();
        loop {
            let starts = match is_struct {
                true => "* (",
                false => "~ * ( [ struct func interface map chan <-",
            };
            let piece = self.piece();
            if !self.is_name() && !starts.split(' ').any(|word| self.is(word)) {
                break;
            }
            let field = if is_struct {
                if piece.text == "*" && self.ahead() == "(" {
                    self.take();
                }
                if self.is("(") {
                    let at = self.take().at;
                    self.mistake(at, "cannot parenthesize embedded type");
                    self.got("*");
                    let field = self.field();
                    self.got(")");
                    field
                } else {
                    self.field()
                }
            } else {
                self.method()
            };
            fields.push(field);
            self.semicolon();
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
        // A name that no expression goes on after is that of a type parameter.
        let (third, fourth) = (self.piece_at(2), self.piece_at(3));
        let goes_on = fourth.class == Class::Word
            && (super::tree::precedence(fourth.text) > 0
                || [",", "]", ".", "(", "[", "{"].contains(&fourth.text));
        if self.is_name() && self.ahead() == "[" && third.class == Class::Name && !goes_on {
            let name = self.name();
            let start = self.at();
            self.parameters("[", "]", false);
            self.mistake(start, "interface method must have no type parameters");
            let ty = self.signature(start, Node::none());
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
