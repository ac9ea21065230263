//! A goroutine: its stack of registers, its calls, its deferred calls and panics.

use super::instruction::Function;
use std::rc::Rc;

/// What becomes of a call when it returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    /// The caller goes on.
    Call,
    /// The goroutine ends.
    Start,
    /// A panic called it as a deferred function, and goes on.
    PanicDefer,
    /// The body of a range over a function: the registers that it covers were saved.
    Yield,
    /// The call from Rust ends ([`super::Vm::call_now`]).
    Nested,
}

/// One call.
pub struct Frame {
    pub function: Rc<Function>,
    /// Index of register 0 in the stack.
    pub base: usize,
    /// The next instruction.
    pub pc: usize,
    pub kind: FrameKind,
    /// The frame that deferred calls belong to: its own index, for loop bodies the function's.
    pub owner: usize,
}

/// What to call.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    /// A function by its number.
    Function(u32),
    /// The closure's address.
    Closure(u64),
}

/// A deferred call.
pub(crate) struct Deferred {
    /// Index of the frame that deferred it.
    pub owner: usize,
    pub callee: Callee,
    /// The window, results included.
    pub window: Vec<u64>,
}

/// A panic under way, or `Goexit`.
pub(crate) struct Panicking {
    /// Type and data of the value.
    pub value: (u64, u64),
    pub goexit: bool,
    pub recovered: bool,
    /// The address of a nil dereference, for the line about the signal.
    pub signal: Option<u64>,
    /// How many frames there were when it began.
    pub depth: usize,
    /// Index of the frame of the deferred call that it runs.
    pub frame: usize,
    /// Index of the frame that deferred that call.
    pub owner: usize,
}

/// A loop body under way in a range over a function.
pub(crate) struct Yielding {
    /// Where its result goes in the stack.
    pub result: usize,
    /// Where the saved registers belong.
    pub start: usize,
    pub saved: Vec<u64>,
}

/// What a goroutine is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Ready,
    Waiting,
}

/// A goroutine.
pub struct Goroutine {
    /// The number that traces show.
    pub id: u64,
    pub(crate) stack: Vec<u64>,
    /// Its calls, the outermost first.
    pub frames: Vec<Frame>,
    pub(crate) defers: Vec<Deferred>,
    pub(crate) panics: Vec<Panicking>,
    pub(crate) yields: Vec<Yielding>,
    pub(crate) status: Status,
    /// What it waits for, as traces show it.
    pub(crate) reason: Rc<str>,
    /// `Ready` came before `Park`.
    pub permit: bool,
    /// The goroutine that started it, with the function and instruction.
    pub(crate) parent: Option<(u64, Rc<Function>, usize)>,
    /// Which wait it is in: wakers of an older one come too late.
    pub ticket: u64,
}

impl Goroutine {
    pub(crate) fn new(id: u64) -> Goroutine {
        Goroutine {
            id,
            stack: vec![0; 320],
            frames: Vec::new(),
            defers: Vec::new(),
            panics: Vec::new(),
            yields: Vec::new(),
            status: Status::Ready,
            reason: Rc::from(""),
            permit: false,
            parent: None,
            ticket: 0,
        }
    }

    /// Index of the first register above those in use.
    pub(crate) fn top(&self) -> usize {
        self.frames.last().map_or(0, |frame| {
            frame.base + usize::from(frame.function.registers)
        })
    }

    /// A register of the current frame.
    pub(crate) fn register(&self, number: usize) -> u64 {
        let base = self.frames.last().map_or(0, |frame| frame.base);
        self.stack.get(base + number).copied().unwrap_or(0)
    }

    /// Sets a register of the current frame.
    pub(crate) fn set_register(&mut self, number: usize, word: u64) {
        let base = self.frames.last().map_or(0, |frame| frame.base);
        if let Some(slot) = self.stack.get_mut(base + number) {
            *slot = word;
        }
    }
}

/// The 256 registers that an instruction can name.
pub(crate) struct Regs<'a>(pub &'a mut [u64; 256]);

#[expect(
    clippy::indexing_slicing,
    reason = "a byte is always an index into 256 elements"
)]
impl Regs<'_> {
    #[inline(always)]
    pub fn get(&self, register: u8) -> u64 {
        self.0[usize::from(register)]
    }

    #[inline(always)]
    pub fn set(&mut self, register: u8, word: u64) {
        self.0[usize::from(register)] = word;
    }

    #[inline(always)]
    pub fn int(&self, register: u8) -> i64 {
        self.get(register) as i64
    }

    #[inline(always)]
    pub fn float(&self, register: u8) -> f64 {
        f64::from_bits(self.get(register))
    }

    #[inline(always)]
    pub fn set_float(&mut self, register: u8, value: f64) {
        self.set(register, value.to_bits());
    }

    #[inline(always)]
    pub fn set_bool(&mut self, register: u8, value: bool) {
        self.set(register, u64::from(value));
    }

    /// Two neighbours.
    #[inline(always)]
    pub fn pair(&self, register: u8) -> (u64, u64) {
        (self.get(register), self.get(register.wrapping_add(1)))
    }

    #[inline(always)]
    pub fn set_pair(&mut self, register: u8, pair: (u64, u64)) {
        self.set(register, pair.0);
        self.set(register.wrapping_add(1), pair.1);
    }

    /// Three neighbours.
    #[inline(always)]
    pub fn triple(&self, register: u8) -> [u64; 3] {
        [
            self.get(register),
            self.get(register.wrapping_add(1)),
            self.get(register.wrapping_add(2)),
        ]
    }

    #[inline(always)]
    pub fn set_triple(&mut self, register: u8, words: [u64; 3]) {
        self.set(register, words[0]);
        self.set(register.wrapping_add(1), words[1]);
        self.set(register.wrapping_add(2), words[2]);
    }

    #[inline(always)]
    pub fn complex(&self, register: u8) -> (f64, f64) {
        (self.float(register), self.float(register.wrapping_add(1)))
    }

    #[inline(always)]
    pub fn set_complex(&mut self, register: u8, value: (f64, f64)) {
        self.set_float(register, value.0);
        self.set_float(register.wrapping_add(1), value.1);
    }
}
