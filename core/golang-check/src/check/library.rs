//! Imported packages whose declarations are read when their names are looked up: of the standard
//! packages that a program imports, directly or not, it needs a small part.
//!
//! Such a source has a carriage return before each of its top-level declarations (which Go takes
//! for a blank), so that they are found without cutting tokens, and two at its start if one of
//! them is `init`.

use super::{ScopeId, resolver::MethodInfo};
use crate::{
    ast::Decl,
    object::ObjectId,
    parser,
    program::{PackageId, Program, SourceText},
    source::{Pos, SourceFile},
    symbol::Symbol,
};
use std::rc::Rc;

/// Stands before each top-level declaration.
const MARK: u8 = b'\r';

/// What a source with an `init` starts with.
const INIT: &[u8] = b"\r\r";

/// The declarations of a package that are not all read yet.
pub(crate) struct Waiting {
    package: PackageId,
    /// Files that nobody looked into: each with its scope and where its imports end.
    unseen: Vec<(Rc<SourceFile>, ScopeId, usize)>,
    pieces: Vec<Piece>,
    /// Package-level names, sorted, and the pieces that declare them.
    names: Vec<(Symbol, usize)>,
    /// Names of types, sorted, and the pieces that declare a method of theirs.
    methods: Vec<(Symbol, usize)>,
}

/// A declaration of one name, or a group in parentheses.
#[derive(Clone)]
struct Piece {
    file: Rc<SourceFile>,
    scope: ScopeId,
    start: usize,
    end: usize,
    is_read: bool,
}

/// Whether the declarations of a source can be found by their marks.
pub(crate) fn is_marked(text: &[u8]) -> bool {
    text.contains(&MARK)
}

impl Program {
    /// Enters a package of the importer: its name and its imports. The rest waits.
    pub(crate) fn open_library(&mut self, path: &str, files: Vec<SourceText>) -> PackageId {
        let mut heads = Vec::new();
        let mut next_node = 0;
        for file in files {
            let source = self.sources.add(&file.name, file.text);
            let head = head_end(&source.text);
            let parsed = parser::parse_head(&source, &mut self.symbols, next_node, head);
            next_node = parsed.next_node;
            heads.push((source, parsed.file, head));
        }
        let name = heads.iter().find_map(|(_, head, _)| head.package_name);
        let pos = heads.first().map_or(Pos::NONE, |(_, head, _)| head.pos);
        let id = self.add_package(path, name.map_or(Symbol::EMPTY, |name| name.name), pos);
        if let Some(package) = self.packages.get_mut(id.0 as usize) {
            package.next_node = next_node;
        }
        self.checker.lazy_packages.insert(id);
        let outer = std::mem::replace(&mut self.checker.env.package, id);
        let top = self.top_scope(id);
        let mut waiting = Waiting::new(id);
        let mut has_init = false;
        for (file, head, end) in heads {
            let scope = self.new_scope(Some(top));
            self.collect_declarations(id, &head.decls, scope, &mut Vec::new());
            has_init |= file.text.starts_with(INIT);
            waiting.unseen.push((file, scope, end));
        }
        if let Some(scope) = self.checker.scopes.get_mut(top.0 as usize) {
            scope.waiting = Some(Box::new(waiting));
        }
        if has_init {
            // Nobody calls it, so it cannot wait until somebody does.
            self.read_declaration(top, Symbol::INIT);
        }
        self.checker.env.package = outer;
        id
    }

    /// Finds the declarations of files that nobody looked into yet.
    fn index(&mut self, scope: ScopeId) {
        let slot = self.checker.scopes.get_mut(scope.0 as usize);
        let Some(slot) = slot.and_then(|scope| scope.waiting.as_mut()) else {
            return;
        };
        if slot.unseen.is_empty() {
            return;
        }
        let mut waiting = std::mem::replace(slot, Box::new(Waiting::new(slot.package)));
        for (file, scope, head) in std::mem::take(&mut waiting.unseen) {
            for (start, end) in pieces(&file.text, head) {
                let text = file.text.get(start..end).unwrap_or_default();
                self.note_names(text, &mut waiting);
                waiting.pieces.push(Piece {
                    file: Rc::clone(&file),
                    scope,
                    start,
                    end,
                    is_read: false,
                });
            }
        }
        waiting.names.sort_unstable();
        waiting.methods.sort_unstable();
        if let Some(slot) = self.checker.scopes.get_mut(scope.0 as usize) {
            slot.waiting = Some(waiting);
        }
    }

    /// Notes which names the next piece declares.
    fn note_names(&mut self, text: &[u8], waiting: &mut Waiting) {
        let piece = waiting.pieces.len();
        let mut note = |names: &mut Vec<(Symbol, usize)>, name: &[u8]| {
            let name = std::str::from_utf8(name).unwrap_or_default();
            names.push((self.symbols.intern(name), piece));
        };
        let (keyword, rest) = word(text);
        let rest = rest.trim_ascii_start();
        match (keyword, rest.first()) {
            (b"func", Some(b'(')) => {
                let end = rest.iter().position(|byte| matches!(byte, b'[' | b')'));
                let receiver = rest.get(1..end.unwrap_or(1)).unwrap_or_default();
                let mut words = receiver.rsplit(|byte| !is_word(*byte));
                let base = words.find(|word| !word.is_empty());
                note(&mut waiting.methods, base.unwrap_or_default());
            }
            (_, Some(b'(')) => {
                for line in group_lines(rest.get(1..).unwrap_or_default()) {
                    names(line, &mut |name| note(&mut waiting.names, name));
                }
            }
            _ => names(rest, &mut |name| note(&mut waiting.names, name)),
        }
    }

    /// The object of a name at the top of a package.
    pub fn package_object(&mut self, package: PackageId, name: Symbol) -> Option<ObjectId> {
        let known = self.package(package)?.scope.get(&name).copied();
        known.or_else(|| self.top_object(self.top_scope(package), name))
    }

    /// The object of a name in a scope, whose declaration is read now if it waits.
    pub(crate) fn top_object(&mut self, scope: ScopeId, name: Symbol) -> Option<ObjectId> {
        let known = self.scope_get(scope, name);
        known.or_else(|| {
            self.read_declaration(scope, name);
            self.scope_get(scope, name)
        })
    }

    /// Reads all declarations of a package, for questions about all its names.
    pub(crate) fn read_declarations(&mut self, package: PackageId) {
        let top = self.top_scope(package);
        self.index(top);
        let Some(waiting) = self.scope(top).and_then(|scope| scope.waiting.as_ref()) else {
            return;
        };
        for name in waiting.names.clone() {
            self.read_declaration(top, name.0);
        }
        let names = self.scope(top).map(|scope| scope.names.clone());
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.scope = names.unwrap_or_default();
        }
    }

    fn read_declaration(&mut self, scope: ScopeId, name: Symbol) {
        self.index(scope);
        let Some(scope) = self.checker.scopes.get_mut(scope.0 as usize) else {
            return;
        };
        let Some(waiting) = &mut scope.waiting else {
            return;
        };
        let package = waiting.package;
        let pieces = waiting.take(name, |waiting| &waiting.names);
        for piece in pieces {
            let outer = std::mem::replace(&mut self.checker.env.package, package);
            self.read_piece(package, &piece);
            self.checker.env.package = outer;
        }
    }

    fn read_piece(&mut self, package: PackageId, piece: &Piece) {
        let mut methods = Vec::new();
        let decls = self.collect_piece(package, piece, &mut methods);
        let top = self.top_scope(package);
        for decl in decls {
            let Decl::Type(decl) = decl else { continue };
            let waiting = self.checker.scopes.get_mut(top.0 as usize);
            let waiting = waiting.and_then(|scope| scope.waiting.as_mut());
            let pieces = waiting.map(|waiting| waiting.take(decl.name.name, |all| &all.methods));
            for piece in pieces.unwrap_or_default() {
                self.collect_piece(package, &piece, &mut methods);
            }
        }
        self.attach_methods(top, methods);
    }

    fn collect_piece(
        &mut self,
        package: PackageId,
        piece: &Piece,
        methods: &mut Vec<MethodInfo>,
    ) -> Vec<Decl> {
        let next_node = self.package(package).map_or(0, |package| package.next_node);
        let range = piece.start..piece.end;
        let parsed = parser::parse_piece(&piece.file, &mut self.symbols, next_node, range);
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.next_node = parsed.next_node;
            package.info.branch_targets.extend(parsed.branch_targets);
            package.info.reserve(parsed.next_node as usize);
        }
        self.collect_declarations(package, &parsed.file.decls, piece.scope, methods);
        parsed.file.decls
    }
}

impl Waiting {
    fn new(package: PackageId) -> Self {
        Waiting {
            package,
            unseen: Vec::new(),
            pieces: Vec::new(),
            names: Vec::new(),
            methods: Vec::new(),
        }
    }

    /// The pieces of a name that are not read yet; they count as read from now on.
    fn take(&mut self, name: Symbol, list: fn(&Waiting) -> &Vec<(Symbol, usize)>) -> Vec<Piece> {
        let first = list(self).partition_point(|entry| entry.0 < name);
        let mut found = Vec::new();
        let mut at = first;
        while let Some((known, piece)) = list(self).get(at).copied() {
            if known != name {
                break;
            }
            at += 1;
            if let Some(piece) = self.pieces.get_mut(piece)
                && !std::mem::replace(&mut piece.is_read, true)
            {
                found.push(piece.clone());
            }
        }
        found
    }
}

/// Where the package clause with the imports ends.
fn head_end(text: &[u8]) -> usize {
    let mut at = if text.starts_with(INIT) {
        INIT.len()
    } else {
        0
    };
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(mark) = rest.iter().position(|byte| *byte == MARK) else {
            return text.len();
        };
        at += mark + 1;
        let rest = text.get(at..).unwrap_or_default();
        if !rest.starts_with(b"import") {
            return at - 1;
        }
    }
}

/// Where the declarations after the head are.
fn pieces(text: &[u8], head: usize) -> Vec<(usize, usize)> {
    let rest = text.get(head + 1..).unwrap_or_default();
    let rest = std::str::from_utf8(rest).unwrap_or_default();
    let ends = rest.match_indices(char::from(MARK)).map(|(at, _)| at);
    let mut start = head + 1;
    let ends = ends.chain([rest.len()]).map(|end| head + 1 + end);
    ends.map(|end| (std::mem::replace(&mut start, end + 1), end))
        .collect()
}

/// The first word of a text, and the rest.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !is_word(*byte));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, b""))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The names with which a declaration begins: `a, b`.
fn names(text: &[u8], each: &mut dyn FnMut(&[u8])) {
    let mut rest = text;
    loop {
        let (name, after) = word(rest.trim_ascii_start());
        if !name.is_empty() {
            each(name);
        }
        match after.trim_ascii_start().split_first() {
            Some((b',', after)) if !name.is_empty() => rest = after,
            _ => return,
        }
    }
}

/// The lines of a group that are in no further brackets. (A line that goes on from the one before
/// may be among them; then it seems to declare what it begins with, which does no harm.)
fn group_lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let (mut depth, mut at, mut is_start) = (0_u32, 0, true);
    while let Some(byte) = text.get(at).copied() {
        if is_start && depth == 0 && byte != b'\n' {
            lines.push(text.get(at..).unwrap_or_default());
        }
        is_start = byte == b'\n';
        at += 1;
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'`' => {
                while let Some(inner) = text.get(at).copied() {
                    at += if inner == b'\\' && byte != b'`' { 2 } else { 1 };
                    if inner == byte {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_declare_what_their_lines_begin_with() {
        let text = b"\na,b=1,`\nx`\nc=f(func(){\nd:=1\n})\ne int\n)\n";
        let mut found = Vec::new();
        for line in group_lines(text) {
            names(line, &mut |name| {
                found.push(String::from_utf8_lossy(name).into_owned())
            });
        }
        assert_eq!(found, ["a", "b", "c", "e"]);
    }

    #[test]
    fn marks_split_a_source() {
        let text = b"package p\n\rimport\"x\"\n\rfunc f(){}\n\rvar x=1\n";
        assert_eq!(head_end(text), 21);
        assert_eq!(pieces(text, 21), [(22, 33), (34, 42)]);
    }
}
