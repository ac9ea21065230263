//! Methods: which function a selection means, method values, and what interfaces call.

use super::builder::{Builder, Reg};
use super::{Compiler, Thunk};
use crate::vm::Op;
use crate::vm::rtype::Kind;
use golang_check::ast::Expr;
use golang_check::types::{Member, Type};
use golang_check::{ObjectId, PackageId, Selection, TypeId};
use std::rc::Rc;

impl Compiler {
    pub(super) fn has_pointer_receiver(&self, method: ObjectId) -> bool {
        self.program
            .objects
            .func(method)
            .is_some_and(|func| func.pointer_receiver)
    }

    pub(super) fn object_name(&self, object: ObjectId) -> (Rc<str>, Option<PackageId>) {
        let found = self.program.objects.get(object);
        (self.program.symbols.shared(found.name), found.package)
    }

    /// The function of a method whose receiver has this type (or is a pointer to it).
    pub(super) fn method_number_of(&mut self, method: ObjectId, receiver: TypeId) -> u32 {
        let func = self.program.objects.func(method);
        let origin = func.and_then(|func| func.origin).unwrap_or(method);
        let mut ty = self.program.types.unalias(receiver);
        if let Type::Pointer(elem) = self.program.types.get(ty) {
            ty = self.program.types.unalias(*elem);
        }
        let args = match self.program.types.get(ty) {
            Type::Named(id) => Rc::clone(&self.program.types.named(*id).type_args),
            _ => Rc::from([]),
        };
        self.function_number(origin, &args)
    }

    /// A method of a type by the number of its name.
    pub(crate) fn find_method(&mut self, ty: TypeId, method: u32) -> Option<Member> {
        let (name, package) = self.method_name(method);
        let symbol = self.program.symbols.intern(&name);
        let package = package.unwrap_or(self.main);
        let member = self.program.lookup(ty, package, symbol)?;
        self.program.objects.func(member.object)?;
        Some(member)
    }

    /// The function that is called for an interface value of this type.
    pub(crate) fn method_function(&mut self, rtype: u32, method: u32) -> Option<u32> {
        if let Some(known) = self.method_tables.get(&(rtype, method)) {
            return *known;
        }
        let found = self.find_method_function(rtype, method);
        self.method_tables.insert((rtype, method), found);
        found
    }

    fn find_method_function(&mut self, id: u32, method: u32) -> Option<u32> {
        let rtype = self.rtype_by_number(id);
        let member = self.find_method(rtype.ty, method)?;
        let is_pointer = rtype.kind == Kind::Pointer;
        let wants_pointer = self.has_pointer_receiver(member.object);
        if member.path.is_empty() {
            if wants_pointer && is_pointer || !wants_pointer && !is_pointer && rtype.is_direct() {
                return Some(self.method_number_of(member.object, rtype.ty));
            }
            if wants_pointer {
                return None;
            }
        } else if wants_pointer && !is_pointer && !member.indirect {
            return None;
        }
        Some(self.thunk_number(Thunk::Method(id, method)))
    }

    /// The name of a method that a type lacks for an interface.
    pub(super) fn missing_method(&mut self, rtype: u32, interface: u32) -> Option<String> {
        let ty = self.rtype_by_number(rtype).ty;
        let wanted = self.rtype_by_number(interface).ty;
        if self.program.implements(ty, wanted) {
            return None;
        }
        let under = self.program.underlying(wanted);
        let set = self.program.type_set(under);
        let own = self.program.method_set(ty);
        for method in &set.methods {
            let object = self.program.objects.get(*method);
            let found = own.iter().any(|member| member.name == object.name);
            if !found {
                return Some(self.program.symbols.text(object.name).to_string());
            }
        }
        let first = set.methods.first()?;
        let name = self.program.objects.get(*first).name;
        Some(self.program.symbols.text(name).to_string())
    }
}

impl Builder<'_> {
    /// The method and path of a selection, for the types of this instance.
    pub fn selected(&mut self, selection: &Selection) -> (ObjectId, Rc<[usize]>) {
        let receiver = self.resolve(selection.receiver);
        if receiver != selection.receiver {
            let name = self.c.program.objects.get(selection.object).name;
            let package = self.package;
            if let Some(member) = self.c.program.lookup(receiver, package, name) {
                return (member.object, Rc::from(member.path));
            }
        }
        (selection.object, Rc::clone(&selection.path))
    }

    /// `x.method` without a call: the receiver is evaluated now and kept in a closure.
    pub fn method_value(&mut self, x: &Expr, selection: &Selection, dst: Option<Reg>) -> Reg {
        let (object, path) = self.selected(selection);
        let dst = self.target(dst, 1);
        let mark = self.mark();
        let held = self.alloc(3);
        let (place, ty) = self.base_place(x);
        let (place, ty) = self.walk(place, ty, &path);
        let (name, package) = self.c.object_name(object);
        let method = self.c.method_number(&name, package);
        let (receiver, words) = if self.is_interface(ty) {
            self.load(place, ty, Some(held));
            self.emit(Op::CheckNil, 0, held, 0, 0);
            (ty, 2)
        } else {
            let words = self.receiver(place, ty, object, held, false);
            (self.receiver_type(object, ty), words)
        };
        let number = self.c.thunk_number(Thunk::Bound(receiver, method));
        self.emit(Op::Closure, dst, held, words, number as i32);
        self.release(mark);
        dst
    }

    /// The type that the method's receiver has: a pointer or not.
    fn receiver_type(&mut self, method: ObjectId, ty: TypeId) -> TypeId {
        let wants_pointer = self.c.has_pointer_receiver(method);
        let receiver = match (wants_pointer, self.pointee(ty)) {
            (true, None) => self.c.program.types.pointer(ty),
            (false, Some(elem)) => elem,
            _ => ty,
        };
        self.c.program.canonical(receiver)
    }

    /// `T.method`: a function whose first parameter is the receiver.
    pub fn method_expression(&mut self, e: &Expr, selection: &Selection, dst: Option<Reg>) -> Reg {
        let receiver = self.resolve(selection.receiver);
        let (object, path) = self.selected(selection);
        let dst = self.target(dst, 1);
        let wants_pointer = self.c.has_pointer_receiver(object);
        let is_pointer = self.pointee(receiver).is_some();
        let number =
            if path.is_empty() && wants_pointer == is_pointer && !self.is_interface(receiver) {
                self.c.method_number_of(object, receiver)
            } else {
                let (name, package) = self.c.object_name(object);
                let method = self.c.method_number(&name, package);
                let receiver = self.c.program.canonical(receiver);
                self.c.thunk_number(Thunk::Expression(receiver, method))
            };
        self.at(e.pos);
        self.emit(Op::FuncValue, dst, 0, 0, number as i32);
        dst
    }
}
