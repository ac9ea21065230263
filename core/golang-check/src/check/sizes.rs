//! Sizes and offsets as gc lays out values on amd64. Models `types2/gcsizes.go`.

use crate::{
    program::Program,
    types::{Type, TypeId},
};

/// Size and alignment.
type Layout = (i64, i64);

fn align(offset: i64, alignment: i64) -> i64 {
    let alignment = alignment.max(1);
    offset.saturating_add(alignment - 1) / alignment * alignment
}

impl Program {
    /// Bytes of a value.
    pub fn size_of(&mut self, ty: TypeId) -> i64 {
        self.layout(ty, 0).0
    }

    /// Whether the size depends on a type argument.
    pub(crate) fn has_variable_size(&mut self, ty: TypeId, depth: u32) -> bool {
        if depth > super::DEPTH_MAX {
            return false;
        }
        match self.under(ty) {
            Type::Array(_, element) => self.has_variable_size(element, depth + 1),
            Type::Struct(structure) => structure.fields.iter().any(|field| {
                let field_type = self.object_type(*field);
                self.has_variable_size(field_type, depth + 1)
            }),
            Type::Interface(_) => self.is_type_param(ty),
            _ => false,
        }
    }

    pub(crate) fn align_of(&mut self, ty: TypeId) -> i64 {
        self.layout(ty, 0).1
    }

    fn layout(&mut self, ty: TypeId, depth: u32) -> Layout {
        if depth > super::DEPTH_MAX {
            return (0, 1);
        }
        let key = self.types.unalias(ty);
        if let Some(known) = self.checker.layouts.get(&key) {
            return *known;
        }
        let layout = self.layout_of(ty, depth);
        if matches!(self.types.get(key), Type::Named(_)) {
            self.checker.layouts.insert(key, layout);
        }
        layout
    }

    fn layout_of(&mut self, ty: TypeId, depth: u32) -> Layout {
        match self.under(ty) {
            Type::Basic(crate::types::Basic::Complex64) => (8, 4),
            Type::Basic(basic) => (basic.size(), basic.size().min(8)),
            Type::Array(length, element) => {
                let (size, alignment) = self.layout(element, depth + 1);
                (size.saturating_mul(length.max(0)), alignment)
            }
            Type::Slice(_) => (24, 8),
            Type::Interface(_) => (16, 8),
            Type::Struct(structure) => {
                let (mut size, mut alignment, mut last) = (0i64, 1i64, 1i64);
                for field in &structure.fields {
                    let field_type = self.object_type(*field);
                    let (own, own_alignment) = self.layout(field_type, depth + 1);
                    size = align(size, own_alignment).saturating_add(own);
                    alignment = alignment.max(own_alignment);
                    last = own;
                }
                // A last field of size 0 gets a byte, so that its address is inside.
                if last == 0 && size > 0 {
                    size += 1;
                }
                (align(size, alignment), alignment)
            }
            _ => (8, 8),
        }
    }

    pub(crate) fn offset(&mut self, base: TypeId, path: &[usize]) -> i64 {
        let (mut ty, mut total) = (base, 0i64);
        for index in path {
            let Type::Struct(structure) = self.under(ty) else {
                return total;
            };
            let mut offset = 0i64;
            for (at, field) in structure.fields.iter().enumerate() {
                let field_type = self.object_type(*field);
                let (size, alignment) = self.layout(field_type, 0);
                offset = align(offset, alignment);
                if at == *index {
                    ty = field_type;
                    break;
                }
                offset = offset.saturating_add(size);
            }
            total = total.saturating_add(offset);
        }
        total
    }
}
