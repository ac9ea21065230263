//! Diagnostics as `go build` prints them: sorted, without repetitions, at most ten.
//! Models `cmd/compile/internal/base/print.go`.

use crate::{
    program::{PackageId, Program},
    source::{Diagnostic, Pos},
};

/// Errors after which gc stops.
const ERRORS_MAX: usize = 10;

impl Program {
    /// The lines that the compiler prints for a package's errors, without the heading
    /// `# path`; empty if there are none.
    pub fn report_text(&self, package: PackageId) -> String {
        let Some(package) = self.package(package) else {
            return String::new();
        };
        self.render(&package.diagnostics)
    }

    /// The diagnostics that gc would show, in the order in which it shows them, and whether there
    /// were too many.
    pub fn shown<'d>(&self, diagnostics: &'d [Diagnostic]) -> (Vec<&'d Diagnostic>, Option<Pos>) {
        let mut shown: Vec<&Diagnostic> = Vec::new();
        let mut last_syntax = None;
        let mut last_other: Option<((usize, u32), &str)> = None;
        let mut too_many = None;
        for diagnostic in diagnostics {
            let line = self.line_key(diagnostic.pos);
            if diagnostic.message.starts_with("syntax error") {
                // Only one syntax error for each line.
                if last_syntax == Some(line) {
                    continue;
                }
                last_syntax = Some(line);
            } else {
                if last_other == Some((line, &diagnostic.message)) {
                    continue;
                }
                last_other = Some((line, &diagnostic.message));
            }
            shown.push(diagnostic);
            if shown.len() >= ERRORS_MAX {
                too_many = Some(diagnostic.pos);
                break;
            }
        }
        shown.sort_by_key(|diagnostic| diagnostic.pos);
        shown.dedup_by(|a, b| a.pos == b.pos && a.message == b.message);
        (shown, too_many)
    }

    fn line_key(&self, pos: Pos) -> (usize, u32) {
        let position = self.sources.position(pos);
        (position.file.as_ptr() as usize, position.line)
    }

    fn render(&self, diagnostics: &[Diagnostic]) -> String {
        let (shown, too_many) = self.shown(diagnostics);
        let mut out = String::new();
        for diagnostic in shown {
            out.push_str(&format!(
                "{}: {}\n",
                self.place(diagnostic.pos),
                diagnostic.message
            ));
        }
        if let Some(pos) = too_many {
            out.push_str(&format!("{}: too many errors\n", self.place(pos)));
        }
        out
    }
}
