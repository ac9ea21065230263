//! The natives of `internal/native` about types. A type is the number that interface values hold.

use super::{Call, Flow, Native, Outcome, Slice};
use crate::compile::{Compiler, GoImage};
use crate::vm::rtype::Kind;
use crate::vm::{Compare, Trap};
use golang_check::ast::ChanDir;
use golang_check::object::VarKind;
use golang_check::types::{Signature, Struct, Type};
use golang_check::{ObjectId, TypeId};
use std::rc::Rc;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.TypeOf", |call| {
        let (rtype, _) = call.iface();
        call.give(rtype);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeKind", |call| {
        let t = call.word();
        let kind = call.vm.rtype(t).kind;
        call.give(kind as u64);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeString", |call| {
        let t = call.word();
        let text = Rc::clone(&call.vm.rtype(t).text);
        call.give_string(text.as_bytes())?;
        Ok(Flow::Done)
    }),
    ("internal/native.TypeName", |call| {
        let name = asked(call, |compiler, t| compiler.type_name(t).0)?;
        call.give_string(name.as_bytes())?;
        Ok(Flow::Done)
    }),
    ("internal/native.TypePkgPath", |call| {
        let path = asked(call, |compiler, t| compiler.type_name(t).1)?;
        call.give_string(path.as_bytes())?;
        Ok(Flow::Done)
    }),
    ("internal/native.TypeElem", |call| {
        let elem = asked(call, |compiler, t| {
            let rtype = compiler.rtype_by_number(t);
            compiler.number_of(rtype.elem)
        })?;
        call.give(elem);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeKey", |call| {
        let key = asked(call, |compiler, t| {
            let rtype = compiler.rtype_by_number(t);
            compiler.number_of(rtype.key)
        })?;
        call.give(key);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeLen", |call| {
        let t = call.word();
        let length = call.vm.rtype(t).length;
        call.give(length);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeSize", |call| {
        let t = call.word();
        let size = call.vm.rtype(t).size;
        call.give(size);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeChanDir", |call| {
        let direction = asked(call, |compiler, t| match compiler.under_of(t) {
            Type::Chan(ChanDir::Receive, _) => 1,
            Type::Chan(ChanDir::Send, _) => 2,
            Type::Chan(..) => 3,
            _ => 0,
        })?;
        call.give(direction);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeNumField", |call| {
        let t = call.word();
        let count = call.vm.rtype(t).fields.len();
        call.give(count as u64);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeField", type_field),
    ("internal/native.TypeFunc", type_func),
    ("internal/native.TypeMethods", |call| {
        let names = asked(call, Compiler::exported_methods)?;
        call.give_strings(&names)?;
        Ok(Flow::Done)
    }),
    ("internal/native.TypeMethod", type_method),
    ("internal/native.TypeComparable", |call| {
        let t = call.word();
        let compare = call.vm.rtype(t).compare;
        call.give_bool(compare != Compare::Never);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeAssignable", |call| {
        let (from, to) = (call.word() as u32, call.word() as u32);
        let answer = with(call, |compiler| compiler.assignable(from, to))?;
        call.give_bool(answer);
        Ok(Flow::Done)
    }),
    ("internal/native.TypeConvertible", |call| {
        let (from, to) = (call.word() as u32, call.word() as u32);
        let answer = with(call, |compiler| compiler.convertible(from, to))?;
        call.give_bool(answer);
        Ok(Flow::Done)
    }),
    ("internal/native.PointerTo", |call| {
        let t = asked(call, |compiler, t| {
            let ty = compiler.rtype_by_number(t).ty;
            let pointer = compiler.program.types.pointer(ty);
            compiler.number_of(pointer)
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.SliceOf", |call| {
        let t = asked(call, |compiler, t| {
            let ty = compiler.rtype_by_number(t).ty;
            let slice = compiler.program.types.slice(ty);
            compiler.number_of(slice)
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.ArrayOf", |call| {
        let length = call.int();
        let t = asked(call, |compiler, t| {
            let ty = compiler.rtype_by_number(t).ty;
            let array = compiler.program.types.add(Type::Array(length, ty));
            compiler.number_of(array)
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.MapOf", |call| {
        let key = call.word() as u32;
        let t = asked(call, |compiler, t| {
            let key = compiler.rtype_by_number(key).ty;
            let elem = compiler.rtype_by_number(t).ty;
            let map = compiler.program.types.add(Type::Map(key, elem));
            compiler.number_of(map)
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.ChanOf", |call| {
        let direction = match call.int() {
            1 => ChanDir::Receive,
            2 => ChanDir::Send,
            _ => ChanDir::Both,
        };
        let t = asked(call, |compiler, t| {
            let elem = compiler.rtype_by_number(t).ty;
            let chan = compiler.program.types.add(Type::Chan(direction, elem));
            compiler.number_of(chan)
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.FuncOf", |call| {
        let (params, results) = (numbers(call), numbers(call));
        let variadic = call.bool();
        let t = with(call, |compiler| {
            let signature = Signature {
                type_params: Rc::from([]),
                receiver_type_params: Rc::from([]),
                receiver: None,
                params: compiler.variables(VarKind::Param, &params, &[]).into(),
                results: compiler.variables(VarKind::Result, &results, &[]).into(),
                variadic,
            };
            compiler.new_type(Type::Signature(Rc::new(signature)))
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
    ("internal/native.StructOf", |call| {
        let (fields, words) = (numbers(call), call.owned());
        let words: Vec<&str> = words.split('\0').collect();
        let (names, tags) = words.split_at(fields.len().min(words.len()));
        let t = with(call, |compiler| {
            let structure = Struct {
                fields: compiler.variables(VarKind::Field, &fields, names),
                tags: tags.iter().map(|tag| Rc::from(*tag)).collect(),
            };
            compiler.new_type(Type::Struct(Rc::new(structure)))
        })?;
        call.give(t);
        Ok(Flow::Done)
    }),
];

/// Asks the compiler.
pub(super) fn with<T>(
    call: &mut Call<'_>,
    question: impl FnOnce(&mut Compiler) -> T,
) -> Result<T, Trap> {
    let image = Rc::clone(&call.vm.image);
    image
        .as_any()
        .downcast_ref::<GoImage>()
        .and_then(|image| image.with(question))
        .ok_or_else(|| Trap::Fatal("compiler is busy".into()))
}

/// Asks the compiler about the type that is the next argument.
fn asked<T>(
    call: &mut Call<'_>,
    question: impl FnOnce(&mut Compiler, u32) -> T,
) -> Result<T, Trap> {
    let t = call.word() as u32;
    with(call, |compiler| question(compiler, t))
}

fn type_field(call: &mut Call<'_>) -> Outcome {
    let (t, index) = (call.word(), call.word());
    let rtype = call.vm.rtype(t);
    let Some(field) = rtype.fields.get(index as usize) else {
        return Err(Trap::Text("reflect: Field index out of bounds".into()));
    };
    call.give_string(field.name.as_bytes())?;
    call.give(u64::from(field.ty));
    call.give_string(field.tag.as_bytes())?;
    call.give_string(field.package.as_bytes())?;
    call.give_bool(field.embedded);
    Ok(Flow::Done)
}

/// The numbers of an argument `[]int`.
fn numbers(call: &mut Call<'_>) -> Vec<u64> {
    let slice = call.slice();
    let heap = &call.vm.heap;
    (0..slice.length)
        .map(|at| heap.load(slice.address + at * 8).unwrap_or(0))
        .collect()
}

fn give_numbers(call: &mut Call<'_>, numbers: &[u64]) -> Result<(), Trap> {
    let length = numbers.len() as u64;
    let address = call.vm.heap.alloc(length * 8, true)?;
    for (at, number) in numbers.iter().enumerate() {
        call.vm.heap.store(address + at as u64 * 8, *number);
    }
    call.give_slice(Slice {
        address,
        length,
        capacity: length,
    });
    Ok(())
}

fn type_func(call: &mut Call<'_>) -> Outcome {
    let (params, results, variadic) = asked(call, |compiler, t| {
        let Type::Signature(signature) = compiler.under_of(t) else {
            return (Vec::new(), Vec::new(), false);
        };
        let mut numbers = |objects: &[ObjectId]| -> Vec<u64> {
            objects
                .iter()
                .map(|object| {
                    let ty = compiler.program.object_type(*object);
                    compiler.number_of(ty)
                })
                .collect()
        };
        let params = numbers(&signature.params);
        let results = numbers(&signature.results);
        (params, results, signature.variadic)
    })?;
    give_numbers(call, &params)?;
    give_numbers(call, &results)?;
    call.give_bool(variadic);
    Ok(Flow::Done)
}

fn type_method(call: &mut Call<'_>) -> Outcome {
    let t = call.word() as u32;
    let name = call.owned();
    let number = with(call, |compiler| {
        let ty = compiler.method_type(t, &name)?;
        Some(compiler.number_of(ty))
    })?;
    call.give(number.unwrap_or(0));
    Ok(Flow::Done)
}

impl Compiler {
    /// The number of a type, 0 for none.
    pub(super) fn number_of(&mut self, ty: TypeId) -> u64 {
        if ty == TypeId::INVALID {
            0
        } else {
            u64::from(self.rtype(ty).id)
        }
    }

    /// Variables of types, with names if there are any.
    fn variables(&mut self, kind: VarKind, types: &[u64], names: &[&str]) -> Vec<ObjectId> {
        let mut names = names.iter();
        let mut variable = |t: &u64| {
            let ty = self.rtype_by_number(*t as u32).ty;
            let name = names.next().copied().unwrap_or("_");
            let name = self.program.symbols.intern(name);
            self.program.objects.add_variable(kind, name, ty)
        };
        types.iter().map(&mut variable).collect()
    }

    /// The number of a type that no source names.
    fn new_type(&mut self, shape: Type) -> u64 {
        let ty = self.program.types.add(shape);
        let ty = self.program.canonical(ty);
        self.number_of(ty)
    }

    fn under_of(&mut self, t: u32) -> Type {
        let ty = self.rtype_by_number(t).ty;
        let under = self.program.underlying(ty);
        self.program.types.get(under).clone()
    }

    /// Name and package path of a type.
    fn type_name(&mut self, t: u32) -> (String, String) {
        let rtype = self.rtype_by_number(t);
        let ty = self.program.types.unalias(rtype.ty);
        match self.program.types.get(ty).clone() {
            Type::Named(id) => {
                let object = self.program.types.named(id).object;
                let package = self.program.objects.get(object).package;
                let path = package
                    .and_then(|package| self.program.package(package))
                    .map_or_else(String::new, |package| {
                        let name = self.program.symbols.text(package.name);
                        if name == "main" {
                            "main".into()
                        } else {
                            package.path.to_string()
                        }
                    });
                // The text without its package; type arguments stay.
                let end = rtype.text.find('[').unwrap_or(rtype.text.len());
                let head = rtype.text.get(..end).unwrap_or("");
                let start = head.rfind('.').map_or(0, |dot| dot + 1);
                (rtype.text.get(start..).unwrap_or("").to_string(), path)
            }
            Type::Basic(_) => (rtype.text.to_string(), String::new()),
            _ => (String::new(), String::new()),
        }
    }

    fn exported_methods(&mut self, t: u32) -> Vec<String> {
        let rtype = self.rtype_by_number(t);
        let names: Vec<golang_check::Symbol> = if rtype.kind == Kind::Interface {
            let under = self.program.underlying(rtype.ty);
            let set = self.program.type_set(under);
            let methods = set.methods.iter();
            methods
                .map(|method| self.program.objects.get(*method).name)
                .collect()
        } else {
            let set = self.program.method_set(rtype.ty);
            set.iter().map(|member| member.name).collect()
        };
        let mut texts: Vec<String> = names
            .into_iter()
            .map(|name| self.program.symbols.text(name).to_string())
            .filter(|name| golang_check::symbol::is_exported(name))
            .collect();
        texts.sort();
        texts
    }

    /// The number of a method's name as a type has it: lower-case names are of its package.
    pub(super) fn method_of_type(&mut self, t: u32, name: &str) -> u32 {
        let rtype = self.rtype_by_number(t);
        let mut ty = self.program.types.unalias(rtype.ty);
        if let Type::Pointer(elem) = self.program.types.get(ty) {
            ty = self.program.types.unalias(*elem);
        }
        let package = match self.program.types.get(ty) {
            Type::Named(id) => {
                let object = self.program.types.named(*id).object;
                self.program.objects.get(object).package
            }
            _ => None,
        };
        self.method_number(name, package)
    }

    /// The type of a method without its receiver.
    pub(super) fn method_type(&mut self, t: u32, name: &str) -> Option<TypeId> {
        let number = self.method_of_type(t, name);
        let ty = self.rtype_by_number(t).ty;
        let member = self.find_method(ty, number)?;
        if self.rtype_by_number(t).kind != Kind::Interface {
            // A value has no methods of its pointer.
            self.method_function(t, number)?;
        }
        let ty = self.program.object_type(member.object);
        let Type::Signature(signature) = self.program.types.get(ty).clone() else {
            return None;
        };
        let mut plain = (*signature).clone();
        plain.receiver = None;
        plain.receiver_type_params = Rc::from([]);
        let ty = self.program.types.add(Type::Signature(Rc::new(plain)));
        Some(self.program.canonical(ty))
    }

    fn is_defined(&self, ty: TypeId) -> bool {
        let ty = self.program.types.unalias(ty);
        matches!(self.program.types.get(ty), Type::Named(_) | Type::Basic(_))
    }

    pub(super) fn assignable(&mut self, from: u32, to: u32) -> bool {
        let (x, y) = (self.rtype_by_number(from), self.rtype_by_number(to));
        if from == to {
            return true;
        }
        if y.kind == Kind::Interface {
            return from == 0 || self.program.implements(x.ty, y.ty);
        }
        let same = self.same_underlying(x.ty, y.ty);
        same && (!self.is_defined(x.ty) || !self.is_defined(y.ty))
    }

    fn same_underlying(&mut self, x: TypeId, y: TypeId) -> bool {
        let (x, y) = (self.program.underlying(x), self.program.underlying(y));
        self.program.identical(x, y)
    }

    pub(super) fn convertible(&mut self, from: u32, to: u32) -> bool {
        if self.assignable(from, to) {
            return true;
        }
        let (x, y) = (self.rtype_by_number(from), self.rtype_by_number(to));
        let number = |kind: Kind| (Kind::Int..=Kind::Float64).contains(&kind);
        let integer = |kind: Kind| (Kind::Int..=Kind::Uintptr).contains(&kind);
        let complex = |kind: Kind| matches!(kind, Kind::Complex64 | Kind::Complex128);
        if number(x.kind) && number(y.kind)
            || complex(x.kind) && complex(y.kind)
            || integer(x.kind) && y.kind == Kind::String
        {
            return true;
        }
        let text = |compiler: &mut Compiler, slice: TypeId| {
            let kind = compiler.rtype(slice).kind;
            matches!(kind, Kind::Uint8 | Kind::Int32)
        };
        match (x.kind, y.kind) {
            (Kind::String, Kind::Slice) => text(self, y.elem),
            (Kind::Slice, Kind::String) => text(self, x.elem),
            _ => self.same_underlying(x.ty, y.ty),
        }
    }
}
