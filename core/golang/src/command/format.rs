//! `gofmt` and `go fmt`. The layout itself is `golang_check::format`. Models `cmd/gofmt` and
//! `cmd/go/internal/fmtcmd`.

use super::environment::Environment;
use super::targets::resolve;
use super::verbs::module;
use super::{Outcome, bad_flag, diff};
use crate::build::Graph;
use crate::limits;
use golang_check::format;
use machine::{Content, Duration, ExitStatus, Process};

/// Virtual time that one file takes.
const FILE_TIME: Duration = Duration::from_millis(3);
/// Levels of folders that gofmt goes down.
const DEPTH_MAX: u32 = 40;

const USAGE: &str = "usage: gofmt [flags] [path ...]
  -cpuprofile string
    \twrite cpu profile to this file
  -d\tdisplay diffs instead of rewriting files
  -e\treport all errors (not just the first 10 on different lines)
  -l\tlist files whose formatting differs from gofmt's
  -r string
    \trewrite rule (e.g., 'a[b:len(a)] -> a[b:]')
  -s\tsimplify code
  -w\twrite result to (source) file instead of stdout
";

/// What the flags of gofmt ask for.
#[derive(Clone, Copy, Default)]
struct Wishes {
    list: bool,
    write: bool,
    diff: bool,
    simplify: bool,
}

/// `gofmt` as a process.
pub(crate) async fn gofmt(process: Process) -> ExitStatus {
    let mut wishes = Wishes::default();
    let arguments = process.arguments().to_vec();
    let mut paths = Vec::new();
    for word in arguments.iter().skip(1) {
        let flag = word
            .strip_prefix('-')
            .filter(|flag| !flag.is_empty() && paths.is_empty());
        let Some(flag) = flag else {
            paths.push(word.as_str());
            continue;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = flag.split_once('=').unwrap_or((flag, "true"));
        let is_set = value != "false";
        match name {
            "l" => wishes.list = is_set,
            "w" => wishes.write = is_set,
            "d" => wishes.diff = is_set,
            "s" => wishes.simplify = is_set,
            "e" => {}
            "h" | "help" => {
                process.print_error(USAGE).await;
                return ExitStatus::SUCCESS;
            }
            "r" => {
                process
                    .print_error("gofmt -r is part of Go but not of this playground\n")
                    .await;
                return ExitStatus::Exited(2);
            }
            _ => {
                let text = format!("flag provided but not defined: -{name}\n{USAGE}");
                process.print_error(text).await;
                return ExitStatus::Exited(2);
            }
        }
    }
    if !paths.is_empty() {
        return files(&process, wishes, &paths).await;
    }
    if wishes.write {
        process
            .print_error("error: cannot use -w with standard input\n")
            .await;
        return ExitStatus::Exited(2);
    }
    let text = process.read_to_end(0).await.unwrap_or_default();
    ExitStatus::Exited(one(&process, wishes, "<standard input>", None, &text).await)
}

async fn files(process: &Process, wishes: Wishes, paths: &[&str]) -> ExitStatus {
    let mut status = 0;
    for path in paths {
        let absolute = process.path(path);
        let mut found = Vec::new();
        if process.files().is_directory(&absolute) {
            let base = path.trim_start_matches("./").trim_end_matches('/');
            walk(
                process,
                &absolute,
                if base == "." { "" } else { base },
                0,
                &mut found,
            );
        } else {
            found.push((path.to_string(), absolute));
        }
        for (name, absolute) in found {
            let own = match process.files().read(&absolute) {
                Ok(content) => {
                    process.sleep(FILE_TIME).await;
                    one(process, wishes, &name, Some(&absolute), content.bytes()).await
                }
                Err(error) => {
                    let text = format!("lstat {name}: {}\n", error.message().to_lowercase());
                    process.print_error(text).await;
                    2
                }
            };
            status = status.max(own);
        }
    }
    ExitStatus::Exited(status)
}

/// Go files below a folder, with the names that they are shown by.
fn walk(
    process: &Process,
    folder: &str,
    shown: &str,
    depth: u32,
    found: &mut Vec<(String, String)>,
) {
    let Ok(entries) = process.files().read_directory(folder) else {
        return;
    };
    for (name, entry) in entries {
        let absolute = format!("{}/{name}", folder.trim_end_matches('/'));
        let own = if shown.is_empty() {
            name.clone()
        } else {
            format!("{shown}/{name}")
        };
        if entry.is_directory() {
            if depth < DEPTH_MAX {
                walk(process, &absolute, &own, depth + 1, found);
            }
        } else if !name.starts_with('.') && name.ends_with(".go") {
            found.push((own, absolute));
        }
    }
}

/// Formats one text; the exit status that it asks for.
async fn one(
    process: &Process,
    wishes: Wishes,
    name: &str,
    place: Option<&str>,
    bytes: &[u8],
) -> u8 {
    let text = String::from_utf8_lossy(bytes);
    if bytes.len() > limits::FORMAT_BYTES_MAX {
        process
            .print_error(format!("{name}: too large to be formatted here\n"))
            .await;
        return 2;
    }
    process.work(bytes.len() as u64 * 20).await;
    let result = match place {
        Some(_) => format::source(&text, wishes.simplify),
        None => format::fragment(&text, wishes.simplify),
    };
    let formatted = match result {
        Ok(formatted) => formatted,
        Err(mistake) => {
            let mut text = String::new();
            for mistake in std::iter::once(&mistake).chain(&mistake.more) {
                let (line, column) = (mistake.line, mistake.column);
                text.push_str(&format!("{name}:{line}:{column}: {}\n", mistake.message));
            }
            process.print_error(text).await;
            return 2;
        }
    };
    if !wishes.list && !wishes.write && !wishes.diff {
        process.print(&formatted).await;
        return 0;
    }
    if formatted.as_bytes() == bytes {
        return 0;
    }
    if wishes.list {
        process.print(format!("{name}\n")).await;
    }
    if wishes.write
        && let Some(place) = place
    {
        let content = Content::new(formatted.clone());
        if let Err(error) = process.files().write(place, content, 0o644) {
            let text = format!("open {name}: {}\n", error.message().to_lowercase());
            process.print_error(text).await;
            return 2;
        }
    }
    if wishes.diff {
        let difference = diff::diff(&format!("{name}.orig"), &text, name, &formatted);
        process.print(difference).await;
        return 1;
    }
    0
}

/// `go fmt`
pub(super) async fn fmt(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let (mut only_shown, mut is_shown) = (false, false);
    let mut targets: Vec<&str> = Vec::new();
    for word in arguments {
        match word.as_str() {
            "-n" => only_shown = true,
            "-x" => is_shown = true,
            flag if flag.starts_with('-') && !flag.starts_with("-mod=") => {
                return Err(bad_flag(flag, "go fmt [-n] [-x] [packages]"));
            }
            target => targets.push(target),
        }
    }
    if targets.is_empty() {
        targets.push(".");
    }
    let known = environment.files(process);
    let module = module(process, environment, &known, "");
    let mut graph = Graph::new(&module);
    let mut names: Vec<String> = Vec::new();
    for target in targets {
        if target.ends_with(".go") {
            names.push(target.to_string());
            continue;
        }
        let found = match resolve(
            process,
            environment,
            &mut graph,
            &[target.to_string()],
            true,
        ) {
            Ok(found) => found,
            Err(text) => return Err((text, 1)),
        };
        if !found.warnings.is_empty() {
            process.print_error(found.warnings).await;
        }
        for (id, _) in found.roots {
            let Some(node) = graph.node(id) else {
                continue;
            };
            let count = names.len();
            if !node.path.starts_with('.') && !node.is_library {
                names.extend(module.files_in(&node.folder).map(|name| module.near(name)));
            }
            if let Some(error) = node.error.clone().filter(|_| count == names.len()) {
                return Err((error, 1));
            }
        }
    }
    if only_shown || is_shown {
        let text = format!("/usr/local/go/bin/gofmt -l -w {}\n", names.join(" "));
        process.print(text).await;
    }
    if only_shown || names.is_empty() {
        return Ok(ExitStatus::SUCCESS);
    }
    let wishes = Wishes {
        list: true,
        write: true,
        ..Wishes::default()
    };
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let status = files(process, wishes, &paths).await;
    if status.success() {
        return Ok(ExitStatus::SUCCESS);
    }
    Err((format!("exit status {}\n", status.code()), 1))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{machine, sh};
    use machine::Content;

    #[test]
    fn files_are_listed_rewritten_and_compared() {
        let folder = "/src";
        let kernel = machine("go1.26.6\n", folder);
        let write = |name: &str, text: &str| {
            let content = Content::new(text.as_bytes().to_vec());
            kernel
                .files()
                .write(&format!("{folder}/{name}"), content, 0o644)
                .unwrap();
        };
        write("go.mod", "module m\n\ngo 1.26\n");
        write("a.go", "package main\nfunc f(){}\n");
        kernel
            .files()
            .create_directories("/src/sub", 0o755)
            .unwrap();
        write("sub/x.go", "package sub\n\nvar X = 1\n");
        assert_eq!(sh(&kernel, folder, "gofmt -l ."), "a.go\n[0]");
        assert_eq!(
            sh(&kernel, folder, "gofmt -d a.go sub"),
            "diff a.go.orig a.go\n--- a.go.orig\n+++ a.go\n@@ -1,2 +1,3 @@\n package main\n-func f(){}\n+\n+func f() {}\n[1]"
        );
        assert_eq!(sh(&kernel, folder, "go fmt ./..."), "a.go\n[0]");
        assert_eq!(sh(&kernel, folder, "go fmt ./..."), "[0]");
        assert_eq!(
            sh(&kernel, folder, "gofmt a.go"),
            "package main\n\nfunc f() {}\n[0]"
        );
        assert_eq!(
            sh(&kernel, folder, "gofmt nope.go"),
            "lstat nope.go: no such file or directory\n[2]"
        );
        write("a.go", "package main\nfunc f() {\n");
        assert_eq!(
            sh(&kernel, folder, "go fmt"),
            "a.go:2:12: expected '}', found 'EOF'\nexit status 2\n[1]"
        );
    }

    #[test]
    fn packages_settings_and_modules_are_told() {
        let folder = "/src";
        let kernel = machine("go1.26.6\n", folder);
        assert_eq!(
            sh(&kernel, folder, "go mod init a b"),
            "go: 'go mod init' accepts at most one argument\n[1]"
        );
        sh(&kernel, folder, "go mod init example.com/app");
        assert_eq!(sh(&kernel, folder, "go list ./..."), "example.com/app\n[0]");
        assert_eq!(
            sh(&kernel, folder, "go list -f {{.Name}}:{{.Dir}}"),
            "main:/src\n[0]"
        );
        assert_eq!(
            sh(&kernel, folder, "go env GOPATH GOOS NOPE"),
            "/go\nlinux\n\n[0]"
        );
        assert_eq!(
            sh(&kernel, folder, "go env -json GOOS"),
            "{\n\t\"GOOS\": \"linux\"\n}\n[0]"
        );
        assert_eq!(sh(&kernel, folder, "go mod tidy"), "[0]");
        assert_eq!(
            sh(&kernel, folder, "go fmt -z"),
            "flag provided but not defined: -z\nusage: go fmt [-n] [-x] [packages]\nRun 'go help fmt' for details.\n[2]"
        );
        assert_eq!(
            sh(&kernel, folder, "go nope"),
            "go nope: unknown command\nRun 'go help' for usage.\n[2]"
        );
    }
}
