//! Instructions that are not on the fastest path: allocation, strings, slices, maps, complex
//! numbers, interfaces.

use super::goroutine::Regs;
use super::instruction::slice_flags::{PLAIN, SIZE};
use super::{Function, Ins, Op, Trap, Vm};

impl Vm {
    /// Does such an instruction.
    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    pub(crate) fn slow(
        &mut self,
        regs: &mut Regs<'_>,
        ins: Ins,
        function: &Function,
    ) -> Result<(), Trap> {
        match ins.op {
            Op::MoveN => {
                // The ranges may overlap, downwards only.
                for at in 0..ins.c {
                    regs.set(ins.a.wrapping_add(at), regs.get(ins.b.wrapping_add(at)));
                }
            }
            Op::Str => {
                let text = self.constant(ins.d as u32)?;
                regs.set_pair(ins.a, text);
            }
            Op::CheckIndexR => {
                if regs.get(ins.b) >= regs.get(ins.c) {
                    return Err(Trap::Index(regs.int(ins.b), regs.int(ins.c)));
                }
            }
            Op::SliceToArray => {
                return Err(Trap::SliceToArray(regs.int(ins.b), regs.int(ins.c)));
            }
            Op::Copy => {
                let (to, from) = (regs.get(ins.a), regs.get(ins.b));
                let bad = if to == 0 { to } else { from };
                self.heap
                    .copy(to, from, ins.d as u64)
                    .ok_or(Trap::Nil(bad))?;
            }
            Op::Clear => {
                let address = regs.get(ins.a);
                self.heap
                    .bytes_mut(address, ins.d as u64)
                    .ok_or(Trap::Nil(address))?
                    .fill(0);
            }
            Op::New => {
                let address = self.heap.alloc(ins.d as u64, ins.b != 0)?;
                regs.set(ins.a, address);
            }
            Op::Clone => {
                let from = regs.get(ins.b);
                if from == 0 {
                    return Err(Trap::Nil(0));
                }
                let address = self.heap.clone_object(from, ins.d as u64, ins.c != 0)?;
                regs.set(ins.a, address);
            }
            Op::Box => {
                let address = self.heap.alloc(u64::from(ins.c) * 8, false)?;
                for at in 0..ins.c {
                    self.heap.store(
                        address + u64::from(at) * 8,
                        regs.get(ins.b.wrapping_add(at)),
                    );
                }
                regs.set(ins.a, address);
            }
            Op::FuncValue => {
                let address = self.static_closure(ins.d as u32)?;
                regs.set(ins.a, address);
            }
            Op::Closure => {
                let address = self.heap.alloc(8 + u64::from(ins.c) * 8, false)?;
                self.heap.store(address, ins.d as u64);
                for at in 0..ins.c {
                    let word = regs.get(ins.b.wrapping_add(at));
                    self.heap.store(address + 8 + u64::from(at) * 8, word);
                }
                regs.set(ins.a, address);
            }
            Op::Len | Op::Cap => {
                let address = regs.get(ins.b);
                let length = match (address, ins.c, ins.op) {
                    (0, _, _) => 0,
                    (_, 0, _) => self.map_length(address),
                    (_, _, Op::Len) => self.channel_length(address),
                    _ => self.channel_capacity(address),
                };
                regs.set(ins.a, length);
            }
            Op::MakeChan => {
                let address = self.make_channel(u64::from(ins.c), regs.int(ins.b))?;
                regs.set(ins.a, address);
            }
            Op::Panic => {
                let (rtype, data) = regs.pair(ins.a);
                return Err(Trap::Panic(rtype, data));
            }
            Op::NilReceiver => {
                let bytes = self.image.string(ins.d as u32);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                return Err(Trap::NilReceiver(text));
            }
            Op::Unreachable => {
                let bytes = self.image.string(ins.d as u32);
                return Err(Trap::Fatal(String::from_utf8_lossy(&bytes).into_owned()));
            }
            Op::EqIface
            | Op::EqMem
            | Op::AssertType
            | Op::Implements
            | Op::AssertIface
            | Op::Print => return self.interfaces(regs, ins, function),
            Op::NegF
            | Op::RoundF
            | Op::IntToF
            | Op::UintToF
            | Op::FToInt
            | Op::FToUint
            | Op::AddC
            | Op::SubC
            | Op::MulC
            | Op::DivC
            | Op::EqC => numbers(regs, ins),
            Op::MakeMap
            | Op::MapFind
            | Op::MapAssign
            | Op::MapDelete
            | Op::MapClear
            | Op::MapStart => return self.maps(regs, ins),
            _ => return self.text_and_slices(regs, ins),
        }
        Ok(())
    }

    fn interfaces(
        &mut self,
        regs: &mut Regs<'_>,
        ins: Ins,
        function: &Function,
    ) -> Result<(), Trap> {
        match ins.op {
            Op::EqIface => {
                let equal = self.equal_interfaces(regs.pair(ins.b), regs.pair(ins.c))?;
                regs.set_bool(ins.a, equal);
            }
            Op::EqMem => {
                let rtype = self.rtype(ins.d as u64);
                let equal = self.equal_memory(&rtype, regs.get(ins.b), regs.get(ins.c))?;
                regs.set_bool(ins.a, equal);
            }
            Op::AssertType => {
                let dynamic = regs.get(ins.b);
                if dynamic != ins.d as u64 {
                    let from = function.constants.get(usize::from(ins.c));
                    let from = from.copied().unwrap_or_default();
                    return Err(Trap::Assertion(
                        from as u32,
                        dynamic as u32,
                        ins.d as u32,
                        None,
                    ));
                }
            }
            Op::Implements => {
                let answer = self.implements(regs.get(ins.b) as u32, ins.d as u32);
                regs.set_bool(ins.a, answer);
            }
            Op::AssertIface => {
                let dynamic = regs.get(ins.b) as u32;
                if !self.implements(dynamic, ins.d as u32) {
                    let missing = match dynamic {
                        0 => String::new(),
                        _ => self
                            .image
                            .missing_method(dynamic, ins.d as u32)
                            .unwrap_or_default(),
                    };
                    let wanted = ins.d as u32;
                    return Err(Trap::Assertion(wanted, dynamic, wanted, Some(missing)));
                }
            }
            _ => self.print(regs, ins),
        }
        Ok(())
    }

    fn print(&mut self, regs: &Regs<'_>, ins: Ins) {
        let word = regs.get(ins.a);
        let text = match ins.d {
            0 => (word != 0).to_string(),
            1 => (word as i64).to_string(),
            2 => word.to_string(),
            3 | 11 => {
                let version = self.image.version();
                super::strings::runtime_float(f64::from_bits(word), ins.d == 11, version)
            }
            4 => {
                let (address, length) = regs.pair(ins.a);
                let bytes = self.heap.bytes(address, length).unwrap_or(&[]);
                String::from_utf8_lossy(bytes).into_owned()
            }
            5 => format!("{word:#x}"),
            6 => format!("({word:#x},{:#x})", regs.get(ins.a.wrapping_add(1))),
            7 => " ".into(),
            8 => "\n".into(),
            9 | 12 => {
                let (re, im) = regs.complex(ins.a);
                let version = self.image.version();
                super::strings::runtime_complex(re, im, ins.d == 12, version)
            }
            _ => {
                let [address, length, capacity] = regs.triple(ins.a);
                format!("[{length}/{capacity}]{address:#x}")
            }
        };
        self.last_words.push_str(&text);
    }

    fn key(&mut self, regs: &Regs<'_>, register: u8) -> (u64, u64) {
        regs.pair(register)
    }

    fn maps(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        match ins.op {
            Op::MakeMap => {
                let map = self.new_map(ins.d as u64, regs.int(ins.b))?;
                regs.set(ins.a, map);
            }
            Op::MapFind => {
                let key = self.key(regs, ins.c);
                let address = self.map_find(regs.get(ins.b), key)?;
                regs.set(ins.a, address);
            }
            Op::MapAssign => {
                let key = self.key(regs, ins.c);
                let address = self.map_assign(regs.get(ins.b), key)?;
                regs.set(ins.a, address);
            }
            Op::MapDelete => {
                let key = self.key(regs, ins.b);
                self.map_delete(regs.get(ins.a), key)?;
            }
            Op::MapClear => self.map_clear(regs.get(ins.a)),
            _ => {
                let iterator = self.map_start(regs.get(ins.b));
                for (at, word) in iterator.into_iter().enumerate() {
                    regs.set(ins.a.wrapping_add(at as u8), word);
                }
            }
        }
        Ok(())
    }

    fn text_and_slices(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        match ins.op {
            Op::EqS => {
                let equal = self.equal_strings(regs.pair(ins.b), regs.pair(ins.c));
                regs.set_bool(ins.a, equal);
            }
            Op::NeS => {
                let equal = self.equal_strings(regs.pair(ins.b), regs.pair(ins.c));
                regs.set_bool(ins.a, !equal);
            }
            Op::LtS | Op::LeS => {
                let order = self.compare_strings(regs.pair(ins.b), regs.pair(ins.c));
                let yes = order.is_lt() || (ins.op == Op::LeS && order.is_eq());
                regs.set_bool(ins.a, yes);
            }
            Op::Concat => {
                let parts = [regs.pair(ins.b), regs.pair(ins.c)];
                let text = self.concat(&parts)?;
                regs.set_pair(ins.a, text);
            }
            Op::ConcatN => {
                let parts: Vec<(u64, u64)> = (0..ins.c)
                    .map(|at| regs.pair(ins.b.wrapping_add(at * 2)))
                    .collect();
                let text = self.concat(&parts)?;
                regs.set_pair(ins.a, text);
            }
            Op::BytesToStr | Op::StrToBytes => {
                let (from, length) = regs.pair(ins.b);
                let address = self.heap.alloc(length, true)?;
                self.heap
                    .copy(address, from, length)
                    .ok_or(Trap::Nil(from))?;
                regs.set_pair(ins.a, (address, length));
                if ins.op == Op::StrToBytes {
                    regs.set(ins.a.wrapping_add(2), length);
                }
            }
            Op::RunesToStr => {
                let (address, length) = regs.pair(ins.b);
                let text = self.runes_to_string(address, length)?;
                regs.set_pair(ins.a, text);
            }
            Op::StrToRunes => {
                let runes = self.string_to_runes(regs.pair(ins.b))?;
                regs.set_triple(ins.a, runes);
            }
            Op::RuneToStr => {
                let mut text = Vec::new();
                super::strings::encode_rune(regs.int(ins.b), &mut text);
                let address = self.heap.new_bytes(&text)?;
                regs.set_pair(ins.a, (address, text.len() as u64));
            }
            Op::NextRune => {
                let (address, length) = regs.pair(ins.b);
                let at = regs.get(ins.c);
                let count = length.saturating_sub(at).min(4);
                let bytes = self.heap.bytes(address + at, count).unwrap_or(&[]);
                let (rune, size) = super::strings::decode_rune(bytes);
                regs.set_pair(ins.a, (u64::from(rune), at + size as u64));
            }
            Op::MakeSlice => return self.make_slice(regs, ins),
            Op::SliceSlice => return self.slice_slice(regs, ins),
            Op::SliceStr => return self.slice_string(regs, ins),
            Op::SliceArray => return self.slice_array(regs, ins),
            Op::Grow => {
                let size = (ins.d & SIZE) as u64;
                let slice = regs.triple(ins.b);
                let grown = self.grow(slice, u64::from(ins.c), size, ins.d & PLAIN != 0)?;
                regs.set_triple(ins.a, grown);
            }
            Op::GrowInFrame => return self.grow_in_frame(regs, ins),
            Op::LeaveFrame => Self::leave_frame(regs, ins),
            Op::CopySlice | Op::CopyStr => return self.copy_slice(regs, ins),
            Op::ClearSlice => {
                let (address, length) = regs.pair(ins.a);
                if let Some(bytes) = self.heap.bytes_mut(address, length * ins.d as u64) {
                    bytes.fill(0);
                }
            }
            _ => return Err(Trap::Fatal(format!("bad instruction {:?}", ins.op))),
        }
        Ok(())
    }
}

fn numbers(regs: &mut Regs<'_>, ins: Ins) {
    match ins.op {
        Op::NegF => regs.set_float(ins.a, -regs.float(ins.b)),
        Op::RoundF => regs.set_float(ins.a, f64::from(regs.float(ins.b) as f32)),
        Op::IntToF => regs.set_float(ins.a, regs.int(ins.b) as f64),
        Op::UintToF => regs.set_float(ins.a, regs.get(ins.b) as f64),
        Op::FToInt => {
            // As on amd64: what does not fit is the smallest integer.
            let value = regs.float(ins.b);
            let fits = (-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&value);
            regs.set(ins.a, if fits { value as i64 } else { i64::MIN } as u64);
        }
        Op::FToUint => {
            let value = regs.float(ins.b);
            let word = if value >= 9.223_372_036_854_776e18 {
                if value < 1.844_674_407_370_955_2e19 {
                    value as u64
                } else {
                    1 << 63
                }
            } else if value >= -9.223_372_036_854_776e18 {
                value as i64 as u64
            } else {
                1 << 63
            };
            regs.set(ins.a, word);
        }
        Op::EqC => {
            let equal = regs.complex(ins.b) == regs.complex(ins.c);
            regs.set_bool(ins.a, equal);
        }
        _ => {
            let ((a, b), (c, d)) = (regs.complex(ins.b), regs.complex(ins.c));
            let value = match ins.op {
                Op::AddC => (a + c, b + d),
                Op::SubC => (a - c, b - d),
                Op::MulC => (a * c - b * d, a * d + b * c),
                _ => divide((a, b), (c, d)),
            };
            regs.set_complex(ins.a, value);
        }
    }
}

/// Complex division as `runtime.complex128div` does it.
fn divide((a, b): (f64, f64), (c, d): (f64, f64)) -> (f64, f64) {
    let finite = |x: f64, y: f64| x.is_finite() && y.is_finite();
    let (mut e, mut f);
    if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + ratio * d;
        e = (a + b * ratio) / denominator;
        f = (b - a * ratio) / denominator;
    } else {
        let ratio = c / d;
        let denominator = d + ratio * c;
        e = (a * ratio + b) / denominator;
        f = (b * ratio - a) / denominator;
    }
    if e.is_nan() && f.is_nan() {
        if c == 0.0 && d == 0.0 && (!a.is_nan() || !b.is_nan()) {
            e = f64::INFINITY.copysign(c) * a;
            f = f64::INFINITY.copysign(c) * b;
        } else if (a.is_infinite() || b.is_infinite()) && finite(c, d) {
            let sign = |x: f64| if x.is_infinite() { 1f64 } else { 0.0 }.copysign(x);
            let (a, b) = (sign(a), sign(b));
            e = f64::INFINITY * (a * c + b * d);
            f = f64::INFINITY * (b * c - a * d);
        } else if (c.is_infinite() || d.is_infinite()) && finite(a, b) {
            let sign = |x: f64| if x.is_infinite() { 1f64 } else { 0.0 }.copysign(x);
            let (c, d) = (sign(c), sign(d));
            e = 0.0 * (a * c + b * d);
            f = 0.0 * (b * c - a * d);
        }
    }
    (e, f)
}
