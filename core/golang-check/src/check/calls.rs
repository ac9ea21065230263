//! Calls, conversions, and instances of generic functions. Models `types2/call.go`.

use super::{
    expressions::{Kind, Target},
    infer::Inference,
    operand::Operand,
};
use crate::{
    ast::{CallExpr, Expr, ExprKind},
    info::Mode,
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Signature, Type, TypeId},
};
use std::rc::Rc;

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
