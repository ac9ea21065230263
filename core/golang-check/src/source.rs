//! Source files, positions and diagnostics.

use std::rc::Rc;

/// A place in one of the program's files: one number for file and byte offset. 0 is "nowhere".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub struct Pos(pub u32);

impl Pos {
    /// No position (predeclared objects).
    pub const NONE: Pos = Pos(0);

    /// Whether this is a place in a file.
    pub fn is_known(self) -> bool {
        self.0 != 0
    }
}

/// A position as people read it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The name of the file as it was given to the checker.
    pub file: Rc<str>,
    /// Line from 1.
    pub line: u32,
    /// Column in bytes from 1.
    pub column: u32,
}

/// One file of the program.
pub struct SourceFile {
    /// The name as it appears in messages, for example `./main.go`.
    pub name: Rc<str>,
    /// The text. Not always valid UTF-8.
    pub text: Rc<[u8]>,
    base: u32,
    lines: std::cell::OnceCell<Vec<u32>>,
}

impl SourceFile {
    /// The position of a byte offset.
    pub fn pos(&self, offset: usize) -> Pos {
        Pos(self.base + offset.min(self.text.len()) as u32)
    }

    /// The byte offset of a position in this file.
    pub fn offset(&self, pos: Pos) -> usize {
        (pos.0.saturating_sub(self.base) as usize).min(self.text.len())
    }

    /// Line and column of a position in this file, from 1.
    pub fn line_and_column(&self, pos: Pos) -> (u32, u32) {
        let offset = self.offset(pos) as u32;
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| lines.get(index))
            .copied()
            .unwrap_or(0);
        (line as u32, offset - start + 1)
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = self
                .text
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0)
                .chain(newlines.map(|(at, _)| at as u32 + 1))
                .collect()
        })
    }
}

/// All files of a program, in one space of positions.
#[derive(Default)]
pub struct Sources {
    files: Vec<Rc<SourceFile>>,
}

impl Sources {
    /// Adds a file; positions in it are larger than those in earlier files.
    pub fn add(&mut self, name: &str, text: Rc<[u8]>) -> Rc<SourceFile> {
        let base = self
            .files
            .last()
            .map_or(1, |file| file.base + file.text.len() as u32 + 1);
        let file = Rc::new(SourceFile {
            name: Rc::from(name),
            text,
            base,
            lines: std::cell::OnceCell::new(),
        });
        self.files.push(Rc::clone(&file));
        file
    }

    /// The file that holds a position.
    pub fn file(&self, pos: Pos) -> Option<&Rc<SourceFile>> {
        if !pos.is_known() {
            return None;
        }
        let after = self.files.partition_point(|file| file.base <= pos.0);
        self.files.get(after.checked_sub(1)?)
    }

    /// File, line and column of a position.
    pub fn position(&self, pos: Pos) -> Position {
        let Some(file) = self.file(pos) else {
            return Position {
                file: Rc::from(""),
                line: 0,
                column: 0,
            };
        };
        let (line, column) = file.line_and_column(pos);
        Position {
            file: Rc::clone(&file.name),
            line,
            column,
        }
    }

    /// Line of a position, from 1.
    pub fn line(&self, pos: Pos) -> u32 {
        self.position(pos).line
    }
}

/// One message about a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Where.
    pub pos: Pos,
    /// What, in gc's words. Further lines start with a tab.
    pub message: String,
    /// Whether the program could run all the same (unused variables, imports and labels).
    pub soft: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_bytes() {
        let mut sources = Sources::default();
        let first = sources.add("a.go", Rc::from(&b"ab\n\xc3\xa4x\n"[..]));
        let second = sources.add("b.go", Rc::from(&b"x"[..]));
        let show = |pos| {
            let place = sources.position(pos);
            format!("{}:{}:{}", place.file, place.line, place.column)
        };
        let places: Vec<String> = [0, 2, 3, 5, 7]
            .iter()
            .map(|at| show(first.pos(*at)))
            .collect();
        assert_eq!(
            places,
            ["a.go:1:1", "a.go:1:3", "a.go:2:1", "a.go:2:3", "a.go:3:1"]
        );
        assert_eq!(show(second.pos(0)), "b.go:1:1");
    }
}
