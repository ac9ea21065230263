//! The text of a description while it is written, and the forms that lines of many kinds share.

use crate::printing::columns::Columns;
use kubernetes_api::object::{annotations, get_i64, get_list, get_str, labels, name, namespace};
use kubernetes_api::{duration, time};
use serde_json::{Map, Value};

/// The annotation of `kubectl apply`, which nobody wants to read.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Characters of an annotation's line; longer ones get lines of their own and are cut.
const ANNOTATION_CHARACTERS: usize = 140;

/// A description while it is written.
pub struct Page {
    now: i64,
    text: String,
    done: String,
}

impl Page {
    /// An empty page, at a time in nanoseconds.
    pub fn new(now: i64) -> Page {
        Page {
            now,
            text: String::new(),
            done: String::new(),
        }
    }

    /// One line, two blanks in for each level.
    pub fn line(&mut self, level: usize, text: impl AsRef<str>) {
        self.text.extend(std::iter::repeat_n("  ", level));
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// `KEY:` and a value in the next column.
    pub fn field(&mut self, level: usize, key: &str, value: impl std::fmt::Display) {
        self.line(level, format!("{key}:\t{value}"));
    }

    /// Ends the alignment of what was written so far.
    pub fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            self.done.push_str(&Columns::describe().align(&text));
        }
    }

    /// The whole text.
    pub fn finish(mut self) -> String {
        self.flush();
        self.done
    }

    /// The whole text with its tabs.
    pub fn raw(self) -> String {
        self.done + &self.text
    }

    /// How long ago a time was.
    pub fn since(&self, rfc3339: &str) -> String {
        match time::parse_rfc3339(rfc3339) {
            Some(then) => duration::human(self.now.saturating_sub(then)),
            None => "<unknown>".to_owned(),
        }
    }

    /// Name and namespace.
    pub fn identity(&mut self, object: &Value) {
        self.field(0, "Name", name(object));
        self.field(0, "Namespace", namespace(object));
    }

    /// Labels and annotations.
    pub fn metadata(&mut self, object: &Value) {
        self.pairs("Labels", labels(object));
        self.annotations("Annotations", annotations(object));
    }

    /// `key=value` lines under a title.
    pub fn pairs(&mut self, title: &str, pairs: Option<&Map<String, Value>>) {
        let pairs = pairs.filter(|pairs| !pairs.is_empty());
        let Some(pairs) = pairs else {
            return self.line(0, format!("{title}:\t<none>"));
        };
        for (index, (key, value)) in pairs.iter().enumerate() {
            let head = if index == 0 {
                format!("{title}:")
            } else {
                String::new()
            };
            self.line(0, format!("{head}\t{key}={}", plain(value)));
        }
    }

    /// Annotations under a title, long ones on lines of their own.
    pub fn annotations(&mut self, title: &str, all: Option<&Map<String, Value>>) {
        let shown: Vec<(&String, &Value)> = all
            .into_iter()
            .flatten()
            .filter(|(key, _)| *key != LAST_APPLIED)
            .collect();
        if shown.is_empty() {
            return self.line(0, format!("{title}:\t<none>"));
        }
        for (index, (key, value)) in shown.into_iter().enumerate() {
            let head = if index == 0 {
                format!("{title}:")
            } else {
                String::new()
            };
            let value = plain(value);
            let value = value.strip_suffix('\n').unwrap_or(&value);
            if key.len() + value.len() + 2 <= ANNOTATION_CHARACTERS && !value.contains('\n') {
                self.line(0, format!("{head}\t{key}: {value}"));
                continue;
            }
            self.line(0, format!("{head}\t{key}:"));
            for line in value.split('\n') {
                let cut: String = line.chars().take(ANNOTATION_CHARACTERS - 2).collect();
                let cut = if line.chars().count() > ANNOTATION_CHARACTERS - 2 {
                    format!("{cut}...")
                } else {
                    line.to_owned()
                };
                self.line(0, format!("\t  {cut}"));
            }
        }
    }

    /// `Controlled By: ReplicaSet/x`.
    pub fn controller(&mut self, object: &Value) {
        if let Some(owner) = kubernetes_api::object::controller_reference(object) {
            let text = format!(
                "{}/{}",
                get_str(owner, &["kind"]),
                get_str(owner, &["name"])
            );
            self.field(0, "Controlled By", text);
        }
    }

    /// A list of resources under a title: `Capacity:` with `cpu: 2` below.
    pub fn resource_list(&mut self, level: usize, title: &str, list: Option<&Map<String, Value>>) {
        if let Some(list) = list.filter(|list| !list.is_empty()) {
            self.line(level, format!("{title}:"));
            for (key, value) in list {
                self.field(level + 1, key, plain(value));
            }
        }
    }
}

/// A value as Go's `%v` shows it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        Value::Number(number) => kubernetes_api::json::number_text(number),
        Value::Array(items) => {
            let all: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", all.join(" "))
        }
        Value::Object(fields) => {
            let all: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{key}:{}", plain(value)))
                .collect();
            format!("map[{}]", all.join(" "))
        }
        Value::Bool(truth) => truth.to_string(),
    }
}

/// A time as descriptions show it: `Sat, 21 Nov 2026 20:04:14 +0000`.
pub fn date(rfc3339: &str) -> String {
    match time::parse_rfc3339(rfc3339) {
        Some(then) => time::rfc1123z(then),
        // Go's zero time in a status that was never filled.
        None => "Mon, 01 Jan 0001 00:00:00 +0000".to_owned(),
    }
}

/// `True` or `False`.
pub fn title_bool(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

/// The text, or a stand-in for an empty one.
pub fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The whole number at a path, or a stand-in.
pub fn number_or(object: &Value, path: &[&str], otherwise: &str) -> String {
    get_i64(object, path).map_or_else(|| otherwise.to_owned(), |number| number.to_string())
}

/// The whole number at a path, 0 when it is missing.
pub fn number(object: &Value, path: &[&str]) -> i64 {
    get_i64(object, path).unwrap_or_default()
}

/// Pairs on one line: `a=b,c=d`.
pub fn pairs_on_a_line(pairs: Option<&Map<String, Value>>) -> String {
    let all: Vec<String> = pairs
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", plain(value)))
        .collect();
    if all.is_empty() {
        "<none>".to_owned()
    } else {
        all.join(",")
    }
}

/// A label selector on one line.
pub fn selector(object: &Value, path: &[&str]) -> String {
    let Some(selector) = kubernetes_api::object::get(object, path) else {
        return "<unset>".to_owned();
    };
    let text = kubernetes_api::selector::LabelSelector::from_value(selector)
        .map(|selector| selector.to_string())
        .unwrap_or_default();
    or(&text, "<none>").to_owned()
}

/// The texts of a list at a path.
pub fn texts(object: &Value, path: &[&str]) -> Vec<String> {
    get_list(object, path).iter().map(plain).collect()
}
