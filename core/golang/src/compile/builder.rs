//! The function under construction: registers, labels, instructions, variables.

use super::Compiler;
use super::buffers::Buffer;
use super::growth::Growth;
use crate::limits;
use crate::vm::rtype::Kind;
use crate::vm::{Function, Ins, Op, RType};
use golang_check::ast::NodeId;
use golang_check::constant::Value;
use golang_check::info::FunctionInfo;
use golang_check::types::Type;
use golang_check::{Info, Mode, ObjectId, PackageId, Pos, Selection, TypeId};
use ordered::OrderedMap;
use std::rc::Rc;

/// A register.
pub(super) type Reg = u8;

/// A place in the code that jumps lead to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub usize);

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Storage {
    /// In registers from this one on.
    Reg(Reg),
    /// In the heap, at the address in this register: captured variables, structs, arrays.
    Heap(Reg),
    /// A package variable.
    Global(u32),
}

/// A statement that `break` and `continue` lead out of.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub node: NodeId,
    pub break_to: Label,
    pub continue_to: Option<Label>,
    /// In how many bodies of ranges over functions it stands.
    pub depth: usize,
}

/// How control leaves the body of a range over a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Return,
    To(Label, usize),
}

/// The body of a range over a function.
pub(super) struct Body {
    /// Tells after the loop which way was taken.
    pub state: Reg,
    pub ways: Vec<Way>,
}

/// A result of the function.
#[derive(Clone)]
pub(super) struct ResultSlot {
    pub object: Option<ObjectId>,
    pub ty: TypeId,
    pub register: Reg,
}

/// What belongs to one function.
#[derive(Default)]
pub(super) struct State {
    pub name: String,
    pub code: Vec<Ins>,
    pub constants: Vec<u64>,
    pub lines: Vec<(u32, u32)>,
    pub labels: Vec<Option<u32>>,
    pub patches: Vec<(usize, Label)>,
    pub next: usize,
    pub max: usize,
    pub vars: OrderedMap<ObjectId, Storage>,
    pub results: Vec<ResultSlot>,
    pub result_words: u8,
    pub param_words: u8,
    pub has_defer: bool,
    pub named_results: bool,
    pub epilogue: Option<Label>,
    pub targets: Vec<Target>,
    pub gotos: OrderedMap<NodeId, (Label, usize)>,
    pub bodies: Vec<Body>,
    pub literals: u32,
    pub shape: String,
    pub hidden: bool,
    pub atomic: bool,
    pub small: bool,
    pub fallthrough: Option<Label>,
    pub buffers: OrderedMap<ObjectId, Buffer>,
}

/// Compiles one function, and the literals in it.
pub(super) struct Builder<'c> {
    pub c: &'c mut Compiler,
    pub package: PackageId,
    /// Type parameters and what they stand for.
    pub params: Rc<[TypeId]>,
    pub args: Rc<[TypeId]>,
    pub f: State,
    /// The slices that grow in frames, those of the literals in the function too.
    pub growths: OrderedMap<ObjectId, Growth>,
    /// Calls that were done before the expressions around them: where their values are.
    pub done: OrderedMap<NodeId, Reg>,
    /// A limit was passed.
    pub error: Option<String>,
}

impl<'c> Builder<'c> {
    pub fn new(c: &'c mut Compiler, package: PackageId, name: &str) -> Builder<'c> {
        Builder {
            c,
            package,
            params: Rc::from([]),
            args: Rc::from([]),
            f: State {
                name: name.to_string(),
                ..State::default()
            },
            growths: OrderedMap::default(),
            done: OrderedMap::default(),
            error: None,
        }
    }

    // Registers.

    /// Takes registers that follow each other.
    pub fn alloc(&mut self, words: usize) -> Reg {
        let first = self.f.next;
        self.f.next += words;
        self.f.max = self.f.max.max(self.f.next);
        if self.f.next > limits::REGISTERS_MAX {
            self.error
                .get_or_insert_with(|| "function needs too many registers".to_string());
            self.f.next = first;
            return 0;
        }
        first as Reg
    }

    pub fn mark(&self) -> usize {
        self.f.next
    }

    pub fn release(&mut self, mark: usize) {
        self.f.next = mark;
    }

    /// The given register, or new ones.
    pub fn target(&mut self, dst: Option<Reg>, words: u8) -> Reg {
        match dst {
            Some(dst) => dst,
            None => self.alloc(usize::from(words)),
        }
    }

    // Instructions.

    pub fn emit(&mut self, op: Op, a: Reg, b: Reg, c: Reg, d: i32) {
        self.f.code.push(Ins::new(op, a, b, c, d));
    }

    /// From here on, the code belongs to this position.
    pub fn at(&mut self, pos: Pos) {
        let pc = self.f.code.len() as u32;
        if let Some(last) = self.f.lines.last_mut() {
            if last.1 == pos.0 {
                return;
            }
            if last.0 == pc {
                last.1 = pos.0;
                return;
            }
        }
        self.f.lines.push((pc, pos.0));
    }

    pub fn label(&mut self) -> Label {
        self.f.labels.push(None);
        Label(self.f.labels.len() - 1)
    }

    pub fn bind(&mut self, label: Label) {
        let pc = self.f.code.len() as u32;
        if let Some(slot) = self.f.labels.get_mut(label.0) {
            *slot = Some(pc);
        }
    }

    pub fn jump(&mut self, op: Op, a: Reg, b: Reg, label: Label) {
        self.f.patches.push((self.f.code.len(), label));
        self.emit(op, a, b, 0, 0);
    }

    /// A jump that compares with a small number.
    pub fn jump_small(&mut self, op: Op, a: Reg, value: i16, label: Label) {
        let [low, high] = value.to_le_bytes();
        self.f.patches.push((self.f.code.len(), label));
        self.emit(op, a, low, high, 0);
    }

    pub fn moves(&mut self, to: Reg, from: Reg, words: u8) {
        if to == from {
            return;
        }
        match words {
            0 => {}
            1 => self.emit(Op::Move, to, from, 0, 0),
            2 => self.emit(Op::Move2, to, from, 0, 0),
            3 => self.emit(Op::Move3, to, from, 0, 0),
            _ => self.emit(Op::MoveN, to, from, words, 0),
        }
    }

    pub fn int(&mut self, dst: Reg, value: i64) {
        match i32::try_from(value) {
            Ok(small) => self.emit(Op::Int, dst, 0, 0, small),
            Err(_) => self.word(dst, value as u64),
        }
    }

    pub fn word(&mut self, dst: Reg, word: u64) {
        let number = self.constant(word);
        self.emit(Op::Const, dst, 0, 0, number as i32);
    }

    pub fn constant(&mut self, word: u64) -> usize {
        if let Some(at) = self.f.constants.iter().position(|known| *known == word) {
            return at;
        }
        self.f.constants.push(word);
        self.f.constants.len() - 1
    }

    pub fn finish(&mut self) -> Function {
        let state = std::mem::take(&mut self.f);
        let mut code = state.code;
        for (at, label) in state.patches {
            let target = state.labels.get(label.0).copied().flatten().unwrap_or(0);
            if let Some(ins) = code.get_mut(at) {
                ins.d = target as i32;
            }
        }
        let epilogue = state
            .epilogue
            .and_then(|label| state.labels.get(label.0).copied().flatten());
        Function {
            name: Rc::from(state.name),
            code,
            constants: state.constants,
            lines: state.lines,
            results: state.result_words,
            params: state.param_words,
            registers: state.max.max(1) as u16,
            epilogue: epilogue.unwrap_or(0),
            hidden: state.hidden,
            atomic: state.atomic,
            small: state.small,
            shape: Rc::from(state.shape),
        }
    }

    // Types and what the checker knows.

    fn info(&self) -> Option<&Info> {
        self.c
            .program
            .package(self.package)
            .map(|package| &package.info)
    }

    pub fn mode(&self, node: NodeId) -> Mode {
        self.info().map_or(Mode::Invalid, |info| info.mode(node))
    }

    pub fn constant_of(&self, node: NodeId) -> Option<Value> {
        self.info()?.constant(node).cloned()
    }

    pub fn object(&self, node: NodeId) -> Option<ObjectId> {
        self.info()?.object(node)
    }

    pub fn selection(&self, node: NodeId) -> Option<Selection> {
        self.info()?.selections.get(&node).cloned()
    }

    pub fn implicit(&self, node: NodeId) -> Option<ObjectId> {
        self.info()?.implicits.get(&node).copied()
    }

    pub fn branch_target(&self, node: NodeId) -> Option<NodeId> {
        self.info()?.branch_targets.get(&node).copied()
    }

    pub fn function_info(&self, node: NodeId) -> FunctionInfo {
        self.info()
            .and_then(|info| info.functions.get(&node).cloned())
            .unwrap_or_default()
    }

    /// The type arguments of a generic function's name, resolved.
    pub fn instance(&mut self, node: NodeId) -> Vec<TypeId> {
        let args = self
            .info()
            .and_then(|info| info.instances.get(&node))
            .map(|instance| Rc::clone(&instance.type_args));
        let args = args.unwrap_or_else(|| Rc::from([]));
        args.iter().map(|arg| self.resolve(*arg)).collect()
    }

    /// A type with type parameters replaced.
    pub fn resolve(&mut self, ty: TypeId) -> TypeId {
        if self.args.is_empty() {
            ty
        } else {
            self.c.program.substitute(ty, &self.params, &self.args)
        }
    }

    /// The type of a node as the checker has it, in generic code with its type parameters.
    pub fn raw_type(&self, node: NodeId) -> TypeId {
        self.info().map_or(TypeId::INVALID, |info| info.ty(node))
    }

    /// The type of a node.
    pub fn ty(&mut self, node: NodeId) -> TypeId {
        let ty = self.info().map_or(TypeId::INVALID, |info| info.ty(node));
        self.resolve(ty)
    }

    pub fn object_type(&mut self, object: ObjectId) -> TypeId {
        let ty = self.c.program.object_type(object);
        self.resolve(ty)
    }

    pub fn rtype(&mut self, ty: TypeId) -> Rc<RType> {
        self.c.rtype(ty)
    }

    pub fn kind(&mut self, ty: TypeId) -> Kind {
        self.c.rtype(ty).kind
    }

    pub fn words(&mut self, ty: TypeId) -> u8 {
        self.c.rtype(ty).words
    }

    pub fn is_aggregate(&mut self, ty: TypeId) -> bool {
        self.c.rtype(ty).is_aggregate()
    }

    pub fn is_interface(&mut self, ty: TypeId) -> bool {
        self.kind(ty) == Kind::Interface
    }

    /// The underlying type, as the table has it.
    pub fn under(&mut self, ty: TypeId) -> Type {
        let under = self.c.program.underlying(ty);
        self.c.program.types.get(under).clone()
    }

    /// What a pointer type points to.
    pub fn pointee(&mut self, ty: TypeId) -> Option<TypeId> {
        match self.under(ty) {
            Type::Pointer(elem) => Some(elem),
            _ => None,
        }
    }
}
