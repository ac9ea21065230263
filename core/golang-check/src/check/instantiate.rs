//! Instances of generic types and functions, and whether type arguments satisfy constraints.
//! Models `types2/instantiate.go` and the lazy parts of `named.go`.

use super::substitute::Replacement;
use crate::{
    limits::{TYPE_DEPTH_MAX, TYPE_INSTANCES_MAX},
    object::{Func, Object, ObjectId, ObjectKind, Var, VarKind},
    program::Program,
    source::Pos,
    types::{Alias, AliasId, Named, NamedId, Signature, Type, TypeId},
};
use std::rc::Rc;

impl Program {
    /// The instance of a generic type; equal arguments give the same type.
    pub(crate) fn instance(&mut self, origin: NamedId, args: Rc<[TypeId]>) -> TypeId {
        let key: Vec<TypeId> = args.iter().map(|ty| self.canonical_type(*ty)).collect();
        let key = (origin.0, key);
        if let Some(known) = self.checker.instances.get(&key) {
            return *known;
        }
        let too_deep = args
            .iter()
            .any(|ty| self.type_depth(*ty, 0) > TYPE_DEPTH_MAX);
        if self.checker.instances.len() > TYPE_INSTANCES_MAX || too_deep {
            return TypeId::INVALID;
        }
        let generic = self.types.named(origin).clone();
        // An instance has a type name of its own, at the place where it is first mentioned.
        let object = self.objects.get(generic.object).clone();
        let object = self.objects.add(Object {
            pos: self.checker.instance_pos,
            ty: None,
            ..object
        });
        let (named, id) = self.types.add_named(object);
        self.set_object_type(object, id);
        if let Some(slot) = self.types.named.get_mut(named.0 as usize) {
            *slot = Named {
                object,
                origin: Some(origin),
                type_args: args,
                outer: Rc::from([]),
                id,
                underlying: None,
                rhs: None,
                methods: Vec::new(),
                expanded: Default::default(),
                ..generic
            };
        }
        self.checker.instances.insert(key, id);
        id
    }

    /// How deep type arguments are nested in a type.
    fn type_depth(&self, ty: TypeId, level: u32) -> u32 {
        if level > TYPE_DEPTH_MAX {
            return level;
        }
        match self.types.get(self.types.unalias(ty)) {
            Type::Named(named) => {
                let args = &self.types.named(*named).type_args;
                args.iter()
                    .map(|ty| self.type_depth(*ty, level + 1))
                    .max()
                    .unwrap_or(level)
            }
            Type::Pointer(inner)
            | Type::Slice(inner)
            | Type::Array(_, inner)
            | Type::Chan(_, inner) => self.type_depth(*inner, level + 1),
            Type::Map(key, value) => self
                .type_depth(*key, level + 1)
                .max(self.type_depth(*value, level + 1)),
            _ => level,
        }
    }

    pub(crate) fn alias_instance(&mut self, origin: AliasId, args: Rc<[TypeId]>) -> TypeId {
        let generic = self.types.alias(origin).clone();
        let actual = self.substitute(generic.actual, &generic.type_params, &args);
        self.types.add_alias(Alias {
            actual,
            type_args: args,
            origin: Some(origin),
            ..generic
        })
    }

    /// The underlying type of a defined type, found through its declaration or its origin.
    pub(crate) fn underlying_named(&mut self, id: NamedId) -> TypeId {
        let named = self.types.named(id);
        if let Some(known) = named.underlying {
            return known;
        }
        if let Some(origin) = named.origin {
            let args = Rc::clone(&named.type_args);
            let generic = self.types.named(origin);
            let params = Rc::clone(if generic.outer.is_empty() {
                &generic.type_params
            } else {
                &generic.outer
            });
            let generic = self.underlying_named(origin);
            if !self.is_valid(generic) {
                return TypeId::INVALID;
            }
            let ty = self.substitute(generic, &params, &args);
            if let Some(slot) = self.types.named.get_mut(id.0 as usize) {
                slot.underlying = Some(ty);
            }
            return ty;
        }
        let Some(mut at) = named.rhs else {
            let object = named.object;
            // A type of an imported package that nothing has asked for yet.
            if !self.checker.path.contains(&object) && self.objects.get(object).ty.is_none() {
                self.object_decl(object);
            }
            return TypeId::INVALID;
        };
        for _ in 0..super::DEPTH_MAX {
            at = self.types.unalias(at);
            let Type::Named(next) = *self.types.get(at) else {
                if let Some(slot) = self.types.named.get_mut(id.0 as usize) {
                    slot.underlying = Some(at);
                }
                return at;
            };
            let next_type = self.types.named(next);
            if let Some(known) = next_type.underlying {
                at = known;
            } else if next_type.origin.is_some() && next != id {
                at = self.underlying_named(next);
            } else if let Some(rhs) = next_type.rhs {
                at = rhs;
            } else {
                return TypeId::INVALID;
            }
        }
        TypeId::INVALID
    }

    /// The methods of a defined type; an instance's methods have its type arguments.
    pub(crate) fn methods_of(&mut self, id: NamedId) -> Vec<ObjectId> {
        let Some(origin) = self.types.named(id).origin else {
            return self.types.named(id).methods.clone();
        };
        let count = self.types.named(origin).methods.len();
        (0..count)
            .filter_map(|index| self.method_of(id, index))
            .collect()
    }

    /// One method of a defined type.
    pub(crate) fn method_of(&mut self, id: NamedId, index: usize) -> Option<ObjectId> {
        let named = self.types.named(id);
        let Some(origin) = named.origin else {
            return named.methods.get(index).copied();
        };
        if let Some(known) = named.expanded.get(&index) {
            return Some(*known);
        }
        let args = Rc::clone(&named.type_args);
        let instance = named.id;
        let method = self.types.named(origin).methods.get(index).copied()?;
        self.object_decl(method);
        let signature_type = self.type_of(method);
        let Type::Signature(signature) = self.types.get(signature_type).clone() else {
            return Some(method);
        };
        let replaced = self.substitute(signature_type, &signature.receiver_type_params, &args);
        let Type::Signature(replaced) = self.types.get(replaced).clone() else {
            return Some(method);
        };
        let object = self.objects.get(method).clone();
        let pointer = matches!(&object.kind, ObjectKind::Func(func) if func.pointer_receiver);
        let receiver = signature.receiver.map(|receiver| {
            let receiver = self.objects.get(receiver).clone();
            let ty = if pointer {
                self.types.pointer(instance)
            } else {
                instance
            };
            self.objects.add(Object {
                ty: Some(ty),
                ..receiver
            })
        });
        let signature = Signature {
            receiver,
            receiver_type_params: Rc::from([]),
            ..(*replaced).clone()
        };
        let ty = self.types.add(Type::Signature(Rc::new(signature)));
        let kind = match object.kind {
            ObjectKind::Func(func) => ObjectKind::Func(Func {
                origin: Some(method),
                ..func
            }),
            kind => kind,
        };
        let expanded = self.objects.add(Object {
            ty: Some(ty),
            kind,
            ..object
        });
        if let Some(slot) = self.types.named.get_mut(id.0 as usize) {
            slot.expanded.insert(index, expanded);
        }
        Some(expanded)
    }

    /// The signature of a generic function with type arguments.
    pub(crate) fn instantiate_signature_type(&mut self, ty: TypeId, args: &[TypeId]) -> TypeId {
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return ty;
        };
        let replaced = self.substitute(ty, &signature.type_params, args);
        let Type::Signature(replaced) = self.types.get(replaced).clone() else {
            return ty;
        };
        self.types.add(Type::Signature(Rc::new(Signature {
            type_params: Rc::from([]),
            ..(*replaced).clone()
        })))
    }

    /// A wrong number of type arguments; complains.
    pub(crate) fn check_type_arg_count(
        &mut self,
        pos: Pos,
        name: &str,
        want: usize,
        got: usize,
    ) -> bool {
        if got == want {
            return true;
        }
        let qualifier = if got < want { "not enough" } else { "too many" };
        self.error(
            pos,
            format!("{qualifier} type arguments for type {name}: have {got}, want {want}"),
        );
        false
    }

    /// The first type argument that does not satisfy its constraint, and why.
    pub(crate) fn verify(&mut self, params: &[TypeId], args: &[TypeId]) -> Option<(usize, String)> {
        for (index, (param, arg)) in params.iter().zip(args).enumerate() {
            let Some(id) = self.as_param(*param) else {
                continue;
            };
            self.param_interface(id);
            let bound = self.types.param(id).bound;
            let options: Vec<Option<TypeId>> = args.iter().map(|arg| Some(*arg)).collect();
            let bound = self.replace(
                bound,
                &Replacement {
                    params,
                    args: &options,
                },
            );
            let mut cause = String::new();
            if !self.implements_with(*arg, bound, true, &mut cause) {
                return Some((index, cause));
            }
        }
        None
    }

    /// Whether a type implements an interface (or satisfies a constraint), and why not.
    pub(crate) fn implements_with(
        &mut self,
        v: TypeId,
        t: TypeId,
        constraint: bool,
        cause: &mut String,
    ) -> bool {
        let (v_under, t_under) = (self.underlying(v), self.underlying(t));
        if !self.is_valid(v_under) || !self.is_valid(t_under) {
            return true;
        }
        if let Type::Pointer(base) = self.types.get(v_under).clone() {
            let base = self.underlying(base);
            if !self.is_valid(base) {
                return true;
            }
        }
        let verb = if constraint { "satisfy" } else { "implement" };
        if !matches!(self.types.get(t_under), Type::Interface(_)) {
            let detail = if self.is_interface_pointer(t_under) {
                format!(
                    "type {} is pointer to interface, not interface",
                    self.text(t)
                )
            } else {
                format!("{} is not an interface", self.text(t))
            };
            *cause = format!(
                "{} does not {verb} {} ({detail})",
                self.text(v),
                self.text(t)
            );
            return false;
        }
        let set = self.type_set(t_under);
        if set.methods.is_empty() && set.terms.is_none() && !set.comparable {
            return true;
        }
        let v_is_interface = matches!(self.types.get(v_under), Type::Interface(_));
        if v_is_interface
            && self
                .type_set(v_under)
                .terms
                .as_ref()
                .is_some_and(Vec::is_empty)
        {
            return true;
        }
        if set.terms.as_ref().is_some_and(Vec::is_empty) {
            *cause = format!("cannot {verb} {} (empty type set)", self.text(t));
            return false;
        }
        let mut detail = String::new();
        if !self.has_all_methods(v, t, true, &mut detail) {
            *cause = format!("{} does not {verb} {} {detail}", self.text(v), self.text(t));
            return false;
        }
        if let Some(terms) = &set.terms {
            let fits = if v_is_interface {
                match self.type_set(v_under).terms.clone() {
                    Some(own) => self.terms_within(&own, terms),
                    None => false,
                }
            } else {
                terms.iter().any(|term| self.term_includes(term, v))
            };
            if !fits {
                *cause = format!("{} does not {verb} {}", self.text(v), self.text(t));
                if !v_is_interface {
                    let detail = self.missing_term(v, (t, t_under), terms);
                    cause.push_str(&format!(" ({detail})"));
                }
                return false;
            }
        }
        self.check_comparability(v, (t_under, constraint), verb, cause)
    }

    fn check_comparability(
        &mut self,
        v: TypeId,
        of: (TypeId, bool),
        verb: &str,
        cause: &mut String,
    ) -> bool {
        let (interface, constraint) = of;
        let set = self.type_set(interface);
        let wanted = match &set.terms {
            None => set.comparable,
            Some(terms) => terms.iter().all(|term| self.comparable(term.ty, false)),
        };
        if !wanted || self.comparable(v, false) || (constraint && self.comparable(v, true)) {
            return true;
        }
        *cause = format!("{} does not {verb} comparable", self.text(v));
        false
    }

    fn missing_term(
        &mut self,
        v: TypeId,
        t: (TypeId, TypeId),
        terms: &[crate::types::Term],
    ) -> String {
        for term in terms {
            let under = self.underlying(term.ty);
            if !term.tilde && self.identical(term.ty, under) {
                let wide = crate::types::Term {
                    tilde: true,
                    ty: term.ty,
                };
                if self.term_includes(&wide, v) {
                    return format!(
                        "possibly missing ~ for {} in {}",
                        self.text(term.ty),
                        self.text(t.0)
                    );
                }
            }
        }
        if self.mentions(t.1, v, 0) {
            let (v, t) = (self.text(v), self.text(t.0));
            return format!("{t} mentions {v}, but {v} is not in the type set of {t}");
        }
        format!("{} missing in {}", self.text(v), self.terms_text(terms))
    }

    fn mentions(&mut self, t: TypeId, ty: TypeId, depth: u32) -> bool {
        if depth > super::DEPTH_MAX {
            return false;
        }
        match self.types.get(t).clone() {
            Type::Interface(id) => {
                let embedded = self.types.interface(id).embedded.clone();
                embedded
                    .iter()
                    .any(|(element, _)| self.mentions(*element, ty, depth + 1))
            }
            Type::Union(terms) => terms
                .iter()
                .any(|term| self.mentions(term.ty, ty, depth + 1)),
            _ => self.identical(t, ty),
        }
    }

    /// A new parameter variable without a place in the source.
    pub(crate) fn new_param(
        &mut self,
        name: crate::symbol::Symbol,
        pos: Pos,
        ty: TypeId,
    ) -> ObjectId {
        let package = Some(self.checker.env.package);
        let kind = ObjectKind::Var(Var::new(VarKind::Param));
        self.objects.add(Object {
            name,
            pos,
            package,
            ty: Some(ty),
            kind,
        })
    }
}
