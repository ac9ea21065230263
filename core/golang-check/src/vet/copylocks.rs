//! Locks that are copied: by assignment, call, range, return, and by receivers and parameters.
//! Models `passes/copylock`.

use super::{Vet, functions, walk, walk::Node};
use crate::ast::{Expr, ExprKind, Field, File, FuncType, Op, StmtKind};
use crate::object::{Builtin, ObjectKind};
use crate::types::{Type, TypeId};
use std::rc::Rc;

/// Levels of types that are looked into.
const DEPTH_MAX: usize = 20;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for function in functions(files) {
        let name = vet.program.name(function.name.name);
        if let Some(receiver) = &function.receiver {
            parameter(vet, &name, receiver);
        }
        parameters(vet, &name, &function.ty);
    }
    for node in walk::all(files) {
        match node {
            Node::Expr(x) => expression(vet, x),
            Node::Stmt(stmt) => statement(vet, &stmt.kind),
        }
    }
}

fn parameters(vet: &mut Vet<'_>, name: &str, ty: &FuncType) {
    for field in &ty.params {
        parameter(vet, name, field);
    }
}

fn parameter(vet: &mut Vet<'_>, name: &str, field: &Field) {
    let ty = vet.ty(&field.ty);
    if let Some(path) = lock_path(vet, ty, 0) {
        let text = format!("{name} passes lock by value: {path}");
        vet.report(field.ty.start(), text);
    }
}

fn statement(vet: &mut Vet<'_>, kind: &StmtKind) {
    match kind {
        StmtKind::Assign(assign) => {
            let Some(rhs) = &assign.rhs else { return };
            let define = assign.op.is_none_or(|op| op == Op::Define);
            let (left, right) = (assign.lhs.elements(), rhs.elements());
            if !define || left.len() != right.len() {
                return;
            }
            for (target, x) in left.iter().zip(right) {
                let blank = target
                    .as_name()
                    .is_some_and(|name| name.name == crate::Symbol::BLANK);
                if let Some(path) = copied(vet, x).filter(|_| !blank) {
                    let shown = vet.show(target);
                    let text = format!("assignment copies lock value to {shown}: {path}");
                    vet.report(x.start(), text);
                }
            }
        }
        StmtKind::Return(Some(result)) => {
            for x in result.elements() {
                if let Some(path) = copied(vet, x) {
                    vet.report(x.start(), format!("return copies lock value: {path}"));
                }
            }
        }
        StmtKind::Range(range) => {
            let elements = range.lhs.as_ref().map(Expr::elements).unwrap_or_default();
            for x in elements {
                let ty = match vet.object(x) {
                    Some(object) => vet.program.object_type(object),
                    None => vet.ty(x),
                };
                if let Some(path) = lock_path(vet, ty, 0) {
                    let shown = vet.show(x);
                    vet.report(x.start(), format!("range var {shown} copies lock: {path}"));
                }
            }
        }
        StmtKind::Decl(decls) => {
            for decl in decls {
                let crate::ast::Decl::Var(decl) = decl else {
                    continue;
                };
                let values = decl.values.as_ref().map(Expr::elements).unwrap_or_default();
                for (name, x) in decl.names.iter().zip(values) {
                    if let Some(path) = copied(vet, x) {
                        let name = vet.program.name(name.name);
                        let text =
                            format!("variable declaration copies lock value to {name}: {path}");
                        vet.report(x.start(), text);
                    }
                }
            }
        }
        _ => {}
    }
}

fn expression(vet: &mut Vet<'_>, x: &Expr) {
    match &x.kind {
        ExprKind::FuncLit(lit) => parameters(vet, "func", &lit.ty),
        ExprKind::Composite(lit) => {
            for x in &lit.elements {
                let x = match &x.kind {
                    ExprKind::KeyValue(_, value) => value,
                    _ => x,
                };
                if let Some(path) = copied(vet, x) {
                    let shown = vet.show(x);
                    let text = format!("literal copies lock value from {shown}: {path}");
                    vet.report(x.start(), text);
                }
            }
        }
        ExprKind::Call(call) => {
            let harmless = vet.object(call.fun.unparen()).is_some_and(|object| {
                matches!(
                    vet.program.objects.get(object).kind,
                    ObjectKind::Builtin(Builtin::Len | Builtin::Cap | Builtin::New)
                )
            });
            let is_type = vet
                .program
                .package(vet.package)
                .is_some_and(|package| package.info.mode(call.fun.id) == crate::Mode::Type);
            let name = vet.callee_name(&call.fun);
            if harmless || is_type || name.starts_with("unsafe.") {
                return;
            }
            for x in &call.args {
                if let Some(path) = copied(vet, x) {
                    let shown = vet.show(&call.fun);
                    let text = format!("call of {shown} copies lock value: {path}");
                    vet.report(x.start(), text);
                }
            }
        }
        _ => {}
    }
}

/// What is locked in a value that an expression copies.
fn copied(vet: &mut Vet<'_>, x: &Expr) -> Option<String> {
    let x = x.unparen();
    let fresh = match &x.kind {
        ExprKind::Composite(_) | ExprKind::Call(_) | ExprKind::FuncLit(_) => true,
        ExprKind::Unary(Op::Mul, inner) => matches!(inner.unparen().kind, ExprKind::Call(_)),
        _ => false,
    };
    let is_type = vet
        .program
        .package(vet.package)
        .is_some_and(|package| package.info.mode(x.id) == crate::Mode::Type);
    if fresh || is_type {
        return None;
    }
    let ty = vet.ty(x);
    lock_path(vet, ty, 0)
}

/// The types that lead to a lock: `main.T contains sync.Mutex`.
fn lock_path(vet: &mut Vet<'_>, ty: TypeId, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX || ty == TypeId::INVALID {
        return None;
    }
    let mut at = ty;
    while let Type::Array(_, element) = vet.under(at) {
        at = element;
    }
    let own = vet.program.full_text(at);
    let Type::Struct(fields) = vet.under(at) else {
        return None;
    };
    let is_named = !vet.type_name(at).is_empty();
    if is_named && is_lock(vet, at) {
        return Some(own);
    }
    if own == "sync.noCopy" {
        return Some(own);
    }
    for field in &fields.fields {
        let inner = vet.program.object_type(*field);
        if let Some(path) = lock_path(vet, inner, depth + 1) {
            return Some(format!("{own} contains {path}"));
        }
    }
    None
}

/// A pointer to it has `Lock` and `Unlock`, it itself has not.
fn is_lock(vet: &mut Vet<'_>, ty: TypeId) -> bool {
    let name = vet.type_name(ty);
    if matches!(
        name.as_str(),
        "sync.WaitGroup" | "sync.Cond" | "sync.Once" | "sync.Pool" | "sync.Map"
    ) {
        return true;
    }
    let pointer = vet.program.types.pointer(ty);
    let own = |vet: &mut Vet<'_>, name: &str| {
        let method = vet.has_method(pointer, name)?;
        let by_pointer = vet.program.has_pointer_receiver(method);
        let signature = vet.program.object_type(method);
        match vet.program.types.get(signature) {
            Type::Signature(signature) => {
                Some(by_pointer && signature.params.is_empty() && signature.results.is_empty())
            }
            _ => None,
        }
    };
    own(vet, "Lock") == Some(true) && own(vet, "Unlock") == Some(true)
}
