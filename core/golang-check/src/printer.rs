//! Writes expressions as messages show them: on one line, with `…` for bodies and elements.
//! Models the short form of `cmd/compile/internal/syntax/printer.go`.

use crate::{
    ast::{AssignStmt, ChanDir, Expr, ExprKind, Field, FuncType, Op, StmtKind, StructType},
    symbol::Symbols,
};
use std::rc::Rc;

/// Bytes after which a text is cut short, so that nested nonsense stays cheap.
const TEXT_BYTES_MAX: usize = 100_000;

/// An expression or type.
pub(crate) fn expression(x: &Expr, symbols: &Symbols) -> String {
    let mut printer = Printer {
        out: String::new(),
        symbols,
    };
    printer.expr(x);
    printer.out
}

/// A simple statement that stands where a condition should.
pub(crate) fn simple_statement(kind: &StmtKind, symbols: &Symbols) -> String {
    let mut printer = Printer {
        out: String::new(),
        symbols,
    };
    match kind {
        StmtKind::Send(channel, value) => {
            printer.expr(channel);
            printer.out.push_str(" <- ");
            printer.expr(value);
        }
        StmtKind::Assign(assign) => {
            let AssignStmt { op, lhs, rhs } = &**assign;
            printer.expr(lhs);
            let op = op.map_or("", Op::text);
            match rhs {
                None => {
                    printer.out.push_str(op);
                    printer.out.push_str(op);
                }
                Some(rhs) => {
                    printer.out.push_str(&format!(" {op}= "));
                    printer.expr(rhs);
                }
            }
        }
        StmtKind::Range(range) => {
            if let Some(lhs) = &range.lhs {
                printer.expr(lhs);
                printer
                    .out
                    .push_str(if range.define { " := " } else { " = " });
            }
            printer.out.push_str("range ");
            printer.expr(&range.x);
        }
        _ => {}
    }
    printer.out
}

struct Printer<'a> {
    out: String,
    symbols: &'a Symbols,
}

impl Printer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn list(&mut self, list: &[Expr]) {
        for (index, x) in list.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.expr(x);
        }
    }

    fn around(&mut self, before: &str, x: &Expr, after: &str) {
        self.text(before);
        self.expr(x);
        self.text(after);
    }

    fn expr(&mut self, x: &Expr) {
        if self.out.len() > TEXT_BYTES_MAX {
            return;
        }
        match &x.kind {
            ExprKind::Bad => self.text("<bad expr>"),
            ExprKind::Name(name) => self.out.push_str(self.symbols.text(*name)),
            ExprKind::Literal { text, .. } => self.out.push_str(text),
            ExprKind::FuncLit(function) => {
                self.text("func");
                self.signature(&function.ty);
                self.text(if function.body.stmts.is_empty() {
                    " {}"
                } else {
                    " {…}"
                });
            }
            ExprKind::Composite(literal) => {
                if let Some(ty) = &literal.ty {
                    self.expr(ty);
                }
                self.text(if literal.elements.is_empty() {
                    "{}"
                } else {
                    "{…}"
                });
            }
            ExprKind::KeyValue(key, value) => {
                self.around("", key, ": ");
                self.expr(value);
            }
            ExprKind::Paren(inner) => self.around("(", inner, ")"),
            ExprKind::Selector(inner, name) => {
                self.around("", inner, ".");
                self.out.push_str(self.symbols.text(name.name));
            }
            ExprKind::Index(inner, index) => {
                self.around("", inner, "[");
                self.around("", index, "]");
            }
            ExprKind::Slice(slice) => {
                self.around("", &slice.x, "[");
                for (index, bound) in slice.index.iter().enumerate() {
                    if index == 1 || (index == 2 && bound.is_some()) {
                        self.text(":");
                    }
                    if let Some(bound) = bound {
                        self.expr(bound);
                    }
                }
                self.text("]");
            }
            ExprKind::Assert(inner, ty) => {
                self.around("", inner, ".(");
                self.around("", ty, ")");
            }
            ExprKind::TypeSwitchGuard { lhs, x } => {
                if let Some(lhs) = lhs {
                    self.out.push_str(self.symbols.text(lhs.name));
                    self.text(" := ");
                }
                self.around("", x, ".(type)");
            }
            ExprKind::Unary(op, inner) => self.around(op.text(), inner, ""),
            ExprKind::Binary(..) => self.binary(x),
            ExprKind::Call(call) => {
                self.around("", &call.fun, "(");
                self.list(&call.args);
                self.text(if call.has_dots { "...)" } else { ")" });
            }
            ExprKind::List(list) => self.list(list),
            _ => self.ty(x),
        }
    }

    /// Chains to the left are long: their left ends are written first without recursion.
    fn binary(&mut self, x: &Expr) {
        let mut chain = Vec::new();
        let mut left = x;
        while let ExprKind::Binary(op, inner, right) = &left.kind {
            chain.push((op, right));
            left = inner;
        }
        self.expr(left);
        for (op, right) in chain.into_iter().rev() {
            self.text(" ");
            self.text(op.text());
            self.around(" ", right, "");
        }
    }

    fn ty(&mut self, x: &Expr) {
        match &x.kind {
            ExprKind::ArrayType(length, element) => {
                match length {
                    Some(length) => self.around("[", length, "]"),
                    None => self.text("[...]"),
                }
                self.expr(element);
            }
            ExprKind::SliceType(element) => self.around("[]", element, ""),
            ExprKind::DotsType(element) => self.around("...", element, ""),
            ExprKind::StructType(ty) => self.struct_type(ty),
            ExprKind::InterfaceType(ty) => {
                self.text("interface{");
                for (index, method) in ty.methods.iter().enumerate() {
                    if index > 0 {
                        self.text("; ");
                    }
                    match (&method.name, &method.ty.kind) {
                        (Some(name), ExprKind::FuncType(signature)) => {
                            self.out.push_str(self.symbols.text(name.name));
                            self.signature(signature);
                        }
                        _ => self.expr(&method.ty),
                    }
                }
                self.text("}");
            }
            ExprKind::FuncType(ty) => {
                self.text("func");
                self.signature(ty);
            }
            ExprKind::MapType(key, value) => {
                self.around("map[", key, "]");
                self.expr(value);
            }
            ExprKind::ChanType(dir, element) => {
                self.text(match dir {
                    ChanDir::Both => "chan ",
                    ChanDir::Send => "chan<- ",
                    ChanDir::Receive => "<-chan ",
                });
                let ambiguous = *dir == ChanDir::Both
                    && matches!(element.kind, ExprKind::ChanType(ChanDir::Receive, _));
                if ambiguous {
                    self.around("(", element, ")")
                } else {
                    self.expr(element)
                }
            }
            _ => {}
        }
    }

    fn struct_type(&mut self, ty: &StructType) {
        self.text("struct{");
        for (index, field) in ty.fields.iter().enumerate() {
            let next = ty.fields.get(index + 1);
            let shares =
                next.is_some_and(|next| next.name.is_some() && Rc::ptr_eq(&next.ty, &field.ty));
            if let Some(name) = field.name {
                self.out.push_str(self.symbols.text(name.name));
                if shares {
                    self.text(", ");
                    continue;
                }
                self.text(" ");
            }
            self.expr(&field.ty);
            if let Some(Some(tag)) = ty.tags.get(index) {
                self.text(" ");
                self.text(&tag.literal);
            }
            if next.is_some() {
                self.text("; ");
            }
        }
        self.text("}");
    }

    fn signature(&mut self, ty: &FuncType) {
        self.params(&ty.params);
        match ty.results.as_slice() {
            [] => {}
            [only] if only.name.is_none() => self.around(" ", &only.ty, ""),
            results => {
                self.text(" ");
                self.params(results);
            }
        }
    }

    fn params(&mut self, fields: &[Field]) {
        self.text("(");
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            if let Some(name) = field.name {
                self.out.push_str(self.symbols.text(name.name));
                if fields
                    .get(index + 1)
                    .is_some_and(|next| next.name.is_some() && Rc::ptr_eq(&next.ty, &field.ty))
                {
                    continue;
                }
                self.text(" ");
            }
            self.expr(&field.ty);
        }
        self.text(")");
    }
}
