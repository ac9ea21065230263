//! The back-off before a failed container or pull is tried again.
//!
//! Models client-go util/flowcontrol/backoff.go.

/// A second in nanoseconds.
const SECOND: i64 = 1_000_000_000;
/// The first delay.
const INITIAL: i64 = 10 * SECOND;
/// The longest delay.
pub(crate) const MAX: i64 = 300 * SECOND;

/// The back-off of one container or image. Times and delays are in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    delay: i64,
    updated: i64,
}

impl Backoff {
    /// The delay now.
    pub(crate) fn delay(&self) -> i64 {
        self.delay
    }

    /// Nanoseconds left of the delay since an event, or `None` when it is over.
    pub(crate) fn left_since(&self, event: i64, now: i64) -> Option<i64> {
        if self.delay == 0 || self.has_expired(event) {
            return None;
        }
        let left = self.delay - (now - event);
        (left > 0).then_some(left)
    }

    /// Nanoseconds left of the delay since it was last raised.
    pub(crate) fn left(&self, now: i64) -> Option<i64> {
        self.left_since(self.updated, now)
    }

    /// Begins the delay, or doubles it; it starts anew after twice the longest delay.
    pub(crate) fn next(&mut self, event: i64, now: i64) {
        self.delay = if self.delay == 0 || self.has_expired(event) {
            INITIAL
        } else {
            (self.delay * 2).min(MAX)
        };
        self.updated = now;
    }

    fn has_expired(&self, event: i64) -> bool {
        event - self.updated > 2 * MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_and_starts_anew_after_a_long_run() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.left_since(0, 0), None);
        let mut delays = Vec::new();
        for _ in 0..7 {
            backoff.next(0, 0);
            delays.push(backoff.delay() / SECOND);
        }
        assert_eq!(delays, [10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(backoff.left_since(0, 100 * SECOND), Some(200 * SECOND));
        backoff.next(700 * SECOND, 700 * SECOND);
        assert_eq!(backoff.delay(), INITIAL);
    }
}
