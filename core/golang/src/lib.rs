//! Go for Drydock: compiled to register bytecode and run on a machine's processes.
//!
//! The front half (syntax, types, messages) is the crate `golang-check`.

#![allow(dead_code, reason = "the parts come one after the other")]

pub mod limits;
pub mod natives;
pub mod vm;
