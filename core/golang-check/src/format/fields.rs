//! Parameters, results, and the fields of structs and interfaces as they are laid out.

use super::expressions::List;
use super::parse_types::combines_with_name;
use super::print::{BLANK, FORM_FEED, IGNORE, INDENT, Printer, UNINDENT, VERTICAL};
use super::tree::Node;

impl Printer<'_> {
    pub fn parameters(&mut self, fields: &Node, open: &str, close: &str, is_type: bool) {
        self.set(fields.at);
        self.word(open);
        let closing = fields.end - 1;
        if let [first, ..] = fields.kids.as_slice() {
            let mut last_line = self.line(fields.at);
            let mut space = INDENT;
            for (index, field) in fields.kids.iter().enumerate() {
                let line = self.line(field.at);
                let breaks = last_line < line;
                if index > 0 {
                    if !breaks {
                        self.set(field.at);
                    }
                    self.word(",");
                }
                if breaks && self.linebreak(line, 0, space, true) > 0 {
                    space = IGNORE;
                } else if index > 0 {
                    self.blank();
                }
                if field.n > 0 {
                    self.names(field, space == INDENT);
                    self.blank();
                }
                self.expr(field.kid(field.n).bare());
                last_line = self.line(field.end);
            }
            let line = self.line(closing);
            if last_line < line {
                self.word(",");
                self.linebreak(line, 0, IGNORE, true);
            } else if is_type
                && fields.kids.len() == 1
                && first.n == 1
                && combines_with_name(first.kid(1).bare())
            {
                self.word(",");
            }
            if space == IGNORE {
                self.space(UNINDENT);
            }
        }
        self.set(closing);
        self.word(close);
    }

    /// The names of a field or a declaration.
    pub fn names(&mut self, x: &Node, indent: bool) {
        let names = x.kids.get(..x.n).unwrap_or(&[]);
        let mode = if indent { List::Plain } else { List::NoIndent };
        self.list(None, names, 1, mode, None);
    }

    pub fn signature(&mut self, ty: &Node) {
        if ty.kid(0).is_some() {
            self.parameters(ty.kid(0), "[", "]", false);
        }
        self.parameters(ty.kid(1), "(", ")", false);
        let results = ty.kid(2);
        if let [first, rest @ ..] = results.kids.as_slice() {
            self.blank();
            if rest.is_empty() && first.n == 0 {
                self.expr(first.kid(0).bare());
            } else {
                self.parameters(results, "(", ")", false);
            }
        }
    }

    /// Whether a comment stands behind a node, on its line and before another one.
    pub fn has_comment(&self, end: usize, limit: usize) -> bool {
        let all = self.comments();
        let at = all.partition_point(|group| group.first().is_none_or(|first| first.at < end));
        let first = all.get(at).and_then(|group| group.first());
        first.is_some_and(|first| first.at < limit && self.line(first.at) == self.line(end))
    }

    pub(super) fn is_short(&self, field: &Node, limit: usize) -> bool {
        let names = field.kids.get(..field.n).unwrap_or(&[]);
        let blank = usize::from(!names.is_empty());
        field.kids.len() == field.n + 1
            && !self.has_comment(field.end, limit)
            && blank + self.size(field.kid(field.n), 30) <= 30
    }

    /// The braces of a struct or an interface, and what is in them.
    pub(super) fn fields(&mut self, fields: &Node, is_struct: bool) {
        let closing = fields.end - 1;
        let list = fields.kids.as_slice();
        let has_comments = self.comment_before(closing);
        if !has_comments && self.line(fields.at) == self.line(closing) {
            let short = match list {
                [] => Some(None),
                [only] if self.is_short(only, closing) => Some(Some(only)),
                _ => None,
            };
            if let Some(field) = short {
                self.set(fields.at);
                self.word("{");
                if let Some(field) = field {
                    self.blank();
                    self.field(field, is_struct, BLANK, closing);
                    self.blank();
                }
                self.set(closing);
                self.word("}");
                return;
            }
        }
        self.blank();
        self.set(fields.at);
        self.word("{");
        self.space(INDENT);
        if has_comments || !list.is_empty() {
            self.space(FORM_FEED);
        }
        let separator = if list.len() == 1 || !is_struct {
            BLANK
        } else {
            VERTICAL
        };
        let mark = self.marks.len();
        self.marks.push(0);
        for (index, field) in list.iter().enumerate() {
            if index > 0 {
                let long = self.lines_from(mark) > 0;
                self.linebreak(self.line(field.at), 1, IGNORE, long);
            }
            self.mark = mark;
            let limit = list.get(index + 1).map_or(closing, |next| next.at);
            self.field(field, is_struct, separator, limit);
        }
        self.marks.truncate(mark);
        self.space(UNINDENT);
        self.space(FORM_FEED);
        self.set(closing);
        self.word("}");
    }

    pub(super) fn field(&mut self, field: &Node, is_struct: bool, separator: u8, limit: usize) {
        let ty = field.kid(field.n);
        if !is_struct {
            if field.n > 0 {
                self.expr(field.kid(0));
                self.signature(ty);
            } else {
                self.expr(ty);
            }
            return;
        }
        let mut tabs = 2;
        if field.n > 0 {
            self.names(field, false);
            self.space(separator);
            tabs = 1;
        }
        self.expr(ty);
        if let Some(tag) = field.kids.get(field.n + 1) {
            if field.n > 0 && separator == VERTICAL {
                self.space(separator);
            }
            self.space(separator);
            self.expr(tag);
            tabs = 0;
        }
        if self.has_comment(field.end, limit) {
            for _ in 0..tabs {
                self.space(separator);
            }
        }
    }
}
