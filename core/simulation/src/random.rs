//! Seeded random numbers: the only source of chance in the virtual computer.

use std::cell::Cell;
use std::rc::Rc;

/// A stream of pseudo-random numbers (SplitMix64). Clones share the stream; [`Random::fork`]
/// starts an independent one, so that one part's draws don't shift another's.
#[derive(Clone, Debug)]
pub struct Random {
    state: Rc<Cell<u64>>,
}

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Random {
        Random {
            state: Rc::new(Cell::new(seed)),
        }
    }

    /// An independent stream, seeded from this one.
    pub fn fork(&self) -> Random {
        Random::new(self.next_u64())
    }

    /// The next 64 random bits.
    pub fn next_u64(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        // The high half of a 128-bit product is uniform enough for bounds far below 2^64.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `length` characters, each drawn from `alphabet`.
    pub fn text(&self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length)
            .filter_map(|_| letters.get(self.below(letters.len() as u64) as usize))
            .collect()
    }

    /// `length` lower-case hexadecimal digits, as in a container's id.
    pub fn hex(&self, length: usize) -> String {
        self.text("0123456789abcdef", length)
    }

    /// A version 4 UUID.
    pub fn uuid(&self) -> String {
        let high = self.next_u64() & 0xffff_ffff_ffff_0fff | 0x4000;
        let low = self.next_u64() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_stream() {
        let (one, other) = (Random::new(7), Random::new(7));
        assert_eq!(one.uuid(), other.uuid());
        assert_eq!(one.text("abc", 20), other.text("abc", 20));
    }

    #[test]
    fn uuid_has_version_and_variant() {
        let uuid = Random::new(1).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.chars().nth(14), Some('4'));
        assert!(matches!(uuid.chars().nth(19), Some('8' | '9' | 'a' | 'b')));
    }

    #[test]
    fn below_stays_below() {
        let random = Random::new(3);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert_eq!(random.below(0), 0);
    }
}
