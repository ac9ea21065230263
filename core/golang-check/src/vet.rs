//! What `go vet` finds in programs that compile: calls and statements that are almost surely not
//! meant. One check, one file. Models `golang.org/x/tools/go/analysis/passes`.

mod assertions;
mod assign;
mod bools;
mod calls;
mod copylocks;
mod functions;
mod lostcancel;
mod misuse;
mod printf;
mod struct_tags;
mod test_names;
mod unreachable;
mod walk;

use crate::{
    ast::{Decl, Expr, ExprKind, File},
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
    source::Pos,
    types::{Type, TypeId},
};
use std::rc::Rc;

/// Looks at the files of a package.
type Check = fn(&mut Vet<'_>, &[Rc<File>]);

/// Which checks run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suite {
    /// None (`-vet=off`).
    Off,
    /// Those that `go test` runs.
    Test,
    /// All, as `go vet`.
    Vet,
}

/// The findings in a package as lines `FILE:LINE:COLUMN: TEXT`. `is_modern` tells whether the
/// language is that of Go 1.24 or later.
pub fn report(program: &mut Program, package: PackageId, suite: Suite, is_modern: bool) -> String {
    if suite == Suite::Off {
        return String::new();
    }
    let Some(files) = program
        .package(package)
        .map(|package| package.files.clone())
    else {
        return String::new();
    };
    let outer = std::mem::replace(&mut program.checker.env.package, package);
    let mut vet = Vet {
        program,
        package,
        is_modern,
        found: Vec::new(),
    };
    let checks: &[(Check, bool)] = &[
        (calls::check_appends, false),
        (assign::check, false),
        (assertions::check_atomic, true),
        (bools::check, true),
        (calls::check_composites, false),
        (copylocks::check, false),
        (misuse::check_defers, false),
        (calls::check_errors_as, true),
        (misuse::check_responses, false),
        (assertions::check_interfaces, true),
        (lostcancel::check, false),
        (functions::check_nil, true),
        (printf::check, true),
        (calls::check_shifts, false),
        (misuse::check_signal_channels, false),
        (misuse::check_methods, false),
        (calls::check_string_of_integer, true),
        (struct_tags::check, false),
        (test_names::check, true),
        (misuse::check_decoding, false),
        (unreachable::check, false),
        (calls::check_unused_results, false),
        (functions::check_wait_groups, false),
    ];
    for (check, in_tests) in checks {
        if suite == Suite::Vet || *in_tests {
            let before = vet.found.len();
            check(&mut vet, &files);
            // Each check's findings stand together, in the order of the source.
            if let Some(own) = vet.found.get_mut(before..) {
                own.sort_by_key(|(pos, _)| *pos);
            }
        }
    }
    let found = vet.found;
    program.checker.env.package = outer;
    let mut text = String::new();
    for (pos, message) in found {
        let place = program.sources.position(pos);
        text.push_str(&format!(
            "{}:{}:{}: {message}\n",
            place.file, place.line, place.column
        ));
    }
    text
}

/// One package under examination.
struct Vet<'p> {
    program: &'p mut Program,
    package: PackageId,
    is_modern: bool,
    found: Vec<(Pos, String)>,
}

impl Vet<'_> {
    fn report(&mut self, pos: Pos, text: String) {
        self.found.push((pos, text));
    }

    fn ty(&self, x: &Expr) -> TypeId {
        self.program
            .package(self.package)
            .map_or(TypeId::INVALID, |package| package.info.ty(x.id))
    }

    fn under(&mut self, ty: TypeId) -> Type {
        self.program.under(ty)
    }

    fn is_nil(&self, x: &Expr) -> bool {
        self.object(x.unparen())
            .is_some_and(|object| matches!(self.program.objects.get(object).kind, ObjectKind::Nil))
    }

    fn object(&self, x: &Expr) -> Option<ObjectId> {
        self.program.package(self.package)?.info.object(x.id)
    }

    fn constant(&self, x: &Expr) -> Option<&crate::constant::Value> {
        self.program.package(self.package)?.info.constant(x.id)
    }

    /// The value of a constant string.
    fn string(&self, x: &Expr) -> Option<String> {
        let bytes = self.constant(x)?.as_bytes()?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    fn show(&self, x: &Expr) -> String {
        let text = self.program.show(x);
        // What the compiler's messages leave out is taken from the source.
        match text.contains('…') {
            true => self.written(x).unwrap_or(text),
            false => text,
        }
    }

    /// An argument as it is written, up to the comma or bracket behind it.
    fn written(&self, x: &Expr) -> Option<String> {
        let start = x.start();
        let file = self.program.sources.file(start)?;
        let text = String::from_utf8_lossy(file.text.get(file.offset(start)..)?).into_owned();
        let (mut depth, mut quote, mut escaped) = (0_u32, None, false);
        for (at, c) in text.char_indices() {
            match (quote, c) {
                _ if escaped => escaped = false,
                (Some('"' | '\''), '\\') => escaped = true,
                (Some(open), c) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'' | '`') => quote = Some(c),
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']' | '}' | ',') if depth == 0 => {
                    return text.get(..at).map(|text| text.trim_end().to_string());
                }
                (None, ')' | ']' | '}') => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// The function or method, or the variable, that a call names.
    fn callee(&self, fun: &Expr) -> Option<ObjectId> {
        let fun = fun.unparen();
        match &fun.kind {
            ExprKind::Name(_) => self.object(fun),
            ExprKind::Index(x, _) => self.callee(x),
            ExprKind::Selector(_, name) => {
                let info = &self.program.package(self.package)?.info;
                match info.selections.get(&fun.id) {
                    Some(selection) => Some(selection.object),
                    None => info.object(name.id).or_else(|| info.object(fun.id)),
                }
            }
            _ => None,
        }
    }

    /// A function's full name: `fmt.Printf`, `(*log.Logger).Printf`.
    fn full_name(&mut self, object: ObjectId) -> String {
        let known = self.program.objects.get(object);
        let (name, package) = (self.program.name(known.name), known.package);
        if !matches!(known.kind, ObjectKind::Func(_)) {
            return name;
        }
        let ty = self.program.object_type(object);
        let receiver = match self.program.types.get(ty) {
            Type::Signature(signature) => signature.receiver,
            _ => None,
        };
        if let Some(receiver) = receiver {
            let ty = self.program.object_type(receiver);
            return format!("({}).{name}", self.program.full_text(ty));
        }
        match package.and_then(|id| self.program.package(id)) {
            Some(package) => format!("{}.{name}", package.path),
            None => name,
        }
    }

    /// The full name of what a call calls.
    fn callee_name(&mut self, fun: &Expr) -> String {
        match self.callee(fun) {
            Some(object) => self.full_name(object),
            None => String::new(),
        }
    }

    /// A defined type's full name, `sync.Mutex`.
    fn type_name(&self, ty: TypeId) -> String {
        match self.program.types.get(self.program.types.unalias(ty)) {
            Type::Named(_) => self.program.full_text(ty),
            _ => String::new(),
        }
    }

    /// Whether a type (or a pointer to it) has a method.
    fn has_method(&mut self, ty: TypeId, name: &str) -> Option<ObjectId> {
        let symbol = self.program.symbols.intern(name);
        let found = self
            .program
            .find_member(ty, false, Some(self.package), symbol, false);
        let object = found.object?;
        self.program.objects.func(object).map(|_| object)
    }
}

/// The declared functions of files.
fn functions(files: &[Rc<File>]) -> impl Iterator<Item = &Rc<crate::ast::FuncDecl>> {
    files
        .iter()
        .flat_map(|file| &file.decls)
        .filter_map(|decl| match decl {
            Decl::Func(function) => Some(function),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Importer, Options, SourceText};

    /// Only what the sources below import.
    struct Library;

    impl Importer for Library {
        fn sources(&self, path: &str) -> Option<Vec<SourceText>> {
            let text = match path {
                "fmt" => {
                    "package fmt\nfunc Printf(format string, a ...any) (int, error) { return 0, nil }\nfunc Sprintf(format string, a ...any) string { return format }\nfunc Errorf(format string, a ...any) error { return nil }\nfunc Println(a ...any) (int, error) { return 0, nil }\n"
                }
                "errors" => {
                    "package errors\nfunc As(err error, target any) bool { return false }\n"
                }
                "sync" => {
                    "package sync\ntype Mutex struct{ state int }\nfunc (m *Mutex) Lock() {}\nfunc (m *Mutex) Unlock() {}\n"
                }
                "time" => {
                    "package time\ntype Time struct{ n int }\nfunc Now() Time\nfunc Since(t Time) int\n"
                }
                "os" => "package os\ntype Signal interface{ Signal() }\n",
                "os/signal" => {
                    "package signal\nimport \"os\"\nfunc Notify(c chan<- os.Signal, sig ...os.Signal)\n"
                }
                "encoding/json" => {
                    "package json\ntype Decoder struct{ n int }\nfunc (d *Decoder) Decode(v any) error\nfunc Unmarshal(data []byte, v any) error\n"
                }
                "net/http" => {
                    "package http\ntype Response struct{ Body Closer }\ntype Closer interface{ Close() error }\nfunc Get(url string) (*Response, error)\n"
                }
                _ => return None,
            };
            let name = format!("/usr/local/go/src/{path}/{path}.go");
            Some(vec![SourceText {
                name,
                text: Rc::from(text.as_bytes()),
            }])
        }
    }

    fn found(text: &str) -> String {
        let mut program = Program::new(Box::new(Library));
        let files = vec![SourceText {
            name: "./x.go".into(),
            text: Rc::from(text.as_bytes()),
        }];
        let id = program.check("example.com/x", files, &Options::default());
        assert_eq!(program.report_text(id), "");
        report(&mut program, id, Suite::Vet, true).replace("./x.go:", "")
    }

    fn in_main(body: &str) -> String {
        found(&format!(
            "package main\nimport \"fmt\"\nvar _ = fmt.Println\nfunc main() {{\n{body}\n}}\n"
        ))
    }

    #[test]
    fn printf_arguments_must_fit_their_verbs() {
        let body = "fmt.Printf(\"%d\\n\", \"x\")\nfmt.Printf(\"%s %s\", \"a\")\nfmt.Printf(\"%s\", \"a\", 2)\nfmt.Printf(\"a\\t%z\", 1)\nfmt.Printf(\"hi\", 1)\nfmt.Println(\"%d\", 1)\nfmt.Println(\"a\\n\")\n_ = fmt.Sprintf(\"%w\", error(nil))\n_ = fmt.Errorf(\"%w\", 3)\nfmt.Printf(\"%v %5.2f%%\\n\", nil, 2.5)\nfmt.Printf(\"%[2]d %[1]d\\n\", 1, 2)\nfmt.Printf(\"%*d\", \"a\", 1)\nfmt.Println(main)\nfmt.Printf(\"100%\")";
        assert_eq!(
            in_main(body),
            "5:13: fmt.Printf format %d has arg \"x\" of wrong type string\n\
             6:16: fmt.Printf format %s reads arg #2, but call has 1 arg\n\
             7:1: fmt.Printf call needs 1 arg but has 2 args\n\
             8:16: fmt.Printf format %z has unknown verb z\n\
             9:18: fmt.Printf call has arguments but no formatting directives\n\
             10:1: fmt.Println call has possible Printf formatting directive %d\n\
             11:1: fmt.Println arg list ends with redundant newline\n\
             12:18: fmt.Sprintf does not support error-wrapping directive %w\n\
             13:17: fmt.Errorf format %w has arg 3 of wrong type int\n\
             16:13: fmt.Printf format %*d uses non-int \"a\" as argument of *\n\
             17:1: fmt.Println arg main is a func value, not called\n\
             18:12: fmt.Printf format % is missing verb at end of string\n"
        );
    }

    #[test]
    fn wrappers_of_printf_and_methods_that_print_themselves() {
        let text = "package main\nimport \"fmt\"\ntype T struct{ n int }\nfunc (t T) String() string { return fmt.Sprintf(\"%v\", t) }\nfunc logf(format string, args ...any) { fmt.Printf(format, args...) }\nfunc more(format string, args ...any) { logf(format, args...) }\nfunc main() {\n\tmore(\"%d\", \"x\")\n\tfmt.Printf(\"%d %s\", T{1}, T{1})\n\ts := \"a\"\n\tfmt.Printf(s)\n}\n";
        assert_eq!(
            found(text),
            "4:50: fmt.Sprintf format %v with arg t causes recursive (example.com/x.T).String method call\n\
             8:8: example.com/x.more format %d has arg \"x\" of wrong type string\n\
             11:13: non-constant format string in call to fmt.Printf\n"
        );
    }

    #[test]
    fn locks_tags_and_other_mistakes() {
        let text = "package main\nimport (\n\t\"errors\"\n\t\"sync\"\n)\ntype C struct {\n\tmu sync.Mutex\n\tn  int `json:\"n`\n\tname string `json:\"name\"`\n\tA int `json:\"a\"`\n\tB int `json:\"a\"`\n}\nfunc (c C) Get() int { return c.n }\nfunc f(x int) int {\n\treturn x\n\tx = 2\n\treturn x\n}\nfunc main() {\n\tvar c C\n\td := c\n\td.n = d.n\n\tx := f(1)\n\tif x == 1 || x == 1 || x != 2 || x != 3 {\n\t}\n\t_ = string(x)\n\t_ = int8(x) << 9\n\tif main == nil {\n\t}\n\tvar e error\n\terrors.As(nil, e)\n\tx = x\n\tfor {\n\t}\n\tprintln()\n}\n";
        assert_eq!(
            found(text),
            "22:2: self-assignment of d.n\n\
             32:2: self-assignment of x\n\
             24:5: redundant or: x == 1 || x == 1\n\
             24:25: suspect or: x != 2 || x != 3\n\
             13:9: Get passes lock by value: example.com/x.C contains sync.Mutex\n\
             21:7: assignment copies lock value to d: example.com/x.C contains sync.Mutex\n\
             31:2: second argument to errors.As must be a non-nil pointer to either a type that implements error, or to any interface type\n\
             28:5: comparison of function main == nil is always false\n\
             27:6: int8(x) (8 bits) too small for shift of 9\n\
             26:6: conversion from int to string yields a string of one rune, not a string of digits\n\
             8:2: struct field tag `json:\"n` not compatible with reflect.StructTag.Get: bad syntax for struct tag value\n\
             9:2: struct field name has json tag but is not exported\n\
             11:2: struct field B repeats json tag \"a\" also at x.go:10\n\
             16:2: unreachable code\n\
             35:2: unreachable code\n"
        );
    }

    #[test]
    fn functions_and_methods_of_the_library_that_are_misused() {
        let text = "package main\nimport (\n\t\"encoding/json\"\n\t\"net/http\"\n\t\"os\"\n\t\"os/signal\"\n\t\"time\"\n)\ntype E struct{}\nfunc (E) Error() string { return \"\" }\nfunc (E) Is(other E) bool { return false }\nfunc (E) Unwrap() (error, int) { return nil, 0 }\ntype R struct{}\nfunc (R) Unwrap() int { return 0 }\nfunc (R) ReadByte() byte { return 0 }\nfunc (R) Seek(o int64, w int64) (int64, error) { return 0, nil }\nfunc (R) ReadFrom(b []byte) (int, error) { return 0, nil }\nfunc (*R) MarshalJSON() ([]byte, error) { return nil, nil }\nfunc main() {\n\tstart := time.Now()\n\tdefer println(time.Since(start))\n\tdefer func() { println(time.Since(start)) }()\n\tc := make(chan os.Signal)\n\tsignal.Notify(c)\n\td := make(chan os.Signal, 1)\n\tsignal.Notify(d)\n\tvar v struct{ A int }\n\tjson.Unmarshal(nil, v)\n\tjson.Unmarshal(nil, &v)\n\tnew(json.Decoder).Decode(v)\n\tresp, err := http.Get(\"\")\n\tdefer resp.Body.Close()\n\tif r, err := http.Get(\"\"); err == nil {\n\t\tdefer r.Body.Close()\n\t}\n\t_, _ = err, string(65)\n}\n";
        assert_eq!(
            found(text),
            "21:16: call to time.Since is not deferred\n\
             32:8: using resp before checking for errors\n\
             24:2: misuse of unbuffered os.Signal channel as argument to signal.Notify\n\
             11:10: method Is(other main.E) bool should have signature Is(error) bool\n\
             12:10: method Unwrap() should have signature Unwrap() error or Unwrap() []error\n\
             15:10: method ReadByte() byte should have signature ReadByte() (byte, error)\n\
             16:10: method Seek(o int64, w int64) (int64, error) should have signature Seek(int64, int) (int64, error)\n\
             36:14: conversion from untyped int to string yields a string of one rune, not a string of digits\n\
             28:16: call of Unmarshal passes non-pointer as second argument\n\
             30:26: call of Decode passes non-pointer\n"
        );
    }
}
