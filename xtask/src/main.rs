//! `cargo xtask`: build, serve, test and measure Drydock.
//!
//! Here lives the choice of the sub-command; each has a module of its own. What a learner's
//! computer does is nowhere in this crate.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the lints keep the real world out of core; this crate is about nothing else"
)]

mod bench;
mod bench_go;
mod browser;
mod licences;
mod npm;
mod packages;
mod page;
mod schema;
mod server;
mod steps;
mod suite;
mod tidy;
mod tools;
mod wasm_target;
mod weight;

use std::process::ExitCode;

use steps::Result;

const USAGE: &str = "\
cargo xtask serve [--port N] [--base /PATH/] [--as-is]   set up, build and serve the page
cargo xtask build                 the release page, in dist/
cargo xtask test                  set up and run everything
cargo xtask browser [NAME…]       only the browser tests (of the page in dist/)
cargo xtask wasm-test             only the tests between page and core, in Chromium
cargo xtask bench [go]            measure; the table of BENCHMARKS.md, or of Go alone
cargo xtask tidy                  what no compiler checks: file lengths, licences, stale files
cargo xtask schema DIR            the schema table from a cluster's OpenAPI documents
cargo xtask setup                 only install what is missing
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(format!("which command?\n\n{USAGE}"));
    };
    match command.as_str() {
        "serve" => serve(rest),
        "build" => page::build().and_then(|weights| weight::check(&weights)),
        "test" => suite::run(),
        "browser" => {
            npm::install()?;
            packages::chromium()?;
            browser::run(rest).and_then(|counts| counts.verdict())
        }
        "wasm-test" => suite::wasm_tests().and_then(|counts| counts.verdict()),
        "bench" => bench::run(rest),
        "tidy" => tidy::run(),
        "schema" => schema::run(rest),
        "setup" => setup(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no command {other}\n\n{USAGE}")),
    }
}

fn serve(arguments: &[String]) -> Result {
    let (mut port, mut base, mut as_is) = (8080, "/".to_owned(), false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--as-is" => as_is = true,
            "--port" => {
                let value = rest.next().ok_or("--port needs a number")?;
                port = value.parse().map_err(|_| format!("no port: {value}"))?;
            }
            "--base" => base = rest.next().ok_or("--base needs a path")?.clone(),
            other => return Err(format!("serve does not know {other}\n\n{USAGE}")),
        }
    }
    if !as_is {
        page::build()?;
    }
    let server = server::Server::bind(steps::root().join("dist"), &base, port)?;
    println!("\nDrydock is at {}  (Ctrl-C ends it)", server.url());
    server.run()
}

fn setup() -> Result {
    wasm_target::ensure()?;
    tools::wasm_bindgen()?;
    npm::install()?;
    packages::chromium()
}
