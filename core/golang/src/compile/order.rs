//! In which order operands are evaluated: calls from left to right, and what is only read after
//! them, as gc does where the language leaves it open.

use super::builder::{Builder, Reg, Storage};
use golang_check::ast::{Expr, ExprKind, Op as Operator};
use golang_check::{Mode, TypeId};

impl Builder<'_> {
    /// Whether evaluating an expression may run other code.
    pub fn may_call(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Paren(x) | ExprKind::Selector(x, _) | ExprKind::Assert(x, _) => {
                self.may_call(x)
            }
            ExprKind::Unary(op, x) => *op == Operator::Receive || self.may_call(x),
            ExprKind::KeyValue(x, y) | ExprKind::Index(x, y) | ExprKind::Binary(_, x, y) => {
                self.may_call(x) || self.may_call(y)
            }
            ExprKind::Slice(slice) => {
                let mut index = slice.index.iter().flatten();
                self.may_call(&slice.x) || index.any(|e| self.may_call(e))
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

    /// Whether an operand has to be evaluated after the one behind it.
    pub fn waits_for(&self, x: &Expr, y: &Expr) -> bool {
        self.may_call(y) && self.only_reads(x)
    }

    /// The order in which expressions side by side are evaluated.
    pub fn order(&self, list: &[Expr]) -> Vec<usize> {
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
