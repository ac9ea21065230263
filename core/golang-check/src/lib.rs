//! The front half of Go for Drydock: sources in, a syntax tree, types and diagnostics out.
//!
//! Models `cmd/compile/internal/syntax` and `cmd/compile/internal/types2` of Go 1.26: the same
//! messages, at the same positions, in the same order. It is pure: no files, no clock, no machine.
//! Loading of modules (which files make a package) belongs to the `go` command; compiling and
//! running belong to the crate `golang`.
//!
//! Reading order: [`source`] (positions), [`ast`], [`types`] and [`object`] (what a checked program
//! consists of), [`info`] (what the checker knows about each node), [`program`] (the entry points).

#![allow(
    dead_code,
    reason = "the data structures come first; the checker that fills them follows"
)]

pub mod ast;
mod check;
pub mod constant;
pub mod format;
pub mod info;
pub mod limits;
pub mod object;
mod parser;
mod printer;
pub mod probe;
pub mod program;
pub mod report;
mod scanner;
pub mod source;
pub mod symbol;
mod token;
pub mod types;
pub mod vet;

pub use info::{Info, Mode, Selection, SelectionKind};
pub use object::{Object, ObjectId, ObjectKind};
pub use program::{Importer, Options, Package, PackageId, Program, SourceText};
pub use source::{Diagnostic, Pos, Position};
pub use symbol::Symbol;
pub use types::{Type, TypeId};
