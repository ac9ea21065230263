//! Places that values are loaded from and stored to.

use super::builder::{Builder, Reg, Storage};
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::ast::{Expr, ExprKind, Op as Operator};
use golang_check::types::Type;
use golang_check::{SelectionKind, TypeId};

/// A place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Registers from this one on.
    Register(Reg),
    /// The address in a register, and an offset.
    Memory(Reg, i32),
}

impl Builder<'_> {
    /// Loads a value. Structs and arrays are their address.
    pub fn load(&mut self, place: Place, ty: TypeId, dst: Option<Reg>) -> Reg {
        let rtype = self.rtype(ty);
        let (base, offset) = match place {
            Place::Register(register) => {
                return match dst {
                    Some(dst) => {
                        self.moves(dst, register, rtype.words);
                        dst
                    }
                    None => register,
                };
            }
            Place::Memory(base, offset) => (base, offset),
        };
        if rtype.is_aggregate() {
            if rtype.size == 0 {
                // Nothing will be read, but nil is noticed.
                self.emit(Op::CheckNil, 0, base, 0, 0);
            }
            if offset == 0 {
                return match dst {
                    Some(dst) => {
                        self.moves(dst, base, 1);
                        dst
                    }
                    None => base,
                };
            }
            let dst = self.target(dst, 1);
            self.emit(Op::FieldAddr, dst, base, 0, offset);
            return dst;
        }
        let dst = self.target(dst, rtype.words);
        let op = match rtype.kind {
            Kind::Bool | Kind::Uint8 => Op::LoadU8,
            Kind::Int8 => Op::LoadS8,
            Kind::Int16 => Op::LoadS16,
            Kind::Uint16 => Op::LoadU16,
            Kind::Int32 => Op::LoadS32,
            Kind::Uint32 => Op::LoadU32,
            Kind::Float32 => Op::LoadF32,
            Kind::Complex64 => {
                // The base may be the destination.
                self.emit(Op::LoadF32, dst + 1, base, 0, offset + 4);
                if base == dst + 1 {
                    return dst;
                }
                self.emit(Op::LoadF32, dst, base, 0, offset);
                return dst;
            }
            _ if rtype.words > 1 => {
                if (dst..dst + rtype.words).contains(&base) {
                    let mark = self.mark();
                    let temporary = self.alloc(usize::from(rtype.words));
                    self.emit(Op::LoadN, temporary, base, rtype.words, offset);
                    self.moves(dst, temporary, rtype.words);
                    self.release(mark);
                } else {
                    self.emit(Op::LoadN, dst, base, rtype.words, offset);
                }
                return dst;
            }
            _ => Op::Load,
        };
        self.emit(op, dst, base, 0, offset);
        dst
    }

    /// Stores a value; structs and arrays are copied.
    pub fn store(&mut self, place: Place, ty: TypeId, from: Reg) {
        let rtype = self.rtype(ty);
        let (base, offset) = match place {
            Place::Register(register) => return self.moves(register, from, rtype.words),
            Place::Memory(base, offset) => (base, offset),
        };
        if rtype.is_aggregate() {
            let mark = self.mark();
            let address = self.address(Place::Memory(base, offset));
            self.emit(Op::Copy, address, from, 0, rtype.size as i32);
            self.release(mark);
            return;
        }
        let op = match rtype.kind {
            Kind::Bool | Kind::Uint8 | Kind::Int8 => Op::Store8,
            Kind::Int16 | Kind::Uint16 => Op::Store16,
            Kind::Int32 | Kind::Uint32 => Op::Store32,
            Kind::Float32 => Op::StoreF32,
            Kind::Complex64 => {
                self.emit(Op::StoreF32, base, from, 0, offset);
                self.emit(Op::StoreF32, base, from + 1, 0, offset + 4);
                return;
            }
            _ if rtype.words > 1 => {
                self.emit(Op::StoreN, base, from, rtype.words, offset);
                return;
            }
            _ => Op::Store,
        };
        self.emit(op, base, from, 0, offset);
    }

    /// The address of a place in memory.
    pub fn address(&mut self, place: Place) -> Reg {
        match place {
            Place::Memory(base, 0) | Place::Register(base) => base,
            Place::Memory(base, offset) => {
                let address = self.alloc(1);
                self.emit(Op::FieldAddr, address, base, 0, offset);
                address
            }
        }
    }

    /// The place of a variable, field, element, or what a pointer points to. For other
    /// expressions the place where their value was put.
    pub fn place(&mut self, e: &Expr) -> Place {
        match &e.kind {
            ExprKind::Paren(inner) => self.place(inner),
            ExprKind::Name(_) => match self.object(e.id) {
                Some(object) if self.c.program.objects.var(object).is_some() => {
                    self.variable_place(object)
                }
                _ => self.temporary(e),
            },
            ExprKind::Selector(inner, name) => match self.selection(e.id) {
                Some(selection) if selection.kind == SelectionKind::Field => {
                    let (place, ty) = self.base_place(inner);
                    self.at(e.pos);
                    self.walk(place, ty, &selection.path).0
                }
                Some(_) => self.temporary(e),
                None => match self.object(name.id) {
                    Some(object) if self.c.program.objects.var(object).is_some() => {
                        self.variable_place(object)
                    }
                    _ => self.temporary(e),
                },
            },
            ExprKind::Index(x, index) => self.element(e, x, index),
            ExprKind::Unary(Operator::Mul, x) => {
                let pointer = self.expr(x, None);
                self.at(e.pos);
                Place::Memory(pointer, 0)
            }
            _ => self.temporary(e),
        }
    }

    fn temporary(&mut self, e: &Expr) -> Place {
        let ty = self.ty(e.id);
        let value = self.expr(e, None);
        if self.is_aggregate(ty) {
            Place::Memory(value, 0)
        } else {
            Place::Register(value)
        }
    }

    pub fn variable_place(&mut self, object: golang_check::ObjectId) -> Place {
        match self.storage(object) {
            Storage::Reg(register) => Place::Register(register),
            Storage::Heap(register) => Place::Memory(register, 0),
            Storage::Global(number) => {
                let address = self.alloc(1);
                self.emit(Op::Global, address, 0, 0, number as i32);
                Place::Memory(address, 0)
            }
        }
    }

    /// Where a selection starts: a struct's place, or what a pointer points to.
    pub fn base_place(&mut self, x: &Expr) -> (Place, TypeId) {
        let ty = self.ty(x.id);
        match self.pointee(ty) {
            Some(elem) => {
                let pointer = self.expr(x, None);
                (Place::Memory(pointer, 0), elem)
            }
            None => (self.place(x), ty),
        }
    }

    /// Follows fields; pointers on the way are loaded. The place and type of the last one.
    pub fn walk(&mut self, start: Place, ty: TypeId, path: &[usize]) -> (Place, TypeId) {
        let (mut place, mut ty) = (start, ty);
        for index in path {
            if let Some(elem) = self.pointee(ty) {
                let pointer = self.load(place, ty, None);
                place = Place::Memory(pointer, 0);
                ty = elem;
            }
            let rtype = self.rtype(ty);
            let Some(field) = rtype.fields.get(*index) else {
                return (place, ty);
            };
            place = match place {
                Place::Memory(base, offset) => Place::Memory(base, offset + field.offset as i32),
                Place::Register(register) => Place::Memory(register, field.offset as i32),
            };
            ty = self.c.rtype_by_number(field.ty).ty;
        }
        (place, ty)
    }

    fn element(&mut self, e: &Expr, x: &Expr, index: &Expr) -> Place {
        let x_type = self.ty(x.id);
        let (base, array) = match self.under(x_type) {
            Type::Slice(elem) => {
                let size = self.rtype(elem).size;
                let slice = self.expr(x, None);
                let at = self.expr(index, None);
                let address = self.alloc(1);
                self.at(e.pos);
                self.emit(Op::IndexAddr, address, slice, at, size as i32);
                self.mark_unsigned(index);
                return Place::Memory(address, 0);
            }
            Type::Pointer(array) => (Place::Memory(self.expr(x, None), 0), array),
            Type::Array(..) => (self.place(x), x_type),
            _ => return self.temporary(e),
        };
        let rtype = self.rtype(array);
        let size = self.rtype(rtype.elem).size;
        if let Some(constant) = self.small_constant(index)
            && let Place::Memory(base, offset) = base
            && u64::from(constant as u32) < rtype.length
        {
            return Place::Memory(base, offset + constant * size as i32);
        }
        let at = self.expr(index, None);
        self.at(e.pos);
        let start = self.address(base);
        if self.pointee(x_type).is_some() {
            self.emit(Op::CheckNil, 0, start, 0, 0);
        }
        self.emit(Op::CheckIndex, 0, at, 0, rtype.length as i32);
        self.mark_unsigned(index);
        let address = self.alloc(1);
        self.emit(Op::ElemAddr, address, start, at, size as i32);
        Place::Memory(address, 0)
    }
}
