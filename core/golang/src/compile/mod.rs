//! From checked Go to instructions. Functions are compiled when they are first called; one
//! [`GoImage`] is shared by all processes that run the same binary.

mod assign;
mod buffers;
mod builder;
mod builtin;
mod call;
mod constant;
mod convert;
mod declared;
mod destination;
mod expr;
mod growth;
mod image;
mod inline;
mod layout;
mod literal;
mod loops;
mod methods;
mod operator;
mod order;
mod place;
mod select;
mod stmt;
mod switch;
mod text;
mod thunks;

pub(crate) use image::GoImage;

use crate::vm::{Function, RType};
use golang_check::info::Initializer;
use golang_check::{ObjectId, PackageId, Program, TypeId};
use ordered::OrderedMap;
use std::rc::Rc;

/// A program with everything of it that is compiled so far.
pub(crate) struct Compiler {
    pub program: Program,
    pub main: PackageId,
    functions: Vec<Entry>,
    declared: OrderedMap<(ObjectId, Vec<TypeId>), u32>,
    thunks: OrderedMap<Thunk, u32>,
    strings: Vec<Rc<[u8]>>,
    string_numbers: OrderedMap<Rc<[u8]>, u32>,
    globals: Vec<GlobalEntry>,
    global_numbers: OrderedMap<ObjectId, u32>,
    rtypes: Vec<Rc<RType>>,
    rtype_numbers: OrderedMap<TypeId, u32>,
    method_numbers: OrderedMap<(Rc<str>, Option<PackageId>), u32>,
    method_names: Vec<(Rc<str>, Option<PackageId>)>,
    method_tables: OrderedMap<(u32, u32), Option<u32>>,
    /// By function, number of the argument, and whether dots follow it: see `growth`.
    kept_arguments: OrderedMap<(ObjectId, usize, bool), Option<bool>>,
    pub version: (u32, u32),
}

struct Entry {
    source: Source,
    code: Option<Rc<Function>>,
}

struct GlobalEntry {
    size: u64,
    plain: bool,
    initializer: Option<u32>,
}

/// Where the code of a function comes from.
#[derive(Clone)]
enum Source {
    /// A declaration, with type arguments.
    Declared(ObjectId, Rc<[TypeId]>),
    /// A function literal, compiled with the function around it.
    Compiled,
    /// The initialisation of a package variable.
    Initializer(PackageId, Initializer),
    /// The start: initialisation of packages, then main.
    Start,
    /// Made up.
    Thunk(Thunk),
}

/// Functions that no source has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Thunk {
    /// A method called with an interface's data: type and number of the method's name.
    Method(u32, u32),
    /// A method value: type of the receiver as it is kept, and number of the name.
    Bound(TypeId, u32),
    /// A method expression of an interface, or through pointers or embedded fields.
    Expression(TypeId, u32),
    /// A predeclared function as it is deferred: which, and the types of its arguments.
    Builtin(u8, Vec<TypeId>),
    /// `native.Call` for one function type: `func(f any, arguments []any) []any`.
    CallAdapter(TypeId),
    /// The function that `native.MakeFunc` makes for one function type.
    MadeFunction(TypeId),
}
