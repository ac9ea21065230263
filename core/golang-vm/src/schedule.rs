//! Which goroutine runs: the queue of ready ones, timers, futures of natives, deadlocks.

use super::collect::Marking;
use super::goroutine::{Callee, Frame, FrameKind, Goroutine, Status};
use super::{Trap, Vm};
use crate::limits;
use crate::native::{Call, Completion};
use machine::LocalFuture;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::{Context, Poll};

/// Why the instruction loop stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The fuel is used up.
    Fuel,
    /// The goroutine waits.
    Parked,
    /// The goroutine lets others run.
    Yield,
    /// The goroutine has ended.
    Ended,
    /// A call from Rust has returned.
    Nested,
    /// The program ends with this status.
    Exit(i32),
}

/// What a turn of a process came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// The program has ended.
    Exit(i32),
    /// There is more to do; so many instructions were done.
    Ran(u64),
    /// Everything waits, for a time at most (nanoseconds since 1970) or for something outside.
    Idle(Option<u64>),
}

enum Timer {
    Wake(u32, u64),
    Start(u64),
}

struct Waiting {
    future: LocalFuture<Completion>,
    slot: u32,
    ticket: u64,
    base: usize,
    results: usize,
}

/// The goroutines of a process.
#[derive(Default)]
pub struct Scheduler {
    slots: Vec<Option<Box<Goroutine>>>,
    free: Vec<u32>,
    by_id: BTreeMap<u64, u32>,
    ready: VecDeque<u32>,
    /// Runs before the queue, as gc's scheduler does with the newest.
    next: Option<u32>,
    running: Option<(u32, u64)>,
    last_id: u64,
    timers: BTreeMap<(u64, u64), Timer>,
    last_timer: u64,
    futures: Vec<Waiting>,
    /// Signals are delivered to the program: waiting for ever is no deadlock.
    pub listens: bool,
    main_ended: bool,
}

impl Goroutine {
    pub(crate) fn wait(&mut self, reason: Rc<str>) {
        self.status = Status::Waiting;
        self.reason = reason;
        self.ticket += 1;
    }
}

impl Scheduler {
    pub fn mark(&self, marking: &mut Marking<'_>) {
        for goroutine in self.slots.iter().flatten() {
            goroutine.mark(marking);
        }
        for timer in self.timers.values() {
            if let Timer::Start(closure) = timer {
                marking.word(*closure);
            }
        }
    }

    pub fn stack_bytes(&self) -> u64 {
        let words = self.slots.iter().flatten().map(|g| g.stack.capacity());
        words.sum::<usize>() as u64 * 8
    }

    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    pub fn goroutine(&mut self, slot: u32) -> Option<&mut Goroutine> {
        self.slots.get_mut(slot as usize)?.as_deref_mut()
    }

    pub fn running_slot(&self) -> u32 {
        self.running.map_or(0, |(slot, _)| slot)
    }

    /// All goroutines that do not run now, by number; [`Scheduler::put_all`] brings them back.
    #[expect(
        clippy::vec_box,
        reason = "they go back to where they were, boxes and all"
    )]
    pub fn take_all(&mut self) -> Vec<Box<Goroutine>> {
        let slots: Vec<u32> = self.by_id.values().copied().collect();
        let take = |slot: &u32| self.slots.get_mut(*slot as usize).and_then(Option::take);
        slots.iter().filter_map(take).collect()
    }

    #[expect(
        clippy::vec_box,
        reason = "they go back to where they were, boxes and all"
    )]
    pub fn put_all(&mut self, all: &mut Vec<Box<Goroutine>>) {
        for goroutine in all.drain(..) {
            let Some(slot) = self.by_id.get(&goroutine.id) else {
                continue;
            };
            if let Some(place) = self.slots.get_mut(*slot as usize) {
                *place = Some(goroutine);
            }
        }
    }

    fn add(&mut self, goroutine: Goroutine) -> u32 {
        let id = goroutine.id;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() as u32 - 1
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(Box::new(goroutine));
        }
        self.by_id.insert(id, slot);
        slot
    }

    pub fn make_ready(&mut self, slot: u32) {
        if let Some(older) = self.next.replace(slot) {
            self.ready.push_back(older);
        }
    }

    /// Wakes a goroutine that waits, unless it went on already.
    pub fn wake(&mut self, slot: u32, ticket: u64) -> bool {
        let Some(goroutine) = self.goroutine(slot) else {
            return false;
        };
        if goroutine.status != Status::Waiting || goroutine.ticket != ticket {
            return false;
        }
        goroutine.status = Status::Ready;
        self.make_ready(slot);
        true
    }

    /// `Ready` of a goroutine by its number.
    pub fn ready_by_id(&mut self, id: u64, running: &mut Goroutine) {
        if running.id == id {
            running.permit = true;
            return;
        }
        let Some(slot) = self.by_id.get(&id).copied() else {
            return;
        };
        let Some(goroutine) = self.goroutine(slot) else {
            return;
        };
        if goroutine.status == Status::Waiting {
            goroutine.status = Status::Ready;
            self.make_ready(slot);
        } else {
            goroutine.permit = true;
        }
    }

    pub fn add_timer(&mut self, when: u64, closure: u64) -> u64 {
        self.last_timer += 1;
        let number = self.last_timer;
        self.timers.insert((when, number), Timer::Start(closure));
        number
    }

    pub fn stop_timer(&mut self, number: u64) -> bool {
        let found = self.timers.keys().find(|key| key.1 == number).copied();
        found.is_some_and(|key| self.timers.remove(&key).is_some())
    }

    /// Wakes the goroutine that runs now at a time.
    pub fn sleep_until(&mut self, when: u64, ticket: u64) {
        self.last_timer += 1;
        let slot = self.running_slot();
        self.timers
            .insert((when, self.last_timer), Timer::Wake(slot, ticket));
    }
}

impl Vm {
    /// Starts a goroutine with a window of arguments.
    pub fn start_goroutine(
        &mut self,
        parent: Option<&Goroutine>,
        callee: Callee,
        window: &[u64],
    ) -> Result<u64, Trap> {
        if self.scheduler.count() >= limits::GOROUTINES_MAX {
            return Err(Trap::OutOfMemory);
        }
        let id = match self.scheduler.last_id {
            0 => 1,
            // The runtime's own goroutines have the numbers between.
            1 => 6,
            last => last + 1,
        };
        self.scheduler.last_id = id;
        let mut goroutine = Goroutine::new(id);
        goroutine.parent = parent.and_then(|parent| {
            let frame: &Frame = parent
                .frames
                .iter()
                .rev()
                .find(|frame| !frame.function.hidden)?;
            Some((parent.id, Rc::clone(&frame.function), frame.pc))
        });
        goroutine.ensure_stack(window.len())?;
        if let Some(place) = goroutine.stack.get_mut(..window.len()) {
            place.copy_from_slice(window);
        }
        self.push_call(&mut goroutine, callee, 0, FrameKind::Start)?;
        let slot = self.scheduler.add(goroutine);
        self.scheduler.make_ready(slot);
        Ok(id)
    }

    pub(crate) fn add_future(
        &mut self,
        g: &Goroutine,
        future: LocalFuture<Completion>,
        base: usize,
        results: usize,
    ) {
        let slot = self.scheduler.running_slot();
        self.scheduler.futures.push(Waiting {
            future,
            slot,
            ticket: g.ticket,
            base,
            results,
        });
    }

    /// Does what futures that have ended ask for. `None`: the program ends.
    pub fn poll_futures(&mut self, context: &mut Context<'_>) -> Result<bool, i32> {
        let mut at = 0;
        let mut progress = false;
        while at < self.scheduler.futures.len() {
            let Some(waiting) = self.scheduler.futures.get_mut(at) else {
                break;
            };
            match waiting.future.as_mut().poll(context) {
                Poll::Pending => at += 1,
                Poll::Ready(completion) => {
                    let done = self.scheduler.futures.remove(at);
                    progress = true;
                    self.complete(&done, completion)?;
                }
            }
        }
        Ok(progress)
    }

    fn complete(&mut self, done: &Waiting, completion: Completion) -> Result<(), i32> {
        let place = self.scheduler.slots.get_mut(done.slot as usize);
        let Some(mut goroutine) = place.and_then(Option::take) else {
            return Ok(());
        };
        let mut stop = None;
        if goroutine.ticket == done.ticket {
            let mut call = Call::new(self, &mut goroutine, done.base, done.results);
            if let Err(trap) = completion(&mut call) {
                stop = self.trap(&mut goroutine, trap);
            }
        }
        if let Some(place) = self.scheduler.slots.get_mut(done.slot as usize) {
            *place = Some(goroutine);
        }
        if let Some(Stop::Exit(status)) = stop {
            return Err(status);
        }
        self.scheduler.wake(done.slot, done.ticket);
        Ok(())
    }

    fn fire_timers(&mut self) {
        let now = self.world.now();
        while let Some(((when, _), _)) = self.scheduler.timers.first_key_value() {
            if *when > now {
                break;
            }
            match self.scheduler.timers.pop_first() {
                Some((_, Timer::Wake(slot, ticket))) => {
                    self.scheduler.wake(slot, ticket);
                }
                Some((_, Timer::Start(closure))) => {
                    let window = [0u64; 0];
                    let started = self.start_goroutine(None, Callee::Closure(closure), &window);
                    started.ok();
                }
                None => break,
            }
        }
    }

    /// Runs ready goroutines for one turn's fuel.
    pub fn turn(&mut self) -> Turn {
        if let Some(status) = self.exit_at_once {
            return Turn::Exit(status);
        }
        self.fuel = limits::FUEL_PER_TURN;
        self.fire_timers();
        loop {
            let scheduler = &mut self.scheduler;
            let Some(slot) = scheduler
                .next
                .take()
                .or_else(|| scheduler.ready.pop_front())
            else {
                let used = limits::FUEL_PER_TURN - self.fuel;
                if used > 100 {
                    return Turn::Ran(used as u64);
                }
                return self.idle();
            };
            let taken = scheduler.slots.get_mut(slot as usize);
            let Some(mut goroutine) = taken.and_then(Option::take) else {
                continue;
            };
            scheduler.running = Some((slot, goroutine.id));
            let stop = self.execute(&mut goroutine);
            self.scheduler.running = None;
            let (id, ended) = (goroutine.id, matches!(stop, Stop::Ended | Stop::Nested));
            if ended {
                self.scheduler.free.push(slot);
                self.scheduler.by_id.remove(&id);
                let by_exit = goroutine.panics.last().is_some_and(|last| last.goexit);
                if id == 1 && !by_exit {
                    return Turn::Exit(0);
                }
                self.scheduler.main_ended |= id == 1;
                continue;
            }
            if let Some(place) = self.scheduler.slots.get_mut(slot as usize) {
                *place = Some(goroutine);
            }
            match stop {
                Stop::Exit(status) => {
                    return Turn::Exit(status);
                }
                Stop::Fuel | Stop::Yield => self.scheduler.ready.push_back(slot),
                _ => {}
            }
            if self.fuel <= 0 {
                return Turn::Ran((limits::FUEL_PER_TURN - self.fuel) as u64);
            }
        }
    }

    fn idle(&mut self) -> Turn {
        let scheduler = &self.scheduler;
        if let Some(((when, _), _)) = scheduler.timers.first_key_value() {
            return Turn::Idle(Some(*when));
        }
        if !scheduler.futures.is_empty() || scheduler.listens {
            return Turn::Idle(None);
        }
        if scheduler.main_ended {
            self.last_words
                .push_str("fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n");
        } else {
            self.last_words
                .push_str("fatal error: all goroutines are asleep - deadlock!\n");
        }
        let traces = self.traces_of_others();
        self.last_words.push_str(&traces);
        Turn::Exit(2)
    }
}
