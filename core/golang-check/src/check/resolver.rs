//! Collects what the files of a package declare, and imports what they import.
//! Models `types2/resolver.go`.

use super::{DeclInfo, DeclKind, ScopeId};
use crate::{
    ast::{ConstDecl, Decl, Expr, ExprKind, Field, File, FuncDecl, Ident, Op, VarDecl},
    constant,
    object::{Func, Object, ObjectId, ObjectKind, Var, VarKind},
    program::{PackageId, Program},
    source::Pos,
    symbol::Symbol,
};
use std::rc::Rc;

/// A method until its receiver's type is found.
pub(crate) struct MethodInfo {
    object: ObjectId,
    pointer: bool,
    receiver: Ident,
}

impl Program {
    pub(crate) fn collect_objects(&mut self, package: PackageId) {
        let files: Vec<Rc<File>> = self
            .package(package)
            .map(|package| package.files.clone())
            .unwrap_or_default();
        let top = self.top_scope(package);
        let mut methods = Vec::new();
        let mut file_scopes = Vec::new();
        for file in &files {
            let scope = self.new_scope(Some(top));
            file_scopes.push(scope);
            self.collect_declarations(package, &file.decls, scope, &mut methods);
        }
        self.check_file_scopes(top, &file_scopes);
        self.attach_methods(top, methods);
        let names = self
            .scope(top)
            .map(|scope| scope.names.clone())
            .unwrap_or_default();
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.scope = names;
        }
    }

    /// Notes methods at the types of their receivers.
    pub(crate) fn attach_methods(&mut self, top: ScopeId, methods: Vec<MethodInfo>) {
        for method in methods {
            if let Some((pointer, base)) =
                self.receiver_base(top, method.pointer, method.receiver.name)
            {
                if let Some(Object {
                    kind: ObjectKind::Func(func),
                    ..
                }) = self.objects.get_mut(method.object)
                {
                    func.pointer_receiver = pointer;
                }
                self.checker
                    .methods
                    .entry(base)
                    .or_default()
                    .push(method.object);
            }
        }
    }

    pub(crate) fn top_scope(&self, package: PackageId) -> ScopeId {
        self.package(package)
            .map_or(self.checker.universe, |package| package.top)
    }

    pub(crate) fn collect_declarations(
        &mut self,
        package: PackageId,
        decls: &[Decl],
        scope: ScopeId,
        methods: &mut Vec<MethodInfo>,
    ) {
        let mut consts = ConstGroup::default();
        for decl in decls {
            if !matches!(decl, Decl::Const(_)) {
                consts = ConstGroup::default();
            }
            match decl {
                Decl::Import(import) => self.collect_import(package, import, scope),
                Decl::Const(decl) => self.collect_consts(package, decl, scope, &mut consts),
                Decl::Var(decl) => self.collect_vars(package, decl, scope),
                Decl::Type(decl) => {
                    let object = self.type_name_object(decl.name.name, decl.name.pos, None);
                    let info = DeclInfo {
                        package,
                        scope,
                        kind: DeclKind::Type(Rc::clone(decl)),
                    };
                    self.declare_package_object(decl.name, object, Rc::new(info));
                }
                Decl::Func(decl) => self.collect_func(package, decl, scope, methods),
            }
        }
    }

    fn declare_package_object(&mut self, name: Ident, object: ObjectId, info: Rc<DeclInfo>) {
        let package = info.package;
        if name.name == Symbol::INIT {
            self.error(name.pos, "cannot declare init - must be func");
            return;
        }
        if name.name == Symbol::MAIN
            && self
                .package(package)
                .is_some_and(|package| package.name == Symbol::MAIN)
        {
            self.error(name.pos, "cannot declare main - must be func");
            return;
        }
        let top = self.top_scope(package);
        self.declare(top, Some(name.id), object);
        self.add_package_object(package, object, info);
    }

    fn add_package_object(&mut self, package: PackageId, object: ObjectId, info: Rc<DeclInfo>) {
        self.set_decl(object, info);
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.objects.push(object);
        }
    }

    fn collect_consts(
        &mut self,
        package: PackageId,
        decl: &Rc<ConstDecl>,
        scope: ScopeId,
        group: &mut ConstGroup,
    ) {
        let (iota, from, inherited) = group.next(decl);
        let values = from.as_ref().and_then(|from| from.values.clone());
        for (index, name) in decl.names.iter().enumerate() {
            let object = self.objects.add(Object {
                name: name.name,
                pos: name.pos,
                package: Some(package),
                ty: None,
                kind: ObjectKind::Const(constant::Value::int(iota)),
            });
            let kind = DeclKind::Const {
                from: from.clone(),
                index,
                inherited,
            };
            self.declare_package_object(
                *name,
                object,
                Rc::new(DeclInfo {
                    package,
                    scope,
                    kind,
                }),
            );
        }
        self.check_arity(
            decl.pos,
            &decl.names,
            elements(values.as_deref()),
            true,
            inherited,
        );
    }

    fn collect_vars(&mut self, package: PackageId, decl: &Rc<VarDecl>, scope: ScopeId) {
        let objects: Rc<[ObjectId]> = decl
            .names
            .iter()
            .map(|name| {
                self.objects.add(Object {
                    name: name.name,
                    pos: name.pos,
                    package: Some(package),
                    ty: None,
                    kind: ObjectKind::Var(Var::new(VarKind::Package)),
                })
            })
            .collect();
        let is_list = decl
            .values
            .as_ref()
            .is_some_and(|values| matches!(values.kind, ExprKind::List(_)));
        for (index, (name, object)) in decl.names.iter().zip(objects.iter()).enumerate() {
            let all = (!is_list).then(|| Rc::clone(&objects));
            let kind = DeclKind::Var {
                decl: Rc::clone(decl),
                index,
                all,
            };
            self.declare_package_object(
                *name,
                *object,
                Rc::new(DeclInfo {
                    package,
                    scope,
                    kind,
                }),
            );
        }
        if decl.ty.is_none() || decl.values.is_some() {
            self.check_arity(
                decl.pos,
                &decl.names,
                elements(decl.values.as_ref()),
                false,
                false,
            );
        }
    }

    /// As many values as names?
    pub(crate) fn check_arity(
        &mut self,
        pos: Pos,
        names: &[Ident],
        values: &[Expr],
        constant: bool,
        inherited: bool,
    ) {
        let (l, r) = (names.len(), values.len());
        if l < r {
            let Some(extra) = values.get(l) else { return };
            if inherited {
                let place = self.place(extra.pos);
                self.error(pos, format!("extra init expr at {place}"));
            } else {
                let text = self.show(extra);
                self.error(extra.start(), format!("extra init expr {text}"));
            }
        } else if l > r
            && (constant || r != 1)
            && let Some(missing) = names.get(r)
        {
            let text = self.name(missing.name);
            self.error(missing.pos, format!("missing init expr for {text}"));
        }
    }

    fn collect_func(
        &mut self,
        package: PackageId,
        decl: &Rc<FuncDecl>,
        scope: ScopeId,
        methods: &mut Vec<MethodInfo>,
    ) {
        let name = decl.name.name;
        let func = Func {
            decl: Some(Rc::clone(decl)),
            pointer_receiver: false,
            origin: None,
        };
        let object = self.objects.add(Object {
            name,
            pos: decl.name.pos,
            package: Some(package),
            ty: None,
            kind: ObjectKind::Func(func),
        });
        match &decl.receiver {
            None => self.collect_plain_func(package, decl, object),
            Some(receiver) => {
                let (pointer, base) = receiver_parts(receiver);
                if let Some(base) = base.as_name()
                    && name != Symbol::BLANK
                {
                    methods.push(MethodInfo {
                        object,
                        pointer,
                        receiver: base,
                    });
                }
                self.record_object(decl.name.id, object);
            }
        }
        let info = Rc::new(DeclInfo {
            package,
            scope,
            kind: DeclKind::Func(Rc::clone(decl)),
        });
        self.add_package_object(package, object, info);
    }

    fn collect_plain_func(&mut self, package: PackageId, decl: &FuncDecl, object: ObjectId) {
        let name = decl.name.name;
        let in_main = self
            .package(package)
            .is_some_and(|package| package.name == Symbol::MAIN);
        if name == Symbol::INIT || (name == Symbol::MAIN && in_main) {
            let text = self.name(name);
            if let Some(first) = decl.type_params.first() {
                self.soft_error(
                    first.pos,
                    format!("func {text} must have no type parameters"),
                );
            }
            if !decl.ty.params.is_empty() || !decl.ty.results.is_empty() {
                self.soft_error(
                    decl.name.pos,
                    format!("func {text} must have no arguments and no return values"),
                );
            }
        }
        if name == Symbol::INIT {
            self.record_object(decl.name.id, object);
            if matches!(decl.body, crate::ast::Body::None) {
                self.soft_error(decl.name.pos, "func init must have a body");
            }
            if let Some(package) = self.packages.get_mut(package.0 as usize) {
                package.init_functions.push(object);
            }
        } else {
            let top = self.top_scope(package);
            self.declare(top, Some(decl.name.id), object);
        }
    }

    /// The type name that a method's receiver leads to, through aliases.
    fn receiver_base(&self, top: ScopeId, pointer: bool, name: Symbol) -> Option<(bool, ObjectId)> {
        let (mut pointer, mut name) = (pointer, name);
        for _ in 0..64 {
            let object = self.scope_get(top, name)?;
            let info = self.decl(object)?;
            let DeclKind::Type(decl) = &info.kind else {
                return None;
            };
            if !decl.alias {
                return Some((pointer, object));
            }
            if !decl.type_params.is_empty() {
                return None;
            }
            let mut ty = decl.ty.unparen();
            if let ExprKind::Unary(Op::Mul, inner) = &ty.kind {
                if pointer {
                    return None;
                }
                pointer = true;
                ty = inner.unparen();
            }
            name = ty.as_name()?.name;
        }
        None
    }
}

/// Where a group of constants is: `iota`, and the spec whose values are repeated.
#[derive(Default)]
pub(crate) struct ConstGroup {
    group: Option<u32>,
    iota: i64,
    last: Option<Rc<ConstDecl>>,
    started: bool,
}

impl ConstGroup {
    /// The next spec: its `iota`, the spec that its type and values come from, and whether that is
    /// another one.
    pub fn next(&mut self, decl: &Rc<ConstDecl>) -> (i64, Option<Rc<ConstDecl>>, bool) {
        if !self.started || decl.group.is_none() || decl.group != self.group {
            *self = ConstGroup {
                group: decl.group,
                iota: 0,
                last: None,
                started: true,
            };
        } else {
            self.iota += 1;
        }
        let mut inherited = true;
        if decl.ty.is_some() || decl.values.is_some() {
            self.last = Some(Rc::clone(decl));
            inherited = false;
        } else if self.last.is_none() {
            inherited = false;
        }
        (self.iota, self.last.clone(), inherited)
    }
}

/// The elements of an optional list.
pub(crate) fn elements(list: Option<&Expr>) -> &[Expr] {
    list.map_or(&[], Expr::elements)
}

/// Whether a receiver is written as a pointer, and the base without type parameters.
fn receiver_parts(receiver: &Field) -> (bool, &Expr) {
    let mut base = receiver.ty.unparen();
    let mut pointer = false;
    if let ExprKind::Unary(Op::Mul, inner) = &base.kind {
        pointer = true;
        base = inner.unparen();
    }
    if let ExprKind::Index(inner, _) = &base.kind {
        base = inner;
    }
    (pointer, base)
}
