//! The executor: tasks, timers and the virtual clock that moves when nothing is ready.

use crate::{LocalFuture, Random, Time};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Work units that polling a task costs, so that a budget bounds also tasks that charge nothing.
const POLL_COST: u64 = 50;

/// The virtual computer's executor and clock. Clones are the same simulation.
#[derive(Clone)]
pub struct Simulation {
    inner: Rc<Inner>,
}

struct Inner {
    now: Cell<Time>,
    spent: Cell<u64>,
    tasks: RefCell<BTreeMap<u64, Option<LocalFuture<()>>>>,
    wakers: RefCell<BTreeMap<u64, Waker>>,
    next_task: Cell<u64>,
    running: Cell<u64>,
    cancel_running: Cell<bool>,
    ready: Arc<ReadyQueue>,
    timers: RefCell<BTreeMap<(Time, u64), Waker>>,
    next_timer: Cell<u64>,
    random: Random,
}

/// How far [`Simulation::advance`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Everything that was due until the asked time has run, and the clock stands there.
    pub reached: bool,
    /// Work units that were spent.
    pub spent: u64,
}

impl Simulation {
    /// A simulation whose clock stands at `start`, and whose chance comes from `seed`.
    pub fn new(seed: u64, start: Time) -> Simulation {
        let inner = Inner {
            now: Cell::new(start),
            spent: Cell::new(0),
            tasks: RefCell::default(),
            wakers: RefCell::default(),
            next_task: Cell::new(1),
            running: Cell::new(0),
            cancel_running: Cell::new(false),
            ready: Arc::default(),
            timers: RefCell::default(),
            next_timer: Cell::new(0),
            random: Random::new(seed),
        };
        Simulation {
            inner: Rc::new(inner),
        }
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.inner.now.get()
    }

    /// The simulation's random numbers.
    pub fn random(&self) -> &Random {
        &self.inner.random
    }

    /// Starts a task. It runs when the simulation next advances, after the tasks that are ready
    /// already. Dropping the handle leaves the task running.
    pub fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Task {
        self.spawn_boxed(Box::pin(future))
    }

    fn spawn_boxed(&self, future: LocalFuture<()>) -> Task {
        let id = self.inner.next_task.get();
        self.inner.next_task.set(id + 1);
        let wake = Arc::new(TaskWake {
            id,
            queued: AtomicBool::new(false),
            ready: self.inner.ready.clone(),
        });
        let waker = Waker::from(wake);
        self.inner.tasks.borrow_mut().insert(id, Some(future));
        self.inner.wakers.borrow_mut().insert(id, waker.clone());
        waker.wake();
        Task {
            simulation: self.clone(),
            id,
        }
    }

    /// Waits for a span of virtual time. A span of zero waits until the tasks that are ready now
    /// have run.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep_until(self.now() + duration)
    }

    /// Waits until a virtual time.
    pub fn sleep_until(&self, deadline: Time) -> Sleep {
        Sleep {
            simulation: self.clone(),
            deadline,
            timer: None,
        }
    }

    /// Lets the other ready tasks run first.
    pub fn yield_now(&self) -> YieldNow {
        YieldNow { yielded: false }
    }

    /// Counts work (for example executed instructions) against the budget of the running
    /// [`Simulation::advance`].
    pub fn charge(&self, units: u64) {
        self.inner
            .spent
            .set(self.inner.spent.get().saturating_add(units));
    }

    /// Runs what is due until the clock reaches `until`, or until `budget` work units are spent
    /// (checked between tasks, so a single poll may overrun it).
    pub fn advance(&self, until: Time, budget: u64) -> Advance {
        let start = self.inner.spent.get();
        loop {
            let spent = self.inner.spent.get().saturating_sub(start);
            if spent >= budget {
                return Advance {
                    reached: false,
                    spent,
                };
            }
            if let Some(id) = self.inner.ready.pop() {
                self.poll_task(id);
            } else if !self.fire_next_timer(until) {
                if until > self.now() && until != Time::MAX {
                    self.inner.now.set(until);
                }
                return Advance {
                    reached: true,
                    spent,
                };
            }
        }
    }

    /// The time of the next timer, if any task waits for one.
    pub fn next_timer(&self) -> Option<Time> {
        self.inner.timers.borrow().keys().next().map(|key| key.0)
    }

    /// Whether some task could run now, without the clock moving.
    pub fn has_ready(&self) -> bool {
        self.inner.ready.has_any()
    }

    /// Runs a future to its end as a task, advancing the clock as needed but not past `until`;
    /// `None` when it has not ended by then. For tests and for hosts with a single question.
    pub fn run<T: 'static>(
        &self,
        until: Time,
        future: impl Future<Output = T> + 'static,
    ) -> Option<T> {
        let slot = Rc::new(RefCell::new(None));
        let result = slot.clone();
        let task = self.spawn(async move {
            let value = future.await;
            *result.borrow_mut() = Some(value);
        });
        while slot.borrow().is_none() {
            if let Some(id) = self.inner.ready.pop() {
                self.poll_task(id);
            } else if !self.fire_next_timer(until) {
                break;
            }
        }
        task.cancel();
        slot.take()
    }

    fn fire_next_timer(&self, until: Time) -> bool {
        let waker = {
            let mut timers = self.inner.timers.borrow_mut();
            match timers.first_key_value() {
                Some((&(due, _), _)) if due <= until => {
                    self.inner.now.set(due.max(self.now()));
                    timers.pop_first().map(|(_, waker)| waker)
                }
                _ => None,
            }
        };
        waker.map(Waker::wake).is_some()
    }

    fn poll_task(&self, id: u64) {
        let future = self
            .inner
            .tasks
            .borrow_mut()
            .get_mut(&id)
            .and_then(Option::take);
        let waker = self.inner.wakers.borrow().get(&id).cloned();
        let (Some(mut future), Some(waker)) = (future, waker) else {
            return;
        };
        self.charge(POLL_COST);
        let outer = self.inner.running.replace(id);
        let outer_cancel = self.inner.cancel_running.replace(false);
        let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
        self.inner.running.set(outer);
        let cancelled = self.inner.cancel_running.replace(outer_cancel);
        if poll.is_pending() && !cancelled {
            if let Some(slot) = self.inner.tasks.borrow_mut().get_mut(&id) {
                *slot = Some(future);
            }
            return;
        }
        self.forget(id);
        // The future's destructors may spawn, wake or cancel, so no borrow is held here.
        drop(future);
    }

    fn forget(&self, id: u64) -> Option<LocalFuture<()>> {
        let future = self.inner.tasks.borrow_mut().remove(&id);
        self.inner.wakers.borrow_mut().remove(&id);
        future.flatten()
    }
}

/// A task that was started with [`Simulation::spawn`].
pub struct Task {
    simulation: Simulation,
    id: u64,
}

impl Task {
    /// Drops the task's future, wherever it waits. A task may cancel itself: it then ends at its
    /// next await.
    pub fn cancel(&self) {
        if self.simulation.inner.running.get() == self.id {
            self.simulation.inner.cancel_running.set(true);
            return;
        }
        drop(self.simulation.forget(self.id));
    }

    /// Whether the task has ended or was cancelled.
    pub fn is_finished(&self) -> bool {
        !self.simulation.inner.tasks.borrow().contains_key(&self.id)
    }
}

/// The future of [`Simulation::sleep`].
pub struct Sleep {
    simulation: Simulation,
    deadline: Time,
    timer: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let inner = self.simulation.inner.clone();
        // A zero sleep still goes through the timer queue once, so that others run first.
        if inner.now.get() >= self.deadline && self.timer.is_some() {
            return Poll::Ready(());
        }
        let timer = self.timer.unwrap_or_else(|| {
            let timer = inner.next_timer.get();
            inner.next_timer.set(timer + 1);
            timer
        });
        self.timer = Some(timer);
        inner
            .timers
            .borrow_mut()
            .insert((self.deadline, timer), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.simulation
                .inner
                .timers
                .borrow_mut()
                .remove(&(self.deadline, timer));
        }
    }
}

/// The future of [`Simulation::yield_now`].
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[derive(Default)]
struct ReadyQueue {
    queue: Mutex<VecDeque<(u64, Option<Arc<TaskWake>>)>>,
}

impl ReadyQueue {
    fn push(&self, wake: Arc<TaskWake>) {
        // Only one thread exists, so the lock is always free and never poisoned.
        if let Ok(mut queue) = self.queue.lock() {
            queue.push_back((wake.id, Some(wake)));
        }
    }

    fn pop(&self) -> Option<u64> {
        let (id, wake) = self.queue.lock().ok()?.pop_front()?;
        if let Some(wake) = wake {
            wake.queued.store(false, Ordering::Relaxed);
        }
        Some(id)
    }

    fn has_any(&self) -> bool {
        self.queue.lock().is_ok_and(|queue| !queue.is_empty())
    }
}

struct TaskWake {
    id: u64,
    queued: AtomicBool,
    ready: Arc<ReadyQueue>,
}

impl Wake for TaskWake {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.ready.clone().push(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.ready.push(self.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Notify, channel, timeout};

    fn second(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn time_moves_only_when_nothing_is_ready() {
        let simulation = Simulation::new(0, Time::from_secs(100));
        let log = Rc::new(RefCell::new(Vec::new()));
        for (name, delay) in [("b", 2), ("a", 1), ("c", 2)] {
            let (log, clock) = (log.clone(), simulation.clone());
            simulation.spawn(async move {
                clock.sleep(second(delay)).await;
                log.borrow_mut().push((name, clock.now().as_secs()));
            });
        }
        let advance = simulation.advance(Time::from_secs(110), u64::MAX);
        assert!(advance.reached);
        assert_eq!(*log.borrow(), [("a", 101), ("b", 102), ("c", 102)]);
        assert_eq!(simulation.now(), Time::from_secs(110));
    }

    #[test]
    fn a_busy_task_stops_at_the_budget() {
        let simulation = Simulation::new(0, Time::default());
        let clock = simulation.clone();
        simulation.spawn(async move {
            loop {
                clock.charge(1000);
                clock.yield_now().await;
            }
        });
        let advance = simulation.advance(Time::from_secs(1), 10_000);
        assert!(!advance.reached);
        assert_eq!(advance.spent, 10 * (1000 + POLL_COST));
    }

    #[test]
    fn a_cancelled_task_is_dropped_where_it_waits() {
        let simulation = Simulation::new(0, Time::default());
        let (sender, mut receiver) = channel::<()>();
        let clock = simulation.clone();
        let task = simulation.spawn(async move {
            clock.sleep(second(1000)).await;
            drop(sender);
        });
        simulation.advance(Time::from_secs(1), u64::MAX);
        task.cancel();
        assert!(task.is_finished());
        assert_eq!(
            simulation.run(Time::from_secs(2), async move { receiver.recv().await }),
            Some(None)
        );
        assert_eq!(simulation.next_timer(), None);
    }

    #[test]
    fn a_notification_before_the_first_poll_is_not_lost() {
        let simulation = Simulation::new(0, Time::default());
        let bell = Notify::new();
        let listener = bell.listen();
        bell.notify();
        assert_eq!(simulation.run(Time::default(), listener), Some(()));
    }

    #[test]
    fn a_timeout_ends_the_wait() {
        let simulation = Simulation::new(0, Time::default());
        let clock = simulation.clone();
        let waited = simulation.run(Time::from_secs(60), async move {
            let (_sender, mut receiver) = channel::<u8>();
            let got = timeout(&clock, second(3), receiver.recv()).await;
            (got, clock.now())
        });
        assert_eq!(waited, Some((None, Time::from_secs(3))));
    }
}
