//! Expressions. Models `types2/expr.go`.

use super::{constants::operator_pos, operand::Operand};
use crate::{
    ast::{Expr, ExprKind, Op},
    constant,
    info::Mode,
    object::ObjectId,
    program::Program,
    source::Pos,
    types::{Basic, Type, TypeId},
};
use std::rc::Rc;

/// What kind of expression it is as a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Conversion,
    Expression,
    Statement,
}

/// A function type that an operand is assigned to, from which type arguments may be inferred.
pub(crate) struct Target {
    pub signature: TypeId,
    pub text: String,
}

/// Operand modes that an expression must not have.
#[derive(Clone, Copy)]
pub(crate) struct Excluded {
    pub builtins: bool,
    pub types: bool,
}

impl Program {
    pub(crate) fn target_for(&mut self, ty: Option<TypeId>, text: String) -> Option<Target> {
        let ty = ty?;
        let signature = self.underlying(ty);
        matches!(self.types.get(signature), Type::Signature(_))
            .then_some(Target { signature, text })
    }

    /// A single value.
    pub(crate) fn expr<'e>(&mut self, target: Option<&Target>, x: &mut Operand<'e>, e: &'e Expr) {
        self.raw_expr(target, x, e, None, false);
        self.exclude(
            x,
            Excluded {
                builtins: true,
                types: true,
            },
        );
        self.single_value(x);
    }

    /// A single value, or a generic function.
    pub(crate) fn generic_expr<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr) {
        self.raw_expr(None, x, e, None, true);
        self.exclude(
            x,
            Excluded {
                builtins: true,
                types: true,
            },
        );
        self.single_value(x);
    }

    /// A single value; `hint` is the type of an element without a type of its own.
    pub(crate) fn expr_with_hint<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr, hint: TypeId) {
        self.raw_expr(None, x, e, Some(hint), false);
        self.exclude(
            x,
            Excluded {
                builtins: true,
                types: true,
            },
        );
        self.single_value(x);
    }

    pub(crate) fn expr_or_type<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        allow_generic: bool,
    ) {
        self.raw_expr(None, x, e, None, allow_generic);
        self.exclude(
            x,
            Excluded {
                builtins: false,
                types: false,
            },
        );
        self.single_value(x);
    }

    /// One value or several; with `comma_ok` a value and whether it is there. The flag says that
    /// it is this form.
    pub(crate) fn multi_expr<'e>(
        &mut self,
        e: &'e Expr,
        comma_ok: bool,
    ) -> (Vec<Operand<'e>>, bool) {
        let mut x = Operand::new();
        self.raw_expr(None, &mut x, e, None, false);
        self.exclude(
            &mut x,
            Excluded {
                builtins: true,
                types: true,
            },
        );
        if let Some(variables) = self.tuple_of(x.mode, x.ty) {
            return (self.tuple_operands(e, &variables), false);
        }
        let has_ok = comma_ok && matches!(x.mode, Mode::MapIndex | Mode::CommaOk);
        let mut list = vec![x];
        if has_ok {
            list.push(Operand::value_of(e, TypeId::UNTYPED_BOOL));
        }
        (list, has_ok)
    }

    pub(crate) fn tuple_operands<'e>(
        &mut self,
        e: &'e Expr,
        variables: &[ObjectId],
    ) -> Vec<Operand<'e>> {
        variables
            .iter()
            .map(|variable| Operand::value_of(e, self.type_of(*variable)))
            .collect()
    }

    pub(crate) fn raw_expr<'e>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'e>,
        e: &'e Expr,
        hint: Option<TypeId>,
        allow_generic: bool,
    ) -> Kind {
        let kind = self.expr_internal(target, x, e, hint);
        self.finish_expr(target, x, allow_generic);
        kind
    }

    pub(super) fn finish_expr(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand,
        allow_generic: bool,
    ) {
        if !allow_generic {
            self.non_generic(target, x);
        }
        if !matches!(x.mode, Mode::Invalid | Mode::NoValue) && !self.is_finite(x.ty) {
            x.invalidate();
            x.ty = TypeId::INVALID;
        }
        self.record(x);
    }

    pub(crate) fn non_generic(&mut self, target: Option<&Target>, x: &mut Operand) {
        if matches!(x.mode, Mode::Invalid | Mode::NoValue) {
            return;
        }
        let what = match self.types.get(x.ty) {
            Type::Named(_) | Type::Alias(_) if self.is_generic(x.ty) => "type",
            Type::Signature(signature) if !signature.type_params.is_empty() => {
                if target.is_some() {
                    self.instantiate_function(target, x, None, true);
                    return;
                }
                "function"
            }
            _ => return,
        };
        let text = self.operand_expr(x);
        self.error(
            x.pos(),
            format!("cannot use generic {what} {text} without instantiation"),
        );
        x.invalidate();
        x.ty = TypeId::INVALID;
    }

    pub(crate) fn exclude(&mut self, x: &mut Operand, excluded: Excluded) {
        let message = match x.mode {
            Mode::NoValue if excluded.types => "used as value",
            Mode::NoValue => "used as value or type",
            Mode::Builtin if excluded.builtins => "must be called",
            Mode::Type if excluded.types => "is not an expression",
            _ => return,
        };
        let text = self.describe(x);
        self.error(x.pos(), format!("{text} {message}"));
        x.invalidate();
    }

    pub(crate) fn single_value(&mut self, x: &mut Operand) {
        if self.tuple_of(x.mode, x.ty).is_some() {
            let text = self.describe(x);
            self.error(
                x.pos(),
                format!("multiple-value {text} in single-value context"),
            );
            x.invalidate();
        }
    }

    fn expr_internal<'e>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'e>,
        e: &'e Expr,
        hint: Option<TypeId>,
    ) -> Kind {
        *x = Operand::new();
        match &e.kind {
            ExprKind::Bad => {}
            ExprKind::Name(_) => self.ident(x, e, false),
            ExprKind::Literal { bad: true, .. } => {}
            ExprKind::Literal { kind, text, .. } => self.basic_literal(x, e, *kind, text),
            ExprKind::FuncLit(literal) => {
                x.ty = self.function_literal(literal);
                x.mode = Mode::Value;
            }
            ExprKind::Composite(literal) => self.composite_literal(x, e, literal, hint),
            ExprKind::Paren(inner) => {
                let kind = self.raw_expr(None, x, inner, None, false);
                x.expr = Some(e);
                return kind;
            }
            ExprKind::Selector(..) => self.selector(x, e, false),
            ExprKind::Index(..) => {
                if self.index_expr(x, e) {
                    self.instantiate_function(target, x, Some(e), true);
                }
            }
            ExprKind::Slice(slice) => self.slice_expr(x, e, slice),
            ExprKind::Assert(inner, ty) => self.assert_expr(x, e, inner, ty),
            ExprKind::TypeSwitchGuard { x: inner, .. } => {
                self.error(
                    e.start(),
                    "invalid syntax tree: use of .(type) outside type switch",
                );
                self.use_exprs(std::slice::from_ref(&**inner));
            }
            ExprKind::Call(call) => return self.call_expr(x, e, call),
            ExprKind::List(_) => self.error(
                e.start(),
                "invalid syntax tree: unexpected list of expressions",
            ),
            ExprKind::Unary(Op::Mul, inner) => self.indirect(x, inner),
            ExprKind::Unary(op, inner) => {
                self.unary(x, e, *op, inner);
                if x.is_valid() && *op == Op::Receive {
                    x.expr = Some(e);
                    return Kind::Statement;
                }
            }
            ExprKind::Binary(..) => self.binary_chain(x, e),
            ExprKind::KeyValue(..) => {
                self.error(e.start(), "invalid syntax tree: no key:value expected")
            }
            ExprKind::DotsType(_) => {
                self.error(e.start(), "invalid syntax tree: invalid use of ...")
            }
            _ => {
                x.mode = Mode::Type;
                x.ty = self.type_expr(e);
            }
        }
        x.expr = Some(e);
        x.stand_in = None;
        if x.is_valid() {
            Kind::Expression
        } else {
            Kind::Statement
        }
    }

    fn assert_expr<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr, inner: &'e Expr, ty: &Expr) {
        self.expr(None, x, inner);
        if !x.is_valid() {
            return;
        }
        let text = self.describe(x);
        if self.is_type_param(x.ty) {
            self.error(
                x.pos(),
                format!(
                    "invalid operation: cannot use type assertion on type parameter value {text}"
                ),
            );
            x.invalidate();
            return;
        }
        if !self.is_interface(x.ty) {
            self.error(
                x.pos(),
                format!("invalid operation: {text} is not an interface"),
            );
            x.invalidate();
            return;
        }
        let ty = self.var_type(ty);
        if !self.is_valid(ty) {
            x.invalidate();
            return;
        }
        self.type_assertion(e, x, ty, false);
        x.mode = Mode::CommaOk;
        x.ty = ty;
    }

    /// Complains about an assertion that cannot succeed.
    pub(crate) fn type_assertion(&mut self, e: &Expr, x: &Operand, ty: TypeId, in_switch: bool) {
        let mut cause = String::new();
        if self.is_interface(ty) || self.has_all_methods(ty, x.ty, false, &mut cause) {
            return;
        }
        let (expr, ty) = (self.show(e), self.text(ty));
        let message = if in_switch {
            let text = self.describe(x);
            format!(
                "impossible type switch case: {expr}\n\t{text} cannot have dynamic type {ty} {cause}"
            )
        } else {
            let of = self.text(x.ty);
            format!("impossible type assertion: {expr}\n\t{ty} does not implement {of} {cause}")
        };
        self.error(e.start(), message);
    }

    /// `*x`: a pointer type, or what a pointer points to.
    fn indirect<'e>(&mut self, x: &mut Operand<'e>, inner: &'e Expr) {
        self.expr_or_type(x, inner, false);
        if !x.is_valid() {
            return;
        }
        if x.mode == Mode::Type {
            self.check_var_type(inner, x.ty);
            x.ty = self.types.pointer(x.ty);
            return;
        }
        let mut base: Option<TypeId> = None;
        for (_, under) in self.type_set_of(x.ty) {
            let pointed = under.and_then(|under| match self.types.get(under) {
                Type::Pointer(base) => Some(*base),
                _ => None,
            });
            let message = match (pointed, base) {
                (None, _) => format!("invalid operation: cannot indirect {}", self.describe(x)),
                (Some(pointed), Some(base)) if !self.identical(pointed, base) => {
                    format!(
                        "invalid operation: pointers of {} must have identical base types",
                        self.describe(x)
                    )
                }
                _ => {
                    base = pointed;
                    continue;
                }
            };
            self.error(x.pos(), message);
            x.invalidate();
            return;
        }
        x.mode = Mode::Variable;
        x.ty = base.unwrap_or(TypeId::INVALID);
    }

    fn unary<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr, op: Op, inner: &'e Expr) {
        self.expr(None, x, inner);
        if !x.is_valid() {
            return;
        }
        let mut op = op;
        match op {
            Op::And => {
                let is_literal = matches!(inner.unparen().kind, ExprKind::Composite(_));
                if !is_literal && x.mode != Mode::Variable {
                    let text = self.describe(x);
                    self.error(
                        x.pos(),
                        format!("invalid operation: cannot take address of {text}"),
                    );
                    x.invalidate();
                    return;
                }
                self.mark_address_taken(inner);
                x.mode = Mode::Value;
                x.ty = self.types.pointer(x.ty);
                return;
            }
            Op::Receive => {
                match self.channel_element(x.pos(), x, true) {
                    Some(element) => {
                        x.mode = Mode::CommaOk;
                        x.ty = element;
                        self.checker.env.has_call_or_receive = true;
                    }
                    None => x.invalidate(),
                }
                return;
            }
            Op::Tilde => {
                let message = "cannot use ~ outside of interface or type constraint";
                if !self.all_basic(x.ty, Basic::is_integer) {
                    self.error(e.start(), message);
                    x.invalidate();
                    return;
                }
                self.error(
                    e.start(),
                    format!("{message} (use ^ for bitwise complement)"),
                );
                op = Op::Xor;
            }
            _ => {}
        }
        let fits = match op {
            Op::Not => self.all_basic(x.ty, Basic::is_boolean),
            Op::Xor => self.all_basic(x.ty, Basic::is_integer),
            _ => self.all_basic(x.ty, Basic::is_numeric),
        };
        if !fits {
            self.undefined_operator(op, x);
            return;
        }
        if x.is_constant() {
            if x.constant().is_unknown() {
                return;
            }
            let bits = match self.basic(x.ty) {
                Some(basic) if basic.is_unsigned() => Some(basic.size() as u32 * 8),
                _ => None,
            };
            x.value = Some(constant::unary(op, &x.constant(), bits));
            x.expr = Some(e);
            self.overflow(x, operator_pos(Some(e)));
            return;
        }
        x.mode = Mode::Value;
    }

    pub(super) fn undefined_operator(&mut self, op: Op, x: &mut Operand) {
        let text = self.describe(x);
        self.error(
            x.pos(),
            format!(
                "invalid operation: operator {} not defined on {text}",
                op.text()
            ),
        );
        x.invalidate();
    }

    /// The element type of a channel that is received from or sent to.
    pub(crate) fn channel_element(
        &mut self,
        pos: Pos,
        x: &Operand,
        receive: bool,
    ) -> Option<TypeId> {
        let result = self.common_under(x.ty, &mut |program, t, under| {
            let Some(under) = under else {
                return Err("no specific channel type".into());
            };
            match program.types.get(under) {
                Type::Chan(crate::ast::ChanDir::Send, _) if receive => {
                    Err(format!("send-only channel {}", program.text(t)))
                }
                Type::Chan(crate::ast::ChanDir::Receive, _) if !receive => {
                    Err(format!("receive-only channel {}", program.text(t)))
                }
                Type::Chan(..) => Ok(()),
                _ => Err(format!("non-channel {}", program.text(t))),
            }
        });
        match result {
            Ok(under) => match self.types.get(under) {
                Type::Chan(_, element) => Some(*element),
                _ => None,
            },
            Err(cause) => {
                let text = self.describe(x);
                let verb = if receive { "receive from" } else { "send to" };
                let message = if self.is_type_param(x.ty) {
                    format!("invalid operation: cannot {verb} {text}: {cause}")
                } else {
                    format!("invalid operation: cannot {verb} {cause} {text}")
                };
                self.error(pos, message);
                None
            }
        }
    }

    /// Notes that the address of a variable is taken by `&x`, `&x.f`, `&x[i]`.
    pub(crate) fn mark_address_taken(&mut self, e: &Expr) {
        let mut at = e.unparen();
        loop {
            let info = &self.info_mut();
            match &at.kind {
                ExprKind::Name(_) => {
                    let object = info.object(at.id);
                    if let Some(var) = object.and_then(|object| self.objects.var_mut(object)) {
                        var.address_taken = true;
                    }
                    return;
                }
                ExprKind::Selector(inner, _) => {
                    let through_pointer = info
                        .selections
                        .get(&at.id)
                        .is_none_or(|selection| selection.indirect);
                    if through_pointer {
                        return;
                    }
                    at = inner.unparen();
                }
                ExprKind::Index(inner, _) => {
                    let ty = info.ty(inner.id);
                    if !matches!(self.under(ty), Type::Array(..)) {
                        return;
                    }
                    at = inner.unparen();
                }
                _ => return,
            }
        }
    }

    /// The shared list of a signature's results, empty outside of functions.
    pub(crate) fn current_results(&self) -> Rc<[ObjectId]> {
        self.checker
            .env
            .results
            .clone()
            .unwrap_or_else(|| Rc::from([]))
    }
}
