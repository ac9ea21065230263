//! `resource.Quantity`: amounts with suffixes such as `100m`, `64Mi`, `1e3`.
//!
//! Models k8s.io/apimachinery `pkg/api/resource`: the grammar, the canonical text, rounding up to
//! nano units. Amounts are kept in nano units; larger ones than about 10^29 are capped.

use std::cmp::Ordering;

/// The text of a quantity that does not follow the grammar.
pub const FORMAT_WRONG: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG: &str = "unable to parse quantity's suffix";
const NUMERIC_WRONG: &str = "unable to parse numeric part of quantity";

const NANO: i128 = 1_000_000_000;
/// Larger amounts are capped here, so that sums cannot overflow.
const AMOUNT_MAX: i128 = i128::MAX / 1024;

/// How a quantity likes to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `1e3`
    DecimalExponent,
    /// `64Mi`
    BinarySi,
    /// `100m`
    DecimalSi,
}

impl Format {
    /// The name of Go's constant.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DecimalExponent => "DecimalExponent",
            Self::BinarySi => "BinarySI",
            Self::DecimalSi => "DecimalSI",
        }
    }
}

/// An amount with the format in which it was given.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nano: i128,
    format: Format,
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

/// The pieces of a quantity's text.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

fn split(text: &str) -> Option<Parts<'_>> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = |text: &'_ str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = rest.split_at_checked(digits(rest))?;
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(after) => after.split_at_checked(digits(after))?,
        None => ("", rest),
    };
    let letters = suffix
        .bytes()
        .take_while(|b| b"eEinumkKMGTP".contains(b))
        .count();
    let after = suffix.get(letters..)?;
    let after = after.strip_prefix(['-', '+']).unwrap_or(after);
    after.bytes().all(|b| b.is_ascii_digit()).then_some(Parts {
        negative,
        whole,
        fraction,
        suffix,
    })
}

/// Base, exponent and format of a suffix.
fn interpret(suffix: &str) -> Option<(i128, i32, Format)> {
    let decimal = |exponent| Some((10, exponent, Format::DecimalSi));
    let binary = |exponent| Some((2, exponent, Format::BinarySi));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            Some((10, exponent, Format::DecimalExponent))
        }
    }
}

impl Quantity {
    /// Zero.
    pub const ZERO: Self = Self {
        nano: 0,
        format: Format::DecimalSi,
    };

    /// A whole number of units.
    #[must_use]
    pub fn new(units: i64, format: Format) -> Self {
        Self {
            nano: i128::from(units) * NANO,
            format,
        }
    }

    /// A number of thousandths, `100m` for 100.
    #[must_use]
    pub fn from_milli(milli: i64) -> Self {
        Self {
            nano: i128::from(milli) * 1_000_000,
            format: Format::DecimalSi,
        }
    }

    /// Reads a quantity.
    ///
    /// # Errors
    /// The texts of upstream, for instance [`FORMAT_WRONG`].
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = Some(text)
            .filter(|text| !text.is_empty())
            .and_then(split)
            .ok_or(FORMAT_WRONG)?;
        let (base, exponent, mut format) = interpret(parts.suffix).ok_or(SUFFIX_WRONG)?;
        if parts.whole.is_empty() && parts.fraction.is_empty() {
            return Err(NUMERIC_WRONG);
        }
        let mut amount: i128 = 0;
        // The decimal places of `amount` below nano units; digits beyond them only round up.
        let decimal_exponent = if base == 10 { exponent } else { 0 };
        let binary_shift = if base == 2 {
            exponent.unsigned_abs()
        } else {
            0
        };
        let mut lost = false;
        let mut place =
            decimal_exponent.saturating_add(i32::try_from(parts.whole.len()).unwrap_or(i32::MAX));
        // Binary suffixes multiply fractions too, so keep enough places for them.
        let places = if base == 2 { 0 } else { 9 };
        let mut unit_places: u32 = 0;
        for digit in parts.whole.bytes().chain(parts.fraction.bytes()) {
            place = place.saturating_sub(1);
            if base == 10 && place < -places {
                lost |= digit != b'0';
                continue;
            }
            amount = amount
                .saturating_mul(10)
                .saturating_add(i128::from(digit - b'0'))
                .min(AMOUNT_MAX);
            if place < 0 {
                unit_places = place.unsigned_abs();
            }
        }
        if base == 10 {
            // `place` is the weight of the last digit that was kept or lost; scale what is missing up to nano.
            let missing = if place >= 0 {
                u32::try_from(place).unwrap_or(u32::MAX).saturating_add(9)
            } else {
                9u32.saturating_sub(unit_places)
            };
            amount = scale_up(amount, 10, missing);
        } else {
            amount = scale_up(amount, 2, binary_shift);
            let fraction_digits = u32::try_from(parts.fraction.len()).unwrap_or(u32::MAX);
            if fraction_digits <= 9 {
                amount = scale_up(amount, 10, 9 - fraction_digits);
            } else {
                let divisor = 10i128.checked_pow(fraction_digits - 9).unwrap_or(i128::MAX);
                lost |= amount % divisor != 0;
                amount /= divisor;
            }
            // Below one there is no binary suffix to print it with.
            if amount > 0 && amount < NANO {
                format = Format::DecimalSi;
            }
            amount = amount.min(i128::from(i64::MAX) * NANO);
        }
        amount += i128::from(lost);
        Ok(Self {
            nano: if parts.negative { -amount } else { amount },
            format,
        })
    }

    /// Reads a JSON string or number, as the API accepts both.
    ///
    /// # Errors
    /// As [`Quantity::parse`].
    pub fn from_value(value: &serde_json::Value) -> Result<Self, &'static str> {
        match value {
            serde_json::Value::String(text) => Self::parse(text),
            serde_json::Value::Number(number) => Self::parse(&number.to_string()),
            serde_json::Value::Null => Ok(Self::ZERO),
            _ => Err(FORMAT_WRONG),
        }
    }

    /// The fields of Go's struct after parsing this text: the unscaled number, its decimal scale,
    /// and whether the text is remembered because it is canonical already.
    #[must_use]
    pub fn go_parts(&self, text: &str) -> (i64, i32, bool) {
        if text == "0" || text.is_empty() {
            return (0, 0, !text.is_empty());
        }
        let Some(parts) = split(text) else {
            return (0, 0, false);
        };
        let exponent = interpret(parts.suffix).map_or(
            0,
            |(base, exponent, _)| if base == 10 { exponent } else { 0 },
        );
        let scale =
            exponent.saturating_sub(i32::try_from(parts.fraction.len()).unwrap_or(i32::MAX));
        let unit = 10i128
            .checked_pow(u32::try_from(scale.saturating_add(9)).unwrap_or_default())
            .unwrap_or(i128::MAX);
        let number = i64::try_from(self.nano / unit).unwrap_or(i64::MAX);
        (number, scale, self.to_string() == text)
    }

    /// The preferred format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.nano == 0
    }

    /// Whole units, rounded up (bytes of memory, counts).
    #[must_use]
    pub fn value(&self) -> i64 {
        round_up(self.nano, NANO)
    }

    /// Thousandths, rounded up (CPU).
    #[must_use]
    pub fn milli_value(&self) -> i64 {
        round_up(self.nano, 1_000_000)
    }

    /// The sum; the format is that of the first, unless it is zero.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let format = if self.nano == 0 {
            other.format
        } else {
            self.format
        };
        Self {
            nano: self
                .nano
                .saturating_add(other.nano)
                .clamp(-AMOUNT_MAX, AMOUNT_MAX),
            format,
        }
    }

    /// The difference; the format is that of the first, unless it is zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.plus(Self {
            nano: -other.nano,
            format: other.format,
        })
    }

    fn decimal(&self) -> String {
        let (mut mantissa, mut exponent) = (self.nano, -9);
        while mantissa % 1000 == 0 {
            mantissa /= 1000;
            exponent += 3;
        }
        if self.format == Format::DecimalExponent {
            return if exponent == 0 {
                mantissa.to_string()
            } else {
                format!("{mantissa}e{exponent}")
            };
        }
        let suffix = match exponent {
            -9 => "n",
            -6 => "u",
            -3 => "m",
            0 => "",
            3 => "k",
            6 => "M",
            9 => "G",
            12 => "T",
            15 => "P",
            18 => "E",
            other => return format!("{mantissa}e{other}"),
        };
        format!("{mantissa}{suffix}")
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        let small = self.nano.abs() < 1024 * NANO || self.nano % NANO != 0;
        if self.format != Format::BinarySi || small {
            let decimal = if self.format == Format::BinarySi {
                Self {
                    format: Format::DecimalSi,
                    ..*self
                }
            } else {
                *self
            };
            return f.write_str(&decimal.decimal());
        }
        let mut mantissa = self.nano / NANO;
        let mut suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].into_iter();
        let mut suffix = suffixes.next().unwrap_or_default();
        while mantissa % 1024 == 0
            && let Some(next) = suffixes.next()
        {
            mantissa /= 1024;
            suffix = next;
        }
        write!(f, "{mantissa}{suffix}")
    }
}

fn scale_up(amount: i128, base: i128, times: u32) -> i128 {
    let Some(factor) = base.checked_pow(times) else {
        return if amount == 0 { 0 } else { AMOUNT_MAX };
    };
    amount.saturating_mul(factor).min(AMOUNT_MAX)
}

fn round_up(nano: i128, unit: i128) -> i64 {
    let whole = nano.div_euclid(unit) + i128::from(nano.rem_euclid(unit) != 0);
    i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_texts() {
        for (text, printed) in [
            ("0", "0"),
            ("100m", "100m"),
            ("0.1", "100m"),
            ("1.5", "1500m"),
            ("2", "2"),
            ("1000m", "1"),
            ("64Mi", "64Mi"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("1000Ki", "1000Ki"),
            ("512", "512"),
            ("1G", "1G"),
            ("1000k", "1M"),
            ("1e3", "1e3"),
            ("1E3", "1e3"),
            ("12e6", "12e6"),
            ("0.5Ki", "512"),
            ("0.0000000001", "1n"),
            ("-5m", "-5m"),
            ("+1", "1"),
            (".5", "500m"),
            ("1.", "1"),
            ("100Ei", "9223372036854775807"),
            ("1n", "1n"),
            ("123456789", "123456789"),
            ("two", FORMAT_WRONG),
            ("", FORMAT_WRONG),
            ("1GB", FORMAT_WRONG),
            ("1mm", SUFFIX_WRONG),
            ("1K", SUFFIX_WRONG),
            (".", NUMERIC_WRONG),
        ] {
            let got =
                Quantity::parse(text).map_or_else(str::to_owned, |quantity| quantity.to_string());
            assert_eq!(got, printed, "{text:?}");
        }
    }

    #[test]
    fn sums_and_order() {
        let of = |text: &str| Quantity::parse(text).unwrap();
        assert_eq!(of("100m").plus(of("1")).to_string(), "1100m");
        assert_eq!(Quantity::ZERO.plus(of("64Mi")).to_string(), "64Mi");
        assert_eq!(of("1Gi").minus(of("512Mi")).to_string(), "512Mi");
        assert!(of("1G") < of("1Gi"));
        assert_eq!(
            (
                of("1.2").value(),
                of("1.2").milli_value(),
                of("1.0001").milli_value()
            ),
            (2, 1200, 1001)
        );
        let _ = of("1e400000000").plus(of("99999999999999999999999999999999999999999999E"));
    }
}
