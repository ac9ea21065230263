//! Binary floating-point numbers of 512 bits, for constants beyond exact fractions.

use super::BigRational;
use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Bits of the mantissa (gc: 512).
pub const PRECISION_BITS: u64 = 512;

/// Exponents beyond this are infinite, below its negative zero (as in `math/big`).
const EXPONENT_MAX: i64 = i32::MAX as i64;

/// `mantissa * 2^exponent`, with a mantissa of at most 512 bits.
#[derive(Clone, Debug, PartialEq)]
pub struct BigFloat {
    mantissa: BigInt,
    exponent: i64,
}

/// The limits of a float format: bits of precision, exponent of its smallest bit, and the
/// exponent from which on values are infinite.
struct Format {
    precision: i64,
    smallest: i64,
    infinite: i64,
}

const DOUBLE: Format = Format {
    precision: 53,
    smallest: -1074,
    infinite: 1024,
};
const SINGLE: Format = Format {
    precision: 24,
    smallest: -149,
    infinite: 128,
};

impl BigFloat {
    /// An integer, rounded.
    pub fn from_int(value: BigInt) -> Self {
        Self::new(value, 0)
    }

    /// A fraction, rounded.
    pub fn from_rational(value: &BigRational) -> Self {
        Self::divide(value.numer(), value.denom(), 0)
    }

    /// `mantissa * 2^exponent`, rounded.
    pub fn new(mantissa: BigInt, exponent: i64) -> Self {
        let bits = mantissa.bits();
        if mantissa.is_zero() {
            return BigFloat {
                mantissa,
                exponent: 0,
            };
        }
        if bits > PRECISION_BITS {
            let drop = bits - PRECISION_BITS;
            let mantissa = shift_right_rounding(&mantissa, drop);
            return BigFloat {
                mantissa,
                exponent: exponent.saturating_add(drop as i64),
            };
        }
        BigFloat { mantissa, exponent }
    }

    fn divide(numerator: &BigInt, denominator: &BigInt, exponent: i64) -> Self {
        if denominator.is_zero() {
            return BigFloat {
                mantissa: BigInt::zero(),
                exponent: 0,
            };
        }
        let wanted = PRECISION_BITS + 66 + denominator.bits();
        let up = wanted.saturating_sub(numerator.bits());
        let scaled: BigInt = numerator << up;
        let quotient = &scaled / denominator;
        // A last sticky bit keeps the rounding right.
        let exact = (&quotient * denominator) == scaled;
        let sticky = if exact {
            BigInt::zero()
        } else {
            numerator.signum()
        };
        Self::new((quotient << 1u32) + sticky, exponent - up as i64 - 1)
    }

    /// The sum.
    pub fn add(&self, other: &Self) -> Self {
        if self.is_zero() {
            return other.clone();
        }
        if other.is_zero() {
            return self.clone();
        }
        let (high, low) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let apart = (high.exponent - low.exponent) as u64;
        let reach = PRECISION_BITS * 2 + 64;
        if apart > reach + low.mantissa.bits() {
            return high.clone();
        }
        Self::new((&high.mantissa << apart) + &low.mantissa, low.exponent)
    }

    /// The number with the other sign.
    pub fn negate(&self) -> Self {
        BigFloat {
            mantissa: -&self.mantissa,
            exponent: self.exponent,
        }
    }

    /// The product.
    pub fn multiply(&self, other: &Self) -> Self {
        Self::new(
            &self.mantissa * &other.mantissa,
            self.exponent.saturating_add(other.exponent),
        )
    }

    /// The quotient; the divisor is not zero.
    pub fn quotient(&self, other: &Self) -> Self {
        Self::divide(
            &self.mantissa,
            &other.mantissa,
            self.exponent.saturating_sub(other.exponent),
        )
    }

    /// `10^power`
    pub fn power_of_ten(power: i64) -> Self {
        let mut result = Self::from_int(BigInt::one());
        let mut square = Self::from_int(BigInt::from(10));
        let mut left = power.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                result = result.multiply(&square);
            }
            square = square.multiply(&square);
            left >>= 1;
        }
        if power < 0 {
            Self::from_int(BigInt::one()).quotient(&result)
        } else {
            result
        }
    }

    /// Whether the magnitude is beyond what gc's constants hold.
    pub fn is_infinite(&self) -> bool {
        self.binary_exponent() > EXPONENT_MAX
    }

    /// Whether it is 0, or too small to be told from it.
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero() || self.binary_exponent() < -EXPONENT_MAX
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    /// `e` such that the magnitude is in `[2^(e-1), 2^e)`.
    pub fn binary_exponent(&self) -> i64 {
        self.exponent.saturating_add(self.mantissa.bits() as i64)
    }

    /// The magnitude scaled into `[0.5, 1)`, with the sign.
    pub fn fraction(&self) -> f64 {
        BigFloat {
            mantissa: self.mantissa.clone(),
            exponent: -(self.mantissa.bits() as i64),
        }
        .to_f64()
    }

    /// The exact fraction, if it is small.
    pub fn to_rational(&self) -> Option<BigRational> {
        if self.exponent.unsigned_abs() > 8192 {
            return None;
        }
        Some(if self.exponent >= 0 {
            BigRational::from_integer(&self.mantissa << self.exponent as u64)
        } else {
            BigRational::new(
                self.mantissa.clone(),
                BigInt::one() << self.exponent.unsigned_abs(),
            )
        })
    }

    /// The integer, if it is one and not enormous.
    pub fn to_int(&self) -> Option<BigInt> {
        if self.exponent >= 0 {
            return (self.exponent <= 100_000).then(|| &self.mantissa << self.exponent as u64);
        }
        let down = self.exponent.unsigned_abs();
        if down > self.mantissa.bits() {
            return self.mantissa.is_zero().then(BigInt::zero);
        }
        let whole: BigInt = &self.mantissa >> down;
        ((&whole << down) == self.mantissa).then_some(whole)
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        self.round(&DOUBLE)
    }

    /// The nearest single, as a double.
    pub fn to_f32(&self) -> f64 {
        self.round(&SINGLE)
    }

    fn round(&self, format: &Format) -> f64 {
        let sign = if self.mantissa.sign() == Sign::Minus {
            -1.0
        } else {
            1.0
        };
        let magnitude = self.mantissa.abs();
        if magnitude.is_zero() {
            return 0.0;
        }
        let top = self.binary_exponent();
        if top > format.infinite {
            return sign * f64::INFINITY;
        }
        if top < format.smallest - 1 {
            return sign * 0.0;
        }
        let lowest = (top - format.precision).max(format.smallest);
        let shift = lowest - self.exponent;
        let rounded = if shift <= 0 {
            &magnitude << shift.unsigned_abs()
        } else {
            shift_right_rounding(&magnitude, shift as u64)
        };
        if rounded.bits() as i64 + lowest > format.infinite {
            return sign * f64::INFINITY;
        }
        // In two steps, so that no power of two on the way is out of range; both are exact.
        let half = (lowest / 2) as i32;
        let value = rounded.to_f64().unwrap_or(0.0);
        sign * value * 2f64.powi(half) * 2f64.powi(lowest as i32 - half)
    }
}

/// Shifts right, to the nearest, halves to even.
fn shift_right_rounding(value: &BigInt, by: u64) -> BigInt {
    let magnitude = value.abs();
    let kept: BigInt = &magnitude >> by;
    let rest = magnitude - (&kept << by);
    let half = BigInt::one() << by.saturating_sub(1);
    let is_odd = kept.bit(0);
    let rounded = if rest > half || (rest == half && is_odd) {
        kept + 1
    } else {
        kept
    };
    if value.is_negative() {
        -rounded
    } else {
        rounded
    }
}

/// The nearest double of a fraction.
pub fn rational_to_f64(value: &BigRational) -> f64 {
    exact_enough(value).to_f64()
}

/// The nearest single of a fraction, as a double.
pub fn rational_to_f32(value: &BigRational) -> f64 {
    exact_enough(value).to_f32()
}

/// A quotient of few bits whose last bit is sticky, so that rounding it once more is right.
fn exact_enough(value: &BigRational) -> BigFloat {
    let (numerator, denominator) = (value.numer(), value.denom());
    let up = (128 + denominator.bits()).saturating_sub(numerator.bits());
    let scaled: BigInt = numerator << up;
    let quotient = &scaled / denominator;
    let exact = (&quotient * denominator) == scaled;
    let sticky = if exact {
        BigInt::zero()
    } else {
        numerator.signum()
    };
    BigFloat {
        mantissa: (quotient << 1u32) + sticky,
        exponent: -(up as i64) - 1,
    }
}

/// A finite double as an exact fraction.
pub fn rational_from_f64(value: f64) -> Option<BigRational> {
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if biased == 0 {
        (fraction, -1074)
    } else {
        (fraction | (1 << 52), biased - 1075)
    };
    let mantissa = BigInt::from(mantissa);
    let mantissa = if value.is_sign_negative() {
        -mantissa
    } else {
        mantissa
    };
    BigFloat { mantissa, exponent }.to_rational()
}
