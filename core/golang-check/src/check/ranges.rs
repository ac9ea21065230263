//! `for … range`. Models `types2/range.go`.

use super::operand::Operand;
use crate::{
    ast::{ChanDir, Expr, ForStmt, Ident, RangeClause, Stmt},
    constant::Value,
    info::Mode,
    object::ObjectId,
    program::Program,
    symbol::Symbol,
    types::{Basic, Type, TypeId},
};

/// The types of the iteration variables, or why there are none.
type KeyValue = Result<(Option<TypeId>, Option<TypeId>), String>;

impl Program {
    pub(crate) fn range_stmt(&mut self, stmt: &Stmt, clause: &RangeClause, body: &ForStmt) {
        let lhs = super::resolver::elements(clause.lhs.as_ref());
        let (key, value, extra) = (lhs.first(), lhs.get(1), lhs.get(2));
        let mut x = Operand::new();
        self.checker.env.has_call_or_receive = false;
        self.expr(None, &mut x, &clause.x);
        self.record_array_length(&x, clause, value);
        let (mut key_type, mut value_type) = (None, None);
        if x.is_valid() {
            match self.range_types(x.ty) {
                Err(cause) => {
                    let text = self.describe(&x);
                    let cause = if cause.is_empty() {
                        cause
                    } else {
                        format!(": {cause}")
                    };
                    self.soft_error(x.pos(), format!("cannot range over {text}{cause}"));
                    (key_type, value_type) = (Some(TypeId::INVALID), Some(TypeId::INVALID));
                }
                Ok((own_key, own_value)) => {
                    let text = self.describe(&x);
                    if let (None, Some(key)) = (own_key, key) {
                        self.soft_error(
                            key.start(),
                            format!("range over {text} permits no iteration variables"),
                        );
                    } else if let (None, Some(value)) = (own_value, value) {
                        self.soft_error(
                            value.start(),
                            format!("range over {text} permits only one iteration variable"),
                        );
                    } else if let Some(extra) = extra {
                        self.soft_error(
                            extra.start(),
                            "range clause permits at most two iteration variables",
                        );
                    }
                    (key_type, value_type) = (own_key, own_value);
                }
            }
        }
        self.open_scope();
        let over_int = self.is_basic(x.ty, Basic::is_integer);
        let sides = [(key, key_type), (value, value_type)];
        if clause.define {
            self.range_define(stmt, &mut x, &sides, over_int);
        } else if key.is_some() {
            self.range_assign(&mut x, &sides, over_int);
        } else if over_int {
            self.assignment(&mut x, None, "range clause");
        }
        self.loop_body(&body.body);
        self.close_scope();
    }

    /// Only the length of an array is needed when there is no second variable.
    fn record_array_length(&mut self, x: &Operand, clause: &RangeClause, value: Option<&Expr>) {
        if !x.is_valid() || value.is_some() || self.checker.env.has_call_or_receive {
            return;
        }
        let under = self.underlying(x.ty);
        let behind = self.array_behind(under);
        if let Type::Array(length, _) = *self.types.get(behind) {
            let range_over = clause.x.unparen();
            self.info_mut()
                .implicit_lengths
                .insert(range_over.id, length);
            let _ = Value::int(length);
        }
    }

    fn range_define(
        &mut self,
        stmt: &Stmt,
        x: &mut Operand,
        sides: &[(Option<&Expr>, Option<TypeId>); 2],
        over_int: bool,
    ) {
        let mut variables: Vec<ObjectId> = Vec::new();
        for (lhs, ty) in sides {
            let Some(lhs) = lhs else { continue };
            let object = match lhs.as_name() {
                Some(name) => {
                    let object = self.new_local(name, None);
                    self.record_object(name.id, object);
                    if name.name != Symbol::BLANK {
                        variables.push(object);
                    }
                    object
                }
                None => {
                    let text = self.show(lhs);
                    self.error(
                        lhs.start(),
                        format!("invalid syntax tree: cannot declare {text}"),
                    );
                    self.new_local(
                        Ident {
                            id: lhs.id,
                            pos: lhs.pos,
                            name: Symbol::BLANK,
                        },
                        None,
                    )
                }
            };
            let Some(ty) = ty.filter(|ty| *ty != TypeId::INVALID) else {
                self.set_object_type(object, TypeId::INVALID);
                if let Some(var) = self.objects.var_mut(object) {
                    var.used = true;
                }
                continue;
            };
            if over_int {
                self.init_var(object, x, "range clause");
            } else {
                let mut y = Operand::value_of(lhs, ty);
                self.init_var(object, &mut y, "assignment");
            }
        }
        if variables.is_empty() {
            self.error(stmt.pos, "no new variables on left side of :=");
        }
        let scope = self.checker.env.scope;
        for object in variables {
            self.declare(scope, None, object);
        }
    }

    fn range_assign<'e>(
        &mut self,
        x: &mut Operand<'e>,
        sides: &[(Option<&'e Expr>, Option<TypeId>); 2],
        over_int: bool,
    ) {
        for (lhs, ty) in sides {
            let (Some(lhs), Some(ty)) = (lhs, ty.filter(|ty| *ty != TypeId::INVALID)) else {
                continue;
            };
            if !over_int {
                let mut y = Operand::value_of(lhs, ty);
                self.assign_var(lhs, Err(&mut y), "assignment");
                continue;
            }
            self.assign_var(lhs, Err(x), "range clause");
            if x.is_valid() && !self.is_basic(x.ty, Basic::is_integer) {
                let text = self.text(x.ty);
                self.soft_error(
                    lhs.start(),
                    format!("cannot use iteration variable of type {text}"),
                );
            }
        }
    }

    fn range_types(&mut self, ty: TypeId) -> KeyValue {
        let core = self.common_under(ty, &mut |program, t, under| match under
            .map(|under| program.types.get(under))
        {
            Some(Type::Chan(ChanDir::Send, _)) => Err(format!(
                "receive from send-only channel {}",
                program.text(t)
            )),
            _ => Ok(()),
        })?;
        let behind = self.array_behind(core);
        match self.types.get(behind).clone() {
            Type::Basic(basic) if basic.is_string() => Ok((Some(TypeId::INT), Some(TypeId::RUNE))),
            Type::Basic(basic) if basic.is_integer() => Ok((Some(ty), None)),
            Type::Array(_, element) | Type::Slice(element) => {
                Ok((Some(TypeId::INT), Some(element)))
            }
            Type::Map(key, value) => Ok((Some(key), Some(value))),
            Type::Chan(_, element) => Ok((Some(element), None)),
            Type::Signature(signature) => self.range_over_function(&signature),
            _ => Err(String::new()),
        }
    }

    fn range_over_function(&mut self, signature: &crate::types::Signature) -> KeyValue {
        let wrong = |what: &str| Err(format!("func must be func(yield func(...) bool): {what}"));
        let [yielded] = &*signature.params else {
            return wrong("wrong argument count");
        };
        if !signature.results.is_empty() {
            return wrong("unexpected results");
        }
        let yield_type = self.type_of(*yielded);
        let core = match self.common_under(yield_type, &mut |_, _, _| Ok(())) {
            Ok(core) => core,
            Err(cause) => return wrong(&format!("in yield type, {cause}")),
        };
        let Type::Signature(callback) = self.types.get(core).clone() else {
            return wrong("argument is not func");
        };
        if callback.params.len() > 2 {
            return wrong("yield func has too many parameters");
        }
        let result = match &*callback.results {
            [only] => self.type_of(*only),
            _ => return wrong("yield func does not return bool"),
        };
        if !self.identical(result, TypeId::BOOL) {
            return if self.is_basic(result, Basic::is_boolean) {
                wrong("yield func returns user-defined boolean, not bool")
            } else {
                wrong("yield func does not return bool")
            };
        }
        let param = |program: &Program, index: usize| {
            callback
                .params
                .get(index)
                .map(|param| program.type_of(*param))
        };
        Ok((param(self, 0), param(self, 1)))
    }

    /// Whether an operand mode is that of a value at all.
    pub(crate) fn is_value_mode(mode: Mode) -> bool {
        !matches!(
            mode,
            Mode::Invalid | Mode::NoValue | Mode::Type | Mode::Builtin
        )
    }
}
