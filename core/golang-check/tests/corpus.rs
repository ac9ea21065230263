//! Wrong programs and the whole text that gc 1.26 prints for them (`tests/data`).
//!
//! What the `go` command itself reports (missing packages, a missing main) is tested there.

use golang_check::{Importer, Options, Program, SourceText};
use std::{path::Path, rc::Rc};

/// The declarations of standard packages that the programs use.
struct Stubs;

impl Importer for Stubs {
    fn sources(&self, path: &str) -> Option<Vec<SourceText>> {
        let text = match path {
            "fmt" => {
                "package fmt
                func Println(a ...any) (n int, err error)
                func Printf(format string, a ...any) (n int, err error)"
            }
            "os" => "package os\nfunc Hostname() (name string, err error)\nfunc Exit(code int)",
            "strings" => {
                "package strings
                type Builder struct { addr *Builder; buf []byte }
                func ToUpper(s string) string
                func explode(s string, n int) []string"
            }
            "sync" => {
                "package sync
                type Mutex struct { _ struct{}; mu int }
                func (m *Mutex) Lock()"
            }
            "time" => {
                "package time
                type Duration int64
                const Second Duration = 1000000000
                func Sleep(d Duration)"
            }
            _ => return None,
        };
        let name = format!("/usr/local/go/src/{path}/{path}.go");
        Some(vec![SourceText {
            name,
            text: Rc::from(text.as_bytes()),
        }])
    }
}

/// What `go build NAME` would print.
fn build(name: &str, text: &[u8]) -> String {
    let mut program = Program::new(Box::new(Stubs));
    let file = SourceText {
        name: format!("./{name}"),
        text: Rc::from(text),
    };
    let package = program.check("main", vec![file], &Options::default());
    let report = program.report_text(package);
    if report.is_empty() {
        report
    } else {
        format!("# command-line-arguments\n{report}exit 1\n")
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the programs are files beside the test"
)]
fn wrong_programs_give_the_errors_of_gc() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".go"))
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for name in &names {
        let path = folder.join(name);
        let want = std::fs::read_to_string(path.with_extension("out")).unwrap();
        let got = build(name, &std::fs::read(&path).unwrap());
        if got != want {
            wrong.push(format!("--- {name}\n{got}--- wanted\n{want}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        names.len(),
        wrong.join("\n")
    );
    assert!(names.len() >= 45);
}
