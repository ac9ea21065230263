//! Declarations of variables, and assignments.

use super::builder::{Builder, Reg, Storage};
use super::destination::Destination;
use super::place::Place;
use crate::limits;
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::ast::{AssignStmt, Expr, ExprKind, Ident, Op as Operator, VarDecl};
use golang_check::{ObjectId, Symbol, TypeId};

impl Builder<'_> {
    /// Declares a variable with the value of an expression.
    fn declare_with(&mut self, object: ObjectId, e: &Expr) {
        let ty = self.object_type(object);
        if self.is_aggregate(ty) {
            let register = self.alloc(1);
            let mark = self.mark();
            self.expr_owned(e, ty, Some(register));
            self.release(mark);
            self.f.vars.insert(object, Storage::Heap(register));
        } else if self.in_heap(object) {
            let cell = self.alloc(1);
            let mark = self.mark();
            let value = self.expr_as(e, ty, None);
            self.fill_cell(cell, ty, value);
            self.release(mark);
            self.f.vars.insert(object, Storage::Heap(cell));
        } else {
            let words = self.words(ty);
            let register = self.alloc(usize::from(words));
            let mark = self.mark();
            self.expr_as(e, ty, Some(register));
            self.release(mark);
            self.f.vars.insert(object, Storage::Reg(register));
        }
    }

    fn fill_cell(&mut self, cell: Reg, ty: TypeId, value: Reg) {
        let rtype = self.rtype(ty);
        let mark = self.mark();
        let address = self.alloc(1);
        self.emit(
            Op::New,
            address,
            u8::from(rtype.plain),
            0,
            rtype.size as i32,
        );
        self.store(Place::Memory(address, 0), ty, value);
        self.moves(cell, address, 1);
        self.release(mark);
    }

    fn in_heap(&self, object: ObjectId) -> bool {
        self.escapes(object) || self.f.next > limits::VARIABLE_REGISTERS_MAX
    }

    /// Declares a variable with a value in registers, of its own type or one that converts;
    /// `fresh`: nobody else has the struct or array.
    pub fn declare(&mut self, object: ObjectId, value: Reg, from: TypeId, fresh: bool) {
        let ty = self.object_type(object);
        let words = self.words(ty);
        if self.is_aggregate(ty) {
            let register = self.alloc(1);
            if fresh {
                self.moves(register, value, 1);
            } else {
                self.clone_value(ty, value, register);
            }
            self.f.vars.insert(object, Storage::Heap(register));
            return;
        }
        let register = self.alloc(usize::from(words));
        self.assign_value(value, from, ty, register);
        if self.in_heap(object) {
            let cell = self.alloc(1);
            self.fill_cell(cell, ty, register);
            self.f.vars.insert(object, Storage::Heap(cell));
        } else {
            self.f.vars.insert(object, Storage::Reg(register));
        }
    }

    /// Declares a variable with its zero value.
    pub fn declare_zero(&mut self, object: ObjectId) {
        let ty = self.object_type(object);
        let rtype = self.rtype(ty);
        let storage = if rtype.is_aggregate() {
            let register = self.alloc(1);
            self.zero(ty, register);
            Storage::Heap(register)
        } else if self.in_heap(object) {
            Storage::Heap(self.new_cell(ty))
        } else {
            let register = self.alloc(usize::from(rtype.words));
            self.zero(ty, register);
            Storage::Reg(register)
        };
        self.f.vars.insert(object, storage);
    }

    pub fn var_decl(&mut self, decl: &VarDecl) {
        let objects: Vec<Option<ObjectId>> =
            decl.names.iter().map(|name| self.declared(name)).collect();
        let Some(values) = &decl.values else {
            for object in objects.into_iter().flatten() {
                self.declare_zero(object);
            }
            return;
        };
        self.at(decl.pos);
        self.define_all(&objects, values.elements());
    }

    /// The variable that a name declares; none for `_`.
    fn declared(&self, name: &Ident) -> Option<ObjectId> {
        (name.name != Symbol::BLANK)
            .then(|| self.object(name.id))
            .flatten()
    }

    /// `a, b = x, y` where all of the left side is new.
    fn define_all(&mut self, objects: &[Option<ObjectId>], values: &[Expr]) {
        if objects.len() == values.len() {
            if let ([Some(object)], [value]) = (objects, values) {
                return self.declare_with(*object, value);
            }
            // All values are there before the first name means its new variable.
            let held = self.values_of(objects, values);
            for (object, (register, ty)) in objects.iter().zip(held) {
                if let Some(object) = object {
                    self.declare(*object, register, ty, true);
                }
            }
            return;
        }
        let Some(value) = values.first() else { return };
        let results = self.multiple(value, objects.len());
        for (object, (register, ty)) in objects.iter().zip(results) {
            if let Some(object) = object {
                self.declare(*object, register, ty, true);
            }
        }
    }

    /// The values that variables get, each of the variable's type.
    fn values_of(&mut self, objects: &[Option<ObjectId>], values: &[Expr]) -> Vec<(Reg, TypeId)> {
        let mut types = Vec::new();
        for (object, value) in objects.iter().zip(values) {
            types.push(match object {
                Some(object) => self.object_type(*object),
                None => self.ty(value.id),
            });
        }
        let registers = self.values(values, &types);
        registers.into_iter().zip(types).collect()
    }

    /// The values of a call with several results, or of a `v, ok` form. The registers stay taken.
    pub fn multiple(&mut self, e: &Expr, count: usize) -> Vec<(Reg, TypeId)> {
        let e = e.unparen();
        let own = self.ty(e.id);
        let mut value_type = own;
        if let golang_check::types::Type::Tuple(types) = self.c.program.types.get(own).clone()
            && let Some(first) = types.first()
        {
            value_type = self.object_type(*first);
        }
        match &e.kind {
            ExprKind::Call(call) => {
                let (window, types) = self.call(e, call, None);
                let mut register = window;
                let mut values = Vec::new();
                for ty in types {
                    values.push((register, ty));
                    register += self.words(ty);
                }
                return values;
            }
            _ if count != 2 => return Vec::new(),
            _ => {}
        }
        let words = self.words(value_type);
        let value = self.alloc(usize::from(words));
        let ok = self.alloc(1);
        let mark = self.mark();
        match &e.kind {
            ExprKind::Index(x, index) => {
                let map = self.ty(x.id);
                self.at(e.pos);
                self.map_index(map, x, index, value, Some(ok));
            }
            ExprKind::Assert(x, _) => {
                self.assertion(e, x, Some(value), Some(ok));
            }
            ExprKind::Unary(Operator::Receive, x) => {
                self.receive(x, value_type, value, Some(ok));
            }
            _ => {}
        }
        self.release(mark);
        vec![(value, value_type), (ok, TypeId::BOOL)]
    }

    pub fn assignment(&mut self, stmt: &AssignStmt, pos: golang_check::Pos) {
        self.at(pos);
        let Some(rhs) = &stmt.rhs else {
            return self.increment(stmt);
        };
        match stmt.op {
            Some(Operator::Define) => self.define(stmt.lhs.elements(), rhs.elements()),
            Some(op) => self.compound(op, &stmt.lhs, rhs),
            None => self.assign_all(stmt.lhs.elements(), rhs.elements(), pos),
        }
    }

    /// `:=`, where some names may be known already.
    pub fn define(&mut self, lhs: &[Expr], rhs: &[Expr]) {
        let objects: Vec<Option<ObjectId>> = lhs
            .iter()
            .map(|e| e.as_name().and_then(|name| self.declared(&name)))
            .collect();
        let is_new = |builder: &Self, object: &Option<ObjectId>, e: &Expr| {
            object.is_none_or(|object| {
                builder.c.program.objects.get(object).pos == e.pos
                    && !builder.is_package_variable(object)
            })
        };
        let all_new = objects
            .iter()
            .zip(lhs)
            .all(|(object, e)| is_new(self, object, e));
        if all_new {
            return self.define_all(&objects, rhs);
        }
        let mut held = Vec::new();
        if lhs.len() == rhs.len() {
            held = self.values_of(&objects, rhs);
        } else if let Some(value) = rhs.first() {
            held = self.multiple(value, lhs.len());
        }
        for ((object, e), (register, ty)) in objects.iter().zip(lhs).zip(held) {
            let Some(object) = object else { continue };
            if is_new(self, &Some(*object), e) {
                self.declare(*object, register, ty, true);
                continue;
            }
            let own = self.object_type(*object);
            let place = self.variable_place(*object);
            self.store_converted(place, own, register, ty);
        }
    }

    fn is_package_variable(&self, object: ObjectId) -> bool {
        self.c
            .program
            .objects
            .var(object)
            .is_some_and(|var| var.kind == golang_check::object::VarKind::Package)
    }

    fn store_converted(&mut self, place: Place, to: TypeId, register: Reg, from: TypeId) {
        let mark = self.mark();
        if self.is_interface(to) && !self.is_interface(from) {
            let value = self.alloc(2);
            self.assign_value(register, from, to, value);
            self.store(place, to, value);
        } else {
            self.store(place, to, register);
        }
        self.release(mark);
    }

    fn assign_all(&mut self, lhs: &[Expr], rhs: &[Expr], pos: golang_check::Pos) {
        let mark = self.mark();
        if let ([target], [value]) = (lhs, rhs) {
            self.assign_one(target, value, pos);
            self.release(mark);
            return;
        }
        let targets: Vec<&Expr> = lhs.iter().collect();
        let destinations = self.destinations(&targets);
        let mut held = Vec::new();
        if lhs.len() == rhs.len() {
            let mut types = Vec::new();
            for ((destination, ty), value) in destinations.iter().zip(rhs) {
                types.push(match destination {
                    Destination::Blank => self.ty(value.id),
                    _ => *ty,
                });
            }
            let registers = self.values(rhs, &types);
            held = registers.into_iter().zip(types).collect();
        } else if let Some(value) = rhs.first() {
            held = self.multiple(value, lhs.len());
        }
        for ((destination, ty), (register, from)) in destinations.iter().zip(held) {
            self.store_assigned(destination, *ty, register, from);
        }
        self.release(mark);
    }

    fn assign_one(&mut self, target: &Expr, value: &Expr, pos: golang_check::Pos) {
        if target
            .as_name()
            .is_some_and(|name| name.name == Symbol::BLANK)
        {
            self.expr(value, None);
            return;
        }
        let ty = self.ty(target.id);
        // A variable in a register takes the value directly.
        if let ExprKind::Name(_) = &target.unparen().kind
            && let Some(object) = self.object(target.unparen().id)
            && let Some(Storage::Reg(register)) = self.f.vars.get(&object).copied()
        {
            self.assign_register(register, ty, value);
            return;
        }
        self.do_calls_of(&[target, value]);
        if self.waits_for(target, value) {
            let words = self.words(ty);
            let register = self.alloc(usize::from(words));
            self.expr_owned(value, ty, Some(register));
            let destination = self.destination(target);
            self.at(pos);
            return self.store_to(&destination, ty, register);
        }
        if let ExprKind::Index(x, index) = &target.unparen().kind {
            let container = self.ty(x.id);
            if self.kind(container) == Kind::Slice
                && let Some(op) = self.quick_store(ty)
            {
                let slice = self.expr(x, None);
                let at = self.expr(index, None);
                let value = self.expr_as(value, ty, None);
                self.at(target.pos);
                self.emit(op, slice, at, value, 0);
                self.mark_unsigned(index);
                return;
            }
        }
        let destination = self.destination(target);
        let value = self.expr_as(value, ty, None);
        self.at(pos);
        self.store_to(&destination, ty, value);
    }

    /// `x = e` for a variable in registers, which `e` may use.
    fn assign_register(&mut self, register: Reg, ty: TypeId, value: &Expr) {
        let words = self.words(ty);
        let simple = words == 1 && !self.is_interface(ty);
        if simple || matches!(value.unparen().kind, ExprKind::Name(_)) {
            self.expr_as(value, ty, Some(register));
            return;
        }
        let mark = self.mark();
        let result = self.expr_as(value, ty, None);
        self.moves(register, result, words);
        self.release(mark);
    }

    fn quick_store(&mut self, elem: TypeId) -> Option<Op> {
        match self.kind(elem) {
            Kind::Uint8 | Kind::Int8 | Kind::Bool => Some(Op::SetIndex8),
            Kind::Int32 | Kind::Uint32 => Some(Op::SetIndex32),
            Kind::Int
            | Kind::Int64
            | Kind::Uint
            | Kind::Uint64
            | Kind::Uintptr
            | Kind::Float64
            | Kind::Pointer
            | Kind::Map
            | Kind::Chan
            | Kind::Func => Some(Op::SetIndex),
            _ => None,
        }
    }

    fn increment(&mut self, stmt: &AssignStmt) {
        let ty = self.ty(stmt.lhs.id);
        let kind = self.kind(ty);
        let op = stmt.op.unwrap_or(Operator::Add);
        let step = if op == Operator::Sub { -1 } else { 1 };
        let mark = self.mark();
        self.update(&stmt.lhs, ty, None, |builder, old, _, new| {
            if builder.arithmetic_small(Operator::Add, kind, old, step, new) {
                return;
            }
            let one = builder.alloc(2);
            let value = golang_check::constant::Value::int(1);
            builder.const_value(&value, ty, Some(one));
            builder.arithmetic(op, kind, old, one, new);
        });
        self.release(mark);
    }

    /// `x op= y`
    fn compound(&mut self, op: Operator, lhs: &Expr, rhs: &Expr) {
        let ty = self.ty(lhs.id);
        let kind = self.kind(ty);
        let mark = self.mark();
        let small = self.small_constant(rhs);
        self.do_calls_of(&[lhs, rhs]);
        let operand = (!op.is_shift() && small.is_none()).then_some((op, rhs));
        self.update(lhs, ty, operand, |builder, old, value, new| {
            if op.is_shift() {
                return builder.shift(lhs, op, kind, old, rhs, new);
            }
            if let Some(small) = small
                && builder.arithmetic_small(op, kind, old, small, new)
            {
                return;
            }
            let value = value.unwrap_or_else(|| builder.expr_as(rhs, ty, None));
            builder.at(lhs.pos);
            builder.arithmetic(op, kind, old, value, new);
        });
        self.release(mark);
    }

    /// Replaces the value of a place by one made from it, and from an operand.
    fn update(
        &mut self,
        lhs: &Expr,
        ty: TypeId,
        operand: Option<(Operator, &Expr)>,
        change: impl FnOnce(&mut Self, Reg, Option<Reg>, Reg),
    ) {
        let words = self.words(ty);
        let destination = self.destination(lhs);
        // The operand's calls come before the old value is read.
        let value = operand.map(|(_, e)| self.expr_as(e, ty, None));
        let at_once = operand.is_none_or(|(op, _)| !matches!(op, Operator::Div | Operator::Rem));
        if let Destination::Place(Place::Register(register)) = destination {
            if words == 1 {
                return change(self, register, value, register);
            }
            let new = self.alloc(usize::from(words));
            change(self, register, value, new);
            self.moves(register, new, words);
            return;
        }
        let old = self.alloc(usize::from(words));
        match &destination {
            Destination::Place(place) => {
                self.load(*place, ty, Some(old));
            }
            Destination::MapEntry(map, _, key) if at_once && !self.is_aggregate(ty) => {
                let address = self.alloc(1);
                self.at(lhs.pos);
                self.emit(Op::MapAssign, address, *map, *key, 0);
                let place = Place::Memory(address, 0);
                self.load(place, ty, Some(old));
                let new = self.alloc(usize::from(words));
                change(self, old, value, new);
                return self.store(place, ty, new);
            }
            Destination::MapEntry(map, _, key) => {
                let address = self.alloc(1);
                self.emit(Op::MapFind, address, *map, *key, 0);
                self.zero(ty, old);
                let missing = self.label();
                self.jump_small(Op::JumpEqI, address, 0, missing);
                self.load(Place::Memory(address, 0), ty, Some(old));
                self.bind(missing);
            }
            Destination::Element(..) | Destination::Blank => {}
        }
        let new = self.alloc(usize::from(words));
        change(self, old, value, new);
        self.store_to(&destination, ty, new);
    }

    /// Assigns values in registers to expressions side by side (ranges, receives in selects).
    pub fn assign_from(&mut self, values: &[(Option<&Expr>, Reg, TypeId)]) {
        let mark = self.mark();
        let targets: Vec<&Expr> = values.iter().filter_map(|(e, ..)| *e).collect();
        let mut destinations = self.destinations(&targets).into_iter();
        for (target, value, from) in values {
            if target.is_some()
                && let Some((destination, ty)) = destinations.next()
            {
                self.store_assigned(&destination, ty, *value, *from);
            }
        }
        self.release(mark);
    }
}
