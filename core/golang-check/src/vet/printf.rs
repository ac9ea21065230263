//! Calls like `Printf` and `Println` whose arguments do not fit. Models `passes/printf`.

mod format;
mod matching;

use super::{Vet, functions, walk, walk::Node};
use crate::ast::{Body, CallExpr, Expr, ExprKind, File, FuncDecl, LitKind, Op};
use crate::object::ObjectId;
use crate::source::Pos;
use crate::types::Type;
use format::Operation;
use matching::{ANY, BOOL, BYTE, COMPLEX, ERROR, FLOAT, INT, POINTER, RUNE, STRING};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Print,
    Printf,
    Errorf,
}

/// Functions that print, by full name; a name that ends in `f` takes a format.
const KNOWN: &str = " fmt.Appendf fmt.Append fmt.Appendln fmt.Errorf fmt.Fprint fmt.Fprintf fmt.Fprintln fmt.Print fmt.Printf fmt.Println fmt.Sprint fmt.Sprintf fmt.Sprintln log.Print log.Printf log.Println log.Fatal log.Fatalf log.Fatalln log.Panic log.Panicf log.Panicln (*log.Logger).Fatal (*log.Logger).Fatalf (*log.Logger).Fatalln (*log.Logger).Panic (*log.Logger).Panicf (*log.Logger).Panicln (*log.Logger).Print (*log.Logger).Printf (*log.Logger).Println (*testing.common).Error (*testing.common).Errorf (*testing.common).Fatal (*testing.common).Fatalf (*testing.common).Log (*testing.common).Logf (*testing.common).Skip (*testing.common).Skipf (testing.TB).Error (testing.TB).Errorf (testing.TB).Fatal (testing.TB).Fatalf (testing.TB).Log (testing.TB).Logf (testing.TB).Skip (testing.TB).Skipf ";

/// Verbs with the flags and the arguments that they take.
const VERBS: [(char, &str, u16); 21] = [
    ('b', " -+.0#", INT | FLOAT | COMPLEX | POINTER),
    ('c', "-", RUNE | INT),
    ('d', " -+.0", INT | POINTER),
    ('e', " -+.0#", FLOAT | COMPLEX),
    ('E', " -+.0#", FLOAT | COMPLEX),
    ('f', " -+.0#", FLOAT | COMPLEX),
    ('F', " -+.0#", FLOAT | COMPLEX),
    ('g', " -+.0#", FLOAT | COMPLEX),
    ('G', " -+.0#", FLOAT | COMPLEX),
    ('o', " -+.0#", INT | POINTER),
    ('O', " -+.0#", INT | POINTER),
    ('p', "-#", POINTER),
    ('q', " -+.0#", RUNE | BYTE | STRING),
    ('s', " -+.0", STRING),
    ('t', "-", BOOL),
    ('T', "-", ANY),
    ('U', "-#", RUNE | INT),
    ('v', " -+.0#", ANY),
    ('w', " -+.0#", ERROR),
    (
        'x',
        " -+.0#",
        RUNE | INT | STRING | POINTER | FLOAT | COMPLEX,
    ),
    (
        'X',
        " -+.0#",
        RUNE | INT | STRING | POINTER | FLOAT | COMPLEX,
    ),
];

pub(super) fn check(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    let wrappers = wrappers(vet, files);
    for function in functions(files) {
        let Body::Block(body) = &function.body else {
            continue;
        };
        let mut calls = Vec::new();
        walk::block(body, &mut |node| gather(node, &mut calls));
        for (x, call) in calls {
            check_call(vet, &wrappers, x, call, Some(function));
        }
    }
    let mut calls = Vec::new();
    for file in files {
        for decl in &file.decls {
            if let crate::ast::Decl::Var(decl) = decl
                && let Some(values) = &decl.values
            {
                walk::expression(values, &mut |node| gather(node, &mut calls));
            }
        }
    }
    for (x, call) in calls {
        check_call(vet, &wrappers, x, call, None);
    }
}

fn gather<'t>(node: Node<'t>, calls: &mut Vec<(&'t Expr, &'t CallExpr)>) {
    if let Node::Expr(x) = node
        && let ExprKind::Call(call) = &x.kind
    {
        calls.push((x, call));
    }
}

fn check_call(
    vet: &mut Vet<'_>,
    wrappers: &BTreeMap<ObjectId, Kind>,
    x: &Expr,
    call: &CallExpr,
    function: Option<&FuncDecl>,
) {
    let Some(callee) = vet.callee(&call.fun) else {
        return;
    };
    let name = vet.full_name(callee);
    let mut checked = Call {
        vet,
        x,
        call,
        name,
        function,
    };
    match kind_of(checked.vet, wrappers, callee) {
        Some(Kind::Print) => checked.print(),
        Some(kind) => checked.printf(kind),
        None => {}
    }
}

fn kind_of(
    vet: &mut Vet<'_>,
    wrappers: &BTreeMap<ObjectId, Kind>,
    callee: ObjectId,
) -> Option<Kind> {
    if let Some(kind) = wrappers.get(&callee) {
        return Some(*kind);
    }
    let name = vet.full_name(callee);
    if !KNOWN.contains(&format!(" {name} ")) {
        return None;
    }
    Some(match name.as_str() {
        "fmt.Errorf" => Kind::Errorf,
        name if name.ends_with('f') => Kind::Printf,
        _ => Kind::Print,
    })
}

/// Functions of the package that hand their last parameters on to a printing function.
fn wrappers(vet: &mut Vet<'_>, files: &[Rc<File>]) -> BTreeMap<ObjectId, Kind> {
    let mut known = BTreeMap::new();
    loop {
        let before = known.len();
        for function in functions(files) {
            let object = vet
                .program
                .package(vet.package)
                .and_then(|package| package.info.object(function.name.id));
            if let Some(object) = object
                && !known.contains_key(&object)
                && let Some(kind) = wrapped(vet, &known, function, object)
            {
                known.insert(object, kind);
            }
        }
        if known.len() == before {
            return known;
        }
    }
}

fn wrapped(
    vet: &mut Vet<'_>,
    known: &BTreeMap<ObjectId, Kind>,
    function: &FuncDecl,
    object: ObjectId,
) -> Option<Kind> {
    let Body::Block(body) = &function.body else {
        return None;
    };
    let ty = vet.program.object_type(object);
    let Type::Signature(signature) = vet.program.types.get(ty).clone() else {
        return None;
    };
    let (last, before) = signature.params.split_last()?;
    let any = vet.program.any_type();
    let slice = vet.program.types.slice(any);
    let last_type = vet.program.object_type(*last);
    if !signature.variadic || !vet.program.identical(last_type, slice) {
        return None;
    }
    let mut calls = Vec::new();
    walk::block(body, &mut |node| gather(node, &mut calls));
    for (_, call) in calls {
        let is = |vet: &Vet<'_>, x: Option<&Expr>, object: Option<&ObjectId>| {
            object.is_some() && x.and_then(|x| vet.object(x.unparen())).as_ref() == object
        };
        if !call.has_dots || !is(vet, call.args.last(), Some(last)) {
            continue;
        }
        let Some(callee) = vet.callee(&call.fun) else {
            continue;
        };
        let format = call.args.len().checked_sub(2);
        let format = format.and_then(|at| call.args.get(at));
        match kind_of(vet, known, callee) {
            Some(Kind::Print) => return Some(Kind::Print),
            Some(kind) if is(vet, format, before.last()) => return Some(kind),
            _ => {}
        }
    }
    None
}

/// A call of a printing function.
struct Call<'v, 'p, 't> {
    vet: &'v mut Vet<'p>,
    x: &'t Expr,
    call: &'t CallExpr,
    name: String,
    function: Option<&'t FuncDecl>,
}

fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

impl Call<'_, '_, '_> {
    fn parameters(&mut self) -> Option<(usize, bool)> {
        let ty = self.vet.ty(&self.call.fun);
        match self.vet.under(ty) {
            Type::Signature(signature) => Some((signature.params.len(), signature.variadic)),
            _ => None,
        }
    }

    fn printf(&mut self, kind: Kind) {
        let Some((parameters, true)) = self.parameters() else {
            return;
        };
        let Some(at) = parameters.checked_sub(2) else {
            return;
        };
        let Some(format) = self.call.args.get(at) else {
            return;
        };
        let first = at + 1;
        let name = self.name.clone();
        let Some(text) = self.vet.string(format) else {
            if first == self.call.args.len() && self.vet.is_modern {
                let text = format!("non-constant format string in call to {name}");
                self.vet.report(format.start(), text);
            }
            return;
        };
        if !text.contains('%') {
            if let Some(extra) = self.call.args.get(first) {
                let text = format!("{name} call has arguments but no formatting directives");
                self.vet.report(extra.start(), text);
            }
            return;
        }
        let operations = match format::parse(&text, first) {
            Ok(operations) => operations,
            Err(problem) => {
                self.vet.report(format.start(), format!("{name} {problem}"));
                return;
            }
        };
        let mut highest = at;
        let mut indexed = false;
        for operation in &operations {
            indexed |= operation.indexed;
            let pos = place(format, operation);
            if !self.operation(operation, pos, first, &mut highest) {
                return;
            }
            if operation.verb == 'w' && kind != Kind::Errorf {
                let text = format!("{name} does not support error-wrapping directive %w");
                self.vet.report(pos, text);
                return;
            }
        }
        let given = self.call.args.len();
        if self.call.has_dots && highest + 2 >= given || indexed {
            return;
        }
        if highest + 1 < given {
            let text = format!(
                "{name} call needs {} but has {}",
                count(highest + 1 - first, "arg"),
                count(given - first, "arg")
            );
            self.vet.report(self.x.start(), text);
        }
    }

    /// Checks one directive; false when something was reported.
    fn operation(
        &mut self,
        operation: &Operation,
        pos: Pos,
        first: usize,
        highest: &mut usize,
    ) -> bool {
        let (name, text) = (self.name.clone(), &operation.text);
        let verb = operation.verb;
        let rule = VERBS.iter().find(|(known, ..)| *known == verb).copied();
        let argument = self.call.args.get(operation.argument);
        let formatter = verb != 'w'
            && argument.is_some_and(|x| {
                if self.vet.is_nil(x) {
                    return false;
                }
                let ty = self.vet.ty(x);
                self.vet.is_formatter(ty)
            });
        if !formatter {
            if rule.is_none() && verb != '%' {
                let text = format!("{name} format {text} has unknown verb {verb}");
                self.vet.report(pos, text);
                return false;
            }
            let flags = rule.map_or("", |(_, flags, _)| flags);
            let wrong = operation
                .flags
                .chars()
                .find(|flag| *flag != '0' && !flags.contains(*flag));
            if let Some(flag) = wrong {
                let text = format!("{name} format {text} has unrecognized flag {flag}");
                self.vet.report(pos, text);
                return false;
            }
        }
        for star in &operation.stars {
            if !self.reachable(*star, pos, first, text) {
                return false;
            }
            *highest = (*highest).max(*star);
            let Some(x) = self.call.args.get(*star) else {
                return false;
            };
            if !self.vet.fits(INT, x) {
                let shown = self.vet.show(x);
                let text = format!("{name} format {text} uses non-int {shown} as argument of *");
                self.vet.report(pos, text);
                return false;
            }
        }
        if verb == '%' {
            return true;
        }
        *highest = (*highest).max(operation.argument);
        if formatter {
            return true;
        }
        if !self.reachable(operation.argument, pos, first, text) {
            return false;
        }
        let Some(x) = self.call.args.get(operation.argument) else {
            return false;
        };
        let (_, _, allowed) = rule.unwrap_or((verb, "", ANY));
        self.argument(operation, pos, allowed, x)
    }

    fn argument(&mut self, operation: &Operation, pos: Pos, allowed: u16, x: &Expr) -> bool {
        let (name, text, verb) = (self.name.clone(), &operation.text, operation.verb);
        let shown = self.vet.show(x);
        if self.is_function(x) && verb != 'p' && verb != 'T' {
            let text = format!("{name} format {text} arg {shown} is a func value, not called");
            self.vet.report(pos, text);
            return false;
        }
        let is_nil = allowed != ANY && self.vet.is_nil(x);
        if is_nil || !self.vet.fits(allowed, x) {
            let ty = self.vet.ty(x);
            let ty = if is_nil {
                "untyped nil".into()
            } else {
                self.vet.program.full_text(ty)
            };
            let text = format!("{name} format {text} has arg {shown} of wrong type {ty}");
            self.vet.report(pos, text);
            return false;
        }
        let calls_methods = allowed & STRING != 0
            && verb != 'T'
            && (!operation.flags.contains('#') || "qxX".contains(verb));
        if calls_methods && let Some(method) = self.recursive(x) {
            let text = format!(
                "{name} format {text} with arg {shown} causes recursive {method} method call"
            );
            self.vet.report(pos, text);
            return false;
        }
        true
    }

    fn reachable(&mut self, at: usize, pos: Pos, first: usize, text: &str) -> bool {
        let given = self.call.args.len();
        if at + 1 < given {
            return true;
        }
        if self.call.has_dots {
            return false;
        }
        if at < given {
            return true;
        }
        let text = format!(
            "{} format {text} reads arg #{}, but call has {}",
            self.name,
            at + 1 - first,
            count(given - first.min(given), "arg")
        );
        self.vet.report(pos, text);
        false
    }

    fn is_function(&self, x: &Expr) -> bool {
        let ty = self.vet.ty(x);
        matches!(self.vet.program.types.get(ty), Type::Signature(_))
    }

    /// The method `String` or `Error` that this call stands in and would call again.
    fn recursive(&mut self, x: &Expr) -> Option<String> {
        let function = self.function?;
        let receiver = function.receiver.as_ref()?.name?;
        let name = self.vet.program.name(function.name.name);
        if name != "String" && name != "Error" || !function.ty.params.is_empty() {
            return None;
        }
        let x = match &x.kind {
            ExprKind::Unary(Op::And, inner) => inner,
            _ => x,
        };
        let info = &self.vet.program.package(self.vet.package)?.info;
        let used = info.object(x.as_name()?.id)?;
        if info.object(receiver.id)? != used {
            return None;
        }
        let method = info.object(function.name.id)?;
        let ty = self.vet.ty(x);
        let found = self.vet.has_method(ty, &name)?;
        (found == method).then(|| self.vet.full_name(method))
    }

    fn print(&mut self) {
        let Some((parameters, true)) = self.parameters() else {
            return;
        };
        let name = self.name.clone();
        let first = parameters - 1;
        let Some((head, _)) = self.call.args.get(first..).and_then(<[Expr]>::split_first) else {
            return;
        };
        if first == 0
            && let ExprKind::Selector(x, selected) = &head.kind
            && x.as_name()
                .is_some_and(|x| self.vet.program.name(x.name) == "os")
            && self.vet.program.name(selected.name).starts_with("Std")
        {
            let shown = self.vet.show(head);
            let text = format!("{name} does not take io.Writer but has first arg {shown}");
            self.vet.report(self.x.start(), text);
        }
        if let Some(text) = self.vet.string(head)
            && let Some(directive) = format::possible(text.strip_suffix('%').unwrap_or(&text))
        {
            let text = format!("{name} call has possible Printf formatting directive {directive}");
            self.vet.report(self.x.start(), text);
        }
        if name.ends_with("ln")
            && let Some(last) = self.call.args.last()
            && self
                .vet
                .string(last)
                .is_some_and(|text| text.ends_with('\n'))
        {
            let text = format!("{name} arg list ends with redundant newline");
            self.vet.report(self.x.start(), text);
        }
        for x in self.call.args.get(first..).unwrap_or_default() {
            let shown = self.vet.show(x);
            if self.is_function(x) {
                let text = format!("{name} arg {shown} is a func value, not called");
                self.vet.report(self.x.start(), text);
            }
            if let Some(method) = self.recursive(x) {
                let text = format!("{name} arg {shown} causes recursive call to {method} method");
                self.vet.report(self.x.start(), text);
            }
        }
    }
}

/// Where a directive stands: in a literal without escapes before it, itself; else the format.
fn place(format: &Expr, operation: &Operation) -> Pos {
    let ExprKind::Literal {
        kind: LitKind::String,
        text,
        ..
    } = &format.kind
    else {
        return format.start();
    };
    let mut left = operation.start;
    let mut at = 1;
    let bytes = text.as_bytes();
    while left > 0 {
        let raw = text.starts_with('`');
        let (written, meant) = match bytes.get(at) {
            Some(b'\\') if !raw => match bytes.get(at + 1) {
                Some(b'x') => (4, 1),
                Some(b'u') => (6, escaped(text, at + 2, at + 6)),
                Some(b'U') => (10, escaped(text, at + 2, at + 10)),
                Some(b'0'..=b'7') => (4, 1),
                _ => (2, 1),
            },
            Some(b'\r') if raw => (1, 0),
            _ => (1, 1),
        };
        at += written;
        left = left.saturating_sub(meant);
    }
    Pos(format.pos.0 + at as u32)
}

/// Bytes of the character of a `\u` escape.
fn escaped(text: &str, from: usize, to: usize) -> usize {
    let digits = text.get(from..to).unwrap_or_default();
    let character = u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32);
    character.map_or(3, char::len_utf8)
}
