//! The types of a program: one table for all packages, addressed by [`TypeId`].
//!
//! Two ids can mean identical types (two `[]struct{…}` written in different places, signatures
//! that differ in their parameters' names): [`crate::Program::identical`] decides, and
//! [`crate::Program::canonical`] gives one id for each set of identical types.

use crate::{ast::ChanDir, object::ObjectId, symbol::Symbol};
use std::rc::Rc;

use ordered::OrderedMap;

/// A type. The predeclared ones have fixed numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct TypeId(pub u32);

/// The index of a defined (named) type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NamedId(pub u32);

/// The index of an interface type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct InterfaceId(pub u32);

/// The index of a type parameter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ParamId(pub u32);

/// The index of an alias.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AliasId(pub u32);

/// The kinds of predeclared types; `byte` and `rune` are `Uint8` and `Int32`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "named as in Go")]
pub enum Basic {
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
    String,
    UnsafePointer,
    UntypedBool,
    UntypedInt,
    UntypedRune,
    UntypedFloat,
    UntypedComplex,
    UntypedString,
    UntypedNil,
}

#[allow(missing_docs, reason = "named as in Go")]
impl TypeId {
    pub const INVALID: TypeId = TypeId(0);
    pub const BOOL: TypeId = TypeId(1);
    pub const INT: TypeId = TypeId(2);
    pub const INT8: TypeId = TypeId(3);
    pub const INT16: TypeId = TypeId(4);
    pub const INT32: TypeId = TypeId(5);
    pub const INT64: TypeId = TypeId(6);
    pub const UINT: TypeId = TypeId(7);
    pub const UINT8: TypeId = TypeId(8);
    pub const UINT16: TypeId = TypeId(9);
    pub const UINT32: TypeId = TypeId(10);
    pub const UINT64: TypeId = TypeId(11);
    pub const UINTPTR: TypeId = TypeId(12);
    pub const FLOAT32: TypeId = TypeId(13);
    pub const FLOAT64: TypeId = TypeId(14);
    pub const COMPLEX64: TypeId = TypeId(15);
    pub const COMPLEX128: TypeId = TypeId(16);
    pub const STRING: TypeId = TypeId(17);
    pub const UNSAFE_POINTER: TypeId = TypeId(18);
    pub const UNTYPED_BOOL: TypeId = TypeId(19);
    pub const UNTYPED_INT: TypeId = TypeId(20);
    pub const UNTYPED_RUNE: TypeId = TypeId(21);
    pub const UNTYPED_FLOAT: TypeId = TypeId(22);
    pub const UNTYPED_COMPLEX: TypeId = TypeId(23);
    pub const UNTYPED_STRING: TypeId = TypeId(24);
    pub const UNTYPED_NIL: TypeId = TypeId(25);
    /// `byte`: prints so, identical to `uint8`.
    pub const BYTE: TypeId = TypeId(26);
    /// `rune`: prints so, identical to `int32`.
    pub const RUNE: TypeId = TypeId(27);
    /// The empty tuple: the type of a call without results.
    pub const EMPTY_TUPLE: TypeId = TypeId(28);
}

/// The kinds of the types with fixed numbers, in the order of their numbers.
pub(crate) const PREDECLARED: [Basic; 28] = [
    Basic::Invalid,
    Basic::Bool,
    Basic::Int,
    Basic::Int8,
    Basic::Int16,
    Basic::Int32,
    Basic::Int64,
    Basic::Uint,
    Basic::Uint8,
    Basic::Uint16,
    Basic::Uint32,
    Basic::Uint64,
    Basic::Uintptr,
    Basic::Float32,
    Basic::Float64,
    Basic::Complex64,
    Basic::Complex128,
    Basic::String,
    Basic::UnsafePointer,
    Basic::UntypedBool,
    Basic::UntypedInt,
    Basic::UntypedRune,
    Basic::UntypedFloat,
    Basic::UntypedComplex,
    Basic::UntypedString,
    Basic::UntypedNil,
    Basic::Uint8,
    Basic::Int32,
];

/// What a type is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Type {
    /// A predeclared type that is not defined by others.
    Basic(Basic),
    /// A defined type or an instance of a generic one; see [`Types::named`].
    Named(NamedId),
    /// Another name for a type; see [`Types::alias`].
    Alias(AliasId),
    /// `*T`
    Pointer(TypeId),
    /// `[]T`
    Slice(TypeId),
    /// `[n]T`; a negative length is unknown (an error was reported).
    Array(i64, TypeId),
    /// `map[K]V`
    Map(TypeId, TypeId),
    /// `chan T` and its directed forms.
    Chan(ChanDir, TypeId),
    /// `func(…) …`
    Signature(Rc<Signature>),
    /// `struct{…}`
    Struct(Rc<Struct>),
    /// `interface{…}`; see [`Types::interface`].
    Interface(InterfaceId),
    /// Several values (results of a call). Variables, so that names can be shown.
    Tuple(Rc<[ObjectId]>),
    /// `~int | string` inside an interface.
    Union(Rc<[Term]>),
    /// A type parameter; see [`Types::param`].
    Param(ParamId),
}

/// The type of a function or method.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Signature {
    /// Type parameters of a generic function (each a [`Type::Param`]).
    pub type_params: Rc<[TypeId]>,
    /// Type parameters that a method's receiver declares.
    pub receiver_type_params: Rc<[TypeId]>,
    /// The receiver variable of a method.
    pub receiver: Option<ObjectId>,
    /// Parameter variables.
    pub params: Rc<[ObjectId]>,
    /// Result variables.
    pub results: Rc<[ObjectId]>,
    /// The last parameter is `...T`; its variable has the type `[]T`.
    pub variadic: bool,
}

/// A struct type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Struct {
    /// Field variables, in order ([`crate::object::VarKind::Field`]; the object knows whether it is embedded).
    pub fields: Vec<ObjectId>,
    /// As many tags, already unquoted.
    pub tags: Vec<Rc<str>>,
}

/// One term of a union: `T` or `~T`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Term {
    /// Any type whose underlying type is this.
    pub tilde: bool,
    /// The type.
    pub ty: TypeId,
}

/// A defined type, a generic one, or an instance.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its type name.
    pub object: ObjectId,
    /// The id of `Type::Named` for it.
    pub id: TypeId,
    /// For an instance: the generic type.
    pub origin: Option<NamedId>,
    /// Type parameters of a generic type.
    pub type_params: Rc<[TypeId]>,
    /// Type arguments of an instance.
    pub type_args: Rc<[TypeId]>,
    /// For a type declared in a generic function: that function's type parameters. With other
    /// types in their place it is another type, an instance of this one.
    pub(crate) outer: Rc<[TypeId]>,
    /// The underlying type; `None` while it is not known. Ask [`crate::Program::underlying`].
    pub(crate) underlying: Option<TypeId>,
    /// The right-hand side of the declaration.
    pub(crate) rhs: Option<TypeId>,
    /// Declared methods; of an instance those of the origin. Ask [`crate::Program::methods`].
    pub(crate) methods: Vec<ObjectId>,
    /// An instance's own copies of its methods, made on demand (by index of `methods`).
    pub(crate) expanded: OrderedMap<usize, ObjectId>,
}

/// An interface type.
#[derive(Clone, Debug, Default)]
pub struct Interface {
    /// Methods written in it (function objects).
    pub methods: Vec<ObjectId>,
    /// Embedded elements with their positions.
    pub embedded: Vec<(TypeId, crate::source::Pos)>,
    /// Wrapped around a constraint literal such as `[T ~int]`.
    pub implicit: bool,
    /// All methods and types, computed on demand. Ask [`crate::Program::type_set`].
    pub(crate) set: Option<Rc<TypeSet>>,
}

/// What an interface admits.
#[derive(Clone, Debug, Default)]
pub struct TypeSet {
    /// All methods, embedded ones too, sorted by name.
    pub methods: Vec<ObjectId>,
    /// The terms of its union; `None` is every type.
    pub terms: Option<Vec<Term>>,
    /// Only comparable types.
    pub comparable: bool,
}

/// A type parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its type name.
    pub object: ObjectId,
    /// Its place in the list that declares it.
    pub index: usize,
    /// The constraint as written (not always an interface; see [`crate::Program::constraint`]).
    pub bound: TypeId,
}

/// `type A = …`
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its type name.
    pub object: ObjectId,
    /// What it stands for.
    pub actual: TypeId,
    /// Type parameters of a generic alias.
    pub type_params: Rc<[TypeId]>,
    /// Type arguments of an instance.
    pub type_args: Rc<[TypeId]>,
    /// For an instance: the generic alias.
    pub origin: Option<AliasId>,
}

/// The table of types.
pub struct Types {
    types: Vec<Type>,
    shared: OrderedMap<Type, TypeId>,
    pub(crate) named: Vec<Named>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) params: Vec<Param>,
    pub(crate) aliases: Vec<Alias>,
    nothing: (Named, Interface, Param, Alias),
}

impl Default for Types {
    fn default() -> Self {
        Self::new()
    }
}

impl Types {
    /// A table with the predeclared types.
    pub fn new() -> Self {
        let none: Rc<[TypeId]> = Rc::from([]);
        let named = Named {
            object: ObjectId::NONE,
            id: TypeId::INVALID,
            origin: None,
            type_params: Rc::clone(&none),
            type_args: Rc::clone(&none),
            outer: Rc::clone(&none),
            underlying: None,
            rhs: None,
            methods: Vec::new(),
            expanded: OrderedMap::new(),
        };
        let param = Param {
            object: ObjectId::NONE,
            index: 0,
            bound: TypeId::INVALID,
        };
        let alias = Alias {
            object: ObjectId::NONE,
            actual: TypeId::INVALID,
            type_params: Rc::clone(&none),
            type_args: none,
            origin: None,
        };
        let mut types: Vec<Type> = PREDECLARED
            .iter()
            .map(|basic| Type::Basic(*basic))
            .collect();
        types.push(Type::Tuple(Rc::from([])));
        Types {
            types,
            shared: OrderedMap::new(),
            named: Vec::new(),
            interfaces: Vec::new(),
            params: Vec::new(),
            aliases: Vec::new(),
            nothing: (named, Interface::default(), param, alias),
        }
    }

    /// What a type is (cheap to clone).
    pub fn get(&self, id: TypeId) -> &Type {
        self.types
            .get(id.0 as usize)
            .unwrap_or(&Type::Basic(Basic::Invalid))
    }

    /// The number of types; ids are below it.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Never: the predeclared types are always there.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Enters a type; simple composite types are entered once.
    pub fn add(&mut self, ty: Type) -> TypeId {
        let is_shared = matches!(
            ty,
            Type::Pointer(_) | Type::Slice(_) | Type::Array(..) | Type::Map(..) | Type::Chan(..)
        );
        if is_shared && let Some(id) = self.shared.get(&ty) {
            return *id;
        }
        let id = TypeId(self.types.len() as u32);
        if is_shared {
            self.shared.insert(ty.clone(), id);
        }
        self.types.push(ty);
        id
    }

    /// `*T`
    pub fn pointer(&mut self, to: TypeId) -> TypeId {
        self.add(Type::Pointer(to))
    }

    /// `[]T`
    pub fn slice(&mut self, element: TypeId) -> TypeId {
        self.add(Type::Slice(element))
    }

    /// A tuple of variables.
    pub fn tuple(&mut self, variables: Rc<[ObjectId]>) -> TypeId {
        if variables.is_empty() {
            TypeId::EMPTY_TUPLE
        } else {
            self.add(Type::Tuple(variables))
        }
    }

    /// A defined type.
    pub fn named(&self, id: NamedId) -> &Named {
        self.named.get(id.0 as usize).unwrap_or(&self.nothing.0)
    }

    /// An interface.
    pub fn interface(&self, id: InterfaceId) -> &Interface {
        self.interfaces
            .get(id.0 as usize)
            .unwrap_or(&self.nothing.1)
    }

    /// A type parameter.
    pub fn param(&self, id: ParamId) -> &Param {
        self.params.get(id.0 as usize).unwrap_or(&self.nothing.2)
    }

    /// An alias.
    pub fn alias(&self, id: AliasId) -> &Alias {
        self.aliases.get(id.0 as usize).unwrap_or(&self.nothing.3)
    }

    /// The type that aliases stand for.
    pub fn unalias(&self, mut id: TypeId) -> TypeId {
        // A cyclic alias is invalid; the bound only guards against one in the making.
        for _ in 0..64 {
            match self.get(id) {
                Type::Alias(alias) => id = self.alias(*alias).actual,
                _ => return id,
            }
        }
        TypeId::INVALID
    }

    pub(crate) fn add_named(&mut self, object: ObjectId) -> (NamedId, TypeId) {
        let named = NamedId(self.named.len() as u32);
        let id = self.add(Type::Named(named));
        let template = self.nothing.0.clone();
        self.named.push(Named {
            object,
            id,
            ..template
        });
        (named, id)
    }

    pub(crate) fn add_interface(&mut self, interface: Interface) -> TypeId {
        let id = InterfaceId(self.interfaces.len() as u32);
        self.interfaces.push(interface);
        self.add(Type::Interface(id))
    }

    pub(crate) fn add_param(&mut self, param: Param) -> TypeId {
        let id = ParamId(self.params.len() as u32);
        self.params.push(param);
        self.add(Type::Param(id))
    }

    pub(crate) fn add_alias(&mut self, alias: Alias) -> TypeId {
        let id = AliasId(self.aliases.len() as u32);
        self.aliases.push(alias);
        self.add(Type::Alias(id))
    }
}

/// The names of predeclared types, in the order of their numbers.
pub(crate) const PREDECLARED_NAMES: [&str; 28] = [
    "invalid type",
    "bool",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "string",
    "unsafe.Pointer",
    "untyped bool",
    "untyped int",
    "untyped rune",
    "untyped float",
    "untyped complex",
    "untyped string",
    "untyped nil",
    "byte",
    "rune",
];

/// A path to a field or method: which fields to go through, and what is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The field variable or the function object.
    pub object: ObjectId,
    /// Indices of the fields on the way. For a field the last one is its own; for a method only
    /// the embedded fields that lead to its receiver.
    pub path: Vec<usize>,
    /// A pointer was followed on the way (or the receiver's type is a pointer).
    pub indirect: bool,
    /// The name, for convenience.
    pub name: Symbol,
}

impl Basic {
    /// Signed and unsigned integers, untyped ones too.
    pub fn is_integer(self) -> bool {
        (Basic::Int..=Basic::Uintptr).contains(&self)
            || matches!(self, Basic::UntypedInt | Basic::UntypedRune)
    }

    /// `uint` and its sizes, `uintptr`.
    pub fn is_unsigned(self) -> bool {
        (Basic::Uint..=Basic::Uintptr).contains(&self)
    }

    /// Floating point, untyped too.
    pub fn is_float(self) -> bool {
        matches!(self, Basic::Float32 | Basic::Float64 | Basic::UntypedFloat)
    }

    /// Complex, untyped too.
    pub fn is_complex(self) -> bool {
        matches!(
            self,
            Basic::Complex64 | Basic::Complex128 | Basic::UntypedComplex
        )
    }

    /// Any number.
    pub fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float() || self.is_complex()
    }

    /// Strings, untyped too.
    pub fn is_string(self) -> bool {
        matches!(self, Basic::String | Basic::UntypedString)
    }

    /// Booleans, untyped too.
    pub fn is_boolean(self) -> bool {
        matches!(self, Basic::Bool | Basic::UntypedBool)
    }

    /// The types of untyped constants, and of nil.
    pub fn is_untyped(self) -> bool {
        self >= Basic::UntypedBool
    }

    /// Bytes of a value on a 64-bit machine (gc, amd64).
    pub fn size(self) -> i64 {
        match self {
            Basic::Bool | Basic::Int8 | Basic::Uint8 => 1,
            Basic::Int16 | Basic::Uint16 => 2,
            Basic::Int32 | Basic::Uint32 | Basic::Float32 => 4,
            Basic::Complex128 | Basic::String => 16,
            _ => 8,
        }
    }
}
