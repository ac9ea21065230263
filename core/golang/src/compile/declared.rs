//! Compiling declared functions, and their names.

use super::builder::Builder;
use super::{Compiler, Source};
use crate::natives;
use crate::vm::{Function, Op, Trap};
use golang_check::ast::Expr;
use golang_check::types::Type;
use golang_check::{Mode, ObjectId, TypeId};
use std::rc::Rc;

impl Compiler {
    /// The native behind a function without a body.
    pub(super) fn native_number(&self, object: ObjectId) -> Option<u32> {
        let found = self.program.objects.get(object);
        let package = self.program.package(found.package?)?;
        let name = format!("{}.{}", package.path, self.program.symbols.text(found.name));
        natives::find(&name)
    }

    pub(super) fn compile(&mut self, source: Source) -> Result<Function, Trap> {
        match source {
            Source::Declared(object, args) => self.compile_declared(object, &args),
            Source::Initializer(package, initializer) => {
                Ok(self.compile_initializer(package, &initializer))
            }
            Source::Start => self.compile_start(),
            Source::Thunk(thunk) => Ok(self.compile_thunk(&thunk)),
            Source::Compiled => Err(Trap::Fatal("literal without code".into())),
        }
    }

    fn compile_declared(
        &mut self,
        object: ObjectId,
        args: &Rc<[TypeId]>,
    ) -> Result<Function, Trap> {
        let package = self.program.objects.get(object).package;
        let package = package.unwrap_or(self.main);
        let Some(decl) = self
            .program
            .objects
            .func(object)
            .and_then(|func| func.decl.clone())
        else {
            return Err(Trap::Fatal("function without declaration".into()));
        };
        let name = self.function_name(object, args.is_empty());
        let ty = self.program.object_type(object);
        let under = self.program.underlying(ty);
        let Type::Signature(signature) = self.program.types.get(under).clone() else {
            return Err(Trap::Fatal(format!("{name} has no signature")));
        };
        let body = self.program.body(object);
        if body.is_some() {
            self.program.check_body(object);
        }
        let native = self.native_number(object);
        let mut builder = Builder::new(self, package, &name);
        builder.f.hidden = name == "runtime.Stack";
        builder.f.atomic = builder.c.is_atomic(package);
        if !args.is_empty() {
            builder.params = if signature.type_params.is_empty() {
                Rc::clone(&signature.receiver_type_params)
            } else {
                Rc::clone(&signature.type_params)
            };
            builder.args = Rc::clone(args);
        }
        let info = builder.function_info(decl.id);
        builder.f.has_defer = info.has_defer;
        builder.at(decl.pos);
        builder.declare_signature(&signature, &decl.ty);
        match body {
            Some(block) => {
                let cheap = |fun: &Expr| matches!(builder.mode(fun.id), Mode::Builtin | Mode::Type);
                builder.f.small = super::inline::is_small(&block, &cheap);
                builder.enter_parameters(&signature);
                builder.growths = builder.c.growths(package, &signature, &block);
                builder.open_buffers(decl.id);
                builder.body(&block);
            }
            None => match native {
                Some(number) => {
                    let results = builder.f.result_words;
                    builder.emit(Op::CallNative, 0, results, 0, number as i32);
                    builder.emit(Op::Return, 0, 0, 0, 0);
                }
                None => {
                    let text = format!("function {name} is not part of this playground");
                    let number = builder.c.string_number(&Rc::from(text.as_bytes()));
                    builder.emit(Op::Unreachable, 0, 0, 0, number as i32);
                }
            },
        }
        let error = builder.error.take();
        let function = builder.finish();
        match error {
            Some(error) => Err(Trap::Fatal(format!("{name}: {error}"))),
            None => Ok(function),
        }
    }

    fn is_atomic(&self, package: golang_check::PackageId) -> bool {
        self.program
            .package(package)
            .is_some_and(|package| &*package.path == "sync" || &*package.path == "sync/atomic")
    }

    /// The name of a function as traces show it.
    pub(crate) fn function_name(&mut self, object: ObjectId, plain: bool) -> String {
        let found = self.program.objects.get(object);
        let name = self.program.symbols.text(found.name).to_string();
        let package = found
            .package
            .and_then(|package| self.program.package(package));
        let path = package.map_or("main", |package| {
            let name = self.program.symbols.text(package.name);
            if name == "main" {
                "main"
            } else {
                &package.path
            }
        });
        let path = path.to_string();
        let ty = self.program.object_type(object);
        let under = self.program.underlying(ty);
        let receiver = match self.program.types.get(under).clone() {
            Type::Signature(signature) => signature.receiver,
            _ => None,
        };
        let suffix = if plain { "" } else { "[...]" };
        let Some(receiver) = receiver else {
            return format!("{path}.{name}{suffix}");
        };
        let mut ty = self.program.object_type(receiver);
        let mut pointer = false;
        let under = self.program.types.unalias(ty);
        if let Type::Pointer(elem) = self.program.types.get(under).clone() {
            (ty, pointer) = (elem, true);
        }
        let ty = self.program.types.unalias(ty);
        let base = match self.program.types.get(ty) {
            Type::Named(id) => {
                let object = self.program.types.named(*id).object;
                let name = self.program.objects.get(object).name;
                self.program.symbols.text(name).to_string()
            }
            _ => String::new(),
        };
        if pointer {
            format!("{path}.(*{base}{suffix}).{name}")
        } else {
            format!("{path}.{base}{suffix}.{name}")
        }
    }
}
