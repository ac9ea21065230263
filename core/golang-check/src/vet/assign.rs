//! Assignments of a variable to itself. Models `passes/assign`.

use super::{Vet, walk, walk::Node};
use crate::ast::{Expr, ExprKind, File, StmtKind};
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Stmt(stmt) = node else { continue };
        let StmtKind::Assign(assign) = &stmt.kind else {
            continue;
        };
        let Some(rhs) = assign.rhs.as_ref().filter(|_| assign.op.is_none()) else {
            continue;
        };
        let (left, right) = (assign.lhs.elements(), rhs.elements());
        if left.len() != right.len() {
            continue;
        }
        let mut same = Vec::new();
        let mut first = None;
        for (a, b) in left.iter().zip(right) {
            let text = vet.show(a);
            if text == vet.show(b) && text != "_" && !has_effects(a) && !is_map_entry(vet, a) {
                first = first.or(Some(a.start()));
                same.push(text);
            }
        }
        if let Some(pos) = first {
            vet.report(pos, format!("self-assignment of {}", same.join(", ")));
        }
    }
}

fn is_map_entry(vet: &mut Vet<'_>, x: &Expr) -> bool {
    let ExprKind::Index(map, _) = &x.unparen().kind else {
        return false;
    };
    let ty = vet.ty(map);
    matches!(vet.under(ty), crate::types::Type::Map(..))
}

/// Whether evaluating an expression twice may do something twice.
pub(super) fn has_effects(x: &Expr) -> bool {
    let mut found = false;
    walk::expression(x, &mut |node| {
        if let Node::Expr(x) = node {
            found |= matches!(
                x.kind,
                ExprKind::Call(_) | ExprKind::Unary(crate::ast::Op::Receive, _)
            );
        }
    });
    found
}
