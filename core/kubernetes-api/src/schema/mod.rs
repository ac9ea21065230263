//! What an object of each kind may contain: the generated table and its types.
//!
//! One compact text (`table.txt`, written by `cargo xtask schema DIR`) is parsed on first use.
//! Built on it: [`decode`] (unknown fields, wrong types, normal form), strategic merge patch,
//! the template hash, `kubectl explain`, completion.
//!
//! The lines of the table: `@package group version`, `=Name type|enum…` for named basic types, and
//! `Struct field…` with fields `json[/Go]:type` in Go's order. Type letters: `s` string, `b` bool,
//! `i` int32, `l` int64, `n` int, `f` float64, `q` Quantity, `t` Time, `T` MicroTime, `d` Duration,
//! `o` IntOrString, `y` bytes, `r` any; `*` pointer, `[` list, `{key}` map. Marks behind the type:
//! `'` written even when empty, `` ` `` left out when zero, `!` required, `~a` atomic, `~s` set, `~m`
//! map list with its keys, `^` patch strategy (m merge, k retainKeys, r replace), `=` merge key,
//! `<` default. A leading `+` embeds a type, a leading `-` hides a field from JSON.

pub mod convert;
pub mod decode;
mod generate;
mod table;

pub use generate::generate;
pub use table::{Field, ListType, Schema, Shape, Struct, Type};

use std::sync::OnceLock;

static SCHEMA: OnceLock<Schema> = OnceLock::new();

/// The table of the built-in kinds.
#[must_use]
pub fn builtin() -> &'static Schema {
    SCHEMA.get_or_init(|| Schema::parse(include_str!("table.txt")))
}
