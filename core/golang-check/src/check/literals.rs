//! Basic and composite literals. Models `types2/literals.go`.

use super::{constants::operator_pos, operand::Operand};
use crate::{
    ast::{CompositeLit, Expr, ExprKind, LitKind},
    constant::{self, Value},
    info::Mode,
    object::ObjectId,
    program::Program,
    types::{Struct, Type, TypeId},
};
use ordered::{OrderedMap, OrderedSet};

/// Characters of a numeric literal.
const NUMBER_CHARACTERS_MAX: usize = 10_000;

impl Program {
    pub(crate) fn basic_literal<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        kind: LitKind,
        text: &str,
    ) {
        let is_number = matches!(kind, LitKind::Int | LitKind::Float | LitKind::Imaginary);
        if is_number && text.len() > NUMBER_CHARACTERS_MAX {
            let start: String = text.chars().take(10).collect();
            self.error(
                e.pos,
                format!(
                    "excessively long constant: {start}... ({} chars)",
                    text.len()
                ),
            );
            return;
        }
        let value = constant::literal(kind, text);
        if value.is_unknown() {
            self.error(e.pos, format!("malformed constant: {text}"));
            return;
        }
        x.mode = Mode::Constant;
        x.ty = match kind {
            LitKind::Int => TypeId::UNTYPED_INT,
            LitKind::Float => TypeId::UNTYPED_FLOAT,
            LitKind::Imaginary => TypeId::UNTYPED_COMPLEX,
            LitKind::Rune => TypeId::UNTYPED_RUNE,
            LitKind::String => TypeId::UNTYPED_STRING,
        };
        x.value = Some(value);
        x.expr = Some(e);
        self.overflow(x, operator_pos(Some(e)));
    }

    pub(crate) fn composite_literal<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        literal: &'e CompositeLit,
        hint: Option<TypeId>,
    ) {
        let mut open_array = None;
        let (mut ty, mut base, mut is_element) = (TypeId::INVALID, TypeId::INVALID, false);
        match (&literal.ty, hint) {
            (
                Some(Expr {
                    kind: ExprKind::ArrayType(None, element),
                    ..
                }),
                _,
            ) => {
                open_array = Some(self.var_type(element));
            }
            (Some(expr), _) => {
                ty = self.type_expr(expr);
                base = ty;
            }
            (None, Some(hint)) => {
                ty = hint;
                base = hint;
                if let Some(core) = self.core(base)
                    && let (pointed, true) = self.dereferenced(core)
                {
                    base = pointed;
                }
                is_element = true;
            }
            (None, None) => self.error(e.start(), "missing type in composite literal"),
        }
        if let (Some(element), Some(expr)) = (open_array, &literal.ty) {
            let length = self.indexed_elements(&literal.elements, element, -1);
            ty = self.types.add(Type::Array(length, element));
            self.info_mut().set(expr.id, Mode::Type, ty, None);
        } else {
            let core = self.core(base);
            let kind = core.map(|core| self.types.get(core).clone());
            match kind {
                Some(Type::Struct(structure)) => self.struct_elements(x, literal, &structure, base),
                Some(Type::Array(length, element)) => {
                    self.indexed_elements(&literal.elements, element, length);
                }
                Some(Type::Slice(element)) => {
                    self.indexed_elements(&literal.elements, element, -1);
                }
                Some(Type::Map(key, value)) => self.map_elements(x, literal, key, value),
                _ => {
                    self.use_elements(literal);
                    if core != Some(TypeId::INVALID) && self.is_valid(ty) {
                        let what = if is_element { " element" } else { "" };
                        let why = if core.is_none() {
                            " (no common underlying type)"
                        } else {
                            ""
                        };
                        let text = self.text(ty);
                        self.error(
                            e.start(),
                            format!("invalid composite literal{what} type {text}{why}"),
                        );
                        *x = Operand::new();
                        return;
                    }
                }
            }
        }
        *x = Operand {
            mode: Mode::Value,
            ty,
            ..Operand::new()
        };
    }

    fn use_elements(&mut self, literal: &CompositeLit) {
        for element in &literal.elements {
            let value = match &element.kind {
                ExprKind::KeyValue(_, value) => value,
                _ => element,
            };
            self.use_exprs(std::slice::from_ref(value));
        }
    }

    fn struct_elements<'e>(
        &mut self,
        x: &mut Operand<'e>,
        literal: &'e CompositeLit,
        ty: &Struct,
        base: TypeId,
    ) {
        let Some(first) = literal.elements.first() else {
            return;
        };
        if matches!(first.kind, ExprKind::KeyValue(..)) {
            let mut seen: OrderedSet<usize> = OrderedSet::new();
            for element in &literal.elements {
                self.keyed_field(x, element, ty, base, &mut seen);
            }
            return;
        }
        let text = self.text(base);
        for (index, element) in literal.elements.iter().enumerate() {
            if matches!(element.kind, ExprKind::KeyValue(..)) {
                self.error(
                    element.start(),
                    "mixture of field:value and value elements in struct literal",
                );
                continue;
            }
            self.expr(None, x, element);
            let Some(field) = ty.fields.get(index).copied() else {
                self.error(
                    x.pos(),
                    format!("too many values in struct literal of type {text}"),
                );
                break;
            };
            if !self.is_visible(field) {
                let name = self.object_name(field);
                self.error(
                    x.pos(),
                    format!("implicit assignment to unexported field {name} in struct literal of type {text}"),
                );
                continue;
            }
            let field_type = self.object_type(field);
            self.assignment(x, Some(field_type), "struct literal");
        }
        if literal.elements.len() < ty.fields.len() {
            self.error(
                literal.rbrace,
                format!("too few values in struct literal of type {text}"),
            );
        }
    }

    fn is_visible(&self, field: ObjectId) -> bool {
        let object = self.objects.get(field);
        object.package == Some(self.checker.env.package)
            || crate::symbol::is_exported(self.symbols.text(object.name))
    }

    fn keyed_field<'e>(
        &mut self,
        x: &mut Operand<'e>,
        element: &'e Expr,
        ty: &Struct,
        base: TypeId,
        seen: &mut OrderedSet<usize>,
    ) {
        let ExprKind::KeyValue(key_expr, value) = &element.kind else {
            self.error(
                element.start(),
                "mixture of field:value and value elements in struct literal",
            );
            return;
        };
        self.expr(None, x, value);
        let Some(key) = key_expr.as_name() else {
            let text = self.show(key_expr);
            self.error(
                element.start(),
                format!("invalid field name {text} in struct literal"),
            );
            return;
        };
        let Some(index) = self.field_index(&ty.fields, key.name, false) else {
            let other = self.field_index(&ty.fields, key.name, true);
            let other = other.and_then(|index| ty.fields.get(index)).copied();
            let message = self.lookup_error(base, key.name, other, true);
            self.error(key.pos, message);
            return;
        };
        let Some(field) = ty.fields.get(index).copied() else {
            return;
        };
        self.record_object(key.id, field);
        let field_type = self.object_type(field);
        self.assignment(x, Some(field_type), "struct literal");
        if !seen.insert(index) {
            let name = self.name(key.name);
            self.error(
                element.start(),
                format!("duplicate field name {name} in struct literal"),
            );
        }
    }

    fn map_elements<'e>(
        &mut self,
        x: &mut Operand<'e>,
        literal: &'e CompositeLit,
        key: TypeId,
        value: TypeId,
    ) {
        let key_is_interface = self.is_plain_interface(key);
        let mut seen: OrderedMap<String, Vec<TypeId>> = OrderedMap::new();
        for element in &literal.elements {
            let ExprKind::KeyValue(key_expr, value_expr) = &element.kind else {
                self.error(element.start(), "missing key in map literal");
                continue;
            };
            self.expr_with_hint(x, key_expr, key);
            self.assignment(x, Some(key), "map literal");
            if !x.is_valid() {
                continue;
            }
            if x.is_constant() {
                let constant = x.constant();
                let known = seen.entry(constant_key(&constant)).or_default().clone();
                let duplicate = if key_is_interface {
                    known.iter().any(|ty| self.identical(*ty, x.ty))
                } else {
                    !known.is_empty()
                };
                seen.entry(constant_key(&constant)).or_default().push(x.ty);
                if duplicate {
                    self.error(x.pos(), format!("duplicate key {constant} in map literal"));
                    continue;
                }
            }
            self.expr_with_hint(x, value_expr, value);
            self.assignment(x, Some(value), "map literal");
        }
    }

    /// Elements of an array or slice; the number of elements that they make.
    fn indexed_elements(&mut self, elements: &[Expr], ty: TypeId, length: i64) -> i64 {
        let mut seen: OrderedSet<i64> = OrderedSet::new();
        let (mut index, mut count) = (0i64, 0i64);
        for element in elements {
            let mut fits = false;
            let mut value = element;
            if let ExprKind::KeyValue(key, keyed) = &element.kind {
                let (key_type, at) = self.check_index(key, length);
                if self.is_valid(key_type) {
                    if at >= 0 {
                        index = at;
                        fits = true;
                    } else {
                        let text = self.show(key);
                        self.error(
                            element.start(),
                            format!("index {text} must be integer constant"),
                        );
                    }
                }
                value = keyed;
            } else if length >= 0 && index >= length {
                self.error(
                    element.start(),
                    format!("index {index} is out of bounds (>= {length})"),
                );
            } else {
                fits = true;
            }
            if fits && !seen.insert(index) {
                self.error(
                    element.start(),
                    format!("duplicate index {index} in array or slice literal"),
                );
            }
            index = index.saturating_add(1);
            count = count.max(index);
            let mut x = Operand::new();
            self.expr_with_hint(&mut x, value, ty);
            self.assignment(&mut x, Some(ty), "array or slice literal");
        }
        count
    }
}

/// A text that is equal for equal constants.
pub(crate) fn constant_key(value: &Value) -> String {
    match (value, value.to_int()) {
        (Value::String(bytes), _) => format!("s{bytes:?}"),
        (Value::Bool(value), _) => format!("b{value}"),
        (_, Value::Int(value)) => format!("i{value}"),
        _ => match value.as_complex() {
            Some((real, imaginary)) => format!("f{}:{}", real.to_bits(), imaginary.to_bits()),
            None => "?".into(),
        },
    }
}
