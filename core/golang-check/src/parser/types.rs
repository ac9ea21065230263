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

    pub(super) fn qualified_name(&mut self, name: Option<Ident>) -> Expr {
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
    pub(super) fn array_or_type_args(&mut self, name: Ident) -> (Expr, bool) {
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

    pub(super) fn embedded_element(&mut self, field: Option<Field>) -> Field {
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
}
