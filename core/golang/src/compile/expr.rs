//! Expressions: names, selectors, indexes, slices, assertions.

use super::builder::{Builder, Reg, Storage};
use super::place::Place;
use crate::vm::Op;
use crate::vm::instruction::slice_flags::{HIGH, LOW, MAX};
use crate::vm::rtype::{KeyKind, Kind};
use golang_check::ast::{Expr, ExprKind, Op as Operator, SliceExpr};
use golang_check::types::Type;
use golang_check::{Mode, ObjectId, ObjectKind, SelectionKind, TypeId};

impl Builder<'_> {
    /// Evaluates an expression into the given register, or where it is convenient. A struct or
    /// array is the address of its bytes, which may belong to a variable: see [`Builder::is_fresh`].
    pub fn expr(&mut self, e: &Expr, dst: Option<Reg>) -> Reg {
        if let Some(value) = self.constant_of(e.id) {
            let ty = self.ty(e.id);
            return self.const_value(&value, ty, dst);
        }
        if let Some(register) = self.done.remove(&e.id) {
            let ty = self.ty(e.id);
            return self.load(Place::Register(register), ty, dst);
        }
        match &e.kind {
            ExprKind::Paren(inner) => self.expr(inner, dst),
            ExprKind::Name(_) => self.name(e, dst),
            ExprKind::FuncLit(literal) => self.func_literal(literal, dst),
            ExprKind::Composite(literal) => self.composite(e, literal, dst),
            ExprKind::Selector(inner, name) => self.selector(e, inner, name.id, dst),
            ExprKind::Index(x, index) => self.index(e, x, index, dst),
            ExprKind::Slice(slice) => self.slice(e, slice, dst),
            ExprKind::Assert(x, _) => self.assertion(e, x, dst, None),
            ExprKind::Unary(op, x) => self.unary(e, *op, x, dst),
            ExprKind::Binary(op, x, y) => self.binary(e, *op, x, y, dst),
            ExprKind::Call(call) => self.call_value(e, call, dst),
            _ => {
                let ty = self.ty(e.id);
                let words = self.words(ty);
                let dst = self.target(dst, words);
                self.zero(ty, dst);
                dst
            }
        }
    }

    /// Evaluates an expression as a value of a type that it can be assigned to.
    pub fn expr_as(&mut self, e: &Expr, to: TypeId, dst: Option<Reg>) -> Reg {
        if self.mode(e.id) == Mode::NilValue || self.is_nil(e) {
            let words = self.words(to);
            let dst = self.target(dst, words);
            self.zero(to, dst);
            return dst;
        }
        if !self.is_interface(to) {
            if let Some(value) = self.constant_of(e.id) {
                return self.const_value(&value, to, dst);
            }
            return self.expr(e, dst);
        }
        let from = self.ty(e.id);
        if self.is_interface(from) {
            return self.expr(e, dst);
        }
        let dst = self.target(dst, 2);
        let mark = self.mark();
        let value = self.expr(e, None);
        self.convert_to_interface(value, from, self.is_fresh(e), dst);
        self.release(mark);
        dst
    }

    /// A value that nobody else refers to: structs and arrays are copied otherwise.
    pub fn expr_owned(&mut self, e: &Expr, to: TypeId, dst: Option<Reg>) -> Reg {
        if !self.is_aggregate(to) || self.is_fresh(e) {
            return self.expr_as(e, to, dst);
        }
        let dst = self.target(dst, 1);
        let mark = self.mark();
        let value = self.expr(e, None);
        self.clone_value(to, value, dst);
        self.release(mark);
        dst
    }

    pub fn clone_value(&mut self, ty: TypeId, from: Reg, dst: Reg) {
        let rtype = self.rtype(ty);
        self.emit(
            Op::Clone,
            dst,
            from,
            u8::from(rtype.plain),
            rtype.size as i32,
        );
    }

    pub fn is_nil(&self, e: &Expr) -> bool {
        let object = match &e.unparen().kind {
            ExprKind::Name(_) => self.object(e.unparen().id),
            _ => None,
        };
        object.is_some_and(|object| {
            matches!(self.c.program.objects.get(object).kind, ObjectKind::Nil)
        })
    }

    /// Whether the struct or array that an expression gives is a new one.
    pub fn is_fresh(&self, e: &Expr) -> bool {
        match &e.unparen().kind {
            ExprKind::Composite(_) => true,
            ExprKind::Unary(Operator::Receive, _) => true,
            ExprKind::Index(x, _) => self.index_is_map(x),
            ExprKind::Call(call) => match self.mode(call.fun.id) {
                Mode::Type => call.args.first().is_some_and(|arg| self.is_fresh(arg)),
                _ => true,
            },
            _ => false,
        }
    }

    fn index_is_map(&self, x: &Expr) -> bool {
        // Generic code may index a type parameter; then it is copied once too often.
        let Some(package) = self.c.program.package(self.package) else {
            return false;
        };
        let ty = self.c.program.types.unalias(package.info.ty(x.id));
        matches!(self.c.program.types.get(ty), Type::Map(..))
    }

    fn name(&mut self, e: &Expr, dst: Option<Reg>) -> Reg {
        match self.object(e.id) {
            Some(object) => self.object_value(object, e, e.id, dst),
            None => {
                let ty = self.ty(e.id);
                let words = self.words(ty);
                let dst = self.target(dst, words);
                self.zero(ty, dst);
                dst
            }
        }
    }

    /// The value of a variable, function or constant.
    pub fn object_value(
        &mut self,
        object: ObjectId,
        e: &Expr,
        name: golang_check::ast::NodeId,
        dst: Option<Reg>,
    ) -> Reg {
        match &self.c.program.objects.get(object).kind {
            ObjectKind::Var(_) => self.variable(object, dst),
            ObjectKind::Func(_) => {
                let args = self.instance(name);
                let number = self.c.function_number(object, &args);
                let dst = self.target(dst, 1);
                self.emit(Op::FuncValue, dst, 0, 0, number as i32);
                dst
            }
            ObjectKind::Const(_) => {
                let value = self.c.program.object_constant(object);
                let ty = self.ty(e.id);
                self.const_value(&value, ty, dst)
            }
            _ => {
                let ty = self.ty(e.id);
                let words = self.words(ty);
                let dst = self.target(dst, words);
                self.zero(ty, dst);
                dst
            }
        }
    }

    /// Where a variable lives.
    pub fn storage(&mut self, object: ObjectId) -> Storage {
        match self.f.vars.get(&object) {
            Some(storage) => *storage,
            None => Storage::Global(self.c.global_number(object)),
        }
    }

    fn variable(&mut self, object: ObjectId, dst: Option<Reg>) -> Reg {
        let ty = self.object_type(object);
        let words = self.words(ty);
        match self.storage(object) {
            Storage::Reg(register) => match dst {
                Some(dst) => {
                    self.moves(dst, register, words);
                    dst
                }
                None => register,
            },
            Storage::Heap(register) => self.load(Place::Memory(register, 0), ty, dst),
            Storage::Global(number) => {
                let dst = self.target(dst, words);
                self.emit(Op::Global, dst, 0, 0, number as i32);
                self.load(Place::Memory(dst, 0), ty, Some(dst))
            }
        }
    }

    fn selector(
        &mut self,
        e: &Expr,
        inner: &Expr,
        name: golang_check::ast::NodeId,
        dst: Option<Reg>,
    ) -> Reg {
        let Some(selection) = self.selection(e.id) else {
            // A name of another package.
            return match self.object(name) {
                Some(object) => self.object_value(object, e, name, dst),
                None => self.target(dst, 1),
            };
        };
        self.at(e.pos);
        match selection.kind {
            SelectionKind::Field => {
                let ty = self.ty(e.id);
                let words = self.words(ty);
                let dst = self.target(dst, words);
                let mark = self.mark();
                let place = self.place(e);
                self.load(place, ty, Some(dst));
                self.release(mark);
                dst
            }
            SelectionKind::Method => self.method_value(inner, &selection, dst),
            SelectionKind::MethodExpression => self.method_expression(e, &selection, dst),
        }
    }

    fn index(&mut self, e: &Expr, x: &Expr, index: &Expr, dst: Option<Reg>) -> Reg {
        if matches!(self.mode(x.id), Mode::Type) || self.is_generic_function(x) {
            // An instance of a generic function.
            let name = match &x.unparen().kind {
                ExprKind::Selector(_, name) => name.id,
                _ => x.unparen().id,
            };
            return match self.object(name) {
                Some(object) => self.object_value(object, e, name, dst),
                None => self.target(dst, 1),
            };
        }
        self.at(e.pos);
        let ty = self.ty(e.id);
        let container = self.ty(x.id);
        let words = self.words(ty);
        let dst = self.target(dst, words);
        let mark = self.mark();
        match self.kind(container) {
            Kind::String => {
                let text = self.expr(x, None);
                let at = self.expr(index, None);
                self.at(e.pos);
                self.emit(Op::IndexStr, dst, text, at, 0);
                self.mark_unsigned(index);
            }
            Kind::Map => self.map_index(container, x, index, dst, None),
            Kind::Slice if self.quick_index(ty).is_some() => {
                let slice = self.expr(x, None);
                let at = self.expr(index, None);
                let op = self.quick_index(ty).unwrap_or(Op::Index);
                self.at(e.pos);
                self.emit(op, dst, slice, at, 0);
                self.mark_unsigned(index);
            }
            _ => {
                let place = self.place(e);
                self.load(place, ty, Some(dst));
            }
        }
        self.release(mark);
        dst
    }

    /// Puts a mark behind an instruction whose index is unsigned: an error then says it so.
    pub fn mark_unsigned(&mut self, index: &Expr) {
        let ty = self.ty(index.id);
        if matches!(self.kind(ty), Kind::Uint | Kind::Uint64 | Kind::Uintptr) {
            self.emit(Op::Nop, 0, 0, 0, 0);
        }
    }

    fn is_generic_function(&self, x: &Expr) -> bool {
        let name = match &x.unparen().kind {
            ExprKind::Selector(_, name) => name.id,
            ExprKind::Name(_) => x.unparen().id,
            _ => return false,
        };
        self.object(name).is_some_and(|object| {
            matches!(self.c.program.objects.get(object).kind, ObjectKind::Func(_))
        }) && self.selection(x.unparen().id).is_none()
    }

    fn quick_index(&mut self, elem: TypeId) -> Option<Op> {
        match self.kind(elem) {
            Kind::Uint8 | Kind::Bool => Some(Op::IndexU8),
            Kind::Int32 => Some(Op::IndexS32),
            Kind::Int
            | Kind::Int64
            | Kind::Uint
            | Kind::Uint64
            | Kind::Uintptr
            | Kind::Float64
            | Kind::Pointer
            | Kind::Map
            | Kind::Chan
            | Kind::Func => Some(Op::Index),
            _ => None,
        }
    }

    /// The key of a map as the map's instructions want it.
    pub fn map_key(&mut self, map: TypeId, key: &Expr) -> Reg {
        let rtype = self.rtype(map);
        let shape = self.c.map_shape(&rtype);
        let value = self.expr_as(key, rtype.key, None);
        self.key_register(rtype.key, shape.key, value)
    }

    pub fn key_register(&mut self, key: TypeId, kind: KeyKind, value: Reg) -> Reg {
        if kind != KeyKind::Memory || self.is_aggregate(key) {
            return value;
        }
        let size = self.rtype(key).size;
        let address = self.alloc(1);
        self.emit(Op::New, address, 0, 0, size as i32);
        self.store(Place::Memory(address, 0), key, value);
        address
    }

    /// `m[key]`, with whether it is there.
    pub fn map_index(&mut self, map: TypeId, x: &Expr, key: &Expr, dst: Reg, ok: Option<Reg>) {
        let elem = self.rtype(map).elem;
        let container = self.expr(x, None);
        let key = self.map_key(map, key);
        let address = self.alloc(1);
        self.emit(Op::MapFind, address, container, key, 0);
        let (missing, end) = (self.label(), self.label());
        self.jump_small(Op::JumpEqI, address, 0, missing);
        if let Some(ok) = ok {
            self.int(ok, 1);
        }
        if self.is_aggregate(elem) {
            self.clone_value(elem, address, dst);
        } else {
            self.load(Place::Memory(address, 0), elem, Some(dst));
        }
        self.jump(Op::Jump, 0, 0, end);
        self.bind(missing);
        if let Some(ok) = ok {
            self.int(ok, 0);
        }
        self.zero(elem, dst);
        self.bind(end);
    }

    fn slice(&mut self, e: &Expr, slice: &SliceExpr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        let words = self.words(ty);
        let dst = self.target(dst, words);
        let mark = self.mark();
        let mut x_type = self.ty(slice.x.id);
        let (op, base) = match self.under(x_type) {
            Type::Pointer(array) => {
                let base = self.expr(&slice.x, None);
                x_type = array;
                (Op::SliceArray, base)
            }
            Type::Array(..) => {
                let place = self.place(&slice.x);
                (Op::SliceArray, self.address(place))
            }
            Type::Slice(_) => (Op::SliceSlice, self.expr(&slice.x, None)),
            _ => (Op::SliceStr, self.expr(&slice.x, None)),
        };
        let bounds = self.alloc(4);
        let mut flags = 0;
        for (at, flag) in [LOW, HIGH, MAX].into_iter().enumerate() {
            if let Some(Some(index)) = slice.index.get(at) {
                self.expr(index, Some(bounds + at as u8));
                flags |= flag;
            }
        }
        let rtype = self.rtype(x_type);
        if op == Op::SliceArray {
            self.int(bounds + 3, rtype.length as i64);
        }
        let size = match op {
            Op::SliceStr => 1,
            _ => self.rtype(rtype.elem).size,
        };
        self.at(e.pos);
        self.emit(op, dst, base, bounds, flags | size as i32);
        if let Some(index) = slice.index.iter().flatten().next() {
            self.mark_unsigned(index);
        }
        self.release(mark);
        dst
    }

    /// `x.(T)`, with whether it holds.
    pub fn assertion(&mut self, e: &Expr, x: &Expr, dst: Option<Reg>, ok: Option<Reg>) -> Reg {
        self.at(e.pos);
        let wanted = match self.c.program.types.get(self.raw_type(e.id)).clone() {
            Type::Tuple(types) => match types.first() {
                Some(first) => self.object_type(*first),
                None => TypeId::INVALID,
            },
            _ => self.ty(e.id),
        };
        let rtype = self.rtype(wanted);
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        let value = self.expr(x, None);
        let from = self.ty(x.id);
        let from = self.rtype(from).id;
        self.at(e.pos);
        let Some(ok) = ok else {
            if rtype.kind == Kind::Interface {
                self.emit(Op::AssertIface, 0, value, 0, rtype.id as i32);
                self.moves(dst, value, 2);
            } else {
                let number = self.constant(u64::from(from)) as u8;
                self.emit(Op::AssertType, 0, value, number, rtype.id as i32);
                self.unbox(wanted, value, dst);
            }
            self.release(mark);
            return dst;
        };
        let (no, end) = (self.label(), self.label());
        // `dst` may be where the interface stands.
        let held = self.alloc(2);
        self.moves(held, value, 2);
        if rtype.kind == Kind::Interface {
            self.emit(Op::Implements, ok, held, 0, rtype.id as i32);
        } else {
            self.emit(Op::EqI, ok, held, 0, rtype.id as i32);
        }
        self.jump(Op::JumpFalse, ok, 0, no);
        self.unbox(wanted, held, dst);
        self.jump(Op::Jump, 0, 0, end);
        self.bind(no);
        self.zero(wanted, dst);
        self.bind(end);
        self.release(mark);
        dst
    }

    /// The value in an interface whose type is known.
    pub fn unbox(&mut self, ty: TypeId, interface: Reg, dst: Reg) {
        let rtype = self.rtype(ty);
        if rtype.kind == Kind::Interface {
            self.moves(dst, interface, 2);
        } else if rtype.is_direct() || rtype.is_aggregate() {
            self.moves(dst, interface + 1, 1);
        } else {
            self.load(Place::Memory(interface + 1, 0), ty, Some(dst));
        }
    }
}
