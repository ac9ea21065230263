//! Assignments, initialisations and returns. Models `types2/assignments.go`.

use super::{operand::Operand, untyped::Misfit};
use crate::{
    ast::{Expr, ExprKind, Stmt},
    constant::Value,
    info::Mode,
    object::{ObjectId, ObjectKind},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Type, TypeId},
};

impl Program {
    /// Checks that an operand can be assigned to a variable of a type (without one: to a new
    /// variable), and gives an untyped operand its type.
    pub(crate) fn assignment(&mut self, x: &mut Operand, target: Option<TypeId>, context: &str) {
        self.single_value(x);
        match x.mode {
            Mode::Invalid => return,
            Mode::Constant
            | Mode::Variable
            | Mode::MapIndex
            | Mode::Value
            | Mode::NilValue
            | Mode::CommaOk => {}
            _ => {
                let text = self.describe(x);
                let ty = target.map_or("nil".into(), |ty| self.text(ty));
                self.error(
                    x.pos(),
                    format!("cannot assign {text} to {ty} in {context}"),
                );
                x.invalidate();
                return;
            }
        }
        if self.is_untyped(x.ty) && !self.assign_untyped(x, target, context) {
            x.invalidate();
            return;
        }
        if let Type::Signature(signature) = self.under(x.ty)
            && !signature.type_params.is_empty()
        {
            let text = self.describe(x);
            self.error(
                x.pos(),
                format!("cannot use generic function {text} without instantiation in {context}"),
            );
            x.invalidate();
            return;
        }
        let Some(target) = target else { return };
        let mut cause = String::new();
        if !self.assignable(x, target, &mut cause) {
            let (text, ty) = (self.describe(x), self.text(target));
            let cause = if cause.is_empty() {
                cause
            } else {
                format!(": {cause}")
            };
            self.error(
                x.pos(),
                format!("cannot use {text} as {ty} value in {context}{cause}"),
            );
            x.invalidate();
        }
    }

    fn assign_untyped(&mut self, x: &mut Operand, target: Option<TypeId>, context: &str) -> bool {
        let wanted = if x.is_nil() {
            let Some(target) = target else {
                self.error(x.pos(), format!("use of untyped nil in {context}"));
                return false;
            };
            target
        } else {
            match target {
                Some(target) if !self.is_plain_interface(target) => target,
                _ => self.default_type(x.ty),
            }
        };
        match self.implicit_type(x, wanted) {
            Ok((ty, value)) => {
                self.set_implicit(x, ty, value);
                true
            }
            Err(misfit) => {
                let (text, ty) = (self.describe(x), self.text(wanted));
                let suffix = match misfit {
                    Misfit::Truncated => " (truncated)",
                    Misfit::Overflow => " (overflows)",
                    Misfit::Other => "",
                };
                self.error(
                    x.pos(),
                    format!("cannot use {text} as {ty} value in {context}{suffix}"),
                );
                false
            }
        }
    }

    pub(crate) fn init_const(&mut self, object: ObjectId, x: &mut Operand) {
        let known = self.objects.get(object).ty;
        let invalid = known.is_some_and(|ty| !self.is_valid(ty));
        if !x.is_valid() || !self.is_valid(x.ty) || invalid {
            if known.is_none() {
                self.set_object_type(object, TypeId::INVALID);
            }
            return;
        }
        if !x.is_constant() {
            let text = self.describe(x);
            self.error(x.pos(), format!("{text} is not constant"));
            if known.is_none() {
                self.set_object_type(object, TypeId::INVALID);
            }
            return;
        }
        let ty = known.unwrap_or(x.ty);
        self.set_object_type(object, ty);
        self.assignment(x, Some(ty), "constant declaration");
        if x.is_valid()
            && let Some(entry) = self.objects.get_mut(object)
        {
            entry.kind = ObjectKind::Const(x.value.clone().unwrap_or(Value::Unknown));
        }
    }

    pub(crate) fn init_var(&mut self, object: ObjectId, x: &mut Operand, context: &str) {
        let known = self.objects.get(object).ty;
        let invalid = known.is_some_and(|ty| !self.is_valid(ty));
        if !x.is_valid() || !self.is_valid(x.ty) || invalid {
            if known.is_none() {
                self.set_object_type(object, TypeId::INVALID);
            }
            x.invalidate();
            return;
        }
        let ty = match known {
            Some(ty) => ty,
            None => {
                let mut ty = x.ty;
                if self.is_untyped(ty) {
                    if ty == TypeId::UNTYPED_NIL {
                        self.error(x.pos(), format!("use of untyped nil in {context}"));
                        self.set_object_type(object, TypeId::INVALID);
                        x.invalidate();
                        return;
                    }
                    ty = self.default_type(ty);
                }
                self.set_object_type(object, ty);
                ty
            }
        };
        self.assignment(x, Some(ty), context);
    }

    /// The type of what stands on the left; `None` for the blank identifier, invalid after a
    /// complaint.
    fn lhs_type(&mut self, lhs: &Expr) -> Option<TypeId> {
        let name = lhs.unparen().as_name();
        if name.is_some_and(|name| name.name == Symbol::BLANK) {
            return None;
        }
        // To assign to a variable is no use of it.
        let variable = name
            .and_then(|name| self.look_up(name.name))
            .map(|(_, object)| object);
        let used = variable
            .and_then(|object| self.objects.var(object))
            .map(|var| var.used);
        let mut x = Operand::new();
        self.expr(None, &mut x, lhs);
        if let (Some(used), Some(object)) = (used, variable)
            && let Some(var) = self.objects.var_mut(object)
        {
            var.used = used;
            var.reassigned = true;
        }
        if !x.is_valid() || !self.is_valid(x.ty) {
            return Some(TypeId::INVALID);
        }
        if matches!(x.mode, Mode::Variable | Mode::MapIndex) {
            return Some(x.ty);
        }
        let text = self.operand_expr(&x);
        if let Some(Expr {
            kind: ExprKind::Selector(inner, _),
            ..
        }) = x.expr
        {
            let mut of = Operand::new();
            self.expr(None, &mut of, inner);
            if of.mode == Mode::MapIndex {
                self.error(
                    x.pos(),
                    format!("cannot assign to struct field {text} in map"),
                );
                return Some(TypeId::INVALID);
            }
        }
        self.error(
            x.pos(),
            format!("cannot assign to {text} (neither addressable nor a map index expression)"),
        );
        Some(TypeId::INVALID)
    }

    /// `lhs = rhs`, where the right side is an expression or an operand that was checked.
    pub(crate) fn assign_var<'e>(
        &mut self,
        lhs: &'e Expr,
        rhs: Result<&'e Expr, &mut Operand<'e>>,
        context: &str,
    ) {
        let ty = self.lhs_type(lhs);
        if ty == Some(TypeId::INVALID) {
            match rhs {
                Ok(rhs) => {
                    self.use_exprs(std::slice::from_ref(rhs));
                }
                Err(x) => x.invalidate(),
            }
            return;
        }
        let context = if ty.is_none() && context == "assignment" {
            "assignment to _ identifier"
        } else {
            context
        };
        match rhs {
            Ok(rhs) => {
                let text = self.show(lhs);
                let target = self.target_for(ty, text);
                let mut x = Operand::new();
                self.expr(target.as_ref(), &mut x, rhs);
                self.assignment(&mut x, ty, context);
            }
            Err(x) => self.assignment(x, ty, context),
        }
    }

    /// `(number, string)`: what arguments or results there are.
    pub(crate) fn types_summary(&self, types: &[TypeId], variadic: bool, has_dots: bool) -> String {
        let mut list = Vec::new();
        for (index, ty) in types.iter().copied().enumerate() {
            let mut text = match self.types.get(ty) {
                _ if !self.is_valid(ty) => "unknown type".to_string(),
                Type::Basic(basic) if basic.is_untyped() => {
                    if basic.is_numeric() {
                        "number".into()
                    } else {
                        self.text(ty).replace("untyped ", "")
                    }
                }
                _ => self.text(ty),
            };
            if index + 1 == types.len() {
                if variadic {
                    if let Type::Slice(element) = self.types.get(ty) {
                        text = self.text(*element);
                    }
                    text = format!("...{text}");
                } else if has_dots {
                    text.push_str("...");
                }
            }
            list.push(text);
        }
        format!("({})", list.join(", "))
    }

    fn assign_error(&mut self, rhs: &[Expr], left: usize, right: usize) {
        let measure = |count: usize, unit: &str| {
            format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
        };
        let (variables, values) = (measure(left, "variable"), measure(right, "value"));
        let Some(first) = rhs.first() else { return };
        let message = match &first.unparen().kind {
            ExprKind::Call(call) if rhs.len() == 1 => {
                format!(
                    "assignment mismatch: {variables} but {} returns {values}",
                    self.show(&call.fun)
                )
            }
            _ => format!("assignment mismatch: {variables} but {values}"),
        };
        self.error(first.start(), message);
    }

    fn return_error(&mut self, at: Pos, lhs: &[ObjectId], rhs: &[Operand]) {
        let (l, r) = (lhs.len(), rhs.len());
        let (pos, qualifier) = if r > l {
            (rhs.get(l).map_or(at, Operand::pos), "too many")
        } else {
            (rhs.last().map_or(at, Operand::pos), "not enough")
        };
        let have: Vec<TypeId> = rhs.iter().map(|x| x.ty).collect();
        let want: Vec<TypeId> = lhs.iter().map(|object| self.type_of(*object)).collect();
        let mut error = self.new_error(pos, format!("{qualifier} return values"));
        error.add(
            Pos::NONE,
            format!("have {}", self.types_summary(&have, false, false)),
        );
        error.add(
            Pos::NONE,
            format!("want {}", self.types_summary(&want, false, false)),
        );
        self.report(error);
    }

    fn invalidate_untyped_vars(&mut self, lhs: &[ObjectId]) {
        for object in lhs {
            if self.objects.get(*object).ty.is_none() {
                self.set_object_type(*object, TypeId::INVALID);
            }
        }
    }

    /// Initialises variables, or the results of a return statement.
    pub(crate) fn init_vars(&mut self, lhs: &[ObjectId], values: &[Expr], returns: Option<&Stmt>) {
        let context = if returns.is_some() {
            "return statement"
        } else {
            "assignment"
        };
        let is_call = matches!(values, [only] if matches!(only.unparen().kind, ExprKind::Call(_)));
        if lhs.len() == values.len() && !is_call {
            for (object, value) in lhs.iter().zip(values) {
                let mut text = self.object_name(*object);
                if returns.is_some() && text.is_empty() {
                    text = "result variable".into();
                }
                let target = self.target_for(self.objects.get(*object).ty, text);
                let mut x = Operand::new();
                self.expr(target.as_ref(), &mut x, value);
                self.init_var(*object, &mut x, context);
            }
            return;
        }
        let [only] = values else {
            if self.use_exprs(values) {
                match returns {
                    Some(stmt) => {
                        let operands = self.expr_args(values);
                        self.return_error(stmt.pos, lhs, &operands);
                    }
                    None => self.assign_error(values, lhs.len(), values.len()),
                }
            }
            self.invalidate_untyped_vars(lhs);
            return;
        };
        let (mut operands, _) = self.multi_expr(only, lhs.len() == 2 && returns.is_none());
        if operands.len() == lhs.len() {
            for (object, x) in lhs.iter().zip(&mut operands) {
                self.init_var(*object, x, context);
            }
            return;
        }
        if operands.first().is_some_and(Operand::is_valid) || operands.is_empty() {
            match returns {
                Some(stmt) => self.return_error(stmt.pos, lhs, &operands),
                None => self.assign_error(values, lhs.len(), operands.len()),
            }
        }
        self.invalidate_untyped_vars(lhs);
    }

    pub(crate) fn assign_vars(&mut self, lhs: &[Expr], values: &[Expr]) {
        let is_call = matches!(values, [only] if matches!(only.unparen().kind, ExprKind::Call(_)));
        if lhs.len() == values.len() && !is_call {
            for (left, right) in lhs.iter().zip(values) {
                self.assign_var(left, Ok(right), "assignment");
            }
            return;
        }
        let [only] = values else {
            let left_ok = self.use_lhs(lhs);
            let right_ok = self.use_exprs(values);
            if left_ok && right_ok {
                self.assign_error(values, lhs.len(), values.len());
            }
            return;
        };
        let (mut operands, _) = self.multi_expr(only, lhs.len() == 2);
        if operands.len() == lhs.len() {
            for (left, x) in lhs.iter().zip(&mut operands) {
                self.assign_var(left, Err(x), "assignment");
            }
            return;
        }
        if operands.first().is_some_and(Operand::is_valid) {
            self.assign_error(values, lhs.len(), operands.len());
        }
        self.use_lhs(lhs);
    }

    pub(crate) fn short_var_decl(&mut self, pos: Pos, lhs: &[Expr], values: &[Expr]) {
        let top = self.checker.delayed.len();
        let scope = self.checker.env.scope;
        let mut seen: Vec<Symbol> = Vec::new();
        let (mut all, mut new) = (Vec::new(), Vec::new());
        let mut has_error = false;
        for left in lhs {
            let (object, fine) = self.short_var(left, &mut seen, &mut new);
            has_error |= !fine;
            all.push(object);
        }
        self.init_vars(&all, values, None);
        self.process_delayed(top);
        if new.is_empty() && !has_error {
            self.soft_error(pos, "no new variables on left side of :=");
            return;
        }
        for object in new {
            self.declare(scope, None, object);
        }
    }

    /// One name on the left of `:=`: the variable, and whether nothing was wrong.
    fn short_var(
        &mut self,
        left: &Expr,
        seen: &mut Vec<Symbol>,
        new: &mut Vec<ObjectId>,
    ) -> (ObjectId, bool) {
        let stand_in = |program: &mut Program| {
            let id = left.id;
            program.new_local(
                crate::ast::Ident {
                    id,
                    pos: left.pos,
                    name: Symbol::BLANK,
                },
                None,
            )
        };
        let Some(name) = left.as_name() else {
            self.use_lhs(std::slice::from_ref(left));
            let text = self.show(left);
            self.error(left.start(), format!("non-name {text} on left side of :="));
            return (stand_in(self), false);
        };
        if name.name != Symbol::BLANK {
            if seen.contains(&name.name) {
                let text = self.name(name.name);
                self.error(name.pos, format!("{text} repeated on left side of :="));
                return (stand_in(self), false);
            }
            seen.push(name.name);
        }
        if let Some(known) = self.scope_get(self.checker.env.scope, name.name) {
            self.record_object(name.id, known);
            if let Some(var) = self.objects.var_mut(known) {
                var.reassigned = true;
                return (known, true);
            }
            let text = self.name(name.name);
            self.error(name.pos, format!("cannot assign to {text}"));
            return (stand_in(self), false);
        }
        let object = self.new_local(name, None);
        self.record_object(name.id, object);
        if name.name != Symbol::BLANK {
            new.push(object);
        }
        (object, true)
    }
}
