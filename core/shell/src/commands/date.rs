//! `date`.

use super::Context;
use super::list::{Calendar, DAYS, MONTHS};
use machine::{ExitStatus, Time};

pub(super) async fn date(context: Context) -> ExitStatus {
    let words: Vec<&String> = context.arguments.iter().skip(1).collect();
    let now = context.process.simulation().now();
    let mut at = now;
    let mut format = None;
    let mut rest = words.into_iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-u" | "--utc" => {}
            "-d" | "--date" => {
                let text = rest.next().map_or("", String::as_str);
                match text
                    .strip_prefix('@')
                    .and_then(|seconds| seconds.parse().ok())
                {
                    Some(seconds) => at = Time::from_secs(seconds),
                    None if matches!(text, "now" | "") => {}
                    None => {
                        context.complain(format!("invalid date '{text}'")).await;
                        return ExitStatus::FAILURE;
                    }
                }
            }
            "-Iseconds" => format = Some("%Y-%m-%dT%H:%M:%S+00:00".to_string()),
            "-I" => format = Some("%Y-%m-%d".to_string()),
            "-R" => format = Some("%a, %d %b %Y %H:%M:%S +0000".to_string()),
            other => match other.strip_prefix('+') {
                Some(text) => format = Some(text.to_string()),
                None => {
                    context.complain(format!("invalid date '{other}'")).await;
                    return ExitStatus::FAILURE;
                }
            },
        }
    }
    let text = format_date(
        at,
        &format.unwrap_or_else(|| "%a %b %e %H:%M:%S UTC %Y".into()),
    );
    context.process.print(text + "\n").await;
    ExitStatus::SUCCESS
}

fn format_date(time: Time, format: &str) -> String {
    let date = Calendar::of(time);
    let full = |names: &[&'static str], index: usize| names.get(index).copied().unwrap_or("");
    let mut text = String::new();
    let mut rest = format.chars();
    while let Some(character) = rest.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let mut letter = rest.next();
        let digits: String = std::iter::from_fn(|| {
            let digit = letter.filter(char::is_ascii_digit)?;
            letter = rest.next();
            Some(digit)
        })
        .collect();
        match letter {
            Some('Y') => text.push_str(&date.year.to_string()),
            Some('y') => text.push_str(&format!("{:02}", date.year % 100)),
            Some('m') => text.push_str(&format!("{:02}", date.month)),
            Some('d') => text.push_str(&format!("{:02}", date.day)),
            Some('e') => text.push_str(&format!("{:>2}", date.day)),
            Some('H') => text.push_str(&format!("{:02}", date.hour)),
            Some('I') => text.push_str(&format!("{:02}", (date.hour + 11) % 12 + 1)),
            Some('M') => text.push_str(&format!("{:02}", date.minute)),
            Some('S') => text.push_str(&format!("{:02}", date.second)),
            Some('p') => text.push_str(if date.hour < 12 { "AM" } else { "PM" }),
            Some('j') => text.push_str(&format!("{:03}", date.day_of_year)),
            Some('a') => text.push_str(date.day_short()),
            Some('A') => text.push_str(full(&DAYS, date.weekday)),
            Some('b' | 'h') => text.push_str(date.month_short()),
            Some('B') => text.push_str(full(&MONTHS, date.month - 1)),
            Some('F') => text.push_str(&format!("{}-{:02}-{:02}", date.year, date.month, date.day)),
            Some('T') => text.push_str(&format!(
                "{:02}:{:02}:{:02}",
                date.hour, date.minute, date.second
            )),
            Some('s') => text.push_str(&time.as_secs().to_string()),
            Some('N') => {
                let nanos = format!("{:09}", time.as_nanos() % 1_000_000_000);
                let width = digits.parse().unwrap_or(9);
                text.push_str(nanos.get(..width).unwrap_or(&nanos));
            }
            Some('Z') => text.push_str("UTC"),
            Some('z') => text.push_str("+0000"),
            Some('u') => {
                text.push_str(&(if date.weekday == 0 { 7 } else { date.weekday }).to_string())
            }
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('%') => text.push('%'),
            Some(other) => text.extend(['%', other]),
            None => text.push('%'),
        }
    }
    text
}
