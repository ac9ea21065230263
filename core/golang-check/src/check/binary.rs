//! Binary operators and shifts. Models `types2/expr.go`.

use super::{constants::operator_pos, expressions::Excluded, operand::Operand};
use crate::{
    ast::{Expr, ExprKind, Op},
    constant::{self, Value},
    info::Mode,
    limits::CONSTANT_SHIFT_MAX,
    program::Program,
    source::Pos,
    types::{Basic, TypeId},
};

impl Program {
    /// A chain of binary operations, from its left end, so that long ones need no recursion.
    pub(super) fn binary_chain<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr) {
        let mut chain: Vec<(&'e Expr, Op, &'e Expr, &'e Expr)> = Vec::new();
        let mut at = e;
        while let ExprKind::Binary(op, left, right) = &at.kind {
            chain.push((at, *op, left, right));
            at = left;
        }
        self.expr(None, x, at);
        while let Some((node, op, left, right)) = chain.pop() {
            let mut y = Operand::new();
            self.expr(None, &mut y, right);
            self.binary_operands(x, &mut y, Some(node), (left, right), op);
            x.expr = Some(node);
            if !chain.is_empty() {
                self.finish_expr(None, x, false);
                self.exclude(
                    x,
                    Excluded {
                        builtins: true,
                        types: true,
                    },
                );
                self.single_value(x);
            }
        }
    }

    /// `lhs op rhs` of an assignment `lhs op= rhs`.
    pub(crate) fn binary_assign<'e>(
        &mut self,
        x: &mut Operand<'e>,
        lhs: &'e Expr,
        rhs: &'e Expr,
        op: Op,
    ) {
        let mut y = Operand::new();
        self.expr(None, x, lhs);
        self.expr(None, &mut y, rhs);
        self.binary_operands(x, &mut y, None, (lhs, rhs), op);
    }

    pub(super) fn binary_operands<'e>(
        &mut self,
        x: &mut Operand<'e>,
        y: &mut Operand<'e>,
        e: Option<&'e Expr>,
        sides: (&'e Expr, &'e Expr),
        op: Op,
    ) {
        if !x.is_valid() {
            return;
        }
        if !y.is_valid() {
            x.invalidate();
            x.expr = y.expr;
            return;
        }
        if op.is_shift() {
            self.shift(x, y, e, op);
            return;
        }
        self.match_types(x, y);
        if !x.is_valid() {
            return;
        }
        if op.is_comparison() {
            self.comparison(x, y, op, false);
            return;
        }
        if !self.identical(x.ty, y.ty) {
            if self.is_valid(x.ty) && self.is_valid(y.ty) {
                let expr = match e {
                    Some(e) => self.show(e),
                    None => format!(
                        "{} {}= {}",
                        self.show(sides.0),
                        op.text(),
                        self.show(sides.1)
                    ),
                };
                let (a, b) = (self.text(x.ty), self.text(y.ty));
                self.error(
                    x.pos(),
                    format!("invalid operation: {expr} (mismatched types {a} and {b})"),
                );
            }
            x.invalidate();
            return;
        }
        let fits = match op {
            Op::Add => self.all_basic(x.ty, |basic| basic.is_numeric() || basic.is_string()),
            Op::Sub | Op::Mul | Op::Div => self.all_basic(x.ty, Basic::is_numeric),
            Op::AndAnd | Op::OrOr => self.all_basic(x.ty, Basic::is_boolean),
            _ => self.all_basic(x.ty, Basic::is_integer),
        };
        if !fits {
            self.undefined_operator(op, x);
            return;
        }
        self.arithmetic(x, y, e, op);
    }

    pub(super) fn arithmetic<'e>(
        &mut self,
        x: &mut Operand<'e>,
        y: &Operand<'e>,
        e: Option<&'e Expr>,
        op: Op,
    ) {
        let both = x.is_constant() && y.is_constant();
        if matches!(op, Op::Div | Op::Rem) && y.is_constant() {
            let integer = self.all_basic(x.ty, Basic::is_integer);
            if (x.is_constant() || integer) && y.constant().is_zero() {
                self.error(y.pos(), "invalid operation: division by zero");
                x.invalidate();
                return;
            }
        }
        if !both {
            x.mode = Mode::Value;
            return;
        }
        if x.constant().is_unknown() || y.constant().is_unknown() {
            x.value = Some(Value::Unknown);
            return;
        }
        let integer = self.is_basic(x.ty, Basic::is_integer);
        x.value = Some(constant::binary(op, &x.constant(), &y.constant(), integer));
        x.expr = e.or(x.expr);
        let pos = match e {
            Some(e) => operator_pos(Some(e)),
            None => Pos::NONE,
        };
        self.overflow(x, pos);
    }

    pub(super) fn shift<'e>(
        &mut self,
        x: &mut Operand<'e>,
        y: &mut Operand<'e>,
        e: Option<&'e Expr>,
        op: Op,
    ) {
        let x_value = x.constant().to_int();
        let x_is_integer = self.all_basic(x.ty, Basic::is_integer);
        let fits = x_is_integer
            || (self.is_untyped(x.ty) && x.is_constant() && matches!(x_value, Value::Int(_)));
        if !fits {
            self.must_be_integer("shifted operand", x);
            x.invalidate();
            return;
        }
        if !self.shift_count(y) {
            x.invalidate();
            return;
        }
        if x.is_constant() {
            if y.is_constant() {
                self.constant_shift(x, y, e, op);
                return;
            }
            if self.is_untyped(x.ty) {
                // The type of the operand is decided by where the result is used.
                if let Some(expr) = x.expr {
                    let key = (self.checker.env.package, expr.id);
                    if let Some(entry) = self.checker.untyped.get_mut(&key) {
                        entry.is_shifted = true;
                    }
                }
                x.mode = Mode::Value;
                return;
            }
        }
        if !x_is_integer {
            self.must_be_integer("shifted operand", x);
            x.invalidate();
            return;
        }
        x.mode = Mode::Value;
    }

    pub(super) fn must_be_integer(&mut self, what: &str, x: &Operand) {
        let text = self.describe(x);
        self.error(
            x.pos(),
            format!("invalid operation: {what} {text} must be integer"),
        );
    }

    pub(super) fn shift_count(&mut self, y: &mut Operand) -> bool {
        if y.is_constant() {
            let value = y.constant().to_int();
            if matches!(value, Value::Int(_)) && value.sign() < 0 {
                let text = self.describe(y);
                self.error(
                    y.pos(),
                    format!("invalid operation: negative shift count {text}"),
                );
                return false;
            }
            if self.is_untyped(y.ty) {
                // A count that is no uint is an error, but the operand stays untyped.
                match self.representation(y, Basic::Uint) {
                    Ok(value) => y.value = Some(value),
                    Err(misfit) => {
                        self.invalid_conversion(misfit, y, TypeId::UINT);
                        return false;
                    }
                }
            }
            return true;
        }
        if self.all_basic(y.ty, Basic::is_integer) {
            return true;
        }
        if self.is_untyped(y.ty) {
            self.convert_untyped(y, TypeId::UINT);
            return y.is_valid();
        }
        self.must_be_integer("shift count", y);
        false
    }

    pub(super) fn constant_shift<'e>(
        &mut self,
        x: &mut Operand<'e>,
        y: &Operand,
        e: Option<&'e Expr>,
        op: Op,
    ) {
        let is_integer = self.is_basic(x.ty, Basic::is_integer);
        if x.constant().is_unknown() || y.constant().is_unknown() {
            x.value = Some(Value::Unknown);
            if !is_integer {
                x.ty = TypeId::UNTYPED_INT;
            }
            return;
        }
        let count = y
            .constant()
            .as_u64()
            .filter(|count| *count <= CONSTANT_SHIFT_MAX);
        let Some(count) = count else {
            let text = self.describe(y);
            self.error(
                y.pos(),
                format!("invalid operation: invalid shift count {text}"),
            );
            x.invalidate();
            return;
        };
        if !is_integer {
            x.ty = TypeId::UNTYPED_INT;
        }
        x.value = Some(constant::shift(&x.constant().to_int(), op, count));
        x.expr = e.or(x.expr);
        self.overflow(x, operator_pos(x.expr));
    }
}
