//! Points in time as Kubernetes writes them. A time is nanoseconds since 1970 in UTC; what time it
//! is, only the simulation knows.

/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;

/// A time taken apart, in UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// 0 is Sunday.
    weekday: i64,
}

fn civil(nanoseconds: i64) -> Civil {
    let seconds = nanoseconds.div_euclid(SECOND);
    let (days, of_day) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    // Days since 0000-03-01 in eras of 400 years: leap days come last in such a year.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Civil {
        year,
        month,
        day,
        hour: of_day / 3600,
        minute: of_day / 60 % 60,
        second: of_day % 60,
        weekday: (days + 4).rem_euclid(7),
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `2026-11-21T20:04:14Z`: metav1.Time.
#[must_use]
pub fn rfc3339(nanoseconds: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = civil(nanoseconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `2026-11-21T20:04:14.000000Z`: metav1.MicroTime.
#[must_use]
pub fn rfc3339_micro(nanoseconds: i64) -> String {
    let text = rfc3339(nanoseconds);
    let micro = nanoseconds.rem_euclid(SECOND) / 1000;
    format!("{}.{micro:06}Z", text.trim_end_matches('Z'))
}

/// `2026-11-21T20:04:14.123456789Z` without trailing zeros: Go's RFC3339Nano, as in container logs.
#[must_use]
pub fn rfc3339_nano(nanoseconds: i64) -> String {
    let text = rfc3339(nanoseconds);
    let rest = nanoseconds.rem_euclid(SECOND);
    if rest == 0 {
        return text;
    }
    let digits = format!("{rest:09}");
    format!(
        "{}.{}Z",
        text.trim_end_matches('Z'),
        digits.trim_end_matches('0')
    )
}

/// `Sat, 21 Nov 2026 20:04:14 +0000`: how `kubectl describe` prints times.
#[must_use]
pub fn rfc1123z(nanoseconds: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
    } = civil(nanoseconds);
    let pick = |names: [&'static str; 12], index: i64| {
        usize::try_from(index)
            .ok()
            .and_then(|index| names.get(index).copied())
            .unwrap_or_default()
    };
    let weekday = pick(
        [
            "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "", "", "", "", "",
        ],
        weekday,
    );
    let month = pick(
        [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        month - 1,
    );
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

/// Reads RFC 3339 with `Z` or an offset and any fraction, in nanoseconds. `None` for anything else.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_at_checked(10)?;
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let time = time.strip_prefix(['T', 't'])?;
    let (clock, rest) = time.split_at_checked(8)?;
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let in_range = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..61).contains(&second);
    if !in_range || !(0..=9999).contains(&year) {
        return None;
    }
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(after) => after.split_at_checked(after.find(|c: char| !c.is_ascii_digit())?)?,
        None => ("", rest),
    };
    let mut nanoseconds = 0;
    for (digit, weight) in fraction.bytes().zip([
        100_000_000,
        10_000_000,
        1_000_000,
        100_000,
        10_000,
        1000,
        100,
        10,
        1,
    ]) {
        nanoseconds += i64::from(digit - b'0') * weight;
    }
    let offset = offset_seconds(zone)?;
    let seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    seconds.checked_mul(SECOND)?.checked_add(nanoseconds)
}

fn offset_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, clock) = match zone.strip_prefix('-') {
        Some(clock) => (-1, clock),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = clock.split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let at = parse_rfc3339("2026-11-21T20:04:14.0123Z").unwrap();
        assert_eq!(rfc3339(at), "2026-11-21T20:04:14Z");
        assert_eq!(rfc3339_micro(at), "2026-11-21T20:04:14.012300Z");
        assert_eq!(rfc3339_nano(at), "2026-11-21T20:04:14.0123Z");
        assert_eq!(rfc1123z(at), "Sat, 21 Nov 2026 20:04:14 +0000");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
        assert_eq!(
            parse_rfc3339("2024-02-29T23:59:59+01:00")
                .map(rfc3339)
                .as_deref(),
            Some("2024-02-29T22:59:59Z")
        );
        for wrong in [
            "",
            "2024-02-29",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z1",
            "ééééééééééé",
        ] {
            assert_eq!(parse_rfc3339(wrong), None, "{wrong:?}");
        }
    }
}
