//! Building: from source files to the payload of a binary, with the words of `go build`.

mod constraint;
mod embed;
mod gomod;
mod graph;
mod module;
mod tests;
mod txtar;
mod values;

pub(crate) use gomod::GoMod;
pub(crate) use graph::Graph;
pub use module::{Files, Module};
pub(crate) use module::{binary, build_root, compile, link};
pub(crate) use tests::{Examined, TestBinary};
pub(crate) use values::set as set_values;

/// The version of Go that builds when nobody says otherwise.
pub const VERSION: (u32, u32) = (1, 26);

/// Builds one program: a `.go` file or a txtar of a module, whose files stand in `folder`. The
/// payload of its binary, or what `go build` prints.
pub fn build(name: &str, text: &[u8], folder: &str) -> Result<Vec<u8>, String> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let is_module = base.ends_with(".txtar");
    let mut files = Files::new();
    if is_module {
        files = txtar::parse(text);
    } else {
        files.insert(base.to_string(), text.to_vec());
    }
    let module = Module::new(folder, &files, VERSION);
    let mut graph = Graph::new(&module);
    let root = if is_module {
        if module.path().is_none() {
            return Err(NO_MODULE.into());
        }
        graph.folder("", &module.import_path(""), None)
    } else {
        graph.files(&[base.to_string()])
    };
    Ok(build_root(&graph, root)?.encode())
}

/// What is said where a module is needed and there is none.
pub(crate) const NO_MODULE: &str = "go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n";
