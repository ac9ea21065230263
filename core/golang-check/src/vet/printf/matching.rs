//! Which values a verb can print. Models `passes/printf/types.go`.

use super::super::Vet;
use crate::ast::Expr;
use crate::types::{Basic, Type, TypeId};

pub(super) const BOOL: u16 = 1;
pub(super) const BYTE: u16 = 2;
pub(super) const INT: u16 = 4;
pub(super) const RUNE: u16 = 8;
pub(super) const STRING: u16 = 16;
pub(super) const FLOAT: u16 = 32;
pub(super) const COMPLEX: u16 = 64;
pub(super) const POINTER: u16 = 128;
pub(super) const ERROR: u16 = 256;
pub(super) const ANY: u16 = u16::MAX;

/// Levels of types that are looked into.
const DEPTH_MAX: usize = 30;

impl Vet<'_> {
    /// Whether a value of a type may print itself (`fmt.Formatter`).
    pub(super) fn is_formatter(&mut self, ty: TypeId) -> bool {
        if self.program.is_plain_interface(ty) {
            return true;
        }
        let Some(method) = self.has_method(ty, "Format") else {
            return false;
        };
        let signature = self.program.object_type(method);
        match self.program.types.get(signature) {
            Type::Signature(signature) => {
                signature.params.len() == 2 && signature.results.is_empty()
            }
            _ => false,
        }
    }

    /// Whether a verb that takes some kinds can print an expression's value.
    pub(super) fn fits(&mut self, allowed: u16, x: &Expr) -> bool {
        let ty = self.ty(x);
        if allowed == ANY || ty == TypeId::INVALID {
            return true;
        }
        if allowed == ERROR {
            let error = self.program.error_type();
            return self.program.implements(ty, error);
        }
        self.is_formatter(ty) || self.matches(allowed, ty, &mut Vec::new())
    }

    fn prints_itself(&mut self, ty: TypeId) -> bool {
        ["Error", "String"].iter().any(|name| {
            let Some(method) = self.has_method(ty, name) else {
                return false;
            };
            let signature = self.program.object_type(method);
            let Type::Signature(signature) = self.program.types.get(signature).clone() else {
                return false;
            };
            let [result] = &*signature.results else {
                return false;
            };
            signature.params.is_empty() && self.program.object_type(*result) == TypeId::STRING
        })
    }

    fn matches(&mut self, allowed: u16, ty: TypeId, outer: &mut Vec<TypeId>) -> bool {
        if allowed & STRING != 0 && self.prints_itself(ty) {
            return true;
        }
        if outer.contains(&ty) || outer.len() > DEPTH_MAX {
            return true;
        }
        let is_top = outer.is_empty();
        outer.push(ty);
        let result = self.matches_under(allowed, ty, is_top, outer);
        outer.pop();
        result
    }

    fn matches_under(
        &mut self,
        allowed: u16,
        ty: TypeId,
        is_top: bool,
        outer: &mut Vec<TypeId>,
    ) -> bool {
        match self.under(ty) {
            Type::Signature(_) | Type::Chan(..) => allowed & POINTER != 0,
            Type::Map(key, value) => {
                allowed == POINTER
                    || self.matches(allowed, key, outer) && self.matches(allowed, value, outer)
            }
            Type::Array(_, element) => {
                allowed & STRING != 0 && self.is_byte(element)
                    || self.matches(allowed, element, outer)
            }
            Type::Slice(element) => {
                allowed == POINTER
                    || allowed & STRING != 0 && self.is_byte(element)
                    || self.matches(allowed, element, outer)
            }
            Type::Pointer(to) => {
                if allowed == POINTER {
                    return true;
                }
                match self.under(to) {
                    Type::Struct(_) | Type::Array(..) | Type::Slice(_) | Type::Map(..) => {
                        is_top && self.matches_under(allowed, to, false, outer)
                    }
                    _ => allowed & POINTER != 0,
                }
            }
            Type::Struct(fields) => fields.fields.iter().all(|field| {
                let own = self.program.object_type(*field);
                if !self.matches(allowed, own, outer) {
                    return false;
                }
                let name = self.program.object_name(*field);
                let hidden = !crate::symbol::is_exported(&name);
                !(allowed & STRING != 0 && hidden && self.prints_itself(own))
            }),
            Type::Basic(basic) => allowed & kind(basic) != 0 || basic == Basic::Invalid,
            _ => true,
        }
    }

    fn is_byte(&mut self, ty: TypeId) -> bool {
        self.program.basic(ty) == Some(Basic::Uint8)
    }
}

fn kind(basic: Basic) -> u16 {
    match basic {
        Basic::Bool | Basic::UntypedBool => BOOL,
        Basic::Uint8 => INT | BYTE,
        Basic::Int32 | Basic::UntypedRune => INT | RUNE,
        Basic::String | Basic::UntypedString => STRING,
        Basic::UnsafePointer => POINTER | INT,
        Basic::UntypedNil => 0,
        other if other.is_integer() => INT,
        other if other.is_float() => FLOAT,
        _ => COMPLEX,
    }
}
