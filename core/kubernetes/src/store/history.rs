//! The latest changes, from which a watch that starts in the past catches up.

use std::collections::VecDeque;

use super::Event;
use crate::limits;

/// The asked version is older than what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOld {
    /// The oldest version that a watch may start from.
    pub oldest: u64,
}

#[derive(Default)]
pub(super) struct History {
    events: VecDeque<Event>,
    forgotten: u64,
}

impl History {
    pub(super) fn push(&mut self, event: Event) {
        if self.events.len() >= limits::HISTORY
            && let Some(oldest) = self.events.pop_front()
        {
            self.forgotten = oldest.version;
        }
        self.events.push_back(event);
    }

    pub(super) fn since(&self, resource: &str, version: u64) -> Result<Vec<Event>, TooOld> {
        let first = self.events.front().map_or(0, |event| event.version);
        let oldest = self.forgotten.max(first.saturating_sub(1));
        if version < oldest {
            return Err(TooOld { oldest });
        }
        let start = self
            .events
            .partition_point(|event| event.version <= version);
        Ok(self
            .events
            .iter()
            .skip(start)
            .filter(|event| &*event.resource == resource)
            .cloned()
            .collect())
    }
}
