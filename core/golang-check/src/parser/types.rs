//! Types, parameter lists, fields.

use super::Parser;
use crate::{
    ast::{
        ChanDir, Expr, ExprKind, Field, FuncType, Ident, InterfaceType, Op, StringLit, StructType,
    },
    source::Pos,
    token::Token,
};
use std::rc::Rc;

/// A parameter before it is clear which of its parts are names.
struct Param {
    pos: Pos,
    name: Option<Ident>,
    ty: Option<Rc<Expr>>,
}

impl Parser<'_> {
    pub(super) fn type_(&mut self) -> Expr {
        match self.type_or_none() {
            Some(ty) => ty,
            None => {
                let bad = self.bad_expr();
                self.syntax_error("expected type");
                self.advance(&[
                    Token::Comma,
                    Token::Colon,
                    Token::Semi,
                    Token::Rparen,
                    Token::Rbrack,
                    Token::Rbrace,
                ]);
                bad
            }
        }
    }

    pub(super) fn type_or_none(&mut self) -> Option<Expr> {
        if !self.enter() {
            self.leave();
            return Some(self.bad_expr());
        }
        let ty = self.type_unbounded();
        self.leave();
        ty
    }

    fn type_unbounded(&mut self) -> Option<Expr> {
        let pos = self.pos();
        Some(match self.token() {
            Token::Star => {
                self.next();
                let base = self.type_();
                self.expr(pos, ExprKind::Unary(Op::Mul, Box::new(base)))
            }
            Token::Arrow => {
                self.next();
                self.want(Token::Chan);
                let element = self.chan_element();
                self.expr(pos, ExprKind::ChanType(ChanDir::Receive, Box::new(element)))
            }
            Token::Func => {
                self.next();
                let (_, ty) = self.func_type("function type");
                self.expr(ty.pos, ExprKind::FuncType(Box::new(ty)))
            }
            Token::Lbrack => {
                self.next();
                if self.got(Token::Rbrack) {
                    return Some(self.slice_type(pos));
                }
                self.array_type(pos, None)
            }
            Token::Chan => {
                self.next();
                let dir = if self.got(Token::Arrow) {
                    ChanDir::Send
                } else {
                    ChanDir::Both
                };
                let element = self.chan_element();
                self.expr(pos, ExprKind::ChanType(dir, Box::new(element)))
            }
            Token::Map => {
                self.next();
                self.want(Token::Lbrack);
                let key = self.type_();
                self.want(Token::Rbrack);
                let value = self.type_();
                self.expr(pos, ExprKind::MapType(Box::new(key), Box::new(value)))
            }
            Token::Struct => self.struct_type(),
            Token::Interface => self.interface_type(),
            Token::Name => self.qualified_name(None),
            Token::Lparen => {
                self.next();
                let ty = self.type_();
                self.want(Token::Rparen);
                ty
            }
            _ => return None,
        })
    }

    fn qualified_name(&mut self, name: Option<Ident>) -> Expr {
        let mut x = match name {
            Some(name) => name.into_expr(),
            None if self.token() == Token::Name => self.name().into_expr(),
            None => {
                let blank = self.blank(self.pos());
                self.syntax_error("expected name");
                self.advance(&[Token::Dot, Token::Semi, Token::Rbrace]);
                blank.into_expr()
            }
        };
        if self.token() == Token::Dot {
            let pos = self.pos();
            self.next();
            let selected = self.name();
            x = self.expr(pos, ExprKind::Selector(Box::new(x), selected));
        }
        if self.token() == Token::Lbrack {
            x = self.type_instance(x);
        }
        x
    }

    fn type_instance(&mut self, x: Expr) -> Expr {
        let pos = self.pos();
        self.want(Token::Lbrack);
        let index = if self.token() == Token::Rbrack {
            self.syntax_error("expected type argument list");
            self.bad_expr()
        } else {
            self.type_list(true).0
        };
        self.want(Token::Rbrack);
        self.expr(pos, ExprKind::Index(Box::new(x), Box::new(index)))
    }

    /// Types separated by commas (the first may be a value unless `strict`), and whether there was
    /// a comma.
    pub(super) fn type_list(&mut self, strict: bool) -> (Expr, bool) {
        self.expression_nesting += 1;
        let first = if strict {
            self.type_()
        } else {
            self.expression()
        };
        let mut result = (first, false);
        if self.token() == Token::Comma {
            let pos = result.0.pos;
            let mut list = vec![result.0];
            while self.got(Token::Comma) {
                match self.type_or_none() {
                    Some(ty) => list.push(ty),
                    None => break,
                }
            }
            let single = if list.len() == 1 { list.pop() } else { None };
            result.0 = match single {
                Some(only) => only,
                None => self.expr(pos, ExprKind::List(list)),
            };
            result.1 = true;
        }
        self.expression_nesting -= 1;
        result
    }

    /// A signature after `func`; a context forbids type parameters.
    pub(super) fn func_type(&mut self, context: &str) -> (Vec<Field>, FuncType) {
        let pos = self.pos();
        let mut type_params = Vec::new();
        if self.got(Token::Lbrack) {
            if !context.is_empty() {
                self.syntax_error_at(pos, &format!("{context} must have no type parameters"));
            }
            if self.token() == Token::Rbrack {
                self.syntax_error("empty type parameter list");
                self.next();
            } else {
                type_params = self.param_list(None, Token::Rbrack, true, false);
            }
        }
        self.want(Token::Lparen);
        let params = self.param_list(None, Token::Rparen, false, true);
        let results = self.func_result();
        (
            type_params,
            FuncType {
                pos,
                params,
                results,
            },
        )
    }

    fn func_result(&mut self) -> Vec<Field> {
        if self.got(Token::Lparen) {
            return self.param_list(None, Token::Rparen, false, false);
        }
        let pos = self.pos();
        match self.type_or_none() {
            Some(ty) => vec![Field {
                pos,
                name: None,
                ty: Rc::new(ty),
            }],
            None => Vec::new(),
        }
    }

    /// After `[`, and its length if that was parsed.
    pub(super) fn array_type(&mut self, pos: Pos, length: Option<Expr>) -> Expr {
        let mut length = length;
        if length.is_none() && !self.got(Token::DotDotDot) {
            self.expression_nesting += 1;
            length = Some(self.expression());
            self.expression_nesting -= 1;
        }
        if self.token() == Token::Comma {
            self.syntax_error("unexpected comma; expected ]");
            self.next();
        }
        self.want(Token::Rbrack);
        let element = self.type_();
        self.expr(
            pos,
            ExprKind::ArrayType(length.map(Box::new), Box::new(element)),
        )
    }

    /// After `[]`.
    pub(super) fn slice_type(&mut self, pos: Pos) -> Expr {
        let element = self.type_();
        self.expr(pos, ExprKind::SliceType(Box::new(element)))
    }

    fn chan_element(&mut self) -> Expr {
        match self.type_or_none() {
            Some(ty) => ty,
            None => {
                let bad = self.bad_expr();
                self.syntax_error("missing channel element type");
                bad
            }
        }
    }

    fn struct_type(&mut self) -> Expr {
        let pos = self.pos();
        self.want(Token::Struct);
        self.want(Token::Lbrace);
        let mut ty = StructType {
            fields: Vec::new(),
            tags: Vec::new(),
        };
        self.list("struct type", Token::Semi, Token::Rbrace, &mut |parser| {
            parser.field_decl(&mut ty);
            false
        });
        self.expr(pos, ExprKind::StructType(Rc::new(ty)))
    }

    fn tag(&mut self) -> Option<StringLit> {
        self.string_literal().map(|(literal, kind)| {
            // Only strings are tags; the checker reports others as bad.
            let bad = literal.bad || kind != crate::ast::LitKind::String;
            StringLit { bad, ..literal }
        })
    }

    fn embedded(&mut self, ty: &mut StructType, pos: Pos, embedded: Expr) {
        let tag = self.tag();
        ty.fields.push(Field {
            pos,
            name: None,
            ty: Rc::new(embedded),
        });
        ty.tags.push(tag);
    }

    fn field_decl(&mut self, ty: &mut StructType) {
        let pos = self.pos();
        match self.token() {
            Token::Name => self.named_fields(ty, pos),
            Token::Star => {
                self.next();
                let base = if self.token() == Token::Lparen {
                    self.syntax_error("cannot parenthesize embedded type");
                    self.next();
                    let base = self.qualified_name(None);
                    self.got(Token::Rparen);
                    base
                } else {
                    self.qualified_name(None)
                };
                let pointer = self.expr(pos, ExprKind::Unary(Op::Mul, Box::new(base)));
                self.embedded(ty, pos, pointer);
            }
            Token::Lparen => {
                self.syntax_error("cannot parenthesize embedded type");
                self.next();
                let star = self.pos();
                let embedded = if self.got(Token::Star) {
                    let base = self.qualified_name(None);
                    self.expr(star, ExprKind::Unary(Op::Mul, Box::new(base)))
                } else {
                    self.qualified_name(None)
                };
                self.got(Token::Rparen);
                self.embedded(ty, pos, embedded);
            }
            _ => {
                self.syntax_error("expected field name or embedded type");
                self.advance(&[Token::Semi, Token::Rbrace]);
            }
        }
    }

    fn named_fields(&mut self, ty: &mut StructType, pos: Pos) {
        let name = self.name();
        if matches!(
            self.token(),
            Token::Dot | Token::Literal | Token::Semi | Token::Rbrace
        ) {
            let embedded = self.qualified_name(Some(name));
            self.embedded(ty, pos, embedded);
            return;
        }
        let names = self.name_list(name);
        let field_type = if names.len() == 1 && self.token() == Token::Lbrack {
            let (x, is_instance) = self.array_or_type_args(name);
            if is_instance {
                self.embedded(ty, pos, x);
                return;
            }
            x
        } else {
            self.type_()
        };
        let tag = self.tag();
        let shared = Rc::new(field_type);
        for name in names {
            ty.fields.push(Field {
                pos: name.pos,
                name: Some(name),
                ty: Rc::clone(&shared),
            });
            ty.tags.push(tag.clone());
        }
    }

    /// `name [n]E` is a name and an array type, `name[T1, T2]` an instance (true).
    fn array_or_type_args(&mut self, name: Ident) -> (Expr, bool) {
        let pos = self.pos();
        self.want(Token::Lbrack);
        if self.got(Token::Rbrack) {
            return (self.slice_type(pos), false);
        }
        let (index, comma) = self.type_list(false);
        self.want(Token::Rbrack);
        if !comma && let Some(element) = self.type_or_none() {
            let array = ExprKind::ArrayType(Some(Box::new(index)), Box::new(element));
            return (self.expr(pos, array), false);
        }
        let instance = ExprKind::Index(Box::new(name.into_expr()), Box::new(index));
        (self.expr(pos, instance), true)
    }

    fn interface_type(&mut self) -> Expr {
        let pos = self.pos();
        self.want(Token::Interface);
        self.want(Token::Lbrace);
        let mut methods = Vec::new();
        self.list(
            "interface type",
            Token::Semi,
            Token::Rbrace,
            &mut |parser| {
                let mut field = if parser.token() == Token::Name {
                    Some(parser.method_decl())
                } else {
                    None
                };
                if field.as_ref().is_none_or(|field| field.name.is_none()) {
                    field = Some(parser.embedded_element(field));
                }
                methods.extend(field);
                false
            },
        );
        self.expr(
            pos,
            ExprKind::InterfaceType(Rc::new(InterfaceType { methods })),
        )
    }

    fn method(&mut self, pos: Pos, name: Ident) -> Field {
        let (_, ty) = self.func_type("interface method");
        let ty = self.expr(ty.pos, ExprKind::FuncType(Box::new(ty)));
        Field {
            pos,
            name: Some(name),
            ty: Rc::new(ty),
        }
    }

    fn method_decl(&mut self) -> Field {
        let pos = self.pos();
        let name = self.name();
        let embedded = |ty: Expr| Field {
            pos,
            name: None,
            ty: Rc::new(ty),
        };
        match self.token() {
            Token::Lparen => self.method(pos, name),
            Token::Lbrack => {
                let bracket = self.pos();
                self.next();
                if self.token() == Token::Rbrack {
                    let closing = self.pos();
                    self.next();
                    if self.token() == Token::Lparen {
                        self.error_at(closing, "empty type parameter list");
                        return self.method(pos, name);
                    }
                    self.error_at(closing, "empty type argument list");
                    return embedded(name.into_expr());
                }
                let list = self.param_list(None, Token::Rbrack, false, false);
                match list.first() {
                    None if self.token() == Token::Lparen => self.method(pos, name),
                    None => embedded(name.into_expr()),
                    Some(first) if first.name.is_some() => {
                        let method = self.method(pos, name);
                        self.error_at(bracket, "interface method must have no type parameters");
                        method
                    }
                    Some(first) => {
                        let first_pos = first.pos;
                        let mut args: Vec<Expr> = list
                            .into_iter()
                            .filter_map(|field| Rc::try_unwrap(field.ty).ok())
                            .collect();
                        let index = match args.pop() {
                            Some(only) if args.is_empty() => only,
                            last => {
                                args.extend(last);
                                self.expr(first_pos, ExprKind::List(args))
                            }
                        };
                        let x = ExprKind::Index(Box::new(name.into_expr()), Box::new(index));
                        embedded(self.expr(bracket, x))
                    }
                }
            }
            _ => embedded(self.qualified_name(Some(name))),
        }
    }

    fn embedded_element(&mut self, field: Option<Field>) -> Field {
        let (pos, first) = match field {
            Some(Field { pos, ty, .. }) => (pos, Rc::try_unwrap(ty).ok()),
            None => (self.pos(), None),
        };
        let mut x = match first {
            Some(x) => x,
            None => self.embedded_term(),
        };
        while self.is_operator(Op::Or) {
            let bar = self.pos();
            self.next();
            let y = self.embedded_term();
            x = self.expr(bar, ExprKind::Binary(Op::Or, Box::new(x), Box::new(y)));
        }
        Field {
            pos,
            name: None,
            ty: Rc::new(x),
        }
    }

    fn embedded_term(&mut self) -> Expr {
        let pos = self.pos();
        if self.is_operator(Op::Tilde) {
            self.next();
            let ty = self.type_();
            return self.expr(pos, ExprKind::Unary(Op::Tilde, Box::new(ty)));
        }
        match self.type_or_none() {
            Some(ty) => ty,
            None => {
                let bad = self.bad_expr();
                self.syntax_error("expected ~ term or type");
                self.advance(&[
                    Token::Operator,
                    Token::Semi,
                    Token::Rparen,
                    Token::Rbrack,
                    Token::Rbrace,
                ]);
                bad
            }
        }
    }

    fn union_of(&mut self, param: Param) -> Param {
        let Some(ty) = param.ty else { return param };
        let field = self.embedded_element(Some(Field {
            pos: param.pos,
            name: None,
            ty,
        }));
        Param {
            pos: param.pos,
            name: param.name,
            ty: Some(field.ty),
        }
    }

    fn param_decl(&mut self, name: Option<Ident>, follow: Token) -> Option<Param> {
        let unions = follow == Token::Rbrack;
        let pos = name.map_or(self.pos(), |name| name.pos);
        if name.is_none() && unions && self.is_operator(Op::Tilde) {
            let field = self.embedded_element(None);
            return Some(Param {
                pos: field.pos,
                name: None,
                ty: Some(field.ty),
            });
        }
        let mut param = Param {
            pos,
            name: None,
            ty: None,
        };
        if self.token() == Token::Name || name.is_some() {
            let name = match name {
                Some(name) => name,
                None => self.name(),
            };
            if self.token() == Token::Lbrack {
                let (x, is_instance) = self.array_or_type_args(name);
                param.ty = Some(Rc::new(x));
                param.name = (!is_instance).then_some(name);
                let has_more = unions && self.is_operator(Op::Or);
                return Some(if has_more {
                    self.union_of(param)
                } else {
                    param
                });
            }
            if self.token() == Token::Dot {
                param.ty = Some(Rc::new(self.qualified_name(Some(name))));
                let has_more = unions && self.is_operator(Op::Or);
                return Some(if has_more {
                    self.union_of(param)
                } else {
                    param
                });
            }
            if unions && self.is_operator(Op::Or) {
                param.ty = Some(Rc::new(name.into_expr()));
                return Some(self.union_of(param));
            }
            param.name = Some(name);
        }
        if self.token() == Token::DotDotDot {
            let dots = self.pos();
            self.next();
            param.ty = Some(Rc::new(match self.type_or_none() {
                Some(element) => self.expr(dots, ExprKind::DotsType(Box::new(element))),
                None => {
                    let bad = self.bad_expr();
                    self.syntax_error("... is missing type");
                    bad
                }
            }));
            return Some(param);
        }
        if unions && self.is_operator(Op::Tilde) {
            param.ty = Some(self.embedded_element(None).ty);
            return Some(param);
        }
        param.ty = self.type_or_none().map(Rc::new);
        if unions && self.is_operator(Op::Or) && param.ty.is_some() {
            param = self.union_of(param);
        }
        if param.name.is_some() || param.ty.is_some() {
            return Some(param);
        }
        self.syntax_error(&format!("expected {}", follow.described()));
        self.advance(&[Token::Comma, follow]);
        None
    }

    /// Parameters up to the closing token; the first name (and its type) may be parsed already.
    pub(super) fn param_list(
        &mut self,
        first: Option<(Ident, Option<Expr>)>,
        close: Token,
        names_required: bool,
        dots_allowed: bool,
    ) -> Vec<Field> {
        let mut first = first;
        if self.token() == close
            && let Some((name, ty)) = first.take_if(|first| first.1.is_some())
        {
            self.next();
            return ty
                .map(|ty| Field {
                    pos: name.pos,
                    name: Some(name),
                    ty: Rc::new(ty),
                })
                .into_iter()
                .collect();
        }
        let mut list: Vec<Param> = Vec::new();
        let (mut named, mut typed) = (0, 0);
        let end = self.list("parameter list", Token::Comma, close, &mut |parser| {
            let param = match first.take() {
                Some((name, Some(ty))) => Some(Param {
                    pos: name.pos,
                    name: Some(name),
                    ty: Some(Rc::new(ty)),
                }),
                Some((name, None)) => parser.param_decl(Some(name), close),
                None => parser.param_decl(None, close),
            };
            if let Some(param) = param {
                named += u32::from(param.name.is_some() && param.ty.is_some());
                typed += u32::from(param.ty.is_some());
                list.push(param);
            }
            false
        });
        if named == 0 && !names_required {
            for param in &mut list {
                if let Some(name) = param.name.take() {
                    param.ty = Some(Rc::new(name.into_expr()));
                }
            }
        } else if named as usize != list.len() {
            self.distribute_types(&mut list, names_required, named == typed, end);
        }
        self.finish_params(list, dots_allowed)
    }

    /// All must be named: spreads types to the left, and complains about what is missing.
    fn distribute_types(
        &mut self,
        list: &mut [Param],
        names_required: bool,
        types_missing: bool,
        end: Pos,
    ) {
        let mut error = Pos::NONE;
        let mut ty: Option<Rc<Expr>> = None;
        for param in list.iter_mut().rev() {
            match (&param.ty, &ty) {
                (Some(own), _) => {
                    if param.name.is_none() {
                        error = own.start();
                        param.name = Some(self.blank(error));
                    }
                    ty = Some(Rc::clone(own));
                }
                (None, Some(shared)) => param.ty = Some(Rc::clone(shared)),
                (None, None) => {
                    error = param.name.map_or(param.pos, |name| name.pos);
                    param.ty = Some(Rc::new(self.expr(error, ExprKind::Bad)));
                }
            }
        }
        if !error.is_known() {
            return;
        }
        let (pos, message) = match (types_missing, names_required) {
            (true, true) => (end, "missing type constraint"),
            (true, false) => (end, "missing parameter type"),
            (false, true) if list.len() == 1 => {
                (error, "missing type parameter name or invalid array length")
            }
            (false, true) => (error, "missing type parameter name"),
            (false, false) => (error, "missing parameter name"),
        };
        self.syntax_error_at(pos, message);
    }

    fn finish_params(&mut self, list: Vec<Param>, dots_allowed: bool) -> Vec<Field> {
        let count = list.len();
        let mut complained = false;
        let mut fields = Vec::with_capacity(count);
        for (index, param) in list.into_iter().enumerate() {
            let Some(mut ty) = param.ty else { continue };
            if matches!(ty.kind, ExprKind::DotsType(_)) && (!dots_allowed || index + 1 < count) {
                if !complained {
                    complained = true;
                    let message = if dots_allowed {
                        "can only use ... with final parameter"
                    } else {
                        "invalid use of ..."
                    };
                    self.error_at(ty.pos, message);
                }
                if let Ok(Expr {
                    kind: ExprKind::DotsType(element),
                    ..
                }) = Rc::try_unwrap(ty)
                {
                    ty = Rc::new(*element);
                } else {
                    ty = Rc::new(self.bad_expr());
                }
            }
            fields.push(Field {
                pos: param.pos,
                name: param.name,
                ty,
            });
        }
        fields
    }
}
