//! Where assignments go: places, entries of maps, elements that are looked for when they are stored.

use super::builder::{Builder, Reg};
use super::place::Place;
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::ast::{Expr, ExprKind};
use golang_check::{ObjectId, Symbol, TypeId};

/// Where an assignment goes. Operands are evaluated before anything is stored.
pub(super) enum Destination {
    Blank,
    Place(Place),
    /// Map, its type, and the key as its instructions want it.
    MapEntry(Reg, TypeId, Reg),
    /// An element of a slice, which is looked for when it is stored: the slice, the index, the
    /// element's size, and where the expression stands.
    Element(Reg, Reg, i32, golang_check::Pos),
}

impl Builder<'_> {
    pub(super) fn destination(&mut self, e: &Expr) -> Destination {
        let e = e.unparen();
        if e.as_name().is_some_and(|name| name.name == Symbol::BLANK) {
            return Destination::Blank;
        }
        if let ExprKind::Index(x, index) = &e.kind {
            let map = self.ty(x.id);
            if self.kind(map) == Kind::Map {
                let container = self.alloc(1);
                self.expr(x, Some(container));
                let key = self.map_key(map, index);
                return Destination::MapEntry(container, map, key);
            }
        }
        Destination::Place(self.place(e))
    }

    pub(super) fn store_to(&mut self, destination: &Destination, ty: TypeId, value: Reg) {
        match destination {
            Destination::Blank => {}
            Destination::Place(place) => self.store(*place, ty, value),
            Destination::Element(slice, at, size, pos) => {
                let mark = self.mark();
                let address = self.alloc(1);
                self.at(*pos);
                self.emit(Op::IndexAddr, address, *slice, *at, *size);
                self.store(Place::Memory(address, 0), ty, value);
                self.release(mark);
            }
            Destination::MapEntry(map, _, key) => {
                let mark = self.mark();
                let address = self.alloc(1);
                self.emit(Op::MapAssign, address, *map, *key, 0);
                self.store(Place::Memory(address, 0), ty, value);
                self.release(mark);
            }
        }
    }

    /// An operand that no store to variables of these names changes.
    fn stable(&mut self, e: &Expr, words: u8, names: &[ObjectId]) -> Reg {
        let register = self.expr(e, None);
        let object = e.unparen().as_name().and_then(|name| self.object(name.id));
        if !object.is_some_and(|object| names.contains(&object)) {
            return register;
        }
        let copy = self.alloc(usize::from(words));
        self.moves(copy, register, words);
        copy
    }

    /// A destination whose operands no later store changes. `names` are the variables that are
    /// assigned beside it.
    fn stable_destination(&mut self, e: &Expr, names: &[ObjectId]) -> Destination {
        if let ExprKind::Index(x, index) = &e.unparen().kind {
            let mut container = self.ty(x.id);
            let is_pointer = self.pointee(container);
            container = is_pointer.unwrap_or(container);
            let rtype = self.rtype(container);
            let slice = match rtype.kind {
                Kind::Slice => Some(self.stable(x, 3, names)),
                // An array and its length, as a slice.
                Kind::Array => {
                    let pair = self.alloc(2);
                    let address = match is_pointer {
                        Some(_) => self.expr(x, None),
                        None => {
                            let place = self.place(x);
                            self.address(place)
                        }
                    };
                    self.moves(pair, address, 1);
                    self.int(pair + 1, rtype.length as i64);
                    Some(pair)
                }
                _ => None,
            };
            if let Some(slice) = slice {
                let size = self.rtype(rtype.elem).size as i32;
                let at = self.stable(index, 1, names);
                return Destination::Element(slice, at, size, e.pos);
            }
        }
        match self.destination(e) {
            Destination::Place(Place::Memory(base, offset)) => {
                let is_name = matches!(e.unparen().kind, ExprKind::Name(_));
                if is_name {
                    return Destination::Place(Place::Memory(base, offset));
                }
                let copy = self.alloc(1);
                self.moves(copy, base, 1);
                Destination::Place(Place::Memory(copy, offset))
            }
            Destination::MapEntry(map, ty, key) => {
                let copy = self.alloc(3);
                self.moves(copy, key, 2);
                Destination::MapEntry(map, ty, copy)
            }
            other => other,
        }
    }

    /// Where assignments side by side go, all operands evaluated.
    pub(super) fn destinations(&mut self, lhs: &[&Expr]) -> Vec<(Destination, TypeId)> {
        let names: Vec<ObjectId> = lhs
            .iter()
            .filter_map(|e| self.object(e.unparen().as_name()?.id))
            .collect();
        let mut destinations = Vec::new();
        for e in lhs {
            let destination = match lhs.len() {
                1 => self.destination(e),
                _ => self.stable_destination(e, &names),
            };
            destinations.push((destination, self.ty(e.id)));
        }
        destinations
    }

    pub(super) fn store_assigned(
        &mut self,
        destination: &Destination,
        ty: TypeId,
        value: Reg,
        from: TypeId,
    ) {
        if !matches!(destination, Destination::Blank) {
            let words = self.words(ty);
            let converted = self.alloc(usize::from(words));
            self.assign_value(value, from, ty, converted);
            self.store_to(destination, ty, converted);
        }
    }
}
