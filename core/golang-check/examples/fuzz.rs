//! Mutates Go programs by tokens and bytes and feeds them to one stage of the front end, until the
//! time is over. A panic or a case of more than two seconds ends the run with status 1; the program
//! is left in the file `fuzz-case.go` of the temporary folder (as is one that overflows the stack).
//!
//! `cargo run -p drydock-golang-check --example fuzz -- scanner|parser|formatter|checker SECONDS SEED FILE.go…`
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an example runs on the real machine, and fails loudly"
)]

use golang_check::{Importer, Options, Program, SourceText, probe};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A case that takes longer is a stall.
const CASE_MAX: Duration = Duration::from_secs(2);
/// Mutants are not made longer than this.
const LENGTH_MAX: usize = 20_000;
/// What mutations put in besides the corpus' own tokens.
const WORDS: &str = "break case chan const continue default defer else fallthrough for func go goto \
    if import interface map package range return select struct switch type var ( ) [ ] { } , ; : . \
    ... + - * / % & | ^ << >> &^ && || ! ~ <- ++ -- == != < <= > >= = := += <<= nil true iota int \
    string any error byte float64 comparable append len make new copy min panic unsafe.Sizeof _ x T \
    0 1 -1 1e400 0x1p-2 1i 'a' \"s\" `r` 1<<100000 9223372036854775808 [T any] [T ~int|~string] \
    interface{~int;M()} struct{T} func(){} [...]int{} map[string]int{} *T []T T[int] T[T] /* // \n";

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound.max(1)
    }
}

struct Stubs;

impl Importer for Stubs {
    fn sources(&self, path: &str) -> Option<Vec<SourceText>> {
        let text = match path {
            "fmt" => {
                "package fmt\nfunc Println(a ...any) (n int, err error)\nfunc Printf(f string, a ...any) (n int, err error)\nfunc Sprint(a ...any) string\nfunc Sprintf(f string, a ...any) string\nfunc Errorf(f string, a ...any) error\ntype Stringer interface { String() string }"
            }
            "errors" => {
                "package errors\nfunc New(s string) error\nfunc Is(e, t error) bool\nfunc As(e error, t any) bool"
            }
            "os" => {
                "package os\nfunc Hostname() (name string, err error)\nfunc Exit(code int)\nvar Args []string"
            }
            "strings" => {
                "package strings\ntype Builder struct { addr *Builder; buf []byte }\nfunc (b *Builder) WriteString(s string) (int, error)\nfunc (b *Builder) String() string\nfunc ToUpper(s string) string\nfunc Repeat(s string, n int) string\nfunc Join(a []string, s string) string"
            }
            "sync" => {
                "package sync\ntype Mutex struct { _ struct{}; mu int }\nfunc (m *Mutex) Lock()\nfunc (m *Mutex) Unlock()\ntype WaitGroup struct { n int }\nfunc (w *WaitGroup) Add(n int)\nfunc (w *WaitGroup) Done()\nfunc (w *WaitGroup) Wait()"
            }
            "time" => {
                "package time\ntype Duration int64\nconst Second Duration = 1000000000\nconst Millisecond Duration = 1000000\nfunc Sleep(d Duration)\ntype Time struct { w int }\nfunc Now() Time"
            }
            "slices" => {
                "package slices\nfunc Sort[S ~[]E, E interface{~int|~string}](x S)\nfunc Contains[S ~[]E, E comparable](s S, v E) bool"
            }
            "unsafe" => return None,
            _ => return None,
        };
        Some(vec![SourceText {
            name: format!("/usr/local/go/src/{path}/{path}.go"),
            text: Rc::from(text.as_bytes()),
        }])
    }
}

fn check(text: &[u8]) {
    let mut program = Program::new(Box::new(Stubs));
    let file = SourceText {
        name: "./x.go".into(),
        text: Rc::from(text),
    };
    let package = program.check("main", vec![file], &Options::default());
    std::hint::black_box(program.report_text(package));
}

/// Pieces: names and numbers, runs of spaces, single other bytes.
fn pieces(text: &[u8]) -> Vec<Vec<u8>> {
    let class = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => 1,
        b' ' | b'\t' => 2,
        _ => 0,
    };
    let mut list: Vec<Vec<u8>> = Vec::new();
    for byte in text {
        match list.last_mut() {
            Some(last) if class(*byte) != 0 && class(last[0]) == class(*byte) => last.push(*byte),
            _ => list.push(vec![*byte]),
        }
    }
    list
}

fn mutant(corpus: &[Vec<Vec<u8>>], words: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut list = corpus[chance.below(corpus.len())].clone();
    for _ in 0..1 + chance.below(6) {
        let at = chance.below(list.len());
        let count = (1 + chance.below(8)).min(list.len() - at.min(list.len()));
        match chance.below(9) {
            0 => drop(list.drain(at..at + count)),
            1 => {
                let copy = list[at..at + count].to_vec();
                let to = chance.below(list.len());
                list.splice(to..to, copy);
            }
            2 | 3 => {
                let word = words[chance.below(words.len())].clone();
                list.splice(at..at, [word, b" ".to_vec()]);
            }
            4 if !list.is_empty() => list[at] = words[chance.below(words.len())].clone(),
            5 => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len());
                let length = (1 + chance.below(60)).min(other.len() - from);
                list.splice(at..at, other[from..from + length].to_vec());
            }
            6 if !list.is_empty() => {
                let other = chance.below(list.len());
                list.swap(at, other);
            }
            7 if !list.is_empty() => {
                let byte = chance.next() as u8;
                list[at].push(byte);
            }
            _ if chance.below(20) == 0 => {
                let piece = words[chance.below(words.len())].clone();
                let times = 1 + chance.below(400);
                list.splice(at..at, std::iter::repeat_n(piece, times));
            }
            _ => {}
        }
    }
    let mut text = list.concat();
    text.truncate(LENGTH_MAX);
    text
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stage, seconds, seed, files @ ..] = arguments.as_slice() else {
        eprintln!("usage: fuzz scanner|parser|formatter|checker SECONDS SEED FILE.go…");
        return ExitCode::from(2);
    };
    let run: fn(&[u8]) = match stage.as_str() {
        "scanner" => |text| {
            std::hint::black_box(probe::scan(text));
        },
        "formatter" => |text| {
            let text = String::from_utf8_lossy(text);
            std::hint::black_box(golang_check::format::fragment(&text, true).ok());
        },
        "parser" => |text| {
            std::hint::black_box(probe::parse(text));
        },
        _ => check,
    };
    let corpus: Vec<Vec<Vec<u8>>> = files
        .iter()
        .filter_map(|file| std::fs::read(file).ok())
        .map(|text| pieces(&text))
        .filter(|list| !list.is_empty())
        .collect();
    if corpus.is_empty() {
        eprintln!("no programs to start from");
        return ExitCode::from(2);
    }
    let words: Vec<Vec<u8>> = WORDS.split(' ').map(|word| word.into()).collect();
    let mut chance = Chance(seed.parse::<u64>().unwrap_or(1) | 1);
    let place = std::env::temp_dir().join(format!("fuzz-case-{stage}.go"));
    let start = Instant::now();
    let end = Duration::from_secs(seconds.parse().unwrap_or(10));
    let (mut cases, mut slowest) = (0u64, Duration::ZERO);
    while start.elapsed() < end {
        let text = mutant(&corpus, &words, &mut chance);
        std::fs::write(&place, &text).expect("the case can be written down");
        let began = Instant::now();
        let outcome = std::panic::catch_unwind(|| run(&text));
        let took = began.elapsed();
        cases += 1;
        slowest = slowest.max(took);
        if outcome.is_err() || took > CASE_MAX {
            println!("{stage}: case {cases} failed after {took:?}: {place:?}");
            return ExitCode::FAILURE;
        }
    }
    println!("{stage}: {cases} cases in {seconds} s, the slowest took {slowest:?}");
    ExitCode::SUCCESS
}
