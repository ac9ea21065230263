//! Variables that the linker sets (`-ldflags "-X main.version=1.2"`): their values are written into
//! the source, so that the compiler needs to know nothing of them.

use super::module::{Checked, Module, Unit};
use golang_check::ast::{Decl, Expr, ExprKind};

/// Writes the values that a module's command line gives into the packages of a command, the last
/// one; or what the linker says.
pub(crate) fn set(
    module: &Module<'_>,
    checked: &Checked,
    units: &mut [Unit],
) -> Result<(), String> {
    let last = units.len().saturating_sub(1);
    for (name, value) in &module.values {
        let Some((package, variable)) = name.rsplit_once('.') else {
            continue;
        };
        let own = |(at, unit): &(usize, &mut Unit)| {
            if *at == last {
                package == "main"
            } else {
                unit.path == package
            }
        };
        if let Some((_, unit)) = units.iter_mut().enumerate().find(own) {
            set_one(checked, unit, variable, value).map_err(|text| {
                format!("{name}: cannot set with -X: not a var of type string (type:{text})\n")
            })?;
        }
    }
    Ok(())
}

/// Sets one variable; its type, when that is not string.
fn set_one(checked: &Checked, unit: &mut Unit, variable: &str, value: &str) -> Result<(), String> {
    let program = &checked.program;
    let mut packages = program
        .packages
        .iter()
        .filter(|package| *package.path == *unit.path);
    let Some(package) = packages.next() else {
        return Ok(());
    };
    let is_it = |name: &golang_check::ast::Ident| program.symbols.text(name.name) == variable;
    for (file, source) in package.files.iter().zip(&mut unit.sources) {
        for decl in &file.decls {
            let Decl::Var(decl) = decl else {
                continue;
            };
            let Some(at) = decl.names.iter().position(is_it) else {
                continue;
            };
            let values = decl.values.as_ref();
            let own = values.and_then(|values| match &values.kind {
                ExprKind::List(list) => list.get(at),
                _ => Some(values),
            });
            if let Some(ty) = &decl.ty {
                let text = match &ty.kind {
                    ExprKind::Name(name) => program.symbols.text(*name).to_string(),
                    _ => "unknown".into(),
                };
                if text != "string" {
                    return Err(text);
                }
            }
            let quoted = format!("{value:?}");
            let offset = |x: &Expr| {
                let place = program.sources.position(x.pos);
                let lines = source.text.split_inclusive(|byte| *byte == b'\n');
                let before: usize = lines.take(place.line as usize - 1).map(<[u8]>::len).sum();
                before + place.column as usize - 1
            };
            let (start, length, new) = match (own, &decl.ty) {
                (Some(x), _) => match &x.kind {
                    ExprKind::Literal { text, .. } if text.starts_with(['"', '`']) => {
                        (offset(x), text.len(), quoted)
                    }
                    ExprKind::Literal { .. } => return Err("int".into()),
                    // What is computed at the start stays.
                    _ => return Ok(()),
                },
                (None, Some(ty)) if decl.names.len() == 1 => {
                    (offset(ty) + "string".len(), 0, format!(" = {quoted}"))
                }
                _ => return Ok(()),
            };
            if start + length <= source.text.len() {
                source.text.splice(start..start + length, new.into_bytes());
            }
            return Ok(());
        }
    }
    Ok(())
}
