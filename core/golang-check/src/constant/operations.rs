//! Arithmetic and comparison of constants.

use super::{
    BigRational, Value,
    float::{self, BigFloat},
};
use crate::{
    ast::Op,
    limits::{CONSTANT_SHIFT_MAX, CONSTANT_STRING_BYTES_MAX},
};
use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};
use std::{cmp::Ordering, rc::Rc};

/// Bits of numerator and denominator up to which fractions are exact (gc: 4 << 10).
const RATIONAL_BITS_MAX: u64 = 4 << 10;

/// A fraction; large ones become floats.
pub(super) fn rational(value: BigRational) -> Value {
    if value.numer().bits() < RATIONAL_BITS_MAX && value.denom().bits() < RATIONAL_BITS_MAX {
        Value::Rational(Rc::new(value))
    } else {
        big_float(BigFloat::from_rational(&value))
    }
}

pub(super) fn big_float(value: BigFloat) -> Value {
    if value.is_zero() {
        return Value::Rational(Rc::new(BigRational::zero()));
    }
    if value.is_infinite() {
        return Value::Unknown;
    }
    Value::Float(Rc::new(value))
}

fn as_rational(value: &Value) -> Option<BigRational> {
    match value {
        Value::Int(value) => Some(BigRational::from_integer(value.clone())),
        Value::Rational(value) => Some((**value).clone()),
        _ => None,
    }
}

fn as_float(value: &Value) -> Option<BigFloat> {
    match value {
        Value::Int(value) => Some(BigFloat::from_int(value.clone())),
        Value::Rational(value) => Some(BigFloat::from_rational(value)),
        Value::Float(value) => Some((**value).clone()),
        _ => None,
    }
}

/// `x op y` of two constants of the same kind; with `integer` a division truncates.
/// A divisor is not zero. What cannot be computed is `Unknown`.
pub fn binary(op: Op, x: &Value, y: &Value, integer: bool) -> Value {
    match (x, y) {
        (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
        (Value::Bool(x), Value::Bool(y)) => match op {
            Op::AndAnd => Value::Bool(*x && *y),
            Op::OrOr => Value::Bool(*x || *y),
            _ => Value::Unknown,
        },
        (Value::String(x), Value::String(y)) => {
            if op != Op::Add || x.len() + y.len() > CONSTANT_STRING_BYTES_MAX {
                return Value::Unknown;
            }
            Value::String(x.iter().chain(y.iter()).copied().collect())
        }
        (Value::Complex(_), _) | (_, Value::Complex(_)) => complex(op, x, y),
        (Value::Int(x), Value::Int(y)) => integers(op, x, y, integer),
        (Value::Float(_), _) | (_, Value::Float(_)) => match (as_float(x), as_float(y)) {
            (Some(x), Some(y)) => match op {
                Op::Add => big_float(x.add(&y)),
                Op::Sub => big_float(x.add(&y.negate())),
                Op::Mul => big_float(x.multiply(&y)),
                Op::Div if !y.is_zero() => big_float(x.quotient(&y)),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        },
        _ => match (as_rational(x), as_rational(y)) {
            (Some(x), Some(y)) => match op {
                Op::Add => rational(x + y),
                Op::Sub => rational(x - y),
                Op::Mul => rational(x * y),
                Op::Div if !y.is_zero() => rational(x / y),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        },
    }
}

fn integers(op: Op, x: &BigInt, y: &BigInt, truncate: bool) -> Value {
    match op {
        Op::Add => Value::Int(x + y),
        Op::Sub => Value::Int(x - y),
        Op::Mul => Value::Int(x * y),
        Op::Div | Op::Rem if y.is_zero() => Value::Unknown,
        Op::Div if truncate => Value::Int(x / y),
        Op::Div => rational(BigRational::new(x.clone(), y.clone())),
        Op::Rem => Value::Int(x % y),
        Op::And => Value::Int(x & y),
        Op::Or => Value::Int(x | y),
        Op::Xor => Value::Int(x ^ y),
        Op::AndNot => Value::Int(x & !y),
        _ => Value::Unknown,
    }
}

fn complex(op: Op, x: &Value, y: &Value) -> Value {
    let (a, b, c, d) = (x.real(), x.imaginary(), y.real(), y.imaginary());
    let calculate = |op, x: &Value, y: &Value| binary(op, x, y, false);
    match op {
        Op::Add | Op::Sub => Value::complex(calculate(op, &a, &c), calculate(op, &b, &d)),
        Op::Mul => {
            let real = calculate(
                Op::Sub,
                &calculate(Op::Mul, &a, &c),
                &calculate(Op::Mul, &b, &d),
            );
            let imaginary = calculate(
                Op::Add,
                &calculate(Op::Mul, &b, &c),
                &calculate(Op::Mul, &a, &d),
            );
            Value::complex(real, imaginary)
        }
        Op::Div => {
            let size = calculate(
                Op::Add,
                &calculate(Op::Mul, &c, &c),
                &calculate(Op::Mul, &d, &d),
            );
            if size.is_zero() {
                return Value::Unknown;
            }
            let real = calculate(
                Op::Add,
                &calculate(Op::Mul, &a, &c),
                &calculate(Op::Mul, &b, &d),
            );
            let imaginary = calculate(
                Op::Sub,
                &calculate(Op::Mul, &b, &c),
                &calculate(Op::Mul, &a, &d),
            );
            Value::complex(
                calculate(Op::Div, &real, &size),
                calculate(Op::Div, &imaginary, &size),
            )
        }
        _ => Value::Unknown,
    }
}

/// `op x`; for `^` of an unsigned type its size in bits is given.
pub fn unary(op: Op, x: &Value, unsigned_bits: Option<u32>) -> Value {
    match (op, x) {
        (_, Value::Unknown) => Value::Unknown,
        (Op::Add, _) => x.clone(),
        (Op::Not, Value::Bool(x)) => Value::Bool(!x),
        (Op::Sub, Value::Int(x)) => Value::Int(-x),
        (Op::Sub, Value::Rational(x)) => Value::Rational(Rc::new(-(**x).clone())),
        (Op::Sub, Value::Float(x)) => Value::Float(Rc::new(x.negate())),
        (Op::Sub, Value::Complex(parts)) => {
            Value::complex(unary(op, &parts.0, None), unary(op, &parts.1, None))
        }
        (Op::Xor, Value::Int(x)) => {
            let inverted: BigInt = !x;
            Value::Int(match unsigned_bits {
                Some(bits) => inverted & ((BigInt::one() << bits) - 1),
                None => inverted,
            })
        }
        _ => Value::Unknown,
    }
}

/// `x << count` or `x >> count` of an integer.
pub fn shift(x: &Value, op: Op, count: u64) -> Value {
    match x {
        Value::Int(x) if op == Op::Shl && count <= CONSTANT_SHIFT_MAX => Value::Int(x << count),
        Value::Int(x) if op == Op::Shr => {
            if count > x.bits() {
                return Value::int(if x.is_negative() { -1 } else { 0 });
            }
            Value::Int(x >> count)
        }
        _ => Value::Unknown,
    }
}

/// `x op y` of two constants, for a comparison operator.
pub fn compare(x: &Value, op: Op, y: &Value) -> bool {
    let order = match (x, y) {
        (Value::Unknown, _) | (_, Value::Unknown) => return false,
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        (Value::String(x), Value::String(y)) => x.cmp(y),
        (Value::Complex(_), _) | (_, Value::Complex(_)) => {
            let same = compare(&x.real(), Op::Equal, &y.real())
                && compare(&x.imaginary(), Op::Equal, &y.imaginary());
            return (op == Op::Equal) == same;
        }
        (Value::Int(x), Value::Int(y)) => x.cmp(y),
        (Value::Float(_), _) | (_, Value::Float(_)) => match binary(Op::Sub, x, y, false).sign() {
            0 => Ordering::Equal,
            sign if sign < 0 => Ordering::Less,
            _ => Ordering::Greater,
        },
        _ => match (as_rational(x), as_rational(y)) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => return false,
        },
    };
    match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterEqual => order.is_ge(),
        _ => false,
    }
}

/// Rounded to a double; `None` when that is infinite.
pub fn convert_float64(x: &Value) -> Option<Value> {
    let value = x.as_f64()?;
    float::rational_from_f64(value).map(rational)
}

/// Rounded to a single; `None` when that is infinite.
pub fn convert_float32(x: &Value) -> Option<Value> {
    let value = match x {
        Value::Rational(value) => float::rational_to_f32(value),
        _ => as_float(x)?.to_f32(),
    };
    float::rational_from_f64(value).map(rational)
}
