//! Objects: what names stand for. One table for all packages, addressed by [`ObjectId`].

use crate::{
    ast::{FuncDecl, NodeId},
    constant::Value,
    program::PackageId,
    source::Pos,
    symbol::Symbol,
    types::TypeId,
};
use std::rc::Rc;

/// An object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// No object (an unresolved name, the blank identifier on a left side).
    pub const NONE: ObjectId = ObjectId(u32::MAX);

    /// The object, unless there is none.
    pub fn known(self) -> Option<ObjectId> {
        (self != ObjectId::NONE).then_some(self)
    }
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name; empty for unnamed parameters.
    pub name: Symbol,
    /// Where it is declared; unknown for predeclared ones.
    pub pos: Pos,
    /// The package that declares it; `None` for predeclared ones.
    pub package: Option<PackageId>,
    /// Its type; `None` while it is not known. Ask [`crate::Program::object_type`].
    pub(crate) ty: Option<TypeId>,
    /// The kind of object and what belongs to it.
    pub kind: ObjectKind,
}

/// The kinds of objects.
#[derive(Clone, Debug)]
pub enum ObjectKind {
    /// A name that an import declares in a file.
    PackageName {
        /// The package.
        imported: PackageId,
        /// Whether anything of it is used.
        used: bool,
    },
    /// A constant with its value.
    Const(Value),
    /// A type.
    TypeName,
    /// A variable, parameter, result or field.
    Var(Var),
    /// A function or method.
    Func(Func),
    /// A label.
    Label {
        /// Whether a branch names it.
        used: bool,
    },
    /// A predeclared function or one of package unsafe.
    Builtin(Builtin),
    /// `nil`
    Nil,
}

/// What a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    /// Declared in a package.
    Package,
    /// Declared in a function.
    Local,
    /// The receiver of a method.
    Receiver,
    /// A parameter.
    Param,
    /// A result.
    Result,
    /// A field of a struct.
    Field,
}

/// What is known about a variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// What it is.
    pub kind: VarKind,
    /// An embedded field.
    pub embedded: bool,
    /// Its value is used somewhere.
    pub used: bool,
    /// For locals, parameters, results: the function (declaration or literal) that declares it.
    pub function: Option<NodeId>,
    /// Its dense number in that function.
    pub local: u32,
    /// A function literal inside of its function uses it.
    pub captured: bool,
    /// `&x`, `x[:]` of an array, or a method with a pointer receiver called on it.
    pub address_taken: bool,
    /// Assigned to again after its declaration (a captured variable that never is can be copied).
    pub reassigned: bool,
}

/// What is known about a function.
#[derive(Clone, Debug, Default)]
pub struct Func {
    /// Its declaration; `None` for methods of interfaces.
    pub decl: Option<Rc<FuncDecl>>,
    /// A method whose receiver is written as a pointer.
    pub pointer_receiver: bool,
    /// For a method of an instantiated type: the method of the generic type.
    pub origin: Option<ObjectId>,
}

/// The predeclared functions, and those of package unsafe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "named as in Go")]
pub enum Builtin {
    Append,
    Cap,
    Clear,
    Close,
    Complex,
    Copy,
    Delete,
    Imag,
    Len,
    Make,
    Max,
    Min,
    New,
    Panic,
    Print,
    Println,
    Real,
    Recover,
    UnsafeAdd,
    UnsafeAlignof,
    UnsafeOffsetof,
    UnsafeSizeof,
    UnsafeSlice,
    UnsafeSliceData,
    UnsafeString,
    UnsafeStringData,
}

impl Builtin {
    /// The name as programs write it after `unsafe.` or alone.
    pub fn text(self) -> &'static str {
        match self {
            Builtin::Append => "append",
            Builtin::Cap => "cap",
            Builtin::Clear => "clear",
            Builtin::Close => "close",
            Builtin::Complex => "complex",
            Builtin::Copy => "copy",
            Builtin::Delete => "delete",
            Builtin::Imag => "imag",
            Builtin::Len => "len",
            Builtin::Make => "make",
            Builtin::Max => "max",
            Builtin::Min => "min",
            Builtin::New => "new",
            Builtin::Panic => "panic",
            Builtin::Print => "print",
            Builtin::Println => "println",
            Builtin::Real => "real",
            Builtin::Recover => "recover",
            Builtin::UnsafeAdd => "Add",
            Builtin::UnsafeAlignof => "Alignof",
            Builtin::UnsafeOffsetof => "Offsetof",
            Builtin::UnsafeSizeof => "Sizeof",
            Builtin::UnsafeSlice => "Slice",
            Builtin::UnsafeSliceData => "SliceData",
            Builtin::UnsafeString => "String",
            Builtin::UnsafeStringData => "StringData",
        }
    }

    /// All of them, predeclared ones first.
    pub const ALL: [Builtin; 26] = [
        Builtin::Append,
        Builtin::Cap,
        Builtin::Clear,
        Builtin::Close,
        Builtin::Complex,
        Builtin::Copy,
        Builtin::Delete,
        Builtin::Imag,
        Builtin::Len,
        Builtin::Make,
        Builtin::Max,
        Builtin::Min,
        Builtin::New,
        Builtin::Panic,
        Builtin::Print,
        Builtin::Println,
        Builtin::Real,
        Builtin::Recover,
        Builtin::UnsafeAdd,
        Builtin::UnsafeAlignof,
        Builtin::UnsafeOffsetof,
        Builtin::UnsafeSizeof,
        Builtin::UnsafeSlice,
        Builtin::UnsafeSliceData,
        Builtin::UnsafeString,
        Builtin::UnsafeStringData,
    ];
}

/// The table of objects.
pub struct Objects {
    objects: Vec<Object>,
    nothing: Object,
}

impl Default for Objects {
    fn default() -> Self {
        let nothing = Object {
            name: Symbol::EMPTY,
            pos: Pos::NONE,
            package: None,
            ty: Some(TypeId::INVALID),
            kind: ObjectKind::Nil,
        };
        Objects {
            objects: Vec::new(),
            nothing,
        }
    }
}

impl Objects {
    /// An object; for [`ObjectId::NONE`] one of invalid type.
    pub fn get(&self, id: ObjectId) -> &Object {
        self.objects.get(id.0 as usize).unwrap_or(&self.nothing)
    }

    pub(crate) fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id.0 as usize)
    }

    pub(crate) fn add(&mut self, object: Object) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(object);
        id
    }

    /// A variable that no source declares.
    pub fn add_variable(&mut self, kind: VarKind, name: Symbol, ty: TypeId) -> ObjectId {
        self.add(Object {
            name,
            pos: Pos::NONE,
            package: None,
            ty: Some(ty),
            kind: ObjectKind::Var(Var::new(kind)),
        })
    }

    /// The number of objects; ids are below it.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The variable, if the object is one.
    pub fn var(&self, id: ObjectId) -> Option<&Var> {
        match &self.get(id).kind {
            ObjectKind::Var(var) => Some(var),
            _ => None,
        }
    }

    pub(crate) fn var_mut(&mut self, id: ObjectId) -> Option<&mut Var> {
        match self.get_mut(id).map(|object| &mut object.kind) {
            Some(ObjectKind::Var(var)) => Some(var),
            _ => None,
        }
    }

    /// The function, if the object is one.
    pub fn func(&self, id: ObjectId) -> Option<&Func> {
        match &self.get(id).kind {
            ObjectKind::Func(func) => Some(func),
            _ => None,
        }
    }
}

impl Var {
    pub(crate) fn new(kind: VarKind) -> Self {
        Var {
            kind,
            embedded: false,
            used: false,
            function: None,
            local: 0,
            captured: false,
            address_taken: false,
            reassigned: false,
        }
    }
}
