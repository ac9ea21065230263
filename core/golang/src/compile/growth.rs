//! Which slices gc keeps in the frame while they are short, since that decides the capacities
//! that `append` gives them. Nothing is kept in frames here. Models the parts of
//! `cmd/compile/internal/escape` and `…/slice` of Go 1.26 that see single variables; what they
//! do not understand grows on the heap, as before 1.26.

use super::Compiler;
use golang_check::ast::{
    Block, CallExpr, Decl, Expr, ExprKind, NodeId, Op as Operator, Stmt, StmtKind,
};
use golang_check::object::VarKind;
use golang_check::types::{Signature, Type};
use golang_check::{Mode, ObjectId, ObjectKind, PackageId, SelectionKind};
use ordered::{OrderedMap, OrderedSet};

/// Calls of one another that are looked into.
const DEPTH_MAX: u32 = 8;

/// How a slice variable grows in the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Growth {
    /// One size class after the other; otherwise the first elements take all of the room.
    pub stepwise: bool,
    /// The statement that moves what stands in the frame to the heap: with its capacity if it
    /// grew stepwise, otherwise with no more than it needs.
    pub moved: Option<NodeId>,
}

/// What becomes of a value.
#[derive(Clone, Copy)]
enum Use {
    /// It is looked at.
    Read,
    /// Somebody keeps it.
    Kept,
    /// A variable of this function gets it.
    Into(ObjectId),
}

#[derive(Default)]
struct Slice {
    /// Uses that are understood, and all.
    understood: u32,
    uses: u32,
    /// Where the elements get a second owner.
    moves: Vec<NodeId>,
    hopeless: bool,
    weight: u32,
    depth: u32,
    capacity_used: bool,
}

struct Frame<'c> {
    c: &'c mut Compiler,
    package: PackageId,
    depth: u32,
    loops: u32,
    kept: OrderedSet<ObjectId>,
    flows: Vec<(ObjectId, ObjectId)>,
    slices: OrderedMap<ObjectId, Slice>,
    /// Calls of `append` to a variable, and what becomes of the result.
    appends: Vec<(ObjectId, Use)>,
    results: Vec<ObjectId>,
    inlined: bool,
}

impl Compiler {
    /// How the slice variables of a function grow that do so in its frame.
    pub(super) fn growths(
        &mut self,
        package: PackageId,
        signature: &Signature,
        body: &Block,
    ) -> OrderedMap<ObjectId, Growth> {
        let mut growths = OrderedMap::default();
        if self.version < (1, 26) || self.program.is_library(package) {
            return growths;
        }
        // Most functions append to nothing; what they call needs no look then.
        if Frame::look(self, package, DEPTH_MAX, signature, body)
            .appends
            .is_empty()
        {
            return growths;
        }
        let frame = Frame::look(self, package, 0, signature, body);
        for (object, slice) in frame.slices.iter() {
            let moves = slice
                .moves
                .first()
                .filter(|_| slice.understood == slice.uses && !slice.hopeless && slice.weight > 1);
            let growth = Growth {
                stepwise: moves.is_some() && slice.capacity_used,
                moved: moves.copied(),
            };
            let stays = |(to, of): &(ObjectId, Use)| {
                to != object
                    || match of {
                        Use::Read => true,
                        Use::Kept => false,
                        Use::Into(target) => !frame.kept.contains(target),
                    }
            };
            let grows = frame.appends.iter().any(|(to, _)| to == object);
            if grows && (moves.is_some() || frame.appends.iter().all(stays)) {
                growths.insert(*object, growth);
            }
        }
        growths
    }
}

impl<'c> Frame<'c> {
    fn look(
        c: &'c mut Compiler,
        package: PackageId,
        depth: u32,
        signature: &Signature,
        body: &Block,
    ) -> Frame<'c> {
        let mut frame = Frame {
            c,
            package,
            depth,
            loops: 0,
            kept: OrderedSet::default(),
            flows: Vec::new(),
            slices: OrderedMap::default(),
            appends: Vec::new(),
            results: signature.results.to_vec(),
            inlined: false,
        };
        frame.inlined = depth == 0 && frame.is_small(body);
        if frame.inlined {
            // The results are variables of the caller, which is assumed not to keep them.
            frame.results.clear();
        }
        frame.kept.extend(frame.results.iter().copied());
        frame.statements(&body.stmts);
        if frame.inlined {
            // They are assigned in ways that the compiler does not look through.
            for object in signature.params.iter().chain(signature.results.iter()) {
                frame.slice(*object).hopeless = true;
            }
        }
        // What flows into something that is kept is kept.
        let mut changed = true;
        while changed {
            changed = false;
            for (from, to) in &frame.flows {
                if frame.kept.contains(to) {
                    changed |= frame.kept.insert(*from);
                }
            }
        }
        frame
    }

    /// The local slice variable that an expression names.
    fn variable(&mut self, e: &Expr) -> Option<ObjectId> {
        let name = e.unparen().as_name()?;
        let package = self.c.program.package(self.package)?;
        let object = package.info.object(name.id)?;
        let var = self.c.program.objects.var(object)?;
        if var.kind == VarKind::Package || var.captured || var.address_taken {
            return None;
        }
        let ty = self.c.program.object_type(object);
        let ty = self.c.program.types.unalias(ty);
        let is_slice = match self.c.program.types.get(ty) {
            Type::Param(_) => true,
            _ => {
                let under = self.c.program.underlying(ty);
                matches!(self.c.program.types.get(under), Type::Slice(_))
            }
        };
        is_slice.then_some(object)
    }

    fn slice(&mut self, object: ObjectId) -> &mut Slice {
        self.slices.entry(object).or_default()
    }

    fn understood(&mut self, e: &Expr) -> Option<&mut Slice> {
        let object = self.variable(e)?;
        let slice = self.slice(object);
        slice.understood += 1;
        Some(slice)
    }

    fn mode(&self, e: &Expr) -> Mode {
        let package = self.c.program.package(self.package);
        package.map_or(Mode::Invalid, |package| package.info.mode(e.id))
    }

    fn moved(&mut self, object: ObjectId, place: NodeId) {
        let loops = self.loops;
        let slice = self.slice(object);
        slice.understood += 1;
        slice.hopeless |= !slice.moves.is_empty() || loops > slice.depth;
        slice.moves.push(place);
    }

    fn statements(&mut self, list: &[Stmt]) {
        for stmt in list {
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Labeled(_, inner) => self.statement(inner),
            StmtKind::Block(block) => self.statements(&block.stmts),
            StmtKind::Expr(e) => self.expr(e, Use::Read),
            StmtKind::Send(channel, value) => {
                self.expr(channel, Use::Read);
                self.expr(value, Use::Kept);
            }
            StmtKind::Decl(decls) => {
                for decl in decls {
                    let Decl::Var(decl) = decl else { continue };
                    let names: Vec<Expr> = decl.names.iter().map(named).collect();
                    let values = decl.values.as_ref().map_or(&[][..], Expr::elements);
                    self.assign(&names, values, true, stmt.id);
                }
            }
            StmtKind::Assign(assign) => {
                let values = assign.rhs.as_ref().map_or(&[][..], Expr::elements);
                match assign.op {
                    None | Some(Operator::Define) => {
                        let define = assign.op.is_some();
                        self.assign(assign.lhs.elements(), values, define, stmt.id);
                    }
                    Some(_) => {
                        self.expr(&assign.lhs, Use::Read);
                        values.iter().for_each(|e| self.expr(e, Use::Read));
                    }
                }
            }
            StmtKind::Call(_, e) => match &e.unparen().kind {
                ExprKind::Call(call) => {
                    self.expr(&call.fun, Use::Kept);
                    call.args.iter().for_each(|e| self.expr(e, Use::Kept));
                }
                _ => self.expr(e, Use::Kept),
            },
            StmtKind::Return(values) => {
                let results = match values {
                    Some(_) => Vec::new(),
                    None => self.results.clone(),
                };
                for object in results {
                    self.moved(object, stmt.id);
                    self.slice(object).understood -= 1;
                }
                for e in values.as_ref().map_or(&[][..], Expr::elements) {
                    self.expr(e, if self.inlined { Use::Read } else { Use::Kept });
                    if let Some(object) = self.variable(e) {
                        self.moved(object, stmt.id);
                    }
                }
            }
            StmtKind::If(inner) => {
                inner.init.iter().for_each(|init| self.statement(init));
                self.expr(&inner.cond, Use::Read);
                self.statements(&inner.then.stmts);
                inner.otherwise.iter().for_each(|stmt| self.statement(stmt));
            }
            StmtKind::For(inner) => {
                self.loops += 1;
                inner.init.iter().for_each(|init| self.statement(init));
                inner.cond.iter().for_each(|e| self.expr(e, Use::Read));
                inner.post.iter().for_each(|post| self.statement(post));
                self.statements(&inner.body.stmts);
                self.loops -= 1;
            }
            StmtKind::Range(range) => {
                self.understood(&range.x);
                self.expr(&range.x, Use::Read);
                let targets = range.lhs.as_ref().map_or(&[][..], Expr::elements);
                targets.iter().for_each(|e| self.expr(e, Use::Read));
            }
            StmtKind::Switch(inner) => {
                inner.init.iter().for_each(|init| self.statement(init));
                inner.tag.iter().for_each(|e| self.expr(e, Use::Read));
                for clause in &inner.clauses {
                    let cases = clause.cases.as_ref().map_or(&[][..], Expr::elements);
                    cases.iter().for_each(|e| self.expr(e, Use::Read));
                    self.statements(&clause.body);
                }
            }
            StmtKind::Select(inner) => {
                for clause in &inner.clauses {
                    clause.comm.iter().for_each(|comm| self.statement(comm));
                    self.statements(&clause.body);
                }
            }
            StmtKind::Empty | StmtKind::Branch(_) => {}
        }
    }

    fn assign(&mut self, targets: &[Expr], values: &[Expr], define: bool, place: NodeId) {
        for (at, target) in targets.iter().enumerate() {
            let variable = self.variable(target);
            if define && let Some(object) = variable {
                let loops = self.loops;
                let slice = self.slice(object);
                slice.depth = loops;
                if values.is_empty() {
                    slice.understood += 1;
                }
            }
            self.expr(target, Use::Read);
            let Some(value) = values.get(at).filter(|_| values.len() == targets.len()) else {
                continue;
            };
            let blank = target
                .as_name()
                .is_some_and(|name| name.name == golang_check::Symbol::BLANK);
            let of = match variable {
                Some(object) => Use::Into(object),
                None if blank => Use::Read,
                None => Use::Kept,
            };
            self.expr(value, of);
            if let Some(object) = variable {
                self.understand(object, value);
            }
            if let Some(object) = self.variable(value) {
                self.moved(object, place);
            }
        }
        if values.len() != targets.len() {
            values.iter().for_each(|e| self.expr(e, Use::Kept));
        }
    }

    /// Counts `s = …` where the form of the value is one that the compiler understands.
    fn understand(&mut self, object: ObjectId, value: &Expr) {
        let value = value.unparen();
        let (count, own, grows) = match &value.kind {
            ExprKind::Composite(_) => (1, true, false),
            ExprKind::Name(_) if self.mode(value) == Mode::NilValue => (1, true, false),
            ExprKind::Slice(inner) => (2, self.variable(&inner.x) == Some(object), false),
            ExprKind::Call(call) if self.is_builtin(call, "append") => {
                let first = call.args.first();
                let own = first.is_some_and(|e| self.variable(e) == Some(object));
                (2, own, true)
            }
            _ => return,
        };
        let loops = self.loops;
        let slice = self.slice(object);
        if own {
            slice.understood += count;
            slice.capacity_used |= !grows && !matches!(value.kind, ExprKind::Name(_));
            if grows {
                slice.weight += 1 + loops.saturating_sub(slice.depth);
            }
        }
    }

    fn is_builtin(&self, call: &CallExpr, name: &str) -> bool {
        let fun = call.fun.unparen();
        self.mode(fun) == Mode::Builtin
            && fun
                .as_name()
                .is_some_and(|known| self.c.program.symbols.text(known.name) == name)
    }

    fn expr(&mut self, e: &Expr, of: Use) {
        match &e.kind {
            ExprKind::Paren(x) => self.expr(x, of),
            ExprKind::Name(_) => {
                let Some(object) = self.variable(e) else {
                    return;
                };
                self.slice(object).uses += 1;
                match of {
                    Use::Read => {}
                    Use::Kept => {
                        self.kept.insert(object);
                    }
                    Use::Into(target) => self.flows.push((object, target)),
                }
            }
            ExprKind::Composite(literal) => {
                literal
                    .elements
                    .iter()
                    .for_each(|e| self.expr(e, Use::Kept));
            }
            ExprKind::KeyValue(key, value) => {
                if !matches!(key.kind, ExprKind::Name(_)) {
                    self.expr(key, of);
                }
                self.expr(value, of);
            }
            ExprKind::FuncLit(literal) => {
                let results = std::mem::take(&mut self.results);
                self.statements(&literal.body.stmts);
                self.results = results;
            }
            ExprKind::Selector(x, _) => self.expr(x, Use::Read),
            ExprKind::Assert(x, _) | ExprKind::TypeSwitchGuard { x, .. } => self.expr(x, of),
            ExprKind::Index(x, index) => {
                self.understood(x);
                self.expr(x, Use::Read);
                self.expr(index, Use::Read);
            }
            ExprKind::Slice(slice) => {
                self.expr(&slice.x, of);
                let index = slice.index.iter().flatten();
                index.for_each(|e| self.expr(e, Use::Read));
            }
            ExprKind::Unary(Operator::And, x) => {
                if let ExprKind::Index(base, _) = &x.unparen().kind
                    && let Some(object) = self.variable(base)
                {
                    self.slice(object).hopeless = true;
                    self.expr(base, of);
                }
                self.expr(x, Use::Read);
            }
            ExprKind::Unary(_, x) => self.expr(x, Use::Read),
            ExprKind::Binary(_, x, y) => {
                self.expr(x, Use::Read);
                self.expr(y, Use::Read);
            }
            ExprKind::Call(call) => self.call(e, call, of),
            ExprKind::List(list) => list.iter().for_each(|e| self.expr(e, of)),
            _ => {}
        }
    }

    fn call(&mut self, e: &Expr, call: &CallExpr, of: Use) {
        let fun = call.fun.unparen();
        match self.mode(fun) {
            Mode::Type => {
                let package = self.c.program.package(self.package);
                let ty = package.map(|package| package.info.ty(e.id));
                let under = self
                    .c
                    .program
                    .underlying(ty.unwrap_or(golang_check::TypeId::INVALID));
                let of = match self.c.program.types.get(under) {
                    Type::Basic(_) => Use::Read,
                    _ => of,
                };
                return call.args.iter().for_each(|e| self.expr(e, of));
            }
            Mode::Builtin if self.is_builtin(call, "append") => {
                let Some((first, rest)) = call.args.split_first() else {
                    return;
                };
                self.expr(first, of);
                if let Some(object) = self.variable(first) {
                    self.appends.push((object, of));
                }
                let rest_use = if call.has_dots { Use::Read } else { Use::Kept };
                return rest.iter().for_each(|e| self.expr(e, rest_use));
            }
            Mode::Builtin => {
                let is_capacity = self.is_builtin(call, "cap");
                let is_panic = self.is_builtin(call, "panic");
                for arg in &call.args {
                    if (is_capacity || self.is_builtin(call, "len"))
                        && let Some(slice) = self.understood(arg)
                    {
                        slice.capacity_used |= is_capacity;
                    }
                    self.expr(arg, if is_panic { Use::Kept } else { Use::Read });
                }
                return;
            }
            _ => {}
        }
        let receiver = match &fun.kind {
            ExprKind::Selector(x, _) => Some(&**x),
            _ => None,
        };
        self.expr(fun, Use::Read);
        let callee = self.callee(fun);
        if let (Some(receiver), Some((_, true))) = (receiver, callee) {
            self.argument(receiver, e.id, callee, 0, false);
        }
        let last = call.args.len().saturating_sub(1);
        for (at, arg) in call.args.iter().enumerate() {
            self.argument(arg, e.id, callee, at + 1, call.has_dots && at == last);
        }
    }

    /// The function that a call means, and whether it is a method, where that is known.
    fn callee(&self, fun: &Expr) -> Option<(ObjectId, bool)> {
        let info = &self.c.program.package(self.package)?.info;
        let fun = match &fun.kind {
            ExprKind::Index(x, _) => x.unparen(),
            _ => fun,
        };
        let (object, is_method) = match (&fun.kind, info.selections.get(&fun.id)) {
            (_, Some(selection)) if selection.kind == SelectionKind::Method => {
                (selection.object, true)
            }
            (_, Some(_)) => return None,
            (ExprKind::Selector(_, name), None) => (info.object(name.id)?, false),
            _ => (info.object(fun.id)?, false),
        };
        let ObjectKind::Func(func) = &self.c.program.objects.get(object).kind else {
            return None;
        };
        Some((func.origin.unwrap_or(object), is_method))
    }

    /// An argument of a call; number 0 is the receiver.
    fn argument(
        &mut self,
        arg: &Expr,
        place: NodeId,
        callee: Option<(ObjectId, bool)>,
        number: usize,
        dots: bool,
    ) {
        if number > 0
            && self.variable(arg).is_none()
            && !matches!(arg.unparen().kind, ExprKind::Slice(_))
        {
            return self.expr(arg, Use::Kept);
        }
        let keeps = match callee {
            Some((function, _)) if self.depth < DEPTH_MAX => self.keeps(function, number, dots),
            _ => None,
        };
        let of = if keeps.is_some() {
            Use::Read
        } else {
            Use::Kept
        };
        if number > 0 {
            self.expr(arg, of);
        } else if keeps.is_none()
            && let Some(object) = self.variable(arg)
        {
            self.kept.insert(object);
        }
        let Some(object) = self.variable(arg) else {
            return;
        };
        match keeps {
            // An inlined function has a variable of its own.
            Some(true) => self.moved(object, place),
            Some(false) => {
                let slice = self.slice(object);
                slice.understood += 1;
                slice.capacity_used = true;
            }
            None => {}
        }
    }

    /// Whether a function that does not keep an argument is one that gc inlines; none if it
    /// keeps the argument.
    fn keeps(&mut self, function: ObjectId, number: usize, dots: bool) -> Option<bool> {
        if let Some(known) = self.c.kept_arguments.get(&(function, number, dots)) {
            return *known;
        }
        // A function that calls itself keeps what its other statements keep.
        let key = (function, number, dots);
        self.c.kept_arguments.insert(key, Some(false));
        let keeps = self.look_into(function, number, dots);
        self.c.kept_arguments.insert(key, keeps);
        keeps
    }

    fn look_into(&mut self, function: ObjectId, number: usize, dots: bool) -> Option<bool> {
        let found = self.c.program.objects.get(function);
        let package = found.package?;
        let ty = self.c.program.object_type(function);
        let under = self.c.program.underlying(ty);
        let Type::Signature(signature) = self.c.program.types.get(under).clone() else {
            return None;
        };
        let param = match number.checked_sub(1) {
            None => signature.receiver?,
            Some(at) if signature.variadic && at + 1 >= signature.params.len() && !dots => {
                return None;
            }
            Some(at) => *signature.params.get(at)?,
        };
        let param_type = self.c.program.object_type(param);
        let under = self.c.program.underlying(param_type);
        if let Type::Interface(_) = self.c.program.types.get(under)
            && !matches!(self.c.program.types.get(param_type), Type::Param(_))
        {
            return None;
        }
        let Some(body) = self.c.program.body(function) else {
            let mut copies = true;
            for result in signature.results.iter() {
                let ty = self.c.program.object_type(*result);
                let under = self.c.program.underlying(ty);
                copies &= matches!(self.c.program.types.get(under), Type::Basic(_));
            }
            return copies.then_some(false);
        };
        self.c.program.check_body(function);
        let frame = Frame::look(self.c, package, self.depth + 1, &signature, &body);
        if frame.kept.contains(&param) {
            return None;
        }
        Some(frame.is_small(&body))
    }

    /// Whether gc inlines a function with this body.
    fn is_small(&self, body: &Block) -> bool {
        let cheap = |fun: &Expr| matches!(self.mode(fun), Mode::Builtin | Mode::Type);
        super::inline::is_small(body, &cheap)
    }
}

/// A declared name as an expression.
fn named(name: &golang_check::ast::Ident) -> Expr {
    Expr {
        id: name.id,
        pos: name.pos,
        kind: ExprKind::Name(name.name),
    }
}
