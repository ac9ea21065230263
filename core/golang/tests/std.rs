//! The standard packages against the real ones: each program in `std/` prints what its `.out` file
//! holds, which Go 1.26 printed, and exits with the status in its last line.
//!
//! `UPDATE=1 cargo test -p drydock-golang --test std` shows differences as files `NAME.got`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a test reads its programs from the real machine"
)]

#[path = "../examples/fresh/mod.rs"]
mod fresh;

use machine::{ControlGroup, ExitStatus, Time, file};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Compiles and runs one program: its output and `exit N`.
fn run(name: &str, text: &[u8]) -> String {
    let folder = "/home/user/go";
    let binary = match golang::build(name, text, folder) {
        Ok(binary) => binary,
        Err(message) => return message,
    };
    let now = Time::from_secs(1_700_000_000);
    let (simulation, kernel) = fresh::machine(7, now, &["/tmp", folder, "/etc", "/dev"]).unwrap();
    let program = machine::Content::new(machine::executable::encode(golang::LOADER, &binary));
    let place = format!("{folder}/prog");
    kernel.files().write(&place, program, 0o755).unwrap();
    let mut spawn = kernel.spawn_on_host(vec!["./prog".to_string()]);
    spawn.directory = folder.to_string();
    spawn.control = ControlGroup::default();
    let output = Rc::new(RefCell::new(Vec::new()));
    let sink = || {
        let output = Rc::clone(&output);
        file::sink(move |bytes: &[u8]| output.borrow_mut().extend_from_slice(bytes))
    };
    let input = file::from_bytes(Vec::new());
    spawn.descriptors = [(0, input), (1, sink()), (2, sink())].into();
    let handle = kernel.spawn(spawn).unwrap();
    let status = simulation.run(Time::MAX, async move { handle.wait().await });
    let code = status.map_or(-1, ExitStatus::code);
    let text = String::from_utf8_lossy(&output.borrow()).into_owned();
    format!("{text}exit {code}\n")
}

#[test]
fn programs_print_what_go_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/std");
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".go") || name.ends_with(".txtar"))
        .collect();
    names.sort();
    for name in names {
        let program = std::fs::read(folder.join(&name)).unwrap();
        let expected = folder.join(&name).with_extension("out");
        let want = std::fs::read_to_string(&expected).unwrap();
        let got = run(&name, &program);
        count += 1;
        if got == want {
            continue;
        }
        let first = want.lines().zip(got.lines()).find(|(a, b)| a != b);
        wrong.push(format!("{name}: {first:?}"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(expected.with_extension("got"), got).unwrap();
        }
    }
    assert!(count >= 15, "{count} programs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
