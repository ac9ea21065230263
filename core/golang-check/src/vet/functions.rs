//! Functions compared with nil, and `WaitGroup.Add` inside of the goroutine that it counts.

use super::{Vet, walk, walk::Node};
use crate::ast::{CallKind, ExprKind, File, Op, StmtKind};
use std::rc::Rc;

/// Models `passes/nilfunc`.
pub(super) fn check_nil(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Expr(x) = node else { continue };
        let ExprKind::Binary(op @ (Op::Equal | Op::NotEqual), a, b) = &x.kind else {
            continue;
        };
        let function = match (vet.is_nil(a), vet.is_nil(b)) {
            (true, false) => b,
            (false, true) => a,
            _ => continue,
        };
        let Some(object) = vet.callee(function) else {
            continue;
        };
        if vet.program.objects.func(object).is_none() {
            continue;
        }
        let name = vet.program.object_name(object);
        let text = format!(
            "comparison of function {name} {} nil is always {}",
            op.text(),
            *op == Op::NotEqual
        );
        vet.report(x.start(), text);
    }
}

/// Models `passes/waitgroup`.
pub(super) fn check_wait_groups(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Stmt(stmt) = node else { continue };
        let StmtKind::Call(CallKind::Go, x) = &stmt.kind else {
            continue;
        };
        let ExprKind::Call(call) = &x.unparen().kind else {
            continue;
        };
        let ExprKind::FuncLit(function) = &call.fun.unparen().kind else {
            continue;
        };
        let Some(StmtKind::Expr(first)) = function.body.stmts.first().map(|stmt| &stmt.kind) else {
            continue;
        };
        if let ExprKind::Call(inner) = &first.unparen().kind
            && vet.callee_name(&inner.fun) == "(*sync.WaitGroup).Add"
        {
            // Reported at the parenthesis: the node's own position.
            let text = "WaitGroup.Add called from inside new goroutine";
            vet.report(first.unparen().pos, text.into());
        }
    }
}
