//! The screen itself: lines, a cursor, and which lines have changed.

use std::collections::VecDeque;
use std::ops::Range;

use crate::escape::{Parser, Token};
use crate::limits::LINES_MAX;
use crate::line::Line;
use crate::style::Style;

/// Which lines a view has to draw anew. Lines have numbers that never change while they exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The lines that exist.
    pub lines: Range<u64>,
    /// Those among them that have changed since the last time.
    pub changed: Range<u64>,
}

/// A terminal's screen with the lines that have scrolled out of it.
#[derive(Debug)]
pub struct Screen {
    parser: Parser,
    tokens: Vec<Token>,
    lines: VecDeque<Line>,
    /// The number of the first line that is kept.
    first: u64,
    /// Lines that fit on the screen: how far up the cursor can go.
    rows: u64,
    /// The cursor never goes above this line: what stood there was cleared.
    top: u64,
    row: u64,
    column: usize,
    saved: (u64, usize),
    style: Style,
    changed: Range<u64>,
}

impl Screen {
    /// An empty screen that shows so many lines at once.
    pub fn new(rows: u64) -> Self {
        Self {
            parser: Parser::default(),
            tokens: Vec::new(),
            lines: VecDeque::from([Line::default()]),
            first: 0,
            rows: rows.max(1),
            top: 0,
            row: 0,
            column: 0,
            saved: (0, 0),
            style: Style::default(),
            changed: 0..1,
        }
    }

    /// Shows so many lines at once from now on.
    pub fn set_rows(&mut self, rows: u64) {
        self.rows = rows.max(1);
    }

    /// Shows what a program has written.
    pub fn write(&mut self, bytes: &[u8]) {
        let mut tokens = std::mem::take(&mut self.tokens);
        for byte in bytes {
            self.parser.read(*byte, &mut tokens);
            for token in tokens.drain(..) {
                self.show(token);
            }
        }
        self.tokens = tokens;
    }

    /// What has changed since this was asked last.
    pub fn take_changes(&mut self) -> Changes {
        let lines = self.first..self.end();
        let changed = self.changed.start.max(lines.start)..self.changed.end.min(lines.end);
        self.changed = 0..0;
        Changes { lines, changed }
    }

    /// A line by its number.
    pub fn line(&self, number: u64) -> Option<&Line> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.get(index)
    }

    /// The number of the line and the column in which the next character will stand.
    pub fn cursor(&self) -> (u64, usize) {
        (self.row, self.column)
    }

    /// The whole text, for tests and copies.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::text).collect();
        lines.join("\n")
    }

    /// Forgets the lines above the cursor.
    pub fn forget_above(&mut self) {
        while self.first < self.row && self.lines.len() > 1 {
            self.lines.pop_front();
            self.first += 1;
        }
        self.top = self.top.max(self.first);
    }

    fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// The number of the line at the upper edge of the screen.
    fn home(&self) -> u64 {
        let visible = self.end().saturating_sub(self.rows);
        visible.max(self.top).max(self.first)
    }

    fn show(&mut self, token: Token) {
        match token {
            Token::Character(character) => self.put(character),
            Token::Control(byte) => self.control(byte),
            Token::Sequence { parameters, letter } => self.sequence(&parameters, letter),
            Token::Escape(b'7') => self.saved = (self.row, self.column),
            Token::Escape(b'8') => self.restore(),
            Token::Escape(b'M') => self.go_to(self.row.saturating_sub(1), self.column),
            Token::Escape(b'c') => {
                self.style = Style::default();
                self.clear_all();
            }
            Token::Escape(_) => {}
        }
    }

    fn put(&mut self, character: char) {
        if !Line::has_room(self.column) {
            self.column = 0;
            self.next_line();
        }
        let (column, style) = (self.column, self.style);
        if let Some(line) = self.current() {
            line.put(column, character, style);
        }
        self.column += 1;
    }

    fn control(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                // As after a terminal's line discipline: a newline begins a line.
                self.column = 0;
                self.next_line();
            }
            b'\r' => self.column = 0,
            0x08 => self.column = self.column.saturating_sub(1),
            b'\t' => self.column = (self.column / 8 + 1) * 8,
            _ => {}
        }
    }

    fn sequence(&mut self, parameters: &[u16], letter: u8) {
        let number = |index: usize| parameters.get(index).copied().unwrap_or(0);
        let count = u64::from(number(0).max(1));
        let columns = usize::from(number(0).max(1));
        let home = self.home();
        match letter {
            b'A' => self.go_to(self.row.saturating_sub(count).max(home), self.column),
            b'B' => self.go_to((self.row + count).min(self.end() - 1), self.column),
            b'C' => self.column = self.column.saturating_add(columns),
            b'D' => self.column = self.column.saturating_sub(columns),
            b'E' => self.go_to((self.row + count).min(self.end() - 1), 0),
            b'F' => self.go_to(self.row.saturating_sub(count).max(home), 0),
            b'G' => self.column = columns - 1,
            b'd' => self.go_to(home + (count - 1).min(self.rows - 1), self.column),
            b'H' | b'f' => {
                let row = home + (count - 1).min(self.rows - 1);
                self.go_to(row, usize::from(number(1).max(1)) - 1);
            }
            b'J' => self.erase_screen(number(0)),
            b'K' => self.erase_line(number(0)),
            b'P' => self.edit_line(|line, column| line.delete(column, columns)),
            b'@' => self.edit_line(|line, column| line.insert(column, columns)),
            b'm' => self.style.select(parameters),
            b's' => self.saved = (self.row, self.column),
            b'u' => self.restore(),
            _ => {}
        }
    }

    fn restore(&mut self) {
        let (row, column) = self.saved;
        self.go_to(row.max(self.home()), column);
    }

    /// Moves the cursor; lines are made down to there.
    fn go_to(&mut self, row: u64, column: usize) {
        while self.end() <= row {
            self.push_line();
        }
        self.row = row.max(self.first);
        self.column = column;
    }

    fn next_line(&mut self) {
        self.row += 1;
        while self.end() <= self.row {
            self.push_line();
        }
    }

    fn push_line(&mut self) {
        self.lines.push_back(Line::default());
        if self.lines.len() > LINES_MAX {
            self.lines.pop_front();
            self.first += 1;
        }
        let last = self.end() - 1;
        self.touch(last, last + 1);
    }

    fn touch(&mut self, from: u64, to: u64) {
        self.changed = match self.changed.is_empty() {
            true => from..to,
            false => self.changed.start.min(from)..self.changed.end.max(to),
        };
    }

    fn current(&mut self) -> Option<&mut Line> {
        let row = self.row;
        self.touch(row, row + 1);
        let index = usize::try_from(row.checked_sub(self.first)?).ok()?;
        self.lines.get_mut(index)
    }

    fn edit_line(&mut self, edit: impl FnOnce(&mut Line, usize)) {
        let column = self.column;
        if let Some(line) = self.current() {
            edit(line, column);
        }
    }

    fn erase_line(&mut self, what: u16) {
        self.edit_line(|line, column| match what {
            0 => line.erase_from(column),
            1 => line.erase_to(column),
            _ => line.erase_from(0),
        });
    }

    fn erase_screen(&mut self, what: u16) {
        match what {
            0 => {
                self.erase_line(0);
                let below = usize::try_from(self.row + 1 - self.first).unwrap_or(usize::MAX);
                self.lines.truncate(below);
            }
            1 => self.erase_line(1),
            2 => {
                // What was on the screen stays readable above it.
                let below_home = self.row.saturating_sub(self.home());
                self.push_line();
                self.top = self.end() - 1;
                self.go_to(self.top + below_home, self.column);
            }
            _ => self.clear_all(),
        }
    }

    /// Forgets everything, the lines that have scrolled away too.
    fn clear_all(&mut self) {
        self.first = self.end();
        self.lines.clear();
        self.lines.push_back(Line::default());
        self.top = self.first;
        self.row = self.first;
        self.column = 0;
        self.touch(self.first, self.first + 1);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Color;

    fn check(bytes: &str, expected: Expect) {
        let mut screen = Screen::new(24);
        screen.write(bytes.as_bytes());
        expected.assert_eq(&screen.text());
    }

    #[test]
    fn a_carriage_return_writes_over_the_line() {
        check("10 %\r100 %\nnext", expect!["100 %\nnext"]);
    }

    #[test]
    fn the_cursor_goes_up_and_lines_are_drawn_anew() {
        let first = "[+] Building 0.1s (1/2)\r\n => one\r\n";
        let again = "\x1b[1A\x1b[1A\x1b[0G\x1b[?25l[+] Building 0.2s (2/2)\r\n => two\r\n\x1b[?25h";
        check(
            &format!("{first}{again}done"),
            expect!["[+] Building 0.2s (2/2)\n => two\ndone"],
        );
    }

    #[test]
    fn parts_of_a_line_are_erased_inserted_and_deleted() {
        check("abcdef\x1b[3D\x1b[K", expect!["abc"]);
        check("abcdef\x1b[4D\x1b[1K", expect!["   def"]);
        check("abcdef\x1b[6D\x1b[2P\x1b[1@", expect![" cdef"]);
        check("abcdef\x08\x08X", expect!["abcdXf"]);
    }

    #[test]
    fn clear_leaves_an_empty_screen() {
        check("one\ntwo\n\x1b[H\x1b[2J\x1b[3J$ ", expect!["$ "]);
    }

    #[test]
    fn a_watcher_draws_over_its_screen() {
        check(
            "\x1b[H\x1b[Jone\ntwo\nthree\x1b[H\x1b[Jfour\nfive",
            expect!["four\nfive"],
        );
    }

    #[test]
    fn what_is_not_understood_is_swallowed() {
        check(
            "a\x1b]0;title\x07b\x1b[?2004hc\x1b(Bd\x1b[>4;1me\x1b]8;;x\x1b\\f",
            expect!["abcdef"],
        );
    }

    #[test]
    fn characters_of_several_bytes_may_come_in_pieces() {
        let mut screen = Screen::new(24);
        for byte in "é→🙂".as_bytes() {
            screen.write(&[*byte]);
        }
        screen.write(&[0xff, b'!', 0xe2, b'x']);
        expect!["é→🙂\u{fffd}!\u{fffd}x"].assert_eq(&screen.text());
    }

    #[test]
    fn colours_become_runs() {
        let mut screen = Screen::new(24);
        screen.write(b"a\x1b[1;34mb\x1b[0m\x1b[38;5;196mc\x1b[91md");
        let runs = screen.line(0).map(Line::runs).unwrap_or_default();
        let seen: Vec<_> = runs
            .iter()
            .map(|run| (run.text.as_str(), run.style.foreground, run.style.bold))
            .collect();
        let expected = [
            ("a", Color::Default, false),
            ("b", Color::Palette(4), true),
            ("c", Color::Exact(255, 0, 0), false),
            ("d", Color::Palette(9), false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn only_changed_lines_are_named() {
        let mut screen = Screen::new(24);
        screen.write(b"one\ntwo\n");
        assert_eq!(screen.take_changes().changed, 0..3);
        assert!(screen.take_changes().changed.is_empty());
        screen.write(b"three");
        assert_eq!(
            screen.take_changes(),
            Changes {
                lines: 0..3,
                changed: 2..3
            }
        );
    }

    #[test]
    fn endless_output_is_bounded() {
        let mut screen = Screen::new(24);
        for _ in 0..3 * LINES_MAX {
            screen.write(b"hello\n");
        }
        for _ in 0..100 {
            screen.write(&[b'x'; 1000]);
        }
        screen.write(b"\x1b[9999;9999H\x1b[9999B\x1b[9999A\x1b[9999@y");
        let changes = screen.take_changes();
        assert_eq!(changes.lines.end - changes.lines.start, LINES_MAX as u64);
        assert!(screen.text().len() < 200_000);
    }
}
