//! Functions of the standard packages that are written in Rust: how they are called, and the
//! table of them.
//!
//! A Go function without a body in a standard package, `func Index(s, substr string) int` of
//! package `strings`, is the Rust function that [`find`] gives for `"strings.Index"`. One file
//! here holds the natives of one package and exports `pub const TABLE: &[(&str, Native)]`; add it
//! to [`TABLES`]. A native reads its arguments in order, then gives its results in order:
//!
//! ```ignore
//! fn index(call: &mut Call) -> Outcome {
//!     let text = call.string();          // a Text: address and length in the heap
//!     let part = call.string();
//!     let at = find(call.bytes(text), call.bytes(part));
//!     call.give_int(at);
//!     Ok(Flow::Done)
//! }
//! ```
//!
//! Argument readers: [`Call::int`] (any integer, pointer, channel, map or function value),
//! [`Call::bool`], [`Call::float`], [`Call::string`], [`Call::slice`], [`Call::iface`] (type number
//! and data word). Results: [`Call::give_int`], [`Call::give_bool`], [`Call::give_float`],
//! [`Call::give_string`] (makes a new string of bytes), [`Call::give_text`] (a string that is in the
//! heap already, for example a part of an argument), [`Call::give_bytes`] (a new `[]byte`),
//! [`Call::give_strings`] (a new `[]string`), [`Call::give_slice`], [`Call::give_iface`]. Every result must be given.
//!
//! Errors are [`Trap`]s: `Err(Trap::Text(..))` panics with a string. No garbage is collected
//! while a native runs, so addresses stay good until it returns.
//!
//! A native that has to wait returns [`Flow::Wait`] with a future; when that ends, its closure is
//! called with the same [`Call`] to give the results. Only the calling goroutine waits.

pub mod big;
pub mod elementary;
pub mod files;
pub mod json;
pub mod math;
pub mod native;
pub mod network;
pub mod numbers;
pub mod signals;
pub mod strings;
pub mod types;
pub mod values;
pub use crate::vm::{Call, Completion, Flow, Native, Outcome, Slice, Text};

/// The natives of all packages.
pub const TABLES: &[&[(&str, Native)]] = &[
    native::TABLE,
    files::TABLE,
    network::TABLE,
    signals::TABLE,
    types::TABLE,
    values::TABLE,
    numbers::TABLE,
    strings::TABLE,
    json::TABLE,
    math::TABLE,
    big::TABLE,
];

/// The number of a native by its full name (`"strings.Index"`).
pub fn find(name: &str) -> Option<u32> {
    let mut number = 0;
    for table in TABLES {
        if let Some(at) = table.iter().position(|(known, _)| *known == name) {
            return Some(number + at as u32);
        }
        number += table.len() as u32;
    }
    None
}

/// The native of a number.
pub fn get(number: u32) -> Option<Native> {
    let mut rest = number as usize;
    for table in TABLES {
        match table.get(rest) {
            Some((_, native)) => return Some(*native),
            None => rest -= table.len(),
        }
    }
    None
}
