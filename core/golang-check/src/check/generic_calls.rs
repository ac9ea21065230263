//! The arguments of calls, and type arguments that they give. Models `types2/call.go`.

use super::{
    calls::{Explicit, Site},
    expressions::Excluded,
    infer::Inference,
    operand::Operand,
};
use crate::{
    ast::{Expr, ExprKind},
    object::{Object, ObjectId},
    program::Program,
    source::Pos,
    types::{Signature, Type, TypeId},
};
use std::rc::Rc;

/// Errors after which arguments are not checked a second time.
const AGAIN_ERRORS_MAX: usize = 20;

impl Program {
    pub(crate) fn expr_args<'e>(&mut self, list: &'e [Expr]) -> Vec<Operand<'e>> {
        if let [only] = list {
            return self.multi_expr(only, false).0;
        }
        list.iter()
            .map(|e| {
                let mut x = Operand::new();
                self.expr(None, &mut x, e);
                x
            })
            .collect()
    }

    /// Arguments, which may be generic functions, and the type arguments that those have already.
    pub(super) fn generic_args<'e>(
        &mut self,
        list: &'e [Expr],
    ) -> (Vec<Operand<'e>>, Vec<Vec<TypeId>>) {
        let (mut args, mut partial) = (Vec::new(), Vec::new());
        for e in list {
            let mut x = Operand::new();
            let mut types = Vec::new();
            let errors = self.error_count();
            if matches!(e.kind, ExprKind::Index(..)) {
                if self.index_expr(&mut x, e) {
                    if let Some(given) = self.instantiate_function(None, &mut x, Some(e), false) {
                        types = given;
                        x.expr = Some(e);
                    } else {
                        self.record(&x);
                    }
                } else {
                    x.expr = Some(e);
                    if self.error_count() > errors && self.error_count() < AGAIN_ERRORS_MAX {
                        // gc checks such an argument twice, and counts its errors twice.
                        x = Operand::new();
                        self.generic_expr(&mut x, e);
                    } else {
                        self.record(&x);
                        self.exclude(
                            &mut x,
                            Excluded {
                                builtins: true,
                                types: true,
                            },
                        );
                        self.single_value(&mut x);
                    }
                }
            } else if list.len() == 1 {
                self.raw_expr(None, &mut x, e, None, true);
                self.exclude(
                    &mut x,
                    Excluded {
                        builtins: true,
                        types: true,
                    },
                );
                if let Some(variables) = self.tuple_of(x.mode, x.ty) {
                    return (self.tuple_operands(e, &variables), Vec::new());
                }
            } else {
                self.generic_expr(&mut x, e);
            }
            args.push(x);
            partial.push(types);
        }
        (args, partial)
    }

    /// Checks arguments against parameters; the signature, with inferred type arguments.
    pub(crate) fn arguments<'e>(
        &mut self,
        site: &Site<'e>,
        ty: TypeId,
        explicit: Explicit,
        args: &mut [Operand<'e>],
        partial: Vec<Vec<TypeId>>,
    ) -> TypeId {
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return ty;
        };
        let Some(params) = self.adjusted_params(site, &signature, args) else {
            return ty;
        };
        let adjusted =
            params.len() != signature.params.len() || (signature.variadic && !site.has_dots);
        let mut type_params: Vec<TypeId> = Vec::new();
        let mut params: Rc<[ObjectId]> = Rc::from(params);
        let original = Rc::clone(&params);
        let mut given: Vec<Option<TypeId>> = explicit.types.iter().map(|ty| Some(*ty)).collect();
        let count = signature.type_params.len();
        if count > 0 {
            let (renamed, list) = self.rename_type_params(&signature.type_params, &params);
            params = Rc::from(list);
            type_params = renamed;
            given.resize(count, None);
        }
        let generic = self.rename_generic_args(args, &partial, &mut type_params, &mut given);
        let mut result = ty;
        if !type_params.is_empty() {
            let inference = Inference {
                pos: site.pos,
                params: &type_params,
                given,
                reverse: false,
            };
            let types = match self.infer(inference, &params, args) {
                Ok(types) => types,
                Err(problem) => {
                    if !problem.is_empty() {
                        let callee = site.fun.map_or(String::new(), |fun| self.show(fun));
                        let message = problem.message(self);
                        self.error(problem.pos(), format!("in call to {callee}, {message}"));
                    }
                    return ty;
                }
            };
            if count > 0 {
                let own: Vec<TypeId> = types.iter().take(count).copied().collect();
                if let Some(fun) = site.fun {
                    result = self.instantiate_signature(site.pos, fun, ty, &own, &explicit.places);
                }
                if adjusted {
                    params = self.substitute_variables(&original, &signature.type_params, &own);
                } else if let Type::Signature(instance) = self.types.get(result) {
                    params = Rc::clone(&instance.params);
                }
            }
            self.finish_generic_args(args, &generic, &types, count, site.pos);
        }
        if !args.is_empty() {
            let callee = site.fun.map_or(String::new(), |fun| self.show(fun));
            let context = format!("argument to {callee}");
            for (arg, param) in args.iter_mut().zip(params.iter()) {
                let param_type = self.type_of(*param);
                self.assignment(arg, Some(param_type), &context);
            }
        }
        result
    }

    pub(super) fn substitute_variables(
        &mut self,
        variables: &[ObjectId],
        params: &[TypeId],
        types: &[TypeId],
    ) -> Rc<[ObjectId]> {
        let variables = variables.iter().map(|variable| {
            let ty = self.type_of(*variable);
            let new = self.substitute(ty, params, types);
            let object = self.objects.get(*variable).clone();
            self.objects.add(Object {
                ty: Some(new),
                ..object
            })
        });
        variables.collect()
    }

    /// One parameter for each argument; `None` after a complaint about their number.
    pub(super) fn adjusted_params(
        &mut self,
        site: &Site,
        signature: &Signature,
        args: &[Operand],
    ) -> Option<Vec<ObjectId>> {
        let mut params = signature.params.to_vec();
        let callee = |program: &Program| site.fun.map_or(String::new(), |fun| program.show(fun));
        let count = args.len();
        let mut wanted = params.len();
        if signature.variadic && site.has_dots {
            if let [only] = site.args
                && count > 1
            {
                let text = self.show(only);
                self.error(
                    site.e.start(),
                    format!("cannot use ... with {count}-valued {text}"),
                );
                return None;
            }
        } else if signature.variadic {
            if count + 1 >= wanted {
                if let Some(last) = params.pop() {
                    let object = self.objects.get(last).clone();
                    let ty = self.type_of(last);
                    let element = match self.types.get(ty) {
                        Type::Slice(element) => *element,
                        _ => ty,
                    };
                    while params.len() < count {
                        params.push(self.objects.add(Object {
                            ty: Some(element),
                            ..object.clone()
                        }));
                    }
                }
                wanted = count;
            } else {
                wanted -= 1;
            }
        } else if site.has_dots {
            let text = callee(self);
            self.error(
                site.e.start(),
                format!("cannot use ... in call to non-variadic {text}"),
            );
            return None;
        }
        if count == wanted {
            return Some(params);
        }
        let (pos, qualifier) = if count > wanted {
            (
                args.get(wanted).map_or(site.e.start(), Operand::pos),
                "too many",
            )
        } else if let Some(last) = args.last() {
            (last.pos(), "not enough")
        } else {
            (site.e.start(), "not enough")
        };
        let text = callee(self);
        let have: Vec<TypeId> = args.iter().map(|arg| arg.ty).collect();
        let want: Vec<TypeId> = signature
            .params
            .iter()
            .map(|param| self.type_of(*param))
            .collect();
        let mut error = self.new_error(pos, format!("{qualifier} arguments in call to {text}"));
        error.add(
            Pos::NONE,
            format!("have {}", self.types_summary(&have, false, site.has_dots)),
        );
        error.add(
            Pos::NONE,
            format!(
                "want {}",
                self.types_summary(&want, signature.variadic, false)
            ),
        );
        self.report(error);
        None
    }

    /// Generic functions among the arguments: their type parameters are inferred along.
    pub(super) fn rename_generic_args(
        &mut self,
        args: &mut [Operand],
        partial: &[Vec<TypeId>],
        type_params: &mut Vec<TypeId>,
        given: &mut Vec<Option<TypeId>>,
    ) -> Vec<(usize, TypeId, usize)> {
        let mut generic = Vec::new();
        for (index, arg) in args.iter_mut().enumerate() {
            let Type::Signature(signature) = self.types.get(arg.ty).clone() else {
                continue;
            };
            if signature.type_params.is_empty() {
                continue;
            }
            let (renamed, _) = self.rename_type_params(&signature.type_params, &[]);
            let own = self.instantiate_signature_type(arg.ty, &renamed);
            generic.push((index, arg.ty, renamed.len()));
            arg.ty = own;
            type_params.extend(renamed);
            given.extend(partial.get(index).into_iter().flatten().map(|ty| Some(*ty)));
            given.resize(type_params.len(), None);
        }
        generic
    }

    pub(super) fn finish_generic_args(
        &mut self,
        args: &mut [Operand],
        generic: &[(usize, TypeId, usize)],
        types: &[TypeId],
        start: usize,
        pos: Pos,
    ) {
        let mut at = start;
        for (index, ty, count) in generic {
            let own: Vec<TypeId> = types.iter().skip(at).take(*count).copied().collect();
            at += count;
            let Some(arg) = args.get_mut(*index) else {
                continue;
            };
            if let Some(e) = arg.expr {
                arg.ty = self.instantiate_signature(pos, e, *ty, &own, &[]);
                self.record(arg);
            }
        }
    }
}
