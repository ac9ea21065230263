//! Loops: `for` with conditions, and over slices, strings, maps, channels, integers, functions.

use super::builder::{Body, Builder, Reg, Storage, Way};
use super::place::Place;
use crate::vm::Op;
use crate::vm::rtype::{KeyKind, Kind};
use golang_check::ast::{Block, Expr, ForStmt, NodeId, RangeClause, StmtKind};
use golang_check::types::Type;
use golang_check::{ObjectId, Symbol, TypeId};

impl Builder<'_> {
    pub fn for_statement(&mut self, node: NodeId, stmt: &ForStmt, _label: Option<NodeId>) {
        let mark = self.mark();
        if let Some(init) = &stmt.init
            && let StmtKind::Range(range) = &init.kind
        {
            self.at(init.pos);
            self.range(node, range, &stmt.body);
            self.release(mark);
            return;
        }
        let before: Vec<ObjectId> = self.f.vars.keys().copied().collect();
        if let Some(init) = &stmt.init {
            self.simple(init);
        }
        let fresh: Vec<ObjectId> = self
            .f
            .vars
            .keys()
            .copied()
            .filter(|object| before.binary_search(object).is_err())
            .collect();
        let (top, test, post, end) = (self.label(), self.label(), self.label(), self.label());
        if let Some(cond) = &stmt.cond {
            // The test stands at the end; the first time it is done before.
            self.at(cond.pos);
            self.cond(cond, false, end);
        }
        self.bind(top);
        self.push_target(node, end, Some(post));
        self.block(&stmt.body);
        self.f.targets.pop();
        self.bind(post);
        self.renew(&fresh);
        if let Some(post) = &stmt.post {
            self.simple(post);
        }
        self.bind(test);
        match &stmt.cond {
            Some(cond) => {
                self.at(cond.pos);
                self.cond(cond, true, top);
            }
            None => self.jump(Op::Jump, 0, 0, top),
        }
        self.bind(end);
        self.release(mark);
    }

    /// Each iteration has its own variables, where that can be seen.
    fn renew(&mut self, variables: &[ObjectId]) {
        for object in variables {
            let shared = self
                .c
                .program
                .objects
                .var(*object)
                .is_some_and(|var| var.captured || var.address_taken);
            if let Some(Storage::Heap(register)) = self.f.vars.get(object).copied()
                && shared
            {
                let ty = self.object_type(*object);
                self.clone_value(ty, register, register);
            }
        }
    }

    fn range(&mut self, node: NodeId, range: &RangeClause, body: &Block) {
        let ty = self.ty(range.x.id);
        match self.under(ty) {
            Type::Slice(elem) => self.range_slice(node, range, body, elem),
            Type::Array(_, elem) => self.range_array(node, range, body, ty, elem),
            Type::Pointer(array) => {
                let elem = self.rtype(array).elem;
                self.range_array(node, range, body, array, elem);
            }
            Type::Map(..) => self.range_map(node, range, body, ty),
            Type::Chan(_, elem) => self.range_channel(node, range, body, elem),
            Type::Signature(_) => self.range_function(node, range, body, ty),
            _ if self.kind(ty) == Kind::String => self.range_string(node, range, body),
            _ => self.range_integer(node, range, body, ty),
        }
    }

    fn variables(range: &RangeClause) -> (Option<&Expr>, Option<&Expr>) {
        let list = range.lhs.as_ref().map_or(&[][..], Expr::elements);
        let used = |e: &&Expr| e.as_name().is_none_or(|name| name.name != Symbol::BLANK);
        (list.first().filter(used), list.get(1).filter(used))
    }

    /// Gives the iteration variables their values.
    fn iteration_variables(
        &mut self,
        range: &RangeClause,
        values: &[(Option<&Expr>, Reg, TypeId)],
    ) {
        if !range.define {
            return self.assign_from(values);
        }
        for (e, value, ty) in values {
            if let Some(object) = e.and_then(|e| self.object(e.id)) {
                // What a loop counts with is not the variable itself, which the body may change.
                self.declare(object, *value, *ty, false);
            }
        }
    }

    fn run_body(
        &mut self,
        node: NodeId,
        body: &Block,
        end: super::builder::Label,
        next: super::builder::Label,
    ) {
        self.push_target(node, end, Some(next));
        self.block(body);
        self.f.targets.pop();
    }

    /// A loop that counts a register from 0 to a limit.
    fn counted(
        &mut self,
        node: NodeId,
        body: &Block,
        limit: Reg,
        each: impl FnOnce(&mut Self, Reg),
    ) {
        let index = self.alloc(1);
        self.int(index, 0);
        let (top, next, end) = (self.label(), self.label(), self.label());
        self.jump(Op::JumpLe, limit, index, end);
        self.bind(top);
        let mark = self.mark();
        each(self, index);
        self.run_body(node, body, end, next);
        self.release(mark);
        self.bind(next);
        self.emit(Op::AddI, index, index, 0, 1);
        self.jump(Op::JumpLt, index, limit, top);
        self.bind(end);
    }

    fn range_slice(&mut self, node: NodeId, range: &RangeClause, body: &Block, elem: TypeId) {
        let slice = self.alloc(3);
        self.expr(&range.x, Some(slice));
        let size = self.rtype(elem).size;
        self.counted(node, body, slice + 1, |builder, index| {
            builder.element_variables(range, slice, index, elem, size);
        });
    }

    /// Gives the variables of a range over elements in memory their values.
    fn element_variables(
        &mut self,
        range: &RangeClause,
        base: Reg,
        index: Reg,
        elem: TypeId,
        size: u64,
    ) {
        let (key, value) = Self::variables(range);
        let mut loaded = index;
        if value.is_some() {
            let words = self.words(elem);
            loaded = self.alloc(usize::from(words));
            self.emit(Op::ElemAddr, loaded, base, index, size as i32);
            self.load(Place::Memory(loaded, 0), elem, Some(loaded));
        }
        self.iteration_variables(range, &[(key, index, TypeId::INT), (value, loaded, elem)]);
    }

    fn range_array(
        &mut self,
        node: NodeId,
        range: &RangeClause,
        body: &Block,
        array: TypeId,
        elem: TypeId,
    ) {
        let (_, value) = Self::variables(range);
        let base = self.alloc(1);
        let limit = self.alloc(1);
        let rtype = self.rtype(array);
        let size = self.rtype(elem).size;
        if value.is_some() {
            let x_type = self.ty(range.x.id);
            if self.pointee(x_type).is_some() {
                self.expr(&range.x, Some(base));
            } else {
                // The range is over a copy.
                self.expr_owned(&range.x, array, Some(base));
            }
        } else if super::builtin::has_calls(&range.x) {
            self.expr(&range.x, None);
        }
        self.int(limit, rtype.length as i64);
        self.counted(node, body, limit, |builder, index| {
            builder.element_variables(range, base, index, elem, size);
        });
    }

    fn range_integer(&mut self, node: NodeId, range: &RangeClause, body: &Block, ty: TypeId) {
        let limit = self.alloc(1);
        let (key, _) = Self::variables(range);
        let ty = match key {
            Some(key) => self.ty(key.id),
            None => ty,
        };
        let ty = match key
            .filter(|_| range.define)
            .and_then(|key| self.object(key.id))
        {
            Some(object) => self.object_type(object),
            None => ty,
        };
        match self.constant_of(range.x.id) {
            Some(value) => {
                self.const_value(&value, ty, Some(limit));
            }
            None => {
                self.expr(&range.x, Some(limit));
            }
        }
        self.counted(node, body, limit, |builder, index| {
            builder.iteration_variables(range, &[(key, index, ty)]);
        });
    }

    fn range_string(&mut self, node: NodeId, range: &RangeClause, body: &Block) {
        let text = self.alloc(2);
        self.expr_as(&range.x, TypeId::STRING, Some(text));
        let (key, value) = Self::variables(range);
        let index = self.alloc(1);
        let rune = self.alloc(2);
        self.int(index, 0);
        self.int(rune + 1, 0);
        let (top, next, end) = (self.label(), self.label(), self.label());
        self.bind(top);
        self.moves(index, rune + 1, 1);
        self.jump(Op::JumpLe, text + 1, index, end);
        self.emit(Op::NextRune, rune, text, index, 0);
        let mark = self.mark();
        let values = [(key, index, TypeId::INT), (value, rune, TypeId::RUNE)];
        self.iteration_variables(range, &values);
        self.run_body(node, body, end, next);
        self.release(mark);
        self.bind(next);
        self.jump(Op::Jump, 0, 0, top);
        self.bind(end);
    }

    fn range_map(&mut self, node: NodeId, range: &RangeClause, body: &Block, ty: TypeId) {
        let rtype = self.rtype(ty);
        let shape = self.c.map_shape(&rtype);
        let (key, value) = Self::variables(range);
        let iterator = self.alloc(4);
        let entry = self.alloc(2);
        let map = self.expr(&range.x, None);
        self.emit(Op::MapStart, iterator, map, 0, 0);
        let (next, end) = (self.label(), self.label());
        self.bind(next);
        self.f.patches.push((self.f.code.len(), end));
        self.emit(Op::MapNext, iterator, entry, 0, 0);
        let mark = self.mark();
        let (mut first, mut second) = (0, 0);
        if key.is_some() {
            let words = self.words(rtype.key);
            let loaded = self.alloc(usize::from(words));
            if shape.key == KeyKind::Word {
                self.emit(Op::Load, loaded, entry, 0, 0);
            } else {
                self.load(Place::Memory(entry, 0), rtype.key, Some(loaded));
            }
            first = loaded;
        }
        if value.is_some() {
            let words = self.words(rtype.elem);
            let loaded = self.alloc(usize::from(words));
            self.load(Place::Memory(entry + 1, 0), rtype.elem, Some(loaded));
            second = loaded;
        }
        let values = [(key, first, rtype.key), (value, second, rtype.elem)];
        self.iteration_variables(range, &values);
        self.run_body(node, body, end, next);
        self.release(mark);
        self.jump(Op::Jump, 0, 0, next);
        self.bind(end);
    }

    fn range_channel(&mut self, node: NodeId, range: &RangeClause, body: &Block, elem: TypeId) {
        let (key, _) = Self::variables(range);
        let channel = self.alloc(1);
        self.expr(&range.x, Some(channel));
        let words = self.words(elem);
        let value = self.alloc(usize::from(words));
        let ok = self.alloc(1);
        let (next, end) = (self.label(), self.label());
        self.bind(next);
        self.at(range.x.pos);
        self.emit(Op::Recv, value, channel, words, i32::from(ok));
        self.jump(Op::JumpFalse, ok, 0, end);
        let mark = self.mark();
        self.iteration_variables(range, &[(key, value, elem)]);
        self.run_body(node, body, end, next);
        self.release(mark);
        self.jump(Op::Jump, 0, 0, next);
        self.bind(end);
    }

    /// The body runs on the registers of this function, called by the iterator through a closure
    /// that says where it is.
    fn range_function(&mut self, node: NodeId, range: &RangeClause, body: &Block, ty: TypeId) {
        let Type::Signature(signature) = self.under(ty) else {
            return;
        };
        let yield_type = match signature.params.first() {
            Some(param) => self.object_type(*param),
            None => return,
        };
        let params: Vec<TypeId> = match self.under(yield_type) {
            Type::Signature(inner) => self.shape(&inner).params,
            _ => Vec::new(),
        };
        let (key, value) = Self::variables(range);
        let state = self.alloc(1);
        self.int(state, 0);
        let function = self.alloc(1);
        self.expr(&range.x, Some(function));
        let words = self.total_words(&params);
        let arguments = self.alloc(usize::from(words));
        let closure = self.alloc(1);
        let window = self.alloc(2);
        let (start, next, stop, after) = (self.label(), self.label(), self.label(), self.label());
        self.f.patches.push((self.f.code.len(), start));
        self.emit(Op::Yield, closure, arguments, words, 0);
        self.moves(window, closure, 1);
        self.at(range.x.pos);
        self.emit(Op::CallClosure, window, function, 1, 0);
        self.jump(Op::Jump, 0, 0, after);
        self.bind(start);
        self.f.bodies.push(Body {
            state,
            ways: Vec::new(),
        });
        let mark = self.mark();
        let mut register = arguments;
        let mut values = Vec::new();
        for (variable, ty) in [key, value].into_iter().zip(&params) {
            values.push((variable, register, *ty));
            register += self.words(*ty);
        }
        self.iteration_variables(range, &values);
        self.run_body(node, body, stop, next);
        self.release(mark);
        let answer = self.alloc(1);
        self.bind(next);
        self.int(answer, 1);
        self.emit(Op::YieldReturn, answer, 0, 0, 0);
        self.bind(stop);
        self.int(answer, 0);
        self.emit(Op::YieldReturn, answer, 0, 0, 0);
        self.bind(after);
        let Some(done) = self.f.bodies.pop() else {
            return;
        };
        for (at, way) in done.ways.into_iter().enumerate() {
            let skip = self.label();
            self.jump_small(Op::JumpNeI, state, at as i16 + 1, skip);
            match way {
                Way::Return => self.leave(),
                Way::To(label, depth) => self.go_to(label, depth),
            }
            self.bind(skip);
        }
    }
}
