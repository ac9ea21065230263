//! The browser tests: Node's test runner drives the built page in Chromium.

use std::path::PathBuf;

use crate::server::Server;
use crate::steps::{self, Result, command, on_path, root, say};
use crate::suite::Counts;

/// The page is served from a path like this in tests, so that no URL of it can be absolute.
const TEST_BASE: &str = "/any/path/of/a/server/";

/// Runs the files of `tests/browser` whose names contain one of the given words, or all.
pub fn run(names: &[String]) -> Result<Counts> {
    say("the page in a browser");
    let server = Server::bind(root().join("dist"), TEST_BASE, 0)?;
    let url = server.url();
    std::thread::spawn(move || server.run());

    let screenshots = screenshots();
    steps::remove_folder(&screenshots)?;
    steps::make_folder(&screenshots)?;
    let files = steps::files_below(&root().join("tests/browser"))?;
    let files = files.into_iter().filter(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".test.mjs")
            && (names.is_empty() || names.iter().any(|word| name.contains(word)))
    });
    let mut counts = Counts::default();
    let well = steps::run_lines(
        command("node")
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(files)
            .env("DRYDOCK_URL", url)
            .env("DRYDOCK_SCREENSHOTS", &screenshots)
            .env("DRYDOCK_CHROMIUM", on_path("chromium").unwrap_or_default()),
        |line| counts.add_node_line(line),
    )?;
    println!("screenshots are in {}", screenshots.display());
    counts.note_status(well, "the browser tests");
    Ok(counts)
}

fn screenshots() -> PathBuf {
    root().join("target/screenshots")
}
