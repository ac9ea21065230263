//! Calls, conversions, and instances of generic functions. Models `types2/call.go`.

use super::{
    expressions::{Excluded, Kind, Target},
    infer::Inference,
    operand::Operand,
};
use crate::{
    ast::{CallExpr, Expr, ExprKind},
    info::Mode,
    object::{Object, ObjectId},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Signature, Type, TypeId},
};
use std::rc::Rc;

/// Errors after which arguments are not checked a second time.
const AGAIN_ERRORS_MAX: usize = 20;

/// The type arguments that stand in brackets.
#[derive(Clone, Default)]
pub(crate) struct Explicit {
    pub types: Vec<TypeId>,
    pub places: Vec<Pos>,
}

impl Program {
    /// Gives a generic function type arguments: those in brackets, and those that follow from a
    /// target. Without `infer` a partial list is returned.
    pub(crate) fn instantiate_function<'e>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'e>,
        instance: Option<&'e Expr>,
        infer: bool,
    ) -> Option<Vec<TypeId>> {
        let pos = instance.map_or_else(
            || x.expr.map_or(Pos::NONE, |e| e.pos),
            |instance| instance.pos,
        );
        let mut explicit = Explicit::default();
        if let Some(instance) = instance {
            x.expr = Some(instance);
            match self.explicit_types(instance) {
                Some(list) => explicit = list,
                None => {
                    x.invalidate();
                    return None;
                }
            }
        }
        let Type::Signature(signature) = self.types.get(x.ty).clone() else {
            x.invalidate();
            return None;
        };
        let (got, want) = (explicit.types.len(), signature.type_params.len());
        if got > want {
            let pos = explicit.places.last().copied().unwrap_or(pos);
            self.error(pos, format!("got {got} type arguments but want {want}"));
            x.invalidate();
            return None;
        }
        let mut types = explicit.types.clone();
        if got < want {
            if !infer {
                return Some(types);
            }
            match self.infer_from_target(target, x, &signature, &types, pos) {
                Some(inferred) => types = inferred,
                None => {
                    x.invalidate();
                    return None;
                }
            }
        }
        if let Some(e) = x.expr {
            let at = e.pos;
            x.ty = self.instantiate_signature(at, e, x.ty, &types, &explicit.places);
        }
        x.mode = Mode::Value;
        None
    }

    fn infer_from_target(
        &mut self,
        target: Option<&Target>,
        x: &Operand,
        signature: &Signature,
        types: &[TypeId],
        pos: Pos,
    ) -> Option<Vec<TypeId>> {
        let (mut params, mut args) = (Vec::new(), Vec::new());
        if let Some(target) = target {
            let plain = Signature {
                type_params: Rc::from([]),
                receiver: None,
                receiver_type_params: Rc::from([]),
                ..signature.clone()
            };
            let plain = self.types.add(Type::Signature(Rc::new(plain)));
            params.push(self.new_param(Symbol::EMPTY, pos, plain));
            let stand_in = Some((Rc::from(target.text.as_str()), x.pos()));
            args.push(Operand {
                mode: Mode::Value,
                stand_in,
                ty: target.signature,
                ..Operand::new()
            });
        }
        let (renamed, params) = self.rename_type_params(&signature.type_params, &params);
        let given: Vec<Option<TypeId>> = types.iter().map(|ty| Some(*ty)).collect();
        let inference = Inference {
            pos,
            params: &renamed,
            given,
            reverse: target.is_some(),
        };
        match self.infer(inference, &params, &args) {
            Ok(types) => Some(types),
            Err(problem) => {
                if !problem.is_empty() {
                    self.report(problem);
                }
                None
            }
        }
    }

    fn explicit_types(&mut self, instance: &Expr) -> Option<Explicit> {
        let ExprKind::Index(_, index) = &instance.kind else {
            return None;
        };
        let list = index.elements();
        let types = self.type_list(list)?;
        Some(Explicit {
            types: types.to_vec(),
            places: list.iter().map(Expr::start).collect(),
        })
    }

    /// The signature with its type arguments, which are verified when all types are known.
    pub(crate) fn instantiate_signature(
        &mut self,
        pos: Pos,
        e: &Expr,
        ty: TypeId,
        types: &[TypeId],
        places: &[Pos],
    ) -> TypeId {
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return ty;
        };
        let instance = self.instantiate_signature_type(ty, types);
        self.record_instance(e, Rc::from(types), instance);
        let (types, places) = (types.to_vec(), places.to_vec());
        self.later(move |program| {
            if let Some((index, cause)) = program.verify(&signature.type_params, &types) {
                program.soft_error(places.get(index).copied().unwrap_or(pos), cause);
            } else {
                program.note_instance(pos, &signature.type_params, &types, &places);
            }
        });
        instance
    }

    pub(crate) fn call_expr<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        call: &'e CallExpr,
    ) -> Kind {
        let mut instance = None;
        if matches!(call.fun.kind, ExprKind::Index(..)) {
            if self.index_expr(x, &call.fun) {
                instance = Some(&call.fun);
            }
            x.expr = Some(&call.fun);
            self.record(x);
        } else {
            self.expr_or_type(x, &call.fun, true);
        }
        match x.mode {
            Mode::Invalid => {
                self.use_exprs(&call.args);
                x.expr = Some(e);
                Kind::Statement
            }
            Mode::Type => self.conversion_call(x, e, call),
            Mode::Builtin => {
                let builtin = x.builtin;
                if !self.builtin_call(x, e, call, builtin) {
                    x.invalidate();
                }
                x.expr = Some(e);
                if x.is_valid() && !x.is_constant() {
                    self.checker.env.has_call_or_receive = true;
                }
                super::builtins::statement_kind(builtin)
            }
            _ => {
                self.function_call(x, e, call, instance);
                x.expr = Some(e);
                x.stand_in = None;
                Kind::Statement
            }
        }
    }

    fn conversion_call<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        call: &'e CallExpr,
    ) -> Kind {
        self.non_generic(None, x);
        if !x.is_valid() {
            return Kind::Conversion;
        }
        let ty = x.ty;
        x.invalidate();
        match call.args.as_slice() {
            [] => {
                let text = self.text(ty);
                // The closing parenthesis is where the argument is missing.
                self.error(
                    e.start(),
                    format!("missing argument in conversion to {text}"),
                );
            }
            [only] => {
                self.expr(None, x, only);
                if x.is_valid() {
                    self.converted(x, e, call, ty);
                }
            }
            [.., last] => {
                self.use_exprs(&call.args);
                let text = self.text(ty);
                self.error(
                    last.start(),
                    format!("too many arguments in conversion to {text}"),
                );
            }
        }
        x.expr = Some(e);
        Kind::Conversion
    }

    fn converted(&mut self, x: &mut Operand, e: &Expr, call: &CallExpr, ty: TypeId) {
        if self.is_plain_interface(ty) {
            let set = self.type_set(ty);
            if set.terms.is_some() || set.comparable {
                let text = self.text(ty);
                self.error(
                    e.start(),
                    format!(
                        "cannot use interface {text} in conversion (contains specific type constraints or is comparable)"
                    ),
                );
                x.invalidate();
                return;
            }
        }
        if call.has_dots {
            let text = self.text(ty);
            let pos = call.args.first().map_or(e.start(), Expr::start);
            self.error(pos, format!("invalid use of ... in conversion to {text}"));
            x.invalidate();
            return;
        }
        self.conversion(x, ty);
    }

    fn function_call<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        call: &'e CallExpr,
        instance: Option<&'e Expr>,
    ) {
        let core = self.common_under(x.ty, &mut |program, t, under| match under {
            Some(under) if !matches!(program.types.get(under), Type::Signature(_)) => {
                Err(format!("{} is not a function", program.text(t)))
            }
            _ => Ok(()),
        });
        let mut ty = match core {
            Ok(ty) => ty,
            Err(cause) => {
                let text = self.describe(x);
                self.error(
                    x.pos(),
                    format!("invalid operation: cannot call {text}: {cause}"),
                );
                // The arguments are not looked at.
                x.invalidate();
                return;
            }
        };
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return;
        };
        let was_generic = !signature.type_params.is_empty();
        let mut explicit = Explicit::default();
        if let Some(instance) = instance {
            let Some(list) = self.explicit_types(instance) else {
                self.use_exprs(&call.args);
                x.invalidate();
                return;
            };
            explicit = list;
            let (got, want) = (explicit.types.len(), signature.type_params.len());
            if got > want {
                let pos = explicit.places.get(want).copied().unwrap_or(instance.pos);
                self.error(pos, format!("got {got} type arguments but want {want}"));
                self.use_exprs(&call.args);
                x.invalidate();
                return;
            }
            if got == want && want > 0 {
                ty = self.instantiate_signature(
                    instance.pos,
                    instance,
                    ty,
                    &explicit.types,
                    &explicit.places,
                );
                explicit = Explicit::default();
            }
        }
        let (mut args, partial) = self.generic_args(&call.args);
        let site = Site {
            e,
            fun: Some(&call.fun),
            args: &call.args,
            has_dots: call.has_dots,
            pos: e.pos,
        };
        let ty = self.arguments(&site, ty, explicit, &mut args, partial);
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return;
        };
        if was_generic && signature.type_params.is_empty() {
            self.record_typed(&call.fun, Mode::Value, ty, None);
        }
        x.value = None;
        match &*signature.results {
            [] => {
                // The operand keeps the function's type, as later messages show.
                x.mode = Mode::NoValue;
            }
            [only] => {
                x.mode = Mode::Value;
                x.ty = self.type_of(*only);
            }
            _ => {
                x.mode = Mode::Value;
                x.ty = self.types.tuple(Rc::clone(&signature.results));
            }
        }
        self.checker.env.has_call_or_receive = true;
        if x.mode == Mode::Value
            && !signature.type_params.is_empty()
            && self.mentions_params(&signature.type_params, x.ty, 0)
        {
            x.invalidate();
        }
    }

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
    fn generic_args<'e>(&mut self, list: &'e [Expr]) -> (Vec<Operand<'e>>, Vec<Vec<TypeId>>) {
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

    fn substitute_variables(
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
    fn adjusted_params(
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
    fn rename_generic_args(
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

    fn finish_generic_args(
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

/// A call as its arguments are checked.
pub(crate) struct Site<'e> {
    pub e: &'e Expr,
    pub fun: Option<&'e Expr>,
    pub args: &'e [Expr],
    pub has_dots: bool,
    /// Where inference errors are.
    pub pos: Pos,
}
