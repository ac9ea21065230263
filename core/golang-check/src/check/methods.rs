//! Whether a type has the methods of an interface, and what is missing. Models
//! `missingMethod` of `types2/lookup.go`.

use crate::{
    object::ObjectId,
    program::Program,
    types::{Type, TypeId},
};

/// Why a method does not fit.
enum Lack {
    NotFound,
    /// Found under another case.
    WrongName(ObjectId),
    Unexported,
    WrongSignature(ObjectId),
    Ambiguous,
    PointerReceiver,
    Field,
}

impl Program {
    pub(crate) fn has_all_methods(
        &mut self,
        v: TypeId,
        t: TypeId,
        fixed: bool,
        cause: &mut String,
    ) -> bool {
        self.has_all_methods_by(
            v,
            t,
            fixed,
            &mut |program, x, y| program.identical(x, y),
            cause,
        )
    }

    /// With `fixed` an interface `v` must have the methods itself; otherwise its dynamic type may.
    pub(crate) fn has_all_methods_by(
        &mut self,
        v: TypeId,
        t: TypeId,
        fixed: bool,
        same: &mut dyn FnMut(&mut Program, TypeId, TypeId) -> bool,
        cause: &mut String,
    ) -> bool {
        if !self.is_valid(v) {
            return true;
        }
        let set = self.type_set(t);
        for method in set.methods.iter().copied() {
            if let Some(lack) = self.lack_of(v, method, fixed, same) {
                *cause = self.lack_text(v, t, method, lack);
                return self.has_invalid_embedded(v, 0);
            }
        }
        true
    }

    fn lack_of(
        &mut self,
        v: TypeId,
        method: ObjectId,
        fixed: bool,
        same: &mut dyn FnMut(&mut Program, TypeId, TypeId) -> bool,
    ) -> Option<Lack> {
        let (name, package) = {
            let object = self.objects.get(method);
            (object.name, object.package)
        };
        let want = self.object_type(method);
        if self.is_interface(v) {
            let set = self.type_set(v);
            let Some(own) = set
                .methods
                .iter()
                .copied()
                .find(|own| self.same_name(*own, method))
            else {
                return fixed.then_some(Lack::NotFound);
            };
            let have = self.object_type(own);
            return (!same(self, have, want)).then_some(Lack::WrongSignature(own));
        }
        let found = self.find_member_in(v, false, package, name, false);
        let Some(object) = found.object else {
            if !found.path.is_empty() {
                return Some(Lack::Ambiguous);
            }
            if found.indirect {
                return Some(Lack::PointerReceiver);
            }
            let other = self.find_member_in(v, false, package, name, true).object;
            return Some(match other {
                Some(other) if self.objects.func(other).is_some() => {
                    if self.objects.get(other).name == name {
                        Lack::Unexported
                    } else {
                        Lack::WrongName(other)
                    }
                }
                _ => Lack::NotFound,
            });
        };
        if self.objects.func(object).is_none() {
            return Some(Lack::Field);
        }
        let have = self.object_type(object);
        (!same(self, have, want)).then_some(Lack::WrongSignature(object))
    }

    fn lack_text(&mut self, v: TypeId, t: TypeId, method: ObjectId, lack: Lack) -> String {
        let name = self.object_name(method);
        match lack {
            Lack::NotFound => {
                if self.is_interface_pointer(v) {
                    format!("({})", self.interface_pointer_error(v))
                } else if self.is_interface_pointer(t) {
                    format!("({})", self.interface_pointer_error(t))
                } else {
                    format!("(missing method {name})")
                }
            }
            Lack::WrongName(other) => {
                self.object_type(other);
                let (have, want) = (
                    self.function_text(other, false),
                    self.function_text(method, false),
                );
                format!("(missing method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Lack::Unexported => format!("(unexported method {name})"),
            Lack::WrongSignature(other) => {
                let (mut have, mut want) = (
                    self.function_text(other, false),
                    self.function_text(method, false),
                );
                if have == want {
                    (have, want) = (
                        self.function_text(other, true),
                        self.function_text(method, true),
                    );
                }
                if have == want {
                    return format!("(wrong type for method {name})");
                }
                format!("(wrong type for method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Lack::Ambiguous => format!("(ambiguous selector {}.{name})", self.text(v)),
            Lack::PointerReceiver => format!("(method {name} has pointer receiver)"),
            Lack::Field => format!("({}.{name} is a field, not a method)", self.text(v)),
        }
    }

    pub(crate) fn interface_pointer_error(&mut self, ty: TypeId) -> String {
        let what = match self.under(ty) {
            Type::Pointer(base) if self.is_type_param(base) => "type parameter, not type parameter",
            _ => "interface, not interface",
        };
        format!("type {} is pointer to {what}", self.text(ty))
    }

    /// An embedded field whose type is wrong may be where a method would have been.
    fn has_invalid_embedded(&mut self, ty: TypeId, depth: u32) -> bool {
        if depth > super::DEPTH_MAX {
            return false;
        }
        let (base, _) = self.dereferenced(ty);
        let Type::Struct(structure) = self.under(base) else {
            return false;
        };
        structure.fields.iter().any(|field| {
            let embedded = self.objects.var(*field).is_some_and(|var| var.embedded);
            let field_type = self.type_of(*field);
            embedded
                && (!self.is_valid(field_type) || self.has_invalid_embedded(field_type, depth + 1))
        })
    }
}
