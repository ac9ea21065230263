//! The times of a CronJob: five fields, or a word such as `@hourly`.
//!
//! Models github.com/robfig/cron `ParseStandard`, with its words for what is wrong. Times are UTC.

/// A minute in nanoseconds.
const MINUTE: i64 = 60_000_000_000;
/// Minutes of a day.
const DAY_MINUTES: i64 = 1_440;
/// Days after which a schedule that never matched (30 February) is given up, as upstream.
const DAYS_MAX: i64 = 5 * 366;

/// A field's name, its least and greatest value, and the words that stand for its values from the
/// least one on.
struct Field {
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        least: 0,
        most: 59,
        words: &[],
    },
    Field {
        least: 0,
        most: 23,
        words: &[],
    },
    Field {
        least: 1,
        most: 31,
        words: &[],
    },
    Field {
        least: 1,
        most: 12,
        words: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        least: 0,
        most: 6,
        words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// When something is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// At the minutes whose parts are among the bits; the last two say whether a day of the month
    /// or of the week was asked for.
    Fields {
        /// Minutes, hours, days of the month, months, days of the week.
        bits: [u64; 5],
        /// Whether the day of the month is `*`.
        any_day: bool,
        /// Whether the day of the week is `*`.
        any_weekday: bool,
    },
    /// After each such span of nanoseconds.
    Every(i64),
}

impl Schedule {
    /// Reads a schedule.
    ///
    /// # Errors
    /// What is wrong, in upstream's words.
    pub fn parse(text: &str) -> Result<Schedule, String> {
        if text.is_empty() {
            return Err("empty spec string".to_owned());
        }
        if text.starts_with('@') {
            return descriptor(text);
        }
        let parts: Vec<&str> = text.split_whitespace().collect();
        if parts.len() != FIELDS.len() {
            return Err(format!(
                "expected exactly 5 fields, found {}: [{}]",
                parts.len(),
                parts.join(" ")
            ));
        }
        let mut bits = [0; 5];
        let mut any = [false; 5];
        for (((bits, any), field), part) in bits.iter_mut().zip(&mut any).zip(&FIELDS).zip(parts) {
            for range in part.split(',') {
                let (range, all) = field.range(range)?;
                *bits |= range;
                *any |= all;
            }
        }
        let [_, _, any_day, _, any_weekday] = any;
        Ok(Schedule::Fields {
            bits,
            any_day,
            any_weekday,
        })
    }

    /// The first time after one, both in nanoseconds since the epoch; nothing when there is none.
    #[must_use]
    pub fn next(&self, after: i64) -> Option<i64> {
        match self {
            Schedule::Every(span) => {
                let second = 1_000_000_000;
                Some((after + span.max(&second)) / second * second)
            }
            Schedule::Fields {
                bits: [minutes, hours, _, _, _],
                ..
            } => {
                let mut minute = after.div_euclid(MINUTE) + 1;
                let last = minute + DAYS_MAX * DAY_MINUTES;
                while minute < last {
                    let day = minute.div_euclid(DAY_MINUTES);
                    let of_day = minute.rem_euclid(DAY_MINUTES);
                    if !self.is_day(day) {
                        minute = (day + 1) * DAY_MINUTES;
                    } else if hours & (1 << (of_day / 60)) == 0 {
                        minute = day * DAY_MINUTES + (of_day / 60 + 1) * 60;
                    } else if minutes & (1 << (of_day % 60)) == 0 {
                        minute += 1;
                    } else {
                        return Some(minute * MINUTE);
                    }
                }
                None
            }
        }
    }

    fn is_day(&self, day: i64) -> bool {
        let Schedule::Fields {
            bits: [_, _, days, months, weekdays],
            any_day,
            any_weekday,
        } = self
        else {
            return true;
        };
        let (month, of_month) = civil(day);
        let weekday = (day + 4).rem_euclid(7);
        let (by_day, by_weekday) = (days & (1 << of_month) != 0, weekdays & (1 << weekday) != 0);
        let matches = if *any_day || *any_weekday {
            by_day && by_weekday
        } else {
            by_day || by_weekday
        };
        months & (1 << month) != 0 && matches
    }
}

/// Month and day of the month of a day since the epoch.
fn civil(day: i64) -> (i64, i64) {
    // Days from 1 March of year 0, so that a leap day is the last one of its year.
    let shifted = day + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    (if month < 10 { month + 3 } else { month - 9 }, of_month)
}

fn descriptor(text: &str) -> Result<Schedule, String> {
    if let Some(span) = text.strip_prefix("@every ") {
        return kubernetes_api::duration::parse_go(span)
            .map(Schedule::Every)
            .map_err(|why| format!("failed to parse duration {text}: {why}"));
    }
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => return Err(format!("unrecognized descriptor: {text}")),
    };
    Schedule::parse(fields)
}

impl Field {
    /// The bits of `N`, `N-M`, `*`, each with or without `/STEP`, and whether it means all.
    fn range(&self, text: &str) -> Result<(u64, bool), String> {
        let mut slashes = text.split('/');
        let span = slashes.next().unwrap_or_default();
        let step_text = slashes.next();
        let mut hyphens = span.split('-');
        let low_text = hyphens.next().unwrap_or_default();
        let high_text = hyphens.next();
        let single = high_text.is_none();
        let mut all = false;
        let (low, mut high) = if matches!(low_text, "*" | "?") {
            all = true;
            (self.least, self.most)
        } else {
            let low = self.value(low_text)?;
            if hyphens.next().is_some() {
                return Err(format!("too many hyphens: {text}"));
            }
            (low, high_text.map_or(Ok(low), |high| self.value(high))?)
        };
        let step = match step_text {
            None => 1,
            Some(step) => {
                if slashes.next().is_some() {
                    return Err(format!("too many slashes: {text}"));
                }
                let step = number(step)?;
                if single {
                    high = self.most;
                }
                all &= step <= 1;
                step
            }
        };
        if low < self.least {
            return Err(format!(
                "beginning of range ({low}) below minimum ({}): {text}",
                self.least
            ));
        }
        if high > self.most {
            return Err(format!(
                "end of range ({high}) above maximum ({}): {text}",
                self.most
            ));
        }
        if low > high {
            return Err(format!(
                "beginning of range ({low}) beyond end of range ({high}): {text}"
            ));
        }
        if step == 0 {
            return Err(format!("step of range should be a positive number: {text}"));
        }
        let stride = usize::try_from(step).unwrap_or(usize::MAX);
        let bits = (low..=high)
            .step_by(stride)
            .fold(0, |bits, bit| bits | 1_u64 << bit);
        Ok((bits, all))
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let lower = text.to_lowercase();
        let word = (self.least..)
            .zip(self.words)
            .find(|(_, word)| **word == lower);
        match word {
            Some((value, _)) => Ok(value),
            None => number(text),
        }
    }
}

fn number(text: &str) -> Result<u32, String> {
    let value: i64 = text.parse().map_err(|_| {
        let quoted = kubernetes_api::json::quote_go(text);
        format!("failed to parse int from {text}: strconv.Atoi: parsing {quoted}: invalid syntax")
    })?;
    u32::try_from(value).map_err(|_| format!("negative number ({value}) not allowed: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use kubernetes_api::time;

    fn next(schedule: &str, after: &str) -> String {
        let after = time::parse_rfc3339(after).unwrap();
        match Schedule::parse(schedule).map(|schedule| schedule.next(after)) {
            Ok(Some(next)) => time::rfc3339(next),
            Ok(None) => "never".to_owned(),
            Err(why) => why,
        }
    }

    #[test]
    fn next_times() {
        for (schedule, expected) in [
            ("* * * * *", "2026-11-21T20:32:00Z"),
            ("0 * * * *", "2026-11-21T21:00:00Z"),
            ("*/20 3 * * *", "2026-11-22T03:00:00Z"),
            ("30 4 1,15 * 5", "2026-11-27T04:30:00Z"),
            ("0 0 29 feb *", "2028-02-29T00:00:00Z"),
            ("0 0 30 2 *", "never"),
            ("@weekly", "2026-11-22T00:00:00Z"),
            ("@every 1h30m", "2026-11-21T22:01:30Z"),
        ] {
            assert_eq!(
                next(schedule, "2026-11-21T20:31:30Z"),
                expected,
                "{schedule}"
            );
        }
    }

    #[test]
    fn mistakes_have_upstreams_words() {
        let wrong = [
            "every minute",
            "60 * * * *",
            "* * 0 * *",
            "5-2 * * * *",
            "x * * * *",
            "1-2-3 * * * *",
            "*/0 * * * *",
            "*/1/2 * * * *",
            "-1 * * * *",
            "@often",
            "@every x",
        ];
        let said: Vec<String> = wrong
            .iter()
            .map(|text| next(text, "2026-11-21T20:31:30Z"))
            .collect();
        expect![[r#"
            expected exactly 5 fields, found 2: [every minute]
            end of range (60) above maximum (59): 60
            beginning of range (0) below minimum (1): 0
            beginning of range (5) beyond end of range (2): 5-2
            failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax
            too many hyphens: 1-2-3
            step of range should be a positive number: */0
            too many slashes: */1/2
            failed to parse int from : strconv.Atoi: parsing "": invalid syntax
            unrecognized descriptor: @often
            failed to parse duration @every x: time: invalid duration "x""#]]
        .assert_eq(&said.join("\n"));
    }
}
