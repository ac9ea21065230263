//! Selector expressions `x.f`, and uses of expressions that are wrong elsewhere.
//! Models parts of `types2/call.go`.

use super::{library_names, lookup::Found, operand::Operand};
use crate::{
    ast::{Expr, ExprKind, Ident},
    info::{Mode, Selection, SelectionKind},
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
    symbol::{Symbol, is_exported},
    types::{Signature, Type, TypeId},
};
use std::rc::Rc;

impl Program {
    pub(crate) fn selector<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr, want_type: bool) {
        let ExprKind::Selector(inner, selected) = &e.kind else {
            return;
        };
        let valid = self.selector_parts(x, e, inner, *selected, want_type);
        if !valid {
            x.invalidate();
            x.ty = TypeId::INVALID;
        }
        x.expr = Some(e);
    }

    fn selector_parts<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        inner: &'e Expr,
        selected: Ident,
        want_type: bool,
    ) -> bool {
        if let Some(name) = inner.as_name()
            && let Some((_, object)) = self.look_up(name.name)
            && let ObjectKind::PackageName { imported, .. } = self.objects.get(object).kind
        {
            self.record_object(name.id, object);
            self.mark_package_used(object);
            return self.package_member(x, e, imported, selected);
        }
        self.expr_or_type(x, inner, false);
        match x.mode {
            Mode::Builtin => {
                let text = self.describe(x);
                self.error(
                    e.pos,
                    format!("invalid use of {text} in selector expression"),
                );
                return false;
            }
            Mode::Invalid => return false,
            _ => {}
        }
        if want_type {
            let text = self.show(e);
            self.error(selected.pos, format!("{text} is not a type"));
            return false;
        }
        let package = Some(self.checker.env.package);
        let found = self.find_member(
            x.ty,
            x.mode == Mode::Variable,
            package,
            selected.name,
            false,
        );
        let Some(object) = found.object else {
            self.member_missing(x, selected, &found);
            return false;
        };
        if self.objects.func(object).is_some() {
            self.object_decl(object);
        }
        if x.mode == Mode::Type {
            return self.method_expression(x, e, selected, object, found);
        }
        self.member_value(x, e, inner, selected, object, found);
        true
    }

    fn package_member(
        &mut self,
        x: &mut Operand,
        e: &Expr,
        package: PackageId,
        selected: Ident,
    ) -> bool {
        let entry = self.package_object(package, selected.name);
        let name = self.name(selected.name);
        let Some(object) = entry.filter(|_| is_exported(&name)) else {
            if !self.checker.fake_packages.contains(&package) {
                let message = self.unknown_member(e, package, selected.name, entry);
                self.error(selected.pos, message);
            }
            return false;
        };
        self.record_object(selected.id, object);
        self.object_decl(object);
        x.ty = self.type_of(object);
        match self.objects.get(object).kind.clone() {
            ObjectKind::Const(value) => {
                x.mode = Mode::Constant;
                x.value = Some(value);
            }
            ObjectKind::TypeName => x.mode = Mode::Type,
            ObjectKind::Var(_) => x.mode = Mode::Variable,
            ObjectKind::Func(_) => x.mode = Mode::Value,
            ObjectKind::Builtin(builtin) => {
                x.mode = Mode::Builtin;
                x.builtin = builtin;
            }
            _ => return false,
        }
        self.is_valid(x.ty) || x.mode == Mode::Builtin
    }

    /// What is wrong about a name that a package does not have, or does not export. gc's view of
    /// an imported package has only what its exported names need.
    fn unknown_member(
        &mut self,
        e: &Expr,
        package: PackageId,
        name: Symbol,
        known: Option<ObjectId>,
    ) -> String {
        let text = self.name(name);
        let is_hidden = if self.is_library(package) {
            let path = self.package(package).map_or("", |package| &package.path);
            library_names::has_unexported(path, &text)
        } else {
            known.is_some_and(|object| self.is_reachable(package, object))
        };
        if is_hidden {
            let package_name = self
                .package(package)
                .map_or(Symbol::EMPTY, |package| package.name);
            return format!(
                "name {text} not exported by package {}",
                self.name(package_name)
            );
        }
        self.read_declarations(package);
        match self.other_case(package, name) {
            Some(other) => format!("undefined: {} (but have {other})", self.show(e)),
            None => format!("undefined: {}", self.show(e)),
        }
    }

    /// Whether exported names of a package lead to an unexported one: to a type by their own types,
    /// to a function or variable by the bodies of functions.
    fn is_reachable(&mut self, package: PackageId, object: ObjectId) -> bool {
        let exported: Vec<ObjectId> = match self.package(package) {
            Some(package) => package.objects.clone(),
            None => return false,
        };
        let mut open: Vec<ObjectId> = exported
            .into_iter()
            .filter(|other| is_exported(&self.object_name(*other)))
            .collect();
        match self.objects.get(object).kind {
            ObjectKind::TypeName => {
                let name = self.object_name(object);
                open.into_iter().any(|other| {
                    let ty = self.object_type(other);
                    let mut text = self.text_for(ty, Some(package));
                    if matches!(self.objects.get(other).kind, ObjectKind::TypeName) {
                        let under = self.underlying(ty);
                        text = self.text_for(under, Some(package));
                    }
                    text.split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|word| word == name)
                })
            }
            ObjectKind::Const(_) => false,
            _ => {
                let mut seen: Vec<ObjectId> = Vec::new();
                while let Some(next) = open.pop() {
                    if next == object {
                        return true;
                    }
                    if !seen.contains(&next) {
                        seen.push(next);
                        open.extend(self.dependencies(next));
                    }
                }
                false
            }
        }
    }

    /// A package's exported name that differs from a name only in case.
    fn other_case(&self, package: PackageId, name: Symbol) -> Option<String> {
        let lower = self.symbols.text(name).to_lowercase();
        let scope = &self.package(package)?.scope;
        let mut names: Vec<&str> = scope
            .keys()
            .map(|name| self.symbols.text(*name))
            .filter(|text| is_exported(text) && text.to_lowercase() == lower)
            .collect();
        names.sort_unstable();
        names.first().map(|text| text.to_string())
    }

    fn member_missing(&mut self, x: &Operand, selected: Ident, found: &Found) {
        let under = self.underlying(x.ty);
        if !self.is_valid(under) {
            return;
        }
        let name = self.name(selected.name);
        let (text, ty) = (self.operand_expr(x), self.text(x.ty));
        let message = if !found.path.is_empty() {
            format!("ambiguous selector {text}.{name}")
        } else if found.indirect && x.mode == Mode::Type {
            format!("invalid method expression {ty}.{name} (needs pointer receiver (*{ty}).{name})")
        } else if found.indirect {
            format!("cannot call pointer method {name} on {ty}")
        } else {
            let why = if self.is_interface_pointer(x.ty) {
                self.interface_pointer_error(x.ty)
            } else {
                let package = Some(self.checker.env.package);
                let other =
                    self.find_member(x.ty, x.mode == Mode::Variable, package, selected.name, true);
                self.lookup_error(x.ty, selected.name, other.object, false)
            };
            format!("{text}.{name} undefined ({why})")
        };
        self.error(selected.pos, message);
    }

    fn record_selection(&mut self, e: &Expr, selected: Ident, selection: Selection) {
        self.record_object(selected.id, selection.object);
        self.info_mut().selections.insert(e.id, selection);
    }

    fn method_expression(
        &mut self,
        x: &mut Operand,
        e: &Expr,
        selected: Ident,
        object: ObjectId,
        found: Found,
    ) -> bool {
        if self.objects.func(object).is_none() {
            let (text, ty, name) = (
                self.operand_expr(x),
                self.text(x.ty),
                self.name(selected.name),
            );
            self.error(
                selected.pos,
                format!("{text}.{name} undefined (type {ty} has no method {name})"),
            );
            return false;
        }
        let selection = Selection {
            kind: SelectionKind::MethodExpression,
            receiver: x.ty,
            object,
            path: Rc::from(found.path),
            indirect: found.indirect,
        };
        self.record_selection(e, selected, selection);
        let ty = self.object_type(object);
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return false;
        };
        let named_params = signature
            .params
            .first()
            .is_some_and(|param| self.objects.get(*param).name != Symbol::EMPTY);
        let mut name = Symbol::EMPTY;
        if named_params {
            name = signature
                .receiver
                .map_or(Symbol::BLANK, |receiver| self.objects.get(receiver).name);
            if name == Symbol::EMPTY {
                name = Symbol::BLANK;
            }
        }
        let receiver = self.new_param(name, selected.pos, x.ty);
        let params = std::iter::once(receiver)
            .chain(signature.params.iter().copied())
            .collect();
        let function = Signature {
            params,
            receiver: None,
            receiver_type_params: Rc::from([]),
            ..(*signature).clone()
        };
        x.mode = Mode::Value;
        x.ty = self.types.add(Type::Signature(Rc::new(function)));
        self.add_dependency(self.declared(object));
        true
    }

    fn member_value(
        &mut self,
        x: &mut Operand,
        e: &Expr,
        inner: &Expr,
        selected: Ident,
        object: ObjectId,
        found: Found,
    ) {
        let is_method = self.objects.func(object).is_some();
        let selection = Selection {
            kind: if is_method {
                SelectionKind::Method
            } else {
                SelectionKind::Field
            },
            receiver: x.ty,
            object,
            path: Rc::from(found.path),
            indirect: found.indirect,
        };
        self.record_selection(e, selected, selection);
        let ty = self.object_type(object);
        if !is_method {
            let addressable = x.mode == Mode::Variable || found.indirect;
            x.mode = if addressable {
                Mode::Variable
            } else {
                Mode::Value
            };
            x.ty = ty;
            x.value = None;
            return;
        }
        if self.has_pointer_receiver(object) && !found.indirect {
            self.mark_address_taken(inner);
        }
        x.mode = Mode::Value;
        x.value = None;
        x.ty = ty;
        if let Type::Signature(signature) = self.types.get(ty).clone() {
            let function = Signature {
                receiver: None,
                receiver_type_params: Rc::from([]),
                ..(*signature).clone()
            };
            x.ty = self.types.add(Type::Signature(Rc::new(function)));
        }
        self.add_dependency(self.declared(object));
    }

    /// Checks expressions whose values are not needed because of another error.
    pub(crate) fn use_exprs(&mut self, list: &[Expr]) -> bool {
        self.use_all(list, false)
    }

    /// Like [`Self::use_exprs`] for the left side of an assignment, which does not use variables.
    pub(crate) fn use_lhs(&mut self, list: &[Expr]) -> bool {
        self.use_all(list, true)
    }

    fn use_all(&mut self, list: &[Expr], lhs: bool) -> bool {
        let mut ok = true;
        for e in list {
            ok &= self.use_expr(e, lhs);
        }
        ok
    }

    fn use_expr(&mut self, e: &Expr, lhs: bool) -> bool {
        let mut x = Operand::new();
        let inner = e.unparen();
        match &inner.kind {
            ExprKind::Name(name) if *name == Symbol::BLANK => return true,
            ExprKind::Name(name) => {
                let variable = self
                    .look_up(*name)
                    .map(|(_, object)| object)
                    .filter(|_| lhs);
                let used = variable
                    .and_then(|object| self.objects.var(object))
                    .map(|var| var.used);
                self.expr_or_type(&mut x, inner, true);
                if let (Some(used), Some(object)) = (used, variable)
                    && let Some(var) = self.objects.var_mut(object)
                {
                    var.used = used;
                }
            }
            ExprKind::List(list) => {
                return self.use_all(list, lhs);
            }
            _ => {
                self.raw_expr(None, &mut x, e, None, true);
            }
        }
        x.is_valid()
    }
}
