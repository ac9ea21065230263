//! golang-check.
