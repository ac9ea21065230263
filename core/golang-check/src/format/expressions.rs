//! Expressions and types as they are laid out: which operators have blanks around them, which
//! lists break, which columns align. Models the first half of `go/printer/nodes.go`.

use super::print::{
    BLANK, FORM_FEED, IGNORE, INDENT, INFINITY, NEWLINE, Printer, UNINDENT, VERTICAL,
};
use super::tree::{K, Node, precedence};

/// The precedence of unary operators, and the highest.
const UNARY: u8 = 6;
const HIGHEST: u8 = 7;
/// A line that no source has.
const LONG: usize = 1_000_000;

/// How a list is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Plain,
    /// A line break before the end gets a comma.
    Comma,
    NoIndent,
}

/// Which blanks a binary expression's operators could have: some of precedence 4, some of 5, and
/// the precedence at which leaving them out would join operators.
fn walk(x: &Node, found: &mut (bool, bool, u8)) {
    let own = precedence(x.text);
    found.0 |= own == 4;
    found.1 |= own == 5;
    let (l, r) = (x.kid(0), x.kid(1));
    if l.k == K::Binary && precedence(l.text) >= own {
        walk(l, found);
    }
    match r.k {
        K::Binary if precedence(r.text) > own => walk(r, found),
        K::Star if x.text == "/" => found.2 = 5,
        K::Unary => match (x.text, r.text) {
            ("/", "*") | ("&", "&" | "^") => found.2 = 5,
            ("+", "+") | ("-", "-") => found.2 = found.2.max(4),
            _ => {}
        },
        _ => {}
    }
}

fn cutoff(x: &Node, depth: u32) -> u8 {
    let mut found = (false, false, 0);
    walk(x, &mut found);
    match found {
        (_, _, problem) if problem > 0 => problem + 1,
        (true, true, _) => 4 + u8::from(depth == 1),
        _ if depth == 1 => 6,
        _ => 4,
    }
}

/// A number with lower case marks.
fn number(text: &str) -> String {
    let (prefix, rest) = text.split_at_checked(2).unwrap_or(("", text));
    match prefix {
        "0x" | "0X" => format!("0x{}", rest.replace('P', "p")),
        "0o" | "0O" => format!("0o{rest}"),
        "0b" | "0B" => format!("0b{rest}"),
        _ => {
            let text = text.replace('E', "e");
            match text.strip_suffix('i') {
                Some(digits) if !digits.contains(['.', 'e']) && digits.len() > 1 => {
                    let digits = digits.trim_start_matches(['0', '_']);
                    format!("{}i", if digits.is_empty() { "0" } else { digits })
                }
                _ => text,
            }
        }
    }
}

impl Printer<'_> {
    pub fn expr(&mut self, x: &Node) {
        self.expr1(x, 1, 1);
    }

    pub fn expr0(&mut self, x: &Node, depth: u32) {
        self.expr1(x, 1, depth);
    }

    fn binary(&mut self, x: &Node, least: u8, depth: u32) {
        let own = precedence(x.text);
        if own < least {
            self.word("(");
            self.expr0(x, depth.saturating_sub(1).max(1));
            self.word(")");
            return;
        }
        let mut blanks = own < cutoff(x, depth);
        let (l, r) = (x.kid(0), x.kid(1));
        let deeper = u32::from(l.k != K::Binary || precedence(l.text) != own);
        self.expr1(l, own, depth + deeper);
        if blanks {
            self.blank();
        }
        let (from, to) = (self.pos.line, self.line(r.at));
        self.set(x.mid);
        self.word(x.text);
        let mut broken = false;
        if from != to && self.linebreak(to, 1, INDENT, true) > 0 {
            broken = true;
            blanks = false;
        }
        if blanks {
            self.blank();
        }
        self.expr1(r, own + 1, depth + 1);
        if broken {
            self.space(UNINDENT);
        }
    }

    pub fn expr1(&mut self, x: &Node, least: u8, depth: u32) {
        if x.is_some() {
            self.set(x.at);
        }
        match x.k {
            K::Name => self.name(x.text),
            K::Number => self.literal(&number(x.text)),
            K::Literal => self.literal(x.text),
            K::Binary => self.binary(x, least, depth),
            K::KeyValue => {
                self.expr(x.kid(0));
                self.set(x.mid);
                self.word(":");
                self.blank();
                self.expr(x.kid(1));
            }
            K::Star | K::Unary if least > UNARY => {
                self.word("(");
                self.expr(x);
                self.word(")");
            }
            K::Star => {
                self.word("*");
                self.expr(x.kid(0));
            }
            K::Unary => {
                self.word(x.text);
                if x.text == "range" {
                    self.blank();
                }
                self.expr1(x.kid(0), UNARY, depth);
            }
            K::FuncLit => {
                self.word("func");
                let start = self.out_column.saturating_sub(4);
                self.signature(x.kid(0));
                let size = self.distance(x.at, start);
                self.body(size, BLANK, x.kid(1));
            }
            K::Paren if x.kid(0).k == K::Paren => self.expr0(x.kid(0), depth),
            K::Paren => {
                self.word("(");
                self.expr0(x.kid(0), depth.saturating_sub(1).max(1));
                self.set(x.end - 1);
                self.word(")");
            }
            K::Selector => {
                self.selector(x, depth, false);
            }
            K::Assert => {
                self.expr1(x.kid(0), HIGHEST, depth);
                self.word(".");
                self.set(x.mid);
                self.word("(");
                if x.kid(1).is_some() {
                    self.expr(x.kid(1));
                } else {
                    self.word("type");
                }
                self.set(x.end - 1);
                self.word(")");
            }
            K::Index => {
                self.expr1(x.kid(0), HIGHEST, 1);
                self.set(x.mid);
                self.word("[");
                if x.kids.len() == 2 {
                    self.expr0(x.kid(1), depth + 1);
                } else {
                    self.list(
                        Some(x.mid),
                        x.from(1),
                        depth + 1,
                        List::Comma,
                        Some(x.end - 1),
                    );
                }
                self.set(x.end - 1);
                self.word("]");
            }
            K::Slice => self.slice(x, depth),
            K::Call => self.call(x, depth),
            K::Composite => self.composite(x, depth),
            _ => self.ty(x),
        }
    }

    fn composite(&mut self, x: &Node, depth: u32) {
        if x.kid(0).is_some() {
            self.expr1(x.kid(0), HIGHEST, depth);
        }
        self.level += 1;
        self.set(x.mid);
        self.word("{");
        let closing = x.end - 1;
        self.list(Some(x.mid), x.from(1), 1, List::Comma, Some(closing));
        self.space(INDENT);
        self.space(UNINDENT);
        let with_elements = x.kids.len() > 1;
        self.no_extra_linebreak ^= true;
        self.no_extra_blank ^= with_elements;
        self.set(closing);
        self.word("}");
        self.no_extra_linebreak ^= true;
        self.no_extra_blank ^= with_elements;
        self.level -= 1;
    }

    fn ty(&mut self, x: &Node) {
        match x.k {
            K::Ellipsis => {
                self.word("...");
                if let Some(element) = x.kids.first() {
                    self.expr(element);
                }
            }
            K::Array => {
                self.word("[");
                if x.kid(0).is_some() {
                    self.expr(x.kid(0));
                }
                self.word("]");
                self.expr(x.kid(1));
            }
            K::Struct | K::Interface => {
                let is_struct = x.k == K::Struct;
                self.word(if is_struct { "struct" } else { "interface" });
                self.fields(x.kid(0), is_struct);
            }
            K::Func => {
                self.word("func");
                self.signature(x);
            }
            K::Map => {
                self.word("map");
                self.word("[");
                self.expr(x.kid(0));
                self.word("]");
                self.expr(x.kid(1));
            }
            K::Chan => {
                if x.text == "<-chan" {
                    self.word("<-");
                }
                self.word("chan");
                if x.text == "chan<-" {
                    self.word("<-");
                }
                self.blank();
                self.expr(x.kid(0));
            }
            _ => {}
        }
    }

    /// Whether the line was broken and is still indented.
    fn selector(&mut self, x: &Node, depth: u32, is_method: bool) -> bool {
        self.expr1(x.kid(0), HIGHEST, depth);
        self.word(".");
        let name = x.kid(1);
        let broken = self.pos.line < self.line(name.at);
        if broken {
            self.space(INDENT);
            self.space(NEWLINE);
        }
        self.set(name.at);
        self.name(name.text);
        if broken && !is_method {
            self.space(UNINDENT);
        }
        broken
    }

    fn slice(&mut self, x: &Node, depth: u32) {
        self.expr1(x.kid(0), HIGHEST, 1);
        self.set(x.mid);
        self.word("[");
        let bounds = x.from(1).get(..x.n).unwrap_or(&[]);
        let count = bounds.iter().filter(|bound| bound.is_some()).count();
        let blanks = depth <= 1 && count > 1 && bounds.iter().any(|bound| bound.k == K::Binary);
        for (index, bound) in bounds.iter().enumerate() {
            if index > 0 {
                if blanks && x.kid(index).is_some() {
                    self.blank();
                }
                self.word(":");
                if blanks && bound.is_some() {
                    self.blank();
                }
            }
            if bound.is_some() {
                self.expr0(bound, depth + 1);
            }
        }
        self.set(x.end - 1);
        self.word("]");
    }

    fn call(&mut self, x: &Node, depth: u32) {
        let depth = depth + u32::from(x.kids.len() > 2);
        let fun = x.kid(0);
        let parens = fun.k == K::Func || fun.k == K::Chan && fun.text == "<-chan";
        if parens {
            self.word("(");
        }
        let mut indented = false;
        if fun.k == K::Selector {
            self.set(fun.at);
            indented = self.selector(fun, depth, true);
        } else {
            self.expr1(fun, HIGHEST, depth);
        }
        if parens {
            self.word(")");
        }
        self.set(x.mid);
        self.word("(");
        let closing = x.end - 1;
        if x.n > 0 {
            self.list(Some(x.mid), x.from(1), depth, List::Plain, Some(x.n));
            self.set(x.n);
            self.word("...");
            if self.line(x.n) < self.line(closing) {
                self.word(",");
                self.space(FORM_FEED);
            }
        } else {
            self.list(Some(x.mid), x.from(1), depth, List::Comma, Some(closing));
        }
        self.set(closing);
        self.word(")");
        if indented {
            self.space(UNINDENT);
        }
    }

    /// Expressions separated by commas, broken where the source breaks them.
    pub fn list(
        &mut self,
        before: Option<usize>,
        list: &[Node],
        depth: u32,
        mode: List,
        after: Option<usize>,
    ) {
        let (Some(first), Some(last)) = (list.first(), list.last()) else {
            return;
        };
        let before = before.map_or(0, |at| self.line(at));
        let mut line = self.line(first.at);
        if before > 0 && before == line && line == self.line(last.end) {
            for (index, x) in list.iter().enumerate() {
                if index > 0 {
                    self.set(x.at);
                    self.word(",");
                    self.blank();
                }
                self.expr0(x, depth);
            }
            return;
        }
        let mut space = if mode == List::NoIndent {
            IGNORE
        } else {
            INDENT
        };
        let (mut broken_at, mut size, mut sum, mut count) = (None, 0, 0.0, 0);
        if before > 0 && before < line && self.linebreak(line, 0, space, true) > 0 {
            space = IGNORE;
            broken_at = Some(0);
        }
        let mut last_line = before;
        for (index, x) in list.iter().enumerate() {
            line = self.line(x.at);
            let previous = size;
            size = 0;
            if before > 0 && after.is_some() && self.size(x, LONG) <= LONG {
                size = self.size(if x.k == K::KeyValue { x.kid(0) } else { x }, LONG);
            }
            let starts_section = previous == 0
                || size == 0
                || count > 0 && (previous > 40 || size > 40) && is_far(size, sum, count);
            let breaks = 0 < last_line && last_line < line;
            if index > 0 {
                if !breaks {
                    self.set(x.at);
                }
                self.word(",");
                let mut done = 0;
                if breaks {
                    let new_section = starts_section || broken_at.is_none_or(|at| at + 1 < index);
                    done = self.linebreak(line, 0, space, new_section);
                    if done > 0 {
                        space = IGNORE;
                        broken_at = Some(index);
                    }
                    if done > 1 {
                        (sum, count) = (0.0, 0);
                    }
                }
                if done == 0 {
                    self.blank();
                }
            }
            if list.len() > 1 && x.k == K::KeyValue && size > 0 && breaks {
                self.expr(x.kid(0));
                self.set(x.mid);
                self.word(":");
                self.space(VERTICAL);
                self.expr(x.kid(1));
            } else {
                self.expr0(x, depth);
            }
            if size > 0 {
                sum += (size as f64).ln();
                count += 1;
            }
            last_line = line;
        }
        let closing = after.map_or(0, |at| self.line(at));
        let is_open = mode == List::Comma && self.pos.line < closing;
        if is_open {
            self.word(",");
        }
        if space == IGNORE && mode != List::NoIndent {
            self.space(UNINDENT);
        }
        if is_open {
            self.space(FORM_FEED);
        }
    }

    /// Lines written since a mark was set.
    pub fn lines_from(&self, mark: usize) -> usize {
        let from = self.marks.get(mark).copied().unwrap_or(0);
        self.out_line.saturating_sub(from)
    }

    /// Columns written since one, if the place is on the line at hand.
    pub fn distance(&self, at: usize, start: usize) -> usize {
        if self.line(at) == self.pos.line {
            self.out_column.saturating_sub(start)
        } else {
            INFINITY
        }
    }

    /// The length of a node on one line without comments; `most + 1` if it does not fit.
    pub fn size(&self, x: &Node, most: usize) -> usize {
        if let Some(known) = x.size.get().checked_sub(1) {
            return known;
        }
        x.size.set(most + 2);
        let mut printer = Printer::new(self.lines, &[]);
        printer.any(x);
        printer.finish();
        let text = super::align::trim(&printer.out);
        let fits = text.len() <= most && !text.contains(&b'\n');
        let size = if fits { text.len() } else { most + 1 };
        x.size.set(size + 1);
        size
    }
}

/// Whether a size differs much from those before it (their mean of logarithms).
fn is_far(size: usize, sum: f64, count: u32) -> bool {
    let ratio = size as f64 / (sum / f64::from(count)).exp();
    2.5 * ratio <= 1.0 || 2.5 <= ratio
}
