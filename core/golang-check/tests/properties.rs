//! Whatever a source is made of, the scanner, parser, checker and formatter come to an end without
//! a panic, and what the formatter gives it leaves alone. Bounded and seeded: the long runs are
//! `examples/fuzz.rs`.

use golang_check::{Importer, Options, Program, SourceText, format, probe};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use std::rc::Rc;

struct Nothing;

impl Importer for Nothing {
    fn sources(&self, _path: &str) -> Option<Vec<SourceText>> {
        None
    }
}

/// Pieces that programs are made of; some of them end statements.
const WORDS: &str = "break case chan const continue default defer else fallthrough for func go goto \
    if import interface map package range return select struct switch type var ( ) [ ] { } , ; : . \
    ... + - * / % & | ^ << >> &^ && || ! ~ <- ++ -- == < >= = := += x y T f main int string any \
    error 0 1.5 0x1p-2 2i 'a' \"s\" `r` // /* */ func(){} [T any] struct{x int} []int{1} map[string]int{} \
    iota nil append len x.y x[0] x[1:2] f() T(x) x.(T)";

fn soup() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = WORDS.split_whitespace().collect();
    let word = prop::sample::select(words);
    let gap = prop::sample::select(vec![" ", " ", "\n", ""]);
    prop::collection::vec((word, gap), 0..80).prop_map(|list| {
        list.iter()
            .map(|(word, gap)| format!("{word}{gap}"))
            .collect()
    })
}

fn everything(text: &[u8]) {
    probe::scan(text);
    probe::parse(text);
    let mut program = Program::new(Box::new(Nothing));
    let file = SourceText {
        name: "./x.go".into(),
        text: Rc::from(text),
    };
    let package = program.check("main", vec![file], &Options::default());
    program.report_text(package);
    if let Ok(out) = format::fragment(&String::from_utf8_lossy(text), true) {
        format::fragment(&out, false).ok();
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..Config::default()
    })]

    #[test]
    fn any_bytes_come_to_an_end(text in prop::collection::vec(any::<u8>(), 0..300)) {
        everything(&text);
    }

    #[test]
    fn any_words_come_to_an_end(body in soup()) {
        everything(body.as_bytes());
        everything(format!("package main\n{body}").as_bytes());
        everything(format!("package main\nfunc main() {{\n{body}\n}}\n").as_bytes());
    }

    #[test]
    fn expressions_keep_their_tokens(words in soup()) {
        let text = format!("package p\n\nvar x = {words}\n");
        if let Ok(out) = format::source(&text, false) {
            let again = format::source(&out, false);
            prop_assert!(again.is_ok(), "{out}");
        }
    }
}
