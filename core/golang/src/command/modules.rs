//! `go mod` and `go list`.

use super::environment::Environment;
use super::targets::resolve;
use super::verbs::module;
use super::{Outcome, Told, bad_flag, edit};
use crate::build::{Graph, NO_MODULE};
use machine::{Content, ExitStatus, Process};
use ordered::OrderedSet;

const MOD_USAGE: &str = "Go mod provides access to operations on modules.

Note that support for modules is built into all the go commands,
not just 'go mod'. For example, day-to-day adding, removing, upgrading,
and downgrading of dependencies should be done using 'go get'.
See 'go help modules' for an overview of module functionality.

Usage:

\tgo mod <command> [arguments]

The commands are:

\tdownload    download modules to local cache
\tedit        edit go.mod from tools or scripts
\tgraph       print module requirement graph
\tinit        initialize new module in current directory
\ttidy        add missing and remove unused modules
\tvendor      make vendored copy of dependencies
\tverify      verify dependencies have expected content
\twhy         explain why packages or modules are needed

Use \"go help mod <command>\" for more information about a command.

";

/// The flags of each verb of `go mod`.
pub(super) fn mod_usage(verb: &str) -> &'static str {
    match verb {
        "tidy" => "go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]",
        "download" => "go mod download [-x] [-json] [-reuse=old.json] [modules]",
        "vendor" => "go mod vendor [-e] [-v] [-o outdir]",
        "graph" => "go mod graph [-go=version] [-x]",
        "why" => "go mod why [-m] [-vendor] packages...",
        "edit" => "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]",
        "init" => "go mod init [module-path]",
        _ => "go mod verify",
    }
}

/// `go mod`
pub(super) fn modules(process: &Process, environment: &Environment, arguments: &[String]) -> Told {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((verb, rest)) = words.split_first() else {
        return Err((MOD_USAGE.into(), 2));
    };
    if *verb == "init" {
        return init(process, environment, rest);
    }
    if ![
        "download", "edit", "graph", "tidy", "vendor", "verify", "why",
    ]
    .contains(verb)
    {
        let text = "go mod: unknown command\nRun 'go help mod' for usage.\n";
        return Err((text.into(), 2));
    }
    if let Some(flag) = rest
        .iter()
        .find(|word| matches!(**word, "-h" | "--help" | "-help"))
    {
        return Err(bad_flag(flag, mod_usage(verb)));
    }
    if *verb == "edit" {
        return edit::edit(process, environment, rest);
    }
    if !environment.has_module {
        let text = match *verb {
            "download" => "go: no modules specified (see 'go help mod download')\n",
            _ => NO_MODULE,
        };
        return Err((text.into(), 1));
    }
    let named = rest.iter().find(|word| !word.starts_with('-'));
    match (*verb, named) {
        ("tidy" | "vendor" | "verify" | "graph", Some(_)) => {
            let text = format!("go: 'go mod {verb}' accepts no arguments\n");
            return Err((text, 1));
        }
        ("download", Some(name)) => {
            let text = match name.split_once('@') {
                Some((path, version)) => format!(
                    "go: {name}: Get \"https://proxy.golang.org/{path}/@v/{version}.info\": dial tcp: lookup proxy.golang.org: no such host\n"
                ),
                None => format!("go: module {name}: not a known dependency\n"),
            };
            return Err((text, 1));
        }
        _ => {}
    }
    let files = environment.files(process);
    let own = module(process, environment, &files, "").import_path("");
    let version = &environment.version_text;
    let mut out = String::new();
    match *verb {
        "tidy" => return tidy(process, environment),
        "download" => return Err(("go: no module dependencies to download\n".into(), 0)),
        "verify" => out.push_str("all modules verified\n"),
        "vendor" => return Err(("go: no dependencies to vendor\n".into(), 0)),
        "graph" => {
            let text = files
                .get("go.mod")
                .map(|text| String::from_utf8_lossy(text).into_owned());
            let mut lines = text.iter().flat_map(|text| text.lines());
            let go = lines
                .find_map(|line| line.strip_prefix("go "))
                .unwrap_or(version);
            let text = format!("{own} go@{go}\ngo@{go} toolchain@go{go}\n");
            out.push_str(&text);
        }
        "why" => {
            let kind = if rest.contains(&"-m") {
                "module"
            } else {
                "package"
            };
            let mut named = rest.iter().filter(|word| !word.starts_with('-')).peekable();
            if named.peek().is_none() {
                out.push_str(&format!("# {own}\n{own}\n"));
            }
            for package in named {
                let text = format!("# {package}\n(main module does not need {kind} {package})\n");
                out.push_str(&text);
            }
        }
        _ => {}
    }
    Ok(out)
}

fn init(process: &Process, environment: &Environment, rest: &[&str]) -> Told {
    if let Some(flag) = rest.iter().find(|word| word.starts_with('-')) {
        return Err(bad_flag(flag, mod_usage("init")));
    }
    let place = process.path("go.mod");
    let mistake = if rest.len() > 1 {
        "go: 'go mod init' accepts at most one argument\n".to_string()
    } else if process.files().exists(&place) {
        format!("go: {place} already exists\n")
    } else if let Some(path) = rest.first() {
        let bad = path
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || "-._~/+".contains(*c)));
        match bad {
            Some(c) => format!("go: malformed module path {path:?}: invalid char {c:?}\n"),
            None => String::new(),
        }
    } else {
        format!(
            "go: cannot determine module path for source directory {} (outside GOPATH, module path must be specified)\n\nExample usage:\n\t'go mod init example.com/m' to initialize a v0 or v1 module\n\t'go mod init example.com/m/v2' to initialize a v2 module\n\nRun 'go help mod init' for more information.\n",
            process.directory()
        )
    };
    let gopath = format!("{}/src/", environment.gopath);
    let directory = process.directory();
    let inferred = directory.strip_prefix(&gopath);
    let Some(path) = rest.first().copied().or(inferred) else {
        return Err((mistake, 1));
    };
    if !mistake.is_empty() && (!rest.is_empty() || process.files().exists(&place)) {
        return Err((mistake, 1));
    }
    let (major, minor) = environment.version;
    let version = if environment.version >= (1, 21) {
        environment.version_text.clone()
    } else {
        format!("{major}.{minor}")
    };
    let text = format!("module {path}\n\ngo {version}\n");
    let written = process.files().write(&place, Content::new(text), 0o644);
    if written.is_err() {
        return Err((String::new(), 1));
    }
    let mut said = format!("go: creating new go.mod: module {path}\n");
    let files = environment.files(process);
    if files.keys().any(|name| name.ends_with(".go")) {
        said.push_str("go: to add module requirements and sums:\n\tgo mod tidy\n");
    }
    Err((said, 0))
}

/// Everything that is imported must be of the module or of Go: nothing else can be fetched.
fn tidy(process: &Process, environment: &Environment) -> Told {
    let files = environment.files(process);
    let module = module(process, environment, &files, "");
    let own = module.import_path("");
    let (mut finding, mut errors) = (OrderedSet::new(), String::new());
    for (name, _) in files.iter().filter(|(name, _)| name.ends_with(".go")) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let importer = module.import_path(folder);
        for (import, _, _) in module.head(name).map_or(Vec::new(), |head| head.imports) {
            let first = import.split('/').next().unwrap_or(&import);
            let is_own = import == own || import.starts_with(&format!("{own}/"));
            if !first.contains('.') || is_own || !finding.insert(import.clone()) {
                continue;
            }
            errors.push_str(&format!(
                "go: {importer} imports\n\t{import}: cannot find module providing package {import}: module {import}: Get \"https://proxy.golang.org/{import}/@v/list\": dial tcp: lookup proxy.golang.org: no such host\n"
            ));
        }
    }
    let found: Vec<String> = finding
        .iter()
        .map(|import| format!("go: finding module for package {import}\n"))
        .collect();
    Err((found.concat() + &errors, u8::from(!errors.is_empty())))
}

/// `go list`
pub(super) async fn list(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let (mut of_module, mut template) = (false, "{{.ImportPath}}");
    let mut targets: Vec<&str> = Vec::new();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "-m" => of_module = true,
            "-f" => template = words.next().unwrap_or(template),
            flag if flag.starts_with('-') => {
                let usage =
                    "go list [-f format] [-json] [-m] [list flags] [build flags] [packages]";
                return Err(bad_flag(flag, usage));
            }
            target => targets.push(target),
        }
    }
    let files = environment.files(process);
    let module = module(process, environment, &files, "");
    if of_module && !environment.has_module {
        return Err((NO_MODULE.into(), 1));
    }
    if of_module {
        for target in &targets {
            if !matches!(*target, "all" | ".") && *target != module.import_path("") {
                let text = format!("go: module {target}: not a known dependency\n");
                return Err((text, 1));
            }
        }
        targets = vec!["."];
    }
    if targets.is_empty() {
        targets.push(".");
    }
    let mut graph = Graph::new(&module);
    let targets: Vec<String> = targets.iter().map(|target| (*target).to_string()).collect();
    // Import path, name, folder, files.
    let mut found: Vec<(String, String, String, Vec<String>)> = Vec::new();
    let mut errors: Vec<String> = Vec::new();
    if of_module {
        let root = environment.root.clone();
        found.push((module.import_path(""), String::new(), root, Vec::new()));
    } else {
        let own =
            resolve(process, environment, &mut graph, &targets, true).map_err(|text| (text, 1))?;
        errors.push(own.warnings);
        let roots: Vec<usize> = own.roots.iter().map(|(id, _)| *id).collect();
        let broken = roots.iter().filter_map(|id| graph.node(*id)?.error.clone());
        let broken: Vec<String> = broken.collect();
        if !broken.is_empty() {
            return Err((broken.concat(), 1));
        }
        errors.extend(graph.errors(&roots));
        errors.retain(|text| !text.contains("go.sum entry") && !text.is_empty());
        for (id, _) in &own.roots {
            let Some(node) = graph.node(*id) else {
                continue;
            };
            let names = node
                .files
                .iter()
                .map(|name| name.rsplit('/').next().unwrap_or(name));
            let place = if node.is_library {
                format!("/usr/local/go/src/{}", node.path)
            } else {
                module.absolute(&node.folder)
            };
            let names = names.map(str::to_string).collect();
            found.push((node.path.clone(), node.name.clone(), place, names));
        }
    }
    let mut text = String::new();
    for (path, name, place, names) in found {
        let line = template
            .replace("{{.ImportPath}}", &path)
            .replace("{{.Path}}", &path)
            .replace("{{.Name}}", &name)
            .replace("{{.Dir}}", &place)
            .replace("{{.GoFiles}}", &format!("[{}]", names.join(" ")));
        text.push_str(&line);
        text.push('\n');
    }
    process.print(text).await;
    if errors.is_empty() {
        return Ok(ExitStatus::SUCCESS);
    }
    let is_warning = errors.iter().all(|text| text.starts_with("go: warning"));
    Err((errors.concat(), u8::from(!is_warning)))
}
