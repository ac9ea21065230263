//! The predeclared functions.

use super::Thunk;
use super::builder::{Builder, Reg};
use super::place::Place;
use crate::vm::Op;
use crate::vm::instruction::slice_flags::PLAIN;
use crate::vm::rtype::Kind;
use golang_check::ast::{CallExpr, CallKind, Expr, ExprKind, Op as Operator};
use golang_check::object::Builtin;
use golang_check::types::Type;
use golang_check::{ObjectKind, TypeId};

impl Builder<'_> {
    fn builtin(&self, fun: &Expr) -> Option<Builtin> {
        let fun = fun.unparen();
        let node = match &fun.kind {
            ExprKind::Selector(_, name) => name.id,
            _ => fun.id,
        };
        match self.c.program.objects.get(self.object(node)?).kind {
            ObjectKind::Builtin(builtin) => Some(builtin),
            _ => None,
        }
    }

    pub fn builtin_call(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let Some(builtin) = self.builtin(&call.fun) else {
            return self.target(dst, 1);
        };
        self.at(e.pos);
        match builtin {
            Builtin::UnsafeSizeof | Builtin::UnsafeAlignof | Builtin::UnsafeOffsetof => {
                return self.measure(builtin, call, dst);
            }
            Builtin::Append => return self.append(e, call, dst),
            Builtin::New => return self.new_value(e, call, dst),
            Builtin::Make => return self.make(e, call, dst),
            Builtin::Min | Builtin::Max => {
                return self.extreme(e, call, builtin == Builtin::Min, dst);
            }
            Builtin::Complex => return self.complex(e, call, dst),
            _ => {}
        }
        // Only what has a result is asked for one.
        let words = match builtin {
            Builtin::Recover | Builtin::UnsafeString => 2,
            Builtin::UnsafeSlice => 3,
            _ => 1,
        };
        let dst = self.target(dst, words);
        let mark = self.mark();
        if let Some(mut values) = self.spread(call) {
            if builtin == Builtin::Delete
                && let [(_, map), (key, key_type)] = values.as_mut_slice()
            {
                let wanted = self.rtype(*map).key;
                *key = self.assigned(*key, *key_type, wanted);
            }
            self.builtin_values(builtin, &values, dst);
            self.release(mark);
            return dst;
        }
        let values: Vec<(Reg, TypeId)> = call
            .args
            .iter()
            .map(|arg| {
                let ty = self.ty(arg.id);
                if builtin == Builtin::Panic {
                    let any = self.c.any_type();
                    (self.expr_as(arg, any, None), any)
                } else if builtin == Builtin::Delete
                    && let Some(map) = call.args.first()
                    && !std::ptr::eq(map, arg)
                {
                    let map = self.ty(map.id);
                    let key = self.rtype(map).key;
                    (self.expr_as(arg, key, None), key)
                } else if let Type::Array(..) = self.under(ty)
                    && builtin != Builtin::Copy
                    && !has_calls(arg)
                {
                    (0, ty)
                } else {
                    (self.expr(arg, None), ty)
                }
            })
            .collect();
        self.at(e.pos);
        self.builtin_values(builtin, &values, dst);
        if matches!(builtin, Builtin::Real | Builtin::Imag) {
            let ty = self.ty(e.id);
            self.kind(ty);
        }
        self.release(mark);
        dst
    }

    /// The values of `f(g())` where g has several results.
    fn spread(&mut self, call: &CallExpr) -> Option<Vec<(Reg, TypeId)>> {
        let [only] = call.args.as_slice() else {
            return None;
        };
        let ty = self.ty(only.id);
        let ExprKind::Call(inner) = &only.unparen().kind else {
            return None;
        };
        if !matches!(self.c.program.types.get(ty), Type::Tuple(_)) {
            return None;
        }
        let (mut register, types) = self.call(only, inner, None);
        let mut values = Vec::new();
        for ty in types {
            values.push((register, ty));
            register += self.words(ty);
        }
        Some(values)
    }

    /// A value as one of a type that it can be assigned to, in fresh registers.
    fn assigned(&mut self, value: Reg, from: TypeId, to: TypeId) -> Reg {
        let words = self.words(to);
        let register = self.alloc(usize::from(words));
        self.assign_value(value, from, to, register);
        register
    }

    /// The arguments from `skip` on as values of one type, all of them evaluated first.
    fn values_as(
        &mut self,
        call: &CallExpr,
        spread: Option<Vec<(Reg, TypeId)>>,
        skip: usize,
        ty: TypeId,
    ) -> Vec<Reg> {
        match spread {
            Some(values) => values
                .iter()
                .skip(skip)
                .map(|(value, from)| self.assigned(*value, *from, ty))
                .collect(),
            None => call
                .args
                .iter()
                .skip(skip)
                .map(|arg| self.expr_as(arg, ty, None))
                .collect(),
        }
    }

    /// Sizes that hang on a type argument; the operand is not evaluated.
    fn measure(&mut self, builtin: Builtin, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let dst = self.target(dst, 1);
        let Some(arg) = call.args.first() else {
            return dst;
        };
        let value = if let (Builtin::UnsafeOffsetof, ExprKind::Selector(base, _)) =
            (builtin, &arg.unparen().kind)
        {
            let ty = self.ty(base.id);
            let ty = self.pointee(ty).unwrap_or(ty);
            let mut rtype = self.rtype(ty);
            let mut offset = 0;
            let selection = self.selection(arg.unparen().id);
            for index in selection.iter().flat_map(|selection| selection.path.iter()) {
                if let Some(field) = rtype.fields.get(*index) {
                    offset += field.offset;
                    let number = field.ty;
                    rtype = self.c.rtype_by_number(number);
                }
            }
            offset
        } else {
            let ty = self.ty(arg.id);
            let rtype = self.rtype(ty);
            if builtin == Builtin::UnsafeSizeof {
                rtype.size
            } else {
                rtype.align
            }
        };
        self.int(dst, value as i64);
        dst
    }

    /// A predeclared function on values in registers.
    fn builtin_values(&mut self, builtin: Builtin, values: &[(Reg, TypeId)], dst: Reg) {
        let (first, ty) = values.first().copied().unwrap_or((0, TypeId::INVALID));
        let second = values.get(1).copied();
        match builtin {
            Builtin::Len | Builtin::Cap => self.length(builtin, first, ty, dst),
            Builtin::Clear => match self.kind(ty) {
                Kind::Map => self.emit(Op::MapClear, first, 0, 0, 0),
                _ => {
                    let elem = self.rtype(ty).elem;
                    let size = self.rtype(elem).size;
                    self.emit(Op::ClearSlice, first, 0, 0, size as i32);
                }
            },
            Builtin::Close => self.emit(Op::Close, first, 0, 0, 0),
            Builtin::Copy => {
                let (from, from_type) = second.unwrap_or((first, ty));
                let elem = self.rtype(ty).elem;
                let size = self.rtype(elem).size;
                let op = match self.kind(from_type) {
                    Kind::String => Op::CopyStr,
                    _ => Op::CopySlice,
                };
                self.emit(op, dst, first, from, size as i32);
            }
            Builtin::Delete => {
                let rtype = self.rtype(ty);
                let shape = self.c.map_shape(&rtype);
                let (key, _) = second.unwrap_or((first, ty));
                let key = self.key_register(rtype.key, shape.key, key);
                self.emit(Op::MapDelete, first, key, 0, 0);
            }
            Builtin::Real => self.moves(dst, first, 1),
            Builtin::Imag => self.moves(dst, first + 1, 1),
            Builtin::Panic => self.emit(Op::Panic, first, 0, 0, 0),
            Builtin::Recover => self.emit(Op::Recover, dst, 0, 0, 0),
            Builtin::Print | Builtin::Println => self.print(builtin, values),
            Builtin::UnsafeString | Builtin::UnsafeSlice => {
                let (length, _) = second.unwrap_or((first, ty));
                self.moves(dst, first, 1);
                self.moves(dst + 1, length, 1);
                if builtin == Builtin::UnsafeSlice {
                    self.moves(dst + 2, length, 1);
                }
            }
            Builtin::UnsafeAdd => {
                let (length, _) = second.unwrap_or((first, ty));
                self.emit(Op::Add, dst, first, length, 0);
            }
            Builtin::UnsafeStringData | Builtin::UnsafeSliceData => self.moves(dst, first, 1),
            _ => {}
        }
    }

    fn length(&mut self, builtin: Builtin, value: Reg, ty: TypeId, dst: Reg) {
        let is_len = builtin == Builtin::Len;
        let ty = self.pointee(ty).unwrap_or(ty);
        let rtype = self.rtype(ty);
        match rtype.kind {
            Kind::Slice if !is_len => self.moves(dst, value + 2, 1),
            Kind::Slice | Kind::String => self.moves(dst, value + 1, 1),
            Kind::Array => self.int(dst, rtype.length as i64),
            Kind::Map => self.emit(Op::Len, dst, value, 0, 0),
            _ => {
                let op = if is_len { Op::Len } else { Op::Cap };
                self.emit(op, dst, value, 1, 0);
            }
        }
    }

    fn print(&mut self, builtin: Builtin, values: &[(Reg, TypeId)]) {
        for (at, (value, ty)) in values.iter().enumerate() {
            if at > 0 && builtin == Builtin::Println {
                self.emit(Op::Print, 0, 0, 0, 7);
            }
            let kind = match self.kind(*ty) {
                Kind::Bool => 0,
                kind if (Kind::Int..=Kind::Int64).contains(&kind) => 1,
                kind if (Kind::Uint..=Kind::Uintptr).contains(&kind) => 2,
                Kind::Float64 => 3,
                Kind::Float32 => 11,
                Kind::String => 4,
                Kind::Interface => 6,
                Kind::Complex128 => 9,
                Kind::Complex64 => 12,
                Kind::Slice => 10,
                _ => 5,
            };
            self.emit(Op::Print, *value, 0, 0, kind);
        }
        if builtin == Builtin::Println {
            self.emit(Op::Print, 0, 0, 0, 8);
        }
        self.emit(Op::CallNative, self.f.next as Reg, 0, 0, flush_number());
    }

    fn new_value(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let elem = self.pointee(ty).unwrap_or(TypeId::INVALID);
        let rtype = self.rtype(elem);
        let dst = self.target(dst, 1);
        // Since 1.26 the argument may be a value.
        let argument = call
            .args
            .first()
            .filter(|arg| self.mode(arg.id) != golang_check::Mode::Type);
        let Some(argument) = argument else {
            self.emit(Op::New, dst, u8::from(rtype.plain), 0, rtype.size as i32);
            return dst;
        };
        let mark = self.mark();
        let value = self.expr_as(argument, elem, None);
        let address = self.alloc(1);
        self.emit(
            Op::New,
            address,
            u8::from(rtype.plain),
            0,
            rtype.size as i32,
        );
        self.store(Place::Memory(address, 0), elem, value);
        self.moves(dst, address, 1);
        self.release(mark);
        dst
    }

    fn make(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let rtype = self.rtype(ty);
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        let number = |builder: &mut Self, at: usize| {
            call.args
                .get(at)
                .map(|arg| match builder.constant_of(arg.id) {
                    Some(value) => builder.const_value(&value, TypeId::INT, None),
                    None => builder.expr(arg, None),
                })
        };
        let first = number(self, 1);
        let second = number(self, 2);
        let first = first.unwrap_or_else(|| {
            let zero = self.alloc(1);
            self.int(zero, 0);
            zero
        });
        self.at(e.pos);
        match rtype.kind {
            Kind::Slice => {
                let elem = self.rtype(rtype.elem);
                let plain = if elem.plain { PLAIN } else { 0 };
                let size = elem.size as i32 | plain;
                self.emit(Op::MakeSlice, dst, first, second.unwrap_or(first), size);
            }
            Kind::Map => {
                self.c.map_shape(&rtype);
                self.emit(Op::MakeMap, dst, first, 0, rtype.id as i32);
            }
            _ => {
                let words = self.words(rtype.elem);
                self.emit(Op::MakeChan, dst, first, words, 0);
            }
        }
        self.release(mark);
        dst
    }

    fn append(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let rtype = self.rtype(ty);
        let elem = self.rtype(rtype.elem);
        let plain = if elem.plain { PLAIN } else { 0 };
        let size = elem.size as i32 | plain;
        let dst = self.target(dst, 3);
        let mark = self.mark();
        let Some((first, rest)) = call.args.split_first() else {
            return dst;
        };
        let args: Vec<&Expr> = call.args.iter().collect();
        self.do_calls_of(&args);
        let spread = self.spread(call);
        let slice = match spread.as_deref().and_then(|values| values.first()) {
            Some((value, _)) => Some(*value),
            // The other arguments' calls may change the slice.
            None if rest.iter().any(|e| self.waits_for(first, e)) => None,
            None => Some(self.expr_as(first, ty, None)),
        };
        if call.has_dots {
            if let Some(more) = rest.first() {
                let more_type = self.ty(more.id);
                let is_string = self.kind(more_type) == Kind::String;
                let value = if self.is_nil(more) {
                    self.expr_as(more, ty, None)
                } else {
                    self.expr(more, None)
                };
                let op = if is_string {
                    Op::AppendStr
                } else {
                    Op::AppendSlice
                };
                let slice = slice.unwrap_or_else(|| self.expr_as(first, ty, None));
                self.emit(op, dst, slice, value, size);
            }
            self.release(mark);
            return dst;
        }
        // The arguments are evaluated first: they may look at the slice.
        let values = self.values_as(call, spread, 1, rtype.elem);
        let slice = slice.unwrap_or_else(|| self.expr_as(first, ty, None));
        self.at(e.pos);
        let count = values.len() as u8;
        let slice = self.grow_in_frame(first, slice, dst, count, size);
        let old = self.alloc(1);
        self.moves(old, slice + 1, 1);
        self.emit(Op::Grow, dst, slice, count, size);
        let address = self.alloc(1);
        self.emit(Op::ElemAddr, address, dst, old, elem.size as i32);
        for (at, value) in values.iter().enumerate() {
            let offset = at as u64 * elem.size;
            self.store(Place::Memory(address, offset as i32), rtype.elem, *value);
        }
        self.release(mark);
        dst
    }

    fn extreme(&mut self, e: &Expr, call: &CallExpr, is_min: bool, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let rtype = self.rtype(ty);
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        let best = self.alloc(usize::from(rtype.words));
        let test = self.alloc(1);
        let spread = self.spread(call);
        let count = spread.as_ref().map_or(call.args.len(), Vec::len);
        for at in 0..count {
            let inner = self.mark();
            let value = match (&spread, call.args.get(at)) {
                (Some(values), _) => values.get(at).map_or(best, |(value, _)| *value),
                (None, Some(arg)) => self.expr_as(arg, ty, (at == 0).then_some(best)),
                _ => best,
            };
            if at == 0 {
                self.moves(best, value, rtype.words);
                continue;
            }
            let op = if is_min {
                Operator::Less
            } else {
                Operator::Greater
            };
            let (take, skip) = (self.label(), self.label());
            if matches!(rtype.kind, Kind::Float32 | Kind::Float64) {
                // A NaN wins; -0 is below 0.
                self.emit(Op::NeF, test, best, best, 0);
                self.jump(Op::JumpTrue, test, 0, skip);
                self.emit(Op::NeF, test, value, value, 0);
                self.jump(Op::JumpTrue, test, 0, take);
                self.emit(Op::EqF, test, value, best, 0);
                let differ = self.label();
                self.jump(Op::JumpFalse, test, 0, differ);
                let (small, large) = if is_min { (value, best) } else { (best, value) };
                self.jump(Op::JumpLt, small, large, take);
                self.bind(differ);
            }
            self.compare_values(op, ty, rtype.kind, value, best, test);
            self.jump(Op::JumpFalse, test, 0, skip);
            self.bind(take);
            self.moves(best, value, rtype.words);
            self.bind(skip);
            self.release(inner);
        }
        self.moves(dst, best, rtype.words);
        self.release(mark);
        dst
    }

    fn complex(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let part = match self.kind(ty) {
            Kind::Complex64 => TypeId::FLOAT32,
            _ => TypeId::FLOAT64,
        };
        let dst = self.target(dst, 2);
        let mark = self.mark();
        let spread = self.spread(call);
        let both = self.values_as(call, spread, 0, part);
        let held = self.alloc(2);
        for (at, value) in both.iter().enumerate().take(2) {
            self.moves(held + at as u8, *value, 1);
        }
        self.moves(dst, held, 2);
        self.release(mark);
        dst
    }

    /// `go` or `defer` of a predeclared function: it becomes a function of its arguments.
    pub fn deferred_builtin(&mut self, call: &CallExpr, kind: CallKind) {
        let Some(builtin) = self.builtin(&call.fun) else {
            return;
        };
        let which = Builtin::ALL.iter().position(|known| *known == builtin);
        let any = self.c.any_type();
        let mut types = Vec::new();
        for (at, arg) in call.args.iter().enumerate() {
            let own = self.ty(arg.id);
            let ty = match (builtin, at) {
                (Builtin::Panic, _) => any,
                (Builtin::Delete, 1) => {
                    let map = types.first().copied().unwrap_or(own);
                    self.rtype(map).key
                }
                _ => own,
            };
            types.push(self.c.program.canonical(ty));
        }
        let window = self.f.next as Reg;
        for (arg, ty) in call.args.iter().zip(&types) {
            let words = self.words(*ty);
            let place = self.alloc(usize::from(words));
            self.expr_owned(arg, *ty, Some(place));
        }
        let width = self.f.next as Reg - window;
        let thunk = Thunk::Builtin(which.unwrap_or(0) as u8, types);
        let number = self.c.thunk_number(thunk);
        let op = match kind {
            CallKind::Defer => Op::DeferCall,
            CallKind::Go => Op::GoCall,
        };
        self.emit(op, window, 0, width, number as i32);
    }

    pub fn builtin_thunk(&mut self, which: u8, types: &[TypeId]) {
        let Some(builtin) = Builtin::ALL.get(usize::from(which)).copied() else {
            return;
        };
        let mut values = Vec::new();
        for ty in types {
            let words = self.words(*ty);
            let register = self.alloc(usize::from(words));
            values.push((register, *ty));
        }
        self.f.param_words = self.f.next as u8;
        let dst = self.alloc(2);
        self.builtin_values(builtin, &values, dst);
        self.emit(Op::Return, 0, 0, 0, 0);
    }
}

fn flush_number() -> i32 {
    crate::natives::find("internal/native.flush").map_or(-1, |number| number as i32)
}

/// Whether evaluating an expression calls something or receives.
pub(super) fn has_calls(x: &Expr) -> bool {
    match &x.unparen().kind {
        ExprKind::Call(_) | ExprKind::Unary(Operator::Receive, _) => true,
        ExprKind::Selector(inner, _) | ExprKind::Unary(_, inner) => has_calls(inner),
        ExprKind::Index(inner, index) => has_calls(inner) || has_calls(index),
        _ => false,
    }
}
