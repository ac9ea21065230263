//! Whether a function ends with a terminating statement. Models `types2/return.go`.

use crate::{
    ast::{BranchKind, CaseClause, ExprKind, Stmt, StmtKind},
    program::Program,
    symbol::Symbol,
};

impl Program {
    pub(crate) fn is_terminating_list(&self, list: &[Stmt]) -> bool {
        let last = list
            .iter()
            .rev()
            .find(|stmt| !matches!(stmt.kind, StmtKind::Empty));
        last.is_some_and(|stmt| self.is_terminating(stmt, None))
    }

    fn is_terminating(&self, stmt: &Stmt, label: Option<Symbol>) -> bool {
        match &stmt.kind {
            StmtKind::Labeled(label, inner) => self.is_terminating(inner, Some(label.name)),
            StmtKind::Expr(e) => {
                let e = e.unparen();
                let key = (self.checker.env.package, e.id);
                matches!(e.kind, ExprKind::Call(_)) && self.checker.panics.contains(&key)
            }
            StmtKind::Return(_) => true,
            StmtKind::Branch(branch) => {
                matches!(branch.kind, BranchKind::Goto | BranchKind::Fallthrough)
            }
            StmtKind::Block(block) => self.is_terminating_list(&block.stmts),
            StmtKind::If(branch) => branch.otherwise.as_ref().is_some_and(|otherwise| {
                self.is_terminating_list(&branch.then.stmts) && self.is_terminating(otherwise, None)
            }),
            StmtKind::Switch(switch) => self.is_terminating_switch(&switch.clauses, label),
            StmtKind::Select(select) => select.clauses.iter().all(|clause| {
                self.is_terminating_list(&clause.body) && !has_break_list(&clause.body, label, true)
            }),
            StmtKind::For(body) => {
                let is_range = matches!(
                    body.init,
                    Some(Stmt {
                        kind: StmtKind::Range(_),
                        ..
                    })
                );
                !is_range && body.cond.is_none() && !has_break_list(&body.body.stmts, label, true)
            }
            _ => false,
        }
    }

    fn is_terminating_switch(&self, clauses: &[CaseClause], label: Option<Symbol>) -> bool {
        let has_default = clauses.iter().any(|clause| clause.cases.is_none());
        has_default
            && clauses.iter().all(|clause| {
                self.is_terminating_list(&clause.body) && !has_break_list(&clause.body, label, true)
            })
    }
}

/// Whether a statement has a `break` that leads out of the statement with the label, or (with
/// `implicit`) out of the innermost one.
fn has_break(stmt: &Stmt, label: Option<Symbol>, implicit: bool) -> bool {
    match &stmt.kind {
        StmtKind::Labeled(_, inner) => has_break(inner, label, implicit),
        StmtKind::Branch(branch) if branch.kind == BranchKind::Break => match branch.label {
            None => implicit,
            Some(name) => Some(name.name) == label,
        },
        StmtKind::Block(block) => has_break_list(&block.stmts, label, implicit),
        StmtKind::If(branch) => {
            has_break_list(&branch.then.stmts, label, implicit)
                || branch
                    .otherwise
                    .as_ref()
                    .is_some_and(|otherwise| has_break(otherwise, label, implicit))
        }
        StmtKind::Switch(switch) => {
            label.is_some()
                && switch
                    .clauses
                    .iter()
                    .any(|clause| has_break_list(&clause.body, label, false))
        }
        StmtKind::Select(select) => {
            label.is_some()
                && select
                    .clauses
                    .iter()
                    .any(|clause| has_break_list(&clause.body, label, false))
        }
        StmtKind::For(body) => label.is_some() && has_break_list(&body.body.stmts, label, false),
        _ => false,
    }
}

fn has_break_list(list: &[Stmt], label: Option<Symbol>, implicit: bool) -> bool {
    list.iter().any(|stmt| has_break(stmt, label, implicit))
}
