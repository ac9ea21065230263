//! Which functions gc would have inlined. Nothing is inlined here, but traces show it: the frame
//! of an inlined call stands as `main.f(...)`. Models the budget of
//! `cmd/compile/internal/inline/inl.go`.

use golang_check::ast::{Block, CaseClause, Decl, Expr, ExprKind, Stmt, StmtKind};

/// The cost up to which a function is inlined.
const BUDGET: i32 = 80;
/// The cost of a call of something that is not inlined itself.
const CALL: i32 = 57;

/// Whether the body of a declared function is small enough.
pub(super) fn is_small(body: &Block, is_cheap: &dyn Fn(&Expr) -> bool) -> bool {
    let mut cost = Cost {
        left: BUDGET,
        is_cheap,
    };
    cost.statements(&body.stmts);
    cost.left >= 0
}

struct Cost<'a> {
    left: i32,
    /// Calls of predeclared functions, and conversions.
    is_cheap: &'a dyn Fn(&Expr) -> bool,
}

impl Cost<'_> {
    fn pay(&mut self, cost: i32) {
        self.left = self.left.saturating_sub(cost);
    }

    fn statements(&mut self, list: &[Stmt]) {
        for stmt in list {
            if self.left < 0 {
                return;
            }
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        self.pay(1);
        match &stmt.kind {
            StmtKind::Labeled(_, inner) => self.statement(inner),
            StmtKind::Block(block) => self.statements(&block.stmts),
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::Send(x, y) => {
                self.expr(x);
                self.expr(y);
            }
            StmtKind::Decl(decls) => {
                for decl in decls {
                    if let Decl::Var(decl) = decl
                        && let Some(values) = &decl.values
                    {
                        self.expr(values);
                    }
                }
            }
            StmtKind::Assign(assign) => {
                self.expr(&assign.lhs);
                if let Some(rhs) = &assign.rhs {
                    self.expr(rhs);
                }
            }
            StmtKind::Call(..) | StmtKind::Select(_) => self.pay(BUDGET + 1),
            StmtKind::Return(Some(e)) => self.expr(e),
            StmtKind::If(inner) => {
                if let Some(init) = &inner.init {
                    self.statement(init);
                }
                self.expr(&inner.cond);
                self.statements(&inner.then.stmts);
                if let Some(otherwise) = &inner.otherwise {
                    self.statement(otherwise);
                }
            }
            StmtKind::For(inner) => {
                for part in [&inner.init, &inner.post].into_iter().flatten() {
                    self.statement(part);
                }
                if let Some(cond) = &inner.cond {
                    self.expr(cond);
                }
                self.statements(&inner.body.stmts);
            }
            StmtKind::Range(range) => {
                self.pay(5);
                self.expr(&range.x);
            }
            StmtKind::Switch(inner) => {
                if let Some(tag) = &inner.tag {
                    self.expr(tag);
                }
                inner.clauses.iter().for_each(|clause| self.clause(clause));
            }
            _ => {}
        }
    }

    fn clause(&mut self, clause: &CaseClause) {
        if let Some(cases) = &clause.cases {
            self.expr(cases);
        }
        self.statements(&clause.body);
    }

    fn expr(&mut self, e: &Expr) {
        if self.left < 0 {
            return;
        }
        self.pay(1);
        match &e.kind {
            ExprKind::Paren(x)
            | ExprKind::Selector(x, _)
            | ExprKind::Unary(_, x)
            | ExprKind::Assert(x, _) => self.expr(x),
            ExprKind::KeyValue(x, y) | ExprKind::Index(x, y) | ExprKind::Binary(_, x, y) => {
                self.expr(x);
                self.expr(y);
            }
            ExprKind::Composite(literal) => literal.elements.iter().for_each(|e| self.expr(e)),
            ExprKind::FuncLit(literal) => self.statements(&literal.body.stmts),
            ExprKind::Slice(slice) => {
                self.expr(&slice.x);
                slice.index.iter().flatten().for_each(|e| self.expr(e));
            }
            ExprKind::Call(call) => {
                self.pay(if (self.is_cheap)(&call.fun) { 2 } else { CALL });
                call.args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::List(list) => list.iter().for_each(|e| self.expr(e)),
            _ => {}
        }
    }
}
