//! Calls, and the frames of functions: parameters, results, returns.

use super::builder::{Builder, Reg, ResultSlot, Storage, Way};
use crate::vm::Op;
use crate::vm::instruction::slice_flags::PLAIN;
use golang_check::ast::{Block, Body, CallExpr, CallKind, Expr, ExprKind};
use golang_check::types::{Signature, Type};
use golang_check::{Mode, ObjectId, ObjectKind, SelectionKind, TypeId};

/// What is called.
enum Target {
    Static(u32),
    Native(u32),
    /// A method, with the receiver in its place.
    Interface {
        value: Reg,
        method: u32,
        at: u8,
    },
    Closure(Reg),
}

/// Parameter and result types of a call.
pub(super) struct Shape {
    pub params: Vec<TypeId>,
    pub results: Vec<TypeId>,
    pub variadic: bool,
}

impl Builder<'_> {
    pub fn shape(&mut self, signature: &Signature) -> Shape {
        let types = |builder: &mut Self, objects: &[ObjectId]| -> Vec<TypeId> {
            objects
                .iter()
                .map(|object| builder.object_type(*object))
                .collect()
        };
        Shape {
            params: types(self, &signature.params),
            results: types(self, &signature.results),
            variadic: signature.variadic,
        }
    }

    pub fn total_words(&mut self, types: &[TypeId]) -> u8 {
        types
            .iter()
            .fold(0u8, |sum, ty| sum.saturating_add(self.c.rtype(*ty).words))
    }

    /// A call as a single value.
    pub fn call_value(&mut self, e: &Expr, call: &CallExpr, dst: Option<Reg>) -> Reg {
        match self.mode(call.fun.id) {
            Mode::Type => {
                if let Some(x) = call.args.first() {
                    return self.conversion(e, x, dst);
                }
                return self.target(dst, 1);
            }
            Mode::Builtin => return self.builtin_call(e, call, dst),
            _ => {}
        }
        let mark = self.mark();
        let (window, results) = self.call(e, call, None);
        self.release(mark);
        let words = results.first().map_or(0, |ty| self.c.rtype(*ty).words);
        match dst {
            Some(dst) => {
                self.moves(dst, window, words);
                dst
            }
            None => self.alloc(usize::from(words)),
        }
    }

    /// A call with any number of results: the register of the first, and their types.
    pub fn call(
        &mut self,
        e: &Expr,
        call: &CallExpr,
        kind: Option<CallKind>,
    ) -> (Reg, Vec<TypeId>) {
        let fun = call.fun.unparen();
        let ty = self.ty(fun.id);
        let Type::Signature(signature) = self.under(ty) else {
            return (self.f.next as Reg, Vec::new());
        };
        let shape = self.shape(&signature);
        let result_words = self.total_words(&shape.results);
        let param_words = self.total_words(&shape.params);
        let method = match (&fun.kind, self.selection(fun.id)) {
            (ExprKind::Selector(x, _), Some(selection))
                if selection.kind == SelectionKind::Method =>
            {
                Some((&**x, selection))
            }
            _ => None,
        };
        let (target, window, first) = match method {
            Some((x, selection)) => {
                self.at(fun.pos);
                self.method_target(x, &selection, result_words, param_words)
            }
            None => {
                let window = self.alloc(usize::from(result_words) + usize::from(param_words) + 1);
                let target = self.plain_target(fun);
                (target, window, window + result_words)
            }
        };
        self.arguments(call, &shape, first);
        self.at(if kind.is_some() { e.start() } else { e.pos });
        let width = first - window + param_words;
        self.emit_call(&target, window, result_words, width, kind);
        (window, shape.results)
    }

    fn emit_call(
        &mut self,
        target: &Target,
        window: Reg,
        results: u8,
        width: u8,
        kind: Option<CallKind>,
    ) {
        let op = |call, defer, go| match kind {
            None => call,
            Some(CallKind::Defer) => defer,
            Some(CallKind::Go) => go,
        };
        match target {
            Target::Static(number) => self.emit(
                op(Op::Call, Op::DeferCall, Op::GoCall),
                window,
                0,
                width,
                *number as i32,
            ),
            Target::Native(number) => {
                self.emit(Op::CallNative, window, results, 0, *number as i32);
            }
            Target::Interface { value, method, at } if kind.is_none() => {
                self.emit(Op::CallIface, window, *value, *at, *method as i32);
            }
            Target::Interface { value, method, at } => self.emit(
                op(Op::CallIface, Op::DeferIface, Op::GoIface),
                window,
                *value,
                width,
                (*method as i32) << 8 | i32::from(*at),
            ),
            Target::Closure(register) => self.emit(
                op(Op::CallClosure, Op::DeferClosure, Op::GoClosure),
                window,
                *register,
                width,
                0,
            ),
        }
    }

    fn plain_target(&mut self, fun: &Expr) -> Target {
        let mut name = fun;
        if let ExprKind::Index(x, _) = &fun.kind {
            name = x.unparen();
        }
        let node = match &name.kind {
            ExprKind::Selector(_, ident) if self.selection(name.id).is_none() => Some(ident.id),
            ExprKind::Name(_) => Some(name.id),
            _ => None,
        };
        let object = node.and_then(|node| self.object(node));
        if let (Some(object), Some(node)) = (object, node)
            && let ObjectKind::Func(func) = &self.c.program.objects.get(object).kind
        {
            let is_native = func
                .decl
                .as_ref()
                .is_some_and(|decl| matches!(decl.body, Body::None));
            if is_native && let Some(number) = self.c.native_number(object) {
                return Target::Native(number);
            }
            let args = self.instance(node);
            return Target::Static(self.c.function_number(object, &args));
        }
        Target::Closure(self.expr(fun, None))
    }

    /// Evaluates the receiver of a method call into its place in a new window. The target, the
    /// window, and the register of the first argument.
    fn method_target(
        &mut self,
        x: &Expr,
        selection: &golang_check::Selection,
        result_words: u8,
        param_words: u8,
    ) -> (Target, Reg, Reg) {
        let (object, path) = self.selected(selection);
        let width = usize::from(result_words) + usize::from(param_words) + 3;
        let window = self.alloc(width);
        let (place, ty) = self.base_place(x);
        let (place, ty) = self.walk(place, ty, &path);
        let at = window + result_words;
        if self.is_interface(ty) {
            let value = self.load(place, ty, None);
            let (name, package) = self.c.object_name(object);
            let method = self.c.method_number(&name, package);
            let target = Target::Interface {
                value,
                method,
                at: result_words,
            };
            return (target, window, at + 1);
        }
        let words = self.receiver(place, ty, object, at, self.is_fresh(x) && path.is_empty());
        let number = self.c.method_number_of(object, ty);
        (Target::Static(number), window, at + words)
    }

    /// Puts a receiver into its register: the address or the value, as the method wants it.
    pub fn receiver(
        &mut self,
        place: super::place::Place,
        ty: TypeId,
        method: ObjectId,
        at: Reg,
        fresh: bool,
    ) -> u8 {
        let wants_pointer = self.c.has_pointer_receiver(method);
        let pointer = self.pointee(ty);
        let mark = self.mark();
        let words = match (wants_pointer, pointer) {
            (true, Some(_)) => {
                self.load(place, ty, Some(at));
                1
            }
            (true, None) => {
                let address = self.address(place);
                self.moves(at, address, 1);
                1
            }
            (false, Some(elem)) => {
                let pointer = self.load(place, ty, None);
                self.value_receiver(super::place::Place::Memory(pointer, 0), elem, at, false)
            }
            (false, None) => self.value_receiver(place, ty, at, fresh),
        };
        self.release(mark);
        words
    }

    fn value_receiver(
        &mut self,
        place: super::place::Place,
        ty: TypeId,
        at: Reg,
        fresh: bool,
    ) -> u8 {
        if self.is_aggregate(ty) && !fresh {
            let address = self.address(place);
            self.clone_value(ty, address, at);
        } else {
            self.load(place, ty, Some(at));
        }
        self.words(ty)
    }

    /// Evaluates arguments into registers from `first` on.
    fn arguments(&mut self, call: &CallExpr, shape: &Shape, first: Reg) {
        if let [only] = call.args.as_slice()
            && let ExprKind::Call(inner) = &only.unparen().kind
            && self.constant_of(only.id).is_none()
        {
            let ty = self.ty(only.id);
            let is_tuple = matches!(self.c.program.types.get(ty), Type::Tuple(_));
            if is_tuple {
                return self.spread_arguments(only, inner, shape, first);
            }
        }
        let fixed = if shape.variadic && !call.has_dots {
            shape.params.len().saturating_sub(1)
        } else {
            shape.params.len()
        };
        let mut at = first;
        let mut registers = Vec::new();
        for param in shape.params.iter().take(fixed) {
            registers.push(at);
            at += self.words(*param);
        }
        let args = call.args.get(..fixed).unwrap_or(&call.args);
        self.values_into(args, &shape.params, &registers);
        if shape.variadic
            && !call.has_dots
            && let Some(slice) = shape.params.last()
        {
            let rest = call.args.get(fixed..).unwrap_or(&[]);
            let order = self.order(rest);
            self.variadic(*slice, &order, at, |builder, index, elem, base, offset| {
                if let Some(arg) = rest.get(index) {
                    let value = builder.expr_as(arg, elem, None);
                    builder.store(super::place::Place::Memory(base, offset), elem, value);
                }
            });
        }
    }

    /// Makes the slice of variadic arguments.
    fn variadic(
        &mut self,
        slice: TypeId,
        order: &[usize],
        at: Reg,
        element: impl Fn(&mut Self, usize, TypeId, Reg, i32),
    ) {
        let count = order.len();
        if count == 0 {
            self.emit(Op::Zero, at, 0, 3, 0);
            return;
        }
        let elem = self.rtype(slice).elem;
        let rtype = self.rtype(elem);
        let mark = self.mark();
        let length = self.alloc(1);
        self.int(length, count as i64);
        let plain = if rtype.plain { PLAIN } else { 0 };
        self.emit(Op::MakeSlice, at, length, length, rtype.size as i32 | plain);
        for index in order {
            let index = *index;
            let inner = self.mark();
            element(self, index, elem, at, (index as u64 * rtype.size) as i32);
            self.release(inner);
        }
        self.release(mark);
    }

    /// `f(g())` where g has several results.
    fn spread_arguments(&mut self, only: &Expr, inner: &CallExpr, shape: &Shape, first: Reg) {
        let mark = self.mark();
        let (from, types) = self.call(only, inner, None);
        let mut registers = Vec::new();
        let mut register = from;
        for ty in &types {
            registers.push((register, *ty));
            register += self.words(*ty);
        }
        let fixed = if shape.variadic {
            shape.params.len().saturating_sub(1)
        } else {
            shape.params.len()
        };
        let mut at = first;
        for (param, (register, ty)) in shape.params.iter().take(fixed).zip(&registers) {
            self.assign_value(*register, *ty, *param, at);
            at += self.words(*param);
        }
        if shape.variadic
            && let Some(slice) = shape.params.last()
        {
            let rest: Vec<(Reg, TypeId)> = registers.iter().skip(fixed).copied().collect();
            let order: Vec<usize> = (0..rest.len()).collect();
            self.variadic(*slice, &order, at, |builder, index, elem, base, offset| {
                if let Some((register, ty)) = rest.get(index) {
                    let words = builder.words(elem);
                    let value = builder.alloc(usize::from(words));
                    builder.assign_value(*register, *ty, elem, value);
                    builder.store(super::place::Place::Memory(base, offset), elem, value);
                }
            });
        }
        self.release(mark);
    }

    /// A value in registers as one of a type that it can be assigned to.
    pub fn assign_value(&mut self, register: Reg, from: TypeId, to: TypeId, dst: Reg) {
        if self.is_interface(to) && !self.is_interface(from) {
            self.convert_to_interface(register, from, true, dst);
        } else {
            let words = self.words(to);
            self.moves(dst, register, words);
        }
    }

    // The frame of a function.

    /// Gives results and parameters their registers.
    pub fn declare_signature(&mut self, signature: &Signature, ty: &golang_check::ast::FuncType) {
        for result in signature.results.iter() {
            let ty = self.object_type(*result);
            let words = self.words(ty);
            let register = self.alloc(usize::from(words));
            let name = self.c.program.objects.get(*result).name;
            let named = name != golang_check::Symbol::EMPTY && name != golang_check::Symbol::BLANK;
            self.f.named_results |= name != golang_check::Symbol::EMPTY;
            self.f.results.push(ResultSlot {
                object: named.then_some(*result),
                ty,
                register,
            });
        }
        self.f.result_words = self.f.next as u8;
        let all: Vec<ObjectId> = signature
            .receiver
            .iter()
            .chain(signature.params.iter())
            .copied()
            .collect();
        for param in &all {
            let ty = self.object_type(*param);
            let words = self.words(ty);
            let register = self.alloc(usize::from(words));
            let storage = if self.is_aggregate(ty) {
                Storage::Heap(register)
            } else {
                Storage::Reg(register)
            };
            self.f.vars.insert(*param, storage);
        }
        self.f.param_words = self.f.next as u8 - self.f.result_words;
        self.f.shape = self.shape_of(&all, ty);
    }

    /// Moves parameters that literals share to the heap, and makes the results.
    pub fn enter_parameters(&mut self, signature: &Signature) {
        for param in signature.receiver.iter().chain(signature.params.iter()) {
            if !self.escapes(*param) {
                continue;
            }
            if let Some(Storage::Reg(register)) = self.f.vars.get(param).copied() {
                let ty = self.object_type(*param);
                let cell = self.new_cell(ty);
                self.store(super::place::Place::Memory(cell, 0), ty, register);
                self.f.vars.insert(*param, Storage::Heap(cell));
            }
        }
        for slot in self.f.results.clone() {
            let Some(object) = slot.object else {
                if self.f.has_defer || self.f.named_results {
                    self.zero(slot.ty, slot.register);
                }
                continue;
            };
            let storage = if self.is_aggregate(slot.ty) {
                self.zero(slot.ty, slot.register);
                Storage::Heap(slot.register)
            } else if self.is_shared(object) {
                Storage::Heap(self.new_cell(slot.ty))
            } else {
                self.zero(slot.ty, slot.register);
                Storage::Reg(slot.register)
            };
            self.f.vars.insert(object, storage);
        }
    }

    pub fn new_cell(&mut self, ty: TypeId) -> Reg {
        let rtype = self.rtype(ty);
        let cell = self.alloc(1);
        self.emit(Op::New, cell, u8::from(rtype.plain), 0, rtype.size as i32);
        cell
    }

    /// Used by a literal, or pointed to.
    fn is_shared(&self, object: ObjectId) -> bool {
        self.c
            .program
            .objects
            .var(object)
            .is_some_and(|var| var.captured || var.address_taken)
    }

    /// Has to live in the heap: pointed to, or used by a literal and changed.
    pub fn escapes(&self, object: ObjectId) -> bool {
        self.c
            .program
            .objects
            .var(object)
            .is_some_and(|var| var.address_taken || (var.captured && var.reassigned))
    }

    /// The statements of a function, and its end.
    pub fn body(&mut self, block: &Block) {
        self.block(block);
        self.at(block.rbrace);
        self.leave();
        if let Some(label) = self.f.epilogue {
            self.bind(label);
            self.epilogue();
        }
    }

    /// Leaves the function: the results are in their variables.
    pub fn leave(&mut self) {
        if !self.f.bodies.is_empty() {
            return self.leave_body(Way::Return);
        }
        let cells = self.f.results.clone().iter().any(|slot| self.in_cell(slot));
        if self.f.has_defer || cells {
            let label = self.epilogue_label();
            self.jump(Op::Jump, 0, 0, label);
        } else {
            self.emit(Op::Return, 0, 0, 0, 0);
        }
    }

    pub fn epilogue_label(&mut self) -> super::builder::Label {
        match self.f.epilogue {
            Some(label) => label,
            None => {
                let label = self.label();
                self.f.epilogue = Some(label);
                label
            }
        }
    }

    fn in_cell(&self, slot: &ResultSlot) -> bool {
        let storage = slot.object.and_then(|object| self.f.vars.get(&object));
        matches!(storage, Some(Storage::Heap(cell)) if *cell != slot.register)
    }

    fn epilogue(&mut self) {
        if self.f.has_defer {
            self.emit(Op::RunDefers, 0, 0, 0, 0);
        }
        for slot in self.f.results.clone() {
            if self.in_cell(&slot)
                && let Some(Storage::Heap(cell)) = slot
                    .object
                    .and_then(|object| self.f.vars.get(&object).copied())
            {
                let place = super::place::Place::Memory(cell, 0);
                self.load(place, slot.ty, Some(slot.register));
            }
        }
        self.emit(Op::Return, 0, 0, 0, 0);
    }

    /// Where a result is put by a return.
    pub fn result_place(&self, slot: &ResultSlot) -> super::place::Place {
        match slot.object.and_then(|object| self.f.vars.get(&object)) {
            Some(Storage::Heap(cell)) => super::place::Place::Memory(*cell, 0),
            _ => super::place::Place::Register(slot.register),
        }
    }
}
