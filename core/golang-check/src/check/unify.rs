//! Unification of types with type parameters. Models `types2/unify.go`.

use crate::{
    ast::ChanDir,
    object::ObjectId,
    program::Program,
    types::{Type, TypeId},
};

/// Nesting of types at which unification gives up.
const DEPTH_MAX: u32 = 50;

/// Type parameters and what is known about them. Parameters that were unified with each other
/// share a slot.
pub(crate) struct Unifier {
    params: Vec<(TypeId, usize)>,
    slots: Vec<Option<TypeId>>,
    depth: u32,
}

/// How much two types may differ.
#[derive(Clone, Copy)]
struct Mode {
    /// At the top as in an assignment.
    assign: bool,
    exact: bool,
}

impl Unifier {
    pub fn new(params: &[TypeId], given: &[Option<TypeId>]) -> Self {
        Unifier {
            params: params
                .iter()
                .enumerate()
                .map(|(slot, param)| (*param, slot))
                .collect(),
            slots: params
                .iter()
                .enumerate()
                .map(|(index, _)| given.get(index).copied().flatten())
                .collect(),
            depth: 0,
        }
    }

    fn slot(&self, param: TypeId) -> Option<usize> {
        self.params
            .iter()
            .find(|known| known.0 == param)
            .map(|known| known.1)
    }

    pub fn at(&self, param: TypeId) -> Option<TypeId> {
        self.slots.get(self.slot(param)?).copied().flatten()
    }

    pub fn set(&mut self, param: TypeId, ty: TypeId) {
        if let Some(slot) = self.slot(param).and_then(|slot| self.slots.get_mut(slot)) {
            *slot = Some(ty);
        }
    }

    pub fn unknown_count(&self) -> usize {
        self.params
            .iter()
            .filter(|(param, _)| self.at(*param).is_none())
            .count()
    }

    pub fn inferred(&self) -> Vec<Option<TypeId>> {
        self.params
            .iter()
            .map(|(param, _)| self.at(*param))
            .collect()
    }

    fn join(&mut self, x: TypeId, y: TypeId) -> bool {
        let (Some(a), Some(b)) = (self.slot(x), self.slot(y)) else {
            return false;
        };
        if a == b {
            return true;
        }
        let (from, to) = match (self.at(x), self.at(y)) {
            (Some(_), Some(_)) => return false,
            (Some(_), None) => (b, a),
            _ => (a, b),
        };
        for (_, slot) in &mut self.params {
            if *slot == from {
                *slot = to;
            }
        }
        true
    }
}

impl Program {
    pub(crate) fn unify(
        &mut self,
        u: &mut Unifier,
        x: TypeId,
        y: TypeId,
        assign: bool,
        exact: bool,
    ) -> bool {
        self.unify_types(u, x, y, Mode { assign, exact })
    }

    fn unify_types(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: Mode) -> bool {
        u.depth += 1;
        let result = u.depth <= DEPTH_MAX && self.unify_step(u, x, y, mode);
        u.depth -= 1;
        result
    }

    fn bound_param(&self, u: &Unifier, ty: TypeId) -> Option<TypeId> {
        let ty = self.types.unalias(ty);
        u.slot(ty).map(|_| ty)
    }

    fn is_named(&self, ty: TypeId) -> bool {
        matches!(self.types.get(self.types.unalias(ty)), Type::Named(_))
    }

    fn is_type_literal(&self, ty: TypeId) -> bool {
        !matches!(
            self.types.get(self.types.unalias(ty)),
            Type::Named(_) | Type::Param(_)
        )
    }

    fn unify_step(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: Mode) -> bool {
        let original = x;
        // A parameter takes an alias as it is written.
        let mut written = y;
        let (mut x, mut y) = (self.types.unalias(x), self.types.unalias(y));
        if x == y {
            return true;
        }
        if self.is_named(x) || self.bound_param(u, y).is_some() {
            written = original;
            std::mem::swap(&mut x, &mut y);
        }
        if !mode.exact && self.is_named(y) && self.is_type_literal(x) && !self.is_interface(x) {
            y = self.underlying(y);
            if x == y {
                return true;
            }
        }
        match (self.bound_param(u, x), self.bound_param(u, y)) {
            (Some(px), Some(py)) => {
                if u.join(px, py) {
                    return true;
                }
                return match (u.at(px), u.at(py)) {
                    (Some(a), Some(b)) => self.unify_types(u, a, b, mode),
                    _ => false,
                };
            }
            (Some(px), None) => return self.unify_param(u, px, written, mode),
            _ => {}
        }
        if !mode.exact
            && let Some(result) = self.unify_interfaces(u, x, y)
        {
            return result;
        }
        if self.is_type_param(y) {
            std::mem::swap(&mut x, &mut y);
        }
        self.unify_structure(u, x, y, mode)
    }

    fn unify_param(&mut self, u: &mut Unifier, param: TypeId, y: TypeId, mode: Mode) -> bool {
        let Some(x) = u.at(param) else {
            u.set(param, y);
            return true;
        };
        if !self.unify_types(u, x, y, mode) {
            return false;
        }
        let (x_interface, y_interface) = (self.is_plain_interface(x), self.is_plain_interface(y));
        let (x_named, y_named) = (self.is_named(x), self.is_named(y));
        if x_interface && y_interface {
            if x_named && y_named {
                return self.identical(x, y);
            }
            if self.type_set(x).methods.len() != self.type_set(y).methods.len() {
                return false;
            }
        } else if x_interface || y_interface {
            return false;
        }
        if !mode.exact && !x_named {
            let directed = matches!(self.under(y), Type::Chan(dir, _) if dir != ChanDir::Both);
            if y_named || directed {
                u.set(param, y);
            }
        }
        true
    }

    /// Interfaces on one side or both, where types need not be equal; `None` if there are none.
    fn unify_interfaces(&mut self, u: &mut Unifier, x: TypeId, y: TypeId) -> Option<bool> {
        let (x_interface, y_interface) = (self.is_plain_interface(x), self.is_plain_interface(y));
        if !x_interface && !y_interface {
            return None;
        }
        let exact = Mode {
            assign: false,
            exact: true,
        };
        if x_interface && y_interface {
            let (a, b) = (self.type_set(x), self.type_set(y));
            let same_terms = match (&a.terms, &b.terms) {
                (None, None) => true,
                (Some(a), Some(b)) => self.identical_terms(a, b),
                _ => false,
            };
            if a.comparable != b.comparable || !same_terms {
                return Some(false);
            }
            let (few, many) = if a.methods.len() <= b.methods.len() {
                (a, b)
            } else {
                (b, a)
            };
            return Some(few.methods.iter().all(|method| {
                let other = many
                    .methods
                    .iter()
                    .copied()
                    .find(|other| self.same_name(*other, *method));
                other.is_some_and(|other| self.unify_objects(u, *method, other, exact))
            }));
        }
        let (interface, other) = if x_interface { (x, y) } else { (y, x) };
        let set = self.type_set(interface);
        Some(set.methods.iter().all(|method| {
            let (name, package) = {
                let object = self.objects.get(*method);
                (object.name, object.package)
            };
            let found = self.find_member(other, false, package, name, false).object;
            found.is_some_and(|found| {
                self.objects.func(found).is_some() && self.unify_objects(u, *method, found, exact)
            })
        }))
    }

    fn unify_objects(&mut self, u: &mut Unifier, x: ObjectId, y: ObjectId, mode: Mode) -> bool {
        let (x, y) = (self.object_type(x), self.object_type(y));
        self.unify_types(u, x, y, mode)
    }

    fn unify_lists(&mut self, u: &mut Unifier, x: &[ObjectId], y: &[ObjectId], mode: Mode) -> bool {
        x.len() == y.len()
            && x.iter()
                .zip(y)
                .all(|(x, y)| self.unify_objects(u, *x, *y, mode))
    }

    fn unify_structure(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: Mode) -> bool {
        let inner = Mode {
            exact: mode.exact || mode.assign,
            ..mode
        };
        match (self.types.get(x).clone(), self.types.get(y).clone()) {
            (Type::Basic(a), Type::Basic(b)) => a == b,
            (Type::Pointer(a), Type::Pointer(b)) | (Type::Slice(a), Type::Slice(b)) => {
                self.unify_types(u, a, b, inner)
            }
            (Type::Array(n, a), Type::Array(m, b)) => {
                (n < 0 || m < 0 || n == m) && self.unify_types(u, a, b, inner)
            }
            (Type::Map(k, a), Type::Map(l, b)) => {
                self.unify_types(u, k, l, inner) && self.unify_types(u, a, b, inner)
            }
            (Type::Chan(d, a), Type::Chan(e, b)) => {
                (!mode.exact || d == e) && self.unify_types(u, a, b, inner)
            }
            (Type::Struct(a), Type::Struct(b)) => {
                a.tags == b.tags
                    && a.fields.len() == b.fields.len()
                    && a.fields
                        .iter()
                        .zip(&b.fields)
                        .all(|(f, g)| self.same_name(*f, *g))
                    && self.unify_lists(u, &a.fields, &b.fields, inner)
            }
            (Type::Tuple(a), Type::Tuple(b)) => self.unify_lists(u, &a, &b, mode),
            (Type::Signature(a), Type::Signature(b)) => {
                a.variadic == b.variadic
                    && self.unify_lists(u, &a.params, &b.params, inner)
                    && self.unify_lists(u, &a.results, &b.results, inner)
            }
            (Type::Interface(_), Type::Interface(_)) => {
                let (a, b) = (self.type_set(x), self.type_set(y));
                let exact = Mode {
                    assign: false,
                    exact: true,
                };
                a.comparable == b.comparable
                    && a.terms.is_some() == b.terms.is_some()
                    && a.methods.len() == b.methods.len()
                    && a.methods
                        .iter()
                        .zip(&b.methods)
                        .all(|(f, g)| self.same_name(*f, *g))
                    && self.unify_lists(u, &a.methods, &b.methods, exact)
            }
            (Type::Named(a), Type::Named(b)) => {
                let (a, b) = (self.types.named(a).clone(), self.types.named(b).clone());
                a.origin.is_some()
                    && a.origin == b.origin
                    && a.type_args.len() == b.type_args.len()
                    && a.type_args
                        .iter()
                        .zip(b.type_args.iter())
                        .all(|(s, t)| self.unify_types(u, *s, *t, mode))
            }
            (Type::Param(_), _) => match self.core(x) {
                Some(core) => self.unify_types(
                    u,
                    core,
                    y,
                    Mode {
                        assign: true,
                        exact: false,
                    },
                ),
                None => false,
            },
            _ => false,
        }
    }
}
