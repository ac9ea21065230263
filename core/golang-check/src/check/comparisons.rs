//! Comparisons, and untyped operands beside typed ones.

use super::operand::Operand;
use crate::{
    ast::Op,
    constant::{self, Value},
    info::Mode,
    program::Program,
    types::{Basic, Type, TypeId},
};

impl Program {
    /// Lets an untyped operand take the type of the other.
    pub(crate) fn match_types(&mut self, x: &mut Operand, y: &mut Operand) {
        if !self.may_convert(x, y) {
            return;
        }
        self.convert_untyped(x, y.ty);
        if !x.is_valid() {
            return;
        }
        self.convert_untyped(y, x.ty);
        if !y.is_valid() {
            x.invalidate();
        }
    }

    fn may_convert(&mut self, x: &Operand, y: &Operand) -> bool {
        if !self.is_untyped(x.ty) && !self.is_untyped(y.ty) {
            return false;
        }
        if self.all_basic(x.ty, Basic::is_numeric) != self.all_basic(y.ty, Basic::is_numeric) {
            return false;
        }
        if self.is_plain_interface(x.ty) || self.is_plain_interface(y.ty) {
            return true;
        }
        if self.all_basic(x.ty, Basic::is_boolean) != self.all_basic(y.ty, Basic::is_boolean)
            || self.all_basic(x.ty, Basic::is_string) != self.all_basic(y.ty, Basic::is_string)
        {
            return false;
        }
        if x.is_nil() {
            return self.has_nil(y.ty);
        }
        if y.is_nil() {
            return self.has_nil(x.ty);
        }
        !self.is_pointer(x.ty) && !self.is_pointer(y.ty)
    }

    pub(crate) fn comparison(
        &mut self,
        x: &mut Operand,
        y: &mut Operand,
        op: Op,
        switch_case: bool,
    ) {
        if !self.is_valid(x.ty) || !self.is_valid(y.ty) {
            x.invalidate();
            return;
        }
        let op = if switch_case { Op::Equal } else { op };
        if let Err((at_y, cause)) = self.comparable_operands(x, y, op) {
            self.comparison_error(x, y, op, (at_y, cause), switch_case);
            x.invalidate();
            return;
        }
        if x.is_constant() && y.is_constant() {
            let (a, b) = (x.constant(), y.constant());
            x.value = Some(if a.is_unknown() || b.is_unknown() {
                Value::Unknown
            } else {
                Value::Bool(constant::compare(&a, op, &b))
            });
        } else {
            x.mode = Mode::Value;
            for side in [&*x, &*y] {
                if let (Some(expr), None) = (side.expr, &side.stand_in) {
                    let ty = self.default_type(side.ty);
                    self.update_expr_type(expr, ty, true);
                }
            }
            x.value = None;
        }
        x.ty = TypeId::UNTYPED_BOOL;
    }

    /// An error says which side is to blame (the right one is `true`) and why.
    fn comparable_operands(
        &mut self,
        x: &Operand,
        y: &Operand,
        op: Op,
    ) -> Result<(), (bool, String)> {
        let mut ignored = String::new();
        if !self.assignable(x, y.ty, &mut ignored) && !self.assignable(y, x.ty, &mut ignored) {
            let (a, b) = (self.text(x.ty), self.text(y.ty));
            return Err((true, format!("mismatched types {a} and {b}")));
        }
        if matches!(op, Op::Equal | Op::NotEqual) {
            if x.is_nil() || y.is_nil() {
                let ty = if x.is_nil() { y.ty } else { x.ty };
                return if self.has_nil(ty) {
                    Ok(())
                } else {
                    Err((true, String::new()))
                };
            }
            for (at_y, ty) in [(false, x.ty), (true, y.ty)] {
                if !self.comparable(ty, true) {
                    return Err((at_y, self.incomparable_cause(ty)));
                }
            }
            return Ok(());
        }
        let ordered =
            |basic: Basic| (basic.is_numeric() && !basic.is_complex()) || basic.is_string();
        for (at_y, ty) in [(false, x.ty), (true, y.ty)] {
            if !self.all_basic(ty, ordered) {
                return Err((at_y, String::new()));
            }
        }
        Ok(())
    }

    fn incomparable_cause(&mut self, ty: TypeId) -> String {
        match self.under(ty) {
            Type::Slice(_) | Type::Signature(_) | Type::Map(..) => {
                format!("{} can only be compared to nil", self.composite_kind(ty))
            }
            _ => self.comparable_cause(ty, true, 0).err().unwrap_or_default(),
        }
    }

    fn comparison_error(
        &mut self,
        x: &Operand,
        y: &Operand,
        op: Op,
        blame: (bool, String),
        switch_case: bool,
    ) {
        let (mut at_y, mut cause) = blame;
        if cause.is_empty() {
            if self.is_type_param(x.ty) || self.is_type_param(y.ty) {
                at_y |= !self.is_type_param(x.ty);
                let ty = self.text(if at_y { y.ty } else { x.ty });
                cause = format!("type parameter {ty} cannot use operator {}", op.text());
            } else {
                let ty = if at_y { y.ty } else { x.ty };
                let mut what = self.composite_kind(ty).to_string();
                if what.is_empty() {
                    what = self.text(ty);
                }
                cause = format!("operator {} not defined on {what}", op.text());
            }
        }
        let (left, right) = (self.operand_expr(x), self.operand_expr(y));
        if switch_case {
            self.error(
                x.pos(),
                format!("invalid case {left} in switch on {right} ({cause})"),
            );
        } else {
            let pos = if at_y { y.pos() } else { x.pos() };
            self.error(
                pos,
                format!("invalid operation: {left} {} {right} ({cause})", op.text()),
            );
        }
    }
}
