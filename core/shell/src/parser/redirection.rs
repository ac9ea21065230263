//! From text to tree: redirections.

use super::{Parsed, Parser, PendingDocument};
use crate::syntax::{Redirection, RedirectionKind, Word};

impl Parser {
    pub(super) fn redirection(&mut self) -> Parsed<Option<Redirection>> {
        self.skip_blanks();
        let start = self.position;
        while self
            .peek()
            .is_some_and(|character| character.is_ascii_digit())
        {
            self.position += 1;
        }
        let descriptor = self.text(start, self.position).parse().ok();
        const OPERATORS: [(&str, RedirectionKind); 12] = [
            ("<<<", RedirectionKind::HereString),
            ("<<-", RedirectionKind::HereDocument),
            ("<<", RedirectionKind::HereDocument),
            ("<&", RedirectionKind::DuplicateInput),
            ("<>", RedirectionKind::ReadWrite),
            ("<", RedirectionKind::Read),
            (">>", RedirectionKind::Append),
            (">&", RedirectionKind::DuplicateOutput),
            (">|", RedirectionKind::Write),
            (">", RedirectionKind::Write),
            ("&>>", RedirectionKind::Both(true)),
            ("&>", RedirectionKind::Both(false)),
        ];
        let found = OPERATORS
            .iter()
            .find(|(text, _)| self.starts_with(text))
            .copied();
        let found = found.filter(|_| !self.starts_with("<("));
        let Some((text, kind)) = found else {
            self.position = start;
            return Ok(None);
        };
        self.position += text.len();
        self.skip_blanks();
        let from = self.position;
        let Some(target) = self.word()? else {
            return Err(self.unexpected());
        };
        if kind == RedirectionKind::HereDocument {
            let written = self.text(from, self.position);
            let quoted = written.contains(['\'', '"', '\\']);
            let delimiter = written
                .chars()
                .filter(|character| !"'\"\\".contains(*character))
                .collect();
            self.pending_documents.push(PendingDocument {
                delimiter,
                quoted,
                strip_tabs: text == "<<-",
            });
            return Ok(Some(Redirection {
                descriptor,
                kind,
                target: Word::default(),
            }));
        }
        Ok(Some(Redirection {
            descriptor,
            kind,
            target,
        }))
    }
}
