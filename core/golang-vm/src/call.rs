//! Calls that are not the plain ones: closures, methods of interfaces, natives, calls from Rust,
//! and returns to something else than a caller.

use super::goroutine::{Callee, Frame, FrameKind, Goroutine, Yielding};
use super::schedule::Stop;
use super::{Ins, Trap, Vm};
use crate::limits;
use crate::native::{Call, Flow};
use std::rc::Rc;

/// What the first word of the closure of a loop body holds instead of a function's number.
pub(crate) const YIELD_MARK: u64 = u64::MAX;

impl Goroutine {
    /// Makes room for the window at `base`.
    pub(crate) fn ensure_stack(&mut self, base: usize) -> Result<(), Trap> {
        let wanted = base + 300;
        if self.stack.len() < wanted {
            if wanted * 8 > limits::STACK_BYTES_MAX {
                return Err(Trap::StackOverflow);
            }
            let size = wanted.max(self.stack.len() * 2);
            self.stack.resize(size, 0);
        }
        Ok(())
    }

    pub(crate) fn push_frame(
        &mut self,
        function: Rc<super::Function>,
        base: usize,
        kind: FrameKind,
    ) -> Result<(), Trap> {
        if self.frames.len() > limits::CALL_DEPTH_MAX {
            return Err(Trap::StackOverflow);
        }
        self.ensure_stack(base)?;
        let owner = self.frames.len();
        self.frames.push(Frame {
            function,
            base,
            pc: 0,
            kind,
            owner,
        });
        Ok(())
    }
}

impl Vm {
    /// Pushes a call of something with the arguments in place at `base`.
    pub(crate) fn push_call(
        &mut self,
        g: &mut Goroutine,
        callee: Callee,
        base: usize,
        kind: FrameKind,
    ) -> Result<(), Trap> {
        let index = match callee {
            Callee::Function(index) => index,
            Callee::Closure(address) => self.heap.load(address).ok_or(Trap::Nil(address))? as u32,
        };
        let function = self.function(index)?;
        if let Callee::Closure(address) = callee {
            let context = base + usize::from(function.results) + usize::from(function.params);
            g.ensure_stack(base)?;
            if let Some(slot) = g.stack.get_mut(context) {
                *slot = address;
            }
        }
        g.push_frame(function, base, kind)
    }

    pub(crate) fn call_closure(&mut self, g: &mut Goroutine, ins: Ins) -> Result<(), Trap> {
        let address = g.register(usize::from(ins.b));
        let base = g.frames.last().map_or(0, |frame| frame.base) + usize::from(ins.a);
        let index = self.heap.load(address).ok_or(Trap::Nil(address))?;
        if index == YIELD_MARK {
            return self.call_yield(g, address, base);
        }
        let function = self.function(index as u32)?;
        g.ensure_stack(base)?;
        if let Some(slot) = g.stack.get_mut(base + usize::from(ins.c)) {
            *slot = address;
        }
        g.push_frame(function, base, FrameKind::Call)
    }

    pub(crate) fn call_iface(&mut self, g: &mut Goroutine, ins: Ins) -> Result<(), Trap> {
        let rtype = g.register(usize::from(ins.b));
        if rtype == 0 {
            return Err(Trap::Nil(0));
        }
        let data = g.register(usize::from(ins.b) + 1);
        let index = self
            .method(rtype as u32, ins.d as u32)
            .ok_or_else(|| Trap::Fatal("method not found".into()))?;
        let function = match self.functions.get(index as usize) {
            Some(Some(function)) => Rc::clone(function),
            _ => self.function(index)?,
        };
        let base = g.frames.last().map_or(0, |frame| frame.base) + usize::from(ins.a);
        g.ensure_stack(base)?;
        if let Some(slot) = g.stack.get_mut(base + usize::from(ins.c)) {
            *slot = data;
        }
        g.push_frame(function, base, FrameKind::Call)
    }

    /// The body of a range over a function is called by the iterator: it runs on the registers of
    /// the function that it stands in, and what it may overwrite is put aside.
    fn call_yield(&mut self, g: &mut Goroutine, address: u64, base: usize) -> Result<(), Trap> {
        let word = |at: u64| self.heap.load(address + at * 8).unwrap_or(0);
        let (owner, id) = (word(1) as usize, word(5));
        let (pc, first, count) = (word(2) as usize, word(3) as usize, word(4) as usize);
        let Some(frame) = g.frames.get(owner).filter(|_| id == g.id) else {
            return Err(Trap::Fatal(
                "range function continued iteration after loop".into(),
            ));
        };
        let (function, own, defers) = (Rc::clone(&frame.function), frame.base, frame.owner);
        // Everything from the window of the iterator's call on.
        let start = own + word(6) as usize;
        let end = (base + 256).min(g.stack.len());
        let saved = g.stack.get(start..end).unwrap_or(&[]).to_vec();
        for at in 0..count {
            let value = g.stack.get(base + 1 + at).copied().unwrap_or(0);
            if let Some(slot) = g.stack.get_mut(own + first + at) {
                *slot = value;
            }
        }
        g.yields.push(Yielding {
            result: base,
            start,
            saved,
        });
        g.frames.push(Frame {
            function,
            base: own,
            pc,
            kind: FrameKind::Yield,
            owner: defers,
        });
        Ok(())
    }

    pub(crate) fn yield_return(&mut self, g: &mut Goroutine, ins: Ins) {
        let answer = g.register(usize::from(ins.a));
        g.frames.pop();
        if let Some(yielding) = g.yields.pop() {
            if let Some(place) = g
                .stack
                .get_mut(yielding.start..yielding.start + yielding.saved.len())
            {
                place.copy_from_slice(&yielding.saved);
            }
            if let Some(slot) = g.stack.get_mut(yielding.result) {
                *slot = answer;
            }
        }
    }

    pub(crate) fn call_native(
        &mut self,
        g: &mut Goroutine,
        ins: Ins,
    ) -> Result<Option<Stop>, Trap> {
        let base = g.frames.last().map_or(0, |frame| frame.base) + usize::from(ins.a);
        let native = self
            .image
            .native(ins.d as u32)
            .ok_or_else(|| Trap::Fatal("no such native function".into()))?;
        g.ensure_stack(base)?;
        let results = usize::from(ins.b);
        let flow = native(&mut Call::new(self, g, base, results))?;
        match flow {
            Flow::Done => Ok(None),
            Flow::Invoke(index) => {
                let function = self.function(index)?;
                g.push_frame(function, base, FrameKind::Call)?;
                Ok(None)
            }
            Flow::Yield => Ok(Some(Stop::Yield)),
            Flow::Park(reason) => {
                if std::mem::take(&mut g.permit) {
                    return Ok(None);
                }
                g.wait(reason);
                Ok(Some(Stop::Parked))
            }
            Flow::Wait(mut future, reason) => {
                // Most writes and reads are done at once.
                let waker = self.world.waker.clone();
                let polled = future
                    .as_mut()
                    .poll(&mut std::task::Context::from_waker(&waker));
                if let std::task::Poll::Ready(completion) = polled {
                    completion(&mut Call::new(self, g, base, results))?;
                    return Ok(None);
                }
                g.wait(Rc::from(reason));
                self.add_future(g, future, base, results);
                Ok(Some(Stop::Parked))
            }
        }
    }

    /// What happens after a function that was not called by one. `base` is where its window was.
    pub(crate) fn returned(
        &mut self,
        g: &mut Goroutine,
        kind: Option<FrameKind>,
        _base: usize,
    ) -> Option<Stop> {
        match kind {
            Some(FrameKind::PanicDefer) => self.deferred_returned(g),
            Some(FrameKind::Nested) => Some(Stop::Nested),
            Some(FrameKind::Start) | None => Some(Stop::Ended),
            Some(FrameKind::Call | FrameKind::Yield) => None,
        }
    }

    /// Calls a function now and waits for it; gives its result words. For the last words of a
    /// panic only: the call may not wait for anything, and has little fuel.
    pub(crate) fn call_now(
        &mut self,
        g: &mut Goroutine,
        function: u32,
        arguments: &[u64],
    ) -> Option<Vec<u64>> {
        if self.nested > 3 {
            return None;
        }
        let code = self.function(function).ok()?;
        let results = usize::from(code.results);
        let base = g.top() + 256;
        g.ensure_stack(base).ok()?;
        for (at, word) in arguments.iter().enumerate() {
            if let Some(slot) = g.stack.get_mut(base + results + at) {
                *slot = *word;
            }
        }
        let depth = g.frames.len();
        g.push_frame(code, base, FrameKind::Nested).ok()?;
        let (fuel, yields) = (self.fuel, g.yields.len());
        self.fuel = 1_000_000;
        self.nested += 1;
        let stop = self.execute(g);
        self.nested -= 1;
        self.fuel = fuel;
        if !matches!(stop, Stop::Nested) {
            g.frames.truncate(depth);
            g.yields.truncate(yields);
            return None;
        }
        g.stack.get(base..base + results).map(<[u64]>::to_vec)
    }
}
