//! What the checker knows about the nodes of one package.

use crate::{ast::NodeId, constant::Value, object::ObjectId, types::TypeId};
use std::rc::Rc;

use ordered::OrderedMap;

/// What kind of operand an expression is. Models `types2.operandMode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Nothing is known (not checked, or wrong).
    #[default]
    Invalid,
    /// A call without results.
    NoValue,
    /// A predeclared function; it is called.
    Builtin,
    /// A type.
    Type,
    /// A constant; [`Info::constant`] has the value.
    Constant,
    /// An addressable variable.
    Variable,
    /// A map index expression: can be assigned to, has no address.
    MapIndex,
    /// A value.
    Value,
    /// `nil`; its type is the one that it is converted to.
    NilValue,
    /// A value that can be asked for with `, ok` (receive, type assertion).
    CommaOk,
}

#[derive(Clone, Copy)]
struct Record {
    ty: TypeId,
    mode: Mode,
    constant: u32,
    object: ObjectId,
}

const EMPTY: Record = Record {
    ty: TypeId::INVALID,
    mode: Mode::Invalid,
    constant: u32::MAX,
    object: ObjectId::NONE,
};

/// A selector expression `x.f` that is not a qualified name.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Field, method value or method expression.
    pub kind: SelectionKind,
    /// The type of `x`.
    pub receiver: TypeId,
    /// The field variable or the method (of an instance: its own, see
    /// [`crate::object::Func::origin`]).
    pub object: ObjectId,
    /// Field indices to follow, through embedded fields; for a field the last is its own.
    /// At each step a pointer is followed when the type at hand is one.
    pub path: Rc<[usize]>,
    /// A pointer is followed somewhere on the path.
    pub indirect: bool,
}

/// The kinds of selections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectionKind {
    /// `x.field`
    Field,
    /// `x.method`, called or bound.
    Method,
    /// `T.method`
    MethodExpression,
}

/// A generic function or type with its type arguments, explicit or inferred.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The type arguments.
    pub type_args: Rc<[TypeId]>,
    /// The instantiated type (a signature or a named type).
    pub ty: TypeId,
}

/// A declared function or function literal.
#[derive(Clone, Debug, Default)]
pub struct FunctionInfo {
    /// Receiver, parameters, results, then locals in the order of declaration;
    /// [`crate::object::Var::local`] is the index here.
    pub locals: Vec<ObjectId>,
    /// Variables of enclosing functions that are used in it (or in literals inside of it).
    pub captures: Vec<ObjectId>,
    /// The function that a literal stands in; `None` in a declaration or a package variable.
    pub outer: Option<NodeId>,
    /// There is a `defer` in it.
    pub has_defer: bool,
    /// There is a call of `recover` in it.
    pub has_recover: bool,
}

/// One initialisation of package variables: `lhs = rhs` (several for a call with several results).
#[derive(Clone, Debug)]
pub struct Initializer {
    /// The variables; blank ones too.
    pub lhs: Vec<ObjectId>,
    /// The declaration that holds the expression.
    pub decl: Rc<crate::ast::VarDecl>,
    /// Which of the declaration's value expressions it is (0 when there is one for all names).
    pub index: usize,
}

/// Everything that is recorded about one package's nodes.
#[derive(Default)]
pub struct Info {
    records: Vec<Record>,
    constants: Vec<Value>,
    /// Selector expressions.
    pub selections: OrderedMap<NodeId, Selection>,
    /// By the id of the name of the generic function or type.
    pub instances: OrderedMap<NodeId, Instance>,
    /// Objects without a name of their own in the source: the variable of a type switch's clause
    /// (by the clause's id), the package name of a plain import (by the declaration's id).
    pub implicits: OrderedMap<NodeId, ObjectId>,
    /// For `break`, `continue` the id of the `for`, `switch` or `select` statement, for `goto`
    /// that of the labelled statement.
    pub branch_targets: OrderedMap<NodeId, NodeId>,
    /// Of a `range` over an array (or a pointer to one) with at most one variable only the length
    /// is needed; by the id of the expression ranged over.
    pub implicit_lengths: OrderedMap<NodeId, i64>,
    /// Functions and function literals that were checked.
    pub functions: OrderedMap<NodeId, FunctionInfo>,
}

impl Info {
    /// The type of an expression without aliases at its top. A constant or other untyped operand
    /// has the type that it takes in its place. For a call with several results a tuple; `v, ok`
    /// forms keep the type of `v`.
    pub fn ty(&self, node: NodeId) -> TypeId {
        self.record(node).ty
    }

    /// The kind of operand.
    pub fn mode(&self, node: NodeId) -> Mode {
        self.record(node).mode
    }

    /// The value of a constant expression, converted to its type.
    pub fn constant(&self, node: NodeId) -> Option<&Value> {
        self.constants.get(self.record(node).constant as usize)
    }

    /// The object that a name declares or uses.
    pub fn object(&self, node: NodeId) -> Option<ObjectId> {
        self.record(node).object.known()
    }

    fn record(&self, node: NodeId) -> &Record {
        self.records.get(node.0 as usize).unwrap_or(&EMPTY)
    }

    fn record_mut(&mut self, node: NodeId) -> Option<&mut Record> {
        let at = node.0 as usize;
        if at >= self.records.len() {
            self.records.resize(at + 1, EMPTY);
        }
        self.records.get_mut(at)
    }

    pub(crate) fn set(&mut self, node: NodeId, mode: Mode, ty: TypeId, value: Option<Value>) {
        let constant = match value {
            Some(value) => {
                self.constants.push(value);
                self.constants.len() as u32 - 1
            }
            None => u32::MAX,
        };
        if let Some(record) = self.record_mut(node) {
            record.ty = ty;
            record.mode = mode;
            record.constant = constant;
        }
    }

    pub(crate) fn set_type(&mut self, node: NodeId, ty: TypeId) {
        if let Some(record) = self.record_mut(node) {
            record.ty = ty;
        }
    }

    pub(crate) fn set_object(&mut self, node: NodeId, object: ObjectId) {
        if let Some(record) = self.record_mut(node) {
            record.object = object;
        }
    }

    pub(crate) fn reserve(&mut self, nodes: usize) {
        if nodes > self.records.len() {
            self.records.resize(nodes, EMPTY);
        }
    }
}
