//! Docker's named limits. Running into one is an ordinary, explained outcome.

/// Bytes of log that a container keeps; the oldest lines are dropped, as when Docker rotates.
pub const LOG_BYTES: usize = 256 * 1024;
/// Bytes of one log line; longer ones are split, as Docker does.
pub const LOG_LINE_BYTES: usize = 16 * 1024;
/// Events that are kept for `docker events --since`, as in Docker.
pub const EVENTS: usize = 256;
/// Containers of one engine.
pub const CONTAINERS: usize = 8 * 1024;
/// Bytes of a Dockerfile.
pub const DOCKERFILE_BYTES: usize = 1024 * 1024;
/// Instructions of a Dockerfile.
pub const DOCKERFILE_STEPS: usize = 1000;
/// Layers of an image, as in Docker.
pub const IMAGE_LAYERS: usize = 127;
/// Virtual seconds that one RUN instruction may take.
pub const RUN_SECONDS: u64 = 3600;
/// Bytes of one build's context.
pub const CONTEXT_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of a template's output, and the depth of its nesting.
pub const TEMPLATE_BYTES: usize = 4 * 1024 * 1024;
/// How deep a template's actions may nest.
pub const TEMPLATE_DEPTH: usize = 64;
