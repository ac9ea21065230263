//! Functions of the library that are called in a way that cannot work, and methods whose names
//! promise another signature. Models `passes/defers`, `httpresponse`, `sigchanyzer`, `stdmethods`
//! and `unmarshal`.

use super::{Vet, walk, walk::Node};
use crate::ast::{CallKind, Expr, ExprKind, File, Op, StmtKind};
use crate::source::Pos;
use crate::types::Type;
use std::rc::Rc;

/// `defer log.Println(time.Since(start))`: the time is taken at once.
pub(super) fn check_defers(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for node in walk::all(files) {
        if let Node::Stmt(stmt) = node
            && let StmtKind::Call(CallKind::Defer, x) = &stmt.kind
        {
            calls_since(vet, x);
        }
    }
}

fn calls_since(vet: &mut Vet<'_>, x: &Expr) {
    let ExprKind::Call(call) = &x.unparen().kind else {
        return;
    };
    if vet.callee_name(&call.fun) == "time.Since" {
        vet.report(x.start(), "call to time.Since is not deferred".into());
    }
    for part in std::iter::once(&call.fun).chain(&call.args) {
        calls_since(vet, part);
    }
}

/// A response that is closed before anybody looked at the error.
pub(super) fn check_responses(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    let mut before: Option<(Pos, &Expr)> = None;
    for node in walk::all(files) {
        let Node::Stmt(stmt) = node else { continue };
        let last = before.take();
        match &stmt.kind {
            StmtKind::Assign(assign) => {
                if let (Some(left), Some(rhs)) = (assign.lhs.elements().first(), &assign.rhs)
                    && let ExprKind::Call(call) = &rhs.unparen().kind
                    && [
                        "net/http.Get",
                        "net/http.Head",
                        "net/http.Post",
                        "(*net/http.Client).",
                    ]
                    .iter()
                    .any(|start| vet.callee_name(&call.fun).starts_with(start))
                {
                    before = Some((left.start(), root(left)));
                }
            }
            StmtKind::Call(CallKind::Defer, x) => {
                let (Some((assignment, response)), ExprKind::Call(call)) =
                    (last, &x.unparen().kind)
                else {
                    continue;
                };
                let closed = root(&call.fun);
                let column = |vet: &Vet<'_>, pos| vet.program.sources.position(pos).column;
                // Statements of one block stand below each other.
                if vet.object(closed).is_some()
                    && vet.object(closed) == vet.object(response)
                    && column(vet, stmt.pos) == column(vet, assignment)
                {
                    let text = format!("using {} before checking for errors", vet.show(closed));
                    vet.report(closed.start(), text);
                }
            }
            _ => {}
        }
    }
}

/// The name that a chain of selections starts with.
fn root(mut x: &Expr) -> &Expr {
    while let ExprKind::Selector(inner, _) = &x.kind {
        x = inner;
    }
    x
}

/// `signal.Notify` does not wait for who receives.
pub(super) fn check_signal_channels(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for (x, call) in walk::calls(files) {
        let Some(channel) = call.args.first() else {
            continue;
        };
        let Some(object) = vet.object(channel) else {
            continue;
        };
        if vet.callee_name(&call.fun) != "os/signal.Notify" {
            continue;
        }
        let is_unbuffered = |name: &Expr, value: &Expr| {
            vet.object(name) == Some(object)
                && matches!(&value.kind, ExprKind::Call(make) if make.args.len() == 1)
        };
        let mut found = false;
        for node in walk::all(files) {
            if let Node::Stmt(stmt) = node
                && let StmtKind::Assign(assign) = &stmt.kind
                && let (Some(Op::Define), Some(rhs)) = (assign.op, &assign.rhs)
            {
                let (names, values) = (assign.lhs.elements(), rhs.elements());
                found |= names.len() == values.len()
                    && std::iter::zip(names, values)
                        .any(|(name, value)| is_unbuffered(name, value));
            }
        }
        if found {
            let text = "misuse of unbuffered os.Signal channel as argument to signal.Notify";
            vet.report(x.start(), text.into());
        }
    }
}

/// What is decoded into must be a pointer.
pub(super) fn check_decoding(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for (x, call) in walk::calls(files) {
        let name = vet.callee_name(&call.fun);
        let (index, more) = match name.as_str() {
            "encoding/json.Unmarshal" | "encoding/xml.Unmarshal" => (1, " as second argument"),
            "(*encoding/json.Decoder).Decode" | "(*encoding/xml.Decoder).Decode" => (0, ""),
            _ => continue,
        };
        let Some(target) = call.args.get(index) else {
            continue;
        };
        let ty = vet.ty(target);
        if !matches!(
            vet.under(ty),
            Type::Pointer(_) | Type::Interface(_) | Type::Param(_)
        ) {
            let name = name.rsplit('.').next().unwrap_or("");
            vet.report(x.pos, format!("call of {name} passes non-pointer{more}"));
        }
    }
}

/// Methods and their signatures. Only those are looked at whose marked parameters are there.
const CANONICAL: &str = "Format(=fmt.State, rune)
GobDecode([]byte) error
GobEncode() ([]byte, error)
MarshalJSON() ([]byte, error)
ReadByte() (byte, error)
ReadFrom(=io.Reader) (int64, error)
ReadRune() (rune, int, error)
Scan(=fmt.ScanState, rune) error
Seek(=int64, int) (int64, error)
UnmarshalJSON([]byte) error
UnreadByte() error
UnreadRune() error
WriteByte(byte) error
WriteTo(=io.Writer) (int64, error)
Is(error) bool
As(any) bool
Unwrap() error";

pub(super) fn check_methods(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    // The package's own types are told with its name, too.
    let outer = std::mem::replace(&mut vet.program.checker.env.package, crate::PackageId(0));
    check_signatures(vet, files);
    vet.program.checker.env.package = outer;
}

fn check_signatures(vet: &mut Vet<'_>, files: &[Rc<File>]) {
    for function in super::functions(files) {
        let name = function.name.name;
        let word = vet.program.name(name);
        let known = CANONICAL.lines().find(|line| {
            line.strip_prefix(word.as_str())
                .is_some_and(|rest| rest.starts_with('('))
        });
        let object = vet
            .program
            .package(vet.package)
            .and_then(|package| package.info.object(function.name.id));
        let (Some(known), Some(object), Some(_)) = (known, object, &function.receiver) else {
            continue;
        };
        let ty = vet.program.object_type(object);
        let Type::Signature(signature) = vet.program.types.get(ty).clone() else {
            continue;
        };
        let of_errors = ["Is", "As", "Unwrap"].contains(&word.as_str());
        let error = vet.program.error_type();
        let receiver = signature.receiver.map(|own| vet.program.object_type(own));
        if of_errors && !receiver.is_some_and(|own| vet.program.implements(own, error)) {
            continue;
        }
        let mut list = |objects: &[crate::ObjectId]| -> Vec<String> {
            let types = objects.iter().map(|own| {
                let ty = vet.program.object_type(*own);
                vet.program.text(ty).replace("interface{}", "any")
            });
            types.collect()
        };
        let (given, results) = (list(&signature.params), list(&signature.results));
        let (_, wanted) = known.split_once('(').unwrap_or_default();
        let (wanted, returned) = wanted.split_once(')').unwrap_or_default();
        let is_meant = wanted
            .strip_prefix('=')
            .is_none_or(|rest| rest.split(", ").next() == given.first().map(String::as_str));
        let results = match results.as_slice() {
            [] => String::new(),
            [one] => format!(" {one}"),
            many => format!(" ({})", many.join(", ")),
        };
        let wanted = wanted.trim_start_matches('=');
        let fits = given.join(", ") == wanted && results == returned;
        let is_list = word == "Unwrap" && given.is_empty() && results == " []error";
        if !is_meant || fits || is_list || word == "WriteTo" && given.len() > 1 {
            continue;
        }
        let text = if word == "Unwrap" {
            "method Unwrap() should have signature Unwrap() error or Unwrap() []error".to_string()
        } else {
            let own = vet.program.text(ty);
            let own = own.strip_prefix("func").unwrap_or(&own);
            format!("method {word}{own} should have signature {word}({wanted}){returned}")
        };
        vet.report(function.name.pos, text);
    }
}
