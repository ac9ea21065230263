//! `go test`: builds a program for the tests of each package, runs it, and tells how it went.

use super::environment::Environment;
use super::verbs::{LOAD_TIME, folders, module};
use crate::build::TestBinary;
use crate::program::{Binary, LOADER};
use golang_check::vet::Suite;
use machine::{Duration, ExitStatus, Process, executable, file};
use std::cell::RefCell;
use std::rc::Rc;

/// Virtual time that building one test program takes.
const BUILD_TIME: Duration = Duration::from_millis(180);
/// Virtual time between the start of a test program and its first test.
const START_TIME: Duration = Duration::from_millis(2);

/// Flags of `go test` that become the test program's, with a value.
const VALUED: &str = " run bench benchtime count timeout skip list cpu parallel shuffle coverprofile outputdir cpuprofile memprofile ";
/// The same without a value.
const SWITCHES: &str = " v short benchmem failfast ";
/// Flags of the build with a value; they change nothing here.
const BUILD_VALUED: &str =
    " ldflags tags gcflags mod p asmflags buildmode modfile o exec covermode coverpkg ";
/// Flags of the build without a value.
const BUILD_SWITCHES: &str = " race cover a n x trimpath work c i json msan asan ";

/// What the command line asks for.
#[derive(Default)]
struct Request {
    /// Flags and arguments of the test programs.
    flags: Vec<String>,
    targets: Vec<String>,
    verbose: bool,
    bench: bool,
    /// What is found once is not kept.
    uncached: bool,
    no_vet: bool,
    race: bool,
}

fn parse(arguments: &[String]) -> Request {
    let mut request = Request::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix('-') else {
            request.targets.push(word.clone());
            continue;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let flag = flag.strip_prefix("test.").unwrap_or(flag);
        if flag == "args" {
            request.flags.extend(words.by_ref().cloned());
            request.uncached = true;
            break;
        }
        let (name, mut value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (flag, None),
        };
        let is = |list: &str| list.contains(&format!(" {name} "));
        if value.is_none() && (is(VALUED) || is(BUILD_VALUED) || name == "vet") {
            value = words.next().cloned();
        }
        match name {
            "v" => request.verbose = value.as_deref() != Some("false"),
            "bench" => request.bench = true,
            "count" => request.uncached = true,
            "vet" => request.no_vet = value.as_deref() == Some("off"),
            "race" => request.race = true,
            _ => {}
        }
        if is(VALUED) || is(SWITCHES) {
            let value = value.unwrap_or_else(|| "true".into());
            request.flags.push(format!("-test.{name}={value}"));
        } else if !is(BUILD_VALUED) && !is(BUILD_SWITCHES) && name != "vet" {
            request.flags.push(word.clone());
        }
    }
    request
}

/// One package's tests.
struct Run<'a> {
    process: &'a Process,
    request: &'a Request,
    /// No package is named: everything that the tests print is shown.
    is_local: bool,
    path: String,
    folder: String,
}

/// `go test`
pub(super) async fn test(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let request = parse(arguments);
    if request.race {
        let text = "go: -race requires cgo; enable cgo by setting CGO_ENABLED=1\n";
        process.print_error(text).await;
        return ExitStatus::Exited(2);
    }
    process.sleep(LOAD_TIME).await;
    if !environment.has_module && environment.gopath_package.is_none() {
        process
            .print_error("go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n")
            .await;
        return ExitStatus::FAILURE;
    }
    let files = environment.files(process);
    let module = module(environment, &files);
    let is_local = request.targets.is_empty();
    let own = vec![".".to_string()];
    let targets = if is_local { &own } else { &request.targets };
    let mut found: Vec<(String, String)> = Vec::new();
    for target in targets {
        let below = folders(environment, &files, target, true);
        if below.is_empty() {
            let text =
                format!("go: warning: \"{target}\" matched no packages\nno packages to test\n");
            process.print_error(text).await;
            return ExitStatus::FAILURE;
        }
        for folder in below {
            if !found.iter().any(|(known, _)| *known == folder) {
                found.push((folder, target.clone()));
            }
        }
    }
    let suite = if request.no_vet || environment.version < (1, 10) {
        Suite::Off
    } else {
        Suite::Test
    };
    let mut built = Vec::new();
    let mut failed = false;
    for (folder, target) in found {
        let path = module.import_path(&folder);
        let place = format!("{}/{folder}", environment.root.trim_end_matches('/'));
        if !process.files().is_directory(place.trim_end_matches('/')) {
            let text = format!("# {target}\nstat {place}: directory not found\n");
            process.print_error(text).await;
            built.push((folder, target, Err("setup failed")));
            continue;
        }
        let result = match module.build_tests(&folder, suite) {
            TestBinary::None => Ok(None),
            TestBinary::Built(binary) => {
                process.sleep(BUILD_TIME).await;
                Ok(Some(binary))
            }
            TestBinary::Setup(text) => {
                process.print_error(format!("# {path}\n{text}")).await;
                Err("setup failed")
            }
            TestBinary::Broken(text) => {
                process.print_error(text).await;
                Err("build failed")
            }
        };
        built.push((folder, path, result));
    }
    for (folder, path, result) in built {
        let run = Run {
            process,
            request: &request,
            is_local,
            folder: format!("{}/{folder}", environment.root.trim_end_matches('/')),
            path,
        };
        failed |= !run.finish(result).await;
    }
    if failed && !is_local {
        process.print("FAIL\n").await;
    }
    if failed {
        ExitStatus::FAILURE
    } else {
        ExitStatus::SUCCESS
    }
}

impl Run<'_> {
    /// Runs what was built and prints the package's line; whether all is well.
    async fn finish(&self, result: Result<Option<Binary>, &str>) -> bool {
        let (text, ok) = match result {
            Err(problem) => (format!("FAIL\t{} [{problem}]\n", self.path), false),
            Ok(None) => (format!("?   \t{}\t[no test files]\n", self.path), true),
            Ok(Some(binary)) => return self.run(&binary).await,
        };
        self.process.print(text).await;
        ok
    }

    async fn run(&self, binary: &Binary) -> bool {
        let process = self.process;
        let payload = binary.encode();
        let cache = format!("/root/.cache/go-build/{:016x}-d", self.key(&payload));
        let may_cache = !self.is_local && !self.request.uncached && !self.request.bench;
        if may_cache && let Ok(kept) = process.files().read(&cache) {
            let text = kept.text();
            let shown = if self.request.verbose {
                text
            } else {
                String::new()
            };
            process
                .print(format!("{shown}ok  \t{}\t(cached)\n", self.path))
                .await;
            return true;
        }
        let output = Rc::new(RefCell::new(Vec::new()));
        let shows_all = self.is_local || self.request.bench;
        let started = process.simulation().now();
        let status = match self.start(&payload, shows_all, &output).await {
            Ok(status) => status,
            Err(text) => {
                process.print_error(text).await;
                return false;
            }
        };
        let elapsed = process.simulation().now().as_nanos() - started.as_nanos();
        let seconds = format!("{:.3}s", elapsed as f64 / 1e9);
        let kept = output.take();
        let passed = status == ExitStatus::SUCCESS;
        let path = &self.path;
        if passed {
            let text = String::from_utf8_lossy(&kept).into_owned();
            let none = if text.contains("testing: warning: no tests to run\n") {
                " [no tests to run]"
            } else {
                ""
            };
            if self.request.verbose && !shows_all {
                process.print(text.clone()).await;
            }
            process
                .print(format!("ok  \t{path}\t{seconds}{none}\n"))
                .await;
            if may_cache {
                process
                    .files()
                    .create_directories("/root/.cache/go-build", 0o755)
                    .ok();
                let content = machine::Content::new(text);
                process.files().write(&cache, content, 0o644).ok();
            }
            return true;
        }
        if !shows_all {
            process.print(String::from_utf8_lossy(&kept)).await;
        }
        let mut text = String::new();
        if shows_all || kept.is_empty() {
            text = match status {
                ExitStatus::Exited(code) => format!("exit status {code}\n"),
                ExitStatus::Signaled(signal) => {
                    format!(
                        "signal: {}\n",
                        signal.name().trim_start_matches("SIG").to_lowercase()
                    )
                }
            };
        }
        process
            .print(format!("{text}FAIL\t{path}\t{seconds}\n"))
            .await;
        false
    }

    /// What a result is kept under.
    fn key(&self, payload: &[u8]) -> u64 {
        let flags = self.request.flags.iter().flat_map(|flag| flag.bytes());
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in payload.iter().copied().chain(flags) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash
    }

    async fn start(
        &self,
        payload: &[u8],
        shows_all: bool,
        output: &Rc<RefCell<Vec<u8>>>,
    ) -> Result<ExitStatus, String> {
        let process = self.process;
        let bytes = executable::encode(LOADER, payload);
        let program = process.kernel().programs().load(&bytes);
        let program = program.map_err(|error| format!("go: {}\n", error.message))?;
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let mut words = vec![format!("/tmp/go-build/b001/{name}.test")];
        words.push("-test.timeout=10m0s".into());
        words.extend(self.request.flags.iter().cloned());
        let mut spawn = process.child(words);
        spawn.program = Some(program);
        spawn.directory = self.folder.trim_end_matches('/').to_string();
        if !shows_all {
            let kept = Rc::clone(output);
            let sink = file::sink(move |bytes| kept.borrow_mut().extend_from_slice(bytes));
            spawn.descriptors.insert(1, sink.clone());
            spawn.descriptors.insert(2, sink);
        }
        process.sleep(START_TIME).await;
        let child = process.kernel().spawn(spawn);
        let child = child.map_err(|error| format!("go: {error}\n"))?;
        Ok(child.wait().await)
    }
}
