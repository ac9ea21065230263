//! Operands: what an expression turns out to be, and how messages describe it.
//! Models `types2/operand.go`.

use crate::{
    ast::Expr,
    constant::Value,
    info::Mode,
    object::Builtin,
    program::Program,
    source::Pos,
    types::{Type, TypeId},
};
use std::rc::Rc;

/// An expression that was checked.
#[derive(Clone)]
pub(crate) struct Operand<'e> {
    pub mode: Mode,
    pub expr: Option<&'e Expr>,
    /// Instead of an expression of the source: a name and a place.
    pub stand_in: Option<(Rc<str>, Pos)>,
    pub ty: TypeId,
    pub value: Option<Value>,
    pub builtin: Builtin,
}

impl<'e> Operand<'e> {
    pub fn new() -> Self {
        Operand {
            mode: Mode::Invalid,
            expr: None,
            stand_in: None,
            ty: TypeId::INVALID,
            value: None,
            builtin: Builtin::Append,
        }
    }

    pub fn value_of(expr: &'e Expr, ty: TypeId) -> Self {
        Operand {
            mode: Mode::Value,
            expr: Some(expr),
            ty,
            ..Operand::new()
        }
    }

    pub fn is_valid(&self) -> bool {
        self.mode != Mode::Invalid
    }

    pub fn invalidate(&mut self) {
        self.mode = Mode::Invalid;
    }

    pub fn is_nil(&self) -> bool {
        self.mode == Mode::NilValue
    }

    pub fn is_constant(&self) -> bool {
        self.mode == Mode::Constant
    }

    /// The constant's value; unknown if it is none.
    pub fn constant(&self) -> Value {
        self.value.clone().unwrap_or(Value::Unknown)
    }

    /// The leftmost position of its expression: where errors about it are.
    pub fn pos(&self) -> Pos {
        match (&self.stand_in, self.expr) {
            (Some((_, pos)), _) => *pos,
            (None, Some(expr)) => expr.start(),
            (None, None) => Pos::NONE,
        }
    }
}

impl Program {
    /// The text of an operand's expression.
    pub(crate) fn operand_expr(&self, x: &Operand) -> String {
        match (&x.stand_in, x.expr) {
            (Some((text, _)), _) => text.to_string(),
            (None, Some(expr)) => self.show(expr),
            (None, None) => String::new(),
        }
    }

    /// An operand as messages describe it: `x (variable of type int)`.
    pub(crate) fn describe(&mut self, x: &Operand) -> String {
        if x.is_nil() {
            return match x.ty {
                TypeId::INVALID => "nil (with invalid type)".into(),
                TypeId::UNTYPED_NIL => "nil".into(),
                ty => format!("nil (of type {})", self.text(ty)),
            };
        }
        let mut expr = self.operand_expr(x);
        if expr.is_empty() {
            expr = match x.mode {
                Mode::Builtin => x.builtin.text().to_string(),
                Mode::Type => self.text(x.ty),
                Mode::Constant => x.constant().to_string(),
                _ => expr,
            };
        }
        let mut out = String::new();
        if !expr.is_empty() {
            out.push_str(&expr);
            out.push_str(" (");
        }
        let mut has_type = false;
        if !matches!(
            x.mode,
            Mode::Invalid | Mode::NoValue | Mode::Builtin | Mode::Type
        ) {
            if self.is_untyped(x.ty) {
                out.push_str(&self.text(x.ty));
                out.push(' ');
            } else {
                has_type = true;
            }
        }
        out.push_str(match x.mode {
            Mode::Invalid => "invalid operand",
            Mode::NoValue => "no value",
            Mode::Builtin => "built-in",
            Mode::Type => "type",
            Mode::Constant => "constant",
            Mode::Variable => "variable",
            Mode::MapIndex => "map index expression",
            Mode::Value => "value",
            Mode::NilValue => "nil",
            Mode::CommaOk => "comma, ok expression",
        });
        if x.is_constant() {
            let value = x.constant().to_string();
            if value != expr {
                out.push(' ');
                out.push_str(&value);
            }
        }
        if has_type {
            self.describe_type(x.ty, &mut out);
        }
        if !expr.is_empty() {
            out.push(')');
        }
        out
    }

    fn describe_type(&mut self, ty: TypeId, out: &mut String) {
        if !self.is_valid(ty) {
            out.push_str(" with invalid type");
            return;
        }
        let param = match self.types.get(self.types.unalias(ty)) {
            Type::Param(param) => Some(*param),
            _ => None,
        };
        out.push_str(" of ");
        if self.is_generic(ty) {
            out.push_str("generic ");
        }
        if param.is_none() && matches!(self.types.get(ty), Type::Alias(_) | Type::Named(_)) {
            let mut what = self.composite_kind(ty).to_string();
            if what.is_empty() {
                let under = self.underlying(ty);
                what = self.text(under);
            }
            out.push_str(&what);
            out.push(' ');
        }
        out.push_str("type ");
        out.push_str(&self.text(ty));
        if let Some(param) = param {
            let bound = self.types.param(param).bound;
            out.push_str(" constrained by ");
            out.push_str(&self.text(bound));
            let set = self.param_set(param);
            if set.terms.as_ref().is_some_and(Vec::is_empty) {
                out.push_str(" with empty type set");
            }
        }
    }

    /// `struct`, `slice`, …; empty for basic types.
    pub(crate) fn composite_kind(&mut self, ty: TypeId) -> &'static str {
        match self.under(ty) {
            Type::Array(..) => "array",
            Type::Slice(_) => "slice",
            Type::Struct(_) => "struct",
            Type::Pointer(_) => "pointer",
            Type::Signature(_) => "func",
            Type::Interface(_) => "interface",
            Type::Map(..) => "map",
            Type::Chan(..) => "chan",
            Type::Tuple(_) => "tuple",
            Type::Union(_) => "union",
            _ => "",
        }
    }

    /// Whether a value can be assigned to a variable of a type; if not, perhaps why.
    pub(crate) fn assignable(&mut self, x: &Operand, target: TypeId, cause: &mut String) -> bool {
        if !x.is_valid() || !self.is_valid(target) {
            return true;
        }
        let (v, t) = (self.types.unalias(x.ty), self.types.unalias(target));
        if self.identical(v, t) {
            return true;
        }
        let (v_under, t_under) = (self.underlying(v), self.underlying(t));
        let (v_param, t_param) = (self.is_type_param(v), self.is_type_param(t));
        if self.is_untyped(v_under) {
            if t_param {
                let terms = self.terms_of(t);
                return terms.is_some_and(|terms| {
                    terms
                        .iter()
                        .all(|term| self.implicit_type(x, term.ty).is_ok())
                });
            }
            return self.implicit_type(x, t).is_ok();
        }
        let unnamed = !self.has_name(v) || !self.has_name(t);
        if !v_param && !t_param && unnamed && self.identical(v_under, t_under) {
            return true;
        }
        let is_interface = matches!(self.types.get(t_under), Type::Interface(_)) && !t_param;
        if is_interface || self.is_interface_pointer(t_under) {
            if self.implements_with(v, t, false, cause) {
                return true;
            }
            if !v_param {
                return false;
            }
            cause.clear();
        }
        if matches!(self.types.get(v_under), Type::Interface(_)) && !v_param {
            let mut ignored = String::new();
            if self.implements_with(t, v, false, &mut ignored) {
                *cause = "need type assertion".into();
                return false;
            }
        }
        if let (Type::Chan(crate::ast::ChanDir::Both, v_element), Type::Chan(_, t_element)) = (
            self.types.get(v_under).clone(),
            self.types.get(t_under).clone(),
        ) && self.identical(v_element, t_element)
        {
            return unnamed;
        }
        if !v_param && !t_param {
            return false;
        }
        self.assignable_params(x, (v, t), target, cause)
    }

    /// The cases where a side is a type parameter.
    fn assignable_params(
        &mut self,
        x: &Operand,
        types: (TypeId, TypeId),
        target: TypeId,
        cause: &mut String,
    ) -> bool {
        let (v, t) = types;
        let extend = |cause: &mut String, text: String| {
            *cause = if cause.is_empty() {
                text
            } else {
                format!("{text}\n\t{cause}")
            };
        };
        if self.is_type_param(t) && !self.has_name(v) {
            let Some(terms) = self.terms_of(t) else {
                return false;
            };
            for term in terms.iter() {
                if !self.assignable(x, term.ty, cause) {
                    let text = format!(
                        "cannot assign {} to {} (in {})",
                        self.text(x.ty),
                        self.text(term.ty),
                        self.text(t)
                    );
                    extend(cause, text);
                    return false;
                }
            }
            return true;
        }
        if self.is_type_param(v) && !self.has_name(t) {
            let Some(terms) = self.terms_of(v) else {
                return false;
            };
            for term in terms.iter() {
                let y = Operand {
                    ty: term.ty,
                    ..x.clone()
                };
                if !self.assignable(&y, t, cause) {
                    let text = format!(
                        "cannot assign {} (in {}) to {}",
                        self.text(term.ty),
                        self.text(v),
                        self.text(target)
                    );
                    extend(cause, text);
                    return false;
                }
            }
            return true;
        }
        false
    }
}
