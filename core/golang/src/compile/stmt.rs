//! Statements.

use super::builder::{Builder, Label, Target, Way};
use super::place::Place;
use crate::vm::Op;
use golang_check::ast::{
    Block, BranchKind, BranchStmt, CallKind, Decl, Expr, ExprKind, IfStmt, NodeId, Stmt, StmtKind,
};
use golang_check::{Mode, TypeId};

impl Builder<'_> {
    pub fn block(&mut self, block: &Block) {
        let mark = self.mark();
        self.statements(&block.stmts);
        self.release(mark);
    }

    pub fn statements(&mut self, list: &[Stmt]) {
        for stmt in list {
            self.statement(stmt, None);
        }
    }

    /// One statement; `label` is the number of the labelled statement around it.
    fn statement(&mut self, stmt: &Stmt, label: Option<NodeId>) {
        self.leave_frame(stmt.id);
        match &stmt.kind {
            StmtKind::Empty | StmtKind::Range(_) => {}
            StmtKind::Labeled(_, inner) => {
                let to = self.goto_label(stmt.id);
                self.bind(to);
                self.statement(inner, Some(stmt.id));
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Expr(e) => self.expression_statement(e),
            StmtKind::Send(channel, value) => self.send(stmt, channel, value),
            StmtKind::Decl(decls) => {
                for decl in decls {
                    if let Decl::Var(decl) = decl {
                        self.var_decl(decl);
                    }
                }
            }
            StmtKind::Assign(assign) => self.assignment(assign, stmt.pos),
            StmtKind::Branch(branch) => self.branch(stmt.id, branch),
            StmtKind::Call(kind, e) => self.deferred(stmt, *kind, e),
            StmtKind::Return(values) => {
                self.at(stmt.pos);
                self.return_statement(values.as_ref());
            }
            StmtKind::If(inner) => self.if_statement(inner),
            StmtKind::For(inner) => self.for_statement(stmt.id, inner, label),
            StmtKind::Switch(inner) => self.switch_statement(stmt.id, inner),
            StmtKind::Select(inner) => self.select_statement(stmt.id, inner, stmt.pos),
        }
    }

    fn expression_statement(&mut self, e: &Expr) {
        self.at(e.pos);
        let mark = self.mark();
        match &e.unparen().kind {
            ExprKind::Call(call)
                if !matches!(self.mode(call.fun.id), Mode::Builtin | Mode::Type) =>
            {
                self.call(e.unparen(), call, None);
            }
            _ => {
                self.expr(e, None);
            }
        }
        self.release(mark);
    }

    pub fn send(&mut self, stmt: &Stmt, channel: &Expr, value: &Expr) {
        self.at(stmt.pos);
        let mark = self.mark();
        let ty = self.ty(channel.id);
        let elem = self.rtype(ty).elem;
        let channel = self.expr(channel, None);
        let value = self.expr_owned(value, elem, None);
        let words = self.words(elem);
        self.at(stmt.pos);
        self.emit(Op::Send, channel, value, words, 0);
        self.release(mark);
    }

    fn deferred(&mut self, stmt: &Stmt, kind: CallKind, e: &Expr) {
        self.at(stmt.pos);
        let mark = self.mark();
        if let ExprKind::Call(call) = &e.unparen().kind {
            match self.mode(call.fun.id) {
                Mode::Builtin => self.deferred_builtin(call, kind),
                Mode::Type => {}
                _ => {
                    self.call(e.unparen(), call, Some(kind));
                }
            }
        }
        self.release(mark);
    }

    fn if_statement(&mut self, stmt: &IfStmt) {
        let mark = self.mark();
        if let Some(init) = &stmt.init {
            self.statement(init, None);
        }
        let (otherwise, end) = (self.label(), self.label());
        self.at(stmt.cond.pos);
        self.cond(&stmt.cond, false, otherwise);
        self.block(&stmt.then);
        if let Some(inner) = &stmt.otherwise {
            self.jump(Op::Jump, 0, 0, end);
            self.bind(otherwise);
            self.statement(inner, None);
        } else {
            self.bind(otherwise);
        }
        self.bind(end);
        self.release(mark);
    }

    /// A statement before a clause (`if x := …;`).
    pub fn simple(&mut self, stmt: &Stmt) {
        self.statement(stmt, None);
    }

    fn return_statement(&mut self, values: Option<&Expr>) {
        let slots = self.f.results.clone();
        let Some(values) = values else {
            return self.leave();
        };
        let mark = self.mark();
        let values = values.elements();
        if values.len() != slots.len() {
            if let Some(value) = values.first() {
                let results = self.multiple(value, slots.len());
                for (slot, (register, from)) in slots.iter().zip(results) {
                    self.give_result(slot, register, from);
                }
            }
        } else if let ([value], [slot]) = (values, slots.as_slice()) {
            match self.result_place(slot) {
                Place::Register(register) if !self.f.named_results => {
                    let words = self.words(slot.ty);
                    if words == 1 {
                        self.expr_owned(value, slot.ty, Some(register));
                    } else {
                        let result = self.expr_owned(value, slot.ty, None);
                        self.moves(register, result, words);
                    }
                }
                _ => {
                    let result = self.expr_owned(value, slot.ty, None);
                    self.give_result(slot, result, slot.ty);
                }
            }
        } else {
            let types: Vec<TypeId> = slots.iter().map(|slot| slot.ty).collect();
            if !self.f.named_results && !self.f.has_defer && self.f.bodies.is_empty() {
                let places: Vec<u8> = slots.iter().map(|slot| slot.register).collect();
                self.values_into(values, &types, &places);
            } else {
                let held = self.values(values, &types);
                for (slot, register) in slots.iter().zip(held) {
                    let place = self.result_place(slot);
                    self.store(place, slot.ty, register);
                }
            }
        }
        self.release(mark);
        self.leave();
    }

    fn give_result(&mut self, slot: &super::builder::ResultSlot, register: u8, from: TypeId) {
        let words = self.words(slot.ty);
        let mark = self.mark();
        let value = self.alloc(usize::from(words));
        self.assign_value(register, from, slot.ty, value);
        let place = self.result_place(slot);
        self.store(place, slot.ty, value);
        self.release(mark);
    }

    // Branches.

    fn goto_label(&mut self, node: NodeId) -> Label {
        if let Some((label, _)) = self.f.gotos.get(&node) {
            return *label;
        }
        let label = self.label();
        let depth = self.f.bodies.len();
        self.f.gotos.insert(node, (label, depth));
        label
    }

    fn branch(&mut self, node: NodeId, branch: &BranchStmt) {
        if branch.kind == BranchKind::Fallthrough {
            if let Some(label) = self.f.fallthrough {
                self.jump(Op::Jump, 0, 0, label);
            }
            return;
        }
        let target = self.branch_target(node);
        if branch.kind == BranchKind::Goto {
            if let Some(target) = target {
                let label = self.goto_label(target);
                self.jump(Op::Jump, 0, 0, label);
            }
            return;
        }
        let found = self
            .f
            .targets
            .iter()
            .rev()
            .find(|known| match target {
                Some(target) => known.node == target,
                None => branch.kind == BranchKind::Break || known.continue_to.is_some(),
            })
            .copied();
        let Some(found) = found else { return };
        let label = match (branch.kind, found.continue_to) {
            (BranchKind::Continue, Some(label)) => label,
            _ => found.break_to,
        };
        self.go_to(label, found.depth);
    }

    /// Jumps out of as many bodies of ranges over functions as needed.
    pub fn go_to(&mut self, label: Label, depth: usize) {
        if depth < self.f.bodies.len() {
            self.leave_body(Way::To(label, depth));
        } else {
            self.jump(Op::Jump, 0, 0, label);
        }
    }

    /// Ends the body of a range over a function, to go on elsewhere after the loop.
    pub fn leave_body(&mut self, way: Way) {
        let Some(body) = self.f.bodies.last_mut() else {
            return;
        };
        let number = match body.ways.iter().position(|known| *known == way) {
            Some(at) => at,
            None => {
                body.ways.push(way);
                body.ways.len() - 1
            }
        };
        let state = body.state;
        self.int(state, number as i64 + 1);
        let answer = self.alloc(1);
        self.int(answer, 0);
        self.emit(Op::YieldReturn, answer, 0, 0, 0);
    }

    pub fn push_target(&mut self, node: NodeId, break_to: Label, continue_to: Option<Label>) {
        let depth = self.f.bodies.len();
        self.f.targets.push(Target {
            node,
            break_to,
            continue_to,
            depth,
        });
    }
}
