//! Types as reflection shows them: `int32` for rune, `interface {}` for any, packages by their name.

use super::Compiler;
use golang_check::ast::ChanDir;
use golang_check::types::{Basic, Signature, Struct, Type};
use golang_check::{ObjectId, TypeId};

/// Levels of types inside types that are written out.
const DEPTH_MAX: u32 = 40;

impl Compiler {
    /// The text of a type.
    pub(super) fn text(&mut self, ty: TypeId, depth: u32) -> String {
        if depth > DEPTH_MAX {
            return "...".into();
        }
        let ty = self.program.types.unalias(ty);
        let next = depth + 1;
        match self.program.types.get(ty).clone() {
            Type::Basic(Basic::Uint8) => "uint8".into(),
            Type::Basic(Basic::Int32) => "int32".into(),
            Type::Named(id) => {
                let named = self.program.types.named(id);
                let (object, args) = (named.object, named.type_args.clone());
                let args: Vec<String> = args.iter().map(|arg| self.argument(*arg, next)).collect();
                let name = self.qualified(object, false);
                if args.is_empty() {
                    name
                } else {
                    format!("{name}[{}]", args.join(","))
                }
            }
            Type::Pointer(elem) => format!("*{}", self.text(elem, next)),
            Type::Slice(elem) => format!("[]{}", self.text(elem, next)),
            Type::Array(length, elem) => format!("[{length}]{}", self.text(elem, next)),
            Type::Map(key, elem) => {
                format!("map[{}]{}", self.text(key, next), self.text(elem, next))
            }
            Type::Chan(direction, elem) => {
                let inner = self.text(elem, next);
                match direction {
                    ChanDir::Both if inner.starts_with("<-") => format!("chan ({inner})"),
                    ChanDir::Both => format!("chan {inner}"),
                    ChanDir::Send => format!("chan<- {inner}"),
                    ChanDir::Receive => format!("<-chan {inner}"),
                }
            }
            Type::Signature(signature) => format!("func{}", self.signature_text(&signature, next)),
            Type::Struct(fields) => self.struct_text(&fields, next),
            Type::Interface(_) => self.interface_text(ty, next),
            _ => self.program.type_text(ty, None),
        }
    }

    /// A type argument: names are written with the whole path of their package.
    fn argument(&mut self, ty: TypeId, depth: u32) -> String {
        let ty = self.program.types.unalias(ty);
        if let Type::Named(id) = self.program.types.get(ty).clone() {
            let named = self.program.types.named(id);
            if named.type_args.is_empty() {
                let object = named.object;
                return self.qualified(object, true);
            }
        }
        self.text(ty, depth)
    }

    fn qualified(&mut self, object: ObjectId, whole: bool) -> String {
        let found = self.program.objects.get(object);
        let name = self.program.symbols.text(found.name);
        match found
            .package
            .and_then(|package| self.program.package(package))
        {
            Some(package) => {
                let short = self.program.symbols.text(package.name);
                let path = if whole && short != "main" {
                    &package.path
                } else {
                    short
                };
                format!("{path}.{name}")
            }
            None => name.to_string(),
        }
    }

    fn object_text(&mut self, object: ObjectId, depth: u32) -> String {
        let ty = self.program.object_type(object);
        self.text(ty, depth)
    }

    fn signature_text(&mut self, signature: &Signature, depth: u32) -> String {
        let count = signature.params.len();
        let mut params = Vec::new();
        for (at, param) in signature.params.iter().enumerate() {
            let text = self.object_text(*param, depth);
            params.push(match text.strip_prefix("[]") {
                Some(elem) if signature.variadic && at + 1 == count => format!("...{elem}"),
                _ => text,
            });
        }
        let results: Vec<String> = signature
            .results
            .iter()
            .map(|result| self.object_text(*result, depth))
            .collect();
        let params = params.join(", ");
        match results.as_slice() {
            [] => format!("({params})"),
            [only] => format!("({params}) {only}"),
            all => format!("({params}) ({})", all.join(", ")),
        }
    }

    fn struct_text(&mut self, fields: &Struct, depth: u32) -> String {
        if fields.fields.is_empty() {
            return "struct {}".into();
        }
        let mut parts = Vec::new();
        for (at, field) in fields.fields.iter().enumerate() {
            let text = self.object_text(*field, depth);
            let name = self.program.objects.get(*field).name;
            let embedded = self
                .program
                .objects
                .var(*field)
                .is_some_and(|var| var.embedded);
            let mut part = if embedded {
                text
            } else {
                format!("{} {text}", self.program.symbols.text(name))
            };
            if let Some(tag) = fields.tags.get(at).filter(|tag| !tag.is_empty()) {
                part.push_str(&format!(" {tag:?}"));
            }
            parts.push(part);
        }
        format!("struct {{ {} }}", parts.join("; "))
    }

    fn interface_text(&mut self, ty: TypeId, depth: u32) -> String {
        let set = self.program.type_set(ty);
        if set.methods.is_empty() {
            return "interface {}".into();
        }
        let mut parts = Vec::new();
        for method in &set.methods {
            let name = self.program.objects.get(*method).name;
            let ty = self.program.object_type(*method);
            if let Type::Signature(signature) = self.program.types.get(ty).clone() {
                let text = self.signature_text(&signature, depth);
                parts.push(format!("{}{text}", self.program.symbols.text(name)));
            }
        }
        format!("interface {{ {} }}", parts.join("; "))
    }
}
