//! Functions that no source has: what interfaces call when the receiver stands elsewhere, method
//! values and expressions, initialisers, the start of the program, and the bridges of reflection.

use super::builder::{Builder, Reg};
use super::place::Place;
use super::{Compiler, Source, Thunk};
use crate::vm::rtype::Kind;
use crate::vm::{Function, Op, Trap};
use golang_check::info::Initializer;
use golang_check::types::Type;
use golang_check::{ObjectId, PackageId, TypeId};
use std::rc::Rc;

impl Compiler {
    pub(super) fn compile_thunk(&mut self, thunk: &Thunk) -> Function {
        let main = self.main;
        let name = match thunk {
            Thunk::Bound(ty, method) => {
                let (method, _) = self.method_name(*method);
                format!("{}.{method}-fm", self.program.type_text(*ty, None))
            }
            _ => "thunk".to_string(),
        };
        let mut builder = Builder::new(self, main, &name);
        builder.f.hidden = true;
        match thunk {
            Thunk::Method(rtype, method) => {
                let rtype = builder.c.rtype_by_number(*rtype);
                builder.method_thunk(&rtype, *method);
            }
            Thunk::Bound(ty, method) => builder.bound_thunk(*ty, *method),
            Thunk::Expression(ty, method) => builder.expression_thunk(*ty, *method),
            Thunk::Builtin(which, types) => builder.builtin_thunk(*which, types),
            Thunk::CallAdapter(ty) => builder.call_adapter(*ty),
            Thunk::MadeFunction(ty) => builder.made_function(*ty),
        }
        builder.finish()
    }

    pub(super) fn compile_initializer(
        &mut self,
        package: PackageId,
        initializer: &Initializer,
    ) -> Function {
        let path = self
            .program
            .package(package)
            .map_or_else(String::new, |package| package.path.to_string());
        if let Some(first) = initializer.lhs.first() {
            self.program.object_type(*first);
        }
        let mut builder = Builder::new(self, package, &format!("{path}.init"));
        builder.f.atomic = true;
        builder.initialize(initializer);
        builder.emit(Op::Return, 0, 0, 0, 0);
        builder.finish()
    }

    /// Initialises the packages of the program in their order, then calls main.
    pub(super) fn compile_start(&mut self) -> Result<Function, Trap> {
        let main = self.main;
        let order = self.init_packages();
        let mut calls = Vec::new();
        for package in order {
            let eager = !self.program.is_library(package);
            let found = self.program.package(package);
            let (initializers, functions) = found.map_or_else(Default::default, |package| {
                (package.init_order.clone(), package.init_functions.clone())
            });
            if eager {
                for initializer in initializers {
                    calls.push(self.add_function(Source::Initializer(package, initializer), None));
                }
            }
            for function in functions {
                let name = self.program.objects.get(function).name;
                if name == golang_check::Symbol::INIT {
                    calls.push(self.function_number(function, &[]));
                }
            }
        }
        let found = self.program.package(main);
        let function = found.and_then(|package| package.scope.get(&golang_check::Symbol::MAIN));
        let Some(function) = function.copied() else {
            return Err(Trap::Fatal("function main is undeclared".into()));
        };
        calls.push(self.function_number(function, &[]));
        let mut builder = Builder::new(self, main, "runtime.main");
        builder.f.hidden = true;
        let window = builder.alloc(1);
        for call in calls {
            builder.emit(Op::Call, window, 0, 0, call as i32);
        }
        builder.emit(Op::Return, 0, 0, 0, 0);
        Ok(builder.finish())
    }

    /// All packages, imported ones before those that import them.
    fn init_packages(&self) -> Vec<PackageId> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.program.packages.len()];
        let mut stack = vec![(self.main, 0)];
        if let Some(flag) = seen.get_mut(self.main.0 as usize) {
            *flag = true;
        }
        while let Some((package, next)) = stack.pop() {
            let imports = self
                .program
                .package(package)
                .map(|package| &package.imports);
            match imports.and_then(|imports| imports.get(next)) {
                Some(import) => {
                    stack.push((package, next + 1));
                    if let Some(flag) = seen.get_mut(import.0 as usize)
                        && !*flag
                    {
                        *flag = true;
                        stack.push((*import, 0));
                    }
                }
                None => order.push(package),
            }
        }
        order
    }
}

impl Builder<'_> {
    /// Stores the values of a package variable's declaration.
    fn initialize(&mut self, initializer: &Initializer) {
        let Some(values) = &initializer.decl.values else {
            return;
        };
        let elements = values.elements();
        let Some(e) = elements.get(initializer.index) else {
            return;
        };
        let targets: Vec<(ObjectId, TypeId)> = initializer
            .lhs
            .iter()
            .map(|object| (*object, self.object_type(*object)))
            .collect();
        if let [(object, ty)] = targets.as_slice() {
            let mark = self.mark();
            if *object == ObjectId::NONE || self.is_blank(*object) {
                self.expr(e, None);
            } else {
                let value = self.expr_as(e, *ty, None);
                self.store_global(*object, *ty, value);
            }
            self.release(mark);
            return;
        }
        let values = self.multiple(e, targets.len());
        for ((object, ty), (register, from)) in targets.iter().zip(values) {
            if *object == ObjectId::NONE || self.is_blank(*object) {
                continue;
            }
            let words = self.words(*ty);
            let value = self.alloc(usize::from(words));
            self.assign_value(register, from, *ty, value);
            self.store_global(*object, *ty, value);
        }
    }

    fn is_blank(&self, object: ObjectId) -> bool {
        self.c.program.objects.get(object).name == golang_check::Symbol::BLANK
    }

    fn store_global(&mut self, object: ObjectId, ty: TypeId, value: Reg) {
        let number = self.c.global_number(object);
        let address = self.alloc(1);
        self.emit(Op::GlobalRaw, address, 0, 0, number as i32);
        self.store(Place::Memory(address, 0), ty, value);
    }

    /// Results and parameters of a made-up function with this signature; the registers of the
    /// parameters.
    fn open(&mut self, receiver_words: u8, results: &[TypeId], params: &[TypeId]) -> (Reg, Reg) {
        let result_words = self.total_words(results);
        let param_words = self.total_words(params);
        self.alloc(usize::from(result_words));
        let receiver = self.alloc(usize::from(receiver_words));
        let first = self.alloc(usize::from(param_words));
        self.f.result_words = result_words;
        self.f.param_words = receiver_words + param_words;
        (receiver, first)
    }

    /// The signature of a method.
    fn method_shape(&mut self, method: ObjectId) -> super::call::Shape {
        let ty = self.object_type(method);
        match self.under(ty) {
            Type::Signature(signature) => self.shape(&signature),
            _ => super::call::Shape {
                params: Vec::new(),
                results: Vec::new(),
                variadic: false,
            },
        }
    }

    /// Calls a method with a receiver at a place, passes the parameters on and returns.
    fn forward(
        &mut self,
        place: Place,
        ty: TypeId,
        method: ObjectId,
        shape: &super::call::Shape,
        params: Reg,
    ) {
        let result_words = self.total_words(&shape.results);
        let param_words = self.total_words(&shape.params);
        let window = self.alloc(usize::from(result_words) + usize::from(param_words) + 4);
        let at = window + result_words;
        if self.is_interface(ty) {
            let value = self.load(place, ty, None);
            let (name, package) = self.c.object_name(method);
            let number = self.c.method_number(&name, package);
            self.moves(at + 1, params, param_words);
            self.emit(Op::CallIface, window, value, result_words, number as i32);
        } else {
            let words = self.receiver(place, ty, method, at, false);
            self.moves(at + words, params, param_words);
            let number = self.c.method_number_of(method, ty);
            self.emit(Op::Call, window, 0, 0, number as i32);
        }
        self.moves(0, window, result_words);
        self.emit(Op::Return, 0, 0, 0, 0);
    }

    fn method_thunk(&mut self, rtype: &crate::vm::RType, method: u32) {
        let Some(member) = self.c.find_method(rtype.ty, method) else {
            return;
        };
        let shape = self.method_shape(member.object);
        let (data, params) = self.open(1, &shape.results, &shape.params);
        let (place, ty) = match rtype.kind {
            Kind::Pointer => {
                let fine = self.label();
                self.jump_small(Op::JumpNeI, data, 0, fine);
                if self.c.has_pointer_receiver(member.object) || !member.path.is_empty() {
                    self.emit(Op::CheckNil, 0, data, 0, 0);
                } else {
                    let (name, _) = self.c.method_name(method);
                    let of = rtype.text.trim_start_matches('*').to_string();
                    let text = format!(
                        "value method {of}.{name} called using nil *{} pointer",
                        of.rsplit('.').next().unwrap_or(&of)
                    );
                    let number = self.c.string_number(&Rc::from(text.as_bytes()));
                    self.emit(Op::NilReceiver, 0, 0, 0, number as i32);
                }
                self.bind(fine);
                (Place::Memory(data, 0), rtype.elem)
            }
            _ if rtype.is_direct() => (Place::Register(data), rtype.ty),
            _ => (Place::Memory(data, 0), rtype.ty),
        };
        let (place, ty) = self.walk(place, ty, &member.path);
        self.forward(place, ty, member.object, &shape, params);
    }

    fn bound_thunk(&mut self, ty: TypeId, method: u32) {
        let Some(member) = self.c.find_method(ty, method) else {
            return;
        };
        let shape = self.method_shape(member.object);
        let (_, params) = self.open(0, &shape.results, &shape.params);
        let context = self.alloc(1);
        let rtype = self.rtype(ty);
        let receiver = self.alloc(usize::from(rtype.words));
        self.emit(Op::LoadN, receiver, context, rtype.words, 8);
        let place = if rtype.is_aggregate() {
            Place::Memory(receiver, 0)
        } else {
            Place::Register(receiver)
        };
        self.forward(place, ty, member.object, &shape, params);
    }

    fn expression_thunk(&mut self, ty: TypeId, method: u32) {
        let Some(member) = self.c.find_method(ty, method) else {
            return;
        };
        let shape = self.method_shape(member.object);
        let words = self.words(ty);
        let (receiver, params) = self.open(words, &shape.results, &shape.params);
        let (place, base) = match self.pointee(ty) {
            Some(elem) => (Place::Memory(receiver, 0), elem),
            None if self.is_aggregate(ty) => (Place::Memory(receiver, 0), ty),
            None => (Place::Register(receiver), ty),
        };
        let (place, base) = self.walk(place, base, &member.path);
        self.forward(place, base, member.object, &shape, params);
    }

    /// `func(f any, arguments []any) []any` for a function type: calls `f`.
    fn call_adapter(&mut self, ty: TypeId) {
        let Type::Signature(signature) = self.under(ty) else {
            return;
        };
        let shape = self.shape(&signature);
        let any = self.c.any_type();
        let results = self.alloc(3);
        let function = self.alloc(2);
        let arguments = self.alloc(3);
        (self.f.result_words, self.f.param_words) = (3, 5);
        let result_words = self.total_words(&shape.results);
        let param_words = self.total_words(&shape.params);
        let window = self.alloc(usize::from(result_words) + usize::from(param_words) + 1);
        let mut at = window + result_words;
        let held = self.alloc(2);
        for (index, param) in shape.params.iter().enumerate() {
            self.emit(Op::LoadN, held, arguments, 2, index as i32 * 16);
            let end = self.label();
            if self.is_interface(*param) {
                self.moves(at, held, 2);
            } else {
                let known = self.label();
                self.jump_small(Op::JumpNeI, held, 0, known);
                self.zero(*param, at);
                self.jump(Op::Jump, 0, 0, end);
                self.bind(known);
                self.unbox(*param, held, at);
                if self.is_aggregate(*param) {
                    self.clone_value(*param, at, at);
                }
            }
            self.bind(end);
            at += self.words(*param);
        }
        self.emit(
            Op::CallClosure,
            window,
            function + 1,
            result_words + param_words,
            0,
        );
        self.pack(&shape.results, window, results, any);
        self.emit(Op::Return, 0, 0, 0, 0);
    }

    /// A `[]any` of values in registers.
    fn pack(&mut self, types: &[TypeId], from: Reg, slice: Reg, any: TypeId) {
        let mark = self.mark();
        // Nothing that the values stand in is taken again.
        let words = self.total_words(types);
        self.f.next = self.f.next.max(usize::from(from) + usize::from(words));
        let count = self.alloc(1);
        self.int(count, types.len() as i64);
        self.emit(Op::MakeSlice, slice, count, count, 16);
        let held = self.alloc(2);
        let mut register = from;
        for (index, ty) in types.iter().enumerate() {
            self.convert_to_interface(register, *ty, true, held);
            self.store(Place::Memory(slice, index as i32 * 16), any, held);
            register += self.words(*ty);
        }
        self.release(mark);
    }

    /// A function of a type that packs its arguments into a `[]any` and calls the
    /// `func([]any) []any` that its closure holds.
    fn made_function(&mut self, ty: TypeId) {
        let Type::Signature(signature) = self.under(ty) else {
            return;
        };
        let shape = self.shape(&signature);
        let any = self.c.any_type();
        let (_, params) = self.open(0, &shape.results, &shape.params);
        let context = self.alloc(1);
        let inner = self.alloc(1);
        self.emit(Op::Load, inner, context, 0, 8);
        let window = self.alloc(7);
        self.pack(&shape.params, params, window + 3, any);
        self.emit(Op::CallClosure, window, inner, 6, 0);
        let held = self.alloc(2);
        let mut at = 0;
        for (index, result) in shape.results.iter().enumerate() {
            self.emit(Op::LoadN, held, window, 2, index as i32 * 16);
            if self.is_interface(*result) {
                self.moves(at, held, 2);
            } else {
                let (known, end) = (self.label(), self.label());
                self.jump_small(Op::JumpNeI, held, 0, known);
                self.zero(*result, at);
                self.jump(Op::Jump, 0, 0, end);
                self.bind(known);
                self.unbox(*result, held, at);
                self.bind(end);
            }
            at += self.words(*result);
        }
        self.emit(Op::Return, 0, 0, 0, 0);
    }
}

impl Compiler {
    /// `any`
    pub(crate) fn any_type(&mut self) -> TypeId {
        self.program.any_type()
    }
}
