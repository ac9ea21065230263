//! Checks labels and branch statements of one function body and resolves where they lead.
//! Models `cmd/compile/internal/syntax/branches.go`.

use super::Parser;
use crate::{
    ast::{
        AssignStmt, Block, BranchKind, BranchStmt, Decl, ExprKind, Ident, NodeId, Op, Stmt,
        StmtKind,
    },
    printer,
    source::Pos,
    symbol::{Symbol, Symbols},
};
use ordered::OrderedMap;

impl Parser<'_> {
    pub(super) fn check_branches(&mut self, body: &Block) {
        let mut check = Branches {
            errors: Vec::new(),
            targets: Vec::new(),
            labels: OrderedMap::new(),
            blocks: Vec::new(),
            symbols: self.symbols,
        };
        let open = check.block(
            None,
            Context::default(),
            None,
            body.pos,
            &mut body.stmts.iter(),
        );
        for goto in open {
            let name = check.symbols.text(goto.label.name).to_string();
            if let Some(label) = check.labels.get_mut(&goto.label.name) {
                label.used = true;
                let start = check
                    .blocks
                    .get(label.block)
                    .map_or(Pos::NONE, |block| block.start);
                check
                    .errors
                    .push((goto.label.pos, Message::IntoBlock(name, start)));
            } else {
                check.errors.push((
                    goto.label.pos,
                    Message::Text(format!("label {name} not defined")),
                ));
            }
        }
        let mut unused: Vec<Ident> = check
            .labels
            .values()
            .filter(|label| !label.used)
            .map(|label| label.name)
            .collect();
        unused.sort_by_key(|label| label.pos);
        for label in unused {
            let name = check.symbols.text(label.name);
            check.errors.push((
                label.pos,
                Message::Text(format!("label {name} defined and not used")),
            ));
        }
        let (errors, targets) = (check.errors, check.targets);
        self.branch_targets.extend(targets);
        for (pos, message) in errors {
            let text = match message {
                Message::Text(text) => text,
                Message::IntoBlock(name, start) => {
                    format!(
                        "goto {name} jumps into block starting at {}",
                        self.place(start)
                    )
                }
                Message::Over(name, variable, at) => {
                    format!(
                        "goto {name} jumps over declaration of {variable} at {}",
                        self.place(at)
                    )
                }
                Message::Again(name, at) => {
                    format!("label {name} already defined at {}", self.place(at))
                }
            };
            self.error_at(pos, text);
            self.branch_errors += 1;
        }
    }

    fn place(&self, pos: Pos) -> String {
        let (line, column) = self.source.line_and_column(pos);
        format!("{}:{line}:{column}", self.source.name)
    }
}

/// A message, whose other place is written out when the borrow of the symbols has ended.
enum Message {
    Text(String),
    IntoBlock(String, Pos),
    Over(String, String, Pos),
    Again(String, Pos),
}

struct Label {
    name: Ident,
    /// The labelled statement, and the statement inside of it.
    stmt: NodeId,
    inner: Option<(NodeId, Inner)>,
    block: usize,
    used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    For,
    SwitchOrSelect,
    Other,
}

struct Scope {
    parent: Option<usize>,
    start: Pos,
    label: Option<NodeId>,
}

#[derive(Clone, Copy)]
struct Goto {
    id: NodeId,
    label: Ident,
}

/// The statements that `break` and `continue` lead out of.
#[derive(Clone, Copy, Default)]
struct Context {
    breaks: Option<NodeId>,
    continues: Option<NodeId>,
    /// In a switch's clause.
    case: Option<Case>,
    /// The innermost breakable statement is a switch.
    in_switch: bool,
    in_type_switch: bool,
}

#[derive(Clone, Copy)]
struct Case {
    is_last: bool,
}

struct Branches<'a> {
    errors: Vec<(Pos, Message)>,
    targets: Vec<(NodeId, NodeId)>,
    labels: OrderedMap<Symbol, Label>,
    blocks: Vec<Scope>,
    symbols: &'a Symbols,
}

/// What one block remembers while its statements are visited.
#[derive(Default)]
struct BlockState {
    open: Vec<Goto>,
    /// Gotos that came before the latest declaration of a variable.
    before_variable: Vec<NodeId>,
    variable: Option<(Pos, String)>,
}

impl Branches<'_> {
    fn error(&mut self, pos: Pos, text: impl Into<String>) {
        self.errors.push((pos, Message::Text(text.into())));
    }

    /// Visits a block and returns the gotos whose labels were not found yet.
    fn block(
        &mut self,
        parent: Option<usize>,
        context: Context,
        label: Option<NodeId>,
        start: Pos,
        stmts: &mut dyn Iterator<Item = &Stmt>,
    ) -> Vec<Goto> {
        let block = self.blocks.len();
        self.blocks.push(Scope {
            parent,
            start,
            label,
        });
        let mut list: Vec<&Stmt> = stmts.collect();
        while list
            .last()
            .is_some_and(|stmt| matches!(stmt.kind, StmtKind::Empty))
        {
            list.pop();
        }
        let mut state = BlockState::default();
        let count = list.len();
        for (index, stmt) in list.into_iter().enumerate() {
            let mut stmt = stmt;
            let mut label = None;
            while let StmtKind::Labeled(name, inner) = &stmt.kind {
                if name.name != Symbol::BLANK {
                    self.declare(block, *name, stmt, inner, &mut state);
                    label = Some(stmt.id);
                }
                stmt = inner;
            }
            self.stmt(block, context, label, stmt, index + 1 == count, &mut state);
        }
        state.open
    }

    fn declare(
        &mut self,
        block: usize,
        name: Ident,
        stmt: &Stmt,
        inner: &Stmt,
        state: &mut BlockState,
    ) {
        let text = self.symbols.text(name.name).to_string();
        if let Some(known) = self.labels.get(&name.name) {
            self.errors
                .push((name.pos, Message::Again(text.clone(), known.name.pos)));
        } else {
            let kind = match inner.kind {
                StmtKind::For(_) => Inner::For,
                StmtKind::Switch(_) | StmtKind::Select(_) => Inner::SwitchOrSelect,
                _ => Inner::Other,
            };
            let label = Label {
                name,
                stmt: stmt.id,
                inner: Some((inner.id, kind)),
                block,
                used: false,
            };
            self.labels.insert(name.name, label);
        }
        let open = std::mem::take(&mut state.open);
        for goto in open {
            if goto.label.name != name.name {
                state.open.push(goto);
                continue;
            }
            self.targets.push((goto.id, stmt.id));
            if let Some(label) = self.labels.get_mut(&name.name) {
                label.used = true;
            }
            if let Some((at, variable)) = &state.variable
                && state.before_variable.contains(&goto.id)
            {
                let message = Message::Over(text.clone(), variable.clone(), *at);
                self.errors.push((goto.label.pos, message));
            }
        }
    }

    fn stmt(
        &mut self,
        block: usize,
        context: Context,
        label: Option<NodeId>,
        stmt: &Stmt,
        is_last: bool,
        state: &mut BlockState,
    ) {
        let plain = Context {
            case: None,
            ..context
        };
        let mut inner = |this: &mut Self,
                         context: Context,
                         start: Pos,
                         stmts: &mut dyn Iterator<Item = &Stmt>| {
            let open = this.block(Some(block), context, label, start, stmts);
            state.open.extend(open);
        };
        match &stmt.kind {
            StmtKind::Decl(decls) => {
                let variable = decls.iter().find_map(|decl| match decl {
                    Decl::Var(var) => var.names.first().map(|name| (var.pos, name.name)),
                    _ => None,
                });
                if let Some((pos, name)) = variable {
                    self.declares_variable(pos, self.symbols.text(name).to_string(), state);
                }
            }
            StmtKind::Assign(assign) => {
                let AssignStmt { op, lhs, .. } = &**assign;
                if *op == Some(Op::Define) {
                    self.declares_variable(stmt.pos, printer::expression(lhs, self.symbols), state);
                }
            }
            StmtKind::Branch(branch) => self.branch(block, context, stmt, branch, is_last, state),
            StmtKind::Block(body) => inner(self, plain, stmt.pos, &mut body.stmts.iter()),
            StmtKind::If(branch) => {
                inner(self, plain, branch.then.pos, &mut branch.then.stmts.iter());
                if let Some(otherwise) = &branch.otherwise {
                    inner(self, plain, otherwise.pos, &mut std::iter::once(otherwise));
                }
            }
            StmtKind::For(body) => {
                let context = Context {
                    breaks: Some(stmt.id),
                    continues: Some(stmt.id),
                    ..Context::default()
                };
                inner(self, context, body.body.pos, &mut body.body.stmts.iter());
            }
            StmtKind::Switch(switch) => {
                let guard = switch
                    .tag
                    .as_ref()
                    .is_some_and(|tag| matches!(tag.kind, ExprKind::TypeSwitchGuard { .. }));
                let count = switch.clauses.len();
                for (index, clause) in switch.clauses.iter().enumerate() {
                    let context = Context {
                        breaks: Some(stmt.id),
                        continues: context.continues,
                        case: Some(Case {
                            is_last: index + 1 == count,
                        }),
                        in_switch: true,
                        in_type_switch: guard,
                    };
                    inner(self, context, clause.pos, &mut clause.body.iter());
                }
            }
            StmtKind::Select(select) => {
                let context = Context {
                    breaks: Some(stmt.id),
                    continues: context.continues,
                    ..Context::default()
                };
                for clause in &select.clauses {
                    inner(self, context, clause.pos, &mut clause.body.iter());
                }
            }
            _ => {}
        }
    }

    fn declares_variable(&mut self, pos: Pos, name: String, state: &mut BlockState) {
        state.variable = Some((pos, name));
        state.before_variable = state.open.iter().map(|goto| goto.id).collect();
    }

    fn branch(
        &mut self,
        block: usize,
        context: Context,
        stmt: &Stmt,
        branch: &BranchStmt,
        is_last: bool,
        state: &mut BlockState,
    ) {
        let Some(label) = branch.label else {
            self.unlabeled(context, stmt, branch.kind, is_last);
            return;
        };
        let name = self.symbols.text(label.name).to_string();
        match branch.kind {
            BranchKind::Goto => match self.goto_target(block, label.name) {
                Some(target) => self.targets.push((stmt.id, target)),
                None => state.open.push(Goto { id: stmt.id, label }),
            },
            BranchKind::Break => match self.enclosing(block, label.name) {
                Some(Some((target, Inner::For | Inner::SwitchOrSelect))) => {
                    self.targets.push((stmt.id, target))
                }
                Some(_) => self.error(label.pos, format!("invalid break label {name}")),
                None => self.error(label.pos, format!("break label not defined: {name}")),
            },
            _ => match self.enclosing(block, label.name) {
                Some(Some((target, Inner::For))) => self.targets.push((stmt.id, target)),
                Some(_) => self.error(label.pos, format!("invalid continue label {name}")),
                None => self.error(label.pos, format!("continue label not defined: {name}")),
            },
        }
    }

    fn unlabeled(&mut self, context: Context, stmt: &Stmt, kind: BranchKind, is_last: bool) {
        match kind {
            BranchKind::Break => match context.breaks {
                Some(target) => self.targets.push((stmt.id, target)),
                None => self.error(stmt.pos, "break is not in a loop, switch, or select"),
            },
            BranchKind::Continue => match context.continues {
                Some(target) => self.targets.push((stmt.id, target)),
                None => self.error(stmt.pos, "continue is not in a loop"),
            },
            _ => {
                let message = match context.case {
                    _ if context.in_type_switch => "cannot fallthrough in type switch",
                    Some(case) if is_last && context.in_switch => {
                        if !case.is_last {
                            return;
                        }
                        "cannot fallthrough final case in switch"
                    }
                    _ => "fallthrough statement out of place",
                };
                self.error(stmt.pos, message);
            }
        }
    }

    /// The labelled statement that a goto in a block can lead to.
    fn goto_target(&mut self, block: usize, name: Symbol) -> Option<NodeId> {
        let label = self.labels.get_mut(&name)?;
        label.used = true;
        let mut at = Some(block);
        while let Some(index) = at {
            if label.block == index {
                return Some(label.stmt);
            }
            at = self.blocks.get(index)?.parent;
        }
        None
    }

    /// The statement inside of an enclosing labelled statement; `Some(None)` if the label is that
    /// of another place.
    fn enclosing(&mut self, block: usize, name: Symbol) -> Option<Option<(NodeId, Inner)>> {
        let label = self.labels.get_mut(&name)?;
        label.used = true;
        let mut at = Some(block);
        while let Some(scope) = at.and_then(|index| self.blocks.get(index)) {
            if scope.label == Some(label.stmt) {
                return Some(label.inner);
            }
            at = scope.parent;
        }
        Some(None)
    }
}
