//! Switches over values and over types.

use super::builder::{Builder, Label, Reg};
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::ast::{
    BranchKind, CaseClause, Expr, ExprKind, NodeId, Op as Operator, StmtKind, SwitchStmt,
};
use golang_check::{Mode, TypeId};

impl Builder<'_> {
    pub fn switch_statement(&mut self, node: NodeId, stmt: &SwitchStmt) {
        let mark = self.mark();
        if let Some(init) = &stmt.init {
            self.simple(init);
        }
        let end = self.label();
        self.push_target(node, end, None);
        if let Some(tag) = &stmt.tag
            && let ExprKind::TypeSwitchGuard { x, .. } = &tag.kind
        {
            self.type_switch(x, stmt, end);
        } else {
            self.value_switch(stmt, end);
        }
        self.f.targets.pop();
        self.bind(end);
        self.release(mark);
    }

    fn value_switch(&mut self, stmt: &SwitchStmt, end: Label) {
        let tag = stmt.tag.as_ref().map(|tag| {
            self.at(tag.pos);
            let ty = self.ty(tag.id);
            let words = self.words(ty);
            let register = self.alloc(usize::from(words));
            self.expr_as(tag, ty, Some(register));
            (register, ty)
        });
        let labels: Vec<Label> = stmt.clauses.iter().map(|_| self.label()).collect();
        let mut default = end;
        for (clause, label) in stmt.clauses.iter().zip(&labels) {
            let Some(cases) = &clause.cases else {
                default = *label;
                continue;
            };
            for case in cases.elements() {
                self.at(case.pos);
                match tag {
                    Some((register, ty)) => self.case(register, ty, case, *label),
                    None => self.cond(case, true, *label),
                }
            }
        }
        self.jump(Op::Jump, 0, 0, default);
        let outer = self.f.fallthrough;
        for (at, (clause, label)) in stmt.clauses.iter().zip(&labels).enumerate() {
            self.bind(*label);
            self.f.fallthrough = labels.get(at + 1).copied();
            self.clause_body(clause, end);
        }
        self.f.fallthrough = outer;
    }

    fn clause_body(&mut self, clause: &CaseClause, end: Label) {
        let mark = self.mark();
        self.statements(&clause.body);
        let falls = clause.body.last().is_some_and(|last| {
            matches!(&last.kind, StmtKind::Branch(branch) if branch.kind == BranchKind::Fallthrough)
        });
        if !falls {
            self.jump(Op::Jump, 0, 0, end);
        }
        self.release(mark);
    }

    /// Jumps if the tag equals a case.
    fn case(&mut self, tag: Reg, ty: TypeId, case: &Expr, label: Label) {
        let mark = self.mark();
        let kind = self.kind(ty);
        let small = self
            .small_constant(case)
            .and_then(|small| i16::try_from(small).ok());
        if self.is_nil(case) {
            self.jump_small(Op::JumpEqI, tag, 0, label);
        } else if let Some(small) = small
            && (Kind::Int..=Kind::Uintptr).contains(&kind)
        {
            self.jump_small(Op::JumpEqI, tag, small, label);
        } else {
            let case_type = self.ty(case.id);
            let common = if self.is_interface(case_type) {
                case_type
            } else {
                ty
            };
            let mut left = tag;
            if self.is_interface(common) && kind != Kind::Interface {
                left = self.alloc(2);
                self.convert_to_interface(tag, ty, false, left);
            }
            let right = self.expr_as(case, common, None);
            let test = self.alloc(1);
            let kind = self.kind(common);
            self.compare_values(Operator::Equal, common, kind, left, right, test);
            self.jump(Op::JumpTrue, test, 0, label);
        }
        self.release(mark);
    }

    fn type_switch(&mut self, x: &Expr, stmt: &SwitchStmt, end: Label) {
        let value = self.alloc(2);
        self.at(x.pos);
        self.expr(x, Some(value));
        let x_type = self.ty(x.id);
        let labels: Vec<Label> = stmt.clauses.iter().map(|_| self.label()).collect();
        let mut default = end;
        for (clause, label) in stmt.clauses.iter().zip(&labels) {
            let Some(cases) = &clause.cases else {
                default = *label;
                continue;
            };
            for case in cases.elements() {
                self.type_case(value, case, *label);
            }
        }
        self.jump(Op::Jump, 0, 0, default);
        for (clause, label) in stmt.clauses.iter().zip(&labels) {
            self.bind(*label);
            let mark = self.mark();
            if let Some(object) = self.implicit(clause.id) {
                let ty = self.object_type(object);
                let is_interface = self.is_interface(ty);
                if is_interface {
                    self.declare(object, value, x_type, false);
                } else {
                    let words = self.words(ty);
                    let held = self.alloc(usize::from(words));
                    self.unbox(ty, value, held);
                    self.declare(object, held, ty, false);
                }
            }
            self.clause_body(clause, end);
            self.release(mark);
        }
    }

    fn type_case(&mut self, value: Reg, case: &Expr, label: Label) {
        if self.is_nil(case) || self.mode(case.id) == Mode::NilValue {
            self.jump_small(Op::JumpEqI, value, 0, label);
            return;
        }
        let ty = self.ty(case.id);
        let rtype = self.rtype(ty);
        let mark = self.mark();
        if rtype.kind == Kind::Interface {
            let test = self.alloc(1);
            self.emit(Op::Implements, test, value, 0, rtype.id as i32);
            self.jump(Op::JumpTrue, test, 0, label);
        } else if let Ok(small) = i16::try_from(rtype.id) {
            self.jump_small(Op::JumpEqI, value, small, label);
        } else {
            let test = self.alloc(1);
            self.emit(Op::EqI, test, value, 0, rtype.id as i32);
            self.jump(Op::JumpTrue, test, 0, label);
        }
        self.release(mark);
    }
}
