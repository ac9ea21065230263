//! A work queue: keys that wait to be looked at, each once, with delays and back-off.
//!
//! Models client-go util/workqueue.

use ordered::{OrderedMap, OrderedSet};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use simulation::{Duration, Notify, Simulation, Time};

/// The first delay after a failure.
const BACKOFF_MIN: Duration = Duration::from_millis(5);
/// The longest delay after failures.
const BACKOFF_MAX: Duration = Duration::from_secs(1000);
/// Doublings after which the delay no longer grows.
const DOUBLINGS_MAX: u32 = 18;

/// A queue of keys. Clones are the same queue.
#[derive(Clone)]
pub struct Queue {
    inner: Rc<Inner>,
}

struct Inner {
    simulation: Simulation,
    state: RefCell<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<String>,
    /// The keys that wait, and those that were taken but not begun.
    known: OrderedSet<String>,
    later: OrderedMap<String, Time>,
    failures: OrderedMap<String, u32>,
}

impl Queue {
    /// An empty queue.
    #[must_use]
    pub fn new(simulation: &Simulation) -> Queue {
        Queue {
            inner: Rc::new(Inner {
                simulation: simulation.clone(),
                state: RefCell::default(),
                bell: Notify::new(),
            }),
        }
    }

    /// Adds a key, unless it waits already.
    pub fn add(&self, key: &str) {
        {
            let mut state = self.inner.state.borrow_mut();
            if !state.known.insert(key.to_owned()) {
                return;
            }
            state.waiting.push_back(key.to_owned());
        }
        self.inner.bell.notify();
    }

    /// Adds a key after a delay, unless it will be added before that anyway.
    pub fn add_after(&self, key: &str, delay: Duration) {
        let due = self.inner.simulation.now() + delay;
        {
            let mut state = self.inner.state.borrow_mut();
            if state.later.get(key).is_some_and(|planned| *planned <= due) {
                return;
            }
            state.later.insert(key.to_owned(), due);
        }
        let (queue, key) = (self.clone(), key.to_owned());
        self.inner.simulation.spawn(async move {
            queue.inner.simulation.sleep_until(due).await;
            let planned = {
                let mut state = queue.inner.state.borrow_mut();
                let planned = state.later.get(&key) == Some(&due);
                if planned {
                    state.later.remove(&key);
                }
                planned
            };
            if planned {
                queue.add(&key);
            }
        });
    }

    /// Adds a key after a delay that doubles with each failure.
    pub fn add_rate_limited(&self, key: &str) {
        let failures = {
            let mut state = self.inner.state.borrow_mut();
            let failures = state.failures.entry(key.to_owned()).or_default();
            *failures += 1;
            *failures - 1
        };
        let delay = BACKOFF_MIN * 2_u32.pow(failures.min(DOUBLINGS_MAX));
        self.add_after(key, delay.min(BACKOFF_MAX));
    }

    /// Forgets the failures of a key.
    pub fn forget(&self, key: &str) {
        self.inner.state.borrow_mut().failures.remove(key);
    }

    /// Waits for the next key.
    pub async fn next(&self) -> String {
        loop {
            let bell = self.inner.bell.listen();
            let next = self.inner.state.borrow_mut().waiting.pop_front();
            if let Some(key) = next {
                return key;
            }
            bell.await;
        }
    }

    /// The work on a key begins: what happens from now on adds it again.
    pub fn begin(&self, key: &str) {
        self.inner.state.borrow_mut().known.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_waits_once_and_failures_wait_longer() {
        let simulation = Simulation::new(0, Time::default());
        let queue = Queue::new(&simulation);
        queue.add("a");
        queue.add("a");
        for _ in 0..3 {
            queue.add_rate_limited("b");
        }
        let clock = simulation.clone();
        let seen = simulation.run(Time::from_secs(10), async move {
            let mut seen = Vec::new();
            for _ in 0..2 {
                let key = queue.next().await;
                queue.begin(&key);
                seen.push((key, clock.now().as_nanos() / 1_000_000));
            }
            seen
        });
        assert_eq!(seen, Some(vec![("a".to_owned(), 0), ("b".to_owned(), 5)]));
    }
}
