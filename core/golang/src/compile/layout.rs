//! The layout of types: gc's sizes and offsets on amd64, and how values stand in registers.

use super::Compiler;
use crate::vm::rtype::{Compare, KeyKind, Kind, MapShape, RField, RType};
use golang_check::types::{Basic, Type};
use golang_check::{ObjectId, TypeId};
use std::cell::OnceCell;
use std::rc::Rc;

/// The type of nothing: that of a nil interface.
pub(crate) fn nothing() -> RType {
    RType {
        id: 0,
        ty: TypeId::INVALID,
        kind: Kind::Invalid,
        size: 8,
        align: 8,
        words: 1,
        plain: false,
        compare: Compare::Bytes,
        text: Rc::from(""),
        fields: Vec::new(),
        elem: TypeId::INVALID,
        elem_id: 0,
        key: TypeId::INVALID,
        length: 0,
        map: OnceCell::new(),
    }
}

fn basic_kind(basic: Basic) -> Kind {
    match basic {
        Basic::Bool | Basic::UntypedBool => Kind::Bool,
        Basic::Int | Basic::UntypedInt => Kind::Int,
        Basic::Int8 => Kind::Int8,
        Basic::Int16 => Kind::Int16,
        Basic::Int32 | Basic::UntypedRune => Kind::Int32,
        Basic::Int64 => Kind::Int64,
        Basic::Uint => Kind::Uint,
        Basic::Uint8 => Kind::Uint8,
        Basic::Uint16 => Kind::Uint16,
        Basic::Uint32 => Kind::Uint32,
        Basic::Uint64 => Kind::Uint64,
        Basic::Uintptr => Kind::Uintptr,
        Basic::Float32 => Kind::Float32,
        Basic::Float64 | Basic::UntypedFloat => Kind::Float64,
        Basic::Complex64 => Kind::Complex64,
        Basic::Complex128 | Basic::UntypedComplex => Kind::Complex128,
        Basic::String | Basic::UntypedString => Kind::String,
        Basic::UnsafePointer | Basic::UntypedNil => Kind::UnsafePointer,
        Basic::Invalid => Kind::Invalid,
    }
}

impl Compiler {
    /// The run-time type of a concrete type.
    pub(crate) fn rtype(&mut self, ty: TypeId) -> Rc<RType> {
        if let Some(number) = self.rtype_numbers.get(&ty) {
            return self.rtype_by_number(*number);
        }
        let canonical = self.program.canonical(ty);
        if let Some(number) = self.rtype_numbers.get(&canonical).copied() {
            self.rtype_numbers.insert(ty, number);
            return self.rtype_by_number(number);
        }
        let mut rtype = self.layout(canonical);
        // Parts of the type may have got numbers meanwhile.
        rtype.id = self.rtypes.len() as u32 + 1;
        let number = rtype.id;
        self.rtypes.push(Rc::new(rtype));
        self.rtype_numbers.insert(canonical, number);
        self.rtype_numbers.insert(ty, number);
        self.rtype_by_number(number)
    }

    pub(crate) fn rtype_by_number(&self, number: u32) -> Rc<RType> {
        self.rtypes
            .get((number as usize).wrapping_sub(1))
            .cloned()
            .unwrap_or_else(|| Rc::new(nothing()))
    }

    fn layout(&mut self, ty: TypeId) -> RType {
        let under = self.program.underlying(ty);
        let text: Rc<str> = Rc::from(self.text(ty, 0));
        let mut rtype = RType {
            ty,
            text,
            ..nothing()
        };
        let known = self.program.types.get(under).clone();
        match known {
            Type::Basic(basic) => basic_layout(&mut rtype, basic_kind(basic)),
            Type::Pointer(elem) => {
                rtype.kind = Kind::Pointer;
                rtype.elem = elem;
            }
            Type::Chan(_, elem) => {
                rtype.kind = Kind::Chan;
                rtype.elem = elem;
            }
            Type::Map(key, elem) => {
                rtype.kind = Kind::Map;
                rtype.compare = Compare::Never;
                rtype.key = key;
                rtype.elem = elem;
            }
            Type::Signature(_) => {
                rtype.kind = Kind::Func;
                rtype.compare = Compare::Never;
            }
            Type::Slice(elem) => {
                rtype.kind = Kind::Slice;
                rtype.compare = Compare::Never;
                rtype.elem = elem;
                (rtype.size, rtype.words) = (24, 3);
            }
            Type::Interface(_) => {
                rtype.kind = Kind::Interface;
                rtype.compare = Compare::Interface;
                (rtype.size, rtype.words) = (16, 2);
            }
            Type::Array(length, elem) => {
                let inner = self.rtype(elem);
                rtype.kind = Kind::Array;
                rtype.length = length.max(0) as u64;
                rtype.elem = elem;
                rtype.elem_id = inner.id;
                rtype.size = inner.size.saturating_mul(rtype.length);
                rtype.align = inner.align;
                rtype.plain = inner.plain;
                rtype.compare = match inner.compare {
                    Compare::Never => Compare::Never,
                    Compare::Bytes => Compare::Bytes,
                    _ => Compare::Array,
                };
            }
            Type::Struct(fields) => self.struct_layout(&mut rtype, &fields.fields, &fields.tags),
            _ => {}
        }
        rtype
    }

    fn struct_layout(&mut self, rtype: &mut RType, fields: &[ObjectId], tags: &[Rc<str>]) {
        rtype.kind = Kind::Struct;
        rtype.plain = true;
        rtype.align = 1;
        let (mut offset, mut bytes_only) = (0u64, true);
        let mut comparable = true;
        let mut last_size = 1;
        for (at, field) in fields.iter().enumerate() {
            let ty = self.program.object_type(*field);
            let inner = self.rtype(ty);
            let aligned = offset.next_multiple_of(inner.align);
            bytes_only &= aligned == offset && inner.compare == Compare::Bytes;
            comparable &= inner.compare != Compare::Never;
            offset = aligned;
            rtype.align = rtype.align.max(inner.align);
            rtype.plain &= inner.plain;
            let object = self.program.objects.get(*field);
            let name = self.program.symbols.shared(object.name);
            bytes_only &= &*name != "_";
            let package = object
                .package
                .filter(|_| !golang_check::symbol::is_exported(&name))
                .and_then(|package| self.program.package(package))
                .map_or_else(|| Rc::from(""), |package| Rc::clone(&package.path));
            rtype.fields.push(RField {
                name,
                ty: inner.id,
                offset,
                tag: tags.get(at).cloned().unwrap_or_else(|| Rc::from("")),
                embedded: self
                    .program
                    .objects
                    .var(*field)
                    .is_some_and(|var| var.embedded),
                package,
            });
            offset = offset.saturating_add(inner.size);
            last_size = inner.size;
        }
        // A pointer to a last field without size must not point behind the object.
        if last_size == 0 && offset > 0 {
            offset += 1;
        }
        rtype.size = offset.next_multiple_of(rtype.align);
        rtype.compare = match (comparable, bytes_only && rtype.size == offset) {
            (false, _) => Compare::Never,
            (true, true) => Compare::Bytes,
            (true, false) => Compare::Struct,
        };
    }

    /// The layout of a map's entries.
    pub(crate) fn map_shape(&mut self, rtype: &RType) -> MapShape {
        if let Some(shape) = rtype.map.get() {
            return *shape;
        }
        let key = self.rtype(rtype.key);
        let value = self.rtype(rtype.elem);
        let (kind, key_size) = match key.compare {
            Compare::String => (KeyKind::String, 16),
            Compare::Bytes if key.is_direct() => (KeyKind::Word, 8),
            _ => (KeyKind::Memory, key.size.next_multiple_of(8)),
        };
        *rtype.map.get_or_init(|| MapShape {
            key: kind,
            key_type: key.id,
            key_size: key_size as u32,
            value_type: value.id,
            value_size: value.size as u32,
        })
    }
}

fn basic_layout(rtype: &mut RType, kind: Kind) {
    rtype.kind = kind;
    rtype.plain = true;
    let (size, words, compare) = match kind {
        Kind::Bool | Kind::Int8 | Kind::Uint8 => (1, 1, Compare::Bytes),
        Kind::Int16 | Kind::Uint16 => (2, 1, Compare::Bytes),
        Kind::Int32 | Kind::Uint32 => (4, 1, Compare::Bytes),
        Kind::Float32 => (4, 1, Compare::Float32),
        Kind::Float64 => (8, 1, Compare::Float64),
        Kind::Complex64 => (8, 2, Compare::Complex64),
        Kind::Complex128 => (16, 2, Compare::Complex128),
        Kind::String => {
            rtype.plain = false;
            (16, 2, Compare::String)
        }
        Kind::UnsafePointer => {
            rtype.plain = false;
            (8, 1, Compare::Bytes)
        }
        _ => (8, 1, Compare::Bytes),
    };
    (rtype.size, rtype.words, rtype.compare) = (size, words, compare);
    rtype.align = match kind {
        Kind::Complex64 => 4,
        _ => size.min(8),
    };
}
