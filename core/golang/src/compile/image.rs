//! The image of a program: what the virtual machine asks of the compiler.

use super::{Compiler, Entry, GlobalEntry, Source, Thunk};
use crate::vm::{Function, Global, Image, RType, Trap};
use golang_check::{ObjectId, PackageId, Program, Symbol, TypeId};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A program that processes run.
pub struct GoImage {
    compiler: RefCell<Compiler>,
}

impl GoImage {
    /// The image of a program whose main package is checked without errors.
    pub fn new(program: Program, main: PackageId, version: (u32, u32)) -> GoImage {
        let mut compiler = Compiler {
            program,
            main,
            functions: Vec::new(),
            declared: OrderedMap::new(),
            thunks: OrderedMap::new(),
            strings: Vec::new(),
            string_numbers: OrderedMap::new(),
            globals: Vec::new(),
            global_numbers: OrderedMap::new(),
            rtypes: Vec::new(),
            rtype_numbers: OrderedMap::new(),
            method_numbers: OrderedMap::new(),
            method_names: Vec::new(),
            method_tables: OrderedMap::new(),
            kept_arguments: OrderedMap::new(),
            version,
        };
        compiler.add_function(Source::Start, None);
        GoImage {
            compiler: RefCell::new(compiler),
        }
    }

    /// Lets natives look at types.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Compiler) -> T) -> Option<T> {
        self.compiler
            .try_borrow_mut()
            .ok()
            .map(|mut c| look(&mut c))
    }
}

impl Image for GoImage {
    fn function(&self, index: u32) -> Result<Rc<Function>, Trap> {
        self.with(|compiler| compiler.code(index))
            .unwrap_or_else(|| Err(Trap::Fatal("compiler is busy".into())))
    }

    fn string(&self, index: u32) -> Rc<[u8]> {
        self.with(|compiler| compiler.strings.get(index as usize).cloned())
            .flatten()
            .unwrap_or_else(|| Rc::from(&b""[..]))
    }

    fn global(&self, index: u32) -> Global {
        let global = self.with(|compiler| {
            compiler.globals.get(index as usize).map(|entry| Global {
                size: entry.size,
                plain: entry.plain,
                initializer: entry.initializer,
            })
        });
        global.flatten().unwrap_or(Global {
            size: 8,
            plain: false,
            initializer: None,
        })
    }

    fn rtype(&self, id: u32) -> Rc<RType> {
        self.with(|compiler| compiler.rtype_by_number(id))
            .unwrap_or_else(|| Rc::new(super::layout::nothing()))
    }

    fn method(&self, rtype: u32, method: u32) -> Option<u32> {
        self.with(|compiler| compiler.method_function(rtype, method))?
    }

    fn missing_method(&self, rtype: u32, interface: u32) -> Option<String> {
        self.with(|compiler| compiler.missing_method(rtype, interface))?
    }

    fn runtime_type(&self, name: &str) -> u32 {
        self.with(|compiler| compiler.runtime_type(name))
            .unwrap_or(0)
    }

    fn method_number(&self, name: &str) -> u32 {
        self.with(|compiler| compiler.method_number(name, None))
            .unwrap_or(0)
    }

    fn position(&self, position: u32) -> (String, u32) {
        let place = self.with(|compiler| {
            let pos = golang_check::Pos(position);
            let place = compiler.program.sources.position(pos);
            (place.file.to_string(), place.line)
        });
        place.unwrap_or_default()
    }

    fn version(&self) -> (u32, u32) {
        self.with(|compiler| compiler.version).unwrap_or((1, 26))
    }

    fn native(&self, number: u32) -> Option<crate::natives::Native> {
        crate::natives::get(number)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

impl Compiler {
    pub(super) fn add_function(&mut self, source: Source, code: Option<Rc<Function>>) -> u32 {
        self.functions.push(Entry { source, code });
        self.functions.len() as u32 - 1
    }

    /// The number of a declared function with type arguments.
    pub(super) fn function_number(&mut self, object: ObjectId, args: &[TypeId]) -> u32 {
        let args: Vec<TypeId> = args
            .iter()
            .map(|arg| self.program.canonical(*arg))
            .collect();
        let key = (object, args);
        if let Some(number) = self.declared.get(&key) {
            return *number;
        }
        let source = Source::Declared(object, Rc::from(key.1.as_slice()));
        let number = self.add_function(source, None);
        self.declared.insert(key, number);
        number
    }

    pub(crate) fn thunk_number(&mut self, thunk: Thunk) -> u32 {
        if let Some(number) = self.thunks.get(&thunk) {
            return *number;
        }
        let number = self.add_function(Source::Thunk(thunk.clone()), None);
        self.thunks.insert(thunk, number);
        number
    }

    fn code(&mut self, index: u32) -> Result<Rc<Function>, Trap> {
        let Some(entry) = self.functions.get(index as usize) else {
            return Err(Trap::Fatal("no such function".into()));
        };
        if let Some(code) = &entry.code {
            return Ok(Rc::clone(code));
        }
        if self.functions.len() > crate::limits::INSTANCES_MAX * 10 {
            return Err(Trap::Fatal("too many instances of functions".into()));
        }
        let source = entry.source.clone();
        let code = Rc::new(self.compile(source)?);
        if let Some(entry) = self.functions.get_mut(index as usize) {
            entry.code = Some(Rc::clone(&code));
        }
        Ok(code)
    }

    /// The number of a string constant.
    pub(super) fn string_number(&mut self, bytes: &Rc<[u8]>) -> u32 {
        if let Some(number) = self.string_numbers.get(bytes) {
            return *number;
        }
        let number = self.strings.len() as u32;
        self.strings.push(Rc::clone(bytes));
        self.string_numbers.insert(Rc::clone(bytes), number);
        number
    }

    /// The number of a package variable.
    pub(super) fn global_number(&mut self, object: ObjectId) -> u32 {
        if let Some(number) = self.global_numbers.get(&object) {
            return *number;
        }
        let number = self.globals.len() as u32;
        self.global_numbers.insert(object, number);
        self.globals.push(GlobalEntry {
            size: 8,
            plain: false,
            initializer: None,
        });
        let ty = self.program.object_type(object);
        let rtype = self.rtype(ty);
        let initializer = self.lazy_initializer(object);
        if let Some(entry) = self.globals.get_mut(number as usize) {
            *entry = GlobalEntry {
                size: rtype.size,
                plain: rtype.plain,
                initializer,
            };
        }
        number
    }

    /// The function that initialises a variable of an imported standard package on first use.
    fn lazy_initializer(&mut self, object: ObjectId) -> Option<u32> {
        let package = self.program.objects.get(object).package?;
        if !self.program.is_library(package) {
            return None;
        }
        let initializer = self.program.initializer(object)?;
        Some(self.add_function(Source::Initializer(package, initializer), None))
    }

    /// The number of a method's name; lower-case ones belong to a package.
    pub(crate) fn method_number(&mut self, name: &str, package: Option<PackageId>) -> u32 {
        let package = package.filter(|_| !golang_check::symbol::is_exported(name));
        let key = (Rc::from(name), package);
        if let Some(number) = self.method_numbers.get(&key) {
            return *number;
        }
        let number = self.method_names.len() as u32;
        self.method_names.push(key.clone());
        self.method_numbers.insert(key, number);
        number
    }

    pub(crate) fn method_name(&self, number: u32) -> (Rc<str>, Option<PackageId>) {
        self.method_names
            .get(number as usize)
            .cloned()
            .unwrap_or_else(|| (Rc::from(""), None))
    }

    /// The number of one of package runtime's types for errors, or of `string`.
    fn runtime_type(&mut self, name: &str) -> u32 {
        if name == "string" {
            return self.rtype(TypeId::STRING).id;
        }
        let package = self.program.import("runtime");
        let (is_pointer, name) = match name.strip_prefix('*') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let symbol: Symbol = self.program.symbols.intern(name);
        let object = package.and_then(|package| self.program.package_object(package, symbol));
        match object {
            Some(object) => {
                let mut ty = self.program.object_type(object);
                if is_pointer {
                    ty = self.program.types.pointer(ty);
                }
                self.rtype(ty).id
            }
            None => self.rtype(TypeId::STRING).id,
        }
    }
}
