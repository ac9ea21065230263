//! Maps and sets in the order of their keys, over sorted vectors.
//!
//! They do what `BTreeMap` and `BTreeSet` of the standard library do, with a twentieth of the code:
//! each pair of types that a B-tree is made for adds about seven kilobytes to the page, and there
//! were more than a hundred such pairs. Finding a key takes `log n` steps; adding and removing one
//! moves what lies behind it, which is a single copy of memory and for the few thousand entries of
//! this program not slower than a tree. Where hundreds of thousands of entries come and go (the
//! executor's tasks, the heap of a Go program) the tree is the right choice.

mod map;
mod set;

pub use map::{Entry, OrderedMap};
pub use set::OrderedSet;
