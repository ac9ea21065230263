//! The limits of this crate: what input of a learner may not exceed.

/// Nesting of YAML collections and of everything else that is walked recursively.
pub const DEPTH_MAX: usize = 256;

/// Values that one YAML document may expand to through its aliases.
pub const YAML_VALUES_MAX: usize = 400_000;

/// Values that one JSONPath may look at.
pub const JSONPATH_RESULTS_MAX: usize = 4_000_000;

/// Parts of a Go template that may run.
pub const TEMPLATE_STEPS_MAX: usize = 4_000_000;

/// Bytes that a Go template may print.
pub const TEMPLATE_OUTPUT_MAX: usize = 64 << 20;
