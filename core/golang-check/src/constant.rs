//! Constant values of arbitrary precision. Models `go/constant`.
//!
//! Integers are exact; fractions are exact while they are small and otherwise rounded to
//! [`float::PRECISION_BITS`] bits, as gc does.

pub mod float;
mod format;
mod operations;
mod parse;

use float::BigFloat;
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{Signed, ToPrimitive, Zero};
use std::rc::Rc;

pub use format::quote;
pub use operations::{binary, compare, convert_float32, convert_float64, shift, unary};
pub use parse::{literal, unquote};

/// An exact fraction.
pub type BigRational = Ratio<BigInt>;

/// A constant value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known because of an error.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// Bytes; usually UTF-8.
    String(Rc<[u8]>),
    /// An integer.
    Int(BigInt),
    /// A fraction that is no integer.
    Rational(Rc<BigRational>),
    /// A number too large or too small for an exact fraction.
    Float(Rc<BigFloat>),
    /// A complex number with a non-zero imaginary part.
    Complex(Rc<(Value, Value)>),
}

impl Value {
    /// An integer.
    pub fn int(value: i64) -> Value {
        Value::Int(BigInt::from(value))
    }

    /// A string.
    pub fn string(value: &str) -> Value {
        Value::String(Rc::from(value.as_bytes()))
    }

    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The bytes of a string.
    pub fn as_bytes(&self) -> Option<&Rc<[u8]>> {
        match self {
            Value::String(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, also of a float or complex constant with an integer's value.
    pub fn as_int(&self) -> Option<BigInt> {
        match self.to_int() {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, if it fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => value.to_i64(),
            _ => self.as_int()?.to_i64(),
        }
    }

    /// The integer, if it fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(value) => value.to_u64(),
            _ => self.as_int()?.to_u64(),
        }
    }

    /// The nearest double of a real number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(value) => Some(BigFloat::from_int(value.clone()).to_f64()),
            Value::Rational(value) => Some(float::rational_to_f64(value)),
            Value::Float(value) => Some(value.to_f64()),
            Value::Complex(parts) if parts.1.is_zero() => parts.0.as_f64(),
            _ => None,
        }
    }

    /// Real and imaginary part as doubles.
    pub fn as_complex(&self) -> Option<(f64, f64)> {
        match self {
            Value::Complex(parts) => Some((parts.0.as_f64()?, parts.1.as_f64()?)),
            _ => Some((self.as_f64()?, 0.0)),
        }
    }

    /// The real part.
    pub fn real(&self) -> Value {
        match self {
            Value::Complex(parts) => parts.0.clone(),
            _ => self.clone(),
        }
    }

    /// The imaginary part.
    pub fn imaginary(&self) -> Value {
        match self {
            Value::Complex(parts) => parts.1.clone(),
            Value::Unknown => Value::Unknown,
            _ => Value::int(0),
        }
    }

    /// A complex number of two real ones.
    pub fn complex(real: Value, imaginary: Value) -> Value {
        if matches!(real, Value::Unknown) || matches!(imaginary, Value::Unknown) {
            return Value::Unknown;
        }
        Value::Complex(Rc::new((real, imaginary)))
    }

    /// Whether it is a number that equals 0.
    pub fn is_zero(&self) -> bool {
        match self {
            Value::Int(value) => value.is_zero(),
            Value::Rational(value) => value.is_zero(),
            Value::Float(value) => value.is_zero(),
            Value::Complex(parts) => parts.0.is_zero() && parts.1.is_zero(),
            _ => false,
        }
    }

    /// -1, 0 or 1 of a real number.
    pub fn sign(&self) -> i32 {
        let negative = match self {
            Value::Int(value) => value.is_negative(),
            Value::Rational(value) => value.is_negative(),
            Value::Float(value) => value.is_negative(),
            Value::Complex(parts) => return parts.0.sign() | parts.1.sign(),
            _ => return 1,
        };
        if self.is_zero() {
            0
        } else if negative {
            -1
        } else {
            1
        }
    }

    /// As an integer if that loses nothing, else `Unknown`.
    pub fn to_int(&self) -> Value {
        match self {
            Value::Int(_) => self.clone(),
            Value::Rational(value) if value.is_integer() => Value::Int(value.to_integer()),
            Value::Float(value) => value.to_int().map_or(Value::Unknown, Value::Int),
            Value::Complex(parts) if parts.1.is_zero() => parts.0.to_int(),
            _ => Value::Unknown,
        }
    }

    /// As a real number if that loses nothing, else `Unknown`.
    pub fn to_float(&self) -> Value {
        match self {
            Value::Int(_) | Value::Rational(_) | Value::Float(_) => self.clone(),
            Value::Complex(parts) if parts.1.is_zero() => parts.0.to_float(),
            _ => Value::Unknown,
        }
    }

    /// As a complex number.
    pub fn to_complex(&self) -> Value {
        match self {
            Value::Int(_) | Value::Rational(_) | Value::Float(_) | Value::Complex(_) => {
                self.clone()
            }
            _ => Value::Unknown,
        }
    }

    /// Whether it is an error's value.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }
}
