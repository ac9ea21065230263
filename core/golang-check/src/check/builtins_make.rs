//! Calls of the predeclared functions that make values: `make`, `new`, `min`, `max`, `complex`,
//! `real`, `imag`. Models `types2/builtins.go`.

use super::{expressions::Excluded, operand::Operand};
use crate::{
    ast::{CallExpr, Expr, Op},
    constant::{self, Value},
    info::Mode,
    object::Builtin,
    program::Program,
    types::{Basic, Type, TypeId},
};

impl Program {
    pub(super) fn complex<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &Expr,
        args: &mut [Operand<'e>],
    ) -> bool {
        let Some(y) = args.get_mut(1) else {
            return false;
        };
        match (self.is_untyped(x.ty), self.is_untyped(y.ty)) {
            (false, false) => {}
            (true, false) => self.convert_untyped(x, y.ty),
            (false, true) => self.convert_untyped(y, x.ty),
            (true, true) if x.is_constant() && y.is_constant() => {
                for side in [&mut *x, &mut *y] {
                    if self.is_basic(side.ty, Basic::is_numeric)
                        && side.constant().imaginary().is_zero()
                    {
                        side.ty = TypeId::UNTYPED_FLOAT;
                    }
                }
            }
            (true, true) => {
                self.convert_untyped(x, TypeId::FLOAT64);
                self.convert_untyped(y, TypeId::FLOAT64);
            }
        }
        if !x.is_valid() || !y.is_valid() {
            return false;
        }
        if !self.identical(x.ty, y.ty) {
            let (text, a, b) = (self.show(e), self.text(x.ty), self.text(y.ty));
            self.error(
                x.pos(),
                format!("invalid operation: {text} (mismatched types {a} and {b})"),
            );
            return false;
        }
        let result = match self.basic(x.ty) {
            Some(Basic::Float32) => TypeId::COMPLEX64,
            Some(Basic::Float64) => TypeId::COMPLEX128,
            Some(Basic::UntypedFloat) => TypeId::UNTYPED_COMPLEX,
            _ => {
                let text = self.text(x.ty);
                self.error(
                    x.pos(),
                    format!(
                        "invalid argument: arguments have type {text}, expected floating-point"
                    ),
                );
                return false;
            }
        };
        if x.is_constant() && y.is_constant() {
            x.value = Some(Value::complex(
                x.constant().to_float(),
                y.constant().to_float(),
            ));
        } else {
            x.mode = Mode::Value;
        }
        x.ty = result;
        true
    }

    pub(super) fn real_or_imag(&mut self, x: &mut Operand, builtin: Builtin) -> bool {
        if self.is_untyped(x.ty) {
            if x.is_constant() {
                if self.is_basic(x.ty, Basic::is_numeric) {
                    x.ty = TypeId::UNTYPED_COMPLEX;
                }
            } else {
                self.convert_untyped(x, TypeId::COMPLEX128);
                if !x.is_valid() {
                    return false;
                }
            }
        }
        let result = match self.basic(x.ty) {
            Some(Basic::Complex64) => TypeId::FLOAT32,
            Some(Basic::Complex128) => TypeId::FLOAT64,
            Some(Basic::UntypedComplex) => TypeId::UNTYPED_FLOAT,
            _ => {
                let text = self.text(x.ty);
                self.error(
                    x.pos(),
                    format!("invalid argument: argument has type {text}, expected complex type"),
                );
                return false;
            }
        };
        if x.is_constant() {
            let value = x.constant();
            x.value = Some(if builtin == Builtin::Real {
                value.real()
            } else {
                value.imaginary()
            });
        } else {
            x.mode = Mode::Value;
        }
        x.ty = result;
        true
    }

    pub(super) fn make(&mut self, x: &mut Operand, e: &Expr, call: &CallExpr) -> bool {
        let Some((first, sizes)) = call.args.split_first() else {
            return false;
        };
        let ty = self.var_type(first);
        if !self.is_valid(ty) {
            return false;
        }
        let core = self.common_under(ty, &mut |program, _, under| match under {
            None => Err("no specific type".into()),
            Some(under) => match program.types.get(under) {
                Type::Slice(_) | Type::Map(..) | Type::Chan(..) => Ok(()),
                _ => Err("type must be slice, map, or channel".into()),
            },
        });
        let core = match core {
            Ok(core) => core,
            Err(cause) => {
                let text = self.show(first);
                self.error(
                    first.start(),
                    format!("invalid argument: cannot make {text}: {cause}"),
                );
                return false;
            }
        };
        let least = if matches!(self.types.get(core), Type::Slice(_)) {
            2
        } else {
            1
        };
        let count = call.args.len();
        if count < least || count > least + 1 {
            let text = self.show(e);
            self.error(
                e.start(),
                format!(
                    "invalid operation: {text} expects {least} or {} arguments; found {count}",
                    least + 1
                ),
            );
            return false;
        }
        let values: Vec<i64> = sizes
            .iter()
            .map(|size| self.check_index(size, -1).1)
            .filter(|value| *value >= 0)
            .collect();
        if let ([length, capacity], Some(size)) = (values.as_slice(), sizes.first())
            && length > capacity
        {
            self.error(
                size.start(),
                "invalid argument: length and capacity swapped",
            );
        }
        x.mode = Mode::Value;
        x.ty = ty;
        true
    }

    pub(super) fn max_or_min<'e>(
        &mut self,
        x: &mut Operand<'e>,
        args: &mut [Operand<'e>],
        builtin: Builtin,
    ) -> bool {
        let op = if builtin == Builtin::Max {
            Op::Greater
        } else {
            Op::Less
        };
        let ordered =
            |basic: Basic| (basic.is_numeric() && !basic.is_complex()) || basic.is_string();
        for (index, arg) in args.iter_mut().enumerate() {
            if !self.all_basic(arg.ty, ordered) {
                let text = self.describe(arg);
                self.error(
                    arg.pos(),
                    format!("invalid argument: {text} cannot be ordered"),
                );
                return false;
            }
            if index == 0 {
                continue;
            }
            self.match_types(x, arg);
            if !x.is_valid() {
                return false;
            }
            if !self.identical(x.ty, arg.ty) {
                let (a, b, text) = (self.text(x.ty), self.text(arg.ty), self.operand_expr(arg));
                self.error(
                    arg.pos(),
                    format!("invalid argument: mismatched types {a} (previous argument) and {b} (type of {text})"),
                );
                return false;
            }
            if x.is_constant() && arg.is_constant() {
                if constant::compare(&arg.constant(), op, &x.constant()) {
                    *x = arg.clone();
                }
            } else {
                x.mode = Mode::Value;
            }
        }
        if !x.is_constant() {
            x.mode = Mode::Value;
            let empty = self.checker.empty_interface;
            self.assignment(
                x,
                Some(empty),
                &format!("argument to built-in {}", builtin.text()),
            );
            if !x.is_valid() {
                return false;
            }
        }
        for arg in args.iter() {
            if let Some(expr) = arg.expr {
                self.update_expr_type(expr, x.ty, true);
            }
        }
        true
    }

    pub(super) fn new_call<'e>(&mut self, x: &mut Operand<'e>, call: &'e CallExpr) -> bool {
        let Some(arg) = call.args.first() else {
            return false;
        };
        self.expr_or_type(x, arg, false);
        self.exclude(
            x,
            Excluded {
                builtins: true,
                types: false,
            },
        );
        match x.mode {
            Mode::Invalid => return false,
            Mode::Type => self.check_var_type(arg, x.ty),
            _ => {
                if self.is_untyped(x.ty) {
                    self.assignment(x, None, "argument to new");
                    if !x.is_valid() {
                        return false;
                    }
                }
            }
        }
        x.mode = Mode::Value;
        x.ty = self.types.pointer(x.ty);
        true
    }
}
