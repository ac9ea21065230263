//! What the import declarations of a file bring, and which of them nothing uses.
//! Models the imports of `types2/resolver.go`.

use super::ScopeId;
use crate::{
    ast::ImportDecl,
    constant,
    object::{Object, ObjectId, ObjectKind},
    program::{PackageId, Program},
    source::Pos,
    symbol::{Symbol, is_exported},
    types::TypeId,
};
use std::rc::Rc;

/// The import path that a literal gives.
fn import_path(literal: &str) -> Result<String, String> {
    let bytes = constant::unquote(literal).ok_or("invalid syntax")?;
    let path = String::from_utf8_lossy(&bytes).into_owned();
    if path.is_empty() {
        return Err("empty string".into());
    }
    let illegal = |c: char| {
        c.is_control() || c.is_whitespace() || "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}".contains(c)
    };
    match path.chars().find(|c| illegal(*c)) {
        Some(c) if c.is_control() => Err(format!("invalid character U+{:04X}", c as u32)),
        Some(c) => Err(format!("invalid character U+{:04X} '{c}'", c as u32)),
        None => Ok(path),
    }
}

impl Program {
    pub(crate) fn collect_import(
        &mut self,
        package: PackageId,
        import: &ImportDecl,
        scope: ScopeId,
    ) {
        let Some(literal) = import.path.as_ref().filter(|literal| !literal.bad) else {
            return;
        };
        let path = match import_path(&literal.literal) {
            Ok(path) => path,
            Err(problem) => {
                self.error(literal.pos, format!("invalid import path ({problem})"));
                return;
            }
        };
        let Some(imported) = self.import(&path) else {
            self.error(
                literal.pos,
                format!("could not import {path} (package not found)"),
            );
            self.declare_fake(package, import, &path, scope);
            return;
        };
        let own_name = self
            .package(imported)
            .map_or(Symbol::EMPTY, |package| package.name);
        let name = import.local_name.map_or(own_name, |name| name.name);
        if name == Symbol::INIT {
            self.error(
                import.pos,
                "cannot import package as init - init must be a func",
            );
            return;
        }
        if let Some(package) = self.packages.get_mut(package.0 as usize)
            && !package.imports.contains(&imported)
        {
            package.imports.push(imported);
        }
        let object = self.objects.add(Object {
            name,
            pos: import.local_name.map_or(import.pos, |name| name.pos),
            package: Some(package),
            ty: Some(TypeId::INVALID),
            kind: ObjectKind::PackageName {
                imported,
                used: false,
            },
        });
        match import.local_name {
            Some(local) => self.record_object(local.id, object),
            None => {
                self.info_mut().implicits.insert(import.id, object);
            }
        }
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.import_names.push(object);
        }
        if name == Symbol::DOT {
            self.dot_import(imported, object, import, scope);
        } else {
            self.declare(scope, None, object);
        }
    }

    /// A package that was not found still declares its name.
    pub(crate) fn declare_fake(
        &mut self,
        package: PackageId,
        import: &ImportDecl,
        path: &str,
        scope: ScopeId,
    ) {
        let name = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(path);
        let name = self.symbols.intern(name);
        let imported = self.add_package(path, name, Pos::NONE);
        self.checker.by_path.remove(path);
        self.checker.fake_packages.insert(imported);
        let object = self.objects.add(Object {
            name: import.local_name.map_or(name, |name| name.name),
            pos: import.pos,
            package: Some(package),
            ty: Some(TypeId::INVALID),
            kind: ObjectKind::PackageName {
                imported,
                used: true,
            },
        });
        self.declare(scope, None, object);
    }

    pub(crate) fn dot_import(
        &mut self,
        imported: PackageId,
        package_name: ObjectId,
        import: &ImportDecl,
        scope: ScopeId,
    ) {
        self.read_declarations(imported);
        let names = self
            .package(imported)
            .map(|package| package.scope.clone())
            .unwrap_or_default();
        for (name, object) in names {
            if !is_exported(self.symbols.text(name)) {
                continue;
            }
            if let Some(other) = self.scope_get(scope, name) {
                let pos = import.local_name.map_or(import.pos, |name| name.pos);
                let mut error =
                    self.new_error(pos, format!("{} redeclared in this block", self.name(name)));
                error.add_other_declaration(self, other);
                self.report(error);
                continue;
            }
            self.scope_insert(scope, name, object);
            self.checker.dot_imports.insert((scope, name), package_name);
        }
    }

    /// A file's imports must not clash with the package's own names.
    pub(crate) fn check_file_scopes(&mut self, top: ScopeId, files: &[ScopeId]) {
        for file in files {
            let names: Vec<(Symbol, ObjectId)> = self
                .scope(*file)
                .map(|scope| {
                    scope
                        .names
                        .iter()
                        .map(|(name, object)| (*name, *object))
                        .collect()
                })
                .unwrap_or_default();
            for (name, object) in names {
                let Some(other) = self.scope_get(top, name) else {
                    continue;
                };
                let other_pos = self.objects.get(other).pos;
                let text = self.name(name);
                let entry = self.objects.get(object).clone();
                let message = match entry.kind {
                    ObjectKind::PackageName { imported, .. } => {
                        format!(
                            "{text} already declared through import of {}",
                            self.package_text(imported)
                        )
                    }
                    _ => {
                        let from = entry
                            .package
                            .map_or(String::new(), |package| self.package_text(package));
                        format!("{text} already declared through dot-import of {from}")
                    }
                };
                let mut error = self.new_error(other_pos, message);
                error.add_other_declaration(self, object);
                self.report(error);
            }
        }
    }

    pub(crate) fn package_text(&self, package: PackageId) -> String {
        self.package(package).map_or(String::new(), |package| {
            format!(
                "package {} ({})",
                self.symbols.text(package.name),
                constant::quote(package.path.as_bytes())
            )
        })
    }

    pub(crate) fn unused_imports(&mut self, package: PackageId) {
        let names = self
            .package(package)
            .map(|package| package.import_names.clone())
            .unwrap_or_default();
        for object in names {
            let entry = self.objects.get(object).clone();
            let ObjectKind::PackageName { imported, used } = entry.kind else {
                continue;
            };
            if used || entry.name == Symbol::BLANK {
                continue;
            }
            let path = self
                .package(imported)
                .map(|package| Rc::clone(&package.path))
                .unwrap_or_else(|| Rc::from(""));
            let element = path.rsplit('/').next().unwrap_or(&path);
            let name = self.name(entry.name);
            let quoted = constant::quote(path.as_bytes());
            if name.is_empty() || name == "." || name == element {
                self.soft_error(entry.pos, format!("{quoted} imported and not used"));
            } else {
                self.soft_error(
                    entry.pos,
                    format!("{quoted} imported as {name} and not used"),
                );
            }
        }
    }
}
