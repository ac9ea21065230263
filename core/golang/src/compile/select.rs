//! `select`.

use super::builder::Builder;
use crate::vm::Op;
use golang_check::TypeId;
use golang_check::ast::{
    AssignStmt, CommClause, Expr, ExprKind, NodeId, Op as Operator, SelectStmt, StmtKind,
};

/// Registers of one case: channel, direction, three for the value.
const CASE_REGISTERS: usize = 5;

/// The channel of a receiving case, and where its results go.
struct Receiving<'a> {
    channel: &'a Expr,
    assign: Option<&'a AssignStmt>,
}

fn receiving(clause: &CommClause) -> Option<Receiving<'_>> {
    let (e, assign) = match &clause.comm.as_ref()?.kind {
        StmtKind::Expr(e) => (e, None),
        StmtKind::Assign(assign) => (assign.rhs.as_ref()?, Some(&**assign)),
        _ => return None,
    };
    match &e.unparen().kind {
        ExprKind::Unary(Operator::Receive, channel) => Some(Receiving { channel, assign }),
        _ => None,
    }
}

impl Builder<'_> {
    pub fn select_statement(&mut self, node: NodeId, stmt: &SelectStmt, pos: golang_check::Pos) {
        let mark = self.mark();
        let cases: Vec<&CommClause> = stmt.clauses.iter().filter(|c| c.comm.is_some()).collect();
        let default = stmt.clauses.iter().find(|clause| clause.comm.is_none());
        let end = self.label();
        let result = self.alloc(5);
        let first = self.alloc(cases.len() * CASE_REGISTERS);
        for (at, clause) in cases.iter().enumerate() {
            let register = first + (at * CASE_REGISTERS) as u8;
            let inner = self.mark();
            self.at(clause.pos);
            if let Some(receiving) = receiving(clause) {
                self.expr(receiving.channel, Some(register));
                self.int(register + 1, 0);
            } else if let Some(comm) = &clause.comm
                && let StmtKind::Send(channel, value) = &comm.kind
            {
                let ty = self.ty(channel.id);
                let elem = self.rtype(ty).elem;
                self.expr(channel, Some(register));
                self.int(register + 1, 1);
                self.expr_owned(value, elem, Some(register + 2));
            }
            self.release(inner);
        }
        self.at(pos);
        if cases.is_empty() && default.is_none() {
            self.emit(Op::Block, 0, 0, 0, 0);
        }
        let has_default = i32::from(default.is_some());
        self.emit(Op::Select, result, first, cases.len() as u8, has_default);
        self.push_target(node, end, None);
        for (at, clause) in cases.iter().enumerate() {
            let next = self.label();
            self.jump_small(Op::JumpNeI, result, at as i16, next);
            let inner = self.mark();
            if let Some(receiving) = receiving(clause) {
                self.received(&receiving, result);
            }
            self.statements(&clause.body);
            self.release(inner);
            self.jump(Op::Jump, 0, 0, end);
            self.bind(next);
        }
        if let Some(clause) = default {
            let inner = self.mark();
            self.statements(&clause.body);
            self.release(inner);
        }
        self.f.targets.pop();
        self.bind(end);
        self.release(mark);
    }

    fn received(&mut self, receiving: &Receiving<'_>, result: u8) {
        let Some(assign) = receiving.assign else {
            return;
        };
        let ty = self.ty(receiving.channel.id);
        let elem = self.rtype(ty).elem;
        let (value, ok) = (result + 2, result + 1);
        if self.is_aggregate(elem) {
            let there = self.label();
            self.jump(Op::JumpTrue, ok, 0, there);
            self.zero(elem, value);
            self.bind(there);
        }
        let sources = [(value, elem), (ok, TypeId::BOOL)];
        for (target, (register, from)) in assign.lhs.elements().iter().zip(sources) {
            let is_blank = target
                .as_name()
                .is_some_and(|name| name.name == golang_check::Symbol::BLANK);
            if is_blank {
                continue;
            }
            if assign.op == Some(Operator::Define)
                && let Some(object) = self.object(target.id)
            {
                self.declare(object, register, from, true);
            } else {
                self.assign_from(&[(Some(target), register, from)]);
            }
        }
    }
}
