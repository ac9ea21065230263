//! Building: from source files to the payload of a binary, with the words of `go build`.

mod constraint;
mod embed;
mod imports;
mod module;
mod tests;
mod txtar;

pub(crate) use imports::head;
pub use module::{Files, Module, build_files};
pub(crate) use tests::{Examined, TestBinary};

use crate::program::Binary;

/// The version of Go that builds when nobody says otherwise.
pub const VERSION: (u32, u32) = (1, 26);

/// Builds one program: a `.go` file or a txtar of a module, whose files stand in `folder`. The
/// payload of its binary, or what `go build` prints.
pub fn build(name: &str, text: &[u8], folder: &str) -> Result<Vec<u8>, String> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let binary: Binary = if base.ends_with(".txtar") {
        let files = txtar::parse(text);
        Module {
            folder: folder.to_string(),
            files: &files,
            version: VERSION,
            path: None,
        }
        .build(".")?
    } else {
        let mut files = Files::new();
        files.insert(base.to_string(), text.to_vec());
        let module = Module {
            folder: folder.to_string(),
            files: &files,
            version: VERSION,
            path: None,
        };
        build_files(&module, &[base])?
    };
    Ok(binary.encode())
}

/// Whether a file belongs to a command.
pub(crate) fn is_main(text: &[u8]) -> bool {
    head(text).package.as_deref() == Some("main")
}
