//! Columns: cells that end in tabs are made equally wide in the lines that follow each other.
//! Models `text/tabwriter` as `go/printer` sets it up, and the printer's trimming of line ends.

use super::print::{ESCAPE, FORM_FEED, VERTICAL};

const TAB_WIDTH: usize = 8;

#[derive(Default)]
struct Cell {
    size: usize,
    width: usize,
    is_hard: bool,
}

struct Aligner {
    out: Vec<u8>,
    text: Vec<u8>,
    lines: Vec<Vec<Cell>>,
    widths: Vec<usize>,
}

/// Aligns the columns of a text.
pub(super) fn align(text: &[u8]) -> Vec<u8> {
    let mut aligner = Aligner {
        out: Vec::with_capacity(text.len()),
        text: Vec::new(),
        lines: vec![Vec::new()],
        widths: Vec::new(),
    };
    let mut cell = Cell::default();
    let mut escaped = false;
    for byte in text {
        let ends = !escaped && matches!(*byte, b'\t' | VERTICAL | b'\n' | FORM_FEED);
        if !ends {
            escaped ^= *byte == ESCAPE;
            aligner.text.push(*byte);
            cell.size += 1;
            cell.width += usize::from(byte & 0xc0 != 0x80 && *byte != ESCAPE);
            continue;
        }
        cell.is_hard = *byte == b'\t';
        let mut count = 0;
        if let Some(line) = aligner.lines.last_mut() {
            line.push(std::mem::take(&mut cell));
            count = line.len();
        }
        if matches!(*byte, b'\n' | FORM_FEED) {
            aligner.lines.push(Vec::new());
            if *byte == FORM_FEED || count == 1 {
                aligner.flush();
            }
        }
    }
    if cell.size > 0
        && let Some(line) = aligner.lines.last_mut()
    {
        line.push(cell);
    }
    aligner.flush();
    aligner.out
}

impl Aligner {
    fn flush(&mut self) {
        let lines = std::mem::replace(&mut self.lines, vec![Vec::new()]);
        self.format(&lines, 0, 0, lines.len());
        self.text.clear();
    }

    /// Writes lines whose first columns have their widths; returns the place in the text after them.
    fn format(&mut self, lines: &[Vec<Cell>], mut at: usize, from: usize, to: usize) -> usize {
        let column = self.widths.len();
        let reaches = |line: usize| {
            lines
                .get(line)
                .filter(|cells| column + 1 < cells.len())
                .and_then(|cells| cells.get(column))
        };
        let (mut done, mut this) = (from, from);
        while this < to {
            if reaches(this).is_none() {
                this += 1;
                continue;
            }
            at = self.write(lines, at, done, this);
            done = this;
            let (mut width, mut is_empty) = (0, true);
            while let Some(cell) = reaches(this).filter(|_| this < to) {
                width = width.max(cell.width + 1);
                is_empty &= cell.width == 0 && !cell.is_hard;
                this += 1;
            }
            self.widths.push(if is_empty { 0 } else { width });
            at = self.format(lines, at, done, this);
            self.widths.pop();
            done = this;
        }
        self.write(lines, at, done, to)
    }

    fn write(&mut self, lines: &[Vec<Cell>], mut at: usize, from: usize, to: usize) -> usize {
        for index in from..to {
            let mut with_tabs = true;
            for (column, cell) in lines.get(index).into_iter().flatten().enumerate() {
                let width = self.widths.get(column).copied();
                let text = self.text.get(at..at + cell.size).unwrap_or(&[]);
                self.out.extend_from_slice(text);
                at += cell.size;
                with_tabs &= cell.size == 0;
                let Some(width) = width else { continue };
                if with_tabs {
                    let tabs = width.div_ceil(TAB_WIDTH) - cell.width.div_ceil(TAB_WIDTH);
                    self.out.extend(std::iter::repeat_n(b'\t', tabs));
                } else {
                    let blanks = width.saturating_sub(cell.width);
                    self.out.extend(std::iter::repeat_n(b' ', blanks));
                }
            }
            if index + 1 < lines.len() {
                self.out.push(b'\n');
            }
        }
        at
    }
}

/// Drops blanks at the ends of lines and the marks around literals.
pub(super) fn trim(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut solid = 0;
    let mut escaped = false;
    for byte in text {
        match *byte {
            ESCAPE => {
                escaped = !escaped;
                solid = out.len();
            }
            byte if escaped => out.push(byte),
            b'\n' | FORM_FEED => {
                out.truncate(solid);
                out.push(b'\n');
                solid = out.len();
            }
            VERTICAL => out.push(b'\t'),
            b'\t' | b' ' => out.push(*byte),
            byte => {
                out.push(byte);
                solid = out.len();
            }
        }
    }
    out.truncate(solid);
    out
}
