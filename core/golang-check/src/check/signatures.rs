//! Signatures: receivers, parameters, results. Models `types2/signature.go`.

use super::ScopeId;
use crate::{
    ast::{Expr, ExprKind, Field, FuncType, Ident, Op},
    info::Mode,
    object::{Object, ObjectId, ObjectKind, Var, VarKind},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Signature, Type, TypeId},
};
use std::rc::Rc;

/// Parameters with the names to declare.
#[derive(Default)]
struct Params {
    names: Vec<Option<Ident>>,
    objects: Vec<ObjectId>,
    variadic: bool,
}

impl Program {
    /// The type of a function; its parameters are declared in `scope`.
    pub(crate) fn signature_expr(
        &mut self,
        scope: ScopeId,
        receiver: Option<&Field>,
        type_params: &[Field],
        ty: &FuncType,
    ) -> TypeId {
        let outer = std::mem::replace(&mut self.checker.env.scope, scope);
        if let Some(scope) = self.checker.scopes.get_mut(scope.0 as usize) {
            scope.is_function = true;
        }
        let mut signature = Signature::default();
        let mut receiver_object = None;
        if let Some(field) = receiver {
            let (object, params) = self.receiver(field);
            receiver_object = Some((field, object));
            signature.receiver = Some(object);
            signature.receiver_type_params = params;
        }
        if !type_params.is_empty() {
            let params = self.declare_type_params(type_params);
            if let Some(function) = self.checker.declared_function.take() {
                let start = Signature {
                    type_params: Rc::clone(&params),
                    ..Signature::default()
                };
                let start = self.types.add(Type::Signature(Rc::new(start)));
                self.set_object_type(function, start);
            }
            self.bind_type_params(type_params, &params);
            signature.type_params = params;
        }
        let params = self.params(VarKind::Param, &ty.params);
        let results = self.params(VarKind::Result, &ty.results);
        if let Some((field, object)) = receiver_object
            && let Some(name) = field.name
        {
            self.declare(scope, Some(name.id), object);
        }
        self.declare_params(scope, &params);
        self.declare_params(scope, &results);
        signature.params = Rc::from(params.objects);
        signature.results = Rc::from(results.objects);
        signature.variadic = params.variadic;
        self.checker.env.scope = outer;
        self.types.add(Type::Signature(Rc::new(signature)))
    }

    fn declare_params(&mut self, scope: ScopeId, params: &Params) {
        for (name, object) in params.names.iter().zip(&params.objects) {
            if let Some(name) = name {
                self.declare(scope, Some(name.id), *object);
            }
        }
    }

    fn variable(&mut self, kind: VarKind, name: Symbol, pos: Pos, ty: TypeId) -> ObjectId {
        let package = Some(self.checker.env.package);
        self.objects.add(Object {
            name,
            pos,
            package,
            ty: Some(ty),
            kind: ObjectKind::Var(Var::new(kind)),
        })
    }

    fn params(&mut self, kind: VarKind, fields: &[Field]) -> Params {
        let mut params = Params::default();
        let mut previous: Option<(&Rc<Expr>, TypeId)> = None;
        for (index, field) in fields.iter().enumerate() {
            let ty = match previous {
                Some((expr, ty)) if Rc::ptr_eq(expr, &field.ty) => ty,
                _ => {
                    let mut expr: &Expr = &field.ty;
                    if let ExprKind::DotsType(element) = &expr.kind {
                        expr = element;
                        if kind == VarKind::Param && index + 1 == fields.len() {
                            params.variadic = true;
                        } else {
                            self.error(field.ty.start(), "invalid syntax tree: invalid use of ...");
                        }
                    }
                    self.var_type(expr)
                }
            };
            previous = Some((&field.ty, ty));
            let (name, pos) = field
                .name
                .map_or((Symbol::EMPTY, field.pos), |name| (name.name, name.pos));
            let object = self.variable(kind, name, pos, ty);
            params.names.push(field.name);
            params.objects.push(object);
        }
        if params.variadic
            && let Some(last) = params.objects.last().copied()
        {
            let element = self.type_of(last);
            let slice = self.types.slice(element);
            self.set_object_type(last, slice);
        }
        params
    }

    /// The receiver of a method, with the type parameters that it declares.
    fn receiver(&mut self, field: &Field) -> (ObjectId, Rc<[TypeId]>) {
        let (is_pointer, base, names) = self.receiver_parts(&field.ty);
        let mut params: Rc<[TypeId]> = Rc::from([]);
        let ty = match names {
            None => self.plain_receiver(&field.ty, base),
            Some(names) => {
                let (ty, declared) = self.generic_receiver(base, &names);
                params = declared;
                if is_pointer && self.is_valid(ty) {
                    self.types.pointer(ty)
                } else {
                    ty
                }
            }
        };
        self.info_mut().set(field.ty.id, Mode::Type, ty, None);
        let (name, pos) = field
            .name
            .map_or((Symbol::EMPTY, field.pos), |name| (name.name, name.pos));
        let object = self.variable(VarKind::Receiver, name, pos, ty);
        let base_pos = base.start();
        self.later(move |program| program.check_receiver(base_pos, object));
        (object, params)
    }

    fn plain_receiver(&mut self, expr: &Expr, base: &Expr) -> TypeId {
        let ty = self.var_type(expr);
        // An alias of an instantiated type cannot get methods.
        let mut at = self.dereferenced(ty).0;
        for _ in 0..64 {
            let Type::Alias(alias) = *self.types.get(at) else {
                break;
            };
            at = self.dereferenced(self.types.alias(alias).actual).0;
            let is_instance = match self.types.get(at) {
                Type::Named(id) => !self.types.named(*id).type_args.is_empty(),
                Type::Alias(id) => !self.types.alias(*id).type_args.is_empty(),
                _ => false,
            };
            if is_instance {
                let text = self.text(at);
                self.error(
                    base.start(),
                    format!("cannot define new methods on instantiated type {text}"),
                );
                return TypeId::INVALID;
            }
        }
        ty
    }

    fn generic_receiver(&mut self, base: &Expr, names: &[Ident]) -> (TypeId, Rc<[TypeId]>) {
        let mut cause = String::new();
        let generic = self.generic_type(base, &mut cause);
        let mut named = None;
        match *self.types.get(generic) {
            Type::Named(id) => named = Some(id),
            // What is wrong with the alias itself was told.
            Type::Alias(_) if self.types.unalias(generic) == TypeId::INVALID => {}
            Type::Alias(_) => {
                let text = self.text(generic);
                self.error(
                    base.start(),
                    format!("cannot define new methods on generic alias type {text}"),
                );
            }
            _ if !cause.is_empty() => self.error(base.start(), cause),
            _ => {}
        }
        let params: Rc<[TypeId]> = names
            .iter()
            .enumerate()
            .map(|(index, name)| self.declare_type_param(*name, index))
            .collect();
        for (name, param) in names.iter().zip(params.iter()) {
            self.info_mut().set(name.id, Mode::Type, *param, None);
        }
        let Some(named) = named else {
            return (TypeId::INVALID, params);
        };
        let declared = Rc::clone(&self.types.named(named).type_params);
        if params.len() != declared.len() {
            let plural = if params.len() == 1 { "" } else { "s" };
            self.error(
                base.start(),
                format!(
                    "receiver declares {} type parameter{plural}, but receiver base type declares {}",
                    params.len(),
                    declared.len()
                ),
            );
            return (TypeId::INVALID, params);
        }
        for (param, base_param) in params.iter().zip(declared.iter()) {
            let (Some(param), Some(base_param)) =
                (self.as_param(*param), self.as_param(*base_param))
            else {
                continue;
            };
            let base_type = declared
                .iter()
                .copied()
                .find(|ty| self.as_param(*ty) == Some(base_param));
            let own_type = params
                .iter()
                .copied()
                .find(|ty| self.as_param(*ty) == Some(param));
            if let (Some(own), Some(base)) = (own_type, base_type) {
                self.checker.receiver_params.insert(own, base);
            }
            let bound = self.types.param(base_param).bound;
            let bound = self.substitute(bound, &declared, &params);
            if let Some(slot) = self.types.params.get_mut(param.0 as usize) {
                slot.bound = bound;
            }
        }
        self.checker.instance_pos = base.pos;
        let ty = self.instance(named, Rc::clone(&params));
        self.record_instance(base, Rc::clone(&params), ty);
        (ty, params)
    }

    /// Whether a receiver is written as a pointer, its base, and the names in its brackets.
    fn receiver_parts<'e>(&mut self, ty: &'e Expr) -> (bool, &'e Expr, Option<Vec<Ident>>) {
        let mut base = ty.unparen();
        let mut is_pointer = false;
        if let ExprKind::Unary(Op::Mul, inner) = &base.kind {
            is_pointer = true;
            base = inner.unparen();
        }
        let ExprKind::Index(generic, index) = &base.kind else {
            return (is_pointer, base, None);
        };
        let mut names = Vec::new();
        for argument in index.elements() {
            names.push(match argument.as_name() {
                Some(name) => name,
                None => {
                    if !matches!(argument.kind, ExprKind::Bad) {
                        let text = self.show(argument);
                        self.error(
                            argument.start(),
                            format!("receiver type parameter {text} must be an identifier"),
                        );
                    }
                    Ident {
                        id: argument.id,
                        pos: argument.pos,
                        name: Symbol::BLANK,
                    }
                }
            });
        }
        (is_pointer, generic, Some(names))
    }

    fn check_receiver(&mut self, pos: Pos, receiver: ObjectId) {
        let ty = self.type_of(receiver);
        let (base, _) = self.dereferenced(ty);
        let plain = self.types.unalias(base);
        if !self.is_valid(plain) {
            return;
        }
        match *self.types.get(plain) {
            Type::Named(id) => {
                let home = self.objects.get(self.types.named(id).object).package;
                if home != Some(self.checker.env.package) {
                    let text = self.text(base);
                    self.error(
                        pos,
                        format!("cannot define new methods on non-local type {text}"),
                    );
                    return;
                }
                let cause = match self.under(plain) {
                    Type::Basic(crate::types::Basic::UnsafePointer) => "unsafe.Pointer",
                    Type::Pointer(_) | Type::Interface(_) => "pointer or interface type",
                    _ => return,
                };
                let text = self.text(base);
                self.error(pos, format!("invalid receiver type {text} ({cause})"));
            }
            Type::Basic(_) => {
                let text = self.text(base);
                self.error(
                    pos,
                    format!("cannot define new methods on non-local type {text}"),
                );
            }
            _ => {
                let text = self.text(ty);
                self.error(pos, format!("invalid receiver type {text}"));
            }
        }
    }
}
