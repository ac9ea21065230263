//! The entry points: a [`Program`] holds all packages, types and objects, and checks packages and
//! function bodies into them.

use crate::{
    ast::File,
    check::{Checker, DeclKind, ScopeId, is_marked, library_names},
    constant::Value,
    info::{Info, Initializer},
    object::{ObjectId, ObjectKind, Objects},
    parser,
    source::{Diagnostic, Pos, Sources},
    symbol::{Symbol, Symbols},
    types::{Member, NamedId, Type, TypeId, TypeSet, Types},
};
use std::rc::Rc;

use ordered::{OrderedMap, OrderedSet};

/// A package of a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct PackageId(pub u32);

/// A file to check: its name as messages show it, and its bytes.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// For example `./main.go`.
    pub name: String,
    /// The bytes.
    pub text: Rc<[u8]>,
}

/// Gives the sources of packages that are imported and were not checked before. Bodies of
/// functions of such packages are parsed and checked on demand, see [`Program::check_body`]. Where
/// a carriage return stands before each top-level declaration of a source, these are read on
/// demand, too, see [`Program::package_object`].
pub trait Importer {
    /// The files of a package, or `None` if there is no such package.
    fn sources(&self, path: &str) -> Option<Vec<SourceText>>;
}

/// A checked package.
pub struct Package {
    /// The import path; `main` for a program given as files.
    pub path: Rc<str>,
    /// The name in the package clause.
    pub name: Symbol,
    /// The trees of its files.
    pub files: Vec<Rc<File>>,
    /// What is known about their nodes.
    pub info: Info,
    /// Errors, in the order in which they were found; see [`crate::report`].
    pub diagnostics: Vec<Diagnostic>,
    /// Package-level objects by name.
    pub scope: OrderedMap<Symbol, ObjectId>,
    /// Packages that its files import, in source order, each once.
    pub imports: Vec<PackageId>,
    /// `init` functions, in source order.
    pub init_functions: Vec<ObjectId>,
    /// The order in which package variables are initialised; for imported packages ask
    /// [`Program::init_order`].
    pub init_order: Vec<Initializer>,
    /// Where the first file's package clause is.
    pub pos: Pos,
    /// All package-level objects, methods too, in source order.
    pub objects: Vec<ObjectId>,
    /// The files have syntax errors, so that nothing was type-checked.
    pub has_syntax_errors: bool,
    pub(crate) top: ScopeId,
    pub(crate) import_names: Vec<ObjectId>,
    pub(crate) next_node: u32,
}

/// All packages of one build, with their types and objects.
pub struct Program {
    /// The files and positions.
    pub sources: Sources,
    /// The names.
    pub symbols: Symbols,
    /// The types.
    pub types: Types,
    /// The objects.
    pub objects: Objects,
    /// The packages, by [`PackageId`].
    pub packages: Vec<Package>,
    pub(crate) no_info: Info,
    pub(crate) checker: Checker,
}

/// How a package is checked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Parse and check bodies only on demand, and report nothing that depends on them.
    pub lazy_bodies: bool,
}

impl Program {
    /// Parses and checks a package. Packages of the module that it imports are checked before it;
    /// other imports are asked from the importer. Errors are in [`Package::diagnostics`].
    pub fn check(&mut self, path: &str, files: Vec<SourceText>, options: &Options) -> PackageId {
        let mut parsed_files = Vec::new();
        let mut diagnostics = Vec::new();
        let mut branch_targets = Vec::new();
        let mut misplaced = Vec::new();
        let mut next_node = 0;
        for file in files {
            let source = self.sources.add(&file.name, file.text);
            let parsed =
                parser::parse_file(&source, &mut self.symbols, next_node, options.lazy_bodies);
            next_node = parsed.next_node;
            diagnostics.extend(parsed.diagnostics);
            branch_targets.extend(parsed.branch_targets);
            misplaced.extend(parsed.misplaced);
            parsed_files.push(Rc::new(parsed.file));
        }
        let first = parsed_files.iter().find_map(|file| file.package_name);
        let name = first.map_or(Symbol::EMPTY, |name| name.name);
        let pos = parsed_files.first().map_or(Pos::NONE, |file| file.pos);
        let id = self.add_package(path, name, pos);
        let late = misplaced.into_iter();
        let late = late.map(|pos| (id, pos, parser::MISPLACED));
        self.checker.late_errors.extend(late);
        let is_broken = parsed_files.iter().any(|file| file.package_name.is_none());
        let has_syntax_errors = is_broken
            || diagnostics
                .iter()
                .any(|problem| problem.message.starts_with("syntax error"));
        if let Some(package) = self.packages.get_mut(id.0 as usize) {
            package.files = parsed_files;
            package.diagnostics = diagnostics;
            package.info.reserve(next_node as usize);
            package.info.branch_targets.extend(branch_targets);
            package.next_node = next_node;
            package.has_syntax_errors = has_syntax_errors;
        }
        if options.lazy_bodies {
            self.checker.lazy_packages.insert(id);
        }
        if !has_syntax_errors {
            self.check_package(id, options);
        }
        id
    }

    fn check_package(&mut self, id: PackageId, options: &Options) {
        let mut env = self.checker.env.clone();
        env.package = id;
        env.scope = self.top_scope(id);
        let outer = std::mem::replace(&mut self.checker.env, env);
        let outer_error = std::mem::replace(&mut self.checker.has_error, false);
        let top = self.checker.delayed.len();
        self.checker.flows.clear();
        self.check_package_names(id);
        self.collect_objects(id);
        if !options.lazy_bodies {
            self.direct_cycles(id);
            self.package_objects(id);
            self.process_delayed(top);
            let order = self.initialization_order(id, true);
            if let Some(package) = self.packages.get_mut(id.0 as usize) {
                package.init_order = order;
            }
            self.unused_imports(id);
            self.record_untyped();
            if !self.checker.has_error {
                self.check_instance_cycles();
            }
            self.late_errors(id);
        }
        self.checker.has_error = outer_error;
        self.checker.env = outer;
    }

    fn check_package_names(&mut self, id: PackageId) {
        let Some(package) = self.package(id) else {
            return;
        };
        let expected = package.name;
        let names: Vec<_> = package
            .files
            .iter()
            .filter_map(|file| file.package_name)
            .collect();
        if expected == Symbol::BLANK
            && let Some(first) = names.first()
        {
            self.error(first.pos, "invalid package name _");
        }
        for name in names {
            if name.name != expected {
                let (found, expected) = (self.name(name.name), self.name(expected));
                self.error(
                    name.pos,
                    format!("package {found}; expected package {expected}"),
                );
            }
        }
    }

    /// The package of an import path: one that was checked, or one of the importer's.
    pub fn import(&mut self, path: &str) -> Option<PackageId> {
        if let Some(known) = self.checker.by_path.get(path) {
            return Some(*known);
        }
        if !self.checker.importing.insert(Rc::from(path)) {
            return None;
        }
        let files = self.checker.importer.sources(path)?;
        let id = if files.iter().all(|file| is_marked(&file.text)) {
            self.open_library(path, files)
        } else {
            self.check(path, files, &Options { lazy_bodies: true })
        };
        self.checker.importing.remove(path);
        Some(id)
    }

    /// A package.
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.get(id.0 as usize)
    }

    /// Whether a package came from the importer.
    pub fn is_library(&self, id: PackageId) -> bool {
        self.checker.lazy_packages.contains(&id) || id.0 == 0
    }

    /// The order in which an imported package's variables are initialised. It checks the bodies
    /// of the functions that the initialisations reach.
    pub fn init_order(&mut self, package: PackageId) -> Vec<Initializer> {
        if !self.is_library(package) {
            return self
                .package(package)
                .map(|package| package.init_order.clone())
                .unwrap_or_default();
        }
        let objects = self
            .package(package)
            .map(|package| package.objects.clone())
            .unwrap_or_default();
        let mut reached: OrderedSet<ObjectId> = OrderedSet::new();
        let mut open: Vec<ObjectId> = objects
            .into_iter()
            .filter(|object| matches!(self.objects.get(*object).kind, ObjectKind::Var(_)))
            .collect();
        while let Some(object) = open.pop() {
            if !reached.insert(object) {
                continue;
            }
            self.object_type(object);
            if self.objects.func(object).is_some() {
                self.check_body(object);
            }
            let owner = self.dependency_owner(object);
            if let Some(dependencies) = self.checker.dependencies.get(&owner) {
                open.extend(dependencies.iter().copied());
            }
        }
        self.initialization_order(package, false)
    }

    /// How the declaration of a package variable initialises it.
    pub fn initializer(&self, object: ObjectId) -> Option<Initializer> {
        let info = self.decl(object)?;
        let DeclKind::Var { decl, index, all } = &info.kind else {
            return None;
        };
        decl.values.as_ref()?;
        Some(Initializer {
            lhs: all
                .as_ref()
                .map_or_else(|| vec![object], |all| all.to_vec()),
            decl: Rc::clone(decl),
            index: if all.is_some() { 0 } else { *index },
        })
    }

    /// What the declaration of a package-level object mentions of its own package (for functions:
    /// their bodies too, once they are checked).
    pub fn dependencies(&self, object: ObjectId) -> impl Iterator<Item = ObjectId> + '_ {
        self.checker
            .dependencies
            .get(&self.dependency_owner(object))
            .into_iter()
            .flatten()
            .copied()
    }

    /// The type of an object, which is checked now if that did not happen yet.
    pub fn object_type(&mut self, object: ObjectId) -> TypeId {
        if self.objects.get(object).ty.is_none() {
            let top = self.checker.delayed.len();
            self.object_decl(object);
            if self.checker.path.is_empty() {
                self.process_delayed(top);
            }
        }
        self.objects.get(object).ty.unwrap_or(TypeId::INVALID)
    }

    /// The value of a constant object.
    pub fn object_constant(&mut self, object: ObjectId) -> Value {
        self.object_type(object);
        match &self.objects.get(object).kind {
            ObjectKind::Const(value) => value.clone(),
            _ => Value::Unknown,
        }
    }

    /// The underlying type; of a type parameter its constraint interface.
    pub fn underlying(&mut self, ty: TypeId) -> TypeId {
        let ty = self.types.unalias(ty);
        match *self.types.get(ty) {
            Type::Named(id) => self.underlying_named(id),
            Type::Param(id) => self.param_interface(id),
            _ => ty,
        }
    }

    /// Whether two types are identical.
    pub fn identical(&mut self, x: TypeId, y: TypeId) -> bool {
        x == y || self.identical_types(x, y, false)
    }

    /// One id for all types that are identical to this: what a run time compares.
    pub fn canonical(&mut self, ty: TypeId) -> TypeId {
        self.canonical_type(ty)
    }

    /// The declared methods of a defined type; those of an instance have its type arguments.
    pub fn methods(&mut self, named: NamedId) -> Vec<ObjectId> {
        self.methods_of(named)
    }

    /// Fields and methods by name, embedded ones too: `x.name` for an addressable `x` of type `ty`.
    /// `package` decides what a lower-case name means.
    pub fn lookup(&mut self, ty: TypeId, package: PackageId, name: Symbol) -> Option<Member> {
        let found = self.find_member(ty, true, Some(package), name, false);
        let object = found.object?;
        Some(Member {
            object,
            path: found.path,
            indirect: found.indirect,
            name,
        })
    }

    /// All methods that a value of the type has in an interface, sorted by name.
    pub fn method_set(&mut self, ty: TypeId) -> Vec<Member> {
        let mut names: OrderedMap<String, (Symbol, Option<PackageId>)> = OrderedMap::new();
        self.method_names(ty, &mut names, 0);
        let mut members = Vec::new();
        for (name, package) in names.into_values() {
            let found = self.find_member(ty, false, package, name, false);
            if let Some(object) = found.object
                && self.objects.func(object).is_some()
            {
                members.push(Member {
                    object,
                    path: found.path,
                    indirect: found.indirect,
                    name,
                });
            }
        }
        members
    }

    fn method_names(
        &mut self,
        ty: TypeId,
        names: &mut OrderedMap<String, (Symbol, Option<PackageId>)>,
        depth: u32,
    ) {
        if depth > 20 {
            return;
        }
        let (base, _) = self.dereferenced(ty);
        let mut methods = Vec::new();
        if let Type::Named(id) = *self.types.get(self.types.unalias(base)) {
            let declared = self.types.named(id).origin.unwrap_or(id);
            methods.extend(self.types.named(declared).methods.clone());
        }
        match self.under(base) {
            Type::Struct(structure) => {
                for field in structure.fields.iter().copied() {
                    if self.objects.var(field).is_some_and(|var| var.embedded) {
                        let field_type = self.object_type(field);
                        self.method_names(field_type, names, depth + 1);
                    }
                }
            }
            Type::Interface(_) => methods.extend(self.type_set(base).methods.iter().copied()),
            _ => {}
        }
        for method in methods {
            let object = self.objects.get(method);
            names.insert(
                self.symbols.text(object.name).to_string(),
                (object.name, object.package),
            );
        }
    }

    /// What an interface type admits: all its methods, sorted by name, and its types.
    pub fn type_set(&mut self, interface: TypeId) -> Rc<TypeSet> {
        let under = self.underlying(interface);
        match *self.types.get(under) {
            Type::Interface(id) => self.interface_set(id, Pos::NONE),
            _ => Rc::default(),
        }
    }

    /// Whether a value of the type can be stored in the interface.
    pub fn implements(&mut self, ty: TypeId, interface: TypeId) -> bool {
        self.implements_with(ty, interface, false, &mut String::new())
    }

    /// The type with type parameters replaced: how a generic function's types are read for one
    /// instance.
    pub fn substitute(&mut self, ty: TypeId, params: &[TypeId], args: &[TypeId]) -> TypeId {
        let args: Vec<Option<TypeId>> = args.iter().map(|arg| Some(*arg)).collect();
        self.replace(
            ty,
            &crate::check::Replacement {
                params,
                args: &args,
            },
        )
    }

    /// The type as messages show it: names of `package` stand alone, others are qualified by their
    /// package's name.
    pub fn type_text(&self, ty: TypeId, package: Option<PackageId>) -> String {
        self.text_for(ty, package)
    }

    /// The predeclared type `error`.
    pub fn error_type(&self) -> TypeId {
        self.checker.error
    }

    /// The type `any`.
    pub fn any_type(&self) -> TypeId {
        self.types.unalias(self.checker.any)
    }

    /// Whether a package's name alone does not say which it is, in gc's view of all packages that
    /// the program's packages import, also indirectly.
    pub(crate) fn is_ambiguous(&self, id: PackageId) -> bool {
        let Some(package) = self.package(id) else {
            return false;
        };
        let paths: Vec<&str> = self.packages.iter().map(|package| &*package.path).collect();
        if library_names::shares_name(&package.path, &paths) {
            return true;
        }
        self.packages.iter().any(|other| {
            other.name == package.name
                && other.path != package.path
                && !other.path.starts_with("internal/")
        })
    }
}
