//! Writes tokens, white space and the comments that stand before them. Models
//! `go/printer/printer.go`: white space is held back until it is clear whether a comment comes in
//! between.

use super::doc;
use super::tree::{Comment, line_in};

/// Brackets what must not be aligned or trimmed.
pub(super) const ESCAPE: u8 = 0xff;
pub(super) const IGNORE: u8 = 0;
pub(super) const BLANK: u8 = b' ';
pub(super) const VERTICAL: u8 = 0x0b;
pub(super) const NEWLINE: u8 = b'\n';
pub(super) const FORM_FEED: u8 = 0x0c;
pub(super) const INDENT: u8 = b'>';
pub(super) const UNINDENT: u8 = b'<';

/// Newlines that follow each other at most: one empty line.
const NEWLINES_MAX: usize = 2;
/// Farther than anything.
pub(super) const INFINITY: usize = 1 << 30;

#[derive(Clone, Copy)]
pub(super) struct Place {
    pub at: usize,
    pub line: usize,
    pub column: usize,
}

impl Place {
    fn advance(&mut self, text: &str) {
        self.at += text.len();
        match text.rfind('\n') {
            Some(newline) => {
                self.line += text.bytes().filter(|byte| *byte == b'\n').count();
                self.column = text.len() - newline;
            }
            None => self.column += text.len(),
        }
    }
}

pub(super) struct Printer<'s> {
    pub lines: &'s [usize],
    comments: &'s [Vec<Comment>],
    group: usize,
    pub out: Vec<u8>,
    /// Line and column of what comes next in `out`.
    pub out_line: usize,
    pub out_column: usize,
    pub indent: usize,
    /// In composite literals.
    pub level: u32,
    pub no_extra_blank: bool,
    pub no_extra_linebreak: bool,
    end_alignment: bool,
    pub implied_semicolon: bool,
    /// The first byte of the last token; 0 after white space.
    last_token: u8,
    open: u8,
    spaces: Vec<u8>,
    /// Where the next token stands in the source, as far as it is known.
    pub pos: Place,
    last: Place,
    /// Lines at which list elements began, and the one that the next token sets.
    pub marks: Vec<usize>,
    pub mark: usize,
}

impl<'s> Printer<'s> {
    pub fn new(lines: &'s [usize], comments: &'s [Vec<Comment>]) -> Printer<'s> {
        let start = Place {
            at: 0,
            line: 1,
            column: 1,
        };
        Printer {
            lines,
            comments,
            group: 0,
            out: Vec::new(),
            out_line: 1,
            out_column: 1,
            indent: 0,
            level: 0,
            no_extra_blank: false,
            no_extra_linebreak: false,
            end_alignment: false,
            implied_semicolon: false,
            last_token: 0,
            open: 0,
            spaces: Vec::new(),
            pos: start,
            last: Place { line: 0, ..start },
            marks: Vec::new(),
            mark: INFINITY,
        }
    }

    pub fn line(&self, at: usize) -> usize {
        line_in(self.lines, at)
    }

    fn place(&self, at: usize) -> Place {
        let line = self.line(at);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index));
        Place {
            at,
            line,
            column: at - start.copied().unwrap_or(0) + 1,
        }
    }

    /// Tells where the next token stands.
    pub fn set(&mut self, at: usize) {
        self.pos = self.place(at);
    }

    pub fn blank(&mut self) {
        self.space(BLANK);
    }

    /// Asks for white space.
    pub fn space(&mut self, space: u8) {
        self.note_open();
        if space == IGNORE {
            return;
        }
        self.spaces.push(space);
        if matches!(space, NEWLINE | FORM_FEED) {
            self.implied_semicolon = false;
        }
        self.last_token = 0;
    }

    fn note_open(&mut self) {
        match self.last_token {
            0 => {}
            open @ (b'(' | b'[') => self.open = open,
            _ => self.open = 0,
        }
    }

    /// Writes an operator or a reserved word.
    pub fn word(&mut self, text: &str) {
        self.note_open();
        let first = text.bytes().next().unwrap_or(0);
        let combines = match self.last_token {
            sign @ (b'+' | b'-') => first == sign,
            b'/' => first == b'*',
            b'1' => first == b'.',
            b'<' => matches!(first, b'-' | b'<'),
            b'&' => matches!(first, b'&' | b'^'),
            _ => false,
        };
        if combines {
            self.spaces = vec![BLANK];
        }
        let implied = matches!(
            text,
            "break" | "continue" | "fallthrough" | "return" | "++" | "--" | ")" | "]" | "}"
        );
        self.last_token = if text.len() == 1 { first } else { b'x' };
        self.token(text, text, false, implied);
    }

    /// Writes a name.
    pub fn name(&mut self, text: &str) {
        self.note_open();
        self.last_token = b'x';
        self.token(text, "x", false, true);
    }

    /// Writes a literal.
    pub fn literal(&mut self, text: &str) {
        self.note_open();
        let is_hex = text.starts_with("0x") || text.starts_with("0X");
        let is_integer = text.starts_with(|letter: char| letter.is_ascii_digit())
            && !text.contains(['.', 'i', 'p'])
            && (is_hex || !text.contains('e'));
        // A dot behind an integer would be its decimal point.
        self.last_token = if is_integer { b'1' } else { b'x' };
        self.token(text, "x", true, true);
    }

    fn token(&mut self, text: &str, token: &str, is_literal: bool, implied: bool) {
        let next = self.pos;
        let (wrote_newline, dropped) = self.flush(next, token);
        if !self.implied_semicolon {
            let mut count = next.line.saturating_sub(self.pos.line).min(NEWLINES_MAX);
            if wrote_newline && count == NEWLINES_MAX {
                count -= 1;
            }
            self.write_byte(if dropped { FORM_FEED } else { NEWLINE }, count);
        }
        if let Some(mark) = self.marks.get_mut(self.mark) {
            *mark = self.out_line;
        }
        self.mark = INFINITY;
        self.write(Some(next), text, is_literal);
        self.implied_semicolon = implied;
    }

    fn write_byte(&mut self, byte: u8, count: usize) {
        if count == 0 {
            return;
        }
        let mut byte = byte;
        if self.end_alignment {
            match byte {
                b'\t' | VERTICAL => byte = b' ',
                NEWLINE | FORM_FEED => {
                    byte = FORM_FEED;
                    self.end_alignment = false;
                }
                _ => {}
            }
        }
        if self.out_column == 1 {
            self.write_indent();
        }
        self.out.extend(std::iter::repeat_n(byte, count));
        self.pos.at += count;
        if matches!(byte, NEWLINE | FORM_FEED) {
            self.pos.line += count;
            self.out_line += count;
            (self.pos.column, self.out_column) = (1, 1);
        } else {
            self.pos.column += count;
            self.out_column += count;
        }
    }

    fn write_indent(&mut self) {
        let count = self.indent;
        self.out.extend(std::iter::repeat_n(b'\t', count));
        self.pos.at += count;
        self.pos.column += count;
        self.out_column += count;
    }

    fn write(&mut self, at: Option<Place>, text: &str, is_literal: bool) {
        if self.out_column == 1 {
            self.write_indent();
        }
        if let Some(at) = at {
            self.pos = at;
        }
        if is_literal {
            self.out.push(ESCAPE);
        }
        self.out.extend_from_slice(text.as_bytes());
        if is_literal {
            self.out.push(ESCAPE);
        }
        self.pos.advance(text);
        let mut place = Place {
            at: 0,
            line: self.out_line,
            column: self.out_column,
        };
        place.advance(text);
        self.end_alignment |= place.line > self.out_line;
        (self.out_line, self.out_column) = (place.line, place.column);
        self.last = self.pos;
    }

    /// Breaks the line as often as the source does up to a line there, and at least `least` times;
    /// how often.
    pub fn linebreak(&mut self, line: usize, least: usize, space: u8, new_section: bool) -> usize {
        let wanted = line.saturating_sub(self.pos.line).min(NEWLINES_MAX);
        let mut count = wanted.max(least);
        let mut breaks = 0;
        if count > 0 {
            self.space(space);
            if new_section {
                self.space(FORM_FEED);
                count -= 1;
                breaks = 2;
            }
            breaks += count;
            for _ in 0..count {
                self.space(NEWLINE);
            }
        }
        breaks
    }

    // Comments.

    pub fn comments(&self) -> &'s [Vec<Comment>] {
        self.comments
    }

    pub fn comment_before(&self, at: usize) -> bool {
        let Some(first) = self
            .comments
            .get(self.group)
            .and_then(|group| group.first())
        else {
            return false;
        };
        first.at < at && !(self.implied_semicolon && self.has_newline(self.group))
    }

    fn has_newline(&self, group: usize) -> bool {
        let group = self.comments.get(group).map_or(&[][..], |group| group);
        let line = group.first().map_or(0, |first| self.line(first.at));
        group.iter().any(|comment| {
            comment.text.starts_with("//")
                || comment.text.contains('\n')
                || self.line(comment.at) != line
        })
    }

    /// Bytes of the comments before a place.
    pub fn comment_size_before(&mut self, at: usize) -> usize {
        let group = self.group;
        let mut size = 0;
        while self.comment_before(at) {
            let comments = self.comments.get(self.group).into_iter().flatten();
            size += comments.map(|comment| comment.text.len()).sum::<usize>();
            self.group += 1;
        }
        self.group = group;
        size
    }

    /// Writes what was held back; whether a newline was written and a form feed dropped.
    pub fn flush(&mut self, next: Place, token: &str) -> (bool, bool) {
        if self.comment_before(next.at) {
            return self.comments_before(next, token);
        }
        self.write_spaces(self.spaces.len());
        (false, false)
    }

    /// Writes all that is left at the end.
    pub fn finish(&mut self) {
        self.implied_semicolon = false;
        let end = Place {
            at: INFINITY,
            line: INFINITY,
            column: 0,
        };
        self.flush(end, "");
    }

    fn comments_before(&mut self, next: Place, token: &str) -> (bool, bool) {
        // Of the last comment: whether it is `//…`, and its line.
        let mut last: Option<(bool, usize)> = None;
        while self.comment_before(next.at) {
            let all = self.comments;
            let group = all.get(self.group).map_or(&[][..], |group| group);
            let (Some(first), Some(final_)) = (group.first(), group.last()) else {
                break;
            };
            let after = self.place(final_.end + 1);
            let is_doc = token != "import"
                && self.place(first.at).column == 1
                && (after.at, after.line) == (next.at, next.line);
            let texts = if is_doc { doc::format(group) } else { None };
            match &texts {
                Some(texts) => {
                    let at = self.place(first.at);
                    for text in texts {
                        self.comment_prefix(at, next, last, token);
                        self.comment(at, text);
                        last = Some((text.starts_with("//"), at.line));
                    }
                    if texts.is_empty() {
                        self.comment_prefix(at, next, last, token);
                        (self.pos, self.last) = (next, next);
                        self.group += 1;
                        return self.comment_suffix(false);
                    }
                }
                None => {
                    for comment in group {
                        let at = self.place(comment.at);
                        self.comment_prefix(at, next, last, token);
                        self.comment(at, &comment.text);
                        last = Some((comment.text.starts_with("//"), at.line));
                    }
                }
            }
            if is_doc {
                self.set(final_.end);
                self.last = self.pos;
                last = Some((final_.text.starts_with("//"), self.line(final_.at)));
            }
            self.group += 1;
        }
        let Some((is_line, line)) = last else {
            return (false, false);
        };
        let mut needs_linebreak = false;
        if !self.no_extra_blank
            && !is_line
            && line == next.line
            && token != ","
            && (token != ")" || self.open == b'(')
            && (token != "]" || self.open == b'[')
        {
            let has_break = self
                .spaces
                .iter()
                .any(|space| matches!(*space, NEWLINE | FORM_FEED));
            if has_break && !self.no_extra_linebreak && self.level == 0 {
                needs_linebreak = true;
            } else {
                self.write_byte(BLANK, 1);
            }
        }
        if is_line || token.is_empty() || token == "}" && !self.no_extra_linebreak {
            needs_linebreak = true;
        }
        self.comment_suffix(needs_linebreak)
    }

    fn comment_prefix(
        &mut self,
        at: Place,
        next: Place,
        previous: Option<(bool, usize)>,
        token: &str,
    ) {
        if self.out.is_empty() {
            return;
        }
        let after_line = previous.is_some_and(|(is_line, _)| is_line);
        let mut reach = 0;
        if at.line == self.last.line && !after_line {
            let mut has_separator = false;
            if previous.is_none() {
                for (index, space) in self.spaces.iter_mut().enumerate() {
                    match *space {
                        BLANK => *space = IGNORE,
                        VERTICAL => has_separator = true,
                        INDENT => {}
                        _ => {
                            reach = index;
                            break;
                        }
                    }
                }
                self.write_spaces(reach);
            }
            if !has_separator {
                let separator = if at.line == next.line { b' ' } else { b'\t' };
                self.write_byte(separator, 1);
            }
            return;
        }
        let mut dropped = false;
        for index in 0..self.spaces.len() {
            let following = self.spaces.get(index + 1).copied();
            let Some(space) = self.spaces.get_mut(index) else {
                break;
            };
            match *space {
                BLANK | VERTICAL => {
                    *space = IGNORE;
                    continue;
                }
                INDENT => continue,
                UNINDENT => {
                    let is_last = following != Some(UNINDENT);
                    if !is_last || token != "}" && at.column == next.column {
                        continue;
                    }
                }
                NEWLINE | FORM_FEED => {
                    *space = IGNORE;
                    dropped = previous.is_none();
                }
                _ => {}
            }
            reach = index;
            break;
        }
        self.write_spaces(reach);
        let mut count = 0;
        if self.last.line > 0 {
            count = at.line.saturating_sub(self.last.line);
        }
        if self.indent == 0 && dropped {
            count += 1;
        }
        if count == 0 && after_line {
            count = 1;
        }
        self.write_byte(FORM_FEED, count.min(NEWLINES_MAX));
    }

    fn comment(&mut self, at: Place, text: &str) {
        let indent = self.indent;
        if text.starts_with("//line ") && at.column == 1 {
            self.indent = 0;
        }
        if text.starts_with("//") {
            self.write(Some(at), text.trim_end(), true);
            self.indent = indent;
            return;
        }
        let mut at = Some(at);
        let shift = at.is_some_and(|at| at.column == 1) && self.indent > 0;
        for (index, line) in doc::lines(text, shift).iter().enumerate() {
            if index > 0 {
                self.write_byte(FORM_FEED, 1);
                at = Some(self.pos);
            }
            if !line.is_empty() {
                self.write(at, line.trim_end(), true);
            }
        }
    }

    fn comment_suffix(&mut self, needs_linebreak: bool) -> (bool, bool) {
        let (mut needed, mut wrote, mut dropped) = (needs_linebreak, false, false);
        for space in &mut self.spaces {
            match *space {
                BLANK | VERTICAL => *space = IGNORE,
                NEWLINE | FORM_FEED if needed => (needed, wrote) = (false, true),
                NEWLINE | FORM_FEED => {
                    dropped |= *space == FORM_FEED;
                    *space = IGNORE;
                }
                _ => {}
            }
        }
        self.write_spaces(self.spaces.len());
        if needed {
            self.write_byte(NEWLINE, 1);
            wrote = true;
        }
        (wrote, dropped)
    }

    /// Writes the first of the held back white space.
    fn write_spaces(&mut self, count: usize) {
        let mut spaces: Vec<u8> = self.spaces.drain(..count).collect();
        let mut index = 0;
        while let Some(space) = spaces.get(index).copied() {
            match space {
                IGNORE => {}
                INDENT => self.indent += 1,
                UNINDENT => self.indent = self.indent.saturating_sub(1),
                // Labels and the like stand one level out: the line before must end first.
                NEWLINE | FORM_FEED if spaces.get(index + 1) == Some(&UNINDENT) => {
                    if let Some([first, second]) = spaces.get_mut(index..index + 2) {
                        (*first, *second) = (UNINDENT, FORM_FEED);
                    }
                    continue;
                }
                _ => self.write_byte(space, 1),
            }
            index += 1;
        }
    }
}
