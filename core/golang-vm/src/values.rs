//! Values in memory: comparing and hashing them by their type.

use super::{Compare, Kind, RType, Trap, Vm};
use std::rc::Rc;

/// Mixes a word into a hash.
#[inline(always)]
pub(crate) fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
    (product as u64) ^ ((product >> 64) as u64)
}

/// The hash of a string's bytes.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hash = 0x2545_f491_4f6c_dd1d ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk
            .first_chunk::<8>()
            .map_or(0, |c| u64::from_le_bytes(*c));
        hash = mix(hash, word);
    }
    let mut last = 0;
    for byte in chunks.remainder() {
        last = last << 8 | u64::from(*byte);
    }
    mix(hash, last)
}

impl Vm {
    fn memory_at(&self, address: u64, length: u64) -> Result<&[u8], Trap> {
        self.heap.bytes(address, length).ok_or(Trap::Nil(address))
    }

    /// Whether two strings in memory are equal.
    pub(crate) fn equal_strings(&self, x: (u64, u64), y: (u64, u64)) -> bool {
        x.1 == y.1 && (x.0 == y.0 || self.heap.bytes(x.0, x.1) == self.heap.bytes(y.0, y.1))
    }

    fn pair(&self, address: u64) -> Result<(u64, u64), Trap> {
        let first = self.heap.load(address).ok_or(Trap::Nil(address))?;
        Ok((first, self.heap.load(address + 8).unwrap_or(0)))
    }

    fn float32(&self, address: u64) -> f32 {
        self.heap
            .load_bytes(address)
            .map_or(0.0, f32::from_le_bytes)
    }

    fn float64(&self, address: u64) -> f64 {
        self.heap.load(address).map_or(0.0, f64::from_bits)
    }

    /// Whether two values in memory are equal.
    pub(crate) fn equal_memory(&mut self, rtype: &RType, x: u64, y: u64) -> Result<bool, Trap> {
        Ok(match rtype.compare {
            Compare::Never => return Err(Trap::Uncomparable(rtype.id)),
            Compare::Bytes => self.memory_at(x, rtype.size)? == self.memory_at(y, rtype.size)?,
            Compare::Float32 => self.float32(x) == self.float32(y),
            Compare::Float64 => self.float64(x) == self.float64(y),
            Compare::Complex64 => {
                self.float32(x) == self.float32(y) && self.float32(x + 4) == self.float32(y + 4)
            }
            Compare::Complex128 => {
                self.float64(x) == self.float64(y) && self.float64(x + 8) == self.float64(y + 8)
            }
            Compare::String => self.equal_strings(self.pair(x)?, self.pair(y)?),
            Compare::Interface => {
                let (x, y) = (self.pair(x)?, self.pair(y)?);
                self.equal_interfaces(x, y)?
            }
            Compare::Struct => {
                for field in &rtype.fields {
                    if &*field.name == "_" {
                        continue;
                    }
                    let ty = self.rtype(u64::from(field.ty));
                    if !self.equal_memory(&ty, x + field.offset, y + field.offset)? {
                        return Ok(false);
                    }
                }
                true
            }
            Compare::Array => {
                let elem = self.rtype(u64::from(rtype.elem_id));
                for at in 0..rtype.length {
                    let offset = at * elem.size;
                    if !self.equal_memory(&elem, x + offset, y + offset)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    /// Whether two interface values are equal.
    pub(crate) fn equal_interfaces(&mut self, x: (u64, u64), y: (u64, u64)) -> Result<bool, Trap> {
        if x.0 != y.0 {
            return Ok(false);
        }
        if x.0 == 0 {
            return Ok(true);
        }
        let rtype = self.rtype(x.0);
        match rtype.compare {
            Compare::Never => Err(Trap::Uncomparable(rtype.id)),
            Compare::Float32 | Compare::Float64 => Ok(f64::from_bits(x.1) == f64::from_bits(y.1)),
            _ if rtype.is_direct() => Ok(x.1 == y.1),
            _ => self.equal_memory(&rtype, x.1, y.1),
        }
    }

    /// The hash of a value in memory.
    pub fn hash_memory(&mut self, rtype: &RType, at: u64) -> Result<u64, Trap> {
        Ok(match rtype.compare {
            Compare::Never => return Err(Trap::Unhashable(rtype.id)),
            Compare::Bytes => hash_bytes(self.memory_at(at, rtype.size)?),
            Compare::Float32 => self.hash_float(f64::from(self.float32(at))),
            Compare::Float64 => self.hash_float(self.float64(at)),
            Compare::Complex64 => {
                let first = self.hash_float(f64::from(self.float32(at)));
                mix(first, self.hash_float(f64::from(self.float32(at + 4))))
            }
            Compare::Complex128 => {
                let first = self.hash_float(self.float64(at));
                mix(first, self.hash_float(self.float64(at + 8)))
            }
            Compare::String => {
                let (address, length) = self.pair(at)?;
                hash_bytes(self.memory_at(address, length)?)
            }
            Compare::Interface => {
                let (id, data) = self.pair(at)?;
                if id == 0 {
                    return Ok(1);
                }
                let dynamic: Rc<RType> = self.rtype(id);
                match dynamic.compare {
                    Compare::Never => return Err(Trap::Unhashable(dynamic.id)),
                    Compare::Float32 | Compare::Float64 => {
                        mix(id, self.hash_float(f64::from_bits(data)))
                    }
                    _ if dynamic.is_direct() => mix(id, data),
                    _ => mix(id, self.hash_memory(&dynamic, data)?),
                }
            }
            Compare::Struct => {
                let mut hash = 7;
                for field in &rtype.fields {
                    let ty = self.rtype(u64::from(field.ty));
                    hash = mix(hash, self.hash_memory(&ty, at + field.offset)?);
                }
                hash
            }
            Compare::Array => {
                let elem = self.rtype(u64::from(rtype.elem_id));
                let mut hash = 11;
                for number in 0..rtype.length {
                    hash = mix(hash, self.hash_memory(&elem, at + number * elem.size)?);
                }
                hash
            }
        })
    }

    /// 0 and -0 have one hash; every NaN has its own, as in Go.
    fn hash_float(&self, value: f64) -> u64 {
        if value.is_nan() {
            self.world.random().next_u64()
        } else if value == 0.0 {
            mix(3, 0)
        } else {
            mix(3, value.to_bits())
        }
    }

    /// Loads a value from memory into register words.
    pub fn load_value(&self, rtype: &RType, at: u64) -> Option<[u64; 3]> {
        let one = |word: u64| Some([word, 0, 0]);
        match rtype.kind {
            Kind::Struct | Kind::Array => one(at),
            Kind::Bool | Kind::Uint8 => one(u64::from(self.heap.load_bytes::<1>(at)?[0])),
            Kind::Int8 => one(i64::from(i8::from_le_bytes(self.heap.load_bytes(at)?)) as u64),
            Kind::Int16 => one(i64::from(i16::from_le_bytes(self.heap.load_bytes(at)?)) as u64),
            Kind::Int32 => one(i64::from(i32::from_le_bytes(self.heap.load_bytes(at)?)) as u64),
            Kind::Uint16 => one(u64::from(u16::from_le_bytes(self.heap.load_bytes(at)?))),
            Kind::Uint32 => one(u64::from(u32::from_le_bytes(self.heap.load_bytes(at)?))),
            Kind::Float32 => {
                one(f64::from(f32::from_le_bytes(self.heap.load_bytes(at)?)).to_bits())
            }
            Kind::Complex64 => {
                let part = |at| Some(f64::from(f32::from_le_bytes(self.heap.load_bytes(at)?)));
                Some([part(at)?.to_bits(), part(at + 4)?.to_bits(), 0])
            }
            _ => {
                let mut words = [0; 3];
                for (number, word) in words.iter_mut().take(usize::from(rtype.words)).enumerate() {
                    *word = self.heap.load(at + number as u64 * 8)?;
                }
                Some(words)
            }
        }
    }

    /// Stores register words of a value in memory.
    pub fn store_value(&mut self, rtype: &RType, at: u64, words: [u64; 3]) -> Option<()> {
        let word = words[0];
        match rtype.kind {
            Kind::Struct | Kind::Array => self.heap.copy(at, word, rtype.size),
            Kind::Bool | Kind::Int8 | Kind::Uint8 => self.heap.store_bytes(at, [word as u8]),
            Kind::Int16 | Kind::Uint16 => self.heap.store_bytes(at, (word as u16).to_le_bytes()),
            Kind::Int32 | Kind::Uint32 => self.heap.store_bytes(at, (word as u32).to_le_bytes()),
            Kind::Float32 => {
                let value = f64::from_bits(word) as f32;
                self.heap.store_bytes(at, value.to_le_bytes())
            }
            Kind::Complex64 => {
                for (number, word) in words.into_iter().take(2).enumerate() {
                    let value = f64::from_bits(word) as f32;
                    self.heap
                        .store_bytes(at + number as u64 * 4, value.to_le_bytes())?;
                }
                Some(())
            }
            _ => {
                for (number, word) in words.into_iter().take(usize::from(rtype.words)).enumerate() {
                    self.heap.store(at + number as u64 * 8, word)?;
                }
                Some(())
            }
        }
    }
}
