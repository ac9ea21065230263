//! Inference of type arguments. Models `types2/infer.go`.

use super::{errors::Problem, operand::Operand, substitute::Replacement, unify::Unifier};
use crate::{
    object::{Object, ObjectId},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Param, Signature, Term, Type, TypeId},
};
use std::rc::Rc;

/// What is to be inferred.
pub(crate) struct Inference<'a> {
    pub pos: Pos,
    pub params: &'a [TypeId],
    /// Type arguments that are known.
    pub given: Vec<Option<TypeId>>,
    /// From the type that a function is assigned to.
    pub reverse: bool,
}

impl Program {
    /// New type parameters in place of a function's own, so that it can be called inside of itself,
    /// and variables of their types.
    pub(crate) fn rename_type_params(
        &mut self,
        params: &[TypeId],
        variables: &[ObjectId],
    ) -> (Vec<TypeId>, Vec<ObjectId>) {
        let renamed: Vec<TypeId> = params
            .iter()
            .map(|param| {
                let Some(id) = self.as_param(*param) else {
                    return *param;
                };
                let old = self.types.param(id).clone();
                let object = self.objects.get(old.object).clone();
                let object = self.objects.add(Object { ty: None, ..object });
                let ty = self.types.add_param(Param { object, ..old });
                self.set_object_type(object, ty);
                ty
            })
            .collect();
        for (old, new) in params.iter().zip(&renamed) {
            let (Some(old), Some(new)) = (self.as_param(*old), self.as_param(*new)) else {
                continue;
            };
            let bound = self.types.param(old).bound;
            let bound = self.substitute(bound, params, &renamed);
            if let Some(slot) = self.types.params.get_mut(new.0 as usize) {
                slot.bound = bound;
            }
        }
        let variables = variables
            .iter()
            .map(|variable| {
                let ty = self.type_of(*variable);
                let new = self.substitute(ty, params, &renamed);
                let object = self.objects.get(*variable).clone();
                self.objects.add(Object {
                    ty: Some(new),
                    ..object
                })
            })
            .collect();
        (renamed, variables)
    }

    /// The type arguments that follow from the arguments and constraints.
    pub(crate) fn infer(
        &mut self,
        inference: Inference,
        params: &[ObjectId],
        args: &[Operand],
    ) -> Result<Vec<TypeId>, Problem> {
        let complete: Option<Vec<TypeId>> = inference.given.iter().copied().collect();
        if let Some(complete) = complete.filter(|complete| complete.len() == inference.params.len())
        {
            return Ok(complete);
        }
        if args.iter().any(|arg| !arg.is_valid()) {
            return Err(Problem::empty());
        }
        let mut given = inference.given.clone();
        given.resize(inference.params.len(), None);
        let types: Vec<TypeId> = params
            .iter()
            .map(|param| {
                let ty = self.type_of(*param);
                self.replace(
                    ty,
                    &Replacement {
                        params: inference.params,
                        args: &given,
                    },
                )
            })
            .collect();
        let mut unifier = Unifier::new(inference.params, &given);
        let mut untyped: Vec<usize> = Vec::new();
        for (index, (arg, ty)) in args.iter().zip(&types).enumerate() {
            if !self.mentions_params(inference.params, *ty, 0)
                && !self.mentions_params(inference.params, arg.ty, 0)
            {
                continue;
            }
            if !self.is_untyped(arg.ty) {
                if !self.unify(&mut unifier, *ty, arg.ty, true, false) {
                    return Err(self.mismatch(&inference, &unifier, *ty, arg));
                }
            } else if matches!(self.types.get(*ty), Type::Param(_)) && !arg.is_nil() {
                untyped.push(index);
            }
        }
        self.infer_from_constraints(&inference, &mut unifier)?;
        self.infer_from_untyped(&inference, &mut unifier, &types, args, &untyped)?;
        self.simplify(&inference, unifier.inferred(), &given)
    }

    fn mismatch(
        &mut self,
        inference: &Inference,
        unifier: &Unifier,
        param: TypeId,
        arg: &Operand,
    ) -> Problem {
        let inferred = unifier.inferred();
        let (arg_type, expr) = (self.text(arg.ty), self.operand_expr(arg));
        let param_text = self.text(param);
        if inferred.iter().all(Option::is_none) {
            let names = self.type_param_names(inference.params);
            return self.new_error(
                arg.pos(),
                format!(
                    "type {arg_type} of {expr} does not match {param_text} (cannot infer {names})"
                ),
            );
        }
        let result = self.replace(
            param,
            &Replacement {
                params: inference.params,
                args: &inferred,
            },
        );
        let message = if result == param {
            format!("type {arg_type} of {expr} does not match {param_text}")
        } else {
            let result = self.text(result);
            if inference.reverse {
                format!(
                    "inferred type {result} for {param_text} does not match type {arg_type} of {expr}"
                )
            } else {
                format!(
                    "type {arg_type} of {expr} does not match inferred type {result} for {param_text}"
                )
            }
        };
        self.new_error(arg.pos(), message)
    }

    fn infer_from_constraints(
        &mut self,
        inference: &Inference,
        unifier: &mut Unifier,
    ) -> Result<(), Problem> {
        loop {
            let unknown = unifier.unknown_count();
            for param in inference.params {
                let Some(id) = self.as_param(*param) else {
                    continue;
                };
                let known = unifier.at(*param);
                if let Some((core, single)) = self.core_term(*param) {
                    match known {
                        Some(known) => {
                            let fits = self.unify(unifier, known, core.ty, false, false);
                            if !fits {
                                let (name, known) = (self.text(*param), self.text(known));
                                let bound = self.text(self.types.param(id).bound);
                                return Err(self.new_error(
                                    inference.pos,
                                    format!("{name} (type {known}) does not satisfy {bound}"),
                                ));
                            }
                        }
                        None if single && !core.tilde => unifier.set(*param, core.ty),
                        None => {}
                    }
                }
                if let Some(known) = known
                    && !self.mentions_params(inference.params, known, 0)
                {
                    self.unify_methods(inference, unifier, *param, known)?;
                }
            }
            if unifier.unknown_count() == unknown {
                return Ok(());
            }
        }
    }

    fn unify_methods(
        &mut self,
        inference: &Inference,
        unifier: &mut Unifier,
        param: TypeId,
        known: TypeId,
    ) -> Result<(), Problem> {
        let Some(id) = self.as_param(param) else {
            return Ok(());
        };
        let constraint = self.param_interface(id);
        let mut cause = String::new();
        let fits = self.has_all_methods_by(
            known,
            constraint,
            true,
            &mut |program, x, y| program.unify(unifier, x, y, false, true),
            &mut cause,
        );
        if fits {
            return Ok(());
        }
        let (name, known) = (self.text(param), self.text(known));
        let bound = self.text(self.types.param(id).bound);
        Err(self.new_error(
            inference.pos,
            format!("{name} (type {known}) does not satisfy {bound} {cause}"),
        ))
    }

    fn infer_from_untyped(
        &mut self,
        inference: &Inference,
        unifier: &mut Unifier,
        types: &[TypeId],
        args: &[Operand],
        untyped: &[usize],
    ) -> Result<(), Problem> {
        let mut largest: Vec<(TypeId, TypeId)> = Vec::new();
        for index in untyped {
            let (Some(param), Some(arg)) = (types.get(*index).copied(), args.get(*index)) else {
                continue;
            };
            if unifier.at(param).is_some() {
                continue;
            }
            let Some(known) = largest.iter_mut().find(|known| known.0 == param) else {
                largest.push((param, arg.ty));
                continue;
            };
            match self.larger_untyped(known.1, arg.ty) {
                Some(ty) => known.1 = ty,
                None => {
                    let (a, b, name) = (self.text(known.1), self.text(arg.ty), self.text(param));
                    return Err(self.new_error(
                        arg.pos(),
                        format!("mismatched types {a} and {b} (cannot infer {name})"),
                    ));
                }
            }
        }
        let _ = inference;
        for (param, ty) in largest {
            let ty = self.default_type(ty);
            unifier.set(param, ty);
        }
        Ok(())
    }

    /// Replaces inferred types that mention other parameters until none is left.
    fn simplify(
        &mut self,
        inference: &Inference,
        inferred: Vec<Option<TypeId>>,
        given: &[Option<TypeId>],
    ) -> Result<Vec<TypeId>, Problem> {
        let mut inferred = inferred;
        self.kill_cycles(inference.params, &mut inferred);
        for _ in 0..inference.params.len() + 2 {
            let current = inferred.clone();
            for (slot, given) in inferred.iter_mut().zip(given) {
                if let (Some(ty), None) = (slot.as_mut(), given) {
                    *ty = self.replace(
                        *ty,
                        &Replacement {
                            params: inference.params,
                            args: &current,
                        },
                    );
                }
            }
            if inferred == current {
                break;
            }
        }
        let mut result = Vec::new();
        for (param, ty) in inference.params.iter().zip(&inferred) {
            let known = ty.filter(|ty| !self.mentions_params(inference.params, *ty, 0));
            match known {
                Some(ty) => result.push(ty),
                None => {
                    let name = self.text(*param);
                    let object = self
                        .as_param(*param)
                        .map_or(ObjectId::NONE, |id| self.types.param(id).object);
                    let place = self.place(self.objects.get(object).pos);
                    return Err(self.new_error(
                        inference.pos,
                        format!("cannot infer {name} (declared at {place})"),
                    ));
                }
            }
        }
        Ok(result)
    }

    /// A parameter whose inferred type contains itself is not inferred.
    fn kill_cycles(&mut self, params: &[TypeId], inferred: &mut [Option<TypeId>]) {
        for (index, param) in params.iter().enumerate() {
            let mut reached = vec![*param];
            let mut at = 0;
            let mut cyclic = false;
            while let Some(current) = reached.get(at).copied() {
                at += 1;
                let position = params.iter().position(|other| *other == current);
                let Some(Some(ty)) = position.and_then(|position| inferred.get(position).copied())
                else {
                    continue;
                };
                for other in params {
                    if self.mentions_params(std::slice::from_ref(other), ty, 0) {
                        cyclic |= *other == *param;
                        if !reached.contains(other) {
                            reached.push(*other);
                        }
                    }
                }
            }
            if cyclic && let Some(slot) = inferred.get_mut(index) {
                *slot = None;
            }
        }
    }

    /// The single type of a constraint, or the underlying type that its types have in common.
    fn core_term(&mut self, param: TypeId) -> Option<(Term, bool)> {
        let terms = self.terms_of(param)?;
        if let [only] = &*terms {
            return Some((*only, true));
        }
        let tilde = terms.iter().any(|term| term.tilde);
        self.core(param).map(|ty| (Term { tilde, ty }, false))
    }

    fn type_param_names(&self, params: &[TypeId]) -> String {
        let names: Vec<String> = params
            .iter()
            .filter_map(|param| self.as_param(*param))
            .map(|id| self.object_name(self.types.param(id).object))
            .collect();
        match names.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [a, b] => format!("{a} and {b}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        }
    }

    /// Whether a type mentions one of the type parameters.
    pub(crate) fn mentions_params(&mut self, params: &[TypeId], ty: TypeId, depth: u32) -> bool {
        if depth > super::DEPTH_MAX {
            return false;
        }
        let deeper = depth + 1;
        let any = |program: &mut Program, variables: &[ObjectId]| {
            variables.iter().any(|variable| {
                let ty = program.type_of(*variable);
                program.mentions_params(params, ty, deeper)
            })
        };
        let ty = self.types.unalias(ty);
        match self.types.get(ty).clone() {
            Type::Basic(_) | Type::Alias(_) => false,
            Type::Param(_) => params.contains(&ty),
            Type::Pointer(inner)
            | Type::Slice(inner)
            | Type::Array(_, inner)
            | Type::Chan(_, inner) => self.mentions_params(params, inner, deeper),
            Type::Map(key, value) => {
                self.mentions_params(params, key, deeper)
                    || self.mentions_params(params, value, deeper)
            }
            Type::Struct(structure) => any(self, &structure.fields),
            Type::Tuple(variables) => any(self, &variables),
            Type::Signature(signature) => {
                any(self, &signature.params) || any(self, &signature.results)
            }
            Type::Union(terms) => terms
                .iter()
                .any(|term| self.mentions_params(params, term.ty, deeper)),
            Type::Interface(_) => {
                let set = self.type_set(ty);
                any(self, &set.methods)
                    || set.terms.as_ref().is_some_and(|terms| {
                        terms
                            .iter()
                            .any(|term| self.mentions_params(params, term.ty, deeper))
                    })
            }
            Type::Named(named) => {
                let args = Rc::clone(&self.types.named(named).type_args);
                args.iter()
                    .any(|arg| self.mentions_params(params, *arg, deeper))
            }
        }
    }

    /// A signature without names, for messages about built-in functions.
    pub(crate) fn plain_signature(
        &mut self,
        params: &[TypeId],
        results: &[TypeId],
        variadic: bool,
    ) -> TypeId {
        let params: Vec<ObjectId> = params
            .iter()
            .map(|ty| self.new_param(Symbol::EMPTY, Pos::NONE, *ty))
            .collect();
        let results: Vec<ObjectId> = results
            .iter()
            .map(|ty| self.new_param(Symbol::EMPTY, Pos::NONE, *ty))
            .collect();
        let signature = Signature {
            params: Rc::from(params),
            results: Rc::from(results),
            variadic,
            ..Signature::default()
        };
        self.types.add(Type::Signature(Rc::new(signature)))
    }
}
