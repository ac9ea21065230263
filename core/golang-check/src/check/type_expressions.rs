//! Names and types. Models `types2/typexpr.go`.

use super::operand::Operand;
use crate::{
    ast::{Expr, ExprKind, Ident, Op},
    info::{Instance, Mode},
    object::{ObjectId, ObjectKind},
    program::Program,
    symbol::Symbol,
    types::{AliasId, NamedId, Type, TypeId},
};
use std::rc::Rc;

impl Program {
    /// A name as an operand; with `want_type` it should be a type.
    pub(crate) fn ident<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr, want_type: bool) {
        *x = Operand {
            expr: Some(e),
            ..Operand::new()
        };
        let Some(Ident { id, pos, name }) = e.as_name() else {
            return;
        };
        let Some((scope, object)) = self.look_up(name) else {
            if name == Symbol::BLANK {
                self.error(pos, "cannot use _ as value or type");
            } else {
                let text = self.name(name);
                self.error(pos, format!("undefined: {text}"));
            }
            return;
        };
        self.record_object(id, object);
        let is_type = matches!(self.objects.get(object).kind, ObjectKind::TypeName);
        if !is_type && want_type {
            let (text, kind) = (self.name(name), self.object_kind_text(object));
            self.error(pos, format!("{text} ({kind}) is not a type"));
            self.mark_used(object);
            return;
        }
        let own = self.objects.get(object).package == Some(self.checker.env.package);
        if self.objects.get(object).ty.is_none() || (is_type && want_type && own) {
            self.object_decl(object);
        }
        let ty = self.type_of(object);
        if let Some(package_name) = self.checker.dot_imports.get(&(scope, name)).copied() {
            self.mark_package_used(package_name);
        }
        match self.objects.get(object).kind.clone() {
            ObjectKind::PackageName { .. } => {
                let text = self.name(name);
                self.error(pos, format!("use of package {text} not in selector"));
                return;
            }
            ObjectKind::Const(value) => {
                self.add_dependency(object);
                if !self.is_valid(ty) {
                    return;
                }
                x.value = Some(value);
                if object == self.checker.iota {
                    let Some(iota) = self.checker.env.iota.clone() else {
                        self.error(pos, "cannot use iota outside constant declaration");
                        return;
                    };
                    x.value = Some(iota);
                }
                x.mode = Mode::Constant;
            }
            ObjectKind::TypeName => x.mode = Mode::Type,
            ObjectKind::Var(_) => {
                self.mark_used(object);
                self.note_use(object);
                self.add_dependency(object);
                if !self.is_valid(ty) {
                    return;
                }
                x.mode = Mode::Variable;
            }
            ObjectKind::Func(_) => {
                self.add_dependency(object);
                x.mode = Mode::Value;
            }
            ObjectKind::Builtin(builtin) => {
                x.builtin = builtin;
                x.mode = Mode::Builtin;
            }
            ObjectKind::Nil => x.mode = Mode::NilValue,
            ObjectKind::Label { .. } => return,
        }
        x.ty = ty;
    }

    pub(crate) fn mark_used(&mut self, object: ObjectId) {
        let own = self.objects.get(object).package == Some(self.checker.env.package);
        if own && let Some(var) = self.objects.var_mut(object) {
            var.used = true;
        }
    }

    pub(crate) fn mark_package_used(&mut self, object: ObjectId) {
        if let Some(entry) = self.objects.get_mut(object)
            && let ObjectKind::PackageName { used, .. } = &mut entry.kind
        {
            *used = true;
        }
    }

    /// A type.
    pub(crate) fn type_expr(&mut self, e: &Expr) -> TypeId {
        self.declared_type(e, None)
    }

    /// The type of a variable: no constraint interface.
    pub(crate) fn var_type(&mut self, e: &Expr) -> TypeId {
        let ty = self.declared_type(e, None);
        self.check_var_type(e, ty);
        ty
    }

    pub(crate) fn check_var_type(&mut self, e: &Expr, ty: TypeId) {
        if self.is_type_param(ty) || matches!(self.types.get(ty), Type::Basic(_)) {
            return;
        }
        let pos = e.start();
        self.later(move |program| {
            if !matches!(program.under(ty), Type::Interface(_)) {
                return;
            }
            let set = program.type_set(ty);
            if set.terms.is_none() && !set.comparable {
                return;
            }
            let why = if set.comparable {
                "interface is (or embeds) comparable"
            } else {
                "interface contains type constraints"
            };
            let text = program.text(ty);
            program.soft_error(
                pos,
                format!("cannot use type {text} outside a type constraint: {why}"),
            );
        });
    }

    /// A type that is the right side of a declaration, perhaps; not a generic one.
    pub(crate) fn declared_type(&mut self, e: &Expr, def: Option<ObjectId>) -> TypeId {
        let mut ty = self.type_unrecorded(e, def);
        if self.is_generic(ty) {
            let text = self.text(ty);
            self.error(
                e.start(),
                format!("cannot use generic type {text} without instantiation"),
            );
            ty = TypeId::INVALID;
        }
        self.info_mut().set(e.id, Mode::Type, ty, None);
        ty
    }

    /// A type that must be generic.
    pub(crate) fn generic_type(&mut self, e: &Expr, cause: &mut String) -> TypeId {
        let mut ty = self.type_unrecorded(e, None);
        if self.is_valid(ty) && !self.is_generic(ty) {
            *cause = format!("{} is not a generic type", self.text(ty));
            ty = TypeId::INVALID;
        }
        self.info_mut().set(e.id, Mode::Type, ty, None);
        ty
    }

    fn operand_type(&mut self, x: &Operand) -> TypeId {
        match x.mode {
            Mode::Type => return x.ty,
            Mode::Invalid => {}
            Mode::NoValue => {
                let text = self.describe(x);
                self.error(x.pos(), format!("{text} used as type"));
            }
            _ => {
                let text = self.describe(x);
                self.error(x.pos(), format!("{text} is not a type"));
            }
        }
        TypeId::INVALID
    }

    fn type_unrecorded(&mut self, e: &Expr, def: Option<ObjectId>) -> TypeId {
        match &e.kind {
            ExprKind::Bad => TypeId::INVALID,
            ExprKind::Name(_) => {
                let mut x = Operand::new();
                self.ident(&mut x, e, true);
                self.operand_type(&x)
            }
            ExprKind::Selector(..) => {
                let mut x = Operand::new();
                self.selector(&mut x, e, true);
                self.operand_type(&x)
            }
            ExprKind::Index(generic, index) => self.instantiated_type(generic, index.elements()),
            ExprKind::Paren(inner) => self.declared_type(inner, def),
            ExprKind::ArrayType(length, element) => {
                let length = match length {
                    Some(length) => self.array_length(length),
                    None => {
                        self.error(
                            e.start(),
                            "invalid use of [...] array (outside a composite literal)",
                        );
                        -1
                    }
                };
                let element = self.var_type(element);
                if length < 0 {
                    TypeId::INVALID
                } else {
                    self.types.add(Type::Array(length, element))
                }
            }
            ExprKind::SliceType(element) => {
                let element = self.var_type(element);
                self.types.slice(element)
            }
            ExprKind::DotsType(_) => {
                self.error(e.start(), "invalid syntax tree: invalid use of ...");
                TypeId::INVALID
            }
            ExprKind::StructType(structure) => self.struct_type(structure),
            ExprKind::Unary(Op::Mul, base) => {
                let base = self.var_type(base);
                if self.is_valid(base) {
                    self.types.pointer(base)
                } else {
                    TypeId::INVALID
                }
            }
            ExprKind::FuncType(ty) => {
                let scope = self.new_scope(Some(self.checker.env.scope));
                self.signature_expr(scope, None, &[], ty)
            }
            ExprKind::InterfaceType(interface) => self.interface_type(interface, e.pos, def),
            ExprKind::MapType(key, value) => self.map_type(key, value),
            ExprKind::ChanType(dir, element) => {
                let element = self.var_type(element);
                self.types.add(Type::Chan(*dir, element))
            }
            _ => {
                let text = self.show(e);
                self.error(e.start(), format!("{text} is not a type"));
                self.use_exprs(std::slice::from_ref(e));
                TypeId::INVALID
            }
        }
    }

    fn map_type(&mut self, key_expr: &Expr, value: &Expr) -> TypeId {
        let key = self.var_type(key_expr);
        let value = self.var_type(value);
        let pos = key_expr.start();
        self.later(move |program| {
            if !program.is_valid(key) || program.comparable(key, true) {
                return;
            }
            let under = program.underlying(key);
            if !program.is_valid(under) {
                return;
            }
            let why = if program.is_type_param(key) {
                " (missing comparable constraint)"
            } else {
                ""
            };
            let text = program.text(key);
            program.error(pos, format!("invalid map key type {text}{why}"));
        });
        self.types.add(Type::Map(key, value))
    }

    fn instantiated_type(&mut self, generic_expr: &Expr, args: &[Expr]) -> TypeId {
        let mut cause = String::new();
        let generic = self.generic_type(generic_expr, &mut cause);
        if !cause.is_empty() {
            let list: Vec<String> = args.iter().map(|arg| self.show(arg)).collect();
            let text = format!("{}[{}]", self.show(generic_expr), list.join(", "));
            self.error(
                generic_expr.start(),
                format!("invalid operation: {text} ({cause})"),
            );
        }
        if !self.is_valid(generic) {
            return TypeId::INVALID;
        }
        let Some(types) = self.type_list(args) else {
            return TypeId::INVALID;
        };
        let pos = generic_expr.pos;
        let places: Vec<crate::source::Pos> = args.iter().map(Expr::start).collect();
        match *self.types.get(generic) {
            Type::Named(id) => {
                let name = self.object_name(self.types.named(id).object);
                let ty = self.named_instance(id, &types, pos);
                self.record_instance(generic_expr, Rc::clone(&types), ty);
                self.later(move |program| {
                    let params = Rc::clone(&program.types.named(id).type_params);
                    if !program.check_type_arg_count(pos, &name, params.len(), types.len()) {
                        return;
                    }
                    match program.verify(&params, &types) {
                        Some((index, cause)) => {
                            program.soft_error(places.get(index).copied().unwrap_or(pos), cause);
                        }
                        None => program.note_instance(pos, &params, &types, &places),
                    }
                });
                ty
            }
            Type::Alias(id) => self.instantiated_alias(id, generic_expr, types, places),
            _ => TypeId::INVALID,
        }
    }

    fn named_instance(
        &mut self,
        id: NamedId,
        types: &Rc<[TypeId]>,
        pos: crate::source::Pos,
    ) -> TypeId {
        self.checker.instance_pos = pos;
        let ty = self.instance(id, Rc::clone(types));
        if !self.is_valid(ty) {
            let text = self.object_name(self.types.named(id).object);
            self.error(
                pos,
                format!("instantiation cycle: {text} has too many instances"),
            );
        }
        ty
    }

    fn instantiated_alias(
        &mut self,
        id: AliasId,
        generic_expr: &Expr,
        types: Rc<[TypeId]>,
        places: Vec<crate::source::Pos>,
    ) -> TypeId {
        let pos = generic_expr.pos;
        let params = Rc::clone(&self.types.alias(id).type_params);
        let name = self.object_name(self.types.alias(id).object);
        if !self.check_type_arg_count(pos, &name, params.len(), types.len()) {
            return TypeId::INVALID;
        }
        let ty = self.alias_instance(id, Rc::clone(&types));
        self.record_instance(generic_expr, Rc::clone(&types), ty);
        self.later(move |program| {
            if let Some((index, cause)) = program.verify(&params, &types) {
                program.soft_error(places.get(index).copied().unwrap_or(pos), cause);
            }
        });
        ty
    }

    /// Records type arguments under the name of the generic type or function.
    pub(crate) fn record_instance(&mut self, e: &Expr, type_args: Rc<[TypeId]>, ty: TypeId) {
        let mut at = e.unparen();
        if let ExprKind::Index(inner, _) = &at.kind {
            at = inner.unparen();
        }
        let node = match &at.kind {
            ExprKind::Selector(_, name) => name.id,
            _ => at.id,
        };
        self.info_mut()
            .instances
            .insert(node, Instance { type_args, ty });
    }

    fn array_length(&mut self, e: &Expr) -> i64 {
        if let Some(name) = e.as_name() {
            let text = self.name(name.name);
            match self.look_up(name.name) {
                None => {
                    self.error(
                        name.pos,
                        format!("undefined array length {text} or missing type constraint"),
                    );
                    return -1;
                }
                Some((_, object))
                    if !matches!(self.objects.get(object).kind, ObjectKind::Const(_)) =>
                {
                    self.error(name.pos, format!("invalid array length {text}"));
                    return -1;
                }
                _ => {}
            }
        }
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_constant() {
            if x.is_valid() {
                let text = self.describe(&x);
                self.error(x.pos(), format!("array length {text} must be constant"));
            }
            return -1;
        }
        let is_integer = self.is_basic(x.ty, crate::types::Basic::is_integer);
        if (self.is_untyped(x.ty) || is_integer)
            && let Some(length) = x.constant().to_int().as_i64()
            && length >= 0
        {
            return length;
        }
        let text = self.describe(&x);
        let message = if is_integer {
            format!("invalid array length {text}")
        } else {
            format!("array length {text} must be integer")
        };
        self.error(x.pos(), message);
        -1
    }

    /// Several types; `None` if one is wrong.
    pub(crate) fn type_list(&mut self, list: &[Expr]) -> Option<Rc<[TypeId]>> {
        let types: Vec<TypeId> = list.iter().map(|e| self.var_type(e)).collect();
        types
            .iter()
            .all(|ty| self.is_valid(*ty))
            .then(|| Rc::from(types))
    }
}
