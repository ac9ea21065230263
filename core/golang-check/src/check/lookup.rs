//! Fields and methods by name, through embedded fields. Models `types2/lookup.go`.

use crate::{
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
    symbol::{Symbol, is_exported},
    types::{NamedId, Type, TypeId},
};

/// What a lookup found. Without an object a path means "ambiguous", and `indirect` means "a method
/// with a pointer receiver, but no pointer".
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub object: Option<ObjectId>,
    pub path: Vec<usize>,
    pub indirect: bool,
}

#[derive(Clone)]
struct Embedded {
    ty: TypeId,
    path: Vec<usize>,
    indirect: bool,
    multiple: bool,
}

/// What is looked for.
#[derive(Clone, Copy)]
struct Wanted {
    package: Option<PackageId>,
    name: Symbol,
    fold: bool,
}

impl Program {
    /// `x.name` for an operand of a type. With `fold` upper and lower case are the same.
    pub(crate) fn find_member(
        &mut self,
        ty: TypeId,
        addressable: bool,
        package: Option<PackageId>,
        name: Symbol,
        fold: bool,
    ) -> Found {
        // Methods are not looked for through a defined pointer type.
        if let Type::Named(_) = self.types.get(self.types.unalias(ty))
            && matches!(self.under(ty), Type::Pointer(_))
        {
            let pointer = self.underlying(ty);
            let found = self.find_member_in(pointer, false, package, name, fold);
            let is_method = found
                .object
                .is_some_and(|object| self.objects.func(object).is_some());
            return if is_method { Found::default() } else { found };
        }
        self.find_member_in(ty, addressable, package, name, fold)
    }

    pub(crate) fn find_member_in(
        &mut self,
        ty: TypeId,
        addressable: bool,
        package: Option<PackageId>,
        name: Symbol,
        fold: bool,
    ) -> Found {
        if name == Symbol::BLANK {
            return Found::default();
        }
        let wanted = Wanted {
            package,
            name,
            fold,
        };
        let (base, is_pointer) = self.dereferenced(ty);
        if is_pointer && self.is_interface(base) {
            return Found::default();
        }
        let mut current = vec![Embedded {
            ty: base,
            path: Vec::new(),
            indirect: is_pointer,
            multiple: false,
        }];
        let mut seen: Vec<TypeId> = Vec::new();
        while !current.is_empty() {
            let mut found: Option<Found> = None;
            let mut next = Vec::new();
            for embedded in current {
                match self.search(&embedded, wanted, &mut seen, found.is_none(), &mut next) {
                    Some(_) if found.is_some() || embedded.multiple => {
                        // Two at the same depth: ambiguous.
                        return Found {
                            object: None,
                            path: vec![0],
                            indirect: false,
                        };
                    }
                    Some(one) => found = Some(one),
                    None => {}
                }
            }
            if let Some(found) = found {
                let pointer_method = found
                    .object
                    .is_some_and(|object| self.has_pointer_receiver(object));
                if pointer_method && !found.indirect && !addressable {
                    return Found {
                        object: None,
                        path: Vec::new(),
                        indirect: true,
                    };
                }
                return found;
            }
            current = self.consolidate(next);
        }
        Found::default()
    }

    /// Looks at one embedded type; embedded fields of it go to `next`.
    fn search(
        &mut self,
        embedded: &Embedded,
        wanted: Wanted,
        seen: &mut Vec<TypeId>,
        collect: bool,
        next: &mut Vec<Embedded>,
    ) -> Option<Found> {
        let found = |object, path: Vec<usize>| {
            Some(Found {
                object: Some(object),
                path,
                indirect: embedded.indirect,
            })
        };
        if let Type::Named(named) = *self.types.get(self.types.unalias(embedded.ty)) {
            let id = self.types.named(named).id;
            if seen.contains(&id) || seen.iter().copied().any(|other| self.identical(other, id)) {
                return None;
            }
            seen.push(id);
            if let Some(method) = self.find_method(named, wanted) {
                return found(method, embedded.path.clone());
            }
        }
        match self.under(embedded.ty) {
            Type::Struct(structure) => {
                let mut result = None;
                for (index, field) in structure.fields.iter().enumerate() {
                    let mut path = embedded.path.clone();
                    path.push(index);
                    if self.is_wanted(*field, wanted) {
                        if result.is_some() {
                            return result;
                        }
                        result = found(*field, path);
                        continue;
                    }
                    let is_embedded = self.objects.var(*field).is_some_and(|var| var.embedded);
                    if collect && result.is_none() && is_embedded {
                        let field_type = self.object_type(*field);
                        let (ty, is_pointer) = self.dereferenced(field_type);
                        let indirect = embedded.indirect || is_pointer;
                        next.push(Embedded {
                            ty,
                            path,
                            indirect,
                            multiple: embedded.multiple,
                        });
                    }
                }
                result
            }
            Type::Interface(_) => {
                let set = self.type_set(embedded.ty);
                let method = set
                    .methods
                    .iter()
                    .copied()
                    .find(|method| self.is_wanted(*method, wanted))?;
                found(method, embedded.path.clone())
            }
            _ => None,
        }
    }

    fn find_method(&mut self, named: NamedId, wanted: Wanted) -> Option<ObjectId> {
        let declared = match self.types.named(named).origin {
            Some(origin) => origin,
            None => named,
        };
        let methods = &self.types.named(declared).methods;
        let index = methods
            .iter()
            .position(|method| self.is_wanted(*method, wanted))?;
        self.method_of(named, index)
    }

    fn is_wanted(&self, object: ObjectId, wanted: Wanted) -> bool {
        let object = self.objects.get(object);
        if wanted.fold {
            let (a, b) = (
                self.symbols.text(object.name),
                self.symbols.text(wanted.name),
            );
            if a.to_lowercase() == b.to_lowercase() {
                return true;
            }
        }
        object.name == wanted.name
            && (object.package == wanted.package || is_exported(self.symbols.text(object.name)))
    }

    pub(crate) fn has_pointer_receiver(&self, method: ObjectId) -> bool {
        matches!(&self.objects.get(method).kind, ObjectKind::Func(func) if func.pointer_receiver)
    }

    fn consolidate(&mut self, list: Vec<Embedded>) -> Vec<Embedded> {
        let mut result: Vec<Embedded> = Vec::new();
        for embedded in list {
            let known = result.iter().position(|other| other.ty == embedded.ty);
            let known = known.or_else(|| {
                let types: Vec<TypeId> = result.iter().map(|other| other.ty).collect();
                types
                    .iter()
                    .position(|other| self.identical(*other, embedded.ty))
            });
            match known.and_then(|at| result.get_mut(at)) {
                Some(other) => other.multiple = true,
                None => result.push(embedded),
            }
        }
        result
    }

    /// A field of a struct by name.
    pub(crate) fn field_index(
        &self,
        fields: &[ObjectId],
        name: Symbol,
        fold: bool,
    ) -> Option<usize> {
        if name == Symbol::BLANK {
            return None;
        }
        let wanted = Wanted {
            package: Some(self.checker.env.package),
            name,
            fold,
        };
        fields
            .iter()
            .position(|field| self.is_wanted(*field, wanted))
    }

    /// Why a type has no such member; `other` is one that differs only in case or package.
    pub(crate) fn lookup_error(
        &self,
        ty: TypeId,
        selected: Symbol,
        other: Option<ObjectId>,
        literal: bool,
    ) -> String {
        let (ty, sel) = (self.text(ty), self.name(selected));
        let tail = |text: &str| text.chars().skip(1).collect::<String>();
        let mut alt = String::new();
        let (mut misspelled, mut unexported, mut inaccessible) = (false, false, false);
        let mut what = "object";
        if let Some(other) = other {
            let object = self.objects.get(other);
            alt = self.name(object.name);
            what = match object.kind {
                ObjectKind::Var(_) => "field",
                ObjectKind::Func(_) => "method",
                _ => what,
            };
            if object.package == Some(self.checker.env.package) {
                misspelled = true;
            } else if is_exported(&sel) {
                misspelled = is_exported(&alt);
                unexported = !misspelled && tail(&sel) == tail(&alt);
            } else if is_exported(&alt) {
                misspelled = tail(&sel) == tail(&alt);
            } else {
                inaccessible = sel == alt;
            }
        }
        if literal {
            return match (misspelled, unexported, inaccessible) {
                (true, ..) => {
                    format!(
                        "unknown field {sel} in struct literal of type {ty}, but does have {alt}"
                    )
                }
                (_, true, _) => {
                    format!(
                        "unknown field {sel} in struct literal of type {ty}, but does have unexported {alt}"
                    )
                }
                (.., true) => {
                    format!("cannot refer to unexported field {alt} in struct literal of type {ty}")
                }
                _ => format!("unknown field {sel} in struct literal of type {ty}"),
            };
        }
        match (misspelled, unexported, inaccessible) {
            (true, ..) => {
                format!("type {ty} has no field or method {sel}, but does have {what} {alt}")
            }
            (_, true, _) => {
                format!(
                    "type {ty} has no field or method {sel}, but does have unexported {what} {alt}"
                )
            }
            (.., true) => format!("cannot refer to unexported {what} {alt}"),
            _ => format!("type {ty} has no field or method {sel}"),
        }
    }
}
