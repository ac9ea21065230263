//! The native figures of `cargo xtask bench`, one line each: `what | measured | goal`.
//!
//! `cargo run --release -p drydock-tests --example figures`

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement on the real machine, which prints what it found"
)]

use playground::{Options, Playground};
use simulation::Duration;

/// Nodes of the large cluster.
const NODES: u8 = 20;

fn main() {
    let options = || Options {
        nodes: NODES,
        ..Options::default()
    };
    let began = cpu_seconds();
    let playground = Playground::new(options()).unwrap();
    let second = playground.simulation().now() + Duration::from_secs(1);
    playground.simulation().advance(second, u64::MAX);
    row(
        &format!("cluster boot, {NODES} nodes"),
        &milliseconds(cpu_seconds() - began),
        "at most 100 ms",
    );
    for (replicas, goal) in [(100, ""), (300, ""), (1000, "at most 3 s, 400 MB")] {
        let playground = Playground::new(options()).unwrap();
        let took = deploy(&playground, replicas);
        row(
            &format!("Deployment of {replicas} replicas on {NODES} nodes, all ready"),
            &format!("{}, {}", milliseconds(took), memory()),
            goal,
        );
    }
}

/// Applies a Deployment and waits until kubectl says that all of it is ready.
fn deploy(playground: &Playground, replicas: u32) -> f64 {
    let manifest = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: many\nspec:\n  replicas: {replicas}\n  \
         selector:\n    matchLabels:\n      app: many\n  template:\n    metadata:\n      labels:\n        app: many\n    \
         spec:\n      containers:\n      - name: c\n        image: registry.k8s.io/pause:3.10\n"
    );
    playground.write("many.yaml", &manifest).unwrap();
    let session = playground::Session::new(playground, &[]).unwrap();
    let began = cpu_seconds();
    session.run("kubectl apply -f many.yaml");
    let (printed, status) = session.run("kubectl rollout status deployment/many --timeout=10m");
    assert_eq!(status, 0, "{printed}");
    cpu_seconds() - began
}

fn row(what: &str, measured: &str, goal: &str) {
    println!("{what} | {measured} | {goal}");
}

/// How long this process has computed: other work on the machine does not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text
        .split(' ')
        .next()
        .and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e9
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1000.0)
}

/// The most memory that this process has had.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.map_or_else(String::new, |kilobytes| {
        format!("{} MB at most", kilobytes / 1000)
    })
}
