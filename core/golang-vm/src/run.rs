//! The instruction loop.

use super::goroutine::{Frame, FrameKind, Goroutine, Regs};
use super::instruction::{Function, Ins, Op};
use super::schedule::Stop;
use super::{Trap, Vm};
use std::rc::Rc;

/// Fuel that a call costs: about the instructions that it stands for.
const CALL_FUEL: i64 = 4;

/// The bytes of three words.
#[inline(always)]
fn flat(words: [[u8; 8]; 3]) -> [u8; 24] {
    let mut bytes = [0; 24];
    let (chunks, _) = bytes.as_chunks_mut();
    for (place, word) in chunks.iter_mut().zip(words) {
        *place = word;
    }
    bytes
}

impl Vm {
    /// Runs a goroutine until it waits, ends, or the fuel is used up.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each instruction; a split would cost a jump on each"
    )]
    pub(crate) fn execute(&mut self, g: &mut Goroutine) -> Stop {
        let mut fuel = self.fuel;
        'frame: loop {
            let Some(frame) = g.frames.last() else {
                return Stop::Ended;
            };
            // Borrowed while the registers are, so that a call costs no count of owners.
            let function: &Function = &frame.function;
            let code: &[Ins] = &function.code;
            let mut pc = frame.pc;
            let base = frame.base;
            let window = g
                .stack
                .get_mut(base..)
                .and_then(<[u64]>::first_chunk_mut::<256>);
            let Some(window) = window else {
                self.fuel = fuel;
                if g.ensure_stack(base).is_ok() {
                    continue 'frame;
                }
                match self.trap(g, Trap::StackOverflow) {
                    Some(stop) => return stop,
                    None => continue 'frame,
                }
            };
            let mut regs = Regs(window);

            macro_rules! save {
                () => {
                    if let Some(frame) = g.frames.last_mut() {
                        frame.pc = pc;
                    }
                };
            }
            macro_rules! trap {
                ($trap:expr) => {{
                    let trap = $trap;
                    save!();
                    self.fuel = fuel;
                    match self.trap(g, trap) {
                        Some(stop) => return stop,
                        None => {
                            fuel = self.fuel;
                            continue 'frame;
                        }
                    }
                }};
            }
            macro_rules! jump {
                ($ins:expr) => {{
                    let target = $ins.d as usize;
                    if target < pc {
                        fuel -= (pc - target) as i64;
                        if fuel <= 0 && !function.atomic {
                            pc = target;
                            save!();
                            self.fuel = fuel;
                            return Stop::Fuel;
                        }
                    }
                    pc = target;
                }};
            }
            macro_rules! binary {
                ($ins:expr, $operation:expr) => {{
                    let operation = $operation;
                    regs.set($ins.a, operation(regs.get($ins.b), regs.get($ins.c)))
                }};
            }
            macro_rules! signed {
                ($ins:expr, $operation:expr) => {{
                    let operation = $operation;
                    regs.set($ins.a, operation(regs.int($ins.b), regs.int($ins.c)))
                }};
            }
            macro_rules! float {
                ($ins:expr, $operation:expr) => {{
                    let operation = $operation;
                    regs.set_float($ins.a, operation(regs.float($ins.b), regs.float($ins.c)))
                }};
            }
            macro_rules! compare {
                ($ins:expr, $kind:ident, $operator:tt) => {
                    regs.set_bool($ins.a, regs.$kind($ins.b) $operator regs.$kind($ins.c))
                };
            }
            macro_rules! jump_if {
                ($ins:expr, $condition:expr) => {
                    if $condition {
                        jump!($ins)
                    }
                };
            }
            macro_rules! load {
                ($ins:expr, $size:literal, $convert:expr) => {{
                    let address = regs.get($ins.b).wrapping_add_signed(i64::from($ins.d));
                    match self.heap.load_bytes::<$size>(address) {
                        Some(bytes) => {
                            let convert = $convert;
                            regs.set($ins.a, convert(bytes));
                        }
                        None => trap!(Trap::Nil(address)),
                    }
                }};
            }
            macro_rules! store {
                ($ins:expr, $bytes:expr) => {{
                    let address = regs.get($ins.a).wrapping_add_signed(i64::from($ins.d));
                    if self.heap.store_bytes(address, $bytes).is_none() {
                        trap!(Trap::Nil(address));
                    }
                }};
            }
            macro_rules! index {
                ($ins:expr, $slice:expr, $index:expr, $size:expr) => {{
                    let (address, length) = regs.pair($slice);
                    let index = regs.get($index);
                    if index >= length {
                        trap!(Trap::Index(index as i64, length as i64));
                    }
                    address.wrapping_add(index.wrapping_mul($size))
                }};
            }

            loop {
                let Some(&ins) = code.get(pc) else {
                    trap!(Trap::Fatal("end of code".into()));
                };
                pc += 1;
                match ins.op {
                    Op::Nop => {}
                    Op::Move => regs.set(ins.a, regs.get(ins.b)),
                    Op::Move2 => regs.set_pair(ins.a, regs.pair(ins.b)),
                    Op::Move3 => regs.set_triple(ins.a, regs.triple(ins.b)),
                    Op::Int => regs.set(ins.a, i64::from(ins.d) as u64),
                    Op::Const => regs.set(
                        ins.a,
                        function
                            .constants
                            .get(ins.d as usize)
                            .copied()
                            .unwrap_or_default(),
                    ),
                    Op::Str
                        if let Some(text) = self.strings.get(ins.d as usize)
                            && text.0 != 0 =>
                    {
                        regs.set_pair(ins.a, *text);
                    }
                    Op::Zero => {
                        for at in 0..ins.c {
                            regs.set(ins.a.wrapping_add(at), 0);
                        }
                    }
                    Op::Add => binary!(ins, u64::wrapping_add),
                    Op::Sub => binary!(ins, u64::wrapping_sub),
                    Op::Mul => binary!(ins, u64::wrapping_mul),
                    Op::And => binary!(ins, |x, y| x & y),
                    Op::Or => binary!(ins, |x, y| x | y),
                    Op::Xor => binary!(ins, |x, y| x ^ y),
                    Op::AndNot => binary!(ins, |x: u64, y: u64| x & !y),
                    Op::Shl => binary!(ins, |x: u64, y: u64| if y < 64 { x << y } else { 0 }),
                    Op::ShrU => binary!(ins, |x: u64, y: u64| if y < 64 { x >> y } else { 0 }),
                    Op::Shr => signed!(ins, |x: i64, y: i64| (x >> (y as u64).min(63)) as u64),
                    Op::CheckShift => {
                        if regs.int(ins.b) < 0 {
                            trap!(Trap::NegativeShift);
                        }
                    }
                    Op::Div => {
                        let divisor = regs.int(ins.c);
                        if divisor == 0 {
                            trap!(Trap::Divide);
                        }
                        regs.set(ins.a, regs.int(ins.b).wrapping_div(divisor) as u64);
                    }
                    Op::Rem => {
                        let divisor = regs.int(ins.c);
                        if divisor == 0 {
                            trap!(Trap::Divide);
                        }
                        regs.set(ins.a, regs.int(ins.b).wrapping_rem(divisor) as u64);
                    }
                    Op::DivU => match regs.get(ins.b).checked_div(regs.get(ins.c)) {
                        Some(value) => regs.set(ins.a, value),
                        None => trap!(Trap::Divide),
                    },
                    Op::RemU => match regs.get(ins.b).checked_rem(regs.get(ins.c)) {
                        Some(value) => regs.set(ins.a, value),
                        None => trap!(Trap::Divide),
                    },
                    Op::AddI => {
                        regs.set(ins.a, regs.get(ins.b).wrapping_add_signed(i64::from(ins.d)))
                    }
                    Op::MulI => {
                        regs.set(ins.a, regs.get(ins.b).wrapping_mul(i64::from(ins.d) as u64))
                    }
                    Op::AndI => regs.set(ins.a, regs.get(ins.b) & i64::from(ins.d) as u64),
                    Op::ShlI => regs.set(ins.a, regs.get(ins.b) << (ins.d & 63)),
                    Op::ShrI => regs.set(ins.a, (regs.int(ins.b) >> (ins.d & 63)) as u64),
                    Op::ShrUI => regs.set(ins.a, regs.get(ins.b) >> (ins.d & 63)),
                    Op::Neg => regs.set(ins.a, regs.get(ins.b).wrapping_neg()),
                    Op::Not => regs.set(ins.a, !regs.get(ins.b)),
                    Op::LogicalNot => regs.set(ins.a, regs.get(ins.b) ^ 1),
                    Op::Sext8 => regs.set(ins.a, i64::from(regs.get(ins.b) as i8) as u64),
                    Op::Sext16 => regs.set(ins.a, i64::from(regs.get(ins.b) as i16) as u64),
                    Op::Sext32 => regs.set(ins.a, i64::from(regs.get(ins.b) as i32) as u64),
                    Op::Zext8 => regs.set(ins.a, regs.get(ins.b) & 0xff),
                    Op::Zext16 => regs.set(ins.a, regs.get(ins.b) & 0xffff),
                    Op::Zext32 => regs.set(ins.a, regs.get(ins.b) & 0xffff_ffff),
                    Op::AddF => float!(ins, |x: f64, y: f64| x + y),
                    Op::SubF => float!(ins, |x: f64, y: f64| x - y),
                    Op::MulF => float!(ins, |x: f64, y: f64| x * y),
                    Op::DivF => float!(ins, |x: f64, y: f64| x / y),
                    Op::Eq => compare!(ins, get, ==),
                    Op::Ne => compare!(ins, get, !=),
                    Op::Lt => compare!(ins, int, <),
                    Op::Le => compare!(ins, int, <=),
                    Op::LtU => compare!(ins, get, <),
                    Op::LeU => compare!(ins, get, <=),
                    Op::EqF => compare!(ins, float, ==),
                    Op::NeF => compare!(ins, float, !=),
                    Op::LtF => compare!(ins, float, <),
                    Op::LeF => compare!(ins, float, <=),
                    Op::EqI => regs.set_bool(ins.a, regs.int(ins.b) == i64::from(ins.d)),
                    Op::Jump => jump!(ins),
                    Op::JumpTrue => jump_if!(ins, regs.get(ins.a) != 0),
                    Op::JumpFalse => jump_if!(ins, regs.get(ins.a) == 0),
                    Op::JumpEq => jump_if!(ins, regs.get(ins.a) == regs.get(ins.b)),
                    Op::JumpNe => jump_if!(ins, regs.get(ins.a) != regs.get(ins.b)),
                    Op::JumpLt => jump_if!(ins, regs.int(ins.a) < regs.int(ins.b)),
                    Op::JumpLe => jump_if!(ins, regs.int(ins.a) <= regs.int(ins.b)),
                    Op::JumpLtU => jump_if!(ins, regs.get(ins.a) < regs.get(ins.b)),
                    Op::JumpLeU => jump_if!(ins, regs.get(ins.a) <= regs.get(ins.b)),
                    Op::JumpEqI => jump_if!(ins, regs.int(ins.a) == ins.small()),
                    Op::JumpNeI => jump_if!(ins, regs.int(ins.a) != ins.small()),
                    Op::JumpLtI => jump_if!(ins, regs.int(ins.a) < ins.small()),
                    Op::JumpLeI => jump_if!(ins, regs.int(ins.a) <= ins.small()),
                    Op::JumpGtI => jump_if!(ins, regs.int(ins.a) > ins.small()),
                    Op::JumpGeI => jump_if!(ins, regs.int(ins.a) >= ins.small()),
                    Op::Load => load!(ins, 8, u64::from_le_bytes),
                    Op::LoadU8 => load!(ins, 1, |b: [u8; 1]| u64::from(b[0])),
                    Op::LoadS8 => load!(ins, 1, |b| i64::from(i8::from_le_bytes(b)) as u64),
                    Op::LoadU16 => load!(ins, 2, |b| u64::from(u16::from_le_bytes(b))),
                    Op::LoadS16 => load!(ins, 2, |b| i64::from(i16::from_le_bytes(b)) as u64),
                    Op::LoadU32 => load!(ins, 4, |b| u64::from(u32::from_le_bytes(b))),
                    Op::LoadS32 => load!(ins, 4, |b| i64::from(i32::from_le_bytes(b)) as u64),
                    Op::LoadF32 => load!(ins, 4, |b| f64::from(f32::from_le_bytes(b)).to_bits()),
                    Op::Store => store!(ins, regs.get(ins.b).to_le_bytes()),
                    Op::Store8 => store!(ins, (regs.get(ins.b) as u8).to_le_bytes()),
                    Op::Store16 => store!(ins, (regs.get(ins.b) as u16).to_le_bytes()),
                    Op::Store32 => store!(ins, (regs.get(ins.b) as u32).to_le_bytes()),
                    Op::StoreF32 => store!(ins, (regs.float(ins.b) as f32).to_le_bytes()),
                    Op::LoadN => {
                        let address = regs.get(ins.b).wrapping_add_signed(i64::from(ins.d));
                        // Strings and slices are most of it.
                        if let 2 | 3 = ins.c
                            && let Some(pair) =
                                self.heap.load_bytes(address).map(u128::from_le_bytes)
                            && let Some(last) = match ins.c {
                                2 => Some(regs.get(ins.a.wrapping_add(2))),
                                _ => self.heap.load(address.wrapping_add(16)),
                            }
                        {
                            let words = [pair as u64, (pair >> 64) as u64, last];
                            regs.set_triple(ins.a, words);
                            continue;
                        }
                        let Some(bytes) = self.heap.bytes(address, u64::from(ins.c) * 8) else {
                            trap!(Trap::Nil(address));
                        };
                        for (at, word) in (0..).zip(bytes.as_chunks().0) {
                            regs.set(ins.a.wrapping_add(at), u64::from_le_bytes(*word));
                        }
                    }
                    Op::StoreN => {
                        let address = regs.get(ins.a).wrapping_add_signed(i64::from(ins.d));
                        if ins.c == 3 {
                            let words = regs.triple(ins.b).map(u64::to_le_bytes);
                            let stored = self.heap.store_bytes::<24>(address, flat(words));
                            if stored.is_none() {
                                trap!(Trap::Nil(address));
                            }
                            continue;
                        }
                        let bytes = self.heap.bytes_mut(address, u64::from(ins.c) * 8);
                        let Some(bytes) = bytes else {
                            trap!(Trap::Nil(address));
                        };
                        for (at, word) in (0..).zip(bytes.as_chunks_mut().0) {
                            *word = regs.get(ins.b.wrapping_add(at)).to_le_bytes();
                        }
                    }
                    Op::FieldAddr => {
                        let address = regs.get(ins.b);
                        if address == 0 {
                            trap!(Trap::Nil(ins.d as u64));
                        }
                        regs.set(ins.a, address.wrapping_add_signed(i64::from(ins.d)));
                    }
                    Op::ElemAddr => regs.set(
                        ins.a,
                        regs.get(ins.b)
                            .wrapping_add(regs.get(ins.c).wrapping_mul(ins.d as u64)),
                    ),
                    Op::CheckIndex => {
                        if regs.get(ins.b) >= ins.d as u64 {
                            trap!(Trap::Index(regs.int(ins.b), i64::from(ins.d)));
                        }
                    }
                    Op::CheckNil => {
                        if regs.get(ins.b) == 0 {
                            trap!(Trap::Nil(0));
                        }
                    }
                    Op::Index => {
                        let address = index!(ins, ins.b, ins.c, 8);
                        match self.heap.load(address) {
                            Some(word) => regs.set(ins.a, word),
                            None => trap!(Trap::Nil(address)),
                        }
                    }
                    Op::IndexU8 | Op::IndexStr => {
                        let address = index!(ins, ins.b, ins.c, 1);
                        match self.heap.load_bytes::<1>(address) {
                            Some([byte]) => regs.set(ins.a, u64::from(byte)),
                            None => trap!(Trap::Nil(address)),
                        }
                    }
                    Op::IndexS32 => {
                        let address = index!(ins, ins.b, ins.c, 4);
                        match self.heap.load_bytes::<4>(address) {
                            Some(bytes) => {
                                regs.set(ins.a, i64::from(i32::from_le_bytes(bytes)) as u64);
                            }
                            None => trap!(Trap::Nil(address)),
                        }
                    }
                    Op::IndexAddr => {
                        let address = index!(ins, ins.b, ins.c, ins.d as u64);
                        regs.set(ins.a, address);
                    }
                    Op::SetIndex => {
                        let address = index!(ins, ins.a, ins.b, 8);
                        if self.heap.store(address, regs.get(ins.c)).is_none() {
                            trap!(Trap::Nil(address));
                        }
                    }
                    Op::SetIndex8 => {
                        let address = index!(ins, ins.a, ins.b, 1);
                        let byte = [regs.get(ins.c) as u8];
                        if self.heap.store_bytes(address, byte).is_none() {
                            trap!(Trap::Nil(address));
                        }
                    }
                    Op::SetIndex32 => {
                        let address = index!(ins, ins.a, ins.b, 4);
                        let bytes = (regs.get(ins.c) as u32).to_le_bytes();
                        if self.heap.store_bytes(address, bytes).is_none() {
                            trap!(Trap::Nil(address));
                        }
                    }
                    Op::GlobalRaw => match self.global(ins.d as u32) {
                        Ok((address, _)) => regs.set(ins.a, address),
                        Err(error) => trap!(error),
                    },
                    Op::Call => {
                        let known = match self.functions.get(ins.d as usize) {
                            Some(Some(callee)) => Ok(Rc::clone(callee)),
                            _ => self.function(ins.d as u32),
                        };
                        let callee = match known {
                            Ok(callee) => callee,
                            Err(error) => trap!(error),
                        };
                        fuel -= CALL_FUEL;
                        save!();
                        let owner = g.frames.len();
                        if owner > crate::limits::CALL_DEPTH_MAX {
                            trap!(Trap::StackOverflow);
                        }
                        let atomic = callee.atomic;
                        g.frames.push(Frame {
                            function: callee,
                            base: base + usize::from(ins.a),
                            pc: 0,
                            kind: FrameKind::Call,
                            owner,
                        });
                        if fuel <= 0 && !atomic {
                            self.fuel = fuel;
                            return Stop::Fuel;
                        }
                        continue 'frame;
                    }
                    Op::Return => {
                        let kind = g.frames.pop().map(|frame| frame.kind);
                        if kind == Some(FrameKind::Call) {
                            continue 'frame;
                        }
                        self.fuel = fuel;
                        match self.returned(g, kind, base) {
                            Some(stop) => return stop,
                            None => continue 'frame,
                        }
                    }
                    Op::CallClosure
                    | Op::CallIface
                    | Op::CallNative
                    | Op::Global
                    | Op::RunDefers
                    | Op::DeferCall
                    | Op::DeferClosure
                    | Op::DeferIface
                    | Op::GoCall
                    | Op::GoClosure
                    | Op::GoIface
                    | Op::YieldReturn
                    | Op::Recover
                    | Op::Send
                    | Op::Recv
                    | Op::Close
                    | Op::Select
                    | Op::Block
                    | Op::Yield => {
                        save!();
                        self.fuel = fuel - CALL_FUEL;
                        let stop = match self.control(g, ins) {
                            Ok(None) => None,
                            Ok(stop) => stop,
                            Err(error) => self.trap(g, error),
                        };
                        if let Some(stop) = stop {
                            return stop;
                        }
                        fuel = self.fuel;
                        if self.heap.wants_collection() {
                            self.collect(Some(g));
                        }
                        if fuel <= 0 && g.frames.last().is_some_and(|f| !f.function.atomic) {
                            return Stop::Fuel;
                        }
                        continue 'frame;
                    }
                    Op::Grow
                        if let [address, length, capacity] = regs.triple(ins.b)
                            && length + u64::from(ins.c) <= capacity =>
                    {
                        regs.set_triple(ins.a, [address, length + u64::from(ins.c), capacity]);
                    }
                    Op::AppendStr | Op::AppendSlice => {
                        if let Err(error) = self.append_slice(&mut regs, ins) {
                            trap!(error);
                        }
                        if self.heap.wants_collection() {
                            save!();
                            self.collect(Some(g));
                            continue 'frame;
                        }
                    }
                    Op::MapNext => match self.map_next(&mut regs, ins) {
                        Ok(true) => {}
                        Ok(false) => jump!(ins),
                        Err(error) => trap!(error),
                    },
                    Op::JumpTable => {
                        let index = regs.get(ins.a);
                        if index < u64::from(ins.c) {
                            let at = ins.d as usize + index as usize;
                            pc = function.constants.get(at).map_or(pc, |pc| *pc as usize);
                        }
                    }
                    _ => {
                        if let Err(error) = self.slow(&mut regs, ins, function) {
                            trap!(error);
                        }
                        if self.heap.wants_collection() {
                            save!();
                            self.collect(Some(g));
                            continue 'frame;
                        }
                    }
                }
            }
        }
    }
}
