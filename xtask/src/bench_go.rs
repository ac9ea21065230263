//! The Go part of `cargo xtask bench`: the programs of `core/golang/benches/programs`, each beside
//! the same program in Python, and how many instructions each takes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::bench::Row;
use crate::steps::{self, Result, command, on_path, root, say};
use crate::tools;

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
    let counts = instructions()?;
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
        measured += counts.get(name).map_or("", String::as_str);
        rows.push(row(what, &measured, "faster than Python"));
    }
    let hello = [gorun, file("hello", "go")];
    let milliseconds = least_seconds(&hello)? * 1000.0;
    let mut measured = format!("{milliseconds:.1} ms");
    measured += counts.get("hello").map_or("", String::as_str);
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

/// How many instructions each program takes in a process of its own, by its name; none where
/// valgrind is not installed.
fn instructions() -> Result<BTreeMap<String, String>> {
    let mut counts = BTreeMap::new();
    if on_path("valgrind").is_none() {
        return Ok(counts);
    }
    let mut bench = command("cargo");
    bench.args([
        "bench",
        "--package",
        "drydock",
        "--features",
        "instructions",
    ]);
    bench.env("GUNGRAUN_RUNNER", tools::gungraun_runner()?);
    let mut program = String::new();
    let well = steps::read_lines(bench.args(["--bench", "go"]), |line| {
        if let Some((_, id)) = line.split_once("::program ") {
            program = id.split(':').next().unwrap_or_default().to_owned();
        }
        let count = line.trim_start().strip_prefix("Instructions:");
        let count = count.and_then(|rest| rest.split('|').next()?.trim().parse::<f64>().ok());
        if let Some(count) = count {
            let text = format!(", {:.1} million instructions", count / 1e6);
            counts.insert(program.clone(), text);
        }
    })?;
    if !well {
        return Err("the instructions of Go programs could not be counted".to_owned());
    }
    Ok(counts)
}
