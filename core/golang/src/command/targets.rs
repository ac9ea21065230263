//! The packages that the words of a command line name. Models `cmd/go/internal/modload`'s patterns.

use super::environment::Environment;
use crate::build::{Graph, NO_MODULE};
use machine::Process;
use ordered::OrderedSet;

/// What words name.
pub(super) struct Targets {
    /// Packages, each with the word that named it.
    pub roots: Vec<(usize, String)>,
    /// Warnings about patterns that match nothing.
    pub warnings: String,
}

/// Finds packages. `with_tests` keeps those that patterns match and that have only tests.
pub(super) fn resolve(
    process: &Process,
    environment: &Environment,
    graph: &mut Graph<'_>,
    words: &[String],
    with_tests: bool,
) -> Result<Targets, String> {
    let mut targets = Targets {
        roots: Vec::new(),
        warnings: String::new(),
    };
    if words.iter().any(|word| word.ends_with(".go")) {
        let named = files(process, environment, words)?;
        let id = graph.files(&named);
        targets.roots.push((id, words.join(" ")));
        return Ok(targets);
    }
    let has_module = environment.has_module || environment.gopath_package.is_some();
    for word in words {
        if !has_module && !word.contains("...") && (is_path(word) || words.len() == 1) {
            return Err(NO_MODULE.into());
        }
        if word.contains("...") || word == "all" {
            pattern(process, environment, graph, word, with_tests, &mut targets);
            continue;
        }
        let id = if is_path(word) {
            one_folder(process, environment, graph, word)
        } else {
            one_path(environment, graph, word)
        };
        if !targets.roots.iter().any(|(known, _)| *known == id) {
            targets.roots.push((id, word.clone()));
        }
    }
    Ok(targets)
}

fn is_path(word: &str) -> bool {
    word == "."
        || word == ".."
        || word.starts_with(['/'])
        || word.starts_with("./")
        || word.starts_with("../")
}

/// Files that are named, all of one folder.
fn files(
    process: &Process,
    environment: &Environment,
    words: &[String],
) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for word in words {
        if !word.ends_with(".go") {
            return Err(format!("named files must be .go files: {word}\n"));
        }
        let place = process.path(word);
        if !process.files().exists(&place) || process.files().is_directory(&place) {
            return Err(format!(
                "no required module provides package {word}; to add it:\n\tgo get {word}\n"
            ));
        }
        found.push(environment.below_root(&place));
    }
    let folder = |name: &String| name.rsplit_once('/').map(|(folder, _)| folder.to_string());
    let own = |name: Option<String>| {
        let below = name.unwrap_or_default();
        match below
            .strip_prefix(environment.below.as_str())
            .unwrap_or(&below)
            .trim_start_matches('/')
        {
            "" => ".".to_string(),
            name => name.to_string(),
        }
    };
    let first = found.first().and_then(folder);
    match found.iter().map(folder).find(|other| *other != first) {
        Some(other) => Err(format!(
            "named files must all be in one directory; have {} and {}\n",
            own(first),
            own(other)
        )),
        None => Ok(found),
    }
}

fn one_folder(
    process: &Process,
    environment: &Environment,
    graph: &mut Graph<'_>,
    word: &str,
) -> usize {
    let place = process.path(word);
    let place = match place.trim_end_matches('/') {
        "" => "/",
        place => place,
    };
    let shown = word.trim_end_matches('/').to_string();
    if !process.files().is_directory(place) {
        let text = if process.files().exists(place) {
            format!("{place} is not a directory\n")
        } else {
            format!("stat {place}: directory not found\n")
        };
        return graph.broken(&shown, text);
    }
    let Some(folder) = environment.folder_below(place) else {
        let has_go = |name: &String| name.ends_with(".go");
        let entries = process.files().read_directory(place).unwrap_or_default();
        let text = if entries.iter().any(|(name, _)| has_go(name)) {
            format!(
                "directory {} outside main module or its selected dependencies\n",
                word.trim_end_matches('/')
            )
        } else {
            format!("no Go files in {place}\n")
        };
        return graph.broken(&shown, text);
    };
    let path = graph.module.import_path(&folder);
    if graph.is_apart(&folder) {
        let own = graph.module.import_path("");
        let text = format!("main module ({own}) does not contain package {path}\n");
        return graph.broken(&path, text);
    }
    if graph.module.files_in(&folder).next().is_none() {
        return graph.broken(&shown, format!("no Go files in {place}\n"));
    }
    graph.folder(&folder, &path, None)
}

fn one_path(environment: &Environment, graph: &mut Graph<'_>, word: &str) -> usize {
    if let Some(folder) = graph.folder_of(word).filter(|_| environment.has_module) {
        return graph.folder(&folder, word, None);
    }
    if crate::std::has(word) {
        return graph.library(word);
    }
    let text = graph.missing(word, usize::MAX);
    graph.broken(word, format!("{text}\n"))
}

/// All packages that a pattern with `...` matches.
fn pattern(
    process: &Process,
    environment: &Environment,
    graph: &mut Graph<'_>,
    word: &str,
    with_tests: bool,
    targets: &mut Targets,
) {
    let has_module = environment.has_module || environment.gopath_package.is_some();
    let stem = word.trim_end_matches("...");
    let own = if has_module {
        graph.module.import_path("")
    } else {
        String::new()
    };
    let start = if word == "all" {
        Some(String::new())
    } else if is_path(word) {
        let place = process.path(stem);
        if !process.files().exists(place.trim_end_matches('/')) {
            let text = format!("pattern {word}: lstat {stem}: no such file or directory\n");
            let id = graph.broken(word, text);
            targets.roots.push((id, word.to_string()));
            return;
        }
        environment
            .folder_below(place.trim_end_matches('/'))
            .filter(|_| has_module)
    } else {
        let rest = stem.trim_end_matches('/').strip_prefix(own.as_str());
        rest.map(|rest| rest.trim_start_matches('/').to_string())
    };
    let Some(start) = start else {
        if is_path(word) {
            let prefix = match stem.trim_end_matches('/').trim_start_matches("./") {
                "" => ".",
                prefix => prefix,
            };
            let text = format!(
                "pattern {word}: directory prefix {prefix} does not contain main module or its selected dependencies\n"
            );
            let id = graph.broken(word, text);
            targets.roots.push((id, word.to_string()));
        } else {
            targets
                .warnings
                .push_str(&format!("go: warning: \"{word}\" matched no packages\n"));
        }
        return;
    };
    let mut found = OrderedSet::new();
    for name in graph
        .module
        .files
        .keys()
        .filter(|name| name.ends_with(".go"))
    {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let inside =
            start.is_empty() || folder == start || folder.starts_with(&format!("{start}/"));
        if inside && !folder.starts_with("vendor/") && !graph.is_apart(folder) {
            found.insert(folder.to_string());
        }
    }
    let before = targets.roots.len();
    let mut matched = false;
    for folder in found {
        let path = graph.module.import_path(&folder);
        let id = graph.folder(&folder, &path, None);
        let Some(node) = graph.node(id) else {
            continue;
        };
        // Folders whose files are all left out are passed over.
        let left_out = node.files.is_empty() && node.inside.is_empty() && node.outside.is_empty();
        matched |= !left_out;
        let test_only = node.is_test_only() && !with_tests;
        let known = targets.roots.iter().any(|(known, _)| *known == id);
        if !left_out && !test_only && !known {
            targets.roots.push((id, word.to_string()));
        }
    }
    if !matched && targets.roots.len() == before {
        targets
            .warnings
            .push_str(&format!("go: warning: \"{word}\" matched no packages\n"));
    }
}

#[cfg(test)]
mod tests {
    use crate::build::Files;
    use crate::command::tests::{machine, sh};
    use machine::{Content, Kernel};

    /// A module in `/src` with these files.
    fn module(files: &[(&str, &str)]) -> Kernel {
        let kernel = machine("go1.26.6\n", "/elsewhere");
        let mut all = Files::new();
        all.insert(
            "go.mod".into(),
            b"module example.com/m\n\ngo 1.26\n".to_vec(),
        );
        for (name, text) in files {
            all.insert((*name).to_string(), text.as_bytes().to_vec());
        }
        for (name, text) in all {
            let path = format!("/src/{name}");
            let folder = path.rsplit_once('/').unwrap().0;
            kernel.files().create_directories(folder, 0o755).unwrap();
            kernel
                .files()
                .write(&path, Content::new(text), 0o644)
                .unwrap();
        }
        kernel
    }

    #[test]
    fn what_needs_a_broken_package_is_left_out() {
        let kernel = module(&[
            (
                "main.go",
                "package main\n\nimport \"example.com/m/util\"\n\nfunc main() { util.F(); x := 1 }\n",
            ),
            ("util/u.go", "package util\n\nfunc F() { y := 1 }\n"),
            ("cmd/x/x.go", "package main\n\nfunc main() {}\n"),
        ]);
        let told = "# example.com/m/util\nutil/u.go:3:12: declared and not used: y\n";
        assert_eq!(sh(&kernel, "/src", "go build ./..."), format!("{told}[1]"));
        assert_eq!(sh(&kernel, "/src", "go vet ./..."), format!("{told}[1]"));
        assert_eq!(
            sh(&kernel, "/src", "go test ./..."),
            format!(
                "{told}FAIL\texample.com/m [build failed]\n?   \texample.com/m/cmd/x\t[no test files]\nFAIL\texample.com/m/util [build failed]\nFAIL\n[1]"
            )
        );
        assert_eq!(
            sh(&kernel, "/src/util", "go build .."),
            "# example.com/m/util\n./u.go:3:12: declared and not used: y\n[1]"
        );
        assert_eq!(
            sh(&kernel, "/src/util", "go vet"),
            "# example.com/m/util\nvet: ./u.go:3:12: declared and not used: y\n[1]"
        );
        assert_eq!(sh(&kernel, "/src", "go install ./cmd/..."), "[0]");
        assert_eq!(sh(&kernel, "/", "x"), "[0]");
    }

    #[test]
    fn imports_that_lead_nowhere_are_told_once_each() {
        let kernel = module(&[
            (
                "main.go",
                "package main\n\nimport (\n\t\"example.com/m/foo\"\n\t\"fmt2\"\n\t\"github.com/a/b\"\n\t\"example.com/m/cmd\"\n)\n\nfunc main() {}\n",
            ),
            (
                "cmd/a.go",
                "package main\n\nimport \"github.com/a/b\"\n\nfunc main() {}\n",
            ),
            (
                "x/x.go",
                "package x\n\nimport \"example.com/m/y/internal/z\"\n",
            ),
            ("y/internal/z/z.go", "package z\n"),
            ("two/a.go", "package a\n"),
            ("two/b.go", "package b\n"),
        ]);
        assert_eq!(
            sh(&kernel, "/src", "go build ./..."),
            "cmd/a.go:3:8: no required module provides package github.com/a/b; to add it:\n\tgo get github.com/a/b\nmain.go:4:2: no required module provides package example.com/m/foo; to add it:\n\tgo get example.com/m/foo\nmain.go:5:2: package fmt2 is not in std (/usr/local/go/src/fmt2)\nmain.go:7:2: import \"example.com/m/cmd\" is a program, not an importable package\nfound packages a (a.go) and b (b.go) in /src/two\npackage example.com/m/x\n\tx/x.go:3:8: use of internal package example.com/m/y/internal/z not allowed\n[1]"
        );
        assert_eq!(
            sh(&kernel, "/src", "go test ./nosuch ./nosuch/... nosuch ."),
            "# ./nosuch\nstat /src/nosuch: directory not found\nFAIL\t./nosuch [setup failed]\n# ./nosuch/...\npattern ./nosuch/...: lstat ./nosuch/: no such file or directory\nFAIL\t./nosuch/... [setup failed]\n# nosuch\npackage nosuch is not in std (/usr/local/go/src/nosuch)\nFAIL\tnosuch [setup failed]\n# example.com/m\ncmd/a.go:3:8: no required module provides package github.com/a/b; to add it:\n\tgo get github.com/a/b\n# example.com/m\nmain.go:4:2: no required module provides package example.com/m/foo; to add it:\n\tgo get example.com/m/foo\n# example.com/m\nmain.go:5:2: package fmt2 is not in std (/usr/local/go/src/fmt2)\n# example.com/m\nmain.go:7:2: import \"example.com/m/cmd\" is a program, not an importable package\nFAIL\texample.com/m [setup failed]\nFAIL\n[1]"
        );
    }

    #[test]
    fn the_linker_sets_variables_and_tags_choose_files() {
        let kernel = module(&[
            (
                "main.go",
                "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/m/v\"\n)\n\nvar version = \"dev\"\n\nvar commit string\n\nfunc main() { fmt.Println(version, commit, v.V, tag) }\n",
            ),
            ("v/v.go", "package v\n\nvar V = \"v0\"\n"),
            ("t1.go", "//go:build !foo\n\npackage main\n\nvar tag = 1\n"),
            ("t2.go", "//go:build foo\n\npackage main\n\nvar tag = 2\n"),
        ]);
        assert_eq!(sh(&kernel, "/src", "go run ."), "dev  v0 1\n[0]");
        let words: Vec<String> = vec![
            "go".into(),
            "build".into(),
            "-o".into(),
            "out/".into(),
            "-ldflags".into(),
            "-s -w -X main.version=1.2 -X 'main.commit=a b' -X example.com/m/v.V=9".into(),
            "-tags=foo".into(),
            ".".into(),
        ];
        let mut spawn = kernel.spawn_on_host(words);
        spawn.directory = "/src".into();
        spawn.environment = vec![("PATH".into(), "/usr/local/go/bin".into())];
        let handle = kernel.spawn(spawn).unwrap();
        let end = kernel.simulation().now() + machine::Duration::from_secs(60);
        let status = kernel
            .simulation()
            .run(end, async move { handle.wait().await });
        assert_eq!(status, Some(machine::ExitStatus::SUCCESS));
        assert_eq!(sh(&kernel, "/src", "./out/m"), "1.2 a b 9 2\n[0]");
        assert_eq!(
            sh(&kernel, "/src", "go build -ldflags=-X=main.tag=3"),
            "# example.com/m\nmain.tag: cannot set with -X: not a var of type string (type:int)\n[1]"
        );
        assert_eq!(
            sh(&kernel, "/src", "go build -race"),
            "go: -race requires cgo; enable cgo by setting CGO_ENABLED=1\n[2]"
        );
        assert_eq!(
            sh(&kernel, "/src", "go build -foo"),
            "flag provided but not defined: -foo\nusage: go build [-o output] [build flags] [packages]\nRun 'go help build' for details.\n[2]"
        );
    }

    #[test]
    fn tests_are_vetted_and_fuzz_seeds_run() {
        let kernel = module(&[
            (
                "a/a.go",
                "package a\n\nimport \"fmt\"\n\nfunc A() { fmt.Printf(\"%d\", \"x\") }\n",
            ),
            (
                "b/b_test.go",
                "package b\n\nimport \"testing\"\n\nfunc FuzzB(f *testing.F) {\n\tf.Add(\"x\", 1)\n\tf.Fuzz(func(t *testing.T, s string, n int) {\n\t\tif len(s) != n {\n\t\t\tt.Error(s, n)\n\t\t}\n\t})\n}\n",
            ),
            ("c/c.go", "package c\n"),
            (
                "c/c_test.go",
                "package c\n\nimport \"testing\"\n\nfunc TestC(t int) {}\n",
            ),
        ]);
        assert_eq!(
            sh(&kernel, "/src", "go test -v ./..."),
            "# example.com/m/c\n/src/c/c_test.go:5:1: wrong signature for TestC, must be: func TestC(t *testing.T)\nFAIL\texample.com/m/c [setup failed]\n# example.com/m/a\na/a.go:5:24: fmt.Printf format %d has arg \"x\" of wrong type string\nFAIL\texample.com/m/a [build failed]\n=== RUN   FuzzB\n=== RUN   FuzzB/seed#0\n--- PASS: FuzzB (0.00s)\n    --- PASS: FuzzB/seed#0 (0.00s)\nPASS\nok  \texample.com/m/b\t0.002s\nFAIL\n[1]"
        );
    }
}
