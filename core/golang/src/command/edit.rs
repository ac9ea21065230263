//! `go mod edit`. Models `cmd/go/internal/modcmd/edit.go`.

use super::environment::Environment;
use super::{Told, bad_flag, modules::mod_usage};
use crate::build::{GoMod, NO_MODULE};
use machine::{Content, Process};

/// `go mod edit`
pub(super) fn edit(process: &Process, environment: &Environment, rest: &[&str]) -> Told {
    if rest.is_empty() {
        return Err((
            "go: no flags specified (see 'go help mod edit').\n".into(),
            1,
        ));
    }
    if !environment.has_module {
        return Err((NO_MODULE.into(), 1));
    }
    let place = format!("{}/go.mod", environment.root.trim_end_matches('/'));
    let file = process.files().read(&place).map(|file| file.text());
    let mut lines: Vec<String> = file
        .unwrap_or_default()
        .lines()
        .map(str::to_string)
        .collect();
    let mut shown = "";
    for word in rest {
        let flag = word.trim_start_matches('-');
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        match name {
            "print" | "json" | "fmt" => shown = name,
            "module" | "go" | "toolchain" => {
                drop_lines(&mut lines, |line| line.starts_with(&format!("{name} ")));
                let at = usize::from(name != "module").min(lines.len());
                let text = format!("{name} {value}");
                match name {
                    "module" => lines.insert(at, text),
                    _ => insert(&mut lines, text),
                }
            }
            "require" => {
                let (path, version) = value.split_once('@').unwrap_or((value, ""));
                if version.is_empty() {
                    let text = format!("go: -require={value}: need path@version\n");
                    return Err((text, 1));
                }
                drop_entry(&mut lines, "require", path);
                insert(&mut lines, format!("require {path} {version}"));
            }
            "replace" => {
                let Some((path, target)) = value.split_once('=') else {
                    let text = format!("go: -replace={value}: need old[@v]=new[@w] (missing =)\n");
                    return Err((text, 1));
                };
                drop_entry(&mut lines, "replace", path);
                let (path, target) = (path.replace('@', " "), target.replace('@', " "));
                insert(&mut lines, format!("replace {path} => {target}"));
            }
            "droprequire" => drop_entry(&mut lines, "require", value),
            "dropreplace" => drop_entry(&mut lines, "replace", value),
            "exclude" | "retract" | "dropexclude" | "dropretract" | "tool" | "droptool" => {}
            _ if word.starts_with('-') => return Err(bad_flag(word, mod_usage("edit"))),
            _ => {}
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let text = lines.join("\n") + "\n";
    match shown {
        "print" => return Ok(text),
        "json" => return Ok(json(&GoMod::parsed(text.as_bytes()))),
        _ => {}
    }
    match process.files().write(&place, Content::new(text), 0o644) {
        Ok(()) => Ok(String::new()),
        Err(_) => Err((String::new(), 1)),
    }
}

fn drop_lines(lines: &mut Vec<String>, is_it: impl Fn(&str) -> bool) {
    lines.retain(|line| !is_it(line.trim()));
}

/// Removes the entry of a path, alone or in a block.
fn drop_entry(lines: &mut Vec<String>, verb: &str, path: &str) {
    drop_lines(lines, |line| {
        let line = line.strip_prefix(verb).unwrap_or(line).trim_start();
        line.split(' ').next() == Some(path)
    });
}

/// Adds a line after an empty one.
fn insert(lines: &mut Vec<String>, text: String) {
    lines.extend([String::new(), text]);
}

fn json(found: &GoMod) -> String {
    let module = found.module.as_deref().unwrap_or("");
    let go = found
        .go
        .as_ref()
        .map_or(String::new(), |go| format!("\t\"Go\": \"{go}\",\n"));
    let list: Vec<String> = found
        .require
        .iter()
        .map(|(path, version)| {
            format!("\t\t{{\n\t\t\t\"Path\": \"{path}\",\n\t\t\t\"Version\": \"{version}\"\n\t\t}}")
        })
        .collect();
    let require = match list.is_empty() {
        true => "null".to_string(),
        false => format!("[\n{}\n\t]", list.join(",\n")),
    };
    format!(
        "{{\n\t\"Module\": {{\n\t\t\"Path\": \"{module}\"\n\t}},\n{go}\t\"Require\": {require},\n\t\"Exclude\": null,\n\t\"Replace\": null,\n\t\"Retract\": null,\n\t\"Tool\": null,\n\t\"Ignore\": null\n}}\n"
    )
}
