//! Expressions.

use super::Parser;
use crate::{
    ast::{CallExpr, ChanDir, CompositeLit, Expr, ExprKind, FuncLit, Op, SliceExpr},
    limits::CHAIN_OPERANDS_MAX,
    printer,
    source::Pos,
    token::Token,
};
use std::rc::Rc;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Expr {
        self.binary_expr(None, 0)
    }

    pub(super) fn expr_list(&mut self) -> Expr {
        let first = self.expression();
        if self.token() != Token::Comma {
            return first;
        }
        let pos = first.pos;
        let mut list = vec![first];
        while self.got(Token::Comma) {
            list.push(self.expression());
        }
        self.expr(pos, ExprKind::List(list))
    }

    pub(super) fn binary_expr(&mut self, x: Option<Expr>, precedence: u8) -> Expr {
        let mut x = match x {
            Some(x) => x,
            None => self.unary_expr(),
        };
        let mut operands = 0;
        while matches!(self.token(), Token::Operator | Token::Star)
            && self.scanner.precedence > precedence
        {
            operands += 1;
            if operands > CHAIN_OPERANDS_MAX {
                self.too_deep();
                break;
            }
            let (pos, op, own) = (self.pos(), self.scanner.op, self.scanner.precedence);
            self.next();
            let y = self.binary_expr(None, own);
            x = self.expr(pos, ExprKind::Binary(op, Box::new(x), Box::new(y)));
        }
        x
    }

    fn unary_expr(&mut self) -> Expr {
        if !self.enter() {
            self.leave();
            return self.bad_expr();
        }
        let x = self.unary_expr_unbounded();
        self.leave();
        x
    }

    fn unary_expr_unbounded(&mut self) -> Expr {
        let pos = self.pos();
        match self.token() {
            Token::Operator | Token::Star => match self.scanner.op {
                op @ (Op::Mul | Op::Add | Op::Sub | Op::Not | Op::Xor | Op::Tilde) => {
                    self.next();
                    let x = self.unary_expr();
                    self.expr(pos, ExprKind::Unary(op, Box::new(x)))
                }
                Op::And => {
                    self.next();
                    let x = match self.unary_expr() {
                        Expr {
                            kind: ExprKind::Paren(inner),
                            ..
                        } => unwrap_parens(*inner),
                        x => x,
                    };
                    self.expr(pos, ExprKind::Unary(Op::And, Box::new(x)))
                }
                _ => self.primary_expr(true),
            },
            Token::Arrow => {
                self.next();
                let mut x = self.unary_expr();
                if matches!(x.kind, ExprKind::ChanType(..)) {
                    self.receive_only(&mut x);
                    return x;
                }
                self.expr(pos, ExprKind::Unary(Op::Receive, Box::new(x)))
            }
            _ => self.primary_expr(true),
        }
    }

    /// `<-` before a channel type belongs to the type: `<-(chan<- T)` is `<-chan (<-T)`.
    fn receive_only(&mut self, channel: &mut Expr) {
        let mut x = channel;
        loop {
            if !matches!(x.kind, ExprKind::ChanType(..)) {
                let text = printer::expression(x, self.symbols);
                self.syntax_error(&format!("unexpected {text}, expected chan"));
            }
            let ExprKind::ChanType(dir, element) = &mut x.kind else {
                return;
            };
            let was = *dir;
            *dir = ChanDir::Receive;
            if was == ChanDir::Receive {
                self.syntax_error("unexpected <-, expected chan");
            }
            if was != ChanDir::Send {
                return;
            }
            x = element;
        }
    }

    fn operand(&mut self, keep_parens: bool) -> Expr {
        let pos = self.pos();
        match self.token() {
            Token::Name => self.name().into_expr(),
            Token::Literal => self.literal(),
            Token::Lparen => {
                self.next();
                self.expression_nesting += 1;
                let x = self.expression();
                self.expression_nesting -= 1;
                self.want(Token::Rparen);
                if keep_parens || self.token() == Token::Lbrace {
                    return self.expr(pos, ExprKind::Paren(Box::new(x)));
                }
                x
            }
            Token::Func => {
                self.next();
                let (_, ty) = self.func_type("function type");
                if self.token() != Token::Lbrace {
                    return self.expr(ty.pos, ExprKind::FuncType(Box::new(ty)));
                }
                self.expression_nesting += 1;
                let id = self.node();
                let outer = std::mem::take(&mut self.lazy);
                let body = self.function_body();
                self.lazy = outer;
                self.expression_nesting -= 1;
                Expr {
                    id,
                    pos,
                    kind: ExprKind::FuncLit(Rc::new(FuncLit { id, pos, ty, body })),
                }
            }
            Token::Lbrack | Token::Chan | Token::Map | Token::Struct | Token::Interface => {
                self.type_()
            }
            _ => {
                let x = self.bad_expr();
                self.syntax_error("expected expression");
                self.advance(&[Token::Rparen, Token::Rbrack, Token::Rbrace]);
                x
            }
        }
    }

    fn literal(&mut self) -> Expr {
        let text = String::from_utf8_lossy(self.scanner.segment());
        let kind = ExprKind::Literal {
            kind: self.scanner.kind,
            text: Rc::from(&*text),
            bad: self.scanner.bad,
        };
        let pos = self.pos();
        self.next();
        self.expr(pos, kind)
    }

    pub(super) fn primary_expr(&mut self, keep_parens: bool) -> Expr {
        let x = self.operand(keep_parens);
        self.primary_rest(x)
    }

    /// Selectors, indices, calls, assertions and braces after an operand.
    pub(super) fn primary_rest(&mut self, mut x: Expr) -> Expr {
        let mut links = 0;
        loop {
            links += 1;
            if links > CHAIN_OPERANDS_MAX {
                self.too_deep();
                return x;
            }
            let pos = self.pos();
            x = match self.token() {
                Token::Dot => self.after_dot(pos, x),
                Token::Lbrack => self.after_bracket(pos, x),
                Token::Lparen => {
                    self.next();
                    let (args, has_dots) = self.arg_list();
                    self.expr(
                        pos,
                        ExprKind::Call(Box::new(CallExpr {
                            fun: x,
                            args,
                            has_dots,
                        })),
                    )
                }
                Token::Lbrace => {
                    let ty = x.unparen();
                    let fits = match &ty.kind {
                        ExprKind::Name(_) | ExprKind::Selector(..) => self.expression_nesting >= 0,
                        ExprKind::Index(..) => self.expression_nesting >= 0 && !is_value(ty),
                        ExprKind::ArrayType(..)
                        | ExprKind::SliceType(_)
                        | ExprKind::StructType(_)
                        | ExprKind::MapType(..) => true,
                        _ => false,
                    };
                    if !fits {
                        return x;
                    }
                    if matches!(x.kind, ExprKind::Paren(_)) {
                        self.syntax_error("cannot parenthesize type in composite literal");
                    }
                    self.composite(Some(x))
                }
                _ => return x,
            };
        }
    }

    fn after_dot(&mut self, pos: Pos, x: Expr) -> Expr {
        self.next();
        match self.token() {
            Token::Name => {
                let selected = self.name();
                self.expr(pos, ExprKind::Selector(Box::new(x), selected))
            }
            Token::Lparen => {
                self.next();
                let kind = if self.got(Token::Type) {
                    ExprKind::TypeSwitchGuard {
                        lhs: None,
                        x: Box::new(x),
                    }
                } else {
                    let ty = self.type_();
                    ExprKind::Assert(Box::new(x), Box::new(ty))
                };
                let x = self.expr(pos, kind);
                self.want(Token::Rparen);
                x
            }
            _ => {
                self.syntax_error("expected name or (");
                self.advance(&[Token::Semi, Token::Rparen]);
                x
            }
        }
    }

    fn after_bracket(&mut self, pos: Pos, x: Expr) -> Expr {
        self.next();
        let mut index = None;
        if self.token() != Token::Colon {
            let mut comma = false;
            let i = if self.token() == Token::Rbrack {
                self.syntax_error("expected operand");
                self.bad_expr()
            } else {
                let (list, had_comma) = self.type_list(false);
                comma = had_comma;
                list
            };
            if comma || self.token() == Token::Rbrack {
                self.want(Token::Rbrack);
                return self.expr(pos, ExprKind::Index(Box::new(x), Box::new(i)));
            }
            index = Some(i);
        }
        if !self.got(Token::Colon) {
            self.syntax_error("expected comma, : or ]");
            self.advance(&[Token::Comma, Token::Colon, Token::Rbrack]);
        }
        self.expression_nesting += 1;
        let mut slice = SliceExpr {
            x,
            index: [index, None, None],
            full: false,
        };
        if !matches!(self.token(), Token::Colon | Token::Rbrack) {
            slice.index[1] = Some(self.expression());
        }
        if self.token() == Token::Colon {
            slice.full = true;
            if slice.index[1].is_none() {
                self.error("middle index required in 3-index slice");
                slice.index[1] = Some(self.bad_expr());
            }
            self.next();
            if self.token() == Token::Rbrack {
                self.error("final index required in 3-index slice");
                slice.index[2] = Some(self.bad_expr());
            } else {
                slice.index[2] = Some(self.expression());
            }
        }
        self.expression_nesting -= 1;
        self.want(Token::Rbrack);
        self.expr(pos, ExprKind::Slice(Box::new(slice)))
    }

    fn arg_list(&mut self) -> (Vec<Expr>, bool) {
        let mut args = Vec::new();
        let mut has_dots = false;
        self.expression_nesting += 1;
        self.list(
            "argument list",
            Token::Comma,
            Token::Rparen,
            &mut |parser| {
                args.push(parser.expression());
                has_dots = parser.got(Token::DotDotDot);
                has_dots
            },
        );
        self.expression_nesting -= 1;
        (args, has_dots)
    }

    /// An element of a composite literal.
    fn element(&mut self) -> Expr {
        if self.token() != Token::Lbrace {
            return self.expression();
        }
        if !self.enter() {
            self.leave();
            return self.bad_expr();
        }
        let x = self.composite(None);
        self.leave();
        x
    }

    fn composite(&mut self, ty: Option<Expr>) -> Expr {
        let pos = self.pos();
        self.expression_nesting += 1;
        self.want(Token::Lbrace);
        let mut elements = Vec::new();
        let mut keys = 0;
        let rbrace = self.list(
            "composite literal",
            Token::Comma,
            Token::Rbrace,
            &mut |parser| {
                let mut element = parser.element();
                if parser.token() == Token::Colon {
                    let colon = parser.pos();
                    parser.next();
                    let value = parser.element();
                    element = parser.expr(
                        colon,
                        ExprKind::KeyValue(Box::new(element), Box::new(value)),
                    );
                    keys += 1;
                }
                elements.push(element);
                false
            },
        );
        self.expression_nesting -= 1;
        self.expr(
            pos,
            ExprKind::Composite(Box::new(CompositeLit {
                ty,
                elements,
                keys,
                rbrace,
            })),
        )
    }

    /// The call of a `go` or `defer` statement.
    pub(super) fn called(&mut self, keyword: Token) -> Expr {
        let keep = self.token() == Token::Lparen;
        let x = self.primary_expr(keep);
        if !matches!(x.kind, ExprKind::Paren(_)) {
            return x;
        }
        self.error_at(
            x.pos,
            format!("expression in {} must not be parenthesized", keyword.text()),
        );
        unwrap_parens(x)
    }
}

fn unwrap_parens(x: Expr) -> Expr {
    match x.kind {
        ExprKind::Paren(inner) => unwrap_parens(*inner),
        _ => x,
    }
}

/// Whether it must be a value, not a type, by its form.
fn is_value(x: &Expr) -> bool {
    match &x.kind {
        ExprKind::Literal { .. }
        | ExprKind::Composite(_)
        | ExprKind::FuncLit(_)
        | ExprKind::Slice(_)
        | ExprKind::Assert(..)
        | ExprKind::TypeSwitchGuard { .. }
        | ExprKind::Binary(..)
        | ExprKind::Call(_) => true,
        ExprKind::Unary(op, _) => *op != Op::Mul,
        ExprKind::Paren(inner) => is_value(inner),
        ExprKind::Index(inner, index) => is_value(inner) || is_value(index),
        _ => false,
    }
}
