//! What the page weighs: every file compressed as a server would send it, against the budget.

use std::path::Path;

use crate::steps::{self, Result, command, root};

/// Bytes (brotli) that the page may transfer in all.
pub const BUDGET_BYTES: u64 = 500_000;

/// Bytes (brotli) over which the tests fail: what the page weighed when this was last written,
/// rounded up. Who makes it larger says in the commit what a visitor gets for it.
pub const HEAVIEST_BYTES: u64 = 1_612_000;

/// One file of the page.
pub struct Weight {
    /// Its name, relative to the page's folder.
    pub name: String,
    /// Its size as it is.
    pub raw_bytes: u64,
    /// Its size as transferred.
    pub brotli_bytes: u64,
}

/// Compresses each file below the folder (`FILE.br` beside it) and says what each weighs.
pub fn compress(folder: &Path) -> Result<Vec<Weight>> {
    let files = steps::files_below(folder)?;
    let files = files
        .iter()
        .filter(|file| file.extension().is_none_or(|end| end != "br"));
    let printed = steps::output(
        command("node")
            .arg(root().join("xtask/js/compress.mjs"))
            .args(files),
    )?;
    printed.lines().map(|line| parse(folder, line)).collect()
}

fn parse(folder: &Path, line: &str) -> Result<Weight> {
    let mut words = line.splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse().ok());
    let sizes = (number(), number());
    match (sizes, words.next()) {
        ((Some(raw_bytes), Some(brotli_bytes)), Some(path)) => Ok(Weight {
            name: Path::new(path)
                .strip_prefix(folder)
                .unwrap_or(Path::new(path))
                .display()
                .to_string(),
            raw_bytes,
            brotli_bytes,
        }),
        _ => Err(format!("no weight: {line}")),
    }
}

/// The sum of what is transferred.
pub fn total(weights: &[Weight]) -> u64 {
    weights.iter().map(|weight| weight.brotli_bytes).sum()
}

/// Prints the table.
pub fn print(weights: &[Weight]) {
    println!("\n{:>9}  {:>9}  file", "bytes", "brotli");
    for weight in weights {
        println!(
            "{:>9}  {:>9}  {}",
            weight.raw_bytes, weight.brotli_bytes, weight.name
        );
    }
    let total = total(weights);
    println!(
        "{:>9}  {total:>9}  in all; the budget is {BUDGET_BYTES}",
        ""
    );
}

/// An error when the page is heavier than it was.
pub fn check(weights: &[Weight]) -> Result {
    let total = total(weights);
    if total > HEAVIEST_BYTES {
        return Err(format!(
            "the page transfers {total} bytes; it was below {HEAVIEST_BYTES} before"
        ));
    }
    Ok(())
}
