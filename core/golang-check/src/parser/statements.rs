//! Statements.

use super::Parser;
use crate::{
    ast::{
        AssignStmt, Block, BranchKind, BranchStmt, CallKind, CaseClause, CommClause, Expr,
        ExprKind, ForStmt, Ident, IfStmt, Op, RangeClause, SelectStmt, Stmt, StmtKind, SwitchStmt,
    },
    printer,
    source::Pos,
    token::Token,
};

/// What stands between a keyword and its block.
#[derive(Default)]
struct Header {
    init: Option<Stmt>,
    cond: Option<Expr>,
    post: Option<Stmt>,
}

impl Parser<'_> {
    fn stmt(&mut self, pos: Pos, kind: StmtKind) -> Stmt {
        Stmt {
            id: self.node(),
            pos,
            kind,
        }
    }

    fn simple_stmt(&mut self, lhs: Option<Expr>, keyword: Option<Token>) -> Stmt {
        if keyword == Some(Token::For) && self.token() == Token::Range {
            return self.range_clause(None, false);
        }
        let lhs = match lhs {
            Some(lhs) => lhs,
            None => self.expr_list(),
        };
        let pos = self.pos();
        let is_list = matches!(lhs.kind, ExprKind::List(_));
        match self.token() {
            Token::Assign | Token::Define => self.assignment(lhs, keyword),
            _ if is_list => {
                self.syntax_error("expected := or = or comma");
                self.advance(&[Token::Semi, Token::Rbrace]);
                let first = match lhs.kind {
                    ExprKind::List(list) => list.into_iter().next(),
                    _ => None,
                };
                let x = match first {
                    Some(x) => x,
                    None => self.bad_expr(),
                };
                self.stmt(x.pos, StmtKind::Expr(x))
            }
            Token::AssignOp => {
                let op = self.scanner.op;
                self.next();
                let rhs = self.expression();
                self.stmt(
                    pos,
                    StmtKind::Assign(Box::new(AssignStmt {
                        op: Some(op),
                        lhs,
                        rhs: Some(rhs),
                    })),
                )
            }
            Token::IncOp => {
                let op = self.scanner.op;
                self.next();
                self.stmt(
                    pos,
                    StmtKind::Assign(Box::new(AssignStmt {
                        op: Some(op),
                        lhs,
                        rhs: None,
                    })),
                )
            }
            Token::Arrow => {
                self.next();
                let value = self.expression();
                self.stmt(pos, StmtKind::Send(lhs, value))
            }
            _ => self.stmt(lhs.pos, StmtKind::Expr(lhs)),
        }
    }

    fn assignment(&mut self, lhs: Expr, keyword: Option<Token>) -> Stmt {
        let pos = self.pos();
        let define = self.token() == Token::Define;
        self.next();
        if keyword == Some(Token::For) && self.token() == Token::Range {
            return self.range_clause(Some(lhs), define);
        }
        let mut rhs = self.expr_list();
        if define
            && keyword == Some(Token::Switch)
            && let Some(name) = lhs.as_name()
            && let ExprKind::TypeSwitchGuard { lhs, .. } = &mut rhs.kind
        {
            *lhs = Some(name);
            return self.stmt(rhs.pos, StmtKind::Expr(rhs));
        }
        let op = define.then_some(Op::Define);
        self.stmt(
            pos,
            StmtKind::Assign(Box::new(AssignStmt {
                op,
                lhs,
                rhs: Some(rhs),
            })),
        )
    }

    fn range_clause(&mut self, lhs: Option<Expr>, define: bool) -> Stmt {
        let pos = self.pos();
        self.next();
        let x = self.expression();
        self.stmt(
            pos,
            StmtKind::Range(Box::new(RangeClause { lhs, define, x })),
        )
    }

    fn labeled(&mut self, label: Ident) -> Option<Stmt> {
        let pos = self.pos();
        self.want(Token::Colon);
        if self.token() == Token::Rbrace {
            let here = self.pos();
            let empty = self.stmt(here, StmtKind::Empty);
            return Some(self.stmt(pos, StmtKind::Labeled(label, Box::new(empty))));
        }
        let stmt = if self.enter() {
            self.stmt_or_none()
        } else {
            None
        };
        self.leave();
        if let Some(stmt) = stmt {
            return Some(self.stmt(pos, StmtKind::Labeled(label, Box::new(stmt))));
        }
        self.syntax_error_at(pos, "missing statement after label");
        None
    }

    /// A block; the context says after what it is expected.
    pub(super) fn block(&mut self, context: &str) -> Block {
        let pos = self.pos();
        if !self.got(Token::Lbrace) {
            self.syntax_error(&format!("expected {{ after {context}"));
            self.advance(&[Token::Name, Token::Rbrace]);
            let rbrace = self.pos();
            if self.got(Token::Rbrace) {
                return Block {
                    pos,
                    stmts: Vec::new(),
                    rbrace,
                };
            }
        }
        let stmts = self.stmt_list();
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        Block { pos, stmts, rbrace }
    }

    fn header(&mut self, keyword: Token) -> Header {
        self.want(keyword);
        let mut header = Header::default();
        if self.token() == Token::Lbrace {
            if keyword == Token::If {
                self.syntax_error("missing condition in if statement");
                header.cond = Some(self.bad_expr());
            }
            return header;
        }
        let outer = std::mem::replace(&mut self.expression_nesting, -1);
        if self.token() != Token::Semi {
            if self.got(Token::Var) {
                self.syntax_error(&format!(
                    "var declaration not allowed in {} initializer",
                    keyword.text()
                ));
            }
            let init = self.simple_stmt(None, Some(keyword));
            let is_range = matches!(init.kind, StmtKind::Range(_));
            header.init = Some(init);
            if is_range {
                self.expression_nesting = outer;
                return header;
            }
        }
        let mut semi = None;
        let cond = if self.token() == Token::Lbrace {
            header.init.take()
        } else {
            if self.token() == Token::Semi {
                semi = Some((self.pos(), self.scanner.semi));
                self.next();
            } else {
                self.want(Token::Lbrace);
                if self.token() != Token::Lbrace {
                    self.advance(&[Token::Lbrace, Token::Rbrace]);
                }
            }
            self.header_rest(keyword, &mut header)
        };
        header.cond = self.condition(cond, keyword, semi);
        self.expression_nesting = outer;
        header
    }

    /// After the first semicolon of a header: the condition, and for loops the post statement.
    fn header_rest(&mut self, keyword: Token, header: &mut Header) -> Option<Stmt> {
        if keyword != Token::For {
            return (self.token() != Token::Lbrace).then(|| self.simple_stmt(None, Some(keyword)));
        }
        let mut cond = None;
        if self.token() != Token::Semi {
            if self.token() == Token::Lbrace {
                self.syntax_error("expected for loop condition");
                return None;
            }
            cond = Some(self.simple_stmt(None, None));
        }
        self.want(Token::Semi);
        if self.token() != Token::Lbrace {
            let post = self.simple_stmt(None, None);
            if let StmtKind::Assign(assign) = &post.kind
                && assign.op == Some(Op::Define)
            {
                self.syntax_error_at(post.pos, "cannot declare in post statement of for loop");
            }
            header.post = Some(post);
        }
        cond
    }

    fn condition(
        &mut self,
        stmt: Option<Stmt>,
        keyword: Token,
        semi: Option<(Pos, &'static str)>,
    ) -> Option<Expr> {
        let Some(stmt) = stmt else {
            if keyword != Token::If {
                return None;
            }
            let (pos, text) = semi?;
            if text == "semicolon" {
                self.syntax_error_at(pos, "missing condition in if statement");
            } else {
                self.syntax_error_at(
                    pos,
                    &format!("unexpected {text}, expected {{ after if clause"),
                );
            }
            return Some(self.expr(pos, ExprKind::Bad));
        };
        let text = match stmt.kind {
            StmtKind::Expr(x) => return Some(x),
            StmtKind::Assign(assign) if assign.op.is_none() => {
                let left = self.emphasized(&assign.lhs);
                let right = assign
                    .rhs
                    .as_ref()
                    .map_or(String::new(), |rhs| self.emphasized(rhs));
                format!("assignment {left} = {right}")
            }
            kind => printer::simple_statement(&kind, self.symbols),
        };
        self.syntax_error_at(stmt.pos, &format!("cannot use {text} as value"));
        None
    }

    fn emphasized(&self, x: &Expr) -> String {
        let text = printer::expression(x, self.symbols);
        if matches!(x.kind, ExprKind::Binary(..)) {
            format!("({text})")
        } else {
            text
        }
    }

    fn for_stmt(&mut self) -> StmtKind {
        let header = self.header(Token::For);
        let body = self.block("for clause");
        StmtKind::For(Box::new(ForStmt {
            init: header.init,
            cond: header.cond,
            post: header.post,
            body,
        }))
    }

    fn if_stmt(&mut self) -> Stmt {
        let pos = self.pos();
        let header = self.header(Token::If);
        let cond = match header.cond {
            Some(cond) => cond,
            None => self.bad_expr(),
        };
        let then = self.block("if clause");
        let mut otherwise = None;
        if self.got(Token::Else) {
            match self.token() {
                Token::If => {
                    if self.enter() {
                        otherwise = Some(self.if_stmt());
                    }
                    self.leave();
                }
                Token::Lbrace => {
                    let pos = self.pos();
                    let block = self.block("");
                    otherwise = Some(self.stmt(pos, StmtKind::Block(block)));
                }
                _ => {
                    self.syntax_error("else must be followed by if or statement block");
                    self.advance(&[Token::Name, Token::Rbrace]);
                }
            }
        }
        self.stmt(
            pos,
            StmtKind::If(Box::new(IfStmt {
                init: header.init,
                cond,
                then,
                otherwise,
            })),
        )
    }

    fn switch_stmt(&mut self) -> StmtKind {
        let header = self.header(Token::Switch);
        self.clauses_open("switch");
        let mut clauses = Vec::new();
        while !matches!(self.token(), Token::Eof | Token::Rbrace) {
            let (id, pos) = (self.node(), self.pos());
            let cases = self.clause_head(|parser| parser.expr_list());
            let colon = self.pos();
            self.want(Token::Colon);
            let body = self.stmt_list();
            clauses.push(CaseClause {
                id,
                pos,
                cases,
                body,
                colon,
            });
        }
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        StmtKind::Switch(Box::new(SwitchStmt {
            init: header.init,
            tag: header.cond,
            clauses,
            rbrace,
        }))
    }

    fn select_stmt(&mut self) -> StmtKind {
        self.want(Token::Select);
        self.clauses_open("select");
        let mut clauses = Vec::new();
        while !matches!(self.token(), Token::Eof | Token::Rbrace) {
            let (id, pos) = (self.node(), self.pos());
            let comm = self.clause_head(|parser| parser.simple_stmt(None, None));
            let colon = self.pos();
            self.want(Token::Colon);
            let body = self.stmt_list();
            clauses.push(CommClause {
                id,
                pos,
                comm,
                body,
                colon,
            });
        }
        let rbrace = self.pos();
        self.want(Token::Rbrace);
        StmtKind::Select(Box::new(SelectStmt { clauses, rbrace }))
    }

    fn clauses_open(&mut self, keyword: &str) {
        if !self.got(Token::Lbrace) {
            self.syntax_error(&format!("missing {{ after {keyword} clause"));
            self.advance(&[Token::Case, Token::Default, Token::Rbrace]);
        }
    }

    /// `case X` or `default`.
    fn clause_head<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.token() {
            Token::Case => {
                self.next();
                return Some(parse(self));
            }
            Token::Default => self.next(),
            _ => {
                self.syntax_error("expected case or default or }");
                self.advance(&[Token::Colon, Token::Case, Token::Default, Token::Rbrace]);
            }
        }
        None
    }

    pub(super) fn stmt_or_none(&mut self) -> Option<Stmt> {
        if !matches!(self.token(), Token::Var | Token::Const | Token::Type) {
            self.clear_directives();
        }
        if self.token() == Token::Name {
            let lhs = self.expr_list();
            if self.token() == Token::Colon
                && let Some(label) = lhs.as_name()
            {
                return self.labeled(label);
            }
            return Some(self.simple_stmt(Some(lhs), None));
        }
        if !self.enter() {
            self.leave();
            return None;
        }
        let stmt = self.stmt_unbounded();
        self.leave();
        stmt
    }

    fn stmt_unbounded(&mut self) -> Option<Stmt> {
        let pos = self.pos();
        let token = self.token();
        let kind = match token {
            Token::Var | Token::Const | Token::Type => {
                self.next();
                let mut decls = Vec::new();
                self.group(token, &mut decls);
                StmtKind::Decl(decls)
            }
            Token::Lbrace => StmtKind::Block(self.block("")),
            Token::Operator | Token::Star
                if !matches!(
                    self.scanner.op,
                    Op::Add | Op::Sub | Op::Mul | Op::And | Op::Xor | Op::Not
                ) =>
            {
                return None;
            }
            Token::Operator
            | Token::Star
            | Token::Literal
            | Token::Func
            | Token::Lparen
            | Token::Lbrack
            | Token::Struct
            | Token::Map
            | Token::Chan
            | Token::Interface
            | Token::Arrow => return Some(self.simple_stmt(None, None)),
            Token::For => self.for_stmt(),
            Token::Switch => self.switch_stmt(),
            Token::Select => self.select_stmt(),
            Token::If => return Some(self.if_stmt()),
            Token::Fallthrough => {
                self.next();
                StmtKind::Branch(BranchStmt {
                    kind: BranchKind::Fallthrough,
                    label: None,
                })
            }
            Token::Break | Token::Continue => {
                self.next();
                let kind = if token == Token::Break {
                    BranchKind::Break
                } else {
                    BranchKind::Continue
                };
                let label = if self.token() == Token::Name {
                    Some(self.name())
                } else {
                    None
                };
                StmtKind::Branch(BranchStmt { kind, label })
            }
            Token::Go | Token::Defer => {
                self.next();
                let call = self.called(token);
                StmtKind::Call(
                    if token == Token::Go {
                        CallKind::Go
                    } else {
                        CallKind::Defer
                    },
                    call,
                )
            }
            Token::Goto => {
                self.next();
                StmtKind::Branch(BranchStmt {
                    kind: BranchKind::Goto,
                    label: Some(self.name()),
                })
            }
            Token::Return => {
                self.next();
                let results = if matches!(self.token(), Token::Semi | Token::Rbrace) {
                    None
                } else {
                    Some(self.expr_list())
                };
                StmtKind::Return(results)
            }
            Token::Semi => StmtKind::Empty,
            _ => return None,
        };
        Some(self.stmt(pos, kind))
    }

    fn stmt_list(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        while !matches!(
            self.token(),
            Token::Eof | Token::Rbrace | Token::Case | Token::Default
        ) {
            let stmt = self.stmt_or_none();
            self.clear_directives();
            let Some(stmt) = stmt else {
                break;
            };
            stmts.push(stmt);
            if !self.got(Token::Semi) && self.token() != Token::Rbrace {
                self.syntax_error("at end of statement");
                self.advance(&[Token::Semi, Token::Rbrace, Token::Case, Token::Default]);
                self.got(Token::Semi);
            }
        }
        stmts
    }
}
