//! Lessons: a folder of plain files becomes steps with text, commands and files to click on.
//!
//! Here lives the format: the archive that a folder is packed into, the front matter, the part of
//! Markdown that lessons use, and our marks in it. How a lesson looks, and what a click does, is
//! not here.

#![warn(missing_docs)]

mod archive;
mod block;
mod inline;
#[allow(
    clippy::module_inception,
    reason = "the thing that the crate is named after"
)]
mod lesson;
pub mod limits;

pub use archive::Archive;
pub use block::{Action, Block};
pub use inline::Inline;
pub use lesson::{Lesson, Step};
