//! Runs `go build`, `go vet` or `gofmt` over many folders of a real disk, each on a fresh machine
//! of ours, and writes what they print: for comparison with the real Go over a large corpus.
//!
//! `cargo run -p drydock-golang --example gobatch -- OUT FOLDER…`: a folder may hold a file TARGET
//! with the word that follows `go build` (default `.`). Writes `OUT/GROUP+NAME.build` and `.vet`.
//! With `-fmt` first, the arguments are files and `OUT/NAME.fmt` is written.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "an example runs on the real machine"
)]

mod fresh;

use machine::{ControlGroup, Time, file};
use ordered::OrderedMap;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

const FOLDER: &str = "/home/user/go";

/// The files of a folder and of those below it.
fn files(root: &Path, below: &str, found: &mut Vec<(String, Vec<u8>)>) {
    let Ok(entries) = std::fs::read_dir(root.join(below)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if entry.path().is_dir() {
            files(root, &path, found);
        } else if let Ok(text) = std::fs::read(entry.path()) {
            found.push((path, text));
        }
    }
}

/// All that a command prints on a machine with these files.
fn run(files: &[(String, Vec<u8>)], words: &[&str]) -> String {
    let now = Time::from_secs(1_700_000_000);
    let folders = ["/tmp", FOLDER, "/etc", "/dev", "/root", "/bin"];
    let (simulation, kernel) = match fresh::machine(1, now, &folders) {
        Ok(machine) => machine,
        Err(error) => return error.to_string(),
    };
    for name in ["go", "gofmt"] {
        let program =
            machine::Content::new(machine::executable::encode("builtin", name.as_bytes()));
        kernel
            .files()
            .write(&format!("/bin/{name}"), program, 0o755)
            .ok();
    }
    for (name, text) in files {
        let path = format!("{FOLDER}/{name}");
        if let Some((above, _)) = path.rsplit_once('/') {
            kernel.files().create_directories(above, 0o755).ok();
        }
        let text = machine::Content::new(text.clone());
        kernel.files().write(&path, text, 0o644).ok();
    }
    let mut spawn = kernel.spawn_on_host(words.iter().map(|word| word.to_string()).collect());
    spawn.directory = FOLDER.to_string();
    spawn.environment = [("PATH", "/bin"), ("HOME", "/root")]
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .into_iter()
        .collect();
    spawn.control = ControlGroup::default();
    let printed = Rc::new(RefCell::new(Vec::new()));
    let sink = || {
        let printed = Rc::clone(&printed);
        file::sink(move |bytes: &[u8]| printed.borrow_mut().extend_from_slice(bytes))
    };
    spawn.descriptors =
        OrderedMap::from([(0, file::from_bytes(Vec::new())), (1, sink()), (2, sink())]);
    match kernel.spawn(spawn) {
        Ok(handle) => {
            simulation.run(Time::MAX, async move { handle.wait().await });
        }
        Err(error) => eprintln!("{words:?}: {error}"),
    }
    let bytes = printed.borrow().clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mut out = words.next().unwrap_or_default();
    let formats = out == "-fmt";
    if formats {
        out = words.next().unwrap_or_default();
    }
    for word in words {
        let path = Path::new(&word);
        let name = path
            .file_name()
            .map_or("", |name| name.to_str().unwrap_or(""));
        let write = |name: String, text: String| {
            std::fs::write(format!("{out}/{name}"), text).ok();
        };
        if formats {
            let text = std::fs::read(path).unwrap_or_default();
            write(
                format!("{name}.fmt"),
                run(&[(name.to_string(), text)], &["/bin/gofmt", name]),
            );
            continue;
        }
        let group = path.parent().and_then(Path::file_name);
        let group = group.map_or("", |name| name.to_str().unwrap_or(""));
        let mut found = Vec::new();
        files(path, "", &mut found);
        let target = std::fs::read_to_string(path.join("TARGET")).unwrap_or(".".into());
        let build: &[&str] = if target == "./..." {
            &["/bin/go", "build", &target]
        } else {
            &["/bin/go", "build", "-o", "/tmp/x", &target]
        };
        let build = run(&found, build);
        write(format!("{group}+{name}.build"), build);
        if std::env::var("NOVET").is_err() {
            let vet = run(&found, &["/bin/go", "vet", &target]);
            write(format!("{group}+{name}.vet"), vet);
        }
    }
}
