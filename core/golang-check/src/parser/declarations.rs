//! Declarations.

use super::Parser;
use crate::{
    ast::{
        Body, ConstDecl, Decl, Expr, ExprKind, Field, FuncDecl, FuncType, Ident, ImportDecl,
        LitKind, Op, StringLit, TypeDecl, VarDecl,
    },
    token::Token,
};
use std::rc::Rc;

impl Parser<'_> {
    /// One declaration after its keyword, or several in parentheses.
    pub(super) fn group(&mut self, keyword: Token, decls: &mut Vec<Decl>) {
        if self.token() != Token::Lparen {
            let decl = self.spec(keyword, None);
            decls.push(decl);
            return;
        }
        self.clear_directives();
        self.next();
        self.groups += 1;
        let group = Some(self.groups);
        self.list(
            "grouped declaration",
            Token::Semi,
            Token::Rparen,
            &mut |parser| {
                let decl = parser.spec(keyword, group);
                decls.push(decl);
                false
            },
        );
    }

    fn spec(&mut self, keyword: Token, group: Option<u32>) -> Decl {
        self.take_directives("");
        match keyword {
            Token::Import => Decl::Import(Rc::new(self.import_decl())),
            Token::Const => Decl::Const(Rc::new(self.const_decl(group))),
            Token::Type => Decl::Type(Rc::new(self.type_decl(group))),
            _ => Decl::Var(Rc::new(self.var_decl(group))),
        }
    }

    fn import_decl(&mut self) -> ImportDecl {
        let (id, pos) = (self.node(), self.pos());
        let local_name = match self.token() {
            Token::Name => Some(self.name()),
            Token::Dot => {
                let dot = Ident {
                    id: self.node(),
                    pos: self.pos(),
                    name: crate::symbol::Symbol::DOT,
                };
                self.next();
                Some(dot)
            }
            _ => None,
        };
        let mut path = self.string_literal();
        if path.is_none() {
            self.syntax_error("missing import path");
            self.advance(&[Token::Semi, Token::Rparen]);
        }
        if let Some((literal, kind)) = &mut path
            && !literal.bad
            && *kind != LitKind::String
        {
            self.syntax_error_at(literal.pos, "import path must be a string");
            literal.bad = true;
        }
        ImportDecl {
            id,
            pos,
            local_name,
            path: path.map(|(literal, _)| literal),
        }
    }

    /// Any literal, kept as it is written.
    pub(super) fn string_literal(&mut self) -> Option<(StringLit, LitKind)> {
        if self.token() != Token::Literal {
            return None;
        }
        let text = String::from_utf8_lossy(self.scanner.segment());
        let literal = StringLit {
            pos: self.pos(),
            literal: Rc::from(&*text),
            bad: self.scanner.bad,
        };
        let kind = self.scanner.kind;
        self.next();
        Some((literal, kind))
    }

    fn const_decl(&mut self, group: Option<u32>) -> ConstDecl {
        let pos = self.pos();
        let first = self.name();
        let names = self.name_list(first);
        let (mut ty, mut values) = (None, None);
        if !matches!(self.token(), Token::Eof | Token::Semi | Token::Rparen) {
            ty = self.type_or_none().map(Rc::new);
            if self.got_assign() {
                values = Some(Rc::new(self.expr_list()));
            }
        }
        ConstDecl {
            pos,
            group,
            names,
            ty,
            values,
        }
    }

    fn var_decl(&mut self, group: Option<u32>) -> VarDecl {
        let pos = self.pos();
        let first = self.name();
        let names = self.name_list(first);
        let (mut ty, mut values) = (None, None);
        if self.got_assign() {
            values = Some(self.expr_list());
        } else {
            ty = Some(self.type_());
            if self.got_assign() {
                values = Some(self.expr_list());
            }
        }
        VarDecl {
            pos,
            group,
            names,
            ty,
            values,
        }
    }

    fn type_decl(&mut self, group: Option<u32>) -> TypeDecl {
        let pos = self.pos();
        let name = self.name();
        let mut type_params = Vec::new();
        let mut alias = false;
        let ty = if self.token() == Token::Lbrack {
            let bracket = self.pos();
            self.next();
            match self.token() {
                Token::Name => {
                    // `[name …` starts an array length or a list of type parameters: parse an
                    // expression and see what it can be.
                    let first = self.name();
                    let mut x = first.into_expr();
                    if self.token() != Token::Lbrack {
                        self.expression_nesting += 1;
                        x = self.primary_rest(x);
                        x = self.binary_expr(Some(x), 0);
                        self.expression_nesting -= 1;
                    }
                    match extract_name(x, self.token() == Token::Comma) {
                        (Some(param), constraint)
                            if constraint.is_some() || self.token() != Token::Rbrack =>
                        {
                            type_params = self.param_list(
                                Some((param, constraint)),
                                Token::Rbrack,
                                true,
                                false,
                            );
                            alias = self.got_assign();
                            self.type_or_none()
                        }
                        (Some(name), _) => Some(self.array_type(bracket, Some(name.into_expr()))),
                        (None, length) => Some(self.array_type(bracket, length)),
                    }
                }
                Token::Rbrack => {
                    self.next();
                    Some(self.slice_type(bracket))
                }
                _ => Some(self.array_type(bracket, None)),
            }
        } else {
            alias = self.got_assign();
            self.type_or_none()
        };
        let ty = match ty {
            Some(ty) => ty,
            None => {
                let bad = self.bad_expr();
                self.syntax_error("in type declaration");
                self.advance(&[Token::Semi, Token::Rparen]);
                bad
            }
        };
        TypeDecl {
            pos,
            group,
            name,
            type_params,
            alias,
            ty,
        }
    }

    pub(super) fn func_decl(&mut self) -> FuncDecl {
        let (id, pos) = (self.node(), self.pos());
        self.take_directives(super::DIRECTIVES.trim_end_matches("go:build "));
        let mut context = "";
        let mut receiver: Option<Field> = None;
        if self.got(Token::Lparen) {
            context = "method";
            let receivers = self.param_list(None, Token::Rparen, false, false);
            match receivers.len() {
                0 => self.error("method has no receiver"),
                1 => {}
                _ => self.error("method has multiple receivers"),
            }
            receiver = receivers.into_iter().next();
        }
        let name;
        let type_params;
        let ty;
        if self.token() == Token::Name {
            name = self.name();
            (type_params, ty) = self.func_type(context);
        } else {
            name = self.blank(self.pos());
            type_params = Vec::new();
            ty = FuncType {
                pos: self.pos(),
                params: Vec::new(),
                results: Vec::new(),
            };
            self.syntax_error(if context.is_empty() {
                "expected name or ("
            } else {
                "expected name"
            });
            self.advance(&[Token::Lbrace, Token::Semi]);
        }
        let body = if self.token() != Token::Lbrace {
            Body::None
        } else if self.lazy {
            let start = self.scanner.start as u32;
            let end = self.scanner.skip_block() as u32;
            Body::Lazy { start, end }
        } else {
            Body::Block(Rc::new(self.function_body()))
        };
        FuncDecl {
            id,
            pos,
            receiver,
            name,
            type_params,
            ty,
            body,
        }
    }

    pub(super) fn function_body(&mut self) -> crate::ast::Block {
        self.function_nesting += 1;
        let errors = self.error_count();
        let body = self.block("");
        self.function_nesting -= 1;
        if errors == self.error_count() {
            self.check_branches(&body);
        }
        body
    }
}

/// Splits `P *T`, `P (T)` and `P *T | U`, which were parsed as expressions, into name and
/// constraint; only if it cannot be an ordinary expression, or with `force`.
fn extract_name(x: Expr, force: bool) -> (Option<Ident>, Option<Expr>) {
    if let Some(name) = x.as_name() {
        return (Some(name), None);
    }
    if !can_extract(&x, force) {
        return (None, Some(x));
    }
    let Expr { id, pos, kind } = x;
    match kind {
        ExprKind::Binary(Op::Mul, left, right) => (
            left.as_name(),
            Some(Expr {
                id,
                pos,
                kind: ExprKind::Unary(Op::Mul, right),
            }),
        ),
        ExprKind::Binary(op, left, right) => {
            let (name, constraint) = extract_name(*left, true);
            let kind = match constraint {
                Some(constraint) => ExprKind::Binary(op, Box::new(constraint), right),
                None => ExprKind::Bad,
            };
            (name, Some(Expr { id, pos, kind }))
        }
        ExprKind::Call(call) => {
            let name = call.fun.as_name();
            let argument = call.args.into_iter().next().map(strip_parens);
            (name, argument)
        }
        kind => (None, Some(Expr { id, pos, kind })),
    }
}

fn strip_parens(x: Expr) -> Expr {
    match x.kind {
        ExprKind::Paren(inner) => strip_parens(*inner),
        _ => x,
    }
}

fn can_extract(x: &Expr, force: bool) -> bool {
    match &x.kind {
        ExprKind::Binary(Op::Mul, left, right) => {
            left.as_name().is_some() && (force || is_type_element(right))
        }
        ExprKind::Binary(Op::Or, left, right) => {
            left.as_name().is_none() && can_extract(left, force || is_type_element(right))
        }
        ExprKind::Call(call) => match call.args.as_slice() {
            [argument] => {
                call.fun.as_name().is_some()
                    && !call.has_dots
                    && (force || is_type_element(argument))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether it can only be a type, not a value.
fn is_type_element(x: &Expr) -> bool {
    match &x.kind {
        ExprKind::ArrayType(..)
        | ExprKind::StructType(_)
        | ExprKind::FuncType(_)
        | ExprKind::InterfaceType(_)
        | ExprKind::SliceType(_)
        | ExprKind::MapType(..)
        | ExprKind::ChanType(..) => true,
        ExprKind::Binary(_, left, right) => is_type_element(left) || is_type_element(right),
        ExprKind::Unary(op, inner) => is_type_element(inner) || *op == Op::Tilde,
        ExprKind::Paren(inner) => is_type_element(inner),
        _ => false,
    }
}
