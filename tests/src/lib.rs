//! Tests that cross crates, and what they share: how a transcript is compared.

pub mod compare;
