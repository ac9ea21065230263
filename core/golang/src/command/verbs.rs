//! The verbs of the `go` command.

use super::environment::Environment;
use crate::build::{Files, Module, build_files};
use crate::program::{Binary, LOADER};
use machine::{Content, Duration, ExitStatus, Process, executable};
use ordered::OrderedSet;

/// Virtual time that finding and loading packages takes.
pub(super) const LOAD_TIME: Duration = Duration::from_millis(350);
/// Virtual time until the compiler finds an error.
const CHECK_TIME: Duration = Duration::from_millis(8);
/// Virtual time that compiling and linking takes.
const LINK_TIME: Duration = Duration::from_millis(130);
/// Bytes of the smallest binary: the run-time system and fmt.
const BINARY_BYTES: u64 = 1_900_000;

/// Flags and targets of a build.
#[derive(Default)]
pub(super) struct Request {
    output: Option<String>,
    verbose: bool,
    pub targets: Vec<String>,
    /// What follows the targets of `go run`.
    rest: Vec<String>,
}

/// Flags that take a value.
const VALUED: [&str; 9] = [
    "-ldflags",
    "-tags",
    "-gcflags",
    "-mod",
    "-p",
    "-asmflags",
    "-buildmode",
    "-modfile",
    "-trimpath=",
];

pub(super) fn parse(arguments: &[String], is_run: bool) -> Request {
    let mut request = Request::default();
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || !request.targets.is_empty() {
            let more = is_run
                && !request.targets.is_empty()
                && !(word.ends_with(".go") && request.rest.is_empty());
            if more {
                request.rest.push(word.clone());
            } else {
                request.targets.push(word.clone());
            }
            continue;
        }
        match word.as_str() {
            "-o" => request.output = words.next().cloned(),
            "-v" => request.verbose = true,
            flag if VALUED.contains(&flag) => {
                words.next();
            }
            flag => {
                if let Some(output) = flag.strip_prefix("-o=") {
                    request.output = Some(output.to_string());
                }
            }
        }
    }
    if request.targets.is_empty() {
        request.targets.push(".".into());
    }
    request
}

/// A built package: its import path, its binary if it is a command, its default file name.
struct Built {
    path: String,
    binary: Option<Binary>,
    name: String,
}

pub(super) fn module<'a>(environment: &Environment, files: &'a Files) -> Module<'a> {
    Module {
        folder: environment.root.clone(),
        files,
        version: environment.version,
        path: environment.gopath_package.clone(),
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_string()
}

/// Folders of a target, relative to the root: itself, or with `...` all below that have Go files.
pub(super) fn folders(
    environment: &Environment,
    files: &Files,
    target: &str,
    with_tests: bool,
) -> Vec<String> {
    let own = target.trim_end_matches("...").trim_end_matches('/');
    let own = own.trim_start_matches("./").trim_matches('.');
    let start = match (environment.below.is_empty(), own.is_empty()) {
        (_, true) => environment.below.clone(),
        (true, false) => own.to_string(),
        (false, false) => format!("{}/{own}", environment.below),
    };
    if !target.ends_with("...") {
        return vec![start];
    }
    let mut found = OrderedSet::new();
    for name in files.keys().filter(|name| name.ends_with(".go")) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let inside =
            start.is_empty() || folder == start || folder.starts_with(&format!("{start}/"));
        if inside && (with_tests || !name.ends_with("_test.go")) {
            found.insert(folder.to_string());
        }
    }
    found.into_iter().collect()
}

/// What is said of a folder of the module that does not exist.
pub(super) fn no_folder(
    process: &Process,
    environment: &Environment,
    folder: &str,
) -> Option<String> {
    let place = format!("{}/{folder}", environment.root.trim_end_matches('/'));
    let place = place.trim_end_matches('/');
    let is_missing = environment.has_module && !process.files().is_directory(place);
    is_missing.then(|| format!("stat {place}: directory not found\n"))
}

/// Builds everything that a request names. Errors are printed.
async fn build_all(
    process: &Process,
    environment: &Environment,
    request: &Request,
) -> Result<Vec<Built>, ExitStatus> {
    process.sleep(LOAD_TIME).await;
    let files = environment.files(process);
    let module = module(environment, &files);
    let mut built = Vec::new();
    let is_files = request.targets.iter().any(|target| target.ends_with(".go"));
    let mut results = Vec::new();
    if is_files {
        let names: Vec<String> = request
            .targets
            .iter()
            .map(|target| environment.below_root(target))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let first = names.first().copied().unwrap_or("");
        let name = last(first).trim_end_matches(".go").to_string();
        let path = "command-line-arguments".to_string();
        results.push((path, name, build_files(&module, &names)));
    } else {
        for target in &request.targets {
            let found = folders(environment, &files, target, false);
            if found.is_empty() {
                let text = format!("go: warning: \"{target}\" matched no packages\n");
                process.print_error(text).await;
            }
            for folder in found {
                if let Some(text) = no_folder(process, environment, &folder) {
                    process.print_error(text).await;
                    return Err(ExitStatus::FAILURE);
                }
                let path = module.import_path(&folder);
                let name = last(&path);
                results.push((path, name, module.build(&format!("./{folder}"))));
            }
        }
    }
    let mut failed = false;
    for (path, name, result) in results {
        if request.verbose {
            process.print_error(format!("{path}\n")).await;
        }
        process.sleep(CHECK_TIME).await;
        match result {
            Ok(binary) => {
                process.sleep(LINK_TIME).await;
                let binary = binary.is_command().then_some(binary);
                built.push(Built { path, binary, name });
            }
            Err(text) => {
                process.print_error(text).await;
                failed = true;
            }
        }
    }
    if failed {
        Err(environment.failure())
    } else {
        Ok(built)
    }
}

/// Writes a binary.
async fn write(process: &Process, path: &str, binary: &Binary) -> Result<(), ExitStatus> {
    let bytes = executable::encode(LOADER, &binary.encode());
    let size = BINARY_BYTES + bytes.len() as u64 * 3;
    let absolute = process.path(path);
    let absolute = absolute.trim_end_matches('/');
    if let Some((folder, _)) = absolute.rsplit_once('/') {
        process.files().create_directories(folder, 0o755).ok();
    }
    let written = process
        .files()
        .write(absolute, Content::sparse(bytes, size), 0o755);
    if let Err(error) = written {
        let text = format!("go: open {path}: {}\n", error.message().to_lowercase());
        process.print_error(text).await;
        return Err(ExitStatus::FAILURE);
    }
    Ok(())
}

/// `go build`
pub(super) async fn build(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let request = parse(arguments, false);
    let built = match build_all(process, environment, &request).await {
        Ok(built) => built,
        Err(status) => return status,
    };
    let many = built.len() > 1;
    for package in &built {
        let Some(binary) = &package.binary else {
            continue;
        };
        let path = match &request.output {
            Some(output)
                if output.ends_with('/') || process.files().is_directory(&process.path(output)) =>
            {
                format!("{}/{}", output.trim_end_matches('/'), package.name)
            }
            Some(output) => output.clone(),
            None if many => continue,
            None => package.name.clone(),
        };
        if let Err(status) = write(process, &path, binary).await {
            return status;
        }
    }
    ExitStatus::SUCCESS
}

/// `go install`
pub(super) async fn install(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let request = parse(arguments, false);
    if let Some(remote) = request.targets.iter().find(|target| target.contains('@')) {
        let path = remote.split('@').next().unwrap_or(remote);
        let text = format!(
            "go: {remote}: module {path}: Get \"https://proxy.golang.org/{path}/@v/list\": dial tcp: lookup proxy.golang.org: no such host\n"
        );
        process.print_error(text).await;
        return ExitStatus::FAILURE;
    }
    let built = match build_all(process, environment, &request).await {
        Ok(built) => built,
        Err(status) => return status,
    };
    let folder = process
        .variable("GOBIN")
        .filter(|folder| !folder.is_empty())
        .unwrap_or_else(|| format!("{}/bin", environment.gopath));
    for package in &built {
        let Some(binary) = &package.binary else {
            continue;
        };
        let path = format!("{folder}/{}", package.name);
        if let Err(status) = write(process, &path, binary).await {
            return status;
        }
    }
    ExitStatus::SUCCESS
}

/// `go get`: since 1.16 it only changes `go.mod`; before, it built and installed.
pub(super) async fn get(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    if environment.version < (1, 16) {
        return install(process, environment, arguments).await;
    }
    if !environment.has_module {
        process
            .print_error(
                "go: go.mod file not found in current directory or any parent directory.\n\t'go get' is no longer supported outside a module.\n\tTo build and install a command, use 'go install' with a version,\n\tlike 'go install example.com/cmd@latest'\n\tFor more information, see https://golang.org/doc/go-get-install-deprecation\n\tor run 'go help get' or 'go help install'.\n",
            )
            .await;
        return ExitStatus::FAILURE;
    }
    let request = parse(arguments, false);
    for target in &request.targets {
        if !target.starts_with('.') {
            let path = target.split('@').next().unwrap_or(target);
            let text = format!(
                "go: module {path}: Get \"https://proxy.golang.org/{path}/@v/list\": dial tcp: lookup proxy.golang.org: no such host\n"
            );
            process.print_error(text).await;
            return ExitStatus::FAILURE;
        }
    }
    ExitStatus::SUCCESS
}

/// `go run`
pub(super) async fn run(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let request = parse(arguments, true);
    if arguments.iter().all(|word| word.starts_with('-')) {
        process.print_error("go: no go files listed\n").await;
        return ExitStatus::FAILURE;
    }
    let missing = request
        .targets
        .iter()
        .find(|target| target.ends_with(".go") && !process.files().exists(&process.path(target)));
    if let Some(name) = missing {
        let text = format!("stat {name}: no such file or directory\n");
        process.print_error(text).await;
        return ExitStatus::FAILURE;
    }
    let built = match build_all(process, environment, &request).await {
        Ok(built) => built,
        Err(status) => return status,
    };
    let Some(package) = built.into_iter().next() else {
        return ExitStatus::FAILURE;
    };
    let Some(binary) = package.binary else {
        let text = format!("package {} is not a main package\n", package.path);
        process.print_error(text).await;
        return ExitStatus::FAILURE;
    };
    let bytes = executable::encode(LOADER, &binary.encode());
    let program = match process.kernel().programs().load(&bytes) {
        Ok(program) => program,
        Err(error) => {
            process
                .print_error(format!("go: {}\n", error.message))
                .await;
            return ExitStatus::FAILURE;
        }
    };
    let mut words = vec![format!("/tmp/go-build/b001/exe/{}", package.name)];
    words.extend(request.rest);
    let mut spawn = process.child(words);
    spawn.program = Some(program);
    match process.kernel().spawn(spawn) {
        Ok(child) => match child.wait().await {
            ExitStatus::Exited(0) => ExitStatus::SUCCESS,
            ExitStatus::Exited(code) => {
                process.print_error(format!("exit status {code}\n")).await;
                ExitStatus::FAILURE
            }
            ExitStatus::Signaled(signal) => {
                let name = signal.name().trim_start_matches("SIG").to_lowercase();
                process.print_error(format!("signal: {name}\n")).await;
                ExitStatus::FAILURE
            }
        },
        Err(error) => {
            process.print_error(format!("go: {error}\n")).await;
            ExitStatus::FAILURE
        }
    }
}
