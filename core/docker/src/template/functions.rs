//! The functions of templates: Go's own and the docker command's.

use serde_json::Value;

/// Why a call failed.
pub(super) struct Failure(pub(super) String);

pub(super) const NAMES: &[&str] = &[
    "and",
    "or",
    "not",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "len",
    "index",
    "slice",
    "print",
    "printf",
    "println",
    "html",
    "js",
    "urlquery",
    "json",
    "prettyjson",
    "split",
    "join",
    "title",
    "lower",
    "upper",
    "pad",
    "truncate",
    "trim",
    "println_",
    "table",
];

pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// As Go's `fmt.Print` shows a value.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Null => "<no value>".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(show_inner).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(map) => {
            let items: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}:{}", show_inner(value)))
                .collect();
            format!("map[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

fn show_inner(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        other => show(other),
    }
}

pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn text(value: Option<&Value>) -> String {
    value.map(show).unwrap_or_default()
}

fn equal(one: &Value, other: &Value) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn less(one: &Value, other: &Value) -> Result<bool, Failure> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Ok(one < other),
        _ => match (number(one), number(other)) {
            (Some(one), Some(other)) => Ok(one < other),
            _ => Err(Failure("incompatible types for comparison".into())),
        },
    }
}

pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, Failure> {
    let null = Value::Null;
    let first = arguments.first().unwrap_or(&null);
    let second = arguments.get(1).unwrap_or(&null);
    Ok(match name {
        "not" => Value::Bool(!truth(first)),
        "eq" => Value::Bool(arguments.iter().skip(1).any(|other| equal(first, other))),
        "ne" => Value::Bool(!equal(first, second)),
        "lt" => Value::Bool(less(first, second)?),
        "ge" => Value::Bool(!less(first, second)?),
        "gt" => Value::Bool(less(second, first)?),
        "le" => Value::Bool(!less(second, first)?),
        "len" => Value::from(match first {
            Value::String(text) => text.len(),
            Value::Array(items) => items.len(),
            Value::Object(map) => map.len(),
            Value::Null => 0,
            other => return Err(Failure(format!("len of type {}", type_name(other)))),
        }),
        "index" => index(first, arguments.get(1..).unwrap_or_default())?,
        "slice" => slice(first, arguments.get(1..).unwrap_or_default())?,
        "print" => Value::String(arguments.iter().map(show).collect()),
        "println" => {
            let words: Vec<String> = arguments.iter().map(show).collect();
            Value::String(words.join(" ") + "\n")
        }
        "printf" => {
            let format = text(Some(first));
            Value::String(printf(&format, arguments.get(1..).unwrap_or_default()))
        }
        "json" => Value::String(crate::json::go(first)),
        "prettyjson" => Value::String(crate::json::indented(first, "    ")),
        "html" => Value::String(text(Some(first)).replace('&', "&amp;").replace('<', "&lt;")),
        "js" | "urlquery" => Value::String(machine::http::encode(&text(Some(first)))),
        "split" => {
            let (all, separator) = (text(Some(first)), text(arguments.get(1)));
            Value::from(all.split(separator.as_str()).collect::<Vec<_>>())
        }
        "join" => {
            let items: Vec<String> = match first {
                Value::Array(items) => items.iter().map(show).collect(),
                other => vec![show(other)],
            };
            Value::String(items.join(&text(arguments.get(1))))
        }
        "title" => {
            let text = text(Some(first));
            let mut letters = text.chars();
            let head = letters
                .next()
                .map(|letter| letter.to_uppercase().to_string());
            Value::String(head.unwrap_or_default() + letters.as_str())
        }
        "lower" => Value::String(text(Some(first)).to_lowercase()),
        "upper" => Value::String(text(Some(first)).to_uppercase()),
        "trim" => Value::String(text(Some(first)).trim().to_string()),
        "pad" => {
            let count = |at: usize| {
                arguments
                    .get(at)
                    .and_then(Value::as_u64)
                    .unwrap_or(0)
                    .min(1000)
            };
            let (before, after) = (count(1) as usize, count(2) as usize);
            let text = text(Some(first));
            Value::String(format!("{}{text}{}", " ".repeat(before), " ".repeat(after)))
        }
        "truncate" => {
            let count = second.as_u64().unwrap_or(0) as usize;
            Value::String(text(Some(first)).chars().take(count).collect())
        }
        _ => first.clone(),
    })
}

fn index(value: &Value, keys: &[Value]) -> Result<Value, Failure> {
    let mut value = value.clone();
    for key in keys {
        value = match (&value, key) {
            (Value::Array(items), key) => {
                let at = key.as_i64().unwrap_or(-1);
                let item = usize::try_from(at).ok().and_then(|at| items.get(at));
                item.cloned()
                    .ok_or_else(|| Failure(format!("reflect: slice index out of range: {at}")))?
            }
            (Value::Object(map), key) => map.get(&show(key)).cloned().unwrap_or_default(),
            (Value::Null, _) => return Err(Failure("index of untyped nil".into())),
            (other, _) => {
                return Err(Failure(format!(
                    "can't index item of type {}",
                    type_name(other)
                )));
            }
        };
    }
    Ok(value)
}

fn slice(value: &Value, bounds: &[Value]) -> Result<Value, Failure> {
    let bound = |at: usize, or: usize| {
        let given = bounds.get(at).and_then(Value::as_u64);
        given.map_or(or, |given| given as usize)
    };
    let range = |length: usize| {
        let (from, to) = (bound(0, 0), bound(1, length));
        if from > to || to > length {
            Err(Failure(format!("index out of range: {to}")))
        } else {
            Ok((from, to))
        }
    };
    match value {
        Value::String(text) => {
            let (from, to) = range(text.len())?;
            Ok(Value::from(text.get(from..to).unwrap_or_default()))
        }
        Value::Array(items) => {
            let (from, to) = range(items.len())?;
            Ok(Value::from(
                items.get(from..to).unwrap_or_default().to_vec(),
            ))
        }
        other => Err(Failure(format!(
            "can't slice item of type {}",
            type_name(other)
        ))),
    }
}

/// The verbs that formats of the docker command use.
fn printf(format: &str, arguments: &[Value]) -> String {
    let mut shown = String::new();
    let mut next = arguments.iter();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            shown.push(letter);
            continue;
        }
        let mut flags = String::new();
        let verb = loop {
            match letters.next() {
                Some(flag) if flag.is_ascii_digit() || matches!(flag, '-' | '.' | '+') => {
                    flags.push(flag);
                }
                other => break other,
            }
        };
        let Some(verb) = verb else {
            shown.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            shown.push('%');
            continue;
        }
        let Some(value) = next.next() else {
            shown.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let (width, precision) = flags.split_once('.').unwrap_or((&flags, ""));
        let text = match verb {
            'q' => format!("{:?}", show(value)),
            'f' => {
                let places = precision.parse().unwrap_or(6usize).min(30);
                format!("{:.*}", places, value.as_f64().unwrap_or_default())
            }
            'x' => value
                .as_i64()
                .map_or(show(value), |number| format!("{number:x}")),
            _ => show(value),
        };
        let left = width.starts_with('-');
        let width = width.trim_start_matches(['-', '+']);
        let zero = width.starts_with('0') && verb == 'd';
        let width = width.parse().unwrap_or(0usize).min(1000);
        let missing = width.saturating_sub(text.chars().count());
        let padding = if zero { "0" } else { " " }.repeat(missing);
        if left {
            shown.push_str(&(text + &padding));
        } else {
            shown.push_str(&(padding + &text));
        }
    }
    shown
}
