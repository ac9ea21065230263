//! The entry points: a [`Program`] holds all packages, types and objects, and checks packages and
//! function bodies into them.

use crate::{
    ast::Block,
    ast::File,
    info::{Info, Initializer},
    object::ObjectKind,
    object::{ObjectId, Objects},
    source::{Diagnostic, Pos, Sources},
    symbol::{Symbol, Symbols},
    types::{Member, NamedId, Type, TypeId, TypeSet, Types},
};
use std::{collections::BTreeMap, rc::Rc};

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
/// functions of such packages are parsed and checked on demand, see [`Program::check_body`].
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
    pub scope: BTreeMap<Symbol, ObjectId>,
    /// Packages that its files import, in source order, each once.
    pub imports: Vec<PackageId>,
    /// `init` functions and functions named `_`, in source order.
    pub init_functions: Vec<ObjectId>,
    /// The order in which package variables are initialised; for imported packages ask
    /// [`Program::init_order`].
    pub init_order: Vec<Initializer>,
    /// Where each file's package clause is.
    pub pos: Pos,
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
}

/// How a package is checked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Parse and check bodies only on demand, and report nothing that depends on them.
    pub lazy_bodies: bool,
}

// The signatures below are what the compiler builds on; the checker fills them in.
impl Program {
    /// An empty program that takes imported packages from `importer`.
    pub fn new(_importer: Box<dyn Importer>) -> Self {
        Program {
            sources: Sources::default(),
            symbols: Symbols::new(),
            types: Types::new(),
            objects: Objects::default(),
            packages: Vec::new(),
        }
    }

    /// Parses and checks a package. Packages of the module that it imports are checked before it;
    /// other imports are asked from the importer. Errors are in [`Package::diagnostics`].
    pub fn check(&mut self, path: &str, _files: Vec<SourceText>, _options: &Options) -> PackageId {
        let id = PackageId(self.packages.len() as u32);
        self.packages.push(Package {
            path: Rc::from(path),
            name: Symbol::MAIN,
            files: Vec::new(),
            info: Info::default(),
            diagnostics: Vec::new(),
            scope: BTreeMap::new(),
            imports: Vec::new(),
            init_functions: Vec::new(),
            init_order: Vec::new(),
            pos: Pos::NONE,
        });
        id
    }

    /// A package.
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.get(id.0 as usize)
    }

    /// The parsed body of a declared function, `None` if it has none (implemented natively).
    pub fn body(&mut self, _function: ObjectId) -> Option<Rc<Block>> {
        None
    }

    /// Checks the body of a function of an imported package (once), so that the package's
    /// [`Info`] knows its nodes. For generic functions the types mention its type parameters.
    pub fn check_body(&mut self, _function: ObjectId) {}

    /// The order in which an imported package's variables are initialised. It checks the bodies
    /// of the functions that the initialisations reach.
    pub fn init_order(&mut self, _package: PackageId) -> Vec<Initializer> {
        Vec::new()
    }

    /// The type of an object, which is checked now if that did not happen yet.
    pub fn object_type(&mut self, object: ObjectId) -> TypeId {
        self.objects.get(object).ty.unwrap_or(TypeId::INVALID)
    }

    /// The value of a constant object.
    pub fn object_constant(&mut self, object: ObjectId) -> crate::constant::Value {
        match &self.objects.get(object).kind {
            ObjectKind::Const(value) => value.clone(),
            _ => crate::constant::Value::Unknown,
        }
    }

    /// The underlying type; of a type parameter its constraint interface.
    pub fn underlying(&mut self, ty: TypeId) -> TypeId {
        ty
    }

    /// Whether two types are identical.
    pub fn identical(&mut self, x: TypeId, y: TypeId) -> bool {
        x == y
    }

    /// One id for all types that are identical to this: what a run time compares.
    pub fn canonical(&mut self, ty: TypeId) -> TypeId {
        ty
    }

    /// The declared methods of a defined type; those of an instance have its type arguments.
    pub fn methods(&mut self, _named: NamedId) -> Vec<ObjectId> {
        Vec::new()
    }

    /// Fields and methods by name, embedded ones too: `x.name` for an `x` of type `ty`.
    /// `package` decides what a lower-case name means.
    pub fn lookup(&mut self, _ty: TypeId, _package: PackageId, _name: Symbol) -> Option<Member> {
        None
    }

    /// All methods that a value of the type has in an interface, sorted by name.
    pub fn method_set(&mut self, _ty: TypeId) -> Vec<Member> {
        Vec::new()
    }

    /// What an interface type admits: all its methods, sorted by name, and its types.
    pub fn type_set(&mut self, _interface: TypeId) -> Rc<TypeSet> {
        Rc::default()
    }

    /// Whether a value of the type can be stored in the interface.
    pub fn implements(&mut self, _ty: TypeId, _interface: TypeId) -> bool {
        false
    }

    /// The type with type parameters replaced: how a generic function's types are read for one
    /// instance.
    pub fn substitute(&mut self, ty: TypeId, _params: &[TypeId], _args: &[TypeId]) -> TypeId {
        ty
    }

    /// The type as messages (and `%T` with `package` `None`: qualified by package name) show it.
    pub fn type_text(&self, ty: TypeId, _package: Option<PackageId>) -> String {
        match self.types.get(ty) {
            Type::Basic(_) => crate::types::PREDECLARED_NAMES
                .get(ty.0 as usize)
                .copied()
                .unwrap_or("")
                .to_string(),
            _ => String::new(),
        }
    }
}
