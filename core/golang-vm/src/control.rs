//! Instructions that change which code runs: calls, deferred calls, goroutines, channels.

use super::call::YIELD_MARK;
use super::goroutine::{Callee, Deferred, FrameKind, Goroutine};
use super::schedule::Stop;
use super::{Ins, Op, Trap, Vm};
use std::rc::Rc;

impl Vm {
    /// Does such an instruction; the frame's program counter is behind it already.
    pub(crate) fn control(&mut self, g: &mut Goroutine, ins: Ins) -> Result<Option<Stop>, Trap> {
        match ins.op {
            Op::CallClosure => self.call_closure(g, ins)?,
            Op::CallIface => self.call_iface(g, ins)?,
            Op::CallNative => return self.call_native(g, ins),
            Op::Global => self.use_global(g, ins)?,
            Op::RunDefers => self.run_defers(g)?,
            Op::DeferCall | Op::DeferClosure | Op::DeferIface => {
                let (callee, window) = self.prepare(g, ins)?;
                let owner = g.frames.last().map_or(0, |frame| frame.owner);
                // The body of a range over a function defers for the function around it: below
                // what the iterator has deferred.
                let below = g.defers.iter().rposition(|known| known.owner <= owner);
                let deferred = Deferred {
                    owner,
                    callee,
                    window,
                };
                g.defers.insert(below.map_or(0, |at| at + 1), deferred);
            }
            Op::GoCall | Op::GoClosure | Op::GoIface => {
                let (callee, window) = self.prepare(g, ins)?;
                self.start_goroutine(Some(g), callee, &window)?;
            }
            Op::Yield => self.make_yield(g, ins)?,
            Op::YieldReturn => self.yield_return(g, ins),
            Op::Recover => self.recover(g, ins),
            Op::Send => return self.send(g, ins),
            Op::Recv => return self.receive(g, ins),
            Op::Close => self.close(g.register(usize::from(ins.a)))?,
            Op::Select => return self.select(g, ins),
            Op::Block => {
                g.wait(Rc::from("select (no cases)"));
                return Ok(Some(Stop::Parked));
            }
            _ => {}
        }
        Ok(None)
    }

    /// The address of a package variable. On first use its initializer is called, and then this
    /// instruction again.
    fn use_global(&mut self, g: &mut Goroutine, ins: Ins) -> Result<(), Trap> {
        let (address, initializer) = self.global(ins.d as u32)?;
        g.set_register(usize::from(ins.a), address);
        if let Some(function) = initializer {
            let function = self.function(function)?;
            if let Some(frame) = g.frames.last_mut() {
                frame.pc -= 1;
            }
            let base = g.top();
            g.push_frame(function, base, FrameKind::Call)?;
        }
        Ok(())
    }

    /// Calls the next deferred function of the frame, to come back to this instruction.
    fn run_defers(&mut self, g: &mut Goroutine) -> Result<(), Trap> {
        let owner = g.frames.len().wrapping_sub(1);
        if g.defers.last().is_none_or(|last| last.owner != owner) {
            return Ok(());
        }
        let Some(deferred) = g.defers.pop() else {
            return Ok(());
        };
        if let Some(frame) = g.frames.last_mut() {
            frame.pc -= 1;
        }
        self.push_deferred(g, &deferred, FrameKind::Call)
    }

    /// Calls a deferred function above everything that is in use.
    pub(crate) fn push_deferred(
        &mut self,
        g: &mut Goroutine,
        deferred: &Deferred,
        kind: FrameKind,
    ) -> Result<(), Trap> {
        let base = g.top();
        g.ensure_stack(base)?;
        for (at, word) in deferred.window.iter().enumerate() {
            if let Some(slot) = g.stack.get_mut(base + at) {
                *slot = *word;
            }
        }
        self.push_call(g, deferred.callee, base, kind)
    }

    /// Callee and window of a `defer` or `go`.
    fn prepare(&mut self, g: &mut Goroutine, ins: Ins) -> Result<(Callee, Vec<u64>), Trap> {
        let start = usize::from(ins.a);
        let mut window: Vec<u64> = (start..start + usize::from(ins.c))
            .map(|at| g.register(at))
            .collect();
        let callee = match ins.op {
            Op::DeferCall | Op::GoCall => Callee::Function(ins.d as u32),
            Op::DeferClosure | Op::GoClosure => {
                let address = g.register(usize::from(ins.b));
                if address == 0 && ins.op == Op::GoClosure {
                    return Err(Trap::Fatal("go of nil func value".into()));
                }
                Callee::Closure(address)
            }
            _ => {
                let rtype = g.register(usize::from(ins.b));
                let data = g.register(usize::from(ins.b) + 1);
                if rtype == 0 {
                    return Err(Trap::Nil(0));
                }
                let method = (ins.d >> 8) as u32;
                if let Some(slot) = window.get_mut((ins.d & 255) as usize) {
                    *slot = data;
                }
                let function = self.method(rtype as u32, method);
                Callee::Function(function.ok_or_else(|| Trap::Fatal("method not found".into()))?)
            }
        };
        Ok((callee, window))
    }

    fn make_yield(&mut self, g: &mut Goroutine, ins: Ins) -> Result<(), Trap> {
        let owner = g.frames.len() - 1;
        // A loop body inside of a loop body runs on the registers of the same function.
        let base = g.frames.last().map_or(0, |frame| frame.base);
        let owner = match g.frames.last() {
            Some(frame) if frame.kind == FrameKind::Yield => frame.owner,
            _ => owner,
        };
        debug_assert_eq!(g.frames.get(owner).map(|frame| frame.base), Some(base));
        let address = self.heap.alloc(56, true)?;
        let words = [
            YIELD_MARK,
            owner as u64,
            ins.d as u64,
            u64::from(ins.b),
            u64::from(ins.c),
            g.id,
            u64::from(ins.a) + 1,
        ];
        for (at, word) in words.into_iter().enumerate() {
            self.heap.store(address + at as u64 * 8, word);
        }
        g.set_register(usize::from(ins.a), address);
        Ok(())
    }
}
