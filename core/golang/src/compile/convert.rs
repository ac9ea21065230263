//! Conversions between types.

use super::builder::{Builder, Reg};
use super::place::Place;
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::TypeId;
use golang_check::ast::Expr;

fn is_integer(kind: Kind) -> bool {
    (Kind::Int..=Kind::Uintptr).contains(&kind)
}

fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::Float32 | Kind::Float64)
}

impl Builder<'_> {
    /// Puts a value into an interface.
    pub fn convert_to_interface(&mut self, value: Reg, from: TypeId, fresh: bool, dst: Reg) {
        let rtype = self.rtype(from);
        if rtype.kind == Kind::Interface {
            return self.moves(dst, value, 2);
        }
        if rtype.is_aggregate() {
            if fresh {
                self.moves(dst + 1, value, 1);
            } else {
                self.clone_value(from, value, dst + 1);
            }
        } else if rtype.is_direct() {
            self.moves(dst + 1, value, 1);
        } else if rtype.kind == Kind::Complex64 {
            let mark = self.mark();
            let address = self.alloc(1);
            self.emit(Op::New, address, 1, 0, 8);
            self.store(Place::Memory(address, 0), from, value);
            self.moves(dst + 1, address, 1);
            self.release(mark);
        } else {
            self.emit(Op::Box, dst + 1, value, rtype.words, 0);
        }
        self.int(dst, i64::from(rtype.id));
    }

    /// `T(x)`
    pub fn conversion(&mut self, e: &Expr, x: &Expr, dst: Option<Reg>) -> Reg {
        let to = self.ty(e.id);
        if self.is_nil(x) {
            return self.expr_as(x, to, dst);
        }
        let from = self.ty(x.id);
        let (source, target) = (self.rtype(from), self.rtype(to));
        if target.kind == Kind::Interface || source.ty == target.ty {
            return self.expr_as(x, to, dst);
        }
        if let Some(value) = self.constant_of(x.id)
            && (is_integer(target.kind) || is_float(target.kind))
            && (is_integer(source.kind) || is_float(source.kind))
            && !(is_float(source.kind) && is_integer(target.kind))
        {
            return self.const_value(&value, to, dst);
        }
        let dst = self.target(dst, target.words);
        let mark = self.mark();
        let value = self.expr(x, None);
        self.at(e.pos);
        self.convert(value, from, to, dst);
        self.release(mark);
        dst
    }

    /// Converts a value in registers. Structs and arrays keep their address.
    pub fn convert(&mut self, value: Reg, from: TypeId, to: TypeId, dst: Reg) {
        let (source, target) = (self.rtype(from), self.rtype(to));
        let (x, y) = (source.kind, target.kind);
        match (x, y) {
            _ if y == Kind::Interface => self.convert_to_interface(value, from, false, dst),
            _ if is_integer(x) && is_integer(y) => {
                self.moves(dst, value, 1);
                if source.size > target.size || (source.size == target.size && x != y) || {
                    // A negative number becomes a large one of a wider unsigned type.
                    (Kind::Int..=Kind::Int64).contains(&x) && y > Kind::Int64
                } {
                    self.normalize(dst, y);
                }
            }
            _ if is_integer(x) && is_float(y) => {
                let unsigned = matches!(x, Kind::Uint | Kind::Uint64 | Kind::Uintptr);
                let op = if unsigned { Op::UintToF } else { Op::IntToF };
                self.emit(op, dst, value, 0, 0);
                if y == Kind::Float32 {
                    self.emit(Op::RoundF, dst, dst, 0, 0);
                }
            }
            _ if is_float(x) && is_integer(y) => {
                let unsigned = matches!(y, Kind::Uint | Kind::Uint64 | Kind::Uintptr);
                let op = if unsigned { Op::FToUint } else { Op::FToInt };
                self.emit(op, dst, value, 0, 0);
                self.normalize(dst, y);
            }
            (Kind::Float64, Kind::Float32) => self.emit(Op::RoundF, dst, value, 0, 0),
            (Kind::Complex128, Kind::Complex64) => {
                self.emit(Op::RoundF, dst, value, 0, 0);
                self.emit(Op::RoundF, dst + 1, value + 1, 0, 0);
            }
            (_, Kind::String) if is_integer(x) => self.emit(Op::RuneToStr, dst, value, 0, 0),
            (Kind::Slice, Kind::String) => {
                let elem = self.kind(source.elem);
                let op = if elem == Kind::Uint8 {
                    Op::BytesToStr
                } else {
                    Op::RunesToStr
                };
                self.emit(op, dst, value, 0, 0);
            }
            (Kind::String, Kind::Slice) => {
                let elem = self.kind(target.elem);
                let op = if elem == Kind::Uint8 {
                    Op::StrToBytes
                } else {
                    Op::StrToRunes
                };
                self.emit(op, dst, value, 0, 0);
            }
            (Kind::Slice, Kind::Array) => {
                self.check_array_length(value, target.length);
                match target.size {
                    0 => self.zero(to, dst),
                    _ => self.clone_value(to, value, dst),
                }
            }
            (Kind::Slice, Kind::Pointer) => {
                let array = self.rtype(target.elem);
                self.check_array_length(value, array.length);
                self.moves(dst, value, 1);
            }
            _ => self.moves(dst, value, target.words),
        }
    }

    fn check_array_length(&mut self, slice: Reg, length: u64) {
        let mark = self.mark();
        let wanted = self.alloc(1);
        self.int(wanted, length as i64);
        let fine = self.label();
        self.jump(Op::JumpLe, wanted, slice + 1, fine);
        self.emit(Op::SliceToArray, 0, slice + 1, wanted, 0);
        self.bind(fine);
        self.release(mark);
    }
}
