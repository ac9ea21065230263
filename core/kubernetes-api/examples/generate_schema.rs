//! `cargo xtask schema DIR`: writes the schema table from a cluster's OpenAPI documents.
//!
//! `src/schema/go_layout.txt` says how Kubernetes' Go types are laid out (which field, in which
//! order, of which Go type: what decode errors and the pod-template-hash depend on and OpenAPI does
//! not tell). The documents `DIR/api_*.json` and `DIR/apis_*.json` add what is required, list types,
//! defaults and enumerations, and the types that the layout does not have.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a tool that reads and writes real files"
)]

use ordered::OrderedMap;
use std::path::Path;

use serde_json::Value;

fn main() -> Result<(), String> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("usage: generate_schema DIR")?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema");
    let layout =
        std::fs::read_to_string(own.join("go_layout.txt")).map_err(|error| error.to_string())?;
    let documents = documents(Path::new(&folder))?;
    let table = kubernetes_api::schema::generate(&layout, &documents);
    std::fs::write(own.join("table.txt"), &table).map_err(|error| error.to_string())?;
    eprintln!("wrote {} bytes", table.len());
    Ok(())
}

/// All schemas of all documents by name.
pub fn documents(folder: &Path) -> Result<OrderedMap<String, Value>, String> {
    let mut schemas = OrderedMap::new();
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            name.starts_with("api") && name.ends_with(".json")
        })
        .collect();
    names.sort();
    for path in names {
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let mut document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if let Some(Value::Object(found)) =
            document.pointer_mut("/components/schemas").map(Value::take)
        {
            schemas.extend(found);
        }
    }
    Ok(schemas)
}
