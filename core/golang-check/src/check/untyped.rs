//! Records what expressions are, and gives untyped ones their final types.

use super::{Untyped, operand::Operand};
use crate::{
    ast::{Expr, ExprKind, Op},
    constant::Value,
    info::Mode,
    program::Program,
    types::{Basic, Type, TypeId},
};

/// Why an untyped value cannot have a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Misfit {
    Truncated,
    Overflow,
    Other,
}

impl Program {
    pub(crate) fn record(&mut self, x: &Operand) {
        let Some(expr) = x.expr else { return };
        let (ty, value) = match x.mode {
            Mode::Invalid => return,
            Mode::NoValue => (TypeId::EMPTY_TUPLE, None),
            Mode::Constant => (x.ty, x.value.clone()),
            _ => (x.ty, None),
        };
        if self.is_untyped(ty) {
            let key = (self.checker.env.package, expr.id);
            self.checker.untyped.insert(
                key,
                Untyped {
                    is_shifted: false,
                    mode: x.mode,
                    ty,
                    value,
                },
            );
        } else {
            self.record_typed(expr, x.mode, ty, value);
        }
    }

    pub(crate) fn record_typed(
        &mut self,
        expr: &Expr,
        mode: Mode,
        ty: TypeId,
        value: Option<Value>,
    ) {
        let ty = self.types.unalias(ty);
        self.info_mut().set(expr.id, mode, ty, value);
    }

    /// Records what stayed untyped to the end.
    pub(crate) fn record_untyped(&mut self) {
        let all = std::mem::take(&mut self.checker.untyped);
        for ((package, node), entry) in all {
            if let Some(package) = self.packages.get_mut(package.0 as usize) {
                package.info.set(node, entry.mode, entry.ty, entry.value);
            }
        }
    }

    /// Gives an untyped expression and its parts a type.
    pub(crate) fn update_expr_type(&mut self, x: &Expr, ty: TypeId, is_final: bool) {
        let key = (self.checker.env.package, x.id);
        let Some(old) = self.checker.untyped.get(&key).cloned() else {
            return;
        };
        match &x.kind {
            ExprKind::Paren(inner) => self.update_expr_type(inner, ty, is_final),
            ExprKind::Unary(op, inner) => {
                if *op == Op::Mul {
                    return;
                }
                if old.value.is_none() {
                    self.update_expr_type(inner, ty, is_final);
                }
            }
            ExprKind::Binary(op, left, right) => {
                if old.value.is_none() && !op.is_comparison() {
                    self.update_expr_type(left, ty, is_final);
                    if !op.is_shift() {
                        self.update_expr_type(right, ty, is_final);
                    }
                }
            }
            ExprKind::Call(_)
            | ExprKind::Name(_)
            | ExprKind::Literal { .. }
            | ExprKind::Selector(..) => {}
            _ => return,
        }
        if !is_final && self.is_untyped(ty) {
            let under = self.underlying(ty);
            if let Some(entry) = self.checker.untyped.get_mut(&key) {
                entry.ty = under;
            }
            return;
        }
        self.checker.untyped.remove(&key);
        if old.is_shifted && !self.all_basic(ty, Basic::is_integer) {
            let (text, ty) = (self.show(x), self.text(ty));
            self.error(
                x.start(),
                format!("invalid operation: shifted operand {text} (type {ty}) must be integer"),
            );
            return;
        }
        let mut value = old.value;
        if value.is_some() {
            let mut constant = Operand {
                mode: old.mode,
                expr: Some(x),
                ty: old.ty,
                value,
                ..Operand::new()
            };
            self.convert_untyped(&mut constant, ty);
            if !constant.is_valid() {
                return;
            }
            value = constant.value;
        }
        self.record_typed(x, old.mode, ty, value);
    }

    pub(crate) fn update_expr_value(&mut self, x: &Operand, value: &Value) {
        let Some(expr) = x.expr else { return };
        let key = (self.checker.env.package, expr.id);
        if let Some(entry) = self.checker.untyped.get_mut(&key) {
            entry.value = Some(value.clone());
        }
    }

    /// The type and value that an untyped operand takes where a type is expected.
    pub(crate) fn implicit_type(
        &mut self,
        x: &Operand,
        target: TypeId,
    ) -> Result<(TypeId, Option<Value>), Misfit> {
        if !x.is_valid() || !self.is_untyped(x.ty) || !self.is_valid(target) {
            return Ok((x.ty, None));
        }
        if self.is_untyped(target) {
            return match self.larger_untyped(x.ty, target) {
                Some(ty) => Ok((ty, None)),
                None => Err(Misfit::Other),
            };
        }
        if x.is_nil() {
            return if self.has_nil(target) {
                Ok((target, None))
            } else {
                Err(Misfit::Other)
            };
        }
        match self.under(target) {
            Type::Basic(basic) => {
                if x.is_constant() {
                    let value = self.representation(x, basic)?;
                    return Ok((target, Some(value)));
                }
                let fits = match x.ty {
                    TypeId::UNTYPED_BOOL => basic.is_boolean(),
                    TypeId::UNTYPED_STRING => basic.is_string(),
                    TypeId::UNTYPED_NIL => false,
                    _ => basic.is_numeric(),
                };
                if fits {
                    Ok((target, None))
                } else {
                    Err(Misfit::Other)
                }
            }
            Type::Interface(_) => {
                if self.is_type_param(target) {
                    let Some(terms) = self.terms_of(target) else {
                        return Err(Misfit::Other);
                    };
                    for term in terms.iter() {
                        let under = self.underlying(term.ty);
                        if self.implicit_type(x, under).is_err() {
                            return Err(Misfit::Other);
                        }
                    }
                    return Ok((target, None));
                }
                let set = self.type_set(target);
                let is_empty = set.methods.is_empty() && set.terms.is_none() && !set.comparable;
                if is_empty {
                    Ok((self.default_type(x.ty), None))
                } else {
                    Err(Misfit::Other)
                }
            }
            _ => Err(Misfit::Other),
        }
    }

    /// Converts an untyped operand to a type, or complains.
    pub(crate) fn convert_untyped(&mut self, x: &mut Operand, target: TypeId) {
        match self.implicit_type(x, target) {
            Err(misfit) => {
                let shown = if self.is_type_param(target) {
                    target
                } else {
                    self.underlying(target)
                };
                self.invalid_conversion(misfit, x, shown);
                x.invalidate();
            }
            Ok((ty, value)) => self.set_implicit(x, ty, value),
        }
    }

    pub(crate) fn set_implicit(&mut self, x: &mut Operand, ty: TypeId, value: Option<Value>) {
        if let Some(value) = value {
            self.update_expr_value(x, &value);
            x.value = Some(value);
        }
        if ty != x.ty {
            x.ty = ty;
            if let Some(expr) = x.expr {
                self.update_expr_type(expr, ty, false);
            }
        }
    }

    pub(crate) fn invalid_conversion(&mut self, misfit: Misfit, x: &Operand, target: TypeId) {
        let (operand, target) = (self.describe(x), self.text(target));
        let message = match misfit {
            Misfit::Truncated => format!("{operand} truncated to {target}"),
            Misfit::Overflow => format!("{operand} overflows {target}"),
            Misfit::Other => format!("cannot convert {operand} to type {target}"),
        };
        self.error(x.pos(), message);
    }
}
