//! The named limits of the front end: what a source may cost before it is refused in words.

/// Levels of nested expressions, types and statements; deeper ones are an error instead of a deep
/// recursion of ours. (gc has no such limit of its own, it just uses more stack.)
pub const NESTING_LEVELS_MAX: u32 = 250;

/// Operands of one left-leaning chain such as `a + b + c + …`.
pub const CHAIN_OPERANDS_MAX: u32 = 1_000;

/// Bytes of one source file.
pub const SOURCE_BYTES_MAX: usize = 8 << 20;

/// Syntax errors recorded for one file; gc shows ten.
pub const SYNTAX_ERRORS_MAX: usize = 50;

/// Type errors recorded for one package; gc shows ten.
pub const TYPE_ERRORS_MAX: usize = 2_000;

/// Bits of an untyped integer constant (gc: 512).
pub const CONSTANT_BITS_MAX: u64 = 512;

/// The largest shift count of a constant shift that is evaluated (gc: 1023 - 1 + 52).
pub const CONSTANT_SHIFT_MAX: u64 = 1023 - 1 + 52;

/// Bytes of a constant string that concatenation may build.
pub const CONSTANT_STRING_BYTES_MAX: usize = 64 << 20;

/// Distinct instances of generic types that one program may create, so that a type that expands
/// for ever ends in an error.
pub const TYPE_INSTANCES_MAX: usize = 20_000;

/// Nesting of type arguments inside type arguments.
pub const TYPE_DEPTH_MAX: u32 = 100;

/// Tokens of one source that the formatter may read twice, where type parameters look like an
/// array's length.
pub const REREAD_TOKENS_MAX: usize = 200_000;

/// Levels of the tree that the formatter walks through, chains such as `a + b + c + …` included.
pub const TREE_LEVELS_MAX: u32 = 1_000;
