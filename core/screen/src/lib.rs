//! A terminal's screen: bytes with escape sequences become lines of styled text.
//!
//! Here lives what a terminal emulator shows: the lines, their colours, the cursor. How lines get
//! into a page, and where the bytes come from, is not here. Lines are not cut at the terminal's
//! width; the view may wrap them, so that a copied line is the line that was printed.

#![warn(missing_docs)]

mod escape;
pub mod limits;
mod line;
mod screen;
mod style;

pub use line::{Line, Run};
pub use screen::{Changes, Screen};
pub use style::{Color, Style};
