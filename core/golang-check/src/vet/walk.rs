//! Walks over all nodes of a tree, outer ones first.

use crate::ast::{Block, Body, Decl, Expr, ExprKind, Field, File, FuncType, Stmt, StmtKind};
use std::rc::Rc;

/// A node of the tree.
#[derive(Clone, Copy)]
pub(super) enum Node<'t> {
    Expr(&'t Expr),
    Stmt(&'t Stmt),
}

/// What is done at each node.
pub(super) type Visit<'v, 't> = dyn FnMut(Node<'t>) + 'v;

/// Visits everything in files.
pub(super) fn files<'t>(files: &'t [Rc<File>], visit: &mut Visit<'_, 't>) {
    for file in files {
        for decl in &file.decls {
            declaration(decl, visit);
        }
    }
}

fn declaration<'t>(decl: &'t Decl, visit: &mut Visit<'_, 't>) {
    match decl {
        Decl::Import(_) => {}
        Decl::Const(decl) => {
            for x in decl.ty.iter().chain(&decl.values) {
                expression(x, visit);
            }
        }
        Decl::Type(decl) => expression(&decl.ty, visit),
        Decl::Var(decl) => {
            for x in decl.ty.iter().chain(&decl.values) {
                expression(x, visit);
            }
        }
        Decl::Func(decl) => {
            function_type(&decl.ty, visit);
            if let Body::Block(body) = &decl.body {
                block(body, visit);
            }
        }
    }
}

/// Visits the statements of a block.
pub(super) fn block<'t>(block: &'t Block, visit: &mut Visit<'_, 't>) {
    statements(&block.stmts, visit);
}

/// Visits statements.
pub(super) fn statements<'t>(list: &'t [Stmt], visit: &mut Visit<'_, 't>) {
    for stmt in list {
        statement(stmt, visit);
    }
}

/// Visits a statement and all in it.
pub(super) fn statement<'t>(stmt: &'t Stmt, visit: &mut Visit<'_, 't>) {
    visit(Node::Stmt(stmt));
    match &stmt.kind {
        StmtKind::Empty | StmtKind::Branch(_) => {}
        StmtKind::Labeled(_, inner) => statement(inner, visit),
        StmtKind::Block(inner) => block(inner, visit),
        StmtKind::Expr(x) | StmtKind::Call(_, x) => expression(x, visit),
        StmtKind::Send(x, y) => {
            expression(x, visit);
            expression(y, visit);
        }
        StmtKind::Decl(decls) => {
            for decl in decls {
                declaration(decl, visit);
            }
        }
        StmtKind::Assign(assign) => {
            expression(&assign.lhs, visit);
            if let Some(rhs) = &assign.rhs {
                expression(rhs, visit);
            }
        }
        StmtKind::Return(result) => {
            if let Some(result) = result {
                expression(result, visit);
            }
        }
        StmtKind::If(branch) => {
            if let Some(init) = &branch.init {
                statement(init, visit);
            }
            expression(&branch.cond, visit);
            block(&branch.then, visit);
            if let Some(otherwise) = &branch.otherwise {
                statement(otherwise, visit);
            }
        }
        StmtKind::For(repeat) => {
            if let Some(init) = &repeat.init {
                statement(init, visit);
            }
            if let Some(cond) = &repeat.cond {
                expression(cond, visit);
            }
            if let Some(post) = &repeat.post {
                statement(post, visit);
            }
            block(&repeat.body, visit);
        }
        StmtKind::Range(range) => {
            if let Some(lhs) = &range.lhs {
                expression(lhs, visit);
            }
            expression(&range.x, visit);
        }
        StmtKind::Switch(switch) => {
            if let Some(init) = &switch.init {
                statement(init, visit);
            }
            if let Some(tag) = &switch.tag {
                expression(tag, visit);
            }
            for clause in &switch.clauses {
                if let Some(cases) = &clause.cases {
                    expression(cases, visit);
                }
                statements(&clause.body, visit);
            }
        }
        StmtKind::Select(select) => {
            for clause in &select.clauses {
                if let Some(comm) = &clause.comm {
                    statement(comm, visit);
                }
                statements(&clause.body, visit);
            }
        }
    }
}

fn fields<'t>(list: &'t [Field], visit: &mut Visit<'_, 't>) {
    let mut last: Option<&Rc<Expr>> = None;
    for field in list {
        if last.is_none_or(|last| !Rc::ptr_eq(last, &field.ty)) {
            expression(&field.ty, visit);
        }
        last = Some(&field.ty);
    }
}

fn function_type<'t>(ty: &'t FuncType, visit: &mut Visit<'_, 't>) {
    fields(&ty.params, visit);
    fields(&ty.results, visit);
}

/// Visits an expression and all in it.
pub(super) fn expression<'t>(x: &'t Expr, visit: &mut Visit<'_, 't>) {
    visit(Node::Expr(x));
    match &x.kind {
        ExprKind::Bad | ExprKind::Name(_) | ExprKind::Literal { .. } => {}
        ExprKind::Composite(lit) => {
            if let Some(ty) = &lit.ty {
                expression(ty, visit);
            }
            list(&lit.elements, visit);
        }
        ExprKind::FuncLit(lit) => {
            function_type(&lit.ty, visit);
            block(&lit.body, visit);
        }
        ExprKind::Paren(inner)
        | ExprKind::Selector(inner, _)
        | ExprKind::TypeSwitchGuard { x: inner, .. }
        | ExprKind::Unary(_, inner)
        | ExprKind::SliceType(inner)
        | ExprKind::DotsType(inner)
        | ExprKind::ChanType(_, inner)
        | ExprKind::ArrayType(None, inner) => expression(inner, visit),
        ExprKind::KeyValue(a, b)
        | ExprKind::Index(a, b)
        | ExprKind::Assert(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::ArrayType(Some(a), b)
        | ExprKind::MapType(a, b) => {
            expression(a, visit);
            expression(b, visit);
        }
        ExprKind::Slice(slice) => {
            expression(&slice.x, visit);
            for index in slice.index.iter().flatten() {
                expression(index, visit);
            }
        }
        ExprKind::Call(call) => {
            expression(&call.fun, visit);
            list(&call.args, visit);
        }
        ExprKind::List(elements) => list(elements, visit),
        ExprKind::StructType(ty) => fields(&ty.fields, visit),
        ExprKind::InterfaceType(ty) => fields(&ty.methods, visit),
        ExprKind::FuncType(ty) => function_type(ty, visit),
    }
}

fn list<'t>(elements: &'t [Expr], visit: &mut Visit<'_, 't>) {
    for x in elements {
        expression(x, visit);
    }
}

/// All nodes of files in the order of the source.
pub(super) fn all(list: &[Rc<File>]) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    files(list, &mut |node| nodes.push(node));
    nodes
}

/// All calls in files: the call's expression and itself.
pub(super) fn calls(list: &[Rc<File>]) -> Vec<(&Expr, &crate::ast::CallExpr)> {
    let mut calls = Vec::new();
    files(list, &mut |node| {
        if let Node::Expr(x) = node
            && let ExprKind::Call(call) = &x.kind
        {
            calls.push((x, &**call));
        }
    });
    calls
}
