//! Tags of struct fields that `reflect` cannot read, on fields that are not exported, and names
//! that come twice. Models `passes/structtag`.

use super::{Vet, walk, walk::Node};
use crate::ast::{ExprKind, File};
use crate::source::Pos;
use crate::types::Type;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        let Node::Expr(x) = node else { continue };
        if !matches!(x.kind, ExprKind::StructType(_)) {
            continue;
        }
        let ty = vet.ty(x);
        let Type::Struct(fields) = vet.under(ty) else {
            continue;
        };
        let mut seen: BTreeMap<(&str, String), Pos> = BTreeMap::new();
        for (field, tag) in fields.fields.iter().zip(&fields.tags) {
            let name = vet.program.object_name(*field);
            let pos = vet.program.objects.get(*field).pos;
            let embedded = vet
                .program
                .objects
                .var(*field)
                .is_some_and(|var| var.embedded);
            for key in ["json", "xml"] {
                let value = value(tag, key).unwrap_or_default();
                let own = value.split(',').next().unwrap_or("").to_string();
                if own.is_empty() || value == "-" {
                    continue;
                }
                match seen.get(&(key, own.clone())) {
                    Some(earlier) => {
                        let place = vet.program.sources.position(*earlier);
                        let file = place.file.rsplit('/').next().unwrap_or("").to_string();
                        let text = format!(
                            "struct field {name} repeats {key} tag {own:?} also at {file}:{}",
                            place.line
                        );
                        vet.report(pos, text);
                    }
                    None => {
                        seen.insert((key, own), pos);
                    }
                }
            }
            if let Err(problem) = validate(tag) {
                let text = format!(
                    "struct field tag {} not compatible with reflect.StructTag.Get: {problem}",
                    quoted(tag)
                );
                vet.report(pos, text);
            }
            if embedded || crate::symbol::is_exported(&name) {
                continue;
            }
            for key in ["json", "xml"] {
                if value(tag, key).is_some_and(|value| !value.is_empty() && value != "-") {
                    let text = format!("struct field {name} has {key} tag but is not exported");
                    vet.report(pos, text);
                    break;
                }
            }
        }
    }
}

fn quoted(tag: &str) -> String {
    if tag.contains('`') {
        format!("{tag:?}")
    } else {
        format!("`{tag}`")
    }
}

/// The value of a key as `reflect` finds it.
fn value(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches(' ');
    while let Some((key, after)) = rest.split_once(":\"") {
        if key.contains([' ', '"', ':']) {
            return None;
        }
        let (value, after) = string(after)?;
        if key == wanted {
            return Some(value.replace("\\\"", "\""));
        }
        rest = after.trim_start_matches(' ');
    }
    None
}

/// The rest of a quoted string, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => escaped = false,
        }
    }
    None
}

/// Whether a tag has the form `key:"value" key:"value"`.
fn validate(tag: &str) -> Result<(), &'static str> {
    let mut rest = tag;
    let mut count = 0;
    while !rest.is_empty() {
        if count > 0 && !rest.starts_with(' ') {
            return Err("key:\"value\" pairs not separated by spaces");
        }
        count += 1;
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            return Ok(());
        }
        let end = rest
            .find(|c: char| c == ' ' || c == ':' || c == '"' || c < ' ' || c == '\u{7f}')
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if key.is_empty() {
            return Err("bad syntax for struct tag key");
        }
        let Some(after) = after.strip_prefix(':') else {
            return Err("bad syntax for struct tag pair");
        };
        let Some(after) = after.strip_prefix('"') else {
            return Err("bad syntax for struct tag value");
        };
        let Some((value, after)) = string(after) else {
            return Err("bad syntax for struct tag value");
        };
        rest = after;
        let names = value.split(',').next().unwrap_or("");
        if matches!(key, "json" | "xml") && (value.contains(", ") || names.contains(' ')) {
            if key == "json" && !value.contains(", ") {
                continue;
            }
            return Err("suspicious space in struct tag value");
        }
    }
    Ok(())
}
