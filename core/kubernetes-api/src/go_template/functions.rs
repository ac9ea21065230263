//! The functions that templates may call.

use std::cmp::Ordering;

use serde_json::Value;

use super::execute::Data;
use crate::json;

const NAMES: [&str; 20] = [
    "and",
    "base64decode",
    "eq",
    "exists",
    "ge",
    "gt",
    "html",
    "index",
    "js",
    "le",
    "len",
    "lt",
    "ne",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "slice",
    "urlquery",
];

/// Whether there is a function of this name.
pub(super) fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Calls a function; the error is Go's without the place.
pub(super) fn call(name: &str, arguments: &[Data]) -> Result<Data, String> {
    let one = || {
        arguments
            .first()
            .ok_or_else(|| format!("wrong number of args for {name}: want at least 1 got 0"))
    };
    match name {
        // The caller stops at the argument that decides, so the last one is the result.
        "and" | "or" => arguments
            .last()
            .cloned()
            .ok_or_else(|| format!("wrong number of args for {name}: want at least 1 got 0")),
        "not" => Ok(Data::bool(!one()?.truth())),
        "len" => length(one()?).map(Data::Int),
        "index" => index(arguments),
        "slice" => slice(arguments),
        "print" => Ok(Data::text(print(arguments, false))),
        "println" => Ok(Data::text(print(arguments, true))),
        "printf" => printf(arguments).map(Data::text),
        "html" => Ok(Data::text(html(&print(arguments, false)))),
        "js" => Ok(Data::text(
            json::compact(&Value::from(print(arguments, false))).trim_matches('"'),
        )),
        "urlquery" => Ok(Data::text(crate::path::query_encoded(&print(
            arguments, false,
        )))),
        "eq" => equal(arguments),
        "ne" => compare(arguments, |order| order != Ordering::Equal),
        "lt" => compare(arguments, Ordering::is_lt),
        "le" => compare(arguments, Ordering::is_le),
        "gt" => compare(arguments, Ordering::is_gt),
        "ge" => compare(arguments, Ordering::is_ge),
        "base64decode" => {
            let text = one()?.printed();
            let bytes = crate::base64::decode(&text).ok_or_else(|| {
                format!(
                    "base64 decode failed: illegal base64 data in {}",
                    json::quote_go(&text)
                )
            })?;
            Ok(Data::text(String::from_utf8_lossy(&bytes)))
        }
        "exists" => Ok(Data::bool(index(arguments).is_ok_and(|found| {
            !matches!(found, Data::Missing | Data::Json(Value::Null))
        }))),
        _ => Err("not a function".to_owned()),
    }
}

fn length(data: &Data) -> Result<i64, String> {
    let length = match data {
        Data::Json(Value::String(text)) => text.len(),
        Data::Json(Value::Array(items)) => items.len(),
        Data::Json(Value::Object(fields)) => fields.len(),
        Data::Missing | Data::Json(Value::Null) => {
            return Err("reflect: call of reflect.Value.Type on zero Value".to_owned());
        }
        other => return Err(format!("len of type {}", other.type_name())),
    };
    i64::try_from(length).map_err(|_| "len overflows".to_owned())
}

fn whole(data: &Data) -> Option<i64> {
    match data {
        Data::Int(number) => Some(*number),
        _ => None,
    }
}

fn index(arguments: &[Data]) -> Result<Data, String> {
    let (first, indexes) = arguments
        .split_first()
        .ok_or("wrong number of args for index: want at least 1 got 0")?;
    let mut current = first.clone();
    for index in indexes {
        current = match (&current, index) {
            (Data::Json(Value::Array(items)), index) => {
                let Some(at) = whole(index) else {
                    return Err(format!(
                        "cannot index slice/array with type {}",
                        index.type_name()
                    ));
                };
                let found = usize::try_from(at).ok().and_then(|at| items.get(at));
                let item = found.ok_or_else(|| format!("index out of range: {at}"))?;
                Data::Json(item.clone())
            }
            (Data::Json(Value::Object(fields)), Data::Json(Value::String(key))) => fields
                .get(key)
                .map_or(Data::Missing, |value| Data::Json(value.clone())),
            (Data::Json(Value::Object(_)), index) => {
                return Err(format!(
                    "value has type {}; should be string",
                    index.type_name()
                ));
            }
            (Data::Json(Value::String(text)), index) => {
                let at = whole(index).and_then(|at| usize::try_from(at).ok());
                let byte = at
                    .and_then(|at| text.as_bytes().get(at))
                    .ok_or_else(|| format!("index out of range: {}", index.printed()))?;
                Data::Int(i64::from(*byte))
            }
            (Data::Missing | Data::Json(Value::Null), _) => {
                return Err("index of untyped nil".to_owned());
            }
            (other, _) => return Err(format!("can't index item of type {}", other.type_name())),
        };
    }
    Ok(current)
}

fn slice(arguments: &[Data]) -> Result<Data, String> {
    let (first, bounds) = arguments
        .split_first()
        .ok_or("wrong number of args for slice: want at least 1 got 0")?;
    let length =
        length(first).map_err(|_| format!("can't slice item of type {}", first.type_name()))?;
    let bound = |at: usize, otherwise: i64| match bounds.get(at) {
        None => Ok(otherwise),
        Some(bound) => whole(bound)
            .filter(|bound| (0..=length).contains(bound))
            .ok_or_else(|| format!("index out of range: {}", bound.printed())),
    };
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    let range = usize::try_from(from).unwrap_or_default()..usize::try_from(to).unwrap_or_default();
    match first {
        Data::Json(Value::String(text)) => Ok(Data::text(text.get(range).unwrap_or_default())),
        Data::Json(Value::Array(items)) => Ok(Data::Json(
            items.get(range).unwrap_or_default().to_vec().into(),
        )),
        other => Err(format!("can't slice item of type {}", other.type_name())),
    }
}

/// Go's `Sprint` and `Sprintln`: blanks between all, or only between two that are no text.
fn print(arguments: &[Data], line: bool) -> String {
    let mut out = String::new();
    let mut before_is_text = true;
    for (position, data) in arguments.iter().enumerate() {
        let is_text = matches!(data, Data::Json(Value::String(_)));
        if position > 0 && (line || (!is_text && !before_is_text)) {
            out.push(' ');
        }
        out.push_str(&plain(data));
        before_is_text = is_text;
    }
    if line {
        out.push('\n');
    }
    out
}

fn plain(data: &Data) -> String {
    match data {
        Data::Missing | Data::Json(Value::Null) => "<nil>".to_owned(),
        other => other.printed(),
    }
}

fn html(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn order(left: &Data, right: &Data) -> Result<Ordering, String> {
    match (left, right) {
        (Data::Int(left), Data::Int(right)) => Ok(left.cmp(right)),
        (Data::Json(Value::String(left)), Data::Json(Value::String(right))) => Ok(left.cmp(right)),
        (Data::Json(Value::Number(left)), Data::Json(Value::Number(right))) => Ok(left
            .as_f64()
            .partial_cmp(&right.as_f64())
            .unwrap_or(Ordering::Equal)),
        (Data::Json(Value::Bool(left)), Data::Json(Value::Bool(right))) => Ok(left.cmp(right)),
        (Data::Json(Value::Array(_) | Value::Object(_)), _)
        | (_, Data::Json(Value::Array(_) | Value::Object(_))) => {
            Err("invalid type for comparison".to_owned())
        }
        _ => Err(format!(
            "incompatible types for comparison: {} and {}",
            left.type_name(),
            right.type_name()
        )),
    }
}

fn equal(arguments: &[Data]) -> Result<Data, String> {
    let (first, others) = arguments
        .split_first()
        .filter(|(_, others)| !others.is_empty())
        .ok_or("missing argument for comparison")?;
    let nothing = |data: &Data| matches!(data, Data::Missing | Data::Json(Value::Null));
    for other in others {
        let same = if nothing(first) || nothing(other) {
            nothing(first) == nothing(other)
        } else {
            order(first, other)?.is_eq()
        };
        if same {
            return Ok(Data::bool(true));
        }
    }
    Ok(Data::bool(false))
}

fn compare(arguments: &[Data], wanted: fn(Ordering) -> bool) -> Result<Data, String> {
    let [left, right] = arguments else {
        return Err(format!(
            "wrong number of args: want 2 got {}",
            arguments.len()
        ));
    };
    order(left, right).map(|order| Data::bool(wanted(order)))
}

/// Go's `Sprintf` with the verbs that templates use.
fn printf(arguments: &[Data]) -> Result<String, String> {
    let Some((Data::Json(Value::String(format)), rest)) = arguments.split_first() else {
        return Err("wrong type for value; expected string".to_owned());
    };
    let mut values = rest.iter();
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| "-+# 0".contains(*c)) {
            flags.push(flag);
        }
        let mut number = || {
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse::<usize>().ok().map(|width| width.min(1000))
        };
        let width = number().unwrap_or_default();
        let precision = if chars.next_if_eq(&'.').is_some() {
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            Some(digits.parse::<usize>().unwrap_or_default().min(1000))
        } else {
            None
        };
        let text = match chars.next() {
            None => "%!(NOVERB)".to_owned(),
            Some('%') => "%".to_owned(),
            Some(verb) => match values.next() {
                None => format!("%!{verb}(MISSING)"),
                Some(value) => formatted(verb, value, precision),
            },
        };
        let missing = width.saturating_sub(text.chars().count());
        if flags.contains('-') {
            out.push_str(&text);
            out.extend(std::iter::repeat_n(' ', missing));
        } else {
            out.extend(std::iter::repeat_n(
                if flags.contains('0') { '0' } else { ' ' },
                missing,
            ));
            out.push_str(&text);
        }
    }
    let extra: Vec<String> = values
        .map(|value| format!("{}={}", value.type_name(), plain(value)))
        .collect();
    if !extra.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    Ok(out)
}

fn formatted(verb: char, value: &Data, precision: Option<usize>) -> String {
    match (verb, value) {
        ('v', value) => plain(value),
        ('s', Data::Json(Value::String(text))) => precision.map_or_else(
            || text.clone(),
            |precision| text.chars().take(precision).collect(),
        ),
        ('s', Data::Json(Value::Array(_) | Value::Object(_))) => plain(value),
        ('q', Data::Json(Value::String(text))) => json::quote_go(text),
        ('t', Data::Json(Value::Bool(truth))) => truth.to_string(),
        ('d', Data::Int(number)) => number.to_string(),
        ('x', Data::Int(number)) => format!("{number:x}"),
        ('X', Data::Int(number)) => format!("{number:X}"),
        ('o', Data::Int(number)) => format!("{number:o}"),
        ('b', Data::Int(number)) => format!("{number:b}"),
        ('c', Data::Int(number)) => u32::try_from(*number)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{fffd}')
            .to_string(),
        ('f' | 'F', Data::Json(Value::Number(number))) => format!(
            "{:.*}",
            precision.unwrap_or(6),
            number.as_f64().unwrap_or_default()
        ),
        ('g', Data::Json(Value::Number(_))) => plain(value),
        ('T', value) => value.type_name().to_owned(),
        (verb, value) => format!("%!{verb}({}={})", value.type_name(), plain(value)),
    }
}
