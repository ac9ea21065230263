//! `cargo xtask bench`: measures, and prints the table of BENCHMARKS.md.

use crate::steps::{self, Result, command, root, say};
use crate::{bench_go, npm, packages, page, server::Server, weight};

/// One measured figure.
pub struct Row {
    pub what: String,
    pub measured: String,
    pub goal: String,
}

/// Measures everything that can be measured here, or only Go (`bench go`).
pub fn run(arguments: &[String]) -> Result {
    match arguments {
        [] => {}
        [only] if only == "go" => {
            let (mut rows, programs) = bench_go::run()?;
            if root().join("dist/index.html").exists() {
                packages::chromium()?;
                npm::install()?;
                rows.extend(in_browser(&["figures_go"], &programs)?);
            }
            print_table(rows);
            return Ok(());
        }
        _ => return Err("usage: cargo xtask bench [go]".to_owned()),
    }
    packages::chromium()?;
    npm::install()?;
    let weights = page::build()?;
    let mut rows = vec![Row {
        what: "page transfer, everything, brotli".to_owned(),
        measured: format!("{:.1} KB", weight::total(&weights) as f64 / 1000.0),
        goal: format!("at most {} KB", weight::BUDGET_BYTES / 1000),
    }];
    rows.extend(native()?);
    let (go, programs) = bench_go::run()?;
    rows.extend(go);
    rows.extend(in_browser(&["figures", "figures_go"], &programs)?);
    print_table(rows);
    Ok(())
}

fn print_table(rows: Vec<Row>) {
    println!("\n| what | measured | goal |\n|---|---|---|");
    for row in rows {
        println!("| {} | {} | {} |", row.what, row.measured, row.goal);
    }
}

/// The example `figures` of the crate `tests` prints one line for each: `what | measured | goal`.
fn native() -> Result<Vec<Row>> {
    say("natively");
    let mut rows = Vec::new();
    let well = steps::run_lines(
        command("cargo")
            .args(["run", "--release", "--package", "drydock-tests"])
            .args(["--example", "figures"]),
        |line| rows.extend(row(line, "natively")),
    )?;
    if !well {
        println!("the native figures are left out");
    }
    Ok(rows)
}

/// Scripts that print lines of the same form from the built page. `programs` are those of Go with
/// their native times.
fn in_browser(scripts: &[&str], programs: &str) -> Result<Vec<Row>> {
    say("in Chromium");
    let server = Server::bind(root().join("dist"), "/", 0)?;
    let url = server.url();
    std::thread::spawn(move || server.run());
    let mut rows = Vec::new();
    for script in scripts {
        let well = steps::run_lines(
            command("node")
                .arg(format!("tests/browser/{script}.mjs"))
                .env("DRYDOCK_GO", programs)
                .env("DRYDOCK_URL", &url),
            |line| rows.extend(row(line, "in Chromium")),
        )?;
        if !well {
            return Err("the figures of the page could not be measured".to_owned());
        }
    }
    Ok(rows)
}

fn row(line: &str, place: &str) -> Option<Row> {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let [what, measured, goal] = parts.as_slice() else {
        return None;
    };
    Some(Row {
        what: format!("{what}, {place}"),
        measured: (*measured).to_owned(),
        goal: (*goal).to_owned(),
    })
}
