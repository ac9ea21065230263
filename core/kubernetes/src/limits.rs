//! How much of everything one cluster holds. Running into one of these is an ordinary refusal.

/// Objects in the store, of all kinds.
pub const OBJECTS: usize = 50_000;
/// Events of the past that a watch can start from.
pub const HISTORY: usize = 2_000;
/// Watch events that may wait for a slow reader before the watch is ended.
pub const WATCH_QUEUE: usize = 20_000;
/// Bytes of one object as JSON, as etcd limits a request.
pub const OBJECT_BYTES: usize = 1_572_864;
/// Attempts of a patch whose object changes meanwhile.
pub const PATCH_ATTEMPTS: usize = 5;
/// Tries to find a free generated name.
pub const NAME_ATTEMPTS: usize = 8;
/// Virtual seconds after which the server ends a watch that names no timeout.
pub const WATCH_SECONDS: u64 = 3_600;
/// Pods that a controller creates for one object in one go.
pub const BURST_REPLICAS: usize = 500;
/// Endpoints in one EndpointSlice.
pub const ENDPOINTS_PER_SLICE: usize = 100;
/// Seconds that an Event is kept.
pub const EVENT_SECONDS: u64 = 3_600;
