//! The limits of a screen: whatever a program prints, its memory stays bounded.

/// Lines that are kept; older ones are dropped.
pub const LINES_MAX: usize = 2_000;

/// Characters of one line; the next character begins a new line.
pub const LINE_CHARACTERS_MAX: usize = 4_096;

/// Parameters of one escape sequence; the rest are ignored.
pub const PARAMETERS_MAX: usize = 16;

/// The largest number in an escape sequence; larger ones count as this.
pub const PARAMETER_VALUE_MAX: u16 = 9_999;
