//! The difference of two specs as the refusal of a pod update shows it.
//!
//! Upstream prints a unified difference of its internal types; their field names begin with a
//! capital.

use kubernetes_api::json;
use serde_json::{Map, Value};

/// Lines around a change.
const CONTEXT: usize = 3;
/// More lines than this are not compared.
const LINES_MAX: usize = 2_000;

/// A unified difference without file names.
pub(super) fn of(before: &Value, after: &Value) -> String {
    let text = |value: &Value| json::indented(&internal(value), " ");
    let (before, after) = (text(before), text(after));
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    if before.len().max(after.len()) > LINES_MAX {
        return String::new();
    }
    let same = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    let rest = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(|(a, b)| a == b)
        .count()
        .min(before.len().min(after.len()) - same);
    let start = same.saturating_sub(CONTEXT);
    let (gone, new) = (before.len() - rest, after.len() - rest);
    let (end_before, end_after) = (
        (gone + CONTEXT).min(before.len()),
        (new + CONTEXT).min(after.len()),
    );
    let mut text = format!(
        "@@ -{},{} +{},{} @@\n",
        start + 1,
        end_before - start,
        start + 1,
        end_after - start
    );
    let lines = |from: usize, to: usize, of: &[&str], mark: char| -> String {
        of.iter()
            .take(to)
            .skip(from)
            .map(|line| format!("{mark}{line}\n"))
            .collect()
    };
    text.push_str(&lines(start, same, &before, ' '));
    text.push_str(&lines(same, gone, &before, '-'));
    text.push_str(&lines(same, new, &after, '+'));
    text.push_str(&lines(gone, end_before, &before, ' '));
    text
}

fn internal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let renamed = fields.iter().map(|(key, value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                let name: String = first.into_iter().chain(letters).collect();
                (name, internal(value))
            });
            Value::Object(renamed.collect::<Map<String, Value>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(internal).collect()),
        other => other.clone(),
    }
}
