//! Finding garbage: mark from the roots, sweep the spans. Every aligned word that is the address
//! of an object counts as a pointer to it, wherever it stands, so that neither stacks nor objects
//! need maps of their pointers. It runs only between instructions.

use super::heap::{BASE, BLOCK, FIRST_THRESHOLD, Heap};

/// A collection under way.
pub struct Marking<'a> {
    heap: &'a mut Heap,
    /// Offsets and sizes of objects that are reached and not looked through yet.
    pending: Vec<(usize, usize)>,
}

impl Heap {
    /// Starts a collection.
    pub fn start_marking(&mut self) -> Marking<'_> {
        Marking {
            heap: self,
            pending: Vec::new(),
        }
    }
}

impl Marking<'_> {
    /// A word of a root.
    #[inline]
    pub fn word(&mut self, word: u64) {
        let offset = word.wrapping_sub(BASE);
        if offset < self.heap.memory.len() as u64 {
            self.mark(offset as usize);
        }
    }

    /// Words of a root.
    pub fn words(&mut self, words: &[u64]) {
        for word in words {
            self.word(*word);
        }
    }

    fn mark(&mut self, offset: usize) {
        let at = self.heap.span_at(offset);
        let Some(span) = self.heap.spans.get_mut(at) else {
            return;
        };
        let slot = ((offset - span.start) as u32) / span.size;
        let bit = 1u64.checked_shl(slot).unwrap_or(0) & span.used;
        if bit == 0 || span.marked & bit != 0 {
            return;
        }
        span.marked |= bit;
        if !span.plain {
            let size = span.size as usize;
            self.pending.push((span.start + slot as usize * size, size));
        }
    }

    /// What an object refers to: it is in use, the object need not be.
    pub fn inside(&mut self, object: u64) {
        let offset = object.wrapping_sub(BASE) as usize;
        if let Some(span) = self.heap.spans.get(self.heap.span_at(offset)) {
            let size = span.size as usize;
            self.pending
                .push((offset - (offset - span.start) % size, size));
        }
    }

    /// Follows everything that was reached.
    pub fn drain(&mut self) {
        while let Some((start, size)) = self.pending.pop() {
            let mut at = start;
            let end = start + size;
            while at < end {
                let word = self
                    .heap
                    .memory
                    .get(at..)
                    .and_then(|rest| rest.first_chunk::<8>())
                    .map_or(0, |bytes| u64::from_le_bytes(*bytes));
                let offset = word.wrapping_sub(BASE);
                if offset < self.heap.memory.len() as u64 {
                    self.mark(offset as usize);
                }
                at += 8;
            }
        }
    }

    /// Whether the object at an address was reached.
    pub fn is_marked(&self, address: u64) -> bool {
        let offset = address.wrapping_sub(BASE) as usize;
        let span = self.heap.spans.get(self.heap.span_at(offset));
        span.is_some_and(|span| {
            let slot = ((offset - span.start) as u32) / span.size;
            span.marked & 1u64.checked_shl(slot).unwrap_or(0) != 0
        })
    }

    /// Frees what was not reached.
    pub fn sweep(mut self) {
        self.drain();
        let heap = self.heap;
        let mut live = 0;
        for list in &mut heap.roomy {
            list.clear();
        }
        for at in 0..heap.spans.len() {
            let Some(span) = heap.spans.get_mut(at) else {
                continue;
            };
            if span.blocks == 0 {
                continue;
            }
            span.used &= span.marked;
            span.marked = 0;
            if span.used == 0 {
                let (first, count) = (span.start / BLOCK, span.blocks as usize);
                span.blocks = 0;
                if let Some(range) = heap.blocks.get_mut(first..first + count) {
                    range.fill(0);
                }
                heap.free_spans.push(at as u32);
                continue;
            }
            live += u64::from(span.used.count_ones()) * u64::from(span.size);
            if let Some(class) = span.class
                && span.used.count_ones() < span.count
                && let Some(list) = heap.roomy.get_mut(usize::from(class))
            {
                list.push(at as u32);
            }
        }
        heap.find_free_blocks();
        heap.live = live;
        heap.fresh = 0;
        heap.threshold = live.max(FIRST_THRESHOLD);
        heap.collections += 1;
    }
}

impl Heap {
    /// Index of the span that holds an offset; of none where the block is free.
    fn span_at(&self, offset: usize) -> usize {
        let block = self.blocks.get(offset / BLOCK).copied();
        (block.unwrap_or_default() as usize).wrapping_sub(1)
    }

    fn find_free_blocks(&mut self) {
        self.free_blocks.clear();
        let mut run = 0;
        for at in 0..=self.blocks.len() {
            if self.blocks.get(at) == Some(&0) {
                run += 1;
            } else if run > 0 {
                self.free_blocks.insert(at - run, run);
                run = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reached_stays_and_the_rest_is_used_again() {
        let mut heap = Heap::new(1 << 20);
        let root = heap.alloc(24, false).unwrap();
        let inner = heap.alloc(2000, false).unwrap();
        let leaf = heap.new_bytes(b"leaf").unwrap();
        heap.store(root + 16, inner + 100).unwrap();
        heap.store(inner + 1992, leaf + 1).unwrap();
        for _ in 0..100 {
            heap.alloc(3000, false).unwrap();
            heap.alloc(30, true).unwrap();
        }
        let mut marking = heap.start_marking();
        marking.word(root);
        marking.sweep();
        assert_eq!(heap.live(), 32 + 2048 + 16);
        assert_eq!(heap.bytes(leaf, 4), Some(&b"leaf"[..]));
        let taken = heap.taken();
        for _ in 0..90 {
            let new = heap.alloc(3000, false).unwrap();
            assert!(new != inner);
        }
        assert_eq!(heap.taken(), taken);
    }
}
