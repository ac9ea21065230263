//! The tree that is formatted: every token's place is kept, nothing is resolved. Tokens and
//! comments with it. Models `go/ast` and `go/token`.

use crate::{scanner::Scanner, token::Token};
use std::cell::Cell;

/// What a token is. Reserved words and operators are told apart by their text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Eof,
    Name,
    Number,
    Rune,
    String,
    Word,
    /// The semicolon that a line's end stands for.
    Newline,
}

#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub class: Class,
    pub text: &'a str,
    pub at: usize,
}

#[derive(Clone)]
pub(super) struct Comment {
    pub at: usize,
    pub end: usize,
    pub text: String,
}

/// What a node is; the order of its kids is said here. `[x]` may be [`K::None`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum K {
    None,
    Name,
    Number,
    Literal,
    /// x y; `mid` is the operator.
    Binary,
    /// key value; `mid` is the colon.
    KeyValue,
    Star,
    Unary,
    /// FuncType Block
    FuncLit,
    Paren,
    /// x Name
    Selector,
    /// x [type]; `mid` is the parenthesis.
    Assert,
    /// x index…; `mid` is the bracket.
    Index,
    /// x [low] [high] [max]; `mid` is the bracket, `n` 3 with two colons.
    Slice,
    /// function argument…; `mid` is the parenthesis, `n` the ellipsis or 0.
    Call,
    /// [type] element…; `mid` is the brace.
    Composite,
    Ellipsis,
    /// [length] element
    Array,
    /// Fields
    Struct,
    /// Fields
    Interface,
    /// [type parameters] parameters [results]
    Func,
    Map,
    /// `text` is `chan`, `<-chan` or `chan<-`.
    Chan,
    /// Field…, from the opening to the closing mark.
    Fields,
    /// name… type [tag]; `n` names.
    Field,
    Decl,
    Empty,
    /// label statement; `mid` is the colon.
    Labeled,
    Expr,
    Send,
    /// `text` is the operator, `mid` its place.
    IncDec,
    /// left… right…; `n` are on the left, `text` is the operator.
    Assign,
    /// `text` is `go` or `defer`.
    Go,
    Return,
    /// [label]
    Branch,
    Block,
    /// [init] condition Block [else]
    If,
    /// [init] [condition] [post] Block
    For,
    /// [key] [value] x Block; `text` is the assignment, `mid` its place.
    Range,
    /// [init] [tag] Block
    Switch,
    /// [init] statement Block
    TypeSwitch,
    /// expression… statement…; `n` expressions, `mid` is the colon.
    Case,
    /// [statement] statement…
    Comm,
    Select,
    /// Spec…; `mid` is the parenthesis or 0.
    Group,
    /// [name] path
    ImportSpec,
    /// name… [type] value…; `n` names.
    ValueSpec,
    /// name [type parameters] type; `n` 1 for an alias.
    TypeSpec,
    /// [receiver] name Func [Block]
    FuncDecl,
    /// name declaration…
    File,
}

/// Precedence of a binary operator, 0 for none.
pub(super) fn precedence(operator: &str) -> u8 {
    match operator {
        "||" => 1,
        "&&" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 3,
        "+" | "-" | "|" | "^" => 4,
        "*" | "/" | "%" | "<<" | ">>" | "&" | "&^" => 5,
        _ => 0,
    }
}

pub(super) struct Node<'a> {
    pub k: K,
    pub at: usize,
    pub end: usize,
    pub mid: usize,
    pub n: usize,
    pub text: &'a str,
    pub kids: Vec<Node<'a>>,
    /// Levels of nodes below it, and itself.
    pub height: u32,
    /// Its size on one line plus 1, once it is known.
    pub size: Cell<usize>,
}

impl<'a> Node<'a> {
    pub fn new(k: K, at: usize, end: usize, kids: Vec<Node<'a>>) -> Node<'a> {
        Node {
            k,
            at,
            end,
            mid: 0,
            n: 0,
            text: "",
            height: 1 + kids.iter().fold(0, |most, kid| most.max(kid.height)),
            kids,
            size: Cell::new(0),
        }
    }

    pub fn none() -> Node<'a> {
        Node::new(K::None, 0, 0, Vec::new())
    }

    pub fn is_some(&self) -> bool {
        self.k != K::None
    }

    /// A kid, or the node itself where a broken tree has none.
    pub fn kid(&self, index: usize) -> &Node<'a> {
        self.kids.get(index).unwrap_or(self)
    }

    /// The kids from one on.
    pub fn from(&self, index: usize) -> &[Node<'a>] {
        self.kids.get(index..).unwrap_or(&[])
    }

    /// Without parentheses around it.
    pub fn bare(&self) -> &Node<'a> {
        let mut node = self;
        while node.k == K::Paren {
            node = node.kid(0);
            if node.kids.is_empty() {
                break;
            }
        }
        node
    }
}

/// A text cut into tokens, with its comments and its lines.
pub(super) struct Cut<'a> {
    pub pieces: Vec<Piece<'a>>,
    pub comments: Vec<Vec<Comment>>,
    /// Offsets at which lines start.
    pub lines: Vec<usize>,
    /// Mistakes in tokens: where the token starts, where the mistake is, its text.
    pub errors: Vec<(usize, usize, String)>,
}

impl Cut<'_> {
    /// Line and column of an offset, from 1.
    pub fn place(&self, at: usize) -> (usize, usize) {
        let line = line_in(&self.lines, at);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index));
        (line, at - start.copied().unwrap_or(0) + 1)
    }
}

pub(super) fn line_in(lines: &[usize], at: usize) -> usize {
    lines.partition_point(|start| *start <= at)
}

/// Cuts a text.
pub(super) fn cut(text: &str) -> Cut<'_> {
    let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let lines: Vec<usize> = std::iter::once(0)
        .chain(newlines.map(|(at, _)| at + 1))
        .collect();
    let mut scanner = Scanner::new(text.as_bytes(), 0);
    let mut cut = Cut {
        pieces: Vec::new(),
        comments: Vec::new(),
        lines,
        errors: Vec::new(),
    };
    let (mut end, mut line) = (0, 0);
    loop {
        scanner.next();
        let class = match scanner.token {
            Token::Eof => Class::Eof,
            Token::Name => Class::Name,
            Token::Semi if scanner.semi != "semicolon" => Class::Newline,
            Token::Literal => match scanner.kind {
                crate::ast::LitKind::String => Class::String,
                crate::ast::LitKind::Rune => Class::Rune,
                _ => Class::Number,
            },
            _ => Class::Word,
        };
        let at = scanner.start;
        for (place, message) in scanner.errors.drain(..) {
            if message.starts_with("invalid character") && place < at {
                cut.pieces.push(Piece {
                    class: Class::Word,
                    text: "ILLEGAL",
                    at: place,
                });
            }
            let token = if place < at { place } else { at };
            let (place, message) = scan_error(text, token, place, &message);
            cut.errors.push((token, place, message));
        }
        let after = match class {
            Class::Newline | Class::Eof => at,
            _ => scanner.after(),
        };
        cut.pieces.push(Piece {
            class,
            text: text.get(at..after).unwrap_or(""),
            at,
        });
        if class == Class::Newline {
            continue;
        }
        let gap = text.get(end..at).unwrap_or("");
        if gap.contains('/') {
            gather(&mut cut, gap, end, line);
        }
        line = line_in(&cut.lines, at);
        end = after;
        if class == Class::Eof {
            break;
        }
    }
    cut
}

/// A mistake in a token as go/scanner tells it.
fn scan_error(text: &str, start: usize, at: usize, message: &str) -> (usize, String) {
    if message.contains("Unicode code point") || message.starts_with("octal escape") {
        let before = text.get(start..at).unwrap_or("");
        let at = start + before.rfind('\\').map_or(before.len(), |slash| slash + 1);
        return (at, "escape sequence is invalid Unicode code point".into());
    }
    if let Some((_, rest)) = message.split_once("invalid character ")
        && message.ends_with(" escape")
    {
        let letter = text.get(at..).and_then(|rest| rest.chars().next());
        let shown = letter.map_or(0, u32::from);
        let _ = rest;
        let message = format!(
            "illegal character U+{shown:04X} '{}' in escape sequence",
            letter.unwrap_or(' ')
        );
        return (at, message);
    }
    for (ours, theirs, at_start) in [
        ("invalid character", "illegal character", false),
        (
            "identifier cannot begin with digit",
            "illegal character",
            false,
        ),
        (
            "invalid BOM in the middle of the file",
            "illegal byte order mark",
            false,
        ),
        ("invalid NUL character", "illegal character NUL", false),
        ("invalid UTF-8 encoding", "illegal UTF-8 encoding", false),
        ("unknown escape", "unknown escape sequence", false),
        ("newline in string", "string literal not terminated", true),
        (
            "string not terminated",
            "raw string literal not terminated",
            true,
        ),
        (
            "newline in rune literal",
            "rune literal not terminated",
            true,
        ),
        (
            "rune literal not terminated",
            "rune literal not terminated",
            true,
        ),
        ("empty rune literal", "illegal rune literal", true),
        ("more than one character", "illegal rune literal", true),
    ] {
        if let Some(rest) = message.strip_prefix(ours) {
            let rest = rest.strip_suffix(" in identifier").unwrap_or(rest);
            if let Some(curly) = ["“", "”"]
                .iter()
                .find(|curly| rest.ends_with(&format!("'{curly}'")))
            {
                let message = format!("curly quotation mark '{curly}' (use neutral '\"')");
                return (at, message);
            }
            let rest = if rest.starts_with(" U+") { rest } else { "" };
            return (if at_start { start } else { at }, format!("{theirs}{rest}"));
        }
    }
    (at, message.to_string())
}

/// The comments between two tokens, in groups: those on the line of the token before, and those
/// without empty lines between them.
fn gather(cut: &mut Cut, gap: &str, base: usize, line: usize) {
    let mut group: Vec<Comment> = Vec::new();
    let (mut last, mut reach, mut is_first) = (0, 0, true);
    let mut at = 0;
    while let Some(found) = gap.get(at..).and_then(|rest| rest.find('/')) {
        let start = at + found;
        let rest = gap.get(start..).unwrap_or("");
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            rest.find("*/").map_or(rest.len(), |length| length + 2)
        };
        at = start + length.max(1);
        let own = line_in(&cut.lines, base + start);
        if !group.is_empty() && own > last + reach {
            cut.comments.push(std::mem::take(&mut group));
        }
        if group.is_empty() {
            reach = usize::from(!is_first || own != line);
            is_first = false;
        }
        last = line_in(&cut.lines, base + at - 1);
        group.push(Comment {
            at: base + start,
            end: base + at,
            text: rest.get(..length).unwrap_or("").to_string(),
        });
    }
    if !group.is_empty() {
        cut.comments.push(group);
    }
}
