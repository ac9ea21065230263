//! Declarations that need themselves. Models `types2/cycles.go` and `validtype.go`.

use super::DeclKind;
use crate::{
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
    types::{NamedId, Type, TypeId},
};

impl Program {
    /// `type A B; type B A`
    pub(crate) fn direct_cycles(&mut self, package: PackageId) {
        let objects = self
            .package(package)
            .map(|package| package.objects.clone())
            .unwrap_or_default();
        let top = self.top_scope(package);
        let mut done: Vec<ObjectId> = Vec::new();
        for object in objects {
            let mut path: Vec<ObjectId> = Vec::new();
            let mut at = object;
            loop {
                if done.contains(&at) {
                    break;
                }
                if let Some(start) = path.iter().position(|known| *known == at) {
                    self.set_object_type(at, TypeId::INVALID);
                    let cycle: Vec<ObjectId> = path.iter().skip(start).copied().collect();
                    self.cycle_error(&cycle, None);
                    break;
                }
                let Some(info) = self.decl(at) else { break };
                let DeclKind::Type(decl) = &info.kind else {
                    break;
                };
                path.push(at);
                let Some(rhs) = decl.ty.as_name() else { break };
                let Some(next) = self.scope_get(top, rhs.name) else {
                    break;
                };
                if !matches!(self.objects.get(next).kind, ObjectKind::TypeName) {
                    break;
                }
                at = next;
            }
            done.extend(path);
        }
    }

    /// Whether a cycle of declarations that comes back to an object is fine; complains if not.
    pub(crate) fn is_valid_cycle(&mut self, object: ObjectId) -> bool {
        let Some(start) = self.checker.path.iter().position(|known| *known == object) else {
            return true;
        };
        let cycle: Vec<ObjectId> = self.checker.path.iter().skip(start).copied().collect();
        let (mut values, mut definitions) = (0, 0);
        for object in &cycle {
            match &self.objects.get(*object).kind {
                ObjectKind::Const(_) | ObjectKind::Var(_) => values += 1,
                ObjectKind::TypeName => {
                    let ty = self.type_of(*object);
                    if self.checker.env.in_type_params && self.is_generic(ty) {
                        return true;
                    }
                    if !matches!(self.types.get(ty), Type::Alias(_)) {
                        definitions += 1;
                    }
                }
                _ => {}
            }
        }
        if values == cycle.len() || (values == 0 && definitions > 0) {
            return true;
        }
        self.cycle_error(&cycle, None);
        false
    }

    /// Reports a cycle, from a given object on or from the one that comes first in the source.
    pub(crate) fn cycle_error(&mut self, cycle: &[ObjectId], start: Option<usize>) {
        let first = cycle
            .iter()
            .enumerate()
            .min_by_key(|(_, object)| self.objects.get(**object).pos);
        let start = start.or(first.map(|(index, _)| index)).unwrap_or(0);
        let name = |program: &Program, object: ObjectId| {
            let package = program.objects.get(object).package;
            format!(
                "{}{}",
                program.package_prefix(package),
                program.object_name(object)
            )
        };
        let Some(object) = cycle.get(start).copied() else {
            return;
        };
        let pos = self.objects.get(object).pos;
        let text = name(self, object);
        let is_type = matches!(self.objects.get(object).kind, ObjectKind::TypeName);
        if is_type
            && let Type::Alias(alias) = self.types.get(self.type_of(object)).clone()
            && let Some(slot) = self.types.aliases.get_mut(alias.0 as usize)
        {
            slot.actual = TypeId::INVALID;
        }
        if cycle.len() == 1 {
            let what = if is_type {
                "invalid recursive type"
            } else {
                "invalid cycle in declaration"
            };
            self.error(pos, format!("{what}: {text} refers to itself"));
            return;
        }
        let mut error = if is_type {
            self.new_error(pos, format!("invalid recursive type {text}"))
        } else {
            self.new_error(pos, format!("invalid cycle in declaration of {text}"))
        };
        let mut from = object;
        for index in 0..cycle.len() {
            let Some(next) = cycle.get((start + index + 1) % cycle.len()).copied() else {
                continue;
            };
            let line = format!("{} refers to {}", name(self, from), name(self, next));
            error.add(self.objects.get(from).pos, line);
            from = next;
        }
        self.report(error);
    }

    /// Whether values of the type have a finite size; a type whose declaration is under way has not.
    pub(crate) fn is_finite(&mut self, ty: TypeId) -> bool {
        let ty = self.types.unalias(ty);
        match self.types.get(ty).clone() {
            Type::Named(id) => {
                if let Some(known) = self.checker.finite.get(&ty) {
                    return *known;
                }
                let named = self.types.named(id);
                let (object, origin) = (named.object, named.origin);
                let rhs = match origin {
                    // An instance is finite when its underlying type is.
                    Some(_) => Some(self.underlying_named(id)),
                    None => named.rhs,
                };
                if let Some(start) = self.checker.path.iter().position(|known| *known == object) {
                    let cycle: Vec<ObjectId> =
                        self.checker.path.iter().skip(start).copied().collect();
                    self.cycle_error(&cycle, None);
                    return false;
                }
                let Some(rhs) = rhs else { return true };
                self.checker.path.push(object);
                let finite = self.is_finite(rhs);
                self.checker.path.pop();
                self.checker.finite.insert(ty, finite);
                finite
            }
            Type::Array(_, element) => self.is_finite(element),
            Type::Struct(structure) => structure.fields.iter().all(|field| {
                let field_type = self.type_of(*field);
                self.is_finite(field_type)
            }),
            _ => true,
        }
    }

    /// Reports a defined type that contains itself.
    pub(crate) fn check_valid_type(&mut self, id: NamedId) {
        let ty = self.types.named(id).id;
        self.valid_type(ty, &mut Vec::new(), &mut Vec::new());
    }

    fn valid_type(&mut self, ty: TypeId, nest: &mut Vec<TypeId>, path: &mut Vec<TypeId>) -> bool {
        if nest.len() + path.len() > super::DEPTH_MAX as usize {
            return true;
        }
        let ty = self.types.unalias(ty);
        match self.types.get(ty).clone() {
            Type::Array(_, element) => self.valid_type(element, nest, path),
            Type::Struct(structure) => structure.fields.iter().all(|field| {
                let field_type = self.type_of(*field);
                self.valid_type(field_type, nest, path)
            }),
            Type::Union(terms) => terms
                .iter()
                .all(|term| self.valid_type(term.ty, nest, path)),
            Type::Interface(interface) => {
                let embedded = self.types.interface(interface).embedded.clone();
                embedded
                    .iter()
                    .all(|(element, _)| self.valid_type(*element, nest, path))
            }
            Type::Named(id) => self.valid_named(ty, id, nest, path),
            Type::Param(_) => {
                let Some(inner) = nest.pop() else { return true };
                let mut valid = true;
                if let Type::Named(id) = *self.types.get(inner) {
                    let named = self.types.named(id).clone();
                    let generic = named
                        .origin
                        .map_or(named.clone(), |origin| self.types.named(origin).clone());
                    let at = generic.type_params.iter().position(|param| *param == ty);
                    if let Some(argument) = at.and_then(|at| named.type_args.get(at)) {
                        valid = self.valid_type(*argument, nest, path);
                    }
                }
                nest.push(inner);
                valid
            }
            _ => true,
        }
    }

    fn valid_named(
        &mut self,
        ty: TypeId,
        id: NamedId,
        nest: &mut Vec<TypeId>,
        path: &mut Vec<TypeId>,
    ) -> bool {
        let named = self.types.named(id).clone();
        let origin = named.origin.unwrap_or(id);
        if nest.clone().iter().any(|outer| self.identical(*outer, ty)) {
            if let Some(slot) = self.types.named.get_mut(origin.0 as usize) {
                slot.rhs = Some(TypeId::INVALID);
                slot.underlying = Some(TypeId::INVALID);
            }
            let start = path
                .clone()
                .iter()
                .position(|outer| self.identical(*outer, ty))
                .unwrap_or(0);
            let cycle: Vec<ObjectId> = path
                .iter()
                .skip(start)
                .filter_map(|ty| match self.types.get(*ty) {
                    Type::Named(id) => Some(self.types.named(*id).object),
                    _ => None,
                })
                .collect();
            self.cycle_error(&cycle, Some(0));
            return false;
        }
        if self.checker.valid.contains(&ty) {
            return true;
        }
        let home = self.objects.get(named.object).package;
        if home != Some(self.checker.env.package) && named.type_args.is_empty() {
            return true;
        }
        let Some(rhs) = self.types.named(origin).rhs else {
            return true;
        };
        nest.push(ty);
        path.push(ty);
        let valid = self.valid_type(rhs, nest, path);
        nest.pop();
        path.pop();
        if valid && named.type_args.is_empty() && named.type_params.is_empty() {
            self.checker.valid.insert(ty);
        }
        valid
    }
}
