//! Type sets of interfaces and unions. Models `types2/typeset.go`, `termlist.go` and `typeterm.go`.

use super::DEPTH_MAX;
use crate::{
    object::ObjectId,
    program::Program,
    source::Pos,
    types::{Interface, InterfaceId, ParamId, Term, Type, TypeId, TypeSet},
};
use std::rc::Rc;

use ordered::OrderedMap;

/// Terms that a union may have.
pub(crate) const TERMS_MAX: usize = 100;

impl Program {
    /// A type parameter's constraint as an interface.
    pub(crate) fn param_interface(&mut self, param: ParamId) -> TypeId {
        let bound = self.types.param(param).bound;
        let under = self.underlying(bound);
        match self.types.get(under) {
            Type::Interface(_) => under,
            Type::Basic(crate::types::Basic::Invalid) => self.checker.empty_interface,
            _ => {
                let embedded = vec![(bound, Pos::NONE)];
                let interface = Interface {
                    embedded,
                    implicit: true,
                    ..Interface::default()
                };
                let wrapped = self.types.add_interface(interface);
                if let Some(slot) = self.types.params.get_mut(param.0 as usize) {
                    slot.bound = wrapped;
                }
                wrapped
            }
        }
    }

    pub(crate) fn param_set(&mut self, param: ParamId) -> Rc<TypeSet> {
        let interface = self.param_interface(param);
        self.type_set(interface)
    }

    pub(crate) fn interface_set(&mut self, id: InterfaceId, pos: Pos) -> Rc<TypeSet> {
        if let Some(set) = &self.types.interface(id).set {
            return Rc::clone(set);
        }
        // While it is computed it admits everything, so that a cycle ends.
        if let Some(slot) = self.types.interfaces.get_mut(id.0 as usize) {
            slot.set = Some(Rc::default());
        }
        self.checker.depth += 1;
        let set = if self.checker.depth > DEPTH_MAX {
            TypeSet::default()
        } else {
            self.compute_set(id, pos)
        };
        self.checker.depth -= 1;
        let set = Rc::new(set);
        if let Some(slot) = self.types.interfaces.get_mut(id.0 as usize) {
            slot.set = Some(Rc::clone(&set));
        }
        set
    }

    fn compute_set(&mut self, id: InterfaceId, _pos: Pos) -> TypeSet {
        let interface = self.types.interface(id).clone();
        let mut methods: Vec<ObjectId> = Vec::new();
        let mut places: OrderedMap<ObjectId, Pos> = OrderedMap::new();
        for method in &interface.methods {
            let pos = self.objects.get(*method).pos;
            self.add_method(&mut methods, &mut places, *method, pos, true);
        }
        let mut terms: Option<Vec<Term>> = None;
        let mut comparable = false;
        for (element, pos) in &interface.embedded {
            let under = self.underlying(*element);
            let (own_terms, own_comparable) = match self.types.get(under).clone() {
                Type::Interface(inner) => {
                    let set = self.interface_set(inner, *pos);
                    for method in &set.methods {
                        self.add_method(&mut methods, &mut places, *method, *pos, false);
                    }
                    (set.terms.clone(), set.comparable)
                }
                Type::Union(union_terms) => match self.union_set(under, &union_terms, *pos) {
                    Some(set) => (set.terms.clone(), false),
                    None => continue,
                },
                Type::Basic(crate::types::Basic::Invalid) => continue,
                _ => (
                    Some(vec![Term {
                        tilde: false,
                        ty: *element,
                    }]),
                    false,
                ),
            };
            terms = match (terms, own_terms) {
                (None, other) | (other, None) => other,
                (Some(a), Some(b)) => Some(self.intersect(&a, &b)),
            };
            comparable |= own_comparable;
            if comparable && let Some(list) = &mut terms {
                let kept: Vec<Term> = list
                    .iter()
                    .copied()
                    .filter(|term| self.comparable(term.ty, false))
                    .collect();
                *list = kept;
                comparable = false;
            }
        }
        let mut methods: Vec<(String, ObjectId)> = methods
            .into_iter()
            .map(|method| (self.object_name(method), method))
            .collect();
        methods.sort();
        TypeSet {
            methods: methods.into_iter().map(|(_, method)| method).collect(),
            terms,
            comparable,
        }
    }

    fn add_method(
        &mut self,
        methods: &mut Vec<ObjectId>,
        places: &mut OrderedMap<ObjectId, Pos>,
        method: ObjectId,
        pos: Pos,
        explicit: bool,
    ) {
        let Some(other) = methods
            .iter()
            .copied()
            .find(|known| self.same_name(*known, method))
        else {
            methods.push(method);
            places.insert(method, pos);
            return;
        };
        let other_pos = places.get(&other).copied().unwrap_or(Pos::NONE);
        let report = move |program: &mut Program| {
            let name = program.object_name(method);
            let mut error = program.new_error(pos, format!("duplicate method {name}"));
            error.add(other_pos, format!("other declaration of method {name}"));
            program.report(error);
        };
        if explicit {
            report(self);
            return;
        }
        self.later(move |program| {
            let (a, b) = (program.object_type(method), program.object_type(other));
            if !program.identical(a, b) {
                report(program);
            }
        });
    }

    fn union_set(&mut self, union: TypeId, terms: &[Term], pos: Pos) -> Option<Rc<TypeSet>> {
        if let Some(known) = self.checker.union_sets.get(&union) {
            return known.clone();
        }
        self.checker.union_sets.insert(union, Some(Rc::default()));
        let mut all: Option<Vec<Term>> = Some(Vec::new());
        for term in terms {
            let under = self.underlying(term.ty);
            let own = match self.types.get(under).clone() {
                Type::Interface(inner) => self.interface_set(inner, pos).terms.clone(),
                Type::Basic(crate::types::Basic::Invalid) => continue,
                _ if term.tilde && !self.identical(term.ty, under) => Some(Vec::new()),
                _ => Some(vec![*term]),
            };
            all = match (all, own) {
                (Some(a), Some(b)) => Some(self.unite(a, b)),
                _ => None,
            };
            if all.as_ref().is_some_and(|all| all.len() > TERMS_MAX) {
                self.error(
                    pos,
                    format!("cannot handle more than {TERMS_MAX} union terms (implementation limitation)"),
                );
                self.checker.union_sets.insert(union, None);
                return None;
            }
        }
        let set = Some(Rc::new(TypeSet {
            methods: Vec::new(),
            terms: all,
            comparable: false,
        }));
        self.checker.union_sets.insert(union, set.clone());
        set
    }

    // Terms.

    /// Whether a type belongs to a term.
    pub(crate) fn term_includes(&mut self, term: &Term, ty: TypeId) -> bool {
        let own = if term.tilde { self.underlying(ty) } else { ty };
        let of = if term.tilde {
            self.underlying(term.ty)
        } else {
            term.ty
        };
        self.identical(of, own)
    }

    /// Whether one term admits only what the other admits.
    fn term_within(&mut self, x: &Term, y: &Term) -> bool {
        if !x.tilde {
            return self.term_includes(y, x.ty);
        }
        y.tilde && self.term_includes(y, x.ty)
    }

    pub(crate) fn terms_within(&mut self, a: &[Term], b: &[Term]) -> bool {
        a.iter().all(|x| b.iter().any(|y| self.term_within(x, y)))
    }

    pub(crate) fn terms_disjoint(&mut self, x: &Term, y: &Term) -> bool {
        let a = if y.tilde { self.underlying(x.ty) } else { x.ty };
        let b = if x.tilde { self.underlying(y.ty) } else { y.ty };
        !self.identical(a, b)
    }

    fn intersect(&mut self, a: &[Term], b: &[Term]) -> Vec<Term> {
        let mut list: Vec<Term> = Vec::new();
        for x in a {
            for y in b {
                if self.terms_disjoint(x, y) {
                    continue;
                }
                let narrow = if x.tilde && !y.tilde { *y } else { *x };
                list = self.unite(list, vec![narrow]);
            }
        }
        list
    }

    fn unite(&mut self, mut a: Vec<Term>, b: Vec<Term>) -> Vec<Term> {
        for y in b {
            if a.iter().any(|x| self.term_within(&y, x)) {
                continue;
            }
            let kept: Vec<Term> = a
                .iter()
                .copied()
                .filter(|x| !self.term_within(x, &y))
                .collect();
            a = kept;
            a.push(y);
        }
        a
    }
}
