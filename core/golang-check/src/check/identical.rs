//! Identity of types, and one representative for each set of identical types.

use super::DEPTH_MAX;
use crate::{
    object::ObjectId,
    program::Program,
    types::{Signature, Term, Type, TypeId},
};

impl Program {
    pub(crate) fn identical_types(&mut self, x: TypeId, y: TypeId, ignore_tags: bool) -> bool {
        if x == y {
            return true;
        }
        let (x, y) = (self.types.unalias(x), self.types.unalias(y));
        if x == y {
            return true;
        }
        if self.checker.depth > DEPTH_MAX {
            return true;
        }
        self.checker.depth += 1;
        let same = self.identical_structure(x, y, ignore_tags);
        self.checker.depth -= 1;
        same
    }

    fn identical_structure(&mut self, x: TypeId, y: TypeId, tags: bool) -> bool {
        match (self.types.get(x).clone(), self.types.get(y).clone()) {
            (Type::Basic(a), Type::Basic(b)) => a == b,
            (Type::Pointer(a), Type::Pointer(b)) | (Type::Slice(a), Type::Slice(b)) => {
                self.identical_types(a, b, tags)
            }
            (Type::Array(n, a), Type::Array(m, b)) => {
                (n < 0 || m < 0 || n == m) && self.identical_types(a, b, tags)
            }
            (Type::Map(k, a), Type::Map(l, b)) => {
                self.identical_types(k, l, tags) && self.identical_types(a, b, tags)
            }
            (Type::Chan(d, a), Type::Chan(e, b)) => d == e && self.identical_types(a, b, tags),
            (Type::Struct(a), Type::Struct(b)) => {
                a.fields.len() == b.fields.len()
                    && (tags || a.tags == b.tags)
                    && a.fields
                        .iter()
                        .zip(&b.fields)
                        .all(|(f, g)| self.identical_fields(*f, *g, tags))
            }
            (Type::Tuple(a), Type::Tuple(b)) => self.identical_variables(&a, &b, tags),
            (Type::Signature(a), Type::Signature(b)) => self.identical_signatures(&a, &b, tags),
            (Type::Union(a), Type::Union(b)) => self.identical_terms(&a, &b),
            (Type::Interface(_), Type::Interface(_)) => self.identical_interfaces(x, y, tags),
            (Type::Named(a), Type::Named(b)) => {
                let (a, b) = (self.types.named(a).clone(), self.types.named(b).clone());
                a.origin.is_some()
                    && a.origin == b.origin
                    && a.type_args.len() == b.type_args.len()
                    && a.type_args
                        .iter()
                        .zip(b.type_args.iter())
                        .all(|(s, t)| self.identical_types(*s, *t, tags))
            }
            _ => false,
        }
    }

    fn identical_fields(&mut self, f: ObjectId, g: ObjectId, tags: bool) -> bool {
        if f == g {
            return true;
        }
        let embedded =
            |program: &Program, field| program.objects.var(field).is_some_and(|var| var.embedded);
        embedded(self, f) == embedded(self, g) && self.same_name(f, g) && {
            let (a, b) = (self.type_of(f), self.type_of(g));
            self.identical_types(a, b, tags)
        }
    }

    /// Equal names, and for unexported ones equal packages.
    pub(crate) fn same_name(&self, f: ObjectId, g: ObjectId) -> bool {
        let (f, g) = (self.objects.get(f), self.objects.get(g));
        f.name == g.name
            && (f.package == g.package || crate::symbol::is_exported(self.symbols.text(f.name)))
    }

    fn identical_variables(&mut self, a: &[ObjectId], b: &[ObjectId], tags: bool) -> bool {
        a.len() == b.len()
            && a.iter().zip(b).all(|(v, w)| {
                let (v, w) = (self.type_of(*v), self.type_of(*w));
                self.identical_types(v, w, tags)
            })
    }

    fn identical_signatures(&mut self, a: &Signature, b: &Signature, tags: bool) -> bool {
        if a.type_params.len() != b.type_params.len() || a.variadic != b.variadic {
            return false;
        }
        if a.type_params.is_empty() {
            return self.identical_variables(&a.params, &b.params, tags)
                && self.identical_variables(&a.results, &b.results, tags);
        }
        // Generic signatures are identical when they are so with the same names of type parameters.
        let to: Vec<TypeId> = a.type_params.to_vec();
        let from: Vec<TypeId> = b.type_params.to_vec();
        for (p, q) in to.iter().zip(&from) {
            let bound = |program: &Program, param| match program.as_param(param) {
                Some(param) => program.types.param(param).bound,
                None => TypeId::INVALID,
            };
            let (p, q) = (bound(self, *p), bound(self, *q));
            let q = self.substitute(q, &from, &to);
            if !self.identical_types(p, q, tags) {
                return false;
            }
        }
        let plain = Signature {
            type_params: std::rc::Rc::from([]),
            ..b.clone()
        };
        let other = self.types.add(Type::Signature(std::rc::Rc::new(plain)));
        let other = self.substitute(other, &from, &to);
        let Type::Signature(other) = self.types.get(other).clone() else {
            return false;
        };
        self.identical_variables(&a.params, &other.params, tags)
            && self.identical_variables(&a.results, &other.results, tags)
    }

    fn identical_interfaces(&mut self, x: TypeId, y: TypeId, tags: bool) -> bool {
        let (a, b) = (self.type_set(x), self.type_set(y));
        if a.comparable != b.comparable || a.methods.len() != b.methods.len() {
            return false;
        }
        let same_terms = match (&a.terms, &b.terms) {
            (None, None) => true,
            (Some(a), Some(b)) => self.identical_terms(a, b),
            _ => false,
        };
        same_terms
            && a.methods.iter().zip(&b.methods).all(|(f, g)| {
                f == g
                    || self.same_name(*f, *g) && {
                        let (f, g) = (self.type_of(*f), self.type_of(*g));
                        self.identical_types(f, g, tags)
                    }
            })
    }

    /// Each term of one list is among those of the other, and the other way round.
    pub(crate) fn identical_terms(&mut self, a: &[Term], b: &[Term]) -> bool {
        self.terms_within(a, b) && self.terms_within(b, a)
    }

    /// A text that is equal for identical types only.
    fn canonical_key(&mut self, ty: TypeId, out: &mut String, depth: u32) {
        let ty = self.types.unalias(ty);
        if depth > DEPTH_MAX {
            out.push('…');
            return;
        }
        let list = |program: &mut Program, variables: &[ObjectId], out: &mut String| {
            for variable in variables {
                let ty = program.type_of(*variable);
                program.canonical_key(ty, out, depth + 1);
                out.push(',');
            }
        };
        match self.types.get(ty).clone() {
            Type::Basic(basic) => out.push_str(&format!("b{}", basic as u32)),
            Type::Pointer(base) => {
                out.push('*');
                self.canonical_key(base, out, depth + 1);
            }
            Type::Slice(element) => {
                out.push_str("[]");
                self.canonical_key(element, out, depth + 1);
            }
            Type::Array(length, element) => {
                out.push_str(&format!("[{length}]"));
                self.canonical_key(element, out, depth + 1);
            }
            Type::Map(key, value) => {
                out.push('m');
                self.canonical_key(key, out, depth + 1);
                out.push(':');
                self.canonical_key(value, out, depth + 1);
            }
            Type::Chan(dir, element) => {
                out.push_str(&format!("c{}", dir as u32));
                self.canonical_key(element, out, depth + 1);
            }
            Type::Struct(structure) => {
                out.push_str("s{");
                for (field, tag) in structure.fields.iter().zip(&structure.tags) {
                    self.member_key(*field, out);
                    let embedded = self.objects.var(*field).is_some_and(|var| var.embedded);
                    out.push_str(if embedded { "!" } else { " " });
                    let field_type = self.object_type(*field);
                    self.canonical_key(field_type, out, depth + 1);
                    out.push_str(&format!(" {tag:?};"));
                }
                out.push('}');
            }
            Type::Signature(signature) => {
                out.push_str(if signature.variadic { "fv(" } else { "f(" });
                list(self, &signature.params, out);
                out.push(')');
                list(self, &signature.results, out);
                out.push(';');
            }
            Type::Tuple(variables) => {
                out.push_str("t(");
                list(self, &variables, out);
                out.push(')');
            }
            Type::Interface(_) => {
                let set = self.type_set(ty);
                out.push_str("i{");
                for method in &set.methods {
                    self.member_key(*method, out);
                    let method_type = self.object_type(*method);
                    self.canonical_key(method_type, out, depth + 1);
                    out.push(';');
                }
                match &set.terms {
                    None => out.push_str(if set.comparable { "c}" } else { "}" }),
                    Some(_) => out.push_str(&format!("#{}}}", ty.0)),
                }
            }
            Type::Named(named) => {
                let named = self.types.named(named).clone();
                match named.origin {
                    None => out.push_str(&format!("n{}", ty.0)),
                    Some(origin) => {
                        out.push_str(&format!("n{}[", self.types.named(origin).id.0));
                        for argument in named.type_args.iter() {
                            self.canonical_key(*argument, out, depth + 1);
                            out.push(',');
                        }
                        out.push(']');
                    }
                }
            }
            Type::Param(_) | Type::Union(_) | Type::Alias(_) => out.push_str(&format!("#{}", ty.0)),
        }
    }

    fn member_key(&self, member: ObjectId, out: &mut String) {
        let object = self.objects.get(member);
        let name = self.symbols.text(object.name);
        out.push_str(name);
        if !crate::symbol::is_exported(name)
            && let Some(package) = object.package
        {
            out.push_str(&format!("@{}", package.0));
        }
    }

    pub(crate) fn canonical_type(&mut self, ty: TypeId) -> TypeId {
        if let Some(known) = self.checker.canonical.get(&ty) {
            return *known;
        }
        let mut key = String::new();
        self.canonical_key(ty, &mut key, 0);
        let plain = self.types.unalias(ty);
        let known = *self.checker.canonical_keys.entry(key).or_insert(plain);
        self.checker.canonical.insert(ty, known);
        known
    }
}
