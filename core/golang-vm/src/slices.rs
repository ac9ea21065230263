//! Slices: making, cutting, growing and copying them.

use super::goroutine::Regs;
use super::instruction::slice_flags::{HIGH, LOW, MAX, PLAIN, SIZE};
use super::{Bounds, Ins, Trap, Vm};

impl Vm {
    pub(crate) fn make_slice(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let (length, capacity) = (regs.int(ins.b), regs.int(ins.c));
        let size = (ins.d & SIZE) as u64;
        let too_many = |count: i64| (count as u64).saturating_mul(size) > 1 << 47;
        if length < 0 || too_many(length) {
            return Err(Trap::SliceSize("makeslice: len"));
        }
        if capacity < length || too_many(capacity) {
            return Err(Trap::SliceSize("makeslice: cap"));
        }
        let address = self
            .heap
            .alloc(capacity as u64 * size, ins.d & PLAIN != 0)?;
        regs.set_triple(ins.a, [address, length as u64, capacity as u64]);
        Ok(())
    }

    /// `x[low:high:max]` of something with a capacity. `has_capacity`: a slice, not a string or
    /// array.
    fn bounds(
        regs: &Regs<'_>,
        ins: Ins,
        length: i64,
        capacity: i64,
        is_slice: bool,
    ) -> Result<(i64, i64, i64), Trap> {
        let bound = |flag: i32, at: u8, default: i64| {
            if ins.d & flag != 0 {
                regs.int(ins.c.wrapping_add(at))
            } else {
                default
            }
        };
        let low = bound(LOW, 0, 0);
        let high = bound(HIGH, 1, length);
        if ins.d & MAX != 0 {
            let max = bound(MAX, 2, capacity);
            if max < 0 || max > capacity {
                let kind = if is_slice {
                    Bounds::MaxCapacity
                } else {
                    Bounds::MaxLength
                };
                return Err(Trap::Slice(kind, max, capacity));
            }
            if high < 0 || high > max {
                return Err(Trap::Slice(Bounds::HighMax, high, max));
            }
            if low < 0 || low > high {
                return Err(Trap::Slice(Bounds::LowMax, low, high));
            }
            return Ok((low, high, max));
        }
        if high < 0 || high > capacity {
            let kind = if is_slice {
                Bounds::HighCapacity
            } else {
                Bounds::HighLength
            };
            return Err(Trap::Slice(kind, high, capacity));
        }
        if low < 0 || low > high {
            return Err(Trap::Slice(Bounds::Low, low, high));
        }
        Ok((low, high, capacity))
    }

    pub(crate) fn slice_slice(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let [address, length, capacity] = regs.triple(ins.b);
        let (low, high, max) = Self::bounds(regs, ins, length as i64, capacity as i64, true)?;
        let size = (ins.d & SIZE) as u64;
        // An empty rest points at the start, not behind the end.
        let start = if max == low { 0 } else { low as u64 * size };
        regs.set_triple(
            ins.a,
            [address + start, (high - low) as u64, (max - low) as u64],
        );
        Ok(())
    }

    pub(crate) fn slice_string(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let (address, length) = regs.pair(ins.b);
        let (low, high, _) = Self::bounds(regs, ins, length as i64, length as i64, false)?;
        let start = if high == low { 0 } else { low as u64 };
        regs.set_pair(ins.a, (address + start, (high - low) as u64));
        Ok(())
    }

    pub(crate) fn slice_array(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let address = regs.get(ins.b);
        if address == 0 {
            return Err(Trap::Nil(0));
        }
        let length = regs.int(ins.c.wrapping_add(3));
        let (low, high, max) = Self::bounds(regs, ins, length, length, false)?;
        let size = (ins.d & SIZE) as u64;
        let start = if max == low { 0 } else { low as u64 * size };
        regs.set_triple(
            ins.a,
            [address + start, (high - low) as u64, (max - low) as u64],
        );
        Ok(())
    }

    /// The slice with room for more elements, its length grown over them.
    pub fn grow(
        &mut self,
        slice: [u64; 3],
        more: u64,
        size: u64,
        plain: bool,
    ) -> Result<[u64; 3], Trap> {
        let [address, length, capacity] = slice;
        let wanted = length.saturating_add(more);
        if wanted <= capacity {
            return Ok([address, wanted, capacity]);
        }
        if wanted > i64::MAX as u64 {
            return Err(Trap::SliceSize("growslice: len"));
        }
        let new = match size {
            0 => wanted,
            _ => rounded_capacity(grown_capacity(capacity, wanted), size),
        };
        let target = self.heap.alloc(new.saturating_mul(size), plain)?;
        self.heap
            .copy(target, address, length * size)
            .ok_or(Trap::Nil(address))?;
        Ok([target, wanted, new])
    }

    /// Models `runtime.growsliceBuf`, and what gc does in place of the first growth.
    pub(crate) fn grow_in_frame(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let [address, length, capacity] = regs.triple(ins.a);
        let (wanted, size) = (length + u64::from(ins.c), (ins.d & SIZE) as u64);
        if wanted <= capacity || size == 0 || wanted > FRAME_BYTES / size {
            return Ok(());
        }
        let mut room = regs.get(ins.b);
        let stepwise = ins.d & LOW != 0;
        if !stepwise && (room != 0 || length != 0) {
            return Ok(());
        }
        if room == 0 {
            room = self.heap.alloc(FRAME_BYTES, ins.d & PLAIN != 0)?;
            regs.set(ins.b, room);
        }
        let mut capacity = FRAME_BYTES / size;
        if stepwise {
            capacity = rounded_capacity(wanted, size);
            if address != room {
                self.heap.copy(room, address, length * size);
            }
            let rest = (capacity - length) * size;
            if let Some(bytes) = self.heap.bytes_mut(room + length * size, rest) {
                bytes.fill(0);
            }
        }
        regs.set_triple(ins.a, [room, length, capacity]);
        Ok(())
    }

    /// The slice is on the heap from now on: with its capacity if it grew stepwise, else with no
    /// more than it needs. Models `runtime.moveSlice` and `moveSliceNoCap`.
    pub(crate) fn leave_frame(regs: &mut Regs<'_>, ins: Ins) {
        let [address, length, _] = regs.triple(ins.a);
        if address == 0 || address != regs.get(ins.b) {
            return;
        }
        let stepwise = ins.d & LOW != 0;
        regs.set_bool(ins.b, !stepwise);
        if !stepwise {
            let capacity = rounded_capacity(length, (ins.d & SIZE) as u64);
            regs.set(ins.a.wrapping_add(2), capacity);
        }
    }

    pub(crate) fn append_slice(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let slice = regs.triple(ins.b);
        let (from, more) = regs.pair(ins.c);
        let size = (ins.d & SIZE) as u64;
        if more == 0 {
            regs.set_triple(ins.a, slice);
            return Ok(());
        }
        let grown = self.grow(slice, more, size, ins.d & PLAIN != 0)?;
        self.heap
            .copy(grown[0] + slice[1] * size, from, more * size)
            .ok_or(Trap::Nil(from))?;
        regs.set_triple(ins.a, grown);
        Ok(())
    }

    pub(crate) fn copy_slice(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<(), Trap> {
        let (to, room) = regs.pair(ins.b);
        let (from, length) = regs.pair(ins.c);
        let count = room.min(length);
        self.heap
            .copy(to, from, count * (ins.d & SIZE) as u64)
            .ok_or(Trap::Nil(from))?;
        regs.set(ins.a, count);
        Ok(())
    }
}

/// Bytes of a slice that gc keeps in a frame.
const FRAME_BYTES: u64 = 32;

/// How gc grows a slice: doubled while small, then by a quarter and some.
fn grown_capacity(old: u64, wanted: u64) -> u64 {
    if wanted > old.saturating_mul(2) {
        return wanted;
    }
    if old < 256 {
        return old * 2;
    }
    let mut new = old;
    while new < wanted {
        new = new.saturating_add((new + 3 * 256) / 4);
    }
    new
}

/// gc rounds the bytes up to one of its size classes.
fn rounded_capacity(count: u64, size: u64) -> u64 {
    const CLASSES: [u64; 67] = [
        8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320,
        352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792,
        2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192,
        9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576,
        27264, 28672,
    ];
    let bytes = count.saturating_mul(size);
    let rounded = CLASSES
        .iter()
        .find(|class| **class >= bytes)
        .copied()
        .or_else(|| (bytes <= 32768).then_some(32768))
        .unwrap_or_else(|| bytes.checked_next_multiple_of(8192).unwrap_or(bytes));
    rounded / size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_grow_as_with_gc() {
        let mut capacity = 0;
        let mut seen = Vec::new();
        for length in 1..2000 {
            if length > capacity {
                capacity = rounded_capacity(grown_capacity(capacity, length), 8);
                seen.push(capacity);
            }
        }
        assert_eq!(
            seen,
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560]
        );
    }
}
