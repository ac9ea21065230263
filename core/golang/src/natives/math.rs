//! The natives of `math` (see `elementary.rs`) and `math/rand`.

use super::{Call, Flow, Native, Outcome, Slice, elementary};

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("math.Float64bits", same),
    ("math.Float64frombits", same),
    ("math.Float32bits", float32_bits),
    ("math.Float32frombits", float32_from_bits),
    ("math.Sqrt", |call| one(call, f64::sqrt)),
    ("math.Floor", |call| one(call, f64::floor)),
    ("math.Ceil", |call| one(call, f64::ceil)),
    ("math.Trunc", |call| one(call, f64::trunc)),
    ("math.Round", |call| one(call, f64::round)),
    ("math.RoundToEven", |call| one(call, f64::round_ties_even)),
    ("math.Sin", |call| one(call, elementary::sin)),
    ("math.Cos", |call| one(call, elementary::cos)),
    ("math.Tan", |call| one(call, elementary::tan)),
    ("math.Asin", |call| one(call, elementary::asin)),
    ("math.Acos", |call| one(call, elementary::acos)),
    ("math.Atan", |call| one(call, elementary::atan)),
    ("math.Sinh", |call| one(call, elementary::sinh)),
    ("math.Cosh", |call| one(call, elementary::cosh)),
    ("math.Tanh", |call| one(call, elementary::tanh)),
    ("math.Asinh", |call| one(call, elementary::asinh)),
    ("math.Acosh", |call| one(call, elementary::acosh)),
    ("math.Atanh", |call| one(call, f64::atanh)),
    ("math.Exp", |call| one(call, elementary::exp)),
    ("math.Exp2", |call| one(call, elementary::exp2)),
    ("math.Expm1", |call| one(call, f64::exp_m1)),
    ("math.Log", |call| one(call, elementary::log)),
    ("math.Log1p", |call| one(call, f64::ln_1p)),
    ("math.Log2", |call| one(call, elementary::log2)),
    ("math.Log10", |call| one(call, elementary::log10)),
    ("math.Cbrt", |call| one(call, elementary::cbrt)),
    ("math.Atan2", |call| two(call, elementary::atan2)),
    ("math.Pow", |call| two(call, elementary::pow)),
    ("math.Hypot", |call| two(call, elementary::hypot)),
    ("math.Mod", |call| two(call, |x, y| x % y)),
    ("math.FMA", fused),
    ("math/rand.cooked", cooked),
];

fn same(call: &mut Call<'_>) -> Outcome {
    let word = call.word();
    call.give(word);
    Ok(Flow::Done)
}

fn float32_bits(call: &mut Call<'_>) -> Outcome {
    let value = call.float() as f32;
    call.give(u64::from(value.to_bits()));
    Ok(Flow::Done)
}

fn float32_from_bits(call: &mut Call<'_>) -> Outcome {
    let bits = call.word() as u32;
    call.give_float(f64::from(f32::from_bits(bits)));
    Ok(Flow::Done)
}

fn one(call: &mut Call<'_>, function: fn(f64) -> f64) -> Outcome {
    let value = call.float();
    call.give_float(function(value));
    Ok(Flow::Done)
}

fn two(call: &mut Call<'_>, function: fn(f64, f64) -> f64) -> Outcome {
    let (x, y) = (call.float(), call.float());
    call.give_float(function(x, y));
    Ok(Flow::Done)
}

fn fused(call: &mut Call<'_>) -> Outcome {
    let (x, y, z) = (call.float(), call.float(), call.float());
    call.give_float(x.mul_add(y, z));
    Ok(Flow::Done)
}

const LENGTH: usize = 607;
const TAP: usize = 273;

/// The state of the additive lagged Fibonacci generator, seeded with 1, after 7.8e12 steps: one
/// step of x(n) = x(n-607) + x(n-273) is a multiplication by x modulo x^607 - x^334 - 1.
fn cooked(call: &mut Call<'_>) -> Outcome {
    let state = cooked_state();
    let address = call.vm.heap.alloc(LENGTH as u64 * 8, true)?;
    for (at, word) in state.iter().enumerate() {
        call.vm.heap.store(address + at as u64 * 8, *word);
    }
    call.give_slice(Slice {
        address,
        length: LENGTH as u64,
        capacity: LENGTH as u64,
    });
    Ok(Flow::Done)
}

/// Coefficients of x^0 to x^606.
type Polynomial = Vec<u64>;

fn cooked_state() -> Vec<u64> {
    const STEPS: u64 = 7_800_000_000_000;
    let mut power: Polynomial = vec![0; LENGTH];
    if let Some(first) = power.first_mut() {
        *first = 1;
    }
    for bit in (0..64 - STEPS.leading_zeros()).rev() {
        power = square(&power);
        if STEPS >> bit & 1 == 1 {
            shift(&mut power);
        }
    }
    let start = LENGTH - TAP;
    let place = |step: u64| {
        ((start as u64 + LENGTH as u64 - 1 - step % LENGTH as u64) % LENGTH as u64) as usize
    };
    let seeds = seeded();
    let ordered: Vec<u64> = (0..LENGTH as u64)
        .map(|step| seeds.get(place(step)).copied().unwrap_or(0))
        .collect();
    let mut state = vec![0; LENGTH];
    for step in 0..LENGTH as u64 {
        let sum = power
            .iter()
            .zip(&ordered)
            .fold(0u64, |sum, (factor, seed)| {
                sum.wrapping_add(factor.wrapping_mul(*seed))
            });
        if let Some(slot) = state.get_mut(place(STEPS + step)) {
            *slot = sum;
        }
        shift(&mut power);
    }
    state
}

/// The state of the generator when it is seeded with 1.
fn seeded() -> Vec<u64> {
    let mut x = 1i64;
    let mut next = || {
        x = x * 48271 % 0x7fff_ffff;
        x as u64
    };
    for _ in 0..20 {
        next();
    }
    (0..LENGTH)
        .map(|_| next() << 20 ^ next() << 10 ^ next())
        .collect()
}

/// Times x.
fn shift(power: &mut Polynomial) {
    let top = power.pop().unwrap_or(0);
    power.insert(0, top);
    if let Some(slot) = power.get_mut(LENGTH - TAP) {
        *slot = slot.wrapping_add(top);
    }
}

fn square(power: &Polynomial) -> Polynomial {
    let mut product = vec![0u64; 2 * LENGTH - 1];
    for (at, factor) in power.iter().enumerate() {
        for (slot, other) in product.iter_mut().skip(at).zip(power) {
            *slot = slot.wrapping_add(factor.wrapping_mul(*other));
        }
    }
    for at in (LENGTH..product.len()).rev() {
        let top = product.get(at).copied().unwrap_or(0);
        for lower in [at - LENGTH, at - TAP] {
            if let Some(slot) = product.get_mut(lower) {
                *slot = slot.wrapping_add(top);
            }
        }
    }
    product.truncate(LENGTH);
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_starts_where_go_starts_it() {
        let state = cooked_state();
        assert_eq!(state[0], 0xc5f7_4a33_eb98_ffea);
        assert_eq!(state[1], 0xc07b_4a41_ba96_5f5b);
        assert_eq!(state.len(), LENGTH);
    }
}
