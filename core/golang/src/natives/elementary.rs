//! Elementary functions, to the last bit as Go 1.26 computes them on amd64: the polynomials of the
//! Cephes library for the trigonometric ones, FreeBSD's for logarithms.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, LN_2, LOG2_E, LOG10_E, PI};

/// A polynomial's value, the highest power's factor first.
fn poly(x: f64, factors: &[f64]) -> f64 {
    factors.iter().fold(0.0, |sum, factor| sum * x + factor)
}

/// `x` as a fraction in [0.5, 1) times a power of two.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, more) = if x.abs() < f64::MIN_POSITIVE {
        (x * 2f64.powi(52), -52)
    } else {
        (x, 0)
    };
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1022 + more;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent)
}

/// `fraction` times a power of two, rounded once.
pub fn ldexp(fraction: f64, exponent: i32) -> f64 {
    let (fraction, more) = frexp(fraction);
    if fraction == 0.0 || !fraction.is_finite() {
        return fraction;
    }
    let exponent = exponent.saturating_add(more);
    if exponent < -1080 {
        return 0f64.copysign(fraction);
    }
    if exponent > 1024 {
        return f64::INFINITY.copysign(fraction);
    }
    let (shift, rest) = if exponent < -1021 {
        (exponent + 53, 2f64.powi(-53))
    } else {
        (exponent, 1.0)
    };
    // The fraction is below 1: one power of two goes apart so that 2^1024 need not exist.
    let half = f64::from_bits(((shift - 1 + 1023) as u64) << 52);
    fraction * 2.0 * half * rest
}

const SIN: [f64; 6] = [
    1.5896230157654656e-10,
    -2.5050747762857807e-08,
    2.7557313621385722e-06,
    -0.0001984126982958954,
    0.008333333333322118,
    -0.1666666666666663,
];

const COS: [f64; 6] = [
    -1.1358536521387682e-11,
    2.087570084197473e-09,
    -2.755731417929674e-07,
    2.4801587288851704e-05,
    -0.0013888888888873056,
    0.041666666666666595,
];

/// The octant of a non-negative angle, and what is left of it.
fn reduce(x: f64) -> (u64, f64) {
    if x >= 536_870_912.0 {
        // So far out the spacing of floats is coarser than any use of the result.
        let rest = x % (2.0 * PI);
        return reduce(rest);
    }
    let mut octant = (x * (4.0 / PI)) as u64;
    octant += octant & 1;
    let y = octant as f64;
    let rest =
        ((x - y * 0.7853981256484985) - y * 3.774894707930798e-08) - y * 2.6951514290790595e-15;
    (octant & 7, rest)
}

fn wave(octant: u64, z: f64, cosine: bool) -> f64 {
    let zz = z * z;
    let (octant, negative) = if octant > 3 {
        (octant - 4, true)
    } else {
        (octant, false)
    };
    let swapped = octant == 1 || octant == 2;
    let value = if swapped == cosine {
        z + z * zz * poly(zz, &SIN)
    } else {
        1.0 - 0.5 * zz + zz * zz * poly(zz, &COS)
    };
    let negative = negative != (cosine && octant > 1);
    if negative { -value } else { value }
}

/// The sine.
pub fn sin(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    if x.is_infinite() {
        return f64::NAN;
    }
    let (octant, z) = reduce(x.abs());
    let value = wave(octant, z, false);
    if x < 0.0 { -value } else { value }
}

/// The cosine.
pub fn cos(x: f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let (octant, z) = reduce(x.abs());
    wave(octant, z, true)
}

/// The tangent.
pub fn tan(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    if x.is_infinite() {
        return f64::NAN;
    }
    let (octant, z) = reduce(x.abs());
    let zz = z * z;
    let mut y = z;
    if zz > 1e-14 {
        let above = poly(
            zz,
            &[-13093.693918138379, 1153516.6483858742, -17956525.197648488],
        );
        let below = poly(
            zz,
            &[
                1.0,
                13681.296347069296,
                -1320892.3444021097,
                25008380.18233579,
                -53869575.592945464,
            ],
        );
        y = z + z * (zz * above / below);
    }
    if octant & 2 == 2 {
        y = -1.0 / y;
    }
    if x < 0.0 { -y } else { y }
}

fn small_atan(x: f64) -> f64 {
    let z = x * x;
    let above = poly(
        z,
        &[
            -0.8750608600031904,
            -16.157537187333652,
            -75.00855792314705,
            -122.88666844901361,
            -64.85021904942025,
        ],
    );
    let below = poly(
        z,
        &[
            1.0,
            24.858464901423062,
            165.02700983169885,
            432.88106049129027,
            485.3903996359137,
            194.5506571482614,
        ],
    );
    x * (z * above / below) + x
}

/// The arc tangent of a positive number.
fn positive_atan(x: f64) -> f64 {
    const MORE: f64 = 6.123233995736766e-17;
    if x <= 0.66 {
        small_atan(x)
    } else if x > 2.414213562373095 {
        FRAC_PI_2 - small_atan(1.0 / x) + MORE
    } else {
        FRAC_PI_4 + small_atan((x - 1.0) / (x + 1.0)) + 0.5 * MORE
    }
}

/// The arc tangent.
pub fn atan(x: f64) -> f64 {
    if x == 0.0 {
        x
    } else if x > 0.0 {
        positive_atan(x)
    } else {
        -positive_atan(-x)
    }
}

/// The angle of a point.
pub fn atan2(y: f64, x: f64) -> f64 {
    if y == 0.0 || x == 0.0 || !x.is_finite() || !y.is_finite() {
        return y.atan2(x);
    }
    let angle = atan(y / x);
    match (x < 0.0, angle <= 0.0) {
        (true, true) => angle + PI,
        (true, false) => angle - PI,
        _ => angle,
    }
}

/// The arc sine.
pub fn asin(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    let size = x.abs();
    if size > 1.0 {
        return f64::NAN;
    }
    let other = (1.0 - size * size).sqrt();
    let angle = if size > 0.7 {
        FRAC_PI_2 - positive_atan(other / size)
    } else {
        positive_atan(size / other)
    };
    if x < 0.0 { -angle } else { angle }
}

/// The arc cosine.
pub fn acos(x: f64) -> f64 {
    FRAC_PI_2 - asin(x)
}

/// The exponential function.
pub fn exp(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > 709.782712893384 {
        return f64::INFINITY;
    }
    if x < -800.0 {
        return 0.0;
    }
    let exponent = (x * LOG2_E).round_ties_even();
    let rest = exponent.mul_add(-0.693147180559663, x);
    let rest = exponent.mul_add(-2.8235290563031577e-13, rest);
    let rest = rest * 0.0625;
    let mut y = 2.48015873015873e-05;
    for factor in [
        0.0001984126984126984,
        0.001388888888888889,
        0.008333333333333333,
        0.041666666666666664,
        0.16666666666666666,
        0.5,
        1.0,
    ] {
        y = rest.mul_add(y, factor);
    }
    let mut z = rest * y;
    for _ in 0..3 {
        z *= z + 2.0;
    }
    let z = z.mul_add(z + 2.0, 1.0);
    let exponent = exponent as i32;
    if exponent + 1023 < -52 {
        return 0.0;
    }
    ldexp(z, exponent)
}

/// 2 to the power of `x`.
pub fn exp2(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 1023.9999999999999 {
        return f64::INFINITY;
    }
    if x < -1074.0 {
        return 0.0;
    }
    let whole = (x + 0.5f64.copysign(x)).trunc();
    let rest = x - whole;
    let high = rest * 0.6931471803691238;
    let low = -rest * 1.9082149292705877e-10;
    let r = high - low;
    let t = r * r;
    let factors = [
        4.1381367970572385e-08,
        -1.6533902205465252e-06,
        6.613756321437934e-05,
        -0.0027777777777015593,
        0.16666666666666666,
    ];
    let c = r - t * poly(t, &factors);
    ldexp(1.0 - ((low - (r * c) / (2.0 - c)) - high), whole as i32)
}

/// The natural logarithm.
pub fn log(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if !x.is_finite() {
        return x;
    }
    if x < f64::MIN_POSITIVE {
        return x.ln();
    }
    let (mut fraction, exponent) = frexp(x);
    let mut k = f64::from(exponent);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        k -= 1.0;
    }
    let f = fraction - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = [
        0.14798198605116586,
        0.1818357216161805,
        0.2857142874366239,
        0.6666666666666735,
    ];
    let even = [0.15313837699209373, 0.22222198432149784, 0.3999999999940942];
    let r = s2 * poly(s4, &odd) + s4 * poly(s4, &even);
    let square = 0.5 * f * f;
    k * 0.6931471803691238 - ((square - (s * (square + r) + k * 1.9082149292705877e-10)) - f)
}

/// The logarithm to the base 2: exact for powers of two.
pub fn log2(x: f64) -> f64 {
    let (fraction, exponent) = frexp(x);
    if fraction == 0.5 {
        return f64::from(exponent - 1);
    }
    log(fraction) * LOG2_E + f64::from(exponent)
}

/// The logarithm to the base 10.
pub fn log10(x: f64) -> f64 {
    log(x) * LOG10_E
}

/// The hyperbolic sine.
pub fn sinh(x: f64) -> f64 {
    let size = x.abs();
    let value = if size > 21.0 {
        exp(size) * 0.5
    } else if size > 0.5 {
        let grown = exp(size);
        (grown - 1.0 / grown) * 0.5
    } else {
        let square = size * size;
        let above = [
            -26.30563213397497,
            -2894.211355989564,
            -89912.72022039509,
            -630767.3640497717,
        ];
        let below = [
            1.0,
            -173.6789535582337,
            15215.17378790019,
            -630767.3640497717,
        ];
        poly(square, &above) * size / poly(square, &below)
    };
    value.copysign(x)
}

/// The hyperbolic cosine.
pub fn cosh(x: f64) -> f64 {
    let grown = exp(x.abs());
    if x.abs() > 21.0 {
        return grown * 0.5;
    }
    (grown + 1.0 / grown) * 0.5
}

/// The hyperbolic tangent.
pub fn tanh(x: f64) -> f64 {
    let size = x.abs();
    if size > 44.014845965556525 {
        return 1f64.copysign(x);
    }
    if size >= 0.625 {
        return (1.0 - 2.0 / (exp(2.0 * size) + 1.0)).copysign(x);
    }
    if x == 0.0 || x.is_nan() {
        return x;
    }
    let s = x * x;
    let above = [-0.9643991794250523, -99.28772310019185, -1614.6876844170845];
    let below = [
        1.0,
        112.81167849163293,
        2235.4883906010045,
        4844.063053251255,
    ];
    x + x * s * poly(s, &above) / poly(s, &below)
}

/// The inverse hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    let size = x.abs();
    let value = if size > 268_435_456.0 {
        log(size) + LN_2
    } else if size > 2.0 {
        log(2.0 * size + 1.0 / ((size * size + 1.0).sqrt() + size))
    } else if size < 1.0 / 268_435_456.0 {
        size
    } else {
        (size + size * size / (1.0 + (1.0 + size * size).sqrt())).ln_1p()
    };
    value.copysign(x)
}

/// The inverse hyperbolic cosine.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 || x.is_nan() {
        return f64::NAN;
    }
    if x >= 268_435_456.0 {
        return log(x) + LN_2;
    }
    if x > 2.0 {
        return log(2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt()));
    }
    let t = x - 1.0;
    (t + (2.0 * t + t * t).sqrt()).ln_1p()
}

/// The cube root.
pub fn cbrt(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let size = x.abs();
    let mut t = f64::from_bits(size.to_bits() / 3 + (715_094_163 << 32));
    if size < f64::MIN_POSITIVE {
        let scaled = size * 18_014_398_509_481_984.0;
        t = f64::from_bits(scaled.to_bits() / 3 + (696_219_795 << 32));
    }
    let s = 0.5428571428571428 + t * t / size * t;
    t *= 0.35714285714285715
        + 1.6071428571428572 / (s + 1.4142857142857144 - 0.7053061224489796 / s);
    t = f64::from_bits((t.to_bits() & (0xf_ffff_fffc << 28)) + (1 << 30));
    let r = size / (t * t);
    let r = (r - t) / (t + t + r);
    (t + t * r).copysign(x)
}

/// Distance from the origin.
pub fn hypot(p: f64, q: f64) -> f64 {
    if p.is_infinite() || q.is_infinite() {
        return f64::INFINITY;
    }
    if p.is_nan() || q.is_nan() {
        return f64::NAN;
    }
    let (p, q) = (p.abs(), q.abs());
    let (most, least) = (p.max(q), p.min(q));
    if most == 0.0 {
        return 0.0;
    }
    let ratio = least / most;
    most * (1.0 + ratio * ratio).sqrt()
}

/// The power of a finite base with a finite exponent that are no special case.
fn raised(x: f64, y: f64) -> f64 {
    let size = y.abs();
    let (mut whole, mut part) = (size.trunc(), size.fract());
    if part != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9.223372036854776e+18 {
        return match (x == -1.0, (x.abs() < 1.0) == (y > 0.0)) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => f64::INFINITY,
        };
    }
    let (mut product, mut power) = (1.0, 0i64);
    if part != 0.0 {
        if part > 0.5 {
            part -= 1.0;
            whole += 1.0;
        }
        product = exp(part * log(x));
    }
    let (mut factor, exponent) = frexp(x);
    let mut exponent = i64::from(exponent);
    let mut bits = whole as i64;
    while bits != 0 {
        if !(-4096..=4096).contains(&exponent) {
            power += exponent;
            break;
        }
        if bits & 1 == 1 {
            product *= factor;
            power += exponent;
        }
        factor *= factor;
        exponent *= 2;
        if factor < 0.5 {
            factor += factor;
            exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        product = 1.0 / product;
        power = -power;
    }
    ldexp(product, power.clamp(-100_000, 100_000) as i32)
}

/// `x` to the power of `y`.
pub fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 || y == 1.0 || x == 0.0 || !x.is_finite() || !y.is_finite() {
        return x.powf(y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    raised(x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_digits_are_those_of_go() {
        // What Go 1.26 prints on amd64.
        let values = [
            (sin(PI), 1.2246467991473515e-16),
            (sin(1.0), 0.8414709848078965),
            (cos(FRAC_PI_2), 6.123233995736757e-17),
            (tan(FRAC_PI_4), 1.0),
            (exp(2.0), 7.38905609893065),
            (exp(-745.0), 5e-324),
            (log(3.0), 1.0986122886681096),
            (log10(1000.0), 3.0),
            (log2(8.0), 3.0),
            (pow(3.0, 0.3), 1.3903891703159093),
            (pow(2.0, 10.0), 1024.0),
            (pow(10.0, -5.0), 1e-5),
            (hypot(3.0, 4.0), 5.0),
            (ldexp(0.5, -1073), 5e-324),
            (ldexp(1.0, 1023), 8.98846567431158e307),
        ];
        for (got, want) in values {
            assert_eq!(got.to_bits(), f64::to_bits(want), "{got} {want}");
        }
    }
}
