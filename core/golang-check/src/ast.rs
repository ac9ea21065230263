//! The syntax tree of Go 1.26, shaped as in `cmd/compile/internal/syntax/nodes.go`.
//!
//! Every node has the position that gc gives it (for a binary expression that of the operator);
//! [`Expr::start`] is the leftmost byte. What the checker knows about a node is not here but in
//! [`crate::info::Info`], under the node's [`NodeId`].
#![allow(
    missing_docs,
    reason = "the fields are named with the words of Go's grammar"
)]

use crate::{source::Pos, symbol::Symbol};
use std::rc::Rc;

/// A number for each node that information is recorded about; dense in its package.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct NodeId(pub u32);

/// One parsed file.
#[derive(Debug, Default)]
pub struct File {
    pub pos: Pos,
    /// `None`: the package clause is broken, there is nothing else.
    pub package_name: Option<Ident>,
    pub decls: Vec<Decl>,
    pub eof: Pos,
}

/// A name where it occurs.
#[derive(Clone, Copy, Debug)]
pub struct Ident {
    pub id: NodeId,
    pub pos: Pos,
    pub name: Symbol,
}

/// A declaration.
#[derive(Clone, Debug)]
pub enum Decl {
    Import(Rc<ImportDecl>),
    Const(Rc<ConstDecl>),
    Type(Rc<TypeDecl>),
    Var(Rc<VarDecl>),
    Func(Rc<FuncDecl>),
}

#[derive(Debug)]
pub struct ImportDecl {
    pub id: NodeId,
    pub pos: Pos,
    /// A name, `_`, or `.`.
    pub local_name: Option<Ident>,
    pub path: Option<StringLit>,
}

/// A literal string outside of expressions (import paths, field tags).
#[derive(Clone, Debug)]
pub struct StringLit {
    pub pos: Pos,
    /// As it is written, with quotes.
    pub literal: Rc<str>,
    pub bad: bool,
}

/// `names [type] = values` of a `const` declaration.
#[derive(Debug)]
pub struct ConstDecl {
    pub pos: Pos,
    /// Specs of one parenthesised group have the same number; `None` stands alone.
    pub group: Option<u32>,
    pub names: Vec<Ident>,
    pub ty: Option<Rc<Expr>>,
    pub values: Option<Rc<Expr>>,
}

#[derive(Debug)]
pub struct TypeDecl {
    pub pos: Pos,
    pub group: Option<u32>,
    pub name: Ident,
    pub type_params: Vec<Field>,
    pub alias: bool,
    pub ty: Expr,
}

#[derive(Debug)]
pub struct VarDecl {
    pub pos: Pos,
    pub group: Option<u32>,
    pub names: Vec<Ident>,
    pub ty: Option<Expr>,
    /// One expression or a [`ExprKind::List`].
    pub values: Option<Expr>,
}

#[derive(Debug)]
pub struct FuncDecl {
    /// Identifies the function in [`crate::info::Info::functions`].
    pub id: NodeId,
    pub pos: Pos,
    pub receiver: Option<Field>,
    pub name: Ident,
    pub type_params: Vec<Field>,
    pub ty: FuncType,
    pub body: Body,
}

/// The body of a declared function.
#[derive(Debug)]
pub enum Body {
    /// A declaration without a body: implemented natively.
    None,
    /// Parsed.
    Block(Rc<Block>),
    /// Skipped over (imported packages); [`crate::Program::body`] parses it when it is needed.
    /// Byte offsets in its file, from `{` to after `}`.
    Lazy { start: u32, end: u32 },
}

/// A statement block.
#[derive(Debug)]
pub struct Block {
    pub pos: Pos,
    pub stmts: Vec<Stmt>,
    pub rbrace: Pos,
}

/// An expression or a type.
#[derive(Debug)]
pub struct Expr {
    pub id: NodeId,
    pub pos: Pos,
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    /// Could not be parsed; an error was reported.
    Bad,
    Name(Symbol),
    Literal {
        kind: LitKind,
        text: Rc<str>,
        bad: bool,
    },
    Composite(Box<CompositeLit>),
    /// `key: value`
    KeyValue(Box<Expr>, Box<Expr>),
    FuncLit(Rc<FuncLit>),
    Paren(Box<Expr>),
    Selector(Box<Expr>, Ident),
    /// `x[index]`; several type arguments come as [`ExprKind::List`].
    Index(Box<Expr>, Box<Expr>),
    Slice(Box<SliceExpr>),
    /// `x.(T)`
    Assert(Box<Expr>, Box<Expr>),
    /// `[lhs :=] x.(type)`
    TypeSwitchGuard {
        lhs: Option<Ident>,
        x: Box<Expr>,
    },
    Unary(Op, Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Call(Box<CallExpr>),
    List(Vec<Expr>),
    /// `[len]elem`; `None` is `[...]elem`.
    ArrayType(Option<Box<Expr>>, Box<Expr>),
    SliceType(Box<Expr>),
    /// `...elem`
    DotsType(Box<Expr>),
    StructType(Rc<StructType>),
    InterfaceType(Rc<InterfaceType>),
    FuncType(Box<FuncType>),
    MapType(Box<Expr>, Box<Expr>),
    ChanType(ChanDir, Box<Expr>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LitKind {
    Int,
    Float,
    Imaginary,
    Rune,
    String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChanDir {
    Both,
    Send,
    Receive,
}

#[derive(Debug)]
pub struct CompositeLit {
    pub ty: Option<Expr>,
    pub elements: Vec<Expr>,
    /// How many elements have keys.
    pub keys: usize,
    pub rbrace: Pos,
}

#[derive(Debug)]
pub struct FuncLit {
    /// Also the expression's id.
    pub id: NodeId,
    pub pos: Pos,
    pub ty: FuncType,
    pub body: Block,
}

#[derive(Debug)]
pub struct SliceExpr {
    pub x: Expr,
    pub index: [Option<Expr>; 3],
    pub full: bool,
}

#[derive(Debug)]
pub struct CallExpr {
    pub fun: Expr,
    pub args: Vec<Expr>,
    /// The last argument is followed by `...`.
    pub has_dots: bool,
}

#[derive(Debug)]
pub struct StructType {
    pub fields: Vec<Field>,
    /// As many as fields.
    pub tags: Vec<Option<StringLit>>,
}

#[derive(Debug)]
pub struct InterfaceType {
    /// With a name: a method, its type is a [`ExprKind::FuncType`]. Without: an embedded element.
    pub methods: Vec<Field>,
}

#[derive(Debug)]
pub struct FuncType {
    pub pos: Pos,
    pub params: Vec<Field>,
    pub results: Vec<Field>,
}

/// `name type` of parameters, fields, methods and type parameters. Names that are declared
/// together share their type.
#[derive(Clone, Debug)]
pub struct Field {
    pub pos: Pos,
    pub name: Option<Ident>,
    pub ty: Rc<Expr>,
}

/// An operator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Op {
    /// `:=`
    Define,
    Not,
    /// `<-x`
    Receive,
    Tilde,
    OrOr,
    AndAnd,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Sub,
    Or,
    Xor,
    Mul,
    Div,
    Rem,
    And,
    AndNot,
    Shl,
    Shr,
}

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    pub id: NodeId,
    pub pos: Pos,
    pub kind: StmtKind,
}

/// What a statement is.
#[derive(Debug)]
pub enum StmtKind {
    Empty,
    Labeled(Ident, Box<Stmt>),
    Block(Block),
    Expr(Expr),
    /// `channel <- value`
    Send(Expr, Expr),
    Decl(Vec<Decl>),
    Assign(Box<AssignStmt>),
    Branch(BranchStmt),
    /// `go f()` or `defer f()`
    Call(CallKind, Expr),
    Return(Option<Expr>),
    If(Box<IfStmt>),
    For(Box<ForStmt>),
    /// The clause of a `for … range`; only as [`ForStmt::init`].
    Range(Box<RangeClause>),
    Switch(Box<SwitchStmt>),
    Select(Box<SelectStmt>),
}

/// `lhs op= rhs`: `op` `None` is `=`, `Some(Define)` is `:=`; without `rhs` it is `lhs++`
/// (`Add`) or `lhs--` (`Sub`).
#[derive(Debug)]
pub struct AssignStmt {
    pub op: Option<Op>,
    pub lhs: Expr,
    pub rhs: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallKind {
    Go,
    Defer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BranchKind {
    Break,
    Continue,
    Fallthrough,
    Goto,
}

/// Where it leads is in [`crate::info::Info::branch_targets`] under the statement's id.
#[derive(Clone, Copy, Debug)]
pub struct BranchStmt {
    pub kind: BranchKind,
    pub label: Option<Ident>,
}

#[derive(Debug)]
pub struct IfStmt {
    pub init: Option<Stmt>,
    pub cond: Expr,
    pub then: Block,
    /// An `If` or a `Block`.
    pub otherwise: Option<Stmt>,
}

#[derive(Debug)]
pub struct ForStmt {
    pub init: Option<Stmt>,
    pub cond: Option<Expr>,
    pub post: Option<Stmt>,
    pub body: Block,
}

#[derive(Debug)]
pub struct RangeClause {
    /// One expression or a list.
    pub lhs: Option<Expr>,
    pub define: bool,
    pub x: Expr,
}

#[derive(Debug)]
pub struct SwitchStmt {
    pub init: Option<Stmt>,
    /// A [`ExprKind::TypeSwitchGuard`] makes it a type switch.
    pub tag: Option<Expr>,
    pub clauses: Vec<CaseClause>,
    pub rbrace: Pos,
}

#[derive(Debug)]
pub struct CaseClause {
    /// The implicit variable of a type switch is recorded under this.
    pub id: NodeId,
    pub pos: Pos,
    /// `None` is `default`.
    pub cases: Option<Expr>,
    pub body: Vec<Stmt>,
    pub colon: Pos,
}

#[derive(Debug)]
pub struct SelectStmt {
    pub clauses: Vec<CommClause>,
    pub rbrace: Pos,
}

#[derive(Debug)]
pub struct CommClause {
    pub id: NodeId,
    pub pos: Pos,
    /// `None` is `default`.
    pub comm: Option<Stmt>,
    pub body: Vec<Stmt>,
    pub colon: Pos,
}

impl Op {
    /// The operator as it is written.
    pub fn text(self) -> &'static str {
        match self {
            Op::Define => ":",
            Op::Not => "!",
            Op::Receive => "<-",
            Op::Tilde => "~",
            Op::OrOr => "||",
            Op::AndAnd => "&&",
            Op::Equal => "==",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessEqual => "<=",
            Op::Greater => ">",
            Op::GreaterEqual => ">=",
            Op::Add => "+",
            Op::Sub => "-",
            Op::Or => "|",
            Op::Xor => "^",
            Op::Mul => "*",
            Op::Div => "/",
            Op::Rem => "%",
            Op::And => "&",
            Op::AndNot => "&^",
            Op::Shl => "<<",
            Op::Shr => ">>",
        }
    }

    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Op::Equal | Op::NotEqual | Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual
        )
    }

    /// `<<` and `>>`.
    pub fn is_shift(self) -> bool {
        matches!(self, Op::Shl | Op::Shr)
    }
}

impl Expr {
    /// The expression without enclosing parentheses.
    pub fn unparen(&self) -> &Expr {
        let mut x = self;
        while let ExprKind::Paren(inner) = &x.kind {
            x = inner;
        }
        x
    }

    /// The elements of a list, or the expression alone.
    pub fn elements(&self) -> &[Expr] {
        match &self.kind {
            ExprKind::List(list) => list,
            _ => std::slice::from_ref(self),
        }
    }

    /// The name, if this is one.
    pub fn as_name(&self) -> Option<Ident> {
        match self.kind {
            ExprKind::Name(name) => Some(Ident {
                id: self.id,
                pos: self.pos,
                name,
            }),
            _ => None,
        }
    }

    /// The position of the leftmost byte.
    pub fn start(&self) -> Pos {
        let mut x = self;
        loop {
            x = match &x.kind {
                ExprKind::Composite(lit) => match &lit.ty {
                    Some(ty) => ty,
                    None => return x.pos,
                },
                ExprKind::KeyValue(inner, _)
                | ExprKind::Selector(inner, _)
                | ExprKind::Index(inner, _)
                | ExprKind::Assert(inner, _)
                | ExprKind::Binary(_, inner, _) => inner,
                ExprKind::TypeSwitchGuard { lhs: Some(lhs), .. } => return lhs.pos,
                ExprKind::TypeSwitchGuard { x: inner, .. } => inner,
                ExprKind::Call(call) => &call.fun,
                ExprKind::List(list) => match list.first() {
                    Some(first) => first,
                    None => return x.pos,
                },
                _ => return x.pos,
            };
        }
    }
}
