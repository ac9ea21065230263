//! The committed schema table is what the generator makes of the recorded documents, where those
//! are at hand (beside the repository).
#![expect(clippy::disallowed_methods, reason = "the test reads real files")]

use std::path::Path;

#[path = "../examples/generate_schema.rs"]
#[expect(dead_code, reason = "the generator's entry is not called here")]
mod generator;

#[test]
fn table_is_not_stale() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = own.join("../../../shared/reference/kubernetes/data/openapi");
    let Ok(documents) = generator::documents(&folder) else {
        eprintln!(
            "skipped: there are no recorded documents in {}",
            folder.display()
        );
        return;
    };
    let layout = std::fs::read_to_string(own.join("src/schema/go_layout.txt")).unwrap();
    let committed = std::fs::read_to_string(own.join("src/schema/table.txt")).unwrap();
    let table = kubernetes_api::schema::generate(&layout, &documents);
    assert!(
        table == committed,
        "stale: run `cargo xtask schema {}`",
        folder.display()
    );
}
