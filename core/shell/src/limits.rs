//! The shell's named limits.

/// How deep functions, subshell evaluations, `source` and `eval` may nest.
pub const RECURSION: usize = 200;
/// How deep commands and expansions may nest in the text of a script.
pub const NESTING: usize = 200;
/// Bytes of a script, and of what one command substitution may give.
pub const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Words that one brace expansion or one file name pattern may become.
pub const WORDS: usize = 100_000;
/// Lines of history that are kept.
pub const HISTORY: usize = 1000;
/// Work units that the shell's own part of one command costs.
pub const COMMAND_WORK: u64 = 2_000;
/// Lines that two files may differ in before `diff` takes all of them as changed.
pub const DIFFERENCES: usize = 1000;
/// Characters of the longest text that an expansion may become.
pub const TEXT_CHARACTERS: usize = 8 * 1024 * 1024;
/// Texts that are no longer than this do not count as memory of the shell's process.
pub const UNCOUNTED_CHARACTERS: usize = 64 * 1024;
