//! The heap of one process: a linear memory of bytes with Go's own data layout, cut into spans of
//! equal objects. An address is a number from [`BASE`] on, so that nil and small integers are
//! never taken for one. What is garbage is found in [`super::collect`].

use super::trap::Trap;
use std::collections::BTreeMap;

/// The address of the first byte, as in real Go on amd64.
pub const BASE: u64 = 0xc0_0000_0000;

/// Bytes of a block: spans start and end at block borders.
pub(crate) const BLOCK: usize = 1024;

const CLASSES: [u32; 16] = [
    16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
];

/// Which class holds objects of up to 16 × index bytes.
const CLASS_OF: [u8; 33] = [
    0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14,
    14, 14, 15, 15, 15, 15,
];

/// Equal objects side by side, at most 64, so that a word tells which are in use.
pub(crate) struct Span {
    /// Offset of its first byte.
    pub start: usize,
    /// How many blocks it takes; 0 when the record is free.
    pub blocks: u32,
    /// Bytes of one object.
    pub size: u32,
    /// How many objects.
    pub count: u32,
    /// Index among [`CLASSES`], twice, plus 1 without pointers; none for one large object.
    pub class: Option<u8>,
    /// The objects hold no pointers.
    pub plain: bool,
    /// Objects in use.
    pub used: u64,
    /// Objects reached in this collection.
    pub marked: u64,
}

/// The heap.
pub struct Heap {
    pub(crate) memory: Vec<u8>,
    /// For each block its span, plus 1; 0 is free.
    pub(crate) blocks: Vec<u32>,
    pub(crate) spans: Vec<Span>,
    pub(crate) free_spans: Vec<u32>,
    /// By class: spans that may have room.
    pub(crate) roomy: Vec<Vec<u32>>,
    /// Free blocks: first block to count.
    pub(crate) free_blocks: BTreeMap<usize, usize>,
    limit: u64,
    /// Bytes of objects in use.
    pub(crate) live: u64,
    /// Bytes allocated since the last collection.
    pub(crate) fresh: u64,
    pub(crate) threshold: u64,
    /// Bytes ever allocated.
    pub total: u64,
    /// Objects ever allocated.
    pub mallocs: u64,
    /// Collections so far.
    pub collections: u64,
    zero: [u8; 16],
}

/// Bytes allocated before the first collection.
pub(crate) const FIRST_THRESHOLD: u64 = 128 << 10;

impl Heap {
    /// An empty heap that may grow to `limit` bytes.
    pub fn new(limit: u64) -> Heap {
        Heap {
            memory: vec![0; BLOCK],
            // The first block stays unused: it holds the address of objects without bytes.
            blocks: vec![u32::MAX],
            spans: Vec::new(),
            free_spans: Vec::new(),
            roomy: vec![Vec::new(); CLASSES.len() * 2],
            free_blocks: BTreeMap::new(),
            limit,
            live: 0,
            fresh: 0,
            threshold: FIRST_THRESHOLD,
            total: 0,
            mallocs: 0,
            collections: 0,
            zero: [0; 16],
        }
    }

    /// Bytes of objects in use, garbage that was not found yet included.
    pub fn live(&self) -> u64 {
        self.live
    }

    /// Bytes taken from the machine.
    pub fn taken(&self) -> u64 {
        self.memory.len() as u64
    }

    /// Whether enough was allocated for a collection to be worth it.
    pub fn wants_collection(&self) -> bool {
        self.fresh >= self.threshold
    }

    /// A new object of zeroed bytes; `plain` when it never holds pointers.
    #[inline]
    pub fn alloc(&mut self, size: u64, plain: bool) -> Result<u64, Trap> {
        if size == 0 {
            return Ok(BASE);
        }
        if size > 512 {
            return self.alloc_large(size, plain);
        }
        let class = CLASS_OF
            .get((size as usize).div_ceil(16))
            .copied()
            .unwrap_or(15);
        let list = usize::from(class) * 2 + usize::from(plain);
        loop {
            let Some(at) = self.roomy.get(list).and_then(|spans| spans.last()).copied() else {
                self.add_span(class, plain)?;
                continue;
            };
            let Some(span) = self.spans.get_mut(at as usize) else {
                return Err(Trap::OutOfMemory);
            };
            let slot = (!span.used).trailing_zeros();
            if slot >= span.count {
                if let Some(spans) = self.roomy.get_mut(list) {
                    spans.pop();
                }
                continue;
            }
            span.used |= 1 << slot;
            let size = span.size as usize;
            let start = span.start + slot as usize * size;
            self.count(size as u64);
            if let Some(bytes) = self.memory.get_mut(start..start + size) {
                bytes.fill(0);
            }
            return Ok(BASE + start as u64);
        }
    }

    #[inline]
    fn count(&mut self, size: u64) {
        self.live += size;
        self.fresh += size;
        self.total += size;
        self.mallocs += 1;
    }

    fn add_span(&mut self, class: u8, plain: bool) -> Result<(), Trap> {
        let size = CLASSES.get(usize::from(class)).copied().unwrap_or(512);
        // Small programs stay small; large ones get spans of 64 objects.
        let wanted = if self.taken() > 256 << 10 {
            size as usize * 64
        } else {
            (size as usize * 4).max(BLOCK)
        };
        let blocks = wanted.div_ceil(BLOCK);
        let count = (blocks * BLOCK / size as usize).min(64) as u32;
        let list = class * 2 + u8::from(plain);
        let at = self.new_span(blocks, size, count, Some(list), plain)?;
        if let Some(spans) = self.roomy.get_mut(usize::from(list)) {
            spans.push(at);
        }
        Ok(())
    }

    fn alloc_large(&mut self, size: u64, plain: bool) -> Result<u64, Trap> {
        if size > self.limit {
            return Err(Trap::OutOfMemory);
        }
        let blocks = (size as usize).div_ceil(BLOCK);
        let at = self.new_span(blocks, (blocks * BLOCK) as u32, 1, None, plain)?;
        let Some(span) = self.spans.get_mut(at as usize) else {
            return Err(Trap::OutOfMemory);
        };
        span.used = 1;
        let start = span.start;
        self.count((blocks * BLOCK) as u64);
        if let Some(bytes) = self.memory.get_mut(start..start + blocks * BLOCK) {
            bytes.fill(0);
        }
        Ok(BASE + start as u64)
    }

    fn new_span(
        &mut self,
        blocks: usize,
        size: u32,
        count: u32,
        class: Option<u8>,
        plain: bool,
    ) -> Result<u32, Trap> {
        let first = self.take_blocks(blocks)?;
        let span = Span {
            start: first * BLOCK,
            blocks: blocks as u32,
            size,
            count,
            class,
            plain,
            used: 0,
            marked: 0,
        };
        let at = match self.free_spans.pop() {
            Some(at) => {
                if let Some(slot) = self.spans.get_mut(at as usize) {
                    *slot = span;
                }
                at
            }
            None => {
                self.spans.push(span);
                self.spans.len() as u32 - 1
            }
        };
        if let Some(range) = self.blocks.get_mut(first..first + blocks) {
            range.fill(at + 1);
        }
        Ok(at)
    }

    fn take_blocks(&mut self, wanted: usize) -> Result<usize, Trap> {
        let found = self
            .free_blocks
            .iter()
            .find(|(_, count)| **count >= wanted)
            .map(|(first, count)| (*first, *count));
        if let Some((first, count)) = found {
            self.free_blocks.remove(&first);
            if count > wanted {
                self.free_blocks.insert(first + wanted, count - wanted);
            }
            return Ok(first);
        }
        let first = self.blocks.len();
        if (self.memory.len() + wanted * BLOCK) as u64 > self.limit {
            return Err(Trap::OutOfMemory);
        }
        let room = (self.limit as usize - self.memory.len()) / BLOCK;
        let more = wanted.max((first / 2).min(room)).max(4.min(room));
        self.memory.resize((first + more) * BLOCK, 0);
        self.blocks.resize(first + more, 0);
        if more > wanted {
            self.free_blocks.insert(first + wanted, more - wanted);
        }
        Ok(first)
    }

    #[inline(always)]
    fn offset(address: u64) -> usize {
        usize::try_from(address.wrapping_sub(BASE)).unwrap_or(usize::MAX)
    }

    /// The bytes at an address; `None` for nil and other bad addresses.
    #[inline]
    pub fn bytes(&self, address: u64, length: u64) -> Option<&[u8]> {
        if length == 0 {
            return Some(&[]);
        }
        self.memory
            .get(Self::offset(address)..)?
            .get(..usize::try_from(length).ok()?)
    }

    /// The bytes at an address, to be changed.
    #[inline]
    pub fn bytes_mut(&mut self, address: u64, length: u64) -> Option<&mut [u8]> {
        if length == 0 {
            return self.zero.get_mut(..0);
        }
        self.memory
            .get_mut(Self::offset(address)..)?
            .get_mut(..usize::try_from(length).ok()?)
    }

    /// The word at an address.
    #[inline(always)]
    pub fn load(&self, address: u64) -> Option<u64> {
        self.load_bytes(address).map(u64::from_le_bytes)
    }

    /// Some bytes at an address.
    #[inline(always)]
    pub fn load_bytes<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        self.memory
            .get(Self::offset(address)..)?
            .first_chunk::<N>()
            .copied()
    }

    /// Stores a word.
    #[inline(always)]
    pub fn store(&mut self, address: u64, word: u64) -> Option<()> {
        self.store_bytes(address, word.to_le_bytes())
    }

    /// Stores some bytes.
    #[inline(always)]
    pub fn store_bytes<const N: usize>(&mut self, address: u64, bytes: [u8; N]) -> Option<()> {
        *self
            .memory
            .get_mut(Self::offset(address)..)?
            .first_chunk_mut::<N>()? = bytes;
        Some(())
    }

    /// Copies bytes; the ranges may overlap.
    pub fn copy(&mut self, to: u64, from: u64, length: u64) -> Option<()> {
        if length == 0 {
            return Some(());
        }
        let length = usize::try_from(length).ok()?;
        let (to, from) = (Self::offset(to), Self::offset(from));
        let end = from.checked_add(length)?;
        if end > self.memory.len() || to.checked_add(length)? > self.memory.len() {
            return None;
        }
        self.memory.copy_within(from..end, to);
        Some(())
    }

    /// A new object with these bytes and no pointers.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Result<u64, Trap> {
        let address = self.alloc(bytes.len() as u64, true)?;
        if let Some(place) = self.bytes_mut(address, bytes.len() as u64) {
            place.copy_from_slice(bytes);
        }
        Ok(address)
    }

    /// A new copy of an object.
    pub fn clone_object(&mut self, from: u64, size: u64, plain: bool) -> Result<u64, Trap> {
        let address = self.alloc(size, plain)?;
        self.copy(address, from, size).ok_or(Trap::Nil(from))?;
        Ok(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_do_not_overlap_and_are_zeroed() {
        let mut heap = Heap::new(1 << 20);
        let mut all = Vec::new();
        for size in 1..700 {
            let address = heap.alloc(size, true).unwrap();
            assert!(heap.bytes(address, size).unwrap().iter().all(|b| *b == 0));
            heap.bytes_mut(address, size).unwrap().fill(size as u8);
            all.push((address, size));
        }
        for (address, size) in all {
            let bytes = heap.bytes(address, size).unwrap();
            assert!(bytes.iter().all(|b| *b == size as u8));
        }
        assert_eq!(heap.load(0), None);
        assert_eq!(heap.load(BASE + (1 << 30)), None);
    }

    #[test]
    fn the_limit_holds() {
        let mut heap = Heap::new(1 << 16);
        let mut count = 0;
        while heap.alloc(1000, true).is_ok() {
            count += 1;
        }
        assert_eq!(count, 63);
    }
}
