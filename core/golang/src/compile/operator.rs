//! Operators: arithmetic, comparisons, conditions.

use super::builder::{Builder, Label, Reg};
use super::place::Place;
use crate::vm::Op;
use crate::vm::rtype::{Compare, Kind};
use golang_check::TypeId;
use golang_check::ast::{Expr, ExprKind, Op as Operator};
use golang_check::constant::Value;

fn is_signed(kind: Kind) -> bool {
    (Kind::Int..=Kind::Int64).contains(&kind)
}

fn is_word(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool | Kind::Chan | Kind::Func | Kind::Map | Kind::Pointer | Kind::UnsafePointer
    ) || (Kind::Int..=Kind::Uintptr).contains(&kind)
}

impl Builder<'_> {
    pub fn unary(&mut self, e: &Expr, op: Operator, x: &Expr, dst: Option<Reg>) -> Reg {
        let ty = self.ty(e.id);
        match op {
            Operator::And => return self.address_of(x, dst),
            Operator::Mul => {
                let words = self.words(ty);
                let dst = self.target(dst, words);
                let mark = self.mark();
                let place = self.place(e);
                self.at(e.pos);
                if self.is_aggregate(ty)
                    && let Place::Memory(base, _) = place
                {
                    self.emit(Op::CheckNil, 0, base, 0, 0);
                }
                self.load(place, ty, Some(dst));
                self.release(mark);
                return dst;
            }
            Operator::Receive => {
                let words = self.words(ty);
                let dst = self.target(dst, words);
                self.receive(x, ty, dst, None);
                return dst;
            }
            _ => {}
        }
        let rtype = self.rtype(ty);
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        let value = self.expr(x, None);
        match (op, rtype.kind) {
            (Operator::Not, _) => self.emit(Op::LogicalNot, dst, value, 0, 0),
            (Operator::Sub, Kind::Float32 | Kind::Float64) => {
                self.emit(Op::NegF, dst, value, 0, 0);
            }
            (Operator::Sub, Kind::Complex64 | Kind::Complex128) => {
                self.emit(Op::NegF, dst, value, 0, 0);
                self.emit(Op::NegF, dst + 1, value + 1, 0, 0);
            }
            (Operator::Sub, kind) => {
                self.emit(Op::Neg, dst, value, 0, 0);
                self.normalize(dst, kind);
            }
            (Operator::Xor, kind) => {
                self.emit(Op::Not, dst, value, 0, 0);
                self.normalize(dst, kind);
            }
            _ => self.moves(dst, value, rtype.words),
        }
        self.release(mark);
        dst
    }

    fn address_of(&mut self, x: &Expr, dst: Option<Reg>) -> Reg {
        let x = x.unparen();
        if let ExprKind::Composite(_) = &x.kind {
            let ty = self.ty(x.id);
            if self.is_aggregate(ty) {
                return self.expr(x, dst);
            }
            // The address of a slice or map literal.
            let dst = self.target(dst, 1);
            let mark = self.mark();
            let value = self.expr(x, None);
            let size = self.rtype(ty).size;
            let address = self.alloc(1);
            self.emit(Op::New, address, 0, 0, size as i32);
            self.store(Place::Memory(address, 0), ty, value);
            self.moves(dst, address, 1);
            self.release(mark);
            return dst;
        }
        let dst = self.target(dst, 1);
        let mark = self.mark();
        let place = self.place(x);
        match place {
            Place::Memory(base, 0) => {
                if !matches!(x.kind, ExprKind::Name(_)) {
                    self.emit(Op::CheckNil, 0, base, 0, 0);
                }
                self.moves(dst, base, 1);
            }
            Place::Memory(base, offset) => self.emit(Op::FieldAddr, dst, base, 0, offset),
            Place::Register(register) => self.moves(dst, register, 1),
        }
        self.release(mark);
        dst
    }

    /// Cuts an integer to its type.
    pub fn normalize(&mut self, register: Reg, kind: Kind) {
        let op = match kind {
            Kind::Int8 => Op::Sext8,
            Kind::Int16 => Op::Sext16,
            Kind::Int32 => Op::Sext32,
            Kind::Uint8 => Op::Zext8,
            Kind::Uint16 => Op::Zext16,
            Kind::Uint32 => Op::Zext32,
            _ => return,
        };
        self.emit(op, register, register, 0, 0);
    }

    pub fn binary(&mut self, e: &Expr, op: Operator, x: &Expr, y: &Expr, dst: Option<Reg>) -> Reg {
        if matches!(op, Operator::AndAnd | Operator::OrOr) {
            let dst = self.target(dst, 1);
            let (no, end) = (self.label(), self.label());
            self.cond(e, false, no);
            self.int(dst, 1);
            self.jump(Op::Jump, 0, 0, end);
            self.bind(no);
            self.int(dst, 0);
            self.bind(end);
            return dst;
        }
        if op.is_comparison() {
            let dst = self.target(dst, 1);
            let mark = self.mark();
            self.comparison(e, op, x, y, dst);
            self.release(mark);
            return dst;
        }
        let ty = self.ty(e.id);
        let rtype = self.rtype(ty);
        if rtype.kind == Kind::String {
            return self.concatenation(e, dst);
        }
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        self.do_calls_of(&[x, y]);
        let early = (!op.is_shift() && self.waits_for(x, y)).then(|| self.operand(y, ty));
        let left = self.operand(x, ty);
        if !op.is_shift()
            && let Some(small) = self.small_constant(y)
            && self.arithmetic_small(op, rtype.kind, left, small, dst)
        {
            self.release(mark);
            return dst;
        }
        if op.is_shift() {
            self.shift(e, op, rtype.kind, left, y, dst);
        } else {
            let right = match early {
                Some(right) => right,
                None => self.operand(y, ty),
            };
            self.at(e.pos);
            self.arithmetic(op, rtype.kind, left, right, dst);
        }
        self.release(mark);
        dst
    }

    fn operand(&mut self, e: &Expr, ty: TypeId) -> Reg {
        match self.constant_of(e.id) {
            Some(value) => self.const_value(&value, ty, None),
            None => self.expr(e, None),
        }
    }

    /// `x op small`; false when there is no instruction for it.
    pub fn arithmetic_small(
        &mut self,
        op: Operator,
        kind: Kind,
        left: Reg,
        small: i32,
        dst: Reg,
    ) -> bool {
        if !(Kind::Int..=Kind::Uintptr).contains(&kind) {
            return false;
        }
        match (op, small.checked_neg()) {
            (Operator::Add, _) => self.emit(Op::AddI, dst, left, 0, small),
            (Operator::Sub, Some(negated)) => self.emit(Op::AddI, dst, left, 0, negated),
            (Operator::Mul, _) => self.emit(Op::MulI, dst, left, 0, small),
            (Operator::And, _) if small >= 0 => {
                self.emit(Op::AndI, dst, left, 0, small);
                return true;
            }
            _ => return false,
        }
        self.normalize(dst, kind);
        true
    }

    pub fn shift(&mut self, e: &Expr, op: Operator, kind: Kind, left: Reg, y: &Expr, dst: Reg) {
        let signed = is_signed(kind);
        let (by_register, by_constant) = match (op, signed) {
            (Operator::Shl, _) => (Op::Shl, Op::ShlI),
            (_, true) => (Op::Shr, Op::ShrI),
            (_, false) => (Op::ShrU, Op::ShrUI),
        };
        // A constant count that is too large for an immediate is as good as the largest.
        let constant = self.constant_of(y.id).is_some();
        match constant.then(|| self.small_constant(y).unwrap_or(i32::MAX)) {
            Some(count) if count < 64 => self.emit(by_constant, dst, left, 0, count),
            Some(_) if by_constant == Op::ShrI => self.emit(Op::ShrI, dst, left, 0, 63),
            Some(_) => self.int(dst, 0),
            None => {
                let count_type = self.ty(y.id);
                let count = self.expr(y, None);
                self.at(e.pos);
                if is_signed(self.kind(count_type)) {
                    self.emit(Op::CheckShift, 0, count, 0, 0);
                }
                self.emit(by_register, dst, left, count, 0);
            }
        }
        if op == Operator::Shl {
            self.normalize(dst, kind);
        }
    }

    /// Arithmetic on values in registers.
    pub fn arithmetic(&mut self, op: Operator, kind: Kind, left: Reg, right: Reg, dst: Reg) {
        let float = matches!(kind, Kind::Float32 | Kind::Float64);
        let complex = matches!(kind, Kind::Complex64 | Kind::Complex128);
        let signed = is_signed(kind);
        let code = match op {
            Operator::Add if complex => Op::AddC,
            Operator::Sub if complex => Op::SubC,
            Operator::Mul if complex => Op::MulC,
            Operator::Div if complex => Op::DivC,
            Operator::Add if float => Op::AddF,
            Operator::Sub if float => Op::SubF,
            Operator::Mul if float => Op::MulF,
            Operator::Div if float => Op::DivF,
            Operator::Add if kind == Kind::String => Op::Concat,
            Operator::Add => Op::Add,
            Operator::Sub => Op::Sub,
            Operator::Mul => Op::Mul,
            Operator::Div if signed => Op::Div,
            Operator::Div => Op::DivU,
            Operator::Rem if signed => Op::Rem,
            Operator::Rem => Op::RemU,
            Operator::And => Op::And,
            Operator::Or => Op::Or,
            Operator::Xor => Op::Xor,
            _ => Op::AndNot,
        };
        self.emit(code, dst, left, right, 0);
        match kind {
            Kind::Float32 => self.emit(Op::RoundF, dst, dst, 0, 0),
            Kind::Complex64 => {
                self.emit(Op::RoundF, dst, dst, 0, 0);
                self.emit(Op::RoundF, dst + 1, dst + 1, 0, 0);
            }
            _ if matches!(
                op,
                Operator::Add | Operator::Sub | Operator::Mul | Operator::Div
            ) =>
            {
                self.normalize(dst, kind);
            }
            _ => {}
        }
    }

    fn concatenation(&mut self, e: &Expr, dst: Option<Reg>) -> Reg {
        let mut parts = Vec::new();
        let mut x = e;
        loop {
            let constant = self.constant_of(x.id).is_some();
            match &x.kind {
                ExprKind::Paren(inner) if !constant => x = inner,
                ExprKind::Binary(Operator::Add, left, right) if !constant && parts.len() < 20 => {
                    parts.push(&**right);
                    x = left;
                }
                _ => break,
            }
        }
        parts.push(x);
        parts.reverse();
        self.do_calls_of(&parts);
        let dst = self.target(dst, 2);
        let mark = self.mark();
        if let [left, right] = parts.as_slice() {
            let left = self.expr(left, None);
            let right = self.expr(right, None);
            self.emit(Op::Concat, dst, left, right, 0);
        } else {
            let first = self.alloc(parts.len() * 2);
            for (at, part) in parts.iter().enumerate() {
                self.expr(part, Some(first + at as u8 * 2));
            }
            self.emit(Op::ConcatN, dst, first, parts.len() as u8, 0);
        }
        self.release(mark);
        dst
    }

    /// The type that both sides of a comparison are compared as.
    fn common_type(&mut self, x: &Expr, y: &Expr) -> TypeId {
        let x_type = self.ty(x.id);
        if self.is_nil(x) {
            return self.ty(y.id);
        }
        if self.is_nil(y) || self.is_interface(x_type) {
            return x_type;
        }
        let y_type = self.ty(y.id);
        if self.is_interface(y_type) || self.constant_of(x.id).is_some() {
            return y_type;
        }
        x_type
    }

    fn comparison(&mut self, e: &Expr, op: Operator, x: &Expr, y: &Expr, dst: Reg) {
        let ty = self.common_type(x, y);
        let kind = self.kind(ty);
        if self.is_nil(y) || self.is_nil(x) {
            let value = if self.is_nil(y) { x } else { y };
            let value = self.expr(value, None);
            self.emit(Op::EqI, dst, value, 0, 0);
            if op == Operator::NotEqual {
                self.emit(Op::LogicalNot, dst, dst, 0, 0);
            }
            return;
        }
        self.do_calls_of(&[x, y]);
        let left = self.expr_as(x, ty, None);
        let right = self.expr_as(y, ty, None);
        self.at(e.pos);
        self.compare_values(op, ty, kind, left, right, dst);
    }

    /// Compares two values in registers.
    pub fn compare_values(
        &mut self,
        op: Operator,
        ty: TypeId,
        kind: Kind,
        left: Reg,
        right: Reg,
        dst: Reg,
    ) {
        let (swap, op) = match op {
            Operator::Greater => (true, Operator::Less),
            Operator::GreaterEqual => (true, Operator::LessEqual),
            other => (false, other),
        };
        let (left, right) = if swap { (right, left) } else { (left, right) };
        let mut negate = false;
        let code = match (kind, op) {
            (Kind::Float32 | Kind::Float64, Operator::Equal) => Op::EqF,
            (Kind::Float32 | Kind::Float64, Operator::NotEqual) => Op::NeF,
            (Kind::Float32 | Kind::Float64, Operator::Less) => Op::LtF,
            (Kind::Float32 | Kind::Float64, _) => Op::LeF,
            (Kind::String, Operator::Equal) => Op::EqS,
            (Kind::String, Operator::NotEqual) => Op::NeS,
            (Kind::String, Operator::Less) => Op::LtS,
            (Kind::String, _) => Op::LeS,
            (Kind::Complex64 | Kind::Complex128, _) => {
                negate = op == Operator::NotEqual;
                Op::EqC
            }
            (Kind::Interface, _) => {
                negate = op == Operator::NotEqual;
                Op::EqIface
            }
            (Kind::Struct | Kind::Array, _) => {
                negate = op == Operator::NotEqual;
                let rtype = self.rtype(ty);
                self.emit(Op::EqMem, dst, left, right, rtype.id as i32);
                if negate {
                    self.emit(Op::LogicalNot, dst, dst, 0, 0);
                }
                return;
            }
            (_, Operator::Equal) => Op::Eq,
            (_, Operator::NotEqual) => Op::Ne,
            (kind, Operator::Less) if is_signed(kind) => Op::Lt,
            (kind, _) if is_signed(kind) => Op::Le,
            (_, Operator::Less) => Op::LtU,
            _ => Op::LeU,
        };
        self.emit(code, dst, left, right, 0);
        if negate {
            self.emit(Op::LogicalNot, dst, dst, 0, 0);
        }
    }

    /// Jumps if a condition is as wanted.
    pub fn cond(&mut self, e: &Expr, wanted: bool, label: Label) {
        if let Some(Value::Bool(value)) = self.constant_of(e.id) {
            if value == wanted {
                self.jump(Op::Jump, 0, 0, label);
            }
            return;
        }
        let mark = self.mark();
        match &e.kind {
            ExprKind::Paren(inner) => self.cond(inner, wanted, label),
            ExprKind::Unary(Operator::Not, x) => self.cond(x, !wanted, label),
            ExprKind::Binary(op @ (Operator::AndAnd | Operator::OrOr), x, y) => {
                if (*op == Operator::AndAnd) == wanted {
                    let skip = self.label();
                    self.cond(x, !wanted, skip);
                    self.cond(y, wanted, label);
                    self.bind(skip);
                } else {
                    self.cond(x, wanted, label);
                    self.cond(y, wanted, label);
                }
            }
            ExprKind::Binary(op, x, y)
                if op.is_comparison() && self.fused(e, *op, x, y, wanted, label) => {}
            _ => {
                let value = self.expr(e, None);
                let op = if wanted { Op::JumpTrue } else { Op::JumpFalse };
                self.jump(op, value, 0, label);
            }
        }
        self.release(mark);
    }

    /// A comparison of words and the jump in one instruction.
    fn fused(
        &mut self,
        e: &Expr,
        op: Operator,
        x: &Expr,
        y: &Expr,
        wanted: bool,
        label: Label,
    ) -> bool {
        let ty = self.common_type(x, y);
        let rtype = self.rtype(ty);
        let nil = self.is_nil(x) || self.is_nil(y);
        if nil && matches!(op, Operator::Equal | Operator::NotEqual) {
            let value = if self.is_nil(y) { x } else { y };
            let value = self.expr(value, None);
            let equal = (op == Operator::Equal) == wanted;
            let op = if equal { Op::JumpEqI } else { Op::JumpNeI };
            self.jump_small(op, value, 0, label);
            return true;
        }
        if !is_word(rtype.kind) || rtype.compare == Compare::Never {
            return false;
        }
        let op = if wanted { op } else { negated(op) };
        let signed = is_signed(rtype.kind);
        let equality = matches!(op, Operator::Equal | Operator::NotEqual);
        if let Some(small) = self
            .small_constant(y)
            .and_then(|small| i16::try_from(small).ok())
            && (signed || equality)
        {
            let left = self.expr(x, None);
            let op = match op {
                Operator::Equal => Op::JumpEqI,
                Operator::NotEqual => Op::JumpNeI,
                Operator::Less => Op::JumpLtI,
                Operator::LessEqual => Op::JumpLeI,
                Operator::Greater => Op::JumpGtI,
                _ => Op::JumpGeI,
            };
            self.jump_small(op, left, small, label);
            return true;
        }
        self.do_calls_of(&[x, y]);
        let left = self.expr_as(x, ty, None);
        let right = self.expr_as(y, ty, None);
        self.at(e.pos);
        let (code, swap) = match (op, signed) {
            (Operator::Equal, _) => (Op::JumpEq, false),
            (Operator::NotEqual, _) => (Op::JumpNe, false),
            (Operator::Less, true) => (Op::JumpLt, false),
            (Operator::LessEqual, true) => (Op::JumpLe, false),
            (Operator::Greater, true) => (Op::JumpLt, true),
            (_, true) => (Op::JumpLe, true),
            (Operator::Less, false) => (Op::JumpLtU, false),
            (Operator::LessEqual, false) => (Op::JumpLeU, false),
            (Operator::Greater, false) => (Op::JumpLtU, true),
            (_, false) => (Op::JumpLeU, true),
        };
        let (left, right) = if swap { (right, left) } else { (left, right) };
        self.jump(code, left, right, label);
        true
    }

    /// Receives from a channel.
    pub fn receive(&mut self, channel: &Expr, ty: TypeId, dst: Reg, ok: Option<Reg>) {
        let mark = self.mark();
        let channel_register = self.expr(channel, None);
        self.at(channel.pos);
        let words = self.words(ty);
        if !self.is_aggregate(ty) {
            let ok = ok.map_or(-1, i32::from);
            self.emit(Op::Recv, dst, channel_register, words, ok);
            self.release(mark);
            return;
        }
        // A closed channel gives a zero value, which has to be made.
        let ok = ok.unwrap_or_else(|| self.alloc(1));
        self.emit(Op::Recv, dst, channel_register, words, i32::from(ok));
        let end = self.label();
        self.jump(Op::JumpTrue, ok, 0, end);
        self.zero(ty, dst);
        self.bind(end);
        self.release(mark);
    }
}

fn negated(op: Operator) -> Operator {
    match op {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterEqual,
        Operator::LessEqual => Operator::Greater,
        Operator::Greater => Operator::LessEqual,
        _ => Operator::Less,
    }
}
