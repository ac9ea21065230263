//! Composite and function literals.

use super::builder::{Builder, Reg, State, Storage};
use super::place::Place;
use crate::vm::Op;
use crate::vm::instruction::slice_flags::PLAIN;
use crate::vm::rtype::Kind;
use golang_check::ast::{CompositeLit, Expr, ExprKind, FuncLit, FuncType};
use golang_check::types::Type;
use golang_check::{ObjectId, TypeId};
use std::rc::Rc;

impl Builder<'_> {
    pub fn composite(&mut self, e: &Expr, literal: &CompositeLit, dst: Option<Reg>) -> Reg {
        self.at(e.pos);
        let mut ty = self.ty(e.id);
        // `&T{}` may be written as `{}` where a pointer is the element type.
        if let Some(elem) = self.pointee(ty) {
            ty = elem;
        }
        let rtype = self.rtype(ty);
        let dst = self.target(dst, rtype.words);
        let mark = self.mark();
        // The elements may use the old value of `dst`.
        let result = self.alloc(usize::from(rtype.words));
        match rtype.kind {
            Kind::Slice => self.slice_literal(&rtype, literal, result),
            Kind::Map => self.map_literal(&rtype, literal, result),
            _ => {
                self.zero(ty, result);
                self.fill(ty, literal, result, 0);
            }
        }
        self.moves(dst, result, rtype.words);
        self.release(mark);
        dst
    }

    /// Stores an element into zeroed memory.
    fn element_into(&mut self, ty: TypeId, e: &Expr, base: Reg, offset: i32) {
        let mark = self.mark();
        if let ExprKind::Composite(literal) = &e.unparen().kind
            && self.is_aggregate(ty)
            && self.ty(e.id) == ty
        {
            self.fill(ty, literal, base, offset);
        } else {
            let value = self.expr_as(e, ty, None);
            self.store(Place::Memory(base, offset), ty, value);
        }
        self.release(mark);
    }

    /// Fills a struct or array literal into zeroed memory.
    fn fill(&mut self, ty: TypeId, literal: &CompositeLit, base: Reg, offset: i32) {
        let rtype = self.rtype(ty);
        if rtype.kind == Kind::Array {
            let size = self.rtype(rtype.elem).size;
            for (index, e) in self.indexed(literal) {
                self.element_into(rtype.elem, e, base, offset + (index as u64 * size) as i32);
            }
            return;
        }
        for at in self.order(&literal.elements) {
            let Some(e) = literal.elements.get(at) else {
                continue;
            };
            let (index, value) = match &e.kind {
                ExprKind::KeyValue(key, value) => {
                    let name = key.as_name().map(|name| name.name);
                    let text = name.map(|name| self.c.program.symbols.shared(name));
                    let index = rtype
                        .fields
                        .iter()
                        .position(|field| text.as_ref().is_some_and(|text| *text == field.name));
                    (index.unwrap_or(0), &**value)
                }
                _ => (at, e),
            };
            if let Some(field) = rtype.fields.get(index) {
                let ty = self.c.rtype_by_number(field.ty).ty;
                if &*field.name == "_" {
                    // A blank field stays zero.
                    self.expr_as(value, ty, None);
                } else {
                    self.element_into(ty, value, base, offset + field.offset as i32);
                }
            }
        }
    }

    /// The elements of an array or slice literal with their indexes.
    fn indexed<'e>(&mut self, literal: &'e CompositeLit) -> Vec<(i64, &'e Expr)> {
        let mut next = 0;
        let mut all = Vec::new();
        let order = self.order(&literal.elements);
        for e in &literal.elements {
            let value = match &e.kind {
                ExprKind::KeyValue(key, value) => {
                    if let Some(index) = self.constant_of(key.id).and_then(|v| v.as_i64()) {
                        next = index;
                    }
                    &**value
                }
                _ => e,
            };
            all.push((next, value));
            next += 1;
        }
        let pick = |at: usize| all.get(at).copied();
        order.into_iter().filter_map(pick).collect()
    }

    fn slice_literal(&mut self, rtype: &crate::vm::RType, literal: &CompositeLit, result: Reg) {
        let elements = self.indexed(literal);
        let length = elements
            .iter()
            .map(|(index, _)| index + 1)
            .max()
            .unwrap_or(0);
        let elem = self.rtype(rtype.elem);
        let count = self.alloc(1);
        self.int(count, length);
        let plain = if elem.plain { PLAIN } else { 0 };
        self.emit(
            Op::MakeSlice,
            result,
            count,
            count,
            elem.size as i32 | plain,
        );
        for (index, e) in elements {
            let offset = index as u64 * elem.size;
            self.element_into(rtype.elem, e, result, offset as i32);
        }
    }

    fn map_literal(&mut self, rtype: &crate::vm::RType, literal: &CompositeLit, result: Reg) {
        let shape = self.c.map_shape(rtype);
        let count = self.alloc(1);
        self.int(count, literal.elements.len() as i64);
        self.emit(Op::MakeMap, result, count, 0, rtype.id as i32);
        for e in &literal.elements {
            let ExprKind::KeyValue(key, value) = &e.kind else {
                continue;
            };
            let mark = self.mark();
            self.do_calls_of(&[key, value]);
            let early = self.waits_for(key, value);
            let early = early.then(|| self.expr_as(value, rtype.elem, None));
            let key = self.expr_as(key, rtype.key, None);
            let key = self.key_register(rtype.key, shape.key, key);
            let value = early.unwrap_or_else(|| self.expr_as(value, rtype.elem, None));
            let address = self.alloc(1);
            self.emit(Op::MapAssign, address, result, key, 0);
            self.store(Place::Memory(address, 0), rtype.elem, value);
            self.release(mark);
        }
    }

    /// A function literal: compiled now, and a closure made of it.
    pub fn func_literal(&mut self, literal: &Rc<FuncLit>, dst: Option<Reg>) -> Reg {
        self.f.literals += 1;
        let name = self.literal_name();
        let info = self.function_info(literal.id);
        let captured: Vec<(ObjectId, Storage)> = info
            .captures
            .iter()
            .filter_map(|object| Some((*object, *self.f.vars.get(object)?)))
            .collect();
        let mut state = State {
            name,
            has_defer: info.has_defer,
            atomic: self.f.atomic,
            ..State::default()
        };
        std::mem::swap(&mut self.f, &mut state);
        // As it is written: the body uses these parameters also in an instance of generic code.
        let ty = self.raw_type(literal.id);
        self.literal_body(literal, ty, &captured);
        let function = self.finish();
        self.f = state;
        let number = self
            .c
            .add_function(super::Source::Compiled, Some(Rc::new(function)));
        let dst = self.target(dst, 1);
        if captured.is_empty() {
            self.emit(Op::FuncValue, dst, 0, 0, number as i32);
            return dst;
        }
        let mark = self.mark();
        let first = self.f.next as Reg;
        let mut count = 0;
        for (object, storage) in &captured {
            let (register, words) = match storage {
                Storage::Reg(register) => {
                    let ty = self.object_type(*object);
                    (*register, self.words(ty))
                }
                Storage::Heap(register) => (*register, 1),
                Storage::Global(_) => continue,
            };
            let place = self.alloc(usize::from(words));
            self.moves(place, register, words);
            count += words;
        }
        self.emit(Op::Closure, dst, first, count, number as i32);
        self.release(mark);
        dst
    }

    fn literal_name(&self) -> String {
        // gc numbers literals by the declared function they stand in: main.main.func1.2
        let nested = self
            .f
            .name
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.starts_with("func") || last.parse::<u32>().is_ok())
            && self.f.name.contains(".func");
        if nested {
            format!("{}.{}", self.f.name, self.f.literals)
        } else {
            format!("{}.func{}", self.f.name, self.f.literals)
        }
    }

    fn literal_body(&mut self, literal: &FuncLit, ty: TypeId, captured: &[(ObjectId, Storage)]) {
        let Type::Signature(signature) = self.under(ty) else {
            return;
        };
        self.declare_signature(&signature, &literal.ty);
        let context = self.alloc(1);
        self.enter_parameters(&signature);
        let mut offset = 8;
        for (object, storage) in captured {
            let ty = self.object_type(*object);
            let rtype = self.rtype(ty);
            let (words, own) = match storage {
                Storage::Reg(_) => {
                    let register = self.alloc(usize::from(rtype.words));
                    (rtype.words, Storage::Reg(register))
                }
                Storage::Heap(_) => (1, Storage::Heap(self.alloc(1))),
                Storage::Global(_) => continue,
            };
            if let Storage::Reg(register) | Storage::Heap(register) = own {
                self.emit(Op::LoadN, register, context, words, offset);
            }
            offset += i32::from(words) * 8;
            self.f.vars.insert(*object, own);
        }
        self.open_buffers(literal.id);
        self.body(&literal.body);
    }

    /// The parameter names of a function type, for traces.
    pub fn shape_of(&mut self, params: &[ObjectId], _ty: &FuncType) -> String {
        let mut shape = String::new();
        for param in params {
            let ty = self.object_type(*param);
            let rtype = self.rtype(ty);
            match rtype.words {
                1 => shape.push('w'),
                words => {
                    shape.push('{');
                    for _ in 0..words {
                        shape.push('w');
                    }
                    shape.push('}');
                }
            }
        }
        shape
    }
}
