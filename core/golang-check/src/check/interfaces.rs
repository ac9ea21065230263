//! Interface types and unions. Models `types2/interface.go` and `union.go`.

use crate::{
    ast::{Expr, ExprKind, InterfaceType, Op},
    info::Mode,
    object::{Func, Object, ObjectId, ObjectKind},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Basic, Interface, Signature, Term, Type, TypeId},
};
use std::rc::Rc;

impl Program {
    /// An interface type; `def` is the type name that it is the declared type of.
    pub(crate) fn interface_type(
        &mut self,
        x: &InterfaceType,
        pos: Pos,
        def: Option<ObjectId>,
    ) -> TypeId {
        // The id exists before its methods, since they have it as their receiver.
        let ty = self.types.add_interface(Interface {
            set: Some(Rc::default()),
            ..Interface::default()
        });
        let receiver_type = def
            .map(|object| self.type_of(object))
            .filter(|ty| matches!(self.types.get(*ty), Type::Named(_)))
            .unwrap_or(ty);
        let mut interface = Interface::default();
        for field in &x.methods {
            let Some(name) = field.name else {
                let element = self.union_expr(&field.ty);
                interface.embedded.push((element, field.ty.start()));
                continue;
            };
            if name.name == Symbol::BLANK {
                self.error(name.pos, "methods must have a unique non-blank name");
                continue;
            }
            let method_type = self.type_expr(&field.ty);
            let Type::Signature(signature) = self.types.get(method_type).clone() else {
                continue;
            };
            let receiver = self.new_param(Symbol::EMPTY, name.pos, receiver_type);
            let signature = Signature {
                receiver: Some(receiver),
                ..(*signature).clone()
            };
            let method_type = self.types.add(Type::Signature(Rc::new(signature)));
            let method = self.objects.add(Object {
                name: name.name,
                pos: name.pos,
                package: Some(self.checker.env.package),
                ty: Some(method_type),
                kind: ObjectKind::Func(Func::default()),
            });
            self.record_object(name.id, method);
            interface.methods.push(method);
        }
        let mut methods: Vec<(String, ObjectId)> = interface
            .methods
            .iter()
            .map(|method| (self.object_name(*method), *method))
            .collect();
        methods.sort_by(|a, b| a.0.cmp(&b.0));
        interface.methods = methods.into_iter().map(|(_, method)| method).collect();
        let Type::Interface(id) = *self.types.get(ty) else {
            return ty;
        };
        if let Some(slot) = self.types.interfaces.get_mut(id.0 as usize) {
            let is_empty = interface.methods.is_empty() && interface.embedded.is_empty();
            interface.set = is_empty.then(Rc::default);
            *slot = interface;
        }
        self.later(move |program| {
            program.interface_set(id, pos);
        });
        ty
    }

    /// An embedded element: a type, or a union of terms.
    pub(crate) fn union_expr(&mut self, x: &Expr) -> TypeId {
        let mut operators = Vec::new();
        let mut parts = Vec::new();
        let mut at = x;
        while let ExprKind::Binary(Op::Or, left, right) = &at.kind {
            operators.push(at.id);
            parts.push(&**right);
            at = left;
        }
        parts.push(at);
        parts.reverse();
        let mut terms: Vec<Term> = Vec::new();
        let mut places = Vec::new();
        for part in &parts {
            let term = self.term(part);
            if terms.len() >= super::type_sets::TERMS_MAX {
                let text = format!(
                    "cannot handle more than {} union terms (implementation limitation)",
                    terms.len()
                );
                self.error(part.start(), text);
                return TypeId::INVALID;
            }
            if parts.len() == 1 && !term.tilde {
                return term.ty;
            }
            terms.push(term);
            places.push(part.start());
        }
        let shared: Rc<[Term]> = Rc::from(terms);
        let ty = self.types.add(Type::Union(Rc::clone(&shared)));
        for node in operators {
            self.info_mut().set(node, Mode::Type, ty, None);
        }
        self.later(move |program| program.check_terms(&shared, &places));
        ty
    }

    fn term(&mut self, x: &Expr) -> Term {
        let (inner, tilde) = match &x.kind {
            ExprKind::Unary(Op::Tilde, inner) => (&**inner, true),
            _ => (x, false),
        };
        let ty = self.type_expr(inner);
        if self.is_type_param(ty) {
            if tilde {
                let text = self.show(x);
                self.error(
                    inner.start(),
                    format!("type in term {text} cannot be a type parameter"),
                );
            } else {
                self.error(inner.start(), "term cannot be a type parameter");
            }
            return Term {
                tilde,
                ty: TypeId::INVALID,
            };
        }
        Term { tilde, ty }
    }

    fn check_terms(&mut self, terms: &[Term], places: &[Pos]) {
        for (index, (term, pos)) in terms.iter().zip(places).enumerate() {
            if !self.is_valid(term.ty) {
                continue;
            }
            let under = self.underlying(term.ty);
            let is_interface = matches!(self.types.get(under), Type::Interface(_));
            let text = self.text(term.ty);
            if matches!(self.types.get(under), Type::Basic(Basic::Invalid)) {
                continue;
            }
            if term.tilde {
                if is_interface {
                    self.error(*pos, format!("invalid use of ~ ({text} is an interface)"));
                    continue;
                }
                if !self.identical(under, term.ty) {
                    let under = self.text(under);
                    self.error(
                        *pos,
                        format!("invalid use of ~ (underlying type of {text} is {under})"),
                    );
                    continue;
                }
            }
            if is_interface {
                let set = self.type_set(under);
                let text = self.terms_text(&[*term]);
                if !set.methods.is_empty() {
                    self.error(
                        *pos,
                        format!("cannot use {text} in union ({text} contains methods)"),
                    );
                } else if term.ty == self.checker.comparable {
                    self.error(*pos, "cannot use comparable in union");
                } else if set.comparable {
                    self.error(
                        *pos,
                        format!("cannot use {text} in union ({text} embeds comparable)"),
                    );
                }
                continue;
            }
            let overlap =
                terms.iter().take(index).copied().find(|other| {
                    !self.is_interface(other.ty) && !self.terms_disjoint(other, term)
                });
            if let Some(other) = overlap {
                let (a, b) = (self.terms_text(&[*term]), self.terms_text(&[other]));
                self.soft_error(*pos, format!("overlapping terms {a} and {b}"));
            }
        }
    }
}
