//! Reporting. Models `types2/errors.go`.

use crate::{
    limits::TYPE_ERRORS_MAX,
    object::ObjectId,
    program::Program,
    source::{Diagnostic, Pos},
};

/// An error with its further lines.
pub(crate) struct Problem {
    parts: Vec<(Pos, String)>,
    pub soft: bool,
}

impl Problem {
    /// A further line, with a place of its own if that is known.
    pub fn add(&mut self, pos: Pos, text: impl Into<String>) {
        self.parts.push((pos, text.into()));
    }

    /// Says where a name was declared first.
    pub fn add_other_declaration(&mut self, program: &Program, object: ObjectId) {
        let pos = program.objects.get(object).pos;
        if pos.is_known() {
            self.add(
                pos,
                format!("other declaration of {}", program.object_name(object)),
            );
        }
    }

    /// The text of all lines.
    pub fn message(&self, program: &Program) -> String {
        let mut text = String::new();
        for (index, (pos, part)) in self.parts.iter().enumerate() {
            if index > 0 {
                text.push_str("\n\t");
                if pos.is_known() {
                    text.push_str(&format!("{}: ", program.place(*pos)));
                }
            }
            text.push_str(part);
        }
        text
    }

    pub fn pos(&self) -> Pos {
        self.parts.first().map_or(Pos::NONE, |part| part.0)
    }

    pub fn empty() -> Self {
        Problem {
            parts: Vec::new(),
            soft: false,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Program {
    pub(crate) fn new_error(&self, pos: Pos, text: impl Into<String>) -> Problem {
        Problem {
            parts: vec![(pos, text.into())],
            soft: false,
        }
    }

    /// How many errors the package at hand has.
    pub(crate) fn error_count(&self) -> usize {
        self.package(self.checker.env.package)
            .map_or(0, |package| package.diagnostics.len())
    }

    pub(crate) fn error(&mut self, pos: Pos, text: impl Into<String>) {
        let problem = self.new_error(pos, text);
        self.report(problem);
    }

    pub(crate) fn soft_error(&mut self, pos: Pos, text: impl Into<String>) {
        let mut problem = self.new_error(pos, text);
        problem.soft = true;
        self.report(problem);
    }

    pub(crate) fn report(&mut self, problem: Problem) {
        let first = problem.parts.first().map_or("", |part| part.1.as_str());
        // What mentions something invalid follows from an earlier error.
        let follows = first.find("invalid operand").is_some_and(|at| at > 0)
            || first.find("invalid type").is_some_and(|at| at > 0);
        if self.checker.has_error && follows {
            return;
        }
        let pos = self.checker.env.error_pos.unwrap_or(problem.pos());
        let message = problem.message(self);
        self.checker.has_error = true;
        let soft = problem.soft;
        let at = self.checker.env.package.0 as usize;
        if let Some(package) = self.packages.get_mut(at)
            && package.diagnostics.len() < TYPE_ERRORS_MAX
        {
            package.diagnostics.push(Diagnostic { pos, message, soft });
        }
    }
}
