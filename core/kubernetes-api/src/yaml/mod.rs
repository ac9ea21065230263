//! YAML as kubectl reads and prints it.
//!
//! Reading models sigs.k8s.io/yaml over go-yaml v2: YAML 1.1 booleans, octal numbers, merge keys,
//! the last of two equal keys wins, and the very error texts with their line numbers. The scanner
//! and the parser are therefore our own: those texts come from the states of libyaml. Nodes keep
//! their places, so that an error about a field can be marked in an editor.

mod parser;
mod print;
mod resolve;
mod scalar;
mod scanner;

use serde_json::Value;

pub use parser::{Content, Node};
pub use print::print;

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Characters before it.
    pub index: usize,
    /// Lines before it.
    pub line: usize,
    /// Characters before it in its line.
    pub column: usize,
}

/// Why text is no YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The tool's words: `error converting YAML to JSON: yaml: line 4: …`.
    pub message: String,
    /// The place in the whole text that an editor marks (which may differ from the message's line).
    pub mark: Mark,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it says.
    pub value: Value,
    /// Where it says it; `None` for JSON input.
    pub node: Option<Node>,
    /// The place where the document's text begins in the file; the node's marks count from here.
    pub start: Mark,
}

impl Document {
    /// The place of a field such as `spec.containers[0].image` in the whole text: of its key where
    /// it has one, else of the deepest part of the path that exists.
    #[must_use]
    pub fn locate(&self, field: &str) -> Option<(Mark, Mark)> {
        let (start, end) = locate(self.node.as_ref()?, field);
        Some((self.absolute(start), self.absolute(end)))
    }

    fn absolute(&self, mark: Mark) -> Mark {
        Mark {
            index: mark.index + self.start.index,
            line: mark.line + self.start.line,
            column: mark.column,
        }
    }
}

fn locate(root: &Node, field: &str) -> (Mark, Mark) {
    let mut node = root;
    let mut place = (root.start, root.end);
    for step in field.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        match &node.content {
            Content::Mapping(entries) => {
                let named = |key: &Node| matches!(&key.content, Content::Scalar { text, .. } if text == step);
                let Some((key, value)) = entries.iter().rev().find(|(key, _)| named(key)) else {
                    return place;
                };
                place = (key.start, key.end);
                node = value;
            }
            Content::Sequence(items) => {
                let Some(item) = step.parse().ok().and_then(|index: usize| items.get(index)) else {
                    return place;
                };
                place = (item.start, item.end);
                node = item;
            }
            Content::Scalar { .. } | Content::Alias { .. } => return place,
        }
    }
    place
}

/// Reads one document as `yaml.Unmarshal` does; empty text is null. What follows a second `---` is
/// not read.
///
/// # Errors
/// [`Error`] in the tool's words.
pub fn parse(text: &str) -> Result<Value, Error> {
    document(text, Mark::default()).map(|document| document.value)
}

/// Reads all documents of a file as kubectl does, without the empty ones; an error ends the list.
#[must_use]
pub fn documents(text: &str) -> Vec<Result<Document, Error>> {
    let first = text.trim_start();
    if first.starts_with('{')
        && let Some(values) = json_documents(text)
    {
        return values;
    }
    let mut found = Vec::new();
    let mut chunk = String::new();
    let (mut start, mut here) = (Mark::default(), Mark::default());
    for line in text.split_inclusive('\n') {
        let next = Mark {
            index: here.index + line.chars().count(),
            line: here.line + 1,
            column: 0,
        };
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                found.push(Err(Error {
                    message: format!("invalid Yaml document separator: {rest}"),
                    mark: here,
                }));
                return found;
            }
            if !take(&mut found, &mut chunk, start) {
                return found;
            }
            start = next;
        } else {
            chunk.push_str(line);
        }
        here = next;
    }
    take(&mut found, &mut chunk, start);
    found
}

/// Reads a finished chunk; false after an error.
fn take(found: &mut Vec<Result<Document, Error>>, chunk: &mut String, start: Mark) -> bool {
    let text = std::mem::take(chunk);
    let document = document(&text, start);
    let fine = document.is_ok();
    if !matches!(
        &document,
        Ok(Document {
            value: Value::Null,
            ..
        })
    ) {
        found.push(document);
    }
    fine
}

/// A stream of JSON values, when the whole text is one.
fn json_documents(text: &str) -> Option<Vec<Result<Document, Error>>> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let plain = |value| Document {
        value,
        node: None,
        start: Mark::default(),
    };
    let mut documents = Vec::new();
    for value in values {
        documents.push(Ok(plain(value.ok()?)));
    }
    // One JSON object is valid YAML too: parse it for the places of its fields.
    if let [Ok(document)] = documents.as_mut_slice() {
        document.node = parser::parse(text).ok().flatten();
    }
    Some(documents)
}

fn document(text: &str, start: Mark) -> Result<Document, Error> {
    let absolute = |mark: Mark| Mark {
        index: mark.index + start.index,
        line: mark.line + start.line,
        column: mark.column,
    };
    let fail = |sentence: String, mark: Mark| Error {
        message: format!("error converting YAML to JSON: {sentence}"),
        mark: absolute(mark),
    };
    if let Some(mark) = control_character(text) {
        return Err(fail(
            "yaml: control characters are not allowed".to_owned(),
            mark,
        ));
    }
    let node = parser::parse(text).map_err(|problem| {
        let line = match problem.mark.line {
            0 => problem.context.line,
            line => line + usize::from(problem.scanner),
        };
        let place = if line == 0 {
            String::new()
        } else {
            format!("line {line}: ")
        };
        fail(format!("yaml: {place}{}", problem.text), problem.mark)
    })?;
    let value = match &node {
        None => Value::Null,
        Some(node) => resolve::value(node).map_err(|error| {
            let sentence = match error {
                resolve::Error::Yaml(sentence) => format!("yaml: {sentence}"),
                resolve::Error::Conversion(sentence) => sentence,
            };
            fail(sentence, node.start)
        })?,
    };
    Ok(Document { value, node, start })
}

fn control_character(text: &str) -> Option<Mark> {
    let mut mark = Mark::default();
    for c in text.chars() {
        let fine = matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
        if !fine {
            return Some(mark);
        }
        mark.index += 1;
        mark.column += 1;
        if c == '\n' {
            mark.line += 1;
            mark.column = 0;
        }
    }
    None
}

#[cfg(test)]
mod tests;
