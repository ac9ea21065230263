//! The tree of a parsed script.

use std::rc::Rc;

/// A sequence of commands with what joins them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The commands in their order.
    pub items: Vec<Item>,
}

/// One and-or chain of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The first pipeline.
    pub first: Pipeline,
    /// `&&` (true) or `||` (false) with the pipeline after it.
    pub rest: Vec<(bool, Pipeline)>,
    /// Ended with `&`.
    pub background: bool,
    /// The text as it was written, for `jobs`.
    pub text: String,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Begins with `!`.
    pub negated: bool,
    /// Begins with `time`.
    pub timed: bool,
    /// The commands.
    pub commands: Vec<Command>,
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Redirections, in their order.
    pub redirections: Vec<Redirection>,
    /// The line it begins on, from 1.
    pub line: usize,
}

/// The kinds of commands.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandKind {
    /// Assignments and words.
    Simple {
        /// `NAME=value` before the words.
        assignments: Vec<Assignment>,
        /// The command's name and arguments.
        words: Vec<Word>,
    },
    /// `( … )`
    Subshell(Rc<List>),
    /// `{ …; }`
    Group(Rc<List>),
    /// `if … then … elif … else … fi`
    If {
        /// Conditions with their bodies.
        branches: Vec<(List, List)>,
        /// The `else` body.
        otherwise: Option<List>,
    },
    /// `while` (true) or `until` (false) with condition and body.
    Loop(bool, Rc<List>, Rc<List>),
    /// `for NAME in WORDS; do … done`; without `in`, over the arguments.
    For(String, Option<Vec<Word>>, Rc<List>),
    /// `for ((a; b; c)); do … done`
    CountingFor(Rc<[Word; 3]>, Rc<List>),
    /// `case WORD in … esac`
    Case(Word, Vec<CaseBranch>),
    /// `NAME() …`
    Function(String, Rc<Command>),
    /// `(( … ))`
    Arithmetic(Word),
    /// `[[ … ]]`
    Condition(Vec<Word>),
}

/// One branch of a `case`.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseBranch {
    /// The patterns.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: List,
    /// Ends with `;&`: the next body runs too.
    pub falls_through: bool,
}

/// `NAME=value` or `NAME+=value`, or `NAME=(words)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// `NAME[subscript]`
    pub subscript: Option<Word>,
    /// `+=`
    pub append: bool,
    /// The value.
    pub value: AssignedValue,
}

/// The right side of an assignment.
#[derive(Clone, Debug, PartialEq)]
pub enum AssignedValue {
    /// One word.
    Scalar(Word),
    /// `( … )`
    Array(Vec<Word>),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirection {
    /// The descriptor on its left, if one is written.
    pub descriptor: Option<i32>,
    /// What it does.
    pub kind: RedirectionKind,
    /// The file, descriptor or text on its right.
    pub target: Word,
}

/// The kinds of redirections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectionKind {
    /// `<`
    Read,
    /// `>` and `>|`
    Write,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateInput,
    /// `>&`
    DuplicateOutput,
    /// `&>` (true: `&>>`)
    Both(bool),
    /// `<<` and `<<-`: the target is the text.
    HereDocument,
    /// `<<<`
    HereString,
}

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// Its parts, joined without space.
    pub parts: Vec<Part>,
}

/// A part of a word. `quoted` parts are neither split nor taken as patterns.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text {
        /// The characters.
        text: String,
        /// Inside of quotes or after a backslash.
        quoted: bool,
    },
    /// `$NAME`, `${NAME…}`
    Parameter {
        /// What is asked for.
        parameter: Rc<Parameter>,
        /// Inside of double quotes.
        quoted: bool,
    },
    /// `$( … )` and backquotes.
    Substitution {
        /// The commands.
        list: Rc<List>,
        /// Inside of double quotes.
        quoted: bool,
    },
    /// `<( … )`: the name of a file with the output.
    Process(Rc<List>),
    /// `$(( … ))`
    Arithmetic {
        /// The expression, before expansion.
        expression: Rc<Word>,
        /// Inside of double quotes.
        quoted: bool,
    },
}

/// A parameter expansion.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name, number or special character.
    pub name: String,
    /// `NAME[subscript]`; `@` and `*` mean all.
    pub subscript: Option<Word>,
    /// `${!NAME}`
    pub indirect: bool,
    /// What is done with the value.
    pub operation: Operation,
}

/// What `${…}` does with the value.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Nothing.
    Value,
    /// `${#NAME}`
    Length,
    /// `-`, `=`, `?`, `+`, with whether a colon stands before and the word.
    Alternative(char, bool, Word),
    /// `#`, `##`, `%`, `%%`: the end, whether the longest match, the pattern.
    Remove(char, bool, Word),
    /// `/`: pattern, replacement, and `/` for all, `#` at the start, `%` at the end.
    Replace(Word, Word, Option<char>),
    /// `:offset:length`
    Substring(Word, Option<Word>),
    /// `^`, `^^`, `,`, `,,`
    Case(char, bool),
    /// `${!PREFIX@}`, or `${!PREFIX*}` (true): the variables whose names begin so.
    Names(bool),
}

impl Word {
    /// Unquoted text.
    pub fn text(text: String) -> Word {
        let quoted = false;
        Word {
            parts: vec![Part::Text { text, quoted }],
        }
    }
}
