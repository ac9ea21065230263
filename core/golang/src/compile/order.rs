//! In which order operands are evaluated: calls from left to right, and what is only read after
//! them, as gc does where the language leaves it open.

use super::builder::{Builder, Reg, Storage};
use golang_check::ast::{Expr, ExprKind, Op as Operator};
use golang_check::{Mode, TypeId};

impl Builder<'_> {
    /// Whether evaluating an expression may run other code.
    pub fn may_call(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Paren(x) | ExprKind::Selector(x, _) => self.may_call(x),
            // These are done in their turn, as if they were calls.
            ExprKind::Assert(..) | ExprKind::Slice(_) => self.constant_of(e.id).is_none(),
            ExprKind::Unary(op, x) => *op == Operator::Receive || self.may_call(x),
            ExprKind::KeyValue(x, y) | ExprKind::Index(x, y) | ExprKind::Binary(_, x, y) => {
                self.may_call(x) || self.may_call(y)
            }
            ExprKind::Composite(literal) => literal.elements.iter().any(|e| self.may_call(e)),
            ExprKind::Call(call) => {
                self.constant_of(e.id).is_none()
                    && (!matches!(self.mode(call.fun.id), Mode::Type | Mode::Builtin)
                        || call.args.iter().any(|e| self.may_call(e)))
            }
            _ => false,
        }
    }

    /// Whether an expression only reads what a call may change.
    fn only_reads(&self, e: &Expr) -> bool {
        if self.constant_of(e.id).is_some() || self.may_call(e) {
            return false;
        }
        match &e.kind {
            ExprKind::Paren(x) => self.only_reads(x),
            ExprKind::KeyValue(_, x) => self.only_reads(x),
            ExprKind::Name(_) => {
                let object = self.object(e.id);
                let place = object.and_then(|object| self.f.vars.get(&object));
                !matches!(place, Some(Storage::Reg(_)))
            }
            ExprKind::FuncLit(_) | ExprKind::Composite(_) => false,
            // Predeclared functions are called in order too.
            ExprKind::Call(call) => self.mode(call.fun.id) != Mode::Builtin,
            ExprKind::Unary(Operator::And, _) => false,
            _ => true,
        }
    }

    /// Whether an expression has calls and something around them that a later call may change, or
    /// that may panic: gc does all calls of a statement first.
    fn is_mixed(&self, e: &Expr) -> bool {
        self.may_call(e) && self.reads_outside(e)
    }

    fn reads_outside(&self, e: &Expr) -> bool {
        if self.constant_of(e.id).is_some() || self.is_done_in_turn(e) {
            return false;
        }
        match &e.kind {
            ExprKind::Paren(x) | ExprKind::KeyValue(_, x) => self.reads_outside(x),
            ExprKind::Selector(..) => self.selection(e.id).is_some(),
            ExprKind::Unary(op, x) => *op == Operator::Mul || self.reads_outside(x),
            ExprKind::Binary(op, x, y) => {
                matches!(op, Operator::Div | Operator::Rem)
                    || op.is_shift()
                    || self.reads_outside(x)
                    || self.reads_outside(y)
            }
            ExprKind::Composite(literal) => literal.elements.iter().any(|e| self.reads_outside(e)),
            ExprKind::Call(call) => call.args.iter().any(|e| self.reads_outside(e)),
            ExprKind::Index(..) => true,
            ExprKind::Name(_) => self.only_reads(e),
            _ => false,
        }
    }

    /// Whether gc gives the value of an expression a place of its own when its turn comes.
    fn is_done_in_turn(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Call(call) => self.mode(call.fun.id) != Mode::Type,
            ExprKind::Unary(op, _) => *op == Operator::Receive,
            ExprKind::Binary(Operator::AndAnd | Operator::OrOr, _, y) => self.may_call(y),
            ExprKind::Assert(..) | ExprKind::Slice(_) => true,
            _ => false,
        }
    }

    /// Does the calls in an expression; their values wait in registers for [`Builder::expr`].
    fn do_calls(&mut self, e: &Expr) {
        if !self.may_call(e) || self.constant_of(e.id).is_some() {
            return;
        }
        if self.is_done_in_turn(e) {
            let register = self.expr(e, None);
            self.done.insert(e.id, register);
            return;
        }
        match &e.kind {
            ExprKind::Paren(x) | ExprKind::Selector(x, _) | ExprKind::Unary(_, x) => {
                self.do_calls(x);
            }
            ExprKind::KeyValue(x, y) | ExprKind::Index(x, y) | ExprKind::Binary(_, x, y) => {
                self.do_calls(x);
                self.do_calls(y);
            }
            ExprKind::Composite(literal) => {
                literal.elements.iter().for_each(|e| self.do_calls(e));
            }
            ExprKind::Call(call) => call.args.iter().for_each(|e| self.do_calls(e)),
            _ => {}
        }
    }

    /// Does the calls of operands side by side, if something else in one has to wait for those
    /// behind it. Whether that is so.
    pub fn do_calls_of(&mut self, list: &[&Expr]) -> bool {
        let last = list.iter().rposition(|e| self.may_call(e)).unwrap_or(0);
        let waits = list.iter().take(last).any(|e| self.is_mixed(e));
        if waits {
            list.iter().for_each(|e| self.do_calls(e));
        }
        waits
    }

    /// Whether an operand has to be evaluated after the one behind it.
    pub fn waits_for(&self, x: &Expr, y: &Expr) -> bool {
        self.may_call(y) && self.only_reads(x)
    }

    /// The order in which expressions side by side are evaluated.
    pub fn order(&mut self, list: &[Expr]) -> Vec<usize> {
        let all: Vec<&Expr> = list.iter().collect();
        if self.do_calls_of(&all) {
            return (0..list.len()).collect();
        }
        let last = list.iter().rposition(|e| self.may_call(e)).unwrap_or(0);
        let late = |at: &usize| {
            let e = list.get(*at).filter(|_| *at < last);
            e.is_some_and(|e| self.only_reads(e))
        };
        let (late, mut order): (Vec<usize>, Vec<usize>) = (0..list.len()).partition(late);
        order.extend(late);
        order
    }

    /// Evaluates expressions side by side, each as its type: their registers.
    pub fn values(&mut self, list: &[Expr], types: &[TypeId]) -> Vec<Reg> {
        let mut registers = Vec::new();
        for ty in types {
            let words = self.words(*ty);
            registers.push(self.alloc(usize::from(words)));
        }
        self.values_into(list, types, &registers);
        registers
    }

    /// Evaluates expressions side by side into registers.
    pub fn values_into(&mut self, list: &[Expr], types: &[TypeId], registers: &[Reg]) {
        for at in self.order(list) {
            let parts = (list.get(at), types.get(at), registers.get(at));
            if let (Some(e), Some(ty), Some(register)) = parts {
                let mark = self.mark();
                self.expr_owned(e, *ty, Some(*register));
                self.release(mark);
            }
        }
    }
}
