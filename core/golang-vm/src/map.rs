//! Maps. A map is an object of eight words in the heap; its entries stand in the order in which
//! they were made, and an open-addressed table of entry numbers finds them. Entries are marked
//! when they are deleted and go when the table is rebuilt.

use super::goroutine::Regs;
use super::rtype::{KeyKind, MapShape};
use super::values::{hash_bytes, mix};
use super::{Ins, Trap, Vm};

/// Live entries.
const COUNT: u64 = 0;
/// Address of the entries.
const ENTRIES: u64 = 8;
/// Entries in use, deleted ones too.
const USED: u64 = 16;
/// Entries that there is room for.
const ROOM: u64 = 24;
/// Address of the table of 32-bit entry numbers plus 1.
const TABLE: u64 = 32;
/// Its size minus 1.
const MASK: u64 = 40;
/// The number of the map's type.
const TYPE: u64 = 48;

/// The hash word of an entry has this bit when it is live.
const LIVE: u64 = 1;

/// A key: one word, two, or an address.
type Key = (u64, u64);

fn stride(shape: &MapShape) -> u64 {
    8 + u64::from(shape.key_size) + u64::from(shape.value_size).next_multiple_of(8)
}

impl Vm {
    /// The layout of a map.
    pub(crate) fn map_shape(&mut self, map: u64) -> Result<MapShape, Trap> {
        let id = self.heap.load(map + TYPE).ok_or(Trap::Nil(map))?;
        if let Some(Some(known)) = self.types.get(id as usize) {
            return known.map.get().copied().ok_or(Trap::Nil(map));
        }
        self.rtype(id).map.get().copied().ok_or(Trap::Nil(map))
    }

    fn field(&self, map: u64, field: u64) -> u64 {
        self.heap.load(map + field).unwrap_or(0)
    }

    /// A new map with room for some entries.
    pub fn new_map(&mut self, rtype: u64, hint: i64) -> Result<u64, Trap> {
        let map = self.heap.alloc(56, false)?;
        self.heap.store(map + TYPE, rtype);
        if hint > 8 {
            let shape = self.map_shape(map)?;
            self.map_rebuild(map, &shape, (hint as u64).min(1 << 24))?;
        }
        Ok(map)
    }

    /// Live entries of a map.
    pub fn map_length(&self, map: u64) -> u64 {
        if map == 0 { 0 } else { self.field(map, COUNT) }
    }

    fn hash_key(&mut self, shape: &MapShape, key: Key) -> Result<u64, Trap> {
        let hash = match shape.key {
            KeyKind::Word => mix(0x1234_5678, key.0),
            KeyKind::String => {
                let bytes = self.heap.bytes(key.0, key.1).ok_or(Trap::Nil(key.0))?;
                hash_bytes(bytes)
            }
            KeyKind::Memory => {
                let rtype = self.rtype(u64::from(shape.key_type));
                self.hash_memory(&rtype, key.0)?
            }
        };
        Ok(hash | LIVE)
    }

    fn same_key(&mut self, shape: &MapShape, entry: u64, key: Key) -> Result<bool, Trap> {
        let at = entry + 8;
        Ok(match shape.key {
            KeyKind::Word => self.heap.load(at) == Some(key.0),
            KeyKind::String => {
                let known = (self.field(at, 0), self.field(at, 8));
                self.equal_strings(known, key)
            }
            KeyKind::Memory => {
                let rtype = self.rtype(u64::from(shape.key_type));
                self.equal_memory(&rtype, at, key.0)?
            }
        })
    }

    /// The slot in the table and the address of the entry of a key.
    fn lookup(
        &mut self,
        map: u64,
        shape: &MapShape,
        key: Key,
        hash: u64,
    ) -> Result<Option<u64>, Trap> {
        let (table, mask) = (self.field(map, TABLE), self.field(map, MASK));
        if table == 0 {
            return Ok(None);
        }
        let (entries, stride) = (self.field(map, ENTRIES), stride(shape));
        let mut slot = (hash >> 20) & mask;
        loop {
            let number = self
                .heap
                .load_bytes::<4>(table + slot * 4)
                .map_or(0, u32::from_le_bytes);
            if number == 0 {
                return Ok(None);
            }
            let entry = entries + u64::from(number - 1) * stride;
            if self.heap.load(entry) == Some(hash) && self.same_key(shape, entry, key)? {
                return Ok(Some(entry));
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The address of the value of a key; 0 when there is none.
    pub fn map_find(&mut self, map: u64, key: Key) -> Result<u64, Trap> {
        if map == 0 {
            return Ok(0);
        }
        let shape = self.map_shape(map)?;
        if self.field(map, COUNT) == 0 && shape.key != KeyKind::Memory {
            return Ok(0);
        }
        let hash = self.hash_key(&shape, key)?;
        let entry = self.lookup(map, &shape, key, hash)?;
        Ok(entry.map_or(0, |entry| entry + 8 + u64::from(shape.key_size)))
    }

    /// The address of the value of a key, which is made when there is none.
    pub fn map_assign(&mut self, map: u64, key: Key) -> Result<u64, Trap> {
        if map == 0 {
            return Err(Trap::NilMap);
        }
        let shape = self.map_shape(map)?;
        let hash = self.hash_key(&shape, key)?;
        let value = 8 + u64::from(shape.key_size);
        if let Some(entry) = self.lookup(map, &shape, key, hash)? {
            return Ok(entry + value);
        }
        if self.field(map, USED) >= self.field(map, ROOM) {
            let wanted = (self.field(map, COUNT) + 1).max(4) * 2;
            self.map_rebuild(map, &shape, wanted)?;
        }
        let used = self.field(map, USED);
        let entry = self.field(map, ENTRIES) + used * stride(&shape);
        self.heap.store(entry, hash);
        match shape.key {
            KeyKind::Word => {
                self.heap.store(entry + 8, key.0);
            }
            KeyKind::String => {
                self.heap.store(entry + 8, key.0);
                self.heap.store(entry + 16, key.1);
            }
            KeyKind::Memory => {
                let size = self.rtype(u64::from(shape.key_type)).size;
                self.heap.copy(entry + 8, key.0, size);
            }
        }
        self.heap.store(map + USED, used + 1);
        let count = self.field(map, COUNT);
        self.heap.store(map + COUNT, count + 1);
        self.enter(map, hash, used as u32 + 1);
        Ok(entry + value)
    }

    fn enter(&mut self, map: u64, hash: u64, number: u32) {
        let (table, mask) = (self.field(map, TABLE), self.field(map, MASK));
        let mut slot = (hash >> 20) & mask;
        while self.heap.load_bytes::<4>(table + slot * 4) != Some([0; 4]) {
            slot = (slot + 1) & mask;
        }
        self.heap
            .store_bytes(table + slot * 4, number.to_le_bytes());
    }

    fn map_rebuild(&mut self, map: u64, shape: &MapShape, room: u64) -> Result<(), Trap> {
        let stride = stride(shape);
        let size = (room * 3 / 2).next_power_of_two();
        let entries = self.heap.alloc(room.saturating_mul(stride), false)?;
        let table = self.heap.alloc(size * 4, true)?;
        let (old, used) = (self.field(map, ENTRIES), self.field(map, USED));
        self.heap.store(map + ENTRIES, entries);
        self.heap.store(map + TABLE, table);
        self.heap.store(map + MASK, size - 1);
        self.heap.store(map + ROOM, room);
        let mut kept = 0;
        for at in 0..used {
            let entry = old + at * stride;
            let hash = self.heap.load(entry).unwrap_or(0);
            if hash & LIVE != 0 {
                self.heap.copy(entries + kept * stride, entry, stride);
                kept += 1;
                self.enter(map, hash, kept as u32);
            }
        }
        self.heap.store(map + USED, kept);
        Ok(())
    }

    /// Takes a key out.
    pub fn map_delete(&mut self, map: u64, key: Key) -> Result<(), Trap> {
        if map == 0 {
            return Ok(());
        }
        let shape = self.map_shape(map)?;
        let hash = self.hash_key(&shape, key)?;
        let Some(entry) = self.lookup(map, &shape, key, hash)? else {
            return Ok(());
        };
        // The table still leads to the dead entry, so that searches pass it.
        if let Some(bytes) = self.heap.bytes_mut(entry, stride(&shape)) {
            bytes.fill(0);
        }
        let count = self.field(map, COUNT) - 1;
        self.heap.store(map + COUNT, count);
        if count == 0 {
            self.map_clear(map);
        }
        Ok(())
    }

    /// Takes everything out. Iterators see the old entries die.
    pub(crate) fn map_clear(&mut self, map: u64) {
        if map == 0 {
            return;
        }
        if let Ok(shape) = self.map_shape(map) {
            let length = self.field(map, USED) * stride(&shape);
            let entries = self.field(map, ENTRIES);
            if let Some(bytes) = self.heap.bytes_mut(entries, length) {
                bytes.fill(0);
            }
        }
        for field in [COUNT, ENTRIES, USED, ROOM, TABLE, MASK] {
            self.heap.store(map + field, 0);
        }
    }

    /// An iterator: map, entries, how many there are or the position, steps left.
    pub fn map_start(&mut self, map: u64) -> [u64; 4] {
        if map == 0 {
            return [0; 4];
        }
        let used = self.field(map, USED);
        let start = self.world.random().below(used);
        [map, self.field(map, ENTRIES), used << 32 | start, used]
    }

    /// The next live entry of an iterator: addresses of key and value.
    pub fn map_step(&mut self, iterator: &mut [u64; 4]) -> Result<Option<(u64, u64)>, Trap> {
        let [map, entries, place, left] = *iterator;
        if left == 0 {
            return Ok(None);
        }
        let shape = self.map_shape(map)?;
        let stride = stride(&shape);
        let (used, mut at, mut left) = (place >> 32, place & 0xffff_ffff, left);
        while left > 0 {
            let entry = entries + at * stride;
            at = if at + 1 >= used { 0 } else { at + 1 };
            left -= 1;
            if self.heap.load(entry).unwrap_or(0) & LIVE == 0 {
                continue;
            }
            *iterator = [map, entries, used << 32 | at, left];
            let value = 8 + u64::from(shape.key_size);
            if self.field(map, ENTRIES) == entries {
                return Ok(Some((entry + 8, entry + value)));
            }
            // The map was rebuilt since: the entry counts if its key is still there.
            let key = match shape.key {
                KeyKind::Word => (self.field(entry, 8), 0),
                KeyKind::String => (self.field(entry, 8), self.field(entry, 16)),
                KeyKind::Memory => (entry + 8, 0),
            };
            let found = self.map_find(map, key)?;
            if found != 0 {
                return Ok(Some((entry + 8, found)));
            }
        }
        iterator[3] = 0;
        Ok(None)
    }

    pub(crate) fn map_next(&mut self, regs: &mut Regs<'_>, ins: Ins) -> Result<bool, Trap> {
        let register = |at: u8| ins.a.wrapping_add(at);
        let mut iterator = [0, 1, 2, 3].map(|at| regs.get(register(at)));
        let step = self.map_step(&mut iterator)?;
        for (at, word) in iterator.into_iter().enumerate() {
            regs.set(register(at as u8), word);
        }
        if let Some(pair) = step {
            regs.set_pair(ins.b, pair);
        }
        Ok(step.is_some())
    }
}
