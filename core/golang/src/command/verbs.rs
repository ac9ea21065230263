//! The verbs of the `go` command.

use super::environment::Environment;
use super::flags::{Request, parse};
use super::settings::setting;
use super::targets::resolve;
use super::{Outcome, Refusal};
use crate::build::{Files, Graph, Module, compile, link, set_values};
use crate::program::LOADER;
use machine::{Content, Duration, ExitStatus, Process, executable};

/// Virtual time that finding and loading packages takes.
pub(super) const LOAD_TIME: Duration = Duration::from_millis(350);
/// Virtual time until the compiler finds an error.
const CHECK_TIME: Duration = Duration::from_millis(8);
/// Virtual time that compiling and linking takes.
const LINK_TIME: Duration = Duration::from_millis(130);
/// Bytes of the smallest binary: the run-time system and fmt.
const BINARY_BYTES: u64 = 1_900_000;

/// A built package: its import path, its binary if it is a command, its default file name.
struct Built {
    path: String,
    binary: Option<Vec<u8>>,
    name: String,
}

/// The module of the working folder, built where the environment says.
pub(super) fn module<'a>(
    process: &Process,
    environment: &Environment,
    files: &'a Files,
    tags: &str,
) -> Module<'a> {
    let mut module = Module::new(&environment.root, files, environment.version);
    module.path.clone_from(&environment.gopath_package);
    module.below.clone_from(&environment.below);
    let (system, processor) = platform(process);
    if (system.as_str(), processor.as_str()) != ("linux", "amd64") {
        let unix = if matches!(system.as_str(), "windows" | "js" | "plan9" | "wasip1") {
            ""
        } else {
            "unix "
        };
        module.tags = format!(" {system} {processor} {unix}gc ");
    }
    if !tags.is_empty() {
        module.tags = format!("{}{tags} ", module.tags);
    }
    module
}

/// GOOS and GOARCH.
fn platform(process: &Process) -> (String, String) {
    let of = |key: &str, own: &str| setting(process, key).unwrap_or_else(|| own.to_string());
    (of("GOOS", "linux"), of("GOARCH", "amd64"))
}

/// Processors of each system that Go builds for.
const PLATFORMS: &str =
    "linux 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x
darwin amd64 arm64
windows 386 amd64 arm64
freebsd 386 amd64 arm arm64 riscv64
openbsd 386 amd64 arm arm64 ppc64 riscv64
netbsd 386 amd64 arm arm64
android 386 amd64 arm arm64
ios amd64 arm64
js wasm
wasip1 wasm
aix ppc64
dragonfly amd64
illumos amd64
solaris amd64
plan9 386 amd64 arm";

/// What is said of a platform that Go does not build for.
pub(super) fn no_platform(system: &str, processor: &str) -> Option<String> {
    let line = PLATFORMS
        .lines()
        .find(|line| line.split(' ').next() == Some(system));
    let known = line.is_some_and(|line| line.split(' ').skip(1).any(|one| one == processor));
    (!known).then(|| format!("go: unsupported GOOS/GOARCH pair {system}/{processor}\n"))
}

/// The file name of a command: the last part of its path that is no major version.
fn name_of(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let digits = last.strip_prefix('v').unwrap_or("");
    let is_version = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match parts.next().filter(|_| is_version) {
        Some(before) => before.to_string(),
        None => last.to_string(),
    }
}

/// Builds everything that a request names. What is found is printed as it is found, a package at a
/// time.
async fn build_all(
    process: &Process,
    environment: &Environment,
    request: &Request,
) -> Result<Vec<Built>, Refusal> {
    let (system, processor) = platform(process);
    if let Some(text) = no_platform(&system, &processor) {
        return Err((text, 2));
    }
    process.sleep(LOAD_TIME).await;
    let files = environment.files(process);
    let mut module = module(process, environment, &files, &request.tags);
    let values = request.values();
    module.values = values.clone().unwrap_or_default();
    let mut graph = Graph::new(&module);
    let found = resolve(process, environment, &mut graph, &request.targets, false);
    let found = match found {
        Ok(found) => found,
        Err(text) => return Err((text, 1)),
    };
    print_some(process, found.warnings).await;
    let roots: Vec<usize> = found.roots.iter().map(|(id, _)| *id).collect();
    let errors = graph.errors(&roots);
    if !errors.is_empty() {
        return Err((errors.concat(), 1));
    }
    let order = graph.list(&roots);
    let units = graph.units(&roots);
    let checked = compile(&units);
    let mut failed = false;
    for (at, unit) in units.iter().enumerate() {
        let report = checked.reports.get(at).cloned().unwrap_or_default();
        let is_started = !report.is_empty() || checked.is_good(at);
        if request.verbose && is_started && !unit.path.is_empty() {
            print_some(process, format!("{}\n", unit.path)).await;
        }
        process.sleep(CHECK_TIME).await;
        failed |= !checked.is_good(at);
        print_some(process, report).await;
    }
    let mut built = Vec::new();
    for (id, word) in &found.roots {
        let Some(node) = graph.node(*id) else {
            continue;
        };
        let at = order.iter().position(|known| known == id);
        if node.is_library || !at.is_some_and(|at| checked.is_good(at)) {
            continue;
        }
        let first = word.split(' ').next().unwrap_or(word);
        let (path, mut name) = (node.path.clone(), name_of(&node.path));
        if path == "command-line-arguments" {
            name = name_of(first).trim_end_matches(".go").to_string();
        }
        let mut binary = None;
        if node.is_main() {
            process.sleep(LINK_TIME).await;
            let mut units = graph.units(&[*id]);
            let own = values.clone().map(drop);
            let own = own.and_then(|()| set_values(&module, &checked, &mut units));
            let wrong = match own {
                Err(text) => Some(format!("# {path}\n{text}")),
                Ok(()) => at.and_then(|at| link(&checked, at)),
            };
            if let Some(text) = wrong {
                print_some(process, text).await;
                failed = true;
                continue;
            }
            binary = Some(crate::build::binary(&module, units).encode());
        }
        built.push(Built { path, binary, name });
    }
    if failed {
        return Err((String::new(), environment.failure()));
    }
    Ok(built)
}

/// Prints what there is to say on standard error.
pub(super) async fn print_some(process: &Process, text: String) {
    if !text.is_empty() {
        process.print_error(text).await;
    }
}

/// The bytes of a binary for where it is built for: another system's cannot be started here.
fn executable_of(process: &Process, payload: &[u8]) -> Vec<u8> {
    match platform(process).0.as_str() {
        "linux" if platform(process).1 == "amd64" => executable::encode(LOADER, payload),
        "windows" => b"MZ\x90\0".to_vec(),
        "darwin" | "ios" => b"\xcf\xfa\xed\xfe".to_vec(),
        "js" | "wasip1" => b"\0asm".to_vec(),
        _ => b"\x7fELF\x02\x01\x01\0".to_vec(),
    }
}

/// What the name of a binary ends with where it is built for.
fn suffix(process: &Process) -> &'static str {
    match platform(process).0.as_str() {
        "windows" => ".exe",
        _ => "",
    }
}

/// Writes a binary.
fn write(process: &Process, path: &str, payload: &[u8]) -> Result<(), Refusal> {
    let bytes = executable_of(process, payload);
    let size = BINARY_BYTES + payload.len() as u64 * 3;
    let absolute = process.path(path);
    let absolute = absolute.trim_end_matches('/');
    if process.files().is_directory(absolute) {
        let text = format!("go: build output {path:?} already exists and is a directory\n");
        return Err((text, 1));
    }
    if let Some((folder, _)) = absolute.rsplit_once('/') {
        process.files().create_directories(folder, 0o755).ok();
    }
    let written = process
        .files()
        .write(absolute, Content::sparse(bytes, size), 0o755);
    if let Err(error) = written {
        let text = format!("go: open {path}: {}\n", error.message().to_lowercase());
        return Err((text, 1));
    }
    Ok(())
}

/// `go build`
pub(super) async fn build(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let request = parse(
        process,
        arguments,
        "go build [-o output] [build flags] [packages]",
    )?;
    let built = build_all(process, environment, &request).await?;
    let suffix = suffix(process);
    let is_folder = request.output.as_ref().is_some_and(|output| {
        output.ends_with('/') || process.files().is_directory(&process.path(output))
    });
    let commands = built
        .iter()
        .filter(|package| package.binary.is_some())
        .count();
    match &request.output {
        Some(_) if is_folder && commands == 0 => {
            return Err(("go: no main packages to build\n".into(), 1));
        }
        Some(output) if !is_folder && built.len() > 1 => {
            let text = format!("go: cannot write multiple packages to non-directory {output}\n");
            return Err((text, 1));
        }
        _ => {}
    }
    for package in &built {
        let Some(binary) = &package.binary else {
            continue;
        };
        let path = match &request.output {
            Some(output) if is_folder => {
                format!("{}/{}{suffix}", output.trim_end_matches('/'), package.name)
            }
            Some(output) => output.clone(),
            None if built.len() > 1 => continue,
            None => format!("{}{suffix}", package.name),
        };
        write(process, &path, binary)?;
    }
    Ok(ExitStatus::SUCCESS)
}

/// `go install`
pub(super) async fn install(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let request = parse(process, arguments, "go install [build flags] [packages]")?;
    if let Some(remote) = request.targets.iter().find(|target| target.contains('@')) {
        return Err((not_fetched(remote), 1));
    }
    let own = setting(process, "GOBIN");
    if own.as_ref().is_some_and(|folder| !folder.starts_with('/')) {
        return Err(("cannot install, GOBIN must be an absolute path\n".into(), 1));
    }
    let built = build_all(process, environment, &request).await?;
    let mut folder = own.unwrap_or_else(|| format!("{}/bin", environment.gopath));
    let (system, processor) = platform(process);
    if (system.as_str(), processor.as_str()) != ("linux", "amd64") {
        folder = format!("{folder}/{system}_{processor}");
    }
    let suffix = suffix(process);
    for package in &built {
        let Some(binary) = &package.binary else {
            continue;
        };
        let path = format!("{folder}/{}{suffix}", package.name);
        write(process, &path, binary)?;
    }
    Ok(ExitStatus::SUCCESS)
}

/// What is said of a package with a version, which would have to come from the network.
fn not_fetched(remote: &str) -> String {
    let (path, version) = remote.split_once('@').unwrap_or((remote, ""));
    let file = match version {
        "" | "latest" | "upgrade" | "patch" => "list".to_string(),
        version => format!("{version}.info"),
    };
    format!(
        "go: {remote}: module {path}: Get \"https://proxy.golang.org/{path}/@v/{file}\": dial tcp: lookup proxy.golang.org: no such host\n"
    )
}

/// `go get`: since 1.16 it only changes `go.mod`; before, it built and installed.
pub(super) async fn get(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    if environment.version < (1, 16) {
        return install(process, environment, arguments).await;
    }
    if !environment.has_module {
        return Err(("go: go.mod file not found in current directory or any parent directory.\n\t'go get' is no longer supported outside a module.\n\tTo build and install a command, use 'go install' with a version,\n\tlike 'go install example.com/cmd@latest'\n\tFor more information, see https://golang.org/doc/go-get-install-deprecation\n\tor run 'go help get' or 'go help install'.\n".into(), 1));
    }
    let request = parse(
        process,
        arguments,
        "go get [-t] [-u] [-tool] [build flags] [packages]",
    )?;
    let own = environment.files(process);
    let own = module(process, environment, &own, "").import_path("");
    for target in &request.targets {
        let first = target.split('/').next().unwrap_or(target);
        let is_own = target == &own || target.starts_with(&format!("{own}/"));
        if target.starts_with('.') || is_own || crate::std::has(target) {
            continue;
        }
        if !first.contains('.') {
            let path = target.split('@').next().unwrap_or(target);
            let text = format!(
                "go: malformed module path \"{path}\": missing dot in first path element\n"
            );
            return Err((text, 1));
        }
        let path = target.split('@').next().unwrap_or(target);
        let text = match target.contains('@') {
            true => not_fetched(target),
            false => not_fetched(path).replacen(&format!("go: {path}: "), "go: ", 1),
        };
        return Err((text, 1));
    }
    Ok(ExitStatus::SUCCESS)
}

/// `go run`
pub(super) async fn run(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let usage = "go run [build flags] [-exec xprog] package [arguments...]";
    let request = parse(process, arguments, usage)?;
    if arguments.iter().all(|word| word.starts_with('-')) {
        return Err(("go: no go files listed\n".into(), 1));
    }
    let missing = request
        .targets
        .iter()
        .find(|target| target.ends_with(".go") && !process.files().exists(&process.path(target)));
    if let Some(name) = missing {
        return Err((format!("stat {name}: no such file or directory\n"), 1));
    }
    if let Some(remote) = request.targets.iter().find(|target| target.contains('@')) {
        return Err((not_fetched(remote), 1));
    }
    let built = build_all(process, environment, &request).await?;
    if built.len() > 1 {
        let paths: Vec<String> = built
            .iter()
            .map(|one| format!("\t{}\n", one.path))
            .collect();
        let word = request.targets.first().map_or("", String::as_str);
        let text = format!(
            "go: pattern {word} matches multiple packages:\n{}",
            paths.concat()
        );
        return Err((text, 1));
    }
    let Some(package) = built.into_iter().next() else {
        let word = request.targets.first().map_or("", String::as_str);
        return Err((format!("go: no packages loaded from {word}\n"), 1));
    };
    let Some(binary) = package.binary else {
        let text = format!("package {} is not a main package\n", package.path);
        return Err((text, 1));
    };
    let place = format!("/tmp/go-build/b001/exe/{}", package.name);
    if let Some(exec) = &request.exec {
        let first = exec.split(' ').next().unwrap_or(exec);
        let text = format!("exec: {first:?}: executable file not found in $PATH\n");
        return Err((text, 1));
    }
    let program = match process
        .kernel()
        .programs()
        .load(&executable_of(process, &binary))
    {
        Ok(program) => program,
        Err(_) => {
            return Err((format!("fork/exec {place}: exec format error\n"), 1));
        }
    };
    let mut words = vec![place];
    words.extend(request.rest);
    let mut spawn = process.child(words);
    spawn.program = Some(program);
    match process.kernel().spawn(spawn) {
        Ok(child) => match child.wait().await {
            ExitStatus::Exited(0) => Ok(ExitStatus::SUCCESS),
            ExitStatus::Exited(code) => Err((format!("exit status {code}\n"), 1)),
            ExitStatus::Signaled(signal) => {
                let name = signal.name().trim_start_matches("SIG").to_lowercase();
                Err((format!("signal: {name}\n"), 1))
            }
        },
        Err(error) => Err((format!("go: {error}\n"), 1)),
    }
}
