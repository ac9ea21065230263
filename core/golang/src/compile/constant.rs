//! Constants: as words in registers.

use super::builder::{Builder, Reg};
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::TypeId;
use golang_check::constant::Value;
use std::rc::Rc;

impl Builder<'_> {
    /// A constant as a value of a type.
    pub fn const_value(&mut self, value: &Value, ty: TypeId, dst: Option<Reg>) -> Reg {
        let rtype = self.rtype(ty);
        if rtype.kind == Kind::Interface {
            let own = default_type(value);
            let dst = self.target(dst, 2);
            let mark = self.mark();
            let inner = self.const_value(value, own, None);
            self.convert_to_interface(inner, own, true, dst);
            self.release(mark);
            return dst;
        }
        let dst = self.target(dst, rtype.words);
        match rtype.kind {
            Kind::Bool => self.int(dst, i64::from(value.as_bool().unwrap_or(false))),
            Kind::String => {
                let bytes = match value.as_bytes() {
                    Some(bytes) => Rc::clone(bytes),
                    None => Rc::from(&b""[..]),
                };
                let number = self.c.string_number(&bytes);
                self.emit(Op::Str, dst, 0, 0, number as i32);
            }
            Kind::Float32 => {
                let number = value.as_f64().unwrap_or(0.0) as f32;
                self.word(dst, f64::from(number).to_bits());
            }
            Kind::Float64 => self.word(dst, value.as_f64().unwrap_or(0.0).to_bits()),
            Kind::Complex64 | Kind::Complex128 => {
                let (real, imaginary) = value.as_complex().unwrap_or((0.0, 0.0));
                self.word(dst, real.to_bits());
                self.word(dst + 1, imaginary.to_bits());
            }
            _ => match int_word(value) {
                Some(word) => self.int(dst, word as i64),
                None => self.zero(ty, dst),
            },
        }
        dst
    }

    /// The zero value of a type.
    pub fn zero(&mut self, ty: TypeId, dst: Reg) {
        let rtype = self.rtype(ty);
        if rtype.is_aggregate() {
            let plain = u8::from(rtype.plain);
            self.emit(
                Op::New,
                dst,
                plain,
                0,
                rtype.size.min(i32::MAX as u64) as i32,
            );
        } else if rtype.words == 1 {
            self.emit(Op::Int, dst, 0, 0, 0);
        } else {
            self.emit(Op::Zero, dst, 0, rtype.words, 0);
        }
    }

    /// The value of an expression that is a small integer constant.
    pub fn small_constant(&self, e: &golang_check::ast::Expr) -> Option<i32> {
        let value = self.constant_of(e.id)?;
        match value {
            Value::Bool(_) | Value::String(_) => None,
            other => i32::try_from(other.as_i64()?).ok(),
        }
    }
}

fn int_word(value: &Value) -> Option<u64> {
    value
        .as_i64()
        .map(|int| int as u64)
        .or_else(|| value.as_u64())
}

fn default_type(value: &Value) -> TypeId {
    match value {
        Value::Bool(_) => TypeId::BOOL,
        Value::String(_) => TypeId::STRING,
        Value::Int(_) => TypeId::INT,
        Value::Complex(_) => TypeId::COMPLEX128,
        _ => TypeId::FLOAT64,
    }
}
