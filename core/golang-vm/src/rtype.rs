//! Types at run time: what interfaces, maps, comparisons and reflection need to know.

use golang_check::TypeId;
use std::cell::OnceCell;
use std::rc::Rc;

/// The kinds of types, with the numbers of `reflect.Kind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "named as in Go")]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    Array,
    Chan,
    Func,
    Interface,
    Map,
    Pointer,
    Slice,
    String,
    Struct,
    UnsafePointer,
}

/// How values of a type are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    /// They cannot be: slices, maps, functions.
    Never,
    /// Byte by byte.
    Bytes,
    /// As numbers.
    Float32,
    /// As numbers.
    Float64,
    /// As two numbers.
    Complex64,
    /// As two numbers.
    Complex128,
    /// By their bytes elsewhere.
    String,
    /// By dynamic type and value.
    Interface,
    /// Field by field.
    Struct,
    /// Element by element.
    Array,
}

/// A type at run time. Its number is what the first word of an interface value holds.
#[derive(Debug)]
pub struct RType {
    /// Its number, from 1.
    pub id: u32,
    /// The checker's type (canonical).
    pub ty: TypeId,
    /// What it is.
    pub kind: Kind,
    /// Bytes in memory.
    pub size: u64,
    /// Alignment in memory.
    pub align: u64,
    /// Registers of a value; structs and arrays are one address.
    pub words: u8,
    /// Holds no pointers.
    pub plain: bool,
    /// How values are compared.
    pub compare: Compare,
    /// As `%T` shows it.
    pub text: Rc<str>,
    /// Fields of a struct.
    pub fields: Vec<RField>,
    /// Element type of pointers, slices, arrays, maps, channels.
    pub elem: TypeId,
    /// Number of the element type of an array.
    pub elem_id: u32,
    /// Key type of a map.
    pub key: TypeId,
    /// Length of an array.
    pub length: u64,
    /// For maps: how keys are kept; known before the first map of the type is made.
    pub map: OnceCell<MapShape>,
}

/// A field of a struct.
#[derive(Debug)]
pub struct RField {
    /// Its name.
    pub name: Rc<str>,
    /// The number of its type.
    pub ty: u32,
    /// Offset in bytes.
    pub offset: u64,
    /// Its tag.
    pub tag: Rc<str>,
    /// Embedded.
    pub embedded: bool,
    /// The path of the package for a name that is not exported.
    pub package: Rc<str>,
}

/// How the keys of a map are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// One word: integers, pointers, booleans, channels.
    Word,
    /// A string.
    String,
    /// The bytes of the key type, hashed and compared by it; registers hold its address.
    Memory,
}

/// The layout of a map's entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapShape {
    /// How keys are kept.
    pub key: KeyKind,
    /// The number of the key type.
    pub key_type: u32,
    /// Bytes of a kept key.
    pub key_size: u32,
    /// The number of the value type.
    pub value_type: u32,
    /// Bytes of a value.
    pub value_size: u32,
}

impl RType {
    /// Values are passed by the address of their bytes.
    pub fn is_aggregate(&self) -> bool {
        matches!(self.kind, Kind::Struct | Kind::Array)
    }

    /// The value itself stands in an interface's second word; others stand in memory there.
    pub fn is_direct(&self) -> bool {
        self.words == 1 && !self.is_aggregate()
    }
}
