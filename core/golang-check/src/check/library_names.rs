//! What gc knows of standard packages beyond their exported names.
//!
//! gc reads a compiled package, which holds unexported objects too where exported ones need them.
//! That decides between `undefined: math.nope` and `name sqrt not exported by package math`, and
//! whether a package's name is enough to say which one is meant. These tables record what Go 1.26
//! answers for the names that one types by mistake: exported ones in lower case.

/// Unexported names that gc finds, by package; sorted.
const UNEXPORTED: [(&str, &str); 28] = [
    ("bytes", "indexFunc lastIndexFunc splitSeq"),
    ("encoding/hex", "dumper"),
    ("encoding/xml", "escapeText"),
    ("errors", "asType"),
    ("fmt", "errorf"),
    ("go/ast", "filterDecl filterFile fprint"),
    ("hash/crc32", "update"),
    ("html/template", "context parseFS parseFiles parseGlob"),
    (
        "io",
        "copyBuffer multiReader multiWriter nopCloser pipe teeReader",
    ),
    ("log/slog", "kind"),
    ("maps", "clone"),
    (
        "math",
        "acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp2 expm1 frexp ldexp log10 log1p log2 mod pow remainder sin sinh sqrt tan tanh",
    ),
    ("math/rand", "newSource"),
    ("net", "conn dialIP dialTCP dialUDP dialUnix parseIP"),
    (
        "net/http",
        "body maxBytesReader noBody pattern redirectHandler response timeoutHandler",
    ),
    ("net/url", "parseQuery"),
    (
        "os",
        "dirFS executable file findProcess hostname readlink removeAll rename root sameFile tempDir",
    ),
    ("os/exec", "lookPath"),
    ("path/filepath", "join splitList"),
    ("regexp", "compile"),
    (
        "runtime",
        "addCleanup breakpoint callers gomaxprocs pinner sigset stack",
    ),
    ("sort", "reverse"),
    ("strconv", "unquote"),
    ("strings", "indexFunc lastIndexFunc replacer splitSeq"),
    (
        "syscall",
        "forkExec fstatat futimesat getsockopt gettimeofday openat pread ptrace pwrite read reboot sendfile setsockopt socket unlinkat utimes write",
    ),
    ("testing", "cover runBenchmarks runExamples short"),
    ("text/template", "parseFS parseFiles parseGlob"),
    ("unicode", "properties to"),
];

/// Packages that do not bring gc's own `internal/runtime/atomic` along.
const WITHOUT_RUNTIME: [&str; 8] = [
    "cmp",
    "math",
    "math/bits",
    "math/cmplx",
    "sync/atomic",
    "unicode",
    "unicode/utf8",
    "unsafe",
];

/// Whether gc finds an unexported name in a standard package.
pub(crate) fn has_unexported(path: &str, name: &str) -> bool {
    let row = UNEXPORTED
        .binary_search_by(|row| row.0.cmp(path))
        .ok()
        .and_then(|at| UNEXPORTED.get(at));
    row.is_some_and(|row| row.1.split(' ').any(|known| known == name))
}

/// Whether messages must give a standard package's whole path, because one of gc's own internal
/// packages has the same name. `imported` tells which packages the program imports, also indirectly.
pub(crate) fn shares_name(path: &str, imported: &[&str]) -> bool {
    match path {
        "strconv" | "sync" => true,
        "sync/atomic" => imported
            .iter()
            .any(|path| !path.starts_with("internal/") && !WITHOUT_RUNTIME.contains(path)),
        "time" | "math/rand" => imported.contains(&"net/http"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(UNEXPORTED.is_sorted_by_key(|row| row.0));
        assert!(has_unexported("math", "sqrt"));
        assert!(!has_unexported("strings", "explode"));
    }
}
