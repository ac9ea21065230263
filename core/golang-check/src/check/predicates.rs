//! Questions about types. Models `types2/predicates.go` and `under.go`.

use crate::{
    ast::ChanDir,
    info::Mode,
    program::Program,
    types::{Basic, ParamId, Term, Type, TypeId},
};
use std::rc::Rc;

/// A condition on a type and its underlying type; the error says what is wrong.
pub(crate) type Condition<'a> =
    &'a mut dyn FnMut(&mut Program, TypeId, Option<TypeId>) -> Result<(), String>;

/// What holds for a type or not.
pub(crate) type BasicTest = fn(Basic) -> bool;

impl Program {
    /// What the underlying type is.
    pub(crate) fn under(&mut self, ty: TypeId) -> Type {
        let under = self.underlying(ty);
        self.types.get(under).clone()
    }

    pub(crate) fn is_valid(&self, ty: TypeId) -> bool {
        self.types.unalias(ty) != TypeId::INVALID
    }

    pub(crate) fn is_type_param(&self, ty: TypeId) -> bool {
        matches!(self.types.get(self.types.unalias(ty)), Type::Param(_))
    }

    pub(crate) fn as_param(&self, ty: TypeId) -> Option<ParamId> {
        match self.types.get(self.types.unalias(ty)) {
            Type::Param(param) => Some(*param),
            _ => None,
        }
    }

    /// The basic type under a type; not for type parameters.
    pub(crate) fn basic(&mut self, ty: TypeId) -> Option<Basic> {
        match self.under(ty) {
            Type::Basic(basic) => Some(basic),
            _ => None,
        }
    }

    pub(crate) fn is_basic(&mut self, ty: TypeId, test: BasicTest) -> bool {
        self.basic(ty).is_some_and(test)
    }

    /// Like `is_basic`; a type parameter must have specific types, all of that kind.
    pub(crate) fn all_basic(&mut self, ty: TypeId, test: BasicTest) -> bool {
        if self.is_type_param(ty) {
            return match self.terms_of(ty) {
                Some(terms) => terms.iter().all(|term| self.is_basic(term.ty, test)),
                None => false,
            };
        }
        self.is_basic(ty, test)
    }

    pub(crate) fn is_untyped(&self, ty: TypeId) -> bool {
        matches!(self.types.get(ty), Type::Basic(basic) if basic.is_untyped())
    }

    /// Basic types, defined types and type parameters have names.
    pub(crate) fn has_name(&self, ty: TypeId) -> bool {
        matches!(
            self.types.get(self.types.unalias(ty)),
            Type::Basic(_) | Type::Named(_) | Type::Param(_)
        )
    }

    pub(crate) fn is_constant_type(&mut self, ty: TypeId) -> bool {
        !self.is_type_param(ty)
            && self.is_basic(ty, |basic| {
                basic.is_boolean() || basic.is_numeric() || basic.is_string()
            })
    }

    pub(crate) fn is_interface(&mut self, ty: TypeId) -> bool {
        matches!(self.under(ty), Type::Interface(_))
    }

    /// An interface that is not a type parameter's constraint.
    pub(crate) fn is_plain_interface(&mut self, ty: TypeId) -> bool {
        !self.is_type_param(ty) && self.is_interface(ty)
    }

    pub(crate) fn is_interface_pointer(&mut self, ty: TypeId) -> bool {
        match self.under(ty) {
            Type::Pointer(base) => self.is_interface(base),
            _ => false,
        }
    }

    pub(crate) fn is_pointer(&mut self, ty: TypeId) -> bool {
        matches!(self.under(ty), Type::Pointer(_))
    }

    /// A generic type or function that is not instantiated.
    pub(crate) fn is_generic(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::Named(named) => {
                let named = self.types.named(*named);
                !named.type_params.is_empty() && named.type_args.is_empty()
            }
            Type::Alias(alias) => {
                let alias = self.types.alias(*alias);
                !alias.type_params.is_empty() && alias.type_args.is_empty()
            }
            _ => false,
        }
    }

    /// The specific types of a type parameter; `None` if it has none.
    pub(crate) fn terms_of(&mut self, ty: TypeId) -> Option<Rc<[Term]>> {
        let param = self.as_param(ty)?;
        let set = self.param_set(param);
        let terms = set.terms.as_ref()?;
        if terms.is_empty() {
            None
        } else {
            Some(Rc::from(terms.as_slice()))
        }
    }

    /// The type itself and its underlying type; for a type parameter those of its type set
    /// (`None` if it has no specific types).
    pub(crate) fn type_set_of(&mut self, ty: TypeId) -> Vec<(TypeId, Option<TypeId>)> {
        if self.is_type_param(ty) {
            return match self.terms_of(ty) {
                Some(terms) => terms
                    .iter()
                    .map(|term| (term.ty, Some(self.underlying(term.ty))))
                    .collect(),
                None => vec![(TypeId::INVALID, None)],
            };
        }
        vec![(ty, Some(self.underlying(ty)))]
    }

    /// The underlying type that all types of a set have in common, or why there is none.
    pub(crate) fn common_under(&mut self, ty: TypeId, check: Condition) -> Result<TypeId, String> {
        let mut common: Option<(TypeId, TypeId)> = None;
        for (t, under) in self.type_set_of(ty) {
            check(self, t, under)?;
            let Some(under) = under else {
                return Err("no specific type".into());
            };
            let Some((known_type, known)) = common else {
                common = Some((t, under));
                continue;
            };
            if let (Type::Chan(known_dir, known_element), Type::Chan(dir, element)) =
                (self.types.get(known).clone(), self.types.get(under).clone())
            {
                if !self.identical(known_element, element) {
                    let (a, b) = (self.text(known_type), self.text(t));
                    return Err(format!("channels {a} and {b} have different element types"));
                }
                if known_dir == dir {
                } else if known_dir == ChanDir::Both {
                    common = Some((t, under));
                } else if dir != ChanDir::Both {
                    let (a, b) = (self.text(known_type), self.text(t));
                    return Err(format!("channels {a} and {b} have conflicting directions"));
                }
                continue;
            }
            if !self.identical(known, under) {
                let (a, b) = (self.text(known_type), self.text(t));
                return Err(format!("{a} and {b} have different underlying types"));
            }
        }
        common.map(|(_, under)| under).ok_or_else(String::new)
    }

    /// `common_under` without a condition.
    pub(crate) fn core(&mut self, ty: TypeId) -> Option<TypeId> {
        self.common_under(ty, &mut |_, _, _| Ok(())).ok()
    }

    /// Whether nil is a value of the type.
    pub(crate) fn has_nil(&mut self, ty: TypeId) -> bool {
        if self.is_type_param(ty) {
            return match self.terms_of(ty) {
                Some(terms) => terms.iter().all(|term| self.has_nil(term.ty)),
                None => false,
            };
        }
        match self.under(ty) {
            Type::Basic(basic) => basic == Basic::UnsafePointer,
            Type::Slice(_)
            | Type::Pointer(_)
            | Type::Signature(_)
            | Type::Map(..)
            | Type::Chan(..)
            | Type::Interface(_) => true,
            _ => false,
        }
    }

    /// Whether values can be compared; interfaces only if they may be (`dynamic`).
    pub(crate) fn comparable(&mut self, ty: TypeId, dynamic: bool) -> bool {
        self.comparable_cause(ty, dynamic, 0).is_ok()
    }

    /// Why values cannot be compared.
    pub(crate) fn comparable_cause(
        &mut self,
        ty: TypeId,
        dynamic: bool,
        depth: u32,
    ) -> Result<(), String> {
        if depth > super::DEPTH_MAX {
            return Ok(());
        }
        let key = (self.types.unalias(ty), dynamic);
        if self.checker.comparable_types.contains(&key) {
            return Ok(());
        }
        let result = self.comparable_structure(ty, dynamic, depth);
        if result.is_ok() && matches!(self.types.get(key.0), Type::Named(_)) {
            self.checker.comparable_types.insert(key);
        }
        result
    }

    fn comparable_structure(
        &mut self,
        ty: TypeId,
        dynamic: bool,
        depth: u32,
    ) -> Result<(), String> {
        match self.under(ty) {
            Type::Basic(Basic::UntypedNil) => Err(String::new()),
            Type::Basic(_) | Type::Pointer(_) | Type::Chan(..) => Ok(()),
            Type::Struct(structure) => {
                for field in &structure.fields {
                    let field_type = self.object_type(*field);
                    if self
                        .comparable_cause(field_type, dynamic, depth + 1)
                        .is_err()
                    {
                        return Err(format!(
                            "struct containing {} cannot be compared",
                            self.text(field_type)
                        ));
                    }
                }
                Ok(())
            }
            Type::Array(_, element) => match self.comparable_cause(element, dynamic, depth + 1) {
                Ok(()) => Ok(()),
                Err(_) => Err(format!("{} cannot be compared", self.text(ty))),
            },
            Type::Interface(_) => {
                if (dynamic && !self.is_type_param(ty)) || self.type_set_is_comparable(ty, depth) {
                    return Ok(());
                }
                let set = self.type_set(ty);
                Err(match &set.terms {
                    Some(terms) if terms.is_empty() => "empty type set".into(),
                    _ => "incomparable types in type set".into(),
                })
            }
            _ => Err(String::new()),
        }
    }

    fn type_set_is_comparable(&mut self, ty: TypeId, depth: u32) -> bool {
        let set = self.type_set(ty);
        match &set.terms {
            None => set.comparable,
            Some(terms) if terms.is_empty() => false,
            Some(terms) => terms
                .iter()
                .all(|term| self.comparable_cause(term.ty, false, depth + 1).is_ok()),
        }
    }

    /// The type that an untyped value takes on its own.
    pub(crate) fn default_type(&self, ty: TypeId) -> TypeId {
        match ty {
            TypeId::UNTYPED_BOOL => TypeId::BOOL,
            TypeId::UNTYPED_INT => TypeId::INT,
            TypeId::UNTYPED_RUNE => TypeId::RUNE,
            TypeId::UNTYPED_FLOAT => TypeId::FLOAT64,
            TypeId::UNTYPED_COMPLEX => TypeId::COMPLEX128,
            TypeId::UNTYPED_STRING => TypeId::STRING,
            ty => ty,
        }
    }

    /// The larger of two untyped numeric kinds, or the common kind.
    pub(crate) fn larger_untyped(&self, x: TypeId, y: TypeId) -> Option<TypeId> {
        if x == y {
            return Some(x);
        }
        let numeric = |ty| (TypeId::UNTYPED_INT..=TypeId::UNTYPED_COMPLEX).contains(&ty);
        (numeric(x) && numeric(y)).then(|| x.max(y))
    }

    /// The array that a pointer leads to, or the type itself.
    pub(crate) fn array_behind(&mut self, ty: TypeId) -> TypeId {
        if let Type::Pointer(base) = self.types.get(self.types.unalias(ty)).clone() {
            let under = self.underlying(base);
            if matches!(self.types.get(under), Type::Array(..)) {
                return under;
            }
        }
        ty
    }

    /// The base of a pointer type (not of a defined one), and whether it was one.
    pub(crate) fn dereferenced(&self, ty: TypeId) -> (TypeId, bool) {
        match self.types.get(self.types.unalias(ty)) {
            Type::Pointer(base) => (*base, true),
            _ => (ty, false),
        }
    }

    pub(crate) fn is_bytes_or_runes(&mut self, ty: TypeId) -> bool {
        match self.under(ty) {
            Type::Slice(element) => self.is_basic(element, |basic| {
                matches!(basic, Basic::Uint8 | Basic::Int32)
            }),
            _ => false,
        }
    }

    /// Modes of operands that stand for several values or none.
    pub(crate) fn tuple_of(&self, mode: Mode, ty: TypeId) -> Option<Rc<[crate::object::ObjectId]>> {
        match self.types.get(ty) {
            Type::Tuple(variables) if mode == Mode::Value => Some(Rc::clone(variables)),
            _ => None,
        }
    }
}
