//! Checks of single calls and literals: results thrown away, `append` without values, `errors.As`
//! with a wrong target, `string(integer)`, shifts that are too wide, literals without field names.

use super::{Vet, walk, walk::Node};
use crate::ast::{ExprKind, File, Op, StmtKind};
use crate::object::{Builtin, ObjectKind};
use crate::types::Type;
use std::rc::Rc;

/// Functions that only compute something. Models `passes/unusedresult`.
const PURE: &str = " context.WithCancel context.WithDeadline context.WithTimeout context.WithValue errors.New fmt.Append fmt.Appendf fmt.Appendln fmt.Errorf fmt.Sprint fmt.Sprintf fmt.Sprintln maps.All maps.Clone maps.Collect maps.Equal maps.EqualFunc maps.Keys maps.Values slices.All slices.AppendSeq slices.Backward slices.BinarySearch slices.BinarySearchFunc slices.Chunk slices.Clip slices.Clone slices.Collect slices.Compact slices.CompactFunc slices.Compare slices.CompareFunc slices.Concat slices.Contains slices.ContainsFunc slices.Delete slices.DeleteFunc slices.Equal slices.EqualFunc slices.Grow slices.Index slices.IndexFunc slices.Insert slices.IsSorted slices.IsSortedFunc slices.Max slices.MaxFunc slices.Min slices.MinFunc slices.Repeat slices.Replace slices.Sorted slices.SortedFunc slices.SortedStableFunc slices.Values sort.Reverse ";

pub(super) fn check_unused_results(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Stmt(stmt) = node else { continue };
        let StmtKind::Expr(x) = &stmt.kind else {
            continue;
        };
        let ExprKind::Call(call) = &x.unparen().kind else {
            continue;
        };
        let name = vet.callee_name(&call.fun);
        let is_pure = !name.is_empty() && PURE.contains(&format!(" {name} "));
        let stringer = name
            .strip_prefix('(')
            .and_then(|name| name.split_once(")."));
        let method = match stringer {
            Some((_, method @ ("String" | "Error"))) if call.args.is_empty() => {
                let ty = vet.ty(x);
                (ty == crate::TypeId::STRING).then_some(method)
            }
            _ => None,
        };
        if is_pure {
            vet.report(x.start(), format!("result of {name} call not used"));
        } else if let Some((receiver, method)) =
            method.and_then(|method| Some((stringer?.0, method)))
        {
            let text = format!("result of ({receiver}).{method} call not used");
            vet.report(x.start(), text);
        }
    }
}

/// Models `passes/appends`.
pub(super) fn check_appends(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for (x, call) in walk::calls(files) {
        let is_append = vet.object(call.fun.unparen()).is_some_and(|object| {
            matches!(
                vet.program.objects.get(object).kind,
                ObjectKind::Builtin(Builtin::Append)
            )
        });
        if is_append && call.args.len() == 1 {
            vet.report(x.start(), "append with no values".into());
        }
    }
}

/// Models `passes/errorsas`.
pub(super) fn check_errors_as(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for (x, call) in walk::calls(files) {
        let [_, target] = call.args.as_slice() else {
            continue;
        };
        if vet.callee_name(&call.fun) != "errors.As" {
            continue;
        }
        let ty = vet.ty(target);
        let under = vet.under(ty);
        let pointed = match under {
            Type::Interface(_) if ty == vet.program.any_type() => continue,
            Type::Pointer(pointed) => Some(pointed),
            _ => None,
        };
        let error = vet.program.error_type();
        let problem = match pointed {
            Some(pointed) if pointed == error => {
                "second argument to errors.As should not be *error"
            }
            Some(pointed)
                if vet.program.is_interface(pointed) || vet.program.implements(pointed, error) =>
            {
                continue;
            }
            _ => {
                "second argument to errors.As must be a non-nil pointer to either a type that implements error, or to any interface type"
            }
        };
        vet.report(x.start(), problem.into());
    }
}

/// Models `passes/stringintconv`.
pub(super) fn check_string_of_integer(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for (x, call) in walk::calls(files) {
        let [argument] = call.args.as_slice() else {
            continue;
        };
        let is_type = vet
            .program
            .package(vet.package)
            .is_some_and(|package| package.info.mode(call.fun.id) == crate::Mode::Type);
        if !is_type {
            continue;
        }
        let (to, from) = (vet.ty(x), vet.ty(argument));
        let Some(target) = vet.program.basic(to) else {
            continue;
        };
        let Some(source) = vet.program.basic(from) else {
            continue;
        };
        use crate::types::Basic;
        let harmless = matches!(source, Basic::Int32 | Basic::Uint8 | Basic::UntypedRune);
        if !target.is_string() || !source.is_integer() || harmless {
            continue;
        }
        let describe = |vet: &mut Vet<'_>, ty| {
            let text = vet.program.text(ty);
            let under = vet.program.underlying(ty);
            let basic = vet.program.text(under);
            if text == basic {
                text
            } else {
                format!("{text} ({basic})")
            }
        };
        let (source, target) = (describe(vet, from), describe(vet, to));
        let text = format!(
            "conversion from {source} to {target} yields a string of one rune, not a string of digits"
        );
        vet.report(x.start(), text);
    }
}

/// Models `passes/shift`.
pub(super) fn check_shifts(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let (value, count) = match node {
            Node::Expr(x) => match &x.kind {
                ExprKind::Binary(Op::Shl | Op::Shr, value, count) => (&**value, &**count),
                _ => continue,
            },
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Assign(assign) if assign.op.is_some_and(Op::is_shift) => {
                    match &assign.rhs {
                        Some(count) => (&assign.lhs, count),
                        None => continue,
                    }
                }
                _ => continue,
            },
        };
        if vet.constant(value).is_some() {
            continue;
        }
        let Some(amount) = vet.constant(count).and_then(|value| value.as_i64()) else {
            continue;
        };
        let ty = vet.ty(value);
        let Some(basic) = vet.program.basic(ty) else {
            continue;
        };
        let bits = basic.size() * 8;
        if basic.is_integer() && !basic.is_untyped() && amount >= bits {
            let text = format!(
                "{} ({bits} bits) too small for shift of {amount}",
                vet.show(value)
            );
            vet.report(value.start(), text);
        }
    }
}

/// Models `passes/composite`.
pub(super) fn check_composites(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Expr(x) = node else { continue };
        let ExprKind::Composite(lit) = &x.kind else {
            continue;
        };
        if lit.elements.is_empty() || lit.keys > 0 {
            continue;
        }
        let ty = vet.ty(x);
        let named = match vet.program.types.get(vet.program.types.unalias(ty)) {
            Type::Named(named) => vet.program.types.named(*named).object,
            _ => continue,
        };
        let package = vet.program.objects.get(named).package;
        let Some(home) = package.filter(|package| *package != vet.package) else {
            continue;
        };
        let own_test = vet.program.package(home).is_some_and(|home| {
            vet.program
                .package(vet.package)
                .is_some_and(|own| own.path.strip_suffix("_test") == Some(&home.path))
        });
        if own_test || !matches!(vet.under(ty), Type::Struct(_)) {
            continue;
        }
        let name = vet.program.full_text(ty);
        vet.report(
            x.start(),
            format!("{name} struct literal uses unkeyed fields"),
        );
    }
}
