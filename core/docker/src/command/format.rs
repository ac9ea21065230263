//! Ages, sizes and times as Docker words them. Models docker/go-units.

use machine::{Duration, Time};

/// `Less than a second`, `5 minutes`, `About an hour`, …
pub(crate) fn human_duration(span: Duration) -> String {
    let seconds = span.as_secs();
    let minutes = seconds / 60;
    let hours = (span.as_secs_f64() / 3600.0 + 0.5) as u64;
    match seconds {
        0 => "Less than a second".into(),
        1 => "1 second".into(),
        2..60 => format!("{seconds} seconds"),
        _ if minutes == 1 => "About a minute".into(),
        _ if minutes < 60 => format!("{minutes} minutes"),
        _ if hours == 1 => "About an hour".into(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 14 => format!("{} days", hours / 24),
        _ if hours < 24 * 60 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// An amount with the given number of significant digits: `1.85MB`.
pub(crate) fn human_size(bytes: u64, digits: usize) -> String {
    scaled(bytes, digits, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// An amount in powers of 1024: `23.54GiB`.
pub(crate) fn bytes_size(bytes: u64) -> String {
    scaled(bytes, 4, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

fn scaled(bytes: u64, digits: usize, base: f64, units: &[&str]) -> String {
    let mut value = bytes as f64;
    let mut unit = units.first().copied().unwrap_or("");
    for next in units.iter().skip(1) {
        if value < base {
            break;
        }
        value /= base;
        unit = next;
    }
    format!("{}{unit}", significant(value, digits))
}

/// As C's `%.Ng` for numbers from 0 to 1023.
fn significant(value: f64, digits: usize) -> String {
    let whole = if value >= 1.0 {
        value.log10().floor() as usize + 1
    } else {
        1
    };
    let places = digits.saturating_sub(whole);
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

/// `512m`, `1.5g`, `1024` as bytes.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let number = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = lower.strip_prefix(number)?;
    let factor = match unit {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "t" | "tb" | "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    (number >= 0.0).then_some((number * factor) as u64)
}

/// Year, month, day, hour, minute, second of a time in UTC.
fn civil(time: Time) -> (i64, u64, u64, u64, u64, u64) {
    let seconds = time.as_secs();
    let days = (seconds / 86_400) as i64;
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // Days since 1 March of the year 0, in eras of 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_index + 2) / 5 + 1) as u64;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u64, day, hour, minute, second)
}

/// `2026-11-21T20:42:12.473579616Z`; trailing zeros of the fraction are left out.
pub(crate) fn rfc3339(time: Time) -> String {
    let text = rfc3339_fixed(time);
    match text.strip_suffix('Z') {
        Some(text) => format!("{}Z", text.trim_end_matches('0').trim_end_matches('.')),
        None => text,
    }
}

/// The same with all nine digits, as in logs.
pub(crate) fn rfc3339_fixed(time: Time) -> String {
    let (year, month, day, hour, minute, second) = civil(time);
    let nanos = time.as_nanos() % 1_000_000_000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
}

/// `2026-11-21 20:42:04 +0000 UTC`.
pub(crate) fn go_time(time: Time) -> String {
    let (year, month, day, hour, minute, second) = civil(time);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} +0000 UTC")
}

/// `20:42`.
pub(crate) fn clock(time: Time) -> String {
    let (_, _, _, hour, minute, _) = civil(time);
    format!("{hour:02}:{minute:02}")
}

/// A point in time as `--since` takes it: a Unix time, a Go duration before now, or a date.
pub(crate) fn parse_time(text: &str, now: Time) -> Option<Time> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds >= 0.0).then(|| Time::from_nanos((seconds * 1e9) as u64));
    }
    if let Some(span) = parse_duration(text) {
        return Some(now - span);
    }
    let (date, rest) = text
        .split_once(['T', ' '])
        .map_or((text, ""), |(date, rest)| (date, rest));
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || parts.next().is_some() {
        return None;
    }
    let clock = rest.trim_end_matches('Z');
    let mut seconds = 0.0;
    if !clock.is_empty() {
        let mut parts = clock.split(':').map(|part| part.parse::<f64>().ok());
        let (hour, minute) = (parts.next()??, parts.next().flatten().unwrap_or(0.0));
        seconds = hour * 3600.0 + minute * 60.0 + parts.next().flatten().unwrap_or(0.0);
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let month_index = (month + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let nanos = u64::try_from(days).ok()?.checked_mul(86_400_000_000_000)?;
    Some(Time::from_nanos(
        nanos.saturating_add((seconds * 1e9) as u64),
    ))
}

/// A Go duration: `1h30m`, `10s`, `300ms`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, tail) = rest.split_at_checked(end)?;
        let end = tail
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(end)?;
        let factor = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = tail;
    }
    Duration::try_from_secs_f64(total).ok()
}

/// A span as Go writes it: `1m30s`, `300ms`, `0s`.
pub(crate) fn go_duration(span: Duration) -> String {
    let (seconds, nanos) = (span.as_secs(), span.subsec_nanos());
    let fraction = |value: u32, digits: usize| {
        let text = format!("{value:0digits$}");
        let text = text.trim_end_matches('0').to_string();
        if text.is_empty() {
            text
        } else {
            format!(".{text}")
        }
    };
    match (seconds, nanos) {
        (0, 0) => "0s".into(),
        (0, 1..1_000) => format!("{nanos}ns"),
        (0, 1_000..1_000_000) => format!("{}{}µs", nanos / 1_000, fraction(nanos % 1_000, 3)),
        (0, _) => format!("{}{}ms", nanos / 1_000_000, fraction(nanos % 1_000_000, 6)),
        _ => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let rest = format!("{}{}s", seconds % 60, fraction(nanos, 9));
            match (hours, minutes) {
                (0, 0) => rest,
                (0, minutes) => format!("{minutes}m{rest}"),
                (hours, minutes) => format!("{hours}h{minutes}m{rest}"),
            }
        }
    }
}

/// At most `width` characters, the last one an ellipsis when something was cut.
pub(crate) fn ellipsis(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_sizes_and_times() {
        let cases = [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (120, "2 minutes"),
            (3600, "About an hour"),
            (2 * 86_400, "2 days"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(human_duration(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(human_size(1_845_072, 3), "1.85MB");
        assert_eq!(human_size(446_000_000, 3), "446MB");
        assert_eq!(human_size(3_072, 4), "3.072kB");
        assert_eq!(human_size(0, 3), "0B");
        assert_eq!(bytes_size(901_120), "880KiB");
        let time = Time::from_nanos(1_795_293_732_500_000_000);
        assert_eq!(rfc3339(time), "2026-11-21T20:42:12.5Z");
        assert_eq!(
            parse_time("2026-11-21T20:42:12.5Z", Time::default()),
            Some(time)
        );
        assert_eq!(parse_time("yesterday", time), None);
        assert_eq!(parse_bytes("64m"), Some(64 << 20));
        assert_eq!(go_duration(Duration::from_millis(90_500)), "1m30.5s");
        assert_eq!(go_duration(Duration::from_millis(1_250) / 1_000), "1.25ms");
        assert_eq!(go_duration(Duration::ZERO), "0s");
    }
}
