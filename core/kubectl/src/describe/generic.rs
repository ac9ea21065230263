//! The page of any other kind: its fields as they are, under readable titles.
//!
//! Models kubectl `pkg/describe` (`GenericDescriber`, `smartLabelFor`).

use super::Subject;
use super::page::{Page, plain};
use serde_json::Value;

/// Fields that the head of the page shows already, or that nobody wants to read.
const SKIPPED: [&str; 5] = [
    ".metadata.managedFields",
    ".metadata.name",
    ".metadata.namespace",
    ".metadata.labels",
    ".metadata.annotations",
];
/// Words that are written in capitals.
const ACRONYMS: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];

/// Writes the page without its events.
pub fn describe(subject: &Subject<'_>, page: &mut Page) {
    page.identity(subject.object);
    page.metadata(subject.object);
    fields(page, 0, subject.object, "");
}

fn fields(page: &mut Page, level: usize, value: &Value, path: &str) {
    let Some(all) = value.as_object() else { return };
    for (key, field) in all {
        let path = format!("{path}.{key}");
        if SKIPPED.contains(&path.as_str()) {
            continue;
        }
        match field {
            Value::Object(_) => {
                page.line(level, format!("{}:", title(key)));
                fields(page, level + 1, field, &path);
            }
            Value::Array(items) => {
                page.line(level, format!("{}:", title(key)));
                for item in items {
                    match item {
                        Value::Object(_) => fields(page, level + 1, item, &path),
                        other => page.line(level + 1, plain(other)),
                    }
                }
            }
            other => page.field(level, &title(key), plain(other)),
        }
    }
}

/// `creationTimestamp` as `Creation Timestamp`.
fn title(field: &str) -> String {
    if field.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return field.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut before_upper = false;
    let chars: Vec<char> = field.chars().collect();
    for (index, c) in chars.iter().enumerate() {
        let next_lower = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase() && (!before_upper || next_lower) || *c == '-';
        before_upper = c.is_uppercase();
        match parts.last_mut() {
            Some(part) if !starts => part.push(*c),
            _ => parts.push(c.to_string()),
        }
    }
    let words: Vec<String> = parts
        .into_iter()
        .map(|part| {
            let upper = part.to_uppercase();
            if ACRONYMS.contains(&upper.as_str()) {
                return upper;
            }
            let mut chars = part.chars();
            match chars.next() {
                Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
                None => part,
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles() {
        assert_eq!(title("creationTimestamp"), "Creation Timestamp");
        assert_eq!(title("apiVersion"), "API Version");
        assert_eq!(title("uid"), "UID");
        assert_eq!(title("podIP"), "Pod IP");
        assert_eq!(title("a.b"), "a.b");
    }
}
