//! Switches on values and on types.

use super::{literals::constant_key, operand::Operand, resolver::elements};
use crate::{
    ast::{CaseClause, Expr, ExprKind, Ident, Op, SwitchStmt},
    constant::Value,
    info::Mode,
    object::ObjectId,
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::TypeId,
};
use std::rc::Rc;

use ordered::OrderedMap;

impl Program {
    pub(crate) fn switch_stmt(&mut self, switch: &SwitchStmt) {
        self.open_scope();
        if let Some(init) = &switch.init {
            self.stmt(init);
        }
        match &switch.tag {
            Some(Expr {
                kind: ExprKind::TypeSwitchGuard { lhs, x },
                ..
            }) => self.type_switch(switch, *lhs, x),
            tag => self.value_switch(switch, tag.as_ref()),
        }
        self.close_scope();
    }

    fn multiple_defaults(&mut self, clauses: &[CaseClause]) {
        let mut first = None;
        for clause in clauses.iter().filter(|clause| clause.cases.is_none()) {
            match first {
                None => first = Some(clause.pos),
                Some(first) => {
                    let place = self.place(first);
                    self.error(clause.pos, format!("multiple defaults (first at {place})"));
                }
            }
        }
    }

    fn value_switch(&mut self, switch: &SwitchStmt, tag: Option<&Expr>) {
        let mut x = Operand::new();
        match tag {
            Some(tag) => {
                self.expr(None, &mut x, tag);
                self.assignment(&mut x, None, "switch expression");
                if x.is_valid() && !self.comparable(x.ty, true) && !self.has_nil(x.ty) {
                    let (text, ty) = (self.describe(&x), self.text(x.ty));
                    self.error(
                        x.pos(),
                        format!("cannot switch on {text} ({ty} is not comparable)"),
                    );
                    x.invalidate();
                }
            }
            None => {
                let pos = switch
                    .clauses
                    .first()
                    .map_or(switch.rbrace, |clause| clause.pos);
                x.mode = Mode::Constant;
                x.ty = TypeId::BOOL;
                x.value = Some(Value::Bool(true));
                x.stand_in = Some((Rc::from("true"), pos));
            }
        }
        self.multiple_defaults(&switch.clauses);
        let mut seen: OrderedMap<String, Vec<(Pos, TypeId)>> = OrderedMap::new();
        for clause in &switch.clauses {
            for value in elements(clause.cases.as_ref()) {
                self.case_value(&x, value, &mut seen);
            }
            self.open_scope();
            self.stmt_list(&clause.body);
            self.close_scope();
        }
    }

    fn case_value(
        &mut self,
        x: &Operand,
        value: &Expr,
        seen: &mut OrderedMap<String, Vec<(Pos, TypeId)>>,
    ) {
        let mut v = Operand::new();
        self.expr(None, &mut v, value);
        if !x.is_valid() || !v.is_valid() {
            return;
        }
        self.convert_untyped(&mut v, x.ty);
        if !v.is_valid() {
            return;
        }
        let (mut result, mut tag) = (v.clone(), x.clone());
        self.comparison(&mut result, &mut tag, Op::Equal, true);
        if !result.is_valid() || !v.is_constant() {
            return;
        }
        let constant = v.constant();
        if !matches!(
            constant,
            Value::Int(_) | Value::Rational(_) | Value::Float(_) | Value::String(_)
        ) {
            return;
        }
        let key = constant_key(&constant);
        let known = seen.get(&key).cloned().unwrap_or_default();
        if let Some((pos, _)) = known.into_iter().find(|(_, ty)| self.identical(*ty, v.ty)) {
            let text = self.describe(&v);
            let mut error = self.new_error(
                v.pos(),
                format!("duplicate case {text} in expression switch"),
            );
            error.add(pos, "previous case");
            self.report(error);
            return;
        }
        let pos = v.expr.map_or(Pos::NONE, |e| e.pos);
        seen.entry(key).or_default().push((pos, v.ty));
    }

    fn type_switch(&mut self, switch: &SwitchStmt, lhs: Option<Ident>, guarded: &Expr) {
        let mut lhs = lhs;
        if let Some(name) = lhs
            && name.name == Symbol::BLANK
        {
            self.soft_error(name.pos, "no new variable on left side of :=");
            lhs = None;
        }
        let mut x = Operand::new();
        self.expr(None, &mut x, guarded);
        let mut subject = None;
        if x.is_valid() {
            if self.is_type_param(x.ty) {
                let text = self.describe(&x);
                self.error(
                    x.pos(),
                    format!("cannot use type switch on type parameter value {text}"),
                );
            } else if self.is_interface(x.ty) {
                subject = Some(x);
            } else {
                let text = self.describe(&x);
                self.error(x.pos(), format!("{text} is not an interface"));
            }
        }
        self.multiple_defaults(&switch.clauses);
        let mut variables = Vec::new();
        let mut seen: Vec<(Option<TypeId>, Pos)> = Vec::new();
        for clause in &switch.clauses {
            let cases = elements(clause.cases.as_ref());
            let ty = self.case_types(subject.as_ref(), cases, &mut seen);
            self.open_scope();
            if let Some(name) = lhs {
                variables.push(self.clause_variable(clause, name, ty));
            }
            self.stmt_list(&clause.body);
            self.close_scope();
        }
        let Some(name) = lhs else { return };
        let used = variables
            .iter()
            .any(|object| self.objects.var(*object).is_some_and(|var| var.used));
        for object in variables {
            if let Some(var) = self.objects.var_mut(object) {
                var.used = true;
            }
        }
        if !used {
            let text = self.name(name.name);
            self.soft_error(name.pos, format!("{text} declared and not used"));
        }
    }

    fn clause_variable(&mut self, clause: &CaseClause, name: Ident, ty: TypeId) -> ObjectId {
        let object = self.new_local(name, Some(ty));
        let scope = self.checker.env.scope;
        self.declare(scope, None, object);
        self.info_mut().implicits.insert(clause.id, object);
        object
    }

    /// The type that the switch's variable has in a clause.
    fn case_types(
        &mut self,
        x: Option<&Operand>,
        cases: &[Expr],
        seen: &mut Vec<(Option<TypeId>, Pos)>,
    ) -> TypeId {
        let mut only = None;
        for e in cases {
            let is_nil = e
                .unparen()
                .as_name()
                .and_then(|name| self.look_up(name.name))
                .is_some_and(|(_, object)| self.object_is_nil(object));
            let ty = if is_nil {
                let mut nil = Operand::new();
                self.expr(None, &mut nil, e);
                None
            } else {
                let ty = self.var_type(e);
                if !self.is_valid(ty) {
                    only = Some(ty);
                    continue;
                }
                Some(ty)
            };
            only = ty;
            let known = seen
                .clone()
                .into_iter()
                .find(|(other, _)| match (other, ty) {
                    (None, None) => true,
                    (Some(a), Some(b)) => self.identical(*a, b),
                    _ => false,
                });
            if let Some((_, pos)) = known {
                let text = ty.map_or("nil".into(), |ty| self.text(ty));
                let mut error =
                    self.new_error(e.start(), format!("duplicate case {text} in type switch"));
                error.add(pos, "previous case");
                self.report(error);
                continue;
            }
            seen.push((ty, e.start()));
            if let (Some(x), Some(ty)) = (x, ty) {
                self.type_assertion(e, x, ty, true);
            }
        }
        match only {
            Some(ty) if cases.len() == 1 => ty,
            _ => x.map_or(TypeId::INVALID, |x| x.ty),
        }
    }
}
