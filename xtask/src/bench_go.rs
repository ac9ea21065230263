//! The Go part of `cargo xtask bench`: the programs of `core/golang/benches/programs`, each beside
//! the same program in Python, and how many instructions each takes.

use std::path::{Path, PathBuf};

use crate::bench::Row;
use crate::steps::{self, Result, command, on_path, root, say};

/// What the programs measure, by the name of their files.
pub const PROGRAMS: [(&str, &str); 6] = [
    ("fib", "fib(32)"),
    ("loops", "nested loops over a slice"),
    ("maps", "a map of strings"),
    ("builder", "a string builder"),
    ("ping", "goroutine ping-pong"),
    ("roundtrip", "JSON round trip"),
];

/// How often each program runs; the least time counts.
const ROUNDS: usize = 5;

/// Measures the programs natively: the rows, and for each program a line with its file, what it
/// measures and its seconds.
pub fn run() -> Result<(Vec<Row>, String)> {
    say("Go programs against Python");
    steps::run(command("cargo").args([
        "build",
        "--release",
        "--package",
        "drydock-golang",
        "--examples",
    ]))?;
    let gorun = steps::native_target_folder().join("release/examples/gorun");
    let containers = steps::native_target_folder().join("release/examples/containers");
    let python = on_path("python3.11").or_else(|| on_path("python3"));
    let (mut rows, mut programs) = (Vec::new(), String::new());
    for (name, what) in PROGRAMS {
        let go = vec![gorun.clone(), file(name, "go")];
        let seconds = least_seconds(&go)?;
        let path = file(name, "go");
        programs.push_str(&format!("{}\t{what}\t{seconds}\n", path.display()));
        let mut measured = format!("{seconds:.2} s");
        if let Some(python) = &python {
            let theirs = least_seconds(&[python.clone(), file(name, "py")])?;
            let ratio = theirs / seconds;
            measured = format!("{seconds:.2} s, Python {theirs:.2} s: {ratio:.1} times as fast");
        }
        if let Some(count) = instructions(&go)? {
            measured.push_str(&format!(", {count}"));
        }
        rows.push(row(what, &measured, "faster than Python"));
    }
    let hello = [gorun, file("hello", "go")];
    let milliseconds = least_seconds(&hello)? * 1000.0;
    let mut measured = format!("{milliseconds:.1} ms");
    if let Some(count) = instructions(&hello)? {
        measured.push_str(&format!(", {count}"));
    }
    rows.push(row("hello.go: build, load and run", &measured, "3 ms"));
    steps::read_lines(&mut command(&containers), |line| {
        if let [what, measured, goal] = line.split(" | ").collect::<Vec<_>>().as_slice() {
            rows.push(row(what, measured, goal));
        }
    })?;
    Ok((rows, programs))
}

fn row(what: &str, measured: &str, goal: &str) -> Row {
    println!("{what} | {measured} | {goal}");
    Row {
        what: format!("{what}, natively"),
        measured: measured.to_owned(),
        goal: goal.to_owned(),
    }
}

fn file(name: &str, suffix: &str) -> PathBuf {
    root().join(format!("core/golang/benches/programs/{name}.{suffix}"))
}

/// The least processor time of a command in [`ROUNDS`] rounds.
fn least_seconds(words: &[PathBuf]) -> Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let script = "TIMEFORMAT='%3U %3S'; time \"$@\" </dev/null >/dev/null 2>&1";
        let output = command("bash")
            .args(["-c", script, "bash"])
            .args(words)
            .output();
        let output = output.map_err(|error| format!("bash: {error}"))?;
        if !output.status.success() {
            return Err(format!("{} ended with {}", shown(words), output.status));
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let seconds: f64 = said.split_whitespace().flat_map(str::parse::<f64>).sum();
        least = least.min(seconds);
    }
    Ok(least)
}

fn shown(words: &[PathBuf]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// How many instructions a command takes, as valgrind counts them; none where it is not installed.
fn instructions(words: &[PathBuf]) -> Result<Option<String>> {
    if on_path("valgrind").is_none() {
        return Ok(None);
    }
    let output = command("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg(format!("--cachegrind-out-file={}", scratch().display()))
        .args(words)
        .stdin(std::process::Stdio::null())
        .output();
    let output = output.map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| line.contains("refs:"));
    let count = line.and_then(|line| line.rsplit(' ').next());
    let count = count.and_then(|count| count.replace(',', "").parse::<f64>().ok());
    Ok(count.map(|count| format!("{:.1} million instructions", count / 1e6)))
}

fn scratch() -> PathBuf {
    Path::new(&std::env::temp_dir()).join("drydock-bench-cachegrind")
}
