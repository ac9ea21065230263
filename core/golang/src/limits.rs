//! The named limits of building Go, and of its packages; those of a process are in
//! [`golang_vm::limits`].

/// Registers of one function.
pub const REGISTERS_MAX: usize = 250;

/// Registers up to which variables are kept in registers; further ones live in the heap.
pub const VARIABLE_REGISTERS_MAX: usize = 150;

/// Slices of one function that start in its frame.
pub const BUFFERS_MAX: usize = 20;

/// Instances of generic functions in one program.
pub const INSTANCES_MAX: usize = 20_000;

/// Programs whose compiled code is kept for the next start.
pub const PROGRAMS_KEPT: usize = 64;

/// Words of 64 bits of one number of `math/big`: 600,000 digits.
pub const BIG_WORDS_MAX: u64 = 1 << 15;

/// Bytes of a source that gofmt formats.
pub const FORMAT_BYTES_MAX: usize = 1 << 20;

/// Packages that import one another in a chain.
pub const PACKAGE_DEPTH_MAX: usize = 200;
