//! Dockerfiles: lines, instructions, stages, and the parser's own error texts. Models BuildKit's
//! frontend/dockerfile/parser and instructions.

mod instruction;
mod lines;

pub(super) use instruction::closest;
pub use instruction::{Instruction, Kind, Words};
pub use lines::Heredoc;

use crate::limits;
use lines::Line;

/// Why a Dockerfile could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// BuildKit's words, with the line where they have it.
    pub message: String,
    /// The first and the last line, from 1; `None` when it is about the whole file.
    pub lines: Option<(usize, usize)>,
    /// Whether the classic builder puts `failed to parse FILE: ` in front.
    pub of_file: bool,
}

/// A remark that does not stop the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `JSONArgsRecommended`, …
    pub rule: &'static str,
    /// The words after the rule's name.
    pub message: String,
    /// The line.
    pub line: usize,
    /// The instruction's text, joined.
    pub instruction: String,
}

/// A stage: a `FROM` and what follows.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The base: an image, an earlier stage, or `scratch`; variables not yet replaced.
    pub base: String,
    /// `AS name`.
    pub name: Option<String>,
    /// The `FROM` itself.
    pub from: Instruction,
    /// The instructions after it.
    pub instructions: Vec<Instruction>,
}

/// A parsed Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// The stages.
    pub stages: Vec<Stage>,
    /// `ARG`s before the first stage.
    pub arguments: Vec<(String, Option<String>)>,
    /// Remarks.
    pub warnings: Vec<Warning>,
}

impl Dockerfile {
    /// Parses a text. Stops at the first error, as BuildKit does.
    pub fn parse(text: &str) -> Result<Dockerfile, ParseError> {
        if text.len() > limits::DOCKERFILE_BYTES {
            return Err(whole("the Dockerfile is too long"));
        }
        if text.trim().is_empty() {
            return Err(whole("the Dockerfile cannot be empty"));
        }
        let (lines, mut warnings) = lines::read(text)?;
        if lines.is_empty() {
            return Err(ParseError {
                message: "file with no instructions".into(),
                lines: Some((1, 1)),
                of_file: true,
            });
        }
        if lines.len() > limits::DOCKERFILE_STEPS {
            return Err(whole("too many instructions"));
        }
        // Mistakes of syntax come before those of meaning, wherever they stand.
        let instructions = lines
            .iter()
            .map(instruction::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let mut parsed = Dockerfile {
            ..Dockerfile::default()
        };
        for (line, instruction) in lines.iter().zip(instructions) {
            warnings.extend(remark(line, &instruction));
            parsed.add(instruction)?;
        }
        if parsed.stages.is_empty() {
            return Err(ParseError {
                message: "no build stage in current context".into(),
                lines: lines.first().map(|line| (line.first, line.last)),
                of_file: false,
            });
        }
        warnings.sort_by_key(|warning| warning.line);
        parsed.warnings = warnings;
        Ok(parsed)
    }

    /// The instructions of an `ONBUILD`.
    pub(super) fn trigger(text: &str) -> Result<Vec<Instruction>, ParseError> {
        let parsed = Dockerfile::parse(&format!("FROM scratch\n{text}\n"))?;
        let stages = parsed.stages.into_iter();
        Ok(stages.flat_map(|stage| stage.instructions).collect())
    }

    fn add(&mut self, instruction: Instruction) -> Result<(), ParseError> {
        match &instruction.kind {
            Kind::From { image, name } => self.stages.push(Stage {
                base: image.clone(),
                name: name.clone(),
                from: instruction,
                instructions: Vec::new(),
            }),
            Kind::Arg(arguments) if self.stages.is_empty() => {
                self.arguments.extend(arguments.iter().cloned());
                // A step of its own for the classic builder, but of no stage.
            }
            _ => match self.stages.last_mut() {
                Some(stage) => stage.instructions.push(instruction),
                None => {
                    return Err(ParseError {
                        message: "no build stage in current context".into(),
                        lines: Some(instruction.lines),
                        of_file: false,
                    });
                }
            },
        }
        Ok(())
    }

    /// The index of a stage by name (without case) or number.
    pub fn stage(&self, name: &str) -> Option<usize> {
        let by_name = self.stages.iter().position(|stage| {
            stage
                .name
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        by_name.or_else(|| name.parse().ok().filter(|at| *at < self.stages.len()))
    }
}

fn whole(message: &str) -> ParseError {
    ParseError {
        message: message.into(),
        lines: None,
        of_file: false,
    }
}

/// BuildKit's advice for commands that are meant to be JSON and are not.
fn remark(line: &Line, instruction: &Instruction) -> Option<Warning> {
    let words = match &instruction.kind {
        Kind::Command(words) | Kind::Entrypoint(words) => words,
        Kind::Maintainer(_) => {
            return Some(Warning {
                rule: "MaintainerDeprecated",
                message: "Maintainer instruction is deprecated in favor of using label".into(),
                line: line.first,
                instruction: line.text.clone(),
            });
        }
        _ => return None,
    };
    let Words::Shell(text) = words else {
        return None;
    };
    if text.is_empty() {
        return None;
    }
    Some(Warning {
        rule: "JSONArgsRecommended",
        message: format!(
            "JSON arguments recommended for {} to prevent unintended behavior related to OS signals",
            instruction.keyword
        ),
        line: line.first,
        instruction: line.text.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        match Dockerfile::parse(text) {
            Ok(_) => "fine".into(),
            Err(error) => error.message,
        }
    }

    #[test]
    fn mistakes_are_worded_as_by_docker() {
        let cases = [
            (
                "FROM alpine:3.10\nRUNN echo hi\n",
                "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
            ),
            (
                "FRM alpine:3.10\n",
                "dockerfile parse error on line 1: unknown instruction: FRM (did you mean FROM?)",
            ),
            ("RUN echo hi\n", "no build stage in current context"),
            ("", "the Dockerfile cannot be empty"),
            ("# only\n", "file with no instructions"),
            (
                "FROM a\nWORKDIR\n",
                "dockerfile parse error on line 2: WORKDIR requires exactly one argument",
            ),
            ("FROM a\nENV NAME\n", "ENV must have two arguments"),
            (
                "FROM a\nENV A=1 B\n",
                "Syntax error - can't find = in \"B\". Must be of the form: name=value",
            ),
            (
                "FROM a\nCOPY --form=0 /a /b\n",
                "dockerfile parse error on line 2: unknown flag: --form (did you mean from?)",
            ),
            (
                "FROM a\nCOPY hello.go\n",
                "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined",
            ),
            (
                "FROM a AS b c\n",
                "dockerfile parse error on line 1: FROM requires either one or three arguments",
            ),
            (
                "FROM a\nHEALTHCHECK ECHO hi\n",
                "dockerfile parse error on line 2: Unknown type \"ECHO\" in HEALTHCHECK (try CMD)",
            ),
            (
                "FROM a\nONBUILD FROM b\n",
                "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(error(text), expected, "{text:?}");
        }
    }

    #[test]
    fn stages_and_continuations() {
        let text = "ARG V=1\nFROM golang:$V AS build # no comment\n";
        assert!(Dockerfile::parse(text).is_err());
        let text = "FROM alpine AS Build\nRUN echo one \\\n  # a remark\n  && echo two\nFROM scratch\nCOPY --from=build /a /b /c/\nCMD [\"/a\", \"b\"]\n";
        let parsed = Dockerfile::parse(text).unwrap();
        assert_eq!(parsed.stages.len(), 2);
        assert_eq!(parsed.stage("build"), Some(0));
        assert_eq!(
            parsed.stages[0].instructions[0].source,
            "RUN echo one   && echo two"
        );
        assert_eq!(parsed.stages[0].instructions[0].lines, (2, 4));
    }
}
