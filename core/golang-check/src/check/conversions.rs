//! Conversions `T(x)`. Models `types2/conversions.go`.

use super::{constants::representable, operand::Operand};
use crate::{
    constant::Value,
    info::Mode,
    program::Program,
    types::{Basic, Type, TypeId},
};

impl Program {
    pub(crate) fn conversion(&mut self, x: &mut Operand, ty: TypeId) {
        let is_constant = x.is_constant();
        let mut cause = String::new();
        let mut ok = false;
        if is_constant && self.is_constant_type(ty) {
            let basic = self.basic(ty).unwrap_or(Basic::Invalid);
            if let Some(value) = self.constant_conversion(x, basic) {
                x.value = Some(value);
                ok = true;
            } else if self.is_basic(x.ty, Basic::is_integer) && basic.is_integer() {
                let (value, ty) = (x.constant().to_string(), self.text(ty));
                self.error(x.pos(), format!("constant {value} overflows {ty}"));
                x.invalidate();
                return;
            }
        } else if is_constant && self.is_type_param(ty) {
            ok = self.constant_to_param(x, ty, &mut cause);
            x.mode = Mode::Value;
        } else if self.convertible(x, ty, &mut cause) {
            ok = true;
            x.mode = Mode::Value;
        }
        if !ok {
            if is_constant && self.is_basic(ty, Basic::is_integer) {
                let whole = x.constant().to_int();
                x.value = x.value.take().map(|value| match whole {
                    Value::Int(_) => whole,
                    _ => value,
                });
            }
            let (text, ty) = (self.describe(x), self.text(ty));
            let cause = if cause.is_empty() {
                cause
            } else {
                format!(": {cause}")
            };
            self.error(
                x.pos(),
                format!("cannot convert {text} to type {ty}{cause}"),
            );
            x.invalidate();
            return;
        }
        if self.is_untyped(x.ty) {
            let mut last = ty;
            if x.ty == TypeId::UNTYPED_NIL {
            } else if self.is_plain_interface(ty) || (is_constant && !self.is_constant_type(ty)) {
                last = self.default_type(x.ty);
            } else if x.is_constant()
                && self.is_basic(x.ty, Basic::is_integer)
                && self.all_basic(ty, Basic::is_string)
            {
                last = x.ty;
            }
            if let Some(expr) = x.expr {
                self.update_expr_type(expr, last, true);
            }
        }
        x.ty = ty;
    }

    /// The constant as another basic type; an integer as a string is its character.
    fn constant_conversion(&mut self, x: &Operand, basic: Basic) -> Option<Value> {
        let value = x.constant();
        if let Some(value) = representable(&value, basic) {
            return Some(value);
        }
        if basic.is_string() && self.is_basic(x.ty, Basic::is_integer) {
            let code = value.as_u64().and_then(|code| u32::try_from(code).ok());
            let c = code.and_then(char::from_u32).unwrap_or('\u{fffd}');
            return Some(Value::string(c.encode_utf8(&mut [0; 4])));
        }
        None
    }

    fn constant_to_param(&mut self, x: &Operand, ty: TypeId, cause: &mut String) -> bool {
        let Some(terms) = self.terms_of(ty) else {
            *cause = format!("{} does not contain specific types", self.text(ty));
            return false;
        };
        for term in terms.iter() {
            let under = self.underlying(term.ty);
            if self.is_basic(x.ty, Basic::is_string) && self.is_bytes_or_runes(under) {
                continue;
            }
            let basic = self.basic(under).unwrap_or(Basic::Invalid);
            if basic != Basic::Invalid && self.constant_conversion(x, basic).is_some() {
                continue;
            }
            let (u, t) = (self.text(under), self.text(ty));
            *cause = if self.is_basic(x.ty, Basic::is_integer) && basic.is_integer() {
                format!("constant {} overflows {u} (in {t})", x.constant())
            } else {
                format!("cannot convert {} to type {u} (in {t})", self.describe(x))
            };
            return false;
        }
        true
    }

    pub(crate) fn convertible(&mut self, x: &Operand, target: TypeId, cause: &mut String) -> bool {
        if self.assignable(x, target, cause) {
            return true;
        }
        let (v, t) = (self.types.unalias(x.ty), self.types.unalias(target));
        let (v_under, t_under) = (self.underlying(v), self.underlying(t));
        let (v_param, t_param) = (self.is_type_param(v), self.is_type_param(t));
        if !v_param && !t_param && self.identical_types(v_under, t_under, true) {
            return true;
        }
        if let (Type::Pointer(a), Type::Pointer(b)) =
            (self.types.get(v).clone(), self.types.get(t).clone())
            && !self.is_type_param(a)
            && !self.is_type_param(b)
        {
            let (a, b) = (self.underlying(a), self.underlying(b));
            if self.identical_types(a, b, true) {
                return true;
            }
        }
        if self.convertible_basics(v_under, t_under) {
            return true;
        }
        if let Type::Slice(element) = self.types.get(v_under).clone() {
            let array = match self.types.get(t_under).clone() {
                Type::Pointer(base) => self.under(base),
                other => other,
            };
            if let Type::Array(_, other) = array
                && self.identical(element, other)
            {
                return true;
            }
        }
        if !v_param && !t_param {
            return false;
        }
        self.convertible_params(x, (v, t), target, cause)
    }

    fn convertible_basics(&mut self, v: TypeId, t: TypeId) -> bool {
        let number = |basic: Basic| basic.is_integer() || basic.is_float();
        let pointer_like = |program: &mut Program, ty| {
            program.is_pointer(ty) || program.is_basic(ty, |basic| basic == Basic::Uintptr)
        };
        let is_unsafe =
            |program: &mut Program, ty| program.is_basic(ty, |basic| basic == Basic::UnsafePointer);
        if self.is_basic(v, number) && self.is_basic(t, number) {
            return true;
        }
        if self.is_basic(v, Basic::is_complex) && self.is_basic(t, Basic::is_complex) {
            return true;
        }
        let to_string = self.is_basic(v, Basic::is_integer) || self.is_bytes_or_runes(v);
        if to_string && self.is_basic(t, Basic::is_string) {
            return true;
        }
        if self.is_basic(v, Basic::is_string) && self.is_bytes_or_runes(t) {
            return true;
        }
        (pointer_like(self, v) && is_unsafe(self, t))
            || (is_unsafe(self, v) && pointer_like(self, t))
    }

    fn convertible_params(
        &mut self,
        x: &Operand,
        types: (TypeId, TypeId),
        target: TypeId,
        cause: &mut String,
    ) -> bool {
        let (v, t) = types;
        let own = if self.is_type_param(v) {
            self.terms_of(v)
        } else {
            None
        };
        let other = if self.is_type_param(t) {
            self.terms_of(t)
        } else {
            None
        };
        if (self.is_type_param(v) && own.is_none()) || (self.is_type_param(t) && other.is_none()) {
            return false;
        }
        let sources: Vec<TypeId> = own.map_or(vec![x.ty], |terms| {
            terms.iter().map(|term| term.ty).collect()
        });
        let targets: Vec<TypeId> =
            other.map_or(vec![t], |terms| terms.iter().map(|term| term.ty).collect());
        for source in &sources {
            let y = Operand {
                ty: *source,
                ..x.clone()
            };
            for to in &targets {
                if self.convertible(&y, *to, cause) {
                    continue;
                }
                let from_text = self.text(*source);
                let from_text = if self.is_type_param(v) {
                    format!("{from_text} (in {})", self.text(v))
                } else {
                    from_text
                };
                let to_text = if self.is_type_param(t) {
                    format!("{} (in {})", self.text(*to), self.text(t))
                } else {
                    self.text(target)
                };
                let text = format!("cannot convert {from_text} to type {to_text}");
                *cause = if cause.is_empty() {
                    text
                } else {
                    format!("{text}\n\t{cause}")
                };
                return false;
            }
        }
        true
    }
}
