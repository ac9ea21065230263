//! `go test`: builds a program for the tests of each package, runs it, and tells how it went.

use super::environment::Environment;
use super::targets::resolve;
use super::verbs::{LOAD_TIME, module};
use super::{Outcome, Refusal, bad_flag_text};
use crate::build::{Graph, TestBinary};
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
    tags: String,
}

fn parse(arguments: &[String]) -> Result<Request, Refusal> {
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
            if value.is_none() {
                let reason = format!("flag needs an argument: -{name}\n");
                let usage =
                    "go test [build/test flags] [packages] [build/test flags & test binary flags]";
                return Err((bad_flag_text(&reason, usage), 2));
            }
        }
        match name {
            "v" => request.verbose = value.as_deref() != Some("false"),
            "bench" => request.bench = true,
            "count" => request.uncached = true,
            "vet" => request.no_vet = value.as_deref() == Some("off"),
            "race" => request.race = true,
            "tags" => request.tags = value.clone().unwrap_or_default().replace(',', " "),
            _ => {}
        }
        if is(VALUED) || is(SWITCHES) {
            let value = value.unwrap_or_else(|| "true".into());
            request.flags.push(format!("-test.{name}={value}"));
        } else if !is(BUILD_VALUED) && !is(BUILD_SWITCHES) && name != "vet" {
            request.flags.push(word.clone());
        }
    }
    Ok(request)
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
) -> Outcome {
    let request = parse(arguments)?;
    if request.race {
        let text = "go: -race requires cgo; enable cgo by setting CGO_ENABLED=1\n";
        return Err((text.into(), 2));
    }
    process.sleep(LOAD_TIME).await;
    let files = environment.files(process);
    let module = module(process, environment, &files, &request.tags);
    let is_local = request.targets.is_empty();
    let mut targets = request.targets.clone();
    if is_local {
        targets.push(".".into());
    }
    let mut graph = Graph::new(&module);
    let found =
        resolve(process, environment, &mut graph, &targets, true).map_err(|text| (text, 1))?;
    if !found.warnings.is_empty() {
        process.print_error(found.warnings).await;
    }
    if found.roots.is_empty() {
        return Err(("no packages to test\n".into(), 1));
    }
    let suite = if request.no_vet || environment.version < (1, 10) {
        Suite::Off
    } else {
        Suite::Test
    };
    let mut built = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let mut failed = false;
    for (id, _) in found.roots {
        let (path, folder) = match graph.node(id) {
            Some(node) if !node.is_library => (node.path.clone(), node.folder.clone()),
            _ => continue,
        };
        let result = match graph.build_tests(id, suite) {
            TestBinary::None => Ok(None),
            TestBinary::Built(binary) => {
                process.sleep(BUILD_TIME).await;
                Ok(Some(binary))
            }
            TestBinary::Setup(errors) => {
                let texts: Vec<String> = errors
                    .iter()
                    .map(|text| format!("# {path}\n{text}"))
                    .collect();
                process.print_error(texts.concat()).await;
                process
                    .print(format!("FAIL\t{path} [setup failed]\n"))
                    .await;
                failed = true;
                continue;
            }
            TestBinary::Broken(texts) => {
                for text in texts {
                    if !said.contains(&text) {
                        said.push(text);
                    }
                }
                Err("build failed")
            }
        };
        built.push((folder, path, result));
    }
    // What vet finds comes after all that the compiler says.
    said.sort_by_key(|text| {
        text.lines()
            .nth(1)
            .is_some_and(|line| line.starts_with("# ["))
    });
    if !said.is_empty() {
        process.print_error(said.concat()).await;
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
    Ok(if failed {
        ExitStatus::FAILURE
    } else {
        ExitStatus::SUCCESS
    })
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
        let kept = String::from_utf8_lossy(&output.take()).into_owned();
        let text = match status {
            ExitStatus::SUCCESS => self.passed(&kept, shows_all, &seconds),
            status => self.failed(&kept, shows_all, &seconds, status),
        };
        process.print(text).await;
        if status == ExitStatus::SUCCESS && may_cache {
            let files = process.files();
            files
                .create_directories("/root/.cache/go-build", 0o755)
                .ok();
            files.write(&cache, machine::Content::new(kept), 0o644).ok();
        }
        status == ExitStatus::SUCCESS
    }

    fn passed(&self, kept: &str, shows_all: bool, seconds: &str) -> String {
        let none = if kept.contains("testing: warning: no tests to run\n") {
            " [no tests to run]"
        } else {
            ""
        };
        let shown = if self.request.verbose && !shows_all {
            kept
        } else {
            ""
        };
        format!("{shown}ok  \t{}\t{seconds}{none}\n", self.path)
    }

    fn failed(&self, kept: &str, shows_all: bool, seconds: &str, status: ExitStatus) -> String {
        let status = match status {
            ExitStatus::Exited(code) => format!("exit status {code}\n"),
            ExitStatus::Signaled(signal) => {
                let name = signal.name().trim_start_matches("SIG").to_lowercase();
                format!("signal: {name}\n")
            }
        };
        let status = if shows_all || kept.is_empty() {
            status
        } else {
            String::new()
        };
        let shown = if shows_all { "" } else { kept };
        format!("{shown}{status}FAIL\t{}\t{seconds}\n", self.path)
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

#[cfg(test)]
mod tests {
    use crate::command::tests::{machine, sh};
    use machine::{Content, Kernel};

    const TESTS: &str = "package calc\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n)\n\nfunc TestAdd(t *testing.T) {\n\tfor _, want := range []int{3, 4} {\n\t\tt.Run(fmt.Sprint(\"want \", want), func(t *testing.T) {\n\t\t\tif got := Add(1, 2); got != want {\n\t\t\t\tt.Errorf(\"got %d, want %d\", got, want)\n\t\t\t}\n\t\t})\n\t}\n}\n\nfunc TestSkip(t *testing.T) { t.Skip(\"later\") }\n\nfunc ExampleAdd() {\n\tfmt.Println(Add(1, 1))\n\t// Output: 2\n}\n";

    fn module() -> Kernel {
        let kernel = machine("go1.26.6\n", "/src/empty");
        let write = |path: &str, text: &str| {
            let folder = path.rsplit_once('/').unwrap().0;
            kernel.files().create_directories(folder, 0o755).unwrap();
            let content = Content::new(text.to_string());
            kernel.files().write(path, content, 0o644).unwrap();
        };
        write("/src/go.mod", "module example.com/app\n\ngo 1.26\n");
        write(
            "/src/calc/calc.go",
            "package calc\n\nfunc Add(x, y int) int { return x + y }\n",
        );
        write("/src/calc/calc_test.go", TESTS);
        kernel
    }

    #[test]
    fn tests_run_and_failures_are_told() {
        let kernel = module();
        assert_eq!(
            sh(&kernel, "/src", "go test ./..."),
            "--- FAIL: TestAdd (0.00s)\n    --- FAIL: TestAdd/want_4 (0.00s)\n        calc_test.go:12: got 3, want 4\nFAIL\nFAIL\texample.com/app/calc\t0.002s\n?   \texample.com/app/empty\t[no test files]\nFAIL\n[1]"
        );
        assert_eq!(
            sh(&kernel, "/src/calc", "go test -v -run=Add/3|Skip|Example"),
            "=== RUN   TestAdd\n=== RUN   TestAdd/want_3\n--- PASS: TestAdd (0.00s)\n    --- PASS: TestAdd/want_3 (0.00s)\n=== RUN   TestSkip\n    calc_test.go:18: later\n--- SKIP: TestSkip (0.00s)\n=== RUN   ExampleAdd\n--- PASS: ExampleAdd (0.00s)\nPASS\nok  \texample.com/app/calc\t0.002s\n[0]"
        );
    }

    #[test]
    fn a_result_is_kept_and_vet_stops_a_test() {
        let kernel = module();
        let path = "/src/calc/calc_test.go";
        let write = |text: String| {
            kernel
                .files()
                .write(path, Content::new(text), 0o644)
                .unwrap();
        };
        write(TESTS.replace("{3, 4}", "{3}"));
        assert_eq!(
            sh(&kernel, "/src", "go test ./calc"),
            "ok  \texample.com/app/calc\t0.002s\n[0]"
        );
        assert_eq!(
            sh(&kernel, "/src", "go test ./calc"),
            "ok  \texample.com/app/calc\t(cached)\n[0]"
        );
        write(TESTS.replace("got %d, want %d", "got %d, want %s"));
        let finding = "calc/calc_test.go:12:28: (*testing.common).Errorf format %s has arg want of wrong type int\n";
        assert_eq!(
            sh(&kernel, "/src", "go test ./calc"),
            format!(
                "# example.com/app/calc\n# [example.com/app/calc]\n{finding}FAIL\texample.com/app/calc [build failed]\nFAIL\n[1]"
            )
        );
        assert_eq!(sh(&kernel, "/src", "go vet ./..."), format!("{finding}[1]"));
    }
}
