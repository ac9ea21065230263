//! Statements that nothing reaches. Models `passes/unreachable`.

use super::{Vet, walk, walk::Node};
use crate::ast::{Block, Body, BranchKind, Decl, ExprKind, File, Stmt, StmtKind};
use crate::object::{Builtin, ObjectKind};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    let mut bodies: Vec<&Block> = Vec::new();
    for file in files {
        for decl in &file.decls {
            if let Decl::Func(function) = decl
                && let Body::Block(body) = &function.body
            {
                bodies.push(body);
            }
        }
    }
    for node in walk::all(files) {
        if let Node::Expr(x) = node
            && let ExprKind::FuncLit(lit) = &x.kind
        {
            bodies.push(&lit.body);
        }
    }
    for body in bodies {
        let mut breaks = BTreeSet::new();
        let info = vet
            .program
            .package(vet.package)
            .map(|package| &package.info);
        let mut labels = BTreeSet::new();
        walk::block(body, &mut |node| {
            let Node::Stmt(stmt) = node else { return };
            let StmtKind::Branch(branch) = &stmt.kind else {
                return;
            };
            let target = info.and_then(|info| info.branch_targets.get(&stmt.id));
            match (branch.kind, target) {
                (BranchKind::Break, Some(target)) => {
                    breaks.insert(*target);
                }
                (BranchKind::Goto, Some(target)) => {
                    labels.insert(*target);
                }
                _ => {}
            }
        });
        let mut flow = Flow {
            vet,
            breaks,
            labels,
            reachable: true,
        };
        flow.list(&body.stmts);
    }
}

struct Flow<'v, 'p> {
    vet: &'v mut Vet<'p>,
    /// Statements that a `break` leaves.
    breaks: BTreeSet<crate::ast::NodeId>,
    /// Labelled statements that a `goto` reaches.
    labels: BTreeSet<crate::ast::NodeId>,
    reachable: bool,
}

impl Flow<'_, '_> {
    fn list(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        let is_labelled = matches!(stmt.kind, StmtKind::Labeled(..));
        if is_labelled {
            self.reachable |= self.labels.contains(&stmt.id);
        }
        let quiet = matches!(
            stmt.kind,
            StmtKind::Empty | StmtKind::Labeled(..) | StmtKind::Decl(_)
        );
        if !self.reachable && !quiet {
            let pos = start(stmt);
            self.vet.report(pos, "unreachable code".into());
            self.reachable = true;
        }
        self.flow(stmt);
    }

    fn flow(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Labeled(_, inner) => {
                self.reachable |= self.labels.contains(&inner.id);
                self.statement(inner);
            }
            StmtKind::Block(block) => self.list(&block.stmts),
            StmtKind::Branch(_) | StmtKind::Return(_) => self.reachable = false,
            StmtKind::Expr(x) => {
                if let ExprKind::Call(call) = &x.unparen().kind
                    && let Some(object) = self.vet.object(call.fun.unparen())
                    && matches!(
                        self.vet.program.objects.get(object).kind,
                        ObjectKind::Builtin(Builtin::Panic)
                    )
                {
                    self.reachable = false;
                }
            }
            StmtKind::If(branch) => {
                self.list(&branch.then.stmts);
                let then = std::mem::replace(&mut self.reachable, true);
                match &branch.otherwise {
                    Some(otherwise) => {
                        self.statement(otherwise);
                        self.reachable |= then;
                    }
                    None => self.reachable = true,
                }
            }
            StmtKind::For(repeat) => {
                self.list(&repeat.body.stmts);
                let is_range = matches!(
                    repeat.init.as_ref().map(|init| &init.kind),
                    Some(StmtKind::Range(_))
                );
                self.reachable =
                    repeat.cond.is_some() || is_range || self.breaks.contains(&stmt.id);
            }
            StmtKind::Switch(switch) => {
                let mut any = self.breaks.contains(&stmt.id);
                let mut has_default = false;
                for clause in &switch.clauses {
                    has_default |= clause.cases.is_none();
                    self.reachable = true;
                    self.list(&clause.body);
                    let falls = clause.body.last().is_some_and(|last| {
                        matches!(&last.kind, StmtKind::Branch(branch)
                            if branch.kind == BranchKind::Fallthrough)
                    });
                    any |= self.reachable && !falls;
                }
                self.reachable = any || !has_default;
            }
            StmtKind::Select(select) => {
                let mut any = self.breaks.contains(&stmt.id);
                for clause in &select.clauses {
                    self.reachable = true;
                    self.list(&clause.body);
                    any |= self.reachable;
                }
                self.reachable = any;
            }
            _ => {}
        }
    }
}

/// The leftmost byte of a statement.
fn start(stmt: &Stmt) -> crate::Pos {
    match &stmt.kind {
        StmtKind::Expr(x) | StmtKind::Send(x, _) => x.start(),
        StmtKind::Assign(assign) => assign.lhs.start(),
        _ => stmt.pos,
    }
}
