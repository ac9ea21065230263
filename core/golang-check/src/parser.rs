//! Parses a source into a tree. Never fails: what is wrong becomes a diagnostic, and parsing goes on.
//! Models `cmd/compile/internal/syntax/parser.go`: what is reported, where, and how it recovers.

mod branches;
mod declarations;
mod expressions;
mod parameters;
mod statements;
mod types;

use crate::{
    ast::{Block, Decl, Expr, ExprKind, File, Ident, NodeId, Op},
    limits::{NESTING_LEVELS_MAX, SYNTAX_ERRORS_MAX},
    scanner::Scanner,
    source::{Diagnostic, Pos, SourceFile},
    symbol::{Symbol, Symbols},
    token::Token,
};
use std::ops::Range;

/// Directives that the compiler knows: those of functions, and that of files.
const DIRECTIVES: &str = " go:noescape go:norace go:nosplit go:noinline go:nocheckptr go:uintptrescapes go:registerparams go:build ";

/// What is said of a directive where no declaration follows.
pub(crate) const MISPLACED: &str = "misplaced compiler directive";

/// What parsing a file gives.
pub(crate) struct Parsed {
    pub file: File,
    pub diagnostics: Vec<Diagnostic>,
    /// Branch statements and where they lead.
    pub branch_targets: Vec<(NodeId, NodeId)>,
    /// The first node id that is still free.
    pub next_node: u32,
    /// Directives at declarations that cannot have them, told if nothing else is wrong.
    pub misplaced: Vec<Pos>,
}

/// What parsing one body gives.
pub(crate) struct ParsedBody {
    pub block: Block,
    pub diagnostics: Vec<Diagnostic>,
    pub branch_targets: Vec<(NodeId, NodeId)>,
    pub next_node: u32,
}

/// Parses a file. With `lazy` the bodies of functions are skipped over.
pub(crate) fn parse_file(
    source: &SourceFile,
    symbols: &mut Symbols,
    next_node: u32,
    lazy: bool,
) -> Parsed {
    let all = 0..source.text.len();
    let mut parser = Parser::new(source, symbols, next_node, lazy, all);
    parser.next();
    let file = parser.file();
    parser.parsed(file)
}

/// Parses the package clause and the imports of a file, which end somewhere.
pub(crate) fn parse_head(
    source: &SourceFile,
    symbols: &mut Symbols,
    next_node: u32,
    end: usize,
) -> Parsed {
    let mut parser = Parser::new(source, symbols, next_node, true, 0..end);
    parser.next();
    let file = parser.file();
    parser.parsed(file)
}

/// Parses some of a file's declarations, without bodies.
pub(crate) fn parse_piece(
    source: &SourceFile,
    symbols: &mut Symbols,
    next_node: u32,
    range: Range<usize>,
) -> Parsed {
    let mut parser = Parser::new(source, symbols, next_node, true, range);
    parser.next();
    let mut file = File::default();
    parser.declarations(&mut file.decls);
    parser.parsed(file)
}

/// Parses a body that was skipped, from its opening brace on.
pub(crate) fn parse_body(
    source: &SourceFile,
    symbols: &mut Symbols,
    next_node: u32,
    start: u32,
) -> ParsedBody {
    let mut parser = Parser::new(
        source,
        symbols,
        next_node,
        false,
        start as usize..source.text.len(),
    );
    parser.next();
    let block = parser.function_body();
    ParsedBody {
        block,
        diagnostics: parser.diagnostics(),
        branch_targets: parser.branch_targets,
        next_node: parser.next_node,
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    source: &'a SourceFile,
    symbols: &'a mut Symbols,
    next_node: u32,
    lazy: bool,
    /// Function nesting, for recovery.
    function_nesting: u32,
    /// Expression nesting; negative in the header of a statement, where `{` opens its block.
    expression_nesting: i32,
    depth: u32,
    groups: u32,
    branch_targets: Vec<(NodeId, NodeId)>,
    /// Errors about labels and branches, which do not count as errors of the syntax.
    branch_errors: usize,
    misplaced: Vec<Pos>,
}

impl<'a> Parser<'a> {
    fn new(
        source: &'a SourceFile,
        symbols: &'a mut Symbols,
        next_node: u32,
        lazy: bool,
        range: Range<usize>,
    ) -> Self {
        let text = source.text.get(..range.end).unwrap_or(&source.text);
        Parser {
            scanner: Scanner::new(text, range.start),
            source,
            symbols,
            next_node,
            lazy,
            function_nesting: 0,
            expression_nesting: 0,
            depth: 0,
            groups: 0,
            branch_targets: Vec::new(),
            branch_errors: 0,
            misplaced: Vec::new(),
        }
    }

    fn parsed(mut self, file: File) -> Parsed {
        Parsed {
            file,
            diagnostics: self.diagnostics(),
            branch_targets: self.branch_targets,
            next_node: self.next_node,
            misplaced: self.misplaced,
        }
    }

    /// The directives before a declaration belong to it, if they are among those allowed.
    fn take_directives(&mut self, allowed: &str) {
        let found = std::mem::take(&mut self.scanner.directives);
        if self.lazy {
            return;
        }
        for (offset, text) in found {
            let pos = self.source.pos(offset);
            let before = self.source.text.get(..offset).unwrap_or_default();
            let mut before = before.iter().rev().skip(2);
            let is_alone = before
                .find(|byte| !matches!(byte, b' ' | b'\t'))
                .is_none_or(|byte| *byte == b'\n');
            let verb = text.split(' ').next().unwrap_or("");
            if !is_alone {
                self.error_at(pos, MISPLACED);
            } else if DIRECTIVES.contains(&format!(" {verb} ")) && !allowed.contains(verb) {
                self.misplaced.push(pos);
            }
        }
    }

    /// No declaration follows for the directives before this place.
    fn clear_directives(&mut self) {
        if self.scanner.directives.is_empty() {
            return;
        }
        let told = self.misplaced.len();
        self.take_directives("");
        for pos in self.misplaced.split_off(told) {
            self.error_at(pos, MISPLACED);
        }
    }

    fn diagnostics(&mut self) -> Vec<Diagnostic> {
        let errors = std::mem::take(&mut self.scanner.errors);
        errors
            .into_iter()
            .map(|(offset, message)| Diagnostic {
                pos: self.source.pos(offset),
                message,
                soft: false,
            })
            .collect()
    }

    // Tokens.

    fn token(&self) -> Token {
        self.scanner.token
    }

    fn next(&mut self) {
        self.scanner.next();
    }

    fn pos(&self) -> Pos {
        self.source.pos(self.scanner.start)
    }

    fn is_operator(&self, op: Op) -> bool {
        self.token() == Token::Operator && self.scanner.op == op
    }

    fn got(&mut self, token: Token) -> bool {
        let found = self.token() == token;
        if found {
            self.next();
        }
        found
    }

    fn want(&mut self, token: Token) {
        if !self.got(token) {
            self.syntax_error(&format!("expected {}", token.described()));
            self.advance(&[]);
        }
    }

    /// `=`, or `:=` with a complaint.
    fn got_assign(&mut self) -> bool {
        if self.token() == Token::Define {
            self.syntax_error("expected =");
        }
        let found = matches!(self.token(), Token::Assign | Token::Define);
        if found {
            self.next();
        }
        found
    }

    fn node(&mut self) -> NodeId {
        let id = NodeId(self.next_node);
        self.next_node += 1;
        id
    }

    fn expr(&mut self, pos: Pos, kind: ExprKind) -> Expr {
        Expr {
            id: self.node(),
            pos,
            kind,
        }
    }

    fn bad_expr(&mut self) -> Expr {
        let pos = self.pos();
        self.expr(pos, ExprKind::Bad)
    }

    // Errors.

    fn error_count(&self) -> usize {
        self.scanner.errors.len() - self.branch_errors
    }

    fn error_at(&mut self, pos: Pos, message: impl Into<String>) {
        let offset = self.source.offset(pos);
        self.scanner.errors.push((offset, message.into()));
        if self.error_count() > SYNTAX_ERRORS_MAX {
            self.scanner.stop();
        }
    }

    fn error(&mut self, message: &str) {
        self.error_at(self.pos(), message);
    }

    fn syntax_error(&mut self, message: &str) {
        self.syntax_error_at(self.pos(), message);
    }

    /// Adds what was found to messages that say what was expected.
    fn syntax_error_at(&mut self, pos: Pos, message: &str) {
        if self.token() == Token::Eof && self.error_count() > 0 {
            return;
        }
        let separator = if ["in ", "at ", "after "]
            .iter()
            .any(|word| message.starts_with(word))
        {
            " "
        } else if message.starts_with("expected ") {
            ", "
        } else {
            self.error_at(pos, format!("syntax error: {message}"));
            return;
        };
        let segment = || String::from_utf8_lossy(self.scanner.segment()).into_owned();
        let found = match self.token() {
            Token::Name => format!("name {}", segment()),
            Token::Semi => self.scanner.semi.to_string(),
            Token::Literal => format!("literal {}", segment()),
            Token::Operator => self.scanner.op.text().to_string(),
            Token::AssignOp => format!("{}=", self.scanner.op.text()),
            Token::IncOp => self.scanner.op.text().repeat(2),
            token => token.described(),
        };
        self.error_at(
            pos,
            format!("syntax error: unexpected {found}{separator}{message}"),
        );
    }

    /// Skips to a token of the list, or in functions to one that starts a statement; with an empty
    /// list skips one token.
    fn advance(&mut self, follow: &[Token]) {
        if follow.is_empty() {
            if self.token() != Token::Eof {
                self.next();
            }
            return;
        }
        loop {
            let token = self.token();
            let stops = token == Token::Eof
                || follow.contains(&token)
                || (self.function_nesting > 0 && starts_statement(token));
            if stops {
                return;
            }
            self.next();
        }
    }

    /// Counts a level of nesting; when there are too many, complains and ends the file.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        let fits = self.depth <= NESTING_LEVELS_MAX;
        if !fits {
            self.too_deep();
        }
        fits
    }

    fn too_deep(&mut self) {
        if self.token() != Token::Eof {
            self.syntax_error("nesting is too deep");
            self.scanner.stop();
        }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    // Files and names.

    fn file(&mut self) -> File {
        let mut file = File {
            pos: self.pos(),
            ..File::default()
        };
        if self.source.text.len() > crate::limits::SOURCE_BYTES_MAX {
            self.error("the file is too large");
            return file;
        }
        if !self.got(Token::Package) {
            self.syntax_error("package statement must be first");
            return file;
        }
        self.take_directives("go:build");
        let name = self.name();
        self.want(Token::Semi);
        if self.error_count() > 0 {
            return file;
        }
        file.package_name = Some(name);
        self.declarations(&mut file.decls);
        file.eof = self.pos();
        file
    }

    fn declarations(&mut self, decls: &mut Vec<Decl>) {
        const STARTS: [Token; 5] = [
            Token::Import,
            Token::Const,
            Token::Type,
            Token::Var,
            Token::Func,
        ];
        let mut previous = Token::Import;
        while self.token() != Token::Eof {
            let token = self.token();
            if token == Token::Import && previous != Token::Import {
                self.syntax_error("imports must appear before other declarations");
            }
            previous = token;
            if STARTS.contains(&token) {
                self.next();
                if token == Token::Func {
                    let function = self.func_decl();
                    decls.push(Decl::Func(std::rc::Rc::new(function)));
                } else {
                    self.group(token, decls);
                }
            } else {
                let after_header = matches!(decls.last(), Some(Decl::Func(function))
                    if matches!(function.body, crate::ast::Body::None));
                if token == Token::Lbrace && after_header {
                    self.syntax_error("unexpected semicolon or newline before {");
                } else {
                    self.syntax_error("non-declaration statement outside function body");
                }
                self.advance(&STARTS);
                continue;
            }
            self.clear_directives();
            if self.token() != Token::Eof && !self.got(Token::Semi) {
                self.syntax_error("after top level declaration");
                self.advance(&STARTS);
            }
        }
        self.clear_directives();
    }

    fn name(&mut self) -> Ident {
        if self.token() == Token::Name {
            let (pos, name) = (self.pos(), self.symbol());
            self.next();
            return Ident {
                id: self.node(),
                pos,
                name,
            };
        }
        let ident = self.blank(self.pos());
        self.syntax_error("expected name");
        self.advance(&[]);
        ident
    }

    fn symbol(&mut self) -> Symbol {
        match std::str::from_utf8(self.scanner.segment()) {
            Ok(text) => self.symbols.intern(text),
            Err(_) => self
                .symbols
                .intern(&String::from_utf8_lossy(self.scanner.segment())),
        }
    }

    fn blank(&mut self, pos: Pos) -> Ident {
        Ident {
            id: self.node(),
            pos,
            name: Symbol::BLANK,
        }
    }

    fn name_list(&mut self, first: Ident) -> Vec<Ident> {
        let mut names = vec![first];
        while self.got(Token::Comma) {
            names.push(self.name());
        }
        names
    }

    /// Elements with separators up to a closing token, whose position is the result. The function
    /// parses one element and returns true if it must be the last.
    fn list(
        &mut self,
        context: &str,
        separator: Token,
        close: Token,
        element: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Pos {
        let mut done = false;
        while self.token() != Token::Eof && self.token() != close && !done {
            done = element(self);
            if !self.got(separator) && self.token() != close {
                let (separator, close_text) = (separator.described(), close.described());
                self.syntax_error(&format!(
                    "in {context}; possibly missing {separator} or {close_text}"
                ));
                self.advance(&[Token::Rparen, Token::Rbrack, Token::Rbrace]);
                if self.token() != close {
                    return self.pos();
                }
            }
        }
        let pos = self.pos();
        self.want(close);
        pos
    }
}

fn starts_statement(token: Token) -> bool {
    matches!(
        token,
        Token::Break
            | Token::Const
            | Token::Continue
            | Token::Defer
            | Token::Fallthrough
            | Token::For
            | Token::Go
            | Token::Goto
            | Token::If
            | Token::Return
            | Token::Select
            | Token::Switch
            | Token::Type
            | Token::Var
    )
}

impl Ident {
    /// The name as an expression.
    pub(crate) fn into_expr(self) -> Expr {
        Expr {
            id: self.id,
            pos: self.pos,
            kind: ExprKind::Name(self.name),
        }
    }
}
