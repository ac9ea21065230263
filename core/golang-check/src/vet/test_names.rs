//! Names and signatures of tests and examples. Models `passes/tests`.

use super::{Vet, functions};
use crate::ast::{File, FuncDecl};
use crate::program::PackageId;
use crate::source::Pos;
use crate::symbol::Symbol;
use crate::types::Type;
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for function in functions(files) {
        let place = vet.program.sources.position(function.name.pos);
        if function.receiver.is_some() || !place.file.ends_with("_test.go") {
            continue;
        }
        let name = vet.program.name(function.name.name);
        if let Some(rest) = name.strip_prefix("Example") {
            let start = Pos(function.name.pos.0 + 1 - place.column);
            example(vet, function, start, &name, rest);
            continue;
        }
        for prefix in ["Test", "Benchmark", "Fuzz"] {
            let rest = name.strip_prefix(prefix);
            if rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_lowercase())) {
                let text = format!(
                    "{name} has malformed name: first letter after '{prefix}' must not be lowercase"
                );
                vet.report(function.name.pos, text);
            }
        }
    }
}

/// `start` is where the line of the declaration starts.
fn example(vet: &mut Vet<'_>, function: &FuncDecl, start: Pos, name: &str, rest: &str) {
    if !function.ty.params.is_empty() {
        vet.report(start, format!("{name} should be niladic"));
    }
    if !function.ty.results.is_empty() {
        vet.report(start, format!("{name} should return nothing"));
    }
    let mut parts = rest.splitn(3, '_');
    let first = parts.next().unwrap_or("");
    if first.is_empty() {
        return;
    }
    let Some(object) = declared(vet, first) else {
        let text = format!("{name} refers to unknown identifier: {first}");
        vet.report(start, text);
        return;
    };
    let Some(member) = parts.next() else {
        return;
    };
    let is_suffix = |text: &str| text.starts_with(|first: char| first.is_lowercase());
    if is_suffix(member) && parts.clone().next().is_none() {
        return;
    }
    let ty = vet.program.object_type(object);
    let symbol = vet.program.symbols.intern(member);
    let is_func = matches!(vet.program.types.get(ty), Type::Signature(_));
    let package = Some(vet.package);
    let found = vet.program.find_member(ty, false, package, symbol, false);
    if is_func || found.object.is_none() {
        let text = format!("{name} refers to unknown field or method: {first}.{member}");
        vet.report(start, text);
    }
}

/// An object of the package, or of the one that the test package is beside.
fn declared(vet: &mut Vet<'_>, name: &str) -> Option<crate::object::ObjectId> {
    let symbol: Symbol = vet.program.symbols.intern(name);
    let own = vet.program.package(vet.package)?;
    if let Some(object) = own.scope.get(&symbol) {
        return Some(*object);
    }
    let beside = own.path.strip_suffix("_test")?.to_string();
    let find = |id: &PackageId| vet.program.package(*id).filter(|one| *one.path == *beside);
    own.imports
        .iter()
        .find_map(find)?
        .scope
        .get(&symbol)
        .copied()
}
