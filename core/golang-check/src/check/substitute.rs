//! Replaces type parameters in types. Models `types2/subst.go`.

use super::DEPTH_MAX;
use crate::{
    object::{Object, ObjectId},
    program::Program,
    types::{Interface, Signature, Struct, Term, Type, TypeId},
};
use std::rc::Rc;

/// What is replaced by what.
pub(crate) struct Replacement<'a> {
    pub params: &'a [TypeId],
    /// A missing argument leaves its parameter alone.
    pub args: &'a [Option<TypeId>],
}

impl Program {
    pub(crate) fn replace(&mut self, ty: TypeId, map: &Replacement) -> TypeId {
        if map.params.is_empty() || self.checker.depth > DEPTH_MAX {
            return ty;
        }
        self.checker.depth += 1;
        let result = self.replace_in(ty, map);
        self.checker.depth -= 1;
        result
    }

    fn replace_in(&mut self, ty: TypeId, map: &Replacement) -> TypeId {
        match self.types.get(ty).clone() {
            Type::Basic(_) => ty,
            Type::Param(_) => {
                let at = map.params.iter().position(|param| *param == ty);
                at.and_then(|at| map.args.get(at).copied().flatten())
                    .unwrap_or(ty)
            }
            Type::Pointer(base) => self.rebuild(ty, base, map, Type::Pointer),
            Type::Slice(element) => self.rebuild(ty, element, map, Type::Slice),
            Type::Array(length, element) => {
                self.rebuild(ty, element, map, |element| Type::Array(length, element))
            }
            Type::Chan(dir, element) => {
                self.rebuild(ty, element, map, |element| Type::Chan(dir, element))
            }
            Type::Map(key, value) => {
                let (new_key, new_value) = (self.replace(key, map), self.replace(value, map));
                if (new_key, new_value) == (key, value) {
                    ty
                } else {
                    self.types.add(Type::Map(new_key, new_value))
                }
            }
            Type::Tuple(variables) => match self.replace_variables(&variables, map) {
                Some(variables) => self.types.tuple(variables),
                None => ty,
            },
            Type::Signature(signature) => self.replace_signature(ty, &signature, map),
            Type::Struct(structure) => match self.replace_variables(&structure.fields, map) {
                Some(fields) => self.types.add(Type::Struct(Rc::new(Struct {
                    fields: fields.to_vec(),
                    tags: structure.tags.clone(),
                }))),
                None => ty,
            },
            Type::Union(terms) => {
                let new: Vec<Term> = terms
                    .iter()
                    .map(|term| Term {
                        tilde: term.tilde,
                        ty: self.replace(term.ty, map),
                    })
                    .collect();
                if *new == *terms {
                    ty
                } else {
                    self.types.add(Type::Union(Rc::from(new)))
                }
            }
            Type::Interface(id) => {
                let interface = self.types.interface(id).clone();
                self.replace_interface(ty, &interface, map)
            }
            Type::Named(named) => {
                let found = self.types.named(named);
                let (origin, own) = match found.origin {
                    Some(origin) => (origin, Rc::clone(&found.type_args)),
                    None => (named, Rc::clone(&found.outer)),
                };
                let args = self.replace_all(&own, map);
                if args == own {
                    ty
                } else {
                    self.instance(origin, args)
                }
            }
            Type::Alias(id) => {
                let alias = self.types.alias(id).clone();
                let Some(origin) = alias.origin else {
                    return if self.types.unalias(ty) == self.checker.any {
                        ty
                    } else {
                        self.replace_alias(ty, map)
                    };
                };
                let args = self.replace_all(&alias.type_args, map);
                if *args == *alias.type_args {
                    ty
                } else {
                    self.alias_instance(origin, args)
                }
            }
        }
    }

    /// A plain alias whose type does not change stays.
    fn replace_alias(&mut self, ty: TypeId, map: &Replacement) -> TypeId {
        let actual = self.types.unalias(ty);
        let replaced = self.replace(actual, map);
        if replaced == actual { ty } else { replaced }
    }

    fn rebuild(
        &mut self,
        ty: TypeId,
        part: TypeId,
        map: &Replacement,
        build: impl Fn(TypeId) -> Type,
    ) -> TypeId {
        let new = self.replace(part, map);
        if new == part {
            ty
        } else {
            self.types.add(build(new))
        }
    }

    fn replace_all(&mut self, list: &[TypeId], map: &Replacement) -> Rc<[TypeId]> {
        list.iter().map(|ty| self.replace(*ty, map)).collect()
    }

    fn replace_variables(
        &mut self,
        variables: &[ObjectId],
        map: &Replacement,
    ) -> Option<Rc<[ObjectId]>> {
        let mut changed = false;
        let list: Vec<ObjectId> = variables
            .iter()
            .map(|variable| {
                let ty = self.object_type(*variable);
                let new = self.replace(ty, map);
                if new == ty {
                    return *variable;
                }
                changed = true;
                let object = self.objects.get(*variable).clone();
                self.objects.add(Object {
                    ty: Some(new),
                    ..object
                })
            })
            .collect();
        changed.then(|| Rc::from(list))
    }

    fn replace_signature(
        &mut self,
        ty: TypeId,
        signature: &Signature,
        map: &Replacement,
    ) -> TypeId {
        let params = self.replace_variables(&signature.params, map);
        let results = self.replace_variables(&signature.results, map);
        if params.is_none() && results.is_none() {
            return ty;
        }
        let new = Signature {
            params: params.unwrap_or_else(|| Rc::clone(&signature.params)),
            results: results.unwrap_or_else(|| Rc::clone(&signature.results)),
            ..signature.clone()
        };
        self.types.add(Type::Signature(Rc::new(new)))
    }

    fn replace_interface(
        &mut self,
        ty: TypeId,
        interface: &Interface,
        map: &Replacement,
    ) -> TypeId {
        let mut changed = false;
        let methods: Vec<ObjectId> = interface
            .methods
            .iter()
            .map(|method| {
                let method_type = self.type_of(*method);
                let new = self.replace(method_type, map);
                if new == method_type {
                    return *method;
                }
                changed = true;
                let object = self.objects.get(*method).clone();
                self.objects.add(Object {
                    ty: Some(new),
                    ..object
                })
            })
            .collect();
        let mut embedded = interface.embedded.clone();
        for (element, _) in &mut embedded {
            let new = self.replace(*element, map);
            changed |= new != *element;
            *element = new;
        }
        if !changed {
            return ty;
        }
        self.types.add_interface(Interface {
            methods,
            embedded,
            implicit: interface.implicit,
            set: None,
        })
    }
}
