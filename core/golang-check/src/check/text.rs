//! Types as messages show them. Models `types2/typestring.go`.

use crate::{
    ast::ChanDir,
    constant,
    object::{ObjectId, ObjectKind, VarKind},
    program::{PackageId, Program},
    types::{AliasId, InterfaceId, PREDECLARED_NAMES, Signature, Type, TypeId},
};

/// How a type is written.
struct Writer<'a> {
    program: &'a Program,
    out: String,
    /// Names of this package stand alone.
    home: Option<PackageId>,
    quote_ambiguous: bool,
    param_names: bool,
    /// Full paths, so that types of the same name can be told apart.
    with_paths: bool,
    depth: u32,
}

/// Nesting beyond which a type is not written out.
const DEPTH_MAX: u32 = 60;

impl Program {
    /// A type as a message about the current package shows it.
    pub(crate) fn text(&self, ty: TypeId) -> String {
        let mut writer = self.writer();
        writer.ty(ty);
        writer.out
    }

    fn writer(&self) -> Writer<'_> {
        Writer {
            program: self,
            out: String::new(),
            home: Some(self.checker.env.package),
            quote_ambiguous: true,
            param_names: true,
            with_paths: false,
            depth: 0,
        }
    }

    /// A type relative to a package, or with all package names (as `%T` prints it).
    pub(crate) fn text_for(&self, ty: TypeId, home: Option<PackageId>) -> String {
        let mut writer = Writer {
            home,
            quote_ambiguous: false,
            param_names: false,
            ..self.writer()
        };
        writer.ty(ty);
        writer.out
    }

    /// A type with the full paths of packages, as `go vet` shows it.
    pub(crate) fn full_text(&self, ty: TypeId) -> String {
        let mut writer = Writer {
            home: None,
            quote_ambiguous: false,
            with_paths: true,
            ..self.writer()
        };
        writer.ty(ty);
        writer.out
    }

    /// A function's name and signature without names of parameters.
    pub(crate) fn function_text(&self, function: ObjectId, with_paths: bool) -> String {
        let mut writer = Writer {
            param_names: false,
            with_paths,
            ..self.writer()
        };
        if with_paths {
            writer.home = None;
        }
        writer.out = self.object_name(function);
        if let Type::Signature(signature) = self.types.get(self.type_of(function)) {
            writer.signature(signature);
        }
        writer.out
    }

    /// `package.` before a name of another package.
    pub(crate) fn package_prefix(&self, package: Option<PackageId>) -> String {
        let mut writer = self.writer();
        writer.prefix(package);
        writer.out
    }

    /// The kind of object, in words.
    pub(crate) fn object_kind_text(&mut self, object: ObjectId) -> &'static str {
        match &self.objects.get(object).kind {
            ObjectKind::PackageName { .. } => "package name",
            ObjectKind::Const(_) => "constant",
            ObjectKind::TypeName => {
                let ty = self.type_of(object);
                if matches!(self.types.get(ty), Type::Alias(_)) {
                    "type alias"
                } else if self.is_type_param(ty) {
                    "type parameter"
                } else {
                    "defined type"
                }
            }
            ObjectKind::Var(var) => match var.kind {
                VarKind::Package => "package-level variable",
                VarKind::Local => "local variable",
                VarKind::Receiver => "receiver",
                VarKind::Param => "parameter",
                VarKind::Result => "result variable",
                VarKind::Field => "struct field",
            },
            ObjectKind::Func(_) => {
                let ty = self.type_of(object);
                match self.types.get(ty) {
                    Type::Signature(signature) if signature.receiver.is_some() => "method",
                    _ => "function",
                }
            }
            ObjectKind::Label { .. } => "label",
            ObjectKind::Builtin(_) => "built-in function",
            ObjectKind::Nil => "untyped nil",
        }
    }

    /// A list of union terms.
    pub(crate) fn terms_text(&self, terms: &[crate::types::Term]) -> String {
        // gc writes terms with all package paths.
        let mut writer = Writer {
            home: None,
            with_paths: true,
            ..self.writer()
        };
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                writer.out.push_str(" | ");
            }
            if term.tilde {
                writer.out.push('~');
            }
            writer.ty(term.ty);
        }
        writer.out
    }
}

impl Writer<'_> {
    fn prefix(&mut self, package: Option<PackageId>) {
        let Some(id) = package else { return };
        if self.home == Some(id) {
            return;
        }
        let Some(package) = self.program.package(id) else {
            return;
        };
        if self.with_paths {
            self.out.push_str(&package.path);
        } else if self.quote_ambiguous && self.program.is_ambiguous(id) {
            self.out.push_str(&constant::quote(package.path.as_bytes()));
        } else {
            self.out.push_str(self.program.symbols.text(package.name));
        }
        self.out.push('.');
    }

    fn type_name(&mut self, object: ObjectId) {
        self.prefix(self.program.objects.get(object).package);
        self.out.push_str(&self.program.object_name(object));
    }

    fn ty(&mut self, ty: TypeId) {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            self.out.push('…');
        } else {
            self.write(ty);
        }
        self.depth -= 1;
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind, in the order of gc's own checks"
    )]
    fn write(&mut self, ty: TypeId) {
        let types = &self.program.types;
        match types.get(ty).clone() {
            Type::Basic(_) => self
                .out
                .push_str(PREDECLARED_NAMES.get(ty.0 as usize).copied().unwrap_or("")),
            Type::Named(named) => {
                let named = types.named(named);
                self.type_name(named.object);
                if named.type_args.is_empty() {
                    self.type_params(&named.type_params);
                } else {
                    self.type_list(&named.type_args);
                }
            }
            Type::Alias(alias) => self.alias(alias),
            Type::Pointer(base) => {
                self.out.push('*');
                self.ty(base);
            }
            Type::Slice(element) => {
                self.out.push_str("[]");
                self.ty(element);
            }
            Type::Array(length, element) => {
                self.out.push_str(&format!("[{length}]"));
                self.ty(element);
            }
            Type::Map(key, value) => {
                self.out.push_str("map[");
                self.ty(key);
                self.out.push(']');
                self.ty(value);
            }
            Type::Chan(dir, element) => {
                let parens = dir == ChanDir::Both
                    && matches!(types.get(element), Type::Chan(ChanDir::Receive, _));
                self.out.push_str(match dir {
                    ChanDir::Both => "chan ",
                    ChanDir::Send => "chan<- ",
                    ChanDir::Receive => "<-chan ",
                });
                if parens {
                    self.out.push('(');
                }
                self.ty(element);
                if parens {
                    self.out.push(')');
                }
            }
            Type::Signature(signature) => {
                self.out.push_str("func");
                self.signature(&signature);
            }
            Type::Struct(ty) => {
                self.out.push_str("struct{");
                for (index, field) in ty.fields.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str("; ");
                    }
                    if !self
                        .program
                        .objects
                        .var(*field)
                        .is_some_and(|var| var.embedded)
                    {
                        self.out.push_str(&self.program.object_name(*field));
                        self.out.push(' ');
                    }
                    self.ty(self.program.type_of(*field));
                    if let Some(tag) = ty.tags.get(index).filter(|tag| !tag.is_empty()) {
                        self.out.push(' ');
                        self.out.push_str(&constant::quote(tag.as_bytes()));
                    }
                }
                self.out.push('}');
            }
            Type::Interface(interface) => self.interface(ty, interface),
            Type::Tuple(variables) => self.tuple(&variables, false),
            Type::Union(terms) => {
                for (index, term) in terms.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(" | ");
                    }
                    if term.tilde {
                        self.out.push('~');
                    }
                    self.ty(term.ty);
                }
            }
            Type::Param(param) => {
                let object = types.param(param).object;
                let name = self.program.objects.get(object).name;
                self.out.push_str(self.program.symbols.text(name));
                if self
                    .program
                    .scope_get(self.program.checker.universe, name)
                    .is_some()
                {
                    let text = self.program.symbols.text(name);
                    let place = self.program.place(self.program.objects.get(object).pos);
                    self.out
                        .push_str(&format!(" /* with {text} declared at {place} */"));
                }
            }
        }
    }

    fn alias(&mut self, alias: AliasId) {
        let alias = self.program.types.alias(alias);
        self.type_name(alias.object);
        if alias.type_args.is_empty() {
            self.type_params(&alias.type_params);
        } else {
            self.type_list(&alias.type_args);
        }
    }

    fn interface(&mut self, ty: TypeId, id: InterfaceId) {
        if ty == self.program.types.unalias(self.program.checker.any) {
            self.out.push_str("any");
            return;
        }
        let interface = self.program.types.interface(id);
        if interface.implicit {
            if let ([], [(only, _)]) = (interface.methods.as_slice(), interface.embedded.as_slice())
            {
                self.ty(*only);
                return;
            }
            self.out.push_str("/* implicit */ ");
        }
        self.out.push_str("interface{");
        let mut first = true;
        for method in &interface.methods {
            if !std::mem::take(&mut first) {
                self.out.push_str("; ");
            }
            self.out.push_str(&self.program.object_name(*method));
            if let Type::Signature(signature) = self
                .program
                .types
                .get(self.program.type_of(*method))
                .clone()
            {
                self.signature(&signature);
            }
        }
        for (embedded, _) in &interface.embedded {
            if !std::mem::take(&mut first) {
                self.out.push_str("; ");
            }
            self.ty(*embedded);
        }
        self.out.push('}');
    }

    fn type_list(&mut self, list: &[TypeId]) {
        self.out.push('[');
        for (index, ty) in list.iter().enumerate() {
            if index > 0 {
                // Type arguments stand close together in messages.
                self.out.push_str(", ");
            }
            self.ty(*ty);
        }
        self.out.push(']');
    }

    fn type_params(&mut self, list: &[TypeId]) {
        if list.is_empty() {
            return;
        }
        self.out.push('[');
        let mut previous = None;
        for (index, param) in list.iter().enumerate() {
            let bound = match self.program.types.get(*param) {
                Type::Param(param) => self.program.types.param(*param).bound,
                _ => TypeId::INVALID,
            };
            if index > 0 {
                if previous != Some(bound)
                    && let Some(previous) = previous
                {
                    self.out.push(' ');
                    self.ty(previous);
                }
                self.out.push_str(", ");
            }
            previous = Some(bound);
            self.ty(*param);
        }
        if let Some(previous) = previous {
            self.out.push(' ');
            self.ty(previous);
        }
        self.out.push(']');
    }

    fn tuple(&mut self, variables: &[ObjectId], variadic: bool) {
        self.out.push('(');
        for (index, variable) in variables.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            let name = self.program.object_name(*variable);
            if self.param_names && !name.is_empty() {
                self.out.push_str(&name);
                self.out.push(' ');
            }
            let ty = self.program.type_of(*variable);
            if variadic && index + 1 == variables.len() {
                if let Type::Slice(element) = self.program.types.get(ty) {
                    self.out.push_str("...");
                    self.ty(*element);
                } else {
                    self.ty(ty);
                    self.out.push_str("...");
                }
            } else {
                self.ty(ty);
            }
        }
        self.out.push(')');
    }

    fn signature(&mut self, signature: &Signature) {
        self.type_params(&signature.type_params);
        self.tuple(&signature.params, signature.variadic);
        match &*signature.results {
            [] => {}
            [only] if !self.quote_ambiguous || self.program.object_name(*only).is_empty() => {
                self.out.push(' ');
                self.ty(self.program.type_of(*only));
            }
            results => {
                self.out.push(' ');
                self.tuple(results, false);
            }
        }
    }
}
