//! `cargo xtask bench`: measures, and prints the table of BENCHMARKS.md.

use crate::steps::{self, Result, command, root, say};
use crate::{npm, packages, page, server::Server, weight};

/// One measured figure.
struct Row {
    what: String,
    measured: String,
    goal: String,
}

/// Measures everything that can be measured here.
pub fn run() -> Result {
    packages::chromium()?;
    npm::install()?;
    let weights = page::build()?;
    let mut rows = vec![Row {
        what: "page transfer, everything, brotli".to_owned(),
        measured: format!("{:.1} KB", weight::total(&weights) as f64 / 1000.0),
        goal: format!("at most {} KB", weight::BUDGET_BYTES / 1000),
    }];
    rows.extend(native()?);
    rows.extend(in_browser()?);

    println!("\n| what | measured | goal |\n|---|---|---|");
    for row in rows {
        println!("| {} | {} | {} |", row.what, row.measured, row.goal);
    }
    Ok(())
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

/// The script `figures.mjs` prints lines of the same form from the built page.
fn in_browser() -> Result<Vec<Row>> {
    say("in Chromium");
    let server = Server::bind(root().join("dist"), "/", 0)?;
    let url = server.url();
    std::thread::spawn(move || server.run());
    let mut rows = Vec::new();
    let well = steps::run_lines(
        command("node")
            .arg("tests/browser/figures.mjs")
            .env("DRYDOCK_URL", url),
        |line| rows.extend(row(line, "in Chromium")),
    )?;
    if !well {
        return Err("the figures of the page could not be measured".to_owned());
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
