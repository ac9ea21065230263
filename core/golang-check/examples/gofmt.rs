//! Formats Go files in place of their text: `cargo run -p drydock-golang-check --example gofmt --
//! [-s] FILE.go…` prints each, or for many files with `-o DIRECTORY` writes them there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example runs on the real machine"
)]

fn main() {
    let mut simplify = false;
    let mut directory: Option<String> = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "-s" || word == "-o" {
            simplify |= word == "-s";
            if word == "-o" {
                directory = words.next();
            }
            continue;
        }
        let text = std::fs::read(&word).unwrap_or_default();
        let out = match golang_check::format::source(&String::from_utf8_lossy(&text), simplify) {
            Ok(out) => out,
            Err(mistake) => {
                let (line, column) = (mistake.line, mistake.column);
                format!("{word}:{line}:{column}: {}\n", mistake.message)
            }
        };
        match &directory {
            Some(directory) => {
                std::fs::write(format!("{directory}/{}", word.replace('/', "+")), out).ok();
            }
            None => print!("{out}"),
        }
    }
}
