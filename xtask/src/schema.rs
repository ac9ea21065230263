//! `cargo xtask schema DIR`: the schema table from the OpenAPI documents of a cluster.

use crate::steps::{self, Result, command};

/// Hands the folder to the generator, which stands beside the table that it writes.
pub fn run(arguments: &[String]) -> Result {
    let [folder] = arguments else {
        return Err("usage: cargo xtask schema DIR".to_owned());
    };
    steps::run(
        command("cargo")
            .args(["run", "--package", "drydock-kubernetes-api"])
            .args(["--example", "generate_schema", "--", folder]),
    )
}
