//! Selectors: which objects a request or a controller means.
//!
//! Label selectors are [`LabelSelector`], field selectors [`FieldSelector`].

mod field_selector;
mod label_selector;
mod label_syntax;

pub use field_selector::{FieldSelector, FieldTerm};
pub use label_selector::{LabelSelector, Operator, Requirement};
