//! The natives of `math/big`: arithmetic of numbers of any length, as slices of words, the lowest
//! first. And those of `crypto/sha256`, whose blocks are worth a native too.

use super::{Call, Flow, Native, Outcome, Slice};
use crate::limits::BIG_WORDS_MAX;
use crate::vm::Trap;
use num_bigint::BigUint;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("math/big.arith", arith),
    ("math/big.modpow", |call| {
        let (base, exponent, modulus) = (number(call), number(call), number(call));
        let words = modulus.bits().div_ceil(64);
        charge(call, words * words * exponent.bits())?;
        give(call, &base.modpow(&exponent, &modulus))?;
        Ok(Flow::Done)
    }),
    ("math/big.text", |call| {
        let value = number(call);
        let base = call.int().clamp(2, 36) as u32;
        let words = value.bits().div_ceil(64);
        charge(call, words * words / 4)?;
        call.give_string(value.to_str_radix(base).as_bytes())?;
        Ok(Flow::Done)
    }),
    ("math/big.parse", |call| {
        let text = call.owned();
        let base = call.int().clamp(2, 36) as u32;
        let words = text.len() as u64 / 8;
        charge(call, words * words / 8)?;
        let value = BigUint::parse_bytes(text.as_bytes(), base);
        give(call, &value.clone().unwrap_or_default())?;
        call.give_bool(value.is_some());
        Ok(Flow::Done)
    }),
    ("crypto/sha256.blocks", sha256_blocks),
];

/// The next argument, a slice of words.
fn number(call: &mut Call<'_>) -> BigUint {
    let slice = call.slice();
    let bytes = call.vm.heap.bytes(slice.address, slice.length * 8);
    BigUint::from_bytes_le(bytes.unwrap_or(&[]))
}

/// The next result, a slice of words without leading zeros.
fn give(call: &mut Call<'_>, value: &BigUint) -> Result<(), Trap> {
    let words = value.to_u64_digits();
    let length = words.len() as u64;
    if length > BIG_WORDS_MAX {
        return Err(Trap::Fatal("runtime: out of memory".into()));
    }
    let address = call.vm.heap.alloc(length * 8, true)?;
    for (at, word) in words.iter().enumerate() {
        call.vm.heap.store(address + at as u64 * 8, *word);
    }
    call.give_slice(Slice {
        address,
        length,
        capacity: length,
    });
    Ok(())
}

/// Multiplications of words that cost as much as one instruction.
const WORDS_PER_FUEL: u64 = 16;

/// The longest single piece of work, in multiplications of words.
const WORK_MAX: u64 = 1 << 32;

/// Takes the fuel for work that is done at one go.
fn charge(call: &mut Call<'_>, work: u64) -> Result<(), Trap> {
    if work > WORK_MAX {
        return Err(Trap::Fatal("runtime: out of memory".into()));
    }
    call.vm.fuel -= (work / WORDS_PER_FUEL) as i64;
    Ok(())
}

fn arith(call: &mut Call<'_>) -> Outcome {
    let operation = call.int();
    let (x, y) = (number(call), number(call));
    let count = || y.iter_u64_digits().next().unwrap_or(0);
    let (left, right) = (x.bits().div_ceil(64), y.bits().div_ceil(64));
    if left + right > BIG_WORDS_MAX || operation == 6 && count() > BIG_WORDS_MAX * 64 {
        return Err(Trap::Fatal("runtime: out of memory".into()));
    }
    let zero = BigUint::default();
    let work = match operation {
        2 | 3 => left * right,
        5 => left * left,
        _ => left + right,
    };
    charge(call, work)?;
    let (first, second) = match operation {
        0 => (x + y, zero),
        1 if x >= y => (x - y, zero),
        2 => (x * y, zero),
        3 if y != zero => {
            let quotient = &x / &y;
            let rest = x - &quotient * y;
            (quotient, rest)
        }
        4 => (x & y, zero),
        5 => (x.sqrt(), zero),
        6 => (x << count(), zero),
        7 => (x >> count(), zero),
        8 => (x | y, zero),
        9 => (x ^ y, zero),
        _ => (zero.clone(), zero),
    };
    give(call, &first)?;
    give(call, &second)?;
    Ok(Flow::Done)
}

/// Takes whole blocks of 64 bytes into the eight words of a state.
fn sha256_blocks(call: &mut Call<'_>) -> Outcome {
    let state = call.word();
    let data = call.slice();
    let mut words = [0u32; 8];
    for (at, word) in words.iter_mut().enumerate() {
        *word = call.vm.heap.load(state + at as u64 * 8).unwrap_or(0) as u32;
    }
    let bytes = call.bytes(super::Text {
        address: data.address,
        length: data.length,
    });
    let (blocks, _) = bytes.as_chunks::<64>();
    sha2::block_api::compress256(&mut words, blocks);
    call.vm.fuel -= data.length as i64;
    for (at, word) in words.iter().enumerate() {
        let place = state + at as u64 * 8;
        call.vm.heap.store(place, u64::from(*word));
    }
    Ok(Flow::Done)
}
