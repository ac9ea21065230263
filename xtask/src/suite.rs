//! `cargo xtask test`: everything, and how many tests there were.

use crate::steps::{self, Result, command, on_path, root, run_lines, say};
use crate::{browser, npm, packages, page, tidy, tools, wasm_target, weight};

/// How many tests passed and failed; a check that counts no tests is one test itself.
#[derive(Default)]
pub struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
    failures: Vec<String>,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }

    /// A check that is one test.
    fn check(&mut self, what: &str, result: Result) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                println!("{error}");
                self.failed += 1;
                self.failures.push(what.to_owned());
            }
        }
    }

    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …` of Rust's test harness.
    pub fn add_cargo_line(&mut self, line: &str) {
        let line = line.trim();
        if !line.starts_with("test result: ") {
            return;
        }
        let words: Vec<&str> = line.split([' ', ';']).collect();
        for pair in words.windows(2) {
            if let [number, word] = pair
                && let Ok(number) = number.parse::<u64>()
            {
                match *word {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.skipped += number,
                    _ => {}
                }
            }
        }
    }

    /// Reads `ℹ pass 3`, `ℹ fail 0` and `ℹ skipped 1` of Node's test runner.
    pub fn add_node_line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["ℹ", word, number] = words.as_slice()
            && let Ok(number) = number.parse::<u64>()
        {
            match *word {
                "pass" => self.passed += number,
                "fail" | "cancelled" => self.failed += number,
                "skipped" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// A run that failed is never counted as green, whatever it printed.
    pub fn note_status(&mut self, well: bool, what: &str) {
        if !well {
            self.failures.push(what.to_owned());
            self.failed = self.failed.max(1);
        }
    }

    /// An error when something failed or nothing ran.
    pub fn verdict(&self) -> Result {
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!("\n{}", self.summary());
        if self.failed > 0 || !self.failures.is_empty() {
            Err("not all is well".to_owned())
        } else if self.passed == 0 {
            Err("no test ran".to_owned())
        } else {
            Ok(())
        }
    }

    fn summary(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line += &format!(", {} skipped", self.skipped);
        }
        line
    }
}

/// Sets up and runs everything; later parts run also when earlier ones fail.
pub fn run() -> Result {
    let mut counts = Counts::default();
    say("form");
    counts.check(
        "cargo fmt",
        steps::run(command("cargo").args(["fmt", "--all", "--check"])),
    );
    counts.check("tidy", tidy::run());
    counts.check(
        "cargo clippy",
        steps::run(command("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny=warnings",
        ])),
    );
    counts.add(native_tests()?);
    counts.add(recordings()?);
    for (what, tests) in [
        ("the page", page_tests as fn() -> Result<Counts>),
        ("tests between page and core", wasm_tests),
    ] {
        match tests() {
            Ok(tests) => counts.add(tests),
            Err(error) => counts.check(what, Err(error)),
        }
    }
    counts.verdict()
}

fn native_tests() -> Result<Counts> {
    say("native tests");
    let mut counts = Counts::default();
    let well = run_lines(command("cargo").args(["test", "--no-fail-fast"]), |line| {
        counts.add_cargo_line(line)
    })?;
    counts.note_status(well, "cargo test");
    Ok(counts)
}

/// Recordings of the real tools lie beside the repository on the machines of its makers; without
/// them this part is left out, and says so.
fn recordings() -> Result<Counts> {
    say("recordings of the real tools");
    let mut counts = Counts::default();
    let shared = root().join("../shared");
    let compare = shared.join("tools/compare_transcripts.py");
    if !compare.exists() || on_path("python3").is_none() {
        println!("left out: they are not beside the repository");
        counts.skipped += 1;
        return Ok(counts);
    }
    steps::run(command("cargo").args(["build", "--package", "drydock"]))?;
    let drydock = steps::native_target_folder().join("debug/drydock");
    let reference = shared.join("reference");
    let images = reference.join("kubernetes/images");
    let replay = format!(
        "{} replay --images {} --print",
        drydock.display(),
        images.display()
    );
    for (folder, kept) in REPLAYED {
        let files = steps::files_below(&reference.join(folder))?;
        let files = files.iter().filter(|file| is_transcript(file));
        let mut compared = 0;
        let mut printed = command("python3");
        printed
            .arg(&compare)
            .args(files)
            .args(["--show", "0", "--floor", "0", "--run", &replay]);
        // A recording of which a part fits is no failure, as long as the count does not fall.
        steps::read_lines(&mut printed, |line| {
            println!("{}", line.replacen("FAIL ", "part ", 1));
            compared = passed_of(line).unwrap_or(compared);
        })?;
        counts.check(
            &format!("{folder}: {compared} commands, {kept} before"),
            at_least(compared, kept),
        );
    }
    let mut compared = 0;
    let mut programs = command("python3");
    programs
        .arg(shared.join("tools/go_corpus.py"))
        .args(["--show", "0"])
        .arg(reference.join("go"))
        .arg(&drydock)
        .args(["go", "run"]);
    run_lines(&mut programs, |line| {
        compared = passed_of(line).unwrap_or(compared)
    })?;
    counts.check(
        &format!("go: {compared} programs, {GO_PROGRAMS} before"),
        at_least(compared, GO_PROGRAMS),
    );
    Ok(counts)
}

/// How many commands of each folder's recordings print what the real tools print. It only goes up:
/// whoever makes it larger writes the new number here.
const REPLAYED: [(&str, u64); 2] = [("kubernetes", 996), ("docker", 672)];
/// The same for the Go programs.
const GO_PROGRAMS: u64 = 131;

/// The folder `images` holds what the recordings build, not recordings.
fn is_transcript(file: &std::path::Path) -> bool {
    let folder = file.parent().and_then(std::path::Path::file_name);
    file.extension().is_some_and(|end| end == "txt") && folder.is_none_or(|name| name != "images")
}

/// The number of `N passed, M failed`.
fn passed_of(line: &str) -> Option<u64> {
    line.split_once(" passed, ")?.0.trim().parse().ok()
}

fn at_least(count: u64, kept: u64) -> Result {
    if count >= kept {
        Ok(())
    } else {
        Err(format!(
            "{count} of the recordings' commands, {kept} before"
        ))
    }
}

/// The tests between page and core, in Chromium.
pub fn wasm_tests() -> Result<Counts> {
    let target = wasm_target::ensure()?;
    let runner = tools::wasm_bindgen_test_runner()?;
    packages::chromium()?;
    say("the shell between page and core, in a browser");
    let mut counts = Counts::default();
    let well = run_lines(
        target
            .cargo("test")
            .args(["--package", "drydock-app", "--lib"])
            // These tests wait for the browser, not for our code: what counts is the building.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
            .env("CHROMEDRIVER", on_path("chromedriver").unwrap_or_default()),
        |line| counts.add_cargo_line(line),
    )?;
    counts.note_status(well, "tests between page and core");
    Ok(counts)
}

fn page_tests() -> Result<Counts> {
    npm::install()?;
    packages::chromium()?;
    let weights = page::build()?;
    let mut counts = Counts::default();
    counts.check("the page's weight", weight::check(&weights));
    counts.add(browser::run(&[])?);
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_test_runners_print() {
        let mut counts = Counts::default();
        counts.add_cargo_line(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s",
        );
        counts.add_cargo_line("test passed 7 passed");
        counts.add_node_line("ℹ pass 5");
        counts.add_node_line("ℹ fail 2");
        counts.add_node_line("ℹ duration_ms 120");
        assert_eq!(counts.summary(), "17 passed, 2 failed, 1 skipped");
        assert!(counts.verdict().is_err());
    }

    #[test]
    fn a_run_without_tests_is_not_green() {
        assert!(Counts::default().verdict().is_err());
    }
}
