//! The blocks of a lesson's text: the part of Markdown that lessons use.

use crate::inline::{self, Inline};

/// What a click on a piece of a lesson does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Types this command into the terminal and runs it.
    Run(String),
    /// Writes the text into this file of the workspace.
    Write {
        /// The file's name.
        file: String,
        /// Its new content.
        text: String,
    },
    /// Presses Ctrl-C in the terminal.
    Interrupt,
    /// Shows this file in the editor.
    Open(String),
}

impl Action {
    /// Reads a mark such as `run` or `write hello.go`, for the code that it stands at.
    pub(crate) fn parse(mark: &str, code: &str) -> Option<Self> {
        let (verb, argument) = mark.trim().split_once(' ').unwrap_or((mark.trim(), ""));
        let code_or = |argument: &str| match argument.trim() {
            "" => code.to_owned(),
            argument => argument.to_owned(),
        };
        match verb {
            "run" => Some(Self::Run(code.trim_end().to_owned())),
            "interrupt" => Some(Self::Interrupt),
            "open" => Some(Self::Open(code_or(argument))),
            "write" if !argument.trim().is_empty() => Some(Self::Write {
                file: argument.trim().to_owned(),
                text: code.to_owned(),
            }),
            _ => None,
        }
    }
}

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// `## Words`; the level counts the marks.
    Heading(u8, Vec<Inline>),
    /// Lines up to an empty one.
    Paragraph(Vec<Inline>),
    /// `- item` or `1. item`.
    List {
        /// Whether the items have numbers.
        ordered: bool,
        /// The items.
        items: Vec<Vec<Inline>>,
    },
    /// `> words`: a remark beside the way.
    Remark(Vec<Inline>),
    /// Lines between fences: ```` ```go {write hello.go} ````.
    Code {
        /// The language, for the reader's eye.
        language: String,
        /// The lines.
        text: String,
        /// What a click does.
        action: Option<Action>,
    },
}

/// Reads a text. Everything is some block: there is no wrong text.
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(information) = line.strip_prefix("```") {
            let mut text = String::new();
            for line in lines.by_ref().take_while(|line| line.trim_end() != "```") {
                text.push_str(line);
                text.push('\n');
            }
            blocks.push(fenced(information, text));
            continue;
        }
        if let Some((level, words)) = heading(line) {
            blocks.push(Block::Heading(level, inline::parse(words)));
            continue;
        }
        // Everything else goes on until an empty line, a fence or a heading.
        let mut paragraph = vec![line];
        while let Some(next) = lines.next_if(|next| {
            !next.trim().is_empty() && !next.starts_with("```") && heading(next).is_none()
        }) {
            paragraph.push(next);
        }
        blocks.push(lines_block(&paragraph));
    }
    blocks
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let words = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - words.len()).ok()?;
    let words = words.strip_prefix(' ')?;
    (1..=4).contains(&level).then(|| (level, words.trim()))
}

fn fenced(information: &str, text: String) -> Block {
    let (language, mark) = information.split_once('{').unwrap_or((information, ""));
    let mark = mark.split_once('}').map_or("", |(mark, _)| mark);
    Block::Code {
        language: language.trim().to_owned(),
        action: Action::parse(mark, &text),
        text,
    }
}

fn lines_block(lines: &[&str]) -> Block {
    let first = lines.first().copied().unwrap_or("");
    if first.starts_with("> ") {
        let words = lines.iter().map(|line| line.trim_start_matches('>').trim());
        return Block::Remark(inline::parse(&words.collect::<Vec<_>>().join(" ")));
    }
    let Some((ordered, _)) = item(first) else {
        let words = lines.iter().map(|line| line.trim());
        return Block::Paragraph(inline::parse(&words.collect::<Vec<_>>().join(" ")));
    };
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match (item(line), items.last_mut()) {
            (Some((_, words)), _) => items.push(words.to_owned()),
            (None, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    let items = items.iter().map(|item| inline::parse(item)).collect();
    Block::List { ordered, items }
}

fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, words.trim()));
    }
    let (number, words) = line.split_once(". ")?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| (true, words.trim()))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let blocks: Vec<String> = parse(text)
            .iter()
            .map(|block| format!("{block:?}\n"))
            .collect();
        expected.assert_eq(&blocks.concat());
    }

    #[test]
    fn paragraphs_headings_and_lists() {
        check(
            "## A *pod*\nOne line\nand another.\n\n- first\n  goes on\n- second\n\n1. one\n2. two\n\n> mind\n> this",
            expect![[r#"
                Heading(2, [Text("A "), Emphasis([Text("pod")])])
                Paragraph([Text("One line and another.")])
                List { ordered: false, items: [[Text("first goes on")], [Text("second")]] }
                List { ordered: true, items: [[Text("one")], [Text("two")]] }
                Remark([Text("mind this")])
            "#]],
        );
    }

    #[test]
    fn marks_make_code_clickable() {
        check(
            "Run `ls`{run}, stop with `Ctrl-C`{interrupt}, see `a.go`{open}, `x`{nothing}.\n\n```go {write a.go}\npackage main\n```\n\n```sh {run}\nls\n```",
            expect![[r#"
                Paragraph([Text("Run "), Code("ls", Some(Run("ls"))), Text(", stop with "), Code("Ctrl-C", Some(Interrupt)), Text(", see "), Code("a.go", Some(Open("a.go"))), Text(", "), Code("x", None), Text("{nothing}.")])
                Code { language: "go", text: "package main\n", action: Some(Write { file: "a.go", text: "package main\n" }) }
                Code { language: "sh", text: "ls\n", action: Some(Run("ls")) }
            "#]],
        );
    }

    #[test]
    fn what_is_not_closed_is_text() {
        check(
            "a ` b * c [d](javascript:x) **e \\* f\n\n```\nopen",
            expect![[r#"
                Paragraph([Text("a ` b * c [d](javascript:x) *"), Emphasis([Text("e \\")]), Text(" f")])
                Code { language: "", text: "open\n", action: None }
            "#]],
        );
    }

    #[test]
    fn links_and_strong_words() {
        check(
            "**Read** [the *docs*](https://kubernetes.io/docs/) now",
            expect![[r#"
                Paragraph([Strong([Text("Read")]), Text(" "), Link([Text("the "), Emphasis([Text("docs")])], "https://kubernetes.io/docs/"), Text(" now")])
            "#]],
        );
    }
}
