//! Statements. Models `types2/stmt.go`.

use super::{expressions::Kind, operand::Operand, resolver::elements};
use crate::{
    ast::{
        AssignStmt, Block, CallKind, Expr, ExprKind, ForStmt, IfStmt, Op, SelectStmt, Stmt,
        StmtKind,
    },
    info::Mode,
    program::Program,
    types::Basic,
};

impl Program {
    pub(crate) fn stmt_list(&mut self, list: &[Stmt]) {
        for stmt in list {
            self.stmt(stmt);
        }
    }

    fn block(&mut self, block: &Block) {
        let top = self.checker.delayed.len();
        self.open_scope();
        self.stmt_list(&block.stmts);
        self.close_scope();
        self.process_delayed(top);
    }

    /// A statement; bodies of function literals in it are checked at its end.
    pub(crate) fn stmt(&mut self, stmt: &Stmt) {
        let top = self.checker.delayed.len();
        let scope = self.checker.env.scope;
        self.stmt_kind(stmt);
        self.checker.env.scope = scope;
        self.process_delayed(top);
    }

    fn stmt_kind(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Empty | StmtKind::Branch(_) | StmtKind::Range(_) => {}
            StmtKind::Decl(decls) => self.decl_stmt(decls),
            StmtKind::Labeled(_, inner) => self.stmt(inner),
            StmtKind::Expr(e) => self.expr_stmt(e),
            StmtKind::Send(channel, value) => self.send_stmt(channel, value),
            StmtKind::Assign(assign) => self.assign_stmt(stmt, assign),
            StmtKind::Call(kind, call) => self.suspended_call(*kind, call),
            StmtKind::Return(results) => self.return_stmt(stmt, results.as_ref()),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If(branch) => self.if_stmt(branch),
            StmtKind::Switch(switch) => self.switch_stmt(switch),
            StmtKind::Select(select) => self.select_stmt(select),
            StmtKind::For(body) => self.for_stmt(stmt, body),
        }
    }

    fn expr_stmt(&mut self, e: &Expr) {
        let mut x = Operand::new();
        let kind = self.raw_expr(None, &mut x, e, None, false);
        let message = match x.mode {
            Mode::Builtin => "must be called",
            Mode::Type => "is not an expression",
            _ if kind == Kind::Statement => return,
            _ => "is not used",
        };
        let text = self.describe(&x);
        self.error(x.pos(), format!("{text} {message}"));
    }

    fn send_stmt(&mut self, channel: &Expr, value: &Expr) {
        let (mut to, mut x) = (Operand::new(), Operand::new());
        self.expr(None, &mut to, channel);
        self.expr(None, &mut x, value);
        if !to.is_valid() || !x.is_valid() {
            return;
        }
        if let Some(element) = self.channel_element(channel.start(), &to, false) {
            self.assignment(&mut x, Some(element), "send");
        }
    }

    fn assign_stmt(&mut self, stmt: &Stmt, assign: &AssignStmt) {
        let AssignStmt { op, lhs, rhs } = assign;
        let Some(rhs) = rhs else {
            let mut x = Operand::new();
            self.expr(None, &mut x, lhs);
            if !x.is_valid() {
                return;
            }
            if !self.all_basic(x.ty, Basic::is_numeric) {
                let (text, ty) = (self.show(lhs), self.text(x.ty));
                let op = op.map_or("", Op::text);
                self.error(
                    lhs.start(),
                    format!("invalid operation: {text}{op}{op} (non-numeric type {ty})"),
                );
                return;
            }
            self.assign_var(lhs, Err(&mut x), "assignment");
            return;
        };
        match op {
            None => self.assign_vars(lhs.elements(), rhs.elements()),
            Some(Op::Define) => self.short_var_decl(stmt.pos, lhs.elements(), rhs.elements()),
            Some(op) => {
                if lhs.elements().len() != 1 || rhs.elements().len() != 1 {
                    self.error(
                        lhs.start(),
                        format!(
                            "assignment operation {} requires single-valued expressions",
                            op.text()
                        ),
                    );
                    return;
                }
                let mut x = Operand::new();
                self.binary_assign(&mut x, lhs, rhs, *op);
                self.assign_var(lhs, Err(&mut x), "assignment");
            }
        }
    }

    fn suspended_call(&mut self, kind: CallKind, call: &Expr) {
        let keyword = match kind {
            CallKind::Go => "go",
            CallKind::Defer => {
                if let Some(function) = self.checker.env.function {
                    self.info_mut()
                        .functions
                        .entry(function)
                        .or_default()
                        .has_defer = true;
                }
                "defer"
            }
        };
        if !matches!(call.kind, ExprKind::Call(_)) {
            self.error(
                call.start(),
                format!("expression in {keyword} must be function call"),
            );
            self.use_exprs(std::slice::from_ref(call));
            return;
        }
        let mut x = Operand::new();
        let message = match self.raw_expr(None, &mut x, call, None, false) {
            Kind::Conversion => "requires function call, not conversion",
            Kind::Expression => "discards result of",
            Kind::Statement => return,
        };
        let text = self.describe(&x);
        self.error(x.pos(), format!("{keyword} {message} {text}"));
    }

    fn return_stmt(&mut self, stmt: &Stmt, results: Option<&Expr>) {
        let declared = self.current_results();
        let values = elements(results);
        let named = declared
            .first()
            .is_some_and(|result| self.objects.get(*result).name != crate::symbol::Symbol::EMPTY);
        if !values.is_empty() || !named {
            if !values.is_empty() || !declared.is_empty() {
                self.return_values(stmt, &declared, values);
            }
            return;
        }
        for result in declared.iter().copied() {
            let name = self.objects.get(result).name;
            let Some((_, inner)) = self.look_up(name) else {
                continue;
            };
            if inner == result {
                continue;
            }
            let text = self.name(name);
            let mut error = self.new_error(
                stmt.pos,
                format!("result parameter {text} not in scope at return"),
            );
            let ty = self.type_of(result);
            let ty = self.text(ty);
            error.add(
                self.objects.get(inner).pos,
                format!("inner declaration of var {text} {ty}"),
            );
            self.report(error);
        }
    }

    fn return_values(
        &mut self,
        stmt: &Stmt,
        declared: &[crate::object::ObjectId],
        values: &[Expr],
    ) {
        if declared.is_empty()
            && let [only] = values
        {
            // A call without results after `return` is one value too many, or none at all.
            self.init_vars(declared, std::slice::from_ref(only), Some(stmt));
            return;
        }
        self.init_vars(declared, values, Some(stmt));
    }

    fn if_stmt(&mut self, branch: &IfStmt) {
        self.open_scope();
        if let Some(init) = &branch.init {
            self.stmt(init);
        }
        self.condition(&branch.cond, "if");
        self.block(&branch.then);
        if let Some(otherwise) = &branch.otherwise {
            self.stmt(otherwise);
        }
        self.close_scope();
    }

    fn condition(&mut self, cond: &Expr, what: &str) {
        let mut x = Operand::new();
        self.expr(None, &mut x, cond);
        if x.is_valid() && !self.all_basic(x.ty, Basic::is_boolean) {
            self.error(
                cond.start(),
                format!("non-boolean condition in {what} statement"),
            );
        }
    }

    fn for_stmt(&mut self, stmt: &Stmt, body: &ForStmt) {
        if let Some(Stmt {
            kind: StmtKind::Range(clause),
            ..
        }) = &body.init
        {
            self.range_stmt(stmt, clause, body);
            return;
        }
        self.open_scope();
        if let Some(init) = &body.init {
            self.stmt(init);
        }
        if let Some(cond) = &body.cond {
            self.condition(cond, "for");
        }
        if let Some(post) = &body.post {
            self.stmt(post);
        }
        self.block(&body.body);
        self.close_scope();
    }

    pub(crate) fn loop_body(&mut self, body: &Block) {
        self.block(body);
    }

    fn select_stmt(&mut self, select: &SelectStmt) {
        let mut first = None;
        for clause in select.clauses.iter().filter(|clause| clause.comm.is_none()) {
            match first {
                None => first = Some(clause.pos),
                Some(first) => {
                    let place = self.place(first);
                    self.error(clause.pos, format!("multiple defaults (first at {place})"));
                }
            }
        }
        for clause in &select.clauses {
            if let Some(comm) = &clause.comm
                && !is_communication(comm)
            {
                let pos = match &comm.kind {
                    StmtKind::Assign(assign) => assign.lhs.start(),
                    StmtKind::Expr(e) => e.pos,
                    _ => comm.pos,
                };
                self.error(
                    pos,
                    "select case must be send or receive (possibly with assignment)",
                );
                continue;
            }
            self.open_scope();
            if let Some(comm) = &clause.comm {
                self.stmt(comm);
            }
            self.stmt_list(&clause.body);
            self.close_scope();
        }
    }
}

fn is_communication(comm: &Stmt) -> bool {
    let received = match &comm.kind {
        StmtKind::Send(..) => return true,
        StmtKind::Assign(assign) => assign.rhs.as_ref(),
        StmtKind::Expr(e) => Some(e),
        _ => None,
    };
    received.is_some_and(|e| matches!(e.unparen().kind, ExprKind::Unary(Op::Receive, _)))
}
