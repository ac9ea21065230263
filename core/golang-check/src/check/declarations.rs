//! Package-level declarations, checked when they are first needed. Models `types2/decl.go`.

use super::{DeclKind, Environment, operand::Operand, resolver::elements};
use crate::{
    ast::{ConstDecl, Expr, ExprKind, Field, FuncDecl, Ident, Op, TypeDecl, VarDecl},
    constant::Value,
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
    types::{Alias, Interface, Param, Type, TypeId},
};
use std::rc::Rc;

impl Program {
    /// Checks the declaration of an object, unless that is done or under way.
    pub(crate) fn object_decl(&mut self, object: ObjectId) {
        if self.checker.path.contains(&object) {
            let known = self.objects.get(object).ty.is_some();
            match &self.objects.get(object).kind {
                ObjectKind::Const(_) | ObjectKind::Var(_) => {
                    if !self.is_valid_cycle(object) || !known {
                        self.set_object_type(object, TypeId::INVALID);
                    }
                }
                ObjectKind::TypeName => {
                    if !self.is_valid_cycle(object) {
                        self.set_object_type(object, TypeId::INVALID);
                    }
                }
                _ => {
                    self.is_valid_cycle(object);
                }
            }
            return;
        }
        if self.objects.get(object).ty.is_some() {
            return;
        }
        let Some(info) = self.decl(object) else {
            self.set_object_type(object, TypeId::INVALID);
            return;
        };
        if self.checker.path.len() > super::DEPTH_MAX as usize {
            let pos = self.objects.get(object).pos;
            self.error(pos, "declarations depend on each other too deeply");
            self.set_object_type(object, TypeId::INVALID);
            return;
        }
        self.checker.path.push(object);
        let env = Environment {
            package: info.package,
            decl: ObjectId::NONE,
            scope: info.scope,
            iota: None,
            error_pos: None,
            in_type_params: false,
            results: None,
            function: None,
            has_call_or_receive: false,
        };
        let outer = std::mem::replace(&mut self.checker.env, env);
        match &info.kind {
            DeclKind::Const {
                from,
                index,
                inherited,
            } => {
                self.checker.env.decl = object;
                self.const_decl(object, from.as_deref(), *index, *inherited);
            }
            DeclKind::Var { decl, index, all } => {
                self.checker.env.decl = object;
                self.package_var(object, decl, *index, all.as_deref());
            }
            DeclKind::Type(decl) => {
                self.type_decl(object, decl);
                self.collect_methods(object);
            }
            DeclKind::Func(decl) => self.func_decl(object, decl),
        }
        self.checker.env = outer;
        self.checker.path.pop();
    }

    /// Checks all of a package's declarations in the order that gc has.
    pub(crate) fn package_objects(&mut self, package: PackageId) {
        let objects = self
            .package(package)
            .map(|package| package.objects.clone())
            .unwrap_or_default();
        for object in &objects {
            if matches!(self.objects.get(*object).kind, ObjectKind::TypeName)
                && self.objects.get(*object).ty.is_some()
            {
                self.collect_methods(*object);
            }
        }
        let (mut aliases, mut others) = (Vec::new(), Vec::new());
        for object in objects {
            match self.decl(object).as_deref().map(|info| &info.kind) {
                Some(DeclKind::Type(decl)) if decl.alias => aliases.push(object),
                Some(DeclKind::Type(_)) => self.object_decl(object),
                _ => others.push(object),
            }
        }
        for object in aliases.into_iter().chain(others) {
            self.object_decl(object);
        }
    }

    pub(crate) fn const_decl(
        &mut self,
        object: ObjectId,
        from: Option<&ConstDecl>,
        index: usize,
        inherited: bool,
    ) {
        let (outer_iota, outer_pos) = (
            self.checker.env.iota.take(),
            self.checker.env.error_pos.take(),
        );
        if let Some(entry) = self.objects.get_mut(object)
            && let ObjectKind::Const(value) = &mut entry.kind
        {
            self.checker.env.iota = Some(std::mem::replace(value, Value::Unknown));
        }
        self.const_value(object, from, index, inherited);
        self.checker.env.iota = outer_iota;
        self.checker.env.error_pos = outer_pos;
    }

    fn const_value(
        &mut self,
        object: ObjectId,
        from: Option<&ConstDecl>,
        index: usize,
        inherited: bool,
    ) {
        if let Some(expr) = from.and_then(|from| from.ty.as_deref()) {
            let ty = self.type_expr(expr);
            if !self.is_constant_type(ty) {
                let under = self.underlying(ty);
                if self.is_valid(under) {
                    let text = self.text(ty);
                    self.error(expr.start(), format!("invalid constant type {text}"));
                }
                self.set_object_type(object, TypeId::INVALID);
                return;
            }
            self.set_object_type(object, ty);
        }
        let mut x = Operand::new();
        let values = elements(from.and_then(|from| from.values.as_deref()));
        if let Some(value) = values.get(index) {
            if inherited {
                self.checker.env.error_pos = Some(self.objects.get(object).pos);
            }
            self.expr(None, &mut x, value);
        }
        self.init_const(object, &mut x);
    }

    fn package_var(
        &mut self,
        object: ObjectId,
        decl: &VarDecl,
        index: usize,
        all: Option<&[ObjectId]>,
    ) {
        let values = elements(decl.values.as_ref());
        let value = if all.is_some() {
            values.first()
        } else {
            values.get(index)
        };
        self.var_decl(object, all, decl.ty.as_ref(), value);
    }

    /// A variable with its type and value; the value may be that of several variables.
    pub(crate) fn var_decl(
        &mut self,
        object: ObjectId,
        all: Option<&[ObjectId]>,
        ty: Option<&Expr>,
        value: Option<&Expr>,
    ) {
        if let Some(expr) = ty {
            let ty = self.var_type(expr);
            self.set_object_type(object, ty);
        }
        let Some(value) = value else {
            if ty.is_none() {
                self.set_object_type(object, TypeId::INVALID);
            }
            return;
        };
        match all {
            Some(all) if all.len() > 1 => {
                if ty.is_some() {
                    let own = self.type_of(object);
                    for other in all {
                        self.set_object_type(*other, own);
                    }
                }
                self.init_vars(all, std::slice::from_ref(value), None);
            }
            _ => {
                let target = self.target_for(self.objects.get(object).ty, self.object_name(object));
                let mut x = Operand::new();
                self.expr(target.as_ref(), &mut x, value);
                self.init_var(object, &mut x, "variable declaration");
            }
        }
    }

    pub(crate) fn type_decl(&mut self, object: ObjectId, decl: &Rc<TypeDecl>) {
        self.later(move |program| {
            let ty = program.type_of(object);
            if let Type::Named(id) = *program.types.get(program.types.unalias(ty))
                && program.types.named(id).object == object
            {
                program.check_valid_type(id);
            }
        });
        if decl.alias {
            self.alias_decl(object, decl);
            return;
        }
        let (named, id) = self.types.add_named(object);
        self.set_object_type(object, id);
        let has_params = !decl.type_params.is_empty();
        if has_params {
            self.open_scope();
            let params = self.declare_type_params(&decl.type_params);
            if let Some(slot) = self.types.named.get_mut(named.0 as usize) {
                slot.type_params = Rc::clone(&params);
            }
            self.bind_type_params(&decl.type_params, &params);
        }
        let mut rhs = self.declared_type(&decl.ty, Some(object));
        if self.is_type_param(rhs) {
            self.error(
                decl.ty.start(),
                "cannot use a type parameter as RHS in type declaration",
            );
            rhs = TypeId::INVALID;
        }
        if let Some(slot) = self.types.named.get_mut(named.0 as usize) {
            slot.rhs = Some(rhs);
        }
        if has_params {
            self.close_scope();
        }
    }

    fn alias_decl(&mut self, object: ObjectId, decl: &TypeDecl) {
        let none: Rc<[TypeId]> = Rc::from([]);
        let id = self.types.add_alias(Alias {
            object,
            actual: TypeId::INVALID,
            type_params: Rc::clone(&none),
            type_args: none,
            origin: None,
        });
        let Type::Alias(alias) = *self.types.get(id) else {
            return;
        };
        self.set_object_type(object, id);
        let has_params = !decl.type_params.is_empty();
        let mut params: Rc<[TypeId]> = Rc::from([]);
        if has_params {
            self.open_scope();
            params = self.declare_type_params(&decl.type_params);
            if let Some(slot) = self.types.aliases.get_mut(alias.0 as usize) {
                slot.type_params = Rc::clone(&params);
            }
            self.bind_type_params(&decl.type_params, &params);
        }
        let mut rhs = self.declared_type(&decl.ty, Some(object));
        if params.contains(&rhs) {
            self.error(
                decl.ty.start(),
                "cannot use type parameter declared in alias declaration as RHS",
            );
            rhs = TypeId::INVALID;
        }
        if let Some(slot) = self.types.aliases.get_mut(alias.0 as usize) {
            slot.actual = rhs;
        }
        if has_params {
            self.close_scope();
        }
    }

    /// Enters type parameters into the current scope, without their constraints.
    pub(crate) fn declare_type_params(&mut self, fields: &[Field]) -> Rc<[TypeId]> {
        let names: Vec<Ident> = fields.iter().filter_map(|field| field.name).collect();
        names
            .iter()
            .enumerate()
            .map(|(index, name)| self.declare_type_param(*name, index))
            .collect()
    }

    pub(crate) fn declare_type_param(&mut self, name: Ident, index: usize) -> TypeId {
        let object = self.type_name_object(name.name, name.pos, None);
        let ty = self.types.add_param(Param {
            object,
            index,
            bound: TypeId::INVALID,
        });
        self.set_object_type(object, ty);
        let scope = self.checker.env.scope;
        self.declare(scope, Some(name.id), object);
        ty
    }

    pub(crate) fn bind_type_params(&mut self, fields: &[Field], params: &[TypeId]) {
        let outer = std::mem::replace(&mut self.checker.env.in_type_params, true);
        let mut previous: Option<(&Rc<Expr>, TypeId)> = None;
        for (field, param) in fields.iter().zip(params) {
            let bound = match previous {
                Some((expr, bound)) if Rc::ptr_eq(expr, &field.ty) => bound,
                _ => {
                    let bound = self.constraint_expr(&field.ty);
                    if self.is_type_param(bound) {
                        self.error(
                            field.ty.start(),
                            "cannot use a type parameter as constraint",
                        );
                        TypeId::INVALID
                    } else {
                        bound
                    }
                }
            };
            previous = Some((&field.ty, bound));
            if let Some(id) = self.as_param(*param)
                && let Some(slot) = self.types.params.get_mut(id.0 as usize)
            {
                slot.bound = bound;
            }
        }
        self.checker.env.in_type_params = outer;
    }

    /// A constraint; `~T` and `A | B` are wrapped into an interface.
    fn constraint_expr(&mut self, x: &Expr) -> TypeId {
        let is_element = matches!(
            &x.kind,
            ExprKind::Unary(Op::Tilde, _) | ExprKind::Binary(Op::Or, ..)
        );
        if !is_element {
            return self.type_expr(x);
        }
        let pos = x.start();
        let element = self.union_expr(x);
        let interface = Interface {
            embedded: vec![(element, pos)],
            implicit: true,
            ..Interface::default()
        };
        let ty = self.types.add_interface(interface);
        self.info_mut().set(x.id, crate::info::Mode::Type, ty, None);
        self.later(move |program| {
            program.type_set(ty);
        });
        ty
    }

    /// Adds the methods that were collected for a type to it.
    pub(crate) fn collect_methods(&mut self, object: ObjectId) {
        let Some(methods) = self.checker.methods.remove(&object) else {
            return;
        };
        let ty = self.type_of(object);
        let base = match self.types.get(self.types.unalias(ty)) {
            Type::Named(id) if self.types.named(*id).object == object => Some(*id),
            _ => None,
        };
        let mut known: Vec<ObjectId> = Vec::new();
        for method in methods {
            let name = self.objects.get(method).name;
            if let Some(other) = known
                .iter()
                .copied()
                .find(|other| self.objects.get(*other).name == name)
            {
                let (pos, place) = (
                    self.objects.get(method).pos,
                    self.place(self.objects.get(other).pos),
                );
                let text = format!("method {}.{}", self.object_name(object), self.name(name));
                self.error(pos, format!("{text} already declared at {place}"));
                continue;
            }
            known.push(method);
        }
        let Some(base) = base else { return };
        if let Some(slot) = self.types.named.get_mut(base.0 as usize) {
            slot.methods = known;
        }
        self.later(move |program| program.check_field_uniqueness(base));
    }

    fn check_field_uniqueness(&mut self, base: crate::types::NamedId) {
        let under = self.underlying_named(base);
        let Type::Struct(structure) = self.types.get(under).clone() else {
            return;
        };
        let methods = self.types.named(base).methods.clone();
        for field in &structure.fields {
            let Some(method) = methods
                .iter()
                .copied()
                .find(|method| self.same_name(*method, *field))
            else {
                continue;
            };
            let name = self.object_name(*field);
            let pos = self.objects.get(method).pos;
            let mut error =
                self.new_error(pos, format!("field and method with the same name {name}"));
            error.add_other_declaration(self, *field);
            self.report(error);
        }
    }

    fn func_decl(&mut self, object: ObjectId, decl: &Rc<FuncDecl>) {
        // Something that is not nothing, in case the signature mentions the function.
        let start = self.types.add(Type::Signature(Rc::default()));
        self.set_object_type(object, start);
        let scope = self.new_scope(Some(self.checker.env.scope));
        self.checker.declared_function = Some(object);
        let ty = self.signature_expr(scope, decl.receiver.as_ref(), &decl.type_params, &decl.ty);
        self.checker.declared_function = None;
        self.set_object_type(object, ty);
        if !decl.type_params.is_empty() && matches!(decl.body, crate::ast::Body::None) {
            self.soft_error(decl.pos, "generic function is missing function body");
        }
        if let crate::ast::Body::Block(_) = &decl.body
            && !self.is_lazy(self.checker.env.package)
        {
            self.checker.checked_bodies.insert(object);
            self.later(move |program| program.declared_body(object, scope));
        } else {
            self.checker.function_scopes.insert(object, scope);
        }
        self.no_body(decl);
    }

    /// gc compiles a function without a body only where assembly may give it one.
    fn no_body(&mut self, decl: &FuncDecl) {
        let package = self.checker.env.package;
        if matches!(decl.body, crate::ast::Body::None)
            && !self.is_lazy(package)
            && decl.name.name != crate::symbol::Symbol::INIT
        {
            let late = (package, decl.pos, "missing function body");
            self.checker.late_errors.push(late);
        }
    }

    /// What the compiler says when all types are right.
    pub(crate) fn late_errors(&mut self, package: PackageId) {
        let all = std::mem::take(&mut self.checker.late_errors);
        let is_good = self
            .package(package)
            .is_some_and(|package| package.diagnostics.is_empty());
        for (_, pos, text) in all.iter().filter(|(home, ..)| *home == package && is_good) {
            self.error(*pos, *text);
        }
    }
}
