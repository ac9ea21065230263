//! Packages with their tests: what `go test` builds of a folder, and what `go vet` looks at.

use super::module::{Loading, shown};
use super::{Module, constraint, imports};
use crate::program::Binary;
use golang_check::vet::Suite;

/// What `go test` made of a folder.
pub(crate) enum TestBinary {
    /// There is no test file.
    None,
    /// A package cannot be loaded.
    Setup(String),
    /// The compiler or `go vet` found something.
    Broken(String),
    /// A program that runs the tests.
    Built(Binary),
}

/// What `go vet` says about a folder.
pub(crate) enum Examined {
    /// A package cannot be loaded.
    Setup(String),
    /// It does not compile: the first error.
    Broken(String),
    /// Findings, one on each line; none if all is well.
    Findings(String),
}

/// A function that the made `main` of a test binary names.
struct Found {
    /// `_test` or `_xtest`
    package: &'static str,
    name: String,
    /// Of an example: the output that its comment promises, and whether in any order.
    output: Option<(String, bool)>,
}

impl Module<'_> {
    /// Builds the tests of a folder (`sub/x`, or nothing for the root).
    pub(crate) fn build_tests(&self, relative: &str, suite: Suite) -> TestBinary {
        let path = self.import_path(relative);
        let mut loading = Loading::new(self, self.path());
        loading.tested = Some(relative.to_string());
        let files = self.test_files(relative);
        if files.is_empty() {
            return TestBinary::None;
        }
        let mut found = Vec::new();
        for (outside, _, text) in &files {
            find(if *outside { "_xtest" } else { "_test" }, text, &mut found);
        }
        if let Err(text) = self.load(&mut loading, relative) {
            return TestBinary::Setup(text);
        }
        let main = made_main(&path, &found, &files);
        let main = ("_testmain.go".to_string(), "_testmain.go".to_string(), main);
        if let Err(text) = loading.add(&format!("{path}.test"), vec![main]) {
            return TestBinary::Setup(text);
        }
        let (mut program, ids) = match loading.check() {
            Ok(checked) => checked,
            Err(text) => return TestBinary::Broken(text),
        };
        let findings = findings(&mut program, &ids, &path, suite);
        if !findings.is_empty() {
            return TestBinary::Broken(format!("# {path}\n# [{path}]\n{findings}"));
        }
        TestBinary::Built(loading.binary())
    }

    /// What `go vet` says about a folder, its tests included.
    pub(crate) fn examine(&self, relative: &str) -> Examined {
        let path = self.import_path(relative);
        let mut loading = Loading::new(self, self.path());
        loading.tested = Some(relative.to_string());
        if let Err(text) = self.load(&mut loading, relative) {
            return Examined::Setup(text);
        }
        examine(&loading, &path)
    }

    /// What `go vet` says about files named on the command line.
    pub(crate) fn examine_files(&self, names: &[&str]) -> Examined {
        let mut loading = Loading::new(self, self.path());
        if let Err(text) = loading.files(names) {
            return Examined::Setup(text);
        }
        examine(&loading, "command-line-arguments")
    }

    /// The package of a folder with its test files, and the test package beside it.
    fn load(&self, loading: &mut Loading<'_>, relative: &str) -> Result<(), String> {
        let path = self.import_path(relative);
        let files = self.test_files(relative);
        let has_inside = files.iter().any(|(outside, ..)| !outside);
        if has_inside || self.folder_files(relative).next().is_some() {
            loading.package(&path, relative)?;
        }
        let outside: Vec<(String, String, Vec<u8>)> = files
            .into_iter()
            .filter(|(outside, ..)| *outside)
            .map(|(_, name, text)| (shown(&name, relative), name, text))
            .collect();
        if outside.is_empty() {
            return Ok(());
        }
        loading.add(&format!("{path}_test"), outside)
    }

    fn folder_files<'m>(
        &'m self,
        relative: &'m str,
    ) -> impl Iterator<Item = (&'m String, &'m Vec<u8>)> {
        self.files.iter().filter(move |(name, text)| {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            folder == relative && constraint::is_built(name, text)
        })
    }

    /// The test files of a folder: whether they are of the package beside, name, text.
    fn test_files(&self, relative: &str) -> Vec<(bool, String, Vec<u8>)> {
        let mut found = Vec::new();
        for (name, text) in self.files {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder == relative && constraint::is_built_for_tests(name, text) {
                found.push((imports::is_outside_test(text), name.clone(), text.clone()));
            }
        }
        found
    }
}

fn examine(loading: &Loading<'_>, path: &str) -> Examined {
    match loading.check() {
        Ok((mut program, ids)) => {
            Examined::Findings(findings(&mut program, &ids, path, Suite::Vet))
        }
        Err(text) => {
            let lacks_main = text.contains("function main is undeclared");
            if lacks_main {
                return Examined::Findings(String::new());
            }
            let first = text.lines().find(|line| !line.starts_with("# "));
            Examined::Broken(first.unwrap_or("").to_string())
        }
    }
}

/// What vet finds in the package of a path and in the tests beside it.
fn findings(
    program: &mut golang_check::Program,
    ids: &[golang_check::PackageId],
    path: &str,
    suite: Suite,
) -> String {
    let mut text = String::new();
    for id in ids {
        let own = program.package(*id).is_some_and(|package| {
            &*package.path == path || package.path.strip_suffix("_test") == Some(path)
        });
        if own {
            text.push_str(&golang_check::vet::report(program, *id, suite));
        }
    }
    text
}

/// Finds tests, benchmarks and examples by the lines that declare them.
fn find(package: &'static str, text: &[u8], found: &mut Vec<Found>) {
    let text = String::from_utf8_lossy(text).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("func ") else {
            continue;
        };
        let Some((name, after)) = rest.split_once('(') else {
            continue;
        };
        let is = |prefix: &str| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.starts_with(|first: char| first.is_lowercase()))
        };
        let name = name.to_string();
        if is("Example") && after.starts_with(')') {
            let body = lines.get(at + 1..).unwrap_or_default();
            if let Some(output) = promised(body) {
                found.push(Found {
                    package,
                    name,
                    output: Some(output),
                });
            }
        } else if (is("Test") || is("Benchmark")) && !after.starts_with(')') {
            found.push(Found {
                package,
                name,
                output: None,
            });
        }
    }
}

/// The output that the last comment of an example's body promises.
fn promised(body: &[&str]) -> Option<(String, bool)> {
    let end = body.iter().position(|line| *line == "}")?;
    let body = body.get(..end)?;
    let start = body
        .iter()
        .rposition(|line| !line.trim_start().starts_with("//"))
        .map_or(0, |last| last + 1);
    let mut lines = body
        .get(start..)?
        .iter()
        .map(|line| line.trim_start().trim_start_matches("//"));
    let first = lines.next()?.trim_start();
    let lower = first.to_ascii_lowercase();
    let (head, unordered) = match lower.strip_prefix("unordered output:") {
        Some(_) => ("unordered output:".len(), true),
        None => (
            lower.strip_prefix("output:").map(|_| "output:".len())?,
            false,
        ),
    };
    let mut output = first.get(head..)?.trim().to_string();
    for line in lines {
        output.push('\n');
        output.push_str(line.strip_prefix(' ').unwrap_or(line));
    }
    Some((output, unordered))
}

/// The source of a test binary's `main`.
fn made_main(path: &str, found: &[Found], files: &[(bool, String, Vec<u8>)]) -> Vec<u8> {
    let mut imports = String::new();
    for (name, path, outside) in [
        ("_test", path.to_string(), false),
        ("_xtest", format!("{path}_test"), true),
    ] {
        if files.iter().any(|(is_outside, ..)| *is_outside == outside) {
            let used = found.iter().any(|known| known.package == name);
            let name = if used { name } else { "_" };
            imports.push_str(&format!("\t{name} \"{path}\"\n"));
        }
    }
    let list = |prefix: &str| -> String {
        let named = found
            .iter()
            .filter(|known| known.name.starts_with(prefix) && known.name != "TestMain");
        named
            .map(|known| {
                let Found { package, name, .. } = known;
                match &known.output {
                    Some((output, unordered)) => {
                        format!("\t{{{name:?}, {package}.{name}, {output:?}, {unordered}}},\n")
                    }
                    None => format!("\t{{{name:?}, {package}.{name}}},\n"),
                }
            })
            .collect()
    };
    let run = match found.iter().find(|known| known.name == "TestMain") {
        Some(main) => format!(
            "\t{}.TestMain(m)\n\tos.Exit(testing.MainStatus(m))\n",
            main.package
        ),
        None => "\tos.Exit(m.Run())\n".to_string(),
    };
    format!(
        "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n{imports})\n\nfunc main() {{\n\tm := testing.MainStart({path:?}, []testing.InternalTest{{\n{}\t}}, []testing.InternalBenchmark{{\n{}\t}}, []testing.InternalExample{{\n{}\t}})\n{run}}}\n",
        list("Test"),
        list("Benchmark"),
        list("Example"),
    )
    .into_bytes()
}
