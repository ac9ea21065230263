//! The named limits of one process: what a program may take before it is stopped in words.

/// Instructions of one turn of a process, after which every other task gets its turn.
pub const FUEL_PER_TURN: i64 = 10_000;

/// Bytes of one process's heap; beyond them Go says `runtime: out of memory`.
pub const HEAP_BYTES_MAX: u64 = 256 << 20;

/// Bytes of one goroutine's stack. Real Go allows 1 GB; its frames are several times larger.
pub const STACK_BYTES_MAX: usize = 64 << 20;

/// Calls that one goroutine may be in at the same time.
pub const CALL_DEPTH_MAX: usize = 2_000_000;

/// Goroutines of one process.
pub const GOROUTINES_MAX: usize = 100_000;

/// Frames that a trace shows at each end before it leaves some out.
pub const TRACE_FRAMES: usize = 50;
