//! Channels. A channel is an object of six words in the heap (registers of an element, capacity,
//! length, position of the first, address of the buffer, and whether it is closed); who waits at
//! it stands in [`WaitQueues`].

use super::collect::Marking;
use super::goroutine::Goroutine;
use super::schedule::Stop;
use super::{Ins, Op, Trap, Vm};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

const WORDS: u64 = 0;
const CAPACITY: u64 = 8;
const LENGTH: u64 = 16;
const HEAD: u64 = 24;
const BUFFER: u64 = 32;
const CLOSED: u64 = 40;

/// A goroutine that waits at a channel.
struct Waiter {
    slot: u32,
    ticket: u64,
    value: [u64; 3],
    /// Which case of a select it is.
    case: Option<u64>,
}

#[derive(Default)]
struct Queue {
    receivers: VecDeque<Waiter>,
    senders: VecDeque<Waiter>,
}

/// Who waits at which channel.
#[derive(Default)]
pub(crate) struct WaitQueues {
    queues: BTreeMap<u64, Queue>,
}

impl WaitQueues {
    pub fn mark(&self, marking: &mut Marking<'_>) {
        for queue in self.queues.values() {
            for sender in &queue.senders {
                marking.words(&sender.value);
            }
        }
    }
}

impl Vm {
    /// A new channel.
    pub fn make_channel(&mut self, words: u64, capacity: i64) -> Result<u64, Trap> {
        if !(0..1 << 40).contains(&capacity) {
            return Err(Trap::MakeChan);
        }
        let address = self.heap.alloc(48, false)?;
        let buffer = self
            .heap
            .alloc((capacity as u64).saturating_mul(words * 8), false)?;
        self.set(address, WORDS, words);
        self.set(address, CAPACITY, capacity as u64);
        self.set(address, BUFFER, buffer);
        Ok(address)
    }

    fn get(&self, channel: u64, field: u64) -> u64 {
        self.heap.load(channel + field).unwrap_or(0)
    }

    fn set(&mut self, channel: u64, field: u64, word: u64) {
        self.heap.store(channel + field, word);
    }

    /// Elements in the buffer.
    pub fn channel_length(&self, channel: u64) -> u64 {
        self.get(channel, LENGTH)
    }

    /// Room of the buffer.
    pub fn channel_capacity(&self, channel: u64) -> u64 {
        self.get(channel, CAPACITY)
    }

    fn push(&mut self, channel: u64, value: [u64; 3]) {
        let (words, capacity) = (self.get(channel, WORDS), self.get(channel, CAPACITY));
        let (head, length) = (self.get(channel, HEAD), self.get(channel, LENGTH));
        let at = (head + length) % capacity.max(1);
        let place = self.get(channel, BUFFER) + at * words * 8;
        for (number, word) in value.into_iter().take(words as usize).enumerate() {
            self.heap.store(place + number as u64 * 8, word);
        }
        self.set(channel, LENGTH, length + 1);
    }

    fn pop(&mut self, channel: u64) -> [u64; 3] {
        let (words, capacity) = (self.get(channel, WORDS), self.get(channel, CAPACITY));
        let (head, length) = (self.get(channel, HEAD), self.get(channel, LENGTH));
        let place = self.get(channel, BUFFER) + head * words * 8;
        let mut value = [0; 3];
        for (number, word) in value.iter_mut().take(words as usize).enumerate() {
            *word = self.heap.load(place + number as u64 * 8).unwrap_or(0);
            self.heap.store(place + number as u64 * 8, 0);
        }
        self.set(channel, HEAD, (head + 1) % capacity.max(1));
        self.set(channel, LENGTH, length - 1);
        value
    }

    fn next_waiter(&mut self, channel: u64, receivers: bool) -> Option<Waiter> {
        let scheduler = &mut self.scheduler;
        let queue = self.queues.queues.get_mut(&channel)?;
        let list = if receivers {
            &mut queue.receivers
        } else {
            &mut queue.senders
        };
        let mut found = None;
        while let Some(waiter) = list.pop_front() {
            // Another case of its select may have been quicker.
            let waits = scheduler.goroutine(waiter.slot).is_some_and(|g| {
                g.ticket == waiter.ticket && g.status == super::goroutine::Status::Waiting
            });
            if waits {
                found = Some(waiter);
                break;
            }
        }
        if queue.receivers.is_empty() && queue.senders.is_empty() {
            self.queues.queues.remove(&channel);
        }
        found
    }

    /// Gives a waiting goroutine its value and lets it go on.
    fn deliver(&mut self, waiter: &Waiter, words: u64, value: [u64; 3], ok: bool) {
        if let Some(goroutine) = self.scheduler.goroutine(waiter.slot) {
            let ins = goroutine.frames.last().and_then(|frame| {
                let at = frame.pc.checked_sub(1)?;
                frame.function.code.get(at).copied()
            });
            if let Some(ins) = ins {
                match waiter.case {
                    Some(case) => write_selected(goroutine, ins, case, value, ok),
                    None if ins.op == Op::Recv => write_received(goroutine, ins, words, value, ok),
                    None => {}
                }
            }
        }
        self.scheduler.wake(waiter.slot, waiter.ticket);
    }

    /// Sends if that can be done at once.
    pub fn try_send(&mut self, channel: u64, value: [u64; 3]) -> Result<bool, Trap> {
        if self.get(channel, CLOSED) != 0 {
            return Err(Trap::SendClosed);
        }
        if let Some(receiver) = self.next_waiter(channel, true) {
            let words = self.get(channel, WORDS);
            self.deliver(&receiver, words, value, true);
            return Ok(true);
        }
        if self.get(channel, LENGTH) < self.get(channel, CAPACITY) {
            self.push(channel, value);
            return Ok(true);
        }
        Ok(false)
    }

    /// Receives if that can be done at once.
    pub fn try_receive(&mut self, channel: u64) -> Option<([u64; 3], bool)> {
        if self.get(channel, LENGTH) > 0 {
            let value = self.pop(channel);
            if let Some(sender) = self.next_waiter(channel, false) {
                self.push(channel, sender.value);
                self.deliver(&sender, 0, [0; 3], true);
            }
            return Some((value, true));
        }
        if let Some(sender) = self.next_waiter(channel, false) {
            let value = sender.value;
            self.deliver(&sender, 0, [0; 3], true);
            return Some((value, true));
        }
        (self.get(channel, CLOSED) != 0).then_some(([0; 3], false))
    }

    pub(crate) fn send(&mut self, g: &mut Goroutine, ins: Ins) -> Result<Option<Stop>, Trap> {
        let channel = g.register(usize::from(ins.a));
        if channel == 0 {
            g.wait(Rc::from("chan send (nil chan)"));
            return Ok(Some(Stop::Parked));
        }
        let value = words_at(g, usize::from(ins.b), usize::from(ins.c));
        if self.try_send(channel, value)? {
            return Ok(None);
        }
        g.wait(Rc::from("chan send"));
        let waiter = self.waiter(g, value, None);
        self.queues
            .queues
            .entry(channel)
            .or_default()
            .senders
            .push_back(waiter);
        Ok(Some(Stop::Parked))
    }

    pub(crate) fn receive(&mut self, g: &mut Goroutine, ins: Ins) -> Result<Option<Stop>, Trap> {
        let channel = g.register(usize::from(ins.b));
        if channel == 0 {
            g.wait(Rc::from("chan receive (nil chan)"));
            return Ok(Some(Stop::Parked));
        }
        if let Some((value, ok)) = self.try_receive(channel) {
            write_received(g, ins, u64::from(ins.c), value, ok);
            return Ok(None);
        }
        g.wait(Rc::from("chan receive"));
        let waiter = self.waiter(g, [0; 3], None);
        self.queues
            .queues
            .entry(channel)
            .or_default()
            .receivers
            .push_back(waiter);
        Ok(Some(Stop::Parked))
    }

    fn waiter(&self, g: &Goroutine, value: [u64; 3], case: Option<u64>) -> Waiter {
        Waiter {
            slot: self.scheduler.running_slot(),
            ticket: g.ticket,
            value,
            case,
        }
    }

    /// Closes a channel, and wakes everyone who waits at it.
    pub fn close(&mut self, channel: u64) -> Result<(), Trap> {
        if channel == 0 {
            return Err(Trap::CloseNil);
        }
        if self.get(channel, CLOSED) != 0 {
            return Err(Trap::CloseClosed);
        }
        self.set(channel, CLOSED, 1);
        let words = self.get(channel, WORDS);
        while let Some(receiver) = self.next_waiter(channel, true) {
            self.deliver(&receiver, words, [0; 3], false);
        }
        while let Some(sender) = self.next_waiter(channel, false) {
            // It finds the channel closed when it does its instruction again.
            if let Some(goroutine) = self.scheduler.goroutine(sender.slot)
                && let Some(frame) = goroutine.frames.last_mut()
            {
                frame.pc -= 1;
            }
            self.scheduler.wake(sender.slot, sender.ticket);
        }
        Ok(())
    }

    /// Cases stand from register b on, five registers each: channel, 1 for a send, three for the
    /// value to send. The result: which case, ok, and the value received in three registers.
    pub(crate) fn select(&mut self, g: &mut Goroutine, ins: Ins) -> Result<Option<Stop>, Trap> {
        let count = usize::from(ins.c);
        let start = self.world.random().below(count.max(1) as u64) as usize;
        for at in 0..count {
            let case = (start + at) % count;
            let first = usize::from(ins.b) + case * 5;
            let channel = g.register(first);
            if channel == 0 {
                continue;
            }
            if g.register(first + 1) != 0 {
                let value = words_at(g, first + 2, 3);
                if self.try_send(channel, value)? {
                    write_selected(g, ins, case as u64, [0; 3], true);
                    return Ok(None);
                }
            } else if let Some((value, ok)) = self.try_receive(channel) {
                write_selected(g, ins, case as u64, value, ok);
                return Ok(None);
            }
        }
        if ins.d != 0 {
            write_selected(g, ins, u64::MAX, [0; 3], false);
            return Ok(None);
        }
        g.wait(Rc::from(if count == 0 {
            "select (no cases)"
        } else {
            "select"
        }));
        for case in 0..count {
            let first = usize::from(ins.b) + case * 5;
            let channel = g.register(first);
            if channel == 0 {
                continue;
            }
            let waiter = self.waiter(g, words_at(g, first + 2, 3), Some(case as u64));
            let queue = self.queues.queues.entry(channel).or_default();
            // Old entries of finished selects are dropped when somebody looks at the queue; here
            // so that a loop over an idle channel does not pile them up.
            let list = if g.register(first + 1) != 0 {
                &mut queue.senders
            } else {
                &mut queue.receivers
            };
            if list.len() >= 8 {
                let (slot, ticket) = (waiter.slot, waiter.ticket);
                list.retain(|old| old.slot != slot || old.ticket == ticket);
            }
            list.push_back(waiter);
        }
        Ok(Some(Stop::Parked))
    }
}

fn words_at(g: &Goroutine, first: usize, count: usize) -> [u64; 3] {
    let mut value = [0; 3];
    for (at, word) in value.iter_mut().take(count).enumerate() {
        *word = g.register(first + at);
    }
    value
}

fn write_received(g: &mut Goroutine, ins: Ins, words: u64, value: [u64; 3], ok: bool) {
    for (at, word) in value.into_iter().take(words as usize).enumerate() {
        g.set_register(usize::from(ins.a) + at, word);
    }
    if ins.d >= 0 {
        g.set_register(ins.d as usize, u64::from(ok));
    }
}

fn write_selected(g: &mut Goroutine, ins: Ins, case: u64, value: [u64; 3], ok: bool) {
    let first = usize::from(ins.a);
    g.set_register(first, case);
    g.set_register(first + 1, u64::from(ok));
    for (at, word) in value.into_iter().enumerate() {
        g.set_register(first + 2 + at, word);
    }
}
