//! Durations as people read them: ages in tables and Go's own notation.

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// An age for tables with two or three digits: `113s`, `2m51s`, `4h5m`, `3d2h`. In nanoseconds.
///
/// Models k8s.io/apimachinery `pkg/util/duration` HumanDuration.
#[must_use]
pub fn human(nanoseconds: i64) -> String {
    let seconds = nanoseconds / SECOND;
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    let with_rest = |whole: i64, unit: &str, rest: i64, rest_unit: &str| {
        if rest == 0 {
            format!("{whole}{unit}")
        } else {
            format!("{whole}{unit}{rest}{rest_unit}")
        }
    };
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    if seconds < 0 {
        "0s".to_owned()
    } else if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        with_rest(minutes, "m", seconds % 60, "s")
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        with_rest(hours, "h", minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if hours < 192 {
        with_rest(hours / 24, "d", hours % 24, "h")
    } else if hours < 24 * 365 * 2 {
        format!("{}d", hours / 24)
    } else if hours < 24 * 365 * 8 {
        with_rest(hours / 24 / 365, "y", hours / 24 % 365, "d")
    } else {
        format!("{}y", hours / 24 / 365)
    }
}

/// An age with one unit: `59s`, `3m`, `4h`, `5d`. In nanoseconds. Models ShortHumanDuration.
#[must_use]
pub fn short_human(nanoseconds: i64) -> String {
    let seconds = nanoseconds / SECOND;
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86400 => format!("{}h", seconds / 3600),
        86400..31_536_000 => format!("{}d", seconds / 86400),
        _ => format!("{}y", seconds / 31_536_000),
    }
}

/// Go's `time.Duration.String()`: `1m40s`, `5m0s`, `1.5s`, `300ms`, `0s`.
#[must_use]
pub fn go_string(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    if total == 0 {
        return "0s".to_owned();
    }
    let second = SECOND.unsigned_abs();
    if total < second {
        let (unit, name) = if total < 1_000 {
            (1, "ns")
        } else if total < 1_000_000 {
            (1_000, "µs")
        } else {
            (1_000_000, "ms")
        };
        return format!("{sign}{}{name}", fraction(total, unit));
    }
    let (hours, minutes) = (total / (3600 * second), total / (60 * second) % 60);
    let seconds = fraction(total % (60 * second), second);
    if hours > 0 {
        format!("{sign}{hours}h{minutes}m{seconds}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m{seconds}s")
    } else {
        format!("{sign}{seconds}s")
    }
}

fn fraction(total: u64, unit: u64) -> String {
    let (whole, rest) = (total / unit, total % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit.ilog10() as usize;
    format!(
        "{whole}.{}",
        format!("{rest:0digits$}").trim_end_matches('0')
    )
}

/// Go's `time.ParseDuration` in nanoseconds: `300ms`, `-1.5h`, `2h45m`; the error is Go's text.
///
/// # Errors
/// `time: invalid duration "x"`, `time: missing unit in duration "3"`, `time: unknown unit "w" in duration "3w"`.
pub fn parse_go(text: &str) -> Result<i64, String> {
    let quoted = crate::json::quote_go(text);
    let invalid = || format!("time: invalid duration {quoted}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (part, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && part.is_empty() {
            return Err(invalid());
        }
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (name, next) = after.split_at_checked(end).unwrap_or((after, ""));
        let unit: i128 = match name {
            "" => return Err(format!("time: missing unit in duration {quoted}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND.into(),
            "m" => MINUTE.into(),
            "h" => HOUR.into(),
            unknown => {
                return Err(format!(
                    "time: unknown unit {} in duration {quoted}",
                    crate::json::quote_go(unknown)
                ));
            }
        };
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse::<i64>().map_err(|_| invalid())?.into()
        };
        total += whole * unit;
        let mut scale = unit;
        for digit in part.bytes() {
            scale /= 10;
            total += i128::from(digit - b'0') * scale;
        }
        if total > i64::MAX.into() {
            return Err(invalid());
        }
        rest = next;
    }
    let total = if negative { -total } else { total };
    i64::try_from(total).map_err(|_| invalid())
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (seconds, long, short) in [
            (-5, "<invalid>", "<invalid>"),
            (-1, "0s", "0s"),
            (0, "0s", "0s"),
            (113, "113s", "1m"),
            (120, "2m", "2m"),
            (171, "2m51s", "2m"),
            (600, "10m", "10m"),
            (10_799, "179m", "2h"),
            (14_700, "4h5m", "4h"),
            (28_800, "8h", "8h"),
            (266_400, "3d2h", "3d"),
            (700_000, "8d", "8d"),
            (86_400 * 800, "2y70d", "2y"),
            (86_400 * 4000, "10y", "10y"),
        ] {
            assert_eq!(
                (
                    human(seconds * SECOND).as_str(),
                    short_human(seconds * SECOND).as_str()
                ),
                (long, short),
                "{seconds}"
            );
        }
    }

    #[test]
    fn go_durations() {
        for (text, printed) in [
            ("100s", Ok("1m40s")),
            ("5m", Ok("5m0s")),
            ("1.5s", Ok("1.5s")),
            ("300ms", Ok("300ms")),
            ("-1.5h", Ok("-1h30m0s")),
            ("1us", Ok("1µs")),
            ("0", Ok("0s")),
            ("2h45m", Ok("2h45m0s")),
            ("", Err("time: invalid duration \"\"")),
            ("3", Err("time: missing unit in duration \"3\"")),
            ("3w", Err("time: unknown unit \"w\" in duration \"3w\"")),
            ("x", Err("time: invalid duration \"x\"")),
            ("9999999999h", Err("time: invalid duration \"9999999999h\"")),
        ] {
            let got = parse_go(text).map(go_string);
            assert_eq!(got.as_deref().map_err(String::as_str), printed, "{text:?}");
        }
    }
}
