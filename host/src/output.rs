//! Writing to the real standard output and error.

use std::io::Write;

/// Writes to standard output; a closed output is let go.
pub fn print(text: impl AsRef<[u8]>) {
    let mut output = std::io::stdout().lock();
    output
        .write_all(text.as_ref())
        .and_then(|()| output.flush())
        .ok();
}

/// Writes to standard error; a closed output is let go.
pub fn print_error(text: &str) {
    std::io::stderr().lock().write_all(text.as_bytes()).ok();
}
