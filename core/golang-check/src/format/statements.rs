//! Statements and declarations as they are laid out. Models the second half of
//! `go/printer/nodes.go`.

use super::expressions::List;
use super::print::{BLANK, FORM_FEED, IGNORE, INDENT, NEWLINE, Printer, UNINDENT, VERTICAL};
use super::tree::{K, Node};

/// Statements and bytes that a function on one line may have.
const SHORT_STATEMENTS: usize = 5;
const SHORT_BYTES: usize = 100;

fn is_type_name(x: &Node) -> bool {
    match x.k {
        K::Name => true,
        K::Selector => is_type_name(x.kid(0)),
        _ => false,
    }
}

/// Whether the parentheses around a header's expression are needed for a literal in it.
fn has_literal(x: &Node) -> bool {
    match x.k {
        K::Paren => false,
        K::Composite => is_type_name(x.kid(0)),
        _ => x.kids.iter().any(has_literal),
    }
}

fn stripped<'n, 'a>(x: &'n Node<'a>) -> &'n Node<'a> {
    match x.k {
        K::Paren if !has_literal(x.kid(0)) => stripped(x.kid(0)),
        _ => x,
    }
}

impl Printer<'_> {
    /// A node of any kind, alone.
    pub fn any(&mut self, x: &Node) {
        if x.k < K::Decl {
            self.expr(x);
        } else {
            if x.k == K::Labeled {
                self.indent = 1;
            }
            self.stmt(x, false);
        }
    }

    fn statements(&mut self, list: &[Node], indents: bool, next_is_brace: bool) {
        if indents {
            self.space(INDENT);
        }
        let mark = self.marks.len();
        self.marks.push(0);
        let mut count = 0;
        for (index, x) in list.iter().enumerate() {
            if x.k == K::Empty {
                continue;
            }
            if !self.out.is_empty() {
                let section = count == 0 || !indents || self.lines_from(mark) > 0;
                self.linebreak(self.line(x.at), 1, IGNORE, section);
            }
            self.mark = mark;
            self.stmt(x, next_is_brace && index + 1 == list.len());
            let mut inner = x;
            while inner.k == K::Labeled {
                if let Some(line) = self.marks.get_mut(mark) {
                    *line += 1;
                }
                inner = inner.kid(1);
            }
            count += 1;
        }
        self.marks.truncate(mark);
        if indents {
            self.space(UNINDENT);
        }
    }

    fn block(&mut self, x: &Node, indents: bool) {
        self.set(x.at);
        self.word("{");
        self.statements(&x.kids, indents, true);
        let closing = x.end - 1;
        self.linebreak(self.line(closing), 1, IGNORE, true);
        self.set(closing);
        self.word("}");
    }

    fn header(&mut self, is_for: bool, init: &Node, condition: &Node, post: &Node) {
        self.blank();
        let mut blank = false;
        let all = init.is_some() || post.is_some();
        if all {
            if init.is_some() {
                self.stmt(init, false);
            }
            self.word(";");
            self.blank();
        }
        if condition.is_some() {
            self.expr_or_stmt(stripped(condition));
            blank = true;
        }
        if all && is_for {
            self.word(";");
            self.blank();
            blank = post.is_some();
            if blank {
                self.stmt(post, false);
            }
        }
        if blank {
            self.blank();
        }
    }

    fn expr_or_stmt(&mut self, x: &Node) {
        if x.k < K::Decl {
            self.expr(x);
        } else {
            self.stmt(x, false);
        }
    }

    /// Whether results that break over lines need an indentation of their own.
    fn indents_list(&self, list: &[Node]) -> bool {
        let (Some(first), Some(last)) = (list.first(), list.last()) else {
            return false;
        };
        let mut line = self.line(first.at);
        if list.len() < 2 || line >= self.line(last.end) {
            return false;
        }
        let mut long = 0;
        for x in list {
            let (from, to) = (self.line(x.at), self.line(x.end));
            if line < from {
                return true;
            }
            long += usize::from(from < to);
            line = to;
        }
        long > 1
    }

    pub fn stmt(&mut self, x: &Node, next_is_brace: bool) {
        if x.is_some() {
            self.set(x.at);
        }
        match x.k {
            K::Decl => self.decl(x.kid(0)),
            K::Labeled => {
                self.space(UNINDENT);
                self.expr(x.kid(0));
                self.set(x.mid);
                self.word(":");
                self.space(INDENT);
                let inner = x.kid(1);
                if inner.k != K::Empty {
                    self.linebreak(self.line(inner.at), 1, IGNORE, true);
                } else if !next_is_brace {
                    self.space(NEWLINE);
                    self.set(inner.at);
                    self.word(";");
                    return;
                }
                self.stmt(inner, next_is_brace);
            }
            K::Expr => self.expr0(x.kid(0), 1),
            K::Send => {
                self.expr0(x.kid(0), 1);
                self.blank();
                self.set(x.mid);
                self.word("<-");
                self.blank();
                self.expr0(x.kid(1), 1);
            }
            K::IncDec => {
                self.expr0(x.kid(0), 2);
                self.set(x.mid);
                self.word(x.text);
            }
            K::Assign => {
                let (left, right) = x.kids.split_at_checked(x.n).unwrap_or((&[], &[]));
                let depth = 1 + u32::from(left.len() > 1 && right.len() > 1);
                self.list(Some(x.at), left, depth, List::Plain, Some(x.mid));
                self.blank();
                self.set(x.mid);
                self.word(x.text);
                self.blank();
                self.list(Some(x.mid), right, depth, List::Plain, None);
            }
            K::Go => {
                self.word(x.text);
                self.blank();
                self.expr(x.kid(0));
            }
            K::Return => self.return_(x),
            K::Branch => {
                self.word(x.text);
                if x.kid(0).is_some() {
                    self.blank();
                    self.expr(x.kid(0));
                }
            }
            K::Block => self.block(x, true),
            K::If => {
                self.word("if");
                self.header(false, x.kid(0), x.kid(1), &Node::none());
                self.block(x.kid(2), true);
                if x.kid(3).is_some() {
                    self.blank();
                    self.word("else");
                    self.blank();
                    self.stmt(x.kid(3), next_is_brace);
                }
            }
            K::Case | K::Comm => self.clause(x, next_is_brace),
            K::For => {
                self.word("for");
                self.header(true, x.kid(0), x.kid(1), x.kid(2));
                self.block(x.kid(3), true);
            }
            K::Range => self.range(x),
            K::Switch => {
                self.word("switch");
                self.header(false, x.kid(0), x.kid(1), &Node::none());
                self.block(x.kid(2), false);
            }
            K::TypeSwitch => self.type_switch(x),
            K::Select => self.select(x),
            _ => {}
        }
    }

    fn type_switch(&mut self, x: &Node) {
        self.word("switch");
        if x.kid(0).is_some() {
            self.blank();
            self.stmt(x.kid(0), false);
            self.word(";");
        }
        self.blank();
        self.stmt(x.kid(1), false);
        self.blank();
        self.block(x.kid(2), false);
    }

    fn select(&mut self, x: &Node) {
        self.word("select");
        self.blank();
        let body = x.kid(0);
        if body.kids.is_empty() && !self.comment_before(body.end - 1) {
            self.set(body.at);
            self.word("{");
            self.set(body.end - 1);
            self.word("}");
        } else {
            self.block(body, false);
        }
    }

    fn return_(&mut self, x: &Node) {
        self.word("return");
        if x.kids.is_empty() {
            return;
        }
        self.blank();
        if self.indents_list(&x.kids) {
            self.space(INDENT);
            self.list(None, &x.kids, 1, List::NoIndent, None);
            self.space(UNINDENT);
        } else {
            self.list(None, &x.kids, 1, List::Plain, None);
        }
    }

    fn clause(&mut self, x: &Node, next_is_brace: bool) {
        let (heads, body) = x.kids.split_at_checked(x.n).unwrap_or((&[], &[]));
        if heads.iter().any(Node::is_some) {
            self.word("case");
            self.blank();
            if x.k == K::Case {
                self.list(Some(x.at), heads, 1, List::Plain, Some(x.mid));
            } else if let Some(comm) = heads.first() {
                self.stmt(comm, false);
            }
        } else {
            self.word("default");
        }
        self.set(x.mid);
        self.word(":");
        self.statements(body, true, next_is_brace);
    }

    fn range(&mut self, x: &Node) {
        self.word("for");
        self.blank();
        if x.kid(0).is_some() {
            self.expr(x.kid(0));
            if x.kid(1).is_some() {
                self.set(x.kid(1).at);
                self.word(",");
                self.blank();
                self.expr(x.kid(1));
            }
            self.blank();
            self.set(x.mid);
            self.word(x.text);
            self.blank();
        }
        self.word("range");
        self.blank();
        self.expr(stripped(x.kid(2)));
        self.blank();
        self.block(x.kid(3), true);
    }

    /// A function's body: on the line of its header if both are short.
    pub fn body(&mut self, header: usize, space: u8, body: &Node) {
        let level = std::mem::take(&mut self.level);
        let closing = body.end - 1;
        let is_short = self.line(body.at) == self.line(closing)
            && body.kids.len() <= SHORT_STATEMENTS
            && header < SHORT_BYTES
            && {
                let mut size = header + self.comment_size_before(closing);
                for (index, x) in body.kids.iter().enumerate() {
                    if size > SHORT_BYTES {
                        break;
                    }
                    size += 2 * usize::from(index > 0) + self.size(x, SHORT_BYTES);
                }
                size <= SHORT_BYTES
            };
        if is_short {
            self.space(space);
            self.set(body.at);
            self.word("{");
            if !body.kids.is_empty() {
                self.blank();
                for (index, x) in body.kids.iter().enumerate() {
                    if index > 0 {
                        self.word(";");
                        self.blank();
                    }
                    self.stmt(x, index + 1 == body.kids.len());
                }
                self.blank();
            }
            self.no_extra_linebreak ^= true;
            self.set(closing);
            self.word("}");
            self.no_extra_linebreak ^= true;
        } else {
            self.blank();
            self.block(body, true);
        }
        self.level = level;
    }

    fn decl(&mut self, x: &Node) {
        if x.k == K::FuncDecl {
            self.set(x.at);
            self.word("func");
            self.blank();
            let start = self.out_column.saturating_sub(5);
            if x.kid(0).is_some() {
                self.parameters(x.kid(0), "(", ")", false);
                self.blank();
            }
            self.expr(x.kid(1));
            self.signature(x.kid(2));
            if x.kid(3).is_some() {
                let size = self.distance(x.at, start);
                self.body(size, VERTICAL, x.kid(3));
            }
            return;
        }
        self.set(x.at);
        self.word(x.text);
        self.blank();
        let specs = x.kids.as_slice();
        if x.mid == 0 {
            if let Some(spec) = specs.first() {
                self.spec(spec, true, true);
            }
            return;
        }
        self.set(x.mid);
        self.word("(");
        if !specs.is_empty() {
            self.space(INDENT);
            self.space(FORM_FEED);
            let in_columns = specs.len() > 1 && matches!(x.text, "const" | "var");
            let keeps = keeps_type_column(specs);
            let mark = self.marks.len();
            self.marks.push(0);
            for (index, spec) in specs.iter().enumerate() {
                if index > 0 {
                    let long = self.lines_from(mark) > 0;
                    self.linebreak(self.line(spec.at), 1, IGNORE, long);
                }
                self.mark = mark;
                if in_columns {
                    let limit = specs.get(index + 1).map_or(x.end, |next| next.at);
                    let keep = keeps.get(index) == Some(&true);
                    self.value_spec(spec, keep, limit);
                } else {
                    self.spec(spec, specs.len() == 1, false);
                }
            }
            self.marks.truncate(mark);
            self.space(UNINDENT);
            self.space(FORM_FEED);
        }
        self.set(x.end - 1);
        self.word(")");
    }

    fn value_spec(&mut self, spec: &Node, keep_type: bool, limit: usize) {
        self.names(spec, false);
        let mut tabs = 3;
        let ty = spec.kid(spec.n);
        if ty.is_some() || keep_type {
            self.space(VERTICAL);
            tabs -= 1;
        }
        if ty.is_some() {
            self.expr(ty);
        }
        let values = spec.from(spec.n + 1);
        if !values.is_empty() {
            self.space(VERTICAL);
            self.word("=");
            self.blank();
            self.list(None, values, 1, List::Plain, None);
            tabs -= 1;
        }
        if self.has_comment(spec.end, limit) {
            for _ in 0..tabs {
                self.space(VERTICAL);
            }
        }
    }

    fn spec(&mut self, spec: &Node, is_alone: bool, indents: bool) {
        match spec.k {
            K::ImportSpec => {
                if spec.kid(0).is_some() {
                    self.expr(spec.kid(0));
                    self.blank();
                }
                let path = spec.kid(1);
                self.set(path.at);
                let is_raw = path.text.starts_with('`') && !path.text.contains(['"', '\\', ' ']);
                self.literal(&if is_raw {
                    path.text.replace('`', "\"")
                } else {
                    path.text.to_string()
                });
                self.set(spec.end);
            }
            K::ValueSpec => {
                self.names(spec, indents);
                let ty = spec.kid(spec.n);
                if ty.is_some() {
                    self.blank();
                    self.expr(ty);
                }
                let values = spec.from(spec.n + 1);
                if !values.is_empty() {
                    self.blank();
                    self.word("=");
                    self.blank();
                    self.list(None, values, 1, List::Plain, None);
                }
            }
            _ => {
                self.expr(spec.kid(0));
                if spec.kid(1).is_some() {
                    self.parameters(spec.kid(1), "[", "]", true);
                }
                self.space(if is_alone { BLANK } else { VERTICAL });
                if spec.n > 0 {
                    self.word("=");
                    self.blank();
                }
                self.expr(spec.kid(2));
            }
        }
    }

    /// Whether a documentation comment stands right above.
    fn has_doc(&self, at: usize, before: usize) -> bool {
        let all = self.comments();
        let index = all.partition_point(|group| group.first().is_none_or(|first| first.at < at));
        let Some(group) = index.checked_sub(1).and_then(|index| all.get(index)) else {
            return false;
        };
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            return false;
        };
        first.at >= before
            && self.line(first.at) > self.line(before.saturating_sub(1))
            && self.line(last.end.saturating_sub(1)) + 1 == self.line(at)
    }

    pub fn file(&mut self, x: &Node) {
        self.set(x.at);
        self.word("package");
        self.blank();
        self.expr(x.kid(0));
        let (mut token, mut before) = ("", x.kid(0).end);
        for decl in x.from(1) {
            let is_func = decl.k == K::FuncDecl;
            let previous = std::mem::replace(&mut token, if is_func { "func" } else { decl.text });
            let least = if previous != token || self.has_doc(decl.at, before) {
                2
            } else {
                1
            };
            let (from, to) = (self.line(decl.at), self.line(decl.end));
            self.linebreak(from, least, IGNORE, is_func && to > from);
            self.decl(decl);
            before = decl.end;
        }
        self.space(NEWLINE);
        self.finish();
    }
}

/// For each spec whether the column of types stays although it has none.
fn keeps_type_column(specs: &[Node]) -> Vec<bool> {
    let mut keeps = vec![false; specs.len()];
    let mut from = None;
    let mut keep = false;
    for (index, spec) in specs.iter().enumerate() {
        let has_values = spec.kids.len() > spec.n + 1;
        if has_values && from.is_none() {
            from = Some(index);
            keep = false;
        }
        if !has_values && let Some(start) = from.take() {
            mark(&mut keeps, start, index, keep);
        }
        keep |= spec.kid(spec.n).is_some();
    }
    if let Some(start) = from {
        mark(&mut keeps, start, specs.len(), keep);
    }
    keeps
}

fn mark(keeps: &mut [bool], from: usize, to: usize, keep: bool) {
    for slot in keeps.iter_mut().take(to).skip(from) {
        *slot |= keep;
    }
}
