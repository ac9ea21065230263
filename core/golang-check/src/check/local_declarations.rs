//! Declarations inside of functions.

use super::resolver::{ConstGroup, elements};
use crate::{
    ast::{ConstDecl, Decl, Ident, TypeDecl, VarDecl},
    constant::Value,
    object::{Object, ObjectId, ObjectKind, Var, VarKind},
    program::Program,
    symbol::Symbol,
    types::{Type, TypeId},
};
use std::rc::Rc;

impl Program {
    pub(crate) fn decl_stmt(&mut self, decls: &[Decl]) {
        let mut consts = ConstGroup::default();
        for decl in decls {
            match decl {
                Decl::Const(decl) => self.local_consts(decl, &mut consts),
                Decl::Var(decl) => self.local_vars(decl),
                Decl::Type(decl) => self.local_type(decl),
                _ => {}
            }
        }
    }

    fn local_consts(&mut self, decl: &Rc<ConstDecl>, group: &mut ConstGroup) {
        let top = self.checker.delayed.len();
        let (iota, from, inherited) = group.next(decl);
        let mut objects = Vec::new();
        for (index, name) in decl.names.iter().enumerate() {
            let object = self.objects.add(Object {
                name: name.name,
                pos: name.pos,
                package: Some(self.checker.env.package),
                ty: None,
                kind: ObjectKind::Const(Value::int(iota)),
            });
            objects.push(object);
            self.const_decl(object, from.as_deref(), index, inherited);
        }
        let values = elements(from.as_ref().and_then(|from| from.values.as_deref()));
        self.check_arity(decl.pos, &decl.names, values, true, inherited);
        self.process_delayed(top);
        self.declare_all(&decl.names, &objects);
    }

    fn local_vars(&mut self, decl: &VarDecl) {
        let top = self.checker.delayed.len();
        let objects: Vec<ObjectId> = decl
            .names
            .iter()
            .map(|name| self.new_local(*name, None))
            .collect();
        let values = elements(decl.values.as_ref());
        for (index, object) in objects.iter().enumerate() {
            let (mut all, mut value) = (None, values.get(index));
            if values.len() == 1 && objects.len() != 1 {
                all = Some(objects.as_slice());
                value = values.first();
            }
            self.var_decl(*object, all, decl.ty.as_ref(), value);
            if values.len() == 1 {
                break;
            }
        }
        if decl.ty.is_none() || !values.is_empty() {
            self.check_arity(decl.pos, &decl.names, values, false, false);
        }
        self.process_delayed(top);
        self.declare_all(&decl.names, &objects);
    }

    fn declare_all(&mut self, names: &[Ident], objects: &[ObjectId]) {
        let scope = self.checker.env.scope;
        for (name, object) in names.iter().zip(objects) {
            self.declare(scope, Some(name.id), *object);
        }
    }

    /// A variable of the function at hand, not yet in a scope.
    pub(crate) fn new_local(&mut self, name: Ident, ty: Option<TypeId>) -> ObjectId {
        let object = self.objects.add(Object {
            name: name.name,
            pos: name.pos,
            package: Some(self.checker.env.package),
            ty,
            kind: ObjectKind::Var(Var::new(VarKind::Local)),
        });
        if name.name != Symbol::BLANK {
            self.add_local(object);
        }
        object
    }

    fn local_type(&mut self, decl: &Rc<TypeDecl>) {
        let object = self.type_name_object(decl.name.name, decl.name.pos, None);
        let scope = self.checker.env.scope;
        self.declare(scope, Some(decl.name.id), object);
        self.checker.path.push(object);
        self.type_decl(object, decl);
        self.checker.path.pop();
        let function = self.type_of(self.checker.env.decl);
        if let (Type::Signature(signature), Type::Named(named)) = (
            self.types.get(function).clone(),
            self.types.get(self.type_of(object)).clone(),
        ) && let Some(slot) = self.types.named.get_mut(named.0 as usize)
            && slot.type_params.is_empty()
        {
            slot.outer = if signature.type_params.is_empty() {
                Rc::clone(&signature.receiver_type_params)
            } else {
                Rc::clone(&signature.type_params)
            };
        }
    }
}
