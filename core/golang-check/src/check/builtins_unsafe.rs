//! The functions of package unsafe.

use super::operand::Operand;
use crate::{
    ast::{CallExpr, ExprKind},
    constant::Value,
    info::{Mode, Selection, SelectionKind},
    object::Builtin,
    program::Program,
    types::{Type, TypeId},
};
use std::rc::Rc;

impl Program {
    pub(crate) fn unsafe_call<'e>(
        &mut self,
        x: &mut Operand<'e>,
        call: &'e CallExpr,
        args: &mut [Operand<'e>],
        builtin: Builtin,
    ) -> bool {
        let context = format!("argument to unsafe.{}", builtin.text());
        match builtin {
            Builtin::UnsafeSizeof | Builtin::UnsafeAlignof => {
                self.assignment(x, None, &context);
                if !x.is_valid() {
                    return false;
                }
                let size = if builtin == Builtin::UnsafeSizeof {
                    self.size_of(x.ty)
                } else {
                    self.align_of(x.ty)
                };
                x.mode = Mode::Constant;
                x.value = Some(Value::int(size));
                if self.has_variable_size(x.ty, 0) {
                    x.mode = Mode::Value;
                    x.value = None;
                }
                x.ty = TypeId::UINTPTR;
                true
            }
            Builtin::UnsafeOffsetof => self.offset_of(x, call),
            Builtin::UnsafeAdd => {
                self.assignment(x, Some(TypeId::UNSAFE_POINTER), &context);
                self.length_argument(x, args, TypeId::UNSAFE_POINTER)
            }
            Builtin::UnsafeSlice => {
                match self.core(x.ty).map(|core| self.types.get(core).clone()) {
                    Some(Type::Pointer(base)) => {
                        let slice = self.types.slice(base);
                        self.length_argument(x, args, slice)
                    }
                    _ => self.wrong_argument(x, "is not a pointer"),
                }
            }
            Builtin::UnsafeSliceData => {
                match self.core(x.ty).map(|core| self.types.get(core).clone()) {
                    Some(Type::Slice(element)) => {
                        x.mode = Mode::Value;
                        x.ty = self.types.pointer(element);
                        true
                    }
                    _ => self.wrong_argument(x, "is not a slice"),
                }
            }
            Builtin::UnsafeString => {
                let pointer = self.types.pointer(TypeId::BYTE);
                self.assignment(x, Some(pointer), &context);
                self.length_argument(x, args, TypeId::STRING)
            }
            _ => {
                self.assignment(x, Some(TypeId::STRING), &context);
                x.ty = self.types.pointer(TypeId::BYTE);
                let ok = x.is_valid();
                if ok {
                    x.mode = Mode::Value;
                }
                ok
            }
        }
    }

    fn wrong_argument(&mut self, x: &Operand, what: &str) -> bool {
        let text = self.describe(x);
        self.error(x.pos(), format!("invalid argument: {text} {what}"));
        false
    }

    fn length_argument(&mut self, x: &mut Operand, args: &mut [Operand], result: TypeId) -> bool {
        if !x.is_valid() {
            return false;
        }
        let Some(y) = args.get_mut(1) else {
            return false;
        };
        if !self.is_valid_index(y, "length", result == TypeId::UNSAFE_POINTER) {
            return false;
        }
        x.mode = Mode::Value;
        x.value = None;
        x.ty = result;
        true
    }

    fn offset_of<'e>(&mut self, x: &mut Operand<'e>, call: &'e CallExpr) -> bool {
        let Some(arg) = call.args.first() else {
            return false;
        };
        let selector = arg.unparen();
        let ExprKind::Selector(inner, selected) = &selector.kind else {
            let text = self.show(arg);
            self.error(
                arg.start(),
                format!("invalid argument: {text} is not a selector expression"),
            );
            self.use_exprs(std::slice::from_ref(arg));
            return false;
        };
        self.expr(None, x, inner);
        if !x.is_valid() {
            return false;
        }
        let (pointed, _) = self.dereferenced(x.ty);
        let base = if matches!(self.under(pointed), Type::Struct(_)) {
            pointed
        } else {
            x.ty
        };
        let package = Some(self.checker.env.package);
        let found = self.find_member(base, false, package, selected.name, false);
        let Some(object) = found.object else {
            let (text, name) = (self.text(base), self.name(selected.name));
            self.error(
                x.pos(),
                format!("invalid argument: {text} has no single field {name}"),
            );
            return false;
        };
        if self.objects.func(object).is_some() {
            let text = self.show(arg);
            self.error(
                arg.start(),
                format!("invalid argument: {text} is a method value"),
            );
            return false;
        }
        if found.indirect {
            let (text, name) = (self.text(base), self.name(selected.name));
            self.error(
                x.pos(),
                format!("invalid argument: field {name} is embedded via a pointer in {text}"),
            );
            return false;
        }
        let offset = self.offset(base, &found.path);
        let selection = Selection {
            kind: SelectionKind::Field,
            receiver: base,
            object,
            path: Rc::from(found.path),
            indirect: false,
        };
        self.record_object(selected.id, object);
        self.info_mut().selections.insert(selector.id, selection);
        let varies = self.has_variable_size(base, 0);
        x.mode = if varies { Mode::Value } else { Mode::Constant };
        x.value = (!varies).then(|| Value::int(offset));
        x.ty = TypeId::UINTPTR;
        true
    }
}
