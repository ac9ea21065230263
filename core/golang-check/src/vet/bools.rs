//! `x == a || x == a` and `x != a || x != b`. Models `passes/bools`.

use super::{Vet, assign::has_effects, walk, walk::Node};
use crate::ast::{Expr, ExprKind, File, Op};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    let mut seen = BTreeSet::new();
    for node in walk::all(files) {
        let Node::Expr(x) = node else { continue };
        let ExprKind::Binary(op @ (Op::OrOr | Op::AndAnd), ..) = &x.kind else {
            continue;
        };
        if seen.contains(&x.id) {
            continue;
        }
        let mut operands = Vec::new();
        split(x, *op, &mut operands, &mut seen);
        // Operands between two with effects are one set.
        // The last operand is looked at first, as the original does.
        operands.reverse();
        for set in operands.split(|x| has_effects(x)) {
            redundant(vet, *op, set);
            suspect(vet, *op, set);
        }
    }
}

fn split<'t>(
    x: &'t Expr,
    op: Op,
    operands: &mut Vec<&'t Expr>,
    seen: &mut BTreeSet<crate::ast::NodeId>,
) {
    let mut rest = Vec::new();
    let mut x = x.unparen();
    while let ExprKind::Binary(own, a, b) = &x.kind
        && *own == op
    {
        seen.insert(x.id);
        rest.push(&**b);
        x = a.unparen();
    }
    operands.push(x);
    for x in rest.into_iter().rev() {
        match &x.unparen().kind {
            ExprKind::Binary(own, ..) if *own == op => split(x, op, operands, seen),
            _ => operands.push(x.unparen()),
        }
    }
}

fn word(op: Op) -> &'static str {
    if op == Op::OrOr { "or" } else { "and" }
}

fn redundant(vet: &mut Vet<'_>, op: Op, set: &[&Expr]) {
    let mut known = BTreeSet::new();
    for x in set {
        let text = vet.show(x);
        if !known.insert(text.clone()) {
            let (word, sign) = (word(op), op.text());
            vet.report(x.start(), format!("redundant {word}: {text} {sign} {text}"));
        }
    }
}

fn suspect(vet: &mut Vet<'_>, op: Op, set: &[&Expr]) {
    let wanted = if op == Op::OrOr {
        Op::NotEqual
    } else {
        Op::Equal
    };
    let mut known: Vec<(String, String, String)> = Vec::new();
    for x in set {
        let ExprKind::Binary(own, a, b) = &x.kind else {
            continue;
        };
        if *own != wanted {
            continue;
        }
        let (a_constant, b_constant) = (vet.constant(a).is_some(), vet.constant(b).is_some());
        let (variable, value) = match (a_constant, b_constant) {
            (false, true) => (vet.show(a), vet.show(b)),
            (true, false) => (vet.show(b), vet.show(a)),
            _ => continue,
        };
        let text = vet.show(x);
        let earlier = known.iter().find(|known| known.0 == variable);
        if let Some((_, other, previous)) = earlier
            && *other != value
        {
            let line = format!("suspect {}: {text} {} {previous}", word(op), op.text());
            vet.report(x.start(), line);
        }
        known.push((variable, value, text));
    }
}
