//! Struct types. Models `types2/struct.go`.

use crate::{
    ast::{Expr, ExprKind, Ident, Op, StringLit, StructType},
    constant,
    object::{Object, ObjectId, ObjectKind, Var, VarKind},
    program::Program,
    source::Pos,
    symbol::Symbol,
    types::{Basic, Struct, Type, TypeId},
};
use std::rc::Rc;

use ordered::OrderedMap;

impl Program {
    pub(crate) fn struct_type(&mut self, x: &StructType) -> TypeId {
        let mut structure = Struct::default();
        let mut names: OrderedMap<Symbol, ObjectId> = OrderedMap::new();
        let mut previous: Option<(&Rc<Expr>, TypeId)> = None;
        for (index, field) in x.fields.iter().enumerate() {
            let ty = match previous {
                Some((expr, ty)) if Rc::ptr_eq(expr, &field.ty) => ty,
                _ => self.var_type(&field.ty),
            };
            previous = Some((&field.ty, ty));
            let tag = self.tag(x.tags.get(index).and_then(Option::as_ref));
            let name = match field.name {
                Some(name) => name,
                None => {
                    let pos = field.ty.start();
                    self.check_embedded(pos, ty);
                    match embedded_name(&field.ty) {
                        Some(name) => name,
                        None => {
                            let text = self.show(&field.ty);
                            self.error(
                                pos,
                                format!("invalid syntax tree: invalid embedded field type {text}"),
                            );
                            continue;
                        }
                    }
                }
            };
            let object = self.field(name, ty, field.name.is_none());
            if name.name != Symbol::BLANK {
                if let Some(other) = names.get(&name.name).copied() {
                    let text = self.name(name.name);
                    let mut error = self.new_error(name.pos, format!("{text} redeclared"));
                    error.add_other_declaration(self, other);
                    self.report(error);
                    continue;
                }
                names.insert(name.name, object);
            }
            structure.fields.push(object);
            structure.tags.push(tag);
            if field.name.is_some() {
                self.record_object(name.id, object);
            }
        }
        self.types.add(Type::Struct(Rc::new(structure)))
    }

    fn field(&mut self, name: Ident, ty: TypeId, embedded: bool) -> ObjectId {
        let mut var = Var::new(VarKind::Field);
        var.embedded = embedded;
        let package = Some(self.checker.env.package);
        self.objects.add(Object {
            name: name.name,
            pos: name.pos,
            package,
            ty: Some(ty),
            kind: ObjectKind::Var(var),
        })
    }

    fn check_embedded(&mut self, pos: Pos, ty: TypeId) {
        self.later(move |program| {
            let (base, is_pointer) = program.dereferenced(ty);
            let message = match program.under(base) {
                Type::Basic(Basic::UnsafePointer) => "embedded field type cannot be unsafe.Pointer",
                Type::Pointer(_) => "embedded field type cannot be a pointer",
                Type::Interface(_) if program.is_type_param(base) => {
                    "embedded field type cannot be a (pointer to a) type parameter"
                }
                Type::Interface(_) if is_pointer => {
                    "embedded field type cannot be a pointer to an interface"
                }
                _ => return,
            };
            program.error(pos, message);
        });
    }

    fn tag(&mut self, tag: Option<&StringLit>) -> Rc<str> {
        let empty: Rc<str> = Rc::from("");
        let Some(tag) = tag else { return empty };
        let is_string = tag.literal.starts_with(['"', '`']);
        if tag.bad && is_string {
            return empty;
        }
        match constant::unquote(&tag.literal) {
            Some(bytes) if is_string => Rc::from(String::from_utf8_lossy(&bytes).as_ref()),
            _ => {
                let text = constant::quote(tag.literal.as_bytes());
                self.error(
                    tag.pos,
                    format!("invalid syntax tree: incorrect tag syntax: {text}"),
                );
                empty
            }
        }
    }
}

/// The name under which an embedded type is a field.
fn embedded_name(x: &Expr) -> Option<Ident> {
    match &x.kind {
        ExprKind::Name(_) => x.as_name(),
        ExprKind::Unary(Op::Mul, base) if !matches!(base.kind, ExprKind::Unary(Op::Mul, _)) => {
            embedded_name(base)
        }
        ExprKind::Selector(_, name) => Some(*name),
        ExprKind::Index(base, _) => embedded_name(base),
        _ => None,
    }
}
