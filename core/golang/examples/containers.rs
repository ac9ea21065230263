//! Measures many containers of one program: `what | measured | goal`, a line for each figure.
//!
//! `cargo run --release -p drydock-golang --example containers`
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example runs on the real machine"
)]

mod fresh;

use machine::{ControlGroup, Time, file};
use simulation::Duration;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

/// Prints every five seconds, as the lesson's program does.
const HELLO: &str = r#"package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	hostname, _ := os.Hostname()
	for {
		fmt.Printf("hello from %v\n", hostname)
		time.Sleep(5 * time.Second)
	}
}
"#;

const CONTAINERS: u64 = 1000;

/// How much virtual time they run.
const SECONDS: u64 = 600;

/// How often the program is compiled and started; the least time counts.
const STARTS: usize = 30;

fn main() {
    let binary = golang::build("hello.go", HELLO.as_bytes(), "/go").unwrap();
    let program = machine::Content::new(machine::executable::encode(golang::LOADER, &binary));
    let now = Time::from_secs(1_700_000_000);
    let (simulation, kernel) = fresh::machine(7, now, &["/go"]).unwrap();
    kernel.files().write("/go/hello", program, 0o755).unwrap();
    let printed = Rc::new(Cell::new(0_u64));
    let start = || {
        let mut spawn = kernel.spawn_on_host(vec!["/go/hello".to_string()]);
        spawn.control = ControlGroup::default();
        let sink = || {
            let printed = Rc::clone(&printed);
            file::sink(move |bytes: &[u8]| printed.set(printed.get() + bytes.len() as u64))
        };
        spawn.descriptors = [(0, file::from_bytes(Vec::new())), (1, sink()), (2, sink())].into();
        kernel.spawn(spawn).unwrap()
    };
    let second = Duration::from_secs(1);
    let (mut first, mut least) = (None, f64::INFINITY);
    for _ in 0..STARTS {
        let before = printed.get();
        let began = Instant::now();
        let binary = golang::build("hello.go", HELLO.as_bytes(), "/go").unwrap();
        let program = machine::Content::new(machine::executable::encode(golang::LOADER, &binary));
        kernel.files().write("/go/hello", program, 0o755).unwrap();
        let process = start();
        simulation.advance(simulation.now() + Duration::from_millis(1), u64::MAX);
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        first.get_or_insert(milliseconds);
        least = least.min(milliseconds);
        assert_ne!(printed.get(), before, "the first line");
        let process = process.process();
        process.kill(process.pid(), machine::Signal::KILL).unwrap();
        simulation.advance(simulation.now() + second, u64::MAX);
    }
    let first = first.unwrap_or_default();
    println!(
        "hello.go: compile, load and run to its first line | {first:.1} ms, {least:.1} ms when warm | 3 ms"
    );
    printed.set(0);
    let mut processes = vec![start()];
    simulation.advance(simulation.now() + second, u64::MAX);
    let before = resident_kilobytes();
    processes.extend((1..CONTAINERS).map(|_| start()));
    simulation.advance(simulation.now() + second, u64::MAX);
    let kilobytes = (resident_kilobytes() - before) / (CONTAINERS - 1) as f64;
    println!("memory of a sleeping hello container | {kilobytes:.1} KB | 40 KB");
    let began = Instant::now();
    let end = simulation.now() + Duration::from_secs(SECONDS);
    simulation.advance(end, u64::MAX);
    let ratio = SECONDS as f64 / began.elapsed().as_secs_f64();
    let lines = printed.get() / "hello from host\n".len() as u64;
    assert_eq!(lines, CONTAINERS * (SECONDS / 5 + 1), "lines");
    println!(
        "{CONTAINERS} hello containers that print every 5 s | {ratio:.0} times real time | 200 times"
    );
}

/// The memory of this process.
fn resident_kilobytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(f64::NAN)
}
