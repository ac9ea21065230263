//! How many instructions Go programs take, as Callgrind counts them: a regression shows on a noisy
//! machine too. `cargo xtask bench` runs it, with the programs that it also measures in seconds.

#![allow(missing_docs, reason = "the macros make public items of their own")]

use gungraun::{BinaryBenchmarkConfig, Callgrind, Command, Stdin};
use gungraun::{binary_benchmark, binary_benchmark_group, main};

#[binary_benchmark]
#[bench::hello("hello")]
#[bench::fib("fib")]
#[bench::loops("loops")]
#[bench::maps("maps")]
#[bench::builder("builder")]
#[bench::ping("ping")]
#[bench::roundtrip("roundtrip")]
fn program(name: &str) -> Command {
    let programs = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../core/golang/benches/programs"
    );
    Command::new(env!("CARGO_BIN_EXE_drydock"))
        .args(["go", "run"])
        .arg(format!("{programs}/{name}.go"))
        .stdin(Stdin::Null)
        .build()
}

binary_benchmark_group!(name = programs, benchmarks = program);
main!(
    config = BinaryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    binary_benchmark_groups = programs
);
