//! Index and slice expressions. Models `types2/index.go`.

use super::operand::Operand;
use crate::{
    ast::{Expr, ExprKind, SliceExpr},
    constant::Value,
    info::Mode,
    program::Program,
    types::{Basic, Type, TypeId},
};

/// What an operand gives when it is indexed.
struct Indexed {
    /// For maps.
    key: Option<TypeId>,
    element: TypeId,
    mode: Mode,
    /// Negative if it is not known.
    length: i64,
}

impl Program {
    /// `x[i]`; true if it is a generic function with type arguments.
    pub(crate) fn index_expr<'e>(&mut self, x: &mut Operand<'e>, e: &'e Expr) -> bool {
        let ExprKind::Index(inner, index) = &e.kind else {
            return false;
        };
        self.expr_or_type(x, inner, true);
        match x.mode {
            Mode::Invalid => {
                self.use_exprs(index.elements());
                return false;
            }
            Mode::Type => {
                x.invalidate();
                x.ty = self.var_type(e);
                if self.is_valid(x.ty) {
                    x.mode = Mode::Type;
                }
                return false;
            }
            Mode::Value => {
                if let Type::Signature(signature) = self.under(x.ty)
                    && !signature.type_params.is_empty()
                {
                    return true;
                }
            }
            _ => {}
        }
        self.non_generic(None, x);
        if !x.is_valid() {
            return false;
        }
        let Some(indexed) = self.indexed(x) else {
            let text = self.describe(x);
            self.error(e.pos, format!("cannot index {text}"));
            self.use_exprs(index.elements());
            x.invalidate();
            return false;
        };
        let Some(first) = self.single_index(index) else {
            x.invalidate();
            return false;
        };
        if let Some(key) = indexed.key {
            let mut k = Operand::new();
            self.expr(None, &mut k, first);
            self.assignment(&mut k, Some(key), "map index");
            x.mode = Mode::MapIndex;
            x.ty = indexed.element;
            x.expr = Some(e);
            return false;
        }
        x.mode = indexed.mode;
        x.ty = indexed.element;
        x.value = None;
        self.check_index(first, indexed.length);
        false
    }

    fn indexed(&mut self, x: &Operand) -> Option<Indexed> {
        if self.is_type_param(x.ty) {
            return self.indexed_param(x);
        }
        let ty = x.ty;
        let mut indexed = self.indexed_type(ty, x.mode)?;
        if let (true, Some(bytes)) = (x.is_constant(), x.constant().as_bytes()) {
            indexed.length = bytes.len() as i64;
        }
        Some(indexed)
    }

    fn indexed_type(&mut self, ty: TypeId, mode: Mode) -> Option<Indexed> {
        let plain = |element, mode, length| {
            Some(Indexed {
                key: None,
                element,
                mode,
                length,
            })
        };
        match self.under(ty) {
            Type::Basic(basic) if basic.is_string() => plain(TypeId::BYTE, Mode::Value, -1),
            Type::Array(length, element) => {
                let mode = if mode == Mode::Variable {
                    Mode::Variable
                } else {
                    Mode::Value
                };
                plain(element, mode, length)
            }
            Type::Pointer(base) => match self.under(base) {
                Type::Array(length, element) => plain(element, Mode::Variable, length),
                _ => None,
            },
            Type::Slice(element) => plain(element, Mode::Variable, -1),
            Type::Map(key, element) => Some(Indexed {
                key: Some(key),
                element,
                mode: Mode::MapIndex,
                length: -1,
            }),
            _ => None,
        }
    }

    /// All types of a type parameter must give the same.
    fn indexed_param(&mut self, x: &Operand) -> Option<Indexed> {
        let mut result: Option<Indexed> = None;
        for term in self.terms_of(x.ty)?.iter() {
            let one = self.indexed_type(term.ty, x.mode)?;
            let Some(known) = &mut result else {
                let mode = if one.key.is_none() && one.mode != Mode::Value {
                    Mode::Variable
                } else {
                    one.mode
                };
                result = Some(Indexed { mode, ..one });
                continue;
            };
            let (known_key, known_element) = (known.key, known.element);
            let same_key = match (known_key, one.key) {
                (None, None) => true,
                (Some(a), Some(b)) => self.identical(a, b),
                _ => false,
            };
            if !same_key || !self.identical(known_element, one.element) {
                return None;
            }
            if one.length >= 0 && (known.length < 0 || one.length < known.length) {
                known.length = one.length;
            }
            if one.mode == Mode::Value {
                known.mode = Mode::Value;
            }
        }
        result
    }

    fn single_index<'e>(&mut self, index: &'e Expr) -> Option<&'e Expr> {
        if let ExprKind::List(list) = &index.kind {
            if let Some(second) = list.get(1) {
                self.error(second.start(), "invalid operation: more than one index");
            }
            return list.first();
        }
        Some(index)
    }

    /// An index below a length (if that is not negative); its type, and its value if it is constant.
    pub(crate) fn check_index(&mut self, index: &Expr, length: i64) -> (TypeId, i64) {
        let mut x = Operand::new();
        self.expr(None, &mut x, index);
        if !self.is_valid_index(&mut x, "index", false) {
            return (TypeId::INVALID, -1);
        }
        if !x.is_constant() {
            return (x.ty, -1);
        }
        let Some(value) = x.constant().as_i64() else {
            return (TypeId::INVALID, -1);
        };
        if length >= 0 && value >= length {
            let text = x.constant().to_string();
            self.error(
                x.pos(),
                format!("invalid argument: index {text} out of bounds [0:{length}]"),
            );
            return (TypeId::INVALID, -1);
        }
        (x.ty, value)
    }

    pub(crate) fn is_valid_index(
        &mut self,
        x: &mut Operand,
        what: &str,
        allow_negative: bool,
    ) -> bool {
        if !x.is_valid() {
            return false;
        }
        self.convert_untyped(x, TypeId::INT);
        if !x.is_valid() {
            return false;
        }
        if !self.all_basic(x.ty, Basic::is_integer) {
            let text = self.describe(x);
            self.error(
                x.pos(),
                format!("invalid argument: {what} {text} must be integer"),
            );
            return false;
        }
        if x.is_constant() {
            let value = x.constant();
            if !allow_negative && value.sign() < 0 {
                let text = self.describe(x);
                self.error(
                    x.pos(),
                    format!("invalid argument: {what} {text} must not be negative"),
                );
                return false;
            }
            if !value.is_unknown() && value.as_i64().is_none() {
                let text = self.describe(x);
                self.error(
                    x.pos(),
                    format!("invalid argument: {what} {text} overflows int"),
                );
                return false;
            }
        }
        true
    }

    pub(crate) fn slice_expr<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        slice: &'e SliceExpr,
    ) {
        self.expr(None, x, &slice.x);
        if !x.is_valid() {
            for index in slice.index.iter().flatten() {
                self.use_exprs(std::slice::from_ref(index));
            }
            return;
        }
        let Some(under) = self.sliced_type(x) else {
            x.invalidate();
            return;
        };
        let mut length = -1;
        match self.types.get(under).clone() {
            Type::Basic(basic) if basic.is_string() => {
                if slice.full {
                    let pos = slice.index[2].as_ref().map_or(e.start(), Expr::start);
                    self.error(pos, "invalid operation: 3-index slice of string");
                    x.invalidate();
                    return;
                }
                if let (true, Value::String(bytes)) = (x.is_constant(), x.constant()) {
                    length = bytes.len() as i64;
                }
                if self.is_untyped(x.ty) {
                    x.ty = TypeId::STRING;
                }
            }
            Type::Array(known, element) => {
                length = known;
                if x.mode != Mode::Variable {
                    let text = self.describe(x);
                    self.error(x.pos(), format!("cannot slice unaddressable value {text}"));
                    x.invalidate();
                    return;
                }
                self.mark_address_taken(&slice.x);
                x.ty = self.types.slice(element);
            }
            Type::Pointer(base) if matches!(self.under(base), Type::Array(..)) => {
                if let Type::Array(known, element) = self.under(base) {
                    length = known;
                    x.ty = self.types.slice(element);
                }
            }
            Type::Slice(_) => {}
            _ => {
                let text = self.describe(x);
                self.error(x.pos(), format!("cannot slice {text}"));
                x.invalidate();
                return;
            }
        }
        x.mode = Mode::Value;
        x.value = None;
        self.slice_indices(slice, length);
    }

    /// The common underlying type of what is sliced; strings count as byte slices.
    fn sliced_type(&mut self, x: &Operand) -> Option<TypeId> {
        let mut common: Option<(TypeId, TypeId)> = None;
        let mut has_string = false;
        for (t, under) in self.type_set_of(x.ty) {
            let Some(mut under) = under else {
                let (text, ty) = (self.describe(x), self.text(x.ty));
                self.error(
                    x.pos(),
                    format!("cannot slice {text}: no specific type in {ty}"),
                );
                return None;
            };
            if self.is_basic(under, Basic::is_string) {
                has_string = true;
                under = self.types.slice(TypeId::BYTE);
            }
            match common {
                None => common = Some((t, under)),
                Some((known_type, known)) if !self.identical(known, under) => {
                    let (text, a, b) = (self.describe(x), self.text(known_type), self.text(t));
                    self.error(
                        x.pos(),
                        format!("cannot slice {text}: {a} and {b} have different underlying types"),
                    );
                    return None;
                }
                _ => {}
            }
        }
        if has_string {
            return Some(if self.is_type_param(x.ty) {
                TypeId::STRING
            } else {
                self.underlying(x.ty)
            });
        }
        common.map(|(_, under)| under)
    }

    fn slice_indices(&mut self, slice: &SliceExpr, length: i64) {
        let mut values = [-1i64; 3];
        for (at, index) in slice.index.iter().enumerate() {
            let value = match index {
                Some(index) => {
                    self.check_index(index, if length >= 0 { length + 1 } else { -1 })
                        .1
                }
                None if at == 0 => 0,
                None => length,
            };
            if let Some(slot) = values.get_mut(at) {
                *slot = value;
            }
        }
        for (at, low) in values.iter().enumerate().take(2) {
            for (above, high) in values.iter().enumerate().skip(at + 1) {
                if *low > 0 && *high >= 0 && high < low {
                    let pos = slice
                        .index
                        .get(above)
                        .and_then(Option::as_ref)
                        .map(Expr::start);
                    let pos = pos.unwrap_or_else(|| slice.x.start());
                    self.error(pos, format!("invalid slice indices: {high} < {low}"));
                    return;
                }
            }
        }
    }
}
