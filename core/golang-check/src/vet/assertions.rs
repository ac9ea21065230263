//! Assertions that no type can pass, and results of atomic operations that are stored again.
//! Models `passes/ifaceassert` and `passes/atomic`.

use super::{Vet, walk, walk::Node};
use crate::ast::{Expr, ExprKind, File, StmtKind};
use crate::types::Type;
use std::rc::Rc;

/// Models `passes/atomic`.
pub(super) fn check_atomic(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    const ADDS: &str = " sync/atomic.AddInt32 sync/atomic.AddInt64 sync/atomic.AddUint32 sync/atomic.AddUint64 sync/atomic.AddUintptr ";
    for node in walk::all(files) {
        let Node::Stmt(stmt) = node else { continue };
        let StmtKind::Assign(assign) = &stmt.kind else {
            continue;
        };
        let Some(rhs) = assign.rhs.as_ref().filter(|_| assign.op.is_none()) else {
            continue;
        };
        for (left, right) in assign.lhs.elements().iter().zip(rhs.elements()) {
            let ExprKind::Call(call) = &right.kind else {
                continue;
            };
            let name = vet.callee_name(&call.fun);
            let Some(ExprKind::Unary(crate::ast::Op::And, inner)) =
                call.args.first().map(|x| &x.kind)
            else {
                continue;
            };
            if ADDS.contains(&format!(" {name} ")) && vet.show(left) == vet.show(inner) {
                vet.report(left.start(), "direct assignment to atomic value".into());
            }
        }
    }
}

/// Models `passes/ifaceassert`.
pub(super) fn check_interfaces(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        if let Node::Expr(x) = node
            && let ExprKind::Assert(value, target) = &x.kind
        {
            assertion(vet, value, target);
        }
        if let Node::Stmt(stmt) = node
            && let StmtKind::Switch(switch) = &stmt.kind
            && let Some(ExprKind::TypeSwitchGuard { x: value, .. }) =
                switch.tag.as_ref().map(|tag| &tag.kind)
        {
            for target in switch.clauses.iter().flat_map(|clause| &clause.cases) {
                target
                    .elements()
                    .iter()
                    .for_each(|target| assertion(vet, value, target));
            }
        }
    }
}

fn assertion(vet: &mut Vet<'_>, value: &Expr, target: &Expr) {
    let (from, to) = (vet.ty(value), vet.ty(target));
    let is_interface = |vet: &mut Vet<'_>, ty| matches!(vet.under(ty), Type::Interface(_));
    if !is_interface(vet, from) || !is_interface(vet, to) {
        return;
    }
    for method in vet.program.method_set(to) {
        let name = vet.program.objects.get(method.object).name;
        let own = vet.program.method_set(from);
        let same = own
            .iter()
            .find(|own| vet.program.objects.get(own.object).name == name)
            .map(|own| own.object);
        let Some(own) = same else {
            continue;
        };
        let (a, b) = (
            vet.program.object_type(method.object),
            vet.program.object_type(own),
        );
        if !vet.program.identical(a, b) {
            let text = format!(
                "impossible type assertion: no type can implement both {} and {} (conflicting types for {} method)",
                vet.program.full_text(from),
                vet.program.full_text(to),
                vet.program.name(name)
            );
            vet.report(target.start(), text);
            return;
        }
    }
}
