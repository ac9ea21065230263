//! Licences: every crate that we build with must be permissive.

use serde_json::Value;

use crate::steps::{self, Result, command};

/// Licences that ask for no more than their text and a name.
const PERMISSIVE: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// The packages whose licence is not permissive, each with what it says.
pub fn wrong() -> Result<Vec<String>> {
    let printed = steps::output(command("cargo").args(["metadata", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&printed).map_err(|error| error.to_string())?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let field = |package: &Value, name: &str| {
        let text = package.get(name).and_then(Value::as_str);
        text.unwrap_or("none").to_owned()
    };
    let packages = packages.into_iter().flatten();
    let wrong = packages.filter(|package| !is_permissive(&field(package, "license")));
    Ok(wrong
        .map(|package| {
            let (name, licence) = (field(package, "name"), field(package, "license"));
            format!("{name}: its licence is {licence}")
        })
        .collect())
}

/// Whether one can choose permissive licences only: `A OR B` needs one of them, `A AND B` both.
fn is_permissive(expression: &str) -> bool {
    // The old way to write OR.
    let expression = expression.replace('/', " OR ");
    let expression = expression.replace(['(', ')'], " ");
    expression.split(" AND ").all(|all| {
        all.split(" OR ")
            .any(|one| PERMISSIVE.contains(&one.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_licence_expressions() {
        assert!(is_permissive("MIT OR Apache-2.0"));
        assert!(is_permissive("MIT/Apache-2.0"));
        assert!(is_permissive("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_permissive("GPL-3.0 OR MIT"));
        assert!(!is_permissive("MIT AND GPL-3.0"));
        assert!(!is_permissive("MPL-2.0"));
        assert!(!is_permissive("none"));
    }
}
