//! Parameter lists: which words are names and which are types.

use super::Parser;
use crate::{
    ast::{Expr, ExprKind, Field, Ident, Op},
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
