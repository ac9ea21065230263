//! One line of a screen.

use crate::limits::LINE_CHARACTERS_MAX;
use crate::style::Style;

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// How they look.
    pub style: Style,
}

/// A line: characters, each with its style.
#[derive(Clone, Debug, Default)]
pub struct Line {
    cells: Vec<(char, Style)>,
}

impl Line {
    /// The line as few runs of equal style.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (character, style) in &self.cells {
            match runs.last_mut() {
                Some(run) if run.style == *style => run.text.push(*character),
                _ => runs.push(Run {
                    text: character.to_string(),
                    style: *style,
                }),
            }
        }
        runs
    }

    /// The characters alone.
    pub fn text(&self) -> String {
        self.cells.iter().map(|(character, _)| character).collect()
    }

    /// Whether there is room for a character in this column.
    pub(crate) fn has_room(column: usize) -> bool {
        column < LINE_CHARACTERS_MAX
    }

    /// Puts a character into a column; a gap before it becomes blanks.
    pub(crate) fn put(&mut self, column: usize, character: char, style: Style) {
        if !Self::has_room(column) {
            return;
        }
        if self.cells.len() < column {
            self.cells.resize(column, (' ', Style::default()));
        }
        match self.cells.get_mut(column) {
            Some(cell) => *cell = (character, style),
            None => self.cells.push((character, style)),
        }
    }

    /// Removes everything from a column on.
    pub(crate) fn erase_from(&mut self, column: usize) {
        self.cells.truncate(column);
    }

    /// Blanks everything up to a column, that one included.
    pub(crate) fn erase_to(&mut self, column: usize) {
        for cell in self.cells.iter_mut().take(column.saturating_add(1)) {
            *cell = (' ', Style::default());
        }
    }

    /// Removes characters at a column; the rest moves left.
    pub(crate) fn delete(&mut self, column: usize, count: usize) {
        let end = column.saturating_add(count).min(self.cells.len());
        if column < end {
            self.cells.drain(column..end);
        }
    }

    /// Puts blanks in at a column; the rest moves right.
    pub(crate) fn insert(&mut self, column: usize, count: usize) {
        if column < self.cells.len() {
            let count = count.min(LINE_CHARACTERS_MAX.saturating_sub(self.cells.len()));
            let blanks = std::iter::repeat_n((' ', Style::default()), count);
            self.cells.splice(column..column, blanks);
        }
    }
}
