//! The real clock, and how the simulation follows it.

use simulation::{Duration, Time};

/// How often the simulation catches up with the real clock.
pub const TICK: Duration = Duration::from_millis(5);
/// Work units for one tick, so that keys and requests are taken while the computer is busy.
pub const TICK_BUDGET: u64 = 2_000_000;

/// Now, by the real clock.
#[expect(clippy::disallowed_types, reason = "the host has the real clock")]
pub fn real_now() -> Time {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Time::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(0))
}
