//! golang.
