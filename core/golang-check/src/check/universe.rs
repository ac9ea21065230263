//! What is predeclared, and the start of a program. Models `types2/universe.go`.

use super::{Checker, Environment, Scope, ScopeId};
use crate::{
    constant::Value,
    info::Info,
    object::{Builtin, Func, Object, ObjectId, ObjectKind, Objects},
    program::{Importer, Package, PackageId, Program},
    source::{Pos, Sources},
    symbol::{Symbol, Symbols},
    types::{Alias, Interface, PREDECLARED_NAMES, Signature, Type, TypeId, TypeSet, Types},
};
use std::rc::Rc;

use ordered::OrderedMap;

impl Program {
    /// An empty program that takes imported packages from `importer`.
    pub fn new(importer: Box<dyn Importer>) -> Self {
        let universe = ScopeId(0);
        let env = Environment {
            package: PackageId(0),
            decl: ObjectId::NONE,
            scope: universe,
            iota: None,
            error_pos: None,
            in_type_params: false,
            results: None,
            function: None,
            has_call_or_receive: false,
        };
        let checker = Checker {
            importer,
            by_path: OrderedMap::new(),
            importing: Default::default(),
            scopes: vec![Scope::default()],
            universe,
            decls: Vec::new(),
            dependencies: OrderedMap::new(),
            env,
            delayed: Vec::new(),
            path: Vec::new(),
            untyped: OrderedMap::new(),
            panics: Default::default(),
            methods: OrderedMap::new(),
            has_error: false,
            instances: OrderedMap::new(),
            canonical: OrderedMap::new(),
            canonical_keys: OrderedMap::new(),
            finite: OrderedMap::new(),
            valid: Default::default(),
            comparable_types: Default::default(),
            layouts: OrderedMap::new(),
            flows: Vec::new(),
            receiver_params: OrderedMap::new(),
            union_sets: OrderedMap::new(),
            dot_imports: OrderedMap::new(),
            lazy_packages: Default::default(),
            function_scopes: OrderedMap::new(),
            instance_pos: Pos::NONE,
            declared_function: None,
            fake_packages: Default::default(),
            late_errors: Vec::new(),
            checked_bodies: Default::default(),
            bodies: OrderedMap::new(),
            any: TypeId::INVALID,
            error: TypeId::INVALID,
            comparable: TypeId::INVALID,
            empty_interface: TypeId::INVALID,
            iota: ObjectId::NONE,
            depth: 0,
        };
        let mut program = Program {
            sources: Sources::default(),
            symbols: Symbols::new(),
            types: Types::new(),
            objects: Objects::default(),
            packages: Vec::new(),
            no_info: Info::default(),
            checker,
        };
        program.predeclare();
        program.declare_unsafe();
        program
    }

    fn predeclare_object(&mut self, name: &str, ty: TypeId, kind: ObjectKind) -> ObjectId {
        let name = self.symbols.intern(name);
        let object = self.objects.add(Object {
            name,
            pos: Pos::NONE,
            package: None,
            ty: Some(ty),
            kind,
        });
        let universe = self.checker.universe;
        self.scope_insert(universe, name, object);
        object
    }

    fn predeclare(&mut self) {
        for (index, name) in PREDECLARED_NAMES.iter().enumerate() {
            let is_named = !name.contains(' ') && !name.contains('.');
            if is_named {
                self.predeclare_object(name, TypeId(index as u32), ObjectKind::TypeName);
            }
        }
        let empty = self.types.add_interface(Interface {
            set: Some(Rc::default()),
            ..Interface::default()
        });
        self.checker.empty_interface = empty;
        // `any` stands for an interface of its own, which messages show as `any` too.
        let actual = self.types.add_interface(Interface {
            set: Some(Rc::default()),
            ..Interface::default()
        });
        let any = self.predeclare_object("any", TypeId::INVALID, ObjectKind::TypeName);
        self.checker.any = self.types.add_alias(Alias {
            object: any,
            actual,
            type_params: Rc::from([]),
            type_args: Rc::from([]),
            origin: None,
        });
        self.set_object_type(any, self.checker.any);
        self.predeclare_error();
        let comparable =
            self.predeclare_object("comparable", TypeId::INVALID, ObjectKind::TypeName);
        let set = Some(Rc::new(TypeSet {
            comparable: true,
            ..TypeSet::default()
        }));
        let interface = self.types.add_interface(Interface {
            set,
            ..Interface::default()
        });
        self.checker.comparable = self.predeclare_named(comparable, interface);
        for (name, value) in [("true", true), ("false", false)] {
            self.predeclare_object(
                name,
                TypeId::UNTYPED_BOOL,
                ObjectKind::Const(Value::Bool(value)),
            );
        }
        self.checker.iota = self.predeclare_object(
            "iota",
            TypeId::UNTYPED_INT,
            ObjectKind::Const(Value::int(0)),
        );
        self.predeclare_object("nil", TypeId::UNTYPED_NIL, ObjectKind::Nil);
        for builtin in Builtin::ALL {
            if builtin < Builtin::UnsafeAdd {
                self.predeclare_object(
                    builtin.text(),
                    TypeId::INVALID,
                    ObjectKind::Builtin(builtin),
                );
            }
        }
    }

    fn predeclare_named(&mut self, object: ObjectId, interface: TypeId) -> TypeId {
        let (named, id) = self.types.add_named(object);
        if let Some(slot) = self.types.named.get_mut(named.0 as usize) {
            slot.underlying = Some(interface);
            slot.rhs = Some(interface);
        }
        self.set_object_type(object, id);
        id
    }

    fn predeclare_error(&mut self) {
        let object = self.predeclare_object("error", TypeId::INVALID, ObjectKind::TypeName);
        let name = self.symbols.intern("Error");
        let result = self.new_param(Symbol::EMPTY, Pos::NONE, TypeId::STRING);
        if let Some(result) = self.objects.get_mut(result) {
            result.package = None;
        }
        let receiver = self.new_param(Symbol::EMPTY, Pos::NONE, TypeId::INVALID);
        let signature = Signature {
            results: Rc::from([result]),
            receiver: Some(receiver),
            ..Signature::default()
        };
        let ty = self.types.add(Type::Signature(Rc::new(signature)));
        let method = self.objects.add(Object {
            name,
            pos: Pos::NONE,
            package: None,
            ty: Some(ty),
            kind: ObjectKind::Func(Func::default()),
        });
        let interface = self.types.add_interface(Interface {
            methods: vec![method],
            ..Interface::default()
        });
        self.checker.error = self.predeclare_named(object, interface);
        self.set_object_type(receiver, self.checker.error);
    }

    /// Package unsafe has no source.
    fn declare_unsafe(&mut self) {
        let name = self.symbols.intern("unsafe");
        let package = self.add_package("unsafe", name, Pos::NONE);
        let mut names: Vec<(Symbol, ObjectId)> = Vec::new();
        let mut add = |program: &mut Program, text: &str, ty, kind| {
            let name = program.symbols.intern(text);
            let object = Object {
                name,
                pos: Pos::NONE,
                package: Some(package),
                ty: Some(ty),
                kind,
            };
            names.push((name, program.objects.add(object)));
        };
        add(
            self,
            "Pointer",
            TypeId::UNSAFE_POINTER,
            ObjectKind::TypeName,
        );
        for builtin in Builtin::ALL {
            if builtin >= Builtin::UnsafeAdd {
                add(
                    self,
                    builtin.text(),
                    TypeId::INVALID,
                    ObjectKind::Builtin(builtin),
                );
            }
        }
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.scope.extend(names);
        }
    }

    pub(crate) fn add_package(&mut self, path: &str, name: Symbol, pos: Pos) -> PackageId {
        let id = PackageId(self.packages.len() as u32);
        let path: Rc<str> = Rc::from(path);
        let universe = self.checker.universe;
        let top = self.new_scope(Some(universe));
        self.packages.push(Package {
            path: Rc::clone(&path),
            name,
            files: Vec::new(),
            info: Info::default(),
            diagnostics: Vec::new(),
            scope: OrderedMap::new(),
            imports: Vec::new(),
            init_functions: Vec::new(),
            init_order: Vec::new(),
            pos,
            top,
            objects: Vec::new(),
            import_names: Vec::new(),
            next_node: 0,
            has_syntax_errors: false,
        });
        self.checker.by_path.insert(path, id);
        id
    }
}
