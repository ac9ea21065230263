//! Cancel functions of contexts that are thrown away. Models the plain cases of
//! `passes/lostcancel`.

use super::{Vet, functions, walk, walk::Node};
use crate::ast::{Body, Expr, ExprKind, File, StmtKind};
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for function in functions(files) {
        let Body::Block(body) = &function.body else {
            continue;
        };
        let mut made = Vec::new();
        walk::block(body, &mut |node| {
            let Node::Stmt(stmt) = node else { return };
            if let StmtKind::Assign(assign) = &stmt.kind
                && let Some(rhs) = &assign.rhs
                && let ExprKind::Call(call) = &rhs.kind
                && let [_, cancel] = assign.lhs.elements()
            {
                made.push((cancel, call));
            }
        });
        for (cancel, call) in made {
            let name = vet.callee_name(&call.fun);
            let name = name.strip_prefix("context.").unwrap_or("");
            if !matches!(
                name.trim_end_matches("Cause"),
                "WithCancel" | "WithTimeout" | "WithDeadline"
            ) {
                continue;
            }
            blank(vet, cancel, name);
        }
    }
}

fn blank(vet: &mut Vet<'_>, cancel: &Expr, name: &str) {
    if cancel
        .as_name()
        .is_some_and(|name| name.name == crate::Symbol::BLANK)
    {
        let text = format!(
            "the cancel function returned by context.{name} should be called, not discarded, to avoid a context leak"
        );
        vet.report(cancel.start(), text);
    }
}
