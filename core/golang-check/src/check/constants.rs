//! Which constants a type can hold. Models `types2/const.go`.

use super::{operand::Operand, untyped::Misfit};
use crate::{
    ast::{Expr, ExprKind, Op},
    constant::{self, Value},
    limits::CONSTANT_BITS_MAX,
    program::Program,
    source::Pos,
    types::{Basic, Type},
};

impl Program {
    /// Checks that a constant result fits its type, or is not too large to be untyped.
    pub(crate) fn overflow(&mut self, x: &mut Operand, pos: Pos) {
        if x.constant().is_unknown() {
            self.error(pos, "constant result is not representable");
            return;
        }
        if !self.is_untyped(x.ty) {
            if let Type::Basic(basic) = self.under(x.ty) {
                self.represent(x, basic);
            }
            return;
        }
        if let Some(Value::Int(value)) = &x.value
            && value.bits() > CONSTANT_BITS_MAX
        {
            let name = x.expr.map_or("", operation_name);
            self.error(pos, format!("constant {name}overflow"));
            x.value = Some(Value::Unknown);
        }
    }

    /// Rounds a constant to a type, or complains.
    pub(crate) fn represent(&mut self, x: &mut Operand, basic: Basic) {
        match self.representation(x, basic) {
            Ok(value) => x.value = Some(value),
            Err(misfit) => {
                let target = crate::types::PREDECLARED
                    .iter()
                    .position(|known| *known == basic)
                    .unwrap_or(0);
                let target = match x.ty {
                    ty if !self.is_untyped(ty) => ty,
                    _ => crate::types::TypeId(target as u32),
                };
                let target = self.underlying(target);
                self.invalid_conversion(misfit, x, target);
                x.invalidate();
            }
        }
    }

    pub(crate) fn representation(&mut self, x: &Operand, basic: Basic) -> Result<Value, Misfit> {
        if let Some(value) = representable(&x.constant(), basic) {
            return Ok(value);
        }
        let own = self.basic(x.ty).unwrap_or(Basic::Invalid);
        if own.is_numeric() && basic.is_numeric() {
            if !own.is_integer() && basic.is_integer() {
                return Err(Misfit::Truncated);
            }
            return Err(Misfit::Overflow);
        }
        Err(Misfit::Other)
    }
}

/// The value as a type holds it, if it can.
pub(crate) fn representable(value: &Value, basic: Basic) -> Option<Value> {
    if value.is_unknown() {
        return Some(Value::Unknown);
    }
    if basic.is_integer() {
        let value = value.to_int();
        let Value::Int(number) = &value else {
            return None;
        };
        let bits = number.bits();
        let negative = value.sign() < 0;
        let fits = match basic {
            Basic::UntypedInt | Basic::UntypedRune => true,
            basic if basic.is_unsigned() => !negative && bits <= basic.size() as u64 * 8,
            basic => {
                let limit = basic.size() as u64 * 8 - 1;
                // The smallest negative number needs one bit more than the largest positive one.
                bits <= limit
                    || (negative && bits == limit + 1 && number.trailing_zeros() == Some(limit))
            }
        };
        return fits.then_some(value);
    }
    if basic.is_float() {
        let value = value.to_float();
        return match basic {
            _ if value.is_unknown() => None,
            Basic::Float32 => constant::convert_float32(&value),
            Basic::Float64 => constant::convert_float64(&value),
            _ => Some(as_float(value)),
        };
    }
    if basic.is_complex() {
        let value = value.to_complex();
        if value.is_unknown() {
            return None;
        }
        let round = match basic {
            Basic::Complex64 => constant::convert_float32,
            Basic::Complex128 => constant::convert_float64,
            _ => return Some(value),
        };
        return Some(Value::complex(
            round(&value.real())?,
            round(&value.imaginary())?,
        ));
    }
    let fits = match value {
        Value::String(_) => basic.is_string(),
        Value::Bool(_) => basic.is_boolean(),
        _ => false,
    };
    fits.then(|| value.clone())
}

fn as_float(value: Value) -> Value {
    value
}

fn operation_name(x: &Expr) -> &'static str {
    match &x.kind {
        ExprKind::Unary(Op::Xor, _) => "bitwise complement ",
        ExprKind::Binary(op, ..) => match op {
            Op::Add => "addition ",
            Op::Sub => "subtraction ",
            Op::Xor => "bitwise XOR ",
            Op::Mul => "multiplication ",
            Op::Shl => "shift ",
            _ => "",
        },
        _ => "",
    }
}

/// Where errors about an operation are: at its operator.
pub(crate) fn operator_pos(x: Option<&Expr>) -> Pos {
    match x {
        Some(Expr {
            pos,
            kind: ExprKind::Unary(..) | ExprKind::Binary(..),
            ..
        }) => *pos,
        Some(x) => x.start(),
        None => Pos::NONE,
    }
}
