//! The type checker. Models `cmd/compile/internal/types2`: the same order of checks, so that the
//! same errors are the first ten.
//!
//! All of it are methods of [`Program`], one file for each part of the language. The state between
//! them is [`Checker`] (of the whole program) and [`Environment`] (of the place that is checked).

mod assignments;
mod binary;
mod builtins;
mod builtins_make;
mod builtins_unsafe;
mod calls;
mod comparisons;
mod constants;
mod conversions;
mod cycles;
mod declarations;
mod errors;
mod expressions;
mod functions;
mod generic_calls;
mod identical;
mod imports;
mod index;
mod infer;
mod init_order;
mod instance_cycles;
mod instantiate;
mod interfaces;
mod library;
pub(crate) mod library_names;
mod literals;
mod local_declarations;
mod lookup;
mod methods;
mod operand;
mod predicates;
mod ranges;
mod resolver;
mod returns;
mod selectors;
mod signatures;
mod sizes;
mod statements;
mod structs;
mod substitute;
mod switches;
mod text;
mod type_expressions;
mod type_sets;
mod unify;
pub(crate) mod universe;
mod untyped;
mod usage;

pub(crate) use library::is_marked;
pub(crate) use substitute::Replacement;

use crate::{
    ast::{ConstDecl, Expr, FuncDecl, NodeId, TypeDecl, VarDecl},
    constant::Value,
    info::Mode,
    object::ObjectId,
    program::{Importer, PackageId, Program},
    source::Pos,
    symbol::Symbol,
    types::{TypeId, TypeSet},
};
use std::rc::Rc;

use ordered::{OrderedMap, OrderedSet};

/// Columns from here on do not fit into gc's positions; messages leave them out.
const COLUMN_SHOWN_MAX: u32 = 255;

/// A scope's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ScopeId(pub u32);

/// Names and what they stand for.
#[derive(Default)]
pub(crate) struct Scope {
    pub parent: Option<ScopeId>,
    pub names: OrderedMap<Symbol, ObjectId>,
    pub children: Vec<ScopeId>,
    /// The scope of a function's parameters.
    pub is_function: bool,
    /// At the top of an imported package: what is not declared yet because nobody asked for it.
    pub waiting: Option<Box<library::Waiting>>,
}

/// What declares a package-level object.
pub(crate) struct DeclInfo {
    pub package: PackageId,
    /// The scope of its file.
    pub scope: ScopeId,
    pub kind: DeclKind,
}

pub(crate) enum DeclKind {
    /// The declaration, the one that its type and values come from, and which value.
    Const {
        from: Option<Rc<ConstDecl>>,
        index: usize,
        inherited: bool,
    },
    /// With one value for several variables these are all of them.
    Var {
        decl: Rc<VarDecl>,
        index: usize,
        all: Option<Rc<[ObjectId]>>,
    },
    Type(Rc<TypeDecl>),
    Func(Rc<FuncDecl>),
}

/// What is known about the place that is checked.
#[derive(Clone)]
pub(crate) struct Environment {
    pub package: PackageId,
    /// The package-level object whose declaration this is part of.
    pub decl: ObjectId,
    pub scope: ScopeId,
    pub iota: Option<Value>,
    /// Errors in an inherited constant expression are shown at the constant.
    pub error_pos: Option<Pos>,
    pub in_type_params: bool,
    /// The results of the function whose body this is.
    pub results: Option<Rc<[ObjectId]>>,
    pub function: Option<NodeId>,
    pub has_call_or_receive: bool,
}

/// An untyped expression whose final type is not known yet.
#[derive(Clone)]
pub(crate) struct Untyped {
    /// The left operand of a shift that is not constant.
    pub is_shifted: bool,
    pub mode: Mode,
    pub ty: TypeId,
    pub value: Option<Value>,
}

type Delayed = (PackageId, Box<dyn FnOnce(&mut Program)>);

/// The checker's state of the whole program.
pub(crate) struct Checker {
    pub importer: Box<dyn Importer>,
    pub by_path: OrderedMap<Rc<str>, PackageId>,
    /// Packages whose import is under way.
    pub importing: OrderedSet<Rc<str>>,
    pub scopes: Vec<Scope>,
    pub universe: ScopeId,
    pub decls: Vec<Option<Rc<DeclInfo>>>,
    /// What a package-level object's declaration mentions, for the order of initialisation.
    pub dependencies: OrderedMap<ObjectId, OrderedSet<ObjectId>>,
    pub env: Environment,
    pub delayed: Vec<Delayed>,
    /// Objects whose declarations are being checked.
    pub path: Vec<ObjectId>,
    pub untyped: OrderedMap<(PackageId, NodeId), Untyped>,
    /// Calls of `panic`.
    pub panics: OrderedSet<(PackageId, NodeId)>,
    /// Methods by type name that are not yet added to their type.
    pub methods: OrderedMap<ObjectId, Vec<ObjectId>>,
    pub has_error: bool,
    /// Instances of generic types by origin and canonical arguments.
    pub instances: OrderedMap<(u32, Vec<TypeId>), TypeId>,
    pub canonical: OrderedMap<TypeId, TypeId>,
    pub canonical_keys: OrderedMap<String, TypeId>,
    /// Types whose size is known to be finite or not.
    pub finite: OrderedMap<TypeId, bool>,
    /// Defined types without type arguments that do not contain themselves.
    pub valid: OrderedSet<TypeId>,
    /// Defined types whose values can be compared (with dynamic types, or surely).
    pub comparable_types: OrderedSet<(TypeId, bool)>,
    /// Sizes and alignments of defined types.
    pub layouts: OrderedMap<TypeId, (i64, i64)>,
    /// Which type parameters get types that mention which.
    pub flows: Vec<instance_cycles::Flow>,
    /// The type parameters of receivers and those of their types.
    pub receiver_params: OrderedMap<TypeId, TypeId>,
    pub union_sets: OrderedMap<TypeId, Option<Rc<TypeSet>>>,
    /// Objects that a dot import brought into a file's scope.
    pub dot_imports: OrderedMap<(ScopeId, Symbol), ObjectId>,
    pub lazy_packages: OrderedSet<PackageId>,
    /// The scopes of functions whose bodies wait to be checked.
    pub function_scopes: OrderedMap<ObjectId, ScopeId>,
    /// Where the type that is instantiated now stands.
    pub instance_pos: Pos,
    /// The function whose signature is checked now.
    pub declared_function: Option<ObjectId>,
    /// Packages that could not be imported; nothing is said about their names.
    pub fake_packages: OrderedSet<PackageId>,
    pub late_errors: Vec<(PackageId, Pos, &'static str)>,
    pub checked_bodies: OrderedSet<ObjectId>,
    pub bodies: OrderedMap<ObjectId, Rc<crate::ast::Block>>,
    /// The types `any`, `error`, `comparable`, and the empty interface.
    pub any: TypeId,
    pub error: TypeId,
    pub comparable: TypeId,
    pub empty_interface: TypeId,
    pub iota: ObjectId,
    pub depth: u32,
}

/// Recursion of the checker's own (types of types) beyond which it gives up.
pub(crate) const DEPTH_MAX: u32 = 200;

impl Program {
    /// Runs an action when the declaration or statement at hand is complete.
    pub(crate) fn later(&mut self, action: impl FnOnce(&mut Program) + 'static) {
        let package = self.checker.env.package;
        self.checker.delayed.push((package, Box::new(action)));
    }

    /// Runs the delayed actions from a mark on, those that they add included.
    pub(crate) fn process_delayed(&mut self, top: usize) {
        let mut at = top;
        while at < self.checker.delayed.len() {
            let nothing: Box<dyn FnOnce(&mut Program)> = Box::new(|_| {});
            let Some(slot) = self.checker.delayed.get_mut(at) else {
                break;
            };
            let package = slot.0;
            let action = std::mem::replace(&mut slot.1, nothing);
            let outer = std::mem::replace(&mut self.checker.env.package, package);
            action(self);
            self.checker.env.package = outer;
            at += 1;
        }
        self.checker.delayed.truncate(top);
    }

    // Scopes.

    pub(crate) fn new_scope(&mut self, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId(self.checker.scopes.len() as u32);
        self.checker.scopes.push(Scope {
            parent,
            ..Scope::default()
        });
        if let Some(parent) = parent
            && let Some(scope) = self.checker.scopes.get_mut(parent.0 as usize)
        {
            scope.children.push(id);
        }
        id
    }

    pub(crate) fn open_scope(&mut self) {
        let scope = self.new_scope(Some(self.checker.env.scope));
        self.checker.env.scope = scope;
    }

    pub(crate) fn close_scope(&mut self) {
        let parent = self
            .scope(self.checker.env.scope)
            .and_then(|scope| scope.parent);
        if let Some(parent) = parent {
            self.checker.env.scope = parent;
        }
    }

    pub(crate) fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.checker.scopes.get(id.0 as usize)
    }

    pub(crate) fn scope_get(&self, id: ScopeId, name: Symbol) -> Option<ObjectId> {
        self.scope(id)?.names.get(&name).copied()
    }

    pub(crate) fn scope_insert(&mut self, id: ScopeId, name: Symbol, object: ObjectId) {
        if let Some(scope) = self.checker.scopes.get_mut(id.0 as usize) {
            scope.names.insert(name, object);
        }
    }

    /// The object of a name in the current scope or those around it, and where it was found.
    pub(crate) fn look_up(&mut self, name: Symbol) -> Option<(ScopeId, ObjectId)> {
        let mut at = Some(self.checker.env.scope);
        while let Some(id) = at {
            let scope = self.scope(id)?;
            if let Some(object) = scope.names.get(&name) {
                return Some((id, *object));
            }
            at = scope.parent;
            if scope.waiting.is_some()
                && let Some(object) = self.top_object(id, name)
            {
                return Some((id, object));
            }
        }
        None
    }

    /// Enters an object into a scope, unless its name is taken.
    pub(crate) fn declare(&mut self, scope: ScopeId, node: Option<NodeId>, object: ObjectId) {
        let (name, pos) = {
            let object = self.objects.get(object);
            (object.name, object.pos)
        };
        if name != Symbol::BLANK {
            if let Some(other) = self.scope_get(scope, name) {
                let text = self.name(name);
                let mut error = self.new_error(pos, format!("{text} redeclared in this block"));
                error.add_other_declaration(self, other);
                self.report(error);
                return;
            }
            self.scope_insert(scope, name, object);
        }
        if let Some(node) = node {
            self.info_mut().set_object(node, object);
        }
    }

    // Small conveniences.

    pub(crate) fn name(&self, symbol: Symbol) -> String {
        self.symbols.text(symbol).to_string()
    }

    pub(crate) fn object_name(&self, object: ObjectId) -> String {
        self.name(self.objects.get(object).name)
    }

    pub(crate) fn info_mut(&mut self) -> &mut crate::info::Info {
        let at = self.checker.env.package.0 as usize;
        match self.packages.get_mut(at) {
            Some(package) => &mut package.info,
            None => &mut self.no_info,
        }
    }

    pub(crate) fn record_object(&mut self, node: NodeId, object: ObjectId) {
        self.info_mut().set_object(node, object);
    }

    pub(crate) fn decl(&self, object: ObjectId) -> Option<Rc<DeclInfo>> {
        self.checker.decls.get(object.0 as usize).cloned().flatten()
    }

    pub(crate) fn set_decl(&mut self, object: ObjectId, decl: Rc<DeclInfo>) {
        let at = object.0 as usize;
        if at >= self.checker.decls.len() {
            self.checker.decls.resize(at + 1, None);
        }
        if let Some(slot) = self.checker.decls.get_mut(at) {
            *slot = Some(decl);
        }
    }

    /// Notes that the declaration at hand depends on a package-level object.
    pub(crate) fn add_dependency(&mut self, to: ObjectId) {
        let from = self.checker.env.decl;
        if from != ObjectId::NONE && self.decl(to).is_some() {
            let owner = self.dependency_owner(from);
            self.checker
                .dependencies
                .entry(owner)
                .or_default()
                .insert(to);
        }
    }

    /// Variables that are declared with one call depend on the same.
    pub(crate) fn dependency_owner(&self, object: ObjectId) -> ObjectId {
        match self.decl(object).as_deref() {
            Some(DeclInfo {
                kind: DeclKind::Var { all: Some(all), .. },
                ..
            }) => all.first().copied().unwrap_or(object),
            _ => object,
        }
    }

    pub(crate) fn set_object_type(&mut self, object: ObjectId, ty: TypeId) {
        if let Some(object) = self.objects.get_mut(object) {
            object.ty = Some(ty);
        }
    }

    /// The type of an object as far as it is known.
    pub(crate) fn type_of(&self, object: ObjectId) -> TypeId {
        self.objects.get(object).ty.unwrap_or(TypeId::INVALID)
    }

    pub(crate) fn type_name_object(
        &mut self,
        name: Symbol,
        pos: Pos,
        ty: Option<TypeId>,
    ) -> ObjectId {
        let package = Some(self.checker.env.package);
        self.objects.add(crate::object::Object {
            name,
            pos,
            package,
            ty,
            kind: crate::object::ObjectKind::TypeName,
        })
    }

    /// The text of an expression.
    pub(crate) fn show(&self, x: &Expr) -> String {
        crate::printer::expression(x, &self.symbols)
    }

    /// `./file.go:1:2`
    pub(crate) fn place(&self, pos: Pos) -> String {
        let position = self.sources.position(pos);
        if position.column >= COLUMN_SHOWN_MAX {
            return format!("{}:{}", position.file, position.line);
        }
        format!("{}:{}:{}", position.file, position.line, position.column)
    }
}
